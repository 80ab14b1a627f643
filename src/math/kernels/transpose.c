/* Transposition in blocks of sixteen rows and columns, which stay in registers. */
#include "math/kernels/kernel.h"

/* a[0] b[0] a[1] b[1] …: of the lower halves, and of the upper ones. */
static inline vector zip_lower(vector a, vector b)
{
    return __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

static inline vector zip_upper(vector a, vector b)
{
    return __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}

/* Zipping row i with row i + 8 four times over takes every element's row number out of its place and puts
 * its column number in. */
static inline void transpose_block(float *to, ptrdiff_t to_row, const float *from, ptrdiff_t from_row)
{
    vector rows[LANES], zipped[LANES];
    for (int i = 0; i < LANES; i++)
        rows[i] = *(const vector *)(from + i * from_row);
    for (int round = 0; round < 4; round++) {
        for (int i = 0; i < LANES / 2; i++) {
            zipped[2 * i] = zip_lower(rows[i], rows[i + LANES / 2]);
            zipped[2 * i + 1] = zip_upper(rows[i], rows[i + LANES / 2]);
        }
        memcpy(rows, zipped, sizeof rows);
    }
    for (int i = 0; i < LANES; i++)
        *(vector *)(to + i * to_row) = rows[i];
}

void KERNEL(transpose)(int rows, int columns, float *to, ptrdiff_t to_row, const float *from,
                       ptrdiff_t from_row)
{
    for (int i = 0; i < rows; i += LANES)
        for (int j = 0; j < columns; j += LANES)
            transpose_block(to + j * to_row + i, to_row, from + i * from_row + j, from_row);
}
