"""scan.py -- who answers at an address, as a program inside a namespace:

    scan.py ADDRESS FIRST LAST          TCP: {"open": [...], "refused": n, "silent": n}
    scan.py serve ADDRESS PORT CERT KEY  HTTPS that knows nothing: a line for each caller
    scan.py fetch ADDRESS PORT CA       one page over HTTPS: its status
"""
import errno
import http.server
import json
import selectors
import socket
import ssl
import sys
import time

AT_ONCE, SILENCE_S = 400, 2.0


def _begin(address, port):
    connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    code = connection.connect_ex((address, port))
    return connection, code


def scan(address, first, last):
    ports, waiting = iter(range(first, last + 1)), {}
    found = {"open": [], "refused": 0, "silent": 0, "other": 0}
    chosen = selectors.DefaultSelector()

    def judge(port, code):
        if code == 0:
            found["open"].append(port)
        else:
            found["refused" if code == errno.ECONNREFUSED else
                  "silent" if code in (errno.ETIMEDOUT, None) else "other"] += 1

    def drop(connection):
        chosen.unregister(connection)
        del waiting[connection]
        connection.close()

    while True:
        for port in ports:
            connection, code = _begin(address, port)
            if code == errno.EINPROGRESS:
                waiting[connection] = (port, time.monotonic())
                chosen.register(connection, selectors.EVENT_WRITE)
            else:
                judge(port, code)
                connection.close()
            if len(waiting) >= AT_ONCE:
                break
        if not waiting:
            return found
        for key, _ in chosen.select(0.2):
            judge(waiting[key.fileobj][0],
                  key.fileobj.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))
            drop(key.fileobj)
        late = time.monotonic() - SILENCE_S
        for connection in [c for c, (_, since) in waiting.items() if since < late]:
            judge(waiting[connection][0], None)
            drop(connection)


class Nobody(http.server.BaseHTTPRequestHandler):
    def answer(self):
        print(self.client_address[0], flush=True)
        self.send_response(404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_HEAD = do_PUT = do_DELETE = do_POST = do_OPTIONS = answer

    def log_message(self, *_):
        pass


def serve(address, port, certificate, key):
    server = http.server.ThreadingHTTPServer((address, port), Nobody)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True,
                                        do_handshake_on_connect=False)
    print("ready", flush=True)
    server.serve_forever()


def fetch(address, port, authority):
    import http.client
    context = ssl.create_default_context(cafile=authority)
    there = http.client.HTTPSConnection(address, port, context=context, timeout=10)
    there.request("GET", "/")
    print(there.getresponse().status, flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(sys.argv[2], int(sys.argv[3]), *sys.argv[4:])
    elif sys.argv[1] == "fetch":
        fetch(sys.argv[2], int(sys.argv[3]), sys.argv[4])
    else:
        print(json.dumps(scan(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))))
