#include "report/reported.h"

#include <math.h>
#include <string.h>

const char *const reported_place_names[REPORTED_PLACES] = {[REPORTED_UNKNOWN] = "",
                                                           [REPORTED_BELOW] = "below",
                                                           [REPORTED_INSIDE] = "inside",
                                                           [REPORTED_ABOVE] = "above"};

static double value_of(const struct experiment_point *point, const struct experiment_measure *measure)
{
    for (size_t i = 0; i < point->reported_count && measure->statistic == STATISTIC_RESULT; i++)
        if (strcmp(point->reported[i].metric, measure->metric) == 0)
            return point->reported[i].value;
    return NAN;
}

static enum reported_place place_of(double value, const struct interval *run)
{
    if (isnan(value) || !isfinite(run->low) || !isfinite(run->high))
        return REPORTED_UNKNOWN;
    return value < run->low ? REPORTED_BELOW : value > run->high ? REPORTED_ABOVE : REPORTED_INSIDE;
}

struct reported reported_of(const struct experiment_point *point, const struct experiment_measure *measure,
                            const struct sample *sample)
{
    struct reported reported = {.value = value_of(point, measure),
                                .run = prediction_interval(sample, usual_level)};
    reported.place = place_of(reported.value, &reported.run);
    return reported;
}
