#include "run/bench.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "math/blas.h"
#include "math/yardstick.h"
#include "run/bench_cell.h"

/* What each block said of one thing. Block 0 warms up, and does not count. */
struct series {
    double values[BENCH_BLOCKS + 1];
    int count;
};

/* All that takes turns, and what it said. */
struct bench_state {
    const struct bench_settings *settings;
    struct arena *arena;
    struct bench *bench;
    const struct kernels *kernels;
    struct bench_data data;
    struct team **teams;      /* for each number of threads */
    struct bench_cell *cells; /* for each row */
    struct series *train, *test, *sgemm;
    double *sgemm_s;                        /* what sgemm has had so far */
    struct series (*parts)[PROFILE_PASSES]; /* for each of bench->layers */
    struct blas blas;
    struct yardstick *yardstick;
    struct profile *profile;
    double block_s;
};

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double quantile(const double *sorted, int count, double q)
{
    const double at = q * (count - 1);
    const int below = (int)at, above = below + 1 < count ? below + 1 : below;
    return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}

static struct bench_spread spread_of(struct series *series)
{
    double *counted = series->values + 1;
    const int count = series->count - 1;
    qsort(counted, (size_t)count, sizeof *counted, ascending);
    return (struct bench_spread){quantile(counted, count, 0.5),
                                 quantile(counted, count, 0.75) - quantile(counted, count, 0.25), counted[0]};
}

static void measure_layers(struct bench_state *state)
{
    const struct split *split = &state->data.split;
    const struct image_set *set = &state->data.dataset.train;
    const uint32_t batch = (uint32_t)state->bench->layer_batch,
                   samples = batch < split->counts.train ? batch : split->counts.train;
    struct minibatch minibatch = {set->images, set->labels, split->train, (int)samples};
    uint64_t done = 0;
    profile_clear(state->profile);
    for (const double start = clock_seconds(); done == 0 || clock_seconds() - start < state->block_s;) {
        profile_step(state->profile, &minibatch);
        done += samples;
        minibatch.indices = split->train + done % (split->counts.train - samples + 1);
    }
    for (size_t l = 0; l < state->bench->layer_count; l++)
        for (int pass = 0; pass < PROFILE_PASSES; pass++) {
            const struct profile_part *part = profile_part(state->profile, (int)l - 1, pass);
            struct series *series = &state->parts[l][pass];
            if (part != NULL)
                series->values[series->count++] = 1000 * part->seconds / (double)done;
        }
}

/* A product takes longer than a short block: then not every block has one, so that all have their time. */
static void measure_sgemm(struct bench_state *state, size_t t, int block)
{
    struct series *series = &state->sgemm[t];
    if (series->count >= 2 && state->sgemm_s[t] > block * state->block_s)
        return;
    const double start = clock_seconds();
    series->values[series->count++] = yardstick_measure(state->yardstick, state->teams[t], state->block_s);
    state->sgemm_s[t] += clock_seconds() - start;
}

/* One turn of all that is compared. Each row begins with a tenth of a block that is not counted: others had
 * the caches before. */
static bool measure_block(struct bench_state *state, int block, struct assay_error *error)
{
    for (size_t t = 0; t < state->settings->thread_count; t++)
        measure_sgemm(state, t, block);
    for (size_t r = 0; r < state->bench->row_count; r++) {
        struct bench_cell *cell = &state->cells[r];
        struct series *train = &state->train[r], *test = &state->test[r];
        double unwanted;
        if (!bench_cell_train(cell, state->block_s / 10, &unwanted, error) ||
            !bench_cell_train(cell, state->block_s, &train->values[train->count++], error))
            return false;
        bench_cell_test(cell, state->block_s / 10);
        test->values[test->count++] = bench_cell_test(cell, state->block_s);
    }
    measure_layers(state);
    return true;
}

static bool load_data(struct bench_state *state, struct assay_error *error)
{
    struct bench_data *data = &state->data;
    if (!prepared_load_data(state->settings->config, &data->dataset, &data->split, error))
        return false;
    const uint32_t count = data->dataset.test.count;
    data->test_order = arena_allocate(state->arena, count, sizeof *data->test_order);
    for (uint32_t i = 0; data->test_order != NULL && i < count; i++)
        data->test_order[i] = i;
    state->bench->train_images = data->split.counts.train;
    state->bench->test_images = count;
    return data->test_order != NULL || assay_fail_memory(error, "preparing the measurement");
}

/* The config and its plan for another batch size and number of threads. */
static const struct plan *plan_batch(struct bench_state *state, int batch, int threads, bool keep_edges,
                                     const struct config **config, struct assay_error *error)
{
    const struct assay_config *prepared = state->settings->config;
    struct config *copy = arena_copy(state->arena, prepared->config, sizeof *copy);
    struct diagnostics *diagnostics = diagnostics_create();
    const struct plan *plan = NULL;
    if (copy != NULL && diagnostics != NULL) {
        copy->train.batch_size = batch;
        *config = copy;
        plan = plan_config(state->arena, copy, &prepared->shape, threads, keep_edges, diagnostics);
        char before[64];
        snprintf(before, sizeof before, "with batches of %d:\n", batch);
        if (plan == NULL)
            diagnostics_fail(diagnostics, before, "planning the network", error);
    } else {
        assay_fail_memory(error, "planning the network");
    }
    diagnostics_destroy(diagnostics);
    return plan;
}

static struct network_settings network_settings(const struct bench_state *state, const struct plan *plan,
                                                struct team *team)
{
    const struct config *config = state->settings->config->config;
    return (struct network_settings){.plan = plan,
                                     .team = team,
                                     .kernels = state->kernels,
                                     .loss = (const struct loss *)config->train.loss.variant,
                                     .mean = state->data.split.mean,
                                     .sd = state->data.split.sd};
}

static bool create_rows(struct bench_state *state, struct assay_error *error)
{
    const struct bench_settings *settings = state->settings;
    struct bench *bench = state->bench;
    const size_t most = settings->layers_only ? 0 : settings->thread_count * settings->batch_count;
    bench->rows = arena_allocate(state->arena, most, sizeof *bench->rows);
    state->cells = arena_allocate(state->arena, most, sizeof *state->cells);
    state->train = arena_allocate(state->arena, most, sizeof *state->train);
    state->test = arena_allocate(state->arena, most, sizeof *state->test);
    if (bench->rows == NULL || state->cells == NULL || state->train == NULL || state->test == NULL)
        return assay_fail_memory(error, "preparing the measurement");
    while (bench->row_count < most) {
        const size_t t = bench->row_count / settings->batch_count;
        const int batch = settings->batches[bench->row_count % settings->batch_count];
        const struct config *config;
        const struct plan *plan = plan_batch(state, batch, settings->threads[t], false, &config, error);
        if (plan == NULL)
            return false;
        const struct network_settings network = network_settings(state, plan, state->teams[t]);
        bench->rows[bench->row_count] = (struct bench_row){.batch = batch, .threads = settings->threads[t]};
        if (!bench_cell_init(&state->cells[bench->row_count++], config, &state->data, &network, error))
            return false;
    }
    return true;
}

static void name_layers(struct bench *bench, const struct plan *plan)
{
    bench->layers[0].name = "input";
    for (int l = 0; l < plan->layer_count; l++)
        bench->layers[l + 1] = (struct bench_layer){.name = plan->layers[l].train.name,
                                                    .type = plan->layers[l].type->variant.name,
                                                    .algorithm = plan->layers[l].train.algorithm};
    bench->layers[plan->layer_count + 1].name = "loss";
    bench->layers[plan->layer_count + 2].name = "update";
}

static bool create_layers(struct bench_state *state, struct assay_error *error)
{
    const struct bench_settings *settings = state->settings;
    struct bench *bench = state->bench;
    const struct config *config;
    const struct plan *plan =
        plan_batch(state, settings->layer_batch, settings->threads[0], true, &config, error);
    if (plan == NULL)
        return false;
    bench->layer_batch = plan->batch;
    bench->layer_threads = plan->threads;
    bench->layer_count = (size_t)plan->layer_count + 3;
    bench->layers = arena_allocate(state->arena, bench->layer_count, sizeof *bench->layers);
    state->parts = arena_allocate(state->arena, bench->layer_count, sizeof *state->parts);
    if (bench->layers == NULL || state->parts == NULL)
        return assay_fail_memory(error, "preparing the measurement");
    name_layers(bench, plan);
    const struct network_settings network = network_settings(state, plan, state->teams[0]);
    state->profile = profile_create(state->arena, &network, config->seed, error);
    return state->profile != NULL;
}

static bool create_teams(struct bench_state *state, struct assay_error *error)
{
    const struct bench_settings *settings = state->settings;
    struct bench *bench = state->bench;
    const int size = settings->seconds < 1 ? 512 : 2048; /* a short look makes do with a short yardstick */
    state->teams = arena_allocate(state->arena, settings->thread_count, sizeof(struct team *));
    state->sgemm = arena_allocate(state->arena, settings->thread_count, sizeof *state->sgemm);
    state->sgemm_s = arena_allocate(state->arena, settings->thread_count, sizeof *state->sgemm_s);
    bench->sgemm = arena_allocate(state->arena, settings->thread_count, sizeof *bench->sgemm);
    state->yardstick = yardstick_create(&state->blas, size);
    if (state->teams == NULL || state->sgemm == NULL || state->sgemm_s == NULL || bench->sgemm == NULL ||
        state->yardstick == NULL)
        return assay_fail_memory(error, "preparing the measurement");
    for (; bench->sgemm_count < settings->thread_count; bench->sgemm_count++) {
        const int threads = settings->threads[bench->sgemm_count];
        state->teams[bench->sgemm_count] = team_create(threads, error);
        if (state->teams[bench->sgemm_count] == NULL)
            return false;
        bench->sgemm[bench->sgemm_count] = (struct bench_sgemm){.threads = threads, .size = size};
    }
    return true;
}

/* Before anything is measured: the measurement itself is load. */
static bool look_at_machine(struct bench_state *state, struct assay_error *error)
{
    enum { BUSY_PCT = 50 };
    struct bench *bench = state->bench;
    const struct log *log = state->settings->log;
    const long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    if (!machine_cpu(bench->machine.cpu, error))
        return false;
    bench->machine.cpus = cpus > 0 ? (int)cpus : 1;
    bench->machine.kernels = state->kernels->name;
    bench->machine.blas = state->blas.name;
    bench->machine.blas_core = state->blas.core;
    if (getloadavg(&bench->machine.load, 1) != 1)
        bench->machine.load = NAN;
    if (100 * bench->machine.load > BUSY_PCT * bench->machine.cpus)
        log_say(log, LOG_WARNING,
                "this machine is busy (load average %.2f on %d CPU%s): what is measured now is too slow",
                bench->machine.load, bench->machine.cpus, bench->machine.cpus == 1 ? "" : "s");
    /* What OpenBLAS takes for a CPU that is newer than itself. */
    if (strcmp(state->kernels->name, "plain") != 0 && strcmp(state->blas.core, "Prescott") == 0)
        log_say(log, LOG_WARNING,
                "this OpenBLAS does not know this CPU, so its sgemm is slow; OPENBLAS_CORETYPE=%s helps",
                strcmp(state->kernels->name, "avx512") == 0 ? "SkylakeX" : "Haswell");
    return true;
}

static void summarize(struct bench_state *state)
{
    struct bench *bench = state->bench;
    for (size_t t = 0; t < bench->sgemm_count; t++)
        bench->sgemm[t].gflops = spread_of(&state->sgemm[t]);
    for (size_t r = 0; r < bench->row_count; r++) {
        bench->rows[r].train = spread_of(&state->train[r]);
        bench->rows[r].test = spread_of(&state->test[r]);
    }
    for (size_t l = 0; l < bench->layer_count; l++)
        for (int pass = 0; pass < PROFILE_PASSES; pass++) {
            const struct profile_part *part = profile_part(state->profile, (int)l - 1, pass);
            struct bench_layer *layer = &bench->layers[l];
            if (part != NULL)
                layer->parts[layer->part_count++] =
                    (struct bench_part){pass, part->flops, part->bytes, spread_of(&state->parts[l][pass])};
        }
}

static void announce(const struct bench_state *state)
{
    const struct bench *bench = state->bench;
    const double kinds = 2.2 * (double)bench->row_count + (double)bench->sgemm_count + 1;
    log_say(state->settings->log, LOG_INFO, "%zu row%s and %zu layers, in turns: about %.0f s",
            bench->row_count, bench->row_count == 1 ? "" : "s", bench->layer_count - 3,
            ceil(kinds * state->block_s * (BENCH_BLOCKS + 1)));
}

static bool measure(struct bench_state *state, struct assay_error *error)
{
    state->kernels = kernels_choose(state->settings->instructions, error);
    if (state->kernels == NULL || !blas_load(&state->blas, error) || !blas_start(&state->blas, error) ||
        !load_data(state, error) || !look_at_machine(state, error))
        return false;
    if (!create_teams(state, error) || !create_rows(state, error) || !create_layers(state, error))
        return false;
    announce(state);
    for (int block = 0; block <= BENCH_BLOCKS; block++)
        if (!measure_block(state, block, error))
            return false;
    summarize(state);
    return true;
}

const struct bench *bench_measure(struct arena *arena, const struct bench_settings *settings,
                                  struct assay_error *error)
{
    struct bench_state state = {.settings = settings,
                                .arena = arena,
                                .bench = arena_allocate(arena, 1, sizeof *state.bench),
                                .block_s = settings->seconds / BENCH_BLOCKS};
    if (state.bench == NULL) {
        assay_fail_memory(error, "preparing the measurement");
        return NULL;
    }
    const bool done = measure(&state, error);
    profile_destroy(state.profile);
    for (size_t r = 0; r < state.bench->row_count; r++)
        bench_cell_finish(&state.cells[r]);
    for (size_t t = 0; state.teams != NULL && t < state.bench->sgemm_count; t++)
        team_destroy(state.teams[t]);
    yardstick_destroy(state.yardstick);
    split_finish(&state.data.split);
    dataset_finish(&state.data.dataset);
    return done ? state.bench : NULL;
}
