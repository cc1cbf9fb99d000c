"""certs.py -- throw-away authorities and certificates, made with openssl.

    ca = Authority(folder, "ca")
    lis = ca.issue("lis", key="rsa")        # lis.cert, lis.key, lis.fingerprint
"""
import hashlib
import os
import ssl
import subprocess
import time
from dataclasses import dataclass

KEYS = {
    "ec": ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
    "p384": ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384"],
    "rsa": ["-newkey", "rsa:2048"],
    "rsa1024": ["-newkey", "rsa:1024"],
}


CA_CONF = """[ca]
default_ca = d
[d]
database = FOLDER/index
serial = FOLDER/serial
new_certs_dir = FOLDER
default_md = sha256
policy = p
[p]
commonName = supplied
"""


def openssl(*arguments):
    done = subprocess.run(["openssl", *arguments], capture_output=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.decode())


@dataclass
class Certificate:
    cert: str
    key: str

    @property
    def fingerprint(self):
        with open(self.cert, encoding="ascii") as f:
            pem = f.read().split("-----END CERTIFICATE-----")[0] + "-----END CERTIFICATE-----\n"
        return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()


class Authority:
    def __init__(self, folder, name, issuer=None):
        """With an issuer: an intermediate one, with its chain."""
        self.folder, self.name = folder, name
        self.cert, self.key = self.path(name, "pem"), self.path(name, "key")
        self.chain = ""
        if issuer is None:
            openssl("req", "-x509", *KEYS["ec"], "-nodes", "-keyout", self.key, "-out",
                    self.cert, "-days", "30", "-subj", f"/CN=throw-away {name}")
            return
        made = issuer.issue(name, extensions="basicConstraints=critical,CA:TRUE\n"
                            "keyUsage=critical,keyCertSign\n")
        self.cert, self.key = made.cert, made.key
        with open(self.cert, encoding="ascii") as f:
            self.chain = f.read()

    def path(self, name, kind):
        return os.path.join(self.folder, f"{name}.{kind}")

    def issue(self, name, key="ec", days="30", extensions="extendedKeyUsage=clientAuth\n"):
        """`days` "0": over one second from now."""
        made = Certificate(self.path(name, "pem"), self.path(name, "key"))
        request, ext = self.path(name, "csr"), self.path(name, "ext")
        openssl("req", *KEYS[key], "-nodes", "-keyout", made.key, "-out", request,
                "-subj", f"/CN={name}")
        with open(ext, "w", encoding="ascii") as f:
            f.write(extensions)
        openssl("x509", "-req", "-in", request, "-CA", self.cert, "-CAkey", self.key,
                "-CAcreateserial", "-out", made.cert, "-days", days, "-extfile", ext)
        if self.chain:
            with open(made.cert, "a", encoding="ascii") as f:
                f.write(self.chain)
        os.chmod(made.key, 0o600)
        return made

    def issue_until(self, name, ends_in_s):
        """One that ends to the second."""
        made = self.issue(name)
        now = int(time.time())
        stamp = lambda s: time.strftime("%y%m%d%H%M%SZ", time.gmtime(s))
        folder = self.path(name, "ca")
        os.makedirs(folder)
        for file, text in (("index", ""), ("serial", "01\n"), ("conf", CA_CONF)):
            with open(os.path.join(folder, file), "w", encoding="ascii") as f:
                f.write(text.replace("FOLDER", folder))
        openssl("ca", "-batch", "-config", os.path.join(folder, "conf"), "-in",
                self.path(name, "csr"), "-cert", self.cert, "-keyfile", self.key,
                "-startdate", stamp(now - 3600), "-enddate", stamp(now + ends_in_s),
                "-notext", "-out", made.cert)
        return made

    def server(self, name="server"):
        return self.issue(name, extensions="subjectAltName=DNS:localhost,IP:127.0.0.1\n"
                          "extendedKeyUsage=serverAuth\n")


def client_context(authority, certificate=None):
    """As a LIS would set it up: TLS 1.2, the box's certificate is checked."""
    context = ssl.create_default_context(cafile=authority.cert)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    if certificate is not None:
        context.load_cert_chain(certificate.cert, certificate.key)
    return context
