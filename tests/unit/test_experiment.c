/* What a whole experiment file becomes, and all that is wrong with one at once. */
#include "experiment_case.h"

#include <math.h>
#include <time.h>

#include "run/tables.h"
#include "schema/schema.h"
#include "spec/measure.h"

#define TWO                                                                                                  \
    "points: [{label: A}, {label: B, set: {knobs.activation: relu}}, {label: C, set: {knobs.rate: 1}}]\n"

static void the_tables_are_sane(void)
{
    struct text problems = {0};
    schema_audit(&experiment_table_of_keys, &problems);
    CHECK_TEXT(problems.length > 0 ? problems.bytes : "", "");
    text_finish(&problems);
}

/* The columns that a run writes, and those that an experiment may name. */
static void metrics_are_the_columns_of_curves(void)
{
    const struct row_columns columns = curve_columns(true);
    size_t count = 0;
    for (; curve_metric_list[count] != NULL; count++)
        CHECK_TEXT(curve_metric_list[count], count < columns.count ? columns.items[count].name : NULL);
    CU_ASSERT_EQUAL(count, columns.count);
}

static void heads_are_read(void)
{
    struct sketch sketch = load_good("base: base.yaml\nseeds: 2\n", NULL);
    const struct experiment *experiment = sketch.experiment;
    CHECK_TEXT(experiment->name, "trial");
    CHECK_TEXT(experiment->title, "trial");
    CHECK_TEXT(experiment->path, "trial.yaml");
    CU_ASSERT(experiment->seed_count == 2 && experiment->seeds[0] == 1 && experiment->seeds[1] == 2);
    CU_ASSERT(experiment->folds == 0 && !experiment->exclusive);
    CU_ASSERT(experiment->halving == NULL && experiment->final == NULL);
    CU_ASSERT(experiment->table_count == 0 && experiment->figure_count == 0 && experiment->claim_count == 0);
    CU_ASSERT_EQUAL(experiment->runs_from_count, 0);
    drop_experiment(&sketch);
    sketch = load_good("name: other\ntitle: A trial\nbase: base.yaml\nseeds: [5]\nfolds: 4\nexclusive: true\n"
                       "grid: {train.batch_size: [1, 2, 4]}\n"
                       "method: {halving: {first: 2, metric: val_loss, statistic: {mean: {first: 2}}}}\n",
                       NULL);
    experiment = sketch.experiment;
    CHECK_TEXT(experiment->name, "other");
    CHECK_TEXT(experiment->title, "A trial");
    CU_ASSERT(experiment->folds == 4 && experiment->exclusive);
    CU_ASSERT_FATAL(experiment->halving != NULL);
    CU_ASSERT(experiment->halving->first == 2 && experiment->halving->eta == 3);
    CU_ASSERT(experiment->halving->by.statistic == STATISTIC_MEAN && experiment->halving->by.first == 2);
    drop_experiment(&sketch);
}

/* "A B C" */
static void check_labels(const struct experiment *experiment, const size_t *points, size_t count,
                         const char *wanted)
{
    struct text text = {0};
    for (size_t i = 0; i < count; i++)
        text_add(&text, "%s%s", i > 0 ? " " : "", experiment->points[points[i]].label);
    CHECK_TEXT(text.bytes, wanted);
    text_finish(&text);
}

static void tables_and_figures_are_read(void)
{
    struct sketch sketch = load_good(
        HEAD TWO "tables:\n"
                 "  - {name: one, columns: [{metric: test_error_pct}]}\n"
                 "  - name: two\n    title: Two of them\n    heading: Model\n    points: [C, A]\n"
                 "    columns:\n"
                 "      - {metric: val_loss, title: loss, digits: 4, statistic: {oscillation: {first: 3}}}\n"
                 "      - {metric: train_error_pct, statistic: {mean: {first: 2, last: 9}}}\n"
                 "      - {metric: val_error_pct, statistic: {reach: 2.5}}\n"
                 "figures:\n"
                 "  - {name: f, points: B, columns: [val_loss, train_loss]}\n",
        NULL);
    const struct experiment *experiment = sketch.experiment;
    CU_ASSERT_FATAL(experiment->table_count == 2 && experiment->figure_count == 1);
    const struct experiment_table *one = &experiment->tables[0], *two = &experiment->tables[1];
    CHECK_TEXT(one->title, "one");
    CHECK_TEXT(one->heading, "setting");
    check_labels(experiment, one->points, one->point_count, "A B C");
    CHECK_TEXT(one->columns[0].title, "test_error_pct");
    CU_ASSERT(one->columns[0].digits == 2 && one->columns[0].measure.statistic == STATISTIC_RESULT);
    CHECK_TEXT(two->title, "Two of them");
    CHECK_TEXT(two->heading, "Model");
    check_labels(experiment, two->points, two->point_count, "C A");
    CU_ASSERT_EQUAL_FATAL(two->column_count, 3);
    const struct experiment_measure *first = &two->columns[0].measure, *second = &two->columns[1].measure,
                                    *third = &two->columns[2].measure;
    CHECK_TEXT(two->columns[0].title, "loss");
    CHECK_TEXT(first->metric, "val_loss");
    CU_ASSERT(two->columns[0].digits == 4 && first->statistic == STATISTIC_OSCILLATION);
    CU_ASSERT(first->first == 3 && first->last == -1);
    CU_ASSERT(second->statistic == STATISTIC_MEAN && second->first == 2 && second->last == 9);
    CU_ASSERT(third->statistic == STATISTIC_REACH && third->level == 2.5);
    const struct experiment_figure *figure = &experiment->figures[0];
    check_labels(experiment, figure->points, figure->point_count, "B");
    CU_ASSERT_EQUAL_FATAL(figure->column_count, 2);
    CHECK_TEXT(figure->columns[1], "train_loss");
    drop_experiment(&sketch);
}

/* A listed label stands for all that is made of it, unless that has the label itself. */
static void listed_labels_stand_for_many(void)
{
    struct sketch sketch = load_good(
        HEAD TWO "grid: {train.batch_size: [1, 2]}\nfinal: {metric: val_loss, seeds: 2}\n"
                 "tables:\n"
                 "  - {name: all, columns: [{metric: val_loss}]}\n"
                 "  - {name: final, points: final, columns: [{metric: val_loss}]}\n"
                 "  - {name: one, points: B, columns: [{metric: val_loss}]}\n"
                 "  - {name: two, points: [\"B, batch_size 2\", A], columns: [{metric: val_loss}]}\n",
        NULL);
    const struct experiment *experiment = sketch.experiment;
    const struct experiment_table *tables = experiment->tables;
    CU_ASSERT(tables[0].point_count == 6 && tables[1].point_count == 3);
    check_labels(experiment, tables[1].points, tables[1].point_count, "A B C");
    CU_ASSERT(tables[1].points[0] == 6 && tables[2].points[0] == 7);
    check_labels(experiment, tables[3].points, tables[3].point_count, "B, batch_size 2 A");
    drop_experiment(&sketch);
    sketch = load_good(HEAD TWO "grid: {train.batch_size: [1, 2]}\n"
                                "tables: [{name: t, points: [B, \"A, batch_size 2\"], columns: [{metric: "
                                "val_loss}]}]\n",
                       NULL);
    check_labels(sketch.experiment, sketch.experiment->tables[0].points,
                 sketch.experiment->tables[0].point_count, "B, batch_size 1 B, batch_size 2 A, batch_size 2");
    drop_experiment(&sketch);
}

/* Kind, points, metrics, amounts of each comparison. */
static void add_comparisons(const struct experiment *experiment, const struct experiment_claim *claim,
                            struct text *text)
{
    static const char *const kinds[] = {"less", "equivalent", "no_better"};
    text_add(text, "%s (%s):", claim->id, claim->family);
    for (size_t i = 0; i < claim->comparison_count; i++) {
        const struct claim_comparison *comparison = &claim->comparisons[i];
        text_add(text, " %s %s.%s %s.%s", kinds[comparison->kind], experiment->points[comparison->a].label,
                 comparison->measure_a.metric, experiment->points[comparison->b].label,
                 comparison->measure_b.metric);
        if (comparison->margin > 0)
            text_add(text, " margin %g", comparison->margin);
        if (comparison->tolerance > 0)
            text_add(text, " tolerance %g", comparison->tolerance);
        text_add(text, "%s%s;", comparison->relative ? " relative" : "", comparison->paired ? " paired" : "");
    }
    text_add_char(text, '\n');
}

static void claims_are_read(void)
{
    struct sketch sketch = load_good(
        HEAD TWO
        "claims:\n"
        "  - {id: one, say: A is better, less: [A, B], metric: test_error_pct, margin: 0.05, paired: true}\n"
        "  - {id: two, say: A is best, best_of: A, metric: val_loss, tolerance: 10%, family: mine}\n"
        "  - {id: three, say: B is better than C, best_of: B, among: [C, B], metric: val_loss, note: odd}\n"
        "  - {id: four, say: alike, equivalent: [B, C], metric: epochs, margin: 5%}\n"
        "  - {id: five, say: no use, no_better: [C, A], metric: val_loss, margin: 0.1}\n"
        "  - {id: six, say: overfits, less: [A, A], metric: train_error_pct, against: test_error_pct}\n"
        "  - id: seven\n    say: both\n    all:\n"
        "      - {less: [A, B], metric: val_loss}\n"
        "      - {best_of: B, metric: val_error_pct, statistic: {mean: {first: 3}}}\n",
        NULL);
    const struct experiment *experiment = sketch.experiment;
    struct text text = {0};
    CU_ASSERT_EQUAL_FATAL(experiment->claim_count, 7);
    for (size_t i = 0; i < 7; i++)
        add_comparisons(experiment, &experiment->claims[i], &text);
    CHECK_TEXT(text.bytes,
               "one (report): less A.test_error_pct B.test_error_pct margin 0.05 paired;\n"
               "two (mine): less A.val_loss B.val_loss tolerance 0.1 relative; less A.val_loss C.val_loss "
               "tolerance 0.1 relative;\n"
               "three (report): less B.val_loss C.val_loss;\n"
               "four (report): equivalent B.epochs C.epochs margin 0.05 relative;\n"
               "five (report): no_better C.val_loss A.val_loss margin 0.1;\n"
               "six (report): less A.train_error_pct A.test_error_pct paired;\n"
               "seven (report): less A.val_loss B.val_loss; less B.val_error_pct A.val_error_pct; less "
               "B.val_error_pct C.val_error_pct;\n");
    CHECK_TEXT(experiment->claims[2].note, "odd");
    CU_ASSERT_PTR_NULL(experiment->claims[0].note);
    CHECK_TEXT(experiment->claims[3].say, "alike");
    const struct claim_comparison *mean = &experiment->claims[6].comparisons[1];
    CU_ASSERT(mean->measure_a.statistic == STATISTIC_MEAN && mean->measure_b.first == 3);
    text_finish(&text);
    drop_experiment(&sketch);
}

/* best_of compares with its like: final points with final ones. */
static void best_of_finals(void)
{
    struct sketch sketch = load_good(HEAD TWO "grid: {train.batch_size: [1, 2]}\n"
                                              "final: {metric: val_loss, seeds: 2}\n"
                                              "claims: [{id: one, say: x, best_of: A, metric: val_loss}]\n",
                                     NULL);
    struct text text = {0};
    add_comparisons(sketch.experiment, &sketch.experiment->claims[0], &text);
    CHECK_TEXT(text.bytes, "one (report): less A.val_loss B.val_loss; less A.val_loss C.val_loss;\n");
    text_finish(&text);
    drop_experiment(&sketch);
}

/* The setting that is chosen may differ in what it lets be measured; the final runs count. */
static void finals_have_their_own_metrics(void)
{
    static const char yaml[] = HEAD "grid: {train.batch_size: [1, 2], train.evaluate_test: [false]}\n"
                                    "final: {metric: val_loss, seeds: 2, set: {%s}}\n"
                                    "tables: [{name: t, points: final, columns: [{metric: %s}]}]\n";
    char text[512];
    snprintf(text, sizeof text, yaml, "train.evaluate_test: true", "test_loss");
    check_complaints(text, NULL, "");
    snprintf(text, sizeof text, yaml, "", "test_loss");
    check_complaints(text, NULL,
                     "trial.yaml:5:54: tables[0].columns[0].metric: \"best\" has no test_loss, which is of "
                     "the test set, and train.evaluate_test is false\n");
    snprintf(text, sizeof text, yaml, "data.validation: 0", "val_loss");
    check_complaints(text, NULL,
                     "trial.yaml:5:54: tables[0].columns[0].metric: \"best\" has no val_loss, which needs "
                     "validation images, and data.validation is 0\n");
}

static void runs_are_shared(void)
{
    const char *const others[] = {"sub/a.yaml", "base: ../base.yaml\nseeds: 4\nruns_from: [b.yaml]\n",
                                  "sub/b.yaml", "base: ../base.yaml\nseeds: 5\n", NULL};
    struct sketch sketch = load_good(HEAD "runs_from: [sub/a.yaml, ./sub/../sub/b.yaml]\n", others);
    const struct experiment *const *shared = sketch.experiment->runs_from;
    CU_ASSERT_EQUAL_FATAL(sketch.experiment->runs_from_count, 2);
    CHECK_TEXT(shared[0]->name, "a");
    CHECK_TEXT(shared[1]->name, "b");
    CU_ASSERT(shared[1]->seed_count == 5 && shared[0]->runs_from[0] == shared[1]); /* loaded once */
    drop_experiment(&sketch);
}

/* Whatever is wrong, and nothing twice or in consequence. */
static void all_is_said_at_once(void)
{
    check_complaints("title: [1]\nbase: base.yaml\nseeds: 2\n"
                     "points: [{label: A, set: {train.batch_sise: 3}}, {label: B, set: {knobs.rate: x}}]\n"
                     "tables: [{name: t, points: [A, b c], columns: [{metric: val_loss}]}]\n"
                     "figures: [{name: f, columns: [nothing]}]\n"
                     "claims:\n"
                     "  - {id: one, say: x, less: [A, X Y], metric: val_loss}\n"
                     "  - {id: one, say: x, less: [A, B], metric: val_loss}\n"
                     "extra: 1\n",
                     NULL,
                     "trial.yaml:1:8: title: wants text, found a list\n"
                     "trial.yaml:4:27: train.batch_sise: unknown key; did you mean batch_size?\n"
                     "trial.yaml:4:79: train.optimizer.sgd: wants a number, found \"x\"\n"
                     "trial.yaml:5:32: tables[0].points[1]: unknown point \"b c\"; known are A, B\n"
                     "trial.yaml:6:31: figures[0].columns[0]: wants one of train_loss, train_error_pct, "
                     "val_loss, val_error_pct, test_loss, test_error_pct, learning_rate, penalty, "
                     "evaluated_train_loss, evaluated_train_error_pct, found \"nothing\"\n"
                     "trial.yaml:8:33: claims[0].less[1]: unknown point \"X Y\"; known are A, B\n"
                     "trial.yaml:9:10: claims[1].id: \"one\" is the id of claims[0] already\n"
                     "trial.yaml:10:1: extra: unknown key; known are name, title, base, seeds, points, grid, "
                     "zip, exclude, random, folds, exclusive, method, final, runs_from, tables, figures, "
                     "claims\n");
    /* labels that are not known are not looked for */
    check_complaints(HEAD "points: [{lable: A}, {label: B}]\n"
                          "tables: [{name: t, points: [A], columns: [{metric: val_loss}]}]\n"
                          "claims: [{id: one, say: x, less: [A, B], metric: val_loss}]\n",
                     NULL, "trial.yaml:3:11: points[0].lable: unknown key; did you mean label?\n");
    /* a file that several points are based on is wrong once, and so is one that several configs extend */
    check_complaints(
        "seeds: 1\npoints: [{label: A, base: a.yaml}, {label: B, base: b.yaml}, {label: C, base: a.yaml}]\n"
        "grid: {train.batch_size: [1, 2]}\n",
        (const char *const[]){"a.yaml", "extends: bad.yaml\nseed: 1\n", "b.yaml", "extends: bad.yaml\n",
                              "bad.yaml", "extends: base.yaml\ndata: {pad: -1}\n", NULL},
        "bad.yaml:2:13: data.pad: wants a whole number from 0 to 64, found -1\n");
}

static void files_are_told_apart(void)
{
    static const struct {
        const char *text;
        enum file_kind kind;
    } cases[] = {
        {HEAD, FILE_EXPERIMENT},
        {BASE, FILE_CONFIG},
        {"seeds: 3\n", FILE_EXPERIMENT},
        {"extends: base.yaml\ntitle: x\n", FILE_UNKNOWN},
        {"seed: 3\n", FILE_CONFIG},
        {"name: x\n", FILE_UNKNOWN},
        {"", FILE_UNKNOWN},
        {"- seeds\n", FILE_UNREADABLE},
        {"base: x\nseeds: 3\ntrain: {}\nclaims: []\n", FILE_EXPERIMENT},
        {"seeds: [\n", FILE_UNREADABLE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char directory[DIRECTORY_SIZE], path[DIRECTORY_SIZE + 16];
        make_directory(directory);
        snprintf(path, sizeof path, "%s/file.yaml", directory);
        write_file(path, cases[i].text);
        enum file_kind kind;
        CU_ASSERT_TRUE(recognize_file(path, &kind, NULL));
        CU_ASSERT_EQUAL(kind, cases[i].kind);
        remove_file(path);
        CU_ASSERT_TRUE(recognize_file(path, &kind, NULL));
        CU_ASSERT_EQUAL(kind, FILE_UNREADABLE);
    }
}

/* 200 points with ten seeds. */
static void many_points_load_fast(void)
{
    static const char yaml[] = "base: base.yaml\nseeds: 10\n"
                               "grid:\n"
                               "  train.batch_size: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]\n"
                               "  knobs.rate: [0.1, 0.2, 0.3, 0.4, 0.5]\n"
                               "  train.penalty.C: [0, 0.2, 0.4, 0.6]\n"
                               "tables: [{name: t, columns: [{metric: val_loss}]}]\n";
    struct timespec before, after;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
    struct sketch sketch = load_good(yaml, NULL);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
    CU_ASSERT(sketch.experiment->point_count == 200 && sketch.experiment->seed_count == 10);
    const double seconds =
        (double)(after.tv_sec - before.tv_sec) + 1e-9 * (double)(after.tv_nsec - before.tv_nsec);
    printf("200 points: %.1f ms ", 1e3 * seconds);
    CU_ASSERT(seconds < 0.3);
    drop_experiment(&sketch);
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"the tables are sane", the_tables_are_sane},
        {"metrics are the columns of curves", metrics_are_the_columns_of_curves},
        {"heads are read", heads_are_read},
        {"tables and figures are read", tables_and_figures_are_read},
        {"listed labels stand for many", listed_labels_stand_for_many},
        {"claims are read", claims_are_read},
        {"best of finals", best_of_finals},
        {"finals have their own metrics", finals_have_their_own_metrics},
        {"runs are shared", runs_are_shared},
        {"all is said at once", all_is_said_at_once},
        {"files are told apart", files_are_told_apart},
        {"many points load fast", many_points_load_fast},
        CU_TEST_INFO_NULL,
    };
    return run_suite("experiment", tests);
}
