#!/usr/bin/python3
"""Whatever the box says about itself has its French (gateway/desk/phrases.def):
every sentence that firmware/init and firmware/network hold and do not only log
is a row there, and no row is left over that nobody says any more.  TAP."""
import pathlib
import re

from tap import main, ok

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TABLE = ROOT / "gateway/desk/phrases.def"
FOLDERS = ("firmware/init", "firmware/network")
STRING = r'"(?:[^"\\]|\\.)*"'
# Tables whose sentences only the log has.
LOGGED = {"mounts.c", "rules.c"}
# Only logged, though not by log_line() alone; or no sentence.
SILENT = {
    "and more: not shown\\n",                                      # relay.c
    "it is not whole", "guichet-dhcp says so", "its time is over",  # end_lease()
    "nameserver 255.255.255.255\\n", "nameserver %u.%u.%u.%u\\n",   # resolv.conf
}
# Said by the C library or the kernel, or by words that the sources build.
OTHERS = {"Input/output error", "I/O error", "No space left on device", "Read-only file system",
          "dm-verity device corrupted", "Kernel panic - not syncing: %s",
          "data partition: none: it %s", "none: it %s"}
# Formats of the sources that make more than one phrase.
FORMS = {
    "%s; %llu MiB": ("%s MiB",),
    "; made anew %.16s, what was on it is lost": ("made anew %s, what was on it is lost",),
    "%s dhcp, no lease%s%s": ("%s dhcp, no lease", "%s dhcp, no lease: %s"),
    "Kernel panic - not syncing": ("Kernel panic - not syncing: %s",),
    "%s: %s": (),
}


def joined(text):
    """All string literals, those side by side as one."""
    for run in re.findall(rf"{STRING}(?:\s*{STRING})*", text):
        yield "".join(part[1:-1] for part in re.findall(STRING, run))


def without_calls(text, name):
    """The text without the calls of `name`, whatever parentheses are in them."""
    while True:
        found = re.search(rf"\b{name}\(", text)
        if not found:
            return text
        depth, at = 1, found.end()
        while depth:
            token = re.compile(rf"{STRING}|'[^']+'|.", re.S).match(text, at)
            depth += {"(": 1, ")": -1}.get(token[0], 0)
            at = token.end()
        text = text[:found.start()] + text[at:]


def code_of(path):
    text = path.read_text(encoding="utf-8")
    text = re.sub(rf"({STRING})|/\*.*?\*/", lambda m: m[1] or " ", text, flags=re.S)
    text = re.sub(r"(?m)^\s*#\s*include.*$", "", text)
    for name in ("log_line", "fail", "unexpected", "_Static_assert"):
        text = without_calls(text, name)
    return text


def plain(pattern):
    return re.sub(r"%[.0-9]*(?:llu|ld|[a-z])", "%s", pattern)


def is_sentence(form):
    words = re.sub(r"%[.0-9]*(?:llu|[A-Za-z])", "", form)
    return " " in form.strip() and re.search(r"[A-Za-z]{2}", words)


def said():
    """Phrase -> file."""
    phrases = {}
    for folder in FOLDERS:
        paths = sorted((ROOT / folder).glob("*.[ch]"))
        for path in (p for p in paths if p.name not in LOGGED):
            for text in joined(code_of(path)):
                for form in FORMS.get(text, (text,)):
                    if is_sentence(form) and text not in SILENT:
                        phrases.setdefault(plain(form), path.name)
    return phrases


def table():
    text = TABLE.read_text(encoding="utf-8").replace("\\\n", "\n")
    text = text[text.index("#define"):]
    rows = re.findall(rf"PHRASE\(({STRING}(?:\s*{STRING})*),", text)
    return {plain(next(joined(row))) for row in rows}


def test_all():
    rows, phrases = table(), said()
    ok(len(rows) > 40 and len(phrases) > 40, "both were read", (len(rows), len(phrases)))
    missing = [f"{where}: {what}" for what, where in phrases.items() if what not in rows]
    ok(not missing, "every phrase of the box has its French", "\n".join(missing))
    words = {row for row in rows if " " in row.strip()}
    stale = sorted(words - set(phrases) - OTHERS)
    ok(not stale, "and no row is of a phrase that nobody says", "\n".join(stale))


main(test_all)
