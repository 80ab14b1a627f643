/* Every kernel of every instruction set against its twin, and the sets against each other bit for bit:
 * products, sums, dropout, the optimiser's step. */
#include "harness.h"

#include <math.h>

#include "base/philox.h"
#include "ref/naive.h"
#include "support.h"

/* A float has 2^-24 = 6e-8. */
static const struct tolerance tolerance_product = {
    5e-6, 1e-5}; /* up to a few thousand products, one after another */
static const struct tolerance tolerance_sum = {1e-6, 2e-6}; /* tens of terms */
static const struct tolerance tolerance_element = {2e-7,
                                                   5e-7}; /* an operation or two, each to an ulp or two */

enum { MOST = 1 << 16 };

/* product */

static const struct product_case {
    int rows, columns, outer, inner;
    bool transposed; /* A as a weight gradient reads it, not as a convolution does */
    int gap;         /* floats between the rows of C, that stay as they are */
    float beta, alpha;
    bool bias;
} products[] = {
    {1, 16, 1, 1, false, 0, 0, 1, false},         {1, 16, 1, 75, false, 0, 0, 1, true},
    {3, 48, 5, 5, false, 0, 1, 1, false},         {7, 80, 3, 17, false, 16, 0, 1, true},
    {12, 64, 1, 64, false, 0, 1, 1, false},       {13, 32, 2, 33, false, 3, 0.7f, 1, false},
    {25, 16, 5, 25, true, 0, 0.7f, 1, false},     {75, 64, 7, 9, true, 0, 0.5f, 0.3f, false},
    {17, 112, 11, 3, true, 5, 0.5f, 0.3f, false}, {6, 128, 1, 16, true, 0, 0, 0.3f, false},
    {16, 32, 1, 3136, false, 0, 0, 1, true},      {64, 64, 1, 16, true, 0, 0.7f, 1, false},
    {5, 48, 1, 0, false, 0, 0.7f, 1, true},       {11, 64, 4, 20, false, 0, 0.5f, 0.3f, true},
    {24, 96, 4, 4, true, 0, 0, 1, false},         {9, 64, 3, 3, false, 0, 1, 0.3f, true},
};

static struct {
    float a[MOST], b[1 << 18], bias[256], before[MOST];
} data;

static struct product product_of(const struct product_case *c)
{
    const ptrdiff_t step = 3; /* of a stride in the image */
    struct product product = {.rows = c->rows,
                              .columns = c->columns,
                              .outer = c->outer,
                              .inner = c->inner,
                              .a = data.a,
                              .b = data.b,
                              .c_row = c->columns + c->gap,
                              .beta = c->beta,
                              .alpha = c->alpha,
                              .bias = c->bias ? data.bias : NULL};
    product.a_row = c->transposed ? 1 : c->inner;
    product.a_inner = c->transposed ? c->rows : 1;
    product.a_outer = c->transposed ? step * c->rows * c->inner : c->rows * c->inner + step;
    product.b_inner = c->columns;
    product.b_outer = c->columns * c->inner + 16;
    return product;
}

static size_t product_floats(const struct product_case *c)
{
    return (size_t)(c->rows * (c->columns + c->gap));
}

static void run_product(const struct kernels *kernels, const void *context, float *results)
{
    struct product product = product_of(context);
    memcpy(results, data.before, product_floats(context) * sizeof *results);
    product.c = results;
    kernels->product(&product);
}

static void fill_data(void)
{
    random_floats(data.a, sizeof data.a / sizeof *data.a, 1, 1);
    random_floats(data.b, sizeof data.b / sizeof *data.b, 1, 2);
    random_floats(data.bias, sizeof data.bias / sizeof *data.bias, 1, 3);
    random_floats(data.before, sizeof data.before / sizeof *data.before, 1, 4);
}

static void test_product(void)
{
    static double wanted[MOST];
    fill_data();
    for (size_t i = 0; i < sizeof products / sizeof *products; i++) {
        const struct product_case *c = &products[i];
        const struct product product = product_of(c);
        char what[64];
        snprintf(what, sizeof what, "product %zu", i);
        widen(product_floats(c), data.before, wanted);
        naive_product(&product, wanted);
        CU_ASSERT_TRUE(kernels_agree(what, run_product, c, product_floats(c), wanted, tolerance_product));
    }
}

/* An element's bits depend on its row of A and its column of B alone, not on the tile that it falls into. */
static void test_product_tiles(void)
{
    static float whole[MOST], pieces[MOST];
    size_t sets;
    const struct kernels *const *kernels = kernel_sets(&sets);
    fill_data();
    for (size_t k = 0; k < sets; k++)
        for (size_t i = 0; i < sizeof products / sizeof *products; i++) {
            const struct product product = product_of(&products[i]);
            const size_t bytes = product_floats(&products[i]) * sizeof(float);
            run_product(kernels[k], &products[i], whole);
            memcpy(pieces, data.before, bytes);
            for (int row = 0; row < product.rows; row++)
                for (int column = 0; column < product.columns; column += 16) {
                    struct product piece = product;
                    piece.rows = 1;
                    piece.columns = 16;
                    piece.a += row * product.a_row;
                    piece.b += column;
                    piece.c = pieces + row * product.c_row + column;
                    piece.bias = product.bias != NULL ? product.bias + column : NULL;
                    kernels[k]->product(&piece);
                }
            CU_ASSERT_EQUAL(memcmp(whole, pieces, bytes), 0);
        }
}

/* C is not read when beta is 0: what it holds may be anything. */
static void test_beta_zero(void)
{
    size_t sets;
    const struct kernels *const *kernels = kernel_sets(&sets);
    for (size_t k = 0; k < sets; k++) {
        const float one = 1;
        float b[16], c[16];
        for (int i = 0; i < 16; i++) {
            b[i] = (float)i;
            c[i] = NAN;
        }
        const struct product product = {
            .rows = 1, .columns = 16, .outer = 1, .inner = 1, .a = &one, .b = b, .c = c, .alpha = 1};
        kernels[k]->product(&product);
        CU_ASSERT_EQUAL(memcmp(b, c, sizeof c), 0);
        float sums[16];
        memset(sums, 0xff, sizeof sums);
        kernels[k]->column_sums(1, 16, 16, sums, b, 0, 1);
        CU_ASSERT_EQUAL(memcmp(b, sums, sizeof sums), 0);
    }
}

/* Sums over channels and over rows */

static const struct sums_case {
    int pixels, channels, pitch;
    float beta, alpha;
} sums_cases[] = {{1, 1, 16, 0, 1},   {7, 3, 16, 0, 1},      {9, 17, 32, 0, 1},        {5, 16, 16, 0, 1},
                  {35, 17, 32, 0, 1}, {64, 64, 64, 0.7f, 1}, {101, 70, 80, 0.5f, 0.3f}};

static void run_channel_sums(const struct kernels *kernels, const void *context, float *results)
{
    const struct sums_case *c = context;
    kernels->channel_sums(c->pixels, c->pitch, results, data.a);
}

static void run_subtract_mean(const struct kernels *kernels, const void *context, float *results)
{
    const struct sums_case *c = context;
    kernels->subtract_mean(c->pixels, c->channels, c->pitch, results, data.a, data.b);
}

static void run_column_sums(const struct kernels *kernels, const void *context, float *results)
{
    const struct sums_case *c = context;
    memcpy(results, data.before, (size_t)c->pitch * sizeof *results);
    kernels->column_sums((size_t)c->pixels, c->pitch, c->pitch, results, data.a, c->beta, c->alpha);
}

static void test_sums(void)
{
    static double sums[MOST], differences[MOST], columns[MOST];
    fill_data();
    for (size_t i = 0; i < sizeof sums_cases / sizeof *sums_cases; i++) {
        const struct sums_case *c = &sums_cases[i];
        memset(columns, 0, sizeof columns);
        for (int pixel = 0; pixel < c->pixels; pixel++) {
            sums[pixel] = 0;
            for (int channel = 0; channel < c->pitch; channel++) {
                const int at = pixel * c->pitch + channel;
                sums[pixel] += data.a[at];
                columns[channel] += data.a[at];
                differences[at] = channel < c->channels ? (double)data.a[at] - data.b[pixel] : 0;
            }
        }
        for (int channel = 0; channel < c->pitch; channel++)
            columns[channel] = c->alpha * columns[channel] + (double)c->beta * data.before[channel];
        const size_t pixels = (size_t)c->pixels, pitch = (size_t)c->pitch;
        CU_ASSERT_TRUE(kernels_agree("channel sums", run_channel_sums, c, pixels, sums, tolerance_sum));
        CU_ASSERT_TRUE(kernels_agree("subtract mean", run_subtract_mean, c, pixels * pitch, differences,
                                     tolerance_element));
        CU_ASSERT_TRUE(kernels_agree("column sums", run_column_sums, c, pitch, columns, tolerance_sum));
    }
}

/* Element by element */

static const size_t counts[] = {0, 1, 3, 15, 16, 17, 64, 1001};
enum { MOST_ELEMENTS = 1001 };

struct dropout_case {
    size_t count;
    uint32_t words[MOST_ELEMENTS];
    uint32_t threshold;
    double rate;
};

/* results: y, then the mask, then dx; y and dx in place. */
static void run_dropout(const struct kernels *kernels, const void *context, float *results)
{
    const struct dropout_case *c = context;
    uint8_t mask[MOST_ELEMENTS];
    float *y = results, *kept = results + c->count, *dx = kept + c->count;
    const float scale = (float)(1 / (1 - c->rate));
    memcpy(y, data.a, c->count * sizeof *y);
    memcpy(dx, data.before, c->count * sizeof *dx);
    kernels->dropout_forward(c->count, y, y, c->words, c->threshold, scale, mask);
    kernels->dropout_backward(c->count, dx, dx, mask, scale);
    for (size_t i = 0; i < c->count; i++)
        kept[i] = mask[i];
}

static void test_dropout(void)
{
    static struct dropout_case c;
    static const double rates[] = {0.2, 0.5, 0.9};
    const struct random_stream stream = random_stream(1, RANDOM_DROPOUT, "", 0, 0);
    double x[MOST_ELEMENTS], dy[MOST_ELEMENTS], wanted[3 * MOST_ELEMENTS];
    uint8_t mask[MOST_ELEMENTS];
    fill_data();
    widen(MOST_ELEMENTS, data.a, x);
    widen(MOST_ELEMENTS, data.before, dy);
    random_words(&stream, 0, MOST_ELEMENTS, c.words);
    for (size_t r = 0; r < sizeof rates / sizeof *rates; r++)
        for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
            c.count = counts[i];
            c.rate = rates[r];
            c.threshold = c.words[0]; /* a word that is equal stays */
            for (size_t e = 0; e < c.count; e++)
                wanted[c.count + e] = mask[e] = c.words[e] >= c.threshold;
            naive_dropout(c.count, c.rate, mask, x, wanted);
            naive_dropout(c.count, c.rate, mask, dy, wanted + 2 * c.count);
            CU_ASSERT_TRUE(kernels_agree("dropout", run_dropout, &c, 3 * c.count, wanted, tolerance_element));
        }
}

static const struct penalty {
    float alpha, l1, l2;
} penalties[] = {{1, 0, 0}, {1, 0.01f, 0}, {1, 0, 0.02f}, {0.3f, 0.01f, 0.02f}};

struct update_case {
    size_t count;
    struct penalty penalty;
};

static const float learning_rate = 0.1f;

/* results: values, then directions. */
static void run_update(const struct kernels *kernels, const void *context, float *results)
{
    const struct update_case *c = context;
    memcpy(results, data.a, c->count * sizeof *results);
    memcpy(results + c->count, data.before, c->count * sizeof *results);
    kernels->update(c->count, results, results + c->count, learning_rate, c->penalty.alpha, c->penalty.l1,
                    c->penalty.l2);
}

static void test_update(void)
{
    double wanted[2 * MOST_ELEMENTS];
    fill_data();
    data.a[2] = 0; /* where |w| has no derivative */
    data.a[3] = -0.0f;
    for (size_t p = 0; p < sizeof penalties / sizeof *penalties; p++)
        for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
            const struct update_case c = {counts[i], penalties[p]};
            widen(c.count, data.a, wanted);
            widen(c.count, data.before, wanted + c.count);
            naive_update(c.count, wanted, wanted + c.count, learning_rate, c.penalty.alpha, c.penalty.l1,
                         c.penalty.l2);
            CU_ASSERT_TRUE(kernels_agree("update", run_update, &c, 2 * c.count, wanted, tolerance_element));
        }
}

int main(void)
{
    return run_suite("kernels", (CU_TestInfo[]){
                                    {"product", test_product},
                                    {"product in pieces", test_product_tiles},
                                    {"beta 0 reads nothing", test_beta_zero},
                                    {"sums", test_sums},
                                    {"dropout", test_dropout},
                                    {"update", test_update},
                                    CU_TEST_INFO_NULL,
                                });
}
