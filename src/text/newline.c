/*
 * newline.c - line ends in pieces of text, of characters of any width.
 *
 * Only at a \r is there something to do. What is between two of them is moved
 * as a whole, or stays: as long as nothing was left out, all is in its place.
 */
#include <stdbool.h>
#include <string.h>

#include <rill/text.h>

/* Text of any other width has no lines. */
static bool newline_has_width(int unit)
{
    return unit == 1 || unit == 2 || unit == 4;
}

static uint32_t newline_at(const unsigned char *p, size_t i, int unit)
{
    uint16_t two;
    uint32_t four;

    if (unit == 1)
        return p[i];
    if (unit == 2) {
        memcpy(&two, p + i * 2, sizeof(two));
        return two;
    }
    memcpy(&four, p + i * 4, sizeof(four));
    return four;
}

/* Is there a `c` at `i`? */
static bool newline_is(const unsigned char *p, size_t i, size_t n, int unit,
                       uint32_t c)
{
    return i < n && newline_at(p, i, unit) == c;
}

/* Not 0 if a lane of `x` is 0: only that one borrows from its highest bit
 * without having had it. `ones` has the lowest bit of each lane. */
static uint64_t newline_zeros(uint64_t x, uint64_t ones, int unit)
{
    return (x - ones) & ~x & ones << (8 * unit - 1);
}

/* The index of the first character from `i` on that is `a` or `b`, or `n`. */
static size_t newline_scan(const unsigned char *p, size_t i, size_t n, int unit,
                           uint32_t a, uint32_t b)
{
    static const uint64_t lanes[] = {0, UINT64_C(0x0101010101010101),
                                     UINT64_C(0x0001000100010001), 0,
                                     UINT64_C(0x0000000100000001)};
    const uint64_t ones = lanes[unit];
    const uint64_t all_a = ones * a, all_b = ones * b;
    const size_t count = 8 / (size_t)unit;
    uint32_t character;
    uint64_t x;

    if (unit == 1 && a == b) {
        const unsigned char *found =
            i < n ? memchr(p + i, (int)a, n - i) : NULL;

        return found ? (size_t)(found - p) : n;
    }
    for (; n - i >= count; i += count) {
        memcpy(&x, p + i * (size_t)unit, sizeof(x));
        if (newline_zeros(x ^ all_a, ones, unit) |
            newline_zeros(x ^ all_b, ones, unit))
            break;
    }
    for (; i < n; i++) {
        character = newline_at(p, i, unit);
        if (character == a || character == b)
            break;
    }
    return i;
}

/* ---- Translating -------------------------------------------------------- */

static void newline_put(unsigned char *p, size_t i, int unit, int c)
{
    const uint16_t two = (uint16_t)c;
    const uint32_t four = (uint32_t)c;

    if (unit == 1)
        p[i] = (unsigned char)c;
    else if (unit == 2)
        memcpy(p + i * 2, &two, sizeof(two));
    else
        memcpy(p + i * 4, &four, sizeof(four));
}

/* Move `n` characters, which costs nothing where they are in place. */
static void newline_move(unsigned char *to, const unsigned char *from, size_t n,
                         int unit)
{
    if (to != from && n > 0)
        memmove(to, from, n * (size_t)unit);
}

/* Note which ends there are in text[0..n), and make all of them \n if they are
 * translated. Returns how many characters there are then. */
static size_t newline_ends(rill_newlines *nl, unsigned char *text, size_t n,
                           int unit)
{
    const size_t width = (size_t)unit;
    size_t i = 0, out = 0;

    for (;;) {
        size_t next = newline_scan(text, i, n, unit, '\r', '\r');
        bool crlf;

        if (!(nl->seen & RILL_SEEN_LF) &&
            newline_scan(text, i, next, unit, '\n', '\n') < next)
            nl->seen |= RILL_SEEN_LF;
        newline_move(text + out * width, text + i * width, next - i, unit);
        out += next - i;
        if (next == n)
            return out;
        crlf = newline_is(text, next + 1, n, unit, '\n');
        nl->seen |= crlf ? RILL_SEEN_CRLF : RILL_SEEN_CR;
        i = next + 1 + crlf;
        if (nl->translate)
            newline_put(text, out++, unit, '\n');
        else
            out = i;
    }
}

/* All is done in place: first the text is brought there. */
size_t rill_newlines_decode(rill_newlines *nl, void *to, const void *from,
                            size_t n, int unit, int last)
{
    unsigned char *text = to;
    bool held = nl->pending_cr && (n > 0 || last);

    if (!newline_has_width(unit))
        return 0;
    newline_move(text + held * unit, from, n, unit);
    if (held)
        newline_put(text, 0, unit, '\r');
    n += held;
    nl->pending_cr &= !held;
    if (!last && n > 0 && newline_at(text, n - 1, unit) == '\r') {
        nl->pending_cr = 1;
        n--;
    }
    return newline_ends(nl, text, n, unit);
}

/* ---- Finding ------------------------------------------------------------ */

size_t rill_newlines_find(const void *text, size_t n, int unit, int newline)
{
    bool lf = newline != RILL_NEWLINE_CR && newline != RILL_NEWLINE_CRLF;
    bool cr = !lf || newline == RILL_NEWLINE_KEEP;
    size_t i = 0;

    if (!newline_has_width(unit))
        return 0;
    for (;; i++) {
        i = newline_scan(text, i, n, unit, lf ? '\n' : '\r', cr ? '\r' : '\n');
        if (i == n)
            return 0;
        if (newline_at(text, i, unit) == '\r' && newline != RILL_NEWLINE_CR &&
            newline_is(text, i + 1, n, unit, '\n'))
            return i + 2;
        if (newline != RILL_NEWLINE_CRLF)
            return i + 1;
    }
}
