/*
 * Text that is written: what becomes of it below, in any encoding and with any
 * line ends, in pieces that end anywhere; and of what is no text.
 */
#include "encodings.h"

#include <rill/testing/double.h>

#include <errno.h>

static rill_options options(const char *encoding, int newline, int errors)
{
    rill_options o = RILL_OPTIONS_INIT;

    o.encoding = encoding;
    o.newline = newline;
    o.text_errors = errors;
    return o;
}

/* Which of the marked encodings the machine writes. */
static int is_written(const struct encoding *e)
{
    static const uint16_t one = 1;
    unsigned char first;

    memcpy(&first, &one, 1);
    return !e->mark || e->unit == 0 || e->big == (first != 1);
}

static void check_written(const struct encoding *e, int newline,
                          const char *text, ptrdiff_t buffer, size_t piece)
{
    rill_options o = options(e->name, newline, 0);
    size_t len = strlen(text);
    struct bytes changed = as_written(newline, text, len), want;
    rill *memory = rill_open_mem(NULL), *s;
    const void *got;

    test_context("%s, newline %d, buffer %td, pieces of %zu: %s", e->name,
                 newline, buffer, piece, text);
    o.buffer_size = buffer;
    s = rill_open_text(memory, RILL_BORROW, &o);
    if (encode(e, (char *)changed.data, changed.len, &want)) {
        for (size_t at = 0; at < len; at += piece) {
            size_t n = piece < len - at ? piece : len - at;
            CHECK_INT(n, rill_write(s, text + at, n));
        }
        CHECK_OK(rill_flush(s));
        CHECK_MEM(got, rill_data(memory, &got), want.data,
                  len > 0 ? want.len : 0);
        free(want.data);
    }
    CHECK_OK(rill_close(s));
    CHECK_OK(rill_close(memory));
    free(changed.data);
}

TEST(writing__in_pieces)
{
    static const ptrdiff_t buffers[] = {0, 1, 7, RILL_UNBUFFERED};

    for (size_t i = 0; i < encoding_count; i++)
        for (size_t n = 0; n < NEWLINES; n++)
            for (size_t t = 0; t < text_count; t++)
                for (size_t k = 0; k < 4 && is_written(&encodings[i]); k++)
                    for (size_t piece = 1; piece < 6; piece++)
                        check_written(&encodings[i], newlines[n], texts[t],
                                      buffers[k], piece);
}

TEST(writing__much)
{
    for (size_t i = 0; i < encoding_count; i++) {
        size_t len;
        char *text = long_text(300000, encodings[i].most, 5, &len);

        text[len] = '\0';
        for (size_t n = 0; n < NEWLINES && is_written(&encodings[i]); n++) {
            check_written(&encodings[i], newlines[n], text, 0, len);
            check_written(&encodings[i], newlines[n], text, 0, 777);
        }
        free(text);
    }
}

/* A mark is written at the start, and only there. */
TEST(writing__behind_what_is_there)
{
    rill_options o = options("utf-16-le", RILL_NEWLINE_LF, 0);
    rill *s;

    for (int i = 0; i < 3; i++) {
        o.encoding = i == 0 ? "utf-16" : i == 1 ? "utf-32" : "utf-8-sig";
        remove("f");
        for (int k = 0; k < 3; k++) {
            s = rill_open_with("f", k == 1 ? "a+t" : "at", &o);
            CHECK_INT(2, rill_write(s, "x\n", 2));
            CHECK_OK(rill_close(s));
        }
        s = rill_open_with("f", "a+t", &o);
        CHECK_REST(s, "");
        CHECK_OK(rill_text_rewind(s));
        CHECK_REST(s, "x\nx\nx\n");
        CHECK_OK(rill_close(s));
        s = rill_open_with("f", "r+t", &o);
        CHECK_REST(s, "x\nx\nx\n");
        CHECK_INT(1, rill_putc(s, 'y') == 'y');
        CHECK_OK(rill_text_rewind(s));
        CHECK_REST(s, "x\nx\nx\ny");
        CHECK_OK(rill_text_rewind(s));
        CHECK_INT('z', rill_putc(s, 'z'));
        CHECK_OK(rill_text_seek_end(s));
        CHECK_INT('!', rill_putc(s, '!'));
        CHECK_OK(rill_text_rewind(s));
        CHECK_REST(s, "z\nx\nx\ny!");
        CHECK_OK(rill_close(s));
    }
}

TEST(writing__characters)
{
    rill *s = rill_open_mem(NULL);

    CHECK_INT(1, rill_putchar(s, 'a'));
    CHECK_INT(2, rill_putchar(s, 0xe9));
    CHECK_INT(3, rill_putchar(s, 0x20ac));
    CHECK_INT(4, rill_putchar(s, 0x10ffff));
    CHECK_CODE(RILL_EINVAL, rill_putchar(s, 0x110000));
    CHECK_CODE(RILL_EINVAL, rill_putchar(s, 0xd800));
    CHECK_CODE(RILL_EINVAL, rill_putchar(s, 0xdfff));
    CHECK_CODE(RILL_EINVAL, rill_putchar(s, UINT32_MAX));
    CHECK_INT(1, rill_putchar(s, 0));
    CHECK_HOLDS(s, "a\xc3\xa9\xe2\x82\xac\xf4\x8f\xbf\xbf\0");
    CHECK_OK(rill_close(s));
}

/* ---- When it goes out ------------------------------------------------------ */

TEST(writing__line_by_line)
{
    static const int modes[] = {RILL_NEWLINE_KEEP, RILL_NEWLINE_LF};

    for (size_t i = 0; i < 2; i++) {
        rill_options o = options(NULL, modes[i], 0);
        rill *s;

        o.line_buffering = 1;
        s = rill_open_with("f", "wt", &o);
        CHECK_INT(3, rill_puts(s, "one"));
        CHECK_FILE("f", "");
        CHECK_INT('\n', rill_putc(s, '\n'));
        CHECK_FILE("f", "one\n");
        CHECK_INT(5, rill_puts(s, "tw\no\r"));
        CHECK_FILE("f", "one\ntw\no\r");
        CHECK_INT(1, rill_puts(s, "3"));
        CHECK_FILE("f", "one\ntw\no\r");
        CHECK_OK(rill_close(s));
        CHECK_FILE("f", "one\ntw\no\r3");
        o.line_buffering = 0;
        o.buffer_size = RILL_UNBUFFERED;
        s = rill_open_with("f", "wt", &o);
        CHECK_INT(3, rill_puts(s, "one"));
        CHECK_FILE("f", "one");
        CHECK_OK(rill_close(s));
    }
}

TEST(writing__when_it_would_block)
{
    rill_options o = options("utf-16-le", RILL_NEWLINE_CRLF, 0);
    rill_double told = {.fails = RILL_DOUBLE_WRITE, .failure = RILL_EAGAIN};
    rill_options none = RILL_OPTIONS_INIT;
    rill *memory = rill_open_mem(NULL), *s;
    const char *text = "one\ntwo\n";

    o.buffer_size = none.buffer_size = RILL_UNBUFFERED;
    s = rill_open_text(rill_open_double(memory, RILL_BORROW, &told, &none),
                       RILL_TAKE, &o);
    CHECK_INT(8, rill_puts(s, text));
    CHECK_HOLDS(memory, "");
    CHECK_CODE(RILL_EAGAIN, rill_flush(s));
    told.from = 5;
    CHECK_CODE(RILL_EAGAIN, rill_flush(s));
    told.fails = 0;
    CHECK_INT(1, rill_puts(s, "3"));
    CHECK_HOLDS(memory, "o\0n\0e\0\r\0\n\0t\0w\0o\0\r\0\n\0003\0");
    CHECK_OK(rill_close(s));
    CHECK_OK(rill_close(memory));
}

/* What waits is not more than there is room for. */
TEST(writing__much_when_it_would_block)
{
    rill_options none = RILL_OPTIONS_INIT;
    rill_double told = {.fails = RILL_DOUBLE_WRITE, .failure = RILL_EAGAIN};
    rill *memory = rill_open_mem(NULL), *s;
    size_t len, at = 0;
    char *text = long_text(20000, 0x10ffff, 1, &len);

    none.buffer_size = RILL_UNBUFFERED;
    none.newline = RILL_NEWLINE_KEEP;
    s = rill_open_text(rill_open_double(memory, RILL_BORROW, &told, &none),
                       RILL_TAKE, &none);
    while (at < len) {
        ptrdiff_t n = rill_write(s, text + at, len - at);

        CHECK(n > 0 || n == RILL_EAGAIN);
        if (n == RILL_EAGAIN)
            told.from += 700;
        at += n > 0 ? (size_t)n : 0;
    }
    told.fails = 0;
    CHECK_OK(rill_close(s));
    test_check_holds(memory, text, len, TEST_SITE("memory"));
    CHECK_OK(rill_close(memory));
    free(text);
}

/* ---- What is no text ------------------------------------------------------- */

static void check_strict(const char *encoding, int newline, const char *text,
                         const char *want)
{
    rill_options o = options(encoding, newline, 0);
    rill *memory = rill_open_mem(NULL), *s;
    const void *got;

    test_context("%s, newline %d: %s", encoding, newline, text);
    s = rill_open_text(memory, RILL_BORROW, &o);
    rill_puts(s, text);
    CHECK_CODE(RILL_EDATA, rill_flush(s));
    CHECK_CODE(RILL_EDATA, rill_write(s, "x", 1));
    CHECK_CODE(RILL_EDATA, rill_close(s));
    CHECK_MEM(got, rill_data(memory, &got), want, strlen(want));
    CHECK_OK(rill_close(memory));
}

TEST(writing__strictly)
{
    check_strict(NULL, RILL_NEWLINE_UNIVERSAL,
                 "ab\xff"
                 "cd",
                 "ab");
    check_strict(NULL, RILL_NEWLINE_UNIVERSAL, "ab\xe2\x82(", "ab");
    check_strict(NULL, RILL_NEWLINE_UNIVERSAL, "ab\xe2\x82", "ab");
    check_strict(NULL, RILL_NEWLINE_CRLF, "a\n\xed\xa0\x80", "a\r\n");
    check_strict("ascii", RILL_NEWLINE_LF, "ab\xc3\xa9z", "ab");
    check_strict("latin-1", RILL_NEWLINE_LF, "\xc3\xa9\xe2\x82\xac", "\xe9");
    if (is_known("iso-8859-15"))
        check_strict("iso-8859-15", RILL_NEWLINE_LF, "a\xf0\x9f\x98\x80", "a");
    /* Plain text is written as it comes, a character's first bytes too. */
    check_strict(NULL, RILL_NEWLINE_LF,
                 "ab\xff"
                 "cd",
                 "ab");
    check_strict(NULL, RILL_NEWLINE_LF, "ab\xe2\x82", "ab\xe2\x82");
}

/* A character may come byte by byte, but nothing else between its bytes. */
TEST(writing__a_character_in_parts)
{
    static const int modes[] = {RILL_NEWLINE_UNIVERSAL, RILL_NEWLINE_LF};

    for (size_t i = 0; i < 2; i++) {
        for (int wrong = 0; wrong < 2; wrong++) {
            rill_options o = options(NULL, modes[i], 0);
            rill *memory = rill_open_mem(NULL), *s;
            const char *text = wrong ? "\xf0\x9f\x98z" : "\xf0\x9f\x98\x80z";

            o.buffer_size = RILL_UNBUFFERED;
            s = rill_open_text(memory, RILL_BORROW, &o);
            for (int k = 0; k < 3; k++)
                CHECK_INT((unsigned char)text[k], rill_putc(s, text[k]));
            if (wrong)
                CHECK_CODE(RILL_EDATA, rill_putc(s, text[3]));
            else
                CHECK_INT(2, rill_puts(s, text + 3));
            CHECK_CODE(wrong ? RILL_EDATA : RILL_OK, rill_close(s));
            if (!wrong)
                CHECK_HOLDS(memory, "\xf0\x9f\x98\x80z");
            CHECK_OK(rill_close(memory));
        }
    }
}

TEST(writing__plain_text_at_any_place)
{
    rill_options o = options(NULL, RILL_NEWLINE_LF, 0);
    rill *s = rill_open_with("f", "w+t", &o);
    const char *text = "\xf0\x9f\x98\x80 and \xe2\x82\xac";

    CHECK_INT(12, rill_puts(s, text));
    CHECK_CODE(RILL_EDATA, rill_pwrite(s, "\xff", 1, 0));
    CHECK_INT(3, rill_pwrite(s, "\xe2\x82\xac", 3, 9));
    CHECK_INT(1, rill_pwrite(s, "\xe2", 1, 9)); /* more is to come */
    CHECK_INT(2, rill_pwrite(s, "\x82\xad", 2, 10));
    CHECK_INT(1, rill_pwrite(s, "\xe2", 1, 9));
    CHECK_INT(1, rill_pwrite(s, "A", 1, 5)); /* elsewhere, meanwhile */
    CHECK_INT(2, rill_pwrite(s, "\x82\xac", 2, 10));
    CHECK_OK(rill_flush(s));
    CHECK_FILE("f", "\xf0\x9f\x98\x80 And \xe2\x82\xac");
    CHECK_INT(1, rill_pwrite(s, "\xe2", 1, 9));
    CHECK_CODE(RILL_EDATA, rill_flush(s));
    CHECK_CODE(RILL_EDATA, rill_close(s));
}

TEST(writing__with_replacements)
{
    static const struct {
        const char *encoding, *text, *want;
    } all[] = {
        {"ascii",
         "a\xc3\xa9\xe2\x82\xac"
         "b",
         "a??b"},
        {"latin-1", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", "\xe9??"},
        {"utf-8", "a\xff\xff\xe2\x82z", "a???z"},
        {"iso-8859-15", "\xe2\x82\xac\xf0\x9f\x98\x80", "\xa4?"},
        {"utf-8", "a\xe2\x82", "a?"},
    };

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        for (size_t piece = 1; piece < 6 && is_known(all[i].encoding);
             piece++) {
            rill_options o =
                options(all[i].encoding, RILL_NEWLINE_LF, RILL_TEXT_REPLACE);
            rill *memory = rill_open_mem(NULL), *s;
            size_t len = strlen(all[i].text);
            const void *got;

            test_context("%s, text %zu, pieces of %zu", o.encoding, i, piece);
            o.buffer_size = RILL_UNBUFFERED;
            s = rill_open_text(memory, RILL_BORROW, &o);
            for (size_t at = 0; at < len; at += piece) {
                size_t n = piece < len - at ? piece : len - at;
                CHECK_INT(n, rill_write(s, all[i].text + at, n));
            }
            CHECK_OK(rill_close(s));
            CHECK_MEM(got, rill_data(memory, &got), all[i].want,
                      strlen(all[i].want));
            CHECK_OK(rill_close(memory));
        }
    }
}

/* A character that a line end cuts short is none. */
TEST(writing__a_line_end_within_a_character)
{
    rill_options o = options("latin-1", RILL_NEWLINE_CRLF, RILL_TEXT_REPLACE);
    rill *memory = rill_open_mem(NULL), *s;

    s = rill_open_text(memory, RILL_BORROW, &o);
    CHECK_INT(12, rill_puts(s, "\xe2\x82\nand more\xe2"));
    CHECK_OK(rill_close(s));
    CHECK_HOLDS(memory, "?\r\nand more?");
    CHECK_OK(rill_close(memory));
}

/* At a flush the encoding is back where it started. */
TEST(writing__with_shift_states)
{
    rill_options o = options("iso-2022-jp", RILL_NEWLINE_LF, 0);
    rill *memory = rill_open_mem(NULL), *s;
    rill_text_position here;

    if (!is_known(o.encoding)) {
        CHECK_OK(rill_close(memory));
        SKIP("the C library's iconv does not have it");
    }
    s = rill_open_text(memory, RILL_BORROW, &o);
    CHECK_INT(4, rill_puts(s, "a\xe3\x81\x82"));
    CHECK_OK(rill_text_tell(s, &here));
    CHECK_INT(3, rill_puts(s, "\xe3\x81\x84"));
    CHECK_OK(rill_flush(s));
    CHECK_HOLDS(memory, "a\x1b$B$\"\x1b(B\x1b$B$$\x1b(B");
    CHECK_OK(rill_text_seek(s, &here));
    CHECK_REST(s, "\xe3\x81\x84");
    CHECK_OK(rill_close(s));
    CHECK_OK(rill_close(memory));
}

TEST(writing__a_failure_below)
{
    rill_double told = {.fails = RILL_DOUBLE_WRITE, .failure = ENOSPC};
    rill_options o = options("latin-1", RILL_NEWLINE_LF, 0);
    rill *memory = rill_open_mem(NULL), *s;
    rill_error e;

    s = rill_open_text(rill_open_double(memory, RILL_BORROW, &told, NULL),
                       RILL_TAKE, &o);
    CHECK_INT(4, rill_puts(s, "text"));
    CHECK_CODE(RILL_ENOSPC, rill_flush(s));
    CHECK_CODE(RILL_ENOSPC, rill_failed(s, &e));
    CHECK_INT(ENOSPC, e.os_error);
    CHECK_CODE(RILL_ENOSPC, rill_puts(s, "more"));
    told.fails = 0;
    rill_clear(s);
    CHECK_OK(rill_close(s));
    CHECK_HOLDS(memory, "text");
    CHECK_OK(rill_close(memory));
}

/* It is told, even if what was taken can be written the next time. */
TEST(writing__a_failure_below_for_once)
{
    rill_double told = {.fails = RILL_DOUBLE_WRITE, .failure = ENOSPC};
    rill_options o = options("latin-1", RILL_NEWLINE_LF, 0);
    rill *memory = rill_open_mem(NULL), *s;

    o.buffer_size = RILL_UNBUFFERED;
    s = rill_open_text(rill_open_double(memory, RILL_BORROW, &told, &o),
                       RILL_TAKE, &o);
    CHECK_INT(4, rill_puts(s, "text"));
    told.fails = 0;
    CHECK_CODE(RILL_ENOSPC, rill_puts(s, "more"));
    CHECK_CODE(RILL_ENOSPC, rill_flush(s));
    rill_clear(s);
    CHECK_INT(4, rill_puts(s, "more"));
    CHECK_HOLDS(memory, "textmore");
    CHECK_OK(rill_close(s));
    CHECK_OK(rill_close(memory));
}
