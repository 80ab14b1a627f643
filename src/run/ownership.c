#include "run/ownership.h"

#include <string.h>

#include "base/memory.h"
#include "run/failure.h"
#include "run/files.h"
#include "run/provenance.h"
#include "schema/schema.h"

/* Everything a run writes. What says that it is finished goes first, what says whose it is goes last, so that
 * removing them can be killed at any point. */
static const char *const own_files[] = {
    SUMMARY_FILE,   PREDICTIONS_FILE, MISTAKES_FILE,         BEST_FILE,    LAST_FILE, CURVES_FILE,
    TIMING_FILE,    CHECKPOINT_FILE,  OLDER_CHECKPOINT_FILE, FAILURE_FILE, LOG_FILE,  CONFIG_FILE,
    PROVENANCE_FILE};
enum { OWN_FILES = sizeof own_files / sizeof own_files[0], MOST_DIFFERENCES = 8 };

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
    char *path = path_join(directory, CONFIG_FILE);
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

void ownership_add_difference(struct text *text, const char *directory, const struct config *config)
{
    struct text there = {0}, here = {0}, differences = {0};
    config_write_identity(config, &here);
    if (read_config_there(directory, &there) && !here.failed)
        config_differences(there.bytes, here.bytes, MOST_DIFFERENCES, &differences);
    const size_t length = differences.length > 0 ? strcspn(differences.bytes, "\n") : 0;
    size_t more = 0;
    for (size_t i = length + 1; i < differences.length; i++)
        more += differences.bytes[i] == '\n';
    if (length > 0)
        text_add_escaped(text, differences.bytes, length);
    if (more > 0)
        text_add(text, "; and %zu%s more", more, more + 1 == MOST_DIFFERENCES ? " or" : "");
    text->failed |= here.failed || differences.failed;
    text_finish(&there);
    text_finish(&here);
    text_finish(&differences);
}

static bool fail_other(const char *directory, const struct run_identity *identity,
                       const struct provenance_found *there, struct assay_error *error)
{
    struct text config = {0}, differences = {0}, indented = {0};
    char *provenance = path_join(directory, PROVENANCE_FILE);
    if (read_config_there(directory, &config))
        config_differences(config.bytes, identity->config.bytes, MOST_DIFFERENCES, &differences);
    if (differences.length == 0 && there->identity[0] == '\0')
        text_add(&differences, "which run they are of is not known: %s\n",
                 provenance != NULL && file_exists(provenance) ? "provenance.json cannot be read"
                                                               : "there is no provenance.json");
    if (differences.length == 0 && strcmp(there->data, identity->data) != 0)
        text_add(&differences, "the data are not the same: their digest was %.12s..., it is %.12s... here\n",
                 there->data, identity->data);
    if (differences.length == 0 && strcmp(there->weights, identity->weights) != 0)
        text_add(&differences, "the weights that train.init_from names have changed\n");
    if (differences.length == 0)
        text_add(&differences, "its config.yaml cannot be read\n");
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

bool ownership_claim(const struct run_directory *directory, const struct run_identity *identity, bool again,
                     struct assay_error *error)
{
    if (again)
        return remove_run(directory, error);
    bool found;
    if (!find_files(directory->path, &found, error))
        return false;
    if (!found)
        return true;
    struct provenance_found there;
    return provenance_read(directory->path, &there, error) &&
           (strcmp(there.identity, identity->digest) == 0 ||
            fail_other(directory->path, identity, &there, error));
}
