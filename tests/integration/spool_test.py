#!/usr/bin/python3
"""Files that a LIS leaves in its folder: from there to the patient's browser.
Triggers, what is refused, what is left alone, restarts, a second name; and
kill -9 of any role while fifty files are on their way."""
import base64
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import uuid

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "demo")]

import report                                              # noqa: E402
from appliance import BIN, Appliance                       # noqa: E402
from intake_open import Patient, pdf_of, resource          # noqa: E402
from lis_folder import SPOOL_GROUP, Box, until              # noqa: E402
from tap import main, ok, skip                             # noqa: E402

KILLED_FILES = 50


def patient(box):
    slip = box.card()
    return slip, slip["card"].replace("-", "")


def message(card, number, **options):
    return report.make_message(card=card, control_id=f"F{number}", order=f"O{number}",
                               value=f"{number}.5", **options)


def test_from_folder_to_browser():
    with Box() as box:
        slip, card = patient(box)
        pdf = report.make_pdf(padding=3000000)
        box.drop("Müller Élodie.hl7", message(card, 1, pdf=pdf))
        ok(until(lambda: not box.left()), "R36 rename: taken at once", box.log())
        _, bundle = Patient(box, slip).open_all()[0]
        ok(pdf_of(bundle) == pdf and resource(bundle, "Observation"),
           "R36 the result and its PDF reach the browser, bit for bit")
        ok(not os.listdir(box.at("done")), "R36 stored: erased")
        box.write("slow.hl7", message(card, 2)[:200])
        time.sleep(1)
        box.write("slow.hl7", message(card, 2))
        started = time.monotonic()
        ok(until(lambda: not box.left()) and time.monotonic() - started > 1.8,
           "R36 stable size: taken when nobody has written for two seconds")
        box.write("nom.HPR.hl7", message(card, 3))
        started = time.monotonic()
        box.write("nom.HPR.ok", b"")
        ok(until(lambda: not box.left()) and time.monotonic() - started < 1.8,
           "R36 witness: taken at once, and the witness with it", box.left())
        ok(len(box.bundles(card)) == 3, "R36 three files, three bundles")
        log = box.log()
        ok("Müller" not in log and "slow" not in log and "PAT-TROIS" not in log,
           "R36 the log knows no file's name", log)
        ok(box.row("spool")["pid"] > 1 and "spool" in box.guichet("status"),
           "guichet status shows the process")


def test_refused():
    with Box(keys="folder_wait = 5s\nfolder_keep = 1h\n") as box:
        _, card = patient(box)
        good = message(card, 1)
        box.drop("nonsense.txt", b"Bonjour")
        ok(until(lambda: box.has("failed", "nonsense.txt.error.txt")),
           "R36 what is of no format goes to failed")
        text = box.text("failed", "nonsense.txt.error.txt")
        ok("aucun format" in text and "no known format" in text,
           "R36 with the reason in French and in English", text)
        box.drop("type.hl7", good.replace(b"ORU^R01^ORU_R01", b"ADT^A01^ADT_A01"))
        ok(until(lambda: box.has("failed", "type.hl7.error.txt")), "R36 a wrong type goes to failed")
        text = box.text("failed", "type.hl7.error.txt")
        ok("AR 200" in text and "pris en charge" in text, "R36 as the ACK would say it", text)
        box.drop("good.hl7", good)
        ok(until(lambda: box.has("done", "good.hl7")), "R36 folder_keep: what is stored is kept in done")
        box.drop("good.hl7", good)
        ok(until(lambda: box.has("done", "good.hl7.1")), "R36 the same file again gets a suffix there")
        ok(len(box.bundles(card)) == 1, "R36 and is the same bundle")
        box.drop("good.hl7", message(card, 2))
        ok(until(lambda: box.has("done", "good.hl7.2")) and len(box.bundles(card)) == 2,
           "R36 a file's name again with new content: a new bundle")
        batch = (b"FHS|^~\\&\rBHS|^~\\&\r" + message(card, 3)
                 + good.replace(b"ORU^R01^ORU_R01", b"ADT^A01^ADT_A01")
                 + message(card, 4) + b"BTS|3\rFTS|1\r")
        box.drop("batch.hl7", batch)
        ok(until(lambda: box.has("failed", "batch.hl7.error.txt")), "R36 a batch with one wrong message fails")
        text = box.text("failed", "batch.hl7.error.txt")
        ok("message 2 :" in text and "message 1" not in text and "(2)" in text
           and len(box.bundles(card)) == 4, "R36 the text says which; the others are stored", text)
        box.drop("alone.pdf", report.make_pdf())
        ok(until(lambda: box.has("failed", "alone.pdf.error.txt"), 20),
           "R42 a PDF that nobody names is put aside", box.left())
        ok("No file named this one" in box.text("failed", "alone.pdf.error.txt"), "R42 and told why")


def sidecar(card, number, name, pdf, **report_members):
    members = {"id": f"S{number}", "status": "final"}
    members.update(report_members)
    return json.dumps({
        "sidecar": 1, "card": card, "report": members,
        "pdf": {"file": name, "sha256": hashlib.sha256(pdf).hexdigest()},
        "patient": {"family": "PAT-TROIS", "given": "Dominique", "birthDate": "1979-03-28",
                    "sex": "female"}}).encode()


def hprim(number, *observations):
    return "\r".join([
        f"H|~^\\&|LAB{number:05}.HPR||LAB1~Labo du Port||ORU|||GUICHET||P|H2.4~C|202611210730",
        "P|1|IPP7|4711||MARTIN~ZOE~~~MME|DUPONT|19790328|F||RUE~~PARIS",
        f"OBR|1|EP{number}~RQ{number}|EL{number}~DOS{number}|GLY~Glycemie~L|||202611210700||||||||"
        "SANG&Sang&L|||||||202611210725|||F|||||||BIO~DURAND&LEO",
        *observations, "L|1", ""]).encode("ascii")


def named(name):
    return f"OBX|2|FIC|CRPFICPDF~CR||APP~{name}~PDF"


VALUE = "OBX|1|NM|GLY~Glucose~L||5.10|mmol/l|3.9-5.5|N|||F|||202611210710"


def test_files_that_belong_together():
    with Box(keys="folder_wait = 8s\n") as box:
        slip, card = patient(box)
        pdf = report.make_pdf(padding=400000)
        box.drop("a.json", sidecar(card, 1, "a.pdf", pdf))
        time.sleep(1)
        ok(box.has("a.json") and not box.bundles(card), "R42 a sidecar waits for its PDF")
        box.drop("a.pdf", pdf)
        ok(until(lambda: not box.left()) and len(box.bundles(card)) == 1,
           "R42 sidecar, then PDF: stored, both are erased", box.left())
        _, bundle = Patient(box, slip).open_all()[0]
        ok(pdf_of(bundle) == pdf, "R42 the PDF reaches the browser bit for bit")
        box.drop("b.pdf", pdf + b"b")
        time.sleep(1)
        ok(box.has("b.pdf"), "R42 a PDF waits for its sidecar")
        box.drop("b.json", sidecar(card, 2, "b.pdf", pdf + b"b"))
        ok(until(lambda: not box.left()) and len(box.bundles(card)) == 2,
           "R42 PDF, then sidecar: order of arrival is irrelevant", box.left())
        box.drop("c.json", sidecar(card, 3, "c.pdf", pdf))
        box.drop("c.pdf", b"%PDF-1.4 of somebody else")
        ok(until(lambda: box.has("failed", "c.json.error.txt")) and len(box.bundles(card)) == 2,
           "R42 a PDF of another hash: refused, nothing stored")
        box.drop("d.json", sidecar(card, 4, "d.pdf", pdf))
        ok(until(lambda: box.has("failed", "d.json.error.txt"))
           and "d.pdf" in box.text("failed", "d.json.error.txt"),
           "R42 a sidecar without its PDF is put aside, and says which is missing")
        ok(until(lambda: box.has("failed", "c.pdf")), "R42 so is the PDF that nobody names any more")
        box.drop("e.json", sidecar(card, 5, "../a.pdf", pdf))
        ok(until(lambda: box.has("failed", "e.json.error.txt")), "R42 no path in the name of the PDF")


def test_hprim_files():
    with Box(keys="folder_wait = 8s\n") as box:
        pdf = report.make_pdf()
        count = lambda: len(box.bundles())                      # noqa: E731
        box.drop("LAB00001.HPR", hprim(1, VALUE))
        ok(until(lambda: not box.left()) and count() == 1, "R36 an HPRIM file, by renaming", box.left())
        box.write("LAB00002.HPR", hprim(2, VALUE))
        box.write("LAB00002.ok", b"")
        ok(until(lambda: not box.left()) and count() == 2, "R36 an HPRIM file, by its witness", box.left())
        box.write("cr3.pdf", pdf)
        box.write("LAB00003.HPR", hprim(3, VALUE, named("CR3.PDF")))
        box.write("LAB00003.ok", b"")
        ok(until(lambda: not box.left()) and count() == 3,
           "R36 FIC: the named file comes along, one witness for both", box.left())
        box.drop("LAB00004.HPR", hprim(4, named("CR4.PDF")))
        time.sleep(1)
        box.drop("CR4.PDF", pdf)
        ok(until(lambda: not box.left()) and count() == 4, "R36 FIC: it may come later", box.left())
        os.symlink(box.path("guichet.conf"), box.at("CR5.PDF"))
        for number, name in enumerate(("CR5.PDF", "../guichet.conf", "/etc/passwd", "failed/x.pdf"), 5):
            box.drop(f"LAB0000{number}.HPR", hprim(number, named(name)))
            ok(until(lambda n=number: box.has("failed", f"LAB0000{n}.HPR.error.txt"), 20),
               f"R36 FIC {name}: refused", box.left())
        ok(count() == 4 and box.has("CR5.PDF"), "R36 FIC reaches nothing but plain files of the folder")


def fhir(card):
    patient_url, order_url = "urn:uuid:" + str(uuid.uuid4()), "urn:uuid:" + str(uuid.uuid4())
    subject = {"reference": patient_url}
    parts = {
        patient_url: {"resourceType": "Patient", "birthDate": "1979-03-28",
                      "identifier": [{"system": "urn:lab:ipp", "value": "4711"}],
                      "name": [{"use": "official", "family": "PAT-TROIS"}]},
        order_url: {"resourceType": "ServiceRequest", "status": "active", "intent": "order",
                    "subject": subject,
                    "identifier": [{"system": "urn:guichet:card", "value": card}]},
        "urn:uuid:" + str(uuid.uuid4()): {
            "resourceType": "DiagnosticReport", "status": "final", "subject": subject,
            "identifier": [{"system": "urn:lab:report", "value": "F1"}],
            "code": {"text": "CR"}, "basedOn": [{"reference": order_url}],
            "issued": "2026-11-21T07:30:00+01:00", "presentedForm": [{
                "contentType": "application/pdf",
                "data": base64.b64encode(report.make_pdf()).decode()}]},
    }
    return json.dumps({"resourceType": "Bundle", "type": "transaction", "entry": [
        {"fullUrl": url, "resource": part, "request": {"method": "POST", "url": part["resourceType"]}}
        for url, part in parts.items()]}).encode()


def test_fhir_files():
    with Box() as box:
        _, card = patient(box)
        box.drop("bundle.json", fhir(card))
        ok(until(lambda: not box.left()) and len(box.bundles(card)) == 1,
           "a FHIR Bundle is taken from a folder, too", os.listdir(box.at("failed")))
        box.drop("wrong.json", fhir(card).replace(b"DiagnosticReport", b"Basic"))
        ok(until(lambda: box.has("failed", "wrong.json.error.txt"))
           and "OperationOutcome" in box.text("failed", "wrong.json.error.txt"),
           "a wrong one gets its OperationOutcome beside it", box.left())


def test_left_alone():
    with Box() as box:
        _, card = patient(box)
        outside = box.path("outside.hl7")
        with open(outside, "wb") as file:
            file.write(message(card, 1))
        os.chmod(outside, 0o666)
        os.symlink(outside, box.at("symbolic.hl7"))
        os.link(outside, box.at("hard.hl7"))
        os.mkfifo(box.at("pipe.hl7"))
        os.mkdir(box.at("folder.hl7"))
        for name in (".hidden.hl7", "x.hl7.tmp", "x.part", "empty.hl7"):
            box.write(name, b"" if name == "empty.hl7" else message(card, 1))
        time.sleep(6)
        ok(len(box.left()) == 8 and not box.bundles(card),
           "R36 links, pipes, folders, hidden, unfinished and empty files are left alone", box.left())
        ok(os.path.exists(outside), "R36 nothing outside of the folder is touched")
        ok("3 files are left alone" in box.log(), "R36 the log counts them", box.log())
        box.drop("good.hl7", message(card, 2))
        ok(until(lambda: len(box.bundles(card)) == 1), "R36 and the next good file is taken")


def test_not_stored_twice_after_restart():
    with Box() as box:
        _, card = patient(box)
        stopped = box.pid_of("vault")
        os.kill(stopped, signal.SIGSTOP)
        first = message(card, 1)
        box.drop("a.hl7", first)
        time.sleep(1)
        ok(box.has("a.hl7"), "R36 while the vault is silent the file stays")
        os.kill(stopped, signal.SIGCONT)
        ok(until(lambda: not box.left()), "R36 and leaves when it is durable")
        box.stop()
        box.write("b.hl7", message(card, 2))
        box.write("c.hl7", first)
        box.start()
        ok(until(lambda: not box.left()), "R36 what came while nothing ran is taken after the start")
        ok(len(box.bundles(card)) == 2, "R36 and what was known is not stored again", box.bundles(card))


def kill_while(box, done, seed):
    dice = random.Random(seed)
    kills = dict.fromkeys(("spool", "intake", "vault"), 0)
    end = time.monotonic() + 30
    while time.monotonic() < end and not done():
        time.sleep(dice.uniform(0.05, 0.4))
        role = dice.choice(tuple(kills))
        try:
            pid = box.pid_of(role)
            if pid > 1:
                os.kill(pid, signal.SIGKILL)
                kills[role] += 1
        except Exception:                                   # noqa: BLE001
            continue        # the desk has nobody to ask just now
    return kills


def key_of(bundle):
    """What tells one file's report from another's: its value, or its PDF."""
    if resource(bundle, "Observation"):
        return json.dumps(bundle).split('"value": ')[1].split(",")[0]
    return hashlib.sha256(pdf_of(bundle)).hexdigest()


def test_kill_any_role():
    """Fifty files, some with a PDF in them, some sidecars with a PDF beside
    them; each must be one bundle."""
    with Box(keys="folder_wait = 10m\n") as box:
        slip, card = patient(box)
        pdf = report.make_pdf(padding=500000)

        def feed(first, last):
            for n in range(first, last):
                own = pdf + b"%%%d" % n
                if n % 5 == 1:
                    box.drop(f"{n}.pdf", own)
                    box.drop(f"{n}.json", sidecar(card, n, f"{n}.pdf", own))
                else:
                    box.drop(f"{n}.hl7", message(card, n, pdf=own if n % 5 == 0 else None))

        feed(1, 10)
        fed = [10]

        def done():
            if fed[0] <= KILLED_FILES:
                feed(fed[0], fed[0] + 2)
                fed[0] += 2
                return False
            return not box.left()

        kills = kill_while(box, done, seed=3)
        box.wait_ready()
        ok(until(lambda: not box.left(), 120), "R36 killed at random, every file leaves", box.left())
        print(f"# killed: {kills}", flush=True)
        ok(min(kills.values()) > 1, "R36 each of spool, intake and vault was killed", kills)
        ok(not os.listdir(box.at("failed")), "R36 none is refused", os.listdir(box.at("failed")))
        count = fed[0] - 1
        ok(len(box.bundles(card)) == count, f"R36 {count} files, {len(box.bundles(card))} bundles")
        found = {key_of(b) for _, b in Patient(box, slip).open_all()}
        ok(len(found) == count, "R36 none lost, none twice", len(found))
        ok(box.guichet("audit", "verify").strip() != "", "the audit log is whole")


def check(config):
    done = subprocess.run([os.path.join(BIN, "guichetd"), "-c", config, "--check"],
                          stderr=subprocess.PIPE, text=True, check=False)
    return done.returncode, done.stderr


def test_wrong_folders():
    with Box() as box:
        with open(box.path("guichet.conf"), encoding="utf-8") as conf:
            plain = conf.read().split("[source")[0]
        os.makedirs(box.path("state", "inside"), exist_ok=True)
        with open(box.path("file"), "w", encoding="ascii"):
            pass
        wrong = {
            "none": (f"[source a]\nfolder = {box.path('nowhere')}\n", "No such file"),
            "a file": (f"[source a]\nfolder = {box.path('file')}\n", "not a directory"),
            "inside state.dir": (f"[source a]\nfolder = {box.path('state', 'inside')}\n", "state.dir"),
            "around state.dir": (f"[source a]\nfolder = {box.folder}\n", "state.dir"),
            "of two sources": (f"[source a]\nfolder = {box.lis}\n[source b]\nfolder = {box.lis}\n",
                               "another source"),
        }
        for name, (section, words) in wrong.items():
            with open(box.path("wrong.conf"), "w", encoding="utf-8") as conf:
                conf.write(plain + section)
            code, errors = check(box.path("wrong.conf"))
            ok(code == 78 and "[source" in errors and "folder = " in errors and words in errors,
               f"R36 a folder that is {name} is refused with its source and path", errors)
        with open(box.path("right.conf"), "w", encoding="utf-8") as conf:
            conf.write(plain)
        ok(check(box.path("right.conf"))[0] == 0, "R36 no folder at all is right")


def test_without_permission():
    if os.geteuid() != 0:
        skip("R36 a folder that the spool may not write", "not root")
        return
    with Box() as box:
        _, card = patient(box)
        os.chmod(box.lis, 0o755)
        box.drop("a.hl7", message(card, 1))
        ok(until(lambda: "user guichet-spool may not read and write there" in box.log()),
           "R36 a folder that the spool may not write is named with what to do", box.log())
        ok(box.row("spool")["restarts"] == 0 and box.has("a.hl7"), "R36 it goes on, the file stays")
        os.chmod(box.lis, 0o2770)
        ok(until(lambda: not box.left()), "R36 and is taken once it may")
        os.rename(box.lis, box.path("gone"))
        subprocess.run(["rm", "-rf", box.path("gone")], check=True)
        ok(until(lambda: "was removed; make it again" in box.log()), "R36 a folder that was removed is named")


def fill(path):
    with open(path, "wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError:
            pass


def mounted_box(folder, size):
    """A box whose folder is a file system of `size` bytes; None: refused."""
    if os.geteuid() != 0 or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size},mode=2770,gid={SPOOL_GROUP}", "none", folder],
            stderr=subprocess.DEVNULL, check=False).returncode != 0:
        return None
    return Box(lis=folder)


def test_full_disk():
    folder = tempfile.mkdtemp(prefix="guichet-full-")
    maker = mounted_box(folder, 262144)
    try:
        if maker is None:
            skip("R36 a folder on a full disk", "nothing can be mounted here")
            return
        with maker as box:
            _, card = patient(box)
            box.write("x.tmp", message(card, 1))
            box.write("y.tmp", b"of no format")
            fill(box.at("filler.tmp"))
            os.rename(box.at("x.tmp"), box.at("x.hl7"))
            ok(until(lambda: box.left() == ["filler.tmp", "y.tmp"]) and len(box.bundles(card)) == 1,
               "R36 a full disk keeps nobody from storing and erasing", box.log())
            fill(box.at("filler2.tmp"))
            os.rename(box.at("y.tmp"), box.at("y.txt"))
            ok(until(lambda: box.has("failed", "y.txt")), "R36 nor from putting a file aside")
            ok(until(lambda: "its reason could not be written" in box.log()),
               "R36 but the log says that there was no room for the reason", box.log())
            time.sleep(3)
            ok(box.log().count("is refused") == 1 and box.status()["refused"] == 1,
               "R36 it is not brought again and again", box.log())
    finally:
        subprocess.run(["umount", "-l", folder], stderr=subprocess.DEVNULL, check=False)
        os.rmdir(folder)


def test_no_folder_no_role():
    with Appliance() as box:
        roles = [r["role"] for r in box.status()["processes"]]
        ok("spool" not in roles and "spool" not in box.log(),
           "R36 where no source has a folder there is no such process", roles)


if __name__ == "__main__":
    main(test_from_folder_to_browser, test_refused, test_files_that_belong_together,
         test_hprim_files, test_fhir_files, test_left_alone,
         test_not_stored_twice_after_restart, test_kill_any_role, test_wrong_folders,
         test_without_permission, test_full_disk, test_no_folder_no_role)
