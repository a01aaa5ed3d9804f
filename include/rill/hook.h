/*
 * rill/hook.h - a place for tests between Rill and the system.
 *
 * Every allocation that the library makes with malloc(), and every system
 * call, asks one hook first, which may make it fail or come out short. What
 * uses it to make each of them fail in turn is rill/testing/fault.h.
 */
#ifndef RILL_HOOK_H
#define RILL_HOOK_H

#include <rill/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What is about to be asked of the system. New ones come at the end. */
enum rill_call {
    RILL_CALL_ALLOCATE,  /* malloc(), realloc(), a range of addresses */
    RILL_CALL_OPEN,      /* open(), openat(), mkostemp() */
    RILL_CALL_CLOSE,     /* close(): made all the same, then "fails" */
    RILL_CALL_STAT,      /* fstat(), fstatat() */
    RILL_CALL_READ,      /* read(), pread(), readv(), preadv(); count: bytes */
    RILL_CALL_WRITE,     /* write(), pwrite(), writev()...; count: bytes */
    RILL_CALL_SEEK,      /* lseek() */
    RILL_CALL_TRUNCATE,  /* ftruncate() */
    RILL_CALL_SYNC,      /* fsync(), fdatasync(), of directories too */
    RILL_CALL_PREPARE,   /* fallocate(): a hint */
    RILL_CALL_CLONE,     /* FICLONERANGE, splice(): a shorter way */
    RILL_CALL_PIPE,      /* pipe2() */
    RILL_CALL_RENAME,    /* renameat(), renameat2(), linkat() */
    RILL_CALL_UNLINK,    /* unlink(), unlinkat() */
    RILL_CALL_LINK,      /* readlinkat() */
    RILL_CALL_LOCK,      /* flock() */
    RILL_CALL_ATTRIBUTE, /* fchmod(), fchown(), f*xattr() */
    RILL_CALL_DESCRIPTOR /* fcntl() */
};
enum { RILL_CALLS = RILL_CALL_DESCRIPTOR + 1 };

/*
 * Asked before each call. Returns 0 to let it happen, or the errno that it
 * shall fail with instead. *count is how many bytes it is about (0 where that
 * has no meaning): lowered, the call is made for that many, so that it comes
 * out short; 0 makes it come out empty. The hook must not use a stream.
 */
typedef int rill_call_hook(void *ctx, int call, size_t *count);

/*
 * Set the hook of this process; NULL takes it away. For tests: no thread may be
 * within a call of Rill meanwhile. Allocations of a rill_allocator are that
 * allocator's own business and are not asked about.
 */
RILL_API void rill_set_call_hook(rill_call_hook *hook, void *ctx);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* RILL_HOOK_H */
