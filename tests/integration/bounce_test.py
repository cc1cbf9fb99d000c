"""Mails that come back: OpenSMTPD bounces one into a Maildir, Dovecot shows it
over POP3S, the courier tells the vault and leaves all other mails alone."""
import atexit
import os
import shutil
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import dovecot                                                  # noqa: E402
from certs import Authority                                     # noqa: E402
from notices import MAIL, Courier, new_reference                # noqa: E402
from smtp_script import SmtpScript                              # noqa: E402
from smtpd import BOXES, SECRET, USER, Smtpd, missing           # noqa: E402
from tap import main, ok, skip                                  # noqa: E402

FOLDER = tempfile.mkdtemp(prefix="guichet-bounce-")
atexit.register(shutil.rmtree, FOLDER, True)
os.chmod(FOLDER, 0o755)
CA = Authority(FOLDER, "ca")
OURS, DELAYED, FORWARDED, ELSEWHERE = (new_reference() for _ in range(4))

REPORT = """Return-Path: <>
From: MAILER-DAEMON@mx.example
To: avis@labo.example
Subject: {subject}
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Sorry.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Original-Envelope-Id: {envelope}

Final-Recipient: rfc822; p@maison.example
Action: {action}
Status: {status}

--b--
"""

MAILS = {
    # name: (text, stays)
    "delayed": (REPORT.format(subject="Delayed", envelope=f"{DELAYED}@labo.example",
                              action="delayed", status="4.4.1"), False),
    "elsewhere": (REPORT.format(subject="Failed", action="failed", status="5.1.1",
                                envelope=f"{ELSEWHERE}@autre.example"), True),
    "human": ("From: p@maison.example\nTo: avis@labo.example\nSubject: Martin\n\n"
              "Bonjour\n.\n..\nMerci\n", True),
    "forwarded": ("From: p@maison.example\nTo: avis@labo.example\nSubject: Fwd\n\n"
                  f"Message-ID: <{FORWARDED}@labo.example>\n", True),
    "long": ("From: p@maison.example\n\n" + "x" * 200000 + "\n" * 50000, True),
}


def boxed(server):
    """{name: text} of the mails in the box now."""
    found = {}
    for folder in ("new", "cur"):
        path = server.path("mail", "avis", folder)
        for name in os.listdir(path) if os.path.isdir(path) else []:
            with open(os.path.join(path, name), encoding="utf-8") as f:
                found[name.split(".")[0].split(":")[0]] = f.read()
    return found


def fill(server):
    for folder in ("", "new", "cur", "tmp"):
        path = server.path("mail", "avis", folder)
        os.makedirs(path, exist_ok=True)
        os.chown(path, BOXES, BOXES)
    for name, (text, _) in MAILS.items():
        path = server.path("mail", "avis", "new", name)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        os.chown(path, BOXES, BOXES)


def settings(server, box):
    return {"tls__trust": CA.cert, "mail__server": f"localhost:{server.tls}",
            "mail__user": USER, "mail__from": "avis@labo.example",
            "mail__bounces": f"localhost:{box.port}"}


def check_bounce(server, box):
    with Courier(settings(server, box), mail_secret=SECRET.encode()) as c:
        result = c.notice(MAIL, "x@away.example", reference=OURS)
        ok(result == ("done", 0, ""), "our server takes the mail", (result, c.log()))
        ok(any(OURS in text for text in wait_for(server, 6)), "and bounces it later",
           server.log())
        rows = c.bounced(1, seconds=30)
        ok(rows == [(OURS, "came back (5.0.0)")], "the vault hears of it once", rows)
        deadline = time.monotonic() + 10
        while len(boxed(server)) > 4 and time.monotonic() < deadline:
            time.sleep(0.1)
        left = boxed(server)
        ok(set(left) == {n for n, (_, stays) in MAILS.items() if stays},
           "our reports are taken out, others' mails stay", list(left))
        ok(all(left[n] == MAILS[n][0] for n in left if n in MAILS), "as they were")
        ok("Martin" not in c.log() and "away" not in c.log(), "nothing of them is logged",
           c.log())
        ok(c.is_alive() and c.bounced(2, seconds=1) == rows, "nothing else is told")


def wait_for(server, count):
    deadline = time.monotonic() + 4
    while len(boxed(server)) < count and time.monotonic() < deadline:
        time.sleep(0.05)
    return boxed(server).values()


def check_wrong_password(server, box):
    with Courier(settings(server, box), mail_secret=b"wrong") as c:
        deadline = time.monotonic() + 20
        while "bounces" not in c.log() and time.monotonic() < deadline:
            time.sleep(0.1)
        ok("mail.bounces: refuses our user or password" in c.log() and
           "wrong" not in c.log() and c.is_alive(), "a wrong password is said once",
           c.log())


def test_bounces():
    reason = missing() or dovecot.missing()
    if reason:
        skip("bounces", reason)
        return
    refuses = {"RCPT": "550 5.1.1 <x@away.example> no such user"}
    with Smtpd(CA) as server, \
            SmtpScript(None, refuses, ehlo_clear=["250-mx", "250 SIZE"], port=server.away), \
            dovecot.Dovecot(CA, server.path("mail"), SECRET) as box:
        fill(server)
        check_bounce(server, box)
        check_wrong_password(server, box)


main(test_bounces)
