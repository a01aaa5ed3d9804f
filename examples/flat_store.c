/*
 * flat_store.c - a store whose bytes already are memory: a page shared between
 * two processes.
 *
 * A flat store says where its memory is, and has no more to do: the core reads
 * and writes in place. Here a child process writes a letter through one stream
 * and its parent reads it through another.
 */
#define _DEFAULT_SOURCE
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <rill/ops.h>
#include <rill/rill.h>

enum { PAGE = 4096 };

static const rill_ops shared_ops = {
    .struct_size = sizeof(rill_ops), .name = "shared", .flags = RILL_OPS_FLAT,
    /* no `grow`: the page is all there is; no `close`: it is borrowed */
};

/* Read and write the PAGE bytes at `page`, `len` of which are content. */
static rill *open_shared(void *page, size_t len)
{
    void *self;
    rill_flat *flat;
    rill *s =
        rill_open_ops(&shared_ops, RILL_READ | RILL_WRITE, NULL, NULL, &self);

    if (!s)
        return NULL;
    flat = rill_flat_of(s);
    flat->base = page;
    flat->len = len;
    flat->cap = PAGE;
    return s;
}

static int write_letter(void *page)
{
    rill *s = open_shared(page, 0);

    if (!s)
        return 1;
    rill_printf(s, "Dear parent,\nall %d bytes are ours.\n", PAGE);
    return rill_close(s) < 0;
}

int main(void)
{
    const char *line;
    ptrdiff_t n;
    int status, lines = 0;
    rill *s;
    void *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t child = page == MAP_FAILED ? -1 : fork();

    if (child == 0)
        _exit(write_letter(page));
    if (child < 0 || waitpid(child, &status, 0) < 0 || status != 0)
        return 1;

    s = open_shared(page, PAGE);
    if (!s)
        return 1;
    while ((n = rill_readline(s, &line)) > 0 && *line != '\0') {
        printf("%d: %.*s", ++lines, (int)n, line);
        fflush(stdout);
    }
    return rill_close(s) < 0 || lines != 2;
}
