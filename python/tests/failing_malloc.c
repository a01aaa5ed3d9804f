/*
 * failing_malloc.c - malloc(), calloc() and realloc() of which one call fails.
 *
 * Loaded with LD_PRELOAD, it stands before the C library's. Python is told to use
 * that for all its memory (PYTHONMALLOC=malloc), and librill does.
 */
#include <errno.h>
#include <stdlib.h>

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);

void fail_at(long n);
int has_failed(void);

static __thread long countdown; /* of this thread; 0: none fails */
static __thread int failed;

/* Have the n-th call from now on fail; 0: none. */
void fail_at(long n)
{
    countdown = n;
    failed = 0;
}

/* Whether it has; from now on none fails. */
int has_failed(void)
{
    countdown = 0;
    return failed;
}

static int fails(void)
{
    if (countdown == 0 || --countdown > 0)
        return 0;
    failed = 1;
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t n)
{
    return fails() ? NULL : __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
    return fails() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
    return fails() ? NULL : __libc_realloc(p, n);
}
