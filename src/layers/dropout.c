/* Dropout, inverted: kept values are divided by the share that is kept, and testing does nothing. Element (c,
 * y, x) of a sample is word (y W + x) C + c of the stream (seed, RANDOM_DROPOUT, the layer's name, epoch, the
 * sample's index in the data set), however it lies in memory. */
#include <math.h>

#include "assay/layer.h"
#include "base/philox.h"
#include "math/kernels.h"
#include "net/bands.h"

struct dropout_options {
    ASSAY_COMMON;
    double rate;
};

static const struct assay_field fields[] = {
    {ASSAY_REAL(struct dropout_options, rate), .key = "rate",
     .help = "probability to drop an element; 0 is no layer at all", .least = 0, .most = 1, .below = true},
};
static const struct assay_table table = ASSAY_TABLE(struct dropout_options, fields);

static float scale_of(const struct assay_work *work)
{
    const struct dropout_options *options = work->plan->options;
    return (float)(1 / (1 - options->rate));
}

/* kept: a byte per element of the batch, 1 where it stays */
static void forward(const struct assay_work *work, int item, void *scratch)
{
    const struct dropout_options *options = work->plan->options;
    const struct assay_edge *edge = &work->plan->output;
    const int bands = work->plan->phases[ASSAY_FORWARD][0].per_sample, channels = edge->shape.channels;
    const struct assay_band band = assay_band(item, bands, edge->shape.height);
    const struct span span = span_of_item(edge, item, bands);
    const uint32_t threshold = (uint32_t)ldexp(options->rate, 32);
    const struct random_stream stream = random_stream(work->step->seed, RANDOM_DROPOUT, work->plan->name,
                                                      work->step->epoch, work->step->indices[band.sample]);
    const size_t first = (size_t)band.first * (size_t)edge->shape.width * (size_t)channels;
    uint32_t *words = scratch;

    random_words(&stream, first, (size_t)span.pixels * (size_t)channels, words);
    /* Without lanes to skip, all pixels are one stretch. */
    const int stretches = edge->pitch == channels ? 1 : span.pixels;
    const size_t stretch = (size_t)(edge->pitch == channels ? span.pixels * channels : channels);
    for (int i = 0; i < stretches; i++) {
        const size_t at = span.first + (size_t)i * (size_t)edge->pitch;
        work->kernels->dropout_forward(stretch, work->output + at, work->input + at,
                                       words + (size_t)i * stretch, threshold, scale_of(work),
                                       (uint8_t *)work->kept + at);
    }
    clear_padding(edge, span.pixels, work->output + span.first);
}

static void backward(const struct assay_work *work, int item, void *scratch)
{
    (void)scratch;
    const struct assay_edge *edge = &work->plan->output;
    const struct span span = span_of_item(edge, item, work->plan->phases[ASSAY_FORWARD][0].per_sample);
    work->kernels->dropout_backward(span.count, work->input_gradient + span.first,
                                    work->output_gradient + span.first,
                                    (const uint8_t *)work->kept + span.first, scale_of(work));
    clear_padding(edge, span.pixels, work->input_gradient + span.first);
}

static void pass_through(const struct assay_work *work, int item, void *scratch)
{
    (void)scratch;
    const struct span span =
        span_of_item(&work->plan->output, item, work->plan->phases[ASSAY_FORWARD][0].per_sample);
    for (size_t i = span.first; i < span.first + span.count && work->output != work->input; i++)
        work->output[i] = work->input[i];
}

static bool absent(const void *options)
{
    return ((const struct dropout_options *)options)->rate == 0;
}

static bool plan(struct assay_layer_plan *plan, struct assay_problem *problem)
{
    (void)problem;
    plan_elementwise(plan, plan->training ? forward : pass_through, backward);
    plan->backward_reads_output = false;
    if (!plan->training)
        return true;
    const struct assay_shape *shape = &plan->input.shape;
    plan->kept_bytes = (size_t)plan->batch * assay_edge_floats(&plan->input);
    plan->scratch_bytes =
        (size_t)shape->height * (size_t)shape->width * (size_t)shape->channels * sizeof(uint32_t);
    plan->phases[ASSAY_FORWARD][0].writes |= ASSAY_KEPT;
    plan->phases[ASSAY_BACKWARD][0].reads = ASSAY_OUTPUT_GRADIENT | ASSAY_KEPT;
    return true;
}

const struct assay_layer_type dropout_layer = {
    .variant = {.name = "dropout",
                .summary = "while training, each element becomes 0 with probability rate and is divided by 1 "
                           "- rate otherwise; when testing, nothing",
                .source = "Srivastava et al. 2014; report 2.3.6",
                .example = "{rate: 0.4}",
                .main_key = "rate",
                .table = &table},
    .absent = absent,
    .plan = plan,
};
