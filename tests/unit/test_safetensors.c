#include "harness.h"

#include "base/file.h"
#include "base/memory.h"
#include "io/safetensors.h"

#include <math.h>
#include <stdint.h>
#include <unistd.h>

static const float values[] = {1.0f, -2.5f, 3.25f, 0.0f, 5e-40f, 6.0f, 7.0f};
static const struct tensor tensors[] = {
    {.name = "conv1.weight", .rank = 2, .dimensions = {2, 3}, .values = values, .count = 6},
    {.name = "b", .rank = 0, .values = values + 6, .count = 1},
};
static const struct tensor_metadata metadata[] = {{"config", "seed: 1\n"}, {"input_mean", "0.1307"}};
static const struct tensor_file file = {tensors, 2, metadata, 2};

/* A whole file: its length, the header as it stands, `count` floats that count from 1. */
static size_t build(char *bytes, const char *header, size_t count)
{
    const uint64_t length = strlen(header);
    memcpy(bytes, &length, 8);
    memcpy(bytes + 8, header, length);
    for (size_t i = 0; i < count; i++)
        memcpy(bytes + 8 + length + 4 * i, &(float){(float)i + 1}, 4);
    return 8 + length + 4 * count;
}

static void test_written(void)
{
    static const char wanted[] =
        "{\"__metadata__\":{\"config\":\"seed: 1\\n\",\"input_mean\":\"0.1307\"},"
        "\"conv1.weight\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]},"
        "\"b\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[24,28]}}";
    char *bytes;
    size_t length;
    uint64_t header_length;
    CU_ASSERT_FATAL(safetensors_encode(&file, &bytes, &length, NULL));
    memcpy(&header_length, bytes, 8);
    CU_ASSERT_EQUAL(header_length % 8, 0);
    CU_ASSERT_EQUAL_FATAL(length, 8 + header_length + sizeof values);
    CU_ASSERT_EQUAL(memcmp(bytes + 8 + header_length, values, sizeof values), 0);
    while (bytes[8 + header_length - 1] == ' ')
        header_length--;
    bytes[8 + header_length] = '\0';
    CHECK_TEXT(bytes + 8, wanted);
    memory_free(bytes);
}

static void test_read_again(void)
{
    struct arena *arena = arena_create();
    char *bytes, *again;
    size_t length, again_length;
    CU_ASSERT_FATAL(safetensors_encode(&file, &bytes, &length, NULL));
    const struct tensor_file *read = safetensors_decode(arena, "s", bytes, length, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(read);
    CU_ASSERT_FATAL(safetensors_encode(read, &again, &again_length, NULL));
    CU_ASSERT(length == again_length && memcmp(bytes, again, length) == 0);
    const struct tensor *weight = tensor_find(read, "conv1.weight");
    CU_ASSERT(weight->rank == 2 && weight->dimensions[1] == 3 && weight->count == 6);
    CU_ASSERT_EQUAL((uintptr_t)weight->values % 16, 0);
    CU_ASSERT_EQUAL(tensor_find(read, "b")->values[0], 7.0f);
    CU_ASSERT_PTR_NULL(tensor_find(read, "c"));
    CHECK_TEXT(tensor_metadata_find(read, "config"), "seed: 1\n");
    CU_ASSERT_PTR_NULL(tensor_metadata_find(read, "version"));
    memory_free(bytes);
    memory_free(again);
    arena_destroy(arena);
}

/* What other programs write: any order, spaces, no metadata or empty ones, no tensors. */
static void test_foreign(void)
{
    static const struct {
        const char *header;
        size_t count, tensors;
    } cases[] = {
        {"{}", 0, 0},
        {"{\"__metadata__\":{}}        ", 0, 0},
        {"{ \"b\" : {\"data_offsets\":[4,8], \"shape\":[1], \"dtype\":\"F32\"}, "
         "\"__metadata__\":{\"format\":\"pt\"},\n"
         "\"a\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1,1,1,1],\"data_offsets\":[0,4]}}",
         2, 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena *arena = arena_create();
        char bytes[1024];
        struct assay_error error = {0};
        const struct tensor_file *read =
            safetensors_decode(arena, "s", bytes, build(bytes, cases[i].header, cases[i].count), &error);
        CHECK_TEXT(error.text, "");
        CU_ASSERT_PTR_NOT_NULL_FATAL(read);
        CU_ASSERT_EQUAL(read->tensor_count, cases[i].tensors);
        if (read->tensor_count == 2) {
            CHECK_TEXT(read->tensors[0].name, "a");
            CU_ASSERT_EQUAL(tensor_find(read, "b")->values[0], 2.0f);
        }
        arena_destroy(arena);
    }
}

#define ONE(shape, offsets) "{\"a\":{\"dtype\":\"F32\",\"shape\":" shape ",\"data_offsets\":" offsets "}}"
#define TWO(first, second)                                                                                   \
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":" first                                        \
    "},\"b\":{\"dtype\":\"F32\",\"shape\":[1],"                                                              \
    "\"data_offsets\":" second "}}"

static void check_refused(const char *bytes, size_t length, const char *wanted)
{
    struct arena *arena = arena_create();
    struct assay_error error = {0};
    CU_ASSERT_PTR_NULL(safetensors_decode(arena, "s", bytes, length, &error));
    CU_ASSERT_EQUAL(error.status, ASSAY_INVALID);
    CHECK_TEXT(error.text, wanted);
    arena_destroy(arena);
}

static void test_refused(void)
{
    static const struct {
        const char *header;
        size_t count;
        const char *wanted;
    } cases[] = {
        {"", 0, "s: not a safetensors file: its header does not begin with {"},
        {" {}", 0, "s: not a safetensors file: its header does not begin with {"},
        {"[]", 0, "s: not a safetensors file: its header does not begin with {"},
        {"{", 0, "s: byte 1: a string was wanted"},
        {"{}", 1, "s: the last 4 bytes belong to no tensor"},
        {"{\"a\":1}", 0, "s: tensor \"a\": is not described by dtype, shape and data_offsets"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", 1,
         "s: tensor \"a\": is not described by dtype, shape and data_offsets"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"x\":1}}", 1,
         "s: tensor \"a\": is not described by dtype, shape and data_offsets"},
        {"{\"a\":{\"dtype\":1,\"shape\":[1],\"data_offsets\":[0,4]}}", 1,
         "s: tensor \"a\": is not described by dtype, shape and data_offsets"},
        {"{\"a\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[0,4]}}", 1,
         "s: tensor \"a\": its dtype is not F32, the only one that is read"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"offsets\":[0,4]}}", 1,
         "s: tensor \"a\": its data_offsets are not two whole numbers"},
        {"{\"a\\u001b\":{\"dtype\":\"F32\",\"shapes\":[1],\"data_offsets\":[0,4]}}", 1,
         "s: tensor \"a\\x1B\": its shape is not a list"},
        {ONE("1", "[0,4]"), 1, "s: tensor \"a\": its shape is not a list"},
        {ONE("[1,1,1,1,1,1,1,1,1]", "[0,4]"), 1, "s: tensor \"a\": more than 8 dimensions"},
        {ONE("[0]", "[0,0]"), 0, "s: tensor \"a\": a dimension is not a whole number above 0"},
        {ONE("[-1]", "[0,4]"), 1, "s: tensor \"a\": a dimension is not a whole number above 0"},
        {ONE("[1.0]", "[0,4]"), 1, "s: tensor \"a\": a dimension is not a whole number above 0"},
        {ONE("[1e0]", "[0,4]"), 1, "s: tensor \"a\": a dimension is not a whole number above 0"},
        {ONE("[\"1\"]", "[0,4]"), 1, "s: tensor \"a\": a dimension is not a whole number above 0"},
        {ONE("[18446744073709551617]", "[0,4]"), 1,
         "s: tensor \"a\": a dimension is not a whole number above 0"},
        {ONE("[1]", "[0]"), 1, "s: tensor \"a\": its data_offsets are not two whole numbers"},
        {ONE("[1]", "[0,4,4]"), 1, "s: tensor \"a\": its data_offsets are not two whole numbers"},
        {ONE("[1]", "[0,-4]"), 1, "s: tensor \"a\": its data_offsets are not two whole numbers"},
        {ONE("[1]", "[4,0]"), 1, "s: tensor \"a\": its data_offsets are outside the data"},
        {ONE("[2]", "[0,8]"), 1, "s: tensor \"a\": its data_offsets are outside the data"},
        {ONE("[1]", "[9223372036854775804,9223372036854775807]"), 1,
         "s: tensor \"a\": its data_offsets are outside the data"},
        {ONE("[2]", "[0,4]"), 1, "s: tensor \"a\": its shape and its data_offsets do not agree"},
        {ONE("[1]", "[0,8]"), 2, "s: tensor \"a\": its shape and its data_offsets do not agree"},
        {ONE("[4194305,4194305,211106198978564]", "[0,4]"), 1,
         "s: tensor \"a\": its shape and its data_offsets do not agree"},
        {ONE("[4611686018427387905]", "[0,4]"), 1,
         "s: tensor \"a\": its shape and its data_offsets do not agree"},
        {ONE("[1]", "[2,6]"), 2, "s: tensor \"a\": its data_offsets are no multiples of 4"},
        {ONE("[1]", "[4,8]"), 2, "s: tensor \"a\": a hole in the data before it"},
        {ONE("[1]", "[0,4]"), 3, "s: the last 8 bytes belong to no tensor"},
        {TWO("[0,4]", "[8,12]"), 3, "s: tensor \"b\": a hole in the data before it"},
        {TWO("[0,4]", "[0,4]"), 2, "s: tensor \"b\": overlaps another tensor"},
        {"{\"a\":1,\"a\":2}", 0, "s: byte 7: duplicate key \"a\""},
        {"{\"__metadata__\":{\"a\":\"x\",\"a\":\"x\"}}", 0, "s: byte 25: duplicate key \"a\""},
        {"{\"__metadata__\":{\"a\":1}}", 0, "s: __metadata__ is not a map of strings"},
        {"{\"__metadata__\":[\"a\"]}", 0, "s: __metadata__ is not a map of strings"},
        {"{\"__metadata__\":null}", 0, "s: __metadata__ is not a map of strings"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char bytes[1024];
        const size_t length = build(bytes, cases[i].header, cases[i].count);
        check_refused(bytes, length, cases[i].wanted);
    }
}

static void test_header_length(void)
{
    static const struct {
        uint64_t length;
        const char *wanted;
    } cases[] = {
        {3, "s: declares a header of 3 bytes, but 2 follow and at most 8388608 are read"},
        {8388609, "s: declares a header of 8388609 bytes, but 2 follow and at most 8388608 are read"},
        {UINT64_MAX,
         "s: declares a header of 18446744073709551615 bytes, but 2 follow and at most 8388608 are read"},
        {0, "s: not a safetensors file: its header does not begin with {"},
        {1, "s: byte 1: a string was wanted"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char bytes[10] = "........{}";
        memcpy(bytes, &cases[i].length, 8);
        check_refused(bytes, sizeof bytes, cases[i].wanted);
    }
    check_refused("\x02\0\0\0\0\0\0", 7, "s: not a safetensors file: fewer than 8 bytes");
}

static void test_not_finite(void)
{
    static const float wrong[] = {NAN, INFINITY, -INFINITY};
    for (size_t i = 0; i < 3; i++) {
        char bytes[1024];
        const size_t length = build(bytes, ONE("[3]", "[0,12]"), 3);
        memcpy(bytes + length - 4, &wrong[i], 4);
        check_refused(bytes, length, "s: tensor \"a\": a value is not finite");
    }
}

/* Nothing beyond a cut is read either: the copy has no room to spare. */
static void test_every_cut(void)
{
    char *bytes;
    size_t length;
    CU_ASSERT_FATAL(safetensors_encode(&file, &bytes, &length, NULL));
    for (size_t cut = 0; cut < length; cut++) {
        struct arena *arena = arena_create();
        char *copy = malloc(cut > 0 ? cut : 1);
        memcpy(copy, bytes, cut);
        CU_ASSERT_PTR_NULL(safetensors_decode(arena, "s", copy, cut, NULL));
        free(copy);
        arena_destroy(arena);
    }
    memory_free(bytes);
}

static void test_files(void)
{
    const char *parent = getenv("TMPDIR");
    char directory[4096];
    snprintf(directory, sizeof directory, "%s/assay-test-XXXXXX", parent != NULL ? parent : "/tmp");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(directory));
    CU_ASSERT_EQUAL_FATAL(chdir(directory), 0);
    struct arena *arena = arena_create();
    struct assay_error error = {0};
    CU_ASSERT(safetensors_write("s", &file, NULL));
    const struct tensor_file *read = safetensors_read(arena, "s", &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(read);
    CU_ASSERT_EQUAL(memcmp(tensor_find(read, "conv1.weight")->values, values, 24), 0);
    CU_ASSERT(file_remove("s", NULL));
    CU_ASSERT_PTR_NULL(safetensors_read(arena, "s", &error));
    CU_ASSERT_EQUAL(error.status, ASSAY_INVALID);
    CU_ASSERT_EQUAL(rmdir(directory), 0);
    arena_destroy(arena);
}

/* A file too large to be read for its header alone: no more of it is read than the header tells of. */
static void test_large_files(void)
{
    enum { FLOATS = 3 << 20 };
    static float many[FLOATS];
    static const struct tensor one[] = {{"a", 1, {FLOATS}, many, FLOATS}};
    static const struct tensor_file large = {one, 1, NULL, 0};
    const char *parent = getenv("TMPDIR");
    char path[4096];
    snprintf(path, sizeof path, "%s/assay-test-XXXXXX", parent != NULL ? parent : "/tmp");
    const int descriptor = mkstemp(path);
    CU_ASSERT_FATAL(descriptor >= 0);
    struct arena *arena = arena_create();
    struct assay_error error = {0};
    CU_ASSERT_FATAL(safetensors_write(path, &large, NULL));
    const struct tensor_file *read = safetensors_read(arena, path, &error);
    CU_ASSERT(read != NULL && read->tensor_count == 1 && read->tensors[0].count == FLOATS);
    CU_ASSERT_EQUAL(truncate(path, 1LL << 40), 0);
    CU_ASSERT_PTR_NULL(safetensors_read(arena, path, &error));
    CU_ASSERT_PTR_NOT_NULL(strstr(error.text, ": it has more than 12582"));
    CU_ASSERT_EQUAL(truncate(path, 12 << 20), 0);
    CU_ASSERT_PTR_NULL(safetensors_read(arena, path, &error));
    CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "its data_offsets are outside the data"));
    CU_ASSERT(truncate(path, 0) == 0 && truncate(path, 1LL << 40) == 0);
    CU_ASSERT_PTR_NULL(safetensors_read(arena, path, &error));
    CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "its header does not begin with {"));
    CU_ASSERT(file_remove(path, NULL));
    close(descriptor);
    arena_destroy(arena);
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"a file is written canonically", test_written},
        {"what is written is read again", test_read_again},
        {"what others write is read", test_foreign},
        {"wrong headers are refused", test_refused},
        {"wrong lengths of the header are refused", test_header_length},
        {"values that are not finite are refused", test_not_finite},
        {"large files are read as far as their header tells", test_large_files},
        {"every cut is refused", test_every_cut},
        {"files are written and read", test_files},
        CU_TEST_INFO_NULL,
    };
    return run_suite("safetensors", tests);
}
