/* app.c - a program of someone who installed Rill: says its version, by way of
 * a stream. */
#include <stdio.h>

#include <rill/ops.h>
#include <rill/rill.h>

int main(void)
{
    RILL_AUTO rill *s = rill_open_mem(NULL);
    const void *data;
    ptrdiff_t len;

    if (!s || rill_printf(s, "%s\n", rill_version()) < 0)
        return 1;
    len = rill_data(s, &data);
    if (len < 0 || fwrite(data, 1, (size_t)len, stdout) != (size_t)len)
        return 1;
    return rill_closep(&s) < 0;
}
