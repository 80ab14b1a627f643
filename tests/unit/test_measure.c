#include "run/measure.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "harness.h"

static char directory[256];
static struct arena *arena;

static void write_file(const char *name, const char *text)
{
    char path[300];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    CU_ASSERT_FATAL(file_write_atomic(path, text, strlen(text), NULL));
}

static void enter(void)
{
    const char *parent = getenv("TMPDIR");
    snprintf(directory, sizeof directory, "%s/assay-measure-XXXXXX", parent != NULL ? parent : "/tmp");
    CU_ASSERT_FATAL(mkdtemp(directory) != NULL);
    arena = arena_create();
    write_file("curves.csv", "epoch,train_loss,val_error_pct,test_error_pct\n"
                             "1,2.5,8,9\n"
                             "2,1.5,4,6\n"
                             "3,1.25,5,4\n"
                             "4,1,4,\n");
}

static void leave(void)
{
    char command[300];
    arena_destroy(arena);
    snprintf(command, sizeof command, "rm -rf '%s'", directory);
    CU_ASSERT(system(command) == 0);
}

static void write_summary_of(const char *stop_reason)
{
    char text[512];
    snprintf(text, sizeof text,
             "{\"identity\": \"0\", \"stop_reason\": \"%s\", \"epochs\": 4, \"best_epoch\": 2, \"metrics\": "
             "{\"val_error_pct\": 4, "
             "\"test_error_pct\": 6, \"train_loss\": null}, \"timing\": {\"train_ms_per_sample\": 0.25}, "
             "\"held_out_images\": 200, \"held_out_mistakes\": 3}",
             stop_reason);
    write_file("summary.json", text);
}

static void write_summary(void)
{
    write_summary_of("max_epochs");
}

struct measure_case {
    struct experiment_measure measure;
    double wanted;
};

static void check_cases(const struct measure_case *cases, size_t count)
{
    struct run_record record;
    CU_ASSERT_FATAL(run_record_load(arena, directory, &record, NULL));
    for (size_t i = 0; i < count; i++) {
        const double found = run_record_measure(&record, &cases[i].measure), wanted = cases[i].wanted;
        if (!(found == wanted || (isnan(found) && isnan(wanted))))
            fprintf(stderr, "case %zu: %g, not %g\n", i, found, wanted);
        CU_ASSERT(found == wanted || (isnan(found) && isnan(wanted)));
    }
}

static void gives_results(void)
{
    static const struct measure_case cases[] = {
        {{"test_error_pct", STATISTIC_RESULT}, 6},
        {{"val_error_pct", STATISTIC_RESULT}, 4},
        {{"train_loss", STATISTIC_RESULT}, NAN},
        {{"penalty", STATISTIC_RESULT}, NAN},
        {{"train_ms_per_sample", STATISTIC_RESULT}, .25},
        {{"epochs", STATISTIC_RESULT}, 4},
        {{"best_epoch", STATISTIC_RESULT}, 2},
        {{"held_out_error_pct", STATISTIC_RESULT}, 1.5},
    };
    enter();
    write_summary();
    check_cases(cases, sizeof cases / sizeof cases[0]);
    leave();
}

static void gives_statistics_of_curves(void)
{
    static const struct measure_case cases[] = {
        {{"val_error_pct", STATISTIC_MEAN, 1, -1}, 5.25},
        {{"val_error_pct", STATISTIC_MEAN, 2, 3}, 4.5},
        {{"val_error_pct", STATISTIC_MEAN, 3, 4}, 4.5},
        {{"val_error_pct", STATISTIC_MEAN, 3, 5}, NAN}, /* the run ended before */
        {{"val_error_pct", STATISTIC_OSCILLATION, 2, 5}, NAN},
        {{"val_error_pct", STATISTIC_MEAN, 5, -1}, NAN},
        {{"test_error_pct", STATISTIC_MEAN, 1, -1}, NAN}, /* a cell is empty */
        {{"test_error_pct", STATISTIC_MEAN, 1, 2}, 7.5},
        {{"nothing", STATISTIC_MEAN, 1, -1}, NAN},
        {{"val_error_pct", STATISTIC_OSCILLATION, 1, -1}, 2},
        {{"val_error_pct", STATISTIC_OSCILLATION, 2, -1}, 1},
        {{"val_error_pct", STATISTIC_OSCILLATION, 4, -1}, NAN},
        {{"val_error_pct", STATISTIC_REACH, 1, -1, 4}, 2},
        {{"train_loss", STATISTIC_REACH, 1, -1, 1.3}, 3},
        {{"train_loss", STATISTIC_REACH, 1, -1, 0.5}, 5},
    };
    enter();
    write_summary();
    check_cases(cases, sizeof cases / sizeof cases[0]);
    leave();
}

/* Stopping sooner must not make a run that never got there look better. */
static void a_run_that_stopped_early(void)
{
    static const struct measure_case cases[] = {
        {{"train_loss", STATISTIC_REACH, 1, -1, 1.3}, 3},
        {{"train_loss", STATISTIC_REACH, 1, -1, 0.5}, NAN},
        {{"val_error_pct", STATISTIC_MEAN, 1, -1}, 5.25},
        {{"val_error_pct", STATISTIC_MEAN, 1, 5}, NAN},
    };
    enter();
    write_summary_of("patience");
    check_cases(cases, sizeof cases / sizeof cases[0]);
    leave();
}

static void has_no_numbers_before_the_end(void)
{
    static const struct measure_case cases[] = {
        {{"test_error_pct", STATISTIC_RESULT}, NAN},
        {{"val_error_pct", STATISTIC_MEAN, 1, -1}, NAN},
    };
    enter();
    check_cases(cases, sizeof cases / sizeof cases[0]);
    write_file("summary.json", "[1, 2]");
    check_cases(cases, sizeof cases / sizeof cases[0]);
    leave();
}

/* As halving compares runs that have got equally far. */
static void gives_numbers_on_the_way(void)
{
    static const struct experiment_measure test = {"test_error_pct", STATISTIC_RESULT},
                                           mean = {"val_error_pct", STATISTIC_MEAN, 1, -1},
                                           mean_of_five = {"val_error_pct", STATISTIC_MEAN, 1, 5},
                                           reach = {"train_loss", STATISTIC_REACH, 1, -1, 0.5};
    static const char monitor[] = "val_error_pct";
    enter();
    struct run_record record;
    CU_ASSERT_FATAL(run_record_load(arena, directory, &record, NULL));
    CU_ASSERT_EQUAL(run_record_measure_after(&record, &test, 1, monitor), 9);
    CU_ASSERT_EQUAL(run_record_measure_after(&record, &test, 3, monitor), 6);
    CU_ASSERT_EQUAL(run_record_measure_after(&record, &test, 3, NULL), 4);
    CU_ASSERT_EQUAL(run_record_measure_after(&record, &test, 30, monitor), 6); /* the first of equals */
    CU_ASSERT_EQUAL(run_record_measure_after(&record, &mean, 2, monitor), 6);
    CU_ASSERT_EQUAL(run_record_measure_after(&record, &mean_of_five, 2, monitor), 6); /* all are cut there */
    CU_ASSERT(isnan(run_record_measure_after(&record, &mean_of_five, 8, monitor)));
    CU_ASSERT_EQUAL(run_record_measure_after(&record, &reach, 2, monitor), 3);
    CU_ASSERT_EQUAL(run_record_measure_after(&record, &reach, 8, monitor),
                    9); /* not the 5 of its own length */
    leave();
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"gives results", gives_results},
        {"gives statistics of curves", gives_statistics_of_curves},
        {"a run that stopped early", a_run_that_stopped_early},
        {"has no numbers before the end", has_no_numbers_before_the_end},
        {"gives numbers on the way", gives_numbers_on_the_way},
        CU_TEST_INFO_NULL,
    };
    return run_suite("measure", tests);
}
