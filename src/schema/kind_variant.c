/* The kinds that choose: one of several variants, or a list of them. */
#include <string.h>

#include "schema/kind.h"
#include "schema/schema.h"

static const struct assay_variant *find_variant(const struct binder *binder,
                                                const struct assay_variants *variants,
                                                const struct node *name, const struct path *path)
{
    const struct assay_variant *found = schema_variant(variants, name->text);
    if (found != NULL)
        return found;
    const char **names = arena_allocate(binder->arena, variants->count, sizeof *names);
    if (names == NULL) {
        refuse_memory(binder, name->place, path);
        return NULL;
    }
    for (size_t i = 0; i < variants->count; i++)
        names[i] = variants->items[i]->name;
    struct text message = {0};
    text_add(&message, "unknown %s ", variants->what);
    node_describe(name, &message);
    if (!add_nearest(&message, name->text, names, variants->count))
        add_all_names(&message, names, variants->count);
    refuse(binder, name->place, path, &message);
    return NULL;
}

/* `given` is what stands behind the variant's name, NULL for nothing. */
static bool bind_options(const struct binder *binder, struct rows rows, const char *main_key,
                         struct node *given, struct place place, const struct path *path, void *options)
{
    if (given != NULL && given->kind == NODE_MAP)
        return bind_rows(binder, &(struct scope){rows, given, path, false}, options);
    if (given != NULL && given->wrong)
        return false;
    const bool nothing = given == NULL || node_is_null(given);
    if (!nothing && main_key == NULL)
        return refuse_node(binder, "a map of options", given, path);
    struct node key = {.kind = NODE_SCALAR, .text = main_key, .place = place};
    const struct node map = {.kind = NODE_MAP,
                             .place = place,
                             .count = nothing ? 0 : 1,
                             .keys = (struct node *[]){&key},
                             .items = (struct node *[]){given}};
    return bind_rows(binder, &(struct scope){rows, &map, path, !nothing}, options);
}

/* Neither a name nor a map from one name to its options. */
static bool refuse_shape(const struct binder *binder, const struct assay_variants *variants, const char *per,
                         const struct node *node, const struct path *path)
{
    enum { MOST_SHOWN = 8 };
    struct text message = {0};
    text_add(&message, "wants ");
    if (node->kind != NODE_MAP) {
        add_with_article(&message, variants->what);
        text_add(&message, ", found ");
        node_describe(node, &message);
        return refuse(binder, node->place, path, &message);
    }
    text_add(&message, "one %s%s, found ", variants->what, per);
    if (node->count > 0)
        text_add(&message, "%zu keys", node->count);
    else
        text_add(&message, "an empty map");
    for (size_t i = 0; i < node->count && i < MOST_SHOWN; i++)
        text_add(&message, "%s%s", i > 0 ? ", " : ": ", node->keys[i]->text);
    if (node->count > MOST_SHOWN)
        text_add(&message, ", …");
    if (node->count > 1 && node_is_null(node->items[0]))
        text_add(&message, "; indent the options of %s further", node->keys[0]->text);
    return refuse(binder, node->place, path, &message);
}

static bool bind_one(const struct binder *binder, const struct assay_variants *variants, const char *per,
                     const struct node *node, const struct path *path, struct assay_variant_value *value)
{
    if (node->wrong)
        return false;
    const bool bare = node->kind == NODE_SCALAR && !node_is_null(node);
    if (!bare && (node->kind != NODE_MAP || node->count != 1))
        return refuse_shape(binder, variants, per, node, path);
    const struct node *name = bare ? node : node->keys[0];
    const struct assay_variant *variant = find_variant(binder, variants, name, path);
    if (variant == NULL)
        return false;
    void *options = arena_allocate(binder->arena, 1, variant->table->size);
    if (options == NULL)
        return refuse_memory(binder, node->place, path);
    *value = (struct assay_variant_value){.variant = variant, .options = options};
    if (!binder->nowhere) {
        value->line = name->place.line;
        value->column = name->place.column;
        value->source = name->place.source;
    }
    return bind_options(binder, rows_of_variant(variants, variant), variant->main_key,
                        bare ? NULL : node->items[0], name->place,
                        &(struct path){.parent = path, .key = variant->name}, options);
}

/* "name:" and its options. */
static void write_one(const struct assay_variants *variants, const struct assay_variant_value *value,
                      int deeper, const struct writer *writer)
{
    text_add(writer->text, "%s:", value->variant->name);
    write_map(rows_of_variant(variants, value->variant), value->options, deeper, writer);
}

static const char *audit_variants(const struct assay_field *field)
{
    return field->variants != NULL && field->variants->count > 0 ? NULL : "variants without their list";
}

/* variant */

static bool bind_variant(const struct binder *binder, const struct assay_field *field,
                         const struct node *node, const struct path *path, void *member)
{
    return bind_one(binder, field->variants, "", node, path, member);
}

static void write_variant(const struct assay_field *field, const void *member, const struct writer *writer)
{
    text_add(writer->text, "\n%*s", writer->indent + 2, "");
    write_one(field->variants, member, 4, writer);
}

static void describe_variant(const struct assay_field *field, struct text *text)
{
    add_with_article(text, field->variants->what);
    for (size_t i = 0; i < field->variants->count; i++)
        text_add(text, "%s%s", i > 0 ? ", " : " (", field->variants->items[i]->name);
    text_add_char(text, ')');
}

static void json_variant(const struct assay_field *field, struct json_schema *schema)
{
    char reference[DEFINITION_NAME_SIZE];
    sets_add(&schema->sets, field->variants);
    json_string(&schema->writer, "$ref", definition_reference(reference, field->variants, NULL));
}

const struct assay_kind assay_kind_variant = {
    .null = &(const struct assay_variant_value){0},
    .size = sizeof(struct assay_variant_value),
    .bind = bind_variant,
    .write = write_variant,
    .describe = describe_variant,
    .json = json_variant,
    .audit = audit_variants,
};

/* variants */

static bool check_count(const struct binder *binder, const struct assay_field *field, const struct node *node,
                        const struct path *path)
{
    const bool too_many = field->most > 0 && (double)node->count > field->most;
    if ((double)node->count >= field->least && !too_many)
        return true;
    struct text message = {0};
    if (too_many) {
        text_add(&message, "wants at most %.0f ", field->most);
        add_plural(&message, field->variants->what);
        text_add(&message, ", found %zu", node->count);
    } else {
        text_add(&message, "wants at least one %s", field->variants->what);
    }
    return refuse(binder, node->place, path, &message);
}

static bool bind_variants(const struct binder *binder, const struct assay_field *field,
                          const struct node *node, const struct path *path, void *member)
{
    if (node->kind != NODE_LIST)
        return refuse_node(binder, field->kind->name, node, path);
    if (!check_count(binder, field, node, path))
        return false;
    struct assay_variant_value *items = arena_allocate(binder->arena, node->count, sizeof *items);
    if (items == NULL)
        return refuse_memory(binder, node->place, path);
    bool bound = true;
    for (size_t i = 0; i < node->count; i++) {
        const struct path item = {.parent = path, .index = i};
        if (!bind_one(binder, field->variants, " per item", node->items[i], &item, &items[i]))
            bound = false;
    }
    *(struct assay_variant_list *)member = (struct assay_variant_list){items, node->count};
    return bound;
}

static void write_variants(const struct assay_field *field, const void *member, const struct writer *writer)
{
    const struct assay_variant_list *list = member;
    text_add(writer->text, list->count > 0 ? "\n" : " []\n");
    for (size_t i = 0; i < list->count; i++) {
        text_add(writer->text, "%*s- ", writer->indent + 2, "");
        write_one(field->variants, &list->items[i], 6, writer);
    }
}

static void describe_variants(const struct assay_field *field, struct text *text)
{
    text_add(text, "%s of ", field->kind->name);
    add_plural(text, field->variants->what);
}

static void json_variants(const struct assay_field *field, struct json_schema *schema)
{
    struct json_writer *writer = &schema->writer;
    json_string(writer, "type", "array");
    if (field->least > 0)
        json_integer(writer, "minItems", 1);
    if (field->most > 0)
        json_integer(writer, "maxItems", (long long)field->most);
    json_open(writer, "items", '{');
    json_open(writer, "anyOf", '[');
    json_open(writer, NULL, '{');
    json_variant(field, schema);
    json_close(writer);
    json_reference(schema);
    json_close(writer);
    json_close(writer);
}

const struct assay_kind assay_kind_variants = {
    .name = "a list",
    .size = sizeof(struct assay_variant_list),
    .bind = bind_variants,
    .write = write_variants,
    .describe = describe_variants,
    .json = json_variants,
    .audit = audit_variants,
};
