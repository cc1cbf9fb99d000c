#!/usr/bin/python3
"""A drop behind Keystone v3: a whole box, a real Keystone, a real Swift.

TAP on standard output.
"""
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from drop_box import Box, expect, left_over                           # noqa: E402
from keystone import Keystone                                         # noqa: E402
from swift import Swift                                               # noqa: E402
import tap                                                            # noqa: E402
from tap import ok                                                    # noqa: E402


def test_password():
    with Box(K.key, **S.settings("drop", "keystone")) as box:
        expect(box, "a password and a project: init makes the container", "init",
               container="fixed")
        expect(box, "and check finds all of it good")
        box.credential("wrong")
        code, seen = box.drop()
        ok(code != 0 and seen["reach"][0] == "good" and seen["credential"][0] == "bad",
           "a wrong password is found", seen)
        box.credential(K.key)
        expect(box, "the right one works at once")
    with Box(K.key, **{**S.settings("drop", "keystone"), "drop__project": "admin"}) as box:
        ok(box.drop()[1]["credential"][0] == "bad", "a project that is not ours is found")
    left_over(S, "drop", "a password")


def test_application_credential():
    name, secret = K.application_credential()
    settings = {**S.settings("drop", "keystone"), "drop__user": name, "drop__project": ""}
    with Box(secret, **settings) as box:
        expect(box, "an application credential: all of it good")
    left_over(S, "drop", "an application credential")


def test_regions():
    with Box(K.key, **{**S.settings("drop", "keystone"), "drop__region": "nowhere"}) as box:
        seen = box.drop()[1]
        ok(seen["reach"][0] == "bad" and "drop.region" in seen["reach"][1],
           "a region that the catalog has not is found", seen["reach"])
    with Box(K.key, **{**S.settings("drop", "keystone"), "drop__region": "other"}) as box:
        seen = box.drop()[1]
        ok(seen["reach"][0] == "bad" and "neither" in seen["reach"][1],
           "a catalog that names a host of nobody's configuration is not followed",
           seen["reach"])


def test_renewal():
    with Box(K.key, **S.settings("drop", "keystone")) as box:
        expect(box, "with a fresh token")
        K.new_keys()
        time.sleep(3)               # Swift remembers tokens for one second
        S.token = None
        expect(box, "a token that ends is fetched again")


K = Keystone()
S = None
try:
    S = Swift(keystone=K, authority=K.authority, port=K.store_port, expirer=False)
    tap.main(test_password, test_application_credential, test_regions, test_renewal)
finally:
    K.stop()
    if S:
        S.stop()
