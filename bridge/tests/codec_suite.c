/*
 * codec_suite.c - the tests that every codec goes through, where all is well.
 */
#include "codec_suite.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include <rill/testing/double.h>

enum { SAMPLE = 100 * 1000, SMALL = 1500 };

/* ---- Every kind of stream -------------------------------------------------- */

static void comes_back(const struct codec_case *c, const struct kind *kind)
{
    unsigned char *data = codec_sample(SAMPLE);
    rill *below = kind->open(), *s = codec_writer(c, below, RILL_BORROW);
    uint64_t state = 7;
    size_t done = 0;

    CHECK_PTR(c->codec, rill_codec_of(s));
    CHECK_STR("codec", rill_kind(s));
    CHECK_STR("wb", rill_mode(s));
    CHECK(!rill_seekable(s) && !rill_readable(s) && rill_writable(s));
    while (done < SAMPLE) {
        size_t n = (size_t)test_below(&state, 30000);

        n = n < SAMPLE - done ? n : SAMPLE - done;
        CHECK_INT(n, rill_write(s, data + done, n));
        done += n;
    }
    CHECK_OK(rill_close(s));
    CHECK_OK(rill_rewind(below));
    s = codec_reader(c, below, RILL_TAKE, NULL);
    CHECK(rill_seekable(s) && rill_readable(s) && !rill_writable(s));
    codec_check_all(s, data, SAMPLE);
    free(data);
}

/* The codec's own stream has no buffer, so that each byte is a call of it. */
static void by_single_bytes(const struct codec_case *c, const struct kind *kind)
{
    unsigned char *data = codec_sample(SMALL);
    rill *below = kind->open(), *s;
    rill_options o = *codec_level(c->quick);
    size_t i;

    o.buffer_size = RILL_UNBUFFERED;
    s = rill_open_codec(c->codec, below, RILL_BORROW, "w", &o);
    for (i = 0; i < SMALL; i++)
        CHECK_INT(data[i], rill_putc(s, data[i]));
    CHECK_OK(rill_close(s));
    CHECK_OK(rill_rewind(below));
    s = rill_open_codec(c->codec, below, RILL_TAKE, "r", &o);
    for (i = 0; i < SMALL; i++)
        CHECK_INT(data[i], rill_getc(s));
    CHECK_CODE(RILL_EEOF, rill_getc(s));
    CHECK_OK(rill_close(s));
    free(data);
}

/* Members by themselves, a part of a stream that has other things too. */
static void one_member(const struct codec_case *c, const struct kind *kind)
{
    unsigned char *data = codec_sample(SMALL);
    rill *below = kind->open(), *s;
    int i;

    CHECK_INT(4, rill_puts(below, "head"));
    for (i = 0; i < 2; i++) {
        s = codec_writer(c, below, RILL_BORROW);
        CHECK_INT(SMALL, rill_write(s, data, SMALL));
        CHECK_OK(rill_close(s));
    }
    CHECK_INT(4, rill_puts(below, "tail"));
    CHECK_INT(4, rill_seek(below, 4, RILL_SEEK_SET));
    for (i = 0; i < 2; i++) {
        s = codec_reader(c, below, RILL_BORROW, codec_only_one());
        CHECK_INT(SMALL, rill_skip(s, 2 * SMALL));
        CHECK_OK(rill_rewind(s));
        codec_check_all(s, data, SMALL);
    }
    CHECK_REST(below, "tail");
    CHECK_OK(rill_close(below));
    free(data);
}

static void members_are_one(const struct codec_case *c, const struct kind *kind)
{
    unsigned char *data = codec_sample(SMALL);
    rill *below = kind->open(), *s;
    size_t ends[] = {0, 500, 500, SMALL}, got, i;

    for (i = 1; i < 4; i++) {
        s = rill_open_codec(c->codec, below, RILL_BORROW, "a",
                            codec_level(c->quick));
        CHECK_STR("ab", rill_mode(s));
        CHECK_INT(ends[i] - ends[i - 1],
                  rill_write(s, data + ends[i - 1], ends[i] - ends[i - 1]));
        CHECK_OK(rill_close(s));
    }
    CHECK_OK(rill_rewind(below));
    s = codec_reader(c, below, RILL_TAKE, NULL);
    if (c->codec->flags & RILL_CODEC_SINGLE) {
        CHECK_CODE(RILL_EDATA, codec_drain(s, data, SMALL, &got));
        CHECK_INT(500, got);
    } else {
        codec_check_all(s, data, SMALL);
    }
    free(data);
}

static void seeks(const struct codec_case *c, const struct kind *kind)
{
    unsigned char *data = codec_sample(SAMPLE), got[300];
    rill *below = kind->open(), *s = codec_writer(c, below, RILL_BORROW);
    uint64_t state = 3;
    int i;

    CHECK_INT(SAMPLE, rill_write(s, data, SAMPLE));
    CHECK_OK(rill_close(s));
    CHECK_OK(rill_rewind(below));
    s = codec_reader(c, below, RILL_TAKE, NULL);
    for (i = 0; i < 12; i++) {
        size_t at = (size_t)test_below(&state, SAMPLE - sizeof(got));

        CHECK_INT(at, rill_seek(s, (int64_t)at, RILL_SEEK_SET));
        CHECK_OK(rill_read_exact(s, got, sizeof(got)));
        CHECK_MEM(got, sizeof(got), data + at, sizeof(got));
        CHECK_INT(at + sizeof(got), rill_tell(s));
        at /= 2;
        CHECK_INT(100, rill_pread(s, got, 100, (int64_t)at));
        CHECK_MEM(got, 100, data + at, 100);
    }
    CHECK_INT(SAMPLE + 5, rill_seek(s, SAMPLE + 5, RILL_SEEK_SET));
    CHECK_INT(0, rill_read(s, got, 1));
    CHECK_CODE(RILL_ENOTSUP, rill_seek(s, 0, RILL_SEEK_END));
    CHECK_CODE(RILL_ENOTSUP, rill_size(s));
    CHECK_OK(rill_rewind(s));
    codec_check_all(s, data, SAMPLE);
    free(data);
}

/* ---- Flushing, blocking ---------------------------------------------------- */

static void flush_points(const struct codec_case *c)
{
    static const char *const words[] = {"one", "two and some more", "3"};
    int ends[2];
    rill *in, *out;
    char got[100];
    size_t i;

    CHECK_INT(0, pipe(ends));
    out = codec_writer(c, rill_open_fd(ends[1], "wb", RILL_TAKE, NULL),
                       RILL_TAKE);
    in = codec_reader(c, rill_open_fd(ends[0], "rb", RILL_TAKE, NULL),
                      RILL_TAKE, NULL);
    CHECK(!rill_seekable(in));
    for (i = 0; i < 3; i++) {
        size_t len = strlen(words[i]);

        CHECK_INT(len, rill_puts(out, words[i]));
        CHECK_OK(rill_flush(out));
        CHECK_OK(rill_read_exact(in, got, len));
        CHECK_MEM(got, len, words[i], len);
        CHECK_OK(rill_flush(out)); /* nothing more to say */
    }
    CHECK_OK(rill_close(out));
    CHECK_REST(in, "");
    CHECK_OK(rill_close(in));
}

/* Again and again while it would block: what it says then. */
#define AGAIN(r, call) \
    do                 \
        (r) = (call);  \
    while ((r) == RILL_EAGAIN)

/* Write all, to what would block at times. */
static void write_all(rill *s, const unsigned char *data, size_t len)
{
    size_t done;
    ptrdiff_t r;

    for (done = 0; done < len; done += (size_t)r) {
        AGAIN(r, rill_write(s, data + done, len - done));
        CHECK(r > 0);
    }
}

static void would_block(const struct codec_case *c)
{
    unsigned char *data = codec_sample(SAMPLE), *got = test_alloc(SAMPLE);
    rill_double d = {.piece = 100, .blocks = 2, .seed = 5};
    rill *mem = rill_open_mem(NULL), *s;
    rill_options o = RILL_OPTIONS_INIT;
    size_t done;
    ptrdiff_t r;

    o.buffer_size = 300;
    s = codec_writer(c, rill_open_double(mem, RILL_BORROW, &d, &o), RILL_TAKE);
    for (done = 0; done<SAMPLE; done += r> 0 ? (size_t)r : 0) {
        r = rill_write(s, data + done, SAMPLE - done);
        CHECK(r > 0 || r == RILL_EAGAIN);
        if (done % 3 == 0) { /* go on in the middle of it */
            int rc = rill_flush(s);

            CHECK(rc == RILL_OK || rc == RILL_EAGAIN);
        }
    }
    AGAIN(r, rill_codec_finish(s));
    CHECK_OK(r);
    CHECK_OK(rill_close(s));

    CHECK_OK(rill_rewind(mem));
    s = codec_reader(c, rill_open_double(mem, RILL_TAKE, &d, &o), RILL_TAKE,
                     NULL);
    for (done = 0; done < SAMPLE; done += (size_t)r) {
        AGAIN(r, rill_read(s, got + done, SAMPLE - done));
        CHECK(r > 0);
    }
    CHECK_MEM(got, SAMPLE, data, SAMPLE);
    AGAIN(r, rill_read(s, got, 1));
    CHECK_INT(0, r);
    CHECK_OK(rill_close(s));
    free(got);
    free(data);
}

static void from_a_pipe(const struct codec_case *c)
{
    unsigned char *data = codec_sample(SAMPLE);
    void *packed;
    size_t len = codec_pack(c, data, SAMPLE, &packed);
    rill *s = codec_reader(c, open_pipe(packed, len), RILL_TAKE, NULL);

    CHECK(!rill_seekable(s));
    CHECK_INT(1000, rill_skip(s, 1000));
    codec_check_all(s, data + 1000, SAMPLE - 1000);
    rill_free(packed);
    free(data);
}

/* More is flushed than there is room for at once, now and later; and nothing is
 * flushed twice. */
static void all_is_flushed(const struct codec_case *c)
{
    enum { LEN = 60000 };
    unsigned char *noise = test_alloc(LEN), *got = test_alloc(LEN);
    rill_options o = RILL_OPTIONS_INIT;
    uint64_t state = 11;
    rill *mem = rill_open_mem(NULL), *below, *s;
    rill_double d = {.piece = 5000, .blocks = 1};
    int64_t size;
    size_t i;
    int rc;

    for (i = 0; i < LEN; i++)
        noise[i] = (unsigned char)(test_random(&state) >> 32);
    o.buffer_size = RILL_UNBUFFERED;
    below = rill_open_double(mem, RILL_BORROW, &d, &o);
    s = codec_writer(c, below, RILL_TAKE);
    for (i = 0; i < 2; i++) {
        write_all(s, noise, LEN);
        (void)!rill_flush(s); /* which may be in the middle of it ... */
        (void)!rill_flush(s);
        (void)!rill_flush(s); /* ... when writing goes on */
    }
    AGAIN(rc, rill_flush(s));
    CHECK_OK(rc);
    size = rill_size(mem);
    CHECK_OK(rill_flush(s));
    CHECK_INT(size, rill_size(mem));
    below =
        codec_reader(c, rill_open_section(mem, 0, -1, NULL), RILL_TAKE, NULL);
    for (i = 0; i < 2; i++) {
        CHECK_OK(rill_read_exact(below, got, LEN));
        CHECK_MEM(got, LEN, noise, LEN);
    }
    rill_discard(below);
    AGAIN(rc, rill_codec_finish(s));
    CHECK_OK(rc);
    CHECK_OK(rill_close(s));
    CHECK_OK(rill_close(mem));
    free(got);
    free(noise);
}

/* What the codec holds is given before more is waited for. */
static void nothing_is_held_back(const struct codec_case *c)
{
    enum { LEN = 200 * 1000 };
    unsigned char *zeros = calloc(1, LEN), *got = test_alloc(LEN);
    rill_options o = RILL_OPTIONS_INIT;
    rill_step steps[] = {{RILL_STEP_READ, NULL, 0, 0}, RILL_STEP_BLOCKS};
    rill_script script = {.steps = steps, .count = 2};
    rill *mem = rill_open_mem(NULL), *s = codec_writer(c, mem, RILL_BORROW);

    CHECK_INT(LEN, rill_write(s, zeros, LEN));
    CHECK_OK(rill_flush(s));
    steps[0].length = (size_t)rill_data(mem, &steps[0].data);
    o.buffer_size = 1000;
    rill_discard(s);
    s = rill_open_codec(c->codec, rill_open_script(&script, NULL), RILL_TAKE,
                        "r", &o);
    CHECK_OK(rill_read_exact(s, got, LEN));
    CHECK_MEM(got, LEN, zeros, LEN);
    CHECK_INT(1, script.done); /* it was not asked to block */
    rill_discard(s);
    CHECK_OK(rill_close(mem));
    free(got);
    free(zeros);
}

/* The next write after a finish is in a member of its own. */
static void finish(const struct codec_case *c)
{
    rill *mem = rill_open_mem(NULL), *s = codec_writer(c, mem, RILL_BORROW);
    int64_t size;

    CHECK_INT(3, rill_puts(s, "one"));
    CHECK_OK(rill_codec_finish(s));
    size = rill_size(mem);
    CHECK_OK(rill_codec_finish(s));
    CHECK_OK(rill_flush(s));
    CHECK_INT(size, rill_size(mem));
    CHECK_INT(3, rill_puts(s, "two"));
    CHECK_OK(rill_close(s));
    CHECK(rill_size(mem) > size);
    CHECK_OK(rill_rewind(mem));
    codec_check_all(codec_reader(c, mem, RILL_BORROW, codec_only_one()), "one",
                    3);
    codec_check_all(codec_reader(c, mem, RILL_BORROW, codec_only_one()), "two",
                    3);
    s = codec_reader(c, mem, RILL_TAKE, NULL);
    CHECK_CODE(RILL_ENOTSUP, rill_codec_finish(s));
    CHECK_CODE(RILL_EDATA, rill_getc(s)); /* nothing is left */
    CHECK_CODE(RILL_EDATA, rill_close(s));
}

/* ---- Files ----------------------------------------------------------------- */

static void check_text_file(const struct codec_case *c, const char *want)
{
    rill *s = rill_open_with("file", "r", codec_for_open(c));

    CHECK(s != NULL);
    codec_check_all(s, want, strlen(want));
}

static void write_text_file(const struct codec_case *c, const char *mode,
                            const char *text)
{
    rill *s = rill_open_with("file", mode, codec_for_open(c));

    CHECK(s != NULL);
    CHECK_STR("file", rill_name(s));
    CHECK_INT(strlen(text), rill_puts(s, text));
    CHECK_OK(rill_close(s));
}

static void files(const struct codec_case *c)
{
    int adds = !(c->codec->flags & RILL_CODEC_SINGLE);
    rill_options o = *codec_for_open(c);
    size_t len;
    void *packed;
    rill *s;

    write_text_file(c, "w", "one\n");
    if (adds)
        write_text_file(c, "a", "two\n");
    check_text_file(c, adds ? "one\ntwo\n" : "one\n");
    packed = test_read_file("file", &len);

    CHECK_PTR(NULL, rill_open_with("file", "w+", &o));
    CHECK_INT(ENOTSUP, errno);
    o = *codec_level(c->codec->level_max + 1);
    o.codec = c->codec;
    CHECK_PTR(NULL, rill_open_with("file", "w", &o));
    CHECK_INT(EINVAL, errno);
    test_check_file("file", packed, len, TEST_SITE("file"));
    free(packed);

    o = *codec_for_open(c);
    o.newline = RILL_NEWLINE_CRLF;
    s = rill_open_with("file", "wt", &o);
    CHECK_STR("text", rill_kind(s));
    CHECK_INT(8, rill_puts(s, "one\ntwo\n"));
    CHECK_OK(rill_close(s));
    check_text_file(c, "one\r\ntwo\r\n");
    o.newline = RILL_NEWLINE_UNIVERSAL;
    s = rill_open_with("file", "rt", &o);
    CHECK_REST(s, "one\ntwo\n");
    CHECK_OK(rill_close(s));
}

/* What is not closed well leaves the old file. */
static void saves(const struct codec_case *c)
{
    rill_double d = {.fails = RILL_DOUBLE_WRITE, .failure = EIO};
    rill *s;

    test_write_file("file", "old", 3);
    s = rill_open_with("file", "ws", codec_for_open(c));
    CHECK_INT(3, rill_puts(s, "new"));
    CHECK_OK(rill_flush(s));
    CHECK_FILE("file", "old");
    rill_discard(s);
    CHECK_FILE("file", "old");
    {
        RILL_AUTO rill *gone = rill_open_with("file", "ws", codec_for_open(c));
        CHECK_INT(3, rill_puts(gone, "new"));
    }
    CHECK_FILE("file", "old");
    s = codec_writer(
        c, rill_open_double(rill_open("file", "ws"), RILL_TAKE, &d, NULL),
        RILL_TAKE);
    CHECK_INT(3, rill_puts(s, "new"));
    CHECK_CODE(RILL_EIO, rill_close(s));
    CHECK_FILE("file", "old");
    s = rill_open_with("file", "wts", codec_for_open(c));
    CHECK_INT(3, rill_puts(s, "new"));
    rill_discard(s);
    CHECK_FILE("file", "old");

    s = rill_open_with("file", "wts", codec_for_open(c));
    CHECK_INT(3, rill_puts(s, "new"));
    CHECK_OK(rill_close(s));
    check_text_file(c, "new");
}

/* A child has the codec's state too, and must not write what it holds. */
static int in_child(rill *s)
{
    if (rill_flush(s) != RILL_OK)
        return 1;
    if (rill_putc(s, '!') != RILL_ENOTSUP)
        return 2;
    rill_discard(s);
    return 0;
}

static int close_in_child(rill *s)
{
    return rill_close(s) != RILL_OK;
}

static void fork_for(int (*what)(rill *s), rill *s)
{
    pid_t child = fork();
    int status;

    if (child == 0)
        _exit(what(s));
    CHECK(child > 0);
    CHECK_INT(child, waitpid(child, &status, 0));
    CHECK_INT(0, status);
}

static void forks(const struct codec_case *c)
{
    rill_options o = *codec_for_open(c);
    rill *s;

    o.buffer_size = RILL_UNBUFFERED; /* so that all is in the codec */
    s = rill_open_with("file", "a", &o);
    CHECK_INT(4, rill_puts(s, "one\n"));
    CHECK_OK(rill_flush(s));
    CHECK_INT(4, rill_puts(s, "two\n"));
    fork_for(in_child, s);
    fork_for(close_in_child, s);
    CHECK_INT(6, rill_puts(s, "three\n"));
    CHECK_OK(rill_close(s));
    check_text_file(c, "one\ntwo\nthree\n");
}

/* ---- Judges ---------------------------------------------------------------- */

/* Whether `tool` is there. */
static int have(const char *tool)
{
    char command[100];

    snprintf(command, sizeof(command), "command -v %s >/dev/null 2>&1", tool);
    return system(command) == 0;
}

static void run(const char *command, const char *in, const char *out)
{
    char line[1000];

    snprintf(line, sizeof(line), "(%s) <%s >%s", command, in, out);
    test_context("%s", line);
    CHECK_INT(0, system(line));
}

static void compare_with(const struct codec_case *c, const char *tool,
                         const char *pack, const char *unpack)
{
    unsigned char *data = codec_sample(SAMPLE);
    rill *s;

    if (!tool || !have(tool)) {
        print_message("no %s to compare with\n", tool ? tool : "other program");
        free(data);
        return;
    }
    test_write_file("in", data, SAMPLE);
    if (pack) {
        run(pack, "in", "file");
        s = rill_open_with("file", "r", codec_for_open(c));
        codec_check_all(s, data, SAMPLE);
    }
    if (unpack) {
        s = rill_open_with("file", "w", codec_for_open(c));
        CHECK_INT(SAMPLE / 2, rill_write(s, data, SAMPLE / 2));
        CHECK_OK(rill_flush(s));
        if (!(c->codec->flags & RILL_CODEC_SINGLE))
            CHECK_OK(rill_codec_finish(s));
        CHECK_INT(SAMPLE / 2, rill_write(s, data + SAMPLE / 2, SAMPLE / 2));
        CHECK_OK(rill_close(s));
        run(unpack, "file", "out");
        test_check_file("out", data, SAMPLE, TEST_SITE("out"));
    }
    free(data);
}

static void judges(const struct codec_case *c)
{
    compare_with(c, c->tool, c->pack, c->unpack);
    compare_with(c, c->other_tool, c->other_pack, c->other_unpack);
}

static void levels(const struct codec_case *c)
{
    const rill_codec *codec = c->codec;
    int tried[] = {codec->level_min, -1, RILL_LEVEL_ZERO, 0, 1, 2, 3, 4, 5, 6};
    unsigned char *data = codec_sample(SMALL);
    size_t i;

    for (i = 0; i < sizeof(tried) / sizeof(*tried); i++) {
        int level =
            tried[i] == 0 && codec->level_min == 0 ? RILL_LEVEL_ZERO : tried[i];
        int has_zero = codec->level_min <= 0;
        int fine = level == RILL_LEVEL_ZERO
                       ? has_zero
                       : level == 0 || level >= codec->level_min;
        rill *mem = rill_open_mem(NULL), *s;

        test_context("level %d", level);
        s = rill_open_codec(codec, mem, RILL_BORROW, "w", codec_level(level));
        CHECK_INT(fine, s != NULL);
        if (s) {
            CHECK_INT(SMALL, rill_write(s, data, SMALL));
            CHECK_OK(rill_close(s));
            CHECK_OK(rill_rewind(mem));
            codec_check_all(codec_reader(c, mem, RILL_BORROW, NULL), data,
                            SMALL);
        }
        CHECK_OK(rill_close(mem));
    }
    free(data);
}

/* ---- Detection ------------------------------------------------------------- */

/* How the formats begin, as their descriptions have it. */
static const struct {
    const char *name, *begins;
    size_t len;
} formats[] = {
    {"gzip", "\x1f\x8b\x08\0\0\0\0\0\0\x03\x03\0", 12},
    {"zlib", "\x78\x9c\x03\0\0\0\0\x01", 8},
    {"zstd", "\x28\xb5\x2f\xfd\x24\0\x01\0\0", 9},
    {"bzip2", "BZh9\x17rE8P\x90\0\0\0\0", 14},
    {"xz",
     "\xfd"
     "7zXZ\0\0\x04\xe6\xd6\xb4\x46",
     12},
    {"lzma", "]\0\0\x80\0\xff\xff\xff\xff\xff\xff\xff\xff\0", 14},
    {"lz4", "\x04\x22\x4d\x18\x60\x40\x82\0\0\0\0", 11},
    {"plain", "This is text", 12},
    {"plain", "B", 1},
    {"plain", "", 0},
};

static void is_detected(const struct codec_case *c)
{
    const rill_codec *list[] = {&rill_any, c->codec, &rill_plain, NULL};
    const rill_codec *found;
    size_t i;

    for (i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
        const char *name = formats[i].name;
        int mine = strcmp(name, c->codec->name) == 0 && c->codec->fits;
        rill *s = rill_open_view(formats[i].begins, formats[i].len);

        test_context("%s", name);
        CHECK_INT(1, rill_codec_detect(s, list, &found));
        CHECK_STR(mine ? name : "plain", found->name);
        CHECK_INT(0, rill_tell(s));
        found = NULL;
        list[2] = NULL;
        CHECK_INT(mine, rill_codec_detect(s, list, &found));
        CHECK_PTR(mine ? c->codec : NULL, found);
        list[2] = &rill_plain;
        CHECK_OK(rill_close(s));
    }
}

static void any_reads_it(const struct codec_case *c)
{
    const rill_codec *list[] = {c->codec, &rill_plain, NULL};
    rill_codec_options co = RILL_CODEC_OPTIONS_INIT;
    unsigned char *data = codec_sample(SMALL);
    void *packed;
    size_t len = codec_pack(c, data, SMALL, &packed);
    rill *s = rill_open_view(packed, len);

    co.among = list;
    s = rill_open_codec(&rill_any, s, RILL_TAKE, "r", codec_options(&co));
    CHECK_PTR(&rill_any, rill_codec_of(s));
    CHECK(rill_getc(s) >= 0);
    CHECK_PTR(c->codec->fits ? c->codec : &rill_plain, rill_codec_of(s));
    CHECK_OK(rill_rewind(s));
    codec_check_all(s, c->codec->fits ? data : packed,
                    c->codec->fits ? SMALL : len);
    rill_free(packed);
    free(data);
}

/* ---- Registration ---------------------------------------------------------- */

void codec_suite(const struct codec_case *c)
{
    size_t i;

    ADD_KINDS(comes_back);
    ADD_KINDS(by_single_bytes);
    ADD_KINDS(one_member);
    ADD_KINDS(members_are_one);
    ADD_KINDS(seeks);
    ADD(flush_points);
    ADD(would_block);
    ADD(from_a_pipe);
    ADD(all_is_flushed);
    ADD(nothing_is_held_back);
    ADD(finish);
    ADD(files);
    ADD(saves);
    ADD(forks);
    ADD(judges);
    ADD(levels);
    ADD(is_detected);
    ADD(any_reads_it);
    codec_suite_of_faults(c);
}
