#include "run/checkpoints.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "run/files.h"

/* Killed after this, the run goes on from the previous one: it was the newest whole one anyway. */
static bool keep_previous(const struct run_directory *directory, struct assay_error *error)
{
    char *from = run_directory_file(directory->path, CHECKPOINT_FILE, error),
         *to = run_directory_file(directory->path, OLDER_CHECKPOINT_FILE, error);
    bool done = from != NULL && to != NULL;
    if (done && rename(from, to) != 0 && errno != ENOENT)
        done = assay_fail(error, ASSAY_MACHINE, "cannot rename %s: %s", from, strerror(errno));
    memory_free(from);
    memory_free(to);
    return done;
}

bool checkpoint_write(const struct trainer *trainer, const struct run_directory *directory,
                      const char *identity, const char *machine, struct assay_error *error)
{
    struct text bytes = {0};
    const bool done = (trainer_save(trainer, identity, machine, &bytes) ||
                       assay_fail_memory(error, "writing the checkpoint")) &&
                      keep_previous(directory, error) &&
                      run_directory_write(directory, CHECKPOINT_FILE, &bytes, error);
    text_finish(&bytes);
    return done;
}

static enum restored restore_from(struct trainer *trainer, const char *path, const char *identity,
                                  const char *machine, struct assay_error *error)
{
    char *bytes = NULL;
    size_t length;
    bool is_there;
    if (!file_look(path, &is_there, error))
        return RESTORE_REFUSED;
    if (!is_there)
        return RESTORED_NOTHING;
    if (!file_read(path, trainer_checkpoint_limit(trainer), &bytes, &length, error))
        return RESTORE_REFUSED;
    const enum restored result = trainer_restore(trainer, identity, machine, path, bytes, length, error);
    memory_free(bytes);
    return result;
}

enum restored checkpoint_restore(struct trainer *trainer, const struct run_directory *directory,
                                 const char *identity, const char *machine, const struct log *log,
                                 struct assay_error *error)
{
    char *newest = run_directory_file(directory->path, CHECKPOINT_FILE, error),
         *older = run_directory_file(directory->path, OLDER_CHECKPOINT_FILE, error);
    enum restored result = RESTORE_REFUSED;
    if (newest == NULL || older == NULL)
        goto end;
    result = restore_from(trainer, newest, identity, machine, error);
    if (result == RESTORED_NOTHING) {
        result = restore_from(trainer, older, identity, machine, error);
    } else if (result == RESTORE_DAMAGED) {
        struct assay_error of_older;
        const enum restored instead = restore_from(trainer, older, identity, machine, &of_older);
        if (instead == RESTORED) {
            log_say(log, LOG_WARNING, "%s; going on from %s", error->text, older);
            /* Or the next one written would make it the previous. */
            result = file_remove(newest, error) ? RESTORED : RESTORE_REFUSED;
        } else if (instead == RESTORE_OTHER_MACHINE || instead == RESTORE_REFUSED) {
            *error = of_older;
            result = instead;
        }
    }
end:
    memory_free(newest);
    memory_free(older);
    return result;
}

bool checkpoint_remove_previous(const struct run_directory *directory, struct assay_error *error)
{
    return run_directory_remove(directory, OLDER_CHECKPOINT_FILE, error);
}
