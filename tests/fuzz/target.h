/* What fuzz targets have in common. A target is one file with one function, which is given any bytes at all:
 * under libFuzzer (-Dfuzz=true) those that it makes up, under ./check the files of tests/fuzz/corpus and
 * others (replay.c). */
#ifndef TESTS_FUZZ_TARGET_H
#define TESTS_FUZZ_TARGET_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Returns 0. What is found is told by a sanitizer, or by REQUIRE. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* How many inputs were accepted so far, which each target counts: what is checked of those alone would
 * otherwise be checked of none without anybody's noticing. */
extern size_t target_accepted;

/* What must hold for any input. */
#define REQUIRE(condition) ((condition) ? (void)0 : target_fail(#condition, __FILE__, __LINE__))

static inline void target_fail(const char *condition, const char *file, int line)
{
    fprintf(stderr, "%s:%d: not so: %s\n", file, line, condition);
    abort();
}

/* The path of a regular file that holds these bytes, until the next call. */
const char *target_file(const void *bytes, size_t size);

/* Goes to an empty directory of its own, once, where `name`, which must live on, is a file of these bytes. */
void target_named(const char *name, const void *bytes, size_t size);

#endif
