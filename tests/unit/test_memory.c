/* base/memory.h and base/arena.h. */
#include "base/memory.h"

#include <stdint.h>

#include "base/arena.h"
#include "harness.h"

static void test_sizes(void)
{
    size_t size = 99;
    CU_ASSERT_FALSE(size_multiply(SIZE_MAX / 2 + 1, 2, &size));
    CU_ASSERT_FALSE(size_add(SIZE_MAX, 1, &size));
    CU_ASSERT_EQUAL(size, 99);
    CU_ASSERT(size_multiply(SIZE_MAX / 2, 2, &size) && size == SIZE_MAX - 1);
    CU_ASSERT(size_add(SIZE_MAX - 1, 1, &size) && size == SIZE_MAX);
    CU_ASSERT_EQUAL(size_round_up(0, 64), 0);
    CU_ASSERT_EQUAL(size_round_up(65, 64), 128);
    CU_ASSERT_EQUAL(size_round_up(SIZE_MAX - 62, 64), SIZE_MAX);
    CU_ASSERT_EQUAL(size_round_up(SIZE_MAX - 63, 64), SIZE_MAX - 63);
}

static void test_dimensions(void)
{
    static const struct {
        size_t dimensions[4], rank, element, limit, wanted; /* wanted 0: refused */
    } cases[] = {
        {{60000, 28, 28}, 3, 1, 47040000, 47040000},
        {{60000, 28, 28}, 3, 1, 47039999, 0},
        {{5}, 1, 8, 40, 40},
        {{0}, 0, 4, 4, 4},
        {{3, 0, 2}, 3, 4, SIZE_MAX, 0},
        {{SIZE_MAX}, 1, 2, SIZE_MAX, 0},
        {{SIZE_MAX / 4, 5}, 2, 1, SIZE_MAX, 0},
        {{(size_t)1 << 32, (size_t)1 << 32, 16}, 3, 4, SIZE_MAX, 0},
        {{(size_t)1 << 63, 2, 0}, 3, 1, SIZE_MAX, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t bytes = 99;
        const bool done =
            size_of_dimensions(cases[i].dimensions, cases[i].rank, cases[i].element, cases[i].limit, &bytes);
        CU_ASSERT_EQUAL(done, cases[i].wanted != 0);
        CU_ASSERT_EQUAL(bytes, done ? cases[i].wanted : 99);
    }
}

static bool is_zero(const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (bytes[i] != 0)
            return false;
    return true;
}

static void test_allocation(void)
{
    char *memory = memory_allocate(10, 10);
    CU_ASSERT(is_zero(memory, 100));
    memset(memory, 1, 100);
    memory = memory_resize(memory, 20, 10);
    CU_ASSERT(memory[99] == 1);
    volatile size_t much = SIZE_MAX / 2 + 1; /* so that no compiler warns of it */
    CU_ASSERT_PTR_NULL(memory_resize(memory, much, 2));
    CU_ASSERT_PTR_NULL(memory_allocate(much, 2));
    memory_free(memory);
    memory = memory_allocate(0, 8);
    CU_ASSERT_PTR_NOT_NULL(memory);
    memory_free(memory);
    memory_free(NULL);
}

static void test_alignment(void)
{
    static const struct {
        size_t alignment, bytes, wanted;
    } cases[] = {
        {64, 0, 64}, {64, 1, 64}, {4096, 100, 4096}, {64, 4 << 20, 2 << 20}, {4 << 20, 5 << 20, 4 << 20}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (int round = 0; round < 2; round++) { /* the second one may get the first one's memory */
            char *memory = memory_allocate_aligned(cases[i].alignment, cases[i].bytes);
            CU_ASSERT_PTR_NOT_NULL_FATAL(memory);
            CU_ASSERT_EQUAL((uintptr_t)memory % cases[i].wanted, 0);
            CU_ASSERT(is_zero(memory, cases[i].bytes));
            memset(memory, 1, cases[i].bytes);
            memory_free(memory);
        }
    }
}

static void test_arena(void)
{
    struct arena *arena = arena_create();
    enum { COUNT = 2000 };
    static unsigned char *pieces[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        const size_t size = i % 500 == 499 ? 100000 : i % 200;
        pieces[i] = arena_allocate(arena, size, 1);
        CU_ASSERT_PTR_NOT_NULL_FATAL(pieces[i]);
        CU_ASSERT_EQUAL((uintptr_t)pieces[i] % (size >= 64 ? 64 : 16), 0);
        CU_ASSERT(is_zero((char *)pieces[i], size));
        memset(pieces[i], (int)(i % 255) + 1, size);
    }
    for (size_t i = 0; i < COUNT; i++) { /* nobody wrote into another's */
        const size_t size = i % 500 == 499 ? 100000 : i % 200;
        CU_ASSERT(size == 0 || (pieces[i][0] == i % 255 + 1 && pieces[i][size - 1] == i % 255 + 1));
    }
    CU_ASSERT_PTR_NULL(arena_allocate(arena, SIZE_MAX, 2));
    CU_ASSERT_PTR_NULL(arena_allocate(arena, SIZE_MAX - 70, 1));
    CU_ASSERT_PTR_NULL(arena_copy_text(arena, "", SIZE_MAX));
    arena_destroy(arena);
    arena_destroy(NULL);
}

static void test_copies(void)
{
    struct arena *arena = arena_create();
    char bytes[] = "some text";
    char *text = arena_copy_text(arena, bytes, 4), *copy = arena_copy(arena, bytes, sizeof bytes);
    char *number = arena_format(arena, "%s %d", bytes, 42);
    memset(bytes, 'x', sizeof bytes - 1);
    CHECK_TEXT(text, "some");
    CHECK_TEXT(copy, "some text");
    CHECK_TEXT(number, "some text 42");
    CHECK_TEXT(arena_copy_text(arena, NULL, 0), "");
    CHECK_TEXT(arena_format(arena, "%s", ""), "");
    arena_destroy(arena);
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"sizes", test_sizes},
        {"dimensions", test_dimensions},
        {"allocation", test_allocation},
        {"alignment", test_alignment},
        {"arena", test_arena},
        {"copies", test_copies},
        CU_TEST_INFO_NULL,
    };
    return run_suite("memory", tests);
}
