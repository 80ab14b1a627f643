#include "report/table.h"

#include <math.h>

static bool fill_cell(struct arena *arena, const struct result_point *point,
                      const struct experiment_measure *measure, struct table_cell *cell)
{
    struct result_values values;
    double *numbers = arena_allocate(arena, point->seed_count, sizeof *numbers);
    if (numbers == NULL || !results_values(arena, point, measure, &values))
        return false;
    size_t count = 0;
    for (size_t i = 0; i < values.count; i++)
        if (isfinite(values.values[i]))
            numbers[count++] = values.values[i];
    *cell = (struct table_cell){.sample = sample_of(numbers, count), .without = values.count - count};
    cell->mean = mean_interval(&cell->sample, usual_level);
    cell->reported = reported_of(point->point, measure, &cell->sample);
    return true;
}

static bool fill_table(struct arena *arena, const struct results *results,
                       const struct experiment_table *declared, struct table *table)
{
    struct table_row *rows = arena_allocate(arena, declared->point_count, sizeof *rows);
    if (rows == NULL)
        return false;
    *table = (struct table){declared, rows};
    for (size_t r = 0; r < declared->point_count; r++) {
        struct table_cell *cells = arena_allocate(arena, declared->column_count, sizeof *cells);
        if (cells == NULL)
            return false;
        rows[r] = (struct table_row){&results->points[declared->points[r]], cells};
        for (size_t c = 0; c < declared->column_count; c++)
            if (!fill_cell(arena, rows[r].point, &declared->columns[c].measure, &cells[c]))
                return false;
    }
    return true;
}

const struct tables *tables_create(struct arena *arena, const struct results *results, const char *sweep,
                                   struct assay_error *error)
{
    const struct experiment *experiment = results->experiment;
    struct tables *tables = arena_allocate(arena, 1, sizeof *tables);
    struct table *items = arena_allocate(arena, experiment->table_count, sizeof *items);
    bool done = tables != NULL && items != NULL;
    for (size_t i = 0; i < experiment->table_count && done; i++)
        done = fill_table(arena, results, &experiment->tables[i], &items[i]);
    if (!done) {
        assay_fail_memory(error, "making tables");
        return NULL;
    }
    *tables = (struct tables){results, sweep, items, experiment->table_count};
    return tables;
}
