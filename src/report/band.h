/* Several runs' curves as one: their mean and range by epoch. */
#ifndef REPORT_BAND_H
#define REPORT_BAND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

struct band {
    size_t runs;   /* that have the curve at all */
    size_t epochs; /* how far it goes: as long as at least half of those runs did. Behind that the mean would
                      be one of the few that were still getting better */
    const double *epoch, *mean, *low, *high;
    const size_t *counts; /* of runs at each epoch */
};

/* One run's curve; what is not finite is left out. */
struct band_curve {
    const double *epochs, *values; /* of its rows, in ascending order of epochs */
    size_t rows;
};

/* Lives in the arena; false without memory. */
bool band_of(struct arena *arena, const struct band_curve *curves, size_t count, struct band *band);

#endif
