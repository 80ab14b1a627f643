/* The kernels: the same functions, compiled once per instruction set and chosen when the program starts.
 *
 * Sources are in src/math/kernels; each is plain C with the compiler's vector extensions. Every output is one
 * chain of operations in a fixed order, so bits do not depend on threads, on the batch or on a tile's size,
 * and AVX2 and AVX-512 agree. Plain x86-64 cannot fuse multiply and add, and differs in last bits. */
#ifndef MATH_KERNELS_H
#define MATH_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "assay/error.h"

/* C[r][c] = beta * C[r][c] + alpha * (sum over o < outer, k < inner, in this order, of A[r, o, k] B[o, k, c])
 *
 *     A[r, o, k] = a[r * a_row + o * a_outer + k * a_inner]
 *     B[o, k, c] = b[o * b_outer + k * b_inner + c]
 *     C[r][c]    = c[r * c_row + c]
 *
 * columns is a multiple of 16. beta 0 does not read C. bias (or NULL) is added at the end: columns floats. */
struct product {
    int rows, columns, outer, inner;
    const float *a;
    ptrdiff_t a_row, a_outer, a_inner;
    const float *b;
    ptrdiff_t b_outer, b_inner;
    float *c;
    ptrdiff_t c_row;
    float beta, alpha;
    const float *bias;
};

/* A pooling window over channels-last data; see kernels/pool.c. Pixels are `pitch` floats apart. */
struct pooling {
    int in_height, in_width, out_height, out_width;
    int size, stride, pad, pitch;
    double p; /* lp only */
};

/* A convolution by Winograd's algorithm: see kernels/winograd.c. Tiles of outputs x outputs pixels cover the
 * output, the last ones hang over. Points lie as [points][tiles][pitch], the first `step` floats apart; the
 * points of a weight as [points][P][Q], `weight_step` apart. */
struct winograd {
    int kernel, points; /* 5 and 81; 3 and 64; or 3 and 81, which give 5, 6 and 7 outputs along each axis */
    int in_height, in_width, in_pitch, out_height, out_width, out_pitch, tiles_y, tiles_x;
    ptrdiff_t weight_step;
};

struct kernels {
    const char *name; /* "plain", "avx2", "avx512" */

    void (*product)(const struct product *product);

    /* y[i] = f(x[i]); dx[i] = dy[i] * f'(…) from the output y. y may be x, dx may be dy. */
    void (*tanh_forward)(size_t count, float *y, const float *x);
    void (*tanh_backward)(size_t count, float *dx, const float *dy, const float *y);
    void (*sigmoid_forward)(size_t count, float *y, const float *x);
    void (*sigmoid_backward)(size_t count, float *dx, const float *dy, const float *y);
    void (*relu_forward)(size_t count, float *y, const float *x);
    void (*relu_backward)(size_t count, float *dx, const float *dy, const float *y);

    /* y[i] = mask[i] ? x[i] * scale : 0, mask from words[i] >= threshold: bytes 0 or 1, kept for backward. */
    void (*dropout_forward)(size_t count, float *y, const float *x, const uint32_t *words, uint32_t threshold,
                            float scale, uint8_t *mask);
    void (*dropout_backward)(size_t count, float *dx, const float *dy, const uint8_t *mask, float scale);

    /* Output rows [first, end) of one sample. `choice` (bytes per output element, or NULL when testing):
     * which element of the window won, row-major. */
    void (*max_forward)(const struct pooling *pooling, int first, int end, float *y, const float *x,
                        uint8_t *choice);
    void (*lp_forward)(const struct pooling *pooling, int first, int end, float *y, const float *x);
    void (*average_forward)(const struct pooling *pooling, int first, int end, float *y, const float *x);
    /* Input rows [first, end) of one sample; every element of dx in them is written. */
    void (*max_backward)(const struct pooling *pooling, int first, int end, float *dx, const float *dy,
                         const uint8_t *choice);
    void (*lp_backward)(const struct pooling *pooling, int first, int end, float *dx, const float *dy,
                        const float *x, const float *y);
    void (*average_backward)(const struct pooling *pooling, int first, int end, float *dx, const float *dy);

    /* One sample: x → points; points → y, plus bias; and the adjoints, dy → points and points → dx (all of dx
     * is written). */
    void (*winograd_input)(const struct winograd *winograd, float *points, ptrdiff_t step, const float *x);
    void (*winograd_output)(const struct winograd *winograd, float *y, const float *points, ptrdiff_t step,
                            const float *bias);
    void (*winograd_output_adjoint)(const struct winograd *winograd, float *points, ptrdiff_t step,
                                    const float *dy);
    void (*winograd_input_adjoint)(const struct winograd *winograd, float *dx, const float *points,
                                   ptrdiff_t step);
    /* The weights of input channel p, [ky][kx][P][Q] → points [points][P][Q]; and gradient = beta gradient +
     * alpha (points → gradient). */
    void (*winograd_weight)(const struct winograd *winograd, int p, float *points, const float *weight);
    void (*winograd_weight_adjoint)(const struct winograd *winograd, int p, float *gradient,
                                    const float *points, float beta, float alpha);

    /* to[j][i] = from[i][j], i < rows, j < columns, both multiples of 16; rows of `from` and `to` are
     * from_row and to_row floats apart */
    void (*transpose)(int rows, int columns, float *to, ptrdiff_t to_row, const float *from,
                      ptrdiff_t from_row);

    /* sums[pixel] = x[pixel][0] + … over `pitch` lanes, a multiple of 16: sixteen partial sums, then halves
     * added to halves; y[pixel][c] = x[pixel][c] - mean[pixel] for c < channels, 0 in the other lanes. */
    void (*channel_sums)(int pixels, int pitch, float *sums, const float *x);
    void (*subtract_mean)(int pixels, int channels, int pitch, float *y, const float *x, const float *mean);

    /* sums[c] = beta * sums[c] + alpha * (sum over rows of x[row * stride + c]), c < columns (a multiple
     * of 16); four chains of every fourth row, then their sum */
    void (*column_sums)(size_t rows, ptrdiff_t stride, int columns, float *sums, const float *x, float beta,
                        float alpha);

    /* SGD: direction += alpha * penalty'(value) where penalized; value -= learning_rate * direction. */
    void (*update)(size_t count, float *value, float *direction, float learning_rate, float alpha, float l1,
                   float l2);
};

/* The kernels of the best instruction set this CPU has, or of `forced` (the value of $ASSAY_ISA; NULL or "":
 * no wish). ASSAY_INVALID, with the names this CPU can run, when it cannot be had. */
const struct kernels *kernels_choose(const char *forced, struct assay_error *error);

/* Those that this CPU can run, the plain ones first; `count` of them. For the tests. */
const struct kernels *const *kernels_available(size_t *count);

#endif
