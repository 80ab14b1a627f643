#include "train/trainer.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/philox.h"
#include "train/optimizer.h"
#include "train/trainer_state.h"

struct trainer *trainer_create(const struct trainer_settings *settings, struct assay_error *error)
{
    struct trainer *trainer = memory_allocate(1, sizeof *trainer);
    if (trainer == NULL)
        goto fail;
    trainer->settings = *settings;
    trainer->batch = settings->options->batch_size;
    trainer->state.epoch = 1;
    trainer->history = memory_allocate((size_t)settings->options->max_epochs, sizeof *trainer->history);
    trainer->order = memory_allocate(settings->split->counts.train, sizeof *trainer->order);
    trainer->test_order = memory_allocate(settings->dataset->test.count, sizeof *trainer->test_order);
    if (trainer->history == NULL || trainer->order == NULL || trainer->test_order == NULL)
        goto fail;
    for (uint32_t i = 0; i < settings->dataset->test.count; i++)
        trainer->test_order[i] = i;
    return trainer;
fail:
    trainer_destroy(trainer);
    assay_fail_memory(error, "creating the trainer");
    return NULL;
}

void trainer_destroy(struct trainer *trainer)
{
    if (trainer == NULL)
        return;
    memory_free(trainer->history);
    memory_free(trainer->order);
    memory_free(trainer->test_order);
    memory_free(trainer);
}

/* The order of an epoch is a function of the seed and the epoch, so a resumed run needs no more than the two.
 */
static void order_epoch(struct trainer *trainer)
{
    const struct split *split = trainer->settings.split;
    const int epoch = trainer->state.epoch;
    if (trainer->ordered_epoch == epoch)
        return;
    if (trainer->settings.options->shuffle) {
        const struct random_stream stream =
            random_stream(trainer->settings.seed, RANDOM_SHUFFLE, "", (uint32_t)epoch, 0);
        random_permutation(&stream, split->counts.train, trainer->order);
        for (uint32_t i = 0; i < split->counts.train; i++)
            trainer->order[i] = split->train[trainer->order[i]];
    } else {
        memcpy(trainer->order, split->train, split->counts.train * sizeof *split->train);
    }
    trainer->ordered_epoch = epoch;
}

static struct optimizer_step optimizer_step(const struct trainer *trainer)
{
    const struct train_options *options = trainer->settings.options;
    const struct optimizer *optimizer = (const struct optimizer *)options->optimizer.variant;
    return optimizer->step(options->optimizer.options, trainer->state.epoch, options->max_epochs,
                           trainer->state.steps == 0);
}

/* One minibatch. False when its loss is not finite: then the parameters are as they were before it. */
static bool train_step(struct trainer *trainer)
{
    const struct trainer_settings *settings = &trainer->settings;
    const struct train_options *options = settings->options;
    struct trainer_state *state = &trainer->state;
    const struct image_set *set = &settings->dataset->train;
    const uint32_t left = settings->split->counts.train - state->position;
    const struct minibatch minibatch = {set->images, set->labels, trainer->order + state->position,
                                        left < (uint32_t)trainer->batch ? (int)left : trainer->batch};
    const float scale = options->loss_reduction == REDUCE_SUM ? 1 : 1 / (float)minibatch.samples;
    const struct optimizer_step step = optimizer_step(trainer);

    const struct network_results results =
        network_train(settings->network, &minibatch, settings->seed, (uint32_t)state->epoch, scale,
                      (float)step.beta, (float)step.alpha);
    for (int i = 0; i < minibatch.samples; i++) {
        if (!isfinite(results.loss[i])) {
            trainer->diverged_epoch = state->epoch;
            trainer->diverged_step = state->position / (uint32_t)trainer->batch + 1;
            trainer->diverged_loss = results.loss[i];
            return false;
        }
        state->loss_sum += results.loss[i];
        state->wrong += results.predicted[i] != set->labels[minibatch.indices[i]];
    }
    const double l1 = options->penalty.lambda * options->penalty.C,
                 l2 = options->penalty.lambda * (1 - options->penalty.C);
    network_update(settings->network, (float)step.learning_rate, (float)step.alpha, (float)l1, (float)l2);
    state->position += (uint32_t)minibatch.samples;
    state->steps++;
    return true;
}

/* Sums over samples, in their order. */
struct tally {
    double loss;
    uint64_t wrong;
};

static void add_samples(struct tally *tally, struct network *network, const struct image_set *set,
                        const uint32_t *indices, uint32_t count, int batch, trainer_sample *sample,
                        void *cookie)
{
    for (uint32_t at = 0; at < count; at += (uint32_t)batch) {
        const struct minibatch minibatch = {set->images, set->labels, indices + at,
                                            count - at < (uint32_t)batch ? (int)(count - at) : batch};
        const struct network_results results = network_test(network, &minibatch);
        for (int i = 0; i < minibatch.samples; i++) {
            const uint32_t index = minibatch.indices[i];
            tally->loss += results.loss[i];
            tally->wrong += results.predicted[i] != set->labels[index];
            if (sample != NULL)
                sample(cookie, index, set->labels[index], results.predicted[i], results.nll[i]);
        }
    }
}

static struct evaluation mean_of(const struct tally *tally, uint32_t count)
{
    if (count == 0)
        return (struct evaluation){NAN, NAN};
    return (struct evaluation){tally->loss / count, 100.0 * (double)tally->wrong / count};
}

struct evaluation evaluate(struct network *network, const struct image_set *set, const uint32_t *indices,
                           uint32_t count, int batch, trainer_sample *sample, void *cookie)
{
    struct tally tally = {0};
    add_samples(&tally, network, set, indices, count, batch, sample, cookie);
    return mean_of(&tally, count);
}

/* Who may interrupt the training, and what they are told. */
struct pauser {
    bool (*pause)(void *cookie, const struct trainer_progress *progress);
    void *cookie;
    struct trainer_progress progress;
};

static bool wants_pause(const struct pauser *pauser)
{
    return pauser->pause != NULL && pauser->pause(pauser->cookie, &pauser->progress);
}

/* Images that are evaluated after an epoch, and what came of it. */
struct part {
    const struct image_set *set;
    const uint32_t *indices;
    uint32_t count; /* 0: it is not evaluated */
    struct evaluation found;
};
/* GLANCE is some images that train, for where there is nothing else to evaluate: weights that are no numbers
 * must not pass for a result. */
enum { VALIDATION, TRAINED, TEST, GLANCE, PARTS };

/* How many images there are to evaluate, but for a glance. */
static uint32_t choose_parts(const struct trainer *trainer, struct part parts[PARTS])
{
    const struct trainer_settings *settings = &trainer->settings;
    const struct split *split = settings->split;
    const struct image_set *train = &settings->dataset->train, *test = &settings->dataset->test;
    const uint32_t trained = settings->options->evaluate_train ? split->counts.train : 0,
                   tested = settings->test ? test->count : 0,
                   all = split->counts.validation + trained + tested, batch = (uint32_t)trainer->batch,
                   glance = batch < split->counts.train ? batch : split->counts.train;
    parts[VALIDATION] = (struct part){train, split->validation, split->counts.validation, {0}};
    parts[TRAINED] = (struct part){train, split->train, trained, {0}};
    parts[TEST] = (struct part){test, trainer->test_order, tested, {0}};
    parts[GLANCE] = (struct part){train, split->train, all == 0 ? glance : 0, {0}};
    return all;
}

/* Asks for a pause now and then: false then, and the evaluation is to be done anew. */
static bool measure(const struct trainer *trainer, struct part *part, const struct pauser *pauser)
{
    const uint32_t stretch = 16 * (uint32_t)trainer->batch;
    struct tally tally = {0};
    for (uint32_t at = 0; at < part->count; at += stretch) {
        if (wants_pause(pauser))
            return false;
        add_samples(&tally, trainer->settings.network, part->set, part->indices + at,
                    part->count - at < stretch ? part->count - at : stretch, trainer->batch, NULL, NULL);
    }
    part->found = mean_of(&tally, part->count);
    return true;
}

static double monitored(const struct trainer *trainer, const struct epoch_row *row)
{
    const struct trainer_settings *settings = &trainer->settings;
    const double values[] = {[METRIC_TRAIN_LOSS] = row->train_loss,
                             [METRIC_TRAIN_ERROR_PCT] = row->train_error_pct,
                             [METRIC_VAL_LOSS] = row->val_loss,
                             [METRIC_VAL_ERROR_PCT] = row->val_error_pct};
    const int watched =
        stopping_watched(settings->options->early_stopping, settings->split->counts.validation > 0);
    return watched >= 0 ? values[watched] : -row->epoch;
}

static enum trainer_event diverge(struct trainer *trainer)
{
    trainer->state.stop_reason = STOP_NON_FINITE;
    return TRAINER_DIVERGED;
}

/* Evaluates, adds the row and decides how to go on. */
static enum trainer_event finish_epoch(struct trainer *trainer, const struct pauser *pauser)
{
    const struct trainer_settings *settings = &trainer->settings;
    const struct train_options *options = settings->options;
    const struct split *split = settings->split;
    struct trainer_state *state = &trainer->state;
    const double start = clock_seconds();

    struct part parts[PARTS];
    const uint32_t evaluated = choose_parts(trainer, parts);
    for (int i = 0; i < PARTS; i++)
        if (!measure(trainer, &parts[i], pauser))
            return TRAINER_PAUSED;
    const double eval_s = clock_seconds() - start;

    struct epoch_row *row = &trainer->history[state->rows];
    *row = (struct epoch_row){
        .epoch = state->epoch,
        .train_loss = state->loss_sum / split->counts.train,
        .train_error_pct = 100.0 * (double)state->wrong / split->counts.train,
        .val_loss = parts[VALIDATION].found.loss,
        .val_error_pct = parts[VALIDATION].found.error_pct,
        .test_loss = parts[TEST].found.loss,
        .test_error_pct = parts[TEST].found.error_pct,
        .learning_rate = optimizer_step(trainer).learning_rate,
        .penalty = network_penalty(settings->network, options->penalty.lambda, options->penalty.C),
        .evaluated_train_loss = parts[TRAINED].found.loss,
        .evaluated_train_error_pct = parts[TRAINED].found.error_pct,
        .train_s = state->train_s,
        .eval_s = eval_s,
        .train_ms_per_sample = 1000 * state->train_s / split->counts.train,
        .test_ms_per_sample = evaluated > 0 ? 1000 * eval_s / evaluated : NAN};
    for (int i = 0; i < PARTS; i++)
        if (parts[i].count > 0 && !isfinite(parts[i].found.loss)) {
            trainer->diverged_epoch = state->epoch;
            trainer->diverged_step = 0;
            trainer->diverged_loss = parts[i].found.loss;
            return diverge(trainer);
        }
    state->rows++;
    state->stop_reason =
        (int)stopping_take(&state->stopping, options->early_stopping, state->epoch, monitored(trainer, row));
    trainer->improved = state->stopping.best_epoch == state->epoch;
    if (trainer->improved) {
        const struct network_vectors vectors = network_vectors(settings->network);
        memcpy(vectors.best, vectors.values, vectors.all * sizeof *vectors.best);
    }
    if (state->stop_reason == STOP_NONE && state->epoch >= options->max_epochs)
        state->stop_reason = STOP_MAX_EPOCHS;
    state->epoch++;
    state->position = 0;
    state->loss_sum = state->train_s = 0;
    state->wrong = 0;
    return TRAINER_EPOCH;
}

enum trainer_event trainer_advance(struct trainer *trainer,
                                   bool (*pause)(void *cookie, const struct trainer_progress *progress),
                                   void *cookie)
{
    struct trainer_state *state = &trainer->state;
    const uint32_t samples = trainer->settings.split->counts.train;
    if (state->stop_reason != STOP_NONE)
        return state->stop_reason == STOP_NON_FINITE ? TRAINER_DIVERGED : TRAINER_DONE;
    struct pauser pauser = {
        pause, cookie, {.max_epochs = trainer->settings.options->max_epochs, .samples_in_epoch = samples}};
    order_epoch(trainer);
    while (state->position < samples) {
        const double start = clock_seconds();
        const bool finite = train_step(trainer);
        state->train_s += clock_seconds() - start;
        if (!finite)
            return diverge(trainer);
        pauser.progress.epoch = state->epoch;
        pauser.progress.samples = state->position;
        pauser.progress.loss = state->loss_sum / state->position;
        pauser.progress.train_s = state->train_s;
        if (state->position < samples && wants_pause(&pauser))
            return TRAINER_PAUSED;
    }
    pauser.progress = (struct trainer_progress){.epoch = state->epoch,
                                                .max_epochs = pauser.progress.max_epochs,
                                                .samples = samples,
                                                .samples_in_epoch = samples,
                                                .loss = state->loss_sum / samples,
                                                .train_s = state->train_s,
                                                .evaluating = true};
    return finish_epoch(trainer, &pauser);
}

const struct epoch_row *trainer_rows(const struct trainer *trainer, int *count)
{
    *count = trainer->state.rows;
    return trainer->history;
}

int trainer_best_epoch(const struct trainer *trainer)
{
    return trainer->state.stopping.best_epoch;
}

bool trainer_improved(const struct trainer *trainer)
{
    return trainer->improved;
}

enum stop_reason trainer_stop_reason(const struct trainer *trainer)
{
    return (enum stop_reason)trainer->state.stop_reason;
}

static void add_threshold(const struct trainer *trainer, struct text *text)
{
    const struct stopping_options *options = trainer->settings.options->early_stopping;
    const struct epoch_row *row = &trainer->history[trainer->state.rows - 1];
    text_add(text, "%s was ", metric_names[options->monitor]);
    text_add_double(text, monitored(trainer, row));
    text_add(text, " after epoch %d, above the divergence_threshold of ", row->epoch);
    text_add_double(text, options->divergence_threshold);
}

void trainer_divergence(const struct trainer *trainer, struct text *text)
{
    if (trainer->state.stop_reason == STOP_DIVERGENCE)
        add_threshold(trainer, text);
    if (trainer->state.stop_reason != STOP_NON_FINITE)
        return;
    text_add(text, "the loss became ");
    text_add_double(text, trainer->diverged_loss);
    if (trainer->diverged_step > 0)
        text_add(text, " in epoch %d at step %llu", trainer->diverged_epoch,
                 (unsigned long long)trainer->diverged_step);
    else
        text_add(text, " when testing after epoch %d", trainer->diverged_epoch);
}
