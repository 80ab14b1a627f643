/* A large minibatch goes through the network in parts; nobody must be able to tell. */
#include <string.h>

#include "base/memory.h"
#include "harness.h"
#include "support.h"

enum { SAMPLES = 45, CLASSES = 4 };
static const struct assay_shape image = {1, 28, 28};
static const char *const layers =
    "[conv: {maps: 640, kernel: 5, pad: 2}, tanh, dropout: 0.3, pool: {type: max, size: 4, stride: 4}, conv: "
    "{maps: 48, kernel: 3}, relu, linear: 4]";

static struct model create(const char *what, int batch, int threads)
{
    struct model model;
    CU_ASSERT_TRUE_FATAL(model_create(
        &model, (struct model_request){
                    .layers = what, .image = image, .classes = CLASSES, .batch = batch, .threads = threads}));
    return model;
}

/* The direction after beta 0.5 of one gradient and the whole of the next, of all samples, `step` at a time. */
static void directions(const struct model *model, const struct samples *samples, int step, double *all)
{
    for (int gradient = 0; gradient < 2; gradient++)
        for (int first = 0; first < SAMPLES; first += step) {
            const struct minibatch minibatch =
                samples_batch(samples, first, SAMPLES - first < step ? SAMPLES - first : step);
            const float beta = first > 0 ? 1.0f : gradient == 0 ? 0.0f : 0.5f;
            const struct network_results results =
                network_train(model->network, &minibatch, 1, 1 + (uint32_t)gradient, 0.5f, beta, 1.0f);
            memcpy(all + first, results.loss, (size_t)minibatch.samples * sizeof *all);
        }
}

static void test_training(void)
{
    struct model whole = create(layers, SAMPLES, 2), few = create(layers, 5, 1);
    CU_ASSERT_EQUAL(whole.plan->part, 23); /* two */
    struct samples samples = samples_create(image, CLASSES, SAMPLES, 1);
    double found[2][SAMPLES];
    directions(&whole, &samples, SAMPLES, found[0]);
    directions(&few, &samples, 5, found[1]);
    CU_ASSERT_TRUE(is_close("losses", SAMPLES, found[0], found[1], (struct tolerance){1e-5, 1e-5}));
    const struct network_vectors a = network_vectors(whole.network), b = network_vectors(few.network);
    double *wide[2] = {memory_allocate(a.trained, sizeof(double)),
                       memory_allocate(b.trained, sizeof(double))};
    widen(a.trained, a.direction, wide[0]);
    widen(b.trained, b.direction, wide[1]);
    CU_ASSERT_TRUE(is_close("directions", a.trained, wide[0], wide[1], (struct tolerance){1e-5, 1e-5}));
    memory_free(wide[0]);
    memory_free(wide[1]);
    samples_destroy(&samples);
    model_destroy(&whole);
    model_destroy(&few);
}

static void test_testing(void)
{
    struct model whole = create(layers, SAMPLES, 2), few = create(layers, 16, 1);
    struct samples samples = samples_create(image, CLASSES, SAMPLES, 1);
    const struct minibatch all = samples_batch(&samples, 0, SAMPLES);
    const struct network_results results = network_test(whole.network, &all);
    for (int first = 0; first < SAMPLES; first += 15) {
        const struct minibatch minibatch = samples_batch(&samples, first, 15);
        const struct network_results part = network_test(few.network, &minibatch);
        CU_ASSERT_EQUAL(memcmp(results.nll + first, part.nll, 15 * sizeof *part.nll), 0);
        CU_ASSERT_EQUAL(memcmp(results.predicted + first, part.predicted, 15 * sizeof *part.predicted), 0);
    }
    samples_destroy(&samples);
    model_destroy(&whole);
    model_destroy(&few);
}

/* Statistics are the whole minibatch's, and what takes little memory is not cut. */
static void test_whole(void)
{
    struct model coupled = create("[conv: {maps: 1024, kernel: 5}, tanh, batch-norm, linear: 4]", SAMPLES, 1);
    CU_ASSERT_EQUAL(coupled.plan->part, SAMPLES);
    model_destroy(&coupled);
    struct model small = create("[linear: 16, tanh, linear: 4]", SAMPLES, 1);
    CU_ASSERT_EQUAL(small.plan->part, SAMPLES);
    model_destroy(&small);
}

int main(void)
{
    return run_suite("parts", (CU_TestInfo[]){
                                  {"training", test_training},
                                  {"testing", test_testing},
                                  {"whole minibatches", test_whole},
                                  CU_TEST_INFO_NULL,
                              });
}
