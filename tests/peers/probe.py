#!/usr/bin/python3
# What probe.c does, with CPython's open() and io.BytesIO; its exit statuses.
import io
import mmap
import os
import resource
import signal
import sys

ALL_WELL = 0
REPORTED_OPEN, REPORTED_WRITE, REPORTED_FLUSH, REPORTED_SYNC = 10, 11, 12, 13
REPORTED_CLOSE, FORGOTTEN, INTACT, DAMAGED, CANNOT = 14, 20, 30, 31, 40
SIZE, PIECE, MEBIBYTE = 300000, 1000, 1024 * 1024
BYTES = bytes((i * 167 + (i >> 8) * 31) & 255 for i in range(SIZE))


def closed(file, answer):
    try:
        file.close()
    except OSError:
        return answer or REPORTED_CLOSE
    return answer


def write_file(path, size, piece, flush=True):
    try:
        file = open(path, "wb")
    except OSError:
        return REPORTED_OPEN
    answer = ALL_WELL
    try:
        for at in range(0, size, piece):
            file.write(BYTES[at:min(at + piece, size)])
    except OSError:
        answer = REPORTED_WRITE
    if flush and not answer:
        try:
            file.flush()
        except OSError:
            answer = REPORTED_FLUSH
    return closed(file, answer)


def write(path):
    return write_file(path, SIZE, PIECE)


def write_little(path):
    return write_file(path, PIECE, PIECE, flush=False)


def write_interrupted(path):
    signal.signal(signal.SIGALRM, lambda *_: None)
    signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
    answer = write_file(path, SIZE, PIECE)
    signal.setitimer(signal.ITIMER_REAL, 0)
    return answer


def sync(path):
    file = open(path, "wb")
    file.write(BYTES)
    file.flush()
    try:
        os.fsync(file.fileno())
        return ALL_WELL
    except OSError:
        pass
    try:
        os.fsync(file.fileno())
        file.close()
        return FORGOTTEN
    except OSError:
        return REPORTED_SYNC


def save(path):
    """There is no save: in place, with fsync()."""
    answer = ALL_WELL
    file = open(path, "wb")
    try:
        file.write(BYTES)
        file.flush()
        os.fsync(file.fileno())
    except OSError:
        answer = REPORTED_CLOSE
    return closed(file, answer)


def exit_early(path):
    global kept
    kept = open(path, "wb")
    kept.write(BYTES[:PIECE])
    return ALL_WELL


def fork(path):
    file = open(path, "wb")
    file.write(BYTES[:PIECE])
    child = os.fork()
    if child == 0:
        return ALL_WELL  # an ordinary exit
    os.waitpid(child, 0)
    return closed(file, ALL_WELL)


def directory(path):
    try:
        file = open(path, "rb")
    except OSError:
        return REPORTED_OPEN
    try:
        file.read(1)
    except OSError:
        return REPORTED_WRITE
    return ALL_WELL


def truncated(path):
    with open(path, "rb") as file:
        got = file.read(PIECE)
        os.truncate(path, PIECE + 10)
        try:
            got += file.read()
        except OSError:
            return REPORTED_WRITE
    return ALL_WELL if BYTES[:PIECE + 10] == got[:PIECE + 10] else DAMAGED


def much(path):
    size = 2**31 + 5
    source = mmap.mmap(-1, size)
    source[size - 1] = ord("E")
    try:
        file = open(path, "wb")
    except OSError:
        return REPORTED_OPEN
    answer = ALL_WELL
    try:
        if file.write(source) != size:
            answer = REPORTED_WRITE
    except OSError:
        answer = REPORTED_WRITE
    return closed(file, answer)


def grow_memory(most):
    stream = io.BytesIO()
    piece = b"m" * MEBIBYTE
    acknowledged = 0
    try:
        while acknowledged < most:
            stream.write(piece)
            acknowledged += MEBIBYTE
    except MemoryError:
        pass
    try:
        view = stream.getbuffer()
    except ValueError:
        return DAMAGED  # "I/O operation on closed file": a failed resize
    if len(view) < acknowledged or any(
            view[i] != ord("m") for i in range(0, acknowledged, 4096)):
        return DAMAGED
    return ALL_WELL if acknowledged == most else INTACT


def memory_short(_path):
    resource.setrlimit(resource.RLIMIT_AS, (2**29, 2**29))
    return grow_memory(2**32)


def memory_5g(_path):
    return grow_memory(5 * 2**30)


def memory_bounded(_path):
    return CANNOT  # BytesIO has no bound


SCENARIOS = {
    "write": write, "write-little": write_little,
    "write-interrupted": write_interrupted, "sync": sync, "save": save,
    "exit": exit_early, "fork": fork, "directory": directory,
    "truncated": truncated, "much": much, "memory-short": memory_short,
    "memory-5g": memory_5g, "memory-bounded": memory_bounded,
}

if __name__ == "__main__":
    # As the others: what goes wrong at exit shows in the exit status too.
    sys.exit(SCENARIOS[sys.argv[1]](sys.argv[2]))
