"""Run one file of unittest cases and speak TAP: tap.py FILE [NAME...].

A file is a process, so that none sees what another left behind. A name given
besides is a class or a test of the file.
"""
import importlib.util
import pathlib
import sys
import unittest


class Tap(unittest.TestResult):
    """Says what came of each test, and why, as soon as it is known."""

    def __init__(self):
        super().__init__()
        self.count = 0

    def verdict(self, word, test, directive="", why=""):
        self.count += 1
        for line in why.rstrip().splitlines():
            print("#", line)
        print(word, self.count, "-", test.id().partition(".")[2], directive)
        sys.stdout.flush()

    def addSuccess(self, test):
        self.verdict("ok", test)

    def addSkip(self, test, reason):
        self.verdict("ok", test, f"# SKIP {reason}")

    def addFailure(self, test, error):
        super().addFailure(test, error)
        self.verdict("not ok", test, why=self.failures[-1][1])

    def addError(self, test, error):
        super().addError(test, error)
        self.verdict("not ok", test, why=self.errors[-1][1])

    def addSubTest(self, test, subtest, error):
        super().addSubTest(test, subtest, error)
        if error is not None:
            why = (self.failures + self.errors)[-1][1]
            self.verdict("not ok", subtest, why=why)

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self.verdict("not ok", test, why="expected to fail")


def load(path):
    """The file as a module of its own name, its directory importable."""
    sys.path.insert(0, str(path.parent))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


def main():
    module = load(pathlib.Path(sys.argv[1]).resolve())
    loader = unittest.defaultTestLoader
    if sys.argv[2:]:
        suite = loader.loadTestsFromNames(sys.argv[2:], module)
    else:
        suite = loader.loadTestsFromModule(module)
    result = Tap()
    suite.run(result)
    print(f"1..{result.count}", flush=True)
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
