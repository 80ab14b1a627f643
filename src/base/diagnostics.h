/* All that is wrong with a config, collected before anything is said: each with its place in a file. */
#ifndef BASE_DIAGNOSTICS_H
#define BASE_DIAGNOSTICS_H

#include <stdbool.h>
#include <stddef.h>

#include "assay/error.h"
#include "base/text.h"

/* A text that positions point into; lives as long as the diagnostics. `name` is what the user calls it
 * ("configs/a.yaml", "command line"). */
struct source {
    const char *name;
    const char *bytes;
    size_t length;
};

/* Line and column count from 1; a column counts bytes. line 0: the file as a whole. */
struct place {
    const struct source *source;
    int line, column;
};

struct diagnostics; /* at most 20 are kept, the rest counted */

struct diagnostics *diagnostics_create(void); /* NULL when memory cannot be had */
void diagnostics_destroy(struct diagnostics *diagnostics);

/* `path` is the key's path ("train.batch_size", "model[2].conv.maps") or NULL. Copies everything; the message
 * is one line, its untrusted parts are escaped here. Returns false always. */
bool diagnose(struct diagnostics *diagnostics, struct place place, const char *path, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The status is ASSAY_INVALID unless something of the machine failed (a file that is there but cannot be
 * read, memory). */
bool diagnose_machine(struct diagnostics *diagnostics, struct place place, const char *path,
                      const char *format, ...) __attribute__((format(printf, 4, 5)));

/* How often something was said: also what was said before and is kept once. */
size_t diagnostics_count(const struct diagnostics *diagnostics);
enum assay_status
diagnostics_status(const struct diagnostics *diagnostics); /* ASSAY_DONE when there are none */

/* In file order (source as first seen, then line, then column), for each:
 *     configs/a.yaml:12:9: train.batch_sise: unknown key; did you mean batch_size?
 *        12 |   batch_sise: 16
 *           |   ^
 * (no line and caret where the place has no line; no path where it is NULL; a line too long is shown from
 * near the caret), and "and 3 more" at the end where some were dropped. */
void diagnostics_print(const struct diagnostics *diagnostics, struct text *text);

/* All of that as one error, behind `before` ("" or a line of its own); "out of memory while <doing>" where
 * `diagnostics` is NULL or that cannot be written. Returns false always. */
bool diagnostics_fail(const struct diagnostics *diagnostics, const char *before, const char *doing,
                      struct assay_error *error);

#endif
