/*
 * sndfile.c (bench) - libsndfile reads and writes sound: in memory by callbacks
 * that copy from and to a pointer, as its users write them, in a file by its
 * own system calls, and in both by a stream. A call by way of a stream takes
 * 2 ns more than one to the simplest callback, which smaller pieces would show.
 */
#include <stdio.h>
#include <string.h>

#include <rill/sndfile.h>

#include "side_by_side.h"

enum { FRAMES = 1 << 20, PIECE = 4096, HEAD = 44 };

static const char path[] = "bench_sndfile.tmp";
static unsigned char memory[HEAD + FRAMES * 2];
static sf_count_t memory_len, memory_at;

static sf_count_t memory_size(void *ctx)
{
    (void)ctx;
    return memory_len;
}

static sf_count_t memory_seek(sf_count_t offset, int whence, void *ctx)
{
    (void)ctx;
    if (whence == SEEK_CUR)
        offset += memory_at;
    if (whence == SEEK_END)
        offset += memory_len;
    return memory_at = offset;
}

static sf_count_t memory_tell(void *ctx)
{
    (void)ctx;
    return memory_at;
}

static sf_count_t memory_read(void *data, sf_count_t n, void *ctx)
{
    (void)ctx;
    if (n > memory_len - memory_at)
        n = memory_len - memory_at;
    memcpy(data, memory + memory_at, (size_t)n);
    memory_at += n;
    return n;
}

static sf_count_t memory_write(const void *data, sf_count_t n, void *ctx)
{
    (void)ctx;
    if (n > (sf_count_t)sizeof(memory) - memory_at)
        return 0;
    memcpy(memory + memory_at, data, (size_t)n);
    memory_at += n;
    if (memory_len < memory_at)
        memory_len = memory_at;
    return n;
}

static SF_VIRTUAL_IO own_io = {memory_size, memory_seek, memory_read,
                               memory_write, memory_tell};

/* Read or write all frames, in pieces as sndfile-convert does. */
static void go_through(SNDFILE *sound, int mode)
{
    static short piece[PIECE];
    sf_count_t done = 0, n;

    if (!sound)
        give_up(sf_strerror(NULL));
    do {
        n = mode == SFM_READ ? sf_readf_short(sound, piece, PIECE)
                             : sf_writef_short(sound, piece, PIECE);
        done += n;
    } while (n > 0 && done < FRAMES);
    if (done != FRAMES || sf_close(sound) != 0)
        give_up("libsndfile lost frames");
}

static SF_INFO mono(void)
{
    return (SF_INFO){0, 44100, 1, SF_FORMAT_WAV | SF_FORMAT_PCM_16, 0, 0};
}

static void memory_own(void *ctx)
{
    const int *mode = ctx;
    SF_INFO info = mono();

    memory_at = 0;
    if (*mode == SFM_WRITE)
        memory_len = 0;
    go_through(sf_open_virtual(&own_io, *mode, &info, NULL), *mode);
}

static void through(rill *s, int mode)
{
    SF_INFO info = mono();

    if (!s)
        give_up("open");
    go_through(rill_sf_open(s, mode, &info), mode);
    if (rill_close(s) < 0)
        give_up("close");
}

static void memory_ours(void *ctx)
{
    const int *mode = ctx;

    through(*mode == SFM_READ ? rill_open_view(memory, (size_t)memory_len)
                              : rill_open_fixed(memory, sizeof(memory), NULL),
            *mode);
}

static void file_own(void *ctx)
{
    const int *mode = ctx;
    SF_INFO info = mono();

    go_through(sf_open(path, *mode, &info), *mode);
}

static void file_ours(void *ctx)
{
    const int *mode = ctx;

    through(rill_open(path, *mode == SFM_READ ? "rb" : "wb+"), *mode);
}

int main(void)
{
    int mode = SFM_WRITE;
    size_t size = FRAMES * 2;

    side_by_side("libsndfile writes WAV to memory", size, memory_own,
                 memory_ours, &mode);
    side_by_side("libsndfile writes WAV to a file", size, file_own, file_ours,
                 &mode);
    mode = SFM_READ;
    side_by_side("libsndfile reads WAV from memory", size, memory_own,
                 memory_ours, &mode);
    side_by_side("libsndfile reads WAV from a file", size, file_own, file_ours,
                 &mode);
    remove(path);
    return 0;
}
