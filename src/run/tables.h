/* The tables of a run: curves.csv, timing.csv, predictions.csv and mistakes.csv. */
#ifndef RUN_TABLES_H
#define RUN_TABLES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "train/trainer.h"

/* A column of numbers, behind the epoch. */
struct row_column {
    const char *name;
    size_t offset; /* of a double in struct epoch_row */
};
struct row_columns {
    const struct row_column *items;
    size_t count;
};
struct row_columns curve_columns(bool evaluated);
double row_value(const struct epoch_row *row, const struct row_column *column);

/* Each adds a whole file, header first. `evaluated`: with the columns of evaluate_train. */
void add_curves(struct text *text, const struct epoch_row *rows, int count, bool evaluated);
void add_timing(struct text *text, const struct epoch_row *rows, int count);

/* What testing said, sample by sample: `cookie` of collect_prediction, a trainer_sample. */
struct predictions {
    struct text all, mistakes; /* predictions.csv, mistakes.csv */
    uint32_t images, wrong;
};
void predictions_start(struct predictions *predictions);
trainer_sample collect_prediction;
void predictions_finish(struct predictions *predictions); /* {0} is fine */

#endif
