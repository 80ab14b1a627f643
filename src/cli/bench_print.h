/* What `assay bench` prints. */
#ifndef CLI_BENCH_PRINT_H
#define CLI_BENCH_PRINT_H

#include "base/text.h"
#include "run/bench.h"

void bench_add_text(struct text *text, const struct config *config, const struct bench *bench);
/* The rows; the layers where there are none. */
void bench_add_csv(struct text *text, const struct config *config, const struct bench *bench);
void bench_add_json(struct text *text, const struct config *config, const struct bench *bench);

#endif
