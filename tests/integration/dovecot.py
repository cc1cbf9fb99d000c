"""dovecot.py -- Dovecot's POP3 over TLS on loopback, for the mailbox to which
bounces come back (a Maildir of smtpd.py).

    with Dovecot(authority, smtpd, secret) as box:
        box.port

Debian's program alone is used, with a configuration of its own.  Needs root.
"""
import os
import shutil
import subprocess
import tempfile

from appliance import free_port
from smtpd import BOXES, SERVER, USER, wait_port

CONF = """
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
protocols = pop3
listen = 127.0.0.1
ssl = required
ssl_cert = <{cert}
ssl_key = <{key}
ssl_dh =
disable_plaintext_auth = yes
mail_location = maildir:{mail}/%n
first_valid_uid = {owner}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {folder}/users
}}
userdb {{
  driver = static
  args = uid={owner} gid={owner} home={mail}
}}
service pop3-login {{
  chroot =
  inet_listener pop3 {{
    port = 0
  }}
  inet_listener pop3s {{
    port = {port}
    ssl = yes
  }}
}}
"""


def missing():
    return "" if os.path.exists("/usr/sbin/dovecot") else "Dovecot is not installed"


class Dovecot:
    def __init__(self, authority, mail_folder, secret):
        self.folder = tempfile.mkdtemp(prefix="guichet-dovecot-")
        os.chmod(self.folder, 0o755)
        made = authority.issue("pop3", extensions=SERVER)
        self.port = free_port()
        os.mkdir(os.path.join(self.folder, "run"))
        self._write("users", f"{USER}:{{PLAIN}}{secret}\n", 0o644)
        self._write("dovecot.conf", CONF.format(
            folder=self.folder, cert=made.cert, key=made.key, mail=mail_folder,
            owner=BOXES, port=self.port), 0o644)

    def _write(self, name, text, mode):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="ascii") as f:
            f.write(text)
        os.chmod(path, mode)

    def log(self):
        path = os.path.join(self.folder, "log")
        if not os.path.exists(path):
            return ""
        with open(path, encoding="utf-8", errors="replace") as f:
            return f.read()

    def __enter__(self):
        self.process = subprocess.Popen(
            ["/usr/sbin/dovecot", "-F", "-c", os.path.join(self.folder, "dovecot.conf")],
            stderr=subprocess.STDOUT, stdout=subprocess.DEVNULL)
        try:
            wait_port(self.port, self.process)
        except RuntimeError as e:
            log = self.log()
            self.__exit__()
            raise RuntimeError(f"{e}\n{log}") from e
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
