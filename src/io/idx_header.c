#include "io/idx.h"

#include "base/memory.h"
#include "io/input.h"

enum { TYPE_UNSIGNED_BYTE = 0x08, HEADER_LIMIT = 4 + 4 * IDX_RANK_LIMIT };

static bool parse(const struct input *input, const uint8_t *bytes, size_t length, struct idx *idx)
{
    if (length < 4 || bytes[0] != 0 || bytes[1] != 0)
        return input_fail(input, "not an IDX file");
    if (bytes[2] != TYPE_UNSIGNED_BYTE)
        return assay_fail(input->error, ASSAY_INVALID,
                          "%s: its elements are of type 0x%02x; only unsigned bytes, 0x08, are read",
                          input->path, bytes[2]);
    if (bytes[3] < 1 || bytes[3] > IDX_RANK_LIMIT)
        return assay_fail(input->error, ASSAY_INVALID, "%s: has %d dimensions; 1 to %d are read", input->path,
                          bytes[3], IDX_RANK_LIMIT);
    *idx = (struct idx){.rank = bytes[3]};
    if (length < 4 + 4 * idx->rank)
        return input_fail(input, "ends within its header");
    for (size_t i = 0; i < 4 * idx->rank; i++)
        idx->dimensions[i / 4] = idx->dimensions[i / 4] << 8 | bytes[4 + i];
    return size_of_dimensions(idx->dimensions, idx->rank, 1, SIZE_MAX, &idx->length) ||
           input_fail(input, "declares a size of nothing, or of more than memory");
}

bool idx_read_header(const char *path, struct idx *idx, struct assay_error *error)
{
    struct input input;
    if (!input_open(&input, path, error))
        return false;
    uint8_t bytes[HEADER_LIMIT];
    size_t length = 0;
    const bool done = input_read(&input, bytes, sizeof bytes, &length) && parse(&input, bytes, length, idx);
    input_close(&input);
    return done;
}
