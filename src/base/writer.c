/* The one write path: a temporary file, sync, rename, sync of the directory; of base/file.h. */
#include "base/file.h"

#include <assert.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file_error.h"
#include "base/memory.h"
#include "base/text.h"

enum { MOST_TRIES = 3 };

static const char temporary_mark[] = ".tmp.";

static bool write_all(int file, const char *bytes, size_t length)
{
    for (int interruptions = 0; length > 0;) {
        const ssize_t count = write(file, bytes, length);
        if (count < 0 && errno == EINTR && interruptions++ < FILE_MOST_INTERRUPTIONS)
            continue;
        if (count < 0)
            return false;
        bytes += count;
        length -= (size_t)count;
    }
    return true;
}

/* The following name the step that failed, errno saying why; NULL: none did. */

static const char *fill(int directory, const char *temporary, const void *bytes, size_t length)
{
    const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    const int file = openat(directory, temporary, flags, 0666);
    if (file < 0)
        return "create";
    const char *failed = !write_all(file, bytes, length) ? "write" : fsync(file) != 0 ? "sync" : NULL;
    const int number = errno;
    if (close(file) != 0 && failed == NULL)
        return "close";
    errno = number;
    return failed;
}

static const char *replace_in(int directory, const char *temporary, const char *name, const void *bytes,
                              size_t length)
{
    const char *failed = fill(directory, temporary, bytes, length);
    if (failed == NULL && renameat(directory, temporary, directory, name) != 0)
        failed = "rename";
    if (failed != NULL) {
        const int number = errno;
        unlinkat(directory, temporary, 0); /* also when a killed process with our id had left it */
        errno = number;
        return failed;
    }
    const bool synced = fsync(directory) == 0 || errno == EINVAL || errno == ENOTSUP; /* some cannot */
    return synced ? NULL : "sync the directory of";
}

static const char *replace(const char *directory_path, const char *temporary, const char *name,
                           const void *bytes, size_t length)
{
    const int directory = open(directory_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0)
        return "open the directory of";
    const char *failed = replace_in(directory, temporary, name, bytes, length);
    const int number = errno;
    close(directory);
    errno = number;
    return failed;
}

static bool is_hopeless(int number)
{
    return number == ENOSPC || number == EDQUOT || number == EROFS || number == EACCES;
}

bool file_write_atomic(const char *path, const void *bytes, size_t length, struct assay_error *error)
{
    const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
    char *directory = path_directory(path);
    struct text temporary = {0};
    text_add(&temporary, ".%s%s%ld", name, temporary_mark, (long)getpid());
    bool done;
    if (directory == NULL || temporary.failed) {
        done = assay_fail_memory(error, "writing a file");
    } else {
        const char *failed;
        int tries = 0;
        do
            failed = replace(directory, temporary.bytes, name, bytes, length);
        while (failed != NULL && ++tries < MOST_TRIES && !is_hopeless(errno));
        done = failed == NULL || file_fail(error, ASSAY_MACHINE, failed, path, strerror(errno));
    }
    text_finish(&temporary);
    memory_free(directory);
    return done;
}

struct file_writer {
    char *path;
    struct text content;
};

struct file_writer *file_writer_create(const char *path, struct assay_error *error)
{
    struct file_writer *writer = memory_allocate(1, sizeof *writer);
    char *copy = path_join("", path);
    if (writer == NULL || copy == NULL) {
        memory_free(writer);
        memory_free(copy);
        assay_fail_memory(error, "writing a file");
        return NULL;
    }
    writer->path = copy;
    return writer;
}

bool file_writer_add(struct file_writer *writer, const void *bytes, size_t length, struct assay_error *error)
{
    text_add_bytes(&writer->content, bytes, length);
    return !writer->content.failed ||
           file_fail(error, ASSAY_MACHINE, "write", writer->path, strerror(ENOMEM));
}

bool file_writer_commit(struct file_writer *writer, struct assay_error *error)
{
    assert(!writer->content.failed);
    return file_write_atomic(writer->path, writer->content.bytes, writer->content.length, error);
}

void file_writer_destroy(struct file_writer *writer)
{
    if (writer == NULL)
        return;
    memory_free(writer->path);
    text_finish(&writer->content);
    memory_free(writer);
}

bool file_append(const char *path, const void *bytes, size_t length, struct assay_error *error)
{
    const int flags = O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
    const int file = open(path, flags, 0666);
    struct stat status;
    if (file < 0)
        return file_fail(error, ASSAY_MACHINE, "open", path, strerror(errno));
    if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) {
        close(file);
        return file_fail(error, ASSAY_MACHINE, "write", path, "it is not a regular file");
    }
    const bool written = write_all(file, bytes, length);
    const int number = errno;
    if (close(file) == 0 && written)
        return true;
    return file_fail(error, ASSAY_MACHINE, "write", path, strerror(written ? errno : number));
}

/* ".<name>.tmp.<pid>"; name NULL: any */
static bool is_temporary(const char *entry, const char *name)
{
    if (entry[0] != '.')
        return false;
    size_t length = strlen(entry);
    const size_t all = length, mark = sizeof temporary_mark - 1;
    while (length > 0 && isdigit((unsigned char)entry[length - 1]))
        length--;
    if (length == all || length <= 1 + mark || memcmp(entry + length - mark, temporary_mark, mark) != 0)
        return false;
    const size_t own = length - 1 - mark;
    return name == NULL || (strlen(name) == own && memcmp(entry + 1, name, own) == 0);
}

void file_remove_leftovers(const char *directory, const char *name)
{
    DIR *stream = opendir(directory);
    if (stream == NULL)
        return;
    for (const struct dirent *entry; (entry = readdir(stream)) != NULL;)
        if (is_temporary(entry->d_name, name))
            unlinkat(dirfd(stream), entry->d_name, 0);
    closedir(stream);
}
