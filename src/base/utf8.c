#include "base/utf8.h"

size_t utf8_decode(const char *bytes, size_t length, uint32_t *character)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000}; /* of a form of so many bytes */
    if (length == 0)
        return 0;
    const uint8_t first = (uint8_t)bytes[0];
    if (first < 0x80) {
        *character = first;
        return 1;
    }
    const size_t size = first >> 5 == 0x06 ? 2 : first >> 4 == 0x0E ? 3 : first >> 3 == 0x1E ? 4 : 0;
    if (size == 0 || size > length)
        return 0;
    uint32_t value = first & (0x7FU >> size);
    for (size_t i = 1; i < size; i++) {
        const uint8_t next = (uint8_t)bytes[i];
        if (next >> 6 != 0x02)
            return 0;
        value = value << 6 | (next & 0x3F);
    }
    if (value < least[size] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
        return 0;
    *character = value;
    return size;
}

size_t utf8_encode(uint32_t character, char bytes[4])
{
    if (character < 0x80) {
        bytes[0] = (char)character;
        return 1;
    }
    const size_t size = character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    for (size_t i = size - 1; i > 0; i--, character >>= 6)
        bytes[i] = (char)(0x80 | (character & 0x3F));
    bytes[0] = (char)(0xF00U >> size | character);
    return size;
}

size_t utf8_count(const char *bytes)
{
    size_t count = 0;
    for (; *bytes != '\0'; bytes++)
        count += ((unsigned char)*bytes & 0xC0) != 0x80;
    return count;
}

bool utf8_is_control(uint32_t character)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {{0x00, 0x1F},     {0x7F, 0x9F},     {0x61C, 0x61C},   {0x200E, 0x200F},
                  {0x2028, 0x202E}, {0x2066, 0x2069}, {0xFEFF, 0xFEFF}, {0xFFFE, 0xFFFF}};
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (character >= ranges[i].first && character <= ranges[i].last)
            return true;
    return false;
}
