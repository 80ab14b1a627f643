/* Ways through a config's tree: `train.batch_size`, `model[0].conv.maps`; and what is said of what stands
 * there. */
#ifndef SPEC_WALK_H
#define SPEC_WALK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/diagnostics.h"
#include "base/text.h"
#include "io/tree.h"

struct step {
    const char *key; /* NULL: an index */
    size_t index;
};

enum { WALK_STEPS = TREE_DEPTH_LIMIT };
struct walk {
    struct step steps[WALK_STEPS];
    size_t count; /* at least 1; the first step is a key */
};

/* Cuts `text` into steps, which point into it; false when it is no path: names of letters, digits, _ and -
 * between dots, indices in brackets. */
bool walk_parse(char *text, struct walk *walk);

/* The path of a place, grown and cut while one walks: path_enter adds a step and returns the length that
 * path_leave goes back to. */
size_t path_enter(struct text *path, struct step step);
void path_leave(struct text *path, size_t length);
/* What messages call the place: its path, "the config" at the top. */
const char *path_name(const struct text *path);

/* What the step leads to from `node`, which stands at `path`; NULL where that is nothing, and `why` says so:
 *     knobs has no key pol; did you mean pool?
 *     knobs.dropout has 2 items, [0] to [1]
 *     seed is "1", not a map
 */
struct node *walk_step(const struct node *node, struct step step, const struct text *path,
                       struct arena *arena, struct text *why);

/* "; did you mean pool?", else "; known are lp, max" (the first ten), else nothing. */
void add_known(struct text *text, const char *word, const char *const *names, size_t count);
/* The same for the keys of a map. */
void add_known_keys(struct text *text, const char *word, const struct node *map, struct arena *arena);

/* A leaf as config.yaml would have it: 16, "no", {}, []. Otherwise "a map", "a list"; "nothing" for NULL. */
void leaf_write(const struct node *node, struct text *text);

/* Returns false. */
bool diagnose_memory(struct diagnostics *diagnostics);

#endif
