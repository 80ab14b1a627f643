#include "cli/board.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "cli/runs.h"
#include "cli/terminal.h"
#include "run/directory.h"

/* ECMA-48 control sequences. */
#define UP "\033[%dA"
#define CLEAR_LINE "\033[K"
#define CLEAR_BELOW "\033[J"
#define RED "\033[31m"
#define GREEN "\033[32m"
#define PLAIN "\033[0m"

void board_start(struct board *board, bool is_quiet)
{
    const bool is_live = !is_quiet && terminal_is_live();
    *board = (struct board){
        .is_quiet = is_quiet, .is_live = is_live, .has_colours = is_live && terminal_has_colours()};
}

static const char *lines_of(const struct text *text)
{
    return text->bytes != NULL && !text->failed ? text->bytes : "";
}

/* The lines of `text`, which is the board's from then on, take its place. Those that are there may have been
 * broken: most terminals do that when they get narrower. */
static void draw(struct board *board, struct text text)
{
    const int rows = count_rows(lines_of(&board->drawn), terminal_size().columns);
    if (rows > 0)
        fprintf(stderr, UP "\r", rows);
    for (const char *line = lines_of(&text); *line != '\0';) {
        const size_t length = strcspn(line, "\n");
        fprintf(stderr, "%.*s" CLEAR_LINE "\n", (int)length, line);
        line += length + 1;
    }
    fputs(CLEAR_BELOW, stderr);
    fflush(stderr);
    text_finish(&board->drawn);
    board->drawn = text;
}

void board_end(struct board *board)
{
    if (board->drawn.length > 0)
        draw(board, (struct text){0});
}

/* A line that stays. */
static void say(struct board *board, const char *colour, const struct text *line)
{
    const bool coloured = board->has_colours && colour != NULL;
    board_end(board);
    if (!line->failed && line->bytes != NULL)
        fprintf(stderr, "%s%s%s\n", coloured ? colour : "", line->bytes, coloured ? PLAIN : "");
    board->shown = 0;
}

void board_begun(void *cookie, const struct sweep_view *view)
{
    struct board *board = cookie;
    const struct run_counts counts = count_view(view);
    struct text line = {0};
    add_plan_counts(&line, view->plan, &counts);
    if (!board->is_quiet)
        say(board, NULL, &line);
    text_finish(&line);
    size_t left_alone = 0;
    for (size_t i = 0; i < view->plan->count; i++)
        left_alone += view->seen[i].state == RUN_STALE && !view->items[i].may_replace;
    if (!board->has_begun && left_alone > 0) {
        text_add(&line, "assay: warning: ");
        add_run_count(&line, left_alone);
        text_add(&line, " left alone: another config was run there");
        say(board, NULL, &line);
        text_finish(&line);
    }
    board->has_begun = true;
}

void board_ended(void *cookie, const struct sweep_view *view, size_t run)
{
    struct board *board = cookie;
    const struct planned_run *ended = &view->plan->runs[run];
    const struct sweep_item *item = &view->items[run];
    const enum run_state state = item->seen->state;
    const bool has_failed = sweep_view_has_failed(view, run);
    if (board->is_quiet && !has_failed)
        return;
    const struct run_counts counts = count_view(view);
    struct text line = {0};
    text_add(&line, "[%zu/%zu] ", count_done(&counts), run_plan_size(view->plan));
    add_run_name(&line, ended);
    text_add(&line, ": %s", run_state_names[state]);
    if (item->why[0] != '\0' && item->is_given_up) {
        text_add(&line, ": ");
        text_add_escaped(&line, item->why, strlen(item->why));
    } else if (state == RUN_FINISHED || state == RUN_DIVERGED) {
        text_add(&line, state == RUN_FINISHED ? ", " : ": ");
        add_outcome(&line, ended);
    } else {
        text_add(&line, " after epoch %d", item->seen->progress.epochs);
    }
    say(board, has_failed ? RED : NULL, &line);
    text_finish(&line);
}

void board_warn(void *cookie, const struct planned_run *run, const char *line)
{
    struct text text = {0};
    text_add(&text, "assay: warning: ");
    add_run_name(&text, run);
    text_add(&text, ": ");
    text_add_escaped(&text, line, strlen(line));
    say(cookie, NULL, &text);
    text_finish(&text);
}

/* The live board */

static void add_clipped_line(struct text *board, struct text *line, int columns)
{
    if (!line->failed && line->bytes != NULL)
        add_clipped(board, line->bytes, columns);
    text_add_char(board, '\n');
    text_finish(line);
}

static void add_running(struct text *text, const struct sweep_view *view, size_t run, double left_s,
                        int columns)
{
    const struct sweep_item *item = &view->items[run];
    const struct run_progress *progress = &item->seen->progress;
    struct text line = {0};
    text_add(&line, "  epoch %3d/%d  ",
             progress->epochs < progress->most_epochs ? progress->epochs + 1 : progress->epochs,
             progress->most_epochs);
    if (isnan(progress->error_pct))
        text_add(&line, "%25s", "");
    else
        text_add(&line, "%6.2f %%, best %6.2f %%  ", progress->error_pct, progress->best_error_pct);
    add_run_name(&line, &view->plan->runs[run]);
    if (!item->is_ours) {
        char owner[RUN_OWNER_SIZE];
        run_directory_owner(view->plan->runs[run].directory, owner);
        text_add(&line, "  elsewhere (");
        text_add_escaped(&line, owner, strlen(owner));
        text_add(&line, ")");
    }
    if (isfinite(left_s)) {
        text_add(&line, "  about ");
        add_duration(&line, left_s);
        text_add(&line, " left");
    }
    add_clipped_line(text, &line, columns);
}

static bool is_running(const struct sweep_item *item)
{
    return item->is_ours || item->seen->state == RUN_RUNNING;
}

static void add_total(struct text *text, const struct sweep_view *view, const struct run_counts *counts,
                      const struct run_estimates *estimates, int columns)
{
    const bool is_waiting = sweep_view_is_waiting(view);
    struct text line = {0};
    text_add(&line, "%zu/%zu done: ", count_done(counts), run_plan_size(view->plan));
    add_counts(&line, counts);
    text_add(&line, "; ");
    add_duration(&line, clock_seconds() - view->started);
    const double left_s = estimates != NULL ? run_estimates_clock(estimates, view->at_once) : NAN;
    if (view->is_stopping)
        text_add(&line, "; stopping after a checkpoint of each, once more to kill");
    else if (is_waiting)
        text_add(&line, "; nothing left to start here, waiting for what runs elsewhere");
    else if (left_s > 0) {
        text_add(&line, ", about ");
        add_duration(&line, left_s);
        text_add(&line, " left");
    }
    add_clipped_line(text, &line, columns);
}

static void draw_view(struct board *board, const struct sweep_view *view)
{
    struct arena *arena = arena_create();
    const struct run_estimates *estimates =
        arena != NULL ? run_estimates_create(arena, view->plan, view->seen, view->work) : NULL;
    const struct run_counts counts = count_view(view);
    const struct terminal_size size = terminal_size();
    struct text text = {0};
    int room = size.rows - 3;
    size_t hidden = 0;
    for (size_t i = 0; i < view->plan->count; i++)
        if (is_running(&view->items[i]) && room-- > 0)
            add_running(&text, view, i, estimates != NULL ? estimates->left_s[i] : NAN, size.columns - 1);
        else
            hidden += is_running(&view->items[i]);
    if (hidden > 0)
        text_add(&text, "  and %zu more\n", hidden);
    add_total(&text, view, &counts, estimates, size.columns - 1);
    draw(board, text);
    arena_destroy(arena);
}

static void say_waiting(struct board *board, const struct sweep_view *view)
{
    struct text line = {0};
    text_add(&line, "nothing left to start here; waiting for");
    size_t count = 0;
    for (size_t i = 0; i < view->plan->count; i++)
        count += view->seen[i].state == RUN_RUNNING;
    text_add(&line, " ");
    add_run_count(&line, count);
    text_add(&line, " elsewhere (ending this sweep leaves them alone)");
    say(board, NULL, &line);
    text_finish(&line);
    board->has_said_wait = true;
}

void board_show(void *cookie, const struct sweep_view *view)
{
    enum { UPDATES_PER_SECOND = 5 };
    struct board *board = cookie;
    const double now = clock_seconds();
    if (!board->is_live && !board->is_quiet && !board->has_said_wait && sweep_view_is_waiting(view))
        say_waiting(board, view);
    if (!board->is_live || now < board->shown + 1.0 / UPDATES_PER_SECOND)
        return;
    draw_view(board, view);
    board->shown = now;
}
