/*
 * fd.c (demo) - a path for what is in memory: another program reads it.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>

#include <rill/fd.h>

#include "carry.h"

const char carrier[] = "a path, read by cat(1)";

int carry(rill *from, rill *to)
{
    rill *memory = rill_open_mem(NULL), *s = NULL;
    int64_t n = rill_size(from);
    char command[5000];
    rill_fd *path;
    FILE *cat = NULL;
    int ok;

    ok = memory && rill_copy(memory, from, -1) == n;
    path = ok ? rill_as_path(memory, ".goods", 0) : NULL;
    if (path) {
        snprintf(command, sizeof(command), "cat '%s'", rill_fd_path(path));
        cat = popen(command, "r");
    }
    if (cat)
        s = rill_open_fd(fileno(cat), "rb", RILL_BORROW, NULL);
    ok = s && rill_copy(to, s, -1) == n;
    ok &= rill_close(s) == 0;
    if (cat)
        ok &= pclose(cat) == 0;
    if (path)
        ok &= rill_fd_close(path) == 0;
    return rill_close(memory) == 0 && ok ? 0 : -1;
}
