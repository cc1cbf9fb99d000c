#!/usr/bin/python3
"""The TLS client against other people's servers: OpenSSL (as a library and as
s_server) and nginx, with certificates that are right and wrong in one way
each.  TAP."""
import os
import shutil
import ssl
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "integration"))
from cryptography.hazmat.primitives import hashes                # noqa: E402
from chains import Authority, make                              # noqa: E402
from peers import (ANSWER, HOST, Relay, Server, TlsServer, context, folder, probe,  # noqa: E402
                     probe_tls)
from tap import main, ok, skip                                  # noqa: E402

NGINX_PORT, SERVER_PORT = 21310, 21311
WELL = ["HANDSHAKE", "EOF", f"READ {len(ANSWER)}"]


def words(lines):
    return [line.strip() for line in lines]


def failure(lines):
    found = [line[len("FAILED "):] for line in lines if line.startswith("FAILED ")]
    return found[0] if found else ""


def ask(tmp, leaf, chain=None, **options):
    """Serves `leaf` once and connects to it."""
    leaf.write(tmp, "server", chain)
    with TlsServer(context(leaf.path, leaf.key_path, ciphers="DEFAULT@SECLEVEL=0")) as server:
        lines = words(probe_tls(server.port, **options))
    return lines, server


def trust_of(tmp, *authorities):
    path = os.path.join(tmp, "trust.pem")
    with open(path, "wb") as f:
        for a in authorities:
            a.write(tmp, "authority", [])
            with open(a.path, "rb") as pem:
                f.write(pem.read())
    return path


def believes(tmp, claim, leaf, trust, **options):
    lines, _ = ask(tmp, leaf, trust=trust, **options)
    ok(lines == WELL, claim, lines)


def refuses(tmp, claim, leaf, text, **options):
    lines, _ = ask(tmp, leaf, **options)
    ok(lines[0].startswith("FAILED") and text in failure(lines) and lines[-1] == "READ 0",
       f"{claim}: {failure(lines)}", lines)


# --- whom it believes -----------------------------------------------------------


def test_keys():
    with folder() as tmp:
        for ca_key in ("ec", "p384", "rsa2048", "rsa4096"):
            root = Authority("root", ca_key)
            trust = trust_of(tmp, root)
            mid = Authority("mid", ca_key, root)
            for key in ("ec", "p384", "rsa2048", "rsa4096"):
                believes(tmp, f"{key} signed by {ca_key}", root.issue(HOST, key=key), trust)
                believes(tmp, f"{key} signed by {ca_key}, one between",
                         mid.issue(HOST, key=key), trust)
        for name in (hashes.SHA384, hashes.SHA512):
            believes(tmp, f"a signature with {name.name}",
                     root.issue(HOST, hash_name=name), trust)


def test_names():
    with folder() as tmp:
        root = Authority("root")
        trust = trust_of(tmp, root)
        for names, host, good in [
                ([HOST], HOST, True), (["DROP.Test"], HOST, True),
                (["a.test", HOST], HOST, True), (["*.test"], HOST, True),
                (["*.test"], "a.drop.test", False), (["*.drop.test"], HOST, False),
                (["d*.test"], HOST, False), (["*"], HOST, False),
                (["test"], HOST, False), (["drop.test.evil"], HOST, False),
                (["127.0.0.1"], "127.0.0.1", True), (["127.0.0.2"], "127.0.0.1", False),
                ([HOST], "127.0.0.1", False), (["*.0.0.1"], "127.0.0.1", False),
                (["127.0.0.1"], HOST, False), (["::1", HOST, "127.0.0.1"], "127.0.0.1", True)]:
            leaf = root.issue("other", names=names)
            claim = f"a certificate for {', '.join(names)}, asked for {host}"
            if good:
                believes(tmp, f"{claim}: good", leaf, trust, host=host)
            else:
                refuses(tmp, claim, leaf, "is for another name", trust=trust, host=host)
        refuses(tmp, "an address as common name", root.issue("127.0.0.1", names=[]),
                "is for another name", trust=trust, host="127.0.0.1")
        believes(tmp, "a common name where there is no other", root.issue(HOST, names=[]), trust)
        refuses(tmp, "a common name where there is another", root.issue(HOST, names=["a.test"]),
                "is for another name", trust=trust)
        refuses(tmp, "a common name where there is an address",
                root.issue(HOST, names=["127.0.0.1"]), "is for another name", trust=trust)
        _, server = ask(tmp, root.issue(HOST), trust=trust)
        ok(server.names == [HOST] and server.seen[0][2] == "http/1.1",
           "it says which host it wants, and HTTP/1.1", (server.names, server.seen))
        _, server = ask(tmp, root.issue("127.0.0.1"), trust=trust, host="127.0.0.1")
        ok(server.names == [None], "but an address is no name", server.names)


def test_dates():
    with folder() as tmp:
        root = Authority("root", start=-100, end=100)
        trust = trust_of(tmp, root)
        refuses(tmp, "yesterday's", root.issue(HOST, start=-30, end=-1), "has expired",
                trust=trust)
        refuses(tmp, "tomorrow's", root.issue(HOST, start=1), "is not valid yet", trust=trust)
        mid = Authority("mid", issuer=root, start=-30, end=-1)
        refuses(tmp, "signed by one of yesterday", mid.issue(HOST), "has expired", trust=trust)
        leaf = root.issue(HOST)
        refuses(tmp, "where the clock stands in 1970", leaf, "clock", trust=trust, now=0)
        believes(tmp, "the date is the one that was given", root.issue(HOST, start=-30, end=-1),
                 trust, now=time.time() - 2 * 86400)


def test_authorities():
    with folder() as tmp:
        root, other = Authority("root"), Authority("other")
        trust = trust_of(tmp, root)
        mid = Authority("mid", issuer=root)
        leaf = mid.issue(HOST)
        refuses(tmp, "an authority nobody knows", other.issue(HOST), "leads to no authority",
                trust=trust)
        refuses(tmp, "one of the same name with another key", Authority("root").issue(HOST),
                "leads to no authority", trust=trust)
        refuses(tmp, "signed by itself", make(HOST, "ec", names=[HOST]),
                "leads to no authority", trust=trust)
        refuses(tmp, "without the one between", leaf, "leads to no authority", trust=trust,
                chain=[])
        refuses(tmp, "with another one between", leaf, "not in order", trust=trust,
                chain=[other])
        refuses(tmp, "with one between of the same name", leaf, "signature", trust=trust,
                chain=[Authority("mid", issuer=root)])
        refuses(tmp, "signed by a server", Authority("x", issuer=root, is_ca=False).issue(HOST),
                "signed by one that may not", trust=trust)
        refuses(tmp, "an RSA key of 1024 bits", root.issue(HOST, key="rsa1024"), "too short",
                trust=trust)
        refuses(tmp, "signed with SHA-1", root.issue(HOST, hash_name=hashes.SHA1),
                "not taken", trust=trust)
        refuses(tmp, "no authority at all and no pin", leaf, "leads to no authority")
        believes(tmp, "a chain with its root in it", mid.issue(HOST), trust,
                 chain=[mid, root])
        refuses(tmp, "nine certificates", leaf, "too long", trust=trust,
                chain=[mid] + [root] * 8)
        believes(tmp, "one of two authorities", root.issue(HOST), trust_of(tmp, other, root))


def test_pins():
    with folder() as tmp:
        root, other = Authority("root"), Authority("other")
        trust = trust_of(tmp, root)
        mid = Authority("mid", issuer=root)
        leaf, alone = mid.issue(HOST), make(HOST, "ec", names=[HOST])
        box = make(HOST, "rsa2048", names=[HOST], is_ca=True)
        zero = "0" * 64
        believes(tmp, "signed by itself, its key pinned", alone, "-", pins=alone.pin)
        believes(tmp, "likewise one that says it is an authority", box, "-", pins=box.pin)
        believes(tmp, "one of two pins", alone, "-", pins=f"{zero},{alone.pin}")
        refuses(tmp, "signed by itself, another key pinned", alone, "no key that is pinned",
                pins=zero)
        refuses(tmp, "an authority vouches, another key pinned", leaf, "no key that is pinned",
                trust=trust, pins=zero)
        believes(tmp, "the server's key pinned, no authority", leaf, "-", pins=leaf.pin)
        believes(tmp, "the key of the one between pinned", leaf, "-", pins=mid.pin)
        believes(tmp, "likewise with authorities", leaf, trust, pins=mid.pin)
        believes(tmp, "the root's key pinned, known here, not sent", leaf, trust, pins=root.pin)
        believes(tmp, "the root's key pinned, sent, not known here", leaf, "-", pins=root.pin,
                 chain=[mid, root])
        refuses(tmp, "the root's key pinned, neither sent nor known", leaf,
                "no key that is pinned", pins=root.pin)
        refuses(tmp, "another authority's server that shows the pinned certificate, too",
                other.issue(HOST), "", trust=trust_of(tmp, other, root), pins=root.pin,
                chain=[root])
        refuses(tmp, "the pinned one behind it, of the same name, has not signed it",
                Authority("mid", issuer=root).issue(HOST), "", pins=mid.pin, chain=[mid])
        server = Authority("x", issuer=root, is_ca=False)
        refuses(tmp, "the pinned one behind it is a server's", server.issue(HOST),
                "signed by one that may not", pins=server.pin, chain=[server])
        old = make(HOST, "ec", names=[HOST], start=-9, end=-1)
        refuses(tmp, "pinned, but expired", old, "has expired", pins=old.pin)
        old = Authority("old", start=-9, end=-1)
        refuses(tmp, "the one between pinned, but expired", old.issue(HOST), "has expired",
                pins=old.pin, chain=[old])
        wrong = make("b.test", "ec", names=["b.test"])
        refuses(tmp, "pinned, but for another name", wrong, "is for another name",
                pins=wrong.pin)
        here = make("box", "ec", names=["127.0.0.1"])
        believes(tmp, "an address, pinned", here, "-", pins=here.pin, host="127.0.0.1")


# --- what it speaks -------------------------------------------------------------


def test_versions():
    with folder() as tmp:
        root = Authority("root")
        trust, leaf = trust_of(tmp, root), root.issue(HOST).write(tmp, "server")
        for version, name, text in ((ssl.TLSVersion.TLSv1_1, "TLS 1.1", "it has no TLS 1.2, or"),
                                    (ssl.TLSVersion.TLSv1_3, "TLS 1.3",
                                     "it does not speak TLS 1.2")):
            ctx = context(leaf.path, leaf.key_path, version, version, "DEFAULT@SECLEVEL=0")
            with TlsServer(ctx) as server:
                lines = words(probe_tls(server.port, trust))
            ok(text in failure(lines),
               f"a server of {name} alone: {failure(lines)}", lines)
        ctx = context(leaf.path, leaf.key_path, most=ssl.TLSVersion.TLSv1_3)
        with TlsServer(ctx) as server:
            lines = words(probe_tls(server.port, trust))
        ok(lines == WELL and server.seen[0][0] == "TLSv1.2", "of both it takes 1.2",
           (lines, server.seen))


def test_suites():
    with folder() as tmp:
        root = Authority("root")
        trust = trust_of(tmp, root)
        for key, kind in (("ec", "ECDSA"), ("rsa2048", "RSA")):
            leaf = root.issue(HOST, key=key).write(tmp, "server")
            for cipher in ("AES128-GCM-SHA256", "AES256-GCM-SHA384", "CHACHA20-POLY1305"):
                name = f"ECDHE-{kind}-{cipher}"
                with TlsServer(context(leaf.path, leaf.key_path, ciphers=name)) as server:
                    lines = words(probe_tls(server.port, trust))
                ok(lines == WELL and server.seen[0][1] == name, name, (lines, server.seen))
            for name in (f"ECDHE-{kind}-AES128-SHA", f"ECDHE-{kind}-AES256-SHA384"):
                with TlsServer(context(leaf.path, leaf.key_path, ciphers=name)) as server:
                    lines = words(probe_tls(server.port, trust))
                ok("handshake_failure" in failure(lines), f"not {name}", lines)
        for name in ("AES128-GCM-SHA256", "DHE-RSA-AES128-GCM-SHA256"):
            with TlsServer(context(leaf.path, leaf.key_path, ciphers=name)) as server:
                lines = words(probe_tls(server.port, trust))
            ok("handshake_failure" in failure(lines), f"not {name}: no ECDHE", lines)


# --- how it ends ------------------------------------------------------------------


def test_ends():
    with folder() as tmp:
        root = Authority("root")
        trust, leaf = trust_of(tmp, root), root.issue(HOST).write(tmp, "server")
        ctx = context(leaf.path, leaf.key_path)
        with TlsServer(ctx, cuts=True) as server:
            lines = words(probe_tls(server.port, trust))
        ok("cut off" in failure(lines) and lines[-1] == WELL[-1],
           f"an end without close_notify: {failure(lines)}", lines)
        long = os.urandom(300000)
        with TlsServer(ctx, answer=long) as server:
            lines = words(probe_tls(server.port, trust))
            ok(lines[-1] == "READ 300000" and "EOF" in lines, "300,000 bytes", lines)
        with Server(lambda c: c.recv(1000)) as server:
            lines = words(probe_tls(server.port, trust))
        ok("hung up during the handshake" in failure(lines),
           f"an end instead of an answer: {failure(lines)}", lines)
        with Server(lambda c: time.sleep(8)) as server:
            started = time.monotonic()
            lines = words(probe_tls(server.port, trust, env={"IDLE_MS": "1500"}))
            took = time.monotonic() - started
        ok(lines[0] == "TIMEOUT" and took < 6, f"silence: {lines[0]} after {took:.1f} s", lines)
        for text in (b"HTTP/1.1 400 Bad Request\r\n\r\n", b"220 mail.test ESMTP\r\n",
                     bytes(600), b"\x16\x03\x03\xff\xff" + bytes(70000)):
            with Server(lambda c, t=text: (c.recv(1000), c.sendall(t), c.recv(1000))) as server:
                lines = words(probe_tls(server.port, trust))
            ok(failure(lines).startswith("TLS: "), f"no TLS: {failure(lines)}", lines)
        lines = words(probe_tls(1, trust))
        ok("refused" in failure(lines), "nobody listens", lines)


def test_slow():
    """A byte every 20 ms is silence to nobody's clock but idle_ms."""
    with folder() as tmp:
        root = Authority("root")
        trust, leaf = trust_of(tmp, root), root.issue(HOST).write(tmp, "server")

        def drip(data):
            for i in range(len(data)):
                time.sleep(0.02)
                yield data[i:i + 1]

        with TlsServer(context(leaf.path, leaf.key_path)) as server:
            with Relay(server.port, drip) as relay:
                started = time.monotonic()
                lines = words(probe_tls(relay.port, trust, env={"IDLE_MS": "1500"}))
                took = time.monotonic() - started
        ok(lines[0] == "TIMEOUT" and took < 6, f"a handshake in drops: after {took:.1f} s", lines)


def test_pieces():
    with folder() as tmp:
        root = Authority("root")
        mid = Authority("mid", issuer=root)
        trust, leaf = trust_of(tmp, root), mid.issue(HOST).write(tmp, "server")
        with TlsServer(context(leaf.path, leaf.key_path)) as server:
            for size in (1, 2, 5, 7, 100, 1000):
                with Relay(server.port, lambda data, n=size: [
                        data[i:i + n] for i in range(0, len(data), n)]) as relay:
                    lines = words(probe_tls(relay.port, trust))
                ok(lines == WELL, f"in pieces of {size} bytes", lines)


def flips(at):
    """Flips a bit of byte `at` of all that comes."""
    seen = 0

    def pieces(data):
        nonlocal seen
        changed = bytearray(data)
        if seen <= at < seen + len(data):
            changed[at - seen] ^= 1
        seen += len(data)
        return [bytes(changed)]

    return pieces


def test_spoilt():
    """A bit of anything in the handshake that is not what it was."""
    with folder() as tmp:
        root = Authority("root")
        trust, leaf = trust_of(tmp, root), root.issue(HOST).write(tmp, "server")
        bad = []
        with TlsServer(context(leaf.path, leaf.key_path)) as server:
            places = [0, 3, 5, 9, 11, 20, 60, 90, 120, 150, 200, 300, 400, 500, 550, 600, 640,
                      650]
            for at in places:
                with Relay(server.port, flips(at)) as relay:
                    lines = words(probe_tls(relay.port, trust, env={"IDLE_MS": "3000"}))
                if not lines[-2].startswith(("FAILED", "TIMEOUT")) or lines[-1] != "READ 0":
                    bad.append((at, lines))
        ok(not bad, f"{len(places)} spoilt connections fail", bad)


# --- other people's servers ---------------------------------------------------------


def wait_for(port):
    import socket
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)


NGINX = """daemon off; pid {tmp}/nginx.pid; error_log {tmp}/error.log; worker_processes 1;
events {{ worker_connections 64; }}
http {{
  access_log off; client_body_temp_path {tmp}; proxy_temp_path {tmp}; fastcgi_temp_path {tmp};
  uwsgi_temp_path {tmp}; scgi_temp_path {tmp};
  server {{
    listen 127.0.0.1:{port} ssl; server_name drop.test; root {tmp};
    ssl_certificate {cert}; ssl_certificate_key {key}; ssl_protocols TLSv1.2 TLSv1.3;
  }}
}}
"""


def test_nginx():
    if shutil.which("nginx") is None and not os.path.exists("/usr/sbin/nginx"):
        skip("nginx", "not installed")
        return
    with folder() as tmp:
        os.chmod(tmp, 0o755)
        root = Authority("root")
        trust, leaf = trust_of(tmp, root), root.issue(HOST, key="rsa2048").write(tmp, "server")
        with open(os.path.join(tmp, "file"), "wb") as f:
            f.write(os.urandom(100000))
        os.chmod(f.name, 0o644)
        with open(os.path.join(tmp, "nginx.conf"), "w", encoding="ascii") as f:
            f.write(NGINX.format(tmp=tmp, port=NGINX_PORT, cert=leaf.path, key=leaf.key_path))
        nginx = subprocess.Popen(["/usr/sbin/nginx", "-c", f.name, "-p", tmp],
                                 stderr=subprocess.DEVNULL)
        try:
            wait_for(NGINX_PORT)
            lines = words(probe_tls(NGINX_PORT, trust, request="GET /file HTTP/1.1\r\n"
                                    "Host: drop.test\r\nConnection: close\r\n\r\n"))
        finally:
            nginx.terminate()
            nginx.wait()
        read = int(lines[-1].split()[1])
        ok(lines[:2] == ["HANDSHAKE", "EOF"] and 100100 < read < 100600,
           f"nginx: {read} bytes and a proper end", lines)


def s_server(*options):
    server = subprocess.Popen(["openssl", "s_server", "-accept", str(SERVER_PORT), "-quiet",
                               "-www", *options], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    wait_for(SERVER_PORT)
    return server


def test_s_server():
    with folder() as tmp:
        root = Authority("root")
        trust, leaf = trust_of(tmp, root), root.issue(HOST).write(tmp, "server")
        for claim, options in (("P-384 alone", ["-groups", "P-384"]),
                               ("P-256 alone", ["-groups", "P-256"]),
                               ("X25519 alone", ["-groups", "X25519"]),
                               ("no ticket", ["-no_ticket"]),
                               ("small records", ["-split_send_frag", "512",
                                                  "-max_send_frag", "512"])):
            server = s_server("-cert", leaf.path, "-key", leaf.key_path, *options)
            try:
                lines = words(probe_tls(SERVER_PORT, trust, request="GET / HTTP/1.0\r\n\r\n"))
            finally:
                server.terminate()
                server.wait()
            ok(lines[:2] == ["HANDSHAKE", "EOF"], f"openssl s_server, {claim}", lines)
        server = s_server("-cert", leaf.path, "-key", leaf.key_path, "-Verify", "1", "-tls1_2")
        try:
            lines = words(probe_tls(SERVER_PORT, trust))
        finally:
            server.terminate()
            server.wait()
        ok(failure(lines).startswith("TLS: "),
           f"a server that wants our certificate: {failure(lines)}", lines)


# --- the authorities ------------------------------------------------------------------


def test_bundle():
    with folder() as tmp:
        bundle = "/etc/ssl/certs/ca-certificates.crt"
        if os.path.exists(bundle):
            line = probe("bundle", bundle)[0]
            with open(bundle, encoding="ascii") as f:
                wanted = f.read().count("BEGIN CERTIFICATE")
            ok(line.startswith(f"AUTHORITIES {wanted} SKIPPED 0 "), f"a system's bundle: {line}")
        else:
            skip("a system's bundle", "none here")
        for claim, text, wanted in (
                ("nothing in it", "hello\n", "no PEM certificate"),
                ("a broken line", "-----BEGIN CERTIFICATE-----\n!!!!\n", "broken PEM")):
            path = os.path.join(tmp, "bundle")
            with open(path, "w", encoding="ascii") as f:
                f.write(text)
            line = probe("bundle", path)[0]
            ok(line.startswith("TRUST ") and wanted in line, f"{claim}: {line[-60:]}", line)
        line = probe("bundle", os.path.join(tmp, "none"))[0]
        ok("No such file" in line, "no bundle", line)
        root = Authority("root")
        trust = trust_of(tmp, root)
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ed25519", "-nodes", "-keyout",
                        os.path.join(tmp, "k"), "-out", os.path.join(tmp, "ed.pem"), "-subj",
                        "/CN=ed"], check=True, stderr=subprocess.DEVNULL)
        with open(os.path.join(tmp, "ed.pem"), encoding="ascii") as ed, \
             open(trust, encoding="ascii") as ours:
            both = ed.read() + ours.read()
        with open(trust, "w", encoding="ascii") as f:
            f.write(both)
        line = probe("bundle", trust)[0]
        ok(line.startswith("AUTHORITIES 1 SKIPPED 1 "), f"an unknown kind of key: {line}")
        believes(tmp, "the others count", root.issue(HOST), trust)


def test_inside():
    with folder() as tmp:
        root = Authority("root")
        trust, leaf = trust_of(tmp, root), root.issue(HOST).write(tmp, "server")
        empty = os.path.join(tmp, "empty")
        os.mkdir(empty)
        with TlsServer(context(leaf.path, leaf.key_path)) as server:
            lines = words(probe_tls(server.port, trust, inside=True, cwd=empty))
        ok(lines == WELL, "from inside the courier's sandbox", lines)


main(test_keys, test_names, test_dates, test_authorities, test_pins, test_versions, test_suites,
     test_ends, test_slow, test_pieces, test_spoilt, test_nginx, test_s_server, test_bundle,
     test_inside)
