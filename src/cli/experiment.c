#include "cli/experiment.h"

#include "cli/config.h"

const char *experiment_out(const struct invocation *invocation)
{
    return option_given(invocation, "out") ? option_value(invocation, "out") : DEFAULT_OUT;
}

bool planned_experiment_fail(const struct planned_experiment *planned, struct invocation *invocation,
                             struct assay_error *error)
{
    if (diagnostics_count(planned->diagnostics) == 0)
        return false;
    diagnostics_print(planned->diagnostics, &invocation->complaint);
    error->status = diagnostics_status(planned->diagnostics);
    error->text[0] = '\0';
    return false;
}

/* False where a file that is wrong as an experiment is none. */
static bool may_be_experiment(const struct planned_experiment *planned, const char *path,
                              struct assay_error *error)
{
    enum file_kind kind;
    return diagnostics_status(planned->diagnostics) != ASSAY_INVALID || !recognize_file(path, &kind, NULL) ||
           kind != FILE_CONFIG ||
           assay_fail(error, ASSAY_INVALID, "%s is a config, not an experiment: `assay run` trains it", path);
}

bool planned_experiment_fail_at(const struct planned_experiment *planned, const char *path,
                                struct invocation *invocation, struct assay_error *error)
{
    return may_be_experiment(planned, path, error) && planned_experiment_fail(planned, invocation, error);
}

bool planned_experiment_create(struct planned_experiment *planned, struct invocation *invocation,
                               struct assay_error *error)
{
    *planned = (struct planned_experiment){.arena = arena_create(), .diagnostics = diagnostics_create()};
    if (planned->arena == NULL || planned->diagnostics == NULL)
        return assay_fail_memory(error, "reading the experiment");
    const struct experiment *experiment =
        experiment_load(planned->arena, invocation->arguments[0], planned->diagnostics);
    if (experiment != NULL)
        planned->plan =
            run_plan_create(planned->arena, experiment, experiment_out(invocation), planned->diagnostics);
    return planned->plan != NULL ||
           planned_experiment_fail_at(planned, invocation->arguments[0], invocation, error);
}

const struct point_work *planned_experiment_check(const struct planned_experiment *planned,
                                                  struct invocation *invocation, struct assay_error *error)
{
    const struct point_work *work =
        run_plan_check(planned->arena, planned->plan, planned->diagnostics, error);
    planned_experiment_fail(planned, invocation, error);
    return work;
}

void planned_experiment_destroy(struct planned_experiment *planned)
{
    diagnostics_destroy(planned->diagnostics);
    arena_destroy(planned->arena);
}
