/*
 * rill_read_all(): all that is left, whatever its size, in memory of its own.
 */
#define _POSIX_C_SOURCE 200809L
#include "fixture.h"

CONFORMS(read_all__of_everything, READS)
{
    rill *s = fixture_open(fx, "hello world");
    void *data = NULL;

    CHECK_INT(11, rill_read_all(s, &data));
    CHECK_BYTES(data, 12, "hello world\0");
    fixture_free(fx, data, 12);
    CHECK_OK(rill_close(s));
}

CONFORMS(read_all__of_the_rest, READS)
{
    rill *s = fixture_open(fx, "hello world");

    CHECK_READS(s, "hello");
    CHECK_REST(s, " world");
    CHECK_OK(rill_close(s));
}

CONFORMS(read_all__of_nothing, READS)
{
    rill *s = fixture_open(fx, "");
    void *data = NULL;

    CHECK_INT(0, rill_read_all(s, &data));
    CHECK(data != NULL);
    CHECK_BYTES(data, 1, "\0");
    fixture_free(fx, data, 1);
    CHECK_INT(0, rill_read_all(s, &data));
    fixture_free(fx, data, 1);
    CHECK_OK(rill_close(s));
}

CONFORMS(read_all__moves_to_the_end, READS | SEEKS)
{
    rill *s = fixture_open(fx, "abc");

    CHECK_REST(s, "abc");
    CHECK_INT(3, rill_tell(s));
    CHECK_REST(s, "");
    CHECK_INT(1, rill_seek(s, 1, RILL_SEEK_SET));
    CHECK_REST(s, "bc");
    CHECK_OK(rill_close(s));
}

CONFORMS(read_all__past_the_end, READS | SEEKS | GROWS)
{
    rill *s = fixture_open(fx, "abc");

    CHECK_INT(100, rill_seek(s, 100, RILL_SEEK_SET));
    CHECK_REST(s, "");
    CHECK_INT(100, rill_tell(s));
    CHECK_OK(rill_close(s));
}

CONFORMS(read_all__sees_what_was_written, READS | WRITES | SEEKS)
{
    rill *s = fixture_open(fx, "abcdef");

    CHECK_INT(2, rill_write(s, "XY", 2));
    CHECK_REST(s, "cdef");
    CHECK_INT(2, rill_write(s, "gh", 2));
    CHECK_OK(rill_rewind(s));
    CHECK_REST(s, "XYcdefgh");
    CHECK_OK(rill_close(s));
}

static void check_pattern(fixture *fx, size_t size, size_t from)
{
    rill *s = fixture_open_pattern(fx, size);
    unsigned char *want = test_alloc(size);
    void *skipped = test_alloc(from);
    void *got = NULL;
    ptrdiff_t n;

    test_pattern(want, size, 0);
    CHECK_OK(rill_read_exact(s, skipped, from));
    n = rill_read_all(s, &got);
    CHECK_MEM(got, n, want + from, size - from);
    CHECK_INT(0, ((char *)got)[n]);
    fixture_free(fx, got, (size_t)n + 1);
    CHECK_OK(rill_close(s));
    free(skipped);
    free(want);
}

CONFORMS(read_all__of_many_sizes, READS)
{
    static const size_t sizes[] = {1,    63,   64,   65,    4095, 4096,
                                   4097, 8191, 8192, 65536, 65537};

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
        check_pattern(fx, sizes[i], 0);
}

CONFORMS(read_all__of_much, READS)
{
    check_pattern(fx, 300000, 0);
    check_pattern(fx, 300000, 10);
    check_pattern(fx, 131072, 131071);
    check_pattern(fx, 131073, 131072);
}

CONFORMS(read_all__of_a_writer, WRITES | MODES)
{
    rill *s = fixture_open_mode(fx, "w", "");
    char mark;
    void *data = &mark;

    CHECK_CODE(RILL_ENOTSUP, rill_read_all(s, &data));
    CHECK_PTR(&mark, data);
    CHECK_OK(rill_close(s));
}

TEST(read_all__of_files_that_lie_about_their_size)
{
    rill *s = rill_open("/proc/self/status", "r");
    void *data = NULL;
    ptrdiff_t n;

    if (!s)
        SKIP("no /proc");
    n = rill_read_all(s, &data);
    CHECK(n > 100);
    CHECK_BYTES(data, 5, "Name:");
    CHECK_INT(strlen(data), n);
    rill_free(data);
    CHECK_OK(rill_close(s));
}
