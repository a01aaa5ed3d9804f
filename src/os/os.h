/*
 * os.h - every system call that Rill makes.
 *
 * Nothing else in Rill includes a system header. The calls return what the
 * operations of a store return: a count, an offset, a descriptor or 0, and
  * RILL_OS_ERROR(errno) on failure; they do one system call each, and ask the
 * hook of rill/hook.h before it. What a signal interrupts is done again here,
 * but for reading and writing, where the core decides. Source: the Linux man
 * pages, POSIX.
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
    OS_INHERIT = 64,  /* stay open over exec() */
    OS_AS_IT_IS = 128 /* do not follow a symbolic link, or wait for a FIFO */
};

enum os_kind { OS_REGULAR, OS_DIRECTORY, OS_OTHER };

struct os_info {
    enum os_kind kind;
    int64_t size;
    unsigned permissions;
};

int rill__os_open(const char *path, int how, unsigned permissions);
int rill__os_open_temp(void); /* an unlinked file in $TMPDIR, else /tmp */
int rill__os_close(int fd);
int rill__os_info(int fd, struct os_info *info_out);
int rill__os_appends(int fd); /* whether O_APPEND is set: 1 or 0 */
int rill__os_isatty(int fd);

/*
 * A directory held open, for files that are made and renamed in it, whatever
 * becomes of the path that led there meanwhile.
 */
typedef struct os_dir os_dir;
#ifdef _WIN32
enum { OS_NAME_SIZE = 768 }; /* 255 UTF-16 units in UTF-8, and a NUL */
#else
enum { OS_NAME_SIZE = 256 }; /* a name and its NUL */
#endif

/* How to open a directory. */
enum {
    OS_DIR_FOLLOW = 1, /* the file may be a symbolic link: go where it leads */
    OS_DIR_SYNC = 2    /* for rill__os_dir_sync(), too */
};

/*
 * Open the directory of the file `path`, whether or not that exists; name_out
 * gets its name there. EISDIR where the path can only be a directory's.
 */
int rill__os_dir_open(const char *path, int how, os_dir **dir_out,
                      char name_out[OS_NAME_SIZE]);
void rill__os_dir_close(os_dir *dir);
int rill__os_dir_sync(os_dir *dir);
int rill__os_open_at(os_dir *dir, const char *name, int how,
                     unsigned permissions);
int rill__os_unlink_at(os_dir *dir, const char *name);

/* `replace` 0: EEXIST where `to` is there. */
int rill__os_rename_at(os_dir *dir, const char *from, const char *to,
                       int replace);

/* What `name` is; a symbolic link is OS_OTHER. */
int rill__os_info_at(os_dir *dir, const char *name, struct os_info *info_out);

/* Whether `name` is what `fd` has open: 1, 0 or a code. */
int rill__os_is_at(os_dir *dir, const char *name, int fd);

/* Lock a file for as long as it is open here (or in a child that inherited
 * it). EAGAIN where another has it, other codes where it cannot be locked. */
int rill__os_lock(int fd);

/* Give a file another's owner; its permissions and extended attributes, too. */
int rill__os_copy_owner(int to, int from);
int rill__os_copy_attributes(int to, int from);
int rill__os_permit(int fd, unsigned permissions);

/* The number of this process, another one in a child. */
int64_t rill__os_process(void);

/* Have these called around each fork() of this process from now on: before it,
 * after it in the parent, and in the child. */
int rill__os_at_fork(void (*before)(void), void (*in_parent)(void),
                     void (*in_child)(void));

/* The one lock that all of Rill shares; for a few instructions at a time. */
void rill__os_lock_process(void);
void rill__os_unlock_process(void);

/* A lock between threads. */
typedef struct os_mutex os_mutex;
os_mutex *rill__os_mutex_new(void); /* NULL: no memory */
void rill__os_mutex_lock(os_mutex *m);
void rill__os_mutex_unlock(os_mutex *m);
void rill__os_mutex_free(os_mutex *m);

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
int rill__os_uncommit(void *p, size_t old_size, size_t new_size);
void rill__os_release(void *p, size_t n);
void rill__os_lazy_free(void *p, size_t n); /* the kernel may take the pages */

#endif /* RILL_OS_H */
