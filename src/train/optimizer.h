/* Optimisers and learning-rate schedules. */
#ifndef TRAIN_OPTIMIZER_H
#define TRAIN_OPTIMIZER_H

#include "assay/schema.h"

/* One step: direction = beta * direction + alpha * gradient, value = value - learning_rate * direction. */
struct optimizer_step {
    double learning_rate, beta, alpha;
};

struct optimizer {
    struct assay_variant variant; /* first */
    /* `epoch` counts from 1; `first` is the very first step of a run. */
    struct optimizer_step (*step)(const void *options, int epoch, int max_epochs, bool first);
};

struct schedule {
    struct assay_variant variant; /* first */
    double (*rate)(const void *options, double learning_rate, int epoch, int max_epochs);
};

extern const struct assay_variants optimizers, schedules;

#endif
