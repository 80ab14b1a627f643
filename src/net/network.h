/* A plan come to life: one allocation that holds parameters, activations, gradients and scratch, and the
 * programs that run over it. */
#ifndef NET_NETWORK_H
#define NET_NETWORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "assay/error.h"
#include "base/team.h"
#include "math/kernels.h"
#include "net/loss.h"
#include "net/plan.h"

struct network;

struct network_settings {
    const struct plan *plan;
    struct team *team; /* at most plan->threads members */
    const struct kernels *kernels;
    const struct loss *loss;
    double mean, sd; /* a pixel becomes (byte / 255 - mean) / sd */
};

/* Everything in `settings` must outlive the network. NULL without memory. */
struct network *network_create(const struct network_settings *settings, struct assay_error *error);
void network_destroy(struct network *network); /* NULL is fine */

/* The bytes network_create allocates for this plan. */
size_t network_bytes(const struct plan *plan);

/* Flat vectors in one layout: the trained parameters, then the running state. `direction` has the trained
 * part only: what the optimiser steps along. */
struct network_vectors {
    float *values, *best, *direction;
    size_t trained, all; /* floats */
};
struct network_vectors network_vectors(struct network *network);

/* Storage of parameter i of layer l in a vector of that layout. */
float *network_parameter(const struct network *network, float *vector, int l, int i);

/* First values from the seed; directions 0. Then network_prepare must be called, as after every other change
 * of the values. */
void network_initialize(struct network *network, uint64_t seed);
void network_prepare(struct network *network);

/* Some samples of a set of images: indices[0 … samples) into images (count x channels x height x width bytes,
 * unpadded) and labels. */
struct minibatch {
    const uint8_t *images, *labels;
    const uint32_t *indices;
    int samples;
};

/* What came of each sample; valid until the next call. */
struct network_results {
    const double *loss, *nll; /* nll: after network_test only */
    const int *predicted;
};

/* Forward, loss and backward: direction = beta * direction + alpha * gradient, the gradient being `scale`
 * times the sum over the samples; the penalty is not in it. */
struct network_results network_train(struct network *network, const struct minibatch *minibatch,
                                     uint64_t seed, uint32_t epoch, float scale, float beta, float alpha);

/* direction += alpha * penalty gradient; values -= learning_rate * direction; prepare. */
void network_update(struct network *network, float learning_rate, float alpha, float l1, float l2);

/* Forward as in testing. What a sample gets does not depend on the others, on their number or on its place.
 */
struct network_results network_test(struct network *network, const struct minibatch *minibatch);

/* The penalty lambda * (C |w|_1 + (1 - C) |w|²/2) over the penalised parameters, in double precision, in
 * index order. */
double network_penalty(const struct network *network, double lambda, double C);

/* The floats of an edge after a step, of its last part; and, for tests, the gradient there after one of
 * training. NULL where the plan does not keep it: the last edge is kept always, the others where
 * plan_request.keep_edges says so. Edge 0 is the input. */
const float *network_edge(const struct network *network, bool training, int edge);
const float *network_edge_gradient(const struct network *network, int edge);

#endif
