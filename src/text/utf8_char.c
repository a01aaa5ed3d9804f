/*
 * utf8_char.c - one character of UTF-8.
 *
 * A first byte says how many follow, each 10xxxxxx. What would be longer than
 * needed, a surrogate or above U+10FFFF shows in the second byte already; so
 * where that is wrong, the first one alone is bad.
 */
#include "codec.h"

int rill__utf8_get(const unsigned char *in, size_t n, uint32_t *character_out)
{
    unsigned low = 0x80, high = 0xbf; /* which bytes may come second */
    unsigned first, len;
    uint32_t character;

    if (n == 0)
        return 0;
    first = in[0];
    if (first < 0x80) {
        *character_out = first;
        return 1;
    }
    if (first < 0xc2 || first > 0xf4)
        return -1;
    len = 2u + (first >= 0xe0) + (first >= 0xf0);
    if (first == 0xe0)
        low = 0xa0;
    else if (first == 0xed)
        high = 0x9f;
    else if (first == 0xf0)
        low = 0x90;
    else if (first == 0xf4)
        high = 0x8f;
    character = first & (0x7fu >> len);
    for (unsigned i = 1; i < len; i++, low = 0x80, high = 0xbf) {
        if (i == n)
            return 0;
        if (in[i] < low || in[i] > high)
            return -(int)i;
        character = character << 6 | (in[i] & 0x3fu);
    }
    *character_out = character;
    return (int)len;
}

int rill__utf8_put(unsigned char *out, uint32_t character)
{
    static const unsigned char first[] = {0, 0, 0xc0, 0xe0, 0xf0};
    int len =
        1 + (character >= 0x80) + (character >= 0x800) + (character >= 0x10000);

    for (int i = len - 1; i > 0; i--, character >>= 6)
        out[i] = (unsigned char)(0x80 | (character & 0x3f));
    out[0] = (unsigned char)(first[len] | character);
    return len;
}
