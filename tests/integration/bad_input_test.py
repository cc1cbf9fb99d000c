#!/usr/bin/python3
"""Everything that can be wrong from outside: the error names the thing, the
value and what to do, nothing is lost, and the box goes on."""
import os
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "demo")]

import report                                              # noqa: E402
from appliance import BIN, Appliance, make_certificate     # noqa: E402
from mllp import connect, frame, read_ack, send            # noqa: E402
from tap import main, ok, skip                             # noqa: E402

BOX = Appliance()
CARD = {}


def message(**words):
    return report.make_message(card=CARD["card"].replace("-", ""), **words)


def answer(data, port=None):
    try:
        return send(port or BOX.mllp_port, data)
    except ConnectionError as error:
        return str(error)


def still_works(name):
    control = f"OK{time.monotonic_ns()}"
    ok(f"MSA|AA|{control}" in answer(message(control_id=control)), f"{name}: the next message is taken")


# --- the LIS side ---------------------------------------------------------------

def test_broken_framing():
    with connect(BOX.mllp_port) as c:
        c.sendall(b"GET / HTTP/1.1\r\n\r\n" + frame(message(control_id="F1")))
        ok("MSA|AA|F1" in read_ack(c), "noise before a frame is skipped")
        c.sendall(b"\x0bMSH|half" + frame(message(control_id="F2")))
        ok("MSA|AA|F2" in read_ack(c), "a frame begun anew drops the half before it")
        c.sendall(b"x" * 100000)
        c.settimeout(10)
        try:
            data = c.recv(100)
        except ConnectionError:
            data = b""
        ok(data == b"", "100 kB of noise end the connection")
    still_works("broken framing")


def test_too_long():
    with connect(BOX.mllp_port, 60) as c:
        head = message(control_id="BIG1")
        try:
            c.sendall(b"\x0b" + head)
            for _ in range(33):
                c.sendall(b"A" * (1 << 20))
        except OSError:
            pass        # it stopped reading: that is the point
        try:
            ack = read_ack(c)
        except OSError as error:
            ack = str(error)
    ok("MSA|AE|BIG1" in ack or "MSA|AR|BIG1" in ack, "a frame of 33 MiB is refused by name", ack)
    ok("33554432" in BOX.log() or "32 MiB" in BOX.log() or "frame_max" in BOX.log(),
       "the log names the limit", BOX.log()[-500:])
    still_works("33 MiB frame")


def test_refusals():
    rows = [
        ("wrong delimiters", message(control_id="R1").replace(b"^~\\&", "^\u02dc\\&".encode()), "AR", "102"),
        ("no PID", b"\r".join(s for s in message(control_id="R2").split(b"\r")
                              if not s.startswith(b"PID")), "AE", "101"),
        ("wrong type", message(control_id="R3").replace(b"ORU^R01^ORU_R01", b"ADT^A01^ADT_A01"), "AR", "200"),
        ("wrong event", message(control_id="R4").replace(b"ORU^R01^ORU_R01", b"ORU^R99"), "AR", "201"),
        ("test message", message(control_id="R5").replace(b"|R5|P|", b"|R5|T|"), "AR", "202"),
        ("version", message(control_id="R6").replace(b"|P|2.5|", b"|P|9.9|"), "AR", "203"),
    ]
    for name, data, code, error in rows:
        ack = answer(data)
        ok(f"MSA|{code}" in ack and error in ack, f"{name}: {code} with {error}", ack)
        ok("PAT-TROIS" not in ack and "DOMINIQUE" not in ack, f"{name}: no name in the ACK", ack)
    still_works("refusals")


def test_attachment_and_charset():
    pdf = report.make_pdf()
    bad = answer(message(control_id="T1", pdf=pdf).replace(b"^Base64^JVBER", b"^Base64^!!!!!"))
    ok("MSA|AE|T1" in bad and "OBX^8^5" in bad and "base64" in bad,
       "an attachment that is no base64 is refused by its place", bad)
    odd = answer(message(control_id="T2").replace(b"UNICODE UTF-8", b"KLINGON"))
    ok("MSA|AE|T2" in odd and "MSH^1^18" in odd and "8859/1" in odd,
       "an unknown charset is refused with what is known", odd)
    latin = message(control_id="T3", encoding="iso-8859-1").replace(b"8859/1", b"UNICODE UTF-8")
    ok("MSA|AA|T3" in answer(latin), "a wrongly declared charset is seen")
    log = BOX.log()
    ok("AE 102, OBX 5" in log and "AE 103, MSH 18" in log, "the log says the same", log[-400:])


# --- configuration and files ------------------------------------------------------

def start_with(change, files=None, check=False):
    """guichetd with a changed configuration: exit code and what it said."""
    folder = BOX.path("other")
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    other = Appliance(folder=folder)
    make_certificate(folder)
    other.write_config()
    if files:
        files(folder)
    path = os.path.join(folder, "guichet.conf")
    with open(path, encoding="utf-8") as conf:
        text = conf.read()
    with open(path, "w", encoding="utf-8") as conf:
        conf.write(change(text))
    command = [os.path.join(BIN, "guichetd"), "-c", path] + (["--check"] if check else [])
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               stdin=subprocess.DEVNULL)
    try:
        out, _ = process.communicate(timeout=8)
    except subprocess.TimeoutExpired:
        process.terminate()
        out, _ = process.communicate(timeout=20)
    return process.returncode, out.decode("utf-8", "replace")


def test_configuration():
    rows = [
        ("unknown key", lambda t: t + "pickup.lisen = 1.2.3.4:5\n", ("pickup.lisen", "pickup.listen")),
        ("bad value", lambda t: t.replace("pickup.listen = 127.0.0.1", "pickup.listen = nowhere"),
         ("pickup.listen", "nowhere", "ADDRESS:PORT")),
        ("no =", lambda t: t + "what is this\n", ("what is this",)),
        ("out of range", lambda t: t + "bundle.window = 90d\n", ("bundle.window", "90d", "30d")),
    ]
    for name, change, words in rows:
        code, out = start_with(change)
        ok(code not in (0, None) and all(w in out for w in words), f"{name}: {' '.join(words)}", out)
    for parent, check in (("/dev/null", True), ("/proc/nothing", False)):
        code, out = start_with(lambda t: t.replace("state.dir = ", f"state.dir = {parent}"), check=check)
        ok(code not in (0, None) and parent in out, f"a state folder that cannot be made below {parent}", out)


def test_certificate():
    def other_key(folder, name="pickup.key"):
        subprocess.run(["openssl", "ecparam", "-genkey", "-name", "prime256v1", "-noout", "-out",
                        os.path.join(folder, name)], check=True, capture_output=True)

    def no_certificate(folder):
        os.remove(os.path.join(folder, "pickup.pem"))

    code, out = start_with(lambda t: t, no_certificate)
    ok("pickup.pem" in out and ("No such file" in out or "not found" in out), "no certificate file", out)
    code, out = start_with(lambda t: t, other_key)
    ok("pickup.key" in out and "certificate" in out, "a key of another certificate", out)
    code, out = start_with(lambda t: t, other_key, check=True)
    ok(code not in (0, None) and "pickup.key" in out and "pickup.pem" in out
       and "made together" in out and "nothing is wrong" not in out,
       "--check: they do not belong together, and what to do", out)
    code, out = start_with(lambda t: t, check=True)
    ok(code == 0 and "nothing is wrong" in out, "--check: a pair", out)
    lis = lambda t: (f"lis.certificate = {BOX.path('other/pickup.pem')}\n"  # noqa: E731
                     f"lis.key = {BOX.path('other/lis.key')}\nmllps.listen = 127.0.0.1:1\n" + t)

    def other_lis_key(folder):
        other_key(folder, "lis.key")

    code, out = start_with(lis, other_lis_key, check=True)
    ok(code not in (0, None) and "lis.key" in out and "made together" in out,
       "--check: the pair for senders, too", out)
    code, out = start_with(lambda t: lis(t).replace("mllps.listen", "# mllps.listen"),
                           other_lis_key, check=True)
    ok(code == 0, "unless nobody uses it", out)


def test_clients():
    """Whoever delivers with TLS is signed by lis.clients: without a file that
    intake takes, it would refuse its role for ever."""
    def conf(listen):
        return lambda t: "".join(f"lis.{key} = {BOX.path('other')}/{name}\n" for key, name in (
            ("certificate", "pickup.pem"), ("key", "pickup.key"), ("clients", "clients.pem"))) + listen + t

    def holds(data):
        def write(folder):
            if data is not None:
                with open(os.path.join(folder, "clients.pem"), "wb") as file:
                    file.write(data)
        return write

    def whole(folder):
        shutil.copy(os.path.join(folder, "pickup.pem"), os.path.join(folder, "clients.pem"))

    mllps, fhir = "mllps.listen = 127.0.0.1:1\n", "fhir.listen = 127.0.0.1:1\n"
    undecodable = b"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"
    rows = [
        ("no file", None, mllps, "No such file"),
        ("no file, FHIR", None, fhir, "No such file"),
        ("an empty file", b"", mllps, "no PEM certificate"),
        ("another file", b"hello\n", fhir, "no PEM certificate"),
        ("what is no certificate", undecodable, mllps, "does not decode"),
    ]
    for name, data, listen, words in rows:
        code, out = start_with(conf(listen), holds(data), check=True)
        ok(code not in (0, None) and "clients.pem" in out and words in out and "who sign the senders'" in out
           and "nothing is wrong" not in out, f"--check: lis.clients: {name}, and what to do", out)
    for name, files, listen in (("a certificate", whole, mllps), ("no file, but nobody uses it", holds(None), "")):
        code, out = start_with(conf(listen), files, check=True)
        ok(code == 0 and "nothing is wrong" in out, f"--check: lis.clients: {name}", out)
    pair = [BOX.path("other/pickup.pem"), BOX.path("other/pickup.key")]
    for clients, wanted in (([], 0), ([BOX.path("other/nowhere.pem")], 71), ([pair[1]], 78), ([pair[0]], 0)):
        done = subprocess.run([os.path.join(BIN, "guichet-intake"), "--pair", *pair, *clients],
                              capture_output=True, timeout=10, check=False)
        name = os.path.basename(clients[0]) if clients else "no"
        ok(done.returncode == wanted, f"--pair, {name} clients: {wanted}", done)


def test_options():
    for program in ("guichetd", "guichet-intake", "guichet-vault", "guichet-pickup", "guichet-desk",
                    "guichet-spool"):
        done = subprocess.run([os.path.join(BIN, program), "--frobnicate"], capture_output=True,
                              stdin=subprocess.DEVNULL, timeout=10, check=False)
        ok(done.returncode != 0 and b"--frobnicate" in done.stderr,
           f"{program}: names the unknown option", done.stderr)


# --- the store ---------------------------------------------------------------------

def with_store(damage, undo=None):
    """An appliance with one stored result whose store is then damaged."""
    with Appliance() as box:
        slip = box.card()
        data = report.make_message(card=slip["card"].replace("-", ""), control_id="S1")
        stored = "MSA|AA|S1" in answer(data, box.mllp_port)
        box.stop()
        damage(box.path("state"))
        before = box.log()
        try:
            box.ready_s = 4
            box.start()
        except (RuntimeError, subprocess.CalledProcessError):
            pass
        said = box.log()[len(before):]
        after = answer(data.replace(b"|S1|", b"|S2|"), box.mllp_port) if box.process else "closed"
        box.stop()
        rows = None
        if undo:
            undo(box.path("state"))
            box.ready_s = 20
            box.start()
            rows = box.bundles(slip["card"])
        return stored, said, after, rows


def find(folder, name):
    for where, _, files in os.walk(folder):
        if name in files:
            return os.path.join(where, name)
    raise FileNotFoundError(name)


def test_corrupt_database():
    saved = {}

    def damage(state):
        path = find(state, "vault.db")
        with open(path, "r+b") as db:
            saved["bytes"] = db.read()
            db.seek(0)
            db.write(os.urandom(4096))

    def undo(state):
        with open(find(state, "vault.db"), "r+b") as db:
            db.write(saved["bytes"])

    stored, said, after, rows = with_store(damage, undo)
    ok(stored and "vault.db" in said, "a damaged database is named in the log", said)
    ok("AA" not in after, "nothing is acknowledged meanwhile", after)
    ok(rows and len(rows) == 1, "the files were not touched: once restored, all is there", rows)


def test_wrong_root_key():
    saved = {}

    def damage(state):
        path = find(state, "root.key")
        with open(path, "r+b") as key:
            saved["bytes"] = key.read()
            key.seek(0)
            key.write(os.urandom(len(saved["bytes"])))

    def undo(state):
        with open(find(state, "root.key"), "r+b") as key:
            key.write(saved["bytes"])

    stored, said, after, rows = with_store(damage, undo)
    ok(stored and "root.key" in said, "a wrong device root is named in the log", said)
    ok("AA" not in after and rows and len(rows) == 1, "nothing acknowledged, nothing lost", after)


def test_read_only_store():
    if os.geteuid() != 0:
        skip("read-only store", "needs root to mount")
        return

    def damage(state):
        subprocess.run(["mount", "--bind", state, state], check=True)
        subprocess.run(["mount", "-o", "remount,ro,bind", state], check=True)

    def undo(state):
        subprocess.run(["umount", state], check=True)

    stored, said, after, rows = with_store(damage, undo)
    ok(stored and ("ead-only" in said or "read only" in said), "a read-only store is named in the log", said)
    ok("AA" not in after and rows and len(rows) == 1, "nothing acknowledged, nothing lost", after)


if __name__ == "__main__":
    with BOX:
        CARD.update(BOX.card())
        main(test_broken_framing, test_too_long, test_refusals, test_attachment_and_charset, test_configuration,
             test_certificate, test_clients, test_options, test_corrupt_database, test_wrong_root_key,
             test_read_only_store)
