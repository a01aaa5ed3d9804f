/*
 * rill_flush() and rill_sync(): what was written is where others see it.
 */
#define _POSIX_C_SOURCE 200809L
#include "fixture.h"

#include <unistd.h>

/* What a second reader of the same store sees now. */
static void check_outside(fixture *fx, rill *s, const char *want, size_t len)
{
    fixture_look(fx, s);
    CHECK_MEM(fx->bytes.data, fx->bytes.len, want, len);
}

CONFORMS(flush__hands_over, WRITES | SEEKS | SHOWS)
{
    rill *s = fixture_open(fx, "abcdef");

    CHECK_INT(2, rill_write(s, "XY", 2));
    CHECK_OK(rill_flush(s));
    check_outside(fx, s, "XYcdef", 6);
    CHECK_INT(2, rill_tell(s));
    CHECK_INT(1, rill_write(s, "Z", 1));
    CHECK_OK(rill_flush(s));
    CHECK_OK(rill_flush(s));
    check_outside(fx, s, "XYZdef", 6);
    CHECK_LEAVES(fx, s, "XYZdef");
}

CONFORMS(flush__sync_hands_over, WRITES | SEEKS | SHOWS)
{
    rill *s = fixture_open(fx, "");

    CHECK_INT(2, rill_write(s, "XY", 2));
    CHECK_OK(rill_sync(s, RILL_SYNC_OS));
    check_outside(fx, s, "XY", 2);
    CHECK_INT(1, rill_write(s, "Z", 1));
    CHECK_OK(rill_sync(s, RILL_SYNC_DATA));
    check_outside(fx, s, "XYZ", 3);
    CHECK_INT(1, rill_write(s, "!", 1));
    CHECK_OK(rill_sync(s, RILL_SYNC_DISK));
    check_outside(fx, s, "XYZ!", 4);
    CHECK_LEAVES(fx, s, "XYZ!");
}

CONFORMS(flush__of_nothing, 0)
{
    rill *s = fixture_open(fx, "");

    CHECK_OK(rill_flush(s));
    CHECK_OK(rill_flush(s));
    CHECK_OK(rill_sync(s, RILL_SYNC_OS));
    CHECK_OK(rill_close(s));
}

CONFORMS(flush__leaves_what_was_read_ahead, READS)
{
    rill *s = fixture_open(fx, "abcdef");

    CHECK_READS(s, "ab");
    CHECK_OK(rill_flush(s));
    CHECK_READS(s, "cd");
    CHECK_OK(rill_sync(s, RILL_SYNC_OS));
    CHECK_REST(s, "ef");
    CHECK_OK(rill_close(s));
}

CONFORMS(flush__sync_of_all_that_is_not_a_pipe, SEEKS)
{
    rill *s = fixture_open(fx, "");

    CHECK_OK(rill_sync(s, RILL_SYNC_OS));
    CHECK_OK(rill_sync(s, RILL_SYNC_DATA));
    CHECK_OK(rill_sync(s, RILL_SYNC_DISK));
    CHECK_OK(rill_close(s));
}

CONFORMS(flush__sync_to_no_level, 0)
{
    rill *s = fixture_open(fx, "");

    CHECK_CODE(RILL_EINVAL, rill_sync(s, 3));
    CHECK_CODE(RILL_EINVAL, rill_sync(s, -1));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_OK(rill_close(s));
}

CONFORMS(flush__between_directions, READS | WRITES | SEEKS)
{
    rill *s = fixture_open(fx, "abcdef");

    CHECK_READS(s, "a");
    CHECK_OK(rill_flush(s));
    CHECK_INT(1, rill_write(s, "X", 1));
    CHECK_OK(rill_flush(s));
    CHECK_READS(s, "c");
    CHECK_OK(rill_flush(s));
    CHECK_INT(1, rill_write(s, "Y", 1));
    CHECK_LEAVES(fx, s, "aXcYef");
}

/* From rill_fileno() on, a flush moves the descriptor's own offset too. */
static void check_offset(ptrdiff_t buffer_size)
{
    rill_options o = RILL_OPTIONS_INIT;
    rill *s;
    int fd;

    o.buffer_size = buffer_size;
    test_write_file("f", "abcdefgh", 8);
    s = rill_open_with("f", "r+", &o);
    CHECK_READS(s, "abc");
    fd = rill_fileno(s);
    CHECK(fd >= 0);
    CHECK_OK(rill_flush(s));
    CHECK_INT(3, lseek(fd, 0, SEEK_CUR));
    CHECK_INT(2, rill_write(s, "XY", 2));
    CHECK_OK(rill_flush(s));
    CHECK_INT(5, lseek(fd, 0, SEEK_CUR));
    CHECK_INT(1, rill_seek(s, 1, RILL_SEEK_SET));
    CHECK_OK(rill_flush(s));
    CHECK_INT(1, lseek(fd, 0, SEEK_CUR));
    CHECK_READS(s, "bc");
    CHECK_OK(rill_close(s));
    CHECK_FILE("f", "abcXYfgh");
}

TEST(flush__moves_the_descriptor_once_it_was_asked_for)
{
    check_offset(0);
    check_offset(RILL_UNBUFFERED);
    check_offset(1);
    check_offset(7);
}

TEST(flush__fileno_flushes)
{
    rill *s = rill_open("f", "w+");

    CHECK_INT(3, rill_write(s, "abc", 3));
    CHECK(rill_fileno(s) >= 0);
    CHECK_FILE("f", "abc");
    CHECK_OK(rill_close(s));
}

TEST(flush__of_a_pipe_full_of_nothing)
{
    int fd[2];
    char buf[8];
    rill *s;

    CHECK_INT(0, pipe(fd));
    s = rill_open_fd(fd[1], "w", RILL_TAKE, NULL);
    CHECK_INT(3, rill_write(s, "abc", 3));
    CHECK_OK(rill_flush(s));
    CHECK_BYTES(buf, read(fd[0], buf, 8), "abc");
    CHECK_OK(rill_close(s));
    CHECK_INT(0, read(fd[0], buf, 8));
    CHECK_INT(0, close(fd[0]));
}
