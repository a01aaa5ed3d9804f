/*
 * scope.c - RILL_AUTO: C's with-statement (GCC and clang).
 *
 * A stream so declared is closed when its variable goes out of scope, by every
 * way out. A writer closes by hand on the good path, because only
 * rill_closep() can say whether the last bytes arrived; the early exits need
 * nothing.
 */
#include <stdio.h>

#include <rill/rill.h>

/* Copy `from` to `to` in upper case. Returns the number of bytes, or -1. */
static long shout(const char *from, const char *to)
{
    RILL_AUTO rill *in = rill_open(from, "rb");
    RILL_AUTO rill *out = NULL;
    long n = 0;
    int c;

    if (!in)
        return -1;
    out = rill_open(to, "wb");
    if (!out)
        return -1; /* closes `in` */

    while ((c = rill_getc(in)) >= 0) {
        if (c >= 'a' && c <= 'z')
            c -= 'a' - 'A';
        rill_putc(out, c);
        n++;
    }
    if (c != RILL_EEOF)
        return -1;                         /* closes both */
    return rill_closep(&out) < 0 ? -1 : n; /* closes `in` */
}

int main(void)
{
    RILL_AUTO rill *words = rill_open("words.txt", "wb");
    RILL_AUTO rill *shouted = NULL;
    const char *line;
    ptrdiff_t len;
    long n;

    if (!words)
        return 1;
    rill_puts(words, "every way out closes the streams");
    if (rill_closep(&words) < 0)
        return 1;

    printf("no such file: %ld\n", shout("missing.txt", "SHOUT.txt"));
    n = shout("words.txt", "SHOUT.txt");
    shouted = rill_open("SHOUT.txt", "rb");
    if (!shouted)
        return 1;
    len = rill_readline(shouted, &line);
    printf("%ld bytes: %.*s\n", n, (int)len, line);
    return n != 32 || len != 32;
}
