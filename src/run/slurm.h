/* The runs of an experiment as arrays of jobs of a Slurm cluster. */
#ifndef RUN_SLURM_H
#define RUN_SLURM_H

#include <stdbool.h>
#include <stddef.h>

#include "run/sweep.h"

struct slurm_request {
    const struct sweep_request *sweep; /* its program: an absolute path, for other machines */
    const struct run_seen *seen;       /* of the plan's runs, in their order */
    const char *options;               /* the user's own for sbatch, in one line; NULL: none */
};

/* Why there is a second array for a run. */
enum slurm_stage {
    SLURM_OPEN,  /* what can be run as things are */
    SLURM_RUNG,  /* with halving: what goes on to the next rung by then */
    SLURM_FINAL, /* the final runs, which are known by then */
};

struct slurm_array {
    enum slurm_stage stage;
    const size_t *runs; /* their numbers, ascending */
    size_t run_count;
    size_t after, after_count; /* it waits for the end, good or bad, of so many arrays from this one on */
    const char *script;        /* what sbatch is given */
    char job[32];              /* its number once it is submitted; "" before */
};

struct slurm_plan {
    struct slurm_array *arrays; /* in the order in which they are submitted */
    size_t count;
    size_t runs; /* of SLURM_OPEN */
};

/* One array, or as many as the cluster's MaxArraySize asks for (Slurm's own default where there is no cluster
 * to ask), for the runs that are neither at an end nor running. Where others depend on them, more arrays
 * follow for each stage that may come; a task that has nothing to do there ends at once. Lives in the arena;
 * NULL: `error` says why. */
struct slurm_plan *slurm_plan_create(struct arena *arena, const struct slurm_request *request,
                                     struct assay_error *error);

/* Makes the directory of their logs, and submits the arrays. False when sbatch refuses one; those before it
 * have their job's number. */
bool slurm_submit(struct slurm_plan *plan, const struct run_plan *runs, struct assay_error *error);

/* <out>/<experiment>/slurm, where each task has its log; NULL without memory. */
const char *slurm_log_directory(struct arena *arena, const struct run_plan *plan);

/* Has Slurm queue the job again that this process is in, or its task of an array. */
bool slurm_requeue(struct assay_error *error);

#endif
