#!/usr/bin/python3
"""What intake does when the rest of the box cannot: the vault is away, the
disk is full, there is no lab card.  And: nothing a patient is called by can
be found on the disk or in a log."""
import base64
import fcntl
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "demo")]

import report                                              # noqa: E402
from appliance import Appliance                            # noqa: E402
from intake_open import Patient                            # noqa: E402
from mllp import connect, frame, read_ack, send            # noqa: E402
from tap import main, ok, skip                             # noqa: E402
from waiting import until                                  # noqa: E402

serial = 0


def message(slip=None, **words):
    global serial
    serial += 1
    words.setdefault("control_id", f"F{serial}")
    words.setdefault("order", f"FAULT-{serial}")
    card = slip["card"].replace("-", "") if slip else ""
    return report.make_message(card=card, **words)


def answer(box, data, seconds=20):
    """The ACK, or None where the connection was closed without one."""
    try:
        return send(box.mllp_port, data, seconds)
    except ConnectionError:
        return None


def test_vault_away():
    with Appliance() as box:
        slip = box.card()
        first = message(slip, control_id="AWAY")
        with connect(box.mllp_port) as held:
            vault = box.pid_of("vault")
            os.kill(vault, signal.SIGSTOP)
            held.sendall(frame(first))
            held.settimeout(1.0)
            try:
                early = held.recv(1)
            except TimeoutError:
                early = None
            ok(early is None, "R13 the vault does not answer: no ACK is made up")
            os.kill(vault, signal.SIGKILL)
            held.settimeout(20)
            try:
                got = held.recv(4096)
            except ConnectionError:
                got = b""
            ok(got == b"", "R13 the vault dies: closed without a word")
        again = until(lambda: answer(box, first))
        ok(again is not None and "MSA|AA|AWAY" in again, "R13 repeated later: AA")
        ok(len(box.bundles(slip["card"])) == 1, "R13 and there once")
        ok("the vault is gone" in box.log(), "the log says why")


def test_told_not_now():
    """transient = ar-207: the sender is told, and told nothing else."""
    with Appliance(sections="[source default]\ntransient = ar-207\n") as box:
        slip = box.card()
        data = message(slip, control_id="NOTNOW")
        with connect(box.mllp_port) as held:
            vault = box.pid_of("vault")
            os.kill(vault, signal.SIGSTOP)
            held.sendall(frame(data))
            time.sleep(0.5)
            os.kill(vault, signal.SIGKILL)
            held.settimeout(20)
            got = read_ack(held)
            ok("MSA|AR|NOTNOW" in got and "207" in got,
               "R13 transient = ar-207: the vault dies: AR 207", got)
            again = until(lambda: repeat(held, data))
        ok(again is not None and "MSA|AA|NOTNOW" in again,
           "R13 transient = ar-207: repeated on the same connection: AA")
        ok(len(box.bundles(slip["card"])) == 1, "R13 and there once")


def repeat(connection, data):
    """The answer unless it is AR 207 again."""
    connection.sendall(frame(data))
    got = read_ack(connection)
    return None if "|AR|" in got else got


class Locked:
    """Somebody else has the vault's database: taken where the vault, which
    never lets go of it, has just been killed."""

    def __init__(self, box):
        folder = box.path("state", "vault")
        self.files = [open(os.path.join(folder, name), "r+b") for name in os.listdir(folder)
                      if name.endswith(".db")]
        os.kill(box.pid_of("vault"), signal.SIGKILL)
        self.held = all([self.lock(f) for f in self.files]) and self.files != []

    @staticmethod
    def lock(file):
        end = time.monotonic() + 5
        while time.monotonic() < end:
            try:                # sqlite.org/lockingv3.html: PENDING, RESERVED, SHARED
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 512, 0x40000000)
                return True
            except OSError:
                time.sleep(0.001)
        return False

    def release(self):
        for f in self.files:
            f.close()


def test_locked_database():
    with Appliance() as box:
        slip = box.card()
        ok("MSA|AA" in (answer(box, message(slip)) or ""), "R13 before: AA")
        data = message(slip, control_id="LOCKED")
        locked = Locked(box)
        got = [answer(box, data, 10) for _ in range(3)]
        ok(locked.held and got == [None] * 3, "R13 a locked database: no answer at all", got)
        locked.release()
        again = until(lambda: answer(box, data), 60)
        ok(again is not None and "MSA|AA|LOCKED" in again, "R13 unlocked: AA")
        ok(len(box.bundles(slip["card"])) == 2, "R13 and there once")


def test_no_lab_card():
    with Appliance(lab_card=False) as box:
        data = message(control_id="NOCARD")
        ok(answer(box, data) is None, "R13 no card and no lab card: no ACK")
        ok("guichet card new --lab" in box.log(), "the log says what to do")
        slip = box.card("--lab")
        ok("MSA|AA|NOCARD" in (answer(box, data) or ""), "done: AA")
        ok(len(box.bundles(slip["card"])) == 1, "and the result is on the lab card")


def mounted(size):
    folder = tempfile.mkdtemp(prefix="guichet-full-")
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder],
                          capture_output=True, check=False)
    if done.returncode != 0:
        os.rmdir(folder)
        return None
    return folder


def test_full_disk():
    folder = mounted("96m") if os.geteuid() == 0 else None
    if folder is None:
        skip("a full disk", "a small file system can only be mounted by root")
        return
    try:
        os.chmod(folder, 0o755)
        box = Appliance(state__dir=os.path.join(folder, "state"))
        with box:
            fill_the_disk(box, folder)
    finally:
        subprocess.run(["umount", "-l", folder], check=False)
        shutil.rmtree(folder, ignore_errors=True)


def fill_the_disk(box, folder):
    slip = box.card()
    taken = []
    pdf = report.make_pdf(padding=1500000)
    for i in range(100):
        control = f"FULL{i}"
        got = answer(box, message(slip, control_id=control, order=control, pdf=pdf))
        if got is None:
            break
        taken.append(f"MSA|AA|{control}\r" in got)
    ok(all(taken) and 0 < len(taken) < 100, f"R13 full disk: {len(taken)} AA, then no answer: never AE")
    ok(len(box.bundles(slip["card"])) == len(taken), "R13 all that was acknowledged is there")
    small = message(slip, control_id="SMALL")
    # What pickup needs to write still fits: the reserve is for that.
    ok(len(Patient(box, slip).open_all()) == len(taken), "R13 and can be picked up")
    ok(re.search("no space left", box.log()) is not None, "the log says why")
    for row in box.bundles(slip["card"])[:-2]:
        box.guichet("bundle", "revoke", row["bundle"])
    got = until(lambda: answer(box, small), 90)
    ok(got is not None and "MSA|AA|SMALL" in got, "R13 when space is back it works again")


# --- nothing to be found -----------------------------------------------------------

MARKERS = {
    "family": "ZQXJKWVEY", "given": "YVWKQJXZA", "birth": "19031229",
    "nir": "103127511122233", "value": "98765.43211", "text": "KXJQWZNOTE",
    "phone": "0699887766", "order": "ZORDERQX77",
}


def marked_messages(slip):
    """A good one, and each kind that is refused or dropped half-way."""
    pdf = report.make_pdf(patient=f"{MARKERS['family']} {MARKERS['given']}")
    good = message(slip, family=MARKERS["family"], given=MARKERS["given"],
                   birth=MARKERS["birth"], value=MARKERS["value"], pdf=pdf,
                   order=MARKERS["order"])
    nir = f"~{MARKERS['nir']}^^^ASIP-SANTE-INS-NIR&1.2.250.1.213.1.4.8&ISO^INS".encode()
    good = good.replace(b"^PI", b"^PI" + nir, 1)
    good = good.replace(b"||%s|F\r" % MARKERS["birth"].encode(),
                        b"||%s|F|||1 rue %s^^PARIS||%s\r" % (
                            MARKERS["birth"].encode(), MARKERS["text"].encode(),
                            MARKERS["phone"].encode()), 1)
    good = good.replace(b"OBX|2|", f"NTE|1||{MARKERS['text']}\rOBX|2|".encode(), 1)
    return [good, good.replace(b"ORU^R01^ORU_R01", b"ADT^A01"),
            good.replace(b"PID|1", b"PIX|1"), good.replace(b"^~\\&", b"^^^^", 1),
            good.replace(b"JVBER", b"!!!!!"), good.replace(b"|P|2.5|", b"|T|2.5|"),
            good[good.index(b"PID|"):], good.replace(b"OBX|", b"ZZZ|")]


def forms(text):
    """How a marker could be hidden: as it is, in base64 at each offset, hex."""
    raw = text.encode()
    found = {raw, raw.lower(), raw.hex().encode(), text.encode("utf-16-le")}
    for shift in range(3):
        b64 = base64.b64encode(b"\0" * shift + raw)
        found.add(b64[4 if shift else 0:len(b64) - 4])
    return [f for f in found if len(f) >= 8]


def search(folder, extra_files=()):
    """Every file below `folder`; the store's pages are read as bytes."""
    needles = {m: forms(v) for m, v in MARKERS.items()}
    hits, files, size = [], 0, 0
    paths = [os.path.join(r, n) for r, _, names in os.walk(folder) for n in names]
    for path in list(paths) + list(extra_files):
        if not os.path.isfile(path):
            continue
        with open(path, "rb") as f:
            data = f.read()
        files, size = files + 1, size + len(data)
        lower = data.lower()
        for marker, needle in needles.items():
            if any(n in data or n.lower() in lower for n in needle):
                hits.append((marker, os.path.relpath(path, folder)))
    return hits, files, size


def test_markers():
    with Appliance() as box:
        slip = box.card()
        messages = marked_messages(slip)
        got = answer(box, messages[0])
        ok(got is not None and "MSA|AA" in got, "the marked result is stored", got)
        for data in messages[1:]:
            reply = answer(box, data)
            ok(reply is None or not any(m in reply for m in MARKERS.values()),
               "an answer repeats nothing of the message", reply)
        with connect(box.mllp_port) as c:       # cut off in the middle
            c.sendall(b"\x0b" + messages[0][:700])
        with connect(box.mllp_port) as c:
            c.sendall(frame(messages[0]) + b"\x0b" + messages[0][:900])
            read_ack(c)
        os.kill(box.pid_of("intake"), signal.SIGABRT)
        os.kill(box.pid_of("vault"), signal.SIGABRT)
        box.wait_ready()
        opened = Patient(box, slip).open_all()
        seen = {m for m, v in MARKERS.items() if opened and v in str(opened[0][1])}
        ok({"family", "given", "text", "value", "order"} <= seen and
           not seen & {"nir", "phone"},
           "the patient sees the name and the note, but no NIR and no phone number", seen)
        for command in (["card", "list"], ["bundle", "list"], ["audit", "list"], ["status"]):
            text = box.guichet(*command)
            ok(not any(m in text for m in MARKERS.values()), "guichet " + " ".join(command))
        hits, files, size = search(box.folder)
        ok(not hits and files > 5 and size > 100000,
           f"no marker in {files} files of {size} bytes (logs, database, segments)", hits)
    # The search itself must be able to find something.
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "x"), "wb") as f:
            f.write(b"abc" + base64.b64encode(b"?" + MARKERS["family"].encode()) + b"def")
        ok(search(folder)[0] == [("family", "x")], "the search finds what is there")


if __name__ == "__main__":
    tests = [t for n, t in list(globals().items()) if n.startswith("test_")
             and (len(sys.argv) < 2 or n in sys.argv[1:])]
    main(*tests)
