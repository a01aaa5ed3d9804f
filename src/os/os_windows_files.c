/*
 * os_windows_files.c - the part of os.h that has names in it, for Windows:
 * opening, directories, renaming, access.
 *
 * Names are UTF-8 outside and UTF-16 here. A long one is made absolute and
 * gets the prefix that lifts the limit of 260 characters; a short one does
 * not, so that the names of devices keep their meaning.
 */
#include "os.h"

#ifdef _WIN32
#include "os_windows.h"

#include <aclapi.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

/* Of the Windows 10 kernel; an older one refuses them. */
#define RENAME_REPLACES 1u
#define RENAME_AS_POSIX 2u
#define RENAME_INFO_EX ((FILE_INFO_BY_HANDLE_CLASS)22)

/* ---- Names ---------------------------------------------------------------- */

enum {
    SHORT_PATH = 248, /* what may get 8.3 characters more */
    LONGEST_NAME = 255,
    LONGEST_PATH = 32767 - 8 /* the prefix comes before it */
};

static const wchar_t prefix[] = L"\\\\?\\", net_prefix[] = L"\\\\?\\UNC\\";

/* Room for `n` characters and what join() adds. NULL: no memory. */
static wchar_t *new_text(size_t n)
{
    wchar_t *text =
        n <= SIZE_MAX / 4 ? rill__malloc((n + 1) * sizeof(*text)) : NULL;

    if (!text)
        SetLastError(ERROR_NOT_ENOUGH_MEMORY);
    return text;
}

/* `a` and `b` as one new text. */
static wchar_t *joined(const wchar_t *a, const wchar_t *b)
{
    wchar_t *text = new_text(wcslen(a) + wcslen(b));

    if (text) {
        wcscpy(text, a);
        wcscpy(text + wcslen(a), b);
    }
    return text;
}

/* UTF-8 to UTF-16, new; what is not UTF-8 is EILSEQ. */
static wchar_t *wide(const char *text)
{
    int n =
        MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, text, -1, NULL, 0);
    wchar_t *to = n > 0 ? new_text((size_t)n) : NULL;

    if (to)
        MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, text, -1, to, n);
    return to;
}

/* The absolute form of a path, new. */
static wchar_t *absolute(const wchar_t *path)
{
    DWORD n = GetFullPathNameW(path, 0, NULL, NULL);
    wchar_t *full = n > 0 ? new_text(n) : NULL;

    if (full && GetFullPathNameW(path, n, full, NULL) >= n) {
        free(full); /* another thread has changed the directory */
        SetLastError(ERROR_PATH_NOT_FOUND);
        return NULL;
    }
    return full;
}

/* Whether a path, or a name in it, is longer than any can be; the system says
 * of such only that they are not there. */
static bool is_too_long(const wchar_t *path)
{
    size_t n = wcslen(path);

    for (const wchar_t *name = path; *name; name += wcscspn(name, L"\\")) {
        name += *name == L'\\';
        if (wcscspn(name, L"\\") > LONGEST_NAME)
            return true;
    }
    return n > LONGEST_PATH;
}

/* What the system calls a path: new, absolute, at any length; or NULL. */
static wchar_t *system_path(const char *path)
{
    wchar_t *given = *path ? wide(path) : NULL;
    wchar_t *full = given ? absolute(given) : NULL;
    wchar_t *whole = full;

    if (!*path)
        SetLastError(ERROR_FILE_NOT_FOUND);
    free(given);
    if (full && is_too_long(full)) {
        free(full);
        fail_with(ENAMETOOLONG);
        return NULL;
    }
    if (full && wcslen(full) >= SHORT_PATH && wcsncmp(full, prefix, 4) != 0) {
        bool net = wcsncmp(full, L"\\\\", 2) == 0;
        whole = net ? joined(net_prefix, full + 2) : joined(prefix, full);
        free(full);
    }
    return whole;
}

static DWORD attributes_of(const wchar_t *path)
{
    DWORD error = GetLastError(), found = GetFileAttributesW(path);

    SetLastError(error);
    return found == INVALID_FILE_ATTRIBUTES ? 0 : found;
}

/* Whether a directory lists the name, even of what is being deleted. */
static bool is_listed(const wchar_t *path)
{
    WIN32_FIND_DATAW data;
    HANDLE h = FindFirstFileW(path, &data);

    if (h == INVALID_HANDLE_VALUE)
        return false;
    FindClose(h);
    return true;
}

/* ---- Opening -------------------------------------------------------------- */

/* After a failed open: what POSIX calls the same. */
static int why_not_opened(const wchar_t *path, int how)
{
    if (GetLastError() == ERROR_ACCESS_DENIED) {
        if (how & OS_EXCLUSIVE && how & OS_CREATE && is_listed(path))
            return RILL_OS_ERROR(EEXIST);
        SetLastError(ERROR_ACCESS_DENIED);
        if (attributes_of(path) & FILE_ATTRIBUTE_DIRECTORY)
            return RILL_OS_ERROR(EISDIR);
    }
    return os_failed();
}

/* What CreateFileW() is asked for. */
struct request {
    DWORD access, disposition, flags;
    SECURITY_ATTRIBUTES inherit;
};

static struct request request_of(int how, unsigned permissions)
{
    struct request r = {.inherit = {.nLength = sizeof(r.inherit),
                                    .bInheritHandle = (how & OS_INHERIT) != 0}};

    r.access = (how & OS_READ ? GENERIC_READ : 0) |
               (how & OS_WRITE ? GENERIC_WRITE : 0);
    if (how & OS_CREATE)
        r.disposition = how & OS_EXCLUSIVE ? CREATE_NEW : OPEN_ALWAYS;
    else
        r.disposition = OPEN_EXISTING;
    r.flags = how & OS_CREATE && !(permissions & 0200) ? FILE_ATTRIBUTE_READONLY
                                                       : FILE_ATTRIBUTE_NORMAL;
    r.flags |= how & OS_AS_IT_IS ? FILE_FLAG_OPEN_REPARSE_POINT : 0;
    return r;
}

/* Whether a file stands for another one: a symbolic link, a mount point. */
static bool is_link(HANDLE h)
{
    FILE_ATTRIBUTE_TAG_INFO info;

    return GetFileInformationByHandleEx(h, FileAttributeTagInfo, &info,
                                        sizeof(info)) &&
           info.FileAttributes & FILE_ATTRIBUTE_REPARSE_POINT &&
           IsReparseTagNameSurrogate(info.ReparseTag);
}

static int open_wide(const wchar_t *path, int how, unsigned permissions)
{
    struct request r = request_of(how, permissions);
    HANDLE h =
        OPEN(RILL_CALL_OPEN, CreateFileW(path, r.access, SHARE_ALL, &r.inherit,
                                         r.disposition, r.flags, NULL));
    bool fresh = GetLastError() != ERROR_ALREADY_EXISTS &&
                 r.disposition != OPEN_EXISTING;

    if (h == INVALID_HANDLE_VALUE)
        return why_not_opened(path, how);
    if (how & OS_AS_IT_IS && is_link(h)) {
        CloseHandle(h);
        return RILL_OS_ERROR(ELOOP);
    }
    if (how & OS_TRUNCATE && !fresh && is_on_disk(h) && !SetEndOfFile(h)) {
        int rc = os_failed();
        CloseHandle(h);
        return rc;
    }
    return descriptor_of(h, how);
}

int rill__os_open(const char *path, int how, unsigned permissions)
{
    wchar_t *to = system_path(path);
    int fd = to ? open_wide(to, how, permissions) : os_failed();

    free(to);
    return fd;
}

/* $TMPDIR, else what the system says, new. */
static wchar_t *temporary_directory(void)
{
    wchar_t room[MAX_PATH + 1];
    DWORD n = GetEnvironmentVariableW(L"TMPDIR", NULL, 0);
    wchar_t *dir;

    if (n <= 1)
        return GetTempPathW(MAX_PATH + 1, room) > 0 ? joined(room, L"") : NULL;
    dir = new_text(n);
    if (dir)
        GetEnvironmentVariableW(L"TMPDIR", dir, n);
    return dir;
}

/* Nobody else can open it, and it goes when it is closed, in whatever way. */
static HANDLE create_temporary(const wchar_t *dir)
{
    static volatile LONG count;
    wchar_t name[64];
    LARGE_INTEGER now;
    wchar_t *path;
    HANDLE h;

    QueryPerformanceCounter(&now);
    swprintf(name, sizeof(name) / sizeof(name[0]), L"\\rill-%lx-%lx-%lx.tmp",
             (unsigned long)GetCurrentProcessId(),
             (unsigned long)InterlockedIncrement(&count),
             (unsigned long)now.LowPart);
    path = joined(dir, name);
    if (!path)
        return INVALID_HANDLE_VALUE;
    h = OPEN(RILL_CALL_OPEN,
             CreateFileW(
                 path, GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_NEW,
                 FILE_ATTRIBUTE_TEMPORARY | FILE_FLAG_DELETE_ON_CLOSE, NULL));
    free(path);
    return h;
}

int rill__os_open_temp(void)
{
    wchar_t *dir = temporary_directory();
    HANDLE h = INVALID_HANDLE_VALUE;

    if (dir) {
        do
            h = create_temporary(dir);
        while (h == INVALID_HANDLE_VALUE &&
               GetLastError() == ERROR_FILE_EXISTS);
    }
    free(dir);
    return descriptor_of(h, 0);
}

/* ---- Directories ---------------------------------------------------------- */

/* While it is held open without FILE_SHARE_DELETE, neither it nor what it lies
 * in can be renamed: its path stays true. */
struct os_dir {
    HANDLE handle;
    wchar_t *path; /* absolute, with "\" at the end */
};

/* The path of what is open, through all links, new. Some file systems do not
 * know: then it is `given`, unless that is a link itself. */
static wchar_t *final_path(HANDLE h, const wchar_t *given)
{
    DWORD n = GetFinalPathNameByHandleW(h, NULL, 0, 0);
    wchar_t *path;

    if (n == 0)
        return attributes_of(given) & FILE_ATTRIBUTE_REPARSE_POINT
                   ? NULL
                   : joined(given, L"");
    path = new_text(n);
    if (path && GetFinalPathNameByHandleW(h, path, n, 0) >= n) {
        free(path); /* it was renamed meanwhile */
        SetLastError(ERROR_PATH_NOT_FOUND);
        return NULL;
    }
    return path;
}

/* Go from `*path` to what it leads to, where that exists. */
static int follow(wchar_t **path)
{
    HANDLE h = INVALID_HANDLE_VALUE;
    wchar_t *target = NULL;
    struct os_info info;
    int rc;

    if (CALL(RILL_CALL_LINK, true))
        h = CreateFileW(*path, FILE_READ_ATTRIBUTES, SHARE_ALL, NULL,
                        OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
    if (h == INVALID_HANDLE_VALUE) {
        if (GetLastError() != ERROR_FILE_NOT_FOUND || attributes_of(*path))
            return os_failed(); /* the latter: a link to nothing */
        return 0;
    }
    rc = rill__os_info_of(h, &info);
    if (rc == 0 && info.kind != OS_REGULAR)
        rc = info.kind == OS_DIRECTORY ? RILL_OS_ERROR(EISDIR) : RILL_ENOTSUP;
    if (rc == 0 && !(target = final_path(h, *path)))
        rc = os_failed();
    CloseHandle(h);
    if (target) {
        free(*path);
        *path = target;
    }
    return rc;
}

/* Open the directory `path`, and learn where it is. */
static int open_directory(const wchar_t *path, int how, os_dir *dir)
{
    DWORD access =
        FILE_LIST_DIRECTORY | (how & OS_DIR_SYNC ? FILE_ADD_FILE : 0);
    wchar_t *final;

    dir->path = NULL;
    dir->handle =
        OPEN(RILL_CALL_OPEN,
             CreateFileW(path, access, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
                         OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL));
    if (dir->handle == INVALID_HANDLE_VALUE)
        return os_failed();
    final = final_path(dir->handle, path);
    if (final) {
        size_t n = wcslen(final);
        dir->path = joined(final, final[n - 1] == L'\\' ? L"" : L"\\");
        free(final);
    }
    if (!dir->path) {
        int rc = os_failed();
        CloseHandle(dir->handle);
        return rc;
    }
    return 0;
}

/* The same for the file `path`, whose name is cut off. */
static int open_parent(wchar_t *path, int how, os_dir *dir,
                       char name_out[OS_NAME_SIZE])
{
    wchar_t *name = wcsrchr(path, L'\\');

    if (!name)
        return RILL_OS_ERROR(ENOENT);
    name++;
    if (!*name)
        return RILL_OS_ERROR(EISDIR);
    if (WideCharToMultiByte(CP_UTF8, WC_ERR_INVALID_CHARS, name, -1, name_out,
                            OS_NAME_SIZE, NULL, NULL) == 0)
        return GetLastError() == ERROR_INSUFFICIENT_BUFFER
                   ? RILL_OS_ERROR(ENAMETOOLONG)
                   : os_failed();
    *name = L'\0';
    return open_directory(path, how, dir);
}

int rill__os_dir_open(const char *path, int how, os_dir **dir_out,
                      char name_out[OS_NAME_SIZE])
{
    wchar_t *full = system_path(path);
    os_dir *dir;
    int rc;

    if (!full)
        return os_failed();
    rc = how & OS_DIR_FOLLOW ? follow(&full) : 0;
    dir = rc == 0 ? rill__malloc(sizeof(*dir)) : NULL;
    if (rc == 0)
        rc = dir ? open_parent(full, how, dir, name_out) : RILL_ENOMEM;
    free(full);
    if (rc < 0) {
        free(dir);
        return rc;
    }
    *dir_out = dir;
    return 0;
}

void rill__os_dir_close(os_dir *dir)
{
    CloseHandle(dir->handle);
    free(dir->path);
    free(dir);
}

/* A rename has been written through; this waits for all else. Some file systems
 * flush no directories: then there is nothing to wait for. */
int rill__os_dir_sync(os_dir *dir)
{
    if (CALL(RILL_CALL_SYNC, FlushFileBuffers(dir->handle)))
        return 0;
    switch (GetLastError()) {
    case ERROR_ACCESS_DENIED:
    case ERROR_INVALID_HANDLE:
    case ERROR_INVALID_FUNCTION:
    case ERROR_NOT_SUPPORTED:
        return 0;
    default:
        return os_failed();
    }
}

/* The path of a name in a directory, new. */
static wchar_t *path_at(const os_dir *dir, const char *name)
{
    wchar_t *last = wide(name);
    wchar_t *path = last ? joined(dir->path, last) : NULL;

    free(last);
    return path;
}

int rill__os_open_at(os_dir *dir, const char *name, int how,
                     unsigned permissions)
{
    wchar_t *path = path_at(dir, name);
    int fd = path ? open_wide(path, how, permissions) : os_failed();

    free(path);
    return fd;
}

/* Delete a file, as POSIX does also one that may not be written. */
static BOOL delete_file(const wchar_t *path)
{
    DWORD now;

    if (DeleteFileW(path))
        return TRUE;
    now = attributes_of(path);
    return GetLastError() == ERROR_ACCESS_DENIED &&
           now & FILE_ATTRIBUTE_READONLY &&
           SetFileAttributesW(path, now & ~(DWORD)FILE_ATTRIBUTE_READONLY) &&
           DeleteFileW(path);
}

int rill__os_unlink_at(os_dir *dir, const char *name)
{
    wchar_t *path = path_at(dir, name);
    int rc = os_result(path && CALL(RILL_CALL_UNLINK, delete_file(path)));

    free(path);
    return rc;
}

/* Rename as POSIX does, also over a file that others have open. False where the
 * system or the file system cannot. */
static bool rename_as_posix(const wchar_t *from, const wchar_t *to, int replace)
{
    size_t n = wcslen(to) * sizeof(*to);
    FILE_RENAME_INFO *info = rill__malloc(sizeof(*info) + n);
    HANDLE h = CreateFileW(
        from, DELETE | SYNCHRONIZE, SHARE_ALL, NULL, OPEN_EXISTING,
        FILE_FLAG_OPEN_REPARSE_POINT | FILE_FLAG_WRITE_THROUGH, NULL);
    bool done = false;

    if (info && h != INVALID_HANDLE_VALUE) {
        DWORD flags = RENAME_AS_POSIX | (replace ? RENAME_REPLACES : 0);
        memset(info, 0, sizeof(*info));
        memcpy(info, &flags, sizeof(flags)); /* where ReplaceIfExists was */
        info->FileNameLength = (DWORD)n;
        memcpy(info->FileName, to, n + sizeof(*to));
        done = SetFileInformationByHandle(h, RENAME_INFO_EX, info,
                                          (DWORD)(sizeof(*info) + n));
    }
    if (h != INVALID_HANDLE_VALUE)
        CloseHandle(h);
    free(info);
    return done;
}

int rill__os_rename_at(os_dir *dir, const char *from, const char *to,
                       int replace)
{
    DWORD flags = MOVEFILE_WRITE_THROUGH |
                  (replace ? (DWORD)MOVEFILE_REPLACE_EXISTING : 0);
    wchar_t *a = path_at(dir, from);
    wchar_t *b = a ? path_at(dir, to) : NULL;
    BOOL done = b && CALL(RILL_CALL_RENAME, rename_as_posix(a, b, replace) ||
                                                MoveFileExW(a, b, flags));
    int rc = os_result(done);

    free(a);
    free(b);
    return rc;
}

/* Open `name` to look at it: what it is itself, were it a link. */
static HANDLE look_at(os_dir *dir, const char *name)
{
    wchar_t *path = path_at(dir, name);
    HANDLE h = INVALID_HANDLE_VALUE;

    if (path && CALL(RILL_CALL_STAT, true))
        h = CreateFileW(
            path, FILE_READ_ATTRIBUTES, SHARE_ALL, NULL, OPEN_EXISTING,
            FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT, NULL);
    free(path);
    return h;
}

int rill__os_info_at(os_dir *dir, const char *name, struct os_info *info_out)
{
    HANDLE h = look_at(dir, name);
    int rc;

    if (h == INVALID_HANDLE_VALUE)
        return os_failed();
    rc = rill__os_info_of(h, info_out);
    if (rc == 0 && is_link(h))
        info_out->kind = OS_OTHER;
    CloseHandle(h);
    return rc;
}

/* What tells one file from all others. */
static bool identity_of(HANDLE h, FILE_ID_INFO *id_out)
{
    BY_HANDLE_FILE_INFORMATION info;

    if (GetFileInformationByHandleEx(h, FileIdInfo, id_out, sizeof(*id_out)))
        return true;
    if (!GetFileInformationByHandle(h, &info)) /* all that FAT has */
        return false;
    memset(id_out, 0, sizeof(*id_out));
    id_out->VolumeSerialNumber = info.dwVolumeSerialNumber;
    memcpy(&id_out->FileId, &info.nFileIndexHigh, sizeof(DWORD));
    memcpy(id_out->FileId.Identifier + sizeof(DWORD), &info.nFileIndexLow,
           sizeof(DWORD));
    return true;
}

int rill__os_is_at(os_dir *dir, const char *name, int fd)
{
    HANDLE h = look_at(dir, name);
    FILE_ID_INFO there, here;
    int rc = h == INVALID_HANDLE_VALUE ? os_failed() : 0;

    if (rc < 0)
        return rc == RILL_OS_ERROR(ENOENT) ? 0 : rc;
    if (!CALL(RILL_CALL_STAT,
              identity_of(h, &there) && identity_of(handle_of(fd), &here)))
        rc = os_failed();
    else
        rc = there.VolumeSerialNumber == here.VolumeSerialNumber &&
             memcmp(&there.FileId, &here.FileId, sizeof(here.FileId)) == 0;
    CloseHandle(h);
    return rc;
}

/* Locks are of ranges here, and bar others from reading: so this one is of a
 * byte that no file has. */
int rill__os_lock(int fd)
{
    OVERLAPPED where = {.Offset = UINT32_MAX - 1, .OffsetHigh = INT32_MAX};

    if (CALL(RILL_CALL_LOCK,
             LockFileEx(handle_of(fd),
                        LOCKFILE_EXCLUSIVE_LOCK | LOCKFILE_FAIL_IMMEDIATELY, 0,
                        1, 0, &where)))
        return 0;
    return GetLastError() == ERROR_LOCK_VIOLATION ? RILL_OS_ERROR(EAGAIN)
                                                  : os_failed();
}

/* ---- Attributes ----------------------------------------------------------- */

/* Give a file another's list of who may do what. */
static DWORD copy_access(HANDLE to, HANDLE from)
{
    SECURITY_DESCRIPTOR_CONTROL control = 0;
    PSECURITY_DESCRIPTOR sd = NULL;
    ACL *list = NULL;
    DWORD revision, flags = DACL_SECURITY_INFORMATION;
    DWORD error = GetSecurityInfo(from, SE_FILE_OBJECT, flags, NULL, NULL,
                                  &list, NULL, &sd);

    if (error != ERROR_SUCCESS)
        return error;
    if (GetSecurityDescriptorControl(sd, &control, &revision))
        flags |= control & SE_DACL_PROTECTED
                     ? (DWORD)PROTECTED_DACL_SECURITY_INFORMATION
                     : (DWORD)UNPROTECTED_DACL_SECURITY_INFORMATION;
    error = SetSecurityInfo(to, SE_FILE_OBJECT, flags, NULL, NULL, list, NULL);
    LocalFree(sd);
    return error;
}

/* The owner of a file here is who made it, and gives it to others only with a
 * privilege; what counts is the list, so that is what is copied. */
int rill__os_copy_owner(int to, int from)
{
    HANDLE h = INVALID_HANDLE_VALUE;
    DWORD error;

    if (CALL(RILL_CALL_ATTRIBUTE, true))
        h = ReOpenFile(handle_of(to), READ_CONTROL | WRITE_DAC, SHARE_ALL, 0);
    if (h == INVALID_HANDLE_VALUE)
        return os_failed();
    error = copy_access(h, handle_of(from));
    CloseHandle(h);
    if (error == ERROR_SUCCESS || error == ERROR_NOT_SUPPORTED ||
        error == ERROR_INVALID_FUNCTION)
        return 0; /* the latter: a file system without such lists */
    return RILL_OS_ERROR(rill__os_errno(error));
}

/* Set all of `set` and none of `clear`; the time of creation, unless 0. */
static int change_attributes(HANDLE h, DWORD clear, DWORD set,
                             LARGE_INTEGER created)
{
    FILE_BASIC_INFO now, wanted = {.CreationTime = created};

    if (!CALL(RILL_CALL_STAT, GetFileInformationByHandleEx(h, FileBasicInfo,
                                                           &now, sizeof(now))))
        return os_failed();
    wanted.FileAttributes = (now.FileAttributes & ~clear) | set;
    if (wanted.FileAttributes == 0)
        wanted.FileAttributes = FILE_ATTRIBUTE_NORMAL; /* 0: as it was */
    return os_result(CALL(
        RILL_CALL_ATTRIBUTE,
        SetFileInformationByHandle(h, FileBasicInfo, &wanted, sizeof(wanted))));
}

int rill__os_copy_attributes(int to, int from)
{
    const DWORD copied = FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM |
                         FILE_ATTRIBUTE_ARCHIVE |
                         FILE_ATTRIBUTE_NOT_CONTENT_INDEXED;
    FILE_BASIC_INFO old;
    int rc = rill__os_copy_owner(to, from);

    if (rc < 0)
        return rc;
    if (!CALL(RILL_CALL_STAT,
              GetFileInformationByHandleEx(handle_of(from), FileBasicInfo, &old,
                                           sizeof(old))))
        return os_failed();
    return change_attributes(handle_of(to), copied, old.FileAttributes & copied,
                             old.CreationTime);
}

/* All that is left of permissions here: whether it may be written. */
int rill__os_permit(int fd, unsigned permissions)
{
    const DWORD bit = FILE_ATTRIBUTE_READONLY;

    return change_attributes(handle_of(fd), bit, permissions & 0200 ? 0 : bit,
                             (LARGE_INTEGER){.QuadPart = 0});
}
#endif /* _WIN32 */
