/* Binding: from a map of the tree to the struct that a table describes. */
#include <stdint.h>
#include <string.h>

#include "base/nearest.h"
#include "schema/kind.h"
#include "schema/schema.h"

bool refuse(const struct binder *binder, struct place place, const struct path *path, struct text *message)
{
    struct text where = {0};
    path_add(path, &where);
    if (where.failed || message->failed)
        diagnose_machine(binder->diagnostics, place, NULL, "out of memory while reading a setting");
    else
        diagnose(binder->diagnostics, place, where.bytes, "%s", message->bytes);
    text_finish(&where);
    text_finish(message);
    return false;
}

bool refuse_node(const struct binder *binder, const char *wanted, const struct node *node,
                 const struct path *path)
{
    struct text message = {0};
    text_add(&message, "wants %s, found ", wanted);
    node_describe(node, &message);
    return refuse(binder, node->place, path, &message);
}

bool refuse_memory(const struct binder *binder, struct place place, const struct path *path)
{
    return refuse(binder, place, path, &(struct text){.failed = true});
}

bool add_nearest(struct text *message, const char *word, const char *const *names, size_t count)
{
    const char *nearest = nearest_name(word, names, count);
    if (nearest != NULL)
        text_add(message, "; did you mean %s?", nearest);
    return nearest != NULL;
}

void add_names(struct text *text, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        text_add(text, "%s%s", i > 0 ? ", " : "", names[i]);
}

void add_all_names(struct text *message, const char *const *names, size_t count)
{
    static const char *const verbs[] = {"; none is known here", "; known is ", "; known are "};
    text_add(message, "%s", verbs[count < 2 ? count : 2]);
    add_names(message, names, count);
}

/* The keys of the rows, in their order; NULL without memory. */
static const char **list_keys(const struct binder *binder, struct rows rows)
{
    const size_t count = rows_count(rows);
    const char **keys = arena_allocate(binder->arena, count, sizeof *keys);
    for (size_t i = 0; keys != NULL && i < count; i++)
        keys[i] = rows_at(rows, i)->key;
    return keys;
}

static bool add_below(struct text *message, struct rows rows, const struct path *path, const char *key);

static bool add_here_or_below(struct text *message, struct rows rows, const struct path *path,
                              const char *key)
{
    if (rows_find(rows, key) == NULL)
        return add_below(message, rows, path, key);
    text_add(message, "; did you mean ");
    path_add(&(struct path){.parent = path, .key = key}, message);
    text_add_char(message, '?');
    return true;
}

/* "; did you mean train.batch_size?" where a key of that name is further down, and whether it is. */
static bool add_below(struct text *message, struct rows rows, const struct path *path, const char *key)
{
    for (size_t i = 0; i < rows_count(rows); i++) {
        const struct assay_field *field = rows_at(rows, i);
        const struct path at = {.parent = path, .key = field->key};
        if (field->table != NULL &&
            add_here_or_below(message, (struct rows){.table = field->table}, &at, key))
            return true;
        for (size_t k = 0; field->kind == &assay_kind_variant && k < field->variants->count; k++) {
            const struct assay_variant *variant = field->variants->items[k];
            if (add_here_or_below(message, rows_of_variant(field->variants, variant),
                                  &(struct path){.parent = &at, .key = variant->name}, key))
                return true;
        }
    }
    return false;
}

static bool refuse_key(const struct binder *binder, const struct scope *scope, const struct node *key)
{
    const struct path path = {.parent = scope->path, .key = key->text};
    const size_t count = rows_count(scope->rows);
    const char **keys = list_keys(binder, scope->rows);
    if (keys == NULL)
        return refuse_memory(binder, key->place, &path);
    struct text message = {0};
    text_add(&message, "unknown key");
    if (!add_below(&message, scope->rows, scope->path, key->text) &&
        !add_nearest(&message, key->text, keys, count))
        add_all_names(&message, keys, count);
    return refuse(binder, key->place, &path, &message);
}

/* Whether an unknown key was probably meant to be this one, as is said there. */
static bool is_misspelt(const struct binder *binder, const struct scope *scope, const char *key)
{
    const char **keys = list_keys(binder, scope->rows);
    for (size_t i = 0; keys != NULL && i < scope->map->count; i++) {
        const char *found = scope->map->keys[i]->text;
        if (rows_find(scope->rows, found) == NULL &&
            nearest_name(found, keys, rows_count(scope->rows)) == key)
            return true;
    }
    return false;
}

bool bind_value(const struct binder *binder, const struct assay_field *field, const struct node *node,
                const struct path *path, void *member)
{
    if (node->wrong)
        return false;
    if (!node_is_null(node) || !field_takes_null(field))
        return field->kind->bind(binder, field, node, path, member);
    memcpy(member, field->kind->null, field->kind->size);
    return true;
}

/* What messages call a default, which no file says. */
static const struct source defaults = {.name = "default"};

const struct node *default_node(const struct binder *binder, const struct assay_field *field)
{
    /* Most defaults are a plain word or number, and starting a YAML parser for each would take most time. */
    if (field->fallback[strcspn(field->fallback, " \n:#?{}[]'\"&*!|>%@`,")] == '\0')
        return node_create_scalar(binder->arena, field->fallback, (struct place){.source = &defaults});
    return tree_parse(binder->arena, defaults.name, field->fallback, strlen(field->fallback),
                      binder->diagnostics);
}

bool bind_default(const struct binder *binder, const struct assay_field *field, const struct path *path,
                  void *member)
{
    const struct binder nowhere = {binder->arena, binder->diagnostics, .nowhere = true};
    const struct node *node = default_node(&nowhere, field);
    if (node == NULL)
        return refuse_memory(binder, (struct place){0}, path);
    return bind_value(&nowhere, field, node, path, member);
}

static bool bind_row(const struct binder *binder, const struct scope *scope, const struct assay_field *field,
                     void *member)
{
    const struct path path = {.parent = scope->path, .key = field->key};
    const struct node *node = node_get(scope->map, field->key);
    if (node != NULL)
        return bind_value(binder, field, node, scope->shorthand ? scope->path : &path, member);
    if (field->fallback != NULL)
        return bind_default(binder, field, &path, member);
    if (field->kind->bind_absent != NULL)
        return field->kind->bind_absent(binder, field, scope->map, &path, member);
    if (is_misspelt(binder, scope, field->key))
        return false;
    struct text message = {0};
    text_add(&message, "required key is missing");
    return refuse(binder, scope->map->place, &path, &message);
}

static bool run_check(const struct binder *binder, const struct scope *scope, const struct assay_table *table,
                      void *options)
{
    struct assay_problem problem = {0};
    if (table == NULL || table->check == NULL || table->check(options, &problem))
        return true;
    const struct node *node = problem.key != NULL ? node_get(scope->map, problem.key) : NULL;
    const struct path path = {.parent = scope->path, .key = problem.key};
    const bool own = problem.key == NULL || (node != NULL && scope->shorthand);
    struct text message = {0};
    text_add(&message, "%s", problem.text);
    return refuse(binder, node != NULL ? node->place : scope->map->place, own ? scope->path : &path,
                  &message);
}

bool bind_rows(const struct binder *binder, const struct scope *scope, void *options)
{
    bool bound = true;
    for (size_t i = 0; i < scope->map->count; i++)
        if (rows_find(scope->rows, scope->map->keys[i]->text) == NULL)
            bound = refuse_key(binder, scope, scope->map->keys[i]);
    for (size_t i = 0; i < rows_count(scope->rows); i++) {
        const struct assay_field *field = rows_at(scope->rows, i);
        if (!bind_row(binder, scope, field, (char *)options + field->offset))
            bound = false;
    }
    return bound && run_check(binder, scope, scope->rows.common, options) &&
           run_check(binder, scope, scope->rows.table, options);
}

bool schema_bind(const struct assay_table *table, const struct node *map, const char *path, void *options,
                 struct arena *arena, struct diagnostics *diagnostics)
{
    const struct binder binder = {.arena = arena, .diagnostics = diagnostics};
    const struct path root = {.key = path};
    memset(options, 0, table->size);
    if (map->kind != NODE_MAP)
        return refuse_node(&binder, "a map", map, &root);
    return bind_rows(&binder, &(struct scope){{.table = table}, map, &root, false}, options);
}
