#include "harness.h"

#include <signal.h>

#include "base/program.h"

static void gives_and_takes(void)
{
    /* more than a pipe holds, both ways at once */
    struct text input = {0}, output = {0}, complaint = {0};
    for (int i = 0; i < 100000; i++)
        text_add(&input, "line %d\n", i);
    const struct program cat = {.arguments = (const char *const[]){"cat", NULL},
                                .input = input.bytes,
                                .input_length = input.length,
                                .output_limit = 1 << 24};
    CU_ASSERT_EQUAL(program_run(&cat, &output, &complaint), 0);
    CU_ASSERT_EQUAL(output.length, input.length);
    CU_ASSERT(output.length == input.length && memcmp(output.bytes, input.bytes, input.length) == 0);
    CU_ASSERT_EQUAL(complaint.length, 0);
    text_finish(&input);
    text_finish(&output);
    text_finish(&complaint);
}

static int run_words(const char *const *words, const struct program *more, struct text *output,
                     struct text *complaint)
{
    struct program program = *more;
    program.arguments = words;
    program.output_limit = program.output_limit > 0 ? program.output_limit : 1000;
    return program_run(&program, output, complaint);
}

static void tells_how_it_ended(void)
{
    static const char *const environment[] = {"PATH=/usr/bin:/bin", "WORD=hello", NULL};
    static const struct {
        const char *const words[4];
        struct program more;
        int code;
        const char *output, *complaint;
    } cases[] = {
        {{"sh", "-c", "echo said; echo wrong >&2; exit 7"}, {0}, 7, "said\n", "wrong\n"},
        {{"sh", "-c", "cat; kill -9 $$"}, {0}, PROGRAM_FAILED, "", "sh was ended by signal 9"},
        {{"no-such-program-anywhere"}, {0}, PROGRAM_MISSING, "", ""},
        {{"true"}, {.input = "nobody reads this", .input_length = 17}, 0, "", ""},
        {{"echo", "one two three"}, {.output_limit = 7}, 0, "one two", ""},
        {{"sh", "-c", "echo \"$WORD\""}, {.environment = environment}, 0, "hello\n", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct text output = {0}, complaint = {0};
        CU_ASSERT_EQUAL(run_words(cases[i].words, &cases[i].more, &output, &complaint), cases[i].code);
        CHECK_TEXT(output.length > 0 ? output.bytes : "", cases[i].output);
        CHECK_TEXT(complaint.length > 0 ? complaint.bytes : "", cases[i].complaint);
        text_finish(&output);
        text_finish(&complaint);
    }
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    CU_TestInfo tests[] = {
        {"gives and takes", gives_and_takes},
        {"tells how it ended", tells_how_it_ended},
        CU_TEST_INFO_NULL,
    };
    return run_suite("program", tests);
}
