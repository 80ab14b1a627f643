#include "base/shell.h"

#include <stdbool.h>
#include <string.h>

static bool is_plain(const char *word)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=.,:/@%[]{}";
    return word[0] != '\0' && word[strspn(word, plain)] == '\0';
}

void shell_add_word(struct text *text, const char *word)
{
    const char *quote = is_plain(word) ? "" : "'";
    text_add(text, "%s", quote);
    for (; *word != '\0'; word++)
        text_add_bytes(text, *word == '\'' ? "'\\''" : word, *word == '\'' ? 4 : 1);
    text_add(text, "%s", quote);
}
