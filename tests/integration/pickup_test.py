#!/usr/bin/env python3
"""guichet-pickup against a scripted vault: every route, every refusal, TLS as
other programs see it, and clients that are slow on purpose."""
import base64
import http.client
import os
import re
import socket
import ssl
import subprocess
import time

import tap
from pickup_alone import (BUSY, FORGED, INVALID, NOT_FOUND, OK, THROTTLED,
                          FakeVault, PickupAlone, as_json, encode)
from tap import ok

b64u = lambda b: base64.urlsafe_b64encode(b).rstrip(b"=").decode()
CARD, TOKEN = "0123456789", b64u(bytes(range(32)))
KEY = bytes(range(100, 132))
BEARER = {"Authorization": "Bearer " + TOKEN}
BID = "A" * 22

# What every response carries, whatever it says.
ALWAYS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def routes():
    """(method, pattern, auth, plane) of gateway/pickup/routes.def itself."""
    path = os.path.join(os.path.dirname(__file__), "../../gateway/pickup/routes.def")
    text = re.sub(r"/\*.*?\*/", "", open(path, encoding="utf-8").read(), flags=re.S)
    return re.findall(r'X\((\w+), *"([^"]+)", *\w+,[\s\\]*(\w+), *(\w+)', text)


def example(pattern):
    return pattern.replace("{card}", CARD).replace("{key}", b64u(KEY))


def has_headers(headers, plane):
    missing = [n for n, v in ALWAYS.items() if headers.get(n) != v]
    if "default-src 'none'" not in headers.get("Content-Security-Policy", ""):
        missing.append("Content-Security-Policy")
    if "camera=()" not in headers.get("Permissions-Policy", ""):
        missing.append("Permissions-Policy")
    if (headers.get("Access-Control-Allow-Origin") == "*") != (plane == "DATA"):
        missing.append("Access-Control-Allow-Origin")
    missing += ["has " + n for n in ("Set-Cookie", "Server") if n in headers]
    return missing


def test_every_route():
    with PickupAlone() as p:
        for method, pattern, auth, plane in routes():
            code, headers, _ = p.request(method, example(pattern), body=
                                         b"{}" if method == "POST" else None)
            ok(not has_headers(headers, plane), f"{method} {pattern}: its headers",
               has_headers(headers, plane))
            if auth == "NONE":
                ok(code in (200, 204), f"{method} {pattern}: for everybody", code)
            else:
                ok(code in (400, 404), f"{method} {pattern}: nothing without "
                   "credentials", code)
        asked = [n for n, _ in p.vault.seen]
        ok("CARD_OPEN" not in asked and "SHARE_MAKE" not in asked and
           "SHARE_END" not in asked, "without a token the vault is not asked", asked)


def test_methods():
    with PickupAlone() as p:
        for method, path, allow in (
                ("POST", "/", "GET, HEAD"), ("PUT", "/", "GET, HEAD"),
                ("HEAD", "/d/" + b64u(KEY), "GET, OPTIONS"),
                ("GET", "/api/v1/cards/" + CARD, "POST, OPTIONS"),
                ("DELETE", "/s/" + b64u(KEY), "GET, POST, OPTIONS")):
            code, headers, _ = p.request(method, path)
            ok(code == 405 and headers["Allow"] == allow, f"{method} {path[:14]}: 405",
               (code, headers["Allow"]))
        code, headers, body = p.request("HEAD", "/")
        ok(code == 200 and int(headers["Content-Length"]) > 1000 and body == b"",
           "HEAD / has the page's length and no body")
        code, headers, body = p.request("OPTIONS", "/s/" + b64u(KEY))
        ok(code == 204 and headers["Access-Control-Allow-Methods"] ==
           "GET, POST, OPTIONS" and "Authorization" in
           headers["Access-Control-Allow-Headers"], "preflight on the data plane")
        for path in ("//", "/d/", "/d/%41" + b64u(KEY)[1:], "/index.html",
                     "/api/v1/cards/012345678I", "/d/" + b64u(KEY) + "/",
                     "/api/v1/cards/" + CARD + "/", "/d/" + "A" * 42 + "B"):
            code, headers, _ = p.request("GET" if "cards" not in path else "POST",
                                         path, headers=BEARER)
            ok(code == 404, f"404: {path}", code)


def test_page():
    with PickupAlone() as p:
        code, headers, body = p.request("GET", "/")
        text = body.decode()
        policy = headers["Content-Security-Policy"]
        ok(code == 200 and headers["Content-Type"] == "text/html; charset=utf-8",
           "the page")
        ok("{{" not in text, "no placeholder is left")
        ok("Labo &lt;de&gt; l&#39;Étang &amp; &quot;Fils&quot;" in text and
           "test-box" in text, "values are escaped")
        import hashlib
        for tag in ("script", "style"):
            inline = re.search(rf"<{tag}[^>]*>(.*?)</{tag}>", text, re.S).group(1)
            pin = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
            ok(f"{tag}-src 'sha256-{pin}'" in policy, f"the {tag} matches its pin")
        ok("require-trusted-types-for 'script'" in policy, "Trusted Types")
        ok("unsafe" not in policy and "http" not in policy, "nothing undoes the policy")
        ok(not re.search(r'(src|href)="(?!#|data:)[^"]', text), "nothing from elsewhere")


def card_vault(n_bundles):
    def open_card(v):
        rows = [encode("CARD_OPENED", request=v["request"], outcome=OK,
                       sk=b"s" * 300, trust=b"t" * 400, bundles=n_bundles)]
        for i in range(n_bundles):
            rows.append(encode("CARD_BUNDLE", request=v["request"],
                               bundle=(BID[:-2] + f"{i:02d}").encode(), status=i % 2 * 4,
                               closes_s=1800000000 + i,
                               envelope=b"e" * 1200 if i % 2 == 0 else b""))
        return rows
    return FakeVault(CARD_OPEN=open_card)


def test_card():
    for n in (0, 1, 2, 40):
        with PickupAlone(vault=card_vault(n)) as p:
            code, headers, body = p.request("POST", "/api/v1/cards/" + CARD,
                                            headers=BEARER)
            answer = as_json(body)
            ok(code == 200 and len(body) % 4096 == 0, f"{n} bundles: padded to 4 KiB",
               (code, len(body)))
            ok(list(answer) == ["sk", "trust", "watch", "bundles"] and
               len(answer["bundles"]) == n, f"{n} bundles: all there")
            if n > 1:
                ok(answer["bundles"][1]["envelope"] is None and
                   answer["bundles"][1]["status"] == "withdrawn", "a tombstone")
                ok(list(answer["bundles"][0]) ==
                   ["bid", "envelope", "status", "closes"], "a bundle's members")
            asked = p.vault.seen[0][1]
            import hashlib
            ok(asked["card"] == CARD.encode() and asked["token_hash"] ==
               hashlib.sha256(bytes(range(32))).digest(), "the vault got the hash only")
            ok(asked["peer"] == bytes(10) + b"\xff\xff\x7f\x00\x00\x01", "and the peer")


def shape(p, path, headers):
    start = time.monotonic()
    code, got, body = p.request("POST", path, headers=headers)
    spent = time.monotonic() - start
    names = [(k, v) for k, v in got.items() if k != "Date"]
    return (code, tuple(names), body), spent


def test_uniform_404():
    """Unknown card, wrong token, no token, nothing there: one and the same."""
    slow = {"delay": 0.0}

    def refuse(v):
        time.sleep(slow["delay"])
        return [encode("CARD_OPENED", request=v["request"], outcome=NOT_FOUND)]
    with PickupAlone(vault=FakeVault(CARD_OPEN=refuse)) as p:
        shapes, times = [], []
        for path, headers, delay in (
                ("/api/v1/cards/" + CARD, BEARER, 0.0),
                ("/api/v1/cards/" + CARD, BEARER, 0.1),
                ("/api/v1/cards/" + CARD, BEARER, 0.2),
                ("/api/v1/cards/" + CARD, {}, 0.0),
                ("/api/v1/cards/" + CARD, {"Authorization": "Bearer x"}, 0.0),
                ("/api/v1/cards/" + CARD, {"Authorization": "Basic eDp5"}, 0.0),
                ("/api/v1/cards/0123", BEARER, 0.0),
                ("/api/v1/cards/" + CARD + "/nothing", BEARER, 0.0)):
            slow["delay"] = delay
            tries = [shape(p, path, headers) for _ in range(3)]
            shapes += [s for s, _ in tries]
            times.append(min(t for _, t in tries))  # the machine is shared
        ok(len(set(shapes)) == 1 and shapes[0][0] == 404, "one 404 for all", set(shapes))
        ok(min(times) >= 0.249, "none leaves before the quantum", times)
        ok(max(times) - min(times) < 0.1, "their time does not depend on the vault's",
           times)
        slow["delay"] = 0.3
        t = min(shape(p, "/api/v1/cards/" + CARD, BEARER)[1] for _ in range(3))
        ok(0.499 < t < 0.6, "a late vault costs a whole second quantum", t)


def test_throttle_and_away():
    vault = FakeVault(CARD_OPEN=lambda v: [
        encode("CARD_OPENED", request=v["request"], outcome=THROTTLED,
               retry_after_s=321)])
    with PickupAlone(vault=vault) as p:
        code, headers, _ = p.request("POST", "/api/v1/cards/" + CARD, headers=BEARER)
        ok(code == 429 and headers["Retry-After"] == "321", "429 says when")
        ok("Retry-After" in headers["Access-Control-Expose-Headers"], "and may be read")
        vault.answers["CARD_OPEN"] = lambda v: [
            encode("CARD_OPENED", request=v["request"], outcome=BUSY)]
        code, headers, _ = p.request("POST", "/api/v1/cards/" + CARD, headers=BEARER)
        ok(code == 503 and headers["Retry-After"] == "5", "busy: 503, try again")
        p.lose_vault()
        time.sleep(0.2)
        code, headers, _ = p.request("POST", "/api/v1/cards/" + CARD, headers=BEARER)
        ok(code == 503 and headers["Retry-After"] == "5", "no vault: 503, try again")
        ok(p.request("GET", "/")[0] == 200, "the page is there without a vault")
        vault.answers["CARD_OPEN"] = lambda v: [
            encode("CARD_OPENED", request=v["request"], outcome=NOT_FOUND)]
        p.connect_vault()
        ok(p.request("POST", "/api/v1/cards/" + CARD, headers=BEARER)[0] == 404,
           "a vault that came back is asked again")
    with PickupAlone(vault=FakeVault(OBJECT_READ=lambda v: p.lose_vault() or [])) as p:
        ok(p.request("GET", "/d/" + b64u(KEY))[0] == 503, "a vault that dies: 503")


def test_objects():
    vault = FakeVault()
    sizes = (1, 1000, 7000, 131072, 131073, 1000000)
    for n, size in enumerate(sizes):
        vault.objects[bytes([n]) * 32] = os.urandom(size)
    with PickupAlone(vault=vault) as p:
        for n, size in enumerate(sizes):
            code, headers, body = p.request("GET", "/d/" + b64u(bytes([n]) * 32))
            ok(code == 200 and body == vault.objects[bytes([n]) * 32] and
               headers["Content-Type"] == "application/jose",
               f"an object of {size} bytes", (code, len(body)))
        code, headers, body = p.request("GET", "/l/" + b64u(bytes([2]) * 32))
        ok(code == 200 and len(body) == 7000, "the same by a ticket")
        start = time.monotonic()
        code, headers, body = p.request("GET", "/d/" + b64u(KEY))
        ok(code == 404 and time.monotonic() - start > 0.249, "unknown: a late 404")
        connection = http.client.HTTPSConnection("localhost", p.port,
                                                 context=p.context())
        good = 0
        for _ in range(50):
            connection.request("GET", "/d/" + b64u(bytes([3]) * 32))
            good += len(connection.getresponse().read()) == 131072
        ok(good == 50, "50 objects over one connection", good)


def test_object_that_ends():
    parts = [OK, NOT_FOUND]
    vault = FakeVault(OBJECT_READ=lambda v: [
        encode("OBJECT_DATA", request=v["request"], outcome=parts.pop(0), size=200000,
               data=b"x" * 131072)])
    with PickupAlone(vault=vault) as p:
        try:
            code, _, body = p.request("GET", "/d/" + b64u(KEY))
            ok(False, "an object that expires while it is sent is cut", len(body))
        except http.client.IncompleteRead:
            ok(True, "an object that expires while it is sent is cut")


def post_json(p, path, text, headers=None):
    return p.request("POST", path, body=text.encode(),
                     headers={"Content-Type": "application/json", **(headers or {})})


def test_shares():
    vault = FakeVault(
        SHARE_MAKE=lambda v: [encode("SHARE_MADE", request=v["request"], outcome=OK,
                                     alias=KEY, expires_s=1900000000)],
        SHARE_END=lambda v: [encode("SHARE_ENDED", request=v["request"], outcome=OK)])
    path = f"/api/v1/cards/{CARD}/shares"
    with PickupAlone(vault=vault) as p:
        good = f'{{"bid":"{BID}","kind":"U","ttl_s":3600,"max_uses":3}}'
        code, _, body = post_json(p, path, good, BEARER)
        answer = as_json(body)
        ok(code == 201 and answer == {"url": f"https://localhost:{p.port}/s/"
                                      + b64u(KEY), "exp": 1900000000}, "a U link",
           (code, body))
        ok(len(answer["url"]) <= 128, "its url is short enough")
        ok(vault.seen[-1][1]["passcode_hash"] == b"", "without a passcode")
        code, _, body = post_json(p, path, f'{{"bid":"{BID}","kind":"P",'
                                  '"passcode":"été-1234","ttl_s":3600}', BEARER)
        import hashlib
        ok(code == 201 and vault.seen[-1][1]["passcode_hash"] == hashlib.sha256(
            b"guichet/1/passcode\0" + "été-1234".encode()).digest(), "a P link")
        for text, why in (
                ("", "no body"), ("{", "not JSON"), ("[]", "no object"),
                (good[:-1] + ',"kind":"U"}', "a name twice"),
                (good.replace('"U"', '"L"'), "another kind"),
                (good.replace('"U"', '"P"'), "P without a passcode"),
                (good[:-1] + ',"passcode":"1234"}', "U with a passcode"),
                (good.replace("3600", "59"), "too short"),
                (good.replace("3600", "1e3"), "not a whole number"),
                (good.replace("3600", "99999999"), "too long"),
                (good.replace(BID, "A" * 21), "no bid"),
                (good.replace(BID, "A" * 21 + "/"), "a bid of other symbols"),
                (good.replace("3}", "-1}"), "fewer than no uses")):
            code, _, _ = post_json(p, path, text, BEARER)
            ok(code == 400, "share refused: " + why, code)
        ok(len(vault.seen) == 2, "the vault was asked for the good ones only")
        code, _, body = p.request("DELETE", path + "/" + b64u(KEY), headers=BEARER)
        ok(code == 204 and body == b"" and vault.seen[-1][1]["alias"] == KEY, "ended")
        code, _, _ = post_json(p, path, good)
        ok(code == 404, "no token: 404")
        vault.answers["SHARE_MAKE"] = lambda v: [
            encode("SHARE_MADE", request=v["request"], outcome=INVALID, alias=bytes(32))]
        ok(post_json(p, path, good, BEARER)[0] == 400, "the vault's INVALID: 400")
        vault.answers["SHARE_MAKE"] = lambda v: [
            encode("SHARE_MADE", request=v["request"], outcome=NOT_FOUND,
                   alias=bytes(32))]
        ok(post_json(p, path, good, BEARER)[0] == 404, "its NOT_FOUND: 404")


def link_vault():
    ticket = b"T" * 32

    def open_share(v):
        if v["kind"] != ord("P"):
            return [encode("SHARE_OPENED", request=v["request"], outcome=OK,
                           ticket=ticket, size=5000)]
        if v["passcode_hash"] == b"":
            return [encode("SHARE_OPENED", request=v["request"], outcome=FORGED,
                           remaining=7, ticket=bytes(32))]
        return [encode("SHARE_OPENED", request=v["request"], outcome=OK,
                       ticket=ticket, size=5000)]
    vault = FakeVault(SHARE_OPEN=open_share)
    vault.objects[ticket] = b"eyJ." * 1250
    return vault


def test_links():
    vault = link_vault()
    alias = "/s/" + b64u(KEY)
    with PickupAlone(vault=vault) as p:
        want = '{"recipient":"Dr X","passcode":"1234"%s}'
        code, headers, body = post_json(p, alias, want % ',"embeddedLengthMax":5000')
        jwe = vault.objects[b"T" * 32].decode()
        ok(code == 200 and as_json(body) == {"status": "finalized", "files": [
            {"contentType": "application/fhir+json", "embedded": jwe}]},
           "embedded where it fits", body[:200])
        for limit in (',"embeddedLengthMax":4999', ',"embeddedLengthMax":0', ""):
            code, headers, body = post_json(p, alias, want % limit)
            file = as_json(body)["files"][0]
            ok(code == 200 and "embedded" not in file and list(file) ==
               ["contentType", "location"], "otherwise located: " + (limit or "none"))
        path = file["location"].removeprefix(f"https://localhost:{p.port}")
        code, headers, body = p.request("GET", path)
        ok(code == 200 and body.decode() == jwe and
           headers["Content-Type"] == "application/jose", "the location needs no more")
        code, headers, body = post_json(p, alias, '{"recipient":"Dr X"}')
        ok(code == 401 and as_json(body) == {"remainingAttempts": 7}, "401 counts down")
        for text, why in (('{"passcode":"1234"}', "no recipient"),
                          ('{"recipient":""}', "an empty recipient"),
                          ('{"recipient":"a","recipient":"b"}', "a name twice"),
                          ('{"recipient":"a","embeddedLengthMax":-1}', "negative"),
                          ('{"recipient":"a","embeddedLengthMax":"1"}', "text"),
                          ('{"recipient":7}', "no text"), ("recipient=a", "no JSON")):
            ok(post_json(p, alias, text)[0] == 400, "manifest refused: " + why)
        code, headers, body = p.request("GET", alias + "?recipient=Dr%20X")
        ok(code == 200 and body.decode() == jwe, "U: the file itself")
        ok(p.request("GET", alias)[0] == 400, "U without recipient")
        ok(p.request("GET", alias + "?recipient=")[0] == 400, "U with an empty one")
        vault.answers["SHARE_OPEN"] = lambda v: [
            encode("SHARE_OPENED", request=v["request"], outcome=NOT_FOUND,
                   ticket=bytes(32))]
        ok(post_json(p, alias, '{"recipient":"a"}')[0] == 404 and
           p.request("GET", alias + "?recipient=a")[0] == 404, "after expiry: 404")


def code_of(answer):
    return int(answer.split(b" ")[1]) if answer.startswith(b"HTTP/1.1 ") else None


def test_bad_requests():
    with PickupAlone() as p:
        host = b"Host: x\r\n"
        for data, code, why in (
                (b"GET / HTTP/1.1\r\n\r\n", 400, "no Host"),
                (b"GET / HTTP/2.0\r\n" + host + b"\r\n", 400, "another version"),
                (b"\x16\x03\x01\r\n\r\n", 400, "no HTTP"),
                (b"GET / HTTP/1.1\r\n" + host + b"X: " + b"y" * 9000 + b"\r\n\r\n", 431,
                 "a long head"),
                (b"POST /s/x HTTP/1.1\r\n" + host + b"Content-Length: 16385\r\n\r\n", 413,
                 "a long body"),
                (b"POST /s/x HTTP/1.1\r\n" + host + b"Content-Length: 1\r\n"
                 b"Content-Length: 2\r\n\r\nx", 400, "two lengths"),
                (b"POST /s/x HTTP/1.1\r\n" + host +
                 b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 501, "chunks")):
            answer = p.raw(data)
            ok(code_of(answer) == code and b"\r\nConnection: close\r\n" in answer,
               f"{code}: {why}", answer[:200])
            head = answer.split(b"\r\n\r\n")[0].decode().split("\r\n")[1:]
            headers = dict(h.split(": ", 1) for h in head)
            ok(all(headers.get(n) == v for n, v in ALWAYS.items()), f"{why}: headers")
        answer = p.raw(b"POST /s/" + b64u(KEY).encode() + b" HTTP/1.1\r\n" + host +
                       b"Connection: close\r\nExpect: 100-continue\r\n"
                       b"Content-Length: 2\r\n\r\n{}")
        ok(answer.count(b"HTTP/1.1 400") == 1, "100-continue with its body at once",
           answer[:100])
        answer = p.raw((b"GET /robots.txt HTTP/1.1\r\n" + host + b"\r\n") * 3 +
                       b"GET /robots.txt HTTP/1.1\r\n" + host +
                       b"Connection: close\r\n\r\n")
        ok(answer.count(b"HTTP/1.1 200") == 4, "four requests in one record")
        with p.tls() as s:
            for byte in b"GET /robots.txt HTTP/1.1\r\n" + host + b"\r\n":
                s.send(bytes([byte]))
            ok(s.recv(4096).startswith(b"HTTP/1.1 200"), "a request byte by byte")


def closes_within(s, seconds):
    s.settimeout(seconds)
    try:
        while s.recv(4096):
            pass
    except TimeoutError:
        return False
    except OSError:
        pass
    return True


def test_slow_clients():
    with PickupAlone() as p:
        start = time.monotonic()
        silent = socket.create_connection(("localhost", p.port))
        drip = p.tls()
        drip.sendall(b"GET / HTTP/1.1\r\n")
        body = p.tls()
        body.sendall(b"POST /s/x HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n1")
        while time.monotonic() - start < 9:
            drip.sendall(b"X: y\r\n")
            time.sleep(1)
        ok(closes_within(drip, 3), "a head that drips is cut after 10 s")
        ok(closes_within(silent, 2), "so is a handshake that never comes")
        ok(not closes_within(body, 1), "a slow body is still waited for")
        ok(closes_within(body, 11), "and is cut after 20 s")
        ok(19 < time.monotonic() - start < 24, "in all", time.monotonic() - start)


def test_full_house():
    with PickupAlone(pickup__connections_max="8") as p:
        held = [p.tls() for _ in range(8)]
        for s in held:
            s.sendall(b"GET /robots.txt HTTP/1.1\r\nHost: x\r\n\r\n")
            s.recv(4096)
        ok(p.request("GET", "/robots.txt")[0] == 200, "all taken: the oldest idle goes")
        ok(closes_within(held[0], 2), "namely the first")
        held[7].sendall(b"GET /robots.txt HTTP/1.1\r\nHost: x\r\n\r\n")
        ok(held[7].recv(4096).startswith(b"HTTP/1.1 200"), "not the last")


class Crowd:
    """Connections that ask 300 times for the page and read nothing."""

    def __init__(self, p, address, count):
        self.refused, self.held = 0, []
        for _ in range(count):
            raw = socket.socket()
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            raw.settimeout(20)
            raw.bind((address, 0))
            try:
                raw.connect(("127.0.0.1", p.port))
                s = p.context().wrap_socket(raw, server_hostname="localhost")
                s.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 300)
                self.held.append(s)
            except OSError:
                self.refused += 1
                raw.close()

    def close(self):
        for s in self.held:
            s.close()


def sockets(p):
    """Of guichet-pickup: the supervisor, the vault, the listener, clients."""
    folder, count = f"/proc/{p.process.pid}/fd", 0
    for name in os.listdir(folder):
        try:
            count += os.readlink(f"{folder}/{name}").startswith("socket:")
        except FileNotFoundError:
            pass                                # closed meanwhile
    return count


def answers_soon(p):
    start = time.monotonic()
    return p.request("GET", "/robots.txt")[0] == 200 and time.monotonic() - start < 3


def test_one_address_takes_all():
    with PickupAlone(pickup__connections_max="40",
                     pickup__connections_per_address="16") as p:
        crowd = Crowd(p, "127.0.0.2", 40)
        ok(crowd.refused == 24, "one address: 16 connections of 40", crowd.refused)
        ok(answers_soon(p), "another one is served meanwhile")
        others = [Crowd(p, f"127.0.0.{n}", 16) for n in (3, 4)]
        ok(all(answers_soon(p) for _ in range(5)),
           "all taken by readers that do not read: whoever holds most makes room")
        start = time.monotonic()
        while sockets(p) > 4 and time.monotonic() - start < 45:
            time.sleep(1)
        ok(time.monotonic() - start < 36, "and all are cut after 30 s",
           (sockets(p), time.monotonic() - start))
        for c in [crowd] + others:
            c.close()
    with PickupAlone(pickup__connections_per_address="8") as p:
        held = [p.tls() for _ in range(8)]
        ok(answers_soon(p) and closes_within(held[0], 2),
           "an address that holds all it may: its oldest idle one goes")


def test_request_numbers():
    first = []
    for _ in range(2):
        vault = FakeVault()
        with PickupAlone(vault=vault) as p:
            p.request("GET", "/d/" + b64u(KEY))
            first.append(vault.seen[0][1]["request"])
    ok(first[0] != first[1] and min(first) >= 1 << 32,
       "a pickup's first question does not have its predecessor's number", first)


def test_certificate_dates():
    with PickupAlone() as p:
        ok("certificate" not in p.log(), "a valid certificate: no word", p.log())
        folder = p.folder
    box = PickupAlone(pickup__certificate=os.path.join(folder, "old.pem"),
                      pickup__key=os.path.join(folder, "pickup.key"))
    key, request = (os.path.join(folder, n) for n in ("pickup.key", "old.csr"))
    for command in (["req", "-new", "-key", key, "-subj", "/CN=localhost"],
                    ["x509", "-req", "-in", request, "-signkey", key, "-days", "-1"]):
        out = request if command[0] == "req" else os.path.join(folder, "old.pem")
        subprocess.run(["openssl", *command, "-out", out], check=True,
                       stderr=subprocess.DEVNULL)
    with box as p:
        ok("pickup.certificate: " in p.log() and "old.pem: this certificate is valid from"
           in p.log(), "an expired one is told, and served", p.log())


def s_client(p, *arguments, send=b"Q\n"):
    return subprocess.run(["openssl", "s_client", "-connect", f"localhost:{p.port}",
                           "-CAfile", os.path.join(p.folder, "ca.pem"), *arguments],
                          input=send, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=20).stdout.decode(errors="replace")


def test_tls():
    with PickupAlone() as p:
        good = s_client(p, "-alpn", "h2,http/1.1", "-verify_return_error",
                        "-verify_hostname", "localhost")
        ok("Verification: OK" in good and "Cipher is ECDHE-ECDSA-" in good,
           "TLS 1.2, ECDHE, verified", good)
        ok("ALPN protocol: http/1.1" in good, "ALPN http/1.1")
        ok("Server Temp Key: X25519" in good, "X25519")
        ok("Secure Renegotiation IS supported" in good and "Compression: NONE" in good,
           "no compression")
        for suite in ("ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384",
                      "ECDHE-ECDSA-CHACHA20-POLY1305"):
            ok("Cipher is " + suite in s_client(p, "-cipher", suite), suite)
        ok("Server Temp Key: ECDH, prime256v1" in s_client(p, "-curves", "P-256"),
           "P-256")
        for why, arguments in (
                ("TLS 1.0", ["-tls1", "-cipher", "ALL:@SECLEVEL=0"]),
                ("TLS 1.1", ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"]),
                ("TLS 1.3 alone", ["-tls1_3"]),
                ("CBC", ["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA256:"
                         "ECDHE-ECDSA-AES256-SHA"]),
                ("CCM", ["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-CCM"]),
                ("RSA key exchange", ["-tls1_2", "-cipher", "AES128-GCM-SHA256"]),
                ("DHE", ["-tls1_2", "-cipher", "DHE-RSA-AES128-GCM-SHA256"]),
                ("P-384", ["-tls1_2", "-curves", "P-384"]),
                ("h2 alone", ["-tls1_2", "-alpn", "h2"])):
            out = s_client(p, *arguments)
            ok("Cipher is (NONE)" in out or "no ciphers available" in out or
               "alert" in out, "refused: " + why, out[-400:])
        out = s_client(p, send=b"R\n")
        ok("RENEGOTIATING" in out and ("no renegotiation" in out or "alert" in out or
                                       "ssl handshake failure" in out),
           "renegotiation is refused", out[-400:])
        out = s_client(p, "-reconnect", send=b"")
        ok(out.count("Reused, TLSv1.2") == 5, "a session is resumed", out.count("Reused"))
        ok(p.request("GET", "/")[0] == 200, "and the server is still there")


def test_not_tls():
    with PickupAlone() as p:
        for data in (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", os.urandom(4000),
                     b"\x16\x03\x01\x40\x00" + bytes(100), b"\x80\x2e\x01\x00\x02"):
            with socket.create_connection(("localhost", p.port)) as s:
                s.sendall(data)
                ok(closes_within(s, 12), "not TLS: closed")
        ok(p.process.poll() is None and p.request("GET", "/")[0] == 200, "and lives on")


def test_stop():
    vault = FakeVault()
    vault.objects[KEY] = os.urandom(3000000)
    with PickupAlone(vault=vault) as p:
        idle = p.tls()
        idle.sendall(b"GET /robots.txt HTTP/1.1\r\nHost: x\r\n\r\n")
        idle.recv(4096)
        busy = p.tls()
        busy.sendall(b"GET /d/" + b64u(KEY).encode() + b" HTTP/1.1\r\nHost: x\r\n\r\n")
        got = busy.recv(4096)
        p.supervisor.send(encode("STOP", grace_ms=5000))
        while piece := busy.recv(65536):
            got += piece
        ok(got.endswith(vault.objects[KEY]), "STOP: what is in flight is finished")
        ok(closes_within(idle, 2), "idle connections end")
        ok(p.process.wait(timeout=5) == 0, "and the process, with 0")


def test_no_trace():
    vault = card_vault(1)
    with PickupAlone(vault=vault) as p:
        p.request("POST", "/api/v1/cards/" + CARD, headers=BEARER)
        p.request("POST", "/api/v1/cards/9876543210", headers=BEARER)
        p.raw(b"\0\0\0" + TOKEN.encode() + b"\r\n\r\n")
        log = p.log()
        ok(not any(t in log for t in (CARD, TOKEN, "9876543210", "127.0.0.1")),
           "no card, token or address in the log", log)


def test_bad_identity():
    class Alone(PickupAlone):
        spoil = None

        def _start(self, *arguments):
            self.spoil(self.folder)
            return super()._start(*arguments)

    def attempt(spoil, want, why):
        box = Alone()
        box.spoil = spoil
        try:
            with box:
                ok(False, why)
        except (RuntimeError, OSError):
            log = box.log()
            ok(want in log and box.process.wait(timeout=5) == 78, why, log)

    key = lambda f: os.path.join(f, "pickup.key")
    pem = lambda f: os.path.join(f, "pickup.pem")
    new = lambda f, *a: subprocess.run(["openssl", a[0], "-out", key(f), *a[1:]], check=True,
                                       stderr=subprocess.DEVNULL)
    attempt(lambda f: os.remove(key(f)), "pickup.key: No such file", "no key file")
    attempt(lambda f: os.chmod(key(f), 0o644), "chmod 600", "a key for everybody")
    attempt(lambda f: open(pem(f), "w").write("hello\n"), "no PEM certificate", "no PEM")
    attempt(lambda f: open(pem(f), "w").write("-----BEGIN CERTIFICATE-----\nAAAA\n"
                                              "-----END CERTIFICATE-----\n"),
            "does not decode", "no X.509")
    attempt(lambda f: new(f, "ecparam", "-genkey", "-name", "prime256v1"),
            "does not belong", "another key")
    attempt(lambda f: new(f, "genrsa", "2048"), "does not belong", "another kind of key")
    attempt(lambda f: new(f, "ecparam", "-genkey", "-name", "secp384r1"), "P-256",
            "another curve")
    attempt(lambda f: new(f, "genrsa", "1024"), "1024 bits", "a short RSA key")
    attempt(lambda f: new(f, "genrsa", "-aes128", "-passout", "pass:x", "2048"),
            "encrypted", "an encrypted key")


def test_long_origin():
    box = PickupAlone(pickup__origin="https://" + "a" * 75)
    try:
        with box:
            ok(False, "an origin too long for a health link")
    except (RuntimeError, OSError):
        # What is allowed, guichetd says; a role says which key it refuses.
        ok("pickup.origin: not allowed" in box.log(),
           "an origin too long for a health link", box.log())
    with PickupAlone(pickup__origin="https://" + "a" * 74) as p:
        ok(p.request("GET", "/")[0] == 200, "the longest that is not")


if __name__ == "__main__":
    tap.main(*[t for n, t in sorted(globals().items(), key=lambda i: getattr(
        i[1], "__code__", None) and i[1].__code__.co_firstlineno or 0)
               if n.startswith("test_")])
