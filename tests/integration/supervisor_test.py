#!/usr/bin/python3
"""What guichetd does when something it did not start goes wrong: a channel
between two living roles breaks, its log's reader leaves, its terminal goes."""
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "demo")]

import report                                              # noqa: E402
from appliance import BIN, Appliance                       # noqa: E402
from mllp import send                                      # noqa: E402
from tap import main, ok                                   # noqa: E402

SYS_PIDFD_GETFD = 438       # the same number on x86_64 and aarch64
LIBC = ctypes.CDLL(None, use_errno=True)


def break_channels(pid):
    """Shuts down every stream socket of `pid` that leads to another role."""
    process, broken = os.pidfd_open(pid), 0
    for name in os.listdir(f"/proc/{pid}/fd"):
        if not os.readlink(f"/proc/{pid}/fd/{name}").startswith("socket:"):
            continue
        fd = LIBC.syscall(SYS_PIDFD_GETFD, process, int(name), 0)
        if fd < 0:
            raise OSError(ctypes.get_errno(), "pidfd_getfd")
        with socket.socket(fileno=fd) as s:
            if (s.family == socket.AF_UNIX and s.type == socket.SOCK_STREAM
                    and not s.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)):
                s.shutdown(socket.SHUT_RDWR)
                broken += 1
    os.close(process)
    return broken


def until(question, seconds=15):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if question():
                return True
        except (OSError, subprocess.SubprocessError, ValueError):
            pass
        time.sleep(0.2)
    return False


def test_a_broken_channel_is_made_again():
    with Appliance() as box:
        card = box.card()["card"].replace("-", "")
        message = lambda c: report.make_message(card=card, control_id=c, order="O" + c)  # noqa: E731
        ok("MSA|AA|" in send(box.mllp_port, message("A1")), "before: acknowledged")
        ok(break_channels(box.pid_of("intake")) == 2, "intake's channels to vault and desk are broken")
        ok(until(lambda: "MSA|AA|" in send(box.mllp_port, message("B1"))), "acknowledged again", box.log())
        ok(all(p["restarts"] == 0 for p in box.status()["processes"]), "nobody had to be restarted")
        break_channels(box.pid_of("desk"))
        ok(until(lambda: len(box.bundles(card)) == 2), "desk and vault speak again too", box.log())


def test_its_log_may_go_away():
    with Appliance() as box:
        box.stop()
        box.process = subprocess.Popen([os.path.join(BIN, "guichetd"), "-c", box.path("guichet.conf")],
                                       stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
        box.wait_ready()
        box.process.stderr.close()
        os.kill(box.pid_of("pickup"), signal.SIGKILL)   # something to write a line about
        ok(until(lambda: any(p["role"] == "pickup" and p["ready"] and p["restarts"] == 1
                             for p in box.status()["processes"])), "without a reader of its log it goes on")
        ok(box.process.poll() is None, "and lives")


def test_signals():
    for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
        with Appliance() as box:
            pids = [p["pid"] for p in box.status()["processes"]]
            box.process.send_signal(number)
            box.process.wait(15)
            ok(box.process.returncode == 0, f"{number.name}: an orderly stop", box.process.returncode)
            ok(not any(os.path.exists(f"/proc/{pid}") for pid in pids), f"{number.name}: no role is left")
            ok("stopped" in box.log(), f"{number.name}: the log says so")


if __name__ == "__main__":
    main(test_a_broken_channel_is_made_again, test_its_log_may_go_away, test_signals)
