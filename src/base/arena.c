#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"

enum { LINE = 64, CHUNK_SIZE = 64 << 10 };

struct chunk {
    struct chunk *next;
    size_t size, used; /* both with the header */
};

struct arena {
    struct chunk *chunks; /* the first one is being filled */
};

struct arena *arena_create(void)
{
    return memory_allocate(1, sizeof(struct arena));
}

void arena_destroy(struct arena *arena)
{
    if (arena == NULL)
        return;
    for (struct chunk *chunk = arena->chunks, *next; chunk != NULL; chunk = next) {
        next = chunk->next;
        memory_free(chunk);
    }
    memory_free(arena);
}

static struct chunk *add_chunk(struct arena *arena, size_t bytes)
{
    size_t size;
    if (!size_add(bytes, LINE, &size))
        return NULL;
    if (size < CHUNK_SIZE)
        size = CHUNK_SIZE;
    struct chunk *chunk = memory_allocate_aligned(LINE, size);
    if (chunk == NULL)
        return NULL;
    *chunk = (struct chunk){.next = arena->chunks, .size = size, .used = LINE};
    arena->chunks = chunk;
    return chunk;
}

void *arena_allocate(struct arena *arena, size_t count, size_t size)
{
    size_t bytes;
    if (!size_multiply(count, size, &bytes))
        return NULL;
    if (bytes == 0)
        bytes = 1; /* an address of its own */
    struct chunk *chunk = arena->chunks;
    size_t start = chunk == NULL ? 0 : size_round_up(chunk->used, bytes >= LINE ? LINE : 16);
    if (chunk == NULL || start > chunk->size || bytes > chunk->size - start) {
        chunk = add_chunk(arena, bytes);
        if (chunk == NULL)
            return NULL;
        start = chunk->used;
    }
    chunk->used = start + bytes;
    return (char *)chunk + start;
}

void *arena_copy(struct arena *arena, const void *bytes, size_t size)
{
    void *copy = arena_allocate(arena, 1, size);
    if (copy != NULL && size > 0)
        memcpy(copy, bytes, size);
    return copy;
}

char *arena_copy_text(struct arena *arena, const char *text, size_t length)
{
    size_t size;
    char *copy = size_add(length, 1, &size) ? arena_allocate(arena, 1, size) : NULL;
    if (copy != NULL && length > 0)
        memcpy(copy, text, length);
    return copy;
}

char *arena_adopt_text(struct arena *arena, char *text)
{
    char *copy = text != NULL ? arena_copy_text(arena, text, strlen(text)) : NULL;
    memory_free(text);
    return copy;
}

char *arena_format(struct arena *arena, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *text = length < 0 ? NULL : arena_allocate(arena, (size_t)length + 1, 1);
    if (text == NULL)
        return NULL;
    va_start(arguments, format);
    vsnprintf(text, (size_t)length + 1, format, arguments);
    va_end(arguments);
    return text;
}
