#include "spec/points.h"

#include <stdint.h>
#include <string.h>

#include "spec/exclusion.h"
#include "spec/final.h"
#include "spec/labels.h"
#include "spec/relative.h"
#include "spec/walk.h"

/* Points on their way. */
struct expansion {
    struct loader *loader;
    struct dimensions dimensions;
    struct said_point alone; /* what there is where none is listed */
    const struct said_point *listed;
    size_t listed_count;
    struct exclusion exclusion;
};

/* "batch_size" of "train.batch_size" */
static const char *last_step(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot != NULL ? dot + 1 : path;
}

/* Which choice of dimension `d` a combination takes: the last dimension varies fastest. */
static size_t choice_of_dimension(const struct expansion *expansion, size_t combination, size_t d)
{
    size_t faster = 1;
    for (size_t i = d + 1; i < expansion->dimensions.count; i++)
        faster *= expansion->dimensions.items[i].count;
    return combination / faster % expansion->dimensions.items[d].count;
}

/* The listed label, and behind it what it is crossed with: each key and value, or the number of the sample.
 * `crossed` are the settings of the dimensions. */
static const char *make_label(const struct expansion *expansion, const char *listed, size_t combination,
                              const struct experiment_setting *crossed)
{
    struct text label = {0};
    text_add(&label, "%s", listed != NULL ? listed : "");
    for (size_t d = 0; d < expansion->dimensions.count; d++) {
        const struct dimension *dimension = &expansion->dimensions.items[d];
        for (size_t i = 0; dimension->what == NULL && i < dimension->width; i++)
            text_add(&label, "%s%s %s", label.length > 0 ? ", " : "", last_step(crossed[i].path),
                     crossed[i].value);
        if (dimension->what != NULL)
            text_add(&label, "%s%s %zu", label.length > 0 ? ", " : "", dimension->what,
                     choice_of_dimension(expansion, combination, d) + 1);
        crossed += dimension->width;
    }
    return text_move(&label, expansion->loader->arena);
}

/* The set of the listed point, then one choice of each dimension. */
static size_t fill_overrides(const struct expansion *expansion, size_t listed, size_t combination,
                             struct override *overrides)
{
    const struct assay_map *set = &expansion->listed[listed].set;
    size_t count = 0;
    for (size_t i = 0; i < set->count; i++)
        overrides[count++] = override_of((struct entry){set->map->keys[i], set->map->items[i]});
    for (size_t d = 0; d < expansion->dimensions.count; d++) {
        const struct dimension *dimension = &expansion->dimensions.items[d];
        const size_t choice = choice_of_dimension(expansion, combination, d);
        for (size_t i = 0; i < dimension->width; i++)
            overrides[count++] = override_of(dimension->entries[choice * dimension->width + i]);
    }
    return count;
}

static bool name_point(const struct expansion *expansion, size_t combination, struct experiment_point *point)
{
    struct arena *arena = expansion->loader->arena;
    const struct said_point *listed = &expansion->listed[point->listed];
    struct experiment_setting *settings = arena_allocate(arena, point->override_count, sizeof *settings);
    bool done = settings != NULL;
    for (size_t i = 0; done && i < point->override_count; i++)
        done = setting_of(arena, &point->overrides[i], &settings[i]);
    if (!done)
        return loader_refuse_memory(expansion->loader);
    point->settings = settings;
    point->setting_count = point->override_count;
    point->label = make_label(expansion, listed->label, combination, settings + listed->set.count);
    point->name = point->label != NULL ? label_slug(arena, point->label) : NULL;
    return point->name != NULL || loader_refuse_memory(expansion->loader);
}

static const struct config *bind_point(const struct loader *loader, const struct experiment_point *point)
{
    const struct recipe recipe = {point->base, point->overrides, point->override_count, point->name,
                                  loader->said->seeds.count > 0 ? *(const uint64_t *)loader->said->seeds.items
                                                                : 0};
    const struct config *config = bind_recipe(loader->arena, &recipe, loader->diagnostics);
    if (config == NULL || config->data.fold == NULL)
        return config;
    const struct path path = {.key = "folds"};
    loader_refuse(loader, &path, "are the experiment's, but the config of \"%s\" has its own data.fold",
                  point->label);
    return NULL;
}

/* Adds the point unless it is excluded. */
static bool add_point(struct expansion *expansion, size_t listed, size_t combination, size_t most,
                      const struct node *base)
{
    struct loader *loader = expansion->loader;
    struct override *overrides = arena_allocate(loader->arena, most, sizeof *overrides);
    if (overrides == NULL)
        return loader_refuse_memory(loader);
    const size_t count = fill_overrides(expansion, listed, combination, overrides);
    if (exclude_point(&expansion->exclusion, overrides, count))
        return true;
    struct experiment_point *point = &loader->points.items[loader->points.count];
    *point = (struct experiment_point){
        .listed = listed, .base = base, .overrides = overrides, .override_count = count};
    const bool reports = loader->said->final == NULL;
    if (reports && !copy_reported(loader->arena, &expansion->listed[listed].reported, point))
        return loader_refuse_memory(loader);
    if (!name_point(expansion, combination, point))
        return false;
    point->config = base != NULL ? bind_point(loader, point) : NULL;
    point->sample = point->config;
    loader->points.count++;
    return base == NULL || point->config != NULL;
}

/* listed points */

static const struct node *find_base(struct expansion *expansion, size_t listed)
{
    struct loader *loader = expansion->loader;
    const struct path points = {.key = "points"}, item = {.parent = &points, .index = listed};
    const struct path own = {.parent = &item, .key = "base"}, shared = {.key = "base"};
    const char *base = expansion->listed[listed].base;
    if (base != NULL)
        return base_tree(loader, base, &own);
    if (loader->said->base != NULL)
        return base_tree(loader, loader->said->base, &shared);
    if (loader->bound) /* else its key may be misspelt */
        loader_refuse(loader, loader->said->points.count > 0 ? &own : &shared,
                      "required key is missing: there is no config to begin with");
    return NULL;
}

/* What a listed point sets may be set, and is not crossed with other values. */
static bool check_set(const struct expansion *expansion, size_t listed)
{
    const struct assay_map *set = &expansion->listed[listed].set;
    const struct path points = {.key = "points"}, item = {.parent = &points, .index = listed};
    const struct path path = {.parent = &item, .key = "set"};
    bool good = true;
    for (size_t i = 0; i < set->count; i++) {
        const struct node *key = set->map->keys[i];
        good = check_settable(expansion->loader, key, &path) && good;
        for (size_t d = 0; d < expansion->dimensions.count; d++)
            for (size_t k = 0; k < expansion->dimensions.items[d].width; k++) {
                const struct node *other = expansion->dimensions.items[d].entries[k].key;
                good = check_kept(expansion->loader, key, other, &path) && good;
            }
    }
    return good;
}

static bool expand_listed(struct expansion *expansion, size_t listed)
{
    struct point_set *points = &expansion->loader->points;
    const size_t before = points->count;
    const struct node *base = check_set(expansion, listed) ? find_base(expansion, listed) : NULL;
    bool good = base != NULL;
    size_t most = expansion->listed[listed].set.count;
    for (size_t d = 0; d < expansion->dimensions.count; d++)
        most += expansion->dimensions.items[d].width;
    for (size_t i = 0; i < expansion->dimensions.combinations; i++)
        good = add_point(expansion, listed, i, most, base) && good;
    if (points->count > before)
        return good;
    const struct path list = {.key = "exclude"};
    const char *label = expansion->listed[listed].label;
    return loader_refuse(expansion->loader, &list, "leaves nothing of %s%s%s", label != NULL ? "\"" : "",
                         label != NULL ? label : "the points", label != NULL ? "\"" : "");
}

static bool make_room(struct expansion *expansion)
{
    struct loader *loader = expansion->loader;
    const size_t finals = loader->said->final != NULL ? expansion->listed_count : 0;
    const struct path path = {.key = "points"};
    if (expansion->listed_count > POINTS_LIMIT / expansion->dimensions.combinations)
        return loader_refuse(loader, &path, "are %zu, with %zu settings each, more than %d points",
                             expansion->listed_count, expansion->dimensions.combinations, POINTS_LIMIT);
    const size_t most = expansion->listed_count * expansion->dimensions.combinations + finals;
    loader->points.items = arena_allocate(loader->arena, most, sizeof *loader->points.items);
    return loader->points.items != NULL || loader_refuse_memory(loader);
}

/* The label of the only point where nothing is listed and nothing crossed. */
static const char *label_alone(const struct loader *loader, const struct dimensions *dimensions)
{
    const char *file = loader->said->base != NULL ? loader->said->base : loader->path;
    return dimensions->count > 0 ? NULL : name_of_file(loader->arena, file);
}

/* `final` has something to choose from, and leaves what is chosen as it is. */
static bool check_choice(const struct expansion *expansion)
{
    const struct loader *loader = expansion->loader;
    const struct dimensions *dimensions = &expansion->dimensions;
    const struct path final = {.key = "final"};
    if (loader->final == NULL)
        return true;
    if (dimensions->combinations <= 1)
        return loader_refuse(loader, &final,
                             "has nothing to choose from: wants several values in grid, zip or random");
    const struct assay_map *set = &loader->said->final->set;
    bool good = true;
    for (size_t d = 0; d < dimensions->count; d++)
        for (size_t k = 0; k < dimensions->items[d].width && dimensions->items[d].count > 1; k++)
            for (size_t i = 0; i < set->count; i++)
                good =
                    check_kept(loader, dimensions->items[d].entries[k].key, set->map->keys[i], NULL) && good;
    return good;
}

bool expand_points(struct loader *loader)
{
    struct expansion expansion = {.loader = loader};
    if (!find_dimensions(loader, &expansion.dimensions))
        return false;
    expansion.alone.label = label_alone(loader, &expansion.dimensions);
    expansion.listed = loader->said->points.items;
    expansion.listed_count = loader->said->points.count;
    if (expansion.listed_count == 0) {
        expansion.listed = &expansion.alone;
        expansion.listed_count = 1;
    }
    if (!make_room(&expansion) || !exclusion_start(&expansion.exclusion, loader, expansion.listed,
                                                   expansion.listed_count, &expansion.dimensions))
        return false;
    bool good = true;
    for (size_t i = 0; i < expansion.listed_count; i++)
        good = expand_listed(&expansion, i) && good;
    good = exclusion_end(&expansion.exclusion) && good;
    good = check_choice(&expansion) && add_final_points(loader, expansion.listed, expansion.listed_count) &&
           good;
    loader->points.known = true;
    return check_labels(loader) && good;
}
