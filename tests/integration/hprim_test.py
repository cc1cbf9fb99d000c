#!/usr/bin/python3
"""HPRIM files from a laboratory's folder to the patient's browser: every file of
tests/hprim/generate.py, each with the fate that is written beside it there."""
import glob
import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)
sys.path[:0] = [HERE, os.path.join(TESTS, "hprim")]

import generate                                             # noqa: E402
from intake_open import Patient, pdf_of, resource           # noqa: E402
from lis_folder import SPOOL_GROUP, Box, until              # noqa: E402
from tap import main, ok, skip                              # noqa: E402

SAMPLES = os.path.join(TESTS, "..", "..", "shared", "samples")
# One source, and so one folder, for each way a laboratory may be set up.
SOURCES = {
    "lis": "hprim_medecin = deliver\n",
    "cp850": "hprim_medecin = deliver\ncharset = cp850\n",
    "macroman": "hprim_medecin = deliver\ncharset = macroman\n",
    "any": "hprim_exemplar = any\n",
    "doctors": "",
}


class Laboratory(Box):
    """An appliance with a folder for each of SOURCES."""

    def __init__(self):
        super().__init__(keys=self.keys_of("lis"))

    @staticmethod
    def keys_of(source):
        return "card_paths = 8.15, 9.21, line-9\nfolder_wait = 5s\n" + SOURCES[source]

    def folder_of(self, source):
        return self.lis if source == "lis" else self.path(source)

    def write_config(self):
        super().write_config()
        with open(self.path("guichet.conf"), "a", encoding="utf-8") as conf:
            for source in SOURCES:
                folder = self.folder_of(source)
                if source == "lis":
                    continue
                os.makedirs(folder, exist_ok=True)
                if os.geteuid() == 0:
                    os.chown(folder, 0, SPOOL_GROUP)
                os.chmod(folder, 0o2770)
                conf.write(f"[source {source}]\nfolder = {folder}\n{self.keys_of(source)}")

    def put(self, source, name, data):
        path = os.path.join(self.folder_of(source), name)
        with open(path + ".tmp", "wb") as file:
            file.write(data)
        os.rename(path + ".tmp", path)

    def waits(self, source):
        return [n for n in os.listdir(self.folder_of(source)) if n not in ("done", "failed")]

    def why(self, source, name):
        """What lies beside a refused file; None where it was not refused."""
        path = os.path.join(self.folder_of(source), "failed", name + ".error.txt")
        if not os.path.exists(path):
            return None
        with open(path, encoding="utf-8") as file:
            return file.read()


def source_of(case):
    if "charset" in case.keys:
        return case.keys["charset"]
    if case.keys.get("hprim_exemplar") == "any":
        return "any"
    return "doctors" if case.name == "letter-for-doctors.HPM" else "lis"


def new_patient(box):
    slip = box.card()
    return slip, slip["card"].replace("-", "")


def deliver(box, case):
    source = source_of(case)
    for name, data in case.pieces.items():
        box.put(source, name, data)
    box.put(source, case.name, case.data)
    return source


def observations(bundle):
    return [e["resource"] for e in bundle["entry"]
            if e["resource"]["resourceType"] == "Observation"]


def patient_of(bundle):
    return resource(bundle, "Patient")[0]["name"][0]["given"][0]


# --- every file -------------------------------------------------------------------

def test_every_file():
    with Laboratory() as box:
        _, card = new_patient(box)
        cases = list(generate.cases(card))
        for case in cases:
            deliver(box, case)
        ok(until(lambda: not any(box.waits(s) for s in SOURCES), 60),
           f"R35 {len(cases)} files leave their folders", {s: box.waits(s) for s in SOURCES})
        wrong = []
        for case in cases:
            why = box.why(source_of(case), case.name)
            if (why is not None) != (case.expect == "refused"):
                wrong.append((case.name, case.expect, why))
            if why and ("Refused" not in why or "Refusé" not in why or "Zoé" in why):
                wrong.append((case.name, "its text", why))
        ok(not wrong, f"R35 each of {len(cases)} files is stored or refused as it should be",
           "\n".join(map(str, wrong)))
        text = box.why("lis", "broken-no-l.HPR")
        ok("pas de segment L" in text and "no segment L" in text, "R35 no L: told so", text)
        text = box.why("lis", "broken-stray-line.HPR")
        ok("ligne / line 3" in text, "R35 the line is named", text)
        text = box.why("doctors", "letter-for-doctors.HPM")
        ok("hprim_medecin = deliver" in text, "R38 a letter for doctors: what to set", text)
        text = box.why("lis", "path-0.HPR")
        ok("OBX 10.6" in text and "voisin" in text, "R36 a path in 10.6: told so", text)
        log = box.log()
        ok("MARTIN" not in log and "Zoé" not in log and "DOS1" not in log,
           "no name of a patient, no number of a request in the log")


def test_all_forms_are_one_report():
    with Laboratory() as box:
        slip, card = new_patient(box)
        forms = [c for c in generate.sante_forms(card) if source_of(c) == "lis"]
        for case in forms:
            deliver(box, case)
        until(lambda: not box.waits("lis"), 60)
        bundles = box.bundles(card)
        ok(len(bundles) == 1, f"R35 R37 {len(forms)} files in every delimiter set, character "
           "set and line end are one and the same report", bundles)
        bundle = Patient(box, slip).open_all()[0][1]
        results = observations(bundle)
        ok(patient_of(bundle) == "Zoé" and results[0]["code"]["coding"][0]["display"] ==
           "Glycémie", "R37 with its accents", results[0])
        value = results[0]["valueQuantity"]
        ok(value["unit"] == "mmol/l" and value["value"] == 5.1, "with its value", value)


def test_charsets_of_a_pc():
    with Laboratory() as box:
        for source in ("cp850", "macroman"):
            slip, card = new_patient(box)
            for case in generate.sante_forms(card):
                if source_of(case) == source:
                    deliver(box, case)
            until(lambda: not box.waits(source), 30)
            opened = Patient(box, slip).open_all()
            ok(len(opened) == 1 and patient_of(opened[0][1]) == "Zoé",
               f"R37 {source}: accents arrive", box.log())


# --- copies and files --------------------------------------------------------------

def one_case(card, group, name):
    return next(c for c in group(card) if c.name == name)


def test_copies():
    with Laboratory() as box:
        slip, card = new_patient(box)
        deliver(box, one_case(card, generate.sante_documents, "document-MP-patient.HPR"))
        until(lambda: box.bundles(card))
        bundle = Patient(box, slip).open_all()[0][1]
        ok(pdf_of(bundle) == generate.make_pdf("exemplar P"),
           "R36 of a doctor's and a patient's copy, the patient gets his")
        slip, card = new_patient(box)
        deliver(box, one_case(card, generate.sante_documents, "document-M-patient.HPR"))
        until(lambda: not box.waits("lis"))
        ok(not Patient(box, slip).open_all(), "R30 of a doctor's alone, nothing", box.bundles(card))
        deliver(box, one_case(card, generate.sante_documents, "document-M-any.HPR"))
        until(lambda: not box.waits("any"))
        opened = Patient(box, slip).open_all()
        ok(len(opened) == 1 and pdf_of(opened[0][1]) == generate.make_pdf("exemplar M"),
           "R36 hprim_exemplar = any: that one")


def test_file_beside():
    with Laboratory() as box:
        for order in ("before", "after"):
            slip, card = new_patient(box)
            case = one_case(card, generate.sante_documents, "fic.HPR")
            pieces, case.pieces = case.pieces, {}
            name, data = next(iter(pieces.items()))
            if order == "before":
                box.put("lis", name, data)
                time.sleep(0.3)
            deliver(box, case)
            if order == "after":
                time.sleep(0.5)
                ok(not box.bundles(card), "R36 a file waits for the one that it names")
                box.put("lis", name, data)
            ok(until(lambda: not box.waits("lis")), f"R36 10.6 names a file that came {order}",
               box.waits("lis"))
            opened = Patient(box, slip).open_all()
            ok(len(opened) == 1 and pdf_of(opened[0][1]) == data,
               f"R36 it is in the report, bit for bit ({order})")
            for file in glob.glob(os.path.join(box.lis, "*", "*")):
                os.remove(file)
        _, card = new_patient(box)
        case = one_case(card, generate.sante_documents, "fic.HPR")
        case.pieces = {}
        deliver(box, case)
        ok(until(lambda: box.why("lis", "fic.HPR"), 20) and "FIC00001.PDF" in
           box.why("lis", "fic.HPR"), "R36 a named file that never comes: told which",
           box.waits("lis"))


# --- a report's life ------------------------------------------------------------------

def test_life():
    with Laboratory() as box:
        slip, card = new_patient(box)
        steps = [c for c in generate.sante_statuses(card) if c.name.startswith("life-")]
        browser = Patient(box, slip)
        values = []
        for case in steps:
            deliver(box, case)
            until(lambda: not box.waits("lis"))
            opened = browser.open_all()
            found = [o["valueQuantity"]["value"] for _, b in opened for o in observations(b)
                     if "valueQuantity" in o]
            values.append(found)
        ok(values[0] == [], "R31 10.12 P: nothing yet", values)
        ok(values[1] == [5.11], "R31 then F: the result", values)
        ok(values[2] == [5.12], "R31 then C: the corrected one, and only that", values)
        ok(values[3] == [], "R32 then D: withdrawn", values)
        deliver(box, steps[1])
        until(lambda: not box.waits("lis"))
        ok(not [1 for _, b in browser.open_all() for o in observations(b) if "valueQuantity" in o],
           "R31 the older file again, by its 7.14, changes nothing")


def test_name_used_again():
    with Laboratory() as box:
        slip, card = new_patient(box)
        for number in (1, 2):
            file = generate.Sante(name="LABO0001.HPR", when=f"20261121073{number}")
            file.patient(card=card)
            file.request(filler=f"NUM{number}")
            file.result(number)
            file.last()
            box.put("lis", "LABO0001.HPR", file.write())
            until(lambda: not box.waits("lis"))
        ok(len(Patient(box, slip).open_all()) == 2,
           "R36 a file's name again with new content: both are there", box.bundles(card))


def test_letter():
    with Laboratory() as box:
        slip, card = new_patient(box)
        first = generate.medecin([generate.letter(generate.head(number=card) + ["Un"])])
        second = generate.medecin([generate.letter(generate.head(number=card) + ["Deux"],
                                                   [generate.RES["glycemie"]])])
        for data in (first, second):
            box.put("lis", "letter.HPM", data)
            until(lambda: not box.waits("lis"))
        opened = Patient(box, slip).open_all()
        ok(len(opened) == 1, "R38 the file number again replaces the letter", box.bundles(card))
        texts = [o.get("valueString") for o in observations(opened[0][1])]
        values = [o["valueQuantity"]["value"] for o in observations(opened[0][1])
                  if "valueQuantity" in o]
        ok("Deux" in texts and "Un" not in texts and values == [0.91, 5.05],
           "R38 with its text and both units of its result", (texts, values))


def test_check():
    with Laboratory() as box:
        _, card = new_patient(box)
        path = box.path("check.HPR")
        file = generate.simple(card)
        file.last()
        with open(path, "wb") as out:
            out.write(file.write())
        text = box.guichet("intake", "check", "--source", "lis", path, check=False)
        ok("HPRIM" in text and "AA" in text and "MARTIN" not in text and not box.bundles(card),
           "guichet intake check reads HPRIM, and stores nothing", text)


def test_samples():
    found = [f for f in glob.glob(os.path.join(SAMPLES, "**", "*"), recursive=True)
             if f.lower().endswith((".hpr", ".hpm"))]
    if not found:
        skip("R35 public HPRIM samples", "there is none in ../shared/samples")
        return
    with Laboratory() as box:
        for path in found:
            with open(path, "rb") as file:
                box.put("lis", os.path.basename(path), file.read())
        ok(until(lambda: not box.waits("lis"), 60), f"R35 {len(found)} public samples are read")


main(test_every_file, test_all_forms_are_one_report, test_charsets_of_a_pc, test_copies,
     test_file_beside, test_life, test_name_used_again, test_letter, test_check, test_samples)
