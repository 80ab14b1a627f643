/* The declared tables with their notes, in the style of a text format. */
#include "report/table.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/number.h"
#include "report/gaps.h"
#include "report/style.h"

/* The columns of a declared column; those of reported figures only where there are any. */
enum part { PART_MEAN, PART_INTERVAL, PART_REPORTED, PART_RUN, PARTS };

static bool has_reported(const struct table *table, size_t column)
{
    for (size_t row = 0; row < table->declared->point_count; row++)
        if (!isnan(table->rows[row].cells[column].reported.value))
            return true;
    return false;
}

static bool shows_part(const struct table *table, size_t column, enum part part)
{
    return part == PART_MEAN || part == PART_INTERVAL || has_reported(table, column);
}

/* Cells. */

static const char nothing[] = "—";

static const char *interval_cell(struct arena *arena, const struct interval *interval, int digits)
{
    char low[NUMBER_TEXT_SIZE], high[NUMBER_TEXT_SIZE];
    if (!isfinite(interval->low) || !isfinite(interval->high))
        return nothing;
    return arena_format(arena, "%s to %s", number_print_fixed(low, interval->low, digits),
                        number_print_fixed(high, interval->high, digits));
}

static const char *mean_cell(struct arena *arena, const struct sample *sample, int digits)
{
    char mean[NUMBER_TEXT_SIZE], sd[NUMBER_TEXT_SIZE];
    if (!isfinite(sample->mean))
        return nothing;
    number_print_fixed(mean, sample->mean, digits);
    return isfinite(sample->sd)
               ? arena_format(arena, "%s ± %s", mean, number_print_fixed(sd, sample->sd, digits))
               : arena_format(arena, "%s", mean);
}

static const char *reported_cell(struct arena *arena, const struct table_cell *cell, int digits)
{
    char reported[NUMBER_TEXT_SIZE];
    if (isnan(cell->reported.value))
        return "";
    number_print_fixed(reported, cell->reported.value, digits);
    return arena_format(arena, "%s%s%s", reported, cell->reported.place != REPORTED_UNKNOWN ? ", " : "",
                        reported_place_names[cell->reported.place]);
}

static const char *part_cell(struct arena *arena, const struct table_cell *cell, enum part part, int digits)
{
    switch (part) {
    case PART_MEAN:
        return mean_cell(arena, &cell->sample, digits);
    case PART_INTERVAL:
        return interval_cell(arena, &cell->mean, digits);
    case PART_REPORTED:
        return reported_cell(arena, cell, digits);
    default:
        return isnan(cell->reported.value) ? "" : interval_cell(arena, &cell->reported.run, digits);
    }
}

static const char *part_title(struct arena *arena, const struct table *table, size_t column, enum part part)
{
    static const char *const names[PARTS] = {
        [PART_INTERVAL] = "95 % interval", [PART_REPORTED] = "reported", [PART_RUN] = "one new run"};
    const char *title = table->declared->columns[column].title;
    if (part == PART_MEAN)
        return title;
    return table->declared->column_count == 1 ? names[part]
                                              : arena_format(arena, "%s: %s", title, names[part]);
}

/* Of a row: seeds all of whose runs are finished. */
static size_t finished_seeds(const struct table_row *row)
{
    return row->cells[0].sample.count + row->cells[0].without;
}

static const char *seeds_cell(struct arena *arena, const struct table_row *row)
{
    const size_t finished = finished_seeds(row), wanted = row->point->seed_count;
    return finished == wanted ? arena_format(arena, "%zu", finished)
                              : arena_format(arena, "%zu of %zu", finished, wanted);
}

enum { LEADING = 2, LABEL = 0, SEEDS }; /* columns before those that are declared */

static bool fill_grid(struct arena *arena, const struct table *table, struct grid *grid)
{
    const struct experiment_table *declared = table->declared;
    const size_t most = LEADING + PARTS * declared->column_count;
    struct grid_column *columns = arena_allocate(arena, most, sizeof *columns);
    const char **cells = arena_allocate(arena, most * declared->point_count, sizeof *cells);
    if (columns == NULL || cells == NULL)
        return false;
    columns[LABEL] = (struct grid_column){declared->heading, false};
    columns[SEEDS] = (struct grid_column){"seeds", true};
    size_t count = LEADING;
    for (size_t c = 0; c < declared->column_count; c++)
        for (enum part part = 0; part < PARTS; part++)
            if (shows_part(table, c, part)) {
                columns[count] = (struct grid_column){part_title(arena, table, c, part), true};
                if (columns[count++].title == NULL)
                    return false;
            }
    for (size_t r = 0; r < declared->point_count; r++) {
        const struct table_row *row = &table->rows[r];
        const char **cell = cells + r * count;
        *cell++ = row->point->point->label;
        *cell++ = seeds_cell(arena, row);
        for (size_t c = 0; c < declared->column_count; c++)
            for (enum part part = 0; part < PARTS; part++)
                if (shows_part(table, c, part))
                    *cell++ = part_cell(arena, &row->cells[c], part, declared->columns[c].digits);
    }
    for (size_t i = 0; i < count * declared->point_count; i++)
        if (cells[i] == NULL)
            return false;
    *grid = (struct grid){columns, count, cells, declared->point_count};
    return true;
}

/* Notes: what rows lack, those that lack the same together. */

struct note {
    const char *what; /* NULL: nothing */
    bool is_filled_by_sweep, is_said;
};

/* Of each row: which settings were chosen, of a final point; GAPS kinds of gaps; then a kind for each column,
 * numbers that finished runs do not have. */
enum { KIND_CHOSEN, FIRST_GAP, FIRST_COLUMN = FIRST_GAP + GAPS };

static size_t note_kinds(const struct table *table)
{
    return FIRST_COLUMN + table->declared->column_count;
}

/* Whether another setting of the same listed point could have been chosen for this one's sake. */
static bool was_chosen(const struct experiment *experiment, const struct experiment_point *chosen,
                       const struct experiment_setting *setting)
{
    for (size_t p = 0; p < experiment_first_final(experiment); p++) {
        const struct experiment_point *other = &experiment->points[p];
        bool has_same = false;
        for (size_t i = 0; i < other->setting_count; i++)
            has_same |= strcmp(other->settings[i].path, setting->path) == 0 &&
                        strcmp(other->settings[i].value, setting->value) == 0;
        if (other->listed == chosen->listed && !has_same)
            return true;
    }
    return false;
}

static void add_chosen(struct text *text, const struct experiment *experiment,
                       const struct result_point *point)
{
    const struct experiment_point *chosen = point->run_count > 0 ? point->runs[0]->planned->chosen : NULL;
    if (chosen == NULL)
        return;
    text_add(text, "the settings of %s were chosen", chosen->label);
    bool is_first = true;
    for (size_t i = 0; i < chosen->setting_count; i++)
        if (was_chosen(experiment, chosen, &chosen->settings[i])) {
            text_add(text, "%s%s=%s", is_first ? ": " : ", ", chosen->settings[i].path,
                     chosen->settings[i].value);
            is_first = false;
        }
}

static bool make_note(struct arena *arena, const struct experiment *experiment, const struct table *table,
                      size_t row, size_t kind, struct note *note)
{
    struct text text = {0};
    *note = (struct note){0};
    if (kind == KIND_CHOSEN) {
        add_chosen(&text, experiment, table->rows[row].point);
    } else if (kind < FIRST_COLUMN) {
        const enum gap gap = (enum gap)(kind - FIRST_GAP);
        gap_add(&text, table->rows[row].point, gap);
        note->is_filled_by_sweep = gap_is_filled_by_sweep[gap];
    } else {
        const size_t without = table->rows[row].cells[kind - FIRST_COLUMN].without;
        if (without > 0)
            text_add(&text, "%zu finished seed%s no %s", without, without == 1 ? " has" : "s have",
                     table->declared->columns[kind - FIRST_COLUMN].title);
    }
    const bool is_empty = !text.failed && text.length == 0;
    if (!is_empty)
        note->what = text_move(&text, arena);
    return is_empty || note->what != NULL;
}

static struct note *make_notes(struct arena *arena, const struct experiment *experiment,
                               const struct table *table)
{
    const size_t rows = table->declared->point_count, kinds = note_kinds(table);
    struct note *notes = arena_allocate(arena, rows * kinds, sizeof *notes);
    for (size_t i = 0; notes != NULL && i < rows * kinds; i++)
        if (!make_note(arena, experiment, table, i / kinds, i % kinds, &notes[i]))
            return NULL;
    return notes;
}

/* Which rows a note is about: all that have the same one, which are then done with. */
static void add_rows(struct text *who, const struct table *table, struct note *notes, size_t first)
{
    const size_t rows = table->declared->point_count, kinds = note_kinds(table);
    assert(kinds > 0);
    size_t same = 0;
    for (size_t row = first / kinds; row < rows; row++) {
        struct note *note = &notes[row * kinds + first % kinds];
        if (note->what == NULL || strcmp(note->what, notes[first].what) != 0)
            continue;
        text_add(who, "%s%s", same++ > 0 ? ", " : "", table->rows[row].point->point->label);
        note->is_said = true;
    }
    if (same > 1 && same == rows) {
        who->length = 0;
        text_add(who, "every row");
    }
}

static void add_notes(struct text *text, struct arena *arena, const struct experiment *experiment,
                      const struct table *table, const char *sweep, const struct style *style)
{
    struct note *notes = make_notes(arena, experiment, table);
    bool is_first = true;
    text->failed |= notes == NULL;
    for (size_t i = 0; notes != NULL && i < table->declared->point_count * note_kinds(table); i++) {
        if (notes[i].what == NULL || notes[i].is_said)
            continue;
        struct text who = {0};
        add_rows(&who, table, notes, i);
        text->failed |= who.failed;
        if (!who.failed)
            style->note(text, is_first, who.bytes, notes[i].what, notes[i].is_filled_by_sweep ? sweep : NULL);
        is_first = false;
        text_finish(&who);
    }
}

static bool any_reported(const struct table *table)
{
    for (size_t c = 0; c < table->declared->column_count; c++)
        if (has_reported(table, c))
            return true;
    return false;
}

static bool any_folds(const struct table *table)
{
    for (size_t r = 0; r < table->declared->point_count; r++)
        if (table->rows[r].point->folds > 1)
            return true;
    return false;
}

static void add_legend(struct text *text, const struct table *table, const struct style *style)
{
    struct text legend = {0};
    text_add(&legend, "Mean ± standard deviation over the seeds; 95 %% interval of the mean by Student's t.");
    if (any_folds(table))
        text_add(&legend, " A seed counts with the mean over its folds.");
    if (any_reported(table))
        text_add(&legend,
                 " A reported figure is one run: it lies inside, below or above the interval in which one "
                 "new run of ours would fall with a probability of 95 %%.");
    text->failed |= legend.failed;
    if (!legend.failed)
        style->paragraph(text, legend.bytes);
    text_finish(&legend);
}

void tables_add(struct text *text, const struct tables *tables, const struct style *style)
{
    struct arena *arena = arena_create();
    text->failed |= arena == NULL;
    style->document(text, tables->results->experiment->title);
    for (size_t i = 0; i < tables->count && !text->failed; i++) {
        const struct table *table = &tables->items[i];
        struct grid grid;
        if (!fill_grid(arena, table, &grid)) {
            text->failed = true;
            break;
        }
        text_add(text, "%s", i > 0 ? "\n" : "");
        style->begin(text, table->declared->name, table->declared->title);
        style->grid(text, &grid);
        add_legend(text, table, style);
        add_notes(text, arena, tables->results->experiment, table, tables->sweep, style);
        style->end(text);
    }
    arena_destroy(arena);
}
