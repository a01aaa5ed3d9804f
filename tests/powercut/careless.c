/*
 * careless.c - ways to save a file, all but one of which lose it when the power
 * is cut at the wrong time: what the checker must find.
 *
 *     careless KIND
 *
 * writes 3000 bytes to `target` in the working directory, by way of
 * `target.tmp` unless the kind says otherwise, and acknowledges it.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SIZE = 3000 };

/* What a kind leaves out or does at the wrong time. */
struct habits {
    const char *kind;
    int in_place;     /* writes over the target itself */
    int no_sync;      /* of the new file */
    int data_sync;    /* fdatasync(), which may leave permissions behind */
    int rename_first; /* and writes afterwards */
    int unlink_first; /* takes the old one away, then renames */
    int write_late;   /* the last bytes come after the sync */
    int public;       /* anybody may read the new file meanwhile */
    int no_dir_sync;  /* acknowledges before the name is on the disk */
    int early;        /* acknowledges before anything is */
    int leaves;       /* a file that nobody will clear */
    int mapped;       /* writes in a way that is no system call */
};

static const struct habits kinds[] = {
    {.kind = "careful"},
    {.kind = "in-place", .in_place = 1},
    {.kind = "no-sync", .no_sync = 1},
    {.kind = "data-sync", .data_sync = 1},
    {.kind = "rename-first", .rename_first = 1},
    {.kind = "unlink-first", .unlink_first = 1},
    {.kind = "write-late", .write_late = 1},
    {.kind = "public", .public = 1},
    {.kind = "no-directory-sync", .no_dir_sync = 1},
    {.kind = "early", .early = 1},
    {.kind = "leaves", .leaves = 1},
    {.kind = "mapped", .mapped = 1},
};

static void acknowledge(void)
{
    (void)!access("/acknowledged", F_OK);
}

static int write_pieces(int fd, int from, int to)
{
    char piece[100];

    memset(piece, 'n', sizeof(piece));
    for (; from < to; from += (int)sizeof(piece))
        if (write(fd, piece, sizeof(piece)) < 0)
            return -1;
    return 0;
}

static int write_mapped(int fd)
{
    char *p;

    if (ftruncate(fd, SIZE) < 0)
        return -1;
    p = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (p == MAP_FAILED)
        return -1;
    memset(p, 'n', SIZE);
    return munmap(p, SIZE);
}

static int write_all(const struct habits *h, int fd)
{
    if (h->mapped)
        return write_mapped(fd);
    return write_pieces(fd, 0, h->write_late ? SIZE - 100 : SIZE);
}

static int sync_new(const struct habits *h, int fd)
{
    if (h->no_sync)
        return 0;
    return h->data_sync ? fdatasync(fd) : fsync(fd);
}

static int sync_directory(void)
{
    int fd = open(".", O_RDONLY | O_DIRECTORY);

    return fd < 0 || fsync(fd) < 0 ? -1 : close(fd);
}

static int save(const struct habits *h)
{
    const char *path = h->in_place ? "target" : "target.tmp";
    int flags = O_RDWR | O_CREAT | (h->in_place ? O_TRUNC : O_EXCL);
    int fd = open(path, flags, h->public ? 0666 : 0600);
    int other;

    if (fd < 0)
        return -1;
    if (h->leaves && ((other = open("other", O_CREAT | O_RDWR, 0600)) < 0 ||
                      close(other) < 0))
        return -1;
    if (h->early)
        acknowledge();
    if (h->rename_first && rename(path, "target") < 0)
        return -1;
    if (write_all(h, fd) < 0 || fchmod(fd, 0640) < 0 || sync_new(h, fd) < 0)
        return -1;
    if (h->write_late && write_pieces(fd, SIZE - 100, SIZE) < 0)
        return -1;
    if (h->unlink_first && unlink("target") < 0)
        return -1;
    if (!h->in_place && !h->rename_first && rename(path, "target") < 0)
        return -1;
    if (!h->no_dir_sync && sync_directory() < 0)
        return -1;
    return close(fd);
}

int main(int argc, char **argv)
{
    umask(022);
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        if (argc != 2 || strcmp(argv[1], kinds[i].kind) != 0)
            continue;
        if (save(&kinds[i]) < 0)
            perror(argv[1]);
        else if (!kinds[i].early)
            acknowledge();
        return 0;
    }
    fprintf(stderr, "careless KIND\n");
    return 2;
}
