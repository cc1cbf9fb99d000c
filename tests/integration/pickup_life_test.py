#!/usr/bin/env python3
"""The whole appliance over HTTPS: a card opens its bundle and nobody else's,
a link lives, counts, and ends; what was revoked is gone."""
import base64
import concurrent.futures
import hashlib
import hmac
import json
import os
import re
import ssl
import time
import urllib.error
import urllib.request

import mllp
import tap
from appliance import Appliance
from tap import ok

b64u = lambda b: base64.urlsafe_b64encode(b).rstrip(b"=").decode()

ORU = ("MSH|^~\\&|LIS|LABO|GUICHET|LABO|20260101120000||ORU^R01^ORU_R01|{control}|P|2.5.1\r"
       "PID|1||{card}^^^GUICHET^XX||DOE^JANE||19800101|F\r"
       "OBR|1|A-{control}|F-{control}|24323-8^Panel^LN|||20260101110000|||||||||||||||"
       "20260101113000||CH|F\r"
       "OBX|1|NM|2345-7^Glucose^LN||5.10|mmol/L|3.9-5.8|N|||F\r")


def symbols(text):
    return re.sub(r"[^0-9A-Z]", "", text)


def derive(slip, box="guichet"):
    """b64u(auth) of docs/formats/card.md, for the local variant."""
    card10, code15 = symbols(slip["card"])[:10], symbols(slip["code"])[:15]
    salt = hashlib.sha256(f"guichet/1/card\0{box}\0{card10}".encode()).digest()
    ikm = hashlib.pbkdf2_hmac("sha256", code15.encode() + b"\0", salt, 600000)
    prk = hmac.digest(bytes(32), ikm, "sha256")
    return card10, b64u(hmac.digest(prk, b"guichet/1/auth\x01", "sha256"))


class Client:
    def __init__(self, box):
        self.origin = box.origin
        self.context = ssl.create_default_context(cafile=os.path.join(box.folder, "ca.pem"))

    def __call__(self, method, path, body=None, token=None):
        request = urllib.request.Request(path if "://" in path else self.origin + path,
                                         data=body, method=method)
        if token:
            request.add_header("Authorization", "Bearer " + token)
        try:
            with urllib.request.urlopen(request, context=self.context) as r:
                return r.status, r.headers, r.read()
        except urllib.error.HTTPError as e:
            return e.code, e.headers, e.read()


def box_id(box):
    line = re.search(r"^box\.id = (.*)$", open(box.path("guichet.conf"),
                                               encoding="utf-8").read(), re.M)
    return line.group(1).strip() if line else "guichet"


def deliver(box, slip, control):
    return mllp.send(box.mllp_port, ORU.format(
        card=symbols(slip["card"]), control=control).encode())


def share(get, card, token, wish):
    code, _, body = get("POST", f"/api/v1/cards/{card}/shares",
                        json.dumps(wish).encode(), token)
    return code, json.loads(body) if code == 201 else None


def life():
    with Appliance() as box:
        get = Client(box)
        slip, other = box.card(), box.card()
        card, token = derive(slip, box_id(box))
        path = "/api/v1/cards/" + card
        code, empty, body = get("POST", path, token=token)
        ok(code == 404, "a card with nothing there", code)
        ok("MSA|AA" in deliver(box, slip, "L1"), "a result is delivered")
        code, _, body = get("POST", path, token=token)
        answer = json.loads(body) if code == 200 else {}
        ok(code == 200 and len(answer["bundles"]) == 1 and len(body) % 4096 == 0,
           "the card opens it", code)
        _, wrong = derive({"card": slip["card"], "code": other["code"]}, box_id(box))
        code, headers, body = get("POST", path, token=wrong)
        ok(code == 404 and {k: v for k, v in headers.items() if k != "Date"} ==
           {k: v for k, v in empty.items() if k != "Date"},
           "another slip's code: the same 404")
        links(get, box, card, token, answer["bundles"][0]["bid"])
        throttle(get, path, wrong)


def links(get, box, card, token, bid):
    code, made = share(get, card, token, {"bid": bid, "kind": "U", "ttl_s": 600,
                                          "max_uses": 2})
    ok(code == 201 and made["url"].startswith(box.origin + "/s/"), "a U link", code)
    jwe = get("GET", made["url"] + "?recipient=Dr")
    ok(jwe[0] == 200 and jwe[2].count(b".") == 4 and
       jwe[1]["Content-Type"] == "application/jose", "gives the JWE", jwe[0])
    ok(get("POST", made["url"], b'{"recipient":"Dr"}')[0] == 404, "has no manifest")
    ok(get("GET", made["url"] + "?recipient=Dr")[0] == 200 and
       get("GET", made["url"] + "?recipient=Dr")[0] == 404, "works max_uses times")
    code, made = share(get, card, token, {"bid": bid, "kind": "P", "ttl_s": 600,
                                          "passcode": "1234"})
    ok(code == 201, "a P link", code)
    good = {"recipient": "Dr", "passcode": "1234"}
    code, _, body = get("POST", made["url"], json.dumps(good).encode())
    file = json.loads(body)["files"][0] if code == 200 else {}
    ok(code == 200 and file["contentType"] == "application/fhir+json" and
       get("GET", file["location"])[2] == jwe[2], "its manifest locates the same JWE", body)
    good["embeddedLengthMax"] = 10000000
    body = get("POST", made["url"], json.dumps(good).encode())[2]
    ok(json.loads(body)["files"][0].get("embedded", "").encode() == jwe[2],
       "or embeds it")
    wrong = json.dumps({"recipient": "Dr", "passcode": "4321"}).encode()
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        codes = list(pool.map(lambda _: get("POST", made["url"], wrong)[0], range(30)))
    ok(codes.count(401) <= 10 and codes.count(404) == 30 - codes.count(401),
       "at most 10 wrong passcodes, in parallel too", codes)
    ok(get("POST", made["url"], json.dumps(good).encode())[0] == 404,
       "then the right one is too late")
    code, made = share(get, card, token, {"bid": bid, "kind": "U", "ttl_s": 600})
    alias = made["url"].rsplit("/", 1)[1]
    ok(get("DELETE", f"/api/v1/cards/{card}/shares/{alias}")[0] == 404 and
       get("GET", made["url"] + "?recipient=x")[0] == 200,
       "nobody without the token ends a link")
    ok(get("DELETE", f"/api/v1/cards/{card}/shares/{alias}", token=token)[0] == 204 and
       get("GET", made["url"] + "?recipient=x")[0] == 404, "its owner does")
    ok(share(get, card, token, {"bid": "A" * 22, "kind": "U", "ttl_s": 600})[0] == 404,
       "no link to a bundle that is not the card's")
    code, made = share(get, card, token, {"bid": bid, "kind": "U", "ttl_s": 600})
    box.guichet("bundle", "revoke", bid)
    ok(get("GET", made["url"] + "?recipient=x")[0] == 404, "revoked: the link is dead")
    ok(get("GET", file["location"])[0] == 404, "and its location")
    body = json.loads(get("POST", "/api/v1/cards/" + card, token=token)[2])
    ok(body["bundles"][0]["envelope"] is None and
       body["bundles"][0]["status"] == "withdrawn", "a tombstone remains", body)


def throttle(get, path, wrong):
    codes, retry = [], None
    for _ in range(14):
        code, headers, _ = get("POST", path, token=wrong)
        codes.append(code)
        retry = retry or headers["Retry-After"]
    ok(429 in codes and set(codes) <= {404, 429} and int(retry or 0) > 0,
       "wrong tokens: 404, then 429 with Retry-After", (codes, retry))


if __name__ == "__main__":
    tap.main(life)
