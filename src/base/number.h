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

#endif
