"""pickup_alone.py -- guichet-pickup without the rest: this module plays the
supervisor and a vault that answers from a script.

    with PickupAlone(vault=FakeVault()) as pickup:
        pickup.request("GET", "/")

Messages are encoded from gateway/ipc/messages.def itself.
"""
import array
import http.client
import json
import os
import re
import socket
import ssl
import struct
import tempfile
import threading
import time

from appliance import BIN, ROOT, free_port, make_certificate
from role_alone import start_role, wait_end

OK, DENIED, NOT_FOUND, FORGED, BUSY, THROTTLED, INVALID = 0, 5, 7, 9, 11, 12, 16
ROLE_VAULT = 2


def _read_definitions():
    path = os.path.join(ROOT, "gateway", "ipc", "messages.def")
    text = open(path, encoding="utf-8").read()
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S).replace("\\\n", " ")
    by_name, by_id = {}, {}
    for number, name in re.findall(r"MESSAGE\((0x[0-9a-f]+), *(\w+)", text):
        fields = re.search(rf"#define {name}_FIELDS\(.*?\)(.*)", text).group(1)
        rows = re.findall(r"(U64|FIXED|BYTES)\((\w+)", fields)
        by_name[name] = (int(number, 16), rows)
        by_id[int(number, 16)] = (name, rows)
    return by_name, by_id


BY_NAME, BY_ID = _read_definitions()
# FIXED fields have no length on the wire.
FIXED = {(m, f): int(n) for m, f, n in
         [(name, f, n) for name in BY_NAME
          for f, n in re.findall(r"FIXED\((\w+), *(\d+)\)", re.search(
              rf"#define {name}_FIELDS\(.*?\)((?:.*\\\n)*.*)", open(os.path.join(
                  ROOT, "gateway", "ipc", "messages.def"),
                  encoding="utf-8").read()).group(1))]}


def encode(name, /, **values):
    number, rows = BY_NAME[name]
    body = b""
    for kind, field in rows:
        value = values.pop(field, 0 if kind == "U64" else b"")
        if kind == "U64":
            body += struct.pack(">Q", value)
        elif kind == "FIXED":
            assert len(value) == FIXED[name, field], (name, field)
            body += value
        else:
            body += struct.pack(">I", len(value)) + value
    assert not values, values
    return struct.pack(">HHI", number, 0, len(body)) + body


def decode(number, body):
    name, rows = BY_ID[number]
    values, at = {}, 0
    for kind, field in rows:
        if kind == "U64":
            values[field] = struct.unpack_from(">Q", body, at)[0]
            at += 8
            continue
        if kind == "FIXED":
            size = FIXED[name, field]
        else:
            size = struct.unpack_from(">I", body, at)[0]
            at += 4
        values[field] = body[at:at + size]
        at += size
    return name, values


class FakeVault:
    """answers[NAME](values) -> list of encoded messages; all are recorded."""

    def __init__(self, **answers):
        self.answers = answers
        self.seen = []
        self.objects = {}

    def answer(self, name, values):
        self.seen.append((name, values))
        if name in self.answers:
            return self.answers[name](values)
        return getattr(self, "on_" + name.lower())(values)

    def on_object_read(self, v):
        whole = self.objects.get(v["name"])
        if whole is None:
            return [encode("OBJECT_DATA", request=v["request"], outcome=NOT_FOUND)]
        return [encode("OBJECT_DATA", request=v["request"], outcome=OK,
                       size=len(whole), data=whole[v["offset"]:v["offset"] + 131072])]

    def on_card_open(self, v):
        return [encode("CARD_OPENED", request=v["request"], outcome=NOT_FOUND)]

    def on_share_make(self, v):
        return [encode("SHARE_MADE", request=v["request"], outcome=NOT_FOUND,
                       alias=bytes(32))]

    def on_share_end(self, v):
        return [encode("SHARE_ENDED", request=v["request"], outcome=NOT_FOUND)]

    def on_share_open(self, v):
        return [encode("SHARE_OPENED", request=v["request"], outcome=NOT_FOUND,
                       ticket=bytes(32))]

    def serve(self, channel):
        stream = channel.makefile("rb", buffering=1 << 20)
        while True:
            head = stream.read(8)
            if len(head) < 8:
                return
            number, _, size = struct.unpack(">HHI", head)
            replies = self.answer(*decode(number, stream.read(size)))
            try:
                channel.sendall(b"".join(replies))
            except OSError:
                return


class PickupAlone:
    def __init__(self, vault=None, program=None, **config):
        self.vault = vault or FakeVault()
        self.program = program or os.path.join(BIN, "guichet-pickup")
        self.port = config.pop("port", None) or free_port()
        self.config = config
        self.wrap = config.pop("wrap", [])

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="guichet-pickup-")
        make_certificate(self.folder)
        empty = os.path.join(self.folder, "empty")
        os.mkdir(empty)
        os.chmod(self.folder, 0o755)
        self.log_path = os.path.join(self.folder, "log")
        self.supervisor, theirs = socket.socketpair(socket.AF_UNIX,
                                                    socket.SOCK_SEQPACKET)
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        self.process = self._start(theirs, listener, empty)
        theirs.close()
        listener.close()
        self.supervisor.send(encode("START", listeners=1,
                                    config=self._config().encode()))
        self.supervisor.settimeout(20)
        if not self.supervisor.recv(4096):
            raise RuntimeError("guichet-pickup ended: " + self.log())
        self.supervisor.settimeout(None)
        self.channel = None
        self.connect_vault()
        return self

    def _start(self, theirs, listener, empty):
        with open(self.log_path, "wb") as log:
            return start_role(self.wrap + [self.program], (theirs.fileno(), listener.fileno()),
                              cwd=empty, stderr=log)

    def _config(self):
        lines = {"box.id": "test-box", "lab.name": "Labo <de> l'Étang & \"Fils\"",
                 "lab.phone": "+33 1 23", "pickup.origin":
                 f"https://localhost:{self.port}",
                 "pickup.certificate": os.path.join(self.folder, "pickup.pem"),
                 "pickup.key": os.path.join(self.folder, "pickup.key")}
        lines.update({k.replace("__", "."): v for k, v in self.config.items()})
        return "".join(f"{k} = {v}\n" for k, v in lines.items())

    def connect_vault(self):
        ours, theirs = socket.socketpair()
        self.channel = ours
        self.supervisor.sendmsg(
            [encode("PEER", role=ROLE_VAULT, first=1)],
            [(socket.SOL_SOCKET, socket.SCM_RIGHTS,
              array.array("i", [theirs.fileno()]))])
        theirs.close()
        threading.Thread(target=self.vault.serve, args=(ours,), daemon=True).start()
        time.sleep(0.05)

    def lose_vault(self):
        self.channel.shutdown(socket.SHUT_RDWR)
        self.channel.close()

    def log(self):
        return open(self.log_path, encoding="utf-8", errors="replace").read()

    def stop(self):
        """Asks it to stop; its exit code."""
        self.supervisor.send(encode("STOP", grace_ms=2000))
        return self.process.wait(timeout=10)

    def __exit__(self, *_):
        self.supervisor.close()
        wait_end(self.process)

    # --- a client ---------------------------------------------------------------

    def context(self):
        context = ssl.create_default_context(
            cafile=os.path.join(self.folder, "ca.pem"))
        return context

    def tls(self, context=None, session=None):
        raw = socket.create_connection(("localhost", self.port), timeout=30)
        return (context or self.context()).wrap_socket(
            raw, server_hostname="localhost", session=session)

    def request(self, method, path, body=None, headers=None):
        """(code, headers, body) over a connection of its own."""
        connection = http.client.HTTPSConnection("localhost", self.port,
                                                 timeout=30,
                                                 context=self.context())
        try:
            connection.request(method, path, body=body, headers=headers or {})
            response = connection.getresponse()
            return response.status, response.headers, response.read()
        finally:
            connection.close()

    def raw(self, data, wait=5.0):
        """Sends bytes, returns all that comes until the end or `wait`."""
        with self.tls() as s:
            s.settimeout(wait)
            s.sendall(data)
            got = b""
            try:
                while piece := s.recv(65536):
                    got += piece
            except (TimeoutError, OSError):
                pass
            return got


def as_json(body):
    return json.loads(body.decode())
