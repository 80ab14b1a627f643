/* Signals that ask a run to end: noted, never acted on inside a handler. */
#ifndef CLI_SIGNALS_H
#define CLI_SIGNALS_H

#include <stdbool.h>

#include "assay/error.h"

/* From now on SIGINT, SIGTERM, SIGHUP and SIGUSR1 are noted, but for those that are ignored; the
 * second SIGINT ends the program at once. */
void signals_catch(void);

/* The same for who has others to end first: the second SIGINT is noted too. */
void signals_catch_patiently(void);
/* Whether it has come. */
bool signals_insist(void *cookie);

/* The exit code of the first that came, ASSAY_DONE while none has; a `stop` of struct assay_observer. */
enum assay_status signals_status(void *cookie);

#endif
