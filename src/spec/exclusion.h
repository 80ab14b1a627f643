/* The points that are left out: those that have all the values of an item of `exclude`. */
#ifndef SPEC_EXCLUSION_H
#define SPEC_EXCLUSION_H

#include "spec/points.h"

struct exclusion {
    const struct loader *loader;
    size_t *counts; /* for each item, how many points it left out */
};

/* False, and said, where an item names a path that none of the points sets. */
bool exclusion_start(struct exclusion *exclusion, const struct loader *loader,
                     const struct said_point *listed, size_t listed_count,
                     const struct dimensions *dimensions);

/* Whether a point with these settings is left out. */
bool exclude_point(struct exclusion *exclusion, const struct override *overrides, size_t count);

/* Once every point was asked about: an item that left none out is said, and false. */
bool exclusion_end(const struct exclusion *exclusion);

#endif
