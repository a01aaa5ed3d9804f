"""The same on io and on rillio: what comes of it must be the same.

A program is a list of Python statements and expressions in which `io` is the
module under test. What each came to is its value and the value's type, or the
exception with its message; names of modules and addresses are left out, for
these differ.
"""
import io as standard
import re

import rillio

_DIFFERENT = re.compile(r"\b(?:_io|rillio\._rillio|rillio)\.| at 0x[0-9a-f]+")


def plain(text):
    """The text without what differs between any two modules or objects."""
    return _DIFFERENT.sub("", text)


def outcome(call, *args):
    """What came of a call, as something to compare."""
    try:
        value = call(*args)
    except BaseException as error:
        return type(error).__name__, plain(str(error))
    return type(value).__name__, plain(repr(value))


def run(program, module, names):
    """The outcomes of all lines of a program."""
    names = dict(names, io=module)

    def line(source):
        try:
            code = compile(source, source, "eval")
        except SyntaxError:
            return exec(source, names)
        return eval(code, names)

    return [(source, outcome(line, source)) for source in program]


def assert_same(case, program, **names):
    """The program does the same on both; `names` are what it sees besides."""
    theirs = run(program, standard, names)
    ours = run(program, rillio, names)
    for i, (expected, got) in enumerate(zip(theirs, ours)):
        case.assertEqual(got, expected, "\n".join(["after"] + program[:i]))


def fresh(n):
    """Bytes that nobody else has, without a newline."""
    return bytes(bytearray(b"abcdefgh" * (n // 8 + 1)))[:n]
