"""drive.py -- does to a box what a row of rows.py says, and reports it as TAP:
`name  slot  seconds`.
"""
import functools
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "integration")]

import control                                              # noqa: E402
import forge                                                # noqa: E402
import images                                               # noqa: E402
import rows                                                 # noqa: E402
import seed                                                 # noqa: E402
import tap                                                  # noqa: E402
from box import Box, free_port, until                       # noqa: E402
from control import Slot                                    # noqa: E402
from disk import Disk                                       # noqa: E402

APPLY_S, HEALTHY_S = 120, 60


class Ground:
    """A folder, a disk in it, a box that has it."""

    def __init__(self, a=images.GOOD, tries=7, keys=None):
        self.folder = tempfile.mkdtemp(prefix="guichet-boot-")
        self.disk = Disk.copy(images.base_disk(a), os.path.join(self.folder, "disk.img"))
        self.box = Box(self.folder, self.disk, keys=keys)
        seed.plant(self.disk, self.folder, seed.settings(self.box.pickup_port))
        if tries != 7:
            control.write(self.disk, Slot(15, tries), Slot(14, 7))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.box.cut()
        shutil.rmtree(self.folder, ignore_errors=True)


def report(name, slot, seconds, faults, box=None):
    shown = f"{name:<34} {slot or '-'} {seconds:6.1f} s"
    detail = (box.console()[-1200:] + "\n" if box else "") + "; ".join(faults)
    tap.ok(not faults, shown, detail)


def faults_of(box, slot, wanted, evidence=""):
    """What is wrong with a box that has come up, or has not."""
    console = box.console()
    if slot != wanted:
        yield f"slot {slot}, not {wanted}"
    if "=> " in console:
        yield "a prompt"
    if forge.MARK in console:
        yield "a forged command line was booted"
    if evidence and not box.wait_console(evidence, 0):
        yield f"console lacks {evidence}"


def boot_row(row):
    with Ground(a=row.a, tries=row.tries, keys=row.keys) as ground:
        row.damage(ground.disk)
        box = ground.box.start()
        seconds = box.first_page(row.seconds)
        slot = box.slot() if seconds else None
        faults = list(faults_of(box, slot, row.slot, row.evidence))
        if row.slot is None and box.console().count("U-Boot 20") < 2:
            faults.append("it stopped instead of starting again")
        report(row.name, slot, seconds or box.seconds(), faults, box)


# --- updates ---------------------------------------------------------------------

def healthy(box, slot, seconds=HEALTHY_S):
    """Until that slot runs and is marked good."""
    def holds():
        try:
            return box.state_of(slot) == "healthy"
        except (RuntimeError, ValueError, subprocess.TimeoutExpired):
            return False
    return until(holds, seconds, 0.2)


def apply(box, path, *options):
    return box.run("update", "apply", path, *options, check=False, seconds=APPLY_S)


def refusal_rows(wanted):
    """One box refuses them all, and runs on."""
    with Ground() as ground:
        box = ground.box.start()
        if not healthy(box, "a"):
            report("update: refusals", box.slot(), box.seconds(), ["never healthy"], box)
            return
        path = box.path("container")
        for row in wanted:
            row.make(path)
            began, faults = time.monotonic(), []
            done = apply(box, path)
            said = done.stderr.decode()
            if done.returncode == 0 or row.says not in said:
                faults.append(f"{done.returncode}: {said}")
            faults += faults_of(box, box.slot(), "a")
            report(row.name, box.slot(), time.monotonic() - began, faults)
        box.cut()
        box.start()
        seconds = box.first_page(rows.NOW)
        report("update: refused, then power cut", box.slot(), seconds or box.seconds(),
               list(faults_of(box, box.slot() if seconds else None, "a")), box)


def stage_row(stage):
    folder = images.folder_of(images.NEWER)
    with Ground() as ground:
        box, faults = ground.box.start(), []
        if not healthy(box, "a"):
            faults.append("never healthy")
        sender = box.popen("update", "apply", f"{folder}/update")
        if not until(lambda: stage.reached(ground.disk, folder), APPLY_S, 0.0005):
            faults.append("stage not reached")
        box.cut()
        sender.kill()
        sender.wait()
        box.start()
        seconds = box.first_page(rows.NOW)
        slot = box.slot() if seconds else None
        faults += faults_of(box, slot, stage.slot)
        if slot and not healthy(box, slot):
            faults.append("not healthy after it")
        report(stage.name, slot, seconds or box.seconds(), faults, box)


def new_slot(box, release, slot, seconds=HEALTHY_S):
    """Applies; (seconds until the new slot is healthy, faults)."""
    began = time.monotonic()
    done = apply(box, f"{images.folder_of(release)}/update")
    faults = [] if done.returncode == 0 else [f"apply: {done.stderr.decode()}"]
    if not faults and not healthy(box, slot, seconds):
        faults.append(f"{slot} never healthy")
    return time.monotonic() - began, faults


def good_update(_):
    with Ground() as ground:
        box, disk = ground.box.start(), ground.disk
        healthy(box, "a")
        seconds, faults = new_slot(box, images.NEWER, "b")
        status = box.status()["box"] if not faults else {}
        if not faults and (status["version"] != "1.2.0" or "1.2.0" not in status["slot_change"]):
            faults.append(f"status: {status}")
        report("update: taken", box.slot(), seconds, faults, box)
        began = time.monotonic()
        done = box.run("update", "rollback", check=False)
        faults = [] if done.returncode == 0 and healthy(box, "a") else [done.stderr.decode()]
        if not faults and "command" not in box.status()["box"]["slot_change"]:
            faults.append(f"status: {box.status()['box']}")
        report("update: rolled back by command", box.slot(), time.monotonic() - began, faults, box)
        seconds, faults = new_slot(box, images.RAISED, "b")
        if not until(lambda: not any(disk.read("boot_a", 0, 4)), 20):
            faults.append("the older slot's header is still there")
        report("update: floor raised, older destroyed", box.slot(), seconds, faults, box)
        done = apply(box, f"{images.folder_of(images.GOOD)}/update")
        report("update: below the floor", box.slot(), 0,
               [] if "security floor" in done.stderr.decode() else [done.stderr.decode()])
        done = box.run("update", "rollback", check=False)
        report("update: no rollback below the floor", box.slot(), 0,
               [] if done.returncode != 0 else ["it rolled back"])


def bad_update(release, limit, why=""):
    """`why` it started again is in the status of the slot that it came back to."""
    with Ground() as ground:
        box = ground.box.start()
        healthy(box, "a")
        began = time.monotonic()
        done = apply(box, f"{images.folder_of(release)}/update")
        faults = [] if done.returncode == 0 else [done.stderr.decode()]
        # Three tries of slot b, then slot a again.
        booted = until(lambda: box.console().count("Using 'conf-b'") >= 3, limit)
        back = booted and until(lambda: box.slot() == "a", limit)
        if not back or not healthy(box, "a", limit):
            faults.append("it did not come back")
        else:
            now = box.status()["box"]
            if release.version not in now["slot_change"] and "slot b" not in now["slot_change"]:
                faults.append(f"change: {now['slot_change']}")
            if why not in now["started"] or "not used" in now["data"] or not box.first_page(HEALTHY_S):
                faults.append(f"status, or no page: {now}")
        report(f"update: bad one, {release.name}", box.slot(), time.monotonic() - began, faults,
               box)


# --- a file that is wrong ----------------------------------------------------------

class Factory:
    """The network of a box that does not know its site's, and its MLLP port."""

    def __init__(self):
        self.port = free_port()

    def options(self):
        return {"lab": "user,net=192.168.1.0/24,host=192.168.1.1,dhcpstart=192.168.1.100,"
                       "dns=192.168.1.3,restrict=on,"
                       f"hostfwd=tcp:127.0.0.1:{self.port}-192.168.1.2:{seed.MLLP}",
                "wan": "user,net=10.0.3.0/24,restrict=on"}, ()


def is_answered(port):
    """Somebody in the box has this port: the emulator accepts all the same,
    and hangs up."""
    try:
        with socket.create_connection(("127.0.0.1", port), 2) as line:
            line.settimeout(2)
            line.sendall(b"\x0bMSH|^~\\&|\r\x1c\r")
            return bool(line.recv(1))
    except TimeoutError:
        return True
    except OSError:
        return False


def plant(settings, service, ground):
    """A site with certificates only; `settings` behind its others."""
    text = seed.settings(ground.box.pickup_port, mllp__listen="none", service__port=service)
    seed.plant(ground.disk, ground.folder, text + settings)


def no_seed(ground):
    ground.disk.clear("seed")


def lost_data(ground):
    no_seed(ground)
    ground.disk.clear("data")


def lost_file(ground):
    """The site's, as a repair of the file system may lose it."""
    box, disk = ground.box, ground.disk
    plant("", "on", ground)
    if not healthy(box.start(), "a"):
        raise RuntimeError("the site's own box is not healthy")
    box.cut()
    data = os.path.join(ground.folder, "data.ext4")
    with open(data, "wb") as file:
        file.write(disk.read("data", 0, disk.partitions["data"][1]))
    subprocess.run(["e2fsck", "-p", data], check=False, stdout=subprocess.DEVNULL)
    subprocess.run(["debugfs", "-w", "-R", "rm /etc/guichet.conf", data], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    disk.put("data", data)


@dataclass(frozen=True)
class Site:
    """A box that does not run on its site's file: nobody may send but where
    there never was one, and the factory's stands."""
    name: str
    prepare: callable
    says: str                   # the console; with a service port, status too
    service: str = "off"
    is_open: bool = False


SITES = (
    Site("site: no file", no_seed, "", is_open=True),
    Site("site: file lost", lost_file, ""),
    Site("site: data lost", lost_data, "what was on it is lost"),
    Site("site: a wrong line", functools.partial(plant, "old.key = 1\n", "on"),
         r"guichet\.conf: line \d+: ", "on"),
    Site("site: a wrong line, service off", functools.partial(plant, "old.key = 1\n", "off"),
         r"guichet\.conf: line \d+: "),
    Site("site: an interface it has not",
         functools.partial(plant, "mllp.interface = eth9\n", "on"),
         r"guichet\.conf: mllp\.interface: ", "on"),
)


def site_row(site):
    with Ground() as ground:
        site.prepare(ground)
        box, faults = ground.box, []
        box.networks = Factory()
        box.start()
        if not until(lambda: box.slot() == "a" and control.read(ground.disk)["a"].tries == 7,
                     HEALTHY_S):
            faults.append("never healthy")
        if not box.wait_console(site.says, 0):
            faults.append("the console does not say what is wrong")
        if is_answered(box.networks.port) != site.is_open:
            faults.append("MLLP is open, or the factory's closed")
        done = box.run("status", check=False)
        if site.service == "on" and b"guichet.conf has errors: not used" not in done.stdout:
            faults.append(f"status: {done.stdout.decode()} {done.stderr.decode()}")
        if site.service != "on" and done.returncode == 0:
            faults.append("the service port is open")
        report(site.name, box.slot(), box.seconds(), faults, box)


# --- which ------------------------------------------------------------------------

def run_rows(chosen):
    for name, run in chosen:
        try:
            run()
        except Exception as error:                          # noqa: BLE001
            tap.ok(False, name, repr(error))


def plan():
    """(name, what runs it): the refusals share one box."""
    for row in rows.ROWS:
        yield row.name, lambda row=row: boot_row(row)
    yield "update: refusals", lambda: refusal_rows(rows.REFUSALS)
    yield "update: taken", lambda: good_update(None)
    for stage in rows.STAGES:
        yield stage.name, lambda stage=stage: stage_row(stage)
    for release, limit, why in ((images.DEAD, rows.DEATHS, "died"), (images.HUNG, rows.DOGS, ""),
                                (images.STRICT, rows.REFUSES, "does not take the site's")):
        yield (f"update: bad one, {release.name}",
               lambda release=release, limit=limit, why=why: bad_update(release, limit, why))
    for site in SITES:
        yield site.name, lambda site=site: site_row(site)
