#!/usr/bin/python3
"""The guichet command against the real appliance: cards, lists, withdrawal,
status, audit, and what it says when something is wrong."""
import json
import os
import re
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "demo")]

import report                                              # noqa: E402
from appliance import BIN, Appliance                       # noqa: E402
from mllp import send                                      # noqa: E402
from tap import main, ok                                   # noqa: E402

BOX = Appliance(lab_card=False)


def run(*arguments, lang="en", socket=None):
    done = subprocess.run([os.path.join(BIN, "guichet"), "--socket",
                           socket or BOX.socket_path, *arguments],
                          capture_output=True, check=False, timeout=60,
                          env=dict(os.environ, LC_ALL=f"{lang}.UTF-8"))
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def test_before_the_lab_card():
    code, out, _ = run("status")
    ok(code == 0 and "NO LAB CARD" in out and "card new --lab" in out,
       "status says that the lab card is missing and how to make it", out)
    code, out, _ = run("card", "list")
    ok(code == 0 and "No card yet" in out, "an empty list says what to do", out)


def test_cards():
    lab = BOX.card("--lab")
    ok(re.fullmatch(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{3}", lab["card"]), "a lab card")
    code, _, err = run("card", "new", "--lab")
    ok(code == 1 and "already" in err, "there is only one lab card", err)
    slip = BOX.card("--order", "A-17")
    plain = slip["card"].replace("-", ""), slip["code"].replace("-", "")
    ok(slip["url"] == f"{BOX.origin}/#1.{plain[0]}.{plain[1]}", "the slip's address", slip["url"])
    ok(len(plain[1]) == 16 and slip["expires"] > time.time(), "code and end of life")
    code, out, _ = run("card", "new", lang="fr")
    ok(code == 0 and "VOTRE TICKET DE RETRAIT" in out and "\u2588" in out and "papier" in out,
       "the slip in French with a QR", out)
    rows = [json.loads(line) for line in BOX.guichet("card", "list", "--json").splitlines()]
    ok(len(rows) == 3 and sum(r["lab"] for r in rows) == 1 and
       any(r["order"] == "A-17" for r in rows), "three cards are listed", rows)


def test_paging():
    for _ in range(3):
        BOX.card()
    codes = [r["card"] for r in
             map(json.loads, BOX.guichet("card", "list", "--json").splitlines())]
    ok(len(codes) == len(set(codes)) == 6, "each card is listed once", codes)


def test_withdrawal():
    slip = BOX.card()
    ack = send(BOX.mllp_port, report.make_message(card=slip["card"].replace("-", "")))
    ok("MSA|AA|" in ack, "a result for the card is acknowledged", ack)
    rows = BOX.bundles(slip["card"])
    ok(len(rows) == 1 and rows[0]["status"] == "final" and rows[0]["release"] == "deliver",
       "it is listed", rows)
    code, out, err = run("bundle", "revoke", rows[0]["bundle"])
    ok(code == 0 and "withdrawn" in out, "revoked", err)
    ok(BOX.bundles(slip["card"])[0]["status"] == "withdrawn", "a tombstone stays")
    code, out, err = run("bundle", "revoke", rows[0]["bundle"])
    ok(code == 0 and "withdrawn" in out, "a second time changes nothing and is no error", err)
    code, _, err = run("bundle", "revoke", "A" * 22)
    ok(code == 1 and "no open bundle" in err, "an unknown one is named", err)


def test_freeze():
    slip = BOX.card()
    code, out, _ = run("card", "freeze", slip["card"].lower())
    ok(code == 0 and "frozen" in out, "frozen, typed in lower case", out)
    rows = [json.loads(line) for line in BOX.guichet("card", "list", "--json").splitlines()]
    ok([r["state"] for r in rows if r["card"] == slip["card"]] == ["frozen"], "listed as frozen")
    code, _, err = run("card", "freeze", "AAAA-AAAA-AAB")
    ok(code == 1 and "mistyped" in err, "a mistyped number is not looked up", err)


def test_errors():
    for arguments, words in ((("cards",), "no command"), (("card", "list", "--lab"), "unknown option"),
                             (("bundle", "revoke", "x"), "not a bundle id")):
        code, _, err = run(*arguments)
        ok(code != 0 and words in err, " ".join(arguments) + ": " + words, err)
    code, _, err = run("status", socket="/nonexistent/guichet.sock")
    ok(code == 69 and "Is guichetd running" in err, "no socket: says what to look at", err)
    code, _, err = run("status", socket="/nonexistent/guichet.sock", lang="fr")
    ok(code == 69 and "tourne-t-il" in err, "in French too", err)


def test_audit():
    lines = BOX.guichet("audit", "list").splitlines()
    records = [json.loads(line) for line in lines]
    ok([r["seq"] for r in records] == list(range(len(records))), "records are numbered without gap")
    code, out, err = run("audit", "verify")
    ok(code == 0 and "sound" in out, "the tree verifies", out + err)
    text = "\n".join(lines)
    ok("PAT-TROIS" not in text and "DOMINIQUE" not in text, "no name in any record")


def test_status():
    deadline = time.monotonic() + 10
    while BOX.status()["acked"] == 0 and time.monotonic() < deadline:
        time.sleep(0.2)     # intake tells its counters every two seconds
    status = BOX.status()
    ok(status["lab_card"] is True and status["acked"] >= 1 and status["cards"] >= 7,
       "figures", status)
    ok(all(p["restarts"] == 0 for p in status["processes"]), "nothing had to be restarted")
    code, out, _ = run("status", lang="fr")
    ok(code == 0 and "Processus" in out and "Dossiers" in out, "in French", out)


def test_vault_killed():
    os.kill(BOX.pid_of("vault"), 9)
    code, _, err = run("card", "list")
    ok(code in (0, 1) and (code == 0 or "does not answer" in err),
       "a command while the vault restarts answers or says so", err)
    BOX.wait_ready()
    code, out, _ = run("status")
    ok(code == 0 and "signal 9" in out, "status names the last death", out)


if __name__ == "__main__":
    with BOX:
        main(test_before_the_lab_card, test_cards, test_paging, test_withdrawal, test_freeze,
             test_errors, test_audit, test_status, test_vault_killed)
