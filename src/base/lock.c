/* Locks that last as long as their process: file_lock of base/file.h. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file_error.h"
#include "base/memory.h"

/* Each means that somebody else has come and gone in between, or looks. Where so many at once did not do,
 * that one is held up: from then on it gets a millisecond each time, half a second in all. */
enum { MOST_TRIES = 500, TRIES_AT_ONCE = 20 };

struct file_lock {
    int file;
    char *path;
};

/* The owner before may have removed the file between our opening and locking it. */
static bool is_still_there(int file, const char *path)
{
    struct stat ours, there;
    return fstat(file, &ours) == 0 && lstat(path, &there) == 0 && ours.st_dev == there.st_dev &&
           ours.st_ino == there.st_ino;
}

/* Whoever is in the way only looks (file_lock_look), and will soon be gone. */
static bool is_looked_at(int file)
{
    return flock(file, LOCK_SH | LOCK_NB) == 0;
}

/* The locked file; -1 on failure. */
static int open_locked(const char *path, bool *held_by_other, struct assay_error *error)
{
    for (int tries = 0;;) {
        const int file = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);
        if (file < 0) {
            file_fail(error, ASSAY_MACHINE, "open", path, strerror(errno));
            return -1;
        }
        const bool locked = flock(file, LOCK_EX | LOCK_NB) == 0;
        errno = locked ? 0 : errno;
        if (locked && is_still_there(file, path))
            return file;
        const int number = errno; /* 0: it is another file by now */
        const bool again = number == 0 || number == ENOENT || number == EINTR ||
                           (number == EWOULDBLOCK && is_looked_at(file));
        close(file);
        if (again && ++tries < MOST_TRIES) {
            if (tries > TRIES_AT_ONCE)
                nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
            continue;
        }
        if (number == EWOULDBLOCK || (again && number != EINTR))
            *held_by_other = true;
        else
            file_fail(error, ASSAY_MACHINE, "lock", path, strerror(number));
        return -1;
    }
}

static void name_owner(int file)
{
    char host[256] = "";
    gethostname(host, sizeof host - 1);
    if (ftruncate(file, 0) == 0)
        dprintf(file, "%s %ld\n", host, (long)getpid());
}

struct file_lock *file_lock_acquire(const char *path, bool *held_by_other, struct assay_error *error)
{
    *held_by_other = false;
    struct file_lock *lock = memory_allocate(1, sizeof *lock);
    char *copy = path_join("", path);
    if (lock == NULL || copy == NULL) {
        assay_fail_memory(error, "locking a file");
        goto fail;
    }
    const int file = open_locked(path, held_by_other, error);
    if (file < 0)
        goto fail;
    name_owner(file);
    *lock = (struct file_lock){.file = file, .path = copy};
    return lock;
fail:
    memory_free(copy);
    memory_free(lock);
    return NULL;
}

void file_lock_release(struct file_lock *lock)
{
    if (lock == NULL)
        return;
    unlink(lock->path); /* while it is locked, so that nobody else's is removed */
    close(lock->file);
    memory_free(lock->path);
    memory_free(lock);
}

bool file_lock_look(const char *path, bool *is_held, struct assay_error *error)
{
    *is_held = false;
    const int file = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (file < 0)
        return errno == ENOENT || errno == ENOTDIR ||
               file_fail(error, ASSAY_MACHINE, "open", path, strerror(errno));
    const bool is_free = flock(file, LOCK_SH | LOCK_NB) == 0;
    const int number = errno;
    close(file);
    *is_held = !is_free && number == EWOULDBLOCK;
    return is_free || *is_held || file_fail(error, ASSAY_MACHINE, "look at the lock", path, strerror(number));
}
