#include "math/blas.h"

#include <cblas.h>
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/mman.h>

#ifdef __APPLE__
static const char library[] = "libopenblas.dylib";
#else
static const char library[] = "libopenblas.so.0";
#endif

enum { BLAS_BUFFER = 160 << 20 }; /* what OpenBLAS maps at its first call, and some room */

/* What is asked of the library, as its header declares it. */
struct functions {
    __typeof__(&cblas_sgemm) sgemm;
    __typeof__(&openblas_get_config) config;
    __typeof__(&openblas_get_corename) core;
    __typeof__(&openblas_get_parallel) parallel;
    __typeof__(&openblas_get_num_threads) threads;
    __typeof__(&openblas_set_num_threads) set_threads;
};

static bool find(void *handle, const char *name, void *function)
{
    return (*(void **)function = dlsym(handle, name)) != NULL;
}

bool blas_load(struct blas *blas, struct assay_error *error)
{
    struct functions f;
    *blas = (struct blas){0};
    setenv("OPENBLAS_NUM_THREADS", "1", 1);
    void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL || !find(handle, "cblas_sgemm", &f.sgemm) ||
        !find(handle, "openblas_get_config", &f.config) || !find(handle, "openblas_get_corename", &f.core) ||
        !find(handle, "openblas_get_parallel", &f.parallel) ||
        !find(handle, "openblas_get_num_threads", &f.threads) ||
        !find(handle, "openblas_set_num_threads", &f.set_threads))
        return assay_fail(
            error, ASSAY_MACHINE,
            "cannot load OpenBLAS, which is measured beside: %s; install it (Debian: libopenblas0)",
            dlerror());
    f.set_threads(1);
    if (f.parallel() == 2 && f.threads() != 1)
        return assay_fail(error, ASSAY_MACHINE,
                          "this OpenBLAS is built with OpenMP and will not work with one thread; set "
                          "OMP_NUM_THREADS=1 or install the pthread or serial build");
    *blas = (struct blas){f.config(), f.core(), (void (*)(void))f.sgemm};
    return true;
}

bool blas_start(const struct blas *blas, struct assay_error *error)
{
    void *probe =
        mmap(NULL, BLAS_BUFFER, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (probe == MAP_FAILED)
        return assay_fail(
            error, ASSAY_MACHINE,
            "not enough address space: the BLAS library needs %d MiB for itself; raise the limit (ulimit -v)",
            BLAS_BUFFER >> 20);
    munmap(probe, BLAS_BUFFER);
    float one = 1, sum = 0;
    blas_sgemm(blas, false, false, 1, 1, 1, 1, &one, 1, &one, 1, 0, &sum, 1);
    return true;
}

void blas_sgemm(const struct blas *blas, bool transpose_a, bool transpose_b, int m, int n, int k, float alpha,
                const float *a, int lda, const float *b, int ldb, float beta, float *c, int ldc)
{
    const __typeof__(&cblas_sgemm) sgemm = (__typeof__(&cblas_sgemm))blas->sgemm;
    sgemm(CblasRowMajor, transpose_a ? CblasTrans : CblasNoTrans, transpose_b ? CblasTrans : CblasNoTrans, m,
          n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}
