/* Words as a shell wants them, for commands that people copy. */
#ifndef BASE_SHELL_H
#define BASE_SHELL_H

#include "base/text.h"

/* The word, in single quotes where a POSIX shell would take it for anything but itself. */
void shell_add_word(struct text *text, const char *word);

#endif
