/*
 * test_codec.c - the stream over a codec, by rill_plain and by a codec of its
 * own that misbehaves: what is refused, and what holds whatever the codec is.
 */
#include "codec_suite.h"

#include <errno.h>

#include <rill/testing/double.h>

static const struct codec_case plain = {.codec = &rill_plain};

/* ---- Opening --------------------------------------------------------------- */

static void check_refused(int err, const rill_codec *codec, rill *below,
                          const char *mode, const rill_options *o)
{
    test_context("mode %s", mode ? mode : "NULL");
    errno = 0;
    CHECK_PTR(NULL, rill_open_codec(codec, below, RILL_TAKE, mode, o));
    CHECK_INT(err, errno);
}

TEST(codec__modes)
{
    static const char *const bad[] = {"",   "b",  "rw", "rbb", "rs",
                                      "wt", "ws", "q",  "r++", "wa"};
    rill *mem = rill_open_mem(NULL), *view = rill_open_view("", 0);
    size_t i;

    for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        check_refused(EINVAL, &rill_plain, mem, bad[i], NULL);
    check_refused(EINVAL, &rill_plain, mem, NULL, NULL);
    check_refused(EINVAL, NULL, mem, "r", NULL);
    check_refused(EINVAL, &rill_plain, NULL, "r", NULL);
    check_refused(ENOTSUP, &rill_plain, mem, "r+", NULL);
    check_refused(ENOTSUP, &rill_plain, mem, "wb+", NULL);
    check_refused(ENOTSUP, &rill_plain, view, "w", NULL);
    CHECK_PTR(NULL, rill_open_codec(&rill_plain, mem, 7, "r", NULL));
    CHECK_OK(rill_close(mem));
    CHECK_OK(rill_close(view));
}

TEST(codec__options)
{
    rill_codec_options co = RILL_CODEC_OPTIONS_INIT;
    rill *mem = rill_open_mem(NULL), *s;
    struct {
        rill_codec_options co;
        unsigned char later[8];
    } longer = {.co = RILL_CODEC_OPTIONS_INIT};

    co.level = 1;
    check_refused(EINVAL, &rill_plain, mem, "w", codec_options(&co));
    co.level = 0;
    co.max_size = -1;
    check_refused(EINVAL, &rill_plain, mem, "r", codec_options(&co));
    co.max_size = 0;
    co.max_ratio = -1;
    check_refused(EINVAL, &rill_plain, mem, "r", codec_options(&co));
    co.max_ratio = 0;
    co.max_memory = -1;
    check_refused(EINVAL, &rill_plain, mem, "r", codec_options(&co));
    co.max_memory = 0;
    co.struct_size--;
    check_refused(EINVAL, &rill_plain, mem, "r", codec_options(&co));

    longer.co.struct_size = sizeof(longer);
    {
        rill_options o = RILL_OPTIONS_INIT;

        o.codec_options = &longer.co;
        s = rill_open_codec(&rill_plain, mem, RILL_BORROW, "r", &o);
        CHECK(s != NULL);
        CHECK_OK(rill_close(s));
        longer.later[3] = 1;
        check_refused(EINVAL, &rill_plain, mem, "r", &o);
    }
    CHECK_OK(rill_close(mem));
}

TEST(codec__any_needs_a_list)
{
    static const rill_codec *const none[] = {NULL};
    rill_codec_options co = RILL_CODEC_OPTIONS_INIT;
    rill *mem = rill_open_mem(NULL), *s;

    check_refused(EINVAL, &rill_any, mem, "r", NULL);
    check_refused(ENOTSUP, &rill_any, mem, "w", NULL);
    co.among = none;
    s = rill_open_codec(&rill_any, mem, RILL_TAKE, "r", codec_options(&co));
    CHECK_CODE(RILL_EDATA, rill_getc(s));
    CHECK_CODE(RILL_EDATA, rill_close(s));
}

TEST(codec__of_other_streams)
{
    rill *mem = rill_open_mem(NULL);

    CHECK_PTR(NULL, rill_codec_of(mem));
    CHECK_CODE(RILL_ENOTSUP, rill_codec_finish(mem));
    CHECK_OK(rill_close(mem));
}

/* ---- Plain ----------------------------------------------------------------- */

BRIDGE_TEST(codec__plain_comes_back)
{
    enum { LEN = 300 * 1000 };
    unsigned char *data = codec_sample(LEN);
    rill *below = kind->open(), *s;
    size_t got;

    s = rill_open_codec(&rill_plain, below, RILL_BORROW, "x", NULL);
    CHECK_STR("xb", rill_mode(s));
    CHECK_INT(LEN, rill_write(s, data, LEN));
    CHECK_OK(rill_close(s));
    CHECK_OK(rill_rewind(below));
    s = rill_open_codec(&rill_plain, below, RILL_TAKE, "r", NULL);
    CHECK_INT(70000, rill_seek(s, 70000, RILL_SEEK_SET));
    CHECK_INT(data[70000], rill_getc(s));
    CHECK_OK(rill_rewind(s));
    CHECK_OK(codec_drain(s, data, LEN, &got));
    CHECK_INT(LEN, got);
    free(data);
}

TEST(codec__plain_is_empty)
{
    static const rill_codec *const list[] = {&rill_plain, NULL};
    rill_codec_options co = RILL_CODEC_OPTIONS_INIT;
    rill *s = rill_open_view("", 0);

    co.among = list;
    s = rill_open_codec(&rill_any, s, RILL_TAKE, "r", codec_options(&co));
    CHECK_REST(s, "");
    CHECK_OK(rill_close(s));
}

/* A word, and no end of the data behind it: no more may be asked for. */
TEST(codec__detects_by_what_is_there)
{
    static const rill_codec *const list[] = {&rill_plain, NULL};
    static const rill_step steps[] = {RILL_STEP_GIVES("h"), RILL_STEP_BLOCKS};
    rill_script script = {.steps = steps, .count = 2};
    const rill_codec *found = NULL;
    rill *s = rill_open_script(&script, NULL);

    CHECK_INT(1, rill_codec_detect(s, list, &found));
    CHECK_PTR(&rill_plain, found);
    CHECK_READS(s, "h");
    CHECK_CODE(RILL_EAGAIN, rill_codec_detect(s, list, &found));
    CHECK_OK(rill_close(s));
}

/* ---- Codecs that do what they may not -------------------------------------- */

static int odd_start(rill_codec_run *run)
{
    (void)run;
    return RILL_OK;
}

static int idle(rill_codec_run *run, int verb)
{
    (void)run, (void)verb;
    return 0;
}

static void odd_end(rill_codec_run *run)
{
    (void)run;
}

static const rill_codec idler = {
    .layer = {rill_open_codec},
    .struct_size = sizeof(rill_codec),
    .name = "idler",
    .decode = {1, odd_start, idle, odd_end},
    .encode = {1, odd_start, idle, odd_end},
};

TEST(codec__that_does_nothing)
{
    rill *mem = rill_open_mem(NULL), *s;

    s = rill_open_codec(&idler, mem, RILL_BORROW, "w", NULL);
    CHECK_INT(1, rill_puts(s, "x"));
    CHECK_CODE(RILL_EIO, rill_flush(s));
    CHECK_CODE(RILL_EIO, rill_close(s));
    CHECK_INT(1, rill_puts(mem, "x"));
    CHECK_OK(rill_rewind(mem));
    s = rill_open_codec(&idler, mem, RILL_TAKE, "r", NULL);
    CHECK_CODE(RILL_EIO, rill_getc(s));
    rill_clear(s);
    CHECK_CODE(RILL_EIO, rill_getc(s));
    CHECK_CODE(RILL_EIO, rill_close(s));
}

static int no_memory(rill_codec_run *run)
{
    (void)run;
    return RILL_ENOMEM;
}

TEST(codec__that_cannot_begin)
{
    rill_codec codec = idler;
    rill *s;

    codec.decode.start = no_memory;
    s = rill_open_codec(&codec, rill_open_view("x", 1), RILL_TAKE, "r", NULL);
    CHECK_CODE(RILL_ENOMEM, rill_getc(s));
    CHECK_CODE(RILL_ENOMEM, rill_close(s));
    codec.struct_size--;
    s = rill_open_view("x", 1);
    check_refused(EINVAL, &codec, s, "r", NULL);
    CHECK_OK(rill_close(s));
}

/* ---- Memory ---------------------------------------------------------------- */

TEST(codec__memory_for_libraries)
{
    rill *s = rill_open_mem(NULL);
    rill_codec_run run = {.stream = s};
    void *p = rill_codec_alloc(&run, 3, 100);

    CHECK(p != NULL);
    CHECK_INT(0, (uintptr_t)p % _Alignof(max_align_t));
    memset(p, 1, 300);
    rill_codec_free(&run, p);
    rill_codec_free(&run, NULL);
    CHECK_PTR(NULL, rill_codec_alloc(&run, SIZE_MAX / 2, 3));
    p = rill_codec_alloc(&run, 0, 3);
    CHECK(p != NULL);
    rill_codec_free(&run, p);
    CHECK_OK(rill_close(s));
}

TEST(codec__plain_in_parts)
{
    unsigned char *data = codec_sample(1000);
    void *packed;

    CHECK_MEM(packed, codec_pack(&plain, data, 1000, &packed), data, 1000);
    rill_free(packed);
    free(data);
}
