# The types of rillio. Its classes are io's to a type checker, where a program may
# be given either; what io has not is marked so.
import abc
import builtins
import codecs
import io
import sys
from _typeshed import (
    FileDescriptorOrPath, OpenBinaryMode, OpenTextMode, ReadableBuffer, Self,
    StrOrBytesPath, WriteableBuffer)
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from types import TracebackType
from typing import IO, Any, BinaryIO, Protocol, TextIO, overload
from typing_extensions import Literal

__all__ = [
    "BlockingIOError",
    "open",
    "open_code",
    "IOBase",
    "RawIOBase",
    "FileIO",
    "BytesIO",
    "StringIO",
    "BufferedIOBase",
    "BufferedReader",
    "BufferedWriter",
    "BufferedRWPair",
    "BufferedRandom",
    "TextIOBase",
    "TextIOWrapper",
    "UnsupportedOperation",
    "SEEK_SET",
    "SEEK_CUR",
    "SEEK_END",
]
if sys.version_info >= (3, 12):
    __all__ += ["DEFAULT_BUFFER_SIZE", "IncrementalNewlineDecoder",
                "text_encoding"]
if sys.version_info >= (3, 14):
    from io import Reader as Reader, Writer as Writer

    __all__ += ["Reader", "Writer"]

__version__: str

DEFAULT_BUFFER_SIZE: int
SEEK_SET: Literal[0]
SEEK_CUR: Literal[1]
SEEK_END: Literal[2]

BlockingIOError = builtins.BlockingIOError
UnsupportedOperation = io.UnsupportedOperation

_Opener = Callable[[str, int], int]

# Modes with s, of open(): a file that appears whole when it is closed.
_SavingText = Literal[
    "ws", "was", "xs", "as", "r+s", "w+s", "a+s", "x+s", "wts", "ats", "xts",
    "sw", "sx", "sa", "ws+", "as+", "xs+", "rs+"]
_SavingBinary = Literal[
    "wbs", "abs", "xbs", "rb+s", "wb+s", "ab+s", "xb+s", "r+bs", "w+bs", "a+bs",
    "x+bs", "bws", "wsb", "asb", "xsb"]

@overload
def open(
    file: FileDescriptorOrPath,
    mode: OpenTextMode | _SavingText = "r",
    buffering: int = -1,
    encoding: str | None = None,
    errors: str | None = None,
    newline: str | None = None,
    closefd: bool = True,
    opener: _Opener | None = None,
) -> TextIOWrapper: ...
@overload
def open(
    file: FileDescriptorOrPath,
    mode: OpenBinaryMode | _SavingBinary,
    buffering: Literal[0],
    encoding: None = None,
    errors: None = None,
    newline: None = None,
    closefd: bool = True,
    opener: _Opener | None = None,
) -> FileIO: ...
@overload
def open(
    file: FileDescriptorOrPath,
    mode: OpenBinaryMode | _SavingBinary,
    buffering: int = -1,
    encoding: None = None,
    errors: None = None,
    newline: None = None,
    closefd: bool = True,
    opener: _Opener | None = None,
) -> BinaryIO: ...
@overload
def open(
    file: FileDescriptorOrPath,
    mode: str,
    buffering: int = -1,
    encoding: str | None = None,
    errors: str | None = None,
    newline: str | None = None,
    closefd: bool = True,
    opener: _Opener | None = None,
) -> IO[Any]: ...
def open_code(path: str) -> IO[bytes]: ...

# Not in io: packed streams; () and absent where built without libraries.
CODECS: tuple[str, ...]
def open_codec(
    file: FileDescriptorOrPath | _Reads | _Writes,
    mode: str = "rb",
    codec: str | None = None,
    *,
    level: int = 0,
    one: bool = False,
    max_size: int = 0,
    max_ratio: int = 0,
) -> Stream: ...

# io: text_encoding(), since 3.10.
def text_encoding(encoding: str | None, stacklevel: int = 2, /) -> str: ...

# Not in io: where rillio_capi.h is.
def get_include() -> str: ...

class IOBase(io.IOBase, metaclass=abc.ABCMeta): ...

class RawIOBase(IOBase, io.RawIOBase): ...

class BufferedIOBase(IOBase, io.BufferedIOBase): ...

class TextIOBase(IOBase, io.TextIOBase): ...  # type: ignore[misc]

class FileIO(RawIOBase, BinaryIO):  # type: ignore[misc]
    mode: str
    name: FileDescriptorOrPath  # type: ignore[assignment]
    @property
    def closefd(self) -> bool: ...
    def __init__(
        self,
        file: FileDescriptorOrPath,
        mode: str = "r",
        closefd: bool = True,
        opener: _Opener | None = None,
    ) -> None: ...
    def __enter__(self: Self) -> Self: ...
    def read(self, size: int | None = -1, /) -> bytes | Any: ...
    def write(self, b: ReadableBuffer, /) -> int | Any: ...
    def seek(self, pos: int, whence: int = 0, /) -> int: ...
    def truncate(self, size: int | None = None, /) -> int: ...

class BytesIO(BufferedIOBase, BinaryIO):  # type: ignore[misc]
    name: Any
    def __init__(self, initial_bytes: ReadableBuffer = b"") -> None: ...
    def __enter__(self: Self) -> Self: ...
    def getvalue(self) -> bytes: ...
    def getbuffer(self) -> memoryview: ...
    def read1(self, size: int | None = -1, /) -> bytes: ...
    def readlines(self, size: int | None = None, /) -> list[bytes]: ...
    def seek(self, pos: int, whence: int = 0, /) -> int: ...
    def truncate(self, size: int | None = None, /) -> int: ...
    # Not in io.
    @classmethod
    def over(cls: type[Self], buffer: ReadableBuffer, /) -> Self: ...
    @property
    def size(self) -> int: ...
    def peek(self, size: int | None = -1, /) -> bytes: ...
    def readuntil(self, delimiter: ReadableBuffer, /) -> bytes: ...
    def take(self) -> memoryview: ...
    def as_fd(self) -> AbstractContextManager[int]: ...
    def as_path(self) -> AbstractContextManager[str]: ...

class BufferedReader(BufferedIOBase, BinaryIO):  # type: ignore[misc]
    raw: io.RawIOBase
    def __init__(self, raw: io.RawIOBase, buffer_size: int = ...) -> None: ...
    def __enter__(self: Self) -> Self: ...
    def seek(self, target: int, whence: int = 0, /) -> int: ...
    def truncate(self, pos: int | None = None, /) -> int: ...
    def peek(self, size: int = 0, /) -> bytes: ...

class BufferedWriter(BufferedIOBase, BinaryIO):  # type: ignore[misc]
    raw: io.RawIOBase
    def __init__(self, raw: io.RawIOBase, buffer_size: int = ...) -> None: ...
    def __enter__(self: Self) -> Self: ...
    def seek(self, target: int, whence: int = 0, /) -> int: ...
    def truncate(self, pos: int | None = None, /) -> int: ...
    def write(self, buffer: ReadableBuffer, /) -> int: ...

class BufferedRandom(BufferedReader, BufferedWriter):
    def __enter__(self: Self) -> Self: ...
    def seek(self, target: int, whence: int = 0, /) -> int: ...
    def truncate(self, pos: int | None = None, /) -> int: ...

class BufferedRWPair(BufferedIOBase):
    def __init__(
        self,
        reader: io.RawIOBase,
        writer: io.RawIOBase,
        buffer_size: int = ...,
        /,
    ) -> None: ...
    def peek(self, size: int = 0, /) -> bytes: ...

class TextIOWrapper(TextIOBase, TextIO):  # type: ignore[misc]
    def __init__(
        self,
        buffer: IO[bytes],
        encoding: str | None = None,
        errors: str | None = None,
        newline: str | None = None,
        line_buffering: bool = False,
        write_through: bool = False,
    ) -> None: ...
    @property
    def buffer(self) -> BinaryIO: ...
    @property
    def closed(self) -> bool: ...
    @property
    def line_buffering(self) -> bool: ...
    @property
    def write_through(self) -> bool: ...
    def reconfigure(
        self,
        *,
        encoding: str | None = None,
        errors: str | None = None,
        newline: str | None = None,
        line_buffering: bool | None = None,
        write_through: bool | None = None,
    ) -> None: ...
    def __enter__(self: Self) -> Self: ...
    def __iter__(self) -> Iterator[str]: ...  # type: ignore[override]
    def __next__(self) -> str: ...  # type: ignore[override]
    def writelines(self, lines: Iterable[str], /) -> None: ...  # type: ignore[override]
    def readline(self, size: int = -1, /) -> str: ...  # type: ignore[override]
    def readlines(self, hint: int = -1, /) -> list[str]: ...  # type: ignore[override]
    def seek(self, cookie: int, whence: int = 0, /) -> int: ...
    def truncate(self, pos: int | None = None, /) -> int: ...

class StringIO(TextIOBase, TextIO):  # type: ignore[misc]
    name: Any
    def __init__(
        self, initial_value: str | None = "", newline: str | None = "\n"
    ) -> None: ...
    @property
    def line_buffering(self) -> bool: ...
    def getvalue(self) -> str: ...
    def seek(self, pos: int, whence: int = 0, /) -> int: ...
    def truncate(self, pos: int | None = None, /) -> int: ...
    def __enter__(self: Self) -> Self: ...
    def __iter__(self) -> Iterator[str]: ...  # type: ignore[override]
    def __next__(self) -> str: ...  # type: ignore[override]
    def writelines(self, lines: Iterable[str], /) -> None: ...  # type: ignore[override]
    def readline(self, size: int | None = -1, /) -> str: ...  # type: ignore[override]
    def readlines(self, hint: int = -1, /) -> list[str]: ...  # type: ignore[override]

class IncrementalNewlineDecoder(codecs.IncrementalDecoder):
    def __init__(
        self,
        decoder: codecs.IncrementalDecoder | None,
        translate: bool,
        errors: str = "strict",
    ) -> None: ...
    def decode(
        self, input: ReadableBuffer | str, final: bool = False
    ) -> str: ...
    @property
    def newlines(self) -> str | tuple[str, ...] | None: ...
    def setstate(self, state: tuple[bytes, int], /) -> None: ...

# ---- Not in io ----------------------------------------------------------------

class _Reads(Protocol):
    def read(self, size: int, /) -> bytes | None: ...

class _Writes(Protocol):
    def write(self, data: bytes, /) -> object: ...

class Stream(RawIOBase):
    name: Any
    @property
    def mode(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @classmethod
    def open(
        cls: type[Self],
        file: FileDescriptorOrPath | _Reads | _Writes,
        mode: str = "rb",
    ) -> Self: ...
    @classmethod
    def memory(cls: type[Self], data: ReadableBuffer = b"", /) -> Self: ...
    @classmethod
    def spool(cls: type[Self], threshold: int, /) -> Self: ...
    @classmethod
    def null(cls: type[Self]) -> Self: ...
    def __enter__(self: Self) -> Self: ...
    def section(self: Self, offset: int, size: int = -1) -> Self: ...
    def copy(
        self, source: StrOrBytesPath | int | _Reads, size: int | None = -1
    ) -> int: ...
    def discard(self) -> None: ...
    def sync(self) -> None: ...
    def getvalue(self) -> bytes: ...
    def peek(self, size: int | None = 0, /) -> bytes: ...
    def read(self, size: int | None = -1, /) -> bytes | None: ...
