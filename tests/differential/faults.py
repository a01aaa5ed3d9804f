# faults.py - Python sides that are wrong on purpose. `run --self-test` must
# find each and shrink the program that shows it to a few operations: the proof
# that a difference would not go unseen.

import io
import os


class ClampingSeek(io.BytesIO):
    """Seeking past the end goes to the end."""

    def seek(self, offset, whence=0):
        position = super().seek(offset, whence)
        return super().seek(min(position, len(self.getvalue())))


class ExtendingTruncate(io.BytesIO):
    """Truncating to more extends with zeros."""

    def truncate(self, size=None):
        position = self.tell()
        size = position if size is None else size
        super().truncate(size)
        if size > len(self.getvalue()):
            self.seek(0, 2)
            super().write(bytes(size - len(self.getvalue())))
            self.seek(position)
        return size


class DirtyGap(io.BytesIO):
    """A write past the end fills the gap with something else than zeros."""

    def write(self, data):
        position, end = self.tell(), len(self.getvalue())
        if data and position > end:
            self.seek(end)
            super().write(b"?" * (position - end))
        return super().write(data)


class UnlockedBuffer(io.BytesIO):
    """A view does not stop writes."""

    def getbuffer(self):
        return memoryview(bytearray(self.getvalue()))


class ForgottenAppend(io.FileIO):
    """Append mode that goes to the end once, when it is opened."""

    mode = "ab"

    def __init__(self, path):
        super().__init__(os.open(path, os.O_WRONLY | os.O_CREAT), "wb")
        self.seek(0, 2)


class LostNewline(io.BytesIO):
    """readline(n) stops one byte early."""

    def readline(self, size=-1):
        return super().readline(size - 1 if size > 1 else size)


def open_forgetting(file, mode, *args, **kwargs):
    if mode in ("ab", "ba") and isinstance(file, str):
        return ForgottenAppend(file)
    return io.open(file, mode, *args, **kwargs)


# Name: (arguments for Model, how many operations may be left after shrinking)
FAULTS = {
    "a seek that clamps": ({"bytes_io": ClampingSeek}, 4),
    "a truncate that extends": ({"bytes_io": ExtendingTruncate}, 4),
    "a gap without zeros": ({"bytes_io": DirtyGap}, 4),
    "a view that does not lock": ({"bytes_io": UnlockedBuffer}, 4),
    "an append that forgets": ({"open_io": open_forgetting}, 4),
    "a readline that stops early": ({"bytes_io": LostNewline}, 4),
}
