/* The tables as Markdown, and the registry as text. */
#include <ctype.h>
#include <string.h>

#include "schema/kind.h"
#include "schema/schema.h"

struct document {
    struct text *text;
    struct variant_sets sets; /* those that some field takes */
};

/* What was put together in a text of its own; where memory for it could not be had, the document says so. */
static const char *bytes_of(struct document *document, const struct text *part)
{
    document->text->failed |= part->failed;
    return part->bytes != NULL ? part->bytes : "";
}

static void add_heading(struct text *text, int level, const char *heading)
{
    text_add_char(text, '\n');
    for (int i = 0; i < level; i++)
        text_add_char(text, '#');
    text_add(text, " %s\n\n", heading);
}

/* A link to a heading by the name GitHub gives it: lower case, a dash for a space, other punctuation gone. */
static void add_link(struct text *text, const char *words, const char *heading)
{
    text_add(text, "[%s](#", words);
    for (; *heading != '\0'; heading++)
        if (*heading == ' ')
            text_add_char(text, '-');
        else if (isalnum((unsigned char)*heading) || *heading == '_' || *heading == '-')
            text_add_char(text, (char)tolower((unsigned char)*heading));
    text_add_char(text, ')');
}

static void add_cell(struct text *text, const char *words)
{
    text_add_char(text, ' ');
    for (; *words != '\0'; words++)
        text_add(text, "%s%c", *words == '|' ? "\\" : "", *words);
    text_add(text, " |");
}

/* "Data sets" */
static void add_set_name(struct text *text, const struct assay_variants *variants)
{
    text_add_char(text, (char)toupper((unsigned char)variants->what[0]));
    add_plural(text, variants->what + 1);
}

static void add_values(struct document *document, const struct assay_field *field, const struct path *path)
{
    struct text words = {0}, heading = {0};
    if (field_table(field) == NULL && field_variants(field) == NULL) {
        field_describe(field, &words);
        add_cell(document->text, bytes_of(document, &words));
    } else {
        field_describe_kind(field, &words);
        if (field_table(field) != NULL)
            path_add(path, &heading);
        else
            add_set_name(&heading, field_variants(field));
        text_add_char(document->text, ' ');
        add_link(document->text, bytes_of(document, &words), bytes_of(document, &heading));
        text_add(document->text, field_takes_null(field) ? " or null |" : " |");
    }
    text_finish(&words);
    text_finish(&heading);
}

static void add_row(struct document *document, const struct assay_field *field, const struct path *path)
{
    text_add(document->text, "| `%s` |", field->key);
    add_cell(document->text, field->help);
    add_values(document, field, path);
    if (field->fallback != NULL)
        text_add(document->text, " `%s` |\n", field->fallback);
    else
        text_add(document->text, field_is_required(field) ? " required |\n" : "  |\n");
}

static void add_rows(struct document *document, struct rows rows, const struct path *parent)
{
    text_add(document->text, "| key | what it is | value | default |\n|---|---|---|---|\n");
    for (size_t i = 0; i < rows_count(rows); i++) {
        const struct assay_field *field = rows_at(rows, i);
        add_row(document, field, &(struct path){.parent = parent, .key = field->key});
        sets_add(&document->sets, field_variants(field));
    }
}

/* A section for each table in the rows. */
static void add_sections(struct document *document, struct rows rows, const struct path *parent, int level)
{
    for (size_t i = 0; i < rows_count(rows); i++) {
        const struct assay_field *field = rows_at(rows, i);
        const struct path path = {.parent = parent, .key = field->key};
        if (field_table(field) == NULL)
            continue;
        struct text heading = {0};
        text_add_char(&heading, '`');
        path_add(&path, &heading);
        text_add_char(&heading, '`');
        add_heading(document->text, level, bytes_of(document, &heading));
        text_finish(&heading);
        const struct rows inner = {.table = field_table(field)};
        if (field->item != NULL)
            text_add(document->text, "Each of them:\n\n");
        add_rows(document, inner, &path);
        add_sections(document, inner, &path, level + 1);
    }
}

static void add_example(struct text *text, const struct assay_variant *variant)
{
    if (variant->example[0] == '\0')
        text_add(text, "%s", variant->name);
    else
        text_add(text, "%s: %s", variant->name, variant->example);
}

static void add_variant(struct document *document, const struct assay_variant *variant, int level)
{
    struct text *text = document->text;
    const struct path path = {.key = variant->name};
    const struct rows rows = {.table = variant->table};
    struct text heading = {0};
    text_add(&heading, "`%s`", variant->name);
    add_heading(text, level, bytes_of(document, &heading));
    text_finish(&heading);
    text_add(text, "%s.\n", variant->summary);
    if (variant->source != NULL)
        text_add(text, "Source: %s.\n", variant->source);
    text_add(text, "\n```yaml\n");
    add_example(text, variant);
    text_add(text, "\n```\n\n");
    if (variant->main_key != NULL)
        text_add(text, "`%s: …` is short for `%s: {%s: …}`.\n\n", variant->name, variant->name,
                 variant->main_key);
    if (rows_count(rows) == 0) {
        text_add(text, "It takes no options.\n");
        return;
    }
    add_rows(document, rows, &path);
    add_sections(document, rows, &path, level + 1);
}

static void add_set(struct document *document, const struct assay_variants *variants, int level)
{
    struct text *text = document->text;
    struct text heading = {0};
    add_set_name(&heading, variants);
    add_heading(text, level, bytes_of(document, &heading));
    text_finish(&heading);
    text_add(text, "Written `name` or `name: {options}`.\n");
    if (variants->common != NULL) {
        const struct path path = {.key = variants->what};
        const struct rows rows = {.table = variants->common};
        text_add(text, "\nEvery %s also takes:\n\n", variants->what);
        add_rows(document, rows, &path);
        add_sections(document, rows, &path, level + 1);
    }
    for (size_t i = 0; i < variants->count; i++)
        add_variant(document, variants->items[i], level + 1);
}

void schema_document(const struct assay_table *table, const char *title, int level, struct text *text)
{
    const struct path root = {.key = ""};
    const struct rows rows = {.table = table};
    struct document document = {.text = text};
    for (int i = 0; i < level; i++)
        text_add_char(text, '#');
    text_add(text, " %s\n\n", title);
    add_rows(&document, rows, &root);
    add_sections(&document, rows, &root, level + 1);
    for (size_t i = 0; i < document.sets.count; i++)
        add_set(&document, document.sets.items[i], level + 1);
}

/* A line per key, the values in a column of their own. */
static void list_rows(struct rows rows, struct text *text)
{
    int width = 0;
    for (size_t i = 0; i < rows_count(rows); i++)
        if (width < (int)strlen(rows_at(rows, i)->key))
            width = (int)strlen(rows_at(rows, i)->key);
    for (size_t i = 0; i < rows_count(rows); i++) {
        const struct assay_field *field = rows_at(rows, i);
        text_add(text, "    %-*s  %s — ", width, field->key, field->help);
        field_describe(field, text);
        if (field->fallback != NULL)
            text_add(text, "; default %s", field->fallback);
        else if (field_is_required(field))
            text_add(text, "; required");
        text_add_char(text, '\n');
    }
}

void schema_list_variants(const struct assay_variants *variants, struct text *text)
{
    for (size_t i = 0; i < variants->count; i++) {
        const struct assay_variant *variant = variants->items[i];
        text_add(text, "%s: %s\n", variant->name, variant->summary);
        if (variant->source != NULL)
            text_add(text, "    source: %s\n", variant->source);
        text_add(text, "    example: ");
        add_example(text, variant);
        text_add_char(text, '\n');
        list_rows((struct rows){.table = variant->table}, text);
        text_add_char(text, '\n');
    }
    if (variants->common != NULL) {
        text_add(text, "Every %s also takes:\n", variants->what);
        list_rows((struct rows){.table = variants->common}, text);
    }
}
