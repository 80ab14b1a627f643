/* IDX: what is read is what the file holds, and the same in gzip. */
#include <string.h>
#include <zlib.h>

#include "base/memory.h"
#include "io/idx.h"
#include "target.h"

enum { LIMIT = 1 << 16, GZIP_ROOM = 1 << 16 };

static void check_read(const uint8_t *bytes, size_t size, const struct idx *idx)
{
    const size_t header = 4 + 4 * idx->rank;
    size_t product = 1;
    for (size_t i = 0; i < idx->rank; i++)
        product *= idx->dimensions[i];
    REQUIRE(product == idx->length && size == header + product);
    REQUIRE(memcmp(idx->bytes, bytes + header, product) == 0);
}

/* One member of gzip, fast and small. */
static size_t compress_input(const uint8_t *bytes, size_t size, uint8_t out[GZIP_ROOM])
{
    static z_stream stream;
    static bool started;
    REQUIRE((started ? deflateReset(&stream) : deflateInit2(&stream, 1, Z_DEFLATED, 15 + 16, 4, Z_FIXED)) ==
            Z_OK);
    started = true;
    stream.next_in = (uint8_t *)bytes;
    stream.avail_in = (uInt)size;
    stream.next_out = out;
    stream.avail_out = GZIP_ROOM;
    return deflate(&stream, Z_FINISH) == Z_STREAM_END ? GZIP_ROOM - stream.avail_out : 0;
}

static bool is_gzip(const uint8_t *bytes, size_t size)
{
    return size >= 2 && bytes[0] == 0x1F && bytes[1] == 0x8B;
}

static bool read_idx(const void *bytes, size_t size, struct idx *idx)
{
    struct assay_error error = {0};
    const bool done = idx_read(target_file(bytes, size), LIMIT, idx, &error);
    REQUIRE(done == (error.text[0] == '\0'));
    return done;
}

/* The content itself and as gzip: both are read or neither is. */
static void check_both(const uint8_t *bytes, size_t size)
{
    struct idx plain = {0}, zipped = {0}, header = {0};
    const bool done = read_idx(bytes, size, &plain);
    if (done)
        check_read(bytes, size, &plain);
    target_accepted += done;
    REQUIRE(idx_read_header(target_file(bytes, size), &header, NULL) || !done);
    uint8_t room[GZIP_ROOM];
    const size_t length = compress_input(bytes, size, room);
    if (length > 0) {
        REQUIRE(read_idx(room, length, &zipped) == done);
        if (done)
            check_read(bytes, size, &zipped);
        uint8_t *all = NULL;
        size_t count = 0;
        REQUIRE(gzip_read(target_file(room, length), LIMIT, &all, &count, NULL));
        REQUIRE(count == size && (size == 0 || memcmp(all, bytes, size) == 0));
        memory_free(all);
    }
    idx_finish(&plain);
    idx_finish(&zipped);
}

/* Bytes that say they are gzip: whatever zlib makes of them, what is read is an IDX file. */
static void check_gzip(const uint8_t *bytes, size_t size)
{
    struct idx idx = {0};
    uint8_t *all = NULL;
    size_t count = 0;
    const bool done = read_idx(bytes, size, &idx),
               whole = gzip_read(target_file(bytes, size), LIMIT, &all, &count, NULL);
    REQUIRE(whole || !done);
    if (done)
        check_read(all, count, &idx);
    target_accepted += done;
    memory_free(all);
    idx_finish(&idx);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (is_gzip(bytes, size))
        check_gzip(bytes, size);
    else
        check_both(bytes, size);
    return 0;
}
