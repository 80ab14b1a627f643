/* How often verdicts are false, and how often what is there is found: families of claims simulated from
 * networks that share the images, some of which are hard for all of them. */
#include "harness.h"

#include <math.h>

#include "base/philox.h"
#include "report/decision.h"

enum { IMAGES = 10000, RECIPES = 9, MOST_SEEDS = 12, MOST_HARD = 500, CLAIMS = 8 };

/* A share of the images is hard, by u for everybody and by v for each recipe: such an image is wrong with
 * probability ((u + v) / 2)² times the recipe's `left` times the run's own factor from 0.8 to 1. Other images
 * are never wrong. Then a recipe's error is 0.63 % times `left`, one seed moves it by about 0.06, and another
 * draw of the images moves the difference of two recipes by about 0.03. */
static const double hard_share = 0.024, error_pct = 100 * 0.024 * (7. / 24) * 0.9;

struct family {
    int seeds;
    uint32_t wrong[RECIPES][MOST_SEEDS][MOST_HARD];
    struct run_mistakes mistakes[RECIPES][MOST_SEEDS];
    double values[RECIPES][MOST_SEEDS];
};

static double unit(uint32_t word)
{
    return (word + 0.5) * 0x1p-32;
}

static size_t draw_hard(uint32_t number, uint32_t *images)
{
    const struct random_stream stream = random_stream(1, RANDOM_DIGITS, "hard", number, 0);
    size_t count = 0;
    double at = -1;
    while (count < MOST_HARD) { /* the gaps between them are geometric */
        at += 1 + floor(log(unit(random_word(&stream, count))) / log1p(-hard_share));
        if (at >= IMAGES)
            break;
        images[count++] = (uint32_t)at;
    }
    return count;
}

/* Family `number`, a function of that number; left[RECIPES]. */
static void draw(struct family *family, uint32_t number, int seeds, const double *left)
{
    uint32_t hard[MOST_HARD], shared[MOST_HARD], own[MOST_HARD], luck[MOST_HARD];
    const size_t count = draw_hard(number, hard);
    const struct random_stream of_images = random_stream(1, RANDOM_DIGITS, "shared", number, 0);
    random_words(&of_images, 0, count, shared);
    family->seeds = seeds;
    for (uint32_t recipe = 0; recipe < RECIPES; recipe++) {
        const struct random_stream of_recipe = random_stream(1, RANDOM_DIGITS, "own", number, recipe);
        random_words(&of_recipe, 0, count, own);
        for (int seed = 0; seed < seeds; seed++) {
            const struct random_stream of_run =
                random_stream((uint64_t)seed, RANDOM_DIGITS, "run", number, recipe);
            random_words(&of_run, 0, count, luck);
            const double factor = left[recipe] * (1 - 0.2 * unit(random_word(&of_run, MOST_HARD)));
            struct run_mistakes *run = &family->mistakes[recipe][seed];
            uint32_t *wrong = family->wrong[recipe][seed];
            *run = (struct run_mistakes){.wrong = wrong};
            for (size_t i = 0; i < count; i++) {
                const double hardness = (unit(shared[i]) + unit(own[i])) / 2;
                if (unit(luck[i]) < hardness * hardness * factor)
                    wrong[run->count++] = hard[i];
            }
            family->values[recipe][seed] = 100 * (double)run->count / IMAGES;
        }
    }
}

/* A claim of the family, with what would be false to say of it. */
struct planned {
    struct claim_comparison comparisons[2];
    size_t count;
    bool false_holds, false_fails;
};

enum method { CORRECTED, WITHOUT_HOLM, WITHOUT_IMAGES };

static void decide(const struct family *family, const struct planned *planned, enum method method,
                   struct claim_decision *decisions)
{
    struct claim_evidence evidence[CLAIMS][2];
    struct claim_case cases[CLAIMS];
    for (int i = 0; i < CLAIMS; i++) {
        for (size_t k = 0; k < planned[i].count; k++) {
            const struct claim_comparison *declared = &planned[i].comparisons[k];
            evidence[i][k] = (struct claim_evidence){.declared = declared, .images = IMAGES};
            const size_t points[] = {declared->a, declared->b};
            for (int side = 0; side < 2; side++)
                evidence[i][k].sides[side] = (struct claim_side){
                    .values = family->values[points[side]],
                    .mistakes = method == WITHOUT_IMAGES ? NULL : family->mistakes[points[side]],
                    .count = (size_t)family->seeds,
                };
        }
        cases[i] = (struct claim_case){evidence[i], planned[i].count};
    }
    if (method != WITHOUT_HOLM)
        CU_ASSERT_FATAL(decide_family(cases, CLAIMS, CLAIMS, 0.05, decisions, NULL));
    for (int i = 0; method == WITHOUT_HOLM && i < CLAIMS; i++)
        CU_ASSERT_FATAL(decide_family(&cases[i], 1, 1, 0.05, &decisions[i], NULL));
}

/* The share of families with a false verdict. */
static double false_families(const struct planned *planned, const double *left, int seeds, int families,
                             enum method method)
{
    static struct family family;
    int wrong = 0;
    for (int number = 0; number < families; number++) {
        struct claim_decision decisions[CLAIMS];
        draw(&family, (uint32_t)number, seeds, left);
        decide(&family, planned, method, decisions);
        bool any = false;
        for (int i = 0; i < CLAIMS; i++)
            any = any || (decisions[i].verdict == CLAIM_HOLDS && planned[i].false_holds) ||
                  (decisions[i].verdict == CLAIM_DOES_NOT_HOLD && planned[i].false_fails);
        wrong += any;
    }
    return (double)wrong / families;
}

/* What a binomial count of chance 0.05 exceeds once in a thousand times, as a share. */
static double tolerated(int families)
{
    return 0.05 + 3.1 * sqrt(0.05 * 0.95 / families);
}

#define LESS(x, y)                                                                                           \
    {                                                                                                        \
        .kind = CLAIM_LESS, .a = x, .b = y                                                                   \
    }
#define PAIRED(x, y)                                                                                         \
    {                                                                                                        \
        .kind = CLAIM_LESS, .a = x, .b = y, .paired = true                                                   \
    }
#define WITHIN(what, x, y, m)                                                                                \
    {                                                                                                        \
        .kind = CLAIM_##what, .a = x, .b = y, .margin = (m)                                                  \
    }

/* Eight differences that are not there: any verdict is false. */
static const double equal[RECIPES] = {1, 1, 1, 1, 1, 1, 1, 1, 1};
static const struct planned nothing[CLAIMS] = {
    {{LESS(0, 1)}, 1, true, true}, {{LESS(2, 3)}, 1, true, true},   {{LESS(4, 5)}, 1, true, true},
    {{LESS(6, 7)}, 1, true, true}, {{LESS(8, 0)}, 1, true, true},   {{LESS(5, 6)}, 1, true, true},
    {{LESS(7, 8)}, 1, true, true}, {{PAIRED(1, 2)}, 1, true, true},
};

static void nothing_is_there(void)
{
    static const struct {
        int seeds, families;
    } sizes[] = {{2, 500}, {3, 500}, {5, 1000}, {10, 2000}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        CU_ASSERT(false_families(nothing, equal, sizes[i].seeds, sizes[i].families, CORRECTED) <=
                  tolerated(sizes[i].families));
}

/* That the test above can fail: the same families without one part or the other. */
static void neither_part_can_be_left_out(void)
{
    CU_ASSERT(false_families(nothing, equal, 10, 500, WITHOUT_HOLM) > 0.2);
    CU_ASSERT(false_families(nothing, equal, 10, 500, WITHOUT_IMAGES) > 0.12);
}

/* Recipes 4, 5 and 8 are better by `step`, and every kind of claim stands just on the wrong side of its border. */
static const double some_better[RECIPES] = {1, 1, 1, 1, 0.8, 0.8, 1, 1, 0.8};
static const double step = 0.2 * error_pct;
static const struct planned borders[CLAIMS] = {
    {{WITHIN(EQUIVALENT, 0, 4, step)}, 1, true, false},
    {{WITHIN(EQUIVALENT, 5, 1, step)}, 1, true, false},
    {{WITHIN(NO_BETTER, 4, 2, step)}, 1, true, false},
    {{WITHIN(NO_BETTER, 5, 3, step)}, 1, true, false},
    {{{.kind = CLAIM_LESS, .a = 6, .b = 8, .tolerance = step}}, 1, true, false},
    {{WITHIN(LESS, 5, 7, step)}, 1, false, true},
    {{LESS(4, 0), LESS(4, 5)}, 2, true, false},
    {{LESS(1, 3)}, 1, true, true},
};

static void every_kind_at_its_border(void)
{
    CU_ASSERT(false_families(borders, some_better, 10, 1500, CORRECTED) <= tolerated(1500));
    CU_ASSERT(false_families(borders, some_better, 10, 500, WITHOUT_HOLM) > 0.1);
}

/* Half of the claims are true and found, so that Holm's later steps are reached. */
static const double very_different[RECIPES] = {1, 1, 1, 1, 1, 0.3, 0.4, 1, 0.5};
static const struct planned half_true[CLAIMS] = {
    {{LESS(5, 0)}, 1, false, true},
    {{LESS(6, 1), LESS(6, 2)}, 2, false, true},
    {{WITHIN(EQUIVALENT, 3, 4, 2 * step)}, 1, false, true},
    {{WITHIN(NO_BETTER, 4, 8, step)}, 1, false, true},
    {{LESS(0, 1)}, 1, true, true},
    {{LESS(2, 3)}, 1, true, true},
    {{LESS(4, 7)}, 1, true, true},
    {{PAIRED(1, 4)}, 1, true, true},
};

static void half_of_them_true(void)
{
    CU_ASSERT(false_families(half_true, very_different, 10, 1500, CORRECTED) <= tolerated(1500));
}

/* Two claims that every family decides first, then the one that is looked at, at the level of Holm's third
 * step. Recipe 8 is better by `effect`. */
static const double third_better[RECIPES] = {1, 1, 1, 1, 1, 0.3, 0.4, 1, 0.7};
static const double effect = 0.3 * error_pct, third_level = 0.05 / 6;

/* The difference of recipes a and b in its parts, averaged over families: what the power is computed from. */
static struct difference average_difference(const double *left, int a, int b)
{
    enum { FAMILIES = 400, SEEDS = 10 };
    static struct family family;
    struct difference sum = {.count = {SEEDS, SEEDS}};
    for (uint32_t number = 0; number < FAMILIES; number++) {
        draw(&family, 1000000 + number, SEEDS, left);
        struct difference one = difference_of_samples(family.values[a], SEEDS, family.values[b], SEEDS);
        const struct run_mistakes *const mistakes[] = {family.mistakes[a], family.mistakes[b]};
        CU_ASSERT_FATAL(difference_cross(&one, mistakes, IMAGES, false, false, NULL));
        sum.effect += one.effect / FAMILIES;
        sum.spread[0] += one.spread[0] / FAMILIES;
        sum.spread[1] += one.spread[1] / FAMILIES;
        sum.image_variance += one.image_variance / FAMILIES;
        sum.image_doubt += one.image_doubt / FAMILIES;
    }
    return sum;
}

static void power(struct claim_comparison comparison, double distance, int ends)
{
    enum { FAMILIES = 1000 };
    const struct planned planned[CLAIMS] = {
        {{LESS(5, 0)}, 1, false, false}, {{LESS(6, 1)}, 1, false, false}, {{comparison}, 1, false, false},
        {{LESS(0, 1)}, 1, false, false}, {{LESS(1, 2)}, 1, false, false}, {{LESS(2, 3)}, 1, false, false},
        {{LESS(3, 7)}, 1, false, false}, {{LESS(7, 0)}, 1, false, false},
    };
    struct difference average = average_difference(third_better, (int)comparison.a, (int)comparison.b);
    const int seeds = seeds_needed(&average, distance, third_level, 1 - 0.1 / ends);
    CU_ASSERT_FATAL(seeds > 4 && seeds <= MOST_SEEDS);
    average.count[0] = average.count[1] = (size_t)seeds;
    const double computed = 1 - ends * (1 - difference_power(&average, distance, third_level));
    static struct family family;
    int found = 0;
    for (int number = 0; number < FAMILIES; number++) {
        struct claim_decision decisions[CLAIMS];
        draw(&family, (uint32_t)number, seeds, third_better);
        decide(&family, planned, CORRECTED, decisions);
        found += decisions[2].verdict == CLAIM_HOLDS;
    }
    const double share = (double)found / FAMILIES;
    CU_ASSERT(fabs(share - computed) <= 0.01 + 3.1 * sqrt(computed * (1 - computed) / FAMILIES));
}

static void found_as_computed(void)
{
    power((struct claim_comparison)LESS(8, 4), effect, 1);
    power((struct claim_comparison)WITHIN(EQUIVALENT, 3, 4, effect), effect, 2);
    power((struct claim_comparison)WITHIN(NO_BETTER, 3, 4, effect), effect, 1);
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"nothing is there: false verdicts in fewer than 5 % of the families", nothing_is_there},
        {"nor can Holm's steps or the images be left out", neither_part_can_be_left_out},
        {"every kind of claim at its border", every_kind_at_its_border},
        {"half of the claims true", half_of_them_true},
        {"what is there is found as often as computed", found_as_computed},
        CU_TEST_INFO_NULL,
    };
    return run_suite("verdicts", tests);
}
