/*
 * os.h - every system call that Rill makes.
 *
 * Nothing else in Rill includes a system header. The calls return what the
 * operations of a store return: a count, an offset, a descriptor or 0, and
 * RILL_OS_ERROR(errno) on failure; they do one system call each and retry
 * nothing. Source: the Linux man pages, POSIX.
 */
#ifndef RILL_OS_H
#define RILL_OS_H

#include <rill/ops.h>

/* How to open: bits of rill__os_open()'s `how`. */
enum {
    OS_READ = 1,
    OS_WRITE = 2,
    OS_APPEND = 4,
    OS_CREATE = 8,
    OS_TRUNCATE = 16,
    OS_EXCLUSIVE = 32,
    OS_INHERIT = 64 /* stay open over exec() */
};

enum os_kind { OS_REGULAR, OS_DIRECTORY, OS_OTHER };

struct os_info {
    enum os_kind kind;
    int64_t size;
};

int rill__os_open(const char *path, int how, unsigned permissions);
int rill__os_open_temp(void); /* an unlinked file in $TMPDIR, else /tmp */
int rill__os_close(int fd);
int rill__os_info(int fd, struct os_info *info_out);
int rill__os_appends(int fd); /* whether O_APPEND is set: 1 or 0 */
int rill__os_isatty(int fd);

ptrdiff_t rill__os_read(int fd, void *buf, size_t n);
ptrdiff_t rill__os_write(int fd, const void *buf, size_t n);
ptrdiff_t rill__os_pread(int fd, void *buf, size_t n, int64_t offset);
ptrdiff_t rill__os_pwrite(int fd, const void *buf, size_t n, int64_t offset);

/* Vectors; offset < 0: at the descriptor's own. */
ptrdiff_t rill__os_readv(int fd, const rill_iovec *v, int count,
                         int64_t offset);
ptrdiff_t rill__os_writev(int fd, const rill_iovec *v, int count,
                          int64_t offset);

int64_t rill__os_seek(int fd, int64_t offset, int whence);
int rill__os_truncate(int fd, int64_t size);
int rill__os_sync(int fd, int level); /* RILL_SYNC_DATA or RILL_SYNC_DISK */
int rill__os_allocate(int fd, int64_t size);

/*
 * Copy between two files within the kernel: by sharing the blocks where the
 * file system can, else by way of its page cache. Returns how many bytes were
 * copied, which may be fewer than `n` or none for any reason.
 */
int64_t rill__os_copy_range(int to, int64_t to_offset, int from,
                            int64_t from_offset, int64_t n);

/* Address space. A reservation is aligned to OS_RANGE_ALIGN and costs no
 * memory; committed parts are zero and may be written. NULL: not here. */
enum { OS_RANGE_ALIGN = 2 * 1024 * 1024 };
void *rill__os_reserve(size_t n);
int rill__os_commit(void *p, size_t old_size, size_t new_size);
void rill__os_release(void *p, size_t n);
void rill__os_lazy_free(void *p, size_t n); /* the kernel may take the pages */

#endif /* RILL_OS_H */
