/* The built program ($ASSAY_PROGRAM), started in a directory of its own; shared by the tests in tests/end. */
#ifndef TESTS_END_PROGRAM_H
#define TESTS_END_PROGRAM_H

#include "harness.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"

enum { PROGRAM_ARGUMENTS = 32 };

/* Where the test began, and goes back to. */
static char program_root[256];

static inline void enter_directory(void)
{
    const char *parent = getenv("TMPDIR");
    snprintf(program_root, sizeof program_root, "%s/assay-end-XXXXXX", parent != NULL ? parent : "/tmp");
    if (getenv("ASSAY_PROGRAM") == NULL || mkdtemp(program_root) == NULL || chdir(program_root) != 0) {
        fprintf(stderr, "ASSAY_PROGRAM must be set, and a directory must be had\n");
        exit(EXIT_FAILURE);
    }
    unsetenv("ASSAY_DATA");
}

static inline int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
    (void)status, (void)kind, (void)walk;
    return remove(path);
}

static inline void leave_directory(void)
{
    if (chdir("/") == 0)
        nftw(program_root, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static inline void write_text(const char *path, const char *text)
{
    struct assay_error error;
    if (file_write_atomic(path, text, strlen(text), &error))
        return;
    fprintf(stderr, "%s\n", error.text);
    exit(EXIT_FAILURE);
}

/* The whole file, to be freed; "" where there is none. */
static inline char *read_text(const char *path)
{
    char *bytes = NULL;
    size_t length;
    if (!file_read(path, 1 << 28, &bytes, &length, NULL))
        return calloc(1, 1);
    return bytes;
}

/* What it prints goes to the files `out` (NULL: it has no standard output) and "err". */
static inline pid_t start_program(const char *out, const char *const *arguments)
{
    const pid_t child = fork();
    if (child != 0)
        return child;
    const int to_out = out != NULL ? open(out, O_WRONLY | O_CREAT | O_TRUNC, 0666) : -1,
              to_err = open("err", O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (out != NULL)
        dup2(to_out, STDOUT_FILENO);
    else
        close(STDOUT_FILENO);
    dup2(to_err, STDERR_FILENO);
    execv(getenv("ASSAY_PROGRAM"), (char *const *)arguments);
    _exit(127);
}

/* The exit code; 1000 and the signal when one ended it. */
static inline int wait_program(pid_t child)
{
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

/* Starts `assay …`; the words end with NULL. */
static inline pid_t start(const char *first, ...)
{
    const char *arguments[PROGRAM_ARGUMENTS] = {"assay", first};
    va_list list;
    va_start(list, first);
    for (size_t count = 2; (arguments[count] = va_arg(list, const char *)) != NULL;)
        CU_ASSERT_FATAL(++count < PROGRAM_ARGUMENTS);
    va_end(list);
    return start_program("out", arguments);
}

/* Runs `assay …` to its end; its exit code. */
#define RUN(...) wait_program(start(__VA_ARGS__, NULL))

static inline void pause_ms(long milliseconds)
{
    nanosleep(&(struct timespec){milliseconds / 1000, milliseconds % 1000 * 1000000}, NULL);
}

/* Waits until the program has written so many bytes of the file, at most a minute. */
static inline void wait_for_file(const char *path, off_t bytes)
{
    struct stat status;
    for (int i = 0; i < 60000; i++) {
        if (stat(path, &status) == 0 && status.st_size >= bytes)
            return;
        pause_ms(1);
    }
    CU_FAIL_FATAL("the program did not get there");
}

static inline void check_file(const char *path, const char *wanted)
{
    char *found = read_text(path);
    CHECK_TEXT(found, wanted);
    memory_free(found);
}

static inline void check_contains(const char *path, const char *wanted)
{
    char *found = read_text(path);
    if (strstr(found, wanted) == NULL)
        fprintf(stderr, "%s:\n%s\nlacks:\n%s\n", path, found, wanted);
    CU_ASSERT_PTR_NOT_NULL(strstr(found, wanted));
    memory_free(found);
}

static inline bool same_bytes(const char *a, const char *b)
{
    char *of_a = NULL, *of_b = NULL;
    size_t a_length = 0, b_length = 0;
    const bool same = file_read(a, 1 << 28, &of_a, &a_length, NULL) &&
                      file_read(b, 1 << 28, &of_b, &b_length, NULL) && a_length == b_length &&
                      memcmp(of_a, of_b, a_length) == 0;
    memory_free(of_a);
    memory_free(of_b);
    return same;
}

/* All that must be equal of two runs of one config: everything without a clock in it. */
static inline void check_same_run(const char *a, const char *b)
{
    static const char *const names[] = {"config.yaml",  "curves.csv",       "predictions.csv",
                                        "mistakes.csv", "best.safetensors", "last.safetensors"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char of_a[256], of_b[256];
        snprintf(of_a, sizeof of_a, "%s/%s", a, names[i]);
        snprintf(of_b, sizeof of_b, "%s/%s", b, names[i]);
        const bool same = same_bytes(of_a, of_b);
        if (!same)
            fprintf(stderr, "%s and %s differ\n", of_a, of_b);
        CU_ASSERT_TRUE(same);
    }
}

#endif
