#include "cli/progress.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"

void add_duration(struct text *text, double seconds)
{
    const long long whole = llround(seconds);
    if (seconds < 99.95)
        text_add(text, "%.1f s", seconds);
    else if (whole < 3600)
        text_add(text, "%lld min %lld s", whole / 60, whole % 60);
    else
        text_add(text, "%lld h %lld min", whole / 3600, whole % 3600 / 60);
}

void progress_start(struct progress *progress, bool quiet)
{
    const char *terminal = getenv("TERM");
    const bool dumb = terminal != NULL && strcmp(terminal, "dumb") == 0;
    *progress = (struct progress){.quiet = quiet, .live = !quiet && !dumb && isatty(STDERR_FILENO)};
}

static int columns(void)
{
    struct winsize size;
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col - 1 : 79;
}

/* Spaces cover what was there: no terminal's escape sequences are needed. */
static void draw(struct progress *progress, const char *line)
{
    const int room = columns(), length = (int)strlen(line);
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
    fprintf(stderr, "%s%s\n", kind == ASSAY_MESSAGE_WARNING ? "assay: warning: " : "", line);
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
