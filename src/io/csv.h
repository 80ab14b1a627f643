/* Comma-separated values (RFC 4180): our curves, and other people's. */
#ifndef IO_CSV_H
#define IO_CSV_H

#include <stdbool.h>
#include <stddef.h>

#include "assay/error.h"
#include "base/arena.h"
#include "base/text.h"

struct csv {
    size_t columns, rows; /* without the header */
    const char **header;  /* columns names */
    const char ***cells;  /* cells[row][column], "" where empty */
};

/* Reads a file of at most 64 MiB with a header line; quoted cells, CRLF and a UTF-8 byte-order mark are fine;
 * a row with another number of cells than the header, an empty file, NUL or a stray quote is an error with
 * its line. NULL on failure. Lives in the arena. */
const struct csv *csv_load(struct arena *arena, const char *path, struct assay_error *error);

/* A file that may not be there: *csv is NULL where it is not, or is no CSV. False when the machine would not,
 * reading or for memory. */
bool csv_find(struct arena *arena, const char *directory, const char *name, const struct csv **csv,
              struct assay_error *error);
const struct csv *csv_parse(struct arena *arena, const char *name, const char *bytes, size_t length,
                            struct assay_error *error);
/* Index of the column, SIZE_MAX when there is none. */
size_t csv_column(const struct csv *csv, const char *name);

/* One cell, quoted if it has to be, with a comma before it unless it is the row's first. */
void csv_add_text(struct text *text, const char *cell);
void csv_add_double(struct text *text, double value); /* NaN: an empty cell */
void csv_add_integer(struct text *text, long long value);
void csv_end_row(struct text *text);

#endif
