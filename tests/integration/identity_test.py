#!/usr/bin/python3
"""guichet-identity: what OpenSSL and curl say of its certificate, and that
pickup serves with it."""
import os
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from appliance import BIN, Appliance                       # noqa: E402
from tap import main, ok, skip                             # noqa: E402

FOLDER = tempfile.mkdtemp(prefix="guichet-identity-")
HOSTS = ("guichet.labo.example", "localhost", "127.0.0.1", "fd00::1")
EMPTY = os.path.join(FOLDER, "empty")


def path(name):
    return os.path.join(FOLDER, name)


def identity(*arguments, name="box"):
    """Exit code, and what it said; its descriptors 3 and 4 are files."""
    os.makedirs(EMPTY, exist_ok=True)
    with open(path(name + ".key"), "wb", opener=lambda p, f: os.open(p, f, 0o600)) as key, \
            open(path(name + ".pem"), "wb") as pem:
        def descriptors():
            first, second = os.dup(key.fileno()), os.dup(pem.fileno())
            os.dup2(first, 3)
            os.dup2(second, 4)
        done = subprocess.run([os.path.join(BIN, "guichet-identity"), *arguments], cwd=EMPTY,
                              preexec_fn=descriptors, close_fds=False, capture_output=True,
                              text=True, timeout=20, check=False)
    return done.returncode, done.stderr


def openssl(*arguments):
    done = subprocess.run(["openssl", *arguments], capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else "failed: " + done.stderr


def text_of(name="box"):
    return openssl("x509", "-in", path(name + ".pem"), "-noout", "-text")


def test_certificate():
    code, said = identity(*HOSTS, str(int(time.time())))
    ok(code == 0 and said == "", "makes a key and a certificate", said)
    text = text_of()
    for words in ("Version: 3", "ecdsa-with-SHA256", "NIST CURVE: P-256", "CA:FALSE",
                  "Digital Signature", "TLS Web Server Authentication",
                  "CN = guichet.labo.example",
                  "DNS:guichet.labo.example, DNS:localhost, IP Address:127.0.0.1, "
                  "IP Address:FD00:0:0:0:0:0:0:1"):
        ok(words in text, f"it says {words!r}", text)
    for name in ("guichet.labo.example", "localhost"):
        said = openssl("verify", "-x509_strict", "-CAfile", path("box.pem"),
                       "-verify_hostname", name, path("box.pem"))
        ok(said.endswith(": OK\n"), f"OpenSSL believes it strictly, for {name}", said)
    said = openssl("verify", "-CAfile", path("box.pem"), "-verify_ip", "fd00::1", path("box.pem"))
    ok(said.endswith(": OK\n"), "and for an address", said)
    said = openssl("verify", "-CAfile", path("box.pem"), "-verify_hostname", "other.example",
                   path("box.pem"))
    ok("failed" in said, "for no other name")


def test_key():
    ok("Key is valid" in openssl("pkey", "-in", path("box.key"), "-noout", "-check"),
       "OpenSSL takes the key")
    ok(openssl("pkey", "-in", path("box.key"), "-pubout")
       == openssl("x509", "-in", path("box.pem"), "-noout", "-pubkey"),
       "the key is the certificate's")
    with open(path("box.key"), encoding="ascii") as f:
        ok(f.readline() == "-----BEGIN PRIVATE KEY-----\n", "it is PKCS #8")


def test_no_two_are_alike():
    seen = set()
    for i in range(5):
        identity("localhost", "1700000000", name=f"n{i}")
        text = text_of(f"n{i}")
        serial = text.split("Serial Number:\n")[1].split("\n")[0].strip()
        ok(len(serial.split(":")) == 16 and int(serial[:2], 16) < 0x80,
           "a serial of 16 bytes, positive", serial)
        seen |= {serial, openssl("x509", "-in", path(f"n{i}.pem"), "-noout", "-pubkey")}
    ok(len(seen) == 10, "five serials, five keys")


def test_dates():
    identity("localhost", "1700000000")
    said = openssl("x509", "-in", path("box.pem"), "-noout", "-dates")
    ok(said == "notBefore=Nov 14 22:13:20 2023 GMT\nnotAfter=Feb 16 22:13:19 2026 GMT\n",
       "825 days", said)
    identity("localhost", "2524607999")     # a second before 2050
    said = openssl("x509", "-in", path("box.pem"), "-noout", "-dates")
    ok("Dec 31 23:59:59 2049" in said and "2052" in said, "across 2050 (RFC 5280 4.1.2.5)", said)
    identity("localhost", "0")
    ok("Jan  1 00:00:00 1970" in openssl("x509", "-in", path("box.pem"), "-noout", "-dates"),
       "a box without a clock")


def test_long_names():
    long = ".".join(["a" * 60] * 4)
    names = [long] + [f"n{i}.example" for i in range(15)]
    code, said = identity(*names, "1700000000")
    text = text_of()
    ok(code == 0 and all(f"DNS:{n}" in text for n in names) and "CN = Guichet" in text,
       "sixteen names, one of them too long for a CN", said + text)
    ok(openssl("verify", "-no_check_time", "-CAfile", path("box.pem"), path("box.pem"))
       .endswith(": OK\n"), "and OpenSSL believes it")


def test_refusals():
    for arguments in ((), ("localhost",), ("localhost", "now"), ("1.2.3.999", "0"),
                      ("-x.example", "0"), ("a..b", "0"), ("a b", "0"), ("", "0"), ("é.fr", "0"),
                      ("a" * 64, "0"), ("*.example", "0"), tuple(f"n{i}" for i in range(17)) + ("0",),
                      ("localhost", "-1"), ("localhost", "99999999999999999999")):
        code, said = identity(*arguments)
        ok(code == 64 and said != "" and os.path.getsize(path("box.pem")) == 0
           and os.path.getsize(path("box.key")) == 0, f"refused: {' '.join(arguments)!r:.40}", said)
    code, said = identity("localhost", "999999999999999")
    ok(code == 1 and os.path.getsize(path("box.key")) == 0, "a year of five digits", said)


def test_full_disk():
    """What could not be written is a failure, not half a key."""
    os.makedirs(EMPTY, exist_ok=True)
    done = subprocess.run(["/bin/sh", "-c", f"cd {EMPTY} && exec {BIN}/guichet-identity localhost 0 "
                           "3>/dev/full 4>/dev/null"], capture_output=True, text=True, check=False)
    ok(done.returncode == 1 and "not written" in done.stderr, "a full disk is said", done.stderr)


def test_pickup_serves_with_it():
    identity(*HOSTS, str(int(time.time()) - 60))
    with Appliance(lab_card=False, pickup__certificate=path("box.pem"),
                   pickup__key=path("box.key")) as box:
        if shutil.which("curl") is None:
            skip("curl believes it", "no curl")
            return
        for url in (box.origin, f"https://127.0.0.1:{box.pickup_port}"):
            done = subprocess.run(["curl", "-sS", "--cacert", path("box.pem"), "-o", "/dev/null",
                                   "-w", "%{http_code}", url + "/"], capture_output=True, text=True,
                                  check=False)
            ok(done.stdout == "200", f"curl believes it: {url}", done.stderr)
        done = subprocess.run(["curl", "-sS", url + "/"], capture_output=True, check=False)
        ok(done.returncode != 0, "and nobody who was not told to")


if __name__ == "__main__":
    try:
        main(test_certificate, test_key, test_no_two_are_alike, test_dates, test_long_names,
             test_refusals, test_full_disk, test_pickup_serves_with_it)
    finally:
        shutil.rmtree(FOLDER, ignore_errors=True)
