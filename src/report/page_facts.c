/* What a page says of how its runs came about: the settings of its points, and the machines. */
#include "report/page_sections.h"

#include <string.h>

#include "io/json.h"
#include "report/grid.h"
#include "report/page_parts.h"
#include "report/settings.h"
#include "spec/settings.h"

/* The first run of a point that has ended, NULL where none has. */
static const struct result_run *first_run(const struct result_point *point)
{
    for (size_t i = 0; i < point->run_count; i++)
        if (point->runs[i]->record != NULL)
            return point->runs[i];
    return NULL;
}

/* Points of which a run has ended, and that run's directory. */
struct known {
    const char **labels, **directories;
    size_t count;
};

static bool find_known(struct arena *arena, const struct results *results, struct known *known)
{
    const size_t most = results->experiment->point_count;
    *known = (struct known){arena_allocate(arena, most, sizeof *known->labels),
                            arena_allocate(arena, most, sizeof *known->directories), 0};
    if (known->labels == NULL || known->directories == NULL)
        return false;
    for (size_t i = 0; i < most; i++) {
        const struct result_run *run = first_run(&results->points[i]);
        if (run == NULL)
            continue;
        known->labels[known->count] = results->points[i].point->label;
        known->directories[known->count++] = run->planned->directory;
    }
    return true;
}

/* A row for each setting and a column for each point or, where there are more points, the other way round. */
static bool add_grid(struct text *text, struct arena *arena, const struct known *known,
                     const struct setting *settings, size_t count)
{
    const bool by_point = known->count > count;
    const size_t rows = by_point ? known->count : count, others = by_point ? count : known->count;
    struct grid_column *columns = arena_allocate(arena, others + 1, sizeof *columns);
    const char **cells = arena_allocate(arena, rows * (others + 1), sizeof *cells);
    if (columns == NULL || cells == NULL)
        return false;
    columns[0] = (struct grid_column){by_point ? "point" : "setting", false};
    for (size_t i = 0; i < others; i++)
        columns[i + 1] = (struct grid_column){by_point ? settings[i].path : known->labels[i], false};
    const struct grid grid = {columns, others + 1, cells, rows};
    for (size_t row = 0; row < rows; row++) {
        *cells++ = by_point ? known->labels[row] : settings[row].path;
        for (size_t i = 0; i < others; i++)
            *cells++ = by_point ? settings[i].values[row] : settings[row].values[i];
    }
    grid_add_html(text, &grid);
    return true;
}

/* Whether points that have it have different values; else some do not have it. */
static bool has_values(const struct setting *setting, size_t points)
{
    const char *first = "";
    for (size_t i = 0; i < points; i++)
        if (first[0] == '\0')
            first = setting->values[i];
        else if (setting->values[i][0] != '\0' && strcmp(setting->values[i], first) != 0)
            return true;
    return false;
}

/* Those of points, not of runs, with values or without; in the arena, NULL without memory. */
static struct setting *choose(struct arena *arena, const struct settings *settings, const struct known *known,
                              bool with_values, size_t *count)
{
    struct setting *chosen = arena_allocate(arena, settings->count, sizeof *chosen);
    for (size_t i = *count = 0; chosen != NULL && i < settings->count; i++)
        if (setting_of_runs(settings->items[i].path) == NULL &&
            has_values(&settings->items[i], known->count) == with_values)
            chosen[(*count)++] = settings->items[i];
    return chosen;
}

static bool add_settings(struct text *text, struct arena *arena, const struct results *results,
                         struct assay_error *error)
{
    struct known known;
    const struct settings *settings = find_known(arena, results, &known)
                                          ? settings_differing(arena, known.directories, known.count, error)
                                          : NULL;
    if (settings == NULL)
        return false;
    size_t differing, partial;
    const struct setting *values = choose(arena, settings, &known, true, &differing),
                         *parts = choose(arena, settings, &known, false, &partial);
    if (values == NULL || parts == NULL)
        return false;
    if (differing + partial == 0)
        return true;
    page_begin_section(text, "settings", "Where the points differ");
    if (differing > 0 && !add_grid(text, arena, &known, values, differing))
        return false;
    if (partial > 0) {
        text_add(text, "<details>\n<summary>Settings that only some of them have</summary>\n");
        if (!add_grid(text, arena, &known, parts, partial))
            return false;
        text_add(text, "</details>\n");
    }
    text_add(text, "<p class=\"legend\">All other settings are the same%s</p>\n</section>\n",
             known.count < results->experiment->point_count ? ". Points without a run are not shown." : ".");
    return true;
}

/* What summary.json says of where a run was made: texts, and a number. */
static const struct {
    const char *title, *key;
    bool number;
} facts[] = {
    {"processor", "cpu", false},   {"kernels", "kernels", false}, {"compiler", "compiler", false},
    {"version", "version", false}, {"commit", "commit", false},   {"threads", "threads", true},
};
enum { FACTS = sizeof facts / sizeof facts[0] };

/* One way of making runs. */
struct machine {
    const char *facts[FACTS];
    size_t runs;
};

static struct machine machine_of(const struct result_run *run)
{
    const struct json *said = run->record->summary != NULL ? json_get(run->record->summary, "machine") : NULL;
    struct machine machine = {.runs = 1};
    for (size_t i = 0; i < FACTS; i++) {
        const struct json *fact =
            said != NULL && said->kind == JSON_OBJECT ? json_get(said, facts[i].key) : NULL;
        machine.facts[i] =
            fact != NULL && (fact->kind == JSON_STRING || fact->kind == JSON_NUMBER) ? fact->text : "—";
    }
    return machine;
}

static bool is_same(const struct machine *a, const struct machine *b)
{
    for (size_t i = 0; i < FACTS; i++)
        if (strcmp(a->facts[i], b->facts[i]) != 0)
            return false;
    return true;
}

/* Of all runs that have ended, in the order of their first ones. */
static size_t count_machines(const struct results *results, struct machine *machines)
{
    size_t count = 0;
    for (size_t i = 0; i < results->plan->count; i++) {
        if (results->runs[i].record == NULL)
            continue;
        const struct machine machine = machine_of(&results->runs[i]);
        size_t at = 0;
        while (at < count && !is_same(&machines[at], &machine))
            at++;
        if (at < count)
            machines[at].runs++;
        else
            machines[count++] = machine;
    }
    return count;
}

static bool add_machines(struct text *text, struct arena *arena, const struct results *results,
                         struct assay_error *error)
{
    (void)error; /* nothing is read */
    struct grid_column columns[FACTS + 1] = {[FACTS] = {"runs", true}};
    struct machine *machines = arena_allocate(arena, results->plan->count, sizeof *machines);
    if (machines == NULL)
        return false;
    const size_t count = count_machines(results, machines);
    const char **cells = arena_allocate(arena, count * (FACTS + 1), sizeof *cells);
    if (cells == NULL)
        return false;
    for (size_t i = 0; i < FACTS; i++)
        columns[i] = (struct grid_column){facts[i].title, facts[i].number};
    for (size_t row = 0; row < count; row++) {
        const char **cell = cells + row * (FACTS + 1);
        memcpy(cell, machines[row].facts, sizeof machines[row].facts);
        cell[FACTS] = arena_format(arena, "%zu", machines[row].runs);
        if (cell[FACTS] == NULL)
            return false;
    }
    if (count == 0)
        return true;
    page_begin_section(text, "machines", "What made the runs");
    grid_add_html(text, &(struct grid){columns, FACTS + 1, cells, count});
    text_add(text, "</section>\n");
    return true;
}

/* Where `add` fails without a word it was for want of memory. */
static bool with_arena(struct text *text, const struct results *results, struct assay_error *error,
                       bool (*add)(struct text *text, struct arena *arena, const struct results *results,
                                   struct assay_error *error))
{
    struct assay_error said = {0};
    struct arena *arena = arena_create();
    const bool done = arena != NULL && add(text, arena, results, &said);
    arena_destroy(arena);
    if (!done && said.status == ASSAY_DONE)
        assay_fail_memory(&said, "making a page");
    return done || assay_fail(error, said.status, "%s", said.text);
}

bool page_add_settings(struct text *text, const struct results *results, struct assay_error *error)
{
    return with_arena(text, results, error, add_settings);
}

bool page_add_machines(struct text *text, const struct results *results, struct assay_error *error)
{
    return with_arena(text, results, error, add_machines);
}
