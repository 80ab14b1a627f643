#include "run/directory.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "run/failure.h"
#include "run/provenance.h"
#include "schema/schema.h"

/* Everything a run writes. What says that it is finished goes first, what says whose it is goes last, so that
 * removing them can be killed at any point. */
static const char *const own_files[] = {
    "summary.json", "predictions.csv", "mistakes.csv",   "best.safetensors",    "last.safetensors",
    "curves.csv",   "timing.csv",      "checkpoint",     "checkpoint.previous", FAILURE_FILE,
    "log.txt",      "config.yaml",     "provenance.json"};
enum { OWN_FILES = sizeof own_files / sizeof own_files[0] };

static const char lock_name[] = ".lock";

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

static bool fail_held(const char *directory, struct assay_error *error)
{
    char owner[RUN_OWNER_SIZE];
    run_directory_owner(directory, owner);
    const bool known = owner[0] != '\0';
    return assay_fail(error, ASSAY_MACHINE, "%s is being written by another process%s%s%s", directory,
                      known ? " (host and pid: " : "", owner, known ? ")" : "");
}

void run_directory_owner(const char *path, char owner[RUN_OWNER_SIZE])
{
    char *lock = path_join(path, lock_name), *bytes = NULL;
    size_t length;
    owner[0] = '\0';
    if (lock != NULL && file_read(lock, 1024, &bytes, &length, NULL))
        snprintf(owner, RUN_OWNER_SIZE, "%.*s", (int)strcspn(bytes, "\n"), bytes);
    memory_free(bytes);
    memory_free(lock);
}

bool run_directory_look(const char *path, bool *is_held, struct assay_error *error)
{
    char *lock = run_directory_file(path, lock_name, error);
    const bool done = lock != NULL && file_lock_look(lock, is_held, error);
    memory_free(lock);
    return done;
}

bool run_directory_has(const char *directory, const char *name, bool *has, struct assay_error *error)
{
    char *path = run_directory_file(directory, name, error);
    *has = path != NULL && file_exists(path);
    memory_free(path);
    return path != NULL;
}

bool run_directory_open(struct run_directory *directory, const char *path, struct assay_error *error)
{
    *directory = (struct run_directory){.path = path};
    char *lock = run_directory_file(path, lock_name, error);
    if (lock == NULL)
        return false;
    if (directory_create(path, error))
        directory->lock = file_lock_acquire(lock, &directory->is_held, error);
    if (directory->is_held)
        fail_held(path, error);
    memory_free(lock);
    if (directory->lock != NULL)
        file_remove_leftovers(path);
    return directory->lock != NULL;
}

void run_directory_close(struct run_directory *directory)
{
    file_lock_release(directory->lock);
    directory->lock = NULL;
}

/* A failure may have come before there was anything of the run. */
static bool find_files(const char *directory, bool *found, struct assay_error *error)
{
    *found = false;
    for (size_t i = 0; i < OWN_FILES && !*found; i++)
        if (strcmp(own_files[i], FAILURE_FILE) != 0 &&
            !run_directory_has(directory, own_files[i], found, error))
            return false;
    return true;
}

static bool remove_run(const struct run_directory *directory, struct assay_error *error)
{
    for (size_t i = 0; i < OWN_FILES; i++)
        if (!run_directory_remove(directory, own_files[i], error))
            return false;
    return true;
}

/* The identity's text of the config.yaml that is there, so that operational keys do not show up as
 * differences. */
static bool read_config_there(const char *directory, struct text *there)
{
    struct arena *arena = arena_create();
    struct diagnostics *unsaid = diagnostics_create();
    char *path = path_join(directory, "config.yaml");
    const struct config *config = NULL;
    if (arena != NULL && unsaid != NULL && path != NULL)
        config = config_load(arena, path, NULL, 0, NULL, unsaid);
    if (config != NULL)
        config_write_identity(config, there);
    memory_free(path);
    diagnostics_destroy(unsaid);
    arena_destroy(arena);
    return config != NULL && !there->failed;
}

static bool fail_other(const char *directory, const struct run_identity *identity,
                       const struct provenance_digests *there, struct assay_error *error)
{
    struct text config = {0}, differences = {0}, indented = {0};
    char *provenance = path_join(directory, "provenance.json");
    if (read_config_there(directory, &config))
        config_differences(config.bytes, identity->config.bytes, 8, &differences);
    if (differences.length == 0 && there->identity[0] == '\0')
        text_add(&differences, "which run they are of is not known: %s\n",
                 provenance != NULL && file_exists(provenance) ? "provenance.json cannot be read"
                                                               : "there is no provenance.json");
    if (differences.length == 0 && strcmp(there->data, identity->data) != 0)
        text_add(&differences, "the data are not the same: their digest was %.12s..., it is %.12s... here\n",
                 there->data, identity->data);
    if (differences.length == 0 && strcmp(there->weights, identity->weights) != 0)
        text_add(&differences, "the weights that train.init_from names have changed\n");
    for (const char *line = differences.bytes; line != NULL && *line != '\0'; line += strcspn(line, "\n") + 1)
        text_add(&indented, "    %.*s\n", (int)strcspn(line, "\n"), line);
    assay_fail(error, ASSAY_INVALID,
               "%s holds files of another run:\n%sgive this run another name (name=...) or another place "
               "(--out DIR), or replace what is there (--again)",
               directory, indented.bytes != NULL ? indented.bytes : "");
    memory_free(provenance);
    text_finish(&config);
    text_finish(&differences);
    text_finish(&indented);
    return false;
}

bool run_directory_claim(const struct run_directory *directory, const struct run_identity *identity,
                         bool again, struct assay_error *error)
{
    if (again)
        return remove_run(directory, error);
    bool found;
    if (!find_files(directory->path, &found, error))
        return false;
    if (!found)
        return true;
    struct provenance_digests there;
    return provenance_read_digests(directory->path, &there, error) &&
           (strcmp(there.identity, identity->digest) == 0 ||
            fail_other(directory->path, identity, &there, error));
}
