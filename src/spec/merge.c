#include "spec/merge.h"

#include <stdint.h>
#include <string.h>

#include "schema/schema.h"
#include "spec/slot.h"

static bool names_variant(const struct assay_table *table, const char *name);

static bool is_variant(const struct assay_variants *variants, const char *name)
{
    if (schema_variant(variants, name) != NULL)
        return true;
    for (size_t i = 0; i < variants->count; i++)
        if (names_variant(variants->items[i]->table, name))
            return true;
    return false;
}

/* Whether `name` chooses something anywhere in files that `table` describes. */
static bool names_variant(const struct assay_table *table, const char *name)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct assay_field *field = &table->fields[i];
        if ((field->table != NULL && names_variant(field->table, name)) ||
            (field->variants != NULL && is_variant(field->variants, name)))
            return true;
    }
    return false;
}

/* What a map without a table, such as a knob, is tagged with: its `type`, or the variant that is its only
 * key. NULL where there is none. */
static const char *tag_of(const struct node *map)
{
    const struct node *type = node_get(map, "type");
    if (type != NULL)
        return type->text;
    const bool is_tagged = map->count == 1 && names_variant(slot_top().table, map->keys[0]->text);
    return is_tagged ? map->keys[0]->text : NULL;
}

static bool tag_changes(const struct node *base, const struct node *over)
{
    const char *from = tag_of(base), *to = tag_of(over);
    return from != NULL && to != NULL && strcmp(from, to) != 0;
}

static struct node *merge_at(struct arena *arena, struct node *base, struct node *over, struct slot slot);

/* Two nodes that choose the same variant. */
static struct node *merge_choice(struct arena *arena, const struct assay_variant *variant, struct node *base,
                                 struct node *over, struct slot slot)
{
    if (!choice_expand(arena, variant, base) || !choice_expand(arena, variant, over))
        return NULL;
    over->items[0] = merge_at(arena, base->items[0], over->items[0], slot_key(slot, variant->name));
    return over->items[0] != NULL ? over : NULL;
}

static struct node *merge_maps(struct arena *arena, struct node *base, struct node *over, struct slot slot)
{
    for (size_t i = 0; i < over->count; i++) {
        struct node *key = over->keys[i], *below = node_get(base, key->text), *value = over->items[i];
        if (below != NULL)
            value = merge_at(arena, below, value, slot_key(slot, key->text));
        if (value == NULL || !node_set(arena, base, key, value))
            return NULL;
    }
    base->place = over->place;
    return base;
}

static struct node *merge_at(struct arena *arena, struct node *base, struct node *over, struct slot slot)
{
    if (slot_is_choice(slot)) {
        const struct assay_variant *variant = choice_of(slot.variants, over);
        const bool is_same = variant != NULL && choice_of(slot.variants, base) == variant;
        return is_same ? merge_choice(arena, variant, base, over, slot) : over;
    }
    if (base->kind != NODE_MAP || over->kind != NODE_MAP)
        return over;
    const bool may_be_choice = slot.table == NULL && !slot.open;
    return may_be_choice && tag_changes(base, over) ? over : merge_maps(arena, base, over, slot);
}

struct node *merge(struct arena *arena, struct node *base, struct node *over)
{
    return merge_at(arena, base, over, slot_top());
}
