"""open_codec(): packed streams, judged by Python's own codecs."""
import bz2
import gzip
import io
import lzma
import os
import pathlib
import random
import tempfile
import unittest
import zlib

import rillio
from rillio import CODECS

DATA = b"".join(b"%d %s\n" % (n, b"x" * (n * 7919 % 97)) for n in range(9000))
JUDGES = {"gzip": gzip.decompress, "bzip2": bz2.decompress,
          "xz": lzma.decompress, "lzma": lzma.decompress,
          "zlib": zlib.decompress,
          "deflate": lambda data: zlib.decompress(data, -15)}
MARKED = [name for name in CODECS if name in ("gzip", "zstd", "bzip2", "xz",
                                               "lz4")]


def packed(codec, data=DATA, **options):
    if codec == "lzma":  # which can only be read
        return lzma.compress(data, lzma.FORMAT_ALONE)
    file = io.BytesIO()
    with rillio.open_codec(file, "wb", codec, **options) as stream:
        stream.write(data)
    return file.getvalue()


@unittest.skipUnless(CODECS, "built without codecs")
class Codecs(unittest.TestCase):
    def test_there_is_gzip(self):
        self.assertIn("gzip", CODECS)

    def test_round_trip(self):
        for codec in set(CODECS) - {"lzma"}:
            for File in (io.BytesIO, rillio.BytesIO):
                with self.subTest(codec, file=File):
                    file = File()
                    with rillio.open_codec(file, "wb", codec) as stream:
                        self.assertEqual(stream.write(DATA), len(DATA))
                    self.assertLess(len(file.getvalue()), len(DATA) // 2)
                    file.seek(0)
                    with rillio.open_codec(file, codec=codec) as stream:
                        self.assertEqual(stream.readall(), DATA)

    def test_python_unpacks_it(self):
        for codec, unpack in JUDGES.items():
            if codec not in CODECS:
                continue
            with self.subTest(codec):
                self.assertEqual(unpack(packed(codec)), DATA)

    def test_what_python_packs(self):
        for codec, pack in (("gzip", gzip.compress), ("bzip2", bz2.compress),
                            ("xz", lzma.compress), ("zlib", zlib.compress)):
            if codec not in CODECS:
                continue
            with self.subTest(codec):
                file = io.BytesIO(pack(DATA))
                with rillio.open_codec(file, "rb", codec) as stream:
                    self.assertEqual(stream.readall(), DATA)

    def test_detected(self):
        for codec in MARKED:
            with self.subTest(codec):
                with rillio.open_codec(io.BytesIO(packed(codec))) as stream:
                    self.assertEqual(stream.read(10), DATA[:10])
        stream = rillio.open_codec(io.BytesIO(b"neither of them"))
        self.assertRaises(OSError, stream.read, 1)
        stream.discard()

    def test_members(self):
        both = packed("gzip", b"one") + packed("gzip", b"two")
        with rillio.open_codec(io.BytesIO(both)) as stream:
            self.assertEqual(stream.readall(), b"onetwo")
        with rillio.open_codec(io.BytesIO(both), one=True) as stream:
            self.assertEqual(stream.readall(), b"one")

    def test_text_and_lines(self):
        file = rillio.BytesIO(packed("gzip"))
        with rillio.TextIOWrapper(rillio.BufferedReader(
                rillio.open_codec(file)), encoding="ascii") as text:
            self.assertEqual("".join(text), DATA.decode())

    def test_seeks(self):
        with rillio.open_codec(io.BytesIO(packed("gzip"))) as stream:
            rng = random.Random(1)
            for _ in range(20):
                at = rng.randrange(len(DATA))
                self.assertEqual(stream.seek(at), at)
                self.assertEqual(stream.read(9), DATA[at:at + 9])

    def test_level(self):
        self.assertLess(len(packed("gzip", level=9)),
                        len(packed("gzip", level=1)))

    def test_cut_short(self):
        for codec in CODECS:
            data = packed(codec, DATA[:3000])
            for cut in range(0, len(data), 7):
                with self.subTest(codec, cut=cut):
                    stream = rillio.open_codec(io.BytesIO(data[:cut]), "rb",
                                               codec)
                    self.assertRaises(OSError, stream.readall)
                    stream.discard()

    def test_limits(self):
        bomb = packed("gzip", bytes(1 << 24))
        for limit in ({"max_size": 1 << 20}, {"max_ratio": 10}):
            stream = rillio.open_codec(io.BytesIO(bomb), **limit)
            self.assertRaises(OSError, stream.readall)
            stream.discard()
        with rillio.open_codec(io.BytesIO(bomb), max_size=1 << 24) as stream:
            self.assertEqual(len(stream.readall()), 1 << 24)


@unittest.skipUnless(CODECS, "built without codecs")
class Files(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.path = pathlib.Path(directory.name) / "file"

    def test_a_path(self):
        with rillio.open_codec(self.path, "wb", "gzip") as stream:
            stream.write(DATA)
        with gzip.open(self.path) as file:
            self.assertEqual(file.read(), DATA)
        with rillio.open_codec(self.path, "ab", "gzip") as stream:
            stream.write(b"more")
        with gzip.open(self.path) as file:
            self.assertEqual(file.read(), DATA + b"more")

    def test_a_save(self):
        self.path.write_bytes(b"old")
        with self.assertRaises(KeyError):
            with rillio.open_codec(self.path, "wbs", "gzip") as stream:
                stream.write(DATA)
                raise KeyError
        self.assertEqual(self.path.read_bytes(), b"old")
        with rillio.open_codec(self.path, "wbs", "gzip") as stream:
            stream.write(DATA)
        self.assertEqual(gzip.decompress(self.path.read_bytes()), DATA)

    def test_refused(self):
        self.path.write_bytes(b"kept")
        for mode in ("wb+", "q", "", "rw"):
            self.assertRaises(ValueError, rillio.open_codec, self.path, mode,
                              "gzip")
        self.assertRaises(LookupError, rillio.open_codec, self.path, "wb",
                          "no such")
        self.assertRaises(ValueError, rillio.open_codec, self.path, "wb")
        self.assertRaises(TypeError, rillio.open_codec)
        self.assertRaises(FileNotFoundError, rillio.open_codec,
                          os.path.join(self.path.parent, "none"))
        self.assertEqual(self.path.read_bytes(), b"kept")

    def test_a_file_that_fails(self):
        class Fails(io.RawIOBase):
            def readable(self):
                return True

            def writable(self):
                return True

            def readinto(self, buffer):
                raise KeyError("not the stream's")

            def write(self, data):
                raise OSError(28, "full")

        stream = rillio.open_codec(Fails())
        self.assertRaises(OSError, stream.read, 1)
        stream.discard()
        stream = rillio.open_codec(Fails(), "wb", "gzip")
        stream.write(DATA)
        with self.assertRaises(OSError) as caught:
            stream.close()
        self.assertEqual(caught.exception.errno, 28)


if __name__ == "__main__":
    unittest.main()
