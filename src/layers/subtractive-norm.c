/* Subtractive normalisation: from every map the local mean over all maps is subtracted, under a gaussian
 * window. With g the window (kernel x kernel, sigma = kernel / 4, sum 1) and m(p) the mass of g inside the
 * image around p: mean(p) = (1 / m(p)) sum over q of g(q - p) (1 / C) sum over c of x[c](q),    y[c](p) =
 * x[c](p) - mean(p). */
#include <math.h>
#include <stdio.h>

#include "assay/layer.h"
#include "base/arena.h"
#include "math/kernels.h"

struct norm_options {
    ASSAY_COMMON;
    int kernel;
};

static const struct assay_field fields[] = {
    {ASSAY_INT(struct norm_options, kernel), .key = "kernel", .help = "side of the gaussian window, odd",
     .unit = "pixels", .fallback = "7", .least = 1, .most = 63},
};

static bool check(void *options, struct assay_problem *problem)
{
    const struct norm_options *norm = options;
    if (norm->kernel % 2 == 1)
        return true;
    *problem = (struct assay_problem){"kernel", "must be odd"};
    return false;
}

static const struct assay_table table = {.fields = fields,
                                         .count = sizeof fields / sizeof fields[0],
                                         .size = sizeof(struct norm_options),
                                         .check = check};

struct design {
    int radius, bands;
    float *window;  /* one axis of g: 2 radius + 1 values, sum 1 */
    float *inverse; /* [height][width]: 1 / (C m(p)) */
};

static int limit(int value, int least, int most)
{
    return value < least ? least : value > most ? most : value;
}

/* Writes for the pixels of rows [first, end): blurred = g * sums, over a map of height x width of which
 * `sums` holds rows [above, …). `line` has room for a row. */
static void blur(const struct design *d, int height, int width, int first, int end, const float *sums,
                 int above, float *line, float *blurred)
{
    const int r = d->radius;
    for (int y = first; y < end; y++, blurred += width) {
        for (int x = 0; x < width; x++)
            line[x] = 0;
        for (int v = limit(y - r, 0, height); v < limit(y + r + 1, 0, height); v++) {
            const float weight = d->window[v - y + r];
            const float *row = sums + (v - above) * width;
            for (int x = 0; x < width; x++)
                line[x] += weight * row[x];
        }
        for (int x = 0; x < width; x++) {
            float sum = 0;
            for (int u = limit(x - r, 0, width); u < limit(x + r + 1, 0, width); u++)
                sum += d->window[u - x + r] * line[u];
            blurred[x] = sum;
        }
    }
}

/* The rows of a map that an item writes and, in scratch, those it needs: [rows][width] sums, a line,
 * [rows][width] blurred. */
struct maps {
    struct assay_band band;
    int above, below;        /* rows [above, below) have sums */
    int pixels, wide_pixels; /* of the band, and of those rows */
    ptrdiff_t at, wide_at;   /* where they begin in the edge, in floats */
    float *sums, *line, *blurred;
};

static struct maps maps_of(const struct assay_work *work, int item, float *scratch)
{
    const struct design *d = work->plan->design;
    const struct assay_edge *edge = &work->plan->input;
    const int height = edge->shape.height, width = edge->shape.width;
    const ptrdiff_t row = (ptrdiff_t)width * edge->pitch;
    struct maps maps = {.band = assay_band(item, d->bands, height), .sums = scratch};
    const ptrdiff_t sample = (ptrdiff_t)maps.band.sample * (ptrdiff_t)assay_edge_floats(edge);
    maps.above = limit(maps.band.first - d->radius, 0, height);
    maps.below = limit(maps.band.end + d->radius, 0, height);
    maps.pixels = (maps.band.end - maps.band.first) * width;
    maps.wide_pixels = (maps.below - maps.above) * width;
    maps.at = sample + maps.band.first * row;
    maps.wide_at = sample + maps.above * row;
    maps.line = maps.sums + maps.wide_pixels;
    maps.blurred = maps.line + width;
    return maps;
}

static void forward(const struct assay_work *work, int item, void *scratch)
{
    const struct design *d = work->plan->design;
    const struct assay_edge *edge = &work->plan->input;
    const struct maps m = maps_of(work, item, scratch);
    work->kernels->channel_sums(m.wide_pixels, edge->pitch, m.sums, work->input + m.wide_at);
    blur(d, edge->shape.height, edge->shape.width, m.band.first, m.band.end, m.sums, m.above, m.line,
         m.blurred);
    for (int i = 0; i < m.pixels; i++)
        m.blurred[i] *= d->inverse[m.band.first * edge->shape.width + i];
    work->kernels->subtract_mean(m.pixels, edge->shape.channels, edge->pitch, work->output + m.at,
                                 work->input + m.at, m.blurred);
}

/* The adjoint: dx[c](q) = dy[c](q) - sum over p of g(q - p) (1 / (C m(p))) sum over c of dy[c](p). */
static void backward(const struct assay_work *work, int item, void *scratch)
{
    const struct design *d = work->plan->design;
    const struct assay_edge *edge = &work->plan->input;
    const struct maps m = maps_of(work, item, scratch);
    work->kernels->channel_sums(m.wide_pixels, edge->pitch, m.sums, work->output_gradient + m.wide_at);
    for (int i = 0; i < m.wide_pixels; i++)
        m.sums[i] *= d->inverse[m.above * edge->shape.width + i];
    blur(d, edge->shape.height, edge->shape.width, m.band.first, m.band.end, m.sums, m.above, m.line,
         m.blurred);
    work->kernels->subtract_mean(m.pixels, edge->shape.channels, edge->pitch, work->input_gradient + m.at,
                                 work->output_gradient + m.at, m.blurred);
}

/* The window as Torch's image.gaussian makes it (sigma 0.25 of the side), and the mass that the border leaves
 * of it. */
static bool plan_window(struct assay_layer_plan *plan, struct design *d, int kernel)
{
    const int height = plan->input.shape.height, width = plan->input.shape.width;
    const size_t pixels = (size_t)height * (size_t)width;
    d->radius = kernel / 2;
    d->window = arena_allocate(plan->arena, (size_t)kernel, sizeof *d->window);
    d->inverse = arena_allocate(plan->arena, pixels, sizeof *d->inverse);
    float *ones = arena_allocate(plan->arena, pixels + (size_t)width, sizeof *ones);
    if (d->window == NULL || d->inverse == NULL || ones == NULL)
        return false;
    double sum = 0;
    for (int i = 0; i < kernel; i++)
        sum += exp(-0.5 * pow((i - d->radius) / (0.25 * kernel), 2));
    for (int i = 0; i < kernel; i++)
        d->window[i] = (float)(exp(-0.5 * pow((i - d->radius) / (0.25 * kernel), 2)) / sum);
    for (size_t i = 0; i < pixels; i++)
        ones[i] = 1;
    blur(d, height, width, 0, height, ones, 0, ones + pixels, d->inverse);
    for (size_t i = 0; i < pixels; i++)
        d->inverse[i] = 1.0f / ((float)plan->input.shape.channels * d->inverse[i]);
    return true;
}

static bool plan(struct assay_layer_plan *plan, struct assay_problem *problem)
{
    (void)problem;
    const struct norm_options *options = plan->options;
    struct design *d = assay_design(plan, sizeof *d);
    if (d == NULL || !plan_window(plan, d, options->kernel))
        return false;
    const struct assay_shape *shape = &plan->input.shape;
    d->bands = assay_bands(plan, shape->height);
    plan->output = plan->input;
    plan->in_place = d->bands == 1;
    plan->scratch_bytes = ((size_t)(2 * shape->height) + 1) * (size_t)shape->width * sizeof(float);
    plan->forward_flops =
        (double)shape->height * shape->width * (2.0 * shape->channels + 4.0 * options->kernel + 1);
    assay_add_phase(plan, ASSAY_FORWARD,
                    (struct assay_phase){.name = "forward",
                                         .kernel = forward,
                                         .per_sample = d->bands,
                                         .reads = ASSAY_INPUT,
                                         .writes = ASSAY_OUTPUT,
                                         .across = d->bands > 1 ? ASSAY_INPUT : 0});
    if (!plan->input_gradient)
        return true;
    plan->backward_flops = plan->forward_flops;
    assay_add_phase(plan, ASSAY_BACKWARD,
                    (struct assay_phase){.name = "backward",
                                         .kernel = backward,
                                         .per_sample = d->bands,
                                         .reads = ASSAY_OUTPUT_GRADIENT,
                                         .writes = ASSAY_INPUT_GRADIENT,
                                         .across = d->bands > 1 ? ASSAY_OUTPUT_GRADIENT : 0});
    return true;
}

const struct assay_layer_type subtractive_norm_layer = {
    .variant = {.name = "subtractive-norm",
                .summary = "x minus its mean over all maps under a gaussian window, which is divided by its "
                           "mass inside the image at the borders",
                .source = "Jarrett et al. 2009; Torch7 nn.SpatialSubtractiveNormalization",
                .example = "{kernel: 5}",
                .main_key = "kernel",
                .table = &table},
    .plan = plan,
};
