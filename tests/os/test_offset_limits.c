/*
 * test_offset_limits.c - offsets and lengths at the edges of their types, on
 * every kind of stream: refused with a code, never wrapped, nothing changed.
 */
#define _GNU_SOURCE
#include "os_support.h"

#define CONTENT "0123456789"

enum { LEN = 10 };

/* What a kind of stream promises about offsets. */
enum {
    WRITES = 1,  /* can be written */
    GROWS = 2,   /* a seek past the end is legal */
    CLAMPS = 4,  /* relative seeks before the start go to 0 */
    EMPTY = 8,   /* has no content whatever was written */
    EXTENDS = 16 /* truncate() makes it longer */
};

typedef struct kind {
    const char *name;
    rill *(*open)(void);
    unsigned is;
} kind;

static rill *open_mem(void)
{
    return rill_open_mem_copy(CONTENT, LEN, NULL);
}

static rill *open_view(void)
{
    return rill_open_view(CONTENT, LEN);
}

static rill *open_fixed(void)
{
    static unsigned char room[32];
    rill_options o = RILL_OPTIONS_INIT;

    memcpy(room, CONTENT, LEN);
    o.length = LEN;
    return rill_open_fixed(room, sizeof(room), &o);
}

static rill *filled_spool(size_t threshold)
{
    rill *s = rill_open_spool(threshold, NULL);

    if (s && (rill_write(s, CONTENT, LEN) != LEN || rill_rewind(s) < 0)) {
        rill_discard(s);
        return NULL;
    }
    return s;
}

static rill *open_spool_in_memory(void)
{
    return filled_spool(1000);
}

static rill *open_spool_on_disk(void)
{
    return filled_spool(1);
}

static rill *open_file(void)
{
    test_write_file("ten", CONTENT, LEN);
    return rill_open("ten", "r+");
}

static rill *open_unbuffered_file(void)
{
    rill_options o = RILL_OPTIONS_INIT;

    o.buffer_size = RILL_UNBUFFERED;
    test_write_file("ten", CONTENT, LEN);
    return rill_open_with("ten", "r+", &o);
}

static rill *open_null(void)
{
    return rill_open_null();
}

static const kind kinds[] = {
    {"mem", open_mem, WRITES | GROWS | CLAMPS},
    {"view", open_view, 0},
    {"fixed", open_fixed, WRITES},
    {"spool in memory", open_spool_in_memory, WRITES | GROWS | EXTENDS},
    {"spool on disk", open_spool_on_disk, WRITES | GROWS | EXTENDS},
    {"file", open_file, WRITES | GROWS | EXTENDS},
    {"unbuffered file", open_unbuffered_file, WRITES | GROWS | EXTENDS},
    {"null", open_null, WRITES | GROWS | EMPTY},
};

/* One body on one kind of stream: a test of its own. */
typedef struct pairing {
    void (*body)(rill *s, const kind *k);
    const kind *kind;
} pairing;

static void run_pairing(void *arg)
{
    const pairing *p = arg;
    rill *s = p->kind->open();

    CHECK(s != NULL);
    p->body(s, p->kind);
    rill_discard(s);
}

static void pair_with_each(const char *name,
                           void (*body)(rill *s, const kind *k))
{
    char text[100];

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        pairing *p = test_alloc(sizeof(*p));

        *p = (pairing){body, &kinds[i]};
        snprintf(text, sizeof(text), "offset_limits__%s (%s)", name,
                 kinds[i].name);
        test_register(text, run_pairing, p);
    }
}

#define ON_EACH(body)                \
    TEST_AT_START(body)              \
    {                                \
        pair_with_each(#body, body); \
    }

/* The stream is as it was opened, and stands at `at`. */
static void check_untouched(rill *s, const kind *k, int64_t at)
{
    char back[LEN + 1];

    CHECK_INT(RILL_OK, rill_failed(s, NULL));
    CHECK_INT(at, rill_tell(s));
    CHECK_INT(k->is & EMPTY ? 0 : LEN, rill_size(s));
    if (k->is & EMPTY)
        return;
    CHECK_INT(0, rill_seek(s, 0, RILL_SEEK_SET));
    CHECK_INT(LEN, rill_read(s, back, sizeof(back)));
    CHECK_BYTES(back, LEN, CONTENT);
    CHECK_INT(at, rill_seek(s, at, RILL_SEEK_SET));
}

static void seek_negative(rill *s, const kind *k)
{
    int relative = k->is & CLAMPS ? 0 : RILL_EINVAL;

    CHECK_INT(3, rill_seek(s, 3, RILL_SEEK_SET));
    CHECK_INT(RILL_EINVAL, rill_seek(s, -1, RILL_SEEK_SET));
    CHECK_INT(RILL_EINVAL, rill_seek(s, INT64_MIN, RILL_SEEK_SET));
    check_untouched(s, k, 3);
    CHECK_INT(relative, rill_seek(s, -4, RILL_SEEK_CUR));
    CHECK_INT(3, rill_seek(s, 3, RILL_SEEK_SET));
    CHECK_INT(relative, rill_seek(s, INT64_MIN, RILL_SEEK_CUR));
    CHECK_INT(3, rill_seek(s, 3, RILL_SEEK_SET));
    CHECK_INT(relative, rill_seek(s, INT64_MIN, RILL_SEEK_END));
    CHECK_INT(3, rill_seek(s, 3, RILL_SEEK_SET));
    CHECK_INT(relative, rill_seek(s, -LEN - 1, RILL_SEEK_END));
    CHECK_INT(3, rill_seek(s, 3, RILL_SEEK_SET));
    check_untouched(s, k, 3);
}

ON_EACH(seek_negative)

static void seek_overflow(rill *s, const kind *k)
{
    CHECK_INT(3, rill_seek(s, 3, RILL_SEEK_SET));
    CHECK_INT(RILL_ERANGE, rill_seek(s, INT64_MAX, RILL_SEEK_CUR));
    CHECK_INT(RILL_ERANGE, rill_seek(s, INT64_MAX - 2, RILL_SEEK_CUR));
    if (!(k->is & EMPTY)) {
        CHECK_INT(RILL_ERANGE, rill_seek(s, INT64_MAX, RILL_SEEK_END));
        CHECK_INT(RILL_ERANGE,
                  rill_seek(s, INT64_MAX - LEN + 1, RILL_SEEK_END));
    }
    check_untouched(s, k, 3);
}

ON_EACH(seek_overflow)

/* The last offset there is can be gone to, and nothing is there. */
static void seek_max(rill *s, const kind *k)
{
    char byte = 'x';

    if (!(k->is & GROWS)) {
        CHECK_INT(RILL_EINVAL, rill_seek(s, INT64_MAX, RILL_SEEK_SET));
        CHECK_INT(RILL_EINVAL, rill_seek(s, INT64_MAX - 1, RILL_SEEK_SET));
        check_untouched(s, k, 0);
        return;
    }
    CHECK_INT(INT64_MAX, rill_seek(s, INT64_MAX, RILL_SEEK_SET));
    CHECK_INT(INT64_MAX, rill_tell(s));
    CHECK_INT(RILL_ERANGE, rill_seek(s, 1, RILL_SEEK_CUR));
    CHECK_INT(INT64_MAX, rill_seek(s, 0, RILL_SEEK_CUR));
    CHECK_INT(INT64_MAX - 5, rill_seek(s, -5, RILL_SEEK_CUR));
    CHECK_INT(INT64_MAX, rill_seek(s, 5, RILL_SEEK_CUR));
    CHECK_INT(RILL_ERANGE, rill_write(s, &byte, 1));
    CHECK_INT(RILL_ERANGE, rill_putc(s, 'y'));
    CHECK_INT(INT64_MAX, rill_tell(s));
    CHECK_INT(0, rill_seek(s, 0, RILL_SEEK_SET));
    check_untouched(s, k, 0);
}

ON_EACH(seek_max)

/* Reading there is the end of the data, for every store. */
static void read_at_max(rill *s, const kind *k)
{
    char byte = 'x';

    if (!(k->is & GROWS))
        return;
    CHECK_INT(INT64_MAX - 1, rill_seek(s, INT64_MAX - 1, RILL_SEEK_SET));
    CHECK_INT(0, rill_read(s, &byte, 1));
    CHECK_INT(INT64_MAX, rill_seek(s, INT64_MAX, RILL_SEEK_SET));
    CHECK_INT(0, rill_read(s, &byte, 1));
    CHECK_INT('x', byte);
    CHECK_INT(0, rill_skip(s, INT64_MAX));
    CHECK_INT(INT64_MAX, rill_tell(s));
    CHECK_INT(0, rill_seek(s, 0, RILL_SEEK_SET));
    check_untouched(s, k, 0);
}

ON_EACH(read_at_max)

/* A write that ends at the last offset: no store holds that much. */
static void write_too_far(rill *s, const kind *k)
{
    int64_t at = INT64_MAX - 4;
    ptrdiff_t n;

    if (!(k->is & GROWS) || k->is & EMPTY)
        return;
    CHECK_INT(at, rill_seek(s, at, RILL_SEEK_SET));
    CHECK_INT(RILL_ERANGE, rill_write(s, "12345", 5));
    CHECK_INT(at, rill_tell(s));
    CHECK_INT(RILL_OK, rill_failed(s, NULL));
    n = rill_write(s, "1234", 4);
    if (n >= 0)
        n = rill_flush(s);
    if (n == RILL_OK) {
        /* A file system whose files may be that long (tmpfs). */
        CHECK_INT(INT64_MAX, rill_size(s));
        return;
    }
    CHECK(n < 0);
    CHECK(rill_failed(s, NULL) < 0);
}

ON_EACH(write_too_far)

static void truncate_edges(rill *s, const kind *k)
{
    int rc;

    CHECK_INT(3, rill_seek(s, 3, RILL_SEEK_SET));
    if (!(k->is & WRITES)) {
        CHECK_INT(RILL_ENOTSUP, rill_truncate(s, 3));
        check_untouched(s, k, 3);
        return;
    }
    CHECK_INT(RILL_EINVAL, rill_truncate(s, -1));
    CHECK_INT(RILL_EINVAL, rill_truncate(s, INT64_MIN));
    check_untouched(s, k, 3);
    if (k->is & EXTENDS)
        return;
    rc = rill_truncate(s, INT64_MAX);
    CHECK_OK(rc);
    check_untouched(s, k, 3);
}

ON_EACH(truncate_edges)

/* No disk has room for 2^63 bytes, but a file system may take the number. */
static void truncate_max(rill *s, const kind *k)
{
    int rc;

    if (!(k->is & EXTENDS))
        return;
    rc = rill_truncate(s, INT64_MAX);
    if (rc == RILL_OK) {
        CHECK_INT(INT64_MAX, rill_size(s));
        return;
    }
    CHECK(rc < 0);
    rill_clear(s);
    check_untouched(s, k, 0);
}

ON_EACH(truncate_max)

static void pread_edges(rill *s, const kind *k)
{
    unsigned char back[16];
    ptrdiff_t n;

    memset(back, 'x', sizeof(back));
    CHECK_INT(RILL_EINVAL, rill_pread(s, back, 1, -1));
    CHECK_INT(RILL_EINVAL, rill_pread(s, back, 16, INT64_MIN));
    CHECK_INT(0, rill_pread(s, back, 1, INT64_MAX - 1));
    /* Where a read would end beyond the last offset, that may be said. */
    n = rill_pread(s, back, 16, INT64_MAX);
    CHECK(n == 0 || n == RILL_ERANGE);
    n = rill_pread(s, back, 16, INT64_MAX - 3);
    CHECK(n == 0 || n == RILL_ERANGE);
    CHECK_BYTES(back, 16, "xxxxxxxxxxxxxxxx");
    check_untouched(s, k, 0);
}

ON_EACH(pread_edges)

static void pwrite_edges(rill *s, const kind *k)
{
    if (!(k->is & WRITES)) {
        CHECK_INT(RILL_ENOTSUP, rill_pwrite(s, "x", 1, 0));
        check_untouched(s, k, 0);
        return;
    }
    CHECK_INT(RILL_EINVAL, rill_pwrite(s, "x", 1, -1));
    CHECK_INT(RILL_EINVAL, rill_pwrite(s, "x", 1, INT64_MIN));
    CHECK_INT(RILL_ERANGE, rill_pwrite(s, "x", 1, INT64_MAX));
    CHECK_INT(RILL_ERANGE, rill_pwrite(s, "abcde", 5, INT64_MAX - 4));
    check_untouched(s, k, 0);
}

ON_EACH(pwrite_edges)

static void skip_edges(rill *s, const kind *k)
{
    int64_t left = k->is & EMPTY ? 0 : LEN - 3;

    CHECK_INT(3, rill_seek(s, 3, RILL_SEEK_SET));
    CHECK_INT(RILL_EINVAL, rill_skip(s, -1));
    CHECK_INT(RILL_EINVAL, rill_skip(s, INT64_MIN));
    check_untouched(s, k, 3);
    CHECK_INT(left, rill_skip(s, INT64_MAX));
    CHECK_INT(3 + left, rill_tell(s));
}

ON_EACH(skip_edges)

/* volatile: the compiler may not see, and warn of, what is asked for. */
static volatile size_t huge = SIZE_MAX;

static void huge_lengths(rill *s, const kind *k)
{
    unsigned char back[LEN];
    rill_iovec v[2] = {{back, huge / 2 - 3}, {back, huge / 2 - 3}};
    ptrdiff_t n;

    n = rill_read(s, back, huge);
    CHECK(n == RILL_EINVAL || n == RILL_ERANGE);
    n = rill_read_exact(s, back, huge);
    CHECK(n == RILL_EINVAL || n == RILL_ERANGE);
    n = rill_read_some(s, back, huge);
    CHECK(n == RILL_EINVAL || n == RILL_ERANGE);
    n = rill_pread(s, back, huge, 0);
    CHECK(n == RILL_EINVAL || n == RILL_ERANGE);
    n = rill_readv(s, v, 2);
    CHECK(n == RILL_EINVAL || n == RILL_ERANGE);
    CHECK_INT(RILL_EINVAL, rill_readv(s, v, -1));
    CHECK_INT(RILL_EINVAL, rill_consume(s, huge));
    check_untouched(s, k, 0);
    if (!(k->is & WRITES))
        return;
    n = rill_write(s, back, huge);
    CHECK(n == RILL_EINVAL || n == RILL_ERANGE);
    n = rill_pwrite(s, back, huge, 0);
    CHECK(n == RILL_EINVAL || n == RILL_ERANGE);
    n = rill_writev(s, v, 2);
    CHECK(n == RILL_EINVAL || n == RILL_ERANGE);
    CHECK_INT(RILL_EINVAL, rill_writev(s, v, -1));
    CHECK_INT(RILL_EINVAL, rill_commit(s, huge));
    check_untouched(s, k, 0);
}

ON_EACH(huge_lengths)

/* A hint is a hint, however silly. */
static void silly_hints(rill *s, const kind *k)
{
    rill_hint_size(s, -1);
    rill_hint_size(s, INT64_MIN);
    rill_hint_size(s, INT64_MAX);
    rill_hint_size(s, 0);
    check_untouched(s, k, 0);
}

ON_EACH(silly_hints)

static void copy_edges(rill *s, const kind *k)
{
    rill *to = rill_open_mem(NULL);
    int64_t all = k->is & EMPTY ? 0 : LEN;

    CHECK(to != NULL);
    CHECK_INT(0, rill_copy(to, s, 0));
    CHECK_INT(all, rill_copy(to, s, INT64_MAX));
    CHECK_INT(all, rill_size(to));
    CHECK_INT(0, rill_copy(to, s, INT64_MAX));
    CHECK_INT(0, rill_seek(s, 0, RILL_SEEK_SET));
    CHECK_INT(all, rill_copy(to, s, INT64_MIN));
    CHECK_INT(2 * all, rill_size(to));
    CHECK_OK(rill_close(to));
}

ON_EACH(copy_edges)

/* Memory that cannot be had is RILL_ENOMEM, and the stream goes on. */
TEST(offset_limits__memory_that_cannot_be)
{
    rill_options o = RILL_OPTIONS_INIT;
    rill *s;

    s = rill_open_mem_copy(CONTENT, LEN, &o);
    CHECK(s != NULL);
    CHECK_INT(INT64_MAX - 1, rill_seek(s, INT64_MAX - 1, RILL_SEEK_SET));
    CHECK_CODE(RILL_ENOMEM, rill_write(s, "x", 1));
    CHECK_CODE(RILL_ENOMEM, rill_failed(s, NULL));
    rill_clear(s);
    CHECK_INT(LEN, rill_size(s));
    CHECK_OK(rill_rewind(s));
    CHECK_REST(s, CONTENT);
    CHECK_INT(1, rill_write(s, "x", 1));
    CHECK_HOLDS(s, CONTENT "x");
    CHECK_OK(rill_close(s));

    o.max_size = INT64_MAX;
    o.size_hint = INT64_MAX;
    s = rill_open_mem(&o);
    if (s) {
        CHECK_INT(1, rill_write(s, "x", 1));
        CHECK_OK(rill_close(s));
    }
}

/* The null store counts up to the last offset and no further. */
TEST(offset_limits__null_counts)
{
    rill *s = rill_open_null();

    CHECK(s != NULL);
    CHECK_INT(INT64_MAX - 3, rill_seek(s, INT64_MAX - 3, RILL_SEEK_SET));
    CHECK_INT(RILL_ERANGE, rill_write(s, "abcd", 4));
    CHECK_INT(INT64_MAX - 3, rill_tell(s));
    CHECK_INT(3, rill_write(s, "abc", 3));
    CHECK_INT(INT64_MAX, rill_tell(s));
    CHECK_INT(RILL_ERANGE, rill_write(s, "d", 1));
    CHECK_OK(rill_close(s));
}
