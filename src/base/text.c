#include "base/text.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/utf8.h"

/* Room for `more` bytes and the NUL behind them. */
static bool reserve(struct text *text, size_t more)
{
    size_t size;
    if (text->failed || !size_add(text->length, more, &size) || !size_add(size, 1, &size))
        goto fail;
    if (size <= text->capacity)
        return true;
    size_t capacity = text->capacity < 64 ? 64 : text->capacity;
    while (capacity < size)
        if (!size_multiply(capacity, 2, &capacity))
            goto fail;
    char *bytes = memory_resize(text->bytes, capacity, 1);
    if (bytes == NULL)
        goto fail;
    text->bytes = bytes;
    text->capacity = capacity;
    return true;
fail:
    text->failed = true;
    return false;
}

void text_add(struct text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    text_add_arguments(text, format, arguments);
    va_end(arguments);
}

void text_add_arguments(struct text *text, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    const size_t room = text->failed ? 0 : text->capacity - text->length;
    const int length = vsnprintf(room > 0 ? text->bytes + text->length : NULL, room, format, arguments);
    if (length < 0) {
        text->failed = true;
    } else if (reserve(text, (size_t)length)) {
        if ((size_t)length >= room) /* it did not fit before */
            vsnprintf(text->bytes + text->length, (size_t)length + 1, format, again);
        text->length += (size_t)length;
    } else if (room > 0) {
        text->bytes[text->length] = '\0';
    }
    va_end(again);
}

void text_add_bytes(struct text *text, const char *bytes, size_t length)
{
    if (!reserve(text, length))
        return;
    if (length > 0)
        memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
    text->bytes[text->length] = '\0';
}

void text_add_char(struct text *text, char character)
{
    text_add_bytes(text, &character, 1);
}

void text_add_double(struct text *text, double value)
{
    char buffer[NUMBER_TEXT_SIZE];
    number_print_double(buffer, value);
    text_add_bytes(text, buffer, strlen(buffer));
}

void text_add_escaped(struct text *text, const char *bytes, size_t length)
{
    for (size_t i = 0, size; i < length; i += size) {
        uint32_t character = 0;
        size = utf8_decode(bytes + i, length - i, &character);
        if (size > 1 && utf8_is_control(character)) {
            text_add(text, "\\u{%04X}", (unsigned)character);
        } else if (size == 0 || utf8_is_control(character)) {
            text_add(text, "\\x%02X", (unsigned)(uint8_t)bytes[i]);
            size = 1;
        } else {
            text_add_bytes(text, bytes + i, size);
        }
    }
}

void text_add_escaped_lines(struct text *text, const char *lines)
{
    while (*lines != '\0') {
        const size_t length = strcspn(lines, "\n");
        text_add_escaped(text, lines, length);
        lines += length;
        if (*lines == '\n')
            text_add_char(text, *lines++);
    }
}

void text_add_quoted(struct text *text, const char *string)
{
    static const char named[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
    text_add_char(text, '"');
    size_t length = strlen(string);
    for (size_t size; length > 0; string += size, length -= size) {
        uint32_t character = 0xFFFD;
        size = utf8_decode(string, length, &character);
        const char *name = size == 1 ? strchr(named, *string) : NULL;
        if (name != NULL)
            text_add(text, "\\%c", letters[name - named]);
        else if (size == 0 || utf8_is_control(character))
            text_add(text, "\\u%04X", (unsigned)character);
        else
            text_add_bytes(text, string, size);
        if (size == 0)
            size = 1;
    }
    text_add_char(text, '"');
}

void text_finish(struct text *text)
{
    memory_free(text->bytes);
    *text = (struct text){0};
}

char *text_move(struct text *text, struct arena *arena)
{
    char *copy = text->failed ? NULL : arena_copy_text(arena, text->bytes, text->length);
    text_finish(text);
    return copy;
}

bool string_ends_with(const char *string, const char *end)
{
    const size_t length = strlen(string), tail = strlen(end);
    return length >= tail && strcmp(string + length - tail, end) == 0;
}
