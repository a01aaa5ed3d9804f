"""TextIOWrapper and its codecs: they see the same calls as from io's, whatever
they return; and bad states and cookies do no harm."""
import codecs
import io as standard
import random
import unittest

import rillio
from compare import outcome
from recording import Buffer, Codec

NEWLINES = [None, "", "\n", "\r", "\r\n"]


@unittest.skipUnless(hasattr(codecs, "unregister"), "needs codecs.unregister")
class Codecs(unittest.TestCase):
    def same(self, test, newline="\n", seekable=True, **codec):
        """test(text) comes to the same on both, with the same calls of codec
        and buffer."""
        results = []
        for module in standard, rillio:
            with Codec(**codec) as made:
                buffer = Buffer(b"aabb\n\nccdd", seekable)
                text = []
                results.append((
                    outcome(lambda: text.append(module.TextIOWrapper(
                        buffer, "rillio_test", newline=newline))),
                    outcome(lambda: test(text[0])), buffer.calls[:],
                    made.calls[:]))
        self.assertEqual(results[1], results[0])

    def test_calls(self):
        def work(text):
            text._CHUNK_SIZE = 3
            return (text.read(1), text.tell(), text.readline(), text.tell(),
                    text.seek(text.tell()), text.write("xy\n"), text.flush(),
                    text.seek(2), text.read(1), text.tell(), text.newlines,
                    text.seek(0, 2), text.write("z"), text.seek(0),
                    text.read(), text.reconfigure(newline="\r"))

        for newline in NEWLINES:
            self.same(work, newline)

    def test_state_is_asked_only_to_tell(self):
        self.same(lambda text: (list(text), text.buffer.seek(0), text.read(1),
                                text.flush(), text.read(2)), seekable=False)

    def test_wrong_results(self):
        for decoder in [
                dict(decode=lambda *args: b"x"),
                dict(decode=lambda *args: None),
                dict(decode=lambda *args: 1 // 0),
                dict(getstate=lambda self: 5),
                dict(getstate=lambda self: ()),
                dict(getstate=lambda self: (b"",)),
                dict(getstate=lambda self: ("", 0)),
                dict(getstate=lambda self: (b"", "x")),
                dict(getstate=lambda self: (b"", 2 ** 40)),
                dict(getstate=lambda self: (b"", -1)),
                dict(setstate=lambda self, state: 1 // 0),
                dict(reset=lambda self: 1 // 0),
                dict(newlines=property(lambda self: 1 // 0)),
                dict(__init__=lambda self, errors: 1 // 0)]:
            for newline in "\n", None:
                for test in [lambda t: (t.read(1), t.tell()),
                             lambda t: t.readline(), lambda t: t.read(),
                             lambda t: (t.read(3), t.tell()),
                             lambda t: t.seek(4), lambda t: t.seek(0),
                             lambda t: t.seek(1 << 64),
                             lambda t: t.seek(0, 2), lambda t: t.newlines,
                             lambda t: t.write("x")]:
                    self.same(test, newline, decoder=decoder)
        for encoder in [dict(encode=lambda *args: "not bytes"),
                        dict(encode=lambda *args: 1 // 0),
                        dict(setstate=lambda self, state: 1 // 0),
                        dict(reset=lambda self: 1 // 0),
                        dict(__init__=lambda self, errors: 1 // 0)]:
            for test in [lambda t: (t.write("x"), t.flush()),
                         lambda t: t.seek(0), lambda t: t.seek(1),
                         lambda t: t.seek(0, 2)]:
                self.same(test, encoder=encoder)

    def test_codec_info(self):
        for info in [dict(_is_text_encoding=False),
                     dict(incrementaldecoder=None),
                     dict(incrementalencoder=None), dict(name=None),
                     dict(name="utf-8", incrementalencoder=None)]:
            self.same(lambda t: (t.write("x"), t.flush()), **info)

    def test_name_of_a_known_encoding(self):
        """Who calls itself utf-8 need not be it."""
        self.same(lambda t: (t.read(1), t.tell(), t.read()), name="utf-8")

    def test_handler_of_errors(self):
        """It sees the same; where it changes what is decoded, it gets that."""
        for result in [("?", 1), ("?", 0), ("", -1), ("x", 99), (5, 5), "no",
                       ("\udcff", 3), ("long text", 2)]:
            seen = []

            def handler(error):
                seen.append((error.encoding, bytes(error.object), error.start,
                             error.end, error.reason))
                if len(seen) > 30:
                    raise error
                return result

            codecs.register_error("rillio_test", handler)
            for encoding in "utf-8", "ascii":
                for chunk in 1, 2, 3, 100:
                    def read(module):
                        seen.clear()
                        text = module.TextIOWrapper(
                            module.BytesIO(b"a\xff\xe2\x82b\xe2"), encoding,
                            "rillio_test")
                        text._CHUNK_SIZE = chunk
                        return [outcome(text.read, n) for n in
                                (1, 1, 2, -1)], seen[:]

                    self.assertEqual(outcome(read, rillio),
                                     outcome(read, standard))

    def test_handler_that_replaces_the_bytes(self):
        def handler(error):
            error.object = b"longer than it was \xe2\x82\xac"
            return "?", 3

        codecs.register_error("rillio_test", handler)

        def read(module):
            text = module.TextIOWrapper(
                module.BytesIO(b"a\xffb\xe2\x82\xac" * 3), "utf-8",
                "rillio_test")
            text._CHUNK_SIZE = 4
            return [outcome(text.read, n) for n in (1, 2, 5, 30, -1)]

        self.assertEqual(read(rillio), read(standard))

    def test_seek_of_iso2022(self):
        """io crashes here: a decoder without a state."""
        text = rillio.TextIOWrapper(
            rillio.BytesIO("ab\u65e5c".encode("iso2022_jp")), "iso2022_jp")
        self.assertEqual(text.seek(1), 1)
        self.assertEqual(text.read(), "b\u65e5c")
        text.seek(0)
        self.assertEqual(text.read(2), "ab")
        cookie = text.tell()
        self.assertEqual(text.read(1), "\u65e5")
        inside = text.tell()
        self.assertEqual(text.read(), "c")
        text.seek(inside)
        self.assertEqual(text.read(), "c")
        text.seek(cookie)
        self.assertEqual(text.read(), "\u65e5c")

    def test_bad_cookies(self):
        """Any number is a cookie; it may be a bad one, but not worse."""
        rng = random.Random(1)
        for encoding in "utf-8", "utf-16", "shift_jis", "cp1252":
            text = rillio.TextIOWrapper(
                rillio.BytesIO("ab\u3042\r\n".encode(encoding, "ignore") * 9),
                encoding)
            for _ in range(2000):
                cookie = sum(
                    rng.choice([0, 0, 1, 5, (1 << bits) - 1, 1 << bits - 1])
                    << shift for shift, bits in
                    [(0, 64), (64, 32), (96, 32), (128, 32), (160, 8)])
                outcome(text.seek, cookie)
                outcome(text.read, 3)
                outcome(text.tell)
        with self.assertRaises(OverflowError):
            text.seek(1 << 168)
        with self.assertRaises(OSError):
            text.seek(0x80000000 << 128)
        write_only = rillio.TextIOWrapper(Buffer(readable=False), "ascii")
        with self.assertRaises(rillio.UnsupportedOperation):
            write_only.seek(1 << 128)

if __name__ == "__main__":
    unittest.main()
