/*
 * leaks.c - what a process holds, as far as the system says.
 *
 * One poll() tells of many descriptors which of them are closed. Of memory only
 * glibc gives an account.
 */
#define _DEFAULT_SOURCE 1
#include "leaks.h"

#ifdef _WIN32
size_t rill__leaks_descriptors(void)
{
    return 0;
}
#else
#include <poll.h>
#include <sys/resource.h>

enum { MOST = 256 };

size_t rill__leaks_descriptors(void)
{
    struct pollfd all[MOST];
    struct rlimit limit;
    size_t count = MOST, open = 0;

    /* poll(2): no more than the process may have open. */
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < MOST)
        count = (size_t)limit.rlim_cur;
    for (size_t i = 0; i < count; i++)
        all[i] = (struct pollfd){.fd = (int)i};
    if (poll(all, (nfds_t)count, 0) < 0)
        return 0;
    for (size_t i = 0; i < count; i++)
        open += (all[i].revents & POLLNVAL) == 0;
    return open;
}
#endif

#if defined(__GLIBC__) && defined(__GLIBC_PREREQ)
#if __GLIBC_PREREQ(2, 33)
#define HAVE_MALLINFO2 1
#endif
#endif

#ifdef HAVE_MALLINFO2
#include <malloc.h>

size_t rill__leaks_bytes(void)
{
    struct mallinfo2 info = mallinfo2();

    return info.uordblks + info.hblkhd;
}
#else
size_t rill__leaks_bytes(void)
{
    return 0;
}
#endif
