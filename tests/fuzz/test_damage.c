/* Every truncation and every flipped bit of small files: detected, or it changes nothing. */
#include "harness.h"

#include <math.h>
#include <stddef.h>
#include <zlib.h>

#include "base/file.h"
#include "base/memory.h"
#include "io/idx.h"
#include "target.h"
#include "train/trainer_state.h"
#include "train/weights.h"
#include "training.h"

/* What came of a damaged file. */
enum verdict { DETECTED, HARMLESS, UNNOTICED };
typedef enum verdict judge_function(const void *context, const char *bytes, size_t length);

struct counts {
    size_t detected, harmless, unnoticed;
};

static void count(struct counts *counts, enum verdict verdict)
{
    counts->detected += verdict == DETECTED;
    counts->harmless += verdict == HARMLESS;
    counts->unnoticed += verdict == UNNOTICED;
}

/* In memory of its own size, for a sanitizer to see what is read behind it. */
static enum verdict judge_exactly(judge_function *judge, const void *context, const char *bytes,
                                  size_t length)
{
    char *copy = malloc(length > 0 ? length : 1);
    REQUIRE(copy != NULL);
    memcpy(copy, bytes, length);
    const enum verdict verdict = judge(context, copy, length);
    free(copy);
    return verdict;
}

static void check(const char *what, judge_function *judge, const void *context, const char *bytes,
                  size_t length)
{
    struct counts cut = {0}, flipped = {0};
    char *copy = malloc(length);
    REQUIRE(copy != NULL);
    memcpy(copy, bytes, length);
    CU_ASSERT_EQUAL(judge_exactly(judge, context, copy, length), HARMLESS);
    for (size_t left = 0; left < length; left++)
        count(&cut, judge_exactly(judge, context, copy, left));
    for (size_t bit = 0; bit < 8 * length; bit++) {
        copy[bit / 8] ^= (char)(1 << bit % 8);
        count(&flipped, judge_exactly(judge, context, copy, length));
        copy[bit / 8] ^= (char)(1 << bit % 8);
    }
    printf("%s, %zu bytes: %zu of %zu truncations detected; of %zu flipped bits %zu detected, %zu harmless\n",
           what, length, cut.detected, length, 8 * length, flipped.detected, flipped.harmless);
    CU_ASSERT_EQUAL(cut.detected, length);
    CU_ASSERT_EQUAL(flipped.unnoticed, 0);
    CU_ASSERT(flipped.detected > length);
    free(copy);
}

static const struct idx images = {3, {2, 3, 3}, (uint8_t[18]){1, 2, 3, 250, 128, 7}, 18};

/* Plain IDX has no checksum: what its header does not catch, the digest of the data does, which is part of a
 * run's identity. */
static enum verdict judge_idx(const void *context, const char *bytes, size_t length)
{
    (void)context;
    struct idx found = {0};
    uint8_t before[32], after[32];
    if (!idx_read(target_file(bytes, length), 1 << 20, &found, NULL))
        return DETECTED;
    idx_digest(&images, before);
    idx_digest(&found, after);
    const bool same_shape = found.rank == images.rank && found.length == images.length,
               same = same_shape && memcmp(found.bytes, images.bytes, images.length) == 0;
    idx_finish(&found);
    if (memcmp(before, after, sizeof before) != 0)
        return same_shape && !same ? DETECTED : UNNOTICED;
    return same ? HARMLESS : UNNOTICED;
}

/* In gzip nothing may come out that is not what went in. */
static enum verdict judge_gzip(const void *context, const char *bytes, size_t length)
{
    (void)context;
    struct idx found = {0};
    if (!idx_read(target_file(bytes, length), 1 << 20, &found, NULL))
        return DETECTED;
    const bool same = found.length == images.length && memcmp(found.bytes, images.bytes, images.length) == 0;
    idx_finish(&found);
    return same ? HARMLESS : UNNOTICED;
}

static void test_idx(void)
{
    char *bytes, path[] = "/tmp/assay-damage-XXXXXX";
    size_t length;
    const int file = mkstemp(path);
    CU_ASSERT_FATAL(file >= 0 && idx_write(path, &images, NULL));
    close(file);
    CU_ASSERT_FATAL(file_read(path, 1 << 20, &bytes, &length, NULL));
    CU_ASSERT(file_remove(path, NULL));
    check("IDX", judge_idx, NULL, bytes, length);
    uint8_t zipped[256];
    z_stream stream = {.next_in = (uint8_t *)bytes,
                       .avail_in = (uInt)length,
                       .next_out = zipped,
                       .avail_out = sizeof zipped};
    CU_ASSERT_FATAL(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    CU_ASSERT_FATAL(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    check("IDX in gzip", judge_gzip, NULL, (const char *)zipped, sizeof zipped - stream.avail_out);
    deflateEnd(&stream);
    memory_free(bytes);
}

static enum verdict judge_checkpoint(const void *context, const char *bytes, size_t length)
{
    const struct training *training = context;
    struct assay_error error = {0};
    struct text before = {0}, after = {0};
    CU_ASSERT(training_save(training, &before));
    const enum restored restored = training_restore(training, bytes, length, &error);
    CU_ASSERT(training_save(training, &after));
    const bool same = before.length == after.length && memcmp(before.bytes, after.bytes, before.length) == 0;
    const bool told = (restored == RESTORE_DAMAGED || restored == RESTORE_REFUSED) && error.text[0] != '\0';
    text_finish(&before);
    text_finish(&after);
    return !same ? UNNOTICED : told ? DETECTED : restored == RESTORED ? HARMLESS : UNNOTICED;
}

static bool never(void *cookie, const struct trainer_progress *progress)
{
    (void)cookie, (void)progress;
    return false;
}

static void test_checkpoint(void)
{
    const struct training *training = training_start();
    struct text bytes = {0};
    CU_ASSERT(trainer_advance(training->trainer, never, NULL) == TRAINER_EPOCH);
    CU_ASSERT(training_save(training, &bytes));
    check("checkpoint", judge_checkpoint, training, bytes.bytes, bytes.length);
    text_finish(&bytes);
}

/* A whole checkpoint, but for one of its numbers. */
static void check_unsound(const struct text *whole, size_t at, const void *number, size_t size,
                          const char *wanted)
{
    struct text changed = {0};
    struct assay_error error = {0};
    text_add_bytes(&changed, whole->bytes, whole->length);
    memcpy(changed.bytes + at, number, size);
    training_seal(&changed);
    CU_ASSERT_NOT_EQUAL(training_restore(training_start(), changed.bytes, changed.length, &error), RESTORED);
    if (strstr(error.text, wanted) == NULL)
        CHECK_TEXT(error.text, wanted);
    text_finish(&changed);
}

/* The digest says that a file is whole, not that a training wrote it. */
static void test_unsound(void)
{
    static const struct {
        size_t at; /* in the state */
        int number;
    } integers[] = {
        {offsetof(struct trainer_state, rows), -1},
        {offsetof(struct trainer_state, rows), 4},
        {offsetof(struct trainer_state, rows), 2},
        {offsetof(struct trainer_state, epoch), 0},
        {offsetof(struct trainer_state, epoch), 3},
        {offsetof(struct trainer_state, position), 7},
        {offsetof(struct trainer_state, position), 1},
        {offsetof(struct trainer_state, wrong), 100},
        {offsetof(struct trainer_state, stop_reason), -1},
        {offsetof(struct trainer_state, stop_reason), 6},
        {offsetof(struct trainer_state, stopping.best_epoch), -1},
        {offsetof(struct trainer_state, stopping.best_epoch), 2},
        {offsetof(struct trainer_state, stopping.bad_epochs), -1},
        {offsetof(struct trainer_state, stopping.bad_epochs), 2},
        {offsetof(struct trainer_state, stopping.has_reference), 2},
    };
    static const size_t reals[] = {
        offsetof(struct trainer_state, loss_sum), offsetof(struct trainer_state, train_s),
        offsetof(struct trainer_state, stopping.best), offsetof(struct trainer_state, stopping.reference)};
    static const char unfit[] = "input: does not fit this network";
    const struct training *training = training_start();
    CU_ASSERT(training_restore(training, training->start.bytes, training->start.length, NULL) == RESTORED);
    CU_ASSERT(trainer_advance(training->trainer, never, NULL) == TRAINER_EPOCH);
    struct text whole = {0};
    CU_ASSERT(training_save(training, &whole));
    for (size_t i = 0; i < sizeof integers / sizeof integers[0]; i++)
        check_unsound(&whole, STATE_AT + integers[i].at, &integers[i].number, sizeof(int), unfit);
    for (size_t i = 0; i < sizeof reals / sizeof reals[0]; i++) {
        check_unsound(&whole, STATE_AT + reals[i], &(double){NAN}, sizeof(double), unfit);
        check_unsound(&whole, STATE_AT + reals[i], &(double){-INFINITY}, sizeof(double), unfit);
    }
    check_unsound(&whole, STATE_AT + offsetof(struct trainer_state, train_s), &(double){-1}, sizeof(double),
                  unfit);
    check_unsound(&whole, FLOATS_AT, &(uint64_t){1}, 8, unfit);
    check_unsound(&whole, FLOATS_AT + 8, &(uint64_t){1}, 8, unfit);
    check_unsound(&whole, OWNER_AT, "X", 1, "belongs to the run X123456789abcdef");
    check_unsound(&whole, OWNER_AT + 255, "X", 1, "not a checkpoint of this version");
    check_unsound(&whole, OWNER_AT + 256, "X", 1, "another type of machine (X machine; here a machine)");
    check_unsound(&whole, OWNER_AT + 511, "X", 1, "not a checkpoint of this version");
    whole.length -= 4;
    check_unsound(&whole, OWNER_AT, "0", 1, unfit);
    text_finish(&whole);
}

static const struct tensor_metadata metadata[] = {
    {"config", "seed: 1\n"}, {"input_mean", "0.13"}, {"input_sd", "0.3"}};
enum { METADATA = sizeof metadata / sizeof metadata[0] };

static bool same_values(const struct tensor *a, const struct tensor *b)
{
    return b != NULL && a->rank == b->rank && a->count == b->count &&
           memcmp(a->dimensions, b->dimensions, a->rank * sizeof a->dimensions[0]) == 0 &&
           memcmp(a->values, b->values, a->count * sizeof *a->values) == 0;
}

static enum verdict judge_weights(const void *context, const char *bytes, size_t length)
{
    const struct tensor_file *wanted = context;
    struct arena *arena = arena_create();
    struct assay_error error = {0};
    const struct tensor_file *found = weights_decode(arena, "input", bytes, length, &error);
    bool same = found != NULL && found->tensor_count == wanted->tensor_count;
    for (size_t i = 0; same && i < wanted->tensor_count; i++)
        same = same_values(&wanted->tensors[i], tensor_find(found, wanted->tensors[i].name));
    for (size_t i = 0; same && i < METADATA; i++) {
        const char *value = tensor_metadata_find(found, metadata[i].key);
        same = value != NULL && strcmp(value, metadata[i].value) == 0;
    }
    const bool told = found == NULL && error.status == ASSAY_INVALID && error.text[0] != '\0';
    arena_destroy(arena);
    return told ? DETECTED : same ? HARMLESS : UNNOTICED;
}

static void test_weights(void)
{
    const struct training *training = training_start();
    struct arena *arena = arena_create();
    char *bytes, path[] = "/tmp/assay-damage-XXXXXX";
    size_t length;
    const int file = mkstemp(path);
    CU_ASSERT_FATAL(file >= 0);
    close(file);
    CU_ASSERT_FATAL(weights_save(path, training->plan, training->network,
                                 network_vectors(training->network).values, metadata, METADATA, NULL));
    CU_ASSERT_FATAL(file_read(path, 1 << 20, &bytes, &length, NULL));
    CU_ASSERT(file_remove(path, NULL));
    const struct tensor_file *wanted = weights_decode(arena, path, bytes, length, NULL);
    CU_ASSERT_FATAL(wanted != NULL && weights_check(wanted, path, training->plan, NULL));
    check("safetensors", judge_weights, wanted, bytes, length);
    memory_free(bytes);
    arena_destroy(arena);
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"IDX, plain and in gzip", test_idx},
        {"a checkpoint", test_checkpoint},
        {"a checkpoint that no training wrote", test_unsound},
        {"weights", test_weights},
        CU_TEST_INFO_NULL,
    };
    return run_suite("damage", tests);
}
