"""intake_open.py -- what a patient's browser does, in Python: from the slip to
the FHIR bundle, checking everything that formats.md says a reader checks.
Only with libraries that are not ours (hashlib, cryptography, jwcrypto)."""
import base64
import hashlib
import hmac
import http.client
import json
import ssl
import time

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from jwcrypto import jwe, jwk, jws

ROUNDS = 600000


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def hkdf(ikm, info):
    prk = hmac.new(bytes(32), ikm, hashlib.sha256).digest()
    return hmac.new(prk, info + b"\x01", hashlib.sha256).digest()


class Patient:
    def __init__(self, box, slip, box_id="demo-box"):
        self.box, self.box_id = box, box_id
        self.card = slip["card"].replace("-", "")[:10]
        code = slip["code"].replace("-", "")[:15]
        parts = [b"guichet/1/card", box_id.encode(), self.card.encode()]
        salt = hashlib.sha256(b"\0".join(parts)).digest()
        ikm = hashlib.pbkdf2_hmac("sha256", code.encode() + b"\0", salt, ROUNDS)
        self.auth = hkdf(ikm, b"guichet/1/auth")
        self.kek = hkdf(ikm, b"guichet/1/kek")

    def request(self, method, path, headers=None):
        context = ssl.create_default_context(cafile=self.box.path("ca.pem"))
        c = http.client.HTTPSConnection("localhost", self.box.pickup_port,
                                        context=context, timeout=30)
        c.request(method, path, headers=headers or {})
        answer = c.getresponse()
        body = answer.read()
        c.close()
        return answer.status, body

    def unwrap(self, blob, what):
        data = unb64(blob)
        aad = b"\0".join([what, self.box_id.encode(), self.card.encode()])
        return json.loads(AESGCM(self.kek).decrypt(data[:12], data[12:], aad))

    def look(self):
        """The card as pickup answers it: key, trust and bundles."""
        status, body = self.request("POST", "/api/v1/cards/" + self.card,
                                    {"Authorization": "Bearer " + b64(self.auth)})
        if status == 404:
            return []
        assert status == 200, (status, body)
        answer = json.loads(body)
        self.key = jwk.JWK(**self.unwrap(answer["sk"], b"guichet/1/sk"))
        self.trust = self.unwrap(answer["trust"], b"guichet/1/trust")
        return answer["bundles"]

    def open(self, bundle):
        """One bundle: (claim, FHIR Bundle)."""
        token = jwe.JWE()
        token.deserialize(bundle["envelope"], self.key)
        header = json.loads(token.objects["protected"])
        assert unb64(header["apu"]).decode() == self.box_id
        assert unb64(header["apv"]).decode() == f"{self.card}|{bundle['bid']}"
        secret = json.loads(token.payload)
        signed = jws.JWS()
        signed.deserialize(secret["claim"], jwk.JWK(**self.trust["box"]))
        claim = json.loads(signed.payload)
        assert claim["card"] == self.card and claim["bid"] == bundle["bid"]
        assert claim["opens"] <= time.time() + 1 and time.time() < claim["closes"]
        status, data = self.request("GET", "/d/" + claim["name"])
        assert status == 200, status
        assert b64(hashlib.sha256(data).digest()) == claim["sha256"]
        assert len(data) == claim["size"]
        content = jwe.JWE()
        # The library refuses plaintexts over its default for fear of zip.
        key = jwk.JWK(kty="oct", k=secret["key"])
        content.deserialize(data.decode(), key)
        assert len(content.payload) % 65536 == 0
        return claim, json.loads(content.payload)

    def open_all(self):
        return [self.open(b) for b in self.look() if b["envelope"]]


def resource(bundle, kind):
    return [e["resource"] for e in bundle["entry"]
            if e["resource"]["resourceType"] == kind]


def pdf_of(bundle):
    form = resource(bundle, "DiagnosticReport")[0]["presentedForm"][0]
    return base64.b64decode(form["data"])
