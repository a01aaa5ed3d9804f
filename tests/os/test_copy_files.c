/*
 * test_copy_files.c - rill_copy() between descriptors, where the kernel may do
 * the work: large enough for it, at odd positions, with bytes in both windows,
 * over file systems, into append files, from files that lie about their size,
 * from a file into itself. The same bytes and positions in every case.
 */
#define _GNU_SOURCE
#include "os_support.h"

enum { SIZE = 3 * 1024 * 1024 + 777 };

static rill *open_checked(const char *path, const char *mode,
                          ptrdiff_t buffer_size)
{
    rill_options o = RILL_OPTIONS_INIT;
    rill *s;

    o.buffer_size = buffer_size;
    s = rill_open_with(path, mode, &o);
    CHECK(s != NULL);
    return s;
}

static void make_source(const char *path)
{
    unsigned char *data = test_alloc(SIZE);

    test_pattern(data, SIZE, 0);
    test_write_file(path, data, SIZE);
    free(data);
}

/* A file holds `len` bytes: `head`, then the pattern from `from` on. */
static void check_copy(const char *path, const char *head, int64_t from,
                       int64_t len)
{
    size_t n, head_len = strlen(head);
    char *all = test_read_file(path, &n);

    CHECK_INT((int64_t)head_len + len, n);
    CHECK_MEM(all, head_len, head, head_len);
    CHECK(is_pattern(all + head_len, (size_t)len, from));
    free(all);
}

/* All, from the start, to the start. */
static void whole(ptrdiff_t buffer_size)
{
    rill *from, *to;

    make_source("from");
    from = open_checked("from", "r", buffer_size);
    to = open_checked("to", "w", buffer_size);
    CHECK_INT(SIZE, rill_copy(to, from, -1));
    CHECK_INT(SIZE, rill_tell(from));
    CHECK_INT(SIZE, rill_tell(to));
    CHECK_INT(SIZE, rill_size(to));
    CHECK_INT(0, rill_copy(to, from, -1));
    CHECK_OK(rill_close(to));
    CHECK_OK(rill_close(from));
    check_copy("to", "", 0, SIZE);
}

TEST(copy_files__whole)
{
    whole(0);
    whole(RILL_UNBUFFERED);
    whole(1000);
}

/* With bytes read ahead on one side and waiting on the other, and both used
 * again afterwards. */
static void with_windows(ptrdiff_t buffer_size)
{
    rill *from, *to;
    unsigned char back[10];

    make_source("from");
    from = open_checked("from", "r", buffer_size);
    to = open_checked("to", "w+", buffer_size);
    CHECK_INT(10, rill_read(from, back, 10));
    CHECK_INT(5, rill_puts(to, "head:"));
    CHECK_INT(2000000, rill_copy(to, from, 2000000));
    CHECK_INT(2000010, rill_tell(from));
    CHECK_INT(2000005, rill_tell(to));
    CHECK_INT(10, rill_read(from, back, 10));
    CHECK(is_pattern(back, 10, 2000010));
    CHECK_INT(10, rill_write(to, back, 10));
    CHECK_INT(2000015, rill_size(to));
    CHECK_INT(5, rill_seek(to, 5, RILL_SEEK_SET));
    CHECK_INT(10, rill_read(to, back, 10));
    CHECK(is_pattern(back, 10, 10));
    CHECK_OK(rill_close(to));
    CHECK_OK(rill_close(from));
}

TEST(copy_files__with_windows)
{
    with_windows(0);
    with_windows(RILL_UNBUFFERED);
    with_windows(100);
}

/* Into the middle of a file whose old bytes the stream has in its window. */
TEST(copy_files__over_old_bytes)
{
    unsigned char back[20];
    char *old = test_alloc(SIZE + 1000);
    rill *from, *to;

    memset(old, '-', SIZE + 1000);
    test_write_file("to", old, SIZE + 1000);
    free(old);
    make_source("from");
    from = open_checked("from", "r", 0);
    to = open_checked("to", "r+", 0);
    CHECK_INT(20, rill_read(to, back, 20));
    CHECK_INT(10, rill_seek(to, 10, RILL_SEEK_SET));
    CHECK_INT(SIZE, rill_copy(to, from, -1));
    CHECK_INT(SIZE + 10, rill_tell(to));
    CHECK_INT('-', rill_getc(to));
    CHECK_INT(SIZE + 1000, rill_size(to));
    CHECK_INT(0, rill_seek(to, 0, RILL_SEEK_SET));
    CHECK_INT(20, rill_read(to, back, 20));
    CHECK_BYTES(back, 10, "----------");
    CHECK(is_pattern(back + 10, 10, 0));
    CHECK_OK(rill_close(to));
    CHECK_OK(rill_close(from));
}

TEST(copy_files__past_the_end)
{
    size_t n;
    char *all;
    rill *from, *to;

    make_source("from");
    from = open_checked("from", "r", 0);
    to = open_checked("to", "w", 0);
    CHECK_INT(100, rill_seek(to, 100, RILL_SEEK_SET));
    CHECK_INT(1000000, rill_copy(to, from, 1000000));
    CHECK_OK(rill_close(to));
    CHECK_OK(rill_close(from));
    all = test_read_file("to", &n);
    CHECK_INT(1000100, n);
    for (int i = 0; i < 100; i++)
        CHECK_INT(0, all[i]);
    CHECK(is_pattern(all + 100, 1000000, 0));
    free(all);
}

/* Appending goes to the end, and the kernel's own calls refuse such files. */
TEST(copy_files__append)
{
    rill *from, *to;

    make_source("from");
    test_write_file("to", "old", 3);
    from = open_checked("from", "r", 0);
    to = open_checked("to", "a", 0);
    CHECK_INT(SIZE, rill_copy(to, from, -1));
    CHECK_INT(SIZE + 3, rill_tell(to));
    CHECK_OK(rill_close(to));
    CHECK_OK(rill_close(from));
    check_copy("to", "old", 0, SIZE);
}

/* Descriptors of the caller's keep their own offsets in step. */
TEST(copy_files__borrowed_descriptors)
{
    int in, out;
    rill *from, *to;

    make_source("from");
    in = open("from", O_RDONLY | O_CLOEXEC);
    out = open("to", O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    CHECK(in >= 0 && out >= 0);
    CHECK_INT(4, write(out, "head", 4));
    CHECK_INT(100, lseek(in, 100, SEEK_SET));
    from = rill_open_fd(in, "r", RILL_BORROW, NULL);
    to = rill_open_fd(out, "w", RILL_BORROW, NULL);
    CHECK(from && to);
    CHECK_INT(SIZE - 200, rill_copy(to, from, SIZE - 200));
    CHECK_OK(rill_close(to));
    CHECK_OK(rill_close(from));
    CHECK_INT(SIZE - 100, fd_offset(in));
    CHECK_INT(SIZE - 196, fd_offset(out));
    close(in);
    close(out);
    check_copy("to", "head", 100, SIZE - 200);
}

/* Memory's file system and the disk's share no blocks. */
TEST(copy_files__across_file_systems)
{
    unsigned char *back = test_alloc(SIZE);
    int fd = memfd_create("there", MFD_CLOEXEC);
    rill *from, *there, *to;

    CHECK(fd >= 0);
    make_source("from");
    from = open_checked("from", "r", 0);
    there = rill_open_fd(fd, "w+", RILL_TAKE, NULL);
    to = open_checked("to", "w", 0);
    CHECK(there != NULL);
    CHECK_INT(SIZE, rill_copy(there, from, -1));
    CHECK_INT(SIZE, rill_pread(there, back, SIZE, 0));
    CHECK(is_pattern(back, SIZE, 0));
    CHECK_OK(rill_rewind(there));
    CHECK_INT(SIZE, rill_copy(to, there, -1));
    CHECK_OK(rill_close(to));
    CHECK_OK(rill_close(there));
    CHECK_OK(rill_close(from));
    check_copy("to", "", 0, SIZE);
    free(back);
}

/* Two streams on one file: behind itself, and onto itself. */
TEST(copy_files__within_one_file)
{
    size_t n;
    char *all;
    rill *from, *to;

    make_source("f");
    from = open_checked("f", "r", 0);
    to = open_checked("f", "r+", 0);
    CHECK_INT(SIZE, rill_seek(to, 0, RILL_SEEK_END));
    CHECK_INT(SIZE, rill_copy(to, from, SIZE));
    CHECK_OK(rill_flush(to));
    CHECK_OK(rill_rewind(from));
    CHECK_OK(rill_rewind(to));
    CHECK_INT(SIZE, rill_copy(to, from, SIZE));
    CHECK_OK(rill_close(to));
    CHECK_OK(rill_close(from));
    all = test_read_file("f", &n);
    CHECK_INT(2 * SIZE, n);
    CHECK(is_pattern(all, SIZE, 0));
    CHECK(is_pattern(all + SIZE, SIZE, 0));
    free(all);
}

/* The number asked for is what is copied, around what the kernel is asked. */
TEST(copy_files__counts)
{
    static const int64_t counts[] = {
        0,      1,      4095,   4096,     4097, 131071,   131072,     131073,
        262143, 262144, 262145, SIZE - 1, SIZE, SIZE + 1, SIZE * 2LL, INT64_MAX,
    };

    make_source("from");
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        int64_t want = counts[i] < SIZE ? counts[i] : SIZE;
        rill *from = open_checked("from", "r", 0);
        rill *to = open_checked("to", "w", 0);

        CHECK_INT(want, rill_copy(to, from, counts[i]));
        CHECK_INT(want, rill_tell(from));
        CHECK_INT(want, rill_tell(to));
        CHECK_OK(rill_close(to));
        CHECK_OK(rill_close(from));
        check_copy("to", "", 0, want);
    }
}

/* A source that says 0, or a page, and holds something else. */
static void copies_all_of(const char *path)
{
    size_t want_len, len;
    char *want = test_read_file(path, &want_len), *got;
    rill *from = open_checked(path, "r", 0), *to = open_checked("to", "w", 0);

    CHECK_INT(want_len, rill_copy(to, from, -1));
    CHECK_OK(rill_close(to));
    CHECK_OK(rill_close(from));
    got = test_read_file("to", &len);
    CHECK_MEM(got, len, want, want_len);
    free(got);
    free(want);
}

TEST(copy_files__sizes_that_lie)
{
    copies_all_of("/proc/version");
    copies_all_of("/proc/filesystems");
    if (access("/sys/devices/system/cpu/online", R_OK) == 0)
        copies_all_of("/sys/devices/system/cpu/online");
}

/* Holes are zeros on the other side. */
TEST(copy_files__holes)
{
    size_t n;
    char *all;
    rill *from = open_checked("from", "w+", 0);
    rill *to = open_checked("to", "w", 0);

    CHECK_INT(5, rill_puts(from, "first"));
    CHECK_INT(2 * MIB, rill_seek(from, 2 * MIB, RILL_SEEK_SET));
    CHECK_INT(4, rill_puts(from, "last"));
    CHECK_OK(rill_rewind(from));
    CHECK_INT(2 * MIB + 4, rill_copy(to, from, -1));
    CHECK_OK(rill_close(to));
    CHECK_OK(rill_close(from));
    all = test_read_file("to", &n);
    CHECK_INT(2 * MIB + 4, n);
    CHECK_BYTES(all, 5, "first");
    CHECK_BYTES(all + 2 * MIB, 4, "last");
    for (int64_t i = 5; i < 2 * MIB; i++)
        CHECK(all[i] == 0);
    free(all);
}

/* The target refuses: an error of its side, and the source stands where the
 * target does. */
TEST(copy_files__target_that_cannot)
{
    rill_error e;
    int out;
    rill *from, *to;

    make_source("from");
    test_write_file("to", "old", 3);
    out = open("to", O_RDONLY | O_CLOEXEC);
    CHECK(out >= 0);
    from = open_checked("from", "r", 0);
    to = rill_open_fd(out, "r+", RILL_TAKE, NULL);
    if (!to) { /* found out at once */
        close(out);
        CHECK_OK(rill_close(from));
        return;
    }
    CHECK(rill_copy(to, from, -1) != SIZE || rill_flush(to) < 0);
    CHECK_CODE(RILL_EIO, rill_failed(to, &e));
    CHECK_INT(EBADF, e.os_error);
    CHECK_OK(rill_failed(from, NULL));
    CHECK_CODE(RILL_EIO, rill_close(to));
    CHECK_OK(rill_close(from));
    CHECK_FILE("to", "old");
}

/* ---- Pipes on either side ------------------------------------------------- */

typedef struct pump {
    int fd[2];
    int64_t bytes;
} pump;

static void feed_pipe(void *arg)
{
    pump *p = arg;
    unsigned char part[10007];

    close(p->fd[0]);
    for (int64_t at = 0; at < p->bytes; at += (int64_t)sizeof(part)) {
        size_t n = p->bytes - at < (int64_t)sizeof(part)
                       ? (size_t)(p->bytes - at)
                       : sizeof(part);

        test_pattern(part, n, at);
        MUST(fd_write_all(p->fd[1], part, n) == 0);
    }
}

static void drain_pipe(void *arg)
{
    pump *p = arg;
    unsigned char part[10007];
    int64_t at = 0;
    size_t n;

    close(p->fd[1]);
    while ((n = fd_read_all(p->fd[0], part, sizeof(part))) > 0) {
        MUST(is_pattern(part, n, at));
        at += (int64_t)n;
    }
    MUST(at == p->bytes);
}

/* A pipe, a file, a pipe. */
TEST(copy_files__through_pipes)
{
    pump p = {{0, 0}, SIZE};
    pid_t child;
    rill *s, *f = open_checked("f", "w+", 0);

    CHECK_INT(0, pipe2(p.fd, O_CLOEXEC));
    child = start_child(feed_pipe, &p);
    close(p.fd[1]);
    s = rill_open_fd(p.fd[0], "r", RILL_TAKE, NULL);
    CHECK(s != NULL);
    CHECK_INT(1000, rill_copy(f, s, 1000));
    CHECK_INT(SIZE - 1000, rill_copy(f, s, -1));
    CHECK_INT(0, wait_child(child));
    CHECK_OK(rill_close(s));
    CHECK_OK(rill_flush(f));
    check_copy("f", "", 0, SIZE);

    CHECK_INT(0, pipe2(p.fd, O_CLOEXEC));
    child = start_child(drain_pipe, &p);
    close(p.fd[0]);
    s = rill_open_fd(p.fd[1], "w", RILL_TAKE, NULL);
    CHECK(s != NULL);
    CHECK_OK(rill_rewind(f));
    CHECK_INT(SIZE, rill_copy(s, f, -1));
    CHECK_OK(rill_close(s));
    CHECK_INT(0, wait_child(child));
    CHECK_OK(rill_close(f));
}

/*
 * From a pipe into one that blocks now and then: what would block "changes
 * nothing", so nothing may be lost although the source cannot go back.
 */
static void pipe_to_blocking_pipe(ptrdiff_t buffer_size)
{
    rill_options o = RILL_OPTIONS_INIT;
    unsigned char part[4096];
    pump p = {{0, 0}, 500000};
    int64_t arrived = 0, n = 1;
    int out[2];
    pid_t child;
    ssize_t got;
    rill *from, *to;
    int rc;

    CHECK_INT(0, pipe2(p.fd, O_CLOEXEC));
    CHECK_INT(0, pipe2(out, O_CLOEXEC | O_NONBLOCK));
    child = start_child(feed_pipe, &p);
    close(p.fd[1]);
    o.buffer_size = buffer_size;
    from = rill_open_fd(p.fd[0], "r", RILL_TAKE, NULL);
    to = rill_open_fd(out[1], "w", RILL_TAKE, &o);
    CHECK(from && to);
    do {
        n = rill_copy(to, from, -1);
        CHECK(n >= 0 || n == RILL_EAGAIN);
        rc = rill_flush(to);
        CHECK(rc == RILL_OK || rc == RILL_EAGAIN);
        while ((got = read(out[0], part, sizeof(part))) > 0) {
            CHECK(is_pattern(part, (size_t)got, arrived));
            arrived += got;
        }
    } while (n != 0 || rc != RILL_OK);
    while ((got = read(out[0], part, sizeof(part))) > 0)
        arrived += got;
    CHECK_INT(p.bytes, arrived);
    CHECK_OK(rill_close(to));
    CHECK_OK(rill_close(from));
    CHECK_INT(0, wait_child(child));
    close(out[0]);
}

TEST(copy_files__pipe_to_blocking_pipe)
{
    pipe_to_blocking_pipe(0);
    pipe_to_blocking_pipe(7);
    pipe_to_blocking_pipe(5000);
}

TEST(copy_files__pipe_to_blocking_pipe_unbuffered)
{
    pipe_to_blocking_pipe(RILL_UNBUFFERED);
}
