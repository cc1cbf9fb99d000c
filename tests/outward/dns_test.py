#!/usr/bin/python3
"""Names looked up: with dnsmasq as the server, and with servers that lie,
hang, or answer badly.  TAP."""
import os
import random
import shutil
import socket
import struct
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "integration"))
from peers import folder, probe                                 # noqa: E402
from tap import main, ok, skip                                  # noqa: E402

PORT = 21320
A, CNAME, AAAA = 1, 5, 28
NONE = "there is no such thing"
SILENT = "the kernel refused"


def resolve(host, *servers, **options):
    return probe("resolve", host, *[s if isinstance(s, str) else f"127.0.0.1:{s}"
                                    for s in servers], **options)


# --- dnsmasq ------------------------------------------------------------------------

RECORDS = ["--local=/test/", "--host-record=both.test,192.0.2.7,2001:db8::7",
           "--host-record=four.test,192.0.2.4", "--host-record=six.test,2001:db8::6",
           "--cname=www.test,c2.test", "--cname=c2.test,c3.test", "--cname=c3.test,both.test",
           "--txt-record=text.test,hello"] + [
               f"--host-record=many.test,192.0.2.{i}" for i in range(1, 7)] + [
               f"--host-record=huge.test,192.0.2.{i}" for i in range(1, 200)]


class Dnsmasq:
    def __enter__(self):
        self.process = subprocess.Popen(
            [shutil.which("dnsmasq") or "/usr/sbin/dnsmasq", "--no-daemon", f"--port={PORT}",
             "--listen-address=127.0.0.1", "--bind-interfaces", "--no-resolv", "--no-hosts",
             "--conf-file=/dev/null", "--user=root", "--pid-file=", *RECORDS],
            stderr=subprocess.DEVNULL)
        for _ in range(100):
            if resolve("four.test", PORT)[0] == "ok":
                break
            time.sleep(0.05)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def test_dnsmasq():
    if not os.path.exists("/usr/sbin/dnsmasq"):
        skip("dnsmasq", "not installed")
        return
    with Dnsmasq():
        for claim, host, wanted in (
                ("both, IPv4 first", "both.test", ["ok", "192.0.2.7 443", "2001:db8::7 443"]),
                ("A alone", "four.test", ["ok", "192.0.2.4 443"]),
                ("AAAA alone", "six.test", ["ok", "2001:db8::6 443"]),
                ("in capitals", "FOUR.Test", ["ok", "192.0.2.4 443"]),
                ("three CNAMEs", "www.test", ["ok", "192.0.2.7 443", "2001:db8::7 443"]),
                ("no such name", "none.test", [NONE]),
                ("a name without an address", "text.test", [NONE])):
            lines = resolve(host, PORT)
            ok(lines == wanted, claim, lines)
        lines = resolve("many.test", PORT)
        ok(lines[0] == "ok" and len(lines) == 5, "six addresses: four are enough", lines)
        lines = resolve("huge.test", PORT)
        ok(lines[0] == "ok" and len(lines) == 5, "what did not fit (TC): what is there", lines)
        lines = resolve("four.elsewhere", PORT)
        ok(lines == [SILENT], "a server that refuses", lines)
        with folder() as tmp:
            lines = resolve("www.test", PORT, inside=True, cwd=tmp)
        ok(lines[0] == "ok" and len(lines) == 3, "from inside the courier's sandbox", lines)


# --- servers of our own -----------------------------------------------------------------


def name(text):
    return b"".join(bytes([len(p)]) + p.encode() for p in text.split(".")) + b"\0"


def record(owner, kind, data, cls=1):
    return owner + struct.pack(">HHIH", kind, cls, 60, len(data)) + data


def question_of(query):
    end = query.index(0, 12) + 5
    return query[12:end], struct.unpack(">H", query[end - 4:end - 2])[0]


def answer(query, *records, flags=0x8180, ident=None, question=None):
    asked, _ = question_of(query)
    ident = query[:2] if ident is None else ident
    return (ident + struct.pack(">HHHHH", flags, 1, len(records), 0, 0)
            + (asked if question is None else question) + b"".join(records))


OWNER = b"\xc0\x0c"             # the name of the question
V4, V6 = bytes([192, 0, 2, 1]), bytes(15) + b"\x01"


def plain(query):
    kind = question_of(query)[1]
    return answer(query, record(OWNER, kind, V4 if kind == A else V6))


class Udp:
    """Answers each datagram with what `reply(query)` returns: none, one, or
    several datagrams."""

    def __init__(self, reply):
        self.reply = reply
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.queries = []
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                query, peer = self.socket.recvfrom(2000)
            except OSError:
                return
            if not query:
                return
            self.queries.append((query, peer))
            replies = self.reply(query)
            for r in ([] if replies is None else [replies] if isinstance(replies, bytes)
                      else replies):
                self.socket.sendto(r, peer)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()


GOOD = ["ok", "192.0.2.1 443", "::1 443"]


def test_answers():
    for claim, reply, wanted in (
            ("a plain answer", plain, GOOD),
            ("two answers, twice each", lambda q: [plain(q), plain(q)], GOOD),
            ("A answered, AAAA refused", lambda q: plain(q) if question_of(q)[1] == A
             else answer(q, flags=0x8185), GOOD[:2]),
            ("A answered, no such name for AAAA", lambda q: plain(q) if question_of(q)[1] == A
             else answer(q, flags=0x8183), GOOD[:2]),
            ("records of other names first", lambda q: answer(
                q, record(name("x.test"), question_of(q)[1], V4 if question_of(q)[1] == A else V6),
                record(OWNER, question_of(q)[1], V4 if question_of(q)[1] == A else V6)), GOOD),
            ("only records of other names", lambda q: answer(
                q, record(name("x.test"), question_of(q)[1],
                          V4 if question_of(q)[1] == A else V6)), [NONE]),
            ("an address of five bytes", lambda q: answer(
                q, record(OWNER, question_of(q)[1], V4 + b"x")), [NONE]),
            ("of another class", lambda q: answer(
                q, record(OWNER, question_of(q)[1], V4 if question_of(q)[1] == A else V6, 3)),
             [NONE]),
            ("truncated and empty", lambda q: answer(q, flags=0x8380), [SILENT]),
            ("server failure", lambda q: answer(q, flags=0x8182), [SILENT]),
            ("CNAMEs in a circle", lambda q: answer(
                q, record(OWNER, CNAME, name("b.test")),
                record(name("b.test"), CNAME, name("a.test"))), [NONE]),
            ("nine CNAMEs", lambda q: answer(
                q, record(OWNER, CNAME, name("c0.test")),
                *[record(name(f"c{i}.test"), CNAME, name(f"c{i + 1}.test")) for i in range(9)],
                record(name("c9.test"), question_of(q)[1],
                       V4 if question_of(q)[1] == A else V6)), [NONE])):
        with Udp(reply) as server:
            lines = resolve("a.test", server.port)
        ok(lines == wanted, claim, lines)


def timed(*arguments):
    started = time.monotonic()
    return resolve(*arguments), time.monotonic() - started


def test_lies():
    """Before the true answer, or instead of it, somebody else's."""
    other = name("b.test") + struct.pack(">HH", A, 1)
    lies = {
        "with another id": lambda q: answer(
            q, record(OWNER, A, b"evil"), ident=bytes([q[0] ^ 1, q[1]])),
        "to another question": lambda q: answer(q, record(OWNER, A, b"evil"), question=other),
        "that is a question": lambda q: answer(q, record(OWNER, A, b"evil"), flags=0x0100),
        "of another kind": lambda q: answer(
            q, record(OWNER, A, b"evil"),
            question=question_of(q)[0][:-4] + struct.pack(">HH", 16, 1)),
        "cut off": lambda q: answer(q, record(OWNER, A, b"evil"))[:-7][:14],
        "of one byte": lambda q: b"x",
        "of nothing": lambda q: b"",
        "whose name points at itself": lambda q: q[:2] + struct.pack(
            ">HHHHH", 0x8180, 1, 1, 0, 0) + b"\xc0\x0c" + question_of(q)[0][-4:],
        "whose name points forth and back": lambda q: q[:2] + struct.pack(
            ">HHHHH", 0x8180, 1, 1, 0, 0) + b"\xc0\x0e\xc0\x0c" + question_of(q)[0][-4:],
        "that says it holds 65535 records": lambda q: answer(q)[:4] + struct.pack(
            ">HHHH", 65535, 65535, 65535, 65535) + b"\0" * 400,
    }
    for claim, lie in lies.items():
        with Udp(lambda q, f=lie: [f(q), plain(q)]) as server:
            lines = resolve("a.test", server.port)
        ok(lines == GOOD, f"an answer {claim}: not heard", lines)
    generator = random.Random(1)
    with Udp(lambda q: [bytes(generator.randrange(256) for _ in range(generator.randrange(90)))
                        for _ in range(30)] + [plain(q)]) as server:
        lines = resolve("a.test", server.port)
    ok(lines == GOOD, "thirty datagrams of noise: not heard", lines)


def test_other_source():
    """A good answer, id and all, from another address: the kernel drops it."""
    with Udp(lambda q: None) as server:
        spoofer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        spoofer.bind(("127.0.0.2", 0))

        def reply(query):
            spoofer.sendto(answer(query, record(OWNER, A, b"evil")), server.queries[-1][1])
            return plain(query)

        server.reply = reply
        lines = resolve("a.test", server.port)
        spoofer.close()
    ok(lines == GOOD, "an answer from another address: not heard", lines)


def test_silence():
    with Udp(lambda q: None) as silent, Udp(plain) as good:
        lines, took = timed("a.test", silent.port, good.port)
        ok(lines == GOOD and 1.9 < took < 4, f"a silent server, then another: {took:.1f} s", lines)
        lines, took = timed("a.test", silent.port)
        ok(lines == [SILENT] and 3.9 < took < 8, f"a silent server, asked twice: {took:.1f} s",
           lines)
        ids = [q[:2] for q, _ in silent.queries]
        ports = [peer[1] for _, peer in silent.queries]
        ok(len(ids) == 6 and len(set(ids)) > 4 and len(set(ports)) == 3,
           "every try with ids of its own and a port of its own", (ids, ports))
    with Udp(lambda q: plain(q) if question_of(q)[1] == A else None) as half:
        lines, took = timed("a.test", half.port)
        ok(lines == GOOD[:2] and took < 4, f"AAAA is never answered: {took:.1f} s", lines)
    lines, took = timed("a.test", 1)
    ok(lines == [SILENT] and took < 2, "nobody listens: at once", lines)


def test_names():
    with Udp(plain) as server:
        for host, wanted in (("192.0.2.9", ["ok", "192.0.2.9 443"]),
                             ("2001:db8::1", ["ok", "2001:db8::1 443"]),
                             ("localhost", ["ok", "127.0.0.1 443", "::1 443"]),
                             ("a.LOCALHOST", ["ok", "127.0.0.1 443", "::1 443"]),
                             ("a..test", [NONE]), ("x" * 64 + ".test", [NONE]),
                             (".".join(["x" * 60] * 5), [NONE]), ("", [NONE])):
            lines = resolve(host, server.port)
            ok(lines == wanted, f"{host[:30] or 'nothing'}: {lines[0]}", lines)
        ok(not server.queries, "and nobody is asked", server.queries)


main(test_dnsmasq, test_answers, test_lies, test_other_source, test_silence, test_names)
