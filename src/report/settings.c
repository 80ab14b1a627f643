#include "report/settings.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/diagnostics.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "io/tree.h"
#include "run/files.h"
#include "spec/walk.h"

struct collection {
    struct arena *arena;
    struct setting *items;
    size_t count, capacity, runs, run; /* run: the one whose config is being read */
    struct text path;
    bool failed;
};

static struct setting *find(struct collection *all, const char *path)
{
    for (size_t i = 0; i < all->count; i++)
        if (strcmp(all->items[i].path, path) == 0)
            return &all->items[i];
    if (all->count == all->capacity) {
        const size_t capacity = all->capacity > 0 ? 2 * all->capacity : 64;
        struct setting *items = memory_resize(all->items, capacity, sizeof *items);
        if (items == NULL)
            return NULL;
        all->items = items;
        all->capacity = capacity;
    }
    struct setting *item = &all->items[all->count];
    *item = (struct setting){arena_copy_text(all->arena, path, strlen(path)),
                             arena_allocate(all->arena, all->runs, sizeof *item->values)};
    if (item->path == NULL || item->values == NULL)
        return NULL;
    for (size_t run = 0; run < all->runs; run++)
        item->values[run] = "";
    all->count++;
    return item;
}

static void add_leaf(struct collection *all, const struct node *leaf)
{
    struct text value = {0};
    leaf_write(leaf, &value);
    struct setting *item = all->path.failed || value.failed ? NULL : find(all, all->path.bytes);
    if (item != NULL)
        item->values[all->run] = arena_copy_text(all->arena, value.bytes, value.length);
    all->failed |= item == NULL || item->values[all->run] == NULL;
    text_finish(&value);
}

/* {tanh: {name: null}}, an item of a list: what it is may be all that tells it from another. */
static bool is_choice(const struct node *item)
{
    return item->kind == NODE_MAP && item->count == 1;
}

static void collect(struct collection *all, const struct node *node)
{
    if (node->kind == NODE_SCALAR || node->count == 0) {
        add_leaf(all, node);
        return;
    }
    for (size_t i = 0; i < node->count && !all->failed; i++) {
        const char *key = node->kind == NODE_MAP ? node->keys[i]->text : NULL;
        if (all->path.length == 0 && key != NULL && strcmp(key, "knobs") == 0)
            continue;
        const size_t length = path_enter(&all->path, (struct step){key, i});
        if (key == NULL && is_choice(node->items[i]))
            add_leaf(all, node->items[i]->keys[0]);
        collect(all, node->items[i]);
        path_leave(&all->path, length);
    }
}

static const char doing[] = "comparing configs";

/* *known: whether the run has a config.yaml. */
static bool collect_file(struct collection *all, const char *directory, bool *known,
                         struct assay_error *error)
{
    char *path = path_join(directory, CONFIG_FILE);
    struct diagnostics *unsaid = diagnostics_create();
    const struct node *tree = NULL;
    bool done = path != NULL && unsaid != NULL;
    if (done) {
        tree = tree_load(all->arena, path, (struct place){0}, unsaid);
        done = tree != NULL || (diagnostics_status(unsaid) != ASSAY_MACHINE && !file_exists(path));
    }
    if (!done)
        diagnostics_fail(unsaid, "", doing, error);
    *known = tree != NULL;
    if (done && tree != NULL)
        collect(all, tree);
    diagnostics_destroy(unsaid);
    memory_free(path);
    return done && (!all->failed || assay_fail_memory(error, doing));
}

static const char *or_nothing(const char *value)
{
    return strcmp(value, "null") == 0 ? "" : value;
}

static bool differs(const struct setting *item, const bool *known, size_t runs)
{
    const char *first = NULL;
    for (size_t run = 0; run < runs; run++) {
        if (!known[run])
            continue;
        if (first == NULL)
            first = or_nothing(item->values[run]);
        else if (strcmp(first, or_nothing(item->values[run])) != 0)
            return true;
    }
    return false;
}

static bool collect_all(struct collection *all, const char *const *directories, bool *known,
                        struct assay_error *error)
{
    for (; all->run < all->runs; all->run++)
        if (directories[all->run] != NULL &&
            !collect_file(all, directories[all->run], &known[all->run], error))
            return false;
    return true;
}

const struct settings *settings_differing(struct arena *arena, const char *const *directories, size_t count,
                                          struct assay_error *error)
{
    struct collection all = {.arena = arena, .runs = count};
    bool *known = arena_allocate(arena, count, sizeof *known);
    struct settings *settings = arena_allocate(arena, 1, sizeof *settings);
    bool done = known != NULL && settings != NULL;
    if (!done)
        assay_fail_memory(error, doing);
    done = done && collect_all(&all, directories, known, error);
    for (size_t i = 0; done && i < all.count; i++)
        if (differs(&all.items[i], known, count))
            all.items[settings->count++] = all.items[i];
    if (done && settings->count > 0) {
        settings->items = arena_copy(arena, all.items, settings->count * sizeof *all.items);
        done = settings->items != NULL || assay_fail_memory(error, doing);
    }
    memory_free(all.items);
    text_finish(&all.path);
    return done ? settings : NULL;
}
