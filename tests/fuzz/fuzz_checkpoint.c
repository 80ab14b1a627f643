/* Checkpoints: restored, they are what was saved, and training goes on from them; refused, they change
 * nothing.
 *
 * The first byte of the input says how it is made into a file that gets further than its digest: bit 0, with
 * the digest it should have; bit 1, as one of this run and machine; bit 2, of this network's size. */
#include <string.h>

#include "target.h"
#include "training.h"

static enum restored restore(const struct training *training, const char *bytes, size_t size)
{
    struct assay_error error = {0};
    const enum restored restored = training_restore(training, bytes, size, &error);
    REQUIRE((restored == RESTORED) == (error.text[0] == '\0'));
    return restored;
}

static void make_file(const struct training *training, const uint8_t *bytes, size_t size, struct text *file)
{
    const int how = size > 0 ? bytes[0] : 0;
    if (size > 1)
        text_add_bytes(file, (const char *)bytes + 1, size - 1);
    const char *wanted = training->start.bytes;
    if (file->length < STATE_AT)
        return;
    if ((how & 2) != 0)
        memcpy(file->bytes + OWNER_AT, wanted + OWNER_AT, FLOATS_AT - OWNER_AT);
    if ((how & 4) != 0)
        memcpy(file->bytes + FLOATS_AT, wanted + FLOATS_AT, STATE_AT - FLOATS_AT);
    if ((how & 1) != 0) {
        memcpy(file->bytes, wanted, DIGEST_AT);
        training_seal(file);
    }
}

static bool is_saved_as(const struct training *training, const struct text *wanted)
{
    struct text now = {0};
    const bool same = training_save(training, &now) && now.length == wanted->length &&
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
static void check_restored(const struct training *training)
{
    struct text saved = {0};
    REQUIRE(training_save(training, &saved));
    REQUIRE(restore(training, saved.bytes, saved.length) == RESTORED && is_saved_as(training, &saved));
    (void)trainer_advance(training->trainer, always, NULL);
    text_finish(&saved);
    struct text divergence = {0};
    trainer_divergence(training->trainer, &divergence);
    text_finish(&divergence);
    target_accepted++;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const struct training *training = training_start();
    REQUIRE(restore(training, training->start.bytes, training->start.length) == RESTORED);
    struct text file = {0};
    make_file(training, bytes, size, &file);
    /* of its own size, for a sanitizer to see what is read behind it */
    char *copy = malloc(file.length > 0 ? file.length : 1);
    REQUIRE(copy != NULL);
    if (file.length > 0)
        memcpy(copy, file.bytes, file.length);
    if (restore(training, copy, file.length) == RESTORED)
        check_restored(training);
    else
        REQUIRE(is_saved_as(training, &training->start));
    free(copy);
    text_finish(&file);
    return 0;
}
