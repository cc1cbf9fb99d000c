#!/usr/bin/python3
"""The form of every text file of ours: lines, tabs, ends, and sizes.

Prints each breach and ends with 1.  The hard limits are those of the style:
what is merely long is left to the reader of the change.
"""
import pathlib
import re
import subprocess
import sys

# Columns at most, by kind; aim at 80.  Tables of words and of programs are
# read by the row: they have no limit.
C_MAX, SCRIPT_MAX = 100, 120
COLUMNS = {".c": C_MAX, ".h": C_MAX, ".py": SCRIPT_MAX, ".sh": SCRIPT_MAX,
           ".js": SCRIPT_MAX, ".mjs": SCRIPT_MAX}
WIDE = {"strings.js"}
SOURCE_MAX = 800        # aim: 80-350
HEADER_MAX = 300        # aim: 40-150
FUNCTION_MAX = 80       # aim: median <= 15
MAIN_MAX = 40           # main() of a role; aim: 25

TEXT = set(COLUMNS) | {".def", ".mk", ".css", ".md", ".html", ".txt", ".pin",
                      ".json", ""}
# Not ours to form, or data: corpora, patches' contexts, lock files.
SKIPPED = re.compile(r"(^|/)(fuzz/corpus|node_modules|golden|samples)/|"
                     r"package-lock\.json$|\.patch$|^LICENSE$")
# Tables may be as long as what they list.
LONG_FILES = re.compile(r"\.(def|md)$|_vectors\.h$")


def our_files():
    out = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others",
         "--exclude-standard"], check=True, capture_output=True).stdout
    for name in sorted(set(out.decode().split("\0")) - {""}):
        path = pathlib.Path(name)
        if path.is_file() and not SKIPPED.search(name) \
                and path.suffix in TEXT:
            yield path


def check_lines(path, text):
    if text and not text.endswith("\n"):
        yield f"{path}: no newline at the end"
    if text.endswith("\n\n"):
        yield f"{path}: empty lines at the end"
    for number, line in enumerate(text.split("\n"), 1):
        if line.rstrip() != line:
            yield f"{path}:{number}: trailing space"
        width = len(line.expandtabs(8))
        limit = COLUMNS.get(path.suffix, width)
        if width > limit and path.name not in WIDE:
            yield f"{path}:{number}: {width} columns; {limit} at most"
        if path.suffix in (".c", ".h") and line.startswith(" " * 8):
            yield f"{path}:{number}: indent with tabs"
        if path.suffix == ".py" and "\t" in line:
            yield f"{path}:{number}: a tab in Python"


def is_program(path):
    return path.parts[0] in ("gateway", "firmware") and \
        path.parts[:2] != ("firmware", "sdk")


def check_functions(path, lines):
    """A function's body stands between { and } in the first column."""
    start, name = None, "?"
    for number, line in enumerate(lines, 1):
        match = re.match(r"([a-zA-Z_]\w*)\(", line)
        if match:
            name = match.group(1)
        if line == "{":
            start = number
        elif line == "}" and start is not None:
            size = number - start - 1
            limit = MAIN_MAX if name == "main" and \
                is_program(path) else FUNCTION_MAX
            if size > limit:
                yield f"{path}:{start}: {name}() has {size} lines; " \
                      f"{limit} at most"
            start = None


def check_sizes(path, lines):
    limit = {".c": SOURCE_MAX, ".h": HEADER_MAX}.get(path.suffix)
    if limit and len(lines) > limit and not LONG_FILES.search(path.name):
        yield f"{path}: {len(lines)} lines; {limit} at most"
    if path.suffix == ".c":
        yield from check_functions(path, lines)


def check_guard(path, text):
    if path.suffix != ".h" or not is_program(path):
        return
    want = "_".join(path.parts[1:])[:-2].upper() + "_H"
    if not re.search(rf"^#ifndef {want}\n#define {want}$", text, re.M):
        yield f"{path}: its guard is not {want}"


def main():
    broken = []
    for path in our_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            broken.append(f"{path}: not UTF-8")
            continue
        broken += check_lines(path, text)
        broken += check_sizes(path, text.splitlines())
        broken += check_guard(path, text)
    print("\n".join(broken), end="\n" if broken else "")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
