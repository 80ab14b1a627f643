/* The command line of the built program: what it refuses, what it prints, and what reads a run. */
#include "program.h"

#include "base/arena.h"
#include "io/safetensors.h"

static const char tiny[] = "data: {dataset: {digits: {train: 150, test: 40}}, validation: 30, pad: 1}\n"
                           "model: [conv: {maps: 3, kernel: 5, stride: 2}, tanh, linear: 10]\n"
                           "train: {max_epochs: 3, batch_size: 8, optimizer: {sgd: 0.1}}\n";

static void is_used_rightly(void)
{
    static const struct {
        const char *words[6];
        const char *err;
    } cases[] = {
        {{"chekc"}, "assay: there is no command chekc; did you mean check?\n"},
        {{"xyz"},
         "assay: there is no command xyz; known are run, sweep, work, status, table, claims, "
         "figures, report, check, bench, …\n"},
        {{"run"},
         "assay: something is missing: assay run CONFIG [key=value ...]\n`assay run --help` says what it "
         "takes\n"},
        {{"run", "tiny.yaml", "--thread", "2"},
         "assay: run has no option thread; did you mean threads?\n`assay run --help` says what it takes\n"},
        {{"run", "tiny.yaml", "-j"}, "assay: run has no option -j\n`assay run --help` says what it takes\n"},
        {{"run", "tiny.yaml", "--out"},
         "assay: --out wants a value: --out DIR\n`assay run --help` says what it takes\n"},
        {{"run", "tiny.yaml", "--out="},
         "assay: --out wants a value: --out DIR\n`assay run --help` says what it takes\n"},
        {{"run", "tiny.yaml", "--again=yes"},
         "assay: --again takes no value\n`assay run --help` says what it takes\n"},
        {{"run", "tiny.yaml", "--threads", "0"},
         "assay: --threads wants a whole number from 1 to 1024, not 0\n"},
        {{"run", "tiny.yaml", "--threads=two"},
         "assay: --threads wants a whole number from 1 to 1024, not two\n"},
        {{"run", "--stop-after", "-1", "tiny.yaml"},
         "assay: --stop-after wants a whole number from 1 to 2147483647, not -1\n"},
        {{"run", "tiny.yaml", "--format", "yaml"},
         "assay: there is no format yaml; known are text, json\n`assay run --help` says what it takes\n"},
        {{"run", "missing.yaml"}, "cannot open missing.yaml: No such file or directory\n"},
        {{"check", "tiny.yaml", "--origin", "--format=json"}, "assay: --origin is text only\n"},
        {{"layers", "pol"}, "assay: there is no layer pol; did you mean pool?\n"},
        {{"layers", "pool", "conv"},
         "assay: conv is one word too many: assay layers [TYPE]\n`assay layers --help` says what it takes\n"},
        {{"schema", "--docs", "--full"}, "assay: --full stands alone, without --docs and --experiment\n"},
        {{"check", "trial.yaml", "seed=1"}, "assay: trial.yaml is an experiment, which takes no key=value\n"},
        {{"check", "trial.yaml", "--origin"},
         "assay: trial.yaml is an experiment, which takes no --origin\n"},
        {{"predict", "a", "b"}, "assay: b: cannot be read: No such file or directory\n"},
        {{"check", "tiny.yaml", "--out", "x"}, "assay: tiny.yaml is a config, which takes no --out\n"},
        {{"run", "trial.yaml"},
         "assay: trial.yaml is an experiment, not a config: `assay check` shows its runs, `assay sweep` "
         "makes "
         "them\n"},
        {{"check", "missing.yaml", "--out", "x"}, "cannot open missing.yaml: No such file or directory\n"},
        {{"claims", "tiny.yaml"}, "assay: tiny.yaml is a config, not an experiment: `assay run` trains it\n"},
        {{"sweep", "tiny.yaml"}, "assay: tiny.yaml is a config, not an experiment: `assay run` trains it\n"},
        {{"compare", "nowhere"}, "assay: cannot open nowhere: No such file or directory\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *const *words = cases[i].words;
        CU_ASSERT_EQUAL(RUN(words[0], words[1], words[2], words[3], words[4]), 2);
        check_file("err", cases[i].err);
        check_file("out", "");
    }
    CU_ASSERT_FALSE(file_exists("results"));
}

static void tells_what_it_is(void)
{
    static const char *const names[] = {"run",     "sweep",   "work",   "status", "table",
                                        "claims",  "figures", "report", "check",  "bench",
                                        "compare", "predict", "layers", "schema", "data"};
    CU_ASSERT_EQUAL(RUN("--version"), 0);
    check_contains("out", "\nBLAS      ");
    CU_ASSERT_EQUAL(RUN("--help"), 0);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char line[64], usage[64];
        snprintf(line, sizeof line, "\n  %-10s ", names[i]);
        snprintf(usage, sizeof usage, "\n\nusage: assay %s ", names[i]);
        CU_ASSERT_EQUAL(RUN("--help"), 0);
        check_contains("out", line);
        CU_ASSERT_EQUAL(RUN("help", names[i]), 0);
        check_contains("out", usage);
        CU_ASSERT_EQUAL(RUN(names[i], "words", "--help", "--and", "more"), 0);
        check_contains("out", usage);
        check_contains("out", "\nexamples:\n  assay ");
        check_contains("out", "\n  --format FORMAT      ");
    }
    CU_ASSERT_EQUAL(wait_program(start(NULL)), 2);
    check_contains("err", "usage: assay COMMAND");
}

static void says_all_that_is_wrong(void)
{
    write_text(
        "wrong.yaml",
        "data: {dataset: digits}\nmodel: [linar: 10]\ntrain: {max_epochs: 0, optimizer: {sgd: 0.1}}\n");
    CU_ASSERT_EQUAL(RUN("run", "wrong.yaml", "train.batch_size=x"), 2);
    check_contains("err", "wrong.yaml:2:9: model[0]: unknown layer \"linar\"; did you mean linear?");
    check_contains("err", "wrong.yaml:3:21: train.max_epochs: wants a whole number");
    check_contains("err", "command line:1:18: train.batch_size: wants a whole number");
    CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", "model[2].linear.units=9"), 2);
    check_contains("err",
                   "model[2].linear: the last layer gives 9 x 1 x 1 values, but the data have 10 classes");
    CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", "data.limit=151"), 2);
    check_file("err", "command line:1:12: data.limit: wants 151 training images, the data set has 150\n"
                      "    1 | data.limit=151\n"
                      "      |            ^\n");
    CU_ASSERT_EQUAL(RUN("check", "tiny.yaml", "data.limit=30", "model[2].linear.units=9"), 2);
    check_contains("err", "tiny.yaml:1:63: data.validation: holds out 30 of 30 training images, which leaves "
                          "none to train on\n");
    check_contains("err", "model[2].linear: the last layer gives 9 x 1 x 1 values");
    CU_ASSERT_EQUAL(RUN("check", "tiny.yaml", "data.dataset=mnist", "data.limit=60001"), 2);
    check_contains("err", "data.limit: wants 60001 training images, the data set has 60000\n");
    CU_ASSERT_EQUAL(RUN("check", "tiny.yaml", "data.dataset=mnist", "data.dir=nowhere"), 2);
    check_contains("err", "command line:1:10: data.dir: nowhere");
    CU_ASSERT_FALSE(file_exists("results"));
}

static void takes_options_anywhere(void)
{
    CU_ASSERT_EQUAL(RUN("--quiet"), 2);
    CU_ASSERT_EQUAL(RUN("check", "--threads=3", "tiny.yaml", "--quiet", "seed=4"), 0);
    check_file("out", "");
    CU_ASSERT_EQUAL(RUN("check", "--origin", "--", "tiny.yaml", "seed=4"), 0);
    check_contains("out", "seed: 4   command line:1:6\n");
    check_contains("out", "train.max_epochs: 3   tiny.yaml:3:21\n");
    CU_ASSERT_EQUAL(RUN("check", "tiny.yaml", "--format", "json"), 0);
    check_contains("out", "\"parameters\": ");
}

static const char trial[] =
    "title: Two batches\nbase: tiny.yaml\nseeds: 3\ngrid: {train.batch_size: [1, 2]}\n"
    "final: {metric: val_error_pct, seeds: 2}\n"
    "tables: [{name: t, points: final, columns: [{metric: test_error_pct}]}]\n"
    "figures: [{name: f, columns: [val_loss]}]\n"
    "claims:\n"
    "  - {id: one, say: one is better, less: [batch_size 1, batch_size 2], metric: val_error_pct}\n";

static void checks_experiments(void)
{
    CU_ASSERT_EQUAL(RUN("check", "trial.yaml"), 0);
    check_file("out", "trial: Two batches\n"
                      "2 points x 3 seeds, then 1 final point x 2 seeds: 8 runs\n"
                      "\n"
                      "points\n"
                      "  batch_size-1  batch_size 1\n"
                      "      train.batch_size=1\n"
                      "  batch_size-2  batch_size 2\n"
                      "      train.batch_size=2\n"
                      "  best          best\n"
                      "      the best of its settings\n"
                      "\n"
                      "tables\n"
                      "  t: t, 1 row, test_error_pct\n"
                      "\n"
                      "figures\n"
                      "  f: f, 2 points, val_loss\n"
                      "\n"
                      "claims\n"
                      "  one: one is better (report, 1 comparison)\n");
    CU_ASSERT_EQUAL(RUN("check", "--quiet", "trial.yaml"), 0);
    check_file("out", "");
    CU_ASSERT_EQUAL(RUN("check", "trial.yaml", "--format", "json"), 0);
    check_contains("out", "\"runs\": 8,\n");
    check_contains("out", "\"train.batch_size\": \"2\"\n");
    write_text("wrong.yaml", "base: tiny.yaml\nseeds: 3\ngrid: {train.batch_sise: [1, 2]}\n");
    CU_ASSERT_EQUAL(RUN("check", "wrong.yaml"), 2);
    check_file("err", "wrong.yaml:3:8: train.batch_sise: unknown key; did you mean batch_size?\n"
                      "    3 | grid: {train.batch_sise: [1, 2]}\n"
                      "      |        ^\n");
    check_file("out", "");
    CU_ASSERT_EQUAL(RUN("schema", "--experiment"), 0);
    check_contains("out", "\"title\": \"assay experiment\"");
    CU_ASSERT_FALSE(file_exists("results"));
}

static void check_file_lacks(const char *path, const char *unwanted)
{
    char *found = read_text(path);
    CU_ASSERT_PTR_NULL(strstr(found, unwanted));
    memory_free(found);
}

/* Where nothing is validated no epoch is better than another. */
static void has_no_best_without_validation(void)
{
    CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", "name=bare", "data.validation=0"), 0);
    check_file_lacks("out", "best");
    check_file_lacks("err", "best");
    CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", "name=validated"), 0);
    check_contains("out", ", the best of 3\n");
    check_contains("err", "; the best so far; ");
}

static void needs_no_data_to_check(void)
{
    CU_ASSERT_EQUAL(RUN("check", "tiny.yaml", "data.dataset=mnist", "data.validation=10000"), 0);
    check_contains("out", "tiny: mnist, 1 x 28 x 28, 10 classes\n");
    setenv("XDG_CACHE_HOME", program_root, 1);
    CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", "data.dataset=mnist"), 2);
    check_contains("err", "assay: the data set mnist is in none of the places where it is looked for:\n");
    CU_ASSERT_FALSE(file_exists("results"));
}

static void notices_lost_output(void)
{
    const char *const arguments[] = {"assay", "layers", NULL};
    CU_ASSERT_EQUAL(wait_program(start_program("/dev/full", arguments)), 4);
    check_file("err", "assay: cannot write to standard output: No space left on device\n");
    CU_ASSERT_EQUAL(wait_program(start_program(NULL, arguments)), 4);
    check_file("err", "assay: cannot write to standard output: Bad file descriptor\n");
}

/* As other programs do that write such files in an order of their own. */
static void turn_round(const char *from, const char *to)
{
    struct arena *arena = arena_create();
    const struct tensor_file *file = safetensors_read(arena, from, NULL);
    CU_ASSERT_FATAL(file != NULL && file->tensor_count <= 8);
    struct tensor tensors[8];
    struct tensor_file turned = *file;
    turned.tensors = tensors;
    for (size_t i = 0; i < file->tensor_count; i++)
        tensors[i] = file->tensors[file->tensor_count - 1 - i];
    CU_ASSERT_TRUE(safetensors_write(to, &turned, NULL));
    arena_destroy(arena);
}

static void predicts_what_the_run_predicted(void)
{
    CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", "--format", "json"), 0);
    check_contains("out", "\"directory\": \"results/tiny/seed-1\",\n  \"finished\": true,");
    CU_ASSERT_EQUAL(RUN("data", "digits", "--train", "150", "--test", "40", "--out", "digits"), 0);
    turn_round("results/tiny/seed-1/best.safetensors", "turned.safetensors");
    static const char *const weights[] = {"results/tiny/seed-1", "results/tiny/seed-1/best.safetensors",
                                          "turned.safetensors"};
    for (size_t i = 0; i < sizeof weights / sizeof weights[0]; i++) {
        CU_ASSERT_EQUAL(RUN("predict", weights[i], "digits/t10k-images-idx3-ubyte", "--labels",
                            "digits/t10k-labels-idx1-ubyte", "--threads=3"),
                        0);
        CU_ASSERT_TRUE(same_bytes("out", "results/tiny/seed-1/predictions.csv"));
    }
    CU_ASSERT_EQUAL(RUN("predict", "results/tiny/seed-1", "digits/t10k-images-idx3-ubyte"), 0);
    check_contains("out", "index,predicted,probability\n0,");
    CU_ASSERT_EQUAL(RUN("predict", "results/tiny/seed-1", "digits/t10k-images-idx3-ubyte", "--format=json"),
                    0);
    check_contains("out", "[\n{\"index\":0,\"predicted\":");

    CU_ASSERT_EQUAL(RUN("predict", "results/tiny/seed-1", "digits/t10k-labels-idx1-ubyte"), 2);
    check_file("err",
               "assay: digits/t10k-labels-idx1-ubyte: wants images, of 3 dimensions or 4, and has 1\n");
    CU_ASSERT_EQUAL(RUN("predict", "results/tiny/seed-1", "digits/t10k-images-idx3-ubyte",
                        "--labels=digits/train-labels-idx1-ubyte"),
                    2);
    check_file("err", "assay: digits/train-labels-idx1-ubyte: wants a label for each of the 40 images\n");
    CU_ASSERT_EQUAL(RUN("predict", "digits/t10k-labels-idx1-ubyte", "digits/t10k-images-idx3-ubyte"), 2);
}

static void compares_runs(void)
{
    CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", "seed=2", "train.batch_size=4", "--quiet"), 0);
    CU_ASSERT_EQUAL(RUN("compare", "results/tiny/seed-1", "results/tiny/seed-2"), 0);
    check_contains("out", "A  results/tiny/seed-1\nB  results/tiny/seed-2\n");
    check_contains("out", "\nwhere the configs differ  A  B\n  seed                    1  2\n");
    check_contains("out", "\n  train.batch_size        8  4\n");
    check_contains("out", "\nval_error_pct by epoch\n");
    check_contains("out", "\nA against B on 40 images: ");

    CU_ASSERT_TRUE(directory_create("results/empty/seed-1", NULL));
    write_text("header.csv", "epoch,loss\n");
    CU_ASSERT_EQUAL(RUN("compare", "results/empty/seed-1", "results/tiny/seed-1", "header.csv"), 0);
    check_file("err", "assay: warning: results/empty/seed-1: has no epoch yet; left out\n"
                      "assay: warning: header.csv: has no epoch yet; left out\n");
    check_contains("out", "A  results/tiny/seed-1\n\n");
    CU_ASSERT_EQUAL(RUN("compare", "results/empty/seed-1"), 2);
    check_contains("err", "assay: there is nothing to compare yet\n");

    CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", "name=knobs", "seed=1", "knobs={a_name_that_is_quite_long: 1}",
                        "model[0].conv.maps=4", "train.early_stopping={patience: 3}", "--quiet"),
                    0);
    CU_ASSERT_EQUAL(RUN("compare", "results/tiny/seed-1", "results/knobs/seed-1"), 0);
    check_file_lacks("out", "knobs.");
    check_file_lacks("out", "\n  train.early_stopping  ");
    check_file_lacks("out", "stopping_threshold");
    check_contains("out", "\n  model[0].conv.maps                        3              4\n");
    check_contains("out", "\n  train.early_stopping.start_from_epoch                    1\n");

    write_text("a.csv", "epoch,loss,note,acc\n1,0.5,x,0.25\n2,0.25,y,NA\n");
    write_text("b.csv", "acc,other\n0.5,1\n0.75,2\n");
    CU_ASSERT_EQUAL(RUN("compare", "a.csv", "b.csv", "--format", "csv"), 0);
    check_file("out",
               "run,metric,epoch,value\na.csv,acc,1,0.25\na.csv,acc,2,\nb.csv,acc,1,0.5\nb.csv,acc,2,0.75\n");
    CU_ASSERT_EQUAL(RUN("compare", "a.csv", "--metric=los"), 2);
    check_file("err", "assay: not all have a column of numbers called los; did you mean loss?\n");
    CU_ASSERT_EQUAL(RUN("compare", "a.csv", "results/tiny/seed-1"), 2);
    check_file("err", "assay: the files have no column of numbers in common\n");
    CU_ASSERT_EQUAL(
        RUN("compare", "results/tiny/seed-1", "results/tiny/seed-2", "--format=json", "--metric", "val_loss"),
        0);
    check_contains("out", "\"mcnemar\": [\n    {\n      \"a\": \"results/tiny/seed-1\",");
}

/* What a file of somebody else says never reaches the terminal as it is, and is lined up by its
 * characters. */
static void compares_with_care(void)
{
    write_text("odd\033[31m.csv", "epoch,lo\033[2Jss,größe\n1,0.5,1234\n");
    CU_ASSERT_EQUAL(RUN("compare", "odd\033[31m.csv"), 0);
    check_file_lacks("out", "\033");
    check_contains("out", "A  odd\\x1B[31m.csv\n");
    check_contains("out", "\n  lo\\x1B[2Jss   0.5\n  größe        1234\n");
    check_contains("out", "\nlo\\x1B[2Jss by epoch\n");

    /* Values that differ far behind their beginnings. */
    static const char *const names[] = {"a name that is longer than any column was ever wide: one",
                                        "a name that is longer than any column was ever wide: two"};
    for (int i = 0; i < 2; i++) {
        char path[32], text[128];
        snprintf(path, sizeof path, "long-%d", i);
        CU_ASSERT_TRUE(directory_create(path, NULL));
        snprintf(path, sizeof path, "long-%d/config.yaml", i);
        snprintf(text, sizeof text, "name: '%s'\n", names[i]);
        write_text(path, text);
        snprintf(path, sizeof path, "long-%d/curves.csv", i);
        write_text(path, "epoch,val_loss\n1,0.5\n");
    }
    CU_ASSERT_EQUAL(RUN("compare", "long-0", "long-1"), 0);
    check_contains("out", names[0]);
    check_contains("out", names[1]);
}

/* As Keras' CSVLogger and Lightning's CSVLogger write them: epochs from 0, several rows of an epoch, blanks,
 * losses that are not finite. */
static void compares_other_programs_runs(void)
{
    write_text("keras.csv", "epoch,accuracy,loss,val_accuracy,val_loss\n0,0.91,0.31,0.95,0.17\n"
                            "1,0.96,0.12,0.97,0.1\n2,0.98,inf,0.96,0.11\n");
    write_text("lightning.csv", "epoch,step,train_loss,val_loss\n0,49,0.5,\n0,99,0.25,\n0,99,,0.2\n"
                                "1,149,0.125,\n1,199,0.0625,\n1,199,,0.15\n,199,7,7\n2,299,,0.3\n");
    CU_ASSERT_EQUAL(RUN("compare", "keras.csv", "lightning.csv"), 0);
    check_contains("out", "\nat the result    A     B\n  epoch          1     1\n"
                          "  val_loss     0.1  0.15\n\n");
    check_contains("out", "\nval_loss      A     B\n"
                          "  epoch 0  0.17   0.2\n"
                          "  epoch 1   0.1  0.15\n"
                          "  epoch 2  0.11   0.3\n");
    CU_ASSERT_EQUAL(RUN("compare", "lightning.csv", "--format", "csv"), 0);
    check_file("out",
               "run,metric,epoch,value\nlightning.csv,train_loss,0,0.25\n"
               "lightning.csv,train_loss,1,0.0625\nlightning.csv,train_loss,2,\n"
               "lightning.csv,val_loss,0,0.2\nlightning.csv,val_loss,1,0.15\nlightning.csv,val_loss,2,0.3\n");
    CU_ASSERT_EQUAL(RUN("compare", "keras.csv", "--metric", "loss", "--format", "csv"), 0);
    check_contains("out", "keras.csv,loss,1,0.12\nkeras.csv,loss,2,\n");
    CU_ASSERT_EQUAL(RUN("compare", "keras.csv", "results/tiny/seed-1"), 0);
    check_contains("out", "\nval_loss by epoch\n");
}

static void prints_what_configs_may_hold(void)
{
    CU_ASSERT_EQUAL(RUN("layers"), 0);
    check_contains("out", "subtractive-norm");
    CU_ASSERT_EQUAL(RUN("layers", "pool", "--format=json"), 0);
    check_contains("out", "[\n  {\n    \"name\": \"pool\",\n    \"summary\": ");
    check_contains("out", "\"key\": \"stride\",\n");
    CU_ASSERT_EQUAL(RUN("schema"), 0);
    check_contains("out", "\"extends\"");
    char *schema = read_text("out");
    CU_ASSERT_EQUAL(RUN("schema", "--format", "json"), 0);
    check_file("out", schema);
    memory_free(schema);
    CU_ASSERT_EQUAL(RUN("schema", "--full"), 0);
    char *full = read_text("out");
    write_text("full.yaml", full);
    memory_free(full);
    CU_ASSERT_EQUAL(RUN("check", "full.yaml"), 0);
    CU_ASSERT_EQUAL(RUN("schema", "--docs"), 0);
    check_contains("out", "# Configuration\n\n");
}

/* A minibatch is never larger than what there is, and the plan has no room for more. */
static void plans_for_what_there_is(void)
{
    CU_ASSERT_EQUAL(RUN("check", "tiny.yaml", "train.batch_size=65536", "--format=json"), 0);
    check_contains("out", "\"batch\": 120,");
    CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", "name=whole", "train.batch_size=120", "--quiet"), 0);
    CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", "name=huge", "train.batch_size=65536", "--quiet"), 0);
    CU_ASSERT_TRUE(same_bytes("results/whole/seed-1/curves.csv", "results/huge/seed-1/curves.csv"));
    CU_ASSERT_TRUE(same_bytes("results/whole/seed-1/predictions.csv", "results/huge/seed-1/predictions.csv"));
}

static void handles_data(void)
{
    CU_ASSERT_EQUAL(RUN("data", "digits", "--train=30", "--test=20", "--out=few", "--format=json"), 0);
    check_file("out", "{\n  \"dataset\": \"digits\",\n  \"directory\": \"few\",\n  \"train\": 30,\n"
                      "  \"test\": 20,\n  \"seed\": 1\n}\n");
    CU_ASSERT_EQUAL(RUN("data", "digits", "--train=30", "--test=20", "--seed=2", "--out=few"), 2);
    check_file(
        "err",
        "assay: few/train-images-idx3-ubyte is there already; remove it, or choose another directory\n");
    CU_ASSERT_TRUE(file_remove("few/train-images-idx3-ubyte", NULL));
    CU_ASSERT_EQUAL(RUN("data", "digits", "--train=30", "--test=20", "--seed=2", "--out=few"), 2);
    CU_ASSERT_FALSE(file_exists("few/train-images-idx3-ubyte"));
    /* As a command leaves them that is cut short. */
    write_text("few/.train-images-idx3-ubyte.tmp.1", "half of it");
    CU_ASSERT_EQUAL(RUN("data", "digits", "--train=30", "--test=20", "--out=few"), 0);
    CU_ASSERT_FALSE(file_exists("few/.train-images-idx3-ubyte.tmp.1"));
    CU_ASSERT_FALSE(file_exists("few/fetch.lock"));
    CU_ASSERT_EQUAL(RUN("data", "digits", "--train=30", "--test=20", "--out=others"), 0);
    check_file("out", "others: 30 digits to train on, 20 to test on\n");
    CU_ASSERT_TRUE(same_bytes("few/train-images-idx3-ubyte", "others/train-images-idx3-ubyte"));
    CU_ASSERT_EQUAL(RUN("data", "verify", "few", "--format=json"), 2);
    check_file("out", "");
    CU_ASSERT_EQUAL(RUN("data", "digits", "--out="), 2);
    check_file("err", "assay: --out wants a value: --out DIR\n`assay data --help` says what it takes\n");
}

int main(void)
{
    enter_directory();
    write_text("tiny.yaml", tiny);
    write_text("trial.yaml", trial);
    CU_TestInfo tests[] = {
        {"wrong usage", is_used_rightly},
        {"--help and --version", tells_what_it_is},
        {"wrong configs", says_all_that_is_wrong},
        {"options anywhere", takes_options_anywhere},
        {"check of an experiment", checks_experiments},
        {"check without data", needs_no_data_to_check},
        {"no best without validation", has_no_best_without_validation},
        {"output that is lost", notices_lost_output},
        {"predict", predicts_what_the_run_predicted},
        {"compare", compares_runs},
        {"compares with care", compares_with_care},
        {"compare other programs' runs", compares_other_programs_runs},
        {"batches larger than the data", plans_for_what_there_is},
        {"data", handles_data},
        {"layers and schema", prints_what_configs_may_hold},
        CU_TEST_INFO_NULL,
    };
    const int status = run_suite("usage", tests);
    leave_directory();
    return status;
}
