/* How fast a config trains and tests on this machine, by batch size and number of threads, and where the time
 * goes.
 *
 * What is measured is what a run does: its data set, its trainer with shuffling and dropout, its evaluation.
 * All that is compared takes turns in short blocks, so that a noisy machine hurts all alike. */
#ifndef RUN_BENCH_H
#define RUN_BENCH_H

#include "base/log.h"
#include "net/profile.h"
#include "run/prepared.h"
#include "run/provenance.h"

enum { BENCH_BLOCKS = 20 }; /* that are counted; one more, to warm up, is not */

struct bench_settings {
    const struct assay_config *config;
    const int *batches, *threads;
    size_t batch_count, thread_count; /* each batch size is measured with each number of threads … */
    int layer_batch;          /* … and the layers with this batch size and the first number of threads */
    bool layers_only;         /* there are no rows then */
    double seconds;           /* for each row, in training, and as many in testing */
    const char *instructions; /* as in struct assay_run_options */
    const struct log *log;
};

/* Over the blocks: the median, the distance of the quartiles, the least. */
struct bench_spread {
    double median, iqr, min;
};

struct bench_row {
    int batch, threads;
    struct bench_spread train, test; /* ms per sample */
};

/* Matrix products of the BLAS library, size x size x size in single precision, cut among the threads; its
 * GFLOP/s are the yardstick of the layers'. */
struct bench_sgemm {
    int threads, size;
    struct bench_spread gflops;
};

/* A layer's work in one pass; see struct profile_part. */
struct bench_part {
    enum profile_pass pass;
    double flops, bytes;    /* per sample */
    struct bench_spread ms; /* per sample */
};

struct bench_layer {
    const char *name, *type, *algorithm; /* type NULL: no layer of the config, but input, loss or update;
                                            algorithm NULL: nothing to tell */
    struct bench_part parts[PROFILE_PASSES];
    int part_count;
};

struct bench {
    struct bench_row *rows; /* by number of threads, then batch size, as asked for */
    size_t row_count;
    struct bench_sgemm *sgemm; /* for each number of threads */
    size_t sgemm_count;
    struct bench_layer *layers; /* the input, the config's layers, the loss, the update */
    size_t layer_count;
    int layer_batch, layer_threads;
    uint32_t train_images, test_images;
    struct {
        char cpu[CPU_TEXT_SIZE];
        int cpus;
        double load; /* average of the last minute, before the measurement; NaN: not known */
        const char *kernels, *blas, *blas_core;
    } machine;
};

/* Lives in the arena. NULL on failure, as `assay_run` would fail: the data are not there, a batch does not
 * fit, the training diverges at its first step, no memory. Warns when the machine is not idle. */
const struct bench *bench_measure(struct arena *arena, const struct bench_settings *settings,
                                  struct assay_error *error);

#endif
