/* assay predict: ask a trained network about images. */
#include <stdlib.h>
#include <string.h>

#include "assay/model.h"
#include "base/file.h"
#include "base/memory.h"
#include "cli/config.h"
#include "io/csv.h"
#include "io/idx.h"
#include "io/json.h"
#include "run/files.h"
#include "train/dataset.h"

static const struct option options[] = {
    {"labels", "FILE.idx", "the images' labels; adds the columns label and nll, as in predictions.csv"},
    {"threads", "N", "threads to compute with, one for each CPU unless given"},
    {0},
};
enum { CSV, JSON };
static const char *const formats[] = {"csv", "json", NULL};

/* What was read, and what came of it. */
struct work {
    struct idx images, labels;
    struct assay_model *model;
    struct assay_prediction *predictions;
    size_t count;
};

static bool read_images(struct work *work, const char *path, struct assay_image_shape *shape,
                        struct assay_error *error)
{
    if (!idx_read(path, DATASET_BYTES_LIMIT, &work->images, error))
        return false;
    const size_t *dimensions = work->images.dimensions;
    for (size_t i = 0; i < work->images.rank; i++)
        if (dimensions[i] > INT32_MAX / 2)
            return assay_fail(error, ASSAY_INVALID, "%s: its dimensions are too large", path);
    work->count = dimensions[0];
    if (work->images.rank == 3)
        *shape = (struct assay_image_shape){1, (int)dimensions[1], (int)dimensions[2]};
    else if (work->images.rank == 4)
        *shape = (struct assay_image_shape){(int)dimensions[1], (int)dimensions[2], (int)dimensions[3]};
    else
        return assay_fail(error, ASSAY_INVALID, "%s: wants images, of 3 dimensions or 4, and has %zu", path,
                          work->images.rank);
    return true;
}

static bool read_labels(struct work *work, const char *path, struct assay_error *error)
{
    if (path == NULL)
        return true;
    if (!idx_read(path, DATASET_BYTES_LIMIT, &work->labels, error))
        return false;
    if (work->labels.rank != 1 || work->labels.length != work->count)
        return assay_fail(error, ASSAY_INVALID, "%s: wants a label for each of the %zu images", path,
                          work->count);
    const int classes = assay_model_classes(work->model);
    for (size_t i = 0; i < work->count; i++)
        if (work->labels.bytes[i] >= classes)
            return assay_fail(error, ASSAY_INVALID, "%s: label %zu is %d, the network has %d classes", path,
                              i, work->labels.bytes[i], classes);
    return true;
}

static struct assay_model *load_model(const char *path, struct assay_image_shape shape, int threads,
                                      struct assay_error *error)
{
    const char *instructions = getenv("ASSAY_ISA");
    bool is_directory;
    if (!directory_look(path, &is_directory, error))
        return NULL;
    if (!is_directory)
        return assay_model_load(path, shape, threads, instructions, error);
    char *best = path_join(path, BEST_FILE);
    struct assay_model *model = NULL;
    if (best != NULL)
        model = assay_model_load(best, shape, threads, instructions, error);
    else
        assay_fail_memory(error, "naming the weights");
    memory_free(best);
    return model;
}

static bool predict(struct work *work, const struct invocation *invocation, int threads,
                    struct assay_error *error)
{
    struct assay_image_shape shape = {0};
    if (!read_images(work, invocation->arguments[1], &shape, error))
        return false;
    work->model = load_model(invocation->arguments[0], shape, threads, error);
    if (work->model == NULL || !read_labels(work, option_value(invocation, "labels"), error))
        return false;
    work->predictions = memory_allocate(work->count, sizeof *work->predictions);
    if (work->predictions == NULL)
        return assay_fail_memory(error, "predicting");
    assay_model_predict(work->model, work->images.bytes, work->labels.bytes, work->count, work->predictions);
    return true;
}

static void add_csv(struct text *text, const struct work *work)
{
    const bool labelled = work->labels.bytes != NULL;
    text_add(text, labelled ? "index,label,predicted,nll\n" : "index,predicted,probability\n");
    for (size_t i = 0; i < work->count; i++) {
        csv_add_integer(text, (long long)i);
        if (labelled)
            csv_add_integer(text, work->labels.bytes[i]);
        csv_add_integer(text, work->predictions[i].predicted);
        csv_add_double(text, labelled ? work->predictions[i].nll : work->predictions[i].probability);
        csv_end_row(text);
    }
}

static void add_json(struct text *text, const struct work *work)
{
    const bool labelled = work->labels.bytes != NULL;
    struct json_writer json = {.text = text, .compact = true};
    text_add(text, "[");
    for (size_t i = 0; i < work->count; i++) {
        text_add(text, i > 0 ? ",\n" : "\n");
        json_open(&json, NULL, '{');
        json_integer(&json, "index", (long long)i);
        json_integer(&json, "predicted", work->predictions[i].predicted);
        json_number(&json, "probability", work->predictions[i].probability);
        if (labelled) {
            json_integer(&json, "label", work->labels.bytes[i]);
            json_number(&json, "nll", work->predictions[i].nll);
        }
        json_close(&json);
    }
    text_add(text, "\n]\n");
}

static enum assay_status run(struct invocation *invocation, struct assay_error *error)
{
    int64_t threads;
    if (!option_integer(invocation, "threads", 1, THREADS_LIMIT, 0, &threads, error))
        return error->status;
    struct work work = {0};
    const bool done = predict(&work, invocation, (int)threads, error);
    if (done)
        (invocation->format == JSON ? add_json : add_csv)(&invocation->out, &work);
    assay_model_destroy(work.model);
    memory_free(work.predictions);
    idx_finish(&work.images);
    idx_finish(&work.labels);
    return done ? ASSAY_DONE : error->status;
}

const struct command predict_command = {
    .name = "predict",
    .summary = "ask a trained network about images",
    .usage = "WEIGHTS|RUN_DIR FILE.idx",
    .details = "WEIGHTS is a .safetensors file that a run wrote (of a run directory, best.safetensors is "
               "taken); FILE.idx holds the images, unpadded, plain or in gzip.\n"
               "The weights' metadata say which network it is and how its inputs are made of bytes.\n",
    .examples = "assay predict results/quickstart-mlp/seed-1 digits/t10k-images-idx3-ubyte\n"
                "assay predict results/mlp/seed-1/last.safetensors "
                "data/mnist/t10k-images-idx3-ubyte.gz \\\n"
                "    --labels data/mnist/t10k-labels-idx1-ubyte.gz\n",
    .options = options,
    .formats = formats,
    .least_arguments = 2,
    .most_arguments = 2,
    .run = run,
};
