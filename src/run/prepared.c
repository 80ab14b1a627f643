#include "run/prepared.h"

#include <inttypes.h>
#include <string.h>

#include "base/file.h"
#include "base/team.h"

const struct plan *plan_config(struct arena *arena, const struct config *config,
                               const struct dataset_shape *shape, int threads,
                               struct diagnostics *diagnostics)
{
    const struct plan_request request = {.model = &config->model,
                                         .direct = config->train.convolution == CONVOLUTION_DIRECT,
                                         .image = {shape->channels, shape->height, shape->width},
                                         .pad = config->data.pad,
                                         .classes = shape->classes,
                                         .batch = config->train.batch_size,
                                         .threads = threads > 0 ? threads : team_cpu_count()};
    return plan_create(arena, &request, diagnostics);
}

static const struct config *load(struct assay_config *prepared, const struct assay_config_request *request,
                                 struct diagnostics *diagnostics)
{
    struct override *overrides = arena_allocate(prepared->arena, request->override_count, sizeof *overrides);
    if (overrides == NULL) {
        diagnose_machine(diagnostics, (struct place){0}, NULL, "out of memory");
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

static struct place place_of(const struct node *tree, const char *section, const char *key)
{
    const struct node *map = node_get(tree, section), *value = node_get(map, key);
    return value != NULL ? value->place : map != NULL ? map->place : tree->place;
}

/* What is wrong with the data, at the place that names them; what takes several lines to say stays as it is.
 */
static bool describe_data(struct assay_config *prepared, struct diagnostics *diagnostics,
                          struct assay_error *error)
{
    const struct data_options *data = &prepared->config->data;
    if (dataset_describe(&data->dataset, data->dir, &prepared->shape, error))
        return true;
    if (error->status == ASSAY_INVALID && strchr(error->text, '\n') == NULL)
        diagnose(diagnostics, place_of(prepared->tree, "data", "dataset"), "data.dataset", "%s", error->text);
    return false;
}

static bool check_weights(const struct assay_config *prepared, struct diagnostics *diagnostics)
{
    const char *path = prepared->config->train.init_from;
    if (path == NULL || file_exists(path))
        return true;
    return diagnose(diagnostics, place_of(prepared->tree, "train", "init_from"), "train.init_from",
                    "there is no file %s", path);
}

/* False, with the reason in the diagnostics or, where it is none of the config's, in `error`. */
static bool prepare(struct assay_config *prepared, const struct assay_config_request *request,
                    struct diagnostics *diagnostics, struct assay_error *error)
{
    prepared->config = load(prepared, request, diagnostics);
    if (prepared->config == NULL)
        return false;
    const bool sound = check_weights(prepared, diagnostics);
    if (!describe_data(prepared, diagnostics, error))
        return false;
    prepared->plan =
        plan_config(prepared->arena, prepared->config, &prepared->shape, request->threads, diagnostics);
    return sound && prepared->plan != NULL;
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
        done = prepare(prepared, request, diagnostics, error);
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
    struct text name = {0};
    text_add(&name, "%s/seed-%" PRIu64, config->config->name, config->config->seed);
    char *path = name.failed ? NULL : path_join(out, name.bytes);
    text_finish(&name);
    return path;
}
