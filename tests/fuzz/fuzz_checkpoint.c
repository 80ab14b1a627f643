/* Checkpoints: restored, they are what was saved, and training goes on from them; refused, they change
 * nothing.
 *
 * The first byte of the input says how it is made into a file that gets further than its digest: bit 0, with
 * the digest it should have; bit 1, as one of this run and machine; bit 2, of this network's size. */
#include <string.h>

#include "base/sha256.h"
#include "run/prepared.h"
#include "target.h"
#include "train/trainer.h"

enum {
    DIGEST_AT = 32,
    BODY_AT = DIGEST_AT + SHA256_SIZE,
    OWNER_SIZE = 512, /* whose it is: the run, the machine */
    FLOATS_SIZE = 16, /* two counts behind it */
    IMAGES = 8,
    SIDE = 2,
};

static const char run[] = "0123456789abcdef", machine[] = "a machine";

static const char config_text[] = "data: {dataset: digits, validation: 2}\n"
                                  "model: [linear: 2]\n"
                                  "train:\n"
                                  "  max_epochs: 3\n"
                                  "  batch_size: 2\n"
                                  "  optimizer: {sgd: {learning_rate: 0.1, momentum: 0.5}}\n"
                                  "  early_stopping: {patience: 2}\n";

/* A training of few numbers, for as long as the program lives. */
struct subject {
    struct dataset dataset;
    struct split split;
    struct trainer *trainer;
    struct text start; /* its first checkpoint */
};

static bool save(const struct trainer *trainer, struct text *text)
{
    return trainer_save(trainer, run, machine, text);
}

static const struct config *make_config(struct arena *arena, struct diagnostics *diagnostics)
{
    struct node *tree = tree_parse(arena, "config", config_text, strlen(config_text), diagnostics);
    return tree != NULL ? config_bind(arena, tree, "config", diagnostics) : NULL;
}

static void start(struct subject *subject)
{
    static uint8_t images[IMAGES * SIDE * SIDE], labels[IMAGES];
    for (int i = 0; i < IMAGES; i++) {
        labels[i] = (uint8_t)(i % 2);
        for (int pixel = 0; pixel < SIDE * SIDE; pixel++)
            images[i * SIDE * SIDE + pixel] = (uint8_t)(37 * i + 11 * pixel);
    }
    const struct image_set set = {IMAGES, images, labels};
    subject->dataset = (struct dataset){{1, SIDE, SIDE, 2, IMAGES, IMAGES}, set, set, ""};
    struct arena *arena = arena_create(); /* nobody frees what everything stands on */
    struct diagnostics *diagnostics = diagnostics_create();
    const struct config *config = make_config(arena, diagnostics);
    REQUIRE(config != NULL && split_init(&subject->split, &subject->dataset, &config->data, NULL));
    static struct network_settings settings;
    settings = (struct network_settings){
        .plan = plan_config(arena, config, &subject->dataset.shape, 1, diagnostics),
        .team = team_create(1, NULL),
        .kernels = kernels_choose("plain", NULL),
        .loss = (const struct loss *)config->train.loss.variant,
        .sd = 1,
    };
    diagnostics_destroy(diagnostics);
    struct network *network = settings.plan != NULL ? network_create(&settings, NULL) : NULL;
    REQUIRE(network != NULL);
    network_initialize(network, 1);
    network_prepare(network);
    subject->trainer = trainer_create(&(struct trainer_settings){.options = &config->train,
                                                                 .seed = 1,
                                                                 .dataset = &subject->dataset,
                                                                 .split = &subject->split,
                                                                 .network = network,
                                                                 .test = true},
                                      NULL);
    REQUIRE(subject->trainer != NULL && save(subject->trainer, &subject->start));
}

static enum restored restore(const struct subject *subject, const char *bytes, size_t size)
{
    struct assay_error error = {0};
    const enum restored restored =
        trainer_restore(subject->trainer, run, machine, "input", bytes, size, &error);
    REQUIRE((restored == RESTORED) == (error.text[0] == '\0'));
    return restored;
}

static void add_digest(struct text *file)
{
    struct sha256 sha256;
    sha256_init(&sha256);
    sha256_add(&sha256, file->bytes + BODY_AT, file->length - BODY_AT);
    sha256_end(&sha256, (uint8_t *)file->bytes + DIGEST_AT);
}

static void make_file(const struct subject *subject, const uint8_t *bytes, size_t size, struct text *file)
{
    const int how = size > 0 ? bytes[0] : 0;
    if (size > 1)
        text_add_bytes(file, (const char *)bytes + 1, size - 1);
    const char *wanted = subject->start.bytes;
    if (file->length < BODY_AT + OWNER_SIZE + FLOATS_SIZE)
        return;
    if ((how & 2) != 0)
        memcpy(file->bytes + BODY_AT, wanted + BODY_AT, OWNER_SIZE);
    if ((how & 4) != 0)
        memcpy(file->bytes + BODY_AT + OWNER_SIZE, wanted + BODY_AT + OWNER_SIZE, FLOATS_SIZE);
    if ((how & 1) != 0) {
        memcpy(file->bytes, wanted, DIGEST_AT);
        add_digest(file);
    }
}

static bool is_saved_as(const struct subject *subject, const struct text *wanted)
{
    struct text now = {0};
    const bool same = save(subject->trainer, &now) && now.length == wanted->length &&
                      memcmp(now.bytes, wanted->bytes, now.length) == 0;
    text_finish(&now);
    return same;
}

static bool always(void *cookie, const struct trainer_progress *progress)
{
    (void)cookie, (void)progress;
    return true;
}

/* Saved, it restores to itself; and the next step can be taken. */
static void check_restored(const struct subject *subject)
{
    struct text saved = {0};
    REQUIRE(save(subject->trainer, &saved));
    REQUIRE(restore(subject, saved.bytes, saved.length) == RESTORED && is_saved_as(subject, &saved));
    (void)trainer_advance(subject->trainer, always, NULL);
    text_finish(&saved);
    struct text divergence = {0};
    trainer_divergence(subject->trainer, &divergence);
    text_finish(&divergence);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static struct subject subject;
    if (subject.trainer == NULL)
        start(&subject);
    REQUIRE(restore(&subject, subject.start.bytes, subject.start.length) == RESTORED);
    struct text file = {0};
    make_file(&subject, bytes, size, &file);
    /* of its own size, for a sanitizer to see what is read behind it */
    char *copy = malloc(file.length > 0 ? file.length : 1);
    REQUIRE(copy != NULL);
    if (file.length > 0)
        memcpy(copy, file.bytes, file.length);
    if (restore(&subject, copy, file.length) == RESTORED)
        check_restored(&subject);
    else
        REQUIRE(is_saved_as(&subject, &subject.start));
    free(copy);
    text_finish(&file);
    return 0;
}
