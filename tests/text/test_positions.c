/*
 * Positions in text: wherever one is taken, what follows is read again from
 * there, and what is written goes there.
 */
#include "encodings.h"

#include <rill/testing/double.h>

/* How the streams are set up: nothing of it may be seen. */
typedef struct setup {
    ptrdiff_t buffer; /* of the text stream */
    ptrdiff_t below;
    size_t piece; /* how many bytes come at once */
} setup;

static const setup setups[] = {
    {0, 0, 0}, {RILL_UNBUFFERED, 0, 0}, {1, 1, 1}, {7, 0, 3}, {0, 5, 0}};
enum { SETUPS = sizeof(setups) / sizeof(setups[0]) };

typedef struct opened {
    rill *memory, *s;
    rill_double told;
} opened;

/* A text stream over memory that holds `b`. */
static void open_over(opened *p, const struct bytes *b, const char *name,
                      int newline, const setup *how)
{
    rill_options o = RILL_OPTIONS_INIT, below = RILL_OPTIONS_INIT;
    rill *twin;

    memset(p, 0, sizeof(*p));
    p->told.piece = how->piece;
    p->memory = rill_open_mem_copy(b->data, b->len, NULL);
    below.buffer_size = how->below;
    twin = rill_open_double(p->memory, RILL_BORROW, &p->told, &below);
    o.encoding = name;
    o.newline = newline;
    o.buffer_size = how->buffer;
    p->s = rill_open_text(twin, RILL_TAKE, &o);
    CHECK(p->s != NULL);
}

static void close_both(opened *p)
{
    CHECK_OK(rill_close(p->s));
    CHECK_OK(rill_close(p->memory));
}

static struct bytes rest_of(rill *s)
{
    void *data = NULL;
    ptrdiff_t n = rill_read_all(s, &data);

    CHECK(n >= 0);
    return (struct bytes){data, (size_t)n};
}

/* From here on the text is `want`: once, and once more after a seek. */
static void check_here(rill *s, const unsigned char *want, size_t len)
{
    rill_text_position here;
    struct bytes got;

    CHECK_OK(rill_text_tell(s, &here));
    for (int i = 0; i < 2; i++) {
        got = rest_of(s);
        CHECK_MEM(got.data, got.len, want, len);
        rill_free(got.data);
        CHECK_OK(rill_text_seek(s, &here));
        CHECK_INT(0, rill_eof(s));
    }
}

/* Read characters, or bytes, and stand before each one. */
static void check_everywhere(opened *p, const struct bytes *want, int by_bytes)
{
    for (size_t at = 0; at <= want->len;) {
        size_t size = 1;

        check_here(p->s, want->data + at, want->len - at);
        if (at == want->len)
            break;
        if (by_bytes)
            CHECK_INT(want->data[at], rill_getc(p->s));
        else
            CHECK_INT(next_character((char *)want->data + at, &size),
                      rill_getchar(p->s));
        at += size;
    }
}

static void check_text(const struct encoding *e, int newline, const char *text,
                       const setup *how)
{
    struct bytes raw, want = as_read(newline, text, strlen(text));
    opened p;

    test_context("%s%s, newline %d, buffers %td %td, piece %zu: %s", e->name,
                 e->big ? " big" : "", newline, how->buffer, how->below,
                 how->piece, text);
    if (!encode(e, text, strlen(text), &raw)) {
        free(want.data);
        return;
    }
    if (e->unit == 0 && !e->mark && newline == RILL_NEWLINE_LF)
        how = &setups[0]; /* is any other seekable store */
    for (int by_bytes = 0; by_bytes < 2; by_bytes++) {
        open_over(&p, &raw, e->name, newline, how);
        check_everywhere(&p, &want, by_bytes);
        CHECK_OK(rill_text_rewind(p.s));
        check_here(p.s, want.data, want.len);
        CHECK_OK(rill_text_seek_end(p.s));
        check_here(p.s, want.data, 0);
        close_both(&p);
    }
    free(raw.data);
    free(want.data);
}

TEST(positions__of_all_short_texts)
{
    for (size_t i = 0; i < encoding_count; i++)
        for (size_t n = 0; n < NEWLINES; n++)
            for (size_t t = 0; t < text_count; t++)
                for (size_t k = 0; k < SETUPS; k++)
                    check_text(&encodings[i], newlines[n], texts[t],
                               &setups[k]);
}

/* Encodings of iconv whose decoders remember more than a character: they start
 * again at the start of the text. */
TEST(positions__with_shift_states)
{
    static const struct {
        const char *name, *raw;
    } all[] = {
        {"iso-2022-jp", "ab\x1b$B$\"$$\x1b(Bc\n\x1b$B$&\x1b(B\n"},
        {"utf-7", "Hi +AOk-\n+AOkA6g- x\n"},
        {"shift_jis", "\x83\x65\x83\x58 abc\n"},
        {"cp1258", "a\xec b\xec\n"}, /* an accent behind its letter */
    };

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        struct bytes raw = {(unsigned char *)(uintptr_t)all[i].raw,
                            strlen(all[i].raw)};

        for (size_t k = 0; k < SETUPS; k++) {
            opened p;
            struct bytes want;

            test_context("%s, setup %zu", all[i].name, k);
            if (!is_known(all[i].name))
                continue;
            open_over(&p, &raw, all[i].name, RILL_NEWLINE_UNIVERSAL,
                      &setups[k]);
            want = rest_of(p.s);
            CHECK(want.len > 5);
            CHECK_OK(rill_text_rewind(p.s));
            check_everywhere(&p, &want, 0);
            rill_free(want.data);
            close_both(&p);
        }
    }
}

/* Many positions are taken, and gone to in any order. */
static void check_long(const struct encoding *e, int newline, const setup *how)
{
    enum { PLACES = 60 };
    size_t len;
    char *text = long_text(250000, e->most, 7, &len);
    struct bytes raw = {0}, want = as_read(newline, text, len);
    rill_text_position places[PLACES];
    size_t offsets[PLACES];
    uint64_t seed = 99;
    opened p;

    test_context("%s, newline %d, buffer %td", e->name, newline, how->buffer);
    if (!encode(e, text, len, &raw)) {
        free(text);
        free(want.data);
        return;
    }
    open_over(&p, &raw, e->name, newline, how);
    for (size_t i = 0, at = 0; i < PLACES; i++) {
        size_t n = (size_t)test_below(&seed, 8000);
        char got[8000];

        n = n < want.len - at ? n : want.len - at;
        CHECK_MEM(got, rill_read(p.s, got, n), want.data + at, n);
        at += n;
        offsets[i] = at;
        CHECK_OK(rill_text_tell(p.s, &places[i]));
    }
    for (int i = 0; i < 200; i++) {
        size_t k = (size_t)test_below(&seed, PLACES);
        size_t n = (size_t)test_below(&seed, 300);
        char got[300];

        n = n < want.len - offsets[k] ? n : want.len - offsets[k];
        CHECK_OK(rill_text_seek(p.s, &places[k]));
        CHECK_MEM(got, rill_read(p.s, got, n), want.data + offsets[k], n);
        if (i % 50 == 0)
            check_here(p.s, want.data + offsets[k] + n,
                       want.len - offsets[k] - n);
    }
    close_both(&p);
    free(text);
    free(raw.data);
    free(want.data);
}

TEST(positions__in_a_long_text)
{
    static const setup large = {0, 0, 0}, small = {100, 64, 0};

    for (size_t i = 0; i < encoding_count; i++) {
        check_long(&encodings[i], RILL_NEWLINE_UNIVERSAL, &large);
        check_long(&encodings[i], RILL_NEWLINE_KEEP, &small);
    }
}

/* However much has been read, and however much at once: a position is found
 * again without decoding all of that again. */
TEST(positions__are_near)
{
    static const setup how = {1000, 64, 0};
    size_t len;
    char *text = long_text(100000, 0x10ffff, 11, &len);
    struct bytes raw, want = as_read(RILL_NEWLINE_UNIVERSAL, text, len);
    size_t at = 0, ahead = 0;
    opened p;

    CHECK(encode(&encodings[2], text, len, &raw));
    open_over(&p, &raw, "utf-16-le", RILL_NEWLINE_UNIVERSAL, &how);
    while (at < want.len) {
        rill_text_position here;
        const void *data;
        size_t n = 777 < want.len - at ? 777 : want.len - at;

        if (at % 7 == 0 && want.len - at > 30000) {
            CHECK(rill_peek(p.s, &data, 30000) >= 30000);
            ahead = at + 31000;
        }
        CHECK_OK(rill_text_tell(p.s, &here));
        CHECK(here.skip <= (at < ahead ? 5000 : 1000));
        if (at == 777 * 11) {
            CHECK_OK(rill_text_seek(p.s, &here));
            ahead = at;
        }
        CHECK(rill_peek(p.s, &data, n) >= (ptrdiff_t)n);
        CHECK_MEM(data, n, want.data + at, n);
        CHECK_OK(rill_consume(p.s, n));
        at += n;
    }
    close_both(&p);
    free(text);
    free(raw.data);
    free(want.data);
}

static int machine_is_big(void)
{
    const uint16_t one = 1;

    return *(const unsigned char *)&one == 0;
}

/* What is written goes where the position was taken, not where reading ahead
 * had come to. */
TEST(positions__are_where_writing_goes)
{
    static const char text[] = "one\ntwo\nthree\n\xc3\xa9\n";

    for (size_t i = 0; i < encoding_count; i++) {
        const struct encoding *e = &encodings[i];
        struct bytes raw;
        opened p;

        if (e->unit && e->mark && e->big != machine_is_big())
            continue; /* written in the machine's order: not what is there */
        if (!encode(e, text, e->most < 0xff ? 14 : 17, &raw))
            continue;
        test_context("%s", e->name);
        open_over(&p, &raw, e->name, RILL_NEWLINE_UNIVERSAL, &setups[0]);
        for (int k = 0; k < 14; k++) {
            rill_text_position here;
            const unsigned char *now;
            size_t size = e->unit ? e->unit : 1;
            size_t at = (size_t)k * size + (raw.len % size) +
                        (e->mark ? e->unit ? e->unit : 3 : 0);

            CHECK_OK(rill_text_rewind(p.s));
            for (int n = 0; n < k; n++)
                CHECK(rill_getchar(p.s) > 0);
            CHECK_OK(rill_text_tell(p.s, &here));
            if (k > 0) /* without a seek: where reading ahead has come to */
                CHECK_INT(1, rill_write(p.s, "X", 1));
            CHECK_OK(rill_text_seek(p.s, &here));
            CHECK_INT(1, rill_write(p.s, "Y", 1));
            CHECK_OK(rill_flush(p.s));
            CHECK_INT(raw.len + (size_t)k * size,
                      rill_data(p.memory, (const void **)&now));
            CHECK_INT('Y', now[at + (e->big ? size - 1 : 0)]);
        }
        close_both(&p);
        free(raw.data);
    }
}

TEST(positions__of_another_text)
{
    static const rill_text_position wrong[] = {
        {-1, 0, 0}, {0, 7, 0}, {0, 0xffffff, 0}, {0, 0, 1000}, {1000, 1, 1}};
    struct bytes raw = {(unsigned char[]){'a', 'b', '\r', '\n', 'c'}, 5};
    rill_text_position here;
    opened p;

    open_over(&p, &raw, NULL, RILL_NEWLINE_UNIVERSAL, &setups[0]);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        CHECK(rill_text_seek(p.s, &wrong[i]) < 0);
        CHECK_OK(rill_failed(p.s, NULL));
    }
    CHECK_OK(rill_text_rewind(p.s));
    CHECK_REST(p.s, "ab\nc");
    CHECK_OK(rill_text_tell(p.s, &here));
    CHECK_INT(5, here.offset);
    CHECK_INT(0, here.skip);
    close_both(&p);
}

/* In UTF-8 and ASCII a position is an offset, but where line ends change. */
TEST(positions__are_offsets_where_they_can_be)
{
    static const char text[] = "ab\ncd\n\xc3\xa9\xe2\x82\xac\n";
    rill *below = rill_open_view(text, sizeof(text) - 1);
    rill *s = rill_open_text(below, RILL_TAKE, NULL);
    rill_text_position here;
    static const int offsets[] = {0, 1, 2, 3, 4, 5, 6, 8, 11, 12};

    for (size_t i = 0; i < 10; i++) {
        CHECK_OK(rill_text_tell(s, &here));
        CHECK_INT(offsets[i], here.offset);
        CHECK_INT(0, here.skip);
        CHECK((rill_getchar(s) > 0) == (i < 9));
    }
    CHECK_OK(rill_close(s));
}

/* What is put back, or cannot be read at once, may be before all marks. */
TEST(positions__before_what_was_put_back)
{
    size_t len;
    char *text = long_text(40000, 0x7f, 3, &len);
    struct bytes raw = {(unsigned char *)text, len};
    struct bytes want = as_read(RILL_NEWLINE_UNIVERSAL, text, len);
    setup blocks = {0, 100, 0};
    rill_text_position here;
    void *data = NULL;
    opened p;

    open_over(&p, &raw, NULL, RILL_NEWLINE_UNIVERSAL, &blocks);
    CHECK_INT(want.data[0], rill_getc(p.s));
    p.told.fails = RILL_DOUBLE_READ;
    p.told.from = 30000;
    p.told.failure = RILL_EAGAIN;
    CHECK_INT(RILL_EAGAIN, rill_read_all(p.s, &data));
    p.told.fails = 0;
    check_here(p.s, want.data + 1, want.len - 1);
    for (int i = 0; i < 10; i++)
        CHECK(rill_ungetc(p.s, '!') == '!');
    CHECK_OK(rill_text_tell(p.s, &here));
    CHECK_INT(0, here.offset);
    CHECK_INT(0, here.skip);
    CHECK_READS(p.s, "!!!!!!!!!!");
    check_here(p.s, want.data + 1, want.len - 1);
    close_both(&p);
    free(text);
    free(want.data);
}

TEST(positions__of_what_cannot_seek)
{
    rill *s = rill_open_text(rill_open_null(), RILL_TAKE, NULL), *pipe;
    rill_text_position here = {0};

    CHECK_OK(rill_text_tell(s, &here));
    CHECK_CODE(RILL_ENOTSUP, rill_seek(s, 0, RILL_SEEK_SET));
    CHECK_CODE(RILL_ENOTSUP, rill_tell(s));
    CHECK_CODE(RILL_ENOTSUP, rill_size(s));
    pipe = rill_open_text(s, RILL_TAKE, NULL);
    CHECK_CODE(RILL_ENOTSUP, rill_text_tell(pipe, &here));
    CHECK_CODE(RILL_ENOTSUP, rill_text_seek(pipe, &here));
    CHECK_CODE(RILL_ENOTSUP, rill_text_rewind(pipe));
    CHECK_CODE(RILL_ENOTSUP, rill_text_seek_end(pipe));
    CHECK_OK(rill_close(pipe));
}

/* Streams that are no text have them too: those of bytes. */
TEST(positions__of_any_stream)
{
    rill *s = rill_open_mem_copy("abcdef", 6, NULL);
    rill_text_position here = {0};

    CHECK_READS(s, "ab");
    CHECK_OK(rill_text_tell(s, &here));
    CHECK_INT(2, here.offset);
    CHECK_OK(rill_text_seek_end(s));
    CHECK_REST(s, "");
    CHECK_OK(rill_text_seek(s, &here));
    CHECK_REST(s, "cdef");
    CHECK_OK(rill_text_rewind(s));
    CHECK_REST(s, "abcdef");
    CHECK_OK(rill_close(s));
}
