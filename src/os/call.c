/*
 * call.c - where the hook for allocations and system calls is kept.
 */
#include "call.h"

rill_call_hook *rill__call_hook;
void *rill__call_hook_ctx;

void rill_set_call_hook(rill_call_hook *hook, void *ctx)
{
    rill__call_hook_ctx = ctx;
    rill__call_hook = hook;
}
