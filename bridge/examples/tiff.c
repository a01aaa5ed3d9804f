/*
 * tiff.c - a file as a document of many pages, one TIFF in memory, and back.
 *
 *     tiff FILE [FILE.tif]
 *
 * Each page is a bitonal picture of 256 rows, as of a fax, whose bits are those
 * of the file; so that nothing is lost, and the whole comes back.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rill/tiff.h>

enum { ROW = 64, ROWS = 256 };

/* A page of what comes next. Returns how many bytes that was, -1 on failure;
 * libtiff has said why, on stderr. */
static ptrdiff_t write_page(TIFF *tif, rill *from)
{
    unsigned char page[ROWS * ROW];
    ptrdiff_t n = rill_read(from, page, sizeof(page));
    uint32_t rows = (uint32_t)((n + ROW - 1) / ROW);

    if (n <= 0)
        return n;
    memset(page + n, 0, sizeof(page) - (size_t)n);
    TIFFSetField(tif, TIFFTAG_SUBFILETYPE, FILETYPE_PAGE);
    TIFFSetField(tif, TIFFTAG_IMAGEWIDTH, ROW * 8);
    TIFFSetField(tif, TIFFTAG_IMAGELENGTH, rows);
    TIFFSetField(tif, TIFFTAG_ROWSPERSTRIP, rows);
    TIFFSetField(tif, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISWHITE);
    TIFFSetField(tif, TIFFTAG_COMPRESSION, COMPRESSION_PACKBITS);
    if (TIFFWriteEncodedStrip(tif, 0, page, (tmsize_t)rows * ROW) < 0 ||
        !TIFFWriteDirectory(tif))
        return -1;
    return n;
}

static int write_pages(rill *from, rill *to)
{
    TIFF *tif = rill_tiff_open(to, "pages.tif", "w", RILL_BORROW);
    ptrdiff_t n = -1;

    if (tif) {
        do
            n = write_page(tif, from);
        while (n > 0);
        TIFFClose(tif);
    }
    return n < 0 ? -1 : 0;
}

/* Count the pages, and the bytes that are as they were. */
static int compare(rill *pages, rill *with)
{
    TIFF *tif = rill_tiff_open(pages, "pages.tif", "r", RILL_BORROW);
    unsigned char page[ROWS * ROW], want[ROWS * ROW];
    int64_t same = 0;
    int count = 0;

    if (!tif)
        return -1;
    do {
        ptrdiff_t n = rill_read(with, want, sizeof(want));

        count++;
        if (n < 0 || TIFFReadEncodedStrip(tif, 0, page, sizeof(page)) < n)
            break;
        if (memcmp(page, want, (size_t)n) == 0)
            same += n;
    } while (TIFFReadDirectory(tif));
    TIFFClose(tif);
    printf("%d pages; %s\n", count,
           same == rill_size(with) ? "nothing was lost" : "something was lost");
    return same == rill_size(with) ? 0 : -1;
}

static int save(rill *pages, const char *path)
{
    rill *file = rill_open(path, "wbs");

    if (!file) {
        perror(path);
        return -1;
    }
    rill_rewind(pages);
    rill_copy(file, pages, -1);
    return rill_close(file);
}

int main(int argc, char **argv)
{
    const char *path = argc > 1 ? argv[1] : "tiff.c";
    rill *file = rill_open(path, "rb"), *pages = rill_open_mem(NULL);
    int ok = 0;

    if (!file)
        perror(path);
    else if (pages && write_pages(file, pages) == 0)
        ok = rill_rewind(file) == 0 && compare(pages, file) == 0;
    if (ok && argc > 2)
        ok = save(pages, argv[2]) == 0;
    ok &= rill_close(file) == 0;
    ok &= rill_close(pages) == 0;
    return !ok;
}
