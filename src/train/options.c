#include "train/options.h"

#include <stdio.h>

#include "net/loss.h"
#include "train/dataset.h"
#include "train/optimizer.h"

const char *const metric_names[] = {[METRIC_TRAIN_LOSS] = "train_loss",
                                    [METRIC_TRAIN_ERROR_PCT] = "train_error_pct",
                                    [METRIC_VAL_LOSS] = "val_loss",
                                    [METRIC_VAL_ERROR_PCT] = "val_error_pct",
                                    NULL};
static const char *const normalizations[] = {"none", "unit", "standard", NULL};
static const char *const reductions[] = {"mean", "sum", NULL};
static const char *const convolutions[] = {"fast", "direct", NULL};

enum { FOLDS_LIMIT = 1000 };

static const struct assay_field fold_fields[] = {
    {ASSAY_INT(struct fold_options, count), .key = "count",
     .help = "parts that the training images are cut into", .unit = "folds", .least = 2, .most = FOLDS_LIMIT},
    {ASSAY_INT(struct fold_options, index), .key = "index", .help = "which of them is held out, from 0",
     .least = 0, .most = FOLDS_LIMIT - 1},
};

static bool check_fold(void *options, struct assay_problem *problem)
{
    const struct fold_options *fold = options;
    if (fold->index < fold->count)
        return true;
    problem->key = "index";
    snprintf(problem->text, sizeof problem->text, "wants 0 to %d where count is %d, found %d",
             fold->count - 1, fold->count, fold->index);
    return false;
}
static const struct assay_table fold_table = {.fields = fold_fields,
                                              .count = sizeof fold_fields / sizeof fold_fields[0],
                                              .size = sizeof(struct fold_options),
                                              .check = check_fold};

static const struct assay_field data_fields[] = {
    {ASSAY_VARIANT(struct data_options, dataset), .key = "dataset", .help = "which images and labels",
     .variants = &dataset_sources},
    {ASSAY_STRING(struct data_options, dir), .key = "dir",
     .help = "where the files are; else $ASSAY_DATA/<dataset>, data/<dataset>, the user's cache; for idx the "
             "current directory",
     .fallback = "null", .optional = true, .operational = true},
    {ASSAY_INT(struct data_options, limit), .key = "limit", .help = "only the first n training images",
     .unit = "images", .fallback = "null", .optional = true, .least = 1, .most = 100000000},
    {ASSAY_OPTIONAL(struct data_options, fold), .key = "fold",
     .help = "cross-validation: holds this part of the training images out, to be tested on instead of the "
             "test set",
     .fallback = "null", .optional = true, .table = &fold_table},
    {ASSAY_INT(struct data_options, validation), .key = "validation",
     .help = "held out of the training images; 0 for none", .unit = "images", .fallback = "0", .least = 0,
     .most = 100000000},
    {ASSAY_SEED(struct data_options, split_seed), .key = "split_seed",
     .help = "draws the folds and the validation images, independently of seed", .fallback = "1"},
    {ASSAY_INT(struct data_options, pad), .key = "pad",
     .help = "background added on each side before normalising", .unit = "pixels", .fallback = "0",
     .least = 0, .most = 64},
    {ASSAY_CHOICE(struct data_options, normalize), .key = "normalize",
     .help = "none: bytes as they are; unit: bytes / 255; standard: (bytes / 255 - mean) / sd of the "
             "training part",
     .fallback = "standard", .choices = normalizations},
};
const struct assay_table data_table = ASSAY_TABLE(struct data_options, data_fields);

static const struct assay_field penalty_fields[] = {
    {ASSAY_REAL(struct penalty_options, lambda), .key = "lambda",
     .help = "scale of the penalty lambda (C |w| + (1 - C) w^2 / 2), once per step, weights only",
     .fallback = "0", .least = 0, .most = 1000000},
    {ASSAY_REAL(struct penalty_options, C), .key = "C", .help = "share of the L1 part", .fallback = "0",
     .least = 0, .most = 1},
};
static const struct assay_table penalty_table = ASSAY_TABLE(struct penalty_options, penalty_fields);

static const struct assay_field stopping_fields[] = {
    {ASSAY_CHOICE(struct stopping_options, monitor), .key = "monitor",
     .help = "the column that is watched; lower is better", .fallback = "val_error_pct",
     .choices = metric_names},
    {ASSAY_INT(struct stopping_options, patience), .key = "patience",
     .help = "epochs in a row without an improvement after which it stops", .unit = "epochs", .least = 1,
     .most = 100000},
    {ASSAY_REAL(struct stopping_options, min_delta), .key = "min_delta",
     .help = "an improvement is more than this below the best", .fallback = "0", .least = 0, .most = 1000000},
    {ASSAY_INT(struct stopping_options, start_from_epoch), .key = "start_from_epoch",
     .help = "the first epoch that counts for patience", .unit = "epochs", .fallback = "1", .least = 1,
     .most = 100000},
    {ASSAY_REAL(struct stopping_options, stopping_threshold), .key = "stopping_threshold",
     .help = "stop as soon as the monitored value is at most this", .fallback = "null", .optional = true,
     .least = 0, .most = 1000000},
    {ASSAY_REAL(struct stopping_options, divergence_threshold), .key = "divergence_threshold",
     .help = "stop as soon as the monitored value is above this", .fallback = "null", .optional = true,
     .least = 0, .most = 1000000},
    {ASSAY_BOOL(struct stopping_options, restore_best), .key = "restore_best",
     .help = "results and predictions are the best epoch's; false: the last one's", .fallback = "true"},
};
static const struct assay_table stopping_table = ASSAY_TABLE(struct stopping_options, stopping_fields);

static const struct assay_field train_fields[] = {
    {ASSAY_VARIANT(struct train_options, loss), .key = "loss", .help = "what training makes small",
     .fallback = "nll", .variants = &losses},
    {ASSAY_CHOICE(struct train_options, loss_reduction), .key = "loss_reduction",
     .help = "how a minibatch's losses become one gradient", .fallback = "mean", .choices = reductions},
    {ASSAY_INT(struct train_options, max_epochs), .key = "max_epochs", .help = "epochs at the most",
     .unit = "epochs", .least = 1, .most = 100000},
    {ASSAY_INT(struct train_options, batch_size), .key = "batch_size",
     .help = "samples in a minibatch; the last one of an epoch may be short", .unit = "samples",
     .fallback = "16", .least = 1, .most = 65536},
    {ASSAY_CHOICE(struct train_options, convolution), .key = "convolution",
     .help = "fast: Winograd's algorithm where the shapes suit it; direct: never", .fallback = "fast",
     .choices = convolutions},
    {ASSAY_BOOL(struct train_options, shuffle), .key = "shuffle",
     .help = "a new order in every epoch; false: as the data set has them", .fallback = "true"},
    {ASSAY_BOOL(struct train_options, evaluate_train), .key = "evaluate_train",
     .help = "two more columns: the training part after each epoch, as in testing", .fallback = "false"},
    {ASSAY_BOOL(struct train_options, evaluate_test), .key = "evaluate_test",
     .help = "looks at the test set; false while settings are still being chosen", .fallback = "true"},
    {ASSAY_VARIANT(struct train_options, optimizer), .key = "optimizer",
     .help = "how gradients change the parameters", .variants = &optimizers},
    {ASSAY_SUBTABLE(struct train_options, penalty), .key = "penalty", .help = "elastic net",
     .table = &penalty_table},
    {ASSAY_OPTIONAL(struct train_options, early_stopping), .key = "early_stopping",
     .help = "when to stop before max_epochs; null: never", .fallback = "null", .optional = true,
     .table = &stopping_table},
    {ASSAY_STRING(struct train_options, init_from), .key = "init_from",
     .help = "start from these weights (a safetensors file)", .fallback = "null", .optional = true},
};
const struct assay_table train_table = ASSAY_TABLE(struct train_options, train_fields);
