/*
 * test_stdio_remap.c - stdio by Rill, over descriptors: what POSIX says of
 * files, pipes, the standard streams, threads and the end of a program. (That
 * the answers are the C library's: test_stdio_compare.c.)
 */
#define _GNU_SOURCE
#include "streams.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <rill_stdio.h>

/* Run `program` in a child with these descriptors 0 and 1 (-1: /dev/null): it
 * ends by exit(). Returns its status. */
static int in_child(int in, int out, int (*program)(void))
{
    int status, none = open("/dev/null", O_RDWR);
    pid_t child = fork();

    if (child == 0) {
        dup2(in < 0 ? none : in, 0);
        dup2(out < 0 ? none : out, 1);
        exit(program());
    }
    close(none);
    CHECK_INT(child, waitpid(child, &status, 0));
    CHECK(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static int new_file(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0666);

    CHECK(fd >= 0);
    return fd;
}

/* ---- Opening ------------------------------------------------------------ */

TEST(stdio__modes)
{
    FILE *f;

    CHECK_PTR(NULL, fopen("file", "r"));
    CHECK_INT(ENOENT, errno);
    f = fopen("file", "wx");
    CHECK_INT(3, fprintf(f, "one"));
    CHECK_INT(0, fcntl(fileno(f), F_GETFD));
    CHECK_INT(0, fclose(f));
    CHECK_PTR(NULL, fopen("file", "wx"));
    CHECK_INT(EEXIST, errno);
    f = fopen("file", "ae");
    CHECK_INT(FD_CLOEXEC, fcntl(fileno(f), F_GETFD));
    CHECK_INT(3, ftell(f));
    CHECK_INT(3, fprintf(f, "two"));
    CHECK_INT(0, fclose(f));
    f = fopen("file", "a+");
    CHECK_INT(0, ftell(f));
    CHECK_INT('o', getc(f));
    CHECK_INT('!', putc('!', f));
    CHECK_INT(7, ftell(f));
    CHECK_INT(0, fclose(f));
    f = fopen("file", "r+b");
    CHECK_INT('O', putc('O', f));
    CHECK_INT('n', getc(f)); /* no fseek() between */
    CHECK_INT(0, fclose(f));
    CHECK_FILE("file", "Onetwo!");
    CHECK_INT(0, fclose(fopen("file", "w")));
    CHECK_FILE("file", "");
    CHECK_PTR(NULL, fopen("file", "q"));
    CHECK_INT(EINVAL, errno);
    CHECK_PTR(NULL, fopen("file", ""));
    CHECK_INT(EINVAL, errno);
}

TEST(stdio__a_directory)
{
    FILE *f;

    CHECK_PTR(NULL, fopen(".", "w"));
    CHECK_INT(EISDIR, errno);
    f = fopen(".", "r");
    CHECK_INT(EOF, getc(f));
    CHECK(ferror(f) && errno == EISDIR);
    CHECK_INT(0, fclose(f));
}

TEST(stdio__fdopen)
{
    int fd = new_file("file");
    FILE *f;

    CHECK_INT(6, write(fd, "abcdef", 6));
    CHECK_INT(2, lseek(fd, 2, SEEK_SET));
    CHECK_PTR(NULL, fdopen(fd, "?"));
    CHECK_INT(EINVAL, errno);
    f = fdopen(fd, "r+");
    CHECK_INT(2, ftell(f));
    CHECK_INT('c', getc(f));
    CHECK_INT(fd, fileno(f));
    CHECK_INT(0, fclose(f));
    CHECK_INT(-1, close(fd));
    CHECK_PTR(NULL, fdopen(fd, "r"));
    CHECK_INT(EBADF, errno);
    fd = open("file", O_RDONLY);
    CHECK_PTR(NULL, fdopen(fd, "w"));
    CHECK_INT(EINVAL, errno);
    close(fd);
}

TEST(stdio__freopen)
{
    char *data = NULL;
    size_t size = 0;
    FILE *f = fopen("a", "w");
    int fd = fileno(f);

    CHECK_INT(1, fprintf(f, "a"));
    CHECK_PTR(f, freopen("b", "w", f));
    CHECK_INT(fd, fileno(f));
    CHECK_INT(1, fprintf(f, "b"));
    CHECK_PTR(f, freopen(NULL, "r", f));
    CHECK_INT('b', getc(f));
    CHECK_INT(EOF, putc('x', f));
    CHECK_PTR(NULL, freopen("not there", "r", f));
    CHECK_INT(ENOENT, errno);
    CHECK_INT(0, fclose(f));
    CHECK_FILE("a", "a");
    CHECK_FILE("b", "b");

    f = open_memstream(&data, &size);
    CHECK_INT(3, fprintf(f, "mem"));
    CHECK_PTR(f, freopen("a", "r", f));
    CHECK_BYTES(data, size, "mem");
    CHECK_INT('a', getc(f));
    CHECK_INT(0, fclose(f));
    free(data);
}

TEST(stdio__tmpfile_and_popen)
{
    FILE *f = tmpfile();
    char line[20];

    CHECK_INT(3, fprintf(f, "tmp"));
    rewind(f);
    CHECK_STR("tmp", fgets(line, sizeof(line), f));
    CHECK(fileno(f) >= 0);
    CHECK_INT(0, fclose(f));
    f = popen("echo $((6 * 7)); exit 3", "r");
    CHECK_STR("42\n", fgets(line, sizeof(line), f));
    CHECK_INT(3, WEXITSTATUS(pclose(f)));
    f = popen("cat > written", "w");
    CHECK_INT(4, fprintf(f, "sent"));
    CHECK_INT(0, pclose(f));
    CHECK_FILE("written", "sent");
}

/* ---- Flags -------------------------------------------------------------- */

TEST(stdio__the_end_lasts)
{
    FILE *f;
    char c;

    test_write_file("grows", "a", 1);
    f = fopen("grows", "r");
    CHECK_INT(1, fread(&c, 1, 1, f));
    CHECK(!feof(f));
    CHECK_INT(EOF, getc(f));
    test_write_file("grows", "abc", 3);
    CHECK(feof(f));
    CHECK_INT(EOF, getc(f));
    CHECK_INT(0, fread(&c, 1, 1, f));
    CHECK_INT(EOF, fscanf(f, "%c", &c));
    clearerr(f);
    CHECK_INT('b', getc(f));
    CHECK_INT('c', getc(f));
    CHECK_INT(EOF, getc(f));
    CHECK_INT('x', ungetc('x', f));
    CHECK(!feof(f));
    CHECK_INT('x', getc(f));
    CHECK_INT(EOF, getc(f));
    CHECK_INT(0, fseek(f, 0, SEEK_SET));
    CHECK(!feof(f));
    CHECK_INT(0, fclose(f));
}

TEST(stdio__ungetc_many_times)
{
    FILE *f;
    int i;

    test_write_file("file", "0123456789", 10);
    f = fopen("file", "r");
    CHECK_INT(0, fseek(f, 5, SEEK_SET));
    for (i = 0; i < 64; i++)
        CHECK_INT(i + 'A', ungetc(i + 'A', f));
    while (--i >= 0)
        CHECK_INT(i + 'A', getc(f));
    CHECK_INT('5', getc(f));
    CHECK_INT(EOF, ungetc(EOF, f));
    CHECK_INT('x', ungetc('x', f));
    CHECK_INT(5, ftell(f));
    CHECK_INT(0, fseek(f, 0, SEEK_CUR)); /* forgets it */
    CHECK_INT('5', getc(f));
    CHECK_INT(0, fclose(f));
}

TEST(stdio__failures_do_not_last)
{
    FILE *f = fopen("/dev/full", "w");
    char big[70000];

    memset(big, 'x', sizeof(big));
    CHECK_INT(3, fprintf(f, "abc"));
    errno = 0;
    CHECK_INT(EOF, fflush(f));
    CHECK(ferror(f) && errno == ENOSPC);
    clearerr(f);
    CHECK(!ferror(f));
    CHECK_INT(0, setvbuf(f, NULL, _IONBF, 0));
    errno = 0;
    CHECK(fprintf(f, "%s", "at once") < 0);
    CHECK(ferror(f) && errno == ENOSPC);
    CHECK(fprintf(f, "%.*s", (int)sizeof(big), big) < 0);
    errno = 0;
    CHECK_INT(EOF, fclose(f)); /* what was kept could not be written */
    CHECK_INT(ENOSPC, errno);
}

TEST(stdio__a_descriptor_closed_under_it)
{
    FILE *f = fopen("file", "w+");

    CHECK_INT(0, close(fileno(f)));
    CHECK_INT(-1, ftell(f));
    CHECK_INT(EBADF, errno);
    CHECK_INT(-1, fseek(f, 0, SEEK_SET));
    CHECK_INT(EBADF, errno);
    CHECK_INT(EOF, getc(f));
    CHECK_INT(EBADF, errno);
    CHECK_INT(EOF, fclose(f));
    CHECK_INT(EBADF, errno);
}

static void nothing(int number)
{
    (void)number;
}

/* A signal ends a read, as POSIX says, unless it was to be restarted. */
TEST(stdio__interrupted)
{
    struct sigaction action = {.sa_handler = nothing}, old;
    struct itimerval often = {{0, 20000}, {0, 20000}}, never = {{0, 0}, {0, 0}};
    int ends[2];
    FILE *f;

    CHECK_INT(0, pipe(ends));
    f = fdopen(ends[0], "r");
    CHECK_INT(0, sigaction(SIGALRM, &action, &old));
    CHECK_INT(0, setitimer(ITIMER_REAL, &often, NULL));
    errno = 0;
    CHECK_INT(EOF, getc(f));
    CHECK(ferror(f) && !feof(f) && errno == EINTR);
    CHECK_INT(0, setitimer(ITIMER_REAL, &never, NULL));
    CHECK_INT(0, sigaction(SIGALRM, &old, NULL));
    clearerr(f);
    CHECK_INT(1, write(ends[1], "x", 1));
    CHECK_INT('x', getc(f));
    CHECK_INT(0, fclose(f));
    close(ends[1]);
}

TEST(stdio__would_block)
{
    char got[10];
    int ends[2];
    FILE *f;

    CHECK_INT(0, pipe(ends));
    CHECK_INT(0, fcntl(ends[0], F_SETFL, O_NONBLOCK));
    f = fdopen(ends[0], "r");
    CHECK_INT(EOF, getc(f));
    CHECK(ferror(f) && !feof(f) && errno == EAGAIN);
    CHECK_INT(3, write(ends[1], "abc", 3));
    errno = 0;
    CHECK_BYTES(got, fread(got, 1, 10, f), "abc");
    CHECK(ferror(f) && errno == EAGAIN);
    close(ends[1]);
    clearerr(f);
    CHECK_INT(EOF, getc(f));
    CHECK(feof(f) && !ferror(f));
    CHECK_INT(0, fclose(f));
}

/* ---- Lines -------------------------------------------------------------- */

TEST(stdio__getline)
{
    char *line = NULL, small[4];
    size_t size = 12345; /* means nothing yet */
    FILE *f;

    test_write_file("file", "one\n\0two\n\nlast;word;", 20);
    f = fopen("file", "r");
    CHECK_BYTES(line, getline(&line, &size, f), "one\n");
    free(line);
    line = NULL;
    size = 12345;
    CHECK_BYTES(line, getline(&line, &size, f) + 1, "\0two\n\0");
    CHECK_BYTES(line, getline(&line, &size, f), "\n");
    CHECK_BYTES(line, getdelim(&line, &size, ';', f), "last;");
    CHECK(!feof(f));
    CHECK_BYTES(line, getline(&line, &size, f), "word;");
    CHECK(feof(f));
    CHECK_INT(-1, getline(&line, &size, f));
    errno = 0;
    CHECK_INT(-1, getline(NULL, &size, f));
    CHECK_INT(EINVAL, errno);
    CHECK_INT(-1, getline(&line, NULL, f));
    rewind(f);
    CHECK_STR("one", fgets(small, sizeof(small), f));
    CHECK_STR("\n", fgets(small, sizeof(small), f));
    CHECK_STR("", fgets(small, 1, f));
    CHECK_PTR(NULL, fgets(small, 0, f));
    CHECK_INT(0, fclose(f));
    free(line);
}

TEST(stdio__lines_longer_than_any_buffer)
{
    size_t n = 300000, size = 0;
    char *text = test_alloc(n + 1), *line = NULL, *got = test_alloc(n + 1);
    FILE *f;

    memset(text, 'y', n);
    text[n - 1] = '\n';
    test_write_file("file", text, n);
    f = fopen("file", "r");
    CHECK_MEM(line, getline(&line, &size, f), text, n);
    CHECK_INT(0, fseek(f, 0, SEEK_SET));
    CHECK_INT(0, setvbuf(f, NULL, _IOFBF, 100));
    CHECK_PTR(got, fgets(got, (int)n + 1, f));
    CHECK_MEM(got, strlen(got), text, n);
    CHECK_INT(0, fclose(f));
    free(line);
    free(text);
    free(got);
}

/* ---- scanf -------------------------------------------------------------- */

/* It takes no more from a pipe than it must, and waits for no more. */
TEST(stdio__scanf_from_a_pipe)
{
    int ends[2], a = 0, b = 0;
    char word[10];
    FILE *f;

    CHECK_INT(0, pipe(ends));
    f = fdopen(ends[0], "r");
    CHECK_INT(5, write(ends[1], "12 x\n", 5));
    CHECK_INT(1, fscanf(f, "%d", &a));
    CHECK_INT(12, a);
    CHECK_INT(' ', getc(f));
    CHECK_INT(0, fscanf(f, "%d", &b));
    CHECK_INT(1, fscanf(f, "%9s", word));
    CHECK_STR("x", word);
    CHECK_INT('\n', getc(f));
    CHECK_INT(2, write(ends[1], "7\n", 2));
    close(ends[1]);
    CHECK_INT(1, fscanf(f, "%d\n", &b));
    CHECK_INT(7, b);
    CHECK(feof(f));
    CHECK_INT(EOF, fscanf(f, "%d", &b));
    CHECK_INT(0, fclose(f));
}

TEST(stdio__scanf_refuses)
{
    FILE *f = fopen("file", "w");
    int n;

    CHECK_INT(EOF, fscanf(f, "%d", &n));
    CHECK(ferror(f) && errno == EBADF);
    CHECK_INT(0, fclose(f));
    f = fopen(".", "r");
    errno = 0;
    CHECK_INT(EOF, fscanf(f, "%d", &n));
    CHECK(ferror(f) && errno == EISDIR);
    CHECK_INT(0, fclose(f));
}

/* ---- printf ------------------------------------------------------------- */

static void print_lengths(FILE *f)
{
    static const int widths[] = {0,    1,     511,   512,   513,
                                 5000, 65535, 65536, 70000, 200000};
    size_t i;

    for (i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
        long at = ftell(f);
        int n = widths[i] > 0 ? widths[i] : 1;

        CHECK_INT(n, fprintf(f, "%*d", widths[i], 7));
        CHECK_INT(at + n, ftell(f));
        CHECK_INT(0, fseek(f, -1, SEEK_CUR));
        CHECK_INT(0, fflush(f));
        CHECK_INT('7', putc('7', f));
    }
}

TEST(stdio__printf_of_any_length)
{
    static const int modes[] = {_IOFBF, _IOLBF, _IONBF};
    char *data;
    size_t size, i;
    FILE *f;

    for (i = 0; i < 3; i++) {
        f = fopen("file", "w");
        CHECK_INT(0, setvbuf(f, NULL, modes[i], 0));
        print_lengths(f);
        CHECK_INT(0, fclose(f));
    }
    f = open_memstream(&data, &size);
    print_lengths(f);
    CHECK_INT(0, fclose(f));
    free(data);
}

/* ---- Buffering, and who else has the descriptor -------------------------- */

TEST(stdio__setvbuf)
{
    FILE *f = fopen("file", "w");

    CHECK_INT(4, fprintf(f, "full"));
    CHECK_FILE("file", "");
    CHECK_INT(0, setvbuf(f, NULL, _IOLBF, 0));
    CHECK_FILE("file", "full");
    CHECK_INT(5, fprintf(f, ", one"));
    CHECK_FILE("file", "full");
    CHECK_INT('\n', putc_unlocked('\n', f));
    CHECK_FILE("file", "full, one\n");
    setbuf(f, NULL);
    CHECK_INT('x', putc('x', f));
    CHECK_FILE("file", "full, one\nx");
    setlinebuf(f);
    CHECK_INT('y', putc('y', f));
    CHECK_INT(0, fflush(NULL));
    CHECK_FILE("file", "full, one\nxy");
    CHECK_INT(-1, setvbuf(f, NULL, 17, 0));
    CHECK_INT(0, fclose(f));
}

/* A prompt is seen before its answer is waited for. */
TEST(stdio__line_buffers_are_flushed_before_waiting)
{
    FILE *out = fopen("screen", "w"), *in;
    int ends[2];

    CHECK_INT(0, pipe(ends));
    in = fdopen(ends[0], "r");
    CHECK_INT(0, setvbuf(out, NULL, _IOLBF, 0));
    CHECK_INT(0, setvbuf(in, NULL, _IOLBF, 0));
    CHECK_INT(6, fprintf(out, "name? "));
    CHECK_FILE("screen", "");
    CHECK_INT(3, write(ends[1], "me\n", 3));
    CHECK_INT('m', getc(in));
    CHECK_FILE("screen", "name? ");
    CHECK_INT(0, fclose(in));
    CHECK_INT(0, fclose(out));
    close(ends[1]);
}

TEST(stdio__fflush_hands_a_reader_over)
{
    FILE *f;
    int fd, c;

    test_write_file("file", "0123456789", 10);
    f = fopen("file", "r");
    fd = fileno(f);
    CHECK_INT('0', getc(f));
    CHECK_INT(0, fflush(f));
    CHECK_INT(1, lseek(fd, 0, SEEK_CUR));
    CHECK_INT(1, read(fd, &c, 1)); /* somebody else reads on */
    CHECK_INT(2, ftell(f));
    CHECK_INT('2', getc(f));
    CHECK_INT(0, fseek(f, 5, SEEK_SET)); /* among what was read ahead */
    CHECK_INT(0, fclose(f));
    fd = open("file", O_RDONLY);
    f = fdopen(dup(fd), "r");
    CHECK_INT('0', getc(f));
    CHECK_INT(0, fclose(f)); /* leaves it behind what was used */
    CHECK_INT(1, lseek(fd, 0, SEEK_CUR));
    close(fd);
}

/* Parent and child write to one descriptor: neither overwrites the other. */
TEST(stdio__a_writer_shares_its_descriptor)
{
    FILE *f = fopen("file", "w");

    CHECK_INT(4, fprintf(f, "one\n"));
    CHECK_INT(0, fflush(f));
    CHECK_INT(4, write(fileno(f), "two\n", 4));
    CHECK_INT(6, fprintf(f, "three\n"));
    CHECK_INT(5, write(fileno(f), "four\n", 5)); /* before that is flushed */
    CHECK_INT(0, fclose(f));
    CHECK_FILE("file", "one\ntwo\nfour\nthree\n");
}

/* A seek is one of the descriptor too, wherever that has been moved. */
TEST(stdio__a_seek_moves_the_descriptor)
{
    FILE *f = fopen("file", "w+");
    int fd = fileno(f);

    rewind(f);
    CHECK_INT(5, write(fd, "01234", 5));
    rewind(f);
    CHECK_INT(0, lseek(fd, 0, SEEK_CUR));
    CHECK_INT('0', getc(f));
    CHECK_INT(0, fseek(f, 100, SEEK_SET));
    CHECK_INT(100, lseek(fd, 0, SEEK_CUR));
    CHECK_INT(0, fclose(f));
}

/* Nor is it fixed where an opened file begins, until it is used. */
TEST(stdio__a_descriptor_moved_before_first_use)
{
    FILE *f;

    test_write_file("file", "0123456789", 10);
    f = fopen("file", "r+");
    CHECK_INT(7, lseek(fileno(f), 7, SEEK_SET));
    CHECK_INT(3, fprintf(f, "abc"));
    CHECK_INT(10, ftell(f));
    CHECK_INT(0, fclose(f));
    CHECK_FILE("file", "0123456abc");
}

TEST(stdio__offsets_of_64_bits)
{
    off_t far = (off_t)5 << 30;
    FILE *f = fopen("sparse", "w+");
    fpos_t place;

    CHECK_INT(0, fseeko(f, far, SEEK_SET));
    CHECK_INT('x', putc('x', f));
    CHECK_INT(0, fgetpos(f, &place));
    rewind(f);
    CHECK_INT(0, fsetpos(f, &place));
    CHECK_INT(far + 1, ftello(f));
    CHECK_INT(0, fclose(f));
}

/* ---- The standard streams, and the end of a program ---------------------- */

static void print_last(void)
{
    printf("last\n");
}

static int echo(void)
{
    char line[20];
    int a, b;

    atexit(print_last);
    if (scanf("%d %d", &a, &b) != 2 || getchar() != '\n' ||
        !fgets(line, sizeof(line), stdin))
        return 1;
    printf("%d\n", a + b);
    fputs(line, stdout);
    puts("puts");
    putchar('c');
    fprintf(stdout, "%s\n", "har");
    return getchar() == 'r' ? 0 : 2;
}

TEST(stdio__standard_streams)
{
    int in = new_file("in"), out = new_file("out");

    CHECK_INT(18, write(in, "20 22\nline\nrest...", 18));
    CHECK_INT(0, lseek(in, 0, SEEK_SET));
    CHECK_INT(0, in_child(in, out, echo));
    CHECK_FILE("out", "42\nline\nputs\nchar\nlast\n");
    CHECK_INT(12, lseek(in, 0, SEEK_CUR)); /* what it has not read is there */
    close(in);
    close(out);
}

static int leave(void)
{
    fprintf(stderr, "%s", ""); /* has no buffer */
    freopen("err", "w", stderr);
    fprintf(stderr, "seen");
    printf("lost");
    _exit(5);
}

TEST(stdio__not_flushed_by__exit)
{
    int out = new_file("out");

    CHECK_INT(5, in_child(-1, out, leave));
    CHECK_FILE("out", "");
    CHECK_FILE("err", "seen");
    close(out);
}

static FILE *waiting;

static int write_more(void)
{
    fprintf(waiting, "child\n");
    return 0;
}

TEST(stdio__written_once_after_fork)
{
    waiting = fopen("file", "w");
    CHECK_INT(7, fprintf(waiting, "parent\n"));
    CHECK_INT(0, in_child(-1, -1, write_more));
    CHECK_INT(0, fclose(waiting));
    CHECK_FILE("file", "child\nparent\n");
}

static int just_end(void)
{
    return 0;
}

/* A child that ends leaves where its parent reads. */
TEST(stdio__a_child_ends_and_the_parent_reads_on)
{
    int fd;
    FILE *f;

    test_write_file("file", "0123456789", 10);
    fd = open("file", O_RDONLY);
    f = fdopen(fd, "r");
    CHECK_INT('0', getc(f));
    CHECK_INT(10, lseek(fd, 0, SEEK_CUR));
    CHECK_INT(0, in_child(-1, -1, just_end));
    CHECK_INT(10, lseek(fd, 0, SEEK_CUR));
    CHECK_INT(0, fclose(f));
}

/* ---- Threads ------------------------------------------------------------ */

enum { THREADS = 4, LINES = 2000 };

static void *write_lines(void *file)
{
    FILE *f = file;
    int i;

    for (i = 0; i < LINES; i++) {
        if (i % 3 == 0) {
            fprintf(f, "%s %d\n", "abcdefghijklmnopqrstuvwxyz", i);
            continue;
        }
        flockfile(f);
        fputs("abcdefghijklmnop", f);
        putc_unlocked('q', f);
        fprintf(f, "%s %d", "rstuvwxyz", i);
        putc('\n', f);
        funlockfile(f);
    }
    return NULL;
}

TEST(stdio__threads)
{
    pthread_t threads[THREADS];
    FILE *f = fopen("file", "w+");
    char *line = NULL;
    size_t size = 0;
    int i, n = 0;

    for (i = 0; i < THREADS; i++)
        CHECK_INT(0, pthread_create(&threads[i], NULL, write_lines, f));
    for (i = 0; i < THREADS; i++)
        CHECK_INT(0, pthread_join(threads[i], NULL));
    rewind(f);
    for (; getline(&line, &size, f) > 0; n++)
        CHECK(strncmp(line, "abcdefghijklmnopqrstuvwxyz ", 27) == 0);
    CHECK_INT(THREADS * LINES, n);
    CHECK_INT(0, ftrylockfile(f));
    funlockfile(f);
    CHECK_INT(0, fclose(f));
    free(line);
}

/* The attribute of that name is no macro's business. */
__attribute__((format(printf, 1, 2))) static int print(const char *format, ...)
{
    int (*by)(FILE *, const char *, va_list) = vfprintf;
    FILE *f = fopen("file", "w");
    va_list args;
    int n;

    va_start(args, format);
    n = by(f, format, args);
    va_end(args);
    return fclose(f) == 0 ? n : -1;
}

TEST(stdio__names_as_functions)
{
    CHECK_INT(5, print("%05d", 42));
    CHECK_FILE("file", "00042");
}
