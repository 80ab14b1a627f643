/* The kernels of activations: against their twins, and how exact they are over all floats. */
#include "harness.h"

#include <math.h>

#include "base/memory.h"
#include "ref/naive.h"
#include "support.h"

enum activation { TANH, SIGMOID, RELU, ACTIVATIONS };
static const struct {
    const char *name;
    void (*forward)(size_t, const double *, double *),
        (*backward)(size_t, const double *, const double *, double *);
} activation_twins[] = {[TANH] = {"tanh", naive_tanh_forward, naive_tanh_backward},
                        [SIGMOID] = {"sigmoid", naive_sigmoid_forward, naive_sigmoid_backward},
                        [RELU] = {"relu", naive_relu_forward, naive_relu_backward}};

struct activation_case {
    enum activation which;
    size_t count;
    const float *x, *dy;
};

/* results: y, then dx; both in place. */
static void run_activation(const struct kernels *kernels, const void *context, float *results)
{
    const struct activation_case *c = context;
    void (*const forward[])(size_t, float *, const float *) = {
        kernels->tanh_forward, kernels->sigmoid_forward, kernels->relu_forward};
    void (*const backward[])(size_t, float *, const float *, const float *) = {
        kernels->tanh_backward, kernels->sigmoid_backward, kernels->relu_backward};
    float *y = results, *dx = results + c->count;
    memcpy(y, c->x, c->count * sizeof *y);
    memcpy(dx, c->dy, c->count * sizeof *dx);
    forward[c->which](c->count, y, y);
    backward[c->which](c->count, dx, dx, y);
}

static void test_activations(void)
{
    static const size_t counts[] = {0, 1, 3, 15, 16, 17, 64, 1001};
    const struct tolerance tolerance = {1e-6, 2e-6}; /* backward: 1 - y² of a rounded y */
    float x[1001], dy[1001];
    double wide_x[1001], wide_dy[1001], wanted[2002];
    random_floats(x, 1001, 3, 5);
    random_floats(dy, 1001, 1, 6);
    x[0] = 0;
    widen(1001, x, wide_x);
    widen(1001, dy, wide_dy);
    for (enum activation a = 0; a < ACTIVATIONS; a++)
        for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
            const struct activation_case c = {a, counts[i], x, dy};
            activation_twins[a].forward(c.count, wide_x, wanted);
            activation_twins[a].backward(c.count, wide_dy, wide_x, wanted + c.count);
            CU_ASSERT_TRUE(
                kernels_agree(activation_twins[a].name, run_activation, &c, 2 * c.count, wanted, tolerance));
        }
}

/* All floats, in steps */

enum { STEP = 997, BLOCK = 4096 };

static size_t next_floats(uint64_t *pattern, float *x)
{
    size_t count = 0;
    for (; count < BLOCK && *pattern <= UINT32_MAX; *pattern += STEP, count++) {
        const uint32_t bits = (uint32_t)*pattern;
        memcpy(&x[count], &bits, sizeof bits);
    }
    return count;
}

/* The distance of two floats next to each other around `value`. */
static double ulp(double value)
{
    return ldexp(1, (fabs(value) < 0x1p-126 ? -126 : ilogb(value)) - 23);
}

/* The largest error of a forward kernel over every STEP-th float, in ulp of the true value or absolute; NaN
 * must give NaN. */
static double worst_error(void (*kernel)(size_t, float *, const float *),
                          void (*twin)(size_t, const double *, double *), bool in_ulp)
{
    static float x[BLOCK], y[BLOCK];
    static double wide[BLOCK], wanted[BLOCK];
    double worst = 0;
    bool sound = true;
    for (uint64_t pattern = 0; pattern <= UINT32_MAX;) {
        const size_t count = next_floats(&pattern, x);
        kernel(count, y, x);
        widen(count, x, wide);
        twin(count, wide, wanted);
        for (size_t i = 0; i < count; i++) {
            sound = sound && isnan(x[i]) == isnan(y[i]);
            if (!isnan(x[i]))
                worst = fmax(worst, fabs(y[i] - wanted[i]) / (in_ulp ? ulp(wanted[i]) : 1));
        }
    }
    CU_ASSERT_TRUE(sound);
    return worst;
}

/* A finer search, of every 29th float, finds 5.1 ulp and 1.7e-7 with fused multiply-add, 5.6 ulp and 2.1e-7
 * without. The rational function itself is within 0.6 ulp; the rest is rounding in its two polynomials. */
enum { TANH_ULP = 6 };
static const double sigmoid_bound = 2.5e-7;

static void test_all_floats(void)
{
    size_t sets;
    const struct kernels *const *kernels = kernel_sets(&sets);
    for (size_t k = 0; k < sets; k++) {
        const double tanh_error = worst_error(kernels[k]->tanh_forward, naive_tanh_forward, true);
        const double sigmoid_error = worst_error(kernels[k]->sigmoid_forward, naive_sigmoid_forward, false);
        printf("%s: tanh within %.2f ulp, sigmoid within %.3g\n", kernels[k]->name, tanh_error,
               sigmoid_error);
        CU_ASSERT_TRUE(tanh_error <= TANH_ULP);
        CU_ASSERT_TRUE(sigmoid_error <= sigmoid_bound);
        CU_ASSERT_EQUAL(worst_error(kernels[k]->relu_forward, naive_relu_forward, false), 0);
    }
}

/* The sets that fuse agree to the bit. */
static void test_all_floats_agree(void)
{
    static float x[BLOCK], y[BLOCK], other[BLOCK];
    size_t sets;
    const struct kernels *const *kernels = kernel_sets(&sets);
    bool same = true;
    for (uint64_t pattern = 0; pattern <= UINT32_MAX;) {
        const size_t count = next_floats(&pattern, x);
        for (size_t k = 2; k < sets; k++) {
            kernels[1]->tanh_forward(count, y, x);
            kernels[k]->tanh_forward(count, other, x);
            same = same && memcmp(y, other, count * sizeof *y) == 0;
            kernels[1]->sigmoid_forward(count, y, x);
            kernels[k]->sigmoid_forward(count, other, x);
            same = same && memcmp(y, other, count * sizeof *y) == 0;
        }
    }
    CU_ASSERT_TRUE(same);
}

int main(void)
{
    return run_suite("activations", (CU_TestInfo[]){
                                        {"twins", test_activations},
                                        {"all floats", test_all_floats},
                                        {"all floats in all sets", test_all_floats_agree},
                                        CU_TEST_INFO_NULL,
                                    });
}
