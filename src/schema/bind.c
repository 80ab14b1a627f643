/* Binding: from a map of the tree to the struct that a table describes. */
#include <stdint.h>
#include <string.h>

#include "base/nearest.h"
#include "schema/kind.h"
#include "schema/schema.h"

void path_add(const struct path *path, struct text *text)
{
    const size_t start = text->length;
    if (path->parent != NULL)
        path_add(path->parent, text);
    if (path->key == NULL)
        text_add(text, "[%zu]", path->index);
    else
        text_add(text, "%s%s", text->length > start && path->key[0] != '\0' ? "." : "", path->key);
}

bool refuse(const struct binder *binder, struct place place, const struct path *path, struct text *message)
{
    struct text where = {0};
    path_add(path, &where);
    if (where.failed || message->failed)
        diagnose_machine(binder->diagnostics, place, NULL, "out of memory");
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

static bool refuse_key(const struct binder *binder, const struct scope *scope, const struct node *key)
{
    const struct path path = {.parent = scope->path, .key = key->text};
    const size_t count = rows_count(scope->rows);
    const char **names = arena_allocate(binder->arena, count, sizeof *names);
    if (names == NULL)
        return refuse_memory(binder, key->place, &path);
    for (size_t i = 0; i < count; i++)
        names[i] = rows_at(scope->rows, i)->key;
    struct text message = {0};
    text_add(&message, "unknown key");
    if (!add_nearest(&message, key->text, names, count)) {
        text_add(&message, count > 0 ? "; known are " : "; none is known here");
        add_names(&message, names, count);
    }
    return refuse(binder, key->place, &path, &message);
}

static bool bind_value(const struct binder *binder, const struct assay_field *field, const struct node *node,
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

bool schema_defaults(const struct assay_table *table, void *options, struct arena *arena)
{
    const struct node empty = {.kind = NODE_MAP};
    struct diagnostics *diagnostics = diagnostics_create();
    const bool bound = diagnostics != NULL && schema_bind(table, &empty, "", options, arena, diagnostics);
    diagnostics_destroy(diagnostics);
    return bound;
}
