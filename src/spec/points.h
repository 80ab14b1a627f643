/* From what the file lists, crosses, zips, draws and excludes to the points. */
#ifndef SPEC_POINTS_H
#define SPEC_POINTS_H

#include "spec/settings.h"

/* What points are crossed with: `count` choices, each of `width` entries that are set together; their keys
 * are those of the first choice. */
struct dimension {
    const struct entry *entries; /* choice by choice */
    size_t width, count;
    const char *what; /* labels say "sample 3", of the third choice; NULL: each key and value */
};

enum { POINTS_LIMIT = 4096 };

/* Fills points and samples, the final ones too; false, and said, when something is wrong with them. */
bool expand_points(struct loader *loader);

/* draws.c: the random sample as a dimension. */
bool draw_dimension(const struct loader *loader, struct dimension *dimension);

/* dimensions.c: grid, zip and random, in this order, one dimension for each. */
struct dimensions {
    const struct dimension *items;
    size_t count;
    size_t combinations; /* at most POINTS_LIMIT */
};
bool find_dimensions(const struct loader *loader, struct dimensions *dimensions);

#endif
