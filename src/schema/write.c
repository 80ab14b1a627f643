/* The tables' structs as resolved YAML. */
#include <string.h>

#include "schema/kind.h"
#include "schema/schema.h"

void write_indent(const struct writer *writer)
{
    for (int i = 0; i < writer->indent; i++)
        text_add_char(writer->text, ' ');
}

void write_value(const struct assay_field *field, const void *member, const struct writer *writer)
{
    if (field_is_null(field, member))
        text_add(writer->text, " null\n");
    else
        field->kind->write(field, member, writer);
}

static void write_rows(struct rows rows, const void *options, const struct writer *writer)
{
    for (size_t i = 0; i < rows_count(rows); i++) {
        const struct assay_field *field = rows_at(rows, i);
        const void *member = (const char *)options + field->offset;
        if (writer->identity && field->operational)
            continue;
        write_indent(writer);
        text_add_bytes(writer->text, field->key, strlen(field->key));
        text_add_char(writer->text, ':');
        write_value(field, member, writer);
    }
}

static bool has_lines(struct rows rows, bool identity)
{
    for (size_t i = 0; i < rows_count(rows); i++)
        if (!identity || !rows_at(rows, i)->operational)
            return true;
    return false;
}

void write_map(struct rows rows, const void *options, int deeper, const struct writer *writer)
{
    if (!has_lines(rows, writer->identity)) {
        text_add(writer->text, " {}\n");
        return;
    }
    text_add_char(writer->text, '\n');
    const struct writer inner = {writer->text, writer->indent + deeper, writer->identity};
    write_rows(rows, options, &inner);
}

void schema_write(const struct assay_table *table, const void *options, int indent, bool identity,
                  struct text *text)
{
    const struct writer writer = {.text = text, .indent = indent, .identity = identity};
    write_rows((struct rows){.table = table}, options, &writer);
}
