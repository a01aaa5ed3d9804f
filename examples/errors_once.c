/*
 * errors_once.c - write a thousand times, check once.
 *
 * The first failure of a stream sticks: what is written after it does nothing,
 * and rill_failed() and rill_close() tell what happened, and where. So the
 * code that writes holds no error handling, and cannot forget any.
 */
#include <stdio.h>

#include <rill/rill.h>

static void report(rill *s)
{
    int i;

    for (i = 1; i <= 1000; i++)
        rill_printf(s, "%4d squared is %7d\n", i, i * i);
}

int main(void)
{
    rill_options o = RILL_OPTIONS_INIT;
    rill_error e;
    int good, bad;
    rill *roomy = rill_open_mem(NULL);
    rill *tight;

    o.max_size = 4096; /* stands for a disk that is nearly full */
    tight = rill_open_mem(&o);
    if (!roomy || !tight)
        return 1;

    report(roomy);
    printf("with room:    %lld bytes\n", (long long)rill_size(roomy));
    good = rill_close(roomy);
    printf("              close says: %s\n", rill_strerror(good));

    report(tight);
    printf("without room: %lld bytes\n", (long long)rill_size(tight));
    if (rill_failed(tight, &e) < 0)
        printf("              the first failure was at byte %lld\n",
               (long long)e.offset);
    bad = rill_close(tight);
    printf("              close says: %s\n", rill_strerror(bad));
    return good != RILL_OK || bad != RILL_ENOSPC;
}
