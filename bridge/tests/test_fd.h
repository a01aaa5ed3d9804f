/*
 * test_fd.h - what the tests of descriptors and paths share: handles that are
 * there or end the test, and users of a path that know stdio alone.
 */
#ifndef TEST_FD_H
#define TEST_FD_H

#include "../../tests/os/os_support.h"
#include "streams.h"

#include <rill/fd.h>
#include <rill/testing/double.h>

static inline rill_fd *path_of(rill *s, const char *extension, int flags)
{
    rill_fd *f = rill_as_path(s, extension, flags);

    CHECK(f != NULL);
    CHECK(rill_fd_path(f) != NULL);
    CHECK(fd_is_open(rill_fd_number(f)));
    return f;
}

static inline rill_fd *fd_of(rill *s, int flags)
{
    rill_fd *f = rill_as_fd(s, flags);

    CHECK(f != NULL);
    CHECK(fd_is_open(rill_fd_number(f)));
    return f;
}

/* Write text to a file, opened as fopen() does. Returns whether that went. */
static inline int put(const char *path, const char *mode, const char *text)
{
    FILE *file = fopen(path, mode);
    int ok = file && fputs(text, file) >= 0;

    return file && fclose(file) == 0 && ok;
}

/* Change a byte in the middle, by the descriptor. */
static inline void put_at(int fd, int64_t offset, char byte)
{
    int64_t before = fd_offset(fd);

    CHECK_INT(offset, lseek(fd, (off_t)offset, SEEK_SET));
    CHECK_INT(1, write(fd, &byte, 1));
    CHECK_INT(before, lseek(fd, (off_t)before, SEEK_SET));
}

/* The directory of a copy: free(). */
static inline char *directory_of(const rill_fd *f)
{
    size_t len = (size_t)(strrchr(rill_fd_path(f), '/') - rill_fd_path(f));
    char *path = test_alloc(len + 1);

    memcpy(path, rill_fd_path(f), len);
    path[len] = '\0';
    return path;
}

#endif
