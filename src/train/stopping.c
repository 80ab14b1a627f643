#include "train/stopping.h"

#include <math.h>

const char *const stop_reason_names[] = {
    [STOP_NONE] = "running",        [STOP_MAX_EPOCHS] = "max_epochs", [STOP_PATIENCE] = "patience",
    [STOP_THRESHOLD] = "threshold", [STOP_DIVERGENCE] = "divergence", [STOP_NON_FINITE] = "non_finite",
};

int stopping_watched(const struct stopping_options *options, bool validates)
{
    if (options != NULL)
        return options->monitor;
    return validates ? METRIC_VAL_ERROR_PCT : -1;
}

bool stopping_takes_best(const struct stopping_options *options)
{
    return options == NULL || options->restore_best;
}

enum stop_reason stopping_take(struct stopping *stopping, const struct stopping_options *options, int epoch,
                               double value)
{
    if (!isfinite(value))
        return STOP_NON_FINITE;
    if (stopping->best_epoch == 0 || value < stopping->best) {
        stopping->best = value;
        stopping->best_epoch = epoch;
    }
    if (options == NULL)
        return STOP_NONE;
    if (value <= options->stopping_threshold)
        return STOP_THRESHOLD;
    if (value > options->divergence_threshold)
        return STOP_DIVERGENCE;
    if (epoch < options->start_from_epoch)
        return STOP_NONE;
    if (!stopping->has_reference || value < stopping->reference - options->min_delta) {
        stopping->reference = value;
        stopping->has_reference = true;
        stopping->bad_epochs = 0;
        return STOP_NONE;
    }
    return ++stopping->bad_epochs >= options->patience ? STOP_PATIENCE : STOP_NONE;
}
