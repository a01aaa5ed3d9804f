/*
 * ops_look.c - the operations that look ahead, jump, read beside the position,
 * and read lines.
 */
#include "slot.h"

#include <stdlib.h>

/* ---- Looking ------------------------------------------------------------ */

void op_peek(struct slot *t, struct slot *other, struct input *in)
{
    size_t want = in_size(in, REQUEST_MOST), use = in_size(in, REQUEST_MOST);
    size_t least = want > 0 ? want : 1;
    const void *data = NULL;
    unsigned char *next;
    ptrdiff_t got;

    (void)other;
    fuzz_step(t->number, "peek", NULL, 2, (int64_t)want, (int64_t)use, 0);
    got = rill_peek(t->s, &data, want);
    fuzz_gave(got);
    if (slot_refused(t, model_no_read(&t->m), got) || slot_excused(t, got))
        return;
    if (t->window_limit > 0 && want > t->window_limit && got == RILL_ELIMIT)
        return;
    if (least > model_left(&t->m))
        least = model_left(&t->m);
    if (got < 0 || ((size_t)got < least && !slot_cut_short(t)) ||
        (size_t)got > model_left(&t->m))
        fuzz_equal((int64_t)least, got, "how many bytes show");
    next = fuzz_alloc((size_t)got);
    model_next(&t->m, next, (size_t)got);
    fuzz_same(next, data, (size_t)got, "what shows");
    free(next);
    fuzz_step(t->number, "consume", NULL, 1, (int64_t)use, 0, 0);
    fuzz_gave(rill_consume(t->s, use));
    if (use <= (size_t)got)
        model_read(&t->m, use);
    else
        fuzz_equal(RILL_EINVAL, rill_consume(t->s, use), "rill_consume()");
}

void op_skip(struct slot *t, struct slot *other, struct input *in)
{
    int64_t n = in_offset(in, 0, (int64_t)model_left(&t->m)), got;
    size_t want = model_left(&t->m);
    unsigned codes = model_no_read(&t->m);

    (void)other;
    if (n < 0)
        codes |= CODE(RILL_EINVAL);
    else if ((uint64_t)n < want)
        want = (size_t)n;
    fuzz_step(t->number, "skip", NULL, 1, n, 0, 0);
    got = rill_skip(t->s, n);
    fuzz_gave(got);
    if (slot_refused(t, codes, got) || slot_excused(t, got))
        return;
    if (got < 0 || (size_t)got > want ||
        ((size_t)got < want && !slot_cut_short(t)))
        fuzz_equal((int64_t)want, got, "the number of bytes");
    model_read(&t->m, (size_t)got);
}

/* Beside the position, and what was put back does not count. */
void op_pread(struct slot *t, struct slot *other, struct input *in)
{
    const struct model *m = &t->m;
    size_t n = in_size(in, REQUEST_MOST), want = 0;
    int64_t at = in_offset(in, model_tell(m), (int64_t)m->len);
    unsigned char *buf = fuzz_alloc(n);
    unsigned codes = model_no_read(m);
    ptrdiff_t got;

    (void)other;
    if (!m->seeks)
        codes |= CODE(RILL_ENOTSUP);
    if (at < 0)
        codes |= CODE(RILL_EINVAL);
    else if ((uint64_t)at < m->len)
        want = m->len - (size_t)at < n ? m->len - (size_t)at : n;
    fuzz_step(t->number, "pread", NULL, 2, (int64_t)n, at, 0);
    got = rill_pread(t->s, buf, n, at);
    fuzz_gave(got);
    if (!slot_refused(t, codes, got) && !slot_excused(t, got)) {
        if (got < 0 || (size_t)got > want ||
            ((size_t)got < want && !slot_cut_short(t)))
            fuzz_equal((int64_t)want, got, "the number of bytes");
        if (got > 0)
            fuzz_same(m->data + at, buf, (size_t)got, "what was read");
    }
    t->store.said &= ~(unsigned)SAID_FAILED; /* it does not stick */
    free(buf);
}

/* ---- Lines -------------------------------------------------------------- */

/* How long the next line is, of at most `most` bytes. */
static size_t next_line(const struct model *m, int delimiter, size_t most)
{
    size_t n = model_left(m) < most ? model_left(m) : most;
    unsigned char *next = fuzz_alloc(n), *end;

    model_next(m, next, n);
    end = n > 0 ? memchr(next, delimiter, n) : NULL;
    if (end)
        n = (size_t)(end + 1 - next);
    free(next);
    return n;
}

/* The answer of one that reads a line of up to `want` bytes. */
static void came_line(struct slot *t, const void *data, size_t want,
                      int64_t got)
{
    if (slot_refused(t, model_no_read(&t->m), got) || slot_excused(t, got))
        return;
    if (got < 0 || (size_t)got > want ||
        ((size_t)got < want && !slot_cut_short(t)))
        fuzz_equal((int64_t)want, got, "the line's length");
    slot_came(t, data, (size_t)got);
}

static const int delimiters[] = {'\n', 'a', 'Q', 'p', 0, 255};

void op_line(struct slot *t, struct slot *other, struct input *in)
{
    static const char *const ways[] = {"readuntil", "getdelim",
                                       "readuntil_into"};
    unsigned way = in_below(in, 3);
    int delimiter = delimiters[in_below(in, 6)];
    size_t most = way == 2 ? in_size(in, REQUEST_MOST) : SIZE_MAX;
    size_t want = next_line(&t->m, delimiter, most), size = 0;
    const char *line = NULL;
    char *buf = way == 2 ? fuzz_alloc(most) : NULL;
    ptrdiff_t got;

    (void)other;
    fuzz_step(t->number, ways[way], NULL, way == 2 ? 2 : 1, delimiter,
              (int64_t)most, 0);
    if (way == 0)
        got = rill_readuntil(t->s, delimiter, &line);
    else if (way == 1)
        got = rill_getdelim(t->s, &buf, &size, delimiter);
    else
        got = rill_readuntil_into(t->s, delimiter, buf, most);
    fuzz_gave(got);
    if (way == 1 && got > 0)
        FUZZ_CHECK((size_t)got < size && buf[got] == '\0');
    if (way != 0 || got != RILL_ELIMIT || t->window_limit == 0 ||
        want <= t->window_limit)
        came_line(t, way == 0 ? line : buf, want, got);
    free(buf);
}

void op_lines(struct slot *t, struct slot *other, struct input *in)
{
    int delimiter = delimiters[in_below(in, 6)];
    unsigned count = in_byte(in);
    unsigned refusal = model_no_read(&t->m);
    size_t want;
    rill_lines it;
    rill_line line;
    int rc;

    (void)other;
    fuzz_step(t->number, "lines", NULL, 2, delimiter, count, 0);
    rill_lines_begin(&it, t->s, delimiter);
    while (count > 0 && rill_lines_next(&it, &line)) {
        if (refusal)
            fuzz_fail("a line of a stream that cannot read");
        came_line(t, line.data, next_line(&t->m, delimiter, SIZE_MAX),
                  (int64_t)line.len);
        count--;
    }
    rc = rill_lines_end(&it);
    fuzz_gave(rc);
    want = next_line(&t->m, delimiter, SIZE_MAX);
    if (rc == 0 && count > 0 && !refusal && want > 0 && !slot_cut_short(t))
        fuzz_fail("the lines ended %zu bytes early", model_left(&t->m));
    if (rc < 0 && refusal)
        slot_refused(t, refusal, rc);
    else if (rc < 0 && !slot_excused(t, rc) &&
             !(rc == RILL_ELIMIT && t->window_limit > 0 &&
               want > t->window_limit))
        fuzz_equal(0, rc, "rill_lines_end()");
}
