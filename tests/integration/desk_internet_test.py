#!/usr/bin/python3
"""Cards for the internet, addresses, passwords, outbox and drop by the guichet
command, against the real appliance: what it takes, what it refuses and in which
words, what it never shows, and what is left of it in the desk's memory."""
import contextlib
import fcntl
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

from appliance import BIN, Appliance, free_port            # noqa: E402
from tap import main, ok                                   # noqa: E402

PORTS = [free_port() for _ in range(4)]
BOX = Appliance(drop__kind="swift", drop__bucket="results", drop__user="lab:box",
                drop__endpoint=f"https://localhost:{PORTS[0]}/auth/v1.0",
                drop__public_url=f"https://localhost:{PORTS[0]}/v1/AUTH_lab/results",
                viewer__url=f"https://localhost:{PORTS[1]}/retrait",
                mail__server=f"localhost:{PORTS[2]}", mail__from="labo@example.org",
                sms__url=f"https://localhost:{PORTS[3]}/send", sms__from="LABO DUPONT", sms__user="box",
                notice__call_back="on")
PLAIN = Appliance(lab_card=False)       # nothing outside is configured
# A telephone number that Arcep keeps for films; none of it is in our texts.
PHONE, MAIL, NAME, BORN = "06 39 98 47 15", "anne.martin@example.org", "MARTINEAU", "1981-07-19"
DIGITS = "639984715"


def command(box, arguments):
    return [os.path.join(BIN, "guichet"), "--socket", box.socket_path, *arguments]


def run(*arguments, box=None, lang="en", stdin=b""):
    done = subprocess.run(command(box or BOX, arguments), input=stdin, capture_output=True,
                          check=False, timeout=60, env=dict(os.environ, LC_ALL=f"{lang}.UTF-8"))
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def objects(text):
    return [json.loads(line) for line in text.splitlines()]


def test_card_for_the_internet():
    code, out, err = run("card", "new", "--internet", "--phone", "-", "--json",
                         stdin=PHONE.encode() + b"\n")
    slip = json.loads(out) if code == 0 else {}
    plain = [slip.get(k, "").replace("-", "") for k in ("card", "code")]
    url = BOX.settings["viewer__url"]
    ok(code == 0 and slip["internet"] == {"url": url, "qr_url": f"{url}/#1.{plain[0]}.{plain[1]}"},
       "a card with a second address", out + err)
    ok(set(slip) == {"card", "code", "url", "expires", "internet"}, "and no day code", sorted(slip))
    rows = objects(run("outbox", "--json")[1])
    ok(any(r["type"] == "row" and r["kind"] == "put index" for r in rows),
       "its index waits for the drop", rows)


def test_branch_card():
    before = [r for r in objects(run("outbox", "--json")[1]) if r["type"] == "row"]
    slip = json.loads(run("card", "new", "--json")[1])
    after = [r for r in objects(run("outbox", "--json")[1]) if r["type"] == "row"]
    ok(slip["internet"] is None and len(before) == len(after),
       "A13 without being chosen nothing of a card leaves the box", after)


def test_slip_words():
    for lang, words in (("en", ("At home", "not even to the laboratory", "14 days", "paper", "33700")),
                        ("fr", ("Chez vous", "même au laboratoire", "14 jours", "papier", "33700"))):
        code, out, err = run("card", "new", "--internet", "--phone", PHONE, "--mail", MAIL, lang=lang)
        missing = [w for w in words if w not in out]
        ok(code == 0 and not missing, f"{lang}: the slip's second part", f"{missing} {err}")
        ok(DIGITS not in out.replace(" ", "") and "martin" not in out,
           f"{lang}: with no address on it", out)


def test_refusals():
    for arguments, code, english, french in (
            (["--internet"], 64, "needs --phone", "demande --phone"),
            (["--internet", "--phone", "0612345"], 1, "not a telephone", "pas un numéro"),
            (["--phone", "01 23 45 67 89"], 1, "no mobile", "mobile"),
            (["--mail", "no address"], 1, "not a mail address", "pas une adresse"),
            (["--mail", MAIL, "--language", "de"], 64, "fr or en", "fr ou en"),
            (["--secret", "--internet", "--phone", PHONE], 64, "minor", "mineur"),
            (["--secret", "--phone", PHONE], 64, "minor", "mineur"),
            (["--secret", "--mail", MAIL], 64, "minor", "mineur"),
            (["--lab", "--mail", MAIL], 64, "no patient", "d'aucun patient"),
            (["--phone", "-"], 64, "standard input ended", "s'arrête avant")):
        for lang, words in (("en", english), ("fr", french)):
            got, out, err = run("card", "new", *arguments, lang=lang)
            ok(got == code and words in err and out == "",
               f"{lang}: {' '.join(arguments)}: {words}", f"{got} {err}")
    code, out, _ = run("card", "new", "--secret", "--json")
    ok(code == 0 and json.loads(out)["internet"] is None, "B09 a minor's secret has a slip of its own")


def test_nothing_configured():
    keys = "drop.kind drop.public_url viewer.url sms.url"
    code, _, err = run("card", "new", "--internet", "--phone", PHONE, box=PLAIN)
    ok(code == 1 and keys in err, "--internet: all keys that are missing", err)
    code, _, err = run("card", "new", "--internet", "--phone", PHONE, box=PLAIN, lang="fr")
    ok(code == 1 and keys in err and "il manque" in err, "in French", err)
    for option, value, key in (("--phone", PHONE, "sms.url"), ("--mail", MAIL, "mail.server")):
        code, _, err = run("card", "new", option, value, box=PLAIN)
        ok(code == 1 and key in err and "not kept" in err, f"{option} serves nothing", err)
    code, _, err = run("drop", "check", box=PLAIN)
    ok(code == 75 and "drop.kind = none" in err, "drop check: nothing to look at", err)
    code, out, _ = run("status", box=PLAIN)
    ok(code == 0 and "not needed" in out, "status: no courier, because none is needed", out)
    status = PLAIN.status()
    ok(status["courier_wanted"] is False and status["alarms"] == 0 and status["outbox"] == 0,
       "and as JSON", status)
    code, out, _ = run("outbox", box=PLAIN)
    ok(code == 0 and out.count("not configured") == 3, "outbox: no host at all", out)
    code, _, err = run("card", "call", json.loads(run("card", "new", "--json", box=PLAIN)[1])["card"],
                       box=PLAIN)
    ok(code == 1 and "notice.call_back is off" in err, "card call: off", err)


def test_credentials():
    code, out, err = run("credential", "set", "store", stdin=b"un mot de passe \xc3\xa0 garder\n")
    ok(code == 0 and "passe" not in out + err, "a password is kept and not shown", out + err)
    rows = {r["channel"]: r["is_set"] for r in objects(run("credential", "list", "--json")[1])}
    ok(rows == {"store": True, "mail": False, "sms": False}, "listed, with those that miss", rows)
    for stdin, words in ((b"", "standard input ended"), (b"\n", "empty or has control"),
                         (b"a\x00b\n", "empty or has control"), (b"x" * 1025 + b"\n", "1024")):
        code, _, err = run("credential", "set", "sms", stdin=stdin)
        ok(code == 64 and words in err, f"refused: {words} ({len(stdin)} bytes)", err)
    code, out, err = run("credential", "set", "sms", stdin=b"y" * 1024 + b"\r\n")
    ok(code == 0, "1024 bytes and CR LF are taken", err)
    code, _, err = run("credential", "set", "fax", stdin=b"z\n")
    ok(code == 1 and "no channel 'fax'" in err, "an unknown channel", err)
    code, _, err = run("credential", "clear", "sms")
    rows = {r["channel"]: r["is_set"] for r in objects(run("credential", "list", "--json")[1])}
    ok(code == 0 and not rows["sms"], "erased", f"{rows} {err}")
    audit = BOX.guichet("audit", "list")
    ok("garder" not in audit and "garder" not in BOX.log(), "in no record and no log")


def test_lines_are_left_for_the_next():
    """Standard input is read to the end of the line and no further."""
    shell = f"'{BIN}/guichet' --socket '{BOX.socket_path}' credential set mail; cat"
    done = subprocess.run(["sh", "-c", shell], input=b"first\nsecond\n", capture_output=True,
                          check=False, timeout=60)
    ok(done.stdout.endswith(b"second\n"), "one line is taken", done.stdout + done.stderr)


class Terminal:
    """The guichet command on a terminal of its own."""
    def __init__(self, *arguments):
        self.master, slave = pty.openpty()
        self.slave = slave

        def own_terminal():
            os.setsid()
            fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
        self.process = subprocess.Popen(command(BOX, arguments), stdin=slave, stdout=slave,
                                        stderr=slave, preexec_fn=own_terminal,
                                        env=dict(os.environ, LC_ALL="en.UTF-8"))
        self.text = b""

    def echoes(self):
        return bool(termios.tcgetattr(self.slave)[3] & termios.ECHO)

    def read_until(self, words, seconds=10):
        deadline = time.monotonic() + seconds
        while words not in self.text and time.monotonic() < deadline:
            if select.select([self.master], [], [], 0.1)[0]:
                self.text += os.read(self.master, 4096)
        return words in self.text

    def wait_echo(self, wanted, seconds=5):
        deadline = time.monotonic() + seconds
        while self.echoes() != wanted and time.monotonic() < deadline:
            time.sleep(0.02)
        return self.echoes() == wanted

    def type(self, text):
        os.write(self.master, text)

    def end(self):
        code = self.process.wait(20)
        self.read_until(b"no such words", 0.3)
        os.close(self.master)
        os.close(self.slave)
        return code


def test_password_at_a_terminal():
    t = Terminal("credential", "set", "store")
    ok(t.read_until(b"not shown") and t.wait_echo(False), "the prompt comes, the echo goes", t.text)
    t.type(b"geheim-1234\n")
    ok(t.read_until(b"is kept"), "the password is taken", t.text)
    ok(b"geheim" not in t.text and t.echoes(), "it was not echoed, and the echo is back", t.text)
    ok(t.end() == 0, "exit code 0")
    t = Terminal("card", "new", "--mail", "-")
    ok(t.read_until(b"Mail address: ") and t.echoes(), "an address is seen while it is typed")
    t.type(MAIL.encode() + b"\n")
    ok(t.read_until(b"YOUR PICKUP SLIP") and t.end() == 0, "and taken", t.text)


def test_password_interrupted():
    t = Terminal("credential", "set", "store")
    ok(t.read_until(b"not shown") and t.wait_echo(False), "a prompt")
    t.type(b"half\x03")
    ok(t.wait_echo(True), "Ctrl-C brings the echo back")
    ok(t.end() == -signal.SIGINT, "and ends the command")
    t = Terminal("credential", "set", "store")
    ok(t.read_until(b"not shown") and t.wait_echo(False), "a prompt")
    t.process.send_signal(signal.SIGTSTP)   # without a shell to stop for: it goes on
    t.process.send_signal(signal.SIGCONT)
    time.sleep(0.3)
    ok(t.wait_echo(False), "stopped and continued: the echo is still off")
    t.type(b"ganz-geheim\n")
    ok(t.read_until(b"is kept") and b"ganz" not in t.text and t.end() == 0, "and taken", t.text)


def memory_of(pid):
    with open(f"/proc/{pid}/maps", encoding="ascii") as maps:
        areas = [line.split() for line in maps]
    with open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for area in areas:
            if "r" not in area[1] or area[-1] in ("[vvar]", "[vsyscall]", "[vvar_vclock]"):
                continue
            start, end = (int(x, 16) for x in area[0].split("-"))
            with contextlib.suppress(OSError):
                memory.seek(start)
                yield memory.read(end - start)


def left_in_desk(words):
    time.sleep(0.2)                     # what is freed with the connection
    found = [w for w in words for part in memory_of(BOX.pid_of("desk")) if w in part]
    return sorted(set(found))


def test_desk_forgets():
    if os.geteuid() != 0:
        ok(True, "the desk's memory # SKIP only root may read it")
        return
    lines = f"{NAME}\n{PHONE}\n{MAIL}\n".encode()
    code, out, err = run("card", "new", "--birth-name", "-", "--birth-date", BORN,
                         "--phone", "-", "--mail", "-", "--internet", "--json", stdin=lines)
    slip = json.loads(out) if code == 0 else {"code": "?"}
    secret = slip["code"].replace("-", "")
    words = [NAME.encode(), PHONE.encode(), b"33" + DIGITS.encode(), MAIL.encode(), BORN.encode(),
             secret[:15].encode(), slip["code"].encode()]
    ok(code == 0 and left_in_desk(words) == [], "of a card nothing is left", f"{left_in_desk(words)} {err}")
    run("card", "new", "--phone", "06 99 88 77 6", "--mail", "wrong@@example.org")
    words = [b"06 99 88 77 6", b"wrong@@"]
    ok(left_in_desk(words) == [], "nor of one that was refused", left_in_desk(words))
    run("credential", "set", "sms", stdin=b"passe-partout-99\n")
    ok(left_in_desk([b"passe-partout"]) == [], "nor of a password", left_in_desk([b"passe-partout"]))
    with subprocess.Popen(command(BOX, ["card", "new", "--birth-name", "INTERROMPUE", "--phone", "-"]),
                          stdin=subprocess.PIPE) as process:
        time.sleep(0.5)
        ok(left_in_desk([b"INTERROMPUE"]) != [], "while the command runs it is there: the test sees")
        process.kill()
    ok(left_in_desk([b"INTERROMPUE"]) == [], "and gone when it was killed")


def test_outbox_and_drop():
    code, out, _ = run("outbox", lang="fr")
    ok(code == 0 and "store  localhost" in out and "Alarmes" in out, "outbox in French", out)
    slip = json.loads(run("card", "new", "--internet", "--phone", PHONE, "--json")[1])
    code, out, err = run("drop", "stop", slip["card"])
    ok(code == 0 and "being deleted" in out, "drop stop", err)
    code, _, err = run("drop", "stop", slip["card"])
    ok(code == 1 and "no copy on the internet" in err, "a second time: there is none any more", err)
    branch = json.loads(run("card", "new", "--json")[1])["card"]
    code, _, err = run("drop", "stop", branch)
    ok(code == 1 and "no copy on the internet" in err, "nor had a card of the branch", err)
    code, _, err = run("drop", "stop", "0000-0000-000")
    ok(code == 1 and "no card" in err, "an unknown card", err)
    code, _, err = run("card", "call", branch)
    ok(code == 1 and "no address" in err, "card call: nobody to call", err)
    code, _, err = run("alarm", "clear", "999999")
    ok(code == 1 and "no alarm 999999" in err, "alarm clear: none", err)
    code, out, _ = run("alarm", "list", "--json")
    ok(code == 0 and all(r["type"] == "alarm" for r in objects(out)), "alarm list", out)


def running(role, seconds=40):
    """Its pid, never 0: a signal to 0 is one to this very test."""
    deadline = time.monotonic() + seconds
    while not (pid := BOX.pid_of(role)):
        if time.monotonic() > deadline:
            raise RuntimeError(f"{role} does not run:\n" + BOX.log())
        time.sleep(0.2)
    return pid


def test_courier_away():
    pid = running("courier")
    os.kill(pid, signal.SIGSTOP)
    with subprocess.Popen(command(BOX, ["drop", "check"]), stderr=subprocess.PIPE,
                          env=dict(os.environ, LC_ALL="en.UTF-8")) as check:
        time.sleep(0.5)
        ok(check.poll() is None, "a check waits for the courier")
        os.kill(BOX.process.pid, signal.SIGSTOP)        # nobody restarts it
        os.kill(pid, signal.SIGKILL)
        err = check.communicate(timeout=20)[1].decode()
        ok(check.returncode == 75 and "courier does not run" in err, "its end is the check's", err)
    for lang, words in (("en", "does not run"), ("fr", "ne tourne pas")):
        started = time.monotonic()
        code, _, err = run("drop", "init", lang=lang)
        ok(code == 75 and words in err and time.monotonic() - started < 5,
           f"{lang}: no courier: said at once", err)
    os.kill(BOX.process.pid, signal.SIGCONT)
    BOX.wait_ready()


def test_day_code_nowhere():
    """Nothing of the shape of a day code in audit log, log and slip."""
    texts = BOX.guichet("audit", "list") + BOX.log()
    shape = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{3}\b")
    ok(shape.search(texts) is None, "in no record and no line of the log", shape.findall(texts))
    ok(DIGITS not in texts and "anne.martin" not in texts and NAME not in texts,
       "nor an address or a name")
    out = run("card", "new", "--internet", "--phone", PHONE)[1]
    ok(len(shape.findall(out)) == 1, "on the slip only the card's number has it", shape.findall(out))


if __name__ == "__main__":
    with PLAIN, BOX:
        main(test_card_for_the_internet, test_branch_card, test_slip_words, test_refusals,
             test_nothing_configured, test_credentials, test_lines_are_left_for_the_next,
             test_password_at_a_terminal, test_password_interrupted, test_desk_forgets,
             test_outbox_and_drop, test_courier_away, test_day_code_nowhere)
