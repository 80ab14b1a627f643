/* The one room that knows BLAS: OpenBLAS, loaded when somebody wants it and not before. It always works on
 * the calling thread alone, and starts no threads: those that it would start when it is loaded with the
 * program try for ever where memory is limited. */
#ifndef MATH_BLAS_H
#define MATH_BLAS_H

#include <stdbool.h>
#include <stddef.h>

#include "assay/error.h"

struct blas {
    const char *name, *core; /* "OpenBLAS 0.3.21 …", and what its kernels are for; NULL when not loaded */
    void (*sgemm)(void);     /* for blas_sgemm */
};

/* Loads the library for as long as the program lives; once more costs nothing. To be called while no other
 * thread reads the environment, for it says there that one thread is enough. ASSAY_MACHINE when it cannot be
 * had, or insists on threads of its own; *blas is {0} then. */
bool blas_load(struct blas *blas, struct assay_error *error);

/* To be called once before any thread uses sgemm: makes the library take its buffers now, after checking that
 * they can be had (OpenBLAS would wait for them for ever). ASSAY_MACHINE when they cannot. */
bool blas_start(const struct blas *blas, struct assay_error *error);

/* C (m x n) = alpha * op(A) * op(B) + beta * C, row-major; op(A) is m x k, op(B) is k x n; the leading
 * dimensions are those of A, B and C as they lie. */
void blas_sgemm(const struct blas *blas, bool transpose_a, bool transpose_b, int m, int n, int k, float alpha,
                const float *a, int lda, const float *b, int ldb, float beta, float *c, int ldc);

#endif
