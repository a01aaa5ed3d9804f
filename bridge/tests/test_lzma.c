/*
 * test_lzma.c - .xz: the suite; .lzma, which is only read, by what the xz
 * program writes; memory limits.
 */
#include "codec_suite.h"

#include <errno.h>

#include <lzma.h>

#include <rill/lzma.h>

static const struct codec_case xz = {
    .codec = &rill_xz,
    .tool = "xz",
    .pack = "xz -c",
    .unpack = "xz -dc",
    .other_tool = "python3",
    .other_pack = "python3 -c 'import lzma, sys; sys.stdout.buffer.write("
                  "lzma.compress(sys.stdin.buffer.read()))'",
    .other_unpack = "python3 -c 'import lzma, sys; sys.stdout.buffer.write("
                    "lzma.open(sys.stdin.buffer).read())'",
    .proves = 1,
    .quick = 1,
    .padding = 4,
};

TEST_AT_START(xz)
{
    codec_suite(&xz);
}

/* `data` as a .lzma of liblzma's own. */
static size_t pack_alone(const void *data, size_t len, unsigned char *packed,
                         size_t room)
{
    lzma_options_lzma how;
    lzma_stream z = LZMA_STREAM_INIT;

    CHECK_INT(0, lzma_lzma_preset(&how, 1));
    CHECK_INT(LZMA_OK, lzma_alone_encoder(&z, &how));
    z.next_in = data;
    z.avail_in = len;
    z.next_out = packed;
    z.avail_out = room;
    CHECK_INT(LZMA_STREAM_END, lzma_code(&z, LZMA_FINISH));
    lzma_end(&z);
    return room - z.avail_out;
}

TEST(lzma__reads)
{
    enum { LEN = 5000 };
    const rill_codec *const list[] = {&rill_xz, &rill_lzma, NULL};
    const rill_codec *found = NULL;
    unsigned char *data = codec_sample(LEN), packed[2 * LEN];
    size_t len = pack_alone(data, LEN, packed, sizeof(packed)), got, cut;
    rill *s = rill_open_view(packed, len);

    CHECK_INT(1, rill_codec_detect(s, list, &found));
    CHECK_PTR(&rill_lzma, found);
    s = rill_open_codec(&rill_lzma, s, RILL_TAKE, "r", NULL);
    CHECK_OK(codec_drain(s, data, LEN, &got));
    CHECK_INT(LEN, got);
    for (cut = 0; cut < len; cut += 1 + cut / 8) {
        s = rill_open_codec(&rill_lzma, rill_open_view(packed, cut), RILL_TAKE,
                            "r", NULL);
        CHECK_CODE(RILL_EDATA, codec_drain(s, data, LEN, &got));
    }
    free(data);
}

TEST(lzma__does_not_write)
{
    rill *mem = rill_open_mem(NULL);

    CHECK_PTR(NULL, rill_open_codec(&rill_lzma, mem, RILL_TAKE, "w", NULL));
    CHECK_INT(ENOTSUP, errno);
    CHECK_OK(rill_close(mem));
}

TEST(lzma__limit_of_memory)
{
    rill_codec_options co = RILL_CODEC_OPTIONS_INIT;
    void *packed;
    size_t len = codec_pack(&xz, "hello", 5, &packed), got;
    rill *s = rill_open_view(packed, len);

    co.max_memory = 100 * 1000;
    s = rill_open_codec(&rill_xz, s, RILL_TAKE, "r", codec_options(&co));
    CHECK_CODE(RILL_ELIMIT, codec_drain(s, "hello", 5, &got));
    CHECK_INT(0, got);
    rill_free(packed);
}
