/*
 * rill/base.h - version, compiler macros, error codes.
 *
 * Every call that can fail returns a count or an offset >= 0 when it succeeds
 * and one of the negative codes below when it does not. Zero is never an
 * error: where a count is returned it means the end of the data.
 */
#ifndef RILL_BASE_H
#define RILL_BASE_H

#include <stddef.h>
#include <stdint.h>

#define RILL_VERSION_MAJOR 0
#define RILL_VERSION_MINOR 1
#define RILL_VERSION_PATCH 0
#define RILL_VERSION "0.1.0"

#if defined(RILL_API)
/* Who includes this says where the functions are. */
#elif defined(_WIN32) && defined(RILL_BUILD_SHARED)
#define RILL_API __declspec(dllexport)
#elif defined(_WIN32) && defined(RILL_SHARED)
#define RILL_API __declspec(dllimport)
#elif defined(__GNUC__) || defined(__clang__)
#define RILL_API __attribute__((visibility("default")))
#else
#define RILL_API
#endif

#if defined(__GNUC__) || defined(__clang__)
#define RILL_LIKELY(x) __builtin_expect(!!(x), 1)
#define RILL_NODISCARD __attribute__((warn_unused_result))
#else
#define RILL_LIKELY(x) (x)
#define RILL_NODISCARD
#endif

/* printf() as C has it; the one of Windows knows less, and is not used. */
#if defined(__clang__)
#define RILL_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#elif defined(__GNUC__)
#define RILL_PRINTF(fmt, args) __attribute__((format(gnu_printf, fmt, args)))
#else
#define RILL_PRINTF(fmt, args)
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The codes are stable: a number never changes its meaning. */
enum rill_code {
    RILL_OK = 0,
    RILL_EINVAL = -1,  /* a caller's mistake: a bad argument */
    RILL_ENOTSUP = -2, /* this stream cannot do that, or was not opened to */
    RILL_ENOMEM = -3,  /* out of memory */
    RILL_EIO = -4,     /* the store failed; rill_error.os_error says how */
    RILL_ERANGE = -5,  /* an offset or a length beyond what 64 bits hold */
    RILL_ENOSPC = -6,  /* the disk, the quota or the bounded store is full */
    RILL_EAGAIN = -7,  /* a non-blocking store has nothing to say just now */
    RILL_EEOF = -8,    /* the data ended before the request was filled */
    RILL_EBUSY = -9,   /* refused: rill_getbuffer()'s view is held, or the
                          stream's own store or hook asks */
    RILL_ELIMIT = -10, /* a line or a peek beyond the window limit; data beyond
                          a limit that was set for them */
    RILL_EDATA = -11,  /* the bytes are not what they should be */
    RILL_EINTR = -12   /* from a store to the core only: "call me again" */
};

/*
 * What failed, where and why. `operation` is a static string ("read",
 * "write", "open"...). `offset` is where in the stream, -1 where that has no
 * meaning. `os_error` is the errno of the system call, 0 where none was made.
 * `path` is the stream's name or NULL; it lives as long as the stream does
 * (for a failed open: as long as the path that was passed).
 */
typedef struct rill_error {
    int code;
    int os_error;
    int64_t offset;
    const char *operation;
    const char *path;
} rill_error;

/* Say in English what a code means: a static string, never NULL. */
RILL_API const char *rill_strerror(int code);

/*
 * Write one line about `e` into `buf` ("write at 4096: No space left on
 * device: out.bin"), cut to fit `size` bytes with its final NUL.
 * Returns the length of the whole message, as snprintf() does.
 */
RILL_API int rill_error_format(const rill_error *e, char *buf, size_t size);

/* The version of the library that was linked, "0.1.0". */
RILL_API const char *rill_version(void);

/*
 * Memory for one stream, all through one function:
 *   realloc(ctx, NULL, 0, n)     allocate n bytes
 *   realloc(ctx, p, old, n)      resize; p stays valid if NULL is returned
 *   realloc(ctx, p, old, 0)      free; the result is ignored
 * Memory must be aligned as malloc()'s is. Never called with n = 0 and p =
 * NULL. Called only from within a call on that stream, never afterwards.
 */
typedef struct rill_allocator {
    void *(*realloc)(void *ctx, void *p, size_t old_size, size_t new_size);
    void *ctx;
} rill_allocator;

/*
 * Free what rill_take(), rill_getvalue() and rill_read_all() gave (of a stream
 * without an allocator of its own). rill_free(NULL) does nothing. Safe in any
 * thread; has the type that "free function" parameters have elsewhere.
 */
RILL_API void rill_free(void *p);

/*
 * Large memory streams leave their address range, and files their window, to
 * the next stream of the process. Set how many bytes of ranges may be kept
 * (256 MiB unless told; the pages of what is beyond 64 MiB are marked so that
 * the kernel may take them back under pressure). Safe in any thread.
 */
RILL_API void rill_pool_limit(size_t bytes);

/* Give all that is kept for later streams back to the system now. */
RILL_API void rill_pool_trim(void);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* RILL_BASE_H */
