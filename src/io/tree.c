#include "io/tree.h"

#include <stdint.h>
#include <string.h>

#include "base/number.h"

struct node *node_create(struct arena *arena, enum node_kind kind, struct place place)
{
    struct node *node = arena_allocate(arena, 1, sizeof *node);
    if (node != NULL)
        *node = (struct node){.kind = kind, .place = place, .text = kind == NODE_SCALAR ? "" : NULL};
    return node;
}

struct node *node_create_scalar(struct arena *arena, const char *text, struct place place)
{
    struct node *node = node_create(arena, NODE_SCALAR, place);
    if (node == NULL)
        return NULL;
    node->text = arena_copy_text(arena, text, strlen(text));
    return node->text == NULL ? NULL : node;
}

struct node *node_copy(struct arena *arena, const struct node *node)
{
    if (node->kind == NODE_SCALAR)
        return arena_copy(arena, node, sizeof *node); /* texts are never changed, so they can be shared */
    struct node *copy = node_create(arena, node->kind, node->place);
    bool done = copy != NULL;
    for (size_t i = 0; done && i < node->count; i++) {
        struct node *key = node->kind == NODE_MAP ? node_copy(arena, node->keys[i]) : NULL;
        struct node *item = node_copy(arena, node->items[i]);
        done = item != NULL && (node->kind == NODE_MAP ? key != NULL && node_add(arena, copy, key, item)
                                                       : node_append(arena, copy, item));
    }
    return done ? copy : NULL;
}

size_t node_find(const struct node *map, const char *key)
{
    for (size_t i = 0; map->kind == NODE_MAP && i < map->count; i++)
        if (strcmp(map->keys[i]->text, key) == 0)
            return i;
    return SIZE_MAX;
}

struct node *node_get(const struct node *map, const char *key)
{
    const size_t i = node_find(map, key);
    return i == SIZE_MAX ? NULL : map->items[i];
}

/* An array of pointers with room for one more than its `count`: full whenever that is a power of two. */
static struct node **make_room(struct arena *arena, struct node **nodes, size_t count)
{
    if ((count & (count - 1)) != 0)
        return nodes;
    struct node **larger = arena_allocate(arena, count == 0 ? 1 : 2 * count, sizeof *larger);
    if (larger != NULL && count > 0)
        memcpy(larger, nodes, count * sizeof *larger);
    return larger;
}

bool node_append(struct arena *arena, struct node *list, struct node *item)
{
    struct node **items = make_room(arena, list->items, list->count);
    if (items == NULL)
        return false;
    list->items = items;
    list->items[list->count++] = item;
    return true;
}

bool node_add(struct arena *arena, struct node *map, struct node *key, struct node *value)
{
    struct node **keys = make_room(arena, map->keys, map->count);
    if (keys == NULL)
        return false;
    map->keys = keys;
    map->keys[map->count] = key;
    return node_append(arena, map, value);
}

bool node_set(struct arena *arena, struct node *map, struct node *key, struct node *value)
{
    const size_t i = node_find(map, key->text);
    if (i == SIZE_MAX)
        return node_add(arena, map, key, value);
    map->keys[i] = key;
    map->items[i] = value;
    return true;
}

bool node_is_null(const struct node *node)
{
    static const char *const words[] = {"", "~", "null", "Null", "NULL"};
    for (size_t i = 0; node->kind == NODE_SCALAR && !node->quoted && i < sizeof words / sizeof *words; i++)
        if (strcmp(node->text, words[i]) == 0)
            return true;
    return false;
}

bool node_is_scalar(const struct node *node, const char *text)
{
    return node->kind == NODE_SCALAR && strcmp(node->text, text) == 0;
}

static bool scalars_equal(const struct node *a, const struct node *b)
{
    double x, y;
    if (node_is_null(a) || node_is_null(b))
        return node_is_null(a) && node_is_null(b);
    if (!a->quoted && !b->quoted && number_parse_double(a->text, &x) && number_parse_double(b->text, &y))
        return x == y;
    return strcmp(a->text, b->text) == 0;
}

bool node_equal(const struct node *a, const struct node *b)
{
    if (a->kind != b->kind || a->count != b->count)
        return false;
    if (a->kind == NODE_SCALAR)
        return scalars_equal(a, b);
    for (size_t i = 0; i < a->count; i++) {
        const struct node *other = a->kind == NODE_MAP ? node_get(b, a->keys[i]->text) : b->items[i];
        if (other == NULL || !node_equal(a->items[i], other))
            return false;
    }
    return true;
}
