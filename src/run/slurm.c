#include "run/slurm.h"

#include <string.h>

#include "base/file.h"
#include "base/number.h"
#include "base/program.h"
#include "base/shell.h"

enum {
    DEFAULT_ARRAY_SIZE = 1001,
    SIGNAL_S = 60, /* before its time is up a task is asked to stop; Slurm may be as early again */
    OUTPUT_LIMIT = 1 << 20,
};

/* A stage of the plan: the numbers of its runs. */
struct stage {
    enum slurm_stage kind;
    size_t *runs;
    size_t count;
};

struct draft {
    struct arena *arena;
    const struct slurm_request *request;
    struct slurm_plan *plan;
    size_t array_size;  /* numbers of tasks are below it */
    size_t stage_start; /* the first array of the last stage */
};

static const struct run_plan *plan_of(const struct draft *draft)
{
    return draft->request->sweep->plan;
}

/* Sets *array_size to what the cluster says, if there is one that says it. */
static bool read_array_size(size_t *array_size, struct assay_error *error)
{
    static const char *const arguments[] = {"scontrol", "show", "config", NULL};
    static const char key[] = "\nMaxArraySize";
    const struct program program = {.arguments = arguments, .output_limit = OUTPUT_LIMIT};
    struct text output = {0}, complaint = {0};
    int64_t size = DEFAULT_ARRAY_SIZE;
    if (program_run(&program, &output, &complaint) == 0 && output.bytes != NULL) {
        char *value = strstr(output.bytes, key);
        if (value != NULL) {
            value += strlen(key);
            value += strspn(value, "= ");
            value[strcspn(value, " \n")] = '\0';
            number_parse_int(value, &size);
        }
    }
    text_finish(&output);
    text_finish(&complaint);
    *array_size = (size_t)size;
    return size > 0 ||
           assay_fail(error, ASSAY_MACHINE, "this cluster takes no arrays of jobs: its MaxArraySize is 0");
}

/* "0-3,7,9-12%2" */
static void add_tasks(struct text *text, const struct draft *draft, const struct slurm_array *array,
                      size_t first)
{
    const struct sweep_request *sweep = draft->request->sweep;
    for (size_t i = 0; i < array->run_count;) {
        size_t end = i + 1;
        while (end < array->run_count && array->runs[end] == array->runs[end - 1] + 1)
            end++;
        text_add(text, "%s%zu", i > 0 ? "," : "", array->runs[i] - first);
        if (end - i > 1)
            text_add(text, "-%zu", array->runs[end - 1] - first);
        i = end;
    }
    const int at_once = sweep->plan->experiment->exclusive ? 1 : sweep->jobs;
    if (at_once > 0)
        text_add(text, "%%%d", at_once);
}

/* sbatch takes % for the beginning of a field. */
static void add_log_name(struct text *text, const char *directory)
{
    struct text name = {0};
    for (const char *c = directory; *c != '\0'; c++)
        text_add(&name, *c == '%' ? "%%%%" : "%c", *c);
    text_add(&name, "/%%A_%%a.log");
    if (name.failed)
        text->failed = true;
    else
        shell_add_word(text, name.bytes);
    text_finish(&name);
}

static void add_command(struct text *text, const struct draft *draft, size_t first)
{
    const struct sweep_request *sweep = draft->request->sweep;
    text_add(text, "exec ");
    shell_add_word(text, sweep->program);
    text_add(text, " work ");
    shell_add_word(text, sweep->plan->experiment->path);
    text_add(text, " --out ");
    shell_add_word(text, sweep->plan->out);
    if (first > 0)
        text_add(text, " --index $((SLURM_ARRAY_TASK_ID + %zu))", first);
    else
        text_add(text, " --index \"$SLURM_ARRAY_TASK_ID\"");
    if (sweep->threads > 0 || !sweep->plan->experiment->exclusive)
        text_add(text, " --threads \"$SLURM_CPUS_PER_TASK\"");
    text_add(text, " --requeue\n");
}

static const char *const said_of_stage[] = {
    [SLURM_OPEN] = "", [SLURM_RUNG] = ", on their next rung", [SLURM_FINAL] = ", final ones"};

/* `first`: the run of task 0. */
static void add_script(struct text *text, const struct draft *draft, const struct slurm_array *array,
                       size_t first, const char *logs)
{
    const struct sweep_request *sweep = draft->request->sweep;
    const struct experiment *experiment = sweep->plan->experiment;
    text_add(text, "#!/bin/sh\n# %zu run%s of %s%s\n", array->run_count, array->run_count == 1 ? "" : "s",
             experiment->name, said_of_stage[array->stage]);
    text_add(text, "#SBATCH --job-name=%s --array=", experiment->name);
    add_tasks(text, draft, array, first);
    text_add(text, "\n#SBATCH --output=");
    add_log_name(text, logs);
    text_add(text, " --open-mode=append\n#SBATCH --requeue --signal=B:USR1@%d\n", SIGNAL_S);
    if (experiment->exclusive)
        text_add(text, "#SBATCH --exclusive\n");
    if (sweep->threads > 0 || !experiment->exclusive)
        text_add(text, "#SBATCH --cpus-per-task=%d\n", sweep->threads > 0 ? sweep->threads : 1);
    if (draft->request->options != NULL)
        text_add(text, "#SBATCH %s\n", draft->request->options);
    add_command(text, draft, first);
}

static const char *write_script(const struct draft *draft, const struct slurm_array *array, size_t first)
{
    const char *logs = slurm_log_directory(draft->arena, plan_of(draft));
    struct text text = {.failed = logs == NULL};
    if (logs != NULL)
        add_script(&text, draft, array, first, logs);
    return text_move(&text, draft->arena);
}

/* One past the last run from `start` on whose number is below `end`. */
static size_t end_of_array(const struct stage *stage, size_t start, size_t end)
{
    while (start < stage->count && stage->runs[start] < end)
        start++;
    return start;
}

/* Cuts the runs at multiples of the greatest number of tasks, so that a task has its run's number as long as
 * it can. Where only so many may be at once, one array waits for the other; else for the stage before. */
static bool add_arrays(struct draft *draft, const struct stage *stage)
{
    struct slurm_plan *plan = draft->plan;
    const bool one_by_one = draft->request->sweep->jobs > 0 || plan_of(draft)->experiment->exclusive;
    const size_t before = draft->stage_start, stage_start = plan->count;
    for (size_t start = 0, end; start < stage->count; start = end) {
        const size_t first = stage->runs[start] / draft->array_size * draft->array_size;
        end = end_of_array(stage, start, first + draft->array_size);
        struct slurm_array *array = &plan->arrays[plan->count];
        *array = (struct slurm_array){.stage = stage->kind,
                                      .runs = stage->runs + start,
                                      .run_count = end - start,
                                      .after = before,
                                      .after_count = stage_start - before};
        if (one_by_one && plan->count > 0) {
            array->after = plan->count - 1;
            array->after_count = 1;
        }
        array->script = write_script(draft, array, first);
        if (array->script == NULL)
            return false;
        plan->count++;
    }
    draft->stage_start = stage_start;
    return true;
}

static bool is_open(const struct planned_run *run, enum run_state state)
{
    (void)run;
    return run_state_is_startable(state);
}

static bool may_go_on(const struct planned_run *run, enum run_state state)
{
    return !run->is_pruned && !run_state_is_end(state);
}

static void collect(const struct draft *draft, bool (*wanted)(const struct planned_run *run, enum run_state),
                    struct stage *stage)
{
    const struct run_plan *plan = plan_of(draft);
    for (size_t i = 0; i < plan->count; i++)
        if (wanted(&plan->runs[i], draft->request->seen[i].state))
            stage->runs[stage->count++] = plan->runs[i].index;
}

/* The numbers that are kept free for final runs. */
static void collect_later(const struct draft *draft, struct stage *stage)
{
    const struct run_plan *plan = plan_of(draft);
    for (size_t index = 0, i = 0; index < run_plan_size(plan); index++)
        if (i < plan->count && plan->runs[i].index == index)
            i++;
        else
            stage->runs[stage->count++] = index;
}

static int target(const struct planned_run *run)
{
    return run->stop_after > 0 ? run->stop_after : run->config.train.max_epochs;
}

/* How many rungs there are above the lowest on which a run still is, at the most. */
static size_t count_rungs(const struct draft *draft)
{
    const struct run_plan *plan = plan_of(draft);
    const struct experiment_halving *halving = plan->experiment->halving;
    int lowest = 0, most = 0;
    size_t count = 0;
    for (size_t i = 0; halving != NULL && i < plan->count; i++) {
        const struct planned_run *run = &plan->runs[i];
        if (!may_go_on(run, draft->request->seen[i].state) || run->point->final)
            continue;
        if (lowest == 0 || target(run) < lowest)
            lowest = target(run);
        if (run->config.train.max_epochs > most)
            most = run->config.train.max_epochs;
    }
    for (int epochs = lowest; epochs < most; count++)
        epochs = epochs > most / halving->eta ? most : epochs * halving->eta;
    return count;
}

static bool add_stage(struct draft *draft, enum slurm_stage kind, struct assay_error *error)
{
    const struct run_plan *plan = plan_of(draft);
    struct stage stage = {.kind = kind,
                          .runs = arena_allocate(draft->arena, run_plan_size(plan), sizeof *stage.runs)};
    if (stage.runs == NULL)
        return assay_fail_memory(error, "planning arrays of jobs");
    if (kind == SLURM_FINAL)
        collect_later(draft, &stage);
    else
        collect(draft, kind == SLURM_OPEN ? is_open : may_go_on, &stage);
    if (kind == SLURM_OPEN)
        draft->plan->runs = stage.count;
    return add_arrays(draft, &stage) || assay_fail_memory(error, "planning arrays of jobs");
}

struct slurm_plan *slurm_plan_create(struct arena *arena, const struct slurm_request *request,
                                     struct assay_error *error)
{
    struct draft draft = {.arena = arena, .request = request};
    if (!read_array_size(&draft.array_size, error))
        return NULL;
    const struct run_plan *plan = plan_of(&draft);
    const size_t rungs = count_rungs(&draft), of_stage = run_plan_size(plan) / draft.array_size + 1;
    draft.plan = arena_allocate(arena, 1, sizeof *draft.plan);
    if (draft.plan != NULL)
        draft.plan->arrays = arena_allocate(arena, (rungs + 2) * of_stage, sizeof *draft.plan->arrays);
    if (draft.plan == NULL || draft.plan->arrays == NULL) {
        assay_fail_memory(error, "planning arrays of jobs");
        return NULL;
    }
    bool done = add_stage(&draft, SLURM_OPEN, error);
    for (size_t i = 0; i < rungs && done && draft.plan->runs > 0; i++)
        done = add_stage(&draft, SLURM_RUNG, error);
    if (done && draft.plan->runs > 0)
        done = add_stage(&draft, SLURM_FINAL, error);
    return done ? draft.plan : NULL;
}

const char *slurm_log_directory(struct arena *arena, const struct run_plan *plan)
{
    const char *path = arena_adopt_text(arena, path_join(plan->out, plan->experiment->name));
    return path != NULL ? arena_format(arena, "%s/slurm", path) : NULL;
}
