#include "harness.h"

#include "base/file.h"
#include "base/memory.h"
#include "train/fetch.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* What tests/end/mirror.py serves. */
static const struct mnist_file files[] = {
    {"alpha", "40edba71441f68f33ac3055fdbd4f0a6aa93c2395e41c10cee110911171a7134"},
    {"beta", "873019f644669049a86a47464a9d3799e26aa5250aebb714a3b93824db848467"},
};
static const struct log silence = {0};

static char root[256];      /* a fresh directory */
static char directory[300]; /* where files are fetched to */
static char requests[300];  /* what the mirror was asked */
static char port[16];

static char *in_directory(const char *name)
{
    static char path[400];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    return path;
}

static void start_afresh(void)
{
    static const char *const names[] = {"alpha", "alpha.gz", "alpha.gz.part", "beta", "beta.gz.part"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        file_remove(in_directory(names[i]), NULL);
    rmdir(directory);
    file_remove(requests, NULL);
}

static bool fetch(size_t count, const char *const behaviours[4], struct assay_error *error)
{
    char urls[4][64];
    const char *mirrors[5] = {NULL};
    for (size_t i = 0; i < 4 && behaviours[i] != NULL; i++) {
        snprintf(urls[i], sizeof urls[i], "http://127.0.0.1:%s/%s", port, behaviours[i]);
        mirrors[i] = urls[i];
    }
    return files_fetch(directory, files, count, mirrors, &silence, error);
}

static void check_requests(const char *wanted)
{
    char *found = NULL;
    size_t length;
    file_read(requests, 1 << 16, &found, &length, NULL);
    CHECK_TEXT(found != NULL ? found : "", wanted);
    memory_free(found);
}

static void mirrors_are_tried_in_turn(void)
{
    static const struct {
        const char *begun; /* bytes of an earlier download, each "x" standing for 1,000 that are wrong */
        const char *mirrors[4];
        const char *complaints[4]; /* parts of the message; none: it is fetched */
        const char *requests;
    } cases[] = {
        {"", {"good"}, {0}, "/good/alpha.gz\n"},
        {"", {"moved/"}, {0}, "/moved/alpha.gz\n/good/alpha.gz\n"},
        {"",
         {"missing", "html", "wrong", "good"},
         {0},
         "/missing/alpha.gz\n/html/alpha.gz\n/wrong/alpha.gz\n/good/alpha.gz\n"},
        {"", {"truncated", "good"}, {0}, "/truncated/alpha.gz\n/good/alpha.gz\n"},
        {"", {"cut", "good"}, {0}, "/cut/alpha.gz\n/good/alpha.gz bytes=1000-\n"},
        {"",
         {"cut", "without_ranges"},
         {0},
         "/cut/alpha.gz\n/without_ranges/alpha.gz bytes=1000-\n/without_ranges/alpha.gz\n"},
        {"x", {"good"}, {0}, "/good/alpha.gz bytes=1000-\n/good/alpha.gz\n"},
        {"xxxxx", {"good"}, {0}, "/good/alpha.gz bytes=5000-\n/good/alpha.gz\n"},
        {"x",
         {"missing", "good"},
         {0},
         "/missing/alpha.gz bytes=1000-\n/good/alpha.gz bytes=1000-\n/good/alpha.gz\n"},
        {"",
         {"html"},
         {"alpha could not be fetched:\n    http://", "is a page of HTML, not the data"},
         "/html/alpha.gz\n"},
        {"",
         {"wrong"},
         {"is not the published file: its SHA-256 is ", ", not 40edba71"},
         "/wrong/alpha.gz\n"},
        {"", {"truncated"}, {"the gzip data end too soon"}, "/truncated/alpha.gz\n"},
        {"", {"elsewhere"}, {"curl: (1) "}, "/elsewhere/alpha.gz\n"},
        {"", {"huge"}, {"curl: (63) "}, "/huge/alpha.gz\n"},
        {"",
         {"missing", "cut"},
         {"/missing/alpha.gz: curl: (22) ", "/cut/alpha.gz: curl: (18) "},
         "/missing/alpha.gz\n/cut/alpha.gz\n"},
    };
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        start_afresh();
        char begun[8000];
        memset(begun, 'x', sizeof begun);
        if (cases[c].begun[0] != '\0') {
            CU_ASSERT_TRUE_FATAL(directory_create(directory, NULL));
            CU_ASSERT_TRUE_FATAL(
                file_write_atomic(in_directory("alpha.gz.part"), begun, 1000 * strlen(cases[c].begun), NULL));
        }
        const bool fetched = cases[c].complaints[0] == NULL;
        struct assay_error error = {0};
        CU_ASSERT_EQUAL(fetch(1, cases[c].mirrors, &error), fetched);
        CU_ASSERT_EQUAL(error.status, fetched ? ASSAY_DONE : ASSAY_MACHINE);
        for (size_t i = 0; i < 4 && cases[c].complaints[i] != NULL; i++)
            if (strstr(error.text, cases[c].complaints[i]) == NULL)
                CHECK_TEXT(error.text, cases[c].complaints[i]);
        check_requests(cases[c].requests);
        CU_ASSERT_EQUAL(files_verify(directory, files, 1, &silence, NULL), fetched);
        CU_ASSERT_EQUAL(file_exists(in_directory("alpha")), fetched);
        CU_ASSERT(!fetched || !file_exists(in_directory("alpha.gz.part")));
        CU_ASSERT(!file_exists(in_directory("fetch.lock")));
    }
}

static void what_came_is_there_for_the_next_try(void)
{
    start_afresh();
    CU_ASSERT_FALSE(fetch(1, (const char *const[4]){"cut"}, NULL));
    CU_ASSERT_TRUE(fetch(1, (const char *const[4]){"good"}, NULL));
    check_requests("/cut/alpha.gz\n/good/alpha.gz bytes=1000-\n");
}

static void what_is_right_is_left_alone(void)
{
    start_afresh();
    CU_ASSERT_TRUE(fetch(1, (const char *const[4]){"good"}, NULL));
    CU_ASSERT_TRUE(fetch(2, (const char *const[4]){"good"}, NULL));
    check_requests("/good/alpha.gz\n/good/beta.gz\n");

    char gzip[400];
    snprintf(gzip, sizeof gzip, "%s/alpha.gz", directory);
    CU_ASSERT_EQUAL_FATAL(rename(in_directory("alpha"), gzip), 0);
    CU_ASSERT_TRUE(fetch(2, (const char *const[4]){"good"}, NULL));
    check_requests("/good/alpha.gz\n/good/beta.gz\n");
}

static void what_is_wrong_is_replaced(void)
{
    start_afresh();
    CU_ASSERT_TRUE_FATAL(directory_create(directory, NULL));
    CU_ASSERT_TRUE_FATAL(file_write_atomic(in_directory("alpha"), "other", 5, NULL));
    CU_ASSERT_FALSE(files_verify(directory, files, 1, &silence, NULL));
    CU_ASSERT_TRUE(fetch(1, (const char *const[4]){"good"}, NULL));
    CU_ASSERT_TRUE(files_verify(directory, files, 1, &silence, NULL));
}

static void all_that_differs_is_said(void)
{
    start_afresh();
    CU_ASSERT_TRUE_FATAL(directory_create(directory, NULL));
    CU_ASSERT_TRUE_FATAL(file_write_atomic(in_directory("alpha"), "<a>", 3, NULL));
    struct assay_error error = {0};
    CU_ASSERT_FALSE(files_verify(directory, files, 2, &silence, &error));
    CU_ASSERT_EQUAL(error.status, ASSAY_INVALID);
    char wanted[1024];
    snprintf(wanted, sizeof wanted,
             "%s/alpha: is a page of HTML, not the data\n%s/beta: is not there, nor with .gz", directory,
             directory);
    CHECK_TEXT(error.text, wanted);
}

static void one_at_a_time(void)
{
    start_afresh();
    bool held_by_other;
    CU_ASSERT_TRUE_FATAL(directory_create(directory, NULL));
    struct file_lock *lock = file_lock_acquire(in_directory("fetch.lock"), &held_by_other, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(lock);
    struct assay_error error = {0};
    CU_ASSERT_FALSE(fetch(1, (const char *const[4]){"good"}, &error));
    CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "another process is writing data files"));
    file_lock_release(lock);
    check_requests("");
}

static void without_curl(void)
{
    start_afresh();
    char *path = strdup(getenv("PATH"));
    setenv("PATH", root, 1);
    struct assay_error error = {0};
    CU_ASSERT_FALSE(fetch(1, (const char *const[4]){"good", "good"}, &error));
    setenv("PATH", path, 1);
    free(path);
    CU_ASSERT_EQUAL(error.status, ASSAY_MACHINE);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "install curl"));
    check_requests("");
}

static bool have(const char *program)
{
    const char *const path = getenv("PATH");
    for (const char *at = path; at != NULL && *at != '\0'; at += *at == ':') {
        const size_t length = strcspn(at, ":");
        char file[512];
        snprintf(file, sizeof file, "%.*s/%s", (int)length, at, program);
        if (access(file, X_OK) == 0)
            return true;
        at += length;
    }
    return false;
}

/* The mirror's process; it has printed its port. -1: it does not start. */
static pid_t start_mirror(void)
{
    int ends[2];
    if (pipe(ends) != 0)
        return -1;
    char *here = path_directory(__FILE__), *script = path_join(here, "../end/mirror.py");
    const pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        execlp("python3", "python3", script, requests, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    FILE *output = fdopen(ends[0], "r");
    const bool started = fscanf(output, "%15[0-9]", port) == 1;
    fclose(output);
    memory_free(here);
    memory_free(script);
    return started ? child : -1;
}

int main(void)
{
    if (!have("python3") || !have("curl")) {
        puts("skipped: python3 and curl are needed");
        return 77;
    }
    const char *const base = getenv("TMPDIR");
    snprintf(root, sizeof root, "%s/assay-fetch-XXXXXX", base != NULL ? base : "/tmp");
    if (mkdtemp(root) == NULL)
        return EXIT_FAILURE;
    snprintf(directory, sizeof directory, "%s/data", root);
    snprintf(requests, sizeof requests, "%s/requests", root);
    setenv("no_proxy", "127.0.0.1", 1);
    const pid_t mirror = start_mirror();
    if (mirror < 0) {
        puts("tests/end/mirror.py does not start");
        rmdir(root);
        return EXIT_FAILURE;
    }

    CU_TestInfo tests[] = {
        {"mirrors are tried in turn", mirrors_are_tried_in_turn},
        {"what came is there for the next try", what_came_is_there_for_the_next_try},
        {"what is right is left alone", what_is_right_is_left_alone},
        {"what is wrong is replaced", what_is_wrong_is_replaced},
        {"all that differs is said", all_that_differs_is_said},
        {"one at a time", one_at_a_time},
        {"without curl", without_curl},
        CU_TEST_INFO_NULL,
    };
    const int status = run_suite("fetch", tests);
    start_afresh();
    rmdir(root);
    kill(mirror, SIGTERM);
    waitpid(mirror, NULL, 0);
    return status;
}
