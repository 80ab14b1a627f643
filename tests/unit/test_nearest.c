#include "base/nearest.h"

#include "harness.h"

static const char *const names[] = {"batch_size", "max_epochs", "shuffle", "tanh", "relu",
                                    "p",          "size",       "pad",     "nll",  "sgd"};

static void test_nearest(void)
{
    static const struct {
        const char *word, *wanted;
    } cases[] = {
        {"batch_sise", "batch_size"},  /* substitution */
        {"bach_size", "batch_size"},   /* deletion */
        {"batchh_size", "batch_size"}, /* insertion */
        {"bacth_size", "batch_size"},  /* transposition is one step */
        {"abtch_siez", "batch_size"},  /* two of them */
        {"batchsise", "batch_size"},
        {"BATCH_SIZE", "batch_size"},
        {"Tahn", "tanh"},
        {"batch", NULL},       /* five away */
        {"abtch_siezz", NULL}, /* three away */
        {"szi", NULL},         /* two away, but the word is short */
        {"siz", "size"},
        {"sg", "sgd"},
        {"ab", NULL},
        {"q", NULL}, /* one away, but that is all of the word */
        {"P", "p"},
        {"", NULL},
        {"tanh", "tanh"},
        {"pa", "p"}, /* the first of equals: p, pad */
        {"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *found = nearest_name(cases[i].word, names, sizeof names / sizeof names[0]);
        CHECK_TEXT(found == NULL ? "nothing" : found, cases[i].wanted == NULL ? "nothing" : cases[i].wanted);
    }
    CU_ASSERT_PTR_NULL(nearest_name("tanh", NULL, 0));
}

int main(void)
{
    CU_TestInfo tests[] = {{"nearest", test_nearest}, CU_TEST_INFO_NULL};
    return run_suite("nearest", tests);
}
