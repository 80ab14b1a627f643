/* Memory that is given piece by piece and freed all at once; what is parsed, bound or planned is in one. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena;

/* NULL when memory cannot be had. */
struct arena *arena_create(void);
void arena_destroy(struct arena *arena); /* NULL is fine */

/* Zeroed, aligned to 64 bytes when at least 64 bytes are asked for, else to 16; NULL when memory cannot be
 * had. */
void *arena_allocate(struct arena *arena, size_t count, size_t size);

/* Copies; NULL when memory cannot be had. arena_copy_text adds the closing NUL. */
void *arena_copy(struct arena *arena, const void *bytes, size_t size);
char *arena_copy_text(struct arena *arena, const char *text, size_t length);
/* The same of a string that is memory_free'd then; NULL is passed on. */
char *arena_adopt_text(struct arena *arena, char *text);
char *arena_format(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
