/*
 * test_no_memory.c - a call that runs out of memory says so, and has lost
 * nothing that it need not: the stream is where it was, and goes on.
 */
#include "odd_store.h"

#include "core/internal.h"

#define SIXTY "123456789012345678901234567890123456789012345678901234567890"

enum { BOTH = RILL_READ | RILL_WRITE };

/* A stream that reads pieces which would block in between, and cannot seek. */
static rill *open_stuttering(odd *o)
{
    rill *s;

    o->ops.size = NULL;
    s = odd_open(o, RILL_READ, NULL);
    odd_says(o, ODD_READ, RILL_EAGAIN, ODD_ALWAYS);
    return s;
}

/* ---- Opening ---------------------------------------------------------------- */

TEST(no_memory__to_open)
{
    odd *o = odd_new("");
    void *self;

    memory_ends(0);
    CHECK_PTR(NULL, rill_open_mem(NULL));
    CHECK(memory_is_back());
    memory_ends(0);
    CHECK_PTR(NULL, rill_open_ops(&o->ops, BOTH, NULL, NULL, &self));
    CHECK(memory_is_back());
    memory_ends(1); /* the stream itself is made, not the place of the copy */
    CHECK_PTR(NULL, rill_open_mem_copy(SIXTY SIXTY, 120, NULL));
    CHECK(memory_is_back());
    free(o);
}

/* ---- Reading ---------------------------------------------------------------- */

TEST(no_memory__for_a_window_to_read)
{
    odd *o = odd_new("abc");
    rill *s = odd_open(o, RILL_READ, NULL);

    memory_ends(0);
    CHECK_CODE(RILL_ENOMEM, rill_getc(s));
    CHECK(memory_is_back());
    CHECK_CODE(RILL_ENOMEM, rill_failed(s, NULL));
    rill_clear(s);
    CHECK_READS(s, "abc");
    odd_end(o, s, RILL_OK);
}

TEST(no_memory__to_put_back)
{
    odd *o = odd_new("abc");
    rill *s = odd_open(o, RILL_READ, NULL);

    memory_ends(0);
    CHECK_CODE(RILL_ENOMEM, rill_ungetc(s, 'x'));
    CHECK(memory_is_back());
    CHECK_READS(s, "abc");
    odd_end(o, s, RILL_OK);
}

/* A stream in memory needs a place for it, and a place to note that place. */
TEST(no_memory__to_put_back_over_memory)
{
    for (int after = 0; after < 2; after++) {
        rill *s = rill_open_view("abc", 3);

        CHECK_INT('a', rill_getc(s));
        memory_ends(after);
        CHECK_CODE(RILL_ENOMEM, rill_ungetc(s, 'x'));
        CHECK(memory_is_back());
        CHECK_INT(1, rill_tell(s));
        CHECK_REST(s, "bc");
        CHECK_OK(rill_close(s));
    }
}

TEST(no_memory__to_peek_across_what_was_put_back)
{
    rill *s = rill_open_view("abc", 3);
    const void *data;

    CHECK_INT('a', rill_getc(s));
    CHECK_INT('x', rill_ungetc(s, 'x'));
    memory_ends(0);
    CHECK_CODE(RILL_ENOMEM, rill_peek(s, &data, 3));
    CHECK(memory_is_back());
    CHECK_REST(s, "xbc");
    CHECK_OK(rill_close(s));
}

/* For a peek that is longer than the window. */
TEST(no_memory__for_a_longer_window)
{
    rill_options options = RILL_OPTIONS_INIT;
    odd *o = odd_new(SIXTY);
    rill *s;
    const void *data;

    options.buffer_size = 8;
    s = odd_open(o, RILL_READ, &options);
    CHECK_INT(8, rill_peek(s, &data, 8));
    memory_ends(0);
    CHECK_CODE(RILL_ENOMEM, rill_peek(s, &data, 60));
    CHECK(memory_is_back());
    CHECK_BYTES(data, rill_peek(s, &data, 60), SIXTY);
    odd_end(o, s, RILL_OK);
}

TEST(no_memory__to_read_all)
{
    odd *o = odd_new(SIXTY);
    rill *s = odd_open(o, RILL_READ, NULL);
    void *data = NULL;

    memory_ends(0);
    CHECK_CODE(RILL_ENOMEM, rill_read_all(s, &data));
    CHECK(memory_is_back());
    CHECK_PTR(NULL, data);
    CHECK_INT(0, rill_tell(s));
    CHECK_BYTES(data, rill_read_all(s, &data), SIXTY);
    rill_free(data);
    odd_end(o, s, RILL_OK);
}

/* Halfway through what no size announced, with more in the window. */
TEST(no_memory__to_read_more)
{
    char *text = test_alloc(2001), got[2000];
    const void *seen;
    void *data = NULL;
    odd *o;
    rill *s;

    test_pattern(text, 2000, 0);
    text[2000] = 0;
    for (int i = 0; i < 2000; i++)
        text[i] = (char)(text[i] | 1);
    o = odd_new(text);
    o->ops.size = NULL;
    s = odd_open(o, RILL_READ, NULL);
    CHECK_INT(2000, rill_peek(s, &seen, 1));
    CHECK_INT(500, rill_read(s, got, 500));
    memory_ends(1);
    CHECK_CODE(RILL_ENOMEM, rill_read_all(s, &data));
    CHECK(memory_is_back());
    CHECK_PTR(NULL, data);
    CHECK_OK(rill_failed(s, NULL));
    CHECK_MEM(got, rill_read(s, got, 2000), text + 500, 1500);
    free(text);
    odd_end(o, s, RILL_OK);
}

/* ---- What must be put back, and cannot be --------------------------------------- */

/* All or nothing was asked for, and the rest is not there yet. The bytes are
 * in the caller's memory, and the failure sticks. */
TEST(no_memory__to_put_back_a_part)
{
    odd *o = odd_new("abc");
    rill *s = open_stuttering(o);
    size_t much = RILL__DIRECT + 3; /* read straight to where it belongs */
    char *buf = test_alloc(much);

    o->first[ODD_READ] = 1;
    memory_ends(0);
    CHECK_CODE(RILL_ENOMEM, rill_read_exact(s, buf, much));
    CHECK(memory_is_back());
    CHECK_BYTES(buf, 3, "abc");
    free(buf);
    odd_end(o, s, RILL_ENOMEM);
}

TEST(no_memory__to_put_back_all)
{
    odd *o = odd_new("abc");
    rill *s = open_stuttering(o);
    void *data = NULL;

    o->first[ODD_READ] = 1;
    memory_ends(1);
    CHECK_CODE(RILL_ENOMEM, rill_read_all(s, &data));
    CHECK(memory_is_back());
    CHECK_PTR(NULL, data);
    odd_end(o, s, RILL_ENOMEM);
}

/* A window of one byte, which has no room for the part of a line or a number
 * that came before the store blocked. */
static rill *open_narrow(odd *o)
{
    rill_options options = RILL_OPTIONS_INIT;
    rill *s;

    options.buffer_size = 1;
    o->ops.size = NULL;
    s = odd_open(o, RILL_READ, &options);
    o->first[ODD_READ] = 2;
    odd_says(o, ODD_READ, RILL_EAGAIN, ODD_ALWAYS);
    CHECK_INT('-', rill_getc(s)); /* makes the window */
    o->first[ODD_READ] = 3;
    return s;
}

TEST(no_memory__to_put_back_a_line)
{
    for (int into = 0; into < 2; into++) {
        odd *o = odd_new("-abc");
        rill *s = open_narrow(o);
        char *line = test_alloc(8);
        size_t size = 8;

        memory_ends(0);
        CHECK_CODE(RILL_ENOMEM, into ? rill_readline_into(s, line, size)
                                     : rill_getline(s, &line, &size));
        CHECK(memory_is_back());
        CHECK_BYTES(line, 3, "abc");
        free(line);
        odd_end(o, s, RILL_ENOMEM);
    }
}

TEST(no_memory__to_put_back_a_number)
{
    odd *o = odd_new("-\x81\x82\x83");
    rill *s = open_narrow(o);
    uint64_t v = 7;

    memory_ends(0);
    CHECK_CODE(RILL_ENOMEM, rill_get_uleb128(s, &v));
    CHECK(memory_is_back());
    CHECK_INT(7, v);
    odd_end(o, s, RILL_ENOMEM);
}

/* ---- Lines ------------------------------------------------------------------- */

TEST(no_memory__for_a_line)
{
    rill *s = rill_open_view("one\ntwo\n", 8);
    char *line = NULL;
    size_t size = 99; /* of no meaning beside NULL */

    CHECK_INT('o', rill_getc(s));
    memory_ends(0);
    CHECK_CODE(RILL_ENOMEM, rill_getline(s, &line, &size));
    CHECK(memory_is_back());
    CHECK_PTR(NULL, line);
    CHECK_INT(1, rill_tell(s));
    CHECK_BYTES(line, rill_getline(s, &line, &size), "ne\n");
    CHECK_BYTES(line, rill_getline(s, &line, &size), "two\n");
    free(line);
    CHECK_OK(rill_close(s));
}

/* The end, too, is a string: an empty one, which needs a byte. */
TEST(no_memory__for_no_line)
{
    rill *s = rill_open_view("", 0);
    char *line = NULL;
    size_t size = 0;

    memory_ends(0);
    CHECK_CODE(RILL_ENOMEM, rill_getline(s, &line, &size));
    CHECK(memory_is_back());
    CHECK_INT(0, rill_getline(s, &line, &size));
    CHECK_STR("", line);
    free(line);
    CHECK_OK(rill_close(s));
}

TEST(no_memory__for_a_line_that_cannot_be_put_back)
{
    odd *o = odd_new("one\ntwo\n");
    char *line = NULL;
    size_t size = 0;
    rill *s;

    o->ops.size = NULL;
    s = odd_open(o, RILL_READ, NULL);
    CHECK_INT('o', rill_getc(s));
    memory_ends(0);
    CHECK_CODE(RILL_ENOMEM, rill_getline(s, &line, &size));
    CHECK(memory_is_back());
    CHECK_REST(s, "ne\ntwo\n"); /* it was in the window, and is */
    odd_end(o, s, RILL_OK);
}

/* ---- Writing ------------------------------------------------------------------ */

TEST(no_memory__for_a_window_to_write)
{
    odd *o = odd_new("abc");
    rill *s = odd_open(o, BOTH, NULL);
    rill_error e;

    memory_ends(0);
    CHECK_CODE(RILL_ENOMEM, rill_write(s, "x", 1));
    CHECK(memory_is_back());
    CHECK_CODE(RILL_ENOMEM, rill_failed(s, &e));
    CHECK_STR("write", e.operation);
    CHECK_INT(0, e.offset);
    rill_clear(s);
    CHECK_INT(1, rill_write(s, "x", 1));
    CHECK_OK(rill_flush(s));
    CHECK_BYTES(o->bytes, o->len, "xbc");
    odd_end(o, s, RILL_OK);
}

TEST(no_memory__for_a_window_behind_pieces)
{
    size_t much = 2 * RILL__DIRECT;
    char *data = calloc(1, much);
    rill_iovec v[] = {{data, much / 2}, {data, much / 2}};
    odd *o = odd_new("");
    rill *s = odd_open(o, RILL_WRITE, NULL);

    memory_ends(0);
    CHECK_CODE(RILL_ENOMEM, rill_writev(s, v, 2));
    CHECK(memory_is_back());
    CHECK_INT(0, o->len);
    rill_clear(s);
    CHECK_INT(much, rill_writev(s, v, 2));
    CHECK_OK(rill_flush(s));
    CHECK_INT(much, o->len);
    free(data);
    odd_end(o, s, RILL_OK);
}

/* With a window for each direction: what was read ahead stays. */
TEST(no_memory__for_the_other_window)
{
    odd *o = odd_new("abc");
    rill *s;

    o->ops.size = NULL;
    s = odd_open(o, BOTH, NULL);
    CHECK_INT('a', rill_getc(s));
    memory_ends(0);
    CHECK_CODE(RILL_ENOMEM, rill_write(s, "x", 1));
    CHECK(memory_is_back());
    rill_clear(s);
    CHECK_READS(s, "bc");
    odd_end(o, s, RILL_OK);
}

TEST(no_memory__for_more_content)
{
    rill *s = rill_open_mem(NULL);

    CHECK_INT(60, rill_puts(s, SIXTY));
    memory_ends(0);
    CHECK_CODE(RILL_ENOMEM, rill_puts(s, SIXTY));
    CHECK(memory_is_back());
    CHECK_CODE(RILL_ENOMEM, rill_puts(s, "x"));
    CHECK_CODE(RILL_ENOMEM, rill_pread(s, (char[1]){0}, 1, 0));
    rill_clear(s);
    CHECK_HOLDS(s, SIXTY);
    CHECK_OK(rill_close(s));
}

TEST(no_memory__to_lend_room)
{
    rill_options options = RILL_OPTIONS_INIT;
    odd *o = odd_new("");
    rill *s;
    void *room;

    options.buffer_size = RILL_UNBUFFERED;
    s = odd_open(o, RILL_WRITE, &options);
    memory_ends(0);
    CHECK_CODE(RILL_ENOMEM, rill_reserve(s, &room, 100));
    CHECK(memory_is_back());
    CHECK_OK(rill_failed(s, NULL));
    CHECK_INT(100, rill_reserve(s, &room, 100));
    odd_end(o, s, RILL_OK);
}

TEST(no_memory__to_lend_more_room)
{
    rill_options options = RILL_OPTIONS_INIT;
    odd *o = odd_new("");
    rill *s;
    void *room;

    options.buffer_size = 8;
    s = odd_open(o, RILL_WRITE, &options);
    CHECK_INT(1, rill_write(s, "a", 1));
    memory_ends(0);
    CHECK_CODE(RILL_ENOMEM, rill_reserve(s, &room, 100));
    CHECK(memory_is_back());
    CHECK_OK(rill_failed(s, NULL));
    CHECK(rill_reserve(s, &room, 100) >= 100);
    memcpy(room, "bc", 2);
    CHECK_OK(rill_commit(s, 2));
    CHECK_OK(rill_flush(s));
    CHECK_BYTES(o->bytes, o->len, "abc");
    odd_end(o, s, RILL_OK);
}

TEST(no_memory__to_format)
{
    rill *s = rill_open_mem(NULL);

    memory_ends(0);
    CHECK_CODE(RILL_ENOMEM, rill_printf(s, "%s%s", SIXTY, SIXTY));
    CHECK(memory_is_back());
    CHECK_OK(rill_failed(s, NULL));
    CHECK_INT(120, rill_printf(s, "%s%s", SIXTY, SIXTY));
    CHECK_HOLDS(s, SIXTY SIXTY);
    CHECK_OK(rill_close(s));
}

/* A stream in memory that failed says so at its end, too. */
TEST(no_memory__until_the_end)
{
    rill *s = rill_open_mem(NULL);

    CHECK_INT(60, rill_puts(s, SIXTY));
    memory_ends(0);
    CHECK_CODE(RILL_ENOMEM, rill_puts(s, SIXTY));
    CHECK(memory_is_back());
    CHECK_CODE(RILL_ENOMEM, rill_close(s));
}

/* A spool that becomes a file keeps what was put back, in a window. */
TEST(no_memory__to_put_back_over_a_file)
{
    rill *s = rill_open_spool(1000, NULL);

    CHECK_INT(3, rill_puts(s, "abc"));
    CHECK_OK(rill_rewind(s));
    CHECK_INT('a', rill_getc(s));
    CHECK_INT('x', rill_ungetc(s, 'x'));
    memory_ends(0);
    CHECK_CODE(RILL_ENOMEM, rill_fileno(s));
    CHECK(memory_is_back());
    rill_clear(s);
    CHECK_OK(rill_rewind(s));
    CHECK_REST(s, "abc");
    CHECK_OK(rill_close(s));
}

/* ---- Memory that is given away --------------------------------------------------- */

TEST(no_memory__to_give)
{
    rill *s = rill_open_mem(NULL);
    void *data = NULL;

    CHECK_INT(3, rill_puts(s, "abc"));
    memory_ends(0);
    CHECK_CODE(RILL_ENOMEM, rill_take(s, &data));
    CHECK_CODE(RILL_ENOMEM, rill_getvalue(s, &data));
    CHECK(memory_is_back());
    CHECK_PTR(NULL, data);
    CHECK_HOLDS(s, "abc");
    CHECK_BYTES(data, rill_take(s, &data), "abc");
    rill_free(data);
    CHECK_OK(rill_close(s));
}

/* An allocator that grows and frees, but does not shrink. */
static void *never_smaller(void *ctx, void *p, size_t old_size, size_t new_size)
{
    (void)ctx;
    if (new_size == 0) {
        free(p);
        return NULL;
    }
    return new_size < old_size ? NULL : realloc(p, new_size);
}

TEST(no_memory__to_shrink)
{
    static const rill_allocator allocator = {never_smaller, NULL};
    rill_options options = RILL_OPTIONS_INIT;
    void *data = NULL;
    rill *s;

    options.allocator = &allocator;
    s = rill_open_mem_copy(SIXTY SIXTY, 120, &options);
    CHECK(s != NULL);
    CHECK_CODE(RILL_ENOMEM, rill_read_all(s, &data));
    CHECK_CODE(RILL_ENOMEM, rill_take(s, &data));
    CHECK_PTR(NULL, data);
    CHECK_INT(0, rill_tell(s));
    CHECK_REST(s, SIXTY SIXTY);
    CHECK_OK(rill_close(s));
}

/* A line that does not fit is not cut: it is still there, in one piece. */
TEST(no_memory__for_a_line_in_the_window)
{
    odd *o = odd_new("123456789\n");
    rill_options options = RILL_OPTIONS_INIT;
    const char *line;
    rill *s;

    options.buffer_size = 4;
    s = odd_open(o, RILL_READ, &options);
    CHECK_INT('1', rill_getc(s));
    memory_ends(0);
    CHECK_CODE(RILL_ENOMEM, rill_readline(s, &line));
    CHECK(memory_is_back());
    CHECK_BYTES(line, rill_readline(s, &line), "23456789\n");
    odd_end(o, s, RILL_OK);
}
