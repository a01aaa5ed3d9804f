/*
 * rill_reserve() and rill_commit(): room lent, filled in place, and what is
 * committed of it written.
 */
#include "fixture.h"

CONFORMS(reserve__and_commit, WRITES)
{
    rill *s = fixture_open(fx, "");
    void *room;

    CHECK(rill_reserve(s, &room, 5) >= 5);
    memcpy(room, "hello", 5);
    CHECK_OK(rill_commit(s, 5));
    CHECK(rill_reserve(s, &room, 6) >= 6);
    memcpy(room, " world", 6);
    CHECK_OK(rill_commit(s, 6));
    CHECK_LEAVES(fx, s, "hello world");
}

CONFORMS(reserve__of_whatever_there_is, WRITES)
{
    rill *s = fixture_open(fx, "");
    void *room;

    for (int i = 0; i < 100; i++) {
        CHECK(rill_reserve(s, &room, 0) >= 1);
        *(char *)room = 'x';
        CHECK_OK(rill_commit(s, 1));
    }
    fixture_close(fx, s);
    if (!(fx->row->can & FORGETS))
        CHECK_INT(100, fx->bytes.len);
}

CONFORMS(reserve__commit_less_than_was_lent, WRITES)
{
    rill *s = fixture_open(fx, "");
    void *room;

    CHECK(rill_reserve(s, &room, 50) >= 50);
    memset(room, '#', 50);
    memcpy(room, "abc", 3);
    CHECK_OK(rill_commit(s, 3));
    CHECK_INT(3, rill_write(s, "def", 3));
    CHECK_LEAVES(fx, s, "abcdef");
}

CONFORMS(reserve__commit_nothing, WRITES)
{
    rill *s = fixture_open(fx, "");
    void *room;

    CHECK(rill_reserve(s, &room, 50) >= 50);
    memset(room, '#', 50);
    CHECK_OK(rill_commit(s, 0));
    CHECK_OK(rill_flush(s));
    CHECK_LEAVES(fx, s, "");
}

CONFORMS(reserve__commit_more_than_was_lent, WRITES)
{
    rill *s = fixture_open(fx, "");
    void *room;
    ptrdiff_t lent = rill_reserve(s, &room, 10);

    CHECK(lent >= 10);
    CHECK_CODE(RILL_EINVAL, rill_commit(s, (size_t)lent + 1));
    CHECK_CODE(RILL_EINVAL, rill_commit(s, SIZE_MAX));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_LEAVES(fx, s, "");
}

CONFORMS(reserve__between_writes, WRITES)
{
    rill *s = fixture_open(fx, "");
    void *room;

    CHECK_INT(3, rill_write(s, "abc", 3));
    CHECK(rill_reserve(s, &room, 20) >= 20);
    memcpy(room, "defg", 4);
    CHECK_OK(rill_commit(s, 4));
    CHECK_INT('h', rill_putc(s, 'h'));
    CHECK_LEAVES(fx, s, "abcdefgh");
}

CONFORMS(reserve__much, WRITES)
{
    enum { SIZE = 300000 };
    rill *s = fixture_open(fx, "");
    unsigned char *want = test_alloc(2 * SIZE);
    void *room;

    test_pattern(want, 2 * SIZE, 0);
    CHECK_INT(10, rill_write(s, want, 10));
    CHECK(rill_reserve(s, &room, SIZE) >= SIZE);
    memcpy(room, want + 10, SIZE);
    CHECK_OK(rill_commit(s, SIZE));
    CHECK(rill_reserve(s, &room, SIZE - 10) >= SIZE - 10);
    memcpy(room, want + 10 + SIZE, SIZE - 10);
    CHECK_OK(rill_commit(s, SIZE - 10));
    fixture_close(fx, s);
    if (!(fx->row->can & FORGETS))
        CHECK_MEM(fx->bytes.data, fx->bytes.len, want, 2 * SIZE);
    free(want);
}

CONFORMS(reserve__over_what_is_there, READS | WRITES | SEEKS)
{
    rill *s = fixture_open(fx, "abcdef");
    void *room;

    CHECK_READS(s, "a");
    CHECK(rill_reserve(s, &room, 3) >= 3);
    memcpy(room, "XYZ", 3);
    CHECK_OK(rill_commit(s, 3));
    CHECK_INT(4, rill_tell(s));
    CHECK_INT(6, rill_size(s));
    CHECK_REST(s, "ef");
    CHECK_LEAVES(fx, s, "aXYZef");
}

CONFORMS(reserve__beyond_the_end, READS | WRITES | SEEKS)
{
    rill *s = fixture_open(fx, "abc");
    void *room;

    CHECK_INT(2, rill_seek(s, 2, RILL_SEEK_SET));
    CHECK(rill_reserve(s, &room, 30) >= 30);
    CHECK_INT(3, rill_size(s));
    memset(room, '#', 30);
    memcpy(room, "XYZ", 3);
    CHECK_OK(rill_commit(s, 3));
    CHECK_INT(5, rill_size(s));
    CHECK_LEAVES(fx, s, "abXYZ");
}

CONFORMS(reserve__past_a_gap, READS | WRITES | SEEKS)
{
    rill *s = fixture_open(fx, "ab");
    void *room;

    CHECK_INT(5, rill_seek(s, 5, RILL_SEEK_SET));
    CHECK(rill_reserve(s, &room, 2) >= 2);
    memcpy(room, "XY", 2);
    CHECK_OK(rill_commit(s, 2));
    CHECK_LEAVES(fx, s, "ab\0\0\0XY");
}

/* What was scribbled and not committed is not in a gap made later. */
CONFORMS(reserve__uncommitted_bytes_do_not_come_back, READS | WRITES | SEEKS)
{
    rill *s = fixture_open(fx, "abc");
    void *room;

    CHECK_INT(3, rill_seek(s, 0, RILL_SEEK_END));
    CHECK(rill_reserve(s, &room, 40) >= 40);
    memset(room, '#', 40);
    CHECK_INT(8, rill_seek(s, 8, RILL_SEEK_SET));
    CHECK_INT(1, rill_write(s, "X", 1));
    CHECK_LEAVES(fx, s, "abc\0\0\0\0\0X");
}

CONFORMS(reserve__uncommitted_then_truncated_to_more, TRUNCATES | EXTENDS)
{
    rill *s = fixture_open(fx, "abc");
    void *room;

    CHECK_INT(3, rill_seek(s, 0, RILL_SEEK_END));
    CHECK(rill_reserve(s, &room, 40) >= 40);
    memset(room, '#', 40);
    CHECK_OK(rill_truncate(s, 6));
    CHECK_LEAVES(fx, s, "abc\0\0\0");
}

CONFORMS(reserve__uncommitted_is_not_in_the_store,
         READS | WRITES | SEEKS | MOVES)
{
    rill *s = fixture_open(fx, "abcdef");
    void *room;

    CHECK(rill_reserve(s, &room, 4) >= 4);
    memset(room, '#', 4);
    CHECK_REST(s, "abcdef");
    CHECK_LEAVES(fx, s, "abcdef");
}

CONFORMS(reserve__then_read, READS | WRITES | SEEKS)
{
    rill *s = fixture_open(fx, "abcdef");
    void *room;

    CHECK(rill_reserve(s, &room, 2) >= 2);
    memcpy(room, "XY", 2);
    CHECK_OK(rill_commit(s, 2));
    CHECK_READS(s, "cd");
    CHECK_CODE(RILL_EINVAL, rill_commit(s, 1));
    CHECK_LEAVES(fx, s, "XYcdef");
}

CONFORMS(reserve__in_a_reader, READS | MODES)
{
    rill *s = fixture_open_mode(fx, "r", "abc");
    void *room;

    CHECK_CODE(RILL_ENOTSUP, rill_reserve(s, &room, 1));
    CHECK(rill_commit(s, 1) < 0);
    CHECK_OK(rill_failed(s, NULL));
    CHECK_LEAVES(fx, s, "abc");
}

static void check_limit(ptrdiff_t buffer_size)
{
    rill_options o = RILL_OPTIONS_INIT;
    void *room;
    rill *s;

    o.buffer_size = buffer_size;
    o.window_limit = 16;
    s = rill_open_with("f", "w", &o);
    CHECK_CODE(RILL_ELIMIT, rill_reserve(s, &room, 17));
    CHECK_OK(rill_failed(s, NULL));
    CHECK(rill_reserve(s, &room, 16) >= 16);
    memcpy(room, "0123456789abcdef", 16);
    CHECK_OK(rill_commit(s, 16));
    CHECK_OK(rill_close(s));
    CHECK_FILE("f", "0123456789abcdef");
}

TEST(reserve__beyond_the_window_limit)
{
    check_limit(8);
    check_limit(1);
    check_limit(RILL_UNBUFFERED);
}

TEST(reserve__more_than_a_fixed_buffer_has)
{
    char memory[8];
    rill *s = rill_open_fixed(memory, sizeof(memory), NULL);
    void *room;

    CHECK_INT(8, rill_reserve(s, &room, 8));
    CHECK_PTR(memory, room);
    CHECK_OK(rill_commit(s, 3));
    CHECK_INT(5, rill_reserve(s, &room, 0));
    CHECK_CODE(RILL_ENOSPC, rill_reserve(s, &room, 6));
    CHECK_CODE(RILL_ENOSPC, rill_failed(s, NULL));
    CHECK_CODE(RILL_ENOSPC, rill_close(s));
}
