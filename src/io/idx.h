/* IDX, the format of MNIST, plain or in gzip. The only room that knows zlib.
 *
 * The format: bytes 0 0 type rank, then rank big-endian 32-bit sizes, then the elements in row-major order.
 * Only type 0x08, unsigned bytes, is read. */
#ifndef IO_IDX_H
#define IO_IDX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "assay/error.h"

enum { IDX_RANK_LIMIT = 4 };

struct idx {
    size_t rank;
    size_t dimensions[IDX_RANK_LIMIT];
    uint8_t *bytes; /* owned */
    size_t length;  /* product of the dimensions */
};

/* Reads `path` (a regular file; gzip if it begins with gzip's magic, whatever its name) and insists that it
 * ends exactly where its header says, that gzip's checksum holds and that nothing follows. At most `limit`
 * bytes of elements, which is also all that is ever allocated. Errors name the file and what was found; the
 * status is ASSAY_INVALID, or ASSAY_MACHINE for reading and memory. */
bool idx_read(const char *path, size_t limit, struct idx *idx, struct assay_error *error);
void idx_finish(struct idx *idx); /* {0} is fine */

/* Reads no more than the header: rank, dimensions and length, with the same checks of them but for `limit`;
 * bytes is NULL. */
bool idx_read_header(const char *path, struct idx *idx, struct assay_error *error);

/* Writes plain IDX atomically. */
bool idx_write(const char *path, const struct idx *idx, struct assay_error *error);

/* SHA-256 of the uncompressed file: header and elements, as idx_write would write them. */
void idx_digest(const struct idx *idx, uint8_t digest[32]);

/* Uncompresses a gzip'd file (or copies a plain one) to *bytes, at most `limit`, with the same insistence;
 * for verifying downloads. */
bool gzip_read(const char *path, size_t limit, uint8_t **bytes, size_t *length, struct assay_error *error);

#endif
