"""jwcrypto.py -- python3-jwcrypto opens what we make, and we what it makes.

Prints TAP.  Run with the system's Python: the package is Debian's.
"""
import base64
import hashlib
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
# This file must not stand for the package that it is named after.
sys.path = [p for p in sys.path if os.path.abspath(p or ".") != HERE]

try:
    from jwcrypto import jwe, jwk, jws
except ImportError:
    print("ok 1 - jwcrypto # SKIP python3-jwcrypto is not installed\n1..1")
    sys.exit(0)

OUT = os.environ.get("GUICHET_OUT") or os.path.join(HERE, "../../build/x86_64")
TYP = "guichet-claim+jws"
FHIR = "application/fhir+json"
count = failed = 0


def ok(good, claim):
    global count, failed
    count += 1
    failed += not good
    print(f"{'' if good else 'not '}ok {count} - {claim}")


def b64u(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def tool(command, *arguments, text=""):
    run = subprocess.run([f"{OUT}/tests/interop/jose_tool", command,
                          *arguments], input=text.encode(),
                         capture_output=True, check=False)
    if run.returncode != 0:
        raise ValueError(run.stderr.decode().strip())
    return run.stdout.decode()


def refused(command, *arguments, text):
    try:
        tool(command, *arguments, text=text)
        return False
    except ValueError:
        return True


def open_jwe(text, key):
    token = jwe.JWE()
    token.deserialize(text, key)
    return token.payload.decode()


def verify_jws(text, key):
    token = jws.JWS()
    token.deserialize(text, key)
    return token.payload.decode()


def octets(raw):
    return jwk.JWK(kty="oct", k=b64u(raw))


def the_vectors():
    with open(os.path.join(HERE, "vectors.json"), encoding="utf-8") as f:
        v = json.load(f)
    card = jwk.JWK.from_json(v["sk_plain"])
    box = jwk.JWK.from_json(v["box_key"])
    content_key = jwk.JWK(kty="oct", k=v["content_key"])
    ok(open_jwe(v["envelope"], card) == v["envelope_plain"],
       "vectors.json: envelope")
    ok(verify_jws(v["claim"], box) == v["claim_payload"],
       "vectors.json: claim")
    ok(open_jwe(v["data"], content_key) == v["payload"],
       "vectors.json: data")
    ok(box.thumbprint() == v["box_kid"], "vectors.json: thumbprint")
    claim = json.loads(v["claim_payload"])
    ok(claim["sha256"] == b64u(hashlib.sha256(v["data"].encode()).digest())
       and claim["size"] == len(v["data"]),
       "vectors.json: the claim is about the data")


def data():
    raw = os.urandom(32)
    payload = '{"resourceType":"Bundle"}'.ljust(65536)
    ours = tool("seal-dir", b64u(raw), FHIR, text=payload)
    ok(open_jwe(ours, octets(raw)) == payload, "it opens our data")
    theirs = jwe.JWE(b'{"a":1}', json.dumps(
        {"alg": "dir", "enc": "A256GCM", "cty": FHIR}))
    theirs.add_recipient(octets(raw))
    text = theirs.serialize(compact=True)
    ok(tool("open-dir", b64u(raw), text=text) == '{"a":1}',
       "we open its data")
    ok(refused("open-dir", b64u(os.urandom(32)), text=text),
       "but not with another key")


def envelope(pair):
    private = jwk.JWK(**pair["private"])
    ours = tool("seal-ecdh", pair["point"], "box-1", "N|b",
                text='{"key":"k"}')
    ok(open_jwe(ours, private) == '{"key":"k"}', "it opens our envelope")
    theirs = jwe.JWE(b'{"key":"k"}', json.dumps(
        {"alg": "ECDH-ES", "enc": "A256GCM", "apu": b64u(b"box-1"),
         "apv": b64u(b"N|b"), "cty": "json"}))
    theirs.add_recipient(jwk.JWK(**pair["public"]))
    text = theirs.serialize(compact=True)
    ok(tool("open-ecdh", pair["d"], "box-1", "N|b", text=text) ==
       '{"key":"k"}', "we open its envelope")
    ok(refused("open-ecdh", pair["d"], "box-1", "N|c", text=text),
       "but not as another bundle")


def claims(pair):
    private = jwk.JWK(**pair["private"])
    public = jwk.JWK(**pair["public"])
    ours = tool("sign", pair["d"], TYP, text='{"v":1}')
    ok(verify_jws(ours, public) == '{"v":1}', "it verifies our claim")
    ok(public.thumbprint() == pair["kid"], "kid is the thumbprint")
    theirs = jws.JWS(b'{"v":1}')
    theirs.add_signature(private, None, json.dumps(
        {"alg": "ES256", "typ": TYP, "kid": pair["kid"]}))
    text = theirs.serialize(compact=True)
    ok(tool("verify", pair["point"], TYP, text=text) == '{"v":1}',
       "we verify its claim")
    other = json.loads(tool("key"))
    ok(refused("verify", other["point"], TYP, text=text),
       "but not as another box's")


def main():
    pair = json.loads(tool("key"))
    the_vectors()
    data()
    envelope(pair)
    claims(pair)
    print(f"1..{count}")
    return failed != 0


sys.exit(main())
