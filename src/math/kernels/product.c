/* The product behind convolutions and linear layers, forward and backward: tiles of rows x columns that
 * stay in registers while the sum runs. */
#include "math/kernels/kernel.h"

/* The most registers a tile is wide, and the most rows of tiles so wide: what fits the registers. So few rows
 * that their sums would wait for each other get wider tiles. */
#if REGISTER_FLOATS == 16
enum { WIDEST = 4, FEW_ROWS = 0, WIDEST_OF_FEW = 0 };
static const int most_rows[] = {0, 12, 12, 8, 6};
#elif defined(__aarch64__)
enum { WIDEST = 4, FEW_ROWS = 0, WIDEST_OF_FEW = 0 };
static const int most_rows[] = {0, 0, 0, 0, 6};
#else
enum { WIDEST = 2, FEW_ROWS = 3, WIDEST_OF_FEW = 4 };
static const int most_rows[] = {0, 0, 6, 0, 3};
#endif

INLINED void store(float *to, vector sum, const float *bias, int column)
{
    if (bias != NULL)
        sum += *(const vector *)(bias + column);
    *(vector *)to = sum;
}

INLINED void tile(const struct product *p, int row, int column, const int rows, const int wide)
{
    vector sums[12][4];
    const float *a = p->a + row * p->a_row;
    const float *b = p->b + column;

    UNROLL(12)
    for (int r = 0; r < rows; r++) {
        UNROLL(4)
        for (int w = 0; w < wide; w++)
            sums[r][w] = broadcast(0);
    }
    for (int o = 0; o < p->outer; o++) {
        const float *ak = a + o * p->a_outer;
        const float *bk = b + o * p->b_outer;
        for (int k = 0; k < p->inner; k++) {
            vector columns[4];
            UNROLL(4)
            for (int w = 0; w < wide; w++)
                columns[w] = *(const vector *)(bk + w * WIDTH);
            UNROLL(12)
            for (int r = 0; r < rows; r++) {
                const vector value = broadcast(ak[r * p->a_row]);
                UNROLL(4)
                for (int w = 0; w < wide; w++)
                    sums[r][w] = FUSED(value, columns[w], sums[r][w]);
            }
            ak += p->a_inner;
            bk += p->b_inner;
        }
    }
    float *c = p->c + row * p->c_row + column;
    const ptrdiff_t c_row = p->c_row;
    const vector alpha = broadcast(p->alpha), beta = broadcast(p->beta);
    const float *bias = p->bias;
    if (p->beta != 0) {
        UNROLL(12)
        for (int r = 0; r < rows; r++) {
            UNROLL(4)
            for (int w = 0; w < wide; w++)
                store(c + r * c_row + w * WIDTH,
                      sums[r][w] * alpha + beta * *(const vector *)(c + r * c_row + w * WIDTH), bias,
                      column + w * WIDTH);
        }
        return;
    }
    UNROLL(12)
    for (int r = 0; r < rows; r++) {
        UNROLL(4)
        for (int w = 0; w < wide; w++)
            store(c + r * c_row + w * WIDTH, sums[r][w] * alpha, bias, column + w * WIDTH);
    }
}

#define TILE(rows, wide)                                                                                     \
    static void tile_##rows##_##wide(const struct product *p, int row, int column)                           \
    {                                                                                                        \
        tile(p, row, column, rows, wide);                                                                    \
    }
#define TILES_3(wide) TILE(1, wide) TILE(2, wide) TILE(3, wide)
#define TILES_6(wide) TILES_3(wide) TILE(4, wide) TILE(5, wide) TILE(6, wide)
#define TILES_8(wide) TILES_6(wide) TILE(7, wide) TILE(8, wide)
#define TILES_12(wide) TILES_8(wide) TILE(9, wide) TILE(10, wide) TILE(11, wide) TILE(12, wide)
#define NAMES_3(wide) NULL, tile_1_##wide, tile_2_##wide, tile_3_##wide
#define NAMES_6(wide) NAMES_3(wide), tile_4_##wide, tile_5_##wide, tile_6_##wide
#define NAMES_8(wide) NAMES_6(wide), tile_7_##wide, tile_8_##wide
#define NAMES_12(wide) NAMES_8(wide), tile_9_##wide, tile_10_##wide, tile_11_##wide, tile_12_##wide

typedef void tile_function(const struct product *p, int row, int column);

/* clang-format off */
#if REGISTER_FLOATS == 16
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
TILES_3(4)
static tile_function *const tiles[][7] = {{NULL}, {NULL}, {NAMES_6(2)}, {NULL}, {NAMES_3(4)}};
#endif
/* clang-format on */

static inline int share(int rows, int i, int count)
{
    return (int)((long)rows * i / count);
}

/* The rows of tiles go by while the columns of B that they read stay in the first-level cache. */
static void column_by_column(const struct product *p)
{
    for (int column = 0; column < p->columns;) {
        const int left = (p->columns - column) / WIDTH;
        const int wide = p->rows <= FEW_ROWS && left >= WIDEST_OF_FEW ? WIDEST_OF_FEW
                         : left < WIDEST                              ? left
                                                                      : WIDEST;
        const int count = (p->rows + most_rows[wide] - 1) / most_rows[wide];
        for (int i = 0; i < count; i++) {
            const int row = share(p->rows, i, count);
            tiles[wide][share(p->rows, i + 1, count) - row](p, row, column);
        }
        column += wide * WIDTH;
    }
}

/* All of B stays there, and C is gone through once, in order. */
static void row_by_row(const struct product *p)
{
    const int count = (p->rows + most_rows[WIDEST] - 1) / most_rows[WIDEST];
    for (int i = 0; i < count; i++) {
        const int row = share(p->rows, i, count);
        tile_function *const function = tiles[WIDEST][share(p->rows, i + 1, count) - row];
        for (int column = 0; column < p->columns; column += WIDEST * WIDTH)
            function(p, row, column);
    }
}

void KERNEL(product)(const struct product *p)
{
    enum { CACHED = 12 << 10 };
    const size_t bytes = (size_t)p->outer * (size_t)p->inner * (size_t)p->columns * sizeof(float);
    if (bytes <= CACHED && p->rows > FEW_ROWS && p->columns % (WIDEST * WIDTH) == 0)
        row_by_row(p);
    else
        column_by_column(p);
}
