/* Which images train and which validate, and how bytes become numbers. */
#ifndef TRAIN_SPLIT_H
#define TRAIN_SPLIT_H

#include <stdbool.h>
#include <stdint.h>

#include "assay/error.h"
#include "train/dataset.h"

enum normalization { NORMALIZE_NONE, NORMALIZE_UNIT, NORMALIZE_STANDARD };

struct split {
    uint32_t *train, *validation; /* indices into the training images, ascending; owned */
    uint32_t train_count, validation_count;
    double mean, sd; /* a network sees (byte / 255 - mean) / sd */
};

/* The first `limit` training images (0: all of them); of these `validation` are drawn by `split_seed`
 * (RANDOM_SPLIT), the rest train. mean and sd: 0 and 1/255 for none, 0 and 1 for unit, and for standard those
 * of bytes / 255 over the pixels of the training part (population sd; exact integer sums; a constant image
 * set gets sd 1). ASSAY_INVALID when there are too few images or none is left to train on. */
bool split_init(struct split *split, const struct dataset *dataset, int limit, int validation,
                uint64_t split_seed, enum normalization normalization, struct assay_error *error);
void split_finish(struct split *split); /* {0} is fine */

#endif
