#include "io/tree_build.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

enum { ANCHOR_LIMIT = 1000 };

struct anchor {
    struct anchor *next;
    const char *name;
    const struct node *node;
    size_t size; /* nodes in it; 0 while it is open */
    int height;  /* lists and maps in each other, 0 for a scalar */
};

static bool fail_memory(const struct builder *builder, struct place place)
{
    return diagnose_machine(builder->diagnostics, place, NULL, "out of memory while reading YAML");
}

static bool at_key(const struct builder *builder)
{
    const struct frame *frame = builder->depth == 0 ? NULL : &builder->frames[builder->depth - 1];
    return frame != NULL && frame->node->kind == NODE_MAP && frame->key == NULL;
}

/* Gives a node that is complete to what it is in. */
static bool attach(struct builder *builder, struct node *node, int height)
{
    if (builder->depth == 0) {
        builder->root = node;
        return true;
    }
    struct frame *frame = &builder->frames[builder->depth - 1];
    if (frame->height <= height)
        frame->height = height + 1;
    if (frame->node->kind == NODE_LIST)
        return node_append(builder->arena, frame->node, node) || fail_memory(builder, node->place);
    struct node *key = frame->key;
    frame->key = key == NULL ? node : NULL;
    return key == NULL || node_add(builder->arena, frame->node, key, node) ||
           fail_memory(builder, node->place);
}

static bool count_nodes(struct builder *builder, struct place place, size_t count)
{
    builder->nodes += count;
    return builder->nodes <= TREE_NODE_LIMIT ||
           diagnose(builder->diagnostics, place, NULL, "more than %d nodes", TREE_NODE_LIMIT);
}

/* A new anchor, open; NULL where the node has none. */
static bool add_anchor(struct builder *builder, struct place place, const yaml_char_t *name,
                       struct anchor **anchor)
{
    *anchor = NULL;
    if (name == NULL)
        return true;
    if (++builder->anchor_count > ANCHOR_LIMIT)
        return diagnose(builder->diagnostics, place, NULL, "more than %d anchors", ANCHOR_LIMIT);
    struct anchor *new = arena_allocate(builder->arena, 1, sizeof *new);
    if (new == NULL)
        return fail_memory(builder, place);
    new->name = arena_copy_text(builder->arena, (const char *)name, strlen((const char *)name));
    if (new->name == NULL)
        return fail_memory(builder, place);
    new->next = builder->anchors;
    builder->anchors = new;
    *anchor = new;
    return true;
}

static void close_anchor(struct anchor *anchor, const struct node *node, size_t size, int height)
{
    if (anchor == NULL)
        return;
    anchor->node = node;
    anchor->size = size;
    anchor->height = height;
}

/* What every node but an alias begins with. A tag is said and then ignored, to find what else is wrong. */
static struct node *start_node(struct builder *builder, struct place place, enum node_kind kind,
                               const yaml_char_t *tag)
{
    if (tag != NULL) {
        static const char core[] = "tag:yaml.org,2002:"; /* what !! stands for */
        const bool is_core = strncmp((const char *)tag, core, strlen(core)) == 0;
        diagnose(builder->diagnostics, place, NULL, "tags are not read; found %s%.64s", is_core ? "!!" : "",
                 (const char *)tag + (is_core ? strlen(core) : 0));
    }
    if (!count_nodes(builder, place, 1))
        return NULL;
    struct node *node = node_create(builder->arena, kind, place);
    if (node == NULL)
        fail_memory(builder, place);
    return node;
}

/* Escapes such as "\e" and "\u202e" have been decoded by now. */
static void check_text(struct builder *builder, const struct node *node, size_t length, bool is_key)
{
    const struct place place = node->place;
    const int limit = is_key ? TREE_KEY_LIMIT : TREE_SCALAR_LIMIT;
    if (length > (size_t)limit) {
        diagnose(builder->diagnostics, place, NULL, "a %s of %zu bytes; at most %d are read",
                 is_key ? "key" : "text", length, limit);
        return;
    }
    for (size_t at = 0, size; at < length; at += size) {
        uint32_t character = 0;
        size = utf8_decode(node->text + at, length - at, &character);
        const bool allowed = !is_key && (character == '\n' || character == '\t');
        if (size == 0 || (utf8_is_control(character) && !allowed)) {
            diagnose(builder->diagnostics, place, NULL, "the control character U+%04X is not allowed",
                     (unsigned)character);
            return;
        }
    }
    if (is_key && !node->quoted && length == 0)
        diagnose(builder->diagnostics, place, NULL, "a key is missing");
    if (is_key && !node->quoted && node_is_scalar(node, "<<"))
        diagnose(builder->diagnostics, place, NULL, "merge keys (<<) are not read; use extends or ${…}");
}

static bool on_scalar(struct builder *builder, const yaml_event_t *event, struct place place)
{
    const size_t length = event->data.scalar.length;
    struct node *node = start_node(builder, place, NODE_SCALAR, event->data.scalar.tag);
    if (node == NULL)
        return false;
    node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    node->text = arena_copy_text(builder->arena, (const char *)event->data.scalar.value, length);
    if (node->text == NULL)
        return fail_memory(builder, place);
    check_text(builder, node, length, at_key(builder));
    struct anchor *anchor;
    if (!add_anchor(builder, place, event->data.scalar.anchor, &anchor))
        return false;
    close_anchor(anchor, node, 1, 0);
    return attach(builder, node, 0);
}

static bool start_frame(struct builder *builder, struct place place, enum node_kind kind,
                        const yaml_char_t *tag, const yaml_char_t *name)
{
    if (at_key(builder))
        return diagnose(builder->diagnostics, place, NULL, "a key is one word; found %s",
                        kind == NODE_LIST ? "a list" : "a map");
    if (builder->depth == TREE_DEPTH_LIMIT)
        return diagnose(builder->diagnostics, place, NULL, "nested more than %d deep", TREE_DEPTH_LIMIT);
    struct frame *frame = &builder->frames[builder->depth];
    *frame = (struct frame){.nodes_before = builder->nodes, .height = 1};
    frame->node = start_node(builder, place, kind, tag);
    if (frame->node == NULL || !add_anchor(builder, place, name, &frame->anchor))
        return false;
    builder->depth++;
    return true;
}

static bool on_list_start(struct builder *builder, const yaml_event_t *event, struct place place)
{
    return start_frame(builder, place, NODE_LIST, event->data.sequence_start.tag,
                       event->data.sequence_start.anchor);
}

static bool on_map_start(struct builder *builder, const yaml_event_t *event, struct place place)
{
    return start_frame(builder, place, NODE_MAP, event->data.mapping_start.tag,
                       event->data.mapping_start.anchor);
}

static int compare_keys(const void *a, const void *b)
{
    const struct node *left = *(struct node *const *)a, *right = *(struct node *const *)b;
    const int order = strcmp(left->text, right->text);
    if (order != 0)
        return order;
    return left->place.line != right->place.line ? left->place.line - right->place.line
                                                 : left->place.column - right->place.column;
}

/* By sorting, so that many keys do not take time that grows with their square. */
static bool check_keys(struct builder *builder, const struct node *map)
{
    if (map->count < 2)
        return true;
    struct node **keys = arena_copy(builder->arena, map->keys, map->count * sizeof *keys);
    if (keys == NULL)
        return fail_memory(builder, map->place);
    qsort(keys, map->count, sizeof *keys, compare_keys);
    const struct node *first = keys[0];
    for (size_t i = 1; i < map->count; i++) {
        if (strcmp(first->text, keys[i]->text) == 0)
            diagnose(builder->diagnostics, keys[i]->place, NULL, "duplicate key \"%s\"; first on line %d",
                     first->text, first->place.line);
        else
            first = keys[i];
    }
    return true;
}

static bool on_end(struct builder *builder, const yaml_event_t *event, struct place place)
{
    (void)event;
    (void)place;
    const struct frame *frame = &builder->frames[--builder->depth];
    close_anchor(frame->anchor, frame->node, builder->nodes - frame->nodes_before, frame->height);
    return (frame->node->kind == NODE_LIST || check_keys(builder, frame->node)) &&
           attach(builder, frame->node, frame->height);
}

/* Puts a copy there, so that a tree stays a tree: whoever changes one place changes no other. */
static bool on_alias(struct builder *builder, const yaml_event_t *event, struct place place)
{
    const char *name = (const char *)event->data.alias.anchor;
    const struct anchor *anchor = builder->anchors;
    while (anchor != NULL && strcmp(anchor->name, name) != 0)
        anchor = anchor->next;
    if (at_key(builder))
        return diagnose(builder->diagnostics, place, NULL, "an alias cannot be a key");
    if (anchor == NULL)
        return diagnose(builder->diagnostics, place, NULL, "no anchor &%s comes before this", name);
    if (anchor->size == 0)
        return diagnose(builder->diagnostics, place, NULL, "*%s is inside the node that it names", name);
    builder->repeated += anchor->size;
    if (builder->repeated > TREE_ALIAS_LIMIT)
        return diagnose(builder->diagnostics, place, NULL, "aliases repeat more than %d nodes",
                        TREE_ALIAS_LIMIT);
    if (builder->depth + anchor->height > TREE_DEPTH_LIMIT)
        return diagnose(builder->diagnostics, place, NULL, "nested more than %d deep", TREE_DEPTH_LIMIT);
    if (!count_nodes(builder, place, anchor->size))
        return false;
    struct node *copy = node_copy(builder->arena, anchor->node);
    return copy == NULL ? fail_memory(builder, place) : attach(builder, copy, anchor->height);
}

static bool on_document(struct builder *builder, const yaml_event_t *event, struct place place)
{
    (void)event;
    return ++builder->documents == 1 ||
           diagnose(builder->diagnostics, place, NULL, "a second document begins here; a file is one");
}

bool builder_take(struct builder *builder, const yaml_event_t *event, struct place place)
{
    static bool (*const handlers[])(struct builder *, const yaml_event_t *, struct place) = {
        [YAML_DOCUMENT_START_EVENT] = on_document,
        [YAML_SCALAR_EVENT] = on_scalar,
        [YAML_SEQUENCE_START_EVENT] = on_list_start,
        [YAML_SEQUENCE_END_EVENT] = on_end,
        [YAML_MAPPING_START_EVENT] = on_map_start,
        [YAML_MAPPING_END_EVENT] = on_end,
        [YAML_ALIAS_EVENT] = on_alias,
    };
    const size_t type = (size_t)event->type;
    return type >= sizeof handlers / sizeof *handlers || handlers[type] == NULL ||
           handlers[type](builder, event, place);
}
