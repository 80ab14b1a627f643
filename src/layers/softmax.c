/* Softmax with an inverse temperature, over the channels of each pixel. */
#include <math.h>

#include "assay/layer.h"
#include "net/bands.h"

struct softmax_options {
    ASSAY_COMMON;
    double beta;
};

static const struct assay_field fields[] = {
    {ASSAY_REAL(struct softmax_options, beta), .key = "beta",
     .help = "inverse temperature, with the report's sign: -1 is the usual softmax", .fallback = "-1",
     .least = -1000, .most = 1000},
};
static const struct assay_table table = ASSAY_TABLE(struct softmax_options, fields);

static void forward(const struct assay_work *work, int item, void *scratch)
{
    (void)scratch;
    const struct softmax_options *options = work->plan->options;
    const struct assay_edge *edge = &work->plan->output;
    const struct span span = span_of_item(edge, item, work->plan->phases[ASSAY_FORWARD][0].per_sample);
    const int channels = edge->shape.channels;
    const float *x = work->input + span.first;
    float *y = work->output + span.first;
    for (int pixel = 0; pixel < span.pixels; pixel++, x += edge->pitch, y += edge->pitch) {
        double largest = -options->beta * x[0], sum = 0;
        for (int c = 1; c < channels; c++)
            largest = fmax(largest, -options->beta * x[c]);
        for (int c = 0; c < channels; c++)
            sum += exp(-options->beta * x[c] - largest);
        for (int c = 0; c < channels; c++)
            y[c] = (float)(exp(-options->beta * x[c] - largest) / sum);
    }
    clear_padding(edge, span.pixels, work->output + span.first);
}

/* dx[j] = -beta y[j] (dy[j] - sum over i of dy[i] y[i]): the Jacobian is -beta y[i] ((i == j) - y[j]) */
static void backward(const struct assay_work *work, int item, void *scratch)
{
    (void)scratch;
    const struct softmax_options *options = work->plan->options;
    const struct assay_edge *edge = &work->plan->output;
    const struct span span = span_of_item(edge, item, work->plan->phases[ASSAY_FORWARD][0].per_sample);
    const float *y = work->output + span.first, *dy = work->output_gradient + span.first;
    float *dx = work->input_gradient + span.first;
    for (int pixel = 0; pixel < span.pixels;
         pixel++, y += edge->pitch, dy += edge->pitch, dx += edge->pitch) {
        double mean = 0;
        for (int c = 0; c < edge->shape.channels; c++)
            mean += (double)dy[c] * y[c];
        for (int c = 0; c < edge->pitch; c++)
            dx[c] = (float)(-options->beta * y[c] * (dy[c] - mean));
    }
}

static bool plan(struct assay_layer_plan *plan, struct assay_problem *problem)
{
    (void)problem;
    plan_elementwise(plan, forward, backward);
    return true;
}

const struct assay_layer_type softmax_layer = {
    .variant = {.name = "softmax",
                .summary = "y[c] = exp(-beta x[c]) / sum over the channels of exp(-beta x)",
                .source = "report (1.2), (1.3)",
                .example = "{beta: 0.7}",
                .main_key = "beta",
                .table = &table},
    .plan = plan,
};
