/*
 * codec_support.c - what the tests of codecs share: samples, streams, the end.
 */
#include "codec_suite.h"

const rill_options *codec_options(const rill_codec_options *co)
{
    static rill_codec_options copy;
    static rill_options o;

    copy = *co;
    o = (rill_options)RILL_OPTIONS_INIT;
    o.codec_options = &copy;
    return &o;
}

const rill_options *codec_level(int level)
{
    rill_codec_options co = RILL_CODEC_OPTIONS_INIT;

    co.level = level;
    return codec_options(&co);
}

const rill_options *codec_only_one(void)
{
    rill_codec_options co = RILL_CODEC_OPTIONS_INIT;

    co.one = 1;
    return codec_options(&co);
}

rill *codec_writer(const struct codec_case *c, rill *below, int ownership)
{
    rill *s = rill_open_codec(c->codec, below, ownership, "wb",
                              codec_level(c->quick));
    CHECK(s != NULL);
    return s;
}

rill *codec_reader(const struct codec_case *c, rill *below, int ownership,
                   const rill_options *o)
{
    rill *s = rill_open_codec(c->codec, below, ownership, "rb", o);

    CHECK(s != NULL);
    return s;
}

unsigned char *codec_sample(size_t len)
{
    unsigned char *data = test_alloc(len + 1);
    uint64_t state = 1;
    size_t i;

    for (i = 0; i < len; i++) {
        uint64_t x = test_random(&state);

        data[i] = x % 4 && i >= 40 ? data[i - 17 - x / 8 % 9]
                                   : (unsigned char)(x >> 32);
    }
    return data;
}

size_t codec_pack(const struct codec_case *c, const void *data, size_t len,
                  void **packed_out)
{
    rill *mem = rill_open_mem(NULL), *s = codec_writer(c, mem, RILL_BORROW);
    ptrdiff_t packed;

    CHECK_INT(len, rill_write(s, data, len));
    CHECK_OK(rill_close(s));
    packed = rill_take(mem, packed_out);
    CHECK(packed > 0);
    CHECK_OK(rill_close(mem));
    return (size_t)packed;
}

int codec_drain(rill *s, const void *want, size_t len, size_t *len_out)
{
    const unsigned char *bytes = want;
    unsigned char buf[4096];
    ptrdiff_t r;

    *len_out = 0;
    while ((r = rill_read(s, buf, sizeof(buf))) > 0) {
        CHECK(*len_out + (size_t)r <= len);
        CHECK_MEM(buf, r, bytes + *len_out, (size_t)r);
        *len_out += (size_t)r;
    }
    CHECK_INT(rill_failed(s, NULL), r);
    return rill_close(s);
}

/* All of `s`, which is closed, is `want`. */
void codec_check_all(rill *s, const void *want, size_t len)
{
    size_t got;

    CHECK_OK(codec_drain(s, want, len, &got));
    CHECK_INT(len, got);
}

const rill_options *codec_for_open(const struct codec_case *c)
{
    static rill_options o;

    o = *codec_level(c->quick);
    o.codec = c->codec;
    return &o;
}

/* ---- Registration ---------------------------------------------------------- */

static void run_one(void *arg)
{
    const struct codec_run *r = arg;

    if (r->once)
        r->once(r->c);
    else
        r->with_kind(r->c, r->kind);
}

void codec_add(struct codec_run r, const char *what)
{
    struct codec_run *kept = test_alloc(sizeof(*kept));
    char name[100];

    *kept = r;
    snprintf(name, sizeof(name), r.kind ? "%s__%s[%s]" : "%s__%s",
             r.c->codec->name, what, r.kind ? r.kind->name : "");
    test_register(name, run_one, kept);
}
