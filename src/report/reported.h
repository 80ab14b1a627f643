/* Figures that somebody reported, held against ours. */
#ifndef REPORT_REPORTED_H
#define REPORT_REPORTED_H

#include "report/statistics.h"
#include "spec/experiment.h"

enum reported_place { REPORTED_UNKNOWN, REPORTED_BELOW, REPORTED_INSIDE, REPORTED_ABOVE, REPORTED_PLACES };
extern const char *const reported_place_names[REPORTED_PLACES]; /* "", "below", … */

/* A reported figure is one run: where it lies is told from the interval in which one new run of ours would
 * fall with a probability of 95 %. */
struct reported {
    double value;        /* NaN: none */
    struct interval run; /* infinite where nothing can be said */
    enum reported_place place;
};

/* What is reported of the point, and `sample` its measure over our seeds. */
struct reported reported_of(const struct experiment_point *point, const struct experiment_measure *measure,
                            const struct sample *sample);

#endif
