#include "io/idx.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/sha256.h"
#include "io/input.h"

enum { TYPE_UNSIGNED_BYTE = 0x08, HEADER_LIMIT = 4 + 4 * IDX_RANK_LIMIT };

/* "60000 x 28 x 28" */
static void print_dimensions(const struct idx *idx, char *text, size_t size)
{
    size_t length = 0;
    for (size_t i = 0; i < idx->rank; i++)
        length +=
            (size_t)snprintf(text + length, size - length, "%s%zu", i == 0 ? "" : " x ", idx->dimensions[i]);
}

static bool check_dimensions(const struct input *input, size_t limit, struct idx *idx)
{
    if (size_of_dimensions(idx->dimensions, idx->rank, 1, limit, &idx->length))
        return true;
    char shape[64];
    print_dimensions(idx, shape, sizeof shape);
    for (size_t i = 0; i < idx->rank; i++)
        if (idx->dimensions[i] == 0)
            return assay_fail(input->error, ASSAY_INVALID, "%s: declares %s bytes, but no dimension may be 0",
                              input->path, shape);
    return assay_fail(input->error, ASSAY_INVALID, "%s: declares %s bytes, more than the %zu allowed",
                      input->path, shape, limit);
}

static bool read_header(struct input *input, struct idx *idx)
{
    uint8_t head[4], sizes[4 * IDX_RANK_LIMIT];
    size_t got;
    if (!input_read(input, head, sizeof head, &got))
        return false;
    if (got < sizeof head)
        return input_fail(input, "not an IDX file: fewer than four bytes");
    if (head[0] != 0 || head[1] != 0)
        return assay_fail(input->error, ASSAY_INVALID,
                          "%s: not an IDX file: the first four bytes are %02x %02x %02x %02x", input->path,
                          head[0], head[1], head[2], head[3]);
    if (head[2] != TYPE_UNSIGNED_BYTE)
        return assay_fail(input->error, ASSAY_INVALID,
                          "%s: its elements are of type 0x%02x; only unsigned bytes, 0x08, are read",
                          input->path, head[2]);
    if (head[3] < 1 || head[3] > IDX_RANK_LIMIT)
        return assay_fail(input->error, ASSAY_INVALID, "%s: has %d dimensions; 1 to %d are read", input->path,
                          head[3], IDX_RANK_LIMIT);
    idx->rank = head[3];
    if (!input_read(input, sizes, 4 * idx->rank, &got))
        return false;
    if (got < 4 * idx->rank)
        return input_fail(input, "ends within its header");
    for (size_t i = 0; i < idx->rank; i++)
        idx->dimensions[i] = (size_t)sizes[4 * i] << 24 | (size_t)sizes[4 * i + 1] << 16 |
                             (size_t)sizes[4 * i + 2] << 8 | sizes[4 * i + 3];
    return true;
}

static bool read_elements(struct input *input, struct idx *idx)
{
    size_t got;
    if (!input_read_growing(input, idx->length, &idx->bytes, &got))
        return false;
    if (got == idx->length)
        return true;
    char shape[64];
    print_dimensions(idx, shape, sizeof shape);
    return assay_fail(input->error, ASSAY_INVALID, "%s: declares %s bytes but holds %zu", input->path, shape,
                      got);
}

bool idx_read(const char *path, size_t limit, struct idx *idx, struct assay_error *error)
{
    struct input input;
    if (!input_open(&input, path, error))
        return false;
    struct idx found = {0};
    const bool done = read_header(&input, &found) && check_dimensions(&input, limit, &found) &&
                      read_elements(&input, &found) && input_check_end(&input);
    input_close(&input);
    if (done)
        *idx = found;
    else
        idx_finish(&found);
    return done;
}

bool idx_read_header(const char *path, struct idx *idx, struct assay_error *error)
{
    struct input input;
    if (!input_open(&input, path, error))
        return false;
    struct idx found = {0};
    const bool done = read_header(&input, &found) && check_dimensions(&input, SIZE_MAX, &found);
    input_close(&input);
    if (done)
        *idx = found;
    return done;
}

void idx_finish(struct idx *idx)
{
    memory_free(idx->bytes);
    *idx = (struct idx){0};
}

static size_t encode_header(const struct idx *idx, uint8_t header[HEADER_LIMIT])
{
    const uint8_t head[4] = {0, 0, TYPE_UNSIGNED_BYTE, (uint8_t)idx->rank};
    memcpy(header, head, sizeof head);
    for (size_t i = 0; i < idx->rank; i++)
        for (size_t byte = 0; byte < 4; byte++)
            header[4 + 4 * i + byte] = (uint8_t)(idx->dimensions[i] >> (24 - 8 * byte));
    return 4 + 4 * idx->rank;
}

bool idx_write(const char *path, const struct idx *idx, struct assay_error *error)
{
    uint8_t header[HEADER_LIMIT];
    const size_t header_size = encode_header(idx, header);
    struct file_writer *writer = file_writer_create(path, error);
    const bool done = writer != NULL && file_writer_add(writer, header, header_size, error) &&
                      file_writer_add(writer, idx->bytes, idx->length, error) &&
                      file_writer_commit(writer, error);
    file_writer_destroy(writer);
    return done;
}

void idx_digest(const struct idx *idx, uint8_t digest[32])
{
    uint8_t header[HEADER_LIMIT];
    struct sha256 sha256;
    sha256_init(&sha256);
    sha256_add(&sha256, header, encode_header(idx, header));
    sha256_add(&sha256, idx->bytes, idx->length);
    sha256_end(&sha256, digest);
}

bool gzip_read(const char *path, size_t limit, uint8_t **bytes, size_t *length, struct assay_error *error)
{
    struct input input;
    if (!input_open(&input, path, error))
        return false;
    uint8_t *found = NULL, rest;
    size_t got, more = 0;
    bool done = input_read_growing(&input, limit, &found, &got) && input_read(&input, &rest, 1, &more);
    if (done && more > 0)
        done = assay_fail(error, ASSAY_INVALID, "%s: holds more than the %zu bytes allowed", path, limit);
    input_close(&input);
    if (done) {
        *bytes = found;
        *length = got;
    } else {
        memory_free(found);
    }
    return done;
}
