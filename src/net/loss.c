#include "net/loss.h"

#include <math.h>

/* log(sum of exp(outputs)), shifted by the largest output so that nothing overflows. */
static double log_sum_exp(int classes, const float *outputs)
{
    double largest = outputs[0];
    for (int c = 1; c < classes; c++)
        largest = outputs[c] > largest ? outputs[c] : largest;
    double sum = 0;
    for (int c = 0; c < classes; c++)
        sum += exp(outputs[c] - largest);
    return largest + log(sum);
}

double negative_log_likelihood(int classes, const float *outputs, int label)
{
    return log_sum_exp(classes, outputs) - outputs[label];
}

int predicted_class(int classes, const float *outputs)
{
    int best = 0;
    for (int c = 1; c < classes && outputs[best] == outputs[best]; c++)
        if (!(outputs[c] <= outputs[best]))
            best = c;
    return best;
}

static double nll_evaluate(int classes, const float *outputs, int label, float scale, float *gradient)
{
    const double normaliser = log_sum_exp(classes, outputs);
    if (gradient != NULL)
        for (int c = 0; c < classes; c++)
            gradient[c] = (float)(scale * (exp(outputs[c] - normaliser) - (c == label)));
    return normaliser - outputs[label];
}

static double mse_evaluate(int classes, const float *outputs, int label, float scale, float *gradient)
{
    double sum = 0;
    for (int c = 0; c < classes; c++) {
        const double difference = outputs[c] - (double)(c == label);
        sum += difference * difference;
        if (gradient != NULL)
            gradient[c] = (float)(scale * 2 * difference / classes);
    }
    return sum / classes;
}

static const struct assay_table no_options = {.size = 1};

static const struct loss nll = {
    .variant =
        {.name = "nll",
         .summary =
             "softmax and negative log-likelihood of the label, in nats: log(sum of exp(x)) - x[label]",
         .source = "report 2.2; Bishop, Pattern Recognition and Machine Learning, 4.3.4",
         .example = "",
         .table = &no_options},
    .evaluate = nll_evaluate,
};

static const struct loss mse = {
    .variant = {.name = "mse",
                .summary = "mean over the classes of (x - t)², t being 1 for the label and 0 for the others",
                .source = "Torch7 nn.MSECriterion",
                .example = "",
                .table = &no_options},
    .evaluate = mse_evaluate,
};

static const struct assay_variant *const items[] = {&nll.variant, &mse.variant};
const struct assay_variants losses = {
    .what = "loss", .items = items, .count = sizeof items / sizeof items[0]};
