/*
 * zstd.c - messages that are packed, and read one by one as they are sent.
 *
 *     zstd FILE
 *
 * A file is sent in parts. Each ends with a flush: then the other side can read
 * all of it at once, and still what came before helps to pack it.
 */
#include <stdio.h>

#include <rill/rill.h>
#include <rill/zstd.h>

enum { PART = 20000 };

/* Send a part, and read it on the other side: how many bytes, or a code. */
static ptrdiff_t send_part(rill *to, rill *from, rill *file)
{
    unsigned char part[PART], got[PART];
    ptrdiff_t n = rill_read(file, part, sizeof(part)), r;

    if (n <= 0)
        return n;
    rill_write(to, part, (size_t)n);
    r = rill_flush(to);
    if (r == RILL_OK)
        r = rill_read_exact(from, got, (size_t)n);
    if (r == RILL_OK && memcmp(part, got, (size_t)n) != 0)
        r = RILL_EDATA;
    return r < 0 ? r : n;
}

int main(int argc, char **argv)
{
    const char *path = argc > 1 ? argv[1] : "picture.png";
    rill *file = rill_open(path, "r"), *wire = rill_open_spool(1000000, NULL);
    rill *to = rill_open_codec(&rill_zstd, wire, RILL_BORROW, "w", NULL);
    rill *other = rill_open_section(wire, 0, -1, NULL);
    rill *from = rill_open_codec(&rill_zstd, other, RILL_TAKE, "r", NULL);
    int parts = 0;
    ptrdiff_t n;

    if (!file || !to || !from) {
        perror(path);
        return 1;
    }
    while ((n = send_part(to, from, file)) > 0)
        parts++;
    if (n < 0 || rill_close(to) < 0 || rill_getc(from) != RILL_EEOF) {
        fprintf(stderr, "%s\n", rill_strerror((int)n));
        return 1;
    }
    printf("%s parts, each read as it was sent\n", parts > 1 ? "some" : "no");
    return rill_close(from) < 0 || rill_close(wire) < 0 || rill_close(file) < 0;
}
