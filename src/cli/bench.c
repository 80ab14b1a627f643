/* assay bench: measure a config. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "cli/bench_print.h"
#include "cli/config.h"

static const struct option options[] = {
    {"batch-sizes", "N,...",
     "rows to measure; those of the report's Table 2.1 and the config's unless given"},
    {"threads", "N,...", "each row with so many threads; one for each CPU unless given"},
    {"seconds", "S", "measures each row so long in training, and as long in testing; 5 unless given"},
    {"layers", NULL, "the layers alone, and no rows; in CSV too"},
    {0},
};
static const char *const formats[] = {"text", "csv", "json", NULL}; /* in the order of … */
static void (*const writers[])(struct text *, const struct config *,
                               const struct bench *) = {bench_add_text, bench_add_csv, bench_add_json};

/* The report's Table 2.1. */
static const int reported[] = {1, 2, 4, 8, 10, 16, 32, 128};
enum { REPORTED = sizeof reported / sizeof reported[0], LIST_LIMIT = 32, BATCH_LIMIT = 65536 };

struct list {
    int items[LIST_LIMIT];
    size_t count;
};

/* "1,2,4": whole numbers from 1 to `most`. An option that was not given leaves the list as it is. */
static bool option_list(const struct invocation *invocation, const char *name, int most, struct list *list,
                        struct assay_error *error)
{
    const char *rest = option_value(invocation, name);
    if (rest == NULL)
        return true;
    for (list->count = 0; list->count < LIST_LIMIT; rest++) {
        char word[32] = "";
        const size_t length = strcspn(rest, ",");
        int64_t value;
        if (length < sizeof word)
            memcpy(word, rest, length);
        if (!number_parse_int(word, &value) || value < 1 || value > most)
            break;
        list->items[list->count++] = (int)value;
        rest += length;
        if (*rest == '\0')
            return true;
    }
    return assay_fail(error, ASSAY_INVALID,
                      "--%s wants at most %d whole numbers from 1 to %d with commas between them, not %s",
                      name, LIST_LIMIT, most, option_value(invocation, name));
}

static bool option_seconds(const struct invocation *invocation, double *seconds, struct assay_error *error)
{
    const char *text = option_value(invocation, "seconds");
    *seconds = 5;
    if (text == NULL || (number_parse_double(text, seconds) && *seconds > 0 && *seconds <= 3600))
        return true;
    return assay_fail(error, ASSAY_INVALID, "--seconds wants a number above 0 and of at most 3600, not %s",
                      text);
}

/* The batch sizes that nobody chose. */
static void add_usual(struct list *batches, int own)
{
    bool there = false;
    for (int i = 0; i < REPORTED; i++) {
        batches->items[batches->count++] = reported[i];
        there |= reported[i] == own;
    }
    if (!there)
        batches->items[batches->count++] = own;
}

static enum assay_status run(struct invocation *invocation, struct assay_error *error)
{
    struct list batches = {.count = 0}, threads = {.items = {team_cpu_count()}, .count = 1};
    double seconds;
    if (!option_list(invocation, "batch-sizes", BATCH_LIMIT, &batches, error) ||
        !option_list(invocation, "threads", THREADS_LIMIT, &threads, error) ||
        !option_seconds(invocation, &seconds, error))
        return error->status;
    struct arena *arena = arena_create();
    struct assay_config *config = load_config(invocation, threads.items[0], error);
    const struct bench *bench = NULL;
    if (arena == NULL)
        assay_fail_memory(error, "measuring");
    if (arena != NULL && config != NULL) {
        const int own = config->config->train.batch_size,
                  layer_batch = batches.count > 0 ? batches.items[0] : own;
        if (batches.count == 0)
            add_usual(&batches, own);
        bench = bench_measure(arena,
                              &(struct bench_settings){.config = config,
                                                       .batches = batches.items,
                                                       .batch_count = batches.count,
                                                       .threads = threads.items,
                                                       .thread_count = threads.count,
                                                       .layer_batch = layer_batch,
                                                       .layers_only = option_given(invocation, "layers"),
                                                       .seconds = seconds,
                                                       .instructions = getenv("ASSAY_ISA"),
                                                       .log = invocation->log},
                              error);
    }
    if (bench != NULL)
        writers[invocation->format](&invocation->out, config->config, bench);
    assay_config_destroy(config);
    arena_destroy(arena);
    return bench != NULL ? ASSAY_DONE : error->status;
}

const struct command bench_command = {
    .name = "bench",
    .summary = "measure how fast a config trains and tests here, and where the time goes",
    .usage = "CONFIG [key=value ...]",
    .details =
        "Prints ms per sample for each batch size and number of threads, as timing.csv of a run would, with "
        "median and spread;\n"
        "then, for the first batch size given or the config's own, what each layer takes in each pass, "
        "beside "
        "sgemm on this machine.\n"
        "All rows take turns in short blocks. Leave the machine alone meanwhile.\n",
    .examples = "assay bench configs/quickstart-convnet.yaml\n"
                "assay bench configs/l2-tanh.yaml --batch-sizes 16 --threads 1,2 --seconds 15\n"
                "assay bench configs/quickstart-mlp.yaml --layers --seconds 1 --format csv\n",
    .options = options,
    .formats = formats,
    .least_arguments = 1,
    .most_arguments = SIZE_MAX,
    .run = run,
};
