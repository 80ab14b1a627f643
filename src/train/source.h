/* The kinds of data sets, and what those that read files have in common. */
#ifndef TRAIN_SOURCE_H
#define TRAIN_SOURCE_H

#include "io/idx.h"
#include "train/dataset.h"

extern const struct dataset_source source_mnist, source_digits, source_idx;

/* The options of source_digits: how many images, each at most the limit. */
enum { DIGITS_COUNT_LIMIT = 1000000 };
struct digits_options {
    int train, test;
    uint64_t seed;
};

/* The order of MNIST's files, of paths and of the digest. */
enum { TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS, DATASET_FILES };

/* Images are count x height x width (one channel) or count x channels x height x width, labels have one
 * dimension and are below `classes`. */
struct dataset_files {
    char *paths[DATASET_FILES]; /* owned */
    int channels, classes;
    int side; /* that images must have; 0: any, up to 1024 */
};
void dataset_files_finish(struct dataset_files *files); /* {0} is fine */

bool dataset_files_describe(const struct dataset_files *files, struct dataset_shape *shape,
                            struct assay_error *error);
bool dataset_files_load(const struct dataset_files *files, struct dataset *dataset,
                        struct assay_error *error);

#endif
