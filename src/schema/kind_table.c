/* The kinds that hold fields or nodes of their own: table, optional, any, value. */
#include <string.h>

#include "schema/kind.h"

/* table */

static bool bind_table(const struct binder *binder, const struct assay_field *field, const struct node *node,
                       const struct path *path, void *member)
{
    if (node->kind != NODE_MAP)
        return refuse_node(binder, field->kind->name, node, path);
    return bind_rows(binder, &(struct scope){{.table = field->table}, node, path, false}, member);
}

static bool bind_absent_table(const struct binder *binder, const struct assay_field *field,
                              const struct node *map, const struct path *path, void *member)
{
    const struct node empty = {.kind = NODE_MAP, .place = map->place};
    return bind_table(binder, field, &empty, path, member);
}

static void write_table(const struct assay_field *field, const void *member, const struct writer *writer)
{
    write_map((struct rows){.table = field->table}, member, 2, writer);
}

static void json_table(const struct assay_field *field, struct json_schema *schema)
{
    json_rows(schema, (struct rows){.table = field->table}, schema->alone);
}

static const char *audit_table(const struct assay_field *field)
{
    return field->table != NULL ? NULL : "a map without its table";
}

const struct assay_kind assay_kind_table = {
    .name = "a map",
    .bind = bind_table,
    .bind_absent = bind_absent_table,
    .write = write_table,
    .json = json_table,
    .audit = audit_table,
};

/* optional: the member is a pointer to a struct of whatever type, hence the copying of its bytes */

static const void *get_pointer(const void *member)
{
    const void *pointer;
    memcpy(&pointer, member, sizeof pointer);
    return pointer;
}

static void set_pointer(void *member, const void *pointer)
{
    memcpy(member, &pointer, sizeof pointer);
}

static bool bind_optional(const struct binder *binder, const struct assay_field *field,
                          const struct node *node, const struct path *path, void *member)
{
    void *options = arena_allocate(binder->arena, 1, field->table->size);
    if (options == NULL)
        return refuse_memory(binder, node->place, path);
    set_pointer(member, options);
    return bind_table(binder, field, node, path, options);
}

static void write_optional(const struct assay_field *field, const void *member, const struct writer *writer)
{
    write_table(field, get_pointer(member), writer);
}

const struct assay_kind assay_kind_optional = {
    .name = "a map",
    .nullable = true,
    .bind = bind_optional,
    .null = &(const void *const){NULL},
    .size = sizeof(void *),
    .write = write_optional,
    .json = json_table,
    .audit = audit_table,
};

/* any: null and left out are one */

static bool bind_any(const struct binder *binder, const struct assay_field *field, const struct node *node,
                     const struct path *path, void *member)
{
    if (node->kind != NODE_MAP)
        return refuse_node(binder, field->kind->name, node, path);
    set_pointer(member, node);
    return true;
}

static bool bind_absent_any(const struct binder *binder, const struct assay_field *field,
                            const struct node *map, const struct path *path, void *member)
{
    (void)binder, (void)field, (void)map, (void)path;
    set_pointer(member, NULL);
    return true;
}

static void write_any(const struct assay_field *field, const void *member, const struct writer *writer)
{
    (void)field;
    const struct node *node = get_pointer(member);
    const bool beside = node->count == 0;
    text_add_char(writer->text, beside ? ' ' : '\n');
    node_write(node, beside ? 0 : writer->indent + 2, writer->text);
}

static void describe_any(const struct assay_field *field, struct text *text)
{
    (void)field;
    text_add(text, "a map of any YAML");
}

static void json_any(const struct assay_field *field, struct json_schema *schema)
{
    (void)field;
    json_string(&schema->writer, "type", "object");
}

const struct assay_kind assay_kind_any = {
    .name = "a map",
    .nullable = true,
    .bind = bind_any,
    .bind_absent = bind_absent_any,
    .null = &(const void *const){NULL},
    .size = sizeof(void *),
    .write = write_any,
    .describe = describe_any,
    .json = json_any,
};

/* value */

static bool bind_any_value(const struct binder *binder, const struct assay_field *field,
                           const struct node *node, const struct path *path, void *member)
{
    (void)binder, (void)field, (void)path;
    set_pointer(member, node);
    return true;
}

static void write_any_value(const struct assay_field *field, const void *member, const struct writer *writer)
{
    const struct node *node = get_pointer(member);
    if (node->kind == NODE_SCALAR) {
        text_add_char(writer->text, ' ');
        node_write(node, 0, writer->text);
    } else {
        write_any(field, member, writer);
    }
}

const struct assay_kind assay_kind_value = {
    .name = "any YAML",
    .size = sizeof(void *),
    .bind = bind_any_value,
    .write = write_any_value,
};
