/* Convolution, channels last. The weight lies as [ky][kx][P][Q], P and Q being the input's and the output's
 * pitch; files have [out][in][ky][kx]. The work is done by one of the algorithms of net/convolution.h. */
#include <stdio.h>

#include "assay/layer.h"
#include "net/bias.h"
#include "net/convolution.h"

struct conv_options {
    ASSAY_COMMON;
    int maps, kernel, stride, pad;
    int init;
};

static const struct assay_field fields[] = {
    {ASSAY_INT(struct conv_options, maps), .key = "maps", .help = "output maps", .least = 1, .most = 4096},
    {ASSAY_INT(struct conv_options, kernel), .key = "kernel", .help = "side of the square kernel",
     .unit = "pixels", .least = 1, .most = 64},
    {ASSAY_INT(struct conv_options, stride), .key = "stride", .help = "step from one window to the next",
     .unit = "pixels", .fallback = "1", .least = 1, .most = 64},
    {ASSAY_INT(struct conv_options, pad), .key = "pad", .help = "zeros added on each side", .unit = "pixels",
     .fallback = "0", .least = 0, .most = 63},
    {ASSAY_CHOICE(struct conv_options, init), .key = "init", .help = "first values of the weights",
     .fallback = "torch", .choices = assay_initial_names},
};
static const struct assay_table table = ASSAY_TABLE(struct conv_options, fields);

static bool plan_shape(struct assay_layer_plan *plan, struct assay_problem *problem)
{
    const struct conv_options *options = plan->options;
    const struct assay_shape in = plan->input.shape;
    const int height = in.height + 2 * options->pad - options->kernel,
              width = in.width + 2 * options->pad - options->kernel;
    if (height < 0 || width < 0) {
        *problem = (struct assay_problem){.key = "kernel"};
        snprintf(problem->text, sizeof problem->text,
                 "does not fit: a window of %d x %d over an input of %d x %d with a border of %d",
                 options->kernel, options->kernel, in.height, in.width, options->pad);
        return false;
    }
    plan->output = assay_edge(
        (struct assay_shape){options->maps, height / options->stride + 1, width / options->stride + 1});
    return true;
}

static void plan_parameters(struct assay_layer_plan *plan)
{
    const struct conv_options *options = plan->options;
    const int k = options->kernel, in = plan->input.shape.channels, out = options->maps;
    const size_t p = (size_t)plan->input.pitch, q = (size_t)plan->output.pitch;
    const int fan_in = in * k * k, fan_out = out * k * k;
    assay_add_parameter(
        plan, (struct assay_parameter){.name = "weight",
                                       .rank = 4,
                                       .dimensions = {out, in, k, k},
                                       .axes = {{out, 1}, {in, q}, {k, (size_t)k * p * q}, {k, p * q}},
                                       .floats = (size_t)k * (size_t)k * p * q,
                                       .fan_in = fan_in,
                                       .fan_out = fan_out,
                                       .initial = (enum assay_initial)options->init,
                                       .trained = true,
                                       .penalized = true});
    plan_bias(plan, fan_in, fan_out, (enum assay_initial)options->init);
}

static bool plan(struct assay_layer_plan *plan, struct assay_problem *problem)
{
    const struct conv_options *options = plan->options;
    if (!plan_shape(plan, problem))
        return false;
    struct convolution convolution = {
        .kernel = options->kernel, .stride = options->stride, .pad = options->pad, .padded = plan->input};
    convolution.padded.shape.height += 2 * options->pad;
    convolution.padded.shape.width += 2 * options->pad;
    plan->forward_flops = 2.0 * plan->output.shape.height * plan->output.shape.width * options->maps *
                          plan->input.shape.channels * options->kernel * options->kernel;
    plan->backward_flops = plan->forward_flops * (1 + plan->input_gradient);
    plan_parameters(plan);
    return convolution_suits_winograd(plan, &convolution) ? convolution_winograd(plan, &convolution)
                                                          : convolution_direct(plan, &convolution);
}

const struct assay_layer_type conv_layer = {
    .variant = {.name = "conv",
                .summary = "y[o] = bias[o] + sum over i, ky, kx of weight[o][i][ky][kx] x[i][y stride + ky - "
                           "pad][x stride + kx - pad]",
                .source = "LeCun et al. 1998 (a correlation, as everywhere)",
                .example = "{maps: 5, kernel: 3, stride: 2, pad: 1}",
                .main_key = "maps",
                .table = &table},
    .example_input = {3, 7, 6},
    .any_pitch = true,
    .plan = plan,
};
