/*
 * curl.c - downloads that appear under their names as a whole or not at all.
 *
 *     curl PICTURE.png
 *
 * The URLs are file:// ones, so that this runs anywhere; https:// is the same.
 */
#define _XOPEN_SOURCE 700
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rill/curl.h>

/* Download `url` to `s`, and close that: what was there before stays unless all
 * went well. */
static int download(const char *url, rill *s)
{
    CURL *curl = curl_easy_init();
    CURLcode rc = CURLE_OUT_OF_MEMORY;

    if (curl && s) {
        curl_easy_setopt(curl, CURLOPT_URL, url);
        curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
        rc = rill_curl_write_to(curl, s);
    }
    if (rc == CURLE_OK)
        rc = curl_easy_perform(curl);
    curl_easy_cleanup(curl);
    if (rc == CURLE_OK)
        return rill_close(s);
    printf("libcurl: %s\n", curl_easy_strerror(rc));
    rill_discard(s);
    return -1;
}

/* Whether two files have the same content. */
static int same(const char *path, const char *other)
{
    RILL_AUTO rill *a = rill_open(path, "rb");
    RILL_AUTO rill *b = rill_open(other, "rb");
    void *x = NULL, *y = NULL;
    ptrdiff_t n = a ? rill_read_all(a, &x) : -1;
    int equal =
        n > 0 && b && rill_read_all(b, &y) == n && memcmp(x, y, (size_t)n) == 0;

    rill_free(x);
    rill_free(y);
    return equal;
}

int main(int argc, char **argv)
{
    char *path = realpath(argc > 1 ? argv[1] : "picture.png", NULL);
    char url[5000];
    int ok;

    if (!path) {
        perror("realpath");
        return 1;
    }
    snprintf(url, sizeof(url), "file://%s", path);
    ok = download(url, rill_open("copy.png", "ws")) == 0;
    printf("the copy is %s\n", same(path, "copy.png") ? "whole" : "lost");

    snprintf(url, sizeof(url), "file://%s.gone", path);
    ok &= download(url, rill_open("copy.png", "ws")) < 0;
    printf("the copy is %s\n", same(path, "copy.png") ? "whole" : "lost");
    free(path);
    return !ok;
}
