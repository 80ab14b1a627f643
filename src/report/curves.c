#include "report/curves.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/number.h"
#include "io/csv.h"
#include "run/files.h"
#include "run/summary.h"

/* What other programs write where there is no number, or none that is finite. */
static bool is_missing(const char *cell)
{
    static const char *const words[] = {"",    "NA",   "NaN",      "nan",      "null",
                                        "inf", "-inf", "Infinity", "-Infinity"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(cell, words[i]) == 0)
            return true;
    return false;
}

/* The column as numbers; false when it holds anything else, or no number at all. */
static bool read_column(const struct csv *csv, size_t column, double *values)
{
    bool any = false;
    for (size_t row = 0; row < csv->rows; row++) {
        const char *cell = csv->cells[row][column];
        values[row] = NAN;
        if (is_missing(cell))
            continue;
        if (!number_parse_double(cell, &values[row]))
            return false;
        any = true;
    }
    return any;
}

static size_t lowest(const double *values, size_t rows)
{
    size_t best = 0;
    for (size_t row = 1; row < rows; row++)
        if (values[row] < values[best] || isnan(values[best]))
            best = row;
    return best;
}

static size_t result_row(const struct curves *curves, const struct summary_found *summary)
{
    if (summary != NULL)
        for (size_t row = 0; row < curves->rows; row++)
            if (curves->epochs[row] == summary->result.result_epoch)
                return row;
    const double *validation = curves_values(curves, "val_error_pct");
    if (validation == NULL)
        validation = curves_values(curves, "val_loss");
    return validation != NULL ? lowest(validation, curves->rows) : curves->rows - 1;
}

/* Several rows of one epoch, one below the other, become one, in which each column has its last number there:
 * other programs write a row whenever they have something to say. A row without an epoch is left out. */
static void join_rows(struct curves *curves, double *epochs, double *const *values)
{
    size_t kept = 0;
    for (size_t row = 0; row < curves->rows; row++) {
        if (isnan(epochs[row]))
            continue;
        const bool is_new = kept == 0 || epochs[kept - 1] != epochs[row];
        kept += is_new;
        epochs[kept - 1] = epochs[row];
        for (size_t column = 0; column < curves->columns; column++)
            if (is_new || !isnan(values[column][row]))
                values[column][kept - 1] = values[column][row];
    }
    curves->rows = kept;
}

static const struct curves *make(struct arena *arena, const char *path, bool is_directory,
                                 const struct csv *csv, struct assay_error *error)
{
    struct curves *curves = arena_allocate(arena, 1, sizeof *curves);
    const char **names = arena_allocate(arena, csv->columns, sizeof *names);
    double **values = arena_allocate(arena, csv->columns, sizeof *values),
           *epochs = arena_allocate(arena, csv->rows, sizeof *epochs);
    if (curves == NULL || names == NULL || values == NULL || epochs == NULL)
        goto no_memory;
    for (size_t row = 0; row < csv->rows; row++)
        epochs[row] = (double)row + 1;
    *curves = (struct curves){.path = path, .directory = is_directory ? path : NULL, .rows = csv->rows};
    for (size_t column = 0; column < csv->columns; column++) {
        double *numbers = arena_allocate(arena, csv->rows, sizeof *numbers);
        if (numbers == NULL)
            goto no_memory;
        if (!read_column(csv, column, numbers))
            continue;
        if (strcmp(csv->header[column], "epoch") == 0) {
            epochs = numbers;
        } else if (strcmp(csv->header[column], "step") != 0) {
            names[curves->columns] = csv->header[column];
            values[curves->columns++] = numbers;
        }
    }
    curves->names = names;
    curves->values = (const double *const *)values;
    curves->epochs = epochs;
    join_rows(curves, epochs, values);
    struct summary_found summary;
    bool finished = false;
    if (is_directory && !summary_read(path, &finished, &summary, error))
        return NULL;
    curves->result = result_row(curves, finished ? &summary : NULL);
    curves->held_out_error_pct = finished ? summary.result.held_out_error_pct : NAN;
    return curves;
no_memory:
    assay_fail_memory(error, "reading curves");
    return NULL;
}

static void fail_empty(const char *path, struct assay_error *error)
{
    assay_fail(error, ASSAY_INCOMPLETE, "%s: has no epoch yet", path);
}

const struct curves *curves_load(struct arena *arena, const char *path, struct assay_error *error)
{
    bool is_directory;
    if (!directory_look(path, &is_directory, error))
        return NULL;
    char *in_directory = is_directory ? path_join(path, CURVES_FILE) : NULL;
    const struct csv *csv = NULL;
    if (is_directory && in_directory == NULL)
        assay_fail_memory(error, "reading curves");
    else if (is_directory && !file_exists(in_directory))
        fail_empty(path, error);
    else
        csv = csv_load(arena, is_directory ? in_directory : path, error);
    memory_free(in_directory);
    if (csv == NULL)
        return NULL;
    if (csv->rows == 0) {
        fail_empty(path, error);
        return NULL;
    }
    return make(arena, path, is_directory, csv, error);
}

const double *curves_values(const struct curves *curves, const char *name)
{
    for (size_t column = 0; column < curves->columns; column++)
        if (strcmp(curves->names[column], name) == 0)
            return curves->values[column];
    return NULL;
}
