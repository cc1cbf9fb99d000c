"""rows.py -- every damage, and what must run after it: data.

A row begins with release 1.1.0 in slot a (next) and 1.0.0 in slot b, as a
factory would write them but for the two being different.  `damage` is done to
the disk while it lies there; then the power comes on.  `slot` must serve a
patient within `seconds`; None: nothing may run, and nobody may get a prompt.
"""
import os
from dataclasses import dataclass, field

import control
import forge
import images
from control import Slot

FORGED = os.path.join(images.FOLDER, "forged")
MIB = 1 << 20
BLOCK = 4096


@dataclass(frozen=True)
class Row:
    name: str
    damage: callable
    slot: str
    seconds: float
    evidence: str = ""          # must be on the console
    a: images.Release = images.GOOD
    keys: bytes = field(default=None)
    tries: int = 3              # of slot a: each costs a restart


def nothing(_):
    pass


def flip(partition, offset, bit=0):
    return lambda disk: disk.flip(partition, offset, bit)


def forged(name):
    """One of forge.py's in the place of slot a."""
    def damage(disk):
        forge.write(f"{images.folder_of(images.GOOD)}/boot.fit", FORGED)
        disk.put("boot_a", f"{FORGED}/{name}.fit")
    return damage


def signed_by(keys):
    """Slot a with a boot image of other keys, or of none."""
    def damage(disk):
        out = os.path.join(images.FOLDER, "resigned.fit")
        images.make_fit(images.folder_of(images.GOOD), out, keys and keys())
        disk.put("boot_a", out)
    return damage


def kernel(wrap):
    def damage(disk):
        with open(images.KERNEL, "rb") as file:
            disk.write("boot_a", 0, wrap(file.read()))
    return damage


def root_blocks():
    """Blocks of data in the root image of 1.1.0; its hash tree follows."""
    with open(f"{images.folder_of(images.GOOD)}/verity.env", encoding="ascii") as env:
        return int(dict(line.strip().split("=") for line in env)["DATA_BLOCKS"])


def other_root(disk):
    disk.put("root_a", f"{images.folder_of(images.OLDER)}/root.img")


def tree_bit(disk):
    disk.flip("root_a", root_blocks() * BLOCK + 5)


def data_bit(disk):
    """In the first program that is read: init's own pages come first."""
    disk.flip("root_a", BLOCK + 100)


def both_bad(disk):
    for slot in "ab":
        disk.flip(f"boot_{slot}", 2 * MIB, 3)


def rewritten(damage, a=(14, 7), b=(15, 7)):
    """Slot b first; then the block is damaged: what the loader does shows."""
    def both(disk):
        control.write(disk, Slot(*a), Slot(*b))
        damage(disk)
    return both


def break_control(*places):
    def damage(disk):
        for place in places:
            disk.flip("control", place + 12)
    return damage


def lacking(partition):
    return lambda disk: disk.clear(partition)


# Seconds at most, by what happens, on a machine that does nothing else.
NOW, PANICS, DEATHS, DOGS, REFUSES = 12, 45, 120, 150, 170
REFUSED = "SLOT a REFUSED"
CORRUPT = "dm-verity device corrupted|verity.*corrupted"
TYPING = b"\x03\x03 \r\nq\x03\x1b"

ROWS = (
    Row("nothing is wrong", nothing, "a", NOW),
    Row("read and written again", forged("nothing"), "a", NOW),
    Row("keys are typed", nothing, "a", NOW, keys=TYPING),
    Row("a bit of the kernel", flip("boot_a", 2 * MIB, 3), "b", NOW, REFUSED),
    Row("a bit of the kernel, tree whole", forged("kernel_bit"), "b", NOW, REFUSED),
    Row("a bit of the device tree", forged("fdt_bit"), "b", NOW, REFUSED),
    Row("a bit of the signature", forged("signature_bit"), "b", NOW, REFUSED),
    Row("no signature's value", forged("empty_signature"), "b", NOW, REFUSED),
    Row("another key of the same name", signed_by(images.other_keys), "b", NOW, REFUSED),
    Row("never signed", signed_by(None), "b", NOW, REFUSED),
    Row("signature taken out", forged("unsigned"), "b", NOW, REFUSED),
    Row("mixed with another image", forged("mixed"), "b", NOW, REFUSED),
    Row("slot a with b's device tree", forged("crossed"), "b", NOW, REFUSED),
    Row("cloned configuration", forged("cloned"), "b", NOW, REFUSED),
    Row("hashed-nodes elsewhere", forged("hashed_nodes"), "b", NOW, REFUSED),
    Row("unit address of an image", forged("unit_address"), "b", NOW, REFUSED),
    Row("unit address of a configuration", forged("unit_address_configuration"), "b", NOW,
        REFUSED),
    Row("legacy image", kernel(forge.legacy), "b", NOW, REFUSED),
    Row("raw kernel", kernel(lambda data: data), "b", NOW, REFUSED),
    Row("no boot image", lacking("boot_a"), "b", NOW, REFUSED),
    Row("a bit of the root's data", data_bit, "b", PANICS, CORRUPT),
    Row("a bit of the superblock", flip("root_a", 1), "b", PANICS, CORRUPT),
    Row("a bit of the hash tree", tree_bit, "b", PANICS, CORRUPT),
    Row("another version's root", other_root, "b", PANICS, CORRUPT),
    Row("no root", lacking("root_a"), "b", PANICS, CORRUPT),
    Row("guichetd dies", nothing, "b", DEATHS, a=images.DEAD),
    Row("init hangs", nothing, "b", DOGS, a=images.HUNG),
    Row("both slots bad", both_bad, None, NOW, "SLOT b REFUSED"),
    Row("both slots bad, keys typed", both_bad, None, NOW, "SLOT b REFUSED", keys=TYPING),
    Row("control: first copy broken", rewritten(break_control(control.FIRST)), "b", NOW),
    Row("control: second copy broken", rewritten(break_control(control.BACKUP)), "b", NOW),
    Row("control: both broken", rewritten(break_control(control.FIRST, control.BACKUP)),
        "a", NOW),
    Row("control: zeroed", rewritten(lacking("control")), "a", NOW),
    Row("control: no tries left", rewritten(nothing, (15, 0), (14, 0)), "a", NOW),
    Row("control: no tries left, a bad", lambda disk: (
        control.write(disk, Slot(15, 0), Slot(14, 0)), disk.flip("boot_a", 2 * MIB)),
        "b", NOW, REFUSED),
    Row("data: zeroed", lacking("data"), "a", NOW),
    Row("card is larger", lambda disk: disk.grow(1 << 30), "a", NOW),
)


# --- updates ---------------------------------------------------------------------

@dataclass(frozen=True)
class Refusal:
    """`make(path)` writes the container; `says` is on standard error."""
    name: str
    make: callable
    says: str
    runs: images.Release = images.GOOD


def changed(change, source=images.NEWER):
    """The container of a release after `change`: bytes to bytes."""
    def make(path):
        with open(f"{images.folder_of(source)}/update", "rb") as file:
            data = change(file.read())
        with open(path, "wb") as file:
            file.write(data)
    return make


def bit_at(offset):
    return lambda data: data[:offset] + bytes([data[offset] ^ 1]) + data[offset + 1:]


def signed_elsewhere(path):
    images.sign_update(f"{images.folder_of(images.NEWER)}/unsigned", path, images.other_keys())


def same(data):
    return data


REFUSALS = (
    Refusal("update: no container", changed(lambda _: b"hello\n" * 1000), "not an update"),
    Refusal("update: a bit of the header", changed(bit_at(40)), "signature is wrong"),
    Refusal("update: a bit of the signature", changed(bit_at(3850)), "signature is wrong"),
    Refusal("update: no signature", changed(lambda d: d[:3832] + bytes(264) + d[4096:]),
            "signature is wrong"),
    Refusal("update: another key", signed_elsewhere, "does not know"),
    Refusal("update: another board", changed(same, images.ELSEWHERE), "another kind of box"),
    Refusal("update: an older release", changed(same, images.OLDER), "not newer"),
    Refusal("update: the same release", changed(same, images.GOOD), "not newer"),
    Refusal("update: a bit of the boot image", changed(bit_at(MIB)), "not the one"),
    Refusal("update: a bit of the root", changed(lambda d: bit_at(len(d) - 9)(d)), "not the one"),
    Refusal("update: cut short", changed(lambda d: d[:-4096]), "ends too early"),
    Refusal("update: longer", changed(lambda d: d + b"x"), "after its end"),
)


@dataclass(frozen=True)
class Stage:
    """The power goes as soon as `reached(disk, folder)`; then `slot` runs."""
    name: str
    reached: callable
    slot: str


def _same_at(partition, file, offset):
    """A page of the new image lies in the partition."""
    def reached(disk, folder):
        size = os.path.getsize(f"{folder}/{file}")
        place = offset if offset >= 0 else size + offset
        with open(f"{folder}/{file}", "rb") as image:
            image.seek(place)
            return disk.read(partition, place, 16) == image.read(16)
    return reached


def _control(condition):
    def reached(disk, _):
        slots = control.read(disk)
        return slots is not None and condition(slots["b"])
    return reached


STAGES = (
    Stage("cut: slot closed", _control(lambda b: b.tries == 0), "a"),
    Stage("cut: boot image half written", _same_at("boot_b", "boot.fit", 2 * MIB), "a"),
    Stage("cut: root half written", _same_at("root_b", "root.img", MIB), "a"),
    Stage("cut: root written", _same_at("root_b", "root.img", -16), "a"),
    Stage("cut: boot image complete", _same_at("boot_b", "boot.fit", 0), "a"),
    Stage("cut: armed", _control(lambda b: b.priority == 15 and b.tries == 3), "b"),
    Stage("cut: first try", _control(lambda b: b.priority == 15 and b.tries == 2), "b"),
    Stage("cut: committed", _control(lambda b: b.priority == 15 and b.tries == 7), "b"),
)
