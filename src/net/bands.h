/* What layers that work row by row have in common. */
#ifndef NET_BANDS_H
#define NET_BANDS_H

#include "assay/layer.h"

/* The floats of an edge that an item owns: rows [first, end) of one sample, in `bands` bands. */
struct span {
    size_t first, count; /* floats from the start of the edge's memory */
    int pixels;
};
struct span span_of_item(const struct assay_edge *edge, int item, int bands);

/* Declares a layer whose output has the input's shape and whose every output element depends on the same
 * input element alone: a forward phase and, where wanted, a backward one. */
void plan_elementwise(struct assay_layer_plan *plan, void (*forward)(const struct assay_work *, int, void *),
                      void (*backward)(const struct assay_work *, int, void *));

/* Sets the lanes behind the channels to 0. */
void clear_padding(const struct assay_edge *edge, int pixels, float *values);

/* The table of a layer type that has no keys of its own. */
struct bare_options {
    ASSAY_COMMON;
};
extern const struct assay_table bare_table;

#endif
