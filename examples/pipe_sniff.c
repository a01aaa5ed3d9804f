/*
 * pipe_sniff.c - look at the first bytes of a pipe to find out what comes.
 *
 * A pipe cannot go back. rill_peek() shows the bytes without reading them, so
 * whoever gets the stream next still finds it at its very first byte.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <unistd.h>

#include <rill/rill.h>

static const char *format_of(rill *s)
{
    const void *head;
    ptrdiff_t n = rill_peek(s, &head, 8);

    if (n >= 8 && memcmp(head, "\x89PNG\r\n\x1a\n", 8) == 0)
        return "a PNG picture";
    if (n >= 4 && memcmp(head, "PK\3\4", 4) == 0)
        return "a ZIP archive";
    if (n >= 2 && memcmp(head, "\x1f\x8b", 2) == 0)
        return "gzip data";
    return n > 0 ? "something else" : "nothing";
}

/* Send `len` bytes through a pipe and look at what comes out. Returns how many
 * bytes could still be read after the look. */
static ptrdiff_t sniff(const void *data, size_t len)
{
    int ends[2];
    char all[64];
    ptrdiff_t n;
    rill *in, *out;

    if (pipe(ends) < 0)
        return RILL_EIO;
    in = rill_open_fd(ends[0], "rb", RILL_TAKE, NULL);
    out = rill_open_fd(ends[1], "wb", RILL_TAKE, NULL);
    if (!in || !out)
        return RILL_ENOMEM;
    rill_write(out, data, len);
    if (rill_close(out) < 0)
        return RILL_EIO;

    printf("%s, ", format_of(in));
    n = rill_read(in, all, sizeof(all));
    printf("and all %td bytes are still there\n", n);
    if (n > 0 && memcmp(all, data, (size_t)n) != 0)
        n = RILL_EDATA;
    return rill_close(in) < 0 ? RILL_EIO : n;
}

int main(void)
{
    if (sniff("\x89PNG\r\n\x1a\n and so on", 18) != 18)
        return 1;
    if (sniff("PK\3\4 and so on", 14) != 14)
        return 1;
    return sniff("", 0) != 0;
}
