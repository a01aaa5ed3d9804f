/*
 * posix.c - the calls of POSIX that tests make, over handles.
 *
 * Tests look at what Rill does through the system's own calls. On Windows the
 * C runtime has calls of the same names, but on numbers of its own, which Rill
 * does not know; these here stand in their place and take Rill's numbers. They
 * share no code with src/os/, so that they can find it wrong.
 */
#include "posix.h"

#include <dirent.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <windows.h>

enum { LONGEST = 4096, SHARED = 7, APPENDS = 1 };

/* ---- Errors --------------------------------------------------------------- */

static int failed(void)
{
    switch (GetLastError()) {
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
        errno = ENOENT;
        break;
    case ERROR_FILE_EXISTS:
    case ERROR_ALREADY_EXISTS:
        errno = EEXIST;
        break;
    case ERROR_INVALID_HANDLE:
        errno = EBADF;
        break;
    case ERROR_NO_DATA:
    case ERROR_BROKEN_PIPE:
        errno = EPIPE;
        break;
    case ERROR_ACCESS_DENIED:
        errno = EACCES;
        break;
    case ERROR_DIR_NOT_EMPTY:
        errno = ENOTEMPTY;
        break;
    default:
        errno = EINVAL;
    }
    return -1;
}

static int result(BOOL succeeded)
{
    return succeeded ? 0 : failed();
}

static int none(void)
{
    errno = ENOSYS;
    return -1;
}

/* ---- Descriptors ----------------------------------------------------------- */

static HANDLE handle(int fd)
{
    if (fd < 0)
        return NULL;
    if (fd < 3)
        return GetStdHandle((DWORD)(-10 - fd));
    return (HANDLE)(intptr_t)(fd & ~APPENDS);
}

static const wchar_t *wide(const char *path, wchar_t *room)
{
    MultiByteToWideChar(CP_UTF8, 0, path, -1, room, (int)strlen(path) + 1);
    return room;
}

int open(const char *path, int flags, ...)
{
    wchar_t room[LONGEST];
    DWORD access = GENERIC_READ, how = OPEN_EXISTING;
    HANDLE h;

    if (flags & O_WRONLY)
        access = GENERIC_WRITE;
    else if (flags & O_RDWR)
        access = GENERIC_READ | GENERIC_WRITE;
    if (flags & O_CREAT)
        how = flags & O_EXCL    ? CREATE_NEW
              : flags & O_TRUNC ? CREATE_ALWAYS
                                : OPEN_ALWAYS;
    else if (flags & O_TRUNC)
        how = TRUNCATE_EXISTING;
    h = CreateFileW(wide(path, room), access, SHARED, NULL, how,
                    FILE_ATTRIBUTE_NORMAL, NULL);
    if (h == INVALID_HANDLE_VALUE)
        return failed();
    return (int)(intptr_t)h | (flags & O_APPEND ? APPENDS : 0);
}

int close(int fd)
{
    return result(CloseHandle(handle(fd)));
}

ssize_t read(int fd, void *buf, size_t n)
{
    DWORD done = 0;

    if (ReadFile(handle(fd), buf, (DWORD)n, &done, NULL))
        return (ssize_t)done;
    if (GetLastError() == ERROR_BROKEN_PIPE)
        return 0;
    if (GetLastError() == ERROR_NO_DATA) {
        errno = EAGAIN;
        return -1;
    }
    return failed();
}

ssize_t write(int fd, const void *buf, size_t n)
{
    OVERLAPPED end = {.Offset = UINT32_MAX, .OffsetHigh = UINT32_MAX};
    DWORD done = 0;

    if (!WriteFile(handle(fd), buf, (DWORD)n, &done,
                   fd >= 3 && fd & APPENDS ? &end : NULL))
        return failed();
    if (done == 0 && n > 0) {
        errno = EAGAIN;
        return -1;
    }
    return (ssize_t)done;
}

ssize_t pread(int fd, void *buf, size_t n, int64_t offset)
{
    OVERLAPPED at = {.Offset = (DWORD)offset,
                     .OffsetHigh = (DWORD)((uint64_t)offset >> 32)};
    DWORD done = 0;

    if (ReadFile(handle(fd), buf, (DWORD)n, &done, &at) ||
        GetLastError() == ERROR_HANDLE_EOF)
        return (ssize_t)done;
    return failed();
}

int64_t lseek(int fd, int64_t offset, int whence)
{
    LARGE_INTEGER to = {.QuadPart = offset}, at;

    if (!SetFilePointerEx(handle(fd), to, &at, (DWORD)whence))
        return failed();
    return at.QuadPart;
}

int ftruncate64(int fd, int64_t size)
{
    FILE_END_OF_FILE_INFO end = {.EndOfFile = {.QuadPart = size}};

    return result(SetFileInformationByHandle(handle(fd), FileEndOfFileInfo,
                                             &end, sizeof(end)));
}

int dup(int fd)
{
    HANDLE self = GetCurrentProcess(), copy;

    if (!DuplicateHandle(self, handle(fd), self, &copy, 0, FALSE,
                         DUPLICATE_SAME_ACCESS))
        return failed();
    return (int)(intptr_t)copy | (fd & APPENDS);
}

/* For the three standard streams only. */
int dup2(int fd, int to)
{
    int copy = dup(fd);

    if (copy < 0)
        return -1;
    return SetStdHandle((DWORD)(-10 - to), handle(copy)) ? to : failed();
}

int isatty(int fd)
{
    DWORD mode;

    return GetConsoleMode(handle(fd), &mode);
}

int pipe(int fd[2])
{
    HANDLE in, out;

    if (!CreatePipe(&in, &out, NULL, 64 * 1024))
        return failed();
    fd[0] = (int)(intptr_t)in;
    fd[1] = (int)(intptr_t)out;
    return 0;
}

int pipe2(int fd[2], int flags)
{
    if (pipe(fd) != 0)
        return -1;
    fcntl(fd[0], F_SETFL, flags);
    fcntl(fd[1], F_SETFL, flags);
    return 0;
}

int fcntl(int fd, int command, ...)
{
    DWORD flags = 0;
    va_list args;

    va_start(args, command);
    if (command == F_SETFL) {
        DWORD mode = va_arg(args, int) & O_NONBLOCK ? PIPE_NOWAIT : PIPE_WAIT;
        SetNamedPipeHandleState(handle(fd), &mode, NULL, NULL);
    }
    va_end(args);
    if (!GetHandleInformation(handle(fd), &flags))
        return failed();
    if (command == F_GETFD)
        return flags & HANDLE_FLAG_INHERIT ? 0 : FD_CLOEXEC;
    return 0;
}

/* ---- Names ------------------------------------------------------------------ */

int access(const char *path, int how)
{
    wchar_t room[LONGEST];

    (void)how;
    return result(GetFileAttributesW(wide(path, room)) !=
                  INVALID_FILE_ATTRIBUTES);
}

int chdir(const char *path)
{
    wchar_t room[LONGEST];

    return result(SetCurrentDirectoryW(wide(path, room)));
}

int chmod(const char *path, mode_t permissions)
{
    wchar_t room[LONGEST];

    return result(SetFileAttributesW(
        wide(path, room),
        permissions & 0200 ? FILE_ATTRIBUTE_NORMAL : FILE_ATTRIBUTE_READONLY));
}

char *getcwd(char *buf, int size)
{
    wchar_t room[LONGEST];

    if (GetCurrentDirectoryW(LONGEST, room) == 0 ||
        WideCharToMultiByte(CP_UTF8, 0, room, -1, buf, size, NULL, NULL) == 0)
        return NULL;
    return buf;
}

int mkdir(const char *path, mode_t permissions)
{
    wchar_t room[LONGEST];

    (void)permissions;
    return result(CreateDirectoryW(wide(path, room), NULL));
}

int rmdir(const char *path)
{
    wchar_t room[LONGEST];

    return result(RemoveDirectoryW(wide(path, room)));
}

int unlink(const char *path)
{
    wchar_t room[LONGEST];

    return result(DeleteFileW(wide(path, room)));
}

int truncate64(const char *path, int64_t size)
{
    int fd = open(path, O_RDWR);
    int rc = fd < 0 ? -1 : ftruncate64(fd, size);

    if (fd >= 0)
        close(fd);
    return rc;
}

int truncate(const char *path, off32_t size)
{
    return truncate64(path, size);
}

FILE *fopen(const char *path, const char *mode)
{
    wchar_t a[LONGEST], b[16];

    return _wfopen(wide(path, a), wide(mode, b));
}

/* Directories, too. */
int remove(const char *path)
{
    return rmdir(path) == 0 ? 0 : unlink(path);
}

int link(const char *from, const char *to)
{
    wchar_t a[LONGEST], b[LONGEST];

    return result(CreateHardLinkW(wide(to, b), wide(from, a), NULL));
}

mode_t umask(mode_t mask)
{
    return mask;
}

char *realpath(const char *path, char *real)
{
    return _fullpath(real, path, MAX_PATH);
}

char *mkdtemp(char *path)
{
    char *digits = path + strlen(path) - 6;
    static unsigned count;

    for (;;) {
        snprintf(digits, 7, "%06x",
                 (unsigned)(GetCurrentProcessId() * 7919u + count++) &
                     0xffffffu);
        if (mkdir(path, 0700) == 0)
            return path;
        if (errno != EEXIST)
            return NULL;
    }
}

struct posix_dir {
    HANDLE search;
    WIN32_FIND_DATAW next;
    bool more;
    struct dirent entry;
};

DIR *opendir(const char *path)
{
    wchar_t room[LONGEST + 2];
    DIR *dir = calloc(1, sizeof(*dir));

    if (!dir)
        return NULL;
    wide(path, room);
    wcscat(room, L"\\*");
    dir->search = FindFirstFileW(room, &dir->next);
    dir->more = dir->search != INVALID_HANDLE_VALUE;
    if (dir->more)
        return dir;
    failed();
    free(dir);
    return NULL;
}

struct dirent *readdir(DIR *dir)
{
    if (!dir->more)
        return NULL;
    WideCharToMultiByte(CP_UTF8, 0, dir->next.cFileName, -1, dir->entry.d_name,
                        sizeof(dir->entry.d_name), NULL, NULL);
    dir->more = FindNextFileW(dir->search, &dir->next);
    return &dir->entry;
}

int closedir(DIR *dir)
{
    BOOL done = FindClose(dir->search);

    free(dir);
    return result(done);
}

int nftw(const char *path,
         int (*visit)(const char *path, const struct stat *st, int type,
                      struct FTW *where),
         int descriptors, int flags)
{
    DIR *dir = opendir(path);
    struct dirent *e;
    int rc = 0;

    while (dir && rc == 0 && (e = readdir(dir))) {
        char *name = e->d_name, *whole;
        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
            continue;
        whole = malloc(strlen(path) + strlen(name) + 2);
        if (!whole)
            return -1;
        snprintf(whole, strlen(path) + strlen(name) + 2, "%s/%s", path, name);
        rc = nftw(whole, visit, descriptors, flags);
        free(whole);
    }
    if (dir)
        closedir(dir);
    return rc ? rc : visit(path, NULL, dir ? FTW_D : FTW_F, NULL);
}

/* ---- Memory ------------------------------------------------------------------ */

static DWORD protection(int how)
{
    return how & PROT_WRITE ? PAGE_READWRITE
                            : (how & PROT_READ ? PAGE_READONLY : PAGE_NOACCESS);
}

void *mmap(void *at, size_t n, int how, int flags, int fd, int64_t offset)
{
    (void)fd, (void)offset;
    if (flags & MAP_NORESERVE)
        return MAP_FAILED; /* what is not written costs memory, too */
    return VirtualAlloc(at, n, MEM_RESERVE | MEM_COMMIT, protection(how));
}

int mprotect(void *p, size_t n, int how)
{
    DWORD before;

    return result(VirtualProtect(p, n, protection(how), &before));
}

int munmap(void *p, size_t n)
{
    (void)n;
    return result(VirtualFree(p, 0, MEM_RELEASE));
}

long sysconf(int what)
{
    SYSTEM_INFO info;

    (void)what;
    GetSystemInfo(&info);
    return (long)info.dwPageSize;
}

/* ---- Others ------------------------------------------------------------------ */

/* With * and ?, and [ as itself: what patterns of test names need. */
int fnmatch(const char *pattern, const char *text, int flags)
{
    (void)flags;
    if (*pattern == '*')
        return !(fnmatch(pattern + 1, text, 0) == 0 ||
                 (*text && fnmatch(pattern, text + 1, 0) == 0));
    if (*pattern == '\0' || *text == '\0')
        return *pattern != *text;
    if (*pattern != '?' && *pattern != *text)
        return 1;
    return fnmatch(pattern + 1, text + 1, 0);
}

/* For the C runtime and for the system, which looks into a copy of its own. */
int setenv(const char *name, const char *value, int replace)
{
    if (!replace && getenv(name))
        return 0;
    if (_putenv_s(name, value) != 0)
        return -1;
    return result(SetEnvironmentVariableA(name, *value ? value : NULL));
}

int unsetenv(const char *name)
{
    return setenv(name, "", 1);
}

int geteuid(void)
{
    return 0; /* who may do all */
}

int symlink(const char *target, const char *path)
{
    (void)target, (void)path;
    return none(); /* needs a privilege, and a system that has it */
}

ssize_t readlink(const char *path, char *buf, size_t size)
{
    (void)path, (void)buf, (void)size;
    return none();
}

int socketpair(int domain, int type, int protocol, int fd[2])
{
    (void)domain, (void)type, (void)protocol, (void)fd;
    return none();
}

int shutdown(int fd, int how)
{
    (void)fd, (void)how;
    return none();
}

pid_t fork(void)
{
    return none();
}

int mkfifo(const char *path, mode_t permissions)
{
    (void)path, (void)permissions;
    return none();
}

pid_t waitpid(pid_t pid, int *status, int flags)
{
    (void)pid, (void)status, (void)flags;
    return none();
}

int posix_openpt(int flags)
{
    (void)flags;
    return none();
}

int poll(struct pollfd *fds, unsigned count, int timeout)
{
    (void)timeout;
    for (unsigned i = 0; i < count; i++)
        fds[i].revents = fds[i].events;
    Sleep(1);
    return (int)count;
}

int getrlimit(int what, struct rlimit *limit)
{
    (void)what, (void)limit;
    return none();
}

int setrlimit(int what, const struct rlimit *limit)
{
    (void)what, (void)limit;
    return none();
}

int setuid(int user)
{
    (void)user;
    return none();
}

int setgid(int group)
{
    (void)group;
    return none();
}

int setgroups(size_t count, const int *groups)
{
    (void)count, (void)groups;
    return none();
}

int chown(const char *path, int user, int group)
{
    (void)path, (void)user, (void)group;
    return none();
}

int kill(pid_t pid, int signal)
{
    (void)pid, (void)signal;
    return none();
}
