/*
 * test_boundaries.c - every length, count and offset that a public function
 * takes, at the edges of the types that it may pass through: 2^15, 2^16, 2^31,
 * 2^32, the largest of ptrdiff_t, size_t and int64_t, each one less, exact and
 * one more, on every kind of stream.
 *
 * What is refused changes nothing; what is not does as much as there is; the
 * stream can be used afterwards; and nothing is allocated for what was only
 * asked for. (What opens and stores take is in test_boundaries_of_opens.c, and
 * the list of functions that keeps any from being forgotten.)
 */
#define _XOPEN_SOURCE 700
#include <signal.h>
#include <sys/resource.h>

#include "edges.h"

static volatile int64_t offset;

/* What is read goes here. Not on the stack, behind which the kernel finds the
 * end of all addresses when the length is 2^31, and says EFAULT. */
static char back[16];

typedef void edge_test(subject *t);

/* Files take SUBJECT_MOST bytes while this is on. */
static void limit_files(bool on)
{
    struct rlimit r;

    signal(SIGXFSZ, SIG_IGN);
    CHECK(getrlimit(RLIMIT_FSIZE, &r) == 0);
    r.rlim_cur = on ? SUBJECT_MOST : r.rlim_max;
    CHECK(setrlimit(RLIMIT_FSIZE, &r) == 0);
}

static void run_on_new(const subject_kind *kind, edge_test *run, const char *at,
                       uint64_t edge)
{
    subject t;

    test_context("%s: %s %#llx", kind->name, at, (unsigned long long)edge);
    subject_open(&t, kind);
    limit_files(true);
    run(&t);
    limit_files(false);
    subject_is_usable(&t);
    subject_drop(&t);
}

/* Run a test on a new stream for each edge, as a length. */
static void with_lengths(const subject_kind *kind, edge_test *run)
{
    for (size_t i = 0; i < EDGES; i++) {
        if (length_of_edge(i))
            run_on_new(kind, run, "length", edges[i]);
    }
}

/* The same for offsets: numbers with a sign, of 64 bits. */
static void with_offsets(const subject_kind *kind, edge_test *run)
{
    for (size_t i = 0; i < EDGES; i++) {
        offset = signed_edge(i);
        run_on_new(kind, run, "offset", edges[i]);
    }
}

#define LENGTHS(name, needs)                \
    static void name##__one(subject *t);    \
    ON_EACH_KIND(boundaries__##name, needs) \
    {                                       \
        with_lengths(kind, name##__one);    \
    }                                       \
    static void name##__one(subject *t)

#define OFFSETS(name, needs)                \
    static void name##__one(subject *t);    \
    ON_EACH_KIND(boundaries__##name, needs) \
    {                                       \
        with_offsets(kind, name##__one);    \
    }                                       \
    static void name##__one(subject *t)

/* ---- What must hold ------------------------------------------------------------ */

/* How much there is to read. */
static int64_t content(const subject *t)
{
    return t->kind->can & EMPTY ? 0 : CONTENT_LEN;
}

/* A call was refused with this code, and did nothing. */
static void check_refused(subject *t, int want, int64_t got)
{
    CHECK_CODE(want, got);
    subject_is_unchanged(t, 0);
}

/* No piece of memory was asked for that is larger than the bound. */
static void check_modest(const subject *t, size_t most)
{
    if (t->largest > most)
        FAIL("asked for %zu bytes, expected at most %zu", t->largest, most);
}

/* The default window, with room to put back. */
enum { WINDOW = 129 * 1024 };

/* A reading call returned all that there was, asked for more. */
static void check_read_all_there_is(subject *t, int64_t got)
{
    CHECK_INT(content(t), got);
    CHECK_OK(rill_failed(t->s, NULL));
    if (t->kind->can & SEEKS)
        CHECK_INT(content(t), rill_tell(t->s));
    check_modest(t, WINDOW);
}

/*
 * A writing call took all, or what a bounded store could take, or nothing for
 * lack of room. Returns how much.
 */
static int64_t check_written(subject *t, int64_t got)
{
    int64_t taken = got > 0 ? got : 0;

    if (got < 0) {
        CHECK(got == RILL_ENOSPC || got == RILL_ENOMEM || got == RILL_EAGAIN);
        return 0;
    }
    if (!(t->kind->can & EMPTY))
        CHECK(taken <= SUBJECT_PIECE);
    return taken;
}

/* ---- Reading ------------------------------------------------------------------- */

LENGTHS(read, READS)
{
    ptrdiff_t n = rill_read(t->s, back, length);

    if (too_long())
        check_refused(t, RILL_ERANGE, n);
    else
        check_read_all_there_is(t, n);
}

LENGTHS(read_exact, READS)
{
    int rc = rill_read_exact(t->s, back, length);

    if (too_long()) {
        check_refused(t, RILL_ERANGE, rc);
        return;
    }
    CHECK_CODE(RILL_EEOF, rc);
    check_read_all_there_is(t, content(t));
}

LENGTHS(read_some, READS)
{
    ptrdiff_t n = rill_read_some(t->s, back, length);

    if (too_long())
        check_refused(t, RILL_ERANGE, n);
    else
        check_read_all_there_is(t, n);
}

LENGTHS(readv, READS)
{
    rill_iovec v[3] = {{back, 0}, {back, length}, {back, length}};
    ptrdiff_t n = rill_readv(t->s, v, 3);

    if (length > PTRDIFF_MAX / 2)
        check_refused(t, RILL_ERANGE, n);
    else
        check_read_all_there_is(t, n);
}

LENGTHS(pread, READS | SEEKS)
{
    ptrdiff_t n = rill_pread(t->s, back, length, 0);

    if (too_long()) {
        check_refused(t, RILL_ERANGE, n);
        return;
    }
    CHECK_INT(content(t), n);
    subject_is_unchanged(t, 0);
}

LENGTHS(peek, READS)
{
    const void *data = NULL;
    ptrdiff_t n = rill_peek(t->s, &data, length);
    size_t limit = (size_t)64 * 1024 * 1024;

    if (!(t->kind->can & FLAT) && length > limit) {
        CHECK(data == NULL);
        check_refused(t, RILL_ELIMIT, n);
        return;
    }
    CHECK_INT(content(t), n);
    CHECK_MEM(data, n, CONTENT, (size_t)content(t));
    check_modest(t, 2 * WINDOW);
    if (t->kind->can & SEEKS)
        subject_is_unchanged(t, 0);
}

/* Bytes put back make a flat store gather them with what follows. */
LENGTHS(peek_after_ungetc, READS | SEEKS)
{
    const void *data = NULL;
    ptrdiff_t n;
    bool limited = !(t->kind->can & FLAT) && length > 64 * 1024 * 1024;

    CHECK_INT('!', rill_ungetc(t->s, '!'));
    n = rill_peek(t->s, &data, length);
    if (limited)
        CHECK_CODE(RILL_ELIMIT, n);
    else
        CHECK_INT(1 + content(t), n);
    CHECK_INT('!', rill_getc(t->s));
    check_modest(t, 2 * WINDOW);
}

LENGTHS(consume, READS)
{
    const void *data;

    check_refused(t, RILL_EINVAL, rill_consume(t->s, length));
    if (!(t->kind->can & SEEKS))
        return;
    CHECK(rill_peek(t->s, &data, 0) >= 0);
    check_refused(t, RILL_EINVAL, rill_consume(t->s, length));
}

OFFSETS(skip, READS)
{
    int64_t n = rill_skip(t->s, offset);

    if (offset < 0)
        check_refused(t, RILL_EINVAL, n);
    else
        check_read_all_there_is(t, n);
}

LENGTHS(readline_into, READS)
{
    ptrdiff_t n = rill_readline_into(t->s, back, length);

    check_read_all_there_is(t, n);
    CHECK_MEM(back, n, CONTENT, (size_t)content(t));
}

/* A buffer of getdelim()'s that claims to be large enough is believed. */
LENGTHS(getline, READS)
{
    char *line = test_alloc(16);
    size_t size = length;

    check_read_all_there_is(t, rill_getline(t->s, &line, &size));
    CHECK_INT(length, size);
    free(line);
}

LENGTHS(reader_get, READS)
{
    rill_reader r = rill_reader_begin(t->s);
    int rc = rill_reader_get(&r, back, length);

    CHECK_CODE(too_long() ? RILL_ERANGE : RILL_EEOF, rc);
    CHECK_CODE(rc, rill_reader_end(&r));
    if (too_long())
        subject_is_unchanged(t, 0);
    else
        check_read_all_there_is(t, content(t));
}

/* ---- Writing --------------------------------------------------------------------- */

/* The bytes of a write that was not refused are there, and no others. */
static void check_zeros_from(subject *t, int64_t from, int64_t taken)
{
    unsigned char byte = 'x';

    if (!(t->kind->can & SEEKS) || t->kind->can & EMPTY)
        return;
    rill_clear(t->s);
    if (t->kind->can & APPENDS && taken > 0)
        from = CONTENT_LEN;
    CHECK_INT(1, rill_pread(t->s, &byte, 1, from));
    CHECK_INT(taken > 0 ? 0 : '0' + from, byte);
    if (taken == 0)
        return;
    CHECK_INT(1, rill_pread(t->s, &byte, 1, from + taken - 1));
    CHECK_INT(0, byte);
}

LENGTHS(write, WRITES)
{
    ptrdiff_t n = rill_write(t->s, zeros, length);

    if (too_long())
        check_refused(t, RILL_ERANGE, n);
    else
        check_zeros_from(t, 0, check_written(t, n));
}

LENGTHS(pwrite, WRITES | SEEKS)
{
    ptrdiff_t n = rill_pwrite(t->s, zeros, length, 0);

    if (t->kind->can & APPENDS)
        check_refused(t, RILL_ENOTSUP, n);
    else if (too_long())
        check_refused(t, RILL_ERANGE, n);
    else
        check_zeros_from(t, 0, check_written(t, n));
}

LENGTHS(writev, WRITES)
{
    rill_iovec v[3] = {{zeros, 0}, {zeros, length}, {zeros, length}};
    ptrdiff_t n = rill_writev(t->s, v, 3);

    if (length > PTRDIFF_MAX / 2)
        check_refused(t, RILL_ERANGE, n);
    else
        check_zeros_from(t, 0, check_written(t, n));
}

LENGTHS(writer_put, WRITES)
{
    rill_writer w = rill_writer_begin(t->s);
    int rc;

    rill_writer_put(&w, zeros, length);
    rc = rill_writer_end(&w);
    if (too_long())
        check_refused(t, RILL_ERANGE, rc);
    else if (rc < 0)
        check_written(t, rc);
}

/* A number's bytes, all or none: so here none of what there is no room for. */
LENGTHS(put_bytes, WRITES)
{
    int rc;

    if (length <= SUBJECT_PIECE)
        return; /* that many may fit */
    rc = rill_put_bytes(t->s, zeros, length);
    CHECK(rc == RILL_ELIMIT || rc == RILL_ENOSPC || rc == RILL_ENOMEM ||
          rc == RILL_ERANGE);
    check_zeros_from(t, 0, 0);
}

LENGTHS(reserve, WRITES)
{
    void *room = NULL;
    ptrdiff_t n = rill_reserve(t->s, &room, length);
    size_t limit = (size_t)64 * 1024 * 1024;

    if (too_long() || (!(t->kind->can & FLAT) && length > limit)) {
        CHECK(room == NULL);
        CHECK_CODE(RILL_ELIMIT, n);
        CHECK_OK(rill_failed(t->s, NULL));
        check_modest(t, 0);
        return;
    }
    if (n < 0) {
        CHECK(room == NULL);
        check_written(t, n);
        return;
    }
    CHECK((size_t)n >= length);
    memset(room, 0, length);
}

LENGTHS(commit, WRITES)
{
    void *room;
    ptrdiff_t n;

    check_refused(t, RILL_EINVAL, rill_commit(t->s, length));
    n = rill_reserve(t->s, &room, 1);
    CHECK(n > 0);
    if (length > (size_t)n)
        CHECK_CODE(RILL_EINVAL, rill_commit(t->s, length));
}

OFFSETS(hint_size, 0)
{
    if (t->kind->can & DISK && offset > SUBJECT_MOST &&
        offset < INT64_C(1) << 40)
        return; /* so much disk the file system may really have */
    rill_hint_size(t->s, offset);
    if (t->kind->can & WRITES || !(t->kind->can & SEEKS))
        CHECK_OK(rill_failed(t->s, NULL));
    else
        subject_is_unchanged(t, 0);
}

LENGTHS(printf, WRITES)
{
    int64_t n;

    if (length > 65537)
        return; /* see printf_overflow: that takes long */
    n = rill_printf(t->s, "%*s", (int)length, "");
    CHECK(n == (int64_t)length || n == RILL_ENOSPC ||
          (n > 0 && n < (int64_t)length));
}

/* ---- Positions ------------------------------------------------------------------- */

/* Where a seek by `offset` from `from` goes, or its code. */
static int64_t seek_target(const subject *t, int64_t from, int relative)
{
    int64_t to;

    if (offset > INT64_MAX - from)
        return RILL_ERANGE;
    to = from + offset;
    if (to < 0)
        return relative && t->kind->can & CLAMPS ? 0 : RILL_EINVAL;
    return to > 100 && !(t->kind->can & GROWS) ? RILL_EINVAL : to;
}

OFFSETS(seek, SEEKS)
{
    static const int whence[] = {RILL_SEEK_SET, RILL_SEEK_CUR, RILL_SEEK_END};

    for (int i = 0; i < 3; i++) {
        int64_t from[3] = {0, 3, content(t)}, want;

        CHECK_INT(3, rill_seek(t->s, 3, RILL_SEEK_SET));
        want = seek_target(t, from[i], i > 0);
        CHECK_INT(want, rill_seek(t->s, offset, whence[i]));
        subject_is_unchanged(t, want < 0 ? 3 : want);
    }
    check_modest(t, WINDOW);
}

/* What cannot be sought says so, whatever the numbers. */
OFFSETS(seek_in_pipes, 0)
{
    if (t->kind->can & SEEKS)
        return;
    CHECK_CODE(RILL_ENOTSUP, rill_seek(t->s, offset, RILL_SEEK_SET));
    CHECK_CODE(RILL_ENOTSUP, rill_pread(t->s, zeros, 1, offset));
    CHECK_CODE(RILL_ENOTSUP, rill_pwrite(t->s, zeros, 1, offset));
    CHECK_CODE(RILL_ENOTSUP, rill_truncate(t->s, offset));
}

/* Reading beyond the end finds the end, as far as offsets go. */
OFFSETS(read_at, READS | SEEKS | GROWS)
{
    if (offset < 0)
        return;
    CHECK_INT(offset, rill_seek(t->s, offset, RILL_SEEK_SET));
    CHECK_INT(0, rill_read(t->s, back, sizeof(back)));
    CHECK_CODE(RILL_EEOF, rill_getc(t->s));
    CHECK_INT(0, rill_skip(t->s, INT64_MAX));
    subject_is_unchanged(t, offset);
    check_modest(t, WINDOW);
}

/* One byte, and two, at and up to the last offset. */
OFFSETS(write_at, WRITES | SEEKS | GROWS)
{
    ptrdiff_t n;

    if (offset < 0)
        return;
    CHECK_INT(offset, rill_seek(t->s, offset, RILL_SEEK_SET));
    for (int len = 1; len <= 2; len++) {
        n = rill_write(t->s, zeros, (size_t)len);
        if (n < 0)
            break;
        CHECK_INT(len, n);
        n = rill_flush(t->s);
        if (n < 0)
            break;
    }
    if (offset > INT64_MAX - 3 && !(t->kind->can & APPENDS))
        CHECK(n == RILL_ERANGE || n == RILL_ENOSPC || n == RILL_ENOMEM);
    if (n < 0)
        CHECK(n == RILL_ERANGE || n == RILL_ENOSPC || n == RILL_ENOMEM);
    if (n == RILL_ERANGE)
        CHECK_OK(rill_failed(t->s, NULL));
    /* What could not be written waits for better times: give it up. */
    rill_clear(t->s);
    subject_drop(t);
    subject_open(t, t->kind);
}

OFFSETS(pread_at, READS | SEEKS)
{
    ptrdiff_t n = rill_pread(t->s, back, sizeof(back), offset);

    if (offset < 0)
        check_refused(t, RILL_EINVAL, n);
    else
        CHECK_INT(0, n);
    subject_is_unchanged(t, 0);
}

OFFSETS(pwrite_at, WRITES | SEEKS)
{
    ptrdiff_t n = rill_pwrite(t->s, zeros, 2, offset);

    if (t->kind->can & APPENDS) {
        check_refused(t, RILL_ENOTSUP, n);
    } else if (offset < 0) {
        check_refused(t, RILL_EINVAL, n);
    } else if (offset > INT64_MAX - 2) {
        check_refused(t, RILL_ERANGE, n);
    } else if (n < 0) {
        CHECK(n == RILL_ENOSPC || n == RILL_ENOMEM || n == RILL_ERANGE);
        subject_is_unchanged(t, 0);
    } else {
        CHECK_INT(2, n);
    }
}

OFFSETS(truncate, SEEKS)
{
    int rc = rill_truncate(t->s, offset);

    if (!(t->kind->can & CUTS)) {
        check_refused(t, RILL_ENOTSUP, rc);
    } else if (offset < 0) {
        check_refused(t, RILL_EINVAL, rc);
    } else if (rc == RILL_OK && t->kind->can & EXTENDS) {
        CHECK_INT(offset, rill_size(t->s));
    } else if (rc == RILL_OK || rc == RILL_ERANGE) {
        subject_is_unchanged(t, 0);
    } else {
        CHECK(rc == RILL_ENOSPC || rc == RILL_ENOMEM || rc == RILL_EINVAL);
        rill_clear(t->s);
        subject_is_unchanged(t, 0);
    }
}

/* ---- From stream to stream ------------------------------------------------------------ */

OFFSETS(copy, READS)
{
    rill *to = rill_open_mem(NULL);

    CHECK(to != NULL);
    CHECK_INT(content(t), rill_copy(to, t->s, offset));
    CHECK_INT(content(t), rill_size(to));
    CHECK_OK(rill_close(to));
    check_modest(t, WINDOW);
}

OFFSETS(copy_into, WRITES)
{
    rill *from = rill_open_view(CONTENT, CONTENT_LEN);
    rill *nothing = rill_open_null();
    int64_t n;

    CHECK(from != NULL);
    CHECK(nothing != NULL);
    CHECK_INT(0, rill_copy(t->s, nothing, offset));
    n = rill_copy(t->s, from, offset);
    CHECK_INT(CONTENT_LEN, n);
    CHECK_OK(rill_close(from));
    CHECK_OK(rill_close(nothing));
}

/* ---- Numbers of other kinds -------------------------------------------------------------- */

/* Whence, level, delimiter, count: what is not one of them is refused. */
ON_EACH_KIND(boundaries__small_numbers, 0)
{
    for (int i = 0; i < INTS; i++) {
        unsigned can = kind->can;
        const char *line = NULL;
        char *buf = NULL;
        size_t size = 0;
        rill_iovec v = {back, 1};
        subject t;

        test_context("%s: %d", kind->name, ints[i]);
        subject_open(&t, kind);
        CHECK_CODE(can & SEEKS ? RILL_EINVAL : RILL_ENOTSUP,
                   rill_seek(t.s, 0, ints[i]));
        CHECK_CODE(RILL_EINVAL, rill_sync(t.s, ints[i]));
        if (can & READS) {
            CHECK_CODE(RILL_EINVAL, rill_readuntil(t.s, ints[i], &line));
            CHECK_CODE(RILL_EINVAL,
                       rill_readuntil_into(t.s, ints[i], back, 16));
            CHECK_CODE(RILL_EINVAL, rill_getdelim(t.s, &buf, &size, ints[i]));
        }
        if (can & READS && ints[i] < 0)
            CHECK_CODE(RILL_EINVAL, rill_readv(t.s, &v, ints[i]));
        if (can & WRITES && ints[i] < 0)
            CHECK_CODE(RILL_EINVAL, rill_writev(t.s, &v, ints[i]));
        CHECK(buf == NULL);
        subject_is_unchanged(&t, 0);
        subject_is_usable(&t);
        subject_drop(&t);
    }
}

/* A byte is what the low eight bits of an int are. */
ON_EACH_KIND(boundaries__bytes, 0)
{
    for (int i = 0; i < INTS; i++) {
        int byte = (int)((unsigned)ints[i] & 0xff);
        subject t;

        test_context("%s: %d", kind->name, ints[i]);
        subject_open(&t, kind);
        if (kind->can & READS) {
            CHECK_INT(byte, rill_ungetc(t.s, ints[i]));
            CHECK_INT(byte, rill_getc(t.s));
        }
        if (kind->can & WRITES)
            CHECK_INT(byte, rill_putc(t.s, ints[i]));
        subject_drop(&t);
    }
}

/* As many pieces as 2^16 and one, empty and of one byte. */
ON_EACH_KIND(boundaries__pieces, READS | WRITES | SEEKS)
{
    static rill_iovec v[65537];
    subject t;

    for (int count = 32767; count <= 65537; count += 32767) {
        for (size_t len = 0; len <= 1; len++) {
            ptrdiff_t n, want = (ptrdiff_t)len * count;

            for (int i = 0; i < count; i++)
                v[i] = (rill_iovec){&zeros[i], len};
            test_context("%s: %d of %zu", kind->name, count, len);
            subject_open(&t, kind);
            CHECK_INT(len > 0 ? content(&t) : 0, rill_readv(t.s, v, count));
            n = rill_writev(t.s, v, count);
            CHECK(n == want || (kind->can & FLAT && n < want && n > 0));
            subject_is_usable(&t);
            subject_drop(&t);
        }
    }
    memset(zeros, 0, sizeof(zeros));
}

/* printf() can say no more than INT_MAX. On one kind: counting that far takes
 * the C library seconds. */
TEST(boundaries__printf_overflow)
{
    subject t;

    CHECK_STR("mem, own allocator", subject_kinds[1].name);
    subject_open(&t, &subject_kinds[1]);
    length = INT_MAX;
    check_refused(&t, RILL_EDATA, rill_printf(t.s, "%*d!", (int)length, 1));
    subject_is_usable(&t);
    subject_drop(&t);
}
