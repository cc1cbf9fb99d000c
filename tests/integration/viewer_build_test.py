#!/usr/bin/env python3
"""gateway/web/viewer/build: the same page on any machine, and what it refuses."""
import hashlib
import html
import json
import os
import re
import shutil
import subprocess
import tempfile

import tap
from tap import ok

ROOT = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
WEB = os.path.join(ROOT, "gateway", "web")
CONFIG = {"box.id": "labo-1", "lab.name": "Labo & Fils <Évry>", "lab.phone": "01 23 45 67 89",
          "drop.public_url": "https://drop.example/v1/AUTH_a/labo",
          "viewer.url": "https://resultats.example/retrait"}


def text_of(config):
    return "".join(f"{k} = {v}\n" for k, v in config.items() if v is not None)


def build(*configs, web=WEB, cwd="/", env=None, options=()):
    """(exit status, page, what it said); configs: text, or changes of CONFIG."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for i, config in enumerate(configs):
            paths.append(os.path.join(folder, f"{i}.conf"))
            with open(paths[-1], "w", encoding="utf-8") as f:
                f.write(config if isinstance(config, str) else text_of({**CONFIG, **config}))
        output = os.path.join(folder, "new", "index.html")
        run = subprocess.run([os.path.join(web, "viewer", "build"), "--output", output, *options,
                              *paths], capture_output=True, check=False, text=True, cwd=cwd,
                             env={"PATH": os.environ["PATH"], **(env or {})})
        page = None
        if os.path.exists(output):
            with open(output, "rb") as f:
                page = f.read()
        return run.returncode, page, run.stdout + run.stderr


def test_same_bytes():
    code, page, said = build({})
    ok(code == 0 and f"SHA-256 {hashlib.sha256(page).hexdigest()}\n" in said,
       "it prints the SHA-256 of what it wrote", said)
    with tempfile.TemporaryDirectory() as elsewhere:
        web = shutil.copytree(WEB, os.path.join(elsewhere, "a b", "web"))
        for path, _, files in os.walk(web):
            for name in files:
                os.utime(os.path.join(path, name), (1, 1))
        others = [build({}, web=web, cwd=elsewhere, env=env)[1] for env in (
            {"LC_ALL": "C", "PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo"},
            {"LC_ALL": "fr_FR.ISO-8859-1", "PYTHONHASHSEED": "2", "PYTHONIOENCODING": "ascii"})]
        left = subprocess.run(["diff", "-r", WEB, web], check=False).returncode
    ok(others == [page, page], "other folder, locale, zone, time: the same bytes")
    ok(left == 0, "nothing is left in the source tree")
    two = [{}, {"box.id": "labo-2", "drop.public_url": "https://drop.example/b"}]
    ok(build(*two)[1] == build(*two[::-1])[1], "the order of the boxes does not matter")
    ok(build(*two)[1] != page, "another box is another page")
    sections = text_of(CONFIG) + "# x\n\n\tmllp.port = 1\r\n[source default]\nbox.id = no\n"
    ok(build(sections)[1] == page, "read as guichetd reads it: comments, sections, other keys")


def test_page():
    _, page, said = build({}, {"box.id": "labo-2", "drop.public_url": "https://other.example:8443"})
    text = page.decode()
    meta = {name: html.unescape(value) for name, value in re.findall(
        r'<meta (?:name|http-equiv)="([\w-]+)" content="([^"]*)"', text)}
    policy = meta["Content-Security-Policy"]
    ok("{{" not in text.split("<script")[0], "no placeholder is left")
    ok(re.search(r"connect-src https://drop\.example/v1/AUTH_a/labo/i/ "
                 r"https://drop\.example/v1/AUTH_a/labo/d/ https://other\.example:8443/i/ "
                 r"https://other\.example:8443/d/;", policy),
       "it may connect to the drops' indexes and objects, and nowhere else", policy)
    for rule in ("default-src 'none'", "base-uri 'none'", "form-action 'none'",
                 "require-trusted-types-for 'script'", "trusted-types 'none'"):
        ok(rule in policy.split("; "), rule)
    ok("frame-ancestors" not in policy and f"Content-Security-Policy: {policy}; " not in said
       and "; frame-ancestors 'none'; " in said, "what only a header can say is in the header")
    ok(text.index("Content-Security-Policy") < text.index("<style")
       and text.index("Content-Security-Policy") < text.index("<link"), "the policy comes first")
    ok(meta["guichet-lab"] == CONFIG["lab.name"] and "<Évry>" not in text, "names are escaped")
    boxes = json.loads(meta["guichet-boxes"])
    ok([b["id"] for b in boxes] == ["labo-1", "labo-2"]
       and boxes[1]["name"] == "Labo & Fils <Évry> (labo-2)"
       and boxes[1]["drop"] == "https://other.example:8443", "the boxes", boxes)
    urls = set(re.findall(r"https?://[^\s\"'<>;{}$,)]+", text))
    ours = {"https://drop.example/v1/AUTH_a/labo", "https://other.example:8443",
            "http://www.w3.org/2000/svg"}
    strangers = {u for u in urls if not any(u.startswith(o) for o in ours)}
    with open(os.path.join(ROOT, "gateway", "card", "derive.h"), encoding="utf-8") as f:
        rounds = re.search(r"CARD_ROUNDS = (\d+)", f.read()).group(1)
    ok(meta["guichet-rounds"] == rounds, "as many rounds as the box derives with")
    ok(not strangers, "no other address is in the page", strangers)
    ok("curl -fsS https://resultats.example/retrait/ | sha256sum" in said,
       "how to check it is printed")
    code, page, _ = build(options=("--phone", "09"))
    ok(code == 0 and b"Laboratoire Dupont" in page, "without a configuration: the demo's")


def test_make():
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, name) for name in ("a.conf", "b.conf")]
        for i, path in enumerate(paths):
            with open(path, "w", encoding="utf-8") as f:
                f.write(text_of({**CONFIG, "box.id": f"labo-{i}", "lab.name": f"Site {i}"}))
        output = os.path.join(folder, "out.html")
        run = subprocess.run(["make", "-s", "viewer", f"VIEWER={output}", "LAB_NAME=Labo de l'Étoile",
                              f"CONFIG={' '.join(paths)}"], cwd=ROOT, capture_output=True,
                             check=False, text=True)
        page = open(output, encoding="utf-8").read() if run.returncode == 0 else ""
    ok("Labo de l&#x27;Étoile" in page and "SHA-256 " in run.stdout, "make viewer",
       run.stdout + run.stderr)


def refused(why, word, *configs, options=()):
    code, page, said = build(*configs, options=options)
    ok(code == 1 and page is None and word in said and "Traceback" not in said,
       f"refused: {why}", said)


def test_refused():
    refused("no drop", "drop.public_url is missing", {"drop.public_url": ""})
    refused("no box id", "box.id is missing", {"box.id": None})
    refused("a box id that is none", "box.id", {"box.id": "A b"})
    for url in ("http://drop.example", "https://drop.example/", "https://u@drop.example",
                "https://drop.example/a;script-src", "https://drop.example/ *",
                "https://drop.example/'x'", "https://drop.example?x", "https://*.example",
                "https://drop.example/a,b", "https://drop.example:x"):
        refused(f"a drop at {url}", "drop.public_url", {"drop.public_url": url})
    refused("a drop whose links would be too long", "82",
            {"drop.public_url": "https://drop.example/" + "a" * 62})
    refused("the page on the drop's host", "host of a drop",
            {"viewer.url": "https://drop.example:443/page"})
    refused("one box twice", "labo-1", {}, {})
    refused("two pages", "viewer.url differs", {}, {"box.id": "labo-2", "viewer.url": ""})
    refused("two names and none for the page", "lab.name differs", {},
            {"box.id": "labo-2", "lab.name": "Autre"})
    refused("two numbers and none for the page", "lab.phone differs", {},
            {"box.id": "labo-2", "lab.phone": "02"})
    refused("a key twice", "set twice", text_of(CONFIG) + "box.id = x\n")
    refused("a line that is none", "KEY = VALUE", "hello\n")
    refused("no file", "No such file", options=("/nowhere/guichet.conf",))
    code, page, _ = build({}, {"box.id": "labo-2", "lab.name": "Autre", "lab.phone": "02"},
                          options=("--name", "Groupe", "--phone", "03"))
    ok(code == 0 and b'"guichet-lab" content="Groupe"' in page, "names and numbers can be said")


if __name__ == "__main__":
    tap.main(test_same_bytes, test_page, test_make, test_refused)
