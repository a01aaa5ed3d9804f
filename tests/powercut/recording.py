"""What a program does to a directory, as strace saw it.

record() runs a program and turns its system calls into events: a name is
given or taken, bytes are written, a size or an attribute is set, something is
synced, the program acknowledges. It keeps the files as they are meanwhile, and
compares them with the real directory in the end, so that nothing can have
been missed. A call that it does not know, or that changes files in a way it
cannot see (a shared mapping), ends the check with Unknown.
"""
import os
import re
import stat
import subprocess

# The program says that a save has succeeded by looking for this.
ACKNOWLEDGED = "/acknowledged"

# Calls that change nothing that is recorded here.
HARMLESS = set("""
    arch_prctl brk clock_gettime execve exit exit_group faccessat2
    fgetxattr flistxattr flock fstat fstatfs futex getcwd getdents64 getegid
    geteuid getgid getpid getrandom getrlimit gettid getuid madvise
    mprotect munmap newfstatat pread64 preadv prlimit64 readlink readlinkat
    rseq rt_sigaction rt_sigprocmask set_robust_list set_tid_address
    sigaltstack stat statx sysinfo uname
""".split())

LINE = re.compile(r"(\w+)\((.*)\) += (-?\w+)")
MOST_LINKS = 40
LONGEST = 1 << 20  # bytes that strace shows of one call


class Unknown(Exception):
    """The program did something that cannot be followed."""


class File:
    """A file: as it was when recording began, and as it is."""

    def __init__(self, content=b"", attributes=None):
        self.first_content = content
        self.first_attributes = dict(attributes or {})
        self.content = bytearray(content)
        self.attributes = dict(self.first_attributes)

    def version(self):
        return bytes(self.content), frozenset(self.attributes.items())


class Link:
    """A symbolic link."""

    def __init__(self, target):
        self.target = target


class Event:
    """One change, or a sync, or an acknowledgement.

    names       changes: (directory, name) -> File, Link or None
    file, write, size, attribute
                the file that was changed; (offset, bytes), a size, (key, value)
    sync        the File or the directory that was synced
    attributes  whether that sync included attributes
    version     of an acknowledgement: nothing else
    """

    def __init__(self, text, **what):
        self.text = text
        self.names = what.get("names", {})
        self.replaced = what.get("replaced", False)
        self.file = what.get("file")
        self.write = what.get("write")
        self.size = what.get("size")
        self.attribute = what.get("attribute")
        self.sync = what.get("sync")
        self.attributes = what.get("attributes", True)
        self.acknowledged = what.get("acknowledged", False)


def apply(content, event):
    """Change a bytearray as a write or a cut does."""
    if event.write:
        offset, data = event.write
        if offset > len(content):
            content.extend(bytes(offset - len(content)))
        content[offset:offset + len(data)] = data
    elif event.size < len(content):
        del content[event.size:]
    else:
        content.extend(bytes(event.size - len(content)))


def attributes_of(path):
    """Owner, permissions, extended attributes."""
    info = os.lstat(path)
    found = {"mode": stat.S_IMODE(info.st_mode), "uid": info.st_uid,
             "gid": info.st_gid}
    for name in os.listxattr(path, follow_symlinks=False):
        found[name] = os.getxattr(path, name, follow_symlinks=False)
    return found


def snapshot(root):
    """The names below a directory: (directory, name) -> File or Link."""
    names, directories = {}, {""}
    for path, below, files in os.walk(root):
        directory = "" if path == root else os.path.relpath(path, root)
        directories.update(os.path.join(directory, name) for name in below)
        for name in files + below:
            full = os.path.join(path, name)
            if os.path.islink(full):
                names[directory, name] = Link(os.readlink(full))
                directories.discard(os.path.join(directory, name))
            elif os.path.isfile(full):
                with open(full, "rb") as f:
                    names[directory, name] = File(f.read(),
                                                  attributes_of(full))
    return names, directories


def resolve(names, directories, root, directory, path, follow=True):
    """Where a path leads: (directory, name), with the name "" for a directory
    itself. None: out of the root."""
    for _ in range(MOST_LINKS + 1):
        whole = os.path.normpath(os.path.join(root, directory, path))
        if whole == root:
            return "", ""
        if not whole.startswith(root + "/"):
            return None
        whole = whole[len(root) + 1:]
        if whole in directories:
            return whole, ""
        directory, name = os.path.split(whole)
        node = names.get((directory, name))
        if not isinstance(node, Link) or not follow:
            return directory, name
        path = node.target
    return None


class Handle:
    """What a descriptor stands for: a File, a directory, or a pipe."""

    def __init__(self, file=None, directory=None, appends=False):
        self.file = file
        self.directory = directory
        self.appends = appends
        self.offset = 0
        self.pipe = bytearray()


def split(text):
    """The arguments of a call. Strings are in hexadecimal: no commas there."""
    found, depth, start = [], 0, 0
    for at, char in enumerate(text):
        if char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
        elif char == "," and depth == 0:
            found.append(text[start:at].strip())
            start = at + 1
    return found + [text[start:].strip()]


def string(argument):
    """The bytes of a string argument."""
    if not argument.startswith('"') or argument.endswith("..."):
        raise Unknown(f"strace shows {argument[:40]}")
    return bytes.fromhex(argument[1:-1].replace("\\x", ""))


def path_of(argument):
    return os.fsdecode(string(argument))


def number(text):
    """A number as strace shows it: decimal, 0x..., or octal."""
    digits = re.match(r"-?\w+", text)[0]
    return int(digits, 8 if re.match(r"-?0\d", digits) else 0)


class Recorder:
    """Follows the calls of one process, one after the other."""

    def __init__(self, root):
        self.root = root
        self.names, self.directories = snapshot(root)
        self.first_names = dict(self.names)
        self.handles = {}
        self.events = []
        self.mask = os.umask(0)
        os.umask(self.mask)

    # ---- Small parts --------------------------------------------------------

    def add(self, text, **what):
        event = Event(text, **what)
        self.events.append(event)
        self.names.update(event.names)
        for key in [key for key in event.names if event.names[key] is None]:
            del self.names[key]
        if event.attribute:
            key, value = event.attribute
            event.file.attributes[key] = value
            if value is None:
                del event.file.attributes[key]
        elif event.file:
            apply(event.file.content, event)

    def find(self, at, path, follow=True):
        """The (directory, name) of a path, None outside of the root."""
        directory = ""
        if at != "AT_FDCWD" and not path.startswith("/"):
            handle = self.handle(at)
            if handle is None or handle.directory is None:
                return None
            directory = handle.directory
        return resolve(self.names, self.directories, self.root, directory,
                       path, follow)

    def handle(self, argument):
        return self.handles.get(number(argument))

    def file(self, argument):
        handle = self.handle(argument)
        return handle.file if handle else None

    def name_of(self, file):
        for (directory, name), node in self.names.items():
            if node is file:
                return os.path.join(directory, name)
        return "a file without a name"

    def wrote(self, handle, data, offset=None):
        """Bytes have arrived, at `offset` or at the handle's own."""
        at = handle.offset if offset is None else offset
        if handle.appends:
            at = len(handle.file.content)
        if offset is None:
            handle.offset = at + len(data)
        self.add(f"write {len(data)} bytes at {at} of "
                 f"{self.name_of(handle.file)}",
                 file=handle.file, write=(at, bytes(data)))

    def set_attribute(self, argument, key, value):
        if self.file(argument):
            self.add(f"{key} of {self.name_of(self.file(argument))}",
                     file=self.file(argument), attribute=(key, value))

    # ---- One method for each call -------------------------------------------

    def call_openat(self, args, result):
        directory, path, flags = args[0], path_of(args[1]), args[2]
        follow = "O_NOFOLLOW" not in flags and "O_EXCL" not in flags
        place = self.find(directory, path, follow)
        self.handles.pop(result, None)
        if place is None:
            return
        if not place[1]:
            self.handles[result] = Handle(directory=place[0])
            return
        if "O_TMPFILE" in flags:
            raise Unknown("O_TMPFILE")
        if place not in self.names:
            mode = number(args[3]) & ~self.mask
            self.add(f"create {place[1]}", names={place: File(attributes={
                "mode": mode, "uid": os.getuid(), "gid": os.getgid()})})
        file = self.names[place]
        self.handles[result] = Handle(file, appends="O_APPEND" in flags)
        if "O_TRUNC" in flags and file.content:
            self.add(f"cut {place[1]}", file=file, size=0)

    def call_umask(self, args, result):
        self.mask = number(args[0])

    def call_close(self, args, result):
        self.handles.pop(number(args[0]), None)

    def call_fcntl(self, args, result):
        if "F_DUPFD" in args[1] and self.handle(args[0]):
            raise Unknown("a copy of a descriptor")

    def call_mmap(self, args, result):
        if "MAP_SHARED" in args[3] and "PROT_WRITE" in args[2] and \
                self.file(args[4]):
            raise Unknown("a shared mapping: its stores are no calls")

    def call_read(self, args, result):
        handle = self.handle(args[0])
        if handle:
            handle.offset += result

    call_readv = call_read

    def call_lseek(self, args, result):
        handle = self.handle(args[0])
        if handle:
            handle.offset = result

    def call_write(self, args, result):
        if self.file(args[0]):
            self.wrote(self.handle(args[0]), string(args[1])[:result])

    def call_pwrite64(self, args, result):
        if self.file(args[0]):
            self.wrote(self.handle(args[0]), string(args[1])[:result],
                       number(args[3]))

    def call_writev(self, args, result):
        if self.file(args[0]):
            self.wrote(self.handle(args[0]), pieces(args[1])[:result])

    def call_pwritev(self, args, result):
        if self.file(args[0]):
            self.wrote(self.handle(args[0]), pieces(args[1])[:result],
                       number(args[3]))

    def call_pipe2(self, args, result):
        shared = Handle()
        for fd in re.findall(r"\d+", args[0]):
            self.handles[int(fd)] = shared

    def call_splice(self, args, result):
        source, target = self.handle(args[0]), self.handle(args[2])
        if source is None or target is None:
            raise Unknown("splice of what was not opened here")
        if source.file:
            at = place_of(args[1], source)
            data = source.file.content[at:at + result]
        else:
            data = source.pipe[:result]
            del source.pipe[:result]
        if target.file:
            self.wrote(target, data, place_of(args[3], target))
        else:
            target.pipe += data

    def call_ioctl(self, args, result):
        if "CLONE" not in args[1]:
            return
        what = {key: int(value, 0) for key, value in
                re.findall(r"(\w+)=(\w+)", args[2])}
        at = what["src_offset"]
        source = self.handles[what["src_fd"]].file.content
        end = at + what["src_length"] if what["src_length"] else len(source)
        self.wrote(self.handle(args[0]), source[at:end], what["dest_offset"])

    def call_ftruncate(self, args, result):
        if self.file(args[0]):
            self.add(f"size of {self.name_of(self.file(args[0]))}",
                     file=self.file(args[0]), size=number(args[1]))

    def call_fallocate(self, args, result):
        if args[1] != "FALLOC_FL_KEEP_SIZE":
            raise Unknown(f"fallocate with {args[1]}")

    def call_fsync(self, args, result, attributes=True):
        handle = self.handle(args[0])
        if handle and handle.file:
            self.add(f"sync {self.name_of(handle.file)}", sync=handle.file,
                     attributes=attributes)
        elif handle:
            self.add(f"sync directory {handle.directory or '.'}",
                     sync=handle.directory)

    def call_fdatasync(self, args, result):
        self.call_fsync(args, result, attributes=False)

    def call_fchmod(self, args, result):
        self.set_attribute(args[0], "mode", number(args[1]))

    def call_fchown(self, args, result):
        for key, value in (("uid", args[1]), ("gid", args[2])):
            if value != "-1":
                self.set_attribute(args[0], key, int(value))

    def call_fsetxattr(self, args, result):
        name = path_of(args[1])
        if name.startswith("system."):
            raise Unknown(f"{name}: changes more than itself")
        self.set_attribute(args[0], name, string(args[2])[:number(args[3])])

    def call_fremovexattr(self, args, result):
        self.set_attribute(args[0], path_of(args[1]), None)

    def call_renameat2(self, args, result):
        source = self.find(args[0], path_of(args[1]), follow=False)
        target = self.find(args[2], path_of(args[3]), follow=False)
        if source is None and target is None:
            return
        if source not in self.names or target is None or \
                "RENAME_EXCHANGE" in args[-1]:
            raise Unknown("a rename of another kind")
        self.add(f"rename {source[1]} to {target[1]}",
                 names={target: self.names[source], source: None},
                 replaced=target in self.names)

    def call_renameat(self, args, result):
        self.call_renameat2(args, result)

    def call_rename(self, args, result):
        self.call_renameat2(["AT_FDCWD", args[0], "AT_FDCWD", args[1]], result)

    def call_linkat(self, args, result):
        source = self.find(args[0], path_of(args[1]), follow=False)
        target = self.find(args[2], path_of(args[3]), follow=False)
        self.add(f"link {source[1]} as {target[1]}",
                 names={target: self.names[source]})

    def call_unlinkat(self, args, result):
        place = self.find(args[0], path_of(args[1]), follow=False)
        if place is not None:
            self.add(f"unlink {place[1]}", names={place: None})

    def call_unlink(self, args, result):
        self.call_unlinkat(["AT_FDCWD", args[0]], result)

    def call_access(self, args, result):
        """Seen although it fails: nothing is there."""
        if path_of(args[0]) == ACKNOWLEDGED:
            self.add("acknowledged", acknowledged=True)

    # ---- The whole ----------------------------------------------------------

    def follow(self, log):
        with open(log) as lines:
            for line in lines:
                self.follow_line(line.rstrip("\n"))

    def follow_line(self, line):
        match = LINE.match(line)
        if not match:
            if not line.startswith(("+++", "exit")):
                raise Unknown(line[:80])
            return
        name, arguments, result = match[1], match[2], number(match[3])
        method = getattr(self, "call_" + name, None)
        if result < 0 and name != "access":
            return
        if method:
            method(split(arguments), result)
        elif name not in HARMLESS:
            raise Unknown(f"the call {name}")

    def compare(self):
        """The files as followed are those that are really there."""
        real, _ = snapshot(self.root)
        for place in real.keys() | self.names.keys():
            mine, theirs = self.names.get(place), real.get(place)
            if type(mine) is not type(theirs) or (
                    isinstance(mine, File) and
                    mine.version() != theirs.version()):
                raise Unknown(f"what happened to {os.path.join(*place)}")


def pieces(argument):
    """The bytes of a vector."""
    found = re.findall(r'iov_base=("[^"]*"(?:\.\.\.)?)', argument)
    return b"".join(string(piece) for piece in found)


def place_of(argument, handle):
    """An offset that a call was passed, or None: the handle's own."""
    match = re.match(r"\[(\d+)", argument)
    if match:
        return int(match[1])
    return handle.offset if handle.file else None


def record(command, root, inject=()):
    """Run a command in the directory `root` under strace. `inject` are
    strace's own words for calls that shall fail. Returns the Recorder."""
    recorder = Recorder(root)
    log = root + ".strace"
    strace = ["strace", "-o", log, "-xx", "-v", "-s", str(LONGEST),
              "-e", "signal=none"]
    for fault in inject:
        strace += ["-e", "inject=" + fault]
    run = subprocess.run(strace + ["--"] + command, cwd=root, text=True,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if run.returncode != 0:
        raise Unknown(f"{command}: exit status {run.returncode}: {run.stdout}")
    recorder.follow(log)
    recorder.compare()
    os.unlink(log)
    return recorder
