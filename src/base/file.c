#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file_error.h"
#include "base/memory.h"
#include "base/text.h"

bool file_fail(struct assay_error *error, enum assay_status status, const char *step, const char *path,
               const char *reason)
{
    struct text shown = {0};
    text_add_escaped(&shown, path, strlen(path));
    assay_fail(error, status, "cannot %s %s: %s", step, shown.length > 0 ? shown.bytes : "\"\"", reason);
    text_finish(&shown);
    return false;
}

static bool is_missing(int number)
{
    return number == ENOENT || number == ENOTDIR || number == ENAMETOOLONG;
}

static bool fail_by_size(struct assay_error *error, const char *path, size_t limit)
{
    char reason[64];
    snprintf(reason, sizeof reason, "it has more than %zu bytes", limit);
    return file_fail(error, ASSAY_INVALID, "read", path, reason);
}

/* What is read of a file: all of it, which `most` must hold, or its beginning of so many bytes. */
struct extent {
    size_t most;
    bool beginning;
};

/* Reads to the end, not to the size that was asked for: the file may be growing. */
static bool read_rest(int file, const char *path, struct extent extent, size_t size, char **bytes,
                      size_t *length, struct assay_error *error)
{
    size_t capacity = size + 1, used = 0; /* `used` is below `capacity`: room for the NUL */
    char *buffer = memory_allocate(capacity, 1);
    if (buffer == NULL)
        return file_fail(error, ASSAY_MACHINE, "read", path, strerror(ENOMEM));
    for (int interruptions = 0; !extent.beginning || used < extent.most;) {
        const size_t room = capacity - used, left = extent.most - used;
        const ssize_t count = read(file, buffer + used, extent.beginning && left < room ? left : room);
        if (count == 0)
            break;
        if (count < 0 && errno == EINTR && interruptions++ < FILE_MOST_INTERRUPTIONS)
            continue;
        if (count < 0) {
            file_fail(error, ASSAY_MACHINE, "read", path, strerror(errno));
            goto fail;
        }
        used += (size_t)count;
        if (used > extent.most) {
            fail_by_size(error, path, extent.most);
            goto fail;
        }
        if (used == capacity) {
            char *larger = memory_resize(buffer, 2, capacity);
            if (larger == NULL) {
                file_fail(error, ASSAY_MACHINE, "read", path, strerror(ENOMEM));
                goto fail;
            }
            buffer = larger;
            capacity *= 2;
        }
    }
    buffer[used] = '\0';
    *bytes = buffer;
    *length = used;
    return true;
fail:
    memory_free(buffer);
    return false;
}

static bool read_descriptor(int file, const char *path, struct extent extent, char **bytes, size_t *length,
                            struct assay_error *error)
{
    struct stat status;
    if (fstat(file, &status) != 0)
        return file_fail(error, ASSAY_MACHINE, "read", path, strerror(errno));
    if (!S_ISREG(status.st_mode))
        return file_fail(error, ASSAY_INVALID, "read", path,
                         S_ISDIR(status.st_mode) ? "it is a directory" : "it is not a regular file");
    const bool fits = (uintmax_t)status.st_size <= extent.most && (uintmax_t)status.st_size < SIZE_MAX;
    if (!fits && !extent.beginning)
        return fail_by_size(error, path, extent.most);
    return read_rest(file, path, extent, fits ? (size_t)status.st_size : extent.most, bytes, length, error);
}

static bool read_extent(const char *path, struct extent extent, char **bytes, size_t *length,
                        struct assay_error *error)
{
    const int file = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC); /* a FIFO must not block */
    if (file < 0) {
        const int number = errno;
        return file_fail(error, is_missing(number) ? ASSAY_INVALID : ASSAY_MACHINE, "open", path,
                         strerror(number));
    }
    const bool done = read_descriptor(file, path, extent, bytes, length, error);
    close(file);
    return done;
}

bool file_read(const char *path, size_t limit, char **bytes, size_t *length, struct assay_error *error)
{
    return read_extent(path, (struct extent){limit, false}, bytes, length, error);
}

bool file_read_beginning(const char *path, size_t size, char **bytes, size_t *length,
                         struct assay_error *error)
{
    return read_extent(path, (struct extent){size, true}, bytes, length, error);
}

bool file_exists(const char *path)
{
    struct stat status;
    return lstat(path, &status) == 0 || !is_missing(errno);
}

bool file_look(const char *path, bool *is_there, struct assay_error *error)
{
    struct stat status;
    *is_there = lstat(path, &status) == 0;
    return *is_there || is_missing(errno) ||
           file_fail(error, ASSAY_MACHINE, "look at", path, strerror(errno));
}

bool directory_look(const char *path, bool *is_there, struct assay_error *error)
{
    struct stat status;
    const bool is_known = stat(path, &status) == 0;
    *is_there = is_known && S_ISDIR(status.st_mode);
    return is_known || is_missing(errno) || file_fail(error, ASSAY_MACHINE, "look at", path, strerror(errno));
}

static bool create_one(const char *path, struct assay_error *error)
{
    if (mkdir(path, 0777) == 0)
        return true;
    const int number = errno; /* of a directory that is there it may also be EACCES or EROFS */
    struct stat status;
    const bool is_known = stat(path, &status) == 0;
    if (is_known && S_ISDIR(status.st_mode))
        return true;
    if (is_known && number == EEXIST)
        return file_fail(error, ASSAY_INVALID, "create directory", path, "a file has this name");
    return file_fail(error, ASSAY_MACHINE, "create directory", path,
                     strerror(number == EEXIST ? errno : number));
}

bool directory_create(const char *path, struct assay_error *error)
{
    struct text part = {0};
    bool done = true;
    for (const char *end = path; done && *end != '\0';) {
        const char *start = end + strspn(end, "/");
        end = start + strcspn(start, "/");
        if (end > start) {
            text_add_bytes(&part, path + part.length, (size_t)(end - path) - part.length);
            done = part.failed ? assay_fail_memory(error, "creating a directory")
                               : create_one(part.bytes, error);
        }
    }
    text_finish(&part);
    return done;
}

bool file_remove(const char *path, struct assay_error *error)
{
    if (unlink(path) == 0 || errno == ENOENT)
        return true;
    return file_fail(error, ASSAY_MACHINE, "remove", path, strerror(errno));
}

static char *take(struct text *text)
{
    if (!text->failed)
        return text->bytes;
    text_finish(text);
    return NULL;
}

char *path_join(const char *directory, const char *name)
{
    struct text path = {0};
    const size_t length = strlen(directory);
    if (name[0] != '/' && length > 0 && strcmp(directory, ".") != 0)
        text_add(&path, "%s%s", directory, directory[length - 1] == '/' ? "" : "/");
    text_add(&path, "%s", name);
    return take(&path);
}

char *path_directory(const char *path)
{
    struct text directory = {0};
    const char *end = strrchr(path, '/');
    while (end != NULL && end > path && end[-1] == '/')
        end--;
    if (end == NULL)
        text_add_char(&directory, '.');
    else
        text_add_bytes(&directory, path, end > path ? (size_t)(end - path) : 1);
    return take(&directory);
}

const char *path_file(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}
