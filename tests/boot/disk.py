"""disk.py -- a disk image, its partitions by name.

    disk = Disk.copy("build/board/qemu-virt/disk.img", "/tmp/x/disk.img")
    disk.flip("root_a", 30000)
    disk.put("boot_b", "forged.fit")
"""
import os
import struct
import subprocess

SECTOR = 512


class Disk:
    def __init__(self, path):
        self.path = path
        self.partitions = self._read_table()

    @classmethod
    def copy(cls, source, target):
        """Sparse: what is zero takes neither time nor room."""
        subprocess.run(["cp", "--sparse=always", "--reflink=auto", source, target], check=True)
        return cls(target)

    def _read_table(self):
        """GUID partition table, UEFI 2.10 section 5.3: {name: (start, bytes)}."""
        with open(self.path, "rb") as file:
            file.seek(SECTOR)
            head = file.read(92)
            if head[:8] != b"EFI PART":
                raise ValueError(f"{self.path}: no partition table")
            place, count, size = struct.unpack("<QII", head[72:88])
            file.seek(place * SECTOR)
            entries = file.read(count * size)
        found = {}
        for at in range(0, len(entries), size):
            first, last = struct.unpack("<QQ", entries[at + 32:at + 48])
            name = entries[at + 56:at + 128].decode("utf-16-le").rstrip("\0")
            if name:
                found[name] = (first * SECTOR, (last - first + 1) * SECTOR)
        return found

    def _place(self, partition, offset, size):
        start, length = self.partitions[partition]
        if offset + size > length:
            raise ValueError(f"{partition}: {offset} + {size} is behind its end")
        return start + offset

    def read(self, partition, offset, size):
        with open(self.path, "rb") as file:
            file.seek(self._place(partition, offset, size))
            return file.read(size)

    def write(self, partition, offset, data):
        with open(self.path, "r+b") as file:
            file.seek(self._place(partition, offset, len(data)))
            file.write(data)

    def put(self, partition, path):
        with open(path, "rb") as file:
            self.write(partition, 0, file.read())

    def flip(self, partition, offset, bit=0):
        byte = self.read(partition, offset, 1)[0]
        self.write(partition, offset, bytes([byte ^ 1 << bit]))

    def clear(self, partition):
        start, size = self.partitions[partition]
        with open(self.path, "r+b") as file:
            file.seek(start)
            file.write(bytes(size))

    def grow(self, size):
        """As a larger card would be."""
        os.truncate(self.path, size)
