#!/usr/bin/python3
"""The drop, end to end: results come from the LIS, sealed bundles lie in a real
Swift, the day code comes by SMS, and a patient at home opens them with libraries that
are not ours; then everything that makes a bundle go, and what is left then.

    drop_test.py [swift|s3]
"""
import hashlib
import json
import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "demo")]

import report                                              # noqa: E402
from at_home import AtHome                                 # noqa: E402
from intake_open import Patient, pdf_of, resource          # noqa: E402
from mllp import send                                      # noqa: E402
from outside import BUCKET, Outside, until                 # noqa: E402
from tap import main, ok                                   # noqa: E402

KIND = sys.argv[1] if len(sys.argv) > 1 else "swift"
HOLDS = "\n[hold serology]\ncodes = * *VIH*\nreason = handed out in person\n"
WINDOW_S = 3600
serial = 0


def phone():
    global serial
    serial += 1
    return f"+336000000{serial:02d}"


def audit(out, ev):
    lines = out.box.guichet("audit", "list").splitlines()
    return [r for r in map(json.loads, lines) if r.get("ev") == ev]


def of(names, letter):
    return {n for n in names if n.startswith(letter + "/")}


def message(home, order, lines, obr="F", minutes=0, orc="RE", control=None):
    """A plain ORU^R01: lines of (code, value, status)."""
    when = time.strftime("%Y%m%d%H%M%S", time.gmtime(time.time() - 3600 + 60 * minutes)) + "+0000"
    segments = [
        f"MSH|^~\\&|SIL|LABO|GUICHET|BORNE|{when}||ORU^R01^ORU_R01|{control or order}-{minutes}|P|2.8"
        "|||||FRA|UNICODE UTF-8",
        f"PID|1||P{order}^^^LABO^PI~{home.card}^^^GUICHET^U||MARTIN^ZOE^^^^^L||19790328|F",
        f"ORC|{orc}|{order}|{order}",
        f"OBR|1|{order}|{order}|BIO^Bilan^L|||{when}|||||||||||||||{when}||CH|{obr}"]
    segments += [f"OBX|{n}|NM|{code}||{value}|u|1-9||||{status}|||{when}"
                 for n, (code, value, status) in enumerate(lines, 1)]
    return ("\r".join(segments) + "\r").encode()


def tell(out, home, order, lines, **words):
    answer = send(out.box.mllp_port, message(home, order, lines, **words))
    assert "MSA|AA|" in answer, answer


GLU, CREA, VIH = "14749-6^Glucose^LN", "14682-9^Creatinine^LN", "SERO^Serologie VIH^L"


def values(opened):
    return sorted(str(o["valueQuantity"]["value"]) for _, fhir in opened
                  for o in resource(fhir, "Observation") if "valueQuantity" in o)


# --- tests ------------------------------------------------------------------------

def test_first(out):
    before = out.names()
    home = out.patient(phone())
    index = until(lambda: of(out.names(), "i") - of(before, "i"))
    ok(len(index) == 1 and not of(out.names(), "d") - of(before, "d"),
       "a new card for the internet has an index and no object")
    home.empty = out.swift.get(BUCKET, next(iter(index)))[1]
    pdf = report.make_pdf()
    out.deliver(home, "F-1", pdf=pdf)
    opened = home.wait_for(1)
    claim, fhir = opened[0]
    ok(pdf_of(fhir) == pdf and len(resource(fhir, "Observation")) > 5,
       "slip and day code open the report and its PDF")
    ok(next(iter(index)) == "i/" + home.reader.loc, "at the place that both codes give")
    ok(of(out.names(), "d") - of(before, "d") == {"d/" + claim["name"]},
       "the object lies under the name of its claim")
    status, _ = home.reader.request("HEAD", "/d/" + claim["name"])
    headers = home.reader.headers
    ok(status == 200 and headers["content-type"] == "application/jose"
       and "no-store" in headers["cache-control"]
       and int(headers["content-length"]) == claim["size"], "as application/jose, not to be kept",
       headers)
    if KIND == "swift":
        ok(int(headers["x-delete-at"]) == claim["closes"], "the store forgets it when it closes",
           headers)
    bundle = home.bundles()[0]
    ok(bundle["closes"] == claim["closes"] and bundle["status"] == "final", "the index says until when")
    records = [r for r in audit(out, "publish") if r["obj"] == bundle["bid"]]
    ok(len(records) == 1, "one record of the release, before its first byte left", records)
    ok(len(out.sms.texts(home.phone)) == 1, "one SMS", out.sms.texts(home.phone))
    return home


def test_wrong_codes(out, home):
    other = AtHome(home.slip, "0000-0000-000", out.public_url, out.ca)
    ok(other.index() is None, "another day code finds nothing")
    local = Patient(out.box, home.slip)
    ok(len(local.open_all()) == 1, "at the branch the slip alone opens it, as before")
    status, body = home.reader.request("GET", "/i/")
    ok(status in (401, 403, 404), "nothing is listed", (status, body[:200]))
    status, body = home.reader.request("GET", "")
    ok(status in (401, 403, 404) and b"d/" not in body, "nor the container", (status, body[:200]))


def test_second(out, home):
    data = out.deliver(home, "F-2", pdf=report.make_pdf())
    ok(len(home.wait_for(2)) == 2, "a second report of the same card")
    time.sleep(1)
    ok(len(out.sms.texts(home.phone)) == 1, "its address was erased with the first notice")
    names = out.names()
    answer = send(out.box.mllp_port, data)
    ok("MSA|AA|" in answer and out.wait_quiet() and out.names() == names,
       "the same message again is the same bundle")


def test_correction(out):
    home = out.patient(phone())
    tell(out, home, "C1", [(GLU, "5.1", "F"), (CREA, "97", "F")])
    first = home.wait_for(1)[0][0]
    tell(out, home, "C1", [(GLU, "5.3", "C"), (CREA, "97", "F")], obr="C", minutes=5)
    done = until(lambda: (b := home.bundles()) and len(b) == 1 and b[0]["status"] == "corrected")
    ok(done and values([home.reader.open(b) for b in home.bundles()]) == ["5.3", "97"],
       "a correction takes the place of what it corrects")
    ok(until(lambda: "d/" + first["name"] not in out.names()), "whose object is gone")
    tell(out, home, "C1", [(GLU, "", "D"), (CREA, "", "D")], obr="X", minutes=9, orc="CA")
    ok(until(lambda: home.bundles() == []), "a withdrawal takes it out of the index")
    ok(out.wait_quiet() and home.reader.index() is not None
       and not [b for b in out.names() if b.startswith("d/") and first["name"] in b],
       "and leaves an index")
    return home


def test_held(out):
    home = out.patient(phone())
    before = of(out.names(), "d")
    tell(out, home, "H1", [(VIH, "0.1", "F"), (GLU, "5.0", "F")])
    time.sleep(2)
    ok(of(out.names(), "d") == before and out.sms.texts(home.phone) == [],
       "what is withheld leaves no trace outside, and nobody is told")
    bid = next(b["bundle"] for b in out.box.bundles(home.slip["card"]))
    out.box.guichet("bundle", "release", bid, "--biologist", "Dr Exemple")
    ok(len(home.wait_for(1)) == 1, "released by a biologist it goes out")
    return home


def test_ends(out, home):
    """Frozen: everything of the card goes."""
    loc = "i/" + home.reader.loc
    held = "d/" + home.wait_for(1)[0][0]["name"]
    out.box.guichet("card", "freeze", home.slip["card"])
    ok(until(lambda: loc not in out.names() and held not in out.names()),
       "a frozen card disappears from the drop", out.names())


def test_stop(out):
    home = out.patient(phone())
    out.deliver(home, "S-1", pdf=report.make_pdf())
    name = "d/" + home.wait_for(1)[0][0]["name"]
    out.box.guichet("drop", "stop", home.slip["card"])
    ok(until(lambda: home.reader.index() is None and name not in out.names()),
       "a copy that is stopped at the desk is gone")
    ok(len(Patient(out.box, home.slip).open_all()) == 1, "the branch's stays")
    out.deliver(home, "S-2", pdf=report.make_pdf())
    time.sleep(1.5)
    ok(home.reader.index() is None, "and nothing of that card goes out again")


def test_branch_only(out):
    before = out.names()
    slip = out.box.card()
    data = report.make_message(card=slip["card"].replace("-", ""), control_id="B-1", order="B-1")
    assert "MSA|AA|" in send(out.box.mllp_port, data)
    out.wait_quiet()
    ok(out.names() == before, "a card that was not asked for the internet leaves nothing there")
    done = out.box.guichet("card", "new", "--secret", "--internet", "--phone", "+33600000099",
                           check=False)
    ok("card" not in done or "-" not in done, "a minor's secret has no card for the internet", done)


def test_closing():
    """A window of some seconds: nothing is left but an index like the first."""
    with Outside(KIND, bundle__window="12s") as out:
        home = out.patient(phone())
        first = until(lambda: of(out.names(), "i"))
        empty = out.swift.get(BUCKET, next(iter(first)))[1]
        out.deliver(home, "W-1", pdf=report.make_pdf())
        opened = home.wait_for(1)
        full = hashlib.sha256(home.reader.raw_index).hexdigest()
        ok(len(home.reader.raw_index) == len(empty), "with a bundle it is as long as without")
        ok(until(lambda: home.bundles() == [], 40), "it closes at home, too")
        ok(until(lambda: not of(out.names(), "d"), 30), "its object is gone", out.names())
        ok(out.swift.get(BUCKET, "i/" + home.reader.loc)[1] == empty
           and hashlib.sha256(empty).hexdigest() != full,
           "and the index is the one of the first day, byte for byte")
        ok(opened and audit(out, "unpublish"), "there is a record of the end")


def test_all():
    with Outside(KIND, bundle__window=f"{WINDOW_S}s", sections=HOLDS) as out:
        home = test_first(out)
        test_wrong_codes(out, home)
        test_second(out, home)
        test_correction(out)
        held = test_held(out)
        test_ends(out, held)
        test_stop(out)
        test_branch_only(out)
        ok(out.wait_quiet(), "nothing waits in the outbox", out.box.guichet("outbox", check=False))


if __name__ == "__main__":
    main(test_all, test_closing)
