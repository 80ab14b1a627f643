/* Wrong configs and experiments: the first line of each says what the program must say first. Right ones: it
 * says nothing. */
#include "harness.h"

#include <glob.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "net/plan.h"
#include "spec/experiment.h"

enum { FEWEST_BAD = 60 };

/* Whether a file is right, and else what is wrong with it. */
typedef bool judge(struct arena *arena, const char *path, struct diagnostics *diagnostics);

/* A config for images of 28x28 and ten classes. */
static bool is_good_config(struct arena *arena, const char *path, struct diagnostics *diagnostics)
{
    const struct config *config = config_load(arena, path, NULL, 0, NULL, diagnostics);
    return config != NULL && plan_create(arena,
                                         &(struct plan_request){.model = &config->model,
                                                                .image = {1, 28, 28},
                                                                .pad = config->data.pad,
                                                                .classes = 10,
                                                                .batch = config->train.batch_size,
                                                                .threads = 1},
                                         diagnostics) != NULL;
}

static bool is_good_experiment(struct arena *arena, const char *path, struct diagnostics *diagnostics)
{
    return experiment_load(arena, path, diagnostics) != NULL;
}

/* What is wrong with a file; the caller's to text_finish. */
static struct text complaints_of(const char *path, judge *is_good)
{
    struct arena *arena = arena_create();
    struct diagnostics *diagnostics = diagnostics_create();
    struct text complaints = {0};
    CU_ASSERT_FATAL(arena != NULL && diagnostics != NULL);
    const bool good = is_good(arena, path, diagnostics);
    CU_ASSERT_EQUAL(good, diagnostics_count(diagnostics) == 0);
    CU_ASSERT_NOT_EQUAL(diagnostics_status(diagnostics), ASSAY_MACHINE);
    diagnostics_print(diagnostics, &complaints);
    diagnostics_destroy(diagnostics);
    arena_destroy(arena);
    return complaints;
}

/* The first lines of a file say, one by one, what must be said first of all. */
static void check_bad(const char *path, judge *is_good)
{
    static const char label[] = "# expect: ";
    char *bytes, *rest, *rest_said = NULL;
    size_t length;
    CU_ASSERT_FATAL(file_read(path, TREE_FILE_LIMIT, &bytes, &length, NULL));
    struct text complaints = complaints_of(path, is_good);
    const char *said = complaints.length > 0 ? strtok_r(complaints.bytes, "\n", &rest_said) : NULL;
    const char *line = strtok_r(bytes, "\n", &rest);
    CHECK_TEXT(said, strncmp(line, label, strlen(label)) == 0 ? line + strlen(label) : path);
    while ((line = strtok_r(NULL, "\n", &rest)) != NULL && strncmp(line, label, strlen(label)) == 0) {
        do
            said = strtok_r(NULL, "\n", &rest_said);
        while (said != NULL && said[0] == ' '); /* shows the place */
        CHECK_TEXT(said, line + strlen(label));
    }
    text_finish(&complaints);
    memory_free(bytes);
}

/* Calls `check` for each file, and returns how many there are. */
static size_t check_each(const char *pattern, void check(const char *path, judge *is_good), judge *is_good)
{
    glob_t files;
    CU_ASSERT_EQUAL_FATAL(glob(pattern, 0, NULL, &files), 0);
    const size_t count = files.gl_pathc;
    for (size_t i = 0; i < count; i++)
        check(files.gl_pathv[i], is_good);
    globfree(&files);
    return count;
}

static void test_bad(void)
{
    CU_ASSERT(check_each("tests/bad/*.yaml", check_bad, is_good_config) >= FEWEST_BAD);
    CU_ASSERT(check_each("tests/bad-experiments/*.yaml", check_bad, is_good_experiment) >= FEWEST_BAD);
}

/* One that only others extend, as base.yaml, need not be complete. */
static void check_good(const char *path, judge *is_good)
{
    const bool is_base = strstr(path, "base.yaml") != NULL;
    struct text complaints = complaints_of(path, is_good);
    for (char *line = complaints.length > 0 ? strtok(complaints.bytes, "\n") : NULL; line != NULL;
         line = strtok(NULL, "\n"))
        if (line[0] != ' ' && (!is_base || strstr(line, ": required key is missing") == NULL))
            CHECK_TEXT(line, "nothing");
    text_finish(&complaints);
}

static void test_good(void)
{
    CU_ASSERT(check_each("configs/*.yaml", check_good, is_good_config) >= 7);
    CU_ASSERT(check_each("tests/bad/parts/tiny.yaml", check_good, is_good_config) == 1);
    CU_ASSERT(check_each("tests/bad/parts/as-many-weights-as-may-be.yaml", check_good, is_good_config) == 1);
    CU_ASSERT(check_each("tests/bad-experiments/parts/base.yaml", check_good, is_good_config) == 1);
    CU_ASSERT(check_each("experiments/*.yaml", check_good, is_good_experiment) >= 1);
}

int main(void)
{
    const char *source = getenv("ASSAY_SOURCE");
    if (source != NULL && chdir(source) != 0) {
        perror(source);
        return EXIT_FAILURE;
    }
    return run_suite("bad", (CU_TestInfo[]){
                                {"every wrong file is refused as its first lines say", test_bad},
                                {"every file of ours is taken", test_good},
                                CU_TEST_INFO_NULL,
                            });
}
