/* The sweep: all runs of an experiment brought to their ends by processes of their own, several at once,
 * beside other sweeps of the same experiment. */
#ifndef RUN_SWEEP_H
#define RUN_SWEEP_H

#include <stdbool.h>
#include <stddef.h>

#include "assay/error.h"
#include "run/estimate.h"
#include "run/failure.h"
#include "run/plan.h"

struct sweep_request {
    const struct run_plan *plan;
    const struct point_work *work; /* of run_plan_check */
    const char *program;           /* the path of assay */
    int jobs;                      /* runs at once; 0: one for each CPU */
    int threads;                   /* of each run; 0: the CPUs shared out among the runs that there are */
    bool fail_fast;                /* the first failure ends all */
    bool again;                    /* stale runs are replaced */
};

/* What the sweep knows of one run. */
struct sweep_item {
    struct run_seen *seen;        /* in the array of the view */
    bool is_ours;                 /* a process of this sweep is at it … */
    int threads;                  /* … with so many threads */
    bool may_replace;             /* what another config left there */
    int tries, meetings;          /* by this sweep; with another process that was quicker, and left */
    bool is_given_up;             /* it failed, or somebody stopped it: not to be tried again here */
    bool is_lost;                 /* it ran elsewhere, and can no longer be looked at */
    double blind_since;           /* that is, since then; 0: it can be looked at */
    char why[FAILURE_SHORT_SIZE]; /* it failed or is lost; "": neither */
};

struct sweep_view {
    const struct run_plan *plan;
    const struct point_work *work;
    const struct sweep_item *items; /* of the plan's runs, in their order, … */
    const struct run_seen *seen;    /* … and how each was last seen */
    double started;                 /* on the monotonic clock */
    int at_once;                    /* runs at most */
    bool is_stopping;
};

/* Who watches. Any function may be NULL. */
struct sweep_observer {
    void *cookie;
    /* Asked several times a second. Anything but ASSAY_DONE: the runs are asked to end after a checkpoint,
     * and the sweep returns that status. */
    enum assay_status (*stop)(void *cookie);
    /* From then on: whether they are to be killed, without a checkpoint. */
    bool (*insists)(void *cookie);
    void (*begun)(void *cookie, const struct sweep_view *view); /* a plan: the first, or a longer one */
    void (*ended)(void *cookie, const struct sweep_view *view, size_t run); /* one of our processes */
    void (*warn)(void *cookie, const struct planned_run *run, const char *line);
    void (*show)(void *cookie, const struct sweep_view *view); /* several times a second */
};

/* How many of its runs a sweep has going at most: of an exclusive experiment one. */
int sweep_at_once(const struct sweep_request *request);

/* Whether all that there is to do is done elsewhere. */
bool sweep_view_is_waiting(const struct sweep_view *view);

/* Whether a run has failed, or was given up. */
bool sweep_view_has_failed(const struct sweep_view *view, size_t run);

/* Has them run by processes on this machine. All that it makes lives in the arena; `view` is filled whatever
 * is returned. ASSAY_DONE: every run is at its end. ASSAY_INCOMPLETE with an empty error: some are not, or
 * have failed. What is wrong with a final run is diagnosed. */
enum assay_status sweep_run(struct arena *arena, const struct sweep_request *request,
                            const struct sweep_observer *observer, struct sweep_view *view,
                            struct diagnostics *diagnostics, struct assay_error *error);

/* Whether a run in this state is one of those that failed. A run that diverged is what a search has to
 * reckon with, and a failure elsewhere and of a final run. */
bool run_state_is_failure(const struct experiment *experiment, const struct planned_run *run,
                          enum run_state state);
/* What a sweep ends with whose runs were last seen so: ASSAY_DONE where each is at its end without having
 * failed and no final run is missing, be it that it comes later or never; or ASSAY_INCOMPLETE. `seen`: of the
 * plan's runs, in their order. */
enum assay_status run_plan_outcome(const struct run_plan *plan, const struct run_seen *seen);

#endif
