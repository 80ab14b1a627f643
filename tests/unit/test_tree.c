#include "harness.h"

#include "base/file.h"
#include "base/memory.h"
#include "io/tree.h"

#include <stdint.h>
#include <unistd.h>

/* What the diagnostics say, without the excerpts of the source. */
static void take_messages(const struct diagnostics *diagnostics, struct text *messages)
{
    struct text all = {0};
    diagnostics_print(diagnostics, &all);
    for (char *line = all.length > 0 ? strtok(all.bytes, "\n") : NULL; line != NULL;
         line = strtok(NULL, "\n"))
        if (line[0] != ' ')
            text_add(messages, "%s%s", messages->length > 0 ? "\n" : "", line);
    text_finish(&all);
}

/* Parses `length` bytes as "t"; what comes of it is either written as YAML or a list of messages. */
static void check_bytes(const char *bytes, size_t length, const char *wanted)
{
    struct arena *arena = arena_create();
    struct diagnostics *diagnostics = diagnostics_create();
    const struct node *root = tree_parse(arena, "t", bytes, length, diagnostics);
    CU_ASSERT_EQUAL(root == NULL, diagnostics_count(diagnostics) > 0);
    struct text found = {0};
    if (root != NULL)
        node_write(root, 0, &found);
    else
        take_messages(diagnostics, &found);
    CHECK_TEXT(found.bytes, wanted);
    text_finish(&found);
    diagnostics_destroy(diagnostics);
    arena_destroy(arena);
}

static void check_yaml(const char *yaml, const char *wanted)
{
    check_bytes(yaml, strlen(yaml), wanted);
}

static void test_written(void)
{
    static const struct {
        const char *yaml, *wanted;
    } cases[] = {
        {"", "{}\n"},
        {"# only a comment\n", "{}\n"},
        {"---\n", "{}\n"},
        {"---\na: 1\n...\n", "a: 1\n"},
        {"%YAML 1.1\n---\na: 1\n", "a: 1\n"},
        {"\xEF\xBB\xBF"
         "a: 1\r\nb: 2\r\n",
         "a: 1\nb: 2\n"},
        {"a: {b: [1, [2, 3], {c: d}]}", "a:\n  b:\n    - 1\n    - - 2\n      - 3\n    - c: d\n"},
        {"a: [{b: 1, c: {d: 2}}, {}, []]", "a:\n  - b: 1\n    c:\n      d: 2\n  - {}\n  - []\n"},
        {"a: &x {b: 1}\nc: *x\nd: [*x, *x]", "a:\n  b: 1\nc:\n  b: 1\nd:\n  - b: 1\n  - b: 1\n"},
        {"a: &x 1\nb: &x 2\nc: *x", "a: 1\nb: 2\nc: 2\n"},
        {"&k a: 1\nb: *k", "a: 1\nb: a\n"},
        {"a: ${knobs.pool}\n- b", "t:2:1: not YAML: neither part of a value nor a key; look at the quotes, "
                                  "and the indentation of the map that begins on line 1"},
        {"a: ${k.p[0]}", "a: \"${k.p[0]}\"\n"},
        {"{a: \"${k.p[0]}\", \"b[0].c\": 1}", "a: \"${k.p[0]}\"\n\"b[0].c\": 1\n"},
        {"32", "32\n"},
        {"null", "null\n"},
        {"[0, 0]", "- 0\n- 0\n"},
        {"''", "\"\"\n"},
        {"a: [~, null, Null, NULL, '', ' ', 'null', nul]",
         "a:\n  - null\n  - null\n  - null\n  - null\n  - \"\"\n  - \" \"\n  - \"null\"\n  - nul\n"},
        {"a:\nb: ''", "a: null\nb: \"\"\n"},
        {"a: [true, false, 'true', True, yes, No, ON, off, y, N, yesterday]",
         "a:\n  - true\n  - false\n  - \"true\"\n  - \"True\"\n  - \"yes\"\n  - \"No\"\n  - \"ON\"\n  - "
         "\"off\"\n  - \"y\"\n  - \"N\"\n"
         "  - yesterday\n"},
        {"a: [1e-3, .001, 0.001, 1e5, '1e5', -3, +4, 1., 007, 0x1f, 0o17, 1_000, .inf, .nan, inf, "
         "18446744073709551615]",
         "a:\n  - 0.001\n  - 0.001\n  - 0.001\n  - 100000\n  - \"1e5\"\n  - -3\n  - +4\n  - 1\n  - \"007\"\n "
         " - \"0x1f\"\n"
         "  - \"0o17\"\n  - \"1_000\"\n  - \".inf\"\n  - \".nan\"\n  - inf\n  - 1.8446744073709552e+19\n"},
        {"a: [2026-01-02, '12:30:45', 1:30, \"a: b\", 'a #b', '#', a#b, '- a', '-', '?', '!a', '&a', '*a', "
         "'@a', '`', '%a', '|', '>', a=b, '=', '<<']",
         "a:\n  - \"2026-01-02\"\n  - \"12:30:45\"\n  - \"1:30\"\n  - \"a: b\"\n  - \"a #b\"\n  - \"#\"\n  - "
         "\"a#b\"\n  - \"- a\"\n"
         "  - \"-\"\n  - \"?\"\n  - \"!a\"\n  - \"&a\"\n  - \"*a\"\n  - \"@a\"\n  - \"`\"\n  - \"%a\"\n  - "
         "\"|\"\n  - \">\"\n  - \"a=b\"\n"
         "  - \"=\"\n  - \"<<\"\n"},
        {"a: |\n  one\n  \ttwo\n", "a: \"one\\n\\ttwo\\n\"\n"},
        {"a: >-\n  one\n  two\n", "a: one two\n"},
        {"a: one\n  two", "a: one two\n"},
        {"a: \"\\\"\\\\é\"", "a: \"\\\"\\\\é\"\n"},
        {"a: ../configs/net.yaml\nb: /data/mnist", "a: \"../configs/net.yaml\"\nb: \"/data/mnist\"\n"},
        {"no: 1\n\"1\": 2\n'': 3", "\"no\": 1\n\"1\": 2\n\"\": 3\n"},
        {"'<<': 1", "\"<<\": 1\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_yaml(cases[i].yaml, cases[i].wanted);
}

static void test_refused(void)
{
    static const struct {
        const char *yaml, *wanted;
    } cases[] = {
        {"a: 1\nb: 2\nx: 3\na: 4\n", "t:4:1: duplicate key \"a\"; first on line 1"},
        {"m: {x: 1, y: 2, x: 3}\nm: 1\nn: {z: 1, z: 2, z: 3}",
         "t:1:17: duplicate key \"x\"; first on line 1\nt:2:1: duplicate key \"m\"; first on line 1\n"
         "t:3:11: duplicate key \"z\"; first on line 3\nt:3:17: duplicate key \"z\"; first on line 3"},
        {"1: a\n'1': b", "t:2:1: duplicate key \"1\"; first on line 1"},
        {"a: *nope", "t:1:4: no anchor &nope comes before this"},
        {"a: &x [*x]", "t:1:8: *x is inside the node that it names"},
        {"a: &x {b: *x}", "t:1:11: *x is inside the node that it names"},
        {"a: &x b\n*x : c", "t:2:1: an alias cannot be a key"},
        {"a: !!python/object:os.system {b: c}\nb: !!int 3\n",
         "t:1:4: tags are not read; found !!python/object:os.system\n"
         "t:2:4: tags are not read; found !!int"},
        {"a: !x [1]", "t:1:4: tags are not read; found !x"},
        {"! a: b", "t:1:1: tags are not read; found !"},
        {"a: 1\n---\nb: 2\n", "t:2:1: a second document begins here; a file is one"},
        {"? [a, b]\n: c", "t:1:3: a key is one word; found a list"},
        {"{a: b}: c", "t:1:1: a key is one word; found a map"},
        {"a: {<<: {b: 1}}", "t:1:5: merge keys (<<) are not read; use extends or ${…}"},
        {"a: &x {b: 1}\nc:\n  <<: *x\n", "t:3:3: merge keys (<<) are not read; use extends or ${…}"},
        {"? \n: c", "t:1:2: a key is missing"},
        {"a: \"\\0\"", "t:1:4: the control character U+0000 is not allowed"},
        {"a: \"x\\0y\"", "t:1:4: the control character U+0000 is not allowed"},
        {"a: \"\\e[31m\"", "t:1:4: the control character U+001B is not allowed"},
        {"a: \"\\x7f\"", "t:1:4: the control character U+007F is not allowed"},
        {"a: \"\\N\"", "t:1:4: the control character U+0085 is not allowed"},
        {"a: \"\\x9b\"", "t:1:4: the control character U+009B is not allowed"},
        {"a: \"\\L\"", "t:1:4: the control character U+2028 is not allowed"},
        {"a: \"\\r\"", "t:1:4: the control character U+000D is not allowed"},
        {"a: [ok, \"\\u202e\"]\nb: \"\\u2066\"", "t:1:9: the control character U+202E is not allowed\n"
                                                 "t:2:4: the control character U+2066 is not allowed"},
        {"\"a\\tb\": 1", "t:1:1: the control character U+0009 is not allowed"},
        {"a: é\xE2\x80\xAE\n", "t:1:6: the control character U+202E is not allowed"},
        {"a: 1 # \x1B[31m\n", "t:1:8: the control character U+001B is not allowed"},
        {"a: 1\rb: 2", "t:1:5: the control character U+000D is not allowed"},
        {"a: \xC2\x85", "t:1:4: the control character U+0085 is not allowed"},
        {"a: 1\nb: \xEF\xBB\xBF", "t:2:4: the control character U+FEFF is not allowed"},
        {"a: \xFF", "t:1:4: not UTF-8; save the file in that encoding"},
        {"a: \xC0\x80", "t:1:4: not UTF-8; save the file in that encoding"},
        {"a: \xED\xA0\x80", "t:1:4: not UTF-8; save the file in that encoding"},
        {"\xFF\xFE"
         "a",
         "t:1:1: not UTF-8; save the file in that encoding"},
        {"a: {b: ${c}}", "t:1:8: in flow style ({…}, […]) \"${…}\" must be quoted"},
        {"a: {b: ${c.d}}", "t:1:8: in flow style ({…}, […]) \"${…}\" must be quoted"},
        {"a: 1\nb: [${a[0]}]", "t:2:5: in flow style ({…}, […]) \"${…}\" must be quoted"},
        {"{${a}: 1}", "t:1:2: in flow style ({…}, […]) \"${…}\" must be quoted"},
        {"[x${a}]", "t:1:3: in flow style ({…}, […]) \"${…}\" must be quoted"},
        {"é: [\"a\" ${b}]", "t:1:10: in flow style ({…}, […]) \"${…}\" must be quoted"},
        {"{a:\n  - ${b}}", "t:2:3: not YAML: a value is missing here"},
        {"{less: [a[0].b, c]}", "t:1:10: in flow style ({…}, […]) a text such as \"a[0].b\" must be quoted"},
        {"{model[0].conv.maps: 32}",
         "t:1:7: in flow style ({…}, […]) a text such as \"a[0].b\" must be quoted"},
        {"a: [1, 2", "t:1:9: not YAML: a ',' or ']' is missing in the list"},
        {"a: [1,\n  2\nb: 3\n", "t:3:2: not YAML: a ',' or ']' is missing in the list that begins on line 1"},
        {"a: b: c", "t:1:5: not YAML: a ':' cannot stand here; quote the text that it belongs to, or look at "
                    "the indentation"},
        {"a: \"x", "t:1:4: not YAML: this quote is never closed"},
        {"a: 1\n\tb: 2", "t:2:1: a tab cannot indent; use spaces"},
        {"a:\n\t- b", "t:2:1: a tab cannot indent; use spaces"},
        {"a: @x", "t:1:4: not YAML: no value begins with this character; quote it"},
        {"a: \"\\q\"", "t:1:5: not YAML: found unknown escape character while parsing a quoted scalar"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_yaml(cases[i].yaml, cases[i].wanted);
    check_bytes("a: b\0c", 6, "t:1:5: the control character U+0000 is not allowed");
}

/* `head`, `count` times `body`, `tail`. */
static struct text repeat(const char *head, const char *body, size_t count, const char *tail)
{
    struct text text = {0};
    text_add(&text, "%s", head);
    for (size_t i = 0; i < count; i++)
        text_add_bytes(&text, body, strlen(body));
    text_add(&text, "%s", tail);
    return text;
}

/* The message about it, "" when it is fine. */
static void check_limit(struct text yaml, const char *wanted)
{
    struct arena *arena = arena_create();
    struct diagnostics *diagnostics = diagnostics_create();
    struct text found = {0};
    text_add(&found, "%s", "");
    const struct node *root = tree_parse(arena, "t", yaml.bytes, yaml.length, diagnostics);
    CU_ASSERT_EQUAL(root == NULL, wanted[0] != '\0');
    take_messages(diagnostics, &found);
    CHECK_TEXT(found.bytes, wanted);
    text_finish(&found);
    text_finish(&yaml);
    diagnostics_destroy(diagnostics);
    arena_destroy(arena);
}

static void test_limits(void)
{
    static const char deep[] = "t:1:33: nested more than 32 deep";
    check_limit(repeat("", "[", 32, "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"), "");
    check_limit(repeat("", "[", 33, "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"), deep);
    check_limit(repeat("", "[", 1000000, ""), deep);
    check_limit(repeat("", "{a: ", 33, ""), "t:1:129: nested more than 32 deep");
    check_limit(repeat("", "- ", 500000, ""), "t:1:65: nested more than 32 deep");
    check_limit(repeat("", "? ", 500000, ""), "t:1:3: a key is one word; found a map");
    check_limit(repeat("a: &x ", "[", 31, "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]\nb: *x"), "");
    check_limit(repeat("a: &x ", "[", 31, "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]\nb: [*x]"),
                "t:2:5: nested more than 32 deep");
    check_limit(repeat("[", "1,", TREE_NODE_LIMIT - 1, "]"), "");
    check_limit(repeat("[", "1,", TREE_NODE_LIMIT, "]"), "t:1:200000: more than 100000 nodes");
    check_limit(repeat("a: ", "x", TREE_SCALAR_LIMIT, ""), "");
    check_limit(repeat("a: ", "x", TREE_SCALAR_LIMIT + 1, ""),
                "t:1:4: a text of 4097 bytes; at most 4096 are read");
    check_limit(repeat("? ", "x", TREE_KEY_LIMIT, ""), "");
    check_limit(repeat("? ", "x", TREE_KEY_LIMIT + 1, ""), "t:1:3: a key of 257 bytes; at most 256 are read");
    check_limit(repeat("#", "x", TREE_FILE_LIMIT - 1, ""), "");
    check_limit(repeat("#", "x", TREE_FILE_LIMIT, ""), "t: larger than 1048576 bytes");
    check_limit(repeat("", "- &a 1\n", 1000, ""), "");
    check_limit(repeat("", "- &a 1\n", 1001, ""), "t:1001:3: more than 1000 anchors");
    check_limit(repeat("- &a [1,2,3,4,5,6,7,8,9]\n", "- *a\n", 1000, ""), "");
    check_limit(repeat("- &a [1,2,3,4,5,6,7,8,9]\n", "- *a\n", 1001, ""),
                "t:1002:3: aliases repeat more than 10000 nodes");
}

static void test_alias_bomb(void)
{
    struct text yaml = {0};
    text_add(&yaml, "a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 9; i++) {
        text_add(&yaml, "a%d: &a%d [", i, i);
        for (int j = 0; j < 9; j++)
            text_add(&yaml, "*a%d,", i - 1);
        text_add(&yaml, "]\n");
    }
    check_limit(yaml, "t:5:10: aliases repeat more than 10000 nodes");
}

/* 40000 keys, twice: neither time nor memory may grow with their square. */
static void test_many_keys(void)
{
    struct text yaml = {0};
    text_add(&yaml, "{");
    for (int i = 0; i < 40000; i++)
        text_add(&yaml, "k%d: ,", i);
    text_add(&yaml, "k7: }");
    check_limit(yaml, "t:1:348892: duplicate key \"k7\"; first on line 1");
}

static void test_places(void)
{
    static const char yaml[] =
        "é: ü\nlist:\n  - \"ä\": {ö: [1, x]}\n    last: |\n      text\nempty:\nref: &r [1]\nagain: *r\n";
    struct arena *arena = arena_create();
    struct diagnostics *diagnostics = diagnostics_create();
    const struct node *root = tree_parse(arena, "t", yaml, strlen(yaml), diagnostics);
    CU_ASSERT_PTR_NOT_NULL_FATAL(root);
    const struct node *item = node_get(root, "list")->items[0];
    const struct node *inner = node_get(node_get(item, "ä"), "ö");
    const struct {
        const struct node *node;
        int line, column;
    } cases[] = {
        {root, 1, 1},
        {root->keys[0], 1, 1},
        {root->items[0], 1, 5},
        {node_get(root, "list"), 3, 3},
        {item, 3, 5},
        {item->keys[0], 3, 5},
        {item->items[0], 3, 11},
        {inner, 3, 16},
        {inner->items[1], 3, 20},
        {item->keys[1], 4, 5},
        {node_get(item, "last"), 4, 11},
        {root->keys[2], 6, 1},
        {root->items[2], 6, 7},
        {node_get(root, "ref"), 7, 6},
        {node_get(root, "again"), 7, 6},
        {root->keys[4], 8, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CU_ASSERT_EQUAL(cases[i].node->place.line, cases[i].line);
        CU_ASSERT_EQUAL(cases[i].node->place.column, cases[i].column);
        CHECK_TEXT(cases[i].node->place.source->name, "t");
    }
    CHECK_TEXT(root->items[0]->place.source->bytes, yaml);
    diagnostics_destroy(diagnostics);
    arena_destroy(arena);
}

static void test_changes(void)
{
    struct arena *arena = arena_create();
    const struct place here = {.line = 7, .column = 3};
    struct node *map = node_create(arena, NODE_MAP, (struct place){0});
    struct node *list = node_create(arena, NODE_LIST, (struct place){0});
    for (int i = 0; i < 100; i++) {
        const char *text = arena_format(arena, "k%d", i);
        CU_ASSERT(node_append(arena, list, node_create_scalar(arena, text, here)));
        CU_ASSERT(node_set(arena, map, node_create_scalar(arena, text, here),
                           node_create_scalar(arena, "old", here)));
    }
    struct node *copy = node_copy(arena, map);
    CU_ASSERT(node_set(arena, copy, node_create_scalar(arena, "k42", here), list));
    CU_ASSERT(node_set(arena, copy, node_create_scalar(arena, "new", here), list));
    CU_ASSERT(node_append(arena, list, map));
    CU_ASSERT_EQUAL(map->count, 100);
    CU_ASSERT_EQUAL(copy->count, 101);
    CU_ASSERT_EQUAL(list->count, 101);
    CU_ASSERT_EQUAL(node_find(map, "k99"), 99);
    CU_ASSERT_EQUAL(node_find(map, "new"), SIZE_MAX);
    CU_ASSERT_EQUAL(node_find(list, "k1"), SIZE_MAX);
    CU_ASSERT_PTR_EQUAL(node_get(copy, "k42"), list);
    CU_ASSERT(node_is_scalar(node_get(map, "k42"), "old"));
    CU_ASSERT_PTR_NULL(node_get(map, "new"));
    CU_ASSERT_PTR_NULL(node_get(list->items[0], "k0"));
    CU_ASSERT(node_is_scalar(list->items[63], "k63"));
    CU_ASSERT_FALSE(node_is_scalar(list, ""));
    CU_ASSERT_EQUAL(node_get(map, "k0")->place.line, 7);
    arena_destroy(arena);
}

static void test_described(void)
{
    static const struct {
        const char *yaml, *wanted;
    } cases[] = {
        {"{a: b}", "a map"},
        {"[]", "a list"},
        {"~", "nothing"},
        {"'~'", "\"~\""},
        {"''", "\"\""},
        {"3.5", "\"3.5\""},
        {"\"a\\nb\"", "\"a\\x0Ab\""},
        {"1234567890123456789012345678901234567890", "\"1234567890123456789012345678901234567890\""},
        {"12345678901234567890123456789012345678901", "\"1234567890123456789012345678901234567890…\""},
        {"123456789012345678901234567890123456789éx", "\"123456789012345678901234567890123456789…\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena *arena = arena_create();
        struct diagnostics *diagnostics = diagnostics_create();
        const struct node *root = tree_parse(arena, "t", cases[i].yaml, strlen(cases[i].yaml), diagnostics);
        struct text found = {0};
        node_describe(root, &found);
        CHECK_TEXT(found.bytes, cases[i].wanted);
        text_finish(&found);
        diagnostics_destroy(diagnostics);
        arena_destroy(arena);
    }
}

/* Every short string of awkward characters is read back as the string it was, also in the place of a key. */
static void test_strings_survive(void)
{
    static const char awkward[] = "ay0.-+~:#,[]{}&*!|>'\"%@`?=<\\ \n\tE";
    const size_t count = strlen(awkward);
    for (size_t i = 0; i < count * count * count; i++) {
        const char string[] = {awkward[i % count], awkward[i / count % count], awkward[i / count / count],
                               '\0'};
        struct text yaml = {0};
        text_add(&yaml, "a: ");
        node_write_string(string, &yaml);
        text_add(&yaml, "\nb:\n  - ");
        node_write_string(string, &yaml);
        struct arena *arena = arena_create();
        struct diagnostics *diagnostics = diagnostics_create();
        const struct node *root = tree_parse(arena, "t", yaml.bytes, yaml.length, diagnostics);
        CU_ASSERT_PTR_NOT_NULL_FATAL(root);
        if (!node_is_scalar(node_get(root, "a"), string) ||
            !node_is_scalar(node_get(root, "b")->items[0], string))
            CHECK_TEXT(node_get(root, "a")->text, string);
        text_finish(&yaml);
        diagnostics_destroy(diagnostics);
        arena_destroy(arena);
    }
}

static void check_load(const char *path, const char *wanted, enum assay_status status)
{
    static const struct source by = {.name = "by.yaml", .bytes = "", .length = 0};
    struct arena *arena = arena_create();
    struct diagnostics *diagnostics = diagnostics_create();
    struct text found = {0};
    text_add(&found, "%s", "");
    const struct node *root = tree_load(arena, path, (struct place){&by, 3, 5}, diagnostics);
    CU_ASSERT_EQUAL(root != NULL, status == ASSAY_DONE);
    CU_ASSERT_EQUAL(diagnostics_status(diagnostics), status);
    take_messages(diagnostics, &found);
    CHECK_TEXT(found.bytes, wanted);
    text_finish(&found);
    diagnostics_destroy(diagnostics);
    arena_destroy(arena);
}

static void test_load(void)
{
    const char *parent = getenv("TMPDIR");
    char directory[4096];
    snprintf(directory, sizeof directory, "%s/assay-test-XXXXXX", parent != NULL ? parent : "/tmp");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(directory));
    CU_ASSERT_EQUAL_FATAL(chdir(directory), 0);
    static const struct {
        const char *yaml, *wanted;
    } cases[] = {
        {"a: 1\n", ""},
        {"", ""},
        {"- a\n- b\n", "t.yaml:1:1: wants a map of keys, found a list"},
        {"\n  7\n", "t.yaml:2:3: wants a map of keys, found \"7\""},
        {"~", "t.yaml:1:1: wants a map of keys, found nothing"},
        {"a: 1\na: 2\n", "t.yaml:2:1: duplicate key \"a\"; first on line 1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CU_ASSERT_FATAL(file_write_atomic("t.yaml", cases[i].yaml, strlen(cases[i].yaml), NULL));
        check_load("t.yaml", cases[i].wanted, cases[i].wanted[0] == '\0' ? ASSAY_DONE : ASSAY_INVALID);
    }
    struct assay_error error = {0};
    char *bytes, message[sizeof error.text + 16];
    size_t length;
    CU_ASSERT_FALSE(file_read("missing.yaml", TREE_FILE_LIMIT, &bytes, &length, &error));
    snprintf(message, sizeof message, "by.yaml:3:5: %s", error.text);
    check_load("missing.yaml", message, ASSAY_INVALID);
    CU_ASSERT(file_remove("t.yaml", NULL));
    CU_ASSERT_EQUAL(rmdir(directory), 0);
}

/* In flow style the same tree is read back, and equal to it. */
static void test_flow(void)
{
    static const struct {
        const char *yaml, *wanted;
    } cases[] = {
        {"1e-3", "0.001"},
        {"no", "\"no\""},
        {"true", "true"},
        {"~", "null"},
        {"\"1\"", "\"1\""},
        {"a\n", "a"},
        {"[]", "[]"},
        {"{}", "{}"},
        {"- 1\n- [a, {b: ~}]\n", "[1, [a, {b: null}]]"},
        {"type: lp\np: 2\n\"a, b\": [.5]\n", "{type: lp, p: 2, \"a, b\": [0.5]}"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena *arena = arena_create();
        struct diagnostics *diagnostics = diagnostics_create();
        const struct node *root = tree_parse(arena, "t", cases[i].yaml, strlen(cases[i].yaml), diagnostics);
        struct text found = {0};
        node_write_flow(root, &found);
        CHECK_TEXT(found.bytes, cases[i].wanted);
        const struct node *again = tree_parse(arena, "t", found.bytes, found.length, diagnostics);
        CU_ASSERT(again != NULL && node_equal(root, again));
        text_finish(&found);
        diagnostics_destroy(diagnostics);
        arena_destroy(arena);
    }
}

static void test_equal(void)
{
    static const struct {
        const char *a, *b;
        bool equal;
    } cases[] = {
        {"1", "1.0", true},          {"1", "\"1\"", true},        {"a", "'a'", true},
        {"~", "null", true},         {"~", "'null'", false},      {"0.1", ".10e0", true},
        {"a", "b", false},           {"[1, 2]", "[2, 1]", false}, {"[1]", "[1, 2]", false},
        {"[1]", "1", false},         {"[]", "{}", false},         {"{a: 1, b: 2}", "{b: 2, a: 1}", true},
        {"{a: 1}", "{b: 1}", false}, {"{a: 1}", "{a: 2}", false}, {"{a: 1}", "{a: 1, b: 2}", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena *arena = arena_create();
        struct diagnostics *diagnostics = diagnostics_create();
        const struct node *a = tree_parse(arena, "a", cases[i].a, strlen(cases[i].a), diagnostics);
        const struct node *b = tree_parse(arena, "b", cases[i].b, strlen(cases[i].b), diagnostics);
        CU_ASSERT_EQUAL(node_equal(a, b), cases[i].equal);
        CU_ASSERT_EQUAL(node_equal(b, a), cases[i].equal);
        diagnostics_destroy(diagnostics);
        arena_destroy(arena);
    }
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"what is read is written again", test_written},
        {"what a config may not hold is refused", test_refused},
        {"limits, on both sides", test_limits},
        {"an alias bomb is refused", test_alias_bomb},
        {"many keys take no long time", test_many_keys},
        {"every node knows its place", test_places},
        {"trees can be changed", test_changes},
        {"nodes describe themselves", test_described},
        {"strings survive", test_strings_survive},
        {"trees are written in flow style", test_flow},
        {"trees are equal", test_equal},
        {"files are loaded", test_load},
        CU_TEST_INFO_NULL,
    };
    return run_suite("tree", tests);
}
