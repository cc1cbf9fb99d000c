"""courier_alone.py -- guichet-courier without the rest: this module plays the
supervisor, a vault with an outbox, and a desk.

    with CourierAlone(vault=Outbox(), **drop) as courier:
        row = courier.vault.put("d/x", b"bytes")
        courier.vault.result(row)           # ("done", 0, "")
"""
import array
import hashlib
import os
import re
import shutil
import socket
import struct
import tempfile
import threading
import time

from appliance import BIN, ROOT
from pickup_alone import NOT_FOUND, OK, decode, encode
from role_alone import start_role, wait_end

ROLE_VAULT, ROLE_DESK = 2, 4
STORE, MAIL, SMS = 0, 1, 2
PUT_OBJECT, PUT_INDEX, DELETE, NOTICE = 0, 1, 2, 3
PART = 131072


def _names(what):
    text = open(os.path.join(ROOT, "gateway", "ipc", "outbox.h"), encoding="utf-8").read()
    rows = re.search(rf"#define {what}_MAP\(X\)(.*?)\n\n", text, re.S).group(1)
    return re.findall(r'X\(\w+, *"([^"]+)"', rows)


OUTCOMES = _names("OUTBOX_OUTCOME")


class Outbox:
    """Rows as the vault hands them out.  `reads`: what OUTBOX_READ brings, by
    a function (row, offset) -> bytes or None (the bundle has ended)."""

    def __init__(self, secret=b"testing", mail_secret=b"", sms_secret=b""):
        self.secrets = {STORE: secret, MAIL: mail_secret, SMS: sms_secret}
        self.lock = threading.Condition()
        self.waiting, self.out, self.results = {}, {}, {}
        self.takes, self.read_log, self.seen = [], [], []
        self.bodies = {}
        self.number = 0
        self.idle = set()
        self.channel = None
        self.reads = lambda row, offset: self.bodies[row][offset:offset + PART]
        self.now_s = lambda: int(time.time())

    # --- rows ------------------------------------------------------------------

    def add(self, channel=STORE, body=b"", **fields):
        with self.lock:
            self.number += 1
            self.bodies[self.number] = body
            self.waiting.setdefault(channel, []).append((self.number, fields))
            if channel in self.idle:
                self.idle.discard(channel)
                self.send(encode("OUTBOX_WAKE", channel=channel))
            return self.number

    def put(self, name, body, kind=PUT_OBJECT, sha256=None, size=None, **fields):
        return self.add(body=body, kind=kind, name=name.encode(),
                        size=len(body) if size is None else size,
                        sha256=sha256 or hashlib.sha256(body).digest(), **fields)

    def delete(self, name):
        return self.add(kind=DELETE, name=name.encode())

    def result(self, row, seconds=30):
        """(outcome, retry_after_s, error) of the row's last attempt."""
        with self.lock:
            if not self.lock.wait_for(lambda: row in self.results, seconds):
                return ("nothing", 0, "")
            r = self.results[row]
            return (OUTCOMES[r["outcome"]], r["retry_after_s"], r["error"].decode())

    # --- the channel -----------------------------------------------------------

    def send(self, packet):
        if self.channel is not None:
            try:
                self.channel.sendall(packet)
            except OSError:
                pass

    def answer(self, name, v):
        self.seen.append((name, v))
        if name == "OUTBOX_TAKE":
            return self.on_take(v["channel"])
        if name == "OUTBOX_READ":
            return self.on_read(v["job"], v["offset"])
        if name == "OUTBOX_DONE":
            self.out.pop(v["job"], None)
            self.results[v["job"]] = v
            self.lock.notify_all()
        return []

    def on_take(self, channel):
        self.takes.append(channel)
        if not self.waiting.get(channel):
            self.idle.add(channel)
            return [encode("OUTBOX_NONE", channel=channel)]
        number, fields = self.waiting[channel].pop(0)
        self.out[number] = (channel, fields)
        return [encode("OUTBOX_JOB", job=number, channel=channel,
                       now_s=self.now_s(), **fields)]

    def on_read(self, row, offset):
        self.read_log.append((row, offset))
        data = self.reads(row, offset)
        if data is False:
            return []           # a vault that hangs
        if data is None:
            return [encode("OUTBOX_DATA", job=row, outcome=NOT_FOUND, offset=offset)]
        return [encode("OUTBOX_DATA", job=row, outcome=OK, offset=offset, data=data)]

    def serve(self, channel):
        stream = channel.makefile("rb", buffering=1 << 20)
        with self.lock:
            self.channel = channel
            self.idle.clear()
            # What was out is due again: nothing else remembers it.
            for number, (kind, fields) in self.out.items():
                self.waiting.setdefault(kind, []).insert(0, (number, fields))
            self.out = {}
            for kind, secret in self.secrets.items():
                self.send(encode("CREDENTIAL", channel=kind, value=secret))
        try:
            while len(head := stream.read(8)) == 8:
                number, _, size = struct.unpack(">HHI", head)
                name, values = decode(number, stream.read(size))
                with self.lock:
                    if self.channel is channel:
                        self.send(b"".join(self.answer(name, values)))
        except (OSError, ValueError, struct.error):
            pass


class CourierAlone:
    def __init__(self, vault=None, program=None, **config):
        self.vault = vault or Outbox()
        self.program = program or os.path.join(BIN, "guichet-courier")
        self.config = config

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="guichet-courier-")
        os.chmod(self.folder, 0o755)
        self.log_path = os.path.join(self.folder, "log")
        empty = os.path.join(self.folder, "empty")
        os.mkdir(empty)
        self.supervisor, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.process = self._start(theirs, empty)
        theirs.close()
        lines = {"box.id": "test-box", "lab.name": "Labo"}
        lines.update({k.replace("__", "."): v for k, v in self.config.items()})
        text = "".join(f"{k} = {v}\n" for k, v in lines.items())
        self.supervisor.send(encode("START", listeners=0, config=text.encode()))
        self.supervisor.settimeout(30)
        if not self.supervisor.recv(4096):
            raise RuntimeError("guichet-courier ended: " + self.log())
        self.supervisor.settimeout(None)
        self.channel = None
        self.connect_vault()
        return self

    def _start(self, theirs, empty):
        with open(self.log_path, "wb") as log:
            return start_role([self.program], (theirs.fileno(),), cwd=empty, stderr=log)

    def connect(self, role):
        ours, theirs = socket.socketpair()
        self.supervisor.sendmsg([encode("PEER", role=role, first=1)], [
            (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [theirs.fileno()]))])
        theirs.close()
        return ours

    def connect_vault(self):
        self.channel = self.connect(ROLE_VAULT)
        threading.Thread(target=self.vault.serve, args=(self.channel,),
                         daemon=True).start()

    def lose_vault(self):
        self.channel.shutdown(socket.SHUT_RDWR)
        self.channel.close()

    def log(self):
        return open(self.log_path, encoding="utf-8", errors="replace").read()

    def rss_kb(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as f:
            return int(re.search(r"VmRSS:\s+(\d+)", f.read()).group(1))

    def is_alive(self):
        return self.process.poll() is None

    def stop(self, grace_ms=5000):
        """Asks it to stop; its exit code."""
        self.supervisor.send(encode("STOP", grace_ms=grace_ms))
        return self.process.wait(timeout=grace_ms / 1000 + 10)

    def __exit__(self, *_):
        self.supervisor.close()
        wait_end(self.process)
        shutil.rmtree(self.folder, ignore_errors=True)
