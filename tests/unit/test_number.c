#include "base/number.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <unistd.h>

#include "base/philox.h"
#include "base/team.h"
#include "harness.h"

static void test_int(void)
{
    static const struct {
        const char *text;
        int64_t value;
    } good[] = {
        {"0", 0},
        {"-0", 0},
        {"+7", 7},
        {"12", 12},
        {"9223372036854775807", INT64_MAX},
        {"-9223372036854775808", INT64_MIN},
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        int64_t value = 99;
        CU_ASSERT(number_parse_int(good[i].text, &value));
        CU_ASSERT_EQUAL(value, good[i].value);
    }
    static const char *const bad[] = {"",
                                      "+",
                                      "-",
                                      "--1",
                                      "+-1",
                                      " 1",
                                      "1 ",
                                      "1.0",
                                      "1e3",
                                      "01",
                                      "00",
                                      "0x1",
                                      "-01",
                                      "1_0",
                                      "nan",
                                      "٣",
                                      "9223372036854775808",
                                      "-9223372036854775809",
                                      "99999999999999999999"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int64_t value = 99;
        CU_ASSERT_FALSE(number_parse_int(bad[i], &value));
        CU_ASSERT_EQUAL(value, 99);
    }
}

static void check_good_doubles(void)
{
    static const struct {
        const char *text;
        double value;
    } good[] = {
        {"0", 0},       {"1e-3", 1e-3},  {".001", 1e-3},        {"0.001", 1e-3},
        {"1.", 1},      {"-2.50", -2.5}, {"+.5E+1", 5},         {"1e05", 1e5},
        {"0.0e999", 0}, {"0e-999", 0},   {"5e-324", 0x1p-1074}, {"1.7976931348623157e308", DBL_MAX},
        {"0.1", 0.1},
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        double value = 99;
        if (!number_parse_double(good[i].text, &value) || memcmp(&value, &good[i].value, sizeof value) != 0)
            CHECK_TEXT("misread", good[i].text);
    }
}

static void test_double(void)
{
    check_good_doubles();
    double value = 99;
    CU_ASSERT(number_parse_double("-0", &value) && value == 0 && signbit(value));
    value = 99;
    static const char *const bad[] = {"",     "+",     ".",      "e1",     "1e",      "1e+",   "1.e",
                                      "-.e1", "1,5",   " 1",     "1 ",     "0x10",    "0x1p3", "inf",
                                      "nan",  "1e999", "-1e999", "1e-400", "007",     "-01.5", "00.5",
                                      "1f",   "1_000", "1..2",   "1e1.5",  "Infinity"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (number_parse_double(bad[i], &value) || value != 99)
            CHECK_TEXT("accepted", bad[i]);
}

static void check_printing(void)
{
    static const struct {
        double value;
        const char *text;
    } doubles[] = {
        {0, "0"},
        {-0.0, "-0"},
        {3, "3"},
        {-12, "-12"},
        {0.001, "0.001"},
        {0.1, "0.1"},
        {0.1 + 0.2, "0.30000000000000004"},
        {1e-4, "0.0001"},
        {1e-5, "1.0e-05"},
        {-1.25e-7, "-1.25e-07"},
        {123456.789, "123456.789"},
        {99999999999999.5, "99999999999999.5"},
        {999999999999999, "999999999999999"},
        {100000000000000, "100000000000000"},
        {1e15, "1.0e+15"},
        {1.5e300, "1.5e+300"},
        {DBL_MAX, "1.7976931348623157e+308"},
        {0x1p-1074, "5.0e-324"},
        {NAN, "nan"},
        {INFINITY, "inf"},
        {-INFINITY, "-inf"},
    };
    char buffer[NUMBER_TEXT_SIZE];
    for (size_t i = 0; i < sizeof doubles / sizeof doubles[0]; i++)
        CHECK_TEXT(number_print_double(buffer, doubles[i].value), doubles[i].text);
}

static void check_fixed(void)
{
    static const struct {
        double value;
        int digits;
        const char *text;
    } cases[] = {
        {0, 2, "0.00"},
        {-0.0, 2, "0.00"},
        {-0.004, 2, "0.00"},
        {-0.005, 2, "0.00"},
        {-0.006, 2, "-0.01"},
        {0.005, 2, "0.00"},
        {0.0051, 2, "0.01"},
        {0.015, 2, "0.02"},
        {0.025, 2, "0.02"},
        {0.125, 2, "0.12"},
        {1.005, 2, "1.00"}, /* below in binary */
        {1.015, 2, "1.02"}, /* below in binary too */
        {0.1 + 0.2, 1, "0.3"},
        {(0.1 + 0.2) * 10, 0, "3"},
        {0.685, 2, "0.68"}, /* above in binary */
        {(0.66 + 0.71) / 2, 2, "0.68"},
        {0.996, 2, "1.00"},
        {99.995, 2, "100.00"},
        {9.5, 0, "10"},
        {8.5, 0, "8"},
        {0.5, 0, "0"},
        {1.5, 0, "2"},
        {12345, 0, "12345"},
        {12345.678, 1, "12345.7"},
        {1e-9, 9, "0.000000001"},
        {4e-10, 9, "0.000000000"},
        {123456789012345, 9, "123456789012345.000000000"},
        {1e15, 2, "1.0e+15"},
        {0x1p-1074, 3, "0.000"},
        {NAN, 2, "nan"},
        {-INFINITY, 2, "-inf"},
    };
    char buffer[NUMBER_TEXT_SIZE];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        CHECK_TEXT(number_print_fixed(buffer, cases[i].value, cases[i].digits), cases[i].text);
}

static void check_significant(void)
{
    static const struct {
        double value;
        int digits;
        const char *text;
    } cases[] = {
        {0, 6, "0"},
        {-0.0, 6, "0"},
        {1.0 / 3, 6, "0.333333"},
        {2.0 / 3, 3, "0.667"},
        {100, 2, "100"},
        {0.30000000000000004, 6, "0.3"},
        {0.999999951, 6, "1"},
        {-1.25, 2, "-1.2"},
        {1234567, 3, "1230000"},
        {0.000012345, 3, "1.23e-05"},
        {1e-30, 4, "1.0e-30"},
        {9.9996e-5, 4, "0.0001"},
        {0.05, 15, "0.05"},
        {NAN, 3, "nan"},
        {INFINITY, 3, "inf"},
    };
    char buffer[NUMBER_TEXT_SIZE];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        CHECK_TEXT(number_print_significant(buffer, cases[i].value, cases[i].digits), cases[i].text);
}

static void test_there_and_back(void)
{
    const struct random_stream stream = random_stream(1, RANDOM_DIGITS, "numbers", 0, 0);
    int lost = 0;
    for (uint64_t i = 0; i < 20000; i++) {
        const uint32_t high = random_word(&stream, 2 * i), low = random_word(&stream, 2 * i + 1);
        const uint64_t bits = (uint64_t)high << 32 | low;
        double wide, wide_again = 0;
        memcpy(&wide, &bits, sizeof wide);
        char buffer[NUMBER_TEXT_SIZE];
        if (isfinite(wide))
            lost += !number_parse_double(number_print_double(buffer, wide), &wide_again) ||
                    memcmp(&wide, &wide_again, sizeof wide) != 0;
    }
    CU_ASSERT_EQUAL(lost, 0);
}

/* A locale with a decimal comma, made for the occasion where the system has none. */
static bool set_comma_locale(char *directory)
{
    static const char *const names[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "nl_NL.UTF-8"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (setlocale(LC_ALL, names[i]) != NULL)
            return true;
    char command[256];
    snprintf(command, sizeof command, "localedef -i de_DE -f UTF-8 %s/de_DE.UTF-8 >%s/log 2>&1", directory,
             directory);
    return system(command) == 0 && setenv("LOCPATH", directory, 1) == 0 &&
           setlocale(LC_ALL, "de_DE.UTF-8") != NULL;
}

static void test_locale(void)
{
    char directory[] = "/tmp/assay-number-XXXXXX", command[64];
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(directory));
    if (set_comma_locale(directory)) {
        CHECK_TEXT(localeconv()->decimal_point, ",");
        check_good_doubles();
        check_printing();
        check_fixed();
        check_significant();
    } else {
        printf("skipped: no locale with a decimal comma here ");
    }
    setlocale(LC_ALL, "C");
    unsetenv("LOCPATH");
    snprintf(command, sizeof command, "rm -r %s", directory);
    CU_ASSERT_EQUAL(system(command), 0);
}

/* Last: it cannot be taken back. */
static void test_flushed_denormals(void)
{
    team_flush_denormals();
    check_good_doubles();
    check_printing();
    check_fixed();
    check_significant();
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"int", test_int},
        {"double", test_double},
        {"printing", check_printing},
        {"rounding to a number of decimals", check_fixed},
        {"rounding to significant digits", check_significant},
        {"there and back", test_there_and_back},
        {"under a decimal comma", test_locale},
        {"with denormals flushed", test_flushed_denormals},
        CU_TEST_INFO_NULL,
    };
    return run_suite("number", tests);
}
