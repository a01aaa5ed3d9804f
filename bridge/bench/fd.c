/*
 * fd.c (bench) - bytes in memory for a reader that takes a path, and bytes from
 * a writer that takes one: by rill_as_path(); by a memfd by hand, sealed as
 * that of a stream that is only read is; by a temporary file, as is usual. What
 * a handle itself costs is some 15 us.
 *
 * Where temporary files lie on ext4, XFS or Btrfs the kernel has large pages
 * for them, and for a memfd only if told so (shmem_enabled in /sys/kernel/mm):
 * then a file is filled in less time than a memfd, ours or anybody's. What
 * writing that file to the disk costs later is not in these figures.
 */
#define _GNU_SOURCE

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rill/fd.h>

#include "side_by_side.h"

enum { SIZE = 4 << 20 };

static unsigned char data[SIZE], got[SIZE];

/* The reader and the writer, which know nothing but paths. */
static void read_path(const char *path)
{
    int fd = open(path, O_RDONLY);

    if (fd < 0 || read(fd, got, SIZE) != SIZE || close(fd) != 0)
        give_up("cannot read");
}

static void write_path(const char *path)
{
    int fd = open(path, O_WRONLY | O_TRUNC);

    if (fd < 0 || write(fd, data, SIZE) != SIZE || close(fd) != 0)
        give_up("cannot write");
}

static void read_memfd(void *ctx)
{
    int fd = memfd_create("bench", MFD_ALLOW_SEALING | MFD_CLOEXEC);
    char path[40];

    (void)ctx;
    if (fd < 0 || write(fd, data, SIZE) != SIZE)
        give_up("cannot make a memfd");
    fcntl(fd, F_ADD_SEALS,
          F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    read_path(path);
    close(fd);
}

static void read_file(void *ctx)
{
    char path[] = "/tmp/bench-XXXXXX";
    int fd = mkstemp(path);

    (void)ctx;
    if (fd < 0 || write(fd, data, SIZE) != SIZE || close(fd) != 0)
        give_up("cannot make a file");
    read_path(path);
    unlink(path);
}

static void read_ours(void *ctx)
{
    rill *s = rill_open_view(data, SIZE);
    rill_fd *f = rill_as_path(s, NULL, 0);

    (void)ctx;
    if (!f)
        give_up("cannot make a path");
    read_path(rill_fd_path(f));
    if (rill_fd_close(f) < 0 || rill_close(s) < 0)
        give_up("close");
}

static void write_file(void *ctx)
{
    char path[] = "/tmp/bench-XXXXXX";
    int fd = mkstemp(path);
    struct stat st;
    void *back;

    (void)ctx;
    if (fd < 0)
        give_up("cannot make a file");
    write_path(path);
    if (fstat(fd, &st) != 0 || !(back = malloc((size_t)st.st_size)) ||
        read(fd, back, (size_t)st.st_size) != st.st_size)
        give_up("cannot read it back");
    close(fd);
    unlink(path);
    free(back);
}

static void write_ours(void *ctx)
{
    rill *s = rill_open_mem(NULL);
    rill_fd *f = rill_as_path(s, NULL, 0);

    (void)ctx;
    if (!f)
        give_up("cannot make a path");
    write_path(rill_fd_path(f));
    if (rill_fd_close(f) < 0 || rill_size(s) != SIZE || rill_close(s) < 0)
        give_up("close");
}

int main(void)
{
    fill_plausibly(data, sizeof(data));
    side_by_side("4 MiB to read by path: memfd, Rill", SIZE, read_memfd,
                 read_ours, NULL);
    side_by_side("4 MiB to read by path: file, Rill", SIZE, read_file,
                 read_ours, NULL);
    side_by_side("4 MiB written to a path: file, Rill", SIZE, write_file,
                 write_ours, NULL);
    return 0;
}
