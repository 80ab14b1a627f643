/* Random numbers without a state: Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2,
 * 3", SC 2011).
 *
 * Every random number in assay is a function of (seed, purpose, name, epoch, sample, element) and of nothing
 * else, so it does not matter who draws it, when, or how often. */
#ifndef BASE_PHILOX_H
#define BASE_PHILOX_H

#include <stddef.h>
#include <stdint.h>

/* The bare generator: 4 words from a 128-bit counter and a 64-bit key. */
void philox4x32(const uint32_t counter[4], const uint32_t key[2], uint32_t words[4]);

enum random_purpose {
    RANDOM_SPLIT = 1,
    RANDOM_SHUFFLE,
    RANDOM_INIT,
    RANDOM_DROPOUT,
    RANDOM_DIGITS,
    RANDOM_FOLD,
    RANDOM_SEARCH,
};

/* A stream of numbers: which words it holds is fixed by these, element by element. */
struct random_stream {
    uint32_t key[2]; /* from seed, purpose and name */
    uint32_t epoch, sample;
};

/* key = the seed, mixed with the purpose and FNV-1a of the name; `name` is a layer's (or parameter's) name or
 * "". */
struct random_stream random_stream(uint64_t seed, enum random_purpose purpose, const char *name,
                                   uint32_t epoch, uint32_t sample);

/* Word number `element` of the stream: counter = (element / 4 low, element / 4 high, epoch, sample), word
 * element % 4. */
uint32_t random_word(const struct random_stream *stream, uint64_t element);

/* Words first, first + 1, … first + count - 1 of the stream. */
void random_words(const struct random_stream *stream, uint64_t first, size_t count, uint32_t *words);

/* Uniform in [0, 1): the upper 24 bits of word `element`; and uniform integer below `bound` (≥ 1) by a 64-bit
 * multiply of word `element`. */
float random_unit(const struct random_stream *stream, uint64_t element);
uint32_t random_below(const struct random_stream *stream, uint64_t element, uint32_t bound);

/* Fills order[0 … count) with a permutation of 0 … count-1 (Fisher-Yates, word i for the i-th swap). */
void random_permutation(const struct random_stream *stream, uint32_t count, uint32_t *order);

#endif
