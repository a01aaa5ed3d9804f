/*
 * codec_form.c - the loops of all codecs that are neither UTF-8's nor iconv's.
 *
 * Most text is mostly ASCII. So behind each character of ASCII comes as much
 * more of it as there is, which the encodings move fast.
 */
#include "codec_form.h"

static size_t codec_smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Stop where there is no character: `got` is 0, or less. */
static enum rill__codec_stop codec_stop(struct rill__piece *p, int got)
{
    p->bad = (size_t)-got;
    return got < 0 ? CODEC_BAD : CODEC_MORE;
}

/* Put a character out as UTF-8, if there is room. */
static bool codec_put_utf8(struct rill__piece *p, uint32_t character)
{
    unsigned char last[4];
    size_t room = (size_t)(p->out_end - p->out);
    size_t len;

    if (room >= sizeof(last)) {
        p->out += rill__utf8_put(p->out, character);
        return true;
    }
    len = (size_t)rill__utf8_put(last, character);
    if (len > room)
        return false;
    memcpy(p->out, last, len);
    p->out += len;
    return true;
}

enum rill__codec_stop
rill__codec_decode_form(const struct rill__codec_form *form,
                        struct rill__piece *p, unsigned variant)
{
    uint32_t character = 0;
    int got;

    for (;; p->in += got) {
        size_t n = (size_t)(p->in_end - p->in);

        if (form->get_ascii && character < 0x80) {
            size_t room = (size_t)(p->out_end - p->out);
            size_t moved = form->get_ascii(
                p->in, p->out, codec_smaller(n / form->unit, room), variant);

            p->in += moved * form->unit;
            p->out += moved;
            n -= moved * form->unit;
        }
        got = form->get(p->in, n, variant, &character);
        if (got <= 0)
            return codec_stop(p, got);
        if (!codec_put_utf8(p, character))
            return CODEC_FULL;
    }
}

enum rill__codec_stop
rill__codec_encode_form(const struct rill__codec_form *form,
                        struct rill__piece *p, unsigned variant)
{
    uint32_t character = 0;
    int got, len;

    for (;; p->in += got, p->out += len) {
        size_t n = (size_t)(p->in_end - p->in);
        size_t room = (size_t)(p->out_end - p->out);

        if (form->put_ascii && character < 0x80) {
            size_t moved = form->put_ascii(
                p->in, p->out, codec_smaller(n, room / form->unit), variant);

            p->in += moved;
            p->out += moved * form->unit;
            n -= moved;
            room -= moved * form->unit;
        }
        got = rill__utf8_get(p->in, n, &character);
        if (got <= 0)
            return codec_stop(p, got);
        len = form->put(p->out, room, variant, character);
        if (len < 0)
            return codec_stop(p, -got);
        if ((size_t)len > room)
            return CODEC_FULL;
    }
}
