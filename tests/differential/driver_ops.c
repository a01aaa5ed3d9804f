/*
 * driver_ops.c - the operations of the differential driver. Most come in
 * several ways ("how") that the headers promise to be the same: a read through
 * rill_read(), rill_readv(), getc in a loop, a cursor or peek and consume gives
 * the same bytes. `a` is a count or an offset, `c` the size of the pieces.
 */
#include "driver.h"

#include <stdlib.h>
#include <unistd.h>

enum { PIECES = 64 };

/* Cut `n` bytes at `data` into pieces of `size` (the last of them: the rest),
 * with an empty one in front. Returns how many there are. */
static int cut(rill_iovec *v, void *data, size_t n, size_t size)
{
    unsigned char *p = data;
    int count = 1;

    v[0].data = NULL;
    v[0].len = 0;
    if (size == 0)
        size = n;
    while (n > 0) {
        size_t piece = count == PIECES - 1 || n < size ? n : size;

        v[count].data = p;
        v[count++].len = piece;
        p += piece;
        n -= piece;
    }
    return count;
}

/* ---- Reading ------------------------------------------------------------ */

static ptrdiff_t read_getc(rill *s, unsigned char *buf, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        int c = rill_getc(s);

        if (c < 0)
            return c == RILL_EEOF || i > 0 ? (ptrdiff_t)i : c;
        buf[i] = (unsigned char)c;
    }
    return (ptrdiff_t)n;
}

/* Pieces while they last, then single bytes up to the end. */
static ptrdiff_t read_cursor(rill *s, unsigned char *buf, size_t n,
                             size_t piece)
{
    rill_reader r = rill_reader_begin(s);
    size_t done = 0;
    int c, rc;

    while (piece > 1 && done + piece <= n && (size_t)(r.end - r.pos) >= piece) {
        rill_reader_get(&r, buf + done, piece);
        done += piece;
    }
    while (done < n && (c = rill_reader_getc(&r)) >= 0)
        buf[done++] = (unsigned char)c;
    rc = rill_reader_end(&r);
    return rc == RILL_EEOF || rc == RILL_OK ? (ptrdiff_t)done : rc;
}

static ptrdiff_t read_peeks(rill *s, unsigned char *buf, size_t n, size_t piece)
{
    size_t done = 0;

    while (done < n) {
        const void *p;
        ptrdiff_t here = rill_peek(s, &p, piece);
        size_t take = n - done;

        if (here <= 0)
            return here < 0 ? here : (ptrdiff_t)done;
        if ((size_t)here < take)
            take = (size_t)here;
        memcpy(buf + done, p, take);
        rill_consume(s, take);
        done += take;
    }
    return (ptrdiff_t)done;
}

static ptrdiff_t read_pieces(rill *s, void *buf, size_t n, size_t piece)
{
    rill_iovec v[PIECES];

    return rill_readv(s, v, cut(v, buf, n, piece));
}

static int64_t read_all(struct slot *slot, struct bytes *out)
{
    void *data = NULL;
    ptrdiff_t n = rill_read_all(slot->s, &data);

    if (n < 0)
        return n;
    if (data == NULL) {
        slot->broken |= BROKEN_POINTER;
        return n;
    }
    if (((unsigned char *)data)[n] != 0)
        slot->broken |= BROKEN_TERMINATOR;
    bytes_add(out, data, (size_t)n);
    driver_free(slot, data, (size_t)n);
    return n;
}

static int64_t op_read(struct driver *d, struct slot *slot, const struct op *op,
                       struct bytes *out)
{
    size_t n = (size_t)op->a, piece = (size_t)op->c;
    unsigned char *buf;
    ptrdiff_t got;

    (void)d;
    if (op->a < 0)
        return read_all(slot, out);
    buf = exactly(n);
    switch (op->how) {
    case 0:
        got = rill_read(slot->s, buf, n);
        break;
    case 1:
        got = read_pieces(slot->s, buf, n, piece);
        break;
    case 2:
        got = read_getc(slot->s, buf, n);
        break;
    case 3:
        got = read_cursor(slot->s, buf, n, piece);
        break;
    default:
        got = read_peeks(slot->s, buf, n, piece);
        break;
    }
    if (got > 0)
        bytes_add(out, buf, (size_t)got);
    free(buf);
    return got;
}

static int64_t op_read_some(struct driver *d, struct slot *slot,
                            const struct op *op, struct bytes *out)
{
    void *buf = exactly((size_t)op->a);
    ptrdiff_t got = rill_read_some(slot->s, buf, (size_t)op->a);

    (void)d;
    if (got > 0)
        bytes_add(out, buf, (size_t)got);
    free(buf);
    return got;
}

/* The bytes that were there come back also where they were too few: `out` is
 * filled up to where rill_tell() says, or where nothing was left unchanged. */
static int64_t op_read_exact(struct driver *d, struct slot *slot,
                             const struct op *op, struct bytes *out)
{
    unsigned char *buf = exactly((size_t)op->a);
    int64_t before = rill_tell(slot->s), got = op->a;
    int rc = rill_read_exact(slot->s, buf, (size_t)op->a);

    (void)d;
    if (rc == RILL_EEOF)
        got = before < 0 ? 0 : rill_tell(slot->s) - before;
    if ((rc == RILL_OK || rc == RILL_EEOF) && got >= 0 && got <= op->a)
        bytes_add(out, buf, (size_t)got);
    free(buf);
    return rc;
}

static int64_t op_pread(struct driver *d, struct slot *slot,
                        const struct op *op, struct bytes *out)
{
    void *buf = exactly((size_t)op->a);
    ptrdiff_t got = rill_pread(slot->s, buf, (size_t)op->a, op->b);

    (void)d;
    if (got > 0)
        bytes_add(out, buf, (size_t)got);
    free(buf);
    return got;
}

/* Peek `a` bytes, answer with all that showed, then consume `b`; its result
 * is the first byte of the answer. */
static int64_t op_peek(struct driver *d, struct slot *slot, const struct op *op,
                       struct bytes *out)
{
    const void *p = NULL;
    ptrdiff_t got = rill_peek(slot->s, &p, (size_t)op->a);
    signed char rc;
    size_t at = out->len;

    (void)d;
    if (got < 0)
        return got;
    bytes_add(out, "", 1);
    if (got > 0)
        bytes_add(out, p, (size_t)got);
    rc = (signed char)rill_consume(slot->s, (size_t)op->b);
    memcpy(out->data + at, &rc, 1);
    return got;
}

static int64_t op_skip(struct driver *d, struct slot *slot, const struct op *op,
                       struct bytes *out)
{
    (void)d;
    (void)out;
    return rill_skip(slot->s, op->a);
}

/* Put the operation's bytes back, then read `a` bytes, or (-1) a line, or (-2)
 * go to the start, which drops them. */
static int64_t op_unget(struct driver *d, struct slot *slot,
                        const struct op *op, struct bytes *out)
{
    struct op then = *op;
    const char *line;
    ptrdiff_t n;

    for (size_t i = 0; i < op->len; i++) {
        int rc = rill_ungetc(slot->s, op->data[i]);

        if (rc < 0)
            return rc;
    }
    if (op->a >= 0)
        return op_read(d, slot, &then, out);
    if (op->a == -2)
        return rill_seek(slot->s, 0, RILL_SEEK_SET);
    n = rill_readline(slot->s, &line);
    if (n > 0)
        bytes_add(out, line, (size_t)n);
    return n;
}

/* ---- Lines -------------------------------------------------------------- */

static ptrdiff_t line_view(rill *s, int delimiter, struct bytes *out)
{
    const char *line;
    ptrdiff_t n = delimiter == '\n' ? rill_readline(s, &line)
                                    : rill_readuntil(s, delimiter, &line);

    if (n > 0)
        bytes_add(out, line, (size_t)n);
    return n;
}

static ptrdiff_t line_grown(rill *s, int delimiter, struct bytes *out)
{
    char *buf = NULL;
    size_t size = 0;
    ptrdiff_t n = delimiter == '\n' ? rill_getline(s, &buf, &size)
                                    : rill_getdelim(s, &buf, &size, delimiter);

    if (n > 0)
        bytes_add(out, buf, (size_t)n);
    free(buf);
    return n;
}

static ptrdiff_t line_bounded(rill *s, int delimiter, size_t most,
                              struct bytes *out)
{
    void *buf = exactly(most);
    ptrdiff_t n = rill_readuntil_into(s, delimiter, buf, most);

    if (n > 0)
        bytes_add(out, buf, (size_t)n);
    free(buf);
    return n;
}

static int64_t op_readline(struct driver *d, struct slot *slot,
                           const struct op *op, struct bytes *out)
{
    int delimiter = (int)op->b;

    (void)d;
    switch (op->how) {
    case 0:
        return line_view(slot->s, delimiter, out);
    case 1:
        return line_grown(slot->s, delimiter, out);
    default:
        return line_bounded(slot->s, delimiter, (size_t)op->a, out);
    }
}

/* Up to `a` lines (all, if negative) through the iterator. The answer has each
 * line's length (32 bits) before it. */
static int64_t op_lines(struct driver *d, struct slot *slot,
                        const struct op *op, struct bytes *out)
{
    rill_lines *it = exactly(sizeof(*it));
    rill_line line;
    int64_t count = 0;
    int rc;

    (void)d;
    rill_lines_begin(it, slot->s, (int)op->b);
    while (count != op->a && rill_lines_next(it, &line)) {
        bytes_add_number(out, (int64_t)line.len, 4);
        bytes_add(out, line.data, line.len);
        count++;
    }
    rc = rill_lines_end(it);
    free(it);
    return rc < 0 ? rc : count;
}

/* ---- Writing ------------------------------------------------------------ */

static ptrdiff_t write_putc(rill *s, const unsigned char *data, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        int rc = rill_putc(s, data[i]);

        if (rc < 0)
            return i > 0 ? (ptrdiff_t)i : rc;
    }
    return (ptrdiff_t)n;
}

static ptrdiff_t write_cursor(rill *s, const unsigned char *data, size_t n,
                              size_t piece)
{
    rill_writer w = rill_writer_begin(s);
    size_t done = 0;
    int rc;

    if (n == 0)
        rill_writer_put(&w, data, 0);
    while (piece > 1 && n - done >= piece) {
        rill_writer_put(&w, data + done, piece);
        done += piece;
    }
    while (done < n)
        rill_writer_putc(&w, data[done++]);
    rc = rill_writer_end(&w);
    return rc < 0 ? rc : (ptrdiff_t)n;
}

/* With an odd `piece`, scribbles over more of the room than is committed, which
 * is legal but where the room is content of a stream in memory. */
static ptrdiff_t write_reserved(rill *s, const unsigned char *data, size_t n,
                                size_t piece)
{
    int scribble = piece % 2 && rill_tell(s) >= rill_size(s);
    void *room = NULL;
    ptrdiff_t have = rill_reserve(s, &room, n);
    int rc;

    if (have < 0)
        return have;
    if ((size_t)have < n || have == 0 || room == NULL)
        return RILL_EDATA;
    if (scribble)
        memset(room, '#', (size_t)have < n + 64 ? (size_t)have : n + 64);
    if (n > 0)
        memcpy(room, data, n);
    rc = rill_commit(s, n);
    return rc < 0 ? rc : (ptrdiff_t)n;
}

static ptrdiff_t write_pieces(rill *s, void *data, size_t n, size_t piece)
{
    rill_iovec v[PIECES];

    return rill_writev(s, v, cut(v, data, n, piece));
}

static ptrdiff_t write_how(rill *s, const struct op *op, void *data)
{
    size_t n = op->len, piece = (size_t)op->c;

    switch (op->how) {
    case 0:
        return rill_write(s, data, n);
    case 1:
        return write_pieces(s, data, n, piece);
    case 2:
        return write_putc(s, data, n);
    case 3:
        return rill_puts(s, data);
    case 4:
        return (ptrdiff_t)rill_printf(s, "%s", (const char *)data);
    case 5:
        return write_cursor(s, data, n, piece);
    default:
        return write_reserved(s, data, n, piece);
    }
}

static int64_t op_write(struct driver *d, struct slot *slot,
                        const struct op *op, struct bytes *out)
{
    int string = op->how == 3 || op->how == 4;
    char *data = exactly(op->len + (size_t)string);
    ptrdiff_t done;

    (void)d;
    (void)out;
    if (op->len > 0)
        memcpy(data, op->data, op->len);
    if (string)
        data[op->len] = '\0';
    done = write_how(slot->s, op, data);
    free(data);
    return done;
}

static int64_t op_pwrite(struct driver *d, struct slot *slot,
                         const struct op *op, struct bytes *out)
{
    (void)d;
    (void)out;
    return rill_pwrite(slot->s, op->data, op->len, op->b);
}

static int64_t op_copy(struct driver *d, struct slot *slot, const struct op *op,
                       struct bytes *out)
{
    rill *src = d->slots[op->b].s;

    (void)out;
    if (src == NULL || src == slot->s)
        return RESULT_SKIPPED;
    return rill_copy(slot->s, src, op->a);
}

/* ---- Position, size, flush ---------------------------------------------- */

static int64_t op_seek(struct driver *d, struct slot *slot, const struct op *op,
                       struct bytes *out)
{
    (void)d;
    (void)out;
    return rill_seek(slot->s, op->a, (int)op->b);
}

static int64_t op_rewind(struct driver *d, struct slot *slot,
                         const struct op *op, struct bytes *out)
{
    (void)d;
    (void)op;
    (void)out;
    return rill_rewind(slot->s);
}

static int64_t op_truncate(struct driver *d, struct slot *slot,
                           const struct op *op, struct bytes *out)
{
    int64_t size = op->how == 1 ? rill_tell(slot->s) : op->a;

    (void)d;
    (void)out;
    return rill_truncate(slot->s, size);
}

static int64_t op_size(struct driver *d, struct slot *slot, const struct op *op,
                       struct bytes *out)
{
    (void)d;
    (void)op;
    (void)out;
    return rill_size(slot->s);
}

static int64_t op_flush(struct driver *d, struct slot *slot,
                        const struct op *op, struct bytes *out)
{
    (void)d;
    (void)out;
    return op->how == 1 ? rill_sync(slot->s, RILL_SYNC_OS)
                        : rill_flush(slot->s);
}

static int64_t op_hint(struct driver *d, struct slot *slot, const struct op *op,
                       struct bytes *out)
{
    (void)d;
    (void)out;
    rill_hint_size(slot->s, op->a);
    return 0;
}

/* Result: where the descriptor itself stands after a flush. */
static int64_t op_fileno(struct driver *d, struct slot *slot,
                         const struct op *op, struct bytes *out)
{
    int fd = rill_fileno(slot->s);
    int rc = fd < 0 ? fd : rill_flush(slot->s);

    (void)d;
    (void)op;
    (void)out;
    return rc < 0 ? rc : lseek(fd, 0, SEEK_CUR);
}

/* ---- Memory ------------------------------------------------------------- */

/* What the calls that show the whole content have in common. */
static int64_t show(struct slot *slot, ptrdiff_t n, const void *data,
                    struct bytes *out)
{
    if (n < 0)
        return n;
    if (data == NULL)
        slot->broken |= BROKEN_POINTER;
    else
        bytes_add(out, data, (size_t)n);
    return n;
}

static int64_t op_getvalue(struct driver *d, struct slot *slot,
                           const struct op *op, struct bytes *out)
{
    void *copy = NULL;
    const void *data = NULL;
    ptrdiff_t n;

    (void)d;
    if (op->how == 1) {
        n = rill_data(slot->s, &data);
        return show(slot, n, data, out);
    }
    n = op->how == 2 ? rill_take(slot->s, &copy)
                     : rill_getvalue(slot->s, &copy);
    show(slot, n, copy, out);
    if (n >= 0)
        driver_free(slot, copy, (size_t)n);
    return n;
}

static int64_t op_export(struct driver *d, struct slot *slot,
                         const struct op *op, struct bytes *out)
{
    void *data = NULL;
    ptrdiff_t n = rill_getbuffer(slot->s, &data);

    (void)d;
    (void)op;
    if (n >= 0) {
        slot->exported = data;
        slot->exported_len = n;
        slot->exports++;
    }
    return show(slot, n, data, out);
}

static int64_t op_release(struct driver *d, struct slot *slot,
                          const struct op *op, struct bytes *out)
{
    int rc = rill_releasebuffer(slot->s);

    (void)d;
    (void)op;
    (void)out;
    if (rc == RILL_OK)
        slot->exports--;
    return rc;
}

/* Change one byte, number `a`, through the view that is held. */
static int64_t op_poke(struct driver *d, struct slot *slot, const struct op *op,
                       struct bytes *out)
{
    (void)d;
    (void)out;
    if (slot->exports == 0 || op->a >= slot->exported_len)
        return RESULT_SKIPPED;
    ((unsigned char *)slot->exported)[op->a] = (unsigned char)op->b;
    return 0;
}

static int64_t op_reset(struct driver *d, struct slot *slot,
                        const struct op *op, struct bytes *out)
{
    (void)d;
    (void)op;
    (void)out;
    return rill_reset(slot->s);
}

/* ---- The end ------------------------------------------------------------ */

static int64_t op_close(struct driver *d, struct slot *slot,
                        const struct op *op, struct bytes *out)
{
    (void)d;
    (void)op;
    return driver_close(slot, out);
}

/* As close, after giving back every view: the last operation on each slot. */
static int64_t op_end(struct driver *d, struct slot *slot, const struct op *op,
                      struct bytes *out)
{
    (void)d;
    (void)op;
    for (; slot->exports > 0; slot->exports--) {
        if (rill_releasebuffer(slot->s) != RILL_OK)
            return RILL_EDATA;
    }
    return driver_close(slot, out);
}

const struct named_op driver_ops[] = {
    {"open", NULL},
    {"read", op_read},
    {"read_some", op_read_some},
    {"read_exact", op_read_exact},
    {"pread", op_pread},
    {"peek", op_peek},
    {"skip", op_skip},
    {"unget", op_unget},
    {"readline", op_readline},
    {"lines", op_lines},
    {"write", op_write},
    {"pwrite", op_pwrite},
    {"copy", op_copy},
    {"seek", op_seek},
    {"rewind", op_rewind},
    {"truncate", op_truncate},
    {"size", op_size},
    {"flush", op_flush},
    {"hint", op_hint},
    {"fileno", op_fileno},
    {"getvalue", op_getvalue},
    {"export", op_export},
    {"release", op_release},
    {"poke", op_poke},
    {"reset", op_reset},
    {"close", op_close},
    {"end", op_end},
};

const size_t driver_op_count = sizeof(driver_ops) / sizeof(driver_ops[0]);
