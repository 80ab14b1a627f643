#include "spec/relative.h"

#include <stdbool.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"

const char *relative_path(struct arena *arena, const char *from, const char *name)
{
    if (strchr(from, '/') == NULL)
        return name;
    char *directory = path_directory(from);
    char *path = directory != NULL ? path_join(directory, name) : NULL;
    memory_free(directory);
    return arena_adopt_text(arena, path);
}

bool is_yaml_file(const char *name)
{
    return string_ends_with(name, ".yaml") || string_ends_with(name, ".yml");
}

const char *name_of_file(struct arena *arena, const char *path)
{
    const char *name = path_file(path);
    return arena_copy_text(arena, name,
                           is_yaml_file(name) ? (size_t)(strrchr(name, '.') - name) : strlen(name));
}

bool add_name_of_file(struct arena *arena, struct node *tree, const char *name)
{
    const struct node *given = node_get(tree, "name");
    if (given != NULL && !node_is_null(given))
        return true;
    const struct place nowhere = {.source = tree->place.source};
    struct node *key = node_create_scalar(arena, "name", nowhere);
    struct node *value = node_create_scalar(arena, name, nowhere);
    return key != NULL && value != NULL && node_set(arena, tree, key, value);
}
