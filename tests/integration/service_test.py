#!/usr/bin/python3
"""The service port: the real guichet command, a cable that is made worse and
worse, the real guichet-service and a running appliance behind it."""
import json
import os
import random
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "demo")]

import box_test                                            # noqa: E402
import report                                              # noqa: E402
from appliance import BIN, Appliance                       # noqa: E402
from networks import Networks, why_not                     # noqa: E402
from service_line import Line                              # noqa: E402
from tap import main, ok, skip                             # noqa: E402
from updater_alone import FIT, Key, UpdaterAlone, header, signed    # noqa: E402
from waiting import until                                  # noqa: E402

BOX = Appliance()
RUN = BOX.path("run")
UNAVAILABLE = 69


# --- frames, by docs/formats/service.md ---------------------------------------

def frame(kind, session, position=0, payload=b""):
    body = kind + struct.pack(">II", session, position) + payload
    body += struct.pack(">I", zlib.crc32(body))
    return b"\xc0" + body.replace(b"\xdb", b"\xdb\xdd").replace(b"\xc0", b"\xdb\xdc") + b"\xc0"


def frames(data):
    for raw in data.split(b"\xc0"):
        body = raw.replace(b"\xdb\xdc", b"\xc0").replace(b"\xdb\xdd", b"\xdb")
        if len(body) > 12 and zlib.crc32(body[:-4]) == struct.unpack(">I", body[-4:])[0]:
            yield body[:1], *struct.unpack(">II", body[1:9]), body[9:-4]


class Raw:
    """A technician who writes frames by hand."""

    def __init__(self, line):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(line.device)
        self.socket.settimeout(3)
        self.seen = b""

    def ask(self, *sent, until_kind=b"K", seconds=3):
        """What came until a frame of that kind; None: it did not come."""
        self.socket.sendall(b"".join(sent))
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                self.seen += self.socket.recv(4096)
            except TimeoutError:
                break
            for found in frames(self.seen):
                if found[0] == until_kind:
                    self.seen = b""
                    return found
        return None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()


# --- it works ------------------------------------------------------------------

def test_commands():
    for box_end, client_end in (("pty", "pty"), ("pty", "socket"), ("socket", "socket")):
        where = f"{box_end} to {client_end}"
        with Line(RUN, box_end, client_end) as line:
            code, out, err = line.guichet("status", "--json")
            ok(code == 0 and json.loads(out)["processes"], f"{where}: status", err)
            code, out, err = line.guichet("card", "new", "--json")
            ok(code == 0 and "code" in json.loads(out), f"{where}: a card", err)
            path = os.path.join(line.folder, "m.hl7")
            with open(path, "wb") as f:
                f.write(report.make_message(control_id="S1", order="S-1", card=""))
            code, out, err = line.guichet("intake", "check", path)
            ok(code == 0 and "answer: AA" in out, f"{where}: intake check", out + err)
            code, out, err = line.guichet("nonsense")
            ok(code != 0 and err != "" and "hung up" not in err,
               f"{where}: a wrong command fails as it does there", err)


def test_same_as_there():
    with Line(RUN) as line:
        for arguments in (("card", "list"), ("audit", "list"), ("intake", "tail", "--once")):
            ok(line.guichet(*arguments)[1] == BOX.guichet(*arguments),
               "the same words as on the box: " + " ".join(arguments))


def test_input():
    """A line that the desk asks for goes the other way."""
    with Line(RUN) as line:
        done = subprocess.run([os.path.join(BIN, "guichet"), "--service", line.device,
                               "credential", "set", "mail"], input=b"a secret\n",
                              capture_output=True, timeout=20, check=False)
        ok(done.returncode == 0 or b"mail" in done.stderr + done.stdout, "asked for, and given",
           done.stderr)


# --- an update -------------------------------------------------------------------

def update(name, boot_bytes, root_bytes, most_s, **cable):
    folder = tempfile.mkdtemp(prefix="guichet-service-")
    key = Key(folder, "key")
    boot, root = FIT + os.urandom(boot_bytes), os.urandom(root_bytes)
    path = os.path.join(folder, "container")
    with open(path, "wb") as f:
        f.write(signed(header(boot, root), key) + boot + root)
    with UpdaterAlone([key]) as updater, Line(updater.folder, **cable) as line:
        started = time.monotonic()
        code, out, err = line.guichet("update", "apply", "--stay", path, timeout=most_s)
        seconds = time.monotonic() - started
        there = updater.disk()
        ok(code == 0 and there[0][:len(boot)] == boot and there[1][:len(root)] == root,
           f"{name}: {(boot_bytes + root_bytes) / 1e6:.1f} MB in {seconds:.1f} s, every byte",
           f"{code} {out} {err[-500:]} {line.log()} {updater.log()}")


def test_update():
    update("a virtio port", 2_000_000, 3_500_000, 60, box_end="socket", client_end="socket")
    update("a serial line", 2_000_000, 3_500_000, 120)
    update("a line that loses bytes", 200_000, 200_000, 120, mangle=Noise(40_000))


# --- a bad line --------------------------------------------------------------------

class Noise:
    """One wrong byte in `every`, and the kernel says something now and then."""

    def __init__(self, every, says=0.02):
        self.random = random.Random(every)
        self.every, self.says = every, says

    def __call__(self, to_box, data):
        data = bytearray(data)
        for _ in range(len(data) // self.every + (self.random.random() * self.every < len(data))):
            at = self.random.randrange(len(data))
            what = self.random.randrange(3)
            if what == 0:
                data[at] ^= 1 << self.random.randrange(8)
            elif what == 1:
                data.insert(at, self.random.randrange(256))
            elif len(data) > 1:
                del data[at]
            else:
                data[at] ^= 0xff
        if not to_box and self.random.random() < self.says:
            at = self.random.randrange(len(data))
            data[at:at] = b"[   12.345678] virtio_net: a message of the kernel\r\n"
        return bytes(data)


def test_noise():
    with Line(RUN, mangle=Noise(3000, says=0.2)) as line:
        results = [line.guichet("status", "--json") for _ in range(15)]
        ok(all(code == 0 and json.loads(out) for code, out, _ in results),
           "fifteen times over a bad line", [r[2] for r in results if r[0]])
        ok(line.guichet("audit", "list")[1] == BOX.guichet("audit", "list"),
           "a long answer, whole")


def test_line_that_talks():
    """A box that boots: text alone, then its bridge is there."""
    with Line(RUN, client_end="socket") as line:
        noise = b"U-Boot 2025.01\r\n\xc0\xdb\xc0[    0.000000] Booting Linux\r\n" * 50
        with Raw(line) as raw:
            ok(raw.ask(noise, frame(b"O", 7, 0, b"desk"), noise) is not None,
               "an open between boot messages is answered")


# --- ends ----------------------------------------------------------------------------

def test_dead_client():
    """Killed in the middle, six times: intake has room for four callers."""
    with Line(RUN) as line:
        for _ in range(6):
            process = line.command("intake", "tail", start_new_session=True)
            until(lambda: line.log().count("intake.sock") > 0, 5)
            time.sleep(0.3)
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
        code, out, err = line.guichet("intake", "tail", "--once")
        ok(code == 0 and out, "the next one comes in at once", err)


def test_interrupted():
    with Line(RUN) as line:
        for _ in range(6):
            process = line.command("intake", "tail", start_new_session=True)
            time.sleep(0.3)
            os.killpg(process.pid, signal.SIGINT)
            process.communicate(timeout=10)
        code, _, err = line.guichet("intake", "tail", "--once")
        ok(code == 0, "after Ctrl-C", err)
        with Line(RUN) as second:
            code, _, err = second.guichet("intake", "tail", "--once")
            ok(code == 0, "no session is left behind at intake", err)


def test_two_at_once():
    with Line(RUN) as line:
        first = line.command("intake", "tail")
        time.sleep(0.5)
        code, _, err = line.guichet("status")
        ok(code == UNAVAILABLE and "busy" in err, "a line that is in use is said to be", err)
        first.terminate()
        first.communicate()
        time.sleep(0.5)
        ok(line.guichet("status")[0] == 0, "then it is free")


def test_bridge_restarts():
    with Line(RUN) as line:
        process = line.command("intake", "tail")
        time.sleep(0.5)
        line.bridge.kill()
        line.bridge.wait()
        line.supervisor.close()
        line.start_bridge()
        started = time.monotonic()
        _, err = process.communicate(timeout=30)
        seconds = time.monotonic() - started
        ok(process.returncode == UNAVAILABLE and b"hung up" in err and seconds < 5,
           f"a bridge that was started anew knows no old session ({seconds:.1f} s)", err)
        ok(line.guichet("status")[0] == 0, "and takes a new one")


def test_role_dies():
    with Line(RUN) as line:
        process = line.command("intake", "tail")
        time.sleep(0.5)
        os.kill(BOX.pid_of("intake"), signal.SIGKILL)
        started = time.monotonic()
        _, err = process.communicate(timeout=30)
        ok(process.returncode == UNAVAILABLE and time.monotonic() - started < 5,
           "whose service died is told", err)
        BOX.wait_ready()


def test_cut_cable():
    with Line(RUN) as line:
        process = line.command("intake", "tail")
        time.sleep(0.5)
        line.is_cut = True
        started = time.monotonic()
        _, err = process.communicate(timeout=40)
        seconds = time.monotonic() - started
        ok(process.returncode == UNAVAILABLE and b"does not answer" in err and seconds < 25,
           f"a cable that is cut in the middle ({seconds:.1f} s)", err)
        code, _, err = line.guichet("status", lang="fr")
        ok(code == UNAVAILABLE and "ne répond pas" in err, "and one that was cut before", err)
        line.is_cut = False
        ok(line.guichet("status")[0] == 0, "and mended")


# --- refusals ------------------------------------------------------------------------

def test_services():
    with Line(RUN, client_end="socket") as line, Raw(line) as raw:
        for session, name in enumerate((b"root", b"guichet.sock", b"../desk", b"desk\0", b"Desk")):
            answer = raw.ask(frame(b"O", 9 + session, 0, name), until_kind=b"C")
            ok(answer is not None and answer[3] == b"u", f"no such service: {name}", answer)
    with Line(RUN) as line:
        code, _, err = line.guichet("update", "status")
        ok(code == UNAVAILABLE and "not running" in err, "no updater here: said so", err)


def test_session_ends_the_old_one():
    with Line(RUN, client_end="socket") as line, Raw(line) as raw:
        first = raw.ask(frame(b"O", 21, 0, b"desk"))
        second = raw.ask(frame(b"O", 22, 0, b"intake"))
        ok(first[1] == 21 and second[1] == 22, "a new session is answered", (first, second))
        # What is left of the old one's frames goes nowhere.
        answer = raw.ask(frame(b"D", 21, 0, b"old"), until_kind=b"C")
        ok(answer is not None and answer[1] == 21 and answer[3] == b"s", "the old one is over",
           answer)
        garbage = raw.ask(frame(b"D", 22, 0, b"\xff" * 64), until_kind=b"C")
        ok(garbage is not None and garbage[1] == 22, "intake hangs up on nonsense, and we hear it",
           garbage)


def test_devices():
    for device, words in (("/dev/null", "a tty"), ("/nowhere", "No such file"),
                          (BOX.path("guichet.conf"), "a tty")):
        done = subprocess.run([os.path.join(BIN, "guichet"), "--service", device, "status"],
                              capture_output=True, text=True, timeout=20, check=False)
        ok(done.returncode == UNAVAILABLE and words in done.stderr, f"no line: {device}",
           done.stderr)
    done = subprocess.run([os.path.join(BIN, "guichet"), "--speed", "fast", "status"],
                          capture_output=True, text=True, timeout=20, check=False)
    ok(done.returncode == 64 and "115200" in done.stderr, "no speed", done.stderr)


# --- on a box ------------------------------------------------------------------------

def test_box():
    """guichetd --box with the port switched on; health in the lab's network."""
    reason = why_not()
    if reason:
        skip("guichetd starts the bridge", reason)
        return
    with Networks() as box_test.NETWORKS, Line(None) as line:
        box_test.HOST = box_test.Host(tempfile.mkdtemp(prefix="guichet-host-"))
        with box_test.Box({"service__port": "on"}, service=line.box_device) as box:
            until(lambda: box.pids().get("service"))
            code, out, err = line.guichet("status", "--json")
            ok(code == 0 and json.loads(out)["box"], "guichetd's own bridge: status of the box",
               err + out + box.log())
            # The box of this test has a blank control partition.
            answered = until(lambda: "boot-control block" in line.guichet("update", "status")[2])
            ok(answered, "the updater answers, too", line.guichet("update", "status")[1:])
            os.kill(box.pids()["service"], signal.SIGKILL)
            until(lambda: box.pids().get("service"))
            code, _, err = line.guichet("intake", "tail", "--once")
            ok(code == 0, "guichetd starts it again with the same line", err)
            with box_test.NETWORKS.inside("lab"):
                done = subprocess.run([os.path.join(BIN, "guichet-health"), "-c",
                                       box.path("guichet.conf")], capture_output=True, text=True,
                                      timeout=20, check=False)
            ok(done.returncode == 0, "guichet-health in the network of the lab", done.stderr)
            box.stop()
        with box_test.Box(service=line.box_device) as box:
            time.sleep(1)
            ok("service" not in box.pids(), "off, where nobody switched it on", box.pids())


# --- what it may do, and what it costs -------------------------------------------------

def test_quiet():
    with Line(RUN) as line:
        time.sleep(0.2)
        before, started = line.cpu_s(), line.carried[0]
        time.sleep(3)
        ok(line.carried[0] == started == 0, "it says nothing to nobody")
        ok(line.cpu_s() - before < 0.05, "and costs nothing")
    with Line(RUN, "socket", "socket") as line:
        far = line.keep.pop()
        far.shutdown(socket.SHUT_RDWR)      # as a virtio port without a host
        time.sleep(0.2)
        before = line.cpu_s()
        time.sleep(3)
        ok(line.cpu_s() - before < 0.05 and line.bridge.poll() is None,
           "a port without another end costs nothing", line.cpu_s() - before)


def test_sandbox():
    if os.geteuid() != 0:
        skip("user, root and filter", "needs root")
        return
    with Line(RUN) as line:
        with open(f"/proc/{line.bridge.pid}/status", encoding="ascii") as f:
            status = dict(row.rstrip("\n").split(":\t", 1) for row in f if ":\t" in row)
        root = os.stat(f"/proc/{line.bridge.pid}/root/")
        ok(status["Uid"].split() == ["64108"] * 4 and status["Groups"].strip() == "",
           "its own user", status)
        ok(status["Seccomp"] == "2" and status["NoNewPrivs"] == "1"
           and int(status["CapEff"], 16) == 0, "a filter, no capability", status)
        ok((root.st_dev, root.st_ino) == (os.stat(RUN).st_dev, os.stat(RUN).st_ino),
           "its root is run.dir")


if __name__ == "__main__":
    TESTS = (test_commands, test_same_as_there, test_input, test_update, test_noise,
             test_line_that_talks, test_dead_client, test_interrupted, test_two_at_once,
             test_bridge_restarts, test_role_dies, test_cut_cable, test_services,
             test_session_ends_the_old_one, test_devices, test_box, test_quiet, test_sandbox)
    with BOX:
        main(*[t for t in TESTS if not sys.argv[1:] or t.__name__ in sys.argv[1:]])
