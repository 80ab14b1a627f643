/* Whole runs by the built program: what they leave, that nothing but the config decides it, and that no end
 * of theirs loses anything. */
#include "program.h"

#include "math/kernels.h"

#define DATA "data: {dataset: {digits: {train: 200, test: 50}}, validation: 40}\n"
#define MODEL                                                                                                \
    "model: [conv: {maps: 3, kernel: 5, stride: 2}, tanh, pool: {type: max, size: 3}, dropout: 0.2, "        \
    "linear: 10]\n"
#define TRAIN(epochs, more)                                                                                  \
    "train: {max_epochs: " #epochs                                                                           \
    ", batch_size: 8, loss_reduction: sum, optimizer: {sgd: {learning_rate: 0.01, momentum: 0.5}}" more      \
    "}\n"

/* Four epochs; and many, for what happens on the way. */
static const char tiny[] = DATA MODEL TRAIN(4, ", early_stopping: {patience: 4}");
static const char longer[] = DATA MODEL TRAIN(200, "");

static int count_lines(const char *path)
{
    char *text = read_text(path);
    int lines = 0;
    for (const char *c = text; *c != '\0'; c++)
        lines += *c == '\n';
    memory_free(text);
    return lines;
}

static void check_first_line(const char *path, const char *wanted)
{
    char *text = read_text(path);
    text[strcspn(text, "\n")] = '\0';
    CHECK_TEXT(text, wanted);
    memory_free(text);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names in a directory, in order, each with a space behind it. */
static void check_files(const char *directory, const char *wanted)
{
    char *names[64], all[2048] = "";
    size_t count = 0;
    DIR *stream = opendir(directory);
    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    for (struct dirent *entry; (entry = readdir(stream)) != NULL && count < 64;)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            names[count++] = strdup(entry->d_name);
    closedir(stream);
    qsort(names, count, sizeof names[0], by_name);
    for (size_t i = 0; i < count; i++) {
        snprintf(all + strlen(all), sizeof all - strlen(all), "%s ", names[i]);
        free(names[i]);
    }
    CHECK_TEXT(all, wanted);
}

static void leaves_its_files(void)
{
    CU_ASSERT_EQUAL(RUN("run", "tiny.yaml"), 0);
    check_files("results/tiny/seed-1",
                "best.safetensors checkpoint config.yaml curves.csv last.safetensors log.txt mistakes.csv "
                "predictions.csv provenance.json summary.json timing.csv ");
    check_first_line("results/tiny/seed-1/curves.csv", "epoch,train_loss,train_error_pct,val_loss,val_error_"
                                                       "pct,test_loss,test_error_pct,learning_rate,penalty");
    check_first_line("results/tiny/seed-1/timing.csv",
                     "epoch,train_s,eval_s,train_ms_per_sample,test_ms_per_sample");
    check_first_line("results/tiny/seed-1/predictions.csv", "index,label,predicted,nll");
    check_first_line("results/tiny/seed-1/mistakes.csv", "index,label,predicted");
    CU_ASSERT_EQUAL(count_lines("results/tiny/seed-1/curves.csv"), 5);
    CU_ASSERT_EQUAL(count_lines("results/tiny/seed-1/timing.csv"), 5);
    CU_ASSERT_EQUAL(count_lines("results/tiny/seed-1/predictions.csv"), 51);
    check_contains("results/tiny/seed-1/summary.json", "\"stop_reason\": \"max_epochs\"");
    check_contains("results/tiny/seed-1/summary.json", "\"test_images\": 50,");
    check_contains("results/tiny/seed-1/provenance.json", "\"outcome\": \"max_epochs\"");
    check_contains("results/tiny/seed-1/log.txt", "\nepoch 4/4: train loss ");
    check_contains("out", "\nended by    max_epochs after 4 epochs, ");
    check_contains("out", "\ndirectory   results/tiny/seed-1\n");
    check_contains("err", "\nepoch 1/4: train loss ");
}

static void does_nothing_twice(void)
{
    char *before = read_text("results/tiny/seed-1/provenance.json"),
         *log = read_text("results/tiny/seed-1/log.txt");
    CU_ASSERT_EQUAL(RUN("run", "tiny.yaml"), 0);
    check_file("err", "results/tiny/seed-1: finished before, nothing to do; --again runs it afresh\n");
    check_contains("out", "\ndirectory   results/tiny/seed-1\n");
    check_file("results/tiny/seed-1/provenance.json", before);
    check_file("results/tiny/seed-1/log.txt", log);
    memory_free(before);
    memory_free(log);
}

static void has_the_same_bits_on_any_number_of_threads(void)
{
    static const char *const threads[] = {"1", "2", "3", "8"};
    for (size_t i = 0; i < sizeof threads / sizeof threads[0]; i++) {
        char directory[64];
        snprintf(directory, sizeof directory, "threads-%s/tiny/seed-1", threads[i]);
        char out[16];
        snprintf(out, sizeof out, "threads-%s", threads[i]);
        CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", "--threads", threads[i], "--out", out, "--quiet"), 0);
        check_same_run("results/tiny/seed-1", directory);
        check_file("out", "");
        check_file("err", "");
    }
}

static void runs_its_own_config_again(void)
{
    CU_ASSERT_EQUAL(RUN("run", "results/tiny/seed-1/config.yaml", "--out", "own"), 0);
    check_same_run("results/tiny/seed-1", "own/tiny/seed-1");
}

static void stops_after_any_epoch(void)
{
    static const char *const epochs[] = {"1", "2", "3"};
    for (size_t i = 0; i < sizeof epochs / sizeof epochs[0]; i++) {
        CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", "--out", "stopped", "--stop-after", epochs[i]), 0);
        CU_ASSERT_EQUAL(count_lines("stopped/tiny/seed-1/curves.csv"), (int)i + 2);
        CU_ASSERT_FALSE(file_exists("stopped/tiny/seed-1/summary.json"));
        check_contains("out", "\nnot finished: ");
        check_contains("out", "; the same command without --stop-after goes on\n");
    }
    CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", "--out", "stopped", "--stop-after", "2"), 0); /* long past it */
    CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", "--out", "stopped"), 0);
    check_contains("err", "\ngoing on after epoch 3\n");
    check_same_run("results/tiny/seed-1", "stopped/tiny/seed-1");
}

static void ends_on_a_signal_and_goes_on(void)
{
    static const struct {
        int signal, status;
        const char *out, *message;
    } cases[] = {
        {SIGTERM, 143, "term", "assay: terminated with "},
        {SIGUSR1, 75, "usr1", "assay: stopped with "},
        {SIGINT, 130, "int", "assay: interrupted with "},
        {SIGHUP, 129, "hup", "assay: hung up with "},
    };
    CU_ASSERT_EQUAL_FATAL(RUN("run", "longer.yaml", "--quiet"), 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char curves[80], directory[64];
        snprintf(directory, sizeof directory, "%s/longer/seed-1", cases[i].out);
        snprintf(curves, sizeof curves, "%s/curves.csv", directory);
        signal(cases[i].signal, SIG_DFL); /* nohup and & leave it ignored, and assay would honour that */
        const pid_t child = start("run", "longer.yaml", "--out", cases[i].out, NULL);
        wait_for_file(curves, 300);
        kill(child, cases[i].signal);
        CU_ASSERT_EQUAL(wait_program(child), cases[i].status);
        check_contains("err", cases[i].message);
        check_contains("err", " of 200 epochs done; the same command goes on from the checkpoint\n");
        CU_ASSERT_EQUAL(RUN("run", "longer.yaml", "--out", cases[i].out, "--quiet"), 0);
        check_same_run("results/longer/seed-1", directory);
    }
}

static void survives_being_killed(void)
{
    int killed = 0, status = 1;
    for (long delay = 20; status != 0 && delay < 4000; delay += delay / 4) {
        const pid_t child = start("run", "longer.yaml", "--out", "killed", "--quiet", NULL);
        pause_ms(delay);
        kill(child, SIGKILL);
        status = wait_program(child);
        killed += status == 1000 + SIGKILL;
    }
    CU_ASSERT(killed > 0);
    CU_ASSERT_EQUAL(RUN("run", "longer.yaml", "--out", "killed", "--quiet"), 0);
    check_same_run("results/longer/seed-1", "killed/longer/seed-1");
    check_files("killed/longer/seed-1",
                "best.safetensors checkpoint config.yaml curves.csv last.safetensors log.txt mistakes.csv "
                "predictions.csv provenance.json summary.json timing.csv ");
}

static size_t length_of(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 ? (size_t)status.st_size : 0;
}

static void damage(const char *path)
{
    char *bytes;
    size_t length;
    CU_ASSERT_TRUE_FATAL(file_read(path, 1 << 28, &bytes, &length, NULL));
    bytes[length / 2] ^= 1;
    CU_ASSERT_TRUE(file_write_atomic(path, bytes, length, NULL));
    memory_free(bytes);
}

static void goes_back_to_the_checkpoint_before(void)
{
    CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", "--out", "damaged", "--stop-after", "3"), 0);
    damage("damaged/tiny/seed-1/checkpoint");
    CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", "--out", "damaged", "--stop-after", "2"), 0);
    check_contains("err", "assay: warning: damaged/tiny/seed-1/checkpoint: is cut short or damaged; "
                          "going on from damaged/tiny/seed-1/checkpoint.previous\n");
    CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", "--out", "damaged", "--stop-after", "3"), 0);
    damage("damaged/tiny/seed-1/checkpoint");
    damage("damaged/tiny/seed-1/checkpoint.previous");
    CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", "--out", "damaged", "--quiet"), 2);
    check_file(
        "err",
        "assay: damaged/tiny/seed-1/checkpoint: is cut short or damaged\n--again starts this run afresh\n");
    CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", "--out", "damaged", "--again", "--quiet"), 0);
    check_same_run("results/tiny/seed-1", "damaged/tiny/seed-1");
}

static void goes_back_from_a_checkpoint_cut_short(void)
{
    static const size_t lengths[] = {0, 5, 100, 5000};
    char *bytes;
    size_t length;
    CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", "--out", "cut", "--stop-after", "2"), 0);
    CU_ASSERT_TRUE_FATAL(file_read("cut/tiny/seed-1/checkpoint", 1 << 28, &bytes, &length, NULL));
    char *before = read_text("cut/tiny/seed-1/checkpoint.previous");
    const size_t before_length = length_of("cut/tiny/seed-1/checkpoint.previous");
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        CU_ASSERT_TRUE(file_write_atomic("cut/tiny/seed-1/checkpoint", bytes, lengths[i], NULL));
        CU_ASSERT_TRUE(file_write_atomic("cut/tiny/seed-1/checkpoint.previous", before, before_length, NULL));
        CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", "--out", "cut", "--stop-after", "2"), 0);
        check_contains("err", "cut/tiny/seed-1/checkpoint: is cut short or damaged; going on from ");
        check_contains("err", "\ngoing on after epoch 1\n");
    }
    memory_free(before);
    memory_free(bytes);
    CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", "--out", "cut", "--quiet"), 0);
    check_same_run("results/tiny/seed-1", "cut/tiny/seed-1");
}

/* Of whatever is wrong with the newest checkpoint but damage, the one before it is no way out. */
static void keeps_a_checkpoint_that_it_refuses(void)
{
    static const char newest[] = "kept/tiny/seed-1/checkpoint";
    CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", "--out", "kept", "--stop-after", "3"), 0);
    CU_ASSERT_TRUE(file_exists("kept/tiny/seed-1/checkpoint.previous"));
    char *bytes;
    size_t length;
    CU_ASSERT_TRUE_FATAL(file_read(newest, 1 << 28, &bytes, &length, NULL));
    char *version = strstr(bytes, " 1\n");
    CU_ASSERT_PTR_NOT_NULL_FATAL(version);

    version[1] = '2';
    CU_ASSERT_TRUE(file_write_atomic(newest, bytes, length, NULL));
    CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", "--out", "kept", "--quiet"), 2);
    check_file("err", "assay: kept/tiny/seed-1/checkpoint: not a checkpoint of this version\n"
                      "--again starts this run afresh\n");
    CU_ASSERT_EQUAL(length_of(newest), length);
    version[1] = '1';

    CU_ASSERT_TRUE(file_remove(newest, NULL) && directory_create(newest, NULL));
    CU_ASSERT(RUN("run", "tiny.yaml", "--out", "kept", "--quiet") != 0);
    check_contains("err", "assay: cannot read kept/tiny/seed-1/checkpoint: ");
    CU_ASSERT_TRUE(is_directory(newest));
    CU_ASSERT_EQUAL(rmdir(newest), 0);

    CU_ASSERT_TRUE(file_write_atomic(newest, bytes, length, NULL));
    memory_free(bytes);
    CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", "--out", "kept"), 0);
    check_contains("err", "\ngoing on after epoch 3\n");
    check_same_run("results/tiny/seed-1", "kept/tiny/seed-1");
}

static void refuses_another_machine(void)
{
    CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", "--out", "machine", "--stop-after", "2"), 0);
    setenv("ASSAY_ISA", "plain", 1);
    struct assay_error error;
    const bool another =
        kernels_choose(NULL, &error) != kernels_choose("plain", &error); /* these may be the only ones */
    CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", "--out", "machine"), another ? 2 : 0);
    if (another) {
        check_contains("err", "was written on another type of machine (");
        check_contains("err", "; here plain kernels, ");
        check_contains("err",
                       "\n--other-machine goes on with it all the same; --again starts this run afresh\n");
    }
    unsetenv("ASSAY_ISA");
    CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", "--out", "machine", "--stop-after", "3"), 0);
    if (another)
        check_contains("err", "\ngoing on after epoch 2\n"); /* the refusal has cost nothing */
    setenv("ASSAY_ISA", "plain", 1);
    if (another) /* where the newest is damaged and the one before is whole, what keeps that one back counts */
        damage("machine/tiny/seed-1/checkpoint");
    CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", "--out", "machine"), another ? 2 : 0);
    if (another)
        check_contains("err",
                       "machine/tiny/seed-1/checkpoint.previous: was written on another type of machine (");
    CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", "--out", "machine", "--other-machine"), 0);
    unsetenv("ASSAY_ISA");
}

static void keeps_runs_apart(void)
{
    CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", "train.batch_size=16", "model[0].conv.maps=4"), 2);
    check_file("err", "assay: results/tiny/seed-1 holds files of another run:\n"
                      "    model[0].conv.maps: 3 there, 4 here\n"
                      "    train.batch_size: 8 there, 16 here\n"
                      "give this run another name (name=...) or another place (--out DIR), or replace what "
                      "is there (--again)\n");
    CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", "name=other", "train.batch_size=16", "--quiet"), 0);
    CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", "seed=2", "--quiet"), 0);
    CU_ASSERT_TRUE(file_exists("results/other/seed-1/summary.json") &&
                   file_exists("results/tiny/seed-2/summary.json"));
    CU_ASSERT_FALSE(same_bytes("results/tiny/seed-1/curves.csv", "results/tiny/seed-2/curves.csv"));
}

static void starts_afresh_when_asked(void)
{
    write_text("results/other/seed-1/notes.txt", "mine\n");
    CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", "name=other", "--again", "--quiet"), 0);
    check_file("results/other/seed-1/notes.txt", "mine\n");
    CU_ASSERT_TRUE(same_bytes("results/tiny/seed-1/curves.csv", "results/other/seed-1/curves.csv"));
    CU_ASSERT_TRUE(file_remove("results/other/seed-1/provenance.json", NULL));
    CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", "name=other", "train.max_epochs=2"), 2);
    check_contains(
        "err", "results/other/seed-1 holds files of another run:\n    train.max_epochs: 4 there, 2 here\n");
    CU_ASSERT_TRUE(file_remove("results/other/seed-1/config.yaml", NULL));
    CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", "name=other", "seed=1", "train.max_epochs=2"), 2);
    check_contains("err", "    which run they are of is not known: there is no provenance.json\n");
    write_text("results/other/seed-1/provenance.json", "{\"identity\": ");
    CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", "name=other", "seed=1", "train.max_epochs=2"), 2);
    check_contains("err", "    which run they are of is not known: provenance.json cannot be read\n");
    char *text = read_text("results/tiny/seed-1/provenance.json");
    write_text("results/other/seed-1/provenance.json", text);
    memory_free(text);
    CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", "name=other", "seed=1", "train.max_epochs=2"), 2);
    check_contains("err", "holds files of another run:\n    its config.yaml cannot be read\n");
}

static void notices_other_data(void)
{
    write_text(
        "files.yaml",
        "data:\n  dataset: {idx: {train_images: train-images-idx3-ubyte, train_labels: "
        "train-labels-idx1-ubyte,\n"
        "                  test_images: t10k-images-idx3-ubyte, test_labels: t10k-labels-idx1-ubyte}}\n"
        "  dir: digits\n  validation: 40\n" MODEL TRAIN(2, ""));
    CU_ASSERT_EQUAL(RUN("data", "digits", "--train", "200", "--test", "50", "--out", "digits"), 0);
    CU_ASSERT_EQUAL(RUN("run", "files.yaml", "--quiet", "--stop-after", "1"), 0);
    CU_ASSERT_EQUAL(rename("digits", "moved"), 0);
    CU_ASSERT_EQUAL(RUN("run", "files.yaml"), 2);
    check_first_line("err", "files.yaml:4:8: data.dir: digits/train-images-idx3-ubyte: cannot be read: "
                            "No such file or directory");
    CU_ASSERT_EQUAL(RUN("run", "files.yaml", "data.dir=moved", "--quiet"),
                    0); /* where they are does not matter … */
    damage("moved/train-images-idx3-ubyte");
    CU_ASSERT_EQUAL(RUN("run", "files.yaml", "data.dir=moved"), 2); /* … what they are does */
    check_contains(
        "err",
        "results/files/seed-1 holds files of another run:\n    the data are not the same: their digest was ");
}

/* They are refused before anything is touched, also with --again. */
static void refuses_bad_weights(void)
{
    static const char *const wants[] = {"bad: ", "weights: "};
    static const char *const overrides[][2] = {{"train.init_from=bad", "seed=1"},
                                               {"train.init_from=weights", "model[0].conv.maps=4"}};
    write_text("bad", "no weights at all");
    char *summary = read_text("results/more/seed-1/summary.json");
    for (int i = 0; i < 2; i++) {
        CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", "name=unborn", overrides[i][0], overrides[i][1]), 2);
        check_contains("err", wants[i]);
        CU_ASSERT_FALSE(file_exists("results/unborn"));
        CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", "name=more", overrides[i][0], overrides[i][1], "--again"), 2);
        check_contains("err", wants[i]);
        check_file("results/more/seed-1/summary.json", summary);
        CU_ASSERT_TRUE(file_exists("results/more/seed-1/best.safetensors"));
    }
    memory_free(summary);
}

static void begins_with_given_weights(void)
{
    CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", "name=more", "train.init_from=weights", "--quiet"), 2);
    check_first_line("err", "command line:1:17: train.init_from: there is no file weights");
    CU_ASSERT_EQUAL(rename("results/tiny/seed-2/last.safetensors", "weights"), 0);
    CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", "name=more", "train.init_from=weights", "--quiet"), 0);
    CU_ASSERT_FALSE(same_bytes("results/tiny/seed-1/curves.csv", "results/more/seed-1/curves.csv"));
    CU_ASSERT_EQUAL(rename("own/tiny/seed-1/last.safetensors", "weights"), 0);
    refuses_bad_weights();
    CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", "name=more", "train.init_from=weights"), 2);
    check_contains("err",
                   "holds files of another run:\n    the weights that train.init_from names have changed\n");
}

static void says_that_it_diverged(void)
{
    char *first = NULL;
    for (int time = 0; time < 2; time++) {
        CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", "name=wild", "train.optimizer.sgd.learning_rate=1000000",
                            "train.penalty.lambda=1000000", "--quiet"),
                        3);
        check_contains("err", "assay: the training diverged: the loss became nan in epoch 1 at step ");
        if (time == 0)
            first = read_text("err");
        else
            check_file("err", first);
    }
    memory_free(first);
    check_files("results/wild/seed-1",
                "config.yaml curves.csv log.txt provenance.json summary.json timing.csv ");
    CU_ASSERT_EQUAL(count_lines("results/wild/seed-1/curves.csv"), 1);
    check_contains(
        "results/wild/seed-1/summary.json",
        "\"stop_reason\": \"non_finite\",\n  \"divergence\": \"the loss became nan in epoch 1 at step ");
    check_contains("results/wild/seed-1/summary.json", "\"best_epoch\": null,");
}

static void says_what_was_above_the_threshold(void)
{
    char *first = NULL;
    for (int time = 0; time < 2; time++) {
        CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", "name=high", "train.early_stopping.divergence_threshold=0.5",
                            "--quiet", "--format", "json"),
                        3);
        check_contains("err", "assay: the training diverged: val_error_pct was ");
        check_contains("err", " after epoch 1, above the divergence_threshold of 0.5; results/high/seed-1/");
        check_contains("out", "\"divergence\": \"val_error_pct was ");
        if (time == 0)
            first = read_text("err");
        else
            check_file("err", first);
    }
    memory_free(first);
    check_contains("results/high/seed-1/summary.json", "\"divergence\": \"val_error_pct was ");
}

static void leaves_a_directory_to_its_owner(void)
{
    const pid_t owner =
        start("run", "longer.yaml", "train.max_epochs=100000", "--out", "owned", "--quiet", NULL);
    wait_for_file("owned/longer/seed-1/curves.csv", 1);
    CU_ASSERT_EQUAL(RUN("run", "longer.yaml", "train.max_epochs=100000", "--out", "owned"), 4);
    check_contains("err", "assay: owned/longer/seed-1 is being written by another process (host and pid: ");
    CU_ASSERT_EQUAL(truncate("owned/longer/seed-1/.lock", 0), 0);
    CU_ASSERT_EQUAL(RUN("run", "longer.yaml", "train.max_epochs=100000", "--out", "owned"), 4);
    check_file("err", "assay: owned/longer/seed-1 is being written by another process\n");
    kill(owner, SIGTERM);
    CU_ASSERT_EQUAL(wait_program(owner), 143);
}

static void fills_the_columns_that_it_can(void)
{
    CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", "name=all", "data.validation=0", "train.early_stopping=null",
                        "train.evaluate_train=true", "--quiet"),
                    0);
    check_first_line("results/all/seed-1/curves.csv", "epoch,train_loss,train_error_pct,val_loss,val_error_"
                                                      "pct,test_loss,test_error_pct,learning_rate,penalty,"
                                                      "evaluated_train_loss,evaluated_train_error_pct");
    check_contains("results/all/seed-1/summary.json", "\"best_epoch\": 4,\n  \"result_epoch\": 4,");
    check_contains("results/all/seed-1/summary.json", "\"val_loss\": null,");
    CU_ASSERT_TRUE(same_bytes("results/all/seed-1/best.safetensors", "results/all/seed-1/last.safetensors"));
}

static void reports_the_last_epoch_when_told_to(void)
{
    CU_ASSERT_EQUAL(RUN("run", "tiny.yaml", "name=last", "train.early_stopping.restore_best=false",
                        "train.early_stopping.monitor=train_loss", "train.early_stopping.patience=1",
                        "train.early_stopping.min_delta=1000", "--quiet"),
                    0);
    check_contains("results/last/seed-1/summary.json", "\"stop_reason\": \"patience\"");
    check_contains("results/last/seed-1/summary.json", "\"epochs\": 2,");
    check_contains("results/last/seed-1/summary.json", "\"result_epoch\": 2,");
}

int main(void)
{
    enter_directory();
    write_text("tiny.yaml", tiny);
    write_text("longer.yaml", longer);
    CU_TestInfo tests[] = {
        {"a run leaves its files", leaves_its_files},
        {"a finished run is not run again", does_nothing_twice},
        {"the number of threads does not matter", has_the_same_bits_on_any_number_of_threads},
        {"a run's own config.yaml gives the same run", runs_its_own_config_again},
        {"stopped after any epoch and resumed", stops_after_any_epoch},
        {"ended by a signal and resumed", ends_on_a_signal_and_goes_on},
        {"killed at any time", survives_being_killed},
        {"damaged checkpoints", goes_back_to_the_checkpoint_before},
        {"checkpoints cut short", goes_back_from_a_checkpoint_cut_short},
        {"checkpoints that are refused", keeps_a_checkpoint_that_it_refuses},
        {"a checkpoint of another machine", refuses_another_machine},
        {"another run's directory", keeps_runs_apart},
        {"--again", starts_afresh_when_asked},
        {"other data", notices_other_data},
        {"init_from", begins_with_given_weights},
        {"a training that diverges", says_that_it_diverged},
        {"a metric above divergence_threshold", says_what_was_above_the_threshold},
        {"two processes, one directory", leaves_a_directory_to_its_owner},
        {"without validation, with evaluate_train", fills_the_columns_that_it_can},
        {"without restore_best", reports_the_last_epoch_when_told_to},
        CU_TEST_INFO_NULL,
    };
    const int status = run_suite("run", tests);
    leave_directory();
    return status;
}
