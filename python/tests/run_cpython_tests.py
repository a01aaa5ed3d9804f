#!/usr/bin/python3
"""Run CPython's own tests, unmodified, on rillio: in the place of io.

    run_cpython_tests.py BUILD [--group core|users] [--files NAME,...]
                         [--select REGEX] [--io] [--leaks] [-j N]

BUILD is the directory that has the package rillio and the module `counting`:
python/ of a build directory. The tests are those of the Python that runs this
(Debian: libpython3.11-testsuite). Each class of tests is a process of its own;
what one that crashes did not get to is run in another.

cpython_tests.json says how many tests of each file have to pass, in how many of
these something of rillio was made (what a machine lacks may be skipped), and
which tests cannot pass, with reasons. A test that is not in that last list and
fails is a failure, and so is a file of which fewer pass or fewer use rillio.
--io runs the real io instead, to see what comes of that; --leaks runs each
class again and again and compares the memory.
"""
import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading

HERE = pathlib.Path(__file__).resolve().parent
VERSION = "%d.%d" % sys.version_info[:2]
HUNG = 900  # seconds without a test that ends: no limit to what is slow

# File: which of its classes. Those named Py... test _pyio.
CORE = {
    "test_memoryio": r"C\w+",
    "test_fileio": r"C\w+",
    "test_bufio": r"C\w+",
    "test_io": r"C[A-Z]\w+|APIMismatchTest|TestIOCTypes",
    "test_largefile": r"(?!Py)\w+",
    "test_univnewlines": r"C\w+",
    "test_file": r"C\w+",
}
USERS = """
    test_file_eintr test_zipfile test_tarfile test_gzip test_bz2 test_lzma
    test_tempfile test_pickle test_pickletools test_wave test_csv test_httplib
    test_httpservers test_http_cookiejar test_urllib test_urllib2_localnet
    test_urllib_response test_fileinput test_codecs test_tokenize
    test_linecache test_shelve test_dbm_dumb test_plistlib test_configparser
    test_shutil test_os test_pathlib test_subprocess test_socket test_mmap
    test_print test_marshal test_mailbox test_xml_etree test_xml_etree_c
    test_sax test_json test_email test_quopri test_netrc test_zipapp
    test_zipimport test_builtin test_traceback test_contextlib test_cmd
    test_pprint""".split()
RESOURCES = ["largefile", "cpu", "walltime", "subprocess", "decimal"]
PASSED = ("passed", "expected failure")


# ---- In the interpreter that runs tests --------------------------------------

def report(**what):
    """Tell the runner: a line on the descriptor that it gave."""
    line = json.dumps(what) + "\n"
    os.write(int(os.environ["REPORT_TO"]), line.encode(errors="replace"))


def name_the_module(name, module):
    """What test files compare with the name of the module: class attributes
    that they set to "_io"."""
    import io
    if name == "test_fileio":
        for case in (module.CAutoFileTests, module.COtherFileTests):
            case.modulename = io.FileIO.__module__
    if name == "test_io":
        module.CMiscIOTest.name_of_module = "io", "_io", "rillio"


def load_tests(name):
    """All tests of a file: id to test."""
    import importlib
    import unittest
    module = importlib.import_module("test." + name)
    if sys.modules["io"].__name__ == "rillio":
        name_the_module(name, module)
    found, suites = {}, [unittest.defaultTestLoader.loadTestsFromModule(module)]
    while suites:
        for test in suites.pop(0):
            if isinstance(test, unittest.TestSuite):
                suites.append(test)
            elif re.fullmatch(CORE.get(name, r"\w+"), type(test).__name__):
                found[test.id()] = test
    return found


def reporting_result(used):
    """A unittest.TestResult that reports the end of each test."""
    import traceback
    import unittest

    class Result(unittest.TestResult):
        def startTest(self, test):
            super().startTest(test)
            self.verdict, self.why = "passed", ""
            self.used_before = used()
            report(started=test.id())

        def stopTest(self, test):
            super().stopTest(test)
            report(ended=test.id(), verdict=self.verdict, why=self.why,
                   used=used() - self.used_before)

        def failed(self, error):
            self.verdict = "failed"
            self.why = "".join(traceback.format_exception(*error))[-3000:]

        def addError(self, test, error):
            if type(test).__name__ == "_ErrorHolder":  # setUpClass and such
                report(broken="".join(traceback.format_exception(*error)))
            else:
                self.failed(error)

        def addFailure(self, test, error):
            self.failed(error)

        def addSubTest(self, test, subtest, error):
            if error is not None:
                self.failed(error)

        def addUnexpectedSuccess(self, test):
            self.verdict, self.why = "failed", "expected to fail"

        def addSkip(self, test, reason):
            if type(test).__name__ == "_ErrorHolder":
                report(class_skipped=reason)
            elif self.verdict == "passed":
                self.verdict, self.why = "skipped", reason

        def addExpectedFailure(self, test, error):
            self.verdict = "expected failure"

    return Result()


def run_prepared(name, run):
    """Run tests; within the test_main() of a file where that makes ready what
    they need."""
    from test import support
    module = sys.modules["test." + name]
    if name == "test_xml_etree" and hasattr(module, "test_main"):
        support.run_unittest = lambda *classes: run()
        module.test_main()
    else:
        run()


def run_repeatedly(name, ids):
    """The same tests again and again: what of the memory grew."""
    import unittest
    import leaks

    def run():
        tests = load_tests(name)
        suite = unittest.TestSuite(tests[i] for i in ids if i in tests)
        suite.run(unittest.TestResult())

    report(grown=leaks.grown(run))


def child(arguments):
    """list FILE, or run FILE ID... (and leaks FILE ID...)."""
    import faulthandler
    import unittest
    task, name, build, *ids = arguments
    faulthandler.enable()
    used = lambda: 0
    if sys.modules["io"].__name__ == "rillio":
        import in_place
        used = in_place.count(build)
    from test import support
    support.use_resources = RESOURCES
    support.verbose = 0
    try:
        tests = load_tests(name)
    except unittest.SkipTest as skipped:
        report(skipped=str(skipped))
        return
    if task == "list":
        report(tests=[[type(test).__name__, i] for i, test in tests.items()])
    elif task == "leaks":
        run_repeatedly(name, ids)
    else:
        suite = unittest.TestSuite(tests[i] for i in ids)
        run_prepared(name, lambda: suite.run(reporting_result(used)))
    report(done=True)


# ---- The runner ----------------------------------------------------------------

def make_interpreter(directory, build):
    """A virtual environment whose Python starts with rillio in place of io
    (`build` None: as it is). Returns its path."""
    packages = directory / "lib" / f"python{VERSION}" / "site-packages"
    packages.mkdir(parents=True)
    (directory / "bin").mkdir()
    python = directory / "bin" / "python3"
    python.symlink_to(os.path.realpath(sys.executable))
    (directory / "pyvenv.cfg").write_text(
        f"home = {python.resolve().parent}\n"
        "include-system-site-packages = false\n")
    (packages / "start_with_rillio.py").write_text(
        f"import sys\nsys.path.insert(0, {str(HERE)!r})\n"
        + (f"import in_place\nin_place.install({str(build)!r})\n"
           if build else "")
        + "del sys.path[0]\n")
    (packages / "rillio.pth").write_text("import start_with_rillio\n")
    return python


class Runner:
    def __init__(self, python, build, directory):
        self.python, self.build, self.directory = python, build, directory

    def run(self, task, name, ids=()):
        """Run a child in a directory of its own. Returns what it reported, and
        what it printed if it did not come to its end."""
        work = pathlib.Path(tempfile.mkdtemp(dir=self.directory))
        (work / "home").mkdir()
        environment = {key: value for key, value in os.environ.items()
                       if not key.startswith("PYTHON") or key == "PYTHONMALLOC"}
        read, write = os.pipe()
        environment.update(REPORT_TO=str(write), LC_ALL="C.UTF-8",
                           HOME=str(work / "home"), TMPDIR=str(work / "home"))
        with open(work / "log", "wb") as log:
            process = subprocess.Popen(
                [self.python, "-c",
                 f"import sys; sys.path.insert(0, {str(HERE)!r});"
                 "import run_cpython_tests;"
                 "run_cpython_tests.child(sys.argv[1:])",
                 task, name, str(self.build), *ids],
                cwd=work / "home", env=environment, pass_fds=[write],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True)
        os.close(write)
        reports = self.collect(process, read)
        said = ""
        if not any("done" in r or "skipped" in r for r in reports):
            text = (work / "log").read_bytes().decode(errors="replace")
            said = f"exit status {process.returncode}\n{text[-3000:]}"
        shutil.rmtree(work, ignore_errors=True)
        return reports, said

    @staticmethod
    def collect(process, read):
        """All lines until the child has ended, or is hung. What it started
        ends with it."""
        def stop():
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

        reports = []
        timer = threading.Timer(HUNG, stop)
        timer.start()
        with open(read, "rb") as lines:
            for line in lines:
                reports.append(json.loads(line))
                timer.cancel()
                if "done" in reports[-1] or "skipped" in reports[-1]:
                    break
                timer = threading.Timer(HUNG, stop)
                timer.start()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            pass
        timer.cancel()
        stop()
        process.wait()
        return reports

    def run_class(self, name, ids):
        """Run tests until all have ended. Returns id to (verdict, why, used);
        a test that ended the process has failed."""
        results = {}
        while len(results) < len(ids):
            left = [i for i in ids if i not in results]
            reports, said = self.run("run", name, left)
            running = None
            for r in reports:
                running = r.get("started", running)
                if "ended" in r:
                    results[r["ended"]] = r["verdict"], r["why"], r["used"]
                    running = None
                elif "broken" in r:
                    said += r["broken"]
                elif "class_skipped" in r:
                    for i in left:
                        results[i] = "skipped", r["class_skipped"], 0
            if said and running is None:
                running = next((i for i in left if i not in results), None)
            if running is not None:
                results[running] = "failed", said, 0
            elif not said:
                for i in left:
                    results.setdefault(i, ("failed", "it did not run", 0))
        return results

    def leaks_of(self, name, ids):
        """What grew each time that the tests were run again: text, or ""."""
        reports, said = self.run("leaks", name, ids)
        grown = [r["grown"] for r in reports if "grown" in r]
        return grown[0] if grown else said or "no result"


def classes_of(runner, files, select):
    """(file, class, ids) of all tests; and what is wrong with files."""
    classes, problems = [], []
    for name in files:
        reports, said = runner.run("list", name)
        listed = next((r["tests"] for r in reports if "tests" in r), None)
        if listed is None:
            skipped = [r["skipped"] for r in reports if "skipped" in r]
            if not skipped:
                problems.append(f"{name}: {said}")
            continue
        by_class = collections.defaultdict(list)
        for case, i in listed:
            if not select or re.search(select, i):
                by_class[case].append(i)
        classes += [(name, case, ids) for case, ids in by_class.items()]
    return classes, problems


def short(test_id):
    return test_id.removeprefix("test.")


def counted(tests):
    """Of the tests of a file: (passed, failed, skipped, of the passed those
    that used rillio)."""
    count = collections.Counter(verdict for verdict, _, _ in tests.values())
    used = sum(1 for verdict, _, used in tests.values()
               if verdict in PASSED and used)
    return sum(count[v] for v in PASSED), count["failed"], count["skipped"], used


def judge(results, cannot, expected):
    """Print what failed and a line for each file. Returns how many problems
    there are. `results`: file to id to (verdict, why, used)."""
    problems = passed_in_all = 0
    for name, tests in results.items():
        for i, (verdict, why, _) in tests.items():
            if verdict == "failed" and short(i) not in cannot:
                problems += 1
                print(f"FAILED  {short(i)}")
                for line in why.splitlines()[-12:]:
                    print("    " + line)
        passed, failed, skipped, used = counted(tests)
        passed_in_all += passed
        print(f"{name:24} {passed:5} passed {failed:4} failed {skipped:4}"
              f" skipped {used:5} used rillio", flush=True)
        least = expected.get(name)
        if least and (passed + skipped < least["passed_or_skipped"]
                      or used + skipped < least["used_or_skipped"]):
            problems += 1
            print(f"FAILED  {name}: fewer than expected: {least}")
    print(f"{passed_in_all} of CPython's tests pass")
    return problems


def main():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--group", choices=("core", "users"), default="core")
    parser.add_argument("--files")
    parser.add_argument("--select")
    parser.add_argument("--io", action="store_true")
    parser.add_argument("--leaks", action="store_true")
    parser.add_argument("--json", help="write results to a file")
    parser.add_argument("-j", type=int, default=os.cpu_count())
    options = parser.parse_args()
    files = options.files.split(",") if options.files else (
        list(CORE) if options.group == "core" else USERS)
    reference = json.loads((HERE / "cpython_tests.json").read_text())
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        build = options.build.resolve()
        python = make_interpreter(scratch / "venv", None if options.io else build)
        runner = Runner(python, build, scratch)
        classes, problems = classes_of(runner, files, options.select)
        for text in problems:
            print(f"FAILED  {text}")
        work = runner.leaks_of if options.leaks else runner.run_class
        with concurrent.futures.ThreadPoolExecutor(options.j) as pool:
            done = list(pool.map(lambda c: work(c[0], c[2]), classes))
    if options.leaks:
        for (name, case, _), text in zip(classes, done):
            print(f"FAILED  {name}.{case}: {text}" if text
                  else f"{name}.{case}: flat", flush=True)
        return 1 if problems or any(done) else 0
    results = {name: {} for name in files}
    for (name, _, _), tests in zip(classes, done):
        results[name].update(tests)
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(results, indent=1))
    whole = not (options.io or options.select)
    expected = reference["expected"].get(VERSION, {}) if whole else {}
    failures = len(problems) + judge(results, reference["cannot"], expected)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
