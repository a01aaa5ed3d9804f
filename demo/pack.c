/*
 * pack.c - pack a folder into a stream, and read the archive back from one.
 *
 * Everything here is written once, against `rill *`. The caller decides where
 * the archive is: in memory, in a file, anywhere a stream leads.
 */
#define _POSIX_C_SOURCE 200809L
#include "pack.h"

#include <errno.h>
#include <string.h>

#include <rill/archive.h>

#include "say.h"

/* Copy the bytes of one file into the archive: from the window of the file's
 * stream straight to libarchive. */
static int pack_bytes(struct archive *a, const struct item *it, int64_t *done,
                      int64_t total)
{
    int64_t left = it->st.st_size;
    rill *in = rill_open(it->path, "rb");
    const void *data;
    ptrdiff_t n;
    la_ssize_t taken = 0;
    int rc;

    if (!in)
        return say_bad("Cannot open %s: %s.", say_safe(it->name).s,
                       strerror(errno));
    while (left > 0 && (n = rill_peek(in, &data, 0)) > 0) {
        taken = archive_write_data(a, data, (size_t)(n < left ? n : left));
        if (taken <= 0)
            break;
        rill_consume(in, (size_t)taken);
        left -= taken;
        *done += taken;
        say_progress("packing", *done, total);
    }
    rc = rill_close(in); /* knows of every failure that was */
    if (rc < 0)
        return say_bad("Cannot read %s: %s.", say_safe(it->name).s,
                       rill_strerror(rc));
    if (taken < 0)
        return say_bad("Cannot pack %s: %s.", say_safe(it->name).s,
                       archive_error_string(a));
    if (left > 0)
        return say_bad("%s became shorter while it was packed.",
                       say_safe(it->name).s);
    return 0;
}

/* Everything about the item but its content. Access times are left out: they
 * change by looking. */
static void describe(struct archive_entry *entry, const struct item *it)
{
    archive_entry_clear(entry);
    archive_entry_copy_pathname(entry, it->name);
    archive_entry_set_mode(entry, it->st.st_mode);
    archive_entry_set_mtime(entry, it->st.st_mtime, 0);
    archive_entry_set_uid(entry, it->st.st_uid);
    archive_entry_set_gid(entry, it->st.st_gid);
    archive_entry_set_size(entry, S_ISREG(it->st.st_mode) ? it->st.st_size : 0);
    if (it->link)
        archive_entry_copy_symlink(entry, it->link);
}

static int pack_items(struct archive *a, struct archive_entry *entry,
                      const struct folder *f)
{
    int64_t done = 0;
    size_t i;

    for (i = 0; i < f->count; i++) {
        const struct item *it = &f->items[i];

        describe(entry, it);
        if (archive_write_header(a, entry) < ARCHIVE_WARN)
            return say_bad("Cannot pack %s: %s.", say_safe(it->name).s,
                           archive_error_string(a));
        if (S_ISREG(it->st.st_mode) && pack_bytes(a, it, &done, f->bytes) < 0)
            return -1;
    }
    return 0;
}

int pack_folder(rill *out, const struct folder *f)
{
    struct archive *a = archive_write_new();
    struct archive_entry *entry = archive_entry_new();
    int rc = -1;

    if (!a || !entry) {
        say_bad("Out of memory.");
    } else if (archive_write_set_format_zip(a) != ARCHIVE_OK ||
               rill_archive_write_open(a, out) != ARCHIVE_OK) {
        say_bad("Cannot begin the archive: %s.", archive_error_string(a));
    } else {
        rc = pack_items(a, entry, f);
        if (archive_write_close(a) != ARCHIVE_OK && rc == 0)
            rc = say_bad("Cannot finish the archive: %s.",
                         archive_error_string(a));
    }
    archive_entry_free(entry);
    archive_write_free(a);
    return rc;
}

static int visit_entries(struct archive *a, pack_visitor *visit, void *ctx)
{
    struct archive_entry *entry;
    size_t index = 0;
    int rc;

    while ((rc = archive_read_next_header(a, &entry)) >= ARCHIVE_WARN &&
           rc != ARCHIVE_EOF)
        if (visit(ctx, a, entry, index++) < 0)
            return -1;
    if (rc != ARCHIVE_EOF)
        return say_bad("Cannot read the archive: %s.", archive_error_string(a));
    return 0;
}

int pack_visit(rill *in, pack_visitor *visit, void *ctx)
{
    struct archive *a = archive_read_new();
    int rc;

    if (!a)
        return say_bad("Out of memory.");
    rill_rewind(in);
    if (archive_read_support_format_zip(a) != ARCHIVE_OK ||
        rill_archive_read_open(a, in) != ARCHIVE_OK)
        rc = say_bad("Cannot open the archive: %s.", archive_error_string(a));
    else
        rc = visit_entries(a, visit, ctx);
    archive_read_free(a);
    return rc;
}

struct comparison {
    const struct folder *f;
    size_t seen;
    int64_t done;
};

/* Compare the content of the entry at hand with the stream `in`. */
static int same_bytes(struct comparison *c, struct archive *a, rill *in)
{
    char packed[1 << 16], real[sizeof(packed)];
    la_ssize_t n;

    while ((n = archive_read_data(a, packed, sizeof(packed))) > 0) {
        if (rill_read(in, real, (size_t)n) != n ||
            memcmp(packed, real, (size_t)n) != 0)
            return 0;
        c->done += n;
        say_progress("comparing", c->done, c->f->bytes);
    }
    return n == 0 && rill_getc(in) == RILL_EEOF;
}

static int same_file(struct comparison *c, struct archive *a,
                     const struct item *it)
{
    rill *in = rill_open(it->path, "rb");
    int same = in && same_bytes(c, a, in);

    return rill_close(in) == 0 && same;
}

/* Whether the names are the same; a folder's ends in '/' in an archive. */
static int same_name(const char *packed, const char *name)
{
    size_t len = strlen(name);

    return packed && strncmp(packed, name, len) == 0 &&
           (packed[len] == '\0' || strcmp(packed + len, "/") == 0);
}

static int compare_entry(void *ctx, struct archive *a,
                         struct archive_entry *entry, size_t index)
{
    struct comparison *c = ctx;
    const struct item *it = index < c->f->count ? &c->f->items[index] : NULL;
    int same = 1;

    if (!it || !same_name(archive_entry_pathname(entry), it->name))
        return say_bad("The archive lists other files than the folder.");
    if (it->link)
        same = archive_entry_symlink(entry) &&
               strcmp(archive_entry_symlink(entry), it->link) == 0;
    else if (S_ISREG(it->st.st_mode))
        same = same_file(c, a, it);
    c->seen++;
    if (!same)
        return say_bad("%s is not the same in the archive and in the folder.\n"
                       "     Did it change while the demo ran?",
                       say_safe(it->name).s);
    return 0;
}

int pack_compare(rill *in, const struct folder *f)
{
    struct comparison c = {.f = f};

    if (pack_visit(in, compare_entry, &c) < 0)
        return -1;
    if (c.seen != f->count)
        return say_bad("The archive holds fewer files than the folder.");
    return 0;
}
