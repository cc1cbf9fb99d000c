#!/usr/bin/python3
"""The main job in the image itself: a result comes in from the laboratory's
side, a card is issued at the service port, the bundle is fetched over HTTPS
and opened, the power is cut, and the bundle is still there.  TAP; figures as
comments.

    boot_test.py [job | memory]...
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "integration"),
                os.path.join(os.path.dirname(HERE), "demo")]

import images                                              # noqa: E402
import mllp                                                # noqa: E402
import report                                              # noqa: E402
import seed                                                # noqa: E402
import tap                                                 # noqa: E402
from box import BOARD, Box, until                          # noqa: E402
from disk import Disk                                      # noqa: E402
from intake_open import Patient, pdf_of                    # noqa: E402
from tap import ok                                         # noqa: E402

START_S = 60            # a shared machine is no finding; the figure is printed
MEMORY_KIB = 512 << 10
PDF = report.make_pdf()


def figure(text):
    print("# " + text, flush=True)


def factory_box(folder):
    """A box with the image as it is flashed, and a laboratory's seed."""
    disk = Disk.copy(os.path.join(BOARD, "disk.img"), os.path.join(folder, "disk.img"))
    box = Box(folder, disk)
    seed.plant(disk, folder, seed.settings(box.pickup_port))
    return box


def deliver(box, slip, control_id):
    message = report.make_message(card=slip["card"].replace("-", ""), control_id=control_id,
                                  order=control_id, pdf=PDF)

    def send():
        try:
            return mllp.send(box.mllp_port, message, 20)
        except OSError:
            return None
    return until(send, START_S)


def opened_with_jose(box, patient, bundle):
    """The content as the jose command opens it: JSON."""
    claim, _ = patient.open(bundle)
    token = patient.request("GET", "/d/" + claim["name"])[1]
    secret = json.loads(patient_secret(patient, bundle))
    key = box.path("key.jwk")
    with open(key, "w", encoding="ascii") as file:
        json.dump({"kty": "oct", "k": secret["key"]}, file)
    done = subprocess.run(["jose", "jwe", "dec", "-i", "-", "-k", key], input=token,
                          capture_output=True, check=False)
    os.unlink(key)
    return json.loads(done.stdout) if done.returncode == 0 else {"error": done.stderr.decode()}


def patient_secret(patient, bundle):
    from jwcrypto import jwe
    token = jwe.JWE()
    token.deserialize(bundle["envelope"], patient.key)
    return token.payload


def check_bundle(box, slip, when):
    patient = Patient(box, slip)
    found = until(lambda: [b for b in patient.look() if b["envelope"]], START_S)
    if not ok(found, f"{when}: the card shows the bundle"):
        return
    _, opened = patient.open(found[0])
    ok(pdf_of(opened) == PDF, f"{when}: it opens, and holds the report that was sent")
    ok(opened_with_jose(box, patient, found[0]) == opened, f"{when}: jose opens it, too")


def check_status(box, when):
    status = box.wait_status(lambda s: "box" in s, START_S)
    if not ok(status is not None, f"{when}: status answers at the service port"):
        return {}
    facts = status["box"]
    ok(facts["slot"] == "a" and facts["board"] == "qemu-virt",
       f"{when}: it says slot {facts['slot']}, version {facts['version']}", facts)
    figure(f"{when}: reset: {facts['started']}; data: {facts['data']}; slot: {facts['slot_change']}")
    return facts


def test_job():
    folder = tempfile.mkdtemp(prefix="guichet-boot-")
    box = factory_box(folder)
    try:
        seconds = box.start().first_page(START_S)
        if not ok(seconds, "first start: the pickup page is there", box.console()[-3000:]):
            return
        figure(f"first start: {seconds:.2f} s from qemu's start to the first pickup page")
        first = check_status(box, "first start")
        ok(not any(box.disk.read("seed", 0, 1 << 20)), "the seed is erased")
        slip = box.card()
        answer = deliver(box, slip, "BOOT-1")
        ok(answer and "MSA|AA|BOOT-1" in answer, "a result comes in over MLLP", answer)
        check_bundle(box, slip, "before the power cut")
        box.cut()
        seconds = box.start().first_page(START_S)
        if not ok(seconds, "second start: the pickup page is there", box.console()[-3000:]):
            return
        figure(f"second start: {seconds:.2f} s from qemu's start to the first pickup page")
        second = check_status(box, "second start")
        ok(first and second and second["started"] != first["started"] and
           re.search("power", second["started"]), "the second start tells of the power cut",
           (first, second))
        check_bundle(box, slip, "after the power cut")
        answer = deliver(box, slip, "BOOT-2")
        ok(answer and "MSA|AA|BOOT-2" in answer, "and the next result comes in", answer)
        box.cut()
        box.start()
        figure(f"third start: {box.first_page(START_S):.2f} s")
    finally:
        box.cut()
        shutil.rmtree(folder, ignore_errors=True)
    for name in ("root.img", "boot.fit", "u-boot.bin", "update.container"):
        path = os.path.join(BOARD, name)
        if os.path.exists(path):
            figure(f"{name}: {os.path.getsize(path)} bytes")
    ok(os.path.getsize(os.path.join(BOARD, "root.img")) <= 6 << 20, "the root is at most 6 MiB")


MEMORY = images.Release("memory", "1.0.1", 2, append="init=/bin/memory_init",
                        more=(("bin/memory_init", f"{images.PROGRAMS}/memory_init"),))


def test_memory():
    """Idle, half a minute after its start: all that is neither free nor a copy of
    the disk that no process has mapped."""
    folder = tempfile.mkdtemp(prefix="guichet-boot-")
    disk = Disk.copy(images.base_disk(MEMORY), os.path.join(folder, "disk.img"))
    box = Box(folder, disk)
    seed.plant(disk, folder, seed.settings(box.pickup_port))
    try:
        box.start()
        found = box.wait_console(r"memory: end", 90)
        if not ok(found, "the box says what memory it uses", box.console()[-3000:]):
            return
        lines = re.findall(r"memory: (.*)", box.console())
        for line in lines:
            figure(re.sub(r"\s+", " ", line))
        kib = {name: int(n) for name, n in re.findall(r"(\w+):\s+(\d+)", lines[0])}
        used = (MEMORY_KIB - kib["MemFree"] - kib["Cached"] + kib["Mapped"] + kib["Shmem"]) / 1024
        figure(f"512 MiB less MemAvailable: {(MEMORY_KIB - kib['MemAvailable']) / 1024:.1f} MiB")
        figure(f"in use, kernel and its reservations included: {used:.1f} MiB of 512")
        ok(used <= 64, f"the whole appliance idles in at most 64 MiB ({used:.1f})")
    finally:
        box.cut()
        shutil.rmtree(folder, ignore_errors=True)


TESTS = {"job": test_job, "memory": test_memory}

if __name__ == "__main__":
    tap.main(*(TESTS[name] for name in sys.argv[1:] or TESTS))
