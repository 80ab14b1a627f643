/* What a sweep knows of its runs, and which of them it may start. */
#ifndef RUN_SWEEP_ITEMS_H
#define RUN_SWEEP_ITEMS_H

#include "run/sweep.h"

/* The items of a plan. How each was seen, as its directory says, goes to its place in `seen`: zeroed, one for
 * each run, and to live as long as the items, which point into it. Those of the plan before it (NULL: there
 * is none) keep what the sweep did. Lives in the arena; NULL without memory. */
struct sweep_item *sweep_items_create(struct arena *arena, const struct run_plan *plan, struct run_seen *seen,
                                      const struct run_plan *before, const struct sweep_item *items_before,
                                      bool may_replace);

/* Looks at its directory again; what this sweep found out itself, or another plan wants of the run, is taken
 * into account. False where that cannot be done: it stays as it was seen last, and one that
 * ran elsewhere then is lost after ten seconds, until it can be looked at again. */
bool sweep_item_look(struct sweep_item *item, const struct planned_run *run);

/* Whether this sweep may start it as it was last seen. */
bool sweep_item_is_startable(const struct sweep_item *item);
/* Whether there is still something to come of it, here or elsewhere. */
bool sweep_item_is_open(const struct sweep_item *item);

#endif
