/* The kinds that are words: bool, string, name, choice. */
#include <string.h>
#include <strings.h>

#include "schema/kind.h"

/* bool */

static bool bind_bool(const struct binder *binder, const struct assay_field *field, const struct node *node,
                      const struct path *path, void *member)
{
    static const char *const other_spellings[] = {"yes", "no", "on", "off", "true", "false"};
    const bool is_true = node_is_scalar(node, "true");
    if ((is_true || node_is_scalar(node, "false")) && !node->quoted) {
        *(bool *)member = is_true;
        return true;
    }
    const bool is_text = node->kind == NODE_SCALAR && node->quoted;
    struct text message = {0};
    text_add(&message, "wants %s, found %s", field->kind->name, is_text ? "the text " : "");
    node_describe(node, &message);
    for (size_t i = 0; node->kind == NODE_SCALAR && i < sizeof other_spellings / sizeof *other_spellings; i++)
        if (strcasecmp(node->text, other_spellings[i]) == 0)
            text_add(&message, "; write true or false%s", is_text ? " without quotes" : "");
    return refuse(binder, node->place, path, &message);
}

static void write_bool(const struct assay_field *field, const void *member, const struct writer *writer)
{
    (void)field;
    text_add(writer->text, *(const bool *)member ? " true\n" : " false\n");
}

static void json_boolean(const struct assay_field *field, struct json_schema *schema)
{
    (void)field;
    json_string(&schema->writer, "type", "boolean");
}

const struct assay_kind assay_kind_bool = {
    .name = "true or false",
    .size = sizeof(bool),
    .bind = bind_bool,
    .write = write_bool,
    .json = json_boolean,
};

/* string */

static bool keep_text(const struct binder *binder, const struct node *node, const struct path *path,
                      void *member)
{
    const char *copy = arena_copy_text(binder->arena, node->text, strlen(node->text));
    *(const char **)member = copy;
    return copy != NULL || refuse_memory(binder, node->place, path);
}

static bool bind_string(const struct binder *binder, const struct assay_field *field, const struct node *node,
                        const struct path *path, void *member)
{
    if (node->kind != NODE_SCALAR || node_is_null(node))
        return refuse_node(binder, field->kind->name, node, path);
    return keep_text(binder, node, path, member);
}

static void write_string(const struct assay_field *field, const void *member, const struct writer *writer)
{
    (void)field;
    text_add_char(writer->text, ' ');
    node_write_string(*(const char *const *)member, writer->text);
    text_add_char(writer->text, '\n');
}

static void json_text(const struct assay_field *field, struct json_schema *schema)
{
    json_string(&schema->writer, "type", "string");
    if (field->literal)
        json_string(&schema->writer, "pattern", "^(?!.*\\$\\{).");
}

const struct assay_kind assay_kind_string = {
    .name = "text",
    .textual = true,
    .bind = bind_string,
    .null = &(const char *const){NULL},
    .size = sizeof(char *),
    .write = write_string,
    .json = json_text,
};

/* name */

enum { NAME_LIMIT = 64 };

static bool is_name(const char *text)
{
    const size_t length = strlen(text);
    return length >= 1 && length <= NAME_LIMIT && strchr("._-", text[0]) == NULL &&
           strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789._-") == length;
}

static bool bind_name(const struct binder *binder, const struct assay_field *field, const struct node *node,
                      const struct path *path, void *member)
{
    if (node->kind != NODE_SCALAR || node_is_null(node) || !is_name(node->text))
        return refuse_node(binder, field->kind->name, node, path);
    return keep_text(binder, node, path, member);
}

static void describe_name(const struct assay_field *field, struct text *text)
{
    (void)field;
    text_add(text, "a name of a-z, 0-9, '.', '_' and '-'");
}

static void json_name(const struct assay_field *field, struct json_schema *schema)
{
    json_text(field, schema);
    json_string(&schema->writer, "pattern", "^[a-z0-9][a-z0-9._-]{0,63}$");
}

const struct assay_kind assay_kind_name = {
    .name = "a name of a-z, 0-9, '.', '_' and '-', at most 64 characters, the first a letter or digit",
    .textual = true,
    .bind = bind_name,
    .null = &(const char *const){NULL},
    .size = sizeof(char *),
    .write = write_string,
    .describe = describe_name,
    .json = json_name,
};

/* choice */

static size_t count_choices(const struct assay_field *field)
{
    size_t count = 0;
    while (field->choices[count] != NULL)
        count++;
    return count;
}

static void describe_choice(const struct assay_field *field, struct text *text)
{
    text_add(text, "one of ");
    add_names(text, field->choices, count_choices(field));
}

static bool bind_choice(const struct binder *binder, const struct assay_field *field, const struct node *node,
                        const struct path *path, void *member)
{
    const size_t count = count_choices(field);
    for (size_t i = 0; i < count; i++)
        if (node_is_scalar(node, field->choices[i])) {
            *(int *)member = (int)i;
            return true;
        }
    struct text message = {0};
    text_add(&message, "wants ");
    describe_choice(field, &message);
    text_add(&message, ", found ");
    node_describe(node, &message);
    if (node->kind == NODE_SCALAR)
        add_nearest(&message, node->text, field->choices, count);
    return refuse(binder, node->place, path, &message);
}

static void write_choice(const struct assay_field *field, const void *member, const struct writer *writer)
{
    text_add_char(writer->text, ' ');
    node_write_string(field->choices[*(const int *)member], writer->text);
    text_add_char(writer->text, '\n');
}

static void json_choice(const struct assay_field *field, struct json_schema *schema)
{
    json_open(&schema->writer, "enum", '[');
    for (size_t i = 0; field->choices[i] != NULL; i++)
        json_string(&schema->writer, NULL, field->choices[i]);
    json_close(&schema->writer);
}

static const char *audit_choice(const struct assay_field *field)
{
    return field->choices != NULL && field->choices[0] != NULL ? NULL : "a choice without names";
}

const struct assay_kind assay_kind_choice = {
    .textual = true,
    .bind = bind_choice,
    .null = &(const int){-1},
    .size = sizeof(int),
    .write = write_choice,
    .describe = describe_choice,
    .json = json_choice,
    .audit = audit_choice,
};
