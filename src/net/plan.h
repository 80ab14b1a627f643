/* A network with every shape, buffer and cut of work decided, before any number is computed. */
#ifndef NET_PLAN_H
#define NET_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "assay/layer.h"
#include "base/arena.h"
#include "base/diagnostics.h"
#include "base/text.h"

/* Where a layer's things lie: floats from the start of the part of memory they belong to. */
struct placed_layer {
    const struct assay_layer_type *type;
    struct assay_layer_plan train, test;
    size_t values[ASSAY_PARAMETERS]; /* trained: in the parameter vector; running state: behind it */
    size_t derived;
};

/* A pointer of a layer's work into memory that only one chain touches: a few samples of it for each worker
 * do, and they stay in the cache. */
struct local_buffer {
    int layer; /* as in placed_phase */
    enum assay_buffer buffer;
    size_t at, sample; /* floats: where it begins in a worker's part, and from one sample to the next */
};

/* Phases that an item runs one after another with the same few samples, before it takes the next. */
struct phase_chain {
    int first, count; /* in program.phases */
    int together;     /* samples at a time, at least 1 */
    struct local_buffer *locals;
    int local_count;
};

/* A set of phases that one item runs one after another without waiting for other items. */
struct phase_group {
    int first, count;             /* in program.phases */
    int per_sample;               /* items for each sample, or 0 … */
    int items;                    /* … and a number that does not depend on the minibatch */
    int together;                 /* consecutive samples that make one item of the team, at least 1 */
    int first_chain, chain_count; /* in program.chains */
};

/* Groups that run at the same time; the next round waits for all of them. */
struct phase_round {
    int first, count; /* in program.groups */
};

struct placed_phase {
    const struct assay_phase *phase;
    int layer; /* index; -1: the network's own first phase, that makes floats of bytes; layer_count: the loss
                */
};

struct program {
    struct placed_phase *phases;
    struct phase_chain *chains;
    struct phase_group *groups;
    struct phase_round *rounds;
    int phase_count, chain_count, group_count, round_count;
};

/* Memory that only one of training and testing uses at a time. */
struct placement {
    int *same; /* edge i lies between layer i-1 and layer i, so there are layer_count + 1; `same` is the first
                  edge that has its memory, often itself */
    size_t *edges, *gradients; /* floats; NOT_KEPT for a local buffer */
    size_t *kept;              /* bytes, one per layer */
    size_t floats, kept_bytes;
    size_t scratch_bytes, local_floats; /* of each worker */
};
#define NOT_KEPT SIZE_MAX

enum { PLAN_WEIGHTS_LIMIT = 1 << 28 }; /* elements of all weights and of running state */

struct plan {
    struct assay_shape image; /* what comes in, padded */
    int pad, classes, batch;
    int part; /* samples at a time: a large minibatch goes through the network in parts, so that memory stays
                 bounded, and their gradients add up */
    int layer_count; /* without those that are absent */
    struct placed_layer *layers;
    struct program prepare, train, test; /* train: forward, loss and backward */
    struct placement train_memory, test_memory;
    size_t trained_floats, state_floats, derived_floats; /* storage */
    size_t parameter_elements;                           /* as people count them */
    int threads;
};

struct plan_request {
    const struct assay_variant_list *model;
    struct assay_shape image; /* unpadded */
    int pad, classes, batch, threads;
    bool direct;     /* no fast algorithms */
    bool keep_edges; /* all values and gradients between layers are kept, for who wants to look at them */
};

/* NULL when a layer does not fit, which is diagnosed at its place in the config (`model[2].conv: …`), when
 * there are more weights than can be kept, or without memory. The plan lives in the arena. */
const struct plan *plan_create(struct arena *arena, const struct plan_request *request,
                               struct diagnostics *diagnostics);

/* The plan of a layer for training or for testing. */
const struct assay_layer_plan *placed_plan(const struct placed_layer *layer, bool training);

/* The shape of edge e, which lies between layer e - 1 and layer e. */
const struct assay_edge *plan_edge(const struct plan *plan, int e);

/* Operations of a sample: of the forward pass, and with the backward one. */
double plan_flops(const struct plan *plan, bool backward);

/* The table of `assay check`: per layer its shape, parameters, algorithm and MFLOP; then sums and memory. */
void plan_print(const struct plan *plan, struct text *text);
void plan_print_json(const struct plan *plan, struct text *text);

#endif
