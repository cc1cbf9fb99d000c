"""seed.py -- what a laboratory puts on the card before its first start: a
configuration and its certificate, as a ustar archive in the partition `seed`."""
import io
import os
import sys
import tarfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(os.path.dirname(HERE), "integration")]

from appliance import make_certificate                     # noqa: E402

LAB, WAN = "10.0.2.15", "10.0.3.15"
MLLP, PICKUP = 2575, 8443


def settings(pickup_port, **others):
    """A laboratory's: what differs from the image's own is small."""
    rows = {
        "box.id": "demo-box",
        "lab.name": "Laboratoire Exemple",
        "lab.phone": "01 23 45 67 89",
        "state.dir": "/data/guichet",
        "run.dir": "/run/guichet",
        "network.lab": f"{LAB}/24",
        "network.wan": f"{WAN}/24",
        "service.port": "on",
        "mllp.listen": f"0.0.0.0:{MLLP}",
        "pickup.listen": f"0.0.0.0:{PICKUP}",
        "pickup.origin": f"https://localhost:{pickup_port}",
        "pickup.certificate": "/data/etc/pickup.pem",
        "pickup.key": "/data/etc/pickup.key",
    }
    rows.update({k.replace("__", "."): v for k, v in others.items()})
    return "".join(f"{k} = {v}\n" for k, v in rows.items())


def archive(files):
    """{name: bytes} as ustar; the same bytes every time."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(data), 0o600
            tar.addfile(entry, io.BytesIO(data))
    return out.getvalue()


def plant(disk, folder, text, **others):
    """A certificate of `folder` (made once) and the configuration `text`."""
    make_certificate(folder, names=("localhost",), addresses=("127.0.0.1", LAB))
    files = {"guichet.conf": text.encode()}
    for name in ("pickup.pem", "pickup.key"):
        with open(os.path.join(folder, name), "rb") as file:
            files[name] = file.read()
    files.update(others)
    disk.write("seed", 0, archive(files))
