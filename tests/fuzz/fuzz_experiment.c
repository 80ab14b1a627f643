/* An experiment, over configs that are there as base.yaml, fold.yaml, no-validation.yaml and wrong.yaml;
 * other.yaml is one to take runs from, and cycle.yaml takes those of the input. */
#include <string.h>

#include "configs.h"
#include "spec/experiment.h"
#include "target.h"

static const struct {
    const char *name, *text;
} files[] = {
    {"base.yaml",
     "data: {dataset: digits, validation: 1000}\n"
     "knobs: {activation: tanh, rate: 0.1, dropout: [0.2, 0.5]}\n"
     "model: [conv: {maps: 4, kernel: 5}, \"${knobs.activation}\", dropout: \"${knobs.dropout[0]}\", "
     "linear: 10]\n"
     "train: {max_epochs: 10, optimizer: {sgd: {learning_rate: \"${knobs.rate}\"}}, "
     "early_stopping: {patience: 2}}\n"},
    {"fold.yaml", "extends: base.yaml\ndata: {fold: {count: 5, index: 0}}\n"},
    {"no-validation.yaml", "extends: base.yaml\ndata: {validation: 0}\ntrain: {early_stopping: null}\n"},
    {"wrong.yaml", "extends: base.yaml\ntrain: {batch_sise: 16}\n"},
    {"other.yaml", "base: base.yaml\nseeds: 1\n"},
    {"cycle.yaml", "base: base.yaml\nseeds: 1\nruns_from: [experiment.yaml]\n"},
};

/* Once, for as long as the program lives. */
static void write_files(void)
{
    static bool written;
    for (size_t i = 0; !written && i < sizeof files / sizeof *files; i++)
        target_named(files[i].name, files[i].text, strlen(files[i].text));
    written = true;
}

static void check_experiment(const struct experiment *experiment)
{
    REQUIRE(experiment->point_count > 0);
    for (size_t i = 0; i < experiment->point_count; i++) {
        const struct experiment_point *point = &experiment->points[i];
        REQUIRE(point->name[0] != '\0' && strlen(point->name) <= 64 && point->name[0] != '.' &&
                point->name[0] != '-');
        REQUIRE(point->name[strspn(point->name, "abcdefghijklmnopqrstuvwxyz0123456789._-")] == '\0');
        REQUIRE(point->final == (point->config == NULL));
        for (size_t k = 0; k < i && k < 8; k++)
            REQUIRE(strcmp(point->name, experiment->points[k].name) != 0);
    }
    for (size_t i = 0; i < experiment->table_count; i++)
        for (size_t k = 0; k < experiment->tables[i].point_count; k++)
            REQUIRE(experiment->tables[i].points[k] < experiment->point_count);
    for (size_t i = 0; i < experiment->figure_count; i++)
        for (size_t k = 0; k < experiment->figures[i].point_count; k++)
            REQUIRE(experiment->figures[i].points[k] < experiment->point_count);
    for (size_t i = 0; i < experiment->claim_count; i++)
        for (size_t k = 0; k < experiment->claims[i].comparison_count; k++)
            REQUIRE(experiment->claims[i].comparisons[k].a < experiment->point_count &&
                    experiment->claims[i].comparisons[k].b < experiment->point_count);
    target_accepted++;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    target_named("experiment.yaml", bytes, size);
    write_files();
    struct arena *arena = arena_create();
    struct diagnostics *diagnostics = diagnostics_create();
    const struct experiment *experiment = experiment_load(arena, "experiment.yaml", diagnostics);
    REQUIRE((experiment == NULL) == (diagnostics_count(diagnostics) > 0));
    if (experiment != NULL)
        check_experiment(experiment);
    else
        check_diagnostics(diagnostics);
    enum file_kind kind;
    REQUIRE(recognize_file("experiment.yaml", &kind, NULL));
    diagnostics_destroy(diagnostics);
    arena_destroy(arena);
    return 0;
}
