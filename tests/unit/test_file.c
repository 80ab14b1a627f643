#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "harness.h"

/* Every test starts in an empty directory of its own, as the current one. */
static char sandbox[256];

static void enter(void)
{
    const char *parent = getenv("TMPDIR");
    snprintf(sandbox, sizeof sandbox, "%s/assay-file-XXXXXX", parent != NULL ? parent : "/tmp");
    CU_ASSERT_FATAL(mkdtemp(sandbox) != NULL && chdir(sandbox) == 0);
}

static void leave(void)
{
    char command[300];
    snprintf(command, sizeof command, "rm -rf '%s'", sandbox);
    CU_ASSERT(chdir("/") == 0 && system(command) == 0);
}

static int count_entries(const char *path)
{
    int count = 0;
    DIR *stream = opendir(path);
    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    for (const struct dirent *entry; (entry = readdir(stream)) != NULL;)
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(stream);
    return count;
}

static void check_content(const char *path, const char *wanted)
{
    char *bytes = NULL;
    size_t length = 0;
    CU_ASSERT_FATAL(file_read(path, 1 << 20, &bytes, &length, NULL));
    CU_ASSERT_EQUAL(length, strlen(wanted));
    CHECK_TEXT(bytes, wanted);
    memory_free(bytes);
}

static void test_read(void)
{
    enter();
    CU_ASSERT(file_write_atomic("five", "1234\n", 5, NULL));
    CU_ASSERT(file_write_atomic("none", NULL, 0, NULL));
    CU_ASSERT_EQUAL(mkfifo("fifo", 0600), 0);
    CU_ASSERT_EQUAL(mkdir("folder", 0777), 0);
    check_content("five", "1234\n");
    check_content("none", "");
    static const struct {
        const char *path;
        size_t limit;
        enum assay_status status;
        const char *message;
    } cases[] = {
        {"five", 4, ASSAY_INVALID, "cannot read five: it has more than 4 bytes"},
        {"none", 0, ASSAY_DONE, ""},
        {"five", 5, ASSAY_DONE, ""},
        {"five", SIZE_MAX, ASSAY_DONE, ""},
        {"six", 9, ASSAY_INVALID, "cannot open six: No such file or directory"},
        {"five/x", 9, ASSAY_INVALID, "cannot open five/x: Not a directory"},
        {"", 9, ASSAY_INVALID, "cannot open \"\": No such file or directory"},
        {"fifo", 9, ASSAY_INVALID, "cannot read fifo: it is not a regular file"},
        {"folder", 9, ASSAY_INVALID, "cannot read folder: it is a directory"},
        {"/dev/zero", 9, ASSAY_INVALID, "cannot read /dev/zero: it is not a regular file"},
        {"a\x1b[31m", 9, ASSAY_INVALID, "cannot open a\\x1B[31m: No such file or directory"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct assay_error error = {0};
        char *bytes = NULL;
        size_t length = 0;
        const bool done = file_read(cases[i].path, cases[i].limit, &bytes, &length, &error);
        CU_ASSERT_EQUAL(done, cases[i].status == ASSAY_DONE);
        CU_ASSERT_EQUAL(error.status, cases[i].status);
        CHECK_TEXT(error.text, cases[i].message);
        memory_free(bytes);
    }
    leave();
}

/* The size that the system tells is 0, and yet there is content. */
static void test_read_growing(void)
{
    char *bytes = NULL;
    size_t length = 0;
    struct assay_error error = {0};
    if (!file_exists("/proc/self/status")) {
        printf("skipped: no /proc here ");
        return;
    }
    CU_ASSERT_FATAL(file_read("/proc/self/status", 1 << 20, &bytes, &length, NULL));
    CU_ASSERT(length > 100 && strlen(bytes) == length && strncmp(bytes, "Name:", 5) == 0);
    memory_free(bytes);
    CU_ASSERT_FALSE(file_read("/proc/self/status", 100, &bytes, &length, &error));
    CHECK_TEXT(error.text, "cannot read /proc/self/status: it has more than 100 bytes");
}

static void test_write(void)
{
    enter();
    CU_ASSERT(file_write_atomic("a.csv", "one\n", 4, NULL));
    CU_ASSERT(file_write_atomic("a.csv", "two\n", 4, NULL));
    check_content("a.csv", "two\n");
    CU_ASSERT(symlink("a.csv", "link") == 0 && file_write_atomic("link", "three\n", 6, NULL));
    check_content("link", "three\n");
    check_content("a.csv", "two\n"); /* the link was replaced, not followed */
    char stale[64];
    snprintf(stale, sizeof stale, ".a.csv.tmp.%ld", (long)getpid());
    CU_ASSERT(file_append(stale, "half", 4, NULL)); /* of a killed process that had our id */
    CU_ASSERT(file_write_atomic("a.csv", "four\n", 5, NULL));
    check_content("a.csv", "four\n");
    CU_ASSERT_EQUAL(count_entries("."), 2);
    struct stat status;
    const mode_t mask = umask(0);
    umask(mask);
    CU_ASSERT(stat("a.csv", &status) == 0 && (status.st_mode & 0777) == (0666 & ~mask));
    leave();
}

static void test_write_failures(void)
{
    enter();
    static const struct {
        const char *path, *message;
    } cases[] = {
        {"missing/a.csv", "cannot open the directory of missing/a.csv: No such file or directory"},
        {"file/a.csv", "cannot open the directory of file/a.csv: Not a directory"},
        {"folder", "cannot rename folder: Is a directory"},
        {"file", "cannot write file: File too large"},
    };
    CU_ASSERT(file_write_atomic("file", "old", 3, NULL));
    CU_ASSERT_EQUAL(mkdir("folder", 0777), 0);
    struct rlimit before;
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct assay_error error = {0};
        const bool full = strcmp(cases[i].path, "file") == 0;
        const struct rlimit limit = {full ? 10 : before.rlim_cur, before.rlim_max};
        setrlimit(RLIMIT_FSIZE, &limit);
        CU_ASSERT_FALSE(file_write_atomic(cases[i].path, "much longer than before", 23, &error));
        setrlimit(RLIMIT_FSIZE, &before);
        CU_ASSERT_EQUAL(error.status, ASSAY_MACHINE);
        CHECK_TEXT(error.text, cases[i].message);
    }
    check_content("file", "old");
    CU_ASSERT_EQUAL(count_entries("."), 2); /* no temporary file is left */
    leave();
}

static void test_writer(void)
{
    enter();
    struct file_writer *writer = file_writer_create("a.csv", NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(writer);
    for (int i = 0; i < 3; i++)
        CU_ASSERT(file_writer_add(writer, "row\n", 4, NULL));
    CU_ASSERT_EQUAL(count_entries("."), 0);
    CU_ASSERT(file_writer_commit(writer, NULL));
    file_writer_destroy(writer);
    check_content("a.csv", "row\nrow\nrow\n");
    writer = file_writer_create("a.csv", NULL);
    CU_ASSERT(file_writer_add(writer, "lost", 4, NULL));
    file_writer_destroy(writer);
    check_content("a.csv", "row\nrow\nrow\n");
    writer = file_writer_create("empty", NULL);
    CU_ASSERT(file_writer_commit(writer, NULL));
    file_writer_destroy(writer);
    check_content("empty", "");
    file_writer_destroy(NULL);
    CU_ASSERT_EQUAL(count_entries("."), 2);
    leave();
}

static void test_append_and_remove(void)
{
    enter();
    struct assay_error error = {0};
    CU_ASSERT(file_append("log", "one\n", 4, NULL) && file_append("log", "two\n", 4, NULL));
    check_content("log", "one\ntwo\n");
    CU_ASSERT_FALSE(file_append("missing/log", "x", 1, &error));
    CHECK_TEXT(error.text, "cannot open missing/log: No such file or directory");
    CU_ASSERT(symlink("log", "link") == 0 && mkfifo("fifo", 0666) == 0);
    CU_ASSERT_FALSE(file_append("link", "x", 1, &error)); /* might lead anywhere */
    CU_ASSERT_FALSE(file_append("fifo", "x", 1, &error)); /* nobody may ever read it */
    CU_ASSERT_FALSE(file_append("/dev/null", "x", 1, &error));
    CHECK_TEXT(error.text, "cannot write /dev/null: it is not a regular file");
    CU_ASSERT(file_remove("link", NULL) && file_remove("fifo", NULL));
    char *bytes;
    size_t length;
    CU_ASSERT_FATAL(file_read_beginning("log", 5, &bytes, &length, &error));
    CU_ASSERT_EQUAL(length, 5);
    CHECK_TEXT(bytes, "one\nt");
    memory_free(bytes);
    CU_ASSERT_FATAL(file_read_beginning("log", 100, &bytes, &length, &error));
    CHECK_TEXT(bytes, "one\ntwo\n");
    memory_free(bytes);
    CU_ASSERT(file_exists("log") && !is_directory("log"));
    CU_ASSERT(file_remove("log", NULL) && !file_exists("log"));
    CU_ASSERT(file_remove("log", NULL)); /* it is not there: fine */
    CU_ASSERT_EQUAL(mkdir("folder", 0777), 0);
    CU_ASSERT_FALSE(file_remove("folder", &error));
    CU_ASSERT_EQUAL(error.status, ASSAY_MACHINE);
    CU_ASSERT(symlink("nowhere", "dangling") == 0 && file_exists("dangling"));
    leave();
}

static void test_directories(void)
{
    enter();
    struct assay_error error = {0};
    static const char *const paths[] = {"a", "a/b/c", "a//b///d/", "./a/../e", "a/b"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        CU_ASSERT(directory_create(paths[i], &error));
        CU_ASSERT(is_directory(paths[i]));
    }
    CU_ASSERT(is_directory("a/b/d") && is_directory("e"));
    char absolute[300];
    snprintf(absolute, sizeof absolute, "%s/f/g", sandbox);
    CU_ASSERT(directory_create(absolute, &error) && is_directory("f/g"));
    CU_ASSERT(file_append("file", "", 0, NULL));
    static const struct look {
        const char *path;
        bool is_known, is_there;
    } looks[] = {{"a/b", true, true},    {"nowhere/d", true, false}, {"here", true, true},
                 {"loop", false, false}, {"file", true, false},      {"file/a", true, false}};
    CU_ASSERT(symlink("a", "here") == 0 && symlink("loop", "loop") == 0);
    for (size_t i = 0; i < sizeof looks / sizeof looks[0]; i++) {
        bool is_there;
        CU_ASSERT_EQUAL(directory_look(looks[i].path, &is_there, &error), looks[i].is_known);
        CU_ASSERT_EQUAL(is_there, looks[i].is_there);
    }
    CU_ASSERT_EQUAL(error.status, ASSAY_MACHINE);
    CHECK_TEXT(error.text, "cannot look at loop: Too many levels of symbolic links");
    static const char *const blocked[] = {"file", "file/a/b"};
    for (size_t i = 0; i < 2; i++) {
        CU_ASSERT_FALSE(directory_create(blocked[i], &error));
        CU_ASSERT_EQUAL(error.status, ASSAY_INVALID);
        CHECK_TEXT(error.text, "cannot create directory file: a file has this name");
    }
    leave();
}

static void test_leftovers(void)
{
    enter();
    static const char *const goes[] = {".a.csv.tmp.1", ".checkpoint.tmp.98765"};
    static const char *const stays[] = {"a.csv.tmp.1",   ".a.csv.tmp.", ".tmp.1",
                                        ".a.csv.tmp.1x", ".hidden",     "1"};
    for (size_t i = 0; i < sizeof goes / sizeof goes[0]; i++)
        CU_ASSERT(file_append(goes[i], "", 0, NULL));
    for (size_t i = 0; i < sizeof stays / sizeof stays[0]; i++)
        CU_ASSERT(file_append(stays[i], "", 0, NULL));
    file_remove_leftovers(".", "b.csv");
    CU_ASSERT(file_exists(goes[0]) && file_exists(goes[1]));
    file_remove_leftovers(".", "a.csv");
    CU_ASSERT(!file_exists(goes[0]) && file_exists(goes[1]));
    file_remove_leftovers(".", NULL);
    file_remove_leftovers("missing", NULL);
    for (size_t i = 0; i < sizeof goes / sizeof goes[0]; i++)
        CU_ASSERT_FALSE(file_exists(goes[i]));
    for (size_t i = 0; i < sizeof stays / sizeof stays[0]; i++)
        CU_ASSERT(file_exists(stays[i]));
    leave();
}

/* Where a checker of leaks finds what a process leaves to the system. */
static const struct file_lock *volatile kept, *volatile kept_elsewhere;

/* What another process finds: 0 the lock was free, 1 somebody had it, 2 an error. */
static int try_elsewhere(const char *path)
{
    fflush(NULL);
    const pid_t child = fork();
    if (child == 0) {
        bool held = false;
        kept_elsewhere = file_lock_acquire(path, &held, NULL);
        _exit(kept_elsewhere != NULL ? 0 : held ? 1 : 2); /* without a release: the system does that */
    }
    int status = 0;
    CU_ASSERT_FATAL(waitpid(child, &status, 0) == child && WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void test_lock(void)
{
    enter();
    bool held = true;
    struct assay_error error = {0};
    struct file_lock *lock = file_lock_acquire("lock", &held, &error);
    kept = lock;
    CU_ASSERT_PTR_NOT_NULL_FATAL(lock);
    CU_ASSERT_FALSE(held);
    char *owner = NULL, end[32];
    size_t length = 0;
    CU_ASSERT_FATAL(file_read("lock", 1000, &owner, &length, NULL));
    snprintf(end, sizeof end, " %ld\n", (long)getpid());
    CU_ASSERT_FATAL(length > strlen(end));
    CHECK_TEXT(owner + length - strlen(end), end);
    memory_free(owner);
    CU_ASSERT_EQUAL(try_elsewhere("lock"), 1);
    CU_ASSERT_PTR_NULL(file_lock_acquire("lock", &held, &error)); /* nor twice in one process */
    CU_ASSERT(held && error.status == ASSAY_DONE);
    file_lock_release(lock);
    CU_ASSERT_FALSE(file_exists("lock"));
    CU_ASSERT_EQUAL(try_elsewhere("lock"), 0);
    CU_ASSERT(file_exists("lock")); /* of a process that ended with the lock held */
    lock = file_lock_acquire("lock", &held, &error);
    CU_ASSERT_PTR_NOT_NULL(lock);
    file_lock_release(lock);
    file_lock_release(NULL);
    CU_ASSERT_PTR_NULL(file_lock_acquire("missing/lock", &held, &error));
    CU_ASSERT_FALSE(held);
    CHECK_TEXT(error.text, "cannot open missing/lock: No such file or directory");
    leave();
}

static bool is_held_now(const char *path)
{
    bool is_held;
    return file_lock_look(path, &is_held, NULL) && is_held;
}

/* Looks at a lock as fast as it can until its pipe is closed. */
static pid_t look_elsewhere(const char *path, int go_on[2])
{
    fflush(NULL);
    CU_ASSERT_FATAL(pipe(go_on) == 0);
    const pid_t child = fork();
    if (child == 0) {
        close(go_on[1]);
        fcntl(go_on[0], F_SETFL, O_NONBLOCK);
        for (char byte; read(go_on[0], &byte, 1) < 0;)
            for (int i = 0; i < 100; i++)
                is_held_now(path);
        _exit(0);
    }
    close(go_on[0]);
    return child;
}

static void test_look_at_lock(void)
{
    enter();
    bool held = false;
    CU_ASSERT_EQUAL(is_held_now("lock"), false);
    CU_ASSERT_FALSE(file_exists("lock"));
    struct file_lock *lock = file_lock_acquire("lock", &held, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(lock);
    CU_ASSERT_EQUAL(is_held_now("lock"), true);
    file_lock_release(lock);
    CU_ASSERT_EQUAL(is_held_now("lock"), false);
    CU_ASSERT_EQUAL(try_elsewhere("lock"), 0); /* leaves its file */
    CU_ASSERT_EQUAL(is_held_now("lock"), false);

    int go_on[2], taken = 0;
    const pid_t child = look_elsewhere("lock", go_on);
    for (int i = 0; i < 2000; i++) {
        CU_ASSERT(file_append("lock", "", 0, NULL)); /* so that it is looked at before it is taken */
        lock = file_lock_acquire("lock", &held, NULL);
        taken += lock != NULL;
        file_lock_release(lock);
    }
    CU_ASSERT_EQUAL(taken, 2000);
    close(go_on[1]);
    CU_ASSERT_EQUAL(waitpid(child, NULL, 0), child);
    leave();
}

static void test_paths(void)
{
    static const struct {
        const char *directory, *name, *joined;
    } joins[] = {{"a/b", "c", "a/b/c"}, {"a/", "c", "a/c"}, {"a", "/c", "/c"},      {".", "c", "c"},
                 {"", "c", "c"},        {"/", "c", "/c"},   {"..", "c/d", "../c/d"}};
    for (size_t i = 0; i < sizeof joins / sizeof joins[0]; i++) {
        char *path = path_join(joins[i].directory, joins[i].name);
        CHECK_TEXT(path, joins[i].joined);
        memory_free(path);
    }
    static const char *const directories[][2] = {{"a/b.yaml", "a"}, {"b.yaml", "."}, {"/b.yaml", "/"},
                                                 {"a/b/c", "a/b"},  {"a//b", "a"},   {"//b", "/"},
                                                 {"", "."}};
    for (size_t i = 0; i < sizeof directories / sizeof directories[0]; i++) {
        char *path = path_directory(directories[i][0]);
        CHECK_TEXT(path, directories[i][1]);
        memory_free(path);
    }
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"read", test_read},
        {"read what grows", test_read_growing},
        {"write", test_write},
        {"write failures", test_write_failures},
        {"writer", test_writer},
        {"append and remove", test_append_and_remove},
        {"directories", test_directories},
        {"leftovers", test_leftovers},
        {"lock", test_lock},
        {"look_at_lock", test_look_at_lock},
        {"paths", test_paths},
        CU_TEST_INFO_NULL,
    };
    return run_suite("file", tests);
}
