/*
 * brotli.c - a page for the web, written once and packed for those who take
 * "br".
 *
 *     brotli FILE
 *
 * What makes the page writes to a stream, and does not know what becomes of it.
 */
#include <stdio.h>

#include <rill/brotli.h>
#include <rill/rill.h>

/* A page that shows the first bytes of a file. */
static int write_page(rill *page, rill *file)
{
    int i, byte;

    rill_puts(page, "<!doctype html>\n<table>\n");
    for (i = 0; i < 2000; i++) {
        byte = rill_getc(file);
        if (byte < 0)
            break;
        rill_printf(page, "<tr><td>%d<td>%02x\n", i, (unsigned)byte);
    }
    rill_puts(page, "</table>\n");
    return rill_close(page); /* which fails if any of these did */
}

int main(int argc, char **argv)
{
    const char *path = argc > 1 ? argv[1] : "picture.png";
    rill_codec_options co = RILL_CODEC_OPTIONS_INIT;
    rill_options o = RILL_OPTIONS_INIT;
    rill *file = rill_open(path, "r"), *packed = rill_open_mem(NULL), *s;
    int64_t short_len, len;

    co.level = 5;
    o.codec_options = &co;
    s = rill_open_codec(&rill_brotli, packed, RILL_BORROW, "w", &o);
    if (!file || !s || write_page(s, file) < 0) {
        perror(path);
        return 1;
    }
    short_len = rill_tell(packed);
    if (rill_rewind(packed) < 0)
        return 1;
    s = rill_open_codec(&rill_brotli, packed, RILL_TAKE, "r", NULL);
    len = s ? rill_skip(s, INT64_MAX) : RILL_ENOMEM;
    printf("%lld bytes, %s\n", (long long)len,
           short_len * 3 < len ? "of which less than a third is sent" : "");
    return rill_close(s) < 0 || rill_close(file) < 0;
}
