#include "spec/loader.h"

#include <stdarg.h>

#include "spec/walk.h"

/* The node at `path`, or the last one on the way that is there. */
static const struct node *find(const struct node *root, const struct path *path, bool *there)
{
    const struct node *node = path->parent != NULL ? find(root, path->parent, there) : root, *next = NULL;
    if (*there && path->key != NULL)
        next = node_get(node, path->key);
    else if (*there && node->kind == NODE_LIST && path->index < node->count)
        next = node->items[path->index];
    *there = next != NULL;
    return next != NULL ? next : node;
}

struct place loader_place(const struct loader *loader, const struct path *path)
{
    bool there = true;
    return find(loader->root, path, &there)->place;
}

static bool refuse(const struct loader *loader, struct place place, const struct path *path,
                   const char *format, va_list arguments) __attribute__((format(printf, 4, 0)));

static bool refuse(const struct loader *loader, struct place place, const struct path *path,
                   const char *format, va_list arguments)
{
    struct text message = {0}, where = {0};
    text_add_arguments(&message, format, arguments);
    path_add(path, &where);
    if (message.failed || where.failed)
        diagnose_memory(loader->diagnostics);
    else
        diagnose(loader->diagnostics, place, where.bytes, "%s", message.bytes);
    text_finish(&message);
    text_finish(&where);
    return false;
}

bool loader_refuse(const struct loader *loader, const struct path *path, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    refuse(loader, loader_place(loader, path), path, format, arguments);
    va_end(arguments);
    return false;
}

bool loader_refuse_at(const struct loader *loader, struct place place, const struct path *path,
                      const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    refuse(loader, place, path, format, arguments);
    va_end(arguments);
    return false;
}

bool loader_refuse_memory(const struct loader *loader)
{
    return diagnose_memory(loader->diagnostics);
}
