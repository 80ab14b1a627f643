/* Every layer type, through a plan and a network as a run has them, against its twin: values, gradients of
 * inputs and parameters, running state, training and testing. */
#include "harness.h"

#include "net/initial.h"
#include "ref/naive.h"
#include "ref/twins.h"
#include "support.h"

/* Each layer is compared by itself: the twin gets what the layer got, so that errors do not add up from layer
 * to layer. A float has 2^-24 = 6e-8. */
static const struct {
    const char *type;
    struct tolerance values, gradients;
} tolerances[] = {
    /* sums of up to a few thousand products one after another; sums that nearly cancel */
    {"conv", {5e-6, 1e-5}, {1e-5, 2e-5}},
    {"linear", {5e-6, 1e-5}, {1e-5, 2e-5}},
    {"batch-norm", {1e-6, 4e-6}, {1e-5, 2e-5}},
    /* working in place, so that the twin has to compute their input itself, from a layer before them */
    {"tanh", {2e-6, 4e-6}, {2e-6, 4e-6}},
    {"sigmoid", {2e-6, 4e-6}, {2e-6, 4e-6}},
    {"relu", {2e-6, 4e-6}, {2e-6, 4e-6}},
    {"softmax", {2e-6, 4e-6}, {2e-6, 4e-6}},
    {"dropout", {2e-6, 4e-6}, {2e-6, 4e-6}},
    {"subtractive-norm", {2e-6, 4e-6}, {2e-6, 4e-6}},
    /* short sums, powers and roots */
    {"pool", {1e-6, 2e-6}, {1e-6, 2e-6}},
};

static const struct {
    const char *layers; /* the last one gives 4 values */
    struct assay_shape image;
    int pad;
    const char *loss;
} cases[] = {
    /* convolutions as a first layer: the image's own pitch, no input gradient */
    {"[conv: {maps: 5, kernel: 3}, linear: 4]", {1, 7, 9}, 0, "nll"},
    {"[conv: {maps: 17, kernel: 5}, linear: 4]", {3, 9, 7}, 2, "nll"},
    {"[conv: {maps: 3, kernel: 4, stride: 3, pad: 2}, linear: 4]", {5, 11, 10}, 0, "mse"},
    {"[conv: {maps: 64, kernel: 3, pad: 1}, linear: 4]", {1, 5, 6}, 0, "nll"},
    {"[conv: {maps: 4, kernel: 6}]", {3, 6, 6}, 0, "nll"},
    {"[conv: {maps: 4, kernel: 1}]", {17, 1, 1}, 0, "nll"},
    /* and behind another layer */
    {"[conv: {maps: 3, kernel: 1}, conv: {maps: 5, kernel: 3}, linear: 4]", {1, 8, 7}, 0, "nll"},
    {"[conv: {maps: 5, kernel: 1}, conv: {maps: 17, kernel: 5, pad: 2}, linear: 4]", {3, 9, 7}, 0, "nll"},
    {"[conv: {maps: 17, kernel: 1}, conv: {maps: 3, kernel: 3, stride: 2, pad: 1}, linear: 4]",
     {1, 10, 9},
     0,
     "nll"},
    {"[conv: {maps: 64, kernel: 1}, conv: {maps: 17, kernel: 3, stride: 3}, linear: 4]", {1, 9, 8}, 0, "nll"},
    {"[conv: {maps: 1, kernel: 1}, conv: {maps: 65, kernel: 2, stride: 2}, linear: 4]", {3, 5, 5}, 0, "nll"},
    {"[conv: {maps: 5, kernel: 1}, conv: {maps: 4, kernel: 7}]", {3, 7, 7}, 0, "mse"},
    {"[conv: {maps: 5, kernel: 1}, conv: {maps: 6, kernel: 1}, linear: 4]", {3, 7, 5}, 0, "nll"},
    {"[conv: {maps: 5, kernel: 1}, conv: {maps: 6, kernel: 1, stride: 2, pad: 3}, linear: 4]",
     {3, 7, 5},
     0,
     "nll"},
    {"[conv: {maps: 5, kernel: 3}, tanh, conv: {maps: 64, kernel: 5, pad: 3}, linear: 4]",
     {1, 8, 9},
     0,
     "nll"},
    /* linear alone, behind itself, and behind a layer that changes nothing of the image's pitch */
    {"[linear: 4]", {1, 5, 7}, 0, "nll"},
    {"[linear: {units: 17}, linear: {units: 65}, linear: 4]", {5, 3, 3}, 0, "nll"},
    {"[linear: {units: 130}, linear: 4]", {3, 9, 11}, 1, "mse"},
    {"[tanh, linear: {units: 9}, linear: 4]", {3, 5, 5}, 0, "nll"},
    {"[dropout: 0.2, conv: {maps: 5, kernel: 3}, linear: 4]", {1, 6, 7}, 0, "nll"},
    /* activations, with bands cut in two ways around them */
    {"[conv: {maps: 5, kernel: 1}, tanh, linear: 4]", {3, 5, 7}, 0, "nll"},
    {"[conv: {maps: 17, kernel: 1}, sigmoid, linear: 4]", {1, 5, 7}, 0, "nll"},
    {"[conv: {maps: 3, kernel: 3}, relu, conv: {maps: 5, kernel: 3, pad: 2}, linear: 4]",
     {1, 9, 9},
     0,
     "nll"},
    {"[conv: {maps: 5, kernel: 3}, sigmoid, conv: {maps: 5, kernel: 5, pad: 4, stride: 2}, linear: 4]",
     {1, 17, 9},
     0,
     "nll"},
    {"[conv: {maps: 5, kernel: 2}, softmax: {beta: 0.7}, linear: 4]", {3, 5, 7}, 0, "nll"},
    {"[linear: {units: 17}, softmax, linear: 4, softmax: {beta: -2}]", {3, 5, 7}, 0, "mse"},
    /* pools */
    {"[conv: {maps: 5, kernel: 1}, pool: {type: max}, linear: 4]", {3, 8, 6}, 0, "nll"},
    {"[conv: {maps: 17, kernel: 1}, pool: {type: max, size: 3, stride: 2, pad: 1}, linear: 4]",
     {1, 9, 7},
     0,
     "nll"},
    {"[conv: {maps: 64, kernel: 1}, pool: {type: max, size: 2, stride: 3}, linear: 4]", {1, 9, 7}, 0, "nll"},
    {"[conv: {maps: 3, kernel: 1}, pool: {type: max, size: 5, stride: 1, pad: 4}, linear: 4]",
     {1, 5, 5},
     0,
     "nll"},
    {"[conv: {maps: 5, kernel: 1}, pool: {type: lp, p: 1, size: 2}, linear: 4]", {3, 7, 5}, 0, "nll"},
    {"[conv: {maps: 5, kernel: 1}, pool: {type: lp, p: 2, size: 2}, linear: 4]", {3, 8, 8}, 0, "nll"},
    {"[conv: {maps: 17, kernel: 1}, pool: {type: lp, p: 4, size: 3, stride: 2, pad: 1}, linear: 4]",
     {1, 8, 9},
     0,
     "nll"},
    {"[conv: {maps: 3, kernel: 1}, pool: {type: lp, p: 8, size: 3, stride: 1}, linear: 4]",
     {1, 5, 9},
     0,
     "nll"},
    {"[conv: {maps: 3, kernel: 1}, pool: {type: lp, p: 2.5, size: 2, stride: 1, pad: 1}, linear: 4]",
     {1, 5, 6},
     0,
     "nll"},
    {"[conv: {maps: 5, kernel: 1}, pool: {type: average, size: 3, stride: 2, pad: 2}, linear: 4]",
     {3, 9, 7},
     0,
     "nll"},
    {"[pool: {type: lp, p: 2}, pool: {type: average}, pool: {type: max}, linear: 4]", {17, 9, 9}, 1, "nll"},
    /* subtractive norm: windows inside, over the border, larger than the image */
    {"[conv: {maps: 5, kernel: 1}, subtractive-norm: {kernel: 3}, linear: 4]", {3, 7, 5}, 0, "nll"},
    {"[conv: {maps: 17, kernel: 1}, subtractive-norm: {kernel: 7}, linear: 4]", {1, 9, 8}, 0, "nll"},
    {"[conv: {maps: 3, kernel: 1}, subtractive-norm: {kernel: 9}, linear: 4]", {1, 4, 3}, 0, "nll"},
    {"[subtractive-norm: {kernel: 1}, linear: 4]", {3, 4, 3}, 0, "nll"},
    /* dropout and batch-norm */
    {"[conv: {maps: 5, kernel: 1}, dropout: 0.4, linear: 4]", {3, 7, 5}, 0, "nll"},
    {"[linear: {units: 33}, dropout: 0.5, linear: 4]", {3, 7, 5}, 0, "nll"},
    {"[conv: {maps: 17, kernel: 1}, tanh, batch-norm, linear: 4]", {3, 7, 5}, 0, "nll"},
    {"[batch-norm: {momentum: 0.3}, conv: {maps: 5, kernel: 1}, tanh, batch-norm: {epsilon: 0.1}, linear: 4]",
     {3, 5, 5},
     0,
     "nll"},
    /* the report's order of layers, sharing memory wherever it may */
    {"[conv: {maps: 6, kernel: 3}, tanh, pool: {type: lp, p: 2}, dropout: 0.2, subtractive-norm: {kernel: "
     "3}, conv: {maps: 7, kernel: 3}, "
     "tanh, pool: {type: max, size: 2, stride: 1}, dropout: 0.5, subtractive-norm: {kernel: 5}, linear: 9, "
     "tanh, linear: 4]",
     {1, 12, 11},
     0,
     "nll"},
};

/* A minibatch of `samples` in a plan for `batch`: single samples, cut into bands; few; full; a short last
 * one. */
static const struct {
    int batch, samples;
} batches[] = {{1, 1}, {3, 3}, {16, 16}, {16, 5}};

/* How the gradient of this step comes to that of earlier ones. */
static const struct {
    float beta, alpha;
} mixtures[] = {{0, 1}, {0.7f, 1}, {0.5f, 0.3f}};

enum { CLASSES = 4, SEED = 5, EPOCH = 3 };
static const float scale = 0.5f; /* of the loss: what `mean` does */

/* A minibatch on its way through a network, all of it in doubles and in canonical (file) order. */
struct passage {
    const struct model *model;
    struct arena *arena;
    struct minibatch minibatch;
    bool training;
    double *(*parameters)[ASSAY_PARAMETERS],
        *(*directions)[ASSAY_PARAMETERS]; /* of each layer, before the step */
    double **x, **y;                      /* of each layer: what it got, what it should give */
    double (*loss)(int classes, const double *x, int label, double *gradient);
    const char *where; /* for messages */
};

static double *take(const struct passage *passage, size_t count)
{
    return arena_allocate(passage->arena, count + 1, sizeof(double));
}

static const struct assay_layer_plan *layer_plan(const struct passage *passage, int l)
{
    const struct placed_layer *layer = &passage->model->plan->layers[l];
    return passage->training ? &layer->train : &layer->test;
}

static const struct assay_edge *edge_of(const struct passage *passage, int edge)
{
    return edge == 0 ? &layer_plan(passage, 0)->input : &layer_plan(passage, edge - 1)->output;
}

static size_t edge_count(const struct passage *passage, int edge)
{
    return naive_count(passage->minibatch.samples, edge_of(passage, edge)->shape);
}

static double *edge_values(const struct passage *passage, int edge, const float *from)
{
    double *values = take(passage, edge_count(passage, edge));
    edge_gather(edge_of(passage, edge), passage->minibatch.samples, from, values);
    return values;
}

static double *parameter_values(const struct passage *passage, int l, int i, float *vector)
{
    const struct assay_parameter *parameter = &layer_plan(passage, l)->parameters[i];
    const size_t count = parameter_elements(parameter);
    float *packed = arena_allocate(passage->arena, count, sizeof *packed);
    parameter_gather(parameter, network_parameter(passage->model->network, vector, l, i), packed);
    double *values = take(passage, count);
    for (size_t k = 0; k < count; k++)
        values[k] = packed[k];
    return values;
}

static void check_close(const struct passage *passage, int l, const char *what, size_t count,
                        const double *found, const double *wanted, struct tolerance tolerance)
{
    char text[512];
    snprintf(text, sizeof text, "%s: %s: %s", passage->where,
             l < 0 ? "network" : layer_plan(passage, l)->name, what);
    CU_ASSERT_TRUE(is_close(text, count, found, wanted, tolerance));
}

static size_t tolerance_of(const struct assay_layer_type *type)
{
    size_t i = 0;
    while (i < sizeof tolerances / sizeof *tolerances && strcmp(tolerances[i].type, type->variant.name) != 0)
        i++;
    CU_ASSERT_FATAL(i < sizeof tolerances / sizeof *tolerances);
    return i;
}

static struct twin_site site_of(const struct passage *passage, int l)
{
    struct twin_site site = {.type = passage->model->plan->layers[l].type,
                             .plan = layer_plan(passage, l),
                             .samples = passage->minibatch.samples,
                             .indices = passage->minibatch.indices,
                             .seed = SEED,
                             .epoch = EPOCH};
    for (int i = 0; i < site.plan->parameter_count; i++)
        site.parameters[i] = passage->parameters[l][i];
    return site;
}

/* The images as floats, with their border of background. */
static double *images_of(const struct passage *passage)
{
    const struct plan *plan = passage->model->plan;
    const int pad = plan->pad, height = plan->image.height - 2 * pad, width = plan->image.width - 2 * pad;
    double *values = take(passage, edge_count(passage, 0)), *to = values;
    for (int s = 0; s < passage->minibatch.samples; s++)
        for (int c = 0; c < plan->image.channels; c++)
            for (int y = -pad; y < height + pad; y++)
                for (int x = -pad; x < width + pad; x++) {
                    const bool inside = y >= 0 && y < height && x >= 0 && x < width;
                    const size_t plane =
                        passage->minibatch.indices[s] * (size_t)plan->image.channels + (size_t)c;
                    const size_t at = (plane * (size_t)height + (size_t)y) * (size_t)width + (size_t)x;
                    *to++ = (float)((inside ? passage->minibatch.images[at] / 255.0 - 0.5 : -0.5) / 0.3);
                }
    return values;
}

/* Edges and gradients of layers that work in place share their memory: one sees what was written last. */
static void check_forward(struct passage *passage)
{
    const struct plan *plan = passage->model->plan;
    const size_t *edges = (passage->training ? &plan->train_memory : &plan->test_memory)->edges;
    const struct tolerance exact = {0, 0};
    double *x = images_of(passage);
    for (int l = -1; l < plan->layer_count; l++) {
        const int edge = l + 1;
        double *y = x;
        if (l >= 0) {
            const struct twin_site site = site_of(passage, l);
            y = take(passage, edge_count(passage, edge));
            twin_of(site.type)->forward(&site, x, y);
            passage->x[l] = x;
            passage->y[l] = y;
        }
        x = y;
        if (edge < plan->layer_count && edges[edge] == edges[edge + 1])
            continue;
        x = edge_values(passage, edge, network_edge(passage->model->network, passage->training, edge));
        check_close(passage, l, passage->training ? "values" : "values when testing",
                    edge_count(passage, edge), x, y,
                    l < 0 ? exact : tolerances[tolerance_of(plan->layers[l].type)].values);
    }
    passage->x[plan->layer_count] = x;
}

/* Each sample's loss, and the gradient that the way back begins with. */
static double *check_loss(const struct passage *passage, const struct network_results *results)
{
    const int samples = passage->minibatch.samples;
    const double *outputs = passage->x[passage->model->plan->layer_count];
    double *loss = take(passage, (size_t)samples), *gradient = take(passage, (size_t)samples * CLASSES);
    for (int s = 0; s < samples; s++) {
        const int label = passage->minibatch.labels[passage->minibatch.indices[s]];
        loss[s] = passage->loss(CLASSES, outputs + s * CLASSES, label, gradient + s * CLASSES);
        for (int c = 0; c < CLASSES; c++) {
            gradient[s * CLASSES + c] *= scale;
            CU_ASSERT_TRUE(outputs[s * CLASSES + results->predicted[s]] >= outputs[s * CLASSES + c]);
        }
    }
    check_close(passage, -1, "loss", (size_t)samples, results->loss, loss, (struct tolerance){1e-12, 1e-12});
    return gradient;
}

static void check_parameters(const struct passage *passage, int l, float beta, float alpha,
                             double *const *gradients)
{
    const struct assay_layer_plan *layer = layer_plan(passage, l);
    const struct tolerance tolerance =
        tolerances[tolerance_of(passage->model->plan->layers[l].type)].gradients;
    const struct network_vectors vectors = network_vectors(passage->model->network);
    for (int i = 0; i < layer->parameter_count; i++) {
        const size_t count = parameter_elements(&layer->parameters[i]);
        const bool trained = layer->parameters[i].trained;
        for (size_t k = 0; k < count && trained; k++)
            gradients[i][k] = alpha * gradients[i][k] + (beta != 0 ? beta * passage->directions[l][i][k] : 0);
        check_close(passage, l, layer->parameters[i].name, count,
                    parameter_values(passage, l, i, trained ? vectors.direction : vectors.values),
                    gradients[i], tolerance);
    }
}

static void check_backward(const struct passage *passage, float beta, float alpha, double *dy)
{
    const struct plan *plan = passage->model->plan;
    const size_t *places = plan->train_memory.gradients;
    struct tolerance tolerance = {1e-7, 1e-7}; /* of the loss: rounded once */
    for (int l = plan->layer_count; l >= 0; l--) {
        const bool visible = l > 0 && places[l] != places[l - 1];
        if (visible) {
            double *found = edge_values(passage, l, network_edge_gradient(passage->model->network, l));
            check_close(passage, l < plan->layer_count ? l : -1, "input gradient", edge_count(passage, l),
                        found, dy, tolerance);
            dy = found;
        }
        if (l == 0)
            break;
        const struct twin_site site = site_of(passage, l - 1);
        double *gradients[ASSAY_PARAMETERS], *dx = take(passage, edge_count(passage, l - 1));
        for (int i = 0; i < site.plan->parameter_count; i++)
            gradients[i] = take(passage, parameter_elements(&site.plan->parameters[i]));
        twin_of(site.type)->backward(&site, passage->x[l - 1], passage->y[l - 1], dy, dx, gradients);
        if (twin_of(site.type)->state != NULL)
            twin_of(site.type)->state(&site, passage->x[l - 1], gradients);
        check_parameters(passage, l - 1, beta, alpha, gradients);
        tolerance = tolerances[tolerance_of(site.type)].gradients;
        dy = dx;
    }
}

/* Random values for every element (variances stay positive) and random directions, so that no parameter is a
 * special case. */
static void shake(const struct passage *passage)
{
    const struct network_vectors vectors = network_vectors(passage->model->network);
    for (int l = 0; l < passage->model->plan->layer_count; l++)
        for (int i = 0; i < layer_plan(passage, l)->parameter_count; i++) {
            const struct assay_parameter *parameter = &layer_plan(passage, l)->parameters[i];
            const size_t count = parameter_elements(parameter);
            float *noise = arena_allocate(passage->arena, count, sizeof *noise),
                  *packed = arena_allocate(passage->arena, count, sizeof *packed);
            float *storage = network_parameter(passage->model->network, vectors.values, l, i);
            random_floats(noise, count, 0.1f, (uint64_t)(l * ASSAY_PARAMETERS + i));
            parameter_gather(parameter, storage, packed);
            for (size_t k = 0; k < count; k++)
                packed[k] += noise[k];
            parameter_scatter(parameter, packed, storage);
            if (parameter->trained)
                parameter_scatter(parameter, noise,
                                  network_parameter(passage->model->network, vectors.direction, l, i));
            passage->parameters[l][i] = parameter_values(passage, l, i, vectors.values);
            if (parameter->trained)
                passage->directions[l][i] = parameter_values(passage, l, i, vectors.direction);
        }
    network_prepare(passage->model->network);
}

static void check_case(size_t c, const struct kernels *kernels, size_t b, size_t m)
{
    struct model model;
    CU_ASSERT_TRUE_FATAL(model_create(&model, (struct model_request){.layers = cases[c].layers,
                                                                     .image = cases[c].image,
                                                                     .pad = cases[c].pad,
                                                                     .classes = CLASSES,
                                                                     .batch = batches[b].batch,
                                                                     .kernels = kernels,
                                                                     .loss = cases[c].loss,
                                                                     .seed = c,
                                                                     .keep_edges = true}));
    struct samples samples = samples_create(cases[c].image, CLASSES, 20, c);
    const size_t layers = (size_t)model.plan->layer_count + 1;
    struct arena *arena = arena_create();
    struct passage passage = {.model = &model,
                              .arena = arena,
                              .minibatch = samples_batch(&samples, 3, batches[b].samples),
                              .loss = strcmp(cases[c].loss, "mse") == 0 ? naive_mse : naive_nll,
                              .parameters = arena_allocate(arena, layers, sizeof *passage.parameters),
                              .directions = arena_allocate(arena, layers, sizeof *passage.directions),
                              .x = arena_allocate(arena, layers, sizeof *passage.x),
                              .y = arena_allocate(arena, layers, sizeof *passage.y),
                              .where = arena_format(arena, "%s on %d x %d x %d, %s, batch %d of %d",
                                                    cases[c].layers, cases[c].image.channels,
                                                    cases[c].image.height, cases[c].image.width,
                                                    kernels->name, batches[b].samples, batches[b].batch)};
    shake(&passage);

    struct network_results results = network_test(model.network, &passage.minibatch);
    check_forward(&passage);
    check_loss(&passage, &results);

    passage.training = true;
    results = network_train(model.network, &passage.minibatch, SEED, EPOCH, scale, mixtures[m].beta,
                            mixtures[m].alpha);
    check_forward(&passage);
    check_backward(&passage, mixtures[m].beta, mixtures[m].alpha, check_loss(&passage, &results));

    arena_destroy(arena);
    samples_destroy(&samples);
    model_destroy(&model);
}

/* Every case with every set of kernels and every batch; the mixtures take turns. */
static void test_layers(void)
{
    size_t sets, turn = 0;
    const struct kernels *const *kernels = kernel_sets(&sets);
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
        for (size_t k = 0; k < sets; k++)
            for (size_t b = 0; b < sizeof batches / sizeof *batches; b++)
                check_case(c, kernels[k], b, turn++ % (sizeof mixtures / sizeof *mixtures));
}

/* A new layer type brings its twin and is in a case. */
static void test_all_layers(void)
{
    for (size_t i = 0; i < assay_layers.count; i++) {
        const struct assay_variant *variant = assay_layers.items[i];
        bool used = false;
        for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
            used = used || strstr(cases[c].layers, variant->name) != NULL;
        if (!used || twin_of((const struct assay_layer_type *)variant) == NULL)
            fprintf(stderr, "layer type %s has no twin or no case\n", variant->name);
        CU_ASSERT_TRUE(used && twin_of((const struct assay_layer_type *)variant) != NULL);
    }
}

int main(void)
{
    return run_suite("twins", (CU_TestInfo[]){
                                  {"every layer type has a twin", test_all_layers},
                                  {"layers equal their twins", test_layers},
                                  CU_TEST_INFO_NULL,
                              });
}
