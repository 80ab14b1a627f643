/* What is asked of a Slurm cluster: to take arrays of jobs, and to take this job again. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/program.h"
#include "run/slurm.h"

enum { OUTPUT_LIMIT = 1 << 16 };

/* What a program of Slurm's had to complain of, in one sentence. */
static bool fail_program(const char *name, int code, const struct text *complaint, struct assay_error *error)
{
    const char *said = complaint->bytes != NULL ? complaint->bytes : "";
    if (code == PROGRAM_MISSING)
        return assay_fail(error, ASSAY_MACHINE, "there is no %s here: this is no machine of a Slurm cluster",
                          name);
    if (*said == '\0')
        return assay_fail(error, ASSAY_MACHINE, "%s has failed with exit code %d and without a word", name,
                          code);
    return assay_fail(error, ASSAY_MACHINE, "%s has failed: %.*s", name, (int)strcspn(said, "\n"), said);
}

static void add_dependency(struct text *text, const struct slurm_plan *plan, const struct slurm_array *array)
{
    text_add(text, "--dependency=afterany");
    for (size_t i = 0; i < array->after_count; i++)
        text_add(text, ":%s", plan->arrays[array->after + i].job);
}

static bool submit(const struct slurm_plan *plan, struct slurm_array *array, struct assay_error *error)
{
    struct text dependency = {0}, output = {0}, complaint = {0};
    if (array->after_count > 0)
        add_dependency(&dependency, plan, array);
    if (dependency.failed) {
        text_finish(&dependency);
        return assay_fail_memory(error, "submitting a job");
    }
    const char *const arguments[] = {"sbatch", "--parsable", dependency.bytes, NULL};
    const struct program program = {.arguments = arguments,
                                    .input = array->script,
                                    .input_length = strlen(array->script),
                                    .output_limit = OUTPUT_LIMIT};
    const int code = program_run(&program, &output, &complaint);
    const char *said = output.bytes != NULL ? output.bytes : "";
    const size_t digits = strspn(said, "0123456789");
    const bool is_number = digits > 0 && strchr(";\n", said[digits]) != NULL; /* "17", "17;cluster" */
    const bool done = code == 0 && is_number && digits < sizeof array->job;
    if (done)
        memcpy(array->job, said, digits);
    else if (output.failed || complaint.failed)
        assay_fail_memory(error, "reading what sbatch said");
    else if (code == 0)
        assay_fail(
            error, ASSAY_MACHINE,
            "sbatch has ended well, but said this instead of a job's number (`squeue --me` shows whether "
            "there is one): %.*s",
            (int)strcspn(said, "\n"), said);
    else
        fail_program("sbatch", code, &complaint, error);
    text_finish(&dependency);
    text_finish(&output);
    text_finish(&complaint);
    return done;
}

bool slurm_submit(struct slurm_plan *plan, const struct run_plan *runs, struct assay_error *error)
{
    struct arena *arena = arena_create();
    const char *logs = arena != NULL ? slurm_log_directory(arena, runs) : NULL;
    bool done = logs != NULL || assay_fail_memory(error, "submitting jobs");
    if (done && plan->count > 0)
        done = directory_create(logs, error);
    for (size_t i = 0; i < plan->count && done; i++)
        done = submit(plan, &plan->arrays[i], error);
    arena_destroy(arena);
    return done;
}

bool slurm_requeue(struct assay_error *error)
{
    const char *array = getenv("SLURM_ARRAY_JOB_ID"), *task = getenv("SLURM_ARRAY_TASK_ID"),
               *job = getenv("SLURM_JOB_ID");
    const bool is_task = array != NULL && task != NULL;
    if (!is_task && job == NULL)
        return assay_fail(error, ASSAY_MACHINE, "this is no job of Slurm's: SLURM_JOB_ID is not set");
    /* A task by its own number: the job's would be any of them. */
    char name[64];
    snprintf(name, sizeof name, "%s%s%s", is_task ? array : job, is_task ? "_" : "", is_task ? task : "");
    const char *const arguments[] = {"scontrol", "requeue", name, NULL};
    /* scontrol may be told to end, as it has asked, before its answer comes. */
    const struct program program = {
        .arguments = arguments, .output_limit = OUTPUT_LIMIT, .ignores_sigterm = true};
    struct text output = {0}, complaint = {0};
    const int code = program_run(&program, &output, &complaint);
    const bool done = code == 0 || fail_program("scontrol", code, &complaint, error);
    text_finish(&output);
    text_finish(&complaint);
    return done;
}
