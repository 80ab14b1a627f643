/* What a run says of itself while it works. */
#include <math.h>
#include <stdint.h>

#include "base/clock.h"
#include "run/run.h"
#include "train/stopping.h"

void run_write_log(const struct run *run, const char *line)
{
    if (run->log_path == NULL)
        return;
    struct text entry = {0};
    text_add(&entry, "%s\n", line);
    if (!entry.failed)
        file_append(run->log_path, entry.bytes, entry.length,
                    NULL); /* a line that is lost is no reason to stop */
    text_finish(&entry);
}

void run_log(void *cookie, enum log_level level, const char *line)
{
    static const enum assay_message messages[] = {[LOG_PROGRESS] = ASSAY_MESSAGE_EPOCH,
                                                  [LOG_INFO] = ASSAY_MESSAGE_INFO,
                                                  [LOG_WARNING] = ASSAY_MESSAGE_WARNING};
    const struct run *run = cookie;
    run_write_log(run, line);
    if (run->observer->say != NULL)
        run->observer->say(run->observer->cookie, messages[level], line);
}

void run_say_epoch(const struct run *run)
{
    int count;
    const struct epoch_row *rows = trainer_rows(run->trainer, &count), *row = &rows[count - 1];
    const int best = trainer_best_epoch(run->trainer);
    const struct config *config = run->prepared->config;
    struct text line = {0};
    text_add(&line, "epoch %d/%d: train loss %.4f, error %.2f %%", row->epoch, config->train.max_epochs,
             row->train_loss, row->train_error_pct);
    if (config->data.validation > 0)
        text_add(&line, "; val loss %.4f, error %.2f %%", row->val_loss, row->val_error_pct);
    if (config_evaluates_test(config))
        text_add(&line, "; test error %.2f %%", row->test_error_pct);
    if (best < row->epoch)
        text_add(&line, "; best was epoch %d", best);
    else if (stopping_watched(config->train.early_stopping, config->data.validation > 0) >= 0)
        text_add(&line, "; the best so far");
    text_add(&line, "; %.0f samples/s, %.1f s", run->split.counts.train / row->train_s,
             row->train_s + row->eval_s);
    if (!line.failed)
        log_say(&run->log, LOG_PROGRESS, "%s", line.bytes);
    text_finish(&line);
}

static double seconds_left(const struct run *run, const struct trainer_progress *progress,
                           double samples_per_second)
{
    const double epochs_left = progress->max_epochs - progress->epoch;
    int count;
    const struct epoch_row *rows = trainer_rows(run->trainer, &count);
    const double epoch = count > 0 ? rows[count - 1].train_s + rows[count - 1].eval_s
                                   : progress->samples_in_epoch / samples_per_second;
    return (progress->samples_in_epoch - progress->samples) / samples_per_second + epochs_left * epoch;
}

void run_report(struct run *run, const struct trainer_progress *progress)
{
    if (run->observer->progress == NULL)
        return;
    const double now = clock_seconds();
    if (run->marked_samples > progress->samples) {
        run->marked = now;
        run->marked_samples = progress->samples;
    }
    const double speed =
        now > run->marked ? (progress->samples - run->marked_samples) / (now - run->marked) : NAN;
    int count;
    const struct epoch_row *rows = trainer_rows(run->trainer, &count);
    const int best = trainer_best_epoch(run->trainer);
    const struct assay_progress report = {.epoch = progress->epoch,
                                          .max_epochs = progress->max_epochs,
                                          .samples = progress->samples,
                                          .samples_in_epoch = progress->samples_in_epoch,
                                          .samples_per_second = speed,
                                          .train_loss = progress->loss,
                                          .val_error_pct = count > 0 ? rows[count - 1].val_error_pct : NAN,
                                          .best_val_error_pct = best > 0 ? rows[best - 1].val_error_pct : NAN,
                                          .best_epoch = best,
                                          .seconds_left =
                                              speed > 0 ? seconds_left(run, progress, speed) : NAN};
    run->observer->progress(run->observer->cookie, &report);
}
