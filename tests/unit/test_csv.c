#include "harness.h"

#include "base/file.h"
#include "io/csv.h"

#include <math.h>
#include <stdint.h>
#include <unistd.h>

/* The cells between "|", the rows by "/"; or the message. */
static void check_bytes(const char *bytes, size_t length, const char *wanted)
{
    struct arena *arena = arena_create();
    struct assay_error error = {0};
    struct text found = {0};
    const struct csv *csv = csv_parse(arena, "c", bytes, length, &error);
    CU_ASSERT_EQUAL(error.status, csv == NULL ? ASSAY_INVALID : ASSAY_DONE);
    if (csv == NULL)
        text_add(&found, "%s", error.text);
    for (size_t row = 0; csv != NULL && row <= csv->rows; row++) {
        text_add(&found, "%s", row == 0 ? "" : "/");
        for (size_t i = 0; i < csv->columns; i++)
            text_add(&found, "%s%s", i == 0 ? "" : "|", (row == 0 ? csv->header : csv->cells[row - 1])[i]);
    }
    CHECK_TEXT(found.bytes, wanted);
    text_finish(&found);
    arena_destroy(arena);
}

static void test_read(void)
{
    static const struct {
        const char *csv, *wanted;
    } cases[] = {
        {"a,b\n1,2\n3,4\n", "a|b/1|2/3|4"},
        {"a,b\n1,2", "a|b/1|2"},
        {"a,b\r\n1,2\r\n", "a|b/1|2"},
        {"\xEF\xBB\xBF"
         "a,b\n",
         "a|b"},
        {"a", "a"},
        {"a\n\n1\n", "a//1"},
        {"a,b\n,\n", "a|b/|"},
        {"a,b\n1,", "a|b/1|"},
        {"\"a\",\"b,c\"\n\"\",\"x\"\"y\"\n", "a|b,c/|x\"y"},
        {"a,b\n\"1\n2\",\"\r\n\"\n3,4", "a|b/1\n2|\r\n/3|4"},
        {"a,b\n\"\"\"\"\"\",\"1\"", "a|b/\"\"|1"},
        {"a,b\n x , y\r\n", "a|b/ x | y"},
        {"a,b\nx\ry,é\n", "a|b/x\ry|é"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_bytes(cases[i].csv, strlen(cases[i].csv), cases[i].wanted);
}

static void test_refused(void)
{
    static const struct {
        const char *csv, *wanted;
    } cases[] = {
        {"", "c: empty; a header line was wanted"},
        {"\xEF\xBB\xBF", "c: empty; a header line was wanted"},
        {"a,b\n1\n", "c:2: 1 cell where the header has 2"},
        {"a,b\n1,2\n1,2,3\n", "c:3: 3 cells where the header has 2"},
        {"a,b\n1,2\n\n", "c:3: 1 cell where the header has 2"},
        {"a,b\n\"1\n\n2\",3\n4\n", "c:5: 1 cell where the header has 2"},
        {"a,b\n1,x\"y\n", "c:2: a quote inside a cell that does not begin with one"},
        {"a,b\n1,\"x\"y\n", "c:2: text behind a closing quote"},
        {"a,b\n1,\"x\" \n", "c:2: text behind a closing quote"},
        {"a,b\n1,\"x\n\n", "c:2: a quoted cell begins here and never ends"},
        {"a,b\n1,\"", "c:2: a quoted cell begins here and never ends"},
        {"a,b\n1,\"x\"\"", "c:2: a quoted cell begins here and never ends"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_bytes(cases[i].csv, strlen(cases[i].csv), cases[i].wanted);
    check_bytes("a,b\n1,2\0\n", 9, "c:2: a NUL byte");
    check_bytes("a,\"\n\0\"\n", 7, "c:2: a NUL byte");
}

static void test_too_many_cells(void)
{
    struct arena *arena = arena_create();
    struct assay_error error = {0};
    const size_t length = 8000000;
    char *bytes = malloc(length);
    memset(bytes, ',', length);
    CU_ASSERT_PTR_NULL(csv_parse(arena, "c", bytes, length, &error));
    CHECK_TEXT(error.text, "c: too many cells");
    CU_ASSERT_PTR_NOT_NULL(csv_parse(arena, "c", bytes, length - 1, &error));
    free(bytes);
    arena_destroy(arena);
}

static void test_write(void)
{
    struct text text = {0};
    csv_add_text(&text, "epoch");
    csv_add_text(&text, "a,b");
    csv_add_text(&text, "");
    csv_end_row(&text);
    csv_add_integer(&text, -12);
    csv_add_double(&text, 0.1);
    csv_add_double(&text, 1e-5);
    csv_end_row(&text);
    csv_add_double(&text, NAN);
    csv_add_double(&text, NAN);
    csv_add_text(&text, "x\"y\nz");
    csv_end_row(&text);
    CHECK_TEXT(text.bytes, "epoch,\"a,b\",\n-12,0.1,1.0e-05\n\"\",,\"x\"\"y\nz\"\n");
    check_bytes(text.bytes, text.length, "epoch|a,b|/-12|0.1|1.0e-05/||x\"y\nz");
    text_finish(&text);

    csv_add_text(&text, "\xEF\xBB\xBFx"); /* not the file's own mark */
    csv_end_row(&text);
    check_bytes(text.bytes, text.length, "\xEF\xBB\xBFx");
    text_finish(&text);
}

static void test_load(void)
{
    static const char bytes[] = "name,value\nx,1\ny,2\n";
    const char *parent = getenv("TMPDIR");
    char directory[4096];
    snprintf(directory, sizeof directory, "%s/assay-test-XXXXXX", parent != NULL ? parent : "/tmp");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(directory));
    CU_ASSERT_EQUAL_FATAL(chdir(directory), 0);
    struct arena *arena = arena_create();
    struct assay_error error = {0};
    CU_ASSERT(file_write_atomic("c.csv", bytes, strlen(bytes), NULL));
    const struct csv *csv = csv_load(arena, "c.csv", &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(csv);
    CU_ASSERT_EQUAL(csv->rows, 2);
    CU_ASSERT_EQUAL(csv_column(csv, "value"), 1);
    CU_ASSERT_EQUAL(csv_column(csv, "valu"), SIZE_MAX);
    CHECK_TEXT(csv->cells[1][0], "y");
    CU_ASSERT(file_write_atomic("c.csv", bytes, strlen(bytes) - 3, NULL));
    CU_ASSERT_PTR_NULL(csv_load(arena, "c.csv", &error));
    CHECK_TEXT(error.text, "c.csv:3: 1 cell where the header has 2");
    CU_ASSERT(file_remove("c.csv", NULL));
    CU_ASSERT_PTR_NULL(csv_load(arena, "c.csv", &error));
    CU_ASSERT_EQUAL(error.status, ASSAY_INVALID);
    CU_ASSERT_EQUAL(rmdir(directory), 0);
    arena_destroy(arena);
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"cells are read", test_read},
        {"what is not CSV is refused", test_refused},
        {"the number of cells has a limit", test_too_many_cells},
        {"cells are written", test_write},
        {"files are loaded", test_load},
        CU_TEST_INFO_NULL,
    };
    return run_suite("csv", tests);
}
