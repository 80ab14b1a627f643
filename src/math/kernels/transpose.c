/* Transposition in square blocks, which stay in registers. */
#include "math/kernels/kernel.h"

/* a[0] b[0] a[1] b[1] …: of the lower halves, and of the upper ones. */
#if REGISTER_FLOATS == 16
#define ZIP_LOWER(a, b)                                                                                      \
    __builtin_shufflevector((a), (b), 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define ZIP_UPPER(a, b)                                                                                      \
    __builtin_shufflevector((a), (b), 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
#elif REGISTER_FLOATS == 8
#define ZIP_LOWER(a, b) __builtin_shufflevector((a), (b), 0, 8, 1, 9, 2, 10, 3, 11)
#define ZIP_UPPER(a, b) __builtin_shufflevector((a), (b), 4, 12, 5, 13, 6, 14, 7, 15)
#else
#define ZIP_LOWER(a, b) __builtin_shufflevector((a), (b), 0, 4, 1, 5)
#define ZIP_UPPER(a, b) __builtin_shufflevector((a), (b), 2, 6, 3, 7)
#endif

/* Zipping row i with row i + WIDTH / 2, as often as WIDTH can be halved, takes every element's row number out
 * of its place and puts its column number in. */
static inline void transpose_block(float *to, ptrdiff_t to_row, const float *from, ptrdiff_t from_row)
{
    vector rows[WIDTH], zipped[WIDTH];
    for (int i = 0; i < WIDTH; i++)
        rows[i] = *(const vector *)(from + i * from_row);
    for (int round = 0; (1 << round) < WIDTH; round++) {
        for (int i = 0; i < WIDTH / 2; i++) {
            zipped[2 * i] = ZIP_LOWER(rows[i], rows[i + WIDTH / 2]);
            zipped[2 * i + 1] = ZIP_UPPER(rows[i], rows[i + WIDTH / 2]);
        }
        memcpy(rows, zipped, sizeof rows);
    }
    for (int i = 0; i < WIDTH; i++)
        *(vector *)(to + i * to_row) = rows[i];
}

void KERNEL(transpose)(int rows, int columns, float *to, ptrdiff_t to_row, const float *from,
                       ptrdiff_t from_row)
{
    for (int i = 0; i < rows; i += WIDTH)
        for (int j = 0; j < columns; j += WIDTH)
            transpose_block(to + j * to_row + i, to_row, from + i * from_row + j, from_row);
}
