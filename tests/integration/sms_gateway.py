"""sms_gateway.py -- the smallest SMS gateway: HTTPS POST of a form, kept as it
came.  For what the fake SMSC of a real Kannel (kannel.py) cannot be made to do:
many messages at once, refusals, faults.

    with SmsGateway(authority, folder) as gateway:
        gateway.texts("+33612345678")       # what that telephone got, in order
        gateway.answer = (503, "busy")       # from now on
"""
import http.server
import re
import ssl
import threading
import time
import urllib.parse


class SmsGateway:
    user, secret = "guichet", "sesame-sms"

    def __init__(self, authority, host="localhost"):
        self.host = host
        self.posts = []                 # (time, raw body, fields)
        self.answer = (202, "0: Accepted for delivery")
        self.before = self.after = lambda: None     # hooks, around the taking
        self.lock = threading.Lock()
        certificate = authority.issue(
            "sms", extensions=f"subjectAltName=DNS:{host},IP:127.0.0.1\n"
                              "extendedKeyUsage=serverAuth\n")
        gateway = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                gateway.take(self)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate.cert, certificate.key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True,
                                                 do_handshake_on_connect=False)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self, request):
        body = request.rfile.read(int(request.headers["Content-Length"]))
        fields = dict(urllib.parse.parse_qsl(body.decode(), keep_blank_values=True))
        self.before()
        status, text = self.answer
        if (fields.get("username"), fields.get("password")) != (self.user, self.secret):
            status, text = 403, "Authorization failed"
        with self.lock:
            self.posts.append((time.time(), body, fields, status))
        self.after()
        data = text.encode()
        request.send_response(status)
        request.send_header("Content-Type", "text/plain")
        request.send_header("Content-Length", str(len(data)))
        request.end_headers()
        request.wfile.write(data)

    def settings(self):
        return {"sms__url": f"https://{self.host}:{self.port}/cgi-bin/sendsms",
                "sms__user": self.user,
                "sms__template": "username={user}&password={secret}&to={to}&text={text}"
                                 "&ref={reference}"}

    def texts(self, number=None):
        """What was accepted, each reference once: a gateway drops doubles."""
        seen = {}
        with self.lock:
            for _, _, fields, status in self.posts:
                if status < 300 and number in (None, fields["to"]):
                    seen.setdefault(fields.get("ref", len(seen)), fields["text"])
        return list(seen.values())

    def day_code(self, number, seconds=30):
        """Waits for the day code that this telephone gets."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for text in self.texts(number):
                found = re.search(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{3}\b", text)
                if found:
                    return found.group()
            time.sleep(0.05)
        raise TimeoutError(f"no day code for {number}: {self.texts(number)}")

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
