/* The experiments of a directory, found and loaded for their claims. */
#include "report/claims.h"

#include <string.h>

#include "base/file.h"
#include "spec/relative.h"

struct found {
    const char **paths;
    size_t count;
};

static const char *copy_path(struct arena *arena, const char *directory, const char *name)
{
    return arena_adopt_text(arena, path_join(directory, name));
}

/* `also` is in the directory. It takes its place among the others when its name is a YAML file's, else the
 * last. A file that cannot be read may hold a claim: loading it says what is wrong. */
static bool find_experiments(struct arena *arena, const char *directory, const char *also,
                             struct found *found, struct assay_error *error)
{
    struct directory_names names;
    if (!directory_list(arena, directory, "", &names, error))
        return false;
    bool is_there = also == NULL;
    found->paths = arena_allocate(arena, names.count + 1, sizeof *found->paths);
    if (found->paths == NULL)
        return assay_fail_memory(error, "looking for experiments");
    for (size_t i = 0; i < names.count; i++) {
        if (!is_yaml_file(names.items[i]))
            continue;
        const char *path = copy_path(arena, directory, names.items[i]);
        if (path == NULL)
            return assay_fail_memory(error, "looking for experiments");
        const bool is_also = also != NULL && strcmp(names.items[i], path_file(also)) == 0;
        is_there |= is_also;
        enum file_kind kind = FILE_EXPERIMENT;
        if (!is_also && !recognize_file(path, &kind, error))
            return false;
        if (kind == FILE_EXPERIMENT || kind == FILE_UNREADABLE)
            found->paths[found->count++] = path;
    }
    if (!is_there)
        found->paths[found->count++] = also;
    return true;
}

/* Their results would be in one directory. */
static bool has_name_of_another(const struct experiment *experiment, const struct results *const *experiments,
                                size_t count, struct assay_error *error)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(experiments[i]->experiment->name, experiment->name) == 0)
            return !assay_fail(error, ASSAY_INVALID,
                               "%s and %s are both named %s, and so is the directory of their results",
                               experiments[i]->experiment->path, experiment->path, experiment->name);
    return false;
}

/* Those with claims. What is wrong with any of them is diagnosed, all of it. */
static bool load_all(struct arena *arena, const struct found *found, const char *out,
                     const struct results **experiments, size_t *count, struct diagnostics *diagnostics,
                     struct assay_error *error)
{
    for (size_t i = 0; i < found->count; i++) {
        const struct experiment *experiment = experiment_load(arena, found->paths[i], diagnostics);
        if (experiment == NULL || experiment->claim_count == 0)
            continue;
        if (has_name_of_another(experiment, experiments, *count, error))
            return false;
        const struct run_plan *plan = run_plan_create(arena, experiment, out, diagnostics);
        if (plan == NULL)
            continue;
        experiments[*count] = results_load(arena, plan, error);
        if (experiments[(*count)++] == NULL)
            return false;
    }
    return diagnostics_count(diagnostics) == 0;
}

const struct claims *claims_load(struct arena *arena, const char *directory, const char *also,
                                 const char *out, struct diagnostics *diagnostics, struct assay_error *error)
{
    struct found found = {0};
    if (!find_experiments(arena, directory, also, &found, error))
        return NULL;
    const struct results **experiments = arena_allocate(arena, found.count, sizeof *experiments);
    size_t count = 0;
    if (experiments == NULL) {
        assay_fail_memory(error, "deciding claims");
        return NULL;
    }
    return load_all(arena, &found, out, experiments, &count, diagnostics, error)
               ? claims_decide(arena, experiments, count, error)
               : NULL;
}
