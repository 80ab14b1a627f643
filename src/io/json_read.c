/* Reading JSON: a strict parser with budgets. */
#include "io/json.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/utf8.h"

enum { VALUE_LIMIT = 250000 };

struct reader {
    struct arena *arena;
    const char *name, *bytes;
    size_t length, at;
    size_t values;
    int depth;
    struct assay_error *error;
};

struct member {
    struct json value;
    const char *key; /* objects */
    size_t at;       /* where the key begins */
};

/* What is open. */
struct collection {
    bool is_object;
    struct member *members; /* on the heap until it is closed */
    size_t count, capacity;
};

static bool fail(struct reader *reader, size_t at, const char *what)
{
    return assay_fail(reader->error, ASSAY_INVALID, "%s: byte %zu: %s", reader->name, at, what);
}

static bool fail_memory(struct reader *reader)
{
    return assay_fail_memory(reader->error, "reading JSON");
}

static bool is_digit(char character)
{
    return character >= '0' && character <= '9';
}

/* The next byte, NUL at the end: a NUL in the text is never part of JSON either. */
static char peek(const struct reader *reader)
{
    return reader->at < reader->length ? reader->bytes[reader->at] : '\0';
}

static bool take(struct reader *reader, char wanted)
{
    const bool found = peek(reader) == wanted;
    reader->at += found;
    return found;
}

static void skip_space(struct reader *reader)
{
    while (peek(reader) == ' ' || peek(reader) == '\t' || peek(reader) == '\n' || peek(reader) == '\r')
        reader->at++;
}

static void skip_digits(struct reader *reader)
{
    while (is_digit(peek(reader)))
        reader->at++;
}

/* number = [-] (0 | 1-9 digits) [. digits] [e [+-] digits] (RFC 8259, section 6) */
static bool read_number(struct reader *reader, struct json *value)
{
    const size_t start = reader->at;
    take(reader, '-');
    bool valid = is_digit(peek(reader));
    if (!take(reader, '0'))
        skip_digits(reader);
    if (take(reader, '.')) {
        valid = valid && is_digit(peek(reader));
        skip_digits(reader);
    }
    if (take(reader, 'e') || take(reader, 'E')) {
        if (!take(reader, '+'))
            take(reader, '-');
        valid = valid && is_digit(peek(reader));
        skip_digits(reader);
    }
    if (!valid || is_digit(peek(reader)))
        return fail(reader, start, "not a number");
    value->kind = JSON_NUMBER;
    value->text = arena_copy_text(reader->arena, reader->bytes + start, reader->at - start);
    if (value->text == NULL)
        return fail_memory(reader);
    if (!number_parse_double(value->text, &value->number))
        return fail(reader, start, "a number out of range");
    return true;
}

static bool read_hex(struct reader *reader, uint32_t *code)
{
    uint32_t value = 0;
    for (int i = 0; i < 4; i++, reader->at++) {
        static const char digits[] = "0123456789abcdefABCDEF";
        const char *digit = peek(reader) == '\0' ? NULL : strchr(digits, peek(reader));
        if (digit == NULL)
            return false;
        value = value << 4 | (uint32_t)(digit - digits < 16 ? digit - digits : digit - digits - 6);
    }
    *code = value;
    return true;
}

/* Behind "\u"; a pair of surrogates is one character. */
static bool read_code(struct reader *reader, uint32_t *code)
{
    const size_t start = reader->at - 2;
    if (!read_hex(reader, code))
        return fail(reader, start, "\\u wants four hexadecimal digits");
    if (*code == 0)
        return fail(reader, start, "\\u0000 is not read");
    if (*code < 0xD800 || *code > 0xDFFF)
        return true;
    uint32_t low;
    if (*code > 0xDBFF || !take(reader, '\\') || !take(reader, 'u') || !read_hex(reader, &low) ||
        low < 0xDC00 || low > 0xDFFF)
        return fail(reader, start, "half a surrogate pair");
    *code = 0x10000 + ((*code - 0xD800) << 10) + (low - 0xDC00);
    return true;
}

/* One character of a string, decoded to `out`; the number of its bytes, 0 on failure. */
static size_t read_character(struct reader *reader, char out[4])
{
    static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    const size_t start = reader->at;
    uint32_t code = 0;
    if (!take(reader, '\\')) {
        const size_t size = utf8_decode(reader->bytes + start, reader->length - start, &code);
        if (size == 0 || code < 0x20) {
            fail(reader, start, size == 0 ? "invalid UTF-8" : "a control character in a string");
            return 0;
        }
        memcpy(out, reader->bytes + start, size);
        reader->at += size;
        return size;
    }
    if (take(reader, 'u'))
        return read_code(reader, &code) ? utf8_encode(code, out) : 0;
    const char *letter = peek(reader) == '\0' ? NULL : strchr(letters, peek(reader));
    if (letter == NULL) {
        fail(reader, start, "an unknown escape");
        return 0;
    }
    reader->at++;
    out[0] = meanings[letter - letters];
    return 1;
}

static bool read_string(struct reader *reader, const char **string)
{
    const size_t start = reader->at;
    if (!take(reader, '"'))
        return fail(reader, start, "a string was wanted");
    size_t end = reader->at;
    while (end < reader->length && reader->bytes[end] != '"')
        end += reader->bytes[end] == '\\' ? 2 : 1;
    if (end >= reader->length)
        return fail(reader, start, "a string without an end");
    /* decoded it is never longer than as it is written */
    char *text = arena_allocate(reader->arena, end - reader->at + 1, 1);
    if (text == NULL)
        return fail_memory(reader);
    for (size_t length = 0, size; reader->at < end; length += size) {
        char character[4];
        size = read_character(reader, character);
        if (size == 0)
            return false;
        memcpy(text + length, character, size);
    }
    reader->at = end + 1;
    *string = text;
    return true;
}

static struct member *add_member(struct reader *reader, struct collection *collection)
{
    if (collection->count == collection->capacity) {
        const size_t capacity = collection->count == 0 ? 8 : 2 * collection->count;
        struct member *members = memory_resize(collection->members, capacity, sizeof *members);
        if (members == NULL) {
            fail_memory(reader);
            return NULL;
        }
        collection->members = members;
        collection->capacity = capacity;
    }
    struct member *member = &collection->members[collection->count++];
    *member = (struct member){0};
    return member;
}

static bool read_value(struct reader *reader, struct json *value);

static bool read_member(struct reader *reader, struct collection *collection)
{
    struct member *member = add_member(reader, collection);
    if (member == NULL)
        return false;
    if (collection->is_object) {
        skip_space(reader);
        member->at = reader->at;
        if (!read_string(reader, &member->key))
            return false;
        skip_space(reader);
        if (!take(reader, ':'))
            return fail(reader, reader->at, "':' was wanted");
    }
    return read_value(reader, &member->value);
}

static bool read_members(struct reader *reader, struct collection *collection)
{
    const char closer = collection->is_object ? '}' : ']';
    reader->at++;
    skip_space(reader);
    if (take(reader, closer))
        return true;
    do {
        if (!read_member(reader, collection))
            return false;
        skip_space(reader);
    } while (take(reader, ','));
    return take(reader, closer) ||
           fail(reader, reader->at,
                collection->is_object ? "',' or '}' was wanted" : "',' or ']' was wanted");
}

static bool copy_members(struct reader *reader, const struct collection *collection, struct json *value)
{
    value->kind = collection->is_object ? JSON_OBJECT : JSON_ARRAY;
    value->count = collection->count;
    value->items = arena_allocate(reader->arena, collection->count, sizeof *value->items);
    if (collection->is_object)
        value->keys = arena_allocate(reader->arena, collection->count, sizeof *value->keys);
    if (value->items == NULL || (collection->is_object && value->keys == NULL))
        return fail_memory(reader);
    for (size_t i = 0; i < collection->count; i++) {
        value->items[i] = collection->members[i].value;
        if (collection->is_object)
            value->keys[i] = collection->members[i].key;
    }
    return true;
}

static int compare_keys(const void *a, const void *b)
{
    const struct member *left = a, *right = b;
    const int order = strcmp(left->key, right->key);
    return order != 0 ? order : (left->at > right->at) - (left->at < right->at);
}

/* By sorting, so that many keys do not take time that grows with their square. */
static bool check_keys(struct reader *reader, struct collection *object)
{
    const struct member *duplicate = NULL;
    if (object->count > 0)
        qsort(object->members, object->count, sizeof *object->members, compare_keys);
    for (size_t i = 1; i < object->count; i++) {
        const struct member *member = &object->members[i];
        if (strcmp(member[-1].key, member->key) == 0 && (duplicate == NULL || member->at < duplicate->at))
            duplicate = member;
    }
    if (duplicate == NULL)
        return true;
    struct text what = {0};
    text_add(&what, "duplicate key \"");
    text_add_escaped(&what, duplicate->key, strlen(duplicate->key));
    text_add(&what, "\"");
    what.failed ? fail_memory(reader) : fail(reader, duplicate->at, what.bytes);
    text_finish(&what);
    return false;
}

static bool read_collection(struct reader *reader, struct json *value, bool is_object)
{
    if (reader->depth == JSON_DEPTH_LIMIT)
        return fail(reader, reader->at, "nested more than 64 deep");
    struct collection collection = {.is_object = is_object};
    reader->depth++;
    const bool done = read_members(reader, &collection) && copy_members(reader, &collection, value) &&
                      (!is_object || check_keys(reader, &collection));
    reader->depth--;
    memory_free(collection.members);
    return done;
}

static bool read_word(struct reader *reader, struct json *value)
{
    static const struct {
        const char *word;
        enum json_kind kind;
    } words[] = {{"null", JSON_NULL}, {"false", JSON_FALSE}, {"true", JSON_TRUE}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        const size_t length = strlen(words[i].word);
        if (reader->length - reader->at < length ||
            memcmp(reader->bytes + reader->at, words[i].word, length) != 0)
            continue;
        reader->at += length;
        value->kind = words[i].kind;
        return true;
    }
    return fail(reader, reader->at, "a value was wanted");
}

static bool read_value(struct reader *reader, struct json *value)
{
    if (++reader->values > VALUE_LIMIT)
        return fail(reader, reader->at, "more than 250000 values");
    skip_space(reader);
    const char first = peek(reader);
    if (first == '{' || first == '[')
        return read_collection(reader, value, first == '{');
    if (first == '"') {
        value->kind = JSON_STRING;
        return read_string(reader, &value->text);
    }
    if (first == '-' || is_digit(first))
        return read_number(reader, value);
    return read_word(reader, value);
}

const struct json *json_parse(struct arena *arena, const char *name, const char *bytes, size_t length,
                              struct assay_error *error)
{
    struct reader reader = {.arena = arena, .name = name, .bytes = bytes, .length = length, .error = error};
    struct json *value = arena_allocate(arena, 1, sizeof *value);
    if (value == NULL) {
        fail_memory(&reader);
        return NULL;
    }
    if (!read_value(&reader, value))
        return NULL;
    skip_space(&reader);
    if (reader.at < length) {
        fail(&reader, reader.at, "something follows the value");
        return NULL;
    }
    return value;
}

bool json_find(struct arena *arena, const char *directory, const char *name, size_t limit,
               const struct json **object, struct assay_error *error)
{
    struct assay_error problem = {0};
    char *path = path_join(directory, name), *bytes = NULL;
    size_t length;
    const struct json *json = NULL;
    if (path == NULL)
        assay_fail_memory(&problem, "reading JSON");
    else if (file_read(path, limit, &bytes, &length, &problem))
        json = json_parse(arena, path, bytes, length, &problem);
    memory_free(bytes);
    memory_free(path);
    *object = json != NULL && json->kind == JSON_OBJECT ? json : NULL;
    return problem.status != ASSAY_MACHINE || assay_fail(error, problem.status, "%s", problem.text);
}

const struct json *json_get(const struct json *object, const char *key)
{
    for (size_t i = 0; object != NULL && object->kind == JSON_OBJECT && i < object->count; i++)
        if (strcmp(object->keys[i], key) == 0)
            return &object->items[i];
    return NULL;
}

double json_get_number(const struct json *object, const char *key)
{
    const struct json *value = json_get(object, key);
    return value != NULL && value->kind == JSON_NUMBER ? value->number : NAN;
}

uint32_t json_get_count(const struct json *object, const char *key)
{
    const double value = json_get_number(object, key);
    return value >= 0 && value <= UINT32_MAX ? (uint32_t)value : 0;
}

void json_get_text(const struct json *object, const char *key, char *text, size_t size)
{
    const struct json *value = json_get(object, key);
    snprintf(text, size, "%s", value != NULL && value->kind == JSON_STRING ? value->text : "");
}
