#include "io/input.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

/* zlib's own gz… functions take a truncated file for a whole one and hide what follows its end, so the
 * members of a gzip file are walked here. */

enum {
    FIRST_PIECE = 1 << 20,
    MOST_INTERRUPTIONS = 1000, /* of one read; what is always interrupted is an error, not a hang */
};

bool input_fail(const struct input *input, const char *what)
{
    return assay_fail(input->error, ASSAY_INVALID, "%s: %s", input->path, what);
}

static bool fail_system(const struct input *input, enum assay_status status)
{
    return assay_fail(input->error, status, "%s: cannot be read: %s", input->path, strerror(errno));
}

static bool fail_follows(const struct input *input, size_t count, const char *least, const char *data)
{
    return assay_fail(input->error, ASSAY_INVALID, "%s: %s%zu byte%s the end of the %s", input->path, least,
                      count, count == 1 ? " follows" : "s follow", data);
}

/* Fills `bytes` unless the file ends before. */
static bool read_plain(struct input *input, uint8_t *bytes, size_t size, size_t *got)
{
    int interruptions = 0;
    for (*got = 0; *got < size;) {
        const ssize_t count = read(input->file, bytes + *got, size - *got);
        if (count < 0 && errno == EINTR && interruptions++ < MOST_INTERRUPTIONS)
            continue;
        if (count < 0)
            return fail_system(input, ASSAY_MACHINE);
        if (count == 0)
            break;
        *got += (size_t)count;
    }
    return true;
}

static bool refill(struct input *input)
{
    size_t got;
    if (input->stream.avail_in > 0)
        return true;
    if (!read_plain(input, input->chunk, INPUT_CHUNK_SIZE, &got))
        return false;
    input->stream.next_in = input->chunk;
    input->stream.avail_in = (uInt)got;
    return true;
}

/* Behind a member, and not at the end of the file: what follows has to be another one. */
static bool begin_member(struct input *input)
{
    if (input->stream.next_in[0] != 0x1F) {
        const off_t at = lseek(input->file, 0, SEEK_CUR) - (off_t)input->stream.avail_in;
        return fail_follows(input, input->file_size - (size_t)at, "", "gzip data");
    }
    inflateReset(&input->stream);
    input->member_ended = false;
    return true;
}

static bool inflate_some(struct input *input)
{
    const int status = inflate(&input->stream, Z_NO_FLUSH);
    if (status == Z_MEM_ERROR)
        return assay_fail_memory(input->error, "reading gzip data");
    input->member_ended = status == Z_STREAM_END;
    if (status == Z_OK || status == Z_STREAM_END)
        return true;
    const char *why = input->stream.msg;
    return assay_fail(input->error, ASSAY_INVALID, "%s: the gzip data are damaged (%s)", input->path,
                      why == NULL ? "no progress" : why);
}

/* Only asking for more than there is makes sure that the end is sound. */
static bool read_gzip(struct input *input, uint8_t *bytes, size_t size, size_t *got)
{
    z_stream *stream = &input->stream;
    for (*got = 0; *got < size;) {
        if (!refill(input))
            return false;
        if (stream->avail_in == 0)
            return input->member_ended || input_fail(input, "the gzip data end too soon");
        if (input->member_ended && !begin_member(input))
            return false;
        const uInt room = size - *got < 1 << 30 ? (uInt)(size - *got) : 1 << 30;
        stream->next_out = bytes + *got;
        stream->avail_out = room;
        if (!inflate_some(input))
            return false;
        *got += room - stream->avail_out;
    }
    return true;
}

bool input_read(struct input *input, uint8_t *bytes, size_t size, size_t *got)
{
    return input->gzip ? read_gzip(input, bytes, size, got) : read_plain(input, bytes, size, got);
}

bool input_read_growing(struct input *input, size_t size, uint8_t **bytes, size_t *got)
{
    const size_t first = input->gzip ? FIRST_PIECE : input->file_size + 1;
    size_t capacity = 0;
    *got = 0;
    do {
        const size_t wanted = capacity == 0 ? first : 2 * capacity;
        capacity = wanted < size ? wanted : size;
        uint8_t *grown = memory_resize(*bytes, capacity, 1);
        if (grown == NULL)
            return assay_fail_memory(input->error, "reading a data file");
        *bytes = grown;
        size_t count;
        if (!input_read(input, grown + *got, capacity - *got, &count))
            return false;
        *got += count;
    } while (*got == capacity && capacity < size);
    return true;
}

static bool input_start(struct input *input)
{
    struct stat status;
    if (fstat(input->file, &status) != 0)
        return fail_system(input, ASSAY_MACHINE);
    if (!S_ISREG(status.st_mode))
        return input_fail(input, "not a regular file");
    input->file_size = (size_t)status.st_size;
    uint8_t magic[2] = {0};
    if (pread(input->file, magic, sizeof magic, 0) < 0)
        return fail_system(input, ASSAY_MACHINE);
    if (magic[0] != 0x1F || magic[1] != 0x8B)
        return true;
    if (inflateInit2(&input->stream, 15 + 16) != Z_OK) /* the largest window, gzip's wrapping */
        return assay_fail_memory(input->error, "reading gzip data");
    input->gzip = true;
    return true;
}

void input_close(struct input *input)
{
    if (input->gzip)
        inflateEnd(&input->stream);
    close(input->file);
}

static bool is_missing(int number)
{
    return number == ENOENT || number == ENOTDIR || number == ENAMETOOLONG;
}

/* Without O_NONBLOCK, opening a FIFO would wait for its writer. */
bool input_open(struct input *input, const char *path, struct assay_error *error)
{
    *input = (struct input){.path = path, .error = error};
    input->file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (input->file < 0)
        return fail_system(input, is_missing(errno) ? ASSAY_INVALID : ASSAY_MACHINE);
    if (input_start(input))
        return true;
    input_close(input);
    return false;
}

bool input_check_end(struct input *input)
{
    uint8_t rest[4096];
    size_t got;
    if (!input_read(input, rest, sizeof rest, &got))
        return false;
    return got == 0 || fail_follows(input, got, got < sizeof rest ? "" : "at least ", "data");
}
