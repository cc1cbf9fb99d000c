"""drop_box.py -- a box with a drop and its secret, and what it finds there.

    with Box("secret", **swift.settings("drop")) as box:
        expect(box, "all is well")
        expect(box, "listing is found", listing="bad")
"""
import json
import os
import subprocess

from appliance import BIN, Appliance
from tap import ok

NAMES = ("reach", "credential", "container", "write", "read", "type", "cors", "listing",
         "foreign write", "versioning", "expiry", "delete", "skew")


class Box(Appliance):
    """A box with a drop and its secret."""

    def __init__(self, secret, **settings):
        super().__init__(lab_card=False, **settings)
        self.secret = secret

    def start(self):
        super().start()
        self.credential(self.secret)
        return self

    def run(self, *arguments, stdin=b""):
        return subprocess.run([os.path.join(BIN, "guichet"), "--socket", self.socket_path,
                               *arguments], input=stdin, capture_output=True, timeout=120,
                              check=False)

    def credential(self, secret):
        done = self.run("credential", "set", "store", stdin=secret.encode() + b"\n")
        assert done.returncode == 0, done.stderr

    def drop(self, command="check"):
        """(exit code, {finding: (grade, detail)})"""
        done = self.run("drop", command, "--json")
        rows = [json.loads(line) for line in done.stdout.decode().splitlines()
                if '"finding"' in line]
        assert rows, (done.returncode, done.stderr.decode())
        return done.returncode, {r["finding"]: (r["grade"], r["detail"]) for r in rows}


def not_good(seen):
    return {name: seen[name] for name in seen if seen[name][0] != "good"}


def expect(box, claim, command="check", **wanted):
    """`wanted`: every finding that is not good, by its grade; _ for a blank."""
    code, seen = box.drop(command)
    wanted = {k.replace("_", " "): v for k, v in wanted.items()}
    grades = {name: seen[name][0] for name in not_good(seen)}
    bad = "bad" in wanted.values()
    ok(tuple(seen) == NAMES and grades == wanted and (code != 0) == bad, claim,
       f"exit {code}, wanted {wanted}\n{json.dumps(not_good(seen), indent=1)}")
    return seen


def left_over(store, container, claim):
    ok(store.objects(container) == [], f"{claim}: nothing of the check stays there",
       store.objects(container))
