#include "cli/progress.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cli/terminal.h"

void progress_start(struct progress *progress, bool quiet)
{
    *progress = (struct progress){.quiet = quiet, .live = !quiet && terminal_is_live()};
}

/* Spaces cover what was there: no terminal's escape sequences are needed. */
static void draw(struct progress *progress, const char *line)
{
    const int room = terminal_size().columns - 1, length = (int)strlen(line);
    const int width = length < room ? length : room,
              rest = progress->width > width ? progress->width - width : 0;
    fprintf(stderr, "\r%.*s%*s", width, line, rest, "");
    if (width == 0)
        fputc('\r', stderr);
    fflush(stderr);
    progress->width = width;
}

void progress_end(struct progress *progress)
{
    if (progress->width > 0)
        draw(progress, "");
}

void progress_say(void *cookie, enum assay_message kind, const char *line)
{
    struct progress *progress = cookie;
    if ((progress->quiet && kind != ASSAY_MESSAGE_WARNING) || (progress->live && kind == ASSAY_MESSAGE_EPOCH))
        return;
    progress_end(progress);
    terminal_say(kind == ASSAY_MESSAGE_WARNING ? "assay: warning: " : "", line);
}

static void add_line(struct text *line, const struct assay_progress *now)
{
    text_add(line, "epoch %d/%d  %3.0f %%", now->epoch, now->max_epochs,
             100.0 * now->samples / now->samples_in_epoch);
    if (isfinite(now->samples_per_second))
        text_add(line, "  %.0f samples/s", now->samples_per_second);
    text_add(line, "  train loss %.4f", now->train_loss);
    if (isfinite(now->val_error_pct))
        text_add(line, "  val error %.2f %%", now->val_error_pct);
    if (isfinite(now->best_val_error_pct))
        text_add(line, "  best %.2f %% (epoch %d)", now->best_val_error_pct, now->best_epoch);
    if (isfinite(now->seconds_left)) {
        text_add(line, "  at most ");
        add_duration(line, now->seconds_left);
        text_add(line, " left");
    }
}

void progress_show(void *cookie, const struct assay_progress *now)
{
    enum { UPDATES_PER_SECOND = 10 };
    struct progress *progress = cookie;
    const double time = clock_seconds();
    if (!progress->live || time < progress->shown + 1.0 / UPDATES_PER_SECOND)
        return;
    progress->shown = time;
    struct text line = {0};
    add_line(&line, now);
    if (!line.failed)
        draw(progress, line.bytes);
    text_finish(&line);
}
