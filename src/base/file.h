/* The one place that opens files. Everything written appears whole under its name or not at all. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "assay/error.h"
#include "base/arena.h"

/* Reads a whole regular file of at most `limit` bytes (no FIFO, device or directory); *bytes is the caller's
 * to memory_free, with a NUL behind the last byte. A missing file is ASSAY_INVALID, one that cannot be read
 * ASSAY_MACHINE, too large ASSAY_INVALID. */
bool file_read(const char *path, size_t limit, char **bytes, size_t *length, struct assay_error *error);

/* The same of its first `size` bytes, or all that there are; the rest may be of any length. */
bool file_read_beginning(const char *path, size_t size, char **bytes, size_t *length,
                         struct assay_error *error);

/* Anything at all is there, or it cannot be known: reading it then says why. */
bool file_exists(const char *path);
/* The same, false where it cannot be known. */
bool file_look(const char *path, bool *is_there, struct assay_error *error);
/* Whether a directory is there, itself or through a link; false where that cannot be known. */
bool directory_look(const char *path, bool *is_there, struct assay_error *error);

/* Temporary name beside `path` (O_EXCL, O_NOFOLLOW), write, fsync, close, rename, fsync of the directory: up
 * to three tries; the temporary file is removed on failure. Errors are ASSAY_MACHINE and name the path, the
 * step and errno's text. */
bool file_write_atomic(const char *path, const void *bytes, size_t length, struct assay_error *error);

/* The same in pieces: file_writer_create, any number of adds, then commit (or destroy alone to give up). The
 * pieces stay in memory until the commit, so that it can try afresh like file_write_atomic; nothing touches
 * the disk before. */
struct file_writer;
struct file_writer *file_writer_create(const char *path, struct assay_error *error); /* NULL on failure */
bool file_writer_add(struct file_writer *writer, const void *bytes, size_t length, struct assay_error *error);
bool file_writer_commit(struct file_writer *writer, struct assay_error *error);
void file_writer_destroy(struct file_writer *writer); /* NULL is fine; after a commit too */

/* Appends one piece to a file, creating it (for logs, which are never compared); no sync. Only to a regular
 * file: a link is not followed, nor a FIFO waited for. */
bool file_append(const char *path, const void *bytes, size_t length, struct assay_error *error);

/* mkdir -p with mode 0777 & ~umask; what is there already must be directories. */
bool directory_create(const char *path, struct assay_error *error);

bool file_remove(const char *path, struct assay_error *error); /* not there: fine */

/* What is in a directory under names that end with `suffix`, hidden files aside: ascending by bytes, whatever
 * the directory's own order. A directory that is not there is ASSAY_INVALID. Lives in the arena. */
struct directory_names {
    const char **items;
    size_t count;
};
bool directory_list(struct arena *arena, const char *path, const char *suffix, struct directory_names *names,
                    struct assay_error *error);

/* A lock that lasts until released or until the process ends in any way (flock on `path`, created when
 * missing). `*held_by_other` tells that another process has it (then NULL is returned and error is
 * untouched). The file's content is the owner's host and pid, for people; the release removes it. */
struct file_lock;
struct file_lock *file_lock_acquire(const char *path, bool *held_by_other, struct assay_error *error);
void file_lock_release(struct file_lock *lock); /* NULL is fine */

/* Whether any process has it now; false where that cannot be known. Looking creates nothing and makes an
 * acquirer believe that the lock is taken only where it is held up for half a second. */
bool file_lock_look(const char *path, bool *is_held, struct assay_error *error);

/* Removes temporary files of earlier, killed writers of the file `name` (NULL: of any) from `directory`: the
 * names that file_write_atomic makes; to be called under the directory's lock. */
void file_remove_leftovers(const char *directory, const char *name);

/* "a/b" + "c" → "a/b/c", "." + "c" → "c" in a fresh memory_free-able string; an absolute second part wins;
 * NULL without memory. */
char *path_join(const char *directory, const char *name);
/* The directory part of a path: "a/b.yaml" → "a", "b.yaml" → ".". Fresh string, NULL without memory. */
char *path_directory(const char *path);
/* The other part of it, inside `path`: "a/b.yaml" → "b.yaml". */
const char *path_file(const char *path);

#endif
