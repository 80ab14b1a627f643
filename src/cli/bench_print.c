#include "cli/bench_print.h"

#include <math.h>
#include <stdio.h>

#include "io/csv.h"
#include "io/json.h"
#include "run/build.h"

/* What a layer of the network does in training, over its passes; or in testing. */
struct total {
    double flops, bytes, ms;
};

static void add_part(struct total *total, const struct bench_part *part)
{
    total->flops += part->flops;
    total->bytes += part->bytes;
    total->ms += part->ms.median;
}

/* Of a step of training. */
static struct total total_of(const struct bench_layer *layer)
{
    struct total total = {0};
    for (int i = 0; i < layer->part_count; i++)
        if (layer->parts[i].pass != PROFILE_TEST)
            add_part(&total, &layer->parts[i]);
    return total;
}

/* Of FLOPs in ms; NaN without any. */
static double gflops(double flops, double ms)
{
    return flops > 0 && ms > 0 ? flops / ms / 1e6 : NAN;
}

static double sgemm_gflops(const struct bench *bench, int threads)
{
    for (size_t t = 0; t < bench->sgemm_count; t++)
        if (bench->sgemm[t].threads == threads)
            return bench->sgemm[t].gflops.median;
    return NAN;
}

static double sgemm_pct(const struct bench *bench, double rate)
{
    return 100 * rate / sgemm_gflops(bench, bench->layer_threads);
}

/* Text. */

static void add_rows(struct text *text, const struct bench *bench)
{
    text_add(text, "\n  %5s %8s %10s %8s %8s %10s %8s %8s\n", "batch", "threads", "train ms", "iqr", "min",
             "test ms", "iqr", "min");
    for (size_t r = 0; r < bench->row_count; r++) {
        const struct bench_row *row = &bench->rows[r];
        text_add(text, "  %5d %8d %10.4f %8.4f %8.4f %10.4f %8.4f %8.4f\n", row->batch, row->threads,
                 row->train.median, row->train.iqr, row->train.min, row->test.median, row->test.iqr,
                 row->test.min);
    }
    text_add(text, "  per sample, over %d blocks: median, distance of the quartiles, least\n", BENCH_BLOCKS);
}

static void add_layer_line(struct text *text, const struct bench *bench, const char *name, const char *pass,
                           const struct total *of)
{
    const double rate = gflops(of->flops, of->ms);
    text_add(text, "  %-20s %-16s %9.5f %9.1f", name, pass, of->ms, of->bytes / 1024);
    if (!isnan(rate))
        text_add(text, " %9.4f %9.1f %7.1f %%", of->flops / 1e6, rate, sgemm_pct(bench, rate));
    text_add_char(text, '\n');
}

static void add_layers(struct text *text, const struct bench *bench)
{
    struct total train = {0}, test = {0};
    text_add(text, "\n  %-20s %-16s %9s %9s %9s %9s %9s\n", "layer", "pass", "ms", "KiB", "MFLOP", "GFLOP/s",
             "of sgemm");
    for (size_t l = 0; l < bench->layer_count; l++) {
        const struct bench_layer *layer = &bench->layers[l];
        for (int i = 0; i < layer->part_count; i++) {
            const struct bench_part *part = &layer->parts[i];
            struct total of = {0};
            add_part(&of, part);
            add_part(part->pass == PROFILE_TEST ? &test : &train, part);
            add_layer_line(text, bench, i == 0 ? layer->name : "", profile_pass_names[part->pass], &of);
        }
    }
    add_layer_line(text, bench, "all", "training", &train);
    add_layer_line(text, bench, "", "testing", &test);
    text_add(text,
             "  per sample, in batches of %d on %d thread%s, each phase alone (a real step runs some "
             "together)\n",
             bench->layer_batch, bench->layer_threads, bench->layer_threads == 1 ? "" : "s");
}

void bench_add_text(struct text *text, const struct config *config, const struct bench *bench)
{
    text_add(text, "%s: %s, %u training images, %u test images\n", config->name,
             config->data.dataset.variant->name, bench->train_images, bench->test_images);
    text_add(text, "%s, %d CPU%s, load %.2f; %s kernels, OpenBLAS %s\n", bench->machine.cpu,
             bench->machine.cpus, bench->machine.cpus == 1 ? "" : "s", bench->machine.load,
             bench->machine.kernels, bench->machine.blas_core);
    if (bench->row_count > 0)
        add_rows(text, bench);
    add_layers(text, bench);
    text_add_char(text, '\n');
    for (size_t t = 0; t < bench->sgemm_count; t++)
        text_add(text, "  sgemm %d x %d x %d on %d thread%s: %.1f GFLOP/s\n", bench->sgemm[t].size,
                 bench->sgemm[t].size, bench->sgemm[t].size, bench->sgemm[t].threads,
                 bench->sgemm[t].threads == 1 ? "" : "s", bench->sgemm[t].gflops.median);
}

/* CSV. */

static void add_csv_header(struct text *text, const char *const *columns)
{
    for (; *columns != NULL; columns++)
        csv_add_text(text, *columns);
    csv_end_row(text);
}

static void add_csv_spread(struct text *text, const struct bench_spread *spread)
{
    csv_add_double(text, spread->median);
    csv_add_double(text, spread->iqr);
    csv_add_double(text, spread->min);
}

static void add_csv_rows(struct text *text, const struct bench *bench)
{
    static const char *const columns[] = {"batch",
                                          "threads",
                                          "train_ms_per_sample",
                                          "train_ms_per_sample_iqr",
                                          "train_ms_per_sample_min",
                                          "test_ms_per_sample",
                                          "test_ms_per_sample_iqr",
                                          "test_ms_per_sample_min",
                                          "sgemm_gflops",
                                          NULL};
    add_csv_header(text, columns);
    for (size_t r = 0; r < bench->row_count; r++) {
        const struct bench_row *row = &bench->rows[r];
        csv_add_integer(text, row->batch);
        csv_add_integer(text, row->threads);
        add_csv_spread(text, &row->train);
        add_csv_spread(text, &row->test);
        csv_add_double(text, sgemm_gflops(bench, row->threads));
        csv_end_row(text);
    }
}

static void add_csv_layers(struct text *text, const struct bench *bench)
{
    static const char *const columns[] = {"layer",
                                          "type",
                                          "pass",
                                          "batch",
                                          "threads",
                                          "ms_per_sample",
                                          "ms_per_sample_iqr",
                                          "ms_per_sample_min",
                                          "flops_per_sample",
                                          "bytes_per_sample",
                                          "gflops",
                                          "sgemm_pct",
                                          NULL};
    add_csv_header(text, columns);
    for (size_t l = 0; l < bench->layer_count; l++)
        for (int i = 0; i < bench->layers[l].part_count; i++) {
            const struct bench_layer *layer = &bench->layers[l];
            const struct bench_part *part = &layer->parts[i];
            const double rate = gflops(part->flops, part->ms.median);
            csv_add_text(text, layer->name);
            csv_add_text(text, layer->type != NULL ? layer->type : "");
            csv_add_text(text, profile_pass_names[part->pass]);
            csv_add_integer(text, bench->layer_batch);
            csv_add_integer(text, bench->layer_threads);
            add_csv_spread(text, &part->ms);
            csv_add_double(text, part->flops);
            csv_add_double(text, part->bytes);
            csv_add_double(text, rate);
            csv_add_double(text, sgemm_pct(bench, rate));
            csv_end_row(text);
        }
}

void bench_add_csv(struct text *text, const struct config *config, const struct bench *bench)
{
    (void)config;
    if (bench->row_count > 0)
        add_csv_rows(text, bench);
    else
        add_csv_layers(text, bench);
}

/* JSON. */

static void add_json_spread(struct json_writer *json, const char *name, const struct bench_spread *spread)
{
    char key[64];
    json_number(json, name, spread->median);
    snprintf(key, sizeof key, "%s_iqr", name);
    json_number(json, key, spread->iqr);
    snprintf(key, sizeof key, "%s_min", name);
    json_number(json, key, spread->min);
}

static void add_json_work(struct json_writer *json, const struct bench *bench, const struct total *of)
{
    const double rate = gflops(of->flops, of->ms);
    json_number(json, "flops_per_sample", of->flops);
    json_number(json, "bytes_per_sample", of->bytes);
    json_number(json, "gflops", rate);
    json_number(json, "sgemm_pct", sgemm_pct(bench, rate));
}

static void add_json_layer(struct json_writer *json, const struct bench *bench,
                           const struct bench_layer *layer)
{
    const struct total train = total_of(layer);
    json_open(json, NULL, '{');
    json_string(json, "name", layer->name);
    if (layer->type != NULL) {
        json_string(json, "type", layer->type);
        json_string(json, "algorithm", layer->algorithm);
    }
    json_number(json, "ms_per_sample", train.ms);
    add_json_work(json, bench, &train);
    json_open(json, "passes", '[');
    for (int i = 0; i < layer->part_count; i++) {
        struct total of = {0};
        add_part(&of, &layer->parts[i]);
        json_open(json, NULL, '{');
        json_string(json, "pass", profile_pass_names[layer->parts[i].pass]);
        add_json_spread(json, "ms_per_sample", &layer->parts[i].ms);
        add_json_work(json, bench, &of);
        json_close(json);
    }
    json_close(json);
    json_close(json);
}

/* The layers of the config, or what is there besides. */
static void add_json_layers(struct json_writer *json, const char *key, const struct bench *bench, bool own)
{
    json_open(json, key, '[');
    for (size_t l = 0; l < bench->layer_count; l++)
        if ((bench->layers[l].type != NULL) == own)
            add_json_layer(json, bench, &bench->layers[l]);
    json_close(json);
}

static void add_json_machine(struct json_writer *json, const struct bench *bench)
{
    json_open(json, "machine", '{');
    json_string(json, "cpu", bench->machine.cpu);
    json_integer(json, "cpus", bench->machine.cpus);
    json_number(json, "load_average", bench->machine.load);
    json_string(json, "kernels", bench->machine.kernels);
    json_string(json, "blas", bench->machine.blas);
    json_string(json, "blas_core", bench->machine.blas_core);
    json_string(json, "compiler", build.compiler);
    json_string(json, "version", build.version);
    json_string(json, "commit", build.commit);
    json_close(json);
}

void bench_add_json(struct text *text, const struct config *config, const struct bench *bench)
{
    struct json_writer json = {.text = text};
    json_open(&json, NULL, '{');
    json_string(&json, "config", config->name);
    json_string(&json, "dataset", config->data.dataset.variant->name);
    json_open(&json, "rows", '[');
    for (size_t r = 0; r < bench->row_count; r++) {
        const struct bench_row *row = &bench->rows[r];
        json_open(&json, NULL, '{');
        json_integer(&json, "batch", row->batch);
        json_integer(&json, "threads", row->threads);
        add_json_spread(&json, "train_ms_per_sample", &row->train);
        add_json_spread(&json, "test_ms_per_sample", &row->test);
        json_number(&json, "sgemm_gflops", sgemm_gflops(bench, row->threads));
        json_close(&json);
    }
    json_close(&json);
    json_integer(&json, "blocks", BENCH_BLOCKS);
    json_integer(&json, "layers_batch", bench->layer_batch);
    json_integer(&json, "layers_threads", bench->layer_threads);
    add_json_layers(&json, "layers", bench, true);
    add_json_layers(&json, "besides", bench, false);
    json_number(&json, "sgemm_gflops", sgemm_gflops(bench, bench->layer_threads));
    json_integer(&json, "sgemm_size", bench->sgemm[0].size);
    add_json_machine(&json, bench);
    json_close(&json);
    text_add_char(text, '\n');
}
