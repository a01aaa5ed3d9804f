# rules.py - how Rill's answers and Python's are held against each other: which
# code says what which exception says, and where the two differ on purpose.

import errno
import io

CODES = {"EINVAL": -1, "ENOTSUP": -2, "ENOMEM": -3, "EIO": -4, "ERANGE": -5,
         "ENOSPC": -6, "EAGAIN": -7, "EEOF": -8, "EBUSY": -9, "ELIMIT": -10,
         "EDATA": -11, "EINTR": -12}
EINVAL, ENOTSUP, EIO, ERANGE, ENOSPC, EEOF, EBUSY = (
    CODES[name] for name in ("EINVAL", "ENOTSUP", "EIO", "ERANGE", "ENOSPC",
                             "EEOF", "EBUSY"))
CODE_NAMES = {value: "RILL_" + name for name, value in CODES.items()}

# Every place where Rill is not compared with what this Python's io does, and
# why. Code below says self.deviates(name) where it makes use of one.
DEVIATIONS = {
    "append": "Append modes are compared with the unbuffered FileIO: "
              "BufferedWriter's tell() counts what is pending from where the "
              "position was, and only a flush moves it to the end.",
    "borrowed": "A view or fixed stream cannot grow: seeking beyond its end "
                "or before its start is EINVAL; BytesIO has no such stream.",
    "read-only memory": "A view refuses what would change it, as a file "
                        "opened for reading does; BytesIO is always writable.",
    "full": "A fixed stream takes what fits, then says ENOSPC; BytesIO has no "
            "limit.",
    "readline(0)": "IOBase.readline(0) returns b'' even where the stream "
                   "cannot be read; Rill looks at the direction first, as "
                   "read(0) does in both.",
    "append pwrite": "Linux's pwrite() on a file opened for append ignores "
                     "the offset; Rill refuses it.",
    "two mistakes": "Where a call is wrong in two ways, which one is reported "
                    "is not compared.",
    "pipe size": "truncate() and size() of a pipe are ENOTSUP, where "
                 "ftruncate() says EINVAL and Python has no size().",
    "spool memory": "A spool answers for its memory until it goes to disk; "
                    "which of the two it is depends on the threshold.",
    "raw position": "After a seek that failed, BufferedRandom.seek() of "
                    "CPython 3.11 returns numbers that are off by what was "
                    "read ahead, even negative ones; its tell() is right.",
    "file memory": "Files have no getvalue(), getbuffer() or reset(): the "
                   "AttributeError of Python is ENOTSUP.",
}


class Mismatch(Exception):
    """Rill and Python differ; str() says in what."""


class Refused(Exception):
    """The codes of which an operation must return one."""

    def __init__(self, *codes):
        super().__init__(codes)
        self.codes = codes


def codes_of(error):
    """Which codes say in Rill what `error` says in Python."""
    if isinstance(error, Refused):
        return error.codes
    if isinstance(error, (io.UnsupportedOperation, AttributeError)):
        return (ENOTSUP,)
    if isinstance(error, BufferError):
        return (EBUSY,)
    if isinstance(error, OverflowError):
        return (ERANGE, EINVAL)
    if isinstance(error, ValueError):
        return (EINVAL,)
    if isinstance(error, OSError):
        return {errno.EINVAL: (EINVAL,), errno.EBADF: (ENOTSUP,),
                errno.ESPIPE: (ENOTSUP,), errno.EFBIG: (ENOSPC,),
                errno.EISDIR: (EIO,), errno.ENOENT: (EIO,),
                errno.EEXIST: (EIO,), errno.ENOTDIR: (EIO,)}[error.errno]
    raise error


def said(result):
    return CODE_NAMES.get(result, str(result))
