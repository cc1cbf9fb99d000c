#!/usr/bin/python3
"""MLLP as it is spoken in the field: framing, connections, limits, commit
bytes, time (R1 to R9, R11, R16)."""
import os
import shutil
import socket
import statistics
import struct
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "demo")]

import report                                              # noqa: E402
from appliance import Appliance, free_port                 # noqa: E402
from mllp import END, VT, connect, frame, read_ack, send   # noqa: E402
from tap import main, ok, skip                             # noqa: E402

SECTIONS = """
[source second]
networks = 127.0.0.2
commit_bytes = on
[source third]
networks = 127.0.0.3
connections_max = 4
[source fourth]
networks = 127.0.0.4/31, 127.0.0.6
senders = SIL/LABO
[source default]
networks = any
connections_max = 256
"""
BOX = Appliance(sections=SECTIONS, mllp__networks="127.0.0.0/29",
                mllp__idle="3s", mllp__frame_max="4MiB")
serial = 0


def message(**words):
    global serial
    serial += 1
    words.setdefault("control_id", f"M{serial}")
    words.setdefault("order", f"MLLP-{serial}")
    return report.make_message(**words)


def as_peer(address, seconds=20):
    """A connection from another address of this machine."""
    c = socket.create_connection(("127.0.0.1", BOX.mllp_port), seconds,
                                 source_address=(address, 0))
    c.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return c


def acks(connection, n):
    """`n` answers, each without its framing."""
    data = b""
    while data.count(END) < n:
        part = connection.recv(65536)
        if not part:
            break
        data += part
    return [part[1:] for part in data.split(END)[:-1]]


def is_closed(connection, seconds=10):
    """True: closed; no byte came before."""
    connection.settimeout(seconds)
    try:
        return connection.recv(1) == b""
    except ConnectionError:
        return True
    except TimeoutError:
        return False


def status_of(role, field):
    with open(f"/proc/{BOX.pid_of(role)}/status", encoding="ascii") as f:
        return next(int(line.split()[1]) for line in f if line.startswith(field))


# On a box of its own: here an idle connection may have to leave for others.
GONE_BOX = Appliance()
gone = {"peer": None, "start": 0.0, "why": ""}


def is_there(peer):
    done = subprocess.run(["ss", "-tnH", "state", "established", "sport", "=",
                           f":{GONE_BOX.mllp_port}"], capture_output=True, text=True, check=True)
    return peer in done.stdout


def test_r8_peer_vanishes():
    """Without FIN or RST, as behind a dead VPN; what comes of it is seen last."""
    tcp_repair = 19
    GONE_BOX.__enter__()
    c = connect(GONE_BOX.mllp_port)
    c.sendall(frame(message()))
    read_ack(c)
    peer = "127.0.0.1:%d" % c.getsockname()[1]
    try:
        c.setsockopt(socket.IPPROTO_TCP, tcp_repair, 1)
    except OSError as error:
        gone["why"] = f"it takes CAP_NET_ADMIN: {error}"
        c.close()
        return
    c.close()                               # in repair mode: silently
    ok(is_there(peer), "R8 a peer vanishes: nobody notices yet")
    gone.update(peer=peer, start=time.monotonic())


# --- R1 to R6: framing ------------------------------------------------------------

def test_r1():
    with connect(BOX.mllp_port) as c:
        c.sendall(frame(message(control_id="R1A")))
        ok("MSA|AA|R1A" in read_ack(c), "R1 VT ... FS CR")
        c.sendall(VT + message(control_id="R1B") + b"\x1c")
        start = time.monotonic()
        answer = read_ack(c)
        took = time.monotonic() - start
        ok("MSA|AA|R1B" in answer and 0.4 < took < 5,
           f"R1 FS without CR: taken after a pause ({took:.2f} s)")
        c.sendall(VT + message(control_id="R1C") + b"\x1c" + frame(message(control_id="R1D")))
        got = acks(c, 2)
        ok(b"|R1C" in got[0] and b"|R1D" in got[1], "R1 FS without CR: the next VT ends it")
        c.sendall(b"noise\r\nmore noise\0\xff" * 1000 + frame(message(control_id="R1E")))
        ok("MSA|AA|R1E" in read_ack(c), "R1 20 kB of noise before a frame is skipped")
        c.sendall(VT + message(control_id="R1F") + b"\x1c")
        c.shutdown(socket.SHUT_WR)
        ok("MSA|AA|R1F" in read_ack(c), "R1 FS and the end")
    before = BOX.status()["skipped_bytes"] if "skipped_bytes" in BOX.status() else None
    for noise, name in ((b"x", "noise"), (b"\0", "NULs"), (b"\r\n", "line ends")):
        with connect(BOX.mllp_port) as c:
            try:
                c.sendall(noise * (70000 // len(noise)))
            except OSError:
                pass
            ok(is_closed(c), f"R1 over 64 KB of {name}: closed")
    if before is not None:
        time.sleep(2.3)
        ok(BOX.status()["skipped_bytes"] > before, "R1 and counted")
    ok("does the sender speak MLLP" in BOX.log(), "R1 and the log says so")


def test_r2():
    with connect(BOX.mllp_port) as c:
        c.sendall(b"".join(frame(message(control_id=f"P{i}")) for i in range(50)))
        got = [a.split(b"MSA|AA|")[1].split(b"\r")[0].decode() for a in acks(c, 50)]
        ok(got == [f"P{i}" for i in range(50)], "R2 50 messages at once: 50 ACKs in order", got)
    data = frame(message(control_id="BYTES"))
    with connect(BOX.mllp_port) as c:
        for i in range(len(data)):
            c.sendall(data[i:i + 1])
        ok("MSA|AA|BYTES" in read_ack(c), f"R2 {len(data)} segments of one byte")
    bad = []
    with connect(BOX.mllp_port) as c:
        data = frame(message(control_id="SPLIT"))
        for at in range(1, len(data), 7):
            c.sendall(data[:at])
            time.sleep(0.0005)
            c.sendall(data[at:])
            if "MSA|AA|SPLIT" not in read_ack(c):
                bad.append(at)
    ok(not bad, "R2 cut in two at every seventh byte", bad)


def test_r2_one_write_each():
    """What the kernel sent: as many segments with data as there are ACKs."""
    with connect(BOX.mllp_port) as c:
        start = time.monotonic()
        for i in range(40):
            c.sendall(frame(message(control_id=f"NAGLE{i}")))
            read_ack(c)
        took = time.monotonic() - start
        info = c.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 232)
        segments_in = struct.unpack_from("I", info, 152)[0]     # tcpi_data_segs_in
    ok(segments_in == 40, "R2 each ACK is one segment: one write", segments_in)
    ok(took < 40 * 0.2, f"R2 and none waits for the one before (TCP_NODELAY): {took:.2f} s")


def test_r3():
    for between, name in ((b"\n", "LF"), (b"\r\n", "CRLF"), (b"\0", "NUL"),
                          (b"\0" * 500 + b"\n\r\n\0", "many of them")):
        with connect(BOX.mllp_port) as c:
            c.sendall(frame(message(control_id="R3A")) + between + frame(message(control_id="R3B")))
            got = acks(c, 2)
            c.sendall(between + frame(message(control_id="R3C")))
            got += acks(c, 1)
        ok([b"|R3" + x in a for x, a in zip((b"A", b"B", b"C"), got)] == [True] * 3,
           f"R3 {name} after FS CR: the next frame is intact", got)


def test_r4():
    slip = BOX.card()
    data = message(control_id="R4", card=slip["card"].replace("-", ""))
    data = data.replace(b"OBX|2|", b"NTE|1||left\x1cright \x1c\x1c end\rOBX|2|", 1)
    ok("MSA|AA|R4" in send(BOX.mllp_port, data), "R4 FS inside data does not end the frame")
    ok(len(BOX.bundles(slip["card"])) == 1, "R4 and the message is parsed whole")


def test_r5():
    with connect(BOX.mllp_port) as c:
        c.sendall(VT + message(control_id="HALF")[:300] + frame(message(control_id="R5")))
        answer = read_ack(c)
        ok("MSA|AA|R5" in answer, "R5 a new VT: the partial frame is dropped, the new one parsed")
        c.sendall(VT + VT + VT + message(control_id="R5B") + END)
        ok("MSA|AA|R5B" in read_ack(c), "R5 VT repeated")


def test_r6():
    ok("MSA|AA|R6" in send(BOX.mllp_port, message(control_id="R6").rstrip(b"\r")),
       "R6 no CR after the last segment")


# --- R7: limits ----------------------------------------------------------------------

def test_r7_too_long():
    before = status_of("intake", "VmHWM")
    with connect(BOX.mllp_port, 60) as c:
        head = message(control_id="BIG1")
        sent = 0
        try:
            c.sendall(VT + head)
            for _ in range(64):
                c.sendall(b"A" * (1 << 20))
                sent += 1
        except OSError:
            pass
        try:
            answer = read_ack(c)
        except OSError as error:
            answer = str(error)
        ok("MSA|AE|BIG1" in answer and "104" in answer, "R7 a frame over the limit gets AE 104",
           answer)
        ok(is_closed(c), "R7 and the connection ends")
    grown = status_of("intake", "VmHWM") - before
    ok(grown < 64 * 1024, f"R7 its memory stays bounded ({grown} kB more at most)")
    ok("MSA|AA" in send(BOX.mllp_port, message()), "R7 the next one is taken")


def test_r7_slow():
    drip, still = connect(BOX.mllp_port), connect(BOX.mllp_port)
    idle, empty = connect(BOX.mllp_port), connect(BOX.mllp_port)
    idle.sendall(frame(message(control_id="IDLE1")))
    read_ack(idle)
    data = frame(message(control_id="DRIP"))
    still.sendall(data[:100])
    start = time.monotonic()
    at, closed_s = 0, None
    while time.monotonic() - start < 12:
        try:
            drip.sendall(data[at:at + 1])
        except OSError:
            closed_s = time.monotonic() - start
            break
        at += 1
        time.sleep(0.5)
    ok(closed_s is not None and 2 < closed_s < 11,
       f"R7 two bytes a second: closed after {closed_s or 0:.1f} s")
    ok(is_closed(still, 1), "R7 silence inside a frame: closed after mllp.idle")
    idle.sendall(frame(message(control_id="IDLE2")))
    ok("MSA|AA|IDLE2" in read_ack(idle), "R7 silence between frames is no error")
    empty.sendall(frame(message(control_id="EMPTY")))
    ok("MSA|AA|EMPTY" in read_ack(empty), "R7 nor before the first one")
    for c in (drip, still, idle, empty):
        c.close()


# --- R8, R9: connections ------------------------------------------------------------------

def test_r8():
    with connect(BOX.mllp_port) as c:
        c.sendall(frame(message(control_id="HALF1")) + frame(message(control_id="HALF2")))
        c.shutdown(socket.SHUT_WR)
        got = acks(c, 2)
        ok(len(got) == 2 and b"AA|HALF1" in got[0] and b"AA|HALF2" in got[1],
           "R8 a half-closed sender gets its ACKs", got)
        ok(c.recv(10) == b"", "R8 and then the end")


def test_r8_keepalive():
    if shutil.which("ss") is None:
        skip("R8 TCP keepalive", "no ss")
        return
    with connect(BOX.mllp_port) as c:
        c.sendall(frame(message()))
        read_ack(c)
        mine = c.getsockname()[1]
        rows = subprocess.run(["ss", "-tnoH", "sport", "=", f":{BOX.mllp_port}"],
                              capture_output=True, text=True, check=True).stdout.splitlines()
        row = next((r for r in rows if r.split()[4].endswith(f":{mine}")), "")
    ok("timer:(keepalive" in row, "R8 a dead peer is found by TCP keepalive", row)


def test_r9_silent():
    before = BOX.log()
    for _ in range(50):
        connect(BOX.mllp_port).close()
    for _ in range(10):
        c = connect(BOX.mllp_port)
        c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        c.close()                           # RST
    time.sleep(0.5)
    ok(BOX.log() == before, "R9 connections without data make no noise", BOX.log()[len(before):])


def test_r9_one_message_each():
    start = time.monotonic()
    good = sum(f"MSA|AA|C{i}\r" in send(BOX.mllp_port, message(control_id=f"C{i}"))
               for i in range(2000))
    ok(good == 2000, f"R9 2000 connections with one message each: {good} AA in "
       f"{time.monotonic() - start:.1f} s")
    ok(BOX.pid_of("intake") > 0 and len(os.listdir(f"/proc/{BOX.pid_of('intake')}/fd")) < 40,
       "R9 and no descriptor is left open")


def test_r9_many_messages():
    start = time.monotonic()
    good = 0
    with connect(BOX.mllp_port) as c:
        for i in range(3000):
            c.sendall(frame(message(control_id=f"D{i}")))
            good += f"MSA|AA|D{i}\r" in read_ack(c)
    ok(good == 3000, f"R9 3000 messages on one connection in {time.monotonic() - start:.1f} s")


def test_r9_cap_of_all():
    """64 idle connections cannot keep out the 65th; busy ones can."""
    held = [connect(BOX.mllp_port) for _ in range(2)]
    for c in held:                          # in the middle of a message, and
        c.sendall(VT + message()[:100])     # silent longest
    time.sleep(0.3)
    held += [connect(BOX.mllp_port) for _ in range(62)]
    time.sleep(1.2)
    answer = send(BOX.mllp_port, message(control_id="LATE"))
    ok("MSA|AA|LATE" in answer, "R9 64 idle connections: the 65th gets in")
    closed = [is_closed(c, 0.05) for c in held]
    ok(1 <= sum(closed[2:]) <= 2 and not any(closed[:2]),
       "R9 for one that was silent, not for one inside a message", closed)
    for c in held:
        c.close()


def test_r9_busy_ones_stay():
    """All slots inside a message: the next waits until one is over."""
    held = [connect(BOX.mllp_port) for _ in range(64)]
    data = frame(message(control_id="BUSY"))
    for c in held:
        c.sendall(data[:-10])
    late = connect(BOX.mllp_port)
    late.sendall(frame(message(control_id="WAITS")))
    ok(not is_closed(late, 1), "R9 64 busy connections: the 65th waits")
    held[7].sendall(data[-10:])
    ok("MSA|AA|BUSY" in read_ack(held[7]), "R9 a busy one ends its message")
    late.settimeout(20)
    ok("MSA|AA|WAITS" in read_ack(late), "R9 then there is room")
    for c in [*held, late]:
        c.close()


def test_r9_cap_of_source():
    held = [as_peer("127.0.0.3") for _ in range(4)]
    for c in held:
        c.sendall(VT + message()[:50])
    fifth = as_peer("127.0.0.3")
    ok(is_closed(fifth), "R9 connections_max of a source, all busy: the next is closed")
    ok("MSA|AA" in send(BOX.mllp_port, message()), "R9 other sources do not notice")
    for c in held:
        c.close()
    time.sleep(0.2)
    held = [as_peer("127.0.0.3") for _ in range(4)]
    time.sleep(1.2)
    with as_peer("127.0.0.3") as c:
        c.sendall(frame(message(control_id="ROOM")))
        ok("MSA|AA|ROOM" in read_ack(c), "R9 all idle: the next gets in")
    ok(sum(is_closed(c, 0.2) for c in held) == 1, "R9 for the one that was silent longest")
    for c in held:
        c.close()


# --- R10: who may --------------------------------------------------------------------------

def test_r10_networks():
    stranger = as_peer("127.0.0.9")
    stranger.sendall(frame(message(control_id="STRANGER")))
    ok(is_closed(stranger), "R10 an address outside mllp.networks: closed without a word")
    stranger.close()
    time.sleep(2.5)
    ok("1 connections closed since the start" in BOX.log(), "R10 and counted in the log", BOX.log())
    ok("127.0.0.9" not in BOX.log(), "R10 which names no address")
    for address in ("127.0.0.4", "127.0.0.5", "127.0.0.6"):
        with as_peer(address) as c:
            c.sendall(frame(message(control_id="FOURTH")))
            answer = read_ack(c)
        ok("MSA|AR|FOURTH" in answer or "MSA|AA|FOURTH" in answer,
           f"R10 {address} is the source of its network", answer)


def test_r10_interface():
    if os.geteuid() != 0:
        skip("R10 mllp.interface", "binding to an interface takes root")
        return
    with Appliance(mllp__interface="lo") as box:
        ok("MSA|AA" in send(box.mllp_port, message()), "R10 mllp.interface = lo: taken by it")
    port = free_port()
    box = Appliance(mllp_port=port, mllp__interface="nosuch0", ready_s=5)
    try:
        with box:
            ok(False, "R10 an interface that is not there is refused")
    except RuntimeError as error:
        ok("mllp.interface" in str(error), "R10 an interface that is not there is refused")


# --- R11: MLLP release 2 -----------------------------------------------------------------------

def test_r11_commit_bytes():
    with as_peer("127.0.0.2") as c:
        c.sendall(frame(message(control_id="COMMIT1")))
        got = acks(c, 2)
        ok(got[0] == b"\x06" and b"MSA|AA|COMMIT1" in got[1],
           "R11 release 2: 0B 06 1C 0D, then the ACK", got)
        c.sendall(VT + b"\x06" + END + frame(message(control_id="COMMIT2")))
        got = acks(c, 2)
        ok(got[0] == b"\x06" and b"MSA|AA|COMMIT2" in got[1],
           "R11 release 2: the sender's own commit byte gets no answer", got)
        os.kill(BOX.pid_of("vault"), 9)
        time.sleep(0.05)
        c.sendall(frame(message(control_id="COMMIT3")))
        tries, got = 0, acks(c, 1)
        while got[0] == b"\x15" and tries < 200:
            tries += 1
            time.sleep(0.05)
            c.sendall(frame(message(control_id="COMMIT3", order="COMMIT3")))
            got = acks(c, 1)
        if len(got) < 2:
            got += acks(c, 1)
        ok(got[0] == b"\x06" and b"MSA|AA|COMMIT3" in got[1],
           f"R11 release 2: repeated on the same connection after {tries} times 15", got)
        ok(tries > 0, "R11 release 2: not stored: 0B 15 1C 0D")
    BOX.wait_ready()
    with connect(BOX.mllp_port) as c:
        c.sendall(frame(message(control_id="PLAIN")))
        ok(c.recv(2) != b"\x0b\x06", "R11 other sources: exactly one answer")


# --- R16: time ------------------------------------------------------------------------------------

def test_r16():
    with Appliance() as box:
        for name, padding, times, limit in (("1 MB", 730000, 60, 10), ("20 MB PDF", 20 << 20, 4, 30)):
            pdf = report.make_pdf(padding=padding)
            took, longest = [], 0
            with connect(box.mllp_port, 120) as c:
                for i in range(times):
                    data = frame(message(control_id=f"R16-{padding}-{i}", pdf=pdf))
                    start = time.monotonic()
                    c.sendall(data)
                    answer = read_ack(c)
                    took.append(time.monotonic() - start)
                    longest = max(longest, len(answer.encode()) + 3)
                    if "MSA|AA" not in answer:
                        took.append(1e9)
            took.sort()
            print(f"# {name}: median {statistics.median(took):.3f} s, "
                  f"p99 {took[int(len(took) * 0.99)]:.3f} s, {len(data) >> 10} KiB each")
            ok(took[-1] < limit, f"R16 {name}: each answered within {limit} s "
               f"(p99 {took[int(len(took) * 0.99)]:.2f} s)", took)
            ok(longest <= 4096, f"R16 {name}: an ACK of {longest} bytes")


def test_r16_longest_ack():
    """The longest control id that is told back."""
    answer = send(BOX.mllp_port, message(control_id="X" * 1024))
    ok("MSA|AA|" + "X" * 1024 in answer and len(answer) <= 4096,
       f"R16 with a control id of 1024 bytes: {len(answer)} bytes")


# --- real clients ---------------------------------------------------------------------------------

def test_threads():
    """16 senders, 20 messages each, one connection per message."""
    answers = []

    def one(n):
        for i in range(20):
            answers.append(f"MSA|AA|T{n}-{i}\r" in
                           send(BOX.mllp_port, message(control_id=f"T{n}-{i}"), 60))
    threads = [threading.Thread(target=one, args=(n,)) for n in range(16)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    ok(len(answers) == 320 and all(answers), "R9 16 senders with a connection per message")



def test_r8_peer_is_missed():
    if gone["peer"] is None:
        skip("R8 a peer that vanished", gone["why"])
        return
    while is_there(gone["peer"]) and time.monotonic() - gone["start"] < 100:
        time.sleep(1)
    took = time.monotonic() - gone["start"]
    missed = not is_there(gone["peer"])     # the tests between may have taken longer
    GONE_BOX.__exit__()
    ok(missed, f"R8 a peer that vanished is found within {took:.0f} s")


if __name__ == "__main__":
    tests = [t for n, t in list(globals().items()) if n.startswith("test_")
             and (len(sys.argv) < 2 or n in sys.argv[1:])]
    with BOX:
        main(*tests)
