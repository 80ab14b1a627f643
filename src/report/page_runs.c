/* The runs of a page: what came of each, and where its files are. */
#include "report/page_sections.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/number.h"
#include "report/escape.h"
#include "report/page_parts.h"
#include "run/files.h"

/* What is said of a run; its files are for those who want more. */
static const struct {
    const char *title, *metric;
    int digits;
} numbers[] = {
    {"epochs", "epochs", 0},
    {"best", "best_epoch", 0},
    {"validation, %", "val_error_pct", 2},
    {"test, %", "test_error_pct", 2},
    {"held out, %", "held_out_error_pct", 2},
};
enum { NUMBERS = sizeof numbers / sizeof numbers[0] };

/* Whether there is anything to be seen of it that its files say. */
static bool is_there(const struct result_run *run)
{
    return run->record != NULL || run->state == RUN_STALE || run->state == RUN_PRUNED;
}

static double number_of(const struct result_run *run, size_t number)
{
    const struct experiment_measure measure = {.metric = numbers[number].metric, .last = -1};
    return run->record != NULL ? run_record_measure(run->record, &measure) : NAN;
}

static bool any_has(const struct results *results, size_t number)
{
    for (size_t i = 0; i < results->plan->count; i++)
        if (isfinite(number_of(&results->runs[i], number)))
            return true;
    return false;
}

/* Where a run's directory is for somebody in the experiment's, among the results: another experiment's runs
 * lie beside that. To be freed; NULL without memory. */
static char *link_to(const struct results *results, const struct planned_run *run)
{
    const char *out = results->plan->out;
    char *own = path_join(out, results->experiment->name), *beside = path_join(out, "");
    struct text link = {0};
    const size_t length = own != NULL ? strlen(own) : 0;
    if (own == NULL || beside == NULL)
        link.failed = true;
    else if (strncmp(run->directory, own, length) == 0 && run->directory[length] == '/')
        text_add(&link, "%s", run->directory + length + 1);
    else
        text_add(&link, "../%s", run->directory + strlen(beside));
    memory_free(own);
    memory_free(beside);
    if (link.failed)
        text_finish(&link);
    return link.bytes;
}

static void add_links(struct text *text, const struct results *results, const struct result_run *run)
{
    static const char *const files[] = {CURVES_FILE, CONFIG_FILE};
    char *link = link_to(results, run->planned);
    text->failed |= link == NULL;
    if (link == NULL)
        return;
    text_add(text, "<td><a href=\"");
    xml_add(text, link);
    text_add(text, "/\">directory</a>");
    for (size_t i = 0; i < sizeof files / sizeof files[0] && run->record != NULL; i++) {
        text_add(text, " <a href=\"");
        xml_add(text, link);
        text_add(text, "/%s\">%s</a>", files[i], files[i]);
    }
    text_add(text, "</td>");
    memory_free(link);
}

static void add_run(struct text *text, const struct results *results, const struct result_run *run,
                    const bool *shown)
{
    char buffer[NUMBER_TEXT_SIZE];
    text_add(text, "<tr><th scope=\"row\">");
    xml_add(text, run->planned->point->label);
    text_add(text, "</th><td class=\"number\">%" PRIu64 "</td>", run->planned->seed);
    if (results->experiment->folds > 0) {
        text_add(text, "<td class=\"number\">");
        if (run->planned->fold >= 0)
            text_add(text, "%d", run->planned->fold);
        text_add(text, "</td>");
    }
    text_add(text, "<td>%s</td>", run_state_names[run->state]);
    for (size_t i = 0; i < NUMBERS; i++) {
        const double value = shown[i] ? number_of(run, i) : NAN;
        if (shown[i])
            text_add(text, "<td class=\"number\">%s</td>",
                     isfinite(value) ? number_print_fixed(buffer, value, numbers[i].digits) : "—");
    }
    add_links(text, results, run);
    text_add(text, "</tr>\n");
}

static void add_head(struct text *text, const struct results *results, const bool *shown)
{
    text_add(text,
             "<div class=\"wide\" tabindex=\"0\" role=\"group\" aria-label=\"table\">\n<table>\n<thead><tr>"
             "<th scope=\"col\">point</th><th scope=\"col\" class=\"number\">seed</th>%s"
             "<th scope=\"col\">state</th>",
             results->experiment->folds > 0 ? "<th scope=\"col\" class=\"number\">fold</th>" : "");
    for (size_t i = 0; i < NUMBERS; i++)
        if (shown[i])
            text_add(text, "<th scope=\"col\" class=\"number\">%s</th>", numbers[i].title);
    text_add(text, "<th scope=\"col\">files</th></tr></thead>\n<tbody>\n");
}

/* By point, and then as their seeds and folds are. */
bool page_add_runs(struct text *text, const struct results *results, struct assay_error *error)
{
    bool shown[NUMBERS], any = false;
    for (size_t i = 0; i < results->plan->count; i++)
        any |= is_there(&results->runs[i]);
    if (!any)
        return true;
    for (size_t i = 0; i < NUMBERS; i++)
        shown[i] = any_has(results, i);
    page_begin_section(text, "runs", "Runs");
    add_head(text, results, shown);
    for (size_t p = 0; p < results->experiment->point_count; p++) {
        const struct result_point *point = &results->points[p];
        for (size_t i = 0; i < point->run_count; i++)
            if (is_there(point->runs[i]))
                add_run(text, results, point->runs[i], shown);
    }
    text_add(text, "</tbody>\n</table>\n</div>\n</section>\n");
    return !text->failed || assay_fail_memory(error, "making a page");
}
