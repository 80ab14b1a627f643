/* The bias that layers with weights have in common: a value per output map, declared right behind the weight,
 * and its gradient. */
#ifndef NET_BIAS_H
#define NET_BIAS_H

#include "assay/layer.h"

enum { WEIGHT_PARAMETER, BIAS_PARAMETER };

/* Declares "bias", one value per map of plan->output, with the first values that go with weights of
 * `initial`. */
void plan_bias(struct assay_layer_plan *plan, int fan_in, int fan_out, enum assay_initial initial);

/* Declares the phase that sums the output's gradient over samples and pixels. */
void plan_bias_gradient(struct assay_layer_plan *plan);

#endif
