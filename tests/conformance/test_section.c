/*
 * Sections: a part of another stream, with a position of its own. (That a
 * section is a stream like any other, its rows of the table show.)
 */
#define _POSIX_C_SOURCE 200809L
#include "test.h"

#include <errno.h>
#include <pthread.h>
#include <unistd.h>

TEST(section__has_its_own_position)
{
    rill *whole = rill_open_mem_copy("0123456789", 10, NULL);
    rill *a = rill_open_section(whole, 2, 4, NULL);
    rill *b = rill_open_section(whole, 5, -1, NULL);

    CHECK_INT(3, rill_seek(whole, 3, RILL_SEEK_SET));
    CHECK_READS(a, "23");
    CHECK_READS(b, "567");
    CHECK_REST(a, "45");
    CHECK_REST(b, "89");
    CHECK_INT(3, rill_tell(whole));
    CHECK_INT(4, rill_size(a));
    CHECK_INT(5, rill_size(b));
    CHECK_OK(rill_close(a));
    CHECK_OK(rill_close(b));
    CHECK_READS(whole, "34");
    CHECK_OK(rill_close(whole));
}

TEST(section__is_bounded)
{
    rill *whole = rill_open_mem_copy("0123456789", 10, NULL);
    rill *s = rill_open_section(whole, 8, 4, NULL);
    rill *empty = rill_open_section(whole, 8, 0, NULL);

    CHECK_INT(2, rill_size(s)); /* the whole ends before */
    CHECK_INT(0, rill_size(empty));
    CHECK_CODE(RILL_EEOF, rill_getc(empty));
    CHECK_INT(4, rill_pwrite(s, "abcdef", 6, 0));
    CHECK_CODE(RILL_ENOSPC, rill_pwrite(s, "x", 1, 4));
    CHECK_CODE(RILL_ENOSPC, rill_pwrite(empty, "x", 1, 0));
    CHECK_HOLDS(s, "abcd");
    CHECK_OK(rill_close(s));
    CHECK_OK(rill_close(empty));
    CHECK_HOLDS(whole, "01234567abcd");
    CHECK_OK(rill_close(whole));
}

TEST(section__full_is_said_like_any_bounded_store)
{
    rill *whole = rill_open_mem(NULL);
    rill *s = rill_open_section(whole, 0, 4, NULL);

    CHECK_INT(6, rill_write(s, "abcdef", 6)); /* waits in the window */
    CHECK_CODE(RILL_ENOSPC, rill_flush(s));
    CHECK_CODE(RILL_ENOSPC, rill_close(s));
    CHECK_HOLDS(whole, "abcd");
    CHECK_OK(rill_close(whole));
}

TEST(section__beyond_the_end)
{
    rill *whole = rill_open_mem_copy("abc", 3, NULL);
    rill *s = rill_open_section(whole, 5, -1, NULL);

    CHECK_INT(0, rill_size(s));
    CHECK_CODE(RILL_EEOF, rill_getc(s));
    CHECK_INT(1, rill_write(s, "x", 1));
    CHECK_OK(rill_close(s));
    CHECK_HOLDS(whole, "abc\0\0x");
    CHECK_OK(rill_close(whole));
}

TEST(section__does_what_the_whole_can)
{
    rill *view = rill_open_view("abc", 3);
    rill *s = rill_open_section(view, 1, -1, NULL);
    rill *null = rill_open_null();

    CHECK(rill_readable(s));
    CHECK(!rill_writable(s));
    CHECK(rill_seekable(s));
    CHECK_CODE(RILL_ENOTSUP, rill_write(s, "x", 1));
    CHECK_CODE(RILL_ENOTSUP, rill_truncate(s, 0));
    CHECK_REST(s, "bc");
    CHECK_OK(rill_close(s));
    CHECK_OK(rill_close(view));
    CHECK_OK(rill_close(null));
}

TEST(section__bad_arguments)
{
    rill *whole = rill_open_mem(NULL);
    rill_options bad = {0};

    CHECK_PTR(NULL, rill_open_section(whole, -1, 1, NULL));
    CHECK_INT(EINVAL, errno);
    CHECK_PTR(NULL, rill_open_section(whole, 0, -2, NULL));
    CHECK_INT(EINVAL, errno);
    CHECK_PTR(NULL, rill_open_section(whole, INT64_MAX, 1, NULL));
    CHECK_INT(EINVAL, errno);
    CHECK_PTR(NULL, rill_open_section(whole, 0, 1, &bad));
    CHECK_INT(EINVAL, errno);
    CHECK_OK(rill_close(rill_open_section(whole, INT64_MAX, 0, NULL)));
    CHECK_OK(rill_close(whole));
}

TEST(section__of_a_pipe)
{
    int fds[2];
    rill *s;

    CHECK_INT(0, pipe(fds));
    s = rill_open_fd(fds[0], "r", RILL_TAKE, NULL);
    CHECK_PTR(NULL, rill_open_section(s, 0, -1, NULL));
    CHECK_INT(ENOTSUP, errno);
    CHECK_OK(rill_close(s));
    close(fds[1]);
}

/* What failed, and why, comes through. */
TEST(section__failures_keep_their_errno)
{
    rill *whole = rill_open("f", "w"), *s;
    rill_error e;

    CHECK_INT(3, rill_write(whole, "abc", 3));
    s = rill_open_section(whole, 0, -1, NULL);
    CHECK(!rill_readable(s));
    CHECK_OK(rill_flush(whole));
    close(rill_fileno(whole)); /* the worst that can happen to it */
    CHECK_INT(1, rill_write(s, "x", 1));
    CHECK_CODE(RILL_EIO, rill_flush(s));
    CHECK_CODE(RILL_EIO, rill_failed(s, &e));
    CHECK_INT(EBADF, e.os_error);
    CHECK_STR("f", e.path);
    rill_discard(s);
    rill_discard(whole);
}

enum { THREADS = 4, PART = 50000 };

/* Each thread reads its part through a window of its own. */
static void *read_part(void *arg)
{
    unsigned char got[1000], want[1000];
    rill *s = arg;
    int64_t start = rill_seek(s, 0, RILL_SEEK_END) - PART;
    uintptr_t wrong = 0;

    rill_seek(s, start, RILL_SEEK_SET);
    for (int64_t at = 0; at < PART; at += (int64_t)sizeof(got)) {
        test_pattern(want, sizeof(want), start + at);
        if (rill_read_exact(s, got, sizeof(got)) < 0 ||
            memcmp(got, want, sizeof(got)) != 0)
            wrong++;
    }
    return (void *)wrong;
}

TEST(section__one_for_each_thread)
{
    unsigned char *data = test_alloc((size_t)THREADS * PART);
    pthread_t threads[THREADS];
    rill *whole, *sections[THREADS];
    void *wrong;

    test_pattern(data, (size_t)THREADS * PART, 0);
    test_write_file("f", data, (size_t)THREADS * PART);
    free(data);
    whole = rill_open("f", "r");
    for (int i = 0; i < THREADS; i++) {
        sections[i] = rill_open_section(whole, 0, (i + 1) * PART, NULL);
        CHECK_INT(0, pthread_create(&threads[i], NULL, read_part, sections[i]));
    }
    for (int i = 0; i < THREADS; i++) {
        CHECK_INT(0, pthread_join(threads[i], &wrong));
        CHECK_PTR(NULL, wrong);
        CHECK_OK(rill_close(sections[i]));
    }
    CHECK_OK(rill_close(whole));
}
