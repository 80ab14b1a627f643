#include "harness.h"

#include "train/split.h"

/* `count` images of 1x2x2 whose pixels the tests choose. */
enum { PIXELS = 4, COUNT = 100 };

static uint8_t images[COUNT * PIXELS], labels[COUNT];

static struct dataset dataset_of(uint32_t count)
{
    return (struct dataset){.shape = {1, 2, 2, 10}, .train = {count, images, labels}};
}

static struct data_options options_of(int limit, int validation, const struct fold_options *fold)
{
    return (struct data_options){
        .limit = limit, .validation = validation, .fold = fold, .split_seed = 1, .normalize = NORMALIZE_UNIT};
}

static void parts_cover_the_images_once(void)
{
    static const struct {
        int limit, validation;
        uint32_t used;
    } cases[] = {{0, 0, 100},  {0, 30, 100},   {0, 99, 100}, {40, 0, 40},
                 {40, 10, 40}, {100, 50, 100}, {1, 0, 1}};
    const struct dataset dataset = dataset_of(COUNT);
    for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
        const struct data_options options = options_of(cases[c].limit, cases[c].validation, NULL);
        struct split split;
        struct assay_error error = {0};
        CU_ASSERT_TRUE_FATAL(split_init(&split, &dataset, &options, &error));
        CU_ASSERT_EQUAL(split.counts.validation, (uint32_t)cases[c].validation);
        CU_ASSERT_EQUAL(split.counts.train, cases[c].used - (uint32_t)cases[c].validation);
        int seen[COUNT] = {0};
        for (uint32_t i = 0; i < split.counts.train; i++) {
            CU_ASSERT_FATAL(split.train[i] < cases[c].used);
            CU_ASSERT(i == 0 || split.train[i - 1] < split.train[i]);
            seen[split.train[i]]++;
        }
        for (uint32_t i = 0; i < split.counts.validation; i++) {
            CU_ASSERT_FATAL(split.validation[i] < cases[c].used);
            CU_ASSERT(i == 0 || split.validation[i - 1] < split.validation[i]);
            seen[split.validation[i]]++;
        }
        for (uint32_t i = 0; i < cases[c].used; i++)
            CU_ASSERT_EQUAL(seen[i], 1);
        split_finish(&split);
    }
}

static struct split split_of(uint32_t count, const struct data_options *options)
{
    const struct dataset dataset = dataset_of(count);
    struct split split;
    CU_ASSERT_TRUE_FATAL(split_init(&split, &dataset, options, NULL));
    return split;
}

static void count_parts(const uint32_t *indices, uint32_t count, uint32_t used, int times[COUNT])
{
    for (uint32_t i = 0; i < count; i++) {
        CU_ASSERT_FATAL(indices[i] < used);
        CU_ASSERT(i == 0 || indices[i - 1] < indices[i]);
        times[indices[i]]++;
    }
}

/* Over all folds every image is held out once, in parts of sizes that differ by one at the most; within each
 * it is held out, validates or trains. */
static void folds_cover_the_images_once(void)
{
    static const struct {
        int count, limit, validation;
        uint32_t used;
    } cases[] = {{2, -1, 0, 100}, {3, -1, 20, 100}, {7, 41, 30, 41}, {100, -1, 98, 100}, {5, 5, 0, 5}};
    for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
        const uint32_t used = cases[c].used, least = used / (uint32_t)cases[c].count;
        int held_out[COUNT] = {0};
        for (int index = 0; index < cases[c].count; index++) {
            const struct fold_options fold = {cases[c].count, index};
            const struct data_options options = options_of(cases[c].limit, cases[c].validation, &fold);
            struct split split = split_of(COUNT, &options);
            const struct split_counts *counts = &split.counts;
            int times[COUNT] = {0};
            CU_ASSERT(counts->held_out == least || counts->held_out == least + 1);
            CU_ASSERT_EQUAL(counts->validation, (uint32_t)cases[c].validation);
            CU_ASSERT_EQUAL(counts->train + counts->validation + counts->held_out, used);
            count_parts(split.held_out, counts->held_out, used, held_out);
            count_parts(split.held_out, counts->held_out, used, times);
            count_parts(split.validation, counts->validation, used, times);
            count_parts(split.train, counts->train, used, times);
            for (uint32_t i = 0; i < used; i++)
                CU_ASSERT_EQUAL(times[i], 1);
            split_finish(&split);
        }
        for (uint32_t i = 0; i < used; i++)
            CU_ASSERT_EQUAL(held_out[i], 1);
    }
}

static void without_a_fold_nothing_is_held_out(void)
{
    const struct data_options options = options_of(-1, 10, NULL);
    struct split split = split_of(COUNT, &options);
    CU_ASSERT_EQUAL(split.counts.held_out, 0);
    split_finish(&split);
}

/* What is held out depends on split_seed and on nothing else: neither on how many validate nor on the
 * normalisation; and it is no run of neighbours, nor the images that would validate without folds. */
static void split_seed_draws_the_folds(void)
{
    const struct fold_options fold = {4, 2};
    const struct data_options plain = options_of(-1, 0, &fold), without = options_of(-1, 25, NULL);
    struct data_options more = options_of(-1, 30, &fold), other = plain;
    more.normalize = NORMALIZE_STANDARD;
    other.split_seed = 2;
    struct split a = split_of(COUNT, &plain), b = split_of(COUNT, &more), c = split_of(COUNT, &other),
                 validating = split_of(COUNT, &without);
    const size_t bytes = 25 * sizeof(uint32_t);
    CU_ASSERT_EQUAL_FATAL(a.counts.held_out, 25);
    CU_ASSERT_EQUAL(memcmp(a.held_out, b.held_out, bytes), 0);
    CU_ASSERT_NOT_EQUAL(memcmp(a.held_out, c.held_out, bytes), 0);
    CU_ASSERT(a.held_out[24] - a.held_out[0] > 25);
    CU_ASSERT_NOT_EQUAL(memcmp(a.held_out, validating.validation, bytes), 0);
    split_finish(&a);
    split_finish(&b);
    split_finish(&c);
    split_finish(&validating);
}

/* As computed elsewhere by docs/formulas.md: folds are part of what a result means. */
static void folds_stay_what_they_were(void)
{
    static const uint32_t held_out[] = {7, 9, 10}, validation[] = {0, 3, 6};
    const struct fold_options fold = {4, 1};
    const struct data_options options = options_of(12, 3, &fold);
    struct split split = split_of(COUNT, &options);
    CU_ASSERT_EQUAL_FATAL(split.counts.held_out, 3);
    CU_ASSERT_EQUAL(memcmp(split.held_out, held_out, sizeof held_out), 0);
    CU_ASSERT_EQUAL(memcmp(split.validation, validation, sizeof validation), 0);
    split_finish(&split);
}

static void seed_decides(void)
{
    const struct dataset dataset = dataset_of(COUNT);
    struct data_options options = options_of(-1, 50, NULL);
    struct split first, again, other;
    options.split_seed = 7;
    CU_ASSERT_TRUE_FATAL(split_init(&first, &dataset, &options, NULL));
    options.normalize = NORMALIZE_STANDARD;
    CU_ASSERT_TRUE_FATAL(split_init(&again, &dataset, &options, NULL));
    options.split_seed = 8;
    CU_ASSERT_TRUE_FATAL(split_init(&other, &dataset, &options, NULL));
    CU_ASSERT_EQUAL(memcmp(first.validation, again.validation, 50 * sizeof(uint32_t)), 0);
    CU_ASSERT_NOT_EQUAL(memcmp(first.validation, other.validation, 50 * sizeof(uint32_t)), 0);
    split_finish(&first);
    split_finish(&again);
    split_finish(&other);
}

static void normalization_is_of_the_training_part(void)
{
    static const struct {
        uint8_t pixels[2 * PIXELS]; /* of two images, the second beyond the limit */
        int limit;
        enum normalization normalization;
        double mean, sd; /* of bytes / 255 */
    } cases[] = {
        {{1, 2, 3, 4, 9, 9, 9, 9}, 1, NORMALIZE_NONE, 0.0, 1.0 / 255.0},
        {{1, 2, 3, 4, 9, 9, 9, 9}, 1, NORMALIZE_UNIT, 0.0, 1.0},
        {{1, 2, 3, 4, 9, 9, 9, 9}, 1, NORMALIZE_STANDARD, 2.5 / 255.0, 1.11803398874989485 / 255.0},
        {{0, 0, 0, 0, 255, 255, 255, 255}, 2, NORMALIZE_STANDARD, 0.5, 0.5},
        {{0, 0, 0, 255, 0, 0, 0, 255}, 2, NORMALIZE_STANDARD, 0.25, 0.43301270189221932},
        {{77, 77, 77, 77, 0, 0, 0, 0}, 1, NORMALIZE_STANDARD, 77.0 / 255.0, 1.0},
    };
    for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
        memcpy(images, cases[c].pixels, sizeof(cases[c].pixels));
        const struct dataset dataset = dataset_of(2);
        struct data_options options = options_of(cases[c].limit, 0, NULL);
        struct split split;
        options.normalize = (int)cases[c].normalization;
        CU_ASSERT_TRUE_FATAL(split_init(&split, &dataset, &options, NULL));
        CU_ASSERT_DOUBLE_EQUAL(split.mean, cases[c].mean, 1e-15);
        CU_ASSERT_DOUBLE_EQUAL(split.sd, cases[c].sd, 1e-15);
        split_finish(&split);
    }
}

static void validation_is_left_out_of_the_statistics(void)
{
    const struct dataset dataset = dataset_of(2);
    memset(images, 10, PIXELS);
    memset(images + PIXELS, 20, PIXELS);
    struct data_options options = options_of(-1, 1, NULL);
    options.normalize = NORMALIZE_STANDARD;
    struct split split;
    CU_ASSERT_TRUE_FATAL(split_init(&split, &dataset, &options, NULL));
    CU_ASSERT_DOUBLE_EQUAL(split.mean, (split.train[0] == 0 ? 10.0 : 20.0) / 255.0, 1e-15);
    split_finish(&split);
}

static void the_fold_is_left_out_of_the_statistics(void)
{
    const struct fold_options fold = {3, 0};
    struct data_options options = options_of(3, 1, &fold);
    options.normalize = NORMALIZE_STANDARD;
    for (int i = 0; i < 3; i++)
        memset(images + i * PIXELS, 10 * i, PIXELS);
    struct split split = split_of(3, &options);
    CU_ASSERT_DOUBLE_EQUAL(split.mean, 10.0 * split.train[0] / 255.0, 1e-15);
    split_finish(&split);
}

static void what_cannot_be_split_is_refused(void)
{
    static const struct fold_options half = {2, 1}, many = {101, 0}, some = {21, 0};
    static const struct {
        int limit, validation;
        const struct fold_options *fold;
        const char *message;
    } cases[] = {
        {101, 0, NULL, "data.limit: wants 101 training images, the data set has 100"},
        {0, 100, NULL,
         "data.validation: holds out 100 of 100 training images, which leaves none to train on"},
        {20, 50, NULL, "data.validation: holds out 50 of 20 training images, which leaves none to train on"},
        {0, 0, &many, "data.fold: cuts 100 training images into 101 folds, which leaves some without any"},
        {20, 0, &some, "data.fold: cuts 20 training images into 21 folds, which leaves some without any"},
        {0, 50, &half,
         "data.validation: holds out 50 of 50 training images outside the fold, which leaves none to train "
         "on"},
    };
    const struct dataset dataset = dataset_of(COUNT);
    for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
        const struct data_options options = options_of(cases[c].limit, cases[c].validation, cases[c].fold);
        struct split split;
        struct assay_error error = {0};
        CU_ASSERT_FALSE(split_init(&split, &dataset, &options, &error));
        CU_ASSERT_EQUAL(error.status, ASSAY_INVALID);
        CHECK_TEXT(error.text, cases[c].message);
        split_finish(&split);
    }
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"parts cover the images once", parts_cover_the_images_once},
        {"folds cover the images once", folds_cover_the_images_once},
        {"without a fold nothing is held out", without_a_fold_nothing_is_held_out},
        {"split_seed draws the folds", split_seed_draws_the_folds},
        {"folds stay what they were", folds_stay_what_they_were},
        {"the seed decides", seed_decides},
        {"normalization is of the training part", normalization_is_of_the_training_part},
        {"validation is left out of the statistics", validation_is_left_out_of_the_statistics},
        {"the fold is left out of the statistics", the_fold_is_left_out_of_the_statistics},
        {"what cannot be split is refused", what_cannot_be_split_is_refused},
        CU_TEST_INFO_NULL,
    };
    return run_suite("split", tests);
}
