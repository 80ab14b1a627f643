#include "net/bands.h"

const struct assay_table bare_table = {.size = sizeof(struct bare_options)};

struct span span_of_item(const struct assay_edge *edge, int item, int bands)
{
    const struct assay_band band = assay_band(item, bands, edge->shape.height);
    const size_t row = (size_t)edge->shape.width * (size_t)edge->pitch;
    return (struct span){(size_t)band.sample * assay_edge_floats(edge) + (size_t)band.first * row,
                         (size_t)(band.end - band.first) * row, (band.end - band.first) * edge->shape.width};
}

void plan_elementwise(struct assay_layer_plan *plan, void (*forward)(const struct assay_work *, int, void *),
                      void (*backward)(const struct assay_work *, int, void *))
{
    const int bands = assay_bands(plan, plan->input.shape.height);
    plan->output = plan->input;
    plan->in_place = true;
    plan->backward_reads_output = true;
    const double elements = (double)assay_edge_floats(&plan->input);
    plan->forward_flops = elements;
    assay_add_phase(plan, ASSAY_FORWARD,
                    (struct assay_phase){.name = "forward",
                                         .kernel = forward,
                                         .per_sample = bands,
                                         .reads = ASSAY_INPUT,
                                         .writes = ASSAY_OUTPUT});
    if (!plan->input_gradient)
        return;
    plan->backward_flops = elements;
    assay_add_phase(plan, ASSAY_BACKWARD,
                    (struct assay_phase){.name = "backward",
                                         .kernel = backward,
                                         .per_sample = bands,
                                         .reads = ASSAY_OUTPUT | ASSAY_OUTPUT_GRADIENT,
                                         .writes = ASSAY_INPUT_GRADIENT});
}

void clear_padding(const struct assay_edge *edge, int pixels, float *values)
{
    for (int pixel = 0; pixel < pixels; pixel++)
        for (int c = edge->shape.channels; c < edge->pitch; c++)
            values[pixel * edge->pitch + c] = 0;
}
