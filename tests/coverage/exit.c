/*
 * exit.c - children of a test that leave by _exit() count, too.
 *
 * Counts of what was reached are written when a program ends by exit(). With
 * the linker's --wrap=_exit, each call of _exit() comes here first.
 */
#ifdef __clang__
int __llvm_profile_write_file(void);
#define write_counts() (void)__llvm_profile_write_file()
#else
void __gcov_dump(void);
#define write_counts() __gcov_dump()
#endif

_Noreturn void __real__exit(int status);
_Noreturn void __wrap__exit(int status);

_Noreturn void __wrap__exit(int status)
{
    write_counts();
    __real__exit(status);
}
