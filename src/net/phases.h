/* The phases of a program that no layer provides. */
#ifndef NET_PHASES_H
#define NET_PHASES_H

#include "net/plan.h"

extern const struct assay_phase
    phase_gather; /* bytes of the data set → padded, normalised floats of the first edge */
extern const struct assay_phase phase_loss;  /* outputs → loss, class and gradient, per sample */
extern const struct assay_phase phase_score; /* the same without a gradient, for testing */

#endif
