/*
 * test_big_files.c - files beyond 4 GiB, where 31, 32 and 33 bit offsets end.
 *
 * The files are sparse: a few blocks of real data around the 2 GiB and 4 GiB
 * marks, holes elsewhere, so that they cost next to nothing.
 */
#define _GNU_SOURCE
#include "os_support.h"

#define FAR (5 * GIB)

static const int64_t marks[] = {2 * GIB - 8, 4 * GIB - 8, 4 * GIB + 4096};

enum { MARKS = sizeof(marks) / sizeof(marks[0]) };

/* A hole of `size` bytes, or the end of the test. */
static void make_sparse(const char *path, int64_t size)
{
    int fd = open(path, O_CREAT | O_RDWR | O_TRUNC | O_CLOEXEC, 0600);

    CHECK(fd >= 0);
    CHECK(ftruncate(fd, (off_t)size) == 0);
    close(fd);
}

static int64_t stat_size(const char *path)
{
    struct stat st;

    CHECK_INT(0, stat(path, &st));
    return (int64_t)st.st_size;
}

static rill *open_sized(const char *path, const char *mode, ptrdiff_t buffer)
{
    rill_options o = RILL_OPTIONS_INIT;
    rill *s;

    o.buffer_size = buffer;
    s = rill_open_with(path, mode, &o);
    CHECK(s != NULL);
    return s;
}

/* Blocks across the marks come back, through whichever buffer. */
static void round_trip(ptrdiff_t buffer)
{
    unsigned char block[64], back[64];
    rill *s;

    make_sparse("big", FAR);
    s = open_sized("big", "r+", buffer);
    CHECK_INT(FAR, rill_size(s));
    for (int i = 0; i < MARKS; i++) {
        test_pattern(block, sizeof(block), marks[i]);
        CHECK_INT(marks[i], rill_seek(s, marks[i], RILL_SEEK_SET));
        CHECK_INT(sizeof(block), rill_write(s, block, sizeof(block)));
        CHECK_INT(marks[i] + 64, rill_tell(s));
    }
    for (int i = MARKS; i-- > 0;) {
        CHECK_INT(marks[i], rill_seek(s, marks[i], RILL_SEEK_SET));
        CHECK_INT(sizeof(back), rill_read(s, back, sizeof(back)));
        CHECK(is_pattern(back, sizeof(back), marks[i]));
        CHECK_INT(marks[i] + 64, rill_tell(s));
    }
    CHECK_INT(FAR, rill_size(s));
    CHECK_OK(rill_close(s));
    CHECK_INT(FAR, stat_size("big"));
}

TEST(big_files__round_trip)
{
    NEED_SPARSE_FILES();
    round_trip(0);
}

TEST(big_files__round_trip_unbuffered)
{
    NEED_SPARSE_FILES();
    round_trip(RILL_UNBUFFERED);
}

TEST(big_files__round_trip_7_byte_buffer)
{
    NEED_SPARSE_FILES();
    round_trip(7);
}

/* SEEK_CUR and SEEK_END are 64-bit arithmetic too. */
TEST(big_files__seek_from_everywhere)
{
    rill *s;

    NEED_SPARSE_FILES();
    make_sparse("big", FAR);
    s = open_sized("big", "r+", 0);
    CHECK_INT(FAR - 1, rill_seek(s, -1, RILL_SEEK_END));
    CHECK_INT(0, rill_getc(s));
    CHECK_INT(RILL_EEOF, rill_getc(s));
    CHECK_INT(0, rill_seek(s, -FAR, RILL_SEEK_CUR));
    CHECK_INT(3 * GIB, rill_seek(s, 3 * GIB, RILL_SEEK_CUR));
    CHECK_INT(1, rill_seek(s, 1 - FAR, RILL_SEEK_END));
    CHECK_INT(8 * GIB, rill_seek(s, 3 * GIB, RILL_SEEK_END));
    CHECK_INT(0, rill_read(s, &(char){0}, 1));
    CHECK_CODE(RILL_EINVAL, rill_seek(s, -FAR - 1, RILL_SEEK_END));
    CHECK_INT(8 * GIB, rill_tell(s));
    CHECK_OK(rill_close(s));
}

/* A write far behind the end leaves a hole of zeros and the right size. */
TEST(big_files__write_past_the_end)
{
    char back[4];
    rill *s;

    NEED_SPARSE_FILES();
    s = open_sized("big", "w+", 0);
    CHECK_INT(1, rill_write(s, "a", 1));
    CHECK_INT(FAR, rill_seek(s, FAR, RILL_SEEK_SET));
    CHECK_INT(1, rill_write(s, "z", 1));
    CHECK_OK(rill_flush(s));
    CHECK_INT(FAR + 1, rill_size(s));
    CHECK_INT(FAR - 3, rill_seek(s, FAR - 3, RILL_SEEK_SET));
    CHECK_INT(4, rill_read(s, back, 4));
    CHECK_BYTES(back, 4, "\0\0\0z");
    CHECK_INT(FAR + 1, rill_tell(s));
    CHECK_OK(rill_close(s));
    CHECK_INT(FAR + 1, stat_size("big"));
}

/* A size that is cut to 32 bits would be 1 GiB here. */
TEST(big_files__truncate)
{
    rill *s;

    NEED_SPARSE_FILES();
    make_sparse("big", FAR);
    s = open_sized("big", "r+", 0);
    CHECK_INT(7, rill_seek(s, 7, RILL_SEEK_SET));
    CHECK_OK(rill_truncate(s, 4 * GIB + 1));
    CHECK_INT(4 * GIB + 1, rill_size(s));
    CHECK_INT(4 * GIB + 1, stat_size("big"));
    CHECK_OK(rill_truncate(s, 6 * GIB));
    CHECK_INT(6 * GIB, rill_size(s));
    CHECK_INT(7, rill_tell(s));
    CHECK_OK(rill_truncate(s, 4 * GIB));
    CHECK_INT(4 * GIB, rill_seek(s, 0, RILL_SEEK_END));
    CHECK_OK(rill_close(s));
    CHECK_INT(4 * GIB, stat_size("big"));
}

TEST(big_files__positional)
{
    unsigned char block[32], back[32];
    rill *s;

    NEED_SPARSE_FILES();
    make_sparse("big", FAR);
    s = open_sized("big", "r+", 0);
    CHECK_INT(2, rill_write(s, "ab", 2));
    for (int i = 0; i < MARKS; i++) {
        test_pattern(block, sizeof(block), i);
        CHECK_INT(32, rill_pwrite(s, block, sizeof(block), marks[i]));
    }
    for (int i = 0; i < MARKS; i++) {
        CHECK_INT(32, rill_pread(s, back, sizeof(back), marks[i]));
        CHECK(is_pattern(back, sizeof(back), i));
    }
    CHECK_INT(5, rill_pread(s, back, sizeof(back), FAR - 5));
    CHECK_INT(0, rill_pread(s, back, sizeof(back), FAR));
    CHECK_INT(0, rill_pread(s, back, sizeof(back), FAR + 4 * GIB));
    CHECK_INT(2, rill_tell(s));
    CHECK_INT(FAR, rill_size(s));
    CHECK_OK(rill_close(s));
}

static const char far_lines[] = "first\nacross the mark\n\nlast";

/* Lines that lie across the 4 GiB mark, and nothing before them but zeros. */
static rill *open_far_lines(int64_t *at_out)
{
    int64_t at = 4 * GIB - 12;
    rill *s;

    make_sparse("big", at);
    s = open_sized("big", "r+", 0);
    CHECK_INT(at, rill_seek(s, at, RILL_SEEK_SET));
    CHECK_INT(sizeof(far_lines) - 1, rill_puts(s, far_lines));
    CHECK_INT(at, rill_seek(s, at, RILL_SEEK_SET));
    *at_out = at;
    return s;
}

TEST(big_files__lines_at_the_mark)
{
    int64_t at;
    rill *s;

    NEED_SPARSE_FILES();
    s = open_far_lines(&at);
    CHECK_LINE(s, "first\n");
    CHECK_INT(at + 6, rill_tell(s));
    CHECK_LINE(s, "across the mark\n");
    CHECK_INT(at + 22, rill_tell(s));
    CHECK_LINE(s, "\n");
    CHECK_LINE(s, "last");
    CHECK_INT(at + 27, rill_tell(s));
    CHECK_LINE(s, "");
    CHECK_OK(rill_close(s));
}

TEST(big_files__line_iterator_at_the_mark)
{
    rill_lines it;
    rill_line line = {NULL, 0};
    int64_t at;
    rill *s;

    NEED_SPARSE_FILES();
    s = open_far_lines(&at);
    rill_lines_begin(&it, s, '\n');
    CHECK_INT(1, rill_lines_next(&it, &line));
    CHECK_BYTES(line.data, line.len, "first\n");
    CHECK_INT(1, rill_lines_next(&it, &line));
    CHECK_BYTES(line.data, line.len, "across the mark\n");
    CHECK_OK(rill_lines_end(&it));
    CHECK_INT(at + 22, rill_tell(s));
    CHECK_OK(rill_close(s));
}

/* Appending finds the end, wherever it is. */
TEST(big_files__append)
{
    char back[5];
    rill *s;

    NEED_SPARSE_FILES();
    make_sparse("big", FAR);
    s = open_sized("big", "a+", 0);
    CHECK_INT(FAR, rill_tell(s));
    CHECK_INT(0, rill_seek(s, 0, RILL_SEEK_SET));
    CHECK_INT(5, rill_write(s, "tail\n", 5));
    CHECK_INT(FAR + 5, rill_tell(s));
    CHECK_INT(FAR, rill_seek(s, FAR, RILL_SEEK_SET));
    CHECK_INT(5, rill_read(s, back, 5));
    CHECK_BYTES(back, 5, "tail\n");
    CHECK_OK(rill_close(s));
    CHECK_INT(FAR + 5, stat_size("big"));
}

TEST(big_files__skip)
{
    rill *s;

    NEED_SPARSE_FILES();
    make_sparse("big", FAR);
    s = open_sized("big", "r", 0);
    CHECK_INT(0, rill_getc(s));
    CHECK_INT(4 * GIB + 5, rill_skip(s, 4 * GIB + 5));
    CHECK_INT(4 * GIB + 6, rill_tell(s));
    CHECK_INT(FAR - 4 * GIB - 6, rill_skip(s, INT64_MAX));
    CHECK_INT(FAR, rill_tell(s));
    CHECK_INT(0, rill_skip(s, 1));
    CHECK_OK(rill_close(s));
}

/* A descriptor that stands beyond 4 GiB is taken over where it stands. */
TEST(big_files__adopted_offset)
{
    int fd;
    rill *s;

    NEED_SPARSE_FILES();
    make_sparse("big", FAR);
    fd = open("big", O_RDWR | O_CLOEXEC);
    CHECK(fd >= 0);
    CHECK_INT(4 * GIB + 3, lseek(fd, 4 * GIB + 3, SEEK_SET));
    s = rill_open_fd(fd, "r+", RILL_BORROW, NULL);
    CHECK(s != NULL);
    CHECK_INT(4 * GIB + 3, rill_tell(s));
    CHECK_INT(2, rill_write(s, "xy", 2));
    CHECK_OK(rill_close(s));
    CHECK_INT(4 * GIB + 5, fd_offset(fd));
    close(fd);
}

/* A copy of a part that lies beyond 4 GiB. */
TEST(big_files__copy_from_afar)
{
    unsigned char block[5000];
    const void *data;
    rill *s, *m;

    NEED_SPARSE_FILES();
    make_sparse("big", FAR);
    s = open_sized("big", "r+", 0);
    test_pattern(block, sizeof(block), 1);
    CHECK_INT(5000, rill_pwrite(s, block, sizeof(block), 4 * GIB - 100));
    CHECK_INT(4 * GIB - 100, rill_seek(s, 4 * GIB - 100, RILL_SEEK_SET));
    m = rill_open_mem(NULL);
    CHECK(m != NULL);
    CHECK_INT(5000, rill_copy(m, s, 5000));
    CHECK_INT(4 * GIB + 4900, rill_tell(s));
    CHECK_INT(5000, rill_data(m, &data));
    CHECK(is_pattern(data, 5000, 1));
    CHECK_OK(rill_close(m));
    CHECK_OK(rill_close(s));
}

/* A spool that is sent beyond 4 GiB goes to disk and stays sparse. */
TEST(big_files__spool)
{
    char back[3];
    rill *s;

    NEED_SPARSE_FILES();
    s = rill_open_spool(4096, NULL);
    CHECK(s != NULL);
    CHECK_INT(3, rill_write(s, "abc", 3));
    CHECK_INT(FAR, rill_seek(s, FAR, RILL_SEEK_SET));
    CHECK_INT(3, rill_write(s, "xyz", 3));
    CHECK_OK(rill_flush(s));
    CHECK_INT(FAR + 3, rill_size(s));
    CHECK_INT(3, rill_pread(s, back, 3, FAR));
    CHECK_BYTES(back, 3, "xyz");
    CHECK_INT(3, rill_pread(s, back, 3, FAR - 1 - 1));
    CHECK_BYTES(back, 3, "\0\0x");
    CHECK_INT(3, rill_pread(s, back, 3, 0));
    CHECK_BYTES(back, 3, "abc");
    CHECK_OK(rill_close(s));
}
