/*
 * large.c - bytes objects of many megabytes.
 *
 * Most of the time that fresh memory takes goes into the system's handing out
 * its pages one by one, when each is touched first. Where it can, it is asked
 * for large ones. That is advice: no result changes, and none is looked at.
 */
#define _DEFAULT_SOURCE

#include "rillio.h"

#if defined(__linux__)
#include <sys/mman.h>
#include <unistd.h>
#endif

enum { LARGE = 4 * 1024 * 1024 };

void rillio_large_pages(PyObject *bytes)
{
#if defined(__linux__) && defined(MADV_HUGEPAGE)
    size_t n = (size_t)PyBytes_GET_SIZE(bytes);
    uintptr_t page, start, end;

    if (n < LARGE)
        return;
    /* Whole pages, as malloc() has them from the system: of memory that is
     * advised in part the system makes two, and realloc() has to copy it. */
    page = (uintptr_t)sysconf(_SC_PAGESIZE);
    start = (uintptr_t)bytes / page * page;
    end = (uintptr_t)PyBytes_AS_STRING(bytes) + n + page;
    madvise((void *)start, (end - start) / page * page, MADV_HUGEPAGE);
#else
    (void)bytes;
#endif
}

PyObject *rillio_new_bytes(Py_ssize_t size)
{
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, size);

    if (bytes)
        rillio_large_pages(bytes);
    return bytes;
}
