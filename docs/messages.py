#!/usr/bin/python3
"""docs/MESSAGES.md from gateway/ipc/messages.def: who may send what to whom.

    docs/messages.py gateway/ipc/messages.def > docs/MESSAGES.md
"""
import re
import sys

ROW = re.compile(r"MESSAGE\((0x[0-9a-f]+), (\w+),\s*(\w+),\s*(\w+),\s*(\w+)\)")
GROUP = re.compile(r"^\s*/\* (.*?) \*/\s*\\$")
DEFINE = re.compile(r"^#define (\w+)_FIELDS\(")
FIELD = re.compile(r"(U64|FIXED|BYTES)\((\w+)(?:, *(\w+))?\)\s*(?:/\* *(.*?) *\*/)?")

HEAD = """# Messages between processes

Made from `gateway/ipc/messages.def` by `make docs`; do not edit.

A channel is a local socket pair that the supervisor made. Frame: 2-byte
message number, 2 zero bytes, 4-byte length of the body, body; all numbers
big-endian. A number that is not routed from that sender to that receiver, a
field over its limit, or a byte left over ends the channel.

Types: **number** is 8 bytes; **bytes n** is exactly n bytes; **bytes <= n**
is a 4-byte length and at most n bytes. `outcome` is a number of
`gateway/base/status.h`; `*_s` are UTC seconds, `*_ms` milliseconds; `request`
is the asker's own number, echoed back. *any* is every role that the
supervisor starts.
"""


def parse(text):
    """[(group, [(id, NAME, from, to)])] and {NAME: (comment, fields)}."""
    groups, details = [], {}
    comment, name = [], None
    in_comment = False
    for line in text.splitlines():
        row, group = ROW.search(line), GROUP.match(line)
        if row:
            groups[-1][1].append((row[1], row[2], row[4], row[5]))
            continue
        if group and not DEFINE.match(line) and not FIELD.search(line):
            groups.append((group[1], []))
            continue
        if line.startswith("/*"):
            comment, in_comment = [], True
        if in_comment:
            comment.append(line.strip().strip("/*").strip())
            in_comment = not line.rstrip().endswith("*/")
            continue
        define = DEFINE.match(line)
        if define:
            name = define[1]
            details[name] = (" ".join(c for c in comment if c), [])
            comment = []
            continue
        field = FIELD.search(line)
        if field and name:
            details[name][1].append(field.groups())
        elif not line.strip():
            name, comment = None, []
    return groups, details


def who(role):
    return "any" if role == "ANY" else role.lower()


def kind(field):
    if field[0] == "U64":
        return "number"
    return f"bytes {field[2]}" if field[0] == "FIXED" else f"bytes <= {field[2]}"


def main():
    with open(sys.argv[1], encoding="utf-8") as source:
        groups, details = parse(source.read())
    parts = [HEAD]
    for title, rows in groups:
        parts.append(f"## {title[0].upper()}{title[1:]}\n")
        for number, name, sender, receiver in rows:
            comment, fields = details[name]
            parts.append(f"### {name} ({number}): {who(sender)} to {who(receiver)}\n")
            if comment:
                parts.append(comment + "\n")
            table = ["| field | type | |", "|---|---|---|"]
            table += [f"| {field[1]} | {kind(field)} | {field[3] or ''} |" for field in fields]
            parts.append("\n".join(table) + "\n")
    sys.stdout.write("\n".join(parts))


main()
