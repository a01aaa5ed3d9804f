/*
 * operations.c - each operation on the stream, and the same on the model.
 *
 * What an operation says it did is what the model does; the rest is tried
 * again, or left. Bytes that are read must be the model's.
 */
#define _XOPEN_SOURCE 700
#include "sweep.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_PIECES = 8 };

/* What is written, and what is read. */
static unsigned char out[MOST], in[MOST];

/* Do it until it goes well, or is to be left. */
#define UNTIL_WELL(w, r, call) \
    do {                       \
        (r) = (call);          \
    } while ((r) < 0 && again((w), (r)))

/* ---- The model -------------------------------------------------------------- */

static bool seeks(const world *w)
{
    return (w->store->can & SEEKS) != 0;
}

/* An operation is over: the stream stands where the model does. */
void stands(world *w)
{
    w->tries = 0;
    if (seeks(w) && rill_tell(w->s) != w->at)
        rill_fault_wrong("the position is %lld, it should be %lld",
                         (long long)rill_tell(w->s), (long long)w->at);
}

/* Make the next `n` bytes to be written. */
static void invent(world *w, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        w->stamp = w->stamp * UINT64_C(6364136223846793005) + 1442695040888963;
        out[i] = (unsigned char)(w->stamp >> 33);
        if (w->store->can & TEXT)
            out[i] &= 0x7f;
    }
}

/* `n` bytes were acknowledged, as written at the position. */
void wrote(world *w, const void *data, size_t n)
{
    bool at_end = !seeks(w) || w->script->mode[0] == 'a';
    int64_t to = at_end ? (int64_t)w->holds.len : w->at;

    if (n == 0)
        return;
    model_write(&w->holds, data, n, to);
    w->at = to + (int64_t)n;
}

/* What comes next when reading: bytes, and how many there are. */
const unsigned char *next_bytes(const world *w, size_t *n_out)
{
    const model *m = seeks(w) ? &w->holds : &w->start;
    size_t at = (size_t)(seeks(w) ? w->at : w->taken);

    *n_out = at < m->len ? m->len - at : 0;
    return m->bytes + at;
}

/* `n` bytes were read past; NULL: unseen. */
void passed(world *w, const void *data, size_t n)
{
    size_t left;
    const unsigned char *want = next_bytes(w, &left);

    if (n > left)
        rill_fault_wrong("reads %zu bytes where %zu are left", n, left);
    else if (data && memcmp(want, data, n) != 0)
        rill_fault_wrong("reads bytes that are not those at %lld",
                         (long long)w->at);
    if (seeks(w))
        w->at += (int64_t)n;
    else
        w->taken += (int64_t)n;
}

/* The end of the data was found. */
void ended(const world *w)
{
    size_t left;

    next_bytes(w, &left);
    if (left > 0 && !ends_may_lie())
        rill_fault_wrong("finds the end, with %zu bytes left", left);
}

/* ---- Writing ----------------------------------------------------------------- */

/* Cut `n` bytes at `data` into `count` pieces, one of them empty. */
static int pieces_of(rill_iovec *v, unsigned char *data, size_t n, int count)
{
    size_t each = n / (size_t)count;

    for (int i = 0; i < count; i++) {
        size_t len = i == count - 1 ? n : each;
        v[i] = (rill_iovec){data, len};
        data += len;
        n -= len;
    }
    v[count] = (rill_iovec){NULL, 0};
    return count + 1;
}

/* One call that writes `n` bytes, in `pieces` or (0) in one. */
static ptrdiff_t write_out(world *w, unsigned char *data, size_t n, int pieces)
{
    rill_iovec v[MOST_PIECES + 1];

    if (pieces == 0)
        return rill_write(w->s, data, n);
    return rill_writev(w->s, v, pieces_of(v, data, n, pieces));
}

void put_pieces(world *w, size_t n, int pieces)
{
    size_t done = 0;

    invent(w, n);
    while (!w->stopped && done < n) {
        ptrdiff_t r = write_out(w, out + done, n - done, pieces);
        if (r > 0) {
            wrote(w, out + done, (size_t)r);
            done += (size_t)r;
            stands(w);
        } else if (!again(w, r)) {
            return;
        }
    }
}

void put(world *w, size_t n)
{
    put_pieces(w, n, 0);
}

void put_bytes(world *w, size_t n)
{
    int r;

    for (size_t i = 0; i < n && !w->stopped; i++) {
        invent(w, 1);
        UNTIL_WELL(w, r, rill_putc(w->s, out[0]));
        if (r < 0)
            return;
        wrote(w, out, 1);
        stands(w);
    }
}

void put_text(world *w, int number)
{
    char want[64];
    int len = snprintf(want, sizeof(want), "<%d %40s>\n", number, "text");
    int64_t r;

    if (w->stopped)
        return;
    UNTIL_WELL(w, r, rill_printf(w->s, "<%d %40s>\n", number, "text"));
    if (r < 0)
        return;
    if (r > len)
        rill_fault_wrong("printf() writes %d bytes of %d", (int)r, len);
    wrote(w, want, (size_t)r);
    stands(w);
}

/* How far the stream went by an operation that does not say. */
static size_t went(const world *w)
{
    int64_t at = rill_tell(w->s);

    return at > w->at ? (size_t)(at - w->at) : 0;
}

void put_room(world *w, size_t n)
{
    void *room;
    ptrdiff_t r;

    while (!w->stopped && n > 0) {
        size_t done = n;
        UNTIL_WELL(w, r, rill_reserve(w->s, &room, n));
        if (r < 0)
            return;
        if ((size_t)r < n) {
            rill_fault_wrong("reserve() gives %d bytes of %zu", (int)r, n);
            w->stopped = true;
            return;
        }
        invent(w, n);
        memcpy(room, out, n);
        r = rill_commit(w->s, n);
        if (r < 0)
            done = went(w);
        wrote(w, out, done);
        n -= done;
        if (r < 0 && !again(w, r))
            return;
        if (r >= 0)
            stands(w);
    }
}

void put_cursor(world *w, size_t n)
{
    while (!w->stopped && n > 0) {
        rill_writer cursor = rill_writer_begin(w->s);
        size_t done = 0;
        int rc;

        invent(w, n);
        for (; done + 3 <= n; done += 3)
            rill_writer_put(&cursor, out + done, 3);
        for (; done < n; done++)
            rill_writer_putc(&cursor, out[done]);
        rc = rill_writer_end(&cursor);
        if (rc < 0)
            done = went(w);
        wrote(w, out, done);
        n -= done;
        if (rc < 0 && !again(w, rc))
            return;
        if (rc >= 0)
            stands(w);
    }
}

void put_at(world *w, size_t n, int64_t offset)
{
    size_t done = 0;

    invent(w, n);
    while (!w->stopped && done < n) {
        int64_t to = offset + (int64_t)done;
        ptrdiff_t r = rill_pwrite(w->s, out + done, n - done, to);
        if (r > 0) {
            model_write(&w->holds, out + done, (size_t)r, to);
            done += (size_t)r;
            stands(w);
        } else if (!again(w, r)) {
            return;
        }
    }
}

/* ---- Reading ------------------------------------------------------------------- */

/* Read `n` bytes by `read`, which is one call. */
static void get_by(world *w, size_t n,
                   ptrdiff_t (*read)(world *w, size_t n, int pieces),
                   int pieces)
{
    size_t done = 0;

    while (!w->stopped && done < n) {
        ptrdiff_t r = read(w, n - done, pieces);
        if (r > 0) {
            passed(w, in, (size_t)r);
            done += (size_t)r;
            stands(w);
        } else if (r == 0) {
            ended(w);
            return;
        } else if (!again(w, r)) {
            return;
        }
    }
}

static ptrdiff_t read_in(world *w, size_t n, int pieces)
{
    rill_iovec v[MOST_PIECES + 1];

    if (pieces == 0)
        return rill_read(w->s, in, n);
    return rill_readv(w->s, v, pieces_of(v, in, n, pieces));
}

static ptrdiff_t read_some(world *w, size_t n, int pieces)
{
    (void)pieces;
    return rill_read_some(w->s, in, n);
}

void get(world *w, size_t n)
{
    get_by(w, n, read_in, 0);
}

void get_pieces(world *w, size_t n, int pieces)
{
    get_by(w, n, read_in, pieces);
}

void get_some(world *w, size_t n)
{
    get_by(w, n, read_some, 0);
}

void get_exact(world *w, size_t n)
{
    while (!w->stopped && n > 0) {
        int rc = rill_read_exact(w->s, in, n);
        size_t done = rc == RILL_OK ? n : 0;
        if (rc < 0 && seeks(w))
            done = went(w);
        else if (rc < 0 && rc != RILL_EAGAIN)
            w->stopped = true; /* how many came, nobody says */
        passed(w, in, done);
        n -= done;
        if (rc == RILL_EEOF && seeks(w)) {
            ended(w);
            return;
        }
        if (rc < 0 && !again(w, rc))
            return;
        if (rc >= 0)
            stands(w);
    }
}

void get_bytes(world *w, size_t n)
{
    unsigned char byte;
    int r;

    for (size_t i = 0; i < n && !w->stopped; i++) {
        UNTIL_WELL(w, r, rill_getc(w->s));
        if (r == RILL_EEOF)
            ended(w);
        if (r < 0)
            return;
        byte = (unsigned char)r;
        UNTIL_WELL(w, r, rill_ungetc(w->s, byte));
        if (r >= 0)
            UNTIL_WELL(w, r, rill_getc(w->s));
        passed(w, &byte, 1);
        if (r < 0)
            return;
        if (r != byte)
            rill_fault_wrong("gets another byte than was put back");
        stands(w);
    }
}

void get_peeked(world *w, size_t n)
{
    while (!w->stopped && n > 0) {
        const void *data;
        ptrdiff_t r;
        UNTIL_WELL(w, r, rill_peek(w->s, &data, n));
        if (r <= 0) {
            if (r == 0)
                ended(w);
            return;
        }
        if ((size_t)r < n)
            w->stopped = w->stopped || ends_may_lie();
        if ((size_t)r > n)
            r = (ptrdiff_t)n;
        passed(w, data, (size_t)r);
        rill_consume(w->s, (size_t)r);
        n -= (size_t)r;
        stands(w);
    }
}

void get_cursor(world *w, size_t n)
{
    while (!w->stopped && n > 0) {
        rill_reader cursor = rill_reader_begin(w->s);
        size_t done = 0;
        int rc;

        for (; done + 3 <= n; done += 3)
            rill_reader_get(&cursor, in + done, 3);
        for (; done < n; done++)
            in[done] = (unsigned char)rill_reader_getc(&cursor);
        rc = rill_reader_end(&cursor);
        if (rc < 0) /* of a piece of which not all came, less was got */
            done = went(w);
        passed(w, in, done);
        n -= done;
        if (rc == RILL_EEOF) {
            ended(w);
            return;
        }
        if (rc < 0 && !again(w, rc))
            return;
        if (rc >= 0)
            stands(w);
    }
}

void get_at(world *w, size_t n, int64_t offset)
{
    while (!w->stopped && n > 0) {
        size_t left =
            (size_t)offset < w->holds.len ? w->holds.len - (size_t)offset : 0;
        ptrdiff_t r = rill_pread(w->s, in, n, offset);
        if (r == 0 && left > 0 && !ends_may_lie())
            rill_fault_wrong("pread() finds the end, %zu are left", left);
        if (r == 0)
            return;
        if (r < 0 && !again(w, r))
            return;
        if (r < 0)
            continue;
        if ((size_t)r > left || memcmp(in, w->holds.bytes + offset, (size_t)r))
            rill_fault_wrong("pread() reads other bytes");
        n -= (size_t)r;
        offset += r;
        stands(w);
    }
}

/* What was allocated for the caller is as the stream allocates. */
static void release(world *w, void *data, size_t size)
{
    const rill_allocator *a = w->options.allocator;

    if (a)
        a->realloc(a->ctx, data, size, 0);
    else
        rill_free(data);
}

void get_all(world *w)
{
    void *data;
    ptrdiff_t r;
    size_t left;

    if (w->stopped)
        return;
    do {
        r = rill_read_all(w->s, &data);
        /* A pipe gets back what was read only if there is memory for it,
         * whatever failed first. */
        if (r < 0 && !seeks(w) && strstr(rill_fault_text(), "ENOMEM"))
            w->tries = TRIES;
    } while (r < 0 && again(w, r));
    if (r < 0)
        return;
    passed(w, data, (size_t)r);
    next_bytes(w, &left);
    ended(w);
    release(w, data, (size_t)r + 1);
    stands(w);
}

void skip(world *w, int64_t n)
{
    while (!w->stopped && n > 0) {
        int64_t r = rill_skip(w->s, n);
        if (r > 0) {
            passed(w, NULL, (size_t)r);
            n -= r;
            stands(w);
        } else if (r == 0) {
            ended(w);
            return;
        } else if (!again(w, r)) {
            return;
        }
    }
}

/* ---- Lines ------------------------------------------------------------------------ */

/* A piece of a line came. Returns whether the line is complete. */
static bool got_line(world *w, const char *data, ptrdiff_t n)
{
    bool whole = n > 0 && data[n - 1] == '\n';

    if (n == 0)
        ended(w);
    if (n > 0 && memchr(data, '\n', (size_t)n - (whole ? 1 : 0)))
        rill_fault_wrong("a line goes on behind its end");
    if (n > 0)
        passed(w, data, (size_t)n);
    stands(w);
    return whole || n == 0;
}

void get_line(world *w)
{
    const char *line = NULL;
    ptrdiff_t r;

    do {
        if (w->stopped)
            return;
        UNTIL_WELL(w, r, rill_readline(w->s, &line));
    } while (r >= 0 && !got_line(w, line, r));
}

void get_line_copied(world *w)
{
    char *line = NULL;
    size_t size = 0;
    ptrdiff_t r = -1;

    do {
        if (w->stopped)
            break;
        UNTIL_WELL(w, r, rill_getline(w->s, &line, &size));
    } while (r >= 0 && !got_line(w, line, r));
    free(line);
}

void get_line_into(world *w, size_t n)
{
    ptrdiff_t r;

    do {
        if (w->stopped)
            return;
        UNTIL_WELL(w, r, rill_readline_into(w->s, in, n));
    } while (r >= 0 && !got_line(w, (const char *)in, r));
}

void get_lines(world *w, int count)
{
    while (!w->stopped && count > 0) {
        rill_lines it;
        rill_line line = {NULL, 0};
        int rc, more = 1;

        rill_lines_begin(&it, w->s, '\n');
        while (count > 0 && (more = rill_lines_next(&it, &line))) {
            passed(w, line.data, line.len);
            count--;
        }
        rc = rill_lines_end(&it);
        if (rc < 0 && !again(w, rc))
            return;
        if (rc >= 0)
            stands(w);
        if (rc == RILL_OK && !more) {
            ended(w);
            return;
        }
    }
}

/* ---- Position and size --------------------------------------------------------------- */

void seek(world *w, int64_t to, int whence)
{
    int64_t from = 0, r;

    if (w->stopped)
        return;
    UNTIL_WELL(w, r, rill_seek(w->s, to, whence));
    if (r < 0)
        return;
    if (whence == RILL_SEEK_CUR)
        from = w->at;
    if (whence == RILL_SEEK_END)
        from = (int64_t)w->holds.len;
    w->at = from + to;
    if (r != w->at)
        rill_fault_wrong("seek() goes to %lld, not to %lld", (long long)r,
                         (long long)w->at);
    stands(w);
}

void cut(world *w, int64_t size)
{
    model *m = &w->holds;
    size_t n = (size_t)size;
    int rc;

    if (w->stopped)
        return;
    UNTIL_WELL(w, rc, rill_truncate(w->s, size));
    if (rc < 0)
        return;
    if (n > m->len && w->store->can & EXTENDS)
        memset(m->bytes + m->len, 0, n - m->len);
    if (n < m->len || w->store->can & EXTENDS)
        m->len = n;
    stands(w);
}

void measure(world *w)
{
    int64_t size;

    if (w->stopped)
        return;
    UNTIL_WELL(w, size, rill_size(w->s));
    if (size >= 0 && size != (int64_t)w->holds.len)
        rill_fault_wrong("the size is %lld, it should be %zu", (long long)size,
                         w->holds.len);
    stands(w);
}

void flush(world *w)
{
    const void *data;
    int rc;

    if (w->stopped)
        return;
    UNTIL_WELL(w, rc, rill_flush(w->s));
    if (rc == RILL_OK && rill_unwritten(w->s, &data, NULL) > 0)
        rill_fault_wrong("flushed, and yet not all is written");
    stands(w);
}

void sync_to(world *w, int level)
{
    int rc;

    if (w->stopped)
        return;
    UNTIL_WELL(w, rc, rill_sync(w->s, level));
    stands(w);
}

void number(world *w)
{
    int fd;

    if (w->stopped)
        return;
    UNTIL_WELL(w, fd, rill_fileno(w->s));
    if (fd < 0)
        return;
    if (seeks(w) && lseek(fd, 0, SEEK_CUR) != (off_t)w->at)
        rill_fault_wrong("the descriptor stands at %lld, the stream at %lld",
                         (long long)lseek(fd, 0, SEEK_CUR), (long long)w->at);
    stands(w);
}

void hint(world *w, int64_t size)
{
    if (w->stopped)
        return;
    rill_hint_size(w->s, size);
    stands(w);
}

/* ---- Memory ---------------------------------------------------------------------------- */

static void check_whole(const world *w, const void *data, ptrdiff_t n)
{
    if ((size_t)n != w->holds.len || memcmp(data, w->holds.bytes, (size_t)n))
        rill_fault_wrong("gives other bytes than were written");
}

void copy_value(world *w)
{
    void *data;
    ptrdiff_t r;

    if (w->stopped)
        return;
    UNTIL_WELL(w, r, rill_getvalue(w->s, &data));
    if (r < 0)
        return;
    check_whole(w, data, r);
    release(w, data, (size_t)r + 1);
    stands(w);
}

void take(world *w)
{
    void *data;
    ptrdiff_t r;

    if (w->stopped)
        return;
    UNTIL_WELL(w, r, rill_take(w->s, &data));
    if (r < 0)
        return;
    check_whole(w, data, r);
    release(w, data, r > 0 ? (size_t)r : 1);
    w->holds.len = 0;
    w->at = 0;
    stands(w);
}

void lend(world *w)
{
    void *data;
    ptrdiff_t r;

    if (w->stopped)
        return;
    UNTIL_WELL(w, r, rill_getbuffer(w->s, &data));
    if (r < 0)
        return;
    check_whole(w, data, r);
    if (rill_releasebuffer(w->s) < 0)
        rill_fault_wrong("a view cannot be given back");
    stands(w);
}

void reset(world *w)
{
    int rc;

    if (w->stopped)
        return;
    UNTIL_WELL(w, rc, rill_reset(w->s));
    if (rc < 0)
        return;
    w->holds.len = 0;
    w->at = 0;
    stands(w);
}
