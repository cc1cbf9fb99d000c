"""store_proxy.py -- stands between a box and its store, and misbehaves.

Ends TLS with a certificate of its own and passes each request on to a real Swift;
on the way it can do what networks, hosts and portals do.

    with StoreProxy(swift, authority) as proxy:
        proxy.fault = proxy.captive             # for every request from now on
        proxy.before = lambda verb, path: ...    # called when a request's head is there
        proxy.after = lambda verb, path, status: ...   # the store has done it; the box does not know
"""
import http.client
import http.server
import socket
import ssl
import threading
import time

HOP = {"connection", "keep-alive", "transfer-encoding", "host"}


class Cut(Exception):
    """The connection ends here, without a word."""


class Exchange:
    """One request and what the store said."""

    def __init__(self, handler, body):
        self.handler, self.body = handler, body
        self.verb, self.path = handler.command, handler.path
        self.status, self.headers, self.answer = 0, [], b""

    def forward(self, body=None):
        proxy = self.handler.proxy
        c = http.client.HTTPSConnection(
            proxy.swift.host, proxy.swift.port, timeout=30,
            context=ssl.create_default_context(cafile=proxy.swift.ca))
        headers = {k: v for k, v in self.handler.headers.items() if k.lower() not in HOP}
        # Its own name: Swift answers with URLs and signatures that hold it.
        headers["Host"] = self.handler.headers["Host"]
        c.request(self.verb, self.path, body=self.body if body is None else body,
                  headers=headers)
        answer = c.getresponse()
        self.status = answer.status
        self.headers = [(k, v) for k, v in answer.getheaders() if k.lower() not in HOP]
        self.answer = answer.read()
        c.close()

    def reply(self, status=None, headers=None, body=None, length=None):
        h = self.handler
        headers = self.headers if headers is None else headers
        body = self.answer if body is None else body
        h.send_response_only(status or self.status)
        for name, value in headers:
            if name.lower() != "content-length":
                h.send_header(name, value)
        sizes = [v for k, v in headers if k.lower() == "content-length"]
        of_head = sizes[0] if sizes and self.verb == "HEAD" else len(body)
        h.send_header("Content-Length", str(length if length is not None else of_head))
        h.end_headers()
        if self.verb != "HEAD":
            h.wfile.write(body)
        h.wfile.flush()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    proxy = None
    timeout = 60

    def do_any(self):
        proxy = self.proxy
        length = int(self.headers.get("Content-Length") or 0)
        try:
            if proxy.server is not self.server:     # down since: kept connections end, too
                raise Cut
            with proxy.lock:
                proxy.seen.append((time.time(), self.command, self.path))
            proxy.before(self.command, self.path)
            if proxy.fault is StoreProxy.half_body and self.command == "PUT":
                self.rfile.read(length // 2)
                raise Cut
            x = Exchange(self, self.rfile.read(length))
            if proxy.fault is None:
                x.forward()
                proxy.after(x.verb, x.path, x.status)
                x.reply()
            else:
                proxy.fault(x)
        except (Cut, OSError, http.client.HTTPException):
            self.close_connection = True
            try:
                self.connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    do_GET = do_HEAD = do_PUT = do_DELETE = do_POST = do_OPTIONS = do_any

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass                    # a box that was killed ends connections


class StoreProxy:
    def __init__(self, swift, authority, names=("localhost",)):
        self.swift, self.fault = swift, None
        self.before = lambda verb, path: None
        self.after = lambda verb, path, status: None
        self.seen, self.lock = [], threading.Lock()
        self.names = names
        san = ",".join([f"DNS:{n}" for n in names])
        self.certificate = authority.issue(
            "proxy-" + names[0], extensions=f"subjectAltName={san}\nextendedKeyUsage=serverAuth\n")
        self.port, self.server = 0, None
        self.up()

    def up(self):
        handler = type("Bound", (Handler,), {"proxy": self})
        self.server = Server(("127.0.0.1", self.port), handler)
        self.port = self.server.server_address[1]
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate.cert, self.certificate.key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True,
                                                 do_handshake_on_connect=False)
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def down(self):
        """Nobody listens there."""
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    def settings(self, container):
        """Of an appliance that goes through it (Swift, v1)."""
        base = f"https://localhost:{self.port}"
        return {**self.swift.settings(container, "swift"),
                "drop__endpoint": base + "/auth/v1.0",
                "drop__public_url": f"{base}/v1/{self.swift.account}/{container}"}

    def count(self, verb, part=""):
        with self.lock:
            return sum(v == verb and part in p for _, v, p in self.seen)

    # --- faults: what becomes of a request ------------------------------------

    @staticmethod
    def half_body(x):
        """The line is cut in the middle of a PUT's body."""
        x.forward()
        x.reply()

    @staticmethod
    def error_after_success(x):
        """The store has done it and says that it failed."""
        x.forward()
        x.reply(500, [("Content-Type", "text/plain")], b"internal error")

    @staticmethod
    def unavailable(x):
        x.reply(503, [("Retry-After", "1"), ("Content-Type", "text/plain")], b"later")

    @staticmethod
    def truncated_answer(x):
        x.forward()
        x.reply(body=x.answer[:-1] + b"", length=len(x.answer) + 100)
        raise Cut

    @staticmethod
    def wrong_etag(x):
        x.forward()
        x.reply(headers=[(k, "0" * 32 if k.lower() == "etag" else v) for k, v in x.headers])

    @staticmethod
    def other_bytes(x):
        """What arrives is not what was sent; its ETag is that of what arrived."""
        if x.verb == "PUT":
            x.forward(body=x.body[:-1] + bytes([x.body[-1] ^ 1]) if x.body else b"")
        else:
            x.forward()
        x.reply()

    @staticmethod
    def captive(x):
        page = b"<html><body>Bienvenue ! Acceptez les conditions du Wi-Fi</body></html>"
        x.reply(200, [("Content-Type", "text/html")], page)

    @staticmethod
    def redirect(x):
        x.reply(302, [("Location", "https://portal.example/login")], b"")

    @staticmethod
    def cut(x):
        raise Cut

    def stop(self):
        self.down()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
