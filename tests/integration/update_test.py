#!/usr/bin/python3
"""guichet update against the real guichet-updater: containers signed by
openssl, what is refused and what that leaves, rollback, power of nobody over
the slot that runs."""
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from appliance import BIN, ROOT as ROOT_FOLDER             # noqa: E402
from pickup_alone import encode                            # noqa: E402
from tap import main, ok, skip                             # noqa: E402
from updater_alone import (BOOT_ROOM, FIT, HEADER, KEY_ID, ROOT_ROOM,  # noqa: E402
                           SIGNED, Key, OnBlockDevices, UpdaterAlone, control, header,
                           messages, signed, why_no_block_devices)
from waiting import until                                  # noqa: E402

Slot = control.Slot
FOLDER = tempfile.mkdtemp(prefix="guichet-update-")
KEY, SECOND, STRANGER = (Key(FOLDER, n) for n in ("first", "second", "stranger"))
# Not a multiple of a sector or of a piece; more than one sync.
BOOT = FIT + os.urandom(1500001)
ROOT = os.urandom(2300003)
GOOD = signed(header(BOOT, ROOT), KEY)
TEMPORARY, IO, REFUSED = 69, 74, 1


def container(head=GOOD, name="update"):
    path = os.path.join(FOLDER, name)
    with open(path, "wb") as f:
        f.write(head + BOOT + ROOT)
    return path


def holds(box, boot=BOOT, root=ROOT):
    b, r, _ = box.disk()
    return b[:len(boot)] == boot and r[:len(root)] == root


def test_good():
    with UpdaterAlone([KEY]) as box:
        code, out, err = box.guichet("apply", container())
        ok(code == 0 and "1.1.0" in out and "slot b" in out.lower(),
           "R42 a good container is taken", (out, err, box.log()))
        ok(holds(box), "both images are on the medium")
        ok(box.control() == {"a": Slot(14, 7), "b": Slot(15, 3)},
           "its slot is next, with three tries; the running one keeps its own", box.control())
        ok(until(lambda: box.restarts), "the box restarts")
        ok(box.order == ["event", "restart"] and box.events[0] == {
            "kind": "armed", "release": 2, "version": b"1.1.0", "why": b""},
           "the vault is told before", (box.order, box.events))
    with UpdaterAlone([SECOND, KEY], slot="b", a=Slot(14, 0), b=Slot(15, 7)) as box:
        code, out, err = box.guichet("apply", "-", data=GOOD + BOOT + ROOT)
        ok(code == 0 and holds(box), "from standard input, length unknown", err)
        ok(box.control() == {"a": Slot(15, 3), "b": Slot(14, 7)}, "into slot a", box.control())


def test_stay_and_rollback():
    with UpdaterAlone([KEY]) as box:
        code, out, _ = box.guichet("apply", "--stay", container())
        ok(code == 0 and "next restart" in out, "--stay", out)
        code, out, _ = box.guichet("status")
        ok(code == 0 and "next to boot" in out and "1.0.0" in out, "status says so", out)
        code, out, _ = box.guichet("rollback")
        ok(code == 0 and "taken back" in out and box.control()["b"] == Slot(0, 0)
           and not box.restarts and box.control()["a"] == Slot(14, 7),
           "rollback takes back what waits",
           (out, box.control()))
        code, out, _ = box.guichet("status", "--json")
        status = json.loads(out)
        ok(status["slots"][1] == {"slot": "b", "state": "ready", "running": False,
                                  "priority": 0, "tries": 0}
           and status["slots"][0]["state"] == "healthy" and status["floor"] == 1
           and status["board"] == "qemu-virt", "status --json", out)
        code, out, _ = box.guichet("rollback", lang="fr")
        ok(code == 0 and "redémarre" in out and until(lambda: box.restarts)
           and box.control() == {"a": Slot(14, 7), "b": Slot(15, 3)},
           "rollback runs the other slot again", out)
        ok([e["kind"] for e in box.events] == ["armed", "rollback", "rollback"],
           "each is recorded", box.events)
    with UpdaterAlone([KEY]) as box:
        box.write("boot", 0, bytes(4096))
        before = box.disk()
        code, _, err = box.guichet("rollback")
        ok(code == REFUSED and "holds no release" in err and box.disk() == before,
           "no rollback to what was destroyed", err)
        code, out, _ = box.guichet("status", lang="fr")
        ok(code == 0 and "vide" in out, "status says that it is empty", out)


def test_failed():
    with UpdaterAlone([KEY], b=Slot(14, 0)) as box:
        code, out, _ = box.guichet("status", "--json")
        ok(json.loads(out)["slots"][1]["state"] == "failed", "status --json says that it failed", out)
        code, out, _ = box.guichet("status", lang="fr")
        ok(code == 0 and "en échec" in out, "and so does status in French", out)
        ok(box.guichet("apply", container())[0] == 0 and holds(box), "an update is taken there")
    for lang, words in (("en", "its tries ran out once"), ("fr", "ont été épuisés une fois")):
        with UpdaterAlone([KEY], b=Slot(14, 0)) as box:
            code, out, err = box.guichet("rollback", lang=lang)
            ok(code == 0 and words in err and words not in out and until(lambda: box.restarts)
               and box.control() == {"a": Slot(14, 7), "b": Slot(15, 3)},
               f"rollback to it goes, with a warning: {lang}", (code, out, err, box.control()))


def flipped(data, at):
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]


def resigned(at, data, key=KEY):
    head = header(BOOT, ROOT)
    return signed(head[:at] + data + head[at + len(data):], key)


def signature(der):
    return GOOD[:SIGNED] + der.ljust(HEADER - SIGNED, b"\0")


# What is refused before a byte is written: header, words of the refusal.
HEADERS = [
    ("empty header", bytes(HEADER), "not an update"),
    ("another magic", b"GUICUPD2" + GOOD[8:], "not an update"),
    ("unsigned", header(BOOT, ROOT).ljust(HEADER, b"\0"), "signature"),
    ("a stranger's key", signed(header(BOOT, ROOT), STRANGER), "does not know"),
    ("a stranger's signature, our key id", GOOD[:SIGNED]
     + STRANGER.sign(GOOD[:SIGNED]).ljust(HEADER - SIGNED, b"\0"), "signature"),
    ("a bit of the board", flipped(GOOD, 24), "signature"),
    ("a bit of the version", flipped(GOOD, 56), "signature"),
    ("a bit of the release", flipped(GOOD, 15), "signature"),
    ("a bit of the floor", flipped(GOOD, 23), "signature"),
    ("a bit of a size", flipped(GOOD, 95), "signature"),
    ("a bit of boot's hash", flipped(GOOD, 100), "signature"),
    ("a bit of root's hash", flipped(GOOD, 140), "signature"),
    ("a bit of the reserved bytes", flipped(GOOD, 2000), "signature"),
    ("a bit of the key id", flipped(GOOD, KEY_ID), "does not know"),
    ("a bit of the signature", flipped(GOOD, SIGNED + 20), "signature"),
    ("an empty signature", signature(b""), "signature"),
    ("a signature of length 0", signature(b"\x30\x00"), "signature"),
    ("r and s of 0", signature(bytes.fromhex("3006020100020100")), "signature"),
    ("bytes after the signature", flipped(GOOD, HEADER - 1), "signature"),
    ("signed: reserved bytes", resigned(168, b"\1"), "well-formed"),
    ("signed: release 0", signed(header(BOOT, ROOT, release=0, floor=0), KEY), "well-formed"),
    ("signed: floor above release", signed(header(BOOT, ROOT, floor=3), KEY), "well-formed"),
    ("signed: no version", resigned(56, bytes(32)), "well-formed"),
    ("signed: a version with an escape", resigned(56, b"1.1\x1b[2J"), "well-formed"),
    ("signed: text after its end", resigned(80, b"x"), "well-formed"),
    ("signed: an image of 4095 bytes", resigned(88, struct.pack(">Q", 4095)), "well-formed"),
    ("signed: an image of 2^63 bytes", resigned(128, struct.pack(">Q", 1 << 63)),
     "well-formed"),
    ("another board", signed(header(BOOT, ROOT, board=b"nanopi-r2s"), KEY), "another kind"),
    ("the same release", signed(header(BOOT, ROOT, release=5), KEY), "not newer"),
    ("an older release", signed(header(BOOT, ROOT, release=4), KEY), "not newer"),
    ("below the floor", signed(header(BOOT, ROOT, release=2), KEY), "security floor"),
    ("boot larger than its partition",
     resigned(88, struct.pack(">Q", BOOT_ROOM + 1)), "larger"),
    ("root larger than its partition",
     resigned(128, struct.pack(">Q", ROOT_ROOM + 1)), "larger"),
]


def test_headers():
    newer = ("the same release", "an older release", "below the floor")
    for strict in (False, True):
        rows = [r for r in HEADERS if (r[0] in newer) == strict]
        with UpdaterAlone([KEY, SECOND], release=5 if strict else 1,
                          floor=3 if strict else 1) as box:
            before = box.disk()
            for name, head, words in rows:
                code, _, err = box.guichet("apply", container(head))
                ok(code == REFUSED and words in err and "Nothing was changed" in err,
                   "refused: " + name, (code, err))
            ok(box.disk() == before, "nothing was written")
            ok(until(lambda: len(box.events) == len(rows)) and not box.restarts
               and all(e["kind"] == "refused" and e["why"] for e in box.events),
               "each is recorded", box.events)


def test_lengths():
    whole = GOOD + BOOT + ROOT
    with UpdaterAlone([KEY]) as box:
        before = box.disk()
        for name, data, words in (
                ("an empty file", b"", "too early"), ("half a header", whole[:2000], "too early"),
                ("one byte short", whole[:-1], "too early"),
                ("one byte more", whole + b"x", "after its end")):
            path = os.path.join(FOLDER, "length")
            with open(path, "wb") as f:
                f.write(data)
            code, _, err = box.guichet("apply", path)
            ok(code == REFUSED and words in err and box.disk() == before,
               "refused by its length: " + name, (code, err))
        code, _, err = box.guichet("apply", os.path.join(FOLDER, "none"))
        ok(code == 66 and box.guichet("apply")[0] == 64 and box.guichet("melt")[0] == 64,
           "a file that is not there; wrong arguments", (code, err))


# What is refused on the way: the slot is closed and holds no image then.
STREAMS = [
    ("one byte short", GOOD + BOOT + ROOT[:-1], "too early"),
    ("boot only", GOOD + BOOT, "too early"),
    ("header only", GOOD, "too early"),
    ("one byte more", GOOD + BOOT + ROOT + b"x", "after its end"),
    ("a bit of boot's first bytes", GOOD + flipped(BOOT, 9) + ROOT, "not the one"),
    ("a bit of boot", GOOD + flipped(BOOT, 777777) + ROOT, "not the one"),
    ("a bit of root", GOOD + BOOT + flipped(ROOT, len(ROOT) - 1), "not the one"),
]


def is_closed(box):
    return (box.control() == {"a": Slot(15, 7), "b": Slot(0, 0)}
            and box.read("boot")[:4096] == bytes(4096))


def test_streams():
    for name, data, words in STREAMS:
        with UpdaterAlone([KEY]) as box:
            code, _, err = box.guichet("apply", "-", data=data)
            ok(code == REFUSED and words in err and "slot a runs on" in err,
               "refused on the way: " + name, (code, err))
            ok(is_closed(box), "the slot is closed, the running one as it was", box.control())
            ok(not box.restarts and box.guichet("rollback")[0] == REFUSED,
               "nothing restarts, and there is no rollback to it")
            ok(box.guichet("apply", container())[0] == 0 and holds(box),
               "a good one is taken after")


def send_without_end(box):
    """All of a good container, but not that it was all."""
    client = box.connect()
    data = GOOD + BOOT + ROOT
    client.sendall(encode("UPDATE_BEGIN", language=b"en", bytes=len(data), stay=0))
    for at in range(0, len(data), 32768):
        client.sendall(encode("UPDATE_PART", data=data[at:at + 32768]))
    return client, messages(client)


def lie(path):
    """As a card that holds another bit than was written."""
    with open(path, "r+b") as card:
        card.seek(len(ROOT) - 5)
        card.write(bytes([ROOT[-5] ^ 4]))
        card.flush()
        os.fsync(card.fileno())


def test_readback():
    with UpdaterAlone([KEY]) as box:
        client, said = send_without_end(box)
        ok(b"slot b" in next(said)[1]["text"] and until(
            lambda: box.read("root")[:len(ROOT)] == ROOT), "all is written")
        ok(box.read("boot")[:4096] == bytes(4096), "but for the first bytes of boot")
        lie(box.path("root"))
        client.sendall(encode("UPDATE_END", bytes=len(GOOD + BOOT + ROOT)))
        rest = list_until_exit(said)
        ok(rest[-1] == ("UPDATE_EXIT", {"code": IO}) and b"Replace the card" in text_of(rest),
           "what the medium holds is read and hashed again", rest)
        ok(is_closed(box), "the slot is closed", box.control())


def test_block_devices():
    reason = os.geteuid() != 0 and "needs root" or why_no_block_devices()
    if reason:
        skip("updates of block devices", reason)
        return
    with OnBlockDevices([KEY]) as box:
        code, _, err = box.guichet("apply", container())
        ok(code == 0 and holds(box), "block devices are written", (err, box.log()))
    with OnBlockDevices([KEY]) as box:
        client, said = send_without_end(box)
        card = lambda: open(box.card("root"), "rb").read()     # noqa: E731,SIM115
        ok(until(lambda: card()[:len(ROOT)] == ROOT), "synced before the end is said")
        lie(box.card("root"))
        client.sendall(encode("UPDATE_END", bytes=len(GOOD + BOOT + ROOT)))
        rest = list_until_exit(said)
        ok(rest[-1] == ("UPDATE_EXIT", {"code": IO}),
           "the card is read, not what the kernel keeps of it", rest)


def list_until_exit(said):
    rest = []
    for m in said:
        rest.append(m)
        if m[0] == "UPDATE_EXIT":
            break
    return rest


def text_of(rest):
    return b"".join(v.get("text", b"") for _, v in rest)


def test_medium():
    with UpdaterAlone([KEY], read_only=("control",)) as box:
        before = box.disk()
        code, _, err = box.guichet("apply", container())
        ok(code == IO and "cannot be written" in err and box.disk() == before,
           "a boot-control block that cannot be written: nothing else is", (code, err))
    with UpdaterAlone([KEY], read_only=("root",)) as box:
        code, _, err = box.guichet("apply", container())
        ok(code == IO and is_closed(box), "a partition that cannot be written", (code, err))
    with UpdaterAlone([KEY]) as box:
        box.write("control", control.FIRST, bytes(32))
        code, _, err = box.guichet("apply", container())
        ok(code == 0 and box.control() == {"a": Slot(14, 7), "b": Slot(15, 3)},
           "one damaged copy of the boot-control block is mended", (err, box.control()))
    with UpdaterAlone([KEY]) as box:
        for at in (control.FIRST, control.BACKUP):
            box.write("control", at, b"?" * 32)
        before = box.disk()
        code, _, err = box.guichet("apply", container())
        ok(code == IO and "damaged" in err and box.disk() == before,
           "two damaged copies: nothing is written", (code, err))


def test_not_now():
    with UpdaterAlone([KEY], a=Slot(15, 6)) as box:
        code, _, err = box.guichet("apply", container())
        ok(code == TEMPORARY and "healthy" in err, "not before what runs is healthy", err)
        ok("not found healthy yet" in box.guichet("status")[1], "status says so")
    with UpdaterAlone([KEY], vault=False) as box:
        code, _, err = box.guichet("apply", container())
        ok(code == TEMPORARY and box.guichet("rollback")[0] == TEMPORARY
           and box.control()["b"] == Slot(14, 7), "not without the vault", err)
        ok(box.guichet("status")[0] == 0, "but status is shown")
    with UpdaterAlone([KEY], facts=False) as box:
        ok(box.guichet("status")[0] == TEMPORARY, "not before the box is known")
    with UpdaterAlone([KEY]) as box:
        first = box.connect()
        first.sendall(encode("UPDATE_BEGIN", language=b"en", bytes=0, stay=0)
                      + encode("UPDATE_PART", data=GOOD + BOOT[:9999]))
        ok(until(lambda: is_closed(box)), "an update is on its way")
        code, _, err = box.guichet("apply", container())
        ok(code == TEMPORARY and "another update" in err
           and box.guichet("rollback")[0] == TEMPORARY, "one update at a time", err)
        ok('"updating":true' in box.guichet("status", "--json")[1], "status shows that it runs")
        box.floor += 1
        box.send_facts()
        ok(until(lambda: f'"floor":{box.floor}' in box.guichet("status", "--json")[1])
           and '"updating":true' in box.guichet("status", "--json")[1],
           "the floor may rise meanwhile", box.log())
        first.close()
        ok(until(lambda: box.events) and box.events[-1]["why"].startswith(b"whoever")
           and is_closed(box), "who leaves is refused", box.events)
        ok(box.guichet("apply", container())[0] == 0, "the next one is served")


def test_nonsense():
    with UpdaterAlone([KEY]) as box:
        before = box.disk()
        for data in (b"GET / HTTP/1.1\r\n\r\n", os.urandom(5000), encode("UPDATE_END", bytes=0),
                     encode("UPDATE_PART", data=b"x" * 100),
                     encode("COMMAND", arguments=b"status\0", lang=b"en")):
            client = box.connect()
            client.sendall(data)
            client.close()
        ok(box.guichet("status")[0] == 0 and box.process.poll() is None
           and box.disk() == before, "nonsense on the socket changes nothing", box.log())
        late = box.connect()
        late.sendall(encode("UPDATE_STATUS_GET", language=b"en", json=0)
                     + encode("UPDATE_BEGIN", language=b"en", bytes=0, stay=0))
        said = messages(late)
        list_until_exit(said)
        ok('"updating":false' in box.guichet("status", "--json")[1],
           "one command a connection")


def test_killed():
    with UpdaterAlone([KEY]) as box:
        client = box.connect()
        client.sendall(encode("UPDATE_BEGIN", language=b"en", bytes=0, stay=0)
                       + encode("UPDATE_PART", data=GOOD + BOOT[:20000]))
        ok(until(lambda: is_closed(box)), "an update is on its way")
        box.kill()
        ok(is_closed(box), "killed: the slot is closed")
        ok(box.guichet("apply", container())[0] == 0 and holds(box),
           "the next process takes the next update")


def test_french():
    with UpdaterAlone([KEY]) as box:
        code, _, err = box.guichet("apply", container(flipped(GOOD, 30)), lang="fr")
        ok(code == REFUSED and "signature est fausse" in err and "Rien n'a été modifié" in err,
           "refused in French", err)
        for path, reason in (("/nowhere", "introuvable"), ("/nowhere/", "introuvable"),
                             ("/dev/null/x", "le chemin passe par ce qui n'est pas un dossier")):
            code, _, err = box.guichet("apply", path, lang="fr")
            ok(code == 66 and err == f"guichet : {path} : {reason}.\n",
               f"{path}: in French, the reason, too", err)
        code, out, _ = box.guichet("apply", container(), lang="fr")
        ok(code == 0 and "redémarre" in out, "taken in French", out)


def test_confined():
    with UpdaterAlone([KEY]) as box:
        pid = box.process.pid
        with open(f"/proc/{pid}/status", encoding="ascii") as f:
            status = f.read()
        ok("Seccomp:\t2" in status and "NoNewPrivs:\t1" in status, "it is confined")
        names = {os.readlink(f"/proc/{pid}/fd/{n}") for n in os.listdir(f"/proc/{pid}/fd")}
        files = {n for n in names if n.startswith("/") and not n.endswith(("log", "/dev/null"))}
        ok(files == {box.path(n) for n in ("boot", "root", "control")},
           "its files are the other slot's and the boot-control block", names)
        policy = subprocess.run([os.path.join(BIN, "guichet-updater"), "--policy"],
                                capture_output=True, text=True, check=True).stdout
        ok("pwrite64" in policy and "socket" not in [
            line.split()[0] for line in policy.splitlines() if line.split()],
           "--policy has no socket", policy)


def test_own_tools():
    """What the image's scripts make is what the box takes."""
    path = lambda name: os.path.join(FOLDER, name)
    for name, data in (("boot.fit", BOOT), ("root.img", ROOT),
                       ("env", b"VERSION=1.1.0\nRELEASE=2\nFLOOR=1\n")):
        with open(path(name), "wb") as f:
            f.write(data)
    environment = dict(os.environ, SOURCE_DATE_EPOCH="1700000000")
    for command in (
            ["firmware/image/mkupdate", "--out", path("unsigned"), "--board", "qemu-virt",
             "--env", path("env"), "--boot", path("boot.fit"), "--root", path("root.img")],
            ["provisioning/keys/sign-update", "--key", KEY.path, "--public", KEY.public,
             path("unsigned"), path("signed")]):
        done = subprocess.run([os.path.join(ROOT_FOLDER, command[0]), *command[1:]],
                              env=environment, capture_output=True, text=True)
        if done.returncode:
            ok(False, command[0], done.stderr)
    with UpdaterAlone([KEY]) as box:
        code, _, err = box.guichet("apply", path("unsigned"))
        ok(code == REFUSED, "mkupdate's, not signed", err)
        code, _, err = box.guichet("apply", path("signed"))
        ok(code == 0 and holds(box), "mkupdate's, signed by sign-update", err)


class Mute(threading.Thread):
    """A vault that never answers; half a minute, beside the other tests."""

    def run(self):
        try:
            with UpdaterAlone([KEY], mute=True) as box:
                self.result = box.guichet("apply", container(name="mute"))
                self.restarts, self.control = box.restarts, box.control()
        except Exception as e:                              # noqa: BLE001
            self.result = (-1, "", repr(e))


MUTE = Mute()


def test_mute():
    MUTE.join(90)
    code, _, err = MUTE.result
    ok(code == TEMPORARY and "not restarted" in err and not MUTE.restarts
       and MUTE.control["b"] == Slot(15, 3), "no restart without a record", MUTE.result)


class Silent(threading.Thread):
    """Whoever stops in the middle; a minute, beside the other tests."""

    def run(self):
        try:
            with UpdaterAlone([KEY]) as box:
                client, idle = box.connect(), box.connect()
                client.sendall(encode("UPDATE_BEGIN", language=b"en", bytes=0, stay=0)
                               + encode("UPDATE_PART", data=GOOD + BOOT[:4097]))
                self.said = list_until_exit(messages(client))
                self.idle_ended = idle.recv(1) == b""
                self.closed = is_closed(box)
        except Exception as e:                              # noqa: BLE001
            self.said = [("exception", {"text": repr(e).encode()})]


SILENT = Silent()


def test_silent():
    SILENT.join(90)
    ok(SILENT.said[-1] == ("UPDATE_EXIT", {"code": REFUSED})
       and b"a minute" in text_of(SILENT.said) and SILENT.closed,
       "who is silent for a minute is refused", SILENT.said)
    ok(SILENT.idle_ended, "and who never says anything loses his place")


if __name__ == "__main__":
    SILENT.start()
    MUTE.start()
    try:
        main(test_good, test_stay_and_rollback, test_failed, test_headers, test_lengths, test_streams,
             test_readback, test_block_devices, test_medium, test_not_now, test_nonsense,
             test_killed, test_french, test_own_tools, test_confined, test_mute, test_silent)
    finally:
        shutil.rmtree(FOLDER, ignore_errors=True)
