/* The one place that asks the system for memory, and the one that does arithmetic on sizes. */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/* *product = a * b, *sum = a + b; false (and the result untouched) on overflow. */
bool size_multiply(size_t a, size_t b, size_t *product);
bool size_add(size_t a, size_t b, size_t *sum);

/* `value` rounded up to a multiple of `unit` (a power of two); SIZE_MAX on overflow. */
size_t size_round_up(size_t value, size_t unit);

/* Bytes of an array with these dimensions, its elements of `element_size` bytes: every dimension is at least
 * 1, the product at most `limit`. False, and *bytes untouched, otherwise. The only road from dimensions in a
 * file to a number of bytes. */
bool size_of_dimensions(const size_t *dimensions, size_t rank, size_t element_size, size_t limit,
                        size_t *bytes);

/* Zeroed memory for `count` elements, NULL when it cannot be had. count or size 0 gives one byte. */
void *memory_allocate(size_t count, size_t size);

/* Like memory_allocate, aligned to `alignment` (a power of two, at least 64); large blocks ask for huge
 * pages. */
void *memory_allocate_aligned(size_t alignment, size_t bytes);

/* realloc to `count` elements; NULL when it cannot be had, and the old block is still there. */
void *memory_resize(void *memory, size_t count, size_t size);

/* NULL is fine. Frees what any of the above gave. */
void memory_free(void *memory);

#endif
