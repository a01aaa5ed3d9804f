"""What is measured: each workload is a function that is given `io` or `rillio`
as its first argument, and does the same work with both.

setup(io, directory), where there is one, makes what the work starts from; its
time does not count. `calls` is how many operations one call of the function
is; the report gives the time of one. What a target says is a ratio, the time of
rillio divided by that of io.
"""
import os
import random
import zipfile
from dataclasses import dataclass
from typing import Callable

WORKLOADS = []

LINES = b"".join(b"%06d %s\n" % (n, b"x" * (n * 7919 % 97))
                 for n in range(20000))
TEXT = LINES.decode()
WIDE = "".join(f"{n} Grüße, 世界, κόσμε {'y' * (n % 61)}\n"
               for n in range(20000))
PIECE = b"Hello World"
BLOCK = bytes(65536)


@dataclass
class Workload:
    name: str
    title: str
    work: Callable
    calls: int
    setup: Callable = None
    target: float = 0.97 ** -1  # no workload slower than 0.97 times


def workload(title, calls, setup=None, target=0.97 ** -1):
    def add(work):
        WORKLOADS.append(Workload(work.__name__, title, work, calls, setup,
                                  target))
        return work
    return add


# ---- The comparison that the question of "open or BytesIO?" is answered with

@workload("50,000 x write(b'Hello World'), getvalue()", 50000, target=0.75)
def hello_world(io, _):
    buffer = io.BytesIO()
    for _ in range(50000):
        buffer.write(b"Hello World")
    return buffer.getvalue()


# ---- BytesIO

@workload("BytesIO: write(11 bytes)", 1000, target=0.75)
def bytes_write_11(io, _):
    write = io.BytesIO().write
    for _ in range(1000):
        write(PIECE)


@workload("BytesIO: create, write, getvalue", 1000, target=0.60)
def bytes_create_write_value(io, _):
    make = io.BytesIO
    for _ in range(1000):
        b = make()
        b.write(PIECE)
        b.getvalue()


@workload("BytesIO: 64 KiB writes, 256 MiB in all", 4096, target=0.10)
def bytes_write_64k(io, _):
    write = io.BytesIO().write
    for _ in range(4096):
        write(BLOCK)


@workload("BytesIO: 64 KiB writes, 16 MiB in all", 256)
def bytes_write_64k_16m(io, _):
    write = io.BytesIO().write
    for _ in range(256):
        write(BLOCK)


@workload("BytesIO: 64 KiB writes, 16 MiB in all, getvalue", 256)
def bytes_write_64k_value(io, _):
    b = io.BytesIO()
    for _ in range(256):
        b.write(BLOCK)
    return b.getvalue()


@workload("BytesIO(bytes): create", 1000)
def bytes_create(io, _):
    make = io.BytesIO
    for _ in range(1000):
        make(PIECE)


@workload("BytesIO(): create", 1000)
def bytes_create_empty(io, _):
    make = io.BytesIO
    for _ in range(1000):
        make()


def filled(io, _):
    return io.BytesIO(LINES)


@workload("BytesIO: read(1)", 1000, filled)
def bytes_read_1(io, b):
    b.seek(0)
    read = b.read
    for _ in range(1000):
        read(1)


@workload("BytesIO: read(64)", 1000, filled)
def bytes_read_64(io, b):
    b.seek(0)
    read = b.read
    for _ in range(1000):
        read(64)


@workload("BytesIO: readinto(64)", 1000, filled)
def bytes_readinto_64(io, b):
    b.seek(0)
    readinto, into = b.readinto, bytearray(64)
    for _ in range(1000):
        readinto(into)


@workload("BytesIO: readline()", 1000, filled)
def bytes_readline(io, b):
    b.seek(0)
    readline = b.readline
    for _ in range(1000):
        readline()


@workload("BytesIO: for line in b", 20000, filled)
def bytes_iterate(io, b):
    b.seek(0)
    for _ in b:
        pass


@workload("BytesIO: getvalue() again and again", 1000, filled)
def bytes_getvalue(io, b):
    getvalue = b.getvalue
    for _ in range(1000):
        getvalue()


@workload("BytesIO: getvalue() after each write", 1000)
def bytes_getvalue_written(io, _):
    b = io.BytesIO()
    for _ in range(1000):
        b.write(PIECE)
        b.getvalue()


@workload("BytesIO: getbuffer()", 1000, filled)
def bytes_getbuffer(io, b):
    getbuffer = b.getbuffer
    for _ in range(1000):
        getbuffer().release()


@workload("BytesIO: seek(n)", 1000, filled)
def bytes_seek(io, b):
    seek = b.seek
    for _ in range(1000):
        seek(12345)


@workload("BytesIO: tell()", 1000, filled)
def bytes_tell(io, b):
    tell = b.tell
    for _ in range(1000):
        tell()


@workload("BytesIO: seek(n), read(64) at random", 1000, filled)
def bytes_random(io, b):
    at = random.Random(1)
    places = [at.randrange(len(LINES)) for _ in range(1000)]
    for place in places:
        b.seek(place)
        b.read(64)


# ---- StringIO

@workload("StringIO: write(11 characters)", 1000)
def string_write_11(io, _):
    write = io.StringIO().write
    for _ in range(1000):
        write("Hello World")


@workload("StringIO: 50,000 writes, getvalue", 50000)
def string_hello_world(io, _):
    s = io.StringIO()
    for _ in range(50000):
        s.write("Hello World")
    return s.getvalue()


@workload("StringIO: create, write, getvalue", 1000)
def string_create_write_value(io, _):
    make = io.StringIO
    for _ in range(1000):
        s = make()
        s.write("Hello World")
        s.getvalue()


def string_filled(io, _):
    return io.StringIO(TEXT)


@workload("StringIO(str): create", 1000)
def string_create(io, _):
    make = io.StringIO
    for _ in range(1000):
        make("Hello World")


@workload("StringIO: read(1)", 1000, string_filled)
def string_read_1(io, s):
    s.seek(0)
    read = s.read
    for _ in range(1000):
        read(1)


@workload("StringIO: readline()", 1000, string_filled)
def string_readline(io, s):
    s.seek(0)
    readline = s.readline
    for _ in range(1000):
        readline()


@workload("StringIO: for line in s", 20000, string_filled)
def string_iterate(io, s):
    s.seek(0)
    for _ in s:
        pass


# ---- Files

def on_disk(name, content):
    def setup(io, directory):
        path = os.path.join(directory, name)
        if not os.path.exists(path):
            with io.open(path, "wb") as f:
                f.write(content)
        return path
    return setup


small_file = on_disk("small", LINES[:1000])
lines_file = on_disk("lines", LINES)
wide_file = on_disk("wide", WIDE.encode())
large_file = on_disk("large", BLOCK * 256)


@workload("open(path, 'rb'), read, close: 1,000 bytes", 100, small_file)
def file_open_read_close(io, path):
    for _ in range(100):
        with io.open(path, "rb") as f:
            f.read()


@workload("open(path, 'wb'), write, close: 1,000 bytes", 100, small_file)
def file_open_write_close(io, path):
    for _ in range(100):
        with io.open(path + "-written", "wb") as f:
            f.write(LINES[:1000])


@workload("file: read(1)", 20000, lines_file)
def file_read_1(io, path):
    with io.open(path, "rb") as f:
        read = f.read
        for _ in range(20000):
            read(1)


@workload("file: read(64)", 10000, lines_file)
def file_read_64(io, path):
    with io.open(path, "rb") as f:
        read = f.read
        for _ in range(10000):
            read(64)


@workload("file: read(65536), 16 MiB", 256, large_file)
def file_read_64k(io, path):
    with io.open(path, "rb") as f:
        while f.read(65536):
            pass


@workload("file: read(), 16 MiB", 1, large_file)
def file_read_all(io, path):
    with io.open(path, "rb") as f:
        f.read()


@workload("file: for line in f", 20000, lines_file)
def file_iterate(io, path):
    with io.open(path, "rb") as f:
        for _ in f:
            pass


@workload("file: readline()", 20000, lines_file)
def file_readline(io, path):
    with io.open(path, "rb") as f:
        while f.readline():
            pass


@workload("file: write(11 bytes)", 50000, small_file)
def file_write_11(io, path):
    with io.open(path + "-written", "wb") as f:
        write = f.write
        for _ in range(50000):
            write(PIECE)


@workload("file: write(64 KiB), 16 MiB", 256, small_file)
def file_write_64k(io, path):
    with io.open(path + "-written", "wb") as f:
        for _ in range(256):
            f.write(BLOCK)


@workload("file: seek(n), read(64) at random", 2000, large_file)
def file_random(io, path):
    at = random.Random(2)
    places = [at.randrange(16 << 20) for _ in range(2000)]
    with io.open(path, "rb") as f:
        for place in places:
            f.seek(place)
            f.read(64)


@workload("file: tell()", 10000, lines_file)
def file_tell(io, path):
    with io.open(path, "rb") as f:
        f.read(10)
        tell = f.tell
        for _ in range(10000):
            tell()


# ---- Text files

@workload("text file: open, read, close: 1,000 bytes", 100, small_file)
def text_open_read_close(io, path):
    for _ in range(100):
        with io.open(path, encoding="utf-8") as f:
            f.read()


@workload("text file: for line in f, ASCII", 20000, lines_file)
def text_iterate(io, path):
    with io.open(path, encoding="utf-8") as f:
        for _ in f:
            pass


@workload("text file: for line in f, of many scripts", 20000, wide_file)
def text_iterate_wide(io, path):
    with io.open(path, encoding="utf-8") as f:
        for _ in f:
            pass


@workload("text file: readline()", 20000, lines_file)
def text_readline(io, path):
    with io.open(path, encoding="utf-8") as f:
        while f.readline():
            pass


@workload("text file: read(), 1.1 MB", 1, lines_file)
def text_read_all(io, path):
    with io.open(path, encoding="utf-8") as f:
        f.read()


@workload("text file: write(11 characters)", 50000, small_file)
def text_write_11(io, path):
    with io.open(path + "-written", "w", encoding="utf-8") as f:
        write = f.write
        for _ in range(50000):
            write("Hello World")


@workload("text file: print(n, file=f)", 10000, small_file)
def text_print(io, path):
    with io.open(path + "-written", "w", encoding="utf-8") as f:
        for n in range(10000):
            print(n, file=f)


# ---- Libraries that are given a stream

@workload("zipfile: write 200 members to memory, read them", 400)
def zip_in_memory(io, _):
    b = io.BytesIO()
    with zipfile.ZipFile(b, "w") as z:
        for n in range(200):
            z.writestr(f"{n}.txt", LINES[n * 1000:n * 1000 + 1000])
    b.seek(0)
    with zipfile.ZipFile(b) as z:
        for name in z.namelist():
            z.read(name)


def picture(io, _):
    from PIL import Image
    made = Image.frombytes("RGB", (400, 300), LINES[:360000])
    b = io.BytesIO()
    made.save(b, "PNG", compress_level=1)
    return made, b.getvalue()


@workload("Pillow: save a PNG to memory, load it", 1, picture)
def pillow(io, given):
    from PIL import Image
    made, saved = given
    made.save(io.BytesIO(), "PNG", compress_level=1)
    Image.open(io.BytesIO(saved)).load()
