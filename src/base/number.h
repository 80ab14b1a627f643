/* One grammar for numbers in every file and on the command line, the same in any locale. */
#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/* [+-]?digits, decimal, no leading zero but "0" itself, wholly consumed; false otherwise or when out of
 * range. */
bool number_parse_int(const char *text, int64_t *value);
/* [+-]? (digits [. digits*] | . digits) ([eE] [+-]? digits)?, wholly consumed and finite; a value that
 * underflows to 0 although a digit is not 0 is refused; leading zeros like 007 are refused. */
bool number_parse_double(const char *text, double *value);

/* The shortest decimal text that reads back as the same value (of a power of two, sometimes one digit more);
 * returns the buffer. Not finite: "nan", "inf", "-inf". Integers below 1e15 print without a fraction; an
 * exponent always has a mantissa with a point ("1.0e-05"), so that every YAML reader sees a number. */
enum { NUMBER_TEXT_SIZE = 32 };
char *number_print_double(char buffer[NUMBER_TEXT_SIZE], double value);

/* Rounded for people. Where sums and other machines' libraries would show, in the last of a double's digits,
 * nothing is seen: the first 15 significant digits are taken, and these rounded, ties to the even digit.
 * Never "-0" or "-0.00". Not finite: as above. */

/* `digits` (at most 9) behind the point, so that 0.125, 2 is "0.12"; from 1e15 on as number_print_double. */
char *number_print_fixed(char buffer[NUMBER_TEXT_SIZE], double value, int digits);
/* At most `digits` (1 to 15) significant ones, without zeros at the end; laid out as number_print_double. */
char *number_print_significant(char buffer[NUMBER_TEXT_SIZE], double value, int digits);

#endif
