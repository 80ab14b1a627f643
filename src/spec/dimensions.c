/* What points are crossed with: a grid, zipped values, a random sample. */
#include <assert.h>
#include <string.h>

#include "spec/points.h"

/* A dimension of one key. */
static bool make_line(const struct loader *loader, const struct node *key, const struct assay_list *values,
                      const struct path *map, struct dimension *dimension)
{
    const struct node *const *nodes = values->items;
    const struct path path = {.parent = map, .key = key->text};
    struct entry *entries = arena_allocate(loader->arena, values->count, sizeof *entries);
    if (entries == NULL)
        return loader_refuse_memory(loader);
    for (size_t i = 0; i < values->count; i++) {
        entries[i] = (struct entry){key, nodes[i]};
        for (size_t k = 0; k < i; k++)
            if (node_equal(nodes[i], nodes[k]))
                return loader_refuse(loader, &(struct path){.parent = &path, .index = i},
                                     "this value is there already");
    }
    *dimension = (struct dimension){entries, 1, values->count, NULL};
    return true;
}

static bool make_zip(const struct loader *loader, const struct assay_map *zip, const struct path *path,
                     struct dimension *dimension)
{
    const struct assay_list *lists = zip->items;
    const size_t width = zip->count, count = lists[0].count;
    struct entry *entries = arena_allocate(loader->arena, width * count, sizeof *entries);
    if (entries == NULL)
        return loader_refuse_memory(loader);
    for (size_t k = 0; k < width; k++) {
        const struct node *key = zip->map->keys[k];
        const struct node *const *nodes = lists[k].items;
        if (lists[k].count != count)
            return loader_refuse(loader, &(struct path){.parent = path, .key = key->text},
                                 "has %zu value%s, but %s beside it has %zu", lists[k].count,
                                 lists[k].count == 1 ? "" : "s", zip->map->keys[0]->text, count);
        for (size_t i = 0; i < count; i++)
            entries[i * width + k] = (struct entry){key, nodes[i]};
    }
    *dimension = (struct dimension){entries, width, count, NULL};
    return true;
}

static bool check_keys(const struct loader *loader, const struct node *map, const struct path *path)
{
    bool good = true;
    for (size_t i = 0; i < map->count; i++)
        good = check_settable(loader, map->keys[i], path) && good;
    return good;
}

static bool make_all(const struct loader *loader, struct dimension *dimensions)
{
    const struct said_experiment *said = loader->said;
    const struct path grid = {.key = "grid"}, zips = {.key = "zip"}, random = {.key = "random"};
    const struct assay_list *lists = said->grid.items;
    const struct assay_map *zip = said->zip.items;
    assert(said->grid.map != NULL || said->grid.count == 0);
    bool good = said->grid.map == NULL || check_keys(loader, said->grid.map, &grid);
    for (size_t i = 0; i < said->grid.count; i++)
        good = make_line(loader, said->grid.map->keys[i], &lists[i], &grid, dimensions++) && good;
    for (size_t i = 0; i < said->zip.count; i++) {
        const struct path path = {.parent = &zips, .index = i};
        assert(zip[i].map != NULL);
        good = check_keys(loader, zip[i].map, &path) && good;
        good = make_zip(loader, &zip[i], &path, dimensions++) && good;
    }
    if (said->random == NULL)
        return good;
    const struct path from = {.parent = &random, .key = "from"};
    good = check_keys(loader, said->random->from.map, &from) && good;
    return draw_dimension(loader, dimensions) && good;
}

/* No key in two dimensions, and none that undoes another. */
static bool check_apart(const struct loader *loader, const struct dimensions *dimensions)
{
    for (size_t d = 0; d < dimensions->count; d++)
        for (size_t e = 0; e < d; e++)
            for (size_t i = 0; i < dimensions->items[d].width; i++)
                for (size_t k = 0; k < dimensions->items[e].width; k++) {
                    const struct node *key = dimensions->items[d].entries[i].key;
                    const struct node *other = dimensions->items[e].entries[k].key;
                    if (!check_kept(loader, other, key, NULL))
                        return false;
                }
    return true;
}

bool find_dimensions(const struct loader *loader, struct dimensions *dimensions)
{
    const struct said_experiment *said = loader->said;
    const size_t count = said->grid.count + said->zip.count + (said->random != NULL);
    struct dimension *items = arena_allocate(loader->arena, count, sizeof *items);
    if (items == NULL)
        return loader_refuse_memory(loader);
    if (!make_all(loader, items))
        return false;
    *dimensions = (struct dimensions){items, count, 1};
    for (size_t i = 0; i < count; i++) {
        if (items[i].count > POINTS_LIMIT / dimensions->combinations)
            return loader_refuse_at(loader, items[i].entries[0].key->place,
                                    &(struct path){.key = items[i].entries[0].key->text},
                                    "makes more than %d points", POINTS_LIMIT);
        assert(items[i].count > 0);
        dimensions->combinations *= items[i].count;
    }
    return check_apart(loader, dimensions);
}
