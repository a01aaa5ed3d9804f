/*
 * dirent.h - in place of mingw-w64's, which needs its <io.h>. See posix.c.
 */
#ifndef POSIX_DIRENT_H
#define POSIX_DIRENT_H

struct dirent {
    char d_name[1024];
};
typedef struct posix_dir DIR;

DIR *opendir(const char *path);
struct dirent *readdir(DIR *dir);
int closedir(DIR *dir);

#endif /* POSIX_DIRENT_H */
