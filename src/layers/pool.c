/* Pooling over square windows that may overlap and hang over the border. */
#include <math.h>
#include <stdio.h>

#include "assay/layer.h"
#include "math/kernels.h"

enum pool_type { POOL_MAX, POOL_LP, POOL_AVERAGE };
static const char *const type_names[] = {"max", "lp", "average", NULL};

struct pool_options {
    ASSAY_COMMON;
    int type;
    double p;
    int size, stride, pad;
};

static const struct assay_field fields[] = {
    {ASSAY_CHOICE(struct pool_options, type), .key = "type",
     .help = "what a window gives: its largest value, its p-norm, its mean", .choices = type_names},
    {ASSAY_REAL(struct pool_options, p), .key = "p",
     .help = "exponent of the norm, for lp alone; fast for 1, 2, 4 and 8", .fallback = "null",
     .optional = true, .least = 1, .most = 1000},
    {ASSAY_INT(struct pool_options, size), .key = "size", .help = "side of the window", .unit = "pixels",
     .fallback = "2", .least = 1, .most = 15},
    {ASSAY_INT(struct pool_options, stride), .key = "stride",
     .help = "step from one window to the next; the size unless given", .unit = "pixels", .fallback = "null",
     .optional = true, .least = 1, .most = 64},
    {ASSAY_INT(struct pool_options, pad), .key = "pad",
     .help = "border added on each side: minus infinity to max, zeros to the others; below the size",
     .unit = "pixels", .fallback = "0", .least = 0, .most = 14},
};

static bool check(void *options, struct assay_problem *problem)
{
    struct pool_options *pool = options;
    const bool given = !isnan(pool->p);
    if (pool->stride < 0)
        pool->stride = pool->size;
    if (given != (pool->type == POOL_LP)) {
        *problem = (struct assay_problem){.key = "p"};
        snprintf(problem->text, sizeof problem->text,
                 given ? "means something with type lp alone" : "is required with type lp");
        return false;
    }
    if (pool->pad >= pool->size) {
        *problem = (struct assay_problem){.key = "pad"};
        snprintf(problem->text, sizeof problem->text, "must be below the size, %d", pool->size);
        return false;
    }
    return true;
}

static const struct assay_table table = {.fields = fields,
                                         .count = sizeof fields / sizeof fields[0],
                                         .size = sizeof(struct pool_options),
                                         .check = check};

struct design {
    struct pooling pooling;
    int bands, backward_bands;
};

/* Where a sample's data begin. */
struct sample {
    const float *x;
    float *y, *dx;
    const float *dy;
    uint8_t *choice; /* kept: [sample][output element], max only, training only */
};

static struct sample sample_of(const struct assay_work *work, int index)
{
    const size_t in = (size_t)index * assay_edge_floats(&work->plan->input),
                 out = (size_t)index * assay_edge_floats(&work->plan->output);
    return (struct sample){work->input + in, work->output + out,
                           work->input_gradient ? work->input_gradient + in : NULL,
                           work->plan->training ? work->output_gradient + out : NULL,
                           work->plan->kept_bytes > 0 ? (uint8_t *)work->kept + out : NULL};
}

#define FORWARD(name, ...)                                                                                   \
    static void name##_forward(const struct assay_work *work, int item, void *scratch)                       \
    {                                                                                                        \
        (void)scratch;                                                                                       \
        const struct design *d = work->plan->design;                                                         \
        const struct assay_band band = assay_band(item, d->bands, d->pooling.out_height);                    \
        const struct sample s = sample_of(work, band.sample);                                                \
        work->kernels->name##_forward(&d->pooling, band.first, band.end, __VA_ARGS__);                       \
    }
#define BACKWARD(name, ...)                                                                                  \
    static void name##_backward(const struct assay_work *work, int item, void *scratch)                      \
    {                                                                                                        \
        (void)scratch;                                                                                       \
        const struct design *d = work->plan->design;                                                         \
        const struct assay_band band = assay_band(item, d->backward_bands, d->pooling.in_height);            \
        const struct sample s = sample_of(work, band.sample);                                                \
        work->kernels->name##_backward(&d->pooling, band.first, band.end, __VA_ARGS__);                      \
    }

FORWARD(max, s.y, s.x, s.choice)
FORWARD(lp, s.y, s.x)
FORWARD(average, s.y, s.x)
BACKWARD(max, s.dx, s.dy, s.choice)
BACKWARD(lp, s.dx, s.dy, s.x, s.y)
BACKWARD(average, s.dx, s.dy)

static const struct {
    void (*forward)(const struct assay_work *, int, void *),
        (*backward)(const struct assay_work *, int, void *);
    unsigned backward_reads, keeps;
} kinds[] = {
    [POOL_MAX] = {max_forward, max_backward, ASSAY_KEPT, ASSAY_KEPT},
    [POOL_LP] = {lp_forward, lp_backward, ASSAY_INPUT | ASSAY_OUTPUT, 0},
    [POOL_AVERAGE] = {average_forward, average_backward, 0, 0},
};

static bool plan(struct assay_layer_plan *plan, struct assay_problem *problem)
{
    const struct pool_options *options = plan->options;
    const struct assay_shape in = plan->input.shape;
    const int height = in.height + 2 * options->pad - options->size,
              width = in.width + 2 * options->pad - options->size;
    if (height < 0 || width < 0) {
        *problem = (struct assay_problem){.key = "size"};
        snprintf(problem->text, sizeof problem->text,
                 "does not fit: a window of %d x %d over an input of %d x %d with a border of %d",
                 options->size, options->size, in.height, in.width, options->pad);
        return false;
    }
    plan->output = assay_edge(
        (struct assay_shape){in.channels, height / options->stride + 1, width / options->stride + 1});
    struct design *d = assay_design(plan, sizeof *d);
    if (d == NULL)
        return false;
    *d = (struct design){.pooling = {in.height, in.width, plan->output.shape.height, plan->output.shape.width,
                                     options->size, options->stride, options->pad, plan->input.pitch,
                                     options->p},
                         .bands = assay_bands(plan, plan->output.shape.height),
                         .backward_bands = assay_bands(plan, in.height)};
    const unsigned keeps = plan->training && plan->input_gradient ? kinds[options->type].keeps : 0;
    plan->kept_bytes = keeps ? (size_t)plan->batch * assay_edge_floats(&plan->output) : 0;
    plan->backward_reads_input = (kinds[options->type].backward_reads & ASSAY_INPUT) != 0;
    plan->backward_reads_output = (kinds[options->type].backward_reads & ASSAY_OUTPUT) != 0;
    plan->forward_flops = (double)plan->output.shape.height * plan->output.shape.width * in.channels *
                          options->size * options->size;
    assay_add_phase(plan, ASSAY_FORWARD,
                    (struct assay_phase){.name = "forward",
                                         .kernel = kinds[options->type].forward,
                                         .per_sample = d->bands,
                                         .reads = ASSAY_INPUT,
                                         .writes = ASSAY_OUTPUT | keeps,
                                         .across = d->bands > 1 ? ASSAY_INPUT : 0});
    if (!plan->input_gradient)
        return true;
    plan->backward_flops = plan->forward_flops;
    const unsigned reads = ASSAY_OUTPUT_GRADIENT | kinds[options->type].backward_reads;
    assay_add_phase(plan, ASSAY_BACKWARD,
                    (struct assay_phase){.name = "backward",
                                         .kernel = kinds[options->type].backward,
                                         .per_sample = d->backward_bands,
                                         .reads = reads,
                                         .writes = ASSAY_INPUT_GRADIENT,
                                         .across = d->backward_bands > 1 ? reads : 0});
    return true;
}

const struct assay_layer_type pool_layer = {
    .variant = {.name = "pool",
                .summary = "max, (sum of |x|^p)^(1/p), or mean over windows; the first of equal maxima wins, "
                           "an all-zero window passes no gradient",
                .source = "report 2.3.2; Sermanet, Chintala and LeCun 2012 for lp (Torch's SpatialLPPooling "
                          "takes no absolute value, so that its p = 1 is a plain sum)",
                .example = "{type: lp, p: 2, size: 3, stride: 2, pad: 1}",
                .main_key = "type",
                .table = &table},
    .example_input = {3, 7, 6},
    .plan = plan,
};
