"""make_vectors.py -- writes the worked example of docs/formats as JSON.

Independent of the code that it checks: Python's hashlib and hmac, the
cryptography package for AES-GCM, and P-256 with RFC 6979 written out below
(slow, not constant time, for test keys only).  All secrets here are public.

    python3 tests/interop/make_vectors.py > tests/interop/vectors.json
"""
import base64
import hashlib
import hmac
import json

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

P = 2**256 - 2**224 + 2**192 + 2**96 - 1
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
G = (0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
     0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5)
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def add(a, b):
    if a is None or b is None:
        return a or b
    if a[0] == b[0]:
        if (a[1] + b[1]) % P == 0:
            return None
        slope = 3 * (a[0] ** 2 - 1) * pow(2 * a[1], -1, P)
    else:
        slope = (b[1] - a[1]) * pow(b[0] - a[0], -1, P)
    x = (slope**2 - a[0] - b[0]) % P
    return x, (slope * (a[0] - x) - a[1]) % P


def times(d, point):
    result = None
    for bit in bin(d)[2:]:
        result = add(result, result)
        if bit == "1":
            result = add(result, point)
    return result


def number(data):
    return int.from_bytes(data, "big")


def octets(n):
    return n.to_bytes(32, "big")


def mac(key, data):
    return hmac.new(key, data, hashlib.sha256).digest()


def sha256(data):
    return hashlib.sha256(data).digest()


def sign(d, message):
    """RFC 6979 section 3.2 for SHA-256; first k is good for our messages."""
    h = octets(number(sha256(message)) % N)
    v, k = b"\1" * 32, b"\0" * 32
    for byte in (b"\0", b"\1"):
        k = mac(k, v + byte + octets(d) + h)
        v = mac(k, v)
    nonce = number(mac(k, v))
    assert 0 < nonce < N
    r = times(nonce, G)[0] % N
    s = pow(nonce, -1, N) * (number(h) + r * d) % N
    return octets(r) + octets(s)


def b64u(data):
    if isinstance(data, str):
        data = data.encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def compact(value):
    return json.dumps(value, separators=(",", ":"))


def seed(name, size=32):
    """Stands for `size` random bytes."""
    return sha256(b"guichet test vector, " + name.encode())[:size]


def check_symbol(symbols):
    total, twice = 0, True
    for symbol in reversed(symbols):
        value = ALPHABET.index(symbol) * (2 if twice else 1)
        total += value // 32 + value % 32
        twice = not twice
    return ALPHABET[-total % 32]


def printed(symbols):
    text = symbols + check_symbol(symbols)
    return "-".join(text[i:i + 4] for i in range(0, len(text), 4))


def hkdf(ikm, info):
    return mac(mac(bytes(32), ikm), info.encode() + b"\1")


def public_jwk(d):
    x, y = times(d, G)
    return compact({"crv": "P-256", "kty": "EC",
                    "x": b64u(octets(x)), "y": b64u(octets(y))})


def private_jwk(d):
    x, y = times(d, G)
    return compact({"kty": "EC", "crv": "P-256", "x": b64u(octets(x)),
                    "y": b64u(octets(y)), "d": b64u(octets(d))})


def concat_kdf(z, apu, apv):
    def counted(data):
        return len(data).to_bytes(4, "big") + data
    return sha256(b"\0\0\0\1" + z + counted(b"A256GCM") + counted(apu)
                  + counted(apv) + (256).to_bytes(4, "big"))


def jwe(key, iv, header, plain):
    head = b64u(header)
    sealed = AESGCM(key).encrypt(iv, plain.encode(), head.encode())
    return ".".join([head, "", b64u(iv), b64u(sealed[:-16]),
                     b64u(sealed[-16:])])


def blob(kek, iv, aad, plain):
    return b64u(iv + AESGCM(kek).encrypt(iv, plain.encode(), aad))


def derive(v, day):
    salt = sha256(b"guichet/1/card\0" + v["box"].encode() + b"\0"
                  + v["number"].encode())
    ikm = hashlib.pbkdf2_hmac("sha256",
                              v["code"].encode() + b"\0" + day.encode(),
                              salt, v["rounds"])
    return salt, ikm


def card(v):
    v["number_printed"] = printed(v["number"])
    v["code_printed"] = printed(v["code"])
    v["day_printed"] = printed(v["day"])
    salt, ikm = derive(v, "")
    _, drop_ikm = derive(v, v["day"])
    v["salt"], v["ikm"], v["drop_ikm"] = salt.hex(), ikm.hex(), drop_ikm.hex()
    for name in ("auth", "kek", "loc"):
        v[name] = hkdf(ikm, "guichet/1/" + name).hex()
        v["drop_" + name] = hkdf(drop_ikm, "guichet/1/" + name).hex()
    auth, kek = bytes.fromhex(v["auth"]), bytes.fromhex(v["kek"])
    v["token"], v["token_hash"] = b64u(auth), sha256(auth).hex()
    tail = b"\0" + v["box"].encode() + b"\0" + v["number"].encode()
    card_d = number(seed("card key"))
    v["sk_plain"] = private_jwk(card_d)
    v["sk"] = blob(kek, seed("sk iv", 12), b"guichet/1/sk" + tail,
                   v["sk_plain"])
    v["drop_sk"] = blob(bytes.fromhex(v["drop_kek"]), seed("drop sk iv", 12),
                        b"guichet/1/sk" + tail, v["sk_plain"])
    box_d = number(seed("box key"))
    v["box_d"], v["box_key"] = octets(box_d).hex(), public_jwk(box_d)
    v["box_kid"] = b64u(sha256(v["box_key"].encode()))
    v["trust_plain"] = compact({"box": json.loads(v["box_key"]),
                                "pickup": v["pickup"], "drop": None})
    v["trust"] = blob(kek, seed("trust iv", 12), b"guichet/1/trust" + tail,
                      v["trust_plain"])
    v["card_d"] = octets(card_d).hex()


def bundle(v):
    key = seed("content key")
    v["content_key"] = b64u(key)
    v["payload"] = compact({"resourceType": "Bundle",
                            "type": "document"}) + " " * 16
    v["data_header"] = '{"alg":"dir","enc":"A256GCM",' \
        '"cty":"application/fhir+json"}'
    v["data"] = jwe(key, seed("data iv", 12), v["data_header"], v["payload"])
    v["claim_header"] = compact({"alg": "ES256", "typ": "guichet-claim+jws",
                                 "kid": v["box_kid"]})
    v["claim_payload"] = compact({
        "v": 1, "box": v["box"], "card": v["number"], "bid": v["bid"],
        "seq": 1, "name": b64u(seed("name")), "size": len(v["data"]),
        "sha256": b64u(sha256(v["data"].encode())), "iat": 1767600000,
        "opens": 1767600000, "closes": 1768809600, "status": "final",
        "replaces": None})
    signed = b64u(v["claim_header"]) + "." + b64u(v["claim_payload"])
    signature = sign(int(v["box_d"], 16), signed.encode())
    v["claim"] = signed + "." + b64u(signature)
    v["apu"], v["apv"] = v["box"], v["number"] + "|" + v["bid"]
    ephemeral = number(seed("ephemeral key"))
    epk = public_jwk(ephemeral)
    v["envelope_header"] = compact({
        "alg": "ECDH-ES", "enc": "A256GCM", "epk": json.loads(epk),
        "apu": b64u(v["apu"]), "apv": b64u(v["apv"]), "cty": "json"})
    shared = octets(times(ephemeral,
                          times(int(v["card_d"], 16), G))[0])
    v["envelope_key"] = concat_kdf(shared, v["apu"].encode(),
                                   v["apv"].encode()).hex()
    v["envelope_plain"] = compact({"key": v["content_key"],
                                   "claim": v["claim"]})
    v["envelope"] = jwe(bytes.fromhex(v["envelope_key"]),
                        seed("envelope iv", 12), v["envelope_header"],
                        v["envelope_plain"])


def main():
    v = {"about": "docs/formats/card.md and bundle.md; made by "
                  "make_vectors.py; every secret here is public",
         "box": "labo-demo-1", "pickup": "https://resultats.example",
         "number": "7K3QZ9MA2T", "code": "C0DE4TESTS0N1Y7",
         "day": "D4YC0DE777", "rounds": 600000,
         "bid": b64u(seed("bid", 16))}
    card(v)
    bundle(v)
    print(json.dumps(v, indent=1))


main()
