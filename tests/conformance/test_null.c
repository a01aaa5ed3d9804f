/*
 * The null store: swallows, counts, holds nothing.
 */
#include "test.h"

TEST(null__swallows_and_counts)
{
    rill *s = rill_open_null();
    char big[10000] = {0};

    CHECK_INT(5, rill_write(s, "hello", 5));
    CHECK_INT(5, rill_tell(s));
    for (int i = 0; i < 100; i++)
        CHECK_INT(sizeof(big), rill_write(s, big, sizeof(big)));
    CHECK_INT(1000005, rill_tell(s));
    CHECK_INT(0, rill_size(s));
    CHECK_OK(rill_close(s));
}

TEST(null__reads_nothing)
{
    rill *s = rill_open_null();
    char c;

    CHECK_INT(0, rill_read(s, &c, 1));
    CHECK_CODE(RILL_EEOF, rill_getc(s));
    CHECK_INT(1, rill_eof(s));
    CHECK_INT(5, rill_write(s, "hello", 5));
    CHECK_OK(rill_rewind(s));
    CHECK_INT(0, rill_read(s, &c, 1));
    CHECK_REST(s, "");
    CHECK_OK(rill_close(s));
}

TEST(null__any_position)
{
    rill *s = rill_open_null();

    CHECK_INT(1000, rill_seek(s, 1000, RILL_SEEK_SET));
    CHECK_INT(3, rill_write(s, "abc", 3));
    CHECK_INT(1003, rill_tell(s));
    CHECK_INT(0, rill_seek(s, 0, RILL_SEEK_END));
    CHECK_INT(7, rill_seek(s, 7, RILL_SEEK_END));
    CHECK_INT(INT64_MAX, rill_seek(s, INT64_MAX, RILL_SEEK_SET));
    CHECK_CODE(RILL_ERANGE, rill_seek(s, 1, RILL_SEEK_CUR));
    CHECK_CODE(RILL_ERANGE, rill_write(s, "abc", 3));
    CHECK_CODE(RILL_EINVAL, rill_seek(s, -1, RILL_SEEK_SET));
    CHECK_OK(rill_close(s));
}

TEST(null__copies_to_nowhere)
{
    rill *s = rill_open_null(), *src = rill_open_view("hello", 5);
    rill *mem = rill_open_mem(NULL);

    CHECK_INT(5, rill_copy(s, src, -1));
    CHECK_INT(5, rill_tell(s));
    CHECK_INT(0, rill_copy(mem, s, -1));
    CHECK_INT(0, rill_size(mem));
    CHECK_OK(rill_close(mem));
    CHECK_OK(rill_close(src));
    CHECK_OK(rill_close(s));
}

TEST(null__pread_and_pwrite)
{
    rill *s = rill_open_null();
    char c;

    CHECK_INT(0, rill_pread(s, &c, 1, 0));
    CHECK_INT(1, rill_pwrite(s, "x", 1, 100));
    CHECK_INT(0, rill_tell(s));
    CHECK_INT(0, rill_size(s));
    CHECK_OK(rill_close(s));
}
