"""A whole appliance tells patients, by real servers: OpenSMTPD, Dovecot, Kannel."""
import atexit
import contextlib
import json
import os
import shutil
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "demo")]

import dovecot                                                  # noqa: E402
import kannel                                                   # noqa: E402
import report                                                   # noqa: E402
import smtpd                                                    # noqa: E402
from appliance import Appliance                                 # noqa: E402
from certs import Authority                                     # noqa: E402
from mllp import send                                           # noqa: E402
from smtp_script import SmtpScript                              # noqa: E402
from tap import main, ok, skip                                  # noqa: E402

FOLDER = tempfile.mkdtemp(prefix="guichet-notice-")
atexit.register(shutil.rmtree, FOLDER, True)
os.chmod(FOLDER, 0o755)
CA = Authority(FOLDER, "ca")
NAME, BIRTH, VALUE = "ZWIEBELMARKT", "19470613", "7731.25"


@contextlib.contextmanager
def servers():
    refuses = {"RCPT": "550 5.1.1 no such user"}
    with smtpd.Smtpd(CA) as mail, \
            SmtpScript(None, refuses, ehlo_clear=["250-mx", "250 SIZE"], port=mail.away), \
            dovecot.Dovecot(CA, mail.path("mail"), smtpd.SECRET) as box, \
            kannel.Kannel(CA) as sms:
        yield mail, box, sms


def settings(mail, box, sms):
    return {
        "lab__name": "Laboratoire de l'Étang", "tls__trust": CA.cert,
        "notice__delay": "0s", "notice__hours": "00:00-24:00",
        "mail__server": f"localhost:{mail.starttls}", "mail__security": "starttls",
        "mail__user": smtpd.USER, "mail__from": f"avis@{smtpd.DOMAIN}",
        "mail__bounces": f"localhost:{box.port}",
        "sms__url": sms.url, "sms__method": "get", "sms__user": kannel.USER,
        "sms__from": "LABO ETANG"}


def deliver(box, card, number):
    data = report.make_message(card=card["card"], control_id=f"N-{number}", family=NAME,
                               order=f"N-{number}", birth=BIRTH, value=VALUE)
    answer = send(box.mllp_port, data)
    ok("MSA|AA|" in answer, f"result {number} is taken", answer)


def alarms(box, kind, seconds=30):
    """The rows of that kind as soon as there is one."""
    deadline = time.monotonic() + seconds
    while True:
        rows = [json.loads(line) for line in
                box.guichet("outbox", "--json").splitlines()]
        found = [r for r in rows if kind in json.dumps(r)]
        if found or time.monotonic() > deadline:
            return found or rows
        time.sleep(0.2)


def check_told(box, mail, sms):
    card = box.card("--phone", "+33612345678", "--mail", "patient@labo.example",
                    "--language", "fr")
    deliver(box, card, 1)
    mails, texts = mail.mails("patient", seconds=30), sms.texts(1, seconds=30)
    ok(len(mails) == 1 and "Un document vous attend." in mails[0].get_content(),
       "a mail tells it", box.log())
    ok(len(texts) == 1 and texts[0][1] == "+33612345678" and
       texts[0][2].startswith("LABO ETANG: un document vous attend."), "so does an SMS",
       (texts, box.log()))
    seen = b"".join(mail.raw("patient")) + sms.log().encode() + mail.log().encode()
    for word in (NAME, BIRTH, "1947-06-13", VALUE, card["card"], card["code"]):
        ok(word.encode() not in seen, "nothing of the patient is in it", word)
    return card


def check_refused(box):
    card = box.card("--mail", "nobody@nobody.example")
    deliver(box, card, 2)
    rows = alarms(box, "refused")
    ok("refused" in json.dumps(rows) and "nobody.example" not in json.dumps(rows),
       "an address that is refused is an alarm without the address", rows)


def check_bounced(box):
    card = box.card("--mail", "x@away.example")
    deliver(box, card, 3)
    # The courier looks when its password is set, and then every five minutes.
    time.sleep(3)
    box.guichet("credential", "set", "mail", input=smtpd.SECRET + "\n")
    rows = alarms(box, "bounced")
    ok("bounced" in json.dumps(rows) and "away.example" not in json.dumps(rows),
       "a mail that came back is an alarm", (rows, box.log()))


def test_appliance():
    reason = smtpd.missing() or dovecot.missing() or kannel.missing()
    if reason:
        skip("notices of an appliance", reason)
        return
    with servers() as (mail, pop3, sms), Appliance(**settings(mail, pop3, sms)) as box:
        box.guichet("credential", "set", "mail", input=smtpd.SECRET + "\n")
        box.guichet("credential", "set", "sms", input=kannel.SECRET + "\n")
        check_told(box, mail, sms)
        check_refused(box)
        check_bounced(box)
        log = box.log()
        ok(not any(w in log for w in (NAME, "patient@", "61234567", smtpd.SECRET,
                                      kannel.SECRET)), "and the log knows none of it", log)


main(test_appliance)
