/*
 * posix.h - what tests take for granted and the headers of mingw-w64 lack.
 * Included before the first line of each test.
 */
#ifndef POSIX_H
#define POSIX_H

/* No sockets: <windows.h> has functions of the names below. */
#define WIN32_LEAN_AND_MEAN 1

/* The tests' framework checks formats: by the rules of C, not of the C runtime,
 * as the headers of mingw-w64 have printf() itself. */
#define __printf__ __gnu_printf__

#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <stdlib.h>

#define O_CLOEXEC O_NOINHERIT
#define O_NONBLOCK 0x100000
#define O_NOCTTY 0
#define O_DIRECTORY 0
#define SOCK_CLOEXEC 0
#define FD_CLOEXEC 1

enum { F_GETFD = 1, F_SETFD, F_GETFL, F_SETFL };

/* One code is both here. */
#define EDQUOT ENOSPC

/* Nothing ends because a pipe has no reader. */
#define SIGPIPE SIGTERM
#define SIGXFSZ SIGTERM
#define SIGKILL 9

#ifdef __cplusplus
extern "C" {
#endif

char *mkdtemp(char *path);
char *realpath(const char *path, char *real);
ssize_t readlink(const char *path, char *buf, size_t size);
int fnmatch(const char *pattern, const char *text, int flags);
int setenv(const char *name, const char *value, int replace);
int unsetenv(const char *name);
int geteuid(void);

/* Memory without a file behind it. */
enum { PROT_NONE = 0, PROT_READ = 1, PROT_WRITE = 2 };
enum { MAP_PRIVATE = 0, MAP_ANONYMOUS = 0, MAP_NORESERVE = 1, _SC_PAGESIZE };
#define MAP_FAILED NULL
void *mmap(void *at, size_t n, int how, int flags, int fd, int64_t offset);
int mprotect(void *p, size_t n, int how);
int munmap(void *p, size_t n);
long sysconf(int what);

/* Ready at once, so that callers ask again and again. */
struct pollfd {
    int fd;
    short events, revents;
};
enum { POLLIN = 1, POLLOUT = 2 };
int poll(struct pollfd *fds, unsigned count, int timeout);

/* What is not there on Windows: these fail with ENOSYS. */
enum { AF_UNIX = 1, SOCK_STREAM = 1, SHUT_RD = 0, SHUT_WR = 1, SHUT_RDWR = 2 };
#define WIFEXITED(status) ((status) == 0)
#define WEXITSTATUS(status) (status)
#define WTERMSIG(status) (status)
int socketpair(int domain, int type, int protocol, int fd[2]);
int shutdown(int fd, int how);
pid_t fork(void);
pid_t waitpid(pid_t pid, int *status, int flags);
int mkfifo(const char *path, mode_t permissions);
int posix_openpt(int flags);

typedef int64_t rlim_t;
struct rlimit {
    rlim_t rlim_cur, rlim_max;
};
enum { RLIMIT_FSIZE, RLIMIT_NOFILE, RLIMIT_AS };
#define RLIM_INFINITY INT64_MAX
int getrlimit(int what, struct rlimit *limit);
int setrlimit(int what, const struct rlimit *limit);
int kill(pid_t pid, int signal);
int setuid(int user);
int setgid(int group);
int setgroups(size_t count, const int *groups);
int chown(const char *path, int user, int group);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* POSIX_H */
