/* The clock is never an input of a result; these are for timing.csv, provenance and progress. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

enum { CLOCK_TEXT_SIZE = 32 };

double clock_seconds(void);                      /* monotonic */
void clock_now_text(char text[CLOCK_TEXT_SIZE]); /* UTC, "2026-11-23T15:10:18Z" */

#endif
