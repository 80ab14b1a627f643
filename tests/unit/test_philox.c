#include "base/philox.h"

#include "harness.h"

/* philox4x32 with 10 rounds in kat_vectors of the Random123 distribution. */
static void test_known(void)
{
    static const struct {
        uint32_t counter[4], key[2], words[4];
    } cases[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
         {0xffffffff, 0xffffffff},
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint32_t words[4];
        philox4x32(cases[i].counter, cases[i].key, words);
        CU_ASSERT(memcmp(words, cases[i].words, sizeof words) == 0);
    }
}

/* A word is what the header says, for any block of the stream. */
static void test_word(void)
{
    const struct random_stream stream = random_stream(7, RANDOM_INIT, "conv1.weight", 3, 9);
    static const uint64_t elements[] = {0, 1, 2, 3, 4, 1001, (1ULL << 34) + 6, UINT64_MAX};
    for (size_t i = 0; i < sizeof elements / sizeof elements[0]; i++) {
        const uint64_t block = elements[i] / 4;
        const uint32_t counter[4] = {(uint32_t)block, (uint32_t)(block >> 32), 3, 9};
        uint32_t words[4];
        philox4x32(counter, stream.key, words);
        CU_ASSERT_EQUAL(random_word(&stream, elements[i]), words[elements[i] % 4]);
    }
}

static void test_words(void)
{
    const struct random_stream stream = random_stream(7, RANDOM_DROPOUT, "dropout1", 3, 9);
    static const uint64_t starts[] = {0, 1, 2, 3, 4, 61, 4000000001, (1ULL << 34) - 21};
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++)
        for (size_t count = 0; count < 70; count++) {
            uint32_t words[71];
            words[count] = 0xDEADBEEF;
            random_words(&stream, starts[i], count, words);
            bool equal = words[count] == 0xDEADBEEF;
            for (size_t k = 0; k < count; k++)
                equal = equal && words[k] == random_word(&stream, starts[i] + k);
            CU_ASSERT(equal);
        }
}

static void test_streams_differ(void)
{
    const struct random_stream streams[] = {
        random_stream(1, RANDOM_INIT, "a", 0, 0),          random_stream(2, RANDOM_INIT, "a", 0, 0),
        random_stream(1ULL << 32, RANDOM_INIT, "a", 0, 0), random_stream(1, RANDOM_DROPOUT, "a", 0, 0),
        random_stream(1, RANDOM_INIT, "b", 0, 0),          random_stream(1, RANDOM_INIT, "", 0, 0),
        random_stream(1, RANDOM_INIT, "a", 1, 0),          random_stream(1, RANDOM_INIT, "a", 0, 1),
    };
    for (size_t i = 0; i < sizeof streams / sizeof streams[0]; i++)
        for (size_t j = 0; j < i; j++)
            CU_ASSERT_NOT_EQUAL(random_word(&streams[i], 0), random_word(&streams[j], 0));
}

/* What a seed gives is a promise: these never change. */
static void test_promise(void)
{
    const struct random_stream stream = random_stream(1, RANDOM_SHUFFLE, "", 2, 0);
    uint32_t words[4], order[8];
    random_words(&stream, 0, 4, words);
    random_permutation(&stream, 8, order);
    char found[256];
    snprintf(found, sizeof found, "%08x %08x %08x %08x, %u %u %u %u %u %u %u %u", words[0], words[1],
             words[2], words[3], order[0], order[1], order[2], order[3], order[4], order[5], order[6],
             order[7]);
    CHECK_TEXT(found, "f2c2767a fb089454 d87c93be 455e5239, 7 0 1 4 3 5 2 6");
}

static void test_ranges(void)
{
    const struct random_stream stream = random_stream(5, RANDOM_DIGITS, "ranges", 0, 0);
    enum { DRAWS = 60000, BOUND = 6 };
    int counts[BOUND] = {0};
    double sum = 0;
    for (uint64_t i = 0; i < DRAWS; i++) {
        const float unit = random_unit(&stream, i);
        CU_ASSERT(unit >= 0 && unit < 1);
        CU_ASSERT(unit == (float)(random_word(&stream, i) >> 8) / 16777216.0F);
        sum += (double)unit;
        const uint32_t below = random_below(&stream, i, BOUND);
        CU_ASSERT_FATAL(below < BOUND);
        counts[below]++;
    }
    CU_ASSERT_DOUBLE_EQUAL(sum / DRAWS, 0.5, 0.006); /* five standard errors */
    for (int i = 0; i < BOUND; i++)
        CU_ASSERT(abs(counts[i] - DRAWS / BOUND) < 460); /* five standard deviations */
    CU_ASSERT_EQUAL(random_below(&stream, 0, 1), 0);
}

static void test_permutation(void)
{
    enum { COUNT = 1000 };
    const struct random_stream stream = random_stream(5, RANDOM_SPLIT, "", 0, 0);
    uint32_t order[COUNT], fixed = 0;
    bool seen[COUNT] = {false};
    random_permutation(&stream, COUNT, order);
    for (uint32_t i = 0; i < COUNT; i++) {
        CU_ASSERT_FATAL(order[i] < COUNT && !seen[order[i]]);
        seen[order[i]] = true;
        fixed += order[i] == i;
    }
    CU_ASSERT(fixed < 10);
    random_permutation(&stream, 0, order);
    random_permutation(&stream, 1, order);
    CU_ASSERT_EQUAL(order[0], 0);
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"known answers", test_known},           {"word", test_word},         {"words", test_words},
        {"streams differ", test_streams_differ}, {"a promise", test_promise}, {"ranges", test_ranges},
        {"permutation", test_permutation},       CU_TEST_INFO_NULL,
    };
    return run_suite("philox", tests);
}
