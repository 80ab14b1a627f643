/* Loading trained weights and asking them: assay/model.h. */
#include "assay/model.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/diagnostics.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/team.h"
#include "io/safetensors.h"
#include "math/kernels.h"
#include "net/network.h"
#include "run/prepared.h"
#include "train/weights.h"

/* At most so many images go through the network at a time, whatever it was trained with. */
enum { TOGETHER = 256, MOST_CLASSES = 65536 };

struct assay_model {
    struct arena *arena;
    const char *path;
    const struct config *config;
    const struct plan *plan;
    struct team *team;
    struct network *network;
    uint32_t *indices;  /* 0, 1, 2, … of a minibatch */
    uint8_t *no_labels; /* zeros, a minibatch of them */
};

static bool read_number(const struct tensor_file *file, const char *path, const char *key, double *value,
                        struct assay_error *error)
{
    const char *text = tensor_metadata_find(file, key);
    if (text != NULL && number_parse_double(text, value))
        return true;
    return assay_fail(
        error, ASSAY_INVALID,
        "%s: its metadata have no number %s; only weights that a run of assay wrote tell how to use them",
        path, key);
}

static bool tell(const struct diagnostics *diagnostics, const char *path, struct assay_error *error)
{
    struct text before = {0};
    text_add(&before, "%s: the config in its metadata does not fit:\n", path);
    diagnostics_fail(before.failed ? NULL : diagnostics, before.failed ? "" : before.bytes, "reading weights",
                     error);
    text_finish(&before);
    return false;
}

static bool bind_config(struct assay_model *model, const struct tensor_file *file,
                        struct diagnostics *diagnostics, struct assay_error *error)
{
    const char *text = tensor_metadata_find(file, "config");
    if (text == NULL)
        return assay_fail(error, ASSAY_INVALID,
                          "%s: its metadata have no config; only weights that a run of assay wrote tell "
                          "which network they are of",
                          model->path);
    struct node *tree = tree_parse(model->arena, "config", text, strlen(text), diagnostics);
    if (tree != NULL)
        model->config = config_bind(model->arena, tree, "model", diagnostics);
    return model->config != NULL || tell(diagnostics, model->path, error);
}

/* The last tensor has a first dimension for each class, where nobody has rewritten the file in another order;
 * then its metadata say it. 0: neither does. */
static int count_classes(const struct tensor_file *file)
{
    const char *said = tensor_metadata_find(file, "classes");
    int64_t count;
    if (said != NULL)
        return number_parse_int(said, &count) && count >= 1 && count <= MOST_CLASSES ? (int)count : 0;
    const struct tensor *last = file->tensor_count > 0 ? &file->tensors[file->tensor_count - 1] : NULL;
    return last != NULL && last->rank > 0 && last->dimensions[0] <= MOST_CLASSES ? (int)last->dimensions[0]
                                                                                 : 0;
}

/* The data set may be far away: the images say their shape. */
static bool plan_network(struct assay_model *model, const struct tensor_file *file,
                         struct assay_image_shape image, int threads, struct diagnostics *diagnostics,
                         struct assay_error *error)
{
    const int classes = count_classes(file);
    if (classes == 0 && tensor_metadata_find(file, "classes") != NULL)
        return assay_fail(error, ASSAY_INVALID, "%s: its metadata have no number of classes from 1 to %d",
                          model->path, MOST_CLASSES);
    if (classes == 0)
        return assay_fail(error, ASSAY_INVALID, "%s: holds no weights of a network", model->path);
    const struct dataset_shape shape = {image.channels, image.height, image.width, classes,
                                        .test_count = TOGETHER};
    model->plan = plan_config(model->arena, model->config, &shape, threads, false, diagnostics);
    return model->plan != NULL || tell(diagnostics, model->path, error);
}

static bool create_network(struct assay_model *model, const struct tensor_file *file,
                           const char *instructions, struct assay_error *error)
{
    struct network_settings settings = {.plan = model->plan,
                                        .loss = (const struct loss *)model->config->train.loss.variant};
    if (!read_number(file, model->path, "input_mean", &settings.mean, error) ||
        !read_number(file, model->path, "input_sd", &settings.sd, error))
        return false;
    if (settings.sd <= 0 || (fabs(settings.mean) + 1) / settings.sd > FLT_MAX)
        return assay_fail(error, ASSAY_INVALID,
                          "%s: with input_mean %g and input_sd %g, as its metadata say, inputs would be no "
                          "numbers",
                          model->path, settings.mean, settings.sd);
    settings.kernels = kernels_choose(instructions, error);
    if (settings.kernels == NULL)
        return false;
    model->team = settings.team = team_create(model->plan->threads, error);
    model->network = model->team != NULL ? network_create(&settings, error) : NULL;
    if (model->network == NULL || !weights_set(file, model->path, model->plan, model->network,
                                               network_vectors(model->network).values, error))
        return false;
    network_prepare(model->network);
    const size_t batch = (size_t)model->plan->part;
    model->indices = arena_allocate(model->arena, batch, sizeof *model->indices);
    model->no_labels = arena_allocate(model->arena, batch, 1);
    if (model->indices == NULL || model->no_labels == NULL)
        return assay_fail_memory(error, "loading a model");
    for (uint32_t i = 0; i < batch; i++)
        model->indices[i] = i;
    return true;
}

static bool load(struct assay_model *model, const char *path, struct assay_image_shape image, int threads,
                 const char *instructions, struct diagnostics *diagnostics, struct assay_error *error)
{
    model->path = arena_copy_text(model->arena, path, strlen(path));
    if (model->path == NULL)
        return assay_fail_memory(error, "loading a model");
    const struct tensor_file *file = weights_read(model->arena, model->path, error);
    /* the weights are held against the plan before there is memory for a network that only the config says */
    return file != NULL && bind_config(model, file, diagnostics, error) &&
           plan_network(model, file, image, threads, diagnostics, error) &&
           weights_check(file, model->path, model->plan, error) &&
           create_network(model, file, instructions, error);
}

struct assay_model *assay_model_load(const char *path, struct assay_image_shape image, int threads,
                                     const char *instructions, struct assay_error *error)
{
    struct arena *arena = arena_create();
    struct diagnostics *diagnostics = diagnostics_create();
    struct assay_model *model = arena != NULL ? arena_allocate(arena, 1, sizeof *model) : NULL;
    bool done = false;
    if (model != NULL)
        model->arena = arena;
    if (model != NULL && diagnostics != NULL) {
        done = load(model, path, image, threads, instructions, diagnostics, error);
    } else {
        assay_fail_memory(error, "loading a model");
    }
    diagnostics_destroy(diagnostics);
    if (done)
        return model;
    if (model != NULL)
        assay_model_destroy(model);
    else
        arena_destroy(arena);
    return NULL;
}

void assay_model_destroy(struct assay_model *model)
{
    if (model == NULL)
        return;
    network_destroy(model->network);
    team_destroy(model->team);
    arena_destroy(model->arena);
}

int assay_model_classes(const struct assay_model *model)
{
    return model->plan->classes;
}

void assay_model_predict(struct assay_model *model, const uint8_t *images, const uint8_t *labels,
                         size_t count, struct assay_prediction *predictions)
{
    const struct plan *plan = model->plan;
    const struct assay_edge *outputs = &plan->layers[plan->layer_count - 1].test.output;
    const size_t batch = (size_t)plan->part, floats = assay_edge_floats(outputs);
    const size_t pixels = (size_t)plan->image.channels * (size_t)(plan->image.height - 2 * plan->pad) *
                          (size_t)(plan->image.width - 2 * plan->pad);
    for (size_t at = 0; at < count; at += batch) {
        const struct minibatch minibatch = {images + at * pixels,
                                            labels != NULL ? labels + at : model->no_labels, model->indices,
                                            (int)(count - at < batch ? count - at : batch)};
        const struct network_results results = network_test(model->network, &minibatch);
        const float *values = network_edge(model->network, false, plan->layer_count);
        for (int i = 0; i < minibatch.samples; i++) {
            const int predicted = results.predicted[i];
            predictions[at + (size_t)i] = (struct assay_prediction){
                .predicted = predicted,
                .probability =
                    exp(-negative_log_likelihood(plan->classes, values + (size_t)i * floats, predicted)),
                .nll = labels != NULL ? results.nll[i] : NAN};
        }
    }
}
