/* A comparison as tables and charts for the terminal. */
#include "report/comparison.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "report/chart.h"
#include "report/escape.h"
#include "report/grid.h"

static char letter(size_t run)
{
    return (char)('A' + run);
}

/* A table with a column for each run, growing row by row. Without memory its text has failed. */
struct block {
    const struct comparison *all;
    struct text *text;
    struct arena *arena;
    struct grid_column *columns;
    const char **cells;
    size_t rows;
};

static void begin(struct block *block, struct text *text, const struct comparison *all, const char *title,
                  size_t most_rows)
{
    *block = (struct block){.all = all, .text = text, .arena = arena_create()};
    const size_t width = all->run_count + 1;
    if (block->arena != NULL) {
        block->columns = arena_allocate(block->arena, width, sizeof *block->columns);
        block->cells = arena_allocate(block->arena, most_rows * width, sizeof *block->cells);
    }
    text->failed |= block->columns == NULL || block->cells == NULL;
    if (text->failed)
        return;
    block->columns[0] = (struct grid_column){title, false};
    for (size_t run = 0; run < all->run_count; run++) {
        block->columns[1 + run] = (struct grid_column){arena_format(block->arena, "%c", letter(run)), true};
        text->failed |= block->columns[1 + run].title == NULL;
    }
}

/* Its cells, one for each run, still empty; NULL once the text has failed. */
static const char **add_row(struct block *block, const char *name)
{
    if (block->text->failed)
        return NULL;
    const char **row = block->cells + block->rows++ * (block->all->run_count + 1);
    row[0] = arena_format(block->arena, "  %s", name);
    block->text->failed |= row[0] == NULL;
    return row + 1;
}

static void set_number(struct block *block, const char **cell, double value)
{
    if (isnan(value))
        return;
    *cell = arena_format(block->arena, "%.6g", value);
    block->text->failed |= *cell == NULL;
}

static void end(struct block *block)
{
    if (!block->text->failed)
        grid_add_text(block->text,
                      &(struct grid){block->columns, block->all->run_count + 1, block->cells, block->rows});
    text_add_char(block->text, '\n');
    arena_destroy(block->arena);
}

static void add_settings(struct text *text, const struct comparison *all)
{
    if (all->settings->count == 0)
        return;
    struct block block;
    begin(&block, text, all, "where the configs differ", all->settings->count);
    for (size_t i = 0; i < all->settings->count; i++) {
        const char **cells = add_row(&block, all->settings->items[i].path);
        for (size_t run = 0; run < all->run_count && cells != NULL; run++)
            cells[run] = all->settings->items[i].values[run];
    }
    end(&block);
}

/* Where a run has held a fold out: no curve shows what it said of that. */
static void add_held_out(struct block *block)
{
    const struct comparison *all = block->all;
    bool any = false;
    for (size_t run = 0; run < all->run_count; run++)
        any |= !isnan(all->runs[run]->held_out_error_pct);
    const char **cells = any ? add_row(block, "held_out_error_pct") : NULL;
    for (size_t run = 0; run < all->run_count && cells != NULL; run++)
        set_number(block, &cells[run], all->runs[run]->held_out_error_pct);
}

static void add_finals(struct text *text, const struct comparison *all)
{
    struct block block;
    begin(&block, text, all, "at the result", all->metric_count + 2);
    const char **cells = add_row(&block, "epoch");
    for (size_t run = 0; run < all->run_count && cells != NULL; run++)
        set_number(&block, &cells[run], all->runs[run]->epochs[all->runs[run]->result]);
    for (size_t i = 0; i < all->metric_count; i++) {
        cells = add_row(&block, all->metrics[i]);
        for (size_t run = 0; run < all->run_count && cells != NULL; run++)
            set_number(&block, &cells[run],
                       curves_values(all->runs[run], all->metrics[i])[all->runs[run]->result]);
    }
    add_held_out(&block);
    end(&block);
}

/* The row of an epoch, SIZE_MAX where the run has none. */
static size_t row_of(const struct curves *curves, double epoch)
{
    for (size_t row = 0; row < curves->rows; row++)
        if (curves->epochs[row] == epoch)
            return row;
    return SIZE_MAX;
}

/* The first epoch after `after` that any run has; infinite when there is none. */
static double next_epoch(const struct comparison *all, double after)
{
    double next = INFINITY;
    for (size_t run = 0; run < all->run_count; run++)
        for (size_t row = 0; row < all->runs[run]->rows; row++)
            if (all->runs[run]->epochs[row] > after)
                next = fmin(next, all->runs[run]->epochs[row]);
    return next;
}

static void add_table(struct text *text, const struct comparison *all, const char *metric)
{
    size_t most_rows = 0;
    for (size_t run = 0; run < all->run_count; run++)
        most_rows += all->runs[run]->rows;
    struct block block;
    begin(&block, text, all, metric, most_rows);
    for (double epoch = next_epoch(all, -INFINITY); isfinite(epoch); epoch = next_epoch(all, epoch)) {
        char name[32];
        snprintf(name, sizeof name, "epoch %g", epoch);
        const char **cells = add_row(&block, name);
        for (size_t run = 0; run < all->run_count && cells != NULL; run++) {
            const size_t row = row_of(all->runs[run], epoch);
            set_number(&block, &cells[run],
                       row != SIZE_MAX ? curves_values(all->runs[run], metric)[row] : NAN);
        }
    }
    end(&block);
}

static void add_chart(struct text *text, const struct comparison *all, const char *metric)
{
    struct series series[COMPARISON_RUNS];
    for (size_t run = 0; run < all->run_count; run++)
        series[run] = (struct series){letter(run), all->runs[run]->epochs,
                                      curves_values(all->runs[run], metric), all->runs[run]->rows};
    chart_add(text, metric, series, all->run_count);
    text_add_char(text, '\n');
}

static bool has_metric(const struct comparison *all, const char *name)
{
    for (size_t i = 0; i < all->metric_count; i++)
        if (strcmp(all->metrics[i], name) == 0)
            return true;
    return false;
}

/* Without a wish: the errors that are measured after each epoch; where there are none, the validation's loss
 * or the first column. */
static bool is_shown(const struct comparison *all, size_t metric)
{
    const char *name = all->metrics[metric];
    const bool has_errors = has_metric(all, "val_error_pct") || has_metric(all, "test_error_pct");
    if (all->metric_count > 1 && !has_errors && has_metric(all, "val_loss"))
        return strcmp(name, "val_loss") == 0;
    if (all->metric_count == 1 || !has_errors)
        return metric == 0;
    return strcmp(name, "val_error_pct") == 0 || strcmp(name, "test_error_pct") == 0;
}

static void add_test(struct text *text, const struct comparison_test *test)
{
    const char a = letter(test->a), b = letter(test->b);
    text_add(text,
             "%c against %c on %u images: %u wrong for %c alone, %u for %c alone; McNemar's exact p = %.3g\n",
             a, b, test->result.images, test->result.only_a, a, test->result.only_b, b, test->result.p);
}

void comparison_add_text(struct text *text, const struct comparison *all)
{
    for (size_t run = 0; run < all->run_count; run++) {
        text_add(text, "%c  ", letter(run));
        terminal_add(text, all->runs[run]->path);
        text_add_char(text, '\n');
    }
    text_add_char(text, '\n');
    add_settings(text, all);
    add_finals(text, all);
    for (size_t i = 0; i < all->metric_count; i++)
        if (is_shown(all, i)) {
            add_table(text, all, all->metrics[i]);
            add_chart(text, all, all->metrics[i]);
        }
    for (size_t i = 0; i < all->test_count; i++)
        add_test(text, &all->tests[i]);
}
