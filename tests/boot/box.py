"""box.py -- an appliance of its own: qemu -M virt runs the image of a disk.

    with Box(folder, disk, LOADER) as box:
        box.first_page(30)
        slip = box.card()
        box.cut()                   # the power, as a plug that is pulled
        box.start()

Two network ports in the slots that board/qemu-virt/facts names, the service
port as a Unix socket, a watchdog that resets, the console in a file.  All waits
ask again at short intervals: the emulator's ports accept connections long
before anybody is there to answer.
"""
import http.client
import json
import os
import re
import ssl
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "integration")]

from appliance import free_port                            # noqa: E402
import seed                                                # noqa: E402

# Images of another tree: GUICHET_BOARD=.../build/board/qemu-virt
BOARD = os.environ.get("GUICHET_BOARD", os.path.join(ROOT, "build", "board", "qemu-virt"))
LOADER = os.path.join(BOARD, "u-boot.bin")
FACTS = os.path.join(ROOT, "board", "qemu-virt", "facts")
GUICHET = os.path.join(ROOT, "build", "x86_64", "bin", "guichet")
MACHINE = ["-M", "virt,gic-version=2", "-cpu", "cortex-a53", "-smp", "2", "-m", "512",
           "-nodefaults", "-no-user-config", "-display", "none", "-monitor", "none"]
# qemu's virtio-mmio places; what stands where is in board/qemu-virt/board.dtsi.
FIRST_SLOT, SLOT_BYTES = 0x0a000000, 0x200
PAGE_S = 3.5            # from the start to the first page, where nothing else runs
ANSWER_S = 0.25         # a lost first packet is not waited for


def slowness():
    """A machine that does other things at the same time is no finding, nor is
    one whose cores are also somebody else's: its load does not show that, the
    last start that went well does."""
    return min(4.0, max(1.0, os.getloadavg()[0] / os.cpu_count(), Box.last_page_s / PAGE_S))


def until(condition, seconds, step=0.05):
    """What `condition` said at last; true as soon as it does.  `seconds` of a
    machine that does nothing else."""
    deadline = time.monotonic() + seconds * slowness()
    while True:
        value = condition()
        if value or time.monotonic() > deadline:
            return value
        time.sleep(step)


def facts(path=FACTS):
    with open(path, encoding="ascii") as lines:
        rows = (line.split("#", 1)[0].split("=", 1) for line in lines)
        return {row[0].strip(): row[1].strip() for row in rows if len(row) == 2}


def bus_of(place):
    """`a003c00.virtio_mmio` -> the name of that slot in qemu."""
    address = int(re.search(r"([0-9a-f]+)\.virtio_mmio", place).group(1), 16)
    return f"virtio-mmio-bus.{(address - FIRST_SLOT) // SLOT_BYTES}"


class Slirp:
    """Networks inside the emulator: nothing of this machine is changed, and
    nothing of the box reaches it but by the ports that are forwarded."""

    def __init__(self, mllp_port, pickup_port, wan=""):
        self.mllp_port, self.pickup_port, self.wan = mllp_port, pickup_port, wan

    def options(self):
        forwards = "".join(f",hostfwd=tcp:127.0.0.1:{here}-{seed.LAB}:{there}" for here, there in (
            (self.mllp_port, seed.MLLP), (self.pickup_port, seed.PICKUP)))
        return {"lab": "user,net=10.0.2.0/24,restrict=on" + forwards,
                "wan": "user,net=10.0.3.0/24,restrict=on" + self.wan}, ()


class Box:
    last_page_s = 0.0

    def __init__(self, folder, disk, loader=LOADER, networks=None, keys=None):
        """`keys`: bytes that somebody types at the console without an end."""
        os.makedirs(folder, exist_ok=True)
        self.folder, self.disk, self.loader, self.keys = folder, disk, loader, keys
        self.mllp_port, self.pickup_port = free_port(), free_port()
        self.networks = networks or Slirp(self.mllp_port, self.pickup_port)
        self.process, self.started, self.starts = None, 0.0, 0

    # --- the machine -----------------------------------------------------------

    def path(self, *names):
        return os.path.join(self.folder, *names)

    @property
    def service(self):
        return self.path("service")

    @property
    def console_path(self):
        return self.path(f"console{self.starts}")

    def console(self):
        try:
            with open(self.console_path, encoding="utf-8", errors="replace") as log:
                return log.read()
        except FileNotFoundError:
            return ""

    def _devices(self, netdevs):
        known = facts()
        at = {name: bus_of(known[name]) for name in ("lab", "wan")}
        rows = ["-drive", f"if=none,id=card,format=raw,file={self.disk.path}",
                "-device", "virtio-blk-device,drive=card,bus=virtio-mmio-bus.1",
                "-object", "rng-random,id=noise,filename=/dev/urandom",
                "-device", "virtio-rng-device,rng=noise,bus=virtio-mmio-bus.4",
                "-device", "i6300esb", "-action", "watchdog=reset",
                "-device", "virtio-serial-device,bus=virtio-mmio-bus.0", "-chardev",
                f"socket,id=service,path={self.service},server=on,wait=off",
                "-device", "virtserialport,chardev=service,name=service"]
        for name in ("lab", "wan"):
            kind, _, rest = netdevs[name].partition(",")
            rows += ["-netdev", f"{kind},id={name}{',' if rest else ''}{rest}",
                     "-device", f"virtio-net-device,netdev={name},bus={at[name]}"]
        return rows

    def start(self):
        self.starts += 1
        netdevs, handed = self.networks.options()
        with open(self.path("qemu.log"), "ab") as log, self._keyboard() as keys, \
                open(self.console_path, "wb") as console:
            self.process = subprocess.Popen(
                ["qemu-system-aarch64", *MACHINE, "-bios", self.loader, *self._devices(netdevs),
                 "-chardev", "stdio,id=console,signal=off", "-serial", "chardev:console"],
                stdin=keys, stdout=console, stderr=log, pass_fds=handed,
                restore_signals=False)      # a full card is an error for qemu, not its end
        self.started = time.monotonic()
        return self

    def _keyboard(self):
        """Longer than any test: read at the line's speed."""
        path = self.path("keys")
        with open(path, "wb") as file:
            file.write((self.keys or b"") * (1 << 18))
        return open(path, "rb")

    def cut(self):
        """What the box has written is on the card; nothing else happens."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.cut()

    def seconds(self):
        return time.monotonic() - self.started

    def wait_console(self, pattern, seconds):
        """A match in what the console showed, or None."""
        return until(lambda: re.search(pattern, self.console()), seconds)

    # --- what its users do --------------------------------------------------------

    def _page(self):
        """The pickup page, if somebody answers at once."""
        context = ssl.create_default_context(cafile=self.path("ca.pem"))
        there = http.client.HTTPSConnection("localhost", self.pickup_port, context=context,
                                            timeout=ANSWER_S)
        try:
            there.request("GET", "/")
            answer = there.getresponse()
            return answer.read() if answer.status == 200 else b""
        except (OSError, http.client.HTTPException):
            return b""
        finally:
            there.close()

    def first_page(self, seconds):
        """Seconds from qemu's start to the first page, or None."""
        found = until(lambda: self._page() or self.process.poll() is not None, seconds, 0.02)
        if not found or self.process.poll() is not None:
            return None
        seconds = self.seconds()
        if self.console().count("Starting kernel") == 1:
            Box.last_page_s = seconds
        return seconds

    def slot(self):
        """Which one the boot loader took last, "a" or "b"; None: neither."""
        found = re.findall(r"Using 'conf-([ab])' configuration", self.console())
        return found[-1] if found else None

    def run(self, *arguments, check=True, seconds=60, lang="en", input=None):
        """The guichet command on the technician's machine, by the service port."""
        done = subprocess.run([GUICHET, "--service", self.service, *arguments],
                              input=(input or "").encode(), capture_output=True,
                              check=False, timeout=seconds,
                              env=dict(os.environ, LC_ALL=f"{lang}.UTF-8"))
        if check and done.returncode != 0:
            raise RuntimeError(f"{arguments}: {done.returncode}: {done.stderr.decode()}")
        return done

    def popen(self, *arguments):
        return subprocess.Popen([GUICHET, "--service", self.service, *arguments],
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def guichet(self, *arguments, **options):
        return self.run(*arguments, **options).stdout.decode()

    def status(self):
        return json.loads(self.guichet("status", "--json"))

    def state_of(self, slot):
        """As `guichet update status` has it: healthy, tried, armed, ready, empty."""
        rows = json.loads(self.guichet("update", "status", "--json"))["slots"]
        return next(row["state"] for row in rows if row["slot"] == slot)

    def card(self, *options):
        return json.loads(self.guichet("card", "new", *options, "--json"))

    def wait_status(self, condition, seconds):
        """The status that `condition` holds of; None: none did in time."""
        def ask():
            try:
                status = self.status()
                return status if condition(status) else None
            except (RuntimeError, ValueError, subprocess.TimeoutExpired):
                return None
        return until(ask, seconds, 0.2)
