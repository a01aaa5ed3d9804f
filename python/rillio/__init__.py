"""Python's io, on Rill: `import rillio as io`.

Everything that io has is here, under the same name, and behaves as it does
there in the Python that runs; docs/python.md says what there is beyond.

The classes themselves are in the extension _rillio. Here the four bases become
abstract classes, and are made one family with io's: an object of either module
is an instance of the bases of both.
"""
import abc
import io as _standard
import os as _os
import sys

from . import _rillio
from ._rillio import (
    DEFAULT_BUFFER_SIZE, BlockingIOError, BufferedRandom, BufferedReader,
    BufferedRWPair, BufferedWriter, BytesIO, FileIO, IncrementalNewlineDecoder,
    Stream, StringIO, TextIOWrapper, UnsupportedOperation, __version__, open,
    open_code, text_encoding)

try:
    from ._codecs import CODECS, open_codec
except ImportError:  # built where none of their libraries was
    CODECS = ()

if sys.version_info >= (3, 14):
    from io import Reader, Writer

__all__ = list(_standard.__all__)

SEEK_SET = 0
SEEK_CUR = 1
SEEK_END = 2


class IOBase(_rillio._IOBase, metaclass=abc.ABCMeta):
    __doc__ = _rillio._IOBase.__doc__

    @classmethod
    def __subclasshook__(cls, other):
        # Not by register(): each of the two would be the other's subclass,
        # and that is refused.
        if cls in _STANDARD and issubclass(other, _STANDARD[cls]):
            return True
        return NotImplemented


class RawIOBase(_rillio._RawIOBase, IOBase):
    __doc__ = _rillio._RawIOBase.__doc__


class BufferedIOBase(_rillio._BufferedIOBase, IOBase):
    __doc__ = _rillio._BufferedIOBase.__doc__


class TextIOBase(_rillio._TextIOBase, IOBase):
    __doc__ = _rillio._TextIOBase.__doc__


_STANDARD = {
    IOBase: _standard.IOBase,
    RawIOBase: _standard.RawIOBase,
    BufferedIOBase: _standard.BufferedIOBase,
    TextIOBase: _standard.TextIOBase,
}

_standard.IOBase.register(_rillio._IOBase)
_standard.RawIOBase.register(_rillio._RawIOBase)
_standard.BufferedIOBase.register(_rillio._BufferedIOBase)
_standard.TextIOBase.register(_rillio._TextIOBase)



def get_include():
    """The directory of rillio_capi.h, for those who compile C extensions."""
    return _os.path.join(_os.path.dirname(__file__), 'include')


def __getattr__(name):
    if name == 'OpenWrapper' and sys.version_info < (3, 12):
        if sys.version_info >= (3, 10):
            import warnings
            warnings.warn('OpenWrapper is deprecated, use open instead',
                          DeprecationWarning, stacklevel=2)
        globals()[name] = open
        return open
    raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
