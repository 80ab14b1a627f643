/* assay compare: runs side by side. */
#include "base/arena.h"
#include "cli/command.h"
#include "report/comparison.h"

static const struct option options[] = {
    {"metric", "NAME", "only this column"},
    {0},
};
static const char *const formats[] = {"text", "csv", "json", NULL}; /* in the order of … */
static void (*const writers[])(struct text *, const struct comparison *) = {
    comparison_add_text, comparison_add_csv, comparison_add_json};

static enum assay_status run(struct invocation *invocation, struct assay_error *error)
{
    struct arena *arena = arena_create();
    const struct comparison *comparison = NULL;
    if (arena == NULL)
        assay_fail_memory(error, "comparing runs");
    else
        comparison = comparison_load(arena, invocation->arguments, invocation->argument_count,
                                     option_value(invocation, "metric"), invocation->log, error);
    const bool done = comparison != NULL;
    if (done)
        writers[invocation->format](&invocation->out, comparison);
    arena_destroy(arena);
    return done ? ASSAY_DONE : error->status;
}

const struct command compare_command = {
    .name = "compare",
    .summary = "curves and metrics side by side, in the terminal",
    .usage = "RUN_DIR|curves.csv ...",
    .details = "Shows where the configs differ, the metrics at the epoch of each run's result, the errors by "
               "epoch as "
               "tables and charts, and for\n"
               "runs with predictions of the same images McNemar's exact test. Of any CSV file with a "
               "header, other programs' too, the\n"
               "columns of numbers that all files have are shown, by its column epoch, or else by row. "
               "Epochs are as each file counts\n"
               "them, from 0 or from 1. At most 26 runs stand side by side.\n",
    .examples = "assay compare results/quickstart/2-layer-net/seed-1 results/quickstart/convnet/seed-1\n"
                "assay compare results/*/seed-1 --metric test_loss\n"
                "assay compare results/mlp/seed-1 elsewhere.csv --format csv > both.csv\n",
    .options = options,
    .formats = formats,
    .least_arguments = 1,
    .most_arguments = SIZE_MAX,
    .run = run,
};
