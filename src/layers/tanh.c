/* The hyperbolic tangent, element by element. */
#include "assay/layer.h"
#include "math/kernels.h"
#include "net/bands.h"

static void forward(const struct assay_work *work, int item, void *scratch)
{
    (void)scratch;
    const struct span span =
        span_of_item(&work->plan->output, item, work->plan->phases[ASSAY_FORWARD][0].per_sample);
    work->kernels->tanh_forward(span.count, work->output + span.first, work->input + span.first);
}

static void backward(const struct assay_work *work, int item, void *scratch)
{
    (void)scratch;
    const struct span span =
        span_of_item(&work->plan->output, item, work->plan->phases[ASSAY_FORWARD][0].per_sample);
    work->kernels->tanh_backward(span.count, work->input_gradient + span.first,
                                 work->output_gradient + span.first, work->output + span.first);
}

static bool plan(struct assay_layer_plan *plan, struct assay_problem *problem)
{
    (void)problem;
    plan_elementwise(plan, forward, backward);
    return true;
}

const struct assay_layer_type tanh_layer = {
    .variant = {.name = "tanh",
                .summary = "y = tanh(x)",
                .source = "report 2.3.1",
                .example = "",
                .table = &bare_table},
    .plan = plan,
};
