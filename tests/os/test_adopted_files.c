/*
 * test_adopted_files.c - regular files whose descriptor is the caller's.
 *
 * A descriptor has an offset of its own, which others see: a stream starts
 * there, and after a flush or a close it stands where the stream does, as
 * POSIX says of fflush() and fclose().
 */
#define _GNU_SOURCE
#include "os_support.h"

static int open_digits(int flags)
{
    int fd;

    test_write_file("digits", "0123456789abcdefghij", 20);
    fd = open("digits", flags);
    CHECK(fd >= 0);
    return fd;
}

static rill *borrow(int fd, const char *mode)
{
    rill *s = rill_open_fd(fd, mode, RILL_BORROW, NULL);

    CHECK(s != NULL);
    return s;
}

TEST(adopted_files__start_at_the_offset)
{
    int fd = open_digits(O_RDONLY | O_CLOEXEC);
    rill *s;

    CHECK_INT(5, lseek(fd, 5, SEEK_SET));
    s = borrow(fd, "r");
    CHECK_INT(1, rill_seekable(s));
    CHECK_INT(5, rill_tell(s));
    CHECK_READS(s, "567");
    CHECK_INT(8, rill_tell(s));
    CHECK_INT(20, rill_size(s));
    CHECK_INT(2, rill_seek(s, 2, RILL_SEEK_SET));
    CHECK_READS(s, "234");
    CHECK_OK(rill_close(s));
    CHECK_INT(5, fd_offset(fd));
    close(fd);
}

/* What was read ahead is given back. */
TEST(adopted_files__offset_after_reading)
{
    int fd = open_digits(O_RDONLY | O_CLOEXEC);
    rill *s = borrow(fd, "r");

    CHECK_READS(s, "012");
    CHECK_OK(rill_flush(s));
    CHECK_INT(3, fd_offset(fd));
    CHECK_INT('3', rill_getc(s));
    CHECK_INT(9, rill_seek(s, 5, RILL_SEEK_CUR));
    CHECK_OK(rill_flush(s));
    CHECK_INT(9, fd_offset(fd));
    CHECK_READS(s, "9a");
    CHECK_OK(rill_close(s));
    CHECK_INT(11, fd_offset(fd));
    close(fd);
}

TEST(adopted_files__offset_after_writing)
{
    int fd = open_digits(O_RDWR | O_CLOEXEC);
    rill *s = borrow(fd, "r+");

    CHECK_INT(4, rill_write(s, "ABCD", 4));
    CHECK_OK(rill_flush(s));
    CHECK_INT(4, fd_offset(fd));
    CHECK_READS(s, "45");
    CHECK_INT(2, rill_write(s, "EF", 2));
    CHECK_OK(rill_close(s));
    CHECK_INT(8, fd_offset(fd));
    close(fd);
    CHECK_FILE("digits", "ABCD45EF89abcdefghij");
}

TEST(adopted_files__offset_of_an_unbuffered_stream)
{
    rill_options o = RILL_OPTIONS_INIT;
    int fd = open_digits(O_RDWR | O_CLOEXEC);
    rill *s;

    o.buffer_size = RILL_UNBUFFERED;
    s = rill_open_fd(fd, "r+", RILL_BORROW, &o);
    CHECK(s != NULL);
    CHECK_READS(s, "0123");
    CHECK_INT(2, rill_write(s, "--", 2));
    CHECK_OK(rill_flush(s));
    CHECK_INT(6, fd_offset(fd));
    CHECK_OK(rill_close(s));
    CHECK_INT(6, fd_offset(fd));
    close(fd);
}

/* Someone else writes after the stream has flushed, then the stream again. */
TEST(adopted_files__take_turns_with_write)
{
    int fd = open("out", O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    rill *s;

    CHECK(fd >= 0);
    s = borrow(fd, "w");
    CHECK_INT(4, rill_puts(s, "one "));
    CHECK_OK(rill_close(s));
    CHECK_INT(4, write(fd, "two ", 4));
    s = borrow(fd, "w");
    CHECK_INT(8, rill_tell(s));
    CHECK_INT(5, rill_puts(s, "three"));
    CHECK_OK(rill_close(s));
    close(fd);
    CHECK_FILE("out", "one two three");
}

/* "w" on a descriptor cuts nothing. */
TEST(adopted_files__nothing_is_cut)
{
    int fd = open_digits(O_RDWR | O_CLOEXEC);
    rill *s = borrow(fd, "w");

    CHECK_OK(rill_close(s));
    CHECK_FILE("digits", "0123456789abcdefghij");
    s = borrow(fd, "w+");
    CHECK_INT(1, rill_write(s, "X", 1));
    CHECK_OK(rill_close(s));
    close(fd);
    CHECK_FILE("digits", "X123456789abcdefghij");
}

/* "a" goes to the end, whether or not the descriptor itself would. */
static void append_with(int flags)
{
    int fd = open_digits(flags | O_RDWR | O_CLOEXEC);
    rill *s = borrow(fd, "a+");

    CHECK_INT(0, rill_seek(s, 0, RILL_SEEK_SET));
    CHECK_INT(1, rill_write(s, "!", 1));
    CHECK_INT(21, rill_tell(s));
    CHECK_INT(1, rill_seek(s, 1, RILL_SEEK_SET));
    CHECK_READS(s, "12");
    CHECK_INT(1, rill_write(s, "?", 1));
    CHECK_OK(rill_close(s));
    CHECK_INT(22, fd_offset(fd));
    close(fd);
    CHECK_FILE("digits", "0123456789abcdefghij!?");
}

TEST(adopted_files__append)
{
    append_with(0);
    append_with(O_APPEND);
}

TEST(adopted_files__take_closes)
{
    int fd = open_digits(O_RDONLY | O_CLOEXEC);
    rill *s = rill_open_fd(fd, "r", RILL_TAKE, NULL);

    CHECK(s != NULL);
    CHECK_INT('0', rill_getc(s));
    CHECK_OK(rill_close(s));
    CHECK(!fd_is_open(fd));
    fd = open_digits(O_RDONLY | O_CLOEXEC);
    s = rill_open_fd(fd, "r", RILL_TAKE, NULL);
    CHECK(s != NULL);
    rill_discard(s);
    CHECK(!fd_is_open(fd));
}

/* A descriptor that cannot be written: found out by the first write-out. */
TEST(adopted_files__not_open_for_writing)
{
    rill_error e;
    int fd = open_digits(O_RDONLY | O_CLOEXEC);
    rill *s = rill_open_fd(fd, "r+", RILL_BORROW, NULL);

    if (!s) {
        close(fd);
        return;
    }
    CHECK_READS(s, "01");
    CHECK(rill_write(s, "x", 1) == 1 || rill_failed(s, NULL) < 0);
    CHECK_CODE(RILL_EIO, rill_flush(s));
    CHECK_CODE(RILL_EIO, rill_failed(s, &e));
    CHECK_INT(EBADF, e.os_error);
    CHECK_CODE(RILL_EIO, rill_close(s));
    close(fd);
    CHECK_FILE("digits", "0123456789abcdefghij");
}

TEST(adopted_files__directory)
{
    rill_error e = {0};
    rill_options o = RILL_OPTIONS_INIT;
    int fd = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    o.error = &e;
    CHECK(fd >= 0);
    errno = 0;
    CHECK_PTR(NULL, rill_open_fd(fd, "r", RILL_TAKE, &o));
    CHECK_INT(EISDIR, errno);
    CHECK_INT(EISDIR, e.os_error);
    CHECK(fd_is_open(fd));
    close(fd);
}

/* ---- rill_fileno() ------------------------------------------------------- */

/* The number of a stream's own file: flushed, and in step from then on. */
TEST(adopted_files__fileno)
{
    char back[8];
    rill *s = rill_open("own", "w+");
    int fd;

    CHECK(s != NULL);
    CHECK_INT(5, rill_puts(s, "hello"));
    fd = rill_fileno(s);
    CHECK(fd >= 0);
    CHECK_INT(fd, rill_fileno(s));
    CHECK_INT(5, pread(fd, back, 8, 0));
    CHECK_BYTES(back, 5, "hello");
    CHECK_INT(1, rill_seek(s, 1, RILL_SEEK_SET));
    CHECK_INT('e', rill_getc(s));
    CHECK_OK(rill_flush(s));
    CHECK_INT(2, fd_offset(fd));
    CHECK_INT(2, rill_puts(s, "LL"));
    CHECK_OK(rill_flush(s));
    CHECK_INT(4, fd_offset(fd));
    CHECK_OK(rill_close(s));
    CHECK(!fd_is_open(fd));
    CHECK_FILE("own", "heLLo");
}

TEST(adopted_files__no_fileno)
{
    char room[4];
    rill *m = rill_open_mem(NULL), *v = rill_open_view("x", 1);
    rill *f = rill_open_fixed(room, 4, NULL), *n = rill_open_null();

    CHECK(m && v && f && n);
    CHECK_CODE(RILL_ENOTSUP, rill_fileno(m));
    CHECK_CODE(RILL_ENOTSUP, rill_fileno(v));
    CHECK_CODE(RILL_ENOTSUP, rill_fileno(f));
    CHECK_CODE(RILL_ENOTSUP, rill_fileno(n));
    CHECK_OK(rill_failed(m, NULL));
    CHECK_OK(rill_close(m));
    CHECK_OK(rill_close(v));
    CHECK_OK(rill_close(f));
    CHECK_OK(rill_close(n));
}

/* ---- Shared with a child ------------------------------------------------- */

static void run_cat(void *arg)
{
    int *fd = arg;

    MUST(dup2(fd[0], 0) == 0 && dup2(fd[1], 1) == 1);
    execlp("cat", "cat", (char *)NULL);
    _exit(CHILD_SKIPS);
}

/* The child goes on reading where the stream stands, and the parent behind
 * what the child has read. */
TEST(adopted_files__cat_reads_on)
{
    int fd[2];
    rill *s;

    fd[0] = open_digits(O_RDONLY | O_CLOEXEC);
    fd[1] = open("out", O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    CHECK(fd[1] >= 0);
    s = borrow(fd[0], "r");
    CHECK_READS(s, "01234567");
    CHECK_OK(rill_flush(s));
    RUN_CHILD(run_cat, fd);
    CHECK_OK(rill_close(s));
    close(fd[0]);
    close(fd[1]);
    CHECK_FILE("out", "89abcdefghij");
}

/* Parent, child, parent write one after the other into one file. */
TEST(adopted_files__cat_writes_between)
{
    int fd[2];
    rill *s;

    test_write_file("in", "[from the child]", 16);
    fd[0] = open("in", O_RDONLY | O_CLOEXEC);
    fd[1] = open("out", O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    CHECK(fd[0] >= 0 && fd[1] >= 0);
    s = borrow(fd[1], "w");
    CHECK_INT(6, rill_puts(s, "before"));
    CHECK_OK(rill_close(s));
    RUN_CHILD(run_cat, fd);
    s = borrow(fd[1], "w");
    CHECK_INT(22, rill_tell(s));
    CHECK_INT(5, rill_puts(s, "after"));
    CHECK_OK(rill_close(s));
    close(fd[0]);
    close(fd[1]);
    CHECK_FILE("out", "before[from the child]after");
}

/* ---- Two descriptions, one file ------------------------------------------ */

/* dup() shares the offset; the stream moves it by flushing only. */
TEST(adopted_files__dup)
{
    int fd = open_digits(O_RDONLY | O_CLOEXEC), copy = dup(fd);
    rill *s = rill_open_fd(fd, "r", RILL_TAKE, NULL);

    CHECK(s && copy >= 0);
    CHECK_READS(s, "0123");
    CHECK_OK(rill_close(s));
    CHECK_INT(4, fd_offset(copy));
    CHECK(fd_is_open(copy));
    close(copy);
}
