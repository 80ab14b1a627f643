/* What is wrong with the tables themselves. */
#include <string.h>

#include "schema/kind.h"
#include "schema/schema.h"

struct audit {
    struct text *problems;
    struct arena *arena;
    struct variant_sets sets; /* met so far */
};

static void report(struct audit *audit, const struct path *path, const char *problem)
{
    path_add(path, audit->problems);
    text_add(audit->problems, ": %s\n", problem);
}

/* Binds the default in a struct of `size` bytes, and reports the first line of what is wrong with it. */
static void audit_default(struct audit *audit, const struct assay_field *field, const struct path *path,
                          size_t size)
{
    struct diagnostics *diagnostics = diagnostics_create();
    char *options = arena_allocate(audit->arena, 1, size);
    struct text said = {.failed = diagnostics == NULL || options == NULL};
    if (!said.failed) {
        const struct binder binder = {.arena = audit->arena, .diagnostics = diagnostics};
        bind_default(&binder, field, path, options + field->offset);
        diagnostics_print(diagnostics, &said);
    }
    if (said.length > 0)
        text_add(audit->problems, "%.*s\n", (int)strcspn(said.bytes, "\n"), said.bytes);
    audit->problems->failed |= said.failed;
    text_finish(&said);
    diagnostics_destroy(diagnostics);
}

static void audit_help(struct audit *audit, const struct path *path, const char *help)
{
    if (help == NULL || help[0] == '\0')
        report(audit, path, "no help");
    else if (strchr(help, '\n') != NULL || help[strlen(help) - 1] == '.')
        report(audit, path, "its help is more than one line without a full stop");
}

static void audit_table(struct audit *audit, struct rows rows, const struct path *parent);

static void audit_row(struct audit *audit, const struct assay_field *field, const struct path *path,
                      size_t size)
{
    audit_help(audit, path, field->help);
    if (field->kind == NULL) {
        report(audit, path, "no kind");
        return;
    }
    const char *problem = field->kind->audit != NULL ? field->kind->audit(field) : NULL;
    if (problem == NULL && field->optional && field->kind->null == NULL)
        problem = "optional, but its kind is never null";
    if (problem != NULL) {
        report(audit, path, problem);
        return;
    }
    sets_add(&audit->sets, field_variants(field));
    if (field->fallback != NULL)
        audit_default(audit, field, path, size);
    if (field_table(field) != NULL)
        audit_table(audit, (struct rows){.table = field_table(field)}, path);
}

/* The rows of the table itself; those in common are audited on their own. */
static void audit_table(struct audit *audit, struct rows rows, const struct path *parent)
{
    const size_t count = rows_count(rows);
    for (size_t i = 0; i < count; i++)
        if (rows_at(rows, i)->key == NULL) {
            report(audit, parent, "a row without a key");
            return;
        }
    for (size_t i = count - rows.table->count; i < count; i++) {
        const struct assay_field *field = rows_at(rows, i);
        const struct path path = {.parent = parent, .key = field->key};
        if (rows_find(rows, field->key) != field)
            report(audit, &path, "two rows have this key");
        audit_row(audit, field, &path, rows.table->size);
    }
}

static void audit_example(struct audit *audit, const struct assay_variants *variants,
                          const struct assay_variant *variant)
{
    const struct assay_field field = {
        .kind = &assay_kind_variant,
        .variants = variants,
        .fallback = arena_format(audit->arena, "%s: %s", variant->name, variant->example),
    };
    if (field.fallback != NULL)
        audit_default(audit, &field, &(struct path){.key = "example"}, sizeof(struct assay_variant_value));
    else
        audit->problems->failed = true;
}

static void audit_variant(struct audit *audit, const struct assay_variants *variants,
                          const struct assay_variant *variant)
{
    const struct path set = {.key = variants->what}, path = {.parent = &set, .key = variant->name};
    if (schema_variant(variants, variant->name) != variant)
        report(audit, &path, "two variants have this name");
    if (variant->summary == NULL || variant->example == NULL || variant->table == NULL) {
        report(audit, &path, "no summary, example or table");
        return;
    }
    const struct rows rows = rows_of_variant(variants, variant);
    const size_t reported = audit->problems->length;
    audit_table(audit, rows, &path);
    if (variants->common != NULL && variant->table->size < variants->common->size)
        report(audit, &path, "its struct has no room for the common options");
    else if (variant->main_key != NULL && rows_find(rows, variant->main_key) == NULL)
        report(audit, &path, "its main key is no key");
    else if (audit->problems->length == reported) /* what is wrong with a row may not even bind */
        audit_example(audit, variants, variant);
}

void schema_audit(const struct assay_table *table, struct text *problems)
{
    struct audit audit = {.problems = problems, .arena = arena_create()};
    if (audit.arena == NULL) {
        problems->failed = true;
        return;
    }
    audit_table(&audit, (struct rows){.table = table}, &(struct path){.key = ""});
    for (size_t i = 0; i < audit.sets.count; i++) {
        const struct assay_variants *variants = audit.sets.items[i];
        if (variants->common != NULL)
            audit_table(&audit, (struct rows){.table = variants->common},
                        &(struct path){.key = variants->what});
        for (size_t k = 0; k < variants->count; k++)
            audit_variant(&audit, variants, variants->items[k]);
    }
    arena_destroy(audit.arena);
}
