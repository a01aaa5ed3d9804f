"""Every allocation of what rillio does, made to fail in turn.

    nomemory.py LIBRARY [NAME...]     LIBRARY is failing_malloc.c's

A scenario is done again and again: with the first allocation failing, then with
the second, until one is done in which none failed. Each time it has to end with
MemoryError, or as if nothing had been: no crash, no other exception, no wrong
result.
"""
import ctypes
import faulthandler
import gc
import os
import subprocess
import sys
import tempfile

SCENARIOS = {}
TEXT = "zwölf\r\nBoxkämpfer\n" * 20
DATA = TEXT.encode()


def scenario(function):
    SCENARIOS[function.__name__] = function
    return function


@scenario
def bytesio(io, path):
    file = io.BytesIO(b"some bytes that are shared")
    file.seek(5)
    parts = [file.read(5), file.readline(), file.tell()]
    file.write(DATA * 10)
    file.writelines([b"a", b"b"])
    parts.append(file.getvalue())
    with file.getbuffer() as view:
        parts.append(bytes(view[:4]))
    file.seek(0)
    parts += [file.readlines(), file.truncate(3), file.__getstate__()]
    parts += [file.peek(), file.size, io.BytesIO.over(bytearray(b"x")).read()]
    file.readinto(bytearray(7))
    return parts + [file.take()]


@scenario
def stringio(io, path):
    file = io.StringIO(TEXT, newline=None)
    parts = [file.readline(), file.read(3), list(file), file.newlines]
    file.write("\N{SNOWMAN}" * 3000)
    file.seek(2)
    return parts + [file.getvalue(), file.truncate(), file.__getstate__()]


@scenario
def raw_file(io, path):
    with io.FileIO(path, "w+") as file:
        file.write(DATA)
        file.seek(0)
        return [file.read(3), file.readall(), file.name, file.mode, repr(file),
                file.tell(), file.truncate(5)]


@scenario
def buffered_file(io, path):
    with io.open(path, "w+b") as file:
        file.write(DATA * 10)
        file.seek(7)
        file.write(b"x")
        file.seek(0)
        return [file.readline(), file.peek(1)[:1], file.read(2000),
                file.read1(10), file.readinto(bytearray(9)), file.tell(),
                file.readlines()]


@scenario
def text_file(io, path):
    with io.open(path, "w+", encoding="utf-8", newline="") as file:
        file.write(TEXT)
        file.seek(0)
        first = file.readline()
        there = file.tell()
        rest = file.read()
        file.seek(there)
        return [first, rest, list(file), file.newlines, repr(file),
                file.encoding]


@scenario
def text_of_another_encoding(io, path):
    parts = []
    for encoding in "utf-16", "latin-1", "cp437", "ascii":
        below = io.BytesIO()
        file = io.TextIOWrapper(below, encoding, "replace", newline="\r\n",
                                write_through=True)
        file.write("zwölf\nBoxer\n")
        file.reconfigure(line_buffering=True)
        file.seek(0)
        parts += [below.getvalue(), file.read(4), file.tell(), file.read()]
        file.detach()
    return parts


@scenario
def layers_over_python(io, path):
    class Raw(io.RawIOBase):
        def __init__(self):
            self.data = DATA

        def readable(self):
            return True

        def writable(self):
            return True

        def readinto(self, buffer):
            n = min(len(buffer), 100)
            piece, self.data = self.data[:n], self.data[n:]
            buffer[:len(piece)] = piece
            return len(piece)

        def write(self, data):
            return len(data)

    pair = io.BufferedRWPair(Raw(), Raw(), 32)
    parts = [pair.read(10), pair.write(DATA), pair.peek(1)[:1], pair.readline()]
    pair.close()
    reader = io.TextIOWrapper(io.BufferedReader(Raw()), "utf-8")
    return parts + [reader.read(), Raw().readall()]


@scenario
def newline_decoder(io, path):
    decoder = io.IncrementalNewlineDecoder(None, translate=True)
    return [decoder.decode("a\r"), decoder.getstate(),
            decoder.decode("\nb\rc", True), decoder.newlines]


@scenario
def stream(io, path):
    with io.Stream.open(path, "ws") as file:
        file.write(DATA)
    with io.Stream.open(path, "rb+") as file:
        parts = [file.readline(), file.read(), file.name, repr(file)]
        part = file.section(2, 30)
        parts += [part.read(5), part.readlines()]
        part.close()
    memory = io.Stream.memory(b"abc")
    parts += [memory.copy(io.BytesIO(DATA)), memory.getvalue()]
    spool = io.Stream.spool(10)
    spool.write(DATA)
    spool.seek(0)
    return parts + [spool.readall()]


@scenario
def stream_over_python(io, path):
    import io as standard
    file = standard.BytesIO(DATA)
    with io.Stream.open(file, "rb+") as over:
        parts = [over.readline(), over.write(b"x" * 100), over.read(3)]
    lent = io.BytesIO(b"abc")
    with io.Stream.open(lent, "ab") as over:
        over.write(DATA)
    return parts + [file.getvalue(), lent.getvalue()]


@scenario
def saved_text(io, path):
    with io.open(path, "ws", encoding="utf-8") as file:
        file.write(TEXT)
    with io.open(path, encoding="utf-8") as file:
        return file.read()


def is_for_memory(error):
    """MemoryError, or what came of one."""
    while error is not None:
        if isinstance(error, MemoryError):
            return True
        error = error.__context__ or error.__cause__
    return False


def attempt(function, path, library, n):
    """Do it with the n-th allocation failing: its result, its exception, and
    whether one failed."""
    import rillio
    result = error = None
    try:
        library.fail_at(n)
        result = function(rillio, path)
    except BaseException as caught:
        error = caught
    try:
        return result, error, library.has_failed()
    except MemoryError:  # it was one of this call itself
        library.has_failed()
        return result, error, True


def run(name, library):
    """Do one scenario with each allocation failing; how many that were."""
    function = SCENARIOS[name]
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "file")
        for _ in range(3):
            expected, _, _ = attempt(function, path, library, 0)
        assert expected
        n = 0
        failed = True
        while failed:
            n += 1
            result, error, failed = attempt(function, path, library, n)
            if error is None and result != expected:
                raise AssertionError(f"{name}, allocation {n}: {result!r}")
            if error is not None and not is_for_memory(error):
                raise AssertionError(f"{name}, allocation {n}") from error
            result = error = None
            if n % 100 == 0:
                gc.collect()
    return n - 1


def child(library, name):
    faulthandler.enable()
    sys.unraisablehook = lambda _: None
    count = run(name, ctypes.CDLL(library))
    print(f"{name}: {count} allocations failed, one at a time")


def main():
    library, *names = sys.argv[1:]
    if names[:1] == ["--child"]:
        return child(library, names[1])
    failed = 0
    for name in names or SCENARIOS:
        status = subprocess.call(
            [sys.executable, __file__, library, "--child", name],
            env=dict(os.environ, LD_PRELOAD=library, PYTHONMALLOC="malloc"))
        if status != 0:
            failed += 1
            print(f"FAILED  {name}: exit status {status}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
