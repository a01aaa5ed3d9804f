/*
 * Text that is read: what comes of bytes in any encoding and with any line
 * ends, in pieces of any size; and of bytes that are none.
 */
#include "encodings.h"

#include <rill/testing/double.h>

#include <errno.h>

static rill *open_bytes(const void *data, size_t len, const rill_options *o)
{
    return rill_open_text(rill_open_mem_copy(data, len, NULL), RILL_TAKE, o);
}

/* The text that `len` bytes are, which is free()d. */
static rill_options options(const char *encoding, int newline, int errors)
{
    rill_options o = RILL_OPTIONS_INIT;

    o.encoding = encoding;
    o.newline = newline;
    o.text_errors = errors;
    return o;
}

TEST(reading__all_at_once)
{
    for (size_t i = 0; i < encoding_count; i++) {
        for (size_t n = 0; n < NEWLINES; n++) {
            for (size_t t = 0; t < text_count; t++) {
                rill_options o = options(encodings[i].name, newlines[n], 0);
                size_t len = strlen(texts[t]);
                struct bytes raw, want = as_read(newlines[n], texts[t], len);
                void *got;
                rill *s;

                test_context("%s, newline %d: %s", o.encoding, o.newline,
                             texts[t]);
                if (encode(&encodings[i], texts[t], len, &raw)) {
                    s = open_bytes(raw.data, raw.len, &o);
                    CHECK_MEM(got, rill_read_all(s, &got), want.data, want.len);
                    CHECK_STR(o.encoding, rill_text_encoding(s));
                    rill_free(got);
                    free(raw.data);
                    CHECK_OK(rill_close(s));
                }
                free(want.data);
            }
        }
    }
}

TEST(reading__says_which_line_ends_there_were)
{
    static const struct {
        const char *text;
        int seen;
    } all[] = {
        {"", 0},
        {"abc", 0},
        {"a\n", RILL_SEEN_LF},
        {"a\r", RILL_SEEN_CR},
        {"a\r\n", RILL_SEEN_CRLF},
        {"a\r\n\r", RILL_SEEN_CRLF | RILL_SEEN_CR},
        {"\r\r\n\n", RILL_SEEN_CRLF | RILL_SEEN_CR | RILL_SEEN_LF},
    };

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        for (size_t n = 0; n < NEWLINES; n++) {
            rill_options o = options(NULL, newlines[n], 0);
            int looks = newlines[n] == RILL_NEWLINE_UNIVERSAL ||
                        newlines[n] == RILL_NEWLINE_KEEP;
            rill *s = open_bytes(all[i].text, strlen(all[i].text), &o);

            CHECK_INT(0, rill_text_newlines(s));
            while (rill_getc(s) >= 0)
                continue;
            CHECK_INT(looks ? all[i].seen : 0, rill_text_newlines(s));
            CHECK_OK(rill_close(s));
        }
    }
}

/* ---- Lines and characters -------------------------------------------------- */

/* The lines of a text, each shown with a / behind it. */
static void check_lines(int newline, ptrdiff_t buffer, size_t piece,
                        const char *text, const char *want)
{
    rill_options o = options("utf-16-le", newline, 0);
    rill *memory;
    rill_double told = {.piece = piece};
    char got[200] = "";
    size_t len = 0;
    const char *line;
    ptrdiff_t n;
    struct bytes raw;
    rill *s;

    test_context("newline %d, buffer %td, piece %zu: %s", newline, buffer,
                 piece, text);
    CHECK(encode(&encodings[2], text, strlen(text), &raw));
    memory = rill_open_mem_copy(raw.data, raw.len, NULL);
    o.buffer_size = buffer;
    s = rill_open_text(rill_open_double(memory, RILL_TAKE, &told, NULL),
                       RILL_TAKE, &o);
    while ((n = rill_text_readline(s, &line)) > 0) {
        memcpy(got + len, line, (size_t)n);
        len += (size_t)n;
        got[len++] = '/';
    }
    CHECK_INT(0, n);
    CHECK_MEM(got, len, want, strlen(want));
    CHECK_OK(rill_close(s));
    free(raw.data);
}

TEST(reading__lines_end_as_they_should)
{
    static const char text[] = "a\rb\nc\r\nd\r\r\n\n\r";
    static const struct {
        int newline;
        const char *want;
    } all[] = {
        {RILL_NEWLINE_UNIVERSAL, "a\n/b\n/c\n/d\n/\n/\n/\n/"},
        {RILL_NEWLINE_KEEP, "a\r/b\n/c\r\n/d\r/\r\n/\n/\r/"},
        {RILL_NEWLINE_LF, "a\rb\n/c\r\n/d\r\r\n/\n/\r/"},
        {RILL_NEWLINE_CR, "a\r/b\nc\r/\nd\r/\r/\n\n\r/"},
        {RILL_NEWLINE_CRLF, "a\rb\nc\r\n/d\r\r\n/\n\r/"},
    };

    for (size_t i = 0; i < NEWLINES; i++) {
        for (size_t piece = 1; piece < 9; piece++) {
            check_lines(all[i].newline, 0, piece, text, all[i].want);
            check_lines(all[i].newline, 1, piece, text, all[i].want);
            check_lines(all[i].newline, RILL_UNBUFFERED, piece, text,
                        all[i].want);
        }
    }
}

TEST(reading__a_line_before_a_failure)
{
    rill_options o = options(NULL, RILL_NEWLINE_KEEP, 0);
    rill *s = open_bytes("one\ntw\xff", 7, &o);
    const char *line;

    CHECK_BYTES(line, rill_text_readline(s, &line), "one\n");
    CHECK_BYTES(line, rill_text_readline(s, &line), "tw");
    CHECK_CODE(RILL_EDATA, rill_text_readline(s, &line));
    CHECK_CODE(RILL_EDATA, rill_close(s));
}

/* A line that does not fit, and one of which more may come, stay. */
TEST(reading__a_line_that_cannot_be_had)
{
    rill_options o = options(NULL, RILL_NEWLINE_CRLF, 0);
    rill_double told = {
        .fails = RILL_DOUBLE_READ, .failure = RILL_EAGAIN, .from = 6};
    rill *s, *memory = rill_open_mem_copy("a\rb\r\ncd", 7, NULL);
    const char *line;

    o.window_limit = 4;
    s = open_bytes("one\r\n", 5, &o);
    CHECK_CODE(RILL_ELIMIT, rill_text_readline(s, &line));
    CHECK_READS(s, "one\r");
    CHECK_OK(rill_close(s));
    o.window_limit = 0;
    s = rill_open_text(rill_open_double(memory, RILL_TAKE, &told, NULL),
                       RILL_TAKE, &o);
    CHECK_BYTES(line, rill_text_readline(s, &line), "a\rb\r\n");
    CHECK_CODE(RILL_EAGAIN, rill_text_readline(s, &line));
    told.fails = 0;
    CHECK_BYTES(line, rill_text_readline(s, &line), "cd");
    CHECK_INT(0, rill_text_readline(s, &line));
    CHECK_OK(rill_close(s));
}

TEST(reading__characters)
{
    static const char text[] = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z";
    static const ptrdiff_t buffers[] = {0, 1, 2, 3, RILL_UNBUFFERED};
    static const int32_t want[] = {'a', 0xe9, 0x20ac, 0x1f600, 'z', RILL_EEOF};

    for (size_t i = 0; i < 5; i++) {
        rill_options o = RILL_OPTIONS_INIT;
        char buf[32];
        rill *s;

        o.buffer_size = buffers[i];
        s = open_bytes(text, sizeof(text) - 1, &o);
        for (size_t k = 0; k < 6; k++)
            CHECK_INT(want[k], rill_getchar(s));
        CHECK_OK(rill_text_rewind(s));
        CHECK_BYTES(buf, rill_read_chars(s, buf, 32, 2), "a\xc3\xa9");
        CHECK_CODE(RILL_ERANGE, rill_read_chars(s, buf, 2, 1));
        CHECK_BYTES(buf, rill_read_chars(s, buf, 0, 0), "");
        CHECK_BYTES(buf, rill_read_chars(s, buf, 6, 9), "\xe2\x82\xac");
        CHECK_BYTES(buf, rill_read_chars(s, buf, 32, SIZE_MAX),
                    "\xf0\x9f\x98\x80z");
        CHECK_INT(0, rill_read_chars(s, buf, 32, 1));
        CHECK_CODE(RILL_ERANGE, rill_read_chars(s, buf, SIZE_MAX, 1));
        CHECK_OK(rill_close(s));
    }
}

/* On a stream of bytes, which may be anything. */
TEST(reading__characters_that_are_none)
{
    static const char bytes[] = "\xc3(\x80\xe2\x82\xed\xa0\x80\xf0\x9f";
    static const int32_t want[] = {
        RILL_EDATA, '(',        RILL_EDATA, RILL_EDATA, RILL_EDATA, RILL_EDATA,
        RILL_EDATA, RILL_EDATA, RILL_EDATA, RILL_EDATA, RILL_EEOF};
    rill *s = rill_open_view(bytes, sizeof(bytes) - 1);
    char buf[16];

    for (size_t i = 0; i < 11; i++) {
        test_context("character %zu", i);
        CHECK_INT(want[i], rill_getchar(s));
    }
    CHECK_OK(rill_rewind(s));
    CHECK_BYTES(buf, rill_read_chars(s, buf, 16, 4), "\xc3(\x80\xe2");
    CHECK_INT(4, rill_tell(s));
    CHECK_OK(rill_close(s));
}

TEST(reading__part_of_a_character_when_it_would_block)
{
    rill_double told = {
        .fails = RILL_DOUBLE_READ, .failure = RILL_EAGAIN, .from = 2};
    rill *memory = rill_open_mem_copy("a\xc3\xa9", 3, NULL), *s;
    char buf[8];

    s = rill_open_text(rill_open_double(memory, RILL_TAKE, &told, NULL),
                       RILL_TAKE, NULL);
    CHECK_INT('a', rill_getchar(s));
    CHECK_CODE(RILL_EAGAIN, rill_getchar(s));
    CHECK_CODE(RILL_EAGAIN, rill_read(s, buf, 8));
    told.from = 3;
    CHECK_INT(0xe9, rill_getchar(s));
    told.fails = 0;
    CHECK_INT(RILL_EEOF, rill_getchar(s));
    CHECK_OK(rill_close(s));
}

/* Without a buffer, not a byte more than the character's is taken. */
TEST(reading__takes_no_more_than_it_must)
{
    static const char text[] = "\xc3\xa9\xe2\x82\xac\r\nz";
    static const int taken[] = {2, 2, 5, 5, 5, 7, 8};
    rill_options o = RILL_OPTIONS_INIT;
    rill *below = rill_open_view(text, sizeof(text) - 1), *s;

    o.buffer_size = RILL_UNBUFFERED;
    s = rill_open_text(below, RILL_TAKE, &o);
    for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
        CHECK(rill_getc(s) > 0);
        CHECK_INT(taken[i], rill_tell(below));
    }
    CHECK_CODE(RILL_EEOF, rill_getc(s));
    CHECK_OK(rill_close(s));
}

/* ---- Bytes that are no text ------------------------------------------------ */

/* What comes before is read; then the failure, which sticks, and says where. */
static void check_strict(const char *encoding, int newline, const void *raw,
                         size_t len, const char *before, int64_t at)
{
    rill_options o = options(encoding, newline, 0);
    rill *s = open_bytes(raw, len, &o);
    rill_error e;
    char buf[64];

    test_context("%s, newline %d, %zu bytes", encoding, newline, len);
    if (*before)
        CHECK_MEM(buf, rill_read(s, buf, 64), before, strlen(before));
    CHECK_CODE(RILL_EDATA, rill_read(s, buf, 64));
    CHECK_CODE(RILL_EDATA, rill_getc(s));
    CHECK_CODE(RILL_EDATA, rill_failed(s, &e));
    CHECK_STR("read", e.operation);
    CHECK_INT(at, e.offset);
    rill_clear(s);
    CHECK_CODE(RILL_EDATA, rill_read(s, buf, 64));
    CHECK_CODE(RILL_EDATA, rill_close(s));
}

TEST(reading__strictly)
{
    static const int modes[] = {RILL_NEWLINE_UNIVERSAL, RILL_NEWLINE_LF};

    for (size_t i = 0; i < 2; i++) {
        check_strict(NULL, modes[i], "ab\xff", 3, "ab", 2);
        check_strict(NULL, modes[i], "\x80", 1, "", 0);
        check_strict(NULL, modes[i], "a\nb\xe2\x82", 5, "a\nb", 3);
        check_strict("ascii", modes[i], "ab\x80", 3, "ab", 2);
        check_strict("utf-16-le", modes[i], "a\0b", 3, "a", 2);
        check_strict("utf-16-le", modes[i], "a\0\0\xd8z\0", 6, "a", 2);
        check_strict("utf-32-be", modes[i], "\0\0\0a\0\x11\0\0", 8, "a", 4);
        if (is_known("euc-jp"))
            check_strict("euc-jp", modes[i], "a\xff", 2, "a", 1);
    }
    check_strict(NULL, RILL_NEWLINE_UNIVERSAL, "\r\n\r\n\xff", 5, "\n\n", 4);
    check_strict(NULL, RILL_NEWLINE_UNIVERSAL, "a\r\xff", 3, "a\n", 2);
    check_strict(NULL, RILL_NEWLINE_KEEP, "a\r\xff", 3, "a\r", 2);
}

/* Positions within characters are looked up: a part of one is still one. */
TEST(reading__strictly_wherever_it_starts)
{
    static const char text[] = "a\xc3\xa9\xf0\x9f\x98\x80\xe2\x82z";
    rill_options o = options(NULL, RILL_NEWLINE_LF, 0);
    rill *s = open_bytes(text, sizeof(text) - 1, &o);
    unsigned char got;

    CHECK_INT(1, rill_seekable(s));
    for (int64_t at = 9; at >= 0; at--) {
        int64_t want = at == 7 || at == 8 ? RILL_EDATA : 1;

        test_context("at %d", (int)at);
        CHECK_INT(want, rill_pread(s, &got, 1, at));
        if (want == 1)
            CHECK_INT((unsigned char)text[at], got);
        CHECK_INT(at, rill_seek(s, at, RILL_SEEK_SET));
        CHECK_INT(want == 1 ? (unsigned char)text[at] : want, rill_getc(s));
        rill_clear(s);
    }
    CHECK_INT(0, rill_pread(s, &got, 1, 10));
    CHECK_OK(rill_close(s));
}

/* As many U+FFFD as Python has. */
TEST(reading__with_replacements)
{
    static const struct {
        const char *encoding, *raw;
        size_t len;
        const char *want;
    } all[] = {
        {"utf-8",
         "a\xff\xff"
         "b",
         4, "a??b"},
        {"utf-8", "\xe2\x82", 2, "?"},
        {"utf-8", "\xe2\x82(", 3, "?("},
        {"utf-8", "\xed\xa0\x80", 3, "???"},
        {"utf-8", "\xf0\x9f\x98", 3, "?"},
        {"utf-8", "\xf0\x9f\x98\xf0\x9f\x98\r\n", 8, "??\n"},
        {"ascii", "a\x80\x81", 3, "a??"},
        {"utf-16-le", "a\0b", 3, "a?"},
        {"utf-16-le", "\0\xd8z\0", 4, "?z"},
        {"utf-16-le", "\0\xd8", 2, "?"},
        {"utf-32-le", "a\0\0\0\0\xd8\0\0z\0", 10, "a??"},
    };

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        for (ptrdiff_t buffer = -1; buffer < 5; buffer++) {
            rill_options o = options(all[i].encoding, 0, RILL_TEXT_REPLACE);
            rill *s;

            test_context("%s, text %zu, buffer %td", all[i].encoding, i,
                         buffer);
            o.buffer_size = buffer;
            s = open_bytes(all[i].raw, all[i].len, &o);
            for (const char *p = all[i].want; *p; p++)
                CHECK_INT(*p == '?' ? 0xfffd : *p, rill_getchar(s));
            CHECK_INT(RILL_EEOF, rill_getchar(s));
            CHECK_OK(rill_close(s));
        }
    }
}

/* A failure below is the text stream's, with its errno. */
TEST(reading__a_failure_below)
{
    rill_double told = {.fails = RILL_DOUBLE_READ, .failure = EIO, .from = 3};
    rill *memory = rill_open_mem_copy("abcdef", 6, NULL), *s;
    rill_error e;

    s = rill_open_text(rill_open_double(memory, RILL_TAKE, &told, NULL),
                       RILL_TAKE, NULL);
    CHECK_READS(s, "abc");
    CHECK_CODE(RILL_EIO, rill_getc(s));
    CHECK_CODE(RILL_EIO, rill_failed(s, &e));
    CHECK_INT(EIO, e.os_error);
    told.fails = 0;
    CHECK_CODE(RILL_EIO, rill_getc(s));
    rill_clear(s);
    CHECK_REST(s, "def");
    CHECK_OK(rill_close(s));
}
