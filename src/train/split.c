#include "train/split.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/memory.h"
#include "base/philox.h"

static bool refuse(struct assay_problem *problem, const char *key, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    problem->key = key;
    vsnprintf(problem->text, sizeof problem->text, format, list);
    va_end(list);
    return false;
}

/* The place in the permutation where a fold begins, and the one before it ends. */
static uint32_t fold_start(uint32_t images, int index, int count)
{
    return (uint32_t)((uint64_t)images * (uint64_t)index / (uint64_t)count);
}

bool split_count(const struct data_options *options, uint32_t images, struct split_counts *counts,
                 struct assay_problem *problem)
{
    const struct fold_options *fold = options->fold;
    const uint32_t used = options->limit > 0 ? (uint32_t)options->limit : images,
                   validation = (uint32_t)options->validation;
    if (used > images)
        return refuse(problem, "limit", "wants %" PRIu32 " training images, the data set has %" PRIu32, used,
                      images);
    if (fold != NULL && (uint32_t)fold->count > used)
        return refuse(problem, "fold",
                      "cuts %" PRIu32 " training images into %d folds, which leaves some without any", used,
                      fold->count);
    const uint32_t held_out = fold == NULL ? 0
                                           : fold_start(used, fold->index + 1, fold->count) -
                                                 fold_start(used, fold->index, fold->count);
    if (validation >= used - held_out)
        return refuse(problem, "validation",
                      "holds out %" PRIu32 " of %" PRIu32 " training images%s, which leaves none to train on",
                      validation, used - held_out, fold != NULL ? " outside the fold" : "");
    *counts = (struct split_counts){used - held_out - validation, validation, held_out};
    return true;
}

/* What an image is for. */
enum part { TRAIN, VALIDATION, HELD_OUT };

/* `order` is room for as many numbers as there are images. */
static void mark_fold(uint8_t *parts, uint32_t *order, uint32_t count, const struct data_options *options)
{
    const struct fold_options *fold = options->fold;
    const struct random_stream stream = random_stream(options->split_seed, RANDOM_FOLD, "", 0, 0);
    random_permutation(&stream, count, order);
    const uint32_t end = fold_start(count, fold->index + 1, fold->count);
    for (uint32_t i = fold_start(count, fold->index, fold->count); i < end; i++)
        parts[order[i]] = HELD_OUT;
}

/* So are `order` and `left`. */
static void mark_validation(uint8_t *parts, uint32_t *order, uint32_t *left, uint32_t count,
                            const struct data_options *options)
{
    uint32_t left_count = 0;
    for (uint32_t i = 0; i < count; i++)
        if (parts[i] != HELD_OUT)
            left[left_count++] = i;
    const struct random_stream stream = random_stream(options->split_seed, RANDOM_SPLIT, "", 0, 0);
    random_permutation(&stream, left_count, order);
    for (uint32_t i = 0; i < (uint32_t)options->validation; i++)
        parts[left[order[i]]] = VALIDATION;
}

static bool draw(struct split *split, const struct data_options *options)
{
    const struct split_counts *counts = &split->counts;
    const uint32_t count = counts->train + counts->validation + counts->held_out;
    split->train = memory_allocate(counts->train, sizeof(uint32_t));
    split->validation = memory_allocate(counts->validation, sizeof(uint32_t));
    split->held_out = memory_allocate(counts->held_out, sizeof(uint32_t));
    uint32_t *order = memory_allocate(count, sizeof *order), *left = memory_allocate(count, sizeof *left);
    uint8_t *parts = memory_allocate(count, sizeof *parts);
    const bool done = split->train != NULL && split->validation != NULL && split->held_out != NULL &&
                      order != NULL && left != NULL && parts != NULL;
    if (done) {
        if (options->fold != NULL)
            mark_fold(parts, order, count, options);
        mark_validation(parts, order, left, count, options);
        uint32_t *next[] = {
            [TRAIN] = split->train, [VALIDATION] = split->validation, [HELD_OUT] = split->held_out};
        for (uint32_t i = 0; i < count; i++)
            *next[parts[i]]++ = i;
    }
    memory_free(order);
    memory_free(left);
    memory_free(parts);
    return done;
}

static void standardize(struct split *split, const struct dataset *dataset)
{
    const struct dataset_shape *shape = &dataset->shape;
    const size_t pixels = (size_t)shape->channels * (size_t)shape->height * (size_t)shape->width;
    uint64_t occurrences[256] = {0};
    for (uint32_t i = 0; i < split->counts.train; i++) {
        const uint8_t *image = dataset->train.images + split->train[i] * pixels;
        for (size_t pixel = 0; pixel < pixels; pixel++)
            occurrences[image[pixel]]++;
    }

    uint64_t count = 0, sum = 0, squares = 0;
    for (uint64_t byte = 0; byte < 256; byte++) {
        count += occurrences[byte];
        sum += byte * occurrences[byte];
        squares += byte * byte * occurrences[byte];
    }
    /* count² times the variance of the bytes, exactly. */
    const unsigned __int128 spread = (unsigned __int128)count * squares - (unsigned __int128)sum * sum;
    split->mean = (double)sum / (double)count / 255.0;
    split->sd = spread > 0 ? sqrt((double)spread) / (double)count / 255.0 : 1.0;
}

bool split_init(struct split *split, const struct dataset *dataset, const struct data_options *options,
                struct assay_error *error)
{
    struct assay_problem problem;
    *split = (struct split){0};
    if (!split_count(options, dataset->train.count, &split->counts, &problem))
        return assay_fail(error, ASSAY_INVALID, "data.%s: %s", problem.key, problem.text);
    if (!draw(split, options)) {
        split_finish(split);
        return assay_fail_memory(error, "splitting the training images");
    }

    switch ((enum normalization)options->normalize) {
    case NORMALIZE_NONE:
        split->mean = 0.0;
        split->sd = 1.0 / 255.0;
        break;
    case NORMALIZE_UNIT:
        split->mean = 0.0;
        split->sd = 1.0;
        break;
    case NORMALIZE_STANDARD:
        standardize(split, dataset);
        break;
    }
    return true;
}

void split_finish(struct split *split)
{
    memory_free(split->train);
    memory_free(split->validation);
    memory_free(split->held_out);
    *split = (struct split){0};
}
