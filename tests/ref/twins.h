/* The twin of every layer type: what a layer of a plan must compute, by way of naive.h, canonical throughout.
 */
#ifndef REF_TWINS_H
#define REF_TWINS_H

#include "net/network.h"

/* A layer at one step. */
struct twin_site {
    const struct assay_layer_type *type;
    const struct assay_layer_plan *plan; /* whose `training` decides */
    int samples;
    const uint32_t *indices;
    uint64_t seed;
    uint32_t epoch;
    const double *parameters[ASSAY_PARAMETERS]; /* in file order; running state as it was before the step */
};

struct twin {
    const char *type;
    void (*forward)(const struct twin_site *site, const double *x, double *y);
    /* y is what forward gave. gradients[i]: of parameter i. dx may always be written. */
    void (*backward)(const struct twin_site *site, const double *x, const double *y, const double *dy,
                     double *dx, double *const *gradients);
    /* The running state after a step of training; NULL: there is none. */
    void (*state)(const struct twin_site *site, const double *x, double *const *state);
};

/* NULL: this layer type has no twin yet. */
const struct twin *twin_of(const struct assay_layer_type *type);

#endif
