"""networks.py -- the two networks of a box, made of namespaces and veth pairs.

    with Networks() as networks:
        with networks.inside("lis"):
            socket.create_connection((LAB_ADDRESS, 2575))

        lis  10.77.1.1 ---- 10.77.1.2  lab
        net  10.77.2.1 ---- 10.77.2.2  wan        none: no port at all
"""
import contextlib
import ctypes
import os
import subprocess

LAB_ADDRESS, LIS_ADDRESS = "10.77.1.2", "10.77.1.1"
WAN_ADDRESS, NET_ADDRESS = "10.77.2.2", "10.77.2.1"
NAMES = ("none", "lab", "wan", "lis", "net")
CLONE_NEWNET = 0x40000000
LIBC = ctypes.CDLL(None, use_errno=True)


def ip(*words):
    subprocess.run(["ip", *words], check=True, capture_output=True)


def why_not():
    """Why this machine can make no networks; None where it can."""
    if os.geteuid() != 0:
        return "needs root, for network namespaces"
    name = f"guichet-{os.getpid()}-probe"
    try:
        ip("netns", "add", name)
        ip("netns", "delete", name)
    except (OSError, subprocess.CalledProcessError) as error:
        return f"network namespaces: {error}"
    return None


def enter(fd):
    if LIBC.setns(fd, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


class Networks:
    def name(self, short):
        return f"guichet-{os.getpid()}-{short}"

    def path(self, short):
        return "/run/netns/" + self.name(short)

    def number(self, short):
        """As /proc/PID/ns/net shows it."""
        return f"net:[{os.stat(self.path(short)).st_ino}]"

    def join(self, inner, inner_address, outer, outer_address):
        """A cable; `outer` believes that `inner` is its router."""
        ports = {inner: inner_address, outer: outer_address}
        ip("-n", self.name(inner), "link", "add", "port", "type", "veth", "peer", "name", "port",
           "netns", self.name(outer))
        for name, address in ports.items():
            ip("-n", self.name(name), "address", "add", address + "/24", "dev", "port")
            for device in ("lo", "port"):
                ip("-n", self.name(name), "link", "set", device, "up")
        ip("-n", self.name(outer), "route", "add", "default", "via", inner_address)

    @contextlib.contextmanager
    def inside(self, short):
        """Sockets made and programs started in here are there."""
        here = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        there = os.open(self.path(short), os.O_RDONLY)
        try:
            enter(there)
            yield
        finally:
            enter(here)
            os.close(here)
            os.close(there)

    def __enter__(self):
        try:
            for short in NAMES:
                ip("netns", "add", self.name(short))
            self.join("lab", LAB_ADDRESS, "lis", LIS_ADDRESS)
            self.join("wan", WAN_ADDRESS, "net", NET_ADDRESS)
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, *_):
        for short in NAMES:
            if os.path.exists(self.path(short)):
                ip("netns", "delete", self.name(short))
