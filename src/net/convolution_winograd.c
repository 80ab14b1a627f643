/* Convolution by Winograd's algorithm (math/kernels/winograd.c): tiles of the input and of the weight are
 * transformed to 64 points each, where the convolution is 64 small matrix products with 4 to 5 times fewer
 * multiplications. Backward passes are the exact adjoints and share the transforms: V of the input is kept
 * for the weight's gradient, Q of the output's gradient serves both. The products are cut by point; the
 * weights' points U and their transpose are derived. */
#include <stddef.h>

#include "math/kernels.h"
#include "net/convolution.h"

/* Everything in floats: T tiles in a batch, P and Q the pitches. */
struct design {
    struct convolution convolution; /* first */
    struct winograd winograd;
    int tiles;               /* of one sample */
    ptrdiff_t weight_points; /* P Q: from one point of U to the next */
    size_t v, m, n, du; /* in the kept block: V [64][T][P], products and Q [64][T][Q], products of backward
                           [64][T][P], dU [64][P][Q] */
};

/* The parts of the kept block; V shares one with the padded input, before which it is not written. */
enum { V = ASSAY_KEPT, M = ASSAY_KEPT_2, N = ASSAY_KEPT_3, DU = ASSAY_KEPT_4 };

static float *kept(const struct assay_work *work, size_t at)
{
    return (float *)work->kept + at;
}

static ptrdiff_t tile_of(const struct design *d, int sample)
{
    return (ptrdiff_t)sample * d->tiles;
}

static void transform_input(const struct assay_work *work, int sample, void *scratch)
{
    (void)scratch;
    const struct design *d = work->plan->design;
    const float *x =
        convolution_input(work, &d->convolution) + (size_t)sample * assay_edge_floats(&d->convolution.padded);
    work->kernels->winograd_input(&d->winograd, kept(work, d->v) + tile_of(d, sample) * d->winograd.in_pitch,
                                  x);
}

/* M[point][tile][q] = sum over p of V[point][tile][p] U[point][p][q] */
static void multiply(const struct assay_work *work, int point, void *scratch)
{
    (void)scratch;
    const struct design *d = work->plan->design;
    const struct winograd *w = &d->winograd;
    const struct product product = {.rows = work->step->samples * d->tiles,
                                    .columns = w->out_pitch,
                                    .outer = 1,
                                    .inner = w->in_pitch,
                                    .a = kept(work, d->v) + point * w->in_step,
                                    .a_row = w->in_pitch,
                                    .a_inner = 1,
                                    .b = work->derived + point * d->weight_points,
                                    .b_inner = w->out_pitch,
                                    .c = kept(work, d->m) + point * w->out_step,
                                    .c_row = w->out_pitch,
                                    .alpha = 1};
    work->kernels->product(&product);
}

static void transform_output(const struct assay_work *work, int sample, void *scratch)
{
    (void)scratch;
    const struct design *d = work->plan->design;
    work->kernels->winograd_output(
        &d->winograd, work->output + (size_t)sample * assay_edge_floats(&work->plan->output),
        kept(work, d->m) + tile_of(d, sample) * d->winograd.out_pitch, work->values[CONVOLUTION_BIAS]);
}

static void transform_gradient(const struct assay_work *work, int sample, void *scratch)
{
    (void)scratch;
    const struct design *d = work->plan->design;
    work->kernels->winograd_output_adjoint(
        &d->winograd, kept(work, d->m) + tile_of(d, sample) * d->winograd.out_pitch,
        work->output_gradient + (size_t)sample * assay_edge_floats(&work->plan->output));
}

/* N[point][tile][p] = sum over q of Q[point][tile][q] U[point][p][q], by the transpose of U */
static void multiply_data(const struct assay_work *work, int point, void *scratch)
{
    (void)scratch;
    const struct design *d = work->plan->design;
    const struct winograd *w = &d->winograd;
    const struct product product = {.rows = work->step->samples * d->tiles,
                                    .columns = w->in_pitch,
                                    .outer = 1,
                                    .inner = w->out_pitch,
                                    .a = kept(work, d->m) + point * w->out_step,
                                    .a_row = w->out_pitch,
                                    .a_inner = 1,
                                    .b = work->derived + (WINOGRAD_POINTS + point) * d->weight_points,
                                    .b_inner = w->in_pitch,
                                    .c = kept(work, d->n) + point * w->in_step,
                                    .c_row = w->in_pitch,
                                    .alpha = 1};
    work->kernels->product(&product);
}

/* scratch: the gradient of the padded input, where there is padding */
static void transform_data(const struct assay_work *work, int sample, void *scratch)
{
    const struct design *d = work->plan->design;
    const float *points = kept(work, d->n) + tile_of(d, sample) * d->winograd.in_pitch;
    float *dx = work->input_gradient + (size_t)sample * assay_edge_floats(&work->plan->input);
    float *padded = d->convolution.pad > 0 ? scratch : dx;
    work->kernels->winograd_input_adjoint(&d->winograd, padded, points);
    convolution_crop(&d->convolution, &work->plan->input, 0, work->plan->input.shape.height, dx,
                     padded +
                         d->convolution.pad * d->convolution.padded.shape.width * work->plan->input.pitch);
}

/* dU[point][p][q] = sum over tiles of V[point][tile][p] Q[point][tile][q] */
static void multiply_weight(const struct assay_work *work, int point, void *scratch)
{
    (void)scratch;
    const struct design *d = work->plan->design;
    const struct winograd *w = &d->winograd;
    const struct product product = {.rows = w->in_pitch,
                                    .columns = w->out_pitch,
                                    .outer = 1,
                                    .inner = work->step->samples * d->tiles,
                                    .a = kept(work, d->v) + point * w->in_step,
                                    .a_row = 1,
                                    .a_inner = w->in_pitch,
                                    .b = kept(work, d->m) + point * w->out_step,
                                    .b_inner = w->out_pitch,
                                    .c = kept(work, d->du) + point * d->weight_points,
                                    .c_row = w->out_pitch,
                                    .alpha = 1};
    work->kernels->product(&product);
}

static void transform_weight_gradient(const struct assay_work *work, int p, void *scratch)
{
    (void)scratch;
    const struct design *d = work->plan->design;
    work->kernels->winograd_weight_adjoint(&d->winograd, p, work->gradients[CONVOLUTION_WEIGHT],
                                           kept(work, d->du), work->step->beta, work->step->alpha);
}

/* U of input channels 16 item … 16 item + 15, and its transpose */
static void transform_weight(const struct assay_work *work, int item, void *scratch)
{
    (void)scratch;
    const struct design *d = work->plan->design;
    const struct winograd *w = &d->winograd;
    for (int p = item * ASSAY_LANES; p < (item + 1) * ASSAY_LANES; p++)
        work->kernels->winograd_weight(w, p, work->derived, work->values[CONVOLUTION_WEIGHT]);
    for (int point = 0; work->plan->input_gradient && point < WINOGRAD_POINTS; point++)
        work->kernels->transpose(
            ASSAY_LANES, w->out_pitch,
            work->derived + (WINOGRAD_POINTS + point) * d->weight_points + item * ASSAY_LANES, w->in_pitch,
            work->derived + point * d->weight_points + item * ASSAY_LANES * w->out_pitch, w->out_pitch);
}

bool convolution_suits_winograd(const struct assay_layer_plan *plan, const struct convolution *convolution)
{
    const struct assay_shape out = plan->output.shape;
    const int kernel = convolution->kernel, outputs = 9 - kernel;
    if (plan->direct || convolution->stride != 1 || (kernel != 3 && kernel != 5) ||
        plan->input.pitch % ASSAY_LANES != 0 || plan->input.shape.channels < ASSAY_LANES)
        return false;
    const int tiles = (out.height + outputs - 1) / outputs * ((out.width + outputs - 1) / outputs);
    return out.height * out.width * kernel * kernel >= 2 * tiles * WINOGRAD_POINTS;
}

bool convolution_winograd(struct assay_layer_plan *plan, const struct convolution *convolution)
{
    struct design *d = assay_design(plan, sizeof *d);
    if (d == NULL)
        return false;
    const struct assay_shape in = convolution->padded.shape, out = plan->output.shape;
    const int p = plan->input.pitch, q = plan->output.pitch, outputs = 9 - convolution->kernel;
    const int tiles_y = (out.height + outputs - 1) / outputs, tiles_x = (out.width + outputs - 1) / outputs;
    const size_t tiles = (size_t)plan->batch * (size_t)(tiles_y * tiles_x);
    *d = (struct design){
        .convolution = *convolution, .tiles = tiles_y * tiles_x, .weight_points = (ptrdiff_t)p * q};
    d->winograd = (struct winograd){convolution->kernel,
                                    outputs,
                                    in.height,
                                    in.width,
                                    p,
                                    out.height,
                                    out.width,
                                    q,
                                    tiles_y,
                                    tiles_x,
                                    (ptrdiff_t)tiles * p,
                                    (ptrdiff_t)tiles * q};
    d->v = convolution_kept_bytes(plan, convolution) / sizeof(float);
    d->m = d->v + WINOGRAD_POINTS * tiles * (size_t)p;
    d->n = d->m + WINOGRAD_POINTS * tiles * (size_t)q;
    d->du = d->n + (plan->input_gradient ? WINOGRAD_POINTS * tiles * (size_t)p : 0);
    plan->kept_bytes =
        (d->du + (plan->training ? WINOGRAD_POINTS * (size_t)d->weight_points : 0)) * sizeof(float);
    plan->derived_floats = WINOGRAD_POINTS * (size_t)d->weight_points * 2;
    plan->scratch_bytes =
        plan->training && convolution->pad > 0 ? assay_edge_floats(&convolution->padded) * sizeof(float) : 0;
    plan->algorithm = convolution->kernel == 5 ? "winograd F(4, 5)" : "winograd F(6, 3)";
    convolution_add_padding(plan, convolution);
    assay_add_phase(plan, ASSAY_PREPARE,
                    (struct assay_phase){.name = "transform weight",
                                         .kernel = transform_weight,
                                         .items = p / ASSAY_LANES,
                                         .reads = ASSAY_VALUES,
                                         .writes = ASSAY_DERIVED});
    assay_add_phase(plan, ASSAY_FORWARD,
                    (struct assay_phase){.name = "transform input",
                                         .kernel = transform_input,
                                         .per_sample = 1,
                                         .reads = convolution_source(convolution),
                                         .writes = V});
    assay_add_phase(plan, ASSAY_FORWARD,
                    (struct assay_phase){.name = "multiply",
                                         .kernel = multiply,
                                         .items = WINOGRAD_POINTS,
                                         .reads = V | ASSAY_DERIVED,
                                         .writes = M});
    assay_add_phase(plan, ASSAY_FORWARD,
                    (struct assay_phase){.name = "transform output",
                                         .kernel = transform_output,
                                         .per_sample = 1,
                                         .reads = M | ASSAY_VALUES,
                                         .writes = ASSAY_OUTPUT});
    if (!plan->training)
        return true;
    assay_add_phase(plan, ASSAY_BACKWARD,
                    (struct assay_phase){.name = "transform gradient",
                                         .kernel = transform_gradient,
                                         .per_sample = 1,
                                         .reads = ASSAY_OUTPUT_GRADIENT,
                                         .writes = M});
    if (plan->input_gradient) {
        assay_add_phase(plan, ASSAY_BACKWARD,
                        (struct assay_phase){.name = "multiply data",
                                             .kernel = multiply_data,
                                             .items = WINOGRAD_POINTS,
                                             .reads = M | ASSAY_DERIVED,
                                             .writes = N});
        assay_add_phase(plan, ASSAY_BACKWARD,
                        (struct assay_phase){.name = "transform data",
                                             .kernel = transform_data,
                                             .per_sample = 1,
                                             .reads = N,
                                             .writes = ASSAY_INPUT_GRADIENT});
    }
    assay_add_phase(plan, ASSAY_BACKWARD,
                    (struct assay_phase){.name = "multiply weight",
                                         .kernel = multiply_weight,
                                         .items = WINOGRAD_POINTS,
                                         .reads = V | M,
                                         .writes = DU});
    assay_add_phase(plan, ASSAY_BACKWARD,
                    (struct assay_phase){.name = "transform weight gradient",
                                         .kernel = transform_weight_gradient,
                                         .items = p,
                                         .reads = DU,
                                         .writes = ASSAY_GRADIENTS});
    convolution_add_bias(plan);
    return true;
}
