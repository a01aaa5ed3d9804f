/*
 * test_newlines.c - line ends: every text of a few characters, in every two
 * cuts, against the rules character by character; and long ones.
 */
#include "test.h"

enum { MOST = 160 }; /* characters of a text */

/* A random size below `limit`. */
static size_t below(uint64_t *seed, size_t limit)
{
    return (size_t)test_below(seed, limit);
}

/* A text in the three widths. */
typedef struct text {
    uint32_t characters[MOST];
    size_t len;
} text;

static void *widen(const text *t, size_t from, size_t len, int unit)
{
    unsigned char *p = test_alloc((len + 1) * (size_t)unit);

    for (size_t i = 0; i < len; i++) {
        uint32_t four = t->characters[from + i];
        uint16_t two = (uint16_t)four;

        if (unit == 1)
            p[i] = (unsigned char)four;
        else if (unit == 2)
            memcpy(p + 2 * i, &two, 2);
        else
            memcpy(p + 4 * i, &four, 4);
    }
    return p;
}

/* The text that number `number` is in base 4, with `x` for the digit 0. */
static text text_of(unsigned number, uint32_t x)
{
    const uint32_t digits[] = {x, '\r', '\n', '\r'};
    text t = {.len = 0};

    for (; number > 1; number /= 4)
        t.characters[t.len++] = digits[number % 4];
    return t;
}

/* ---- Translating -------------------------------------------------------- */

/* The whole text at once: which ends there are, and what becomes of them. */
static text model_decode(const text *t, int translate, int *seen)
{
    text out = {.len = 0};

    for (size_t i = 0; i < t->len; i++) {
        uint32_t c = t->characters[i];
        int crlf = c == '\r' && i + 1 < t->len && t->characters[i + 1] == '\n';

        if (c == '\n')
            *seen |= RILL_SEEN_LF;
        else if (c == '\r')
            *seen |= crlf ? RILL_SEEN_CRLF : RILL_SEEN_CR;
        if (translate && c == '\r') {
            c = '\n';
            i += (size_t)crlf;
        } else if (crlf) {
            out.characters[out.len++] = c;
            c = t->characters[++i];
        }
        out.characters[out.len++] = c;
    }
    return out;
}

/* Decode one piece, in place where that may be, and add it to `got`. A \r that
 * may be half an end is held back. */
static void decode_piece(rill_newlines *nl, const text *t, size_t from,
                         size_t len, int unit, int last, unsigned char *got,
                         size_t *got_len)
{
    unsigned char *piece = widen(t, from, len, unit);
    size_t room = (len + 1) * (size_t)unit, n;
    void *to = test_alloc(room);
    int held = nl->pending_cr;

    n = rill_newlines_decode(nl, to, piece, len, unit, last);
    CHECK(n <= len + 1);
    memcpy(got + *got_len, to, n * (size_t)unit);
    *got_len += n * (size_t)unit;
    CHECK_INT(!last && (len > 0 ? t->characters[from + len - 1] == '\r' : held),
              nl->pending_cr);
    if (!held) {
        rill_newlines again = {nl->translate, 0, 0};

        CHECK_INT(n,
                  rill_newlines_decode(&again, piece, piece, len, unit, last));
        CHECK_MEM(piece, n * (size_t)unit, to, n * (size_t)unit);
    }
    free(to);
    free(piece);
}

/* Decode [0, cut), [cut, cut2) and the rest. */
static void check_cuts(const text *t, int unit, int translate, size_t cut,
                       size_t cut2)
{
    unsigned char got[MOST * 4 + 4];
    size_t got_len = 0;
    rill_newlines nl = RILL_NEWLINES_INIT;
    int seen = 0;
    text want = model_decode(t, translate, &seen);
    void *bytes = widen(&want, 0, want.len, unit);

    nl.translate = translate;
    decode_piece(&nl, t, 0, cut, unit, 0, got, &got_len);
    decode_piece(&nl, t, cut, cut2 - cut, unit, 0, got, &got_len);
    decode_piece(&nl, t, cut2, t->len - cut2, unit, 1, got, &got_len);
    CHECK_MEM(got, got_len, bytes, want.len * (size_t)unit);
    CHECK_INT(seen, nl.seen);
    free(bytes);
}

TEST(newlines__decode_all_short_texts)
{
    for (unsigned number = 1; number < 4 * 4 * 4 * 4 * 4 * 2; number++) {
        text t = text_of(number, 'x');

        for (int variant = 0; variant < 6; variant++) {
            int unit = 1 << variant % 3;

            for (size_t cut = 0; cut <= t.len; cut++)
                for (size_t cut2 = cut; cut2 <= t.len; cut2++)
                    check_cuts(&t, unit, variant < 3, cut, cut2);
        }
    }
}

/* Characters that have the bytes of \r and \n, but are others. */
static const uint32_t look_alikes[] = {0x0d0d, 0x0a0a, 0x0d00,    0x0a00,
                                       0x010d, 0x010a, 0x0d000d0, 0x0a0000,
                                       0xd0d,  'x',    0x8d,      0x10a0a0};

/* A random text, with an end every `every` characters or so. */
static text text_random(uint64_t *seed, size_t len, unsigned every, int unit)
{
    const uint64_t limit = unit == 1 ? 0x100 : unit == 2 ? 0x10000 : 0x110000;
    text t = {.len = len};

    for (size_t i = 0; i < len; i++) {
        uint32_t c = look_alikes[test_below(seed, 12)];

        if (test_below(seed, every) == 0)
            c = test_below(seed, 2) ? '\r' : '\n';
        t.characters[i] = c < limit ? c : 'y';
    }
    return t;
}

TEST(newlines__decode_long_texts)
{
    uint64_t seed = 99;

    for (int round = 0; round < 6000; round++) {
        int unit = 1 << below(&seed, 3);
        text t = text_random(&seed, below(&seed, MOST),
                             1 + (unsigned)below(&seed, 60), unit);
        size_t cut2 = below(&seed, t.len + 1);

        check_cuts(&t, unit, round % 2, below(&seed, cut2 + 1), cut2);
    }
}

/* What was seen stays seen; the end of the input alone brings the \r. */
TEST(newlines__keep_what_was_seen)
{
    rill_newlines nl = RILL_NEWLINES_INIT;
    char out[4];

    CHECK_INT(1, rill_newlines_decode(&nl, out, "\n", 1, 1, 0));
    CHECK_INT(1, rill_newlines_decode(&nl, out, "x", 1, 1, 0));
    CHECK_INT(RILL_SEEN_LF, nl.seen);
    CHECK_INT(0, rill_newlines_decode(&nl, out, "\r", 1, 1, 0));
    CHECK_INT(0, rill_newlines_decode(&nl, out, NULL, 0, 1, 0));
    CHECK_INT(RILL_SEEN_LF, nl.seen);
    CHECK_INT(1, rill_newlines_decode(&nl, out, NULL, 0, 1, 1));
    CHECK_BYTES(out, 1, "\n");
    CHECK_INT(RILL_SEEN_LF | RILL_SEEN_CR, nl.seen);
    CHECK_INT(0, rill_newlines_decode(&nl, out, NULL, 0, 1, 1));
}

/* ---- Finding ------------------------------------------------------------ */

static size_t model_find(const text *t, int newline)
{
    for (size_t i = 0; i < t->len; i++) {
        uint32_t c = t->characters[i];
        int crlf = c == '\r' && i + 1 < t->len && t->characters[i + 1] == '\n';

        switch (newline) {
        case RILL_NEWLINE_CR:
            if (c == '\r')
                return i + 1;
            break;
        case RILL_NEWLINE_CRLF:
            if (crlf)
                return i + 2;
            break;
        case RILL_NEWLINE_KEEP:
            if (c == '\r' || c == '\n')
                return i + 1 + (size_t)crlf;
            break;
        default:
            if (c == '\n')
                return i + 1;
        }
    }
    return 0;
}

static void check_find(const text *t, int unit)
{
    void *bytes = widen(t, 0, t->len, unit);

    for (int newline = 0; newline <= RILL_NEWLINE_CRLF; newline++) {
        test_context("newline %d, unit %d", newline, unit);
        CHECK_INT(model_find(t, newline),
                  rill_newlines_find(bytes, t->len, unit, newline));
    }
    free(bytes);
}

TEST(newlines__find_in_all_short_texts)
{
    for (unsigned number = 1; number < 4 * 4 * 4 * 4 * 4 * 4 * 2; number++) {
        text t = text_of(number, 'x');

        for (int unit = 1; unit <= 4; unit *= 2)
            check_find(&t, unit);
    }
}

TEST(newlines__find_in_long_texts)
{
    uint64_t seed = 5;

    for (int round = 0; round < 20000; round++) {
        int unit = 1 << below(&seed, 3);
        text t = text_random(&seed, below(&seed, MOST),
                             1 + (unsigned)below(&seed, 200), unit);

        check_find(&t, unit);
    }
}

/* ---- No text ------------------------------------------------------------ */

TEST(newlines__of_nothing)
{
    CHECK_INT(0, rill_newlines_find(NULL, 0, 1, RILL_NEWLINE_KEEP));
    CHECK_INT(0, rill_newlines_find(NULL, 0, 4, RILL_NEWLINE_CRLF));
}

TEST(newlines__of_no_width)
{
    static const int units[] = {-1, 0, 3, 5, 8, INT32_MAX};
    rill_newlines nl = RILL_NEWLINES_INIT;
    char out[8];

    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        CHECK_INT(0, rill_newlines_find("\n", 1, units[i], 0));
        CHECK_INT(0, rill_newlines_decode(&nl, out, "\n", 1, units[i], 1));
    }
}
