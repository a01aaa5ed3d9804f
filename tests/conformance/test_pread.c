/*
 * rill_pread() and rill_pwrite(): at any offset, the position left alone, and
 * one content with what was read ahead and what is not yet flushed.
 */
#define _POSIX_C_SOURCE 200809L
#include "fixture.h"

#include <pthread.h>

CONFORMS(pread__at_an_offset, READS | SEEKS)
{
    rill *s = fixture_open(fx, "hello world");
    char buf[16];

    CHECK_BYTES(buf, rill_pread(s, buf, 5, 6), "world");
    CHECK_BYTES(buf, rill_pread(s, buf, 5, 0), "hello");
    CHECK_INT(0, rill_tell(s));
    CHECK_READS(s, "hel");
    CHECK_BYTES(buf, rill_pread(s, buf, 2, 9), "ld");
    CHECK_INT(3, rill_tell(s));
    CHECK_REST(s, "lo world");
    CHECK_OK(rill_close(s));
}

CONFORMS(pread__is_short_at_the_end, READS | SEEKS)
{
    rill *s = fixture_open(fx, "hello");
    char buf[8];

    CHECK_BYTES(buf, rill_pread(s, buf, 8, 3), "lo");
    CHECK_INT(0, rill_pread(s, buf, 8, 5));
    CHECK_INT(0, rill_pread(s, buf, 8, 6));
    CHECK_INT(0, rill_pread(s, buf, 8, 1000000));
    CHECK_INT(0, rill_pread(s, buf, 8, INT64_MAX - 8));
    CHECK_INT(0, rill_pread(s, NULL, 0, 2));
    CHECK_INT(0, rill_eof(s));
    CHECK_REST(s, "hello");
    CHECK_OK(rill_close(s));
}

CONFORMS(pread__wrong_offsets, READS | SEEKS)
{
    rill *s = fixture_open(fx, "hello");
    char c;

    CHECK_CODE(RILL_EINVAL, rill_pread(s, &c, 1, -1));
    CHECK_CODE(RILL_EINVAL, rill_pread(s, &c, 1, INT64_MIN));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_REST(s, "hello");
    CHECK_OK(rill_close(s));
}

CONFORMS(pread__much, READS | SEEKS)
{
    enum { SIZE = 300000 };
    rill *s = fixture_open_pattern(fx, SIZE);
    unsigned char *got = test_alloc(SIZE), *want = test_alloc(SIZE);

    test_pattern(want, SIZE, 0);
    CHECK_INT(want[0], rill_getc(s));
    CHECK_MEM(got, rill_pread(s, got, SIZE, 0), want, SIZE);
    CHECK_MEM(got, rill_pread(s, got, SIZE, 777), want + 777, SIZE - 777);
    CHECK_INT(want[1], rill_getc(s));
    CHECK_OK(rill_close(s));
    free(got);
    free(want);
}

CONFORMS(pread__sees_what_was_not_flushed, READS | WRITES | SEEKS)
{
    rill *s = fixture_open(fx, "abcdef");
    char buf[16];

    CHECK_INT(2, rill_seek(s, 2, RILL_SEEK_SET));
    CHECK_INT(3, rill_write(s, "XYZ", 3));
    CHECK_BYTES(buf, rill_pread(s, buf, 16, 0), "abXYZf");
    CHECK_BYTES(buf, rill_pread(s, buf, 2, 3), "YZ");
    CHECK_INT(5, rill_tell(s));
    CHECK_INT(4, rill_write(s, "1234", 4));
    CHECK_BYTES(buf, rill_pread(s, buf, 16, 4), "Z1234");
    CHECK_INT(12, rill_seek(s, 12, RILL_SEEK_SET));
    CHECK_INT(1, rill_write(s, "!", 1));
    CHECK_BYTES(buf, rill_pread(s, buf, 16, 8), "4\0\0\0!");
    CHECK_LEAVES(fx, s, "abXYZ1234\0\0\0!");
}

CONFORMS(pread__of_a_writer, WRITES | MODES)
{
    rill *s = fixture_open_mode(fx, "w", "");
    char c;

    CHECK_CODE(RILL_ENOTSUP, rill_pread(s, &c, 1, 0));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_OK(rill_close(s));
}

CONFORMS(pread__pwrite_at_an_offset, READS | WRITES | SEEKS)
{
    rill *s = fixture_open(fx, "hello world");

    CHECK_INT(3, rill_pwrite(s, "WOR", 3, 6));
    CHECK_INT(1, rill_pwrite(s, "J", 1, 0));
    CHECK_INT(0, rill_tell(s));
    CHECK_REST(s, "Jello WORld");
    CHECK_LEAVES(fx, s, "Jello WORld");
}

CONFORMS(pread__pwrite_beyond_the_end, READS | WRITES | SEEKS)
{
    rill *s = fixture_open(fx, "abc");

    CHECK_INT(2, rill_pwrite(s, "de", 2, 3));
    CHECK_INT(5, rill_size(s));
    CHECK_INT(2, rill_pwrite(s, "XY", 2, 8));
    CHECK_INT(10, rill_size(s));
    CHECK_INT(0, rill_pwrite(s, "", 0, 100));
    CHECK_INT(0, rill_pwrite(s, NULL, 0, 100));
    CHECK_INT(10, rill_size(s));
    CHECK_INT(0, rill_tell(s));
    CHECK_LEAVES(fx, s, "abcde\0\0\0XY");
}

CONFORMS(pread__pwrite_into_what_was_read_ahead, READS | WRITES | SEEKS)
{
    rill *s = fixture_open(fx, "abcdefghij");
    const void *p;

    CHECK_READS(s, "a");
    CHECK(rill_peek(s, &p, 9) == 9);
    CHECK_INT(2, rill_pwrite(s, "XY", 2, 3));
    CHECK_INT(1, rill_pwrite(s, "A", 1, 0));
    CHECK_INT(2, rill_pwrite(s, "!!", 2, 10));
    CHECK_INT(1, rill_tell(s));
    CHECK_REST(s, "bcXYfghij!!");
    CHECK_LEAVES(fx, s, "AbcXYfghij!!");
}

/* Of two writes to one place the later one counts, flushed or not. */
CONFORMS(pread__pwrite_over_what_was_not_flushed, READS | WRITES | SEEKS)
{
    rill *s = fixture_open(fx, "abcdefghij");

    CHECK_INT(2, rill_seek(s, 2, RILL_SEEK_SET));
    CHECK_INT(4, rill_write(s, "1234", 4));
    CHECK_INT(2, rill_pwrite(s, "XY", 2, 3));
    CHECK_INT(6, rill_tell(s));
    CHECK_INT(1, rill_write(s, "5", 1));
    CHECK_LEAVES(fx, s, "ab1XY45hij");
}

CONFORMS(pread__pwrite_wrong_offsets, READS | WRITES | SEEKS)
{
    rill *s = fixture_open(fx, "abc");

    CHECK_CODE(RILL_EINVAL, rill_pwrite(s, "x", 1, -1));
    CHECK_CODE(RILL_EINVAL, rill_pwrite(s, "x", 1, INT64_MIN));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_LEAVES(fx, s, "abc");
}

CONFORMS(pread__pwrite_across_the_last_offset, READS | WRITES | SEEKS | GROWS)
{
    rill *s = fixture_open(fx, "abc");

    CHECK_CODE(RILL_ERANGE, rill_pwrite(s, "xy", 2, INT64_MAX));
    CHECK_CODE(RILL_ERANGE, rill_pwrite(s, "xyz", 3, INT64_MAX - 1));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_LEAVES(fx, s, "abc");
}

CONFORMS(pread__pwrite_of_a_reader, READS | MODES)
{
    rill *s = fixture_open_mode(fx, "r", "abc");
    char c;

    CHECK_CODE(RILL_ENOTSUP, rill_pwrite(s, "x", 1, 0));
    CHECK_INT(1, rill_pread(s, &c, 1, 2));
    CHECK_INT('c', c);
    CHECK_LEAVES(fx, s, "abc");
}

CONFORMS(pread__of_a_pipe, PIPES)
{
    rill *s = fixture_open(fx, "");
    char c;

    CHECK_CODE(RILL_ENOTSUP, rill_pread(s, &c, 1, 0));
    CHECK_CODE(RILL_ENOTSUP, rill_pwrite(s, "x", 1, 0));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_OK(rill_close(s));
}

TEST(pread__pwrite_of_a_view)
{
    rill *s = rill_open_view("abc", 3);

    CHECK_CODE(RILL_ENOTSUP, rill_pwrite(s, "x", 1, 0));
    CHECK_OK(rill_close(s));
}

TEST(pread__pwrite_into_fixed_memory_is_cut)
{
    char room[6] = "######";
    rill *s = rill_open_fixed(room, 4, NULL);

    CHECK_INT(2, rill_pwrite(s, "abc", 3, 2));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_CODE(RILL_ENOSPC, rill_pwrite(s, "x", 1, 4));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_BYTES(room, 6, "\0\0ab##");
    CHECK_OK(rill_close(s));
}

/* ---- Many threads ------------------------------------------------------- */

enum { THREADS = 4, SLOTS = 400, SLOT = 16 };

typedef struct worker {
    pthread_t thread;
    rill *s;
    int64_t id;
    int is_file; /* reading what another writes is the kernel's business */
    int wrong;
} worker;

/* Each writes slots of its own, and reads back; of a file, those of all. */
static void *work(void *arg)
{
    worker *w = arg;
    unsigned char slot[SLOT], got[SLOT];

    for (int64_t i = w->id; i < SLOTS; i += THREADS) {
        test_pattern(slot, SLOT, i * SLOT);
        if (rill_pwrite(w->s, slot, SLOT, i * SLOT) != SLOT)
            w->wrong++;
        if (rill_pread(w->s, got, SLOT, i * SLOT) != SLOT ||
            memcmp(got, slot, SLOT) != 0)
            w->wrong++;
        if (w->is_file &&
            rill_pread(w->s, got, SLOT, (SLOTS - 1 - i) * SLOT) < 0)
            w->wrong++;
    }
    return NULL;
}

static void check_threads(fixture *fx)
{
    unsigned char *start = calloc(SLOTS, SLOT), want[SLOTS * SLOT];
    int is_file = (fx->row->can & MOVES) != 0;
    worker w[THREADS];
    rill *s = fixture_open_bytes(fx, "r+", start, sizeof(want));

    CHECK_INT(0, rill_getc(s));
    for (int i = 0; i < THREADS; i++) {
        w[i] = (worker){.s = s, .id = i, .is_file = is_file};
        CHECK_INT(0, pthread_create(&w[i].thread, NULL, work, &w[i]));
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(w[i].thread, NULL);
    for (int i = 0; i < THREADS; i++)
        CHECK_INT(0, w[i].wrong);
    CHECK_INT(1, rill_tell(s));
    test_pattern(want, sizeof(want), 0);
    fixture_close(fx, s);
    CHECK_MEM(fx->bytes.data, fx->bytes.len, want, sizeof(want));
    free(start);
}

static const char *const shared[] = {"mem", "fixed", "file", "file_unbuffered",
                                     "file_7"};

TEST(pread__from_many_threads)
{
    for (size_t i = 0; i < sizeof(shared) / sizeof(shared[0]); i++) {
        fixture *fx = fixture_start(fixture_row_named(shared[i]));

        check_threads(fx);
        fixture_stop(fx);
    }
}
