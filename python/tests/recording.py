"""A buffered stream and a codec in Python that note what is called."""
import codecs
import io
import random


class Buffer:
    """A buffered stream in Python that notes what is called. `short` reads
    return less than asked for, by chance, the same each time."""

    def __init__(self, data=b"", seekable=True, read1=True, short=0,
                 readable=True, writable=True):
        self.bytes = io.BytesIO(data)
        self.calls = []
        self.can = {"seekable": seekable, "readable": readable,
                    "writable": writable}
        self.random = random.Random(short) if short else None
        if read1:
            self.read1 = lambda n: self._read("read1", n)

    def note(self, name, *args):
        self.calls.append((name, *args))

    def asked(self, name):
        self.note(name)
        return self.can[name]

    def readable(self):
        return self.asked("readable")

    def writable(self):
        return self.asked("writable")

    def seekable(self):
        return self.asked("seekable")

    @property
    def closed(self):
        return self.bytes.closed

    def _read(self, name, *args):
        self.note(name, *args)
        if self.random and args and args[0] > 0:
            args = (self.random.randint(1, min(args[0], 20)),)
        return self.bytes.read(*args)

    def read(self, *args):
        return self._read("read", *args)

    def write(self, data):
        self.note("write", bytes(data))
        return self.bytes.write(data)

    def flush(self):
        self.note("flush")

    def seek(self, *args):
        self.note("seek", *args)
        return self.bytes.seek(*args)

    def tell(self):
        self.note("tell")
        return self.bytes.tell()

    def truncate(self, *args):
        self.note("truncate", *args)
        return self.bytes.truncate(*args)

    def close(self):
        self.note("close")
        self.bytes.close()


class Decoder(codecs.IncrementalDecoder):
    """Notes what is called; two bytes are a character."""

    calls = None
    state = (b"", 0)
    newlines = "mine"

    def decode(self, data, final=False):
        self.calls.append(("decode", bytes(data), final))
        data = self.state[0] + bytes(data)
        n = len(data) if final else len(data) // 2 * 2
        self.state = data[n:], self.state[1]
        return data[:n:2].decode("latin-1")

    def getstate(self):
        self.calls.append(("getstate",))
        return self.state

    def setstate(self, state):
        self.calls.append(("setstate", state))
        self.state = state

    def reset(self):
        self.calls.append(("reset",))
        self.state = b"", 0


class Encoder(codecs.IncrementalEncoder):
    calls = None

    def encode(self, text, final=False):
        self.calls.append(("encode", text, final))
        return b"".join(bytes([ord(c) & 255]) * 2 for c in text)

    def setstate(self, state):
        self.calls.append(("setstate", state))

    def reset(self):
        self.calls.append(("reset",))


class Codec:
    """A codec under the name rillio_test as long as a with statement runs,
    with other methods for its decoder and encoder if some are given."""

    def __init__(self, decoder=(), encoder=(), **info):
        self.calls = []
        self.info = codecs.CodecInfo(
            None, None, name=info.pop("name", "rillio_test"), **dict(
                dict(incrementaldecoder=type(
                         "D", (Decoder,), dict(decoder, calls=self.calls)),
                     incrementalencoder=type(
                         "E", (Encoder,), dict(encoder, calls=self.calls))),
                **info))

    def find(self, name):
        return self.info if name == "rillio_test" else None

    def __enter__(self):
        self.finder = self.find  # it is known by its identity
        codecs.register(self.finder)
        return self

    def __exit__(self, *exception):
        codecs.unregister(self.finder)
