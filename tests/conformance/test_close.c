/*
 * The end of a stream: close, closep, discard, scope exit; what each flushes,
 * commits, frees, and what NULL means.
 */
#define _POSIX_C_SOURCE 200809L
#include "fixture.h"

#include <rill/testing/double.h>

#include <errno.h>
#include <fcntl.h>

CONFORMS(close__flushes, WRITES)
{
    rill *s = fixture_open(fx, "");

    CHECK_INT(5, rill_write(s, "hello", 5));
    fixture_look(fx, s);
    CHECK_OK(rill_close(s));
    fixture_look(fx, NULL);
    if (!(fx->row->can & FORGETS))
        CHECK_BYTES(fx->bytes.data, fx->bytes.len, "hello");
}

CONFORMS(close__with_bytes_read_ahead, READS)
{
    rill *s = fixture_open(fx, "abcdef");

    CHECK_READS(s, "ab");
    CHECK_OK(rill_close(s));
}

CONFORMS(close__with_bytes_put_back, READS)
{
    rill *s = fixture_open(fx, "abcdef");

    CHECK_INT('x', rill_ungetc(s, 'x'));
    CHECK_OK(rill_close(s));
}

CONFORMS(close__with_room_reserved, WRITES)
{
    rill *s = fixture_open(fx, "");
    void *room;

    CHECK(rill_reserve(s, &room, 100) >= 100);
    CHECK_LEAVES(fx, s, "");
}

CONFORMS(close__closep_forgets_the_stream, 0)
{
    rill *s = fixture_open(fx, "");

    CHECK_OK(rill_closep(&s));
    CHECK_PTR(NULL, s);
    CHECK_OK(rill_closep(&s));
}

CONFORMS(close__discard_frees, 0)
{
    rill_discard(fixture_open(fx, ""));
}

CONFORMS(close__discard_with_bytes_written, WRITES)
{
    rill *s = fixture_open(fx, "");

    CHECK_INT(5, rill_write(s, "hello", 5));
    rill_discard(s);
}

CONFORMS(close__discard_drops_what_was_not_handed_over,
         READS | WRITES | SEEKS | MOVES)
{
    rill *s = fixture_open(fx, "abcdef");
    const void *waits;
    size_t n;

    CHECK_INT(3, rill_write(s, "XYZ", 3));
    n = rill_unwritten(s, &waits, NULL);
    rill_discard(s);
    fixture_look(fx, NULL);
    if (n == 3) /* it has a window, and that large */
        CHECK_BYTES(fx->bytes.data, fx->bytes.len, "abcdef");
}

TEST(close__of_null)
{
    rill *none = NULL;

    CHECK_OK(rill_close(NULL));
    CHECK_OK(rill_closep(&none));
    rill_discard(NULL);
    rill_auto_close(&none);
    rill_free(NULL);
}

/* A stream that commits, and counts that. */
static rill *open_save(rill_double *d)
{
    rill *s = rill_open_double(rill_open("f", "ws"), RILL_TAKE, d, NULL);

    CHECK(s != NULL);
    return s;
}

TEST(close__tells_of_the_failure_that_came_first)
{
    RILL_AUTO rill *memory = rill_open_mem(NULL);
    rill_double f = {.fails = RILL_DOUBLE_WRITE | RILL_DOUBLE_CLOSE,
                     .failure = RILL_EDATA};
    rill *s = rill_open_double(memory, RILL_BORROW, &f, NULL);

    CHECK_INT(1, rill_write(s, "a", 1));
    CHECK_CODE(RILL_EDATA, rill_flush(s));
    f.failure = RILL_EIO;
    CHECK_CODE(RILL_EDATA, rill_close(s));
    CHECK_INT(1, f.closes);
}

TEST(close__closep_forgets_a_stream_that_failed)
{
    RILL_AUTO rill *memory = rill_open_mem(NULL);
    rill_double f = {.fails = RILL_DOUBLE_WRITE, .failure = RILL_EDATA};
    rill *s = rill_open_double(memory, RILL_BORROW, &f, NULL);

    CHECK_INT(1, rill_write(s, "a", 1));
    CHECK_CODE(RILL_EDATA, rill_closep(&s));
    CHECK_PTR(NULL, s);
    CHECK_INT(1, f.closes);
}

TEST(close__commits_once_and_only_what_went_well)
{
    rill_double f = {0}, g = {0};
    rill_double h = {.fails = RILL_DOUBLE_WRITE, .failure = EIO};
    rill *s = open_save(&f);

    CHECK_INT(1, rill_write(s, "a", 1));
    CHECK_OK(rill_close(s));
    CHECK_INT(1, f.commits);
    CHECK_INT(1, f.closes);

    s = open_save(&g);
    CHECK_INT(1, rill_write(s, "b", 1));
    rill_discard(s);
    CHECK_INT(0, g.commits);
    CHECK_INT(1, g.closes);
    CHECK_INT(0, g.writes);

    s = open_save(&h);
    CHECK_INT(1, rill_write(s, "c", 1));
    CHECK_CODE(RILL_EIO, rill_close(s));
    CHECK_INT(0, h.commits);
    CHECK_INT(1, h.closes);
    CHECK_FILE("f", "a");
}

TEST(close__would_block_is_told)
{
    rill_double f = {.fails = RILL_DOUBLE_WRITE, .failure = RILL_EAGAIN};
    rill *s = open_save(&f);

    CHECK_INT(1, rill_write(s, "a", 1));
    CHECK_CODE(RILL_EAGAIN, rill_close(s));
    CHECK_INT(1, f.closes);
    CHECK_INT(0, f.commits);
}

#ifdef RILL_AUTO
static void leave_scope(rill *opened)
{
    RILL_AUTO rill *s = opened;

    CHECK_INT(1, rill_write(s, "a", 1));
}

static void leave_scope_closed(rill *opened)
{
    RILL_AUTO rill *s = opened;

    CHECK_INT(1, rill_write(s, "a", 1));
    CHECK_OK(rill_closep(&s));
}

TEST(close__at_the_end_of_a_scope)
{
    rill_double f = {0}, g = {0};

    leave_scope(rill_open_double(rill_open("f", "w"), RILL_TAKE, &f, NULL));
    CHECK_INT(1, f.closes);
    CHECK_FILE("f", "a");
    leave_scope_closed(open_save(&g));
    CHECK_INT(1, g.closes);
    CHECK_INT(1, g.commits);
    CHECK_FILE("f", "a");
}

/* What commits is committed by rill_close() alone. */
TEST(close__end_of_a_scope_discards_what_commits)
{
    rill_double f = {0};

    leave_scope(open_save(&f));
    CHECK_INT(1, f.closes);
    CHECK_INT(0, f.commits);
    CHECK_INT(0, f.writes);
    CHECK(rill_open("f", "r") == NULL);
}
#endif

TEST(close__the_descriptor_is_free_again)
{
    rill *s = rill_open("f", "w");
    int fd = rill_fileno(s);

    CHECK_OK(rill_close(s));
    CHECK_INT(-1, fcntl(fd, F_GETFD));
    s = rill_open("f", "r");
    fd = rill_fileno(s);
    rill_discard(s);
    CHECK_INT(-1, fcntl(fd, F_GETFD));
}
