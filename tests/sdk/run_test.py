#!/usr/bin/python3
"""What tests/run counts: tests, skips, requirements, and its exit code."""
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "integration"))

from tap import main, ok                                   # noqa: E402

RUN = os.path.join(os.path.dirname(HERE), "run")


def run_tests(*suites, only=""):
    """Each suite is what it prints and its exit code: (code, last lines)."""
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "suites"), "w", encoding="utf-8") as f:
            for i, (text, code) in enumerate(suites):
                path = os.path.join(folder, f"suite{i}")
                with open(path, "w", encoding="utf-8") as script:
                    script.write(f"#!/bin/sh\ncat <<'END'\n{text}\nEND\nexit {code}\n")
                os.chmod(path, 0o755)
                f.write(f"selftest selftest-{os.getpid()}-{i} 20 {path}\n")
        done = subprocess.run([RUN, "--suites", os.path.join(folder, "suites"), "--only", only],
                              capture_output=True, text=True, timeout=60)
    for i in range(len(suites)):
        log = os.path.join(os.path.dirname(os.path.dirname(HERE)), "build", "test",
                           f"selftest-selftest-{os.getpid()}-{i}.tap")
        for path in (log, log.replace(".tap", ".first.tap")):
            if os.path.exists(path):
                os.remove(path)
    return done.returncode, done.stdout.splitlines()


def claims(code, lines, want_code, *want):
    words = want[-1]
    ok(code == want_code and lines[-1] == want[0] and lines[-2] == want[1], words,
       "\n".join(lines) + f"\nexit {code}")


def test_requirements():
    code, lines = run_tests(("ok 1 - R1 one\nok 2 - R2, R3: two\nok 3 - none\nok 4 - xR4", 0))
    claims(code, lines, 0, "4 passed, 0 failed, 0 skipped", "R1-R46: 3 of 46 pass",
           "claims that begin with R are counted")
    missing = [line for line in lines if line.startswith("without a test: ")]
    ok(len(missing) == 1 and " R4 " in missing[0] and " R46" in missing[0]
       and " R3 " not in missing[0], "what is missing is listed, and is no failure", missing)


def test_one_that_fails():
    code, lines = run_tests(("ok 1 - R7 good", 0), ("not ok 1 - R7 bad\nok 2 - R8 good", 1))
    claims(code, lines, 1, "2 passed, 1 failed, 0 skipped", "R1-R46: 1 of 46 pass",
           "one claim that fails takes the requirement down, in any suite")
    ok("failing: R7" in lines, "and it is named", lines)


def test_unsteady():
    """What fails in company runs again, alone; the first result is told."""
    with tempfile.TemporaryDirectory() as folder:
        mark, script = os.path.join(folder, "mark"), os.path.join(folder, "suite")
        with open(script, "w", encoding="utf-8") as f:
            f.write(f"#!/bin/sh\nif [ -e {mark} ]; then echo 'ok 1 - it'\n"
                    f"else touch {mark}; echo 'not ok 1 - it'; fi\n")
        os.chmod(script, 0o755)
        name = f"selftest-{os.getpid()}"
        with open(os.path.join(folder, "suites"), "w", encoding="utf-8") as f:
            f.write(f"selftest {name} 20 {script}\n")
        done = subprocess.run([RUN, "--suites", os.path.join(folder, "suites")],
                              capture_output=True, text=True, timeout=60)
    lines = done.stdout.splitlines()
    ok(done.returncode == 0 and lines[-1] == "1 passed, 0 failed, 0 skipped",
       "a suite that passes alone passes", lines)
    ok(f"unsteady: {name}: it" in lines, "and what failed in company is named", lines)
    logs = os.path.join(os.path.dirname(os.path.dirname(HERE)), "build", "test")
    for kind in ("tap", "first.tap"):
        path = os.path.join(logs, f"selftest-{name}.{kind}")
        ok(os.path.exists(path), f"its {kind} is kept")
        os.remove(path)


def test_subtests():
    code, lines = run_tests(("    ok 1 - R43 good\n        not ok 2 - R44 bad\nok 1 - a file", 0))
    claims(code, lines, 1, "1 passed, 0 failed, 0 skipped", "R1-R46: 1 of 46 pass",
           "subtests count; a requirement that fails in one fails the run")


def test_skips_and_numbers_out_of_range():
    code, lines = run_tests(("ok 1 - R9 x # SKIP no data\nok 2 - R0 x\nok 3 - R47 y", 0))
    claims(code, lines, 0, "2 passed, 0 failed, 1 skipped", "R1-R46: 0 of 46 pass",
           "a skipped claim shows nothing, nor does R0 or R47")


def test_todo_is_no_excuse():
    code, lines = run_tests(("not ok 1 - R9 x # TODO later\nok 2 - y", 0))
    claims(code, lines, 1, "1 passed, 1 failed, 0 skipped", "R1-R46: 0 of 46 pass", "TODO fails")


def test_broken_suites():
    code, lines = run_tests(("ok 1 - R9 x", 3))
    claims(code, lines, 1, "1 passed, 1 failed, 0 skipped", "R1-R46: 1 of 46 pass",
           "a bad exit code is a failure")
    code, lines = run_tests(("nothing", 0))
    claims(code, lines, 1, "0 passed, 1 failed, 0 skipped", "R1-R46: 0 of 46 pass",
           "so is a suite without a test")


def test_a_part():
    code, lines = run_tests(("ok 1 - R9 x", 0), only="selftest")
    claims(code, lines, 0, "1 passed, 0 failed, 0 skipped",
           "R1-R46: 1 of 46 pass in what was run", "with --only nothing is missing")
    ok(not any(line.startswith("without a test") for line in lines), "nor listed", lines)


if __name__ == "__main__":
    main(*[t for n, t in list(globals().items()) if n.startswith("test_")])
