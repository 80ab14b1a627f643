/* From libyaml's events to nodes, refusing what YAML allows and a config does not. Shared by the files of
 * io/tree.h only. */
#ifndef IO_TREE_BUILD_H
#define IO_TREE_BUILD_H

#include <yaml.h>

#include "io/tree.h"

struct anchor;

/* A list or map that is open. */
struct frame {
    struct node *node;
    struct node *key; /* read, but not its value yet */
    struct anchor *anchor;
    size_t nodes_before;
    int height;
};

/* Starts as zeros with its arena and diagnostics. */
struct builder {
    struct arena *arena;
    struct diagnostics *diagnostics;
    struct frame frames[TREE_DEPTH_LIMIT];
    int depth, documents;
    size_t nodes, repeated, anchor_count;
    struct anchor *anchors; /* the latest first */
    struct node *root;      /* NULL until the document has one */
};

/* False when reading on makes no sense. Less than that is only said to the diagnostics, so that all of it is
 * found. */
bool builder_take(struct builder *builder, const yaml_event_t *event, struct place place);

#endif
