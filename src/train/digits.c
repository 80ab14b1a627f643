#include "train/digits.h"

#include <math.h>
#include <stdbool.h>

#include "base/philox.h"

/* Control points on a grid 80 wide and 100 high, x to the right and y down. The pen goes through them in a
 * smooth curve; a point given twice in a row is a corner, a stroke that ends where it began is a loop. A
 * stroke stops at the first (0, 0). */
struct point {
    uint8_t x, y;
};
enum { VARIANTS = 3, STROKES = 2, POINTS = 10 };
typedef const struct point glyph[STROKES][POINTS];

static glyph glyphs[DIGITS_CLASSES][VARIANTS] = {
    {
        {{{40, 4}, {18, 18}, {10, 50}, {18, 82}, {40, 96}, {62, 82}, {70, 50}, {62, 18}, {40, 4}}},
        {{{52, 5}, {30, 20}, {20, 55}, {28, 90}, {44, 94}, {60, 68}, {64, 32}, {52, 5}}},
        {{{52, 14}, {30, 10}, {14, 40}, {16, 76}, {38, 96}, {62, 84}, {72, 50}, {64, 20}, {44, 5}, {28, 12}}},
    },
    {
        {{{44, 4}, {42, 50}, {40, 96}}},
        {{{20, 30}, {42, 4}, {42, 4}, {42, 50}, {42, 96}}},
        {{{24, 24}, {42, 5}, {42, 5}, {42, 50}, {42, 95}}, {{20, 95}, {42, 95}, {64, 95}}},
    },
    {
        {{{14, 26}, {24, 8}, {44, 3}, {62, 14}, {62, 36}, {42, 64}, {12, 94}, {12, 94}, {40, 94}, {70, 94}}},
        {{{14, 24}, {32, 5}, {56, 10}, {60, 34}, {40, 70}, {18, 92}, {10, 84}, {24, 78}, {46, 92}, {72, 88}}},
        {{{16, 16}, {38, 4}, {60, 20}, {50, 50}, {14, 92}, {14, 92}, {40, 88}, {70, 96}}},
    },
    {
        {{{14, 14}, {38, 4}, {60, 16}, {56, 36}, {32, 46}, {32, 46}, {60, 56}, {68, 76}, {46, 95}, {12, 86}}},
        {{{14, 6}, {40, 7}, {64, 6}, {64, 6}, {36, 42}, {36, 42}, {62, 52}, {68, 76}, {44, 96}, {12, 86}}},
        {{{16, 12}, {44, 4}, {60, 22}, {44, 44}, {30, 48}, {38, 50}, {58, 56}, {68, 76}, {44, 96}, {14, 84}}},
    },
    {
        {{{22, 6}, {12, 56}, {12, 56}, {40, 56}, {70, 54}}, {{54, 8}, {52, 50}, {50, 96}}},
        {{{52, 96}, {52, 50}, {52, 4}, {52, 4}, {10, 66}, {10, 66}, {40, 66}, {72, 66}}},
        {{{16, 4}, {14, 38}, {28, 54}, {46, 50}, {58, 42}}, {{60, 4}, {58, 50}, {54, 96}}},
    },
    {
        {{{66, 6}, {22, 6}, {22, 6}, {18, 44}, {18, 44}, {44, 38}, {66, 58}, {60, 86}, {36, 96}, {12, 86}}},
        {{{24, 8}, {20, 46}, {20, 46}, {44, 42}, {64, 62}, {54, 90}, {14, 92}}, {{24, 8}, {44, 8}, {68, 4}}},
        {{{66, 8}, {34, 8}, {20, 24}, {30, 42}, {56, 54}, {66, 76}, {42, 96}, {12, 88}}},
    },
    {
        {{{56, 4}, {28, 26}, {14, 60}, {22, 90}, {44, 96}, {64, 80}, {58, 58}, {36, 54}, {18, 70}}},
        {{{44, 4}, {22, 50}, {16, 78}, {36, 96}, {60, 84}, {58, 62}, {38, 58}, {18, 76}}},
        {{{62, 14}, {44, 4}, {20, 26}, {12, 60}, {24, 92}, {52, 94}, {66, 72}, {50, 54}, {26, 60}, {14, 76}}},
    },
    {
        {{{10, 8}, {40, 8}, {68, 8}, {68, 8}, {48, 52}, {34, 96}}},
        {{{10, 8}, {40, 8}, {68, 8}, {68, 8}, {48, 52}, {34, 96}}, {{26, 54}, {46, 52}, {66, 50}}},
        {{{12, 24}, {12, 8}, {12, 8}, {40, 10}, {68, 6}, {68, 6}, {44, 46}, {38, 96}}},
    },
    {
        {{{58, 12}, {36, 4}, {22, 22}, {52, 60}, {60, 84}, {38, 96}, {20, 80}, {48, 42}, {62, 24}, {58, 12}}},
        {{{40, 4}, {22, 12}, {22, 34}, {40, 46}, {58, 34}, {58, 12}, {40, 4}},
         {{40, 46}, {16, 60}, {16, 84}, {40, 96}, {64, 84}, {64, 60}, {40, 46}}},
        {{{60, 10}, {36, 4}, {22, 22}, {58, 66}, {54, 92}, {30, 94}, {20, 76}, {34, 54}, {58, 32}, {66, 8}}},
    },
    {
        {{{62, 26}, {44, 5}, {20, 14}, {16, 38}, {34, 50}, {54, 42}, {62, 22}, {62, 22}, {62, 60}, {58, 96}}},
        {{{62, 22}, {40, 4}, {18, 20}, {22, 44}, {46, 48}, {62, 22}, {66, 48}, {54, 84}, {22, 96}}},
        {{{60, 12}, {34, 5}, {14, 26}, {24, 48}, {48, 38}, {60, 12}, {60, 12}, {54, 54}, {46, 96}}},
    },
};

/* Which element of an image's random stream decides what. */
enum {
    DRAW_LABEL,
    DRAW_VARIANT,
    DRAW_TURN,
    DRAW_SLANT,
    DRAW_STRETCH,
    DRAW_SIZE,
    DRAW_RIGHT,
    DRAW_DOWN,
    DRAW_RADIUS,
    DRAW_PRESSURE,
    DRAW_JITTER = 1 << 10, /* two for every place of the grid */
    DRAW_GRAIN = 1 << 16,  /* one for every pixel */
};

enum { STEPS = 6, PATH_LIMIT = STROKES * ((POINTS - 1) * STEPS + 1), PIXELS = DIGITS_SIDE * DIGITS_SIDE };

struct position {
    float x, y;
    bool drawn; /* the pen is down on the way here */
};

struct path {
    struct position positions[PATH_LIMIT];
    int count;
};

static float between(const struct random_stream *stream, uint64_t element, float low, float high)
{
    return low + (high - low) * random_unit(stream, element);
}

/* The shift depends on where the point is, so that strokes that meet go on meeting. */
static struct position jitter(struct point point, const struct random_stream *stream)
{
    const float reach = 7.0f;
    const uint64_t element = DRAW_JITTER + 2 * (uint64_t)(point.y * 128 + point.x);
    return (struct position){.x = (float)point.x + between(stream, element, -reach, reach),
                             .y = (float)point.y + between(stream, element + 1, -reach, reach)};
}

/* Catmull-Rom: from b to c, with the neighbours a and d; t from 0 to 1. */
static float spline(float a, float b, float c, float d, float t)
{
    return b + 0.5f * t * (c - a + t * (2.0f * a - 5.0f * b + 4.0f * c - d + t * (3.0f * (b - c) + d - a)));
}

static void trace_stroke(const struct point points[POINTS], const struct random_stream *stream,
                         struct path *path)
{
    struct position at[POINTS];
    int count = 0;
    for (; count < POINTS && (points[count].x != 0 || points[count].y != 0); count++)
        at[count] = jitter(points[count], stream);
    if (count == 0)
        return;

    const int last = count - 1;
    const bool loop = points[0].x == points[last].x && points[0].y == points[last].y;
    path->positions[path->count++] = at[0];
    for (int i = 0; i < last; i++) {
        const struct position b = at[i], c = at[i + 1];
        const struct position a = i > 0 ? at[i - 1] : loop ? at[last - 1] : b;
        const struct position d = i + 1 < last ? at[i + 2] : loop ? at[1] : c;
        for (int step = 1; step <= STEPS; step++) {
            const float t = (float)step / STEPS;
            path->positions[path->count++] =
                (struct position){spline(a.x, b.x, c.x, d.x, t), spline(a.y, b.y, c.y, d.y, t), true};
        }
    }
}

/* Stretches, slants and turns, then fits the path into a box about the image's centre, as MNIST does. */
static void place(struct path *path, const struct random_stream *stream)
{
    const float stretch = between(stream, DRAW_STRETCH, 0.7f, 1.25f);
    const float slant = between(stream, DRAW_SLANT, -0.2f, 0.45f);
    /* With t = tan(angle / 2), exact without a sine. */
    const float t = between(stream, DRAW_TURN, -0.13f, 0.13f);
    const float cosine = (1.0f - t * t) / (1.0f + t * t), sine = 2.0f * t / (1.0f + t * t);

    float left = INFINITY, right = -INFINITY, top = INFINITY, bottom = -INFINITY;
    for (int i = 0; i < path->count; i++) {
        struct position *position = &path->positions[i];
        const float x = stretch * position->x - slant * position->y, y = position->y;
        position->x = cosine * x - sine * y;
        position->y = sine * x + cosine * y;
        left = position->x < left ? position->x : left;
        right = position->x > right ? position->x : right;
        top = position->y < top ? position->y : top;
        bottom = position->y > bottom ? position->y : bottom;
    }

    const float width = right - left, height = bottom - top;
    const float scale = between(stream, DRAW_SIZE, 15.5f, 20.0f) / (width > height ? width : height);
    const float centre_x = 0.5f * DIGITS_SIDE + between(stream, DRAW_RIGHT, -2.2f, 2.2f);
    const float centre_y = 0.5f * DIGITS_SIDE + between(stream, DRAW_DOWN, -2.2f, 2.2f);
    for (int i = 0; i < path->count; i++) {
        struct position *position = &path->positions[i];
        position->x = (position->x - 0.5f * (left + right)) * scale + centre_x;
        position->y = (position->y - 0.5f * (top + bottom)) * scale + centre_y;
    }
}

/* Rows, or columns, of pixels. */
struct range {
    int first, end;
};

static int clamp(float value)
{
    return value < 0.0f ? 0 : value > DIGITS_SIDE ? DIGITS_SIDE : (int)value;
}

static struct range reached(float a, float b, float reach)
{
    return (struct range){clamp((a < b ? a : b) - reach), clamp((a < b ? b : a) + reach + 1.0f)};
}

/* Lowers `nearest`, the squared distance of each pixel's centre to the path, where one segment is within
 * `reach`. */
static void measure(struct position from, struct position to, float reach, float nearest[PIXELS])
{
    const float dx = to.x - from.x, dy = to.y - from.y, squared_length = dx * dx + dy * dy;
    const float inverse = squared_length > 0.0f ? 1.0f / squared_length : 0.0f;
    const struct range rows = reached(from.y, to.y, reach), columns = reached(from.x, to.x, reach);
    for (int row = rows.first; row < rows.end; row++)
        for (int column = columns.first; column < columns.end; column++) {
            const float x = (float)column + 0.5f - from.x, y = (float)row + 0.5f - from.y;
            const float along = (x * dx + y * dy) * inverse;
            const float t = along < 0.0f ? 0.0f : along > 1.0f ? 1.0f : along;
            const float off_x = x - t * dx, off_y = y - t * dy, squared = off_x * off_x + off_y * off_y;
            float *least = &nearest[row * DIGITS_SIDE + column];
            *least = squared < *least ? squared : *least;
        }
}

uint8_t digits_draw(uint64_t seed, uint64_t index, uint8_t pixels[DIGITS_SIDE * DIGITS_SIDE])
{
    const struct random_stream stream =
        random_stream(seed, RANDOM_DIGITS, "", (uint32_t)(index >> 32), (uint32_t)index);
    const uint32_t label = random_below(&stream, DRAW_LABEL, DIGITS_CLASSES);
    const uint32_t variant = random_below(&stream, DRAW_VARIANT, VARIANTS);

    struct path path = {.count = 0};
    for (int stroke = 0; stroke < STROKES; stroke++)
        trace_stroke(glyphs[label][variant][stroke], &stream, &path);
    place(&path, &stream);

    const float radius = between(&stream, DRAW_RADIUS, 0.8f, 1.6f);
    const float grain = 0.5f, reach = radius + 0.5f;
    float nearest[PIXELS];
    for (int i = 0; i < PIXELS; i++)
        nearest[i] = reach * reach;
    for (int i = 1; i < path.count; i++)
        if (path.positions[i].drawn)
            measure(path.positions[i - 1], path.positions[i], reach, nearest);

    const float ink = between(&stream, DRAW_PRESSURE, 200.0f, 255.0f);
    uint32_t words[PIXELS];
    random_words(&stream, DRAW_GRAIN, PIXELS, words);
    for (int i = 0; i < PIXELS; i++) {
        const float worn = grain * (float)(words[i] >> 8) * 0x1p-24f; /* of the edge: grain never adds ink */
        const float coverage = reach - worn - sqrtf(nearest[i]);
        pixels[i] = (uint8_t)(ink * (coverage < 0.0f ? 0.0f : coverage > 1.0f ? 1.0f : coverage) + 0.5f);
    }
    return (uint8_t)label;
}
