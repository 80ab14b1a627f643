/* The public headers assay/run.h and assay/model.h, as another program would use them. */
#include "program.h"

#include "assay/model.h"
#include "assay/run.h"
#include "io/safetensors.h"

static const char tiny[] =
    "data: {dataset: {digits: {train: 150, test: 40}}, validation: 30}\n"
    "model: [conv: {maps: 3, kernel: 5, stride: 2}, tanh, dropout: 0.1, linear: 10]\n"
    "train: {max_epochs: 3, batch_size: 8, optimizer: {sgd: {learning_rate: 0.1, momentum: 0.5}}}\n";

struct watcher {
    int epochs, steps, stop_at; /* stop_at: the step at which it has seen enough; 0: never */
};

static void listen(void *cookie, enum assay_message kind, const char *line)
{
    struct watcher *watcher = cookie;
    watcher->epochs += kind == ASSAY_MESSAGE_EPOCH && strncmp(line, "epoch ", 6) == 0;
}

static void watch(void *cookie, const struct assay_progress *progress)
{
    struct watcher *watcher = cookie;
    watcher->steps++;
    CU_ASSERT(progress->epoch >= 1 && progress->epoch <= 3 && progress->max_epochs == 3);
    CU_ASSERT(progress->samples > 0 && progress->samples <= progress->samples_in_epoch &&
              progress->samples_in_epoch == 120);
}

static enum assay_status stop(void *cookie)
{
    const struct watcher *watcher = cookie;
    return watcher->stop_at > 0 && watcher->steps >= watcher->stop_at ? ASSAY_TERMINATED : ASSAY_DONE;
}

static struct assay_config *load(const char *const *overrides, size_t count)
{
    struct assay_error error = {0};
    struct assay_config *config = assay_config_load(
        &(struct assay_config_request){
            .path = "tiny.yaml", .overrides = overrides, .override_count = count, .threads = 2},
        NULL, &error);
    CHECK_TEXT(error.text, "");
    CU_ASSERT_PTR_NOT_NULL_FATAL(config);
    return config;
}

static void runs_a_config(void)
{
    struct assay_config *config = load(NULL, 0);
    char *directory = assay_run_directory(config, "out");
    CHECK_TEXT(directory, "out/tiny/seed-1");
    struct watcher watcher = {0};
    const struct assay_observer observer = {&watcher, listen, watch, stop};
    struct assay_run_result result;
    struct assay_error error = {0};
    CU_ASSERT_EQUAL(
        assay_run(config, &(struct assay_run_options){.directory = directory}, &observer, &result, &error),
        ASSAY_DONE);
    CHECK_TEXT(error.text, "");
    CU_ASSERT(result.finished && !result.found && result.epochs == 3 && result.best_epoch >= 1);
    CHECK_TEXT(result.stop_reason, "max_epochs");
    CU_ASSERT(watcher.epochs == 3 &&
              watcher.steps == 3 * (14 + 2)); /* in training all but the last step; two evaluations */

    struct assay_run_result again;
    CU_ASSERT_EQUAL(
        assay_run(config, &(struct assay_run_options){.directory = directory}, NULL, &again, NULL),
        ASSAY_DONE);
    CU_ASSERT(again.found && again.test_error_pct == result.test_error_pct &&
              again.best_epoch == result.best_epoch);
    free(directory);
    assay_config_destroy(config);
}

/* Stopped at every few steps, also while evaluating, and with a checkpoint after each. */
static void stops_between_steps(void)
{
    struct assay_config *config = load(NULL, 0);
    int sessions = 0;
    enum assay_status status = ASSAY_TERMINATED;
    for (; status == ASSAY_TERMINATED && sessions < 100; sessions++) {
        struct watcher watcher = {.stop_at = 5};
        const struct assay_observer observer = {&watcher, listen, watch, stop};
        struct assay_run_result result;
        struct assay_error error = {0};
        status =
            assay_run(config, &(struct assay_run_options){.directory = "stopped", .checkpoint_seconds = 1e-9},
                      &observer, &result, &error);
        CU_ASSERT_EQUAL(result.finished, status == ASSAY_DONE);
        CU_ASSERT_EQUAL(status, error.status);
    }
    CU_ASSERT_EQUAL(status, ASSAY_DONE);
    CU_ASSERT(sessions > 5);
    check_same_run("out/tiny/seed-1", "stopped");
    assay_config_destroy(config);
}

static void tells_what_is_wrong(void)
{
    static const char *const overrides[] = {"train.batch_size=0", "sede=3"};
    char *problems = NULL;
    struct assay_error error = {0};
    CU_ASSERT_PTR_NULL(assay_config_load(
        &(struct assay_config_request){.path = "tiny.yaml", .overrides = overrides, .override_count = 2},
        &problems, &error));
    CU_ASSERT_EQUAL(error.status, ASSAY_INVALID);
    CHECK_TEXT(problems, error.text);
    CU_ASSERT_PTR_NOT_NULL_FATAL(problems);
    CU_ASSERT_PTR_NOT_NULL(strstr(problems, "did you mean seed?"));
    free(problems);
}

struct change {
    const char *file;
    long place;
    int byte;
};

static void change_byte(const struct change *change)
{
    char path[64];
    snprintf(path, sizeof path, "digits/%s", change->file);
    FILE *file = fopen(path, "r+b");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fseek(file, change->place, SEEK_SET);
    fputc(change->byte, file);
    fclose(file);
}

/* What was planned for one set of images is not done with another. */
static void notices_other_data(void)
{
    static const char *const overrides[] = {
        "name=files", "data.dir=digits",
        ("data.dataset={idx: {train_images: train-images-idx3-ubyte, train_labels: train-labels-idx1-ubyte, "
         "test_images: t10k-images-idx3-ubyte, test_labels: t10k-labels-idx1-ubyte}}")};
    static const struct {
        const char *train, *test;
        struct change changes[4];
    } others[] = {
        {"150", "41", {{0}}},
        {"151", "40", {{0}}},
        {"150",
         "40", /* other sides */
         {{"train-images-idx3-ubyte", 11, 14},
          {"train-images-idx3-ubyte", 15, 56},
          {"t10k-images-idx3-ubyte", 11, 14},
          {"t10k-images-idx3-ubyte", 15, 56}}},
    };
    CU_ASSERT_EQUAL(RUN("data", "digits", "--train", "150", "--test", "40", "--out", "planned"), 0);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        CU_ASSERT_EQUAL(rename("planned", "digits"), 0);
        struct assay_config *config = load(overrides, sizeof overrides / sizeof overrides[0]);
        CU_ASSERT_EQUAL(rename("digits", "planned"), 0);
        CU_ASSERT_EQUAL(
            RUN("data", "digits", "--train", others[i].train, "--test", others[i].test, "--out", "digits"),
            0);
        for (size_t c = 0; c < 4 && others[i].changes[c].file != NULL; c++)
            change_byte(&others[i].changes[c]);
        struct assay_run_result result;
        struct assay_error error = {0};
        CU_ASSERT_EQUAL(
            assay_run(config, &(struct assay_run_options){.directory = "out/files"}, NULL, &result, &error),
            ASSAY_INVALID);
        CHECK_TEXT(error.text,
                   "the data set idx is not of the shape that it had a moment ago: its files are being "
                   "changed; run this again");
        CU_ASSERT_FALSE(file_exists("out/files"));
        char used[32];
        snprintf(used, sizeof used, "other-%zu", i);
        CU_ASSERT_EQUAL(rename("digits", used), 0);
        assay_config_destroy(config);
    }
}

static void predicts(void)
{
    struct assay_error error = {0};
    struct assay_model *model = assay_model_load("out/tiny/seed-1/best.safetensors",
                                                 (struct assay_image_shape){1, 28, 28}, 1, NULL, &error);
    CHECK_TEXT(error.text, "");
    CU_ASSERT_PTR_NOT_NULL_FATAL(model);
    CU_ASSERT_EQUAL(assay_model_classes(model), 10);
    enum { IMAGES = 20 };
    static uint8_t images[IMAGES][28 * 28], labels[IMAGES];
    for (size_t i = 0; i < sizeof images; i++)
        images[i / (28 * 28)][i % (28 * 28)] = (uint8_t)(i * i / 7);
    struct assay_prediction all[IMAGES], one;
    for (int i = 0; i < IMAGES; i++)
        labels[i] = (uint8_t)(i % 10);
    assay_model_predict(model, images[0], labels, IMAGES, all);
    for (int i = 0; i < IMAGES; i++) {
        assay_model_predict(model, images[i], &labels[i], 1, &one);
        CU_ASSERT(one.predicted == all[i].predicted && one.probability == all[i].probability &&
                  one.nll == all[i].nll);
        assay_model_predict(model, images[i], NULL, 1, &one);
        CU_ASSERT(one.predicted == all[i].predicted && one.nll != one.nll);
    }
    assay_model_destroy(model);

    CU_ASSERT_PTR_NULL(assay_model_load("out/tiny/seed-1/best.safetensors",
                                        (struct assay_image_shape){1, 20, 28}, 1, NULL, &error));
    CU_ASSERT_EQUAL(error.status, ASSAY_INVALID);
    CU_ASSERT_PTR_NULL(assay_model_load("tiny.yaml", (struct assay_image_shape){1, 28, 28}, 1, NULL, &error));
    CU_ASSERT_EQUAL(error.status, ASSAY_INVALID);
}

/* What a file of weights says of itself; value NULL: it says nothing of it. Message NULL: it is loaded. */
#define NO_CLASSES "altered.safetensors: its metadata have no number of classes from 1 to 65536"
#define NO_NUMBER(key)                                                                                       \
    "altered.safetensors: its metadata have no number " key                                                  \
    "; only weights that a run of assay wrote tell how to use them"
#define NO_INPUTS(mean, sd)                                                                                  \
    "altered.safetensors: with input_mean " mean " and input_sd " sd                                         \
    ", as its metadata say, inputs would be no numbers"
static const struct altered {
    const char *key, *value, *message;
    bool is_empty;
} altered[] = {
    {"classes", "10", NULL, false},
    {"classes", NULL, NULL, false}, /* as in files of some time ago */
    {"classes", "0", NO_CLASSES, false},
    {"classes", "-3", NO_CLASSES, false},
    {"classes", "many", NO_CLASSES, false},
    {"classes", "1e9", NO_CLASSES, false},
    {"classes", "10.5", NO_CLASSES, false},
    {"classes", NULL, "altered.safetensors: holds no weights of a network", true},
    {"classes", "7",
     "altered.safetensors: the config in its metadata does not fit:\n"
     "config:31:5: model[3].linear: the last layer gives 10 x 1 x 1 values, but the data have 7 classes; end "
     "with linear: {units: 7}\n   31 |   - linear:\n      |     ^",
     false},
    {"config", NULL,
     "altered.safetensors: its metadata have no config; only weights that a run of assay wrote tell which "
     "network they are of",
     false},
    {"config", "model: [linear: 10",
     "altered.safetensors: the config in its metadata does not fit:\n"
     "config:1:19: not YAML: a ',' or ']' is missing in the list\n    1 | model: [linear: 10\n      |        "
     "           ^",
     false},
    {"input_mean", NULL, NO_NUMBER("input_mean"), false},
    {"input_sd", NULL, NO_NUMBER("input_sd"), false},
    {"input_sd", "wide", NO_NUMBER("input_sd"), false},
    {"input_sd", "nan", NO_NUMBER("input_sd"), false},
    {"input_sd", "0", NO_INPUTS("0.0968116", "0"), false},
    {"input_sd", "-1", NO_INPUTS("0.0968116", "-1"), false},
    {"input_sd", "1e-300", NO_INPUTS("0.0968116", "1e-300"), false},
    {"input_mean", "1e300", NO_INPUTS("1e+300", "0.250678"), false},
};

static void write_altered(const struct altered *how)
{
    struct arena *arena = arena_create();
    CU_ASSERT_PTR_NOT_NULL_FATAL(arena);
    const struct tensor_file *whole = safetensors_read(arena, "out/tiny/seed-1/best.safetensors", NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(whole);
    struct tensor_metadata metadata[16];
    CU_ASSERT_FATAL(whole->metadata_count <= 16);
    struct tensor_file file = {whole->tensors, how->is_empty ? 0 : whole->tensor_count, metadata, 0};
    bool found = false;
    for (size_t i = 0; i < whole->metadata_count; i++) {
        struct tensor_metadata *one = &metadata[file.metadata_count];
        *one = whole->metadata[i];
        if (strcmp(one->key, how->key) == 0) {
            one->value = how->value;
            found = true;
        }
        file.metadata_count += one->value != NULL && strcmp(one->key, "sha256") != 0;
    }
    CU_ASSERT_TRUE(found);
    CU_ASSERT_TRUE(safetensors_write("altered.safetensors", &file, NULL));
    arena_destroy(arena);
}

static void refuses_odd_weights(void)
{
    for (size_t i = 0; i < sizeof altered / sizeof altered[0]; i++) {
        struct assay_error error = {0};
        write_altered(&altered[i]);
        struct assay_model *model =
            assay_model_load("altered.safetensors", (struct assay_image_shape){1, 28, 28}, 1, NULL, &error);
        CU_ASSERT_EQUAL(model != NULL, altered[i].message == NULL);
        CHECK_TEXT(error.text, altered[i].message != NULL ? altered[i].message : "");
        assay_model_destroy(model);
    }
}

/* Running state that no training leaves. */
static void refuses_a_negative_variance(void)
{
    static const struct {
        float variance;
        const char *message;
    } cases[] = {
        {1, ""},
        {0, ""},
        {-1e-9f, "normed.safetensors: batch-norm1.running_var has -1e-09 in it, and no variance is negative"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        static float one[10] = {1}, many[40];
        float variance = cases[i].variance;
        struct tensor tensors[] = {
            {"batch-norm1.weight", 1, {1}, one, 1},       {"batch-norm1.bias", 1, {1}, one, 1},
            {"batch-norm1.running_mean", 1, {1}, one, 1}, {"batch-norm1.running_var", 1, {1}, &variance, 1},
            {"linear1.weight", 2, {10, 4}, many, 40},     {"linear1.bias", 1, {10}, one, 10},
        };
        struct tensor_metadata metadata[] = {
            {"config", "data: {dataset: digits}\nmodel: [batch-norm, linear: 10]\n"
                       "train: {max_epochs: 1, optimizer: {sgd: 0.1}}\n"},
            {"input_mean", "0.5"},
            {"input_sd", "0.25"},
        };
        CU_ASSERT_TRUE(
            safetensors_write("normed.safetensors", &(struct tensor_file){tensors, 6, metadata, 3}, NULL));
        struct assay_error error = {0};
        struct assay_model *model =
            assay_model_load("normed.safetensors", (struct assay_image_shape){1, 2, 2}, 1, NULL, &error);
        CU_ASSERT_EQUAL(model != NULL, cases[i].message[0] == '\0');
        CHECK_TEXT(error.text, cases[i].message);
        assay_model_destroy(model);
    }
}

int main(void)
{
    enter_directory();
    write_text("tiny.yaml", tiny);
    CU_TestInfo tests[] = {
        {"a run", runs_a_config},
        {"stopped between any two steps", stops_between_steps},
        {"a wrong config", tells_what_is_wrong},
        {"data that change", notices_other_data},
        {"odd weights", refuses_odd_weights},
        {"a negative variance", refuses_a_negative_variance},
        {"a model", predicts},
        CU_TEST_INFO_NULL,
    };
    const int status = run_suite("embed", tests);
    leave_directory();
    return status;
}
