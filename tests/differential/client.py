# client.py - the driver's other end: starts it, sends programs, reads what
# each operation did, and says so when it dies.

import os
import select
import shlex
import signal
import struct
import subprocess
import tempfile
from collections import namedtuple

Record = namedtuple("Record", "result tell failed broken data")
RECORD = struct.Struct("<qqiII")

HUNG = 600  # seconds without an answer: hung, not slow


class Died(Exception):
    """The driver ended, or hung, while it ran a program."""


class Driver:
    """A driver process of our own."""

    def __init__(self, path, folder):
        self.path = path
        self.folder = folder
        self.process = None

    def start(self):
        self.errors = tempfile.TemporaryFile()
        wrapper = shlex.split(os.environ.get("MESON_EXE_WRAPPER", ""))
        self.process = subprocess.Popen(
            [*wrapper, self.path, self.folder], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=self.errors)
        names = self.receive().decode().split()
        self.codes = {name: code for code, name in enumerate(names)}

    def stop(self):
        """End the driver; returns its exit status and what it complained
        about, as a sanitizer does."""
        process, self.process = self.process, None
        if process is None:
            return 0, []
        try:
            process.stdin.close()
        except BrokenPipeError:
            pass
        process.stdout.close()
        status = process.wait()
        self.errors.seek(0)
        complaints = self.errors.read().decode(errors="replace").splitlines()
        self.errors.close()
        return status, complaints[:40]

    def run(self, program):
        """The records of a program's operations."""
        if self.process is None:
            self.start()
        body = b"".join(op.encode(self.codes) for op in program)
        try:
            self.process.stdin.write(struct.pack("<I", len(body)) + body)
            self.process.stdin.flush()
            answer = self.receive()
        except (BrokenPipeError, EOFError):
            self.mourn()
        records, at = [], 0
        while at < len(answer):
            *numbers, length = RECORD.unpack_from(answer, at)
            at += RECORD.size
            records.append(Record(*numbers, answer[at:at + length]))
            at += length
        return records

    def receive(self):
        out = self.process.stdout
        if not select.select([out], [], [], HUNG)[0]:
            self.process.kill()
            raise EOFError
        header = out.read(4)
        if len(header) < 4:
            raise EOFError
        length = struct.unpack("<I", header)[0]
        answer = out.read(length)
        if len(answer) < length:
            raise EOFError
        return answer

    def mourn(self):
        status, complaints = self.stop()
        why = ("exit status %d" % status if status >= 0
               else signal.Signals(-status).name)
        raise Died("the driver died (%s)%s" % (
            why, "".join("\n      " + line for line in complaints)))
