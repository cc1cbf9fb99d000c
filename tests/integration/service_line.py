"""service_line.py -- a serial line with a technician at one end and
guichet-service at the other, next to a running appliance.

    with Line(box.path("run")) as line:
        line.guichet("status", "--json")

This module is the cable, and the supervisor of guichet-service.  `mangle`
sees what passes: (towards the box?, bytes) -> bytes.  Without a run folder
there is only the cable: somebody else opens line.box_device.
"""
import os
import pty
import select
import shutil
import socket
import subprocess
import tempfile
import threading
import tty

from appliance import BIN
from pickup_alone import encode
from role_alone import start_role, wait_end

SERVICE_GID = 64108
SOCKETS = ("guichet.sock", "intake.sock", "update.sock")


class Line:
    def __init__(self, run, box_end="pty", client_end="pty", mangle=None):
        self.run, self.box_end, self.client_end = run, box_end, client_end
        self.mangle = mangle or (lambda to_box, data: data)
        self.carried = [0, 0]       # from the box, to the box
        self.is_cut = False

    # --- the cable ---------------------------------------------------------------

    def new_pty(self):
        master, slave = pty.openpty()
        tty.setraw(slave)
        self.keep.append(slave)     # without it a pty whose user left is an error
        return master, os.ttyname(slave), slave

    def make_box_end(self):
        """What guichet-service is given, and our end."""
        if self.box_end == "pty":
            master, self.box_device, slave = self.new_pty()
            return os.dup(slave), master
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        self.keep.append(ours)
        return os.dup(theirs.fileno()), ours.fileno()

    def make_client_end(self):
        if self.client_end == "pty":
            master, self.device, _ = self.new_pty()
            return master
        self.device = os.path.join(self.folder, "line.sock")
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.device)
        self.listener.listen(1)
        return None

    def carry(self):
        while not self.stopping:
            ends = [e for e in (self.box, self.client) if e is not None]
            ready, _, _ = select.select(ends + ([self.listener] if self.listener and
                                                self.client is None else []), [], [], 0.1)
            for end in ready:
                if end is self.listener:
                    self.connection, _ = self.listener.accept()
                    self.client = self.connection.fileno()
                else:
                    self.copy(end)

    def copy(self, end):
        to_box = end == self.client
        try:
            data = os.read(end, 4096)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            if to_box and self.listener:
                self.connection.close()
                self.client = None
            return
        self.carried[to_box] += len(data)
        data = self.mangle(to_box, data)
        if not self.is_cut:
            self.put(self.box if to_box else self.client, data)

    def put(self, end, data):
        while data and end is not None and not self.stopping:
            try:
                data = data[os.write(end, data):]
            except BlockingIOError:
                select.select([], [end], [], 0.1)
            except OSError:
                return

    # --- the bridge --------------------------------------------------------------

    def start_bridge(self):
        self.supervisor, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.bridge_log = tempfile.TemporaryFile()
        self.bridge = start_role(
            [os.path.join(BIN, "guichet-service")], (theirs.fileno(), self.port), cwd=self.run,
            stderr=self.bridge_log, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        theirs.close()
        self.supervisor.send(encode("START", listeners=1, config=b"box.id = test-box\n"))
        self.supervisor.settimeout(20)
        if not self.supervisor.recv(4096):
            raise RuntimeError("guichet-service ended: " + self.log())

    def stop_bridge(self):
        self.supervisor.close()
        wait_end(self.bridge)

    def log(self):
        self.bridge_log.seek(0)
        return self.bridge_log.read().decode(errors="replace")

    def cpu_s(self):
        with open(f"/proc/{self.bridge.pid}/stat", encoding="ascii") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def let_in(self):
        """As guichetd does where service.port is on."""
        for name in SOCKETS:
            path = os.path.join(self.run, name)
            if os.geteuid() == 0 and os.path.exists(path):
                os.chown(path, 0, SERVICE_GID)
                os.chmod(path, 0o660)

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="guichet-line-")
        self.keep, self.listener, self.stopping = [], None, False
        self.port, self.box = self.make_box_end()
        self.client = self.make_client_end()
        if self.run is not None:
            self.let_in()
            self.start_bridge()
        self.thread = threading.Thread(target=self.carry, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        if self.run is not None:
            self.stop_bridge()
        self.stopping = True
        self.thread.join(5)
        shutil.rmtree(self.folder, ignore_errors=True)

    # --- the technician ----------------------------------------------------------

    def command(self, *arguments, lang="en", **options):
        return subprocess.Popen(
            [os.path.join(BIN, "guichet"), "--service", self.device, *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
            env=dict(os.environ, LC_ALL=f"{lang}.UTF-8"), **options)

    def guichet(self, *arguments, timeout=60, **options):
        """(exit code, standard output, standard error)."""
        process = self.command(*arguments, **options)
        try:
            out, err = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            err += b"\n(killed by the test)"
        return process.returncode, out.decode(errors="replace"), err.decode(errors="replace")
