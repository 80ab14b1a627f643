/* What a step brings in and takes out: the minibatch, and each sample's loss. The `kept` block of the
 * network's own phases. */
#ifndef NET_FEED_H
#define NET_FEED_H

#include "net/loss.h"
#include "net/network.h"

struct feed {
    struct minibatch minibatch;
    int pad;
    float value_of_byte[256];
    const struct loss *function;
    float scale;
    double *loss, *nll;
    int *predicted;
};

#endif
