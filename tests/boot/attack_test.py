#!/usr/bin/python3
"""The attacks of tests/sandbox inside the image: the box's own kernel, its own
machine code.  qemu-user knows neither seccomp nor landlock, so this is the only
place where the aarch64 filters are tried."""
import os
import re
import shutil
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "integration")]

import images                                              # noqa: E402
import seed                                                # noqa: E402
import tap                                                 # noqa: E402
from box import ROOT, Box                                  # noqa: E402
from disk import Disk                                      # noqa: E402
from rows_test import make_image                           # noqa: E402

ATTACK = os.path.join(ROOT, "build", "aarch64", "tests", "sandbox", "attack")
SECONDS = 180


def attack_release():
    passwd = os.path.join(images.FOLDER, "passwd")
    os.makedirs(images.FOLDER, exist_ok=True)
    with open(passwd, "w", encoding="ascii") as file:
        file.write("root:x:0:0::/:/\n")
    return images.Release(
        "attack", "1.0.2", 2, append="init=/bin/attack_init",
        more=(("bin/attack", ATTACK), ("bin/attack_init", f"{images.PROGRAMS}/attack_init"),
              ("bin/true", f"{images.PROGRAMS}/nothing"), ("etc/passwd", passwd)))


def report(console):
    """What the image said, as this test's own; all that it promised is there."""
    claims = re.findall(r"^(not )?ok \d+ - (.*?)(?: # SKIP (.*))?$", console, re.M)
    for failed, name, reason in claims:
        if reason:
            tap.skip(name, reason)
        else:
            tap.ok(not failed, name)
    plan = re.findall(r"^1\.\.(\d+)$", console, re.M)
    tap.ok(plan == [str(len(claims))] and len(claims) > 100, "the test image came to its end",
           "\n".join(console.splitlines()[-25:]))


def main():
    if not make_image():
        tap.done()
    folder = tempfile.mkdtemp(prefix="guichet-boot-")
    disk = Disk.copy(images.base_disk(attack_release()), os.path.join(folder, "disk.img"))
    box = Box(folder, disk)
    seed.plant(disk, folder, seed.settings(box.pickup_port))
    try:
        box.start().wait_console(r"(?m)^(1\.\.\d+|Bail out!.*)\r?$", SECONDS)
        console = box.console().replace("\r", "")
    finally:
        box.cut()
        shutil.rmtree(folder, ignore_errors=True)
    report(console)
    tap.done()


if __name__ == "__main__":
    main()
