#!/usr/bin/python3
"""Everything that left the box, searched for everything that must not: the store's
disk and logs, what the SMS gateway and the mail server got, questions to a name
server, the names of TLS.  Names, birth dates, NIR, examinations and values are planted
in messages of every kind; sizes tell nothing but a step; nothing can be listed or guessed."""
import base64
import json
import os
import secrets
import sys
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "demo")]

import report                                              # noqa: E402
from mllp import send                                      # noqa: E402
from outside import Outside, until                         # noqa: E402
from tap import main, ok                                   # noqa: E402

# Words that occur nowhere else, in the spellings they could leave in.
PLANTED = {
    "family name": "ZWIEBELMARKT", "given name": "QUIRINIUS", "second name": "XANTHOPHYLLE",
    "birth date": "19470613", "birth date in words": "1947-06-13",
    "NIR": "147067505612345", "INS": "147067505612345 87",
    "street": "RUEDUPARADIS", "telephone of the LIS": "0388776655",
    "examination": "KRYPTOPORPHYRINE", "value": "7731.25", "comment": "TREPONEMATOSE",
    "prescriber": "GUDULABROSSARD", "order": "COMMANDE-77-ZW", "PDF text": "PATHOGNOMONIQUE",
}
SLIP = {}


def spellings(word):
    raw = word.encode()
    yield word, raw
    yield word + " in lower case", raw.lower()
    yield word + " in UTF-16", word.encode("utf-16-le")
    yield word + " in hexadecimal", raw.hex().encode()
    yield word + " reversed", raw[::-1]
    for shift in range(3):              # base64 at any alignment, without its ends
        text = base64.b64encode(b"\0" * shift + raw)
        inner = text[(shift * 8 + 5) // 6 + (1 if shift else 0): len(raw) * 8 // 6]
        if len(inner) >= 8:
            yield f"{word} in base64 ({shift})", inner
    yield word + " percent-encoded", urllib.parse.quote(word.replace(" ", "%")).encode()


def needles():
    for what, word in PLANTED.items():
        for how, raw in spellings(word):
            yield f"{what}: {how}", raw
    for what, word in SLIP.items():
        yield what, word.encode()
        yield what + " without hyphens", word.replace("-", "").encode()


def message(home, number, status="F"):
    p = PLANTED
    pdf = report.make_pdf(patient=f"{p['family name']} {p['PDF text']}")
    text = "\r".join([
        f"MSH|^~\\&|SIL|LABO|GUICHET|BORNE|20261122080000||ORU^R01^ORU_R01|PR-{number}|P|2.8"
        "|||||FRA|UNICODE UTF-8",
        f"PID|1||4711^^^LABO^PI~{p['NIR']}^^^ASIP-SANTE-INS-NIR&1.2.250.1.213.1.4.8&ISO^INS"
        f"~{home.card}^^^GUICHET^U||{p['family name']}^{p['given name']}^{p['second name']}^^^^L||"
        f"{p['birth date']}|M|||1 {p['street']}^^METZ^^57000||{p['telephone of the LIS']}",
        f"ORC|RE|{p['order']}-{number}|{p['order']}-{number}",
        f"OBR|1|{p['order']}-{number}|{p['order']}-{number}|X^{p['examination']}^L|||20261122070000"
        f"||||||{p['comment']}|||9^{p['prescriber']}^A||||||20261122080000||CH|{status}",
        f"OBX|1|NM|K^{p['examination']}^L||{p['value']}|u|1-9|H|||{status}|||20261122070000",
        f"NTE|1||{p['comment']}",
        f"OBX|2|ED|11502-2^Compte rendu^LN||^application^pdf^Base64^"
        f"{base64.b64encode(pdf).decode()}||||||{status}"]) + "\r"
    return text.encode()


def everything_outside(out):
    """(where, bytes) of all that anybody outside holds."""
    for folder, _, files in os.walk(out.swift.folder):
        for name in files:
            path = os.path.join(folder, name)
            yield "the store's path " + path, path.encode()
            with open(path, "rb") as f:
                yield "the store's " + os.path.relpath(path, out.swift.folder), f.read()
            try:
                for key in os.listxattr(path):
                    yield f"{path} {key}", os.getxattr(path, key)
            except OSError:
                pass
    for _, body, fields, _ in list(out.sms.posts):
        yield "an SMS as posted", body
        yield "an SMS", json.dumps(fields).encode()
    for _, verb, path in out.proxy.seen:
        yield "a request", f"{verb} {path}".encode()


def test_wire():
    with Outside(proxied=True) as out:
        homes = [out.patient(f"+336000002{n:02d}") for n in range(3)]
        for n, home in enumerate(homes):
            assert "MSA|AA|" in send(out.box.mllp_port, message(home, n))
            home.wait_for(1)
        assert "MSA|AA|" in send(out.box.mllp_port, message(homes[0], 0, "C"))
        assert "MSA|AA|" in send(out.box.mllp_port, message(homes[1], 7))
        homes[1].wait_for(2)
        SLIP.update({f"slip code {n}": h.slip["code"] for n, h in enumerate(homes)})
        out.wait_quiet()
        held = list(everything_outside(out))
        ok(len(held) > 50, f"{len(held)} things outside are searched")
        bad = [(what, where) for what, raw in needles() for where, data in held
               if raw and raw.lower() in data.lower()]
        ok(not bad, "no name, date, number, examination or code is among them", bad[:10])
        phones = [(h.phone, where) for h in homes for where, data in held
                  if h.phone[1:].encode() in data and "SMS" not in where]
        ok(not phones, "telephone numbers went to the SMS gateway only", phones[:5])
        opened = homes[0].wait_for(1)[0][1]
        ok(PLANTED["family name"] in json.dumps(opened) and PLANTED["value"] in json.dumps(opened),
           "and yet the patient reads all of it (the search would find it)")
        sizes(out, homes)
        guessing(out, homes)
        texts(out, homes)


def sizes(out, homes):
    objects = [len(out.swift.get(out.bucket, n)[1]) for n in out.names() if n.startswith("d/")]
    ok(len(set(objects)) <= 2, f"objects of like reports are of like size: {sorted(set(objects))}")
    indexes = {len(out.swift.get(out.bucket, n)[1]) for n in out.names() if n.startswith("i/")}
    ok(indexes == {16384}, "indexes with one bundle and with two are of one size", indexes)


def guessing(out, homes):
    tried = [("GET", ""), ("GET", "/"), ("GET", "/d/"), ("GET", "/i/"), ("GET", "?list-type=2"),
             ("GET", "?format=json"), ("GET", "?prefix=d/")]
    tried += [("GET", "/d/" + secrets.token_urlsafe(32)) for _ in range(20)]
    tried += [("GET", "/i/" + h.reader.loc[:-1] + "A") for h in homes if h.reader.loc[-1] != "A"]
    tried += [(verb, "/d/" + secrets.token_urlsafe(32)) for verb in ("PUT", "DELETE", "POST")]
    answers = []
    for verb, path in tried:
        url = urllib.parse.urlsplit(out.public_url)
        status, _, body = out.swift.anonymous(verb, url.path + path)
        names = [n for n in out.names() if n[2:].encode() in body]
        answers.append((verb, path, status, names))
    ok(all(status in (400, 401, 403, 404, 405, 412) and not names
           for _, _, status, names in answers),
       "listing and guessing yield nothing", [a for a in answers if a[2] < 400 or a[3]])


def texts(out, homes):
    ok(until(lambda: len(out.sms.texts()) >= 3, 5), "three patients heard of it")
    first = out.sms.texts(homes[0].phone)[0]
    for home in homes:
        for text in out.sms.texts(home.phone):
            code = home.out.sms.day_code(home.phone)
            ok(text.replace(code, "") == first.replace(
                out.sms.day_code(homes[0].phone), ""), "in the same words, but for the day code")
            ok(len(text) <= 160 and "http" not in text.lower() and "www" not in text.lower(),
               f"without a link, in one SMS: {len(text)}")


if __name__ == "__main__":
    main(test_wire)
