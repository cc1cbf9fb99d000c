#!/usr/bin/python3
"""Intake with the whole appliance behind it: real HL7 clients, awkward
senders, and what the patient then reads."""
import datetime
import hashlib
import json
import os
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "demo")]

import report                                              # noqa: E402
from appliance import Appliance                            # noqa: E402
from intake_open import Patient, pdf_of, resource          # noqa: E402
from mllp import connect, frame, read_ack, send        # noqa: E402
from tap import main, ok                                   # noqa: E402

BOX = Appliance()
serial = 0


def message(slip=None, **words):
    global serial
    serial += 1
    words.setdefault("control_id", f"T{serial}")
    words.setdefault("order", f"ORDER-{serial}")
    card = slip["card"].replace("-", "") if slip else ""
    return report.make_message(card=card, **words)


def write_files(*messages):
    paths = []
    for i, data in enumerate(messages):
        paths.append(BOX.path(f"message-{i}.hl7"))
        with open(paths[-1], "wb") as f:
            f.write(data)
    return paths


def test_mllp_send():
    paths = write_files(message(control_id="PY1", pdf=report.make_pdf()))
    done = subprocess.run(["mllp_send", "--loose", "--file", paths[0], "-p",
                           str(BOX.mllp_port), "127.0.0.1"], capture_output=True, timeout=30)
    ok(b"MSA|AA|PY1" in done.stdout, "python3-hl7's mllp_send gets AA", done.stdout + done.stderr)


def test_npm_clients():
    for which in ("node-hl7-client", "medplum"):
        slip = BOX.card()
        paths = write_files(message(slip, control_id="N1", pdf=report.make_pdf()),
                            message(slip, control_id="N2"))
        done = subprocess.run(["node", os.path.join(HERE, "intake_clients.mjs"),
                               str(BOX.mllp_port), which, *paths],
                              capture_output=True, timeout=120)
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        ok(answers == [{"code": "AA", "control": "N1"}, {"code": "AA", "control": "N2"}],
           f"npm {which}: two messages, two AA", done.stdout + done.stderr)
        ok(len(BOX.bundles(slip["card"])) == 2, f"npm {which}: two bundles on the card")


def test_patient_reads_it():
    slip = BOX.card()
    pdf = report.make_pdf()
    ok("MSA|AA" in send(BOX.mllp_port, message(slip, pdf=pdf)), "AA")
    (claim, bundle), = Patient(BOX, slip).open_all()
    ok(claim["status"] == "final", "the claim says final")
    ok(pdf_of(bundle) == pdf, "R45 the PDF is bit-identical")
    values = [o.get("valueQuantity", {}).get("value") for o in resource(bundle, "Observation")]
    ok(5.05 in values and 245 in values, "the values are there", values)
    names = json.dumps(bundle, ensure_ascii=False)
    ok("Glycémie à jeun" in names and "µmol/L" in names, "R46 accents and units survive")
    ok("4711" not in names, "the local identifier is not in it")


def test_partial_updates():
    """Two messages with some lines each, then the whole report."""
    slip = BOX.card()

    def some(which):
        lines = message(slip, order="PARTS").split(b"\r")
        nfs = [any(code in s for code in (b"718-7", b"6690-2", b"777-3")) for s in lines]
        return b"\r".join(s for s, is_nfs in zip(lines, nfs)
                          if not s.startswith(b"OBX") or is_nfs == which)

    def codes(bundle):
        return {o["code"]["coding"][0]["code"] for o in resource(bundle, "Observation")
                if "valueQuantity" in o}

    ok("MSA|AA" in send(BOX.mllp_port, some(False)), "some lines: AA")
    ok("MSA|AA" in send(BOX.mllp_port, some(True)), "the others: AA")
    opened = Patient(BOX, slip).open_all()
    ok([c["status"] for c, _ in opened] == ["final", "appended"], "the second is an addition",
       [c["status"] for c, _ in opened])
    ok("14749-6" in codes(opened[0][1]) and "718-7" in codes(opened[1][1]),
       "both results can be read")
    ok("MSA|AA" in send(BOX.mllp_port, message(slip, order="PARTS")), "then all lines: AA")
    opened = Patient(BOX, slip).open_all()
    ok(len(opened) == 1 and {"14749-6", "718-7"} <= codes(opened[0][1]), "one bundle has all",
       len(opened))


def test_charsets():
    for encoding in ("utf-8", "iso-8859-1", "iso-8859-15"):
        slip = BOX.card()
        send(BOX.mllp_port, message(slip, encoding=encoding, family="ÉLÉONORE"))
        (_, bundle), = Patient(BOX, slip).open_all()
        text = json.dumps(bundle, ensure_ascii=False)
        ok("ÉLÉONORE" in text and "Créatinine" in text, f"R20 {encoding} is read")


def test_big_pdf():
    slip = BOX.card()
    pdf = report.make_pdf(padding=12 * 1024 * 1024)
    data = message(slip, pdf=pdf)
    start = time.monotonic()
    ok("MSA|AA" in send(BOX.mllp_port, data), "12 MB PDF: AA")
    took = time.monotonic() - start
    ok(took < 30, f"R16 12 MB PDF in {took:.2f} s")
    (_, bundle), = Patient(BOX, slip).open_all()
    ok(hashlib.sha256(pdf_of(bundle)).digest() == hashlib.sha256(pdf).digest(),
       "R23 12 MB PDF: bit-identical")


def read_acks(connection, n):
    """n ACKs, and that nothing follows them within half a second."""
    data = b""
    while data.count(b"\x1c\r") < n:
        part = connection.recv(65536)
        if not part:
            break
        data += part
    connection.settimeout(0.5)
    try:
        data += connection.recv(65536)
    except TimeoutError:
        pass
    connection.settimeout(30)
    return [part.lstrip(b"\x0b").decode() for part in data.split(b"\x1c\r")[:-1]]


def batch(name, *messages, count=None):
    head = f"FHS|^~\\&|LIS|LAB|||||||F-{name}\rBHS|^~\\&|LIS|LAB|BOX|G|||||B-{name}\r"
    return (head.encode() + b"".join(messages) +
            f"BTS|{len(messages) if count is None else count}\rFTS|1\r".encode())


def bad(control_id):
    return f"MSH|^~\\&|LIS|LAB|||2026||ORU^R01|{control_id}|P|2.5\r".encode()


def test_batches():
    slip = BOX.card()
    with connect(BOX.mllp_port) as c:
        c.sendall(frame(batch("1", message(slip, control_id="BA1"), bad("BA2"),
                              message(slip, control_id="BA3"))))
        acks = [a.split("MSA|")[1].split("|")[:2] for a in read_acks(c, 3)]
        ok([(a[0], a[1].strip()[:3]) for a in acks] ==
           [("AA", "BA1"), ("AE", "BA2"), ("AA", "BA3")],
           "R25 a batch: an ACK for each message, the failing one fails alone", acks)
        ok(len(BOX.bundles(slip["card"])) == 2, "R25 the other two are stored")
        c.sendall(frame(message(control_id="BA4") + bad("BA5") + message(control_id="BA6")))
        acks = [a.split("MSA|")[1][:6] for a in read_acks(c, 3)]
        ok(acks == ["AA|BA4", "AE|BA5", "AA|BA6"], "R25 several MSH in a frame, without a BHS", acks)
        before = BOX.log()
        c.sendall(frame(batch("2", message(control_id="BA7"), count=2)))
        acks = [a.split("MSA|")[1][:6] for a in read_acks(c, 1)]
        said = BOX.log()[len(before):]
        ok(acks == ["AA|BA7"] and "does not hold what it says" in said,
           "R25 a wrong BTS-1 is logged, its message taken", said)


def test_one_answer_for_a_batch():
    """batch_answer = once, in an appliance of its own."""
    with Appliance() as box:
        with open(box.path("guichet.conf"), "a", encoding="utf-8") as conf:
            conf.write("[source default]\nbatch_answer = once\n")
        box.stop()
        box.write_config = lambda: None
        box.wants_lab_card = False
        box.start()
        slip = box.card()
        with connect(box.mllp_port) as c:
            c.sendall(frame(batch("1", message(slip), message(slip))) + frame(message()))
            acks = read_acks(c, 2)
            ok(len(acks) == 2 and "MSA|AA|B-1\r" in acks[0] and "MSA|AA|T" in acks[1],
               "R25 batch_answer = once: one AA to BHS-11", acks)
            ok(len(box.bundles(slip["card"])) == 2, "R25 and both are stored")
            c.sendall(frame(batch("2", message(slip), bad("X"), message(slip))))
            acks = read_acks(c, 1)
            ok(len(acks) == 1 and "MSA|AE|B-2|1 of 3 messages refused" in acks[0] and
               "\rERR||MSH^2|101^" in acks[0], "R25 one AE where a message fails", acks)
            ok(len(box.bundles(slip["card"])) == 4, "R25 and the others are stored")
            c.sendall(frame(message() + message()))
            ok(len(read_acks(c, 2)) == 2, "R25 without a BHS each has its own")


def test_modes_on_the_wire():
    """MSH-15 and MSH-16; what wants no answer gets none, the next one its own."""
    def with_modes(control_id, accept, application):
        lines = message(control_id=control_id).split(b"\r")
        head = lines[0].split(b"|")
        head += [b""] * (16 - len(head))
        head[14], head[15] = accept.encode(), application.encode()
        return b"\r".join([b"|".join(head)] + lines[1:])

    for accept, application, wanted in (("", "", "AA"), ("AL", "", "CA"), ("AL", "NE", "CA"),
                                        ("AL", "AL", "AA"), ("NE", "AL", "AA"),
                                        ("SU", "NE", "CA"), ("ER", "NE", None), ("NE", "NE", None)):
        name = f"W{accept}{application}"
        with connect(BOX.mllp_port) as c:
            c.sendall(frame(with_modes(name, accept, application)) + frame(bad("NEXT")))
            acks = [a.split("MSA|")[1].split("\r")[0] for a in read_acks(c, 1)]
        expected = ([f"{wanted}|{name}"] if wanted else []) + ["AE|NEXT"]
        ok([a[:len(e)] for a, e in zip(acks, expected)] == expected and len(acks) == len(expected),
           f"R11 MSH-15 \"{accept}\", MSH-16 \"{application}\": {wanted or 'no answer'}", acks)


def test_control_ids_on_the_wire():
    for control in (b"  two blanks  ", b"\xe9t\xe9", b"\\T\\x^y~z&w", b"x" * 199):
        with connect(BOX.mllp_port) as c:
            c.sendall(frame(bad("@").replace(b"@", control)))
            data = b""
            while b"\x1c\r" not in data:
                data += c.recv(65536)
        ok(b"\rMSA|AE|" + control + b"|" in data, f"R12 MSA-2 is {control[:20]!r}, byte for byte", data)


def test_a_megabyte_of_lines():
    lines = message(control_id="LINES", order="LINES").rstrip(b"\r").split(b"\r")
    for i in range(17000):
        lines.append(f"OBX|{i}|NM|718-7^Hemoglobine^LN||12.5|g/dL|12-16|N|||F".encode())
    data = b"\r".join(lines) + b"\r"
    start = time.monotonic()
    answer = send(BOX.mllp_port, data, 60)
    took = time.monotonic() - start
    ok("MSA|AA|LINES" in answer, f"R27 {len(data)} bytes of short lines are taken ({took:.2f} s)",
       answer)
    start = time.monotonic()
    answer = send(BOX.mllp_port, data + b"OBX|1|ST|a||b||||||F\r" * 500000, 60)
    took = time.monotonic() - start
    ok("MSA|AE|LINES" in answer and "|104^" in answer and took < 5,
       f"R27 half a million more are refused ({took:.2f} s)", answer)


def test_duplicates():
    slip = BOX.card()
    data = message(slip, control_id="DUP", pdf=report.make_pdf())
    first = send(BOX.mllp_port, data)
    time.sleep(1.1)
    ok(send(BOX.mllp_port, data) == first, "R14 same message: the same ACK, byte for byte")
    ok(len(BOX.bundles(slip["card"])) == 1, "R14 and no second bundle")
    BOX.pid_of("intake")
    os.kill(BOX.pid_of("intake"), 9)
    BOX.wait_ready()
    ok(retry(data) == first, "R14 after a restart of intake, too")
    ok("MSA|AA|DUP" in send(BOX.mllp_port, message(slip, control_id="DUP")),
       "R14 same control id, other content: taken as new")
    ok(len(BOX.bundles(slip["card"])) == 2, "a second bundle")


def retry(data, seconds=20):
    """As a LIS does: until there is an answer."""
    end = time.monotonic() + seconds
    while True:
        try:
            return send(BOX.mllp_port, data)
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def test_correction():
    slip = BOX.card()
    pdf = report.make_pdf()
    send(BOX.mllp_port, message(slip, order="CORR", pdf=pdf))
    time.sleep(1.1)                     # OBR-22 has whole seconds
    when = datetime.datetime.now()
    corrected = dict(order="CORR", pdf=pdf, status="C", value="6.66", when=when)
    send(BOX.mllp_port, message(slip, **corrected))
    opened = Patient(BOX, slip).open_all()
    ok(len(opened) == 1 and opened[0][0]["status"] == "corrected" and
       opened[0][0]["replaces"] is not None, "the correction replaces the report",
       [c["status"] for c, _ in opened])
    ok("6.66" in json.dumps(opened[0][1]), "with its new value")
    count = len(BOX.bundles(slip["card"]))
    send(BOX.mllp_port, message(slip, **corrected))
    ok(len(BOX.bundles(slip["card"])) == count, "the same content again: no new version")


def test_other_patient_is_quarantined():
    slip = BOX.card()
    pdf = report.make_pdf()
    send(BOX.mllp_port, message(slip, order="WRONG", pdf=pdf))
    time.sleep(1.1)
    answer = send(BOX.mllp_port, message(slip, order="WRONG", pdf=pdf, status="C",
                                         family="AUTRE", birth="19500101"))
    ok("MSA|AA" in answer, "a correction for another patient: AA, the LIS need not repeat it")
    ok(not Patient(BOX, slip).open_all(), "nothing is left to open")
    ok(BOX.status()["quarantined"] >= 1, "it is in quarantine")


def test_sixteen_at_once():
    answers, failures = [], []

    def one(n):
        try:
            with connect(BOX.mllp_port, 60) as c:
                for i in range(10):
                    control = f"C{n}-{i}"
                    c.sendall(frame(message(control_id=control, order=f"O{n}-{i}")))
                    answers.append(f"MSA|AA|{control}\r" in read_ack(c))
        except Exception as error:                          # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=one, args=(n,)) for n in range(16)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    ok(len(answers) == 160 and all(answers) and not failures,
       "16 connections, 10 messages each, each its own ACK", failures)


def test_many_big_ones_at_once():
    """12 connections of 20 MB each: 240 MB do not fit into 128 MiB."""
    pdf = report.make_pdf(padding=14 * 1024 * 1024)
    answers = []

    def one(n):
        with connect(BOX.mllp_port, 120) as c:
            c.sendall(frame(message(control_id=f"B{n}", pdf=pdf)))
            answers.append(f"MSA|AA|B{n}" in read_ack(c))

    threads = [threading.Thread(target=one, args=(n,)) for n in range(12)]
    for t in threads:
        t.start()
    peak = 0
    while any(t.is_alive() for t in threads):
        with open(f"/proc/{BOX.pid_of('intake')}/status", encoding="ascii") as f:
            peak = max(peak, next(int(l.split()[1]) for l in f if l.startswith("VmRSS")))
        time.sleep(0.1)
    ok(len(answers) == 12 and all(answers), "12 messages of 20 MB at once: 12 AA")
    ok(peak < 450 * 1024, f"intake's memory stays bounded ({peak // 1024} MB)")
    time.sleep(3)
    with open(f"/proc/{BOX.pid_of('intake')}/status", encoding="ascii") as f:
        after = next(int(l.split()[1]) for l in f if l.startswith("VmRSS"))
    ok(after < 80 * 1024, f"and goes back ({after // 1024} MB)")


def test_counters():
    time.sleep(2.5)
    status = BOX.status()
    ok(status["acked"] > 0 and status["frames"] >= status["acked"], "counters reach the vault",
       status)


if __name__ == "__main__":
    tests = [t for n, t in list(globals().items()) if n.startswith("test_")
             and (len(sys.argv) < 2 or n in sys.argv[1:])]
    with BOX:
        main(*tests)
