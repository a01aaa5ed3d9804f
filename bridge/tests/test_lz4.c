/*
 * test_lz4.c - LZ4 frames: the suite; the large blocks that the lz4 program
 * writes; frames to skip.
 */
#include "codec_suite.h"

#include <rill/lz4.h>

static const struct codec_case lz4 = {
    .codec = &rill_lz4,
    .tool = "lz4",
    .pack = "lz4 -c",
    .unpack = "lz4 -dc",
    .proves = 1,
    .quick = 1,
};

TEST_AT_START(lz4)
{
    codec_suite(&lz4);
}

TEST(lz4__frames_to_skip)
{
    static const char skip[] = "\x53\x2a\x4d\x18\x03\0\0\0abc";
    rill *mem = rill_open_mem(NULL), *s;
    void *packed;
    size_t len = codec_pack(&lz4, "hello", 5, &packed);

    CHECK_INT(11, rill_write(mem, skip, 11));
    CHECK_INT(len, rill_write(mem, packed, len));
    CHECK_INT(11, rill_write(mem, skip, 11));
    CHECK_OK(rill_rewind(mem));
    s = rill_open_codec(&rill_lz4, mem, RILL_TAKE, "r", NULL);
    CHECK_REST(s, "hello");
    CHECK_OK(rill_close(s));
    rill_free(packed);
}
