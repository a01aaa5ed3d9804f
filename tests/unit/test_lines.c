/*
 * test_lines.c - the index of line ends, and the loop over lines on top of it.
 *
 * The index: each way that this machine has, against a loop over the bytes,
 * with the data right before a page that may not be touched. The loop: the
 * lines of random texts against the same loop, on stores of all kinds, with
 * windows so small that nearly every line crosses their ends.
 */
#define _DEFAULT_SOURCE
#include "test.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <rill/ops.h>

#include "core/line_index.h"

/* A random size below `limit`. */
static size_t below(uint64_t *seed, size_t limit)
{
    return (size_t)test_below(seed, limit);
}

/* ---- The index ---------------------------------------------------------- */

enum { ROOM = 4096, CANARY = 0x5a5a5a5a };

static const int delimiters[] = {0, '\n', 0x7f, 0x80, 0xff};

enum { DELIMITERS = sizeof(delimiters) / sizeof(delimiters[0]) };

/* The index of [p, p + n) is what a plain loop finds, up to where it looked;
 * it may stop early only once it has `max` ends. */
static void check_index(const unsigned char *p, size_t n, int delimiter,
                        size_t max)
{
    static uint32_t out[ROOM + RILL__INDEX_SLACK + 1];
    size_t scanned = SIZE_MAX, count, want = 0;

    out[max + RILL__INDEX_SLACK] = CANARY;
    count = rill__index_lines(p, n, delimiter, out, max, &scanned);
    CHECK_INT(CANARY, out[max + RILL__INDEX_SLACK]);
    CHECK(scanned <= n);
    CHECK(scanned == n || count >= max);
    for (size_t i = 0; i < scanned; i++) {
        if (p[i] != delimiter)
            continue;
        CHECK(want < count);
        CHECK_INT(i, out[want]);
        want++;
    }
    CHECK_INT(want, count);
}

/* Call `check` with each way, and go back to the best. */
static void with_each_way(void (*check)(void))
{
    const char *best = rill__index_use(0);
    size_t ways = 0;

    CHECK(best != NULL);
    for (const char *name; (name = rill__index_use(ways)) != NULL; ways++) {
        print_message("# way: %s\n", name);
        check();
    }
    CHECK(ways >= 1);
    CHECK_STR(best, rill__index_use(0));
}

/* `size` bytes that end where memory that may not be touched begins, and that
 * begin where it ends if `size` is that of whole pages. */
typedef struct fenced {
    unsigned char *map, *data;
    size_t map_size;
} fenced;

static fenced fenced_alloc(size_t size)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t middle = (size + page - 1) / page * page;
    fenced f = {.map_size = middle + 2 * page};

    f.map = mmap(NULL, f.map_size, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(f.map != MAP_FAILED);
    f.data = f.map + page + middle - size;
    CHECK_INT(0, mprotect(f.map, page, PROT_NONE));
    CHECK_INT(0, mprotect(f.map + page + middle, page, PROT_NONE));
    return f;
}

static void fenced_free(fenced *f)
{
    munmap(f->map, f->map_size);
}

/* Bytes near the delimiter in value, one in `rarity` of which is it. */
static void fill_random(unsigned char *p, size_t n, int delimiter,
                        uint64_t *seed, size_t rarity)
{
    static const unsigned char differs[] = {1, 0x80, 0x7f, 0xff, 2, 0x10, 0x81};

    for (size_t i = 0; i < n; i++) {
        unsigned bit = differs[below(seed, sizeof(differs))];

        if (below(seed, rarity) == 0)
            bit = 0;
        p[i] = (unsigned char)((unsigned)delimiter ^ bit);
    }
}

/* All lengths to 300, so that all alignments: the end is at a page's end. */
static void check_lengths(void)
{
    static const size_t rarities[] = {1, 2, 8, 60, 100000};
    fenced f = fenced_alloc(300);
    uint64_t seed = 42;

    for (size_t n = 0; n <= 300; n++) {
        for (size_t d = 0; d < DELIMITERS; d++) {
            int delimiter = delimiters[d];

            for (size_t r = 0; r < 5; r++) {
                fill_random(f.data, 300, delimiter, &seed, rarities[r]);
                check_index(f.data + 300 - n, n, delimiter, ROOM);
                check_index(f.data + 300 - n, n, delimiter,
                            1 + below(&seed, 9));
            }
        }
    }
    fenced_free(&f);
}

TEST(lines__index_of_all_lengths)
{
    with_each_way(check_lengths);
}

/* From all alignments, with delimiters before the first byte and behind the
 * last that must not count. */
static void check_alignments(void)
{
    enum { SIZE = 512 };
    unsigned char *block = test_alloc(SIZE);
    uint64_t seed = 7;

    for (size_t from = 0; from < 65; from++) {
        for (size_t n = 0; n <= 200; n += 1 + below(&seed, 5)) {
            memset(block, '\n', SIZE);
            fill_random(block + from, n, '\n', &seed, 20);
            check_index(block + from, n, '\n', ROOM);
        }
    }
    free(block);
}

TEST(lines__index_from_all_alignments)
{
    with_each_way(check_alignments);
}

/* A page, fenced on both sides: none, all, and one delimiter at each place. */
static void check_page(void)
{
    size_t size = (size_t)sysconf(_SC_PAGESIZE);
    fenced f = fenced_alloc(size);

    size = size < ROOM ? size : ROOM;
    for (size_t d = 0; d < DELIMITERS; d++) {
        int delimiter = delimiters[d];

        memset(f.data, delimiter, size);
        check_index(f.data, size, delimiter, ROOM);
        for (size_t max = 1; max < 200; max++)
            check_index(f.data, size, delimiter, max);
        memset(f.data, delimiter ^ 0x80, size);
        check_index(f.data, size, delimiter, ROOM);
    }
    for (size_t i = 0; i < size; i += 7) {
        f.data[i] = '\n';
        check_index(f.data, size, '\n', ROOM);
        f.data[i] = 'x';
    }
    fenced_free(&f);
}

TEST(lines__index_of_none_and_all)
{
    with_each_way(check_page);
}

/* Each byte value is found, and no other value is taken for it. */
static void check_values(void)
{
    unsigned char all[256 + 3];

    for (unsigned i = 0; i < sizeof(all); i++)
        all[i] = (unsigned char)i;
    for (int delimiter = 0; delimiter < 256; delimiter++)
        check_index(all, sizeof(all), delimiter, ROOM);
}

TEST(lines__index_of_any_delimiter)
{
    with_each_way(check_values);
}

TEST(lines__index_has_no_way_beyond_the_last)
{
    CHECK_PTR(NULL, rill__index_use(100));
}

/* ---- Texts, and streams over them --------------------------------------- */

typedef struct text {
    char *data;
    size_t len;
    int delimiter;
} text;

/* A text of lines of random lengths up to `longest`; the last one lacks its
 * delimiter in every second text. */
static text text_make(uint64_t *seed, size_t lines, size_t longest)
{
    text t = {test_alloc(lines * (longest + 1) + 1), 0, '\n'};

    t.delimiter = delimiters[below(seed, DELIMITERS)];
    for (size_t i = 0; i < lines; i++) {
        size_t len = below(seed, longest + 1);

        fill_random((unsigned char *)t.data + t.len, len, t.delimiter, seed,
                    SIZE_MAX);
        t.len += len;
        t.data[t.len++] = (char)t.delimiter;
    }
    if (t.len > 0 && below(seed, 2))
        t.len--;
    return t;
}

static size_t line_at(const text *t, size_t at)
{
    const char *end = memchr(t->data + at, t->delimiter, t->len - at);

    return end ? (size_t)(end - (t->data + at)) + 1 : t->len - at;
}

/* Get lines from offset `at` on until `stop` (which may be never reached) or
 * the end, each as it should be. Returns the offset behind the last. */
static size_t check_lines(rill *s, const text *t, size_t at, size_t stop)
{
    rill_lines it;
    rill_line line;

    rill_lines_begin(&it, s, t->delimiter);
    while (at < stop && rill_lines_next(&it, &line)) {
        CHECK(at < t->len);
        CHECK_MEM(line.data, line.len, t->data + at, line_at(t, at));
        at += line.len;
    }
    CHECK_OK(rill_lines_end(&it));
    if (at < stop)
        CHECK_INT(t->len, at);
    if (rill_seekable(s))
        CHECK_INT(at, rill_tell(s));
    return at;
}

/* A store of the test's own: memory in pieces of at most `piece` bytes, with
 * "nothing just now" before each if `stutters`, and with a failure once and
 * for all at `fail_at`. */
typedef struct drip {
    const text *t;
    size_t piece;
    int64_t fail_at;
    int stutters, said;
} drip;

static ptrdiff_t drip_read(rill *s, void *self, void *buf, size_t n,
                           int64_t offset)
{
    drip *d = self;
    size_t left = d->t->len - (size_t)offset;

    (void)s;
    if (d->stutters && (d->said = !d->said))
        return RILL_EAGAIN;
    if (d->fail_at >= 0 && offset >= d->fail_at)
        return RILL_EDATA;
    if (d->fail_at >= 0 && left > (size_t)(d->fail_at - offset))
        left = (size_t)(d->fail_at - offset);
    n = n < d->piece ? n : d->piece;
    n = n < left ? n : left;
    memcpy(buf, d->t->data + offset, n);
    return (ptrdiff_t)n;
}

static const rill_ops drip_ops = {
    .struct_size = sizeof(rill_ops),
    .state_size = sizeof(drip),
    .name = "drip",
    .read = drip_read,
};

static rill *drip_open(const text *t, size_t piece, const rill_options *o,
                       drip **drip_out)
{
    void *self;
    rill *s = rill_open_ops(&drip_ops, RILL_READ, NULL, o, &self);
    drip *d = self;

    CHECK(s != NULL);
    d->t = t;
    d->piece = piece;
    d->fail_at = -1;
    if (drip_out)
        *drip_out = d;
    return s;
}

/* ---- The loop ----------------------------------------------------------- */

/* Sizes of texts: no line, lines within one window, lines longer than it. */
static const struct {
    size_t lines, longest;
} shapes[] = {{0, 0},    {1, 0},    {1, 100},    {700, 0},   {300, 3},
              {50, 220}, {7, 9000}, {1000, 100}, {3, 100000}};

enum { SHAPES = sizeof(shapes) / sizeof(shapes[0]) };

/* Run over all lines; then stop at some line, and go on with a new loop, or
 * after a plain read of some bytes. */
static void check_stream(rill *s, const text *t, uint64_t *seed)
{
    size_t at = 0;

    if (rill_seekable(s) && below(seed, 2)) {
        CHECK_INT(t->len, check_lines(s, t, 0, SIZE_MAX));
        CHECK_OK(rill_rewind(s));
    }
    while (at < t->len) {
        char bytes[16];
        size_t n = below(seed, sizeof(bytes));

        at = check_lines(s, t, at, at + 1 + below(seed, t->len));
        if (n > t->len - at)
            n = t->len - at;
        CHECK_INT(n, rill_read(s, bytes, n));
        CHECK_MEM(bytes, n, t->data + at, n);
        at += n;
    }
    CHECK_INT(at, check_lines(s, t, at, SIZE_MAX));
    CHECK_OK(rill_close(s));
}

/* Call `check` with a few texts of each shape. */
static void with_texts(void (*check)(const text *t, uint64_t *seed))
{
    uint64_t seed = 2024;

    for (size_t i = 0; i < SHAPES; i++) {
        for (int round = 0; round < 6; round++) {
            text t = text_make(&seed, shapes[i].lines, shapes[i].longest);

            check(&t, &seed);
            free(t.data);
        }
    }
}

static void check_flat(const text *t, uint64_t *seed)
{
    rill *s = rill_open_view(t->data, t->len);

    check_stream(s, t, seed);
    check_stream(rill_open_mem_copy(t->data, t->len, NULL), t, seed);

    /* Just written: the loop starts while the stream is still writing. */
    s = rill_open_mem(NULL);
    CHECK_INT(t->len, rill_write(s, t->data, t->len));
    CHECK_OK(rill_rewind(s));
    check_stream(s, t, seed);
}

static void check_flat_each_way(void)
{
    with_texts(check_flat);
}

TEST(lines__of_memory_each_way)
{
    with_each_way(check_flat_each_way);
}

static void check_file(const text *t, uint64_t *seed)
{
    static const ptrdiff_t sizes[] = {0, RILL_UNBUFFERED, 1, 7, 64, 4096};

    test_write_file("lines", t->data, t->len);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        rill_options o = RILL_OPTIONS_INIT;

        if (sizes[i] != 0 && sizes[i] < 64 && t->len > 60000)
            continue;
        o.buffer_size = sizes[i];
        check_stream(rill_open_with("lines", "rb", &o), t, seed);
    }
}

TEST(lines__of_files_with_any_buffer)
{
    with_texts(check_file);
}

static void check_drip(const text *t, uint64_t *seed)
{
    static const size_t pieces[] = {1, 2, 100, 70000};

    for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
        rill_options o = RILL_OPTIONS_INIT;

        o.buffer_size = (ptrdiff_t)below(seed, 200);
        check_stream(drip_open(t, pieces[i], &o, NULL), t, seed);
    }
}

TEST(lines__of_stores_that_give_a_little)
{
    with_texts(check_drip);
}

TEST(lines__of_a_pipe)
{
    uint64_t seed = 5;
    text t = text_make(&seed, 100, 300);
    int ends[2];

    CHECK_INT(0, pipe(ends));
    CHECK_INT(t.len, write(ends[1], t.data, t.len));
    close(ends[1]);
    check_stream(rill_open_fd(ends[0], "rb", RILL_TAKE, NULL), &t, &seed);
    free(t.data);
}

/* ---- The rare ends of a loop -------------------------------------------- */

/* The next line is `want`, or there is none if that is NULL. */
static void check_next(rill_lines *it, const char *want)
{
    rill_line line = {NULL, 0};

    CHECK_INT(want != NULL, rill_lines_next(it, &line));
    if (want)
        CHECK_MEM(line.data, line.len, want, strlen(want));
}

/* A line may come in pieces where the store paused; nothing is lost. */
TEST(lines__go_on_after_would_block)
{
    uint64_t seed = 11;
    text t = text_make(&seed, 60, 90);
    drip *d;
    rill *s = drip_open(&t, 37, NULL, &d);
    size_t at = 0;
    int rc, pauses = 0;

    d->stutters = 1;
    do {
        rill_lines it;
        rill_line line;

        rill_lines_begin(&it, s, t.delimiter);
        while (rill_lines_next(&it, &line)) {
            CHECK(line.len > 0 && line.len <= line_at(&t, at));
            CHECK_MEM(line.data, line.len, t.data + at, line.len);
            at += line.len;
        }
        rc = rill_lines_end(&it);
        if (rc != RILL_OK)
            CHECK_CODE(RILL_EAGAIN, rc);
        CHECK(++pauses < 10000);
    } while (rc != RILL_OK);
    CHECK_INT(t.len, at);
    CHECK(pauses > 1);
    CHECK_OK(rill_close(s));
    free(t.data);
}

TEST(lines__end_says_what_failed)
{
    char data[] = "one\ntwo\nthree\n";
    text t = {data, sizeof(data) - 1, '\n'};
    drip *d;
    rill *s = drip_open(&t, 100, NULL, &d);
    rill_lines it;

    d->fail_at = 10; /* in the middle of "three" */
    rill_lines_begin(&it, s, '\n');
    check_next(&it, "one\n");
    check_next(&it, "two\n");
    check_next(&it, "th");
    check_next(&it, NULL);
    check_next(&it, NULL);
    CHECK_CODE(RILL_EDATA, rill_lines_end(&it));
    CHECK_CODE(RILL_EDATA, rill_close(s));
}

TEST(lines__beyond_the_window_limit)
{
    enum { SIZE = 100000 };
    char *big = test_alloc(SIZE);
    text t = {big, SIZE, '\n'};
    rill_options o = RILL_OPTIONS_INIT;
    rill_lines it;
    rill *s;

    memset(big, 'x', SIZE);
    memcpy(big, "short\n", 6);
    big[SIZE - 1] = '\n';
    o.buffer_size = 64;
    o.window_limit = 1024;
    s = drip_open(&t, 50, &o, NULL);
    rill_lines_begin(&it, s, '\n');
    check_next(&it, "short\n");
    check_next(&it, NULL);
    CHECK_CODE(RILL_ELIMIT, rill_lines_end(&it));
    CHECK_READS(s, "xxxx");
    CHECK_OK(rill_close(s));
    free(big);
}

TEST(lines__delimiter_is_a_byte)
{
    static const int wrong[] = {-1, 256, '\n' + 256, INT32_MIN};
    rill *s = rill_open_view("a\nb\n", 4);
    rill_lines it;

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        rill_lines_begin(&it, s, wrong[i]);
        check_next(&it, NULL);
        CHECK_CODE(RILL_EINVAL, rill_lines_end(&it));
    }
    CHECK_READS(s, "a\nb\n");
    CHECK_OK(rill_close(s));
}

TEST(lines__of_a_stream_that_cannot_read)
{
    rill *s = rill_open("out", "wb");
    rill_lines it;

    CHECK_INT(4, rill_write(s, "a\nb\n", 4));
    rill_lines_begin(&it, s, '\n');
    check_next(&it, NULL);
    CHECK_CODE(RILL_ENOTSUP, rill_lines_end(&it));
    CHECK_INT(2, rill_write(s, "c\n", 2));
    CHECK_OK(rill_close(s));
    CHECK_FILE("out", "a\nb\nc\n");
}

TEST(lines__none_asked_for)
{
    rill *s = rill_open_view("a\nb\n", 4);
    rill_lines it;

    CHECK_INT('a', rill_getc(s));
    rill_lines_begin(&it, s, '\n');
    CHECK_OK(rill_lines_end(&it));
    CHECK_INT(1, rill_tell(s));
    CHECK_OK(rill_close(s));
}

/* A line whose length takes more than the 32 bits of the index; its pages are
 * all the one of zeros. */
TEST(lines__longer_than_four_gib)
{
#if SIZE_MAX > UINT32_MAX
    size_t size = ((size_t)1 << 32) + 4096;
    char *data = mmap(NULL, size, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    rill_line line = {NULL, 0};
    rill_lines it;
    rill *s;

    if (data == MAP_FAILED)
        SKIP("no address space of 4 GiB");
    memcpy(data + size - 5, "\nend\n", 5);
    s = rill_open_view(data, size);
    rill_lines_begin(&it, s, '\n');
    CHECK_INT(1, rill_lines_next(&it, &line));
    CHECK_PTR(data, line.data);
    CHECK_INT(size - 4, line.len);
    check_next(&it, "end\n");
    check_next(&it, NULL);
    CHECK_OK(rill_lines_end(&it));
    CHECK_INT(size, rill_tell(s));
    CHECK_OK(rill_close(s));
    munmap(data, size);
#else
    SKIP("a size_t of 32 bits");
#endif
}

/* What was put back is the start of the first line. */
TEST(lines__after_ungetc)
{
    rill *s = rill_open_view("one\ntwo\n", 8);
    rill_lines it;

    CHECK_READS(s, "one\n");
    CHECK_INT('>', rill_ungetc(s, '>'));
    CHECK_INT('\n', rill_ungetc(s, '\n'));
    rill_lines_begin(&it, s, '\n');
    check_next(&it, "\n");
    check_next(&it, ">two\n");
    check_next(&it, NULL);
    CHECK_OK(rill_lines_end(&it));
    CHECK_OK(rill_close(s));
}

/* The end is asked anew: lines that were added since are there. */
TEST(lines__go_on_where_a_file_has_grown)
{
    rill *w = rill_open("log", "wb");
    rill *s = rill_open("log", "rb");
    rill_lines it;

    rill_lines_begin(&it, s, '\n');
    check_next(&it, NULL);
    CHECK_INT(4, rill_write(w, "a\nb\n", 4));
    CHECK_OK(rill_flush(w));
    check_next(&it, "a\n");
    CHECK_OK(rill_lines_end(&it));
    CHECK_INT(2, rill_tell(s));
    CHECK_OK(rill_close(s));
    CHECK_OK(rill_close(w));
}
