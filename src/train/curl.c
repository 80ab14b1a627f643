#include "train/curl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OUTPUT_LIMIT = 16 << 10, HTTP_ERROR = 22 /* of curl's exit codes */ };

/* In the child. curl's own --max-filesize does not see a body whose length the server keeps to itself. */
static _Noreturn void become_curl(const char *url, const char *path, size_t limit, int output)
{
    char bytes[32];
    snprintf(bytes, sizeof bytes, "%zu", limit);
    /* clang-format off */
    const char *const arguments[] = {
        "curl", "--fail", "--location", "--silent", "--show-error", "--globoff",
        "--proto", "=http,https", "--proto-redir", "=http,https", "--max-filesize", bytes,
        "--connect-timeout", "20", "--speed-limit", "1000", "--speed-time", "60", "--retry", "2",
        "--continue-at", "-", "--output", path, "--url", url, NULL,
    };
    /* clang-format on */
    const struct rlimit file_size = {limit, limit};
    setrlimit(RLIMIT_FSIZE, &file_size);
    const int nothing = open("/dev/null", O_RDONLY);
    if (nothing >= 0 && dup2(nothing, STDIN_FILENO) >= 0 && dup2(output, STDOUT_FILENO) >= 0 &&
        dup2(output, STDERR_FILENO) >= 0)
        execvp(arguments[0], (char *const *)arguments);
    _exit(CURL_MISSING);
}

/* All that comes is read, so that curl never waits for us; the first part of it is kept. */
static void drain(int output, struct text *kept)
{
    char piece[1024];
    for (;;) {
        const ssize_t count = read(output, piece, sizeof piece);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return;
        if (kept->length < OUTPUT_LIMIT)
            text_add_bytes(kept, piece, (size_t)count);
    }
}

static void add_last_line(const struct text *output, struct text *complaint)
{
    size_t end = output->length;
    while (end > 0 && output->bytes[end - 1] == '\n')
        end--;
    size_t start = end;
    while (start > 0 && output->bytes[start - 1] != '\n')
        start--;
    if (start < end)
        text_add_escaped(complaint, output->bytes + start, end - start);
}

static bool ends_with(const struct text *text, const char *end)
{
    const size_t length = strlen(end);
    return text->length >= length && strcmp(text->bytes + text->length - length, end) == 0;
}

static int wait_for(pid_t child, struct text *complaint)
{
    int status;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR) {
            text_add(complaint, "cannot wait for curl: %s", strerror(errno));
            return -1;
        }
    if (WIFEXITED(status))
        return WEXITSTATUS(status);
    text_add(complaint, "curl was ended by signal %d", WTERMSIG(status));
    return -1;
}

int curl_download(const char *url, const char *path, size_t limit, struct text *complaint)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        text_add(complaint, "cannot start curl: %s", strerror(errno));
        return -1;
    }
    const pid_t child = fork();
    if (child == 0)
        become_curl(url, path, limit, ends[1]);
    close(ends[1]);
    if (child < 0) {
        text_add(complaint, "cannot start curl: %s", strerror(errno));
        close(ends[0]);
        return -1;
    }
    struct text output = {0};
    drain(ends[0], &output);
    close(ends[0]);
    const int code = wait_for(child, complaint);
    if (code > 0)
        add_last_line(&output, complaint);
    text_finish(&output);
    /* 416: nothing comes behind what there is already */
    return code == HTTP_ERROR && ends_with(complaint, " 416") ? CURL_CANNOT_RESUME : code;
}
