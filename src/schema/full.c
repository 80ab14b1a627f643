/* The tables as a config with every key. */
#include <string.h>

#include "schema/kind.h"
#include "schema/schema.h"

enum { COMMENT_COLUMN = 36 };

struct full {
    struct text *text;
    const char *const *examples;
    int indent;
    int commented; /* from this column on all is a comment: a map that is null by default; -1: nothing is */
};

static void begin_line(const struct full *full)
{
    if (full->commented < 0)
        text_add(full->text, "%*s", full->indent, "");
    else
        text_add(full->text, "%*s# %*s", full->commented, "", full->indent - full->commented, "");
}

static void write_line(const struct full *full, const char *key, const char *value, const char *comment)
{
    const size_t start = full->text->length;
    begin_line(full);
    text_add(full->text, "%s:%s%s", key, value[0] != '\0' ? " " : "", value);
    const int width = (int)(full->text->length - start);
    text_add(full->text, "%*s# %s\n", width < COMMENT_COLUMN ? COMMENT_COLUMN - width : 2, "", comment);
}

static void write_key(const struct full *full, const struct assay_field *field, const char *value)
{
    struct text comment = {0};
    text_add(&comment, "%s", field->help);
    if (field->table == NULL || field_takes_null(field)) {
        text_add(&comment, " — ");
        field_describe(field, &comment);
    }
    if (field_is_required(field))
        text_add(&comment, "; required");
    if (!comment.failed)
        write_line(full, field->key, value, comment.bytes);
    full->text->failed |= comment.failed;
    text_finish(&comment);
}

/* Lines of YAML as they are, below their key. */
static void write_block(const struct full *full, const char *lines)
{
    while (*lines != '\0') {
        const size_t length = strcspn(lines, "\n");
        begin_line(full);
        text_add(full->text, "%.*s\n", (int)length, lines);
        lines += length + (lines[length] == '\n');
    }
}

static void write_rows(const struct full *full, struct rows rows, const struct path *parent);

static struct full deeper(const struct full *full, bool commented)
{
    struct full inner = *full;
    inner.indent += 2;
    if (commented && inner.commented < 0)
        inner.commented = inner.indent;
    return inner;
}

static const char *find_value(const struct full *full, const struct assay_field *field,
                              const struct path *path)
{
    struct text name = {0};
    path_add(path, &name);
    const char *value = field->fallback;
    for (const char *const *pair = full->examples; pair[0] != NULL && !name.failed; pair += 2)
        if (strcmp(pair[0], name.bytes) == 0)
            value = pair[1];
    full->text->failed |= name.failed;
    text_finish(&name);
    return value;
}

/* A map with all its keys; those of one that is null by default as comments. */
static bool write_as_map(const struct full *full, const struct assay_field *field, const char *value,
                         const struct path *path)
{
    const bool is_null = value != NULL && strcmp(value, "null") == 0;
    if (field->table == NULL || (value != NULL && strcmp(value, "{}") != 0 && !is_null))
        return false;
    const struct full inner = deeper(full, is_null);
    write_key(full, field, is_null ? value : "");
    write_rows(&inner, (struct rows){.table = field->table}, path);
    return true;
}

/* A variant that is only named, with all its options. */
static bool write_as_variant(const struct full *full, const struct assay_field *field, const char *value,
                             const struct path *path)
{
    const struct assay_variant *variant =
        field->variants != NULL && value != NULL ? schema_variant(field->variants, value) : NULL;
    if (variant == NULL || rows_count(rows_of_variant(field->variants, variant)) == 0)
        return false;
    const struct full inner = deeper(full, false), innermost = deeper(&inner, false);
    write_key(full, field, "");
    write_line(&inner, variant->name, "", variant->summary);
    write_rows(&innermost, rows_of_variant(field->variants, variant),
               &(struct path){.parent = path, .key = variant->name});
    return true;
}

static bool is_block(const char *value)
{
    return value != NULL && (strchr(value, '\n') != NULL || strncmp(value, "- ", 2) == 0);
}

static bool write_as_block(const struct full *full, const struct assay_field *field, const char *value)
{
    if (!is_block(value))
        return false;
    const struct full inner = deeper(full, false);
    write_key(full, field, "");
    write_block(&inner, value);
    return true;
}

static void write_rows(const struct full *full, struct rows rows, const struct path *parent)
{
    bool was_tall = false;
    for (size_t i = 0; i < rows_count(rows); i++) {
        const struct assay_field *field = rows_at(rows, i);
        const struct path path = {.parent = parent, .key = field->key};
        const char *value = find_value(full, field, &path);
        const bool tall = field->table != NULL || field->variants != NULL || is_block(value);
        if (full->indent == 0 && i > 0 && (tall || was_tall))
            text_add_char(full->text, '\n');
        was_tall = tall;
        if (!write_as_map(full, field, value, &path) && !write_as_variant(full, field, value, &path) &&
            !write_as_block(full, field, value))
            write_key(full, field, value != NULL ? value : "");
    }
}

void schema_full(const struct assay_table *table, const char *const *examples, struct text *text)
{
    const struct full full = {.text = text, .examples = examples, .commented = -1};
    write_rows(&full, (struct rows){.table = table}, &(struct path){.key = ""});
}
