/*
 * test_codec.c - encodings: all characters there and back in pieces of all
 * sizes, byte order marks, what is no character, names, and iconv's states.
 *
 * tests/differential/codecs compares the same with Python's.
 */
#include "test.h"

#include <errno.h>

#include <rill/hook.h>

#include "text/codec.h"

/* ---- Converting in pieces ----------------------------------------------- */

/* What was converted, and why it stopped. */
typedef struct result {
    unsigned char *data;
    size_t len, taken, bad;
    enum rill__codec_stop stop;
} result;

static enum rill__codec_stop step(struct rill__codec *c, struct rill__piece *p,
                                  enum rill__codec_way way)
{
    return way == CODEC_DECODING ? c->ops->decode(c, p) : c->ops->encode(c, p);
}

/* Convert in pieces of `piece` bytes, each put out in rooms of `room`. A piece
 * of which nothing can be taken gets one byte more. */
static result convert(struct rill__codec *c, enum rill__codec_way way,
                      const void *data, size_t n, size_t piece, size_t room)
{
    const unsigned char *in = data;
    size_t have = 0;
    result r = {.data = test_alloc(8 * n + 64)};

    do {
        struct rill__piece p = {.in = in + r.taken, .out = r.data + r.len};
        size_t offered;

        have = have + piece < n ? have + piece : n;
        do {
            size_t left = 8 * n + 64 - r.len;

            offered = have - r.taken;
            p.in = in + r.taken;
            p.in_end = in + have;
            p.out = r.data + r.len;
            p.out_end = p.out + (room < left ? room : left);
            p.bad = 0;
            r.stop = step(c, &p, way);
            CHECK(p.in <= p.in_end && p.out <= p.out_end);
            CHECK(r.stop != CODEC_FULL || p.out > r.data + r.len || room < 4);
            if (r.stop == CODEC_FULL && p.out == r.data + r.len)
                room++;
            r.taken = (size_t)(p.in - in);
            r.len = (size_t)(p.out - r.data);
            r.bad = p.bad;
        } while (r.stop == CODEC_FULL);
        CHECK(offered == 0 || r.stop == CODEC_BAD || have - r.taken < 8);
    } while (r.stop == CODEC_MORE && have < n);
    return r;
}

/* Open an encoding that must be there. */
static struct rill__codec codec_of(const char *name)
{
    struct rill__codec c;

    test_context("%s", name);
    CHECK_OK(rill__codec_open(&c, name));
    return c;
}

/* Converting `data` from the start stops at `taken` with `stop`, `bad` bytes
 * being no character, and has made `want`. */
static void check_convert(const char *name, enum rill__codec_way way,
                          const char *data, size_t n, const char *want,
                          size_t want_len, enum rill__codec_stop stop,
                          size_t taken, size_t bad)
{
    for (size_t piece = 1; piece <= n + 1; piece++) {
        for (size_t room = 1; room < 20; room += 9) {
            struct rill__codec c = codec_of(name);
            result r = convert(&c, way, data, n, piece, room);

            test_context("%s, pieces of %zu, room %zu", name, piece, room);
            CHECK_MEM(r.data, r.len, want, want_len);
            CHECK_INT(stop, r.stop);
            CHECK_INT(taken, r.taken);
            if (stop == CODEC_BAD)
                CHECK_INT(bad, r.bad);
            free(r.data);
            rill__codec_close(&c);
        }
    }
}

#define LIT(literal) (literal), sizeof(literal) - 1

/* All of it is taken. */
#define DECODES(name, data, want)                                         \
    check_convert(name, CODEC_DECODING, LIT(data), LIT(want), CODEC_MORE, \
                  sizeof(data) - 1, 0)
#define ENCODES(name, data, want)                                         \
    check_convert(name, CODEC_ENCODING, LIT(data), LIT(want), CODEC_MORE, \
                  sizeof(data) - 1, 0)

/* It stops behind `taken` bytes, for want of more, or because of `bad`. */
#define DECODES_PART(name, data, want, taken)                             \
    check_convert(name, CODEC_DECODING, LIT(data), LIT(want), CODEC_MORE, \
                  taken, 0)
#define DECODES_BAD(name, data, want, taken, bad)                        \
    check_convert(name, CODEC_DECODING, LIT(data), LIT(want), CODEC_BAD, \
                  taken, bad)
#define ENCODES_BAD(name, data, want, taken, bad)                        \
    check_convert(name, CODEC_ENCODING, LIT(data), LIT(want), CODEC_BAD, \
                  taken, bad)

/* ---- All characters ----------------------------------------------------- */

/* All characters below `end`; `step` leaves most out. */
static unsigned char *characters(uint32_t end, uint32_t step_size,
                                 size_t *len_out)
{
    unsigned char *text = test_alloc(4 * (size_t)(end / step_size) + 16);
    size_t len = 0;

    for (uint32_t c = 0; c < end; c += step_size)
        if (c < 0xd800 || c > 0xdfff)
            len += (size_t)rill__utf8_put(text + len, c);
    *len_out = len;
    return text;
}

static void check_round_trip(const char *name, uint32_t end, uint32_t step_size,
                             size_t piece, size_t room)
{
    struct rill__codec c = codec_of(name);
    size_t len;
    unsigned char *text = characters(end, step_size, &len);
    result encoded = convert(&c, CODEC_ENCODING, text, len, piece, room);
    result decoded;

    test_context("%s, pieces of %zu, room for %zu", name, piece, room);
    CHECK_INT(CODEC_MORE, encoded.stop);
    CHECK_INT(len, encoded.taken);
    decoded =
        convert(&c, CODEC_DECODING, encoded.data, encoded.len, piece, room);
    CHECK_INT(CODEC_MORE, decoded.stop);
    CHECK_INT(encoded.len, decoded.taken);
    CHECK_MEM(decoded.data, decoded.len, text, len);
    free(decoded.data);
    free(encoded.data);
    free(text);
    rill__codec_close(&c);
}

static const struct {
    const char *name;
    uint32_t end;
} encodings[] = {
    {"utf-8", 0x110000},     {"utf-8-sig", 0x110000}, {"utf-16", 0x110000},
    {"utf-16-le", 0x110000}, {"utf-16-be", 0x110000}, {"utf-32", 0x110000},
    {"utf-32-le", 0x110000}, {"utf-32-be", 0x110000}, {"latin-1", 0x100},
    {"ascii", 0x80},
};

TEST(codec__all_characters_there_and_back)
{
    for (size_t i = 0; i < sizeof(encodings) / sizeof(encodings[0]); i++)
        check_round_trip(encodings[i].name, encodings[i].end, 1, SIZE_MAX / 2,
                         SIZE_MAX);
}

TEST(codec__in_pieces_of_any_size)
{
    for (size_t i = 0; i < sizeof(encodings) / sizeof(encodings[0]); i++) {
        uint32_t end = encodings[i].end;

        for (size_t piece = 1; piece < 40; piece += 1 + piece / 8)
            for (size_t room = 1; room < 70; room += 1 + room / 8)
                check_round_trip(encodings[i].name, end, end / 700 + 1, piece,
                                 room);
    }
}

/* Text of ASCII with another character at each place of a block. */
TEST(codec__one_among_ascii)
{
    static const char *const others[] = {"\xc3\xa9", "\xe2\x82\xac",
                                         "\xf0\x9f\x98\x80"};

    for (size_t i = 0; i < sizeof(encodings) / sizeof(encodings[0]); i++) {
        for (size_t at = 0; at < 60; at++) {
            for (size_t o = 0; o < 3; o++) {
                struct rill__codec c = codec_of(encodings[i].name);
                size_t other = strlen(others[o]);
                char text[64 + 4];
                result encoded, decoded;

                memset(text, 'x', 64);
                memcpy(text + at, others[o], other);
                encoded = convert(&c, CODEC_ENCODING, text, 64, 64, at + 1);
                if (encodings[i].end <= 0x100 &&
                    (o > 0 || encodings[i].end <= 0x80)) {
                    CHECK_INT(CODEC_BAD, encoded.stop);
                    CHECK_INT(other, encoded.bad);
                    CHECK_MEM(encoded.data, encoded.len, text, at);
                } else {
                    CHECK_INT(CODEC_MORE, encoded.stop);
                    decoded = convert(&c, CODEC_DECODING, encoded.data,
                                      encoded.len, encoded.len, at + 1);
                    CHECK_MEM(decoded.data, decoded.len, text, 64);
                    free(decoded.data);
                }
                free(encoded.data);
                rill__codec_close(&c);
            }
        }
    }
}

/* ---- Bytes -------------------------------------------------------------- */

TEST(codec__bytes_of_each)
{
    ENCODES("utf-8", "a\xc3\xa9", "a\xc3\xa9");
    ENCODES("utf-16-le", "a\xe2\x82\xac\xf0\x9f\x98\x80",
            "a\0\xac\x20\x3d\xd8\x00\xde");
    ENCODES("utf-16-be", "a\xe2\x82\xac\xf0\x9f\x98\x80",
            "\0a\x20\xac\xd8\x3d\xde\x00");
    ENCODES("utf-32-le", "a\xf0\x9f\x98\x80", "a\0\0\0\x00\xf6\x01\0");
    ENCODES("utf-32-be", "a\xf0\x9f\x98\x80", "\0\0\0a\0\x01\xf6\x00");
    ENCODES("latin-1", "a\xc3\xbf", "a\xff");
    ENCODES("ascii", "a~", "a~");
}

TEST(codec__what_is_no_character)
{
    DECODES_BAD("utf-8", "ab\xe2\x82x", "ab", 2, 2);
    DECODES_BAD("utf-8", "ab\xff", "ab", 2, 1);
    DECODES_BAD("utf-16-le", "a\0\x00\xdc", "a", 2, 2);
    DECODES_BAD("utf-16-be", "\0a\xd8\x00\0b", "a", 2, 2);
    DECODES_BAD("utf-32-le", "a\0\0\0\x00\xd8\0\0", "a", 4, 4);
    DECODES_BAD("utf-32-be", "\0\0\0a\0\x11\0\0", "a", 4, 4);
    DECODES_BAD("utf-32-le", "\xff\xff\xff\xff", "", 0, 4);
    DECODES_BAD("ascii", "ab\x80", "ab", 2, 1);
    ENCODES_BAD("utf-8", "a\xed\xa0\x80", "a", 1, 1);
    ENCODES_BAD("utf-16-le", "a\xff", "a\0", 1, 1);
    ENCODES_BAD("latin-1", "a\xc4\x80", "a", 1, 2);
    ENCODES_BAD("latin-1", "a\xf0\x9f\x98\x80", "a", 1, 4);
    ENCODES_BAD("ascii", "a\xc3\xa9", "a", 1, 2);
}

TEST(codec__what_is_incomplete)
{
    DECODES_PART("utf-8", "a\xf0\x9f\x98", "a", 1);
    DECODES_PART("utf-16-le", "a\0b", "a", 2);
    DECODES_PART("utf-16-le", "a\0\x3d\xd8\x00", "a", 2);
    DECODES_PART("utf-32-be", "\0\0\0a\0\0\0", "a", 4);
    DECODES_PART("utf-16", "\xff", "", 0);
    DECODES_PART("utf-32", "\xff\xfe\0", "", 0);
    DECODES_PART("utf-8-sig", "\xef\xbb", "", 0);
}

/* A block of what would be ASCII, but for a byte that has no start. */
TEST(codec__no_character_among_ascii)
{
    for (size_t i = 0; i < sizeof(encodings) / sizeof(encodings[0]); i++) {
        for (size_t at = 0; at < 40; at++) {
            struct rill__codec c = codec_of(encodings[i].name);
            char text[40] = "";
            result r;

            text[at] = '\x80';
            r = convert(&c, CODEC_ENCODING, text, sizeof(text), 40, SIZE_MAX);
            CHECK_INT(CODEC_BAD, r.stop);
            CHECK_INT(at, r.taken);
            CHECK_INT(1, r.bad);
            free(r.data);
            rill__codec_close(&c);
        }
    }
}

/* ---- Byte order marks --------------------------------------------------- */

TEST(codec__marks_are_read)
{
    DECODES("utf-8-sig",
            "\xef\xbb\xbf"
            "a",
            "a");
    DECODES("utf-8-sig", "\xef\xbb\xbf\xef\xbb\xbf", "\xef\xbb\xbf");
    DECODES("utf-8-sig", "\xef\xbb\xbe", "\xef\xbb\xbe");
    DECODES("utf-8-sig", "ab", "ab");
    DECODES_BAD("utf-8-sig",
                "\xef\xbb"
                "a",
                "", 0, 2);
    DECODES("utf-8",
            "\xef\xbb\xbf"
            "a",
            "\xef\xbb\xbf"
            "a");
    DECODES("utf-16",
            "\xff\xfe"
            "a\0",
            "a");
    DECODES("utf-16", "\xfe\xff\0a\xfe\xff", "a\xef\xbb\xbf");
    DECODES("utf-16-le",
            "\xff\xfe"
            "a\0",
            "\xef\xbb\xbf"
            "a");
    DECODES("utf-32", "\xff\xfe\0\0a\0\0\0", "a");
    DECODES("utf-32", "\0\0\xfe\xff\0\0\0a", "a");
    DECODES("utf-32-be", "\0\0\xfe\xff", "\xef\xbb\xbf");
}

/* A unit of text in the machine's order. */
TEST(codec__marks_are_not_needed)
{
    const uint16_t two[] = {'a', 0x20ac};
    const uint32_t four[] = {'a', 0x20ac};
    struct rill__codec c = codec_of("utf-16");
    result r = convert(&c, CODEC_DECODING, two, sizeof(two), 1, 16);

    CHECK_BYTES(r.data, r.len, "a\xe2\x82\xac");
    free(r.data);
    CHECK_OK(rill__codec_open(&c, "utf-32"));
    r = convert(&c, CODEC_DECODING, four, sizeof(four), 1, 16);
    CHECK_BYTES(r.data, r.len, "a\xe2\x82\xac");
    free(r.data);
}

/* One at the start, in the machine's order, and none for no text. */
TEST(codec__marks_are_written)
{
    static const uint16_t two[] = {0xfeff, 'a', 'b'};
    static const uint32_t four[] = {0xfeff, 'a', 'b'};

    check_convert("utf-8-sig", CODEC_ENCODING, "ab", 2,
                  LIT("\xef\xbb\xbf"
                      "ab"),
                  CODEC_MORE, 2, 0);
    check_convert("utf-16", CODEC_ENCODING, "ab", 2, (const char *)two,
                  sizeof(two), CODEC_MORE, 2, 0);
    check_convert("utf-32", CODEC_ENCODING, "ab", 2, (const char *)four,
                  sizeof(four), CODEC_MORE, 2, 0);
    ENCODES("utf-16", "", "");
    ENCODES("utf-32", "", "");
    ENCODES("utf-8-sig", "", "");
}

/* The state that decoding `data` leads to. */
static uint32_t state_behind(const char *data, size_t n)
{
    struct rill__codec c = codec_of("utf-16");
    result r = convert(&c, CODEC_DECODING, data, n, 4, 16);

    CHECK_BYTES(r.data, r.len, "a");
    free(r.data);
    return c.state;
}

/* Behind a mark there is no other one, and all goes on in its order. */
static void check_behind(uint32_t state, const char *data, size_t n)
{
    struct rill__codec c = codec_of("utf-16");
    result r;

    CHECK(state != CODEC_START);
    c.state = state;
    r = convert(&c, CODEC_DECODING, data, n, 4, 16);
    CHECK_BYTES(r.data, r.len, "b\xef\xbb\xbf");
    free(r.data);
    c.encoder_state = state;
    r = convert(&c, CODEC_ENCODING, LIT("b\xef\xbb\xbf"), 4, 16);
    CHECK_MEM(r.data, r.len, data, n);
    free(r.data);
}

TEST(codec__states_behind_a_mark)
{
    uint32_t big = state_behind(LIT("\xfe\xff\0a"));
    uint32_t little = state_behind(LIT("\xff\xfe"
                                       "a\0"));

    CHECK(big != little);
    check_behind(big, LIT("\0b\xfe\xff"));
    check_behind(little, LIT("b\0\xff\xfe"));
}

/* ---- Names -------------------------------------------------------------- */

static void check_names(const char *want, const char *const *names, bool same)
{
    for (; *names; names++) {
        struct rill__codec c = codec_of(*names);

        CHECK_STR(want, c.name);
        CHECK_STR(want, c.ops->name);
        CHECK_INT(same, c.same);
        CHECK(c.restarts);
        CHECK_INT(CODEC_START, c.state);
        CHECK_INT(CODEC_START, c.encoder_state);
        rill__codec_close(&c);
    }
}

#define NAMES(...) ((const char *const[]){__VA_ARGS__, NULL})

TEST(codec__names)
{
    check_names("utf-8", NAMES("utf-8", "UTF8", "utf_8", "U8", "cp65001"),
                true);
    check_names("utf-8-sig", NAMES("utf-8-sig", "UTF_8_SIG"), false);
    check_names("utf-16", NAMES("utf-16", "UTF16", "u16", "Utf_16"), false);
    check_names("utf-16-le", NAMES("utf-16-le", "utf_16_le", "UTF-16LE"),
                false);
    check_names("utf-16-be", NAMES("utf-16-be", "UTF16BE"), false);
    check_names("utf-32", NAMES("utf-32", "U32"), false);
    check_names("utf-32-le", NAMES("utf-32-le", "UTF-32LE"), false);
    check_names("utf-32-be", NAMES("utf-32-be", "utf_32_be"), false);
    check_names("latin-1",
                NAMES("latin-1", "latin1", "L1", "ISO-8859-1", "iso8859-1",
                      "iso_8859_1", "8859", "cp819", "ISO_8859-1:1987"),
                false);
    check_names("ascii",
                NAMES("ascii", "US-ASCII", "us_ascii", "646", "ANSI_X3.4-1968",
                      "ISO646-US"),
                true);
}

TEST(codec__no_name_is_utf_8)
{
    struct rill__codec c;

    CHECK_OK(rill__codec_open(&c, NULL));
    CHECK_STR("utf-8", c.name);
    rill__codec_close(&c);
}

TEST(codec__unknown_names)
{
    static const char *const names[] = {
        "",
        "-",
        "//",
        "//TRANSLIT",
        " utf-8",
        "utf-8x",
        "klingon",
        "\xc3\xa9",
        "utf-16-le utf-8",
        "an-encoding-with-a-name-longer-than-that-of-any-other",
    };
    char long_name[5000];
    struct rill__codec c;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        test_context("%s", names[i]);
        CHECK_CODE(RILL_EINVAL, rill__codec_open(&c, names[i]));
        rill__codec_close(&c);
    }
    memset(long_name, 'a', sizeof(long_name));
    long_name[sizeof(long_name) - 1] = '\0';
    CHECK_CODE(RILL_EINVAL, rill__codec_open(&c, long_name));
}

/* ---- iconv -------------------------------------------------------------- */

/* Open one of iconv's, or skip the test where it does not have that. */
#define OPEN_OR_SKIP(c, name)                      \
    do {                                           \
        int code_ = rill__codec_open((c), (name)); \
        if (code_ == RILL_EINVAL)                  \
            SKIP("iconv has no " name);            \
        CHECK_OK(code_);                           \
    } while (0)

/* What the end of the text brings, in a room that is first too small. */
static void check_finish(struct rill__codec *c, enum rill__codec_way way,
                         const char *want, size_t want_len)
{
    unsigned char out[64];
    struct rill__piece p = {.out = out, .out_end = out + sizeof(out)};

    if (want_len > 0) {
        p.out_end = out;
        CHECK_INT(CODEC_FULL, c->ops->finish(c, &p, way));
        p.out_end = out + sizeof(out);
    }
    CHECK_INT(CODEC_MORE, c->ops->finish(c, &p, way));
    CHECK_MEM(out, p.out - out, want, want_len);
}

TEST(codec__iconv_of_one_byte)
{
    struct rill__codec c;

    OPEN_OR_SKIP(&c, "iso8859-2");
    CHECK(c.restarts);
    CHECK(!c.same);
    rill__codec_close(&c);
    DECODES("iso8859-2", "a\xb1", "a\xc4\x85");
    ENCODES("iso8859-2", "a\xc4\x85", "a\xb1");
    ENCODES_BAD("iso8859-2", "a\xe2\x82\xac", "a", 1, 3);
    ENCODES_BAD("iso8859-2", "ab\xf0\x9f\x98x", "ab", 2, 3);
    ENCODES_BAD("iso8859-2", "a\xed\xa0\x80", "a", 1, 1);
    check_convert("iso8859-2", CODEC_ENCODING, LIT("a\xe2\x82"), "a", 1,
                  CODEC_MORE, 1, 0);
}

TEST(codec__iconv_of_many_bytes)
{
    struct rill__codec c;

    OPEN_OR_SKIP(&c, "euc-jp");
    CHECK(c.restarts);
    check_finish(&c, CODEC_DECODING, "", 0);
    check_finish(&c, CODEC_ENCODING, "", 0);
    rill__codec_close(&c);
    DECODES("euc-jp", "a\xa4\xa2", "a\xe3\x81\x82");
    ENCODES("euc-jp", "a\xe3\x81\x82", "a\xa4\xa2");
    DECODES_PART("euc-jp", "a\xa4", "a", 1);
    DECODES_BAD("euc-jp", "a\xa4z", "a", 1, 1);
}

/* In rooms where each character is the last. */
TEST(codec__iconv_in_pieces_of_any_size)
{
    struct rill__codec c;

    OPEN_OR_SKIP(&c, "gb18030");
    rill__codec_close(&c);
    for (size_t piece = 1; piece < 20; piece++)
        for (size_t room = 1; room < 20; room++)
            check_round_trip("gb18030", 0x110000, 1999, piece, room);
}

/* The escape sequences: back to ASCII at the end, and not known in the middle.
 */
TEST(codec__iconv_with_states)
{
    static const char kana[] = "\xe3\x81\x82", bytes[] = "\x1b$B$\"\x1b(B";
    struct rill__codec c;
    result r;

    OPEN_OR_SKIP(&c, "iso-2022-jp");
    CHECK(!c.restarts);
    for (int twice = 0; twice < 2; twice++) {
        r = convert(&c, CODEC_ENCODING, LIT(kana), 1, 16);
        CHECK_MEM(r.data, r.len, bytes, r.len);
        check_finish(&c, CODEC_ENCODING, bytes + r.len,
                     sizeof(bytes) - 1 - r.len);
        free(r.data);
    }
    r = convert(&c, CODEC_DECODING, bytes, 5, 1, 16);
    CHECK_MEM(r.data, r.len, kana, 3);
    free(r.data);
    r = convert(&c, CODEC_DECODING, LIT("$\""), 1, 16);
    CHECK_MEM(r.data, r.len, kana, 3);
    free(r.data);
#if defined(__GLIBC__) /* musl's has no way back to the first state */
    c.state = CODEC_START;
    r = convert(&c, CODEC_DECODING, LIT("$\""), 1, 16);
    CHECK_BYTES(r.data, r.len, "$\"");
    free(r.data);
#endif
    c.encoder_state = CODEC_START;
    r = convert(&c, CODEC_ENCODING, LIT("a"), 1, 16);
    CHECK_BYTES(r.data, r.len, "a");
    free(r.data);
    rill__codec_close(&c);
}

/* Opening leaves nothing behind, even where it is not the start. */
TEST(codec__iconv_is_opened_in_its_first_state)
{
    struct rill__codec c;
    result r;

    OPEN_OR_SKIP(&c, "utf-7");
    c.state = c.encoder_state = CODEC_NATIVE;
    r = convert(&c, CODEC_ENCODING, LIT("abc"), 3, 16);
    CHECK_BYTES(r.data, r.len, "abc");
    free(r.data);
    r = convert(&c, CODEC_DECODING, LIT("abc"), 3, 16);
    CHECK_BYTES(r.data, r.len, "abc");
    free(r.data);
    check_finish(&c, CODEC_ENCODING, "", 0);
    check_finish(&c, CODEC_DECODING, "", 0);
    rill__codec_close(&c);
}

/* A letter waits for the accent that may follow; the C library says how. */
static void check_holds_back(const char *name, const char *bytes, size_t n,
                             const char *want)
{
    struct rill__codec c = codec_of(name);
    result r = convert(&c, CODEC_DECODING, bytes, n, 1, 16);

    CHECK_INT(n, r.taken);
    CHECK_MEM(r.data, r.len, want, r.len);
    CHECK_INT(r.len == strlen(want), c.restarts);
    check_finish(&c, CODEC_DECODING, want + r.len, strlen(want) - r.len);
    free(r.data);
    rill__codec_close(&c);
}

TEST(codec__iconv_that_holds_back)
{
    struct rill__codec c;

    OPEN_OR_SKIP(&c, "cp1258");
    rill__codec_close(&c);
    check_holds_back("cp1258", LIT("A"), "A");
    OPEN_OR_SKIP(&c, "big5-hkscs");
    rill__codec_close(&c);
    check_holds_back("big5-hkscs", LIT("\x88\x62"), "\xc3\x8a\xcc\x84");
    OPEN_OR_SKIP(&c, "euc-jisx0213");
    rill__codec_close(&c);
    check_holds_back("euc-jisx0213", LIT("\xa4\xf7"),
                     "\xe3\x81\x8b\xe3\x82\x9a");
    OPEN_OR_SKIP(&c, "shift_jisx0213");
    rill__codec_close(&c);
    check_holds_back("shift_jisx0213", LIT("\x82\xf5"),
                     "\xe3\x81\x8b\xe3\x82\x9a");
}

/* Those that have a state are found out, and those that have none. */
TEST(codec__iconv_restarts)
{
    static const struct {
        const char *name;
        bool restarts;
    } known[] = {
        {"iso-2022-jp", false}, {"iso-2022-kr", false}, {"utf-7", false},
        {"iso-2022-cn", false}, {"koi8-r", true},       {"cp1252", true},
        {"shift_jis", true},    {"euc-kr", true},       {"big5", true},
        {"gbk", true},          {"gb18030", true},
    };
    unsigned found = 0;

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        struct rill__codec c;

        test_context("%s", known[i].name);
        if (rill__codec_open(&c, known[i].name) != RILL_OK)
            continue;
        found++;
        CHECK_INT(known[i].restarts, c.restarts);
        rill__codec_close(&c);
    }
    if (found == 0)
        SKIP("no iconv");
}

/* Python's ways to write them, and the name stays as it was asked for. */
TEST(codec__iconv_names)
{
    static const char *const names[] = {"iso8859_2", "ISO-8859-2",  "latin_2",
                                        "koi8_r",    "euc_jp",      "EUC_KR",
                                        "cp1252",    "windows_1252"};
    unsigned found = 0;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct rill__codec c;
        char name[32];

        snprintf(name, sizeof(name), "%s", names[i]);
        test_context("%s", name);
        if (rill__codec_open(&c, name) != RILL_OK)
            continue;
        memset(name, '?', sizeof(name) - 1);
        CHECK_STR(names[i], c.name);
        found++;
        rill__codec_close(&c);
    }
    if (found == 0)
        SKIP("no iconv");
#if defined(__GLIBC__)
    CHECK_INT(8, found);
#endif
}

/* Its copy of the name is the only memory that it asks for. */
static int refuse(void *ctx, int call, size_t *count)
{
    (void)ctx;
    (void)count;
    return call == RILL_CALL_ALLOCATE ? ENOMEM : 0;
}

TEST(codec__iconv_without_memory)
{
    struct rill__codec c;

    OPEN_OR_SKIP(&c, "iso8859-2");
    rill__codec_close(&c);
    rill_set_call_hook(refuse, NULL);
    CHECK_CODE(RILL_ENOMEM, rill__codec_open(&c, "iso8859-2"));
    CHECK_OK(rill__codec_open(&c, "utf-16"));
    rill_set_call_hook(NULL, NULL);
    rill__codec_close(&c);
}
