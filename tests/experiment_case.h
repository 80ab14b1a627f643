/* Experiments written to a fresh directory and loaded there; what comes of them, as text. */
#ifndef TESTS_EXPERIMENT_CASE_H
#define TESTS_EXPERIMENT_CASE_H

#include "config_case.h"

#include "spec/experiment.h"

/* A config that can be run, as base.yaml beside the experiment. */
#define BASE                                                                                                 \
    "data: {dataset: digits, validation: 1000}\n"                                                            \
    "knobs: {activation: tanh, rate: 0.1}\n"                                                                 \
    "model: [linear: 8, \"${knobs.activation}\", linear: 10]\n"                                              \
    "train: {max_epochs: 10, optimizer: {sgd: \"${knobs.rate}\"}}\n"
#define HEAD "base: base.yaml\nseeds: 3\n"

struct sketch {
    struct arena *arena;
    struct diagnostics *diagnostics;
    const struct experiment *experiment; /* NULL when something is wrong */
};

/* `others`: pairs of a path and a text, NULL-terminated; NULL for none. */
static inline struct sketch load_experiment(const char *yaml, const char *const *others)
{
    char directory[DIRECTORY_SIZE];
    char *const before = getcwd(NULL, 0);
    struct sketch sketch = {.arena = arena_create(), .diagnostics = diagnostics_create()};
    make_directory(directory);
    CU_ASSERT_FATAL(before != NULL && chdir(directory) == 0);
    write_file("base.yaml", BASE);
    write_file("trial.yaml", yaml);
    for (const char *const *other = others; other != NULL && *other != NULL; other += 2)
        write_file(other[0], other[1]);
    sketch.experiment = experiment_load(sketch.arena, "trial.yaml", sketch.diagnostics);
    for (const char *const *other = others; other != NULL && *other != NULL; other += 2)
        remove_file(other[0]);
    remove_file("trial.yaml");
    remove_file("base.yaml");
    CU_ASSERT_TRUE(chdir(before) == 0 && rmdir(directory) == 0);
    free(before);
    CU_ASSERT_EQUAL(sketch.experiment == NULL, diagnostics_count(sketch.diagnostics) > 0);
    return sketch;
}

static inline void drop_experiment(struct sketch *sketch)
{
    diagnostics_destroy(sketch->diagnostics);
    arena_destroy(sketch->arena);
}

/* The messages, a line each, without the excerpts of the source. */
static inline void add_complaints(const struct sketch *sketch, struct text *text)
{
    const struct loaded loaded = {.diagnostics = sketch->diagnostics};
    add_messages(&loaded, text);
}

/* It loads, or says why not. */
static inline struct sketch load_good(const char *yaml, const char *const *others)
{
    struct sketch sketch = load_experiment(yaml, others);
    struct text complaints = {0};
    add_complaints(&sketch, &complaints);
    if (sketch.experiment == NULL)
        CHECK_TEXT(complaints.bytes, "nothing");
    CU_ASSERT_PTR_NOT_NULL_FATAL(sketch.experiment);
    text_finish(&complaints);
    return sketch;
}

static inline void check_complaints(const char *yaml, const char *const *others, const char *wanted)
{
    struct sketch sketch = load_experiment(yaml, others);
    struct text complaints = {0};
    add_complaints(&sketch, &complaints);
    CHECK_TEXT(complaints.length > 0 ? complaints.bytes : "", wanted);
    text_finish(&complaints);
    drop_experiment(&sketch);
}

#endif
