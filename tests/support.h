/* What tests of networks share: a model from YAML text, samples to feed it, and comparison with a twin. */
#ifndef TESTS_SUPPORT_H
#define TESTS_SUPPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/network.h"

struct model_request {
    const char *layers;            /* YAML: "[conv: {maps: 3, kernel: 5}, tanh, linear: 4]" */
    struct assay_shape image;      /* unpadded */
    int pad, classes, batch;       /* the last layer must give `classes` values */
    int threads;                   /* 0: one */
    const struct kernels *kernels; /* NULL: the best */
    const char *loss;              /* NULL: nll */
    uint64_t seed;                 /* of the first values */
    bool keep_edges;               /* as in struct plan_request */
};

struct model {
    struct arena *arena;
    const struct plan *plan;
    struct team *team;
    struct network *network;
};

/* A network with its first values, prepared. Images become (byte / 255 - 0.5) / 0.3. False, and what is wrong
 * on stderr, when it cannot be had. */
bool model_create(struct model *model, struct model_request request);
void model_destroy(struct model *model);

/* A request for a network with every layer type of the registry (asserted by the tests that use it), channel
 * counts that are no multiple of 16, working in place and not. */
struct model_request every_layer_request(int batch, int threads);
bool has_every_layer(const struct plan *plan); /* says which one is missing */

/* Random images and labels; indices are 0, 1, 2, … */
struct samples {
    struct assay_shape shape;
    uint8_t *images, *labels;
    uint32_t *indices;
    int count;
};
struct samples samples_create(struct assay_shape shape, int classes, int count, uint64_t seed);
void samples_destroy(struct samples *samples);
struct minibatch samples_batch(const struct samples *samples, int first, int count);

/* A step of SGD with momentum 0.7, a penalty and the sum of the losses, as the trainer takes them; `step`
 * counts from 0. */
struct network_results model_step(const struct model *model, const struct minibatch *minibatch, int step);

/* Uniform in ±bound, a function of (seed, i). */
void random_floats(float *values, size_t count, float bound, uint64_t seed);

/* Samples of an edge in canonical order: canonical[sample][channel][row][column]. */
void edge_gather(const struct assay_edge *edge, int samples, const float *values, double *canonical);

/* How far `found` may be from `wanted`: root of the mean squared difference over that of `wanted`, and the
 * largest difference over the largest |wanted|. */
struct tolerance {
    double rms, largest;
};

/* Whether they are that close (NaN only where NaN is wanted); says on stderr how far they are and where the
 * worst is when they are not. */
bool is_close(const char *what, size_t count, const double *found, const double *wanted,
              struct tolerance tolerance);

/* Every set of kernels that this CPU can run, the plain ones first, then those that give one another's bits:
 * of the widest registers also where there are none so wide, in pairs of narrower ones. */
const struct kernels *const *kernel_sets(size_t *count);

/* Runs a kernel of every set: its results, `count` floats that begin as NaN, must be close to `wanted`, and
 * have the same bits in all sets but the plain one, which has no fused multiply-add. Says on stderr what is
 * not so. */
typedef void kernel_run(const struct kernels *kernels, const void *context, float *results);
bool kernels_agree(const char *what, kernel_run *run, const void *context, size_t count, const double *wanted,
                   struct tolerance tolerance);

void widen(size_t count, const float *values, double *wide);

#endif
