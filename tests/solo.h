/* One layer alone: its plan carried out on memory of the test's own, phase after phase, item after item. */
#ifndef TESTS_SOLO_H
#define TESTS_SOLO_H

#include <stdbool.h>

#include "assay/layer.h"
#include "base/arena.h"

struct solo {
    struct arena *arena;
    struct assay_layer_plan plan;
    struct assay_step step;
    uint32_t indices[16];
    struct assay_work work;
    float *input, *output, *output_gradient, *input_gradient;
    float *storage[ASSAY_PARAMETERS], *gradient[ASSAY_PARAMETERS];
    void *scratch;
};

/* Binds `options` (flow style YAML, "" for none), plans for `batch` samples, draws parameters from seed 1.
 * False, with a line on stderr, when it does not fit. */
bool solo_init(struct solo *solo, const struct assay_layer_type *type, const char *options,
               struct assay_shape input, int batch, bool training);
void solo_finish(struct solo *solo);

/* Runs the phases of a pass over solo->step.samples samples. Of phase number `skip` (-1: none) item 0 is left
 * out, to see whether anybody notices. */
void solo_run(struct solo *solo, enum assay_pass pass, int skip);

/* Element i, in C, H, W order, of sample s on an edge: its place in the edge's memory. */
size_t solo_place(const struct assay_edge *edge, int sample, int i);
int solo_elements(const struct assay_edge *edge);

#endif
