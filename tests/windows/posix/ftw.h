/*
 * ftw.h - in place of mingw-w64's, whose nftw() needs its <dirent.h>.
 */
#ifndef POSIX_FTW_H
#define POSIX_FTW_H

#include <sys/stat.h>

struct FTW {
    int base, level;
};
enum { FTW_F, FTW_D, FTW_DEPTH, FTW_PHYS };

/* Depth first, whatever the flags; `st` and `where` are NULL. */
int nftw(const char *path,
         int (*visit)(const char *path, const struct stat *st, int type,
                      struct FTW *where),
         int descriptors, int flags);

#endif /* POSIX_FTW_H */
