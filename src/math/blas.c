#include "math/blas.h"

#include <cblas.h>
#include <sys/mman.h>

enum { BLAS_BUFFER = 160 << 20 }; /* what OpenBLAS maps at its first call, and some room */

bool blas_start(struct assay_error *error)
{
    void *probe =
        mmap(NULL, BLAS_BUFFER, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (probe == MAP_FAILED)
        return assay_fail(
            error, ASSAY_MACHINE,
            "not enough address space: the BLAS library needs %d MiB for itself; raise the limit (ulimit -v)",
            BLAS_BUFFER >> 20);
    munmap(probe, BLAS_BUFFER);
    openblas_set_num_threads(1);
    if (openblas_get_parallel() == 2 && openblas_get_num_threads() != 1)
        return assay_fail(error, ASSAY_MACHINE,
                          "this OpenBLAS is built with OpenMP and will not work with one thread; set "
                          "OMP_NUM_THREADS=1 or install the pthread or serial build");
    float one = 1, sum = 0;
    blas_sgemm(false, false, 1, 1, 1, 1, &one, 1, &one, 1, 0, &sum, 1);
    return true;
}

void blas_sgemm(bool transpose_a, bool transpose_b, int m, int n, int k, float alpha, const float *a, int lda,
                const float *b, int ldb, float beta, float *c, int ldc)
{
    cblas_sgemm(CblasRowMajor, transpose_a ? CblasTrans : CblasNoTrans,
                transpose_b ? CblasTrans : CblasNoTrans, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

const char *blas_name(void)
{
    return openblas_get_config();
}

const char *blas_core(void)
{
    return openblas_get_corename();
}
