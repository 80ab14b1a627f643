#include "run/measure.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/number.h"
#include "run/files.h"
#include "train/stopping.h"

bool run_record_load(struct arena *arena, const char *directory, struct run_record *record,
                     struct assay_error *error)
{
    if (!summary_load(arena, directory, &record->summary, &record->found, error) ||
        !csv_find(arena, directory, CURVES_FILE, &record->curves, error))
        return false;
    if (record->summary == NULL)
        return true;
    static const char remedy[] = "remove the directory, and a sweep makes the run anew";
    const int epochs = record->found.result.epochs;
    if (record->curves == NULL)
        return assay_fail(error, ASSAY_INVALID, "%s/%s: is missing, or no table, where %s says %d epochs; %s",
                          directory, CURVES_FILE, SUMMARY_FILE, epochs, remedy);
    return record->curves->rows == (size_t)epochs ||
           assay_fail(error, ASSAY_INVALID, "%s/%s: has %zu epochs where %s says %d; %s", directory,
                      CURVES_FILE, record->curves->rows, SUMMARY_FILE, epochs, remedy);
}

/* What summary.json says of a metric, wherever it stands there. */
static double result_of(const struct run_record *record, const char *metric)
{
    const struct json *const places[] = {json_get(record->summary, "metrics"),
                                         json_get(record->summary, "timing"), record->summary};
    if (strcmp(metric, "held_out_error_pct") == 0)
        return record->found.result.held_out_error_pct;
    double value = NAN;
    for (size_t i = 0; i < sizeof places / sizeof places[0] && isnan(value); i++)
        value = json_get_number(places[i], metric);
    return value;
}

/* A column of a curve, its first `epochs` rows. */
struct column {
    const struct csv *csv;
    size_t index;
    int epochs;
    int end; /* the epoch by which all runs are compared, which this one may not have got to; 0: not known */
};

static double value_at(const struct column *column, int epoch)
{
    double value;
    return number_parse_double(column->csv->cells[epoch - 1][column->index], &value) ? value : NAN;
}

/* What the statistics are of: epochs first … last of a column. */
static double mean(const struct column *column, const struct experiment_measure *measure, int last)
{
    double sum = 0;
    for (int epoch = measure->first; epoch <= last; epoch++)
        sum += value_at(column, epoch);
    return sum / (last - measure->first + 1);
}

static double oscillation(const struct column *column, const struct experiment_measure *measure, int last)
{
    double sum = 0;
    for (int epoch = measure->first + 1; epoch <= last; epoch++)
        sum += fabs(value_at(column, epoch) - value_at(column, epoch - 1));
    return sum / (last - measure->first);
}

static double reach(const struct column *column, const struct experiment_measure *measure, int last)
{
    (void)last;
    for (int epoch = 1; epoch <= column->epochs; epoch++)
        if (value_at(column, epoch) <= measure->level)
            return epoch;
    return column->end > 0 ? column->end + 1 : NAN;
}

/* The statistics of curves, with the least number of epochs that each can be taken of. */
static const struct {
    double (*compute)(const struct column *column, const struct experiment_measure *measure, int last);
    int least;
} statistics[] = {
    [STATISTIC_MEAN] = {mean, 1}, [STATISTIC_OSCILLATION] = {oscillation, 2}, [STATISTIC_REACH] = {reach, 0}};

/* A run that stopped early does not say how far it might have gone. */
static bool ended_at_most_epochs(const struct run_record *record)
{
    return record->summary != NULL && record->found.result.stop_reason == stop_reason_names[STOP_MAX_EPOCHS];
}

/* The column by its name; false where the run has none. epochs 0: all there are. */
static bool find_column(const struct run_record *record, const char *name, int epochs, struct column *column)
{
    const struct csv *csv = record->curves;
    const size_t index = csv != NULL ? csv_column(csv, name) : SIZE_MAX;
    if (index == SIZE_MAX || csv->rows == 0)
        return false;
    const int rows = (int)csv->rows;
    *column = (struct column){csv, index, epochs > 0 && epochs < rows ? epochs : rows, epochs};
    if (epochs == 0 && ended_at_most_epochs(record))
        column->end = rows;
    return true;
}

static double statistic_of(const struct run_record *record, const struct experiment_measure *measure,
                           int epochs)
{
    struct column column;
    if (!find_column(record, measure->metric, epochs, &column))
        return NAN;
    assert(measure->first >= 1);
    int last = measure->last < 0 ? column.epochs : measure->last;
    if (epochs > 0 && last > epochs)
        last = epochs;
    if (last > column.epochs || last - measure->first + 1 < statistics[measure->statistic].least)
        return NAN;
    return statistics[measure->statistic].compute(&column, measure, last);
}

double run_record_measure(const struct run_record *record, const struct experiment_measure *measure)
{
    if (record->summary == NULL)
        return NAN;
    return measure->statistic == STATISTIC_RESULT ? result_of(record, measure->metric)
                                                  : statistic_of(record, measure, 0);
}

double run_record_measure_after(const struct run_record *record, const struct experiment_measure *measure,
                                int epochs, const char *monitor)
{
    if (measure->statistic != STATISTIC_RESULT)
        return statistic_of(record, measure, epochs);
    struct column column, watched;
    if (!find_column(record, measure->metric, epochs, &column))
        return NAN;
    int best = column.epochs;
    if (monitor != NULL && find_column(record, monitor, epochs, &watched)) {
        best = 1;
        for (int epoch = 2; epoch <= watched.epochs; epoch++)
            if (value_at(&watched, epoch) < value_at(&watched, best))
                best = epoch;
    }
    return value_at(&column, best);
}
