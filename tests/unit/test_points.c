/* From the list, the grid, zipped values, a random sample and what is excluded to the points. */
#include "experiment_case.h"

#include <math.h>

#include "base/number.h"

/* A line per point: its name, its label and its settings. */
static void check_points(const char *yaml, const char *wanted)
{
    struct sketch sketch = load_good(yaml, NULL);
    struct text text = {0};
    for (size_t i = 0; i < sketch.experiment->point_count; i++) {
        const struct experiment_point *point = &sketch.experiment->points[i];
        text_add(&text, "%s: %s:", point->name, point->label);
        for (size_t k = 0; k < point->setting_count; k++)
            text_add(&text, " %s=%s", point->settings[k].path, point->settings[k].value);
        text_add(&text, point->final ? " final\n" : "\n");
    }
    CHECK_TEXT(text.bytes, wanted);
    text_finish(&text);
    drop_experiment(&sketch);
}

static void points_expand(void)
{
    check_points(HEAD, "base: base:\n");
    check_points("base: base.yaml\nseeds: 1\npoints: []\ngrid: {}\nzip: []\n", "base: base:\n");
    check_points(HEAD
                 "points: [{label: L2 pooling + Tanh, set: {knobs.rate: 1e-3}}, {label: 'B.C_d-- e!'}]\n",
                 "l2-pooling-tanh: L2 pooling + Tanh: knobs.rate=0.001\n"
                 "b.c_d-e: B.C_d-- e!:\n");
    check_points(HEAD "grid: {train.batch_size: [1, 16], knobs.activation: [tanh, relu]}\n",
                 "batch_size-1-activation-tanh: batch_size 1, activation tanh: train.batch_size=1 "
                 "knobs.activation=tanh\n"
                 "batch_size-1-activation-relu: batch_size 1, activation relu: train.batch_size=1 "
                 "knobs.activation=relu\n"
                 "batch_size-16-activation-tanh: batch_size 16, activation tanh: train.batch_size=16 "
                 "knobs.activation=tanh\n"
                 "batch_size-16-activation-relu: batch_size 16, activation relu: train.batch_size=16 "
                 "knobs.activation=relu\n");
    check_points(HEAD "points: [{label: A, set: {knobs.rate: 1}}, {label: B}]\n"
                      "zip: [{train.penalty.lambda: [0, 1e-2], train.penalty.C: [0, 0.5]}]\n",
                 "a-lambda-0-c-0: A, lambda 0, C 0: knobs.rate=1 train.penalty.lambda=0 train.penalty.C=0\n"
                 "a-lambda-0.01-c-0.5: A, lambda 0.01, C 0.5: knobs.rate=1 train.penalty.lambda=0.01 "
                 "train.penalty.C=0.5\n"
                 "b-lambda-0-c-0: B, lambda 0, C 0: train.penalty.lambda=0 train.penalty.C=0\n"
                 "b-lambda-0.01-c-0.5: B, lambda 0.01, C 0.5: train.penalty.lambda=0.01 "
                 "train.penalty.C=0.5\n");
    check_points(HEAD "grid: {\"model[0]\": [{linear: 4}, tanh], train.early_stopping: [null]}\n",
                 "model-0-linear-4-early_stopping-null: model[0] {linear: 4}, early_stopping null: "
                 "model[0]={linear: 4} train.early_stopping=null\n"
                 "model-0-tanh-early_stopping-null: model[0] tanh, early_stopping null: model[0]=tanh "
                 "train.early_stopping=null\n");
}

static void points_are_excluded(void)
{
    check_points(HEAD "grid: {train.batch_size: [1, 2], knobs.activation: [tanh, relu]}\n"
                      "exclude: [{train.batch_size: 1, knobs.activation: relu}]\n",
                 "batch_size-1-activation-tanh: batch_size 1, activation tanh: train.batch_size=1 "
                 "knobs.activation=tanh\n"
                 "batch_size-2-activation-tanh: batch_size 2, activation tanh: train.batch_size=2 "
                 "knobs.activation=tanh\n"
                 "batch_size-2-activation-relu: batch_size 2, activation relu: train.batch_size=2 "
                 "knobs.activation=relu\n");
    /* numbers are equal by value, and maps in any order */
    check_points(HEAD "grid: {knobs.rate: [1e-1, 0.2, {a: 1, b: 2}, \"0.1\"]}\n"
                      "points: [{label: A, set: {train.optimizer: {sgd: 0.1}}}]\n"
                      "exclude: [{knobs.rate: 0.10}, {knobs.rate: {b: 2.0, a: 1}}, {knobs.rate: \"0.1\"}]\n",
                 "a-rate-0.2: A, rate 0.2: train.optimizer={sgd: 0.1} knobs.rate=0.2\n");
}

static void finals_come_last(void)
{
    check_points(HEAD "points: [{label: A}, {label: B, set: {knobs.activation: relu}}]\n"
                      "grid: {train.batch_size: [1, 2]}\nfinal: {metric: val_loss, seeds: 2}\n",
                 "a-batch_size-1: A, batch_size 1: train.batch_size=1\n"
                 "a-batch_size-2: A, batch_size 2: train.batch_size=2\n"
                 "b-batch_size-1: B, batch_size 1: knobs.activation=relu train.batch_size=1\n"
                 "b-batch_size-2: B, batch_size 2: knobs.activation=relu train.batch_size=2\n"
                 "a: A: final\n"
                 "b: B: final\n");
    check_points(HEAD "grid: {train.batch_size: [1, 2]}\nfinal: {metric: val_loss, seeds: 2}\n",
                 "batch_size-1: batch_size 1: train.batch_size=1\n"
                 "batch_size-2: batch_size 2: train.batch_size=2\n"
                 "best: best: final\n");
}

static void configs_are_the_points(void)
{
    struct sketch sketch = load_good("base: base.yaml\nseeds: [7, 8]\nfolds: 5\n"
                                     "points: [{label: A, reported: {val_loss: 0.5}}, {label: B Net, base: "
                                     "sub/b.yaml, set: {train.early_stopping: {patience: 2}}}]\n"
                                     "grid: {train.batch_size: [4, 8]}\n",
                                     (const char *const[]){"sub/b.yaml",
                                                           "name: mine\nseed: 9\nextends: ../base.yaml\n"
                                                           "train: {max_epochs: 3}\n",
                                                           NULL});
    const struct experiment *experiment = sketch.experiment;
    CU_ASSERT_EQUAL_FATAL(experiment->point_count, 4);
    const struct experiment_point *points = experiment->points;
    CHECK_TEXT(points[0].config->name, "a-batch_size-4");
    CHECK_TEXT(points[3].config->name, "b-net-batch_size-8");
    CU_ASSERT(points[0].listed == 0 && points[1].listed == 0 && points[3].listed == 1);
    CU_ASSERT(points[0].config->train.batch_size == 4 && points[3].config->train.batch_size == 8);
    CU_ASSERT(points[0].config->train.max_epochs == 10 && points[3].config->train.max_epochs == 3);
    CU_ASSERT_PTR_NULL(points[1].config->train.early_stopping);
    CU_ASSERT_EQUAL(points[2].config->train.early_stopping->patience, 2);
    CU_ASSERT(points[1].reported_count == 1 && points[1].reported[0].value == 0.5);
    CHECK_TEXT(points[1].reported[0].metric, "val_loss");
    CU_ASSERT(points[0].config->seed == 7 && points[3].config->seed == 7);
    CU_ASSERT_PTR_NULL(points[0].config->data.fold);
    const struct config run = experiment_config(experiment, &points[1], 8, 2),
                        whole = experiment_config(experiment, &points[1], 8, -1);
    CU_ASSERT(run.seed == 8 && run.data.fold->count == 5 && run.data.fold->index == 2);
    CU_ASSERT(whole.seed == 8 && whole.data.fold == NULL && whole.train.batch_size == 8);
    drop_experiment(&sketch);
}

static void check_settings(const struct experiment_choice *choice, const char *wanted)
{
    struct text found = {0};
    for (size_t i = 0; i < choice->setting_count; i++)
        text_add(&found, "%s=%s ", choice->settings[i].path, choice->settings[i].value);
    CHECK_TEXT(found.bytes, wanted);
    text_finish(&found);
}

static void the_chosen_setting_becomes_final(void)
{
    struct sketch sketch =
        load_good(HEAD "folds: 3\npoints: [{label: A}, {label: B, set: {knobs.activation: relu}}]\n"
                       "grid: {train.batch_size: [1, 2]}\n"
                       "final: {metric: held_out_error_pct, seeds: [11, 12], best_epochs: true,\n"
                       "        set: {data.validation: 0, knobs.rate: 0.5}}\n",
                  NULL);
    const struct experiment *experiment = sketch.experiment;
    const struct experiment_final *final = experiment->final;
    CU_ASSERT_FATAL(final != NULL && experiment->point_count == 6);
    CHECK_TEXT(final->by.metric, "held_out_error_pct");
    CU_ASSERT(final->seed_count == 2 && final->seeds[1] == 12 && final->best_epochs && final->set_count == 2);
    CU_ASSERT_PTR_NULL(experiment->points[5].config);
    struct experiment_choice choice = {.chosen = &experiment->points[3]};
    CU_ASSERT_TRUE_FATAL(experiment_choose(sketch.arena, experiment, &choice, 6, sketch.diagnostics));
    const struct config *config = choice.config;
    check_settings(&choice,
                   "knobs.activation=relu train.batch_size=2 train.max_epochs=6 train.early_stopping=null "
                   "data.validation=0 knobs.rate=0.5 ");
    CHECK_TEXT(config->name, "b");
    CU_ASSERT(config->seed == 11 && config->data.fold == NULL && config->data.validation == 0);
    CU_ASSERT(config->train.max_epochs == 6 && config->train.early_stopping == NULL);
    CU_ASSERT_EQUAL(config->train.batch_size, 2);
    CHECK_TEXT(config->model.items[1].variant->name, "relu");
    choice = (struct experiment_choice){.chosen = &experiment->points[0]};
    CU_ASSERT_TRUE_FATAL(experiment_choose(sketch.arena, experiment, &choice, 0, sketch.diagnostics));
    config = choice.config;
    check_settings(&choice, "train.batch_size=1 data.validation=0 knobs.rate=0.5 ");
    CU_ASSERT(config->train.max_epochs == 10 && config->train.batch_size == 1);
    drop_experiment(&sketch);
}

/* random */

static double number_of(const struct experiment_point *point, size_t setting)
{
    double value = NAN;
    CU_ASSERT_FATAL(setting < point->setting_count);
    CU_ASSERT(number_parse_double(point->settings[setting].value, &value));
    return value;
}

#define SAMPLE(count, seed)                                                                                  \
    HEAD "random:\n  count: " count "\n  seed: " seed "\n  from:\n"                                          \
         "    knobs.rate: {least: 1.0e-4, most: 0.1, scale: logarithmic}\n"                                  \
         "    train.penalty.C: {least: 0, most: 1}\n"                                                        \
         "    train.batch_size: {least: 1, most: 4, integer: true}\n"                                        \
         "    knobs.activation: {values: [tanh, relu]}\n"

static void samples_are_drawn(void)
{
    struct sketch sketch = load_good(SAMPLE("400", "1"), NULL);
    size_t low = 0, half = 0, batches[5] = {0}, relus = 0;
    CU_ASSERT_EQUAL_FATAL(sketch.experiment->point_count, 400);
    for (size_t i = 0; i < 400; i++) {
        const struct experiment_point *point = &sketch.experiment->points[i];
        const double rate = number_of(point, 0), share = number_of(point, 1), batch = number_of(point, 2);
        char text[64];
        snprintf(text, sizeof text, "sample %zu", i + 1);
        CHECK_TEXT(point->label, text);
        snprintf(text, sizeof text, "%.3e", rate);
        CU_ASSERT(strtod(text, NULL) == rate); /* four digits */
        CU_ASSERT_FATAL(rate >= 1e-4 && rate <= 0.1 && share >= 0 && share <= 1);
        CU_ASSERT_FATAL(batch >= 1 && batch <= 4 && batch == rint(batch));
        low += rate < sqrt(1e-4 * 0.1);
        half += share < 0.5;
        batches[(size_t)batch]++;
        relus += strcmp(point->settings[3].value, "relu") == 0;
    }
    /* five standard deviations of a binomial with 400 tries: 50 around 200, 43 around 100 */
    CU_ASSERT(low > 150 && low < 250 && half > 150 && half < 250 && relus > 150 && relus < 250);
    for (size_t i = 1; i <= 4; i++)
        CU_ASSERT(batches[i] > 57 && batches[i] < 143);
    drop_experiment(&sketch);
}

/* The settings of all points. */
static void add_settings(const char *yaml, struct text *text)
{
    struct sketch sketch = load_good(yaml, NULL);
    for (size_t i = 0; i < sketch.experiment->point_count; i++)
        for (size_t k = 0; k < sketch.experiment->points[i].setting_count; k++)
            text_add(text, "%s ", sketch.experiment->points[i].settings[k].value);
    drop_experiment(&sketch);
}

static void samples_are_a_function_of_their_seed(void)
{
    struct text ten = {0}, again = {0}, twenty = {0}, other = {0}, others = {0};
    add_settings(SAMPLE("10", "1"), &ten);
    add_settings(SAMPLE("10", "1"), &again);
    add_settings(SAMPLE("20", "1"), &twenty);
    add_settings(SAMPLE("10", "2"), &other);
    CHECK_TEXT(again.bytes, ten.bytes);
    CU_ASSERT(twenty.length > ten.length && strncmp(twenty.bytes, ten.bytes, ten.length) == 0);
    CU_ASSERT(strcmp(ten.bytes, other.bytes) != 0);
    /* the first of them for good: an experiment must mean the same tomorrow */
    CHECK_TEXT(strtok(again.bytes, " "), "0.0004332");
    /* the same for each point */
    add_settings(SAMPLE("10", "1") "points: [{label: A}, {label: B}]\n", &others);
    CU_ASSERT_EQUAL(others.length, 2 * ten.length);
    CU_ASSERT(strncmp(others.bytes, ten.bytes, ten.length) == 0);
    CHECK_TEXT(others.bytes + ten.length, ten.bytes);
    struct text *const texts[] = {&ten, &again, &twenty, &other, &others};
    for (size_t i = 0; i < 5; i++)
        text_finish(texts[i]);
}

static void samples_differ(void)
{
    check_points(HEAD "random: {count: 3, from: {train.batch_size: {values: [1, 2, 4]}}}\n"
                      "exclude: [{train.batch_size: 2}]\n",
                 "sample-2: sample 2: train.batch_size=4\n"
                 "sample-3: sample 3: train.batch_size=1\n");
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"points expand", points_expand},
        {"points are excluded", points_are_excluded},
        {"finals come last", finals_come_last},
        {"configs are the points'", configs_are_the_points},
        {"the chosen setting becomes final", the_chosen_setting_becomes_final},
        {"samples are drawn", samples_are_drawn},
        {"samples are a function of their seed", samples_are_a_function_of_their_seed},
        {"samples differ", samples_differ},
        CU_TEST_INFO_NULL,
    };
    return run_suite("points", tests);
}
