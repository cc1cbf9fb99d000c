#!/usr/bin/python3
"""Two networks that cannot meet: what answers at each port of the box, and what
the box itself can reach by which.  Real Ethernets in namespaces; every TCP port
is asked on both sides.  TAP."""
import json
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "integration")]

import seed                                                # noqa: E402
import tap                                                 # noqa: E402
from box import BOARD, Box, until                          # noqa: E402
from certs import Authority                                # noqa: E402
from disk import Disk                                      # noqa: E402
from taps import Taps                                      # noqa: E402
from tap import ok                                         # noqa: E402

DROP_PORT, START_S = 443, 60


def drop_at(address):
    return {"drop__kind": "s3", "drop__endpoint": f"https://{address}:{DROP_PORT}",
            "drop__bucket": "lab", "drop__user": "user",
            "drop__public_url": f"https://{address}:{DROP_PORT}/lab",
            "viewer__url": "https://viewer.example/retrait",
            "tls__trust": "/data/etc/authorities.pem",
            "network__wan_gateway": "10.0.3.1"}


class Ground:
    def __init__(self, drop):
        """The drop's address is this machine's, in one of the two networks."""
        self.folder = tempfile.mkdtemp(prefix="guichet-boot-")
        self.taps = Taps()
        disk = Disk.copy(os.path.join(BOARD, "disk.img"), os.path.join(self.folder, "disk.img"))
        self.box = Box(self.folder, disk, networks=self.taps)
        authority = Authority(self.folder, "drop-ca")
        self.server = authority.issue("drop", extensions=(
            "subjectAltName=IP:10.0.2.1,IP:10.0.3.1\nextendedKeyUsage=serverAuth\n"))
        with open(authority.cert, "rb") as file:
            seed.plant(disk, self.folder, seed.settings(self.box.pickup_port, **drop_at(drop)),
                       **{"authorities.pem": file.read()})
        self.helpers = []

    def serve(self, side):
        """Somebody who would be the drop, in that network."""
        helper = side.start("serve", side.address, DROP_PORT, self.server.cert, self.server.key)
        self.helpers.append(helper)
        helper.stdout.readline()
        return helper

    def callers(self, helper):
        """Who called; it serves nobody any more."""
        helper.kill()
        return helper.stdout.read().split()

    def drop_check(self):
        self.box.run("credential", "set", "store", input="secret\n")
        self.box.run("drop", "check", check=False, seconds=90)

    def __enter__(self):
        self.box.start()
        if not self.box.wait_status(lambda s: all(
                r["ready"] for r in s["processes"] if r["role"] != "spool"), START_S):
            raise RuntimeError("not ready:\n" + self.box.console()[-3000:])
        return self

    def __exit__(self, *_):
        self.box.cut()
        for helper in self.helpers:
            helper.kill()
            helper.wait()
        self.taps.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def every_port(side, address):
    return json.loads(side.run(address, 1, 65535, seconds=400))


def test_lab_side():
    with Ground("10.0.3.1") as ground:
        lab, wan = ground.taps.lab, ground.taps.wan
        page = until(lambda: "200" in lab.run("fetch", seed.LAB, seed.PICKUP,
                                              ground.box.path("ca.pem")), 30)
        ok(page, "from the laboratory: the pickup page")
        found = every_port(lab, seed.LAB)
        ok(found["open"] == [seed.MLLP, seed.PICKUP],
           f"from the laboratory, 65535 ports: {found['open']} answer", found)
        found = every_port(wan, seed.WAN)
        ok(found["open"] == [] and found["refused"] + found["silent"] == 65535,
           f"from the internet, 65535 ports: none answers ({found['refused']} refused)", found)
        # As if each side had been told the way through the box to the other.
        lab.ip("route", "add", "10.0.3.0/24", "via", seed.LAB)
        wan.ip("route", "add", "10.0.2.0/24", "via", seed.WAN)
        for side, address, name in ((lab, seed.WAN, "from the laboratory, the other port"),
                                    (wan, seed.LAB, "from the internet, the laboratory's port"),
                                    (lab, "10.0.3.1", "from the laboratory, the internet"),
                                    (wan, "10.0.2.1", "from the internet, the laboratory")):
            opened = json.loads(side.run(address, 2570, 2580))["open"] + \
                json.loads(side.run(address, 8440, 8445))["open"] + \
                json.loads(side.run(address, DROP_PORT, DROP_PORT))["open"]
            ok(opened == [], f"{name}: nothing passes through the box", opened)
        there, here = ground.serve(wan), ground.serve(lab)
        ground.drop_check()
        ok(seed.WAN in ground.callers(there), "the courier reaches the drop by the WAN port")
        ok(ground.callers(here) == [], "and calls nobody in the laboratory")


def test_drop_in_the_laboratory():
    """The courier has no way into the laboratory, even where it is told to go there."""
    with Ground("10.0.2.1") as ground:
        here = ground.serve(ground.taps.lab)
        probe = ground.taps.lab.run("fetch", "10.0.2.1", DROP_PORT,
                                    os.path.join(ground.folder, "drop-ca.pem"))
        ok("404" in probe, "the control: somebody in the laboratory reaches that server", probe)
        ground.drop_check()
        callers = [c for c in ground.callers(here) if c != "10.0.2.1"]
        ok(callers == [], "a drop in the laboratory's network is out of the courier's reach",
           callers)


if __name__ == "__main__":
    if os.geteuid() != 0:
        tap.skip("two networks", "not root: no namespaces, no taps")
        tap.done()
    try:
        tap.main(test_lab_side, test_drop_in_the_laboratory)
    except subprocess.TimeoutExpired as error:
        ok(False, "the networks are asked in time", error)
        tap.done()
