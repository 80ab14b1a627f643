/* assay report: an experiment as one page. */
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "cli/results.h"
#include "report/page.h"

static const struct option options[] = {
    OPTION_OUT,
    {"static", NULL, "pictures only, without scripts: what is kept in a repository"},
    {"check", NULL, "compares the page with what the runs give, byte by byte, and writes nothing"},
    {0},
};
static const char *const formats[] = {"html", NULL};

static const char *sweep(void *cookie, struct arena *arena, const struct experiment *experiment)
{
    return sweep_command_line(cookie, arena, experiment->path, true);
}

/* Those that the experiment declares; other experiments are looked at only where it declares any. */
static bool choose_claims(struct invocation *invocation, struct arena *arena, const struct results *results,
                          struct claim_list *list, struct assay_error *error)
{
    const char *path = results->experiment->path;
    const struct claim_result **items =
        arena_allocate(arena, results->experiment->claim_count, sizeof *items);
    char *directory = path_directory(path);
    *list = (struct claim_list){items, 0, sweep, invocation};
    bool done = items != NULL && directory != NULL;
    if (!done)
        assay_fail_memory(error, "making a page");
    if (done && results->experiment->claim_count > 0) {
        const struct claims *claims = load_claims(invocation, arena, directory, path, error);
        done = claims != NULL;
        for (size_t i = 0; done && i < claims->count; i++)
            if (claim_is_of(&claims->items[i], path))
                items[list->count++] = &claims->items[i];
    }
    memory_free(directory);
    return done;
}

static bool put_page(struct invocation *invocation, const struct page *page, struct assay_error *error)
{
    struct text text = {0};
    const bool done = page_add(&text, page, error) &&
                      put_outputs(invocation, page->tables->results->experiment->name,
                                  &(struct output){"report.html", text.bytes, text.length}, 1, error);
    if (done && page->has_charts && !page_can_chart())
        log_say(invocation->log, LOG_INFO,
                "its curves are pictures only: assay was built without dygraphs (Debian: libjs-dygraphs)");
    text_finish(&text);
    return done;
}

static enum assay_status show(struct invocation *invocation, struct arena *arena,
                              const struct results *results, struct assay_error *error)
{
    const char *command = sweep_command_line(invocation, arena, results->experiment->path, true);
    const struct tables *tables = NULL;
    struct claim_list claims;
    if (command == NULL)
        assay_fail_memory(error, "making a page");
    else if (choose_claims(invocation, arena, results, &claims, error))
        tables = tables_create(arena, results, command, error);
    const struct page page = {tables, &claims, !option_given(invocation, "static")};
    if (tables == NULL || !put_page(invocation, &page, error))
        return error->status;
    return option_given(invocation, "check") ? ASSAY_DONE : tell_missing(results, error);
}

static enum assay_status run(struct invocation *invocation, struct assay_error *error)
{
    return with_results(invocation, error, show);
}

const struct command report_command = {
    .name = "report",
    .summary = "one HTML page of an experiment: tables, claims, curves, settings, runs",
    .usage = "EXPERIMENT",
    .details =
        "Writes report.html into the experiment's directory among the results. It needs no network, no "
        "server\n"
        "and, but for charts that show values, zoom and hide lines, no scripts. Ends with 1 when runs are\n"
        "missing, or with --check when the page differs.\n",
    .examples = "assay report experiments/quickstart.yaml\n"
                "assay report experiments/table-2.2.yaml --static\n"
                "assay report experiments/table-2.2.yaml --static --check\n",
    .options = options,
    .formats = formats,
    .least_arguments = 1,
    .most_arguments = 1,
    .run = run,
};
