#include "cli/results.h"

#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/shell.h"

bool check_write_options(const struct invocation *invocation, struct assay_error *error)
{
    return !option_given(invocation, "write") || !option_given(invocation, "check") ||
           assay_fail(error, ASSAY_INVALID, "--write or --check, not both");
}

enum assay_status with_results(struct invocation *invocation, struct assay_error *error,
                               enum assay_status (*show)(struct invocation *invocation, struct arena *arena,
                                                         const struct results *results,
                                                         struct assay_error *error))
{
    struct planned_experiment planned;
    const struct results *results = NULL;
    if (planned_experiment_create(&planned, invocation, error))
        results = results_load(planned.arena, planned.plan, error);
    const enum assay_status status =
        results != NULL ? show(invocation, planned.arena, results, error) : error->status;
    planned_experiment_destroy(&planned);
    return status;
}

const char *sweep_command_line(const struct invocation *invocation, struct arena *arena, const char *path,
                               bool in_file)
{
    struct text text = {0};
    text_add(&text, "assay sweep ");
    shell_add_word(&text, in_file ? path_file(path) : path);
    if (!in_file && option_given(invocation, "out")) {
        text_add(&text, " --out ");
        shell_add_word(&text, experiment_out(invocation));
    }
    return text_move(&text, arena);
}

bool put_outputs(const struct invocation *invocation, const char *name, const struct output *outputs,
                 size_t count, struct assay_error *error)
{
    const bool check = option_given(invocation, "check");
    char *directory = name != NULL ? path_join(experiment_out(invocation), name)
                                   : path_join("", experiment_out(invocation));
    if (directory == NULL)
        return assay_fail_memory(error, "writing results");
    const bool done = check ? outputs_check(directory, outputs, count, error)
                            : outputs_write(directory, outputs, count, error);
    for (size_t i = 0; i < count && done; i++)
        log_say(invocation->log, LOG_INFO, "%s/%s%s", directory, outputs[i].name,
                check ? ": as the runs give it" : "");
    memory_free(directory);
    return done;
}

bool put_texts(const struct invocation *invocation, const char *name, const char *const *file_names,
               struct text *texts, size_t count, struct assay_error *error)
{
    struct output *outputs = memory_allocate(count, sizeof *outputs);
    bool done = outputs != NULL;
    for (size_t i = 0; i < count && done; i++) {
        outputs[i] = (struct output){file_names[i], texts[i].bytes, texts[i].length};
        done = !texts[i].failed;
    }
    if (!done)
        assay_fail_memory(error, "writing results");
    done = done && put_outputs(invocation, name, outputs, count, error);
    for (size_t i = 0; i < count; i++)
        text_finish(&texts[i]);
    memory_free(outputs);
    return done;
}

const struct claims *load_claims(struct invocation *invocation, struct arena *arena, const char *directory,
                                 const char *also, struct assay_error *error)
{
    const struct planned_experiment all = {.arena = arena, .diagnostics = diagnostics_create()};
    const struct claims *claims = NULL;
    if (all.diagnostics == NULL)
        assay_fail_memory(error, "deciding claims");
    else
        claims = claims_load(arena, directory, also, experiment_out(invocation), all.diagnostics, error);
    if (claims == NULL && all.diagnostics != NULL && also != NULL)
        planned_experiment_fail_at(&all, also, invocation, error);
    else if (claims == NULL && all.diagnostics != NULL)
        planned_experiment_fail(&all, invocation, error);
    diagnostics_destroy(all.diagnostics);
    return claims;
}

bool claim_is_of(const struct claim_result *claim, const char *path)
{
    return strcmp(path_file(claim->results->experiment->path), path_file(path)) == 0;
}

enum assay_status tell_missing(const struct results *results, struct assay_error *error)
{
    const struct result_counts *counts = &results->counts;
    const size_t count = counts->missing + counts->stale;
    if (count == 0)
        return ASSAY_DONE;
    struct text stale = {0};
    if (counts->stale > 0)
        text_add(&stale, ", %zu of them since another config was run in their place", counts->stale);
    assay_fail(error, ASSAY_INCOMPLETE, "%s: %zu of %zu runs %s missing%s", results->experiment->name, count,
               counts->wanted, count == 1 ? "is" : "are", stale.length > 0 ? stale.bytes : "");
    text_finish(&stale);
    return error->status;
}
