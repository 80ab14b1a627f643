#include "schema_example.h"

#include "io/json.h"

static const char written[] = "name: l2-tanh\n"
                              "title: \"no\"\n"
                              "seed: 9007199254740992\n"
                              "shuffle: false\n"
                              "level: 0.001\n"
                              "data:\n"
                              "  dir: \"16\"\n"
                              "  limit: 100\n"
                              "  pad: 2\n"
                              "knobs:\n"
                              "  rate: 0.5\n"
                              "  list:\n"
                              "    - 1\n"
                              "    - two\n"
                              "model:\n"
                              "  - conv:\n"
                              "      name: first\n"
                              "      maps: 64\n"
                              "      kernel: 5\n"
                              "      stride: 1\n"
                              "  - relu:\n"
                              "      name: null\n"
                              "  - pool:\n"
                              "      name: null\n"
                              "      type: lp\n"
                              "      size: 3\n"
                              "      stride: 3\n"
                              "      p: 2\n"
                              "  - pool:\n"
                              "      name: null\n"
                              "      type: max\n"
                              "      size: 2\n"
                              "      stride: 2\n"
                              "      p: null\n"
                              "  - dropout:\n"
                              "      name: null\n"
                              "      rate: 0.5\n"
                              "  - relu:\n"
                              "      name: last\n"
                              "optimizer:\n"
                              "  sgd:\n"
                              "    learning_rate: 0.001\n"
                              "    momentum: 0.9\n"
                              "    schedule:\n"
                              "      step:\n"
                              "        every: 3\n"
                              "stopping:\n"
                              "  monitor: val_error_pct\n"
                              "  patience: 7\n"
                              "  min_delta: 0\n";

static void check_written(const char *yaml, const char *wanted)
{
    struct bench bench = bench_bind(yaml);
    CU_ASSERT_FATAL(bench.bound);
    struct text text = {0};
    schema_write(&table, &bench.options, 0, false, &text);
    CHECK_TEXT(text.bytes, wanted);
    text_finish(&text);
    bench_finish(&bench);
}

static void writing_binds_to_the_same(void)
{
    static const char least[] = "name: a\ntitle: \"\"\nseed: 1\nshuffle: true\nlevel: 95\n"
                                "data:\n  dir: null\n  limit: null\n  pad: 2\n"
                                "knobs: null\nmodel: []\n"
                                "optimizer:\n  sgd:\n    learning_rate: 0.001\n    momentum: 0\n"
                                "    schedule:\n      constant: {}\n"
                                "stopping: null\n";
    check_written(everything, written);
    check_written(written, written);
    check_written("{name: a, model: []}", least);
    check_written(least, least);
}

static void identity_leaves_operational_keys_out(void)
{
    const struct data_options data = {.dir = "here", .limit = -1, .pad = 1};
    struct text text = {0};
    schema_write(&data_table, &data, 2, true, &text);
    CHECK_TEXT(text.bytes, "  limit: null\n  pad: 1\n");
    text_finish(&text);
}

static void rows_are_documented(void)
{
    static const char wanted[] =
        "## Trial\n"
        "\n"
        "| key | what it is | value | default |\n"
        "|---|---|---|---|\n"
        "| `data` | a \\| b | [a map](#data) |  |\n"
        "| `layer` | the only one | [an odd layer (conv, dropout, relu)](#odd-layers) or null | `relu` |\n"
        "\n"
        "### `data`\n"
        "\n"
        "| key | what it is | value | default |\n"
        "|---|---|---|---|\n"
        "| `dir` | where the files are | text or null | `null` |\n"
        "| `limit` | only the first training images | a whole number of at least 1 or null | `null` |\n"
        "| `pad` | background on each side | a whole number from 0 to 14 (pixels) | `2` |\n"
        "\n"
        "### Odd layers\n"
        "\n"
        "Written `name` or `name: {options}`.\n"
        "\n"
        "Every odd layer also takes:\n"
        "\n"
        "| key | what it is | value | default |\n"
        "|---|---|---|---|\n"
        "| `name` | what it is called | a name of a-z, 0-9, '.', '_' and '-' or null | `null` |\n"
        "\n"
        "#### `conv`\n"
        "\n"
        "convolution.\n"
        "Source: LeCun et al. 1998.\n"
        "\n"
        "```yaml\n"
        "conv: {maps: 64, kernel: 5}\n"
        "```\n"
        "\n"
        "| key | what it is | value | default |\n"
        "|---|---|---|---|\n"
        "| `maps` | output maps | a whole number from 1 to 4096 | required |\n"
        "| `kernel` | side of the window | a whole number from 1 to 64 (pixels) | required |\n"
        "| `stride` | step of the window | a whole number of at least 1 (pixels) | `1` |\n"
        "\n"
        "#### `dropout`\n"
        "\n"
        "dropout.\n"
        "\n"
        "```yaml\n"
        "dropout: 0.5\n"
        "```\n"
        "\n"
        "`dropout: …` is short for `dropout: {rate: …}`.\n"
        "\n"
        "| key | what it is | value | default |\n"
        "|---|---|---|---|\n"
        "| `rate` | probability to drop | a number of at least 0 and below 1 | required |\n"
        "\n"
        "#### `relu`\n"
        "\n"
        "max(0, x).\n"
        "\n"
        "```yaml\n"
        "relu\n"
        "```\n"
        "\n"
        "It takes no options.\n";
    struct text text = {0};
    schema_document(&trial_table, "Trial", 2, &text);
    CHECK_TEXT(text.bytes, wanted);
    text_finish(&text);
}

static void variants_are_listed(void)
{
    static const char wanted[] =
        "conv: convolution\n"
        "    source: LeCun et al. 1998\n"
        "    example: conv: {maps: 64, kernel: 5}\n"
        "    maps    output maps — a whole number from 1 to 4096; required\n"
        "    kernel  side of the window — a whole number from 1 to 64 (pixels); required\n"
        "    stride  step of the window — a whole number of at least 1 (pixels); default 1\n"
        "\n"
        "dropout: dropout\n"
        "    example: dropout: 0.5\n"
        "    rate  probability to drop — a number of at least 0 and below 1; required\n"
        "\n"
        "relu: max(0, x)\n"
        "    example: relu\n"
        "\n"
        "Every odd layer also takes:\n"
        "    name  what it is called — a name of a-z, 0-9, '.', '_' and '-' or null; default null\n";
    struct text text = {0};
    schema_list_variants(&short_layers, &text);
    CHECK_TEXT(text.bytes, wanted);
    text_finish(&text);
}

static void full_shows_every_key_and_binds(void)
{
    static const char *const examples[] = {
        "name",  "full",        "model", "- conv: {maps: 64, kernel: 5}\n- relu\n", "data.limit", "100",
        "knobs", "{rate: 0.5}", NULL};
    static const char wanted[] =
        "name: full                          # what it is called — a name of a-z, 0-9, '.', '_' and '-'; "
        "required\n"
        "title: \"\"                           # for people — text\n"
        "seed: 1                             # of all that is random — a whole number from 0 to "
        "9007199254740992\n"
        "shuffle: true                       # draw in a fresh order | or not — true or false\n"
        "level: 95                           # how sure to be — a number above 0 and at most 100 (%)\n"
        "\n"
        "data:                               # the images\n"
        "  dir: null                         # where the files are — text or null\n"
        "  limit: 100                        # only the first training images — a whole number of at least 1 "
        "or null\n"
        "  pad: 2                            # background on each side — a whole number from 0 to 14 "
        "(pixels)\n"
        "\n"
        "knobs: {rate: 0.5}                  # what experiments turn — a map of any YAML or null\n"
        "\n"
        "model:                              # the network, first to last — a list of layers; required\n"
        "  - conv: {maps: 64, kernel: 5}\n"
        "  - relu\n"
        "\n"
        "optimizer:                          # how weights change — an optimizer (sgd)\n"
        "  sgd:                              # stochastic gradient descent\n"
        "    learning_rate: 1e-3             # size of a step — a number above 0\n"
        "    momentum: 0                     # share of the last step kept — a number of at least 0 and "
        "below "
        "1\n"
        "    schedule: constant              # how the learning rate changes — a schedule (constant, step)\n"
        "\n"
        "stopping: null                      # when to stop early — a map or null\n"
        "  # monitor: val_error_pct          # what is watched — one of val_loss, val_error_pct\n"
        "  # patience: 5                     # how long it waits — a whole number from 1 to 1000 (epochs)\n"
        "  # min_delta: 0                    # what counts as better — a number of at least 0\n";
    struct text text = {0};
    schema_full(&table, examples, &text);
    CHECK_TEXT(text.bytes, wanted);
    check_messages(text.bytes, "");
    text_finish(&text);
}

/* The value at a path of keys and indices, separated by blanks. */
static const struct json *json_at(const struct json *json, const char *path)
{
    char name[64];
    int length;
    for (; json != NULL && sscanf(path, "%63s%n", name, &length) == 1; path += length) {
        if (json->kind == JSON_OBJECT)
            json = json_get(json, name);
        else
            json = json->kind == JSON_ARRAY && (size_t)atoi(name) < json->count ? &json->items[atoi(name)]
                                                                                : NULL;
    }
    return json;
}

static void schema_is_json(void)
{
    static const struct {
        const char *path, *value; /* of a string or a number */
    } cases[] = {
        {"$schema", "http://json-schema.org/draft-07/schema#"},
        {"title", "toy"},
        {"properties seed default", "1"},
        {"properties seed anyOf 0 maximum", "9007199254740992"},
        {"properties level anyOf 0 type", "number"},
        {"properties level anyOf 0 exclusiveMinimum", "0"},
        {"properties level anyOf 1 $ref", "#/definitions/reference"},
        {"properties level description", "how sure to be — a number above 0 and at most 100 (%)"},
        {"properties data anyOf 0 properties limit anyOf 1 type", "null"},
        {"properties stopping anyOf 0 properties monitor anyOf 0 enum 1", "val_error_pct"},
        {"properties stopping anyOf 0 properties monitor default", "val_error_pct"},
        {"properties model anyOf 0 items anyOf 0 $ref", "#/definitions/layer"},
        {"properties model anyOf 0 items anyOf 1 $ref", "#/definitions/reference"},
        {"properties optimizer anyOf 0 $ref", "#/definitions/optimizer"},
        {"definitions reference pattern",
         "^\\$\\{[A-Za-z_][A-Za-z0-9_-]*(\\.[A-Za-z_][A-Za-z0-9_-]*|\\[[0-9]{1,6}\\])*\\}$"},
        {"definitions layer anyOf 0 enum 0", "pool"},
        {"definitions layer anyOf 0 enum 1", "relu"},
        {"definitions layer anyOf 1 properties conv $ref", "#/definitions/layer.conv"},
        {"definitions layer.conv anyOf 0 required 1", "kernel"},
        {"definitions layer.conv anyOf 1 $ref", "#/definitions/reference"},
        {"definitions layer.dropout anyOf 1 type", "number"},
        {"definitions schedule anyOf 0 enum 0", "constant"},
    };
    struct arena *arena = arena_create();
    struct assay_error error = {0};
    struct text text = {0};
    CU_ASSERT_PTR_NOT_NULL_FATAL(arena);
    schema_json(&table, "toy", false, &text);
    const struct json *json = json_parse(arena, "schema", text.bytes, text.length, &error);
    CHECK_TEXT(error.text, "");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct json *found = json_at(json, cases[i].path);
        CHECK_TEXT(found != NULL ? found->text : cases[i].path, cases[i].value);
    }
    CU_ASSERT_EQUAL(json_at(json, "definitions layer anyOf 0 enum")->count, 2);
    CU_ASSERT_EQUAL(json_at(json, "additionalProperties")->kind, JSON_FALSE);
    CU_ASSERT_PTR_NULL(json_get(json, "required"));
    text_finish(&text);
    arena_destroy(arena);
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"writing binds to the same", writing_binds_to_the_same},
        {"identity leaves operational keys out", identity_leaves_operational_keys_out},
        {"rows are documented", rows_are_documented},
        {"variants are listed", variants_are_listed},
        {"full shows every key and binds", full_shows_every_key_and_binds},
        {"schema is JSON", schema_is_json},
        CU_TEST_INFO_NULL,
    };
    return run_suite("schema output", tests);
}
