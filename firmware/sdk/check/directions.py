#!/usr/bin/python3
"""Who may include what: the architecture as two tables, and their check.

Prints each line that breaks a rule and ends with 1; silent when all is well.
"""
import pathlib
import re
import sys

# A folder may include itself, its own level and those below: base <- wire,
# crypto <- jose, card, fhir, clock <- ipc, net, os, config <- slots, network
# <- input <- the roles, which never include each other.  Those of gateway/ and
# of firmware/ have one name space.
LEVELS = [
    {"base"},
    {"wire", "crypto"},
    {"jose", "card", "fhir", "clock"},
    {"ipc", "net", "os", "config"},
    {"slots", "network"},
    {"input"},
]
ROLES = {"supervisor", "intake", "spool", "vault", "pickup", "desk", "courier",
         "steward", "ctl",
         "update", "service", "init", "health", "identity", "dhcp"}
# Of firmware/: what runs on the box; the rest builds it.
FIRMWARE = {"slots", "network", "update", "service", "init", "health",
            "identity", "dhcp"}

# Against the direction, and why.
ALLOWED = {
    ("fhir", "ipc/release.h"): "plain data: what a report carries, to release",
    ("input", "ipc/release.h"): "the same",
}
# In the direction, but not.
FORBIDDEN = {
    ("input", "ipc"): "parsers of what a LIS sends are pure",
    ("input", "net"): "parsers of what a LIS sends are pure",
    ("input", "os"): "parsers of what a LIS sends are pure",
    ("input", "slots"): "parsers of what a LIS sends are pure",
    ("input", "network"): "parsers of what a LIS sends are pure",
    ("slots", "ipc"): "partitions and the boot-control block, nothing else",
    ("slots", "net"): "partitions and the boot-control block, nothing else",
    ("slots", "network"): "partitions and the boot-control block, nothing else",
    ("network", "net"): "it makes networks and speaks over none",
    ("network", "slots"): "it makes networks and speaks over none",
    ("init", "wire"): "PID 1 parses nothing from a network",
    ("init", "net"): "PID 1 parses nothing from a network",
    ("init", "ipc"): "PID 1 speaks to no role",
    ("init", "crypto"): "PID 1 has no key",
    ("update", "wire"): "the updater parses a container's header only",
    ("update", "net"): "the updater has no network",
    ("update", "network"): "the updater has no network",
    ("service", "net"): "the service port is no network",
    ("service", "crypto"): "the bridge has no key",
    ("identity", "net"): "it makes a key and speaks to nobody",
    ("dhcp", "net"): "one socket, made before it is confined",
    ("dhcp", "config"): "it is told what it must know",
    ("supervisor", "wire"): "the supervisor parses nothing from outside",
    ("ctl", "wire"): "the command parses nothing from outside",
    ("desk", "wire"): "the desk has no protocol yet but its local socket",
    ("vault", "wire"): "the vault has no parser of outside bytes",
    ("vault", "net"): "the vault has no network socket",
    ("spool", "wire"): "the spool looks into no file",
    ("spool", "fhir"): "the spool looks into no file",
    ("spool", "crypto"): "the spool has no key",
    ("spool", "net"): "the spool speaks to intake only",
    ("courier", "jose"): "the courier opens nothing",
    ("courier", "card"): "the courier opens nothing",
    ("courier", "fhir"): "the courier never sees a result",
    ("courier", "input"): "the courier never sees a result",
}

# Headers of third parties and of the system, and the folders that may have
# them.  What is not named here is free.
HEADERS = {
    "sqlite3.h": {"vault"},
    "sqlcipher_abi.h": {"crypto"},
    "bearssl.h": {"crypto", "net"},
    "seccomp.h": set(),     # firmware/sdk/filters: where the box is built
    "expat.h": {"wire"},
    "jansson.h": {"intake", "pickup", "desk", "steward"},
    "picohttpparser.h": {"wire", "intake", "pickup", "desk", "courier",
                         "steward"},
    "qrencode.h": {"desk"},
}

# wire/: bytes in, bytes out.  No sockets, files, clocks or heap.
WIRE_HEADERS = {"stdbool.h", "stddef.h", "stdint.h", "string.h", "limits.h",
                "inttypes.h", "stdio.h", "expat.h", "picohttpparser.h"}
WIRE_CALLS = re.compile(r"(?<![\w.>])(malloc|calloc|realloc|free|strdup|fopen|printf|"
                        r"time|clock_gettime|gettimeofday|socket|recv|send|"
                        r"open|read|write)\s*\(")

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def level_of(folder):
    if folder in ROLES:
        return len(LEVELS)
    for number, folders in enumerate(LEVELS):
        if folder in folders:
            return number
    return None


def own_include(folder, target):
    """Why `folder` may not include our header `target`, or None."""
    to = target.split("/")[0]
    if to == folder or (folder, target) in ALLOWED:
        return None
    if (folder, to) in FORBIDDEN:
        return FORBIDDEN[folder, to]
    here, there = level_of(folder), level_of(to)
    if there is None:
        return None     # generated tables
    if here is None:
        return f"{folder}/ stands in no level"
    if to in ROLES:
        return "a role's header belongs to that role"
    if there > here:
        return f"{to}/ is above {folder}/"
    return None


def third_include(folder, target):
    if target in HEADERS and folder not in HEADERS[target]:
        return "only for " + ", ".join(sorted(HEADERS[target]))
    if folder == "wire" and target not in WIRE_HEADERS:
        return "wire/ has no sockets, files, clocks or heap"
    return None


def without_comments(text):
    blank = lambda match: re.sub(r"[^\n]", " ", match.group())
    text = re.sub(r"/\*.*?\*/|//[^\n]*", blank, text, flags=re.S)
    return re.sub(r'"(\\.|[^"\\\n])*"', '""', text)


def check_file(path, folder):
    text = path.read_text(encoding="utf-8")
    for number, line in enumerate(text.splitlines(), 1):
        match = INCLUDE.match(line)
        if match:
            quote, target = match.groups()
            judge = own_include if quote == '"' else third_include
            why = judge(folder, target)
            if why:
                yield f"{path}:{number}: may not include {target}: {why}"
    if folder == "wire":
        for number, line in enumerate(without_comments(text).splitlines(), 1):
            match = WIRE_CALLS.search(line)
            if match:
                yield (f"{path}:{number}: {match.group(1)}(): wire/ has no "
                       "sockets, files, clocks or heap")


def main():
    broken = []
    for path in sorted([*pathlib.Path("gateway").glob("*/**/*"),
                        *pathlib.Path("firmware").glob("*/**/*")]):
        if path.suffix in (".c", ".h", ".def") and \
                (path.parts[0] == "gateway" or path.parts[1] in FIRMWARE):
            broken += check_file(path, path.parts[1])
    print("\n".join(broken), end="\n" if broken else "")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
