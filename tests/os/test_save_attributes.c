/*
 * test_save_attributes.c - what a saved file keeps of the one it replaces:
 * permissions, owner, extended attributes; links that lead to it. And that
 * nobody can read the new one earlier than the old one's permissions let them.
 */
#define _GNU_SOURCE
#include "save_support.h"

#include <endian.h>
#include <sys/xattr.h>

/* ---- Permissions -------------------------------------------------------- */

static mode_t permissions_beside(rill *s)
{
    struct stat st;

    CHECK_INT(0, fstat(rill_fileno(s), &st));
    return st.st_mode & 07777;
}

TEST(save_attributes__permissions)
{
    static const mode_t kept[] = {0600, 0640, 0644,  0666,  0755,  0777,
                                  0444, 0400, 04755, 02755, 01644, 07777};
    mode_t mask = umask(077);

    for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++) {
        rill *s;

        test_context("%o", (unsigned)kept[i]);
        put_file_with("f", "old", kept[i]);
        if (permissions_of("f") != kept[i])
            continue; /* refused: the sticky bit of a file, say */
        s = open_save("f", i % 2 ? "abs" : "wbs");
        CHECK_INT(0600, permissions_beside(s));
        CHECK_INT(3, rill_puts(s, "new"));
        CHECK_OK(rill_sync(s, RILL_SYNC_OS));
        CHECK_INT(0600, permissions_beside(s));
        CHECK_OK(rill_close(s));
        CHECK_INT(kept[i], permissions_of("f"));
        CHECK_INT(0, unlink("f"));
    }
    umask(mask);
}

TEST(save_attributes__permissions_of_new_files)
{
    static const struct {
        mode_t mask, asked, want;
    } table[] = {
        {0, 0, 0666},      {022, 0, 0644},     {077, 0, 0600},
        {0, 0640, 0640},   {027, 0666, 0640},  {022, 0755, 0755},
        {022, 0777, 0755}, {0777, 0666, 0000},
    };
    mode_t mask = umask(0);

    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
        rill_options o = RILL_OPTIONS_INIT;
        rill *s;

        umask(table[i].mask);
        o.permissions = (unsigned)table[i].asked;
        s = rill_open_with("f", i % 2 ? "wbs" : "xbs", &o);
        CHECK(s != NULL);
        CHECK((permissions_beside(s) & ~table[i].want) == 0 ||
              permissions_beside(s) == 0600);
        umask(077); /* what counts is what it was when the save began */
        CHECK_OK(rill_close(s));
        CHECK_INT(table[i].want, permissions_of("f"));
        CHECK_INT(0, unlink("f"));
    }
    umask(mask);
}

/* rill_options.permissions are for files that are created. */
TEST(save_attributes__permissions_option_of_old_files)
{
    rill_options o = RILL_OPTIONS_INIT;
    rill *s;

    put_file_with("f", "old", 0640);
    o.permissions = 0777;
    s = rill_open_with("f", "wbs", &o);
    CHECK(s != NULL);
    CHECK_OK(rill_close(s));
    CHECK_INT(0640, permissions_of("f"));
}

/* What the old file's permissions are when the new one takes its place. */
TEST(save_attributes__permissions_change_meanwhile)
{
    rill *s;

    put_file_with("f", "old", 0644);
    s = open_save("f", "wbs");
    CHECK_INT(0, chmod("f", 0600));
    CHECK_OK(rill_close(s));
    CHECK_INT(0600, permissions_of("f"));
}

/* ---- Owners ------------------------------------------------------------- */

static void check_owner(const char *path, uid_t uid, gid_t gid)
{
    struct stat st;

    CHECK_INT(0, lstat(path, &st));
    CHECK_INT(uid, st.st_uid);
    CHECK_INT(gid, st.st_gid);
}

TEST(save_attributes__owner)
{
    if (geteuid() != 0)
        SKIP("not root");
    put_file_with("f", "old", 06755);
    CHECK_INT(0, chown("f", 65534, 65533));
    CHECK_INT(0, chmod("f", 06755)); /* chown() has cleared two bits */
    CHECK_OK(save_text("f", "wbs", "new"));
    check_owner("f", 65534, 65533);
    CHECK_INT(06755, permissions_of("f"));
    CHECK_FILE("f", "new");
}

static void save_with_other_groups(void *arg)
{
    (void)arg;
    become_nobody(65533);
    must_save("of-my-group", "new");
    MUST(rill_open("of-other-group", "wbs") == NULL && errno == EPERM);
}

TEST(save_attributes__groups_of_a_user)
{
    if (geteuid() != 0)
        SKIP("not root");
    CHECK_INT(0, chmod(".", 0777));
    put_file_with("of-my-group", "old", 0660);
    put_file_with("of-other-group", "old", 0666);
    CHECK_INT(0, chown("of-my-group", 65534, 65533));
    CHECK_INT(0, chown("of-other-group", 65534, 65532));
    RUN_CHILD(save_with_other_groups, NULL);
    check_owner("of-my-group", 65534, 65533);
    check_owner("of-other-group", 65534, 65532);
    CHECK_FILE("of-my-group", "new");
    CHECK_FILE("of-other-group", "old");
    CHECK_INT(0, count_beside("."));
}

/* ---- Extended attributes ------------------------------------------------ */

/* Why this file cannot have that attribute, or NULL. */
static const char *no_attribute(const char *path, const char *name,
                                const void *value, size_t len)
{
    return setxattr(path, name, value, len, 0) == 0
               ? NULL
               : "the file system has no such attributes";
}

static void check_attribute(const char *path, const char *name,
                            const void *want, size_t len)
{
    static char got[65536];
    ssize_t n = getxattr(path, name, got, sizeof(got));

    if (n < 0)
        FAIL("%s has no %s: %s", path, name, strerror(errno));
    CHECK_MEM(got, n, want, len);
}

TEST(save_attributes__user_attributes)
{
    static char large[2000];
    char name[40];

    put_file("f", "old");
    SKIP_IF(no_attribute("f", "user.text", "value", 5));
    SKIP_IF(no_attribute("f", "user.empty", "", 0));
    memset(large, '\xff', sizeof(large));
    SKIP_IF(no_attribute("f", "user.large", large, sizeof(large)));
    for (int i = 0; i < 20; i++) {
        snprintf(name, sizeof(name), "user.number.%d", i);
        SKIP_IF(no_attribute("f", name, &i, sizeof(i)));
    }
    CHECK_OK(save_text("f", "wbs", "new"));
    check_attribute("f", "user.text", "value", 5);
    check_attribute("f", "user.empty", "", 0);
    check_attribute("f", "user.large", large, sizeof(large));
    for (int i = 0; i < 20; i++) {
        snprintf(name, sizeof(name), "user.number.%d", i);
        check_attribute("f", name, &i, sizeof(i));
    }
    CHECK_FILE("f", "new");
}

TEST(save_attributes__capability)
{
    /* Revision 2, effective, CAP_NET_BIND_SERVICE: capabilities(7). */
    const uint32_t capability[5] = {htole32(0x02000001), htole32(1 << 10)};

    put_file_with("f", "old", 0755);
    SKIP_IF(no_attribute("f", "security.capability", capability,
                         sizeof(capability)));
    CHECK_OK(save_text("f", "wbs", "new"));
    check_attribute("f", "security.capability", capability, sizeof(capability));
}

/* ---- Access control lists ----------------------------------------------- */

/* The form in which the kernel takes and gives them: acl(5),
 * linux/posix_acl_xattr.h. */
struct acl_entry {
    uint16_t tag, permissions;
    uint32_t id;
};
struct acl {
    uint32_t version;
    struct acl_entry entries[5];
};
enum { USER_OBJ = 1, USER = 2, GROUP_OBJ = 4, MASK = 16, OTHER = 32 };

/* rw for the owner and one more user; group and others read. */
static struct acl acl_for(uint32_t user)
{
    const struct acl_entry entries[5] = {
        {htole16(USER_OBJ), htole16(6), UINT32_MAX},
        {htole16(USER), htole16(6), htole32(user)},
        {htole16(GROUP_OBJ), htole16(4), UINT32_MAX},
        {htole16(MASK), htole16(6), UINT32_MAX},
        {htole16(OTHER), htole16(4), UINT32_MAX},
    };
    struct acl acl = {htole32(2), {{0, 0, 0}}};

    memcpy(acl.entries, entries, sizeof(entries));
    return acl;
}

TEST(save_attributes__access_control_list)
{
    struct acl acl = acl_for(1234);

    put_file_with("f", "old", 0644);
    SKIP_IF(no_attribute("f", "system.posix_acl_access", &acl, sizeof(acl)));
    CHECK_OK(save_text("f", "wbs", "new"));
    check_attribute("f", "system.posix_acl_access", &acl, sizeof(acl));
    CHECK_INT(0664, permissions_of("f")); /* the mask shows as the group's */
}

/* A directory's default list is for files that are created there, not for one
 * that is saved: it must not let in whom the old file kept out. */
TEST(save_attributes__default_list_lets_nobody_in)
{
    struct acl acl = acl_for(1234);

    CHECK_INT(0, mkdir("d", 0755));
    put_file_with("d/f", "old", 0660);
    SKIP_IF(no_attribute("d", "system.posix_acl_default", &acl, sizeof(acl)));
    CHECK_OK(save_text("d/f", "wbs", "new"));
    CHECK_INT(0660, permissions_of("d/f"));
    CHECK_INT(-1, getxattr("d/f", "system.posix_acl_access", NULL, 0));
    CHECK_INT(ENODATA, errno);
}

/* What a list lets a user do, less what the mask takes away. */
static unsigned let_in(const struct acl *acl, uint32_t user)
{
    unsigned allowed = 0, mask = 7;

    for (size_t i = 0; i < sizeof(acl->entries) / sizeof(*acl->entries); i++) {
        const struct acl_entry *e = &acl->entries[i];

        if (le16toh(e->tag) == USER && le32toh(e->id) == user)
            allowed = le16toh(e->permissions);
        if (le16toh(e->tag) == MASK)
            mask = le16toh(e->permissions);
    }
    return allowed & mask;
}

/* Before each call: may user 1234 open the file beside? */
static int look_at_the_list(void *ctx, int call, size_t *count)
{
    struct acl acl;
    ssize_t n = getxattr("d/.f.0.rill-save", "system.posix_acl_access", &acl,
                         sizeof(acl));

    (void)call, (void)count;
    if (n == (ssize_t)sizeof(acl))
        *(unsigned *)ctx |= let_in(&acl, 1234);
    return 0;
}

/* Not for a moment either, while the lists are exchanged. */
TEST(save_attributes__default_list_never_lets_anybody_in)
{
    struct acl old = acl_for(5678), inherited = acl_for(1234);
    unsigned allowed = 0;
    rill *s;

    CHECK_INT(0, mkdir("d", 0755));
    put_file_with("d/f", "old", 0660);
    SKIP_IF(no_attribute("d/f", "system.posix_acl_access", &old, sizeof(old)));
    SKIP_IF(no_attribute("d", "system.posix_acl_default", &inherited,
                         sizeof(inherited)));
    rill_set_call_hook(look_at_the_list, &allowed);
    s = rill_open("d/f", "wbs");
    if (s)
        rill_puts(s, "new");
    CHECK_OK(rill_close(s));
    rill_set_call_hook(NULL, NULL);
    CHECK_INT(0, allowed);
    check_attribute("d/f", "system.posix_acl_access", &old, sizeof(old));
}

TEST(save_attributes__default_list_is_for_new_files)
{
    struct acl acl = acl_for(1234);
    rill *s;

    CHECK_INT(0, mkdir("d", 0755));
    SKIP_IF(no_attribute("d", "system.posix_acl_default", &acl, sizeof(acl)));
    s = rill_open("d/plain", "wb");
    CHECK(s != NULL);
    CHECK_OK(rill_close(s));
    CHECK_OK(save_text("d/saved", "wbs", "new"));
    check_attribute("d/plain", "system.posix_acl_access", &acl, sizeof(acl));
    check_attribute("d/saved", "system.posix_acl_access", &acl, sizeof(acl));
}

/* ---- Links -------------------------------------------------------------- */

static void check_link(const char *path, const char *want)
{
    char target[4096];
    ssize_t n = readlink(path, target, sizeof(target));

    if (n < 0)
        FAIL("%s is no link: %s", path, strerror(errno));
    CHECK_MEM(target, n, want, strlen(want));
}

/* Save through a link: it stays, and the file that it leads to is new. */
static void save_through(const char *link, const char *target, const char *file)
{
    char text[16];
    static int number;

    test_context("%s -> %s", link, target);
    snprintf(text, sizeof(text), "new %d", number++);
    CHECK_INT(0, symlink(target, link));
    CHECK_OK(save_text(link, "wbs", text));
    check_link(link, target);
    test_check_file(file, text, strlen(text), TEST_SITE(link));
}

TEST(save_attributes__symbolic_links)
{
    char here[2048], target[4096];

    CHECK(getcwd(here, sizeof(here)) != NULL);
    CHECK_INT(0, mkdir("sub", 0700));
    CHECK_INT(0, mkdir("sub/deeper", 0700));
    put_file_with("f", "old", 0640);
    put_file_with("sub/f", "old", 0604);
    save_through("relative", "f", "f");
    save_through("down", "sub/f", "sub/f");
    save_through("sub/deeper/up", "../../f", "f");
    save_through("sub/dotted", "./..//sub/./f", "sub/f");
    snprintf(target, sizeof(target), "%s/sub/f", here);
    save_through("absolute", target, "sub/f");
    save_through("chain", "sub/deeper/up", "f");
    save_through("sub/chain2", "../chain", "f");
    CHECK_INT(0640, permissions_of("f"));
    CHECK_INT(0604, permissions_of("sub/f"));
    CHECK_INT(0, count_beside("."));
    CHECK_INT(0, count_beside("sub"));
}

/* Links on the way to the name are the system's to follow. */
TEST(save_attributes__links_to_directories)
{
    CHECK_INT(0, mkdir("sub", 0700));
    put_file("sub/f", "old");
    CHECK_INT(0, symlink("sub", "directory"));
    CHECK_INT(0, symlink("directory/f", "link"));
    CHECK_OK(save_text("directory/f", "wbs", "new"));
    CHECK_FILE("sub/f", "new");
    CHECK_OK(save_text("link", "abs", "er"));
    CHECK_FILE("sub/f", "newer");
    check_link("directory", "sub");
    check_link("link", "directory/f");
    check_refused("directory", "wbs", EISDIR);
}

TEST(save_attributes__dangling_links)
{
    CHECK_INT(0, mkdir("sub", 0700));
    CHECK_INT(0, symlink("gone", "r"));
    check_refused("r", "rb+s", ENOENT);
    CHECK_INT(0, symlink("no/such", "lost"));
    check_refused("lost", "wbs", ENOENT);
    save_through("one", "sub/created", "sub/created");
    save_through("two", "three", "three");
    CHECK_INT(0, symlink("sub/five", "four"));
    save_through("chain", "four", "sub/five");
    check_link("four", "sub/five");
}

TEST(save_attributes__links_in_a_loop)
{
    CHECK_INT(0, symlink("self", "self"));
    CHECK_INT(0, symlink("b", "a"));
    CHECK_INT(0, symlink("a", "b"));
    check_refused("self", "wbs", ELOOP);
    check_refused("a", "abs", ELOOP);
    check_link("self", "self");
    check_link("a", "b");
}

/* As many as the kernel follows: path_resolution(7). */
TEST(save_attributes__longest_chain_of_links)
{
    char link[2][16] = {"f", "f"};

    put_file("f", "old");
    for (int i = 1; i <= 40; i++) {
        snprintf(link[i % 2], sizeof(link[0]), "link%d", i);
        CHECK_INT(0, symlink(link[(i + 1) % 2], link[i % 2]));
    }
    CHECK_OK(save_text("link40", "wbs", "new"));
    CHECK_FILE("f", "new");
    CHECK_INT(0, symlink("link40", "link41"));
    check_refused("link41", "wbs", ELOOP);
    CHECK_PTR(NULL, rill_open("link41", "wb"));
    CHECK_INT(ELOOP, errno);
}

/* The link that counts is the one that was there when the save began. */
TEST(save_attributes__link_changes_meanwhile)
{
    rill *s;

    put_file("f", "old");
    put_file("g", "old");
    CHECK_INT(0, symlink("f", "link"));
    s = open_save("link", "wbs");
    CHECK_INT(3, rill_puts(s, "new"));
    CHECK_INT(0, unlink("link"));
    CHECK_INT(0, symlink("g", "link"));
    CHECK_OK(rill_close(s));
    CHECK_FILE("f", "new");
    CHECK_FILE("g", "old");
    check_link("link", "g");
}

TEST(save_attributes__hard_links)
{
    struct stat st;

    put_file("f", "old");
    CHECK_INT(0, link("f", "other"));
    CHECK_OK(save_text("f", "abs", "er"));
    CHECK_FILE("f", "older");
    CHECK_FILE("other", "old");
    CHECK_INT(0, lstat("f", &st));
    CHECK_INT(1, st.st_nlink);
    CHECK_INT(0, lstat("other", &st));
    CHECK_INT(1, st.st_nlink);
}
