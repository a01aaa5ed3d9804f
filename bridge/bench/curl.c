/*
 * curl.c (bench) - libcurl downloads a file into memory and uploads from it:
 * by callbacks that copy to and from a pointer, as its users write them, and
 * by a stream. The file is a file:// one, so that little else takes time.
 */
#define _XOPEN_SOURCE 700
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rill/curl.h>

#include "side_by_side.h"

enum { SIZE = 8 << 20 };

static unsigned char content[SIZE];
static char url[5000];

/* Memory, how much is in it, and how far the reader is. */
struct memory {
    unsigned char *data;
    size_t len, room, at;
};

static size_t append(char *data, size_t one, size_t n, void *ctx)
{
    struct memory *m = ctx;

    n *= one;
    if (m->room - m->len < n) {
        size_t room = m->room * 2 + n;
        unsigned char *p = realloc(m->data, room);

        if (!p)
            return 0;
        m->data = p;
        m->room = room;
    }
    memcpy(m->data + m->len, data, n);
    m->len += n;
    return n;
}

static size_t take(char *data, size_t one, size_t n, void *ctx)
{
    struct memory *m = ctx;

    n *= one;
    if (n > m->len - m->at)
        n = m->len - m->at;
    memcpy(data, m->data + m->at, n);
    m->at += n;
    return n;
}

static void perform(CURL *curl)
{
    curl_easy_setopt(curl, CURLOPT_URL, url);
    if (curl_easy_perform(curl) != CURLE_OK)
        give_up("libcurl failed");
}

static void download_own(void *ctx)
{
    struct memory m = {NULL, 0, 0, 0};

    curl_easy_setopt(ctx, CURLOPT_WRITEFUNCTION, append);
    curl_easy_setopt(ctx, CURLOPT_WRITEDATA, &m);
    perform(ctx);
    if (m.len != SIZE)
        give_up("cut short");
    free(m.data);
}

static void download_ours(void *ctx)
{
    rill *s = rill_open_mem(NULL);

    rill_curl_write_to(ctx, s);
    perform(ctx);
    if (rill_tell(s) != SIZE || rill_close(s) < 0)
        give_up("cut short");
}

static void upload_own(void *ctx)
{
    struct memory m = {content, SIZE, SIZE, 0};

    curl_easy_setopt(ctx, CURLOPT_READFUNCTION, take);
    curl_easy_setopt(ctx, CURLOPT_READDATA, &m);
    curl_easy_setopt(ctx, CURLOPT_INFILESIZE_LARGE, (curl_off_t)SIZE);
    perform(ctx);
}

static void upload_ours(void *ctx)
{
    rill *s = rill_open_view(content, SIZE);

    rill_curl_read_from(ctx, s);
    perform(ctx);
    if (rill_close(s) < 0)
        give_up("close");
}

/* The file to download, in the working directory. */
static void write_file(const char *name)
{
    rill *s = rill_open(name, "wb");
    char *path;

    if (!s || rill_write(s, content, SIZE) != SIZE || rill_close(s) < 0)
        give_up("cannot write");
    path = realpath(name, NULL);
    if (!path)
        give_up("realpath");
    snprintf(url, sizeof(url), "file://%s", path);
    free(path);
}

int main(void)
{
    static const char name[] = "bench_curl.tmp";
    CURL *curl = curl_easy_init();

    fill_plausibly(content, SIZE);
    write_file(name);
    side_by_side("libcurl downloads to memory", SIZE, download_own,
                 download_ours, curl);
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    snprintf(url, sizeof(url), "file:///dev/null");
    side_by_side("libcurl uploads from memory", SIZE, upload_own, upload_ours,
                 curl);
    curl_easy_cleanup(curl);
    remove(name);
    return 0;
}
