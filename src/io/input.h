/* A regular file, plain or gzip, read as if it were plain. Shared by the readers of data files only. */
#ifndef IO_INPUT_H
#define IO_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <zlib.h>

#include "assay/error.h"

enum { INPUT_CHUNK_SIZE = 64 << 10 };

struct input {
    const char *path;
    struct assay_error *error; /* gets what goes wrong in any of the functions below */
    int file;
    size_t file_size;
    bool gzip, member_ended;
    z_stream stream;
    uint8_t chunk[INPUT_CHUNK_SIZE]; /* compressed bytes */
};

/* No FIFO, device or directory. It is gzip when it begins with gzip's magic, whatever its name. */
bool input_open(struct input *input, const char *path, struct assay_error *error);
void input_close(struct input *input);

/* Fills `bytes`; *got < size only where the file ends. That a gzip file is sound to its very end (checksums,
 * no truncation, nothing behind it) is known once more was asked for than there is. */
bool input_read(struct input *input, uint8_t *bytes, size_t size, size_t *got);

/* The same into memory that only grows as far as there are bytes to fill it. *bytes, NULL before, is the
 * caller's to memory_free, also on failure. */
bool input_read_growing(struct input *input, size_t size, uint8_t **bytes, size_t *got);

/* Insists that the file ends here. */
bool input_check_end(struct input *input);

/* "<path>: <what>", ASSAY_INVALID; false. */
bool input_fail(const struct input *input, const char *what);

#endif
