/*
 * curl.c (demo) - libcurl: an upload from a stream, a download to another; the
 * server is the file system.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <rill/curl.h>

#include "carry.h"

const char carrier[] = "libcurl, up and down";

static CURLcode transfer(const char *url, rill *up, rill *down)
{
    CURL *curl = curl_easy_init();
    CURLcode rc = CURLE_OUT_OF_MEMORY;

    if (curl) {
        curl_easy_setopt(curl, CURLOPT_URL, url);
        curl_easy_setopt(curl, CURLOPT_UPLOAD, up ? 1L : 0L);
        rc =
            up ? rill_curl_read_from(curl, up) : rill_curl_write_to(curl, down);
    }
    if (rc == CURLE_OK)
        rc = curl_easy_perform(curl);
    curl_easy_cleanup(curl);
    return rc;
}

int carry(rill *from, rill *to)
{
    char url[] = "file:///tmp/rill-demo-XXXXXX", *path = url + 7;
    int fd = mkstemp(path), ok;

    if (fd < 0)
        return -1;
    close(fd);
    ok = transfer(url, from, NULL) == CURLE_OK &&
         transfer(url, NULL, to) == CURLE_OK;
    unlink(path);
    return ok ? 0 : -1;
}
