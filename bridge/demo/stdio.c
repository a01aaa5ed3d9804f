/*
 * stdio.c (demo) - stdio: a FILE over a stream, and a stream over that FILE.
 */
#include <stdio.h>

#include <rill/stdio.h>

#include "carry.h"

const char carrier[] = "stdio, as a FILE *";

int carry(rill *from, rill *to)
{
    rill *memory = rill_open_mem(NULL), *s;
    FILE *file = memory ? rill_as_file(memory, "w+", RILL_TAKE) : NULL;
    int64_t n = rill_size(from);
    int ok;

    if (!file)
        return -1;
    s = rill_open_file(file, "r+", RILL_BORROW, NULL);
    ok = s && rill_copy(s, from, -1) == n;
    rill_rewind(s);
    ok = ok && rill_copy(to, s, -1) == n;
    ok &= rill_close(s) == 0;
    ok &= rill_file_close(file) == 0;
    return ok ? 0 : -1;
}
