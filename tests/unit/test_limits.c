/*
 * test_limits.c - sizes and offsets up to the largest that can be said, and one
 * beyond: refused, or cut, without anything having changed.
 */
#include "odd_store.h"

#include "core/internal.h"

#include <errno.h>

enum { BOTH = RILL_READ | RILL_WRITE };

static rill_options options_with_buffer(ptrdiff_t size)
{
    rill_options options = RILL_OPTIONS_INIT;

    options.buffer_size = size;
    return options;
}

/* ---- The last offset ----------------------------------------------------------- */

TEST(limits__read_at_the_last_offsets)
{
    rill_options unbuffered = options_with_buffer(RILL_UNBUFFERED);
    odd *o = odd_new("abc");
    rill *s = odd_open(o, RILL_READ, &unbuffered);
    char buf[8];
    rill_iovec v[] = {{buf, 4}, {buf + 4, 4}};

    CHECK_INT(INT64_MAX - 5, rill_seek(s, INT64_MAX - 5, RILL_SEEK_SET));
    odd_says(o, ODD_READ, 1, ODD_ALWAYS);
    CHECK_INT(5, rill_readv(s, v, 2));
    CHECK_INT(0, o->calls[ODD_READV]); /* which has no place to cut */
    CHECK_INT(INT64_MAX, rill_tell(s));
    CHECK_INT(0, rill_readv(s, v, 2));
    CHECK_INT(5, rill_pread(s, buf, 8, INT64_MAX - 5));
    CHECK_INT(0, rill_pread(s, buf, 8, INT64_MAX));
    odd_end(o, s, RILL_OK);
}

TEST(limits__write_at_the_last_offsets)
{
    rill_options unbuffered = options_with_buffer(RILL_UNBUFFERED);
    odd *o = odd_new("");
    rill *s = odd_open(o, RILL_WRITE, &unbuffered);
    rill_iovec v[] = {{(char[]){"abc"}, 3}, {(char[]){"def"}, 3}};
    void *room;

    CHECK_INT(INT64_MAX - 5, rill_seek(s, INT64_MAX - 5, RILL_SEEK_SET));
    CHECK_CODE(RILL_ERANGE, rill_writev(s, v, 2));
    CHECK_CODE(RILL_ERANGE, rill_write(s, "abcdef", 6));
    CHECK_CODE(RILL_ERANGE, rill_reserve(s, &room, 6));
    CHECK_CODE(RILL_ERANGE, rill_pwrite(s, "abcdef", 6, INT64_MAX - 5));
    CHECK_INT(5, rill_reserve(s, &room, 5));
    CHECK_INT(0, o->calls[ODD_WRITE] + o->calls[ODD_WRITEV]);
    odd_says(o, ODD_WRITE, 5, 1);
    CHECK_INT(5, rill_write(s, "abcde", 5));
    CHECK_INT(INT64_MAX, rill_tell(s));
    CHECK_CODE(RILL_ERANGE, rill_write(s, "f", 1));
    CHECK_OK(rill_failed(s, NULL));
    odd_end(o, s, RILL_OK);
}

TEST(limits__memory_at_the_last_offsets)
{
    rill *s = rill_open_mem(NULL);
    rill *from = rill_open_view("abcdef", 6);
    void *room;

    CHECK_INT(INT64_MAX - 2, rill_seek(s, INT64_MAX - 2, RILL_SEEK_SET));
    CHECK_CODE(RILL_ERANGE, rill_write(s, "abc", 3));
    CHECK_CODE(RILL_ERANGE, rill_reserve(s, &room, 3));
    CHECK_CODE(RILL_ELIMIT, rill_reserve(s, &room, SIZE_MAX));
    CHECK_CODE(RILL_ERANGE, rill_copy(s, from, -1));
    CHECK_INT(0, rill_tell(from));
    CHECK_INT(0, rill_size(s));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_OK(rill_close(from));
    CHECK_OK(rill_close(s));
}

/* ---- Requests that nobody has memory for ------------------------------------------- */

TEST(limits__a_peek_of_everything)
{
    rill_options options = RILL_OPTIONS_INIT;
    odd *o = odd_new("abc");
    rill *s;
    const void *data;

    options.window_limit = SIZE_MAX;
    s = odd_open(o, RILL_READ, &options);
    CHECK_CODE(RILL_ENOMEM, rill_peek(s, &data, SIZE_MAX));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_READS(s, "abc");
    odd_end(o, s, RILL_OK);
}

/* A size beyond what can be said is as good as the largest. */
TEST(limits__a_line_of_any_length)
{
    rill *s = rill_open_view("one\ntwo\n", 8);
    char line[8];

    CHECK_BYTES(line, rill_readline_into(s, line, SIZE_MAX), "one\n");
    CHECK_OK(rill_close(s));
}

/* There may be more room than vsnprintf() can be told of. */
static rill *open_roomy(rill_ops *ops, size_t room)
{
    void *self;
    rill *s;

    *ops = (rill_ops){.struct_size = sizeof(rill_ops),
                      .state_size = 64,
                      .name = "roomy",
                      .flags = RILL_OPS_FLAT | RILL_OPS_OWNS};
    s = rill_open_ops(ops, BOTH, NULL, NULL, &self);
    CHECK(s != NULL);
    *rill_flat_of(s) = (rill_flat){.base = self, .cap = room};
    return s;
}

TEST(limits__printf_with_much_room)
{
    static const size_t rooms[] = {64, INT_MAX, (size_t)INT_MAX + 10};

    for (size_t i = 0; i < 3; i++) {
        rill_ops ops;
        rill *s = open_roomy(&ops, rooms[i]);

        CHECK_INT('<', rill_putc(s, '<'));
        CHECK_INT(3, rill_printf(s, "%d", 123));
        CHECK_HOLDS(s, "<123");
        rill_flat_of(s)->cap = 64;
        CHECK_OK(rill_close(s));
    }
}

/* As many views may be held as can be counted. */
TEST(limits__views_that_cannot_be_counted)
{
    rill *s = rill_open_mem_copy("abc", 3, NULL);
    void *view = NULL;

    rill__of(s)->exports = UINT32_MAX;
    CHECK_CODE(RILL_ERANGE, rill_getbuffer(s, &view));
    CHECK_PTR(NULL, view);
    CHECK_OK(rill_releasebuffer(s));
    CHECK_INT(3, rill_getbuffer(s, &view));
    rill__of(s)->exports = 0;
    CHECK_OK(rill_close(s));
}

/* ---- Windows ------------------------------------------------------------------------ */

static ptrdiff_t window_of(odd *o, ptrdiff_t buffer_size, size_t limit)
{
    rill_options options = options_with_buffer(buffer_size);
    rill *s;
    const void *data;
    ptrdiff_t n;

    options.window_limit = limit;
    s = odd_open(o, RILL_READ, &options);
    n = rill_peek(s, &data, 100);
    CHECK_OK(rill_close(s));
    return n;
}

/* The limit holds for a window of the usual size; one that was asked for is
 * what was asked for, and raises the limit. */
TEST(limits__windows_and_their_limit)
{
    odd *o = odd_new("");

    o->len = 200;
    CHECK_INT(100, window_of(o, 0, 100));
    CHECK_CODE(RILL_ELIMIT, window_of(o, 0, 99));
    CHECK_CODE(RILL_ELIMIT, window_of(o, 50, 99));
    CHECK_INT(150, window_of(o, 150, 99));
    CHECK_INT(150, window_of(o, 150, 0));
    free(o);
}

/* A read of all, when the window holds just what fits at first. */
TEST(limits__read_all_of_what_just_fits)
{
    for (ptrdiff_t size = 1020; size < 1030; size++) {
        rill_options options = options_with_buffer(size);
        unsigned char want[1100];
        const void *seen;
        void *data;
        odd *o = odd_new("");
        rill *s;

        test_pattern(want, sizeof(want), 0);
        memcpy(o->bytes, want, sizeof(want));
        o->len = sizeof(want);
        o->ops.size = NULL;
        s = odd_open(o, RILL_READ, &options);
        CHECK_INT(size, rill_peek(s, &seen, (size_t)size));
        CHECK_MEM(data, rill_read_all(s, &data), want, sizeof(want));
        rill_free(data);
        odd_end(o, s, RILL_OK);
    }
}

/* ---- Arguments ------------------------------------------------------------------------ */

TEST(limits__options_below_zero)
{
    rill_options options = RILL_OPTIONS_INIT;

    options.max_size = -1;
    CHECK_CODE(RILL_EINVAL, rill_check_options(&options));
    options.max_size = 0;
    options.size_hint = -1;
    CHECK_CODE(RILL_EINVAL, rill_check_options(&options));
    options.size_hint = 0;
    options.save = -1;
    CHECK_CODE(RILL_EINVAL, rill_check_options(&options));
    options.save = RILL_SAVE_DURABLE + 1;
    CHECK_CODE(RILL_EINVAL, rill_check_options(&options));
    options.save = RILL_SAVE_DURABLE;
    CHECK_OK(rill_check_options(&options));
}

/* A stream that is bounded is full there, one that is not has no memory. */
TEST(limits__memory_up_to_the_last_offset)
{
    rill_options options = RILL_OPTIONS_INIT;

    for (int bounded = 0; bounded < 2; bounded++) {
        rill *s;

        options.max_size = bounded ? 1000 : 0;
        s = rill_open_mem(&options);
        CHECK_INT(INT64_MAX - 3, rill_seek(s, INT64_MAX - 3, RILL_SEEK_SET));
        CHECK_CODE(bounded ? RILL_ENOSPC : RILL_ENOMEM,
                   rill_write(s, "abc", 3));
        rill_clear(s);
        CHECK_CODE(RILL_ERANGE, rill_write(s, "abcd", 4));
        CHECK_INT(0, rill_size(s));
        CHECK_OK(rill_close(s));
    }
}

static void check_refused(rill *s, int why)
{
    CHECK_PTR(NULL, s);
    CHECK_INT(why, errno);
    errno = 0;
}

TEST(limits__memory_that_cannot_be)
{
    rill_options options = RILL_OPTIONS_INIT;
    char some[4];

    check_refused(rill_open_mem_copy(NULL, 1, NULL), EINVAL);
    check_refused(rill_open_mem_copy(some, SIZE_MAX, NULL), ENOMEM);
    check_refused(rill_open_mem_take(NULL, 1, NULL), EINVAL);
    check_refused(rill_open_mem_take(some, SIZE_MAX, NULL), EINVAL);
    options.max_size = 3;
    check_refused(rill_open_mem_take(some, 4, &options), EINVAL);
    check_refused(rill_open_view(NULL, 1), EINVAL);
    check_refused(rill_open_view(some, SIZE_MAX), EINVAL);
    options.length = 5;
    check_refused(rill_open_fixed(some, 4, &options), EINVAL);
}

TEST(limits__files_that_cannot_be)
{
    check_refused(rill_open(NULL, "r"), EINVAL);
    check_refused(rill_open("f", NULL), EINVAL);
    check_refused(rill_open_fd(0, NULL, RILL_BORROW, NULL), EINVAL);
    check_refused(rill_open_fd(0, "r", -1, NULL), EINVAL);
    check_refused(rill_open_fd(0, "r", 2, NULL), EINVAL);
}

TEST(limits__lines_that_go_nowhere)
{
    rill *s = rill_open_view("abc\n", 4);
    char *line = NULL;
    size_t size = 0;

    CHECK_CODE(RILL_EINVAL, rill_getline(s, NULL, &size));
    CHECK_CODE(RILL_EINVAL, rill_getline(s, &line, NULL));
    CHECK_CODE(RILL_EINVAL, rill_getdelim(s, &line, &size, 256));
    CHECK_CODE(RILL_EINVAL, rill_getdelim(s, &line, &size, -1));
    CHECK_INT(0, rill_tell(s));
    CHECK_OK(rill_close(s));
}

/* ---- Codes ---------------------------------------------------------------------------- */

/* Each has an errno, for those who open and have no stream to ask. */
TEST(limits__codes_as_errno)
{
    check_refused(rill_open_failed(NULL, NULL, RILL_ENOMEM), ENOMEM);
    check_refused(rill_open_failed(NULL, NULL, RILL_ENOTSUP), ENOTSUP);
    check_refused(rill_open_failed(NULL, NULL, RILL_ENOSPC), ENOSPC);
    check_refused(rill_open_failed(NULL, NULL, RILL_ERANGE), EOVERFLOW);
    check_refused(rill_open_failed(NULL, NULL, RILL_EINVAL), EINVAL);
    check_refused(rill_open_failed(NULL, NULL, RILL_EDATA), EILSEQ);
    check_refused(rill_open_failed(NULL, NULL, RILL_OS_ERROR(EACCES)), EACCES);
}
