/* Batch normalisation: every map gets mean 0 and variance 1 over the minibatch and its pixels, then a scale
 * and a shift of its own. Testing uses running averages. */
#include <math.h>

#include "assay/layer.h"
#include "net/bands.h"

struct batch_norm_options {
    ASSAY_COMMON;
    double momentum, epsilon;
};

static const struct assay_field fields[] = {
    {ASSAY_REAL(struct batch_norm_options, momentum), .key = "momentum",
     .help = "share of the newest minibatch in the running averages", .fallback = "0.1", .least = 0,
     .above = true, .most = 1},
    {ASSAY_REAL(struct batch_norm_options, epsilon), .key = "epsilon",
     .help = "added to the variance before the root", .fallback = "0.00001", .least = 0, .above = true,
     .most = 1},
};
static const struct assay_table table = ASSAY_TABLE(struct batch_norm_options, fields);

enum { WEIGHT, BIAS, RUNNING_MEAN, RUNNING_VARIANCE };

/* kept, each of the edge's pitch: mean, 1 / sd, and for backward the means of dy and of dy times the
 * normalised x */
enum { MEAN, INVERSE_SD, MEAN_DY, MEAN_DY_X, KEPT_ROWS };

static float *kept(const struct assay_work *work, int row)
{
    return (float *)work->kept + row * work->plan->input.pitch;
}

static size_t pixels_of(const struct assay_work *work)
{
    return (size_t)work->step->samples * (size_t)work->plan->input.shape.height *
           (size_t)work->plan->input.shape.width;
}

/* Mean and variance of sixteen maps over the minibatch, in double precision and in the order of samples and
 * pixels; the running averages take the unbiased variance. */
static void statistics(const struct assay_work *work, int item, void *scratch)
{
    (void)scratch;
    const struct batch_norm_options *options = work->plan->options;
    const struct assay_edge *edge = &work->plan->input;
    const size_t pixels = pixels_of(work);
    const int first = item * ASSAY_LANES;
    const float *x = work->input + first;
    double sum[ASSAY_LANES] = {0}, squares[ASSAY_LANES] = {0};

    for (size_t i = 0; i < pixels; i++)
        for (int l = 0; l < ASSAY_LANES; l++)
            sum[l] += x[i * (size_t)edge->pitch + (size_t)l];
    for (size_t i = 0; i < pixels; i++)
        for (int l = 0; l < ASSAY_LANES; l++) {
            const double difference = x[i * (size_t)edge->pitch + (size_t)l] - sum[l] / (double)pixels;
            squares[l] += difference * difference;
        }
    for (int l = 0; l < ASSAY_LANES; l++) {
        const int c = first + l;
        const double mean = sum[l] / (double)pixels, variance = squares[l] / (double)pixels;
        const double unbiased = pixels > 1 ? squares[l] / (double)(pixels - 1) : variance;
        kept(work, MEAN)[c] = (float)mean;
        kept(work, INVERSE_SD)[c] = (float)(1 / sqrt(variance + options->epsilon));
        if (c >= edge->shape.channels)
            continue;
        work->state[RUNNING_MEAN][c] += (float)(options->momentum * (mean - work->state[RUNNING_MEAN][c]));
        work->state[RUNNING_VARIANCE][c] +=
            (float)(options->momentum * (unbiased - work->state[RUNNING_VARIANCE][c]));
    }
}

/* y = weight (x - mean) / sd + bias; the lanes behind the channels have weight and bias 0 */
static void apply(const struct assay_work *work, int item, const float *mean, const float *inverse_sd)
{
    const struct assay_edge *edge = &work->plan->input;
    const struct span span = span_of_item(
        edge, item, work->plan->phases[ASSAY_FORWARD][work->plan->phase_count[ASSAY_FORWARD] - 1].per_sample);
    const float *x = work->input + span.first;
    float *y = work->output + span.first;
    for (int i = 0; i < span.pixels; i++, x += edge->pitch, y += edge->pitch)
        for (int c = 0; c < edge->pitch; c++)
            y[c] = work->values[WEIGHT][c] * ((x[c] - mean[c]) * inverse_sd[c]) + work->values[BIAS][c];
}

static void forward(const struct assay_work *work, int item, void *scratch)
{
    (void)scratch;
    apply(work, item, kept(work, MEAN), kept(work, INVERSE_SD));
}

/* scratch: 1 / sd of the running variance, of the edge's pitch */
static void forward_testing(const struct assay_work *work, int item, void *scratch)
{
    const struct batch_norm_options *options = work->plan->options;
    float *inverse_sd = scratch;
    for (int c = 0; c < work->plan->input.pitch; c++)
        inverse_sd[c] = (float)(1 / sqrt(work->state[RUNNING_VARIANCE][c] + options->epsilon));
    apply(work, item, work->state[RUNNING_MEAN], inverse_sd);
}

/* Sums over the minibatch for sixteen maps: the gradients of weight and bias, and the means that the input's
 * gradient needs. */
static void backward_sums(const struct assay_work *work, int item, void *scratch)
{
    (void)scratch;
    const struct assay_edge *edge = &work->plan->input;
    const size_t pixels = pixels_of(work);
    const int first = item * ASSAY_LANES;
    double sum[ASSAY_LANES] = {0}, product[ASSAY_LANES] = {0};
    for (size_t i = 0; i < pixels; i++)
        for (int l = 0; l < ASSAY_LANES; l++) {
            const size_t at = i * (size_t)edge->pitch + (size_t)(first + l);
            const double normalised =
                (double)(work->input[at] - kept(work, MEAN)[first + l]) * kept(work, INVERSE_SD)[first + l];
            sum[l] += work->output_gradient[at];
            product[l] += work->output_gradient[at] * normalised;
        }
    for (int l = 0; l < ASSAY_LANES; l++) {
        const int c = first + l;
        const float beta = work->step->beta, alpha = work->step->alpha;
        float *weight = &work->gradients[WEIGHT][c], *bias = &work->gradients[BIAS][c];
        kept(work, MEAN_DY)[c] = (float)(sum[l] / (double)pixels);
        kept(work, MEAN_DY_X)[c] = (float)(product[l] / (double)pixels);
        *weight = alpha * (float)product[l] + (beta != 0 ? beta * *weight : 0);
        *bias = alpha * (float)sum[l] + (beta != 0 ? beta * *bias : 0);
    }
}

/* dx = (weight / sd) (dy - mean(dy) - normalised x mean(dy normalised x)) */
static void backward_data(const struct assay_work *work, int item, void *scratch)
{
    (void)scratch;
    const struct assay_edge *edge = &work->plan->input;
    const struct span span = span_of_item(edge, item, work->plan->phases[ASSAY_BACKWARD][1].per_sample);
    const float *x = work->input + span.first, *dy = work->output_gradient + span.first;
    float *dx = work->input_gradient + span.first;
    for (int i = 0; i < span.pixels; i++, x += edge->pitch, dy += edge->pitch, dx += edge->pitch)
        for (int c = 0; c < edge->pitch; c++) {
            const float inverse_sd = kept(work, INVERSE_SD)[c],
                        normalised = (x[c] - kept(work, MEAN)[c]) * inverse_sd;
            dx[c] = work->values[WEIGHT][c] * inverse_sd *
                    (dy[c] - kept(work, MEAN_DY)[c] - normalised * kept(work, MEAN_DY_X)[c]);
        }
}

static struct assay_parameter *add_parameter(struct assay_layer_plan *plan, const char *name,
                                             enum assay_initial initial, bool trained)
{
    const int channels = plan->input.shape.channels;
    return assay_add_parameter(plan, (struct assay_parameter){.name = name,
                                                              .rank = 1,
                                                              .dimensions = {channels},
                                                              .axes = {{channels, 1}},
                                                              .floats = (size_t)plan->input.pitch,
                                                              .fan_in = channels,
                                                              .fan_out = channels,
                                                              .initial = initial,
                                                              .trained = trained});
}

static bool plan(struct assay_layer_plan *plan, struct assay_problem *problem)
{
    const struct assay_shape in = plan->input.shape;
    if (plan->training && plan->batch * in.height * in.width == 1) {
        *problem = (struct assay_problem){
            NULL, "needs more than one value per map: a batch of one over 1 x 1 has no variance"};
        return false;
    }
    const int bands = assay_bands(plan, plan->input.shape.height), blocks = plan->input.pitch / ASSAY_LANES;
    plan->output = plan->input;
    plan->backward_reads_input = true;
    plan->whole_batch = true;
    plan->forward_flops = 6.0 * (double)assay_edge_floats(&plan->input);
    add_parameter(plan, "weight", ASSAY_ONE, true);
    add_parameter(plan, "bias", ASSAY_ZERO, true);
    add_parameter(plan, "running_mean", ASSAY_ZERO, false);
    add_parameter(plan, "running_var", ASSAY_ONE, false)->variance = true;
    if (!plan->training) {
        plan->in_place = true;
        plan->scratch_bytes = (size_t)plan->input.pitch * sizeof(float);
        assay_add_phase(plan, ASSAY_FORWARD,
                        (struct assay_phase){.name = "forward",
                                             .kernel = forward_testing,
                                             .per_sample = bands,
                                             .reads = ASSAY_INPUT | ASSAY_VALUES | ASSAY_STATE,
                                             .writes = ASSAY_OUTPUT});
        return true;
    }
    plan->kept_bytes = KEPT_ROWS * (size_t)plan->input.pitch * sizeof(float);
    plan->backward_flops = 8.0 * (double)assay_edge_floats(&plan->input);
    assay_add_phase(plan, ASSAY_FORWARD,
                    (struct assay_phase){.name = "statistics",
                                         .kernel = statistics,
                                         .items = blocks,
                                         .reads = ASSAY_INPUT,
                                         .writes = ASSAY_KEPT | ASSAY_STATE});
    assay_add_phase(plan, ASSAY_FORWARD,
                    (struct assay_phase){.name = "forward",
                                         .kernel = forward,
                                         .per_sample = bands,
                                         .reads = ASSAY_INPUT | ASSAY_VALUES | ASSAY_KEPT,
                                         .writes = ASSAY_OUTPUT});
    assay_add_phase(plan, ASSAY_BACKWARD,
                    (struct assay_phase){.name = "backward sums",
                                         .kernel = backward_sums,
                                         .items = blocks,
                                         .reads = ASSAY_INPUT | ASSAY_OUTPUT_GRADIENT | ASSAY_KEPT,
                                         .writes = ASSAY_GRADIENTS | ASSAY_KEPT});
    if (plan->input_gradient)
        assay_add_phase(
            plan, ASSAY_BACKWARD,
            (struct assay_phase){.name = "backward data",
                                 .kernel = backward_data,
                                 .per_sample = bands,
                                 .reads = ASSAY_INPUT | ASSAY_OUTPUT_GRADIENT | ASSAY_KEPT | ASSAY_VALUES,
                                 .writes = ASSAY_INPUT_GRADIENT});
    return true;
}

const struct assay_layer_type batch_norm_layer = {
    .variant = {.name = "batch-norm",
                .summary = "y = weight (x - mean) / sqrt(variance + epsilon) + bias, per map over minibatch "
                           "and pixels; running averages when testing",
                .source = "Ioffe and Szegedy 2015",
                .example = "{momentum: 0.2}",
                .table = &table},
    .plan = plan,
};
