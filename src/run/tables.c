#include "run/tables.h"

#include "io/csv.h"

/* clang-format off */
#define COLUMN(member) {#member, offsetof(struct epoch_row, member)}
/* clang-format on */

/* Those of evaluate_train come last. */
static const struct row_column curves[] = {
    COLUMN(train_loss),
    COLUMN(train_error_pct),
    COLUMN(val_loss),
    COLUMN(val_error_pct),
    COLUMN(test_loss),
    COLUMN(test_error_pct),
    COLUMN(learning_rate),
    COLUMN(penalty),
    COLUMN(evaluated_train_loss),
    COLUMN(evaluated_train_error_pct),
};
static const struct row_column timing[] = {COLUMN(train_s), COLUMN(eval_s), COLUMN(train_ms_per_sample),
                                           COLUMN(test_ms_per_sample)};
enum { CURVES = sizeof curves / sizeof curves[0], EVALUATED = 2, TIMING = sizeof timing / sizeof timing[0] };

struct row_columns curve_columns(bool evaluated)
{
    return (struct row_columns){curves, evaluated ? CURVES : CURVES - EVALUATED};
}

double row_value(const struct epoch_row *row, const struct row_column *column)
{
    return *(const double *)((const char *)row + column->offset);
}

static void add_table(struct text *text, const struct epoch_row *rows, int count, struct row_columns columns)
{
    csv_add_text(text, "epoch");
    for (size_t c = 0; c < columns.count; c++)
        csv_add_text(text, columns.items[c].name);
    csv_end_row(text);
    for (int i = 0; i < count; i++) {
        csv_add_integer(text, rows[i].epoch);
        for (size_t c = 0; c < columns.count; c++)
            csv_add_double(text, row_value(&rows[i], &columns.items[c]));
        csv_end_row(text);
    }
}

void add_curves(struct text *text, const struct epoch_row *rows, int count, bool evaluated)
{
    add_table(text, rows, count, curve_columns(evaluated));
}

void add_timing(struct text *text, const struct epoch_row *rows, int count)
{
    add_table(text, rows, count, (struct row_columns){timing, TIMING});
}

void predictions_start(struct predictions *predictions)
{
    text_add(&predictions->all, "index,label,predicted,nll\n");
    text_add(&predictions->mistakes, "index,label,predicted\n");
}

void collect_prediction(void *cookie, uint32_t index, int label, int predicted, double nll)
{
    struct predictions *predictions = cookie;
    struct text *const tables[] = {&predictions->all, &predictions->mistakes};
    const int count = predicted == label ? 1 : 2;
    for (int i = 0; i < count; i++) {
        csv_add_integer(tables[i], index);
        csv_add_integer(tables[i], label);
        csv_add_integer(tables[i], predicted);
        if (i == 0)
            csv_add_double(tables[i], nll);
        csv_end_row(tables[i]);
    }
    predictions->images++;
    predictions->wrong += predicted != label;
}

void predictions_finish(struct predictions *predictions)
{
    text_finish(&predictions->all);
    text_finish(&predictions->mistakes);
}
