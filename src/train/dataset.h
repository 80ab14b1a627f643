/* Data sets: where images and labels come from. */
#ifndef TRAIN_DATASET_H
#define TRAIN_DATASET_H

#include <stdbool.h>
#include <stdint.h>

#include "assay/error.h"
#include "assay/schema.h"
#include "base/sha256.h"

enum { DATASET_BYTES_LIMIT = 1 << 30 }; /* of one array */

/* What a network must fit, known without reading the images. */
struct dataset_shape {
    int channels, height, width, classes;
    uint32_t train_count, test_count; /* images */
};

struct image_set {
    uint32_t count;
    uint8_t *images; /* count x channels x height x width, owned */
    uint8_t *labels; /* count, each below classes, owned */
};

struct dataset {
    struct dataset_shape shape;
    struct image_set train, test;
    char digest[SHA256_HEX_SIZE]; /* of the four arrays as IDX files: the data's part of a run's identity */
    char test_digest[SHA256_HEX_SIZE]; /* of the two of the test set */
};

/* A kind of data set: `mnist`, `digits`, `idx`. */
struct dataset_source {
    struct assay_variant variant; /* first */
    /* Does it hold the files? Where given, `directory` is never NULL for `load`; for `describe` it is when
     * they are nowhere. */
    bool (*is_in)(const char *directory);
    bool (*describe)(const void *options, const char *directory, struct dataset_shape *shape,
                     struct assay_error *error);
    bool (*load)(const void *options, const char *directory, struct dataset *dataset,
                 struct assay_error *error);
};

extern const struct assay_variants dataset_sources;

/* `directory` is data.dir, NULL to look in $ASSAY_DATA/<name>, data/<name> and the user's cache
 * ($XDG_CACHE_HOME or ~/.cache, /assay/<name>), in that order, the first that holds the files. Nowhere:
 * MNIST is described all the same; loading it is ASSAY_INVALID, the places are listed with `assay data fetch
 * mnist` as the way out. */
bool dataset_describe(const struct assay_variant_value *source, const char *directory,
                      struct dataset_shape *shape, struct assay_error *error);
bool dataset_load(const struct assay_variant_value *source, const char *directory, struct dataset *dataset,
                  struct assay_error *error);
/* Whether it is in one of the places where it would be looked for; ASSAY_INVALID as in loading. */
bool dataset_find(const struct assay_variant_value *source, const char *directory, struct assay_error *error);
void dataset_finish(struct dataset *dataset); /* {0} is fine */

/* Writes the four arrays as plain IDX files under MNIST's names. Where a file is there already that is
 * another one, nothing is touched: ASSAY_INVALID. */
bool dataset_write(const struct dataset *dataset, const char *directory, struct assay_error *error);

/* <cache>/assay/<name> as above, memory_free-able; NULL without memory or without a home. */
char *dataset_cache_directory(const char *name);

#endif
