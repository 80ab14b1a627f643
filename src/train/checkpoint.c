/* A checkpoint is a text line that says what it is, the SHA-256 of everything behind the digest, and then the
 * state: fixed-size little-endian fields and the flat vectors, without an offset or an index in it that could
 * lead anywhere. */
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "base/sha256.h"
#include "train/trainer.h"
#include "train/trainer_state.h"

static const char magic[32] = "assay checkpoint 1\n";
enum { NAME_SIZE = 256, DIGEST_AT = sizeof magic, BODY_AT = DIGEST_AT + SHA256_SIZE };

/* What the body begins with. */
struct head {
    char identity[NAME_SIZE], machine[NAME_SIZE];
    uint64_t trained, all; /* floats of the vectors */
    struct trainer_state state;
};

static void digest_of(const char *body, size_t length, uint8_t digest[SHA256_SIZE])
{
    struct sha256 sha256;
    sha256_init(&sha256);
    sha256_add(&sha256, body, length);
    sha256_end(&sha256, digest);
}

bool trainer_save(const struct trainer *trainer, const char *identity, const char *machine,
                  struct text *bytes)
{
    const struct network_vectors vectors = network_vectors(trainer->settings.network);
    struct head head;
    memset(&head, 0, sizeof head);
    strncpy(head.identity, identity, sizeof head.identity - 1);
    strncpy(head.machine, machine, sizeof head.machine - 1);
    head.trained = vectors.trained;
    head.all = vectors.all;
    /* Member by member: padding must not carry what happened to lie in memory. */
    const struct trainer_state *state = &trainer->state;
    head.state.epoch = state->epoch;
    head.state.position = state->position;
    head.state.steps = state->steps;
    head.state.loss_sum = state->loss_sum;
    head.state.wrong = state->wrong;
    head.state.train_s = state->train_s;
    head.state.rows = state->rows;
    head.state.stop_reason = state->stop_reason;
    head.state.stopping.best_epoch = state->stopping.best_epoch;
    head.state.stopping.bad_epochs = state->stopping.bad_epochs;
    head.state.stopping.best = state->stopping.best;
    head.state.stopping.reference = state->stopping.reference;
    head.state.stopping.has_reference = state->stopping.has_reference;

    const size_t start = bytes->length;
    const char no_digest[SHA256_SIZE] = {0};
    text_add_bytes(bytes, magic, sizeof magic);
    text_add_bytes(bytes, no_digest, sizeof no_digest);
    text_add_bytes(bytes, (const char *)&head, sizeof head);
    text_add_bytes(bytes, (const char *)trainer->history, (size_t)state->rows * sizeof *trainer->history);
    text_add_bytes(bytes, (const char *)vectors.values, vectors.all * sizeof(float));
    text_add_bytes(bytes, (const char *)vectors.direction, vectors.trained * sizeof(float));
    text_add_bytes(bytes, (const char *)vectors.best, vectors.all * sizeof(float));
    if (bytes->failed)
        return false;
    digest_of(bytes->bytes + start + BODY_AT, bytes->length - start - BODY_AT,
              (uint8_t *)bytes->bytes + start + DIGEST_AT);
    return true;
}

static size_t size_with_rows(const struct trainer *trainer, int rows)
{
    const struct network_vectors vectors = network_vectors(trainer->settings.network);
    return BODY_AT + sizeof(struct head) + (size_t)rows * sizeof *trainer->history +
           (2 * vectors.all + vectors.trained) * sizeof(float);
}

size_t trainer_checkpoint_limit(const struct trainer *trainer)
{
    return size_with_rows(trainer, trainer->settings.options->max_epochs);
}

static enum restored refuse(enum restored why, struct assay_error *error, const char *name, const char *what)
{
    assay_fail(error, ASSAY_INVALID, "%s: %s", name, what);
    return why;
}

static bool is_sound_stopping(const struct stopping *stopping, int rows)
{
    unsigned char has_reference; /* of a file, and so perhaps neither true nor false */
    memcpy(&has_reference, &stopping->has_reference, 1);
    return has_reference <= 1 && isfinite(stopping->best) && isfinite(stopping->reference) &&
           stopping->best_epoch >= 0 && stopping->best_epoch <= rows && stopping->bad_epochs >= 0 &&
           stopping->bad_epochs <= rows;
}

/* Only some reasons to stop come without early stopping, and none before the first row; a run whose loss was
 * not finite has no checkpoint. */
static bool is_sound_reason(int reason, int rows, bool stops_early)
{
    return reason == STOP_NONE ||
           (rows > 0 && (reason == STOP_MAX_EPOCHS ||
                         (stops_early && reason > STOP_MAX_EPOCHS && reason < STOP_NON_FINITE)));
}

/* Whether training could have got there, so that it can go on. */
static bool is_sound(const struct trainer_state *state, const struct trainer *trainer)
{
    const struct trainer_settings *settings = &trainer->settings;
    const uint32_t samples = settings->split->counts.train, batch = (uint32_t)trainer->batch;
    return state->rows >= 0 && state->rows <= settings->options->max_epochs &&
           state->epoch == state->rows + 1 && state->position <= samples &&
           (state->position % batch == 0 || state->position == samples) && state->wrong <= samples &&
           isfinite(state->loss_sum) && isfinite(state->train_s) && state->train_s >= 0 &&
           is_sound_stopping(&state->stopping, state->rows) &&
           is_sound_reason(state->stop_reason, state->rows, settings->options->early_stopping != NULL);
}

/* Everything the digest cannot vouch for: that this file is for this run, this program and this machine. */
static enum restored check_head(const struct head *head, const struct trainer *trainer, const char *identity,
                                const char *machine, const char *name, struct assay_error *error)
{
    const struct network_vectors vectors = network_vectors(trainer->settings.network);
    if (head->identity[NAME_SIZE - 1] != '\0' || head->machine[NAME_SIZE - 1] != '\0')
        return refuse(RESTORE_REFUSED, error, name, "not a checkpoint of this version");
    if (strcmp(head->identity, identity) != 0) {
        assay_fail(error, ASSAY_INVALID, "%s: belongs to the run %.16s…, not to %.16s…", name, head->identity,
                   identity);
        return RESTORE_REFUSED;
    }
    if (machine != NULL && strcmp(head->machine, machine) != 0) {
        assay_fail(error, ASSAY_INVALID,
                   "%s: was written on another type of machine (%s; here %s), where the bits may differ",
                   name, head->machine, machine);
        return RESTORE_OTHER_MACHINE;
    }
    if (head->trained != vectors.trained || head->all != vectors.all || !is_sound(&head->state, trainer))
        return refuse(RESTORE_REFUSED, error, name, "does not fit this network");
    return RESTORED;
}

static bool is_of_another_version(const char *bytes, size_t length)
{
    static const size_t common = sizeof "assay checkpoint " - 1;
    return length >= sizeof magic && memcmp(bytes, magic, common) == 0 &&
           memcmp(bytes, magic, sizeof magic) != 0;
}

static bool is_whole(const char *bytes, size_t length)
{
    uint8_t digest[SHA256_SIZE];
    if (length < BODY_AT + sizeof(struct head) || memcmp(bytes, magic, sizeof magic) != 0)
        return false;
    digest_of(bytes + BODY_AT, length - BODY_AT, digest);
    return memcmp(digest, bytes + DIGEST_AT, sizeof digest) == 0;
}

enum restored trainer_restore(struct trainer *trainer, const char *identity, const char *machine,
                              const char *name, const char *bytes, size_t length, struct assay_error *error)
{
    if (is_of_another_version(bytes, length))
        return refuse(RESTORE_REFUSED, error, name, "not a checkpoint of this version");
    if (!is_whole(bytes, length))
        return refuse(RESTORE_DAMAGED, error, name, "is cut short or damaged");
    struct head head;
    memcpy(&head, bytes + BODY_AT, sizeof head);
    const enum restored fits = check_head(&head, trainer, identity, machine, name, error);
    if (fits != RESTORED)
        return fits;
    const struct network_vectors vectors = network_vectors(trainer->settings.network);
    const size_t rows = (size_t)head.state.rows * sizeof *trainer->history;
    const size_t values = vectors.all * sizeof(float), direction = vectors.trained * sizeof(float);
    if (length != size_with_rows(trainer, head.state.rows))
        return refuse(RESTORE_REFUSED, error, name, "does not fit this network");

    const char *at = bytes + BODY_AT + sizeof head;
    memcpy(trainer->history, at, rows);
    memcpy(vectors.values, at + rows, values);
    memcpy(vectors.direction, at + rows + values, direction);
    memcpy(vectors.best, at + rows + values + direction, values);
    trainer->state = head.state;
    trainer->ordered_epoch = 0;
    trainer->improved = false;
    network_prepare(trainer->settings.network);
    return RESTORED;
}
