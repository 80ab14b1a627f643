#include "run/sweep_items.h"

#include <string.h>

#include "base/clock.h"

enum { MOST_BLIND_S = 10 };

/* Nobody waits for ever for a run elsewhere that cannot be seen; it may come back into sight. */
static void look_in_vain(struct sweep_item *item, const struct assay_error *error)
{
    const double now = clock_seconds();
    if (item->blind_since == 0)
        item->blind_since = now;
    if (item->is_ours || item->seen->state != RUN_RUNNING || now - item->blind_since < MOST_BLIND_S)
        return;
    struct run_failure failure = {.exit_code = error->status};
    memcpy(failure.text, error->text, sizeof failure.text);
    failure_shorten(&failure, item->why);
    item->is_lost = true;
}

static void come_into_sight(struct sweep_item *item)
{
    item->blind_since = 0;
    if (item->is_lost)
        item->why[0] = '\0';
    item->is_lost = false;
}

bool sweep_item_look(struct sweep_item *item, const struct planned_run *run)
{
    struct run_seen seen;
    struct assay_error error;
    if (!run_look(run, &seen.state, &seen.progress, &error)) {
        look_in_vain(item, &error);
        return false;
    }
    come_into_sight(item);
    /* Whoever is at it wants more of it than this plan. */
    const bool is_elsewhere = seen.state == RUN_RUNNING && !item->is_ours && !item->is_given_up;
    if (is_elsewhere && run->stop_after > 0 && seen.progress.epochs > run->stop_after)
        seen.state = run->is_pruned ? RUN_PRUNED : RUN_WAITING;
    if (item->is_given_up && item->seen->state == RUN_FAILED && run_state_is_startable(seen.state))
        seen.state = RUN_FAILED; /* which could not be noted in its directory */
    *item->seen = seen;
    if (seen.state != RUN_STALE && (run_state_is_end(seen.state) || seen.state == RUN_WAITING)) {
        item->is_given_up = false; /* somebody else got it there */
        item->tries = 0;
    }
    return true;
}

struct sweep_item *sweep_items_create(struct arena *arena, const struct run_plan *plan, struct run_seen *seen,
                                      const struct run_plan *before, const struct sweep_item *items_before,
                                      bool may_replace)
{
    struct sweep_item *items = arena_allocate(arena, plan->count, sizeof *items);
    size_t old = 0;
    for (size_t i = 0; items != NULL && i < plan->count; i++) {
        while (before != NULL && old < before->count && before->runs[old].index < plan->runs[i].index)
            old++;
        const bool is_known =
            before != NULL && old < before->count && before->runs[old].index == plan->runs[i].index;
        items[i].may_replace = may_replace;
        if (is_known) {
            items[i] = items_before[old];
            seen[i] = *items_before[old].seen;
        }
        items[i].seen = &seen[i];
        if (!sweep_item_look(&items[i], &plan->runs[i]) && seen[i].state == RUN_WAITING)
            seen[i].state = RUN_INTERRUPTED; /* this plan may want more of it */
    }
    return items;
}

bool sweep_item_is_startable(const struct sweep_item *item)
{
    const bool is_replaced = item->seen->state == RUN_STALE && item->may_replace;
    return !item->is_ours && !item->is_given_up && (run_state_is_startable(item->seen->state) || is_replaced);
}

bool sweep_item_is_open(const struct sweep_item *item)
{
    return item->is_ours || (item->seen->state == RUN_RUNNING && !item->is_lost) ||
           sweep_item_is_startable(item);
}

bool run_state_is_failure(const struct experiment *experiment, const struct planned_run *run,
                          enum run_state state)
{
    const bool is_search = !run->point->final && (experiment->final != NULL || experiment->halving != NULL);
    return state == RUN_FAILED || state == RUN_STALE || (state == RUN_DIVERGED && !is_search);
}

bool sweep_view_has_failed(const struct sweep_view *view, size_t run)
{
    return view->items[run].is_given_up || view->items[run].is_lost ||
           run_state_is_failure(view->plan->experiment, &view->plan->runs[run], view->seen[run].state);
}

enum assay_status run_plan_outcome(const struct run_plan *plan, const struct run_seen *seen)
{
    for (size_t i = 0; i < plan->count; i++)
        if (!run_state_is_end(seen[i].state) ||
            run_state_is_failure(plan->experiment, &plan->runs[i], seen[i].state))
            return ASSAY_INCOMPLETE;
    return plan->later > 0 ? ASSAY_INCOMPLETE : ASSAY_DONE;
}

bool sweep_view_is_waiting(const struct sweep_view *view)
{
    bool any = false;
    for (size_t i = 0; i < view->plan->count; i++) {
        if (view->items[i].is_ours || sweep_item_is_startable(&view->items[i]))
            return false;
        any = any || sweep_item_is_open(&view->items[i]);
    }
    return any;
}
