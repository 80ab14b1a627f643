/* The runs of an experiment with what they left, loaded once: what tables, claims, figures and pages are made
 * of. Everything comes from files alone, in an order of its own, so that the same files give the same
 * bytes. */
#ifndef REPORT_RESULTS_H
#define REPORT_RESULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "assay/error.h"
#include "base/arena.h"
#include "report/curves.h"
#include "run/measure.h"
#include "run/plan.h"

struct result_run {
    const struct planned_run *planned;
    enum run_state state;
    struct run_record *record; /* of a finished or diverged run, else NULL */
};

/* A point's runs are counted by what can be said of them: they are finished and count, or diverged, or were
 * cut short by halving (pruned: of points that stand in no table), or are another config's (stale), or are
 * still to be made (missing: whatever else their state). */
struct result_counts {
    size_t wanted, finished, diverged, pruned, stale, missing;
};

/* Why runs of a final point are not planned. */
enum unplanned {
    UNPLANNED_YET,   /* runs to choose from are missing */
    UNPLANNED_STALE, /* some of them are another config's */
    UNPLANNED_EVER   /* no setting ended with the number it is to be chosen by */
};

struct result_point {
    const struct experiment_point *point;
    const struct result_run **runs; /* by seed, then fold; without those that cannot be planned yet */
    size_t run_count;
    const uint64_t *seeds; /* that there should be */
    size_t seed_count;
    size_t folds; /* of each seed; 1 without folds */
    enum unplanned unplanned;
    struct result_counts counts;
};

struct results {
    const struct experiment *experiment;
    const struct run_plan *plan;
    const struct result_run *runs;     /* as the plan's */
    const struct result_point *points; /* as the experiment's */
    struct result_counts counts;
};

/* Reads what there is of every run. NULL where a directory cannot be read, or without memory; ASSAY_INVALID
 * where a finished run's curve does not fit its summary, or runs that name the same data or weights had
 * others (sources.h). Lives in the arena; the plan must outlive it. */
const struct results *results_load(struct arena *arena, const struct run_plan *plan,
                                   struct assay_error *error);

/* One number for each seed of a point all of whose folds are finished, in the order of the seeds: the mean
 * over its folds. NaN where the runs have no such number. */
struct result_values {
    size_t count;
    const uint64_t *seeds;
    const double *values;
};
/* False without memory. */
bool results_values(struct arena *arena, const struct result_point *point,
                    const struct experiment_measure *measure, struct result_values *values);

/* The images of the test set that a finished run gets wrong, of its mistakes.csv. */
struct result_mistakes {
    uint32_t images;
    size_t count;
    const uint32_t *indices; /* ascending */
};

/* *found is false, and nothing wrong, where the run predicted no test images (it holds a fold out, or never
 * looks at the test set). ASSAY_INVALID when the file is not there or contradicts summary.json. Lives in the
 * arena. */
bool result_mistakes_load(struct arena *arena, const struct result_run *run, bool *found,
                          struct result_mistakes *mistakes, struct assay_error *error);

#endif
