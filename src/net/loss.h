/* Losses: what training makes small. */
#ifndef NET_LOSS_H
#define NET_LOSS_H

#include "assay/schema.h"

struct loss {
    struct assay_variant variant; /* first */
    /* The loss of one sample from the network's `classes` outputs and its label; unless `gradient` is NULL,
     * gradient[c] = scale * dloss/doutput[c]. */
    double (*evaluate)(int classes, const float *outputs, int label, float scale, float *gradient);
};

extern const struct assay_variants losses;

/* -log softmax(outputs)[label], in nats: what predictions.csv calls nll, whatever the loss is. */
double negative_log_likelihood(int classes, const float *outputs, int label);

/* The class of the largest output, the first of equals; a NaN output counts as larger than any number. */
int predicted_class(int classes, const float *outputs);

#endif
