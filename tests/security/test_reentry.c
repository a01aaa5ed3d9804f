/*
 * test_reentry.c - what is called back by a stream uses that stream.
 *
 * The contract forbids it: "Operations may not use the stream that they serve"
 * (rill/ops.h), "The hook must not use the stream" (rill/stream.h). What is
 * forbidden is refused, with RILL_EBUSY, by every call that is not inline; so
 * no memory is freed or moved under the feet of the call that is going on,
 * which comes to its end as if nothing had been.
 *
 * Not guarded, since that would cost each inline call a test: what the inline
 * parts of rill_read(), rill_write(), rill_getc()... do within the window, and
 * rill_readuntil(), which looks there first. They stay within memory that the stream has, but what they write there while a
 * store is called may be lost, and what they read may come twice. Nor are
 * pread() and pwrite(), in which any number of threads may be at once, and
 * which therefore leave no mark; nor an allocator, which does not know whose
 * memory it is asked for.
 */
#include "subjects.h"

#include <rill/ops.h>

/* ---- A store that turns on its stream
 * -------------------------------------------- */

typedef enum moment {
    IN_READ,
    IN_WRITE,
    IN_READV,
    IN_WRITEV,
    IN_GROW,
    IN_TRUNCATE,
    IN_FLUSH,
    IN_SYNC,
    IN_HINT,
    IN_FILENO,
    IN_COMMIT,
    IN_CLOSE,
    MOMENTS
} moment;

struct turncoat {
    int64_t len;
    moment when;
    int calls; /* how often it turned on the stream */
    int *calls_out;
};

/* Everything that could free, move or change; each must be refused. */
static void use_stream(rill *s)
{
    char back[100];
    const void *data;
    void *room;
    rill_iovec v = {back, sizeof(back)};
    rill *other = rill_open_view("abc", 3), *same = s;

    memset(back, 'r', sizeof(back));
    CHECK_CODE(RILL_EBUSY, rill_close(s));
    CHECK_CODE(RILL_EBUSY, rill_closep(&same));
    CHECK_PTR(s, same);
    rill_discard(s);
    rill_auto_close(&same);
    CHECK_PTR(s, same);
    rill_clear(s); /* does not open the door */
    CHECK_CODE(RILL_EBUSY, rill_read_slow(s, back, sizeof(back)));
    CHECK_CODE(RILL_EBUSY, rill_read_some(s, back, sizeof(back)));
    CHECK_CODE(RILL_EBUSY, rill_readv(s, &v, 1));
    CHECK_CODE(RILL_EBUSY, rill_read_all(s, &room));
    CHECK_CODE(RILL_EBUSY, rill_peek_slow(s, &data, 200000));
    CHECK_CODE(RILL_EBUSY, rill_ungetc(s, 'u'));
    CHECK_CODE(RILL_EBUSY, rill_skip(s, 1));
    CHECK_CODE(RILL_EBUSY, rill_write_slow(s, back, sizeof(back)));
    CHECK_CODE(RILL_EBUSY, rill_writev(s, &v, 1));
    CHECK_CODE(RILL_EBUSY, rill_reserve_slow(s, &room, 200000));
    CHECK_CODE(RILL_EBUSY, rill_printf(s, "%d", 1));
    CHECK_CODE(RILL_EBUSY, rill_flush(s));
    CHECK_CODE(RILL_EBUSY, rill_sync(s, RILL_SYNC_DISK));
    CHECK_CODE(RILL_EBUSY, rill_truncate(s, 0));
    CHECK_CODE(RILL_EBUSY, rill_copy(s, other, -1));
    CHECK_CODE(RILL_EBUSY, rill_copy(other, s, -1));
    rill_hint_size(s, 1 << 20);
    if (rill_seekable(s)) {
        CHECK_CODE(RILL_EBUSY, rill_seek(s, 0, RILL_SEEK_SET));
        CHECK_CODE(RILL_EBUSY, rill_rewind(s));
        CHECK_CODE(RILL_EBUSY, rill_pwrite(s, back, 1, 0));
        CHECK_CODE(RILL_EBUSY, rill_pread(s, back, sizeof(back), 0));
    }
    if (rill_data(s, &data) >= 0) {
        CHECK_CODE(RILL_EBUSY, rill_take(s, &room));
        CHECK_CODE(RILL_EBUSY, rill_reset(s));
        CHECK_CODE(RILL_EBUSY, rill_getbuffer(s, &room));
    }
    CHECK_OK(rill_close(other));
}

static void reach(rill *s, struct turncoat *t, moment when)
{
    if (t->when != when)
        return;
    ++*t->calls_out;
    use_stream(s);
}

static ptrdiff_t turn_read(rill *s, void *self, void *buf, size_t n,
                           int64_t offset)
{
    struct turncoat *t = self;
    int64_t left = t->len - offset;

    reach(s, t, IN_READ);
    if (left <= 0)
        return 0;
    n = n < (uint64_t)left ? n : (size_t)left;
    test_pattern(buf, n, offset);
    return (ptrdiff_t)n;
}

static ptrdiff_t turn_write(rill *s, void *self, const void *buf, size_t n,
                            int64_t offset)
{
    struct turncoat *t = self;

    (void)buf;
    reach(s, t, IN_WRITE);
    n = n > 1000 ? 1000 : n; /* so that it is called again */
    if (offset + (int64_t)n > t->len)
        t->len = offset + (int64_t)n;
    return (ptrdiff_t)n;
}

static ptrdiff_t turn_readv(rill *s, void *self, const rill_iovec *v, int count,
                            int64_t offset)
{
    (void)count;
    reach(s, self, IN_READV);
    return turn_read(s, self, v[0].data, v[0].len, offset);
}

static ptrdiff_t turn_writev(rill *s, void *self, const rill_iovec *v,
                             int count, int64_t offset)
{
    (void)count;
    reach(s, self, IN_WRITEV);
    return turn_write(s, self, v[0].data, v[0].len, offset);
}

static int turn_grow(rill *s, void *self, rill_flat *flat, size_t need)
{
    reach(s, self, IN_GROW);
    return rill_grow(s, flat, need, PTRDIFF_MAX, NULL);
}

static int64_t turn_size(rill *s, void *self)
{
    const struct turncoat *t = self;

    (void)s;
    return t->len;
}

static int turn_truncate(rill *s, void *self, int64_t size)
{
    struct turncoat *t = self;

    reach(s, t, IN_TRUNCATE);
    t->len = size;
    return RILL_OK;
}

static int turn_flush(rill *s, void *self, int64_t offset)
{
    (void)offset;
    reach(s, self, IN_FLUSH);
    return RILL_OK;
}

static int turn_sync(rill *s, void *self, int level)
{
    (void)level;
    reach(s, self, IN_SYNC);
    return RILL_OK;
}

static void turn_hint(rill *s, void *self, int64_t size)
{
    (void)size;
    reach(s, self, IN_HINT);
}

static int turn_fileno(rill *s, void *self)
{
    reach(s, self, IN_FILENO);
    return 7;
}

static int turn_commit(rill *s, void *self)
{
    reach(s, self, IN_COMMIT);
    return RILL_OK;
}

static int turn_close(rill *s, void *self)
{
    reach(s, self, IN_CLOSE);
    return RILL_OK;
}

static const rill_ops moving_ops = {
    .struct_size = sizeof(rill_ops),
    .state_size = sizeof(struct turncoat),
    .name = "turncoat",
    .read = turn_read,
    .write = turn_write,
    .readv = turn_readv,
    .writev = turn_writev,
    .size = turn_size,
    .truncate = turn_truncate,
    .flush = turn_flush,
    .sync = turn_sync,
    .hint = turn_hint,
    .fileno = turn_fileno,
    .commit = turn_commit,
    .close = turn_close,
};

static const rill_ops flat_ops = {
    .struct_size = sizeof(rill_ops),
    .state_size = sizeof(struct turncoat),
    .name = "flat turncoat",
    .flags = RILL_OPS_FLAT | RILL_OPS_OWNS,
    .grow = turn_grow,
    .flush = turn_flush,
    .close = turn_close,
};

enum { LEN = 300000 };

static rill *open_turncoat(const rill_ops *ops, moment when, int *calls)
{
    void *self;
    struct turncoat *t;
    rill *s = rill_open_ops(ops, RILL_READ | RILL_WRITE, NULL, NULL, &self);

    CHECK(s != NULL);
    t = self;
    *t = (struct turncoat){.when = when, .calls_out = calls, .len = LEN};
    *calls = 0;
    if (ops == &flat_ops)
        *rill_flat_of(s) =
            (rill_flat){.base = rill_realloc(s, NULL, 0, 8), .cap = 8};
    return s;
}

/* ---- Operations
 * -------------------------------------------------------------------- */

/* Reading, writing, seeking and all else come out as if nothing had been. */
TEST(reentry__of_a_moving_store)
{
    static unsigned char want[20000], got[20000];

    test_pattern(want, sizeof(want), 0);
    for (moment when = 0; when < MOMENTS; when++) {
        rill_iovec v[2] = {{got, 10}, {got + 10, sizeof(got) - 10}};
        const void *data;
        int calls;
        rill *s = open_turncoat(&moving_ops, when, &calls);

        if (when == IN_GROW) {
            rill_discard(s);
            continue;
        }
        test_context("moment %d", (int)when);
        CHECK_INT(100, rill_read(s, got, 100));
        CHECK_MEM(got, 100, want, 100);
        CHECK(rill_peek(s, &data, 20000) >= 20000 - 100);
        CHECK_OK(rill_rewind(s));
        CHECK_INT(20000, rill_read(s, got, 20000));
        CHECK_MEM(got, 20000, want, 20000);
        CHECK_INT(250000, rill_seek(s, 250000, RILL_SEEK_SET));
        CHECK_INT(20000, rill_readv(s, v, 2));
        CHECK_OK(rill_rewind(s));
        for (int i = 0; i < 2000; i++)
            CHECK_INT(100, rill_write(s, want, 100));
        CHECK_INT(20000, rill_writev(s, v, 2));
        CHECK_INT(20000, rill_write(s, want, 20000));
        CHECK_INT(240000, rill_tell(s));
        CHECK_OK(rill_flush(s));
        CHECK_OK(rill_truncate(s, 250000));
        CHECK_INT(250000, rill_size(s));
        CHECK_OK(rill_sync(s, RILL_SYNC_DATA));
        rill_hint_size(s, 1000);
        CHECK_INT(7, rill_fileno(s));
        CHECK_OK(rill_failed(s, NULL));
        CHECK_OK(rill_close(s));
        CHECK(calls > 0);
    }
}

TEST(reentry__of_a_flat_store)
{
    static const moment moments[] = {IN_GROW, IN_FLUSH, IN_CLOSE};

    for (size_t i = 0; i < sizeof(moments) / sizeof(moments[0]); i++) {
        int calls;
        rill *s = open_turncoat(&flat_ops, moments[i], &calls);

        test_context("moment %d", (int)moments[i]);
        for (int k = 0; k < 1000; k++)
            CHECK_INT(5, rill_write(s, "abcde", 5));
        CHECK_INT(5000, rill_size(s));
        CHECK_OK(rill_flush(s));
        CHECK_INT(9999, rill_seek(s, 9999, RILL_SEEK_SET));
        CHECK_INT(1, rill_pwrite(s, "x", 1, 20000));
        CHECK_INT(20001, rill_size(s));
        CHECK_OK(rill_rewind(s));
        CHECK_READS(s, "abcdeabcde");
        CHECK_OK(rill_close(s));
        CHECK(calls > 0);
    }
}

/* A store that fails after it tried: the failure is its own, and sticks; one
 * that returns RILL_EBUSY itself has not failed for good. */
static int busy_flush(rill *s, void *self, int64_t offset)
{
    int *left = self;

    (void)s, (void)offset;
    return (*left)-- > 0 ? RILL_EBUSY : RILL_OK;
}

TEST(reentry__a_busy_store)
{
    static const rill_ops ops = {
        .struct_size = sizeof(rill_ops),
        .state_size = sizeof(int),
        .name = "busy",
        .read = turn_read,
        .flush = busy_flush,
    };
    void *self;
    rill *s = rill_open_ops(&ops, RILL_READ, NULL, NULL, &self);

    CHECK(s != NULL);
    *(int *)self = 2;
    CHECK_CODE(RILL_EBUSY, rill_flush(s));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_CODE(RILL_EBUSY, rill_flush(s));
    CHECK_OK(rill_flush(s));
    CHECK_OK(rill_close(s));
}

/* ---- The diagnostic hook
 * ----------------------------------------------------------- */

static void turn_hook(void *ctx, const rill *s, int diagnosis,
                      const char *message)
{
    rill **told = ctx;

    (void)s, (void)diagnosis, (void)message;
    use_stream(*told);
    *told = NULL;
}

ON_EACH_KIND(reentry__of_the_hook, READS | WRITES | SEEKS)
{
    rill_options o = RILL_OPTIONS_INIT;
    rill *told;
    char c;

    (void)kind;
    o.diagnostic = turn_hook;
    o.diagnostic_ctx = &told;
    for (int way = 0; way < 2; way++) {
        rill *s = way ? rill_open_with("file", "w+", &o) : rill_open_mem(&o);

        CHECK(s != NULL);
        told = s;
        CHECK_INT(3, rill_write(s, "abc", 3));
        CHECK_INT(0, rill_read(s, &c, 1)); /* not rewound: it is told */
        CHECK(told == NULL);
        CHECK_INT(3, rill_size(s));
        CHECK_OK(rill_rewind(s));
        CHECK_INT('a', rill_getc(s));
        CHECK_OK(rill_close(s));
    }
}
