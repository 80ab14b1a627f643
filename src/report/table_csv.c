/* The declared tables as CSV. */
#include "report/table.h"

#include <math.h>

#include "base/number.h"
#include "io/csv.h"
#include "spec/measure_words.h"

enum { DIGITS = 6 };

static void add_header(struct text *text)
{
    static const char *const columns[] = {
        "table",   "row",      "column",       "metric",     "seeds",         "wanted_seeds",
        "mean",    "sd",       "low",          "high",       "reported",      "reported_is",
        "run_low", "run_high", "missing_runs", "stale_runs", "diverged_runs",
    };
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
        csv_add_text(text, columns[i]);
    csv_end_row(text);
}

static void add_number(struct text *text, double value)
{
    char buffer[NUMBER_TEXT_SIZE];
    csv_add_text(text, isfinite(value) ? number_print_significant(buffer, value, DIGITS) : "");
}

static void add_cell(struct text *text, const struct table *table, const struct table_row *row, size_t column)
{
    const struct table_cell *cell = &row->cells[column];
    const struct result_counts *counts = &row->point->counts;
    csv_add_text(text, table->declared->name);
    csv_add_text(text, row->point->point->label);
    csv_add_text(text, table->declared->columns[column].title);
    struct text measure = {0};
    measure_add(&measure, &table->declared->columns[column].measure);
    csv_add_text(text, measure.failed ? "" : measure.bytes);
    text->failed |= measure.failed;
    text_finish(&measure);
    csv_add_integer(text, (long long)cell->sample.count);
    csv_add_integer(text, (long long)row->point->seed_count);
    add_number(text, cell->sample.mean);
    add_number(text, cell->sample.sd);
    add_number(text, cell->mean.low);
    add_number(text, cell->mean.high);
    add_number(text, cell->reported.value);
    csv_add_text(text, reported_place_names[cell->reported.place]);
    add_number(text, cell->reported.run.low);
    add_number(text, cell->reported.run.high);
    csv_add_integer(text, (long long)counts->missing);
    csv_add_integer(text, (long long)counts->stale);
    csv_add_integer(text, (long long)counts->diverged);
    csv_end_row(text);
}

void tables_add_csv(struct text *text, const struct tables *tables)
{
    add_header(text);
    for (size_t t = 0; t < tables->count; t++)
        for (size_t r = 0; r < tables->items[t].declared->point_count; r++)
            for (size_t c = 0; c < tables->items[t].declared->column_count; c++)
                add_cell(text, &tables->items[t], &tables->items[t].rows[r], c);
}
