#!/usr/bin/python3
"""Release, correction and withdrawal with the whole appliance (R30-R34): what
comes from the LIS, step by step, and what the patient's card shows after each
step, opened with the code of the slip.

A row is a name and its steps; a step is what is done and what the card shows
then: a list of bundles, each `status: results`, without what is withheld.
"""
import json
import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "demo")]

import report                                              # noqa: E402
from appliance import Appliance                            # noqa: E402
from intake_open import Patient, pdf_of, resource          # noqa: E402
from mllp import send                                      # noqa: E402
from tap import main, ok                                   # noqa: E402

HOLDS = """
[hold serology]
codes = LOINC 75622-1, * *VIH*
reason = handed out in person
"""
BOX = Appliance(sections=HOLDS)
SNAPSHOTS = Appliance(sections="[source default]\nupdate = snapshot\n")

PEOPLE = {"zoe": "MARTIN^ZOE^^^^^L||19790328|F", "other": "DURAND^PAUL^^^^^L||19500101|M"}
CODES = {"GLU": "14749-6^Glucose^LN", "CREA": "14682-9^Créatinine^LN", "HB": "718-7^Hémoglobine^LN",
         "VIH": "SERO^Sérologie VIH^L", "CARYO": "X1^Caryotype^L"}
START = 1795000000              # 2026-11-18
OPENED = {}                     # every bundle that a card ever showed, by bid
serial = 0


# --- what comes ---------------------------------------------------------------

def message(lines, at=0, order="A", who="zoe", obr="F", orc="RE", pdf=None, mode="P", card="", version=0):
    """`lines`: "GLU 5.1 F, CREA 97 P"; a value of - is empty; a fourth word
    is OBX-8, a fifth OBX-26.  `at`: minutes, of OBR-22."""
    global serial
    serial += 1
    when = time.strftime("%Y%m%d%H%M%S", time.gmtime(START + 60 * at)) + "+0000"
    now = time.strftime("%Y%m%d%H%M%S", time.gmtime()) + "+0000"
    taken = time.strftime("%Y%m%d%H%M%S", time.gmtime(START - 3600)) + "+0000"
    segments = [
        f"MSH|^~\\&|SIL|LABO|GUICHET|BORNE|{now}||ORU^R01^ORU_R01|R{serial}|{mode}|2.8|||||FRA|UNICODE UTF-8",
        f"PID|1||{who}^^^LABO^PI~{card}^^^GUICHET^U||{PEOPLE[who]}",
        f"ORC|{orc}|{order}|{order}",
        f"OBR|1|{order}|{order}|BIO^Bilan^L|||{taken}|||||||||||||||{when}||CH|{obr}"]
    for n, line in enumerate(lines.split(",") if lines else [], 1):
        code, value, status, flag, category = (line.split() + ["", ""])[:5]
        value = "" if value == "-" else value
        segments.append(f"OBX|{n}|NM|{CODES[code]}||{value}|u|1-9|{flag}|||{status}|||{taken}"
                        f"||||||||||||{category}")
    if pdf is not None:
        segments.append(f"OBX|99|ED|11502-2^Compte rendu^LN||^application^pdf^Base64^{pdf}||||||{obr}")
    return ("\r".join(segments) + "\r").encode()


def lis(lines, answer="AA", **words):
    """A message; the box must answer so."""
    def step(run):
        data = message(lines, order=run.order, card=run.card, **words)
        run.answer = send(run.box.mllp_port, data)
        assert f"MSA|{answer}|" in run.answer, run.answer
        run.sent = data
    return step


def again(run):
    """The last message under another control id: nothing new in it."""
    head, rest = run.sent.split(b"\r", 1)
    fields = head.split(b"|")
    fields[9] += b"-again"
    assert "MSA|AA|" in send(run.box.mllp_port, b"|".join(fields) + b"\r" + rest)


def withheld(run):
    return [b for b in run.box.bundles(run.slip["card"]) if b.get("holds")]


def biologist(run):
    """Releases all that is held; the audit names him."""
    for b in withheld(run):
        run.box.guichet("bundle", "release", b["bundle"], "--biologist", "Dr Irène Curie")


def refused_to_biologist(run):
    for b in withheld(run):
        try:
            run.box.guichet("bundle", "release", b["bundle"], "--biologist", "Dr Irène Curie")
        except Exception:                                   # noqa: BLE001
            continue
        assert False, "released"


# --- what the card shows -----------------------------------------------------

def words_of(claim, bundle):
    values = []
    for o in resource(bundle, "Observation"):
        if "hasMember" in o:
            continue
        name = next((n for n, c in CODES.items() if c.split("^")[0] == o["code"]["coding"][0]["code"]), "?")
        value = str(o["valueQuantity"]["value"]) if "valueQuantity" in o else o["status"]
        values.append(f"{name} {value}")
    if "presentedForm" in resource(bundle, "DiagnosticReport")[0]:
        values.append("PDF " + pdf_of(bundle).decode("latin1").rsplit(" ", 1)[-1])
    return ", ".join(values)


class Run:
    """One row on a card of its own."""

    def __init__(self, box, number):
        self.box, self.order = box, f"ROW-{number}"
        self.slip = box.card()
        self.card = self.slip["card"].replace("-", "")
        self.patient = Patient(box, self.slip)
        self.bids = []

    def look(self):
        shown = []
        self.bids = []
        for b in self.patient.look():
            self.bids.append(b["bid"])
            if b["envelope"]:
                claim, bundle = self.patient.open(b)
                OPENED.setdefault(b["bid"], bundle)
                shown.append(f"{b['status']}: {words_of(claim, bundle)}")
            else:
                shown.append(b["status"])
        return sorted(shown)


PDF1, PDF2 = "JVBERi0xLjQgb25l", "JVBERi0xLjQgdHdv"        # %PDF-1.4 one, two
SAME = object()                 # as before, the very same bundles

ROWS = [
    ("R31 P, then F", (lis("GLU 5.1 P"), []), (lis("GLU 5.2 F", at=1), ["final: GLU 5.2"])),
    ("R31 P, then U: what was sealed is opened",
     (lis("GLU 5.1 P, CREA 97 P"), []), (lis("GLU - U, CREA - U", at=1), ["final: GLU 5.1, CREA 97"]),
     (again, SAME)),
    ("R31 P, then U for a part, then for the rest",
     (lis("GLU 5.1 P, CREA 97 P"), []), (lis("GLU - U", at=1), []),
     (lis("CREA - U", at=2), ["final: GLU 5.1, CREA 97"])),
    ("R31 F beside P, then U for that",
     (lis("GLU 5.1 F, CREA 97 P"), []), (lis("CREA - U", at=1), ["final: GLU 5.1, CREA 97"])),
    ("R31 P, then U beside a new result",
     (lis("GLU 5.1 P"), []), (lis("GLU - U, CREA 97 F", at=1), ["appended: CREA 97", "final: GLU 5.1"])),
    ("R31 U of an unfinished order opens nothing",
     (lis("GLU 5.1 P"), []), (lis("GLU - U", at=1, obr="P"), []), (lis("GLU - U", at=2), ["final: GLU 5.1"])),
    ("R31 U for one, D for the other line of a withheld report: nothing is left of it",
     (lis("GLU 5.1 P, CREA 97 P"), []), (lis("GLU - U, CREA - D", at=1), [])),
    ("R31 U of what never came", (lis("GLU - U"), [])),
    ("R31 F, then C: the correction replaces it",
     (lis("GLU 5.1 F"), ["final: GLU 5.1"]), (lis("GLU 6.6 C", at=1), ["corrected: GLU 6.6"])),
    ("R31 C without anything before", (lis("GLU 6.6 C"), ["corrected: GLU 6.6"])),
    ("R31 C first, the F it corrects late",
     (lis("GLU 6.6 C", at=5), ["corrected: GLU 6.6"]), (lis("GLU 5.1 F", at=1), SAME)),
    ("R31 F first, its P late",
     (lis("GLU 5.1 F", at=5), ["final: GLU 5.1"]), (lis("GLU 5.0 P", at=1), SAME)),
    ("R31 the same message again, much later",
     (lis("GLU 5.1 F"), ["final: GLU 5.1"]), (again, SAME), (lis("GLU 5.1 F", at=9), SAME)),
    ("R34 unchanged content under a new time: no new version",
     (lis("GLU 5.1 F, CREA 97 F"), ["final: GLU 5.1, CREA 97"]), (lis("GLU 5.1 F, CREA 97 F", at=3), SAME)),
    ("R31 a duplicate of the old one after its correction",
     (lis("GLU 5.1 F"), ["final: GLU 5.1"]), (lis("GLU 6.6 C", at=5), ["corrected: GLU 6.6"]),
     (lis("GLU 5.1 F"), SAME)),
    ("R32 F, then D for all of it",
     (lis("GLU 5.1 F, CREA 97 F"), ["final: GLU 5.1, CREA 97"]),
     (lis("GLU - D, CREA - D", at=1), ["withdrawn"])),
    ("R32 F, then W: posted for the wrong patient",
     (lis("GLU 5.1 F"), ["final: GLU 5.1"]), (lis("GLU - W", at=1), ["withdrawn"])),
    ("R32 F, then X for all of it",
     (lis("GLU 5.1 F"), ["final: GLU 5.1"]), (lis("GLU - X", at=1), ["withdrawn"])),
    ("R32 F, then ORC-1 CA",
     (lis("GLU 5.1 F"), ["final: GLU 5.1"]), (lis("GLU 5.1 F", at=1, orc="CA"), ["withdrawn"])),
    ("R32 F, then OBR-25 X",
     (lis("GLU 5.1 F"), ["final: GLU 5.1"]), (lis("GLU 5.1 F", at=1, obr="X"), ["withdrawn"])),
    ("R32 the document deleted",
     (lis("", pdf=PDF1), ["final: PDF one"]), (lis("", pdf=PDF1, at=1, orc="CA"), ["withdrawn"])),
    ("R32 D of what never came", (lis("GLU - D"), [])),
    ("R32 D first, the F it deletes late",
     (lis("GLU - D", at=5), []), (lis("GLU 5.1 F", at=1), [])),
    ("R32 withdrawn, then newer and good again",
     (lis("GLU 5.1 F"), ["final: GLU 5.1"]), (lis("GLU - D", at=1), ["withdrawn"]),
     (lis("GLU 5.3 F", at=2), ["final: GLU 5.3", "withdrawn"])),
    ("R32 withdrawn, then its late duplicate",
     (lis("GLU 5.1 F"), ["final: GLU 5.1"]), (lis("GLU - D", at=5), ["withdrawn"]),
     (lis("GLU 5.1 F", at=1), SAME)),
    ("R32 what is withheld can be withdrawn, too",
     (lis("GLU 5.1 P"), []), (lis("GLU - D", at=1), []), (lis("GLU - U", at=2), [])),
    ("R34 D for one line, the others sent again",
     (lis("GLU 5.1 F, CREA 97 F"), ["final: GLU 5.1, CREA 97"]),
     (lis("GLU 5.1 F, CREA - D", at=1), ["corrected: GLU 5.1, CREA entered-in-error"])),
    ("R34 X for one line among good ones",
     (lis("GLU 5.1 F, CREA - X"), ["final: GLU 5.1, CREA cancelled"])),
    ("R34 D for one line, the others not sent again: the value is not left to be read",
     (lis("GLU 5.1 F, CREA 97 F, HB 11 F"), ["final: GLU 5.1, CREA 97, HB 11"]),
     (lis("GLU 5.1 F, CREA - D", at=1), ["corrected: GLU 5.1, CREA entered-in-error", "withdrawn"])),
    ("R34 an addition stands beside the report",
     (lis("GLU 5.1 F"), ["final: GLU 5.1"]),
     (lis("CREA 97 F", at=1), ["appended: CREA 97", "final: GLU 5.1"])),
    ("R34 all lines in one message replace both",
     (lis("GLU 5.1 F"), ["final: GLU 5.1"]),
     (lis("CREA 97 F", at=1), ["appended: CREA 97", "final: GLU 5.1"]),
     (lis("GLU 5.1 F, CREA 98 C", at=2), ["corrected: GLU 5.1, CREA 98"])),
    ("R34 a document replaces the document",
     (lis("GLU 5.1 F", pdf=PDF1), ["final: GLU 5.1, PDF one"]),
     (lis("CREA 97 C", at=1, obr="C", pdf=PDF2), ["corrected: CREA 97, PDF two"])),
    ("R33 a correction for another patient",
     (lis("GLU 5.1 F"), ["final: GLU 5.1"]), (lis("GLU 5.1 C", at=1, who="other"), ["withdrawn"])),
    ("R30 on the hold list: nothing yet; a biologist releases it",
     (lis("GLU 5.1 F, VIH 0 F"), []), (biologist, ["final: GLU 5.1, VIH 0"]), (again, SAME)),
    ("R30 on the hold list and preliminary: the LIS takes one away, then the biologist the other",
     (lis("VIH 0 P"), []), (refused_to_biologist, []), (lis("VIH - U", at=1), []),
     (biologist, ["final: VIH 0"])),
    ("R30 a genetic test, without any list",
     (lis("CARYO 46 F"), []), (biologist, ["final: CARYO 46"])),
    ("R30 OBX-8 HM", (lis("GLU 5.1 F HM"), []), (biologist, ["final: GLU 5.1"])),
    ("R30 a confirmation with OBX-8 HM opens nothing by itself",
     (lis("GLU 5.1 P"), []), (lis("GLU - U HM", at=1), []), (biologist, ["final: GLU 5.1"])),
    ("R30 OBX-8 QCF", (lis("GLU 5.1 F QCF"), [])),
    ("R30 OBX-26 SWTH", (lis("GLU 5.1 F N SWTH"), []), (biologist, ["final: GLU 5.1"])),
    ("R30 OBX-26 SIDC out of range", (lis("GLU 9.9 F H SIDC"), [])),
    ("R30 OBX-26 SID: not before the next business day", (lis("GLU 5.1 F N SID"), [])),
    ("R31 what is preliminary no biologist opens", (lis("GLU 5.1 P"), []), (refused_to_biologist, [])),
    ("R15 a test message in production", (lis("GLU 5.1 F", mode="T", answer="AR"), [])),
]

SNAPSHOT_ROWS = [
    ("R34 where each message is the whole report",
     (lis("GLU 5.1 F, CREA 97 F"), ["final: GLU 5.1, CREA 97"]), (lis("GLU 5.2 F", at=1), ["final: GLU 5.2"])),
]


# --- running -------------------------------------------------------------------

def run_row(box, number, row):
    run = Run(box, number)
    shown = []
    for i, (step, want) in enumerate(row[1:], 1):
        before = run.bids
        step(run)
        done = time.monotonic()
        old, shown = shown, run.look()
        took = time.monotonic() - done
        same = want is SAME
        want = old if same else sorted(want)
        if shown != want:
            return f"step {i}: {shown} instead of {want}"
        if same and run.bids != before:
            return f"step {i}: another bundle"
        if took > 1:
            return f"step {i}: seen after {took:.1f} s"
    return ""


def test_rows():
    for box, rows in ((BOX, ROWS), (SNAPSHOTS, SNAPSHOT_ROWS)):
        for number, row in enumerate(rows):
            if len(sys.argv) > 1 and not any(w in row[0] for w in sys.argv[1:]):
                continue
            try:
                why = run_row(box, number, row)
            except Exception as error:                      # noqa: BLE001
                why = f"{type(error).__name__}: {error}"
            ok(not why, row[0], why)


def test_revoked_at_once():
    """An opened page, a withdrawal: neither envelope nor object a second later."""
    run = Run(BOX, "revoked")
    lis("GLU 5.1 F", pdf=PDF1)(run)
    claim, _ = run.patient.open(run.patient.look()[0])
    lis("GLU - D", at=1, orc="CA")(run)
    start = time.monotonic()
    status, _ = run.patient.request("GET", "/d/" + claim["name"])
    left = [b for b in run.patient.look() if b["envelope"]]
    took = time.monotonic() - start
    ok(status == 404 and not left and took < 1, f"R32 gone {took * 1000:.0f} ms after the ACK", status)


def test_audit():
    """Who released what, and no examination by name."""
    run = Run(BOX, "audit")
    lis("VIH 0 F")(run)
    biologist(run)
    lines = BOX.guichet("audit", "list", "--json") if "audit list" in BOX.guichet("--help", check=False) else ""
    ok("Irène Curie" in lines, "R30 the audit names the biologist", lines[-800:])
    ok(not any(w in lines for w in ("VIH", "Caryotype", "serology", "MARTIN", "5.1")),
       "and neither an examination nor a patient")
    log = BOX.log()
    ok(not any(w in log for w in ("VIH", "Caryotype", "MARTIN", "Irène")), "nor does the log")


def test_what_was_opened_is_fhir():
    """What patients read, through the validators of tests/interop."""
    path = BOX.path("opened.jsonl")
    with open(path, "w", encoding="utf-8") as f:
        for bundle in OPENED.values():
            f.write(json.dumps(bundle, ensure_ascii=False) + "\n")
    script = os.path.join(os.path.dirname(HERE), "interop", "fhir_validate.mjs")
    done = subprocess.run(["node", script, path], capture_output=True, text=True, timeout=200)
    bad = [line for line in done.stdout.splitlines() if line.startswith(("not ok", "#"))]
    ok(done.returncode == 0 and OPENED, f"R43 {len(OPENED)} bundles of the appliance are good FHIR",
       "\n".join(bad) + done.stderr)


if __name__ == "__main__":
    with BOX, SNAPSHOTS:
        main(test_rows, test_revoked_at_once, test_audit, test_what_was_opened_is_fhir)
