/* The run directory: its files, and that only one process writes them. */
#ifndef RUN_DIRECTORY_H
#define RUN_DIRECTORY_H

#include <stdbool.h>
#include <stddef.h>

#include "assay/error.h"
#include "base/file.h"
#include "base/text.h"

struct run_directory {
    const char *path;
    struct file_lock *lock;
    bool is_held; /* could not be opened because another process has it */
};

/* Whether any process has a directory open now; false where that cannot be known. */
bool run_directory_look(const char *path, bool *is_held, struct assay_error *error);
/* Host and pid of who has it, for people: "host 1234"; "" when nobody says. */
enum { RUN_OWNER_SIZE = 300 };
void run_directory_owner(const char *path, char owner[RUN_OWNER_SIZE]);

/* Creates and locks it. ASSAY_MACHINE when another process has it, which is named. The path is the caller's
 * and must outlive it. */
bool run_directory_open(struct run_directory *directory, const char *path, struct assay_error *error);
/* Whether a process that could not, because another had it, has said so. */
bool run_directory_was_held(const char *said);
void run_directory_close(struct run_directory *directory); /* {0} is fine */

/* Whether one of its files is there. False without memory. */
bool run_directory_has(const char *directory, const char *name, bool *has, struct assay_error *error);

/* The path of one of its files: memory_free-able, NULL without memory (said in `error`). */
char *run_directory_file(const char *directory, const char *name, struct assay_error *error);

/* Writes one of its files, atomically; a text that failed is out of memory. */
bool run_directory_write(const struct run_directory *directory, const char *name, const struct text *text,
                         struct assay_error *error);
bool run_directory_remove(const struct run_directory *directory, const char *name, struct assay_error *error);

#endif
