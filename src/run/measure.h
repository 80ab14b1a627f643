/* Numbers that come from a run directory: what tables and claims are made of, and what settings are chosen
 * by. */
#ifndef RUN_MEASURE_H
#define RUN_MEASURE_H

#include <stdbool.h>

#include "base/arena.h"
#include "io/csv.h"
#include "run/summary.h"
#include "spec/experiment.h"

/* What one run left, read once however many numbers are taken from it. */
struct run_record {
    const struct json *summary; /* NULL: not finished, … */
    struct summary_found found; /* … and this is not filled */
    const struct csv *curves;   /* NULL: none */
};

/* Reads summary.json and curves.csv into the arena. False when the machine would not, and ASSAY_INVALID when
 * a finished run's two do not fit together. */
bool run_record_load(struct arena *arena, const char *directory, struct run_record *record,
                     struct assay_error *error);

/* One number of a finished run; NaN where it has none: the run is not finished, has no such column, too few
 * epochs for the statistic, or an empty cell among those that count. A number over fewer epochs than were
 * asked for would be another one, so a run that ended before `last` has none; nor is it known when a run that
 * was stopped early would have reached a level. One that went to max_epochs without reaching it has that and
 * one more. */
double run_record_measure(const struct run_record *record, const struct experiment_measure *measure);

/* The same as if the curve had ended after `epochs`, of a run that has got there, finished or not, and only
 * of columns of curves.csv; a `last` behind that counts as `epochs`, and a level that was not reached as one
 * more than these. The result is then the row with the lowest `monitor` (the last where that is
 * NULL). */
double run_record_measure_after(const struct run_record *record, const struct experiment_measure *measure,
                                int epochs, const char *monitor);

#endif
