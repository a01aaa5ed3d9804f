/*
 * zlib.c - a file, packed with gzip and read back, as if it were not.
 *
 *     zlib FILE
 *
 * The copy is a save: it appears whole, or not at all. Then a line is added to
 * it, as to a log, and all is read as one.
 */
#include <stdio.h>
#include <string.h>

#include <rill/rill.h>
#include <rill/zlib.h>

/* The file beside this program's, packed. */
static const char name[] = "copy.gz";

/* Pack a file: how many bytes it has, or a code. */
static int64_t pack(const char *path)
{
    rill_codec_options level = RILL_CODEC_OPTIONS_INIT;
    rill_options o = RILL_OPTIONS_INIT;
    rill *in, *out;
    int64_t n;

    level.level = 9;
    o.codec = &rill_gzip;
    o.codec_options = &level;
    in = rill_open(path, "r");
    out = rill_open_with(name, "ws", &o);
    if (!in || !out) {
        perror(in ? name : path);
        rill_discard(in);
        rill_discard(out);
        return -1;
    }
    n = rill_copy(out, in, -1);
    if (n < 0 || rill_close(in) < 0) {
        fprintf(stderr, "%s: cannot be read\n", path);
        rill_discard(out); /* no copy.gz */
        return -1;
    }
    if (rill_close(out) < 0) {
        perror(name);
        return -1;
    }
    return n;
}

static int add(const char *line)
{
    rill_options o = RILL_OPTIONS_INIT;
    rill *s;

    o.codec = &rill_gzip;
    s = rill_open_with(name, "a", &o);
    if (!s)
        return -1;
    rill_puts(s, line);
    return rill_close(s);
}

/* How many bytes were packed, in all members; or a code. */
static int64_t count(void)
{
    rill_options o = RILL_OPTIONS_INIT;
    rill *s;
    int64_t n;

    o.codec = &rill_gzip;
    s = rill_open_with(name, "r", &o);
    if (!s)
        return -1;
    n = rill_skip(s, INT64_MAX);
    if (rill_close(s) < 0) /* a byte has changed, or the end is missing */
        return -1;
    return n;
}

int main(int argc, char **argv)
{
    static const char line[] = "and a line\n";
    const char *path = argc > 1 ? argv[1] : "picture.png";
    int64_t n = pack(path), len = (int64_t)strlen(line);

    if (n < 0)
        return 1;
    if (add(line) < 0 || count() != n + len) {
        fprintf(stderr, "%s is not what it should be\n", name);
        return 1;
    }
    printf("%s: the file, and a line\n", name);
    return 0;
}
