/*
 * functions.h - every public function, and where its lengths, counts and
 * offsets are tested at the edges; "none" where it takes none.
 *
 * Rows of the table in test_boundaries_of_opens.c, which compares them with the
 * headers: patterns as of fnmatch(), the first that fits counts.
 */
/* clang-format off */

/* base.h */
{"rill_strerror", "boundaries__error_format"},
{"rill_error_format", "boundaries__error_format"},
{"rill_version", "none"},
{"rill_free", "none"},
{"rill_pool_limit", "boundaries__pool_limit"},
{"rill_pool_trim", "none"},

/* stream.h: reading */
{"rill_move", "boundaries__read, boundaries__write: of what fits only"},
{"rill_read", "boundaries__read"},
{"rill_read_slow", "boundaries__read"},
{"rill_read_exact", "boundaries__read_exact"},
{"rill_read_exact_slow", "boundaries__read_exact"},
{"rill_read_some", "boundaries__read_some"},
{"rill_read_all", "boundaries__answers_of_stores"},
{"rill_readv", "boundaries__readv, __pieces, __small_numbers"},
{"rill_getc", "none"},
{"rill_getc_slow", "none"},
{"rill_ungetc", "boundaries__bytes"},
{"rill_peek", "boundaries__peek, boundaries__peek_after_ungetc"},
{"rill_peek_slow", "boundaries__peek, boundaries__peek_after_ungetc"},
{"rill_consume", "boundaries__consume"},
{"rill_skip", "boundaries__skip"},
{"rill_eof", "none"},

/* stream.h: writing */
{"rill_write", "boundaries__write"},
{"rill_write_slow", "boundaries__write"},
{"rill_puts", "none"},
{"rill_writev", "boundaries__writev, __pieces, __small_numbers"},
{"rill_putc", "boundaries__bytes"},
{"rill_putc_slow", "boundaries__bytes"},
{"rill_printf", "boundaries__printf, boundaries__printf_overflow"},
{"rill_vprintf", "boundaries__printf, boundaries__printf_overflow"},
{"rill_reserve", "boundaries__reserve"},
{"rill_reserve_slow", "boundaries__reserve"},
{"rill_commit", "boundaries__commit"},
{"rill_commit_slow", "boundaries__commit"},
{"rill_flush", "none"},
{"rill_sync", "boundaries__small_numbers"},
{"rill_hint_size", "boundaries__hint_size"},

/* stream.h: positions, copies, errors, the rest */
{"rill_seek", "boundaries__seek, __read_at, __write_at, __small_numbers"},
{"rill_tell", "none"},
{"rill_rewind", "none"},
{"rill_size", "none"},
{"rill_truncate", "boundaries__truncate"},
{"rill_pread", "boundaries__pread, boundaries__pread_at"},
{"rill_pwrite", "boundaries__pwrite, boundaries__pwrite_at"},
{"rill_copy", "boundaries__copy, boundaries__copy_into"},
{"rill_failed", "none"},
{"rill_clear", "none"},
{"rill_unwritten", "none"},
{"rill_diagnostic_hook", "a type"},
{"rill_readable", "none"},
{"rill_writable", "none"},
{"rill_seekable", "none"},
{"rill_isatty", "none"},
{"rill_fileno", "none"},
{"rill_name", "none"},
{"rill_mode", "none"},
{"rill_kind", "none"},
{"rill_close", "none"},
{"rill_close_with", "none"},
{"rill_closep", "none"},
{"rill_discard", "none"},
{"rill_auto_close", "none"},

/* open.h */
{"rill_open", "none"},
{"rill_open_with", "boundaries__options, boundaries__struct_size"},
{"rill_open_fd", "boundaries__descriptors"},
{"rill_open_mem", "boundaries__options"},
{"rill_open_mem_copy", "boundaries__lengths_of_memory"},
{"rill_open_mem_take", "boundaries__lengths_of_memory"},
{"rill_open_view", "boundaries__lengths_of_memory, __views_of_everything"},
{"rill_open_fixed", "boundaries__lengths_of_memory"},
{"rill_open_spool", "boundaries__spool_threshold"},
{"rill_open_null", "none"},

/* memory.h */
{"rill_data", "none"},
{"rill_getvalue", "none"},
{"rill_getbuffer", "none"},
{"rill_releasebuffer", "none"},
{"rill_take", "none"},
{"rill_reset", "none"},
{"rill_init_mem", "none"},

/* line.h */
{"rill_readuntil", "boundaries__small_numbers"},
{"rill_readline", "none"},
{"rill_getdelim", "boundaries__getline, boundaries__small_numbers"},
{"rill_getline", "boundaries__getline"},
{"rill_readuntil_into", "boundaries__readline_into, __small_numbers"},
{"rill_readline_into", "boundaries__readline_into"},
{"rill_lines_begin", "none"},
{"rill_lines_next", "none"},
{"rill_lines_next_slow", "none"},
{"rill_lines_end", "none"},

/* number.h, cursor.h */
{"rill_put_bytes", "boundaries__put_bytes"},
{"rill_put_[uif][0-9]*", "none: of fixed size"},
{"rill_get_[uif][0-9]*", "none: of fixed size"},
{"rill_put_[us]leb128", "none: of ten bytes at most"},
{"rill_get_[us]leb128", "none: of ten bytes at most"},
{"rill_writer_put", "boundaries__writer_put"},
{"rill_writer_spill", "boundaries__writer_put"},
{"rill_writer_*", "none"},
{"rill_reader_get", "boundaries__reader_get"},
{"rill_reader_refill", "boundaries__reader_get"},
{"rill_reader_*", "none"},

/* ops.h */
{"rill_open_ops", "none: its sizes are those of types"},
{"rill_flat_of", "none"},
{"rill_self", "none"},
{"rill_become", "none"},
{"rill_start_at", "boundaries__start_at"},
{"rill_realloc", "boundaries__realloc"},
{"rill_grow", "boundaries__grow"},
{"rill_check_options", "boundaries__options, boundaries__struct_size"},
{"rill_open_failed", "none"},
{"rill_wrapped_pread", "all tests, as sections"},
{"rill_wrapped_pwrite", "all tests, as sections"},
{"rill_wrapped_*", "none"},

/* share.h, hook.h */
{"rill_open_section", "boundaries__sections"},
{"rill_share", "none"},
{"rill_open_locked", "none"},
{"rill_lock", "none"},
{"rill_unlock", "none"},
{"rill_unshare", "none"},
{"rill_call_hook", "a type"},
{"rill_set_call_hook", "none"},
    /* clang-format on */
