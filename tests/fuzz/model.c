/*
 * model.c - the plain stream that the fuzzed one is compared with.
 */
#include "model.h"

#include <stdlib.h>

#include "fuzz.h"

void model_set(struct model *m, const void *data, size_t len)
{
    m->len = 0;
    model_seek(m, 0);
    if (len > 0)
        model_write_at(m, 0, data, len);
}

void model_free(struct model *m)
{
    free(m->data);
    m->data = NULL;
    m->len = m->cap = 0;
}

/* Make the content `len` bytes long, with zeros where there was nothing. */
static void set_len(struct model *m, size_t len)
{
    if (len > m->cap) {
        m->cap = len * 2;
        m->data = realloc(m->data, m->cap);
        if (!m->data)
            fuzz_fail("out of memory");
    }
    if (len > m->len)
        memset(m->data + m->len, 0, len - m->len);
    m->len = len;
}

unsigned model_no_read(const struct model *m)
{
    unsigned codes = 0;

    if (!m->reads)
        codes |= CODE(RILL_ENOTSUP);
    if (m->failed)
        codes |= CODE(m->failed);
    return codes;
}

unsigned model_no_write(const struct model *m)
{
    unsigned codes = 0;

    if (!m->writes)
        codes |= CODE(RILL_ENOTSUP);
    if (m->failed)
        codes |= CODE(m->failed);
    if (m->views > 0)
        codes |= CODE(RILL_EBUSY);
    return codes;
}

int64_t model_tell(const struct model *m)
{
    return m->pos > 0 ? m->pos : 0;
}

/* Where the content goes on behind what was put back. */
static size_t next_at(const struct model *m)
{
    return (size_t)(m->pos + (int64_t)m->back_len);
}

size_t model_left(const struct model *m)
{
    size_t at = next_at(m);

    return m->back_len + (at < m->len ? m->len - at : 0);
}

void model_next(const struct model *m, void *buf, size_t n)
{
    unsigned char *p = buf;

    for (size_t i = 0; i < n && i < m->back_len; i++)
        p[i] = m->back[m->back_len - 1 - i];
    if (n > m->back_len)
        memcpy(p + m->back_len, m->data + next_at(m), n - m->back_len);
}

void model_read(struct model *m, size_t n)
{
    m->pos += (int64_t)n;
    m->back_len -= n < m->back_len ? n : m->back_len;
}

void model_put_back(struct model *m, unsigned char byte)
{
    m->back[m->back_len++] = byte;
    m->put_back = true;
    m->pos--;
}

size_t model_room_at(const struct model *m, int64_t at, size_t n)
{
    int64_t room;

    if (m->limit < 0)
        return n;
    room = at < m->limit ? m->limit - at : 0;
    return n < (uint64_t)room ? n : (size_t)room;
}

/* Where the next write goes. */
static int64_t write_position(const struct model *m)
{
    return m->appends ? (int64_t)m->len : model_tell(m);
}

size_t model_room(const struct model *m, size_t n)
{
    return model_room_at(m, write_position(m), n);
}

void model_write_at(struct model *m, int64_t at, const void *data, size_t n)
{
    model_seek(m, model_tell(m)); /* drops what was put back */
    if (m->swallows)
        return;
    if ((size_t)at + n > m->len)
        set_len(m, (size_t)at + n);
    memcpy(m->data + at, data, n);
}

void model_write(struct model *m, const void *data, size_t n)
{
    int64_t at = write_position(m);

    model_write_at(m, at, data, n);
    m->pos = at + (int64_t)n;
}

int64_t model_target(const struct model *m, int64_t offset, int whence,
                     unsigned *codes_out)
{
    int64_t from = 0;

    *codes_out = 0;
    if (!m->seeks)
        *codes_out |= CODE(RILL_ENOTSUP);
    if (m->failed)
        *codes_out |= CODE(m->failed);
    if (whence == RILL_SEEK_CUR)
        from = model_tell(m);
    else if (whence == RILL_SEEK_END)
        from = (int64_t)m->len;
    else if (whence != RILL_SEEK_SET)
        *codes_out |= CODE(RILL_EINVAL);

    if (offset > INT64_MAX - from) {
        *codes_out |= CODE(RILL_ERANGE);
        if (m->walled)
            *codes_out |= CODE(RILL_EINVAL);
    } else if (from + offset < 0) {
        if (m->clamps && whence != RILL_SEEK_SET)
            return *codes_out ? -1 : 0;
        *codes_out |= CODE(RILL_EINVAL);
    } else if (m->walled && from + offset > m->limit) {
        *codes_out |= CODE(RILL_EINVAL);
    }
    return *codes_out ? -1 : from + offset;
}

void model_seek(struct model *m, int64_t target)
{
    m->pos = target;
    m->back_len = 0;
    m->put_back = false;
}

void model_truncate(struct model *m, int64_t size)
{
    model_seek(m, model_tell(m));
    if (m->swallows)
        return;
    if ((uint64_t)size < m->len || m->extends)
        set_len(m, (size_t)size);
}
