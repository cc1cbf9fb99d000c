"""tap.py -- TAP for tests in Python: ok(condition, name), skip, done()."""
import sys
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
