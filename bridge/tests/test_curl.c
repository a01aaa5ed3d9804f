/*
 * test_curl.c - libcurl over every kind of stream, to and from a real server:
 * http_server.py. What can only be sent once says so; what fails ends the
 * transfer, and the stream has the reason.
 */
#define _XOPEN_SOURCE 700
#include "streams.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <unistd.h>

#include <rill/curl.h>
#include <rill/share.h>
#include <rill/testing/double.h>

enum { LARGE = 3 * 1000 * 1000 };

extern char **environ;

/* ---- The server ---------------------------------------------------------- */

/*
 * Start the server, once for all tests: its port. It ends with this program,
 * which holds the other end of its standard input.
 */
static int server_port(void)
{
    static int port;
    static int held;
    posix_spawn_file_actions_t actions;
    char python[] = "python3", script[4096], number[16] = "";
    char *args[] = {python, script, NULL};
    int to[2], from[2];
    pid_t pid;

    if (port)
        return port;
    snprintf(script, sizeof(script), "%s/bridge/tests/http_server.py",
             getenv("SOURCE_DIR"));
    CHECK_INT(0, pipe(to));
    CHECK_INT(0, pipe(from));
    held = to[1];
    fcntl(held, F_SETFD, FD_CLOEXEC);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, to[0], 0);
    posix_spawn_file_actions_adddup2(&actions, from[1], 1);
    CHECK_INT(0, posix_spawnp(&pid, python, &actions, NULL, args, environ));
    posix_spawn_file_actions_destroy(&actions);
    close(to[0]);
    close(from[1]);
    CHECK(read(from[0], number, sizeof(number) - 1) > 0);
    close(from[0]);
    port = (int)strtol(number, NULL, 10);
    return port;
}

/* A handle for a path of the server. */
static CURL *handle_for(const char *path)
{
    CURL *curl = curl_easy_init();
    char url[200];

    CHECK(curl != NULL);
    snprintf(url, sizeof(url), "http://127.0.0.1:%d%s", server_port(), path);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
    return curl;
}

/* libcurl waits a second for a "100 Continue"; the tests do not. */
static struct curl_slist *without_expect(CURL *curl)
{
    struct curl_slist *headers = curl_slist_append(NULL, "Expect:");

    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    return headers;
}

/* PUT what `s` has to `path`: libcurl's verdict. */
static CURLcode put(const char *path, rill *s)
{
    CURL *curl = handle_for(path);
    struct curl_slist *headers = without_expect(curl);
    CURLcode rc;

    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_USERPWD, "name:password");
    curl_easy_setopt(curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_ANY);
    rc = rill_curl_read_from(curl, s);
    if (rc == CURLE_OK)
        rc = curl_easy_perform(curl);
    curl_easy_cleanup(curl);
    curl_slist_free_all(headers);
    return rc;
}

static CURLcode get(const char *path, rill *s)
{
    CURL *curl = handle_for(path);
    CURLcode rc = rill_curl_write_to(curl, s);

    if (rc == CURLE_OK)
        rc = curl_easy_perform(curl);
    curl_easy_cleanup(curl);
    return rc;
}

/* What the server has at `path` is this. */
static void check_stored(const char *path, const void *want, size_t len)
{
    rill *s = rill_open_mem(NULL);
    const void *data;
    ptrdiff_t got;

    CHECK_INT(CURLE_OK, get(path, s));
    got = rill_data(s, &data);
    CHECK_MEM(data, got, want, len);
    CHECK_OK(rill_close(s));
}

static unsigned char *large(void)
{
    static unsigned char data[LARGE];

    test_pattern(data, sizeof(data), 0);
    return data;
}

/* ---- Every kind ----------------------------------------------------------- */

BRIDGE_TEST(curl__there_and_back)
{
    rill *s = kind->open();
    unsigned char *data = large();
    size_t len = strcmp(kind->name, "piecewise") == 0 ? 20000 : LARGE;

    CHECK_INT(len, rill_write(s, data, len));
    rill_rewind(s);
    CHECK_INT(CURLE_OK, put("/store/a", s));
    CHECK_INT(len, rill_tell(s));
    CHECK_OK(rill_close(s));

    s = kind->open();
    CHECK_INT(4, rill_puts(s, "here"));
    CHECK_INT(CURLE_OK, get("/store/a", s));
    CHECK_INT(len + 4, rill_tell(s));
    rill_rewind(s);
    CHECK_READS(s, "here");
    test_check_rest(s, data, len, TEST_SITE("the body"));
    CHECK_OK(rill_close(s));
}

BRIDGE_TEST(curl__empty)
{
    rill *s = kind->open();

    CHECK_INT(CURLE_OK, put("/store/empty", s));
    CHECK_INT(CURLE_OK, get("/store/empty", s));
    CHECK_INT(0, rill_size(s));
    CHECK_OK(rill_close(s));
}

/* The body is sent, then sent again: to where the server points. */
BRIDGE_TEST(curl__sent_again)
{
    static const char *const paths[] = {"/moved/b", "/locked/b"};
    unsigned char *data = large();
    size_t i;

    for (i = 0; i < 2; i++) {
        rill *s = kind->open();

        test_context("%s", paths[i]);
        CHECK_INT(1000, rill_write(s, data + i, 1000));
        rill_rewind(s);
        CHECK_INT(CURLE_OK, put(paths[i], s));
        check_stored("/store/b", data + i, 1000);
        CHECK_OK(rill_close(s));
    }
}

BRIDGE_TEST(curl__form)
{
    rill *one = kind->open(), *two = kind->open();
    CURL *curl = handle_for("/form"), *copy;
    curl_mime *form = curl_mime_init(curl);
    curl_mimepart *part = curl_mime_addpart(form);

    CHECK_INT(5, rill_puts(one, "first"));
    CHECK_INT(6, rill_puts(two, "second"));
    rill_rewind(one);
    rill_rewind(two);
    curl_mime_name(part, "one");
    CHECK_INT(CURLE_OK, rill_curl_mime_data(part, one));
    part = curl_mime_addpart(form);
    curl_mime_name(part, "two");
    curl_mime_filename(part, "two.txt");
    CHECK_INT(CURLE_OK, rill_curl_mime_data(part, two));
    curl_easy_setopt(curl, CURLOPT_MIMEPOST, form);
    CHECK_INT(CURLE_OK, curl_easy_perform(curl));
    check_stored("/store/one", "first", 5);
    check_stored("/store/two", "second", 6);

    /* A copy of the handle has the same streams, and nothing to free twice. */
    rill_rewind(one);
    rill_rewind(two);
    copy = curl_easy_duphandle(curl);
    curl_easy_cleanup(curl);
    curl_mime_free(form);
    CHECK_INT(CURLE_OK, curl_easy_perform(copy));
    curl_easy_cleanup(copy);
    CHECK_OK(rill_close(one));
    CHECK_OK(rill_close(two));
}

/* ---- Where a body starts -------------------------------------------------- */

TEST(curl__pipes_go_out_once)
{
    rill *s = open_pipe(large(), LARGE);

    CHECK_INT(CURLE_OK, put("/store/c", s));
    CHECK_OK(rill_close(s));
    check_stored("/store/c", large(), LARGE);

    s = open_pipe("again", 5);
    CHECK_INT(CURLE_SEND_FAIL_REWIND, put("/moved/c", s));
    CHECK_OK(rill_close(s));
    check_stored("/store/c", large(), LARGE);
}

TEST(curl__from_a_position)
{
    rill *s = rill_open_view("head and body", 13), *body;

    CHECK_INT(9, rill_seek(s, 9, RILL_SEEK_SET));
    CHECK_INT(CURLE_OK, put("/store/d", s));
    check_stored("/store/d", "body", 4);

    CHECK_INT(5, rill_seek(s, 5, RILL_SEEK_SET));
    CHECK_INT(CURLE_SEND_FAIL_REWIND, put("/moved/d", s));
    check_stored("/store/d", "body", 4);

    body = rill_open_section(s, 5, 3, NULL);
    CHECK_INT(CURLE_OK, put("/moved/d", body));
    check_stored("/store/d", "and", 3);
    CHECK_OK(rill_close(body));
    CHECK_OK(rill_close(s));
}

/* A resumed upload: libcurl seeks, or reads its way there. */
TEST(curl__resumed)
{
    rill *streams[2];
    int i;

    streams[0] = rill_open_view("0123456789", 10);
    streams[1] = open_pipe("0123456789", 10);
    for (i = 0; i < 2; i++) {
        CURL *curl = handle_for("/store/e");

        test_context("stream %d", i);
        curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
        CHECK_INT(CURLE_OK, rill_curl_read_from(curl, streams[i]));
        curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)10);
        curl_easy_setopt(curl, CURLOPT_RESUME_FROM_LARGE, (curl_off_t)7);
        CHECK_INT(CURLE_OK, curl_easy_perform(curl));
        curl_easy_cleanup(curl);
        check_stored("/store/e", "789", 3);
        CHECK_OK(rill_close(streams[i]));
    }
}

TEST(curl__headers)
{
    rill *s = open_pipe("x", 1), *headers = rill_open_mem(NULL);
    CURL *curl;
    const void *data;

    CHECK_INT(CURLE_OK, put("/store/f", s));
    CHECK_OK(rill_close(s));
    s = rill_open_mem(NULL);
    curl = handle_for("/store/f");
    CHECK_INT(CURLE_OK, rill_curl_write_to(curl, s));
    CHECK_INT(CURLE_OK, rill_curl_headers_to(curl, headers));
    CHECK_INT(CURLE_OK, curl_easy_perform(curl));
    curl_easy_cleanup(curl);
    CHECK_HOLDS(s, "x");
    rill_putc(headers, 0);
    CHECK(rill_data(headers, &data) > 0);
    CHECK(strncmp(data, "HTTP/1.1 200 OK\r\n", 17) == 0);
    CHECK(strstr(data, "Content-Length: 1\r\n") != NULL);
    CHECK_OK(rill_close(headers));
    CHECK_OK(rill_close(s));
}

/* ---- Failures ------------------------------------------------------------- */

TEST(curl__the_stream_fails)
{
    rill *s = open_failing(large(), LARGE, 700000, EIO);
    rill_error e;

    CHECK_INT(CURLE_ABORTED_BY_CALLBACK, put("/store/g", s));
    CHECK_CODE(RILL_EIO, rill_failed(s, &e));
    CHECK_INT(EIO, e.os_error);
    CHECK_INT(700000, e.offset);
    CHECK_CODE(RILL_EIO, rill_close(s));

    s = rill_open_view(large(), LARGE);
    CHECK_INT(CURLE_OK, put("/store/g", s));
    CHECK_OK(rill_close(s));
    s = open_failing("", 0, 700000, ENOSPC);
    CHECK_INT(CURLE_WRITE_ERROR, get("/store/g", s));
    CHECK_CODE(RILL_ENOSPC, rill_failed(s, &e));
    CHECK_INT(ENOSPC, e.os_error);
    CHECK_CODE(RILL_ENOSPC, rill_close(s));
}

TEST(curl__no_room)
{
    static unsigned char room[700];
    rill *s = rill_open_view(large(), 701), *fixed;

    CHECK_INT(CURLE_OK, put("/store/h", s));
    CHECK_OK(rill_close(s));
    fixed = rill_open_fixed(room, sizeof(room), NULL);
    CHECK_INT(CURLE_WRITE_ERROR, get("/store/h", fixed));
    CHECK_CODE(RILL_ENOSPC, rill_failed(fixed, NULL));
    CHECK_CODE(RILL_ENOSPC, rill_close(fixed));
}

/* Pieces may be larger than the window's limit. */
TEST(curl__a_small_window)
{
    rill_options o = RILL_OPTIONS_INIT;
    rill *s = rill_open_view(large(), LARGE);
    size_t len;
    void *data;

    CHECK_INT(CURLE_OK, put("/store/i", s));
    CHECK_OK(rill_close(s));
    o.buffer_size = 1000;
    o.window_limit = 1000;
    s = rill_open_with("i", "wb", &o);
    CHECK_INT(CURLE_OK, get("/store/i", s));
    CHECK_OK(rill_close(s));
    data = test_read_file("i", &len);
    CHECK_MEM(data, len, large(), LARGE);
    free(data);
}

TEST(curl__not_open_for_it)
{
    rill *in = rill_open_view("abc", 3), *out = rill_open("out", "wb");
    CURL *curl = curl_easy_init();
    curl_mime *form = curl_mime_init(curl);
    curl_mimepart *part = curl_mime_addpart(form);

    CHECK_INT(CURLE_BAD_FUNCTION_ARGUMENT, rill_curl_write_to(curl, in));
    CHECK_INT(CURLE_BAD_FUNCTION_ARGUMENT, rill_curl_headers_to(curl, in));
    CHECK_INT(CURLE_BAD_FUNCTION_ARGUMENT, rill_curl_read_from(curl, out));
    CHECK_INT(CURLE_BAD_FUNCTION_ARGUMENT, rill_curl_mime_data(part, out));
    CHECK_INT(CURLE_BAD_FUNCTION_ARGUMENT, rill_curl_mime_data(NULL, in));
    curl_mime_free(form);
    curl_easy_cleanup(curl);
    CHECK_OK(rill_close(in));
    CHECK_OK(rill_close(out));
}

/* ---- Streams that would block --------------------------------------------- */

/* A pipe, the end of which that is a stream does not block; the other is *fd. */
static rill *open_nonblocking(const char *mode, int *fd)
{
    int ends[2], ours = mode[0] == 'w';

    CHECK_INT(0, pipe(ends));
    *fd = ends[!ours];
    CHECK_INT(0, fcntl(ends[ours], F_SETFL, O_NONBLOCK));
    return rill_open_fd(ends[ours], mode, RILL_TAKE, NULL);
}

/* Drive `curl` to its end; whenever it has nothing to do, call `help` and let
 * it go on. */
static CURLcode drive(CURL *curl, void (*help)(void *ctx), void *ctx)
{
    CURLM *multi = curl_multi_init();
    CURLcode rc = CURLE_OK;
    int running = 1, left;

    CHECK_INT(CURLM_OK, curl_multi_add_handle(multi, curl));
    while (running) {
        CHECK_INT(CURLM_OK, curl_multi_perform(multi, &running));
        CHECK_INT(CURLM_OK, curl_multi_poll(multi, NULL, 0, 1, NULL));
        help(ctx);
        curl_easy_pause(curl, CURLPAUSE_CONT);
    }
    rc = curl_multi_info_read(multi, &left)->data.result;
    curl_multi_remove_handle(multi, curl);
    curl_multi_cleanup(multi);
    return rc;
}

/* The other end of a pipe, how far it is, and how often it was asked. */
struct other_end {
    int fd;
    size_t done;
    unsigned turns;
    unsigned char *data;
};

static void take_some(void *ctx)
{
    struct other_end *e = ctx;
    ptrdiff_t n = read(e->fd, e->data + e->done, 30000);

    e->done += n > 0 ? (size_t)n : 0;
}

static void give_some(void *ctx)
{
    struct other_end *e = ctx;
    size_t left = LARGE - e->done;
    ptrdiff_t n;

    if (++e->turns % 3)
        return; /* nothing just now */
    n = write(e->fd, e->data + e->done, left < 50000 ? left : 50000);
    e->done += n > 0 ? (size_t)n : 0;
    if (e->done == LARGE && e->fd >= 0) {
        close(e->fd);
        e->fd = -1;
    }
}

TEST(curl__download_pauses)
{
    struct other_end e = {0, 0, 0, test_alloc(LARGE + 30000)};
    rill *s = rill_open_view(large(), LARGE);
    CURL *curl;

    CHECK_INT(CURLE_OK, put("/store/j", s));
    CHECK_OK(rill_close(s));
    s = open_nonblocking("wb", &e.fd);
    CHECK_INT(0, fcntl(e.fd, F_SETFL, O_NONBLOCK));
    curl = handle_for("/store/j");
    CHECK_INT(CURLE_OK, rill_curl_write_to(curl, s));
    CHECK_INT(CURLE_OK, drive(curl, take_some, &e));
    curl_easy_cleanup(curl);
    while (rill_flush(s) == RILL_EAGAIN)
        take_some(&e);
    CHECK_OK(rill_close(s));
    while (e.done < LARGE)
        take_some(&e);
    CHECK_MEM(e.data, e.done, large(), LARGE);
    close(e.fd);
    free(e.data);
}

TEST(curl__upload_pauses)
{
    struct other_end e = {0, 0, 0, large()};
    rill *s = open_nonblocking("rb", &e.fd);
    CURL *curl = handle_for("/store/k");
    struct curl_slist *headers = without_expect(curl);

    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    CHECK_INT(CURLE_OK, rill_curl_read_from(curl, s));
    CHECK_INT(CURLE_OK, drive(curl, give_some, &e));
    curl_easy_cleanup(curl);
    curl_slist_free_all(headers);
    CHECK_OK(rill_close(s));
    check_stored("/store/k", large(), LARGE);
}

/* Without a buffer nobody knows how much of a piece was taken: no bytes twice,
 * but a failure. */
TEST(curl__blocks_without_a_buffer)
{
    static const rill_step steps[] = {
        RILL_STEP_TAKES_ANY(100), RILL_STEP_BLOCKS,
        RILL_STEP_BLOCKS, /* the core asks again, to be sure */
    };
    rill_script script = {.steps = steps, .count = 3};
    rill_options o = RILL_OPTIONS_INIT;
    rill *s = rill_open_view(large(), LARGE);

    CHECK_INT(CURLE_OK, put("/store/l", s));
    CHECK_OK(rill_close(s));
    o.buffer_size = RILL_UNBUFFERED;
    s = rill_open_script(&script, &o);
    CHECK_INT(CURLE_WRITE_ERROR, get("/store/l", s));
    CHECK_STR(NULL, rill_script_problem(&script));
    rill_discard(s);
}
