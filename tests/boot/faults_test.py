#!/usr/bin/python3
"""Faults of a site and of its card that must not become a dark box: a
certificate with another one's key in the seed; a card that takes no more
writes while the box runs.

    faults_test.py [pair | card | stay]...
"""
import http.client
import os
import resource
import shutil
import ssl
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "integration")]

import seed                                                # noqa: E402
import tap                                                 # noqa: E402
from box import BOARD, Box, until                          # noqa: E402
from disk import Disk                                      # noqa: E402
from tap import ok                                         # noqa: E402

START_S = 60
PROBE_S = 30            # WATCH_EVERY_MS, firmware/init/watch.h
FAILURES = 6            # WATCH_FAILURES
DATA_AT = 114 << 20     # docs/formats/disk.md: everything before it still works


def make_box(folder, **files):
    disk = Disk.copy(os.path.join(BOARD, "disk.img"), os.path.join(folder, "disk.img"))
    box = Box(folder, disk)
    seed.plant(disk, folder, seed.settings(box.pickup_port), **files)
    return box


def other_key(folder):
    path = os.path.join(folder, "other.key")
    subprocess.run(["openssl", "ecparam", "-genkey", "-name", "prime256v1", "-noout", "-out", path],
                   check=True, capture_output=True)
    with open(path, "rb") as file:
        return file.read()


def page_of_anybody(box):
    """The page, whatever certificate it comes with."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    there = http.client.HTTPSConnection("localhost", box.pickup_port, context=context, timeout=2)
    try:
        there.request("GET", "/")
        return there.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        there.close()


def test_pair(folder):
    said = "pickup.pem and pickup.key are no pair"
    with make_box(folder, **{"pickup.key": other_key(folder)}) as box:
        ok(until(lambda: page_of_anybody(box), START_S), "a pair that is none: the box serves",
           box.console()[-2000:])
        status = box.wait_status(lambda s: said in s["box"]["data"], 20)
        ok(status and status["box"]["network"].startswith(f"lab {seed.LAB}"),
           "by the site's configuration, and says what is wrong", box.console()[-2000:])
        ok("belong to the first certificate" in box.console(), "the console says it, too")
        box.cut()
        box.start()
        ok(box.wait_status(lambda s: said in s["box"]["data"], START_S),
           "and it is still said after the next start", box.console()[-2000:])


def says_so(box):
    """For people: what it prints before it finds that the vault is away."""
    return "cannot be written any more" in box.run("status", check=False).stdout.decode()


def test_card(folder, stay_s=0):
    with make_box(folder) as box:
        ok(box.first_page(START_S), "a box that is well", box.console()[-2000:])
        ok(until(lambda: box.state_of("a") == "healthy", 20), "and knows it")
        resource.prlimit(box.process.pid, resource.RLIMIT_FSIZE, (DATA_AT, DATA_AT))
        until(lambda: box.run("card", "new", check=False).returncode != 0, 20)
        ok(until(lambda: says_so(box), 4 * PROBE_S, 1),
           "its card takes no more writes: guichet status says so", box.console()[-2000:])
        time.sleep(stay_s)
        ok(until(lambda: says_so(box), 20, 1) and "the box restarts" not in box.console(),
           "and goes on saying so, instead of restarting for ever", box.console()[-2000:])
        box.cut()
        box.start()
        ok(box.wait_status(lambda s: s["box"]["data"].startswith(("checked", "repaired")), START_S),
           "with a card that works again, it does", box.console()[-2000:])


def test_stay(folder):
    """As test_card, for longer than any other fault would let the box run."""
    test_card(folder, (FAILURES + 1) * PROBE_S)


def with_folder(test):
    folder = tempfile.mkdtemp(prefix="guichet-faults-")
    try:
        test(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


TESTS = {"pair": test_pair, "card": test_card, "stay": test_stay}
MOST = ("pair", "card")         # the other one takes four minutes


if __name__ == "__main__":
    tap.main(*(lambda name=name: with_folder(TESTS[name]) for name in sys.argv[1:] or MOST))
