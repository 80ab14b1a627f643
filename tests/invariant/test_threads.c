/* The same bits at any number of threads, in any minibatch, at any place of it, and from plans for other
 * minibatches. */
#include "harness.h"

#include <math.h>

#include "support.h"

enum { SAMPLES = 21, STEPS = 6 };

static struct model create(int batch, int threads)
{
    struct model model;
    CU_ASSERT_TRUE_FATAL(model_create(&model, every_layer_request(batch, threads)));
    CU_ASSERT_TRUE_FATAL(has_every_layer(model.plan));
    return model;
}

static struct samples create_samples(void)
{
    const struct model_request request = every_layer_request(1, 1);
    return samples_create(request.image, request.classes, SAMPLES, 2);
}

static bool same_vectors(const struct model *a, const struct model *b)
{
    const struct network_vectors x = network_vectors(a->network), y = network_vectors(b->network);
    return x.all == y.all && x.trained == y.trained &&
           memcmp(x.values, y.values, x.all * sizeof *x.values) == 0 &&
           memcmp(x.direction, y.direction, x.trained * sizeof *x.direction) == 0;
}

/* Trains both on the same minibatches, the last one of each round being short; every step must leave the same
 * bits in both. */
static bool train_alike(const struct model *a, const struct model *b, const struct samples *samples,
                        int batch)
{
    bool same = true;
    for (int step = 0, first = 0; step < STEPS && same;
         step++, first = first + batch < SAMPLES ? first + batch : 0) {
        const int count = SAMPLES - first < batch ? SAMPLES - first : batch;
        const struct minibatch minibatch = samples_batch(samples, first, count);
        const struct network_results x = model_step(a, &minibatch, step), y = model_step(b, &minibatch, step);
        CU_ASSERT_TRUE(isfinite(x.loss[0]));
        same = same_vectors(a, b) && memcmp(x.loss, y.loss, (size_t)count * sizeof *x.loss) == 0 &&
               memcmp(x.predicted, y.predicted, (size_t)count * sizeof *x.predicted) == 0;
    }
    return same;
}

static void test_threads(void)
{
    static const int batches[] = {1, 2, 5, 16}, threads[] = {2, 3, 8};
    struct samples samples = create_samples();
    for (size_t b = 0; b < sizeof batches / sizeof *batches; b++)
        for (size_t t = 0; t < sizeof threads / sizeof *threads; t++) {
            struct model one = create(batches[b], 1), many = create(batches[b], threads[t]);
            const bool same = train_alike(&one, &many, &samples, batches[b]);
            if (!same)
                fprintf(stderr, "batches of %d: %d threads give other bits than one\n", batches[b],
                        threads[t]);
            CU_ASSERT_TRUE(same);
            model_destroy(&one);
            model_destroy(&many);
        }
    samples_destroy(&samples);
}

/* A plan for larger minibatches cuts the work otherwise, and gives the same. */
static void test_plans(void)
{
    static const int pairs[][2] = {{1, 2}, {1, 16}, {2, 5}, {5, 16}};
    struct samples samples = create_samples();
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct model small = create(pairs[i][0], 2), large = create(pairs[i][1], 2);
        CU_ASSERT_TRUE(train_alike(&small, &large, &samples, pairs[i][0]));
        model_destroy(&small);
        model_destroy(&large);
    }
    samples_destroy(&samples);
}

/* Local buffers, and a place for every sample of every one. */
static void test_local(void)
{
    static const int batches[] = {1, 2, 5, 16}, threads[] = {1, 3};
    struct samples samples = create_samples();
    for (size_t b = 0; b < sizeof batches / sizeof *batches; b++)
        for (size_t t = 0; t < sizeof threads / sizeof *threads; t++) {
            struct model local = create(batches[b], threads[t]), kept;
            struct model_request request = every_layer_request(batches[b], threads[t]);
            request.keep_edges = true;
            CU_ASSERT_TRUE_FATAL(model_create(&kept, request));
            CU_ASSERT_TRUE(train_alike(&local, &kept, &samples, batches[b]));
            CU_ASSERT_EQUAL(kept.plan->train_memory.local_floats, 0);
            CU_ASSERT_TRUE(batches[b] < 16 || local.plan->train_memory.local_floats > 0);
            CU_ASSERT_TRUE(batches[b] < 16 || local.plan->test_memory.local_floats > 0);
            model_destroy(&local);
            model_destroy(&kept);
        }
    samples_destroy(&samples);
}

/* What testing says of every sample, by its index. */
struct verdicts {
    double loss[SAMPLES], nll[SAMPLES];
    int predicted[SAMPLES];
    float outputs[SAMPLES][ASSAY_LANES];
};

static void judge(const struct model *model, const struct samples *samples, const uint32_t *order, int batch,
                  struct verdicts *verdicts)
{
    for (int first = 0; first < SAMPLES; first += batch) {
        const int count = SAMPLES - first < batch ? SAMPLES - first : batch;
        const struct minibatch minibatch = {samples->images, samples->labels, order + first, count};
        const struct network_results results = network_test(model->network, &minibatch);
        const float *outputs = network_edge(model->network, false, model->plan->layer_count);
        for (int s = 0; s < count; s++) {
            const uint32_t index = order[first + s];
            verdicts->loss[index] = results.loss[s];
            verdicts->nll[index] = results.nll[s];
            verdicts->predicted[index] = results.predicted[s];
            memcpy(verdicts->outputs[index], outputs + s * ASSAY_LANES, sizeof verdicts->outputs[index]);
        }
    }
}

static void test_testing(void)
{
    static const struct {
        int plan, batch, threads, step; /* step: from one index to the next */
    } cases[] = {{16, 1, 1, 1}, {16, 3, 1, 1}, {16, 3, 2, 4}, {16, 16, 2, 8},
                 {1, 1, 1, 1},  {1, 1, 3, 5},  {2, 2, 2, 1},  {5, 5, 2, 10}};
    static struct verdicts wanted, found;
    struct samples samples = create_samples();
    struct model trained = create(16, 2);
    for (int step = 0; step < STEPS; step++) {
        const struct minibatch minibatch = samples_batch(&samples, step, 13);
        model_step(&trained, &minibatch, step);
    }
    judge(&trained, &samples, samples.indices, 16, &wanted);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct model model = create(cases[i].plan, cases[i].threads);
        const struct network_vectors from = network_vectors(trained.network),
                                     to = network_vectors(model.network);
        uint32_t order[SAMPLES];
        for (int s = 0; s < SAMPLES; s++)
            order[s] = (uint32_t)(s * cases[i].step % SAMPLES);
        memcpy(to.values, from.values, from.all * sizeof *from.values);
        network_prepare(model.network);
        memset(&found, 0, sizeof found);
        judge(&model, &samples, order, cases[i].batch, &found);
        CU_ASSERT_EQUAL(memcmp(&found, &wanted, sizeof found), 0);
        model_destroy(&model);
    }
    model_destroy(&trained);
    samples_destroy(&samples);
}

int main(void)
{
    return run_suite("threads", (CU_TestInfo[]){
                                    {"any number of threads", test_threads},
                                    {"any plan", test_plans},
                                    {"local buffers and kept ones", test_local},
                                    {"any company when testing", test_testing},
                                    CU_TEST_INFO_NULL,
                                });
}
