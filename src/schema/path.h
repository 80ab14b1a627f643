/* Where a value is in its file, as messages spell it: "model[2].conv.maps". */
#ifndef SCHEMA_PATH_H
#define SCHEMA_PATH_H

#include <stddef.h>

#include "base/text.h"

/* The root is {.key = "its path"}. Lives on the stack and is spelt out only in messages. */
struct path {
    const struct path *parent;
    const char *key; /* NULL: an index */
    size_t index;
};
void path_add(const struct path *path, struct text *text);

#endif
