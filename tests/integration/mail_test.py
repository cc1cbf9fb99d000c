"""Notices by mail: a real courier, a real OpenSMTPD, and servers that fail."""
import email.utils
import atexit
import os
import re
import shutil
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from certs import Authority                                     # noqa: E402
from notices import (CALL_BACK, CODE, DAY_CODE, MAIL, Courier,  # noqa: E402
                     new_reference)
from smtp_script import SmtpScript, StripStarttls               # noqa: E402
from smtpd import SECRET, USER, Smtpd, missing                  # noqa: E402
from tap import main, ok, skip                                  # noqa: E402

FOLDER = tempfile.mkdtemp(prefix="guichet-mail-")
atexit.register(shutil.rmtree, FOLDER, True)
os.chmod(FOLDER, 0o755)
CA = Authority(FOLDER, "ca")
FROM = "avis@labo.example"

FRENCH = """Bonjour,

Un document vous attend. Prenez le ticket remis au laboratoire.

Ce message n'a ni lien ni code. Nous ne demandons jamais de paiement, \
de mot de passe ni le code de votre ticket par message.

Laboratoire de l'Étang
Téléphone : 01 23 45 67 89
"""


def settings(port, **more):
    return {"tls__trust": CA.cert, "mail__server": f"localhost:{port}",
            "mail__user": USER, "mail__from": FROM, **more}


def courier(port, secret=SECRET, **more):
    return Courier(settings(port, **more), mail_secret=secret.encode())


# --- the real server -------------------------------------------------------------

def headers_of(mail):
    return {k.lower(): str(v) for k, v in mail.items()}


def check_mail(server):
    reference = new_reference()
    before = time.time()
    with courier(server.tls) as c:
        result = c.notice(MAIL, "patient@labo.example", reference=reference)
        ok(result == ("done", 0, ""), "a mail is taken over implicit TLS", (result, c.log()))
        ok(c.log() == "", "nothing is logged about it", c.log())
    mail = server.mails("patient")[0]
    ok(not mail.defects and not any(p.defects for p in mail.walk()),
       "the mail has no defects", mail.defects)
    ok(mail.get_content() == FRENCH, "it says what it should", mail.get_content())
    ok(mail["subject"] == "Un message de votre laboratoire" and
       str(mail["from"]) == "Laboratoire de l'Étang <avis@labo.example>" and
       mail["to"] == "patient@labo.example", "from whom, to whom, what about",
       mail.as_string())
    ok(mail["message-id"] == f"<{reference}@labo.example>", "Message-ID is the reference")
    at = email.utils.parsedate_to_datetime(mail["date"]).timestamp()
    ok(abs(at - before) < 10, "Date is now")
    ours = list(headers_of(mail))[list(headers_of(mail)).index("date"):]
    ok(ours == ["date", "from", "to", "subject", "message-id", "auto-submitted",
                "mime-version", "content-type", "content-transfer-encoding"],
       "no other header", ours)
    ok(mail["auto-submitted"] == "auto-generated", "no answer of a machine is wanted")
    raw = server.raw("patient")[0].lower()
    ok(b"guichet" not in raw and not any(k.startswith("x-") for k in headers_of(mail)),
       "nothing names the program that sent it", raw)
    ok(b"from labo.example (localhost" in raw and b"esmtpsa" in raw,
       "EHLO says the domain of mail.from; TLS and a log-in were used")


def check_neutral(server):
    """All mails of a kind are the same bytes."""
    with courier(server.starttls, mail__security="starttls") as c:
        for box in ("patiente", "patiente"):
            ok(c.notice(MAIL, f"{box}@labo.example") == ("done", 0, ""),
               "a mail is taken after STARTTLS", c.log())
        ok(c.notice(MAIL, "patiente@labo.example", notice=CALL_BACK, lang="en") ==
           ("done", 0, ""), "another text", c.log())
    raws = server.raw("patiente", 3)

    def same(raw):
        raw = raw[raw.index(b"\nDate: ") + 1:]
        return re.sub(rb"(?m)^(Date|Message-ID): .*$", rb"\1", raw.replace(b"\r", b""))
    ok(len(raws) == 3 and same(raws[0]) == same(raws[1]),
       "the same bytes for everybody but Date and Message-ID")
    for raw in raws:
        text = same(raw).decode()
        body = text[text.index("\n\n"):]
        ok(not re.search(r"https?:|www\.|://", body) and "@" not in body and
           not re.search(r"\d{4}-\d\d-\d\d|\d\d/\d\d", body) and
           "urgen" not in body.lower() and "résultat" not in body.lower(),
           "no link, no address, no date, no urgency", body)


def check_refusals(server):
    with courier(server.tls) as c:
        result = c.notice(MAIL, "patient@nobody.example")
        ok(result[0] == "refused" and "(550" in result[2],
           "550 at RCPT: this address is refused", result)
        result = c.notice(MAIL, "nobody@labo.example")
        ok(result[0] == "refused", "so is one that has no box", result)
        ok(c.notice(MAIL, "patient@labo.example")[0] == "done", "others go on")
        ok("nobody" not in c.log(), "no address in the log", c.log())
    with courier(server.tls, secret="wrong") as c:
        result = c.notice(MAIL, "patient@labo.example")
        ok(result[0] == "down" and "refuses our user or password (535" in result[2],
           "a wrong password is the channel's failure", result)
        ok("wrong" not in c.log() and "patient" not in c.log(), "neither is logged", c.log())
    with courier(server.tls, secret="") as c:
        result = c.notice(MAIL, "patient@labo.example")
        ok(result[0] == "down" and "guichet credential set mail" in result[2],
           "without a password nothing is tried", result)


def check_stripped(server):
    with StripStarttls(server.starttls) as between:
        with courier(between.port, mail__security="starttls") as c:
            result = c.notice(MAIL, "patient@labo.example")
            ok(result == ("down", 0, "offers no STARTTLS"),
               "STARTTLS taken away on the way: nothing is sent", result)
        ok(b"AUTH" not in between.seen and b"MAIL" not in between.seen and
           b"patient" not in between.seen, "no password and no address in clear",
           between.seen)


def test_opensmtpd():
    reason = missing()
    if reason:
        skip("OpenSMTPD", reason)
        return
    with Smtpd(CA) as server:
        check_mail(server)
        check_neutral(server)
        check_refusals(server)
        check_stripped(server)


# --- servers that answer as told ----------------------------------------------------

def one(answers=None, seconds=20, address="p@maison.example", more=None, **server):
    """(result, server) of one notice to such a server."""
    notice = {k: more.pop(k) for k in ("notice", "day_code") if more and k in more}
    with SmtpScript(CA, answers, **server) as s:
        with courier(s.port, **(more or {})) as c:
            result = c.notice(MAIL, address, seconds=seconds, **notice)
            ok(c.is_alive() and address not in c.log() and SECRET not in c.log(),
               "alive, and neither address nor password in the log", c.log())
            return result, s


VERDICTS = [
    ("greylisting", {"RCPT": "450 4.2.0 <p@maison.example> later"}, "retry",
     "asked again for this address (450, 4.2.0)"),
    ("a mailbox that is full", {"RCPT": "552 5.2.2 full"}, "refused", "(552, 5.2.2)"),
    ("a server without room", {"RCPT": "452 4.3.1 full"}, "down", "has no room"),
    ("421", {"RCPT": "421 4.3.2 bye"}, "down", "closes the connection (421"),
    ("a greeting that is none", {"GREETING": "554 no service"}, "down",
     "does not serve us (554)"),
    ("another protocol", {"GREETING": "SSH-2.0-OpenSSH"}, "down", "does not speak SMTP"),
    ("an endless line", {"GREETING": b"220-" + b"x" * 100000}, "down",
     "does not speak SMTP"),
    ("mail.from refused", {"MAIL": "550 5.1.8 not you"}, "down", "refuses mail.from"),
    ("mail.from later", {"MAIL": "451 4.3.0 later"}, "down", "takes no mail now"),
    ("a temporary log-in failure", {"AUTH": "454 4.7.0 later"}, "down",
     "cannot check our password now"),
    ("policy against us", {"RCPT": "550 5.7.1 blocked"}, "down", "refuses our mails"),
    ("5xx at DATA", {"DATA": "554 no valid recipients"}, "refused", "(554)"),
    ("5xx after the dot", {"DOT": "554 5.6.0 no"}, "refused", "(554, 5.6.0)"),
    ("4xx after the dot", {"DOT": "451 4.0.0 no"}, "retry", "(451, 4.0.0)"),
    ("a connection lost after the dot", {"DOT": None}, "retry",
     "was lost before it took the mail"),
    ("a connection lost before", {"DATA": None}, "down", "ended without close_notify"),
    ("answers before they are asked for", {"MAIL": b"250 ok\r\n250 ok\r\n"}, "down",
     "sends bytes out of turn"),
]


def test_verdicts():
    for claim, answers, outcome, words in VERDICTS:
        result, _ = one(answers)
        ok(result[0] == outcome and words in result[2],
           f"{claim}: {outcome}", result)


def test_reply_that_quotes():
    result, _ = one({"RCPT": "550 5.1.1 <p@maison.example> Martin unknown"})
    ok(result == ("refused", 0, "refuses the address (550, 5.1.1)"),
       "a server's words stay outside", result)


def test_auth():
    result, s = one({"AUTH": "334 ", "AUTH2": "235 ok"})
    auth = [c for c in s.commands if c.startswith("AUTH")]
    ok(result[0] == "done" and len(auth) == 2 and
       auth[0].split()[2] == auth[1].split()[1],
       "a server that passes over the initial response gets it again", s.commands)
    result, s = one({"AUTH": "334 ", "AUTH2": "334 "})
    ok(result[0] == "down", "but only once", result)
    result, s = one(ehlo=["250-mx", "250 AUTH LOGIN CRAM-MD5"])
    ok(result == ("down", 0, "offers no AUTH PLAIN") and
       not any(c.startswith("AUTH") for c in s.commands),
       "no other way to log in is tried", s.commands)
    result, s = one(ehlo=["250-mx", "250 SIZE"], more={"mail__user": ""})
    ok(result[0] == "done" and not any(c.startswith("AUTH") for c in s.commands),
       "without mail.user there is no log-in", s.commands)


def test_envelope():
    reference = new_reference()
    with SmtpScript(CA) as s, courier(s.port) as c:
        c.notice(MAIL, "p+labo@maison.example", reference=reference)
    ok(s.commands[0] == "EHLO labo.example" and
       f"MAIL FROM:<{FROM}> RET=HDRS ENVID={reference}@labo.example" in s.commands and
       "RCPT TO:<p+labo@maison.example> NOTIFY=FAILURE "
       "ORCPT=rfc822;p+2Blabo@maison.example" in s.commands and
       s.commands[-1] == "QUIT", "an envelope that asks for bounces", s.commands)
    _, s = one(ehlo=["250-mx", "250 AUTH PLAIN"])
    ok("MAIL FROM:<avis@labo.example>" in s.commands and
       "RCPT TO:<p@maison.example>" in s.commands, "without DSN a plain one", s.commands)


def test_again():
    """Lost after the dot: the second attempt is the same mail."""
    reference = new_reference()
    with SmtpScript(CA, {"DOT": [None, "250 ok"]}) as s, courier(s.port) as c:
        first = c.notice(MAIL, "p@maison.example", reference=reference)
        second = c.notice(MAIL, "p@maison.example", reference=reference)
        ok((first[0], second[0]) == ("retry", "done"), "again, and taken", (first, second))

    def without_date(m):
        return re.sub(rb"(?m)^Date: .*$", b"", m)
    ok(len(s.messages) == 2 and
       without_date(s.messages[0]) == without_date(s.messages[1]) and
       reference.encode() in s.messages[1], "under the same Message-ID")


def test_day_code():
    for more in ({"notice": DAY_CODE, "day_code": CODE}, {"day_code": CODE}):
        result, s = one(more=dict(more))
        ok(result[0] == "refused" and s.connections == 0,
           "a day code never goes by mail: no connection even", (result, s.commands))


def test_starttls_injection():
    """Words in clear behind the answer to STARTTLS."""
    result, s = one({"STARTTLS": b"220 go\r\n250-mx\r\n250 AUTH PLAIN\r\n"},
                    starttls=True, more={"mail__security": "starttls"})
    ok(result == ("down", 0, "sends bytes out of turn") and
       not any(c.startswith("AUTH") for c in s.commands),
       "what is put behind STARTTLS in clear ends the session", (result, s.commands))
    result, s = one(starttls=True, more={"mail__security": "starttls"})
    ok(result[0] == "done" and s.commands[:3] ==
       ["EHLO labo.example", "STARTTLS", "EHLO labo.example"],
       "EHLO again inside TLS", s.commands)
    result, s = one({"STARTTLS": "454 4.7.0 not now"}, starttls=True,
                    more={"mail__security": "starttls"})
    ok(result == ("down", 0, "refuses STARTTLS (454, 4.7.0)"), "454", result)


def test_certificates():
    other = Authority(FOLDER, "other")
    with SmtpScript(other) as s, courier(s.port) as c:
        result = c.notice(MAIL, "p@maison.example")
        ok(result[0] == "down" and not s.commands,
           "nobody's certificate: nothing is said", result)
    with courier(1) as c:
        result = c.notice(MAIL, "p@maison.example")
        ok(result[0] == "down" and "connect" in result[2], "nobody there", result)


def test_many():
    with SmtpScript(CA) as s, courier(s.port) as c:
        rows = [c.add(MAIL, f"p{i}@maison.example") for i in range(40)]
        results = [c.vault.result(r) for r in rows]
        ok(all(r == ("done", 0, "") for r in results), "forty in a row", results[:3])
        ok(len(s.messages) == 40, "each once", len(s.messages))


def test_vault_lost():
    with SmtpScript(CA, {"RCPT": ["250 ok"]}) as s, courier(s.port) as c:
        s.answers["MAIL"] = b""                 # it hangs here
        c.add(MAIL, "p@maison.example")
        time.sleep(1)
        c.lose_vault()
        time.sleep(0.3)
        s.answers["MAIL"] = "250 ok"
        c.connect_vault()
        deadline = time.monotonic() + 10
        while not s.messages and time.monotonic() < deadline:
            time.sleep(0.05)
        ok(len(s.messages) == 1 and c.is_alive(),
           "a vault that restarts hands the row out again", s.commands)


def test_configuration():
    for claim, change in (("mail.from is missing", {"mail__from": ""}),):
        try:
            with courier(1, **change):
                ok(False, claim)
        except RuntimeError as e:
            ok("mail.from" in str(e), claim, e)


main(test_opensmtpd, test_verdicts, test_reply_that_quotes, test_auth, test_envelope,
     test_again, test_day_code, test_starttls_injection, test_certificates, test_many,
     test_vault_lost, test_configuration)
