#include "net/phases.h"

#include <math.h>

#include "net/feed.h"

/* output: [height][width][pitch] of one sample */
static void gather(const struct assay_work *work, int item, void *scratch)
{
    (void)scratch;
    const struct feed *feed = work->kept;
    const struct assay_edge *edge = &work->plan->output;
    const int channels = edge->shape.channels, height = edge->shape.height, width = edge->shape.width;
    const int inner_height = height - 2 * feed->pad, inner_width = width - 2 * feed->pad;
    const size_t plane = (size_t)inner_height * (size_t)inner_width;
    const uint8_t *image =
        feed->minibatch.images + (size_t)feed->minibatch.indices[item] * (size_t)channels * plane;
    float *to = work->output + (size_t)item * assay_edge_floats(edge);

    for (int y = -feed->pad; y < height - feed->pad; y++)
        for (int x = -feed->pad; x < width - feed->pad; x++, to += edge->pitch) {
            const bool inside = y >= 0 && y < inner_height && x >= 0 && x < inner_width;
            const size_t at = inside ? (size_t)y * (size_t)inner_width + (size_t)x : 0;
            for (int c = 0; c < channels; c++)
                to[c] = feed->value_of_byte[inside ? image[(size_t)c * plane + at] : 0];
            for (int c = channels; c < edge->pitch; c++)
                to[c] = 0;
        }
}

static void judge(const struct assay_work *work, int item, float *gradient)
{
    const struct feed *feed = work->kept;
    const struct assay_edge *edge = &work->plan->input;
    const int classes = edge->shape.channels;
    const float *outputs = work->input + (size_t)item * (size_t)edge->pitch;
    const int label = feed->minibatch.labels[feed->minibatch.indices[item]];
    feed->loss[item] = feed->function->evaluate(classes, outputs, label, feed->scale, gradient);
    feed->predicted[item] = predicted_class(classes, outputs);
    if (gradient != NULL) {
        for (int c = classes; c < edge->pitch; c++)
            gradient[c] = 0;
        return;
    }
    feed->nll[item] = negative_log_likelihood(classes, outputs, label);
}

static void loss_and_gradient(const struct assay_work *work, int item, void *scratch)
{
    (void)scratch;
    judge(work, item, work->input_gradient + (size_t)item * (size_t)work->plan->input.pitch);
}

static void score(const struct assay_work *work, int item, void *scratch)
{
    (void)scratch;
    judge(work, item, NULL);
}

const struct assay_phase phase_gather = {
    .name = "gather", .kernel = gather, .per_sample = 1, .writes = ASSAY_OUTPUT};
const struct assay_phase phase_loss = {.name = "loss",
                                       .kernel = loss_and_gradient,
                                       .per_sample = 1,
                                       .reads = ASSAY_INPUT,
                                       .writes = ASSAY_INPUT_GRADIENT};
const struct assay_phase phase_score = {
    .name = "score", .kernel = score, .per_sample = 1, .reads = ASSAY_INPUT};
