"""Notices by SMS: a real courier, a real Kannel with its fake SMSC, and
gateways that fail."""
import atexit
import base64
import json
import os
import re
import shutil
import ssl
import sys
import tempfile
import threading
import time
import http.server
import json
import os
import re
import ssl
import sys
import tempfile
import threading
import time
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import kannel                                                   # noqa: E402
from certs import Authority                                     # noqa: E402
from notices import (CALL_BACK, CODE, CODE_PRINTED, DAY_CODE,   # noqa: E402
                     DOCUMENT, SMS, Courier, new_reference)
from tap import main, ok, skip                                  # noqa: E402

FOLDER = tempfile.mkdtemp(prefix="guichet-sms-")
atexit.register(shutil.rmtree, FOLDER, True)
os.chmod(FOLDER, 0o755)
CA = Authority(FOLDER, "ca")
PHONE = "+33612345678"

TEXTS = {
    ("fr", DOCUMENT): "Labo: un document vous attend. Prenez le ticket remis au "
    "labo. Ce SMS n'a ni lien ni code. Nous ne demandons jamais de paiement par "
    "SMS. Tel 0123456789",
    ("fr", DAY_CODE): f"Labo: code du jour {CODE_PRINTED}. A saisir avec votre ticket "
    "sur le site imprime dessus. Ne le donnez a personne, meme au labo. Tel 0123456789",
    ("fr", CALL_BACK): "Labo: appelez-nous ou passez au laboratoire, muni d'une piece "
    "d'identite, pour votre dossier. Aucun paiement. Numero sur votre ticket.",
    ("en", DOCUMENT): "Labo: a document is waiting for you. Use the slip you were "
    "given. This SMS has no link and no code. We never ask for payment by SMS. "
    "Tel 0123456789",
    ("en", DAY_CODE): f"Labo: code of the day {CODE_PRINTED}. Type it with your slip on "
    "the site printed on it. Give it to nobody, not even to the lab. Tel 0123456789",
    ("en", CALL_BACK): "Labo: please call us or come to the laboratory, with proof of "
    "identity, about your file. No payment. Our number is on your slip.",
}


# --- Kannel ------------------------------------------------------------------------

def kannel_courier(url, secret=kannel.SECRET):
    return Courier({"tls__trust": CA.cert, "sms__url": url, "sms__method": "get",
                    "sms__user": kannel.USER}, sms_secret=secret.encode())


def check_texts(gateway):
    with kannel_courier(gateway.url) as c:
        for (lang, notice), text in TEXTS.items():
            code = CODE if notice == DAY_CODE else ""
            result = c.notice(SMS, PHONE, notice=notice, lang=lang, day_code=code)
            ok(result == ("done", 0, ""), f"Kannel takes notice {notice} in {lang}",
               (result, gateway.log()))
        got = gateway.texts(len(TEXTS))
        ok([t for _, _, t in got] == list(TEXTS.values()),
           "the SMSC gets each text character by character", got)
        ok({(f, t) for f, t, _ in got} == {("LABO", PHONE)}, "from and to")
        ok(all(len(t) <= 160 and t.isascii() for _, _, t in got), "one part each")
        ok(c.log() == "", "nothing is logged", c.log())


def check_again(gateway):
    n = len(gateway.texts(0, 0))
    with kannel_courier(gateway.url) as c:
        for phone in (PHONE, "+33687654321"):
            c.notice(SMS, phone)
    got = [t for _, _, t in gateway.texts(n + 2)[n:]]
    ok(len(got) == 2 and got[0] == got[1], "the same bytes for everybody", got)


def check_wrong_password(gateway):
    with kannel_courier(gateway.url, "wrong") as c:
        result = c.notice(SMS, PHONE)
        ok(result == ("down", 0, "refuses our user or password (403)"),
           "a wrong password is the channel's failure", result)
        ok("wrong" not in c.log() and PHONE not in c.log(), "neither is logged", c.log())


def test_kannel():
    reason = kannel.missing()
    if reason:
        skip("Kannel", reason)
        return
    with kannel.Kannel(CA) as gateway:
        check_texts(gateway)
        check_again(gateway)
        check_wrong_password(gateway)
        url = gateway.url
    with kannel_courier(url) as c:
        result = c.notice(SMS, PHONE)
        ok(result[0] == "down" and "connect" in result[2], "Kannel is down", result)


# --- gateways of other kinds ----------------------------------------------------------

class Gateway:
    """Keeps what it gets; answers (status, body, headers)."""

    def __init__(self, answer=(200, "ok", {}), delay=0):
        self.answer, self.seen = answer, []
        gateway = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                gateway.seen.append((self.command, self.path, dict(self.headers), body))
                time.sleep(delay)
                status, text, headers = gateway.answer
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())
            do_GET = do_POST

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.handle_error = lambda *_: None      # a client that is gone
        made = CA.issue("gateway", extensions="subjectAltName=DNS:localhost\n"
                        "extendedKeyUsage=serverAuth\n")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(made.cert, made.key)
        self.server.socket = context.wrap_socket(
            self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def courier(self, secret="s\"e&c\\r%é+t", path="/send", **more):
        settings = {"tls__trust": CA.cert, "sms__user": "labo",
                    "sms__url": f"https://localhost:{self.port}{path}"}
        return Courier({**settings, **more}, sms_secret=secret.encode())


def test_form():
    with Gateway() as g, g.courier() as c:
        ok(c.notice(SMS, PHONE) == ("done", 0, ""), "a form", c.log())
    method, path, headers, body = g.seen[0]
    fields = urllib.parse.parse_qs(body.decode(), strict_parsing=True)
    ok((method, path) == ("POST", "/send") and
       headers["Content-Type"] == "application/x-www-form-urlencoded", "is posted")
    ok(fields == {"username": ["labo"], "password": ["s\"e&c\\r%é+t"], "to": [PHONE],
                  "text": [TEXTS["fr", DOCUMENT]]}, "each value arrives as it is", body)


def test_json():
    reference = new_reference()
    template = ('{"messages":[{"from":"{from}","to":"{to}","text":"{text}",'
                '"id":"{reference}","k":"{secret}"}]}')
    with Gateway((201, '{"status":"accepted"}', {})) as g, g.courier(
            sms__format="json", sms__template=template, sms__from="LABO",
            sms__authorization="basic") as c:
        ok(c.notice(SMS, PHONE, reference=reference) == ("done", 0, ""), "JSON", c.log())
    _, _, headers, body = g.seen[0]
    ok(json.loads(body) == {"messages": [{
        "from": "LABO", "to": PHONE, "id": reference,
        "text": TEXTS["fr", DOCUMENT].replace("Labo", "LABO"),
        "k": "s\"e&c\\r%é+t"}]}, "each value arrives as it is", body)
    ok(headers["Content-Type"] == "application/json" and
       base64.b64decode(headers["Authorization"].split()[1]).decode() ==
       "labo:s\"e&c\\r%é+t", "Basic", headers)


def test_sender():
    template = "from={from}&to={to}&text={text}"
    for sender, name in (("LABO ETANG", "LABO ETANG"), ("38123", "Labo")):
        with Gateway() as g, g.courier(sms__template=template, sms__from=sender) as c:
            c.notice(SMS, PHONE)
        fields = urllib.parse.parse_qs(g.seen[0][3].decode())
        ok(fields["from"] == [sender] and fields["text"][0].startswith(f"{name}: "),
           f"{sender}: the texts begin with {name}", fields)


def test_headers():
    for setting, name, value in (("Bearer {secret}", "Authorization", "Bearer abc"),
                                 ("X-Api-Key: {secret}", "X-Api-Key", "abc")):
        with Gateway() as g, g.courier("abc", sms__authorization=setting,
                                       sms__template="to={to}&text={text}") as c:
            ok(c.notice(SMS, PHONE)[0] == "done" and g.seen[0][2].get(name) == value,
               f"{setting}", g.seen)


VERDICTS = [
    (401, "", {}, "down", "refuses our user or password (401)"),
    (404, "", {}, "down", "takes no messages at sms.url (404)"),
    (302, "", {"Location": "https://localhost/elsewhere"}, "down", "sends us elsewhere"),
    (429, "", {"Retry-After": "77"}, "down", "wants fewer messages (429)"),
    (500, "+33612345678 failed", {}, "down", "does not work (500)"),
    (503, "", {"Retry-After": "5"}, "down", "does not work (503)"),
    (200, "<!DOCTYPE html><p>Welcome to the hotel", {}, "down", "a page for people"),
]


def test_verdicts():
    for status, body, headers, outcome, words in VERDICTS:
        with Gateway((status, body, headers)) as g, g.courier() as c:
            result = c.notice(SMS, PHONE)
            ok(result[0] == outcome and words in result[2], f"{status}: {outcome}", result)
            ok(result[1] == int(headers.get("Retry-After", 0)) and
               PHONE not in c.log() + result[2] and len(g.seen) == 1,
               "when to come again; no number in the log; asked once", (result, c.log()))


def test_refused_number():
    with Gateway((400, "no such number", {})) as g, g.courier() as c:
        result = c.notice(SMS, PHONE)
        ok(result == ("down", 0, "refuses the first message: see sms.template (400)"),
           "400 before anything worked: our configuration", result)
        g.answer = (202, "ok", {})
        ok(c.notice(SMS, PHONE)[0] == "done", "202")
        g.answer = (422, "no such number", {})
        result = c.notice(SMS, PHONE)
        ok(result == ("refused", 0, "refuses the telephone number (422)"),
           "afterwards: this number", result)


def test_no_password():
    with Gateway() as g, g.courier("") as c:
        result = c.notice(SMS, PHONE)
        ok(result[0] == "down" and "guichet credential set sms" in result[2] and
           not g.seen, "without a password nothing is sent", result)


def test_not_a_notice():
    with Gateway() as g, g.courier() as c:
        for fields in ({"notice": DAY_CODE}, {"notice": DOCUMENT, "day_code": CODE},
                       {"notice": 9}, {"kind": 2}):
            ok(c.notice(SMS, PHONE, **fields)[0] == "refused" and not g.seen,
               f"{fields}: nothing is sent", c.log())


def test_many():
    with Gateway() as g, g.courier() as c:
        rows = [c.add(SMS, f"+336000000{i:02}") for i in range(40)]
        ok(all(c.vault.result(r) == ("done", 0, "") for r in rows), "forty in a row")
        ok(len(g.seen) == 40, "each once", len(g.seen))


def test_vault_lost():
    with Gateway(delay=1) as g, g.courier() as c:
        c.add(SMS, PHONE)
        time.sleep(0.5)
        c.lose_vault()
        time.sleep(1)
        c.connect_vault()
        ok(c.notice(SMS, PHONE)[0] == "done" and c.is_alive(),
           "goes on after the vault was lost", (g.seen, c.log()))


REFUSED = [
    ({"sms__template": "to={to}&text={text}&x={nane}"}, "there is no {nane}"),
    ({"sms__template": "to={to}"}, "must have {to} and {text}"),
    ({"sms__user": ""}, "set sms.user"),
    ({"sms__template": "to={to}&text={text}&from={from}"}, "set sms.from"),
    ({"sms__authorization": "Bearer {key}"}, "there is no {key}"),
    ({"sms__format": "json"}, "not JSON"),
    ({"sms__format": "json", "sms__template": '{"to":{to},"text":"{text}"}'}, "not JSON"),
    ({"sms__format": "json", "sms__method": "get", "sms__template":
      '{"to":"{to}","text":"{text}"}'}, "takes sms.format = form"),
]


def test_configuration():
    with Gateway() as g:
        for change, words in REFUSED:
            try:
                with g.courier(**change):
                    ok(False, f"{change} is refused")
            except RuntimeError as e:
                ok(words in str(e) and re.search(r"sms\.", str(e)), f"{change}", e)


main(test_kannel, test_form, test_json, test_sender, test_headers, test_verdicts,
     test_refused_number, test_no_password, test_not_a_notice, test_many, test_vault_lost, test_configuration)
