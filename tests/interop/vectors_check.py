"""vectors_check.py -- the worked example is one: what make_vectors.py makes,
what vectors.json holds and what docs/formats shows.  Prints TAP."""
import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
DOCS = os.path.join(HERE, "..", "..", "docs", "formats")
NOT_SHOWN = {"about", "payload"}    # the payload ends in spaces
count = failed = 0


def ok(good, claim):
    global count, failed
    count += 1
    failed += not good
    print(f"{'' if good else 'not '}ok {count} - {claim}")


def shown(page):
    """Each `name = value` of the page's vectors, lines joined."""
    with open(os.path.join(DOCS, page), encoding="utf-8") as f:
        blocks = re.findall(r"^```vectors\n(.*?)^```", f.read(), re.M | re.S)
    values = {}
    for line in "".join(blocks).splitlines():
        start = re.match(r"(\w+) += (.*)", line)
        if start:
            name = start.group(1)
            values[name] = start.group(2)
        else:
            values[name] += line.strip()
    return values


def made():
    """What the script makes now, or None where its package is missing."""
    run = subprocess.run([sys.executable,
                          os.path.join(HERE, "make_vectors.py")],
                         capture_output=True, check=False, text=True)
    return run.stdout if run.returncode == 0 else None


def main():
    with open(os.path.join(HERE, "vectors.json"), encoding="utf-8") as f:
        text = f.read()
    vectors = json.loads(text)
    again = made()
    if again is None:
        ok(True, "made again # SKIP python3-cryptography is not installed")
    else:
        ok(again == text, "make_vectors.py makes vectors.json again")
    values = {}
    for page in ("card.md", "bundle.md"):
        values[page] = shown(page)
        wrong = [n for n, v in values[page].items()
                 if str(vectors.get(n)) != v]
        ok(len(values[page]) > 10 and not wrong,
           f"{page} shows them{': not ' if wrong else ''}{' '.join(wrong)}")
    missing = set(vectors) - NOT_SHOWN - set().union(*values.values())
    ok(not missing, f"all of them{': not ' if missing else ''}"
       f"{' '.join(sorted(missing))}")
    print(f"1..{count}")
    return failed != 0


sys.exit(main())
