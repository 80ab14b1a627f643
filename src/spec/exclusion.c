#include "spec/exclusion.h"

#include <string.h>

#include "spec/walk.h"

/* Paths that some point sets. */
struct paths {
    const char **items;
    size_t count;
};

static bool is_known(const struct paths *paths, const char *path)
{
    for (size_t i = 0; i < paths->count; i++)
        if (strcmp(paths->items[i], path) == 0)
            return true;
    return false;
}

static void add_path(struct paths *paths, const char *path)
{
    if (!is_known(paths, path))
        paths->items[paths->count++] = path;
}

static void add_paths(struct paths *paths, const struct said_point *listed, size_t listed_count,
                      const struct dimensions *dimensions)
{
    for (size_t i = 0; i < listed_count; i++)
        for (size_t k = 0; k < listed[i].set.count; k++)
            add_path(paths, listed[i].set.map->keys[k]->text);
    for (size_t i = 0; i < dimensions->count; i++)
        for (size_t k = 0; k < dimensions->items[i].width; k++)
            add_path(paths, dimensions->items[i].entries[k].key->text);
}

static size_t count_paths(const struct said_point *listed, size_t listed_count,
                          const struct dimensions *dimensions)
{
    size_t count = 0;
    for (size_t i = 0; i < listed_count; i++)
        count += listed[i].set.count;
    for (size_t i = 0; i < dimensions->count; i++)
        count += dimensions->items[i].width;
    return count;
}

static bool check_key(const struct loader *loader, const struct paths *paths, const struct node *key,
                      const struct path *item)
{
    struct text hint = {0};
    if (is_known(paths, key->text))
        return true;
    add_known(&hint, key->text, paths->items, paths->count);
    if (hint.failed)
        loader_refuse_memory(loader);
    else
        loader_refuse_at(loader, key->place, &(struct path){.parent = item, .key = key->text},
                         "no point sets this%s", hint.length > 0 ? hint.bytes : "");
    text_finish(&hint);
    return false;
}

bool exclusion_start(struct exclusion *exclusion, const struct loader *loader,
                     const struct said_point *listed, size_t listed_count,
                     const struct dimensions *dimensions)
{
    const struct assay_list *exclude = &loader->said->exclude;
    const struct assay_map *items = exclude->items;
    const struct path list = {.key = "exclude"};
    struct paths paths = {
        arena_allocate(loader->arena, count_paths(listed, listed_count, dimensions), sizeof *paths.items), 0};
    *exclusion =
        (struct exclusion){loader, arena_allocate(loader->arena, exclude->count, sizeof *exclusion->counts)};
    if (paths.items == NULL || exclusion->counts == NULL)
        return loader_refuse_memory(loader);
    add_paths(&paths, listed, listed_count, dimensions);
    bool good = true;
    for (size_t i = 0; i < exclude->count; i++) {
        const struct path path = {.parent = &list, .index = i};
        for (size_t k = 0; k < items[i].count; k++)
            good = check_key(loader, &paths, items[i].map->keys[k], &path) && good;
    }
    return good;
}

static bool sets(const struct override *overrides, size_t count, const char *path, const struct node *value)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(overrides[i].path, path) == 0)
            return node_equal(overrides[i].value, value);
    return false;
}

static bool has_all(const struct override *overrides, size_t count, const struct node *values)
{
    for (size_t i = 0; i < values->count; i++)
        if (!sets(overrides, count, values->keys[i]->text, values->items[i]))
            return false;
    return true;
}

bool exclude_point(struct exclusion *exclusion, const struct override *overrides, size_t count)
{
    const struct assay_list *exclude = &exclusion->loader->said->exclude;
    const struct assay_map *items = exclude->items;
    bool excluded = false;
    for (size_t i = 0; i < exclude->count; i++)
        if (has_all(overrides, count, items[i].map)) {
            exclusion->counts[i]++;
            excluded = true;
        }
    return excluded;
}

bool exclusion_end(const struct exclusion *exclusion)
{
    const struct path list = {.key = "exclude"};
    bool good = true;
    for (size_t i = 0; i < exclusion->loader->said->exclude.count; i++)
        if (exclusion->counts[i] == 0)
            good = loader_refuse(exclusion->loader, &(struct path){.parent = &list, .index = i},
                                 "no point has all of these values");
    return good;
}
