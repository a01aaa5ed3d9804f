/*
 * slot_open.c - opens a stream and its model as the input says.
 */
#include "slot.h"

#include <errno.h>
#include <stdlib.h>

#include <rill/ops.h>

/* ---- The counting allocator --------------------------------------------- */

/* In front of each block; as large as the alignment of malloc(). */
union header {
    size_t size;
    max_align_t align;
};

static void *counting_realloc(void *ctx, void *p, size_t old_size,
                              size_t new_size)
{
    struct slot *t = ctx;
    union header *h = p ? (union header *)p - 1 : NULL;

    if (old_size != (h ? h->size : 0) || (!p && new_size == 0))
        fuzz_fail("the allocator was told %zu bytes of %zu", old_size,
                  h ? h->size : 0);
    t->allocated += (int64_t)new_size - (int64_t)old_size;
    if (new_size == 0) {
        free(h);
        return NULL;
    }
    h = realloc(h, sizeof(*h) + new_size);
    if (!h)
        fuzz_fail("out of memory");
    h->size = new_size;
    return h + 1;
}

void slot_release(struct slot *t, void *p, size_t size)
{
    if (t->allocates)
        counting_realloc(t, p, size, 0);
    else
        rill_free(p);
}

/* ---- Opening ------------------------------------------------------------ */

static const char *const kind_names[KINDS] = {
    "mem",  "mem_copy", "mem_take", "init_mem", "fixed",  "view", "spool",
    "file", "save",     "null",     "jerky",    "source", "sink"};

static const char *const modes[] = {"r",  "r+", "w",  "w+", "a",
                                    "a+", "x",  "x+", "rb"};

static const ptrdiff_t buffer_sizes[] = {0, RILL_UNBUFFERED, 1, 7, 64, 4096};

/* What a request to open says. */
struct request {
    rill_options o;
    const char *mode;
    unsigned char *content;
    size_t len;
    size_t size; /* fixed: of the memory; spool: the threshold */
};

static bool has_letter(const struct request *r, char letter)
{
    return strchr(r->mode, letter) != NULL;
}

static rill *open_memory(struct slot *t, struct request *r)
{
    unsigned char *taken;
    rill *s;

    switch (t->kind) {
    case KIND_COPY:
        return rill_open_mem_copy(r->content, r->len, &r->o);
    case KIND_TAKE:
        taken = t->allocates && r->len > 0
                    ? counting_realloc(t, NULL, 0, r->len)
                    : fuzz_alloc(r->len);
        if (t->allocates && r->len == 0) {
            free(taken);
            taken = NULL;
        }
        if (r->len > 0)
            memcpy(taken, r->content, r->len);
        s = rill_open_mem_take(taken, r->len, &r->o);
        if (!s && taken)
            slot_release(t, taken, r->len);
        return s;
    case KIND_STORAGE:
        return rill_init_mem(&t->storage);
    case KIND_FIXED:
        t->memory = fuzz_alloc(r->size);
        memset(t->memory, '#', r->size);
        memcpy(t->memory, r->content, r->len);
        r->o.length = r->len;
        return rill_open_fixed(t->memory, r->size, &r->o);
    case KIND_VIEW:
        t->memory = fuzz_alloc(r->len);
        memcpy(t->memory, r->content, r->len);
        return rill_open_view(t->memory, r->len);
    default:
        return rill_open_mem(&r->o);
    }
}

/* What is true of the model of a stream over memory. */
static void model_memory(struct slot *t, const struct request *r)
{
    struct model *m = &t->m;

    m->memory = true;
    m->owns = t->kind != KIND_FIXED && t->kind != KIND_VIEW;
    m->clamps = m->owns;
    m->writes = t->kind != KIND_VIEW;
    if (r->o.max_size > 0 && m->owns && t->kind != KIND_STORAGE)
        m->limit = r->o.max_size;
    if (!m->owns) {
        m->walled = true;
        m->limit = (int64_t)(t->kind == KIND_VIEW ? r->len : r->size);
    }
    if (t->kind == KIND_COPY || t->kind == KIND_TAKE || !m->owns)
        model_set(m, r->content, r->len);
}

/* A file that is there, or not, from the program's last stream of it. */
static rill *open_file(struct slot *t, struct request *r)
{
    bool save = t->kind == KIND_SAVE;
    bool missing = !t->exists && has_letter(r, 'r');
    bool in_the_way = t->exists && has_letter(r, 'x');
    rill_error e = {0};
    rill *s;

    if (save)
        r->o.save = 1 + (int)(r->size % 2);
    r->o.error = &e;
    s = rill_open_with(t->path, r->mode, &r->o);
    r->o.error = NULL;
    if (!missing && !in_the_way && !(save && !strcmp(r->mode, "r")))
        return s;
    if (s || e.code >= 0 || (missing && e.os_error != ENOENT && !save) ||
        (in_the_way && e.os_error != EEXIST))
        fuzz_fail("opening gave %s with error %d (%d), for a file that %s",
                  s ? "a stream" : "NULL", e.code, e.os_error,
                  t->exists ? "exists" : "does not");
    return NULL;
}

static void model_file(struct slot *t, const struct request *r)
{
    struct model *m = &t->m;

    m->reads = has_letter(r, 'r') || has_letter(r, '+');
    m->writes = !has_letter(r, 'r') || has_letter(r, '+');
    m->appends = has_letter(r, 'a');
    m->extends = true;
    if (t->exists && !has_letter(r, 'w'))
        model_set(m, t->file.data, t->file.len);
    if (m->appends)
        m->pos = (int64_t)m->len;
    if (t->kind == KIND_FILE && !t->exists) {
        t->exists = true;
        model_set(&t->file, NULL, 0);
    }
}

static rill *open_jerky(struct slot *t, struct request *r)
{
    struct model *m = &t->m;
    int access;

    m->reads =
        t->kind != KIND_SINK &&
        (t->kind == KIND_SOURCE || !has_letter(r, 'w') || has_letter(r, '+'));
    m->writes =
        t->kind != KIND_SOURCE &&
        (t->kind == KIND_SINK || !has_letter(r, 'r') || has_letter(r, '+'));
    m->seeks = t->kind == KIND_JERKY;
    m->appends = m->seeks && has_letter(r, 'a');
    m->extends = true;
    access = (m->reads ? RILL_READ : 0) | (m->writes ? RILL_WRITE : 0) |
             (m->appends ? RILL_APPEND : 0);
    if (t->kind != KIND_SINK)
        model_set(m, r->content, r->len);
    jerky_set(&t->store, m->data, m->len);
    if (m->appends)
        m->pos = (int64_t)m->len;
    return jerky_open(t, access, &r->o);
}

static rill *open_kind(struct slot *t, struct request *r)
{
    rill *s;

    switch (t->kind) {
    case KIND_SPOOL:
        t->m.memory = t->m.owns = t->m.extends = true;
        return rill_open_spool(r->size, &r->o);
    case KIND_FILE:
    case KIND_SAVE:
        s = open_file(t, r);
        if (s)
            model_file(t, r);
        return s;
    case KIND_NULL:
        t->m.swallows = true;
        return rill_open_null();
    case KIND_JERKY:
    case KIND_SOURCE:
    case KIND_SINK:
        return open_jerky(t, r);
    default:
        s = open_memory(t, r);
        if (s)
            model_memory(t, r);
        return s;
    }
}

static void read_request(struct slot *t, struct request *r, struct input *in)
{
    static const rill_options init = RILL_OPTIONS_INIT;
    unsigned bits = in_byte(in);

    r->o = init;
    r->mode = modes[in_below(in, sizeof(modes) / sizeof(modes[0]))];
    r->o.buffer_size = buffer_sizes[in_below(in, 6)];
    r->len = in_size(in, REQUEST_MOST);
    r->size = in_size(in, REQUEST_MOST);
    if (t->kind == KIND_FIXED && r->len > r->size)
        r->len = r->size;
    r->content = fuzz_alloc(r->len);
    fuzz_letters(r->content, r->len, bits);

    t->allocates = (bits & 1) && t->kind != KIND_STORAGE &&
                   t->kind != KIND_VIEW && t->kind != KIND_NULL;
    t->allocator = (rill_allocator){counting_realloc, t};
    if (t->allocates)
        r->o.allocator = &t->allocator;
    if (bits & 2 && t->kind <= KIND_TAKE) {
        r->o.max_size = (int64_t)r->size;
        if (r->size > 0 && r->len > r->size)
            r->len = r->size;
    }
    if (bits & 4)
        r->o.size_hint = (int64_t)r->size;
    t->window_limit = 0;
    if (bits & 8 && slot_is_moving(t) && r->o.buffer_size != 0)
        r->o.window_limit = t->window_limit = 4096 + r->size;
    t->store.may_fail = (bits & 16) && t->kind == KIND_JERKY;
    t->store.script_len = 0;
    t->store.at = 0;
    t->store.calm = t->store.interrupted = false;
    if (slot_is_jerky(t))
        t->store.script_len = in_bytes(in, t->store.script, in_below(in, 16));
}

void slot_open(struct slot *t, struct input *in)
{
    struct request r;

    t->kind = (enum kind)in_below(in, KINDS);
    read_request(t, &r, in);
    fuzz_step(t->number, "open", kind_names[t->kind], 3,
              (int64_t)r.o.buffer_size, (int64_t)r.len, (int64_t)r.size);
    fuzz_step(t->number, "  mode", r.mode, 3, t->allocates, r.o.max_size,
              (int64_t)r.o.window_limit);
    model_set(&t->m, NULL, 0);
    t->m = (struct model){.data = t->m.data,
                          .cap = t->m.cap,
                          .reads = true,
                          .writes = true,
                          .seeks = true,
                          .limit = -1};
    t->allocated = 0;
    t->view = NULL;
    t->shared = false;
    t->s = open_kind(t, &r);
    fuzz_gave(t->s != NULL);
    if (!t->s && t->kind != KIND_FILE && t->kind != KIND_SAVE)
        fuzz_fail("it did not open: %s", strerror(errno));
    if (!t->s && t->allocated != 0)
        fuzz_fail("%lld bytes leaked", (long long)t->allocated);
    free(r.content);
}
