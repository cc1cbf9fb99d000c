"""faulty_store.py -- an object store over TLS that does everything wrong, on
request; and right otherwise.

    with FaultyStore(authority) as store:
        store.faults["PUT"] = [cut_answer]   # one fault for each PUT, in order
        store.objects                        # {"/drop/d/x": Object}

It knows one bucket, believes every signature, and keeps bytes in memory.  A
fault is a function (exchange) that answers in the store's place; `do_it` in
it does what was asked, without a word to the client.
"""
import email.utils
import hashlib
import os
import socket
import ssl
import struct
import threading
import time


class Object:
    def __init__(self, body, headers):
        self.body, self.headers = body, headers
        self.etag = '"' + hashlib.md5(body).hexdigest() + '"'


class Exchange:
    def __init__(self, store, stream, method, target, headers):
        self.store, self.stream = store, stream
        self.method, self.target, self.headers = method, target, headers
        self.length = int(headers.get("content-length", 0))
        self.is_read = False

    def read(self, size=None):
        self.is_read = size is None
        want = self.length if size is None else size
        got = self.stream.rfile.read(want)
        if len(got) < want:
            raise Closed        # half a body is none
        return got

    def send(self, raw):
        self.stream.sendall(raw)

    def reply(self, status, headers=(), body=b"", date=True):
        lines = [f"HTTP/1.1 {status} X"]
        if date:
            now = time.time() + self.store.clock_offset_s
            lines.append("Date: " + email.utils.formatdate(now, usegmt=True))
        lines += [f"{k}: {v}" for k, v in headers]
        if not any(k.lower() in ("content-length", "transfer-encoding") for k, _ in headers):
            lines.append(f"Content-Length: {len(body)}")
        self.send(("\r\n".join(lines) + "\r\n\r\n").encode() + body)

    def do_it(self):
        """What was asked; the answer, not sent: (status, headers, body)."""
        body = self.read() if not self.is_read else b""
        objects = self.store.objects
        if self.method == "PUT":
            objects[self.target] = Object(body, self.headers)
            return 200, [("ETag", objects[self.target].etag)], b""
        found = objects.get(self.target)
        if self.method == "DELETE":
            objects.pop(self.target, None)
            return 204, [], b""
        if found is None:
            return 404, [("Content-Type", "application/xml")], \
                b"" if self.method == "HEAD" else b"<Error><Code>NoSuchKey</Code></Error>"
        headers = [("ETag", found.etag), ("Content-Length", str(len(found.body))),
                   ("Content-Type", found.headers.get("content-type", "")),
                   ("Cache-Control", found.headers.get("cache-control", ""))]
        return 200, headers, b"" if self.method == "HEAD" else found.body

    def answer(self):
        self.reply(*self.do_it())


class Closed(Exception):
    """This connection is over."""


class FaultyStore:
    def __init__(self, authority, port, name="faulty"):
        self.port = port
        self.certificate = authority.issue(
            name, extensions="subjectAltName=DNS:localhost,IP:127.0.0.1\n"
            "extendedKeyUsage=serverAuth\n")
        self.ca = authority.cert
        self.objects, self.faults, self.seen = {}, {}, []
        self.always = None          # a fault for every request
        self.connections = 0
        self.clock_offset_s = 0
        self.ends_tls = True        # close_notify before the end
        self.lock = threading.Lock()

    def settings(self, **more):
        url = f"https://localhost:{self.port}"
        return {"drop__kind": "s3", "drop__endpoint": url, "drop__bucket": "drop",
                "drop__region": "test", "drop__user": "test:tester",
                "drop__public_url": url + "/drop", "tls__trust": self.ca, **more}

    def __enter__(self):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(self.certificate.cert, self.certificate.key)
        self.context.maximum_version = ssl.TLSVersion.TLSv1_2
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("127.0.0.1", self.port))
        self.listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def _accept(self):
        while True:
            try:
                raw, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(raw,), daemon=True).start()

    def _serve(self, raw):
        try:
            stream = self.context.wrap_socket(raw, server_side=True)
        except (OSError, ssl.SSLError):
            return
        stream.rfile = stream.makefile("rb")
        try:
            while self._one(stream):
                pass
            if self.ends_tls:
                stream.unwrap()
        except (OSError, ssl.SSLError, Closed, ValueError):
            pass
        try:
            stream.rfile.close()
            stream.close()
        except OSError:
            pass            # was reset

    def _one(self, stream):
        line = stream.rfile.readline().decode().split()
        if len(line) != 3:
            return False
        headers = {}
        while (h := stream.rfile.readline().decode().strip()):
            k, _, v = h.partition(":")
            headers[k.lower()] = v.strip()
        x = Exchange(self, stream, line[0], line[1], headers)
        with self.lock:
            self.seen.append((x.method, x.target, headers))
            queue = self.faults.get(x.method)
            fault = queue.pop(0) if queue else self.always
        if fault is None:
            x.answer()
        else:
            fault(x)
        return headers.get("connection", "") != "close"

    def count(self, method):
        return sum(m == method for m, _, _ in self.seen)


# --- faults ----------------------------------------------------------------------

def reset(x):
    """A RST instead of a word."""
    x.stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    os.close(x.stream.detach())
    raise Closed


def status(code, headers=(), body=b""):
    def fault(x):
        x.read()
        x.reply(code, headers, body)
    return fault


def early(code, headers=()):
    """Answers when the head is there, and waits for no body."""
    def fault(x):
        x.reply(code, [("Connection", "close"), *headers], b"no")
        time.sleep(0.3)
        raise Closed
    return fault


def done_but_500(x):
    x.do_it()
    x.reply(500, [("Retry-After", "7")], b"oops")


def reset_after_head(x):
    x.read(min(x.length, 4096))
    reset(x)


def done_then_reset(x):
    x.do_it()
    reset(x)


def cut_answer(x):
    x.do_it()
    x.send(b"HTTP/1.1 200 OK\r\nETag: \"")
    raise Closed


def cut_body(x):
    x.do_it()
    x.send(b"HTTP/1.1 500 X\r\nContent-Length: 100\r\n\r\nabc")
    raise Closed


def wrong_etag(x):
    code, _, body = x.do_it()
    x.reply(code, [("ETag", '"' + "0" * 32 + '"')], body)


def no_etag(x):
    x.do_it()
    x.reply(200)


def html(x):
    x.read()
    x.reply(200, [("Content-Type", "text/html")],
            b"<html>Welcome to the hotel. <form>" + b" " * 2000)


def garbled(x):
    """Other bytes arrive, and the store is content."""
    body = bytearray(x.read())
    body[len(body) // 2] ^= 1
    x.store.objects[x.target] = o = Object(bytes(body), x.headers)
    x.reply(200, [("ETag", o.etag)])


def shortened(x):
    body = x.read()
    x.store.objects[x.target] = Object(body[:-1], x.headers)
    x.reply(200, [("ETag", '"' + hashlib.md5(body).hexdigest() + '"')])


def forgets_type(x):
    x.headers.pop("content-type", None)
    x.answer()


def forgets_no_store(x):
    x.headers.pop("cache-control", None)
    x.answer()


def encrypts(x):
    """An ETag that is no MD5, as with keys of the store's own."""
    x.do_it()
    o = x.store.objects[x.target]
    o.etag = '"' + hashlib.md5(b"key" + o.body).hexdigest() + '"'
    x.reply(200, [("ETag", o.etag)])


def interim(x):
    x.send(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\nA: b\r\n\r\n")
    x.answer()


def chunked(x):
    code, headers, body = x.do_it()
    headers = [h for h in headers if h[0] != "Content-Length"]
    x.reply(code, [*headers, ("Transfer-Encoding", "chunked")],
            b"5;x=y\r\nhello\r\n0\r\nTrailer: z\r\n\r\n")


def ambiguous(x):
    code, headers, _ = x.do_it()
    x.reply(code, [*headers, ("Content-Length", "0"), ("Content-Length", "1")])


def huge_head(x):
    x.do_it()
    x.send(b"HTTP/1.1 200 OK\r\n" + b"".join(b"A%d: %s\r\n" % (i, b"x" * 1000)
                                             for i in range(40)) + b"\r\n")


def not_http(x):
    x.read()
    x.send(b"220 mail.example ESMTP\r\n")
    raise Closed


def endless_interim(x):
    x.read()
    for _ in range(100000):
        x.send(b"HTTP/1.1 102 Processing\r\n\r\n")
    raise Closed


def drip(x):
    code, headers, _ = x.do_it()
    raw = f"HTTP/1.1 {code} X\r\n" + "".join(
        f"{k}: {v}\r\n" for k, v in headers) + "Content-Length: 0\r\n\r\n"
    for c in raw.encode():
        x.send(bytes([c]))
        time.sleep(0.005)


def reads_slowly(x):
    """A body as a slow line brings it."""
    body = b""
    while len(body) < x.length:
        body += x.read(min(16384, x.length - len(body)))
        time.sleep(0.05)
    x.store.objects[x.target] = o = Object(body, x.headers)
    x.reply(200, [("ETag", o.etag)])


def stall(x):
    time.sleep(120)
