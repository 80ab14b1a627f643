#include "base/philox.h"

#include <string.h>

#ifdef __x86_64__
#include <immintrin.h>
#endif

enum { ROUNDS = 10 };

/* The multipliers, and the steps of the key from round to round (table 2 and section 3.3 of the paper). */
static const uint32_t multiplier0 = 0xD2511F53, multiplier1 = 0xCD9E8D57;
static const uint32_t step0 = 0x9E3779B9, step1 = 0xBB67AE85;

void philox4x32(const uint32_t counter[4], const uint32_t key[2], uint32_t words[4])
{
    uint32_t x0 = counter[0], x1 = counter[1], x2 = counter[2], x3 = counter[3];
    uint32_t key0 = key[0], key1 = key[1];
    for (int round = 0; round < ROUNDS; round++, key0 += step0, key1 += step1) {
        const uint64_t product0 = (uint64_t)multiplier0 * x0, product1 = (uint64_t)multiplier1 * x2;
        x0 = (uint32_t)(product1 >> 32) ^ x1 ^ key0;
        x1 = (uint32_t)product1;
        x2 = (uint32_t)(product0 >> 32) ^ x3 ^ key1;
        x3 = (uint32_t)product0;
    }
    words[0] = x0, words[1] = x1, words[2] = x2, words[3] = x3;
}

struct random_stream random_stream(uint64_t seed, enum random_purpose purpose, const char *name,
                                   uint32_t epoch, uint32_t sample)
{
    uint64_t hash = 0xCBF29CE484222325; /* FNV-1a, 64 bits */
    for (; *name != '\0'; name++)
        hash = (hash ^ (uint8_t)*name) * 0x100000001B3;
    const uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
    const uint32_t counter[4] = {(uint32_t)hash, (uint32_t)(hash >> 32), (uint32_t)purpose, 0};
    uint32_t words[4];
    philox4x32(counter, key, words);
    return (struct random_stream){.key = {words[0], words[1]}, .epoch = epoch, .sample = sample};
}

/* Words 4 * block … 4 * (block + count) - 1 of the stream. */
static void random_blocks(const struct random_stream *stream, uint64_t block, size_t count, uint32_t *words)
{
    for (size_t i = 0; i < count; i++, block++) {
        const uint32_t counter[4] = {(uint32_t)block, (uint32_t)(block >> 32), stream->epoch, stream->sample};
        philox4x32(counter, stream->key, words + 4 * i);
    }
}

uint32_t random_word(const struct random_stream *stream, uint64_t element)
{
    uint32_t words[4];
    random_blocks(stream, element / 4, 1, words);
    return words[element % 4];
}

#ifdef __x86_64__
/* The same, four at a time. A 64-bit lane holds a word in its lower half and anything in the upper one, which
 * the multiplication ignores; compilers do not see that, hence the intrinsics. `count` is a multiple of 4. */
__attribute__((target("avx2"))) static void random_blocks_avx2(const struct random_stream *stream,
                                                               uint64_t block, size_t count, uint32_t *words)
{
    const __m256i m0 = _mm256_set1_epi64x(multiplier0), m1 = _mm256_set1_epi64x(multiplier1);
    const __m256i s0 = _mm256_set1_epi64x(step0), s1 = _mm256_set1_epi64x(step1);
    for (size_t i = 0; i < count; i += 4) {
        __m256i k0 = _mm256_set1_epi64x(stream->key[0]), k1 = _mm256_set1_epi64x(stream->key[1]);
        __m256i x0 = _mm256_set1_epi64x((long long)(block + i));
        x0 = _mm256_add_epi64(x0, _mm256_set_epi64x(3, 2, 1, 0));
        __m256i x1 = _mm256_srli_epi64(x0, 32);
        __m256i x2 = _mm256_set1_epi64x(stream->epoch), x3 = _mm256_set1_epi64x(stream->sample);
        for (int round = 0; round < ROUNDS; round++) {
            const __m256i product0 = _mm256_mul_epu32(x0, m0), product1 = _mm256_mul_epu32(x2, m1);
            x0 = _mm256_xor_si256(_mm256_srli_epi64(product1, 32), _mm256_xor_si256(x1, k0));
            x1 = product1;
            x2 = _mm256_xor_si256(_mm256_srli_epi64(product0, 32), _mm256_xor_si256(x3, k1));
            x3 = product0;
            k0 = _mm256_add_epi64(k0, s0);
            k1 = _mm256_add_epi64(k1, s1);
        }
        const __m256i lower = _mm256_blend_epi32(x0, _mm256_slli_epi64(x1, 32), 0xAA);
        const __m256i upper = _mm256_blend_epi32(x2, _mm256_slli_epi64(x3, 32), 0xAA);
        const __m256i blocks02 = _mm256_unpacklo_epi64(lower, upper);
        const __m256i blocks13 = _mm256_unpackhi_epi64(lower, upper);
        _mm256_storeu_si256((__m256i *)(words + 4 * i), _mm256_permute2x128_si256(blocks02, blocks13, 0x20));
        _mm256_storeu_si256((__m256i *)(words + 4 * i + 8),
                            _mm256_permute2x128_si256(blocks02, blocks13, 0x31));
    }
}
#endif

/* Words first … first + count - 1, all of one block. */
static void random_part(const struct random_stream *stream, uint64_t first, size_t count, uint32_t *words)
{
    uint32_t block[4];
    random_blocks(stream, first / 4, 1, block);
    memcpy(words, block + first % 4, count * sizeof *words);
}

void random_words(const struct random_stream *stream, uint64_t first, size_t count, uint32_t *words)
{
    const size_t lead = -first % 4;
    if (lead > 0) {
        const size_t taken = count < lead ? count : lead;
        random_part(stream, first, taken, words);
        first += taken, words += taken, count -= taken;
    }
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2")) {
        const size_t taken = count / 16 * 16;
        random_blocks_avx2(stream, first / 4, taken / 4, words);
        first += taken, words += taken, count -= taken;
    }
#endif
    random_blocks(stream, first / 4, count / 4, words);
    if (count % 4 > 0)
        random_part(stream, first + count / 4 * 4, count % 4, words + count / 4 * 4);
}

float random_unit(const struct random_stream *stream, uint64_t element)
{
    return (float)(random_word(stream, element) >> 8) * 0x1p-24F;
}

uint32_t random_below(const struct random_stream *stream, uint64_t element, uint32_t bound)
{
    return (uint32_t)((uint64_t)random_word(stream, element) * bound >> 32);
}

void random_permutation(const struct random_stream *stream, uint32_t count, uint32_t *order)
{
    for (uint32_t i = 0; i < count; i++)
        order[i] = i;
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t j = i + random_below(stream, i, count - i), kept = order[i];
        order[i] = order[j];
        order[j] = kept;
    }
}
