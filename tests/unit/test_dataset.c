#include "harness.h"

#include "base/file.h"
#include "base/memory.h"
#include "io/idx.h"
#include "schema/schema.h"
#include "train/dataset.h"
#include "train/digits.h"
#include "train/fetch.h"

#include <unistd.h>
#include <zlib.h>

struct config {
    struct assay_variant_value dataset;
};
static const struct assay_field fields[] = {
    {ASSAY_VARIANT(struct config, dataset), .key = "dataset", .help = "the images",
     .variants = &dataset_sources},
};
static const struct assay_table table = ASSAY_TABLE(struct config, fields);

/* A directory of files for one test; the current directory. */
static char root[256];
static struct arena *arena;

static const char *const names[4] = {"train_images", "train_labels", "test_images", "test_labels"};
static const char four_files[] = "train_images: train_images, train_labels: train_labels, test_images: "
                                 "test_images, test_labels: test_labels";

static struct assay_variant_value source(const char *yaml)
{
    struct diagnostics *diagnostics = diagnostics_create();
    const struct node *map = tree_parse(arena, "test", yaml, strlen(yaml), diagnostics);
    struct config config = {0};
    struct text said = {0};
    if (map == NULL || !schema_bind(&table, map, "", &config, arena, diagnostics))
        diagnostics_print(diagnostics, &said);
    if (said.length > 0)
        CHECK_TEXT(said.bytes, "");
    CU_ASSERT_PTR_NOT_NULL_FATAL(config.dataset.variant);
    text_finish(&said);
    diagnostics_destroy(diagnostics);
    return config.dataset;
}

static struct assay_variant_value idx_source(const char *more)
{
    char yaml[512];
    snprintf(yaml, sizeof yaml, "dataset: {idx: {%s%s}}", four_files, more);
    return source(yaml);
}

struct array {
    size_t rank, dimensions[IDX_RANK_LIMIT];
    uint8_t first; /* element i is first + i % 4 */
};

/* What idx_write cannot make, because its sizes are wrong, is left out. */
static void write_array(const char *path, const struct array *array)
{
    struct idx idx = {.rank = array->rank};
    memcpy(idx.dimensions, array->dimensions, sizeof idx.dimensions);
    CU_ASSERT_TRUE_FATAL(size_of_dimensions(idx.dimensions, idx.rank, 1, 1 << 24, &idx.length));
    idx.bytes = memory_allocate(idx.length, 1);
    for (size_t i = 0; i < idx.length; i++)
        idx.bytes[i] = (uint8_t)(array->first + i % 4);
    CU_ASSERT_TRUE_FATAL(idx_write(path, &idx, NULL));
    idx_finish(&idx);
}

static const struct array small[4] = {{3, {6, 4, 5}, 10}, {1, {6}, 0}, {3, {3, 4, 5}, 20}, {1, {3}, 1}};
static const struct array of_mnist[4] = {
    {3, {6, 28, 28}, 10}, {1, {6}, 0}, {3, {3, 28, 28}, 20}, {1, {3}, 1}};

static void write_mnist(const char *directory, uint8_t first)
{
    CU_ASSERT_TRUE_FATAL(directory_create(directory, NULL));
    for (int file = 0; file < 4; file++) {
        struct array array = of_mnist[file];
        array.first = file % 2 == 0 ? first : 0;
        char *path = path_join(directory, mnist_files[file].name);
        write_array(path, &array);
        memory_free(path);
    }
}

static void tables_are_sane(void)
{
    struct text problems = {0};
    schema_audit(&table, &problems);
    CHECK_TEXT(problems.length > 0 ? problems.bytes : "", "");
    text_finish(&problems);
}

static void digits_are_drawn_and_tested_on_the_next(void)
{
    struct assay_variant_value digits = source("dataset: {digits: {train: 50, test: 20, seed: 3}}");
    struct dataset_shape shape;
    struct dataset dataset;
    struct assay_error error = {0};
    CU_ASSERT_TRUE(dataset_describe(&digits, NULL, &shape, &error));
    CU_ASSERT_TRUE_FATAL(dataset_load(&digits, NULL, &dataset, &error));
    CU_ASSERT_EQUAL(memcmp(&shape, &dataset.shape, sizeof shape), 0);
    CU_ASSERT(shape.channels == 1 && shape.height == 28 && shape.width == 28 && shape.classes == 10);
    CU_ASSERT(shape.train_count == 50 && shape.test_count == 20);
    CU_ASSERT(dataset.train.count == 50 && dataset.test.count == 20);
    uint8_t pixels[28 * 28];
    CU_ASSERT_EQUAL(digits_draw(3, 49, pixels), dataset.train.labels[49]);
    CU_ASSERT_EQUAL(memcmp(dataset.train.images + 49 * sizeof pixels, pixels, sizeof pixels), 0);
    CU_ASSERT_EQUAL(digits_draw(3, 50, pixels), dataset.test.labels[0]);
    CU_ASSERT_EQUAL(memcmp(dataset.test.images, pixels, sizeof pixels), 0);
    dataset_finish(&dataset);
}

static void digits_written_are_the_same_data(void)
{
    struct assay_variant_value digits = source("dataset: {digits: {train: 40, test: 10}}");
    struct assay_variant_value mnist = source("dataset: mnist");
    struct dataset drawn, read;
    CU_ASSERT_TRUE_FATAL(dataset_load(&digits, NULL, &drawn, NULL));
    CU_ASSERT_TRUE_FATAL(dataset_write(&drawn, "written/here", NULL));
    CU_ASSERT_TRUE_FATAL(dataset_load(&mnist, "written/here", &read, NULL));
    CHECK_TEXT(read.digest, drawn.digest);
    CU_ASSERT(read.train.count == 40 && read.test.count == 10);
    CU_ASSERT_EQUAL(memcmp(read.test.images, drawn.test.images, 10 * 28 * 28), 0);
    dataset_finish(&read);

    digits = source("dataset: {digits: {train: 40, test: 10, seed: 2}}");
    CU_ASSERT_TRUE_FATAL(dataset_load(&digits, NULL, &read, NULL));
    CU_ASSERT_NOT_EQUAL(strcmp(read.digest, drawn.digest), 0);
    dataset_finish(&read);
    dataset_finish(&drawn);
}

/* As sha256sum and the files themselves would have it. */
static void digest_is_that_of_the_files(void)
{
    struct sha256 all;
    sha256_init(&all);
    for (int file = 0; file < 4; file++) {
        write_array(names[file], &small[file]);
        char *bytes;
        size_t length;
        CU_ASSERT_TRUE_FATAL(file_read(names[file], 1 << 16, &bytes, &length, NULL));
        struct sha256 one;
        uint8_t digest[SHA256_SIZE];
        sha256_init(&one);
        sha256_add(&one, bytes, length);
        sha256_end(&one, digest);
        sha256_add(&all, digest, sizeof digest);
        memory_free(bytes);
    }
    uint8_t digest[SHA256_SIZE];
    char hex[SHA256_HEX_SIZE];
    sha256_end(&all, digest);
    sha256_hex(digest, hex);

    struct assay_variant_value idx = idx_source("");
    struct dataset dataset;
    CU_ASSERT_TRUE_FATAL(dataset_load(&idx, NULL, &dataset, NULL));
    CHECK_TEXT(dataset.digest, hex);
    CU_ASSERT(dataset.shape.height == 4 && dataset.shape.width == 5);
    CU_ASSERT(dataset.train.count == 6 && dataset.train.images[1] == 11 && dataset.train.labels[5] == 1);
    CU_ASSERT(dataset.test.count == 3 && dataset.test.images[0] == 20 && dataset.test.labels[0] == 1);
    dataset_finish(&dataset);
}

static void files_that_do_not_fit_are_refused(void)
{
    static const struct {
        int file; /* which of the four is another one */
        struct array array;
        const char *options;
        bool seen_by_load_only;
        const char *message;
    } cases[] = {
        {0, {2, {6, 4}, 0}, "", false, "train_images: images have 3 or 4 dimensions, this has 2"},
        {2, {1, {3}, 0}, "", false, "test_images: images have 3 or 4 dimensions, this has 1"},
        {0, {4, {6, 3, 4, 5}, 0}, "", false, "train_images: has 3 channels, not 1"},
        {0, {3, {6, 4, 5}, 0}, ", channels: 3", false, "train_images: has 1 channel, not 3"},
        {0, {3, {6, 1025, 5}, 0}, "", false, "train_images: wants images of at most 1024x1024, found 1025x5"},
        {2, {3, {3, 4, 1025}, 0}, "", false, "test_images: wants images of at most 1024x1024, found 4x1025"},
        {2, {3, {3, 4, 6}, 0}, "", false, "test_images: has images of 4x6, train_images of 4x5"},
        {1, {2, {6, 1}, 0}, "", false, "train_labels: labels have 1 dimension, this has 2"},
        {1, {1, {5}, 0}, "", false, "train_labels: has 5 labels for the 6 images of train_images"},
        {3, {1, {4}, 0}, "", false, "test_labels: has 4 labels for the 3 images of test_images"},
        {1, {1, {6}, 8}, "", true, "train_labels: label 10 at index 2 is not one of the 10 classes"},
        {3,
         {1, {3}, 3},
         ", classes: 3",
         true,
         "train_labels: label 3 at index 3 is not one of the 3 classes"},
        {3, {1, {3}, 4}, ", classes: 4", true, "test_labels: label 4 at index 0 is not one of the 4 classes"},
    };
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        for (int file = 0; file < 4; file++)
            write_array(names[file], file == cases[c].file ? &cases[c].array : &small[file]);
        struct assay_variant_value idx = idx_source(cases[c].options);
        struct dataset_shape shape;
        struct dataset dataset;
        struct assay_error described = {0}, loaded = {0};
        CU_ASSERT_EQUAL(dataset_describe(&idx, NULL, &shape, &described), cases[c].seen_by_load_only);
        CHECK_TEXT(described.text, cases[c].seen_by_load_only ? "" : cases[c].message);
        CU_ASSERT_FALSE(dataset_load(&idx, NULL, &dataset, &loaded));
        CU_ASSERT_EQUAL(loaded.status, ASSAY_INVALID);
        CHECK_TEXT(loaded.text, cases[c].message);
        dataset_finish(&dataset);
    }
}

static void headers_are_checked_before_the_rest(void)
{
    static const struct {
        const char *bytes;
        size_t length;
        const char *message;
    } cases[] = {
        {"", 0, "train_images: not an IDX file: fewer than four bytes"},
        {"\0\0\x08", 3, "train_images: not an IDX file: fewer than four bytes"},
        {"<htm", 4, "train_images: not an IDX file: the first four bytes are 3c 68 74 6d"},
        {"\0\0\x0d\x03", 4,
         "train_images: its elements are of type 0x0d; only unsigned bytes, 0x08, are read"},
        {"\0\0\x08\0", 4, "train_images: has 0 dimensions; 1 to 4 are read"},
        {"\0\0\x08\x05", 4, "train_images: has 5 dimensions; 1 to 4 are read"},
        {"\0\0\x08\x01\0\0\0", 7, "train_images: ends within its header"},
        {"\0\0\x08\x01\0\0\0\0", 8, "train_images: declares 0 bytes, but no dimension may be 0"},
        {"\0\0\x08\x04\x80\0\0\0\x80\0\0\0\x80\0\0\0\x80\0\0\0", 20,
         "train_images: declares 2147483648 x 2147483648 x 2147483648 x 2147483648 bytes, more than the "
         "18446744073709551615 allowed"},
        {"\0\0\x08\x03\x40\0\0\0\0\0\0\x02\0\0\0\x02", 16,
         "train_images: holds 4294967296 bytes of images, more than the 1073741824 allowed"},
    };
    for (int file = 1; file < 4; file++)
        write_array(names[file], &small[file]);
    struct assay_variant_value idx = idx_source("");
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        CU_ASSERT_TRUE_FATAL(file_write_atomic(names[0], cases[c].bytes, cases[c].length, NULL));
        struct dataset_shape shape;
        struct assay_error error = {0};
        CU_ASSERT_FALSE(dataset_describe(&idx, NULL, &shape, &error));
        CU_ASSERT_EQUAL(error.status, ASSAY_INVALID);
        CHECK_TEXT(error.text, cases[c].message);
        struct dataset dataset;
        CU_ASSERT_FALSE(dataset_load(&idx, NULL, &dataset, NULL));
    }
}

static void channels_and_directories(void)
{
    static const struct array colour[4] = {
        {4, {6, 3, 4, 5}, 10}, {1, {6}, 0}, {4, {3, 3, 4, 5}, 20}, {1, {3}, 1}};
    CU_ASSERT_TRUE_FATAL(directory_create("colour", NULL));
    for (int file = 0; file < 4; file++) {
        char *path = path_join("colour", names[file]);
        write_array(path, &colour[file]);
        memory_free(path);
    }
    struct assay_variant_value idx = idx_source(", channels: 3, classes: 4");
    struct dataset_shape shape;
    struct dataset dataset;
    CU_ASSERT_TRUE(dataset_describe(&idx, "colour", &shape, NULL));
    CU_ASSERT(shape.channels == 3 && shape.height == 4 && shape.width == 5 && shape.classes == 4);
    CU_ASSERT(shape.train_count == 6 && shape.test_count == 3);
    CU_ASSERT_TRUE_FATAL(dataset_load(&idx, "colour", &dataset, NULL));
    CU_ASSERT(dataset.train.count == 6 && dataset.train.images[6 * 60 - 1] == 13);
    dataset_finish(&dataset);
}

/* Which of several MNISTs is found; each has its own first pixel. */
static void mnist_is_looked_for(void)
{
    struct assay_variant_value mnist = source("dataset: mnist");
    static const struct {
        const char *directory;
        uint8_t first;
    } places[] = {{"cache/assay/mnist", 3}, {"data/mnist", 2}, {"root/mnist", 1}, {"named", 9}};

    struct assay_error error = {0};
    struct dataset dataset;
    struct dataset_shape shape;
    CU_ASSERT_TRUE(dataset_describe(&mnist, NULL, &shape, &error));
    CU_ASSERT(shape.train_count == 60000 && shape.test_count == 10000);
    char wanted[1024];
    snprintf(wanted, sizeof wanted,
             "the data set mnist is in none of the places where it is looked for:\n"
             "    %s/root/mnist\n    data/mnist\n    %s/cache/assay/mnist\n"
             "`assay data fetch mnist` gets it; if you have it already, say where with data.dir",
             root, root);
    CU_ASSERT_FALSE(dataset_load(&mnist, NULL, &dataset, &error));
    CU_ASSERT_EQUAL(error.status, ASSAY_INVALID);
    CHECK_TEXT(error.text, wanted);

    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        write_mnist(places[i].directory, places[i].first);
        const bool named = places[i].first == 9;
        CU_ASSERT_TRUE_FATAL(dataset_load(&mnist, named ? "named" : NULL, &dataset, &error));
        CU_ASSERT_EQUAL(dataset.train.images[0], places[i].first);
        dataset_finish(&dataset);
    }

    CU_ASSERT_FALSE(dataset_load(&mnist, "nowhere", &dataset, &error));
    CHECK_TEXT(error.text, "nowhere/train-images-idx3-ubyte: is not there, nor with .gz");
    write_array("named/t10k-images-idx3-ubyte", &small[2]);
    CU_ASSERT_FALSE(dataset_describe(&mnist, "named", &shape, &error));
    CHECK_TEXT(error.text, "named/t10k-images-idx3-ubyte: wants images of 28x28, found 4x5");
}

static void gzip_will_do(void)
{
    write_mnist("gzip", 7);
    for (int file = 0; file < 4; file++) {
        char plain[64], zipped[80], *bytes;
        size_t length;
        snprintf(plain, sizeof plain, "gzip/%s", mnist_files[file].name);
        snprintf(zipped, sizeof zipped, "%s.gz", plain);
        CU_ASSERT_TRUE_FATAL(file_read(plain, 1 << 16, &bytes, &length, NULL));
        gzFile stream = gzopen(zipped, "wb");
        CU_ASSERT_EQUAL(gzwrite(stream, bytes, (unsigned)length), (int)length);
        CU_ASSERT_EQUAL(gzclose(stream), Z_OK);
        memory_free(bytes);
        CU_ASSERT_TRUE(file_remove(plain, NULL));
    }
    struct assay_variant_value mnist = source("dataset: mnist");
    struct dataset_shape shape;
    struct dataset dataset;
    CU_ASSERT_TRUE(dataset_describe(&mnist, "gzip", &shape, NULL));
    CU_ASSERT_TRUE_FATAL(dataset_load(&mnist, "gzip", &dataset, NULL));
    CU_ASSERT(dataset.train.count == 6 && dataset.train.images[0] == 7);
    dataset_finish(&dataset);
}

static void cache_follows_the_environment(void)
{
    static const struct {
        const char *cache, *home, *directory;
    } cases[] = {
        {"/c", "/h", "/c/assay/mnist"},
        {NULL, "/h", "/h/.cache/assay/mnist"},
        {"", "/h", "/h/.cache/assay/mnist"},
        {"relative", "/h", "/h/.cache/assay/mnist"},
        {NULL, NULL, ""},
    };
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        unsetenv("XDG_CACHE_HOME");
        unsetenv("HOME");
        if (cases[c].cache != NULL)
            setenv("XDG_CACHE_HOME", cases[c].cache, 1);
        if (cases[c].home != NULL)
            setenv("HOME", cases[c].home, 1);
        char *directory = dataset_cache_directory("mnist");
        CHECK_TEXT(directory != NULL ? directory : "", cases[c].directory);
        memory_free(directory);
    }
}

int main(void)
{
    const char *const base = getenv("TMPDIR");
    snprintf(root, sizeof root, "%s/assay-dataset-XXXXXX", base != NULL ? base : "/tmp");
    arena = arena_create();
    if (mkdtemp(root) == NULL || chdir(root) != 0 || arena == NULL)
        return EXIT_FAILURE;
    char path[300];
    snprintf(path, sizeof path, "%s/root", root);
    setenv("ASSAY_DATA", path, 1);
    snprintf(path, sizeof path, "%s/cache", root);
    setenv("XDG_CACHE_HOME", path, 1);

    CU_TestInfo tests[] = {
        {"tables are sane", tables_are_sane},
        {"digits are drawn, and tested on the next", digits_are_drawn_and_tested_on_the_next},
        {"digits written are the same data", digits_written_are_the_same_data},
        {"the digest is that of the files", digest_is_that_of_the_files},
        {"files that do not fit are refused", files_that_do_not_fit_are_refused},
        {"headers are checked before the rest", headers_are_checked_before_the_rest},
        {"channels and directories", channels_and_directories},
        {"mnist is looked for", mnist_is_looked_for},
        {"gzip will do", gzip_will_do},
        {"the cache follows the environment", cache_follows_the_environment},
        CU_TEST_INFO_NULL,
    };
    const int status = run_suite("dataset", tests);
    arena_destroy(arena);
    snprintf(path, sizeof path, "rm -rf '%s'", root);
    return system(path) == 0 ? status : EXIT_FAILURE;
}
