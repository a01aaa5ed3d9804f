/*
 * codec_iconv.c - all other encodings: those that iconv(3) knows.
 *
 * iconv does not say what state it is in, nor can it be set. So decoding can
 * start again in the middle only where there is no state, which is found out
 * by trying (iconv_is_stateless).
 */
#include <string.h>

#include "../os/call.h"
#include "codec.h"

#if defined(__has_include) && !defined(_WIN32)
#if __has_include(<iconv.h>)
#define CODEC_ICONV 1
#endif
#endif

#if defined(CODEC_ICONV)

#include <errno.h>
#include <iconv.h>

enum { ICONV_NAME_MAX = 64, ICONV_PIECE = 512 };

#define ICONV_NONE ((iconv_t)-1)

/* ---- Converting ------------------------------------------------------- */

/* Convert up to `in_end`. `lost_out` gets how many characters something else
 * was put in place of. */
static enum rill__codec_stop iconv_run(iconv_t handle, struct rill__piece *p,
                                       const unsigned char *in_end,
                                       size_t *lost_out)
{
    char *in = (char *)(uintptr_t)p->in, *out = (char *)p->out;
    size_t n = (size_t)(in_end - p->in);
    size_t room = (size_t)(p->out_end - p->out);
    size_t rc = iconv(handle, &in, &n, &out, &room);

    p->in = in_end - n;
    p->out = p->out_end - room;
    p->bad = 0;
    *lost_out = rc == (size_t)-1 ? 0 : rc;
    if (rc != (size_t)-1 || errno == EINVAL)
        return CODEC_MORE;
    if (errno == E2BIG)
        return CODEC_FULL;
    p->bad = 1;
    return CODEC_BAD;
}

/* The handle, in its first state if the text starts here. */
static iconv_t iconv_at(struct rill__codec *c, enum rill__codec_way way,
                        uint32_t *state)
{
    if (*state == CODEC_START)
        iconv(c->handle[way], NULL, NULL, NULL, NULL);
    *state = CODEC_NATIVE;
    return c->handle[way];
}

static enum rill__codec_stop iconv_decode(struct rill__codec *c,
                                          struct rill__piece *p)
{
    size_t lost;

    return iconv_run(iconv_at(c, CODEC_DECODING, &c->state), p, p->in_end,
                     &lost);
}

/* How much of `n` bytes of UTF-8 to convert in one call: little, as what is
 * behind an error is looked at in vain; one character if iconv would not tell
 * which it does not have. Only what is valid: iconv may take more for UTF-8. */
static size_t iconv_portion(const struct rill__codec *c,
                            const unsigned char *in, size_t n, size_t *bad_out)
{
    uint32_t character;
    int len;

    if (!c->substitutes)
        return rill__utf8_prefix(in, n < ICONV_PIECE ? n : ICONV_PIECE,
                                 bad_out);
    len = rill__utf8_get(in, n, &character);
    *bad_out = len < 0 ? (size_t)-len : 0;
    return len > 0 ? (size_t)len : 0;
}

static enum rill__codec_stop iconv_encode(struct rill__codec *c,
                                          struct rill__piece *p)
{
    iconv_t handle = iconv_at(c, CODEC_ENCODING, &c->encoder_state);

    for (;;) {
        const struct rill__piece before = *p;
        size_t n = (size_t)(p->in_end - p->in), bad, lost;
        size_t portion = iconv_portion(c, p->in, n, &bad);
        const unsigned char *end = p->in + portion;
        enum rill__codec_stop stop = iconv_run(handle, p, end, &lost);
        uint32_t character;

        if (lost > 0 && c->substitutes) {
            *p = before;
            stop = CODEC_BAD;
        }
        if (stop == CODEC_BAD)
            bad = (size_t)rill__utf8_get(p->in, n, &character);
        else if (bad > 0 && p->in == end)
            stop = CODEC_BAD;
        p->bad = bad;
        if (stop != CODEC_MORE || p->in == before.in)
            return stop;
    }
}

/* Put out what is held back, or what leads to the first state. */
static enum rill__codec_stop iconv_flush(iconv_t handle, struct rill__piece *p)
{
    char *out = (char *)p->out;
    size_t room = (size_t)(p->out_end - p->out);
    size_t rc = iconv(handle, NULL, NULL, &out, &room);

    p->out = p->out_end - room;
    return rc == (size_t)-1 ? CODEC_FULL : CODEC_MORE;
}

static enum rill__codec_stop iconv_finish(struct rill__codec *c,
                                          struct rill__piece *p,
                                          enum rill__codec_way way)
{
    return iconv_flush(c->handle[way], p);
}

/* ---- What an encoding is like ----------------------------------------- */

/* Do these bytes, at the start, tell that there is a state? They do if nothing
 * comes out of them, or something more at the end; and if they are the start of
 * more, where that is ASCII. */
static bool iconv_shows_state(iconv_t handle, const unsigned char *in, size_t n)
{
    unsigned char text[32];
    struct rill__piece p = {in, in + n, text, text + sizeof(text), 0};
    const unsigned char *end;
    size_t lost;
    bool silent, starts;

    iconv_run(handle, &p, p.in_end, &lost);
    silent = p.in == p.in_end && p.out == text;
    starts = p.bad == 0 && p.in < p.in_end && *in < 0x80;
    end = p.out;
    iconv_flush(handle, &p);
    return silent || starts || p.out > end;
}

/* Each byte is tried, and those pairs that are two characters in HKSCS and JIS
 * X 0213, of which iconvs hold back one. */
static bool iconv_is_stateless(iconv_t handle)
{
    static const unsigned char pairs[] = "\x88\x62\xa4\xf7\x82\xf5";

    for (unsigned i = 0; i < 0x100; i++) {
        unsigned char byte = (unsigned char)i;

        if (iconv_shows_state(handle, &byte, 1))
            return false;
    }
    for (size_t i = 0; i < sizeof(pairs) - 1; i += 2)
        if (iconv_shows_state(handle, pairs + i, 2))
            return false;
    return true;
}

/* Does it put something else in place of a character that the encoding does not
 * have? C libraries other than glibc do. U+10FFFD is in none. */
static bool iconv_is_lossy(iconv_t handle)
{
    static const unsigned char character[] = "\xf4\x8f\xbf\xbd";
    unsigned char bytes[32];
    struct rill__piece p = {character, character + 4, bytes,
                            bytes + sizeof(bytes), 0};
    size_t lost;

    iconv_run(handle, &p, p.in_end, &lost);
    iconv_flush(handle, &p);
    return lost > 0;
}

/* ---- Opening ---------------------------------------------------------- */

/* How a name is spelled: as it is, with - for _, or without both. iconvs know
 * "euc-jp" and "iso2022jp", but not "euc_jp" and "iso2022_jp". */
enum iconv_spelling { ICONV_AS_IS, ICONV_DASHES, ICONV_PLAIN, ICONV_SPELLINGS };

static void iconv_spell(char out[ICONV_NAME_MAX], const char *name,
                        int spelling)
{
    for (; *name != '\0'; name++) {
        bool separates = *name == '_' || *name == '-';

        if (!separates || spelling == ICONV_AS_IS)
            *out++ = *name;
        else if (spelling == ICONV_DASHES)
            *out++ = '-';
    }
    *out = '\0';
}

/* Open both handles: 0, RILL_EINVAL or RILL_ENOMEM. */
static int iconv_open_both(struct rill__codec *c, const char *name)
{
    iconv_t decoding = iconv_open("UTF-8", name);
    iconv_t encoding = iconv_open(name, "UTF-8");

    if (decoding != ICONV_NONE && encoding != ICONV_NONE) {
        c->handle[CODEC_DECODING] = decoding;
        c->handle[CODEC_ENCODING] = encoding;
        return RILL_OK;
    }
    if (decoding != ICONV_NONE)
        iconv_close(decoding);
    if (encoding != ICONV_NONE)
        iconv_close(encoding);
    return errno == ENOMEM ? RILL_ENOMEM : RILL_EINVAL;
}

static void iconv_close_both(struct rill__codec *c)
{
    iconv_close(c->handle[CODEC_DECODING]);
    iconv_close(c->handle[CODEC_ENCODING]);
    free(c->copy);
}

static const struct rill__codec_ops iconv_ops = {
    .name = "iconv",
    .decode = iconv_decode,
    .encode = iconv_encode,
    .finish = iconv_finish,
    .close = iconv_close_both,
};

int rill__codec_open_iconv(struct rill__codec *c, const char *name)
{
    char spelled[ICONV_NAME_MAX];
    size_t size = strlen(name) + 1;
    int rc = RILL_EINVAL;

    if (size > sizeof(spelled))
        return RILL_EINVAL;
    c->copy = rill__malloc(size);
    if (!c->copy)
        return RILL_ENOMEM;
    for (int i = 0; i < ICONV_SPELLINGS && rc == RILL_EINVAL; i++) {
        iconv_spell(spelled, name, i);
        rc = iconv_open_both(c, spelled);
    }
    if (rc != RILL_OK) {
        free(c->copy);
        return rc;
    }
    memcpy(c->copy, name, size);
    c->name = c->copy;
    c->restarts = iconv_is_stateless(c->handle[CODEC_DECODING]);
    c->substitutes = iconv_is_lossy(c->handle[CODEC_ENCODING]);
    c->ops = &iconv_ops;
    return RILL_OK;
}

#else

int rill__codec_open_iconv(struct rill__codec *c, const char *name)
{
    (void)c;
    (void)name;
    return RILL_EINVAL;
}

#endif
