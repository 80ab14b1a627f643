/* The optimiser's step and the penalty over a whole network: every element of every parameter, weights alone
 * penalised, running state left alone. */
#include "harness.h"

#include <math.h>

#include "net/initial.h"
#include "ref/naive.h"
#include "support.h"

static const char layers[] =
    "[conv: {maps: 17, kernel: 3}, batch-norm, tanh, linear: {units: 150}, linear: 4]"; /* more than one block
                                                                                         */
static const struct assay_shape image = {3, 7, 9};
static const float learning_rate = 0.1f, alpha = 0.5f, l1 = 0.01f, l2 = 0.02f;

/* A copy of a parameter's elements, in file order; in the arena of the model. */
static float *elements_of(const struct model *model, float *vector, int l, int i)
{
    const struct assay_parameter *parameter = &model->plan->layers[l].train.parameters[i];
    float *packed = arena_allocate(model->arena, parameter_elements(parameter), sizeof *packed);
    parameter_gather(parameter, network_parameter(model->network, vector, l, i), packed);
    return packed;
}

/* Calls visit for every parameter. */
typedef void visit_parameter(const struct model *model, int l, int i, const struct assay_parameter *parameter,
                             void *cookie);

static void visit_parameters(const struct model *model, visit_parameter *visit, void *cookie)
{
    for (int l = 0; l < model->plan->layer_count; l++)
        for (int i = 0; i < model->plan->layers[l].train.parameter_count; i++)
            visit(model, l, i, &model->plan->layers[l].train.parameters[i], cookie);
}

struct before {
    float *values[8][ASSAY_PARAMETERS], *directions[8][ASSAY_PARAMETERS];
};

static void remember(const struct model *model, int l, int i, const struct assay_parameter *parameter,
                     void *cookie)
{
    struct before *before = cookie;
    const struct network_vectors vectors = network_vectors(model->network);
    before->values[l][i] = elements_of(model, vectors.values, l, i);
    before->directions[l][i] = parameter->trained ? elements_of(model, vectors.direction, l, i) : NULL;
}

static double *widened(const struct model *model, size_t count, const float *values)
{
    double *wide = arena_allocate(model->arena, count, sizeof *wide);
    widen(count, values, wide);
    return wide;
}

static void check_parameter(const struct model *model, int l, int i, const struct assay_parameter *parameter,
                            void *cookie)
{
    const struct before *before = cookie;
    const struct tolerance rounding = {1e-7, 2e-7};
    const struct network_vectors vectors = network_vectors(model->network);
    const size_t count = parameter_elements(parameter);
    double *value = widened(model, count, before->values[l][i]);
    if (parameter->trained) {
        double *direction = widened(model, count, before->directions[l][i]);
        naive_update(count, value, direction, learning_rate, alpha, parameter->penalized ? l1 : 0,
                     parameter->penalized ? l2 : 0);
        CU_ASSERT_TRUE(is_close(parameter->name, count,
                                widened(model, count, elements_of(model, vectors.direction, l, i)), direction,
                                rounding));
    }
    CU_ASSERT_TRUE(is_close(parameter->name, count,
                            widened(model, count, elements_of(model, vectors.values, l, i)), value,
                            rounding));
}

static struct model create(void)
{
    struct model model;
    CU_ASSERT_TRUE_FATAL(model_create(
        &model,
        (struct model_request){.layers = layers, .image = image, .classes = 4, .batch = 5, .threads = 2}));
    struct samples samples = samples_create(image, 4, 5, 1);
    const struct minibatch minibatch = samples_batch(&samples, 0, 5);
    network_train(model.network, &minibatch, 1, 1, 1, 0, 1);
    samples_destroy(&samples);
    return model;
}

static void test_update(void)
{
    struct model model = create();
    struct before before;
    visit_parameters(&model, remember, &before);
    network_update(model.network, learning_rate, alpha, l1, l2);
    visit_parameters(&model, check_parameter, &before);
    model_destroy(&model);
}

struct sums {
    double absolute, squares;
};

/* What docs say is penalised: weights of conv and linear; not biases, not batch-norm's. */
static void add_penalty(const struct model *model, int l, int i, const struct assay_parameter *parameter,
                        void *cookie)
{
    struct sums *sums = cookie;
    const char *type = model->plan->layers[l].type->variant.name;
    if (strcmp(parameter->name, "weight") != 0 || strcmp(type, "batch-norm") == 0)
        return;
    const float *values = elements_of(model, network_vectors(model->network).values, l, i);
    for (size_t k = 0; k < parameter_elements(parameter); k++) {
        sums->absolute += fabs((double)values[k]);
        sums->squares += (double)values[k] * values[k];
    }
}

static void test_penalty(void)
{
    static const struct {
        double lambda, C;
    } cases[] = {{0, 0.5}, {0.1, 0}, {0.1, 1}, {2, 0.25}};
    struct model model = create();
    struct sums sums = {0, 0};
    visit_parameters(&model, add_penalty, &sums);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const double wanted =
            cases[i].lambda * (cases[i].C * sums.absolute + (1 - cases[i].C) * sums.squares / 2);
        CU_ASSERT_DOUBLE_EQUAL(network_penalty(model.network, cases[i].lambda, cases[i].C), wanted,
                               1e-12 * wanted);
    }
    model_destroy(&model);
}

int main(void)
{
    return run_suite("update", (CU_TestInfo[]){
                                   {"step", test_update},
                                   {"penalty", test_penalty},
                                   CU_TEST_INFO_NULL,
                               });
}
