/* The product behind convolutions and linear layers, forward and backward: tiles of rows x columns that
 * stay in registers while the sum runs. Here alone vectors are as wide as the machine's registers, and the
 * fused multiply-add is spelled out: whether a sum is rounded once or twice must not depend on how a
 * compiler treats a loop. */
#include "math/kernels/kernel.h"

#if defined(__AVX512F__)
#include <immintrin.h>
typedef __m512 chunk;
#define BROADCAST(x) _mm512_set1_ps(x)
#define FUSED(a, b, c) _mm512_fmadd_ps((a), (b), (c))
enum { WIDEST = 4 };
static const int most_rows[] = {0, 12, 12, 8,
                                6}; /* of tiles 1, 2, 3 and 4 chunks wide: what fits the registers */
#elif defined(__FMA__)
#include <immintrin.h>
typedef __m256 chunk;
#define BROADCAST(x) _mm256_set1_ps(x)
#define FUSED(a, b, c) _mm256_fmadd_ps((a), (b), (c))
enum { WIDEST = 2 };
static const int most_rows[] = {0, 0, 6};
#elif defined(__ARM_FEATURE_FMA) && defined(__aarch64__)
#include <arm_neon.h>
typedef float32x4_t chunk;
#define BROADCAST(x) vdupq_n_f32(x)
#define FUSED(a, b, c) vfmaq_f32((c), (a), (b))
enum { WIDEST = 4 };
static const int most_rows[] = {0, 0, 0, 0, 6};
#else
typedef float chunk __attribute__((vector_size(16)));
#define BROADCAST(x) ((chunk){(x), (x), (x), (x)})
#define FUSED(a, b, c) ((a) * (b) + (c)) /* nothing to fuse with: rounded twice, always */
enum { WIDEST = 2 };
static const int most_rows[] = {0, 0, 6};
#endif

typedef chunk loose_chunk __attribute__((aligned(4), may_alias));
enum { CHUNK = sizeof(chunk) / sizeof(float) };

static inline __attribute__((always_inline)) chunk load(const float *from)
{
    return *(const loose_chunk *)from;
}

static inline __attribute__((always_inline)) void store(float *to, chunk sum, const float *bias, int column)
{
    if (bias != NULL)
        sum += load(bias + column);
    *(loose_chunk *)to = sum;
}

static inline __attribute__((always_inline)) void tile(const struct product *p, int row, int column,
                                                       const int rows, const int wide)
{
    chunk sums[12][4];
    const float *a = p->a + row * p->a_row;
    const float *b = p->b + column;

#pragma GCC unroll 12
    for (int r = 0; r < rows; r++)
#pragma GCC unroll 4
        for (int w = 0; w < wide; w++)
            sums[r][w] = BROADCAST(0);
    for (int o = 0; o < p->outer; o++) {
        const float *ak = a + o * p->a_outer;
        const float *bk = b + o * p->b_outer;
        for (int k = 0; k < p->inner; k++) {
            chunk columns[4];
#pragma GCC unroll 4
            for (int w = 0; w < wide; w++)
                columns[w] = load(bk + w * CHUNK);
#pragma GCC unroll 12
            for (int r = 0; r < rows; r++) {
                const chunk value = BROADCAST(ak[r * p->a_row]);
#pragma GCC unroll 4
                for (int w = 0; w < wide; w++)
                    sums[r][w] = FUSED(value, columns[w], sums[r][w]);
            }
            ak += p->a_inner;
            bk += p->b_inner;
        }
    }
    float *c = p->c + row * p->c_row + column;
    const ptrdiff_t c_row = p->c_row;
    const chunk alpha = BROADCAST(p->alpha), beta = BROADCAST(p->beta);
    const float *bias = p->bias;
    if (p->beta != 0) {
#pragma GCC unroll 12
        for (int r = 0; r < rows; r++)
#pragma GCC unroll 4
            for (int w = 0; w < wide; w++)
                store(c + r * c_row + w * CHUNK, sums[r][w] * alpha + beta * load(c + r * c_row + w * CHUNK),
                      bias, column + w * CHUNK);
        return;
    }
#pragma GCC unroll 12
    for (int r = 0; r < rows; r++)
#pragma GCC unroll 4
        for (int w = 0; w < wide; w++)
            store(c + r * c_row + w * CHUNK, sums[r][w] * alpha, bias, column + w * CHUNK);
}

#define TILE(rows, wide)                                                                                     \
    static void tile_##rows##_##wide(const struct product *p, int row, int column)                           \
    {                                                                                                        \
        tile(p, row, column, rows, wide);                                                                    \
    }
#define TILES_6(wide) TILE(1, wide) TILE(2, wide) TILE(3, wide) TILE(4, wide) TILE(5, wide) TILE(6, wide)
#define TILES_8(wide) TILES_6(wide) TILE(7, wide) TILE(8, wide)
#define TILES_12(wide) TILES_8(wide) TILE(9, wide) TILE(10, wide) TILE(11, wide) TILE(12, wide)
#define NAMES_6(wide)                                                                                        \
    NULL, tile_1_##wide, tile_2_##wide, tile_3_##wide, tile_4_##wide, tile_5_##wide, tile_6_##wide
#define NAMES_8(wide) NAMES_6(wide), tile_7_##wide, tile_8_##wide
#define NAMES_12(wide) NAMES_8(wide), tile_9_##wide, tile_10_##wide, tile_11_##wide, tile_12_##wide

typedef void tile_function(const struct product *p, int row, int column);

/* clang-format off */
#if defined(__AVX512F__)
TILES_12(1)
TILES_12(2)
TILES_8(3)
TILES_6(4)
static tile_function *const tiles[][13] = {{NULL}, {NAMES_12(1)}, {NAMES_12(2)}, {NAMES_8(3)}, {NAMES_6(4)}};
#elif defined(__aarch64__)
TILES_6(4)
static tile_function *const tiles[][7] = {{NULL}, {NULL}, {NULL}, {NULL}, {NAMES_6(4)}};
#else
TILES_6(2)
static tile_function *const tiles[][7] = {{NULL}, {NULL}, {NAMES_6(2)}};
#endif
/* clang-format on */

void KERNEL(product)(const struct product *p)
{
    for (int column = 0; column < p->columns;) {
        const int left = (p->columns - column) / CHUNK;
        const int wide = left < WIDEST ? left : WIDEST;
        const int count = (p->rows + most_rows[wide] - 1) / most_rows[wide];
        for (int i = 0; i < count; i++) {
            const int row = (int)((long)p->rows * i / count);
            const int end = (int)((long)p->rows * (i + 1) / count);
            tiles[wide][end - row](p, row, column);
        }
        column += wide * CHUNK;
    }
}
