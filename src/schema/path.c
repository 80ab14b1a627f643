#include "schema/path.h"

void path_add(const struct path *path, struct text *text)
{
    const size_t start = text->length;
    if (path->parent != NULL)
        path_add(path->parent, text);
    if (path->key == NULL)
        text_add(text, "[%zu]", path->index);
    else
        text_add(text, "%s%s", text->length > start && path->key[0] != '\0' ? "." : "", path->key);
}
