"""appliance.py -- a throw-away Guichet on loopback, for tests and the demo.

    with Appliance(base_port=22000) as box:
        slip = box.card("--order", "A-1")
        box.guichet("status", "--json")

It writes a configuration, makes a local CA and a certificate, starts guichetd
and waits until every role is ready.  Everything lies below one folder.
Also a command: `appliance.py start FOLDER [PORT]` prints the paths as JSON and
stays until its standard input closes, for tests that are not in Python.
"""
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
OUT = os.environ.get("GUICHET_OUT", os.path.join(ROOT, "build", "x86_64"))
BIN = os.path.join(OUT, "bin")
ROLES = ("intake", "vault", "pickup", "desk")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)


def make_certificate(folder, names=("localhost",), addresses=("127.0.0.1",)):
    """A CA of one certificate's life, and a P-256 server certificate."""
    path = lambda name: os.path.join(folder, name)
    if os.path.exists(path("pickup.pem")):
        return
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    openssl("req", "-x509", *curve, "-keyout", path("ca.key"), "-out", path("ca.pem"),
            "-days", "30", "-subj", "/CN=Guichet throw-away CA")
    openssl("req", *curve, "-keyout", path("pickup.key"), "-out", path("pickup.csr"),
            "-subj", "/CN=" + names[0])
    alternatives = ",".join([f"DNS:{n}" for n in names] + [f"IP:{a}" for a in addresses])
    with open(path("pickup.ext"), "w", encoding="ascii") as ext:
        ext.write(f"subjectAltName={alternatives}\nextendedKeyUsage=serverAuth\n")
    openssl("x509", "-req", "-in", path("pickup.csr"), "-CA", path("ca.pem"),
            "-CAkey", path("ca.key"), "-CAcreateserial", "-out", path("pickup.pem"),
            "-days", "30", "-extfile", path("pickup.ext"))
    os.remove(path("ca.key"))
    os.chmod(path("pickup.key"), 0o600)


class Appliance:
    def __init__(self, folder=None, mllp_port=None, pickup_port=None, lab_card=True,
                 ready_s=30, quiet=True, sections="", programs=BIN, **settings):
        self.temporary = folder is None
        self.folder = folder or tempfile.mkdtemp(prefix="guichet-")
        os.chmod(self.folder, 0o755)    # other users' roles pass through it
        self.mllp_port = mllp_port or free_port()
        self.pickup_port = pickup_port or free_port()
        self.origin = f"https://localhost:{self.pickup_port}"
        self.settings = settings
        self.sections = sections        # text: [source NAME] and its keys
        self.programs = programs        # another build's, to compare with
        self.wants_lab_card = lab_card
        self.lab_slip = None
        self.ready_s = ready_s
        self.quiet = quiet
        self.process = None

    def path(self, *names):
        return os.path.join(self.folder, *names)

    @property
    def socket_path(self):
        return self.path("run", "guichet.sock")

    @property
    def log_path(self):
        return self.path("guichetd.log")

    def write_config(self):
        settings = {
            "box.id": "demo-box",
            "lab.name": "Laboratoire Exemple",
            "lab.phone": "01 23 45 67 89",
            "state.dir": self.path("state"),
            "run.dir": self.path("run"),
            "mllp.listen": f"127.0.0.1:{self.mllp_port}",
            "pickup.listen": f"127.0.0.1:{self.pickup_port}",
            "pickup.origin": self.origin,
            "pickup.certificate": self.path("pickup.pem"),
            "pickup.key": self.path("pickup.key"),
        }
        settings.update({k.replace("__", "."): v for k, v in self.settings.items()})
        with open(self.path("guichet.conf"), "w", encoding="utf-8") as conf:
            for key, value in settings.items():
                conf.write(f"{key} = {value}\n")
            conf.write(self.sections)

    pass_fds = ()       # what guichetd inherits beside its standard descriptors

    def command(self):
        return [os.path.join(self.programs, "guichetd"), "-c", self.path("guichet.conf")]

    def start(self):
        make_certificate(self.folder)
        self.write_config()
        log = open(self.log_path, "ab")
        self.process = subprocess.Popen(
            self.command(), stdout=log, stderr=log, stdin=subprocess.DEVNULL,
            start_new_session=True, pass_fds=self.pass_fds)
        log.close()
        self.wait_ready()
        if self.wants_lab_card and not self.status()["lab_card"]:
            self.lab_slip = self.card("--lab")
        return self

    def wait_ready(self):
        deadline = time.monotonic() + self.ready_s
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError("guichetd ended:\n" + self.log())
            try:
                roles = self.status()["processes"]
                if all(r["ready"] for r in roles if r["role"] in ROLES or r["pid"]) and roles:
                    return
            except (subprocess.CalledProcessError, ValueError, KeyError):
                pass
            time.sleep(0.05)
        raise RuntimeError("guichetd is not ready:\n" + self.log())

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            return log.read()

    def guichet(self, *arguments, check=True, lang="en", input=None):
        """Runs the guichet command; its standard output."""
        done = subprocess.run(
            [os.path.join(self.programs, "guichet"), "--socket", self.socket_path, *arguments],
            input=None if input is None else input.encode(),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=check, timeout=60,
            env=dict(os.environ, LC_ALL=f"{lang}.UTF-8"))
        return done.stdout.decode()

    def card(self, *options):
        """A new card: {"card", "code", "url", "expires"}."""
        return json.loads(self.guichet("card", "new", *options, "--json"))

    def status(self):
        return json.loads(self.guichet("status", "--json"))

    def bundles(self, card=None):
        options = ["--card", card] if card else []
        text = self.guichet("bundle", "list", *options, "--json")
        return [json.loads(line) for line in text.splitlines()]

    def pid_of(self, role):
        return next(r["pid"] for r in self.status()["processes"] if r["role"] == role)

    def stop(self):
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        self.process = None

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.__exit__(None, None, None)
            raise

    def __exit__(self, *_):
        self.stop()
        if self.temporary:
            shutil.rmtree(self.folder, ignore_errors=True)


def describe(box):
    return {"folder": box.folder, "origin": box.origin, "mllp_port": box.mllp_port,
            "pickup_port": box.pickup_port, "socket": box.socket_path,
            "log": box.log_path, "ca": box.path("ca.pem"), "bin": BIN,
            "config": box.path("guichet.conf"), "lab_slip": box.lab_slip}


def main():
    """start [FOLDER] [key=value...]: settings as in guichet.conf."""
    arguments = sys.argv[2:]
    settings = dict(a.split("=", 1) for a in arguments if "=" in a)
    folders = [a for a in arguments if "=" not in a]
    with Appliance(folder=folders[0] if folders else None, **settings) as box:
        print(json.dumps(describe(box)), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
