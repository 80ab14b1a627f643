#include "run/sweep.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/team.h"
#include "run/directory.h"
#include "run/stop.h"
#include "run/sweep_items.h"
#include "run/worker.h"
#include "train/dataset.h"

enum { TICK_MS = 100, MOST_TRIES = 2, MOST_MEETINGS = 50 };

struct sweep {
    struct arena *arena;
    const struct sweep_request *request;
    const struct sweep_observer *observer;
    struct diagnostics *diagnostics;
    struct sweep_view *view;
    struct sweep_item *items; /* of view->plan */

    struct worker *workers; /* view->at_once of them */
    size_t *runs;           /* which run each is at */
    struct pollfd *polled;
    int cpus, busy; /* busy: workers with a process */

    struct file_lock *alone; /* an exclusive experiment is at one sweep at a time */
    enum assay_status stop;
    bool has_failed, has_killed, has_said_turn;
    double looked, look_s; /* when all runs were looked at last, and how long that took */
};

static const struct planned_run *run_at(const struct sweep *sweep, size_t i)
{
    return &sweep->view->plan->runs[i];
}

static void say(const struct sweep *sweep, size_t i, const char *line)
{
    if (sweep->observer->warn != NULL)
        sweep->observer->warn(sweep->observer->cookie, run_at(sweep, i), line);
}

static void look_at_all(struct sweep *sweep)
{
    const double start = clock_seconds();
    for (size_t i = 0; i < sweep->view->plan->count; i++)
        if (!run_state_is_end(sweep->view->seen[i].state))
            sweep_item_look(&sweep->items[i], run_at(sweep, i));
    sweep->looked = clock_seconds();
    sweep->look_s = sweep->looked - start;
}

/* Twice a second, unless that were more than a fiftieth of the time. */
static bool is_time_to_look(const struct sweep *sweep)
{
    const double pause = 50 * sweep->look_s;
    return clock_seconds() - sweep->looked >= (pause > 0.5 ? pause : 0.5);
}

static bool adopt(struct sweep *sweep, const struct run_plan *plan, const struct point_work *work,
                  struct assay_error *error)
{
    struct sweep_view *view = sweep->view;
    struct run_seen *seen = arena_allocate(sweep->arena, plan->count, sizeof *seen);
    struct sweep_item *items = NULL;
    if (seen != NULL)
        items = sweep_items_create(sweep->arena, plan, seen, view->plan, sweep->items, sweep->request->again);
    if (items == NULL)
        return assay_fail_memory(error, "starting the runs");
    view->plan = plan;
    view->work = work;
    view->items = sweep->items = items;
    view->seen = seen;
    return true;
}

static void say_begun(const struct sweep *sweep)
{
    if (sweep->observer->begun != NULL)
        sweep->observer->begun(sweep->observer->cookie, sweep->view);
}

/* The threads of the next run: the CPUs that are free, shared out among the runs that may be at once. */
static int choose_threads(const struct sweep *sweep)
{
    int wanted = 0, taken = 0;
    if (sweep->request->threads > 0)
        return sweep->request->threads;
    for (size_t i = 0; i < sweep->view->plan->count; i++) {
        const struct sweep_item *item = &sweep->items[i];
        taken += item->is_ours ? item->threads : 0;
        wanted += item->is_ours || sweep_item_is_startable(item);
    }
    const int slots = wanted < sweep->view->at_once ? wanted : sweep->view->at_once;
    const int share = sweep->cpus / (slots > 0 ? slots : 1), left = sweep->cpus - taken;
    const int threads = share < left ? share : left;
    return threads > 0 ? threads : 1;
}

static bool start(struct sweep *sweep, size_t i, struct assay_error *error)
{
    struct sweep_item *item = &sweep->items[i];
    int slot = 0;
    while (sweep->workers[slot].process > 0)
        slot++;
    assert(slot < sweep->view->at_once);
    const int threads = choose_threads(sweep);
    const bool again = item->seen->state == RUN_STALE;
    if (!worker_start(&sweep->workers[slot], sweep->request->program, run_at(sweep, i), threads, again,
                      error))
        return false;
    item->may_replace = false; /* once is enough */
    if (again)
        item->seen->state = RUN_PENDING;
    item->is_ours = true;
    item->threads = threads;
    item->tries++;
    sweep->runs[slot] = i;
    sweep->busy++;
    return true;
}

/* Where several sweeps are at an exclusive experiment, one waits for the other. *is_taken: that has it. */
static bool take_turn(struct sweep *sweep, bool *is_taken, struct assay_error *error)
{
    const struct run_plan *plan = sweep->view->plan;
    *is_taken = false;
    if (!plan->experiment->exclusive || sweep->alone != NULL)
        return true;
    char *directory = path_join(plan->out, plan->experiment->name);
    char *lock = directory != NULL ? path_join(directory, ".exclusive") : NULL;
    if (lock == NULL)
        assay_fail_memory(error, "starting the runs");
    else if (directory_create(directory, error))
        sweep->alone = file_lock_acquire(lock, is_taken, error);
    memory_free(lock);
    memory_free(directory);
    return sweep->alone != NULL || *is_taken;
}

/* In the order of the plan. False when a process cannot be had. */
static bool start_more(struct sweep *sweep, struct assay_error *error)
{
    struct sweep_view *view = sweep->view;
    for (size_t i = 0; i < view->plan->count && sweep->busy < view->at_once; i++) {
        struct sweep_item *item = &sweep->items[i];
        if (!sweep_item_is_startable(item))
            continue;
        bool is_taken;
        if (!take_turn(sweep, &is_taken, error))
            return false;
        if (is_taken) {
            if (!sweep->has_said_turn)
                say(sweep, i, "another sweep is at this exclusive experiment; this one waits for its turn");
            sweep->has_said_turn = true;
            return true;
        }
        sweep_item_look(item, run_at(sweep, i));
        if (sweep_item_is_startable(item) && !start(sweep, i, error))
            return false;
    }
    return true;
}

/* How a process ended, with what it said last, which begins with the program's name. */
static struct run_failure failure_of(const struct worker *worker, const struct worker_end *end)
{
    static const char own_name[] = "assay: ";
    struct run_failure failure = {.signal = end->signal, .exit_code = end->exit_code};
    const char *said = worker->said.bytes != NULL ? worker->said.bytes : "";
    if (strncmp(said, own_name, strlen(own_name)) == 0)
        said += strlen(own_name);
    size_t length = strlen(said);
    while (length > 0 && said[length - 1] == '\n')
        length--;
    snprintf(failure.text, sizeof failure.text, "%.*s", (int)length, said);
    return failure;
}

static void record_failure(struct sweep *sweep, size_t i, const struct worker *worker,
                           const struct worker_end *end)
{
    struct run_failure failure = failure_of(worker, end);
    struct sweep_item *item = &sweep->items[i];
    item->is_given_up = true;
    failure_shorten(&failure, item->why);
    struct assay_error unwritten;
    if (item->seen->state == RUN_STALE) /* the directory is still another config's */
        return;
    item->seen->state = RUN_FAILED;
    if (!failure_write(run_at(sweep, i)->directory, &failure, &unwritten))
        say(sweep, i, unwritten.text);
}

/* What is wrong with a config or its data will be wrong the next time; a signal or the machine may not. */
static bool is_worth_another_try(const struct sweep_item *item, const struct worker_end *end)
{
    return item->tries < MOST_TRIES && (end->signal != 0 || end->exit_code != ASSAY_INVALID);
}

static void say_failed(const struct sweep *sweep, size_t i, const struct worker *worker,
                       const struct worker_end *end, const char *next)
{
    const struct run_failure failure = failure_of(worker, end);
    char line[FAILURE_SHORT_SIZE], said[2 * FAILURE_SHORT_SIZE];
    failure_shorten(&failure, line);
    snprintf(said, sizeof said, "%s%s", line, next);
    say(sweep, i, said);
}

/* One of our processes is gone: what its run's directory says counts, and only else how it went. */
static void conclude(struct sweep *sweep, size_t i, const struct worker *worker, const struct worker_end *end)
{
    struct sweep_item *item = &sweep->items[i];
    item->is_ours = false;
    if (!sweep_item_look(item, run_at(sweep, i)))
        item->seen->state = RUN_INTERRUPTED; /* at the worst: it is looked at before it is started again */
    const enum run_state state = item->seen->state;
    const bool is_unreplaced = state == RUN_STALE && sweep->request->again;
    const bool is_unfinished = run_state_is_startable(state) || is_unreplaced;
    const bool could_not = end->signal == 0 && end->exit_code == ASSAY_MACHINE;
    const bool is_stopped = end->signal == 0 && stop_way_of((enum assay_status)end->exit_code) != NULL;
    const bool has_met = is_unfinished && could_not && worker->said.bytes != NULL &&
                         run_directory_was_held(worker->said.bytes);
    item->may_replace = is_unreplaced;
    if (has_met && ++item->meetings < MOST_MEETINGS) { /* who had it has gone since: that was no try */
        item->tries--;
        return;
    }
    if (!is_unfinished) /* whatever comes next of it, a higher rung, is tried anew */
        item->tries = 0;
    if (state == RUN_RUNNING || (could_not && !is_unfinished)) /* another sweep was quicker */
        return;
    if (is_unfinished && sweep->view->is_stopping) {
        if (end->signal == 0 && !is_stopped)
            say_failed(sweep, i, worker, end, "");
        return;
    } else if (is_unfinished && is_stopped) {
        item->is_given_up = true;
        snprintf(item->why, sizeof item->why, "stopped by a signal of its own, with a checkpoint");
    } else if (is_unfinished && is_worth_another_try(item, end)) {
        say_failed(sweep, i, worker, end, "; trying once more");
        return;
    } else if (is_unfinished) {
        record_failure(sweep, i, worker, end);
    }
    sweep->has_failed = sweep->has_failed || sweep_view_has_failed(sweep->view, i);
    if (sweep->observer->ended != NULL && !sweep->view->is_stopping)
        sweep->observer->ended(sweep->observer->cookie, sweep->view, i);
}

static void signal_all(const struct sweep *sweep, int number)
{
    for (int slot = 0; slot < sweep->view->at_once; slot++)
        worker_signal(&sweep->workers[slot], number);
}

/* A terminal has sent its SIGINT to our processes as well, and they take a second one at its word. */
static int signal_for(enum assay_status stop)
{
    const struct stop_way *way = stop_way_of(stop);
    return way != NULL && way->signal != SIGINT ? way->signal : SIGTERM;
}

static void heed(struct sweep *sweep)
{
    const struct sweep_observer *observer = sweep->observer;
    struct sweep_view *view = sweep->view;
    if (!view->is_stopping) {
        sweep->stop = observer->stop != NULL ? observer->stop(observer->cookie) : ASSAY_DONE;
        view->is_stopping = sweep->stop != ASSAY_DONE || (sweep->has_failed && sweep->request->fail_fast);
        if (view->is_stopping)
            signal_all(sweep, signal_for(sweep->stop));
    } else if (!sweep->has_killed && observer->insists != NULL && observer->insists(observer->cookie)) {
        sweep->has_killed = true;
        signal_all(sweep, SIGKILL);
    }
}

struct warning {
    const struct sweep *sweep;
    size_t run;
};

static void warn(void *cookie, const char *line)
{
    const struct warning *warning = cookie;
    say(warning->sweep, warning->run, line);
}

/* Waits until something happens, or for a tick. */
static void listen_to_all(struct sweep *sweep)
{
    nfds_t count = 0;
    for (int slot = 0; slot < sweep->view->at_once; slot++)
        if (sweep->workers[slot].process > 0)
            sweep->polled[count++] = (struct pollfd){.fd = sweep->workers[slot].complaint, .events = POLLIN};
    const int ready = poll(sweep->polled, count, TICK_MS);
    if (ready == 0 || (ready < 0 && errno == EINTR))
        return;
    if (ready < 0) /* then all are asked in turn */
        nanosleep(&(struct timespec){.tv_nsec = TICK_MS * 1000000L}, NULL);
    heed(sweep); /* or what a signal to all of us ended would count as failed */
    for (int slot = 0; slot < sweep->view->at_once; slot++) {
        struct worker *worker = &sweep->workers[slot];
        const struct warning cookie = {sweep, sweep->runs[slot]};
        struct worker_end end;
        if (worker->process == 0 || worker_listen(worker, warn, (void *)&cookie, &end))
            continue;
        sweep->busy--;
        conclude(sweep, sweep->runs[slot], worker, &end);
        worker_finish(worker);
    }
}

static bool is_anything_open(const struct sweep *sweep)
{
    for (size_t i = 0; i < sweep->view->plan->count; i++)
        if (sweep_item_is_open(&sweep->items[i]))
            return true;
    return false;
}

/* What was given up or left alone here may have been done elsewhere since it was looked at. */
static bool is_over(struct sweep *sweep)
{
    if (sweep->busy > 0 || sweep->view->is_stopping)
        return sweep->busy == 0;
    if (is_anything_open(sweep))
        return false;
    for (size_t i = 0; i < sweep->view->plan->count; i++)
        if (sweep->items[i].is_given_up || sweep->items[i].is_lost || sweep->view->seen[i].state == RUN_STALE)
            sweep_item_look(&sweep->items[i], run_at(sweep, i));
    return !is_anything_open(sweep);
}

/* Until there is nothing left to do with this plan, here or elsewhere, or all has been asked to stop. */
static bool work(struct sweep *sweep, struct assay_error *error)
{
    assert(sweep->items != NULL); /* of the plan that was adopted */
    for (;;) {
        heed(sweep);
        if (!sweep->view->is_stopping && !start_more(sweep, error))
            return false;
        if (is_over(sweep))
            return true;
        listen_to_all(sweep);
        if (is_time_to_look(sweep))
            look_at_all(sweep);
        if (sweep->observer->show != NULL)
            sweep->observer->show(sweep->observer->cookie, sweep->view);
    }
}

/* Whether both want the same of the same runs. */
static bool is_same(const struct run_plan *a, const struct run_plan *b)
{
    bool same = a->count == b->count;
    for (size_t i = 0; same && i < a->count; i++) {
        const struct planned_run *x = &a->runs[i], *y = &b->runs[i];
        same = x->stop_after == y->stop_after && x->is_pruned == y->is_pruned &&
               strcmp(x->directory, y->directory) == 0 && strcmp(x->digest, y->digest) == 0;
    }
    return same;
}

/* Whether there is more to do now: a rung higher, final runs, what others have begun anew. *more: that, or
 * the plan has changed and others have done all of it since. */
static bool plan_again(struct sweep *sweep, bool *more, struct assay_error *error)
{
    const struct run_plan *plan = sweep->view->plan, *const before = plan;
    *more = false;
    if (plan->later == 0 && plan->experiment->halving == NULL)
        return true;
    plan = run_plan_create(sweep->arena, plan->experiment, plan->out, sweep->diagnostics);
    const struct point_work *work_of =
        plan != NULL ? run_plan_check(sweep->arena, plan, sweep->diagnostics, error) : NULL;
    if (work_of == NULL || !adopt(sweep, plan, work_of, error))
        return false;
    const bool is_open = is_anything_open(sweep);
    if (is_open)
        say_begun(sweep);
    *more = is_open || !is_same(plan, before);
    return true;
}

int sweep_at_once(const struct sweep_request *request)
{
    const size_t most = run_plan_size(request->plan);
    const int cpus = team_cpu_count();
    const int at_once = request->jobs > 0      ? request->jobs
                        : request->threads > 0 ? cpus / request->threads
                                               : cpus;
    if (request->plan->experiment->exclusive || at_once < 1)
        return 1;
    return (size_t)at_once > most && most > 0 ? (int)most : at_once;
}

static bool create(struct sweep *sweep, struct assay_error *error)
{
    const struct sweep_request *request = sweep->request;
    const int at_once = sweep_at_once(request);
    sweep->cpus = team_cpu_count();
    *sweep->view = (struct sweep_view){.started = clock_seconds(), .at_once = at_once};
    sweep->workers = arena_allocate(sweep->arena, (size_t)at_once, sizeof *sweep->workers);
    sweep->runs = arena_allocate(sweep->arena, (size_t)at_once, sizeof *sweep->runs);
    sweep->polled = arena_allocate(sweep->arena, (size_t)at_once, sizeof *sweep->polled);
    if (sweep->workers == NULL || sweep->runs == NULL || sweep->polled == NULL) {
        sweep->view->at_once = 0;
        return assay_fail_memory(error, "starting the runs");
    }
    if (!adopt(sweep, request->plan, request->work, error))
        return false;
    say_begun(sweep);
    return true;
}

/* One message where there are no data or no directories can be made, not one for each run. */
static bool look_around(const struct sweep *sweep, struct assay_error *error)
{
    const struct planned_run *first = NULL;
    for (size_t i = 0; i < sweep->view->plan->count; i++) {
        const struct planned_run *run = run_at(sweep, i);
        const struct data_options *data = &run->config.data;
        if (!sweep_item_is_startable(&sweep->items[i]))
            continue;
        if (!dataset_find(&data->dataset, data->dir, error))
            return false;
        first = first != NULL ? first : run;
    }
    return first == NULL || directory_create(first->directory, error);
}

enum assay_status sweep_run(struct arena *arena, const struct sweep_request *request,
                            const struct sweep_observer *observer, struct sweep_view *view,
                            struct diagnostics *diagnostics, struct assay_error *error)
{
    struct sweep sweep = {
        .arena = arena, .request = request, .observer = observer, .diagnostics = diagnostics, .view = view};
    bool more = true, done = create(&sweep, error) && look_around(&sweep, error);
    while (done && more) {
        done = work(&sweep, error);
        more = false;
        if (done && !view->is_stopping)
            done = plan_again(&sweep, &more, error);
    }
    if (!done) {
        view->is_stopping = true;
        signal_all(&sweep, SIGTERM);
    }
    while (sweep.busy > 0)
        listen_to_all(&sweep);
    file_lock_release(sweep.alone);
    if (!done)
        return diagnostics_count(diagnostics) > 0 ? diagnostics_status(diagnostics) : error->status;
    return sweep.stop != ASSAY_DONE ? sweep.stop : run_plan_outcome(view->plan, view->seen);
}
