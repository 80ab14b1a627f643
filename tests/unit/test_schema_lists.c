/* The kinds that hold any number of values, any value, or an amount: bound, refused, written, documented. */
#include "harness.h"

#include <math.h>

#include "io/json.h"
#include "schema/schema.h"

struct row {
    const char *label;
    int digits;
};

struct lists {
    struct assay_list seeds;                     /* of uint64_t */
    struct assay_list words, pair, rows, layers; /* of text, of text, of struct row, of variants */
    struct assay_list grids;                     /* of maps of lists of values */
    struct assay_map numbers, values;
    const struct node *value;
    struct assay_amount margin;
};

static const char *const keys[] = {"loss", "error_pct", NULL};

static const struct assay_field row_fields[] = {
    {ASSAY_STRING(struct row, label), .key = "label", .help = "what it is called"},
    {ASSAY_INT(struct row, digits), .key = "digits", .help = "behind the point", .fallback = "2", .least = 0,
     .most = 9},
};
static const struct assay_table row_table = ASSAY_TABLE(struct row, row_fields);
static const struct assay_field depth_fields[] = {
    {ASSAY_INT(struct row, digits), .key = "depth", .help = "how deep it is", .least = 1, .most = 9}};
static const struct assay_table depth_table = ASSAY_TABLE(struct row, depth_fields);
static const struct assay_variant deep = {"deep", "a layer", NULL, "3", "depth", &depth_table};
static const struct assay_variant *const layer_list[] = {&deep};
static const struct assay_variants layers = {"layer", layer_list, 1, NULL};

static const struct assay_field text_item = {.kind = &assay_kind_string};
static const struct assay_field row_item = {.kind = &assay_kind_table, .table = &row_table};
static const struct assay_field layer_item = {.kind = &assay_kind_variant, .variants = &layers};
static const struct assay_field value_item = {.kind = &assay_kind_value};
static const struct assay_field values_item = {.kind = &assay_kind_list, .item = &value_item, .least = 1};
static const struct assay_field grid_item = {.kind = &assay_kind_map, .item = &values_item};
static const struct assay_field number_item = {
    .kind = &assay_kind_real, .least = 0, .most = INFINITY, .optional = true};

static const struct assay_field fields[] = {
    {ASSAY_SEEDS(struct lists, seeds), .key = "seeds", .help = "one for each run", .fallback = "2"},
    {ASSAY_LIST(struct lists, words), .key = "words", .help = "any words", .fallback = "all",
     .item = &text_item, .least = 1, .lone = true},
    {ASSAY_LIST(struct lists, pair), .key = "pair", .help = "two words", .fallback = "null", .optional = true,
     .item = &text_item, .least = 2, .most = 2},
    {ASSAY_LIST(struct lists, rows), .key = "rows", .help = "rows of a table", .fallback = "[]",
     .item = &row_item, .most = 3},
    {ASSAY_LIST(struct lists, layers), .key = "layers", .help = "what is on what", .fallback = "[]",
     .item = &layer_item},
    {ASSAY_LIST(struct lists, grids), .key = "grids", .help = "values of anything", .fallback = "[]",
     .item = &grid_item},
    {ASSAY_MAP(struct lists, numbers), .key = "numbers", .help = "numbers by name", .fallback = "{}",
     .item = &number_item, .choices = keys},
    {ASSAY_MAP(struct lists, values), .key = "values", .help = "values by path", .fallback = "{}",
     .item = &value_item},
    {ASSAY_VALUE(struct lists, value), .key = "value", .help = "whatever it is", .fallback = "null"},
    {ASSAY_AMOUNT(struct lists, margin), .key = "margin", .help = "how far apart", .fallback = "null",
     .optional = true, .least = 0, .above = true, .most = INFINITY},
};
static const struct assay_table table = ASSAY_TABLE(struct lists, fields);

struct bench {
    struct arena *arena;
    struct diagnostics *diagnostics;
    struct lists lists;
    bool bound;
};

static struct bench bind(const char *yaml)
{
    struct bench bench = {.arena = arena_create(), .diagnostics = diagnostics_create()};
    CU_ASSERT_FATAL(bench.arena != NULL && bench.diagnostics != NULL);
    const struct node *node = tree_parse(bench.arena, "t", yaml, strlen(yaml), bench.diagnostics);
    CU_ASSERT_PTR_NOT_NULL_FATAL(node);
    bench.bound = schema_bind(&table, node, "", &bench.lists, bench.arena, bench.diagnostics);
    return bench;
}

static void finish(struct bench *bench)
{
    diagnostics_destroy(bench->diagnostics);
    arena_destroy(bench->arena);
}

static const char *word(const struct assay_list *list, size_t i)
{
    return ((const char *const *)list->items)[i];
}

static void all_kinds_bind(void)
{
    struct bench bench =
        bind("seeds: [3, 9007199254740992]\nwords: [a, \"1\"]\npair: [x, y]\n"
             "rows: [{label: r}, {label: s, digits: 0}]\nlayers: [deep: 4, {deep: {depth: 5}}]\n"
             "grids: [{a.b: [1, {c: 2}], d: [null]}]\nnumbers: {loss: .5, error_pct: null}\n"
             "values: {\"x[0].y\": [1], z: ~}\nvalue: [1, 2]\nmargin: 10%\n");
    CU_ASSERT_FATAL(bench.bound);
    const struct lists *lists = &bench.lists;
    const uint64_t *seeds = lists->seeds.items;
    CU_ASSERT(lists->seeds.count == 2 && seeds[0] == 3 && seeds[1] == UINT64_C(1) << 53);
    CU_ASSERT_EQUAL_FATAL(lists->words.count, 2);
    CHECK_TEXT(word(&lists->words, 1), "1");
    CU_ASSERT_EQUAL_FATAL(lists->pair.count, 2);
    CHECK_TEXT(word(&lists->pair, 0), "x");
    const struct row *rows = lists->rows.items;
    CU_ASSERT_EQUAL_FATAL(lists->rows.count, 2);
    CHECK_TEXT(rows[0].label, "r");
    CU_ASSERT(rows[0].digits == 2 && rows[1].digits == 0);
    const struct assay_variant_value *values = lists->layers.items;
    CU_ASSERT_EQUAL_FATAL(lists->layers.count, 2);
    CU_ASSERT(values[1].variant == &deep && ((const struct row *)values[1].options)->digits == 5);
    const struct assay_map *grid = lists->grids.items;
    CU_ASSERT_FATAL(lists->grids.count == 1 && grid->count == 2);
    CHECK_TEXT(grid->map->keys[0]->text, "a.b");
    CU_ASSERT_EQUAL(grid->map->keys[1]->place.column, 28);
    const struct assay_list *choices = grid->items;
    CU_ASSERT_EQUAL_FATAL(choices[0].count, 2);
    CU_ASSERT_EQUAL(((const struct node *const *)choices[0].items)[1]->kind, NODE_MAP);
    CU_ASSERT(node_is_null(*(const struct node *const *)choices[1].items));
    const double *numbers = lists->numbers.items;
    CU_ASSERT(lists->numbers.count == 2 && numbers[0] == 0.5 && isnan(numbers[1]));
    CU_ASSERT(lists->values.count == 2 && lists->value->count == 2);
    CU_ASSERT(lists->margin.relative && lists->margin.value == 10);
    finish(&bench);
}

static void defaults_bind(void)
{
    struct bench bench = bind("{}");
    CU_ASSERT_FATAL(bench.bound);
    const uint64_t *seeds = bench.lists.seeds.items;
    CU_ASSERT(bench.lists.seeds.count == 2 && seeds[0] == 1 && seeds[1] == 2);
    CU_ASSERT_EQUAL_FATAL(bench.lists.words.count, 1);
    CHECK_TEXT(word(&bench.lists.words, 0), "all");
    CU_ASSERT_PTR_NULL(bench.lists.pair.items);
    CU_ASSERT(bench.lists.rows.items != NULL && bench.lists.rows.count == 0);
    CU_ASSERT(bench.lists.numbers.map != NULL && bench.lists.numbers.count == 0);
    CU_ASSERT(node_is_null(bench.lists.value));
    CU_ASSERT(isnan(bench.lists.margin.value));
    finish(&bench);
    bench = bind("margin: 0.5\nwords: one\n");
    CU_ASSERT(bench.bound && !bench.lists.margin.relative && bench.lists.margin.value == 0.5);
    CHECK_TEXT(word(&bench.lists.words, 0), "one");
    finish(&bench);
}

static void wrong_values_are_refused(void)
{
    static const struct {
        const char *yaml, *message;
    } cases[] = {
        {"seeds: 0", "t:1:8: seeds: wants a whole number from 1 to 10000, found 0"},
        {"seeds: x", "t:1:8: seeds: wants a whole number, found \"x\""},
        {"seeds:", "t:1:7: seeds: wants a list of seeds, or a number n for 1 to n, found nothing"},
        {"seeds: {a: 1}", "t:1:8: seeds: wants a list of seeds, or a number n for 1 to n, found a map"},
        {"seeds: []", "t:1:8: seeds: wants at least 1 item, found none"},
        {"seeds: [1, x]", "t:1:12: seeds[1]: wants a whole number, found \"x\""},
        {"seeds: [1, 2, 1]", "t:1:15: seeds[2]: 1 is there already"},
        {"words: {a: b}", "t:1:8: words: wants text, found a map"},
        {"words: []", "t:1:8: words: wants at least 1 item, found none"},
        {"words: [a, [b]]", "t:1:12: words[1]: wants text, found a list"},
        {"pair: a", "t:1:7: pair: wants a list, found \"a\""},
        {"pair: [a]", "t:1:7: pair: wants 2 items, found 1"},
        {"pair: [a, b, c]", "t:1:7: pair: wants 2 items, found 3"},
        {"rows: {label: a}", "t:1:7: rows: wants a list, found a map"},
        {"rows: [{label: a}, {digits: 3}]", "t:1:20: rows[1].label: required key is missing"},
        {"rows: [{label: a, digit: 3}]", "t:1:19: rows[0].digit: unknown key; did you mean digits?"},
        {"rows: [7]", "t:1:8: rows[0]: wants a map, found \"7\""},
        {"rows: [{label: a}, {label: a}, {label: a}, {label: a}]",
         "t:1:7: rows: wants at most 3 items, found 4"},
        {"layers: [dep: 3]", "t:1:10: layers[0]: unknown layer \"dep\"; did you mean deep?"},
        {"grids: [{a: 1}]", "t:1:13: grids[0].a: wants a list, found \"1\""},
        {"grids: [{a: []}]", "t:1:13: grids[0].a: wants at least 1 item, found none"},
        {"numbers: [1]", "t:1:10: numbers: wants a map, found a list"},
        {"numbers: {loss: -1}", "t:1:17: numbers.loss: wants a number of at least 0, found -1"},
        {"numbers: {lss: 1}", "t:1:11: numbers.lss: unknown key; did you mean loss?"},
        {"numbers: {accuracy: 1}", "t:1:11: numbers.accuracy: unknown key; known are loss, error_pct"},
        {"values: x", "t:1:9: values: wants a map, found \"x\""},
        {"margin: 0", "t:1:9: margin: wants a number (or a share, as in 10%) above 0, found 0"},
        {"margin: 0%", "t:1:9: margin: wants a number (or a share, as in 10%) above 0, found 0%"},
        {"margin: -5%", "t:1:9: margin: wants a number (or a share, as in 10%) above 0, found -5%"},
        {"margin: \"%\"", "t:1:9: margin: wants a number (or a share, as in 10%), found the text \"%\""},
        {"margin: 1 %", "t:1:9: margin: wants a number (or a share, as in 10%), found \"1 %\""},
        {"margin: [1]", "t:1:9: margin: wants a number (or a share, as in 10%), found a list"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bench bench = bind(cases[i].yaml);
        struct text text = {0};
        CU_ASSERT(!bench.bound);
        diagnostics_print(bench.diagnostics, &text);
        CU_ASSERT_EQUAL(diagnostics_count(bench.diagnostics), 1);
        if (text.length > 0)
            text.bytes[strcspn(text.bytes, "\n")] = '\0';
        CHECK_TEXT(text.bytes, cases[i].message);
        text_finish(&text);
        finish(&bench);
    }
}

static void check_written(const char *yaml, const char *wanted)
{
    struct bench bench = bind(yaml);
    CU_ASSERT_FATAL(bench.bound);
    struct text text = {0};
    schema_write(&table, &bench.lists, 0, false, &text);
    CHECK_TEXT(text.bytes, wanted);
    text_finish(&text);
    finish(&bench);
}

static void writing_binds_to_the_same(void)
{
    static const char least[] = "seeds:\n  - 1\n  - 2\nwords:\n  - all\npair: null\nrows: []\nlayers: []\n"
                                "grids: []\nnumbers: {}\nvalues: {}\nvalue: null\nmargin: null\n";
    static const char most[] =
        "seeds:\n  - 3\n"
        "words:\n  - \"1\"\n"
        "pair:\n  - x\n  - \"no\"\n"
        "rows:\n  -\n    label: r\n    digits: 2\n  -\n    label: s\n    digits: 0\n"
        "layers:\n  -\n    deep:\n      depth: 4\n"
        "grids:\n  -\n    a.b:\n      - 1\n      -\n        c: 2\n    d:\n      - null\n"
        "numbers:\n  loss: 0.5\n  error_pct: null\n"
        "values:\n  \"x[0].y\":\n    - 1\n  z: null\n"
        "value:\n  - 1\n  - 2\n"
        "margin: 10%\n";
    check_written("{}", least);
    check_written(least, least);
    check_written("seeds: [3]\nwords: \"1\"\npair: [x, \"no\"]\nrows: [{label: r}, {label: s, digits: 0}]\n"
                  "layers: [deep: 4]\ngrids: [{a.b: [1, {c: 2}], d: [null]}]\n"
                  "numbers: {loss: .5, error_pct: null}\nvalues: {\"x[0].y\": [1], z: ~}\nvalue: [1, 2]\n"
                  "margin: 10%\n",
                  most);
    check_written(most, most);
}

static void rows_are_documented(void)
{
    static const char wanted[] =
        "# Lists\n"
        "\n"
        "| key | what it is | value | default |\n"
        "|---|---|---|---|\n"
        "| `seeds` | one for each run | a list of seeds, or a number n for 1 to n | `2` |\n"
        "| `words` | any words | a list of at least 1, each text | `all` |\n"
        "| `pair` | two words | a list of 2, each text or null | `null` |\n"
        "| `rows` | rows of a table | [a list, each a map](#rows) | `[]` |\n"
        "| `layers` | what is on what | [a list, each a layer (deep)](#layers) | `[]` |\n"
        "| `grids` | values of anything | a list, each a map, each a list of at least 1, each any YAML | "
        "`[]` "
        "|\n"
        "| `numbers` | numbers by name | a map, each a number of at least 0 or null | `{}` |\n"
        "| `values` | values by path | a map, each any YAML | `{}` |\n"
        "| `value` | whatever it is | any YAML | `null` |\n"
        "| `margin` | how far apart | a number (or a share, as in 10%) above 0 or null | `null` |\n"
        "\n"
        "## `rows`\n"
        "\n"
        "Each of them:\n"
        "\n"
        "| key | what it is | value | default |\n"
        "|---|---|---|---|\n"
        "| `label` | what it is called | text | required |\n"
        "| `digits` | behind the point | a whole number from 0 to 9 | `2` |\n"
        "\n"
        "## Layers\n";
    struct text text = {0};
    schema_document(&table, "Lists", 1, &text);
    CU_ASSERT_FATAL(text.length > strlen(wanted));
    text.bytes[strlen(wanted)] = '\0';
    CHECK_TEXT(text.bytes, wanted);
    text_finish(&text);
}

static void full_binds(void)
{
    static const char *const examples[] = {"rows", "- {label: r}\n- {label: s}\n", "grids", "[{a.b: [1, 2]}]",
                                           NULL};
    struct text text = {0};
    schema_full(&table, examples, &text);
    struct bench bench = bind(text.bytes);
    CU_ASSERT(bench.bound && bench.lists.rows.count == 2 && bench.lists.grids.count == 1);
    text_finish(&text);
    finish(&bench);
}

/* The value at a path of keys and indices, separated by blanks. */
static const struct json *json_at(const struct json *json, const char *path)
{
    char name[64];
    int length;
    for (; json != NULL && sscanf(path, "%63s%n", name, &length) == 1; path += length)
        if (json->kind == JSON_OBJECT)
            json = json_get(json, name);
        else
            json = (size_t)atoi(name) < json->count ? &json->items[atoi(name)] : NULL;
    return json;
}

static void schema_is_json(void)
{
    static const struct {
        const char *path, *value; /* of a string or a number */
    } cases[] = {
        {"properties seeds anyOf 0 anyOf 0 maximum", "10000"},
        {"properties seeds anyOf 0 anyOf 1 items anyOf 0 type", "integer"},
        {"properties words anyOf 0 anyOf 0 anyOf 0 type", "string"},
        {"properties words anyOf 0 anyOf 1 minItems", "1"},
        {"properties pair anyOf 0 maxItems", "2"},
        {"properties pair anyOf 1 type", "null"},
        {"properties rows anyOf 0 items anyOf 0 properties digits anyOf 0 maximum", "9"},
        {"properties rows anyOf 0 items anyOf 0 required 0", "label"},
        {"properties layers anyOf 0 items anyOf 0 $ref", "#/definitions/layer"},
        {"properties grids anyOf 0 items anyOf 0 additionalProperties anyOf 0 type", "array"},
        {"properties numbers anyOf 0 additionalProperties anyOf 1 type", "null"},
        {"properties numbers anyOf 0 propertyNames enum 1", "error_pct"},
        {"properties margin anyOf 0 anyOf 0 exclusiveMinimum", "0"},
        {"properties margin anyOf 0 anyOf 1 type", "string"},
        {"properties margin anyOf 1 type", "null"},
    };
    struct arena *arena = arena_create();
    struct assay_error error = {0};
    struct text text = {0};
    CU_ASSERT_PTR_NOT_NULL_FATAL(arena);
    schema_json(&table, "lists", true, &text);
    const struct json *json = json_parse(arena, "schema", text.bytes, text.length, &error);
    CHECK_TEXT(error.text, "");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct json *found = json_at(json, cases[i].path);
        CHECK_TEXT(found != NULL ? found->text : cases[i].path, cases[i].value);
    }
    CU_ASSERT_PTR_NULL(strstr(text.bytes, "reference"));
    text_finish(&text);
    arena_destroy(arena);
}

static void check_audit(const struct assay_table *audited, const char *wanted)
{
    struct text problems = {0};
    schema_audit(audited, &problems);
    CHECK_TEXT(problems.length > 0 ? problems.bytes : "", wanted);
    text_finish(&problems);
}

static void broken_rows_are_found(void)
{
    static const struct assay_field no_kind = {.key = NULL};
    static const struct assay_field with_default = {.kind = &assay_kind_string, .fallback = "a"};
    static const char *const no_names[] = {NULL};
    static const struct assay_field no_choices = {.kind = &assay_kind_choice, .choices = no_names};
    static const struct assay_field no_help[] = {{ASSAY_INT(struct row, digits), .key = "k", .most = 1}};
    static const struct assay_table helpless = ASSAY_TABLE(struct row, no_help);
    static const struct assay_field bad_table = {.kind = &assay_kind_table, .table = &helpless};
    static const struct assay_table nothing = {.size = 0};
    static const struct assay_field sizeless = {.kind = &assay_kind_table, .table = &nothing};
    static const struct {
        struct assay_field row;
        const char *problem;
    } cases[] = {
        {{ASSAY_LIST(struct lists, words), .key = "k", .help = "x"}, "k: items without their kind\n"},
        {{ASSAY_LIST(struct lists, words), .key = "k", .help = "x", .item = &no_kind},
         "k: items without their kind\n"},
        {{ASSAY_MAP(struct lists, values), .key = "k", .help = "x", .item = &with_default},
         "k: its items have a default, which nothing ever takes\n"},
        {{ASSAY_MAP(struct lists, values), .key = "k", .help = "x", .item = &no_choices},
         "k: a choice without names\n"},
        {{ASSAY_LIST(struct lists, words), .key = "k", .help = "x", .item = &bad_table}, "k.k: no help\n"},
        {{ASSAY_LIST(struct lists, words), .key = "k", .help = "x", .item = &text_item, .fallback = "a"},
         "default: k: wants a list, found \"a\"\n"},
        {{ASSAY_LIST(struct lists, words), .key = "k", .help = "x", .item = &sizeless},
         "k: its items have no size\n"},
        {{ASSAY_AMOUNT(struct lists, margin), .key = "k", .help = "x"},
         "k: its range is empty (INFINITY stands for no end)\n"},
        {{ASSAY_SEEDS(struct lists, seeds), .key = "k", .help = "x", .optional = true},
         "k: optional, but its kind is never null\n"},
    };
    check_audit(&table, "");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_audit(&(struct assay_table){&cases[i].row, 1, sizeof(struct lists), NULL}, cases[i].problem);
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"all kinds bind", all_kinds_bind},
        {"defaults bind", defaults_bind},
        {"wrong values are refused", wrong_values_are_refused},
        {"writing binds to the same", writing_binds_to_the_same},
        {"rows are documented", rows_are_documented},
        {"full binds", full_binds},
        {"schema is JSON", schema_is_json},
        {"broken rows are found", broken_rows_are_found},
        CU_TEST_INFO_NULL,
    };
    return run_suite("schema lists", tests);
}
