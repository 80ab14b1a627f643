#include "run/directory.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "run/files.h"

char *run_directory_file(const char *directory, const char *name, struct assay_error *error)
{
    char *path = path_join(directory, name);
    if (path == NULL)
        assay_fail_memory(error, "naming the files of the run");
    return path;
}

bool run_directory_write(const struct run_directory *directory, const char *name, const struct text *text,
                         struct assay_error *error)
{
    if (text->failed)
        return assay_fail(error, ASSAY_MACHINE, "out of memory while writing %s", name);
    char *path = run_directory_file(directory->path, name, error);
    const bool done = path != NULL && file_write_atomic(path, text->bytes, text->length, error);
    memory_free(path);
    return done;
}

bool run_directory_remove(const struct run_directory *directory, const char *name, struct assay_error *error)
{
    char *path = run_directory_file(directory->path, name, error);
    const bool done = path != NULL && file_remove(path, error);
    memory_free(path);
    return done;
}

static const char held_words[] = "is being written by another process";

static bool fail_held(const char *directory, struct assay_error *error)
{
    char owner[RUN_OWNER_SIZE];
    run_directory_owner(directory, owner);
    const bool known = owner[0] != '\0';
    return assay_fail(error, ASSAY_MACHINE, "%s %s%s%s%s", directory, held_words,
                      known ? " (host and pid: " : "", owner, known ? ")" : "");
}

bool run_directory_was_held(const char *said)
{
    return strstr(said, held_words) != NULL;
}

void run_directory_owner(const char *path, char owner[RUN_OWNER_SIZE])
{
    char *lock = path_join(path, LOCK_FILE), *bytes = NULL;
    size_t length;
    owner[0] = '\0';
    if (lock != NULL && file_read(lock, 1024, &bytes, &length, NULL))
        snprintf(owner, RUN_OWNER_SIZE, "%.*s", (int)strcspn(bytes, "\n"), bytes);
    memory_free(bytes);
    memory_free(lock);
}

bool run_directory_look(const char *path, bool *is_held, struct assay_error *error)
{
    char *lock = run_directory_file(path, LOCK_FILE, error);
    const bool done = lock != NULL && file_lock_look(lock, is_held, error);
    memory_free(lock);
    return done;
}

bool run_directory_has(const char *directory, const char *name, bool *has, struct assay_error *error)
{
    char *path = run_directory_file(directory, name, error);
    const bool done = path != NULL && file_look(path, has, error);
    memory_free(path);
    return done;
}

bool run_directory_open(struct run_directory *directory, const char *path, struct assay_error *error)
{
    *directory = (struct run_directory){.path = path};
    char *lock = run_directory_file(path, LOCK_FILE, error);
    if (lock == NULL)
        return false;
    if (directory_create(path, error))
        directory->lock = file_lock_acquire(lock, &directory->is_held, error);
    if (directory->is_held)
        fail_held(path, error);
    memory_free(lock);
    if (directory->lock != NULL)
        file_remove_leftovers(path, NULL);
    return directory->lock != NULL;
}

void run_directory_close(struct run_directory *directory)
{
    file_lock_release(directory->lock);
    directory->lock = NULL;
}
