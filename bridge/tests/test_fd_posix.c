/*
 * test_fd_posix.c - descriptors and paths where there are processes, names in
 * /proc and limits: real programs and libraries as users, the stream's own
 * file, and each part of the system missing in turn.
 */
#define _GNU_SOURCE
#include "test_fd.h"

#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>

#ifdef __linux__
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#if __has_include(<linux/seccomp.h>) /* musl comes without */
#include <linux/filter.h>
#include <linux/seccomp.h>
#endif
#endif

#ifdef HAVE_LIBPNG
#include <png.h>
#endif
#ifdef HAVE_SQLITE3
#include <sqlite3.h>
#endif

/* How many directories of copies there are in this one. */
static int left_over(void)
{
    DIR *d = opendir(".");
    struct dirent *entry;
    int count = 0;

    CHECK(d != NULL);
    while ((entry = readdir(d)) != NULL)
        count += strncmp(entry->d_name, "rill-", 5) == 0;
    closedir(d);
    return count;
}

/* Run a command of the shell, which must succeed. */
static void shell(const char *format, ...) RILL_PRINTF(1, 2);
static void shell(const char *format, ...)
{
    char command[5000];
    va_list args;

    va_start(args, format);
    vsnprintf(command, sizeof(command), format, args);
    va_end(args);
    test_context("%.200s", command);
    fflush(NULL);
    CHECK_INT(0, system(command));
    test_context("%s", "");
}

/* ---- Child processes ---------------------------------------------------- */

BRIDGE_TEST(fd__a_child_reads_and_writes)
{
    rill *s = kind->open();
    rill_fd *f;

    CHECK_INT(4, rill_puts(s, "one\n"));
    f = path_of(s, NULL, 0);
    CHECK_INT('/', *rill_fd_path(f));
    shell("cat '%s' >seen; printf 'two\\n' >>'%s'", rill_fd_path(f),
          rill_fd_path(f));
    CHECK_FILE("seen", "one\n");
    CHECK_OK(rill_fd_close(f));
    CHECK_HOLDS(s, "one\ntwo\n");
    CHECK_OK(rill_close(s));
}

/* ---- The stream's own file ---------------------------------------------- */

TEST(fd__a_file_is_lent)
{
    char *want;
    rill *s = rill_open("file.txt", "wb+");
    rill_fd *f;

    CHECK_INT(3, rill_puts(s, "abc"));
    want = realpath("file.txt", NULL);
    f = path_of(s, ".txt", 0);
    CHECK_INT(rill_fileno(s), rill_fd_number(f));
    CHECK_STR(want, rill_fd_path(f));
    CHECK_FILE("file.txt", "abc");
    CHECK_OK(rill_rewind(s));
    CHECK_INT('a', rill_getc(s));
    CHECK(put("file.txt", "a", "def")); /* behind what was read ahead */
    CHECK_INT(1, pwrite(rill_fd_number(f), "B", 1, 1));
    CHECK_OK(rill_fd_sync(f));
    CHECK_REST(s, "Bcdef");
    CHECK_OK(rill_fd_close(f));
    CHECK(fd_is_open(rill_fileno(s)));

    CHECK_INT(0, rename("file.txt", "other"));
    f = path_of(s, NULL, 0); /* its name is not its name any more */
    CHECK(put(rill_fd_path(f), "a", "!"));
    CHECK_FILE("other", "aBcdef!");
    CHECK_OK(rill_fd_close(f));
    CHECK_OK(rill_close(s));
    free(want);
}

TEST(fd__a_save_is_not_its_old_file)
{
    rill *s;
    rill_fd *f;

    test_write_file("saved", "old", 3);
    s = rill_open("saved", "ws");
    CHECK_INT(3, rill_puts(s, "new"));
    f = path_of(s, NULL, 0);
    CHECK(put(rill_fd_path(f), "a", "er"));
    CHECK_FILE("saved", "old");
    CHECK_OK(rill_fd_close(f));
    CHECK_OK(rill_close(s));
    CHECK_FILE("saved", "newer");
}

TEST(fd__a_spool_makes_its_file)
{
    rill *s = rill_open_spool(1000, NULL);
    rill_fd *f;

    CHECK_INT(3, rill_puts(s, "abc"));
    f = path_of(s, NULL, 0);
    CHECK_INT(rill_fileno(s), rill_fd_number(f));
    CHECK(put(rill_fd_path(f), "a", "def"));
    CHECK_HOLDS(s, "abcdef");
    CHECK_OK(rill_fd_close(f));
    CHECK_OK(rill_close(s));
}

TEST(fd__text)
{
    rill_options o = RILL_OPTIONS_INIT;
    rill *s;
    rill_fd *f;

    o.encoding = "utf-16-le";
    test_write_file("text", "a\0b\0", 4);
    s = rill_open_with("text", "rt", &o);
    f = path_of(s, NULL, 0);
    shell("cat '%s' >seen", rill_fd_path(f));
    CHECK_FILE("seen", "ab"); /* the stream's bytes, not the file's */
    CHECK_OK(rill_fd_close(f));
    CHECK_OK(rill_close(s));

    s = rill_open_with("text", "wt", &o);
    f = path_of(s, NULL, 0);
    CHECK(put(rill_fd_path(f), "a", "xy"));
    CHECK_OK(rill_fd_close(f));
    CHECK_OK(rill_close(s));
    CHECK_FILE("text", "x\0y\0");
}

TEST(fd__from_a_pipe_that_would_block)
{
    int ends[2];
    rill *s;

    CHECK_INT(0, pipe(ends));
    set_nonblocking(ends[0]);
    s = rill_open_fd(ends[0], "rb", RILL_TAKE, NULL);
    CHECK_PTR(NULL, rill_as_fd(s, 0)); /* it is not known where it ends */
    CHECK_INT(2, write(ends[1], "ab", 2));
    CHECK_READS(s, "ab");
    CHECK_OK(rill_close(s));
    close(ends[1]);
}

TEST(fd__into_a_pipe)
{
    char got[20];
    int ends[2];
    rill *s;
    rill_fd *f;

    CHECK_INT(0, pipe(ends));
    s = rill_open_fd(ends[1], "wb", RILL_TAKE, NULL);
    CHECK_INT(2, rill_puts(s, "1:"));
    f = path_of(s, ".txt", 0);
    CHECK(put(rill_fd_path(f), "a", "one "));
    CHECK_OK(rill_fd_sync(f));
    CHECK(put(rill_fd_path(f), "a", "two"));
    CHECK_OK(rill_fd_sync(f));
    CHECK_OK(rill_fd_sync(f)); /* once is once */
    CHECK_OK(rill_fd_close(f));
    CHECK_INT(2, rill_puts(s, ":2"));
    CHECK_OK(rill_close(s));
    CHECK_BYTES(got, fd_read_all(ends[0], got, sizeof(got)), "1:one two:2");
    close(ends[0]);
}

TEST(fd__both_ways_without_a_position)
{
    int ends[2];
    rill *s;

    CHECK_INT(0, socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
    s = rill_open_fd(ends[0], "rb+", RILL_TAKE, NULL);
    CHECK_PTR(NULL, rill_as_fd(s, 0));
    CHECK_INT(ENOTSUP, errno);
    CHECK_PTR(NULL, rill_as_path(s, NULL, RILL_FD_SEALED));
    CHECK_INT(ENOTSUP, errno);
    CHECK_OK(rill_close(s));
    close(ends[1]);
}

/* ---- To others ---------------------------------------------------------- */

TEST(fd__sealed)
{
    rill *s = rill_open_mem_copy("abcdef", 6, NULL);
    rill_fd *f = path_of(s, NULL, RILL_FD_SEALED);
    int fd = rill_fd_number(f);

    CHECK_INT(F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE,
              fcntl(fd, F_GET_SEALS));
    CHECK_INT(3, rill_puts(s, "XYZ"));
    CHECK(!put(rill_fd_path(f), "a", "!"));
    CHECK_INT(-1, pwrite(fd, "!", 1, 0));
    CHECK_INT(EPERM, errno);
    CHECK_INT(-1, ftruncate(fd, 0));
    CHECK_INT(-1, ftruncate(fd, 100));
    shell("test \"$(cat '%s')\" = abcdef", rill_fd_path(f));
    CHECK_OK(rill_fd_close(f));
    CHECK_HOLDS(s, "XYZdef");
    CHECK_OK(rill_close(s));
}

TEST(fd__sealed_is_a_copy_of_a_file_too)
{
    rill *s = rill_open("file", "wb+");
    rill_fd *f;

    CHECK_INT(3, rill_puts(s, "abc"));
    f = fd_of(s, RILL_FD_SEALED);
    CHECK(rill_fd_number(f) != rill_fileno(s));
    CHECK_INT(3, rill_puts(s, "def"));
    CHECK_INT(3, lseek(rill_fd_number(f), 0, SEEK_END));
    CHECK_OK(rill_fd_close(f));
    CHECK_HOLDS(s, "abcdef");
    CHECK_PTR(NULL, rill_as_path(s, ".png", RILL_FD_SEALED));
    CHECK_INT(EINVAL, errno);
    CHECK_OK(rill_close(s));

    s = rill_open("file", "ab"); /* what cannot be read cannot be shown */
    CHECK_PTR(NULL, rill_as_fd(s, RILL_FD_SEALED));
    CHECK_INT(ENOTSUP, errno);
    CHECK_OK(rill_close(s));
}

/* Whether a child that knows only the number can read it. */
static int child_reads(rill_fd *f)
{
    char command[60];

    snprintf(command, sizeof(command), "exec 2>err; cat <&%d >seen",
             rill_fd_number(f));
    fflush(NULL);
    return system(command) == 0;
}

BRIDGE_TEST(fd__inheritable)
{
    rill *s = kind->open();
    rill_fd *f;

    CHECK_INT(6, rill_puts(s, "abcdef"));
    CHECK_INT(2, rill_seek(s, 2, RILL_SEEK_SET));
    f = fd_of(s, 0);
    CHECK(!child_reads(f));
    CHECK_OK(rill_fd_close(f));
    f = fd_of(s, RILL_FD_INHERITABLE);
    CHECK(child_reads(f));
    CHECK_FILE("seen", "cdef");
    CHECK_OK(rill_fd_close(f));
    f = path_of(s, ".txt", RILL_FD_INHERITABLE);
    CHECK(child_reads(f));
    CHECK_OK(rill_fd_close(f));
    f = path_of(s, ".txt", 0);
    CHECK(!child_reads(f));
    CHECK_OK(rill_fd_close(f));
    f = fd_of(s, 0); /* the stream's own is as it was */
    CHECK(!child_reads(f));
    CHECK_OK(rill_fd_close(f));
    CHECK_OK(rill_close(s));
}

/* What a child finds out about a path, or stdin, as a line. */
TEST(fd__clients_that_are_programs)
{
    static const char sum[] =
        "bef57ec7f53a6d40beb640a780a639c83bc29ac8a9816f1fc6c5c6dcd93c4721";
    rill *s = rill_open_mem_copy("abcdef", 6, NULL);
    rill_fd *f = path_of(s, NULL, 0);

    shell("sha256sum <'%s' | grep -q %s", rill_fd_path(f), sum);
    shell("python3 -c 'import sys, zipfile\n"
          "with zipfile.ZipFile(sys.argv[1], \"w\") as z:\n"
          "    z.writestr(\"hello.txt\", \"hello\")' '%s'",
          rill_fd_path(f));
    CHECK_OK(rill_fd_close(f));
    f = path_of(s, ".zip", 0);
    shell("unzip -l '%s' | grep -q hello.txt", rill_fd_path(f));
    CHECK_OK(rill_fd_close(f));
    CHECK(rill_size(s) > 100);
    CHECK_OK(rill_close(s));
}

TEST(fd__clients_that_put_files_beside)
{
    rill *s = rill_open_mem_copy("abcdef", 6, NULL);
    rill_fd *f = path_of(s, ".txt", 0);
    char *directory = directory_of(f);
    struct stat st;

    CHECK_INT(0, stat(directory, &st));
    CHECK_INT(0700, st.st_mode & 0777);
    CHECK_INT(0, stat(rill_fd_path(f), &st));
    CHECK_INT(0600, st.st_mode & 0777);
    shell("cd '%s' && printf new >.stream.tmp && mv .stream.tmp stream.txt && "
          "touch stream.txt.lock",
          directory);
    CHECK_OK(rill_fd_sync(f));
    CHECK_HOLDS(s, "new");
    CHECK_OK(rill_fd_close(f));
    CHECK_INT(-1, stat(directory, &st));
    CHECK_OK(rill_close(s));
    free(directory);
}

TEST(fd__clients_that_make_a_mess)
{
    rill *s = rill_open_mem_copy("abcdef", 6, NULL);
    rill_fd *f = path_of(s, ".txt", 0);
    char *directory = directory_of(f);

    shell("rm '%s'", rill_fd_path(f));
    CHECK_CODE(RILL_EIO, rill_fd_sync(f));
    CHECK_INT(ENOENT, errno);
    shell("mkdir '%s'", rill_fd_path(f));
    CHECK_CODE(RILL_EIO, rill_fd_sync(f));
    CHECK_INT(EISDIR, errno);
    shell("cd '%s'; rmdir stream.txt; printf x >stream.txt; mkdir more",
          directory);
    CHECK_CODE(RILL_EIO, rill_fd_close(f));
    CHECK_INT(ENOTEMPTY, errno);
    CHECK_HOLDS(s, "x");
    CHECK_OK(rill_close(s));
    shell("rmdir '%s/more' '%s'", directory, directory);
    free(directory);
}

#ifdef HAVE_LIBPNG
TEST(fd__clients_png)
{
    unsigned char pixels[3 * 50 * 50], back[sizeof(pixels)];
    png_image image = {.version = PNG_IMAGE_VERSION,
                       .width = 50,
                       .height = 50,
                       .format = PNG_FORMAT_RGB};
    rill *s = rill_open_mem(NULL);
    rill_fd *f = path_of(s, ".png", 0);

    test_pattern(pixels, sizeof(pixels), 0);
    CHECK(png_image_write_to_file(&image, rill_fd_path(f), 0, pixels, 0, NULL));
    CHECK_OK(rill_fd_close(f));
    CHECK(rill_size(s) > 100);

    f = path_of(s, NULL, 0);
    CHECK(png_image_begin_read_from_file(&image, rill_fd_path(f)));
    image.format = PNG_FORMAT_RGB;
    CHECK(png_image_finish_read(&image, NULL, back, 0, NULL));
    CHECK_MEM(back, sizeof(back), pixels, sizeof(pixels));
    CHECK_OK(rill_fd_close(f));
    CHECK_OK(rill_close(s));
}
#endif

#ifdef HAVE_SQLITE3
/* A database in memory: SQLite wants a real path, and a journal beside it. */
TEST(fd__clients_sqlite)
{
    static const char make[] =
        "PRAGMA journal_mode=WAL; CREATE TABLE t(x); INSERT INTO t VALUES(42)";
    sqlite3 *db;
    sqlite3_stmt *query;
    rill *s = rill_open_mem(NULL);
    rill_fd *f;

    f = path_of(s, ".db", 0);
    CHECK_INT(SQLITE_OK, sqlite3_open(rill_fd_path(f), &db));
    CHECK_INT(SQLITE_OK, sqlite3_exec(db, make, NULL, NULL, NULL));
    CHECK_INT(SQLITE_OK, sqlite3_close(db));
    CHECK_OK(rill_fd_close(f));
    CHECK(rill_size(s) > 1000);

    f = path_of(s, ".db", 0);
    CHECK_INT(SQLITE_OK, sqlite3_open(rill_fd_path(f), &db));
    CHECK_INT(SQLITE_OK,
              sqlite3_prepare_v2(db, "SELECT x FROM t", -1, &query, NULL));
    CHECK_INT(SQLITE_ROW, sqlite3_step(query));
    CHECK_INT(42, sqlite3_column_int(query, 0));
    CHECK_INT(SQLITE_OK, sqlite3_finalize(query));
    CHECK_INT(SQLITE_OK, sqlite3_close(db));
    CHECK_OK(rill_fd_close(f));
    CHECK_OK(rill_close(s));
}
#endif

/* Limits are a process's own: what follows runs in children. */

static void no_room_for_the_copy(void *arg)
{
    struct rlimit limit = {1000, 1000};
    char data[2000] = "";
    rill *s = rill_open_mem_copy(data, sizeof(data), NULL);

    (void)arg;
    signal(SIGXFSZ, SIG_IGN);
    MUST(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    MUST(setenv("TMPDIR", ".", 1) == 0);
    MUST(!rill_as_fd(s, 0) && errno == EFBIG);
    MUST(!rill_as_path(s, ".x", 0) && errno == EFBIG);
    MUST(rill_failed(s, NULL) == 0 && rill_tell(s) == 0);
    MUST(rill_close(s) == 0);
}

TEST(fd__no_room_for_the_copy)
{
    RUN_CHILD(no_room_for_the_copy, NULL);
    CHECK_INT(0, left_over());
}

static void no_descriptors(void *arg)
{
    struct rlimit limit, none;
    rill *s = rill_open_mem(NULL);
    rill_fd *f;

    (void)arg;
    MUST(setenv("TMPDIR", ".", 1) == 0);
    MUST(getrlimit(RLIMIT_NOFILE, &limit) == 0);
    none = limit;
    none.rlim_cur = 3;
    MUST(setrlimit(RLIMIT_NOFILE, &none) == 0);
    MUST(!rill_as_fd(s, 0) && errno == EMFILE);
    MUST(!rill_as_path(s, ".x", 0) && errno == EMFILE);
    MUST(setrlimit(RLIMIT_NOFILE, &limit) == 0);
    f = rill_as_path(s, ".x", 0);
    MUST(f && rill_fd_close(f) == 0);
    MUST(rill_close(s) == 0);
}

TEST(fd__no_descriptors)
{
    RUN_CHILD(no_descriptors, NULL);
}

static void no_directory(void *arg)
{
    rill *s = rill_open_mem(NULL);

    (void)arg;
    MUST(setenv("TMPDIR", "./nowhere", 1) == 0);
    MUST(!rill_as_path(s, ".x", 0) && errno == ENOENT);
    MUST(rill_close(s) == 0);
}

TEST(fd__no_directory)
{
    RUN_CHILD(no_directory, NULL);
}

/* ---- Without what Linux has --------------------------------------------- */

#ifdef __linux__
/* From now on memfd_create() is not there (ENOSYS), as on old kernels. */
static void refuse_memfd(void)
{
#ifndef SECCOMP_MODE_FILTER
    _exit(CHILD_SKIPS);
#else
    struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_memfd_create, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = {4, program};

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0)
        _exit(CHILD_SKIPS);
#endif
}

/* Make a handle, write through it, and see that the stream has it. */
static void must_serve(rill *s, rill_fd *f)
{
    int64_t size = rill_size(s);

    MUST(f != NULL);
    MUST(lseek(rill_fd_number(f), 0, SEEK_END) == size);
    MUST(write(rill_fd_number(f), "def", 3) == 3);
    MUST(rill_fd_close(f) == 0);
    MUST(rill_size(s) == size + 3);
}

static void without_memfd(void *arg)
{
    rill *s = rill_open_mem_copy("abc", 3, NULL);
    rill_fd *f;

    (void)arg;
    refuse_memfd();
    MUST(setenv("TMPDIR", ".", 1) == 0);
    must_serve(s, rill_as_fd(s, 0));
    f = rill_as_path(s, NULL, 0);
    MUST(f && strstr(rill_fd_path(f), "/rill-") &&
         put(rill_fd_path(f), "a", ""));
    must_serve(s, f);
    MUST(!rill_as_fd(s, RILL_FD_SEALED) && errno == ENOTSUP);
    MUST(rill_close(s) == 0);
}

TEST(fd__without_memfd)
{
    RUN_CHILD(without_memfd, NULL);
    CHECK_INT(0, left_over());
}

static void without_proc(void *arg)
{
    rill *s = rill_open_mem_copy("abc", 3, NULL), *spool;
    rill_fd *f;

    (void)arg;
    if (unshare(CLONE_NEWNS) != 0 ||
        mount("none", "/", "", MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("none", "/proc", "tmpfs", 0, NULL) != 0)
        _exit(CHILD_SKIPS);
    MUST(setenv("TMPDIR", ".", 1) == 0);
    f = rill_as_fd(s, 0);
    MUST(f && !rill_fd_path(f)); /* in memory all the same */
    must_serve(s, f);
    f = rill_as_path(s, NULL, 0);
    MUST(f && put(rill_fd_path(f), "a", "x") && rill_fd_close(f) == 0);
    MUST(!rill_as_path(s, NULL, RILL_FD_SEALED) && errno == ENOTSUP);
    MUST(rill_close(s) == 0);

    spool = rill_open_spool(0, NULL); /* a file, and no path to it */
    f = rill_as_fd(spool, 0);
    MUST(f && !rill_fd_path(f) && rill_fd_number(f) == rill_fileno(spool));
    MUST(rill_fd_close(f) == 0);
    f = rill_as_path(spool, NULL, 0);
    MUST(f && put(rill_fd_path(f), "a", "x") && rill_fd_close(f) == 0);
    MUST(rill_size(spool) == 1 && rill_close(spool) == 0);
}

TEST(fd__without_proc)
{
    RUN_CHILD(without_proc, NULL);
    CHECK_INT(0, left_over());
}

/* Zeros that no memory holds: a hole in the memfd, and a stream that only
 * counts. */
TEST(fd__beyond_2_gib)
{
    int64_t size = 2 * GIB + 5;
    rill_double plain = {0};
    rill *s =
        rill_open_double(rill_open("/dev/null", "wb"), RILL_TAKE, &plain, NULL);
    rill_fd *f;

    SKIP_IF(test_is_quick() || sizeof(off_t) < 8 ? "too much for here" : NULL);
    f = path_of(s, NULL, 0);
    CHECK_INT(0, truncate(rill_fd_path(f), (off_t)size));
    CHECK_OK(rill_fd_close(f));
    CHECK_INT(size, rill_tell(s));
    CHECK_OK(rill_close(s));
}
#endif
