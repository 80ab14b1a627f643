#include "schema/rows.h"

#include <assert.h>
#include <string.h>

#include "schema/kind.h"
#include "schema/schema.h"

struct rows rows_of_variant(const struct assay_variants *variants, const struct assay_variant *variant)
{
    return (struct rows){.common = variants->common, .table = variant->table};
}

static size_t common_count(struct rows rows)
{
    return rows.common != NULL ? rows.common->count : 0;
}

size_t rows_count(struct rows rows)
{
    return common_count(rows) + rows.table->count;
}

const struct assay_field *rows_at(struct rows rows, size_t index)
{
    if (rows.common != NULL && index < rows.common->count)
        return &rows.common->fields[index];
    return &rows.table->fields[index - common_count(rows)];
}

const struct assay_field *rows_find(struct rows rows, const char *key)
{
    for (size_t i = 0; i < rows_count(rows); i++)
        if (strcmp(rows_at(rows, i)->key, key) == 0)
            return rows_at(rows, i);
    return NULL;
}

const struct assay_field *schema_field(const struct assay_table *table, const char *key)
{
    return rows_find((struct rows){.table = table}, key);
}

const struct assay_variant *schema_variant(const struct assay_variants *variants, const char *name)
{
    for (size_t i = 0; i < variants->count; i++)
        if (strcmp(variants->items[i]->name, name) == 0)
            return variants->items[i];
    return NULL;
}

/* The last of a list of lists of …: the field whose items are no items. */
static const struct assay_field *innermost(const struct assay_field *field)
{
    while (field->item != NULL)
        field = field->item;
    return field;
}

const struct assay_table *field_table(const struct assay_field *field)
{
    return innermost(field)->table;
}

const struct assay_variants *field_variants(const struct assay_field *field)
{
    return innermost(field)->variants;
}

bool field_takes_null(const struct assay_field *field)
{
    return field->optional || field->kind->nullable;
}

bool field_is_null(const struct assay_field *field, const void *member)
{
    return field_takes_null(field) && memcmp(member, field->kind->null, field->kind->size) == 0;
}

bool field_is_required(const struct assay_field *field)
{
    return field->fallback == NULL && field->kind->bind_absent == NULL;
}

bool rows_have_required(struct rows rows, const char *but)
{
    for (size_t i = 0; i < rows_count(rows); i++)
        if (field_is_required(rows_at(rows, i)) && (but == NULL || strcmp(rows_at(rows, i)->key, but) != 0))
            return true;
    return false;
}

void field_describe_kind(const struct assay_field *field, struct text *text)
{
    if (field->kind->describe != NULL)
        field->kind->describe(field, text);
    else
        text_add(text, "%s", field->kind->name);
}

void field_describe(const struct assay_field *field, struct text *text)
{
    field_describe_kind(field, text);
    if (field->unit != NULL)
        text_add(text, " (%s)", field->unit);
    if (field_takes_null(field))
        text_add(text, " or null");
}

void add_with_article(struct text *text, const char *noun)
{
    text_add(text, "%s %s", strchr("aeiou", noun[0]) != NULL ? "an" : "a", noun);
}

void add_plural(struct text *text, const char *noun)
{
    text_add(text, "%s%s", noun, noun[strlen(noun) - 1] == 's' ? "es" : "s");
}

void sets_add(struct variant_sets *sets, const struct assay_variants *variants)
{
    if (variants == NULL)
        return;
    for (size_t i = 0; i < sets->count; i++)
        if (sets->items[i] == variants)
            return;
    assert(sets->count < sizeof sets->items / sizeof sets->items[0]);
    sets->items[sets->count++] = variants;
}
