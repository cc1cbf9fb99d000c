#!/usr/bin/python3
"""A real box with its outside (../integration/outside.py) for tests in JavaScript.

    outside_box.py VIEWER_URL [KEY=VALUE ...]

Prints where things are as one line of JSON, then answers lines {"do","args"} with
{"value"} or {"error"}, until its standard input closes.
"""
import base64
import json
import os
import sys
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(os.path.dirname(HERE), "integration")]

from mllp import send                                      # noqa: E402
from outside import Outside                                # noqa: E402


class Calls:
    def __init__(self, out):
        self.out = out

    def patient(self, phone, *options):
        """The slip, as `guichet card new --json` has it."""
        return self.out.patient(phone, *options).slip

    def day_code(self, phone):
        """What the SMS says."""
        return self.out.sms.day_code(phone)

    def texts(self, phone):
        return self.out.sms.texts(phone)

    def send(self, message):
        """One message from the LIS: its ACK."""
        return send(self.out.box.mllp_port, base64.b64decode(message))

    def guichet(self, *args):
        return self.out.box.guichet(*args)

    def names(self):
        return self.out.names()

    def wait_quiet(self):
        return bool(self.out.wait_quiet())

    def put(self, path, kind, body):
        """What the box would not: bytes of the test's own."""
        self.out.swift.expect((201,), "PUT", f"/{self.out.bucket}/{path}",
                              {"Content-Type": kind}, base64.b64decode(body))

    def remove(self, path):
        self.out.swift.delete(self.out.bucket, path)

    def down(self):
        self.out.swift.down()

    def up(self):
        self.out.swift.up()


def answer(calls, line):
    wish = json.loads(line)
    try:
        return {"value": getattr(calls, wish["do"])(*wish["args"])}
    except Exception:                                       # noqa: BLE001
        return {"error": traceback.format_exc() + calls.out.box.log()[-2000:]}


def main(viewer_url, *settings):
    pairs = dict(s.split("=", 1) for s in settings)
    with Outside(viewer__url=viewer_url,
                 **{k.replace(".", "__"): v for k, v in pairs.items()}) as out:
        print(json.dumps({"drop": out.public_url}), flush=True)
        calls = Calls(out)
        for line in sys.stdin:
            print(json.dumps(answer(calls, line)), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
