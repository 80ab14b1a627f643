#include "train/weights.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/sha256.h"
#include "net/initial.h"

static const char digest_key[] = "sha256";

static int compare_tensors(const void *a, const void *b)
{
    return strcmp(((const struct tensor *)a)->name, ((const struct tensor *)b)->name);
}

static int compare_metadata(const void *a, const void *b)
{
    return strcmp(((const struct tensor_metadata *)a)->key, ((const struct tensor_metadata *)b)->key);
}

static void add_text(struct sha256 *sha256, const char *text)
{
    sha256_add(sha256, text, strlen(text) + 1);
}

/* Of all that a file says but the digest itself, in the order of names: who rewrites a file may keep another.
 */
static bool digest_of(struct arena *arena, const struct tensor_file *file, char hex[SHA256_HEX_SIZE])
{
    struct tensor *tensors = arena_copy(arena, file->tensors, file->tensor_count * sizeof *tensors);
    struct tensor_metadata *metadata =
        arena_copy(arena, file->metadata, file->metadata_count * sizeof *metadata);
    if (tensors == NULL || metadata == NULL)
        return false;
    if (file->tensor_count > 0)
        qsort(tensors, file->tensor_count, sizeof *tensors, compare_tensors);
    if (file->metadata_count > 0)
        qsort(metadata, file->metadata_count, sizeof *metadata, compare_metadata);
    struct sha256 sha256;
    uint8_t digest[SHA256_SIZE];
    sha256_init(&sha256);
    for (size_t i = 0; i < file->metadata_count; i++) {
        if (strcmp(metadata[i].key, digest_key) == 0)
            continue;
        add_text(&sha256, metadata[i].key);
        add_text(&sha256, metadata[i].value);
    }
    for (size_t i = 0; i < file->tensor_count; i++) {
        add_text(&sha256, tensors[i].name);
        for (size_t d = 0; d < tensors[i].rank; d++)
            sha256_add(&sha256, &(uint64_t){tensors[i].dimensions[d]}, sizeof(uint64_t));
        sha256_add(&sha256, tensors[i].values, tensors[i].count * sizeof *tensors[i].values);
    }
    sha256_end(&sha256, digest);
    sha256_hex(digest, hex);
    return true;
}

/* The file if it is as its digest says; NULL is passed on. */
static const struct tensor_file *verify(struct arena *arena, const char *name, const struct tensor_file *file,
                                        struct assay_error *error)
{
    const char *wanted = file != NULL ? tensor_metadata_find(file, digest_key) : NULL;
    char found[SHA256_HEX_SIZE];
    if (wanted == NULL)
        return file;
    if (!digest_of(arena, file, found))
        assay_fail_memory(error, "reading weights");
    else if (strcmp(found, wanted) != 0)
        assay_fail(error, ASSAY_INVALID,
                   "%s: is not as it was written: its SHA-256 is %.12s…, its metadata say %.12s…", name,
                   found, wanted);
    else
        return file;
    return NULL;
}

const struct tensor_file *weights_read(struct arena *arena, const char *path, struct assay_error *error)
{
    return verify(arena, path, safetensors_read(arena, path, error), error);
}

const struct tensor_file *weights_decode(struct arena *arena, const char *name, const char *bytes,
                                         size_t length, struct assay_error *error)
{
    return verify(arena, name, safetensors_decode(arena, name, bytes, length, error), error);
}

static bool same_shape(const struct tensor *tensor, const struct assay_parameter *parameter)
{
    bool same = tensor->rank == (size_t)parameter->rank;
    for (int d = 0; same && d < parameter->rank; d++)
        same = tensor->dimensions[d] == (size_t)parameter->dimensions[d];
    return same;
}

static void add_shape(struct text *text, const size_t *dimensions, size_t rank)
{
    text_add_char(text, '[');
    for (size_t d = 0; d < rank; d++)
        text_add(text, "%s%zu", d > 0 ? ", " : "", dimensions[d]);
    text_add_char(text, ']');
}

_Static_assert((size_t)PLAN_WEIGHTS_LIMIT * sizeof(float) <= TENSOR_BYTES_LIMIT,
               "what is written can be read");

static struct tensor tensor_of(struct arena *arena, const char *layer,
                               const struct assay_parameter *parameter)
{
    struct tensor tensor = {.name = arena_format(arena, "%s.%s", layer, parameter->name),
                            .rank = (size_t)parameter->rank,
                            .count = parameter_elements(parameter)};
    for (int d = 0; d < parameter->rank; d++)
        tensor.dimensions[d] = (size_t)parameter->dimensions[d];
    return tensor;
}

bool weights_save(const char *path, const struct plan *plan, const struct network *network, float *vector,
                  const struct tensor_metadata *metadata, size_t metadata_count, struct assay_error *error)
{
    struct arena *arena = arena_create();
    struct tensor *tensors =
        arena ? arena_allocate(arena, (size_t)plan->layer_count * ASSAY_PARAMETERS, sizeof *tensors) : NULL;
    bool good = tensors != NULL;
    size_t count = 0;
    for (int l = 0; good && l < plan->layer_count; l++)
        for (int i = 0; good && i < plan->layers[l].train.parameter_count; i++) {
            const struct assay_parameter *parameter = &plan->layers[l].train.parameters[i];
            struct tensor tensor = tensor_of(arena, plan->layers[l].train.name, parameter);
            float *packed = arena_allocate(arena, tensor.count, sizeof *packed);
            good = tensor.name != NULL && packed != NULL;
            if (!good)
                break;
            parameter_gather(parameter, network_parameter(network, vector, l, i), packed);
            tensor.values = packed;
            tensors[count++] = tensor;
        }
    struct tensor_metadata *all = good ? arena_allocate(arena, metadata_count + 1, sizeof *all) : NULL;
    struct tensor_file file = {tensors, count, all, metadata_count};
    char digest[SHA256_HEX_SIZE];
    if (all != NULL && metadata_count > 0)
        memcpy(all, metadata, metadata_count * sizeof *all);
    bool done = all != NULL && digest_of(arena, &file, digest);
    if (done) {
        all[file.metadata_count++] = (struct tensor_metadata){digest_key, digest};
        done = safetensors_write(path, &file, error);
    } else {
        assay_fail_memory(error, "packing the weights");
    }
    arena_destroy(arena);
    return done;
}

/* The tensor of a parameter; NULL where there is none in its shape. */
static const struct tensor *find_parameter(const struct tensor_file *file, const char *name,
                                           const char *layer, const struct assay_parameter *parameter,
                                           struct arena *arena, struct assay_error *error)
{
    const struct tensor wanted = tensor_of(arena, layer, parameter);
    const struct tensor *tensor = wanted.name != NULL ? tensor_find(file, wanted.name) : NULL;
    if (wanted.name == NULL) {
        assay_fail_memory(error, "reading weights");
    } else if (tensor == NULL) {
        assay_fail(error, ASSAY_INVALID, "%s: has no %s, which this network needs", name, wanted.name);
    } else if (!same_shape(tensor, parameter)) {
        struct text shapes = {0};
        add_shape(&shapes, tensor->dimensions, tensor->rank);
        text_add(&shapes, " where this network has ");
        add_shape(&shapes, wanted.dimensions, wanted.rank);
        assay_fail(error, ASSAY_INVALID, "%s: %s is %s", name, wanted.name,
                   shapes.failed ? "of another shape" : shapes.bytes);
        text_finish(&shapes);
        tensor = NULL;
    }
    return tensor;
}

static bool check_variance(const struct tensor *tensor, const char *name, struct assay_error *error)
{
    for (size_t i = 0; i < tensor->count; i++)
        if (tensor->values[i] < 0)
            return assay_fail(error, ASSAY_INVALID, "%s: %s has %g in it, and no variance is negative", name,
                              tensor->name, (double)tensor->values[i]);
    return true;
}

/* Finds every parameter, and sets it where there is a network. */
static bool visit_parameters(const struct tensor_file *file, const char *name, const struct plan *plan,
                             const struct network *network, float *vector, struct assay_error *error)
{
    struct arena *arena = arena_create();
    if (arena == NULL)
        return assay_fail_memory(error, "reading weights");
    size_t count = 0;
    bool good = true;
    for (int l = 0; good && l < plan->layer_count; l++)
        for (int i = 0; good && i < plan->layers[l].train.parameter_count; i++, count++) {
            const struct assay_parameter *parameter = &plan->layers[l].train.parameters[i];
            const struct tensor *tensor =
                find_parameter(file, name, plan->layers[l].train.name, parameter, arena, error);
            good = tensor != NULL && (!parameter->variance || check_variance(tensor, name, error));
            if (good && network != NULL)
                parameter_scatter(parameter, tensor->values, network_parameter(network, vector, l, i));
        }
    if (good && count != file->tensor_count)
        good = assay_fail(error, ASSAY_INVALID, "%s: holds %zu tensors where this network has %zu", name,
                          file->tensor_count, count);
    arena_destroy(arena);
    return good;
}

bool weights_check(const struct tensor_file *file, const char *name, const struct plan *plan,
                   struct assay_error *error)
{
    return visit_parameters(file, name, plan, NULL, NULL, error);
}

bool weights_set(const struct tensor_file *file, const char *name, const struct plan *plan,
                 const struct network *network, float *vector, struct assay_error *error)
{
    return weights_check(file, name, plan, error) &&
           visit_parameters(file, name, plan, network, vector, error);
}
