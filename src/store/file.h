/*
 * file.h - what file.c and save.c share: a save is a file with another name
 * until it is committed, so it has a file's operations.
 */
#ifndef RILL_STORE_FILE_H
#define RILL_STORE_FILE_H

#include <stdbool.h>

#include <rill/ops.h>

#include "../os/os.h"

struct file {
    int fd;
    int64_t process;       /* the only one that may write; 0: all */
    unsigned char owned;   /* close() closes the descriptor */
    unsigned char shared;  /* others may use the descriptor's offset */
    unsigned char appends; /* the kernel writes at the end: O_APPEND */
};

/* What a mode string asks for: of the stream, of open(2), of saving. */
struct file_mode {
    int access;
    int how;
    int save; /* enum rill_save */
    int text; /* with a text stream over it */
};

/* Whether this process may write: a child has the same file as its parent, and
 * would write into what is the parent's to save. */
bool rill__file_is_mine(const struct file *f);

/* Operations of a file that can seek; their state begins with a file. */
ptrdiff_t rill__file_read(rill *s, void *self, void *buf, size_t n,
                          int64_t offset);
ptrdiff_t rill__file_write(rill *s, void *self, const void *buf, size_t n,
                           int64_t offset);
ptrdiff_t rill__file_readv(rill *s, void *self, const rill_iovec *v, int count,
                           int64_t offset);
ptrdiff_t rill__file_writev(rill *s, void *self, const rill_iovec *v, int count,
                            int64_t offset);
int64_t rill__file_size(rill *s, void *self);
int rill__file_truncate(rill *s, void *self, int64_t size);
int rill__file_flush(rill *s, void *self, int64_t offset);
int rill__file_sync(rill *s, void *self, int level);
void rill__file_hint(rill *s, void *self, int64_t size);
int64_t rill__file_clone(rill *s, void *self, int64_t offset, void *from_self,
                         int64_t from_offset, int64_t n);
int rill__file_fileno(rill *s, void *self);
int rill__file_isatty(rill *s, void *self);

/* save.c: open `path` for saving; all has been checked but the file itself. */
rill *rill__open_save(const char *path, struct file_mode m,
                      const rill_options *o);

#endif /* RILL_STORE_FILE_H */
