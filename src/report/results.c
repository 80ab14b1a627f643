#include "report/results.h"

#include <stdint.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/number.h"
#include "report/sources.h"
#include "run/files.h"

static bool has_ended(enum run_state state)
{
    return state == RUN_FINISHED || state == RUN_DIVERGED;
}

static bool load_run(struct arena *arena, const struct planned_run *planned, struct result_run *run,
                     struct assay_error *error)
{
    *run = (struct result_run){.planned = planned};
    if (!run_state_of(planned, &run->state, error))
        return false;
    if (!has_ended(run->state))
        return true;
    run->record = arena_allocate(arena, 1, sizeof *run->record);
    return run->record != NULL ? run_record_load(arena, planned->directory, run->record, error)
                               : assay_fail_memory(error, "reading results");
}

static void count_run(struct result_counts *counts, enum run_state state)
{
    counts->finished += state == RUN_FINISHED;
    counts->diverged += state == RUN_DIVERGED;
    counts->pruned += state == RUN_PRUNED;
    counts->stale += state == RUN_STALE;
}

static void count_missing(struct result_counts *counts, size_t wanted)
{
    counts->wanted = wanted;
    counts->missing = wanted - counts->finished - counts->diverged - counts->pruned - counts->stale;
}

static size_t point_index(const struct experiment *experiment, const struct planned_run *planned)
{
    return (size_t)(planned->point - experiment->points);
}

/* Points without their runs, and how many there may be of each. */
static struct result_point *start_points(struct arena *arena, const struct experiment *experiment)
{
    struct result_point *points = arena_allocate(arena, experiment->point_count, sizeof *points);
    for (size_t i = 0; points != NULL && i < experiment->point_count; i++) {
        struct result_point *point = &points[i];
        point->point = &experiment->points[i];
        point->seeds = point->point->final ? experiment->final->seeds : experiment->seeds;
        point->seed_count = point->point->final ? experiment->final->seed_count : experiment->seed_count;
        point->folds = point->point->final || experiment->folds == 0 ? 1 : (size_t)experiment->folds;
        point->runs = arena_allocate(arena, point->seed_count * point->folds, sizeof *point->runs);
        if (point->runs == NULL)
            return NULL;
    }
    return points;
}

static enum unplanned why_unplanned(const struct results *results, const struct result_point *points,
                                    size_t final)
{
    const struct experiment *experiment = results->experiment;
    if (results->plan->is_never != NULL && results->plan->is_never[final])
        return UNPLANNED_EVER;
    for (size_t i = 0; i < experiment_first_final(experiment); i++)
        if (points[i].point->listed == points[final].point->listed && points[i].counts.stale > 0)
            return UNPLANNED_STALE;
    return UNPLANNED_YET;
}

static bool load(struct arena *arena, struct results *results, struct assay_error *error)
{
    const struct run_plan *plan = results->plan;
    const size_t point_count = results->experiment->point_count;
    struct result_run *runs = arena_allocate(arena, plan->count, sizeof *runs);
    struct result_point *points = start_points(arena, results->experiment);
    if (runs == NULL || points == NULL)
        return assay_fail_memory(error, "reading results");
    for (size_t i = 0; i < plan->count; i++) {
        if (!load_run(arena, &plan->runs[i], &runs[i], error))
            return false;
        struct result_point *point = &points[point_index(results->experiment, runs[i].planned)];
        point->runs[point->run_count++] = &runs[i];
        count_run(&point->counts, runs[i].state);
        count_run(&results->counts, runs[i].state);
    }
    size_t wanted = 0;
    for (size_t i = 0; i < point_count; i++) {
        count_missing(&points[i].counts, points[i].seed_count * points[i].folds);
        wanted += points[i].counts.wanted;
        if (points[i].point->final && points[i].run_count == 0)
            points[i].unplanned = why_unplanned(results, points, i);
    }
    count_missing(&results->counts, wanted);
    results->runs = runs;
    results->points = points;
    return sources_check(results, error);
}

const struct results *results_load(struct arena *arena, const struct run_plan *plan,
                                   struct assay_error *error)
{
    struct results *results = arena_allocate(arena, 1, sizeof *results);
    if (results == NULL) {
        assay_fail_memory(error, "reading results");
        return NULL;
    }
    *results = (struct results){.experiment = plan->experiment, .plan = plan};
    return load(arena, results, error) ? results : NULL;
}

/* The mean over the folds of a seed. False while not all of them are finished. */
static bool value_of_seed(const struct result_point *point, uint64_t seed,
                          const struct experiment_measure *measure, double *value)
{
    double sum = 0;
    size_t count = 0;
    for (size_t i = 0; i < point->run_count; i++) {
        const struct result_run *run = point->runs[i];
        if (run->planned->seed != seed || run->state != RUN_FINISHED)
            continue;
        sum += run_record_measure(run->record, measure);
        count++;
    }
    *value = sum / (double)point->folds;
    return count == point->folds;
}

bool results_values(struct arena *arena, const struct result_point *point,
                    const struct experiment_measure *measure, struct result_values *values)
{
    uint64_t *seeds = arena_allocate(arena, point->seed_count, sizeof *seeds);
    double *numbers = arena_allocate(arena, point->seed_count, sizeof *numbers), value;
    if (seeds == NULL || numbers == NULL)
        return false;
    *values = (struct result_values){.seeds = seeds, .values = numbers};
    for (size_t i = 0; i < point->seed_count; i++) {
        if (!value_of_seed(point, point->seeds[i], measure, &value))
            continue;
        seeds[values->count] = point->seeds[i];
        numbers[values->count++] = value;
    }
    return true;
}

/* The column of images, ascending and below `images`. */
static bool read_indices(const struct csv *csv, const char *path, uint32_t images, uint32_t *indices,
                         struct assay_error *error)
{
    const size_t column = csv_column(csv, "index");
    for (size_t row = 0; column != SIZE_MAX && row < csv->rows; row++) {
        int64_t index;
        if (!number_parse_int(csv->cells[row][column], &index) || index < 0 || index >= images ||
            (row > 0 && index <= indices[row - 1]))
            return assay_fail(error, ASSAY_INVALID,
                              "%s:%zu: wants the index of one of %u images, each once and in order", path,
                              row + 2, images);
        indices[row] = (uint32_t)index;
    }
    return column != SIZE_MAX || assay_fail(error, ASSAY_INVALID, "%s: has no column index", path);
}

bool result_mistakes_load(struct arena *arena, const struct result_run *run, bool *found,
                          struct result_mistakes *mistakes, struct assay_error *error)
{
    static const struct summary_counts none;
    const bool is_finished = run->record != NULL && run->record->summary != NULL;
    const struct summary_counts *counts = is_finished ? &run->record->found.counts : &none;
    *mistakes = (struct result_mistakes){.images = counts->test_images};
    *found = mistakes->images > 0;
    if (!*found)
        return true;
    char *path = path_join(run->planned->directory, MISTAKES_FILE);
    if (path == NULL)
        return assay_fail_memory(error, "reading mistakes");
    const struct csv *csv = csv_load(arena, path, error);
    uint32_t *indices = csv != NULL ? arena_allocate(arena, csv->rows, sizeof *indices) : NULL;
    bool done = indices != NULL && read_indices(csv, path, mistakes->images, indices, error);
    if (csv != NULL && indices == NULL)
        assay_fail_memory(error, "reading mistakes");
    if (done && csv->rows != counts->test_mistakes)
        done = assay_fail(error, ASSAY_INVALID, "%s: has %zu mistakes where summary.json says %u", path,
                          csv->rows, counts->test_mistakes);
    if (done) {
        mistakes->count = csv->rows;
        mistakes->indices = indices;
    }
    memory_free(path);
    return done;
}
