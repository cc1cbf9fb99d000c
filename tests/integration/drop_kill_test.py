#!/usr/bin/python3
"""kill -9 of courier, vault or the whole box at every step of what leaves it.

A plan of places -- before the store heard of a request, and after it has done it but
before the box knows -- times who dies, in turns; then kills at random moments.
Afterwards: what was acknowledged and not revoked opens at home, once; no bundle was
ever given two names; and when all cards are frozen nothing is left.

    drop_kill_test.py [KILLS]

33 kills, each box beginning with another victim, are every place and victim once:
about five minutes.  GUICHET_KILLS=201 is the full run, of eleven; before a release.
"""
import itertools
import os
import random
import signal
import sys
import threading
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "demo")]

import report                                              # noqa: E402
from mllp import send                                      # noqa: E402
from outside import Outside, until                         # noqa: E402
from swift import Swift                                    # noqa: E402
from tap import main, ok                                   # noqa: E402

KILLS = int(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("GUICHET_KILLS", 33))
BOXES = 3
VICTIMS = ("courier", "vault", "box")
PLACES = [("before", "PUT", "/d/"), ("after", "PUT", "/d/"), ("before", "HEAD", "/d/"),
          ("after", "HEAD", "/d/"), ("before", "PUT", "/i/"), ("after", "PUT", "/i/"),
          ("after", "HEAD", "/i/"), ("before", "DELETE", "/d/"), ("after", "DELETE", "/d/"),
          ("random", "PUT", "/d/"), ("random", "DELETE", "/d/")]
PDF = report.make_pdf()


class Run:
    """One box, its kills, and what it owes."""

    def __init__(self, swift, number, kills):
        self.out = Outside(proxied=True, swift=swift, bucket=f"kill{number}",
                           outbox__retry_max="2s")
        self.number, self.kills, self.done = number, kills, 0
        self.rng = random.Random(number)
        self.acked, self.revoked, self.failure = [], set(), None
        self.lock, self.armed, self.killed = threading.Lock(), None, threading.Event()
        self.homes = []

    # --- killing ---------------------------------------------------------------

    def hook(self, phase):
        def here(verb, path, *_):
            with self.lock:
                if self.armed is None or self.armed[0] != phase:
                    return
                if verb != self.armed[1] or self.armed[2] not in path:
                    return
                victim, self.armed = self.armed[3], None
            self.kill(victim)
        return here

    def kill(self, pid):
        """A role; or, negative, guichetd's whole process group."""
        try:
            if pid < 0:
                os.killpg(-pid, signal.SIGKILL)
            else:
                os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.done += 1
        self.killed.set()

    def pid(self, victim):
        if victim == "box":
            return -self.out.box.process.pid
        pid = until(lambda: self.out.box.pid_of(victim), 40)
        assert pid > 1, f"{victim} does not run"
        return pid

    def revive(self):
        """As the box's own init would: started again until it stands."""
        box = self.out.box
        for _ in range(5):
            try:
                if box.process is not None and until(
                        lambda: box.process.poll() is not None or self.is_ready(), 15) \
                        and box.process.poll() is None:
                    return
                box.stop()
                box.start()
            except (RuntimeError, OSError):
                time.sleep(0.5)

    def is_ready(self):
        try:
            rows = self.out.box.status()["processes"]
        except Exception:                                   # noqa: BLE001
            return False
        return all(r["ready"] for r in rows if r["role"] in (
            "vault", "courier", "intake", "desk"))

    # --- work ---------------------------------------------------------------------

    def deliver(self, home):
        control = f"K{self.number}-{len(self.acked)}"
        data = report.make_message(card=home.card, control_id=control, order=control, pdf=PDF)
        while True:
            try:
                answer = send(self.out.box.mllp_port, data, 10)
                assert "MSA|AA|" in answer, answer
                self.acked.append((home, control))
                return
            except OSError:
                time.sleep(0.05)
                if self.out.box.process.poll() is not None:
                    self.revive()

    def revoke(self, home):
        rows = [b for b in self.out.box.bundles(home.slip["card"])
                if b["status"] == "final" and b["bundle"] not in self.revoked]
        if not rows:
            return
        self.revoked.add(rows[0]["bundle"])
        self.out.box.guichet("bundle", "revoke", rows[0]["bundle"], check=False)

    def one(self, place, victim):
        home = self.rng.choice(self.homes)
        self.killed.clear()
        pid = self.pid(victim)
        with self.lock:
            self.armed = (*place, pid)
        if place[1] == "DELETE":
            self.revoke(home)
        else:
            self.deliver(home)
        if place[0] == "random":
            self.killed.wait(self.rng.random() * 0.25)
            with self.lock:
                self.armed = None
            self.kill(pid)
        elif not self.killed.wait(8):
            with self.lock:
                self.armed = None
        self.revive()

    def go(self):
        out = self.out.start()
        out.proxy.before, out.proxy.after = self.hook("before"), self.hook("after")
        self.homes = [out.patient(f"+336000{self.number}01{n:02d}") for n in range(3)]
        for home in self.homes:
            self.deliver(home)
            home.wait_for(1)
        plan = [(p, v) for v in VICTIMS for p in PLACES]
        first = self.number * len(PLACES)
        turns = itertools.cycle(plan[first:] + plan[:first])
        while self.done < self.kills:
            self.one(*next(turns))

    def thread(self):
        try:
            self.go()
        except Exception:                                   # noqa: BLE001
            self.failure = traceback.format_exc()

    # --- what must hold -----------------------------------------------------------

    def check(self):
        out, n = self.out, self.number
        ok(self.failure is None, f"box {n}: {self.done} kills, {len(self.acked)} results, "
           f"{len(self.revoked)} revoked", self.failure)
        for bid in self.revoked:        # a revocation that died with the box is asked again
            out.box.guichet("bundle", "revoke", bid, check=False)
        ok(out.wait_quiet(200), f"box {n}: nothing waits", out.box.guichet("outbox"))
        names = set()
        for home in self.homes:
            claims = [home.reader.open(b)[0] for b in home.bundles()]
            orders = sum(h is home for h, _ in self.acked)
            gone = sum(b["status"] == "withdrawn"
                       for b in out.box.bundles(home.slip["card"]))
            ok(len(claims) == orders - gone and len({c["bid"] for c in claims}) == len(claims),
               f"box {n}: of {orders} acknowledged, {gone} revoked, {len(claims)} open at home",
               out.box.guichet("bundle", "list", "--card", home.slip["card"]))
            names |= {"d/" + c["name"] for c in claims}
        lying = {x for x in out.names() if x.startswith("d/")}
        ok(lying == names, f"box {n}: the store holds these {len(names)} objects and no other",
           lying ^ names)
        put = {p for _, v, p in out.proxy.seen if v == "PUT" and "/d/" in p}
        ok(len(put) <= len(self.acked), f"box {n}: never two names for one bundle",
           (len(put), len(self.acked)))
        for home in self.homes:
            out.box.guichet("card", "freeze", home.slip["card"])

    def check_end(self):
        ok(until(lambda: self.out.names() == [], 200),
           f"box {self.number}: all frozen, nothing is left", self.out.names())
        ok(self.out.wait_quiet(200), f"box {self.number}: and nothing waits",
           self.out.box.guichet("outbox"))


def test_kills():
    with Swift() as swift:
        runs = [Run(swift, n, KILLS // BOXES) for n in range(BOXES)]
        try:
            threads = [threading.Thread(target=r.thread) for r in runs]
            for t in threads:
                t.start()
            for t in threads:
                t.join()
            ok(sum(r.done for r in runs) >= KILLS - BOXES, f"{sum(r.done for r in runs)} kills")
            for r in runs:      # a deletion's second pass comes two minutes later
                r.check()
            for r in runs:
                r.check_end()
        finally:
            for r in runs:
                r.out.stop()


if __name__ == "__main__":
    main(test_kills)
