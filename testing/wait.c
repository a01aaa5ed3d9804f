/*
 * wait.c - let time pass, whatever the system: a signal does not cut it short.
 */
#define _POSIX_C_SOURCE 200809L
#include "wait.h"

#ifdef _WIN32
#include <windows.h>

void rill__testing_wait(int64_t delay)
{
    Sleep((DWORD)((delay + 999999) / 1000000));
}
#else
#include <errno.h>
#include <time.h>

void rill__testing_wait(int64_t delay)
{
    struct timespec left = {(time_t)(delay / 1000000000),
                            (long)(delay % 1000000000)};

    while (nanosleep(&left, &left) != 0 && errno == EINTR) {
    }
}
#endif
