#include "report/page.h"

#include <string.h>

#include "report/escape.h"
#include "report/gaps.h"
#include "report/page_parts.h"
#include "report/page_sections.h"
#include "spec/measure.h"

bool page_can_chart(void)
{
    return page_chart_script[0] != '\0';
}

static bool has_charts(const struct page *page)
{
    return page->has_charts && page_can_chart();
}

static void add_head(struct text *text, const struct page *page)
{
    text_add(text,
             "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
             "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
             "<meta name=\"color-scheme\" content=\"light dark\">\n"
             "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
             "style-src 'unsafe-inline'%s\">\n<title>",
             has_charts(page) ? "; script-src 'unsafe-inline'" : "");
    xml_add(text, page->tables->results->experiment->title);
    text_add(text, "</title>\n<style>\n%s%s</style>\n</head>\n", has_charts(page) ? page_chart_style : "",
             page_style);
}

static void add_points(struct text *text, size_t count, const char *kind, const uint64_t *seeds,
                       size_t seed_count)
{
    text_add(text, "%zu %spoint%s, ", count, kind, count == 1 ? "" : "s");
    seeds_add(text, seeds, seed_count);
}

/* What it is about, and how far it is. */
static void add_overview(struct text *text, const struct page *page)
{
    const struct results *results = page->tables->results;
    const struct experiment *experiment = results->experiment;
    const struct result_counts *counts = &results->counts;
    const size_t searched = experiment_first_final(experiment);
    text_add(text, "<body>\n<header>\n<p class=\"name\">");
    xml_add(text, experiment->name);
    text_add(text, "</p>\n<h1>");
    xml_add(text, experiment->title);
    text_add(text, "</h1>\n<p>");
    add_points(text, searched, "", experiment->seeds, experiment->seed_count);
    if (experiment->folds > 0)
        text_add(text, ", %d folds", experiment->folds);
    if (searched < experiment->point_count) {
        text_add(text, ", then ");
        add_points(text, experiment->point_count - searched, "final ", experiment->final->seeds,
                   experiment->final->seed_count);
    }
    text_add(text, "; %zu of %zu runs %s finished", counts->finished, counts->wanted,
             counts->finished == 1 ? "is" : "are");
    if (counts->diverged > 0)
        text_add(text, ", %zu diverged", counts->diverged);
    if (counts->missing + counts->stale > 0) {
        text_add(text, ". ");
        if (counts->stale > 0)
            text_add(text, "%zu %s another config's; once %s removed, ", counts->stale,
                     counts->stale == 1 ? "is" : "are",
                     counts->stale == 1 ? "its directory is" : "their directories are");
        text_add(text, "<code>");
        xml_add(text, page->tables->sweep);
        text_add(text, "</code> runs what is missing");
    }
    text_add(text, ".</p>\n</header>\n<main>\n");
}

static void add_tables(struct text *text, const struct page *page)
{
    if (page->tables->count == 0)
        return;
    page_begin_section(text, "tables", "Results");
    tables_add(text, page->tables, &html_style);
    text_add(text, "</section>\n");
}

static void add_claims(struct text *text, const struct page *page)
{
    if (page->claims->count == 0)
        return;
    page_begin_section(text, "claims", "Claims");
    claims_add_html(text, page->claims);
    text_add(text, "</section>\n");
}

/* Figures to be shown. */
struct shown {
    const struct experiment_figure *items;
    size_t count;
};

/* One for each column of a table that has a curve. */
static bool figures_of_tables(struct arena *arena, const struct experiment *experiment, struct shown *shown)
{
    size_t most = 0;
    for (size_t i = 0; i < experiment->table_count; i++)
        most += experiment->tables[i].column_count;
    struct experiment_figure *items = arena_allocate(arena, most, sizeof *items);
    const char **metrics = arena_allocate(arena, most, sizeof *metrics);
    if (items == NULL || metrics == NULL)
        return false;
    for (size_t i = 0; i < experiment->table_count; i++) {
        const struct experiment_table *table = &experiment->tables[i];
        for (size_t c = 0; c < table->column_count; c++) {
            if (!metric_is_curve(table->columns[c].measure.metric))
                continue;
            metrics[shown->count] = table->columns[c].measure.metric;
            items[shown->count] = (struct experiment_figure){
                .name = arena_format(arena, "%s-%zu", table->name, c + 1),
                .title = arena_format(arena, "%s: %s", table->title, table->columns[c].title),
                .points = table->points,
                .point_count = table->point_count,
                .columns = &metrics[shown->count],
                .column_count = 1,
            };
            if (items[shown->count].name == NULL || items[shown->count].title == NULL)
                return false;
            shown->count++;
        }
    }
    shown->items = items;
    return true;
}

static bool add_curves(struct text *text, struct arena *arena, const struct page *page,
                       struct assay_error *error)
{
    const struct results *results = page->tables->results;
    const struct experiment *experiment = results->experiment;
    struct shown shown = {experiment->figures, experiment->figure_count};
    if (shown.count == 0 && !figures_of_tables(arena, experiment, &shown))
        return assay_fail_memory(error, "making a page");
    if (shown.count == 0)
        return true;
    page_begin_section(text, "curves", "Curves");
    for (size_t i = 0; i < shown.count; i++) {
        const struct figure *figure = figure_create(arena, results, &shown.items[i], error);
        if (figure == NULL)
            return false;
        page_add_figure(text, figure, has_charts(page));
    }
    text_add(text, "</section>\n");
    return true;
}

bool page_add(struct text *text, const struct page *page, struct assay_error *error)
{
    const struct results *results = page->tables->results;
    struct arena *arena = arena_create();
    add_head(text, page);
    add_overview(text, page);
    add_tables(text, page);
    add_claims(text, page);
    bool done =
        arena != NULL ? add_curves(text, arena, page, error) : assay_fail_memory(error, "making a page");
    done = done && page_add_settings(text, results, error) && page_add_machines(text, results, error) &&
           page_add_runs(text, results, error);
    text_add(text, "</main>\n");
    if (has_charts(page))
        text_add(text, "<script>\n%s</script>\n<script>\n%s</script>\n", page_chart_script, page_script);
    text_add(text, "</body>\n</html>\n");
    arena_destroy(arena);
    return done && (!text->failed || assay_fail_memory(error, "making a page"));
}
