/*
 * os_windows.h - what the two files of os.h for Windows share: descriptors,
 * and failures.
 */
#ifndef RILL_OS_WINDOWS_H
#define RILL_OS_WINDOWS_H

#include "os.h"

#include "call.h"

#include <errno.h>
#include <stdbool.h>

#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN 1
#endif
#ifndef NOMINMAX
#define NOMINMAX 1
#endif
#include <windows.h>

/* How everything is opened: as POSIX has it, others may do what they like. */
#define SHARE_ALL (FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE)

/* A failure with an errno goes where the system's go, with the bit that is
 * left to programs. */
#define WITH_ERRNO 0x20000000u

static inline void fail_with(int err)
{
    SetLastError(WITH_ERRNO | (DWORD)err);
}

/* The errno for an error of the system. */
int rill__os_errno(DWORD error);

/* What the last call failed with, as operations return it. */
static inline int os_failed(void)
{
    return RILL_OS_ERROR(rill__os_errno(GetLastError()));
}

static inline int os_result(BOOL succeeded)
{
    return succeeded ? 0 : os_failed();
}

/* Whether the hook lets a call happen. Nothing interrupts one here; where the
 * hook says so, only transfers tell (`count`). */
static inline bool os_may(int call, size_t *count)
{
    int err;

    do {
        err = rill__ask(call, count);
    } while (err == EINTR && !count);
    if (err != 0)
        fail_with(err);
    return err == 0;
}

/* Make a call that returns false on failure, if the hook lets it happen. */
#define CALL(which, expr) (os_may((which), NULL) && (expr))

/* The same for calls that return a handle. */
#define OPEN(which, expr) \
    (os_may((which), NULL) ? (expr) : INVALID_HANDLE_VALUE)

/*
 * Descriptors. Handles are multiples of four that fit into 32 bits. The numbers
 * below are free to mean what they mean everywhere, and the lowest bit, which
 * the system ignores, says that each write goes to the end of the file.
 */
enum { STANDARD = 3, APPENDS = 1 };

static inline HANDLE handle_of(int fd)
{
    static const DWORD standard[STANDARD] = {
        STD_INPUT_HANDLE,
        STD_OUTPUT_HANDLE,
        STD_ERROR_HANDLE,
    };

    if (fd < 0)
        return NULL; /* not -1, which is this process */
    return fd < STANDARD ? GetStdHandle(standard[fd])
                         : (HANDLE)(intptr_t)(fd & ~APPENDS);
}

static inline int descriptor_of(HANDLE h, int how)
{
    if (h == INVALID_HANDLE_VALUE)
        return os_failed();
    return (int)(intptr_t)h | (how & OS_APPEND ? APPENDS : 0);
}

static inline bool is_on_disk(HANDLE h)
{
    return GetFileType(h) == FILE_TYPE_DISK;
}

/* What is open there; os_windows.c. */
int rill__os_info_of(HANDLE h, struct os_info *info_out);

#endif /* RILL_OS_WINDOWS_H */
