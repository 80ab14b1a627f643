/* The layer contract. A layer type is one file in src/layers that ends with one constant of struct
 * assay_layer_type.
 *
 * A layer never sees the network. Its `plan` says, once and before any number is computed, what comes out for
 * what goes in: the output's shape, the parameters, the work cut into items, and the memory this takes.
 * Everything that can fail fails there. The kernels that do the work are void, read const and write only what
 * they were handed. See docs/adding-a-layer.md. */
#ifndef ASSAY_LAYER_H
#define ASSAY_LAYER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "assay/error.h"
#include "assay/schema.h"

struct arena;
struct kernels;

/* What travels along an edge, per sample. */
struct assay_shape {
    int channels, height, width;
};

/* How it lies in memory: channels last, [height][width][pitch] floats per sample. Lanes from `channels` up to
 * `pitch` hold 0, always, in values and gradients. */
struct assay_edge {
    struct assay_shape shape;
    int pitch; /* floats from one pixel to the next: channels rounded up to ASSAY_LANES, but exactly the
                  channels where images come in */
};

enum { ASSAY_LANES = 16 };

struct assay_edge assay_edge(struct assay_shape shape);  /* with the usual pitch */
size_t assay_edge_floats(const struct assay_edge *edge); /* of one sample */

/* The first values of a parameter. Uniform ones lie in ±bound; fan_in and fan_out are the inputs that one
 * output sees and the outputs that one input reaches. */
enum assay_initial {
    ASSAY_TORCH,  /* ±1/sqrt(fan_in), biases too: Torch7's and PyTorch's default */
    ASSAY_GLOROT, /* ±sqrt(6/(fan_in + fan_out)): Glorot and Bengio 2010 */
    ASSAY_HE,     /* ±sqrt(6/fan_in): He et al. 2015 */
    ASSAY_LECUN,  /* ±sqrt(3/fan_in): LeCun et al. 1998 */
    ASSAY_ZERO,
    ASSAY_ONE,
};
/* The names of those that a config can choose, for ASSAY_CHOICE: torch, glorot, he, lecun; and what a bias
 * starts from under that choice. */
extern const char *const assay_initial_names[];
enum assay_initial assay_initial_of_bias(enum assay_initial weights);

/* A parameter (or a running state): its shape in files, and where each of its elements lies in storage.
 * Walking the four axes in row-major order visits the elements in the order of the file; axis i steps by
 * `stride` floats. Storage may hold more floats than elements; the rest stay 0. */
enum { ASSAY_AXES = 4, ASSAY_PARAMETERS = 4 };
struct assay_parameter {
    const char *name; /* "weight", "bias": the file has "<layer>.<name>" */
    int rank, dimensions[ASSAY_AXES];
    struct {
        int size;
        size_t stride;
    } axes[ASSAY_AXES]; /* size 1 where not needed */
    size_t floats;
    int fan_in, fan_out;
    enum assay_initial initial;
    bool trained;   /* false: running state, saved but not touched by the optimiser */
    bool penalized; /* the elastic net applies */
    bool variance;  /* never negative; weights that say otherwise are refused */
};

/* What a phase reads and writes. */
enum assay_buffer {
    ASSAY_INPUT = 1 << 0,
    ASSAY_OUTPUT = 1 << 1,
    ASSAY_INPUT_GRADIENT = 1 << 2,
    ASSAY_OUTPUT_GRADIENT = 1 << 3,
    ASSAY_VALUES = 1 << 4,    /* the parameters */
    ASSAY_GRADIENTS = 1 << 5, /* where the parameters' gradients go */
    ASSAY_STATE = 1 << 6,     /* running state */
    ASSAY_DERIVED = 1 << 7,   /* what prepare made of the parameters */
    ASSAY_KEPT = 1 << 8,      /* what forward leaves for backward; a layer may tell four parts of it apart: */
    ASSAY_KEPT_2 = 1 << 9,
    ASSAY_KEPT_3 = 1 << 10,
    ASSAY_KEPT_4 = 1 << 11,
};

enum assay_pass {
    ASSAY_PREPARE, /* parameters → derived, after every change of the parameters */
    ASSAY_FORWARD,
    ASSAY_BACKWARD, /* only where the plan is for training */
    ASSAY_PASSES,
};

struct assay_work;

/* A piece of a pass, cut into items that may run at the same time in any order. Items cut the phase's own
 * outputs: no sum crosses a cut. */
struct assay_phase {
    const char *name;
    void (*kernel)(const struct assay_work *work, int item, void *scratch);
    /* per_sample > 0: item = sample * per_sample + part, and a short minibatch has fewer. 0: `items` of them,
     * whatever the minibatch. A part owns a band of rows (assay_band) of the edge that it writes, so that
     * phases with the same cut fit part by part. */
    int per_sample, items;
    int together; /* with per_sample 1: the kernel takes samples item … item + together - 1 at once, as far as
                     the minibatch has them (assay_together); 0 and 1: one at a time */
    unsigned reads, writes; /* sets of assay_buffer */
    unsigned across; /* those of `reads` of which an item reads more than the same item of an earlier phase
                        with the same cut wrote */
};
enum { ASSAY_PHASES = 6 };

/* What plan is given and what it declares. */
struct assay_layer_plan {
    /* given */
    const char *name;
    const void *options;
    struct assay_edge input;
    int batch;           /* the most samples at a time: the largest minibatch, or a part of it */
    bool training;       /* false: a plan for testing, which keeps nothing and has no backward pass */
    bool input_gradient; /* whether anybody wants it */
    bool direct;         /* the user insists on algorithms that add what the formula adds, no others */
    struct arena *arena;

    /* declared */
    struct assay_edge output;
    struct assay_parameter parameters[ASSAY_PARAMETERS];
    int parameter_count;
    bool in_place; /* output may be the input's memory (then backward must not read the input, nor may the
                      layer before read its output) */
    bool backward_reads_input, backward_reads_output;
    bool whole_batch; /* what a sample gets depends on the others of its minibatch, which must not be cut */
    size_t derived_floats, kept_bytes, scratch_bytes; /* scratch: for each thread */
    const void *design;                               /* the layer's own constants, in the arena */
    const char *algorithm;                /* for `assay check`; NULL when there is nothing to tell */
    double forward_flops, backward_flops; /* per sample */
    struct assay_phase phases[ASSAY_PASSES][ASSAY_PHASES];
    int phase_count[ASSAY_PASSES];
};

/* What all layers see of one step. */
struct assay_step {
    uint64_t seed;
    uint32_t epoch;
    int samples;             /* of this minibatch, at most the plan's batch */
    const uint32_t *indices; /* of the samples in the data set: what random numbers depend on */
    float beta,
        alpha; /* gradients: destination = beta * destination + alpha * gradient; beta 0 does not read it */
};

/* What a kernel is handed. Sample s of an edge begins at s * assay_edge_floats(edge). */
struct assay_work {
    const struct assay_layer_plan *plan;
    const struct assay_step *step;
    const struct kernels *kernels;
    const float *input;
    float *output;
    const float *output_gradient;
    float *input_gradient; /* NULL where nobody wants it */
    const float *values[ASSAY_PARAMETERS];
    float *gradients[ASSAY_PARAMETERS]; /* NULL for running state */
    float *state[ASSAY_PARAMETERS];     /* NULL for trained parameters */
    float *derived;
    void *kept;
};

struct assay_layer_type {
    struct assay_variant variant;     /* first: name, summary, source, example, main key, table of keys */
    struct assay_shape example_input; /* what the gradient check feeds the example; {0}: 3 x 6 x 5 */
    bool any_pitch; /* as the first layer can read images as they come, their channels side by side; its
                       output has the usual pitch */
    /* Whether these options mean that there is no layer at all (dropout with rate 0); NULL: never. */
    bool (*absent)(const void *options);
    /* May only refuse by filling `problem`, as the check of a table does. */
    bool (*plan)(struct assay_layer_plan *plan, struct assay_problem *problem);
};

/* The registry: every layer type in the list of src/layers/meson.build. Options of every type begin with
 * struct assay_layer_common. */
struct assay_layer_common {
    const char *name; /* NULL: its type and its count among that type */
};
#define ASSAY_COMMON struct assay_layer_common common
extern const struct assay_variants assay_layers;

/* For plan: declare a parameter, a phase (both assert that there is room), and take constant memory
 * (asserted; NULL without memory is reported by the caller of plan). */
struct assay_parameter *assay_add_parameter(struct assay_layer_plan *plan, struct assay_parameter parameter);
void assay_add_phase(struct assay_layer_plan *plan, enum assay_pass pass, struct assay_phase phase);
void *assay_design(struct assay_layer_plan *plan, size_t size);

/* Into how many bands of rows a sample is cut, so that small minibatches use every thread as well: a function
 * of batch and height alone. */
int assay_bands(const struct assay_layer_plan *plan, int height);

/* How many samples a kernel takes that is handed the first of as many as `together`. */
int assay_together(const struct assay_work *work, int together, int sample);

/* Item → sample and rows [first, end) of `height` rows in `bands` bands. */
struct assay_band {
    int sample, first, end;
};
struct assay_band assay_band(int item, int bands, int height);

#endif
