#include "harness.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/sha256.h"
#include "io/idx.h"

#include <zlib.h>

#include <sys/stat.h>
#include <unistd.h>

enum { LIMIT = 1 << 20 };

/* 2 x 3 elements. */
static const uint8_t small[] = {0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 10, 20, 30, 40, 50, 60};

static void write_bytes(const void *bytes, size_t length)
{
    CU_ASSERT_FATAL(file_write_atomic("x.idx", bytes, length, NULL));
}

/* Appends `bytes` as one gzip member; returns its length. */
static size_t compress_bytes(const uint8_t *bytes, size_t length, uint8_t *out, size_t room)
{
    z_stream stream = {
        .next_in = (uint8_t *)bytes, .avail_in = (uInt)length, .next_out = out, .avail_out = (uInt)room};
    CU_ASSERT_EQUAL_FATAL(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    CU_ASSERT_EQUAL_FATAL(deflate(&stream, Z_FINISH), Z_STREAM_END);
    deflateEnd(&stream);
    return room - stream.avail_out;
}

static bool reads_as_small(void)
{
    struct idx idx = {0};
    const bool done = idx_read("x.idx", LIMIT, &idx, NULL) && idx.rank == 2 && idx.dimensions[0] == 2 &&
                      idx.dimensions[1] == 3 && idx.length == 6 && memcmp(idx.bytes, small + 12, 6) == 0;
    idx_finish(&idx);
    return done;
}

static void check_refused(size_t limit, enum assay_status status, const char *wanted)
{
    struct assay_error error = {0};
    struct idx idx = {0};
    CU_ASSERT_FALSE(idx_read("x.idx", limit, &idx, &error));
    CU_ASSERT_EQUAL(error.status, status);
    CU_ASSERT_PTR_NULL(idx.bytes);
    CHECK_TEXT(error.text, wanted);
}

static void test_read(void)
{
    uint8_t packed[256];
    write_bytes(small, sizeof small);
    CU_ASSERT(reads_as_small());
    write_bytes(packed, compress_bytes(small, sizeof small, packed, sizeof packed));
    CU_ASSERT(reads_as_small());
    for (size_t cut = 0; cut <= sizeof small; cut++) {
        const size_t first = compress_bytes(small, cut, packed, sizeof packed);
        const size_t second =
            compress_bytes(small + cut, sizeof small - cut, packed + first, sizeof packed - first);
        write_bytes(packed, first + second);
        CU_ASSERT(reads_as_small());
    }
}

static void test_ranks(void)
{
    static const uint8_t line[] = {0, 0, 8, 1, 0, 0, 0, 1, 7};
    static const uint8_t block[] = {0, 0, 8, 4, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 3, 4};
    struct idx idx = {0};
    write_bytes(line, sizeof line);
    CU_ASSERT(idx_read("x.idx", 1, &idx, NULL));
    CU_ASSERT(idx.rank == 1 && idx.dimensions[0] == 1 && idx.length == 1 && idx.bytes[0] == 7);
    idx_finish(&idx);
    write_bytes(block, sizeof block);
    CU_ASSERT(idx_read("x.idx", 4, &idx, NULL));
    CU_ASSERT(idx.rank == 4 && idx.dimensions[1] == 2 && idx.dimensions[3] == 2 && idx.length == 4);
    idx_finish(&idx);
}

static void test_wrong_headers(void)
{
    static const struct {
        uint8_t bytes[24];
        size_t length;
        const char *wanted;
    } cases[] = {
        {{0}, 0, "x.idx: not an IDX file: fewer than four bytes"},
        {{0, 0, 8}, 3, "x.idx: not an IDX file: fewer than four bytes"},
        {{0x1F, 0x2E, 0, 0}, 4, "x.idx: not an IDX file: the first four bytes are 1f 2e 00 00"},
        {{0, 1, 8, 1, 0, 0, 0, 1, 9}, 9, "x.idx: not an IDX file: the first four bytes are 00 01 08 01"},
        {{0, 0, 13, 1}, 4, "x.idx: its elements are of type 0x0d; only unsigned bytes, 0x08, are read"},
        {{0, 0, 8, 0}, 4, "x.idx: has 0 dimensions; 1 to 4 are read"},
        {{0, 0, 8, 5}, 4, "x.idx: has 5 dimensions; 1 to 4 are read"},
        {{0, 0, 8, 255}, 4, "x.idx: has 255 dimensions; 1 to 4 are read"},
        {{0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0}, 11, "x.idx: ends within its header"},
        {{0, 0, 8, 2, 0, 0, 0, 3, 0, 0, 0, 0}, 12, "x.idx: declares 3 x 0 bytes, but no dimension may be 0"},
        {{0, 0, 8, 2, 0, 1, 0, 0, 0, 1, 0, 0},
         12,
         "x.idx: declares 65536 x 65536 bytes, more than the 1048576 allowed"},
        {{0, 0, 8, 4, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255},
         20,
         "x.idx: declares 4294967295 x 4294967295 x 4294967295 x 4294967295 bytes, more than the 1048576 "
         "allowed"},
        {{0, 0, 8, 1, 0, 0x10, 0, 1}, 8, "x.idx: declares 1048577 bytes, more than the 1048576 allowed"},
        {{0, 0, 8, 1, 0, 0x10, 0, 0}, 8, "x.idx: declares 1048576 bytes but holds 0"},
        {{0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3}, 15, "x.idx: declares 2 x 2 bytes but holds 3"},
        {{0, 0, 8, 1, 0, 0, 0, 2, 1, 2, 3}, 11, "x.idx: 1 byte follows the end of the data"},
        {{0, 0, 8, 1, 0, 0, 0, 2, 1, 2, 3, 4}, 12, "x.idx: 2 bytes follow the end of the data"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        write_bytes(cases[i].bytes, cases[i].length);
        check_refused(LIMIT, ASSAY_INVALID, cases[i].wanted);
        uint8_t packed[256];
        write_bytes(packed, compress_bytes(cases[i].bytes, cases[i].length, packed, sizeof packed));
        check_refused(LIMIT, ASSAY_INVALID, cases[i].wanted);
    }
}

static void test_damaged_gzip(void)
{
    uint8_t packed[256];
    const size_t length = compress_bytes(small, sizeof small, packed, sizeof packed - 16);
    packed[length] = 'x';
    write_bytes(packed, length + 1);
    check_refused(LIMIT, ASSAY_INVALID, "x.idx: 1 byte follows the end of the gzip data");
    memset(packed + length, 0, 16);
    write_bytes(packed, length + 16);
    check_refused(LIMIT, ASSAY_INVALID, "x.idx: 16 bytes follow the end of the gzip data");
    memcpy(packed + length, packed, 10);
    write_bytes(packed, length + 10);
    check_refused(LIMIT, ASSAY_INVALID, "x.idx: the gzip data end too soon");
    packed[length + 1] = 'x';
    write_bytes(packed, length + 10);
    check_refused(LIMIT, ASSAY_INVALID, "x.idx: the gzip data are damaged (incorrect header check)");
    write_bytes(packed, length - 4);
    check_refused(LIMIT, ASSAY_INVALID, "x.idx: the gzip data end too soon");
    packed[length - 8] ^= 1;
    write_bytes(packed, length);
    check_refused(LIMIT, ASSAY_INVALID, "x.idx: the gzip data are damaged (incorrect data check)");
    packed[length - 8] ^= 1;
    packed[length - 1] ^= 1;
    write_bytes(packed, length);
    check_refused(LIMIT, ASSAY_INVALID, "x.idx: the gzip data are damaged (incorrect length check)");
}

static void test_every_cut_and_flip(void)
{
    uint8_t packed[256];
    const size_t length = compress_bytes(small, sizeof small, packed, sizeof packed);
    for (size_t cut = 0; cut < sizeof small; cut++) {
        write_bytes(small, cut);
        CU_ASSERT_FALSE(reads_as_small());
    }
    for (size_t cut = 0; cut < length; cut++) {
        write_bytes(packed, cut);
        CU_ASSERT_FALSE(reads_as_small());
    }
    for (size_t bit = 0; bit < 8 * length; bit++) {
        packed[bit / 8] ^= (uint8_t)(1 << bit % 8);
        write_bytes(packed, length);
        struct idx idx = {0}; /* the time and the system in gzip's header mean nothing */
        CU_ASSERT(!idx_read("x.idx", LIMIT, &idx, NULL) || memcmp(idx.bytes, small + 12, 6) == 0);
        idx_finish(&idx);
        packed[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
}

/* Several MB, so that memory grows in pieces; and far more than declared, which nobody may unpack. */
static void test_large(void)
{
    const size_t count = 5000000;
    uint8_t *bytes = memory_allocate(8 + count, 1), *packed = memory_allocate(8 + count, 1);
    const uint8_t header[] = {0, 0, 8, 1, 0, 0x4C, 0x4B, 0x40};
    memcpy(bytes, header, sizeof header);
    for (size_t i = 0; i < count; i++)
        bytes[8 + i] = (uint8_t)(i * i >> 7);
    for (int gzip = 0; gzip < 2; gzip++) {
        struct idx idx = {0};
        if (gzip == 0)
            write_bytes(bytes, 8 + count);
        else
            write_bytes(packed, compress_bytes(bytes, 8 + count, packed, 8 + count));
        CU_ASSERT_FALSE(idx_read("x.idx", count - 1, &idx, NULL));
        CU_ASSERT(idx_read("x.idx", count, &idx, NULL));
        CU_ASSERT(idx.length == count && memcmp(idx.bytes, bytes + 8, count) == 0);
        idx_finish(&idx);
    }
    memset(bytes, 0, count);
    memcpy(bytes, small, 12);
    write_bytes(packed, compress_bytes(bytes, count, packed, count));
    check_refused(LIMIT, ASSAY_INVALID, "x.idx: at least 4096 bytes follow the end of the data");
    memory_free(bytes);
    memory_free(packed);
}

static void test_not_a_file(void)
{
    CU_ASSERT(file_remove("x.idx", NULL));
    check_refused(LIMIT, ASSAY_INVALID, "x.idx: cannot be read: No such file or directory");
    CU_ASSERT_EQUAL(mkfifo("x.idx", 0600), 0);
    check_refused(LIMIT, ASSAY_INVALID, "x.idx: not a regular file");
    CU_ASSERT_EQUAL(unlink("x.idx"), 0);
    CU_ASSERT_EQUAL(mkdir("x.idx", 0700), 0);
    check_refused(LIMIT, ASSAY_INVALID, "x.idx: not a regular file");
    CU_ASSERT_EQUAL(rmdir("x.idx"), 0);
    CU_ASSERT_EQUAL(symlink("/dev/zero", "x.idx"), 0);
    check_refused(LIMIT, ASSAY_INVALID, "x.idx: not a regular file");
    CU_ASSERT_EQUAL(unlink("x.idx"), 0);
    CU_ASSERT_EQUAL(symlink("y.idx", "x.idx"), 0);
    CU_ASSERT(file_write_atomic("y.idx", small, sizeof small, NULL));
    CU_ASSERT(reads_as_small());
    CU_ASSERT_EQUAL(unlink("x.idx"), 0);
    CU_ASSERT_EQUAL(unlink("y.idx"), 0);
}

static void test_write(void)
{
    struct idx idx = {.rank = 2, .dimensions = {2, 3}, .bytes = (uint8_t *)small + 12, .length = 6};
    uint8_t digest[SHA256_SIZE], wanted[SHA256_SIZE], *bytes;
    size_t length;
    CU_ASSERT(idx_write("x.idx", &idx, NULL));
    CU_ASSERT_FATAL(gzip_read("x.idx", sizeof small, &bytes, &length, NULL));
    CU_ASSERT(length == sizeof small && memcmp(bytes, small, length) == 0);
    memory_free(bytes);
    struct sha256 sha256;
    sha256_init(&sha256);
    sha256_add(&sha256, small, sizeof small);
    sha256_end(&sha256, wanted);
    idx_digest(&idx, digest);
    CU_ASSERT_EQUAL(memcmp(digest, wanted, SHA256_SIZE), 0);
}

static void test_gzip_read(void)
{
    uint8_t packed[256], *bytes;
    size_t length;
    struct assay_error error = {0};
    const size_t packed_length = compress_bytes(small, sizeof small, packed, sizeof packed);
    write_bytes(packed, packed_length);
    CU_ASSERT_FATAL(gzip_read("x.idx", 1000, &bytes, &length, &error));
    CU_ASSERT(length == sizeof small && memcmp(bytes, small, length) == 0);
    memory_free(bytes);
    CU_ASSERT_FALSE(gzip_read("x.idx", sizeof small - 1, &bytes, &length, &error));
    CHECK_TEXT(error.text, "x.idx: holds more than the 17 bytes allowed");
    for (size_t cut = 2; cut < packed_length; cut++) { /* shorter ones are plain files of other bytes */
        write_bytes(packed, cut);
        CU_ASSERT_FALSE(gzip_read("x.idx", 1000, &bytes, &length, &error));
        CHECK_TEXT(error.text, "x.idx: the gzip data end too soon");
    }
    write_bytes("", 0);
    CU_ASSERT_FATAL(gzip_read("x.idx", 0, &bytes, &length, &error));
    CU_ASSERT_EQUAL(length, 0);
    memory_free(bytes);
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"plain and gzip files are read", test_read},
        {"1 to 4 dimensions are read", test_ranks},
        {"wrong headers and lengths are refused", test_wrong_headers},
        {"damaged gzip data are refused", test_damaged_gzip},
        {"every cut is refused, every flip is seen", test_every_cut_and_flip},
        {"memory grows with what there is", test_large},
        {"only regular files are read", test_not_a_file},
        {"files and their digest are written", test_write},
        {"gzip files are read whole", test_gzip_read},
        CU_TEST_INFO_NULL,
    };
    const char *parent = getenv("TMPDIR");
    char directory[4096];
    snprintf(directory, sizeof directory, "%s/assay-test-XXXXXX", parent != NULL ? parent : "/tmp");
    if (mkdtemp(directory) == NULL || chdir(directory) != 0)
        return EXIT_FAILURE;
    const int status = run_suite("idx", tests);
    unlink("x.idx");
    return rmdir(directory) == 0 ? status : EXIT_FAILURE;
}
