"""A program whose types mypy checks: it is not run.

What is assigned to a name with a type has to be of that type.
"""
import io
from pathlib import Path
from typing import IO, BinaryIO, TextIO

import rillio


def takes_io(file: io.BufferedIOBase) -> bytes:
    return file.read()


def takes_binary(file: BinaryIO) -> int:
    return file.write(b"x")


def takes_text(file: TextIO) -> str:
    return file.readline()


text: TextIO = rillio.open("a")
saved: TextIO = rillio.open(Path("a"), "ws", encoding="utf-8")
binary: BinaryIO = rillio.open("a", "rb")
raw: rillio.FileIO = rillio.open("a", "rb", 0)
other: IO[bytes] = rillio.open_code("/a")
memory = rillio.BytesIO(b"abc")

takes_io(memory)
takes_io(rillio.BufferedReader(raw))
takes_binary(memory)
takes_text(rillio.StringIO("a"))
takes_text(rillio.TextIOWrapper(memory, "utf-8"))

value: bytes = memory.getvalue()
view: memoryview = memory.getbuffer()
size: int = memory.size
over: rillio.BytesIO = rillio.BytesIO.over(bytearray(5))

with rillio.Stream.open(Path("a"), "ws") as stream:
    stream.write(b"x")
    part: rillio.Stream = stream.section(0, size=5)
    count: int = stream.copy(memory)
line: bytes = next(iter(rillio.Stream.spool(5)))

for base in rillio.IOBase, rillio.RawIOBase:
    assert issubclass(base, io.IOBase)
try:
    pass
except rillio.UnsupportedOperation as error:
    number: "int | None" = error.errno
