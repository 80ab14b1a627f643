/* Times oneDNN's convolutions: forward, data gradient and weight gradient of one layer, each in the memory
 * formats that the library likes best, without and with the reorders from and to plain ones (channels last,
 * weights [out][in][ky][kx]). Prints one object in JSON. Threads are those of OMP_NUM_THREADS. Stands alone:
 * cc -O2 -o onednn onednn.c -ldnnl
 *
 *     onednn BATCH IN_MAPS OUT_MAPS IN_SIDE KERNEL SECONDS      (seconds for each of the six figures) */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <dnnl.h>

#if DNNL_VERSION_MAJOR != 2
#error "written for oneDNN 2 (Debian 12: libdnnl-dev 2.6); the interface of version 3 differs"
#endif

#define MUST(call) must((call), #call)

static void must(dnnl_status_t status, const char *call)
{
    if (status == dnnl_success)
        return;
    fprintf(stderr, "onednn: status %d from %s\n", (int)status, call);
    exit(EXIT_FAILURE);
}

enum tensor { IMAGES, WEIGHTS, BIAS, OUTPUTS, TENSORS };
enum { OPERANDS = 4 };

/* What a primitive reads or writes. */
struct operand {
    enum tensor tensor;
    int argument;
    dnnl_query_t query; /* of its best format; undef: the plain one */
    bool written;
};

struct pass {
    const char *name;
    struct operand operands[OPERANDS];
    int count;
};

static const struct pass passes[] = {
    {"forward",
     {{IMAGES, DNNL_ARG_SRC, dnnl_query_src_md, false},
      {WEIGHTS, DNNL_ARG_WEIGHTS, dnnl_query_weights_md, false},
      {BIAS, DNNL_ARG_BIAS, dnnl_query_undef, false},
      {OUTPUTS, DNNL_ARG_DST, dnnl_query_dst_md, true}},
     4},
    {"data gradient",
     {{OUTPUTS, DNNL_ARG_DIFF_DST, dnnl_query_diff_dst_md, false},
      {WEIGHTS, DNNL_ARG_WEIGHTS, dnnl_query_weights_md, false},
      {IMAGES, DNNL_ARG_DIFF_SRC, dnnl_query_diff_src_md, true}},
     3},
    {"weight gradient",
     {{IMAGES, DNNL_ARG_SRC, dnnl_query_src_md, false},
      {OUTPUTS, DNNL_ARG_DIFF_DST, dnnl_query_diff_dst_md, false},
      {WEIGHTS, DNNL_ARG_DIFF_WEIGHTS, dnnl_query_diff_weights_md, true},
      {BIAS, DNNL_ARG_DIFF_BIAS, dnnl_query_undef, true}},
     4},
};
enum { PASSES = sizeof passes / sizeof passes[0] };

struct layer {
    int batch, in_maps, out_maps, in_side, kernel, out_side;
    dnnl_engine_t engine;
    dnnl_stream_t stream;
    dnnl_memory_desc_t plain[TENSORS], any[TENSORS];
};

/* An operand in memory, and the way between its plain and its best format; NULL where they are one. */
struct place {
    dnnl_memory_t plain, best;
    dnnl_primitive_t reorder;
};

/* A pass ready to run. */
struct job {
    const struct pass *pass;
    const char *implementation;
    dnnl_primitive_t primitive;
    struct place places[OPERANDS];
    dnnl_exec_arg_t arguments[OPERANDS];
};

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void describe(struct layer *layer)
{
    const dnnl_dim_t n = layer->batch, ci = layer->in_maps, co = layer->out_maps, in = layer->in_side,
                     out = layer->out_side, k = layer->kernel;
    const struct {
        int rank;
        dnnl_dims_t dims;
        dnnl_format_tag_t tag;
    } shapes[TENSORS] = {
        [IMAGES] = {4, {n, ci, in, in}, dnnl_nhwc},
        [WEIGHTS] = {4, {co, ci, k, k}, dnnl_oihw},
        [BIAS] = {1, {co}, dnnl_x},
        [OUTPUTS] = {4, {n, co, out, out}, dnnl_nhwc},
    };
    for (int t = 0; t < TENSORS; t++) {
        MUST(dnnl_memory_desc_init_by_tag(&layer->plain[t], shapes[t].rank, shapes[t].dims, dnnl_f32,
                                          shapes[t].tag));
        MUST(dnnl_memory_desc_init_by_tag(&layer->any[t], shapes[t].rank, shapes[t].dims, dnnl_f32,
                                          t == BIAS ? dnnl_x : dnnl_format_tag_any));
    }
}

static dnnl_primitive_desc_t describe_pass(const struct layer *layer, int pass, dnnl_primitive_desc_t forward)
{
    static const dnnl_dims_t stride = {1, 1}, pad = {0, 0};
    const dnnl_memory_desc_t *any = layer->any;
    dnnl_convolution_desc_t desc;
    dnnl_primitive_desc_t result;
    if (pass == 0)
        MUST(dnnl_convolution_forward_desc_init(&desc, dnnl_forward_training, dnnl_convolution_auto,
                                                &any[IMAGES], &any[WEIGHTS], &any[BIAS], &any[OUTPUTS],
                                                stride, pad, pad));
    else if (pass == 1)
        MUST(dnnl_convolution_backward_data_desc_init(&desc, dnnl_convolution_auto, &any[IMAGES],
                                                      &any[WEIGHTS], &any[OUTPUTS], stride, pad, pad));
    else
        MUST(dnnl_convolution_backward_weights_desc_init(&desc, dnnl_convolution_auto, &any[IMAGES],
                                                         &any[WEIGHTS], &any[BIAS], &any[OUTPUTS], stride,
                                                         pad, pad));
    MUST(dnnl_primitive_desc_create(&result, &desc, NULL, layer->engine, forward));
    return result;
}

static dnnl_memory_t allocate(const struct layer *layer, const dnnl_memory_desc_t *desc)
{
    dnnl_memory_t memory;
    void *bytes;
    MUST(dnnl_memory_create(&memory, desc, layer->engine, DNNL_MEMORY_ALLOCATE));
    MUST(dnnl_memory_get_data_handle(memory, &bytes));
    float *values = bytes;
    for (size_t i = 0; i < dnnl_memory_desc_get_size(desc) / sizeof *values; i++)
        values[i] = (float)(i * 2654435761U % 2001) / 1000 - 1;
    return memory;
}

static struct place place(const struct layer *layer, const struct operand *operand,
                          dnnl_primitive_desc_t desc)
{
    const dnnl_memory_desc_t *plain = &layer->plain[operand->tensor],
                             *best = operand->query == dnnl_query_undef
                                         ? plain
                                         : dnnl_primitive_desc_query_md(desc, operand->query, 0);
    struct place place = {.plain = allocate(layer, plain)};
    place.best = place.plain;
    if (dnnl_memory_desc_equal(plain, best))
        return place;
    dnnl_primitive_desc_t reorder;
    place.best = allocate(layer, best);
    MUST(dnnl_reorder_primitive_desc_create(&reorder, operand->written ? best : plain, layer->engine,
                                            operand->written ? plain : best, layer->engine, NULL));
    MUST(dnnl_primitive_create(&place.reorder, reorder));
    return place;
}

static struct job prepare(const struct layer *layer, int pass, dnnl_primitive_desc_t desc)
{
    struct job job = {.pass = &passes[pass]};
    MUST(dnnl_primitive_create(&job.primitive, desc));
    MUST(dnnl_primitive_desc_query(desc, dnnl_query_impl_info_str, 0, &job.implementation));
    for (int i = 0; i < job.pass->count; i++) {
        job.places[i] = place(layer, &job.pass->operands[i], desc);
        job.arguments[i] = (dnnl_exec_arg_t){job.pass->operands[i].argument, job.places[i].best};
    }
    return job;
}

static void reorder(const struct layer *layer, const struct job *job, bool written)
{
    for (int i = 0; i < job->pass->count; i++) {
        const struct place *place = &job->places[i];
        if (place->reorder == NULL || job->pass->operands[i].written != written)
            continue;
        const dnnl_exec_arg_t arguments[] = {{DNNL_ARG_FROM, written ? place->best : place->plain},
                                             {DNNL_ARG_TO, written ? place->plain : place->best}};
        MUST(dnnl_primitive_execute(place->reorder, layer->stream, 2, arguments));
    }
}

static void run(const struct layer *layer, const struct job *job, bool reorders)
{
    if (reorders)
        reorder(layer, job, false);
    MUST(dnnl_primitive_execute(job->primitive, layer->stream, job->pass->count, job->arguments));
    if (reorders)
        reorder(layer, job, true);
    MUST(dnnl_stream_wait(layer->stream));
}

/* ms per sample, after a tenth of the time to warm up. */
static double measure(const struct layer *layer, const struct job *job, bool reorders, double seconds)
{
    int count = 0;
    double start = now();
    do
        run(layer, job, reorders);
    while (now() - start < seconds / 10);
    start = now();
    do {
        run(layer, job, reorders);
        count++;
    } while (now() - start < seconds);
    return 1000 * (now() - start) / count / layer->batch;
}

int main(int count, char **words)
{
    if (count != 7) {
        fprintf(stderr, "usage: onednn BATCH IN_MAPS OUT_MAPS IN_SIDE KERNEL SECONDS\n");
        return 2;
    }
    struct layer layer = {.batch = atoi(words[1]),
                          .in_maps = atoi(words[2]),
                          .out_maps = atoi(words[3]),
                          .in_side = atoi(words[4]),
                          .kernel = atoi(words[5])};
    const double seconds = atof(words[6]);
    layer.out_side = layer.in_side - layer.kernel + 1;
    const double flops =
        2.0 * layer.out_side * layer.out_side * layer.out_maps * layer.in_maps * layer.kernel * layer.kernel;
    MUST(dnnl_engine_create(&layer.engine, dnnl_cpu, 0));
    MUST(dnnl_stream_create(&layer.stream, layer.engine, dnnl_stream_default_flags));
    describe(&layer);

    const dnnl_version_t *version = dnnl_version();
    printf("{\"version\": \"%d.%d.%d\", \"passes\": [", version->major, version->minor, version->patch);
    dnnl_primitive_desc_t forward = NULL;
    for (int p = 0; p < PASSES; p++) {
        dnnl_primitive_desc_t desc = describe_pass(&layer, p, forward);
        if (p == 0)
            forward = desc;
        const struct job job = prepare(&layer, p, desc);
        const double bare = measure(&layer, &job, false, seconds),
                     with = measure(&layer, &job, true, seconds);
        printf("%s\n  {\"pass\": \"%s\", \"implementation\": \"%s\", \"ms_per_sample\": %.9f, "
               "\"ms_per_sample_with_reorders\": %.9f, \"gflops\": %.3f}",
               p > 0 ? "," : "", job.pass->name, job.implementation, bare, with, flops / bare / 1e6);
    }
    printf("\n]}\n");
    return 0;
}
