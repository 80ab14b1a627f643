/* base/text.h, and what prints into it: assay/error.h and base/log.h. */
#include "base/text.h"

#include <stdint.h>

#include "assay/error.h"
#include "base/log.h"
#include "harness.h"

static void test_growing(void)
{
    struct text text = {0};
    text_add(&text, "%s-%d", "a", 12);
    text_add_char(&text, '|');
    text_add_bytes(&text, "b\0c", 3);
    CU_ASSERT_EQUAL(text.length, 8);
    CU_ASSERT(memcmp(text.bytes, "a-12|b\0c", 9) == 0);
    for (int i = 0; i < 10000; i++)
        text_add(&text, "%04d", i);
    CU_ASSERT_EQUAL(text.length, 40008);
    CHECK_TEXT(text.bytes + 8 + 4 * 9998, "99989999");
    CU_ASSERT_FALSE(text.failed);
    text_finish(&text);
    CU_ASSERT_PTR_NULL(text.bytes);
    text_add_bytes(&text, NULL, 0);
    CHECK_TEXT(text.bytes, "");
    text_finish(&text);
}

static void test_failure_sticks(void)
{
    struct text text = {0};
    text_add(&text, "kept");
    text_add_bytes(&text, "", SIZE_MAX - 2);
    CU_ASSERT(text.failed);
    text_add(&text, "not added");
    text_add_char(&text, 'x');
    CHECK_TEXT(text.bytes, "kept");
    text_finish(&text);
    CU_ASSERT_FALSE(text.failed);
}

static void test_numbers(void)
{
    struct text text = {0};
    text_add_double(&text, 0.1 + 0.2);
    CHECK_TEXT(text.bytes, "0.30000000000000004");
    text_finish(&text);
}

static void test_escaping(void)
{
    static const struct {
        const char *bytes;
        size_t length;
        const char *wanted;
    } cases[] = {
        {"plain \\ text", 12, "plain \\ text"},
        {"a\0b\n\t\x1b[31m\x7f", 11, "a\\x00b\\x0A\\x09\\x1B[31m\\x7F"},
        {"h\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80", 12, "h\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80"},
        {"\xC2\x85\xC2\x9F\xC2\xA0", 6, "\\u{0085}\\u{009F}\xC2\xA0"},
        {"\xE2\x80\xAE\xE2\x81\xA6\xE2\x80\x8F\xD8\x9C", 11, "\\u{202E}\\u{2066}\\u{200F}\\u{061C}"},
        {"\xC3", 1, "\\xC3"},                            /* cut off */
        {"\xE2\x82", 2, "\\xE2\\x82"},                   /* cut off */
        {"\xC3(", 2, "\\xC3("},                          /* no continuation */
        {"\xA9", 1, "\\xA9"},                            /* a continuation alone */
        {"\xC0\xAF", 2, "\\xC0\\xAF"},                   /* overlong */
        {"\xE0\x80\xAF", 3, "\\xE0\\x80\\xAF"},          /* overlong */
        {"\xED\xA0\x80", 3, "\\xED\\xA0\\x80"},          /* surrogate */
        {"\xF4\x90\x80\x80", 4, "\\xF4\\x90\\x80\\x80"}, /* above U+10FFFF */
        {"\xF4\x8F\xBF\xBF", 4, "\xF4\x8F\xBF\xBF"},     /* U+10FFFF */
        {"\xFF\xFE", 2, "\\xFF\\xFE"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct text text = {0};
        text_add_escaped(&text, cases[i].bytes, cases[i].length);
        CHECK_TEXT(text.bytes, cases[i].wanted);
        text_finish(&text);
    }
}

static void test_error(void)
{
    struct assay_error error = {0};
    CU_ASSERT_FALSE(assay_fail(&error, ASSAY_INVALID, "no layer %d", 3));
    CU_ASSERT_EQUAL(error.status, ASSAY_INVALID);
    CHECK_TEXT(error.text, "no layer 3");
    CU_ASSERT_FALSE(assay_fail(&error, ASSAY_MACHINE, "while reading: %s", error.text));
    CHECK_TEXT(error.text, "while reading: no layer 3");
    CU_ASSERT_FALSE(assay_fail_memory(&error, "counting"));
    CU_ASSERT_EQUAL(error.status, ASSAY_MACHINE);
    CHECK_TEXT(error.text, "out of memory while counting");
    CU_ASSERT_FALSE(assay_fail(NULL, ASSAY_MACHINE, "nobody listens"));
}

static void test_long_error(void)
{
    struct assay_error error = {0};
    char fits[ASSAY_ERROR_TEXT_SIZE], longer[2 * ASSAY_ERROR_TEXT_SIZE];
    memset(fits, 'x', sizeof fits - 1);
    fits[sizeof fits - 1] = '\0';
    assay_fail(&error, ASSAY_INVALID, "%s", fits);
    CHECK_TEXT(error.text, fits);
    for (int shift = 0; shift < 2; shift++) { /* the cut falls into a character or between two */
        memset(longer, 'x', (size_t)shift);
        for (size_t i = (size_t)shift; i + 2 < sizeof longer; i += 2)
            memcpy(longer + i, "é", 3);
        assay_fail(&error, ASSAY_INVALID, "%s", longer);
        const size_t length = strlen(error.text);
        CU_ASSERT(length > sizeof error.text - 4);
        CHECK_TEXT(error.text + length - strlen("é…"), "é…");
    }
}

static void remember(void *cookie, enum log_level level, const char *line)
{
    text_add(cookie, "[%d %s]", (int)level, line);
}

static void test_log(void)
{
    struct text said = {0};
    const struct log log = {remember, &said};
    log_say(&log, LOG_WARNING, "epoch %d", 7);
    log_say(&log, LOG_PROGRESS, "%s", "");
    CHECK_TEXT(said.bytes, "[2 epoch 7][0 ]");
    log_say(&(struct log){0}, LOG_INFO, "silence");
    log_say(NULL, LOG_INFO, "silence");
    text_finish(&said);
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"growing", test_growing}, {"a failure sticks", test_failure_sticks},
        {"numbers", test_numbers}, {"escaping", test_escaping},
        {"error", test_error},     {"long error", test_long_error},
        {"log", test_log},         CU_TEST_INFO_NULL,
    };
    return run_suite("text", tests);
}
