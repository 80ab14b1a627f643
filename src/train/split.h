/* Which images train, which validate and which are held out, and how bytes become numbers. */
#ifndef TRAIN_SPLIT_H
#define TRAIN_SPLIT_H

#include <stdbool.h>
#include <stdint.h>

#include "assay/error.h"
#include "train/dataset.h"
#include "train/options.h"

enum normalization { NORMALIZE_NONE, NORMALIZE_UNIT, NORMALIZE_STANDARD };

/* How many of the training images there are for what. */
struct split_counts {
    uint32_t train, validation, held_out; /* held_out: the fold's, 0 without one */
};

/* Of a data set of so many training images. False when that cannot be, with the key of `data` that is to
 * blame and why: fewer images than `limit` or than folds, or none left to train on. */
bool split_count(const struct data_options *options, uint32_t images, struct split_counts *counts,
                 struct assay_problem *problem);

struct split {
    uint32_t *train, *validation, *held_out; /* indices into the training images, ascending; owned */
    struct split_counts counts;
    double mean, sd; /* a network sees (byte / 255 - mean) / sd */
};

/* Of the first `limit` training images (all of them without), in the order of a permutation by `split_seed`
 * (RANDOM_FOLD), fold i of k is those from i n / k to (i + 1) n / k, rounded down, and held out. Of what is
 * left `validation` are drawn by `split_seed` (RANDOM_SPLIT); the rest train. mean and sd: 0 and 1/255 for
 * none, 0 and 1 for unit, and for standard those of bytes / 255 over the pixels of the images that train
 * (population sd; exact integer sums; a constant image set gets sd 1). ASSAY_INVALID where split_count has
 * something to say. */
bool split_init(struct split *split, const struct dataset *dataset, const struct data_options *options,
                struct assay_error *error);
void split_finish(struct split *split); /* {0} is fine */

#endif
