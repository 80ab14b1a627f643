#include "spec/experiment.h"

#include <string.h>
#include <sys/stat.h>

#include "schema/schema.h"
#include "spec/claims.h"
#include "spec/displays.h"
#include "spec/final.h"
#include "spec/loader.h"
#include "spec/points.h"
#include "spec/relative.h"
#include "spec/walk.h"

enum { FILES_LIMIT = 64, RUNS_LIMIT = 100000 };

/* A file that was or is being loaded: the first one, or one that runs are taken from. */
struct file {
    struct file *next, *outer; /* that was loaded before; that names it */
    const char *path;
    struct stat status; /* what it is, however it is called */
    bool loading;
    const struct experiment *experiment; /* NULL while it is loading, and where something is wrong with it */
};

/* All files of one experiment, each loaded once. */
struct files {
    struct arena *arena;
    struct diagnostics *diagnostics;
    struct file *last;
    size_t count;
};

/* Whether the value of a key binds, and so may be looked at although the file as a whole does not. */
static bool is_sound(const struct loader *loader, const char *key)
{
    if (loader->bound)
        return true;
    const struct assay_field *field = schema_field(&experiment_table_of_keys, key);
    struct node *value = node_get(loader->root, key);
    if (value == NULL)
        return field->fallback != NULL;
    const struct assay_table table = {field, 1, experiment_table_of_keys.size, NULL};
    struct node name = {.kind = NODE_SCALAR, .text = key, .place = value->place};
    const struct node map = {
        .kind = NODE_MAP, .count = 1, .keys = (struct node *[]){&name}, .items = (struct node *[]){value}};
    struct said_experiment scratch;
    struct diagnostics *unsaid = diagnostics_create();
    const bool sound = unsaid != NULL && schema_bind(&table, &map, "", &scratch, loader->arena, unsaid);
    diagnostics_destroy(unsaid);
    return sound;
}

static bool are_sound(const struct loader *loader, const char *const *keys)
{
    while (*keys != NULL && is_sound(loader, *keys))
        keys++;
    return *keys == NULL;
}

/* Everything behind the keys. What a part needs must have bound, be the rest as it may. */
static bool find_all(struct loader *loader, struct experiment *experiment)
{
    static const char *const for_points[] = {"base",    "seeds",  "points", "grid",  "zip",
                                             "exclude", "random", "folds",  "final", NULL};
    if (!are_sound(loader, for_points))
        return false;
    bool good = find_final(loader);
    good = expand_points(loader) && good;
    if (good && loader->final != NULL)
        good = check_final(loader);
    if (is_sound(loader, "method"))
        good = find_halving(loader, &experiment->halving) && good;
    if (is_sound(loader, "tables"))
        good = find_tables(loader, experiment) && good;
    if (is_sound(loader, "figures"))
        good = find_figures(loader, experiment) && good;
    if (is_sound(loader, "claims"))
        good = find_claims(loader, experiment) && good;
    return good;
}

static bool copy_said(const struct loader *loader, struct experiment *experiment)
{
    const struct said_experiment *said = loader->said;
    struct fold_options *folds = arena_allocate(loader->arena, (size_t)said->folds, sizeof *folds);
    if (folds == NULL)
        return loader_refuse_memory(loader);
    experiment->name = said->name;
    for (int i = 0; i < said->folds; i++)
        folds[i] = (struct fold_options){said->folds, i};
    experiment->title = said->title != NULL ? said->title : experiment->name;
    experiment->path = loader->path;
    experiment->seeds = said->seeds.items;
    experiment->seed_count = said->seeds.count;
    experiment->folds = said->folds;
    experiment->folds_place = loader_place(loader, &(struct path){.key = "folds"});
    experiment->fold_options = folds;
    experiment->exclusive = said->exclusive;
    experiment->points = loader->points.items;
    experiment->point_count = loader->points.count;
    experiment->final = loader->final;
    return true;
}

size_t experiment_first_final(const struct experiment *experiment)
{
    size_t first = 0;
    while (first < experiment->point_count && !experiment->points[first].final)
        first++;
    return first;
}

size_t experiment_run_count(const struct experiment *experiment)
{
    const size_t folds = experiment->folds > 0 ? (size_t)experiment->folds : 1,
                 searched = experiment_first_final(experiment), finals = experiment->point_count - searched;
    return searched * experiment->seed_count * folds +
           (finals > 0 ? finals * experiment->final->seed_count : 0);
}

static bool check_run_count(const struct loader *loader, const struct experiment *experiment)
{
    const size_t runs = experiment_run_count(experiment);
    const struct path path = {.key = "seeds"};
    return runs <= RUNS_LIMIT || loader_refuse(loader, &path, "make %zu runs with %zu points, more than %d",
                                               runs, experiment->point_count, RUNS_LIMIT);
}

static const struct experiment *load(struct files *files, const char *path, struct place at,
                                     struct file *outer);

static bool find_runs_from(struct files *files, const struct loader *loader, struct file *file,
                           struct experiment *experiment)
{
    const struct assay_list *list = &loader->said->runs_from;
    const char *const *names = list->items;
    const struct path top = {.key = "runs_from"};
    const struct experiment **found = arena_allocate(files->arena, list->count, sizeof *found);
    bool good = found != NULL || loader_refuse_memory(loader);
    for (size_t i = 0; found != NULL && i < list->count; i++) {
        const struct path path = {.parent = &top, .index = i};
        const char *name = relative_path(files->arena, file->path, names[i]);
        found[i] = name != NULL ? load(files, name, loader_place(loader, &path), file) : NULL;
        good = found[i] != NULL && good;
    }
    experiment->runs_from = found;
    experiment->runs_from_count = list->count;
    return good;
}

static const struct experiment *bind(struct files *files, struct node *root, struct file *file)
{
    struct arena *arena = files->arena;
    struct said_experiment *said = arena_allocate(arena, 1, sizeof *said);
    struct experiment *experiment = arena_allocate(arena, 1, sizeof *experiment);
    const char *name = name_of_file(arena, file->path);
    if (said == NULL || experiment == NULL || name == NULL || !add_name_of_file(arena, root, name)) {
        diagnose_memory(files->diagnostics);
        return NULL;
    }
    struct loader loader = {arena, files->diagnostics, file->path, root, said};
    loader.bound = schema_bind(&experiment_table_of_keys, root, "", said, arena, files->diagnostics);
    bool good = find_all(&loader, experiment) && loader.bound;
    if (is_sound(&loader, "runs_from"))
        good = find_runs_from(files, &loader, file, experiment) && good;
    return good && copy_said(&loader, experiment) && check_run_count(&loader, experiment) ? experiment : NULL;
}

static void add_chain(const struct file *last, const struct file *first, struct text *text)
{
    if (last != first)
        add_chain(last->outer, first, text);
    text_add(text, "%s -> ", last->path);
}

static void refuse_cycle(const struct files *files, const struct file *first, const struct file *last,
                         struct place at, const char *path)
{
    struct text cycle = {0};
    add_chain(last, first, &cycle);
    if (cycle.failed)
        diagnose_memory(files->diagnostics);
    else
        diagnose(files->diagnostics, at, "runs_from", "a cycle: %s%s", cycle.bytes, path);
    text_finish(&cycle);
}

static struct file *find_loaded(const struct files *files, const struct stat *status)
{
    struct file *file = files->last;
    while (file != NULL && (status->st_ino == 0 || file->status.st_ino != status->st_ino ||
                            file->status.st_dev != status->st_dev))
        file = file->next;
    return file;
}

/* `at`: where `outer` names it. */
static const struct experiment *load(struct files *files, const char *path, struct place at,
                                     struct file *outer)
{
    struct stat status;
    if (stat(path, &status) != 0)
        status = (struct stat){0}; /* which tree_load tells */
    struct file *known = find_loaded(files, &status);
    if (known != NULL && known->loading)
        refuse_cycle(files, known, outer, at, path);
    if (known != NULL)
        return known->experiment;
    struct file *file = arena_allocate(files->arena, 1, sizeof *file);
    if (file == NULL || files->count++ == FILES_LIMIT) {
        if (file == NULL)
            diagnose_memory(files->diagnostics);
        else
            diagnose(files->diagnostics, at, "runs_from", "leads to more than %d files", FILES_LIMIT);
        return NULL;
    }
    *file = (struct file){files->last, outer, path, status, .loading = true};
    files->last = file;
    struct node *root = tree_load(files->arena, path, at, files->diagnostics);
    if (root != NULL)
        file->experiment = bind(files, root, file);
    file->loading = false;
    return file->experiment;
}

const struct experiment *experiment_load(struct arena *arena, const char *path,
                                         struct diagnostics *diagnostics)
{
    struct files files = {.arena = arena, .diagnostics = diagnostics};
    return load(&files, path, (struct place){0}, NULL);
}

struct config experiment_config(const struct experiment *experiment, const struct experiment_point *point,
                                uint64_t seed, int fold)
{
    struct config config = *point->config;
    config.seed = seed;
    config.data.fold = fold < 0 ? NULL : &experiment->fold_options[fold];
    return config;
}
