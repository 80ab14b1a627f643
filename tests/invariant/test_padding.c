/* Lanes behind the channels hold 0, in every edge and every gradient, and storage of parameters holds nothing
 * but their elements, whatever lay there before. */
#include "harness.h"

#include <math.h>

#include "base/memory.h"
#include "net/initial.h"
#include "support.h"

enum { SAMPLES = 16, STEPS = 3 };

static const struct {
    const char *layers; /* NULL: the network with every layer type */
    struct assay_shape image;
} cases[] = {
    {NULL, {0, 0, 0}},
    {"[tanh, conv: {maps: 3, kernel: 2}, sigmoid, linear: 4]", {1, 5, 4}},
    {"[sigmoid, batch-norm, pool: {type: lp, p: 3}, linear: 17, softmax, linear: 4, softmax]", {3, 6, 5}},
    {"[dropout: 0.5, subtractive-norm: {kernel: 3}, softmax, pool: {type: max}, linear: 4, sigmoid]",
     {17, 4, 5}},
    {"[conv: {maps: 4, kernel: 4}]", {3, 4, 4}},
    {"[tanh, softmax, sigmoid, dropout: 0.5, tanh, sigmoid, softmax, linear: 4]",
     {3, 5, 5}}, /* none in place */
};

static const struct assay_edge *edge_of(const struct plan *plan, int edge)
{
    return edge == 0 ? &plan->layers[0].train.input : &plan->layers[edge - 1].train.output;
}

static void poison(const struct plan *plan, int edge, const float *values)
{
    for (size_t i = 0; i < assay_edge_floats(edge_of(plan, edge)) * (size_t)plan->part; i++)
        ((float *)values)[i] = NAN;
}

/* Every channel is a number and every lane behind them 0. */
static bool is_clean(const struct plan *plan, int edge, int samples, const float *values)
{
    const struct assay_edge *e = edge_of(plan, edge);
    const size_t count = assay_edge_floats(e) * (size_t)samples;
    for (size_t i = 0; i < count; i++) {
        const bool channel = i % (size_t)e->pitch < (size_t)e->shape.channels;
        if (channel ? !isfinite(values[i]) : values[i] != 0) {
            fprintf(stderr, "edge %d, behind %s: float %zu of %zu, %s, is %g\n", edge,
                    edge == 0 ? "the input" : plan->layers[edge - 1].train.name, i, count,
                    channel ? "a channel" : "behind the channels", (double)values[i]);
            return false;
        }
    }
    return true;
}

static void check_edges(const struct model *model, const struct minibatch *minibatch, int step)
{
    const struct plan *plan = model->plan;
    for (int e = 0; e <= plan->layer_count; e++)
        poison(plan, e, network_edge(model->network, false, e));
    network_test(model->network, minibatch);
    for (int e = 0; e <= plan->layer_count; e++)
        CU_ASSERT_TRUE(is_clean(plan, e, minibatch->samples, network_edge(model->network, false, e)));

    for (int e = 0; e <= plan->layer_count; e++) {
        poison(plan, e, network_edge(model->network, true, e));
        poison(plan, e, network_edge_gradient(model->network, e));
    }
    model_step(model, minibatch, step);
    for (int e = 0; e <= plan->layer_count; e++) {
        CU_ASSERT_TRUE(is_clean(plan, e, minibatch->samples, network_edge(model->network, true, e)));
        if (e > 0) /* nobody wants the gradient of the images */
            CU_ASSERT_TRUE(is_clean(plan, e, minibatch->samples, network_edge_gradient(model->network, e)));
    }
}

/* What is no element of a parameter is 0 in its storage. */
static bool is_packed(const struct assay_parameter *parameter, const float *storage)
{
    const size_t elements = parameter_elements(parameter);
    float *ones = memory_allocate(elements, sizeof *ones),
          *marks = memory_allocate(parameter->floats, sizeof *marks);
    for (size_t i = 0; i < elements; i++)
        ones[i] = 1;
    parameter_scatter(parameter, ones, marks);
    size_t marked = 0;
    bool clean = true;
    for (size_t i = 0; i < parameter->floats; i++) {
        marked += marks[i] == 1;
        clean = clean && (marks[i] == 1 || storage[i] == 0);
    }
    memory_free(ones);
    memory_free(marks);
    return clean && marked == elements;
}

static void check_parameters(const struct model *model)
{
    const struct network_vectors vectors = network_vectors(model->network);
    for (int l = 0; l < model->plan->layer_count; l++)
        for (int i = 0; i < model->plan->layers[l].train.parameter_count; i++) {
            const struct assay_parameter *parameter = &model->plan->layers[l].train.parameters[i];
            CU_ASSERT_TRUE(is_packed(parameter, network_parameter(model->network, vectors.values, l, i)));
            if (parameter->trained)
                CU_ASSERT_TRUE(
                    is_packed(parameter, network_parameter(model->network, vectors.direction, l, i)));
        }
}

static void test_padding(void)
{
    static const int batches[] = {1, 3, 16};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
        for (size_t b = 0; b < sizeof batches / sizeof *batches; b++) {
            struct model_request request = every_layer_request(batches[b], 2);
            request.keep_edges = true;
            if (cases[c].layers != NULL) {
                request.layers = cases[c].layers;
                request.image = cases[c].image;
                request.pad = 0;
            }
            struct model model;
            struct samples samples = samples_create(request.image, request.classes, SAMPLES, 4);
            CU_ASSERT_TRUE_FATAL(model_create(&model, request));
            CU_ASSERT_TRUE(cases[c].layers != NULL || has_every_layer(model.plan));
            check_parameters(&model);
            for (int step = 0; step < STEPS; step++) {
                const int count = step == 1 ? (batches[b] + 1) / 2 : batches[b];
                const struct minibatch minibatch = samples_batch(&samples, 0, count);
                check_edges(&model, &minibatch, step);
                check_parameters(&model);
            }
            model_destroy(&model);
            samples_destroy(&samples);
        }
}

int main(void)
{
    return run_suite("padding", (CU_TestInfo[]){
                                    {"edges and parameters", test_padding},
                                    CU_TEST_INFO_NULL,
                                });
}
