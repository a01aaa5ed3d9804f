"""Real programs on rillio's files: the same bytes and results as on io's.

Each test does something with the module `io` that it is given, and returns what
came of it; it is done with the real io and with rillio.
"""
import array
import base64
import bz2
import codecs
import configparser
import contextlib
import csv
import email
import email.generator
import email.message
import gzip
import hashlib
import http.client
import http.server
import io as standard
import json
import logging
import lzma
import marshal
import mmap
import os
import pickle
import plistlib
import pprint
import random
import select
import selectors
import shelve
import shutil
import socket
import sqlite3
import struct
import subprocess
import sys
import tarfile
import tempfile
import threading
import tokenize
import traceback
import unittest
import urllib.request
import wave
import xml.etree.ElementTree
import xml.sax
import zipfile
import zlib

import rillio

try:
    import PIL.Image
except ImportError:
    PIL = None

DATA = random.Random(1).randbytes(100000) + b"the same again " * 10000
TEXT = "".join(f"{n} zwölf Boxkämpfer\r\n" for n in range(3000))
WHEN = (2020, 2, 2, 2, 2, 2)

CLIENTS = []


def client(function):
    CLIENTS.append(function)
    return function


class Clients(unittest.TestCase):
    """A test for each of CLIENTS."""

    @staticmethod
    def run_in_directory(function, module):
        with tempfile.TemporaryDirectory() as directory, \
                contextlib.chdir(directory) if hasattr(contextlib, "chdir") \
                else contextlib.nullcontext():
            return function(module)


def _test_of(function):
    def test(self):
        expected = self.run_in_directory(function, standard)
        self.assertIsNotNone(expected)
        self.assertEqual(self.run_in_directory(function, rillio), expected)

    return test


# ---- Archives and compression --------------------------------------------------

@client
def zip_in_memory(io):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED,
                       zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
            entry = zipfile.ZipInfo(f"data-{method}", WHEN)
            archive.writestr(entry, DATA, method)
        with archive.open(zipfile.ZipInfo("stream", WHEN), "w") as inner:
            shutil.copyfileobj(io.BytesIO(DATA), inner)
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        texts = [io.TextIOWrapper(archive.open(name), "latin-1").read()
                 for name in archive.namelist()]
    return file.getvalue(), texts


@client
def zip_appended_to_a_file(io):
    with io.open("a.zip", "w+b") as file:
        file.write(b"#!/usr/bin/env python3\n")
        with zipfile.ZipFile(file, "a") as archive:
            archive.writestr(zipfile.ZipInfo("x", WHEN), DATA)
        with zipfile.ZipFile(file) as archive:
            assert archive.read("x") == DATA
        file.seek(0)
        return file.read()


@client
def zip_to_a_pipe(io):
    class Unseekable(io.RawIOBase):
        def __init__(self):
            self.pieces = []

        def writable(self):
            return True

        def write(self, data):
            self.pieces.append(bytes(data))
            return len(data)

    raw = Unseekable()
    with io.BufferedWriter(raw) as file, zipfile.ZipFile(file, "w") as archive:
        archive.writestr(zipfile.ZipInfo("x", WHEN), DATA, zipfile.ZIP_DEFLATED)
    return b"".join(raw.pieces)


@client
def tar_of_all_kinds(io):
    results = []
    for mode in ":", ":xz", ":bz2", "|", "|bz2", "|xz":
        file = io.BytesIO()
        with tarfile.open(fileobj=file, mode="w" + mode) as archive:
            for size in 0, 1, 511, 512, 100000:
                entry = tarfile.TarInfo(f"size-{size}")
                entry.size = size
                archive.addfile(entry, io.BytesIO(DATA))
        file.seek(0)
        with tarfile.open(fileobj=file, mode="r" + mode) as archive:
            contents = [archive.extractfile(entry).read() for entry in archive]
        results.append((file.getvalue(), contents))
    return results


@client
def compressed_files(io):
    results = []
    for make in (lambda file, mode: gzip.GzipFile("", mode, fileobj=file,
                                                  mtime=0),
                 bz2.BZ2File, lzma.LZMAFile):
        file = io.BytesIO()
        with make(file, "w") as packed:
            packed.write(DATA)
        file.seek(0)
        with io.BufferedReader(make(file, "r")) as packed:
            packed.seek(1000)
            results.append((file.getvalue(), packed.read()))
    return results


@client
def compressed_text(io):
    file = io.BytesIO()
    with io.TextIOWrapper(gzip.GzipFile("", "w", fileobj=file, mtime=0),
                          "utf-16", newline="\r\n") as text:
        text.write("a\nb\n" * 1000)
    with io.TextIOWrapper(gzip.GzipFile(fileobj=io.BytesIO(file.getvalue())),
                          "utf-16") as text:
        return file.getvalue(), text.readlines()


@client
def checksums(io):
    file = io.BytesIO(DATA)
    digest = hashlib.sha256()
    while piece := file.read(1000):
        digest.update(piece)
    return digest.hexdigest(), zlib.crc32(file.getbuffer())


# ---- Objects and records -----------------------------------------------------

@client
def pickles(io):
    thing = {"a": [1, 2.5, None, b"x" * 70000], "b": TEXT, ("c",): {1, 2}}
    results = []
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with io.open("pickle", "wb") as file:
            pickle.dump(thing, file, protocol)
            pickle.dump("second", file, protocol)
        with io.open("pickle", "rb") as file:
            assert pickle.load(file) == thing
            assert pickle.load(file) == "second"
            results.append(file.tell())
        file = io.BytesIO()
        pickle._Pickler(file, protocol).dump([1, 2])
        results.append(pickle._Unpickler(io.BytesIO(file.getvalue())).load())
    return results


@client
def streams_pickled(io):
    file = io.BytesIO(b"abc")
    file.seek(2)
    file = pickle.loads(pickle.dumps(file))
    text = io.StringIO("a\nb", newline=None)
    text.seek(1)
    text = pickle.loads(pickle.dumps(text))
    return file.tell(), file.getvalue(), text.tell(), text.getvalue()


@client
def marshalled(io):
    with io.open("marshal", "wb") as file:
        marshal.dump([1, "two", (3.0,)], file)
    with io.open("marshal", "rb") as file:
        return marshal.load(file), marshal.load(io.BytesIO(marshal.dumps(4)))


@client
def tables(io):
    rows = [[1, 'a "quoted"', "two\nlines"], ["x", "ü", ""]] * 500
    with io.open("csv", "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    with io.open("csv", newline="", encoding="utf-8") as file:
        back = list(csv.reader(file))
    text = io.StringIO(newline="")
    csv.writer(text, "excel-tab").writerows(rows)
    return back, list(csv.DictReader(io.StringIO(text.getvalue()))), \
        text.getvalue()


@client
def json_documents(io):
    thing = [{"n": n, "text": "ü\u2028\U0001f600"} for n in range(500)]
    text = io.StringIO()
    json.dump(thing, text, ensure_ascii=False, indent=1)
    with io.open("json", "w", encoding="utf-8") as file:
        json.dump(thing, file)
    with io.open("json", "rb") as file:
        back = json.load(file)
    return text.getvalue(), back == thing, json.load(io.StringIO("[1]"))


@client
def property_lists(io):
    thing = {"data": DATA[:1000], "list": [1, 2.5, True]}
    results = []
    for form in plistlib.FMT_XML, plistlib.FMT_BINARY:
        file = io.BytesIO()
        plistlib.dump(thing, file, fmt=form)
        file.seek(0)
        results.append((file.getvalue(), plistlib.load(file)))
    return results


@client
def settings(io):
    parser = configparser.ConfigParser()
    parser.read_file(io.StringIO("[a]\nb = 1\n; c\nd: long\n  er\n"))
    text = io.StringIO()
    parser.write(text)
    return text.getvalue()


@client
def xml_documents(io):
    source = io.BytesIO(b"<?xml version='1.0' encoding='latin-1'?>"
                        b"<a><b c='\xe4'>text</b>\n<d/></a>")
    tree = xml.etree.ElementTree.parse(source)
    results = []
    for encoding in "utf-8", "utf-16", "us-ascii":
        file = io.BytesIO()
        tree.write(file, encoding, xml_declaration=True)
        results.append(file.getvalue())
    text = io.StringIO()
    tree.write(text, "unicode")
    events = []

    class Handler(xml.sax.ContentHandler):
        def startElement(self, name, attributes):
            events.append((name, dict(attributes)))

    source.seek(0)
    xml.sax.parse(source, Handler())
    return results, text.getvalue(), events


@client
def arrays(io):
    with io.open("array", "wb") as file:
        array.array("i", range(1000)).tofile(file)
    with io.open("array", "rb") as file:
        numbers = array.array("i")
        numbers.fromfile(file, 500)
        rest = bytearray(5000)
        n = file.readinto(memoryview(rest)[10:])
    return numbers.tolist(), n, bytes(rest)


@client
def base64_files(io):
    out, back = io.BytesIO(), io.BytesIO()
    base64.encode(io.BytesIO(DATA), out)
    base64.decode(io.BytesIO(out.getvalue()), back)
    return out.getvalue(), back.getvalue() == DATA


@client
def codecs_readers_and_writers(io):
    file = io.BytesIO()
    writer = codecs.getwriter("utf-16")(file)
    writer.write(TEXT)
    file.seek(0)
    both = codecs.StreamRecoder(
        io.BytesIO(TEXT.encode("utf-8")), codecs.getencoder("latin-1"),
        codecs.getdecoder("latin-1"), codecs.getreader("utf-8"),
        codecs.getwriter("utf-8"))
    return (file.getvalue(), codecs.getreader("utf-16")(file).readlines(),
            both.read())


# ---- Pictures and sound ------------------------------------------------------

if PIL:
    def _picture():
        picture = PIL.Image.new("RGB", (61, 47))
        picture.putdata([(x * 7 % 256, x * 3 % 256, x % 256)
                         for x in range(61 * 47)])
        return picture

    @client
    def pictures_in_memory(io):
        results = []
        for form in ("PNG", "JPEG", "BMP", "GIF", "TIFF", "PPM", "TGA", "PDF",
                     "ICO", "WEBP"):
            file = io.BytesIO()
            _picture().save(file, form, **(
                {"creationDate": None, "modDate": None} if form == "PDF" else {}))
            file.seek(0)
            pixels = None
            if form != "PDF":
                with PIL.Image.open(file) as back:
                    pixels = back.convert("RGB").tobytes()
            results.append((form, file.getvalue(), pixels))
        return results

    @client
    def pictures_in_files(io):
        results = []
        for form in "PNG", "JPEG", "BMP", "TIFF":
            for buffering in 0, -1:
                with io.open("picture", "w+b", buffering) as file:
                    _picture().save(file, form)
                    file.seek(0)
                    data = file.read()
                    file.seek(0)
                    with PIL.Image.open(file) as back:
                        results.append((data, back.tobytes()))
        return results


@client
def sound(io):
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setparams((2, 2, 44100, 0, "NONE", "not compressed"))
        out.writeframes(DATA[:40000])
    file.seek(0)
    with wave.open(file, "rb") as back:
        return file.getvalue(), back.getparams(), back.readframes(100)


# ---- The system --------------------------------------------------------------

@client
def processes(io):
    with io.open("in", "wb") as file:
        file.write(DATA)
    program = "import sys; sys.stdout.write(str(len(sys.stdin.buffer.read())));"
    program += "sys.stderr.write('err')"
    with io.open("in", "rb") as source, io.open("out", "w+") as out, \
            io.open("err", "wb", 0) as err:
        code = subprocess.call([sys.executable, "-c", program], stdin=source,
                               stdout=out, stderr=err)
        out.seek(0)
        text = out.read()
    with io.open("err", "rb") as err:
        refused = []
        for file in io.BytesIO(), io.StringIO():
            try:
                subprocess.call([sys.executable, "-c", ""], stdin=file)
            except standard.UnsupportedOperation as error:
                refused.append(str(error))
        return code, text, err.read(), refused


@client
def pipes(io):
    read, write = os.pipe()
    with io.open(read, "r", encoding="utf-8") as source, \
            io.open(write, "w", encoding="utf-8") as sink:
        thread = threading.Thread(target=lambda: (sink.write(TEXT),
                                                  sink.close()))
        thread.start()
        lines = source.readlines()
        thread.join()
    return lines


@client
def selected(io):
    read, write = os.pipe()
    with io.open(read, "rb", 0) as source, io.open(write, "wb", 0) as sink, \
            selectors.DefaultSelector() as selector:
        selector.register(source, selectors.EVENT_READ, "data")
        before = selector.select(0)
        sink.write(b"x")
        ready = [key.data for key, _ in selector.select()]
        again = select.select([source], [], [], 0)[0] == [source]
        return before, ready, again, source.read(10)


@client
def mapped(io):
    with io.open("map", "w+b") as file:
        file.write(DATA)
        file.flush()
        with mmap.mmap(file.fileno(), 0) as memory:
            memory[:5] = b"start"
            found = memory.find(b"the same")
        file.seek(0)
        copy = io.BytesIO()
        shutil.copyfileobj(file, copy)
        return found, copy.getvalue()


@client
def sockets(io):
    here, there = socket.socketpair()
    with here, there:
        with there.makefile("wb") as sink:
            shutil.copyfileobj(io.BytesIO(DATA[:50000]), sink)
        there.shutdown(socket.SHUT_WR)
        with io.BufferedReader(socket.SocketIO(here, "r")) as source:
            return source.read()


@client
def sent_as_a_file(io):
    here, there = socket.socketpair()
    with io.open("data", "w+b") as file, here, there:
        file.write(DATA)
        file.seek(10)
        got = io.BytesIO()
        thread = threading.Thread(target=lambda: shutil.copyfileobj(
            here.makefile("rb"), got))
        thread.start()
        sent = there.sendfile(file)
        there.shutdown(socket.SHUT_WR)
        thread.join()
        return sent, got.getvalue(), file.tell()


@client
def http_requests(io):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            shutil.copyfileobj(io.BytesIO(body), self.wfile)

        def log_message(self, *args):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            connection = http.client.HTTPConnection(*server.server_address)
            connection.request("POST", "/", io.BytesIO(DATA),
                               {"Content-Length": str(len(DATA))})
            echoed = connection.getresponse().read()
            connection.close()
            url = "http://%s:%d/" % server.server_address
            request = urllib.request.Request(
                url, io.BytesIO(DATA), {"Content-Length": str(len(DATA))})
            with urllib.request.urlopen(request) as response:
                text = io.TextIOWrapper(response, "latin-1").read()
        finally:
            server.shutdown()
            thread.join()
    return echoed, text


@client
def http_responses(io):
    class Socket:
        def makefile(self, mode):
            return io.BytesIO(b"HTTP/1.1 200 OK\r\n"
                              b"Transfer-Encoding: chunked\r\n\r\n"
                              b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n")

    response = http.client.HTTPResponse(Socket())
    response.begin()
    return response.status, response.read()


@client
def temporary_files(io):
    fd, path = tempfile.mkstemp()
    with io.open(fd, "w+") as file:
        file.write("a\nb")
        file.seek(0)
        text = file.read()
    os.remove(path)
    with tempfile.SpooledTemporaryFile(10) as spool:
        shutil.copyfileobj(io.BytesIO(DATA), spool)
        spool.seek(0)
        return text, spool.read()


@client
def databases(io):
    connection = sqlite3.connect(":memory:")
    connection.execute("create table t (a, b)")
    connection.execute("insert into t values (?, ?)",
                       (io.BytesIO(b"blob").getbuffer(), "text"))
    script = io.StringIO()
    script.writelines(f"{line}\n" for line in connection.iterdump())
    rows = connection.execute("select * from t").fetchall()
    if not hasattr(connection, "serialize"):
        return script.getvalue(), rows
    file = io.BytesIO(connection.serialize())
    other = sqlite3.connect(":memory:")
    other.deserialize(file.getvalue())
    return script.getvalue(), rows, other.execute("select b from t").fetchall()


@client
def shelves(io):
    with io.open("copy", "wb") as file:
        with shelve.open("shelf") as shelf:
            shelf["key"] = list(range(1000))
        with shelve.open("shelf") as shelf:
            pickle.dump(shelf["key"], file)
    with io.open("copy", "rb") as file:
        return pickle.load(file)


# ---- Text --------------------------------------------------------------------

@client
def messages(io):
    message = email.message.EmailMessage()
    message["Subject"] = "grüße"
    message.set_content("zwölf\n")
    message.add_attachment(DATA[:3000], maintype="a", subtype="b", filename="c")
    message.set_boundary("=====")
    file, text = io.BytesIO(), io.StringIO()
    email.generator.BytesGenerator(file).flatten(message)
    email.generator.Generator(text).flatten(message)
    back = email.message_from_binary_file(io.BytesIO(file.getvalue()))
    again = email.message_from_file(io.StringIO(text.getvalue()))
    return (file.getvalue(), text.getvalue(), back.get_payload(1).as_bytes(),
            again["subject"])


@client
def python_source(io):
    source = ("# -*- coding: latin-1 -*-\ndef f(x):\n    return 'ä' + x\n"
              .encode("latin-1"))
    return (tokenize.detect_encoding(io.BytesIO(source).readline),
            list(tokenize.tokenize(io.BytesIO(source).readline)),
            list(tokenize.generate_tokens(io.StringIO("a = 1\n").readline)))


@client
def printed(io):
    text, file = io.StringIO(), io.BytesIO()
    print("a", 1, None, sep="-", end="!", file=text, flush=True)
    pprint.pprint({n: "x" * n for n in range(30)}, stream=text)
    try:
        1 / 0
    except ZeroDivisionError as error:
        traceback.print_exception(type(error), error, None, file=text)
    wrapper = io.TextIOWrapper(file, "utf-8", line_buffering=True)
    print("ü", file=wrapper)
    handler = logging.StreamHandler(wrapper)
    handler.emit(logging.makeLogRecord({"msg": "logged"}))
    return text.getvalue(), file.getvalue()


@client
def binary_records(io):
    with io.open("records", "w+b") as file:
        for n in range(1000):
            file.write(struct.pack("<iq", n, n * n))
        file.seek(12 * 500)
        some = [struct.unpack("<iq", file.read(12)) for _ in range(10)]
        file.seek(-12, 2)
        file.write(b"\xff" * 12)
        file.seek(0)
        return some, file.read()


for _function in CLIENTS:
    setattr(Clients, "test_" + _function.__name__, _test_of(_function))


if __name__ == "__main__":
    unittest.main()
