/* YAML as a tree in which every node knows its place. The only room that knows libyaml.
 *
 * Built on libyaml's events, never its documents: duplicate keys, tags, several documents, complex keys,
 * merge keys (<<), NUL, control and bidirectional characters are refused with their place; nesting, nodes,
 * aliases and sizes have budgets. Scalars keep their text: who binds a node decides its type. */
#ifndef IO_TREE_H
#define IO_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/diagnostics.h"
#include "base/text.h"

enum {
    TREE_FILE_LIMIT = 1 << 20, /* bytes of a file */
    TREE_SCALAR_LIMIT = 4096,  /* bytes of a scalar */
    TREE_KEY_LIMIT = 256,      /* bytes of a key; YAML itself has a limit where it stands before its colon */
    TREE_NODE_LIMIT = 100000,  /* nodes, those that aliases repeat counted each time */
    TREE_DEPTH_LIMIT = 32,
    TREE_ALIAS_LIMIT = 10000, /* nodes that aliases repeat */
};

enum node_kind { NODE_SCALAR, NODE_LIST, NODE_MAP };

struct node {
    enum node_kind kind;
    struct place place;
    const char *text; /* scalar: its value, NUL-terminated, without NUL inside */
    bool quoted;      /* scalar: '…', "…" or a block; then it is never null */
    bool wrong;   /* scalar: what is wrong with it is said already, so that binding it fails without another
                     word */
    size_t count; /* list: items; map: pairs */
    struct node **items; /* list: count items; map: count values */
    struct node **keys;  /* map: count scalars; NULL otherwise */
};

/* NULL when something is wrong, which `diagnostics` then says. The tree and the copied source live in the
 * arena. `name` is how messages call the file. An empty document is an empty map. tree_load reads `path` (its
 * name in messages) and insists that the root is a map. `at`: where the file was named, for "cannot be read";
 * {0} if on the command line. An alias is replaced by a copy of its node, whose places stay those of the
 * anchor. */
struct node *tree_load(struct arena *arena, const char *path, struct place at,
                       struct diagnostics *diagnostics);
struct node *tree_parse(struct arena *arena, const char *name, const char *bytes, size_t length,
                        struct diagnostics *diagnostics);

/* New nodes, for overrides and merges; `place` is where they came from. NULL without memory. */
struct node *node_create(struct arena *arena, enum node_kind kind, struct place place);
struct node *node_create_scalar(struct arena *arena, const char *text, struct place place);
/* A copy of the whole tree that can be changed without changing the other; they share texts and sources. */
struct node *node_copy(struct arena *arena, const struct node *node);

/* The value under `key`, NULL when there is none (or `map` is not a map). */
struct node *node_get(const struct node *map, const char *key);
size_t node_find(const struct node *map, const char *key); /* its index, SIZE_MAX when there is none */
/* Sets (the key's place too) or adds; false without memory. */
bool node_set(struct arena *arena, struct node *map, struct node *key, struct node *value);
/* Adds without looking whether the key is there. */
bool node_add(struct arena *arena, struct node *map, struct node *key, struct node *value);
bool node_append(struct arena *arena, struct node *list, struct node *item);

/* An unquoted null, ~ or nothing. */
bool node_is_null(const struct node *node);
bool node_is_scalar(const struct node *node, const char *text);

/* "a map", "a list", "nothing", or the scalar escaped and in quotes (cut after 40 bytes): for messages. */
void node_describe(const struct node *node, struct text *text);

/* Block style YAML at `indent` spaces, every scalar quoted unless it is plainly safe in YAML 1.1 and 1.2; for
 * `knobs`, which have no table. Whole lines, the first indented too, so that it may follow "knobs:\n"; a
 * scalar or an empty map or list is one line of its own. */
void node_write(const struct node *node, int indent, struct text *text);
/* The same in flow style, without a newline: {type: lp, p: 2}, [0.2, 0.5], 0.001. */
void node_write_flow(const struct node *node, struct text *text);
/* Whether they say the same: numbers by their value, texts with or without quotes, maps in any order. */
bool node_equal(const struct node *a, const struct node *b);
/* Writes one string scalar, quoted if it must be so that every YAML reader reads a string. */
void node_write_string(const char *string, struct text *text);

#endif
