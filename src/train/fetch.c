#include "train/fetch.h"

#include <ctype.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/program.h"
#include "base/sha256.h"
#include "base/text.h"
#include "io/idx.h"
#include "train/curl.h"

enum { FILE_LIMIT = 48 << 20 }; /* bytes; the largest of MNIST, uncompressed, has 47,040,016 */

const struct mnist_file mnist_files[MNIST_FILES] = {
    {"train-images-idx3-ubyte", "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"},
    {"train-labels-idx1-ubyte", "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"},
    {"t10k-images-idx3-ubyte", "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"},
    {"t10k-labels-idx1-ubyte", "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"},
};

static const char *const public_mirrors[] = {
    "https://ossci-datasets.s3.amazonaws.com/mnist",
    "https://storage.googleapis.com/cvdf-datasets/mnist",
    "https://systemds.apache.org/assets/datasets/mnist",
    NULL,
};

char *mnist_path(const char *directory, const char *name, struct assay_error *error)
{
    struct text zipped = {0};
    text_add(&zipped, "%s.gz", name);
    char *const plain = path_join(directory, name);
    char *const gzip = zipped.failed ? NULL : path_join(directory, zipped.bytes);
    text_finish(&zipped);
    char *found = NULL;
    if (plain == NULL || gzip == NULL)
        assay_fail_memory(error, "naming the data files");
    else if (file_exists(plain))
        found = plain;
    else if (file_exists(gzip))
        found = gzip;
    else
        assay_fail(error, ASSAY_INVALID, "%s: is not there, nor with .gz", plain);
    if (found != plain)
        memory_free(plain);
    if (found != gzip)
        memory_free(gzip);
    return found;
}

/* What servers say instead of a file. */
static bool is_html(const uint8_t *bytes, size_t length)
{
    size_t start = 0;
    while (start < length && isspace(bytes[start]))
        start++;
    return start < length && bytes[start] == '<';
}

/* The uncompressed contents of `path`, which have to be those of `file`; the caller's to memory_free. */
static bool read_right(const char *path, const struct mnist_file *file, uint8_t **bytes, size_t *length,
                       struct assay_error *error)
{
    if (!gzip_read(path, FILE_LIMIT, bytes, length, error))
        return false;
    struct sha256 sha256;
    uint8_t digest[SHA256_SIZE];
    char hex[SHA256_HEX_SIZE];
    sha256_init(&sha256);
    sha256_add(&sha256, *bytes, *length);
    sha256_end(&sha256, digest);
    sha256_hex(digest, hex);
    if (strcmp(hex, file->sha256) == 0)
        return true;
    if (is_html(*bytes, *length))
        assay_fail(error, ASSAY_INVALID, "%s: is a page of HTML, not the data", path);
    else
        assay_fail(error, ASSAY_INVALID, "%s: is not the published file: its SHA-256 is %s, not %s", path,
                   hex, file->sha256);
    memory_free(*bytes);
    return false;
}

static bool check_file(const char *directory, const struct mnist_file *file, struct assay_error *error)
{
    char *const path = mnist_path(directory, file->name, error);
    uint8_t *bytes;
    size_t length;
    const bool right = path != NULL && read_right(path, file, &bytes, &length, error);
    if (right)
        memory_free(bytes);
    memory_free(path);
    return right;
}

/* One file on its way. */
struct transfer {
    const struct mnist_file *file;
    char *part, *plain; /* where it comes down, and where it ends */
    const struct log *log;
};

enum outcome { FETCHED, TRY_NEXT, GIVE_UP };

static enum outcome give_up(struct assay_error *error, const char *url, const char *why)
{
    assay_fail(error, ASSAY_MACHINE, "%s: %s", url, why);
    return GIVE_UP;
}

/* Removes what came down unless it could not be kept for another reason than itself. */
static enum outcome keep(const struct transfer *transfer, const char *url, struct assay_error *error)
{
    uint8_t *bytes;
    size_t length;
    if (!read_right(transfer->part, transfer->file, &bytes, &length, error)) {
        if (error->status == ASSAY_MACHINE)
            return GIVE_UP;
        const struct assay_error why = *error;
        assay_fail(error, ASSAY_MACHINE, "%s: what came is refused; %s", url, why.text);
        return file_remove(transfer->part, error) ? TRY_NEXT : GIVE_UP;
    }
    const bool kept =
        file_write_atomic(transfer->plain, bytes, length, error) && file_remove(transfer->part, error);
    memory_free(bytes);
    return kept ? FETCHED : GIVE_UP;
}

static enum outcome download(const struct transfer *transfer, const char *url, struct assay_error *error)
{
    struct text complaint = {0};
    const int code = curl_download(url, transfer->part, FILE_LIMIT, &complaint);
    const char *const why = complaint.length > 0 ? complaint.bytes : "curl failed without a word";
    enum outcome outcome = TRY_NEXT;
    switch (code) {
    case CURL_DONE:
        outcome = keep(transfer, url, error);
        break;
    case CURL_MISSING:
        outcome = give_up(error, url,
                          "curl is needed to fetch it: please install curl, or put the files there yourself");
        break;
    case PROGRAM_FAILED:
    case CURL_WRITE_ERROR:
    case CURL_OUT_OF_MEMORY:
        outcome = give_up(error, url, why);
        break;
    case CURL_CANNOT_RESUME:
        assay_fail(error, ASSAY_MACHINE, "%s: %s", url, why);
        outcome = file_remove(transfer->part, error) ? TRY_NEXT : GIVE_UP;
        break;
    default:
        assay_fail(error, ASSAY_MACHINE, "%s: %s", url, why);
    }
    text_finish(&complaint);
    return outcome;
}

/* The beginning may be of another day or mirror. Where it spoilt the download, it is gone afterwards, and the
 * whole is fetched. */
static enum outcome fetch_from(const struct transfer *transfer, const char *mirror, struct assay_error *error)
{
    struct text url = {0};
    size_t length = strlen(mirror);
    while (length > 0 && mirror[length - 1] == '/')
        length--;
    text_add(&url, "%.*s/%s.gz", (int)length, mirror, transfer->file->name);
    enum outcome outcome = GIVE_UP;
    if (url.failed) {
        assay_fail_memory(error, "fetching a file");
    } else {
        const bool resuming = file_exists(transfer->part);
        log_say(transfer->log, LOG_INFO, "%s %s", resuming ? "resuming" : "fetching", url.bytes);
        outcome = download(transfer, url.bytes, error);
        if (outcome == TRY_NEXT && resuming && !file_exists(transfer->part)) {
            log_say(transfer->log, LOG_INFO, "fetching %s from the start", url.bytes);
            outcome = download(transfer, url.bytes, error);
        }
    }
    text_finish(&url);
    return outcome;
}

static bool fetch_from_any(const struct transfer *transfer, const char *const *mirrors,
                           struct assay_error *error)
{
    struct text reasons = {0};
    enum outcome outcome = TRY_NEXT;
    for (; outcome == TRY_NEXT && *mirrors != NULL; mirrors++) {
        struct assay_error reason = {0};
        outcome = fetch_from(transfer, *mirrors, &reason);
        if (outcome == GIVE_UP)
            assay_fail(error, reason.status, "%s", reason.text);
        else if (outcome == TRY_NEXT)
            text_add(&reasons, "\n    %s", reason.text);
    }
    if (outcome == TRY_NEXT)
        assay_fail(error, ASSAY_MACHINE, "%s could not be fetched:%s", transfer->file->name,
                   reasons.failed ? "" : reasons.bytes);
    text_finish(&reasons);
    return outcome == FETCHED;
}

static bool fetch_file(const char *directory, const struct mnist_file *file, const char *const *mirrors,
                       const struct log *log, struct assay_error *error)
{
    struct text part = {0};
    text_add(&part, "%s.gz.part", file->name);
    struct transfer transfer = {.file = file, .log = log, .plain = path_join(directory, file->name)};
    transfer.part = part.failed ? NULL : path_join(directory, part.bytes);
    const bool done = transfer.part != NULL && transfer.plain != NULL
                          ? fetch_from_any(&transfer, mirrors, error)
                          : assay_fail_memory(error, "fetching a file");
    text_finish(&part);
    memory_free(transfer.part);
    memory_free(transfer.plain);
    return done;
}

struct file_lock *files_lock(const char *directory, struct assay_error *error)
{
    bool held_by_other = false;
    char *const path = path_join(directory, "fetch.lock");
    struct file_lock *lock = NULL;
    if (path == NULL)
        assay_fail_memory(error, "keeping data files");
    else if (directory_create(directory, error))
        lock = file_lock_acquire(path, &held_by_other, error);
    if (held_by_other)
        assay_fail(error, ASSAY_MACHINE, "%s: another process is writing data files to it", directory);
    memory_free(path);
    return lock;
}

bool files_fetch(const char *directory, const struct mnist_file *files, size_t count,
                 const char *const *mirrors, const struct log *log, struct assay_error *error)
{
    struct file_lock *const lock = files_lock(directory, error);
    bool done = lock != NULL;
    for (size_t i = 0; done && i < count; i++) {
        file_remove_leftovers(directory, files[i].name);
        if (check_file(directory, &files[i], NULL))
            log_say(log, LOG_INFO, "%s is there", files[i].name);
        else
            done = fetch_file(directory, &files[i], mirrors, log, error);
    }
    file_lock_release(lock);
    return done;
}

bool files_verify(const char *directory, const struct mnist_file *files, size_t count, const struct log *log,
                  struct assay_error *error)
{
    struct text problems = {0};
    enum assay_status status = ASSAY_DONE;
    for (size_t i = 0; i < count; i++) {
        struct assay_error problem = {0};
        if (check_file(directory, &files[i], &problem)) {
            log_say(log, LOG_INFO, "%s is as published", files[i].name);
            continue;
        }
        text_add(&problems, "%s%s", problems.length > 0 ? "\n" : "", problem.text);
        status = problem.status > status ? problem.status : status;
    }
    if (status != ASSAY_DONE)
        assay_fail(error, status, "%s", problems.failed ? "the files differ" : problems.bytes);
    text_finish(&problems);
    return status == ASSAY_DONE;
}

bool mnist_fetch(const char *directory, const char *mirror, const struct log *log, struct assay_error *error)
{
    const char *const only[] = {mirror, NULL};
    return files_fetch(directory, mnist_files, MNIST_FILES, mirror != NULL ? only : public_mirrors, log,
                       error);
}

bool mnist_verify(const char *directory, const struct log *log, struct assay_error *error)
{
    return files_verify(directory, mnist_files, MNIST_FILES, log, error);
}
