/*
 * take_and_free.c - let a stream build a string of unknown length, then take
 * its memory.
 *
 * rill_take() gives the bytes away without a copy (short ones, that lie in the
 * stream itself, are copied). They outlive the stream and are the caller's to
 * release.
 */
#include <stdio.h>

#include <rill/rill.h>

/* Make "1, 2, ... , last" as a C string; release it with rill_free(). */
static char *count_to(int last)
{
    void *text = NULL;
    int i, rc;
    rill *s = rill_open_mem(NULL);

    if (!s)
        return NULL;
    for (i = 1; i <= last; i++)
        rill_printf(s, i < last ? "%d, " : "%d", i);
    rill_putc(s, '\0'); /* a stream holds bytes: a C string's NUL is one */

    rc = rill_failed(s, NULL);
    if (rc == 0 && rill_take(s, &text) < 0)
        text = NULL;
    if (rill_close(s) < 0) {
        rill_free(text);
        return NULL;
    }
    return text;
}

int main(void)
{
    char *few = count_to(7);
    char *many = count_to(100000);
    size_t len;

    if (!few || !many)
        return 1;
    len = strlen(many);
    printf("%s\n", few);
    printf("%zu bytes, the last ones: %s\n", len, many + len - 14);
    rill_free(few);
    rill_free(many);
    return len != 688893;
}
