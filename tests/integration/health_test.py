#!/usr/bin/python3
"""guichet-health against a running appliance: alive, dead, and busy; and that
it leaves nothing behind."""
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from appliance import BIN, Appliance                       # noqa: E402
from tap import main, ok, skip                            # noqa: E402

BOX = Appliance()
SECONDS_MOST = 10


def health(box=BOX, config="guichet.conf"):
    """(exit code, seconds, what it said)."""
    started = time.monotonic()
    done = subprocess.run([os.path.join(BIN, "guichet-health"), "-c", box.path(config)],
                          capture_output=True, text=True, timeout=30, check=False)
    return done.returncode, time.monotonic() - started, done.stderr


def is_well(name, box=BOX, config="guichet.conf"):
    code, seconds, said = health(box, config)
    ok(code == 0 and said == "", f"{name}: well ({seconds:.2f} s)", f"{code} {said}")


def is_ill(names, what, box=BOX, config="guichet.conf"):
    code, seconds, said = health(box, config)
    ok(code == 1 and seconds < SECONDS_MOST and len(said.splitlines()) == 1
       and any(f"health: {n}: " in said for n in names),
       f"{what}: 1 and a line that names {' or '.join(names)} ({seconds:.2f} s)",
       f"{code} {seconds} {said}")


@contextlib.contextmanager
def stopped(role, box=BOX):
    pid = box.pid_of(role)
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


def traces():
    """Everything that an exchange could have left."""
    status = BOX.status()
    tail = BOX.guichet("intake", "tail", "--once", "--json").splitlines()
    return {"audit": BOX.guichet("audit", "list", "--json"),
            "bundles": BOX.bundles(),
            "refusals": [line for line in tail if '"refusal"' in line],
            "log": BOX.log(),
            "database": [(name, os.stat(os.path.join(folder, name)).st_mtime_ns)
                         for folder, _, names in os.walk(BOX.path("state", "vault"))
                         for name in sorted(names) if name.startswith("vault.db")],
            "lab_card": status["lab_card"]}


def test_well_and_nothing_is_left():
    is_well("the first time")
    before = traces()
    codes = [health()[0] for _ in range(70)]
    ok(codes == [0] * 70, "seventy times in a row, no counter trips", codes)
    after = traces()
    for what in ("audit", "bundles", "refusals", "log", "database"):
        ok(before[what] == after[what], f"and nothing of it is in: {what}",
           str(after[what])[-600:])


def test_stopped():
    with stopped("intake"):
        is_ill(("intake",), "intake stands still")
    is_well("intake goes on")
    with stopped("vault"):
        is_ill(("vault", "pickup"), "the vault stands still")
    is_well("the vault goes on")
    with stopped("pickup"):
        is_ill(("pickup",), "pickup stands still")
    is_well("pickup goes on")


def test_pickup_dies():
    """It is always just being started again."""
    for _ in range(30):
        pid = BOX.pid_of("pickup")
        if pid:
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.1)
    code, seconds, said = health()
    ok(code == 0 or "health: pickup: " in said, f"pickup dies again and again: {code}, {seconds:.1f} s", said)
    BOX.wait_ready()
    is_well("pickup is back")


def tails(n):
    """`guichet intake tail` n times: intake has room for four commands."""
    return [subprocess.Popen([os.path.join(BIN, "guichet"), "--socket", BOX.socket_path,
                              "intake", "tail"], stdout=subprocess.DEVNULL) for _ in range(n)]


def test_busy_is_alive():
    watching = tails(4)
    time.sleep(0.5)
    is_well("four technicians hold all of intake's places")
    for process in watching:
        process.terminate()
        process.wait()
    silent = []
    for _ in range(3):
        s = socket.create_connection(("127.0.0.1", BOX.mllp_port))
        silent.append(s)
    time.sleep(1.5)     # intake ends silences of more than a second for others
    is_well("three senders are connected and silent")
    for s in silent:
        s.setblocking(False)
    ok(all(is_open(s) for s in silent), "and stay connected")


def is_open(s):
    try:
        return s.recv(1) != b""
    except BlockingIOError:
        return True


def test_full():
    """mllp.connections_max = 3, all three taken by silent senders."""
    with Appliance(lab_card=False, mllp__connections_max="3") as box:
        is_well("without a lab card", box)
        silent = [socket.create_connection(("127.0.0.1", box.mllp_port)) for _ in range(3)]
        time.sleep(1.5)
        is_well("MLLP is full", box)
        for s in silent:
            s.setblocking(False)
        ok(all(is_open(s) for s in silent), "no sender was pushed out")


def crowd(n, port):
    """`n` connections from another address of this machine."""
    return [socket.create_connection(("127.0.0.1", port), source_address=("127.0.0.2", 0))
            for _ in range(n)]


def test_crowd():
    """Whoever keeps the box busy from outside does not make it ill."""
    with stopped("pickup"):
        few = crowd(4, BOX.pickup_port)
        is_ill(("pickup",), "pickup stands still, 4 are connected")
        many = crowd(16, BOX.pickup_port)
        code, seconds, said = health()
        ok(code == 0 and "busy" in said and seconds < SECONDS_MOST,
           f"20 are connected: busy ({seconds:.2f} s)", f"{code} {said}")
        for s in few + many:
            s.close()
    time.sleep(1)
    is_well("the crowd has left")


def test_configurations():
    strict = "[source default]\nnetworks = 10.9.9.0/24\nsenders = GLIMS/LABO1\n"
    for name, settings, sections in (
            ("MLLP from elsewhere only", {"mllp__networks": "10.0.0.0/8"}, ""),
            ("a source of another network", {}, strict),
            ("a source of tests, its senders named", {},
             "[source default]\nenvironment = test\nsenders = GLIMS/LABO1, */X\n"),
            ("no MLLP at all", {"mllp__listen": "none"}, ""),
            ("HPRIM files only", {}, "[source default]\nformat = hprim-sante\n")):
        with Appliance(lab_card=False, sections=sections, **settings) as box:
            before = box.guichet("audit", "list", "--json")
            is_well(name, box)
            ok(box.guichet("audit", "list", "--json") == before, "and nothing is audited")


def test_certificates():
    """Expired, for another name: the box serves with it all the same."""
    empty = BOX.path("empty")
    os.mkdir(empty)
    for name in ("old.key", "old.pem"):
        os.close(os.open(BOX.path(name), os.O_CREAT | os.O_WRONLY, 0o600))
    subprocess.run(["/bin/sh", "-c", f"cd {empty} && exec {BIN}/guichet-identity elsewhere.example "
                    f"1000000000 3>{BOX.path('old.key')} 4>{BOX.path('old.pem')}"], check=True)
    with Appliance(lab_card=False, pickup__certificate=BOX.path("old.pem"),
                   pickup__key=BOX.path("old.key")) as box:
        is_well("an expired certificate for another name", box)
    other = BOX.path("other.conf")
    with open(BOX.path("guichet.conf"), encoding="utf-8") as conf, \
            open(other, "w", encoding="utf-8") as out:
        out.write(conf.read().replace(BOX.path("pickup.pem"), BOX.path("old.pem")))
    is_ill(("pickup",), "another certificate than the file's", config="other.conf")


def test_nothing_there():
    code, seconds, said = health(config="absent.conf")
    ok(code == 1 and "absent.conf" in said and seconds < 1, "no configuration", said)
    dead = Appliance(folder=BOX.path("dead"), lab_card=False) if os.mkdir(BOX.path("dead")) is None \
        else None
    dead.write_config()
    with open(BOX.path("pickup.pem"), "rb") as f, open(dead.path("pickup.pem"), "wb") as out:
        out.write(f.read())
    is_ill(("intake",), "nothing runs", dead)


def test_sandbox():
    """While it waits for an intake that stands still: what may it do?"""
    if os.geteuid() != 0:
        skip("user, root and filter", "needs root")
        return
    with stopped("intake"):
        process = subprocess.Popen([os.path.join(BIN, "guichet-health"), "-c",
                                    BOX.path("guichet.conf")], stderr=subprocess.DEVNULL)
        time.sleep(1)
        with open(f"/proc/{process.pid}/status", encoding="ascii") as f:
            status = dict(line.rstrip("\n").split(":\t", 1) for line in f if ":\t" in line)
        root = os.listdir(f"/proc/{process.pid}/root/")
        process.wait()
    ok(status["Uid"].split() == ["64109"] * 4, "its own user", status["Uid"])
    ok(status["Seccomp"] == "2" and status["NoNewPrivs"] == "1"
       and int(status["CapEff"], 16) == 0, "a filter, no capability", status)
    ok(root == [], "an empty root", root)


TESTS = (test_well_and_nothing_is_left, test_stopped, test_pickup_dies, test_busy_is_alive,
         test_full, test_crowd, test_configurations, test_certificates, test_nothing_there, test_sandbox)

if __name__ == "__main__":
    with BOX:
        main(*[t for t in TESTS if not sys.argv[1:] or t.__name__ in sys.argv[1:]])
