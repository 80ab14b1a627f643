/* What is in a directory: directory_list of base/file.h. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/file_error.h"
#include "base/text.h"

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Room for one more; the arena keeps what was outgrown. */
static bool reserve(struct arena *arena, struct directory_names *names, size_t *capacity)
{
    if (names->count < *capacity)
        return true;
    const size_t larger = *capacity > 0 ? 2 * *capacity : 16;
    const char **items = arena_allocate(arena, larger, sizeof *items);
    if (items == NULL)
        return false;
    if (names->count > 0)
        memcpy(items, names->items, names->count * sizeof *items);
    names->items = items;
    *capacity = larger;
    return true;
}

static bool read_names(struct arena *arena, DIR *stream, const char *path, const char *suffix,
                       struct directory_names *names, struct assay_error *error)
{
    size_t capacity = 0;
    errno = 0;
    for (const struct dirent *entry; (entry = readdir(stream)) != NULL; errno = 0) {
        if (entry->d_name[0] == '.' || !string_ends_with(entry->d_name, suffix))
            continue;
        const char *name = arena_copy_text(arena, entry->d_name, strlen(entry->d_name));
        if (name == NULL || !reserve(arena, names, &capacity))
            return assay_fail_memory(error, "reading a directory");
        names->items[names->count++] = name;
    }
    return errno == 0 || file_fail(error, ASSAY_MACHINE, "read", path, strerror(errno));
}

bool directory_list(struct arena *arena, const char *path, const char *suffix, struct directory_names *names,
                    struct assay_error *error)
{
    *names = (struct directory_names){0};
    DIR *stream = opendir(path);
    if (stream == NULL)
        return file_fail(error, errno == ENOENT || errno == ENOTDIR ? ASSAY_INVALID : ASSAY_MACHINE, "open",
                         path, strerror(errno));
    const bool done = read_names(arena, stream, path, suffix, names, error);
    closedir(stream);
    if (done && names->count > 0)
        qsort(names->items, names->count, sizeof *names->items, compare);
    return done;
}
