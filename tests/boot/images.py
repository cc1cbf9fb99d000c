"""images.py -- releases for the tests, from the files of the true one.

The root image that `make image BOARD=qemu-virt` made is unpacked once; each
release is packed again by the same scripts with another number, and the bad
ones with another program.  Everything lies in build/boot-test and is made
again only when something it depends on has changed.
"""
import contextlib
import fcntl
import functools
import hashlib
import os
import shutil
import subprocess
from dataclasses import dataclass

from box import BOARD, LOADER, ROOT

FOLDER = os.path.join(ROOT, "build", "boot-test")
SCRIPTS = os.path.join(ROOT, "firmware", "image")
KEYS = os.environ.get("KEYS") or os.path.join(
    os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"),
    "guichet", "keys", "development")
KERNEL = os.path.join(os.path.dirname(BOARD), "kernel", "Image")
TOOLS = os.path.join(os.path.dirname(BOARD), "tools")
PROGRAMS = os.path.join(ROOT, "build", "aarch64", "tests", "boot", "programs")
CONSOLE, LOAD = "ttyAMA0", "0x42000000"
# What mkroot writes by itself.
WRITTEN = {"etc/hosts", "etc/resolv.conf", "etc/guichet/release", "etc/guichet/board",
           "etc/guichet/update.keys"}


@dataclass(frozen=True)
class Release:
    """What is asked of a release; `instead` and `more`: (path, source) pairs."""
    name: str
    version: str
    release: int
    floor: int = 1
    instead: tuple = ()
    more: tuple = ()
    append: str = ""        # to the kernel's command line
    board: str = "qemu-virt"


OLDER = Release("older", "1.0.0", 1)
GOOD = Release("good", "1.1.0", 2)
NEWER = Release("newer", "1.2.0", 3)
RAISED = Release("raised", "1.3.0", 4, floor=3)
DEAD = Release("dead", "1.2.1", 5, instead=(("bin/guichetd", f"{PROGRAMS}/dead"),))
HUNG = Release("hung", "1.2.2", 6, instead=(("init", f"{PROGRAMS}/hung"),))
STRICT = Release("strict", "1.2.3", 7, instead=(("bin/guichetd", f"{PROGRAMS}/strict"),),
                 more=(("bin/guichetd-true", os.path.join(FOLDER, "root", "bin", "guichetd")),))
ELSEWHERE = Release("elsewhere", "1.2.0", 3, board="nanopi-r2s")


def run(*command, **options):
    done = subprocess.run([str(c) for c in command], capture_output=True, check=False,
                          env=dict(os.environ, SOURCE_DATE_EPOCH="1750000000"), **options)
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]}: {done.stderr.decode(errors='replace')}")
    return done.stdout


def _digest(*paths):
    total = hashlib.sha256()
    for path in paths:
        with open(path, "rb") as file:
            total.update(hashlib.sha256(file.read()).digest())
    return total.hexdigest()


@functools.cache
def _inputs():
    return _digest(os.path.join(BOARD, "root.img"), KERNEL, os.path.join(BOARD, "board.dtb"),
                   LOADER, *(os.path.join(SCRIPTS, s) for s in ("mkroot", "mkfit", "mkdisk",
                                                                "mkupdate")))


@functools.cache
def _files():
    """Path in the image -> file here, of the true root."""
    folder = os.path.join(FOLDER, "root")
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(FOLDER, exist_ok=True)
    run("unsquashfs", "-no-progress", "-no-xattrs", "-d", folder, os.path.join(BOARD, "root.img"))
    found = {}
    for where, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(where, name)
            if not os.path.islink(path):
                found[os.path.relpath(path, folder)] = path
    return {path: file for path, file in found.items() if path not in WRITTEN}


def _pack_root(wanted, folder):
    files = dict(_files())
    files.update(wanted.instead)
    files.update(wanted.more)
    rows = []
    for path, source in sorted(files.items()):
        if path != "init":
            rows += ["--file", f"/{path}={source}"]
    run(f"{SCRIPTS}/mkroot", "--out", f"{folder}/root.img", "--env", f"{folder}/verity.env",
        "--version", wanted.version, "--release", wanted.release, "--floor", wanted.floor,
        "--board", os.path.join(ROOT, "board", "qemu-virt", "facts"),
        "--key", f"{KEYS}/update.pub", "--init", files["init"], *rows)


def make_fit(folder, out, keys, append=""):
    """A boot image for the root in `folder`; without keys it is not signed."""
    signed = ("--keys", keys) if keys else ()
    run(f"{SCRIPTS}/mkfit", "--out", out, "--kernel", KERNEL, "--dtb", f"{BOARD}/board.dtb",
        "--env", f"{folder}/verity.env", "--console", CONSOLE, "--load", LOAD,
        "--mkimage", f"{TOOLS}/mkimage", "--append", append, *signed)


def _make_update(wanted, folder):
    run(f"{SCRIPTS}/mkupdate", "--out", f"{folder}/unsigned", "--board", wanted.board,
        "--env", f"{folder}/verity.env", "--boot", f"{folder}/boot.fit",
        "--root", f"{folder}/root.img")
    sign_update(f"{folder}/unsigned", f"{folder}/update", KEYS)


def sign_update(unsigned, out, keys):
    run(os.path.join(ROOT, "provisioning", "keys", "sign-update"),
        "--key", f"{keys}/update.key", "--public", f"{keys}/update.pub", unsigned, out)


@contextlib.contextmanager
def alone():
    """Suites run beside each other, and what they make here is shared."""
    os.makedirs(FOLDER, exist_ok=True)
    with open(os.path.join(FOLDER, "lock"), "wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@functools.cache
def folder_of(wanted):
    """The folder with root.img, verity.env, boot.fit and update of a release."""
    with alone():
        return _make(wanted)


def _make(wanted):
    folder = os.path.join(FOLDER, wanted.name)
    stamp = os.path.join(folder, "stamp")
    if wanted.more:
        _files()        # a source may be one of the true ones
    sources = [source for _, source in wanted.instead + wanted.more]
    key = f"{wanted} {_inputs()} {_digest(*sources)}"
    if os.path.exists(stamp) and open(stamp, encoding="ascii").read() == key:
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    _pack_root(wanted, folder)
    make_fit(folder, f"{folder}/boot.fit", KEYS, wanted.append)
    _make_update(wanted, folder)
    with open(stamp, "w", encoding="ascii") as file:
        file.write(key)
    return folder


@functools.cache
def base_disk(a=GOOD, b=OLDER):
    """A disk with these releases in its slots, as the factory writes one."""
    one, other = folder_of(a), folder_of(b)
    path = os.path.join(FOLDER, f"disk-{a.name}-{b.name}.img")
    with alone():
        run(f"{SCRIPTS}/mkdisk", "--out", path, "--boot-a", f"{one}/boot.fit",
            "--root-a", f"{one}/root.img", "--boot-b", f"{other}/boot.fit",
            "--root-b", f"{other}/root.img", "--data", _files()["usr/share/guichet/data.ext4"])
    return path


@functools.cache
def other_keys():
    """Keys of somebody else, under the same names."""
    folder = os.path.join(FOLDER, "other-keys")
    if not os.path.exists(f"{folder}/update.pub"):
        os.makedirs(folder, exist_ok=True)
        run("openssl", "req", "-x509", "-newkey", "rsa:4096", "-nodes", "-days", "30",
            "-subj", "/CN=boot", "-keyout", f"{folder}/boot.key", "-out", f"{folder}/boot.crt")
        run("openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout",
            "-out", f"{folder}/update.key")
        run("openssl", "pkey", "-in", f"{folder}/update.key", "-pubout",
            "-out", f"{folder}/update.pub")
    return folder
