#include "base/memory.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { HUGE_PAGE = 2 << 20, HUGE_BLOCK = 4 << 20 };

bool size_multiply(size_t a, size_t b, size_t *product)
{
    size_t result;
    if (__builtin_mul_overflow(a, b, &result))
        return false;
    *product = result;
    return true;
}

bool size_add(size_t a, size_t b, size_t *sum)
{
    size_t result;
    if (__builtin_add_overflow(a, b, &result))
        return false;
    *sum = result;
    return true;
}

size_t size_round_up(size_t value, size_t unit)
{
    assert(unit > 0 && (unit & (unit - 1)) == 0);
    size_t reach;
    return size_add(value, unit - 1, &reach) ? reach & ~(unit - 1) : SIZE_MAX;
}

bool size_of_dimensions(const size_t *dimensions, size_t rank, size_t element_size, size_t limit,
                        size_t *bytes)
{
    size_t product = element_size;
    for (size_t i = 0; i < rank; i++)
        if (dimensions[i] == 0 || !size_multiply(product, dimensions[i], &product))
            return false;
    if (product > limit)
        return false;
    *bytes = product;
    return true;
}

/* What to ask the system for: at least one byte, and never more than an object can have. */
static bool size_of_block(size_t count, size_t size, size_t *bytes)
{
    if (!size_multiply(count, size, bytes) || *bytes > PTRDIFF_MAX)
        return false;
    if (*bytes == 0)
        *bytes = 1;
    return true;
}

void *memory_allocate(size_t count, size_t size)
{
    size_t bytes;
    return size_of_block(count, size, &bytes) ? calloc(1, bytes) : NULL;
}

void *memory_allocate_aligned(size_t alignment, size_t bytes)
{
    assert(alignment >= 64 && (alignment & (alignment - 1)) == 0);
    const bool huge = bytes >= HUGE_BLOCK;
    if (huge && alignment < HUGE_PAGE)
        alignment = HUGE_PAGE;
    void *memory;
    if (!size_of_block(bytes, 1, &bytes) || posix_memalign(&memory, alignment, bytes) != 0)
        return NULL;
#ifdef MADV_HUGEPAGE
    if (huge)
        (void)madvise(memory, bytes, MADV_HUGEPAGE); /* before the first touch, or it comes too late */
#endif
    return memset(memory, 0, bytes);
}

void *memory_resize(void *memory, size_t count, size_t size)
{
    size_t bytes;
    return size_of_block(count, size, &bytes) ? realloc(memory, bytes) : NULL;
}

void memory_free(void *memory)
{
    free(memory);
}
