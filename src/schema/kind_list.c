/* The kinds that hold any number of values: list, map, seeds. */
#include <inttypes.h>
#include <string.h>

#include "schema/kind.h"

size_t field_size(const struct assay_field *field)
{
    return field->kind == &assay_kind_table ? field->table->size : field->kind->size;
}

/* The values of a list or a map, one behind the other; said and NULL where that cannot be had. */
static void *bind_items(const struct binder *binder, const struct assay_field *field, const struct node *node,
                        const struct path *path, bool *bound)
{
    const size_t size = field_size(field->item);
    char *items = arena_allocate(binder->arena, node->count > 0 ? node->count : 1, size);
    *bound = items != NULL || refuse_memory(binder, node->place, path);
    for (size_t i = 0; items != NULL && i < node->count; i++) {
        const struct path item = {
            .parent = path, .key = node->kind == NODE_MAP ? node->keys[i]->text : NULL, .index = i};
        if (!bind_value(binder, field->item, node->items[i], &item, items + i * size))
            *bound = false;
    }
    return items;
}

static const void *item_at(const struct assay_field *field, const void *items, size_t index)
{
    return (const char *)items + index * field_size(field->item);
}

static void add_count(struct text *text, double count)
{
    text_add(text, "%.0f item%s", count, count == 1 ? "" : "s");
}

static bool check_count(const struct binder *binder, const struct assay_field *field, const struct node *node,
                        const struct path *path)
{
    const double count = (double)node->count, most = field->most;
    if (count >= field->least && (most == 0 || count <= most))
        return true;
    struct text message = {0};
    text_add(&message, "wants %s",
             field->least == most   ? ""
             : count < field->least ? "at least "
                                    : "at most ");
    add_count(&message, count < field->least ? field->least : most);
    text_add(&message, ", found ");
    if (node->count > 0)
        text_add(&message, "%zu", node->count);
    else
        text_add(&message, "none");
    return refuse(binder, node->place, path, &message);
}

static const char *audit_items(const struct assay_field *field)
{
    const struct assay_field *item = field->item;
    if (item == NULL || item->kind == NULL)
        return "items without their kind";
    if (item->fallback != NULL)
        return "its items have a default, which nothing ever takes";
    const char *problem = item->kind->audit != NULL ? item->kind->audit(item) : NULL;
    if (problem == NULL && field_size(item) == 0)
        problem = "its items have no size";
    return problem;
}

static void describe_items(const struct assay_field *field, struct text *text)
{
    text_add(text, "%s", field->kind->name);
    if (field->least > 0)
        text_add(text, field->least == field->most ? " of %.0f" : " of at least %.0f", field->least);
    text_add(text, ", each ");
    field_describe(field->item, text);
}

/* list */

/* A single value where a list may be left out, as a list of it. */
static bool bind_lone(const struct binder *binder, const struct assay_field *field, const struct node *node,
                      const struct path *path, struct assay_list *list)
{
    void *item = arena_allocate(binder->arena, 1, field_size(field->item));
    if (item == NULL)
        return refuse_memory(binder, node->place, path);
    *list = (struct assay_list){item, 1};
    return bind_value(binder, field->item, node, path, item);
}

static bool bind_list(const struct binder *binder, const struct assay_field *field, const struct node *node,
                      const struct path *path, void *member)
{
    struct assay_list *list = member;
    if (field->lone && node->kind != NODE_LIST)
        return bind_lone(binder, field, node, path, list);
    if (node->kind != NODE_LIST)
        return refuse_node(binder, field->kind->name, node, path);
    bool bound;
    list->items = bind_items(binder, field, node, path, &bound);
    list->count = list->items != NULL ? node->count : 0;
    return check_count(binder, field, node, path) && bound;
}

static void write_list(const struct assay_field *field, const void *member, const struct writer *writer)
{
    const struct assay_list *list = member;
    const struct writer inner = {writer->text, writer->indent + 2, writer->identity};
    text_add(writer->text, list->count > 0 ? "\n" : " []\n");
    for (size_t i = 0; i < list->count; i++) {
        write_indent(&inner);
        text_add_char(writer->text, '-');
        write_value(field->item, item_at(field, list->items, i), &inner);
    }
}

static void json_list(const struct assay_field *field, struct json_schema *schema)
{
    struct json_writer *writer = &schema->writer;
    if (field->lone) {
        json_open(writer, "anyOf", '[');
        json_open(writer, NULL, '{');
        json_value(schema, field->item);
        json_close(writer);
        json_open(writer, NULL, '{');
    }
    json_string(writer, "type", "array");
    if (field->least > 0)
        json_integer(writer, "minItems", (long long)field->least);
    if (field->most > 0)
        json_integer(writer, "maxItems", (long long)field->most);
    json_open(writer, "items", '{');
    json_value(schema, field->item);
    json_close(writer);
    if (field->lone) {
        json_close(writer);
        json_close(writer);
    }
}

const struct assay_kind assay_kind_list = {
    .name = "a list",
    .null = &(const struct assay_list){0},
    .size = sizeof(struct assay_list),
    .bind = bind_list,
    .write = write_list,
    .describe = describe_items,
    .json = json_list,
    .audit = audit_items,
};

/* map */

static size_t count_keys(const struct assay_field *field)
{
    size_t count = 0;
    while (field->choices[count] != NULL)
        count++;
    return count;
}

static bool check_key(const struct binder *binder, const struct assay_field *field, const struct node *key,
                      const struct path *path)
{
    const size_t count = count_keys(field);
    for (size_t i = 0; i < count; i++)
        if (strcmp(key->text, field->choices[i]) == 0)
            return true;
    struct text message = {0};
    text_add(&message, "unknown key");
    if (!add_nearest(&message, key->text, field->choices, count))
        add_all_names(&message, field->choices, count);
    return refuse(binder, key->place, &(struct path){.parent = path, .key = key->text}, &message);
}

static bool bind_map(const struct binder *binder, const struct assay_field *field, const struct node *node,
                     const struct path *path, void *member)
{
    struct assay_map *map = member;
    if (node->kind != NODE_MAP)
        return refuse_node(binder, field->kind->name, node, path);
    bool bound, known = true;
    map->map = node;
    map->items = bind_items(binder, field, node, path, &bound);
    map->count = map->items != NULL ? node->count : 0;
    for (size_t i = 0; field->choices != NULL && i < node->count; i++)
        known = check_key(binder, field, node->keys[i], path) && known;
    return check_count(binder, field, node, path) && known && bound;
}

static void write_map_of_items(const struct assay_field *field, const void *member,
                               const struct writer *writer)
{
    const struct assay_map *map = member;
    const struct writer inner = {writer->text, writer->indent + 2, writer->identity};
    text_add(writer->text, map->count > 0 ? "\n" : " {}\n");
    for (size_t i = 0; i < map->count; i++) {
        write_indent(&inner);
        node_write_string(map->map->keys[i]->text, writer->text);
        text_add_char(writer->text, ':');
        write_value(field->item, item_at(field, map->items, i), &inner);
    }
}

static void json_map(const struct assay_field *field, struct json_schema *schema)
{
    struct json_writer *writer = &schema->writer;
    json_string(writer, "type", "object");
    if (field->least > 0)
        json_integer(writer, "minProperties", (long long)field->least);
    if (field->most > 0)
        json_integer(writer, "maxProperties", (long long)field->most);
    if (field->choices != NULL) {
        json_open(writer, "propertyNames", '{');
        json_open(writer, "enum", '[');
        for (size_t i = 0; i < count_keys(field); i++)
            json_string(writer, NULL, field->choices[i]);
        json_close(writer);
        json_close(writer);
    }
    json_open(writer, "additionalProperties", '{');
    json_value(schema, field->item);
    json_close(writer);
}

const struct assay_kind assay_kind_map = {
    .name = "a map",
    .null = &(const struct assay_map){0},
    .size = sizeof(struct assay_map),
    .bind = bind_map,
    .write = write_map_of_items,
    .describe = describe_items,
    .json = json_map,
    .audit = audit_items,
};

/* seeds: a list of them, or how many */

enum { MOST_SEEDS = 10000 };

static const struct assay_field one_seed = {.kind = &assay_kind_seed};
static const struct assay_field seed_list = {
    .kind = &assay_kind_list, .item = &one_seed, .least = 1, .most = MOST_SEEDS};
static const struct assay_field seed_count = {.kind = &assay_kind_int, .least = 1, .most = MOST_SEEDS};

static bool bind_count(const struct binder *binder, const struct node *node, const struct path *path,
                       struct assay_list *list)
{
    int count;
    if (!assay_kind_int.bind(binder, &seed_count, node, path, &count))
        return false;
    uint64_t *seeds = arena_allocate(binder->arena, (size_t)count, sizeof *seeds);
    if (seeds == NULL)
        return refuse_memory(binder, node->place, path);
    for (int i = 0; i < count; i++)
        seeds[i] = (uint64_t)i + 1;
    *list = (struct assay_list){seeds, (size_t)count};
    return true;
}

static bool check_different(const struct binder *binder, const struct node *node, const struct path *path,
                            const struct assay_list *list)
{
    const uint64_t *seeds = list->items;
    for (size_t i = 0; i < list->count; i++)
        for (size_t k = 0; k < i; k++)
            if (seeds[i] == seeds[k]) {
                const struct path item = {.parent = path, .index = i};
                struct text message = {0};
                text_add(&message, "%" PRIu64 " is there already", seeds[i]);
                return refuse(binder, node->items[i]->place, &item, &message);
            }
    return true;
}

static bool bind_seeds(const struct binder *binder, const struct assay_field *field, const struct node *node,
                       const struct path *path, void *member)
{
    if (node->kind == NODE_SCALAR && !node_is_null(node))
        return bind_count(binder, node, path, member);
    if (node->kind != NODE_LIST)
        return refuse_node(binder, field->kind->name, node, path);
    return bind_list(binder, &seed_list, node, path, member) && check_different(binder, node, path, member);
}

static void write_seeds(const struct assay_field *field, const void *member, const struct writer *writer)
{
    (void)field;
    write_list(&seed_list, member, writer);
}

static void json_seeds(const struct assay_field *field, struct json_schema *schema)
{
    (void)field;
    json_open(&schema->writer, "anyOf", '[');
    json_open(&schema->writer, NULL, '{');
    assay_kind_int.json(&seed_count, schema);
    json_close(&schema->writer);
    json_open(&schema->writer, NULL, '{');
    json_list(&seed_list, schema);
    json_bool(&schema->writer, "uniqueItems", true);
    json_close(&schema->writer);
    json_close(&schema->writer);
}

const struct assay_kind assay_kind_seeds = {
    .name = "a list of seeds, or a number n for 1 to n",
    .size = sizeof(struct assay_list),
    .bind = bind_seeds,
    .write = write_seeds,
    .json = json_seeds,
};
