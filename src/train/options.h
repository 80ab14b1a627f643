/* The `data` and `train` parts of a config. Each room owns the rows of what it does; src/spec only puts the
 * tables together. */
#ifndef TRAIN_OPTIONS_H
#define TRAIN_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "assay/schema.h"

/* Cross-validation: fold `index` (from 0) of `count`. */
struct fold_options {
    int count, index;
};

struct data_options {
    struct assay_variant_value dataset; /* struct dataset_source */
    const char *dir;                    /* operational; NULL: look for it */
    int limit;                          /* -1: all */
    const struct fold_options *fold;    /* NULL: no fold is held out */
    int validation;
    uint64_t split_seed;
    int pad;
    int normalize; /* enum normalization */
};

/* A metric of an epoch: a column of curves.csv that early stopping can watch. Lower is better for all of
 * them. */
enum metric {
    METRIC_TRAIN_LOSS,
    METRIC_TRAIN_ERROR_PCT,
    METRIC_VAL_LOSS,
    METRIC_VAL_ERROR_PCT,
};
extern const char *const metric_names[]; /* NULL-terminated */

struct stopping_options {
    int monitor;                 /* enum metric */
    int patience;                /* epochs without improvement before it stops, at least 1 */
    double min_delta;            /* an improvement is strictly more than this below the best */
    int start_from_epoch;        /* epochs before it counts */
    double stopping_threshold;   /* stop as soon as the monitored value is at most this; NaN: never */
    double divergence_threshold; /* stop as soon as it is above this; NaN: never */
    bool restore_best;
};

struct penalty_options {
    double lambda, C;
};

struct train_options {
    struct assay_variant_value loss; /* struct loss */
    int loss_reduction;              /* enum loss_reduction */
    int max_epochs, batch_size;
    int convolution; /* enum convolution_choice */
    bool shuffle;
    bool evaluate_train, evaluate_test;
    struct assay_variant_value optimizer; /* struct optimizer */
    struct penalty_options penalty;
    const struct stopping_options *early_stopping; /* NULL: never stops early */
    const char *init_from;                         /* NULL: initialisers */
};

enum loss_reduction { REDUCE_MEAN, REDUCE_SUM };
enum convolution_choice { CONVOLUTION_FAST, CONVOLUTION_DIRECT };

extern const struct assay_table data_table, train_table;

#endif
