#include "spec/final.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "spec/labels.h"
#include "spec/measure.h"
#include "spec/settings.h"
#include "spec/walk.h"

enum { EPOCH_OVERRIDES = 2 };

/* train.max_epochs and no early stopping, as a setting would say them. */
static bool add_epochs(struct arena *arena, int epochs, struct override *overrides, size_t *count)
{
    const struct place nowhere = {0};
    char text[16];
    snprintf(text, sizeof text, "%d", epochs);
    struct node *most = node_create_scalar(arena, text, nowhere);
    struct node *never = node_create_scalar(arena, "null", nowhere);
    overrides[(*count)++] = (struct override){"train.max_epochs", nowhere, most};
    overrides[(*count)++] = (struct override){"train.early_stopping", nowhere, never};
    return most != NULL && never != NULL;
}

/* The chosen setting, how long it trains, and what is set last; NULL without memory. */
static const struct override *list_overrides(struct arena *arena, const struct experiment_final *final,
                                             const struct experiment_point *chosen, int epochs, size_t *count)
{
    struct override *overrides =
        arena_allocate(arena, chosen->override_count + EPOCH_OVERRIDES + final->set_count, sizeof *overrides);
    *count = 0;
    for (; overrides != NULL && *count < chosen->override_count; ++*count)
        overrides[*count] = chosen->overrides[*count];
    if (overrides == NULL || (epochs > 0 && !add_epochs(arena, epochs, overrides, count)))
        return NULL;
    for (size_t i = 0; i < final->set_count; i++)
        overrides[(*count)++] = final->set[i];
    return overrides;
}

static const struct config *bind_chosen(struct arena *arena, const struct experiment_final *final,
                                        const struct experiment_point *chosen, int epochs, const char *name,
                                        struct diagnostics *diagnostics)
{
    size_t count;
    const struct override *overrides = list_overrides(arena, final, chosen, epochs, &count);
    const struct recipe recipe = {chosen->base, overrides, count, name, final->seeds[0]};
    if (overrides == NULL)
        diagnose_memory(diagnostics);
    return overrides != NULL ? bind_recipe(arena, &recipe, diagnostics) : NULL;
}

/* Each path with what is set last there. */
static bool list_settings(struct arena *arena, const struct experiment_final *final, int epochs,
                          struct experiment_choice *choice)
{
    size_t count, kept = 0;
    const struct override *overrides = list_overrides(arena, final, choice->chosen, epochs, &count);
    struct experiment_setting *settings =
        overrides != NULL ? arena_allocate(arena, count, sizeof *settings) : NULL;
    for (size_t i = 0; settings != NULL && i < count; i++) {
        bool is_undone = false;
        for (size_t later = i + 1; later < count; later++)
            is_undone |= path_covers(overrides[later].path, overrides[i].path);
        if (!is_undone && !setting_of(arena, &overrides[i], &settings[kept++]))
            return false;
    }
    choice->settings = settings;
    choice->setting_count = kept;
    return settings != NULL;
}

bool experiment_choose(struct arena *arena, const struct experiment *experiment,
                       struct experiment_choice *choice, int best_epochs, struct diagnostics *diagnostics)
{
    const struct experiment_point *final = &experiment->points[experiment_first_final(experiment)];
    while (final->listed != choice->chosen->listed)
        final++;
    choice->config =
        bind_chosen(arena, experiment->final, choice->chosen, best_epochs, final->name, diagnostics);
    if (choice->config == NULL)
        return false;
    return list_settings(arena, experiment->final, best_epochs, choice) || diagnose_memory(diagnostics);
}

/* best_epochs says how long the final runs train. */
static bool check_epochs_free(const struct loader *loader, const struct node *key, const struct path *map)
{
    static const char *const paths[EPOCH_OVERRIDES] = {"train.max_epochs", "train.early_stopping"};
    for (int i = 0; i < EPOCH_OVERRIDES; i++)
        if (path_covers(key->text, paths[i]) || path_covers(paths[i], key->text))
            return loader_refuse_at(loader, key->place, &(struct path){.parent = map, .key = key->text},
                                    "cannot be set beside best_epochs, which sets %s", paths[i]);
    return true;
}

static const struct override *copy_set(const struct loader *loader, const struct said_final *said)
{
    const struct assay_map *set = &said->set;
    const struct path final = {.key = "final"}, path = {.parent = &final, .key = "set"};
    struct override *overrides = arena_allocate(loader->arena, set->count, sizeof *overrides);
    if (overrides == NULL) {
        loader_refuse_memory(loader);
        return NULL;
    }
    bool good = true;
    for (size_t i = 0; i < set->count; i++) {
        good = check_settable(loader, set->map->keys[i], &path) && good;
        good = (!said->best_epochs || check_epochs_free(loader, set->map->keys[i], &path)) && good;
        overrides[i] = override_of((struct entry){set->map->keys[i], set->map->items[i]});
    }
    return good ? overrides : NULL;
}

bool find_final(struct loader *loader)
{
    const struct said_final *said = loader->said->final;
    if (said == NULL)
        return true;
    struct experiment_final *final = arena_allocate(loader->arena, 1, sizeof *final);
    const struct override *set = copy_set(loader, said);
    if (final == NULL || set == NULL)
        return final != NULL ? false : loader_refuse_memory(loader);
    *final = (struct experiment_final){.by = measure_of(&said->by, said->by.metric),
                                       .seeds = said->seeds.items,
                                       .seed_count = said->seeds.count,
                                       .set = set,
                                       .set_count = said->set.count,
                                       .best_epochs = said->best_epochs};
    loader->final = final;
    return true;
}

/* The final point of listed item `listed`, whose setting is one of points `first` to the end. */
static bool add_final_point(struct loader *loader, const struct said_point *said, size_t listed, size_t first,
                            size_t end)
{
    struct point_set *points = &loader->points;
    struct experiment_point *point = &points->items[points->count];
    *point = (struct experiment_point){.label = said->label != NULL ? said->label : "best",
                                       .final = true,
                                       .listed = listed,
                                       .overrides = loader->final->set,
                                       .override_count = loader->final->set_count};
    point->name = label_slug(loader->arena, point->label);
    if (point->name == NULL || !copy_reported(loader->arena, &said->reported, point))
        return loader_refuse_memory(loader);
    bool good = true;
    for (size_t i = first; i < end; i++) {
        const struct experiment_point *chosen = &points->items[i];
        if (chosen->listed != listed || chosen->config == NULL)
            continue;
        point->sample = bind_chosen(loader->arena, loader->final, chosen, loader->final->best_epochs ? 1 : 0,
                                    point->name, loader->diagnostics);
        good = point->sample != NULL && good;
    }
    points->count++;
    return good;
}

bool add_final_points(struct loader *loader, const struct said_point *listed, size_t listed_count)
{
    const size_t searched = loader->points.count;
    bool good = true;
    for (size_t i = 0; loader->final != NULL && i < listed_count; i++)
        good = add_final_point(loader, &listed[i], i, 0, searched) && good;
    return good;
}

/* What chooses never looks at the test set, and every run that is chosen from has it. */
static bool check_choice(const struct loader *loader, const struct experiment_measure *by,
                         const struct path *path)
{
    const struct path metric = {.parent = path, .key = "metric"};
    if (metric_is_test(by->metric))
        return loader_refuse(loader, &metric,
                             "%s is of the test set, which never decides anything; wants one of "
                             "the validation or held-out images",
                             by->metric);
    for (size_t i = 0; i < loader->points.count; i++)
        if (!loader->points.items[i].final && !check_measure(loader, by, i, path))
            return false;
    return true;
}

bool check_final(const struct loader *loader)
{
    const struct path path = {.key = "final"};
    return loader->final == NULL || check_choice(loader, &loader->final->by, &path);
}

static bool is_halving(const struct loader *loader)
{
    const struct assay_variant *method = loader->said->method.variant;
    return method != NULL && strcmp(method->name, "halving") == 0;
}

bool check_whole(const struct loader *loader, size_t point, const struct path *path)
{
    return !is_halving(loader) || loader->points.items[point].final ||
           loader_refuse(loader, path, "halving cuts runs of \"%s\" short; only final points can stand here",
                         loader->points.items[point].label);
}

/* Where the first rung ends there must be a number to choose by. */
static bool check_first_rung(const struct loader *loader, const struct experiment_halving *halving,
                             const struct path *path)
{
    const struct path statistic = {.parent = path, .key = "statistic"};
    struct experiment_measure by = halving->by;
    by.last = -1; /* it is cut to the rung */
    const int needed = measure_epochs(&by);
    return needed <= halving->first ||
           loader_refuse(loader, &statistic,
                         "needs epoch %d, and first is %d: runs wait there to be compared", needed,
                         halving->first);
}

/* Of runs that are at their ends by then none is spared anything. */
static bool check_cut(const struct loader *loader, const struct experiment_halving *halving,
                      const struct path *path)
{
    int most = 0;
    for (size_t i = 0; i < loader->points.count; i++) {
        const struct experiment_point *point = &loader->points.items[i];
        if (point->config != NULL && point->config->train.max_epochs > most)
            most = point->config->train.max_epochs;
    }
    return most == 0 || halving->first < most ||
           loader_refuse(
               loader, &(struct path){.parent = path, .key = "first"},
               "wants fewer epochs than train.max_epochs, which is at most %d, or nothing is cut short",
               most);
}

bool find_halving(const struct loader *loader, const struct experiment_halving **found)
{
    const struct assay_variant_value *method = &loader->said->method;
    const struct path top = {.key = "method"}, path = {.parent = &top, .key = "halving"};
    const struct path metric = {.parent = &path, .key = "metric"};
    *found = NULL;
    if (!is_halving(loader))
        return true;
    const struct said_halving *said = method->options;
    struct experiment_halving *halving = arena_allocate(loader->arena, 1, sizeof *halving);
    if (halving == NULL)
        return loader_refuse_memory(loader);
    *halving = (struct experiment_halving){said->first, said->eta, measure_of(&said->by, said->by.metric)};
    *found = halving;
    if (!metric_is_curve(halving->by.metric))
        return loader_refuse(loader, &metric,
                             "%s is known at a run's end only, and halving chooses before it",
                             halving->by.metric);
    return check_choice(loader, &halving->by, &path) && check_first_rung(loader, halving, &path) &&
           check_cut(loader, halving, &path);
}
