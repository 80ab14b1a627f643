#include "io/csv.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/number.h"

enum { FILE_LIMIT = 64 << 20, CELL_LIMIT = 8000000 };

static const char byte_order_mark[] = "\xEF\xBB\xBF";
enum { MARK_LENGTH = sizeof byte_order_mark - 1 };

/* Cells are decoded where they stand, for which they always have the room, and closed by a NUL where their
 * separator was. */
struct reader {
    char *at, *end; /* *end is the text's own NUL */
    size_t line;
    const char *name;
    struct assay_error *error;
};

static bool fail(const struct reader *reader, size_t line, const char *what)
{
    return assay_fail(reader->error, ASSAY_INVALID, "%s:%zu: %s", reader->name, line, what);
}

static bool at_separator(const struct reader *reader)
{
    const char *at = reader->at;
    return at == reader->end || *at == ',' || *at == '\n' || (at[0] == '\r' && at[1] == '\n');
}

/* Reads a cell and its separator; *ends_row says whether that was a comma. */
static bool read_cell(struct reader *reader, const char **cell, bool *ends_row)
{
    const size_t line = reader->line;
    char *out = reader->at;
    *cell = out;
    const bool quoted = *reader->at == '"';
    reader->at += quoted;
    while (quoted || !at_separator(reader)) {
        const char character = *reader->at;
        if (character == '\0')
            return reader->at == reader->end ? fail(reader, line, "a quoted cell begins here and never ends")
                                             : fail(reader, reader->line, "a NUL byte");
        if (character == '"' && !quoted)
            return fail(reader, reader->line, "a quote inside a cell that does not begin with one");
        reader->at++;
        if (character == '"' && at_separator(reader))
            break;
        if (character == '"' && *reader->at++ != '"')
            return fail(reader, reader->line, "text behind a closing quote");
        reader->line += character == '\n';
        *out++ = character;
    }
    *ends_row = reader->at == reader->end || *reader->at != ',';
    if (*ends_row && reader->at < reader->end) {
        reader->at += *reader->at == '\r';
        reader->line++;
    }
    reader->at += reader->at < reader->end;
    *out = '\0';
    return true;
}

/* Reads all rows into `cells`, which has room for them. */
static bool read_rows(struct reader *reader, const char **cells, struct csv *csv)
{
    for (size_t row = 0; row == 0 || reader->at < reader->end; row++) {
        const size_t line = reader->line;
        size_t count = 0;
        for (bool ends_row = false; !ends_row; count++)
            if (!read_cell(reader, cells++, &ends_row))
                return false;
        if (row == 0)
            csv->columns = count;
        else if (count != csv->columns)
            return assay_fail(reader->error, ASSAY_INVALID, "%s:%zu: %zu cell%s where the header has %zu",
                              reader->name, line, count, count == 1 ? "" : "s", csv->columns);
        csv->rows = row;
    }
    return true;
}

/* An upper bound: separators in quotes are counted too. */
static size_t count_cells(const char *bytes, size_t length)
{
    size_t count = 1;
    for (size_t i = 0; i < length; i++)
        count += bytes[i] == ',' || bytes[i] == '\n';
    return count;
}

const struct csv *csv_parse(struct arena *arena, const char *name, const char *bytes, size_t length,
                            struct assay_error *error)
{
    if (length >= MARK_LENGTH && memcmp(bytes, byte_order_mark, MARK_LENGTH) == 0) {
        bytes += MARK_LENGTH;
        length -= MARK_LENGTH;
    }
    const size_t cell_count = count_cells(bytes, length);
    if (length == 0 || cell_count > CELL_LIMIT) {
        assay_fail(error, ASSAY_INVALID,
                   length == 0 ? "%s: empty; a header line was wanted" : "%s: too many cells", name);
        return NULL;
    }
    struct csv *csv = arena_allocate(arena, 1, sizeof *csv);
    char *copy = arena_copy_text(arena, bytes, length);
    const char **cells = arena_allocate(arena, cell_count, sizeof *cells);
    if (csv == NULL || copy == NULL || cells == NULL) {
        assay_fail_memory(error, "reading CSV");
        return NULL;
    }
    struct reader reader = {.at = copy, .end = copy + length, .line = 1, .name = name, .error = error};
    if (!read_rows(&reader, cells, csv))
        return NULL;
    csv->header = cells;
    csv->cells = arena_allocate(arena, csv->rows, sizeof *csv->cells);
    if (csv->cells == NULL) {
        assay_fail_memory(error, "reading CSV");
        return NULL;
    }
    for (size_t row = 0; row < csv->rows; row++)
        csv->cells[row] = cells + (row + 1) * csv->columns;
    return csv;
}

const struct csv *csv_load(struct arena *arena, const char *path, struct assay_error *error)
{
    char *bytes;
    size_t length;
    if (!file_read(path, FILE_LIMIT, &bytes, &length, error))
        return NULL;
    const struct csv *csv = csv_parse(arena, path, bytes, length, error);
    memory_free(bytes);
    return csv;
}

bool csv_find(struct arena *arena, const char *directory, const char *name, const struct csv **csv,
              struct assay_error *error)
{
    struct assay_error problem = {0};
    char *path = path_join(directory, name);
    *csv = NULL;
    if (path == NULL)
        assay_fail_memory(&problem, "reading CSV");
    else
        *csv = csv_load(arena, path, &problem);
    memory_free(path);
    return problem.status != ASSAY_MACHINE || assay_fail(error, problem.status, "%s", problem.text);
}

size_t csv_column(const struct csv *csv, const char *name)
{
    for (size_t i = 0; i < csv->columns; i++)
        if (strcmp(csv->header[i], name) == 0)
            return i;
    return SIZE_MAX;
}

static bool begins_row(const struct text *text)
{
    return text->length == 0 || text->bytes[text->length - 1] == '\n';
}

/* An empty first cell is written as "", for what follows must see that it is there; and one that begins with
 * a byte-order mark in quotes, or the mark would be taken for the file's. */
void csv_add_text(struct text *text, const char *cell)
{
    const bool first = begins_row(text), quoted = strpbrk(cell, ",\"\r\n") != NULL ||
                                                  (first && cell[0] == '\0') ||
                                                  strncmp(cell, byte_order_mark, MARK_LENGTH) == 0;
    if (!first)
        text_add_char(text, ',');
    if (!quoted) {
        text_add_bytes(text, cell, strlen(cell));
        return;
    }
    text_add_char(text, '"');
    for (; *cell != '\0'; cell++)
        text_add_bytes(text, *cell == '"' ? "\"\"" : cell, *cell == '"' ? 2 : 1);
    text_add_char(text, '"');
}

void csv_add_double(struct text *text, double value)
{
    char buffer[NUMBER_TEXT_SIZE];
    csv_add_text(text, isnan(value) ? "" : number_print_double(buffer, value));
}

void csv_add_integer(struct text *text, long long value)
{
    char buffer[NUMBER_TEXT_SIZE];
    snprintf(buffer, sizeof buffer, "%lld", value);
    csv_add_text(text, buffer);
}

void csv_end_row(struct text *text)
{
    text_add_char(text, '\n');
}
