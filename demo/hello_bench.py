#!/usr/bin/python3
"""hello_bench.py - collect b"Hello World" 50,000 times, both ways of Python.

The two loops of the question that Rill started from. Each is timed from
nothing to the finished bytes; the median of several rounds is printed as
"NAME<tab>SECONDS", as hello_bench.c does.
"""
import io
import statistics
import time

TIMES = 50000
MOST_ROUNDS = 15
ENOUGH = 2  # seconds for all rounds of one way


def concat():
    buffer = b""
    for i in range(0, TIMES):
        buffer += b"Hello World"
    return buffer


def bytes_io():
    buffer = io.BytesIO()
    for i in range(0, TIMES):
        buffer.write(b"Hello World")
    return buffer.getvalue()


def median_time(function):
    seconds = []
    while len(seconds) < MOST_ROUNDS and sum(seconds) < ENOUGH:
        begin = time.perf_counter()
        value = function()
        seconds.append(time.perf_counter() - begin)
        if value != b"Hello World" * TIMES:
            raise SystemExit(f"{function.__name__}: wrong result")
    return statistics.median(seconds)


for name, function in [
    ("Python: bytes +=", concat),
    ("Python: io.BytesIO", bytes_io),
]:
    print(f"{name}\t{median_time(function):.9f}", flush=True)
