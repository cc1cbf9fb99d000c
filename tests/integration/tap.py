"""tap.py -- TAP for tests in Python: ok(condition, name), skip, done()."""
import re
import subprocess
import sys
import tempfile
import traceback

_count = 0
_failed = 0


def ok(condition, name, detail=""):
    global _count, _failed
    _count += 1
    print(f"{'ok' if condition else 'not ok'} {_count} - {name}", flush=True)
    if not condition:
        _failed += 1
        for line in str(detail).splitlines()[-20:]:
            print("# " + line, flush=True)
    return bool(condition)


def skip(name, reason):
    global _count
    _count += 1
    print(f"ok {_count} - {name} # SKIP {reason}", flush=True)


def done():
    print(f"1..{_count}", flush=True)
    sys.exit(1 if _failed else 0)


def main(*tests):
    """Runs the tests in order; an exception is a failed test, not the end."""
    for test in tests:
        try:
            test()
        except Exception:                                   # noqa: BLE001
            ok(False, test.__name__, traceback.format_exc())
    done()


def _repeat(report):
    """Another process's lines as ours: counted, and numbered anew."""
    global _count, _failed
    for line in report.splitlines():
        result = re.match(r"(not ok|ok) \d+ (- .*)", line)
        if result:
            _count += 1
            _failed += result.group(1) == "not ok"
            line = f"{result.group(1)} {_count} {result.group(2)}"
        if not re.match(r"1\.\.\d+$", line):
            print(line, flush=True)


def main_beside(*tests):
    """As main, for tests that mostly wait and have nothing in common: at the same
    time, each in a process of its own, which is this script with its name."""
    running = []
    for test in tests:
        report = tempfile.TemporaryFile("w+")
        running.append((test, report, subprocess.Popen(
            [sys.executable, sys.argv[0], test.__name__], stdout=report,
            stderr=subprocess.STDOUT)))
    for test, report, process in running:
        ended = process.wait()
        report.seek(0)
        _repeat(report.read())
        if ended not in (0, 1):
            ok(False, test.__name__, f"ended with {ended}")
    done()
