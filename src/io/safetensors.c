#include "io/safetensors.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/text.h"
#include "io/json.h"

enum { LENGTH_SIZE = 8, HEADER_LIMIT = 8 << 20 };

static const char metadata_key[] = "__metadata__";

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "tensors are read and written as they lie in memory");

static void encode_tensor(struct json_writer *writer, const struct tensor *tensor, size_t *at)
{
    json_open(writer, tensor->name, '{');
    json_string(writer, "dtype", "F32");
    json_open(writer, "shape", '[');
    for (size_t i = 0; i < tensor->rank; i++)
        json_integer(writer, NULL, (long long)tensor->dimensions[i]);
    json_close(writer);
    json_open(writer, "data_offsets", '[');
    json_integer(writer, NULL, (long long)*at);
    *at += tensor->count * sizeof *tensor->values;
    json_integer(writer, NULL, (long long)*at);
    json_close(writer);
    json_close(writer);
}

static void encode_header(const struct tensor_file *file, struct text *header)
{
    struct json_writer writer = {.text = header, .compact = true};
    json_open(&writer, NULL, '{');
    if (file->metadata_count > 0) {
        json_open(&writer, metadata_key, '{');
        for (size_t i = 0; i < file->metadata_count; i++)
            json_string(&writer, file->metadata[i].key, file->metadata[i].value);
        json_close(&writer);
    }
    size_t at = 0;
    for (size_t i = 0; i < file->tensor_count; i++)
        encode_tensor(&writer, &file->tensors[i], &at);
    json_close(&writer);
    while (header->length % 8 != 0 && !header->failed)
        text_add_char(header, ' ');
}

bool safetensors_encode(const struct tensor_file *file, char **bytes, size_t *length,
                        struct assay_error *error)
{
    struct text header = {0}, out = {0};
    encode_header(file, &header);
    const uint64_t header_length = header.length;
    text_add_bytes(&out, (const char *)&header_length, LENGTH_SIZE);
    text_add_bytes(&out, header.bytes, header.length);
    for (size_t i = 0; i < file->tensor_count; i++)
        text_add_bytes(&out, (const char *)file->tensors[i].values,
                       file->tensors[i].count * sizeof *file->tensors[i].values);
    const bool done = !header.failed && !out.failed;
    text_finish(&header);
    if (!done) {
        text_finish(&out);
        return assay_fail_memory(error, "encoding tensors");
    }
    *bytes = out.bytes;
    *length = out.length;
    return true;
}

bool safetensors_write(const char *path, const struct tensor_file *file, struct assay_error *error)
{
    char *bytes = NULL;
    size_t length = 0;
    if (!safetensors_encode(file, &bytes, &length, error))
        return false;
    const bool done = file_write_atomic(path, bytes, length, error);
    memory_free(bytes);
    return done;
}

struct decoder {
    struct arena *arena;
    const char *name;
    const char *data; /* the tensors, in the arena */
    size_t size;
    struct assay_error *error;
};

/* "x.safetensors: tensor "conv1.weight": what" */
static bool fail_tensor(const struct decoder *decoder, const char *tensor, const char *what)
{
    struct text escaped = {0};
    text_add_escaped(&escaped, tensor, strlen(tensor));
    assay_fail(decoder->error, ASSAY_INVALID, "%s: tensor \"%s\": %s", decoder->name,
               escaped.bytes == NULL ? "" : escaped.bytes, what);
    text_finish(&escaped);
    return false;
}

static bool get_size(const struct json *value, size_t *size)
{
    int64_t number;
    if (value->kind != JSON_NUMBER || !number_parse_int(value->text, &number) || number < 0)
        return false;
    *size = (size_t)number;
    return true;
}

static bool decode_metadata(const struct decoder *decoder, const struct json *value, struct tensor_file *file)
{
    struct tensor_metadata *metadata = arena_allocate(decoder->arena, value->count, sizeof *metadata);
    if (metadata == NULL)
        return assay_fail_memory(decoder->error, "reading tensors");
    bool valid = value->kind == JSON_OBJECT;
    for (size_t i = 0; valid && i < value->count; i++) {
        metadata[i] = (struct tensor_metadata){value->keys[i], value->items[i].text};
        valid = value->items[i].kind == JSON_STRING;
    }
    if (!valid)
        return assay_fail(decoder->error, ASSAY_INVALID, "%s: %s is not a map of strings", decoder->name,
                          metadata_key);
    file->metadata = metadata;
    file->metadata_count = value->count;
    return true;
}

static bool decode_shape(const struct decoder *decoder, const struct json *shape, struct tensor *tensor)
{
    if (shape == NULL || shape->kind != JSON_ARRAY)
        return fail_tensor(decoder, tensor->name, "its shape is not a list");
    if (shape->count > TENSOR_RANK_LIMIT)
        return fail_tensor(decoder, tensor->name, "more than 8 dimensions");
    tensor->rank = shape->count;
    for (size_t i = 0; i < shape->count; i++)
        if (!get_size(&shape->items[i], &tensor->dimensions[i]) || tensor->dimensions[i] == 0)
            return fail_tensor(decoder, tensor->name, "a dimension is not a whole number above 0");
    return true;
}

static bool decode_offsets(const struct decoder *decoder, const struct json *offsets, struct tensor *tensor)
{
    size_t begin, end, bytes;
    if (offsets == NULL || offsets->kind != JSON_ARRAY || offsets->count != 2 ||
        !get_size(&offsets->items[0], &begin) || !get_size(&offsets->items[1], &end))
        return fail_tensor(decoder, tensor->name, "its data_offsets are not two whole numbers");
    if (begin > end || end > decoder->size)
        return fail_tensor(decoder, tensor->name, "its data_offsets are outside the data");
    if (!size_of_dimensions(tensor->dimensions, tensor->rank, sizeof *tensor->values, decoder->size,
                            &bytes) ||
        bytes != end - begin)
        return fail_tensor(decoder, tensor->name, "its shape and its data_offsets do not agree");
    if (begin % sizeof *tensor->values != 0)
        return fail_tensor(decoder, tensor->name, "its data_offsets are no multiples of 4");
    tensor->values = (const float *)(decoder->data + begin);
    tensor->count = bytes / sizeof *tensor->values;
    return true;
}

static bool decode_tensor(const struct decoder *decoder, const struct json *value, struct tensor *tensor)
{
    const struct json *type = json_get(value, "dtype");
    if (type == NULL || type->kind != JSON_STRING || value->count != 3)
        return fail_tensor(decoder, tensor->name, "is not described by dtype, shape and data_offsets");
    if (strcmp(type->text, "F32") != 0)
        return fail_tensor(decoder, tensor->name, "its dtype is not F32, the only one that is read");
    return decode_shape(decoder, json_get(value, "shape"), tensor) &&
           decode_offsets(decoder, json_get(value, "data_offsets"), tensor);
}

static int compare_places(const void *a, const void *b)
{
    const struct tensor *left = a, *right = b;
    const int order = (left->values > right->values) - (left->values < right->values);
    return order != 0 ? order : strcmp(left->name, right->name);
}

static bool check_values(const struct decoder *decoder, const struct tensor *tensor)
{
    for (size_t i = 0; i < tensor->count; i++)
        if (!isfinite(tensor->values[i]))
            return fail_tensor(decoder, tensor->name, "a value is not finite");
    return true;
}

/* Sorts the tensors by their place and makes sure that they tile the data. */
static bool check_tensors(const struct decoder *decoder, struct tensor *tensors, size_t count)
{
    if (count > 0)
        qsort(tensors, count, sizeof *tensors, compare_places);
    const float *next = (const float *)decoder->data;
    for (size_t i = 0; i < count; next += tensors[i++].count) {
        if (tensors[i].values != next)
            return fail_tensor(decoder, tensors[i].name,
                               tensors[i].values > next ? "a hole in the data before it"
                                                        : "overlaps another tensor");
        if (!check_values(decoder, &tensors[i]))
            return false;
    }
    if ((const char *)next != decoder->data + decoder->size)
        return assay_fail(decoder->error, ASSAY_INVALID, "%s: the last %zu bytes belong to no tensor",
                          decoder->name, (size_t)(decoder->data + decoder->size - (const char *)next));
    return true;
}

static bool decode_members(const struct decoder *decoder, const struct json *header, struct tensor_file *file)
{
    struct tensor *tensors = arena_allocate(decoder->arena, header->count, sizeof *tensors);
    if (tensors == NULL)
        return assay_fail_memory(decoder->error, "reading tensors");
    for (size_t i = 0; i < header->count; i++) {
        const struct json *value = &header->items[i];
        struct tensor *tensor = &tensors[file->tensor_count];
        tensor->name = header->keys[i];
        if (strcmp(header->keys[i], metadata_key) == 0) {
            if (!decode_metadata(decoder, value, file))
                return false;
        } else {
            if (!decode_tensor(decoder, value, tensor))
                return false;
            file->tensor_count++;
        }
    }
    file->tensors = tensors;
    return check_tensors(decoder, tensors, file->tensor_count);
}

/* The header's bytes, which begin behind its length. */
static bool get_header(const struct decoder *decoder, const char *bytes, size_t length, size_t *header_length)
{
    uint64_t declared;
    if (length < LENGTH_SIZE)
        return assay_fail(decoder->error, ASSAY_INVALID, "%s: not a safetensors file: fewer than 8 bytes",
                          decoder->name);
    memcpy(&declared, bytes, LENGTH_SIZE);
    if (declared > HEADER_LIMIT || declared > length - LENGTH_SIZE)
        return assay_fail(decoder->error, ASSAY_INVALID,
                          "%s: declares a header of %llu bytes, but %zu follow and at most %d are read",
                          decoder->name, (unsigned long long)declared, length - LENGTH_SIZE, HEADER_LIMIT);
    if (declared == 0 || bytes[LENGTH_SIZE] != '{')
        return assay_fail(decoder->error, ASSAY_INVALID,
                          "%s: not a safetensors file: its header does not begin with {", decoder->name);
    *header_length = (size_t)declared;
    return true;
}

const struct tensor_file *safetensors_decode(struct arena *arena, const char *name, const char *bytes,
                                             size_t length, struct assay_error *error)
{
    struct decoder decoder = {.arena = arena, .name = name, .error = error};
    size_t header_length = 0;
    if (!get_header(&decoder, bytes, length, &header_length))
        return NULL;
    const char *data = bytes + LENGTH_SIZE + header_length;
    const struct json *header = json_parse(arena, name, bytes + LENGTH_SIZE, header_length, error);
    if (header == NULL)
        return NULL;
    struct tensor_file *file = arena_allocate(arena, 1, sizeof *file);
    decoder.size = length - LENGTH_SIZE - header_length;
    decoder.data = arena_copy(arena, data, decoder.size);
    if (file == NULL || decoder.data == NULL) {
        assay_fail_memory(error, "reading tensors");
        return NULL;
    }
    return decode_members(&decoder, header, file) ? file : NULL;
}

/* How long a file is by its header, of which `bytes` are the beginning. */
static bool find_length(struct decoder *decoder, const char *bytes, size_t length, size_t *whole)
{
    size_t header_length = 0, data = 0;
    if (!get_header(decoder, bytes, length, &header_length))
        return false;
    const struct json *header =
        json_parse(decoder->arena, decoder->name, bytes + LENGTH_SIZE, header_length, decoder->error);
    if (header == NULL)
        return false;
    for (size_t i = 0; i < header->count; i++) {
        const struct json *offsets = json_get(&header->items[i], "data_offsets");
        size_t end;
        if (offsets != NULL && offsets->kind == JSON_ARRAY && offsets->count == 2 &&
            get_size(&offsets->items[1], &end) && end > data)
            data = end;
    }
    *whole = LENGTH_SIZE + header_length + (data < TENSOR_BYTES_LIMIT ? data : TENSOR_BYTES_LIMIT);
    return true;
}

bool safetensors_load(const char *path, char **bytes, size_t *length, struct assay_error *error)
{
    const size_t most = LENGTH_SIZE + HEADER_LIMIT;
    char *beginning;
    size_t read, whole = 0;
    if (!file_read_beginning(path, most, &beginning, &read, error))
        return false;
    if (read < most) {
        *bytes = beginning;
        *length = read;
        return true;
    }
    struct decoder decoder = {.arena = arena_create(), .name = path, .error = error};
    const bool found = decoder.arena != NULL ? find_length(&decoder, beginning, read, &whole)
                                             : assay_fail_memory(error, "reading tensors");
    arena_destroy(decoder.arena);
    memory_free(beginning);
    return found && file_read(path, whole, bytes, length, error);
}

const struct tensor_file *safetensors_read(struct arena *arena, const char *path, struct assay_error *error)
{
    char *bytes;
    size_t length;
    if (!safetensors_load(path, &bytes, &length, error))
        return NULL;
    const struct tensor_file *file = safetensors_decode(arena, path, bytes, length, error);
    memory_free(bytes);
    return file;
}

const struct tensor *tensor_find(const struct tensor_file *file, const char *name)
{
    for (size_t i = 0; i < file->tensor_count; i++)
        if (strcmp(file->tensors[i].name, name) == 0)
            return &file->tensors[i];
    return NULL;
}

const char *tensor_metadata_find(const struct tensor_file *file, const char *key)
{
    for (size_t i = 0; i < file->metadata_count; i++)
        if (strcmp(file->metadata[i].key, key) == 0)
            return file->metadata[i].value;
    return NULL;
}
