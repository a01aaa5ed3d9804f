/*
 * Streams in memory: their bytes seen, copied, lent, taken, and the stream
 * used again.
 */
#include "fixture.h"

CONFORMS(memory__data_is_the_whole_content, MEMORY | READS)
{
    rill *s = fixture_open(fx, "abcdef");
    const void *data;

    CHECK_READS(s, "abc");
    CHECK_BYTES(data, rill_data(s, &data), "abcdef");
    CHECK_INT(3, rill_tell(s));
    CHECK_REST(s, "def");
    CHECK_BYTES(data, rill_data(s, &data), "abcdef");
    CHECK_OK(rill_close(s));
}

CONFORMS(memory__data_of_nothing, MEMORY)
{
    rill *s = fixture_open(fx, "");
    const void *data = NULL;

    CHECK_INT(0, rill_data(s, &data));
    CHECK(data != NULL);
    CHECK_OK(rill_close(s));
}

CONFORMS(memory__data_counts_what_was_just_written, MEMORY | WRITES)
{
    rill *s = fixture_open(fx, "abc");
    const void *data;

    CHECK_INT(2, rill_write(s, "XY", 2));
    CHECK_BYTES(data, rill_data(s, &data), "XYc");
    CHECK_INT(3, rill_write(s, "123", 3));
    CHECK_BYTES(data, rill_data(s, &data), "XY123");
    CHECK_INT(7, rill_seek(s, 7, RILL_SEEK_SET));
    CHECK_BYTES(data, rill_data(s, &data), "XY123");
    CHECK_INT('!', rill_putc(s, '!'));
    CHECK_BYTES(data, rill_data(s, &data), "XY123\0\0!");
    CHECK_OK(rill_truncate(s, 4));
    CHECK_BYTES(data, rill_data(s, &data), "XY12");
    CHECK_OK(rill_close(s));
}

CONFORMS(memory__getvalue_is_a_copy, MEMORY | READS)
{
    rill *s = fixture_open(fx, "abc\0def");
    void *value;

    CHECK_READS(s, "abc");
    CHECK_BYTES(value, rill_getvalue(s, &value), "abc\0def");
    CHECK_INT(0, ((char *)value)[7]);
    memset(value, 'X', 8);
    CHECK_INT(3, rill_tell(s));
    CHECK_REST(s, "\0def");
    fixture_free(fx, value, 8);
    CHECK_LEAVES(fx, s, "abc\0def");
}

CONFORMS(memory__getvalue_of_nothing, MEMORY)
{
    rill *s = fixture_open(fx, "");
    void *value = NULL;

    CHECK_INT(0, rill_getvalue(s, &value));
    CHECK(value != NULL);
    CHECK_INT(0, *(char *)value);
    fixture_free(fx, value, 1);
    CHECK_OK(rill_close(s));
}

CONFORMS(memory__getvalue_of_much, MEMORY | WRITES)
{
    enum { SIZE = 500000 };
    unsigned char *want = test_alloc(SIZE);
    rill *s = fixture_open(fx, "");
    void *value;
    ptrdiff_t n;

    test_pattern(want, SIZE, 0);
    CHECK_INT(SIZE, rill_write(s, want, SIZE));
    n = rill_getvalue(s, &value);
    CHECK_MEM(value, n, want, SIZE);
    CHECK_INT(0, ((char *)value)[SIZE]);
    fixture_free(fx, value, SIZE + 1);
    CHECK_OK(rill_close(s));
    free(want);
}

CONFORMS(memory__others_have_none, MOVES)
{
    rill *s = fixture_open(fx, "");
    char mark;
    void *data = &mark;
    const void *seen = &mark;

    CHECK_CODE(RILL_ENOTSUP, rill_data(s, &seen));
    CHECK_CODE(RILL_ENOTSUP, rill_getvalue(s, &data));
    CHECK_CODE(RILL_ENOTSUP, rill_getbuffer(s, &data));
    CHECK_CODE(RILL_ENOTSUP, rill_take(s, &data));
    CHECK_CODE(RILL_ENOTSUP, rill_reset(s));
    CHECK_PTR(&mark, data);
    CHECK_PTR(&mark, seen);
    CHECK_OK(rill_failed(s, NULL));
    CHECK_OK(rill_close(s));
}

/* ---- getbuffer ---------------------------------------------------------- */

CONFORMS(memory__getbuffer_is_the_content_itself, MEMORY | WRITES)
{
    rill *s = fixture_open(fx, "abcdef");
    void *view;

    CHECK_INT(3, rill_seek(s, 3, RILL_SEEK_SET));
    CHECK_BYTES(view, rill_getbuffer(s, &view), "abcdef");
    memcpy(view, "XY", 2);
    CHECK_OK(rill_releasebuffer(s));
    CHECK_INT(3, rill_tell(s));
    CHECK_LEAVES(fx, s, "XYcdef");
}

CONFORMS(memory__getbuffer_locks, MEMORY | WRITES)
{
    rill *s = fixture_open(fx, "abcdef");
    char text[] = "x";
    rill_iovec v = {text, 1};
    void *view, *room;

    CHECK_INT(6, rill_getbuffer(s, &view));
    CHECK_CODE(RILL_EBUSY, rill_write(s, "x", 1));
    CHECK_CODE(RILL_EBUSY, rill_write(s, "", 0));
    CHECK_CODE(RILL_EBUSY, rill_putc(s, 'x'));
    CHECK_CODE(RILL_EBUSY, rill_printf(s, "x"));
    CHECK_CODE(RILL_EBUSY, rill_writev(s, &v, 1));
    CHECK_CODE(RILL_EBUSY, rill_reserve(s, &room, 1));
    CHECK_CODE(RILL_EBUSY, rill_pwrite(s, "x", 1, 0));
    CHECK_CODE(RILL_EBUSY, rill_truncate(s, 3));
    CHECK_CODE(RILL_EBUSY, rill_truncate(s, 6));
    CHECK_CODE(RILL_EBUSY, rill_truncate(s, 100));
    CHECK_CODE(RILL_EBUSY, rill_reset(s));
    CHECK_CODE(RILL_EBUSY, rill_close(s));
    if (fx->row->can & TAKES)
        CHECK_CODE(RILL_EBUSY, rill_take(s, &room));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_BYTES(view, 6, "abcdef");
    CHECK_OK(rill_releasebuffer(s));
    CHECK_INT(1, rill_write(s, "X", 1));
    CHECK_LEAVES(fx, s, "Xbcdef");
}

CONFORMS(memory__getbuffer_locks_a_stream_that_was_being_written,
         MEMORY | WRITES)
{
    rill *s = fixture_open(fx, "");
    void *view;

    CHECK_INT(3, rill_write(s, "abc", 3));
    CHECK_INT(3, rill_getbuffer(s, &view));
    CHECK_CODE(RILL_EBUSY, rill_write(s, "x", 1));
    CHECK_CODE(RILL_EBUSY, rill_putc(s, 'x'));
    CHECK_OK(rill_releasebuffer(s));
    CHECK_INT('d', rill_putc(s, 'd'));
    CHECK_LEAVES(fx, s, "abcd");
}

CONFORMS(memory__getbuffer_lets_others_look, MEMORY | WRITES)
{
    rill *s = fixture_open(fx, "abcdef");
    void *view, *value;
    const void *data;
    char buf[8];

    CHECK_INT(6, rill_getbuffer(s, &view));
    CHECK_READS(s, "abc");
    CHECK_INT(1, rill_seek(s, 1, RILL_SEEK_SET));
    CHECK_INT('b', rill_getc(s));
    CHECK_INT(6, rill_data(s, &data));
    CHECK_INT(6, rill_getvalue(s, &value));
    fixture_free(fx, value, 7);
    CHECK_BYTES(buf, rill_pread(s, buf, 8, 4), "ef");
    CHECK_INT(6, rill_size(s));
    CHECK_REST(s, "cdef");
    CHECK_OK(rill_releasebuffer(s));
    CHECK_OK(rill_close(s));
}

CONFORMS(memory__getbuffer_more_than_once, MEMORY | WRITES)
{
    rill *s = fixture_open(fx, "abc");
    void *one, *two;

    CHECK_INT(3, rill_getbuffer(s, &one));
    CHECK_INT(3, rill_getbuffer(s, &two));
    CHECK_PTR(one, two);
    CHECK_OK(rill_releasebuffer(s));
    CHECK_CODE(RILL_EBUSY, rill_write(s, "x", 1));
    CHECK_CODE(RILL_EBUSY, rill_close(s));
    CHECK_OK(rill_releasebuffer(s));
    CHECK_CODE(RILL_EINVAL, rill_releasebuffer(s));
    CHECK_INT(1, rill_write(s, "X", 1));
    CHECK_LEAVES(fx, s, "Xbc");
}

CONFORMS(memory__releasebuffer_of_none, MEMORY)
{
    rill *s = fixture_open(fx, "");

    CHECK_CODE(RILL_EINVAL, rill_releasebuffer(s));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_OK(rill_close(s));
}

CONFORMS(memory__close_is_refused_while_a_view_is_held, MEMORY)
{
    rill *s = fixture_open(fx, "");
    rill *same = s;
    void *view;

    CHECK_INT(0, rill_getbuffer(s, &view));
    CHECK(view != NULL);
    CHECK_CODE(RILL_EBUSY, rill_closep(&s));
    CHECK_PTR(same, s);
    CHECK_CODE(RILL_EBUSY, rill_close(s));
    CHECK_OK(rill_releasebuffer(s));
    CHECK_OK(rill_closep(&s));
}

CONFORMS(memory__discard_does_not_ask_for_views, MEMORY)
{
    rill *s = fixture_open(fx, "");
    void *view;

    CHECK_INT(0, rill_getbuffer(s, &view));
    rill_discard(s);
}

CONFORMS(memory__getbuffer_of_a_source_being_copied, MEMORY | READS)
{
    rill *s = fixture_open(fx, "abcdef");
    rill *to = rill_open_mem(NULL);
    void *view;

    CHECK_INT(6, rill_getbuffer(s, &view));
    CHECK_INT(6, rill_copy(to, s, -1));
    CHECK_HOLDS(to, "abcdef");
    CHECK_OK(rill_rewind(to));
    if (fx->row->can & WRITES)
        CHECK_CODE(RILL_EBUSY, rill_copy(s, to, -1));
    CHECK_OK(rill_releasebuffer(s));
    CHECK_OK(rill_close(to));
    CHECK_OK(rill_close(s));
}

/* ---- take --------------------------------------------------------------- */

CONFORMS(memory__take_gives_the_content, TAKES)
{
    rill *s = fixture_open(fx, "abc\0def");
    void *data;

    CHECK_INT(2, rill_seek(s, 2, RILL_SEEK_SET));
    CHECK_BYTES(data, rill_take(s, &data), "abc\0def");
    CHECK_INT(0, rill_size(s));
    CHECK_INT(0, rill_tell(s));
    CHECK_CODE(RILL_EEOF, rill_getc(s));
    CHECK_INT(3, rill_write(s, "new", 3));
    CHECK_BYTES(data, 7, "abc\0def");
    fixture_free(fx, data, 7);
    CHECK_LEAVES(fx, s, "new");
}

CONFORMS(memory__take_of_nothing, TAKES)
{
    rill *s = fixture_open(fx, "");
    void *data = NULL;

    CHECK_INT(0, rill_take(s, &data));
    CHECK(data != NULL);
    fixture_free(fx, data, 1);
    CHECK_OK(rill_close(s));
}

/* Across the sizes at which memory is had in other ways. */
CONFORMS(memory__take_of_every_size, TAKES)
{
    static const size_t sizes[] = {1,      63,     64,      65,     66,
                                   4096,   65536,  131072,  262143, 262144,
                                   262145, 300000, 1000000, 2000000};
    unsigned char *want = test_alloc(2000000);
    rill *s = fixture_open(fx, "");
    void *data;

    test_pattern(want, 2000000, 0);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        ptrdiff_t n;

        test_context("%zu bytes", sizes[i]);
        CHECK_INT(sizes[i], rill_write(s, want, sizes[i]));
        n = rill_take(s, &data);
        CHECK_MEM(data, n, want, sizes[i]);
        fixture_free(fx, data, sizes[i] ? sizes[i] : 1);
    }
    CHECK_OK(rill_close(s));
    free(want);
}

CONFORMS(memory__take_and_go_on_in_another_stream, TAKES)
{
    rill *s = fixture_open_pattern(fx, 300000);
    unsigned char *want = test_alloc(300000);
    void *data;
    rill *other;

    test_pattern(want, 300000, 0);
    CHECK_INT(300000, rill_take(s, &data));
    CHECK_OK(rill_close(s));
    other = rill_open_mem_take(data, 300000, &fx->options);
    CHECK_INT(300000, rill_seek(other, 0, RILL_SEEK_END));
    CHECK_INT(3, rill_write(other, "end", 3));
    CHECK_INT(300003, rill_take(other, &data));
    CHECK_MEM(data, 300000, want, 300000);
    CHECK_BYTES((char *)data + 300000, 3, "end");
    CHECK_OK(rill_close(other));
    fixture_free(fx, data, 300003);
    free(want);
}

TEST(memory__take_of_small_content_serves_free)
{
    rill *s = rill_open_mem(NULL);
    void *data;

    CHECK_INT(5, rill_write(s, "hello", 5));
    CHECK_INT(5, rill_take(s, &data));
    free(data);
    for (int i = 0; i < 256 * 1024; i++)
        CHECK_INT('x', rill_putc(s, 'x'));
    CHECK_INT(256 * 1024, rill_take(s, &data));
    free(data);
    CHECK_OK(rill_close(s));
}

TEST(memory__take_of_what_is_borrowed)
{
    char room[8];
    char mark;
    void *data = &mark;
    rill *s = rill_open_view("abc", 3);

    CHECK_CODE(RILL_ENOTSUP, rill_take(s, &data));
    CHECK_REST(s, "abc");
    CHECK_OK(rill_close(s));
    s = rill_open_fixed(room, sizeof(room), NULL);
    CHECK_CODE(RILL_ENOTSUP, rill_take(s, &data));
    CHECK_OK(rill_close(s));
    CHECK_PTR(&mark, data);
}

/* The owner of an allocator must say how large a piece was. */
TEST(memory__sizes_of_what_ones_own_allocator_frees)
{
    static const int lens[] = {0, 5, 64, 65, 1000, 300000};

    for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
        fixture *fx = fixture_start(fixture_row_named("mem_allocator"));
        rill *s = fixture_open_pattern(fx, (size_t)lens[i]);
        const rill_allocator *a = fx->options.allocator;
        size_t len = (size_t)lens[i];
        void *data;

        test_context("%d bytes", lens[i]);
        CHECK_INT(len, rill_getvalue(s, &data));
        a->realloc(a->ctx, data, len + 1, 0);
        CHECK_INT(len, rill_read_all(s, &data));
        a->realloc(a->ctx, data, len + 1, 0);
        CHECK_INT(len, rill_take(s, &data));
        a->realloc(a->ctx, data, len ? len : 1, 0);
        fixture_close(fx, s);
        fixture_stop(fx);
    }
}

/* ---- reset -------------------------------------------------------------- */

CONFORMS(memory__reset_makes_it_empty, MEMORY | WRITES)
{
    rill *s = fixture_open(fx, "abcdef");

    CHECK_READS(s, "abc");
    CHECK_OK(rill_reset(s));
    CHECK_INT(0, rill_size(s));
    CHECK_INT(0, rill_tell(s));
    CHECK_CODE(RILL_EEOF, rill_getc(s));
    CHECK_INT(2, rill_seek(s, 2, RILL_SEEK_SET));
    CHECK_INT(1, rill_write(s, "X", 1));
    CHECK_LEAVES(fx, s, "\0\0X");
}

CONFORMS(memory__reset_in_a_loop, MEMORY | WRITES)
{
    rill *s = fixture_open(fx, "");
    const void *data;
    char want[16];

    for (int i = 0; i < 200; i++) {
        int n = snprintf(want, sizeof(want), "%d", i * 7919);

        CHECK_INT(n, rill_printf(s, "%d", i * 7919));
        CHECK_MEM(data, rill_data(s, &data), want, (size_t)n);
        CHECK_OK(rill_reset(s));
        CHECK_INT(0, rill_data(s, &data));
    }
    CHECK_OK(rill_close(s));
}

CONFORMS(memory__reset_forgets_what_was_put_back, MEMORY | WRITES)
{
    rill *s = fixture_open(fx, "abc");

    CHECK_INT('x', rill_ungetc(s, 'x'));
    CHECK_OK(rill_reset(s));
    CHECK_CODE(RILL_EEOF, rill_getc(s));
    CHECK_OK(rill_close(s));
}

TEST(memory__reset_forgets_failures)
{
    char room[2];
    rill *s = rill_open_fixed(room, sizeof(room), NULL);

    CHECK_INT(2, rill_write(s, "abc", 3));
    CHECK_CODE(RILL_ENOSPC, rill_write(s, "c", 1));
    CHECK_OK(rill_reset(s));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_INT(2, rill_write(s, "xy", 2));
    CHECK_HOLDS(s, "xy");
    rill_discard(s);
}

TEST(memory__reset_of_a_view)
{
    rill *s = rill_open_view("abc", 3);

    CHECK_CODE(RILL_ENOTSUP, rill_reset(s));
    CHECK_REST(s, "abc");
    CHECK_OK(rill_close(s));
}

/* ---- In the caller's storage -------------------------------------------- */

TEST(memory__storage_may_be_used_anew)
{
    rill_storage storage;
    const void *data;

    for (int i = 0; i < 10; i++) {
        rill *s = rill_init_mem(&storage);

        memset(&storage.space[sizeof(storage) - 1], 0, 1);
        CHECK_INT(2 + i, rill_printf(s, "%0*d", 2 + i, i));
        CHECK_INT(2 + i, rill_data(s, &data));
        CHECK_OK(rill_close(s));
        memset(&storage, 0xA5, sizeof(storage));
    }
}

TEST(memory__storage_holds_64_bytes_itself)
{
    rill_storage storage;
    rill *s = rill_init_mem(&storage);
    const void *data;
    const unsigned char *at;

    for (int i = 0; i < 64; i++)
        CHECK_INT(i, rill_putc(s, i));
    CHECK_INT(64, rill_data(s, &data));
    at = data;
    CHECK(at >= storage.space && at + 64 <= storage.space + sizeof(storage));
    for (int i = 0; i < 1000; i++)
        CHECK_INT('x', rill_putc(s, 'x'));
    CHECK_INT(1064, rill_data(s, &data));
    for (int i = 0; i < 64; i++)
        CHECK_INT(i, ((const unsigned char *)data)[i]);
    CHECK_OK(rill_close(s));
}

TEST(memory__storage_taken_from)
{
    rill_storage storage;
    rill *s = rill_init_mem(&storage);
    void *small, *large;

    CHECK_INT(3, rill_write(s, "abc", 3));
    CHECK_INT(3, rill_take(s, &small));
    for (int i = 0; i < 1000; i++)
        CHECK_INT('x', rill_putc(s, 'x'));
    CHECK_INT(1000, rill_take(s, &large));
    CHECK_OK(rill_close(s));
    CHECK_BYTES(small, 3, "abc");
    free(small);
    free(large);
}

TEST(memory__views_in_storage)
{
    rill_storage storage;
    rill *s = rill_init_view(&storage, "abc", 3);
    const void *data;

    CHECK(s == (void *)&storage);
    CHECK_STR("view", rill_kind(s));
    CHECK_READS(s, "abc");
    CHECK_CODE(RILL_ENOTSUP, rill_write(s, "x", 1));
    CHECK_OK(rill_close(s));
    s = rill_init_view(&storage, NULL, 0); /* the storage is used anew */
    CHECK_INT(0, rill_size(s));
    CHECK_INT(0, rill_data(s, &data));
    CHECK(data != NULL);
    CHECK_OK(rill_close(s));
}

/* ---- Growing ------------------------------------------------------------ */

CONFORMS(memory__grows_byte_by_byte, MEMORY | WRITES)
{
    enum { SIZE = 600000 };
    rill *s = fixture_open(fx, "");
    const unsigned char *p;
    const void *data;
    unsigned char *want = test_alloc(SIZE);

    test_pattern(want, SIZE, 0);
    for (int i = 0; i < SIZE; i++)
        if (rill_putc(s, want[i]) != want[i])
            FAIL("byte %d", i);
    CHECK_INT(SIZE, rill_data(s, &data));
    p = data;
    CHECK_MEM(p, SIZE, want, SIZE);
    CHECK_OK(rill_close(s));
    free(want);
}

TEST(memory__pool_limits)
{
    for (int i = 0; i < 3; i++) {
        rill *s = rill_open_mem(NULL);

        CHECK_INT(1000000, rill_seek(s, 1000000, RILL_SEEK_SET));
        CHECK_INT('x', rill_putc(s, 'x'));
        CHECK_INT(0, rill_seek(s, 0, RILL_SEEK_SET));
        for (int at = 0; at < 1000000; at++)
            if (rill_getc(s) != 0)
                FAIL("what another stream left is at %d", at);
        CHECK_OK(rill_rewind(s));
        for (int at = 0; at < 100000; at++)
            rill_putc(s, 0xA5);
        CHECK_OK(rill_close(s));
        if (i == 1)
            rill_pool_limit(0);
        rill_pool_trim();
    }
    rill_pool_limit((size_t)256 << 20);
}

static void *counting_realloc(void *ctx, void *p, size_t old_size,
                              size_t new_size)
{
    *(size_t *)ctx += new_size - old_size;
    if (new_size > 0)
        return realloc(p, new_size);
    free(p);
    return NULL;
}

/* A hint's memory is not needed any more, and not lost. */
TEST(memory__taken_with_a_size_hint)
{
    size_t bytes = 0;
    rill_allocator a = {counting_realloc, &bytes};
    rill_options o = RILL_OPTIONS_INIT;
    char *data = counting_realloc(&bytes, NULL, 0, 10);
    rill *s;

    memcpy(data, "0123456789", 10);
    o.allocator = &a;
    o.size_hint = 141;
    s = rill_open_mem_take(data, 10, &o);
    CHECK_HOLDS(s, "0123456789");
    CHECK_OK(rill_close(s));
    CHECK_INT(0, bytes);
}
