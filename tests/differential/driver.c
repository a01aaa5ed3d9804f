/*
 * driver.c - runs programs of stream operations that arrive on its standard
 * input, and answers with what each operation did. It knows no right or
 * wrong: the Python side runs the same program on CPython's io and compares.
 *
 * First it says the names of its operations; then, for each program: a 32-bit
 * length and the operations, answered by a 32-bit length and their records.
 * All numbers are little-endian, wherever this runs.
 */
#include "driver.h"

#include <stdio.h>
#include <stdlib.h>

#include <sys/resource.h>

void *exactly(size_t n)
{
    void *p = malloc(n);

    if (p == NULL && n > 0) {
        fprintf(stderr, "driver: out of memory\n");
        exit(2);
    }
    return p;
}

void bytes_add(struct bytes *out, const void *data, size_t n)
{
    if (n == 0)
        return;
    if (n > out->cap - out->len) {
        out->cap = 2 * out->cap + n;
        out->data = realloc(out->data, out->cap);
        if (out->data == NULL) {
            fprintf(stderr, "driver: out of memory\n");
            exit(2);
        }
    }
    memcpy(out->data + out->len, data, n);
    out->len += n;
}

void bytes_add_number(struct bytes *out, int64_t number, size_t size)
{
    unsigned char b[8];

    for (size_t i = 0; i < size; i++)
        b[i] = (unsigned char)((uint64_t)number >> 8 * i);
    bytes_add(out, b, size);
}

static uint64_t number_at(const unsigned char *p, size_t size)
{
    uint64_t number = 0;

    for (size_t i = 0; i < size; i++)
        number |= (uint64_t)p[i] << 8 * i;
    return number;
}

static int read_fully(void *buf, size_t n)
{
    return fread(buf, 1, n, stdin) == n;
}

static void send(const struct bytes *answer)
{
    struct bytes len = {0};

    bytes_add_number(&len, (int64_t)answer->len, 4);
    fwrite(len.data, 1, len.len, stdout);
    fwrite(answer->data, 1, answer->len, stdout);
    fflush(stdout);
    free(len.data);
}

/* Take the next operation off *p; 0 where the program ends. */
static int next_op(struct op *op, const unsigned char **p,
                   const unsigned char *end)
{
    if (end - *p < 32)
        return 0;
    op->code = (*p)[0];
    op->slot = (*p)[1];
    op->how = (*p)[2];
    op->flags = (*p)[3];
    op->a = (int64_t)number_at(*p + 4, 8);
    op->b = (int64_t)number_at(*p + 12, 8);
    op->c = (int64_t)number_at(*p + 20, 8);
    op->len = (size_t)number_at(*p + 28, 4);
    op->data = *p + 32;
    *p += 32 + op->len;
    return 1;
}

static void check_window(struct slot *slot)
{
    const rill *s = slot->s;

    if (s->rpos == NULL || s->rend == NULL || s->wpos == NULL ||
        s->wend == NULL || s->rpos > s->rend || s->wpos > s->wend ||
        (s->rpos < s->rend && s->wpos < s->wend))
        slot->broken |= BROKEN_WINDOW;
}

static int64_t run_op(struct driver *d, const struct op *op, struct bytes *out)
{
    struct slot *slot = &d->slots[op->slot];

    if (strcmp(driver_ops[op->code].name, "open") == 0)
        return driver_open(d, op, out);
    if (slot->s == NULL)
        return RESULT_SKIPPED;
    if ((op->flags & OP_GUARD) && rill_tell(slot->s) > POSITION_LIMIT)
        return RESULT_SKIPPED;
    return driver_ops[op->code].run(d, slot, op, out);
}

/* Run one operation and append its record: result, position, sticky failure,
 * broken rules, length of the data, data. A failure is cleared, so that the
 * program goes on. */
static void answer_op(struct driver *d, const struct op *op,
                      struct bytes *answer, struct bytes *out)
{
    struct slot *slot = &d->slots[op->slot];
    int64_t result, tell = 0;
    int failed = 0;

    out->len = 0;
    result = run_op(d, op, out);
    if (slot->s != NULL) {
        check_window(slot);
        failed = rill_failed(slot->s, NULL);
        if (failed < 0)
            rill_clear(slot->s);
        if (!(op->flags & OP_QUIET))
            tell = rill_tell(slot->s);
        check_window(slot);
    }
    bytes_add_number(answer, result, 8);
    bytes_add_number(answer, tell, 8);
    bytes_add_number(answer, failed, 4);
    bytes_add_number(answer, slot->broken, 4);
    bytes_add_number(answer, (int64_t)out->len, 4);
    bytes_add(answer, out->data, out->len);
}

static void run_program(struct driver *d, const unsigned char *program,
                        size_t len)
{
    struct bytes answer = {0}, out = {0};
    const unsigned char *p = program;
    struct op op;

    for (size_t i = 0; i < SLOTS; i++)
        d->slots[i].broken = 0;
    while (next_op(&op, &p, program + len)) {
        if (op.code >= driver_op_count || op.slot >= SLOTS) {
            fprintf(stderr, "driver: no such operation or slot\n");
            exit(2);
        }
        answer_op(d, &op, &answer, &out);
    }
    for (size_t i = 0; i < SLOTS; i++) {
        if (d->slots[i].s != NULL)
            driver_abandon(&d->slots[i]);
    }
    send(&answer);
    free(answer.data);
    free(out.data);
}

static void send_names(void)
{
    struct bytes names = {0};

    for (size_t i = 0; i < driver_op_count; i++) {
        bytes_add(&names, driver_ops[i].name, strlen(driver_ops[i].name));
        bytes_add(&names, "\n", 1);
    }
    send(&names);
    free(names.data);
}

int main(int argc, char **argv)
{
    static struct driver d;
    struct rlimit files;
    unsigned char head[4];

    if (argc != 2) {
        fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 2;
    }
    /* So that a leaked descriptor is soon noticed. */
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur > 64) {
        files.rlim_cur = 64;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    d.folder = argv[1];
    send_names();
    while (read_fully(head, sizeof(head))) {
        size_t len = (size_t)number_at(head, sizeof(head));
        unsigned char *program = exactly(len);

        if (!read_fully(program, len))
            break;
        run_program(&d, program, len);
        free(program);
    }
    return 0;
}
