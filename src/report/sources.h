/* The files that runs were made of - data, and weights that they began with - which a config names, but of
 * which only a run's summary.json says what was in them. */
#ifndef REPORT_SOURCES_H
#define REPORT_SOURCES_H

#include <stdbool.h>

#include "assay/error.h"
#include "base/arena.h"
#include "report/results.h"

/* Runs whose configs name the same files are compared as if these had been the same: ASSAY_INVALID where two
 * summaries say that they were not. */
bool sources_check(const struct results *results, struct assay_error *error);

/* Whether two finished runs were tested on the same images, as their summaries say or else their configs.
 * *same is not set without memory. */
bool sources_are_same_images(const struct result_run *a, const struct result_run *b, bool *same,
                             struct assay_error *error);

#endif
