"""Put rillio where io, _io and open() are, in this process.

The runner of CPython's tests has each of its interpreters import this before
anything that could keep a reference to the real ones: by a .pth file, so that
it also happens in those that tests start themselves.
"""
import builtins
import sys


def install(build):
    """Do it, with the package in the directory `build`."""
    sys.path.insert(0, build)
    import rillio
    from rillio import _rillio
    sys.path.remove(build)
    sys.modules["io"] = rillio
    sys.modules["_io"] = _rillio
    builtins.open = rillio.open


def count(build):
    """Count from now on how often something of rillio is made or opened: a
    function that says how often."""
    sys.path.insert(0, build)
    import counting
    sys.path.remove(build)
    rillio, _rillio = sys.modules["io"], sys.modules["_io"]
    types = {value for module in (rillio, _rillio)
             for value in vars(module).values() if isinstance(value, type)}
    for cls in types:
        if cls.__module__.partition(".")[0] == "rillio":
            counting.count_type(cls)
    for function in (rillio.open, rillio.open_code):
        counting.count_function(function)
    return counting.count
