#include "report/outputs.h"

#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "run/files.h"

enum { FILE_LIMIT = 64 << 20, SHOWN = 100 };

/* NULL where another process writes here, or the lock cannot be had: then others clean up, and what is to be
 * written is written all the same, anew where its temporary file is taken away. */
static struct file_lock *lock_and_clean(const char *directory, const struct output *outputs, size_t count)
{
    char *path = path_join(directory, LOCK_FILE);
    bool is_held;
    struct file_lock *lock = path != NULL ? file_lock_acquire(path, &is_held, NULL) : NULL;
    for (size_t i = 0; lock != NULL && i < count; i++)
        file_remove_leftovers(directory, outputs[i].name);
    memory_free(path);
    return lock;
}

bool outputs_write(const char *directory, const struct output *outputs, size_t count,
                   struct assay_error *error)
{
    if (count == 0)
        return true;
    if (!directory_create(directory, error))
        return false;
    struct file_lock *lock = lock_and_clean(directory, outputs, count);
    bool done = true;
    for (size_t i = 0; i < count && done; i++) {
        char *path = path_join(directory, outputs[i].name);
        done = path != NULL ? file_write_atomic(path, outputs[i].bytes, outputs[i].length, error)
                            : assay_fail_memory(error, "writing results");
        memory_free(path);
    }
    file_lock_release(lock);
    return done;
}

/* Where the first difference is: its line, which begins at `start`. */
struct mismatch {
    size_t line, start, at;
};

static struct mismatch first_mismatch(const char *a, size_t a_length, const char *b, size_t b_length)
{
    struct mismatch mismatch = {.line = 1};
    for (; mismatch.at < a_length && mismatch.at < b_length && a[mismatch.at] == b[mismatch.at];
         mismatch.at++)
        if (a[mismatch.at] == '\n') {
            mismatch.line++;
            mismatch.start = mismatch.at + 1;
        }
    return mismatch;
}

/* The line, or of a long one what is around the mismatch. */
static void add_line(struct text *text, const char *who, const char *bytes, size_t length,
                     const struct mismatch *mismatch)
{
    text_add(text, "\n  %s ", who);
    if (mismatch->start >= length) {
        text_add(text, "(its end)");
        return;
    }
    size_t start = mismatch->start;
    if (mismatch->at - start > SHOWN / 2)
        start = mismatch->at - SHOWN / 2;
    while (start > mismatch->start && start < length && ((unsigned char)bytes[start] & 0xC0) == 0x80)
        start--;
    size_t end = start;
    while (end < length && bytes[end] != '\n' && end - start < SHOWN)
        end++;
    while (end < length && ((unsigned char)bytes[end] & 0xC0) == 0x80)
        end++;
    text_add(text, "%s", start > mismatch->start ? "…" : "");
    text_add_escaped(text, bytes + start, end - start);
    text_add(text, "%s", end < length && bytes[end] != '\n' ? "…" : "");
}

/* Adds what is not as it should be: nothing when all is. */
static bool compare(const char *path, const struct output *output, struct text *problems,
                    struct assay_error *error)
{
    char *found = NULL;
    size_t length = 0;
    if (!file_exists(path)) {
        text_add(problems, "%s%s is not there", problems->length > 0 ? "\n" : "", path);
        return true;
    }
    if (!file_read(path, FILE_LIMIT, &found, &length, error))
        return false;
    if (length != output->length || memcmp(found, output->bytes, length) != 0) {
        const struct mismatch at = first_mismatch(found, length, output->bytes, output->length);
        text_add(problems, "%s%s, line %zu, is not what the runs give:", problems->length > 0 ? "\n" : "",
                 path, at.line);
        add_line(problems, "there:", found, length, &at);
        add_line(problems, "runs: ", output->bytes, output->length, &at);
    }
    memory_free(found);
    return true;
}

bool outputs_check(const char *directory, const struct output *outputs, size_t count,
                   struct assay_error *error)
{
    struct text problems = {0};
    bool done = true;
    for (size_t i = 0; i < count && done; i++) {
        char *path = path_join(directory, outputs[i].name);
        done = path != NULL ? compare(path, &outputs[i], &problems, error)
                            : assay_fail_memory(error, "checking results");
        memory_free(path);
    }
    if (done && problems.failed)
        done = assay_fail_memory(error, "checking results");
    else if (done && problems.length > 0)
        done = assay_fail(error, ASSAY_INCOMPLETE, "%s", problems.bytes);
    text_finish(&problems);
    return done;
}
