/* What differs between two resolved configs. */
#include <string.h>

#include "spec/config.h"
#include "spec/walk.h"

struct comparison {
    struct text path;
    struct text *lines;
    size_t room; /* lines that may still be added */
};

static void compare(struct comparison *comparison, struct step step, const struct node *there,
                    const struct node *here);

static void compare_maps(struct comparison *comparison, const struct node *there, const struct node *here)
{
    for (size_t i = 0; i < there->count; i++) {
        const struct step step = {.key = there->keys[i]->text};
        compare(comparison, step, there->items[i], node_get(here, step.key));
    }
    for (size_t i = 0; i < here->count; i++) {
        const struct step step = {.key = here->keys[i]->text};
        if (node_get(there, step.key) == NULL)
            compare(comparison, step, NULL, here->items[i]);
    }
}

static void compare_lists(struct comparison *comparison, const struct node *there, const struct node *here)
{
    for (size_t i = 0; i < there->count || i < here->count; i++)
        compare(comparison, (struct step){.index = i}, i < there->count ? there->items[i] : NULL,
                i < here->count ? here->items[i] : NULL);
}

static bool is_map(const struct node *node)
{
    return node != NULL && node->kind == NODE_MAP;
}

/* {name: {options}}, as every choice is written; where an option alone in its map looks the same, that does
 * no harm. */
static bool is_choice(const struct node *node)
{
    return node != NULL && node->kind == NODE_MAP && node->count == 1;
}

static void show(const struct node *node, struct text *text)
{
    if (is_choice(node))
        text_add_escaped(text, node->keys[0]->text, strlen(node->keys[0]->text));
    else
        leaf_write(node, text);
}

static void compare_whole(struct comparison *comparison, const struct node *there, const struct node *here)
{
    struct text before = {0}, after = {0};
    show(there, &before);
    show(here, &after);
    if (before.failed || after.failed) {
        comparison->lines->failed = true;
    } else if (comparison->room > 0 && strcmp(before.bytes, after.bytes) != 0) {
        comparison->room--;
        text_add(comparison->lines, "%s: %s there, %s here\n", path_name(&comparison->path), before.bytes,
                 after.bytes);
    }
    text_finish(&before);
    text_finish(&after);
}

static void compare_nodes(struct comparison *comparison, const struct node *there, const struct node *here)
{
    const bool other_choice =
        is_choice(there) && is_choice(here) && node_get(here, there->keys[0]->text) == NULL;
    if (is_map(there) && is_map(here) && !other_choice)
        compare_maps(comparison, there, here);
    else if (there != NULL && here != NULL && there->kind == NODE_LIST && here->kind == NODE_LIST)
        compare_lists(comparison, there, here);
    else
        compare_whole(comparison, there, here);
}

static void compare(struct comparison *comparison, struct step step, const struct node *there,
                    const struct node *here)
{
    const size_t length = path_enter(&comparison->path, step);
    compare_nodes(comparison, there, here);
    path_leave(&comparison->path, length);
}

void config_differences(const char *there, const char *here, size_t most, struct text *text)
{
    struct arena *arena = arena_create();
    struct diagnostics *unread = diagnostics_create();
    if (arena == NULL || unread == NULL) {
        text->failed = true;
    } else {
        const struct node *before = tree_parse(arena, "there", there, strlen(there), unread);
        const struct node *after = tree_parse(arena, "here", here, strlen(here), unread);
        struct comparison comparison = {.lines = text, .room = most};
        if (before == NULL || after == NULL)
            text_add(text, "the config.yaml there cannot be read\n");
        else
            compare_nodes(&comparison, before, after);
        text->failed = text->failed || comparison.path.failed;
        text_finish(&comparison.path);
    }
    diagnostics_destroy(unread);
    arena_destroy(arena);
}
