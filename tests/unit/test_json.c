#include "harness.h"

#include <math.h>

#include "io/json.h"

/* Writes again what was read, compactly. */
static void write_value(struct json_writer *writer, const char *key, const struct json *value)
{
    static const char *const words[] = {"null", "false", "true"};
    switch (value->kind) {
    case JSON_NULL:
    case JSON_FALSE:
    case JSON_TRUE:
        json_raw(writer, key, words[value->kind]);
        break;
    case JSON_NUMBER:
        json_number(writer, key, value->number);
        break;
    case JSON_STRING:
        json_string(writer, key, value->text);
        break;
    case JSON_ARRAY:
    case JSON_OBJECT:
        json_open(writer, key, value->kind == JSON_ARRAY ? '[' : '{');
        for (size_t i = 0; i < value->count; i++)
            write_value(writer, value->kind == JSON_ARRAY ? NULL : value->keys[i], &value->items[i]);
        json_close(writer);
    }
}

static void check_bytes(const char *bytes, size_t length, const char *wanted)
{
    struct arena *arena = arena_create();
    struct assay_error error = {0};
    struct text found = {0};
    const struct json *value = json_parse(arena, "j", bytes, length, &error);
    CU_ASSERT_EQUAL(error.status, value == NULL ? ASSAY_INVALID : ASSAY_DONE);
    if (value != NULL)
        write_value(&(struct json_writer){.text = &found, .compact = true}, NULL, value);
    else
        text_add(&found, "%s", error.text);
    CHECK_TEXT(found.bytes, wanted);
    text_finish(&found);
    arena_destroy(arena);
}

static void test_read(void)
{
    static const struct {
        const char *json, *wanted;
    } cases[] = {
        {"null", "null"},
        {" \t\r\n[ true , false ] \n", "[true,false]"},
        {"{}", "{}"},
        {"[]", "[]"},
        {"{\"a\":{\"b\":[1,{\"c\":\"d\"},[]]},\"\":0}", "{\"a\":{\"b\":[1,{\"c\":\"d\"},[]]},\"\":0}"},
        {"[0,-0,1,-1,10,0.5,-1.25,1e3,1E+3,1e-3,123456789012]",
         "[0,-0,1,-1,10,0.5,-1.25,1000,1000,0.001,123456789012]"},
        {"[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18]", "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18]"},
        {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\\"\\\\/\\b\\f\\n\\r\\t\""},
        {"\"\\u0041\\u00e9\\u20AC\\ud83d\\uDE00\"", "\"Aé€😀\""},
        {"\"é€😀\"", "\"é€😀\""},
        {"\"\\u0001\\u007f\\u009b\\u202e\\ufeff\"", "\"\\u0001\\u007F\\u009B\\u202E\\uFEFF\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_bytes(cases[i].json, strlen(cases[i].json), cases[i].wanted);
}

static void test_refused(void)
{
    static const struct {
        const char *json, *wanted;
    } cases[] = {
        {"", "j: byte 0: a value was wanted"},
        {"  ", "j: byte 2: a value was wanted"},
        {"nul", "j: byte 0: a value was wanted"},
        {"nan", "j: byte 0: a value was wanted"},
        {"'a'", "j: byte 0: a value was wanted"},
        {"\xEF\xBB\xBF{}", "j: byte 0: a value was wanted"},
        {"true false", "j: byte 5: something follows the value"},
        {"{}x", "j: byte 2: something follows the value"},
        {"[1,]", "j: byte 3: a value was wanted"},
        {"[1 2]", "j: byte 3: ',' or ']' was wanted"},
        {"[1", "j: byte 2: ',' or ']' was wanted"},
        {"[", "j: byte 1: a value was wanted"},
        {"{", "j: byte 1: a string was wanted"},
        {"{a:1}", "j: byte 1: a string was wanted"},
        {"{\"a\" 1}", "j: byte 5: ':' was wanted"},
        {"{\"a\":1,}", "j: byte 7: a string was wanted"},
        {"{\"a\":1;}", "j: byte 6: ',' or '}' was wanted"},
        {"{\"a\":1,\"b\":2,\"a\":3}", "j: byte 13: duplicate key \"a\""},
        {"{\"b\":1,\"a\":2,\"a\":3,\"b\":4}", "j: byte 13: duplicate key \"a\""},
        {"{\"a\":1,\"\\u0061\":2}", "j: byte 7: duplicate key \"a\""},
        {"{\"\\u001b\":1,\"\\u001b\":2}", "j: byte 12: duplicate key \"\\x1B\""},
        {"01", "j: byte 0: not a number"},
        {"-", "j: byte 0: not a number"},
        {"+1", "j: byte 0: a value was wanted"},
        {".5", "j: byte 0: a value was wanted"},
        {"1.", "j: byte 0: not a number"},
        {"1e", "j: byte 0: not a number"},
        {"1e+", "j: byte 0: not a number"},
        {"[0, -x]", "j: byte 4: not a number"},
        {"0x10", "j: byte 1: something follows the value"},
        {"1e400", "j: byte 0: a number out of range"},
        {"1e-400", "j: byte 0: a number out of range"},
        {"\"a", "j: byte 0: a string without an end"},
        {"\"a\\", "j: byte 0: a string without an end"},
        {"\"a\\\"", "j: byte 0: a string without an end"},
        {"\"a\nb\"", "j: byte 2: a control character in a string"},
        {"\"\\x41\"", "j: byte 1: an unknown escape"},
        {"\"\\u12g4\"", "j: byte 1: \\u wants four hexadecimal digits"},
        {"\"\\u123\"", "j: byte 1: \\u wants four hexadecimal digits"},
        {"\"\\u0000\"", "j: byte 1: \\u0000 is not read"},
        {"\"\\ud800\"", "j: byte 1: half a surrogate pair"},
        {"\"\\ud800\\u0041\"", "j: byte 1: half a surrogate pair"},
        {"\"\\udc00\\ud800\"", "j: byte 1: half a surrogate pair"},
        {"\"\xFF\"", "j: byte 1: invalid UTF-8"},
        {"\"\xC0\x80\"", "j: byte 1: invalid UTF-8"},
        {"\"\xE0\x80\x80\"", "j: byte 1: invalid UTF-8"},
        {"\"\xED\xA0\x80\"", "j: byte 1: invalid UTF-8"},
        {"\"\xF4\x90\x80\x80\"", "j: byte 1: invalid UTF-8"},
        {"\"\xE2\x82\"", "j: byte 1: invalid UTF-8"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_bytes(cases[i].json, strlen(cases[i].json), cases[i].wanted);
    check_bytes("1\0", 2, "j: byte 1: something follows the value");
    check_bytes("\"\0\"", 3, "j: byte 1: a control character in a string");
}

/* Every cut of a good text is refused, and nothing beyond the cut is read (the copy has no room to spare). */
static void test_cut(void)
{
    static const char json[] = "{\"a\\u00e9\": [1.5e3, true, null, {\"b\": \"\\ud83d\\ude00é\"}]}";
    for (size_t length = 0; length < strlen(json); length++) {
        struct arena *arena = arena_create();
        char *copy = malloc(length > 0 ? length : 1);
        memcpy(copy, json, length);
        CU_ASSERT_PTR_NULL(json_parse(arena, "j", copy, length, NULL));
        free(copy);
        arena_destroy(arena);
    }
}

static bool parses(const char *piece, size_t count, const char *end)
{
    struct arena *arena = arena_create();
    struct text text = {0};
    for (size_t i = 0; i < count; i++)
        text_add_bytes(&text, piece, strlen(piece));
    text_add(&text, "%s", end);
    struct assay_error error = {0};
    const bool done = json_parse(arena, "j", text.bytes, text.length, &error) != NULL;
    text_finish(&text);
    arena_destroy(arena);
    return done;
}

static void test_limits(void)
{
    CU_ASSERT(parses("[", 64, "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"));
    CU_ASSERT_FALSE(parses("[", 65, "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"));
    CU_ASSERT_FALSE(parses("{\"a\":[", 1000000, ""));
    struct text array = {0};
    text_add(&array, "[0");
    for (size_t i = 0; i < 249998; i++)
        text_add_bytes(&array, ",0", 2);
    CU_ASSERT(parses(array.bytes, 1, "]"));
    CU_ASSERT_FALSE(parses(array.bytes, 1, ",0]"));
    text_finish(&array);
}

/* 100000 keys: looking for duplicates may not take the square of that. */
static void test_many_keys(void)
{
    struct text text = {0};
    text_add_char(&text, '{');
    for (int i = 0; i < 100000; i++)
        text_add(&text, "\"k%d\":0,", i);
    CU_ASSERT(parses(text.bytes, 1, "\"k\":1}"));
    CU_ASSERT_FALSE(parses(text.bytes, 1, "\"k99\":1}"));
    text_finish(&text);
}

static void test_get(void)
{
    static const char json[] = "{\"a\": 1, \"b\": {\"a\": \"x\"}}";
    struct arena *arena = arena_create();
    const struct json *value = json_parse(arena, "j", json, strlen(json), NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(value);
    CHECK_TEXT(json_get(value, "a")->text, "1");
    CHECK_TEXT(json_get(json_get(value, "b"), "a")->text, "x");
    CU_ASSERT_PTR_NULL(json_get(value, "c"));
    CU_ASSERT_PTR_NULL(json_get(json_get(value, "a"), "a"));
    CU_ASSERT_PTR_NULL(json_get(NULL, "a"));
    char text[3];
    json_get_text(json_get(value, "b"), "a", text, sizeof text);
    CHECK_TEXT(text, "x");
    json_get_text(value, "a", text, sizeof text);
    CHECK_TEXT(text, "");
    CU_ASSERT(json_get_number(value, "a") == 1 && isnan(json_get_number(value, "b")));
    CU_ASSERT(json_get_count(value, "a") == 1 && json_get_count(value, "c") == 0);
    arena_destroy(arena);
}

static void write_all(struct json_writer *writer)
{
    json_open(writer, NULL, '{');
    json_string(writer, "string", "a \"b\"\n\xFF");
    json_string(writer, "none", NULL);
    json_number(writer, "number", 0.1);
    json_number(writer, "small", 1e-5);
    json_number(writer, "not a number", 0.0 / 0.0);
    json_integer(writer, "integer", -9223372036854775807LL - 1);
    json_bool(writer, "yes", true);
    json_bool(writer, "no", false);
    json_raw(writer, "raw", "[1, 2]");
    json_open(writer, "list", '[');
    json_null(writer, NULL);
    json_open(writer, NULL, '{');
    json_close(writer);
    json_open(writer, NULL, '[');
    json_close(writer);
    json_close(writer);
    json_close(writer);
}

static void test_write(void)
{
    static const char *const wanted[] = {
        "{\n"
        "  \"string\": \"a \\\"b\\\"\\n\\uFFFD\",\n"
        "  \"none\": null,\n"
        "  \"number\": 0.1,\n"
        "  \"small\": 1.0e-05,\n"
        "  \"not a number\": null,\n"
        "  \"integer\": -9223372036854775808,\n"
        "  \"yes\": true,\n"
        "  \"no\": false,\n"
        "  \"raw\": [1, 2],\n"
        "  \"list\": [\n"
        "    null,\n"
        "    {},\n"
        "    []\n"
        "  ]\n"
        "}",
        "{\"string\":\"a \\\"b\\\"\\n\\uFFFD\",\"none\":null,\"number\":0.1,\"small\":1.0e-05,\"not a "
        "number\":null,"
        "\"integer\":-9223372036854775808,\"yes\":true,\"no\":false,\"raw\":[1, 2],\"list\":[null,{},[]]}",
    };
    for (int compact = 0; compact < 2; compact++) {
        struct text text = {0};
        write_all(&(struct json_writer){.text = &text, .compact = compact == 1});
        CHECK_TEXT(text.bytes, wanted[compact]);
        CU_ASSERT(parses(text.bytes, 1, ""));
        text_finish(&text);
    }
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"values are read", test_read},
        {"what is not JSON is refused", test_refused},
        {"every cut is refused", test_cut},
        {"limits, on both sides", test_limits},
        {"many keys take no long time", test_many_keys},
        {"members are found", test_get},
        {"values are written", test_write},
        CU_TEST_INFO_NULL,
    };
    return run_suite("json", tests);
}
