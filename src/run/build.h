/* What is known since the program was built. */
#ifndef RUN_BUILD_H
#define RUN_BUILD_H

struct build {
    const char *version, *commit; /* "0.1.0", "4ac1d2e3f405" or "unknown" */
    const char *compiler, *flags; /* "gcc 12.2.0", "-O3 …" */
    const char *blas;             /* "OpenBLAS 0.3.21": what bench measures with; a run does without */
};
extern const struct build build;

#endif
