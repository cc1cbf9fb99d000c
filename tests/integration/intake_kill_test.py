#!/usr/bin/python3
"""kill -9 of any role at any time loses no acknowledged result.

Senders as a LIS has them repeat a message until they get its ACK; meanwhile
roles are killed at random.  Afterwards every acknowledged message must be a
bundle, once; and opened, it must be the one that was sent."""
import json
import os
import random
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "demo")]

import report                                              # noqa: E402
from appliance import Appliance                            # noqa: E402
from intake_open import Patient                            # noqa: E402
from mllp import send                                      # noqa: E402
from tap import main, ok                                   # noqa: E402

SENDERS = 4
ROLES = ("intake", "vault", "pickup", "desk")
BOX = Appliance()


class Sender(threading.Thread):
    """Sends until told to stop; repeats each message until its ACK."""

    def __init__(self, name, card, pdf):
        super().__init__()
        self.label, self.card, self.pdf = name, card, pdf
        self.acked, self.repeats, self.wrong = [], 0, []
        self.stop = False

    def one(self, number):
        control = f"{self.label}-{number}"
        data = report.make_message(card=self.card, control_id=control, order=control,
                                   pdf=self.pdf, value=f"{number}.5")
        while True:
            try:
                answer = send(BOX.mllp_port, data, 10)
            except OSError:
                self.repeats += 1
                time.sleep(0.05)
                continue
            if f"MSA|AA|{control}\r" not in answer:
                self.wrong.append(answer)
            self.acked.append(number)
            return

    def run(self):
        number = 0
        while not self.stop:
            number += 1
            self.one(number)
            time.sleep(0.1)     # 20 s stay below the 256 bundles a card shows


def kill_for(seconds, seed):
    """Kills a role every now and then; how often each was."""
    dice = random.Random(seed)
    kills = dict.fromkeys(ROLES, 0)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(dice.uniform(0.05, 0.5))
        role = dice.choice(("intake", "vault", "vault", "intake", "pickup", "desk"))
        try:
            pid = BOX.pid_of(role)
            if pid > 1:         # 0: it is not running, and kill(0) is us
                os.kill(pid, 9)
                kills[role] += 1
        except Exception:                                   # noqa: BLE001
            continue        # the desk has nobody to ask just now
    return kills


def test_kill_any_role():
    slips = [BOX.card() for _ in range(SENDERS)]
    pdfs = [None, None, report.make_pdf(), report.make_pdf(padding=300000)]
    senders = [Sender(f"S{i}", slips[i]["card"].replace("-", ""), pdfs[i])
               for i in range(SENDERS)]
    for s in senders:
        s.start()
    kills = kill_for(20, seed=2)
    for s in senders:
        s.stop = True
    for s in senders:
        s.join(120)
    BOX.wait_ready()
    acked = sum(len(s.acked) for s in senders)
    print(f"# {acked} acknowledged, {sum(s.repeats for s in senders)} repeated, "
          f"killed: {kills}", flush=True)
    ok(kills["vault"] > 3 and kills["intake"] > 3 and acked > 40, "R13 kill -9 at any time: enough happened")
    ok(not any(s.wrong for s in senders), "R13 every answer was the message's own AA",
       [s.wrong[:1] for s in senders])
    for s, slip in zip(senders, slips):
        stored = BOX.bundles(slip["card"])
        ok(len(stored) == len(s.acked),
           f"R13 {s.label}: {len(s.acked)} acknowledged, {len(stored)} stored, none twice")
        found = set()
        opened = Patient(BOX, slip).open_all()
        for _, bundle in opened[-60:]:
            found.add(json.dumps(bundle).split('"value": ')[1].split(",")[0])
        ok(len(found) == len(opened[-60:]) and len(opened) == len(s.acked),
           f"R13 {s.label}: every one opens and is another one", (len(found), len(opened)))


def test_audit_is_whole():
    text = BOX.guichet("audit", "verify")
    ok(text.strip() != "", "guichet audit verify ends with 0", text)


def test_stop_while_sending():
    """STOP lets what is in flight end: acknowledged or not, never lost."""
    slip = BOX.card()
    sender = Sender("STOP", slip["card"].replace("-", ""), report.make_pdf(padding=2000000))
    sender.start()
    time.sleep(1)
    BOX.stop()
    before = len(sender.acked)
    BOX.start()
    sender.stop = True
    sender.join(60)
    ok(len(BOX.bundles(slip["card"])) == len(sender.acked) and before > 0,
       f"R13 stopped after {before} messages, started again: none lost, none twice")


if __name__ == "__main__":
    with BOX:
        main(test_kill_any_role, test_audit_is_whole, test_stop_while_sending)
