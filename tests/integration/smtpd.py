"""smtpd.py -- OpenSMTPD on loopback: submission with implicit TLS and with
STARTTLS, AUTH, mailboxes as Maildirs, bounces of its own making.

    with Smtpd(authority) as server:
        server.mails("patient")     # email.message.EmailMessage, as received

Debian's program alone is used, with a configuration of its own.  Its queue and
its socket have fixed places: it runs in a mount namespace where those are a
folder of the test's, so that an OpenSMTPD of the machine is left alone.  That
needs root: Smtpd.reason says why it cannot run, or is empty.
"""
import email
import email.policy
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from appliance import free_port

USER, SECRET = "avis", "sesame & \"ouvre\"-toi"
DOMAIN = "labo.example"
SERVER = "subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth\n"
BOXES = 64200               # uid and gid of who owns the Maildirs

CONF = """
pki box cert "{cert}"
pki box key "{key}"
table boxes file:{folder}/boxes
table base file:{folder}/base
table secrets file:{folder}/secrets
smtp max-message-size 1M
smtp limit max-mails 1000
listen on 127.0.0.1 port {tls} smtps pki box auth <secrets> hostname mx.{domain}
listen on 127.0.0.1 port {starttls} tls-require pki box auth <secrets> hostname mx.{domain}
listen on 127.0.0.1 port {clear} hostname mx.{domain}
action "boxes" maildir "{folder}/mail/%{{rcpt.user}}" userbase <base> virtual <boxes>
action "away" relay host "smtp://127.0.0.1:{away}"
match auth from any for domain "{domain}" action "boxes"
match auth from any for domain "away.example" action "away"
match from local for domain "{domain}" action "boxes"
"""

# Debian 12's OpenSMTPD 6.8 cannot serve TLS with OpenSSL 3: what it writes
# beside a key is written to a copy (OpenSMTPD issue 1171, mended in 7.3).  The
# copy becomes the key.
MEND = """
#define _GNU_SOURCE
#include <dlfcn.h>
int EVP_PKEY_set1_RSA(void *, void *);
void *EVP_PKEY_get1_RSA(void *pkey);
void *
EVP_PKEY_get1_RSA(void *pkey)
{
    void *(*next)(void *);
    void *rsa;

    *(void **)&next = dlsym(RTLD_NEXT, "EVP_PKEY_get1_RSA");
    rsa = next(pkey);
    if (rsa != 0)
        EVP_PKEY_set1_RSA(pkey, rsa);
    return rsa;
}
"""

RUN = """
mount --bind {folder}/run /run
mount --bind {folder}/spool /var/spool
LD_PRELOAD={folder}/mend.so exec /usr/sbin/smtpd -d -v -f {folder}/smtpd.conf
"""


def wait_port(port, process, seconds=15):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"nothing listens on port {port}")


def missing():
    """Why OpenSMTPD cannot be used here, or nothing."""
    if os.geteuid() != 0:
        return "only root may start OpenSMTPD"
    if not os.path.exists("/usr/sbin/smtpd"):
        return "OpenSMTPD is not installed"
    if subprocess.run(["unshare", "-m", "true"], stderr=subprocess.DEVNULL,
                      check=False).returncode != 0:
        return "no mount namespace may be made here"
    return ""


class Smtpd:
    def __init__(self, authority, boxes=("avis", "patient", "patiente")):
        self.folder = tempfile.mkdtemp(prefix="guichet-smtpd-")
        self.boxes = boxes
        made = authority.issue("mx", key="rsa", extensions=SERVER)
        self.cert, self.key = made.cert, made.key
        self.tls, self.starttls, self.clear, self.away = (
            free_port() for _ in range(4))

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def write(self, name, text, mode=0o600):
        with open(self.path(name), "w", encoding="ascii") as f:
            f.write(text)
        os.chmod(self.path(name), mode)

    def _prepare(self):
        os.chmod(self.folder, 0o755)
        for name in ("run", "spool", "spool/smtpd", "mail"):
            os.mkdir(self.path(name))
        os.chmod(self.path("spool/smtpd"), 0o711)
        os.chown(self.path("mail"), BOXES, BOXES)
        crypt = subprocess.run(["smtpctl", "encrypt", SECRET], check=True,
                               capture_output=True, text=True).stdout.strip()
        self.write("secrets", f"{USER} {crypt}\n", 0o644)
        self.write("boxes", "".join(f"{b}@{DOMAIN} boxes\n" for b in self.boxes), 0o644)
        self.write("base", f"boxes {BOXES}:{BOXES}:{self.path('mail')}\n", 0o644)
        self.write("mend.c", MEND)
        subprocess.run(["gcc", "-shared", "-fPIC", "-o", self.path("mend.so"),
                        self.path("mend.c")], check=True)
        self.write("smtpd.conf", CONF.format(
            folder=self.folder, domain=DOMAIN, cert=self.cert, key=self.key,
            tls=self.tls, starttls=self.starttls, clear=self.clear,
            away=self.away))

    def __enter__(self):
        self._prepare()
        with open(self.path("log"), "wb") as log:
            self.process = subprocess.Popen(
                ["unshare", "-m", "sh", "-ec", RUN.format(folder=self.folder)],
                stdout=log, stderr=log, start_new_session=True)
        try:
            wait_port(self.tls, self.process)
        except RuntimeError as e:
            self.__exit__()
            raise RuntimeError(f"{e}\n{self.text_log}") from e
        return self

    def log(self):
        with open(self.path("log"), encoding="utf-8", errors="replace") as f:
            return f.read()

    def __exit__(self, *_):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        self.text_log = self.log()
        shutil.rmtree(self.folder, ignore_errors=True)

    # --- what arrived ----------------------------------------------------------

    def raw(self, box, count=1, seconds=10):
        """The mails of a box as bytes, oldest first; waits for `count`."""
        folder = self.path("mail", box, "new")
        deadline = time.monotonic() + seconds
        while True:
            names = os.listdir(folder) if os.path.isdir(folder) else []
            if len(names) >= count or time.monotonic() > deadline:
                break
            time.sleep(0.05)
        paths = sorted((os.path.join(folder, n) for n in names),
                       key=os.path.getmtime)
        mails = []
        for path in paths:
            with open(path, "rb") as f:
                mails.append(f.read())
        return mails

    def mails(self, box, count=1, seconds=10):
        return [email.message_from_bytes(raw, policy=email.policy.default)
                for raw in self.raw(box, count, seconds)]
