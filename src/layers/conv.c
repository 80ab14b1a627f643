/* Convolution, channels last. With P and Q the input's and output's pitch, the weight lies as [ky][kx][P][Q]
 * and its transpose (derived) as [ky][kx][Q][P]; files have [out][in][ky][kx].
 *
 * Forward and backward are sums of small matrix products, one per tap (or per few taps, where those fit the
 * first-level cache together): the rows of a product are the pixels of an output row, which lie `stride`
 * pixels apart in the input. No tap that would fall outside is ever multiplied, and nothing is copied, but
 * for padding. */
#include <stdio.h>
#include <string.h>

#include "assay/layer.h"
#include "math/kernels.h"
#include "net/bands.h"

struct conv_options {
    ASSAY_COMMON;
    int maps, kernel, stride, pad;
    int init;
};

static const struct assay_field fields[] = {
    {ASSAY_INT(struct conv_options, maps), .key = "maps", .help = "output maps", .least = 1, .most = 4096},
    {ASSAY_INT(struct conv_options, kernel), .key = "kernel", .help = "side of the square kernel",
     .unit = "pixels", .least = 1, .most = 64},
    {ASSAY_INT(struct conv_options, stride), .key = "stride", .help = "step from one window to the next",
     .unit = "pixels", .fallback = "1", .least = 1, .most = 64},
    {ASSAY_INT(struct conv_options, pad), .key = "pad", .help = "zeros added on each side", .unit = "pixels",
     .fallback = "0", .least = 0, .most = 63},
    {ASSAY_CHOICE(struct conv_options, init), .key = "init", .help = "first values of the weights",
     .fallback = "torch", .choices = assay_initial_names},
};
static const struct assay_table table = ASSAY_TABLE(struct conv_options, fields);

enum { WEIGHT, BIAS };

/* Taps whose weights are used together: chunk t covers `outer` rows of `inner` floats from tap (t / across, t
 * % across) on. */
struct design {
    int kernel, stride, pad;
    struct assay_edge padded; /* the input with its border: what the kernels read */
    int chunks, across, outer, inner;
    int bands, backward_bands;
    int weight_blocks; /* into how many blocks the kernel * P rows of one ky are cut */
};

static const float *padded_input(const struct assay_work *work)
{
    const struct design *d = work->plan->design;
    return d->pad > 0 ? work->kept : work->input;
}

/* kept: [sample][height + 2 pad][width + 2 pad][P] */
static void pad_input(const struct assay_work *work, int sample, void *scratch)
{
    (void)scratch;
    const struct design *d = work->plan->design;
    const struct assay_edge *in = &work->plan->input;
    const size_t row = (size_t)in->shape.width * (size_t)in->pitch,
                 padded_row = (size_t)d->padded.shape.width * (size_t)in->pitch;
    const float *from = work->input + (size_t)sample * assay_edge_floats(in);
    float *to = (float *)work->kept + (size_t)sample * assay_edge_floats(&d->padded);
    memset(to, 0, assay_edge_floats(&d->padded) * sizeof *to);
    to += (size_t)d->pad * padded_row + (size_t)d->pad * (size_t)in->pitch;
    for (int y = 0; y < in->shape.height; y++)
        memcpy(to + (size_t)y * padded_row, from + (size_t)y * row, row * sizeof *to);
}

/* output[y][x][q] = bias[q] + sum over taps and p of input[y s + ky][x s + kx][p] weight[ky][kx][p][q] */
static void forward(const struct assay_work *work, int item, void *scratch)
{
    (void)scratch;
    const struct design *d = work->plan->design;
    const struct assay_edge *out = &work->plan->output, *in = &d->padded;
    const struct assay_band band = assay_band(item, d->bands, out->shape.height);
    const ptrdiff_t p = in->pitch, q = out->pitch, in_row = in->shape.width * p,
                    out_row = out->shape.width * q;
    const float *x = padded_input(work) + (size_t)band.sample * assay_edge_floats(in);
    float *y = work->output + (size_t)band.sample * assay_edge_floats(out);

    for (int t = 0; t < d->chunks; t++) {
        const int ky = t / d->across, kx = t % d->across;
        struct product product = {.rows = out->shape.width,
                                  .columns = out->pitch,
                                  .outer = d->outer,
                                  .inner = d->inner,
                                  .a_row = d->stride * p,
                                  .a_outer = in_row,
                                  .a_inner = 1,
                                  .b = work->values[WEIGHT] + (ky * d->kernel + kx) * p * q,
                                  .b_outer = d->kernel * p * q,
                                  .b_inner = q,
                                  .c_row = q,
                                  .beta = t > 0,
                                  .alpha = 1,
                                  .bias = t == 0 ? work->values[BIAS] : NULL};
        for (int row = band.first; row < band.end; row++) {
            product.a = x + (row * d->stride + ky) * in_row + kx * p;
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
    const float *from = work->values[WEIGHT] + (size_t)tap * (size_t)p * (size_t)q;
    float *to = work->derived + (size_t)tap * (size_t)p * (size_t)q;
    for (int i = 0; i < p; i++)
        for (int j = 0; j < q; j++)
            to[j * p + i] = from[i * q + j];
}

/* input_gradient[y s + ky][x s + kx][p] += sum over q of output_gradient[y][x][q] weight[ky][kx][p][q], for
 * one band of rows of the input */
static void backward_data(const struct assay_work *work, int item, void *scratch)
{
    const struct design *d = work->plan->design;
    const struct assay_edge *out = &work->plan->output, *in = &d->padded;
    const struct assay_band band = assay_band(item, d->backward_bands, work->plan->input.shape.height);
    const int first = band.first + d->pad, end = band.end + d->pad; /* rows of the padded input */
    const ptrdiff_t p = in->pitch, q = out->pitch, in_row = in->shape.width * p,
                    out_row = out->shape.width * q, inner_row = work->plan->input.shape.width * p;
    const float *dy = work->output_gradient + (size_t)band.sample * assay_edge_floats(out);
    float *dx = work->input_gradient + (size_t)band.sample * assay_edge_floats(&work->plan->input) +
                band.first * inner_row;
    float *rows = d->pad > 0 ? scratch : dx;

    memset(rows, 0, (size_t)((end - first) * in_row) * sizeof *rows);
    for (int tap = 0; tap < d->kernel * d->kernel; tap++) {
        const int ky = tap / d->kernel, kx = tap % d->kernel;
        struct product product = {.rows = out->shape.width,
                                  .columns = in->pitch,
                                  .outer = 1,
                                  .inner = out->pitch,
                                  .a_row = q,
                                  .a_inner = 1,
                                  .b = work->derived + tap * p * q,
                                  .b_inner = p,
                                  .c_row = d->stride * p,
                                  .beta = 1,
                                  .alpha = 1};
        for (int y = first > ky ? (first - ky + d->stride - 1) / d->stride : 0;
             y < out->shape.height && y * d->stride + ky < end; y++) {
            product.a = dy + y * out_row;
            product.c = rows + (y * d->stride + ky - first) * in_row + kx * p;
            work->kernels->product(&product);
        }
    }
    for (int y = 0; y < end - first && d->pad > 0; y++)
        memcpy(dx + y * inner_row, rows + y * in_row + d->pad * p, (size_t)inner_row * sizeof *dx);
}

/* gradient[ky][kx][p][q] = beta gradient + alpha sum over samples, y and x of input[y s + ky][x s + kx][p]
 * output_gradient[y][x][q], for one ky and a block of (kx, p) */
static void backward_weight(const struct assay_work *work, int item, void *scratch)
{
    (void)scratch;
    const struct design *d = work->plan->design;
    const struct assay_edge *out = &work->plan->output, *in = &d->padded;
    const ptrdiff_t p = in->pitch, q = out->pitch, in_row = in->shape.width * p,
                    out_row = out->shape.width * q;
    const int ky = item / d->weight_blocks, block = item % d->weight_blocks, rows = d->kernel * in->pitch;
    const int first = rows * block / d->weight_blocks, end = rows * (block + 1) / d->weight_blocks;
    const float *x = padded_input(work) + ky * in_row + first;
    struct product product = {.rows = end - first,
                              .columns = out->pitch,
                              .outer = out->shape.height,
                              .inner = out->shape.width,
                              .a_row = 1,
                              .a_outer = d->stride * in_row,
                              .a_inner = d->stride * p,
                              .b_outer = out_row,
                              .b_inner = q,
                              .c = work->gradients[WEIGHT] + (ky * rows + first) * q,
                              .c_row = q,
                              .alpha = work->step->alpha};
    for (int sample = 0; sample < work->step->samples; sample++) {
        product.a = x + (size_t)sample * assay_edge_floats(in);
        product.b = work->output_gradient + (size_t)sample * assay_edge_floats(out);
        product.beta = sample > 0 ? 1 : work->step->beta;
        work->kernels->product(&product);
    }
}

static void backward_bias(const struct assay_work *work, int item, void *scratch)
{
    (void)scratch;
    const struct assay_edge *out = &work->plan->output;
    const size_t pixels = (size_t)work->step->samples * (size_t)out->shape.height * (size_t)out->shape.width;
    const int first = item * ASSAY_LANES;
    work->kernels->column_sums(pixels, out->pitch, ASSAY_LANES, work->gradients[BIAS] + first,
                               work->output_gradient + first, work->step->beta, work->step->alpha);
}

/* As many taps at a time as have weights of at most half a first-level cache, for one block of 64 outputs. */
static void choose_chunks(struct design *d, int p, int q)
{
    enum { CACHE = 24 << 10 };
    const int k = d->kernel, columns = q < 64 ? q : 64;
    const int tap = p * columns * (int)sizeof(float);
    const bool all = k * k * tap <= CACHE, row = k * tap <= CACHE;
    d->chunks = all ? 1 : row ? k : k * k;
    d->across = all || row ? 1 : k;
    d->outer = all ? k : 1;
    d->inner = (all || row ? k : 1) * p;
}

static bool plan_shape(struct assay_layer_plan *plan, struct assay_problem *problem)
{
    const struct conv_options *options = plan->options;
    const struct assay_shape in = plan->input.shape;
    const int height = in.height + 2 * options->pad - options->kernel,
              width = in.width + 2 * options->pad - options->kernel;
    if (height < 0 || width < 0) {
        *problem = (struct assay_problem){.key = "kernel"};
        snprintf(problem->text, sizeof problem->text,
                 "does not fit: a window of %d x %d over an input of %d x %d with a border of %d",
                 options->kernel, options->kernel, in.height, in.width, options->pad);
        return false;
    }
    plan->output = assay_edge(
        (struct assay_shape){options->maps, height / options->stride + 1, width / options->stride + 1});
    return true;
}

static void plan_parameters(struct assay_layer_plan *plan)
{
    const struct conv_options *options = plan->options;
    const int k = options->kernel, in = plan->input.shape.channels, out = options->maps;
    const size_t p = (size_t)plan->input.pitch, q = (size_t)plan->output.pitch;
    const int fan_in = in * k * k, fan_out = out * k * k;
    assay_add_parameter(
        plan, (struct assay_parameter){.name = "weight",
                                       .rank = 4,
                                       .dimensions = {out, in, k, k},
                                       .axes = {{out, 1}, {in, q}, {k, (size_t)k * p * q}, {k, p * q}},
                                       .floats = (size_t)k * (size_t)k * p * q,
                                       .fan_in = fan_in,
                                       .fan_out = fan_out,
                                       .initial = (enum assay_initial)options->init,
                                       .trained = true,
                                       .penalized = true});
    assay_add_parameter(
        plan, (struct assay_parameter){.name = "bias",
                                       .rank = 1,
                                       .dimensions = {out},
                                       .axes = {{out, 1}},
                                       .floats = q,
                                       .fan_in = fan_in,
                                       .fan_out = fan_out,
                                       .initial = assay_initial_of_bias((enum assay_initial)options->init),
                                       .trained = true});
}

static void plan_phases(struct assay_layer_plan *plan, struct design *d)
{
    const int taps = d->kernel * d->kernel, p = plan->input.pitch, q = plan->output.pitch;
    const unsigned source = d->pad > 0 ? ASSAY_KEPT : ASSAY_INPUT;
    if (d->pad > 0) {
        plan->kept_bytes = (size_t)plan->batch * assay_edge_floats(&d->padded) * sizeof(float);
        assay_add_phase(plan, ASSAY_FORWARD,
                        (struct assay_phase){.name = "pad",
                                             .kernel = pad_input,
                                             .per_sample = 1,
                                             .reads = ASSAY_INPUT,
                                             .writes = ASSAY_KEPT});
    }
    assay_add_phase(plan, ASSAY_FORWARD,
                    (struct assay_phase){.name = "forward",
                                         .kernel = forward,
                                         .per_sample = d->bands,
                                         .reads = source | ASSAY_VALUES,
                                         .writes = ASSAY_OUTPUT,
                                         .across = d->bands > 1 ? source : 0});
    if (!plan->training)
        return;
    if (plan->input_gradient) {
        plan->derived_floats = (size_t)taps * (size_t)p * (size_t)q;
        d->backward_bands = assay_bands(plan, plan->input.shape.height);
        if (d->pad > 0)
            plan->scratch_bytes = assay_edge_floats(&d->padded) * sizeof(float);
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
    d->weight_blocks = (d->kernel * p + 47) / 48;
    assay_add_phase(plan, ASSAY_BACKWARD,
                    (struct assay_phase){.name = "backward weight",
                                         .kernel = backward_weight,
                                         .items = d->kernel * d->weight_blocks,
                                         .reads = source | ASSAY_OUTPUT_GRADIENT,
                                         .writes = ASSAY_GRADIENTS});
    assay_add_phase(plan, ASSAY_BACKWARD,
                    (struct assay_phase){.name = "backward bias",
                                         .kernel = backward_bias,
                                         .items = q / ASSAY_LANES,
                                         .reads = ASSAY_OUTPUT_GRADIENT,
                                         .writes = ASSAY_GRADIENTS});
}

static bool plan(struct assay_layer_plan *plan, struct assay_problem *problem)
{
    const struct conv_options *options = plan->options;
    if (!plan_shape(plan, problem))
        return false;
    struct design *d = assay_design(plan, sizeof *d);
    if (d == NULL)
        return false;
    *d = (struct design){.kernel = options->kernel,
                         .stride = options->stride,
                         .pad = options->pad,
                         .padded = plan->input,
                         .bands = assay_bands(plan, plan->output.shape.height)};
    d->padded.shape.height += 2 * options->pad;
    d->padded.shape.width += 2 * options->pad;
    choose_chunks(d, plan->input.pitch, plan->output.pitch);
    plan->algorithm = "direct";
    plan->backward_reads_input = d->pad == 0;
    plan->forward_flops = 2.0 * plan->output.shape.height * plan->output.shape.width * options->maps *
                          plan->input.shape.channels * options->kernel * options->kernel;
    plan->backward_flops = plan->forward_flops * (1 + plan->input_gradient);
    plan_parameters(plan);
    plan_phases(plan, d);
    return true;
}

const struct assay_layer_type conv_layer = {
    .variant = {.name = "conv",
                .summary = "y[o] = bias[o] + sum over i, ky, kx of weight[o][i][ky][kx] x[i][y stride + ky - "
                           "pad][x stride + kx - pad]",
                .source = "LeCun et al. 1998 (a correlation, as everywhere)",
                .example = "{maps: 5, kernel: 3, stride: 2, pad: 1}",
                .main_key = "maps",
                .table = &table},
    .example_input = {3, 7, 6},
    .any_pitch = true,
    .plan = plan,
};
