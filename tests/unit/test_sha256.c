#include "base/sha256.h"

#include "harness.h"

enum { MILLION = 1000000 };

/* In pieces, by the portable code or by what the CPU has. */
static void digest(const void *bytes, size_t length, size_t piece, bool portable, char hex[SHA256_HEX_SIZE])
{
    struct sha256 sha256;
    uint8_t digest[SHA256_SIZE];
    sha256_init(&sha256);
    if (portable)
        sha256.compress = sha256_compress_portable;
    for (size_t i = 0; i < length; i += piece)
        sha256_add(&sha256, (const char *)bytes + i, length - i < piece ? length - i : piece);
    sha256_end(&sha256, digest);
    sha256_hex(digest, hex);
}

/* The examples of FIPS 180-2, appendix B, and the digest of nothing. */
static void test_known(void)
{
    static char million[MILLION];
    memset(million, 'a', sizeof million);
    const struct {
        const char *bytes;
        size_t length;
        const char *wanted;
    } cases[] = {
        {NULL, 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56,
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
        {million, MILLION, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char hex[SHA256_HEX_SIZE];
        for (size_t piece = cases[i].length + 1; piece > 0; piece /= 7) {
            digest(cases[i].bytes, cases[i].length, piece, false, hex);
            CHECK_TEXT(hex, cases[i].wanted);
            digest(cases[i].bytes, cases[i].length, piece, true, hex);
            CHECK_TEXT(hex, cases[i].wanted);
        }
    }
}

/* Every length around the edges of a block, in one piece and in several. The wanted digest, of all the
 * digests in hex one behind the other, comes from Python's hashlib. */
static void test_lengths(void)
{
    uint8_t pattern[300];
    for (size_t i = 0; i < sizeof pattern; i++)
        pattern[i] = (uint8_t)(7 * i + 3);
    struct sha256 all;
    uint8_t bytes[SHA256_SIZE];
    char hex[SHA256_HEX_SIZE], again[SHA256_HEX_SIZE];
    sha256_init(&all);
    for (size_t length = 0; length < sizeof pattern; length++) {
        digest(pattern, length, sizeof pattern, false, hex);
        digest(pattern, length, 13, true, again);
        CHECK_TEXT(again, hex);
        sha256_add(&all, hex, strlen(hex));
    }
    sha256_end(&all, bytes);
    sha256_hex(bytes, hex);
    CHECK_TEXT(hex, "e58750e2a145fc5559c66f9b6cfb156f52894470a74c4daec866d7b6ceea29ea");
}

int main(void)
{
    CU_TestInfo tests[] = {{"known digests", test_known}, {"all lengths", test_lengths}, CU_TEST_INFO_NULL};
    return run_suite("sha256", tests);
}
