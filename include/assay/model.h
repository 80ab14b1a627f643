/* A trained network: loading weights that a run wrote, and asking it about images.
 *
 *     struct assay_error error = {0};
 *     const struct assay_image_shape shape = {1, 28, 28};
 *     struct assay_model *model =
 *         assay_model_load("results/mlp/seed-1/best.safetensors", shape, 0, NULL, &error);
 *     struct assay_prediction prediction;
 *     if (model != NULL)
 *         assay_model_predict(model, pixels, NULL, 1, &prediction);
 *     assay_model_destroy(model);
 */
#ifndef ASSAY_MODEL_H
#define ASSAY_MODEL_H

#include <stddef.h>
#include <stdint.h>

#include "assay/error.h"

struct assay_model;

/* Of an image as the data set has it: without the padding that the config asks for. */
struct assay_image_shape {
    int channels, height, width;
};

/* The weights' metadata say which network it is and how bytes become its inputs. NULL on failure:
 * ASSAY_INVALID when the file is none of a run's, or its network does not fit images of this shape.
 * `instructions` as in struct assay_run_options; threads 0: one for each CPU. */
struct assay_model *assay_model_load(const char *path, struct assay_image_shape image, int threads,
                                     const char *instructions, struct assay_error *error);
void assay_model_destroy(struct assay_model *model); /* NULL is fine */
int assay_model_classes(const struct assay_model *model);

struct assay_prediction {
    int predicted;      /* class */
    double probability; /* of that class */
    double nll;         /* negative log-likelihood of the label, in nats; NaN without labels */
};

/* `images`: count x channels x height x width bytes; `labels`: count of them, each a class, or NULL. What an
 * image gets does not depend on the others: these are the numbers of the run's predictions.csv, to the bit.
 */
void assay_model_predict(struct assay_model *model, const uint8_t *images, const uint8_t *labels,
                         size_t count, struct assay_prediction *predictions);

#endif
