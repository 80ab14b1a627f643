/* The kernels of pooling against their twins: windows that overlap, leave gaps and hang over the border,
 * whole and in bands of rows. */
#include "harness.h"

#include <math.h>

#include "ref/naive.h"
#include "support.h"

/* Sums of tens of powers, and a root; backward: sums of quotients to a power, which multiplies their relative
 * error. */
static struct tolerance tolerance_of_power(double p)
{
    return (struct tolerance){1e-6 * (1 + p / 8), 2e-6 * (1 + p / 8)};
}

enum kind { MAX, LP, AVERAGE };
static const struct {
    const char *name;
    enum kind kind;
    double p;
} kinds[] = {{"max", MAX, 0}, {"lp 1", LP, 1},     {"lp 2", LP, 2},   {"lp 3", LP, 3},        {"lp 4", LP, 4},
             {"lp 8", LP, 8}, {"lp 1.5", LP, 1.5}, {"lp 30", LP, 30}, {"average", AVERAGE, 0}};

static const struct window {
    int channels, height, width, size, stride, pad;
} windows[] = {
    {1, 4, 4, 2, 2, 0},  {3, 7, 5, 2, 2, 0}, {5, 9, 7, 3, 2, 1},  {17, 6, 8, 3, 1, 2}, {64, 5, 5, 5, 1, 0},
    {2, 11, 3, 2, 3, 1}, {1, 1, 1, 1, 1, 0}, {16, 3, 3, 2, 1, 1}, {33, 8, 8, 4, 3, 3}, {3, 15, 17, 15, 2, 14},
};

enum { MOST = 1 << 15 };

/* One sample, channels last. */
struct pooling_case {
    enum kind kind;
    struct pooling pooling;
    int bands;
    size_t outputs, count; /* floats of y, and of y and dx */
    float x[MOST], dy[MOST];
};

/* results: y, then dx. */
static void run_pooling(const struct kernels *kernels, const void *context, float *results)
{
    const struct pooling_case *c = context;
    const struct pooling *p = &c->pooling;
    static uint8_t choice[MOST];
    float *y = results, *dx = results + c->outputs;
    for (int band = 0; band < c->bands; band++) {
        const int first = p->out_height * band / c->bands, end = p->out_height * (band + 1) / c->bands;
        if (c->kind == MAX)
            kernels->max_forward(p, first, end, y, c->x, choice);
        else if (c->kind == LP)
            kernels->lp_forward(p, first, end, y, c->x);
        else
            kernels->average_forward(p, first, end, y, c->x);
    }
    for (int band = 0; band < c->bands; band++) {
        const int first = p->in_height * band / c->bands, end = p->in_height * (band + 1) / c->bands;
        if (c->kind == MAX)
            kernels->max_backward(p, first, end, dx, c->dy, choice);
        else if (c->kind == LP)
            kernels->lp_backward(p, first, end, dx, c->dy, c->x, y);
        else
            kernels->average_backward(p, first, end, dx, c->dy);
    }
}

/* Between one sample in canonical order and channels last with padding lanes of 0. */
static void spread(struct assay_shape shape, const double *canonical, double *lanes)
{
    const struct assay_edge edge = assay_edge(shape);
    const int pixels = shape.height * shape.width;
    for (int pixel = 0; pixel < pixels; pixel++)
        for (int c = 0; c < edge.pitch; c++)
            lanes[pixel * edge.pitch + c] = c < shape.channels ? canonical[c * pixels + pixel] : 0;
}

static void twin_pooling(const struct pooling_case *c, const struct naive_window *w, double *results)
{
    static double x[MOST], dy[MOST], y[MOST], dx[MOST];
    const struct assay_edge in = assay_edge(w->in), out = assay_edge(w->out);
    edge_gather(&in, 1, c->x, x);
    edge_gather(&out, 1, c->dy, dy);
    if (c->kind == MAX) {
        naive_max_forward(w, x, y);
        naive_max_backward(w, dy, x, dx);
    } else if (c->kind == LP) {
        naive_lp_forward(w, c->pooling.p, x, y);
        naive_lp_backward(w, c->pooling.p, dy, x, y, dx);
    } else {
        naive_average_forward(w, x, y);
        naive_average_backward(w, dy, dx);
    }
    spread(w->out, y, results);
    spread(w->in, dx, results + c->outputs);
}

/* What the input is filled with. */
enum fill {
    RANDOM,
    COARSE,
    HOLES,
    FILLS
}; /* COARSE: many ties, many zeros; HOLES: some NaN, which max must show */

static void fill_lanes(float *values, const struct assay_edge *edge, enum fill fill, uint64_t seed)
{
    const size_t count = assay_edge_floats(edge);
    random_floats(values, count, 1, seed);
    for (size_t i = 0; i < count; i++) {
        if (fill == COARSE)
            values[i] = rintf(1.5f * values[i]);
        if (fill == HOLES && i % 7 == 0)
            values[i] = NAN;
        if (i % (size_t)edge->pitch >= (size_t)edge->shape.channels)
            values[i] = 0;
    }
}

/* The twin's window. */
static struct naive_window init_case(struct pooling_case *c, size_t kind, const struct window *window,
                                     enum fill fill)
{
    const struct naive_window w =
        naive_window(1, (struct assay_shape){window->channels, window->height, window->width},
                     window->channels, window->size, window->stride, window->pad);
    const struct assay_edge in = assay_edge(w.in), out = assay_edge(w.out);
    c->kind = kinds[kind].kind;
    c->pooling = (struct pooling){w.in.height, w.in.width, w.out.height, w.out.width,  w.size,
                                  w.stride,    w.pad,      in.pitch,     kinds[kind].p};
    c->outputs = assay_edge_floats(&out);
    c->count = c->outputs + assay_edge_floats(&in);
    CU_ASSERT_FATAL(c->count <= MOST);
    fill_lanes(c->x, &in, fill, 7);
    fill_lanes(c->dy, &out, RANDOM, 8);
    return w;
}

/* Cut into bands, every set gives the bits that it gives whole. */
static void check_bands(struct pooling_case *c)
{
    static float whole[MOST], bands[MOST];
    size_t sets;
    const struct kernels *const *kernels = kernel_sets(&sets);
    for (size_t k = 0; k < sets; k++) {
        memset(whole, 0xff, sizeof whole);
        memset(bands, 0, sizeof bands);
        c->bands = 1;
        run_pooling(kernels[k], c, whole);
        c->bands = 3;
        run_pooling(kernels[k], c, bands);
        CU_ASSERT_EQUAL(memcmp(whole, bands, c->count * sizeof *whole), 0);
    }
}

static void test_pooling(void)
{
    static struct pooling_case c;
    static double wanted[MOST];
    for (size_t kind = 0; kind < sizeof kinds / sizeof *kinds; kind++)
        for (size_t i = 0; i < sizeof windows / sizeof *windows; i++)
            for (enum fill fill = RANDOM; fill < (kinds[kind].kind == MAX ? FILLS : HOLES); fill++) {
                const struct naive_window w = init_case(&c, kind, &windows[i], fill);
                char what[64];
                snprintf(what, sizeof what, "%s pooling, window %zu, fill %d", kinds[kind].name, i,
                         (int)fill);
                twin_pooling(&c, &w, wanted);
                c.bands = 1;
                CU_ASSERT_TRUE(
                    kernels_agree(what, run_pooling, &c, c.count, wanted, tolerance_of_power(kinds[kind].p)));
                check_bands(&c);
            }
}

/* Testing keeps no choice. */
static void test_without_choice(void)
{
    size_t sets;
    const struct kernels *const *kernels = kernel_sets(&sets);
    const struct pooling pooling = {2, 2, 1, 1, 2, 2, 0, 16, 0};
    float x[64], y[16];
    random_floats(x, 64, 1, 1);
    for (size_t k = 0; k < sets; k++) {
        kernels[k]->max_forward(&pooling, 0, 1, y, x, NULL);
        for (int c = 0; c < 16; c++)
            CU_ASSERT_EQUAL(y[c], fmaxf(fmaxf(x[c], x[16 + c]), fmaxf(x[32 + c], x[48 + c])));
    }
}

int main(void)
{
    return run_suite("pooling", (CU_TestInfo[]){
                                    {"twins", test_pooling},
                                    {"max without choice", test_without_choice},
                                    CU_TEST_INFO_NULL,
                                });
}
