"""forge.py -- boot images that a locked loader must refuse.

Each function makes one forgery of a signed boot image, after an attack that
worked on some loader once; none needs a key.  All forgeries carry a command
line of the attacker, so that one that boots is seen to.

    forge.write("boot.fit", "folder")       # folder/<name>.fit, one of each
"""
import hashlib
import os
import struct
import zlib

from fdt import Tree

MARK = "guichet.forged=1"


def _evil_fdt(tree, source="fdt-a", name="fdt-a"):
    """An image node like `source`, whole in itself, of the attacker's making."""
    node = tree.root.at(f"images/{source}").copy(name)
    inner = Tree.read(node.properties["data"])
    chosen = inner.root.at("chosen")
    line = chosen.properties["bootargs"].rstrip(b"\0")
    chosen.set("bootargs", line + b" " + MARK.encode() + b"\0")
    node.set("data", inner.bytes())
    digest = hashlib.sha256(node.properties["data"]).digest()
    for child in node.children:
        if child.name.startswith("hash"):
            child.set("value", digest)
    return node


def nothing(_):
    """The control: read and written again, it boots."""


def hashed_nodes(tree):
    """CVE-2026-46728: the signed image moves away, the list of what was hashed
    follows it, and another image stands where the configuration points."""
    images = tree.root.at("images")
    true = images.at("fdt-a")
    elsewhere = true.copy()
    images.replace("fdt-a", _evil_fdt(tree))
    hidden = images.at("fdt-a").copy("zz")
    hidden.properties, hidden.children = {}, [elsewhere]
    images.children.append(hidden)
    signature = tree.root.at("configurations/conf-a/signature")
    listed = signature.properties["hashed-nodes"]
    signature.set("hashed-nodes", listed.replace(b"/images/fdt-a", b"/images/zz/fdt-a"))


def mixed(tree):
    """The configuration is told to take an image that nobody signed."""
    tree.root.at("images").children.append(_evil_fdt(tree, name="fdt-e"))
    tree.root.at("configurations/conf-a").set("fdt", b"fdt-e\0")


def crossed(tree):
    """Every image is signed: but slot a is given the tree of slot b."""
    tree.root.at("configurations/conf-a").set("fdt", b"fdt-b\0")


def cloned(tree):
    """CVE-2020-10648: a signed configuration under another one's name."""
    tree.root.at("images").children.append(_evil_fdt(tree, name="fdt-e"))
    configurations = tree.root.at("configurations")
    clone = configurations.at("conf-b").copy("conf-a")
    clone.set("fdt", b"fdt-e\0")
    configurations.replace("conf-a", clone)


def unit_address(tree):
    """CVE-2021-27138: fdt-a@1 stands before fdt-a and answers to its name."""
    tree.root.at("images").children.insert(0, _evil_fdt(tree, name="fdt-a@1"))


def unit_address_configuration(tree):
    """The same with configurations: conf-a@1 before conf-a, unsigned."""
    tree.root.at("images").children.append(_evil_fdt(tree, name="fdt-e"))
    configurations = tree.root.at("configurations")
    other = configurations.at("conf-a").copy("conf-a@1")
    other.set("fdt", b"fdt-e\0")
    other.children = []
    configurations.children.insert(0, other)
    configurations.replace("conf-a")


def unsigned(tree):
    tree.root.at("images").replace("fdt-a", _evil_fdt(tree))
    for configuration in tree.root.at("configurations").children:
        configuration.children = []


def signature_bit(tree):
    signature = tree.root.at("configurations/conf-a/signature")
    value = signature.properties["value"]
    signature.set("value", bytes([value[0] ^ 1]) + value[1:])


def empty_signature(tree):
    tree.root.at("configurations/conf-a/signature").set("value", b"")


def fdt_bit(tree):
    node = tree.root.at("images/fdt-a")
    node.set("data", node.properties["data"].replace(b"guichet.slot=a", b"guichet.slot=c", 1))


def kernel_bit(tree):
    node = tree.root.at("images/kernel")
    data = bytearray(node.properties["data"])
    data[len(data) // 2] ^= 8
    node.set("data", bytes(data))


FORGERIES = (nothing, hashed_nodes, mixed, crossed, cloned, unit_address,
             unit_address_configuration, unsigned, signature_bit, empty_signature, fdt_bit,
             kernel_bit)


def legacy(kernel, load=0x42000000):
    """The old image header (64 bytes): CRCs, and no signature at all."""
    head = struct.pack(">7I4B32s", 0x27051956, 0, 0, len(kernel), load, load,
                       zlib.crc32(kernel), 5, 22, 2, 0, b"guichet")
    return struct.pack(">2I", 0x27051956, zlib.crc32(head)) + head[8:] + kernel


def write(image, folder):
    """Every forgery of a signed image, as <folder>/<name>.fit."""
    with open(image, "rb") as file:
        data = file.read()
    os.makedirs(folder, exist_ok=True)
    for forgery in FORGERIES:
        tree = Tree.read(data)
        forgery(tree)
        with open(os.path.join(folder, forgery.__name__ + ".fit"), "wb") as file:
            file.write(tree.bytes())
