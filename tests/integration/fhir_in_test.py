#!/usr/bin/python3
"""FHIR and PDFs over HTTPS with the whole appliance behind them: curl, node
and Python as senders with certificates, awkward ones too, and what the
patient then reads."""
import base64
import copy
import functools
import hashlib
import http.client
import json
import os
import socket
import ssl
import subprocess
import sys
import time
import unittest.mock
import uuid

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "demo")]

import report                                              # noqa: E402
from appliance import Appliance, free_port                 # noqa: E402
from certs import Authority, client_context                # noqa: E402
from intake_open import Patient, pdf_of, resource          # noqa: E402
from tap import main, ok, skip                             # noqa: E402

EXAMPLES = os.path.join(os.path.dirname(os.path.dirname(HERE)), "..", "shared", "examples")
FHIR_JSON = "application/fhir+json"
PORT = free_port()
BOX = Appliance()
CA = Authority(BOX.folder, "lis-ca")
STRANGE_CA = Authority(BOX.folder, "strange-ca")
SERVER = CA.server()
LIS = CA.issue("lis")
UNLISTED = CA.issue("unlisted")
STRANGER = STRANGE_CA.issue("stranger")
# A pool of one connection, to see it used up.
SMALL = CA.issue("small")
# A laboratory's test system: identities of the test range are its own.
TRIAL = CA.issue("trial")
BOX.sections = (f"\n[source trial]\nclients = {TRIAL.fingerprint}\nenvironment = test\n"
                f"\n[source lab]\nclients = {LIS.fingerprint}\n"
                f"\n[source small]\nclients = {SMALL.fingerprint}\nconnections_max = 1\n")
BOX.settings.update({"fhir.listen": f"127.0.0.1:{PORT}", "lis.certificate": SERVER.cert,
                     "lis.key": SERVER.key, "lis.clients": CA.cert, "mllp.idle": "4s",
                     "mllp.frame_max": "8MiB"})
serial = 0
ANSWERS = []            # every body that came back, for the validator


# --- what is sent ---------------------------------------------------------------

def observation(number, value, unit="mmol/L", status="final", **more):
    return {"resourceType": "Observation", "status": status,
            "code": {"coding": [{"system": "http://loinc.org", "code": number}],
                     "text": "Glycémie à jeun"},
            "effectiveDateTime": "2026-11-21T06:30:00+01:00",
            "valueQuantity": {"value": value, "unit": unit}, **more}


def resources(slip=None, status="final", pdf=None, name="Dûpont-Ÿ", order=None, results=None):
    """Patient, ServiceRequest, Observations and the DiagnosticReport."""
    global serial
    serial += 1
    order = order or f"FHIR-{serial}"
    identifiers = [{"system": "urn:lab:order", "value": order}]
    if slip:
        identifiers.append({"system": "urn:guichet:card", "value": slip["card"]})
    patient = {"resourceType": "Patient",
               "identifier": [{"system": "urn:oid:1.2.250.1.213.1.4.8",
                               "value": "279035121518989"},
                              {"system": "urn:lab:ipp", "value": "4711"}],
               "name": [{"use": "official", "family": name, "given": ["Anne"]}],
               "gender": "female", "birthDate": "1979-03-28"}
    request = {"resourceType": "ServiceRequest", "status": "active", "intent": "order",
               "identifier": identifiers}
    results = results or [observation("1558-6", "NUMBER")]
    diagnostic = {"resourceType": "DiagnosticReport", "status": status,
                  "identifier": [{"system": "urn:lab:report", "value": order}],
                  "code": {"text": "Biochimie"}, "issued": "2026-11-21T07:30:00+01:00"}
    if pdf is not None:
        diagnostic["presentedForm"] = [{"contentType": "application/pdf",
                                        "data": base64.b64encode(pdf).decode()}]
    return [patient, request, diagnostic, *results]


def transaction(*parts, **words):
    """JSON text; the string "NUMBER" becomes the number 5.10 as printed."""
    parts = parts or resources(**words)
    urls = ["urn:uuid:" + str(uuid.uuid4()) for _ in parts]
    subject = {"reference": urls[0]}
    for part, url in zip(parts, urls):
        if part["resourceType"] in ("Observation", "DiagnosticReport", "ServiceRequest"):
            part.setdefault("subject", subject)
        if part["resourceType"] == "DiagnosticReport":
            part.setdefault("basedOn", [{"reference": urls[1]}])
            part.setdefault("result", [{"reference": u} for p, u in zip(parts, urls)
                                       if p["resourceType"] == "Observation"])
    entries = [{"fullUrl": u, "resource": p,
                "request": {"method": "POST", "url": p["resourceType"]}}
               for p, u in zip(parts, urls)]
    whole = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
    return json.dumps(whole, ensure_ascii=False).replace('"NUMBER"', "5.10").encode()


def document(slip, **words):
    whole = json.loads(transaction(**dict(words, slip=slip)).replace(b"5.10", b'"NUMBER"'))
    whole["type"] = "document"
    whole["identifier"] = {"system": "urn:lab:bundle", "value": str(uuid.uuid4())}
    whole["timestamp"] = "2026-11-21T08:00:00+01:00"
    for entry in whole["entry"]:
        del entry["request"]
    composition = {"resourceType": "Composition", "status": "final",
                   "type": {"text": "CR"}, "date": "2026-11-21", "title": "CR",
                   "author": [{"display": "Labo"}],
                   "subject": {"reference": whole["entry"][0]["fullUrl"]}}
    whole["entry"].insert(0, {"fullUrl": "urn:uuid:" + str(uuid.uuid4()),
                              "resource": composition})
    return json.dumps(whole, ensure_ascii=False).replace('"NUMBER"', "5.10").encode()


# --- senders ----------------------------------------------------------------------

def connect(certificate=LIS):
    return http.client.HTTPSConnection("localhost", PORT, timeout=30,
                                       context=client_context(CA, certificate))


def ask(method, path, body=None, kind=FHIR_JSON, connection=None, **headers):
    """(code, headers, the answer's JSON)."""
    c = connection or connect()
    if kind:
        headers["Content-Type"] = kind
    c.request(method, path, body=body, headers={k.replace("_", "-"): v
                                                for k, v in headers.items()})
    r = c.getresponse()
    text = r.read()
    if connection is None:
        c.close()
    ANSWERS.append(text.decode())
    return r.status, r.headers, json.loads(text)


def post(body, path="/fhir", **more):
    return ask("POST", path, body, **more)


def raw(data, certificate=LIS, wait_s=10, pieces=None):
    """What comes back for bytes as they are."""
    with socket.create_connection(("127.0.0.1", PORT), timeout=wait_s) as plain:
        with client_context(CA, certificate).wrap_socket(plain, server_hostname="localhost") as s:
            for piece in pieces or [data]:
                s.sendall(piece)
            got = b""
            try:
                while True:
                    more = s.recv(65536)
                    if not more:
                        break
                    got += more
            except (socket.timeout, ssl.SSLError, ConnectionError):
                pass
            return got


def head(length, *more):
    lines = ["POST /fhir HTTP/1.1", "Host: localhost", f"Content-Type: {FHIR_JSON}", *more]
    if length is not None:
        lines.append(f"Content-Length: {length}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


# --- R39 -------------------------------------------------------------------------

def test_transaction():
    slip = BOX.card()
    pdf = report.make_pdf()
    body = transaction(slip=slip, pdf=pdf)
    code, headers, answer = post(body)
    ok(code == 200 and answer["type"] == "transaction-response",
       "R39 a transaction: 200 and a transaction-response", answer)
    kinds = [e["response"].get("location", "").split("/")[0] for e in answer["entry"]]
    ok(kinds == ["Patient", "ServiceRequest", "DiagnosticReport", "Observation"],
       "R39 one response per entry, in order", answer)
    ok(headers["Content-Type"].startswith(FHIR_JSON) and headers["Cache-Control"] == "no-store",
       "R39 the answer is FHIR and stored by nobody")
    (claim, bundle), = Patient(BOX, slip).open_all()
    ok(claim["status"] == "final" and pdf_of(bundle) == pdf,
       "R39 the patient opens it, the PDF is bit-identical")
    text = json.dumps(bundle, ensure_ascii=False)
    ok("Dûpont-Ÿ" in text and "Glycémie à jeun" in text, "R39 accents survive")
    ok("4711" not in text and "279035121518989" not in text,
       "R41 neither the local identifier nor the INS is in it")


def test_precision():
    slip = BOX.card()
    post(transaction(slip=slip))
    exact = functools.partial(json.loads, parse_float=str)
    with unittest.mock.patch("json.loads", exact):
        (_, bundle), = Patient(BOX, slip).open_all()
    values = [o["valueQuantity"]["value"] for o in resource(bundle, "Observation")
              if "valueQuantity" in o]
    ok(values == ["5.10"], "R40 5.10 stays 5.10 to the patient", values)


def test_document():
    slip = BOX.card()
    for path in ("/fhir", "/fhir/Bundle"):
        code, headers, _ = post(document(slip), path)
        ok(code == 201 and headers["Location"].startswith("/fhir/Bundle/"),
           f"R39 a document at {path}: 201 and a Location", code)
    ok(len(Patient(BOX, slip).open_all()) == 2, "R39 both are on the card")
    code, _, answer = post(transaction(slip=slip), "/fhir/Bundle")
    ok(code == 422 and answer["resourceType"] == "OperationOutcome",
       "R39 a transaction at /fhir/Bundle is refused")


def test_retry():
    slip = BOX.card()
    for make in (lambda: transaction(slip=slip), lambda: document(slip)):
        body = make()
        first = ask("POST", "/fhir", body)
        again = ask("POST", "/fhir", body)
        ok(first[0] == again[0] and first[2] == again[2] and
           first[1]["Location"] == again[1]["Location"],
           "R39 the same body again: the same answer, byte for byte")
    ok(len(BOX.bundles(slip["card"])) == 2, "R39 and no second bundle")


def test_nothing_kept():
    slip = BOX.card()
    good = resources(slip=slip)
    cases = {
        "two patients": [*copy.deepcopy(good), {"resourceType": "Patient", "name": [{"family": "X"}]}],
        "a report twice": [*copy.deepcopy(good), copy.deepcopy(good[2])],
        "no report": copy.deepcopy(good[:2]),
    }
    for name, parts in cases.items():
        code, _, answer = post(transaction(*parts))
        ok(400 <= code < 500 and answer["resourceType"] == "OperationOutcome" and
           answer["issue"][0]["severity"] == "error", f"R39 {name}: {code}", answer)
    dangling = json.loads(transaction(slip=slip).replace(b"5.10", b"1"))
    dangling["entry"][2]["resource"]["subject"]["reference"] = "http://127.0.0.1:9/Patient/1"
    code, _, answer = post(json.dumps(dangling))
    ok(code == 422 and answer["issue"][0]["code"] == "not-found" and
       answer["issue"][0]["expression"] == ["Bundle.entry[2].resource"],
       "R41 a subject elsewhere: 422, with its place", answer)
    ok(BOX.bundles(slip["card"]) == [], "R39 nothing of what was refused is kept")
    ok("Dûpont" not in json.dumps(ANSWERS, ensure_ascii=False) and "4711" not in str(ANSWERS),
       "R39 no answer repeats what was sent")


def test_no_outbound():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        s.listen()
        s.settimeout(0.5)
        parts = resources(slip=BOX.card(), pdf=report.make_pdf())
        url = f"http://127.0.0.1:{s.getsockname()[1]}/x.pdf"
        parts[2]["presentedForm"].append({"contentType": "application/pdf", "url": url})
        code, _, answer = post(transaction(*parts))
        warned = [e["response"]["outcome"]["issue"][0]["severity"] for e in answer["entry"]
                  if "outcome" in e["response"]]
        ok(code == 200 and warned == ["warning"], "R39 a URL is left out, with a warning", answer)
        try:
            s.accept()
            ok(False, "R39 no outbound request")
        except socket.timeout:
            ok(True, "R39 no outbound request")


def test_statuses():
    for status, listed, opens in (("preliminary", 1, 0), ("final", 1, 1), ("corrected", 1, 1)):
        slip = BOX.card()
        code, _, answer = post(transaction(slip=slip, status=status))
        n = len(Patient(BOX, slip).open_all())
        ok(code == 200 and n == opens and len(BOX.bundles(slip["card"])) == listed,
           f"R41 DiagnosticReport {status}: {n} to open", answer)
    slip = BOX.card()
    for status in ("final", "entered-in-error"):
        post(transaction(slip=slip, status=status, order="WITHDRAWN-1"))
    claims = [b for b in Patient(BOX, slip).look() if b["envelope"]]
    ok(claims == [], "R41 entered-in-error takes it back")


# --- R40 and HTTP -------------------------------------------------------------------

def test_bodies():
    cases = [
        ("a key twice", b'{"resourceType":"Bundle","resourceType":"Bundle"}', 400),
        ("bad UTF-8", b'{"resourceType":"\xff"}', 400),
        ("UTF-16", '{"resourceType":"Bundle"}'.encode("utf-16"), 400),
        ("too deep", b"[" * 1000 + b"]" * 1000, 413),
        ("very deep", b'{"a":' * 100000, 413),
        ("nothing", b"", 400),
        ("half of it", transaction()[:-1], 400),
        ("too many values", b"[" + b"1," * 300000 + b"1]", 413),
    ]
    for name, body, code in cases:
        got, _, answer = post(body)
        ok(got == code and answer["resourceType"] == "OperationOutcome",
           f"R40 {name}: {code}", (got, answer))
    c = connect()
    got, headers, _ = post(b" " * (8 << 20) + b"{}", connection=c)
    ok(got == 413 and headers["Connection"] == "close", "R40 longer than frame_max: 413", got)
    c.close()


def test_types():
    body = transaction()
    for kind, code in (("application/fhir+xml", 415), ("text/xml", 415), ("application/xml", 415),
                       ("application/json; charset=iso-8859-1", 415), (None, 415),
                       ("application/json; charset=UTF-8", 200),
                       ("application/fhir+json; fhirVersion=4.0", 200),
                       ("application/fhir+json; fhirVersion=5.0", 415)):
        got, _, _ = post(body, kind=kind)
        ok(got == code, f"R39 Content-Type {kind}: {code}", got)
    got, _, answer = post(body, Content_Encoding="gzip")
    ok(got == 415 and answer["issue"][0]["code"] == "not-supported", "R39 gzip: 415")


def test_paths():
    for method, path, code, allow in (
            ("GET", "/fhir/Patient/1", 404, None), ("POST", "/fhir/Patient", 404, None),
            ("GET", "/", 404, None), ("PUT", "/fhir", 405, "POST"), ("GET", "/fhir", 405, "POST"),
            ("DELETE", "/fhir/Bundle", 405, "POST"), ("POST", "/fhir/metadata", 405, "GET"),
            ("GET", "/fhir/Bundle/$validate", 404, None)):
        got, headers, answer = ask(method, path)
        ok(got == code and headers.get("Allow") == allow and
           answer["resourceType"] == "OperationOutcome", f"R39 {method} {path}: {code}", got)
    got, _, answer = ask("GET", "/fhir/metadata", kind=None)
    ok(got == 200 and answer["resourceType"] == "CapabilityStatement" and
       answer["fhirVersion"] == "4.0.1", "R39 GET /fhir/metadata: a CapabilityStatement")


def test_many_on_one():
    c = connect()
    codes = [post(transaction(slip=None), connection=c)[0] for _ in range(5)]
    codes.append(ask("GET", "/fhir/metadata", kind=None, connection=c)[0])
    c.close()
    ok(codes == [200] * 6, "R39 six requests on one connection", codes)
    body = transaction()
    got = raw((head(len(body)) + body) * 2 + b"GET /fhir/metadata HTTP/1.1\r\nHost: x\r\n"
              b"Connection: close\r\n\r\n")
    ok(got.count(b"HTTP/1.1 200 OK") == 3, "R39 three at once, answered in order", got[:300])


def test_chunked():
    body = transaction()
    pieces = [head(None, "Transfer-Encoding: chunked", "Connection: close")]
    for i in range(0, len(body), 700):
        part = body[i:i + 700]
        pieces.append(b"%x;a=b\r\n" % len(part) + part + b"\r\n")
    pieces.append(b"0\r\nTrailer: x\r\n\r\n")
    ok(b"HTTP/1.1 200 OK" in raw(None, pieces=pieces), "R39 a chunked body")
    whole = b"".join(pieces)
    ok(b"HTTP/1.1 200 OK" in raw(None, pieces=[whole[i:i + 97]
                                               for i in range(0, len(whole), 97)]),
       "R39 cut anywhere")
    bad = head(None, "Transfer-Encoding: chunked") + b"zz\r\n"
    ok(b"HTTP/1.1 400 " in raw(bad), "R40 a chunk that is none: 400")
    both = head(5, "Transfer-Encoding: chunked") + b"0\r\n\r\n"
    ok(b"HTTP/1.1 400 " in raw(both), "R40 two lengths: 400")
    endless = head(None, "Transfer-Encoding: chunked") + (b"100000\r\n" + b" " * (1 << 20) +
                                                          b"\r\n") * 9
    ok(b"HTTP/1.1 413 " in raw(endless), "R40 chunks over frame_max: 413")


def test_continue():
    body = transaction()
    with socket.create_connection(("127.0.0.1", PORT), timeout=10) as plain:
        with client_context(CA, LIS).wrap_socket(plain, server_hostname="localhost") as s:
            s.sendall(head(len(body), "Expect: 100-continue", "Connection: close"))
            first = s.recv(1000)
            s.sendall(body)
            rest = b""
            while more := s.recv(65536):
                rest += more
    ok(first == b"HTTP/1.1 100 Continue\r\n\r\n" and b"HTTP/1.1 200 OK" in rest,
       "R39 Expect: 100-continue")
    refused = raw(head(1 << 30, "Expect: 100-continue"))
    ok(refused.startswith(b"HTTP/1.1 413 "), "R40 refused before it is sent")


def test_slow():
    began = time.monotonic()
    got = raw(head(100) + b"{", wait_s=20)
    ok(got == b"" and time.monotonic() - began < 15, "R39 a body that stops is closed")
    began = time.monotonic()
    pieces = [head(10000)] + [b"{"] * 1
    with socket.create_connection(("127.0.0.1", PORT), timeout=10) as plain:
        with client_context(CA, LIS).wrap_socket(plain, server_hostname="localhost") as s:
            s.sendall(b"".join(pieces))
            ended = False
            while not ended and time.monotonic() - began < 20:
                time.sleep(0.5)
                try:
                    s.sendall(b" ")
                    s.settimeout(0.05)
                    ended = s.recv(1000) is not None
                except socket.timeout:
                    pass
                except (OSError, ssl.SSLError):
                    ended = True
    ok(ended, "R39 a body that drips is closed")
    ok(b"HTTP/1.1 431 " in raw(b"GET /fhir/metadata HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 9000),
       "R40 a head without end: 431")
    ok(b"HTTP/1.1 400 " in raw(b"HELLO\r\n\r\n"), "R40 no HTTP: 400")


# --- who may ------------------------------------------------------------------------

def test_certificates():
    body = transaction()
    before = BOX.status()
    for name, certificate in (("no certificate", None), ("an unlisted one", UNLISTED),
                              ("one of another authority", STRANGER)):
        try:
            code = ask("POST", "/fhir", body, connection=connect(certificate))[0]
        except (OSError, ssl.SSLError, http.client.HTTPException):
            code = 0
        ok(code == 0, f"R39 {name}: nothing is processed", code)
    ok(BOX.status()["processes"] and before, "R39 and the appliance lives on")
    one, two = connect(SMALL), connect(SMALL)
    first = post(body, connection=one)[0]
    code, headers, answer = post(body, connection=two)
    ok(first == 200 and code == 503 and headers["Retry-After"] and
       answer["issue"][0]["code"] == "transient", "R39 over connections_max: 503", (first, code))
    one.close()
    two.close()
    deadline = time.monotonic() + 5
    code = 503
    while code == 503 and time.monotonic() < deadline:
        code = ask("POST", "/fhir", body, connection=connect(SMALL))[0]
    ok(code == 200, "R39 and then there is room again")


def test_room():
    """32 places; more who only connect, from one address or from many."""
    quick = lambda certificate: (time.monotonic(), ask("GET", "/fhir/metadata", None, kind=None,
                                                       connection=connect(certificate))[0])
    held = [socket.create_connection(("127.0.0.1", PORT)) for _ in range(40)]
    start, code = quick(LIS)
    took = time.monotonic() - start
    ok(code == 200 and took < 2, "R39 40 who say nothing do not keep a sender out",
       f"{code} {took}")
    held += [socket.create_connection(("127.0.0.1", PORT), source_address=(f"127.0.0.{n}", 0))
             for n in range(2, 42)]
    start, code = quick(LIS)
    took = time.monotonic() - start
    ok(code == 200 and took < 8, "R39 nor do 40 of as many addresses", f"{code} {took}")
    for c in held:
        c.close()
    idle = [connect() for _ in range(31)]
    for c in idle:
        ask("GET", "/fhir/metadata", None, kind=None, connection=c)
    idle.append(socket.create_connection(("127.0.0.1", PORT)))
    idle.append(socket.create_connection(("127.0.0.1", PORT)))
    time.sleep(0.5)
    start, code = quick(SMALL)
    took = time.monotonic() - start
    ok(code == 200 and took < 3, "R39 an idle one leaves for another", f"{code} {took}")
    for c in idle:
        c.close()


# --- R42 ------------------------------------------------------------------------------

def sidecar(slip, pdf, **more):
    global serial
    serial += 1
    return {"sidecar": 1, "card": slip["card"],
            "pdf": {"file": "cr.pdf", "sha256": hashlib.sha256(pdf).hexdigest(), "title": "CR"},
            "report": {"id": f"PDF-{serial}", "status": "final", "language": "fr"},
            "patient": {"family": "Dûpont-Ÿ", "given": "Anne", "birthDate": "1979-03-28"}, **more}


def multipart(*parts, kind="form-data"):
    """(body, Content-Type)"""
    boundary = "guichet-" + uuid.uuid4().hex
    body = b""
    for name, media, data in parts:
        body += (f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n'
                 f"Content-Type: {media}\r\n\r\n").encode() + data + b"\r\n"
    return body + f"--{boundary}--\r\n".encode(), f"multipart/{kind}; boundary={boundary}"


def test_sidecar():
    pdf = report.make_pdf()
    for order in (0, 1):
        slip = BOX.card()
        parts = [("sidecar", "application/json", json.dumps(sidecar(slip, pdf)).encode()),
                 ("pdf", "application/pdf", pdf)]
        body, kind = multipart(*(parts if order == 0 else parts[::-1]))
        code, _, answer = post(body, "/fhir/$pdf", kind=kind)
        again, _, same = post(body, "/fhir/$pdf", kind=kind)
        (claim, bundle), = Patient(BOX, slip).open_all()
        ok(code == 201 and pdf_of(bundle) == pdf,
           f"R42 sidecar and PDF, {'in' if order == 0 else 'out of'} order", answer)
        ok(again == 201 and same == answer and claim["status"] == "final",
           "R42 the same again: the same answer, no second bundle")


def test_bad_sidecars():
    slip, pdf = BOX.card(), report.make_pdf()
    other = pdf + b"\n"
    for name, side, data, code in (
            ("another PDF than its hash", sidecar(slip, pdf), other, 422),
            ("an unknown key", sidecar(slip, pdf, surprise=1), pdf, 400),
            ("no PDF in it", sidecar(slip, b"hello"), b"hello", 422)):
        body, kind = multipart(("sidecar", "application/json", json.dumps(side).encode()),
                               ("pdf", "application/pdf", data))
        got, _, answer = post(body, "/fhir/$pdf", kind=kind)
        ok(got == code and answer["resourceType"] == "OperationOutcome", f"R42 {name}: {code}",
           (got, answer))
    body, kind = multipart(("sidecar", "application/json",
                            json.dumps(sidecar(slip, pdf)).encode()))
    got, _, answer = post(body, "/fhir/$pdf", kind=kind)
    ok(400 <= got < 500, f"R42 a sidecar alone: {got}", answer)
    got, _, _ = post(b"--x\r\n\r\nhello", "/fhir/$pdf", kind="multipart/form-data; boundary=x")
    ok(got == 400, "R42 a body that is no multipart: 400", got)
    got, _, _ = post(json.dumps(sidecar(slip, pdf)), "/fhir/$pdf")
    ok(got == 415, "R42 JSON alone: 415", got)
    ok(BOX.bundles(slip["card"]) == [], "R42 nothing of these is kept")


# --- other clients -----------------------------------------------------------------------

def test_curl():
    slip, pdf = BOX.card(), report.make_pdf()
    tls = ["curl", "-sS", "--cacert", CA.cert, "--cert", LIS.cert, "--key", LIS.key,
           "--tls-max", "1.2", "-w", "\n%{http_code}"]
    with open(BOX.path("b.json"), "wb") as f:
        f.write(transaction(slip=slip, pdf=os.urandom(0) + pdf))
    done = subprocess.run([*tls, "-H", f"Content-Type: {FHIR_JSON}", "--data-binary",
                           "@" + BOX.path("b.json"), f"https://localhost:{PORT}/fhir"],
                          capture_output=True, timeout=60)
    ok(done.stdout.endswith(b"\n200"), "R39 curl posts a transaction", done.stdout + done.stderr)
    done = subprocess.run([*tls, "-H", f"Content-Type: {FHIR_JSON}", "-H",
                           "Transfer-Encoding: chunked", "--data-binary",
                           "@" + BOX.path("b.json"), f"https://localhost:{PORT}/fhir"],
                          capture_output=True, timeout=60)
    ok(done.stdout.endswith(b"\n200"), "R39 curl posts it in chunks", done.stdout + done.stderr)
    with open(BOX.path("s.json"), "w", encoding="utf-8") as f:
        json.dump(sidecar(slip, pdf), f)
    with open(BOX.path("cr.pdf"), "wb") as f:
        f.write(pdf)
    done = subprocess.run([*tls, "-F", f"sidecar=@{BOX.path('s.json')};type=application/json",
                           "-F", f"pdf=@{BOX.path('cr.pdf')};type=application/pdf",
                           f"https://localhost:{PORT}/fhir/$pdf"], capture_output=True, timeout=60)
    ok(done.stdout.endswith(b"\n201"), "R42 curl -F posts sidecar and PDF",
       done.stdout + done.stderr)
    ok(len(Patient(BOX, slip).open_all()) == 2, "R39 R42 both are on the card")


def test_node():
    with open(BOX.path("n.json"), "wb") as f:
        f.write(transaction(slip=BOX.card()))
    done = subprocess.run(["node", os.path.join(HERE, "fhir_in_client.mjs"), str(PORT), CA.cert,
                           LIS.cert, LIS.key, BOX.path("n.json")],
                          capture_output=True, timeout=60)
    ok(done.stdout.strip() == b"200 200 transaction-response",
       "R39 node's https agent, two requests kept alive", done.stdout + done.stderr)


def test_examples():
    """Documents that others made."""
    for name in ("minimal-eu-lab-bundle.json", "minimal-eu-lab-bundle-pdfonly.json"):
        path = os.path.join(EXAMPLES, name)
        if not os.path.exists(path):
            skip(f"R39 {name}", "../shared/examples is not there")
            continue
        with open(path, "rb") as f:
            body = f.read()
        code, _, answer = post(body)
        ok(code == 422 and "test identity" in str(answer),
           f"R28 {name}: a test INS is refused in production", answer)
        code, _, answer = post(body, connection=connect(TRIAL))
        ok(code == 201, f"R39 {name} is taken by a test source", answer)


def test_validator():
    """All answers so far, before validators that we did not write."""
    with open(BOX.path("answers"), "w", encoding="utf-8") as f:
        for text in sorted(set(ANSWERS)):
            f.write(text + "\n")
    done = subprocess.run(["node", os.path.join(HERE, "fhir_in_validate.mjs"),
                           BOX.path("answers")], capture_output=True, timeout=180)
    ok(done.returncode == 0, "R39 every answer passes npm fhir and @medplum/core",
       (done.stdout + done.stderr).decode()[-3000:])


def test_vault_killed():
    slip = BOX.card()
    body = transaction(slip=slip, pdf=b"%PDF-1.4\n" + os.urandom(3 << 20))
    vault = BOX.pid_of("vault")
    codes = []
    os.kill(vault, 9)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and 200 not in codes:
        try:
            code, headers, answer = post(body)
            codes.append(code)
            if code == 503:
                good = headers["Retry-After"] and answer["issue"][0]["code"] == "transient"
                codes[-1] = 503 if good else 0
        except (OSError, http.client.HTTPException):
            pass
        time.sleep(0.1)
    ok(set(codes) <= {200, 503} and codes[-1:] == [200],
       "R39 while the vault is away 503 with Retry-After, then 200", codes)
    ok(len(Patient(BOX, slip).open_all()) == 1, "R39 and the report is there once")


def test_log():
    text = BOX.log()
    ok("Dûpont" not in text and "4711" not in text and "Glyc" not in text,
       "R39 no patient data in any log")


if __name__ == "__main__":
    with BOX:
        main(test_transaction, test_precision, test_document, test_retry, test_nothing_kept,
             test_no_outbound, test_statuses, test_bodies, test_types, test_paths,
             test_many_on_one, test_chunked, test_continue, test_slow, test_certificates,
             test_room, test_sidecar, test_bad_sidecars, test_curl, test_node, test_examples,
             test_validator, test_vault_killed, test_log)
