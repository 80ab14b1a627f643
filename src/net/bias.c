#include "net/bias.h"

#include <assert.h>

#include "math/kernels.h"

void plan_bias(struct assay_layer_plan *plan, int fan_in, int fan_out, enum assay_initial initial)
{
    const int maps = plan->output.shape.channels;
    assert(plan->parameter_count == BIAS_PARAMETER);
    assay_add_parameter(plan, (struct assay_parameter){.name = "bias",
                                                       .rank = 1,
                                                       .dimensions = {maps},
                                                       .axes = {{maps, 1}},
                                                       .floats = (size_t)plan->output.pitch,
                                                       .fan_in = fan_in,
                                                       .fan_out = fan_out,
                                                       .initial = assay_initial_of_bias(initial),
                                                       .trained = true});
}

/* Sixteen maps over all samples and pixels. */
static void backward_bias(const struct assay_work *work, int item, void *scratch)
{
    (void)scratch;
    const struct assay_edge *out = &work->plan->output;
    const size_t pixels = (size_t)work->step->samples * (size_t)out->shape.height * (size_t)out->shape.width;
    const int first = item * ASSAY_LANES;
    work->kernels->column_sums(pixels, out->pitch, ASSAY_LANES, work->gradients[BIAS_PARAMETER] + first,
                               work->output_gradient + first, work->step->beta, work->step->alpha);
}

void plan_bias_gradient(struct assay_layer_plan *plan)
{
    assay_add_phase(plan, ASSAY_BACKWARD,
                    (struct assay_phase){.name = "backward bias",
                                         .kernel = backward_bias,
                                         .items = plan->output.pitch / ASSAY_LANES,
                                         .reads = ASSAY_OUTPUT_GRADIENT,
                                         .writes = ASSAY_GRADIENTS});
}
