/* assay data: MNIST by download, its verification, and the built-in digits as IDX files. */
#include "cli/command.h"

#include <string.h>

#include "base/memory.h"
#include "io/json.h"
#include "train/dataset.h"
#include "train/fetch.h"
#include "train/source.h"

enum { TEXT, JSON };
static const char *const formats[] = {"text", "json", NULL};

static void end_json(struct json_writer *json)
{
    json_close(json);
    text_add_char(json->text, '\n');
}

static void tell_files(struct invocation *invocation, const char *directory, const char *said)
{
    if (invocation->format == TEXT) {
        text_add(&invocation->out, "%s%s\n", directory, said);
        return;
    }
    struct json_writer json = {.text = &invocation->out};
    json_open(&json, NULL, '{');
    json_string(&json, "dataset", "mnist");
    json_string(&json, "directory", directory);
    json_open(&json, "sha256", '{');
    for (int file = 0; file < MNIST_FILES; file++)
        json_string(&json, mnist_files[file].name, mnist_files[file].sha256);
    json_close(&json);
    end_json(&json);
}

static bool fetch(struct invocation *invocation, struct assay_error *error)
{
    const char *const name = invocation->arguments[1], *const out = option_value(invocation, "out");
    if (strcmp(name, "mnist") != 0)
        return assay_fail(error, ASSAY_INVALID, "only mnist can be fetched, not %s", name);
    char *const cache = out == NULL ? dataset_cache_directory(name) : NULL;
    const char *const directory = out != NULL ? out : cache;
    const bool done =
        directory != NULL
            ? mnist_fetch(directory, option_value(invocation, "mirror"), invocation->log, error)
            : assay_fail(error, ASSAY_INVALID, "there is no home to keep it in; say where with --out");
    if (done)
        tell_files(invocation, directory, "");
    memory_free(cache);
    return done;
}

static bool verify(struct invocation *invocation, struct assay_error *error)
{
    const char *const directory = invocation->arguments[1];
    if (!mnist_verify(directory, invocation->log, error))
        return false;
    tell_files(invocation, directory, ": the four files of MNIST are as published");
    return true;
}

static void tell_digits(struct invocation *invocation, const char *directory,
                        const struct digits_options *digits)
{
    if (invocation->format == TEXT) {
        text_add(&invocation->out, "%s: %d digits to train on, %d to test on\n", directory, digits->train,
                 digits->test);
        return;
    }
    struct json_writer json = {.text = &invocation->out};
    json_open(&json, NULL, '{');
    json_string(&json, "dataset", "digits");
    json_string(&json, "directory", directory);
    json_integer(&json, "train", digits->train);
    json_integer(&json, "test", digits->test);
    json_integer(&json, "seed", (long long)digits->seed);
    end_json(&json);
}

static bool draw(struct invocation *invocation, struct assay_error *error)
{
    const char *const directory = option_value(invocation, "out");
    int64_t train, test, seed;
    if (directory == NULL)
        return assay_fail(error, ASSAY_INVALID, "say where to put the digits with --out");
    if (!option_integer(invocation, "train", 1, DIGITS_COUNT_LIMIT, 10000, &train, error) ||
        !option_integer(invocation, "test", 1, DIGITS_COUNT_LIMIT, 2000, &test, error) ||
        !option_integer(invocation, "seed", 0, INT64_C(1) << 53, 1, &seed, error))
        return false;
    const struct digits_options options = {(int)train, (int)test, (uint64_t)seed};
    const struct assay_variant_value source = {.variant = &source_digits.variant, .options = &options};
    struct dataset dataset;
    const bool done =
        dataset_load(&source, NULL, &dataset, error) && dataset_write(&dataset, directory, error);
    dataset_finish(&dataset);
    if (done)
        tell_digits(invocation, directory, &options);
    return done;
}

static const struct action {
    const char *name;
    size_t arguments; /* with the name */
    const char *wants;
    const char *options[5];
    bool (*run)(struct invocation *invocation, struct assay_error *error);
} actions[] = {
    {"fetch", 2, "the data set, mnist", {"mirror", "out"}, fetch},
    {"verify", 2, "a directory", {0}, verify},
    {"digits", 1, "no more words", {"train", "test", "seed", "out"}, draw},
};

static bool takes(const struct action *action, const char *option)
{
    for (const char *const *name = action->options; *name != NULL; name++)
        if (strcmp(*name, option) == 0)
            return true;
    return false;
}

static bool check_words(const struct action *action, const struct invocation *invocation,
                        struct assay_error *error)
{
    if (invocation->argument_count != action->arguments)
        return assay_fail(error, ASSAY_INVALID, "`assay data %s` wants %s", action->name, action->wants);
    for (const struct option *option = invocation->command->options; option->name != NULL; option++)
        if (option_given(invocation, option->name) && !takes(action, option->name))
            return assay_fail(error, ASSAY_INVALID, "`assay data %s` takes no --%s", action->name,
                              option->name);
    return true;
}

static enum assay_status run(struct invocation *invocation, struct assay_error *error)
{
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++)
        if (strcmp(actions[i].name, invocation->arguments[0]) == 0)
            return check_words(&actions[i], invocation, error) && actions[i].run(invocation, error)
                       ? ASSAY_DONE
                       : error->status;
    assay_fail(error, ASSAY_INVALID, "assay data does not know %s; it knows fetch, verify and digits",
               invocation->arguments[0]);
    return error->status;
}

static const struct option options[] = {
    {"out", "DIR", "where the files go; to fetch, the user's cache unless given"},
    {"mirror", "URL", "fetch from here, <URL>/<file>.gz, and nowhere else"},
    {"train", "N", "digits to train on, 10000 unless given"},
    {"test", "N", "digits to test on, 2000 unless given"},
    {"seed", "S", "draws the digits, 1 unless given"},
    {0},
};

const struct command data_command = {
    .name = "data",
    .summary = "fetch MNIST, verify it, or write the built-in digits as IDX files",
    .usage = "fetch mnist [--out DIR] | verify DIR | digits --out DIR",
    .details =
        "fetch    downloads MNIST with curl, checks it and keeps plain IDX files; what is there stays\n"
        "verify   compares the files of a directory, plain or .gz, with the published SHA-256\n"
        "digits   draws digits and writes them as four IDX files under MNIST's names\n",
    .examples = "assay data fetch mnist\n"
                "assay data verify ~/.cache/assay/mnist\n"
                "assay data digits --train 1000 --test 200 --out /tmp/digits\n",
    .options = options,
    .formats = formats,
    .least_arguments = 1,
    .most_arguments = 2,
    .run = run,
};
