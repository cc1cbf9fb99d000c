#!/usr/bin/python3
"""MLLPS: TLS with client certificates.  Who may deliver, for whom, and what
those hear who may not (R9, R10)."""
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "demo")]

import report                                              # noqa: E402
from appliance import Appliance, free_port                 # noqa: E402
from certs import Authority, client_context                # noqa: E402
from mllp import frame, read_ack                           # noqa: E402
from tap import main, ok                                   # noqa: E402

FOLDER = tempfile.mkdtemp(prefix="guichet-mllps-")
os.chmod(FOLDER, 0o755)
CA = Authority(FOLDER, "ca")
OTHER_CA = Authority(FOLDER, "other-ca")
MIDDLE = Authority(FOLDER, "middle", issuer=CA)
GOOD = {
    "ec": CA.issue("lis-ec"), "p384": CA.issue("lis-p384", key="p384"),
    "rsa": CA.issue("lis-rsa", key="rsa"), "chain": MIDDLE.issue("lis-chain"),
}
OTHER = CA.issue("lis-other")
ENDS = time.time() + 40
ENDING = CA.issue_until("lis-ending", 40)
BAD = {
    "the wrong authority": OTHER_CA.issue("wrong-ca"),
    "one that expired": CA.issue("expired", days="0"),
    "an unknown fingerprint": CA.issue("unknown"),
    "a key that may not sign": CA.issue("encipher", extensions="keyUsage=keyEncipherment\n"),
    "a short RSA key": CA.issue("short", key="rsa1024"),
    "an issuer that is no authority": Authority.issue(
        type("Fake", (), {"path": CA.path, "cert": GOOD["ec"].cert,
                          "key": GOOD["ec"].key, "chain": ""})(), "by-leaf"),
}
SERVER = CA.server()
PORT = free_port()
serial = 0


def sections(listed):
    """All but the unknown one are listed: each is refused for its own fault."""
    def line(certificates):
        return ", ".join(c.fingerprint for c in certificates)
    refused = [c for name, c in BAD.items() if "unknown" not in name]
    return f"""
[source glims]
clients = {line(listed)}
senders = SIL/LABO, SIL/LABO2
connections_max = 8
[source refused]
clients = {line(refused)}
[source other]
clients = {line([OTHER])}
senders = OTHER/*
"""


BOX = Appliance(sections=sections([*GOOD.values(), ENDING]), **{
    "mllps.listen": f"127.0.0.1:{PORT}", "lis.certificate": SERVER.cert,
    "lis.key": SERVER.key, "lis.clients": CA.cert})


def message(application="SIL", facility="LABO", **words):
    global serial
    serial += 1
    words.setdefault("control_id", f"S{serial}")
    words.setdefault("order", f"MLLPS-{serial}")
    data = report.make_message(**words)
    fields = data.split(b"|", 6)
    fields[2], fields[3] = application.encode(), facility.encode()
    return b"|".join(fields)


def connect(certificate=None, context=None, session=None, seconds=20):
    plain = socket.create_connection(("127.0.0.1", PORT), seconds)
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    context = context or client_context(CA, certificate)
    return context.wrap_socket(plain, server_hostname="localhost", session=session)


def send(data, certificate=None, **words):
    with connect(certificate, **words) as c:
        c.sendall(frame(data))
        return read_ack(c)


def attempt(data, certificate):
    """The answer, or None where the handshake or the connection is refused."""
    try:
        return send(data, certificate)
    except (OSError, ConnectionError):
        return None


def frames():
    time.sleep(2.3)             # the counters' turn
    return BOX.status()["frames"]


ending = {"context": client_context(CA, ENDING), "session": None}


def test_certificate_that_ends_soon():
    with connect(context=ending["context"]) as c:
        c.sendall(frame(message()))
        ok("MSA|AA" in read_ack(c), "R10 a certificate that ends soon: AA")
        ending["session"] = c.session


def test_good_ones():
    for name, certificate in GOOD.items():
        answer = attempt(message(control_id=f"GOOD-{name}"), certificate)
        ok(answer is not None and f"MSA|AA|GOOD-{name}\r" in answer,
           f"R10 a listed certificate ({name}) is let in", answer or BOX.log())


def test_bad_ones():
    before = frames()
    for name, certificate in BAD.items():
        ok(attempt(message(), certificate) is None, f"R10 {name}: refused")
        time.sleep(0.3)
    ok(attempt(message(), None) is None, "R10 no certificate: refused")
    ok(frames() == before, "R10 nothing of them was read as a message")
    log = BOX.log()
    for words in ("shows no certificate", "signed by nobody of lis.clients",
                  "not valid today", "in no source (clients)"):
        ok(words in log, f"R10 the log says why: {words}", log)
    ok("CN=" not in log and "unknown.pem" not in log, "R10 and names nobody")


def test_openssl_client():
    """What a technician tries first."""
    def s_client(*arguments):
        done = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{PORT}",
                               "-CAfile", CA.cert, "-tls1_2", "-quiet", *arguments],
                              input=frame(message(control_id="OPENSSL")) + b"\n" * 3,
                              capture_output=True, timeout=20, check=False)
        return done.stdout
    good = subprocess.Popen(["openssl", "s_client", "-connect", f"127.0.0.1:{PORT}",
                             "-CAfile", CA.cert, "-quiet", "-cert", GOOD["ec"].cert,
                             "-key", GOOD["ec"].key], stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    good.stdin.write(frame(message(control_id="OPENSSL")))
    good.stdin.flush()
    answer = good.stdout.read1(4096)
    good.kill()
    good.wait()
    good.stdin.close()
    good.stdout.close()
    ok(b"MSA|AA|OPENSSL" in answer, "R10 openssl s_client with its certificate: AA", answer)
    ok(b"MSA|" not in s_client(), "R10 openssl s_client without one: nothing")
    unknown = BAD["an unknown fingerprint"]
    ok(b"MSA|" not in s_client("-cert", unknown.cert, "-key", unknown.key),
       "R10 openssl s_client with an unknown one: nothing")


def test_senders():
    ok("MSA|AA|" in send(message("SIL", "LABO2"), GOOD["ec"]), "R10 listed MSH-3 and -4: AA")
    for application, facility in (("SIL", "OTHER"), ("GLIMS", "LABO"), ("", "")):
        answer = send(message(application, facility, control_id="NOT-MINE"), GOOD["ec"])
        ok("MSA|AR|NOT-MINE" in answer and "204" in answer,
           f"R10 {application or 'empty'}/{facility or 'empty'} is not: AR 204", answer)
    ok("MSA|AA|" in send(message("OTHER", "ANYBODY"), OTHER), "R10 a star is anybody")
    answer = send(message("SIL", "LABO"), OTHER)
    ok("MSA|AR|" in answer, "R10 one source cannot speak for another", answer)
    audit = BOX.guichet("audit", "list")
    log = BOX.log()
    ok("NOT-MINE" not in log, "R10 the log repeats nothing of the message")
    if "intake" in audit:
        ok("may not speak" in audit, "R10 and the auditor is told", audit[-600:])


def test_resumption():
    context = client_context(CA, GOOD["ec"])
    with connect(context=context) as c:
        c.sendall(frame(message(control_id="RES1")))
        read_ack(c)
        session = c.session
    with connect(context=context, session=session) as c:
        c.sendall(frame(message("SIL", "LABO", control_id="RES2")))
        answer = read_ack(c)
        ok(c.session_reused and "MSA|AA|RES2" in answer, "R10 a session is resumed")
        c.sendall(frame(message("OTHER", "X", control_id="RES3")))
        ok("MSA|AR|RES3" in read_ack(c), "R10 and is still the same source's")
    bare = client_context(CA)           # the ticket alone, without the certificate
    try:
        with connect(context=bare, session=session) as c:
            reused = c.session_reused
    except (OSError, ValueError):
        reused = False
    ok(not reused, "R10 a session of another context is not taken over")


def test_silent_connections():
    before = BOX.log()
    for _ in range(20):
        socket.create_connection(("127.0.0.1", PORT)).close()
    for _ in range(5):
        connect(GOOD["ec"]).close()
    reset = socket.create_connection(("127.0.0.1", PORT))
    reset.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    reset.close()
    half = socket.create_connection(("127.0.0.1", PORT))
    half.sendall(b"\x16\x03\x01\x00\x80\x01")
    half.close()
    time.sleep(0.5)
    ok(BOX.log() == before, "R9 TLS connections without data make no noise", BOX.log()[len(before):])


def test_not_tls():
    with socket.create_connection(("127.0.0.1", PORT), 20) as c:
        c.sendall(frame(message()))
        try:
            answer = c.recv(100)
        except ConnectionError:
            answer = b""
    ok(b"MSA" not in answer, "R10 MLLP without TLS on the TLS port: nothing")
    ok("MSA|AA" in send(message(), GOOD["ec"]), "R10 and the next one is served")


def test_half_close():
    """close_notify and FIN right after the message (R8)."""
    c = connect(GOOD["rsa"])
    data = frame(message(control_id="TLSHALF"))
    c.sendall(data)
    raw = c.detach()                    # a FIN below TLS
    s = socket.socket(fileno=raw)
    s.shutdown(socket.SHUT_WR)
    got = b""
    s.settimeout(20)
    while True:
        part = s.recv(4096)
        if not part:
            break
        got += part
    s.close()
    ok(len(got) > 100, f"R8 a half-closed TLS sender gets its ACK ({len(got)} bytes sealed)")


def test_one_per_connection():
    """Mirth's default, with resumption."""
    context, session, answers, reused = client_context(CA, GOOD["ec"]), None, 0, 0
    start = time.monotonic()
    for i in range(300):
        with connect(context=context, session=session) as c:
            c.sendall(frame(message(control_id=f"ONE{i}")))
            answers += f"MSA|AA|ONE{i}\r" in read_ack(c)
            session, reused = c.session, reused + c.session_reused
    took = time.monotonic() - start
    ok(answers == 300, f"R9 300 TLS connections with one message each: 300 AA in {took:.1f} s")
    ok(reused == 299, "R9 all but the first resumed", reused)


def test_many_per_connection():
    with connect(GOOD["ec"]) as c:
        good = 0
        for i in range(1000):
            c.sendall(frame(message(control_id=f"MANY{i}")))
            good += f"MSA|AA|MANY{i}\r" in read_ack(c)
    ok(good == 1000, "R9 1000 messages on one TLS connection: 1000 AA")


def test_big_one():
    pdf = report.make_pdf(padding=12 * 1024 * 1024)
    start = time.monotonic()
    answer = send(message(control_id="TLSBIG", pdf=pdf), GOOD["ec"], seconds=60)
    took = time.monotonic() - start
    ok("MSA|AA|TLSBIG" in answer and took < 30, f"R16 12 MB PDF over TLS: {took:.2f} s")


class Tunnel(threading.Thread):
    """What stunnel does beside a LIS that knows no TLS."""

    def __init__(self, certificate):
        super().__init__(daemon=True)
        self.context = client_context(CA, certificate)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.start()

    def run(self):
        while True:
            plain, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=(plain,), daemon=True).start()

    def serve(self, plain):
        with plain, connect(context=self.context) as tls:
            def back():
                try:
                    while data := tls.recv(65536):
                        plain.sendall(data)
                except OSError:
                    pass
            threading.Thread(target=back, daemon=True).start()
            try:
                while data := plain.recv(65536):
                    tls.sendall(data)
            except OSError:
                pass


def write_files(*messages):
    paths = []
    for i, data in enumerate(messages):
        paths.append(os.path.join(FOLDER, f"message-{i}.hl7"))
        with open(paths[-1], "wb") as f:
            f.write(data)
    return paths


def test_real_clients():
    def run(which, port, tls=None):
        paths = write_files(message(control_id="N1", pdf=report.make_pdf()),
                            message(control_id="N2"))
        done = subprocess.run(["node", os.path.join(HERE, "intake_clients.mjs"), str(port),
                               which, *paths], capture_output=True, timeout=120, check=False,
                              env=dict(os.environ, GUICHET_TLS=json.dumps(tls) if tls else ""))
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        ok(answers == [{"code": "AA", "control": "N1"}, {"code": "AA", "control": "N2"}],
           f"R10 npm {which} over TLS: two messages, two AA", done.stdout + done.stderr)
    ec = GOOD["ec"]
    before = BOX.log()
    run("node-hl7-client", PORT, {"ca": CA.cert, "cert": ec.cert, "key": ec.key})
    time.sleep(0.3)
    ok(BOX.log() == before, "R9 and its additional empty TLS connection is silent",
       BOX.log()[len(before):])
    tunnel = Tunnel(GOOD["rsa"])
    run("medplum", tunnel.port)
    path, = write_files(message(control_id="PYTLS"))
    done = subprocess.run(["mllp_send", "--loose", "--file", path, "-p", str(tunnel.port),
                           "127.0.0.1"], capture_output=True, timeout=30, check=False)
    ok(b"MSA|AA|PYTLS" in done.stdout, "R10 python3-hl7's mllp_send through a TLS tunnel: AA",
       done.stdout + done.stderr)


def test_handshake_limit():
    """One that says nothing, and one that stops half-way."""
    silent = socket.create_connection(("127.0.0.1", PORT), 30)
    half = socket.create_connection(("127.0.0.1", PORT), 30)
    half.sendall(b"\x16\x03\x01\x00\x80\x01")
    start = time.monotonic()
    ended = []
    for c in (silent, half):
        try:
            ended.append(c.recv(1) == b"")
        except ConnectionError:
            ended.append(True)
        except TimeoutError:
            ended.append(False)
        c.close()
    took = time.monotonic() - start
    ok(ended == [True, True] and took < 25, f"R7 no handshake: closed after {took:.0f} s")


def test_strangers():
    """64 places for all; one that has no certificate takes half at the most."""
    held = [socket.create_connection(("127.0.0.1", PORT)) for _ in range(80)]
    time.sleep(0.3)
    start = time.monotonic()
    answer = send(message(), GOOD["ec"])
    took = time.monotonic() - start
    ok("MSA|AA" in answer and took < 0.9, "R10 80 who show nothing keep nobody out", took)
    for c in held:
        c.close()


def test_source_cap():
    """8 at a time for this source: the one that was silent longest leaves."""
    held = [connect(GOOD["ec"]) for _ in range(8)]
    busy = held[0]              # in the middle of a message, and silent longest
    data = frame(message(control_id="MIDDLE"))
    busy.sendall(data[:200])
    time.sleep(0.3)
    for i, c in enumerate(held[1:]):
        c.sendall(frame(message(control_id=f"HELD{i}")))
        read_ack(c)
    time.sleep(1.5)
    answer = send(message(control_id="NINTH"), GOOD["ec"])
    ok("MSA|AA|NINTH" in answer, "R9 the ninth of eight connections gets in")
    busy.sendall(data[200:])
    ok("MSA|AA|MIDDLE" in read_ack(busy), "R9 one inside a message is not closed for it")
    closed = 0
    for c in held[1:]:
        c.settimeout(0.5)
        try:
            closed += c.recv(1) == b""
        except TimeoutError:
            pass
        except OSError:
            closed += 1
    ok(closed == 1, "R9 but exactly one idle one is", closed)
    for c in held:
        c.close()


def test_expiry_ends_resumption():
    """The session must not outlive the certificate that it was agreed with."""
    time.sleep(max(0, ENDS - time.time()) + 2)
    try:
        with connect(**ending) as c:
            c.sendall(frame(message()))
            answer = read_ack(c)
    except OSError:
        answer = None
    ok(answer is None, "R10 when it has ended its session is not resumed", answer)


def test_revoked():
    context = client_context(CA, GOOD["ec"])
    with connect(context=context) as c:
        c.sendall(frame(message()))
        read_ack(c)
        session = c.session
    BOX.stop()
    BOX.sections = sections([c for n, c in GOOD.items() if n != "ec"])
    BOX.start()
    ok(attempt(message(), GOOD["ec"]) is None, "R10 taken off the list: refused")
    try:
        with connect(context=context, session=session) as c:
            c.sendall(frame(message()))
            answer = read_ack(c)
    except OSError:
        answer = None
    ok(answer is None, "R10 and its old session is refused, too")
    ok("MSA|AA" in (attempt(message(), GOOD["rsa"]) or ""), "R10 the others go on")


if __name__ == "__main__":
    tests = [t for n, t in list(globals().items()) if n.startswith("test_")
             and (len(sys.argv) < 2 or n in sys.argv[1:])]
    try:
        with BOX:
            main(*tests)
    finally:
        shutil.rmtree(FOLDER, ignore_errors=True)
