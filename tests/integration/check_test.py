#!/usr/bin/python3
"""`guichet intake check` and `guichet intake tail` on a running appliance:
what a technician sees who integrates a LIS."""
import glob
import json
import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "demo")]

import report                                              # noqa: E402
from appliance import BIN, Appliance                       # noqa: E402
from mllp import frame, send                               # noqa: E402
from tap import main, ok                                   # noqa: E402

BOX = Appliance()
NAMES = ("PAT-TROIS", "Dominique", "1979")
serial = 0


def message(slip=None, **words):
    global serial
    serial += 1
    words.setdefault("control_id", f"C{serial}")
    words.setdefault("order", f"CHECK-{serial}")
    card = slip["card"].replace("-", "") if slip else ""
    return report.make_message(card=card, **words)


def write(name, data):
    path = BOX.path(name)
    with open(path, "wb") as f:
        f.write(data)
    return path


def guichet(*arguments, lang="en"):
    return subprocess.run([os.path.join(BIN, "guichet"), "--socket", BOX.socket_path, "intake",
                           *arguments], capture_output=True, text=True, timeout=60, check=False,
                          env=dict(os.environ, LC_ALL=f"{lang}.UTF-8"))


def check(*paths, options=(), lang="en"):
    return guichet("check", *options, *paths, lang=lang)


def lines_of(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


def bundles():
    return len(BOX.bundles())


def test_good_message():
    slip = BOX.card()
    path = write("good.hl7", message(slip, pdf=report.make_pdf()))
    before = bundles()
    done = check(path)
    ok(done.returncode == 0, "a good message: exit code 0", done.stdout + done.stderr)
    for words in ("good.hl7", "HL7 v2", "[default]", "answer: AA", "MSA|AA|", slip["card"],
                  "its number is in the message", "a new bundle", "718-7", "deliver", "PDF, "):
        ok(words in done.stdout, f"says {words!r}", done.stdout)
    ok(not any(n in done.stdout for n in NAMES), "but neither name nor birth date", done.stdout)
    ok("11.2" not in done.stdout, "nor a value")
    ok(bundles() == before, "nothing is stored")


def test_terminal():
    """A hostile label, a hostile MSH-3: root's terminal obeys neither."""
    data = message(BOX.card()).replace("Glycémie".encode(), b"Gly\xc2\x9b2Jmie")
    done = check(write("esc.hl7", data.replace(b"|SIL|", b"|S\xc2\x9b31mL|")))
    ok("2Jmie" in done.stdout and "31mL" in done.stdout and "\x9b" not in done.stdout
       and "\x1b" not in done.stdout, "check prints no control character of a message", done.stdout)


def test_french():
    path = write("fr.hl7", message(BOX.card()))
    done = check(path, lang="fr_FR")
    ok("réponse : AA" in done.stdout and "un nouveau dossier" in done.stdout, "in French", done.stdout)


def test_json():
    slip = BOX.card()
    path = write("json.hl7", message(slip))
    first, second = lines_of(check(path, options=["--json"]))
    ok(first["type"] == "message" and first["answer"].startswith("AA")
       and first["raw"].startswith("MSH|"), "JSON: a line for the message", first)
    ok(second["type"] == "report" and second["card"] == slip["card"]
       and not second["known"] and second["patientMatches"], "and one for its report", second)
    ok({o["release"] for o in second["observations"]} == {"deliver"}
       and len(second["observations"]) == 7, "with each observation", second)
    french = lines_of(check(path, options=["--json"], lang="fr_FR"))[1]
    ok(french["observations"] == second["observations"] and french["would"] == second["would"],
       "its words are the same in every locale", french)


def test_sequence():
    slip = BOX.card()
    data = message(slip, order="SEQ-1")
    send(BOX.mllp_port, data)
    path = write("again.hl7", data)
    done = check(path)
    ok("stored already" in done.stdout, "the same report again: nothing", done.stdout)
    newer = message(slip, order="SEQ-1").replace(b"|11.2|", b"|12.9|").replace(b"|97|", b"|98|")
    done = check(write("newer.hl7", newer))
    ok("a new version" in done.stdout or "a new bundle" in done.stdout,
       "other values: a new version", done.stdout)
    other = message(slip, order="SEQ-1").replace(b"PAT-TROIS", b"PAT-QUATRE")
    done = check(write("other.hl7", other))
    ok(done.returncode == 1 and "quarantine" in done.stdout,
       "another patient: quarantine, exit code 1", done.stdout)


def test_withheld():
    data = message(BOX.card()).replace(b"|F|||", b"|P|||")
    done = check(write("p.hl7", data))
    ok("withhold" in done.stdout and "OBX-11 P" in done.stdout, "P: withheld, and why", done.stdout)


def test_refused():
    bad = message().replace(b"ORU^R01", b"ADT^A01")
    done = check(write("adt.hl7", bad))
    ok(done.returncode == 1 and "AR 200 MSH-9" in done.stdout, "refused: says where", done.stdout)
    done = check(write("noise.bin", os.urandom(5000)))
    ok(done.returncode == 1 and "no format" in done.stderr, "noise: no format", done.stderr)
    done = check(write("cut.hl7", b"MSH|^~\\&|\r"))
    ok(done.returncode == 1 and "answer: AR 101 MSH-10" in done.stdout, "an MSH and nothing else",
       done.stdout)
    done = check(write("empty.hl7", b""))
    ok(done.returncode == 1, "an empty file is nothing good", done.stdout)


def test_files():
    paths = [write(f"m{i}.hl7", message(BOX.card())) for i in range(5)]
    done = check(*paths)
    ok(done.stdout.count("answer: AA") == 5, "five files, five answers", done.stdout)
    two = frame(message()) + frame(message())
    done = check(write("two.mllp", two))
    ok(done.stdout.count("answer: AA") == 2, "a capture with MLLP blocks: both", done.stdout)
    done = check(BOX.path("missing.hl7"))
    ok(done.returncode == 66 and "missing.hl7" in done.stderr, "a file that is not there: 66",
       done.stderr)
    done = check(paths[0], options=["--source", "nobody"])
    ok(done.returncode == 1 and "[source nobody]" in done.stderr, "a source that is not there",
       done.stderr)
    done = guichet("check")
    ok(done.returncode == 64 and "Usage" in done.stderr, "no file: usage")
    done = check(*(paths * 4))
    ok(done.returncode == 1 and "16" in done.stderr, "at most 16 files", done.stderr)


def test_big():
    pdf = report.make_pdf(padding=12_000_000)
    done = check(write("big.hl7", message(BOX.card(), pdf=pdf)))
    ok(done.returncode == 0 and f"PDF, {len(pdf)} bytes" in done.stdout, "16 MB are looked at",
       done.stdout[-500:])
    ok(all(p["restarts"] == 0 for p in BOX.status()["processes"]), "no process died")


def tail_process(*options):
    return subprocess.Popen([os.path.join(BIN, "guichet"), "--socket", BOX.socket_path, "intake",
                             "tail", *options], stdout=subprocess.PIPE, text=True,
                            env=dict(os.environ, LC_ALL="C"))


def test_tail():
    send(BOX.mllp_port, message().replace(b"ORU^R01", b"ADT^A01"))
    time.sleep(0.5)
    done = guichet("tail", "--once")
    ok("refused: AR 200 MSH-9" in done.stdout and "[default] HL7 v2" in done.stdout,
       "tail shows the last refusals", done.stdout)
    ok("connections" in done.stdout and "accepted" in done.stdout, "and counters", done.stdout)
    ok(not any(n in done.stdout for n in NAMES), "without patient data")
    follower = tail_process("--json")
    try:
        send(BOX.mllp_port, message().replace(b"|P|2.", b"|T|2."))
        seen = []
        end = time.monotonic() + 10
        while time.monotonic() < end:
            seen.append(json.loads(follower.stdout.readline()))
            refused = any("AR 202 MSH-11" in s.get("answer", "") for s in seen)
            counted = any(s["type"] == "counters" for s in seen)
            if refused and counted:
                break
        ok(refused, "followed: a refusal as it happens", seen)
        ok(counted, "JSON counters", seen)
    finally:
        follower.kill()
        follower.wait()
    ok(guichet("tail", "--once").returncode == 0, "a reader that left harms nothing")


def test_log():
    log = BOX.log()
    ok(not any(n in log for n in NAMES), "no name in the log")
    ok(not glob.glob(BOX.path("run", "*.hl7")), "no file is left anywhere")


if __name__ == "__main__":
    with BOX:
        main(test_good_message, test_terminal, test_french, test_json, test_sequence, test_withheld,
             test_refused, test_files, test_big, test_tail, test_log)
