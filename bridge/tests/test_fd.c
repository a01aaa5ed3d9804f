/*
 * test_fd.c - descriptors and paths of every kind of stream, for users that
 * know files and nothing else; what comes back, and what fails.
 */
#define _GNU_SOURCE
#include "test_fd.h"

/* ---- Every kind of stream ----------------------------------------------- */

BRIDGE_TEST(fd__there_and_back)
{
    rill *s = kind->open();
    rill_fd *f;

    CHECK_INT(4, rill_puts(s, "one\n"));
    f = path_of(s, NULL, 0);
    CHECK_FILE(rill_fd_path(f), "one\n");
    CHECK(put(rill_fd_path(f), "a", "two"));
    CHECK_OK(rill_fd_close(f));
    CHECK_HOLDS(s, "one\ntwo");
    CHECK_INT(4, rill_tell(s));

    f = path_of(s, NULL, 0); /* and shorter than before */
    CHECK(put(rill_fd_path(f), "w", "1"));
    CHECK_OK(rill_fd_close(f));
    CHECK_HOLDS(s, "1");
    CHECK_OK(rill_close(s));
}

BRIDGE_TEST(fd__by_descriptor)
{
    rill *s = kind->open();
    char buf[10];
    rill_fd *f;
    int fd;

    CHECK_INT(6, rill_puts(s, "abcdef"));
    CHECK_INT(2, rill_seek(s, 2, RILL_SEEK_SET));
    f = fd_of(s, 0);
    fd = rill_fd_number(f);
    CHECK_INT(fd, rill_fd_number(f));
    CHECK_INT(2, fd_offset(fd));
    CHECK_INT(2, read(fd, buf, 2));
    CHECK_BYTES(buf, 2, "cd");
    put_at(fd, 5, 'F');
    CHECK_OK(rill_fd_sync(f));
    CHECK_HOLDS(s, "abcdeF");
    CHECK_INT(2, rill_tell(s));
    CHECK_INT(4, fd_offset(fd)); /* where its user left it */
    put_at(fd, 6, 'G');
    CHECK_OK(rill_fd_close(f));
    CHECK_HOLDS(s, "abcdeFG");
    CHECK_READS(s, "cdeFG");
    CHECK_OK(rill_close(s));
}

BRIDGE_TEST(fd__extension)
{
    rill *s = kind->open();
    const char *path;
    char *directory;
    rill_fd *f;

    CHECK_INT(3, rill_puts(s, "abc"));
    f = path_of(s, ".png", 0);
    path = rill_fd_path(f);
    CHECK_STR(".png", path + strlen(path) - 4);
    CHECK_FILE(path, "abc");
    CHECK(put(path, "w", "def"));
    directory = directory_of(f);
    CHECK_INT(0, access(directory, F_OK));
    CHECK_OK(rill_fd_close(f));
    CHECK_INT(-1, access(directory, F_OK));
    CHECK_HOLDS(s, "def");
    CHECK_OK(rill_close(s));
    free(directory);
}

BRIDGE_TEST(fd__large_and_back)
{
    enum { LEN = 700000 };
    unsigned char *data = test_alloc(LEN), *got = test_alloc(LEN + 10);
    rill *s = kind->open();
    size_t len;
    rill_fd *f;
    void *seen;

    test_pattern(data, LEN, 0);
    CHECK_INT(LEN, rill_write(s, data, LEN));
    f = path_of(s, NULL, 0);
    seen = test_read_file(rill_fd_path(f), &len);
    CHECK_MEM(seen, len, data, LEN);
    put_at(rill_fd_number(f), 400000, '!');
    CHECK(put(rill_fd_path(f), "a", "end"));
    CHECK_OK(rill_fd_close(f));
    data[400000] = '!';
    CHECK_INT(LEN + 3, rill_pread(s, got, LEN + 10, 0));
    CHECK_MEM(got, LEN, data, LEN);
    CHECK_BYTES(got + LEN, 3, "end");
    CHECK_OK(rill_close(s));
    free(seen);
    free(data);
    free(got);
}

BRIDGE_TEST(fd__discarded)
{
    rill *s = kind->open();
    char *directory;
    rill_fd *f;

    CHECK_INT(3, rill_puts(s, "abc"));
    f = path_of(s, ".other", 0);
    CHECK(put(rill_fd_path(f), "a", "def"));
    directory = directory_of(f);
    rill_fd_discard(f);
    CHECK_INT(-1, access(directory, F_OK));
    CHECK_HOLDS(s, "abc");
    CHECK_OK(rill_close(s));
    free(directory);
}

/* ---- Streams that do less ----------------------------------------------- */

/* Nobody writes into the copy of what cannot take it back; root may open it. */
static void check_read_only(rill *s, const char *extension)
{
    rill_fd *f = path_of(s, extension, 0);

    CHECK_FILE(rill_fd_path(f), "abcdef");
    CHECK_INT(2, fd_offset(rill_fd_number(f)));
    CHECK_INT(-1, write(rill_fd_number(f), "x", 1));
    CHECK(!put(rill_fd_path(f), "a", "x") || (extension && geteuid() == 0));
    CHECK_OK(rill_fd_sync(f));
    CHECK_OK(rill_fd_close(f));
    CHECK_HOLDS(s, "abcdef");
    CHECK_INT(2, rill_tell(s));
}

TEST(fd__read_only)
{
    rill *s = rill_open_view("abcdef", 6);

    CHECK_INT(2, rill_seek(s, 2, RILL_SEEK_SET));
    check_read_only(s, NULL);
    check_read_only(s, ".bin");
    CHECK_OK(rill_close(s));
}

TEST(fd__section_of_a_file)
{
    rill *whole, *s;
    rill_fd *f;

    test_write_file("whole", "0123456789", 10);
    whole = rill_open("whole", "rb+");
    s = rill_open_section(whole, 2, 4, NULL);
    f = path_of(s, NULL, 0);
    CHECK_FILE(rill_fd_path(f), "2345");
    put_at(rill_fd_number(f), 1, 'a');
    CHECK_OK(rill_fd_close(f));
    CHECK_OK(rill_close(s));
    CHECK_OK(rill_close(whole));
    CHECK_FILE("whole", "012a456789");
}

TEST(fd__from_a_pipe)
{
    enum { LEN = 300000 };
    unsigned char *data = test_alloc(LEN);
    const void *ahead;
    char first[1];
    size_t len;
    void *seen;
    rill_fd *f;
    rill *s;

    test_pattern(data, LEN, 0);
    s = open_pipe(data, LEN);
    CHECK_INT(1, rill_read(s, first, 1));
    CHECK(rill_peek(s, &ahead, 10) >= 10); /* what was read ahead is there */
    f = path_of(s, NULL, 0);
    CHECK_INT(0, fd_offset(rill_fd_number(f)));
    seen = test_read_file(rill_fd_path(f), &len);
    CHECK_MEM(seen, len, data + 1, LEN - 1);
    CHECK_OK(rill_fd_close(f));
    CHECK_INT(0, rill_read(s, first, 1));
    CHECK_OK(rill_close(s));
    free(seen);
    free(data);
}

TEST(fd__write_only)
{
    rill_double plain = {0};
    rill *s = rill_open_double(rill_open("out", "wb"), RILL_TAKE, &plain, NULL);
    rill_fd *f;

    CHECK_INT(6, rill_puts(s, "abcdef"));
    CHECK_INT(2, rill_seek(s, 2, RILL_SEEK_SET));
    f = fd_of(s, 0);
    CHECK_INT(0, lseek(rill_fd_number(f), 0, SEEK_END)); /* nobody can know */
    CHECK_INT(2, write(rill_fd_number(f), "XY", 2));
    CHECK_OK(rill_fd_close(f));
    CHECK_INT(4, rill_tell(s));
    CHECK_OK(rill_close(s));
    CHECK_FILE("out", "abXYef");
}

TEST(fd__appending)
{
    rill_double plain = {0};
    rill *s;
    rill_fd *f;

    test_write_file("log", "one", 3);
    s = rill_open_double(rill_open("log", "ab+"), RILL_TAKE, &plain, NULL);
    f = path_of(s, NULL, 0);
    CHECK_FILE(rill_fd_path(f), "one");
    CHECK(put(rill_fd_path(f), "a", "two"));
    CHECK_OK(rill_fd_sync(f));
    CHECK_HOLDS(s, "onetwo");
    put_at(rill_fd_number(f), 0, 'O');
    CHECK_CODE(RILL_ENOTSUP, rill_fd_close(f)); /* that is not appending */
    CHECK_HOLDS(s, "onetwo");
    CHECK_OK(rill_close(s));
    CHECK_FILE("log", "onetwo");
}

TEST(fd__unchanged_is_not_written)
{
    rill_double d = {0};
    rill *s = rill_open_double(rill_open_mem_copy("abcdef", 6, NULL), RILL_TAKE,
                               &d, NULL);
    rill_fd *f = path_of(s, ".x", 0);

    CHECK_OK(rill_fd_sync(f));
    CHECK(put(rill_fd_path(f), "w", "abcdef")); /* the same again */
    CHECK_OK(rill_fd_sync(f));
    CHECK_INT(0, d.writes);
    CHECK_INT(0, d.truncates);
    CHECK(put(rill_fd_path(f), "w", "abc"));
    CHECK_OK(rill_fd_sync(f));
    CHECK_INT(0, d.writes);
    CHECK_INT(1, d.truncates);
    CHECK(put(rill_fd_path(f), "w", "abcd"));
    CHECK_OK(rill_fd_close(f));
    CHECK_HOLDS(s, "abcd");
    CHECK_INT(1, d.truncates);
    CHECK_OK(rill_close(s));
}

/* ---- What goes wrong ---------------------------------------------------- */

TEST(fd__mistakes)
{
    rill *s = rill_open_mem(NULL);

    CHECK_PTR(NULL, rill_as_fd(NULL, 0));
    CHECK_INT(EINVAL, errno);
    errno = 0;
    CHECK_PTR(NULL, rill_as_fd(s, 64));
    CHECK_INT(EINVAL, errno);
    errno = 0;
    CHECK_PTR(NULL, rill_as_path(s, "/../x", 0));
    CHECK_INT(EINVAL, errno);
    CHECK_OK(rill_fd_close(NULL));
    rill_fd_discard(NULL);
    CHECK_OK(rill_close(s));
}

TEST(fd__the_stream_fails)
{
    enum { LEN = 5000 };
    unsigned char data[LEN];
    rill_double full = {.failure = ENOSPC};
    rill_error e;
    rill_fd *f;
    rill *s;

    test_pattern(data, LEN, 0);
    s = open_failing(data, LEN, 700, EIO);
    CHECK_PTR(NULL, rill_as_path(s, ".x", 0));
    CHECK_INT(EIO, errno);
    CHECK_CODE(RILL_EIO, rill_failed(s, &e));
    CHECK_INT(700, e.offset);
    CHECK_CODE(RILL_EIO, rill_close(s));

    s = rill_open_double(rill_open_mem(NULL), RILL_TAKE, &full, NULL);
    f = path_of(s, NULL, 0);
    CHECK(put(rill_fd_path(f), "a", "abc"));
    CHECK_OK(rill_fd_sync(f));
    CHECK_OK(rill_flush(s));
    full.fails = RILL_DOUBLE_WRITE | RILL_DOUBLE_TRUNCATE;
    CHECK(put(rill_fd_path(f), "w", "x"));
    CHECK_CODE(RILL_ENOSPC, rill_fd_sync(f));
    CHECK_INT(ENOSPC, errno);
    full.fails = 0;
    rill_clear(s);
    CHECK_OK(rill_fd_close(f)); /* nothing was lost by it */
    CHECK_HOLDS(s, "x");
    CHECK_OK(rill_close(s));
}

TEST(fd__a_view_is_held)
{
    rill *s = rill_open_mem_copy("abc", 3, NULL), *spool;
    void *view;
    rill_fd *f;

    CHECK_INT(3, rill_getbuffer(s, &view));
    f = path_of(s, NULL, 0);
    CHECK_OK(rill_fd_sync(f));
    CHECK(put(rill_fd_path(f), "a", "def"));
    CHECK_CODE(RILL_EBUSY, rill_fd_sync(f));
    CHECK_OK(rill_releasebuffer(s));
    CHECK_OK(rill_fd_close(f));
    CHECK_HOLDS(s, "abcdef");
    CHECK_OK(rill_close(s));

    spool = rill_open_spool(100, NULL);
    CHECK_INT(0, rill_getbuffer(spool, &view));
    CHECK_PTR(NULL, rill_as_fd(spool, 0));
    CHECK_OK(rill_releasebuffer(spool));
    CHECK_OK(rill_close(spool));
}

TEST(fd__no_room_in_the_stream)
{
    unsigned char room[8];
    rill *s = rill_open_fixed(room, sizeof(room), NULL);
    rill_fd *f = path_of(s, NULL, 0);

    CHECK(put(rill_fd_path(f), "a", "0123456789"));
    CHECK_CODE(RILL_ENOSPC, rill_fd_sync(f));
    CHECK_INT(ENOSPC, errno);
    rill_clear(s);
    CHECK_INT(0, truncate(rill_fd_path(f), 8));
    CHECK_OK(rill_fd_close(f));
    CHECK_HOLDS(s, "01234567");
    CHECK_OK(rill_close(s));
}
