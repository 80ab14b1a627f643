#include "support.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/philox.h"
#include "io/tree.h"
#include "schema/schema.h"

struct model_options {
    struct assay_variant_list model;
    struct assay_variant_value loss;
};

static const struct assay_field fields[] = {
    {ASSAY_VARIANTS(struct model_options, model), .key = "model", .help = "layers",
     .variants = &assay_layers},
    {ASSAY_VARIANT(struct model_options, loss), .key = "loss", .help = "loss", .variants = &losses},
};
static const struct assay_table table = ASSAY_TABLE(struct model_options, fields);

static const struct plan *plan_of(struct arena *arena, const struct model_request *request,
                                  const struct model_options *options, struct diagnostics *diagnostics)
{
    const struct plan_request wanted = {.model = &options->model,
                                        .image = request->image,
                                        .pad = request->pad,
                                        .classes = request->classes,
                                        .batch = request->batch,
                                        .threads = request->threads,
                                        .keep_edges = request->keep_edges};
    return plan_create(arena, &wanted, diagnostics);
}

static bool bind_and_plan(struct model *model, const struct model_request *request,
                          struct model_options *options, struct diagnostics *diagnostics)
{
    const char *loss = request->loss != NULL ? request->loss : "nll";
    const char *yaml = arena_format(model->arena, "loss: %s\nmodel: %s\n", loss, request->layers);
    const struct node *tree = tree_parse(model->arena, "model", yaml, strlen(yaml), diagnostics);
    if (tree == NULL || !schema_bind(&table, tree, "", options, model->arena, diagnostics))
        return false;
    model->plan = plan_of(model->arena, request, options, diagnostics);
    return model->plan != NULL;
}

static void say(const struct diagnostics *diagnostics, const struct assay_error *error)
{
    struct text text = {0};
    diagnostics_print(diagnostics, &text);
    fprintf(stderr, "%s%s\n", text.bytes != NULL ? text.bytes : "", error->text);
    text_finish(&text);
}

bool model_create(struct model *model, struct model_request request)
{
    struct diagnostics *diagnostics = diagnostics_create();
    struct model_options options;
    struct assay_error error = {0};
    request.threads = request.threads > 0 ? request.threads : 1;
    *model = (struct model){.arena = arena_create(), .team = team_create(request.threads, &error)};
    if (model->team != NULL && bind_and_plan(model, &request, &options, diagnostics)) {
        const struct network_settings settings = {
            .plan = model->plan,
            .team = model->team,
            .kernels = request.kernels != NULL ? request.kernels : kernels_choose(NULL, &error),
            .loss = (const struct loss *)options.loss.variant,
            .mean = 0.5,
            .sd = 0.3};
        model->network = network_create(&settings, &error);
    }
    if (model->network == NULL) {
        say(diagnostics, &error);
        model_destroy(model);
    } else {
        network_initialize(model->network, request.seed);
        network_prepare(model->network);
    }
    diagnostics_destroy(diagnostics);
    return model->network != NULL;
}

void model_destroy(struct model *model)
{
    network_destroy(model->network);
    team_destroy(model->team);
    arena_destroy(model->arena);
    *model = (struct model){0};
}

struct model_request every_layer_request(int batch, int threads)
{
    return (struct model_request){
        .layers = "[conv: {maps: 5, kernel: 3, pad: 1, stride: 2}, tanh, pool: {type: max, size: 3, stride: "
                  "2, pad: 1}, "
                  "dropout: 0.2, "
                  "subtractive-norm: {kernel: 5}, conv: {maps: 17, kernel: 2}, batch-norm, relu, "
                  "pool: {type: lp, p: 2, size: 2, stride: 1}, sigmoid, conv: {maps: 6, kernel: 3, pad: 2}, "
                  "softmax, "
                  "pool: {type: average, size: 2, stride: 1}, linear: 33, tanh, dropout: 0.5, linear: 4]",
        .image = {3, 25, 21},
        .pad = 1,
        .classes = 4,
        .batch = batch,
        .threads = threads,
        .seed = 1};
}

bool has_every_layer(const struct plan *plan)
{
    for (size_t i = 0; i < assay_layers.count; i++) {
        bool found = false;
        for (int l = 0; l < plan->layer_count; l++)
            found = found || &plan->layers[l].type->variant == assay_layers.items[i];
        if (!found) {
            fprintf(stderr, "no layer of type %s\n", assay_layers.items[i]->name);
            return false;
        }
    }
    bool direct = false, fast = false;
    for (int l = 0; l < plan->layer_count; l++) {
        const char *algorithm = plan->layers[l].train.algorithm;
        direct = direct || (algorithm != NULL && strcmp(algorithm, "direct") == 0);
        fast = fast || (algorithm != NULL && strncmp(algorithm, "winograd", strlen("winograd")) == 0);
    }
    if (!direct || !fast)
        fprintf(stderr, "no convolution by the %s algorithm\n", direct ? "fast" : "direct");
    return direct && fast;
}

struct samples samples_create(struct assay_shape shape, int classes, int count, uint64_t seed)
{
    const size_t pixels = (size_t)shape.channels * (size_t)shape.height * (size_t)shape.width;
    const struct random_stream stream = random_stream(seed, RANDOM_DIGITS, "samples", 0, 0);
    struct samples samples = {.shape = shape,
                              .images = memory_allocate((size_t)count, pixels),
                              .labels = memory_allocate((size_t)count, 1),
                              .indices = memory_allocate((size_t)count, sizeof(uint32_t)),
                              .count = count};
    for (size_t i = 0; i < (size_t)count * pixels; i++)
        samples.images[i] = (uint8_t)random_below(&stream, i, 256);
    for (int i = 0; i < count; i++) {
        samples.labels[i] =
            (uint8_t)random_below(&stream, ((uint64_t)1 << 40) + (uint64_t)i, (uint32_t)classes);
        samples.indices[i] = (uint32_t)i;
    }
    return samples;
}

void samples_destroy(struct samples *samples)
{
    memory_free(samples->images);
    memory_free(samples->labels);
    memory_free(samples->indices);
}

struct minibatch samples_batch(const struct samples *samples, int first, int count)
{
    return (struct minibatch){samples->images, samples->labels, samples->indices + first, count};
}

struct network_results model_step(const struct model *model, const struct minibatch *minibatch, int step)
{
    const struct network_results results =
        network_train(model->network, minibatch, 1, 1 + (uint32_t)step, 1.0f, step > 0 ? 0.7f : 0.0f, 1.0f);
    network_update(model->network, 0.01f, 1.0f, 0.001f, 0.002f);
    return results;
}

void random_floats(float *values, size_t count, float bound, uint64_t seed)
{
    const struct random_stream stream = random_stream(seed, RANDOM_INIT, "floats", 0, 0);
    for (size_t i = 0; i < count; i++)
        values[i] = bound * (2 * random_unit(&stream, i) - 1);
}

void edge_gather(const struct assay_edge *edge, int samples, const float *values, double *canonical)
{
    const struct assay_shape shape = edge->shape;
    for (int s = 0; s < samples; s++)
        for (int c = 0; c < shape.channels; c++)
            for (int pixel = 0; pixel < shape.height * shape.width; pixel++)
                *canonical++ =
                    values[(size_t)s * assay_edge_floats(edge) + (size_t)(pixel * edge->pitch + c)];
}

bool is_close(const char *what, size_t count, const double *found, const double *wanted,
              struct tolerance tolerance)
{
    double squares = 0, wanted_squares = 0, worst = 0, largest = 0;
    size_t at = 0;
    bool sound = true;
    for (size_t i = 0; i < count; i++) {
        if (isnan(found[i]) != isnan(wanted[i])) {
            at = i;
            sound = false;
        }
        if (isnan(found[i]) || isnan(wanted[i]) || !sound)
            continue;
        const double difference = fabs(found[i] - wanted[i]);
        squares += difference * difference;
        wanted_squares += wanted[i] * wanted[i];
        largest = fmax(largest, fabs(wanted[i]));
        if (difference > worst) {
            worst = difference;
            at = i;
        }
    }
    sound = sound && sqrt(squares) <= tolerance.rms * sqrt(wanted_squares) &&
            worst <= tolerance.largest * largest;
    if (!sound)
        fprintf(stderr,
                "%s: %zu values differ by rms %.3g and at most %.3g; at %zu found %.9g, wanted %.9g\n", what,
                count, sqrt(squares / wanted_squares), worst / largest, at, found[at], wanted[at]);
    return sound;
}

void widen(size_t count, const float *values, double *wide)
{
    for (size_t i = 0; i < count; i++)
        wide[i] = values[i];
}

const struct kernels *const *kernel_sets(size_t *count)
{
    const struct kernels *const *available = kernels_available(count);
#if defined(ASSAY_KERNELS_X86)
    extern const struct kernels kernels_wide;
    static const struct kernels *sets[4];
    memcpy(sets, available, *count * sizeof *sets);
    if (*count > 1)
        sets[(*count)++] = &kernels_wide;
    return sets;
#else
    return available;
#endif
}

bool kernels_agree(const char *what, kernel_run *run, const void *context, size_t count, const double *wanted,
                   struct tolerance tolerance)
{
    enum { PLAIN, FIRST_FUSED };
    float *first = memory_allocate(count, sizeof *first), *results = memory_allocate(count, sizeof *results);
    double *found = memory_allocate(count, sizeof *found);
    size_t sets;
    const struct kernels *const *kernels = kernel_sets(&sets);
    bool sound = true;
    for (size_t k = PLAIN; k < sets; k++) {
        char text[256];
        snprintf(text, sizeof text, "%s, %s", what, kernels[k]->name);
        float *into = k == FIRST_FUSED ? first : results;
        memset(into, 0xff, count * sizeof *into);
        run(kernels[k], context, into);
        widen(count, into, found);
        sound = is_close(text, count, found, wanted, tolerance) && sound;
        if (k > FIRST_FUSED && memcmp(results, first, count * sizeof *first) != 0) {
            fprintf(stderr, "%s: the bits are not those of %s\n", text, kernels[FIRST_FUSED]->name);
            sound = false;
        }
    }
    memory_free(first);
    memory_free(results);
    memory_free(found);
    return sound;
}
