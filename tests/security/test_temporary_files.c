/*
 * test_temporary_files.c - an attacker who plants things under the names that a
 * save and a spool use, while they run.
 *
 * The attacker is a process that goes round the names beside the file and puts
 * there symbolic links (to a victim, to nothing), hard links, pipes,
 * directories and files of its own. Meanwhile the file is saved, again and
 * again. Each save must come out whole or fail with a clear error and the old
 * content in place; and outside of the directory nothing may be opened by its
 * path, written, made or removed: the kernel reports that (inotify).
 *
 * In a sticky directory the attacker is another user, who may plant but not
 * remove what is not his. In a plain one he is the same user, and only plants:
 * whoever may rename in a directory can put any file in any place there, and
 * needs no save for it.
 */
#define _GNU_SOURCE
#include "test.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <rill/hook.h>

enum {
    SAVES = 400,
    SLOTS = 16, /* "up to 16 saves of one file at a time" */
    STRANGER = 65534,
    OWNER = 65533
};

#define VICTIM "what nobody may touch"

/* In a child, where a CHECK would jump back into the runner of tests. */
#define MUST(condition)                                                  \
    do {                                                                 \
        if (!(condition)) {                                              \
            fprintf(stderr, "%s:%d: in a child: does not hold: %s %s\n", \
                    __FILE__, __LINE__, #condition, strerror(errno));    \
            _exit(1);                                                    \
        }                                                                \
    } while (0)

/* ---- The place ----------------------------------------------------------------- */

/* "dir" is where files are saved; "outside" what must stay as it is. */
static void make_place(mode_t mode, uid_t owner)
{
    CHECK(mkdir("dir", 0700) == 0);
    CHECK(mkdir("outside", 0777) == 0);
    test_write_file("outside/victim", VICTIM, strlen(VICTIM));
    CHECK(chmod("outside/victim", 0666) == 0);
    CHECK(chmod("outside", 0777) == 0);
    CHECK(chmod("dir", mode) == 0);
    CHECK(chmod(".", 0755) == 0);
    if (geteuid() == 0)
        CHECK(chown("dir", owner, owner) == 0);
}

/* Watch what happens outside through its own names. */
static int watch_outside(void)
{
    int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    uint32_t touched = IN_OPEN | IN_MODIFY | IN_ATTRIB | IN_CREATE | IN_DELETE |
                       IN_MOVED_FROM | IN_MOVED_TO;

    CHECK(fd >= 0);
    CHECK(inotify_add_watch(fd, "outside", touched) >= 0);
    return fd;
}

/*
 * The victim has its content, and nobody came by its path. Hard links are
 * another path to it, and making one is a change of its attributes: of those
 * the attacker makes many, so IN_ATTRIB is left out where he can.
 */
static void check_outside(int watch)
{
    union {
        struct inotify_event e;
        char bytes[4096];
    } u;
    ssize_t n = read(watch, &u, sizeof(u));
    size_t at = 0;

    while (n > 0 && at < (size_t)n) {
        const struct inotify_event *e = (const void *)(u.bytes + at);

        if (!(e->mask & IN_ATTRIB))
            FAIL("outside: event %#x, %s", e->mask, e->len ? e->name : "");
        at += sizeof(*e) + e->len;
        if (at >= (size_t)n) {
            n = read(watch, &u, sizeof(u));
            at = 0;
        }
    }
    close(watch);
    CHECK_FILE("outside/victim", VICTIM);
    CHECK(access("outside/nothing", F_OK) != 0);
    CHECK(remove("outside/victim") == 0);
    CHECK(rmdir("outside") == 0); /* fails if there is more */
}

/* ---- The attacker ---------------------------------------------------------------- */

static void become(uid_t user)
{
    if (geteuid() == 0 && user != 0)
        MUST(setgid(user) == 0 && setuid(user) == 0);
}

/* Put something under a name, whatever it is. Failing is fine. */
static void plant(const char *path, uint64_t what)
{
    int fd;

    switch (what) {
    case 0:
        (void)!symlink("../outside/victim", path);
        break;
    case 1:
        (void)!symlink("../outside/nothing", path);
        break;
    case 2:
        (void)!link("outside/victim", path);
        break;
    case 3:
        (void)!mkfifo(path, 0666);
        break;
    case 4:
        (void)!mkdir(path, 0777);
        break;
    default:
        fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
        if (fd >= 0)
            close(fd);
    }
}

enum { PLANTS = 6 };

static void slot_path(char *path, size_t size, unsigned slot)
{
    snprintf(path, size, "dir/.file.%u.rill-save", slot);
}

/* A process that plants until it is killed, or its parent is gone; `removes`:
 * its own first. Says so when it has been round once. */
static pid_t start_attacker(uid_t user, bool removes)
{
    uint64_t seed = 20260807;
    int ready[2];
    char path[64], byte;
    pid_t parent = getpid(), pid;

    CHECK(pipe(ready) == 0);
    pid = fork();
    CHECK(pid >= 0);
    if (pid > 0) {
        close(ready[1]);
        CHECK(read(ready[0], &byte, 1) == 1);
        close(ready[0]);
        return pid;
    }
    become(user);
    for (unsigned i = 0; getppid() == parent; i++) {
        slot_path(path, sizeof(path), (unsigned)test_below(&seed, SLOTS));
        if (removes)
            (void)!remove(path);
        plant(path, test_below(&seed, PLANTS));
        if (i == SLOTS)
            (void)!write(ready[1], "", 1);
    }
    _exit(0);
}

static void stop_attacker(pid_t pid)
{
    CHECK(kill(pid, SIGKILL) == 0);
    CHECK(waitpid(pid, NULL, 0) == pid);
}

/* ---- The saves --------------------------------------------------------------------- */

/* Write the content that a save of number `i` has: long enough to be torn. */
static size_t make_content(unsigned char *buf, size_t size, int i)
{
    size_t len = size / 2 + (size_t)i;

    memset(buf, 'a' + i % 26, len);
    return len;
}

/* Whether the file is what some save wrote, whole; which one, or -1. */
static int saved_as(void)
{
    static unsigned char want[20000];
    size_t len;
    unsigned char *got = test_read_file("dir/file", &len);

    for (int i = 0; i < SAVES; i++) {
        if (make_content(want, sizeof(want), i) == len &&
            memcmp(want, got, len) == 0) {
            free(got);
            return i;
        }
    }
    free(got);
    return -1;
}

/* What a save may fail with where an attacker has been at its names. */
static bool is_clear(int err)
{
    return err == EBUSY || err == EEXIST || err == ENOENT;
}

/* Save once. Returns 0, or the errno of the failure to open. */
static int save_once(int i)
{
    static unsigned char bytes[20000];
    size_t len = make_content(bytes, sizeof(bytes), i);
    rill_options o = RILL_OPTIONS_INIT;
    rill *s;

    o.save = RILL_SAVE_ATOMIC;
    s = rill_open_with("dir/file", "w", &o);
    if (!s)
        return errno;
    MUST(rill_write(s, bytes, len) == (ptrdiff_t)len);
    MUST(rill_flush(s) == RILL_OK);
    errno = ENOENT; /* what is beside has been taken away: said so by close */
    return rill_close(s) == RILL_OK ? 0 : errno;
}

/* Remove what is in the slots: by whoever may. */
static void clear_slots(void)
{
    char path[64];

    for (unsigned slot = 0; slot < SLOTS; slot++) {
        slot_path(path, sizeof(path), slot);
        (void)!remove(path);
    }
}

/* Save on and on while the attacker is at it. Returns how often it succeeded. */
static int save_under_attack(void)
{
    int good = 0, current = 0;

    for (int i = 1; i < SAVES; i++) {
        int err = save_once(i);

        if (err == 0) {
            good++;
            current = i;
        } else {
            errno = err;
            MUST(is_clear(err));
        }
        MUST(saved_as() == current);
        clear_slots();
    }
    return good;
}

/* Who may remove what the attacker plants succeeds now and then. */
static void save_and_clear(void)
{
    MUST(save_under_attack() > 0);
}

/* Who may not can be kept from saving, and no more than that. */
static void save_if_possible(void)
{
    (void)save_under_attack();
}

/* Before an attacker is there: a file to replace, made by who saves it. */
static void save_first(void)
{
    MUST(save_once(0) == 0);
}

/* Run `body` as a user, in a process of its own. */
static void run_as(uid_t user, void (*body)(void))
{
    int status;
    pid_t pid;

    fflush(NULL);
    pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        become(user);
        body();
        _exit(0);
    }
    CHECK(waitpid(pid, &status, 0) == pid);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        FAIL("as user %d: status %#x", (int)user, (unsigned)status);
}

static void attacked_saves(mode_t mode, uid_t owner, uid_t saver,
                           uid_t attacker)
{
    pid_t pid;
    int watch;

    make_place(mode, owner);
    run_as(saver, save_first);
    watch = watch_outside();
    pid = start_attacker(attacker, (mode & S_ISVTX) != 0);
    run_as(saver,
           saver == 0 || saver == attacker ? save_and_clear : save_if_possible);
    stop_attacker(pid);
    check_outside(watch);
    clear_slots();
    run_as(saver, save_first);
}

TEST(temporary_files__planted_by_ourselves)
{
    attacked_saves(0700, geteuid(), geteuid(), geteuid());
}

TEST(temporary_files__planted_by_a_stranger_against_root)
{
    if (geteuid() != 0)
        SKIP("needs root, to be two users");
    attacked_saves(01777, 0, 0, STRANGER);
}

TEST(temporary_files__planted_by_a_stranger_against_a_user)
{
    if (geteuid() != 0)
        SKIP("needs root, to be two users");
    attacked_saves(01777, 0, OWNER, STRANGER);
}

/* ---- All names taken ------------------------------------------------------------------ */

/* Whatever lies in all of the slots, for as long as the save takes: it fails
 * and says so, or (files of dead saves) succeeds. */
TEST(temporary_files__all_names_taken)
{
    char path[64];
    int watch, err;

    make_place(0700, geteuid());
    CHECK_INT(0, save_once(1));
    watch = watch_outside();
    for (uint64_t what = 0; what < PLANTS; what++) {
        test_context("plant %d", (int)what);
        for (unsigned slot = 0; slot < SLOTS; slot++) {
            slot_path(path, sizeof(path), slot);
            plant(path, what);
        }
        err = save_once(2);
        CHECK_INT(what == 2 || what == 5 ? 0 : EBUSY, err);
        CHECK_INT(err == 0 ? 2 : 1, saved_as());
        clear_slots();
        CHECK_INT(0, save_once(1));
    }
    check_outside(watch);
}

/* Nothing beside: what the last save leaves is the file alone. */
TEST(temporary_files__nothing_is_left)
{
    DIR *d;
    int entries = 0;

    make_place(0700, geteuid());
    for (int i = 0; i < 5; i++)
        CHECK_INT(0, save_once(i));
    d = opendir("dir");
    CHECK(d != NULL);
    for (const struct dirent *e; (e = readdir(d)) != NULL;)
        entries += e->d_name[0] != '.' || strlen(e->d_name) > 2;
    closedir(d);
    CHECK_INT(1, entries);
}

/* ---- At the name itself ------------------------------------------------------------------ */

/* What is not a regular file is not replaced, and not waited for. */
TEST(temporary_files__other_things_at_the_name)
{
    make_place(0700, geteuid());
    CHECK(mkfifo("dir/file", 0600) == 0);
    CHECK(rill_open("dir/file", "ws") == NULL);
    CHECK_INT(ENOTSUP, errno);
    CHECK(unlink("dir/file") == 0);
    CHECK(mkdir("dir/file", 0700) == 0);
    CHECK(rill_open("dir/file", "ws") == NULL);
    CHECK_INT(EISDIR, errno);
    CHECK(rmdir("dir/file") == 0);
    CHECK(symlink("file", "dir/file") == 0);
    CHECK(rill_open("dir/file", "ws") == NULL);
    CHECK_INT(ELOOP, errno);
    CHECK(unlink("dir/file") == 0);
    CHECK(symlink("/dev/null", "dir/file") == 0);
    CHECK(rill_open("dir/file", "ws") == NULL);
    CHECK_INT(ENOTSUP, errno);
}

/* What comes to the name while a save goes on: a link is not followed then, a
 * directory stays; a file of the same name is what the save replaces. */
TEST(temporary_files__planted_at_the_name_meanwhile)
{
    int watch;

    make_place(0700, geteuid());
    watch = watch_outside();
    for (int what = 0; what < PLANTS; what++) {
        rill *s = rill_open("dir/file", "ws");
        int rc;

        test_context("plant %d", what);
        CHECK(s != NULL);
        CHECK_INT(3, rill_write(s, "new", 3));
        plant("dir/file", (uint64_t)what);
        rc = rill_close(s);
        if (what == 0 || what == 1 || what == 4)
            CHECK(rc < 0);
        if (rc == RILL_OK)
            CHECK_FILE("dir/file", "new");
        CHECK(remove("dir/file") == 0);
    }
    CHECK(rmdir("dir") == 0); /* no litter */
    check_outside(watch);
}

static void save_through_link(void)
{
    rill *s = rill_open("dir/file", "ws");

    MUST(s == NULL);
    MUST(errno == EACCES);
    s = rill_open("dir/mine", "ws");
    MUST(s != NULL);
    MUST(rill_write(s, "m", 1) == 1);
    MUST(rill_close(s) == RILL_OK);
}

static void plant_link(void)
{
    plant("dir/file", 0);
}

static void plant_mine(void)
{
    MUST(symlink("target", "dir/mine") == 0);
}

/* In a sticky directory a stranger's link is not followed, as the kernel does
 * not follow it for open(2) (fs.protected_symlinks); one's own is. */
TEST(temporary_files__strangers_link)
{
    static const uid_t savers[] = {0, OWNER};

    if (geteuid() != 0)
        SKIP("needs root, to be two users");
    make_place(01777, 0);
    run_as(STRANGER, plant_link);
    for (size_t i = 0; i < 2; i++) {
        run_as(savers[i], plant_mine);
        run_as(savers[i], save_through_link);
        CHECK_FILE("dir/target", "m");
        CHECK(remove("dir/mine") == 0);
        CHECK(remove("dir/target") == 0);
    }
    CHECK_FILE("outside/victim", VICTIM);
}

/* ---- Spools -------------------------------------------------------------------------------- */

static int no_unnamed_files(void *ctx, int call, size_t *count)
{
    int *opens = ctx;

    (void)count;
    return call == RILL_CALL_OPEN && (*opens)++ == 0 ? EOPNOTSUPP : 0;
}

static void spool_round(void)
{
    char back[3];
    rill *s = rill_open_spool(2, NULL);

    CHECK(s != NULL);
    CHECK_INT(3, rill_write(s, "abc", 3));
    CHECK(rill_fileno(s) >= 0);
    CHECK_INT(3, rill_pread(s, back, 3, 0));
    CHECK_BYTES(back, 3, "abc");
    CHECK_OK(rill_close(s));
}

/* With a file without a name, and with the name that has to be made where
 * there are none: nothing stays, and nobody else could open it meanwhile. */
TEST(temporary_files__spools)
{
    char old[PATH_MAX];
    const char *before = getenv("TMPDIR");

    snprintf(old, sizeof(old), "%s", before ? before : "");
    make_place(0700, geteuid());
    setenv("TMPDIR", "dir", 1);
    for (int i = 0; i < 100; i++) {
        int opens = 0;

        if (i % 2)
            rill_set_call_hook(no_unnamed_files, &opens);
        spool_round();
        rill_set_call_hook(NULL, NULL);
    }
    CHECK(rmdir("dir") == 0); /* it is empty */
    CHECK(rill_open_spool(0, NULL) == NULL);
    CHECK_INT(ENOENT, errno);
    setenv("TMPDIR", "outside/victim", 1);
    CHECK(rill_open_spool(0, NULL) == NULL);
    CHECK_INT(ENOTDIR, errno);
    if (before)
        setenv("TMPDIR", old, 1);
    else
        unsetenv("TMPDIR");
}
