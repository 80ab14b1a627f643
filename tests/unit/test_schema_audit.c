#include "schema_example.h"

static void check_audit(const struct assay_table *audited, const char *wanted)
{
    struct text problems = {0};
    schema_audit(audited, &problems);
    CHECK_TEXT(problems.length > 0 ? problems.bytes : "", wanted);
    CU_ASSERT(!problems.failed);
    text_finish(&problems);
}

static void sane_tables_pass_the_audit(void)
{
    check_audit(&table, "");
    check_audit(&trial_table, "");
}

static void broken_rows_are_found(void)
{
    struct all {
        int number;
        bool flag;
        double real;
        const char *string;
    };
    static const char *const no_names[] = {NULL};
    static const struct {
        struct assay_field row;
        const char *problem;
    } cases[] = {
        {{ASSAY_INT(struct all, number), .help = "x", .most = 1}, ": a row without a key\n"},
        {{ASSAY_INT(struct all, number), .key = "k", .most = 1}, "k: no help\n"},
        {{ASSAY_INT(struct all, number), .key = "k", .help = "A sentence.", .most = 1},
         "k: its help is more than one line without a full stop\n"},
        {{.key = "k", .help = "x"}, "k: no kind\n"},
        {{ASSAY_INT(struct all, number), .key = "k", .help = "x", .least = 1},
         "k: its range is empty (INFINITY stands for no end)\n"},
        {{ASSAY_REAL(struct all, real), .key = "k", .help = "x"},
         "k: its range is empty (INFINITY stands for no end)\n"},
        {{ASSAY_INT(struct all, number), .key = "k", .help = "x", .least = -5, .most = 5, .optional = true},
         "k: its range holds -1, which stands for null\n"},
        {{ASSAY_BOOL(struct all, flag), .key = "k", .help = "x", .optional = true},
         "k: optional, but its kind is never null\n"},
        {{ASSAY_INT(struct all, number), .key = "k", .help = "x", .most = 4, .fallback = "5"},
         "default: k: wants a whole number from 0 to 4, found 5\n"},
        {{ASSAY_STRING(struct all, string), .key = "k", .help = "x", .fallback = "null"},
         "default: k: wants text, found nothing\n"},
        {{ASSAY_CHOICE(struct all, number), .key = "k", .help = "x", .choices = no_names},
         "k: a choice without names\n"},
        {{ASSAY_SUBTABLE(struct all, number), .key = "k", .help = "x"}, "k: a map without its table\n"},
        {{.kind = &assay_kind_variants, .key = "k", .help = "x"}, "k: variants without their list\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_audit(&(struct assay_table){&cases[i].row, 1, sizeof(struct all), NULL}, cases[i].problem);
    const struct assay_field twice[] = {data_fields[2], data_fields[2]};
    check_audit(&(struct assay_table){twice, 2, sizeof(struct data_options), NULL},
                "pad: two rows have this key\n");
}

static void broken_variants_are_found(void)
{
    const struct {
        struct assay_variant variant;
        const char *problem;
    } cases[] = {
        {{"v", NULL, NULL, "", NULL, &relu_table}, "layer.v: no summary, example or table\n"},
        {{"v", "x", NULL, NULL, NULL, &relu_table}, "layer.v: no summary, example or table\n"},
        {{"v", "x", NULL, "", NULL, NULL}, "layer.v: no summary, example or table\n"},
        {{"v", "x", NULL, "", NULL, &constant_table},
         "layer.v: its struct has no room for the common options\n"},
        {{"v", "x", NULL, "3", "rte", &dropout_table}, "layer.v: its main key is no key\n"},
        {{"v", "x", NULL, "", NULL, &conv_table}, "default:1:1: example.v.maps: required key is missing\n"},
        {{"v", "x", NULL, "{p: 3}", NULL, &pool_table},
         "default:1:8: example.v.p: only means something with type lp\n"},
        {{"relu", "x", NULL, "", NULL, &relu_table}, "layer.relu: two variants have this name\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct assay_variant *const list[] = {&relu, &cases[i].variant};
        const struct assay_variants set = {"layer", list, 2, &common_table};
        const struct assay_field row = {ASSAY_VARIANTS(struct options, model), .key = "model", .help = "x",
                                        .variants = &set};
        check_audit(&(struct assay_table){&row, 1, sizeof(struct options), NULL}, cases[i].problem);
    }
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"sane tables pass the audit", sane_tables_pass_the_audit},
        {"broken rows are found", broken_rows_are_found},
        {"broken variants are found", broken_variants_are_found},
        CU_TEST_INFO_NULL,
    };
    return run_suite("schema audit", tests);
}
