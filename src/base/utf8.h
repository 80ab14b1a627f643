/* UTF-8 (RFC 3629), one character at a time: what readers and writers of texts share. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The bytes of the character that begins at `bytes` and its number; 0 where none does (cut short, overlong, a
 * surrogate, above U+10FFFF). */
size_t utf8_decode(const char *bytes, size_t length, uint32_t *character);

/* The other way; returns how many of the four bytes it takes. */
size_t utf8_encode(uint32_t character, char bytes[4]);

/* How many characters a text has: the columns of a terminal that it takes, as near as one can say without
 * tables of their widths. */
size_t utf8_count(const char *bytes);

/* What a reader does not see or what moves what they see: C0, DEL, C1, line separators, bidirectional
 * controls (Unicode TR 36), byte-order marks and the noncharacters U+FFFE and U+FFFF. */
bool utf8_is_control(uint32_t character);

#endif
