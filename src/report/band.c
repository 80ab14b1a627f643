#include "report/band.h"

#include <math.h>

/* What is known of the curves at one epoch. */
struct slice {
    double sum, low, high;
    size_t count;
};

static struct slice slice_at(const struct band_curve *curves, size_t count, double epoch)
{
    struct slice slice = {.low = INFINITY, .high = -INFINITY};
    for (size_t c = 0; c < count; c++)
        for (size_t row = 0; row < curves[c].rows; row++)
            if (curves[c].epochs[row] == epoch && isfinite(curves[c].values[row])) {
                slice.sum += curves[c].values[row];
                slice.low = fmin(slice.low, curves[c].values[row]);
                slice.high = fmax(slice.high, curves[c].values[row]);
                slice.count++;
            }
    return slice;
}

static bool has_values(const struct band_curve *curve)
{
    for (size_t row = 0; row < curve->rows; row++)
        if (isfinite(curve->values[row]))
            return true;
    return false;
}

/* The first epoch after `after` that any curve has; infinite when there is none. */
static double next_epoch(const struct band_curve *curves, size_t count, double after)
{
    double next = INFINITY;
    for (size_t c = 0; c < count; c++)
        for (size_t row = 0; row < curves[c].rows; row++)
            if (curves[c].epochs[row] > after && isfinite(curves[c].values[row]))
                next = fmin(next, curves[c].epochs[row]);
    return next;
}

bool band_of(struct arena *arena, const struct band_curve *curves, size_t count, struct band *band)
{
    size_t most = 0;
    *band = (struct band){0};
    for (size_t c = 0; c < count; c++) {
        band->runs += has_values(&curves[c]);
        most += curves[c].rows;
    }
    double *epochs = arena_allocate(arena, most, sizeof *epochs),
           *means = arena_allocate(arena, most, sizeof *means),
           *lows = arena_allocate(arena, most, sizeof *lows),
           *highs = arena_allocate(arena, most, sizeof *highs);
    size_t *counts = arena_allocate(arena, most, sizeof *counts);
    if (epochs == NULL || means == NULL || lows == NULL || highs == NULL || counts == NULL)
        return false;
    for (double epoch = next_epoch(curves, count, -INFINITY); isfinite(epoch);
         epoch = next_epoch(curves, count, epoch)) {
        const struct slice slice = slice_at(curves, count, epoch);
        if (2 * slice.count < band->runs)
            break;
        const size_t at = band->epochs++;
        epochs[at] = epoch;
        means[at] = slice.sum / (double)slice.count;
        lows[at] = slice.low;
        highs[at] = slice.high;
        counts[at] = slice.count;
    }
    band->epoch = epochs;
    band->mean = means;
    band->low = lows;
    band->high = highs;
    band->counts = counts;
    return true;
}
