"""outside.py -- an appliance with its outside: a real Swift behind TLS, an SMS
gateway, and patients at home who have a slip and wait for a day code.

    with Outside() as out:
        home = out.patient("+33612345601")  # a card for the internet
        out.deliver(home, "first", pdf=...)
        home.wait_for(1)                    # opened with the day code of the SMS
"""
import os
import shutil
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "demo")]

import report                                              # noqa: E402
from appliance import Appliance                            # noqa: E402
from at_home import AtHome                                 # noqa: E402
from certs import Authority                                # noqa: E402
from mllp import send                                      # noqa: E402
from sms_gateway import SmsGateway                         # noqa: E402
from store_proxy import StoreProxy                         # noqa: E402
from swift import Swift                                    # noqa: E402
from waiting import until                                  # noqa: E402

BUCKET = "drop"


class Home:
    """One patient: the slip in one hand, the telephone in the other."""

    def __init__(self, out, phone, slip):
        self.out, self.phone, self.slip = out, phone, slip
        self.card = slip["card"].replace("-", "")
        self.reader = None

    def open(self, seconds=30):
        """With the day code, waited for."""
        if self.reader is None:
            code = self.out.sms.day_code(self.phone, seconds)
            self.reader = AtHome(self.slip, code, self.out.public_url, self.out.ca)
        return self.reader

    def bundles(self):
        """Those in the index, or None without one."""
        return self.open().look()

    def wait_for(self, n, seconds=30):
        """Until the index shows n bundles; all of them opened and checked."""
        self.open(seconds)
        found = until(lambda: (b := self.bundles()) is not None and len(b) == n and (b or [1]),
                      seconds)
        assert found, f"not {n} bundles: {self.bundles()}"
        return [self.reader.open(b) for b in self.bundles()]


class Outside:
    def __init__(self, kind="swift", folder=None, proxied=False, swift=None, bucket=BUCKET,
                 **settings):
        """`proxied`: a StoreProxy stands before the store (self.proxy).  `swift`: shared
        with others, each with a bucket of its own."""
        self.folder = folder or tempfile.mkdtemp(prefix="guichet-outside-")
        os.chmod(self.folder, 0o755)
        self.authority = swift.authority if swift else Authority(self.folder, "ca")
        self.ca = self.authority.cert
        self.is_shared, self.bucket = swift is not None, bucket
        self.swift = swift or Swift(authority=self.authority)
        self.sms = SmsGateway(self.authority)
        self.swift.container(bucket)
        self.proxy = StoreProxy(self.swift, self.authority) if proxied else None
        store = (self.proxy.settings(bucket) if proxied
                 else self.swift.settings(bucket, kind))
        self.public_url = store["drop__public_url"]
        self.box = Appliance(**{
            **store, **self.sms.settings(),
            "notice__delay": "0s", "notice__hours": "00:00-24:00",
            "viewer__url": "https://viewer.example/retrait", **settings})

    def start(self):
        self.box.start()
        self.credential("store", self.swift.key)
        self.credential("sms", self.sms.secret)
        return self

    def credential(self, channel, value):
        self.box.guichet("credential", "set", channel, input=value + "\n")

    def patient(self, phone, *options):
        return Home(self, phone, self.box.card("--internet", "--phone", phone, *options))

    def deliver(self, home, control, **words):
        """One result from the LIS, acknowledged."""
        data = report.make_message(card=home.card, control_id=control, order=control, **words)
        answer = send(self.box.mllp_port, data)
        assert "MSA|AA|" in answer, answer
        return data

    def names(self):
        """Everything that lies in the drop."""
        return sorted(self.swift.objects(self.bucket))

    def outbox(self):
        return self.box.outbox()

    def wait_quiet(self, seconds=60):
        """Until nothing waits in the outbox."""
        return until(lambda: self.box.status().get("outbox") == 0, seconds, 0.2)

    def stop(self):
        self.box.__exit__(None, None, None)
        self.sms.stop()
        if self.proxy is not None:
            self.proxy.stop()
        if not self.is_shared:
            self.swift.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.stop()
            raise

    def __exit__(self, *_):
        self.stop()
