/* The one room that knows BLAS. It always works on the calling thread alone. */
#ifndef MATH_BLAS_H
#define MATH_BLAS_H

#include <stdbool.h>
#include <stddef.h>

#include "assay/error.h"

/* To be called once before any thread uses sgemm: sets one thread and makes the library take its buffers now,
 * after checking that they can be had (OpenBLAS would wait for them forever). ASSAY_MACHINE when they cannot,
 * or when the library insists on threads of its own. */
bool blas_start(struct assay_error *error);

/* C (m x n) = alpha * op(A) * op(B) + beta * C, row-major; op(A) is m x k, op(B) is k x n; the leading
 * dimensions are those of A, B and C as they lie. */
void blas_sgemm(bool transpose_a, bool transpose_b, int m, int n, int k, float alpha, const float *a, int lda,
                const float *b, int ldb, float beta, float *c, int ldc);

/* "OpenBLAS 0.3.21 …" and the name of the core its kernels are for; both live as long as the program. */
const char *blas_name(void);
const char *blas_core(void);

#endif
