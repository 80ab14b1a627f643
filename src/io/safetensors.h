/* safetensors (https://github.com/huggingface/safetensors), F32 only.
 *
 * A file is the header's length in 8 bytes, a JSON header, then the raw tensors, all little-endian. */
#ifndef IO_SAFETENSORS_H
#define IO_SAFETENSORS_H

#include <stdbool.h>
#include <stddef.h>

#include "assay/error.h"
#include "base/arena.h"

enum {
    TENSOR_RANK_LIMIT = 8,
    TENSOR_BYTES_LIMIT = 1 << 30, /* of all tensors of a file that is read */
};

struct tensor {
    const char *name;
    size_t rank;
    size_t dimensions[TENSOR_RANK_LIMIT];
    const float *values; /* in row-major order */
    size_t count;
};

struct tensor_metadata {
    const char *key, *value;
};

struct tensor_file {
    const struct tensor *tensors;
    size_t tensor_count;
    const struct tensor_metadata *metadata; /* __metadata__, strings */
    size_t metadata_count;
};

/* Atomic; tensors in the order given, metadata first. The header is padded with spaces to a multiple of 8, so
 * the tensors are aligned. */
bool safetensors_write(const char *path, const struct tensor_file *file, struct assay_error *error);
/* The same bytes in memory (*bytes is the caller's to memory_free). */
bool safetensors_encode(const struct tensor_file *file, char **bytes, size_t *length,
                        struct assay_error *error);

/* Everything is checked before it is used: header length at most 8 MiB and within the file, offsets
 * that tile the buffer without holes or overlap, sizes that agree with shapes (checked arithmetic), no
 * duplicate names, only F32, only finite values. Lives in the arena; NULL on failure. The tensors have at
 * most TENSOR_BYTES_LIMIT. */
const struct tensor_file *safetensors_read(struct arena *arena, const char *path, struct assay_error *error);
/* Its bytes (the caller's to memory_free), unless it is larger than its header says. */
bool safetensors_load(const char *path, char **bytes, size_t *length, struct assay_error *error);
const struct tensor_file *safetensors_decode(struct arena *arena, const char *name, const char *bytes,
                                             size_t length, struct assay_error *error);

const struct tensor *tensor_find(const struct tensor_file *file,
                                 const char *name); /* NULL when there is none */
const char *tensor_metadata_find(const struct tensor_file *file,
                                 const char *key); /* NULL when there is none */

#endif
