/* SHA-256 (FIPS 180-4), for the identity of runs and the digests of data. */
#ifndef BASE_SHA256_H
#define BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

/* Takes `count` blocks of 64 bytes into the state. */
typedef void sha256_compress(uint32_t state[8], const uint8_t *blocks, size_t count);
sha256_compress sha256_compress_portable; /* the slow twin, for tests */

struct sha256 {
    uint32_t state[8];
    uint64_t length; /* bytes so far */
    uint8_t block[64];
    sha256_compress *compress; /* the fastest that this CPU has, by sha256_init */
};

enum { SHA256_SIZE = 32, SHA256_HEX_SIZE = 65 };

void sha256_init(struct sha256 *sha256);
void sha256_add(struct sha256 *sha256, const void *bytes, size_t length);
void sha256_end(struct sha256 *sha256, uint8_t digest[SHA256_SIZE]);

/* 64 lower-case hex digits and a NUL. */
void sha256_hex(const uint8_t digest[SHA256_SIZE], char hex[SHA256_HEX_SIZE]);

#endif
