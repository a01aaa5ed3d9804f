/*
 * fuzz_printf.c - rill_printf() against snprintf().
 *
 * Formats are built from the input, each with one conversion and an argument
 * that matches. They run one after the other on one stream, whose window has
 * sometimes little room left, sometimes much, sometimes none.
 */
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"
#include "input.h"

enum { FORMAT_MOST = 128, TEXT_MOST = 1 << 13, ALL_MOST = 1 << 17 };

/* ---- Building a format ---------------------------------------------------- */

enum type { INT, LONG_LONG, UNSIGNED, SIZE, DOUBLE, CHAR, STRING, POINTER };

static const struct conversion {
    const char *letters;
    const char *flags; /* those that mean something with it */
    enum type type;
} conversions[] = {
    {"d", "-+ 0", INT},     {"lli", "-+ 0", LONG_LONG}, {"u", "-0", UNSIGNED},
    {"x", "-#0", UNSIGNED}, {"X", "-#0", UNSIGNED},     {"o", "-#0", UNSIGNED},
    {"zu", "-0", SIZE},     {"f", "-+ #0", DOUBLE},     {"e", "-+ #0", DOUBLE},
    {"G", "-+ #0", DOUBLE}, {"a", "-+ #0", DOUBLE},     {"s", "-", STRING},
    {"s", "-", STRING},     {"c", "-", CHAR},           {"p", "-", POINTER},
    {"hd", "-+ 0", INT},    {"hhu", "-0", INT},
};

enum { CONVERSIONS = sizeof(conversions) / sizeof(conversions[0]) };

/* Plain text for both ends of a format, its percent signs doubled. */
static char *add_text(char *to, struct input *in)
{
    unsigned n = in_below(in, 12);

    for (unsigned i = 0; i < n; i++) {
        unsigned byte = in_byte(in);

        if (byte == '%')
            *to++ = '%';
        if (byte != 0)
            *to++ = (char)byte;
    }
    return to;
}

static enum type build(char *format, struct input *in)
{
    const struct conversion *c = &conversions[in_below(in, CONVERSIONS)];
    unsigned flags = in_byte(in), bits = in_byte(in);
    char *to = add_text(format, in);

    *to++ = '%';
    for (size_t i = 0; c->flags[i]; i++)
        if (flags >> i & 1)
            *to++ = c->flags[i];
    if (bits & 1)
        to += snprintf(to, 8, "%u", (unsigned)in_size(in, 1000));
    if (bits & 2 && c->type != CHAR && c->type != POINTER)
        to += snprintf(to, 8, ".%u", (unsigned)in_size(in, 1000));
    to += snprintf(to, 8, "%s", c->letters);
    to = add_text(to, in);
    *to = '\0';
    return c->type;
}

/* ---- Both print ------------------------------------------------------------ */

static const char *format;
static char text[TEXT_MOST]; /* what it gives */
static int text_len;

static int64_t print_both(rill *s, ...)
{
    va_list args;
    int64_t got;

    va_start(args, s);
    text_len = vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    va_start(args, s);
    got = rill_vprintf(s, format, args);
    va_end(args);
    FUZZ_CHECK(text_len < TEXT_MOST);
    return got;
}

static int64_t print_argument(rill *s, enum type type, struct input *in)
{
    uint64_t v = in_number(in, 1 + in_below(in, 8));
    char string[300];
    size_t length;
    double d;

    switch (type) {
    case INT:
        return print_both(s, (int)v);
    case LONG_LONG:
        return print_both(s, (long long)v);
    case UNSIGNED:
        return print_both(s, (unsigned)v);
    case SIZE:
        return print_both(s, (size_t)v);
    case CHAR:
        return print_both(s, (int)v);
    case POINTER:
        return print_both(s, (void *)(uintptr_t)v);
    case DOUBLE:
        memcpy(&d, &v, sizeof(d));
        return print_both(s, d);
    default:
        length = in_size(in, sizeof(string) - 1);
        fuzz_letters(string, length, in_byte(in));
        string[length] = '\0';
        return print_both(s, string);
    }
}

/* ---- Streams --------------------------------------------------------------- */

/* `limit_out` gets how many bytes it may hold; -1: any. */
static rill *open_some(struct input *in, unsigned char *memory,
                       int64_t *limit_out)
{
    static const ptrdiff_t sizes[] = {RILL_UNBUFFERED, 1, 2, 7, 30, 300, 0};
    rill_options o = RILL_OPTIONS_INIT;
    unsigned way = in_below(in, 12);
    char path[512];

    *limit_out = -1;
    if (way == 7 || way == 8)
        return rill_open_mem(NULL);
    if (way == 9) {
        o.max_size = *limit_out = 1 + (int64_t)in_size(in, TEXT_MOST);
        return rill_open_mem(&o);
    }
    if (way == 10) {
        *limit_out = (int64_t)in_size(in, TEXT_MOST);
        return rill_open_fixed(memory, (size_t)*limit_out, NULL);
    }
    if (way == 11)
        return rill_open_spool(in_size(in, TEXT_MOST), NULL);
    fuzz_path(path, sizeof(path), "printed");
    o.buffer_size = sizes[way];
    return rill_open_with(path, "w+", &o);
}

/* Everything that was to be printed. */
static char all[ALL_MOST];

static void check_all(rill *s, size_t len)
{
    char *got = fuzz_alloc(len + 1);

    fuzz_equal((int64_t)len, rill_pread(s, got, len + 1, 0), "the length");
    fuzz_same(all, got, len, "what was printed");
    free(got);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = {data, data + size};
    static unsigned char memory[TEXT_MOST];
    int64_t limit, got = 0;
    size_t len = 0, room;
    rill *s = open_some(&in, memory, &limit);

    fuzz_begin();
    fuzz_step(0, "open", s ? rill_kind(s) : NULL, 1, limit, 0, 0);
    FUZZ_CHECK(s != NULL);
    while (in_left(&in) > 0 && got >= 0 && len < ALL_MOST - TEXT_MOST) {
        char built[FORMAT_MOST];
        enum type type = build(built, &in);

        format = built;
        fuzz_step(0, "printf", built, 0, 0, 0, 0);
        got = print_argument(s, type, &in);
        fuzz_gave(got);
        room = (size_t)text_len;
        if (limit >= 0 && room > (size_t)limit - len)
            room = (size_t)limit - len;
        if (room == 0 && text_len > 0)
            fuzz_equal(RILL_ENOSPC, got, "the answer of a full store");
        else
            fuzz_equal((int64_t)room, got, "the number of bytes");
        memcpy(all + len, text, room);
        len += room;
    }
    rill_clear(s);
    check_all(s, len);
    fuzz_equal(0, rill_close(s), "rill_close()");
    return 0;
}
