#include "run/prepared.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/team.h"
#include "spec/walk.h"

/* What is wrong with the counts is said elsewhere. */
static int largest_batch(const struct config *config, const struct dataset_shape *shape)
{
    struct split_counts counts = {.train = shape->train_count};
    struct assay_problem problem;
    split_count(&config->data, shape->train_count, &counts, &problem);
    const uint32_t parts[] = {counts.train, counts.validation, counts.held_out, shape->test_count};
    uint32_t batch = 1;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (batch < parts[i])
            batch = parts[i];
    const uint32_t wanted = (uint32_t)config->train.batch_size;
    return (int)(wanted < batch ? wanted : batch);
}

const struct plan *plan_config(struct arena *arena, const struct config *config,
                               const struct dataset_shape *shape, int threads, bool keep_edges,
                               struct diagnostics *diagnostics)
{
    const struct plan_request request = {.model = &config->model,
                                         .direct = config->train.convolution == CONVOLUTION_DIRECT,
                                         .image = {shape->channels, shape->height, shape->width},
                                         .pad = config->data.pad,
                                         .classes = shape->classes,
                                         .batch = largest_batch(config, shape),
                                         .threads = threads > 0 ? threads : team_cpu_count(),
                                         .keep_edges = keep_edges};
    return plan_create(arena, &request, diagnostics);
}

static const struct config *load(struct assay_config *prepared, const struct assay_config_request *request,
                                 struct diagnostics *diagnostics)
{
    struct override *overrides = arena_allocate(prepared->arena, request->override_count, sizeof *overrides);
    if (overrides == NULL) {
        diagnose_memory(diagnostics);
        return NULL;
    }
    bool sound = true;
    for (size_t i = 0; i < request->override_count; i++)
        sound = override_parse(request->overrides[i], &overrides[i], prepared->arena, diagnostics) && sound;
    struct node *tree = NULL;
    const struct config *config = config_load(prepared->arena, request->path, overrides,
                                              sound ? request->override_count : 0, &tree, diagnostics);
    prepared->tree = tree;
    return sound ? config : NULL;
}

static struct place place_of(const struct assay_config *prepared, const char *section, const char *key)
{
    char path[64];
    snprintf(path, sizeof path, "%s.%s", section, key);
    for (size_t i = prepared->override_count; i-- > 0;)
        if (strcmp(prepared->overrides[i].path, path) == 0)
            return prepared->overrides[i].place;
    if (prepared->tree == NULL)
        return prepared->place;
    const struct node *map = node_get(prepared->tree, section), *value = node_get(map, key);
    return value != NULL ? value->place : map != NULL ? map->place : prepared->tree->place;
}

/* What is wrong with the data, at the place that names them. */
static bool describe_data(struct assay_config *prepared, struct diagnostics *diagnostics,
                          struct assay_error *error)
{
    const struct data_options *data = &prepared->config->data;
    if (dataset_describe(&data->dataset, data->dir, &prepared->shape, error))
        return true;
    const char *path = data->dir != NULL ? "data.dir" : "data.dataset";
    if (error->status == ASSAY_INVALID)
        diagnose(diagnostics, place_of(prepared, "data", path + strlen("data.")), path, "%s", error->text);
    return false;
}

static bool check_counts(const struct assay_config *prepared, struct diagnostics *diagnostics)
{
    struct split_counts counts;
    struct assay_problem problem;
    if (split_count(&prepared->config->data, prepared->shape.train_count, &counts, &problem))
        return true;
    char path[32];
    snprintf(path, sizeof path, "data.%s", problem.key);
    return diagnose(diagnostics, place_of(prepared, "data", problem.key), path, "%s", problem.text);
}

static bool check_weights(const struct assay_config *prepared, struct diagnostics *diagnostics)
{
    const char *path = prepared->config->train.init_from;
    if (path == NULL || file_exists(path))
        return true;
    return diagnose(diagnostics, place_of(prepared, "train", "init_from"), "train.init_from",
                    "there is no file %s", path);
}

bool prepare_config(struct assay_config *prepared, int threads, struct diagnostics *diagnostics,
                    struct assay_error *error)
{
    bool sound = check_weights(prepared, diagnostics);
    if (!describe_data(prepared, diagnostics, error))
        return false;
    sound = check_counts(prepared, diagnostics) && sound;
    prepared->plan =
        plan_config(prepared->arena, prepared->config, &prepared->shape, threads, false, diagnostics);
    return sound && prepared->plan != NULL;
}

static bool load_and_prepare(struct assay_config *prepared, const struct assay_config_request *request,
                             struct diagnostics *diagnostics, struct assay_error *error)
{
    prepared->config = load(prepared, request, diagnostics);
    return prepared->config != NULL && prepare_config(prepared, request->threads, diagnostics, error);
}

static void tell(const struct diagnostics *diagnostics, char **problems, struct assay_error *error)
{
    struct text text = {0};
    diagnostics_print(diagnostics, &text);
    if (text.failed) {
        assay_fail_memory(error, "reading the config");
        text_finish(&text);
        return;
    }
    assay_fail(error, diagnostics_status(diagnostics), "%s", text.bytes);
    if (problems != NULL)
        *problems = text.bytes;
    else
        text_finish(&text);
}

struct assay_config *assay_config_load(const struct assay_config_request *request, char **problems,
                                       struct assay_error *error)
{
    if (problems != NULL)
        *problems = NULL;
    struct arena *arena = arena_create();
    struct diagnostics *diagnostics = diagnostics_create();
    struct assay_config *prepared = arena != NULL ? arena_allocate(arena, 1, sizeof *prepared) : NULL;
    bool done = false;
    if (prepared != NULL && diagnostics != NULL) {
        prepared->arena = arena;
        done = load_and_prepare(prepared, request, diagnostics, error);
        if (!done && diagnostics_count(diagnostics) > 0)
            tell(diagnostics, problems, error);
    } else {
        assay_fail_memory(error, "reading the config");
    }
    diagnostics_destroy(diagnostics);
    if (!done)
        arena_destroy(arena);
    return done ? prepared : NULL;
}

void assay_config_destroy(struct assay_config *config)
{
    if (config != NULL)
        arena_destroy(config->arena);
}

char *assay_run_directory(const struct assay_config *config, const char *out)
{
    const struct fold_options *fold = config->config->data.fold;
    struct text name = {0};
    text_add(&name, "%s/seed-%" PRIu64, config->config->name, config->config->seed);
    if (fold != NULL)
        text_add(&name, "/fold-%d", fold->index);
    char *path = name.failed ? NULL : path_join(out, name.bytes);
    text_finish(&name);
    return path;
}

static bool is_same_shape(const struct dataset_shape *a, const struct dataset_shape *b)
{
    return a->channels == b->channels && a->height == b->height && a->width == b->width &&
           a->classes == b->classes && a->train_count == b->train_count && a->test_count == b->test_count;
}

bool prepared_load_data(const struct assay_config *prepared, struct dataset *dataset, struct split *split,
                        struct assay_error *error)
{
    const struct data_options *data = &prepared->config->data;
    if (!dataset_load(&data->dataset, data->dir, dataset, error))
        return false;
    if (!is_same_shape(&dataset->shape, &prepared->shape))
        return assay_fail(error, ASSAY_INVALID,
                          "the data set %s is not of the shape that it had a moment ago: its files are being "
                          "changed; run this again",
                          data->dataset.variant->name);
    return split_init(split, dataset, data, error);
}
