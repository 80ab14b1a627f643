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
    int weight_blocks;          /* into how many blocks half of the kernel * P rows of one ky are cut */
    int part_rows, part_blocks; /* of a narrow one: output rows at a time, blocks of output channels */
};

/* Up to so many rows of one ky are narrow; then so many bytes of output rows, half a first-level cache,
 * make a product. */
enum { NARROW_ROWS = 12, PART_BYTES = 16 << 10 };

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
 * output_gradient[y][x][q], for rows [first, end) of (kx, p) of one ky and samples [sample, last) */
static void add_weight_rows(const struct assay_work *work, int ky, int first, int end, int sample, int last)
{
    const struct design *d = work->plan->design;
    const struct assay_edge *out = &work->plan->output, *in = &d->convolution.padded;
    const ptrdiff_t p = in->pitch, q = out->pitch, in_row = in->shape.width * p,
                    out_row = out->shape.width * q;
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
                              .c = work->gradients[WEIGHT_PARAMETER] +
                                   ((ptrdiff_t)ky * d->convolution.kernel * in->pitch + first) * q,
                              .c_row = q,
                              .alpha = work->step->alpha};
    for (; sample < last; sample++) {
        product.a = x + (size_t)sample * assay_edge_floats(in);
        product.b = work->output_gradient + (size_t)sample * assay_edge_floats(out);
        product.beta = sample > 0 ? 1 : work->step->beta;
        work->kernels->product(&product);
    }
}

/* One half of the rows of one ky, block by block for a few samples at a time: the blocks fit a first-level
 * cache, what the samples read a second-level one. */
static void backward_weight(const struct assay_work *work, int item, void *scratch)
{
    (void)scratch;
    enum { FEW = 4 };
    const struct design *d = work->plan->design;
    const int rows = d->convolution.kernel * d->convolution.padded.pitch, samples = work->step->samples;
    const int ky = item / 2, begin = item % 2 * d->weight_blocks;
    for (int sample = 0; sample < samples; sample += FEW)
        for (int block = begin; block < begin + d->weight_blocks; block++)
            add_weight_rows(work, ky, (int)((long)rows * block / (2 * d->weight_blocks)),
                            (int)((long)rows * (block + 1) / (2 * d->weight_blocks)), sample,
                            sample + FEW < samples ? sample + FEW : samples);
}

/* Inputs of few channels have too few rows to be cut. There every sample gives a part of its own of all
 * gradients, [sample][kernel * kernel * P of the weight, 1 of the bias][Q], while what it reads is in the
 * cache; then the parts are added in their order. In small batches a part is cut into blocks of output
 * channels. */
static size_t part_floats(const struct design *d, const struct assay_layer_plan *plan)
{
    const size_t taps = (size_t)d->convolution.kernel * (size_t)d->convolution.kernel;
    return (taps * (size_t)plan->input.pitch + 1) * (size_t)plan->output.pitch;
}

static float *parts_of(const struct assay_work *work)
{
    const struct design *d = work->plan->design;
    return (float *)work->kept + convolution_kept_bytes(work->plan, &d->convolution) / sizeof(float);
}

static void backward_part(const struct assay_work *work, int item, void *scratch)
{
    (void)scratch;
    const struct design *d = work->plan->design;
    const struct assay_edge *out = &work->plan->output, *in = &d->convolution.padded;
    const int sample = item / d->part_blocks, columns = out->pitch / d->part_blocks,
              first = item % d->part_blocks * columns;
    const ptrdiff_t q = out->pitch, in_row = in->shape.width * in->pitch, out_row = out->shape.width * q;
    const int kernel = d->convolution.kernel, stride = d->convolution.stride, rows = kernel * in->pitch;
    const float *x = convolution_input(work, &d->convolution) + (size_t)sample * assay_edge_floats(in);
    const float *dy = work->output_gradient + (size_t)sample * assay_edge_floats(out) + first;
    float *part = parts_of(work) + (size_t)sample * part_floats(d, work->plan) + first;
    struct product product = {.rows = rows,
                              .columns = columns,
                              .inner = out->shape.width,
                              .a_row = 1,
                              .a_outer = stride * in_row,
                              .a_inner = stride * in->pitch,
                              .b_outer = out_row,
                              .b_inner = q,
                              .c_row = q,
                              .alpha = 1};
    for (int row = 0; row < out->shape.height; row += d->part_rows) {
        const int left = out->shape.height - row;
        product.outer = left < d->part_rows ? left : d->part_rows;
        product.b = dy + row * out_row;
        product.beta = row > 0;
        for (int ky = 0; ky < kernel; ky++) {
            product.a = x + (row * stride + ky) * in_row;
            product.c = part + ky * rows * q;
            work->kernels->product(&product);
        }
    }
    work->kernels->column_sums((size_t)out->shape.height * (size_t)out->shape.width, q, columns,
                               part + kernel * rows * q, dy, 0, 1);
}

/* gradient = beta gradient + alpha sum of the parts, for one ky of the weight, or at last for the bias */
static void backward_sum(const struct assay_work *work, int item, void *scratch)
{
    (void)scratch;
    const struct design *d = work->plan->design;
    const int rows = d->convolution.kernel * work->plan->input.pitch, q = work->plan->output.pitch;
    const bool bias = item == d->convolution.kernel;
    const ptrdiff_t first = (ptrdiff_t)item * rows * q;
    work->kernels->column_sums(
        (size_t)work->step->samples, (ptrdiff_t)part_floats(d, work->plan), bias ? q : rows * q,
        bias ? work->gradients[BIAS_PARAMETER] : work->gradients[WEIGHT_PARAMETER] + first,
        parts_of(work) + first, work->step->beta, work->step->alpha);
}

static void add_narrow_gradient(struct assay_layer_plan *plan, struct design *d, unsigned source)
{
    const size_t row_bytes = (size_t)plan->output.shape.width * (size_t)plan->output.pitch * sizeof(float);
    const unsigned reads = source | ASSAY_OUTPUT_GRADIENT;
    d->part_rows = row_bytes < PART_BYTES ? (int)(PART_BYTES / row_bytes) : 1;
    d->part_blocks = d->bands > 1 ? plan->output.pitch / ASSAY_LANES : 1;
    plan->kept_bytes += (size_t)plan->batch * part_floats(d, plan) * sizeof(float);
    assay_add_phase(plan, ASSAY_BACKWARD,
                    (struct assay_phase){.name = "backward part",
                                         .kernel = backward_part,
                                         .per_sample = d->part_blocks,
                                         .reads = reads,
                                         .writes = ASSAY_KEPT_2,
                                         .across = d->bands > 1 ? reads : 0});
    assay_add_phase(plan, ASSAY_BACKWARD,
                    (struct assay_phase){.name = "backward sum",
                                         .kernel = backward_sum,
                                         .items = d->convolution.kernel + 1,
                                         .reads = ASSAY_KEPT_2,
                                         .writes = ASSAY_GRADIENTS});
}

/* As many taps at a time as have weights of at most so many bytes, which a first-level cache holds beside the
 * rest, for one block of 64 outputs. */
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
                         .weight_blocks = (convolution->kernel * p + 95) / 96};
    choose_chunks(d, p, q);
    plan->algorithm = "direct";
    plan->backward_reads_input = convolution->pad == 0;
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
    if (convolution->kernel * p <= NARROW_ROWS) {
        add_narrow_gradient(plan, d, source);
        return true;
    }
    assay_add_phase(plan, ASSAY_BACKWARD,
                    (struct assay_phase){.name = "backward weight",
                                         .kernel = backward_weight,
                                         .items = 2 * convolution->kernel,
                                         .reads = source | ASSAY_OUTPUT_GRADIENT,
                                         .writes = ASSAY_GRADIENTS});
    plan_bias_gradient(plan);
    return true;
}
