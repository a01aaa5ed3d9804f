/*
 * test_odd_answers.c - what the core makes of a store's answers: what no store
 * may say is a failure of the store, an interruption is nobody's business, and
 * what fails while something else is done is not lost.
 */
#include "odd_store.h"

#include <errno.h>

#include <rill/testing/double.h>

enum { BOTH = RILL_READ | RILL_WRITE, MUCH = 300 * 1024 };

static const rill_options unbuffered = {.struct_size = sizeof(rill_options),
                                        .buffer_size = RILL_UNBUFFERED};

/* ---- More than was asked for ---------------------------------------------- */

TEST(odd_answers__read_of_too_much)
{
    odd *o = odd_new("abc");
    rill *s = odd_open(o, RILL_READ, NULL);
    char buf[4];

    odd_says(o, ODD_READ, PTRDIFF_MAX, 1);
    CHECK_CODE(RILL_EIO, rill_read(s, buf, 4));
    CHECK_CODE(RILL_EIO, rill_read(s, buf, 4));
    rill_clear(s);
    CHECK_READS(s, "abc");
    odd_end(o, s, RILL_OK);
}

TEST(odd_answers__write_of_too_much_or_nothing)
{
    static const ptrdiff_t wrong[] = {4, 0};

    for (size_t i = 0; i < 2; i++) {
        odd *o = odd_new("");
        rill *s = odd_open(o, RILL_WRITE, NULL);
        rill_error e;

        odd_says(o, ODD_WRITE, wrong[i], 1);
        CHECK_INT(3, rill_write(s, "abc", 3));
        CHECK_CODE(RILL_EIO, rill_flush(s));
        CHECK_CODE(RILL_EIO, rill_failed(s, &e));
        CHECK_STR("write", e.operation);
        CHECK_INT(0, e.os_error);
        rill_clear(s);
        CHECK_OK(rill_flush(s));
        CHECK_BYTES(o->bytes, o->len, "abc");
        odd_end(o, s, RILL_OK);
    }
}

TEST(odd_answers__readv_of_too_much)
{
    odd *o = odd_new("abcdef");
    rill *s = odd_open(o, RILL_READ, &unbuffered);
    char one[2], two[4];
    rill_iovec v[] = {{one, 2}, {two, 4}};

    odd_says(o, ODD_READV, 7, 1);
    CHECK_CODE(RILL_EIO, rill_readv(s, v, 2));
    CHECK_CODE(RILL_EIO, rill_failed(s, NULL));
    odd_end(o, s, RILL_EIO);
}

TEST(odd_answers__writev_of_too_much_or_nothing)
{
    static const ptrdiff_t wrong[] = {4, 0};

    for (size_t i = 0; i < 2; i++) {
        odd *o = odd_new("");
        rill *s = odd_open(o, RILL_WRITE, &unbuffered);
        rill_iovec v[] = {{(char[]){"a"}, 1}, {(char[]){"bc"}, 2}};

        odd_says(o, ODD_WRITEV, wrong[i], 1);
        CHECK_CODE(RILL_EIO, rill_writev(s, v, 2));
        CHECK_INT(0, o->len);
        odd_end(o, s, RILL_EIO);
    }
}

/* The codes of base.h and errno in its guise are all that may come. */
TEST(odd_answers__code_that_is_none)
{
    odd *o = odd_new("abc");
    rill *s = odd_open(o, RILL_READ, NULL);
    rill_error e;

    odd_says(o, ODD_READ, RILL_EINTR - 1, 1);
    CHECK_CODE(RILL_EIO, rill_getc(s));
    CHECK_CODE(RILL_EIO, rill_failed(s, &e));
    CHECK_INT(0, e.os_error);
    odd_end(o, s, RILL_EIO);
}

/* ---- Interruptions ---------------------------------------------------------- */

TEST(odd_answers__interrupted_vectors)
{
    odd *o = odd_new("abcdef");
    rill *s = odd_open(o, BOTH, &unbuffered);
    char one[2], two[4];
    rill_iovec in[] = {{one, 2}, {two, 4}},
               out[] = {{(char[]){"A"}, 1}, {(char[]){"BC"}, 2}};

    odd_says(o, ODD_READV, RILL_OS_ERROR(EINTR), 3);
    CHECK_INT(6, rill_readv(s, in, 2));
    CHECK_BYTES(one, 2, "ab");
    CHECK_BYTES(two, 4, "cdef");
    CHECK_INT(4, o->calls[ODD_READV]);
    odd_says(o, ODD_WRITEV, RILL_EINTR, 2);
    CHECK_OK(rill_rewind(s));
    CHECK_INT(3, rill_writev(s, out, 2));
    CHECK_INT(3, o->calls[ODD_WRITEV]);
    CHECK_BYTES(o->bytes, o->len, "ABCdef");
    odd_end(o, s, RILL_OK);
}

TEST(odd_answers__interrupted_at_the_end)
{
    odd *o = odd_new("");
    rill *s = odd_open(o, RILL_WRITE, NULL);

    odd_says(o, ODD_FILENO, RILL_OS_ERROR(EINTR), 2);
    CHECK_INT(ODD_FD, rill_fileno(s));
    CHECK_INT(3, o->calls[ODD_FILENO]);
    odd_says(o, ODD_COMMIT, RILL_EINTR, 2);
    CHECK_OK(rill_close(s));
    CHECK_INT(3, o->calls[ODD_COMMIT]);
    free(o);
}

/* ---- Failures on the way to something else ------------------------------------ */

TEST(odd_answers__vectors_that_fail)
{
    odd *o = odd_new("abc");
    rill *s = odd_open(o, BOTH, &unbuffered);
    char buf[3];
    rill_iovec in[] = {{buf, 3}},
               out[] = {{(char[]){"x"}, 1}, {(char[]){"y"}, 1}};
    rill_error e;

    odd_says(o, ODD_READV, RILL_OS_ERROR(EIO), 1);
    CHECK_CODE(RILL_EIO, rill_readv(s, in, 1));
    rill_clear(s);
    CHECK_INT(1, rill_seek(s, 1, RILL_SEEK_SET));
    odd_says(o, ODD_WRITEV, RILL_OS_ERROR(ENOSPC), 1);
    CHECK_CODE(RILL_ENOSPC, rill_writev(s, out, 2));
    CHECK_CODE(RILL_ENOSPC, rill_failed(s, &e));
    CHECK_STR("write", e.operation);
    CHECK_INT(1, e.offset);
    CHECK_BYTES(o->bytes, o->len, "abc");
    odd_end(o, s, RILL_ENOSPC);
}

/* What waits goes first, and stays where it does not go. */
TEST(odd_answers__writev_behind_what_cannot_be_written)
{
    odd *o = odd_new("");
    rill *s = odd_open(o, RILL_WRITE, NULL);
    char *much = calloc(1, MUCH);
    rill_iovec v[] = {{much, MUCH}};

    CHECK_INT(1, rill_write(s, "a", 1));
    odd_says(o, ODD_WRITE, RILL_OS_ERROR(EIO), 1);
    CHECK_CODE(RILL_EIO, rill_writev(s, v, 1));
    CHECK_INT(0, o->calls[ODD_WRITEV]);
    rill_clear(s);
    CHECK_INT(MUCH, rill_writev(s, v, 1));
    CHECK_INT(MUCH + 1, o->len);
    CHECK_INT('a', o->bytes[0]);
    free(much);
    odd_end(o, s, RILL_OK);
}

TEST(odd_answers__size_that_fails)
{
    odd *o = odd_new("abc");
    rill *s = odd_open(o, BOTH, NULL);
    rill_error e;

    odd_says(o, ODD_SIZE, RILL_OS_ERROR(EIO), 1);
    CHECK_CODE(RILL_EIO, rill_seek(s, 0, RILL_SEEK_END));
    CHECK_CODE(RILL_EIO, rill_failed(s, &e));
    CHECK_STR("size", e.operation);
    CHECK_INT(-1, e.offset);
    CHECK_CODE(RILL_EIO, rill_seek(s, 1, RILL_SEEK_SET));
    CHECK_INT(0, rill_tell(s));
    rill_clear(s);
    CHECK_READS(s, "abc");
    odd_end(o, s, RILL_OK);
}

/* Where the end is must be known before writing there; and afterwards, unless
 * the store does not say: then where it was plus what was written. */
TEST(odd_answers__size_that_fails_in_append)
{
    odd *o = odd_new("abc");
    rill *s = odd_open(o, BOTH | RILL_APPEND, &unbuffered);

    odd_says(o, ODD_SIZE, RILL_OS_ERROR(EIO), 1);
    CHECK_CODE(RILL_EIO, rill_write(s, "d", 1));
    CHECK_INT(3, o->len);
    rill_clear(s);
    CHECK_INT(1, rill_write(s, "d", 1));
    odd_says(o, ODD_SIZE, RILL_OS_ERROR(EIO), 1);
    CHECK_INT(1, rill_write(s, "e", 1));
    CHECK_INT(5, rill_tell(s));
    CHECK_BYTES(o->bytes, o->len, "abcde");
    odd_end(o, s, RILL_OK);
}

/* A failure is a failure for reading at offsets, too, until it is cleared. */
TEST(odd_answers__pread_after_a_failure)
{
    odd *o = odd_new("abc");
    rill *s = odd_open(o, BOTH, NULL);
    char buf[3];

    odd_says(o, ODD_READ, RILL_OS_ERROR(EIO), 1);
    CHECK_CODE(RILL_EIO, rill_getc(s));
    CHECK_CODE(RILL_EIO, rill_pread(s, buf, 3, 0));
    CHECK_CODE(RILL_EIO, rill_pwrite(s, "x", 1, 0));
    rill_clear(s);
    CHECK_BYTES(buf, rill_pread(s, buf, 3, 0), "abc");
    odd_end(o, s, RILL_OK);
}

TEST(odd_answers__fileno_that_fails)
{
    odd *o = odd_new("");
    rill *s = odd_open(o, RILL_WRITE, NULL);
    rill_error e;

    CHECK_INT(1, rill_write(s, "a", 1));
    odd_says(o, ODD_WRITE, RILL_OS_ERROR(EIO), 1);
    CHECK_CODE(RILL_EIO, rill_fileno(s));
    CHECK_INT(0, o->calls[ODD_FILENO]);
    rill_clear(s);
    odd_says(o, ODD_FILENO, RILL_OS_ERROR(EMFILE), 1);
    CHECK_CODE(RILL_EIO, rill_fileno(s));
    CHECK_CODE(RILL_EIO, rill_failed(s, &e));
    CHECK_INT(EMFILE, e.os_error);
    rill_clear(s);
    CHECK_INT(ODD_FD, rill_fileno(s));
    odd_end(o, s, RILL_OK);
}

/* The flush after it, which moves the descriptor's offset. */
TEST(odd_answers__fileno_whose_second_flush_fails)
{
    odd *o = odd_new("");
    rill *s = odd_open(o, RILL_WRITE, NULL);

    odd_says(o, ODD_FLUSH, RILL_OS_ERROR(EIO), 1);
    o->first[ODD_FLUSH] = 1;
    CHECK_CODE(RILL_EIO, rill_fileno(s));
    CHECK_INT(1, o->calls[ODD_FILENO]);
    odd_end(o, s, RILL_EIO);
}

TEST(odd_answers__a_failed_sync_stays)
{
    odd *o = odd_new("");
    rill *s = odd_open(o, RILL_WRITE, NULL);

    odd_says(o, ODD_SYNC, RILL_OS_ERROR(EIO), 1);
    CHECK_CODE(RILL_EIO, rill_sync(s, RILL_SYNC_DISK));
    rill_clear(s);
    CHECK_CODE(RILL_EIO, rill_failed(s, NULL));
    CHECK_CODE(RILL_EIO, rill_write(s, "a", 1));
    CHECK_INT(0, o->calls[ODD_COMMIT]);
    odd_end(o, s, RILL_EIO);
}

/* What a wrapper passes on carries the errno, if it is that failure. */
TEST(odd_answers__wrapped_results)
{
    odd *o = odd_new("");
    rill *s = odd_open(o, RILL_READ, NULL);

    CHECK_INT(3, rill_wrapped_result(s, 3));
    CHECK_CODE(RILL_EIO, rill_wrapped_result(s, RILL_EIO));
    odd_says(o, ODD_READ, RILL_EDATA, 1);
    CHECK_CODE(RILL_EDATA, rill_getc(s));
    CHECK_CODE(RILL_EDATA, rill_wrapped_result(s, RILL_EDATA));
    rill_clear(s);
    odd_says(o, ODD_READ, RILL_OS_ERROR(ENXIO), 1);
    CHECK_CODE(RILL_EIO, rill_getc(s));
    CHECK_INT(RILL_OS_ERROR(ENXIO), rill_wrapped_result(s, RILL_EIO));
    CHECK_CODE(RILL_EINVAL, rill_wrapped_result(s, RILL_EINVAL));
    odd_end(o, s, RILL_EIO);
}

/* Room that was lent is committed once, and in order. */
TEST(odd_answers__commit_of_what_was_not_lent)
{
    odd *o = odd_new("");
    rill *s = odd_open(o, RILL_WRITE, &unbuffered);
    void *room;

    CHECK_CODE(RILL_EINVAL, rill_commit(s, 1));
    CHECK_INT(4, rill_reserve(s, &room, 4));
    memcpy(room, "abcd", 4);
    CHECK_CODE(RILL_EINVAL, rill_commit(s, 5));
    odd_says(o, ODD_WRITE, 2, 1); /* the store takes two, then would block */
    CHECK_OK(rill_commit(s, 3));
    CHECK_CODE(RILL_EINVAL, rill_commit(s, 1));
    odd_end(o, s, RILL_OK);
}

/* A commit that is cut short goes on, and not back. */
TEST(odd_answers__commit_in_parts)
{
    static const rill_step steps[] = {RILL_STEP_TAKES("ab"), RILL_STEP_BLOCKS,
                                      RILL_STEP_BLOCKS, RILL_STEP_TAKES("c")};
    rill_script script = {.steps = steps, .count = 4};
    rill *s = rill_open_script(&script, &unbuffered);
    void *room;

    CHECK_INT(4, rill_reserve(s, &room, 4));
    memcpy(room, "abcd", 4);
    CHECK_CODE(RILL_EAGAIN, rill_commit(s, 3));
    CHECK_CODE(RILL_EINVAL, rill_commit(s, 1)); /* two are written */
    CHECK_OK(rill_commit(s, 3));
    CHECK_PTR(NULL, rill_script_problem(&script));
    CHECK_OK(rill_close(s));
}

/* A store may not use its own stream: of a line that is in the window in part,
 * too, nothing is read. */
static int flush_that_reads(rill *s, void *self, int64_t offset)
{
    odd *o = *(odd **)self;
    const char *line;

    (void)offset;
    o->says[ODD_FLUSH] = rill_readline(s, &line);
    return RILL_OK;
}

TEST(odd_answers__flush_that_reads_a_line)
{
    odd *o = odd_new("abc");
    rill *s;

    o->ops.flush = flush_that_reads;
    s = odd_open(o, RILL_READ, NULL);
    CHECK_INT('a', rill_getc(s));
    CHECK_OK(rill_flush(s));
    CHECK_CODE(RILL_EBUSY, o->says[ODD_FLUSH]);
    CHECK_REST(s, "bc");
    odd_end(o, s, RILL_OK);
}

/* A scope's end leaves a stream that has failed alone: nothing is tried. */
TEST(odd_answers__scope_exit_after_a_failure)
{
    odd *o = odd_new("");
    rill *s = odd_open(o, RILL_WRITE, NULL);

    o->ops.commit = NULL;
    odd_says(o, ODD_FLUSH, RILL_OS_ERROR(EIO), 1);
    CHECK_CODE(RILL_EIO, rill_flush(s));
    rill_auto_close(&s);
    CHECK_PTR(NULL, s);
    CHECK_INT(1, o->calls[ODD_CLOSE]);
    free(o);
}

/* ---- Copies ------------------------------------------------------------------- */

/* Streams over two stores, the first with much to copy into the second. */
static void start_copy(odd *o[2], rill *s[2])
{
    o[0] = odd_new("");
    o[1] = odd_new("");
    test_pattern(o[0]->bytes, MUCH, 0);
    o[0]->len = MUCH;
    s[0] = odd_open(o[0], BOTH, NULL);
    s[1] = odd_open(o[1], BOTH, NULL);
}

static void end_copy(odd *o[2], rill *s[2])
{
    CHECK_MEM(o[1]->bytes, o[1]->len, o[0]->bytes, MUCH);
    odd_end(o[0], s[0], RILL_OK);
    odd_end(o[1], s[1], RILL_OK);
}

TEST(odd_answers__clone_does_it_all)
{
    odd *o[2];
    rill *s[2];

    start_copy(o, s);
    CHECK_INT(MUCH, rill_copy(s[1], s[0], -1));
    CHECK_INT(0, o[1]->calls[ODD_WRITE]);
    CHECK_INT(MUCH, rill_tell(s[0]));
    CHECK_INT(MUCH, rill_tell(s[1]));
    end_copy(o, s);
}

/* What a shorter way cannot do is done the long way. */
TEST(odd_answers__clone_that_cannot)
{
    static const int64_t says[] = {0, RILL_OS_ERROR(EXDEV)};

    for (size_t i = 0; i < 2; i++) {
        odd *o[2];
        rill *s[2];

        start_copy(o, s);
        odd_says(o[1], ODD_CLONE, says[i], ODD_ALWAYS);
        CHECK_INT(MUCH, rill_copy(s[1], s[0], -1));
        end_copy(o, s);
    }
}

/* No clone from or to a position that nobody knows. */
TEST(odd_answers__clone_needs_positions)
{
    for (int i = 0; i < 2; i++) {
        odd *o[2];
        rill *s[2];

        start_copy(o, s);
        o[i]->ops.size = NULL;
        CHECK_INT(MUCH, rill_copy(s[1], s[0], -1));
        CHECK_INT(0, o[1]->calls[ODD_CLONE]);
        end_copy(o, s);
    }
}

/* Nor before what waits has been written, on both sides. */
TEST(odd_answers__clone_after_a_flush_that_fails)
{
    for (int i = 0; i < 2; i++) {
        odd *o[2];
        rill *s[2];

        start_copy(o, s);
        odd_says(o[i], ODD_FLUSH, RILL_OS_ERROR(EIO), 1);
        CHECK_CODE(RILL_EIO, rill_copy(s[1], s[0], -1));
        CHECK_INT(0, o[1]->calls[ODD_CLONE]);
        CHECK_CODE(RILL_EIO, rill_failed(s[i], NULL));
        CHECK_OK(rill_failed(s[1 - i], NULL));
        rill_clear(s[i]);
        CHECK_INT(MUCH, rill_copy(s[1], s[0], -1));
        end_copy(o, s);
    }
}

/* ---- Sizes that are not so ------------------------------------------------------ */

/* What a store says about its size is a hint: the content is what it reads. */
TEST(odd_answers__read_all_of_a_store_that_boasts)
{
    odd *o = odd_new("abc");
    rill *s = odd_open(o, RILL_READ, NULL);
    void *data;

    odd_says(o, ODD_SIZE, INT64_MAX, ODD_ALWAYS);
    CHECK_BYTES(data, rill_read_all(s, &data), "abc");
    rill_free(data);
    odd_end(o, s, RILL_OK);
}

/* Appending to what keeps nothing: the end is at 0 again, as its size says, and
 * reading there is no forgotten rewind. */
static void no_diagnosis(void *ctx, const rill *s, int diagnosis,
                         const char *message)
{
    (void)s;
    (void)diagnosis;
    (void)message;
    ++*(int *)ctx;
}

TEST(odd_answers__append_to_what_forgets)
{
    int told = 0;
    rill_options options = unbuffered;
    odd *o = odd_new("");
    rill *s;

    options.diagnostic = no_diagnosis;
    options.diagnostic_ctx = &told;
    s = odd_open(o, BOTH | RILL_APPEND, &options);
    odd_says(o, ODD_WRITE, 3, ODD_ALWAYS);
    CHECK_INT(3, rill_write(s, "abc", 3));
    CHECK_INT(0, rill_tell(s));
    CHECK_CODE(RILL_EEOF, rill_getc(s));
    CHECK_INT(0, told);
    odd_end(o, s, RILL_OK);
}

/* ---- What a store must have ------------------------------------------------------ */

TEST(odd_answers__tables_that_are_refused)
{
    odd *o = odd_new("");
    rill_ops good = o->ops;
    void *self;

    CHECK_PTR(NULL, rill_open_ops(NULL, RILL_READ, NULL, NULL, &self));
    CHECK_INT(EINVAL, errno);
    CHECK_PTR(NULL, rill_open_ops(&good, RILL_READ, NULL, NULL, NULL));
    CHECK_PTR(NULL, rill_open_ops(&good, 0, NULL, NULL, &self));
    CHECK_PTR(NULL, rill_open_ops(&good, RILL_APPEND, NULL, NULL, &self));
    CHECK_PTR(NULL, rill_open_ops(&good, RILL_READ | 16, NULL, NULL, &self));
    o->ops.struct_size--;
    CHECK_PTR(NULL, rill_open_ops(&o->ops, RILL_READ, NULL, NULL, &self));
    o->ops = good;
    o->ops.name = NULL;
    CHECK_PTR(NULL, rill_open_ops(&o->ops, RILL_READ, NULL, NULL, &self));
    o->ops = good;
    o->ops.read = NULL;
    o->ops.write = NULL;
    CHECK_PTR(NULL, rill_open_ops(&o->ops, RILL_READ, NULL, NULL, &self));
    CHECK_INT(EINVAL, errno);
    o->ops = good;
    o->ops.state_size = SIZE_MAX / 2;
    CHECK_PTR(NULL, rill_open_ops(&o->ops, RILL_READ, NULL, NULL, &self));
    CHECK_INT(ENOMEM, errno);
    free(o);
}

/* One direction is enough, whatever the stream was opened for. */
TEST(odd_answers__one_direction)
{
    odd *o = odd_new("abc");
    rill_ops good = o->ops;
    rill *s;

    o->ops.write = NULL;
    s = odd_open(o, BOTH, NULL);
    CHECK_INT(0, rill_writable(s));
    CHECK_CODE(RILL_ENOTSUP, rill_write(s, "x", 1));
    CHECK_READS(s, "abc");
    CHECK_OK(rill_close(s));
    o->ops = good;
    o->ops.read = NULL;
    o->ops.size = NULL;
    s = odd_open(o, BOTH, NULL);
    CHECK_INT(0, rill_readable(s));
    CHECK_CODE(RILL_ENOTSUP, rill_getc(s));
    CHECK_INT(1, rill_write(s, "x", 1));
    CHECK_OK(rill_close(s));
    CHECK_BYTES(o->bytes, o->len, "xbc");
    free(o);
}
