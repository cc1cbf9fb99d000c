"""kannel.py -- Kannel on loopback with its fake SMSC: what a telephone gets.

    with Kannel(authority) as gateway:
        gateway.url                         # https://localhost:PORT/cgi-bin/sendsms
        gateway.texts(1)                    # [(from, to, text)], as the SMSC got them

Debian's programs alone (bearerbox, smsbox, and fakesmsc of kannel-extras), with
a configuration of their own, as whoever starts the test.
"""
import os
import re
import shutil
import subprocess
import tempfile
import time

from appliance import free_port
from smtpd import wait_port

USER, SECRET = "labo", "sésame & \"ouvre\"=100%+"
FAKE = "/usr/lib/kannel/test/fakesmsc"

CONF = """group = core
admin-port = {admin}
admin-password = {admin}
smsbox-port = {inside}
box-deny-ip = "*.*.*.*"
box-allow-ip = "127.0.0.1"
ssl-server-cert-file = "{cert}"
ssl-server-key-file = "{key}"

group = smsc
smsc = fake
smsc-id = fake
port = {fake}
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-interface = "127.0.0.1"
sendsms-port = {sendsms}
sendsms-port-ssl = true
global-sender = LABO
log-file = "{folder}/smsbox.log"
log-level = 0

group = sendsms-user
username = {user}
password = "{secret}"
max-messages = 1

group = sms-service
keyword = default
text = "no"
"""


def missing():
    """Why Kannel cannot be used here, or nothing."""
    for path in ("/usr/sbin/bearerbox", "/usr/sbin/smsbox", FAKE):
        if not os.path.exists(path):
            return f"{path} is not installed"
    return ""


class Kannel:
    def __init__(self, authority):
        self.folder = tempfile.mkdtemp(prefix="guichet-kannel-")
        made = authority.issue("kannel", extensions="subjectAltName=DNS:localhost\n"
                               "extendedKeyUsage=serverAuth\n")
        self.ports = {n: free_port() for n in ("admin", "inside", "fake", "sendsms")}
        self.url = f"https://localhost:{self.ports['sendsms']}/cgi-bin/sendsms"
        # In the file a quotation mark inside quotation marks has a backslash.
        with open(self.path("kannel.conf"), "w", encoding="utf-8") as f:
            f.write(CONF.format(folder=self.folder, cert=made.cert, key=made.key,
                                user=USER, secret=SECRET.replace('"', '\\"'),
                                **self.ports))
        self.processes = []

    def path(self, name):
        return os.path.join(self.folder, name)

    def _start(self, name, *command):
        with open(self.path(name), "wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder)
        self.processes.append(process)
        return process

    def __enter__(self):
        try:
            bearer = self._start("bearerbox", "/usr/sbin/bearerbox", "-v", "1",
                                 self.path("kannel.conf"))
            wait_port(self.ports["inside"], bearer)
            fake = self._start("fakesmsc", FAKE, "-v", "0", "-H", "127.0.0.1",
                               "-r", str(self.ports["fake"]), "-i", "1", "-m", "0",
                               "1 2 text unused")
            box = self._start("smsbox", "/usr/sbin/smsbox", "-v", "1",
                              self.path("kannel.conf"))
            wait_port(self.ports["sendsms"], box)
            assert fake.poll() is None
        except RuntimeError as e:
            logs = self.log()
            self.__exit__()
            raise RuntimeError(f"{e}\n{logs}") from e
        return self

    def log(self):
        text = ""
        for name in ("bearerbox", "smsbox", "fakesmsc", "smsbox.log"):
            if os.path.exists(self.path(name)):
                with open(self.path(name), encoding="utf-8", errors="replace") as f:
                    text += f"--- {name}\n{f.read()}"
        return text

    def texts(self, count=1, seconds=10):
        deadline = time.monotonic() + seconds
        while True:
            with open(self.path("fakesmsc"), encoding="utf-8", errors="replace") as f:
                found = re.findall(r"Got message \d+: <(\S+) (\S+) text (.*)>\n", f.read())
            if len(found) >= count or time.monotonic() > deadline:
                return found
            time.sleep(0.05)

    def __exit__(self, *_):
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
