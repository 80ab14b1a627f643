/* The labels of points: the names that are made of them, and the points that they stand for. */
#ifndef SPEC_LABELS_H
#define SPEC_LABELS_H

#include "spec/loader.h"

/* A label in lower case, every run of characters other than a-z, 0-9, '.' and '_' one dash, none of them at
 * the beginning and no dash at the end: "L2 pooling + Tanh" → "l2-pooling-tanh". NULL without memory. */
const char *label_slug(struct arena *arena, const char *label);

/* Every point has a label and a name of its own that a directory may have. */
bool check_labels(const struct loader *loader);

/* The one point with this label, which `path` says; SIZE_MAX, and said, where there is none or several are
 * made of the listed one. */
size_t find_point(const struct loader *loader, const char *label, const struct path *path);

/* The points that a table or figure at `path` lists: labels, a listed one standing for all that are made of
 * it; or all, or final, alone. */
struct point_list {
    const size_t *items;
    size_t count;
};
bool find_points(const struct loader *loader, const struct assay_list *labels, const struct path *path,
                 struct point_list *list);

#endif
