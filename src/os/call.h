/*
 * call.h - asking the hook of rill/hook.h, before each allocation and each
 * system call. Without a hook that is one load and one branch.
 */
#ifndef RILL_OS_CALL_H
#define RILL_OS_CALL_H

#include <stdlib.h>

#include <rill/hook.h>

extern rill_call_hook *rill__call_hook; /* NULL: nobody asks */
extern void *rill__call_hook_ctx;

/*
 * Ask whether `call` may happen: 0, or the errno to fail with. The hook may
 * lower *count (NULL: the call has none).
 */
static inline int rill__ask(int call, size_t *count)
{
    size_t none = 0;

    if (RILL_LIKELY(!rill__call_hook))
        return 0;
    return rill__call_hook(rill__call_hook_ctx, call, count ? count : &none);
}

/* malloc() and realloc(), asked for. */
static inline void *rill__malloc(size_t n)
{
    return rill__ask(RILL_CALL_ALLOCATE, NULL) ? NULL : malloc(n);
}

static inline void *rill__realloc(void *p, size_t n)
{
    return rill__ask(RILL_CALL_ALLOCATE, NULL) ? NULL : realloc(p, n);
}

#endif /* RILL_OS_CALL_H */
