"""What BytesIO offers beyond io.BytesIO and Python code suffices for.

A file that lives in memory only: a memfd where the system has those, otherwise
a temporary file without a name. Whoever wants a path gets that of the
descriptor, and where there is none, that of a temporary file.
"""
import contextlib
import os
import tempfile


def _fill(fd, data):
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view):]
    os.lseek(fd, 0, os.SEEK_SET)


def _bring_back(stream, file):
    """Make the file's content the stream's, if it is not that already."""
    file.seek(0)
    data = file.read()
    if data == stream.getvalue():
        return
    position = stream.tell()
    stream.seek(0)
    stream.truncate()
    stream.write(data)
    stream.seek(position)


@contextlib.contextmanager
def as_fd(stream):
    """The content as a descriptor, at its start, for the block of a with."""
    data = stream.getvalue()
    if hasattr(os, "memfd_create"):
        file = open(os.memfd_create("BytesIO"), "r+b", buffering=0)
    else:
        file = tempfile.TemporaryFile(buffering=0)
    with file:
        _fill(file.fileno(), data)
        try:
            yield file.fileno()
        finally:
            _bring_back(stream, file)


@contextlib.contextmanager
def _as_named_file(stream):
    """As as_path(), where descriptors have no paths."""
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "BytesIO")
        with open(path, "wb") as file:
            file.write(stream.getvalue())
        try:
            yield path
        finally:
            with open(path, "rb") as file:
                _bring_back(stream, file)


@contextlib.contextmanager
def as_path(stream):
    """The content under a path, for the block of a with.

    Other processes may open it, too, until the block ends.
    """
    if not os.path.isdir("/proc/self/fd"):
        with _as_named_file(stream) as path:
            yield path
        return
    with as_fd(stream) as fd:
        yield f"/proc/{os.getpid()}/fd/{fd}"
