"""peers.py -- the probe, and servers on loopback for it to connect to."""
import contextlib
import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.environ.get("GUICHET_OUT", os.path.join(HERE, "../../build/x86_64"))
PROBE = os.path.abspath(os.path.join(OUT, "tests/outward/probe"))
HOST = "drop.test"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


@contextlib.contextmanager
def folder():
    path = tempfile.mkdtemp(prefix="guichet-outward-")
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def probe(*arguments, inside=False, **options):
    """What it printed, line by line."""
    words = [PROBE, *(["inside"] if inside else []), *map(str, arguments)]
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=60, check=False, **options)
    lines = done.stdout.splitlines()
    return lines if done.returncode == 0 else [*lines, f"exit {done.returncode}"]


def probe_tls(port, trust="-", pins="-", host=HOST, now=None, request="GET", **options):
    return probe("tls", "127.0.0.1", port, host, trust, pins,
                 int(time.time()) if now is None else int(now), request, **options)


def context(cert, key, least=ssl.TLSVersion.TLSv1_2, most=ssl.TLSVersion.TLSv1_2,
            ciphers=None):
    c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    c.minimum_version, c.maximum_version = least, most
    if ciphers:
        c.set_ciphers(ciphers)
    c.load_cert_chain(cert, key)
    c.set_alpn_protocols(["http/1.1"])
    return c


class Server:
    """Runs `serve(connection)` in a thread for each connection that comes."""

    def __init__(self, serve):
        self.serve = serve
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.seen = []
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.one, args=(connection,), daemon=True).start()

    def one(self, connection):
        with contextlib.suppress(OSError, ValueError):
            self.serve(connection)
        with contextlib.suppress(OSError):
            connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


class TlsServer(Server):
    """Answers one request; ends with close_notify unless `cuts`."""

    def __init__(self, ctx, answer=ANSWER, cuts=False):
        self.context, self.answer, self.cuts = ctx, answer, cuts
        self.names = []
        ctx.sni_callback = lambda _s, name, _c: self.names.append(name)
        super().__init__(self.talk)

    def talk(self, connection):
        try:
            tls = self.context.wrap_socket(connection, server_side=True)
        except OSError as e:
            self.seen.append(str(e))
            return
        self.seen.append((tls.version(), tls.cipher()[0], tls.selected_alpn_protocol()))
        tls.recv(100)
        tls.sendall(self.answer)
        if self.cuts:
            tls.close()
        else:
            tls.unwrap()


class Relay(Server):
    """Between the probe and a server: `pieces(bytes)` says how what comes
    from the server is cut."""

    def __init__(self, port, pieces):
        self.to, self.pieces = port, pieces
        super().__init__(self.talk)

    def talk(self, connection):
        with socket.create_connection(("127.0.0.1", self.to)) as up:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self.upwards, args=(connection, up), daemon=True).start()
            while data := up.recv(65536):
                for piece in self.pieces(data):
                    connection.sendall(piece)

    @staticmethod
    def upwards(connection, up):
        with contextlib.suppress(OSError):
            while data := connection.recv(65536):
                up.sendall(data)
            up.shutdown(socket.SHUT_WR)
