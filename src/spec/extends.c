/* Loading a config and the chain of files it extends. */
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include "base/nearest.h"
#include "schema/schema.h"
#include "spec/config.h"
#include "spec/merge.h"
#include "spec/reference.h"
#include "spec/relative.h"
#include "spec/walk.h"

enum { CHAIN_LIMIT = 16 };

/* A file that is being loaded, and the one that extends it. */
struct link {
    const struct link *outer;
    const char *path;
    int length;
    struct stat file; /* what it is, however it is called; all zero where there is none */
};

static bool is_same_file(const struct stat *a, const struct stat *b)
{
    return a->st_ino != 0 && a->st_ino == b->st_ino && a->st_dev == b->st_dev;
}

static void add_chain(const struct link *last, const struct link *first, struct text *text)
{
    if (last != first)
        add_chain(last->outer, first, text);
    text_add(text, "%s -> ", last->path);
}

/* Neither a cycle nor too long a chain. */
static bool check_chain(const struct link *link, struct place at, struct diagnostics *diagnostics)
{
    if (link->length > CHAIN_LIMIT)
        return diagnose(diagnostics, at, "extends", "goes through more than %d files", CHAIN_LIMIT);
    const struct link *first = link->outer;
    while (first != NULL && !is_same_file(&first->file, &link->file))
        first = first->outer;
    if (first == NULL)
        return true;
    struct text cycle = {0};
    add_chain(link->outer, first, &cycle);
    if (cycle.failed)
        diagnose_memory(diagnostics);
    else
        diagnose(diagnostics, at, "extends", "a cycle: %s%s", cycle.bytes, link->path);
    text_finish(&cycle);
    return false;
}

/* Takes the value of a key out of a map; NULL when it has none. */
static const struct node *take(struct node *map, const char *key)
{
    const size_t at = node_find(map, key);
    if (at == SIZE_MAX)
        return NULL;
    const struct node *value = map->items[at];
    map->count--;
    for (size_t i = at; i < map->count; i++) {
        map->keys[i] = map->keys[i + 1];
        map->items[i] = map->items[i + 1];
    }
    return value;
}

static bool check_extends(const struct node *extends, struct diagnostics *diagnostics)
{
    const bool is_name = extends->kind == NODE_SCALAR && extends->text[0] != '\0';
    if (is_name && strstr(extends->text, "${") == NULL)
        return true;
    struct text found = {0};
    node_describe(extends, &found);
    if (found.failed)
        diagnose_memory(diagnostics);
    else if (is_name)
        diagnose(diagnostics, extends->place, "extends", "cannot refer to anything, found %s", found.bytes);
    else
        diagnose(diagnostics, extends->place, "extends", "wants the name of a file, found %s", found.bytes);
    text_finish(&found);
    return false;
}

/* A base that is not read because its key is misspelt would seem to make everything else wrong. */
static bool check_spelling(const struct node *tree, struct diagnostics *diagnostics)
{
    static const char *const key = "extends";
    for (size_t i = 0; i < tree->count; i++)
        if (schema_field(&config_table, tree->keys[i]->text) == NULL &&
            nearest_name(tree->keys[i]->text, &key, 1) != NULL)
            return diagnose(diagnostics, tree->keys[i]->place, tree->keys[i]->text,
                            "unknown key; did you mean %s?", key);
    return true;
}

static struct node *load(struct arena *arena, const char *path, struct place at, const struct link *outer,
                         struct diagnostics *diagnostics);

/* `tree`, which the file of `link` says, over all that it extends. */
static struct node *extend(struct arena *arena, struct node *tree, const struct node *extends,
                           const struct link *link, struct diagnostics *diagnostics)
{
    if (!check_extends(extends, diagnostics))
        return NULL;
    const char *path = relative_path(arena, link->path, extends->text);
    if (path == NULL) {
        diagnose_memory(diagnostics);
        return NULL;
    }
    struct node *base = load(arena, path, extends->place, link, diagnostics);
    if (base == NULL)
        return NULL;
    take(base, "name"); /* names its own file's runs only */
    struct node *merged = merge(arena, base, tree);
    if (merged == NULL)
        diagnose_memory(diagnostics);
    return merged;
}

static struct node *load(struct arena *arena, const char *path, struct place at, const struct link *outer,
                         struct diagnostics *diagnostics)
{
    struct link link = {.outer = outer, .path = path, .length = outer != NULL ? outer->length + 1 : 1};
    if (stat(path, &link.file) != 0)
        link.file = (struct stat){0}; /* which tree_load tells */
    if (!check_chain(&link, at, diagnostics))
        return NULL;
    struct node *tree = tree_load(arena, path, at, diagnostics);
    if (tree == NULL)
        return NULL;
    const struct node *extends = take(tree, "extends");
    if (!check_spelling(tree, diagnostics))
        return NULL;
    return extends == NULL || node_is_null(extends) ? tree : extend(arena, tree, extends, &link, diagnostics);
}

struct node *config_tree(struct arena *arena, const char *path, struct place at,
                         struct diagnostics *diagnostics)
{
    return load(arena, path, at, NULL, diagnostics);
}
