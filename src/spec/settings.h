/* What points set: paths in a config and the values there. */
#ifndef SPEC_SETTINGS_H
#define SPEC_SETTINGS_H

#include "spec/loader.h"

/* The value under a path, as a map of the file says it. */
struct entry {
    const struct node *key, *value;
};

/* Why a path in a config is none that points may set, but belongs to single runs: their name, seed and fold,
 * which the experiment has keys for. NULL of all others. */
const char *setting_of_runs(const char *path);

/* Whether a point may set it. `map` is the path of the map that has the key. */
bool check_settable(const struct loader *loader, const struct node *key, const struct path *map);

struct override override_of(struct entry entry);

/* Whether a path leads to what another leads to, or to something that this is part of. */
bool path_covers(const char *path, const char *other);
/* Refuses a key below `map` where one that is set after it undoes it. */
bool check_kept(const struct loader *loader, const struct node *key, const struct node *later,
                const struct path *map);

/* "train.batch_size", "32"; false without memory. */
bool setting_of(struct arena *arena, const struct override *override, struct experiment_setting *setting);

/* The merged tree of a config, which `path` in the experiment's file names relative to it: each is loaded
 * once. NULL, and said, where it cannot be. */
const struct node *base_tree(struct loader *loader, const char *name, const struct path *path);

/* What the file says was reported; false without memory. */
bool copy_reported(struct arena *arena, const struct assay_map *said, struct experiment_point *point);

/* What a config is made from. */
struct recipe {
    const struct node *base; /* a merged tree, which stays as it is */
    const struct override *overrides;
    size_t override_count;
    const char *name; /* of its runs */
    uint64_t seed;
};
/* NULL where it does not bind, which is said. */
const struct config *bind_recipe(struct arena *arena, const struct recipe *recipe,
                                 struct diagnostics *diagnostics);

#endif
