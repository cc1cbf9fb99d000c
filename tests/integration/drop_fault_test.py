#!/usr/bin/python3
"""What networks, stores and disks do to what leaves the box: each fault, then the
same things hold -- every bundle arrives whole, once, under one name; after it
closed nothing is left; and while it lasts the box says what is wrong."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "demo")]

import report                                              # noqa: E402
from intake_open import Patient                            # noqa: E402
from mllp import send                                      # noqa: E402
from outside import Outside, until                         # noqa: E402
from store_proxy import StoreProxy                         # noqa: E402
from swift import Swift                                    # noqa: E402
from tap import main, ok, skip                             # noqa: E402

serial = 0
store = None            # one Swift for all

FAULTS = [
    # fault, what `guichet outbox` says of it
    (StoreProxy.error_after_success, "500"),
    (StoreProxy.unavailable, "503"),
    (StoreProxy.truncated_answer, ""),
    (StoreProxy.half_body, ""),
    (StoreProxy.other_bytes, "bytes"),
    (StoreProxy.captive, "captive portal"),
    (StoreProxy.redirect, "302"),
    (StoreProxy.cut, ""),
]


def outside(bucket, **settings):
    """The ceiling of the back-off is such that a test can wait longer than it."""
    return Outside(proxied=True, swift=store, bucket=bucket, outbox__retry_max="2s", **settings)


def phone():
    global serial
    serial += 1
    return f"+336000001{serial:02d}"


def objects(out):
    return [n for n in out.names() if n.startswith("d/")]


def hosts(out):
    """Channel -> its row of `guichet outbox --json`."""
    lines = out.box.guichet("outbox", "--json").splitlines()
    return {r["channel"]: r for r in map(json.loads, lines) if "failures" in r}


def fails_for(out, seconds):
    """The store's row when it has failed for so long and something is due."""
    row = hosts(out)["store"]
    since = row["failing_since"] or time.time()
    return row if time.time() - since >= seconds and row["due"] else None


def complaint(out):
    """What the box says of the store, or of a row that waits for it."""
    lines = [json.loads(line) for line in out.box.guichet("outbox", "--json").splitlines()]
    said = [r.get("error") for r in lines if r.get("channel") == "store" and r.get("error")]
    return " / ".join(said)


def test_faults():
    with outside("faults") as out:
        home = out.patient(phone())
        out.deliver(home, "first", pdf=report.make_pdf())
        home.wait_for(1)
        out.wait_quiet()
        for number, (fault, words) in enumerate(FAULTS, 2):
            one_fault(out, home, fault, words, number)
        wrong_etag(out, home, len(FAULTS) + 2)
        names = {home.reader.open(b)[0]["name"] for b in home.bundles()}
        ok({n[2:] for n in objects(out)} == names, "every object is one that the index shows",
           objects(out))


def wrong_etag(out, home, number):
    """As stores that encrypt have it: what is there is read again, byte by byte."""
    out.proxy.fault = StoreProxy.wrong_etag
    read = out.proxy.count("GET", "/d/")
    out.deliver(home, f"fault-{number}", pdf=report.make_pdf())
    ok(out.wait_quiet(40) and out.proxy.count("GET", "/d/") > read,
       "wrong etag: believed after its bytes were read", out.box.guichet("outbox"))
    out.proxy.fault = None
    ok(len(home.wait_for(number, 40)) == number, "wrong etag: they open")


def one_fault(out, home, fault, words, number):
    name = fault.__name__.replace("_", " ")
    out.proxy.fault = fault
    seen = out.proxy.count("PUT") + out.proxy.count("GET")
    out.deliver(home, f"fault-{number}", pdf=report.make_pdf())
    error = until(lambda: complaint(out), 20)
    ok(error and words in error, f"{name}: the box says: {error}", out.box.guichet("outbox"))
    until(lambda: out.proxy.count("PUT") + out.proxy.count("GET") >= seen + 3, 20)
    out.proxy.fault = None
    ok(len(home.wait_for(number, 40)) == number, f"{name}: once it is over all open")
    ok(out.wait_quiet(30), f"{name}: nothing waits any more", out.box.guichet("outbox"))


def test_down():
    """The store is away for several ceilings; nothing is lost, and one knocks."""
    with outside("down") as out:
        home = out.patient(phone())
        out.wait_quiet()
        out.proxy.down()
        for n in range(5):
            out.deliver(home, f"down-{n}", pdf=report.make_pdf())
        row = until(lambda: fails_for(out, 6), 60)
        ok(row and row["waiting"] >= 5 and row["failures"] >= 3, "five objects wait",
           hosts(out)["store"])
        ok(row and row["oldest"] > 0, "since when is said", row)
        ok(len(Patient(out.box, home.slip).open_all()) == 5, "at the branch all is as ever")
        out.proxy.up()
        ok(len(home.wait_for(5, 60)) == 5 and out.wait_quiet(60), "back again, all arrive")


def test_name():
    """Another name in the certificate: nothing is said to such a host."""
    with outside("name") as out:
        other = StoreProxy(out.swift, out.authority, names=("elsewhere.example",))
        home = out.patient(phone())
        out.wait_quiet()
        port, out.proxy.fault = out.proxy.port, None
        out.proxy.down()
        other.down()
        other.port = port
        other.up()
        out.deliver(home, "name", pdf=report.make_pdf())
        said = until(lambda: "another name" in hosts(out)["store"]["error"], 30)
        ok(said and other.seen == [], "a certificate for another name: not one request",
           (hosts(out)["store"], other.seen))
        other.stop()
        out.proxy.up()
        ok(len(home.wait_for(1, 60)) == 1, "with the right one it goes on")


def test_deletion():
    """A store that does not delete: the box does not forget it."""
    with outside("deletion") as out:
        home = out.patient(phone())
        out.deliver(home, "gone", pdf=report.make_pdf())
        home.wait_for(1)
        out.wait_quiet()
        out.proxy.fault = StoreProxy.unavailable
        out.box.guichet("card", "freeze", home.slip["card"])
        refused = out.proxy.count("DELETE")
        until(lambda: out.proxy.count("DELETE") >= refused + 2
              and hosts(out)["store"]["waiting"] >= 2, 30)
        ok(hosts(out)["store"]["waiting"] >= 2 and len(objects(out)) == 1,
           "two deletions wait", hosts(out)["store"])
        out.box.stop()
        out.box.start()
        out.proxy.fault = None
        ok(until(lambda: out.names() == [], 60), "a restart later they are done", out.names())


def test_full():
    """No room for a row: no ACK, so the LIS keeps the result; what is there
    still goes out and closes."""
    if os.geteuid() != 0:
        skip("a full disk", "only root can mount a small one")
        return
    folder = tempfile.mkdtemp(prefix="guichet-full-")
    os.chmod(folder, 0o755)
    disk = os.path.join(folder, "state")
    os.makedirs(disk)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m,mode=0755", "none", disk], check=True)
    try:
        full(disk)
    finally:
        subprocess.run(["umount", "-l", disk], check=False)
        shutil.rmtree(folder, ignore_errors=True)


def full(disk):
    with outside("full", state__dir=disk) as out:
        home = out.patient(phone())
        out.wait_quiet()
        out.proxy.fault = StoreProxy.unavailable
        acked, pdf = 0, report.make_pdf(padding=700000)
        for n in range(60):
            data = report.make_message(card=home.card, control_id=f"full-{n}", order=f"full-{n}",
                                       pdf=pdf)
            try:
                answer = send(out.box.mllp_port, data, 15)
            except OSError:
                break
            acked += "MSA|AA|" in answer
        ok(0 < acked < 60, f"after {acked} results the disk is full and nothing is acknowledged")
        out.proxy.fault = None
        ok(len(home.wait_for(acked, 90)) == acked, "each that was acknowledged goes out")
        out.box.guichet("card", "freeze", home.slip["card"])
        ok(until(lambda: out.names() == [], 60), "and can be taken back, full as it is",
           out.box.guichet("outbox"))


if __name__ == "__main__":
    with Swift() as store:
        main(*([globals()[n] for n in sys.argv[1:]] or
               [test_faults, test_down, test_name, test_deletion, test_full]))
