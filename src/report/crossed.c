#include "report/crossed.h"

#include <math.h>

#include "base/memory.h"

/* The runs of both sides on their way through the images. */
struct walk {
    const struct run_mistakes *const *mistakes;
    const size_t *count;
    size_t images;
    bool paired, logarithms;
    size_t *next[2];   /* per run: its first mistake that has not been met */
    double *values[2]; /* per run: what it adds on the image at hand */
};

/* What a mistake of a run adds to the run's number, times the number of images. */
static double weight_of(const struct walk *walk, const struct run_mistakes *run)
{
    return walk->logarithms ? (double)walk->images / (double)run->count : 100;
}

static struct difference difference_here(const struct walk *walk)
{
    if (walk->paired)
        return difference_of_pairs(walk->values[0], walk->values[1], walk->count[0]);
    return difference_of_samples(walk->values[0], walk->count[0], walk->values[1], walk->count[1]);
}

static double variance_here(const struct difference *here)
{
    return here->spread[0] / (double)here->count[0] + here->spread[1] / (double)here->count[1];
}

/* The sides' difference over all images. */
static struct difference difference_overall(const struct walk *walk)
{
    for (int side = 0; side < 2; side++)
        for (size_t run = 0; run < walk->count[side]; run++) {
            const struct run_mistakes *mistakes = &walk->mistakes[side][run];
            const double share = (double)mistakes->count / (double)walk->images;
            walk->values[side][run] = weight_of(walk, mistakes) * share;
        }
    return difference_here(walk);
}

/* UINT32_MAX: none is left. */
static uint32_t next_image(const struct walk *walk)
{
    uint32_t image = UINT32_MAX;
    for (int side = 0; side < 2; side++)
        for (size_t run = 0; run < walk->count[side]; run++) {
            const struct run_mistakes *mistakes = &walk->mistakes[side][run];
            const size_t next = walk->next[side][run];
            if (next < mistakes->count && mistakes->wrong[next] < image)
                image = mistakes->wrong[next];
        }
    return image;
}

static void meet(const struct walk *walk, uint32_t image)
{
    for (int side = 0; side < 2; side++)
        for (size_t run = 0; run < walk->count[side]; run++) {
            const struct run_mistakes *mistakes = &walk->mistakes[side][run];
            size_t *next = &walk->next[side][run];
            const bool wrong = *next < mistakes->count && mistakes->wrong[*next] == image;
            walk->values[side][run] = wrong ? weight_of(walk, mistakes) : 0;
            *next += wrong;
        }
}

static void cross(struct difference *difference, const struct walk *walk)
{
    const struct difference overall = difference_overall(walk);
    const double images = (double)walk->images, mean = overall.effect;
    /* Of every image: its squared distance from the mean, the seeds' part of it, and what is left of it. */
    double distances = 0, seeds = 0, rests = 0, rest_squares = 0, met = 0;
    for (uint32_t image = next_image(walk); image != UINT32_MAX; image = next_image(walk)) {
        meet(walk, image);
        const struct difference here = difference_here(walk);
        const double away = here.effect - mean, of_seeds = variance_here(&here),
                     rest = away * away - of_seeds;
        distances += away * away;
        seeds += of_seeds;
        rests += rest;
        rest_squares += rest * rest;
        met++;
    }
    const double others = images - met, square = mean * mean; /* nobody gets them wrong */
    distances += others * square;
    rests += others * square;
    rest_squares += others * square * square;

    const double interaction = seeds - images * variance_here(&overall);
    const double scale = images * (images - 1);
    difference->image_variance = fmax(0, (distances - interaction) / scale);
    difference->image_doubt =
        fmax(0, rest_squares - rests * rests / images) * images / (images - 1) / (scale * scale);
}

bool difference_cross(struct difference *difference, const struct run_mistakes *const mistakes[2],
                      size_t images, bool paired, bool logarithms, struct assay_error *error)
{
    const size_t *count = difference->count, runs = count[0] + count[1];
    size_t *next = memory_allocate(runs, sizeof *next);
    double *values = memory_allocate(runs, sizeof *values);
    if (next != NULL && values != NULL) {
        const struct walk walk = {
            .mistakes = mistakes,
            .count = count,
            .images = images,
            .paired = paired,
            .logarithms = logarithms,
            .next = {next, next + count[0]},
            .values = {values, values + count[0]},
        };
        cross(difference, &walk);
    }
    const bool done = next != NULL && values != NULL;
    memory_free(next);
    memory_free(values);
    return done || assay_fail_memory(error, "comparing mistakes");
}
