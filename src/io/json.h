/* JSON, read and written. */
#ifndef IO_JSON_H
#define IO_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "assay/error.h"
#include "base/arena.h"
#include "base/text.h"

enum { JSON_DEPTH_LIMIT = 64 };

enum json_kind { JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json {
    enum json_kind kind;
    const char *text; /* string: decoded UTF-8 without NUL; number: as written */
    double number;
    size_t count;
    struct json *items; /* array: items; object: values */
    const char **keys;  /* object */
};

/* RFC 8259; duplicate keys, depth over JSON_DEPTH_LIMIT, more than 250,000 values, \u0000 and invalid UTF-8
 * are errors. `name` is what messages call it; they carry the byte offset. The result lives in the arena;
 * NULL on failure (ASSAY_INVALID, or ASSAY_MACHINE without memory). */
const struct json *json_parse(struct arena *arena, const char *name, const char *bytes, size_t length,
                              struct assay_error *error);
/* A file that may not be there: *object is NULL where it is not, or holds no object. False when the machine
 * would not, reading or for memory. */
bool json_find(struct arena *arena, const char *directory, const char *name, size_t limit,
               const struct json **object, struct assay_error *error);
/* NULL when there is none, or no object. */
const struct json *json_get(const struct json *object, const char *key);
/* The number there, NAN when there is none. */
double json_get_number(const struct json *object, const char *key);
/* That as a count, 0 when it is none. */
uint32_t json_get_count(const struct json *object, const char *key);
/* The text there, as far as there is room for it; "" when there is none. */
void json_get_text(const struct json *object, const char *key, char *text, size_t size);

/* A writer that knows where commas and indents go (two spaces, unless `compact`):
 *     struct json_writer writer = {.text = &text};
 *     json_open(&writer, NULL, '{');
 *     json_string(&writer, "name", "x");
 *     json_close(&writer);
 * `key` is NULL inside arrays and at the top. */
struct json_writer {
    struct text *text;
    bool compact;
    int depth;
    char closers[JSON_DEPTH_LIMIT];
    bool filled[JSON_DEPTH_LIMIT];
};
void json_open(struct json_writer *writer, const char *key, char bracket); /* '{' or '[' */
void json_close(struct json_writer *writer);
void json_string(struct json_writer *writer, const char *key, const char *value); /* NULL: null */
void json_number(struct json_writer *writer, const char *key, double value);      /* not finite: null */
void json_integer(struct json_writer *writer, const char *key, long long value);
void json_bool(struct json_writer *writer, const char *key, bool value);
void json_null(struct json_writer *writer, const char *key);
void json_raw(struct json_writer *writer, const char *key,
              const char *json_text); /* a number or value that is JSON already */

#endif
