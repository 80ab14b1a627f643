/* "Did you mean …?" */
#ifndef BASE_NEAREST_H
#define BASE_NEAREST_H

#include <stddef.h>

/* The name among `count` that is nearest to `word` by Damerau-Levenshtein distance (optimal string
 * alignment): at most 2 away, at most 1 for words of up to 3 characters, never all of the word; the first of
 * equals. NULL where none is near. Case-insensitive equality counts as distance 0. */
const char *nearest_name(const char *word, const char *const *names, size_t count);

#endif
