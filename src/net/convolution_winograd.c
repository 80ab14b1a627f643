/* Convolution by Winograd's algorithm (math/kernels/winograd.c): tiles of the input and of the weight are
 * transformed to 81 or 64 points each, where the convolution is as many small matrix products with up to 8
 * times fewer multiplications. Backward passes are the exact adjoints and share the transforms: V of the
 * input is kept for the weight's gradient, Q of the output's gradient serves both. The weights' points U and
 * their transpose are derived. */
#include <assert.h>
#include <stddef.h>

#include "math/kernels.h"
#include "net/bias.h"
#include "net/convolution.h"

/* What is kept for the weight's gradient lies as [points][samples][tiles][…], so that a point's product
 * runs straight through it; what is used at once lies as [points][tiles][…]. */
struct design {
    struct convolution convolution; /* first */
    struct winograd winograd;
    int tiles;    /* of a sample */
    int parts;    /* into which the points of a sample's products are cut, for small batches */
    int together; /* samples whose products are done at once, so that the weights' points come to the
                     cache less often, and tiles of rows are full */
    ptrdiff_t v_step, q_step, m_step, n_step, du_step; /* from one point to the next */
    size_t v, q, du, m,
        n; /* in the kept block, in floats; M and N for small batches alone, V when testing too */
};

/* The parts of the kept block; V has the name of the padded input, which lies before it. */
enum { V = ASSAY_KEPT, Q = ASSAY_KEPT_2, DU = ASSAY_KEPT_3, PRODUCTS = ASSAY_KEPT_4 };

/* From one point to the next, in floats: a cache line more than it takes, lest all of a tile fall into one
 * set of the cache. */
static ptrdiff_t step_of(size_t floats)
{
    return (ptrdiff_t)floats + ASSAY_LANES;
}

/* A sample's points of an array in the kept block, of `pitch` floats a tile. */
static float *kept(const struct assay_work *work, size_t at, int sample, int pitch)
{
    const struct design *d = work->plan->design;
    return (float *)work->kept + at + (ptrdiff_t)sample * d->tiles * pitch;
}

/* Points of one sample and the step between them. */
struct points {
    float *at;
    ptrdiff_t step;
};

/* So many channels, or tiles, are summed at a time: the rounding of long sums is most of the error. */
enum { SUMMED = 64 };

/* to[point][tile][…] = from[point][tile][…] times the weights' points, for points first … end - 1 and the
 * tiles of so many samples */
static void multiply(const struct assay_work *work, int samples, int first, int end, bool backward,
                     struct points to, struct points from)
{
    const struct design *d = work->plan->design;
    const struct winograd *w = &d->winograd;
    const int inner = backward ? w->out_pitch : w->in_pitch, columns = backward ? w->in_pitch : w->out_pitch;
    const float *weights = work->derived + (backward ? w->points * w->weight_step : 0);
    struct product product = {.rows = samples * d->tiles,
                              .columns = columns,
                              .outer = 1,
                              .a_row = inner,
                              .a_inner = 1,
                              .b_inner = columns,
                              .c_row = columns,
                              .alpha = 1};
    for (int point = first; point < end; point++)
        for (int channel = 0; channel < inner; channel += SUMMED) {
            product.inner = inner - channel < SUMMED ? inner - channel : SUMMED;
            product.a = from.at + point * from.step + channel;
            product.b = weights + point * w->weight_step + channel * columns;
            product.c = to.at + point * to.step;
            product.beta = channel > 0;
            work->kernels->product(&product);
        }
}

static void transform_input(const struct assay_work *work, int sample, struct points v)
{
    const struct design *d = work->plan->design;
    work->kernels->winograd_input(&d->winograd, v.at, v.step,
                                  convolution_input(work, &d->convolution) +
                                      (size_t)sample * assay_edge_floats(&d->convolution.padded));
}

static void transform_output(const struct assay_work *work, int sample, struct points m)
{
    const struct design *d = work->plan->design;
    work->kernels->winograd_output(&d->winograd,
                                   work->output + (size_t)sample * assay_edge_floats(&work->plan->output),
                                   m.at, m.step, work->values[BIAS_PARAMETER]);
}

static void transform_gradient(const struct assay_work *work, int sample, struct points q)
{
    const struct design *d = work->plan->design;
    work->kernels->winograd_output_adjoint(&d->winograd, q.at, q.step,
                                           work->output_gradient +
                                               (size_t)sample * assay_edge_floats(&work->plan->output));
}

/* `padded`: room for the gradient of the padded input, where there is padding */
static void transform_data(const struct assay_work *work, int sample, struct points n, float *padded)
{
    const struct design *d = work->plan->design;
    const struct assay_edge *in = &work->plan->input;
    float *dx = work->input_gradient + (size_t)sample * assay_edge_floats(in);
    float *to = d->convolution.pad > 0 ? padded : dx;
    work->kernels->winograd_input_adjoint(&d->winograd, to, n.at, n.step);
    convolution_crop(&d->convolution, in, 0, in->shape.height, dx,
                     to + d->convolution.pad * d->convolution.padded.shape.width * in->pitch);
}

static struct points v_of(const struct assay_work *work, int sample)
{
    const struct design *d = work->plan->design;
    return (struct points){kept(work, d->v, sample, d->winograd.in_pitch), d->v_step};
}

static struct points q_of(const struct assay_work *work, int sample)
{
    const struct design *d = work->plan->design;
    return (struct points){kept(work, d->q, sample, d->winograd.out_pitch), d->q_step};
}

static struct points m_of(const struct assay_work *work, int sample)
{
    const struct design *d = work->plan->design;
    return (struct points){kept(work, d->m, sample, d->winograd.out_pitch), d->q_step};
}

static struct points n_of(const struct assay_work *work, int sample)
{
    const struct design *d = work->plan->design;
    return (struct points){kept(work, d->n, sample, d->winograd.in_pitch), d->v_step};
}

/* The next sample's points. */
static struct points beyond(const struct assay_work *work, struct points points, int samples, int pitch)
{
    const struct design *d = work->plan->design;
    return (struct points){points.at + (ptrdiff_t)samples * d->tiles * pitch, points.step};
}

/* A few whole samples, start to end: what they go through stays in the cache. Scratch: M, and V when testing;
 * N and the padded gradient. */
static void forward(const struct assay_work *work, int sample, void *scratch)
{
    const struct design *d = work->plan->design;
    const int samples = assay_together(work, d->together, sample);
    const struct points m = {scratch, d->m_step}, beside = {m.at + d->winograd.points * d->m_step, d->n_step};
    const struct points v = work->plan->training ? v_of(work, sample) : beside;
    for (int i = 0; i < samples; i++)
        transform_input(work, sample + i, beyond(work, v, i, d->winograd.in_pitch));
    multiply(work, samples, 0, d->winograd.points, false, m, v);
    for (int i = 0; i < samples; i++)
        transform_output(work, sample + i, beyond(work, m, i, d->winograd.out_pitch));
}

static void backward_data(const struct assay_work *work, int sample, void *scratch)
{
    const struct design *d = work->plan->design;
    const int samples = assay_together(work, d->together, sample);
    const struct points n = {scratch, d->n_step}, q = q_of(work, sample);
    for (int i = 0; i < samples; i++)
        transform_gradient(work, sample + i, beyond(work, q, i, d->winograd.out_pitch));
    multiply(work, samples, 0, d->winograd.points, true, n, q);
    for (int i = 0; i < samples; i++)
        transform_data(work, sample + i, beyond(work, n, i, d->winograd.in_pitch),
                       n.at + d->winograd.points * d->n_step);
}

/* Small batches: the same in three phases, the products cut by points, so that every thread has some. */
static void forward_input(const struct assay_work *work, int sample, void *scratch)
{
    (void)scratch;
    transform_input(work, sample, v_of(work, sample));
}

static void forward_products(const struct assay_work *work, int item, void *scratch)
{
    (void)scratch;
    const struct design *d = work->plan->design;
    const struct assay_band points = assay_band(item, d->parts, d->winograd.points);
    multiply(work, 1, points.first, points.end, false, m_of(work, points.sample), v_of(work, points.sample));
}

static void forward_output(const struct assay_work *work, int sample, void *scratch)
{
    (void)scratch;
    transform_output(work, sample, m_of(work, sample));
}

static void backward_gradient(const struct assay_work *work, int sample, void *scratch)
{
    (void)scratch;
    transform_gradient(work, sample, q_of(work, sample));
}

static void backward_products(const struct assay_work *work, int item, void *scratch)
{
    (void)scratch;
    const struct design *d = work->plan->design;
    const struct assay_band points = assay_band(item, d->parts, d->winograd.points);
    multiply(work, 1, points.first, points.end, true, n_of(work, points.sample), q_of(work, points.sample));
}

static void backward_input(const struct assay_work *work, int sample, void *scratch)
{
    transform_data(work, sample, n_of(work, sample), scratch);
}

/* dU[p][q] = sum over samples and tiles of V[tile][p] Q[tile][q] at one point, for `rows` channels p from
 * `first` */
static void multiply_weight(const struct assay_work *work, int point, int first, int rows, float *du)
{
    const struct design *d = work->plan->design;
    const struct winograd *w = &d->winograd;
    const int tiles = work->step->samples * d->tiles;
    struct product product = {.rows = rows,
                              .columns = w->out_pitch,
                              .outer = 1,
                              .a_row = 1,
                              .a_inner = w->in_pitch,
                              .b_inner = w->out_pitch,
                              .c = du,
                              .c_row = w->out_pitch,
                              .alpha = 1};
    for (int tile = 0; tile < tiles; tile += SUMMED) {
        product.inner = tiles - tile < SUMMED ? tiles - tile : SUMMED;
        product.a = v_of(work, 0).at + point * d->v_step + (ptrdiff_t)tile * w->in_pitch + first;
        product.b = q_of(work, 0).at + point * d->q_step + (ptrdiff_t)tile * w->out_pitch;
        product.beta = tile > 0;
        work->kernels->product(&product);
    }
}

static void backward_weight_products(const struct assay_work *work, int point, void *scratch)
{
    (void)scratch;
    const struct design *d = work->plan->design;
    multiply_weight(work, point, 0, d->winograd.in_pitch,
                    (float *)work->kept + d->du + point * d->winograd.weight_step);
}

static void backward_weight(const struct assay_work *work, int p, void *scratch)
{
    (void)scratch;
    const struct design *d = work->plan->design;
    work->kernels->winograd_weight_adjoint(&d->winograd, p, work->gradients[WEIGHT_PARAMETER],
                                           (const float *)work->kept + d->du, work->step->beta,
                                           work->step->alpha);
}

/* Small batches: both at once for input channels 16 item … 16 item + 15, whose dU stays in the cache.
 * Scratch: dU. */
static void backward_weight_rows(const struct assay_work *work, int item, void *scratch)
{
    const struct design *d = work->plan->design;
    struct winograd rows = d->winograd;
    const int first = item * ASSAY_LANES;
    rows.weight_step = d->du_step;
    for (int point = 0; point < d->winograd.points; point++)
        multiply_weight(work, point, first, ASSAY_LANES, (float *)scratch + point * d->du_step);
    for (int p = 0; p < ASSAY_LANES; p++)
        work->kernels->winograd_weight_adjoint(
            &rows, p, work->gradients[WEIGHT_PARAMETER] + (ptrdiff_t)first * rows.out_pitch, scratch,
            work->step->beta, work->step->alpha);
}

/* U of input channels 16 item … 16 item + 15, and its transpose */
static void transform_weight(const struct assay_work *work, int item, void *scratch)
{
    (void)scratch;
    const struct design *d = work->plan->design;
    const struct winograd *w = &d->winograd;
    for (int p = item * ASSAY_LANES; p < (item + 1) * ASSAY_LANES; p++)
        work->kernels->winograd_weight(w, p, work->derived, work->values[WEIGHT_PARAMETER]);
    for (int point = 0; work->plan->input_gradient && point < d->winograd.points; point++)
        work->kernels->transpose(
            ASSAY_LANES, w->out_pitch,
            work->derived + (d->winograd.points + point) * d->winograd.weight_step + item * ASSAY_LANES,
            w->in_pitch, work->derived + point * d->winograd.weight_step + item * ASSAY_LANES * w->out_pitch,
            w->out_pitch);
}

/* What there are tiles for. */
static const struct filtering {
    int kernel, outputs, points;
    const char *name;
} filterings[] = {
    {5, 5, 9 * 9, "winograd F(5, 5)"}, {3, 6, 8 * 8, "winograd F(6, 3)"}, {3, 7, 9 * 9, "winograd F(7, 3)"}};

static int tiles_along(const struct filtering *filtering, int outputs)
{
    return (outputs + filtering->outputs - 1) / filtering->outputs;
}

static int products_of(const struct filtering *filtering, const struct assay_shape *out)
{
    return tiles_along(filtering, out->height) * tiles_along(filtering, out->width) * filtering->points;
}

/* That of the fewest products; NULL where there is none for the kernel. */
static const struct filtering *filtering_of(int kernel, const struct assay_shape *out)
{
    const struct filtering *best = NULL;
    for (size_t i = 0; i < sizeof filterings / sizeof filterings[0]; i++)
        if (filterings[i].kernel == kernel &&
            (best == NULL || products_of(&filterings[i], out) < products_of(best, out)))
            best = &filterings[i];
    return best;
}

bool convolution_suits_winograd(const struct assay_layer_plan *plan, const struct convolution *convolution)
{
    const struct assay_shape out = plan->output.shape;
    const struct filtering *filtering = filtering_of(convolution->kernel, &out);
    if (plan->direct || convolution->stride != 1 || filtering == NULL ||
        plan->input.pitch % ASSAY_LANES != 0 || plan->input.shape.channels < ASSAY_LANES)
        return false;
    return out.height * out.width * filtering->kernel * filtering->kernel >= 2 * products_of(filtering, &out);
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
        struct assay_phase phase =
            phase_of("forward", forward, 1, source | ASSAY_VALUES | ASSAY_DERIVED, ASSAY_OUTPUT | V);
        phase.together = d->together;
        assay_add_phase(plan, ASSAY_FORWARD, phase);
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
        struct assay_phase phase = phase_of("backward data", backward_data, 1,
                                            ASSAY_OUTPUT_GRADIENT | ASSAY_DERIVED, ASSAY_INPUT_GRADIENT | Q);
        phase.together = d->together;
        assay_add_phase(plan, ASSAY_BACKWARD, phase);
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
    if (d->parts == 1)
        assay_add_phase(plan, ASSAY_BACKWARD,
                        (struct assay_phase){.name = "weight products",
                                             .kernel = backward_weight_products,
                                             .items = d->winograd.points,
                                             .reads = V | Q,
                                             .writes = DU});
    assay_add_phase(plan, ASSAY_BACKWARD,
                    d->parts == 1 ? (struct assay_phase){.name = "backward weight",
                                                         .kernel = backward_weight,
                                                         .items = plan->input.pitch,
                                                         .reads = DU,
                                                         .writes = ASSAY_GRADIENTS}
                                  : (struct assay_phase){.name = "backward weight",
                                                         .kernel = backward_weight_rows,
                                                         .items = plan->input.pitch / ASSAY_LANES,
                                                         .reads = V | Q,
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
    const struct filtering *filtering = filtering_of(convolution->kernel, &out);
    assert(filtering != NULL); /* or it was not to be chosen */
    const int tiles_y = tiles_along(filtering, out.height), tiles_x = tiles_along(filtering, out.width);
    const size_t tiles = (size_t)(tiles_y * tiles_x);
    *d = (struct design){.convolution = *convolution,
                         .tiles = tiles_y * tiles_x,
                         .parts = assay_bands(plan, filtering->points)};
    d->together = batch < 16 ? 1 : 2;
    d->winograd = (struct winograd){filtering->kernel, filtering->points, in.height,     in.width,
                                    plan->input.pitch, out.height,        out.width,     plan->output.pitch,
                                    tiles_y,           tiles_x,           step_of(p * q)};
    d->v_step = step_of(batch * tiles * p);
    d->q_step = step_of(batch * tiles * q);
    d->m_step = step_of((size_t)d->together * tiles * q);
    d->n_step = step_of((size_t)d->together * tiles * p);
    d->du_step = step_of(ASSAY_LANES * q);
    const size_t points = (size_t)filtering->points, v = points * (size_t)d->v_step,
                 all_q = points * (size_t)d->q_step;
    const bool small = d->parts > 1;
    size_t end = convolution_kept_bytes(plan, convolution) / sizeof(float);
    d->v = take(&end, plan->training || small ? v : 0);
    d->q = take(&end, plan->training ? all_q : 0);
    d->du = take(&end, plan->training && !small ? points * (size_t)d->winograd.weight_step : 0);
    d->m = take(&end, small ? all_q : 0);
    d->n = take(&end, small && plan->input_gradient ? v : 0);
    plan->kept_bytes = end * sizeof(float);
    const size_t n = points * (size_t)d->n_step, m = points * (size_t)d->m_step,
                 padded = assay_edge_floats(&convolution->padded);
    const size_t pass = n + (m > padded ? m : padded),
                 du = plan->training && small ? points * (size_t)d->du_step : 0;
    plan->scratch_bytes = (pass > du ? pass : du) * sizeof(float);
    plan->derived_floats = points * (size_t)d->winograd.weight_step * 2;
    plan->algorithm = filtering->name;
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
