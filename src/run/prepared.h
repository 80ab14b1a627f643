/* A config with all that can be known of it before any data are read. */
#ifndef RUN_PREPARED_H
#define RUN_PREPARED_H

#include "assay/run.h"
#include "base/arena.h"
#include "net/plan.h"
#include "spec/config.h"
#include "train/dataset.h"
#include "train/split.h"

struct assay_config {
    struct arena *arena; /* all of the rest lives in it */
    const struct config *config;
    const struct node *tree;          /* where every value is from: as it was bound, … */
    const struct override *overrides; /* … or before these were laid over it; … */
    size_t override_count;
    struct place place; /* … the tree NULL: not known, and where to say so what is wrong */
    struct dataset_shape shape;
    const struct plan *plan;
};

/* The plan of a config for images of this shape; NULL when it does not fit, which is diagnosed. Its batch is
 * batch_size, or the largest set that there is to cut into batches where that is smaller. threads 0: one for
 * each CPU. keep_edges: see struct plan_request. */
const struct plan *plan_config(struct arena *arena, const struct config *config,
                               const struct dataset_shape *shape, int threads, bool keep_edges,
                               struct diagnostics *diagnostics);

/* The rest of it, from its arena, config and where it is from. False, with the reason in the diagnostics or,
 * where it is none of the config's, in `error`. */
bool prepare_config(struct assay_config *prepared, int threads, struct diagnostics *diagnostics,
                    struct assay_error *error);

/* The data it was prepared for, and how they are split; both are to be finished by the caller, whatever comes
 * back. Data that are of another shape by now are ASSAY_INVALID: all that was planned rests on it. */
bool prepared_load_data(const struct assay_config *prepared, struct dataset *dataset, struct split *split,
                        struct assay_error *error);

#endif
