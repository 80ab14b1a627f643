#include "spec/measure.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* What a run lacks to have some metrics. */
typedef const char *lack(const struct config *config, int folds);

static const char *nothing_lacks(const struct config *config, int folds)
{
    (void)config, (void)folds;
    return NULL;
}

static const char *validation_lacks(const struct config *config, int folds)
{
    (void)folds;
    return config->data.validation > 0 ? NULL : "needs validation images, and data.validation is 0";
}

static const char *test_lacks(const struct config *config, int folds)
{
    if (folds > 1 || config->data.fold != NULL)
        return "is of the test set: runs of a fold never see it, and have held_out_error_pct";
    return config->train.evaluate_test ? NULL : "is of the test set, and train.evaluate_test is false";
}

static const char *evaluated_train_lacks(const struct config *config, int folds)
{
    (void)folds;
    return config->train.evaluate_train ? NULL : "needs train.evaluate_train: true";
}

static const char *fold_lacks(const struct config *config, int folds)
{
    return folds > 1 || config->data.fold != NULL ? NULL : "is there with folds only";
}

static const char *any_test_lacks(const struct config *config, int folds)
{
    const bool tests = fold_lacks(config, folds) == NULL || test_lacks(config, folds) == NULL;
    return tests ? NULL : "needs a test, and train.evaluate_test is false";
}

/* The names once, in one order: each list is made from these. */
#define CURVE_METRICS(METRIC)                                                                                \
    METRIC(train_loss, nothing)                                                                              \
    METRIC(train_error_pct, nothing)                                                                         \
    METRIC(val_loss, validation)                                                                             \
    METRIC(val_error_pct, validation)                                                                        \
    METRIC(test_loss, test)                                                                                  \
    METRIC(test_error_pct, test)                                                                             \
    METRIC(learning_rate, nothing)                                                                           \
    METRIC(penalty, nothing)                                                                                 \
    METRIC(evaluated_train_loss, evaluated_train)                                                            \
    METRIC(evaluated_train_error_pct, evaluated_train)
#define OTHER_METRICS(METRIC)                                                                                \
    METRIC(train_ms_per_sample, nothing)                                                                     \
    METRIC(test_ms_per_sample, any_test)                                                                     \
    METRIC(epochs, nothing)                                                                                  \
    METRIC(best_epoch, nothing)                                                                              \
    METRIC(held_out_error_pct, fold)

#define NAME(name, need) #name,
#define LACK(name, need) need##_lacks,
const char *const curve_metric_list[] = {CURVE_METRICS(NAME) NULL};
const char *const metric_list[] = {CURVE_METRICS(NAME) OTHER_METRICS(NAME) NULL};
static lack *const lacks[] = {CURVE_METRICS(LACK) OTHER_METRICS(LACK)};
#undef NAME
#undef LACK

/* The place of the metric in metric_list. */
static size_t find_metric(const char *metric)
{
    size_t i = 0;
    while (strcmp(metric_list[i], metric) != 0)
        i++;
    return i;
}

bool metric_is_curve(const char *metric)
{
    return find_metric(metric) < sizeof curve_metric_list / sizeof *curve_metric_list - 1;
}

bool metric_is_test(const char *metric)
{
    return lacks[find_metric(metric)] == test_lacks;
}

const char *metric_lacks(const char *metric, const struct config *config, int folds)
{
    return lacks[find_metric(metric)](config, folds);
}

/* statistics */

static bool check_epochs(void *options, struct assay_problem *problem)
{
    const struct said_epochs *epochs = options;
    if (epochs->last == -1 || epochs->first <= epochs->last)
        return true;
    problem->key = "last";
    snprintf(problem->text, sizeof problem->text, "wants at least %d, where first is that, found %d",
             epochs->first, epochs->last);
    return false;
}

static bool check_oscillation(void *options, struct assay_problem *problem)
{
    const struct said_epochs *epochs = options;
    if (epochs->last == -1 || epochs->first < epochs->last)
        return true;
    problem->key = "last";
    snprintf(problem->text, sizeof problem->text, "wants at least %d, one more than first, found %d",
             epochs->first + 1, epochs->last);
    return false;
}

enum { MOST_EPOCHS = 100000 };

static const struct assay_field epochs_fields[] = {
    {ASSAY_INT(struct said_epochs, first), .key = "first", .help = "the first epoch that counts",
     .fallback = "1", .least = 1, .most = MOST_EPOCHS},
    {ASSAY_INT(struct said_epochs, last), .key = "last",
     .help = "the last epoch that counts, and a run that ended before it has no number; null: the end of the "
             "curve",
     .fallback = "null", .optional = true, .least = 1, .most = MOST_EPOCHS},
};
static const struct assay_table mean_table = {epochs_fields, sizeof epochs_fields / sizeof *epochs_fields,
                                              sizeof(struct said_epochs), check_epochs};
static const struct assay_table oscillation_table = {epochs_fields,
                                                     sizeof epochs_fields / sizeof *epochs_fields,
                                                     sizeof(struct said_epochs), check_oscillation};
static const struct assay_field reach_fields[] = {
    {ASSAY_REAL(struct said_reach, level), .key = "level",
     .help = "in the metric's unit; what is at most this has reached it", .least = 0, .most = 1000000},
};
static const struct assay_table reach_table = ASSAY_TABLE(struct said_reach, reach_fields);
static const struct assay_table nothing = {.size = 1};

static const struct assay_variant result = {
    .name = "result",
    .summary = "The value at the epoch whose weights count, as in summary.json",
    .example = "",
    .table = &nothing,
};
static const struct assay_variant mean = {
    .name = "mean",
    .summary = "The mean of a column of the curve over the epochs first to last",
    .example = "{first: 6}",
    .table = &mean_table,
};
static const struct assay_variant oscillation = {
    .name = "oscillation",
    .summary = "How much a column of the curve changes from one epoch to the next: the mean |x[e] - x[e-1]| "
               "over the epochs first + 1 to last",
    .example = "{first: 5}",
    .table = &oscillation_table,
};
static const struct assay_variant reach = {
    .name = "reach",
    .summary = "The first epoch at which a column of the curve is at most the level; where none is, one more "
               "than train.max_epochs, and no number for a run that was stopped before",
    .example = "{level: 2}",
    .main_key = "level",
    .table = &reach_table,
};
/* In the order of enum statistic_kind. */
static const struct assay_variant *const list[] = {&result, &mean, &oscillation, &reach};
const struct assay_variants statistics = {.what = "statistic", .items = list, .count = 4};

struct experiment_measure measure_of(const struct said_measure *said, int metric)
{
    struct experiment_measure measure = {.metric = metric_list[metric], .first = 1, .last = -1, .level = NAN};
    while (list[measure.statistic] != said->statistic.variant)
        measure.statistic++;
    if (measure.statistic == STATISTIC_REACH)
        measure.level = ((const struct said_reach *)said->statistic.options)->level;
    if (measure.statistic == STATISTIC_MEAN || measure.statistic == STATISTIC_OSCILLATION) {
        const struct said_epochs *epochs = said->statistic.options;
        measure.first = epochs->first;
        measure.last = epochs->last;
    }
    return measure;
}

int measure_epochs(const struct experiment_measure *measure)
{
    const int fewest = measure->first + (measure->statistic == STATISTIC_OSCILLATION);
    return measure->last > 0 ? measure->last : fewest;
}

/* A curve is as long as it may be, or shorter. */
static bool check_curve(const struct loader *loader, const struct experiment_measure *measure, size_t point,
                        const struct path *path)
{
    const char *name = list[measure->statistic]->name;
    const struct path metric = {.parent = path, .key = "metric"};
    const struct path statistic = {.parent = path, .key = "statistic"};
    if (!metric_is_curve(measure->metric))
        return loader_refuse(loader, &metric,
                             "%s is one number of a run, and %s is made of a column of curves.csv",
                             measure->metric, name);
    const bool open = loader->points.items[point].final && loader->said->final->best_epochs;
    const int most = loader->points.items[point].sample->train.max_epochs;
    const int needed = measure_epochs(measure);
    if (open || needed <= most)
        return true;
    return loader_refuse(loader, &statistic, "%s needs epoch %d, and train.max_epochs of \"%s\" is %d", name,
                         needed, loader->points.items[point].label, most);
}

bool check_measure(const struct loader *loader, const struct experiment_measure *measure, size_t point,
                   const struct path *path)
{
    const struct config *sample = loader->points.items[point].sample;
    if (sample == NULL)
        return true; /* which is said already */
    const bool final = loader->points.items[point].final;
    const char *lacking = metric_lacks(measure->metric, sample, final ? 0 : loader->said->folds);
    const struct path metric = {.parent = path, .key = "metric"};
    if (lacking != NULL)
        return loader_refuse(loader, &metric, "\"%s\" has no %s, which %s", loader->points.items[point].label,
                             measure->metric, lacking);
    return measure->statistic == STATISTIC_RESULT || check_curve(loader, measure, point, path);
}
