/* An experiment in the current directory, and run directories as its runs would have left them, made up. */
#ifndef TESTS_RESULTS_CASE_H
#define TESTS_RESULTS_CASE_H

#include "end/program.h"

#include <inttypes.h>

#include "run/plan.h"
#include "spec/experiment.h"

enum { CASE_IMAGES = 1000 };

/* Something small to be the base of experiments. */
static inline void write_case_config(void)
{
    write_text("net.yaml", "data: {dataset: digits, validation: 100}\nmodel: [linear: 10]\n"
                           "train: {max_epochs: 9, optimizer: {sgd: 0.1}}\n");
}

struct results_case {
    struct arena *arena;
    const struct run_plan *plan;
};

/* The experiment in `path` with its runs below "results"; ends the test when anything is wrong with it. */
static inline struct results_case results_case_open(const char *path)
{
    struct results_case opened = {.arena = arena_create()};
    struct diagnostics *diagnostics = diagnostics_create();
    const struct experiment *experiment = experiment_load(opened.arena, path, diagnostics);
    if (experiment != NULL)
        opened.plan = run_plan_create(opened.arena, experiment, "results", diagnostics);
    struct text problems = {0};
    diagnostics_print(diagnostics, &problems);
    if (problems.length > 0)
        fprintf(stderr, "%s", problems.bytes);
    text_finish(&problems);
    diagnostics_destroy(diagnostics);
    CU_ASSERT_PTR_NOT_NULL_FATAL(opened.plan);
    return opened;
}

static inline void results_case_close(struct results_case *opened)
{
    arena_destroy(opened->arena);
}

/* What a run is to have come to. Most of the images that it gets wrong are the same for all seeds. */
struct made_run {
    int wrong; /* of CASE_IMAGES test images: 10 times its test error in percent … */
    const char
        *val_errors; /* … which is that of its last epoch too: "5 3 2.5" are its epochs' validation errors */
    bool diverged, is_stale, has_no_test;
};

static inline void write_in(const char *directory, const char *name, const struct text *text)
{
    char *path = path_join(directory, name);
    write_text(path, text->bytes);
    memory_free(path);
}

/* Its curves; *last is the last validation error. Returns how many epochs there are. */
static inline int make_curves(const struct made_run *made, struct text *text, char last[16])
{
    char errors[1024], *rest = errors;
    snprintf(errors, sizeof errors, "%s", made->val_errors != NULL ? made->val_errors : "5 3 2.5");
    text_add(text, "epoch,train_error_pct,val_error_pct,test_error_pct\n");
    int epoch = 0;
    for (const char *word; (word = strtok_r(rest, " ", &rest)) != NULL;) {
        epoch++;
        snprintf(last, 16, "%s", word);
        text_add(text, "%d,%d,%s,%.1f\n", epoch, 20 / epoch, word, made->wrong / 10.0);
    }
    return epoch;
}

/* Leaves the run's files, those that are committed with results. */
static inline void make_run(const struct planned_run *run, const struct made_run *made)
{
    struct text curves = {0}, summary = {0}, mistakes = {0};
    char last[16] = "";
    const int epochs = make_curves(made, &curves, last);
    text_add(&mistakes, "index,label,predicted\n");
    for (int i = 0; i < made->wrong; i++)
        text_add(&mistakes, "%d,%d,%d\n", i * 10 + (i % 4 == 0 ? (int)run->seed : 0), i % 10, (i + 1) % 10);
    text_add(&summary, "{\"identity\": \"0\", \"config\": \"%s\", \"stop_reason\": \"%s\", \"epochs\": %d,\n",
             made->is_stale ? "another" : run->digest, made->diverged ? "non_finite" : "max_epochs", epochs);
    text_add(&summary, "\"best_epoch\": %d, \"result_epoch\": %d,\n", epochs, epochs);
    text_add(&summary, "\"metrics\": {\"val_error_pct\": %s, \"test_error_pct\": ", last);
    if (made->has_no_test)
        text_add(&summary, "null}");
    else
        text_add(&summary, "%.1f}, \"test_images\": %d, \"test_mistakes\": %d", made->wrong / 10.0,
                 CASE_IMAGES, made->wrong);
    text_add(&summary, ", \"timing\": {\"train_ms_per_sample\": 0.125}}\n");
    struct assay_error error = {0};
    CU_ASSERT_FATAL(directory_create(run->directory, &error));
    write_in(run->directory, "curves.csv", &curves);
    write_in(run->directory, "mistakes.csv", &mistakes);
    write_in(run->directory, "summary.json", &summary);
    text_finish(&curves);
    text_finish(&mistakes);
    text_finish(&summary);
}

/* The run of a point (by its label), seed and fold (-1: none). */
static inline const struct planned_run *case_run(const struct results_case *opened, const char *label,
                                                 uint64_t seed, int fold)
{
    for (size_t i = 0; i < opened->plan->count; i++) {
        const struct planned_run *run = &opened->plan->runs[i];
        if (strcmp(run->point->label, label) == 0 && run->seed == seed && run->fold == fold)
            return run;
    }
    fprintf(stderr, "there is no run of %s with seed %" PRIu64 "\n", label, seed);
    exit(EXIT_FAILURE);
}

#endif
