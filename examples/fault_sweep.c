/*
 * fault_sweep.c - every fault, in turn: does a function keep its promise?
 *
 * The promise of `export`: if it says that all went well, the file is there,
 * whole. The sweep runs it with each allocation and each system call failing,
 * in each way that it can.
 */
#include <stdio.h>
#include <string.h>

#include <rill/rill.h>
#include <rill/testing/fault.h>

static const char notes[] = "milk\nbread\nhoney\n";

static int export(void *path)
{
    rill *s = rill_open(path, "w");

    if (!s)
        return RILL_EIO;
    rill_puts(s, notes);
    return rill_close(s); /* tells of a failed rill_puts() too */
}

static void check(void *path, int result)
{
    rill *s = result < 0 ? NULL : rill_open(path, "r");
    char found[64] = "";

    if (s)
        rill_read(s, found, sizeof(found) - 1);
    if (result >= 0 && strcmp(found, notes) != 0)
        rill_fault_wrong("all is well, it said; the file holds \"%s\"", found);
    if (rill_close(s) < 0)
        rill_fault_wrong("the file cannot be read");
}

int main(void)
{
    char path[] = "notes.txt";
    rill_fault_plan plan = {
        .name = "export",
        .run = export,
        .check = check,
        .ctx = path,
        .pairs = 100,
    };
    rill_fault_report report;
    int failed = rill_fault_sweep(&plan, &report);

    printf("writes that were made to fail: %zu\n",
           report.points[RILL_CALL_WRITE]);
    printf("failures: %zu\n", report.failures);
    return failed;
}
