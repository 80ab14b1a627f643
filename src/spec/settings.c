#include "spec/settings.h"

#include <string.h>

#include "spec/relative.h"
#include "spec/walk.h"

const char *setting_of_runs(const char *path)
{
    static const struct {
        const char *path, *reason;
    } reserved[] = {
        {"name", "runs are named by their point's label"},
        {"seed", "the experiment's seeds are those of its runs"},
        {"data.fold", "the experiment's folds are those of its runs"},
    };
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++) {
        const size_t length = strlen(reserved[i].path);
        if (strncmp(path, reserved[i].path, length) == 0 && strchr(".[", path[length]) != NULL)
            return reserved[i].reason;
    }
    return NULL;
}

bool check_settable(const struct loader *loader, const struct node *key, const struct path *map)
{
    const struct path path = {.parent = map, .key = key->text};
    const char *reason = setting_of_runs(key->text);
    return reason == NULL ||
           loader_refuse_at(loader, key->place, &path, "cannot be set by a point: %s", reason);
}

bool path_covers(const char *path, const char *other)
{
    const size_t length = strlen(path);
    return strncmp(path, other, length) == 0 &&
           (other[length] == '\0' || other[length] == '.' || other[length] == '[');
}

bool check_kept(const struct loader *loader, const struct node *key, const struct node *later,
                const struct path *map)
{
    return !path_covers(later->text, key->text) ||
           loader_refuse_at(loader, key->place, &(struct path){.parent = map, .key = key->text},
                            "is set again by %s on line %d", later->text, later->place.line);
}

struct override override_of(struct entry entry)
{
    /* The value is copied before anything is changed. */
    return (struct override){entry.key->text, entry.key->place, (struct node *)entry.value};
}

bool setting_of(struct arena *arena, const struct override *override, struct experiment_setting *setting)
{
    struct text value = {0};
    node_write_flow(override->value, &value);
    setting->path = override->path;
    setting->value = text_move(&value, arena);
    return setting->value != NULL;
}

bool copy_reported(struct arena *arena, const struct assay_map *said, struct experiment_point *point)
{
    struct experiment_reported *reported = arena_allocate(arena, said->count, sizeof *reported);
    for (size_t i = 0; reported != NULL && i < said->count; i++)
        reported[i] =
            (struct experiment_reported){said->map->keys[i]->text, ((const double *)said->items)[i]};
    point->reported = reported;
    point->reported_count = said->count;
    return reported != NULL;
}

struct base {
    const struct base *next;
    const char *path;
    const struct node *tree; /* NULL: it cannot be loaded, which is said */
};

const struct node *base_tree(struct loader *loader, const char *name, const struct path *path)
{
    const char *file = relative_path(loader->arena, loader->path, name);
    struct base *base = arena_allocate(loader->arena, 1, sizeof *base);
    if (file == NULL || base == NULL) {
        loader_refuse_memory(loader);
        return NULL;
    }
    for (const struct base *known = loader->bases; known != NULL; known = known->next)
        if (strcmp(known->path, file) == 0)
            return known->tree;
    *base = (struct base){loader->bases, file,
                          config_tree(loader->arena, file, loader_place(loader, path), loader->diagnostics)};
    loader->bases = base;
    return base->tree;
}

const struct config *bind_recipe(struct arena *arena, const struct recipe *recipe,
                                 struct diagnostics *diagnostics)
{
    struct node *tree = node_copy(arena, recipe->base);
    struct config *config = arena_allocate(arena, 1, sizeof *config);
    if (tree == NULL || config == NULL) {
        diagnose_memory(diagnostics);
        return NULL;
    }
    bool sound = true;
    for (size_t i = 0; i < recipe->override_count; i++)
        sound = config_override(arena, tree, &recipe->overrides[i], diagnostics) && sound;
    const struct config *bound = config_bind(arena, tree, "point", diagnostics);
    if (!sound || bound == NULL)
        return NULL;
    *config = *bound;
    config->name = recipe->name;
    config->seed = recipe->seed;
    return config;
}
