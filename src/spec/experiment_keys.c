/* The tables of keys of an experiment file. */
#include <math.h>
#include <stdio.h>

#include "spec/experiment.h"
#include "spec/experiment_file.h"
#include "spec/measure.h"
#include "spec/points.h"

enum { MOST_DIGITS = 12, MOST_EPOCHS = 100000, MOST_FOLDS = 1000, MOST_SAMPLES = 1000 };
/* No experiment needs so many, and what takes them all has an end. */
enum { MOST_KEYS = 32, MOST_ITEMS = 100, MOST_SETTINGS = 256 };

/* What items are. */
static const struct assay_field text_item = {.kind = &assay_kind_string};
static const struct assay_field value_item = {.kind = &assay_kind_value};
static const struct assay_field values_item = {
    .kind = &assay_kind_list, .item = &value_item, .least = 1, .most = POINTS_LIMIT};
static const struct assay_field lists_item = {
    .kind = &assay_kind_map, .item = &values_item, .least = 1, .most = MOST_KEYS};
static const struct assay_field settings_item = {
    .kind = &assay_kind_map, .item = &value_item, .least = 1, .most = MOST_SETTINGS};
static const struct assay_field number_item = {
    .kind = &assay_kind_real, .least = -INFINITY, .most = INFINITY};
static const struct assay_field curve_item = {.kind = &assay_kind_choice, .choices = curve_metric_list};

/* A metric and what is made of it, of whatever stands at `member`. */
#define METRIC_HELP "a column of curves.csv, or another number of a run"
#define STATISTIC_ROW(type, member)                                                                          \
    {                                                                                                        \
        ASSAY_VARIANT(type, member.statistic), .key = "statistic", .help = "the number that a run gives",    \
                                               .fallback = "result", .variants = &statistics                 \
    }
#define MEASURE_ROWS(type, member)                                                                           \
    {ASSAY_CHOICE(type, member.metric), .key = "metric", .help = METRIC_HELP, .choices = metric_list},       \
        STATISTIC_ROW(type, member)

/* points */

static const struct assay_field point_fields[] = {
    {ASSAY_STRING(struct said_point, label), .key = "label",
     .help = "what tables and claims call it; its directory is named after it"},
    {ASSAY_STRING(struct said_point, base), .key = "base",
     .help = "its config, relative to this file; null for the experiment's", .fallback = "null",
     .optional = true},
    {ASSAY_MAP(struct said_point, set), .key = "set",
     .help = "what it sets in its config: paths such as train.batch_size, and their values", .fallback = "{}",
     .item = &value_item, .most = MOST_SETTINGS},
    {ASSAY_MAP(struct said_point, reported), .key = "reported",
     .help = "what others have reported of it, by metric", .fallback = "{}", .item = &number_item,
     .choices = metric_list},
};
static const struct assay_table point_table = ASSAY_TABLE(struct said_point, point_fields);
static const struct assay_field point_item = {.kind = &assay_kind_table, .table = &point_table};

/* random */

static bool check_range(const struct said_draw *draw, struct assay_problem *problem)
{
    const bool whole = rint(draw->least) == draw->least && rint(draw->most) == draw->most;
    const char *wrong = NULL;
    if (isnan(draw->least) || isnan(draw->most)) {
        problem->key = isnan(draw->least) ? "least" : "most";
        wrong = "is missing: wants either values, or least and most";
    } else if (draw->least >= draw->most) {
        problem->key = "most";
        wrong = "must be above least";
    } else if (draw->scale == DRAW_LOGARITHMIC && draw->least <= 0) {
        problem->key = "least";
        wrong = "must be above 0 on a logarithmic scale";
    } else if (draw->integer && !whole) {
        problem->key = "integer";
        wrong = "wants whole numbers for least and most";
    }
    if (wrong != NULL)
        snprintf(problem->text, sizeof problem->text, "%s", wrong);
    return wrong == NULL;
}

static bool check_draw(void *options, struct assay_problem *problem)
{
    const struct said_draw *draw = options;
    if (draw->values.items == NULL)
        return check_range(draw, problem);
    if (isnan(draw->least) && isnan(draw->most) && !draw->integer && draw->scale == DRAW_LINEAR)
        return true;
    problem->key = "values";
    snprintf(problem->text, sizeof problem->text, "stands alone, without least, most, scale and integer");
    return false;
}

static const char *const scales[] = {"linear", "logarithmic", NULL};
static const struct assay_field draw_fields[] = {
    {ASSAY_LIST(struct said_draw, values), .key = "values", .help = "one of these, each as likely",
     .fallback = "null", .optional = true, .item = &value_item, .least = 1, .most = POINTS_LIMIT},
    {ASSAY_REAL(struct said_draw, least), .key = "least", .help = "a number of at least this …",
     .fallback = "null", .optional = true, .least = -1e15, .most = 1e15},
    {ASSAY_REAL(struct said_draw, most), .key = "most", .help = "… and at most this", .fallback = "null",
     .optional = true, .least = -1e15, .most = 1e15},
    {ASSAY_CHOICE(struct said_draw, scale), .key = "scale",
     .help = "where all of the range is as likely: on a linear or a logarithmic scale", .fallback = "linear",
     .choices = scales},
    {ASSAY_BOOL(struct said_draw, integer), .key = "integer",
     .help = "a whole number; otherwise four significant digits", .fallback = "false"},
};
static const struct assay_table draw_table = {draw_fields, sizeof draw_fields / sizeof *draw_fields,
                                              sizeof(struct said_draw), check_draw};
static const struct assay_field draw_item = {.kind = &assay_kind_table, .table = &draw_table};

static const struct assay_field random_fields[] = {
    {ASSAY_INT(struct said_random, count), .key = "count", .help = "how many different settings are drawn",
     .least = 1, .most = MOST_SAMPLES},
    {ASSAY_SEED(struct said_random, seed), .key = "seed",
     .help = "draws them, alike for each point; a larger count adds to them", .fallback = "1"},
    {ASSAY_MAP(struct said_random, from), .key = "from", .help = "what is set to what, by path",
     .item = &draw_item, .least = 1, .most = MOST_KEYS},
};
static const struct assay_table random_table = ASSAY_TABLE(struct said_random, random_fields);

/* method */

static const struct assay_field halving_fields[] = {
    {ASSAY_INT(struct said_halving, first), .key = "first", .help = "epochs of the first round",
     .unit = "epochs", .least = 1, .most = MOST_EPOCHS},
    {ASSAY_INT(struct said_halving, eta), .key = "eta",
     .help = "one of so many points goes on, to so many times the epochs", .fallback = "3", .least = 2,
     .most = 100},
    MEASURE_ROWS(struct said_halving, by),
};
static const struct assay_table halving_table = ASSAY_TABLE(struct said_halving, halving_fields);
static const struct assay_table every_table = {.size = 1};
static const struct assay_variant every = {
    .name = "every",
    .summary = "Every run goes to its end",
    .example = "",
    .table = &every_table,
};
static const struct assay_variant halving = {
    .name = "halving",
    .summary =
        "Successive halving, for searches: all points go to `first` epochs, the better ones to eta times "
        "as many, and so on; the lowest mean of the metric is the best",
    .source = "Jamieson and Talwalkar, Non-stochastic best arm identification and hyperparameter "
              "optimization, AISTATS 2016",
    .example = "{first: 2, eta: 3, metric: val_error_pct}",
    .table = &halving_table,
};
static const struct assay_variant *const method_list[] = {&every, &halving};
static const struct assay_variants methods = {.what = "method", .items = method_list, .count = 2};

/* final */

static const struct assay_field final_fields[] = {
    MEASURE_ROWS(struct said_final, by),
    {ASSAY_SEEDS(struct said_final, seeds), .key = "seeds", .help = "of its runs"},
    {ASSAY_MAP(struct said_final, set), .key = "set",
     .help = "what is laid over the chosen setting, such as train.evaluate_test: true", .fallback = "{}",
     .item = &value_item, .most = MOST_SETTINGS},
    {ASSAY_BOOL(struct said_final, best_epochs), .key = "best_epochs",
     .help = "trains for the median best epoch of the chosen setting's runs, without early stopping",
     .fallback = "false"},
};
static const struct assay_table final_table = ASSAY_TABLE(struct said_final, final_fields);

/* tables, figures */

#define POINTS_HELP "labels; all: every point but the final ones; final: those"

static const struct assay_field column_fields[] = {
    MEASURE_ROWS(struct said_column, measure),
    {ASSAY_STRING(struct said_column, title), .key = "title", .help = "its heading; null for the metric",
     .fallback = "null", .optional = true},
    {ASSAY_INT(struct said_column, digits), .key = "digits", .help = "digits behind the point",
     .fallback = "2", .least = 0, .most = MOST_DIGITS},
};
static const struct assay_table column_table = ASSAY_TABLE(struct said_column, column_fields);
static const struct assay_field column_item = {.kind = &assay_kind_table, .table = &column_table};

static const struct assay_field table_fields[] = {
    {ASSAY_NAME(struct said_table, name), .key = "name", .help = "what its files are called"},
    {ASSAY_STRING(struct said_table, title), .key = "title",
     .help = "what stands above it; null for the name", .fallback = "null", .optional = true},
    {ASSAY_STRING(struct said_table, heading), .key = "heading", .help = "of the column of labels",
     .fallback = "setting"},
    {ASSAY_LIST(struct said_table, points), .key = "points", .help = "its rows: " POINTS_HELP,
     .fallback = "all", .item = &text_item, .least = 1, .most = POINTS_LIMIT, .lone = true},
    {ASSAY_LIST(struct said_table, columns), .key = "columns", .help = "its columns of numbers",
     .item = &column_item, .least = 1, .most = MOST_ITEMS},
};
static const struct assay_table table_table = ASSAY_TABLE(struct said_table, table_fields);
static const struct assay_field table_item = {.kind = &assay_kind_table, .table = &table_table};

static const struct assay_field figure_fields[] = {
    {ASSAY_NAME(struct said_figure, name), .key = "name", .help = "what its files are called"},
    {ASSAY_STRING(struct said_figure, title), .key = "title",
     .help = "what stands above it; null for the name", .fallback = "null", .optional = true},
    {ASSAY_LIST(struct said_figure, points), .key = "points", .help = "whose curves: " POINTS_HELP,
     .fallback = "all", .item = &text_item, .least = 1, .most = POINTS_LIMIT, .lone = true},
    {ASSAY_LIST(struct said_figure, columns), .key = "columns",
     .help = "which columns of curves.csv are drawn over the epochs", .item = &curve_item, .least = 1,
     .most = MOST_ITEMS},
};
static const struct assay_table figure_table = ASSAY_TABLE(struct said_figure, figure_fields);
static const struct assay_field figure_item = {.kind = &assay_kind_table, .table = &figure_table};

/* claims */

#define NOT_GIVEN .fallback = "null", .optional = true
#define POSITIVE .least = 0, .above = true, .most = INFINITY
#define PAIR(type, member) ASSAY_LIST(type, member), NOT_GIVEN, .item = &text_item, .least = 2, .most = 2
/* What a comparison says; those of a claim stand beside its id. */
#define COMPARISON_ROWS(type)                                                                                \
    {PAIR(type, comparison.less), .key = "less", .help = "[A, B]: A is below B"},                            \
        {ASSAY_STRING(type, comparison.best_of), .key = "best_of", NOT_GIVEN,                                \
         .help = "A: it is below every other point"},                                                        \
        {ASSAY_LIST(type, comparison.among),                                                                 \
         .key = "among",                                                                                     \
         NOT_GIVEN,                                                                                          \
         .item = &text_item,                                                                                 \
         .least = 1,                                                                                         \
         .most = POINTS_LIMIT,                                                                               \
         .help = "with best_of: the points it is held against; null: all others"},                           \
        {PAIR(type, comparison.equivalent), .key = "equivalent",                                             \
         .help = "[A, B]: they are less than the margin apart"},                                             \
        {PAIR(type, comparison.no_better), .key = "no_better",                                               \
         .help = "[A, B]: A is of no use beside B: it is not below it by the margin or more"},               \
        {ASSAY_CHOICE(type, comparison.measure.metric), .key = "metric", NOT_GIVEN, .help = METRIC_HELP,     \
         .choices = metric_list},                                                                            \
        STATISTIC_ROW(type, comparison.measure),                                                             \
        {ASSAY_CHOICE(type, comparison.against), .key = "against", NOT_GIVEN, .choices = metric_list,        \
         .help = "the metric of B where it is another; A and B may be one point then"},                      \
        {ASSAY_AMOUNT(type, comparison.margin), .key = "margin", NOT_GIVEN, POSITIVE,                        \
         .help = "the smallest difference that counts: in the metric's unit, or a share of B"},              \
        {ASSAY_AMOUNT(type, comparison.tolerance), .key = "tolerance", NOT_GIVEN, POSITIVE,                  \
         .help = "with less and best_of, instead of a margin: A may be above B by so much"},                 \
    {                                                                                                        \
        ASSAY_BOOL(type, comparison.paired),                                                                 \
            .key = "paired", .fallback = "false",                                                            \
            .help = "runs of one seed belong together; one point's always do"                                \
    }

static const struct assay_field comparison_fields[] = {COMPARISON_ROWS(struct said_part)};
static const struct assay_table comparison_table = ASSAY_TABLE(struct said_part, comparison_fields);
static const struct assay_field comparison_item = {.kind = &assay_kind_table, .table = &comparison_table};

static const struct assay_field claim_fields[] = {
    {ASSAY_NAME(struct said_claim, id), .key = "id", .help = "unique in the whole report"},
    {ASSAY_STRING(struct said_claim, say), .key = "say", .help = "the claim as a sentence"},
    {ASSAY_NAME(struct said_claim, family), .key = "family",
     .help = "claims of one family are corrected together, over all experiments", .fallback = "report"},
    {ASSAY_STRING(struct said_claim, note), .key = "note", .help = "what a reader must know beside it",
     .fallback = "null", .optional = true},
    COMPARISON_ROWS(struct said_claim),
    {ASSAY_LIST(struct said_claim, all), .key = "all",
     .help = "comparisons which must all hold, instead of one; each may have its own metric",
     .fallback = "null", .optional = true, .item = &comparison_item, .least = 1, .most = MOST_ITEMS},
};
static const struct assay_table claim_table = ASSAY_TABLE(struct said_claim, claim_fields);
static const struct assay_field claim_item = {.kind = &assay_kind_table, .table = &claim_table};

/* the file */

static bool check_experiment(void *options, struct assay_problem *problem)
{
    const struct said_experiment *said = options;
    if (said->folds != 1)
        return true;
    problem->key = "folds";
    snprintf(problem->text, sizeof problem->text, "wants 0 for none, or at least 2, found 1");
    return false;
}

static const struct assay_field fields[] = {
    {ASSAY_NAME(struct said_experiment, name), .key = "name", .optional = true, .fallback = "null",
     .help = "what its directory is called; null for the name of the file"},
    {ASSAY_STRING(struct said_experiment, title), .key = "title", .optional = true, .fallback = "null",
     .help = "for people; null for the name"},
    {ASSAY_STRING(struct said_experiment, base), .key = "base", .optional = true, .fallback = "null",
     .help = "the config that its points change, relative to this file; null where each has its own"},
    {ASSAY_SEEDS(struct said_experiment, seeds), .key = "seeds", .help = "each point runs once with each"},
    {ASSAY_LIST(struct said_experiment, points), .key = "points", .fallback = "[]", .item = &point_item,
     .most = POINTS_LIMIT, .help = "the settings that are compared; none listed: the base alone"},
    {ASSAY_MAP(struct said_experiment, grid), .key = "grid", .fallback = "{}", .item = &values_item,
     .most = MOST_KEYS, .help = "values by path: every combination of them, of every point"},
    {ASSAY_LIST(struct said_experiment, zip), .key = "zip", .fallback = "[]", .item = &lists_item,
     .most = MOST_KEYS, .help = "each like grid, but the first values together, then the second ones, …"},
    {ASSAY_LIST(struct said_experiment, exclude), .key = "exclude", .fallback = "[]", .item = &settings_item,
     .most = MOST_ITEMS, .help = "points that have all the values of an item are left out"},
    {ASSAY_OPTIONAL(struct said_experiment, random), .key = "random", .fallback = "null",
     .table = &random_table, .help = "a random sample of settings, of every point"},
    {ASSAY_INT(struct said_experiment, folds), .key = "folds", .fallback = "0", .least = 0,
     .most = MOST_FOLDS, .unit = "folds",
     .help = "k-fold cross-validation: k runs instead of one, none of which sees the test set; 0 for none"},
    {ASSAY_BOOL(struct said_experiment, exclusive), .key = "exclusive", .fallback = "false",
     .help = "one run at a time, on all threads: for what measures time"},
    {ASSAY_VARIANT(struct said_experiment, method), .key = "method", .fallback = "every",
     .variants = &methods, .help = "which runs go to their end"},
    {ASSAY_OPTIONAL(struct said_experiment, final), .key = "final", .fallback = "null", .table = &final_table,
     .help = "after all runs, the best setting of each listed point is run again, under the point's label"},
    {ASSAY_LIST(struct said_experiment, runs_from), .key = "runs_from", .fallback = "[]", .item = &text_item,
     .most = MOST_ITEMS,
     .help = "experiment files, relative to this one, whose runs are taken where they are the same"},
    {ASSAY_LIST(struct said_experiment, tables), .key = "tables", .fallback = "[]", .item = &table_item,
     .most = MOST_ITEMS, .help = "tables that are made from the runs"},
    {ASSAY_LIST(struct said_experiment, figures), .key = "figures", .fallback = "[]", .item = &figure_item,
     .most = MOST_ITEMS, .help = "curves over epochs that share one plot: mean and band over the seeds"},
    {ASSAY_LIST(struct said_experiment, claims), .key = "claims", .fallback = "[]", .item = &claim_item,
     .most = MOST_ITEMS, .help = "what the runs are to decide"},
};
const struct assay_table experiment_table_of_keys = {fields, sizeof fields / sizeof *fields,
                                                     sizeof(struct said_experiment), check_experiment};
