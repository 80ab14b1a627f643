/* A text that grows. A failed allocation sticks: later additions do nothing, and `failed` says so. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

struct text {
    char *bytes; /* NUL-terminated; NULL while empty */
    size_t length, capacity;
    bool failed;
};

/* `struct text text = {0};` is an empty one. */
void text_add(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_add_arguments(struct text *text, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));
void text_add_bytes(struct text *text, const char *bytes, size_t length);
void text_add_char(struct text *text, char character);
/* `value` as number_print_double writes it. */
void text_add_double(struct text *text, double value);
/* Printable form of untrusted bytes: C0, C1, DEL, bidirectional controls and invalid UTF-8 appear as \xNN or
 * \u{NNNN}. */
void text_add_escaped(struct text *text, const char *bytes, size_t length);
/* The same of lines, whose newlines stay. */
void text_add_escaped_lines(struct text *text, const char *lines);
/* `string` in double quotes with escapes that JSON and YAML understand alike; invalid bytes become U+FFFD. */
void text_add_quoted(struct text *text, const char *string);
bool string_ends_with(const char *string, const char *end);
void text_finish(struct text *text); /* frees; the text is empty again */
/* Its copy in an arena, "" where nothing was added, NULL where memory could not be had; the text is finished.
 */
char *text_move(struct text *text, struct arena *arena);

#endif
