/* Convolution by Winograd's algorithm (math/kernels/winograd.c): tiles of the input and of the weight are
 * transformed to 64 points each, where the convolution is 64 small matrix products with 4 to 5 times fewer
 * multiplications. Backward passes are the exact adjoints and share the transforms: V of the input is kept
 * for the weight's gradient, Q of the output's gradient serves both. The weights'
 * points U and their transpose are derived. */
#include <stddef.h>

#include "math/kernels.h"
#include "net/bias.h"
#include "net/convolution.h"

/* A sample's points lie together: [64][tiles][P] of the input, [64][tiles][Q] of the output. */
struct design {
    struct convolution convolution; /* first */
    struct winograd winograd;
    int tiles; /* of a sample */
    int parts; /* into which the points of a sample's products are cut, for small batches */
    size_t in_points, out_points; /* floats of a sample's points */
    /* In the kept block, in floats: V and Q of every sample for the weight's gradient, dU, and for small
     * batches M and N too. */
    size_t v, q, du, m, n;
};

/* The parts of the kept block; V shares one with the padded input, which is done with by then. */
enum { V = ASSAY_KEPT, Q = ASSAY_KEPT_2, DU = ASSAY_KEPT_3, PRODUCTS = ASSAY_KEPT_4 };

/* From one point to the next, in floats: a cache line more than it takes, lest all 64 of a tile fall into one
 * set of the cache. */
static ptrdiff_t step_of(size_t floats)
{
    return (ptrdiff_t)floats + ASSAY_LANES;
}

/* Sample `sample` of an array in the kept block. */
static float *kept(const struct assay_work *work, size_t at, int sample, size_t points)
{
    return (float *)work->kept + at + (size_t)sample * points;
}

/* c[point][tile][…] = a[point][tile][…] times the weights' points, for points first … end - 1 of one sample
 */
static void multiply(const struct assay_work *work, int first, int end, bool backward, const float *a,
                     float *c)
{
    const struct design *d = work->plan->design;
    const struct winograd *w = &d->winograd;
    const int inner = backward ? w->out_pitch : w->in_pitch, columns = backward ? w->in_pitch : w->out_pitch;
    const ptrdiff_t a_step = backward ? w->out_step : w->in_step,
                    c_step = backward ? w->in_step : w->out_step;
    const float *weights = work->derived + (backward ? WINOGRAD_POINTS * w->weight_step : 0);
    struct product product = {.rows = d->tiles,
                              .columns = columns,
                              .outer = 1,
                              .inner = inner,
                              .a_row = inner,
                              .a_inner = 1,
                              .b_inner = columns,
                              .c_row = columns,
                              .alpha = 1};
    for (int point = first; point < end; point++) {
        product.a = a + point * a_step;
        product.b = weights + point * w->weight_step;
        product.c = c + point * c_step;
        work->kernels->product(&product);
    }
}

static void transform_input(const struct assay_work *work, int sample, float *v)
{
    const struct design *d = work->plan->design;
    work->kernels->winograd_input(&d->winograd, v,
                                  convolution_input(work, &d->convolution) +
                                      (size_t)sample * assay_edge_floats(&d->convolution.padded));
}

static void transform_output(const struct assay_work *work, int sample, const float *m)
{
    const struct design *d = work->plan->design;
    work->kernels->winograd_output(&d->winograd,
                                   work->output + (size_t)sample * assay_edge_floats(&work->plan->output), m,
                                   work->values[BIAS_PARAMETER]);
}

static void transform_gradient(const struct assay_work *work, int sample, float *q)
{
    const struct design *d = work->plan->design;
    work->kernels->winograd_output_adjoint(
        &d->winograd, q, work->output_gradient + (size_t)sample * assay_edge_floats(&work->plan->output));
}

/* `padded`: room for the gradient of the padded input, where there is padding */
static void transform_data(const struct assay_work *work, int sample, const float *n, float *padded)
{
    const struct design *d = work->plan->design;
    const struct assay_edge *in = &work->plan->input;
    float *dx = work->input_gradient + (size_t)sample * assay_edge_floats(in);
    float *to = d->convolution.pad > 0 ? padded : dx;
    work->kernels->winograd_input_adjoint(&d->winograd, to, n);
    convolution_crop(&d->convolution, in, 0, in->shape.height, dx,
                     to + d->convolution.pad * d->convolution.padded.shape.width * in->pitch);
}

/* A whole sample, start to end: what it goes through stays in the cache. Scratch: M, and V when testing; N
 * and the padded gradient. */
static void forward(const struct assay_work *work, int sample, void *scratch)
{
    const struct design *d = work->plan->design;
    float *m = scratch,
          *v = work->plan->training ? kept(work, d->v, sample, d->in_points) : m + d->out_points;
    transform_input(work, sample, v);
    multiply(work, 0, WINOGRAD_POINTS, false, v, m);
    transform_output(work, sample, m);
}

static void backward_data(const struct assay_work *work, int sample, void *scratch)
{
    const struct design *d = work->plan->design;
    float *n = scratch, *q = kept(work, d->q, sample, d->out_points);
    transform_gradient(work, sample, q);
    multiply(work, 0, WINOGRAD_POINTS, true, q, n);
    transform_data(work, sample, n, n + d->in_points);
}

/* Small batches: the same in three phases, the products cut by points, so that every thread has some. */
static void forward_input(const struct assay_work *work, int sample, void *scratch)
{
    (void)scratch;
    const struct design *d = work->plan->design;
    transform_input(work, sample, kept(work, d->v, sample, d->in_points));
}

static void forward_products(const struct assay_work *work, int item, void *scratch)
{
    (void)scratch;
    const struct design *d = work->plan->design;
    const struct assay_band points = assay_band(item, d->parts, WINOGRAD_POINTS);
    multiply(work, points.first, points.end, false, kept(work, d->v, points.sample, d->in_points),
             kept(work, d->m, points.sample, d->out_points));
}

static void forward_output(const struct assay_work *work, int sample, void *scratch)
{
    (void)scratch;
    const struct design *d = work->plan->design;
    transform_output(work, sample, kept(work, d->m, sample, d->out_points));
}

static void backward_gradient(const struct assay_work *work, int sample, void *scratch)
{
    (void)scratch;
    const struct design *d = work->plan->design;
    transform_gradient(work, sample, kept(work, d->q, sample, d->out_points));
}

static void backward_products(const struct assay_work *work, int item, void *scratch)
{
    (void)scratch;
    const struct design *d = work->plan->design;
    const struct assay_band points = assay_band(item, d->parts, WINOGRAD_POINTS);
    multiply(work, points.first, points.end, true, kept(work, d->q, points.sample, d->out_points),
             kept(work, d->n, points.sample, d->in_points));
}

static void backward_input(const struct assay_work *work, int sample, void *scratch)
{
    const struct design *d = work->plan->design;
    transform_data(work, sample, kept(work, d->n, sample, d->in_points), scratch);
}

/* dU[point][p][q] = sum over samples and tiles of V[point][tile][p] Q[point][tile][q] */
static void backward_weight_products(const struct assay_work *work, int point, void *scratch)
{
    (void)scratch;
    const struct design *d = work->plan->design;
    const struct winograd *w = &d->winograd;
    const struct product product = {.rows = w->in_pitch,
                                    .columns = w->out_pitch,
                                    .outer = work->step->samples,
                                    .inner = d->tiles,
                                    .a = kept(work, d->v, 0, 0) + point * w->in_step,
                                    .a_row = 1,
                                    .a_outer = (ptrdiff_t)d->in_points,
                                    .a_inner = w->in_pitch,
                                    .b = kept(work, d->q, 0, 0) + point * w->out_step,
                                    .b_outer = (ptrdiff_t)d->out_points,
                                    .b_inner = w->out_pitch,
                                    .c = kept(work, d->du, 0, 0) + point * w->weight_step,
                                    .c_row = w->out_pitch,
                                    .alpha = 1};
    work->kernels->product(&product);
}

static void backward_weight(const struct assay_work *work, int p, void *scratch)
{
    (void)scratch;
    const struct design *d = work->plan->design;
    work->kernels->winograd_weight_adjoint(&d->winograd, p, work->gradients[WEIGHT_PARAMETER],
                                           kept(work, d->du, 0, 0), work->step->beta, work->step->alpha);
}

/* U of input channels 16 item … 16 item + 15, and its transpose */
static void transform_weight(const struct assay_work *work, int item, void *scratch)
{
    (void)scratch;
    const struct design *d = work->plan->design;
    const struct winograd *w = &d->winograd;
    for (int p = item * ASSAY_LANES; p < (item + 1) * ASSAY_LANES; p++)
        work->kernels->winograd_weight(w, p, work->derived, work->values[WEIGHT_PARAMETER]);
    for (int point = 0; work->plan->input_gradient && point < WINOGRAD_POINTS; point++)
        work->kernels->transpose(
            ASSAY_LANES, w->out_pitch,
            work->derived + (WINOGRAD_POINTS + point) * d->winograd.weight_step + item * ASSAY_LANES,
            w->in_pitch, work->derived + point * d->winograd.weight_step + item * ASSAY_LANES * w->out_pitch,
            w->out_pitch);
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

static struct assay_phase phase_of(const char *name, void (*kernel)(const struct assay_work *, int, void *),
                                   int per_sample, unsigned reads, unsigned writes)
{
    return (struct assay_phase){.name = name,
                                .kernel = kernel,
                                .per_sample = per_sample,
                                .reads = reads,
                                .writes = writes,
                                .across = per_sample > 1 ? reads : 0};
}

static void add_forward(struct assay_layer_plan *plan, const struct design *d)
{
    const unsigned source = convolution_source(&d->convolution);
    convolution_add_padding(plan, &d->convolution);
    if (d->parts == 1) {
        assay_add_phase(
            plan, ASSAY_FORWARD,
            phase_of("forward", forward, 1, source | ASSAY_VALUES | ASSAY_DERIVED, ASSAY_OUTPUT | V));
        return;
    }
    assay_add_phase(plan, ASSAY_FORWARD, phase_of("transform input", forward_input, 1, source, V));
    assay_add_phase(plan, ASSAY_FORWARD,
                    phase_of("products", forward_products, d->parts, V | ASSAY_DERIVED, PRODUCTS));
    assay_add_phase(plan, ASSAY_FORWARD,
                    phase_of("transform output", forward_output, 1, PRODUCTS | ASSAY_VALUES, ASSAY_OUTPUT));
}

static void add_backward(struct assay_layer_plan *plan, const struct design *d)
{
    if (plan->input_gradient && d->parts == 1) {
        assay_add_phase(plan, ASSAY_BACKWARD,
                        phase_of("backward data", backward_data, 1, ASSAY_OUTPUT_GRADIENT | ASSAY_DERIVED,
                                 ASSAY_INPUT_GRADIENT | Q));
    } else {
        assay_add_phase(plan, ASSAY_BACKWARD,
                        phase_of("transform gradient", backward_gradient, 1, ASSAY_OUTPUT_GRADIENT, Q));
        if (plan->input_gradient) {
            assay_add_phase(plan, ASSAY_BACKWARD,
                            phase_of("products", backward_products, d->parts, Q | ASSAY_DERIVED, PRODUCTS));
            assay_add_phase(plan, ASSAY_BACKWARD,
                            phase_of("backward data", backward_input, 1, PRODUCTS, ASSAY_INPUT_GRADIENT));
        }
    }
    assay_add_phase(plan, ASSAY_BACKWARD,
                    (struct assay_phase){.name = "weight products",
                                         .kernel = backward_weight_products,
                                         .items = WINOGRAD_POINTS,
                                         .reads = V | Q,
                                         .writes = DU});
    assay_add_phase(plan, ASSAY_BACKWARD,
                    (struct assay_phase){.name = "backward weight",
                                         .kernel = backward_weight,
                                         .items = plan->input.pitch,
                                         .reads = DU,
                                         .writes = ASSAY_GRADIENTS});
    plan_bias_gradient(plan);
}

/* Adds `floats` to *end and returns where they begin. */
static size_t take(size_t *end, size_t floats)
{
    const size_t at = *end;
    *end += floats;
    return at;
}

bool convolution_winograd(struct assay_layer_plan *plan, const struct convolution *convolution)
{
    struct design *d = assay_design(plan, sizeof *d);
    if (d == NULL)
        return false;
    const struct assay_shape in = convolution->padded.shape, out = plan->output.shape;
    const size_t p = (size_t)plan->input.pitch, q = (size_t)plan->output.pitch, batch = (size_t)plan->batch;
    const int outputs = 9 - convolution->kernel;
    const int tiles_y = (out.height + outputs - 1) / outputs, tiles_x = (out.width + outputs - 1) / outputs;
    const size_t tiles = (size_t)(tiles_y * tiles_x);
    *d = (struct design){
        .convolution = *convolution, .tiles = tiles_y * tiles_x, .parts = assay_bands(plan, WINOGRAD_POINTS)};
    d->winograd = (struct winograd){convolution->kernel,
                                    outputs,
                                    in.height,
                                    in.width,
                                    plan->input.pitch,
                                    out.height,
                                    out.width,
                                    plan->output.pitch,
                                    tiles_y,
                                    tiles_x,
                                    step_of(tiles * p),
                                    step_of(tiles * q),
                                    step_of(p * q)};
    d->in_points = WINOGRAD_POINTS * (size_t)d->winograd.in_step;
    d->out_points = WINOGRAD_POINTS * (size_t)d->winograd.out_step;

    const bool keeps = plan->training || d->parts > 1, small = d->parts > 1;
    size_t end = convolution_kept_bytes(plan, convolution) / sizeof(float);
    d->v = take(&end, keeps ? batch * d->in_points : 0);
    d->q = take(&end, plan->training ? batch * d->out_points : 0);
    d->du = take(&end, plan->training ? WINOGRAD_POINTS * (size_t)d->winograd.weight_step : 0);
    d->m = take(&end, small ? batch * d->out_points : 0);
    d->n = take(&end, small && plan->input_gradient ? batch * d->in_points : 0);
    plan->kept_bytes = end * sizeof(float);
    const size_t forward_scratch = d->out_points + d->in_points,
                 backward_scratch = d->in_points + assay_edge_floats(&convolution->padded);
    plan->scratch_bytes =
        (forward_scratch > backward_scratch ? forward_scratch : backward_scratch) * sizeof(float);
    plan->derived_floats = WINOGRAD_POINTS * (size_t)d->winograd.weight_step * 2;
    plan->algorithm = convolution->kernel == 5 ? "winograd F(4, 5)" : "winograd F(6, 3)";
    assay_add_phase(plan, ASSAY_PREPARE,
                    (struct assay_phase){.name = "transform weight",
                                         .kernel = transform_weight,
                                         .items = (int)p / ASSAY_LANES,
                                         .reads = ASSAY_VALUES,
                                         .writes = ASSAY_DERIVED});
    add_forward(plan, d);
    if (plan->training)
        add_backward(plan, d);
    return true;
}
