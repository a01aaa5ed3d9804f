/*
 * A text stream's life: over what it can be opened, what it says of itself, how
 * closing it closes what is below.
 */
#include "test.h"

#include <rill/testing/double.h>

#include <errno.h>

static void fails(rill *s, const rill_error *e, int err, int code)
{
    CHECK_PTR(NULL, s);
    CHECK_INT(err, errno);
    CHECK_CODE(code, e->code);
    CHECK_STR("open", e->operation);
}

TEST(text__cannot_be_opened)
{
    static const char *const unknown[] = {"", "no such", "utf-9"};
    rill_options o = RILL_OPTIONS_INIT;
    rill *memory = rill_open_mem(NULL);
    rill_error e;

    o.error = &e;
    test_write_file("f", "content", 7);
    for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
        test_context("%s", unknown[i]);
        o.encoding = unknown[i];
        fails(rill_open_text(memory, RILL_TAKE, &o), &e, EINVAL, RILL_EINVAL);
        fails(rill_open_with("f", "wt", &o), &e, EINVAL, RILL_EINVAL);
        CHECK_STR("f", e.path);
        CHECK_FILE("f", "content");
    }
    o.encoding = NULL;
    fails(rill_open_text(memory, 2, &o), &e, EINVAL, RILL_EINVAL);
    fails(rill_open_text(NULL, RILL_TAKE, &o), &e, EINVAL, RILL_EINVAL);
    for (int i = 0; i < 4; i++) {
        o.newline = i == 0 ? -1 : i == 1 ? RILL_NEWLINE_CRLF + 1 : 0;
        o.text_errors = i == 2 ? -1 : i == 3 ? RILL_TEXT_REPLACE + 1 : 0;
        fails(rill_open_text(memory, RILL_TAKE, &o), &e, EINVAL, RILL_EINVAL);
        fails(rill_open_string("", 0, &o), &e, EINVAL, RILL_EINVAL);
        fails(rill_open_mem(&o), &e, EINVAL, RILL_EINVAL);
    }
    CHECK_INT(1, rill_puts(memory, "x")); /* still ours */
    CHECK_OK(rill_close(memory));
}

TEST(text__says_what_it_is)
{
    rill_options o = RILL_OPTIONS_INIT;
    rill *below = rill_open("f", "w+"), *s;

    o.encoding = "UTF_16-LE";
    s = rill_open_text(below, RILL_TAKE, &o);
    CHECK_STR("text", rill_kind(s));
    CHECK_STR("f", rill_name(s));
    CHECK_STR("rb+", rill_mode(s));
    CHECK_STR("utf-16-le", rill_text_encoding(s));
    CHECK_PTR(below, rill_text_buffer(s));
    CHECK_INT(1, rill_readable(s));
    CHECK_INT(1, rill_writable(s));
    CHECK_INT(0, rill_seekable(s));
    CHECK_INT(0, rill_isatty(s));
    CHECK_INT(rill_fileno(below), rill_fileno(s));
    CHECK_OK(rill_sync(s, RILL_SYNC_DISK));
    CHECK_OK(rill_close(s));

    s = rill_open_mem(NULL);
    CHECK_PTR(NULL, rill_text_buffer(s));
    CHECK_PTR(NULL, rill_text_encoding(s));
    CHECK_INT(0, rill_text_newlines(s));
    s = rill_open_text(s, RILL_TAKE, NULL);
    CHECK_STR("utf-8", rill_text_encoding(s));
    CHECK_CODE(RILL_ENOTSUP, rill_fileno(s));
    CHECK_OK(rill_failed(s, NULL));
    CHECK_OK(rill_close(s));
}

TEST(text__can_do_what_is_below_can)
{
    rill *s = rill_open_text(rill_open_view("abc", 3), RILL_TAKE, NULL);

    CHECK_CODE(RILL_ENOTSUP, rill_putc(s, 'x'));
    CHECK_OK(rill_flush(s));
    CHECK_REST(s, "abc");
    CHECK_OK(rill_close(s));
    s = rill_open("f", "wt");
    CHECK_CODE(RILL_ENOTSUP, rill_getc(s));
    CHECK_CODE(RILL_ENOTSUP, rill_getchar(s));
    CHECK_OK(rill_close(s));
}

TEST(text__starts_where_the_stream_is)
{
    static const int modes[] = {RILL_NEWLINE_UNIVERSAL, RILL_NEWLINE_LF};

    for (size_t i = 0; i < 2; i++) {
        rill *below = rill_open_mem_copy("head\ntext\n", 10, NULL), *s;
        rill_options o = RILL_OPTIONS_INIT;

        o.newline = modes[i];
        CHECK_READS(below, "head\n");
        s = rill_open_text(below, RILL_BORROW, &o);
        CHECK_READS(s, "te");
        CHECK_OK(rill_text_seek_end(s));
        CHECK_INT('!', rill_putc(s, '!'));
        CHECK_OK(rill_text_rewind(s));
        CHECK_REST(s, "text\n!");
        CHECK_OK(rill_close(s));
        CHECK_HOLDS(below, "head\ntext\n!");
        CHECK_OK(rill_close(below));
    }
}

/* After a flush, the stream below stands where plain text does. */
TEST(text__leaves_the_stream_where_it_is)
{
    rill *below = rill_open_mem_copy("one two", 7, NULL), *s;
    rill_options o = RILL_OPTIONS_INIT;

    o.newline = RILL_NEWLINE_LF;
    s = rill_open_text(below, RILL_BORROW, &o);
    CHECK_READS(s, "one ");
    CHECK_OK(rill_close(s));
    CHECK_REST(below, "two");
    CHECK_OK(rill_close(below));
}

/* ---- Closing --------------------------------------------------------------- */

TEST(text__closes_what_it_took)
{
    rill_double told = {0};
    rill *memory = rill_open_mem(NULL), *twin, *s;

    twin = rill_open_double(memory, RILL_BORROW, &told, NULL);
    s = rill_open_text(twin, RILL_BORROW, NULL);
    CHECK_INT(1, rill_puts(s, "a"));
    CHECK_OK(rill_close(s));
    CHECK_INT(0, told.closes);
    CHECK_HOLDS(memory, "a");
    s = rill_open_text(twin, RILL_TAKE, NULL);
    rill_discard(s);
    CHECK_INT(1, told.closes);
    CHECK_OK(rill_close(memory));
}

TEST(text__tells_how_closing_fails)
{
    for (int i = 0; i < 2; i++) {
        rill_double told = {.fails =
                                i == 0 ? RILL_DOUBLE_CLOSE : RILL_DOUBLE_FLUSH,
                            .failure = EIO};
        rill *memory = rill_open_mem(NULL), *s;
        rill_error e;

        s = rill_open_text(rill_open_double(memory, RILL_TAKE, &told, NULL),
                           RILL_TAKE, NULL);
        CHECK_INT(1, rill_puts(s, "a"));
        CHECK_CODE(RILL_EIO, rill_close_with(s, &e));
        CHECK_STR(i == 0 ? "close" : "flush", e.operation);
        CHECK_INT(1, told.closes);
    }
}

TEST(text__is_saved_whole_or_not)
{
    static const int modes[] = {RILL_NEWLINE_CRLF, RILL_NEWLINE_LF};

    for (size_t i = 0; i < 2; i++) {
        rill_options o = RILL_OPTIONS_INIT;
        rill *s;

        o.newline = modes[i];
        o.encoding = i == 0 ? "latin-1" : "utf-8";
        test_write_file("f", "old", 3);
        s = rill_open_with("f", "wst", &o);
        CHECK_INT(4, rill_puts(s, "new\n"));
        CHECK_OK(rill_flush(s));
        rill_discard(s);
        CHECK_FILE("f", "old");

        s = rill_open_with("f", "wst", &o);
        rill_puts(s, "new\xff");
        CHECK_CODE(RILL_EDATA, rill_close(s));
        CHECK_FILE("f", "old");

        s = rill_open_with("f", "tsw", &o);
        CHECK_INT(4, rill_puts(s, "new\n"));
        CHECK_OK(rill_close(s));
        if (i == 0)
            CHECK_FILE("f", "new\r\n");
        else
            CHECK_FILE("f", "new\n");
    }
}

TEST(text__over_descriptors)
{
    rill *file = rill_open("f", "w+"), *s;
    int fd = rill_fileno(file);
    rill_options o = RILL_OPTIONS_INIT;

    o.encoding = "utf-16-le";
    o.newline = RILL_NEWLINE_LF;
    s = rill_open_fd(fd, "wt", RILL_BORROW, &o);
    CHECK_INT(2, rill_puts(s, "a\n"));
    CHECK_OK(rill_close(s));
    CHECK_FILE("f", "a\0\n\0");
    o.encoding = "no such";
    CHECK_PTR(NULL, rill_open_fd(fd, "rt", RILL_TAKE, &o));
    CHECK_OK(rill_rewind(file)); /* the descriptor is still open */
    CHECK_REST(file, "a\0\n\0");
    CHECK_OK(rill_close(file));
}

/* Text over text: bytes of one are the text of the other. */
TEST(text__over_text)
{
    rill_options o = RILL_OPTIONS_INIT;
    rill *memory = rill_open_mem(NULL), *s;

    o.encoding = "utf-16-le";
    s = rill_open_text(memory, RILL_BORROW, &o);
    o.encoding = "latin-1";
    s = rill_open_text(s, RILL_TAKE, &o);
    CHECK_INT(3, rill_puts(s, "a\xc3\xa9"));
    CHECK_CODE(RILL_EDATA, rill_close(s)); /* not UTF-8 */
    CHECK_HOLDS(memory, "a\0");
    CHECK_OK(rill_close(memory));
}

/* ---- Strings --------------------------------------------------------------- */

TEST(string__holds_a_copy)
{
    char text[] = "one\r\ntwo";
    rill *s = rill_open_string(text, 8, NULL);

    memset(text, 'x', 8);
    CHECK_STR("mem", rill_kind(s));
    CHECK_HOLDS(s, "one\r\ntwo");
    CHECK_READS(s, "one");
    CHECK_INT(1, rill_puts(s, "!"));
    CHECK_REST(s, "\ntwo");
    CHECK_OK(rill_close(s));
    s = rill_open_string(NULL, 0, NULL);
    CHECK_REST(s, "");
    CHECK_OK(rill_close(s));
}

TEST(string__must_be_text)
{
    rill_options o = RILL_OPTIONS_INIT;
    rill_error e;

    o.error = &e;
    fails(rill_open_string("a\xff", 2, &o), &e, EILSEQ, RILL_EDATA);
    fails(rill_open_string("\xe2\x82", 2, &o), &e, EILSEQ, RILL_EDATA);
    fails(rill_open_string(NULL, 1, &o), &e, EINVAL, RILL_EINVAL);
    o.max_size = 3;
    o.newline = RILL_NEWLINE_CRLF;
    fails(rill_open_string("a\nbc", 4, &o), &e, ENOSPC, RILL_ENOSPC);
}

/* Line ends change when text is written; what is read stays. */
TEST(string__with_line_ends)
{
    static const struct {
        int newline;
        const char *want, *more;
    } all[] = {
        {RILL_NEWLINE_UNIVERSAL, "a\nb\nc\n\n", "x\ny\nz\n"},
        {RILL_NEWLINE_KEEP, "a\rb\r\nc\n\r", "x\ny\r\nz\r"},
        {RILL_NEWLINE_CR, "a\rb\r\rc\r\r", "x\ry\r\rz\r"},
        {RILL_NEWLINE_CRLF, "a\rb\r\r\nc\r\n\r", "x\r\ny\r\r\nz\r"},
    };

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        for (int parts = 0; parts < 2; parts++) {
            rill_options o = RILL_OPTIONS_INIT;
            rill *s;
            void *got;

            test_context("newline %d", all[i].newline);
            o.newline = all[i].newline;
            o.buffer_size = parts ? RILL_UNBUFFERED : 0;
            s = rill_open_string("a\rb\r\nc\n\r", 8, &o);
            CHECK_STR("text", rill_kind(s));
            CHECK_STR("mem", rill_kind(rill_text_buffer(s)));
            CHECK_MEM(got, rill_read_all(s, &got), all[i].want,
                      strlen(all[i].want));
            rill_free(got);
            CHECK_OK(rill_truncate(rill_text_buffer(s), 0));
            CHECK_OK(rill_text_rewind(s));
            for (const char *p = "x\ny\r\nz\r"; *p; p++)
                CHECK_INT(*p, rill_putc(s, *p));
            CHECK_OK(rill_flush(s));
            test_check_holds(rill_text_buffer(s), all[i].more,
                             strlen(all[i].more), TEST_SITE("the memory"));
            CHECK_OK(rill_close(s));
        }
    }
}

TEST(string__reads_lines)
{
    rill_options o = RILL_OPTIONS_INIT;
    const char *line;
    rill *s;

    o.newline = RILL_NEWLINE_KEEP;
    s = rill_open_string("a\rb\r\nc", 6, &o);
    CHECK_BYTES(line, rill_text_readline(s, &line), "a\r");
    CHECK_BYTES(line, rill_text_readline(s, &line), "b\r\n");
    CHECK_BYTES(line, rill_text_readline(s, &line), "c");
    CHECK_INT(0, rill_text_readline(s, &line));
    CHECK_OK(rill_close(s));
    s = rill_open_string("a\rb\nc", 5, NULL);
    CHECK_BYTES(line, rill_text_readline(s, &line), "a\rb\n");
    CHECK_BYTES(line, rill_text_readline(s, &line), "c");
    CHECK_OK(rill_close(s));
}
