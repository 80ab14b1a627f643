#include "harness.h"

#include "base/sha256.h"
#include "train/digits.h"

#include <limits.h>

enum { PIXELS = DIGITS_SIDE * DIGITS_SIDE };

struct image {
    uint8_t label, pixels[PIXELS];
};

static void draw(uint64_t seed, uint64_t first, size_t count, struct image *images)
{
    for (size_t i = 0; i < count; i++)
        images[i].label = digits_draw(seed, first + i, images[i].pixels);
}

/* Every machine, compiler and optimisation must get here. */
static void bits_are_the_same_everywhere(void)
{
    static struct image images[500];
    draw(1, 0, 500, images);
    struct sha256 sha256;
    uint8_t digest[SHA256_SIZE];
    char hex[SHA256_HEX_SIZE];
    sha256_init(&sha256);
    sha256_add(&sha256, images, sizeof(images));
    sha256_end(&sha256, digest);
    sha256_hex(digest, hex);
    CHECK_TEXT(hex, "cebb1dc062429ca7cd63fd0ac29465c964bb56c907f5495ec0352dcd91103047");
}

static void image_depends_on_seed_and_index_alone(void)
{
    static const uint64_t places[][2] = {
        {1, 0}, {1, 1}, {2, 0}, {1, UINT64_C(1) << 32}, {UINT64_C(1) << 32, 0}};
    enum { PLACES = sizeof(places) / sizeof(places[0]) };
    struct image images[PLACES], again;
    for (size_t i = 0; i < PLACES; i++)
        draw(places[i][0], places[i][1], 1, &images[i]);
    for (size_t i = PLACES; i-- > 0;) {
        draw(places[i][0], places[i][1], 1, &again);
        CU_ASSERT_EQUAL(memcmp(&again, &images[i], sizeof(again)), 0);
        for (size_t j = 0; j < i; j++)
            CU_ASSERT_NOT_EQUAL(memcmp(images[i].pixels, images[j].pixels, PIXELS), 0);
    }
}

static void classes_are_about_equal(void)
{
    int counts[DIGITS_CLASSES] = {0};
    for (uint64_t i = 0; i < 5000; i++) {
        struct image image;
        draw(3, i, 1, &image);
        CU_ASSERT_FATAL(image.label < DIGITS_CLASSES);
        counts[image.label]++;
    }
    for (int label = 0; label < DIGITS_CLASSES; label++)
        CU_ASSERT(counts[label] > 400 && counts[label] < 600);
}

static void ink_is_there_and_inside(void)
{
    for (uint64_t i = 0; i < 2000; i++) {
        struct image image;
        draw(4, i, 1, &image);
        int inked = 0, border = 0;
        for (int row = 0; row < DIGITS_SIDE; row++)
            for (int column = 0; column < DIGITS_SIDE; column++) {
                const int ink = image.pixels[row * DIGITS_SIDE + column];
                inked += ink >= 128;
                if (row % (DIGITS_SIDE - 1) == 0 || column % (DIGITS_SIDE - 1) == 0)
                    border += ink;
            }
        CU_ASSERT(inked >= 15 && inked <= PIXELS / 3);
        CU_ASSERT(border <= 8 * 255);
    }
}

static uint8_t label_of_nearest(const uint8_t *pixels, const struct image *images, int count)
{
    long least = LONG_MAX;
    uint8_t label = 0;
    for (int i = 0; i < count; i++) {
        long distance = 0;
        for (int pixel = 0; pixel < PIXELS; pixel++) {
            const int difference = pixels[pixel] - images[i].pixels[pixel];
            distance += difference * difference;
        }
        if (distance < least) {
            least = distance;
            label = images[i].label;
        }
    }
    return label;
}

/* The nearest of many knows them; the nearest class mean, which is linear, does not. */
static void classes_can_be_learnt_but_not_by_a_line(void)
{
    enum { TRAIN = 3000, TEST = 200 };
    static struct image train[TRAIN], test[TEST], means[DIGITS_CLASSES];
    draw(5, 0, TRAIN, train);
    draw(5, TRAIN, TEST, test);
    for (int label = 0; label < DIGITS_CLASSES; label++) {
        long count = 0, sums[PIXELS] = {0};
        for (int i = 0; i < TRAIN; i++)
            if (train[i].label == label) {
                count++;
                for (int pixel = 0; pixel < PIXELS; pixel++)
                    sums[pixel] += train[i].pixels[pixel];
            }
        for (int pixel = 0; pixel < PIXELS; pixel++)
            means[label].pixels[pixel] = (uint8_t)(sums[pixel] / count);
        means[label].label = (uint8_t)label;
    }

    int missed_by_nearest = 0, missed_by_mean = 0;
    for (int i = 0; i < TEST; i++) {
        missed_by_nearest += label_of_nearest(test[i].pixels, train, TRAIN) != test[i].label;
        missed_by_mean += label_of_nearest(test[i].pixels, means, DIGITS_CLASSES) != test[i].label;
    }
    CU_ASSERT(missed_by_nearest < TEST / 4);
    CU_ASSERT(missed_by_mean > TEST / 4);
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"bits are the same everywhere", bits_are_the_same_everywhere},
        {"an image depends on seed and index alone", image_depends_on_seed_and_index_alone},
        {"classes are about equal", classes_are_about_equal},
        {"ink is there and inside", ink_is_there_and_inside},
        {"classes can be learnt, but not by a line", classes_can_be_learnt_but_not_by_a_line},
        CU_TEST_INFO_NULL,
    };
    return run_suite("digits", tests);
}
