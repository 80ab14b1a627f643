/* safetensors: what is read is the same after it was written and read again; and a network is made of it.
 *
 * The input is a file; or, where a line "config" is the first, three pieces with a NUL between them: a
 * config, the tensors' part of a JSON header, and their data, of which a file is made with the right length.
 */
#include <string.h>

#include "assay/model.h"
#include "base/memory.h"
#include "io/json.h"
#include "io/safetensors.h"
#include "target.h"

static const char first_line[] = "config\n";

static bool same_tensor(const struct tensor *a, const struct tensor *b)
{
    return strcmp(a->name, b->name) == 0 && a->rank == b->rank && a->count == b->count &&
           memcmp(a->dimensions, b->dimensions, a->rank * sizeof a->dimensions[0]) == 0 &&
           (a->count == 0 || memcmp(a->values, b->values, a->count * sizeof *a->values) == 0);
}

static void check_round_trip(struct arena *arena, const struct tensor_file *file)
{
    char *bytes;
    size_t length;
    REQUIRE(safetensors_encode(file, &bytes, &length, NULL));
    const struct tensor_file *again = safetensors_decode(arena, "again", bytes, length, NULL);
    REQUIRE(again != NULL && again->tensor_count == file->tensor_count &&
            again->metadata_count == file->metadata_count);
    for (size_t i = 0; i < file->tensor_count; i++)
        REQUIRE(same_tensor(&file->tensors[i], &again->tensors[i]));
    for (size_t i = 0; i < file->metadata_count; i++)
        REQUIRE(strcmp(file->metadata[i].key, again->metadata[i].key) == 0 &&
                strcmp(file->metadata[i].value, again->metadata[i].value) == 0);
    memory_free(bytes);
}

/* What `assay predict` does with weights from anywhere. */
static void check_model(const void *bytes, size_t size)
{
    static const uint8_t images[2 * 4 * 4] = {1, 2, 3};
    struct assay_prediction predictions[2];
    struct assay_error error = {0};
    struct assay_model *model =
        assay_model_load(target_file(bytes, size), (struct assay_image_shape){1, 4, 4}, 1, "plain", &error);
    REQUIRE((model == NULL) == (error.text[0] != '\0'));
    if (model != NULL) {
        assay_model_predict(model, images, NULL, 2, predictions);
        REQUIRE(predictions[1].predicted >= 0 && predictions[1].predicted < assay_model_classes(model));
        target_accepted++;
    }
    assay_model_destroy(model);
}

static void check_file(const char *bytes, size_t size)
{
    struct arena *arena = arena_create();
    struct assay_error error = {0};
    const struct tensor_file *file = safetensors_decode(arena, "input", bytes, size, &error);
    REQUIRE((file == NULL) == (error.text[0] != '\0'));
    if (file != NULL) {
        check_round_trip(arena, file);
        check_model(bytes, size);
    }
    arena_destroy(arena);
}

static void compose(const char *bytes, size_t size, struct text *file)
{
    const char *const parts[] = {bytes, memchr(bytes, '\0', size)};
    const char *tensors = parts[1] != NULL ? parts[1] + 1 : bytes + size;
    const size_t left = size - (size_t)(tensors - bytes);
    const char *data = left > 0 ? memchr(tensors, '\0', left) : NULL;
    struct text config = {0}, header = {0};
    text_add_bytes(&config, bytes, parts[1] != NULL ? (size_t)(parts[1] - bytes) : size);
    struct json_writer writer = {.text = &header, .compact = true};
    json_open(&writer, NULL, '{');
    json_open(&writer, "__metadata__", '{');
    json_string(&writer, "config", config.bytes);
    json_string(&writer, "input_mean", "0.5");
    json_string(&writer, "input_sd", "0.25");
    json_close(&writer);
    text_add_char(&header, ',');
    text_add_bytes(&header, tensors, data != NULL ? (size_t)(data - tensors) : left);
    text_add_char(&header, '}');
    const uint64_t length = header.length;
    text_add_bytes(file, (const char *)&length, sizeof length);
    text_add_bytes(file, header.bytes, header.length);
    if (data != NULL)
        text_add_bytes(file, data + 1, size - (size_t)(data + 1 - bytes));
    text_finish(&config);
    text_finish(&header);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const size_t mark = sizeof first_line - 1;
    if (size <= mark || memcmp(bytes, first_line, mark) != 0) {
        check_file((const char *)bytes, size);
        return 0;
    }
    struct text file = {0};
    compose((const char *)bytes + mark, size - mark, &file);
    check_file(file.bytes, file.length);
    text_finish(&file);
    return 0;
}
