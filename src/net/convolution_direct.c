/* Convolution, direct: sums of small matrix products, one per tap (or per few taps, where their weights fit
 * the first-level cache together). The rows of a product are the pixels of an output row, which lie `stride`
 * pixels apart in the input. No tap that would fall outside is ever multiplied, and nothing is copied, but
 * for padding. The transpose of the weight, for backward, is derived: [ky][kx][Q][P]. */
#include <string.h>

#include "math/kernels.h"
#include "net/bias.h"
#include "net/convolution.h"

/* Taps whose weights are used together: chunk t covers `outer` rows of `inner` floats from tap (t / across, t
 * % across) on. */
struct design {
    struct convolution convolution; /* first */
    int chunks, across, outer, inner;
    int bands, backward_bands;
    int weight_blocks; /* into how many blocks the kernel * P rows of one ky are cut */
};

/* Up to so many rows of one ky are narrow, and then so many columns make an item. */
enum { NARROW_ROWS = 12, NARROW_COLUMNS = 32 };

/* output[y][x][q] = bias[q] + sum over taps and p of input[y s + ky][x s + kx][p] weight[ky][kx][p][q] */
static void forward(const struct assay_work *work, int item, void *scratch)
{
    (void)scratch;
    const struct design *d = work->plan->design;
    const struct assay_edge *out = &work->plan->output, *in = &d->convolution.padded;
    const struct assay_band band = assay_band(item, d->bands, out->shape.height);
    const ptrdiff_t p = in->pitch, q = out->pitch, in_row = in->shape.width * p,
                    out_row = out->shape.width * q;
    const float *x = convolution_input(work, &d->convolution) + (size_t)band.sample * assay_edge_floats(in);
    float *y = work->output + (size_t)band.sample * assay_edge_floats(out);

    for (int t = 0; t < d->chunks; t++) {
        const int ky = t / d->across, kx = t % d->across;
        struct product product = {.rows = out->shape.width,
                                  .columns = out->pitch,
                                  .outer = d->outer,
                                  .inner = d->inner,
                                  .a_row = d->convolution.stride * p,
                                  .a_outer = in_row,
                                  .a_inner = 1,
                                  .b = work->values[WEIGHT_PARAMETER] +
                                       (ky * d->convolution.kernel + kx) * p * q,
                                  .b_outer = d->convolution.kernel * p * q,
                                  .b_inner = q,
                                  .c_row = q,
                                  .beta = t > 0,
                                  .alpha = 1,
                                  .bias = t == 0 ? work->values[BIAS_PARAMETER] : NULL};
        for (int row = band.first; row < band.end; row++) {
            product.a = x + (row * d->convolution.stride + ky) * in_row + kx * p;
            product.c = y + row * out_row;
            work->kernels->product(&product);
        }
    }
}

/* derived[ky][kx][q][p] = weight[ky][kx][p][q] */
static void transpose(const struct assay_work *work, int tap, void *scratch)
{
    (void)scratch;
    const int p = work->plan->input.pitch, q = work->plan->output.pitch;
    const size_t first = (size_t)tap * (size_t)p * (size_t)q;
    work->kernels->transpose(p, q, work->derived + first, p, work->values[WEIGHT_PARAMETER] + first, q);
}

/* input_gradient[y s + ky][x s + kx][p] += sum over q of output_gradient[y][x][q] weight[ky][kx][p][q], for
 * one band of rows of the input */
static void backward_data(const struct assay_work *work, int item, void *scratch)
{
    const struct design *d = work->plan->design;
    const struct assay_edge *out = &work->plan->output, *in = &d->convolution.padded;
    const struct assay_band band = assay_band(item, d->backward_bands, work->plan->input.shape.height);
    const int first = band.first + d->convolution.pad,
              end = band.end + d->convolution.pad; /* rows of the padded input */
    const ptrdiff_t p = in->pitch, q = out->pitch, in_row = in->shape.width * p,
                    out_row = out->shape.width * q;
    const float *dy = work->output_gradient + (size_t)band.sample * assay_edge_floats(out);
    float *dx = work->input_gradient + (size_t)band.sample * assay_edge_floats(&work->plan->input) +
                (ptrdiff_t)band.first * work->plan->input.shape.width * p;
    float *rows = d->convolution.pad > 0 ? scratch : dx;

    memset(rows, 0, (size_t)((end - first) * in_row) * sizeof *rows);
    for (int tap = 0; tap < d->convolution.kernel * d->convolution.kernel; tap++) {
        const int ky = tap / d->convolution.kernel, kx = tap % d->convolution.kernel;
        struct product product = {.rows = out->shape.width,
                                  .columns = in->pitch,
                                  .outer = 1,
                                  .inner = out->pitch,
                                  .a_row = q,
                                  .a_inner = 1,
                                  .b = work->derived + tap * p * q,
                                  .b_inner = p,
                                  .c_row = d->convolution.stride * p,
                                  .beta = 1,
                                  .alpha = 1};
        for (int y = first > ky ? (first - ky + d->convolution.stride - 1) / d->convolution.stride : 0;
             y < out->shape.height && y * d->convolution.stride + ky < end; y++) {
            product.a = dy + y * out_row;
            product.c = rows + (y * d->convolution.stride + ky - first) * in_row + kx * p;
            work->kernels->product(&product);
        }
    }
    convolution_crop(&d->convolution, &work->plan->input, band.first, band.end, dx, rows);
}

/* gradient[ky][kx][p][q] = beta gradient + alpha sum over samples, y and x of input[y s + ky][x s + kx][p]
 * output_gradient[y][x][q], for one ky and a block of (kx, p) */
static void backward_weight(const struct assay_work *work, int item, void *scratch)
{
    (void)scratch;
    const struct design *d = work->plan->design;
    const struct assay_edge *out = &work->plan->output, *in = &d->convolution.padded;
    const ptrdiff_t p = in->pitch, q = out->pitch, in_row = in->shape.width * p,
                    out_row = out->shape.width * q;
    const int ky = item / d->weight_blocks, block = item % d->weight_blocks,
              rows = d->convolution.kernel * in->pitch;
    const int first = rows * block / d->weight_blocks, end = rows * (block + 1) / d->weight_blocks;
    const float *x = convolution_input(work, &d->convolution) + ky * in_row + first;
    struct product product = {.rows = end - first,
                              .columns = out->pitch,
                              .outer = out->shape.height,
                              .inner = out->shape.width,
                              .a_row = 1,
                              .a_outer = d->convolution.stride * in_row,
                              .a_inner = d->convolution.stride * p,
                              .b_outer = out_row,
                              .b_inner = q,
                              .c = work->gradients[WEIGHT_PARAMETER] + (ky * rows + first) * q,
                              .c_row = q,
                              .alpha = work->step->alpha};
    for (int sample = 0; sample < work->step->samples; sample++) {
        product.a = x + (size_t)sample * assay_edge_floats(in);
        product.b = work->output_gradient + (size_t)sample * assay_edge_floats(out);
        product.beta = sample > 0 ? 1 : work->step->beta;
        work->kernels->product(&product);
    }
}

/* The same for inputs of few channels, whose rows are too few to be cut: a block of q over all taps, so that
 * an output row is read while it is in the cache. */
static void backward_narrow_weight(const struct assay_work *work, int item, void *scratch)
{
    (void)scratch;
    const struct design *d = work->plan->design;
    const struct assay_edge *out = &work->plan->output, *in = &d->convolution.padded;
    const ptrdiff_t p = in->pitch, q = out->pitch, in_row = in->shape.width * p,
                    out_row = out->shape.width * q;
    const int rows = d->convolution.kernel * in->pitch, first = item * NARROW_COLUMNS;
    const float *x = convolution_input(work, &d->convolution), *dy = work->output_gradient + first;
    struct product product = {.rows = rows,
                              .columns =
                                  out->pitch - first < NARROW_COLUMNS ? out->pitch - first : NARROW_COLUMNS,
                              .outer = 1,
                              .inner = out->shape.width,
                              .a_row = 1,
                              .a_inner = d->convolution.stride * p,
                              .b_inner = q,
                              .c_row = q,
                              .alpha = work->step->alpha};
    for (int row = 0; row < work->step->samples * out->shape.height; row++) {
        const int sample = row / out->shape.height, y = row % out->shape.height;
        product.b = dy + row * out_row;
        product.beta = row > 0 ? 1 : work->step->beta;
        for (int ky = 0; ky < d->convolution.kernel; ky++) {
            product.a =
                x + (size_t)sample * assay_edge_floats(in) + (y * d->convolution.stride + ky) * in_row;
            product.c = work->gradients[WEIGHT_PARAMETER] + (ptrdiff_t)ky * rows * q + first;
            work->kernels->product(&product);
        }
    }
}

/* As many taps at a time as have weights of at most half a first-level cache, for one block of 64 outputs. */
static void choose_chunks(struct design *d, int p, int q)
{
    enum { CACHE = 24 << 10 };
    const int k = d->convolution.kernel;
    const size_t side = (size_t)k, tap = (size_t)p * (size_t)(q < 64 ? q : 64) * sizeof(float);
    const bool all = side * side * tap <= CACHE, row = side * tap <= CACHE;
    d->chunks = all ? 1 : row ? k : k * k;
    d->across = all || row ? 1 : k;
    d->outer = all ? k : 1;
    d->inner = (all || row ? k : 1) * p;
}

bool convolution_direct(struct assay_layer_plan *plan, const struct convolution *convolution)
{
    struct design *d = assay_design(plan, sizeof *d);
    if (d == NULL)
        return false;
    const int taps = convolution->kernel * convolution->kernel, p = plan->input.pitch, q = plan->output.pitch;
    const unsigned source = convolution_source(convolution);
    *d = (struct design){.convolution = *convolution,
                         .bands = assay_bands(plan, plan->output.shape.height),
                         .backward_bands = assay_bands(plan, plan->input.shape.height),
                         .weight_blocks = (convolution->kernel * p + 47) / 48};
    choose_chunks(d, p, q);
    plan->algorithm = "direct";
    plan->kept_bytes = convolution_kept_bytes(plan, convolution);
    convolution_add_padding(plan, convolution);
    assay_add_phase(plan, ASSAY_FORWARD,
                    (struct assay_phase){.name = "forward",
                                         .kernel = forward,
                                         .per_sample = d->bands,
                                         .reads = source | ASSAY_VALUES,
                                         .writes = ASSAY_OUTPUT,
                                         .across = d->bands > 1 ? source : 0});
    if (!plan->training)
        return true;
    if (plan->input_gradient) {
        plan->derived_floats = (size_t)taps * (size_t)p * (size_t)q;
        if (convolution->pad > 0)
            plan->scratch_bytes = assay_edge_floats(&convolution->padded) * sizeof(float);
        assay_add_phase(plan, ASSAY_PREPARE,
                        (struct assay_phase){.name = "transpose",
                                             .kernel = transpose,
                                             .items = taps,
                                             .reads = ASSAY_VALUES,
                                             .writes = ASSAY_DERIVED});
        assay_add_phase(plan, ASSAY_BACKWARD,
                        (struct assay_phase){.name = "backward data",
                                             .kernel = backward_data,
                                             .per_sample = d->backward_bands,
                                             .reads = ASSAY_OUTPUT_GRADIENT | ASSAY_DERIVED,
                                             .writes = ASSAY_INPUT_GRADIENT,
                                             .across = d->backward_bands > 1 ? ASSAY_OUTPUT_GRADIENT : 0});
    }
    const bool narrow = convolution->kernel * p <= NARROW_ROWS;
    assay_add_phase(plan, ASSAY_BACKWARD,
                    (struct assay_phase){.name = "backward weight",
                                         .kernel = narrow ? backward_narrow_weight : backward_weight,
                                         .items = narrow ? (q + NARROW_COLUMNS - 1) / NARROW_COLUMNS
                                                         : convolution->kernel * d->weight_blocks,
                                         .reads = source | ASSAY_OUTPUT_GRADIENT,
                                         .writes = ASSAY_GRADIENTS});
    plan_bias_gradient(plan);
    return true;
}
