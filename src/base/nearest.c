#include "base/nearest.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_LENGTH = 64, FAR = 3 };

static char lower(char character)
{
    return character >= 'A' && character <= 'Z' ? (char)(character - 'A' + 'a') : character;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Row i of the classic table: the distances from the first i characters of `a` to every prefix of `b`. */
static size_t distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t rows[3][MOST_LENGTH + 1];
    for (size_t j = 0; j <= b_length; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i - 1) % 3], *above2 = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            const char x = lower(a[i - 1]), y = lower(b[j - 1]);
            row[j] = least(least(above[j], row[j - 1]) + 1, above[j - 1] + (x != y));
            if (i > 1 && j > 1 && x == lower(b[j - 2]) && lower(a[i - 2]) == y)
                row[j] = least(row[j], above2[j - 2] + 1);
        }
    }
    return rows[a_length % 3][b_length];
}

const char *nearest_name(const char *word, const char *const *names, size_t count)
{
    const size_t length = strlen(word);
    if (length > MOST_LENGTH)
        return NULL;
    size_t limit = length <= 3 ? 2 : FAR; /* to be below it */
    limit = least(limit, length);
    const char *nearest = NULL;
    for (size_t i = 0; i < count; i++) {
        const size_t name_length = strlen(names[i]);
        if (name_length > MOST_LENGTH)
            continue;
        const size_t found = distance(word, length, names[i], name_length);
        if (found < limit) {
            limit = found;
            nearest = names[i];
        }
    }
    return nearest;
}
