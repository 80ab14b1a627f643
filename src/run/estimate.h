/* How long the runs of a plan will take, judged by those that have been at work. */
#ifndef RUN_ESTIMATE_H
#define RUN_ESTIMATE_H

#include "run/plan.h"

/* A run as it was last seen. */
struct run_seen {
    enum run_state state;
    struct run_progress progress;
};

/* Whether a run has nothing more to do, or cannot by itself: finished, diverged, pruned or stale. */
bool run_state_is_end(enum run_state state);
/* Whether it can be worked at: pending, interrupted or failed. */
bool run_state_is_startable(enum run_state state);

struct run_estimates {
    const double *left_s; /* of each run of the plan what is left of it, 0 at an end; NaN: not known */
    double seconds;       /* their sum; NaN: not known */
    size_t left;          /* runs that are not at an end */
};

/* A rough guess, for people. A run takes as long as the finished ones of its point did on average; where
 * there are none, its epochs take as long as others of its point, or else of all points by the work of an
 * epoch (`work` of run_plan_check; NULL: all alike), and it takes the same share of them. `seen`: in the
 * order of the plan's runs. Lives in the arena; NULL without memory. */
const struct run_estimates *run_estimates_create(struct arena *arena, const struct run_plan *plan,
                                                 const struct run_seen *seen, const struct point_work *work);

/* The time by the clock with so many at once. */
double run_estimates_clock(const struct run_estimates *estimates, int at_once);

#endif
