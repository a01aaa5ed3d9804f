/*
 * bzip2.c - reads a file that may be packed, or not.
 *
 *     bzip2 FILE
 *
 * Nobody is told which it is: the first bytes say so.
 */
#include <stdio.h>

#include <rill/bzip2.h>
#include <rill/rill.h>

/* Pack a file into "copy.bz2": 0 or a code. */
static int pack(const char *path)
{
    rill_options o = RILL_OPTIONS_INIT;
    rill *in = rill_open(path, "r"), *out;
    int64_t n = RILL_EIO;
    int rc;

    o.codec = &rill_bzip2;
    out = rill_open_with("copy.bz2", "w", &o);
    if (in && out)
        n = rill_copy(out, in, -1);
    rc = rill_close(in);
    if (rc == RILL_OK)
        rc = rill_close(out);
    else
        rill_discard(out);
    return n < 0 ? (int)n : rc;
}

/* Say what is in a file, packed or not: how many bytes, or a code. */
static int64_t show(const char *path)
{
    static const rill_codec *const known[] = {&rill_bzip2, &rill_plain, NULL};
    rill_codec_options co = RILL_CODEC_OPTIONS_INIT;
    rill_options o = RILL_OPTIONS_INIT;
    unsigned char first[4];
    rill *s;
    int64_t n;

    co.among = known;
    o.codec = &rill_any;
    o.codec_options = &co;
    s = rill_open_with(path, "r", &o);
    if (!s || rill_read_exact(s, first, sizeof(first)) < 0)
        return -1;
    n = 4 + rill_skip(s, INT64_MAX);
    printf("%s: %.3s\n", rill_codec_of(s)->name, first + 1);
    return rill_close(s) < 0 ? -1 : n;
}

int main(int argc, char **argv)
{
    const char *path = argc > 1 ? argv[1] : "picture.png";

    int64_t n;

    if (pack(path) < 0) {
        perror(path);
        return 1;
    }
    n = show(path);
    return n < 0 || show("copy.bz2") != n;
}
