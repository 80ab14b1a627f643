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
    enum file_kind kind;
    if (experiment == NULL && diagnostics_status(planned->diagnostics) == ASSAY_INVALID &&
        recognize_file(invocation->arguments[0], &kind, NULL) && kind == FILE_CONFIG)
        return assay_fail(error, ASSAY_INVALID, "%s is a config, not an experiment: `assay run` trains it",
                          invocation->arguments[0]);
    return planned->plan != NULL || planned_experiment_fail(planned, invocation, error);
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
