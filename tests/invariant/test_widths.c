/* The bits of AVX2 are those of AVX-512: whole networks, trained and tested by both. Where the machine has no
 * AVX-512, the same source is compiled for registers as wide, each made of two that it has. */
#include "harness.h"

#include "support.h"

enum { SAMPLES = 23, STEPS = 5 };

static const struct {
    const char *layers; /* NULL: every layer type */
    struct assay_shape image;
} networks[] = {
    {NULL, {0}},
    /* Winograd's algorithm for kernels of 5 and 3, whole tiles and some that hang over; odd channels */
    {"[conv: {maps: 32, kernel: 5}, tanh, pool: {type: lp, p: 2, size: 2}, subtractive-norm: {kernel: 5}, "
     "conv: {maps: 64, kernel: 5}, tanh, pool: {type: lp, p: 4, size: 2}, linear: 48, tanh, linear: 4]",
     {1, 32, 32}},
    {"[conv: {maps: 17, kernel: 3, pad: 1}, relu, conv: {maps: 33, kernel: 3}, sigmoid, pool: {type: max, "
     "size: 3, stride: 2, pad: 1}, conv: {maps: 20, kernel: 5, pad: 1}, tanh, dropout: 0.5, linear: 4]",
     {3, 13, 17}},
    {"[conv: {maps: 16, kernel: 3, pad: 1}, relu, conv: {maps: 80, kernel: 3}, relu, pool: {type: average, "
     "size: 2}, linear: 4]", /* tiles of seven, sums over more than 64 channels */
     {1, 15, 15}},
};

static struct model create(size_t n, int batch, const struct kernels *kernels)
{
    struct model_request request = every_layer_request(batch, 2);
    if (networks[n].layers != NULL) {
        request.layers = networks[n].layers;
        request.image = networks[n].image;
        request.pad = 0;
    }
    request.kernels = kernels;
    struct model model;
    CU_ASSERT_TRUE_FATAL(model_create(&model, request));
    return model;
}

/* The first step after which the two differ; STEPS where none does. */
static int train_both(const struct model *a, const struct model *b, const struct samples *samples, int batch)
{
    const struct network_vectors x = network_vectors(a->network), y = network_vectors(b->network);
    int step = 0;
    for (; step < STEPS; step++) {
        const struct minibatch minibatch = samples_batch(samples, step, batch),
                               all = samples_batch(samples, 0, batch);
        model_step(a, &minibatch, step);
        model_step(b, &minibatch, step);
        const struct network_results p = network_test(a->network, &all), q = network_test(b->network, &all);
        if (memcmp(x.values, y.values, x.all * sizeof *x.values) != 0 ||
            memcmp(x.direction, y.direction, x.trained * sizeof *x.direction) != 0 ||
            memcmp(p.nll, q.nll, (size_t)batch * sizeof *p.nll) != 0)
            break;
    }
    return step;
}

static void compare(const struct kernels *one, const struct kernels *other)
{
    static const int batches[] = {1, 5, 16};
    for (size_t n = 0; n < sizeof networks / sizeof *networks; n++)
        for (size_t b = 0; b < sizeof batches / sizeof *batches; b++) {
            struct model model = create(n, batches[b], one), wide = create(n, batches[b], other);
            const struct model_request every = every_layer_request(1, 1);
            struct samples samples = samples_create(
                networks[n].layers != NULL ? networks[n].image : every.image, every.classes, SAMPLES, n);
            const int steps = train_both(&model, &wide, &samples, batches[b]);
            if (steps < STEPS)
                fprintf(stderr, "network %zu, batches of %d: %s and %s differ after step %d\n", n, batches[b],
                        one->name, other->name, steps + 1);
            CU_ASSERT_EQUAL(steps, STEPS);
            samples_destroy(&samples);
            model_destroy(&model);
            model_destroy(&wide);
        }
}

static void test_widths(void)
{
    size_t count;
    const struct kernels *const *sets = kernel_sets(&count);
    for (size_t k = 2; k < count; k++)
        compare(sets[1], sets[k]);
}

int main(void)
{
    return run_suite("widths",
                     (CU_TestInfo[]){{"avx2 and avx512 give the same bits", test_widths}, CU_TEST_INFO_NULL});
}
