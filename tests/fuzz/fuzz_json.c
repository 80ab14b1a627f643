/* JSON: what is read is the same after it was written and read again; and the files of a run made of it. */
#include <string.h>

#include "base/arena.h"
#include "io/json.h"
#include "run/provenance.h"
#include "run/summary.h"
#include "target.h"

static void write_value(struct json_writer *writer, const char *key, const struct json *value)
{
    switch (value->kind) {
    case JSON_NULL:
        json_null(writer, key);
        break;
    case JSON_FALSE:
    case JSON_TRUE:
        json_bool(writer, key, value->kind == JSON_TRUE);
        break;
    case JSON_NUMBER:
        json_number(writer, key, value->number);
        break;
    case JSON_STRING:
        json_string(writer, key, value->text);
        break;
    default:
        json_open(writer, key, value->kind == JSON_OBJECT ? '{' : '[');
        for (size_t i = 0; i < value->count; i++)
            write_value(writer, value->kind == JSON_OBJECT ? value->keys[i] : NULL, &value->items[i]);
        json_close(writer);
    }
}

static bool is_equal(const struct json *a, const struct json *b)
{
    if (a->kind != b->kind || a->count != b->count)
        return false;
    if (a->kind == JSON_NUMBER)
        return a->number == b->number;
    if (a->kind == JSON_STRING)
        return strcmp(a->text, b->text) == 0;
    for (size_t i = 0; i < a->count; i++)
        if ((a->kind == JSON_OBJECT && strcmp(a->keys[i], b->keys[i]) != 0) ||
            !is_equal(&a->items[i], &b->items[i]))
            return false;
    return true;
}

static void check_round_trip(struct arena *arena, const struct json *value, bool compact)
{
    struct text text = {0};
    struct json_writer writer = {.text = &text, .compact = compact};
    write_value(&writer, NULL, value);
    const struct json *again = json_parse(arena, "again", text.bytes, text.length, NULL);
    REQUIRE(again != NULL && is_equal(value, again));
    text_finish(&text);
}

/* What reads a run directory whose files anybody may have written. */
static void check_run_files(const uint8_t *bytes, size_t size)
{
    static struct summary_found summary;
    struct provenance_found found;
    target_named("summary.json", bytes, size);
    target_named("provenance.json", bytes, size);
    bool is_there;
    REQUIRE(summary_read(".", &is_there, &summary, NULL));
    REQUIRE(provenance_read(".", &found, NULL));
    struct provenance provenance = {0};
    REQUIRE(provenance_start(&provenance, ".", NULL) && !provenance.earlier.failed);
    provenance_finish(&provenance);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena *arena = arena_create();
    struct assay_error error = {0};
    const struct json *value = json_parse(arena, "input", (const char *)bytes, size, &error);
    REQUIRE((value == NULL) == (error.text[0] != '\0'));
    if (value != NULL) {
        check_round_trip(arena, value, size % 2 == 0);
        check_run_files(bytes, size);
        target_accepted++;
    }
    arena_destroy(arena);
    return 0;
}
