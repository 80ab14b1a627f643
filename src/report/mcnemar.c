#include "report/mcnemar.h"

#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/memory.h"
#include "io/csv.h"
#include "run/files.h"

double mcnemar_p(uint32_t only_a, uint32_t only_b)
{
    if (only_a == only_b)
        return 1;
    const double fewer = only_a < only_b ? only_a : only_b, n = (double)only_a + only_b;
    /* The largest term as a logarithm, since 2^-n underflows; the others from it by their ratio. */
    const double largest = lgamma(n + 1) - lgamma(fewer + 1) - lgamma(n - fewer + 1) - n * M_LN2;
    double sum = 0, term = 1;
    for (double k = fewer; k >= 0 && term > 0; k--) {
        sum += term;
        term *= k / (n - k + 1);
    }
    const double p = 2 * exp(largest) * sum;
    return p < 1 ? p : 1;
}

/* NULL, and no error, where there is no such file. */
static const struct csv *load(struct arena *arena, const char *directory, struct assay_error *error)
{
    char *path = path_join(directory, PREDICTIONS_FILE);
    const struct csv *csv = NULL;
    if (path == NULL)
        assay_fail_memory(error, "comparing predictions");
    else if (file_exists(path))
        csv = csv_load(arena, path, error);
    memory_free(path);
    return csv;
}

/* Whether every row is about the same image with the same label. */
static bool same_images(const struct csv *a, const struct csv *b)
{
    static const char *const keys[] = {"index", "label"};
    if (a->rows != b->rows || a->rows == 0 || a->rows > UINT32_MAX)
        return false;
    for (int k = 0; k < 2; k++) {
        const size_t in_a = csv_column(a, keys[k]), in_b = csv_column(b, keys[k]);
        if (in_a == SIZE_MAX || in_b == SIZE_MAX)
            return false;
        for (size_t row = 0; row < a->rows; row++)
            if (strcmp(a->cells[row][in_a], b->cells[row][in_b]) != 0)
                return false;
    }
    return csv_column(a, "predicted") != SIZE_MAX && csv_column(b, "predicted") != SIZE_MAX;
}

static bool is_wrong(const struct csv *csv, size_t row)
{
    return strcmp(csv->cells[row][csv_column(csv, "predicted")], csv->cells[row][csv_column(csv, "label")]) !=
           0;
}

bool mcnemar_of_runs(const char *a, const char *b, struct mcnemar *test, bool *same,
                     struct assay_error *error)
{
    *test = (struct mcnemar){0};
    *same = false;
    struct assay_error found = {0};
    struct arena *arena = arena_create();
    const struct csv *of_a = arena != NULL ? load(arena, a, &found) : NULL;
    const struct csv *of_b = of_a != NULL ? load(arena, b, &found) : NULL;
    if (arena == NULL)
        assay_fail_memory(&found, "comparing predictions");
    if (of_b != NULL && same_images(of_a, of_b)) {
        *same = true;
        test->images = (uint32_t)of_a->rows;
        for (size_t row = 0; row < of_a->rows; row++) {
            const bool wrong_a = is_wrong(of_a, row), wrong_b = is_wrong(of_b, row);
            test->only_a += wrong_a && !wrong_b;
            test->only_b += wrong_b && !wrong_a;
        }
        test->p = mcnemar_p(test->only_a, test->only_b);
    }
    arena_destroy(arena);
    return found.text[0] == '\0' || assay_fail(error, found.status, "%s", found.text);
}
