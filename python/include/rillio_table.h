/*
 * rillio_table.h - the table behind rillio_capi.h, as the capsule of the module
 * rillio holds it.
 *
 * Lines are only ever added at the end: the place of a function is what an
 * extension was compiled with.
 */
#ifndef RILLIO_TABLE_H
#define RILLIO_TABLE_H

#include <Python.h>

#include <rill/ops.h>
#include <rill/rill.h>

#define RILLIO_CAPI_NAME "rillio._rillio.C_API"
#define RILLIO_CAPI_VERSION 1

/* Each function of librill: what it returns, its name, parameters, arguments.
 * V for those that return nothing. */
/* clang-format off */
#define RILLIO_FUNCTIONS(F, V) \
    /* rill/base.h */ \
    F(const char *, rill_strerror, (int code), (code)) \
    F(int, rill_error_format, (const rill_error *e, char *buf, size_t size), \
      (e, buf, size)) \
    F(const char *, rill_version, (void), ()) \
    V(rill_free, (void *p), (p)) \
    V(rill_pool_limit, (size_t bytes), (bytes)) \
    V(rill_pool_trim, (void), ()) \
    /* rill/stream.h */ \
    F(ptrdiff_t, rill_read_slow, (rill *s, void *buf, size_t n), (s, buf, n)) \
    F(int, rill_read_exact_slow, (rill *s, void *buf, size_t n), (s, buf, n)) \
    F(ptrdiff_t, rill_write_slow, (rill *s, const void *buf, size_t n), (s, \
      buf, n)) \
    F(int, rill_getc_slow, (rill *s), (s)) \
    F(int, rill_putc_slow, (rill *s, int byte), (s, byte)) \
    F(ptrdiff_t, rill_peek_slow, (rill *s, const void **data_out, size_t \
      want), (s, data_out, want)) \
    F(ptrdiff_t, rill_reserve_slow, (rill *s, void **data_out, size_t want), \
      (s, data_out, want)) \
    F(int, rill_commit_slow, (rill *s, size_t n), (s, n)) \
    F(ptrdiff_t, rill_read_some, (rill *s, void *buf, size_t n), (s, buf, n)) \
    F(ptrdiff_t, rill_read_all, (rill *s, void **data_out), (s, data_out)) \
    F(ptrdiff_t, rill_readv, (rill *s, const rill_iovec *v, int count), (s, \
      v, count)) \
    F(int, rill_ungetc, (rill *s, int byte), (s, byte)) \
    F(int64_t, rill_skip, (rill *s, int64_t n), (s, n)) \
    F(int, rill_eof, (const rill *s), (s)) \
    F(ptrdiff_t, rill_writev, (rill *s, const rill_iovec *v, int count), (s, \
      v, count)) \
    F(int64_t, rill_vprintf, (rill *s, const char *format, va_list args), (s, \
      format, args)) \
    F(int, rill_flush, (rill *s), (s)) \
    F(int, rill_sync, (rill *s, int level), (s, level)) \
    V(rill_hint_size, (rill *s, int64_t size), (s, size)) \
    F(int64_t, rill_seek, (rill *s, int64_t offset, int whence), (s, offset, \
      whence)) \
    F(int64_t, rill_tell, (rill *s), (s)) \
    F(int, rill_rewind, (rill *s), (s)) \
    F(int64_t, rill_size, (rill *s), (s)) \
    F(int, rill_truncate, (rill *s, int64_t size), (s, size)) \
    F(ptrdiff_t, rill_pread, (rill *s, void *buf, size_t n, int64_t offset), \
      (s, buf, n, offset)) \
    F(ptrdiff_t, rill_pwrite, (rill *s, const void *buf, size_t n, int64_t \
      offset), (s, buf, n, offset)) \
    F(int64_t, rill_copy, (rill *dst, rill *src, int64_t n), (dst, src, n)) \
    F(int, rill_failed, (const rill *s, rill_error *e), (s, e)) \
    V(rill_clear, (rill *s), (s)) \
    F(size_t, rill_unwritten, (const rill *s, const void **data_out, int64_t \
      *offset_out), (s, data_out, offset_out)) \
    F(int, rill_readable, (const rill *s), (s)) \
    F(int, rill_writable, (const rill *s), (s)) \
    F(int, rill_seekable, (const rill *s), (s)) \
    F(int, rill_isatty, (rill *s), (s)) \
    F(int, rill_fileno, (rill *s), (s)) \
    F(const char *, rill_name, (const rill *s), (s)) \
    F(const char *, rill_mode, (const rill *s), (s)) \
    F(const char *, rill_kind, (const rill *s), (s)) \
    F(int, rill_close, (rill *s), (s)) \
    F(int, rill_close_with, (rill *s, rill_error *e), (s, e)) \
    F(int, rill_closep, (rill **sp), (sp)) \
    V(rill_discard, (rill *s), (s)) \
    V(rill_auto_close, (rill **sp), (sp)) \
    /* rill/open.h */ \
    F(rill *, rill_open, (const char *path, const char *mode), (path, mode)) \
    F(rill *, rill_open_with, (const char *path, const char *mode, const \
      rill_options *o), (path, mode, o)) \
    F(rill *, rill_open_fd, (int fd, const char *mode, int ownership, const \
      rill_options *o), (fd, mode, ownership, o)) \
    F(rill *, rill_open_mem, (const rill_options *o), (o)) \
    F(rill *, rill_open_mem_copy, (const void *data, size_t len, const \
      rill_options *o), (data, len, o)) \
    F(rill *, rill_open_mem_take, (void *data, size_t len, const rill_options \
      *o), (data, len, o)) \
    F(rill *, rill_open_view, (const void *data, size_t len), (data, len)) \
    F(rill *, rill_open_fixed, (void *buf, size_t size, const rill_options \
      *o), (buf, size, o)) \
    F(rill *, rill_open_spool, (size_t threshold, const rill_options *o), \
      (threshold, o)) \
    F(rill *, rill_open_null, (void), ()) \
    /* rill/memory.h */ \
    F(ptrdiff_t, rill_data, (rill *s, const void **data_out), (s, data_out)) \
    F(ptrdiff_t, rill_getvalue, (rill *s, void **data_out), (s, data_out)) \
    F(ptrdiff_t, rill_getbuffer, (rill *s, void **data_out), (s, data_out)) \
    F(int, rill_releasebuffer, (rill *s), (s)) \
    F(ptrdiff_t, rill_take, (rill *s, void **data_out), (s, data_out)) \
    F(int, rill_reset, (rill *s), (s)) \
    F(rill *, rill_init_mem, (rill_storage *storage), (storage)) \
    F(rill *, rill_init_view, (rill_storage *storage, const void *data, \
      size_t len), (storage, data, len)) \
    /* rill/line.h */ \
    F(ptrdiff_t, rill_readuntil, (rill *s, int delimiter, const char \
      **line_out), (s, delimiter, line_out)) \
    F(ptrdiff_t, rill_getdelim, (rill *s, char **buf, size_t *size, int \
      delimiter), (s, buf, size, delimiter)) \
    F(ptrdiff_t, rill_readuntil_into, (rill *s, int delimiter, void *buf, \
      size_t size), (s, delimiter, buf, size)) \
    V(rill_lines_begin, (rill_lines *it, rill *s, int delimiter), (it, s, \
      delimiter)) \
    F(int, rill_lines_next_slow, (rill_lines *it), (it)) \
    F(int, rill_lines_end, (rill_lines *it), (it)) \
    /* rill/number.h */ \
    F(int, rill_put_uleb128, (rill *s, uint64_t v), (s, v)) \
    F(int, rill_put_sleb128, (rill *s, int64_t v), (s, v)) \
    F(int, rill_get_uleb128, (rill *s, uint64_t *v_out), (s, v_out)) \
    F(int, rill_get_sleb128, (rill *s, int64_t *v_out), (s, v_out)) \
    /* rill/share.h */ \
    F(rill *, rill_open_section, (rill *s, int64_t offset, int64_t size, \
      const rill_options *o), (s, offset, size, o)) \
    F(rill_shared *, rill_share, (rill *s), (s)) \
    F(rill *, rill_open_locked, (rill_shared *sh, const rill_options *o), \
      (sh, o)) \
    F(rill *, rill_lock, (rill_shared *sh), (sh)) \
    V(rill_unlock, (rill_shared *sh), (sh)) \
    F(int, rill_unshare, (rill_shared *sh), (sh)) \
    /* rill/ops.h */ \
    F(rill *, rill_open_ops, (const rill_ops *ops, int access, const char \
      *name, const rill_options *o, void **self_out), (ops, access, name, o, \
      self_out)) \
    F(rill_flat *, rill_flat_of, (rill *s), (s)) \
    F(void *, rill_self, (rill *s, const rill_ops *ops), (s, ops)) \
    V(rill_become, (rill *s, const rill_ops *ops), (s, ops)) \
    V(rill_start_at, (rill *s, int64_t offset), (s, offset)) \
    F(void *, rill_realloc, (rill *s, void *p, size_t old_size, size_t \
      new_size), (s, p, old_size, new_size)) \
    F(int, rill_grow, (rill *s, rill_flat *flat, size_t need, size_t max, \
      const void *own), (s, flat, need, max, own)) \
    F(int64_t, rill_wrapped_result, (const rill *inner, int64_t result), \
      (inner, result)) \
    F(ptrdiff_t, rill_wrapped_pread, (rill *inner, void *buf, size_t n, \
      int64_t offset), (inner, buf, n, offset)) \
    F(ptrdiff_t, rill_wrapped_pwrite, (rill *inner, const void *buf, size_t \
      n, int64_t offset), (inner, buf, n, offset)) \
    F(int, rill_wrapped_commits, (const rill *inner), (inner)) \
    F(int, rill_check_options, (const rill_options *o), (o)) \
    F(rill *, rill_open_failed, (const rill_options *o, const char *path, int \
      result), (o, path, result)) \
    /* rill/text.h */ \
    F(rill *, rill_open_text, (rill *below, int ownership, const rill_options \
      *o), (below, ownership, o)) \
    F(rill *, rill_open_string, (const char *text, size_t len, const \
      rill_options *o), (text, len, o)) \
    F(rill *, rill_text_buffer, (rill *s), (s)) \
    F(const char *, rill_text_encoding, (rill *s), (s)) \
    F(int, rill_text_newlines, (rill *s), (s)) \
    F(int, rill_text_tell, (rill *s, rill_text_position *position_out), (s, \
      position_out)) \
    F(int, rill_text_seek, (rill *s, const rill_text_position *position), (s, \
      position)) \
    F(int, rill_text_rewind, (rill *s), (s)) \
    F(int, rill_text_seek_end, (rill *s), (s)) \
    F(ptrdiff_t, rill_text_readline, (rill *s, const char **line_out), (s, \
      line_out)) \
    F(int32_t, rill_getchar, (rill *s), (s)) \
    F(int, rill_putchar, (rill *s, uint32_t character), (s, character)) \
    F(ptrdiff_t, rill_read_chars, (rill *s, char *buf, size_t size, size_t \
      count), (s, buf, size, count)) \
    F(size_t, rill_utf8_valid, (const void *text, size_t n), (text, n)) \
    F(size_t, rill_utf8_count, (const void *text, size_t n), (text, n)) \
    F(size_t, rill_newlines_decode, (rill_newlines *nl, void *to, const void \
      *from, size_t n, int unit, int last), (nl, to, from, n, unit, last)) \
    F(size_t, rill_newlines_find, (const void *text, size_t n, int unit, int \
      newline), (text, n, unit, newline)) \
    /* since then */ \
    F(int, rill_errno, (int result), (result))
/* clang-format on */

/* What the capsule holds. */
typedef struct rillio_capi {
    int version; /* RILLIO_CAPI_VERSION */
    size_t size; /* of the struct that the module has */
    rill *(*as_rill)(PyObject *file, const char *mode);
    int (*finish)(rill *s);
    PyObject *(*raise)(rill *s, int64_t code);
    PyObject *(*from_rill)(rill *s, int ownership);
#define RILLIO_MEMBER(type, name, parameters, arguments) type(*name) parameters;
#define RILLIO_VOID_MEMBER(name, parameters, arguments) void(*name) parameters;
    RILLIO_FUNCTIONS(RILLIO_MEMBER, RILLIO_VOID_MEMBER)
#undef RILLIO_VOID_MEMBER
#undef RILLIO_MEMBER
} rillio_capi;

#endif /* RILLIO_TABLE_H */
