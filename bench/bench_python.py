#!/usr/bin/python3
"""The workloads in CPython's io, on the orders that bench.c also takes.

Loops bind their method to a local name and run over itertools.repeat(), as
timeit does; what they count is the process's CPU time. The result is checked
after the clock has stopped: where summing up what was read would cost more
than reading it, by the position and the last piece.
"""
import gc
import io
import mmap
import os
import re
import shutil
import struct
import sys
import time
from itertools import repeat

BLOCK = 64 * 1024
BUFFER = 128 * 1024
MASK = (1 << 64) - 1


class Job:
    """One measurement: bench_job of bench.h."""

    def __init__(self, fields):
        self.n, self.size, self.reps, self.warm = map(int, fields[1:5])
        self.path, self.path2 = fields[6], fields[7]
        self.ns = 0
        self.value = 0.0
        self.good = True

    def start(self):
        self.ns -= time.process_time_ns()

    def stop(self):
        self.ns += time.process_time_ns()

    def check(self, good):
        self.good = self.good and bool(good)


def record(row, size):
    return bytes((row * 37 + k * 11 + 1) & 255 for k in range(size))


def records(size):
    return [record(row, size) for row in range(16)]


def word(k):
    return ((k + 1) * 0x9E3779B97F4A7C15) & MASK


def block_data():
    return struct.pack("<8192Q", *(word(k) for k in range(8192)))


def data(job, size):
    """What bench_data() makes: it would take long here, so job.path has it."""
    with open(job.path, "rb") as file:
        return file.read(size)


def line_len(i):
    return 20 + (word(i) >> 40) % 181


def offsets(n, size):
    state, found = 1, []
    for _ in range(n):
        state = (state * 6364136223846793005 + 1442695040888963407) & MASK
        found.append((state >> 16) & (size - 1) & ~63)
    return found


def piece_at(offset):
    return struct.pack("<8Q", *(word(offset // 8 + k) for k in range(8)))


def touch_memory(size):
    """As in bench.c: touch and free memory right before a measurement."""
    if size:
        with mmap.mmap(-1, size) as memory:
            memory.madvise(mmap.MADV_HUGEPAGE)
            for at in range(0, size, 4096):
                memory[at] = 1


def check_file(job, path, expected_size, expected_end):
    job.check(os.path.getsize(path) == expected_size)
    with open(path, "rb") as file:
        file.seek(-len(expected_end), os.SEEK_END)
        job.check(file.read() == expected_end)
    os.unlink(path)


# ---- Memory -----------------------------------------------------------------

def write_mem(job):
    table = records(job.size)
    order = table * (job.n // 16) + table[:job.n % 16]
    job.start()
    for rep in range(job.reps):
        stream = io.BytesIO()
        write = stream.write
        for piece in order:
            write(piece)
        value = stream.getvalue()
        if rep + 1 == job.reps:
            job.stop()
            job.check(value == b"".join(order))
            job.start()
        del stream, write, value
    job.stop()


def putc_mem(job):
    byte = b"\x07"
    job.start()
    for rep in range(job.reps):
        stream = io.BytesIO()
        write = stream.write
        for _ in repeat(None, job.n):
            write(byte)
        value = stream.getvalue()
        job.check(len(value) == job.n)
        del stream, write, value
    job.stop()


def grow_mem(job):
    block = block_data()
    job.start()
    stream = io.BytesIO()
    write = stream.write
    for _ in repeat(None, job.size // BLOCK):
        write(block)
    value = stream.getvalue()
    job.stop()
    job.check(len(value) == job.size and value[-BLOCK:] == block)
    job.start()
    del stream, write, value
    job.stop()


def read_records(job, stream, size):
    read = stream.read
    for _ in repeat(None, job.n - 1):
        read(size)
    return read(size)


def check_reads(job, stream, last, size):
    end = job.n * size
    job.check(stream.tell() == end)
    first = (end - size) // 8
    words = struct.pack("<3Q", *(word(first + k) for k in range(3)))
    skip = (end - size) % 8
    job.check(last[:8] == words[skip:skip + 8][:size])


def read_mem(job):
    stream = io.BytesIO(data(job, job.n * job.size))
    job.start()
    for _ in range(job.reps):
        stream.seek(0)
        last = read_records(job, stream, job.size)
    job.stop()
    check_reads(job, stream, last, job.size)


def getc_mem(job):
    stream = io.BytesIO(data(job, job.n))
    job.start()
    for _ in range(job.reps):
        stream.seek(0)
        last = read_records(job, stream, 1)
    job.stop()
    check_reads(job, stream, last, 1)


def lines_mem(job):
    with open(job.path, "rb") as file:
        text = file.read()
    stream = io.BytesIO(text)
    job.start()
    for _ in range(job.reps):
        stream.seek(0)
        for line in stream:
            pass
    job.stop()
    job.check(stream.tell() == len(text) and text.endswith(line))


def rand_mem(job):
    stream = io.BytesIO(data(job, job.size))
    places = offsets(job.n, job.size)
    seek, read = stream.seek, stream.read
    job.start()
    for place in places:
        seek(place)
        piece = read(64)
    job.stop()
    job.check(piece == piece_at(places[-1]))


def create(job):
    text = record(0, 11)
    make = io.BytesIO
    job.start()
    for _ in repeat(None, job.n):
        stream = make()
        stream.write(text)
        value = stream.getvalue()
    job.stop()
    job.check(value == text)


def many(job):
    text = record(0, 16) * (job.size // 16) + record(0, job.size % 16)
    streams = [None] * job.n
    before = resident()
    for i in range(job.n):
        streams[i] = io.BytesIO()
        streams[i].write(text)
    job.value = (resident() - before) / job.n - job.size


def resident():
    with open("/proc/self/smaps_rollup", "rb") as file:
        return int(re.search(rb"Rss: *(\d+)", file.read()).group(1)) * 1024


# ---- Files ------------------------------------------------------------------

def write_file(job):
    table = records(job.size)
    order = table * (job.n // 16) + table[:job.n % 16]
    for rep in range(job.reps):
        job.start()
        stream = open(job.path, "wb", BUFFER)
        write = stream.write
        for piece in order:
            write(piece)
        stream.close()
        job.stop()
        if rep + 1 < job.reps:
            os.unlink(job.path)
    check_file(job, job.path, job.n * job.size, order[-1])


def putc_file(job):
    byte = b"\x07"
    for rep in range(job.reps):
        job.start()
        stream = open(job.path, "wb", BUFFER)
        write = stream.write
        for _ in repeat(None, job.n):
            write(byte)
        stream.close()
        job.stop()
        if rep + 1 < job.reps:
            os.unlink(job.path)
    check_file(job, job.path, job.n, byte)


def read_sized(job, size):
    for rep in range(job.reps):
        job.start()
        stream = open(job.path, "rb", BUFFER)
        last = read_records(job, stream, size)
        job.stop()
        if rep + 1 == job.reps:
            check_reads(job, stream, last, size)
        job.start()
        stream.close()
        job.stop()


def read_file(job):
    read_sized(job, job.size)


def getc_file(job):
    read_sized(job, 1)


def lines_file(job):
    job.start()
    for _ in range(job.reps):
        with open(job.path, "rb", BUFFER) as stream:
            for line in stream:
                pass
    job.stop()
    job.check(len(line) == line_len(job.n - 1))


def read_bulk(job):
    block = bytearray(BLOCK)
    count = 0
    job.start()
    with open(job.path, "rb", 0) as stream:
        readinto = stream.readinto
        while readinto(block):
            count += 1
    job.stop()
    job.check(count == job.n)
    job.check(block[:8] == struct.pack("<Q", word((job.n - 1) * BLOCK // 8)))


def write_bulk(job):
    block = block_data()
    job.start()
    with open(job.path, "wb", 0) as stream:
        write = stream.write
        for _ in repeat(None, job.n):
            write(block)
    job.stop()
    check_file(job, job.path, job.n * BLOCK, block)


def load(job):
    job.start()
    with open(job.path, "rb") as stream:
        content = stream.read()
    job.stop()
    job.check(len(content) == job.size)
    job.check(content[-8:] == struct.pack("<Q", word(job.size // 8 - 1)))
    job.start()
    del content
    job.stop()


def save(job):
    stream = io.BytesIO(data(job, job.size))
    value = stream.getvalue()
    out = job.path2
    job.start()
    with open(out, "wb") as file:
        file.write(value)
    job.stop()
    check_file(job, out, job.size, value[-64:])


def copy_file(job):
    job.start()
    shutil.copyfile(job.path, job.path2)
    job.stop()
    check_file(job, job.path2, job.size,
               struct.pack("<Q", word(job.size // 8 - 1)))


def rand_file(job):
    places = offsets(job.n, job.size)
    job.start()
    stream = open(job.path, "rb", 0)
    seek, read = stream.seek, stream.read
    for place in places:
        seek(place)
        piece = read(64)
    stream.close()
    job.stop()
    job.check(piece == piece_at(places[-1]))


def open_close(job):
    job.start()
    for _ in repeat(None, job.n):
        with open(job.path, "rb") as stream:
            text = stream.read(1024)
    job.stop()
    job.check(len(text) == 1024 and text[:64] == piece_at(0))


WORKLOADS = [write_mem, putc_mem, grow_mem, read_mem, getc_mem, lines_mem,
             rand_mem, create, many, write_file, putc_file, read_file,
             getc_file, lines_file, read_bulk, write_bulk, load, save,
             copy_file, rand_file, open_close]


def execute(order):
    fields = order.split()
    function = next(f for f in WORKLOADS if f.__name__ == fields[0])
    job = Job(fields)
    gc.disable()
    touch_memory(int(fields[5]))
    if job.warm:
        function(job)
        job.ns = 0
    function(job)
    print(f"{job.ns} {job.value:.3f} {int(job.good)}")


def main():
    if sys.argv[1:] == ["list"]:
        print("\n".join(f.__name__ for f in WORKLOADS))
    elif sys.argv[1:2] == ["run"]:
        execute(sys.argv[2])
    else:
        sys.exit(f"usage: {sys.argv[0]} list | run ORDER")


main()
