#include "train/curl.h"

#include <stdbool.h>
#include <stdio.h>

#include "base/program.h"

enum { OUTPUT_LIMIT = 16 << 10, HTTP_ERROR = 22 /* of curl's exit codes */ };

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

/* curl's own --max-filesize does not see a body whose length the server keeps to itself. */
int curl_download(const char *url, const char *path, size_t limit, struct text *complaint)
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
    const struct program curl = {.arguments = arguments, .file_limit = limit, .output_limit = OUTPUT_LIMIT};
    struct text output = {0};
    const int code = program_run(&curl, &output, &output);
    if (code == PROGRAM_FAILED || (code > 0 && code != PROGRAM_MISSING))
        add_last_line(&output, complaint);
    text_finish(&output);
    /* 416: nothing comes behind what there is already */
    return code == HTTP_ERROR && complaint->bytes != NULL && string_ends_with(complaint->bytes, " 416")
               ? CURL_CANNOT_RESUME
               : code;
}
