#!/usr/bin/python3
"""A few rows of the matrix, the main job and a site's mistake, for every run of the tests; the
whole is `make boot-matrix`.  Makes the image first: from the cache in seconds,
without one the boot loader and the kernel are built, ten minutes or so."""
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "integration")]

import images                                               # noqa: E402
import tap                                                  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(HERE))
QUICK = ("a bit of the kernel", "hashed-nodes elsewhere", "a bit of the root's data",
         "control: both broken", "update: taken", "site: a wrong line")


def make_image():
    """Suites of this folder run beside each other: the first one makes it."""
    env = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
    with images.alone():
        done = subprocess.run(["make", "--no-print-directory", "boot-ready"], cwd=ROOT, env=env,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return tap.ok(done.returncode == 0, "the image is made", done.stdout.decode())


def main():
    if make_image():
        # They look into the image when they are read.
        import boot_test
        import drive
        import faults_test
        boot_test.test_job()
        faults_test.with_folder(faults_test.test_pair)
        drive.run_rows([row for row in drive.plan() if row[0] in QUICK])
    tap.done()


if __name__ == "__main__":
    main()
