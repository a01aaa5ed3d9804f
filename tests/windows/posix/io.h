/*
 * io.h - in place of the C runtime's: the calls of POSIX that tests make, on
 * descriptors as Rill counts them on Windows, which are handles. See posix.c.
 *
 * Found before the system's header of that name, which its <unistd.h>,
 * <fcntl.h> and <sys/stat.h> include; so tests need no change.
 */
#ifndef POSIX_IO_H
#define POSIX_IO_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

int open(const char *path, int flags, ...);
int close(int fd);
ssize_t read(int fd, void *buf, size_t n);
ssize_t write(int fd, const void *buf, size_t n);
ssize_t pread(int fd, void *buf, size_t n, int64_t offset);
int64_t lseek(int fd, int64_t offset, int whence);
int dup(int fd);
int dup2(int fd, int to);
int ftruncate64(int fd, int64_t size);
int truncate(const char *path, off32_t size);
int truncate64(const char *path, int64_t size);
int isatty(int fd);
int pipe(int fd[2]);
int pipe2(int fd[2], int flags);
int fcntl(int fd, int command, ...);

int access(const char *path, int how);
int chdir(const char *path);
int chmod(const char *path, mode_t permissions);
char *getcwd(char *buf, int size);
int mkdir(const char *path, mode_t permissions);
int rmdir(const char *path);
int unlink(const char *path);
mode_t umask(mode_t mask);
int symlink(const char *target, const char *path);
int link(const char *from, const char *to);

#ifdef __cplusplus
} /* extern "C" */
#endif

#define F_OK 0
#define X_OK 1
#define W_OK 2
#define R_OK 4

#endif /* POSIX_IO_H */
