/* A random sample of settings: a function of its seed and the paths, alike for every point, and of a larger
 * sample the beginning. */
#include <math.h>
#include <stdio.h>

#include "base/number.h"
#include "base/philox.h"
#include "spec/points.h"

enum { DIGITS = 4, MOST_TRIES = 20 };

static double round_digits(double value)
{
    char text[NUMBER_TEXT_SIZE];
    double rounded = value;
    snprintf(text, sizeof text, "%.*e", DIGITS - 1, value);
    return number_parse_double(text, &rounded) ? rounded : value;
}

/* `share` of the way from least to most. */
static double draw_number(const struct said_draw *draw, double share)
{
    const bool linear = draw->scale == DRAW_LINEAR;
    const double room = draw->integer ? 0.5 : 0; /* that the ends are as likely as the rest */
    const double from = draw->least - room, to = draw->most + room;
    const double value = linear ? from + share * (to - from) : exp(log(from) + share * (log(to) - log(from)));
    const double rounded = draw->integer ? rint(value) : round_digits(value);
    return fmin(fmax(rounded, draw->least), draw->most);
}

static const struct node *draw_value(const struct loader *loader, const struct said_draw *draw,
                                     const struct node *key, uint32_t number)
{
    const struct random_stream stream =
        random_stream(loader->said->random->seed, RANDOM_SEARCH, key->text, 0, number);
    if (draw->values.items != NULL) {
        const struct node *const *values = draw->values.items;
        return values[random_below(&stream, 0, (uint32_t)draw->values.count)];
    }
    char text[NUMBER_TEXT_SIZE];
    number_print_double(text, draw_number(draw, random_unit(&stream, 0)));
    return node_create_scalar(loader->arena, text, key->place);
}

static bool is_same(const struct entry *a, const struct entry *b, size_t width)
{
    for (size_t i = 0; i < width; i++)
        if (!node_equal(a[i].value, b[i].value))
            return false;
    return true;
}

/* Setting `number` of the stream, which is the next one of the sample unless it is in there. */
static bool draw_setting(const struct loader *loader, uint32_t number, struct entry *entries, size_t *count)
{
    const struct assay_map *from = &loader->said->random->from;
    const struct said_draw *draws = from->items;
    struct entry *drawn = entries + *count * from->count;
    for (size_t i = 0; i < from->count; i++) {
        drawn[i] =
            (struct entry){from->map->keys[i], draw_value(loader, &draws[i], from->map->keys[i], number)};
        if (drawn[i].value == NULL)
            return loader_refuse_memory(loader);
    }
    for (size_t i = 0; i < *count; i++)
        if (is_same(entries + i * from->count, drawn, from->count))
            return true;
    ++*count;
    return true;
}

bool draw_dimension(const struct loader *loader, struct dimension *dimension)
{
    const struct said_random *random = loader->said->random;
    const size_t wanted = (size_t)random->count, width = random->from.count;
    struct entry *entries = arena_allocate(loader->arena, wanted * width, sizeof *entries);
    if (entries == NULL)
        return loader_refuse_memory(loader);
    size_t count = 0;
    for (uint32_t number = 0; count < wanted && number < MOST_TRIES * wanted; number++)
        if (!draw_setting(loader, number, entries, &count))
            return false;
    *dimension = (struct dimension){entries, width, count, "sample"};
    if (count == wanted)
        return true;
    const struct path path = {.key = "random"};
    return loader_refuse(loader, &(struct path){.parent = &path, .key = "count"},
                         "wants %zu different settings, and only %zu could be drawn", wanted, count);
}
