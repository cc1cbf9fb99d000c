"""notices.py -- a courier alone (courier_alone.py) that sends notices.

    with courier(settings, mail_secret=b"...") as c:
        c.notice(MAIL, "p@maison.example")          # ("done", 0, "")
        c.bounced(1)                                # [(reference, error)]
"""
import base64
import os
import time

from courier_alone import MAIL, NOTICE, SMS, CourierAlone, Outbox

DOCUMENT, DAY_CODE, CALL_BACK = range(3)
CODE, CODE_PRINTED = "K7QFM2XW9D", "K7QF-M2XW-9DS"

LAB = {"lab__name": "Laboratoire de l'Étang", "lab__phone": "01 23 45 67 89"}

__all__ = ["CALL_BACK", "CODE", "CODE_PRINTED", "DAY_CODE", "DOCUMENT", "LAB",
           "MAIL", "SMS", "Courier", "new_reference"]


def new_reference():
    return base64.urlsafe_b64encode(os.urandom(16)).rstrip(b"=").decode()


class Courier(CourierAlone):
    def __init__(self, settings, mail_secret=b"", sms_secret=b"", **more):
        super().__init__(Outbox(mail_secret=mail_secret, sms_secret=sms_secret),
                         **{**LAB, **settings, **more})

    def add(self, channel, address, notice=DOCUMENT, lang="fr", day_code="",
            reference=None, **fields):
        return self.vault.add(
            channel, kind=fields.pop("kind", NOTICE), notice=notice,
            address=address.encode(), lang=lang.encode(),
            day_code=day_code.encode(),
            reference=(reference or new_reference()).encode(), **fields)

    def notice(self, channel, address, seconds=20, **fields):
        return self.vault.result(self.add(channel, address, **fields), seconds)

    def bounced(self, count, seconds=20):
        deadline = time.monotonic() + seconds
        while True:
            rows = [(v["reference"].decode(), v["error"].decode())
                    for name, v in list(self.vault.seen) if name == "MAIL_BOUNCED"]
            if len(rows) >= count or time.monotonic() > deadline:
                return rows
            time.sleep(0.05)
