/*
 * test_zlib.c - gzip, zlib and raw deflate: the suite; what gzip(1) writes that
 * zlib does not; flush points that are zlib's.
 */
#include "codec_suite.h"

#include <zlib.h>

#include <rill/zlib.h>

#define PYTHON(way, bits)                         \
    "python3 -c 'import sys, zlib; z = zlib." way \
    "; i = sys.stdin.buffer.read(); sys.stdout.buffer.write(" bits ")'"
#define PACK(bits) \
    PYTHON("compressobj(9, 8, " bits ")", "z.compress(i) + z.flush()")
#define UNPACK(bits) \
    PYTHON("decompressobj(" bits ")", "z.decompress(i) + z.flush()")

static const struct codec_case gzip = {
    .codec = &rill_gzip,
    .tool = "gzip",
    .pack = "gzip -c",
    .unpack = "gzip -dc",
    .other_tool = "python3",
    .other_pack = "python3 -m gzip -",
    .other_unpack = "python3 -c 'import gzip, sys; sys.stdout.buffer.write("
                    "gzip.open(sys.stdin.buffer).read())'",
    .proves = 1,
    .quick = 1,
    .padding = 1,
};

static const struct codec_case zlib = {
    .codec = &rill_zlib,
    .tool = "python3",
    .pack = PACK("15"),
    .unpack = UNPACK("15"),
    .proves = 1,
    .quick = 1,
};

static const struct codec_case deflate_raw = {
    .codec = &rill_deflate,
    .tool = "python3",
    .pack = PACK("-15"),
    .unpack = UNPACK("-15"),
    .quick = 1,
};

TEST_AT_START(zlib)
{
    codec_suite(&gzip);
    codec_suite(&zlib);
    codec_suite(&deflate_raw);
}

/* A name, a comment, extra bytes and a CRC of it all in the header: RFC 1952,
 * 2.3. */
TEST(zlib__all_of_a_header)
{
    static const unsigned char header[] = {0x1f, 0x8b, 8,   0x1e, 1, 2,   3,
                                           4,    0,    3,   2,    0, 'x', 'y',
                                           'n',  'a',  'm', 'e',  0, 'c', 0};
    uLong sum = crc32(0, header, sizeof(header));
    unsigned char low = (unsigned char)sum, high = (unsigned char)(sum >> 8);
    void *packed;
    size_t len = codec_pack(&gzip, "hello", 5, &packed);
    rill *mem = rill_open_mem(NULL), *s;

    CHECK_INT(sizeof(header), rill_write(mem, header, sizeof(header)));
    CHECK_INT(low, rill_putc(mem, low));
    CHECK_INT(high, rill_putc(mem, high));
    CHECK_INT(len - 10, rill_write(mem, (char *)packed + 10, len - 10));
    CHECK_OK(rill_rewind(mem));
    s = rill_open_codec(&rill_gzip, mem, RILL_TAKE, "r", NULL);
    CHECK_REST(s, "hello");
    CHECK_OK(rill_close(s));
    rill_free(packed);
}

/* Closing does what a flush would, and not both. */
TEST(zlib__no_flush_point_before_the_end)
{
    rill *mem = rill_open_mem(NULL), *s;
    const void *packed;
    unsigned char want[100];
    uLongf len = sizeof(want);

    CHECK_INT(Z_OK, compress2(want, &len, (const Bytef *)"hello", 5, 6));
    s = rill_open_codec(&rill_zlib, mem, RILL_BORROW, "w", NULL);
    CHECK_INT(5, rill_puts(s, "hello"));
    CHECK_OK(rill_close(s));
    CHECK_MEM(packed, rill_data(mem, &packed), want, len);
    CHECK_OK(rill_close(mem));
}

/* bgzip writes such files: blocks that are members. */
TEST(zlib__gzip_of_many_members)
{
    enum { MEMBERS = 3000 };
    rill *mem = rill_open_mem(NULL), *s;
    void *packed;
    size_t len = codec_pack(&gzip, "one line\n", 9, &packed);
    int i;

    for (i = 0; i < MEMBERS; i++)
        CHECK_INT(len, rill_write(mem, packed, len));
    CHECK_OK(rill_rewind(mem));
    s = rill_open_codec(&rill_gzip, mem, RILL_TAKE, "r", NULL);
    CHECK_INT(9 * MEMBERS, rill_skip(s, 10 * MEMBERS));
    CHECK_OK(rill_close(s));
    rill_free(packed);
}
