/* When to stop and which epoch was best: a pure state machine, fed one value per epoch. */
#ifndef TRAIN_STOPPING_H
#define TRAIN_STOPPING_H

#include <stdbool.h>

#include "train/options.h"

enum stop_reason {
    STOP_NONE,
    STOP_MAX_EPOCHS,
    STOP_PATIENCE,
    STOP_THRESHOLD,
    STOP_DIVERGENCE,
    STOP_NON_FINITE
};
/* "max_epochs", "patience", "threshold", "divergence", "non_finite". */
extern const char *const stop_reason_names[];

/* Plain data: part of the checkpoint. All 0 before the first epoch. */
struct stopping {
    int best_epoch;   /* the first with the lowest value; 0: none yet */
    int bad_epochs;   /* in a row */
    double best;      /* its value */
    double reference; /* what an improvement is measured against: the last value that was one */
    bool has_reference;
};

/* What makes an epoch the best: an enum metric, the lower the better; -1: that it is later than the others.
 * Without early stopping (`options` NULL) it is the validation error, where there are validation images. */
int stopping_watched(const struct stopping_options *options, bool validates);

/* Whether the result is that of the best epoch, not of the last. */
bool stopping_takes_best(const struct stopping_options *options);

/* Takes the value of `epoch` (from 1); returns why to stop after it, or STOP_NONE. `options` NULL: only the
 * best is found. A value that is not finite is STOP_NON_FINITE. */
enum stop_reason stopping_take(struct stopping *stopping, const struct stopping_options *options, int epoch,
                               double value);

#endif
