/*
 * Spools: the same stream before, at and after the moment at which its content
 * goes to disk, whatever makes it go there.
 */
#define _POSIX_C_SOURCE 200809L
#include "test.h"

#include <unistd.h>

static int is_in_memory(rill *s)
{
    const void *data;

    return rill_data(s, &data) >= 0;
}

TEST(spool__stays_in_memory_up_to_the_threshold)
{
    for (size_t threshold = 0; threshold < 100; threshold += 7) {
        rill *s = rill_open_spool(threshold, NULL);

        test_context("threshold %zu", threshold);
        for (size_t i = 0; i < threshold; i++) {
            CHECK_INT('x', rill_putc(s, 'x'));
            CHECK(is_in_memory(s));
        }
        CHECK_INT('y', rill_putc(s, 'y'));
        CHECK(!is_in_memory(s));
        CHECK_INT(threshold + 1, rill_size(s));
        CHECK_OK(rill_close(s));
    }
}

TEST(spool__filled_to_the_threshold_at_once)
{
    static const char data[100];

    for (size_t threshold = 1; threshold < 100; threshold++) {
        rill *s = rill_open_spool(threshold, NULL);

        test_context("threshold %zu", threshold);
        CHECK_INT(threshold, rill_write(s, data, threshold));
        CHECK(is_in_memory(s));
        CHECK_INT(0, rill_putc(s, 0));
        CHECK(!is_in_memory(s));
        CHECK_OK(rill_close(s));
    }
}

TEST(spool__content_of_every_size_goes_to_disk_whole)
{
    unsigned char want[200], got[200];

    test_pattern(want, sizeof(want), 0);
    for (size_t threshold = 0; threshold < 70; threshold++) {
        rill *s = rill_open_spool(threshold, NULL);

        test_context("threshold %zu", threshold);
        for (size_t at = 0; at < sizeof(want); at += 3) {
            size_t n = sizeof(want) - at < 3 ? sizeof(want) - at : 3;

            CHECK_INT(n, rill_write(s, want + at, n));
            CHECK_INT(at + n, rill_tell(s));
        }
        CHECK_MEM(got, rill_pread(s, got, sizeof(got), 0), want, sizeof(want));
        CHECK_OK(rill_rewind(s));
        CHECK_MEM(got, rill_read(s, got, sizeof(got)), want, sizeof(want));
        CHECK_OK(rill_close(s));
    }
}

static void check_fileno(size_t len, int64_t position)
{
    char want[32], got[32];
    rill *s = rill_open_spool(1000, NULL);
    int fd;

    test_pattern(want, len, 7);
    CHECK_INT(len, rill_write(s, want, len));
    CHECK_INT(position, rill_seek(s, position, RILL_SEEK_SET));
    fd = rill_fileno(s);
    CHECK(fd >= 0);
    CHECK(!is_in_memory(s));
    CHECK_INT(position, rill_tell(s));
    CHECK_INT(position, lseek(fd, 0, SEEK_CUR));
    CHECK_MEM(got, pread(fd, got, sizeof(got), 0), want, len);
    CHECK_MEM(got, rill_read(s, got, sizeof(got)), want + position,
              len - (size_t)position);
    CHECK_OK(rill_close(s));
}

TEST(spool__fileno_of_every_size)
{
    for (size_t len = 0; len < 8; len++)
        for (size_t at = 0; at <= len; at++)
            check_fileno(len, (int64_t)at);
}

/* What was written and not noted yet goes along. */
TEST(spool__fileno_while_writing)
{
    rill *s = rill_open_spool(1000, NULL);
    char got[8];
    int fd;

    CHECK_INT('a', rill_putc(s, 'a'));
    fd = rill_fileno(s);
    CHECK(fd >= 0);
    CHECK_BYTES(got, pread(fd, got, 8, 0), "a");
    CHECK_INT('b', rill_putc(s, 'b'));
    CHECK_INT(2, rill_tell(s));
    CHECK_HOLDS(s, "ab");
    CHECK_OK(rill_close(s));
}

static rill *with_content(size_t threshold)
{
    rill *s = rill_open_spool(threshold, NULL);

    CHECK_INT(6, rill_write(s, "abcdef", 6));
    CHECK_OK(rill_rewind(s));
    CHECK(is_in_memory(s));
    return s;
}

TEST(spool__goes_to_disk_by_a_write_in_the_middle)
{
    rill *s = with_content(8);

    CHECK_READS(s, "abcd");
    CHECK_INT(6, rill_write(s, "123456", 6));
    CHECK(!is_in_memory(s));
    CHECK_INT(10, rill_tell(s));
    CHECK_HOLDS(s, "abcd123456");
    CHECK_OK(rill_close(s));
}

TEST(spool__goes_to_disk_by_a_gap)
{
    rill *s = with_content(8);

    CHECK_INT(20, rill_seek(s, 20, RILL_SEEK_SET));
    CHECK(is_in_memory(s));
    CHECK_INT(1, rill_write(s, "x", 1));
    CHECK(!is_in_memory(s));
    CHECK_HOLDS(s, "abcdef\0\0\0\0\0\0\0\0\0\0\0\0\0\0x");
    CHECK_OK(rill_close(s));
}

TEST(spool__goes_to_disk_by_truncate)
{
    rill *s = with_content(8);

    CHECK_READS(s, "ab");
    CHECK_OK(rill_truncate(s, 8));
    CHECK(is_in_memory(s));
    CHECK_OK(rill_truncate(s, 10));
    CHECK(!is_in_memory(s));
    CHECK_INT(2, rill_tell(s));
    CHECK_REST(s, "cdef\0\0\0\0");
    CHECK_OK(rill_close(s));
}

TEST(spool__goes_to_disk_by_pwrite)
{
    rill *s = with_content(8);

    CHECK_READS(s, "ab");
    CHECK_INT(5, rill_pwrite(s, "12345", 5, 6));
    CHECK(!is_in_memory(s));
    CHECK_INT(2, rill_tell(s));
    CHECK_REST(s, "cdef12345");
    CHECK_OK(rill_close(s));
}

TEST(spool__goes_to_disk_by_reserve_and_printf)
{
    rill *s = with_content(8);
    void *room;

    CHECK_INT(5, rill_seek(s, 5, RILL_SEEK_SET));
    CHECK(rill_reserve(s, &room, 50) >= 50);
    memcpy(room, "XY", 2);
    CHECK_OK(rill_commit(s, 2));
    CHECK_HOLDS(s, "abcdeXY");
    CHECK_OK(rill_close(s));
    s = with_content(8);
    CHECK_INT(20, rill_printf(s, "%20d", 5));
    CHECK_HOLDS(s, "                   5");
    CHECK_OK(rill_close(s));
}

TEST(spool__goes_to_disk_by_copy)
{
    rill *s = with_content(8), *src = rill_open_view("0123456789", 10);

    CHECK_INT(6, rill_seek(s, 0, RILL_SEEK_END));
    CHECK_INT(10, rill_copy(s, src, -1));
    CHECK(!is_in_memory(s));
    CHECK_HOLDS(s, "abcdef0123456789");
    CHECK_OK(rill_close(src));
    CHECK_OK(rill_close(s));
}

TEST(spool__goes_to_disk_with_bytes_put_back)
{
    rill *s = with_content(8);

    CHECK_READS(s, "abc");
    CHECK_INT('X', rill_ungetc(s, 'X'));
    CHECK(rill_fileno(s) >= 0);
    CHECK(!is_in_memory(s));
    CHECK_HOLDS(s, "abcdef");
    CHECK_OK(rill_close(s));
}

TEST(spool__with_a_view_held_stays_in_memory)
{
    rill *s = with_content(8);
    void *view;

    CHECK_INT(6, rill_getbuffer(s, &view));
    CHECK_CODE(RILL_EBUSY, rill_write(s, "0123456789", 10));
    CHECK_CODE(RILL_EBUSY, rill_fileno(s));
    CHECK_BYTES(view, 6, "abcdef");
    CHECK_OK(rill_releasebuffer(s));
    CHECK_INT(10, rill_write(s, "0123456789", 10));
    CHECK(!is_in_memory(s));
    CHECK_OK(rill_close(s));
}

TEST(spool__stays_on_disk)
{
    rill *s = with_content(8);

    CHECK_OK(rill_truncate(s, 20));
    CHECK_OK(rill_truncate(s, 0));
    CHECK(!is_in_memory(s));
    CHECK_INT(2, rill_write(s, "hi", 2));
    CHECK_HOLDS(s, "hi");
    CHECK_OK(rill_close(s));
}

TEST(spool__put_back_stays_when_the_file_is_made)
{
    rill *s = rill_open_spool(100, NULL);

    CHECK_INT(3, rill_write(s, "abc", 3));
    CHECK_INT(1, rill_seek(s, 1, RILL_SEEK_SET));
    CHECK_INT('q', rill_ungetc(s, 'q'));
    CHECK(rill_fileno(s) >= 0);
    CHECK(!is_in_memory(s));
    CHECK_INT(0, rill_tell(s));
    CHECK_REST(s, "qbc");
    CHECK_OK(rill_close(s));
}
