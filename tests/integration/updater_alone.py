"""updater_alone.py -- guichet-updater without the rest: this module plays the
supervisor and the vault; plain files are the partitions.

    with UpdaterAlone(keys=[key]) as box:
        box.guichet("apply", path)
        box.events, box.restarts
"""
import array
import hashlib
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading

from appliance import BIN
from pickup_alone import decode, encode
from role_alone import start_role, wait_end

sys.path.append(os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))),
                             "boot"))
import control                                             # noqa: E402

ROLE_VAULT = 2
HEADER, SIGNED, KEY_ID = 4096, 3840, 3832
BOOT_ROOM, ROOT_ROOM = 3 << 20, 4 << 20
EVENTS = ("armed", "refused", "rollback")       # ipc/update.h
FIT = bytes.fromhex("d00dfeed")


class Key:
    """A throw-away key; openssl makes it and signs with it."""

    def __init__(self, folder, name):
        self.path = os.path.join(folder, name + ".key")
        subprocess.run(["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout",
                        "-out", self.path], check=True, capture_output=True)
        self.public = os.path.join(folder, name + ".pub")
        subprocess.run(["openssl", "ec", "-in", self.path, "-pubout", "-out", self.public],
                       check=True, capture_output=True)
        self.point = subprocess.run(
            ["openssl", "ec", "-in", self.path, "-pubout", "-outform", "DER"],
            check=True, capture_output=True).stdout[-65:]
        self.id = hashlib.sha256(self.point).digest()[:8]

    def sign(self, data):
        return subprocess.run(["openssl", "dgst", "-sha256", "-sign", self.path],
                              input=data, check=True, capture_output=True).stdout


def header(boot, root, board=b"qemu-virt", version=b"1.1.0", release=2, floor=1):
    """A header by docs/formats/update.md, not signed."""
    image = lambda data: struct.pack(">Q", len(data)) + hashlib.sha256(data).digest()
    return (b"GUICUPD1" + struct.pack(">QQ", release, floor) + board.ljust(32, b"\0")
            + version.ljust(32, b"\0") + image(boot) + image(root)).ljust(SIGNED, b"\0")


def signed(unsigned, key):
    data = unsigned[:KEY_ID] + key.id
    return (data + key.sign(data)).ljust(HEADER, b"\0")


class UpdaterAlone:
    def __init__(self, keys, slot="a", version=b"1.0.0", release=1, floor=1,
                 a=control.Slot(15, 7), b=control.Slot(14, 7), vault=True, facts=True,
                 read_only=(), mute=False):
        self.keys, self.slot, self.version = keys, slot, version
        self.release, self.floor = release, floor
        self.slots, self.has_vault, self.has_facts = (a, b), vault, facts
        self.read_only, self.is_mute = read_only, mute
        self.events, self.restarts, self.order = [], [], []

    # --- the disk ----------------------------------------------------------------

    def path(self, name):
        return os.path.join(self.folder, name)

    def read(self, name):
        with open(self.path(name), "rb") as f:
            return f.read()

    def write(self, name, at, data):
        with open(self.path(name), "r+b") as f:
            f.seek(at)
            f.write(data)

    def disk(self):
        return tuple(self.read(name) for name in ("boot", "root", "control"))

    def control(self):
        data = self.read("control")
        copies = [control.unpack(data[at:at + control.SIZE])
                  for at in (control.FIRST, control.BACKUP)]
        return copies[0] if copies[0] == copies[1] else copies

    def make_disk(self):
        old = os.urandom(1 << 16)
        for name, size, start in (("boot", BOOT_ROOM, FIT + old), ("root", ROOT_ROOM, old),
                                  ("control", 1 << 20, b"")):
            with open(self.path(name), "wb") as f:
                f.write(start)
                f.truncate(size)
        for at in (control.FIRST, control.BACKUP):
            self.write("control", at, control.pack(*self.slots))

    # --- the process ---------------------------------------------------------------

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="guichet-updater-")
        os.chmod(self.folder, 0o755)
        self.make_disk()
        os.mkdir(self.path("empty"))
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path("update.sock"))
        os.chmod(self.path("update.sock"), 0o777)
        self.listener.listen(8)
        self.start()
        return self

    def start(self):
        self.supervisor, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        given = [theirs, self.listener]
        for name in ("boot", "root", "control"):
            mode = "rb" if name in self.read_only else "r+b"
            given.append(open(self.path(name), mode))
        with open(self.path("log"), "ab") as log:
            self.process = start_role(
                [os.path.join(BIN, "guichet-updater")], [f.fileno() for f in given],
                cwd=self.path("empty"), stderr=log, stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL)
        for f in given[2:]:
            f.close()
        theirs.close()
        config = b"box.id = test-box\nlab.name = Labo\n"
        self.supervisor.send(encode("START", listeners=15, config=config))
        self.supervisor.settimeout(30)
        if not self.supervisor.recv(4096):
            raise RuntimeError("guichet-updater ended: " + self.log())
        self.supervisor.settimeout(None)
        threading.Thread(target=self.hear_supervisor, args=(self.supervisor,),
                         daemon=True).start()
        if self.has_facts:
            self.send_facts()
        if self.has_vault:
            self.connect_vault()

    def send_facts(self):
        self.supervisor.send(encode(
            "UPDATE_FACTS", board=b"qemu-virt", version=self.version, release=self.release,
            floor=self.floor, slot="ab".index(self.slot),
            keys=b"".join(k.point for k in self.keys)))

    def connect_vault(self):
        self.vault, theirs = socket.socketpair()
        self.supervisor.sendmsg([encode("PEER", role=ROLE_VAULT, first=1)], [
            (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [theirs.fileno()]))])
        theirs.close()
        threading.Thread(target=self.hear_vault, args=(self.vault,), daemon=True).start()

    def hear_vault(self, channel):
        for name, values in messages(channel):
            if name == "UPDATE_EVENT":
                noted = encode("UPDATE_NOTED", kind=values["kind"], outcome=0)
                values["kind"] = EVENTS[values["kind"]]
                self.events.append(values)
                self.order.append("event")
                if not self.is_mute:
                    self.answer(channel, noted)

    @staticmethod
    def answer(channel, packet):
        try:
            channel.sendall(packet)
        except OSError:
            pass                # it was stopped meanwhile

    def hear_supervisor(self, supervisor):
        try:
            while packet := supervisor.recv(65536):
                number, _, _ = struct.unpack(">HHI", packet[:8])
                name, values = decode(number, packet[8:])
                if name == "BOX_RESTART":
                    self.restarts.append(values["why"])
                    self.order.append("restart")
        except OSError:
            pass

    def kill(self):
        """As a crash of the role; then what the supervisor does."""
        self.process.kill()
        self.process.wait()
        self.supervisor.shutdown(socket.SHUT_RDWR)
        self.supervisor.close()
        self.start()

    def log(self):
        return self.read("log").decode(errors="replace")

    # --- the command -----------------------------------------------------------------

    def guichet(self, *arguments, lang="en", data=None):
        """(exit code, standard output, standard error)."""
        done = subprocess.run(
            [os.path.join(BIN, "guichet"), "--socket", self.path("guichet.sock"), "update",
             *arguments], input=data, capture_output=True, timeout=60,
            env={"LC_ALL": lang + "_FR.UTF-8"})
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def connect(self):
        client = socket.socket(socket.AF_UNIX)
        client.connect(self.path("update.sock"))
        client.settimeout(70)
        return client

    def __exit__(self, *_):
        self.supervisor.shutdown(socket.SHUT_RDWR)      # a thread reads it: close is not enough
        self.supervisor.close()
        wait_end(self.process)
        self.listener.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class OnBlockDevices(UpdaterAlone):
    """Loop devices over the files: what the kernel keeps in memory of a
    device is another thing than what the "card", the file, holds."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.devices = {}

    def path(self, name):
        return self.devices.get(name) or super().path(name)

    def card(self, name):
        return super().path(name)

    def make_disk(self):
        super().make_disk()
        for name in ("boot", "root", "control"):
            self.devices[name] = subprocess.run(
                ["losetup", "--show", "-f", self.card(name)], check=True,
                capture_output=True, text=True).stdout.strip()

    def __exit__(self, *_):
        devices = list(self.devices.values())
        super().__exit__(*_)
        for device in devices:
            subprocess.run(["losetup", "-d", device], check=False)


def why_no_block_devices():
    try:
        return "" if subprocess.run(["losetup", "-f"], capture_output=True,
                                    check=False).returncode == 0 else "losetup: no free device"
    except OSError as e:
        return f"losetup: {e.strerror}"


def messages(channel):
    """What comes over a channel, until it ends."""
    stream = channel.makefile("rb")
    try:
        while len(head := stream.read(8)) == 8:
            number, _, size = struct.unpack(">HHI", head)
            yield decode(number, stream.read(size))
    except (OSError, ValueError):
        pass
