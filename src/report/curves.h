/* Curves: numbers by epoch, ours or other people's. */
#ifndef REPORT_CURVES_H
#define REPORT_CURVES_H

#include <stdbool.h>
#include <stddef.h>

#include "assay/error.h"
#include "base/arena.h"

struct curves {
    const char *path;            /* as it was given: a run directory or a CSV file */
    const char *directory;       /* NULL for a file */
    size_t rows, columns;        /* a row for each epoch, whatever the file has */
    const double *epochs;        /* of the rows; counted from 1 where the file has no column "epoch" */
    const char *const *names;    /* of the numeric columns but for "epoch" and "step" */
    const double *const *values; /* values[column][row]; NaN where the cell is empty */
    size_t result; /* the row whose metrics count: what summary.json says, else the lowest val_error_pct or
                    val_loss, else the last */
    double held_out_error_pct; /* of summary.json; NaN: there is none */
};

/* Lives in the arena. NULL on failure: ASSAY_INCOMPLETE when there is no epoch yet. */
const struct curves *curves_load(struct arena *arena, const char *path, struct assay_error *error);

/* One column, NULL when there is none. */
const double *curves_values(const struct curves *curves, const char *name);

#endif
