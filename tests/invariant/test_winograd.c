/* The fast convolution against the slow, obvious one in double precision: each pass of the layer alone, on
 * shapes that suit it and tiles that hang over. */
#include "harness.h"

#include <math.h>
#include <stdbool.h>

#include "net/initial.h"
#include "ref/naive.h"
#include "solo.h"
#include "support.h"

/* Relative rms error of every pass; the algorithm costs one to one and a half digits (docs/performance.md). */
static const double ERROR_LIMIT = 1e-5;

static const struct {
    struct assay_shape input;
    const char *options;
    int maps, kernel, pad;
    const char *algorithm;
} cases[] = {
    {{64, 14, 14}, "{maps: 64, kernel: 5}", 64, 5, 0, "winograd F(5, 5)"},
    {{16, 13, 12}, "{maps: 48, kernel: 3}", 48, 3, 0, "winograd F(6, 3)"},
    {{32, 13, 13}, "{maps: 128, kernel: 3}", 128, 3, 0, "winograd F(6, 3)"},
    {{32, 15, 15}, "{maps: 128, kernel: 3}", 128, 3, 0, "winograd F(7, 3)"},
    {{160, 14, 9}, "{maps: 144, kernel: 5}", 144, 5, 0, "winograd F(5, 5)"},
    {{17, 9, 11}, "{maps: 5, kernel: 5}", 5, 5, 0, "winograd F(5, 5)"},
    {{20, 14, 9}, "{maps: 33, kernel: 3, pad: 1}", 33, 3, 1, "winograd F(7, 3)"},
    {{16, 12, 12}, "{maps: 16, kernel: 5, pad: 2}", 16, 5, 2, "winograd F(5, 5)"},
};

static double *gathered(struct solo *solo, const struct assay_edge *edge, const float *values)
{
    double *canonical =
        arena_allocate(solo->arena, (size_t)(solo->step.samples * solo_elements(edge)), sizeof *canonical);
    edge_gather(edge, solo->step.samples, values, canonical);
    return canonical;
}

static double *parameter(struct solo *solo, int i, const float *storage)
{
    const size_t count = parameter_elements(&solo->plan.parameters[i]);
    float *packed = arena_allocate(solo->arena, count, sizeof *packed);
    double *values = arena_allocate(solo->arena, count, sizeof *values);
    parameter_gather(&solo->plan.parameters[i], storage, packed);
    for (size_t e = 0; e < count; e++)
        values[e] = packed[e];
    return values;
}

static void check(const char *pass, int c, int batch, size_t count, const double *found, const double *wanted)
{
    double squares = 0, differences = 0;
    for (size_t i = 0; i < count; i++) {
        squares += wanted[i] * wanted[i];
        differences += (found[i] - wanted[i]) * (found[i] - wanted[i]);
    }
    const double error = sqrt(differences / squares);
    printf("  %-9s %s of %d x %d x %d, %d samples: relative rms error %.2g\n", pass, cases[c].options,
           cases[c].input.channels, cases[c].input.height, cases[c].input.width, batch, error);
    CU_ASSERT(error <= ERROR_LIMIT);
}

/* As an optimiser with momentum and dampening asks: gradient = beta gradient + alpha (that of the minibatch). */
static const float beta = 0.5f, alpha = 0.3f;

static void fill(struct solo *solo, uint64_t seed)
{
    const struct assay_edge *in = &solo->plan.input, *out = &solo->plan.output;
    float values[1 << 15];
    for (int s = 0; s < solo->step.samples; s++) {
        random_floats(values, (size_t)solo_elements(in), 1, seed++);
        for (int i = 0; i < solo_elements(in); i++)
            solo->input[solo_place(in, s, i)] = values[i];
        random_floats(values, (size_t)solo_elements(out), 1, seed++);
        for (int i = 0; i < solo_elements(out); i++)
            solo->output_gradient[solo_place(out, s, i)] = values[i];
    }
    initial_fill("before", &solo->plan.parameters[0], seed, solo->gradient[0]);
}

static void check_case(int c, int batch)
{
    extern const struct assay_layer_type conv_layer;
    struct solo solo;
    CU_ASSERT_FATAL(solo_init(&solo, &conv_layer, cases[c].options, cases[c].input, batch, true));
    CU_ASSERT_FATAL(strcmp(solo.plan.algorithm, cases[c].algorithm) == 0);
    fill(&solo, (uint64_t)(100 * c));
    solo.step.beta = beta;
    solo.step.alpha = alpha;
    const double *before = parameter(&solo, 0, solo.gradient[0]);
    solo_run(&solo, ASSAY_PREPARE, -1);
    solo_run(&solo, ASSAY_FORWARD, -1);
    solo_run(&solo, ASSAY_BACKWARD, -1);

    const struct assay_edge *in = &solo.plan.input, *out = &solo.plan.output;
    const struct naive_window w =
        naive_window(batch, in->shape, cases[c].maps, cases[c].kernel, 1, cases[c].pad);
    const double *x = gathered(&solo, in, solo.input), *dy = gathered(&solo, out, solo.output_gradient);
    const double *weight = parameter(&solo, 0, solo.storage[0]), *bias = parameter(&solo, 1, solo.storage[1]);
    const size_t inputs = naive_count(batch, in->shape), outputs = naive_count(batch, out->shape);
    const size_t weights = parameter_elements(&solo.plan.parameters[0]);
    double *wanted = arena_allocate(solo.arena, inputs + outputs + weights, sizeof *wanted);
    naive_conv_forward(&w, x, weight, bias, wanted);
    check("forward", c, batch, outputs, gathered(&solo, out, solo.output), wanted);
    naive_conv_backward_data(&w, dy, weight, wanted);
    check("data", c, batch, inputs, gathered(&solo, in, solo.input_gradient), wanted);
    naive_conv_backward_weight(&w, x, dy, wanted);
    for (size_t i = 0; i < weights; i++)
        wanted[i] = beta * before[i] + alpha * wanted[i];
    check("weight", c, batch, weights, parameter(&solo, 0, solo.gradient[0]), wanted);
    solo_finish(&solo);
}

/* A small batch and one that gives every thread enough, which are cut otherwise; and one whose sums over all
 * tiles are long, where the slow one does not take too long. */
static void every_pass(void)
{
    static const int batches[] = {3, 16, 128};
    for (int c = 0; c < (int)(sizeof cases / sizeof cases[0]); c++)
        for (size_t b = 0; b < sizeof batches / sizeof *batches; b++)
            if (batches[b] <= 16 || cases[c].maps <= 33)
                check_case(c, batches[b]);
}

int main(void)
{
    CU_TestInfo tests[] = {{"every pass is within 1e-5 of the slow one", every_pass}, CU_TEST_INFO_NULL};
    return run_suite("winograd", tests);
}
