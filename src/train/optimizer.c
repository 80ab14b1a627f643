#include "train/optimizer.h"

#include <math.h>

/* Schedules: the learning rate of an epoch. */

struct step_options {
    int every;
    double factor;
};

static const struct assay_field step_fields[] = {
    {ASSAY_INT(struct step_options, every), .key = "every", .help = "epochs between two changes",
     .unit = "epochs", .least = 1, .most = 100000},
    {ASSAY_REAL(struct step_options, factor), .key = "factor",
     .help = "what the learning rate is multiplied by", .fallback = "0.1", .least = 0, .above = true,
     .most = 10},
};
static const struct assay_table step_table = ASSAY_TABLE(struct step_options, step_fields);

struct cosine_options {
    double final;
};

static const struct assay_field cosine_fields[] = {
    {ASSAY_REAL(struct cosine_options, final), .key = "final",
     .help = "the learning rate it would reach after max_epochs", .fallback = "0", .least = 0, .most = 100},
};
static const struct assay_table cosine_table = ASSAY_TABLE(struct cosine_options, cosine_fields);

static const struct assay_table no_options = {.size = 1};

static double constant_rate(const void *options, double learning_rate, int epoch, int max_epochs)
{
    (void)options, (void)epoch, (void)max_epochs;
    return learning_rate;
}

static double step_rate(const void *options, double learning_rate, int epoch, int max_epochs)
{
    (void)max_epochs;
    const struct step_options *o = options;
    for (int change = o->every; change < epoch; change += o->every)
        learning_rate *= o->factor;
    return learning_rate;
}

static double cosine_rate(const void *options, double learning_rate, int epoch, int max_epochs)
{
    const struct cosine_options *o = options;
    return o->final + (learning_rate - o->final) * (1 + cos(M_PI * (epoch - 1) / max_epochs)) / 2;
}

static const struct schedule constant = {.variant = {.name = "constant",
                                                     .summary = "the same learning rate in every epoch",
                                                     .example = "",
                                                     .table = &no_options},
                                         .rate = constant_rate};
static const struct schedule step = {
    .variant = {.name = "step",
                .summary = "learning rate times factor^floor((epoch - 1) / every)",
                .example = "{every: 10}",
                .main_key = "every",
                .table = &step_table},
    .rate = step_rate};
static const struct schedule cosine = {
    .variant = {.name = "cosine",
                .summary = "final + (learning rate - final) (1 + cos(pi (epoch - 1) / max_epochs)) / 2",
                .source = "Loshchilov and Hutter 2017",
                .example = "{final: 0.0001}",
                .table = &cosine_table},
    .rate = cosine_rate};

static const struct assay_variant *const schedule_items[] = {&constant.variant, &step.variant,
                                                             &cosine.variant};
const struct assay_variants schedules = {"schedule", schedule_items,
                                         sizeof schedule_items / sizeof schedule_items[0], NULL};

/* Stochastic gradient descent with momentum. */

struct sgd_options {
    double learning_rate, momentum, dampening;
    struct assay_variant_value schedule;
};

static const struct assay_field sgd_fields[] = {
    {ASSAY_REAL(struct sgd_options, learning_rate), .key = "learning_rate", .help = "length of a step",
     .least = 0, .above = true, .most = 1000000},
    {ASSAY_REAL(struct sgd_options, momentum), .key = "momentum",
     .help = "share of the last direction that is kept", .fallback = "0", .least = 0, .most = 1,
     .below = true},
    {ASSAY_REAL(struct sgd_options, dampening), .key = "dampening",
     .help = "share of the new gradient that is left out (Torch7: as much as momentum)", .fallback = "0",
     .least = 0, .most = 1, .below = true},
    {ASSAY_VARIANT(struct sgd_options, schedule), .key = "schedule",
     .help = "how the learning rate changes from epoch to epoch", .fallback = "constant",
     .variants = &schedules},
};
static const struct assay_table sgd_table = ASSAY_TABLE(struct sgd_options, sgd_fields);

static struct optimizer_step sgd_step(const void *options, int epoch, int max_epochs, bool first)
{
    const struct sgd_options *o = options;
    const struct schedule *schedule = (const struct schedule *)o->schedule.variant;
    return (struct optimizer_step){
        .learning_rate = schedule->rate(o->schedule.options, o->learning_rate, epoch, max_epochs),
        .beta = first ? 0 : o->momentum,
        .alpha = first ? 1 : 1 - o->dampening};
}

static const struct optimizer sgd = {
    .variant = {.name = "sgd",
                .summary =
                    "v = momentum v + (1 - dampening) g, v = g at the first step; w = w - learning_rate v",
                .source = "Torch7 optim.sgd; Sutskever et al. 2013",
                .example = "{learning_rate: 0.01, momentum: 0.9}",
                .main_key = "learning_rate",
                .table = &sgd_table},
    .step = sgd_step};

static const struct assay_variant *const optimizer_items[] = {&sgd.variant};
const struct assay_variants optimizers = {"optimizer", optimizer_items,
                                          sizeof optimizer_items / sizeof optimizer_items[0], NULL};
