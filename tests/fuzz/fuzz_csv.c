/* CSV: what is read is the same after it was written and read again; and curves made of it. */
#include <string.h>

#include "base/arena.h"
#include "io/csv.h"
#include "report/curves.h"
#include "target.h"

static void write_cells(struct text *text, const char *const *cells, size_t columns)
{
    for (size_t i = 0; i < columns; i++)
        csv_add_text(text, cells[i]);
    csv_end_row(text);
}

static bool rows_equal(const char *const *a, const char *const *b, size_t columns)
{
    for (size_t i = 0; i < columns; i++)
        if (strcmp(a[i], b[i]) != 0)
            return false;
    return true;
}

static void check_round_trip(struct arena *arena, const struct csv *csv)
{
    struct text text = {0};
    write_cells(&text, csv->header, csv->columns);
    for (size_t row = 0; row < csv->rows; row++)
        write_cells(&text, csv->cells[row], csv->columns);
    const struct csv *again = csv_parse(arena, "again", text.bytes, text.length, NULL);
    REQUIRE(again != NULL && again->columns == csv->columns && again->rows == csv->rows);
    REQUIRE(rows_equal(csv->header, again->header, csv->columns));
    for (size_t row = 0; row < csv->rows; row++)
        REQUIRE(rows_equal(csv->cells[row], again->cells[row], csv->columns));
    text_finish(&text);
}

/* What `assay compare` does with anybody's table. */
static void check_curves(struct arena *arena, const uint8_t *bytes, size_t size)
{
    struct assay_error error = {0};
    const struct curves *curves = curves_load(arena, target_file(bytes, size), &error);
    REQUIRE((curves == NULL) == (error.text[0] != '\0'));
    if (curves != NULL)
        REQUIRE(curves->rows > 0 && curves->result < curves->rows);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena *arena = arena_create();
    struct assay_error error = {0};
    const struct csv *csv = csv_parse(arena, "input", (const char *)bytes, size, &error);
    REQUIRE((csv == NULL) == (error.text[0] != '\0'));
    if (csv != NULL) {
        check_round_trip(arena, csv);
        check_curves(arena, bytes, size);
        target_accepted++;
    }
    arena_destroy(arena);
    return 0;
}
