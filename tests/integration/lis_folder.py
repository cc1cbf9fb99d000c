"""lis_folder.py -- an appliance with a watched folder, and how a LIS uses it."""
import os
import subprocess
import time

from appliance import Appliance

SPOOL_GROUP = 64105


class Box(Appliance):
    """An appliance whose source `lis` has a folder."""

    def __init__(self, keys="", lis=None, **settings):
        super().__init__(**settings)
        self.keys = keys
        self.lis = lis or self.path("lis")

    def write_config(self):
        super().write_config()
        if not os.path.isdir(self.lis):
            os.mkdir(self.lis)
            if os.geteuid() == 0:
                os.chown(self.lis, 0, SPOOL_GROUP)
            os.chmod(self.lis, 0o2770)
        with open(self.path("guichet.conf"), "a", encoding="utf-8") as conf:
            conf.write(f"[source lis]\nfolder = {self.lis}\n{self.keys}")

    def wait_ready(self):
        super().wait_ready()
        until(lambda: self.row("spool")["ready"])

    def row(self, role):
        return next(r for r in self.status()["processes"] if r["role"] == role)

    def drop(self, name, data):
        """As a LIS should: whole, then by its name."""
        self.write(name + ".tmp", data)
        os.rename(self.at(name + ".tmp"), self.at(name))

    def write(self, name, data):
        with open(self.at(name), "wb") as file:
            file.write(data)

    def at(self, *names):
        return os.path.join(self.lis, *names)

    def has(self, *names):
        return os.path.lexists(self.at(*names))

    def text(self, *names):
        with open(self.at(*names), encoding="utf-8") as file:
            return file.read()

    def left(self):
        return sorted(n for n in os.listdir(self.lis) if n not in ("done", "failed"))


def until(question, seconds=15):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if question():
                return True
        except (OSError, subprocess.SubprocessError, ValueError, StopIteration):
            pass
        time.sleep(0.02)
    return False
