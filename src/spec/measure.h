/* Metrics and statistics: the numbers that come from a run, and of which run they do. */
#ifndef SPEC_MEASURE_H
#define SPEC_MEASURE_H

#include <stdbool.h>

#include "spec/experiment.h"
#include "spec/loader.h"

/* All metrics; the first CURVE_METRICS of them, also listed on their own, are columns of curves.csv.
 * NULL-terminated. */
extern const char *const metric_list[], *const curve_metric_list[];

/* The statistics that a key may choose: result, mean, oscillation, reach. */
extern const struct assay_variants statistics;

/* The measure that the file asks for, its metric being `metric` (index into metric_list). */
struct experiment_measure measure_of(const struct said_measure *said, int metric);

bool metric_is_curve(const char *metric);
/* Of the test set, which never decides anything. */
bool metric_is_test(const char *metric);

/* What a run of `config` lacks to have the metric, as one clause: "needs validation images, and
 * data.validation is 0"; NULL: nothing. `folds`: of the experiment; 0: its run is none of a fold. */
const char *metric_lacks(const char *metric, const struct config *config, int folds);

/* How many epochs a run must have for the measure to be one. */
int measure_epochs(const struct experiment_measure *measure);

/* Whether every run of the point gives the measure; `path` is of what has the keys metric and statistic. */
bool check_measure(const struct loader *loader, const struct experiment_measure *measure, size_t point,
                   const struct path *path);

#endif
