/*
 * rewind.c - the usual first mistake, and how Rill tells you of it.
 *
 * A stream has one position. After writing it stands behind the last byte, so
 * reading finds nothing there until rill_rewind() moves it to the start. With
 * a diagnostic hook the stream says so itself.
 */
#include <stdio.h>

#include <rill/rill.h>

static void told(void *ctx, const rill *s, int diagnosis, const char *message)
{
    (void)s, (void)message; /* the message is one line for a log */
    if (diagnosis == RILL_DIAG_NOT_REWOUND)
        *(int *)ctx += 1;
}

int main(void)
{
    int hints = 0;
    char text[64];
    ptrdiff_t n;
    rill_options o = RILL_OPTIONS_INIT;
    rill *s;

    o.diagnostic = told;
    o.diagnostic_ctx = &hints;
    s = rill_open_mem(&o);
    if (!s) {
        perror("memory");
        return 1;
    }
    rill_puts(s, "what I wrote");

    n = rill_read(s, text, sizeof(text));
    printf("read at once: %td bytes, %d hint\n", n, hints);

    rill_rewind(s);
    n = rill_read(s, text, sizeof(text));
    printf("after rill_rewind(): %td bytes, \"%.*s\"\n", n, (int)n, text);
    return rill_close(s) < 0 || hints != 1 || n != 12;
}
