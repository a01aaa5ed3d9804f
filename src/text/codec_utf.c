/*
 * codec_utf.c - UTF-8, UTF-16 and UTF-32.
 *
 * UTF-8 needs only to be valid. The others are little, big, or as the byte
 * order mark says: the character U+FEFF, which is skipped at the start. Where it
 * reads as U+FFFE, the order is not the machine's.
 */
#include "codec_form.h"

enum { UTF_LITTLE, UTF_BIG, UTF_MARKED };

/* ---- UTF-8 ------------------------------------------------------------ */

/* To decode and to encode is the same. */
static enum rill__codec_stop utf8_move(struct rill__codec *c,
                                       struct rill__piece *p)
{
    size_t n = (size_t)(p->in_end - p->in);
    size_t room = (size_t)(p->out_end - p->out);
    size_t valid;

    (void)c;
    if (n == 0)
        return CODEC_MORE;
    valid = rill__utf8_prefix(p->in, n < room ? n : room, &p->bad);
    memmove(p->out, p->in, valid);
    p->in += valid;
    p->out += valid;
    if (p->bad > 0)
        return CODEC_BAD;
    return n > room ? CODEC_FULL : CODEC_MORE;
}

/* ---- UTF-16 ----------------------------------------------------------- */

static unsigned utf16_load(const unsigned char *in, unsigned swapped)
{
    uint16_t unit;

    memcpy(&unit, in, sizeof(unit));
    return swapped ? (uint16_t)(unit >> 8 | unit << 8) : unit;
}

static void utf16_store(unsigned char *out, unsigned swapped, uint32_t value)
{
    uint16_t unit = (uint16_t)value;

    if (swapped)
        unit = (uint16_t)(unit >> 8 | unit << 8);
    memcpy(out, &unit, sizeof(unit));
}

static int utf16_get(const unsigned char *in, size_t n, unsigned swapped,
                     uint32_t *character_out)
{
    unsigned unit, second;

    if (n < 2)
        return 0;
    unit = utf16_load(in, swapped);
    if (unit < 0xd800 || unit > 0xdfff) {
        *character_out = unit;
        return 2;
    }
    if (unit >= 0xdc00)
        return -2;
    if (n < 4)
        return 0;
    second = utf16_load(in + 2, swapped);
    if (second < 0xdc00 || second > 0xdfff)
        return -2;
    *character_out = 0x10000 + ((unit - 0xd800) << 10) + (second - 0xdc00);
    return 4;
}

static int utf16_put(unsigned char *out, size_t room, unsigned swapped,
                     uint32_t character)
{
    if (character < 0x10000) {
        if (room >= 2)
            utf16_store(out, swapped, character);
        return 2;
    }
    if (room >= 4) {
        utf16_store(out, swapped, 0xd7c0 + (character >> 10));
        utf16_store(out + 2, swapped, 0xdc00 + (character & 0x3ff));
    }
    return 4;
}

/* In the other order the same, eight bits higher. Compilers make vectors of the
 * loops over a block. */
static size_t utf16_get_ascii(const unsigned char *in, unsigned char *out,
                              size_t n, unsigned swapped)
{
    const unsigned shift = swapped ? 8 : 0, others = ~(0x7fu << shift);
    uint16_t units[16];
    size_t i = 0;

    for (; n - i >= 16; i += 16) {
        uint16_t any = 0;

        memcpy(units, in + 2 * i, sizeof(units));
        for (int k = 0; k < 16; k++)
            any |= units[k];
        if (any & others)
            break;
        for (int k = 0; k < 16; k++)
            out[i + (size_t)k] = (unsigned char)(units[k] >> shift);
    }
    for (; i < n && utf16_load(in + 2 * i, swapped) < 0x80; i++)
        out[i] = (unsigned char)utf16_load(in + 2 * i, swapped);
    return i;
}

static size_t utf16_put_ascii(const unsigned char *in, unsigned char *out,
                              size_t n, unsigned swapped)
{
    const unsigned shift = swapped ? 8 : 0;
    uint16_t units[16];
    size_t i = 0;

    for (; n - i >= 16; i += 16) {
        unsigned char any = 0;

        for (size_t k = 0; k < 16; k++)
            any |= in[i + k];
        if (any >= 0x80)
            break;
        for (size_t k = 0; k < 16; k++)
            units[k] = (uint16_t)(in[i + k] << shift);
        memcpy(out + 2 * i, units, sizeof(units));
    }
    for (; i < n && in[i] < 0x80; i++)
        utf16_store(out + 2 * i, swapped, in[i]);
    return i;
}

static const struct rill__codec_form utf16_form = {
    .unit = 2,
    .get = utf16_get,
    .put = utf16_put,
    .get_ascii = utf16_get_ascii,
    .put_ascii = utf16_put_ascii,
};

/* ---- UTF-32 ----------------------------------------------------------- */

static uint32_t utf32_ordered(uint32_t unit, unsigned swapped)
{
    if (!swapped)
        return unit;
    return unit >> 24 | (unit >> 8 & 0xff00) | (unit & 0xff00) << 8 |
           (unit & 0xff) << 24;
}

static int utf32_get(const unsigned char *in, size_t n, unsigned swapped,
                     uint32_t *character_out)
{
    uint32_t unit;

    if (n < 4)
        return 0;
    memcpy(&unit, in, sizeof(unit));
    unit = utf32_ordered(unit, swapped);
    if (unit > 0x10ffff || (unit >= 0xd800 && unit <= 0xdfff))
        return -4;
    *character_out = unit;
    return 4;
}

static int utf32_put(unsigned char *out, size_t room, unsigned swapped,
                     uint32_t character)
{
    uint32_t unit = utf32_ordered(character, swapped);

    if (room >= 4)
        memcpy(out, &unit, sizeof(unit));
    return 4;
}

static const struct rill__codec_form utf32_form = {
    .unit = 4,
    .get = utf32_get,
    .put = utf32_put,
};

/* ---- Byte orders ------------------------------------------------------ */

/* Is the order another than the machine's? */
static bool utf_swapped(const struct rill__codec *c, uint32_t state)
{
    static const uint16_t one = 1;
    unsigned char first;

    if (c->ops->variant == UTF_MARKED)
        return state == CODEC_SWAPPED;
    memcpy(&first, &one, 1);
    return c->ops->variant != (first == 1 ? UTF_LITTLE : UTF_BIG);
}

static enum rill__codec_stop utf_decode(struct rill__codec *c,
                                        struct rill__piece *p)
{
    if (!c->ops->form)
        return utf8_move(c, p);
    return rill__codec_decode_form(c->ops->form, p, utf_swapped(c, c->state));
}

static enum rill__codec_stop utf_encode(struct rill__codec *c,
                                        struct rill__piece *p)
{
    if (!c->ops->form)
        return utf8_move(c, p);
    return rill__codec_encode_form(c->ops->form, p,
                                   utf_swapped(c, c->encoder_state));
}

/* ---- Byte order marks ------------------------------------------------- */

static const unsigned char utf_mark[3] = {0xef, 0xbb, 0xbf}; /* U+FEFF */

/* Skip a mark in the byte order of `state`: is there one? */
static bool utf_skip_mark(struct rill__codec *c, struct rill__piece *p,
                          uint32_t state)
{
    unsigned char text[16];
    struct rill__piece start = {p->in, p->in_end, text, text + sizeof(text), 0};

    if (start.in_end - start.in > 4)
        start.in_end = start.in + 4;
    c->state = state;
    utf_decode(c, &start);
    if (start.out - text < 3 || memcmp(text, utf_mark, 3) != 0)
        return false;
    p->in += c->ops->form ? c->ops->form->unit : sizeof(utf_mark);
    return true;
}

static enum rill__codec_stop utf_decode_marked(struct rill__codec *c,
                                               struct rill__piece *p)
{
    const unsigned char *start = p->in;
    bool at_start = c->state == CODEC_START;
    enum rill__codec_stop stop;

    if (at_start && !utf_skip_mark(c, p, CODEC_SWAPPED))
        utf_skip_mark(c, p, CODEC_NATIVE);
    stop = utf_decode(c, p);
    if (at_start && stop != CODEC_BAD && p->in == start)
        c->state = CODEC_START; /* too little to tell */
    return stop;
}

static enum rill__codec_stop utf_encode_marked(struct rill__codec *c,
                                               struct rill__piece *p)
{
    if (c->encoder_state == CODEC_START && p->in < p->in_end) {
        struct rill__piece mark = {utf_mark, utf_mark + sizeof(utf_mark),
                                   p->out, p->out_end, 0};

        if (utf_encode(c, &mark) == CODEC_FULL)
            return CODEC_FULL;
        p->out = mark.out;
        c->encoder_state = CODEC_NATIVE;
    }
    return utf_encode(c, p);
}

/* ---- The codecs ------------------------------------------------------- */

const struct rill__codec_ops rill__codec_utf[] = {
    {
        .name = "utf-8",
        .decode = utf8_move,
        .encode = utf8_move,
        .aliases = " utf8 u8 utf utf8ucs2 utf8ucs4 cp65001 ",
        .same = true,
    },
    {
        .name = "utf-8-sig",
        .decode = utf_decode_marked,
        .encode = utf_encode_marked,
        .aliases = " utf8sig ",
        .variant = UTF_MARKED,
    },
    {
        .name = "utf-16",
        .decode = utf_decode_marked,
        .encode = utf_encode_marked,
        .form = &utf16_form,
        .aliases = " utf16 u16 ",
        .variant = UTF_MARKED,
    },
    {
        .name = "utf-16-le",
        .decode = utf_decode,
        .encode = utf_encode,
        .form = &utf16_form,
        .aliases = " utf16le unicodelittleunmarked ",
        .variant = UTF_LITTLE,
    },
    {
        .name = "utf-16-be",
        .decode = utf_decode,
        .encode = utf_encode,
        .form = &utf16_form,
        .aliases = " utf16be unicodebigunmarked ",
        .variant = UTF_BIG,
    },
    {
        .name = "utf-32",
        .decode = utf_decode_marked,
        .encode = utf_encode_marked,
        .form = &utf32_form,
        .aliases = " utf32 u32 ",
        .variant = UTF_MARKED,
    },
    {
        .name = "utf-32-le",
        .decode = utf_decode,
        .encode = utf_encode,
        .form = &utf32_form,
        .aliases = " utf32le ",
        .variant = UTF_LITTLE,
    },
    {
        .name = "utf-32-be",
        .decode = utf_decode,
        .encode = utf_encode,
        .form = &utf32_form,
        .aliases = " utf32be ",
        .variant = UTF_BIG,
    },
    {.name = NULL},
};
