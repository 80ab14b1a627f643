#include "spec/slot.h"

#include "schema/schema.h"
#include "spec/config.h"
#include "spec/reference.h"

struct slot slot_top(void)
{
    return (struct slot){.table = &config_table};
}

static const struct assay_field *find_field(struct slot slot, const char *key)
{
    const struct assay_field *field = slot.table != NULL ? schema_field(slot.table, key) : NULL;
    return field == NULL && slot.common != NULL ? schema_field(slot.common, key) : field;
}

struct slot slot_key(struct slot slot, const char *key)
{
    if (slot_is_choice(slot)) {
        const struct assay_variant *variant = schema_variant(slot.variants, key);
        if (variant != NULL)
            return (struct slot){.table = variant->table, .common = slot.variants->common};
    }
    const struct assay_field *field = find_field(slot, key);
    if (field == NULL)
        return (struct slot){0};
    return (struct slot){
        .table = field->table,
        .variants = field->variants,
        .list = field->kind == &assay_kind_variants,
        .open = field->kind == &assay_kind_any,
    };
}

struct slot slot_item(struct slot slot)
{
    return slot.list ? (struct slot){.variants = slot.variants} : (struct slot){0};
}

bool slot_is_choice(struct slot slot)
{
    return slot.variants != NULL && !slot.list;
}

const struct assay_variant *choice_of(const struct assay_variants *variants, const struct node *node)
{
    if (node->kind == NODE_SCALAR)
        return schema_variant(variants, node->text);
    return node->kind == NODE_MAP && node->count == 1 ? schema_variant(variants, node->keys[0]->text) : NULL;
}

/* {key: value} in place of `node`, all of it where `node` stands. */
static bool wrap(struct arena *arena, struct node *node, const char *key, struct node *value)
{
    struct node *name = node_create_scalar(arena, key, node->place);
    struct node *map = node_create(arena, NODE_MAP, node->place);
    if (name == NULL || map == NULL || value == NULL || !node_set(arena, map, name, value))
        return false;
    *node = *map;
    return true;
}

bool choice_expand(struct arena *arena, const struct assay_variant *variant, struct node *node)
{
    if (node->kind == NODE_SCALAR)
        return wrap(arena, node, variant->name, node_create(arena, NODE_MAP, node->place));
    struct node *options = node->items[0];
    if (options->kind == NODE_MAP || is_reference(options))
        return true;
    if (node_is_null(options)) {
        struct node *none = node_create(arena, NODE_MAP, options->place);
        node->items[0] = none != NULL ? none : options;
        return none != NULL;
    }
    if (variant->main_key == NULL)
        return true;
    struct node *value = node_create_scalar(arena, "", options->place);
    if (value != NULL)
        *value = *options;
    return wrap(arena, options, variant->main_key, value);
}
