#!/usr/bin/python3
"""Public HL7 samples through the whole appliance: each is answered as
samples.tsv says, one line per file; what can be opened again is put before
the FHIR validators."""
import glob
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE]

from appliance import Appliance                            # noqa: E402
from intake_open import Patient, resource                  # noqa: E402
from mllp import connect, frame                            # noqa: E402
from tap import main, ok, skip                             # noqa: E402

SAMPLES = os.path.join(os.path.dirname(ROOT), "shared", "samples")
COLUMNS = ("file", "message", "answer", "bundles", "release", "observations", "documents", "why")


def read_table():
    """Per file its rows, in order."""
    table = {}
    with open(os.path.join(HERE, "samples.tsv"), encoding="utf-8") as f:
        for line in f:
            if not line.startswith("#"):
                row = dict(zip(COLUMNS, line.rstrip("\n").split("\t")))
                table.setdefault(row["file"], []).append(row)
    return table


def in_words(ack):
    """An ACK in the words of the table: "AE 101 PID-3"."""
    lines = {line[:3]: line.split("|") for line in ack.split("\r")}
    words = [lines["MSA"][1]]
    if "ERR" in lines:
        err = lines["ERR"] + [""] * 4
        old = err[1].split("^") if err[1] else None
        where = old[:3] if old else err[2].split("^")
        words.append(old[3].split("&")[0] if old else err[3].split("^")[0])
        if where[0]:
            words.append("-".join([where[0], *where[2:3]]))
    return " ".join(words)


def exchange(connection, data, serial):
    """The answers to a file.  A message of a type that is not taken follows
    it: with its answer it is known that nothing else comes for the file."""
    last = f"LAST-{serial}"
    connection.sendall(frame(data) + frame(
        f"MSH|^~\\&|T|T|||2026||ADT^A01|{last}|P|2.5\r".encode()))
    answers, buffer = [], b""
    while True:
        part = connection.recv(65536)
        if not part:
            return answers + ["closed"]
        buffer += part
        while b"\x1c\r" in buffer:
            ack, buffer = buffer.split(b"\x1c\r", 1)
            text = ack.lstrip(b"\x0b").decode("utf-8", "replace")
            if f"|{last}|" in text:
                return answers
            answers.append(in_words(text))


def check_answers(box, table):
    with connect(box.mllp_port) as connection:
        for serial, (name, rows) in enumerate(sorted(table.items())):
            with open(os.path.join(SAMPLES, name), "rb") as f:
                got = exchange(connection, f.read(), serial)
            wanted = [row["answer"] for row in rows if row["answer"] != "none"]
            ok(got == wanted, f"{name}: {', '.join(wanted) or 'no answer'}; {rows[0]['why']}",
               f"it was {got}")
            if "closed" in got:
                return


def check_bundles(box, table):
    taken = sum(row["bundles"] == "1" and row["release"] == "deliver"
                for rows in table.values() for row in rows)
    bundles = [b for _, b in Patient(box, box.lab_slip).open_all()]
    # Several samples are versions of one report.
    ok(taken / 2 < len(bundles) <= taken, f"{len(bundles)} bundles are opened, of {taken} messages")
    values = sum(len(resource(b, "Observation")) for b in bundles)
    ok(values > len(bundles), f"with {values} observations")
    with open(box.path("bundles"), "w", encoding="utf-8") as f:
        f.writelines(json.dumps(b, ensure_ascii=False) + "\n" for b in bundles)
    done = subprocess.run(
        ["node", os.path.join(ROOT, "tests", "interop", "fhir_validate.mjs"), box.path("bundles")],
        capture_output=True, check=False, timeout=280)
    lines = done.stdout.decode().splitlines()
    bad = [line for line in lines if not line.startswith("ok")]
    ok(done.returncode == 0, f"{len(lines) - 1} checks by three validators", "\n".join(bad[:40]))


def test_samples():
    table = read_table()
    files = glob.glob(os.path.join(SAMPLES, "*", "*.hl7"))
    if not files:
        skip("public samples", "../shared/samples is not here")
        return
    ok({os.path.relpath(f, SAMPLES) for f in files} == set(table), "the table has all files")
    with Appliance() as box:
        with open(box.path("guichet.conf"), "a", encoding="utf-8") as conf:
            conf.write("[source default]\nenvironment = test\n")
        box.stop()
        box.write_config = lambda: None
        box.wants_lab_card = False
        box.start()
        check_answers(box, table)
        ok(all(p["restarts"] == 0 for p in box.status()["processes"]), "no process dies")
        check_bundles(box, table)


if __name__ == "__main__":
    main(test_samples)
