#include "base/diagnostics.h"

#include "harness.h"

static struct source source_of(const char *name, const char *bytes)
{
    return (struct source){.name = name, .bytes = bytes, .length = strlen(bytes)};
}

static void check_print(const struct diagnostics *diagnostics, const char *wanted)
{
    struct text text = {0};
    diagnostics_print(diagnostics, &text);
    CHECK_TEXT(text.bytes == NULL ? "" : text.bytes, wanted);
    text_finish(&text);
}

static void test_none(void)
{
    struct diagnostics *diagnostics = diagnostics_create();
    CU_ASSERT_EQUAL(diagnostics_count(diagnostics), 0);
    CU_ASSERT_EQUAL(diagnostics_status(diagnostics), ASSAY_DONE);
    check_print(diagnostics, "");
    diagnostics_destroy(diagnostics);
    diagnostics_destroy(NULL);
}

static void test_one(void)
{
    static const struct {
        const char *bytes;
        int line, column;
        const char *path, *message, *wanted;
    } cases[] = {
        {"train:\n  batch_sise: 16\n", 2, 3, "train.batch_sise", "unknown key; did you mean batch_size?",
         "a.yaml:2:3: train.batch_sise: unknown key; did you mean batch_size?\n"
         "    2 |   batch_sise: 16\n"
         "      |   ^\n"},
        {"x\n", 0, 0, "train", "missing", "a.yaml: train: missing\n"},
        {"x\n", 0, 0, NULL, "empty", "a.yaml: empty\n"},
        {"x: [\n", 1, 5, NULL, "behind the end", "a.yaml:1:5: behind the end\n    1 | x: [\n      |     ^\n"},
        {"x: [", 1, 99, NULL, "far behind it", "a.yaml:1:99: far behind it\n    1 | x: [\n      |     ^\n"},
        {"x\n", 2, 1, NULL, "at the end", "a.yaml:2:1: at the end\n    2 | \n      | ^\n"},
        {"x\n", 7, 1, NULL, "no such line", "a.yaml:7:1: no such line\n"},
        {"a\t\tb: 1\r\n", 1, 4, NULL, "tabs", "a.yaml:1:4: tabs\n    1 | a  b: 1\n      |    ^\n"},
        {"\"\x1b[2J\": \xFF?", 1, 9, NULL, "controls",
         "a.yaml:1:9: controls\n    1 | \"\\x1B[2J\": \\xFF?\n      |            ^\n"},
        {"é€: ü\n", 1, 8, NULL, "bytes are not columns",
         "a.yaml:1:8: bytes are not columns\n    1 | é€: ü\n      |     ^\n"},
        {"é€: ü\n", 1, 9, NULL, "inside a character",
         "a.yaml:1:9: inside a character\n    1 | é€: ü\n      |     ^\n"},
        {"x\n", 1, 1, "a\n\x1b.b", "found \"\xE2\x80\xAE\n\"",
         "a.yaml:1:1: a\\x0A\\x1B.b: found \"\\u{202E}\\x0A\"\n    1 | x\n      | ^\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct diagnostics *diagnostics = diagnostics_create();
        const struct source source = source_of("a.yaml", cases[i].bytes);
        const struct place place = {&source, cases[i].line, cases[i].column};
        CU_ASSERT_FALSE(diagnose(diagnostics, place, cases[i].path, "%s", cases[i].message));
        CU_ASSERT_EQUAL(diagnostics_count(diagnostics), 1);
        CU_ASSERT_EQUAL(diagnostics_status(diagnostics), ASSAY_INVALID);
        check_print(diagnostics, cases[i].wanted);
        diagnostics_destroy(diagnostics);
    }
}

static void test_long_line(void)
{
    enum { LENGTH = 300 };
    char bytes[LENGTH + 1];
    for (int i = 0; i < LENGTH; i++)
        bytes[i] = (char)('0' + i % 10);
    bytes[LENGTH] = '\0';
    const struct source source = source_of("a.yaml", bytes);
    static const struct {
        int column, begin, end, caret;
    } cases[] = {
        {1, 0, 100, 0}, {51, 0, 100, 50}, {151, 100, 200, 51}, {300, 200, 300, 100}, {301, 200, 300, 101}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct diagnostics *diagnostics = diagnostics_create();
        diagnose(diagnostics, (struct place){&source, 1, cases[i].column}, NULL, "long");
        char wanted[512];
        snprintf(wanted, sizeof wanted, "a.yaml:1:%d: long\n    1 | %s%.*s%s\n      | %*s^\n",
                 cases[i].column, cases[i].begin > 0 ? "…" : "", cases[i].end - cases[i].begin,
                 bytes + cases[i].begin, cases[i].end < LENGTH ? "…" : "", cases[i].caret, "");
        check_print(diagnostics, wanted);
        diagnostics_destroy(diagnostics);
    }
    for (size_t i = 0; i + 2 <= LENGTH; i += 2)
        memcpy(bytes + i, "é", 2);
    struct diagnostics *diagnostics = diagnostics_create();
    diagnose(diagnostics, (struct place){&source, 1, 152}, NULL, "long");
    struct text text = {0};
    diagnostics_print(diagnostics, &text);
    CU_ASSERT_PTR_NULL(strstr(text.bytes, "\\x")); /* no character is cut in two */
    text_finish(&text);
    diagnostics_destroy(diagnostics);
}

static void test_order(void)
{
    struct diagnostics *diagnostics = diagnostics_create();
    const struct source b = source_of("b.yaml", ""), a = source_of("a.yaml", "");
    diagnose(diagnostics, (struct place){&b, 9, 2}, NULL, "third");
    diagnose(diagnostics, (struct place){&a, 8, 1}, NULL, "sixth");
    diagnose(diagnostics, (struct place){&b, 9, 1}, NULL, "second");
    diagnose(diagnostics, (struct place){&b, 9, 2}, NULL, "fourth");
    diagnose(diagnostics, (struct place){&b, 9, 2}, NULL, "third"); /* said before */
    diagnose(diagnostics, (struct place){&a, 0, 0}, NULL, "fifth");
    diagnose(diagnostics, (struct place){&b, 0, 0}, NULL, "first");
    diagnose(diagnostics, (struct place){0}, "data", "seventh");
    CU_ASSERT_EQUAL(diagnostics_count(diagnostics), 8); /* what failed again has failed too */
    check_print(diagnostics, "b.yaml: first\nb.yaml:9:1: second\nb.yaml:9:2: third\nb.yaml:9:2: fourth\n"
                             "a.yaml: fifth\na.yaml:8:1: sixth\ndata: seventh\n");
    diagnostics_destroy(diagnostics);
}

static void test_many(void)
{
    struct diagnostics *diagnostics = diagnostics_create();
    const struct source source = source_of("a.yaml", "");
    struct text wanted = {0};
    for (int i = 1; i <= 23; i++) {
        diagnose(diagnostics, (struct place){&source, i, 1}, NULL, "error %d", i);
        diagnose(diagnostics, (struct place){&source, 1, 1}, NULL, "error %d", 1);
        if (i <= 20)
            text_add(&wanted, "a.yaml:%d:1: error %d\n%s", i, i, i == 1 ? "    1 | \n      | ^\n" : "");
    }
    text_add(&wanted, "and 3 more\n");
    CU_ASSERT_EQUAL(diagnostics_count(diagnostics), 2 * 23);
    check_print(diagnostics, wanted.bytes);
    text_finish(&wanted);
    diagnostics_destroy(diagnostics);
}

static void test_machine(void)
{
    struct diagnostics *diagnostics = diagnostics_create();
    CU_ASSERT_FALSE(diagnose_machine(diagnostics, (struct place){0}, NULL, "cannot read %s", "x"));
    diagnose(diagnostics, (struct place){0}, NULL, "and this is wrong");
    CU_ASSERT_EQUAL(diagnostics_status(diagnostics), ASSAY_MACHINE);
    check_print(diagnostics, "cannot read x\nand this is wrong\n");
    diagnostics_destroy(diagnostics);
}

static void test_as_an_error(void)
{
    struct assay_error error = {0};
    struct diagnostics *diagnostics = diagnostics_create();
    CU_ASSERT_FALSE(diagnostics_fail(diagnostics, "", "reading", &error)); /* nothing was said */
    CU_ASSERT_EQUAL(error.status, ASSAY_MACHINE);
    CU_ASSERT_STRING_EQUAL(error.text, "out of memory while reading");
    const struct source source = source_of("a.yaml", "x: 1\n");
    diagnose(diagnostics, (struct place){&source, 1, 4}, "x", "too small");
    diagnose(diagnostics, (struct place){&source, 1, 1}, NULL, "unknown");
    CU_ASSERT_FALSE(diagnostics_fail(diagnostics, "weights:\n", "reading", &error));
    CU_ASSERT_EQUAL(error.status, ASSAY_INVALID);
    CU_ASSERT_STRING_EQUAL(error.text, "weights:\na.yaml:1:1: unknown\n    1 | x: 1\n      | ^\n"
                                       "a.yaml:1:4: x: too small\n    1 | x: 1\n      |    ^");
    diagnose_machine(diagnostics, (struct place){0}, NULL, "cannot read y");
    CU_ASSERT_FALSE(diagnostics_fail(diagnostics, "", "reading", &error));
    CU_ASSERT_EQUAL(error.status, ASSAY_MACHINE);
    diagnostics_destroy(diagnostics);
    CU_ASSERT_FALSE(diagnostics_fail(NULL, "", "reading", &error));
    CU_ASSERT_STRING_EQUAL(error.text, "out of memory while reading");
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"none", test_none},
        {"one", test_one},
        {"a long line", test_long_line},
        {"order", test_order},
        {"many", test_many},
        {"machine", test_machine},
        {"as an error", test_as_an_error},
        CU_TEST_INFO_NULL,
    };
    return run_suite("diagnostics", tests);
}
