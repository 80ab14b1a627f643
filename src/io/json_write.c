/* Writing JSON. */
#include "io/json.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static void begin_line(struct json_writer *writer)
{
    if (writer->compact)
        return;
    text_add_char(writer->text, '\n');
    for (int i = 0; i < writer->depth; i++)
        text_add_bytes(writer->text, "  ", 2);
}

/* All that comes before a value. */
static void begin(struct json_writer *writer, const char *key)
{
    if (writer->depth > 0) {
        bool *filled = &writer->filled[writer->depth - 1];
        assert((key != NULL) == (writer->closers[writer->depth - 1] == '}'));
        if (*filled)
            text_add_char(writer->text, ',');
        *filled = true;
        begin_line(writer);
    }
    if (key != NULL) {
        text_add_quoted(writer->text, key);
        text_add(writer->text, writer->compact ? ":" : ": ");
    }
}

void json_open(struct json_writer *writer, const char *key, char bracket)
{
    assert(bracket == '{' || bracket == '[');
    assert(writer->depth < (int)sizeof writer->closers);
    begin(writer, key);
    text_add_char(writer->text, bracket);
    writer->closers[writer->depth] = bracket == '{' ? '}' : ']';
    writer->filled[writer->depth++] = false;
}

void json_close(struct json_writer *writer)
{
    assert(writer->depth > 0);
    const int depth = --writer->depth;
    if (writer->filled[depth])
        begin_line(writer);
    text_add_char(writer->text, writer->closers[depth]);
}

void json_string(struct json_writer *writer, const char *key, const char *value)
{
    if (value == NULL) {
        json_null(writer, key);
        return;
    }
    begin(writer, key);
    text_add_quoted(writer->text, value);
}

void json_number(struct json_writer *writer, const char *key, double value)
{
    if (!isfinite(value)) {
        json_null(writer, key);
        return;
    }
    begin(writer, key);
    text_add_double(writer->text, value);
}

void json_integer(struct json_writer *writer, const char *key, long long value)
{
    begin(writer, key);
    text_add(writer->text, "%lld", value);
}

void json_bool(struct json_writer *writer, const char *key, bool value)
{
    json_raw(writer, key, value ? "true" : "false");
}

void json_null(struct json_writer *writer, const char *key)
{
    json_raw(writer, key, "null");
}

void json_raw(struct json_writer *writer, const char *key, const char *json_text)
{
    begin(writer, key);
    text_add_bytes(writer->text, json_text, strlen(json_text));
}
