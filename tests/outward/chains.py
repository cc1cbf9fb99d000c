"""chains.py -- throw-away authorities and servers' certificates of any kind.

    root = Authority("root", key="p384")
    mid = Authority("mid", issuer=root)
    leaf = mid.issue("drop.test", names=["drop.test"])
    leaf.write(folder, "leaf")      # leaf.pem (with its chain), leaf.key
    leaf.pin                        # SHA-256 of its public key, in hex
"""
import datetime
import hashlib
import ipaddress
import os

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

DER = serialization.Encoding.DER
PEM = serialization.Encoding.PEM
DAY = datetime.timedelta(days=1)
_keys = {}


def new_key(kind, is_ca):
    if kind == "ec":
        return ec.generate_private_key(ec.SECP256R1())
    if kind == "p384":
        return ec.generate_private_key(ec.SECP384R1())
    # Long ones take seconds to make: one of each length, another for authorities.
    if (kind, is_ca) not in _keys:
        _keys[kind, is_ca] = rsa.generate_private_key(65537, int(kind[3:]))
    return _keys[kind, is_ca]


def name_of(common):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def alternative(name):
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


class Certificate:
    def __init__(self, cert, key, chain):
        self.cert, self.key, self.chain = cert, key, chain

    @property
    def pin(self):
        spki = self.key.public_key().public_bytes(
            DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        return hashlib.sha256(spki).hexdigest()

    def write(self, folder, name, chain=None):
        """The paths of certificates and key; `chain` instead of its own."""
        self.path = os.path.join(folder, name + ".pem")
        self.key_path = os.path.join(folder, name + ".key")
        with open(self.path, "wb") as f:
            for c in [self, *(self.chain if chain is None else chain)]:
                f.write(c.cert.public_bytes(PEM))
        with open(self.key_path, "wb") as f:
            f.write(self.key.private_bytes(
                PEM, serialization.PrivateFormat.TraditionalOpenSSL,
                serialization.NoEncryption()))
        os.chmod(self.key_path, 0o600)
        return self


def make(subject, key, issuer=None, names=(), is_ca=False, start=-1, end=30,
         hash_name=hashes.SHA256, sends_root=False):
    """`start` and `end` in days from now; without an issuer: signed by itself."""
    now = datetime.datetime.utcnow()
    private = new_key(key, is_ca)
    builder = (x509.CertificateBuilder().subject_name(name_of(subject))
               .issuer_name(issuer.cert.subject if issuer else name_of(subject))
               .public_key(private.public_key()).serial_number(x509.random_serial_number())
               .not_valid_before(now + start * DAY).not_valid_after(now + end * DAY))
    if is_ca:
        builder = builder.add_extension(x509.BasicConstraints(True, None), True)
    if names:
        builder = builder.add_extension(
            x509.SubjectAlternativeName([alternative(n) for n in names]), False)
    cert = builder.sign(issuer.key if issuer else private, hash_name())
    chain = []
    if issuer and (issuer.chain is not None):
        chain = ([issuer] if issuer.is_sent or sends_root else []) + issuer.chain
    made = Certificate(cert, private, chain)
    made.is_sent = issuer is not None       # roots stay at home
    return made


class Authority(Certificate):
    def __init__(self, name, key="ec", issuer=None, **options):
        made = make(name, key, issuer, is_ca=options.pop("is_ca", True), **options)
        super().__init__(made.cert, made.key, made.chain)
        self.is_sent = issuer is not None

    def issue(self, subject, names=None, key="ec", **options):
        return make(subject, key, self, [subject] if names is None else names, **options)
