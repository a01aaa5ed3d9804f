/*
 * fuzz_lines.c - lines of any bytes, against memchr() over the whole.
 *
 * The input is what the stream holds. It is read line by line, each time in
 * another way, over any store, buffer size and delimiter: where a line begins
 * and ends, one memchr() tells.
 */
#include <stdlib.h>

#include <rill/ops.h>

#include "fuzz.h"
#include "input.h"

/* What is read, and how far it has been read. */
struct text {
    const unsigned char *data;
    size_t len, at;
    int delimiter;
};

static size_t next_line(const struct text *t)
{
    const unsigned char *from = t->data + t->at, *end;
    size_t left = t->len - t->at;

    if (left == 0)
        return 0;
    end = memchr(from, t->delimiter, left);
    return end ? (size_t)(end + 1 - from) : left;
}

/* ---- A store that gives few bytes at a time -------------------------------- */

struct trickle {
    const struct text *t;
    size_t most;
};

static ptrdiff_t trickle_read(rill *s, void *self, void *buf, size_t n,
                              int64_t offset)
{
    struct trickle *k = self;
    size_t left = k->t->len - (size_t)offset;

    (void)s;
    if (n > left)
        n = left;
    if (n > k->most)
        n = k->most;
    if (n > 0)
        memcpy(buf, k->t->data + offset, n);
    return (ptrdiff_t)n;
}

static const rill_ops trickle_ops = {
    .struct_size = sizeof(rill_ops),
    .state_size = sizeof(struct trickle),
    .name = "trickle",
    .read = trickle_read,
};

static rill *open_trickle(const struct text *t, size_t most,
                          const rill_options *o)
{
    void *self;
    rill *s = rill_open_ops(&trickle_ops, RILL_READ, NULL, o, &self);

    if (s)
        *(struct trickle *)self = (struct trickle){t, most};
    return s;
}

/* ---- Streams ---------------------------------------------------------------- */

static rill *open_file(const struct text *t, const rill_options *o)
{
    char path[512];

    fuzz_path(path, sizeof(path), "lines");
    fuzz_write_file(path, t->data, t->len);
    return rill_open_with(path, "r", o);
}

static rill *open_some(const struct text *t, struct input *in)
{
    static const ptrdiff_t sizes[] = {0, RILL_UNBUFFERED, 1, 2, 7, 64, 300};
    rill_options o = RILL_OPTIONS_INIT;
    unsigned way = in_below(in, 4), most = in_byte(in);

    o.buffer_size = sizes[in_below(in, 7)];
    fuzz_step(0, "open", NULL, 3, way, (int64_t)o.buffer_size, most);
    switch (way) {
    case 0:
        return rill_open_view(t->data, t->len);
    case 1:
        return rill_open_mem_copy(t->data, t->len, NULL);
    case 2:
        return open_file(t, &o);
    default:
        return open_trickle(t, 1 + most, &o);
    }
}

/* ---- Ways to read a line ---------------------------------------------------- */

/* A line of `got` bytes came, where `want` were to. */
static void came(struct text *t, const void *line, int64_t got, size_t want)
{
    fuzz_equal((int64_t)want, got, "the length of the line");
    if (want > 0)
        fuzz_same(t->data + t->at, line, want, "the line");
    t->at += want;
}

static void by_view(rill *s, struct text *t)
{
    const char *line = NULL;
    ptrdiff_t got = t->delimiter == '\n'
                        ? rill_readline(s, &line)
                        : rill_readuntil(s, t->delimiter, &line);

    came(t, line, got, next_line(t));
}

/* Into memory that is kept from line to line, and may start out small. */
static void by_copy(rill *s, struct text *t, char **buf, size_t *size)
{
    ptrdiff_t got = rill_getdelim(s, buf, size, t->delimiter);

    came(t, *buf, got, next_line(t));
    if (got > 0)
        FUZZ_CHECK((size_t)got < *size && (*buf)[got] == '\0');
}

static void by_pieces(rill *s, struct text *t, size_t most)
{
    size_t want = next_line(t);
    char *buf = fuzz_alloc(most);

    came(t, buf, rill_readuntil_into(s, t->delimiter, buf, most),
         want < most ? want : most);
    free(buf);
}

static void by_iterator(rill *s, struct text *t, unsigned count)
{
    rill_lines it;
    rill_line line;

    rill_lines_begin(&it, s, t->delimiter);
    while (count > 0 && rill_lines_next(&it, &line)) {
        FUZZ_CHECK(line.len > 0);
        came(t, line.data, (int64_t)line.len, next_line(t));
        count--;
    }
    fuzz_equal(0, rill_lines_end(&it), "rill_lines_end()");
    if (count > 0)
        fuzz_equal((int64_t)t->len, (int64_t)t->at, "where the lines ended");
}

static void by_byte(rill *s, struct text *t)
{
    int got = rill_getc(s);

    fuzz_equal(t->at < t->len ? t->data[t->at] : RILL_EEOF, got, "the byte");
    t->at += got >= 0;
    if (got >= 0 && (t->at & 3) == 0) {
        fuzz_equal(got, rill_ungetc(s, got), "rill_ungetc()");
        t->at--;
    }
}

/* ---- The target -------------------------------------------------------------- */

/* Bytes of the input, said over and over, so that there are long lines and
 * many of them. */
static unsigned char *make_text(struct text *t, struct input *in)
{
    unsigned times = in_below(in, 8) ? 1 : in_byte(in) + 1;
    size_t n = in_left(in);
    unsigned char *data;

    t->len = n * times;
    t->data = data = fuzz_alloc(t->len);
    for (size_t i = 0; i < times && n > 0; i++)
        memcpy(data + i * n, in->at, n);
    return data;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = {data, data + (size < 24 ? size : 24)};
    struct input rest = {in.end, data + size};
    struct text t = {0};
    unsigned char *all;
    char *buf = NULL;
    size_t capacity = 0, done = 0;
    uint8_t ways[16];
    size_t count;
    rill *s;

    fuzz_begin();
    t.delimiter = in_below(&in, 2) ? '\n' : (int)in_byte(&in);
    all = make_text(&t, &rest);
    s = open_some(&t, &in);
    FUZZ_CHECK(s != NULL);
    count = in_bytes(&in, ways, sizeof(ways));
    for (; t.at < t.len || done <= count; done++) {
        uint8_t way = count > 0 ? ways[done % count] : 0;

        fuzz_step(0, "line", NULL, 2, way % 5, way / 5, 0);
        if (way % 5 == 0)
            by_view(s, &t);
        else if (way % 5 == 1)
            by_copy(s, &t, &buf, &capacity);
        else if (way % 5 == 2)
            by_pieces(s, &t, 1 + way / 5u);
        else if (way % 5 == 3)
            by_iterator(s, &t, 1 + 8u * (way / 5u));
        else
            by_byte(s, &t);
        fuzz_gave((int64_t)t.at);
        if (rill_seekable(s))
            fuzz_equal((int64_t)t.at, rill_tell(s), "rill_tell()");
        if (done > 20000) /* byte by byte: that is enough */
            break;
    }
    fuzz_equal(0, rill_close(s), "rill_close()");
    free(buf);
    free(all);
    return 0;
}
