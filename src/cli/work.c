/* assay work: one run of an experiment, for other schedulers. */
#include <inttypes.h>
#include <string.h>

#include "cli/config.h"
#include "cli/experiment.h"
#include "cli/signals.h"
#include "cli/training.h"
#include "run/failure.h"
#include "run/slurm.h"
#include "run/summary.h"

static const struct option options[] = {
    {"index", "K", "the number of the run, as `assay sweep EXPERIMENT --dry-run` shows it"},
    OPTION_OUT,
    {"threads", "N", "threads to compute with, one for each CPU unless given"},
    OPTION_AGAIN,
    OPTION_STOP_AFTER,
    OPTION_OTHER_MACHINE,
    {"requeue", NULL, "stopped by SIGUSR1, it has Slurm queue this job again"},
    {0},
};

static const struct planned_run *find_run(const struct run_plan *plan, int64_t index,
                                          struct assay_error *error)
{
    const struct planned_run *run = run_plan_find(plan, (size_t)index);
    const size_t all = run_plan_size(plan);
    if (run == NULL && (size_t)index < all && plan->never == plan->later)
        assay_fail(error, ASSAY_INCOMPLETE,
                   "run %" PRId64 " of %s is a final one, and no setting ended with a %s to be chosen by",
                   index, plan->experiment->name, plan->experiment->final->by.metric);
    else if (run == NULL && (size_t)index < all)
        assay_fail(error, ASSAY_INCOMPLETE,
                   "run %" PRId64 " of %s is a final one: it is known once all runs that it depends on are "
                   "finished",
                   index, plan->experiment->name);
    else if (run == NULL)
        assay_fail(error, ASSAY_INVALID, "there is no run %" PRId64 ": %s has %zu runs, from 0 to %zu", index,
                   plan->experiment->name, all, all - 1);
    return run;
}

/* Nothing to be done with it, as things are, which is known without its data. */
static bool is_settled(struct invocation *invocation, const struct planned_run *run,
                       enum assay_status *status, struct assay_error *error)
{
    struct summary_found found;
    enum run_state state;
    bool is_there;
    *status = ASSAY_DONE;
    if (!run_state_of(run, &state, error)) {
        *status = error->status;
        return true;
    }
    switch (state) {
    case RUN_FINISHED:
        if (!summary_read(run->directory, &is_there, &found, NULL) || !is_there)
            return false;
        found.result.found = true;
        training_show(invocation, run->directory, &found.result, *status);
        return true;
    case RUN_WAITING:
        log_say(invocation->log, LOG_INFO, "%s: waits after epoch %d until the others have got there",
                run->directory, run->stop_after);
        return true;
    case RUN_PRUNED:
        log_say(invocation->log, LOG_INFO, "%s: pruned after epoch %d, because others were better",
                run->directory, run->stop_after);
        return true;
    case RUN_STALE:
        *status = ASSAY_INVALID;
        assay_fail(error, *status, "another config was run in %s; remove it, or replace it with --again",
                   run->directory);
        return true;
    default:
        return false;
    }
}

/* What other schedulers do not tell of a run, its directory does. */
static void record(const struct planned_run *run, enum assay_status status, const struct assay_error *error,
                   const struct log *log)
{
    struct run_failure failure = {.exit_code = status};
    struct assay_error unwritten;
    if (status != ASSAY_INVALID && status != ASSAY_MACHINE)
        return;
    memcpy(failure.text, error->text, sizeof failure.text);
    if (!failure_write(run->directory, &failure, &unwritten))
        log_say(log, LOG_WARNING, "%s", unwritten.text);
}

/* What stopped is shown as it is; that it is not queued again is said as well. */
static void requeue(struct assay_error *error)
{
    struct assay_error refused;
    if (!slurm_requeue(&refused))
        assay_fail(error, error->status, "%s\nit is not queued again: %s", error->text, refused.text);
}

static enum assay_status train(struct invocation *invocation, struct planned_experiment *planned,
                               const struct planned_run *run, struct training *training, int threads,
                               struct assay_error *error)
{
    enum assay_status status;
    if (!training->again && is_settled(invocation, run, &status, error))
        return status;
    struct assay_config *config =
        planned_run_prepare(planned->plan, run, threads, planned->diagnostics, error);
    if (config == NULL) {
        struct assay_error why = *error;
        if (diagnostics_count(planned->diagnostics) > 0)
            diagnostics_fail(planned->diagnostics, "", "reading the config", &why);
        record(run, why.status, &why, invocation->log);
        planned_experiment_fail(planned, invocation, error);
        return error->status;
    }
    training->config = config;
    training->directory = run->directory;
    if (run->stop_after > 0 && (training->stop_after == 0 || training->stop_after > run->stop_after))
        training->stop_after = run->stop_after;
    status = train_config(invocation, training, error);
    record(run, status, error, invocation->log);
    if (status == ASSAY_CHECKPOINTED && option_given(invocation, "requeue"))
        requeue(error);
    assay_config_destroy(config);
    return status;
}

static enum assay_status run(struct invocation *invocation, struct assay_error *error)
{
    int64_t index, threads;
    struct training training;
    struct planned_experiment planned;
    signals_catch();
    if (!option_given(invocation, "index")) {
        assay_fail(error, ASSAY_INVALID,
                   "which run? --index K; `assay sweep %s --dry-run` shows their numbers",
                   invocation->arguments[0]);
        return error->status;
    }
    if (!option_integer(invocation, "index", 0, INT32_MAX, 0, &index, error) ||
        !option_integer(invocation, "threads", 1, THREADS_LIMIT, 0, &threads, error) ||
        !training_options(invocation, &training, error))
        return error->status;
    if (training.again && option_given(invocation, "requeue")) {
        assay_fail(error, ASSAY_INVALID,
                   "--again and --requeue exclude each other: queued again, it would start afresh");
        return error->status;
    }
    enum assay_status status;
    const struct planned_run *planned_run = NULL;
    if (planned_experiment_create(&planned, invocation, error))
        planned_run = find_run(planned.plan, index, error);
    if (planned_run != NULL)
        status = train(invocation, &planned, planned_run, &training, (int)threads, error);
    else
        status = error->status;
    planned_experiment_destroy(&planned);
    return status;
}

const struct command work_command = {
    .name = "work",
    .summary = "one run of an experiment, for other schedulers",
    .usage = "EXPERIMENT --index K",
    .details =
        "Does what `assay run` does with run K of the plan, and ends as it does: 0 when it is finished, now "
        "or before,\n"
        "3 when it diverged, 75, 129, 130 or 143 after a checkpoint on a signal. Two processes never do one "
        "run:\n"
        "the second ends with 4. Other failures are also kept in the run's directory, for `assay status`.\n",
    .examples = "assay work experiments/table-2.2.yaml --index 0\n"
                "seq 0 34 | parallel -j 8 assay work experiments/table-2.2.yaml --threads 1 --index\n",
    .options = options,
    .formats = training_formats,
    .least_arguments = 1,
    .most_arguments = 1,
    .run = run,
};
