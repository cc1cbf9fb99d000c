"""at_home.py -- what the viewer does for a patient at home, in Python: from
the slip and the day code to the FHIR bundle, reading only what anybody could
read from the drop, and checking everything that formats.md says a reader checks."""
import hashlib
import http.client
import json
import ssl
import urllib.parse

from intake_open import ROUNDS, Patient, b64, hkdf
from jwcrypto import jwk

STEP = 16384                    # indexes are padded to


def plain(code):
    """Symbols as they are counted: without hyphens and check symbol."""
    return code.replace("-", "").upper()[:-1]


class AtHome(Patient):
    def __init__(self, slip, day_code, public_url, ca, box_id="demo-box"):
        self.box_id, self.ca, self.public_url = box_id, ca, public_url
        self.card = plain(slip["card"])
        salt = hashlib.sha256(b"\0".join(
            [b"guichet/1/card", box_id.encode(), self.card.encode()])).digest()
        ikm = hashlib.pbkdf2_hmac("sha256", plain(slip["code"]).encode() + b"\0"
                                  + plain(day_code).encode(), salt, ROUNDS)
        self.kek = hkdf(ikm, b"guichet/1/kek")
        self.loc = b64(hkdf(ikm, b"guichet/1/loc"))

    def request(self, method, path, headers=None):
        """Anonymously, from another origin, as a browser asks."""
        url = urllib.parse.urlsplit(self.public_url + path)
        c = http.client.HTTPSConnection(
            url.hostname, url.port or 443, timeout=30,
            context=ssl.create_default_context(cafile=self.ca))
        c.request(method, url.path, headers={"Origin": "https://viewer.example", **(headers or {})})
        answer = c.getresponse()
        self.headers = {k.lower(): v for k, v in answer.getheaders()}
        body = answer.read()
        c.close()
        return answer.status, body

    def index(self):
        """The index as it lies there; None where there is none."""
        status, body = self.request("GET", "/i/" + self.loc)
        if status in (404, 410):
            return None
        assert status == 200, (status, body[:200])
        assert self.headers["content-type"] == "application/json", self.headers
        assert "no-store" in self.headers["cache-control"], self.headers
        assert self.headers["access-control-allow-origin"] == "*", self.headers
        assert len(body) % STEP == 0 and body.rstrip(b" ")[-1:] == b"}"
        self.raw_index = body
        return json.loads(body)

    def look(self):
        answer = self.index()
        if answer is None:
            return None
        assert list(answer) == ["v", "sk", "trust", "bundles"] and answer["v"] == 1
        self.key = jwk.JWK(**self.unwrap(answer["sk"], b"guichet/1/sk"))
        self.trust = self.unwrap(answer["trust"], b"guichet/1/trust")
        assert self.trust["drop"] == self.public_url, self.trust
        for b in answer["bundles"]:
            assert list(b) == ["bid", "envelope", "status", "closes"], b
        return answer["bundles"]
