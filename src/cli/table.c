/* assay table: the declared tables of an experiment, from its run directories. */
#include "cli/results.h"
#include "report/table.h"

static const struct option options[] = {OPTION_OUT, OPTION_WRITE, OPTION_CHECK, {0}};
static const char *const formats[] = {"md", "csv", "latex", "text", NULL}; /* in the order of … */

static void add_markdown(struct text *text, const struct tables *tables)
{
    tables_add(text, tables, &markdown_style);
}

static void add_latex(struct text *text, const struct tables *tables)
{
    tables_add(text, tables, &latex_style);
}

static void add_text(struct text *text, const struct tables *tables)
{
    tables_add(text, tables, &text_style);
}

static void (*const writers[])(struct text *, const struct tables *) = {add_markdown, tables_add_csv,
                                                                        add_latex, add_text};
static const char *const file_names[] = {"table.md", "table.csv", "table.tex"}; /* of the first writers */
enum { FILES = sizeof file_names / sizeof file_names[0] };

static bool put_tables(const struct invocation *invocation, const struct tables *tables,
                       struct assay_error *error)
{
    struct text texts[FILES] = {0};
    for (size_t i = 0; i < FILES; i++)
        writers[i](&texts[i], tables);
    return put_texts(invocation, tables->results->experiment->name, file_names, texts, FILES, error);
}

static enum assay_status show(struct invocation *invocation, struct arena *arena,
                              const struct results *results, struct assay_error *error)
{
    const bool writes = option_given(invocation, "write"), checks = option_given(invocation, "check");
    const char *sweep = sweep_command_line(invocation, arena, invocation->arguments[0], writes || checks);
    const struct tables *tables = NULL;
    if (sweep == NULL)
        assay_fail_memory(error, "making tables");
    else
        tables = tables_create(arena, results, sweep, error);
    if (tables == NULL)
        return error->status;
    if (tables->count == 0) {
        log_say(invocation->log, LOG_INFO, "%s declares no tables", results->experiment->name);
        return ASSAY_DONE;
    }
    if (!writes && !checks)
        writers[invocation->format](&invocation->out, tables);
    else if (!put_tables(invocation, tables, error))
        return error->status;
    return checks ? ASSAY_DONE : tell_missing(results, error);
}

static enum assay_status run(struct invocation *invocation, struct assay_error *error)
{
    return check_write_options(invocation, error) ? with_results(invocation, error, show) : error->status;
}

const struct command table_command = {
    .name = "table",
    .summary = "the tables of an experiment, from its run directories",
    .usage = "EXPERIMENT",
    .details = "Per row the mean over the seeds, the standard deviation, the 95 % interval of the mean, and "
               "a reported\n"
               "figure held against the interval in which one new run of ours would fall. Runs that are "
               "missing, stale\n"
               "or diverged are left out, and said. --write leaves table.md, table.csv and table.tex among "
               "the results.\n"
               "Ends with 1 when runs are missing, or with --check when a file differs.\n",
    .examples = "assay table experiments/quickstart.yaml\n"
                "assay table experiments/table-2.2.yaml --format latex\n"
                "assay table experiments/table-2.2.yaml --write\n"
                "assay table experiments/table-2.2.yaml --check\n",
    .options = options,
    .formats = formats,
    .least_arguments = 1,
    .most_arguments = 1,
    .run = run,
};
