"""control.py -- the boot-control block as a test sees it: 32 bytes in the
partition `control`, twice (Android's A/B block; firmware/slots/control.h)."""
import struct
import zlib
from dataclasses import dataclass

FIRST, BACKUP = 2048, 4096 + 2048       # places of the copies in the partition
SIZE, MAGIC = 32, 0x42414342
SLOTS = "ab"


@dataclass
class Slot:
    priority: int
    tries: int
    is_good: bool = False

    def byte(self):
        return self.priority | self.tries << 4 | self.is_good << 7


def pack(a, b):
    data = b"_a\0\0" + struct.pack("<IBB2x", MAGIC, 1, len(SLOTS))
    for slot in (a, b):
        data += bytes([slot.byte(), 0])
    data += bytes(SIZE - 4 - len(data))
    return data + struct.pack("<I", zlib.crc32(data))


def unpack(data):
    """{"a": Slot, "b": Slot}, or None for a broken copy."""
    if len(data) != SIZE or zlib.crc32(data[:-4]) != struct.unpack("<I", data[-4:])[0]:
        return None
    return {name: Slot(data[12 + 2 * n] & 15, data[12 + 2 * n] >> 4 & 7,
                       bool(data[12 + 2 * n] >> 7)) for n, name in enumerate(SLOTS)}


def read(disk):
    """What the first whole copy says, or None."""
    for place in (FIRST, BACKUP):
        slots = unpack(disk.read("control", place, SIZE))
        if slots is not None:
            return slots
    return None


def write(disk, a, b, places=(FIRST, BACKUP)):
    for place in places:
        disk.write("control", place, pack(a, b))
