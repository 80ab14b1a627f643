/* The data set `digits`: generated, the same everywhere. */
#include "train/source.h"

#include "base/memory.h"
#include "train/digits.h"

enum { PIXELS = DIGITS_SIDE * DIGITS_SIDE };
_Static_assert(DIGITS_COUNT_LIMIT <= DATASET_BYTES_LIMIT / PIXELS, "an array stays within its limit");

static const struct assay_field fields[] = {
    {ASSAY_INT(struct digits_options, train), .key = "train", .help = "number of images to train on",
     .fallback = "10000", .least = 1, .most = DIGITS_COUNT_LIMIT},
    {ASSAY_INT(struct digits_options, test), .key = "test", .help = "number of images to test on",
     .fallback = "2000", .least = 1, .most = DIGITS_COUNT_LIMIT},
    {ASSAY_SEED(struct digits_options, seed), .key = "seed", .help = "draws them", .fallback = "1"},
};
static const struct assay_table table = ASSAY_TABLE(struct digits_options, fields);

static bool draw(uint64_t seed, uint64_t first, int count, struct image_set *set)
{
    set->count = (uint32_t)count;
    set->images = memory_allocate(set->count, PIXELS);
    set->labels = memory_allocate(set->count, 1);
    if (set->images == NULL || set->labels == NULL)
        return false;
    for (size_t i = 0; i < set->count; i++)
        set->labels[i] = digits_draw(seed, first + i, set->images + i * PIXELS);
    return true;
}

static bool describe(const void *options, const char *directory, struct dataset_shape *shape,
                     struct assay_error *error)
{
    (void)directory, (void)error;
    const struct digits_options *digits = options;
    *shape = (struct dataset_shape){
        1, DIGITS_SIDE, DIGITS_SIDE, DIGITS_CLASSES, (uint32_t)digits->train, (uint32_t)digits->test};
    return true;
}

static bool load(const void *options, const char *directory, struct dataset *dataset,
                 struct assay_error *error)
{
    const struct digits_options *digits = options;
    return describe(options, directory, &dataset->shape, error) &&
           ((draw(digits->seed, 0, digits->train, &dataset->train) &&
             draw(digits->seed, (uint64_t)digits->train, digits->test, &dataset->test)) ||
            assay_fail_memory(error, "drawing the digits"));
}

const struct dataset_source source_digits = {
    .variant = {.name = "digits",
                .summary = "built in: digits drawn from strokes, 28x28, so that nothing need be downloaded",
                .example = "{train: 10000, test: 2000, seed: 1}",
                .table = &table},
    .describe = describe,
    .load = load,
};
