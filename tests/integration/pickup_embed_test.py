#!/usr/bin/env python3
"""gateway/web/embed: what it makes of a page's folder, and what it refuses."""
import base64
import hashlib
import os
import re
import subprocess
import tempfile

import tap
from tap import ok

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
EMBED = os.path.join(ROOT, "gateway", "web", "embed")
GOOD = {
    "index.html": '<!doctype html><title>{{lab}}</title>\n'
                  '<link rel="stylesheet" href="style.css">\n'
                  '<script type="module" src="app.js"></script>\n',
    "style.css": "p { color: red }\n",
    "modules.txt": "# in order\none.js\napp.js\n",
    "one.js": "export const one = 1;\nexport async function two() {}\n",
    "app.js": "import {\n  one, two,\n} from './one.js';\nconst three = one + 2;\n",
    "csp.txt": "default-src 'none'\nscript-src {{script}}\nstyle-src {{style}}\n"
               "base-uri 'none'\nframe-ancestors 'none'\n"
               "require-trusted-types-for 'script'\n",
}


def embed(changes, *more):
    with tempfile.TemporaryDirectory() as around:
        folder = os.path.join(around, "page")
        for name, text in {**GOOD, **changes}.items():
            if text is not None:
                path = os.path.join(folder, name)
                os.makedirs(os.path.dirname(os.path.normpath(path)), exist_ok=True)
                with open(os.path.normpath(path), "w", encoding="utf-8", newline="") as f:
                    f.write(text)
        run = subprocess.run([EMBED, folder, "page", *more], capture_output=True,
                             check=False, text=True)
        return run.returncode, run.stdout, run.stderr


def pin(text):
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def test_good():
    code, html, _ = embed({})
    script = re.search(r'<script type="module">(.*?)</script>', html, re.S).group(1)
    style = re.search(r"<style>(.*?)</style>", html, re.S).group(1)
    ok(code == 0 and "import" not in script and "export" not in script,
       "one module, without imports and exports", html)
    ok(script.index("const one") < script.index("const three"), "in order")
    ok("{{lab}}" in html, "placeholders stay for the program")
    with tempfile.NamedTemporaryFile(suffix=".h") as header:
        embed({}, header.name)
        text = open(header.name, encoding="utf-8").read()
    ok(f"script-src 'sha256-{pin(script)}'" in text and
       f"style-src 'sha256-{pin(style)}'" in text, "the policy holds their pins")
    data = bytes(int(b, 16) for b in re.findall(r"0x([0-9a-f]{2})", text))
    ok(data.decode() == html, "the header holds the page")


SHARED = {
    "index.html": GOOD["index.html"].replace('"style.css"', '"../shared/style.css"'),
    "style.css": None, "../shared/style.css": "q { color: blue }\n",
    "modules.txt": "../shared/two.js\n../shared/one.js\none.js\napp.js\n",
    "../shared/two.js": "export const two = 2;\n",
    "../shared/one.js": "import { two } from './two.js';\nexport const four = two + two;\n",
    "one.js": "import { four } from '../shared/one.js';\nexport const one = four / 4;\n",
    "app.js": "import { one } from './one.js';\nconst three = one;\n",
}


def test_shared():
    code, html, said = embed(SHARED)
    ok(code == 0 and "q { color: blue }" in html and html.index("const two") <
       html.index("const four") < html.index("const one"), "modules that pages share", said)
    for why, word, changes in (
            ("the one beside it is another file", "does not export",
             {"app.js": "import { four } from './one.js';\n"}),
            ("not on the list", "not above", {"modules.txt": "../shared/one.js\none.js\napp.js\n"}),
            ("a folder that is not the shared one", "import",
             {"one.js": "import { x } from '../other/one.js';\nexport const one = 1;\n"})):
        code, html, said = embed({**SHARED, **changes})
        ok(code == 1 and html == "" and word in said, f"refused: {why}", said)


def refused(why, word, **changes):
    code, html, said = embed({k.replace("_", "."): v for k, v in changes.items()})
    ok(code == 1 and html == "" and word in said, f"refused: {why}", said)


def test_refused():
    refused("no module list", "modules.txt", modules_txt=None)
    refused("a module that is imported before it stands", "not above",
            modules_txt="app.js\none.js\n")
    refused("a name that is not exported", "does not export", one_js="const one = 1;\n")
    refused("another shape of import", "import", app_js="import * as x from './one.js';\n")
    refused("import()", "import", app_js="import('./one.js');\n")
    refused("export default", "export", app_js="export default 1;\n")
    refused("one name twice", "declared in", app_js="const one = 2;\n")
    refused("an end of script in a script", "</script", app_js="x = '</SCRIPT>';\n")
    refused("a placeholder in a script", "{{", app_js="x = '{{lab}}';\n")
    refused("a carriage return", "carriage", style_css="p {}\r\n")
    for bad in ('<p onclick="x()">', '<p style="x">', "<style>p{}</style>",
                '<script src="https://x/y.js"></script>'):
        refused("markup that the policy forbids: " + bad, "forbids",
                index_html=GOOD["index.html"] + bad)
    refused("no style", "exactly once", index_html="<p>")
    for line in ("default-src 'none'", "base-uri 'none'",
                 "require-trusted-types-for 'script'"):
        refused("a policy without " + line, "missing",
                csp_txt=GOOD["csp.txt"].replace(line + "\n", ""))
    for word in ("'unsafe-inline'", "'unsafe-eval'", "*", "https:"):
        refused("a policy with " + word, "undoes",
                csp_txt=GOOD["csp.txt"] + "img-src " + word + "\n")


if __name__ == "__main__":
    tap.main(test_good, test_shared, test_refused)
