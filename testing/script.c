/*
 * script.c - a stream without a store: each call is a step of a script.
 *
 * The script itself says how far it is, so that it can be asked after the
 * stream is gone. The first call that it did not foresee is put into words.
 */
#include <rill/ops.h>
#include <rill/testing/double.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct player {
    rill_script *script;
};

/* ---- What went wrong ------------------------------------------------------- */

static const char *name_of(int kind)
{
    static const char *const names[] = {
        "", "a read", "a write", "a read or a write", "a read, at the end",
    };

    return names[kind];
}

/* Note that step `done` is not what there was; the first time counts. */
static int unforeseen(rill_script *script, const char *what)
{
    if (script->unforeseen)
        return RILL_EDATA;
    script->unforeseen = 1;
    if (script->done == script->count)
        snprintf(script->text, sizeof(script->text), "%s after the last step",
                 what);
    else
        snprintf(script->text, sizeof(script->text),
                 "step %zu of %zu is %s, but there was %s", script->done + 1,
                 script->count, name_of(script->steps[script->done].kind),
                 what);
    return RILL_EDATA;
}

const char *rill_script_problem(rill_script *script)
{
    if (script->unforeseen)
        return script->text;
    if (script->done == script->count)
        return NULL;
    snprintf(script->text, sizeof(script->text),
             "step %zu of %zu, %s, was not come to", script->done + 1,
             script->count, name_of(script->steps[script->done].kind));
    return script->text;
}

/* ---- Operations ------------------------------------------------------------ */

/* `n` bytes of the step are done. */
static ptrdiff_t advance(rill_script *script, size_t n)
{
    script->moved += n;
    if (script->moved >= script->steps[script->done].length) {
        script->done++;
        script->moved = 0;
    }
    return (ptrdiff_t)n;
}

/* The step fails, as it should. */
static ptrdiff_t fail(rill_script *script, int failure)
{
    advance(script, 0);
    return failure < 0 ? failure : RILL_OS_ERROR(failure);
}

static ptrdiff_t script_read(rill *s, void *self, void *buf, size_t n,
                             int64_t offset)
{
    rill_script *script = ((struct player *)self)->script;
    const rill_step *step = script->steps + script->done;
    size_t left;

    (void)s;
    (void)offset;
    if (script->done == script->count)
        return 0;
    switch (step->kind) {
    case RILL_STEP_READ:
        left = step->length - script->moved;
        n = n < left ? n : left;
        memcpy(buf, (const char *)step->data + script->moved, n);
        return advance(script, n);
    case RILL_STEP_END:
        return advance(script, 0);
    case RILL_STEP_FAIL:
        return fail(script, step->failure);
    default:
        return unforeseen(script, "a read");
    }
}

static ptrdiff_t script_write(rill *s, void *self, const void *buf, size_t n,
                              int64_t offset)
{
    rill_script *script = ((struct player *)self)->script;
    const rill_step *step = script->steps + script->done;
    const char *wanted;
    size_t left;

    (void)s;
    (void)offset;
    if (script->done < script->count && step->kind == RILL_STEP_FAIL)
        return fail(script, step->failure);
    if (script->done == script->count || step->kind != RILL_STEP_WRITE)
        return unforeseen(script, "a write");
    left = step->length - script->moved;
    n = n < left ? n : left;
    wanted = step->data;
    if (wanted && memcmp(wanted + script->moved, buf, n) != 0)
        return unforeseen(script, "a write of other bytes");
    return advance(script, n);
}

static const rill_ops script_ops = {
    .struct_size = sizeof(rill_ops),
    .state_size = sizeof(struct player),
    .name = "script",
    .read = script_read,
    .write = script_write,
};

/* ---- Opening --------------------------------------------------------------- */

static int step_is_valid(const rill_step *step)
{
    switch (step->kind) {
    case RILL_STEP_READ:
        return step->data && step->length > 0;
    case RILL_STEP_WRITE:
        return step->length > 0;
    case RILL_STEP_FAIL:
        return step->failure != 0;
    default:
        return step->kind == RILL_STEP_END;
    }
}

/* What the steps want: 0 where one of them is none. */
static int access_of(const rill_script *script)
{
    int access = 0;

    for (size_t i = 0; i < script->count; i++) {
        const rill_step *step = &script->steps[i];

        if (!step_is_valid(step))
            return 0;
        if (step->kind == RILL_STEP_WRITE)
            access |= RILL_WRITE;
        else if (step->kind != RILL_STEP_FAIL)
            access |= RILL_READ;
    }
    return access ? access : RILL_READ | RILL_WRITE;
}

rill *rill_open_script(rill_script *script, const rill_options *o)
{
    int access = script ? access_of(script) : 0;
    void *self;
    rill *s;

    if (!access)
        return rill_open_failed(o, NULL, RILL_EINVAL);
    s = rill_open_ops(&script_ops, access, NULL, o, &self);
    if (s)
        ((struct player *)self)->script = script;
    return s;
}
