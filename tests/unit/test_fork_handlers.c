/*
 * test_fork_handlers.c - the first window of a process asks to be told of
 * fork(). A program of its own, since that happens once.
 */
#include "odd_store.h"

TEST(fork_handlers__no_memory_for_them)
{
    odd *o = odd_new("");
    rill *s = odd_open(o, RILL_WRITE, NULL);

    memory_ends(1); /* the window is there, what the C library keeps is not */
    CHECK_CODE(RILL_ENOMEM, rill_write(s, "abc", 3));
    CHECK(memory_is_back());
    rill_clear(s);
    CHECK_INT(3, rill_write(s, "abc", 3));
    odd_end(o, s, RILL_OK);
}
