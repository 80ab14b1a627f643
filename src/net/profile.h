/* Where the time of a step goes: a plan's programs run phase by phase, each phase a round of its own on the
 * team, and timed. A step as it really is runs phases together where it can and finds data in nearer caches,
 * so it takes a little less than the sum. */
#ifndef NET_PROFILE_H
#define NET_PROFILE_H

#include "net/network.h"

enum profile_pass {
    PROFILE_PREPARE, /* what is derived of the parameters */
    PROFILE_FORWARD,
    PROFILE_BACKWARD, /* of a layer with parameters: what both gradients need and neither is */
    PROFILE_DATA_GRADIENT,
    PROFILE_WEIGHT_GRADIENT,
    PROFILE_UPDATE,
    PROFILE_TEST, /* forward as in testing */
    PROFILE_PASSES
};
extern const char *const profile_pass_names[PROFILE_PASSES]; /* "forward", "data gradient", … */

/* The phases of one layer in one pass. */
struct profile_part {
    /* Per sample of a whole minibatch: what the plan counts, and each value once that is read and once that
     * is written, of parameters, activations and gradients. Backward, both gradients have half of the FLOPs
     * each where both are wanted. */
    double flops, bytes;
    double seconds; /* since profile_clear */
    int phases;
};

struct profile;

/* Like network_create, and network_initialize with the seed; the plan must keep its edges. What does not die
 * with profile_destroy lives in the arena. NULL without memory. */
struct profile *profile_create(struct arena *arena, const struct network_settings *settings, uint64_t seed,
                               struct assay_error *error);
void profile_destroy(struct profile *profile); /* NULL is fine */

/* A step of training that leaves the parameters as they are, then one of testing. */
void profile_step(struct profile *profile, const struct minibatch *minibatch);
void profile_clear(struct profile *profile);

/* NULL where there is nothing to do. Layers count from 0; before them, -1, is the input, behind them the
 * loss, and then the update. */
const struct profile_part *profile_part(const struct profile *profile, int layer, enum profile_pass pass);

#endif
