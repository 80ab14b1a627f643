/* A fully connected layer over all of its input. With N the floats of an input sample and Q the output's
 * pitch, the weight lies as [N][Q]; files have [out][in], the input counted in C, H, W order. */
#include <string.h>

#include "assay/layer.h"
#include "math/kernels.h"
#include "net/bias.h"

struct linear_options {
    ASSAY_COMMON;
    int units;
    int init;
};

static const struct assay_field fields[] = {
    {ASSAY_INT(struct linear_options, units), .key = "units", .help = "outputs", .least = 1, .most = 65536},
    {ASSAY_CHOICE(struct linear_options, init), .key = "init", .help = "first values of the weights",
     .fallback = "torch", .choices = assay_initial_names},
};
static const struct assay_table table = ASSAY_TABLE(struct linear_options, fields);

enum { OUTPUT_BLOCK = 32, INPUT_BLOCK = 64 };

struct design {
    int inputs, outputs; /* N and Q */
};

static int block_end(int first, int block, int all)
{
    return first + block < all ? first + block : all;
}

/* output[s][q] = bias[q] + sum over n of input[s][n] weight[n][q], for a block of q */
static void forward(const struct assay_work *work, int item, void *scratch)
{
    (void)scratch;
    const struct design *d = work->plan->design;
    const int first = item * OUTPUT_BLOCK;
    const struct product product = {.rows = work->step->samples,
                                    .columns = block_end(first, OUTPUT_BLOCK, d->outputs) - first,
                                    .outer = 1,
                                    .inner = d->inputs,
                                    .a = work->input,
                                    .a_row = d->inputs,
                                    .a_inner = 1,
                                    .b = work->values[WEIGHT_PARAMETER] + first,
                                    .b_inner = d->outputs,
                                    .c = work->output + first,
                                    .c_row = d->outputs,
                                    .alpha = 1,
                                    .bias = work->values[BIAS_PARAMETER] + first};
    work->kernels->product(&product);
}

/* Scratch of backward_data, in floats: some samples' gradients [sample][q] and [q][sample], and the result as
 * [n][sample] and [sample][n]. */
static size_t gradient_floats(const struct design *d)
{
    return (size_t)(2 * ASSAY_LANES) * (size_t)(d->outputs + INPUT_BLOCK);
}

/* input_gradient[s][n] = sum over q of output_gradient[s][q] weight[n][q], for a block of n. The weight is
 * read once, as it lies: samples are the product's columns, ASSAY_LANES of them at a time. */
static void backward_data(const struct assay_work *work, int item, void *scratch)
{
    const struct design *d = work->plan->design;
    const int first = item * INPUT_BLOCK, inputs = block_end(first, INPUT_BLOCK, d->inputs) - first;
    const size_t q = (size_t)d->outputs;
    float *rows = scratch, *columns = rows + ASSAY_LANES * q, *result = columns + ASSAY_LANES * q,
          *turned = result + ASSAY_LANES * INPUT_BLOCK;
    const struct product product = {.rows = inputs,
                                    .columns = ASSAY_LANES,
                                    .outer = 1,
                                    .inner = d->outputs,
                                    .a = work->values[WEIGHT_PARAMETER] + (ptrdiff_t)first * d->outputs,
                                    .a_row = d->outputs,
                                    .a_inner = 1,
                                    .b = columns,
                                    .b_inner = ASSAY_LANES,
                                    .c = result,
                                    .c_row = ASSAY_LANES,
                                    .alpha = 1};
    for (int s = 0; s < work->step->samples; s += ASSAY_LANES) {
        const int samples = block_end(s, ASSAY_LANES, work->step->samples) - s;
        memcpy(rows, work->output_gradient + (size_t)s * q, (size_t)samples * q * sizeof *rows);
        memset(rows + (size_t)samples * q, 0, (size_t)(ASSAY_LANES - samples) * q * sizeof *rows);
        work->kernels->transpose(ASSAY_LANES, d->outputs, columns, ASSAY_LANES, rows, d->outputs);
        work->kernels->product(&product);
        work->kernels->transpose(inputs, ASSAY_LANES, turned, INPUT_BLOCK, result, ASSAY_LANES);
        for (int i = 0; i < samples; i++)
            memcpy(work->input_gradient + (ptrdiff_t)(s + i) * d->inputs + first, turned + i * INPUT_BLOCK,
                   (size_t)inputs * sizeof *turned);
    }
}

/* gradient[n][q] = beta gradient + alpha sum over s of input[s][n] output_gradient[s][q], for a block of n */
static void backward_weight(const struct assay_work *work, int item, void *scratch)
{
    (void)scratch;
    const struct design *d = work->plan->design;
    const int first = item * INPUT_BLOCK;
    const struct product product = {.rows = block_end(first, INPUT_BLOCK, d->inputs) - first,
                                    .columns = d->outputs,
                                    .outer = 1,
                                    .inner = work->step->samples,
                                    .a = work->input + first,
                                    .a_row = 1,
                                    .a_inner = d->inputs,
                                    .b = work->output_gradient,
                                    .b_inner = d->outputs,
                                    .c = work->gradients[WEIGHT_PARAMETER] + (ptrdiff_t)first * d->outputs,
                                    .c_row = d->outputs,
                                    .beta = work->step->beta,
                                    .alpha = work->step->alpha};
    work->kernels->product(&product);
}

static void plan_parameters(struct assay_layer_plan *plan)
{
    const struct linear_options *options = plan->options;
    const struct assay_shape in = plan->input.shape;
    const size_t p = (size_t)plan->input.pitch, q = (size_t)plan->output.pitch;
    const int inputs = in.channels * in.height * in.width;
    assay_add_parameter(plan, (struct assay_parameter){.name = "weight",
                                                       .rank = 2,
                                                       .dimensions = {options->units, inputs},
                                                       .axes = {{options->units, 1},
                                                                {in.channels, q},
                                                                {in.height, (size_t)in.width * p * q},
                                                                {in.width, p * q}},
                                                       .floats = assay_edge_floats(&plan->input) * q,
                                                       .fan_in = inputs,
                                                       .fan_out = options->units,
                                                       .initial = (enum assay_initial)options->init,
                                                       .trained = true,
                                                       .penalized = true});
    plan_bias(plan, inputs, options->units, (enum assay_initial)options->init);
}

static void plan_phases(struct assay_layer_plan *plan, const struct design *d)
{
    const int output_blocks = (d->outputs + OUTPUT_BLOCK - 1) / OUTPUT_BLOCK;
    const int input_blocks = (d->inputs + INPUT_BLOCK - 1) / INPUT_BLOCK;
    assay_add_phase(plan, ASSAY_FORWARD,
                    (struct assay_phase){.name = "forward",
                                         .kernel = forward,
                                         .items = output_blocks,
                                         .reads = ASSAY_INPUT | ASSAY_VALUES,
                                         .writes = ASSAY_OUTPUT});
    if (plan->input_gradient) {
        plan->scratch_bytes = gradient_floats(d) * sizeof(float);
        assay_add_phase(plan, ASSAY_BACKWARD,
                        (struct assay_phase){.name = "backward data",
                                             .kernel = backward_data,
                                             .items = input_blocks,
                                             .reads = ASSAY_OUTPUT_GRADIENT | ASSAY_VALUES,
                                             .writes = ASSAY_INPUT_GRADIENT});
    }
    if (!plan->training)
        return;
    assay_add_phase(plan, ASSAY_BACKWARD,
                    (struct assay_phase){.name = "backward weight",
                                         .kernel = backward_weight,
                                         .items = input_blocks,
                                         .reads = ASSAY_INPUT | ASSAY_OUTPUT_GRADIENT,
                                         .writes = ASSAY_GRADIENTS});
    plan_bias_gradient(plan);
}

static bool plan(struct assay_layer_plan *plan, struct assay_problem *problem)
{
    const struct linear_options *options = plan->options;
    const size_t inputs = assay_edge_floats(&plan->input);
    plan->output = assay_edge((struct assay_shape){options->units, 1, 1});
    if (inputs * (size_t)plan->output.pitch > (size_t)1 << 31) {
        *problem = (struct assay_problem){"units", "makes a weight of more than 2^31 elements"};
        return false;
    }
    struct design *d = assay_design(plan, sizeof *d);
    if (d == NULL)
        return false;
    *d = (struct design){(int)inputs, plan->output.pitch};
    plan->algorithm = "direct";
    plan->backward_reads_input = true;
    plan->forward_flops = 2.0 * options->units * plan->input.shape.channels * plan->input.shape.height *
                          plan->input.shape.width;
    plan->backward_flops = plan->forward_flops * (1 + plan->input_gradient);
    plan_parameters(plan);
    plan_phases(plan, d);
    return true;
}

const struct assay_layer_type linear_layer = {
    .variant = {.name = "linear",
                .summary =
                    "y[o] = bias[o] + sum over i of weight[o][i] x[i], the input flattened in C, H, W order",
                .source = "report 2.2",
                .example = "{units: 7}",
                .main_key = "units",
                .table = &table},
    .any_pitch = true,
    .plan = plan,
};
