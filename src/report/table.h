/* The declared tables of an experiment: a row per point, and of each column the mean over the seeds with what
 * is known of it, beside the reported figure. */
#ifndef REPORT_TABLE_H
#define REPORT_TABLE_H

#include <stddef.h>

#include "assay/error.h"
#include "report/reported.h"
#include "report/results.h"
#include "report/style.h"

struct table_cell {
    struct sample sample; /* over the seeds; count 0: no number yet */
    size_t without;       /* finished seeds that have no such number */
    struct interval mean; /* 95 %, of the mean; infinite where nothing can be said */
    struct reported reported;
};

struct table_row {
    const struct result_point *point;
    const struct table_cell *cells; /* as the declared columns */
};

struct table {
    const struct experiment_table *declared;
    const struct table_row *rows; /* as the declared points */
};

struct tables {
    const struct results *results;
    const char *sweep; /* the command that makes missing runs */
    const struct table *items;
    size_t count;
};

/* All that the experiment declares; `sweep` must outlive them. NULL without memory, which is said in `error`.
 * Lives in the arena. */
const struct tables *tables_create(struct arena *arena, const struct results *results, const char *sweep,
                                   struct assay_error *error);

/* Per row mean ± standard deviation, seeds, 95 % interval, reported figure and interval of one new run; and
 * below which runs are missing or left out, with the command that makes them. */
void tables_add(struct text *text, const struct tables *tables, const struct style *style);

/* All of it for programs: a line per row and column, numbers to six significant digits. */
void tables_add_csv(struct text *text, const struct tables *tables);

#endif
