/*
 * string.c - a text in memory: io.StringIO.
 *
 * It is a memory stream, unless line ends matter: then it is a text stream over
 * one. There, what changes is written changed, and what is read stays.
 */
#include <rill/text.h>

#include "text.h"

/* Fill a text stream over memory, and go back to its start. */
static int string_fill(rill *s, const char *text, size_t len, int newline)
{
    struct text *t = rill__text_of(s);
    ptrdiff_t r;
    int rc;

    t->line_end = newline == RILL_NEWLINE_UNIVERSAL ? "\n" : t->line_end;
    t->turned = newline == RILL_NEWLINE_UNIVERSAL ? '\r' : '\n';
    r = rill_write(s, text, len);
    rc = r < 0 ? (int)r : rill_text_rewind(s);
    return rc == RILL_OK && (size_t)r < len ? RILL_ENOSPC : rc;
}

rill *rill_open_string(const char *text, size_t len, const rill_options *o)
{
    rill_options options = RILL_OPTIONS_INIT;
    int rc = rill_check_options(o);
    rill *memory, *s;

    if (rc < 0 || (!text && len > 0) || len > PTRDIFF_MAX)
        return rill_open_failed(o, NULL, RILL_EINVAL);
    if (rill_utf8_valid(text, len) < len)
        return rill_open_failed(o, NULL, RILL_EDATA);
    if (!o || o->newline == RILL_NEWLINE_DEFAULT ||
        o->newline == RILL_NEWLINE_LF)
        return rill_open_mem_copy(text, len, o);
    memory = rill_open_mem(o);
    if (!memory)
        return NULL;
    options.error = o->error;
    options.allocator = o->allocator;
    options.diagnostic = o->diagnostic;
    options.diagnostic_ctx = o->diagnostic_ctx;
    options.buffer_size = o->buffer_size;
    options.window_limit = o->window_limit;
    options.newline = o->newline;
    s = rill_open_text(memory, RILL_TAKE, &options);
    if (!s) {
        rill_discard(memory);
        return NULL;
    }
    rc = string_fill(s, text, len, o->newline);
    if (rc == RILL_OK)
        return s;
    rill_discard(s);
    return rill_open_failed(o, NULL, rc);
}
