"""What the scripts of this folder share: arguments, tools, the layout.

Nothing here or there reads the clock, the user's name or the folder's: what
comes out depends on what goes in, and on SOURCE_DATE_EPOCH.
"""
import argparse
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
MIB = 1 << 20
BLOCK = 4096
SECTOR = 512


def die(text):
    sys.exit(f"{os.path.basename(sys.argv[0])}: {text}")


def arguments(doc):
    """A parser whose --help is the script's own first comment."""
    parser = argparse.ArgumentParser(
        description=doc, formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False)
    return parser


def epoch():
    """Seconds since 1970 that stand in whatever is made."""
    text = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not text.isdigit():
        die("SOURCE_DATE_EPOCH is not set")
    return int(text)


def settle():
    """The same umask, language and time zone, wherever this runs."""
    os.umask(0o022)
    os.environ.update(LC_ALL="C", TZ="UTC")


def run(*command, env=None, cwd=None):
    """A tool's standard output; its own words and the end, if it fails."""
    command = [str(word) for word in command]
    try:
        done = subprocess.run(command, env=env, cwd=cwd, capture_output=True,
                              check=False)
    except FileNotFoundError:
        die(f"{command[0]} is not here; run make deps")
    if done.returncode:
        sys.stderr.write(done.stderr.decode(errors="replace"))
        die(f"{command[0]} failed ({done.returncode})")
    return done.stdout


def read_layout(path=HERE / "layout"):
    """Partition name -> (first byte, bytes), in the order of the disk."""
    rows = {}
    for line in pathlib.Path(path).read_text(encoding="utf-8").splitlines():
        words = line.split("#")[0].split()
        if words:
            rows[words[0]] = (int(words[1]) * MIB, int(words[2]) * MIB)
    return rows


def read_env(path):
    """KEY=VALUE lines."""
    lines = pathlib.Path(path).read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line)


def write_new(path, data):
    """Aside and renamed: nobody sees a half."""
    path = pathlib.Path(path)
    aside = path.with_name(f"{path.name}.{os.getpid()}")
    aside.write_bytes(data)
    os.replace(aside, path)
