/* Getting MNIST: the only code that reaches for the network, through curl, when the user asks. */
#ifndef TRAIN_FETCH_H
#define TRAIN_FETCH_H

#include <stdbool.h>
#include <stddef.h>

#include "assay/error.h"
#include "base/file.h"
#include "base/log.h"

/* The four files of MNIST: their plain names and the SHA-256 of the uncompressed files; images and labels to
 * train on, then to test on. */
struct mnist_file {
    const char *name, *sha256;
};
enum { MNIST_FILES = 4 };
extern const struct mnist_file mnist_files[MNIST_FILES];

/* Downloads what `directory` lacks, from `mirror` (NULL: the built-in list, one after another), as
 * <mirror>/<name>.gz, resuming a partial download; uncompresses, verifies and keeps the plain file. A page of
 * HTML, a truncated or another file is refused with a sentence, removed, and the next mirror tried. What is
 * there and right is left alone. curl missing: ASSAY_MACHINE, saying what to install; no mirror worked:
 * ASSAY_MACHINE with each one's reason. */
bool mnist_fetch(const char *directory, const char *mirror, const struct log *log, struct assay_error *error);

/* Checks the four files (plain or .gz). */
bool mnist_verify(const char *directory, const struct log *log, struct assay_error *error);

/* Any files, for those two and the tests: `mirrors` ends with NULL. */
bool files_fetch(const char *directory, const struct mnist_file *files, size_t count,
                 const char *const *mirrors, const struct log *log, struct assay_error *error);
bool files_verify(const char *directory, const struct mnist_file *files, size_t count, const struct log *log,
                  struct assay_error *error);

/* Makes the directory, and locks it against others that write data files there: NULL where they do. */
struct file_lock *files_lock(const char *directory, struct assay_error *error);

/* The path of a file that is there, plain or else with ".gz": memory_free-able, NULL on failure
 * (ASSAY_INVALID when neither is). */
char *mnist_path(const char *directory, const char *name, struct assay_error *error);

#endif
