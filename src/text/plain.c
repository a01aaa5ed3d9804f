/*
 * plain.c - text whose bytes are those below: UTF-8 with \n, and nothing
 * replaced.
 *
 * All is read and written below at the offset that the core says, so that such
 * a stream seeks as any other. What is left to do is to look whether it is
 * UTF-8. A character that is cut by the ends of a request is looked up below
 * when it is read; when it is written, what is there of it is remembered until
 * the rest comes.
 */
#include <string.h>

#include "text.h"

/* Bytes that are looked at in one go: as many as the processor holds near. */
enum { PLAIN_PIECE = 256 * 1024 };

/* ---- Reading --------------------------------------------------------------- */

/* Read `n` bytes, or up to the end, or fail. */
static ptrdiff_t plain_read_all(struct text *t, unsigned char *buf, size_t n,
                                int64_t offset)
{
    size_t done = 0;

    while (done < n) {
        ptrdiff_t r = rill_wrapped_pread(t->below, buf + done, n - done,
                                         offset + (int64_t)done);
        if (r < 0)
            return r;
        if (r == 0)
            break;
        done += (size_t)r;
    }
    return (ptrdiff_t)done;
}

/* How many of the bytes at `offset` belong to a character that begins at most 3
 * bytes before and ends at most 3 behind, and what follows. */
static ptrdiff_t plain_look_around(struct text *t, int64_t offset)
{
    unsigned char near[7];
    size_t before = offset < 3 ? (size_t)offset : 3, bad;
    ptrdiff_t have =
        plain_read_all(t, near, before + 4, offset - (int64_t)before);

    if (have <= (ptrdiff_t)before)
        return have < 0 ? have : 0;
    for (size_t back = 0; back <= before; back++) {
        const unsigned char *at = near + (before - back);
        size_t n = (size_t)have - (before - back);
        size_t good = rill__utf8_prefix(at, n, &bad);

        if (good > back)
            return (ptrdiff_t)(good - back);
        if ((*at & 0xc0) != 0x80)
            break;
    }
    return RILL_EDATA;
}

ptrdiff_t rill__plain_read(rill *s, void *self, void *buf, size_t n,
                           int64_t offset)
{
    struct text *t = self;
    ptrdiff_t r, valid;
    size_t bad;

    (void)s;
    r = rill_wrapped_pread(t->below, buf, n < PLAIN_PIECE ? n : PLAIN_PIECE,
                           offset);
    if (r <= 0)
        return r;
    valid = (ptrdiff_t)rill__utf8_prefix(buf, (size_t)r, &bad);
    if (valid == 0)
        valid = plain_look_around(t, offset);
    return valid < r ? valid : r;
}

/* ---- Writing --------------------------------------------------------------- */

/* Bytes of a character of which more may follow, at the end of `n` bytes. */
static size_t plain_begun(const unsigned char *p, size_t n)
{
    size_t bad;

    for (size_t back = 1; back <= 3 && back <= n; back++) {
        const unsigned char *at = p + n - back;

        if ((*at & 0xc0) != 0x80)
            return rill__utf8_prefix(at, back, &bad) == 0 ? back : 0;
    }
    return 0;
}

/*
 * How many of `n` bytes may be written behind `begun` ones of a character,
 * which are in `part`: up to what is no character.
 */
static size_t plain_valid(const unsigned char part[4], size_t begun,
                          const unsigned char *in, size_t n)
{
    unsigned char first[8];
    size_t bad, done = 0, most = n < 4 ? n : 4, valid;

    if (begun > 0) {
        memcpy(first, part, begun);
        memcpy(first + begun, in, most);
        valid = rill__utf8_prefix(first, begun + most, &bad);
        if (valid == 0)
            return bad > 0 ? 0 : n;
        done = valid - begun;
    }
    valid = done + rill__utf8_prefix(in + done, n - done, &bad);
    return bad > 0 ? valid : n; /* what is only begun may be written, too */
}

/* Remember what is begun at the end of `n` > 0 bytes that were written. (Who
 * writes whole characters may do so from several threads.) */
static void plain_note_part(struct text *t, size_t begun,
                            const unsigned char *in, size_t n, int64_t end)
{
    unsigned char last[6];
    size_t size = n < 3 ? begun : 0, more = n < 3 ? n : 3;

    memcpy(last, t->part, size);
    memcpy(last + size, in + n - more, more);
    size += more;
    begun = plain_begun(last, size);
    if (begun == 0 && t->part_size == 0)
        return;
    memcpy(t->part, last + size - begun, begun);
    t->part_size = (unsigned char)begun;
    t->part_end = end;
}

/* Only append, and lines that go out as they end, need the position and the
 * window of the stream below. */
static ptrdiff_t plain_write_below(struct text *t, const void *buf, size_t n,
                                   int64_t offset)
{
    int64_t at = offset;

    if (!t->appends && !t->line_buffering)
        return rill_wrapped_pwrite(t->below, buf, n, offset);
    if (!t->appends)
        at = told(t, rill_seek(t->below, offset, RILL_SEEK_SET));
    return at < 0 ? (ptrdiff_t)at
                  : (ptrdiff_t)told(t, rill_write(t->below, buf, n));
}

ptrdiff_t rill__plain_write(rill *s, void *self, const void *buf, size_t n,
                            int64_t offset)
{
    struct text *t = self;
    bool goes_on = t->part_size > 0 && (t->appends || offset == t->part_end);
    size_t begun = goes_on ? t->part_size : 0;
    size_t valid =
        plain_valid(t->part, begun, buf, n < PLAIN_PIECE ? n : PLAIN_PIECE);
    ptrdiff_t r =
        valid > 0 ? plain_write_below(t, buf, valid, offset) : RILL_EDATA;

    (void)s;
    if (r <= 0)
        return r;
    if (goes_on || t->part_size == 0)
        plain_note_part(t, begun, buf, (size_t)r, offset + r);
    rill__text_end_line(t, buf, (size_t)r);
    return r;
}

int rill__plain_flush(rill *s, void *self, int64_t offset)
{
    struct text *t = self;

    (void)s;
    if (t->part_size > 0)
        return RILL_EDATA; /* a character without its end */
    /* Let it stand where the text does. Where it cannot, only it knows. */
    (void)!rill_seek(t->below, offset, RILL_SEEK_SET);
    return (int)told(t, rill_flush(t->below));
}
