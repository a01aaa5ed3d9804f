/*
 * encodings.c - see encodings.h. Slow and plain: one character after another.
 */
#include "encodings.h"

#ifdef _WIN32
enum { WINDOWS = 1 };
#else
enum { WINDOWS = 0 };
#endif

const struct encoding encodings[] = {
    {"utf-8", 0, 0x10ffff, 0, 0},     {"utf-8-sig", 0, 0x10ffff, 0, 1},
    {"utf-16-le", 2, 0x10ffff, 0, 0}, {"utf-16-be", 2, 0x10ffff, 1, 0},
    {"utf-16", 2, 0x10ffff, 0, 1},    {"utf-16", 2, 0x10ffff, 1, 1},
    {"utf-32-le", 4, 0x10ffff, 0, 0}, {"utf-32-be", 4, 0x10ffff, 1, 0},
    {"utf-32", 4, 0x10ffff, 0, 1},    {"utf-32", 4, 0x10ffff, 1, 1},
    {"latin-1", 1, 0xff, 0, 0},       {"ascii", 1, 0x7f, 0, 0},
    {"iso-8859-15", 1, 0xa0, 0, 0}, /* iconv's; the same up to there */
};
const size_t encoding_count = sizeof(encodings) / sizeof(encodings[0]);

const int newlines[NEWLINES] = {RILL_NEWLINE_UNIVERSAL, RILL_NEWLINE_KEEP,
                                RILL_NEWLINE_LF, RILL_NEWLINE_CR,
                                RILL_NEWLINE_CRLF};

const char *const texts[] = {
    "",
    "a",
    "\n",
    "\r",
    "\r\n",
    "\r\r\n\n\r",
    "one line",
    "one\ntwo\n",
    "one\rtwo\r",
    "one\r\ntwo\r\n",
    "a\rb\nc\r\nd\r\re\n\nf\r\n\r\n",
    "\xc2\xa0\r\n\xc2\xa0",
    "gr\xc3\xbc\xc3\x9f"
    "e\r\nan \xe2\x82\xac\rund \xf0\x9f\x98\x80\n",
    "\xf0\x9f\x98\x80\xf0\x9f\x98\x80\r\n",
    "\xef\xbb\xbf"
    "a mark is a character behind the start: \xef\xbb\xbf",
};
const size_t text_count = sizeof(texts) / sizeof(texts[0]);

uint32_t next_character(const char *text, size_t *size_out)
{
    const unsigned char *p = (const unsigned char *)text;
    size_t size = *p < 0x80 ? 1 : *p < 0xe0 ? 2 : *p < 0xf0 ? 3 : 4;
    uint32_t c = size == 1 ? *p : *p & (0x7fu >> size);

    for (size_t i = 1; i < size; i++)
        c = c << 6 | (p[i] & 0x3f);
    *size_out = size;
    return c;
}

static void put_unit(struct bytes *out, const struct encoding *e, uint32_t unit)
{
    for (size_t i = 0; i < e->unit; i++) {
        size_t shift = 8 * (e->big ? e->unit - 1 - i : i);

        out->data[out->len++] = (unsigned char)(unit >> shift);
    }
}

static void put_character(struct bytes *out, const struct encoding *e,
                          uint32_t c)
{
    if (e->unit == 2 && c > 0xffff) {
        put_unit(out, e, 0xd7c0 + (c >> 10));
        c = 0xdc00 + (c & 0x3ff);
    }
    put_unit(out, e, c);
}

int is_known(const char *name)
{
    rill_options o = RILL_OPTIONS_INIT;
    rill *s;

    o.encoding = name;
    s = rill_open_text(rill_open_null(), RILL_TAKE, &o);
    rill_discard(s);
    return s != NULL;
}

int encode(const struct encoding *e, const char *text, size_t len,
           struct bytes *out)
{
    if (!is_known(e->name))
        return 0;
    *out = (struct bytes){test_alloc(4 * len + 4), 0};
    if (e->mark && e->unit)
        put_character(out, e, 0xfeff);
    else if (e->mark)
        memcpy(out->data, "\xef\xbb\xbf", out->len = 3);
    for (size_t at = 0, size; at < len; at += size) {
        uint32_t c = next_character(text + at, &size);

        if (c > e->most) {
            free(out->data);
            return 0;
        }
        if (e->unit)
            put_character(out, e, c);
        else
            memcpy(out->data + out->len, text + at, size);
        out->len += e->unit ? 0 : size;
    }
    return 1;
}

struct bytes as_read(int newline, const char *text, size_t len)
{
    struct bytes out = {test_alloc(len), 0};

    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\r' && newline == RILL_NEWLINE_UNIVERSAL) {
            out.data[out.len++] = '\n';
            i += i + 1 < len && text[i + 1] == '\n';
        } else {
            out.data[out.len++] = (unsigned char)text[i];
        }
    }
    return out;
}

struct bytes as_written(int newline, const char *text, size_t len)
{
    struct bytes out = {test_alloc(2 * len), 0};

    for (size_t i = 0; i < len; i++) {
        int end = text[i] == '\n';

        if (end && (newline == RILL_NEWLINE_CRLF ||
                    (WINDOWS && newline == RILL_NEWLINE_UNIVERSAL)))
            out.data[out.len++] = '\r';
        out.data[out.len++] =
            end && newline == RILL_NEWLINE_CR ? '\r' : (unsigned char)text[i];
    }
    return out;
}

char *long_text(size_t about, uint32_t most, uint64_t seed, size_t *len_out)
{
    static const char *const ends[] = {"\n", "\r", "\r\n", "\n", "\r\n\r\n"};
    static const char *const words[] = {
        "word",
        "longer",
        "x",
        "with spaces ",
        "\xc3\xa9t\xc3\xa9",
        "\xe2\x82\xac\xe2\x82\xac",
        "\xf0\x9f\x98\x80",
    };
    size_t some = most < 0xe9 ? 4 : most < 0x100 ? 5 : 7;
    char *text = test_alloc(about + 64);
    size_t len = 0;

    while (len < about) {
        const char *piece = test_below(&seed, 9)
                                ? words[test_below(&seed, some)]
                                : ends[test_below(&seed, 5)];

        memcpy(text + len, piece, strlen(piece));
        len += strlen(piece);
    }
    *len_out = len;
    return text;
}
