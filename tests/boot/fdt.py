"""fdt.py -- device trees as data: read, change, write again.

    tree = Tree.read(open("boot.fit", "rb").read())
    tree.root.at("configurations/conf-a").set("fdt", b"fdt-b\\0")
    open("forged.fit", "wb").write(tree.bytes())

The flattened form of the Devicetree Specification 0.4, chapter 5; of our own,
so that what forges images needs no library of the loader it attacks.
"""
import copy
import struct
from dataclasses import dataclass, field

MAGIC, VERSION, COMPATIBLE = 0xd00dfeed, 17, 16
BEGIN, END, PROPERTY, NOTHING, LAST = 1, 2, 3, 4, 9
HEADER, RESERVED = 40, 16       # bytes: the header; an empty list of reservations


@dataclass
class Node:
    name: str
    properties: dict = field(default_factory=dict)      # name -> bytes
    children: list = field(default_factory=list)

    def at(self, path):
        """The node below this one; KeyError where there is none."""
        node = self
        for name in path.split("/"):
            found = [c for c in node.children if c.name == name]
            if not found:
                raise KeyError(path)
            node = found[0]
        return node

    def set(self, name, value):
        self.properties[name] = value

    def copy(self, name=None):
        made = copy.deepcopy(self)
        made.name = name or made.name
        return made

    def replace(self, name, *others):
        """In the place of the child of that name: others, or nothing."""
        at = next(n for n, c in enumerate(self.children) if c.name == name)
        self.children[at:at + 1] = others


@dataclass
class Tree:
    """`strings`: the block of names as it was read.  Signatures of boot images
    cover it, so it only ever grows."""
    root: Node
    strings: bytes = b""
    offsets: dict = field(default_factory=dict)

    @classmethod
    def read(cls, data):
        fields = struct.unpack(">10I", data[:HEADER])
        if fields[0] != MAGIC:
            raise ValueError("no device tree")
        structure, strings = fields[2], fields[3]
        tree = cls(None, data[strings:strings + fields[8]])
        tree.root = _read_nodes(data[structure:structure + fields[9]], tree)
        return tree

    def name_at(self, offset):
        name = self.strings[offset:self.strings.index(b"\0", offset)].decode()
        self.offsets.setdefault(name, offset)
        return name

    def _offset_of(self, name):
        if name not in self.offsets:
            self.offsets[name] = len(self.strings)
            self.strings += name.encode() + b"\0"
        return self.offsets[name]

    def bytes(self):
        structure = bytearray()
        for kind, *words in _tokens(self.root):
            structure += struct.pack(">I", kind)
            if kind == BEGIN:
                structure += words[0].encode() + b"\0"
            elif kind == PROPERTY:
                name, value = words
                structure += struct.pack(">II", len(value), self._offset_of(name)) + value
            structure += b"\0" * (-len(structure) % 4)
        start = HEADER + RESERVED
        total = start + len(structure) + len(self.strings)
        head = struct.pack(">10I", MAGIC, total, start, start + len(structure), HEADER,
                           VERSION, COMPATIBLE, 0, len(self.strings), len(structure))
        return head + bytes(RESERVED) + bytes(structure) + self.strings


def _tokens(root):
    """(kind, ...) of a tree, as they stand in its structure block."""
    stack = [(root, False)]
    while stack:
        node, is_over = stack.pop()
        if is_over:
            yield (END,)
            continue
        yield BEGIN, node.name
        for name, value in node.properties.items():
            yield PROPERTY, name, value
        stack.append((node, True))
        stack += [(child, False) for child in reversed(node.children)]
    yield (LAST,)


def _read_nodes(block, tree):
    above, at = [Node("")], 0
    while True:
        kind, = struct.unpack_from(">I", block, at)
        at += 4
        if kind == BEGIN:
            end = block.index(b"\0", at)
            node = Node(block[at:end].decode())
            above[-1].children.append(node)
            above.append(node)
            at = end + 1
        elif kind == PROPERTY:
            size, name = struct.unpack_from(">II", block, at)
            above[-1].properties[tree.name_at(name)] = block[at + 8:at + 8 + size]
            at += 8 + size
        elif kind == END:
            above.pop()
        elif kind == LAST:
            return above[0].children[0]
        elif kind != NOTHING:
            raise ValueError(f"token {kind}")
        at += -at % 4
