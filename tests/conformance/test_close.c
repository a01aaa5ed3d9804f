/*
 * The end of a stream: close, closep, discard, scope exit; what each flushes,
 * commits, frees, and what NULL means.
 */
#define _POSIX_C_SOURCE 200809L
#include "faulty.h"
#include "fixture.h"

#include <fcntl.h>

CONFORMS(close__flushes, WRITES)
{
    rill *s = fixture_open(fx, "");

    CHECK_INT(5, rill_write(s, "hello", 5));
    if (fx->kind->before_close)
        fx->kind->before_close(fx, s);
    CHECK_OK(rill_close(s));
    if (fx->kind->after_close)
        fx->kind->after_close(fx);
    if (!(fx->can & FORGETS))
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

    if (fx->options.buffer_size != 0) {
        rill_discard(s);
        return;
    }
    CHECK_INT(3, rill_write(s, "XYZ", 3));
    rill_discard(s);
    if (fx->kind->after_close)
        fx->kind->after_close(fx);
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

TEST(close__tells_of_the_failure_that_came_first)
{
    faulty f = {.write_fails_at = 1, .code = RILL_EDATA, .close_fails = 1};
    rill *s = faulty_open(&f, "w", NULL);

    CHECK_INT(1, rill_write(s, "a", 1));
    CHECK_CODE(RILL_EDATA, rill_flush(s));
    f.code = RILL_EIO;
    CHECK_CODE(RILL_EDATA, rill_close(s));
    CHECK_INT(1, f.closes);
}

TEST(close__closep_forgets_a_stream_that_failed)
{
    faulty f = {.write_fails_at = 1, .code = RILL_EDATA};
    rill *s = faulty_open(&f, "w", NULL);

    CHECK_INT(1, rill_write(s, "a", 1));
    CHECK_CODE(RILL_EDATA, rill_closep(&s));
    CHECK_PTR(NULL, s);
    CHECK_INT(1, f.closes);
}

TEST(close__commits_once_and_only_what_went_well)
{
    faulty f = {0}, g = {0}, h = {.write_fails_at = 1, .code = RILL_EIO};
    rill *s = faulty_open(&f, "w", NULL);

    CHECK_INT(1, rill_write(s, "a", 1));
    CHECK_OK(rill_close(s));
    CHECK_INT(1, f.commits);
    CHECK_INT(1, f.closes);

    s = faulty_open(&g, "w", NULL);
    CHECK_INT(1, rill_write(s, "a", 1));
    rill_discard(s);
    CHECK_INT(0, g.commits);
    CHECK_INT(1, g.closes);
    CHECK_INT(0, g.writes);

    s = faulty_open(&h, "w", NULL);
    CHECK_INT(1, rill_write(s, "a", 1));
    CHECK_CODE(RILL_EIO, rill_close(s));
    CHECK_INT(0, h.commits);
    CHECK_INT(1, h.closes);
}

TEST(close__would_block_is_told)
{
    faulty f = {.write_fails_at = 1, .code = RILL_EAGAIN};
    rill *s = faulty_open(&f, "w", NULL);

    CHECK_INT(1, rill_write(s, "a", 1));
    CHECK_CODE(RILL_EAGAIN, rill_close(s));
    CHECK_INT(1, f.closes);
    CHECK_INT(0, f.commits);
}

#ifdef RILL_AUTO
static void leave_scope(faulty *f)
{
    RILL_AUTO rill *s = faulty_open(f, "w", NULL);

    CHECK_INT(1, rill_write(s, "a", 1));
}

static void leave_scope_closed(faulty *f)
{
    RILL_AUTO rill *s = faulty_open(f, "w", NULL);

    CHECK_INT(1, rill_write(s, "a", 1));
    CHECK_OK(rill_closep(&s));
}

TEST(close__at_the_end_of_a_scope)
{
    faulty f = {.plain = 1}, g = {0};

    leave_scope(&f);
    CHECK_INT(1, f.closes);
    CHECK_BYTES(f.data, f.len, "a");
    leave_scope_closed(&g);
    CHECK_INT(1, g.closes);
    CHECK_INT(1, g.commits);
    CHECK_BYTES(g.data, g.len, "a");
}

/* What commits is committed by rill_close() alone. */
TEST(close__end_of_a_scope_discards_what_commits)
{
    faulty f = {0};

    leave_scope(&f);
    CHECK_INT(1, f.closes);
    CHECK_INT(0, f.commits);
    CHECK_INT(0, f.writes);
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
