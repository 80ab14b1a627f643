#include "spec/reference.h"

#include <string.h>

#include "spec/walk.h"

/* A reference whose node is being made ready, and those that led there. */
struct pending {
    const struct pending *outer;
    struct node *node;
    const char *path;
};

struct resolver {
    struct arena *arena;
    struct diagnostics *diagnostics;
    struct node *root;
    size_t room; /* nodes that may still be added */
    const struct pending *pending;
    size_t pending_count;
    bool failed;
    bool too_large; /* which is said once, and then nothing more is replaced */
};

static void resolve(struct resolver *resolver, struct node *node, struct text *path, size_t depth);

bool is_reference(const struct node *node)
{
    if (node->kind != NODE_SCALAR || strncmp(node->text, "${", 2) != 0)
        return false;
    const char *end = strchr(node->text, '}');
    return end != NULL && end[1] == '\0';
}

/* What stands between the braces. */
static void add_target(const struct node *reference, struct text *text)
{
    text_add_bytes(text, reference->text + 2, strlen(reference->text) - 3);
}

/* Diagnoses `message`, which it finishes, and marks the node. */
static void refuse(struct resolver *resolver, struct node *node, const char *path, struct text *message)
{
    if (message->failed)
        diagnose_memory(resolver->diagnostics);
    else
        diagnose(resolver->diagnostics, node->place, path, "%s", message->bytes);
    text_finish(message);
    node->wrong = true;
    resolver->failed = true;
}

static void add_targets(const struct pending *last, const struct pending *first, struct text *text)
{
    if (last != first)
        add_targets(last->outer, first, text);
    text_add(text, " -> ");
    add_target(last->node, text);
}

static void refuse_cycle(struct resolver *resolver, const struct pending *first)
{
    struct text message = {0};
    text_add(&message, "a cycle: %s", first->path);
    add_targets(resolver->pending, first, &message);
    refuse(resolver, first->node, first->path, &message);
}

/* The nodes of a tree that stands `depth` deep, not counted further than `limit`, and how deep its lists and
 * maps go. */
static size_t measure(const struct node *node, size_t limit, size_t depth, size_t *deepest)
{
    size_t count = 1;
    if (node->kind != NODE_SCALAR && depth + 1 > *deepest)
        *deepest = depth + 1;
    for (size_t i = 0; i < node->count && count <= limit; i++)
        count += measure(node->items[i], limit - count, depth + 1, deepest);
    return count;
}

/* Puts a copy of `target` where `node` is, at `depth`. */
static void replace(struct resolver *resolver, struct node *node, const struct node *target, const char *path,
                    size_t depth)
{
    struct text message = {0};
    size_t deepest = 0;
    const size_t count = measure(target, resolver->room + 1, depth, &deepest);
    resolver->too_large = count > resolver->room + 1 || deepest > TREE_DEPTH_LIMIT;
    const struct node *copy = resolver->too_large ? NULL : node_copy(resolver->arena, target);
    if (copy != NULL) {
        *node = *copy;
        resolver->room -= count - 1;
        return;
    }
    if (deepest > TREE_DEPTH_LIMIT)
        text_add(&message, "with %s replaced, the config is nested more than %d deep", node->text,
                 TREE_DEPTH_LIMIT);
    else if (resolver->too_large)
        text_add(&message, "with every ${…} replaced, the config has more than %d values", TREE_NODE_LIMIT);
    else
        message.failed = true;
    refuse(resolver, node, path, &message);
}

/* The node that `walk` leads to, all references on the way and in it replaced; NULL, and the reference
 * marked, when that cannot be. */
static const struct node *find(struct resolver *resolver, struct node *reference, const struct walk *walk)
{
    struct text at = {0}, message = {0};
    struct node *node = resolver->root;
    text_add(&message, "%s: ", reference->text);
    for (size_t i = 0; i < walk->count; i++) {
        struct node *next = walk_step(node, walk->steps[i], &at, resolver->arena, &message);
        if (next == NULL) {
            refuse(resolver, reference, resolver->pending->path, &message);
            break;
        }
        path_enter(&at, walk->steps[i]);
        if (i + 1 == walk->count || next->kind == NODE_SCALAR)
            resolve(resolver, next, &at, i + 1);
        reference->wrong = reference->wrong || next->wrong;
        node = next;
        if (reference->wrong)
            break;
    }
    text_finish(&message);
    text_finish(&at);
    return reference->wrong ? NULL : node;
}

/* Where the reference leads; false, and said, when that is no path. */
static bool parse(struct resolver *resolver, struct node *node, const char *path, struct walk *walk)
{
    struct text message = {0};
    char *target = arena_copy_text(resolver->arena, node->text + 2, strlen(node->text) - 3);
    if (target != NULL && walk_parse(target, walk))
        return true;
    message.failed = target == NULL;
    text_add(&message, "%s is no reference; write it like ${knobs.pool} or ${knobs.dropout[0]}", node->text);
    refuse(resolver, node, path, &message);
    return false;
}

/* Whether another reference may become pending; false, and said, when it is one already or there are too
 * many. */
static bool may_follow(struct resolver *resolver, struct node *node, const char *path)
{
    for (const struct pending *pending = resolver->pending; pending != NULL; pending = pending->outer)
        if (pending->node == node) {
            refuse_cycle(resolver, pending);
            return false;
        }
    if (resolver->pending_count < TREE_DEPTH_LIMIT)
        return true;
    struct text message = {0};
    text_add(&message, "more than %d references lead into each other", TREE_DEPTH_LIMIT);
    refuse(resolver, node, path, &message);
    return false;
}

static void follow(struct resolver *resolver, struct node *node, const char *path, size_t depth)
{
    struct walk walk;
    const struct node *found = NULL;
    if (!resolver->too_large && may_follow(resolver, node, path) && parse(resolver, node, path, &walk)) {
        const struct pending pending = {resolver->pending, node, path};
        resolver->pending = &pending;
        resolver->pending_count++;
        found = find(resolver, node, &walk);
        resolver->pending = pending.outer;
        resolver->pending_count--;
    }
    if (found != NULL && !resolver->too_large)
        replace(resolver, node, found, path, depth);
    else
        node->wrong = true;
}

static void resolve(struct resolver *resolver, struct node *node, struct text *path, size_t depth)
{
    if (node->kind == NODE_SCALAR) {
        if (node->wrong || strstr(node->text, "${") == NULL)
            return;
        if (is_reference(node)) {
            follow(resolver, node, path_name(path), depth);
            return;
        }
        struct text message = {0};
        text_add(&message, "a reference stands for a whole value, found ");
        node_describe(node, &message);
        refuse(resolver, node, path_name(path), &message);
        return;
    }
    for (size_t i = 0; i < node->count; i++) {
        const char *key = node->kind == NODE_MAP ? node->keys[i]->text : NULL;
        const size_t length = path_enter(path, (struct step){key, i});
        resolve(resolver, node->items[i], path, depth + 1);
        path_leave(path, length);
    }
}

bool references_resolve(struct arena *arena, struct node *root, struct diagnostics *diagnostics)
{
    size_t deepest = 0;
    struct resolver resolver = {
        .arena = arena,
        .diagnostics = diagnostics,
        .root = root,
        .room = TREE_NODE_LIMIT - measure(root, TREE_NODE_LIMIT - 1, 0, &deepest),
    };
    struct text path = {0};
    if (deepest > TREE_DEPTH_LIMIT)
        return diagnose(diagnostics, root->place, NULL, "nested more than %d deep", TREE_DEPTH_LIMIT);
    resolve(&resolver, root, &path, 0);
    text_finish(&path);
    return !resolver.failed;
}
