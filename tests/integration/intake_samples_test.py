#!/usr/bin/python3
"""Public HL7 samples through the whole appliance: what is acknowledged with
AA is opened again and put before the FHIR validators."""
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
from mllp import send                                      # noqa: E402
from tap import main, ok, skip                             # noqa: E402

SAMPLES = os.path.join(os.path.dirname(ROOT), "shared", "samples")


def wants_none(data):
    """MSH-15 or MSH-16 says NE and the other says no more."""
    head = next((l for l in data.replace(b"\n", b"\r").split(b"\r") if l.startswith(b"MSH")), b"")
    asked = [f for f in head.split(b"|")[14:16] if f]
    return bool(asked) and all(f == b"NE" for f in asked)


def answers(box, files):
    counts = {}
    for path in files:
        with open(path, "rb") as f:
            data = f.read()
        try:
            # One that wants no answer still has to be stored before we go on.
            seconds = 0.5 if wants_none(data) else 20
            code = send(box.mllp_port, data, seconds).split("MSA|")[1][:2]
        except (ConnectionError, IndexError):
            code = "closed"
        except TimeoutError:
            code = "wants none" if wants_none(data) else "unanswered"
        counts.setdefault(code, []).append(os.path.basename(path))
    return counts


def test_samples():
    files = sorted(glob.glob(os.path.join(SAMPLES, "*", "*.hl7")))
    if not files:
        skip("public samples", "../shared/samples is not here")
        return
    with Appliance() as box:
        with open(box.path("guichet.conf"), "a", encoding="utf-8") as conf:
            conf.write("[source default]\nenvironment = test\n")
        box.stop()
        box.write_config = lambda: None
        box.wants_lab_card = False
        box.start()
        counts = answers(box, files)
        print("# " + ", ".join(f"{len(v)} {k}" for k, v in sorted(counts.items())), flush=True)
        # Most of the rest are mapping examples without a name or a birth date.
        taken = counts.get("AA", []) + counts.get("CA", []) + counts.get("wants none", [])
        ok(len(taken) > 55, f"of {len(files)} those with a patient are taken", counts)
        silent = counts.get("closed", []) + counts.get("unanswered", [])
        ok(not silent, "all get the answer they asked for", silent)
        ok(all(p["restarts"] == 0 for p in box.status()["processes"]), "no process dies")
        bundles = [b for _, b in Patient(box, box.lab_slip).open_all()]
        ok(len(bundles) > 20, f"{len(bundles)} bundles are opened")
        values = sum(len(resource(b, "Observation")) for b in bundles)
        ok(values > len(bundles), f"with {values} observations")
        with open(box.path("bundles"), "w", encoding="utf-8") as f:
            f.writelines(json.dumps(b, ensure_ascii=False) + "\n" for b in bundles)
        done = subprocess.run(
            ["node", os.path.join(ROOT, "tests", "interop", "fhir_validate.mjs"), box.path("bundles")],
            capture_output=True, check=False, timeout=280)
        lines = done.stdout.decode().splitlines()
        bad = [l for l in lines if not l.startswith("ok")]
        ok(done.returncode == 0, f"{len(lines) - 1} checks by three validators", "\n".join(bad[:40]))


if __name__ == "__main__":
    main(test_samples)
