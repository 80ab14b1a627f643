#include "base/number.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_digit(char character)
{
    return character >= '0' && character <= '9';
}

static const char *skip_sign(const char *text)
{
    return *text == '+' || *text == '-' ? text + 1 : text;
}

static const char *skip_digits(const char *text)
{
    while (is_digit(*text))
        text++;
    return text;
}

bool number_parse_int(const char *text, int64_t *value)
{
    const char *digits = skip_sign(text);
    if (!is_digit(digits[0]) || (digits[0] == '0' && digits[1] != '\0'))
        return false;
    const bool negative = text[0] == '-';
    int64_t result = 0;
    for (; is_digit(*digits); digits++) {
        const int digit = *digits - '0';
        if (__builtin_mul_overflow(result, 10, &result) ||
            __builtin_add_overflow(result, negative ? -digit : digit, &result))
            return false;
    }
    if (*digits != '\0')
        return false;
    *value = result;
    return true;
}

/* Whether all of `text` is a decimal number; *is_zero: it has no digit but 0 before the exponent. */
static bool is_decimal(const char *text, bool *is_zero)
{
    const char *whole = skip_sign(text);
    const char *end = skip_digits(whole);
    size_t digits = (size_t)(end - whole);
    if (digits > 1 && whole[0] == '0')
        return false;
    if (*end == '.') {
        const char *fraction = end + 1;
        end = skip_digits(fraction);
        digits += (size_t)(end - fraction);
    }
    if (digits == 0)
        return false;
    *is_zero = strspn(whole, "0.") == (size_t)(end - whole);
    if (*end == 'e' || *end == 'E') {
        const char *exponent = skip_sign(end + 1);
        end = skip_digits(exponent);
        if (end == exponent)
            return false;
    }
    return *end == '\0';
}

/* By its bits: a comparison takes a denormal for 0 in a thread that flushes them. */
static bool has_zero_bits(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits << 1 == 0;
}

bool number_parse_double(const char *text, double *value)
{
    bool is_zero;
    if (!is_decimal(text, &is_zero))
        return false;
    const locale_t locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (locale == (locale_t)0)
        return false;
    const double result = strtod_l(text, NULL, locale);
    freelocale(locale);
    if (!isfinite(result) || (has_zero_bits(result) && !is_zero))
        return false;
    *value = result;
    return true;
}

/* Writes what printf's %e gave ("d<point>ddde±xx", the point being the locale's) as the header promises. */
static char *lay_out(char *buffer, bool negative, const char *scientific)
{
    char digits[32] = "";
    int count = 0;
    for (; *scientific != 'e'; scientific++)
        if (is_digit(*scientific))
            digits[count++] = *scientific;
    while (count > 1 && digits[count - 1] == '0')
        count--;
    const int exponent = atoi(scientific + 1);
    const char *sign = negative ? "-" : "";
    const int whole = exponent + 1; /* digits before the point */
    if (exponent < -4 || exponent >= 15)
        snprintf(buffer, NUMBER_TEXT_SIZE, "%s%c.%.*se%+03d", sign, digits[0], count > 1 ? count - 1 : 1,
                 count > 1 ? digits + 1 : "0", exponent);
    else if (whole <= 0)
        snprintf(buffer, NUMBER_TEXT_SIZE, "%s0.%.*s%.*s", sign, -whole, "000", count, digits);
    else if (count <= whole)
        snprintf(buffer, NUMBER_TEXT_SIZE, "%s%.*s%.*s", sign, count, digits, whole - count,
                 "00000000000000");
    else
        snprintf(buffer, NUMBER_TEXT_SIZE, "%s%.*s.%.*s", sign, whole, digits, count - whole, digits + whole);
    return buffer;
}

static bool reads_as(const char *text, double value)
{
    return memcmp(&(double){strtod(text, NULL)}, &value, sizeof value) == 0;
}

static char *print_not_finite(char *buffer, double value)
{
    return strcpy(buffer, isnan(value) ? "nan" : value < 0 ? "-inf" : "inf");
}

/* 17 digits always suffice, and where some suffice more do too. Writing and reading back share the thread's
 * locale, whatever it is. */
char *number_print_double(char buffer[NUMBER_TEXT_SIZE], double value)
{
    if (!isfinite(value))
        return print_not_finite(buffer, value);
    const bool negative = signbit(value);
    const double magnitude = fabs(value);
    char scientific[48];
    int least = 1, most = 17;
    while (least < most) {
        const int middle = (least + most) / 2;
        snprintf(scientific, sizeof scientific, "%.*e", middle - 1, magnitude);
        if (reads_as(scientific, magnitude))
            most = middle;
        else
            least = middle + 1;
    }
    snprintf(scientific, sizeof scientific, "%.*e", most - 1, magnitude);
    return lay_out(buffer, negative, scientific);
}

/* The first digits of a magnitude: their value is 0.d0 d1 d2 … times ten to the `point`. */
enum { SIGNIFICANT = 15 };
struct decimal {
    char digits[SIGNIFICANT + 1];
    int point;
};

static struct decimal decimal_of(double magnitude)
{
    struct decimal decimal = {.digits = ""};
    char scientific[48];
    snprintf(scientific, sizeof scientific, "%.*e", SIGNIFICANT - 1, magnitude);
    const char *at = scientific;
    for (int count = 0; *at != 'e'; at++)
        if (is_digit(*at))
            decimal.digits[count++] = *at;
    decimal.point = atoi(at + 1) + 1;
    return decimal;
}

/* Whether what stands behind the first `count` digits is more than half of the last of them, or half of it
 * and that one odd. */
static bool rounds_up(const struct decimal *decimal, int count)
{
    if (decimal->digits[count] != '5')
        return decimal->digits[count] > '5';
    for (int i = count + 1; i < SIGNIFICANT; i++)
        if (decimal->digits[i] != '0')
            return true;
    return count > 0 && (decimal->digits[count - 1] - '0') % 2 == 1;
}

/* Leaves the first `count` digits; they may be none, or more than there are. */
static void round_to(struct decimal *decimal, int count)
{
    if (count >= SIGNIFICANT)
        return;
    const bool up = count >= 0 && rounds_up(decimal, count);
    const int kept = count > 0 ? count : 0;
    memset(decimal->digits + kept, '0', (size_t)(SIGNIFICANT - kept));
    if (!up)
        return;
    int at = count - 1;
    while (at >= 0 && decimal->digits[at] == '9')
        decimal->digits[at--] = '0';
    if (at >= 0) {
        decimal->digits[at]++;
    } else { /* 0.99 is 1.00: the digits behind the new one are all 0 */
        decimal->digits[0] = '1';
        decimal->point++;
    }
}

static bool is_nothing(const struct decimal *decimal)
{
    return strspn(decimal->digits, "0") == SIGNIFICANT;
}

static char digit_at(const struct decimal *decimal, int index)
{
    return index >= 0 && index < SIGNIFICANT ? decimal->digits[index] : '0';
}

char *number_print_fixed(char buffer[NUMBER_TEXT_SIZE], double value, int digits)
{
    if (!isfinite(value))
        return print_not_finite(buffer, value);
    if (fabs(value) >= 1e15)
        return number_print_double(buffer, value);
    struct decimal decimal = decimal_of(fabs(value));
    round_to(&decimal, decimal.point + digits);
    char *out = buffer;
    if (signbit(value) && !is_nothing(&decimal))
        *out++ = '-';
    for (int i = decimal.point < 1 ? decimal.point - 1 : 0; i < decimal.point + digits; i++) {
        if (i == decimal.point)
            *out++ = '.';
        *out++ = digit_at(&decimal, i);
    }
    *out = '\0';
    return buffer;
}

char *number_print_significant(char buffer[NUMBER_TEXT_SIZE], double value, int digits)
{
    if (!isfinite(value))
        return print_not_finite(buffer, value);
    struct decimal decimal = decimal_of(fabs(value));
    round_to(&decimal, digits);
    if (is_nothing(&decimal))
        return strcpy(buffer, "0");
    char scientific[48];
    snprintf(scientific, sizeof scientific, "%se%+03d", decimal.digits, decimal.point - 1);
    return lay_out(buffer, signbit(value), scientific);
}
