"""smtp_script.py -- an SMTP server that answers as it is told, for what a real
one cannot be made to do: greylisting, faults, an attacker between.

    with SmtpScript(authority, {"RCPT": "450 4.2.0 later"}) as server:
        server.commands         # as they came, of all connections
        server.messages         # what was between DATA and the dot

Keys of `answers`: GREETING, a verb, AUTH2 (what follows a 334) and DOT.  An
answer is a line, bytes as they are, None (closes the connection), or a list of
these, one for each time; the last one stays.
"""
import socket
import ssl
import threading

SERVER = "subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n"

EHLO = ["250-mx.example Hello", "250-AUTH LOGIN PLAIN", "250-DSN", "250 SIZE 1000000"]
ANSWERS = {
    "GREETING": "220 mx.example ESMTP", "AUTH": "235 2.7.0 ok",
    "MAIL": "250 2.1.0 ok", "RCPT": "250 2.1.5 ok", "DATA": "354 go on",
    "DOT": "250 2.0.0 taken", "QUIT": "221 2.0.0 bye", "STARTTLS": "220 2.0.0 go",
}


class SmtpScript:
    def __init__(self, authority=None, answers=None, starttls=False, ehlo=None,
                 ehlo_clear=None, port=0):
        self.answers = {**ANSWERS, **(answers or {})}
        self.ehlo = "\r\n".join(ehlo or EHLO)
        self.ehlo_clear = "\r\n".join(
            ehlo_clear or ["250-mx.example Hello", "250 STARTTLS"])
        self.starttls = starttls
        self.context = None
        if authority is not None:
            made = authority.issue("script", extensions=SERVER)
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(made.cert, made.key)
        self.commands, self.messages, self.times = [], [], {}
        self.listener = socket.create_server(("127.0.0.1", port))
        self.port = self.listener.getsockname()[1]
        self.connections = 0

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.close()

    def _accept(self):
        while True:
            try:
                wire, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(wire,), daemon=True).start()

    def _answer(self, key):
        answer = self.answers.get(key, "502 5.5.1 what?")
        if isinstance(answer, list):
            n = self.times[key] = self.times.get(key, -1) + 1
            answer = answer[min(n, len(answer) - 1)]
        return answer

    def _say(self, wire, answer):
        if answer is None:
            wire.close()
            raise ConnectionError
        wire.sendall(answer if isinstance(answer, bytes)
                     else answer.encode() + b"\r\n")

    def _serve(self, wire):
        wire.settimeout(30)
        try:
            secure = self.context is not None and not self.starttls
            if secure:
                wire = self.context.wrap_socket(wire, server_side=True)
            self._say(wire, self._answer("GREETING"))
            self._talk(wire, secure)
        except (OSError, ConnectionError):
            pass
        finally:
            wire.close()

    def _talk(self, wire, secure):
        lines = wire.makefile("rb")
        while line := lines.readline():
            self.commands.append(line.decode().rstrip("\r\n"))
            verb = self.commands[-1].split(" ")[0].upper()
            if verb == "EHLO" and "EHLO" not in self.answers:
                self._say(wire, self.ehlo if secure else self.ehlo_clear)
                continue
            answer = self._answer(verb)
            self._say(wire, answer)
            if verb == "QUIT":
                return
            if verb == "STARTTLS" and str(answer).startswith("220"):
                wire = self.context.wrap_socket(wire, server_side=True)
                lines, secure = wire.makefile("rb"), True
            elif verb == "AUTH" and str(answer).startswith("334"):
                self.commands.append("AUTH2 " + lines.readline().decode().strip())
                self._say(wire, self._answer("AUTH2"))
            elif verb == "DATA" and str(answer).startswith("354"):
                self._take_message(wire, lines)

    def _take_message(self, wire, lines):
        message = b""
        while (line := lines.readline()) not in (b".\r\n", b""):
            message += line[1:] if line.startswith(b".") else line
        self.messages.append(message)
        self._say(wire, self._answer("DOT"))


class StripStarttls:
    """Between client and server: takes STARTTLS out of what the server offers,
    as an attacker does who wants the rest in clear."""

    def __init__(self, port):
        self.to = port
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.seen = b""         # what the client said

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.close()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.to))
            for args in ((client, server, False), (server, client, True)):
                threading.Thread(target=self._pass, args=args, daemon=True).start()

    def _pass(self, source, sink, is_server):
        try:
            while data := source.recv(65536):
                if is_server:
                    data = data.replace(b"250-STARTTLS\r\n", b"")
                else:
                    self.seen += data
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass
