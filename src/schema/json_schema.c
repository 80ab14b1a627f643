/* The tables as JSON Schema, draft 7. */
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "schema/kind.h"
#include "schema/schema.h"

#define NAME "[A-Za-z_][A-Za-z0-9_-]*"

static const char definitions[] = "#/definitions/";

char *definition_reference(char name[DEFINITION_NAME_SIZE], const struct assay_variants *variants,
                           const struct assay_variant *variant)
{
    snprintf(name, DEFINITION_NAME_SIZE, "%s%s%s%s", definitions, variants->what, variant != NULL ? "." : "",
             variant != NULL ? variant->name : "");
    for (char *space; (space = strchr(name, ' ')) != NULL;)
        *space = '-';
    return name;
}

static void add_reference(struct json_schema *schema, const char *key, const char *definition)
{
    json_open(&schema->writer, key, '{');
    json_string(&schema->writer, "$ref", definition);
    json_close(&schema->writer);
}

void json_reference(struct json_schema *schema)
{
    if (!schema->alone)
        add_reference(schema, NULL, "#/definitions/reference");
}

static void add_type(struct json_schema *schema, const char *type)
{
    json_open(&schema->writer, NULL, '{');
    json_string(&schema->writer, "type", type);
    json_close(&schema->writer);
}

/* YAML as JSON; an unquoted scalar is what it looks like, unless all are text. */
static void add_value(struct json_writer *writer, const char *key, const struct node *node, bool textual)
{
    double number;
    if (node->kind != NODE_SCALAR) {
        json_open(writer, key, node->kind == NODE_MAP ? '{' : '[');
        for (size_t i = 0; i < node->count; i++)
            add_value(writer, node->kind == NODE_MAP ? node->keys[i]->text : NULL, node->items[i], false);
        json_close(writer);
    } else if (node_is_null(node)) {
        json_null(writer, key);
    } else if (textual || node->quoted) {
        json_string(writer, key, node->text);
    } else if (node_is_scalar(node, "true") || node_is_scalar(node, "false")) {
        json_bool(writer, key, node_is_scalar(node, "true"));
    } else if (number_parse_double(node->text, &number)) {
        json_number(writer, key, number);
    } else {
        json_string(writer, key, node->text);
    }
}

static void add_description(struct json_schema *schema, const struct assay_field *field)
{
    struct text text = {0};
    text_add(&text, "%s — ", field->help);
    field_describe(field, &text);
    json_string(&schema->writer, "description", text.bytes);
    schema->writer.text->failed |= text.failed;
    text_finish(&text);
}

static void add_kind(struct json_schema *schema, const struct assay_field *field)
{
    json_open(&schema->writer, NULL, '{');
    if (field->kind->json != NULL)
        field->kind->json(field, schema);
    json_close(&schema->writer);
}

void json_value(struct json_schema *schema, const struct assay_field *field)
{
    json_open(&schema->writer, "anyOf", '[');
    add_kind(schema, field);
    if (field_takes_null(field))
        add_type(schema, "null");
    if (!field->literal)
        json_reference(schema);
    json_close(&schema->writer);
}

static void add_row(struct json_schema *schema, const struct assay_field *field)
{
    struct json_writer *writer = &schema->writer;
    json_open(writer, field->key, '{');
    add_description(schema, field);
    if (field->fallback != NULL) {
        const struct node *node = default_node(&schema->binder, field);
        if (node != NULL)
            add_value(writer, "default", node, field->kind->textual);
        else
            writer->text->failed = true;
    }
    json_value(schema, field);
    json_close(writer);
}

void json_rows(struct json_schema *schema, struct rows rows, bool required)
{
    struct json_writer *writer = &schema->writer;
    json_string(writer, "type", "object");
    json_open(writer, "properties", '{');
    for (size_t i = 0; i < rows_count(rows); i++)
        add_row(schema, rows_at(rows, i));
    json_close(writer);
    if (required && rows_have_required(rows, NULL)) {
        json_open(writer, "required", '[');
        for (size_t i = 0; i < rows_count(rows); i++)
            if (field_is_required(rows_at(rows, i)))
                json_string(writer, NULL, rows_at(rows, i)->key);
        json_close(writer);
    }
    json_bool(writer, "additionalProperties", false);
}

/* What stands behind the variant's name: its options, its main value, nothing, or a reference. */
static void define_variant(struct json_schema *schema, const struct assay_variants *variants,
                           const struct assay_variant *variant)
{
    struct json_writer *writer = &schema->writer;
    const struct rows rows = rows_of_variant(variants, variant);
    char name[DEFINITION_NAME_SIZE];
    definition_reference(name, variants, variant);
    json_open(writer, name + strlen(definitions), '{');
    json_string(writer, "description", variant->summary);
    json_open(writer, "anyOf", '[');
    json_open(writer, NULL, '{');
    json_rows(schema, rows, true);
    json_close(writer);
    if (variant->main_key != NULL && !rows_have_required(rows, variant->main_key))
        add_kind(schema, rows_find(rows, variant->main_key));
    if (!rows_have_required(rows, NULL))
        add_type(schema, "null");
    json_reference(schema);
    json_close(writer);
    json_close(writer);
}

static void add_bare_names(struct json_schema *schema, const struct assay_variants *variants)
{
    bool is_open = false;
    for (size_t i = 0; i < variants->count; i++) {
        if (rows_have_required(rows_of_variant(variants, variants->items[i]), NULL))
            continue;
        if (!is_open) {
            json_open(&schema->writer, NULL, '{');
            json_open(&schema->writer, "enum", '[');
            is_open = true;
        }
        json_string(&schema->writer, NULL, variants->items[i]->name);
    }
    if (is_open) {
        json_close(&schema->writer);
        json_close(&schema->writer);
    }
}

/* A bare name, where nothing is required, or a map from one name to what stands behind it. */
static void define_variants(struct json_schema *schema, const struct assay_variants *variants)
{
    struct json_writer *writer = &schema->writer;
    char name[DEFINITION_NAME_SIZE];
    definition_reference(name, variants, NULL);
    json_open(writer, name + strlen(definitions), '{');
    json_open(writer, "anyOf", '[');
    add_bare_names(schema, variants);
    json_open(writer, NULL, '{');
    json_string(writer, "type", "object");
    json_open(writer, "properties", '{');
    for (size_t i = 0; i < variants->count; i++)
        add_reference(schema, variants->items[i]->name,
                      definition_reference(name, variants, variants->items[i]));
    json_close(writer);
    json_integer(writer, "minProperties", 1);
    json_integer(writer, "maxProperties", 1);
    json_bool(writer, "additionalProperties", false);
    json_close(writer);
    json_close(writer);
    json_close(writer);
    for (size_t i = 0; i < variants->count; i++)
        define_variant(schema, variants, variants->items[i]);
}

static void define_reference(struct json_writer *writer)
{
    json_open(writer, "reference", '{');
    json_string(writer, "description", "the value at another path of the config");
    json_string(writer, "type", "string");
    json_string(writer, "pattern", "^\\$\\{" NAME "(\\." NAME "|\\[[0-9]{1,6}\\])*\\}$");
    json_close(writer);
}

static void add_definitions(struct json_schema *schema)
{
    struct json_writer *writer = &schema->writer;
    json_open(writer, "definitions", '{');
    if (!schema->alone)
        define_reference(writer);
    for (size_t i = 0; i < schema->sets.count; i++)
        define_variants(schema, schema->sets.items[i]);
    json_close(writer);
}

static void add_schema(const struct assay_table *table, const char *title, struct json_schema *schema)
{
    struct json_writer *writer = &schema->writer;
    json_open(writer, NULL, '{');
    json_string(writer, "$schema", "http://json-schema.org/draft-07/schema#");
    json_string(writer, "title", title);
    json_rows(schema, (struct rows){.table = table}, schema->alone);
    add_definitions(schema);
    json_close(writer);
    text_add_char(writer->text, '\n');
}

void schema_json(const struct assay_table *table, const char *title, bool alone, struct text *text)
{
    struct json_schema schema = {.writer.text = text,
                                 .alone = alone,
                                 .binder = {.arena = arena_create(), .diagnostics = diagnostics_create()}};
    if (schema.binder.arena != NULL && schema.binder.diagnostics != NULL)
        add_schema(table, title, &schema);
    else
        text->failed = true;
    arena_destroy(schema.binder.arena);
    diagnostics_destroy(schema.binder.diagnostics);
}
