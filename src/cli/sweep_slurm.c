/* assay sweep --launcher slurm: arrays of jobs of a cluster. */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/shell.h"
#include "cli/launcher.h"
#include "cli/runs.h"
#include "run/slurm.h"

static const char *const stage_names[] = {
    [SLURM_OPEN] = "open", [SLURM_RUNG] = "next rung", [SLURM_FINAL] = "final"};

/* What is to be submitted. */
struct submission {
    struct planned_experiment *planned;
    const struct sweep_request *request;
    const struct run_seen *seen;
    struct run_counts counts;
    struct slurm_plan *slurm;
};

/* Where this program is, for machines that have the same files. */
static const char *find_program(struct arena *arena, struct assay_error *error)
{
    char path[PATH_MAX];
    const ssize_t length = readlink("/proc/self/exe", path, sizeof path);
    const char *copy = length > 0 && length < PATH_MAX ? arena_copy_text(arena, path, (size_t)length) : NULL;
    if (copy == NULL)
        assay_fail(error, ASSAY_MACHINE, "cannot tell where this program is: %s", strerror(errno));
    return copy;
}

static bool check_options(const char *options, struct assay_error *error)
{
    if (options == NULL || (options[0] == '-' && strpbrk(options, "\r\n") == NULL))
        return true;
    return assay_fail(error, ASSAY_INVALID,
                      "--sbatch wants options for sbatch in one line, such as '--partition=short --time=30', "
                      "not %s",
                      options);
}

static bool prepare(struct submission *submission, const struct invocation *invocation,
                    struct sweep_request *request, struct assay_error *error)
{
    struct arena *arena = submission->planned->arena;
    const char *options = option_value(invocation, "sbatch");
    if (!check_options(options, error))
        return false;
    request->program = find_program(arena, error);
    if (request->program == NULL)
        return false;
    submission->seen = look_at_runs(arena, request->plan, &submission->counts, error);
    if (submission->seen == NULL)
        return false;
    const struct slurm_request slurm = {request, submission->seen, options};
    submission->slurm = slurm_plan_create(arena, &slurm, error);
    return submission->slurm != NULL;
}

/* Its job, or its place among the arrays while it has none. */
static void add_array_name(struct text *text, const struct slurm_plan *slurm, size_t i)
{
    if (slurm->arrays[i].job[0] != '\0')
        text_add(text, "job %s", slurm->arrays[i].job);
    else
        text_add(text, "array %zu of %zu", i + 1, slurm->count);
}

/* "job 12: 70 runs; after job 11", without a newline */
static void add_array(struct text *text, const struct slurm_plan *slurm, size_t i)
{
    const struct slurm_array *array = &slurm->arrays[i];
    add_array_name(text, slurm, i);
    text_add(text, ": ");
    add_run_count(text, array->run_count);
    if (array->stage == SLURM_RUNG)
        text_add(text, ", those of them that get to the next rung");
    else if (array->stage == SLURM_FINAL)
        text_add(text, ", the final ones");
    for (size_t k = 0; k < array->after_count; k++) {
        text_add(text, k == 0 ? "; after " : ", ");
        add_array_name(text, slurm, array->after + k);
    }
}

static void add_summary(struct text *text, const struct submission *submission)
{
    add_plan_counts(text, submission->request->plan, &submission->counts);
}

static void add_json(struct text *text, const struct submission *submission)
{
    const struct slurm_plan *slurm = submission->slurm;
    struct json_writer json = {.text = text};
    open_json_plan(&json, submission->request->plan, &submission->counts);
    json_open(&json, "arrays", '[');
    for (size_t i = 0; i < slurm->count; i++) {
        const struct slurm_array *array = &slurm->arrays[i];
        json_open(&json, NULL, '{');
        json_string(&json, "job", array->job[0] != '\0' ? array->job : NULL);
        json_string(&json, "stage", stage_names[array->stage]);
        json_integer(&json, "runs", (long long)array->run_count);
        json_open(&json, "after", '[');
        for (size_t k = 0; k < array->after_count; k++)
            json_integer(&json, NULL, (long long)(array->after + k));
        json_close(&json);
        json_string(&json, "script", array->script);
        json_close(&json);
    }
    json_close(&json);
    json_close(&json);
    text_add_char(text, '\n');
}

/* What sbatch takes as it is, where there is one array. */
static enum assay_status dry_run(struct invocation *invocation, struct planned_experiment *planned,
                                 const struct sweep_request *request, struct assay_error *error)
{
    struct submission submission = {.planned = planned, .request = request};
    struct sweep_request absolute = *request;
    if (!prepare(&submission, invocation, &absolute, error))
        return error->status;
    const struct slurm_plan *slurm = submission.slurm;
    struct text *out = &invocation->out;
    if (invocation->format == SWEEP_JSON) {
        add_json(out, &submission);
        return ASSAY_DONE;
    }
    for (size_t i = 0; i < slurm->count; i++) {
        text_add(out, "%s", i > 0 ? "\n" : "");
        text_add(out, "%s", slurm->arrays[i].script);
    }
    struct text said = {0};
    add_summary(&said, &submission);
    for (size_t i = 0; i < slurm->count; i++) {
        text_add_char(&said, '\n');
        add_array(&said, slurm, i);
    }
    log_say(invocation->log, LOG_INFO, "%s", said.failed ? "" : said.bytes);
    text_finish(&said);
    return ASSAY_DONE;
}

static void add_submitted(struct text *text, const struct submission *submission,
                          const struct invocation *invocation)
{
    const struct run_plan *plan = submission->request->plan;
    const struct slurm_plan *slurm = submission->slurm;
    add_summary(text, submission);
    text_add(text, "%s\n", slurm->count == 0 ? "; nothing to submit" : "");
    for (size_t i = 0; i < slurm->count && slurm->arrays[i].job[0] != '\0'; i++) {
        text_add(text, "  ");
        add_array(text, slurm, i);
        text_add_char(text, '\n');
    }
    if (slurm->count == 0 || slurm->arrays[0].job[0] == '\0')
        return;
    text_add(text, "`assay status ");
    shell_add_word(text, plan->experiment->path);
    if (option_given(invocation, "out")) {
        text_add(text, " --out ");
        shell_add_word(text, plan->out);
    }
    text_add(text, "` shows how far they are, `squeue --me` what Slurm has of them; their logs are in %s\n",
             slurm_log_directory(submission->planned->arena, plan));
}

static enum assay_status launch(struct invocation *invocation, struct planned_experiment *planned,
                                const struct sweep_request *request, struct assay_error *error)
{
    struct submission submission = {.planned = planned, .request = request};
    struct sweep_request absolute = *request;
    if (!prepare(&submission, invocation, &absolute, error))
        return error->status;
    const bool done = slurm_submit(submission.slurm, request->plan, error);
    if (invocation->format == SWEEP_JSON)
        add_json(&invocation->out, &submission);
    else if (!invocation->quiet || !done)
        add_submitted(&invocation->out, &submission, invocation);
    if (!done)
        return error->status;
    return submission.slurm->count > 0 ? ASSAY_DONE : run_plan_outcome(request->plan, submission.seen);
}

const struct launcher launcher_slurm = {
    .name = "slurm", .refused = {"fail-fast", "again"}, .dry_run = dry_run, .launch = launch};
