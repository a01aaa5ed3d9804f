#!/usr/bin/python3
"""The same faults on stdio, GIO, CPython and Rill, and what became of the data.

    tests/peers/run.py --library LIBRILL.A [--out PREFIX] [--only FAULT]

Each fault is made for real: a full file system, a limit of the process, a
signal, kill -9, or a system call that the kernel lets fail (strace --inject).
All are judged by one rule, written down before the first run:

    After the fault: was it reported by some call, before or at the end? Is what
    was acknowledged (a flush, a sync or a close that said yes) there, once?
    Where a save is offered: is the file the old one or the new one, whole?

Writes PREFIX.md and PREFIX.json. Fails if Rill fails.
"""
import argparse
import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE))
import probe  # noqa: E402  (what is written, and the exit statuses)

PEERS = {"stdio": "stdio", "gio": "GIO", "cpython": "CPython", "rill": "Rill"}
SAVES = ("gio", "rill")  # who offers a save at all
OLD = b"the old content"
WRITES = "write,pwrite64,writev,pwritev,pwritev2"
RENAMES = "rename,renameat,renameat2,link,linkat"
TIMEOUT = 600
GIB = 1 << 30

AT = {probe.REPORTED_OPEN: "open", probe.REPORTED_WRITE: "write or read",
      probe.REPORTED_FLUSH: "flush", probe.REPORTED_SYNC: "sync",
      probe.REPORTED_CLOSE: "the end"}

# Verdicts that are failures, by the rule above.
BAD = ("lost silently", "crashed", "aborted", "duplicated", "hung",
       "old file lost", "reported, then denied", "acknowledged data lost")


class Cannot(Exception):
    """This machine or this user cannot make the fault."""


def inject(calls, what, *path):
    """A command that lets system calls fail, or kills at them."""
    only = ["-P", str(path[0])] if path else []
    return ["strace", "-f", "-qq", "-o", "/dev/null", *only,
            "-e", f"trace={calls}", "-e", f"inject={calls}:{what}"]


@contextlib.contextmanager
def small_disk(directory, size):
    """A file system of `size` bytes at `directory`."""
    if os.geteuid() != 0:
        raise Cannot("needs root, to mount a small file system")
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs"]
    if subprocess.run([*mount, directory]).returncode:
        raise Cannot("tmpfs cannot be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", directory], check=True)


class Run:
    """One probe that has run: how it ended, and what it left."""

    def __init__(self, command, path, scenario, wrap=(), read=True):
        try:
            done = subprocess.run([*wrap, *command, scenario, path],
                                  timeout=TIMEOUT, capture_output=True)
            self.status = done.returncode
        except subprocess.TimeoutExpired:
            self.status = None
        self.data = path.read_bytes() if read and path.is_file() else b""

    def ended_badly(self):
        """A verdict where the program did not end by itself."""
        if self.status is None:
            return "hung"
        number = -self.status if self.status < 0 else self.status - 128
        if number in (signal.SIGABRT, signal.SIGTRAP):
            return "aborted"
        return "crashed" if number > 0 and number != signal.SIGKILL else None

    def reported(self):
        return self.status in AT

    def where(self):
        return f"reported at {AT[self.status]}"


# ---- Judges: a run to a verdict -------------------------------------------

def wrote(size):
    """All of `size` bytes, once; or a report."""
    def judge(run, _peer):
        want = probe.BYTES[:size]
        if run.reported():
            return run.where()
        if run.status == probe.ALL_WELL:
            if run.data == want:
                return "nothing lost"
            return "duplicated" if run.data == want * 2 else "lost silently"
        return ended(run)
    return judge


def synced(run, _peer):
    if run.status == probe.CANNOT:
        return "no such call"
    if run.status == probe.FORGOTTEN:
        return "reported, then denied"
    return "reported, for good" if run.reported() else "lost silently"


def saved(run, peer):
    if run.data == probe.BYTES:
        return "reported" if run.reported() else "nothing lost"
    kept = run.data == OLD
    if peer not in SAVES and not kept:
        how = "reported" if run.reported() else "not reported"
        return f"no save offered: old content gone, {how}"
    if not kept:
        return "old file lost"
    return f"{run.where()}, old file kept" if run.reported() else "old file kept"


def left_at_exit(run, _peer):
    if run.data == probe.BYTES[:probe.PIECE]:
        return "nothing lost"
    return "not written (nothing had acknowledged it)"


def directory(run, _peer):
    if run.status == probe.ALL_WELL:
        return "read as an empty file"
    return ended(run)


def truncated(run, _peer):
    if run.status == probe.DAMAGED:
        return "acknowledged data lost"
    return "seen as the end" if run.status == 0 else ended(run)


def in_memory(run, _peer):
    if run.status == probe.CANNOT:
        return "no such stream"
    if run.status == probe.DAMAGED:
        return "acknowledged data lost"
    if run.status == probe.INTACT:
        return "reported, nothing lost"
    return ended(run)


def ended(run):
    """What to say of an end that no rule was needed for."""
    if run.status == probe.ALL_WELL:
        return "nothing lost"
    return run.where() if run.reported() else f"exit status {run.status}"


def bounded(run, peer):
    if run.status == probe.ALL_WELL:
        return "lost silently"  # twice as much as there is room for
    return in_memory(run, peer)


# ---- Faults ------------------------------------------------------------------

class Bench:
    """Where probes run, and how each is called."""

    def __init__(self, work, commands):
        self.work = work
        self.commands = commands

    def place(self, content=None):
        """A new directory, and the path of the file in it."""
        directory = pathlib.Path(tempfile.mkdtemp(dir=self.work))
        path = directory / "file"
        if content is not None:
            path.write_bytes(content)
        return path

    def run(self, peer, scenario, path, wrap=()):
        run = Run(self.commands[peer], path, scenario, wrap)
        if path.is_file():
            path.unlink()
        return run


def plain(scenario, judge, content=None, wrap=()):
    """A fault that the probe or a wrapper makes by itself."""
    def fault(bench, peer):
        run = bench.run(peer, scenario, bench.place(content), wrap)
        return run.ended_badly() or judge(run, peer)
    return fault


def with_path(scenario, judge, wrap_of):
    def fault(bench, peer):
        path = bench.place()
        run = bench.run(peer, scenario, path, wrap_of(path))
        return run.ended_badly() or judge(run, peer)
    return fault


def disk_full(scenario, judge, content=None, taken=0):
    """A file system of 200 KiB, of which `taken` bytes are in use."""
    def fault(bench, peer):
        disk = bench.place().parent
        with small_disk(disk, 200 * 1024):
            path = disk / "file"
            if content is not None:
                path.write_bytes(content)
            if taken:
                with open(disk / "other", "wb", buffering=0) as other:
                    other.write(b"x" * taken)
            run = bench.run(peer, scenario, path)
        return run.ended_badly() or judge(run, peer)
    return fault


def killed(bench, peer):
    """kill -9 at the first write, the first fsync and the rename of a save."""
    verdicts, litter = [], 0
    for calls in (WRITES, "fsync,fdatasync", RENAMES):
        path = bench.place(OLD)
        wrap = inject(calls, "signal=SIGKILL:when=1")
        run = bench.run(peer, "save", path, wrap)
        verdicts.append(run.ended_badly() or saved(run, peer))
        path.write_bytes(OLD)
        bench.run(peer, "save", path)
        litter += len(list(path.parent.iterdir()))
    worst = max(verdicts, key=lambda v: (v in BAD, v.startswith("no save")))
    return worst + (", temporary files stay" if litter else "")


def much(bench, peer):
    if shutil.disk_usage(bench.work).free < 5 * GIB:
        raise Cannot("needs 5 GiB of disk")
    path = bench.place()
    run = Run(bench.commands[peer], path, "much", read=False)
    whole = path.is_file() and path.stat().st_size == 2**31 + 5
    if whole:
        with path.open("rb") as file:
            file.seek(-1, os.SEEK_END)
            whole = file.read() == b"E"
    path.unlink(missing_ok=True)
    if run.status == probe.ALL_WELL and not whole:
        return "lost silently"
    return run.ended_badly() or ended(run)


def memory_5g(bench, peer):
    with open("/proc/meminfo") as file:
        free = next(int(line.split()[1]) * 1024 for line in file
                    if line.startswith("MemAvailable"))
    if free < 14 * GIB:
        raise Cannot("needs 14 GiB of memory")
    return plain("memory-5g", in_memory)(bench, peer)


FAULTS = (
    ("full", "disk full while writing (the last write comes out short)",
     disk_full("write", wrote(probe.SIZE))),
    ("full-close", "disk full when a little is written at close",
     disk_full("write-little", wrote(probe.PIECE), taken=200 * 1024)),
    ("full-save", "disk full during a save",
     disk_full("save", saved, content=OLD)),
    ("interrupted", "EINTR at every third write",
     plain("write-interrupted", wrote(probe.SIZE),
           wrap=inject(WRITES, "error=EINTR:when=2+3"))),
    ("eio-write", "EIO at the second write, once",
     plain("write", wrote(probe.SIZE),
           wrap=inject(WRITES, "error=EIO:when=2"))),
    ("eio-sync", "EIO at fsync; the second fsync, and close, say yes",
     plain("sync", synced,
           wrap=inject("fsync,fdatasync", "error=EIO:when=1"))),
    ("eio-sync-save", "EIO at the fsync of a save",
     plain("save", saved, content=OLD,
           wrap=inject("fsync,fdatasync", "error=EIO:when=1"))),
    ("close", "close fails",
     with_path("write", wrote(probe.SIZE),
               lambda path: inject("close", "error=EIO", path))),
    ("killed", "kill -9 during a save: at a write, at fsync, at rename",
     killed),
    ("exit", "a forgotten flush: exit without close",
     plain("exit", left_at_exit)),
    ("fork", "fork with bytes in the buffer, both processes end well",
     plain("fork", wrote(probe.PIECE))),
    ("directory", "a directory is opened for reading", None),
    ("truncated", "the file is cut while it is read",
     plain("truncated", truncated, content=probe.BYTES)),
    ("much", "2 GiB and 5 bytes in one write", much),
    ("memory-short", "no more memory while a memory stream grows",
     plain("memory-short", in_memory)),
    ("memory-bounded", "memory of a fixed size is full",
     plain("memory-bounded", bounded)),
    ("memory-5g", "5 GiB in a memory stream", memory_5g),
)


def open_directory(bench, peer):
    path = bench.place().parent
    run = Run(bench.commands[peer], path, "directory")
    return run.ended_badly() or directory(run, peer)


# ---- Building, running, writing down ------------------------------------------

def build(work, library):
    """Compile the probes. Returns how each peer's is called."""
    def packages(*options):
        return subprocess.run(["pkg-config", *options, "gio-2.0"], check=True,
                              capture_output=True, text=True).stdout.split()

    extra = {
        "stdio": ([], []),
        "gio": (packages("--cflags"), packages("--libs")),
        "rill": ([f"-I{ROOT / 'include'}"], [library, "-pthread"]),
    }
    commands = {"cpython": ["/usr/bin/python3", str(HERE / "probe.py")]}
    for peer, (flags, libraries) in extra.items():
        program = work / f"probe-{peer}"
        subprocess.run(
            [os.environ.get("CC", "cc"), "-O2", "-Wall", "-Wextra", *flags,
             "-o", program, HERE / "probe.c", HERE / f"peer_{peer}.c",
             *libraries], check=True)
        commands[peer] = [str(program)]
    return commands


def versions():
    def first_line(*command):
        return subprocess.run(command, capture_output=True,
                              text=True).stdout.split("\n")[0]
    return {
        "stdio": "glibc " + os.confstr("CS_GNU_LIBC_VERSION").split()[-1],
        "gio": "GLib " + first_line("pkg-config", "--modversion", "gio-2.0"),
        "cpython": first_line("/usr/bin/python3", "--version"),
    }


def run_all(bench, only):
    rows = []
    for name, title, fault in FAULTS:
        if only and name not in only:
            continue
        row = {"fault": name, "title": title, "peers": {}}
        for peer in PEERS:
            try:
                verdict = (fault or open_directory)(bench, peer)
            except Cannot as why:
                verdict = f"not run: {why}"
            row["peers"][peer] = {"verdict": verdict,
                                  "failure": verdict.startswith(BAD)}
            print(f"{name}: {PEERS[peer]}: {verdict}", flush=True)
        rows.append(row)
    return rows


def markdown(rows):
    lines = ["| fault | " + " | ".join(PEERS.values()) + " |",
             "|---|" + "---|" * len(PEERS)]
    for row in rows:
        cells = []
        for peer in PEERS:
            cell = row["peers"][peer]
            text = cell["verdict"]
            cells.append(f"**{text}**" if cell["failure"] else text)
        lines.append(f"| {row['title']} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--library", required=True, type=pathlib.Path)
    parser.add_argument("--out", default="peers-faults")
    parser.add_argument("--only", nargs="*")
    arguments = parser.parse_args()

    with tempfile.TemporaryDirectory(prefix="peers-") as work:
        work = pathlib.Path(work)
        bench = Bench(work, build(work, arguments.library.resolve()))
        rows = run_all(bench, arguments.only)
    failures = {peer: sum(row["peers"][peer]["failure"] for row in rows)
                for peer in PEERS}
    result = {"versions": versions(), "failures": failures, "faults": rows}
    out = pathlib.Path(arguments.out)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.with_suffix(".json").write_text(json.dumps(result, indent=1) + "\n")
    out.with_suffix(".md").write_text(markdown(rows))
    print("failures: " + ", ".join(
        f"{PEERS[peer]} {count}" for peer, count in failures.items()))
    return 1 if failures["rill"] else 0


if __name__ == "__main__":
    sys.exit(main())
