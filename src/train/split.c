#include "train/split.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>

#include "base/memory.h"
#include "base/philox.h"

static bool draw(struct split *split, uint32_t count, uint32_t validation, uint64_t split_seed)
{
    split->validation_count = validation;
    split->train_count = count - validation;
    split->train = memory_allocate(split->train_count, sizeof(uint32_t));
    split->validation = memory_allocate(validation, sizeof(uint32_t));
    uint32_t *order = memory_allocate(count, sizeof(uint32_t));
    bool *drawn = memory_allocate(count, sizeof(bool));
    const bool done = split->train != NULL && split->validation != NULL && order != NULL && drawn != NULL;
    if (done) {
        const struct random_stream stream = random_stream(split_seed, RANDOM_SPLIT, "", 0, 0);
        random_permutation(&stream, count, order);
        for (uint32_t i = 0; i < validation; i++)
            drawn[order[i]] = true;
        uint32_t *train = split->train, *held_out = split->validation;
        for (uint32_t i = 0; i < count; i++)
            *(drawn[i] ? held_out++ : train++) = i;
    }
    memory_free(order);
    memory_free(drawn);
    return done;
}

static void standardize(struct split *split, const struct dataset *dataset)
{
    const struct dataset_shape *shape = &dataset->shape;
    const size_t pixels = (size_t)shape->channels * (size_t)shape->height * (size_t)shape->width;
    uint64_t occurrences[256] = {0};
    for (uint32_t i = 0; i < split->train_count; i++) {
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

bool split_init(struct split *split, const struct dataset *dataset, int limit, int validation,
                uint64_t split_seed, enum normalization normalization, struct assay_error *error)
{
    assert(limit >= 0 && validation >= 0);
    *split = (struct split){0};
    const uint32_t count = limit > 0 ? (uint32_t)limit : dataset->train.count;
    if (count > dataset->train.count)
        return assay_fail(error, ASSAY_INVALID,
                          "limit asks for %" PRIu32 " training images, the data set has %" PRIu32, count,
                          dataset->train.count);
    if ((uint32_t)validation >= count)
        return assay_fail(error, ASSAY_INVALID,
                          "validation holds out %d of %" PRIu32
                          " training images, which leaves none to train on",
                          validation, count);
    if (!draw(split, count, (uint32_t)validation, split_seed)) {
        split_finish(split);
        return assay_fail_memory(error, "splitting the training images");
    }

    switch (normalization) {
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
    *split = (struct split){0};
}
