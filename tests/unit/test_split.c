#include "harness.h"

#include "train/split.h"

/* `count` images of 1x2x2 whose pixels the tests choose. */
enum { PIXELS = 4, COUNT = 100 };

static uint8_t images[COUNT * PIXELS], labels[COUNT];

static struct dataset dataset_of(uint32_t count)
{
    return (struct dataset){.shape = {1, 2, 2, 10}, .train = {count, images, labels}};
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
        struct split split;
        struct assay_error error = {0};
        CU_ASSERT_TRUE_FATAL(
            split_init(&split, &dataset, cases[c].limit, cases[c].validation, 1, NORMALIZE_UNIT, &error));
        CU_ASSERT_EQUAL(split.validation_count, (uint32_t)cases[c].validation);
        CU_ASSERT_EQUAL(split.train_count, cases[c].used - (uint32_t)cases[c].validation);
        int seen[COUNT] = {0};
        for (uint32_t i = 0; i < split.train_count; i++) {
            CU_ASSERT_FATAL(split.train[i] < cases[c].used);
            CU_ASSERT(i == 0 || split.train[i - 1] < split.train[i]);
            seen[split.train[i]]++;
        }
        for (uint32_t i = 0; i < split.validation_count; i++) {
            CU_ASSERT_FATAL(split.validation[i] < cases[c].used);
            CU_ASSERT(i == 0 || split.validation[i - 1] < split.validation[i]);
            seen[split.validation[i]]++;
        }
        for (uint32_t i = 0; i < cases[c].used; i++)
            CU_ASSERT_EQUAL(seen[i], 1);
        split_finish(&split);
    }
}

static void seed_decides(void)
{
    const struct dataset dataset = dataset_of(COUNT);
    struct split first, again, other;
    CU_ASSERT_TRUE_FATAL(split_init(&first, &dataset, 0, 50, 7, NORMALIZE_UNIT, NULL));
    CU_ASSERT_TRUE_FATAL(split_init(&again, &dataset, 0, 50, 7, NORMALIZE_STANDARD, NULL));
    CU_ASSERT_TRUE_FATAL(split_init(&other, &dataset, 0, 50, 8, NORMALIZE_UNIT, NULL));
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
        struct split split;
        CU_ASSERT_TRUE_FATAL(
            split_init(&split, &dataset, cases[c].limit, 0, 1, cases[c].normalization, NULL));
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
    struct split split;
    CU_ASSERT_TRUE_FATAL(split_init(&split, &dataset, 0, 1, 1, NORMALIZE_STANDARD, NULL));
    CU_ASSERT_DOUBLE_EQUAL(split.mean, (split.train[0] == 0 ? 10.0 : 20.0) / 255.0, 1e-15);
    split_finish(&split);
}

static void what_cannot_be_split_is_refused(void)
{
    static const struct {
        int limit, validation;
        const char *message;
    } cases[] = {
        {101, 0, "limit asks for 101 training images, the data set has 100"},
        {0, 100, "validation holds out 100 of 100 training images, which leaves none to train on"},
        {20, 50, "validation holds out 50 of 20 training images, which leaves none to train on"},
    };
    const struct dataset dataset = dataset_of(COUNT);
    for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
        struct split split;
        struct assay_error error = {0};
        CU_ASSERT_FALSE(
            split_init(&split, &dataset, cases[c].limit, cases[c].validation, 1, NORMALIZE_UNIT, &error));
        CU_ASSERT_EQUAL(error.status, ASSAY_INVALID);
        CHECK_TEXT(error.text, cases[c].message);
        split_finish(&split);
    }
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"parts cover the images once", parts_cover_the_images_once},
        {"the seed decides", seed_decides},
        {"normalization is of the training part", normalization_is_of_the_training_part},
        {"validation is left out of the statistics", validation_is_left_out_of_the_statistics},
        {"what cannot be split is refused", what_cannot_be_split_is_refused},
        CU_TEST_INFO_NULL,
    };
    return run_suite("split", tests);
}
