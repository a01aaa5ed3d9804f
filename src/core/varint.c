/*
 * varint.c - LEB128: seven bits a byte, the lowest first, the top bit says
 * that more follow. (Integers of a fixed width are inline, in number.h.)
 */
#include "internal.h"

int rill_put_uleb128(rill *s, uint64_t v)
{
    unsigned char b[10];
    size_t n = 0;

    for (; v >= 0x80; v >>= 7)
        b[n++] = (unsigned char)(v | 0x80);
    b[n++] = (unsigned char)v;
    return rill_put_bytes(s, b, n);
}

int rill_put_sleb128(rill *s, int64_t v)
{
    unsigned char b[10];
    size_t n = 0;
    uint64_t u = (uint64_t)v, sign = v < 0 ? UINT64_MAX : 0;

    /* Stop when only copies of the sign bit, the last one's 0x40, are left. */
    while ((u & ~(uint64_t)0x3f) != (sign & ~(uint64_t)0x3f)) {
        b[n++] = (unsigned char)(u | 0x80);
        u = u >> 7 | (sign << 57);
    }
    b[n++] = (unsigned char)(u & 0x7f);
    return rill_put_bytes(s, b, n);
}

/*
 * Read the bytes of one number. Returns how many bits they hold (a multiple of
 * 7, or 64), or a code. The tenth byte has one bit of room: what else it holds
 * is left in *extra_out.
 */
static int get_bits(rill *s, uint64_t *bits_out, unsigned *extra_out)
{
    uint64_t bits = 0;
    unsigned char seen[10];
    size_t n = 0;

    *extra_out = 0;
    for (int shift = 0; shift < 70; shift += 7) {
        int c = rill_getc(s);
        if (c == RILL_EAGAIN && n > 0 &&
            rill__put_back(rill__of(s), seen, n) < 0)
            return RILL_ENOMEM;
        if (c < 0)
            return c;
        seen[n++] = (unsigned char)c;
        bits |= (uint64_t)(c & 0x7f) << shift;
        if (shift == 63)
            *extra_out = (unsigned)(c & 0x7f) >> 1;
        if (!(c & 0x80)) {
            *bits_out = bits;
            return shift == 63 ? 64 : shift + 7;
        }
    }
    return RILL_EDATA;
}

int rill_get_uleb128(rill *s, uint64_t *v_out)
{
    uint64_t bits;
    unsigned extra;
    int n = get_bits(s, &bits, &extra);

    if (n < 0)
        return n;
    if (extra != 0)
        return RILL_EDATA;
    *v_out = bits;
    return RILL_OK;
}

int rill_get_sleb128(rill *s, int64_t *v_out)
{
    uint64_t bits;
    unsigned extra;
    int n = get_bits(s, &bits, &extra);

    if (n < 0)
        return n;
    if (n == 64 && extra != (bits >> 63 ? 0x3fu : 0))
        return RILL_EDATA;
    if (n < 64 && bits >> (n - 1) & 1)
        bits |= UINT64_MAX << n;
    *v_out =
        bits > INT64_MAX ? -(int64_t)(UINT64_MAX - bits) - 1 : (int64_t)bits;
    return RILL_OK;
}
