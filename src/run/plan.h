/* The runs of an experiment: which there are, where each has its directory, and how far it is. */
#ifndef RUN_PLAN_H
#define RUN_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/diagnostics.h"
#include "base/sha256.h"
#include "spec/experiment.h"

struct planned_run {
    size_t index; /* its number, from 0, the same in every plan of the experiment */
    const struct experiment_point *point, *chosen; /* chosen: of a final run, whose settings it has */
    const struct experiment_setting
        *settings; /* its point's, or those that were chosen with what is set last */
    size_t setting_count;
    uint64_t seed;
    int fold; /* -1: none */
    struct config config;
    const char *directory; /* <out>/<experiment>/<point>/seed-<n>[/fold-<k>]; with its config that of another
                                     experiment where runs_from has the same run */
    char digest
        [SHA256_HEX_SIZE]; /* of config_write_identity: compared with "config" of summary.json, which needs
                                     no data */
    int stop_after; /* with halving: the epoch after which it waits for the others; 0: it goes to its end */
    bool is_pruned; /* with halving: it stays there, because others were better */
};

/* Seeds outermost, then points, then folds: wherever a sweep is cut off, every row has as many seeds. Final
 * runs come last, and are there only once everything they depend on is finished; their numbers are kept
 * free. */
struct run_plan {
    const struct experiment *experiment;
    struct place place; /* of the experiment's file as a whole */
    const char *out;
    const struct planned_run *runs; /* ascending by index */
    size_t count;
    size_t later;         /* final runs that are not planned: as yet, or … */
    size_t never;         /* … of these, because no setting ended with the number it is to be chosen by */
    const bool *is_never; /* of each point, whether that is so */
};

/* The runs that it has and will have. */
size_t run_plan_size(const struct run_plan *plan);

/* Looks at run directories only where final runs or halving depend on them, or several experiments have the
 * same run, and never at data. NULL without
 * memory, or where a final config does not bind: diagnosed. Lives in the arena. */
const struct run_plan *run_plan_create(struct arena *arena, const struct experiment *experiment,
                                       const char *out, struct diagnostics *diagnostics);

/* What a point costs: the operations of one epoch of training and evaluating. */
struct point_work {
    bool is_checked; /* one of its runs is, … */
    int fold;        /* … and the last fold of them */
    double epoch_flops;
};

/* Plans every point as a network, and checks what it needs of the data set's size (a fold larger than the
 * data), as far as that is known without reading data: the work of each point, NULL when anything is
 * diagnosed, or where something that is none of the configs' is in `error`. */
const struct point_work *run_plan_check(struct arena *arena, const struct run_plan *plan,
                                        struct diagnostics *diagnostics, struct assay_error *error);

/* By its number; NULL when there is none (yet). */
const struct planned_run *run_plan_find(const struct run_plan *plan, size_t index);

/* One run made ready, with a network of its own: assay_config_destroy. `threads` 0: one for each CPU. NULL:
 * diagnosed, or in `error`. The plan must outlive it. */
struct assay_config *planned_run_prepare(const struct run_plan *plan, const struct planned_run *run,
                                         int threads, struct diagnostics *diagnostics,
                                         struct assay_error *error);

/* How far a run is, from its directory alone; nothing about it is stored anywhere else. */
enum run_state {
    RUN_PENDING,     /* nothing there */
    RUN_RUNNING,     /* a living process has its lock */
    RUN_INTERRUPTED, /* begun, nobody has its lock: it goes on from its checkpoint */
    RUN_FAILED,      /* its last attempt said so (failure.json), nobody has its lock */
    RUN_WAITING,     /* with halving: it has got to stop_after and ended there, the others have not */
    RUN_PRUNED,      /* with halving: it has, and goes no further */
    RUN_DIVERGED,    /* finished, with a loss that was not finite or above the divergence_threshold */
    RUN_FINISHED,
    RUN_STALE, /* another config was run there */
    RUN_STATES
};
extern const char *const run_state_names[RUN_STATES]; /* "pending", … */

/* False when the machine would not say. */
bool run_state_of(const struct planned_run *run, enum run_state *state, struct assay_error *error);

/* What its files say of a run, on the way or at its end. */
struct run_progress {
    int epochs, most_epochs; /* done; to do at the most */
    double error_pct;      /* of the last epoch, finished: of the result: val_error_pct, else train_error_pct;
                                NaN: none yet */
    double best_error_pct; /* the lowest so far */
    double seconds;        /* that its epochs took */
};
/* The same as run_state_of; fills `progress` as well. */
bool run_look(const struct planned_run *run, enum run_state *state, struct run_progress *progress,
              struct assay_error *error);

#endif
