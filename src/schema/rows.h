/* The rows of tables, and the sets of variants met on the way through them. */
#ifndef SCHEMA_ROWS_H
#define SCHEMA_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#include "assay/schema.h"
#include "base/text.h"

/* All rows of one map: those that every variant of its set shares, then its own. */
struct rows {
    const struct assay_table *common; /* may be NULL */
    const struct assay_table *table;
};
struct rows rows_of_variant(const struct assay_variants *variants, const struct assay_variant *variant);
size_t rows_count(struct rows rows);
const struct assay_field *rows_at(struct rows rows, size_t index);
const struct assay_field *rows_find(struct rows rows, const char *key); /* NULL when there is none */

bool field_takes_null(const struct assay_field *field);
bool field_is_null(const struct assay_field *field, const void *member);
bool field_is_required(const struct assay_field *field);
/* Whether a key other than `but` (NULL: any key) is required. */
bool rows_have_required(struct rows rows, const char *but);

/* What values the field takes, with its unit and null: "a whole number from 1 to 64 (pixels) or null". */
void field_describe_kind(const struct assay_field *field, struct text *text);
void field_describe(const struct assay_field *field, struct text *text);
/* "a layer", "an optimiser"; "layers", "losses". */
void add_with_article(struct text *text, const char *noun);
void add_plural(struct text *text, const char *noun);

/* What the field itself, its items or theirs are: the table of a map, a set of variants; NULL for none. */
const struct assay_table *field_table(const struct assay_field *field);
const struct assay_variants *field_variants(const struct assay_field *field);

/* Each set once, in the order of their first adding; more may be added while one walks over them. */
struct variant_sets {
    const struct assay_variants *items[32];
    size_t count;
};
void sets_add(struct variant_sets *sets, const struct assay_variants *variants); /* NULL: nothing */

#endif
