#!/usr/bin/env python3
"""guichet-courier alone: rows of a scripted outbox, pushed to a store that is
faulty in every way, and to a real Swift."""
import hashlib
import os
import shutil
import sys
import tempfile
import threading
import time

import faulty_store as f
import tap
from certs import Authority
from courier_alone import DELETE, PART, PUT_INDEX, STORE, CourierAlone, Outbox
from faulty_store import FaultyStore
from tap import ok, skip
from waiting import until

PORT = 21400
FOLDER = tempfile.mkdtemp(prefix="guichet-push-")
AUTHORITY = Authority(FOLDER, "ca")
SMALL, LARGE = b"a sealed object", os.urandom(3 * PART + 12345)
OBJECT = "d/" + "A" * 43


def store(**more):
    return FaultyStore(AUTHORITY, PORT, **more)


def start(s, vault=None, **config):
    return CourierAlone(vault=vault or Outbox(), **s.settings(**config))


# --- what goes well ----------------------------------------------------------------

def test_put():
    with store() as s, start(s) as c:
        for name, body, kind in (("small", SMALL, 0), ("of one part", b"x" * PART, 0),
                                 ("of one byte more", b"x" * (PART + 1), 0),
                                 ("large", LARGE, 0), ("index", SMALL * 99, PUT_INDEX)):
            path = f"{'di'[kind]}/{name.replace(' ', '-')}"
            result = c.vault.result(c.vault.put(path, body, kind))
            there = s.objects.get("/drop/" + path)
            ok(result == ("done", 0, "") and there and there.body == body,
               f"put: {name}", result)
            want = "application/json" if kind else "application/jose"
            ok(there and there.headers["content-type"] == want and
               there.headers["cache-control"] == "no-store", f"type and no-store: {name}")
        ok(s.count("HEAD") == 5, "each was looked at afterwards")
        ok(s.connections == 1, "over one connection", s.connections)
        ok(c.vault.read_log[-1][1] == 0 and (4, 3 * PART) in c.vault.read_log,
           "bodies come in parts")
        ok("error" not in c.log() and "d/" not in c.log(), "the log has no name", c.log())
        ok(c.stop() == 0, "and it ends when told")


def test_delete():
    with store() as s, start(s) as c:
        c.vault.result(c.vault.put(OBJECT, SMALL))
        result = c.vault.result(c.vault.delete(OBJECT))
        ok(result == ("done", 0, "") and not s.objects, "delete", result)
        ok(s.seen[-1][0] == "HEAD", "and look whether it is gone")
        result = c.vault.result(c.vault.delete(OBJECT))
        ok(result == ("done", 0, ""), "what is gone already is done", result)
        c.vault.result(c.vault.put(OBJECT, SMALL))
        s.faults["DELETE"] = [f.status(204)]
        result = c.vault.result(c.vault.delete(OBJECT))
        ok(result[0] == "retry" and "still there" in result[2],
           "204 and still there is not done", result)


# --- a store that fails --------------------------------------------------------------

RESETS = (f.reset, f.reset_after_head, f.done_then_reset)
# (what, method, fault, outcome, a word of the error)
FAULTS = [
    ("500 after success", "PUT", f.done_but_500, "down", "500"),
    ("503", "PUT", f.status(503, [("Retry-After", "120")]), "down", "503"),
    ("429", "PUT", f.status(429), "down", "429"),
    ("reset in the middle of the body", "PUT", f.reset_after_head, "down", "localhost"),
    ("reset after success", "PUT", f.done_then_reset, "down", "localhost"),
    ("half an answer", "PUT", f.cut_answer, "down", "cut off"),
    ("half a body of an answer", "PUT", f.cut_body, "down", "cut off"),
    ("a wrong ETag", "PUT", f.wrong_etag, "retry", "ETag"),
    ("no ETag", "PUT", f.no_etag, "down", "captive portal"),
    ("HTML with 200", "PUT", f.html, "down", "captive portal"),
    ("HTML with 200 to HEAD", "HEAD", f.html, "down", "captive portal"),
    ("garbled bytes", "PUT", f.garbled, "retry", "bytes"),
    ("a byte less", "PUT", f.shortened, "retry", "length"),
    ("no Content-Type", "PUT", f.forgets_type, "retry", "Content-Type"),
    ("no Cache-Control", "PUT", f.forgets_no_store, "retry", "no-store"),
    ("a redirection", "PUT", f.status(307, [("Location", "https://localhost:21401/")]),
     "down", "elsewhere: 307"),
    ("401", "PUT", f.status(401), "down", "refuses our credentials"),
    ("403", "PUT", f.status(403), "down", "refuses: 403"),
    ("403 that says why", "PUT", f.status(
        403, (), b"<?xml?><Error><Code>SignatureDoesNotMatch</Code></Error>"),
     "down", "signature"),
    ("no bucket", "PUT", f.status(404, (), b"<Error><Code>NoSuchBucket</Code></Error>"),
     "down", "bucket"),
    ("404 to HEAD", "HEAD", f.status(404), "retry", "not there"),
    ("413 before the body", "PUT", f.early(413), "retry", "too long"),
    ("401 before the body", "PUT", f.early(401), "down", "refuses our credentials"),
    ("two lengths", "PUT", f.ambiguous, "down", "not HTTP"),
    ("a huge head", "PUT", f.huge_head, "down", "too long"),
    ("another protocol", "PUT", f.not_http, "down", "cut off"),
    ("interim answers for ever", "PUT", f.endless_interim, "down", "not HTTP"),
    ("500 to DELETE", "DELETE", f.status(500), "down", "500"),
    ("HTML with 200 to DELETE", "DELETE", f.html, "down", "captive portal"),
    ("nothing to DELETE", "DELETE", f.reset, "down", "localhost"),
]


def test_faults():
    with store() as s, start(s) as c:
        for what, method, fault, outcome, word in FAULTS:
            body = LARGE if "before the body" in what or "middle" in what else SMALL
            s.objects.clear()
            # A kept connection that ends is tried once more.
            s.faults = {method: [fault] * (2 if fault in RESETS else 1)}
            if method == "DELETE":
                row = c.vault.delete(OBJECT)
            else:
                row = c.vault.put(OBJECT, body)
            got, retry_after_s, error = c.vault.result(row)
            ok(got == outcome and word in error, f"{what}: {outcome}", (got, error))
            ok(OBJECT not in error and OBJECT not in c.log(), f"{what}: no name is told")
            if what in ("503", "500 after success"):
                ok(retry_after_s in (120, 7), f"{what}: it says when", retry_after_s)
            s.faults = {}
            again = c.vault.delete(OBJECT) if method == "DELETE" else \
                c.vault.put(OBJECT, body)
            got = c.vault.result(again)
            ok(got == ("done", 0, "") and (method == "DELETE" or
               s.objects["/drop/" + OBJECT].body == body), f"{what}: the next attempt", got)
        ok(c.is_alive(), "it lives", c.log())


def test_log_is_quiet():
    with store() as s, start(s) as c:
        s.always = f.status(503)
        for _ in range(20):
            c.vault.result(c.vault.put(OBJECT, SMALL))
        s.always = None
        for _ in range(5):
            c.vault.result(c.vault.put(OBJECT, SMALL))
        lines = c.log().splitlines()
        ok(len(lines) == 2 and "503" in lines[0] and "works again" in lines[1],
           "a line for each change", c.log())


def test_odd_but_right():
    with store() as s, start(s) as c:
        for what, fault in (("1xx first", f.interim), ("chunks", f.chunked), ("drips", f.drip)):
            s.faults = {"PUT": [fault]}
            got = c.vault.result(c.vault.put(OBJECT, SMALL))
            ok(got == ("done", 0, ""), f"right all the same: {what}", got)
        s.faults = {"PUT": [f.reads_slowly]}
        got = c.vault.result(c.vault.put(OBJECT, LARGE))
        ok(got == ("done", 0, "") and s.objects["/drop/" + OBJECT].body == LARGE,
           "a slow line", got)


def test_encrypting_store():
    with store() as s, start(s) as c:
        s.faults = {"PUT": [f.encrypts]}
        got = c.vault.result(c.vault.put(OBJECT, SMALL))
        ok(got == ("done", 0, "") and s.count("GET") == 1,
           "an ETag that is no MD5: read again", got)
        s.faults = {"PUT": [f.encrypts]}
        got = c.vault.result(c.vault.put(OBJECT, LARGE))
        ok(got == ("done", 0, "") and s.count("GET") == 2, "a large one too", got)


def test_kept_connection():
    """Closed by the host while nobody looked: once more, on a new one."""
    with store() as s, start(s) as c:
        c.vault.result(c.vault.put(OBJECT, SMALL))
        for body in (SMALL, LARGE):
            before = s.connections
            s.faults = {"PUT": [f.reset]}
            got = c.vault.result(c.vault.put(OBJECT, body))
            ok(got == ("done", 0, "") and s.connections == before + 1,
               "a kept connection that ended is replaced", got)
        s.faults = {"PUT": [f.reset, f.reset]}
        got = c.vault.result(c.vault.put(OBJECT, SMALL))
        ok(got[0] == "down", "but only once", got)


def test_skew():
    with store() as s, start(s) as c:
        s.clock_offset_s = 3 * 3600
        s.faults = {"PUT": [f.status(
            403, (), b"<Error><Code>RequestTimeTooSkewed</Code></Error>")]}
        got = c.vault.result(c.vault.put(OBJECT, SMALL))
        puts = [h["x-amz-date"] for m, _, h in s.seen if m == "PUT"]
        ok(got == ("done", 0, "") and len(puts) == 2 and puts[0] != puts[1],
           "a clock that is off is followed", (got, puts))
        hour = lambda text: int(text[9:11])
        ok((hour(puts[1]) - hour(puts[0])) % 24 in (2, 3), "by as much", puts)
        s.seen.clear()
        c.vault.result(c.vault.put(OBJECT, SMALL))
        ok(s.count("PUT") == 1, "and remembered")


def test_nobody_there():
    with store() as s:
        settings = s.settings()
    with CourierAlone(**settings) as c:
        got = c.vault.result(c.vault.put(OBJECT, SMALL))
        ok(got[0] == "down" and "cannot connect" in got[2], "nobody listens", got)
    with CourierAlone(**{**settings, "drop__endpoint": "https://nowhere.invalid",
                         "dns__servers": "127.0.0.1:21499"}) as c:
        got = c.vault.result(c.vault.put(OBJECT, SMALL))
        ok(got[0] == "down" and "nowhere.invalid" in got[2], "no such name", got)


def test_strangers():
    other = Authority(FOLDER, "other")
    with store() as s:
        with start(s, tls__trust=other.cert) as c:
            got = c.vault.result(c.vault.put(OBJECT, SMALL))
            ok(got[0] == "down" and "certificate" in got[2] and not s.seen,
               "a certificate that nobody vouches for", got)
        with start(s, drop__endpoint=f"https://127.0.0.1:{PORT}") as c:
            got = c.vault.result(c.vault.put(OBJECT, SMALL))
            ok(got[0] == "done", "an address in the certificate", got)
        with start(s, drop__pins="00" * 32) as c:
            got = c.vault.result(c.vault.put(OBJECT, SMALL))
            ok(got[0] == "down" and len(s.seen) == 2, "a key that is not pinned", got)


# --- a store with a log-in -------------------------------------------------------------

class LogIn:
    """Swift's v1 log-in in front of a faulty store: `tokens` are good; where it
    does not `believe`, none ever is."""

    def __init__(self, s, url=None):
        self.store, self.tokens, self.logins, self.believes = s, [], 0, True
        self.url = url or f"https://localhost:{PORT}/v1/A"
        s.always = self.answer

    def answer(self, x):
        if x.target == "/auth/v1.0":
            self.logins += 1
            token = f"token-{self.logins}"
            self.tokens = [token] if self.believes else []
            x.reply(200, [("X-Storage-Url", self.url), ("X-Auth-Token", token)])
        elif x.headers.get("x-auth-token") in self.tokens:
            x.answer()
        else:
            x.read()
            x.reply(401)


def start_swift(s):
    return start(s, drop__kind="swift", drop__endpoint=f"https://localhost:{PORT}/auth/v1.0",
                 drop__public_url=f"https://localhost:{PORT}/v1/A/drop")


def test_log_in():
    with store() as s:
        log_in = LogIn(s)
        with start_swift(s) as c:
            rows = [c.vault.put(f"d/{i}", SMALL) for i in range(8)]
            got = {c.vault.result(r)[0] for r in rows}
            ok(got == {"done"} and log_in.logins == 1, "one log-in for all", got)
            log_in.tokens = []
            rows = [c.vault.put(f"d/{i}", LARGE) for i in range(8)]
            got = {c.vault.result(r)[0] for r in rows}
            ok(got == {"done"} and log_in.logins == 2, "and one more when it ended",
               (got, log_in.logins))
            log_in.tokens, log_in.believes = [], False
            got = c.vault.result(c.vault.put(OBJECT, SMALL))
            ok(got[0] == "down" and "refuses our credentials" in got[2] and
               log_in.logins in (3, 4), "a store that never believes its own tokens",
               (got, log_in.logins))
    for url in ("https://elsewhere.invalid/v1/A", f"https://127.0.0.1:{PORT}/v1/A",
                f"https://localhost:{PORT + 1}/v1/A"):
        with store() as s:
            LogIn(s, url)
            with start_swift(s) as c:
                got = c.vault.result(c.vault.put(OBJECT, SMALL))
                ok(got[0] == "down" and "neither" in got[2] and s.count("PUT") == 0,
                   f"a log-in that sends us to {url}", got)


# --- a vault that fails --------------------------------------------------------------

def test_vault():
    with store() as s, start(s) as c:
        v = c.vault
        got = v.result(v.put(OBJECT, LARGE, sha256=hashlib.sha256(b"other").digest()))
        ok(got[0] == "retry" and "vault" in got[2] and not s.objects,
           "bytes that are not what the vault said do not arrive", got)
        got = v.result(v.put(OBJECT, LARGE, size=len(LARGE) - 1))
        ok(got[0] == "retry" and not s.objects, "more bytes than it said", got)
        reads = v.reads
        v.reads = lambda row, offset: None if offset > 0 else reads(row, offset)
        got = v.result(v.put(OBJECT, LARGE))
        ok(got == ("gone", 0, "") and not s.objects, "a bundle that ended meanwhile", got)
        v.reads = lambda row, offset: b"" if offset > 0 else reads(row, offset)
        got = v.result(v.put(OBJECT, LARGE))
        ok(got[0] == "retry" and not s.objects, "no bytes", got)
        v.reads = reads
        got = v.result(v.put(OBJECT, b"", size=0))
        ok(got[0] == "retry", "nothing to put", got)
        got = v.result(v.add(channel=7, kind=DELETE, name=b"d/x"), 1)
        ok(got[0] == "nothing" and c.is_alive(), "a channel that is not there")
        got = v.result(v.put(OBJECT, LARGE))
        ok(got[0] == "done", "and all is well again", got)


def test_no_secret():
    with store() as s, start(s, Outbox(secret=b"")) as c:
        got = c.vault.result(c.vault.put(OBJECT, SMALL))
        ok(got[0] == "down" and "credential" in got[2] and not s.seen, "no secret", got)
        with c.vault.lock:
            from pickup_alone import encode
            c.vault.send(encode("CREDENTIAL", channel=STORE, value=b"testing"))
        got = c.vault.result(c.vault.put(OBJECT, SMALL))
        ok(got[0] == "done", "until there is one", got)


def test_vault_lost():
    with store() as s, start(s) as c:
        s.always = lambda x: (time.sleep(1), x.answer())
        rows = [c.vault.put(f"d/{i}", LARGE) for i in range(12)]
        until(lambda: s.count("PUT") >= 4)
        c.lose_vault()
        time.sleep(0.3)
        ok(c.is_alive() and not c.vault.results, "the vault is lost: not a word", c.log())
        s.always = None
        c.connect_vault()
        got = {c.vault.result(r)[0] for r in rows}
        ok(got == {"done"} and len(s.objects) == 12, "all of it is done afterwards", got)


def is_quiet(c, seconds):
    """Nothing was asked for so long.  The answers to what was in flight may
    still be on their way when the vault first says that nothing is due."""
    before = len(c.vault.takes)
    time.sleep(seconds)
    return len(c.vault.takes) == before


def test_slots():
    with store() as s, start(s, drop__in_flight=3) as c:
        gate = threading.Event()
        s.always = lambda x: (gate.wait(20), x.answer())
        rows = [c.vault.put(f"d/{i}", SMALL) for i in range(9)]
        until(lambda: s.count("PUT") >= 3)
        time.sleep(0.3)
        ok(s.count("PUT") == 3 and len(c.vault.out) == 3, "three at a time",
           (s.count("PUT"), len(c.vault.out)))
        gate.set()
        got = {c.vault.result(r)[0] for r in rows}
        ok(got == {"done"} and s.connections <= 4, "and then the others", s.connections)
        until(lambda: STORE in c.vault.idle, 5)
        ok(until(lambda: is_quiet(c, 0.5), 10), "nothing is asked while nothing is due")
        ok(c.vault.result(c.vault.put(OBJECT, SMALL))[0] == "done", "woken")


def test_stop():
    with store() as s, start(s) as c:
        s.always = lambda x: (time.sleep(1), x.answer())
        row = c.vault.put(OBJECT, SMALL)
        until(lambda: s.count("PUT") == 1)
        ok(c.stop() == 0 and c.vault.result(row, 1)[0] == "done",
           "what is in flight is finished first")
    with store() as s, start(s) as c:
        s.always = f.stall
        row = c.vault.put(OBJECT, SMALL)
        until(lambda: s.count("PUT") == 1)
        begin = time.monotonic()
        ok(c.stop(1000) == 0 and time.monotonic() - begin < 5 and
           c.vault.result(row, 0.1)[0] == "nothing", "but not for ever")


def test_stall():
    """A host, and a vault, that say nothing: thirty seconds."""
    with store() as s, start(s) as c:
        v, reads = c.vault, c.vault.reads
        s.faults = {"PUT": [f.stall]}
        stalled = v.put(OBJECT, SMALL)
        until(lambda: s.count("PUT") == 1)
        v.reads = lambda row, offset: False
        hung = v.put("d/hung", SMALL)
        got = v.result(stalled, 45)
        ok(got[0] == "down" and "in time" in got[2], "a host that says nothing", got)
        got = v.result(hung, 45)
        ok(got[0] == "down" and "in time" in got[2], "a vault that says nothing", got)
        v.reads = reads
        ok(v.result(v.put(OBJECT, SMALL))[0] == "done", "and then it does")


def test_memory():
    body = os.urandom(20 * 1024 * 1024)
    with store() as s, start(s, drop__in_flight=4) as c:
        rows = [c.vault.put(f"d/{i}", body) for i in range(4)]
        most = 0
        while len(c.vault.results) < 4 and c.is_alive():
            most = max(most, c.rss_kb())
            time.sleep(0.05)
        ok({c.vault.result(r)[0] for r in rows} == {"done"}, "four of 20 MiB at a time")
        ok(0 < most < 16 * 1024, "in constant memory", f"{most} kB")


# --- a real store ----------------------------------------------------------------------

def push_to_swift(swift, kind, style="path"):
    name = f"{kind}, {style}"
    settings = swift.settings("drop", kind, style)
    with CourierAlone(vault=Outbox(secret=swift.key.encode()), **settings) as c:
        soon = int(time.time()) + 3600
        for path, body, what in ((OBJECT, LARGE, 0), ("i/" + "B" * 43, SMALL, PUT_INDEX)):
            got = c.vault.result(c.vault.put(path, body, what, delete_at_s=soon))
            ok(got == ("done", 0, ""), f"Swift, {name}: put", (got, c.log()))
            headers, there = swift.get("drop", path) or ({}, b"")
            ok(there == body, f"Swift, {name}: it is there")
            if kind != "s3":
                headers = {k.lower(): v for k, v in dict(headers).items()}
                ok(headers.get("x-delete-at") == str(soon),
                   f"Swift, {name}: until then", headers)
        rows = [c.vault.put(f"d/{i}", SMALL * i) for i in range(1, 20)]
        ok({c.vault.result(r)[0] for r in rows} == {"done"}, f"Swift, {name}: twenty")
        if kind == "swift":
            swift.forget_tokens()
            got = c.vault.result(c.vault.put(OBJECT, LARGE))
            ok(got == ("done", 0, ""), f"Swift, {name}: a token that ended", got)
        got = c.vault.result(c.vault.delete(OBJECT))
        ok(got == ("done", 0, "") and OBJECT not in swift.objects("drop"),
           f"Swift, {name}: delete", got)
    with CourierAlone(vault=Outbox(secret=b"wrong"), **settings) as c:
        got = c.vault.result(c.vault.put(OBJECT, SMALL))
        ok(got[0] == "down" and "refuses" in got[2], f"Swift, {name}: wrong secret", got)


def test_swift():
    try:
        from swift import Swift
        missing = [p for p in ("swift-proxy-server", "memcached", "nginx")
                   if shutil.which(p, path=os.environ["PATH"] + ":/usr/sbin") is None]
    except ImportError:
        missing = ["swift.py"]
    if missing:
        skip("a real Swift", "not installed: " + " ".join(missing))
        return
    with Swift() as swift:
        swift.container("drop")
        push_to_swift(swift, "swift")
        push_to_swift(swift, "s3")


if __name__ == "__main__":
    tests = [v for k, v in globals().items() if k.startswith("test_") and callable(v) and
             (len(sys.argv) < 2 or any(a in k for a in sys.argv[1:]))]
    try:
        tap.main(*tests)
    finally:
        shutil.rmtree(FOLDER, ignore_errors=True)
