#!/usr/bin/python3
"""guichetd --box: two networks that cannot meet, made of namespaces, and plain
files for the partitions.  Who stands where, what reaches whom, what happens
when a role, a launcher or guichetd dies, and what status and audit say."""
import contextlib
import errno
import json
import os
import signal
import socket
import ssl
import stat
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "demo")]
sys.path.append(os.path.join(os.path.dirname(HERE), "boot"))

import control                                             # noqa: E402
import report                                              # noqa: E402
from appliance import BIN, Appliance, make_certificate     # noqa: E402
from mllp import frame, read_ack                           # noqa: E402
from networks import (LAB_ADDRESS, LIS_ADDRESS, NET_ADDRESS,     # noqa: E402
                      WAN_ADDRESS, Networks, why_not)
from tap import main, ok, skip                             # noqa: E402
from updater_alone import FIT, Key, control, header, signed     # noqa: E402

MLLP, PICKUP, STORE = 42400, 42401, 42402
PLACES = {"guichetd": "none", "vault": "none", "updater": "none", "intake": "lab",
          "pickup": "lab", "desk": "lab", "courier": "wan"}
LAUNCHER_DIED, RESTART_BOX, WRONG = 71, 80, 78
SERVICE_GROUP = 64108       # guichet-service, os/users.h
# Any point of the curve: its generator (SEC 2, 2.4.2).
KEY = ("046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
       "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5")
NETWORKS = HOST = None


class Host:
    """Somebody on the internet: a store that lets nobody in, and notes who came."""

    def __init__(self, folder):
        make_certificate(folder, names=("store.example",), addresses=(NET_ADDRESS,))
        self.ca = os.path.join(folder, "ca.pem")
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(os.path.join(folder, "pickup.pem"),
                                     os.path.join(folder, "pickup.key"))
        self.callers = set()
        with NETWORKS.inside("net"):
            self.listener = socket.create_server((NET_ADDRESS, STORE))
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            connection, caller = self.listener.accept()
            self.callers.add(caller[0])
            with contextlib.suppress(OSError), connection, \
                    self.context.wrap_socket(connection, server_side=True) as tls:
                tls.recv(65536)
                tls.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n"
                            b"Connection: close\r\n\r\n")


class Box(Appliance):
    """An appliance; init, who would have made its networks, is this test."""

    def __init__(self, settings=(), **facts):
        super().__init__(
            mllp_port=MLLP, pickup_port=PICKUP, mllp__listen=f"0.0.0.0:{MLLP}",
            pickup__listen=f"0.0.0.0:{PICKUP}", tls__trust=HOST.ca, drop__kind="s3",
            drop__endpoint=f"https://{NET_ADDRESS}:{STORE}", drop__bucket="guichet",
            drop__region="x", drop__user="box",
            drop__public_url=f"https://{NET_ADDRESS}:{STORE}/guichet", **dict(settings))
        self.facts = {
            "board": "bench", "version": "1.4.0", "release": "14", "floor": "12", "slot": "b",
            "reset": "the watchdog", "change": "2026-11-22 update to 1.4.0", "data": "checked",
            "network": f"lab {LAB_ADDRESS}/24, wan {WAN_ADDRESS}/24",
            "lab": NETWORKS.path("lab"), "wan": NETWORKS.path("wan"),
            "boot": self.path("boot_a"), "root": self.path("root_a"),
            "control": self.path("control"), "keys": self.path("update.keys"), "service": "",
            **facts}

    def write_config(self):
        super().write_config()
        for name, size in ("boot_a", 16 << 20), ("root_a", 32 << 20), ("control", 1 << 20):
            with open(self.path(name), "ab") as partition:
                partition.truncate(size)
        with open(self.path("update.keys"), "w", encoding="ascii") as keys:
            keys.write(KEY + "\n")
        with open(self.path("box"), "w", encoding="ascii") as box:
            for key, value in self.facts.items():
                box.write(f"{key} = {value}\n")

    def command(self):
        return super().command() + ["--box", self.path("box")]

    def start(self):
        with NETWORKS.inside("none"):
            return super().start()

    def pids(self):
        return {r["role"]: r["pid"] for r in self.status()["processes"]}

    def launchers(self):
        """guichetd's children that run guichetd itself."""
        listed = subprocess.run(["ps", "--ppid", str(self.process.pid), "-o", "pid=,comm="],
                                capture_output=True, check=True).stdout.decode()
        rows = [line.split() for line in listed.splitlines()]
        return [int(pid) for pid, name in rows if name == "guichetd"]

    def booted(self):
        return [row for row in self.audit() if row["ev"] == "box.boot"]

    def audit(self):
        return [json.loads(line) for line in self.guichet("audit", "list").splitlines()]


class PulsingBox(Box):
    """With a line to PID 1."""

    def __init__(self, line):
        self.pass_fds = (line.fileno(),)
        super().__init__()

    def command(self):
        return super().command() + ["--pulse", str(self.pass_fds[0])]


def place_of(pid):
    return os.readlink(f"/proc/{pid}/ns/net")


def until(question, seconds=20):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError, subprocess.SubprocessError, ValueError, KeyError):
            if question():
                return True
        time.sleep(0.2)
    return False


def in_place(box):
    pids = box.pids()
    return {role: pids.get(role) and place_of(pids[role]) for role in PLACES} == \
        {role: NETWORKS.number(place) for role, place in PLACES.items()}


def refusal(address, port, seconds=1):
    """The errno with which a connection fails; None: it was taken."""
    with socket.socket() as s:
        s.settimeout(seconds)
        try:
            s.connect((address, port))
        except TimeoutError:
            return errno.ETIMEDOUT
        except OSError as error:
            return error.errno
    return None


def deliver(box, control_id):
    card = box.card()["card"].replace("-", "")
    message = report.make_message(card=card, control_id=control_id, order="O" + control_id)
    with NETWORKS.inside("lis"), socket.create_connection((LAB_ADDRESS, MLLP), 10) as s:
        s.sendall(frame(message))
        return read_ack(s)


def fetch_page(box):
    trusting = ssl.create_default_context(cafile=box.path("ca.pem"))
    with NETWORKS.inside("lis"), socket.create_connection((LAB_ADDRESS, PICKUP), 10) as s, \
            trusting.wrap_socket(s, server_hostname="localhost") as tls:
        tls.sendall(b"GET / HTTP/1.1\r\nHost: localhost:%d\r\nConnection: close\r\n\r\n" % PICKUP)
        return tls.recv(64)


# --- tests -----------------------------------------------------------------------

def test_places():
    with Box() as box:
        ok(until(lambda: in_place(box)), "each role stands in its network, guichetd in none",
           json.dumps({r: p and place_of(p) for r, p in box.pids().items()}))
        confined = lambda pid: [  # noqa: E731
            line for line in open(f"/proc/{pid}/status", encoding="ascii")
            if line.split(":")[0] in ("CapPrm", "CapEff", "CapBnd", "NoNewPrivs", "Seccomp")]
        launchers = box.launchers()
        ok(len(launchers) == 2 and all(
            confined(pid) == confined(box.process.pid) for pid in launchers),
            "two launchers, confined as guichetd is", launchers)
        ok(all(len(os.listdir(f"/proc/{pid}/fd")) == 4 for pid in launchers),
           "nothing but guichetd's requests is open in them")
        reach(box)
        told(box)
        deaths(box)


def reach(box):
    ok("MSA|AA|" in deliver(box, "A1"), "from the lab: a message is taken")
    ok(fetch_page(box).startswith(b"HTTP/1.1 200"), "from the lab: the pickup page")
    ok(refusal(LAB_ADDRESS, MLLP) is not None, "from another network: nothing")
    with NETWORKS.inside("net"):
        taken = [p for p in range(1, 65536) if refusal(WAN_ADDRESS, p) != errno.ECONNREFUSED]
        ok(taken == [], "from the internet: no port answers, of all 65535", taken[:10])
        ok(refusal(LAB_ADDRESS, MLLP) == errno.EHOSTUNREACH
           or refusal(LAB_ADDRESS, MLLP) == errno.ETIMEDOUT
           or refusal(LAB_ADDRESS, MLLP) == errno.ENETUNREACH,
           "from the internet, with the box as router: no way to the lab",
           refusal(LAB_ADDRESS, MLLP))
    with NETWORKS.inside("lis"):
        ok(refusal(NET_ADDRESS, STORE) is not None,
           "from the lab, with the box as router: no way to the internet")
    with NETWORKS.inside("lab"):
        ok(refusal(NET_ADDRESS, STORE) == errno.ENETUNREACH,
           "where the listeners stand there is no way out")
    with NETWORKS.inside("wan"):
        ok(refusal(LIS_ADDRESS, MLLP) is not None, "where the courier stands there is no lab")
    credential = subprocess.run(
        [os.path.join(BIN, "guichet"), "--socket", box.socket_path, "credential", "set", "store"],
        input=b"secret\n", capture_output=True, check=False)
    ok(credential.returncode == 0, "the store has a credential", credential.stderr)
    box.guichet("drop", "check", "--json", check=False)
    ok(HOST.callers == {WAN_ADDRESS}, "the courier reaches a host on the internet", HOST.callers)


def told(box):
    status = box.status()
    ok(status.get("box") == {
        "board": "bench", "version": "1.4.0", "release": 14, "slot": "b",
        "started": "the watchdog", "slot_change": "2026-11-22 update to 1.4.0",
        "data": "checked", "network": box.facts["network"]}, "status has the box, in JSON",
        status.get("box"))
    english, french = box.guichet("status"), box.guichet("status", lang="fr")
    ok("1.4.0, release 14, slot b, board bench" in english and "the watchdog" in english,
       "and for people", english)
    ok("emplacement b" in french, "in French, too", french)
    rows = box.booted()
    ok(len(rows) == 1 and rows[0]["det"] == {
        "version": "1.4.0", "release": 14, "slot": "b", "reset": "the watchdog",
        "change": "2026-11-22 update to 1.4.0"}, "the start is in the audit log", rows)


def deaths(box):
    before = box.pids()
    for role in PLACES:
        if role != "guichetd":
            os.kill(before[role], signal.SIGKILL)
            until(lambda: box.pids()[role] not in (0, before[role]))    # noqa: B023
    ok(until(lambda: in_place(box) and set(box.pids().values()).isdisjoint(
        set(before.values()) - {before["guichetd"]})),
        "killed one by one, each role is back in its own network", box.log())
    ok(until(lambda: "MSA|AA|" in deliver(box, "B1")), "and a message is taken", box.log())
    ok(len(box.booted()) == 1, "the box did not start again: no record says so")


def test_a_launcher_dies():
    with Box() as box:
        os.kill(box.launchers()[0], signal.SIGKILL)
        ok(box.process.wait(20) == LAUNCHER_DIED, "without a launcher guichetd ends, with 71",
           box.log())
        pids = box.log()
        ok("a launcher of roles died" in pids, "and says why")
        box.process = None
        box.start()
        ok(until(lambda: in_place(box)), "started again, all is in place")
        ok(len(box.booted()) == 1, "and the box's start is in the log once")


def test_nothing_of_it_survives():
    with Box() as box:
        family = list(box.pids().values()) + box.launchers()
        os.kill(box.process.pid, signal.SIGKILL)
        box.process.wait()
        ok(until(lambda: not any(os.path.exists(f"/proc/{p}") for p in family)),
           "guichetd killed: neither role nor launcher is left")
        box.process = None


def test_sockets():
    with Box() as box:
        modes = {name: stat.S_IMODE(os.stat(box.path("run", name)).st_mode)
                 for name in ("guichet.sock", "intake.sock", "update.sock")}
        ok(set(modes.values()) == {0o600}, "without a service port local sockets are root's", modes)


def test_restart():
    """The updater arms the other slot: all roles end, then guichetd with 80."""
    with Box() as box:
        with open(box.path("boot_a"), "r+b") as boot, open(box.path("control"), "r+b") as block:
            boot.write(bytes.fromhex("d00dfeed"))       # a FIT's first word
            for place in (2048, 2048 + 4096):
                block.seek(place)
                block.write(control.pack(control.Slot(14, 7), control.Slot(15, 7)))
        command = [os.path.join(BIN, "guichet"), "--socket", box.path("run", "update.sock"),
                   "update", "rollback"]
        ok(until(lambda: subprocess.run(command, capture_output=True, timeout=60,
                                        check=False).returncode == 0),
           "guichet update rollback", box.log())
        ok(box.process.wait(20) == RESTART_BOX, "guichetd ends with 80: restart the box", box.log())
        ok("vault stopped: exit code 0" in box.log(), "after all roles have ended in order")
        box.process = None
        box.start()
        rows = [r for r in box.audit() if r["ev"] == "update"]
        ok(len(rows) == 1 and rows[0]["res"] == "rollback", "and the audit log has it", rows)


def test_service_port():
    if not os.path.exists(os.path.join(BIN, "guichet-service")):
        skip("the service port", "guichet-service is not built")
        return
    ours, theirs = os.openpty()
    with Box({"service__port": "on"}, service=os.ttyname(theirs)) as box:
        found = {name: os.stat(box.path("run", name))
                 for name in ("guichet.sock", "intake.sock", "update.sock")}
        ok(all(stat.S_IMODE(s.st_mode) == 0o660 and (s.st_uid, s.st_gid) == (0, SERVICE_GROUP)
               for s in found.values()), "with a service port its bridge may open them", found)
        ok(until(lambda: place_of(box.pids()["service"]) == NETWORKS.number("none")),
           "and stands where no network is", box.log())
    os.close(ours)
    os.close(theirs)
    with Box({"service__port": "on"}, service="/dev/guichet-none") as box:
        ok("MSA|AA|" in deliver(box, "S1") and "service" not in box.pids(),
           "without that port: no bridge, and results are taken all the same", box.log())


def run(box):
    """guichetd, as long as it wants."""
    make_certificate(box.folder)
    box.write_config()
    with NETWORKS.inside("none"):
        done = subprocess.run(box.command(), capture_output=True, timeout=30, check=False)
    return done.returncode, done.stderr.decode()


def test_wrong_facts():
    box = Box(slot="c")
    code, said = run(box)
    ok(code == WRONG and "line 5" in said, "a fact that is none: said, with its line", said)
    box = Box(lab="/run/netns/guichet-none-such")
    code, said = run(box)
    ok(code == WRONG and "network lab" in said, "a network that is not there: no start", said)
    box = Box(keys="/dev/null")
    code, said = run(box)
    ok(code == WRONG and "130 hexadecimal" in said, "no key: no start", said)


def test_missing_partition():
    with Box(root="/dev/guichet-none") as box:
        ok("MSA|AA|" in deliver(box, "P1") and "updater" not in box.pids(),
           "without a partition: no updater, and results are taken all the same", box.log())


def update_events(box):
    return [(row["res"], row["det"]["version"]) for row in box.audit() if row["ev"] == "update"]


def write_slots(box):
    """b runs."""
    with open(box.path("control"), "r+b") as f:
        for at in (control.FIRST, control.BACKUP):
            f.seek(at)
            f.write(control.pack(control.Slot(14, 7), control.Slot(15, 7)))


def test_update():
    """With guichet-updater as guichetd --box starts it; what it refuses, and
    what that leaves: update_test.py."""
    with tempfile.TemporaryDirectory() as folder:
        key, boot, root = Key(folder, "update"), FIT + os.urandom(70000), os.urandom(90000)
        keys, path = os.path.join(folder, "keys"), os.path.join(folder, "update")
        with open(keys, "w", encoding="ascii") as f:
            f.write(key.point.hex() + "\n")
        unsigned = header(boot, root, board=b"bench", version=b"1.5.0", release=15, floor=12)
        with open(path, "wb") as f:
            f.write(signed(unsigned, key) + boot + root)
        with Box(keys=keys) as box:
            write_slots(box)
            box.guichet("update", "apply", "--stay", path)
            state = json.loads(box.guichet("update", "status", "--json"))["slots"][0]["state"]
            ok(state == "armed" and box.process.poll() is None,
               "an update that stays: armed, and the box runs on", state)
            ok(update_events(box) == [("armed", "1.5.0")], "in the audit log",
               update_events(box))
            out = box.guichet("update", "apply", path)
            ok(box.process.wait(30) == RESTART_BOX and "restarts now" in out,
               "an update: guichetd ends in order, for the box to restart", out + box.log())
            with open(box.path("boot_a"), "rb") as f:
                ok(f.read(len(boot)) == boot, "and the other slot holds it")
            box.process = None


def facts_text(box, **news):
    return "".join(f"{k} = {v}\n" for k, v in {**box.facts, **news}.items()).encode()


def test_pulse():
    """The line to PID 1: a sign of life out, news about the box in."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.settimeout(15)
    with PulsingBox(theirs) as box:
        write_slots(box)
        beats = [ours.recv(16), ours.recv(16)]
        ok(beats == [b"\0", b"\0"], "guichetd is heard", beats)
        ours.send(facts_text(box, floor="13", data="cannot be written any more"))
        ok(until(lambda: box.status()["box"]["data"] == "cannot be written any more"),
           "status says what init has found since", box.status().get("box"))
        ok(until(lambda: json.loads(box.guichet("update", "status", "--json"))["floor"] == 13),
           "and guichet update the new floor", box.log())
        ours.send(b"slot = c\n")
        ok(until(lambda: "line 1 is no fact" in box.log())
           and box.status()["box"]["slot"] == "b", "what is none is not taken", box.log())
        inherited = [pid for pid in [*box.launchers(), *box.pids().values()]
                     if pid != box.process.pid and os.stat(f"/proc/self/fd/{theirs.fileno()}").st_ino
                     in {os.stat(f"/proc/{pid}/fd/{fd}").st_ino
                         for fd in os.listdir(f"/proc/{pid}/fd")}]
        ok(inherited == [], "the line is guichetd's alone", inherited)
        os.kill(box.process.pid, signal.SIGSTOP)
        while True:     # what it said before
            ours.settimeout(7)
            try:
                ours.recv(16)
            except TimeoutError:
                break
        ok(fetch_page(box).startswith(b"HTTP/1.1 200"),
           "stopped alone, it is silent, and all roles answer")
        os.kill(box.process.pid, signal.SIGCONT)
        ok(ours.recv(16) == b"\0", "and is heard again")
    ours.close()
    theirs.close()


def run_all():
    global NETWORKS, HOST
    missing = [p for p in ("guichet-updater",) if not os.path.exists(os.path.join(BIN, p))]
    reason = why_not() or (f"{missing[0]} is not built" if missing else None)
    if reason:
        skip("guichetd --box", reason)
        main()
    with Networks() as NETWORKS, tempfile.TemporaryDirectory() as folder:
        HOST = Host(folder)
        main(test_places, test_a_launcher_dies, test_nothing_of_it_survives, test_sockets,
             test_restart, test_service_port, test_wrong_facts, test_missing_partition, test_update,
             test_pulse)


if __name__ == "__main__":
    run_all()
