#include "training.h"

#include <string.h>

#include "run/prepared.h"
#include "target.h"

enum { IMAGES = 8, SIDE = 2 };

static const char run[] = "0123456789abcdef", machine[] = "a machine";

static const char config_text[] = "data: {dataset: digits, validation: 2}\n"
                                  "model: [linear: 2]\n"
                                  "train:\n"
                                  "  max_epochs: 3\n"
                                  "  batch_size: 2\n"
                                  "  optimizer: {sgd: {learning_rate: 0.1, momentum: 0.5}}\n"
                                  "  early_stopping: {patience: 2}\n";

static void fill(uint8_t images[IMAGES * SIDE * SIDE], uint8_t labels[IMAGES])
{
    for (int i = 0; i < IMAGES; i++) {
        labels[i] = (uint8_t)(i % 2);
        for (int pixel = 0; pixel < SIDE * SIDE; pixel++)
            images[i * SIDE * SIDE + pixel] = (uint8_t)(37 * i + 11 * pixel);
    }
}

static const struct config *make_config(struct arena *memory, struct diagnostics *diagnostics)
{
    struct node *tree = tree_parse(memory, "config", config_text, strlen(config_text), diagnostics);
    return tree != NULL ? config_bind(memory, tree, "config", diagnostics) : NULL;
}

static struct arena *arena; /* as long as the program lives */

static void finish(void)
{
    arena_destroy(arena);
}

static void create(struct training *training)
{
    static uint8_t images[IMAGES * SIDE * SIDE], labels[IMAGES];
    static struct dataset dataset;
    static struct split split;
    fill(images, labels);
    const struct image_set set = {IMAGES, images, labels};
    dataset = (struct dataset){{1, SIDE, SIDE, 2, IMAGES, IMAGES}, set, set, ""};
    arena = arena_create();
    atexit(finish);
    struct diagnostics *diagnostics = diagnostics_create();
    const struct config *config = make_config(arena, diagnostics);
    REQUIRE(config != NULL && split_init(&split, &dataset, &config->data, NULL));
    training->plan = plan_config(arena, config, &dataset.shape, 1, false, diagnostics);
    REQUIRE(training->plan != NULL);
    diagnostics_destroy(diagnostics);
    static struct network_settings settings;
    settings = (struct network_settings){
        .plan = training->plan,
        .team = team_create(1, NULL),
        .kernels = kernels_choose("plain", NULL),
        .loss = (const struct loss *)config->train.loss.variant,
        .sd = 1,
    };
    training->network = network_create(&settings, NULL);
    REQUIRE(training->network != NULL);
    network_initialize(training->network, 1);
    network_prepare(training->network);
    training->trainer = trainer_create(&(struct trainer_settings){.options = &config->train,
                                                                  .seed = 1,
                                                                  .dataset = &dataset,
                                                                  .split = &split,
                                                                  .network = training->network,
                                                                  .test = true},
                                       NULL);
    REQUIRE(training->trainer != NULL && training_save(training, &training->start));
}

const struct training *training_start(void)
{
    static struct training training;
    if (training.trainer == NULL)
        create(&training);
    return &training;
}

bool training_save(const struct training *training, struct text *bytes)
{
    return trainer_save(training->trainer, run, machine, bytes);
}

enum restored training_restore(const struct training *training, const char *bytes, size_t length,
                               struct assay_error *error)
{
    return trainer_restore(training->trainer, run, machine, "input", bytes, length, error);
}

void training_seal(struct text *file)
{
    struct sha256 sha256;
    sha256_init(&sha256);
    sha256_add(&sha256, file->bytes + OWNER_AT, file->length - OWNER_AT);
    sha256_end(&sha256, (uint8_t *)file->bytes + DIGEST_AT);
}
