/*
 * test_zstd.c - Zstandard: the suite; frames to skip; windows that are too
 * large; more than 4 GiB.
 */
#include "codec_suite.h"

#include <zstd.h>

#include <rill/zstd.h>

static const struct codec_case zstd = {
    .codec = &rill_zstd,
    .tool = "zstd",
    .pack = "zstd -c",
    .unpack = "zstd -dc",
    .proves = 1,
    .quick = 1,
};

TEST_AT_START(zstd)
{
    codec_suite(&zstd);
}

TEST(zstd__frames_to_skip)
{
    static const char skip[] = "\x53\x2a\x4d\x18\x03\0\0\0abc";
    const rill_codec *const list[] = {&rill_zstd, NULL};
    const rill_codec *found = NULL;
    rill *mem = rill_open_mem(NULL), *s;
    void *packed;
    size_t len = codec_pack(&zstd, "hello", 5, &packed);

    CHECK_INT(11, rill_write(mem, skip, 11));
    CHECK_INT(len, rill_write(mem, packed, len));
    CHECK_INT(11, rill_write(mem, skip, 11));
    CHECK_OK(rill_rewind(mem));
    CHECK_INT(1, rill_codec_detect(mem, list, &found));
    s = rill_open_codec(&rill_zstd, mem, RILL_TAKE, "r", NULL);
    CHECK_REST(s, "hello");
    CHECK_OK(rill_close(s));
    rill_free(packed);
}

/* A frame that needs 256 MiB to be read, of which nothing is used. */
TEST(zstd__window_of_memory)
{
    static const unsigned char frame[] = {
        0x28, 0xb5, 0x2f, 0xfd, 0x00, (28 - 10) << 3, 0x09, 0, 0, 'x'};
    rill_codec_options co = RILL_CODEC_OPTIONS_INIT;
    int64_t memory;

    for (memory = 0; memory <= 256 << 20; memory += 128 << 20) {
        rill *s = rill_open_view(frame, sizeof(frame));

        co.max_memory = memory;
        s = rill_open_codec(&rill_zstd, s, RILL_TAKE, "r", codec_options(&co));
        CHECK_CODE(memory < 256 << 20 ? RILL_ELIMIT : 'x', rill_getc(s));
        CHECK_CODE(memory < 256 << 20 ? RILL_ELIMIT : RILL_OK, rill_close(s));
    }
}

TEST(zstd__more_than_4_gib)
{
    enum { PART = 64 * 1024 * 1024, PARTS = 65 };
    unsigned char *zeros = calloc(1, PART);
    void *packed;
    size_t len = codec_pack(&zstd, zeros, PART, &packed);
    rill *mem = rill_open_mem(NULL), *s;
    int i;

    for (i = 0; i < PARTS; i++)
        CHECK_INT(len, rill_write(mem, packed, len));
    CHECK_OK(rill_rewind(mem));
    s = rill_open_codec(&rill_zstd, mem, RILL_TAKE, "r", NULL);
    CHECK_INT((int64_t)PART * PARTS, rill_skip(s, INT64_MAX));
    CHECK_INT((int64_t)PART * PARTS, rill_tell(s));
    CHECK_CODE(RILL_EEOF, rill_getc(s));
    CHECK_OK(rill_close(s));
    rill_free(packed);
    free(zeros);
}
