/* Signals that ask a run to end: noted, never acted on inside a handler. */
#ifndef CLI_SIGNALS_H
#define CLI_SIGNALS_H

#include "assay/error.h"

/* From now on SIGINT, SIGTERM, SIGHUP and SIGUSR1 are noted, but for those that are ignored; a SIGINT that
 * comes second ends the program at once. */
void signals_catch(void);

/* The exit code of the first that came, ASSAY_DONE while none has; a `stop` of struct assay_observer. */
enum assay_status signals_status(void *cookie);

#endif
