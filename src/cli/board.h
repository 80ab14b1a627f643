/* What a sweep shows on stderr: a live board on a terminal, a plain line for each run that ends elsewhere. */
#ifndef CLI_BOARD_H
#define CLI_BOARD_H

#include <stdbool.h>

#include "base/text.h"
#include "run/sweep.h"

struct board {
    bool is_quiet, is_live, has_colours;
    struct text drawn;  /* the lines of the board that are on the screen */
    double shown;       /* when that was, on the monotonic clock */
    bool has_begun;     /* the first plan was announced */
    bool has_said_wait; /* for runs elsewhere, where the board is not live */
};

void board_start(struct board *board, bool is_quiet);
/* Removes the live lines, and frees what it holds. */
void board_end(struct board *board);

/* The functions of struct sweep_observer; cookie: the board. */
void board_begun(void *cookie, const struct sweep_view *view);
void board_ended(void *cookie, const struct sweep_view *view, size_t run);
void board_warn(void *cookie, const struct planned_run *run, const char *line);
void board_show(void *cookie, const struct sweep_view *view);

#endif
