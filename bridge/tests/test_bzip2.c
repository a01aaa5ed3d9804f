/*
 * test_bzip2.c - bzip2: the suite.
 */
#include "codec_suite.h"

#include <rill/bzip2.h>

static const struct codec_case bzip2 = {
    .codec = &rill_bzip2,
    .tool = "bzip2",
    .pack = "bzip2 -c",
    .unpack = "bzip2 -dc",
    .other_tool = "python3",
    .other_pack = "python3 -c 'import bz2, sys; sys.stdout.buffer.write("
                  "bz2.compress(sys.stdin.buffer.read()))'",
    .other_unpack = "python3 -c 'import bz2, sys; sys.stdout.buffer.write("
                    "bz2.open(sys.stdin.buffer).read())'",
    .proves = 1,
    .quick = 1,
};

TEST_AT_START(bzip2)
{
    codec_suite(&bzip2);
}

/* A file may have any bytes behind the level that are no block's. */
TEST(bzip2__text_that_begins_so)
{
    const rill_codec *const list[] = {&rill_bzip2, NULL};
    const rill_codec *found;
    rill *s = rill_open_view("BZh9 is how bzip2 begins", 24);

    CHECK_INT(0, rill_codec_detect(s, list, &found));
    CHECK_OK(rill_close(s));
}
