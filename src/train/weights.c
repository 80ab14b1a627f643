#include "train/weights.h"

#include <string.h>

#include "net/initial.h"

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
    const struct tensor_file file = {tensors, count, metadata, metadata_count};
    const bool written =
        good ? safetensors_write(path, &file, error) : assay_fail_memory(error, "packing the weights");
    arena_destroy(arena);
    return written;
}

static bool set_parameter(const struct tensor_file *file, const char *name, const char *layer,
                          const struct assay_parameter *parameter, float *storage, struct arena *arena,
                          struct assay_error *error)
{
    const struct tensor wanted = tensor_of(arena, layer, parameter);
    if (wanted.name == NULL)
        return assay_fail_memory(error, "reading weights");
    const struct tensor *tensor = tensor_find(file, wanted.name);
    if (tensor == NULL)
        return assay_fail(error, ASSAY_INVALID, "%s: has no %s, which this network needs", name, wanted.name);
    if (!same_shape(tensor, parameter)) {
        struct text shapes = {0};
        add_shape(&shapes, tensor->dimensions, tensor->rank);
        text_add(&shapes, " where this network has ");
        add_shape(&shapes, wanted.dimensions, wanted.rank);
        assay_fail(error, ASSAY_INVALID, "%s: %s is %s", name, wanted.name,
                   shapes.failed ? "of another shape" : shapes.bytes);
        text_finish(&shapes);
        return false;
    }
    parameter_scatter(parameter, tensor->values, storage);
    return true;
}

bool weights_set(const struct tensor_file *file, const char *name, const struct plan *plan,
                 const struct network *network, float *vector, struct assay_error *error)
{
    struct arena *arena = arena_create();
    if (arena == NULL)
        return assay_fail_memory(error, "reading weights");
    size_t count = 0;
    bool good = true;
    for (int l = 0; good && l < plan->layer_count; l++)
        for (int i = 0; good && i < plan->layers[l].train.parameter_count; i++, count++)
            good = set_parameter(file, name, plan->layers[l].train.name, &plan->layers[l].train.parameters[i],
                                 network_parameter(network, vector, l, i), arena, error);
    if (good && count != file->tensor_count)
        good = assay_fail(error, ASSAY_INVALID, "%s: holds %zu tensors where this network has %zu", name,
                          file->tensor_count, count);
    arena_destroy(arena);
    return good;
}
