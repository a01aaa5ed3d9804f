# report.py - writes a program as a person would: as a Python snippet and as
# the Rill calls beside it.

from program import (ABSENT, AGAIN, ALLOCATOR, BORROW, DIRECTORY, KINDS,
                     NOWHERE)

WHENCE = {0: "RILL_SEEK_SET", 1: "RILL_SEEK_CUR", 2: "RILL_SEEK_END"}
C_ESCAPES = {10: "\\n", 34: '\\"', 92: "\\\\"}


def python_data(op):
    if op.n <= 80:
        return repr(op.data)
    return "pattern(%d, %d)" % (op.n, op.k)


def c_data(op):
    if op.n > 80:
        return "pattern_%d" % op.k
    text = "".join(C_ESCAPES.get(b) or (chr(b) if 32 <= b < 127
                                        else "\\%03o" % b) for b in op.data)
    return '"%s"' % text


def python_open(op):
    kind = KINDS[op.how]
    data, f = python_data(op), "f%d" % op.slot
    path = "'f%d'" % op.slot
    if kind in ("mem", "view", "fixed"):
        return "%s = io.BytesIO(%s)" % (f, data)
    if kind == "pipe_read":
        return "%s = a pipe that holds %s, buffering=65536" % (f, data)
    if kind == "pipe_write":
        return "%s = a pipe, buffering=%d" % (f, op.py)
    if kind == "spool":
        return ("%s = open(%s, 'wb+', buffering=%d); %s.write(%s); "
                "%s.seek(0)" % (f, path, op.py, f, data, f))
    if op.c & DIRECTORY:
        path = "'.'"
    elif op.c & NOWHERE:
        path = "'none/nowhere'"
    py = 0 if "a" in op.mode else op.py
    if kind == "file":
        before = "" if op.c & (ABSENT | AGAIN | DIRECTORY | NOWHERE) else (
            "open(%s, 'wb').write(%s); " % (path, data))
        return "%s%s = open(%s, %r, buffering=%d)" % (before, f, path,
                                                      op.mode, py)
    return ("%s = open(a descriptor of %r at %d of a file that holds %s, %r, "
            "buffering=%d)" % (f, op.mode, op.b if kind == "fd" else 0, data,
                               op.mode, py))


def c_open(op):
    kind = KINDS[op.how]
    s = "s%d" % op.slot
    options = ".buffer_size = %d" % op.a
    if op.c & ALLOCATOR:
        options += ", .allocator = a counting one"
    o = "&(rill_options){sizeof(rill_options), %s}" % options
    data = "%s, %d" % (c_data(op), op.n)
    if kind == "mem":
        call = {0: "rill_open_mem_copy(%s, %s)" % (data, o),
                1: "rill_open_mem_take(a copy of %s, %s)" % (data, o),
                2: "rill_open_mem(%s); write %s; rewind" % (o, data),
                3: "rill_init_mem(&storage); write %s; rewind" % data}[op.b]
    elif kind == "view":
        call = "rill_open_view(%s)" % data
    elif kind == "fixed":
        call = "rill_open_fixed(%d bytes, .length = %d of %s)" % (
            op.b, op.n, c_data(op))
    elif kind == "spool":
        call = "rill_open_spool(%d, %s); write %s; rewind" % (op.b, o, data)
    elif kind == "file":
        call = 'rill_open_with("f%d", "%s", %s)' % (op.slot, op.mode, o)
    elif kind == "fd":
        call = 'rill_open_fd(fd, "%s", %s, %s)' % (
            op.mode, "RILL_BORROW" if op.c & BORROW else "RILL_TAKE", o)
    elif kind == "ops":
        call = ('rill_open_ops(a store that moves at most %d bytes a call, '
                'every third call interrupted; holds %s; mode "%s", %s)' % (
                    op.b, c_data(op), op.mode, o))
    else:
        call = "rill_open_fd(pipe, %s)" % o
    return "%s = %s" % (s, call)


PYTHON = {
    "read": "{f}.read({op.a})",
    "read_some": "{f}.read1({op.a})",
    "read_exact": "{f}.read({op.a})",
    "pread": "{f}.flush(); os.pread({f}.fileno(), {op.a}, {op.b})",
    "peek": "{f}.peek({op.a}); {f}.read({op.b})",
    "skip": "{f}.seek({op.a}, 1), not beyond the end",
    "unget": "{data}[::-1] + {f}.read({op.a} - {op.n})",
    "readline": "{f}.readline()",
    "lines": "{op.a} times {f}.readline()",
    "write": "{f}.write({data})",
    "pwrite": "{f}.flush(); os.pwrite({f}.fileno(), {data}, {op.b})",
    "copy": "{f}.write(f{op.b}.read({op.a}))",
    "seek": "{f}.seek({op.a}, {op.b})",
    "rewind": "{f}.seek(0)",
    "size": "os.fstat({f}.fileno()).st_size",
    "flush": "{f}.flush()",
    "hint": "pass",
    "fileno": "{f}.flush(); os.lseek({f}.fileno(), 0, 1)",
    "getvalue": "{f}.getvalue()",
    "export": "view = {f}.getbuffer()",
    "release": "view.release()",
    "poke": "view[{op.a}] = {op.b}",
    "reset": "{f}.seek(0); {f}.truncate(0)",
    "close": "{f}.close()",
    "end": "{f}.close()",
}

C = {
    "read": "rill_read({s}, buf, {op.a})",
    "read readv": "rill_readv({s}, pieces of {op.c}, in all {op.a})",
    "read getc": "{op.a} times rill_getc({s})",
    "read cursor": "{op.a} bytes by a rill_reader, {op.c} at a time",
    "read peek": "{op.a} bytes by rill_peek({s}, &p, {op.c}) and rill_consume",
    "read_some": "rill_read_some({s}, buf, {op.a})",
    "read_exact": "rill_read_exact({s}, buf, {op.a})",
    "pread": "rill_pread({s}, buf, {op.a}, {op.b})",
    "peek": "rill_peek({s}, &p, {op.a}); rill_consume({s}, {op.b})",
    "skip": "rill_skip({s}, {op.a})",
    "unget": "rill_ungetc({s}, each of {cdata}); rill_read({s}, buf, {op.a})",
    "readline view": "rill_readuntil({s}, {op.b}, &line)",
    "readline getline": "rill_getdelim({s}, &buf, &size, {op.b})",
    "readline into": "rill_readuntil_into({s}, {op.b}, buf, {op.a})",
    "lines": "rill_lines_begin(&it, {s}, {op.b}); {op.a} times "
             "rill_lines_next(); rill_lines_end(&it)",
    "write write": "rill_write({s}, {cdata}, {op.n})",
    "write writev": "rill_writev({s}, an empty piece, then pieces of {op.c} "
                    "of {cdata})",
    "write putc": "for each byte of {cdata}: rill_putc({s}, byte)",
    "write puts": "rill_puts({s}, {cdata})",
    "write printf": 'rill_printf({s}, "%s", {cdata})',
    "write cursor": "{cdata} by a rill_writer, {op.c} at a time",
    "write reserve": "rill_reserve({s}, &p, {op.n}); {scribble}"
                     "memcpy(p, {cdata}, {op.n}); rill_commit({s}, {op.n})",
    "pwrite": "rill_pwrite({s}, {cdata}, {op.n}, {op.b})",
    "copy": "rill_copy({s}, s{op.b}, {op.a})",
    "seek": "rill_seek({s}, {op.a}, {whence})",
    "rewind": "rill_rewind({s})",
    "truncate to": "rill_truncate({s}, {op.a})",
    "truncate here": "rill_truncate({s}, rill_tell({s}))",
    "size": "rill_size({s})",
    "flush flush": "rill_flush({s})",
    "flush sync": "rill_sync({s}, RILL_SYNC_OS)",
    "hint": "rill_hint_size({s}, {op.a})",
    "fileno": "fd = rill_fileno({s}); rill_flush({s}); lseek(fd, 0, SEEK_CUR)",
    "getvalue getvalue": "rill_getvalue({s}, &p)",
    "getvalue data": "rill_data({s}, &p)",
    "getvalue take": "rill_take({s}, &p)",
    "export": "rill_getbuffer({s}, &p)",
    "release": "rill_releasebuffer({s})",
    "poke": "p[{op.a}] = {op.b}",
    "reset": "rill_reset({s})",
    "close": "rill_close({s})",
    "end": "rill_close({s})",
}


def python_of(op):
    if op.name == "open":
        return python_open(op)
    f, data = "f%d" % op.slot, python_data(op)
    if op.name == "truncate":
        return "%s.truncate(%s)" % (f, "" if op.way == "here" else op.a)
    if op.name == "readline" and op.b != 10:
        return "%s.read() up to and with byte %d" % (f, op.b)
    if op.name == "readline" and op.way == "into":
        return "%s.readline(%d)" % (f, op.a)
    if op.name == "unget" and op.a == -2:
        return "%s.seek(0)" % f
    if op.name == "unget" and op.a < 0:
        return "%s[::-1] + %s.readline()" % (data, f)
    return PYTHON[op.name].format(op=op, f=f, data=data)


def c_of(op):
    if op.name == "open":
        return c_open(op)
    template = C.get("%s %s" % (op.name, op.way)) or C[op.name]
    if op.name == "unget" and op.a < 0:
        template = C["unget"].split(";")[0] + (
            "; rill_readline({s}, &line)", "; rill_seek({s}, 0, 0)")[-1 - op.a]
    if op.name == "read" and op.a < 0:
        template = "rill_read_all({s}, &p)"
    scribble = (
        "at the end: fill all of it with '#'; " if op.c % 2 else "")
    return template.format(op=op, s="s%d" % op.slot, cdata=c_data(op),
                           scribble=scribble,
                           whence=WHENCE.get(op.b, op.b))


def describe(program, failure):
    """The lines that tell a failing program."""
    lines = []
    for index, op in enumerate(program):
        if op.name == "truncate" and op.way == "here":
            tell = ""
        else:
            tell = "" if op.flags & 2 else "; rill_tell()"
        lines.append("  Python  " + python_of(op))
        lines.append("  Rill    " + c_of(op) + tell)
        if index == failure.index:
            break
    lines.append("  ==> " + failure.message)
    return lines
