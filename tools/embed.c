/* Texts as the characters of a C array, so that the program needs no file where it runs:
 * embed OUTPUT [INPUT ...]. Each character is followed by a comma; without an input there is none.
 *
 * They are to stand in an HTML page. So one that would end its element there is refused; and lines that name
 * a map of the source, for debuggers, are left out, since no such file lies beside a page. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LIMIT = 1 << 20 };

static bool names_map(const char *line)
{
    return strncmp(line, "//# sourceMappingURL=", 21) == 0 || strncmp(line, "/*# sourceMappingURL=", 21) == 0;
}

static bool ends_element(const char *text)
{
    return strstr(text, "</script") != NULL || strstr(text, "</style") != NULL ||
           strstr(text, "<!--") != NULL;
}

static void write_text(FILE *output, const char *text)
{
    while (*text != '\0') {
        const size_t rest = strcspn(text, "\n"), length = rest + (text[rest] == '\n');
        for (size_t i = 0; i < length && !names_map(text); i++)
            fprintf(output, "'\\x%02x',%s", (unsigned char)text[i], i % 16 == 15 ? "\n" : "");
        fputc('\n', output);
        text += length;
    }
}

static bool embed(FILE *output, const char *path)
{
    static char text[LIMIT];
    FILE *input = fopen(path, "rb");
    const size_t length = input != NULL ? fread(text, 1, LIMIT, input) : LIMIT;
    const bool done = length < LIMIT && memchr(text, '\0', length) == NULL;
    if (input != NULL)
        fclose(input);
    if (!done) {
        fprintf(stderr, "%s: cannot be read, or is no text of less than %d bytes\n", path, LIMIT);
        return false;
    }
    text[length] = '\0';
    if (ends_element(text)) {
        fprintf(stderr, "%s: would end its element in a page\n", path);
        return false;
    }
    write_text(output, text);
    return true;
}

int main(int count, char **words)
{
    FILE *output = count > 1 ? fopen(words[1], "wb") : NULL;
    bool done = output != NULL;
    for (int i = 2; i < count && done; i++)
        done = embed(output, words[i]);
    if (output != NULL)
        done &= fclose(output) == 0;
    return done ? EXIT_SUCCESS : EXIT_FAILURE;
}
