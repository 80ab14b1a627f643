/* What the table of a config lets stand at a place in its tree, so that a file can be merged and changed
 * before it is bound. */
#ifndef SPEC_SLOT_H
#define SPEC_SLOT_H

#include <stdbool.h>

#include "assay/schema.h"
#include "base/arena.h"
#include "io/tree.h"

/* All zero where anything may stand: a knob, a single value, or what no table knows. */
struct slot {
    const struct assay_table *table, *common; /* a map of these keys; `common` may be NULL */
    const struct assay_variants *variants;    /* a choice between these … */
    bool list;                                /* … or a list of such choices */
    bool open;                                /* a map of any keys */
};

struct slot slot_top(void);
struct slot slot_key(struct slot slot, const char *key);
struct slot slot_item(struct slot slot);

/* Whether a name chooses here. */
bool slot_is_choice(struct slot slot);

/* What a node chooses, written `name` or `{name: …}`; NULL when that is none of them. */
const struct assay_variant *choice_of(const struct assay_variants *variants, const struct node *node);

/* Rewrites a node that chooses `variant` as {name: {options}}, unless what stands for the options is a
 * reference; false without memory. */
bool choice_expand(struct arena *arena, const struct assay_variant *variant, struct node *node);

#endif
