#!/usr/bin/python3
"""A DHCP server that does what it is told, in the network namespace that it
is started in: dhcp_rival.py DEVICE ORDERS LOG

ORDERS is a JSON file, read again for each question: address, server, mask,
router, dns, seconds, t1, t2, and `twist`:
    silent      says nothing
    nak         refuses every REQUEST
    xid, mac    answers to somebody else
    port        answers from another port
    garbage     random bytes, cut messages, endless options
LOG gets one line for each question: its kind, and where it came to.
"""
import json
import os
import random
import socket
import struct
import sys

DISCOVER, OFFER, REQUEST, ACK, NAK = 1, 2, 3, 5, 6
COOKIE = bytes([99, 130, 83, 99])


def options_of(message):
    found, at = {}, 240
    while at < len(message) and message[at] != 255:
        if message[at] == 0:
            at += 1
            continue
        length = message[at + 1]
        found[message[at]] = message[at + 2:at + 2 + length]
        at += 2 + length
    return found


def option(code, *values):
    body = b"".join(socket.inet_aton(v) if isinstance(v, str) else struct.pack(">I", v)
                    for v in values)
    return bytes([code, len(body)]) + body


def answer(question, kind, o):
    head = bytearray(240)
    head[:3] = 2, 1, 6
    head[4:8] = question[4:8]
    head[10:12] = question[10:12]
    head[28:44] = question[28:44]
    if kind != NAK:
        head[16:20] = socket.inet_aton(o["address"])
    if o.get("twist") == "xid":
        head[4] ^= 0xff
    if o.get("twist") == "mac":
        head[30] ^= 0xff
    head[236:240] = COOKIE
    out = bytes(head) + bytes([53, 1, kind]) + option(54, o["server"])
    if kind != NAK:
        out += option(1, o["mask"]) + option(51, o["seconds"])
        out += option(3, o["router"]) if o.get("router") else b""
        out += option(6, *o["dns"]) if o.get("dns") else b""
        out += option(58, o["t1"]) + option(59, o["t2"]) if o.get("t1") else b""
    return out + b"\xff"


def garbage(question):
    """Aimed at the one who asks, as good as a rival can."""
    good = answer(question, OFFER, {"address": "10.77.0.9", "server": "10.77.0.1",
                                    "mask": "255.255.255.0", "seconds": 600})
    yield b""
    yield os.urandom(1400)
    for cut in range(1, len(good), 7):
        yield good[:cut]
    yield good[:240] + b"\x35\xff\x02"
    yield good[:240] + b"\x35\x01\x02" + b"\x36\xff" * 300
    yield good[:240] + bytes(1200)
    for _ in range(200):
        bent = bytearray(good)
        for _ in range(3):
            bent[random.randrange(len(bent))] = random.randrange(256)
        bent[236:240] = COOKIE
        if bent[240:243] == bytes([53, 1, OFFER]):
            bent[242] = NAK
        yield bytes(bent)


def main(device, orders, log_path):
    def udp(port):
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device.encode())
        s.bind(("0.0.0.0", port))
        return s

    server, elsewhere = udp(67), udp(6767)
    server.setsockopt(socket.IPPROTO_IP, 8, 1)          # IP_PKTINFO
    log = open(log_path, "a", encoding="ascii")
    print("ready", flush=True)
    while True:
        question, control, _, _ = server.recvmsg(2048, 256)
        found = options_of(question)
        kind = found[53][0]
        to = socket.inet_ntoa(control[0][2][8:12])      # in_pktinfo.ipi_addr
        print({DISCOVER: "discover", REQUEST: "request"}.get(kind, kind), to,
              len(found), file=log, flush=True)
        with open(orders, encoding="ascii") as f:
            o = json.load(f)
        twist = o.get("twist")
        if twist == "silent":
            continue
        # Somebody who asks for one that we have not, is told so.
        asked = socket.inet_ntoa(found.get(50) or question[12:16])
        wrong = kind == REQUEST and (twist == "nak" or asked != o["address"])
        said = answer(question, OFFER if kind == DISCOVER else NAK if wrong else ACK, o)
        unicast = question[12:16] != bytes(4) and not wrong
        where = (asked if unicast else "255.255.255.255", 68)
        if twist == "garbage":
            for one in garbage(question):
                server.sendto(one, ("255.255.255.255", 68))
            continue
        (elsewhere if twist == "port" else server).sendto(said, where)


if __name__ == "__main__":
    main(*sys.argv[1:])
