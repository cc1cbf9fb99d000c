#!/usr/bin/python3
"""Release, correction and withdrawal on the whole appliance: what the LIS sends,
what the desk does, and what a patient's page gets, to the millisecond."""
import datetime
import json
import os
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "demo")]

import report                                              # noqa: E402
from appliance import BIN, Appliance                       # noqa: E402
from intake_open import Patient, b64                            # noqa: E402
from mllp import send                                      # noqa: E402
from tap import main, ok                                   # noqa: E402

BOX = Appliance()
START = datetime.datetime.now() - datetime.timedelta(hours=1)
COUNT = [0]


def deliver(slip, minute, **wish):
    """A version that is `minute` minutes old in the order of versions; its ACK."""
    COUNT[0] += 1
    message = report.make_message(card=slip["card"], control_id=f"RV-{COUNT[0]}",
                                  when=START + datetime.timedelta(minutes=minute), **wish)
    return send(BOX.mllp_port, message)


def confirm(slip, minute, **wish):
    """OBX-11 U: final without being sent again; its ACK."""
    COUNT[0] += 1
    message = report.make_message(card=slip["card"], control_id=f"RV-{COUNT[0]}",
                                  when=START + datetime.timedelta(minutes=minute), **wish)
    lines = message.split(b"\r")
    for i, line in enumerate(lines):
        if line.startswith(b"OBX|"):
            fields = line.split(b"|")
            fields[5], fields[11] = b"", b"U"
            lines[i] = b"|".join(fields)
    return send(BOX.mllp_port, b"\r".join(lines))


def run(*arguments, lang="en"):
    done = subprocess.run([os.path.join(BIN, "guichet"), "--socket", BOX.socket_path,
                           *arguments], capture_output=True, check=False, timeout=60,
                          env=dict(os.environ, LC_ALL=f"{lang}.UTF-8"))
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def audit(event):
    records = [json.loads(line) for line in BOX.guichet("audit", "list").splitlines()]
    return [r for r in records if r["ev"] == event]


def statuses(patient):
    return [b["status"] for b in patient.look()]


def ticket(patient):
    status, body = patient.request("POST", "/api/v1/cards/" + patient.card, {
        "Authorization": "Bearer " + b64(patient.auth)})
    assert status == 200, status
    return json.loads(body)["watch"]


def test_preliminary():
    slip = BOX.card()
    patient = Patient(BOX, slip)
    ok("|AA|" in deliver(slip, 1, order="P-1", status="P"), "R31 P is acknowledged")
    ok(patient.look() == [], "R31 P looks like nothing yet")
    code, out, _ = run("bundle", "list", "--held")
    ok(code == 0 and "preliminary" in out, "R31 the desk sees why it is withheld", out)
    _, out_fr, _ = run("bundle", "list", "--held", lang="fr")
    ok("provisoire" in out_fr and "PAT-TROIS" not in out + out_fr,
       "R31 in French, too, and nobody's name", out_fr)
    bundle = out.split()[0]
    code, _, err = run("bundle", "release", bundle)
    ok(code == 1 and "--biologist" in err, "R31 a release needs a name", err)
    code, _, err = run("bundle", "release", bundle, "--biologist", "Dr Anne Martin", lang="fr")
    ok(code == 1 and "provisoire" in err and patient.look() == [],
       "R31 and does not open what is preliminary", err)
    ok("|AA|" in deliver(slip, 2, order="P-1"), "R31 F follows")
    ok(statuses(patient) == ["final"] and len(patient.open_all()) == 1, "R31 P then F: open")
    deliver(slip, 0, order="P-1", status="P")
    ok(statuses(patient) == ["final"], "R31 a late P changes nothing")
    code, out, _ = run("bundle", "list", "--held")
    ok(code == 0 and "Nothing is withheld" in out, "nothing is withheld any more", out)


def test_confirmed():
    slip = BOX.card()
    patient = Patient(BOX, slip)
    deliver(slip, 1, order="C-1", status="P")
    ok("|AA|" in confirm(slip, 2, order="C-1"), "R31 U is acknowledged")
    bundles = patient.look()
    ok([b["status"] for b in bundles] == ["final"], "R31 P then U: final, and open", bundles)
    claim, _ = patient.open(bundles[0])
    ok(claim["status"] == "preliminary" and bundles[0]["closes"] < claim["closes"],
       "R31 its claim still says preliminary, and the list when it closes")
    ok(audit("confirm")[-1]["res"] == "open", "R31 on record")


def test_withdrawal():
    slip = BOX.card()
    patient = Patient(BOX, slip)
    deliver(slip, 1, order="D-1")
    patient.open_all()
    path = "/w/" + ticket(patient)
    heard = []
    watcher = threading.Thread(target=lambda: heard.append(
        (patient.request("GET", path), time.monotonic())))
    watcher.start()
    time.sleep(0.5)
    ok(heard == [], "R32 the watch is held")
    deliver(slip, 2, order="D-1", status="D")
    acked = time.monotonic()
    watcher.join(5)
    ok(heard and heard[0][0] == (200, b'{"changed":true}') and heard[0][1] - acked < 1,
       f"R32 D: told {1000 * (heard[0][1] - acked):.0f} ms after the ACK", heard)
    bundle = patient.look()[0]
    ok(bundle["status"] == "withdrawn" and bundle["envelope"] is None and
       time.monotonic() - acked < 1, "R32 a tombstone without a key, within the second")
    ok(audit("withdraw")[-1]["det"] == {"revoked": 1, "reads": 1},
       "R32 read once before: on record", audit("withdraw"))
    deliver(slip, 1, order="D-1", value="9.99")
    ok(statuses(patient) == ["withdrawn"], "R32 a late F does not bring it back")
    deliver(slip, 3, order="D-1", value="9.98")
    ok("final" in "".join(statuses(patient)) or "corrected" in statuses(patient),
       "R32 a newer F does", statuses(patient))


def test_unknown():
    slip = BOX.card()
    ok("|AA|" in deliver(slip, 5, order="U-1", status="D"), "R32 D of what never came: AA")
    ok("|AA|" in deliver(slip, 4, order="U-1") and Patient(BOX, slip).look() == [],
       "R32 its F, late, stays out")


def test_wrong_patient():
    slip, right = BOX.card(), BOX.card()
    deliver(slip, 1, order="W-1")
    patient = Patient(BOX, slip)
    ok(statuses(patient) == ["final"], "a result")
    deliver(slip, 2, order="W-1", family="AUTRE", birth="19500101")
    ok(statuses(patient) == ["withdrawn"], "R33 another name in the correction: revoked")
    code, out, _ = run("quarantine", "list")
    ok(code == 0 and "report blocked" in out and "AUTRE" not in out,
       "R33 the desk sees the quarantine, and no name", out)
    deliver(right, 3, order="W-1", family="AUTRE", birth="19500101")
    ok(Patient(BOX, right).look() == [], "R33 nothing more is taken")
    number = out.split()[0]
    code, out, _ = run("quarantine", "clear", number, lang="fr")
    ok(code == 0 and "levée" in out, "R33 somebody has looked", out)
    deliver(right, 4, order="W-1", family="AUTRE", birth="19500101")
    ok(statuses(Patient(BOX, right)) == ["final"], "R33 then it is taken, for the right one")
    ok(run("quarantine", "list")[1].startswith("Nothing"), "R33 and the list is empty")
    ok(len(audit("clear")) == 1, "R33 on record")


def test_restart():
    slip = BOX.card()
    patient = Patient(BOX, slip)
    deliver(slip, 1, order="R-1")
    path = "/w/" + ticket(patient)
    heard = []
    watcher = threading.Thread(target=lambda: heard.append(patient.request("GET", path)))
    watcher.start()
    time.sleep(0.3)
    os.kill(BOX.pid_of("vault"), 9)
    watcher.join(20)
    ok(heard == [(200, b'{"changed":true}')], "R32 a vault that is back: pages ask again", heard)


if __name__ == "__main__":
    with BOX:
        main(test_preliminary, test_confirmed, test_withdrawal, test_unknown, test_wrong_patient,
             test_restart)
