/*
 * test_brotli.c - Brotli: the suite.
 */
#include "codec_suite.h"

#include <rill/brotli.h>

static const struct codec_case brotli = {
    .codec = &rill_brotli,
    .tool = "brotli",
    .pack = "brotli -c -",
    .unpack = "brotli -dc -",
    .quick = 1,
};

TEST_AT_START(brotli)
{
    codec_suite(&brotli);
}
