/* A comparison as tables and charts for the terminal. */
#include "report/comparison.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "report/chart.h"

static char letter(size_t run)
{
    return (char)('A' + run);
}

/* At least as wide as a column of numbers, and cut where it is much wider. */
static void add_cell(struct text *text, const char *cell)
{
    text_add(text, "  %14.40s", cell);
}

static void add_number(struct text *text, double value)
{
    char cell[32] = "";
    if (!isnan(value))
        snprintf(cell, sizeof cell, "%.6g", value);
    add_cell(text, cell);
}

/* Of the first column: as wide as the longest name in it. */
static int name_width(const struct comparison *all)
{
    size_t width = 30;
    for (size_t i = 0; i < all->settings->count; i++)
        if (width < strlen(all->settings->items[i].path))
            width = strlen(all->settings->items[i].path);
    for (size_t i = 0; i < all->metric_count; i++)
        if (width < strlen(all->metrics[i]))
            width = strlen(all->metrics[i]);
    return (int)width;
}

static void add_name(struct text *text, const struct comparison *all, const char *name)
{
    text_add(text, "  %-*s", name_width(all), name);
}

static void add_head(struct text *text, const struct comparison *all, const char *title)
{
    text_add(text, "%-*s", name_width(all) + 2, title);
    for (size_t run = 0; run < all->run_count; run++)
        add_cell(text, (const char[]){letter(run), '\0'});
    text_add_char(text, '\n');
}

static void add_settings(struct text *text, const struct comparison *all)
{
    if (all->settings->count == 0)
        return;
    add_head(text, all, "where the configs differ");
    for (size_t i = 0; i < all->settings->count; i++) {
        add_name(text, all, all->settings->items[i].path);
        for (size_t run = 0; run < all->run_count; run++)
            add_cell(text, all->settings->items[i].values[run]);
        text_add_char(text, '\n');
    }
    text_add_char(text, '\n');
}

/* Where a run has held a fold out: no curve shows what it said of that. */
static void add_held_out(struct text *text, const struct comparison *all)
{
    bool any = false;
    for (size_t run = 0; run < all->run_count; run++)
        any |= !isnan(all->runs[run]->held_out_error_pct);
    if (!any)
        return;
    add_name(text, all, "held_out_error_pct");
    for (size_t run = 0; run < all->run_count; run++)
        add_number(text, all->runs[run]->held_out_error_pct);
    text_add_char(text, '\n');
}

static void add_finals(struct text *text, const struct comparison *all)
{
    add_head(text, all, "at the best epoch");
    add_name(text, all, "epoch");
    for (size_t run = 0; run < all->run_count; run++)
        add_number(text, all->runs[run]->epochs[all->runs[run]->best]);
    text_add_char(text, '\n');
    for (size_t i = 0; i < all->metric_count; i++) {
        add_name(text, all, all->metrics[i]);
        for (size_t run = 0; run < all->run_count; run++)
            add_number(text, curves_values(all->runs[run], all->metrics[i])[all->runs[run]->best]);
        text_add_char(text, '\n');
    }
    add_held_out(text, all);
    text_add_char(text, '\n');
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
    add_head(text, all, metric);
    for (double epoch = next_epoch(all, -INFINITY); isfinite(epoch); epoch = next_epoch(all, epoch)) {
        char name[32];
        snprintf(name, sizeof name, "epoch %g", epoch);
        add_name(text, all, name);
        for (size_t run = 0; run < all->run_count; run++) {
            const size_t row = row_of(all->runs[run], epoch);
            add_number(text, row != SIZE_MAX ? curves_values(all->runs[run], metric)[row] : NAN);
        }
        text_add_char(text, '\n');
    }
    text_add_char(text, '\n');
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
    for (size_t run = 0; run < all->run_count; run++)
        text_add(text, "%c  %s\n", letter(run), all->runs[run]->path);
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
