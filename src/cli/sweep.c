/* assay sweep: all runs of an experiment. */
#include <string.h>

#include "cli/arguments.h"
#include "cli/config.h"
#include "cli/launcher.h"

static const struct option options[] = {
    {"jobs", "N", "runs at once, one for each CPU unless given", 'j'},
    {"launcher", "NAME", "who runs them: local (unless given), processes here; slurm, arrays of jobs"},
    {"dry-run", NULL, "only shows the runs, their states and the expected time, or the scripts for sbatch"},
    {"fail-fast", NULL, "the first failure ends all; else the others are finished first"},
    {"again", NULL, "replaces the runs that another config left, which are else left alone"},
    OPTION_OUT,
    {"threads", "N", "threads of each run; the CPUs shared out among the runs unless given, with slurm one"},
    {"sbatch", "OPTIONS", "with slurm: more options for sbatch, in one word: '--partition=short --time=30'"},
    {0},
};
static const char *const formats[] = {[SWEEP_TEXT] = "text", [SWEEP_JSON] = "json", NULL};

static const struct launcher *const launchers[] = {&launcher_local, &launcher_slurm};
enum { LAUNCHERS = sizeof launchers / sizeof launchers[0] };

static const struct launcher *find_launcher(const struct invocation *invocation, struct assay_error *error)
{
    const char *name = option_value(invocation, "launcher"), *names[LAUNCHERS];
    for (size_t i = 0; i < LAUNCHERS; i++) {
        const struct launcher *launcher = launchers[i];
        names[i] = launcher->name;
        if (name != NULL && strcmp(launcher->name, name) != 0)
            continue;
        const char *refused = NULL;
        for (size_t k = 0; k < sizeof launcher->refused / sizeof launcher->refused[0]; k++)
            if (launcher->refused[k] != NULL && option_given(invocation, launcher->refused[k]))
                refused = launcher->refused[k];
        if (refused == NULL)
            return launcher;
        assay_fail(error, ASSAY_INVALID, "--%s is not for the launcher %s", refused, launcher->name);
        return NULL;
    }
    fail_unknown(error, "there is no launcher", name, names, LAUNCHERS);
    return NULL;
}

static enum assay_status run(struct invocation *invocation, struct assay_error *error)
{
    int64_t jobs, threads;
    struct planned_experiment planned;
    const struct launcher *launcher = find_launcher(invocation, error);
    if (launcher == NULL || !option_integer(invocation, "jobs", 1, THREADS_LIMIT, 0, &jobs, error) ||
        !option_integer(invocation, "threads", 1, THREADS_LIMIT, 0, &threads, error))
        return error->status;
    struct sweep_request request = {.program = "/proc/self/exe",
                                    .jobs = (int)jobs,
                                    .threads = (int)threads,
                                    .fail_fast = option_given(invocation, "fail-fast"),
                                    .again = option_given(invocation, "again")};
    enum assay_status status = ASSAY_DONE;
    if (planned_experiment_create(&planned, invocation, error)) {
        request.plan = planned.plan;
        request.work = planned_experiment_check(&planned, invocation, error);
    }
    if (request.work != NULL && request.plan->experiment->exclusive && jobs > 1)
        assay_fail(error, ASSAY_INVALID,
                   "%s is exclusive: its runs are timed, and so are one at a time, not %d",
                   request.plan->experiment->name, (int)jobs);
    if (request.work == NULL || error->status != ASSAY_DONE)
        status = error->status;
    else if (option_given(invocation, "dry-run"))
        status = launcher->dry_run(invocation, &planned, &request, error);
    else
        status = launcher->launch(invocation, &planned, &request, error);
    planned_experiment_destroy(&planned);
    return status;
}

const struct command sweep_command = {
    .name = "sweep",
    .summary = "all runs of an experiment, several at once",
    .usage = "EXPERIMENT",
    .details =
        "Everything is checked before the first run starts. Each run is a process of its own with a "
        "directory of "
        "its own below\n"
        "<out>/<experiment>. Those that are finished are kept, those that were interrupted go on, those that "
        "failed are tried\n"
        "again; a crash takes one run with it. Several sweeps of one experiment, on machines with a common "
        "file "
        "system too, share\n"
        "the work. SIGINT, SIGTERM, SIGHUP and SIGUSR1 end it after a checkpoint of every run (exit 130, "
        "143, 129, "
        "75); a second\n"
        "SIGINT kills them.\n"
        "\n"
        "With --launcher slurm the runs that are left are submitted to Slurm as arrays of jobs, and that is "
        "all; `assay status`\n"
        "says how far they are. Tasks that are preempted, or whose time is up, are queued again and go on "
        "from their checkpoint.\n",
    .examples =
        "assay sweep experiments/table-2.2.yaml --dry-run\n"
        "assay sweep experiments/table-2.2.yaml -j 4\n"
        "assay sweep experiments/table-2.2.yaml --launcher slurm --sbatch='--time=2:00:00' --dry-run\n",
    .options = options,
    .formats = formats,
    .least_arguments = 1,
    .most_arguments = 1,
    .run = run,
};
