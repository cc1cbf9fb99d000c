#!/usr/bin/python3
"""guichet drop check and drop init, by a whole box, against real stores: OpenStack
Swift by both of its APIs and Ceph by S3.  Each thing that can be wrong is made
wrong once, and seen.

TAP on standard output.
"""
import json
import os
import socket
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from ceph import Ceph                                                 # noqa: E402
from drop_box import Box, expect, left_over                           # noqa: E402
from store_proxy import Cut, StoreProxy                               # noqa: E402
from swift import Swift                                               # noqa: E402
import tap                                                            # noqa: E402
from tap import ok                                                    # noqa: E402

FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"
# --- Swift, its own API ------------------------------------------------------------

def test_swift():
    SWIFT.container("good")
    with Box(SWIFT.key, **SWIFT.settings("good")) as box:
        expect(box, "Swift: a drop as it must be")
        SWIFT.container("good", read=".r:*,.rlistings")
        expect(box, "Swift: listing for everybody is found", listing="bad")
        expect(box, "Swift: init takes it away", "init", listing="fixed")
        SWIFT.container("good", read="")
        expect(box, "Swift: what nobody can read is found", read="bad", type="unknown")
        SWIFT.container("good", origin="")
        expect(box, "Swift: no other origin is found", cors="bad")
        SWIFT.container("good", origin="https://only.example")
        expect(box, "Swift: a single other origin is found", cors="bad")
        SWIFT.container("good", origin="", read="")
        expect(box, "Swift: init sets both", "init", read="fixed", cors="fixed")
        expect(box, "Swift: and they stay set")
        SWIFT.set_container("good", {"X-Versions-Enabled": "true"})
        seen = box.drop()[1]        # Swift makes links of them: other things break, too
        ok(seen["versioning"][0] == "bad", "Swift: versions are found", seen)
        SWIFT.set_container("good", {"X-Versions-Enabled": "false"})
        expect(box, "Swift: and gone again")
        left_over(SWIFT, "good", "Swift")


def test_swift_from_nothing():
    with Box(SWIFT.key, **SWIFT.settings("fresh")) as box:
        code, seen = box.drop()
        ok(seen["container"][0] == "bad" and "404" in seen["container"][1]
           and seen["write"] == ("unknown", "not looked at") and code != 0,
           "Swift: no container: nothing further is looked at", seen)
        expect(box, "Swift: init makes one as it must be", "init", container="fixed")
        expect(box, "Swift: check agrees")
        box.credential("wrong")
        code, seen = box.drop()
        ok(seen["reach"][0] == "good" and seen["credential"][0] == "bad"
           and seen["container"][0] == "unknown" and code != 0,
           "Swift: a wrong secret is found, and told from a store that is away", seen)
        ok("wrong" not in json.dumps(seen), "and does not stand in any word of it")
        box.run("credential", "clear", "store")
        ok(box.drop()[1]["credential"][0] == "bad", "no secret at all, too")
        box.credential(SWIFT.key)
        expect(box, "Swift: with the right one all is well again")
        SWIFT.forget_tokens()
        expect(box, "Swift: a token that ran out is renewed")
        left_over(SWIFT, "fresh", "Swift")


def test_swift_elsewhere():
    """drop.public_url that leads into another container."""
    SWIFT.container("one")
    SWIFT.container("two")
    settings = {**SWIFT.settings("one"), "drop__public_url": SWIFT.public_url("two")}
    with Box(SWIFT.key, **settings) as box:
        seen = box.drop()[1]
        ok(seen["read"][0] == "bad" and "404" in seen["read"][1],
           "a public address of another container is found", seen)
    left_over(SWIFT, "one", "another public address")


# --- what is in the way ---------------------------------------------------------------

class Deaf:
    """Takes connections and says nothing."""

    def __enter__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        return self

    def __exit__(self, *_):
        self.socket.close()


def test_away():
    with Deaf() as deaf:
        settings = {**SWIFT.settings("good"),
                    "drop__endpoint": f"https://localhost:{deaf.port}/auth/v1.0"}
        with Box(SWIFT.key, **settings) as box:
            first = []
            thread = threading.Thread(target=lambda: first.append(box.drop()))
            thread.start()
            time.sleep(1)
            second = box.run("drop", "check")
            ok(second.returncode == 75 and first == [], "one check at a time: the second is "
               "told so at once", second.stderr)
            deaf.__exit__()
            thread.join(60)
            ok(first and first[0][0] != 0 and first[0][1]["reach"][0] == "bad",
               "a store that never answers is found", first)
            code, seen = box.drop()
            ok(code != 0 and seen["reach"][0] == "bad" and "localhost" in seen["reach"][1],
               "so is one where nobody listens", seen)


def test_another_name():
    with StoreProxy(SWIFT, SWIFT.authority, names=("store.test",)) as proxy:
        with Box(SWIFT.key, **proxy.settings("good")) as box:
            seen = box.drop()[1]
            ok(seen["reach"][0] == "bad" and "name" in seen["reach"][1],
               "a certificate for another name is found, and said", seen["reach"])
            ok(proxy.seen == [], "and nothing was asked through it")


def test_in_between():
    """Failures in the middle: what was put there is taken away all the same."""
    SWIFT.container("middle")
    with StoreProxy(SWIFT, SWIFT.authority) as proxy:
        with Box(SWIFT.key, **proxy.settings("middle")) as box:
            expect(box, "through a proxy all is well")

            def cut_public(x):
                if "viewer.invalid" in (x.handler.headers.get("Origin") or ""):
                    raise Cut
                x.forward()
                x.reply()
            proxy.fault = cut_public
            code, seen = box.drop()
            ok(code != 0 and seen["read"][0] == "bad" and seen["delete"][0] == "good",
               "a public address where nobody answers is found", seen)
            left_over(SWIFT, "middle", "after that")

            refusals = iter((503, 503))

            def refuse_deletions(x):
                status = next(refusals, None) if x.verb == "DELETE" and \
                    "X-Auth-Token" in x.handler.headers else None
                if status:
                    x.reply(status, [], b"later")
                    return
                x.forward()
                x.reply()
            proxy.fault = refuse_deletions
            box.drop()
            left_over(SWIFT, "middle", "deletions refused twice")

            proxy.fault = proxy.captive
            seen = box.drop()[1]
            ok(seen["reach"][0] == "bad" and "portal" in seen["reach"][1],
               "a captive portal is no store", seen["reach"])

            def strip(x):
                x.forward()
                drop = ("cache-control", "x-delete-at")
                x.reply(headers=[(k, v) for k, v in x.headers if k.lower() not in drop])
            proxy.fault = strip
            expect(box, "a store that forgets no-store and X-Delete-At is found",
                   type="warning", expiry="bad")

            def changed(x):
                x.forward()
                if x.verb == "GET" and "/d/" in x.path and x.status == 200:
                    x.reply(body=x.answer[:-1] + b"x")
                else:
                    x.reply()
            proxy.fault = changed
            expect(box, "other bytes at the public address are found", read="bad",
                   type="unknown")

            def quiet_errors(x):
                x.forward()
                if x.status >= 400:
                    x.reply(headers=[(k, v) for k, v in x.headers
                                     if not k.lower().startswith("access-control")])
                else:
                    x.reply()
            proxy.fault = quiet_errors
            expect(box, "errors without CORS are found", cors="warning")

            kept = {}

            def cache(x):
                is_public = x.verb == "GET" and "Origin" in x.handler.headers
                if is_public and x.path in kept:
                    x.reply(*kept[x.path])
                    return
                x.forward()
                if is_public and x.status == 200:
                    kept[x.path] = (x.status, x.headers, x.answer)
                x.reply()
            proxy.fault = cache
            expect(box, "a cache before the public address is found", delete="warning")

            def later(x):
                x.forward()
                x.reply(headers=[("Date", "Fri, 01 Jan 2100 00:00:00 GMT") if k == "date" or
                                 k == "Date" else (k, v) for k, v in x.headers])
            proxy.fault = later
            expect(box, "another clock is found", skew="warning")
            proxy.fault = None
            left_over(SWIFT, "middle", "after all that")


# --- S3 --------------------------------------------------------------------------------

def test_swift_s3():
    SWIFT.container("compat")
    for style in ("path", "virtual-host"):
        with Box(SWIFT.key, **SWIFT.settings("compat", "s3", style)) as box:
            expect(box, f"Swift's S3 API, {style} style: all but lifecycle rules",
                   expiry="warning")
            left_over(SWIFT, "compat", f"S3, {style} style")
    with Box("wrong", **SWIFT.settings("compat", "s3")) as box:
        seen = box.drop()[1]
        ok(seen["credential"][0] == "bad" and "SignatureDoesNotMatch" in seen["credential"][1],
           "S3: a wrong secret is found by its signature", seen["credential"])
    with Box(SWIFT.key, **{**SWIFT.settings("compat", "s3"), "drop__user": "test:nobody"}) as box:
        ok(box.drop()[1]["credential"][0] == "bad", "S3: so is a key that nobody has")
    with Box(SWIFT.key, **SWIFT.settings("bare", "s3")) as box:
        code, seen = box.drop("init")
        ok(code != 0 and seen["container"][0] == "fixed" and seen["read"][0] == "bad"
           and "could not be set: HTTP 501 NotImplemented" in seen["read"][1],
           "S3: what cannot be set is said with the store's words", seen)
        left_over(SWIFT, "bare", "S3 init")


def policy(ceph, *actions):
    text = json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": "*", "Action": list(actions),
        "Resource": ["arn:aws:s3:::drop", "arn:aws:s3:::drop/*"]}]})
    ceph.expect((200, 204), "PUT", "/drop", "policy", text.encode())


def lifecycle(ceph, rules):
    text = "".join(f"<Rule><ID>r{n}</ID><Filter><Prefix>{prefix}</Prefix></Filter>"
                   f"<Status>Enabled</Status><Expiration><Days>{days}</Days></Expiration></Rule>"
                   for n, (prefix, days) in enumerate(rules))
    ceph.expect((200,), "PUT", "/drop", "lifecycle",
                f"<LifecycleConfiguration>{text}</LifecycleConfiguration>".encode())


def test_ceph():
    with Box(CEPH.key, **CEPH.settings("drop")) as box:
        code, seen = box.drop()
        ok(code != 0 and seen["container"] == ("bad", "HTTP 404 NoSuchBucket"),
           "Ceph: no bucket", seen)
        expect(box, "Ceph: init makes it as it must be", "init", container="fixed")
        expect(box, "Ceph: check agrees")
        policy(CEPH, "s3:GetObject", "s3:ListBucket")
        expect(box, "Ceph: a policy that lists is found", listing="bad")
        policy(CEPH, "s3:GetObject", "s3:PutObject")
        expect(box, "Ceph: a policy that lets everybody write is found", foreign_write="bad")
        left_over(CEPH, "drop", "what everybody could write")
        policy(CEPH, "s3:GetObject", "s3:DeleteObject")
        expect(box, "Ceph: one that lets everybody delete is found", foreign_write="bad")
        policy(CEPH, "s3:GetObject", "s3:ListBucket", "s3:PutObject")
        expect(box, "Ceph: init puts ours in its place", "init", listing="fixed",
               foreign_write="fixed")
        CEPH.expect((200, 204), "DELETE", "/drop", "policy")
        expect(box, "Ceph: what nobody can read is found", read="bad", type="unknown")
        CEPH.expect((200, 204), "DELETE", "/drop", "cors")
        CEPH.expect((200, 204), "DELETE", "/drop", "lifecycle")
        expect(box, "Ceph: no CORS and no lifecycle, too", read="bad", type="unknown",
               cors="warning", expiry="bad")
        expect(box, "Ceph: init sets all three", "init", read="fixed", cors="fixed",
               expiry="fixed")
        lifecycle(CEPH, [("d/", 7), ("i/", 800)])
        expect(box, "Ceph: a rule that deletes bundles before their time is found", expiry="bad")
        lifecycle(CEPH, [("", 31)])
        expect(box, "Ceph: one that deletes indexes before their cards end, too", expiry="bad")
        lifecycle(CEPH, [("d/", 31)])
        expect(box, "Ceph: indexes that stay for ever are a warning", expiry="warning")
        expect(box, "Ceph: init mends the rules", "init", expiry="fixed")
        left_over(CEPH, "drop", "Ceph")


def test_ceph_begins_to_forget():
    """A day of this Ceph's rules is a second; seen at the end."""
    with Box(CEPH.key, **CEPH.settings("forget")) as box:
        expect(box, "Ceph: a bucket whose box will die", "init", container="fixed")
    for name in ("d/bundle", "i/index"):
        CEPH.expect((200,), "PUT", f"/forget/{name}", body=b"sealed")


def test_ceph_forgot():
    deadline = time.monotonic() + 120
    while "d/bundle" in CEPH.objects("forget") and time.monotonic() < deadline:
        time.sleep(1)
    ok(CEPH.objects("forget") == ["i/index"], "Ceph: after 31 days the rule deleted the bundle, "
       "the index stays for its card", CEPH.objects("forget"))


def test_ceph_versioning():
    CEPH.expect((200,), "PUT", "/versions")
    with Box(CEPH.key, **CEPH.settings("versions", "virtual-host")) as box:
        box.drop("init")
        expect(box, "Ceph, virtual-host style: a drop as it must be")
        for status, grade in (("Enabled", "bad"), ("Suspended", "warning")):
            CEPH.expect((200,), "PUT", "/versions", "versioning",
                        f"<VersioningConfiguration><Status>{status}</Status>"
                        "</VersioningConfiguration>".encode())
            expect(box, f"Ceph: versioning, {status.lower()}, is found", versioning=grade)


def test_ceph_of_others():
    key, secret = CEPH.user, CEPH.key
    CEPH.user, CEPH.key = "OTHER", "other"
    try:
        CEPH.expect((200,), "PUT", "/theirs")
    finally:
        CEPH.user, CEPH.key = key, secret
    with Box(CEPH.key, **CEPH.settings("theirs")) as box:
        seen = box.drop()[1]
        ok(seen["credential"][0] == "good" and seen["container"][0] == "bad"
           and "AccessDenied" in seen["container"][1], "Ceph: another customer's bucket", seen)
        ok(box.drop("init")[1]["container"][0] == "bad", "and init does not make it ours")


def test_skewed_s3():
    """Two hours are too many for S3: the signature is dated by the store's clock."""
    SWIFT.container("later")
    SWIFT.processes.stop("proxy")
    SWIFT.processes.start("proxy", "/usr/bin/python3", "/usr/bin/swift-proxy-server",
                          SWIFT.path("etc", "proxy-server.conf"), LD_PRELOAD=FAKETIME,
                          FAKETIME="+7200")
    SWIFT.wait_ready()
    with Box(SWIFT.key, **SWIFT.settings("later", "s3")) as box:
        seen = expect(box, "S3: a clock two hours ahead is a warning, and all else works",
                      skew="warning", expiry="warning")
        ok("7" in seen["skew"][1] and "ahead" in seen["skew"][1], "by how much", seen["skew"])


SWIFT = Swift(expirer=False)
CEPH = None
try:
    CEPH = Ceph(day_s=1)
    tap.main(test_ceph_begins_to_forget, test_swift, test_swift_from_nothing,
             test_swift_elsewhere, test_away, test_another_name, test_in_between,
             test_swift_s3, test_ceph, test_ceph_versioning, test_ceph_of_others,
             test_skewed_s3, test_ceph_forgot)
finally:
    SWIFT.stop()
    if CEPH:
        CEPH.stop()
