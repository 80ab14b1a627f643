/* The built-in data set: 28x28 digits drawn from strokes, so that everything can be tried and tested without
 * a download. */
#ifndef TRAIN_DIGITS_H
#define TRAIN_DIGITS_H

#include <stdint.h>

enum { DIGITS_SIDE = 28, DIGITS_CLASSES = 10 };

/* Draws image number `index` of the set `seed`: a pure function of the two (RANDOM_DIGITS), whatever the
 * machine's libm: only + - * / sqrt and exact tables. Each class is a few strokes, moved, turned, scaled,
 * slanted, thickened and made noisy at random. Returns the label. */
uint8_t digits_draw(uint64_t seed, uint64_t index, uint8_t pixels[DIGITS_SIDE * DIGITS_SIDE]);

#endif
