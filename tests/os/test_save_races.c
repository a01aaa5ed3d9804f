/*
 * test_save_races.c - others at work in the same place: what is done to the
 * target and to the file beside it while a save runs, many saves of one file at
 * once, what killed ones have left behind, and forks.
 */
#define _GNU_SOURCE
#include "save_support.h"

#include <pthread.h>
#include <signal.h>

/* ---- The target changes meanwhile --------------------------------------- */

TEST(save_races__target_replaced)
{
    rill *s;

    put_file_with("f", "old", 0644);
    s = open_save("f", "wbs");
    CHECK_INT(4, rill_puts(s, "ours"));
    put_file_with("g", "theirs", 0600);
    CHECK_INT(0, rename("g", "f"));
    CHECK_OK(rill_close(s));
    CHECK_FILE("f", "ours");
    CHECK_INT(0600, permissions_of("f"));
}

TEST(save_races__target_removed)
{
    rill *s;

    put_file_with("f", "old", 0644);
    s = open_save("f", "wbs");
    CHECK_INT(4, rill_puts(s, "ours"));
    CHECK_INT(0, unlink("f"));
    CHECK_OK(rill_close(s));
    CHECK_FILE("f", "ours");
    CHECK_INT(0644, permissions_of("f"));
}

TEST(save_races__target_created)
{
    rill *s = open_save("f", "wbs");

    CHECK_INT(4, rill_puts(s, "ours"));
    put_file_with("f", "theirs", 0600);
    CHECK_OK(rill_close(s));
    CHECK_FILE("f", "ours");
    CHECK_INT(0600, permissions_of("f"));
}

/* The save `s` of f fails in the end and leaves nothing behind. */
static void check_fails(rill *s, int code)
{
    CHECK_CODE(code, rill_close(s));
    CHECK_INT(0, count_beside("."));
}

TEST(save_races__exclusive_target_created)
{
    rill *s = open_save("f", "xbs");

    put_file_with("f", "theirs", 0600);
    check_fails(s, RILL_EIO);
    CHECK_FILE("f", "theirs");

    CHECK_INT(0, unlink("f"));
    s = open_save("f", "xbs");
    CHECK_INT(0, symlink("nowhere", "f"));
    check_fails(s, RILL_EIO);
    CHECK(!is_there("nowhere"));
}

/* Just before the new file gets its name, somebody else takes it. */
static int take_the_name(void *ctx, int call, size_t *count)
{
    int fd;

    (void)ctx, (void)count;
    if (call != RILL_CALL_RENAME)
        return 0;
    fd = open("f", O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    return fd < 0 || write(fd, "theirs", 6) != 6 || close(fd) < 0 ? EFAULT : 0;
}

TEST(save_races__exclusive_target_created_at_the_last_moment)
{
    rill *s = open_save("f", "xbs");
    rill_error e;
    int rc;

    CHECK_INT(4, rill_puts(s, "ours"));
    rill_set_call_hook(take_the_name, NULL);
    rc = rill_close_with(s, &e);
    rill_set_call_hook(NULL, NULL);
    CHECK_CODE(RILL_EIO, rc);
    CHECK_INT(EEXIST, e.os_error);
    CHECK_STR("commit", e.operation);
    CHECK_FILE("f", "theirs");
    CHECK_INT(0, count_beside("."));
}

/* What has taken the target's place is not a file that could be saved: it
 * stays, and a link is not followed. */
TEST(save_races__target_becomes_something_else)
{
    struct stat st;
    rill *s;

    put_file("victim", "old");
    s = open_save("f", "wbs");
    CHECK_INT(0, symlink("victim", "f"));
    CHECK(rill_close(s) < 0);
    CHECK_INT(0, count_beside("."));
    CHECK(lstat("f", &st) == 0 && S_ISLNK(st.st_mode));
    CHECK_FILE("victim", "old");

    CHECK_INT(0, unlink("f"));
    s = open_save("f", "wbs");
    CHECK_INT(0, mkfifo("f", 0600));
    check_fails(s, RILL_ENOTSUP);
    CHECK(lstat("f", &st) == 0 && S_ISFIFO(st.st_mode));

    CHECK_INT(0, unlink("f"));
    s = open_save("f", "wbs");
    CHECK_INT(0, mkdir("f", 0700));
    CHECK(rill_close(s) < 0);
    CHECK_INT(0, count_beside("."));
    CHECK(lstat("f", &st) == 0 && S_ISDIR(st.st_mode));
}

/* ---- The file beside is meddled with ------------------------------------ */

TEST(save_races__beside_removed)
{
    rill *s;

    put_file("f", "old");
    s = open_save("f", "wbs");
    CHECK_INT(0, unlink(".f.0.rill-save"));
    check_fails(s, RILL_EIO);
    CHECK_FILE("f", "old");
}

TEST(save_races__beside_renamed)
{
    rill *s;

    put_file("f", "old");
    s = open_save("f", "wbs");
    CHECK_INT(3, rill_puts(s, "new"));
    CHECK_INT(0, rename(".f.0.rill-save", "stolen"));
    check_fails(s, RILL_EIO);
    CHECK_FILE("f", "old");
    CHECK_FILE("stolen", "new");
}

/* Another file in its place is neither used nor removed. */
TEST(save_races__beside_replaced)
{
    rill *s;

    for (int end = 0; end < 2; end++) {
        put_file("f", "old");
        put_file("g", "theirs");
        s = open_save("f", "wbs");
        CHECK_INT(0, rename("g", ".f.0.rill-save"));
        if (end == 0)
            CHECK_CODE(RILL_EIO, rill_close(s));
        else
            rill_discard(s);
        CHECK_FILE("f", "old");
        CHECK_FILE(".f.0.rill-save", "theirs");
    }
}

TEST(save_races__directory_removed)
{
    rill *s;

    CHECK_INT(0, mkdir("d", 0700));
    s = open_save("d/f", "wbs");
    CHECK_INT(0, unlink("d/.f.0.rill-save"));
    CHECK_INT(0, rmdir("d"));
    check_fails(s, RILL_EIO);
    CHECK(!is_there("d"));
}

/* What was planted where files of saves go is passed by, and left alone. */
TEST(save_races__slots_planted)
{
    struct stat st;

    put_file("victim", "old");
    CHECK_INT(0, symlink("victim", ".f.0.rill-save"));
    CHECK_INT(0, symlink("nowhere", ".f.1.rill-save"));
    CHECK_INT(0, mkfifo(".f.2.rill-save", 0600));
    CHECK_INT(0, mkdir(".f.3.rill-save", 0700));
    CHECK_OK(save_text("f", "wbs", "new"));
    CHECK_FILE("f", "new");
    CHECK_FILE("victim", "old");
    CHECK(!is_there("nowhere"));
    CHECK(lstat(".f.0.rill-save", &st) == 0 && S_ISLNK(st.st_mode));
    CHECK(lstat(".f.1.rill-save", &st) == 0 && S_ISLNK(st.st_mode));
    CHECK(lstat(".f.2.rill-save", &st) == 0 && S_ISFIFO(st.st_mode));
    CHECK(lstat(".f.3.rill-save", &st) == 0 && S_ISDIR(st.st_mode));
    CHECK_INT(4, count_beside("."));
}

/* A second name of somebody's file, as litter: only the name goes. */
TEST(save_races__slot_is_a_hard_link)
{
    put_file("victim", "old");
    CHECK_INT(0, link("victim", ".f.0.rill-save"));
    CHECK_OK(save_text("f", "wbs", "new"));
    CHECK_FILE("victim", "old");
    CHECK_INT(0, count_beside("."));
}

/* ---- Many at once ------------------------------------------------------- */

TEST(save_races__two_at_once)
{
    rill *first = open_save("f", "wbs"), *second = open_save("f", "wbs");

    CHECK_INT(5, rill_puts(first, "first"));
    CHECK_INT(6, rill_puts(second, "second"));
    CHECK_INT(2, count_beside("."));
    CHECK_OK(rill_close(second));
    CHECK_FILE("f", "second");
    CHECK_OK(rill_close(first));
    CHECK_FILE("f", "first");

    first = open_save("f", "abs");
    second = open_save("f", "abs");
    CHECK_INT(2, rill_puts(first, " A"));
    CHECK_INT(2, rill_puts(second, " B"));
    rill_discard(first);
    CHECK_OK(rill_close(second));
    CHECK_FILE("f", "first B");
}

enum { SLOTS = 16 };

TEST(save_races__more_than_there_can_be)
{
    rill *s[SLOTS];

    put_file("f", "old");
    for (int i = 0; i < SLOTS; i++) {
        s[i] = open_save("f", "wbs");
        CHECK_INT('a' + i, rill_putc(s[i], 'a' + i));
    }
    CHECK_INT(SLOTS, count_beside("."));
    for (int i = 0; i < 3; i++)
        check_refused("f", "wbs", EBUSY);
    rill_discard(s[7]);
    s[7] = open_save("f", "wbs");
    CHECK_OK(rill_close(s[7]));
    for (int i = 0; i < SLOTS; i++) {
        char want[2] = {(char)('a' + i), '\0'};

        if (i == 7)
            continue;
        CHECK_OK(rill_close(s[i]));
        test_check_file("f", want, 1, TEST_SITE("f"));
    }
    CHECK_INT(0, count_beside("."));
}

enum { SAVERS = 20, SAVES = 25, SIZE = 50000 };

/* Save one letter, many times over, as often as SAVES says. Returns how many
 * times all slots were taken, or -1 if anything else failed. */
static int64_t save_letters(int letter)
{
    unsigned char *data = malloc(SIZE);
    int64_t refused = 0;

    if (!data)
        return -1;
    memset(data, letter, SIZE);
    for (int i = 0; i < SAVES;) {
        rill *s = rill_open("f", "wbs");

        if (!s && errno != EBUSY)
            return -1;
        if (!s) {
            refused++;
            sched_yield();
            continue;
        }
        i++;
        if (rill_write(s, data, SIZE) != SIZE || rill_close(s) != RILL_OK)
            return -1;
    }
    free(data);
    return refused;
}

/* f is one letter, from the first byte to the last. */
static void must_be_whole(void)
{
    unsigned char *data = malloc(SIZE + 1);
    rill *s = rill_open("f", "rb");

    MUST(data && s);
    MUST(rill_read(s, data, SIZE + 1) == SIZE);
    for (size_t i = 1; i < SIZE; i++)
        MUST(data[i] == data[0]);
    MUST(rill_close(s) == RILL_OK);
    free(data);
}

static void *save_in_thread(void *arg)
{
    return save_letters((int)(intptr_t)arg) < 0 ? arg : NULL;
}

static void save_in_threads(void *arg)
{
    pthread_t threads[SAVERS];
    void *result;

    (void)arg;
    for (intptr_t i = 0; i < SAVERS; i++)
        MUST(pthread_create(&threads[i], NULL, save_in_thread,
                            (void *)('a' + i)) == 0);
    for (int i = 0; i < 100; i++)
        must_be_whole();
    for (int i = 0; i < SAVERS; i++)
        MUST(pthread_join(threads[i], &result) == 0 && result == NULL);
    must_be_whole();
}

static void save_in_process(void *arg)
{
    MUST(save_letters((int)(intptr_t)arg) >= 0);
}

TEST(save_races__twenty_threads)
{
    CHECK_INT(0, save_letters('z') < 0);
    RUN_CHILD(save_in_threads, NULL);
    CHECK_INT(0, count_beside("."));
}

TEST(save_races__twenty_processes)
{
    pid_t pids[SAVERS];

    CHECK_INT(0, save_letters('z') < 0);
    for (intptr_t i = 0; i < SAVERS; i++)
        pids[i] = start_child(save_in_process, (void *)('a' + i));
    for (int i = 0; i < 100; i++)
        must_be_whole();
    for (int i = 0; i < SAVERS; i++)
        CHECK_INT(0, wait_child(pids[i]));
    must_be_whole();
    CHECK_INT(0, count_beside("."));
}

/* ---- What killed saves leave -------------------------------------------- */

/* A child that is in the middle of a save until it is told to go on. */
struct saver {
    int ready[2], go[2];
    pid_t pid;
};

static void save_when_told(void *arg)
{
    struct saver *v = arg;
    rill *s = must_open("f", "wbs");
    char byte = 0;

    close(v->go[1]); /* so that the end of the parent is an end of waiting */
    MUST(rill_puts(s, "slow") == 4);
    MUST(rill_flush(s) == RILL_OK);
    MUST(write(v->ready[1], &byte, 1) == 1);
    MUST(read(v->go[0], &byte, 1) == 1);
    MUST(rill_close(s) == RILL_OK);
}

static void start_saver(struct saver *v)
{
    char byte;

    CHECK_INT(0, pipe(v->ready));
    CHECK_INT(0, pipe(v->go));
    v->pid = start_child(save_when_told, v);
    CHECK_INT(1, read(v->ready[0], &byte, 1));
}

static void close_pipes(struct saver *v)
{
    for (int i = 0; i < 2; i++) {
        close(v->ready[i]);
        close(v->go[i]);
    }
}

static void kill_saver(struct saver *v)
{
    CHECK_INT(0, kill(v->pid, SIGKILL));
    CHECK_INT(128 + SIGKILL, wait_child(v->pid));
    close_pipes(v);
}

TEST(save_races__litter_is_cleared)
{
    struct saver savers[SLOTS];
    rill *s;

    put_file("f", "old");
    for (int i = 0; i < SLOTS; i++)
        start_saver(&savers[i]);
    for (int i = 0; i < SLOTS; i++)
        kill_saver(&savers[i]);
    CHECK_INT(SLOTS, count_beside("."));
    CHECK_FILE("f", "old");
    s = open_save("f", "wbs"); /* now, not only when it succeeds */
    CHECK_INT(1, count_beside("."));
    rill_discard(s);
    CHECK_INT(0, count_beside("."));
    CHECK_FILE("f", "old");
}

TEST(save_races__litter_of_others_stays)
{
    struct saver v;

    put_file("f", "old");
    start_saver(&v);
    kill_saver(&v);
    CHECK_OK(save_text("g", "wbs", "new"));
    CHECK_INT(1, count_beside("."));
    put_file(".f.x.rill-save", "not a slot");
    put_file(".f.16.rill-save", "not a slot");
    CHECK_OK(save_text("f", "wbs", "new"));
    CHECK_INT(2, count_beside("."));
}

TEST(save_races__live_saves_are_left_alone)
{
    struct saver dead, live;

    put_file("f", "old");
    start_saver(&dead);
    start_saver(&live);
    kill_saver(&dead);
    CHECK_INT(2, count_beside("."));
    CHECK_OK(save_text("f", "wbs", "quick"));
    CHECK_INT(1, count_beside("."));
    CHECK_OK(save_text("f", "wbs", "quick"));
    CHECK_INT(1, count_beside("."));
    CHECK_INT(1, write(live.go[1], "", 1));
    CHECK_INT(0, wait_child(live.pid));
    close_pipes(&live);
    CHECK_FILE("f", "slow");
    CHECK_INT(0, count_beside("."));
}

static void leave_unreadable_litter(void *arg)
{
    rill_options o = RILL_OPTIONS_INIT;

    (void)arg;
    become_nobody(65534);
    o.permissions = 0200;
    MUST(rill_open_with("f", "wbs", &o) != NULL);
    raise(SIGKILL);
}

static void save_as_nobody(void *arg)
{
    (void)arg;
    become_nobody(65534);
    must_save("f", "new");
}

/* Not even its owner may read it; cleared it is all the same. */
TEST(save_races__litter_that_cannot_be_read)
{
    if (geteuid() != 0)
        SKIP("not root");
    CHECK_INT(0, chmod(".", 0777));
    for (int i = 0; i < SLOTS; i++)
        CHECK_INT(128 + SIGKILL,
                  wait_child(start_child(leave_unreadable_litter, NULL)));
    RUN_CHILD(save_as_nobody, NULL);
    CHECK_FILE("f", "new");
    CHECK_INT(0, count_beside("."));
}

/* ---- Forks -------------------------------------------------------------- */

static void close_inherited(void *arg)
{
    MUST(rill_close(arg) == RILL_ENOTSUP);
}

static void discard_inherited(void *arg)
{
    rill_discard(arg);
}

static void write_and_close_inherited(void *arg)
{
    MUST(rill_puts(arg, "child") == 5);
    MUST(rill_close(arg) == RILL_ENOTSUP);
}

static void just_end(void *arg)
{
    (void)arg;
    exit(0);
}

TEST(save_races__child_leaves_its_parents_save)
{
    void (*const endings[])(void *) = {close_inherited, discard_inherited,
                                       just_end};

    for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
        rill *s;

        test_context("ending %zu", i);
        put_file("f", "old");
        s = open_save("f", "wbs");
        CHECK_INT(4, rill_puts(s, "one "));
        CHECK_INT(0, wait_child(start_child(endings[i], s)));
        CHECK_FILE("f", "old");
        CHECK_INT(1, count_beside("."));
        CHECK_INT(4, rill_puts(s, "two "));
        CHECK_OK(rill_close(s));
        CHECK_FILE("f", "one two ");
        CHECK_INT(0, count_beside("."));
    }
}

/* Even a child that writes to it: what the parent has written is there. */
TEST(save_races__child_writes_to_its_parents_save)
{
    rill *s;

    put_file("f", "old");
    s = open_save("f", "wbs");
    CHECK_INT(4, rill_puts(s, "one "));
    CHECK_INT(0, wait_child(start_child(write_and_close_inherited, s)));
    CHECK_FILE("f", "old");
    CHECK_INT(10, rill_puts(s, "two three "));
    CHECK_OK(rill_close(s));
    CHECK_FILE("f", "one two three ");
}

static void spoil_inherited(void *arg)
{
    char much[40000] = "";
    void *room;

    MUST(rill_truncate(arg, 0) == RILL_ENOTSUP);
    MUST(rill_pwrite(arg, "child", 5, 0) == RILL_ENOTSUP);
    MUST(rill_write(arg, much, sizeof(much)) == RILL_ENOTSUP);
    MUST(rill_reserve(arg, &room, 5) >= 5);
    MUST(rill_commit(arg, 5) == RILL_OK);
    MUST(rill_flush(arg) == RILL_ENOTSUP);
    rill_discard(arg);
}

TEST(save_races__child_cannot_spoil_its_parents_save)
{
    rill *s;

    put_file("f", "old");
    s = open_save("f", "wbs");
    CHECK_INT(4, rill_puts(s, "one "));
    CHECK_OK(rill_flush(s));
    CHECK_INT(0, wait_child(start_child(spoil_inherited, s)));
    CHECK_INT(1, rill_puts(s, "2"));
    CHECK_OK(rill_close(s));
    CHECK_FILE("f", "one 2");
}

static void save_inherited(void *arg)
{
    MUST(rill_puts(arg, "child") == 5);
    MUST(rill_close(arg) == RILL_OK);
}

TEST(save_races__left_to_the_child)
{
    rill_options o = RILL_OPTIONS_INIT;
    rill *s;

    put_file("f", "old");
    o.keep_after_fork = 1;
    s = rill_open_with("f", "wbs", &o);
    CHECK(s != NULL);
    CHECK_INT(4, rill_puts(s, "one "));
    CHECK_INT(0, wait_child(start_child(save_inherited, s)));
    CHECK_FILE("f", "one child");
    rill_discard(s);
    CHECK_FILE("f", "one child");
    CHECK_INT(0, count_beside("."));
}

/* A child saves another file, and the same one, while its parent saves. */
static void save_its_own(void *arg)
{
    (void)arg;
    must_save("f", "child");
    must_save("g", "child");
}

TEST(save_races__child_saves_too)
{
    rill *s = open_save("f", "wbs");

    CHECK_INT(6, rill_puts(s, "parent"));
    CHECK_INT(0, wait_child(start_child(save_its_own, NULL)));
    CHECK_FILE("f", "child");
    CHECK_OK(rill_close(s));
    CHECK_FILE("f", "parent");
    CHECK_FILE("g", "child");
}
