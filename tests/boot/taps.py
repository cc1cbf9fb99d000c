"""taps.py -- the two networks at a box's ports, as namespaces of this machine.

Each has one Ethernet at the other end of which is a port of the box, and
nothing else: what a program in it reaches, the box has let through.  Needs root.
"""
import fcntl
import os
import struct
import subprocess
import sys

TUNSETIFF, IFF_TAP, IFF_NO_PI = 0x400454ca, 0x0002, 0x1000
HERE = os.path.dirname(os.path.abspath(__file__))


def ip(*words):
    subprocess.run(["ip", *words], check=True, capture_output=True)


class Side:
    """One network: `address` is this machine's in it."""

    def __init__(self, name, address):
        self.name, self.address = f"gb{os.getpid()}{name}", address
        self.tap = os.open("/dev/net/tun", os.O_RDWR | os.O_CLOEXEC)
        request = struct.pack("16sH22x", self.name.encode(), IFF_TAP | IFF_NO_PI)
        fcntl.ioctl(self.tap, TUNSETIFF, request)
        ip("netns", "add", self.name)
        ip("link", "set", self.name, "netns", self.name)
        self.ip("address", "add", address + "/24", "dev", self.name)
        for device in ("lo", self.name):
            self.ip("link", "set", device, "up")

    def ip(self, *words):
        ip("-n", self.name, *words)

    def start(self, *command):
        """A program of scan.py in this network."""
        return subprocess.Popen(["ip", "netns", "exec", self.name, sys.executable,
                                 os.path.join(HERE, "scan.py"), *map(str, command)],
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def run(self, *command, seconds=300):
        return self.start(*command).communicate(timeout=seconds)[0]

    def close(self):
        os.close(self.tap)
        subprocess.run(["ip", "netns", "del", self.name], check=False, capture_output=True)


class Taps:
    """What a Box takes for its networks."""

    def __init__(self, lab="10.0.2.1", wan="10.0.3.1"):
        self.lab, self.wan = Side("l", lab), Side("w", wan)

    def options(self):
        sides = {"lab": self.lab.tap, "wan": self.wan.tap}
        return ({name: f"tap,fd={fd}" for name, fd in sides.items()}, tuple(sides.values()))

    def close(self):
        self.lab.close()
        self.wan.close()
