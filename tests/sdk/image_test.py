#!/usr/bin/python3
"""The scripts of firmware/image: where things lie on a disk, and what they
refuse.  TAP."""
import fcntl
import json
import os
import pathlib
import re
import struct
import subprocess
import sys
import tempfile
import zlib

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "tests/integration"), str(ROOT / "firmware/image")]
sys.dont_write_bytecode = True

import common                                               # noqa: E402
from tap import main, ok, skip                              # noqa: E402

IMAGE = ROOT / "firmware/image"
MIB = 1 << 20
WORK = tempfile.TemporaryDirectory(prefix="guichet-image-")
FOLDER = pathlib.Path(WORK.name)
RESIZE = 0x40086610         # EXT4_IOC_RESIZE_FS


def run(script, *words, **more):
    env = dict(os.environ, SOURCE_DATE_EPOCH="1767225600",
               PATH=os.environ["PATH"] + ":/usr/sbin:/sbin")
    return subprocess.run([str(script), *map(str, words)], env=env, check=False,
                          capture_output=True, text=True, cwd=FOLDER, **more)


def made(name, data):
    (FOLDER / name).write_bytes(data)
    return name


def refuses(words, pattern, claim):
    done = run(*words)
    ok(done.returncode != 0 and re.search(pattern, done.stderr), claim, done.stderr)


def test_layout():
    layout = common.read_layout()
    header = (ROOT / "firmware/slots/partition.h").read_text(encoding="utf-8")
    said = {name: (int(first), int(size)) for first, name, size in
            re.findall(r"(\d+) MiB  (\w+) +(\d+) MiB", header)}
    # A slot b is of the size of its slot a.
    said.update({f"{name}_b": (int(first), said[f"{name}_a"][1]) for first, name in
                 re.findall(r"(\d+) MiB  (\w+)_b", header)})
    ok({name: (first // MIB, size // MIB) for name, (first, size) in layout.items()} == said,
       "firmware/image/layout is what partition.h says", said)
    seed = layout["seed"][0] // MIB
    text = run(IMAGE / "flash-help", "nanopi-r2s").stdout
    ok(text.count(f"bs=1M seek={seed} ") == 2, "flash-help writes the seed where it lies")
    moves = re.findall(r"^ *cd .*", text, re.M)
    ok(not moves, "its commands work one after the other: none changes the folder", moves)
    ok(text.count("https://192.168.1.2/") == 2 and text.count("LAN)") == 2
       and text.count("--service /dev/ttyUSB0 status") == 2, "and it ends at a box that answers")


def test_disk():
    marks = {name: made(name, name.encode() * 1000) for name in
             ("boot", "other", "root", "seed", "loader", "data")}
    done = run(IMAGE / "mkdisk", "--out", "disk", "--boot", marks["boot"],
               "--boot-b", marks["other"], "--root", marks["root"], "--seed", marks["seed"],
               "--data", marks["data"], "--loader", marks["loader"], "--loader-at", "64",
               "--control", "15,3 14,7", "--size", "512")
    ok(done.returncode == 0, "a disk is made", done.stderr)
    table = json.loads(run("sfdisk", "-J", "disk").stdout)["partitiontable"]
    want = common.read_layout()
    want["data"] = (want["data"][0], 511 * MIB - want["data"][0])
    found = {p["name"]: (p["start"] * 512, p["size"] * 512) for p in table["partitions"]}
    ok(found == want, "with the layout's partitions; data has the rest", found)
    check_contents(want)


def check_contents(layout):
    disk = (FOLDER / "disk").read_bytes()

    def begins(part, word):
        at = layout[part][0]
        return disk[at:at + len(word)] == word.encode()

    ok(begins("boot_a", "boot") and begins("boot_b", "other") and begins("root_a", "root")
       and begins("root_b", "root") and begins("seed", "seed") and begins("data", "data"),
       "each image in its partition; one for a slot goes before one for both")
    ok(disk[64 * 512:].startswith(b"loader"), "the loader at its sector")
    at = layout["control"][0] + 2048
    block = disk[at:at + 32]
    ok(block == disk[at + 4096:at + 4128] and block[12] == 15 | 3 << 4
       and block[14] == 14 | 7 << 4 and block[9] == 2
       and struct.unpack("<I", block[28:])[0] == zlib.crc32(block[:28]),
       "the boot-control block, twice, with its checksum", block.hex())


def test_disk_refuses():
    big = made("big", b"\1" * (16 * MIB + 1))
    mkdisk = (IMAGE / "mkdisk", "--out", "x")
    refuses((*mkdisk, "--boot", big), "room for", "an image that does not fit")
    refuses((*mkdisk, "--loader", big, "--loader-at", "64"), "room for",
            "a loader that runs into the partitions")
    refuses((*mkdisk, "--control", "16,7 1,1"), "must be like", "a priority of 16")
    refuses((*mkdisk, "--size", "100"), "at least", "a disk that is too small")
    ok(not (FOLDER / "x").exists(), "and none of them left a disk")


def test_root_refuses():
    for name, words in (("p", "-algorithm EC -pkeyopt ec_paramgen_curve:P-256"),
                        ("q", "-algorithm EC -pkeyopt ec_paramgen_curve:P-384")):
        subprocess.run(f"openssl genpkey {words} | openssl pkey -pubout -out {name}.pub",
                       shell=True, check=True, cwd=FOLDER)
    made("program", b"#!\n")
    base = [IMAGE / "mkroot", "--out", "r", "--env", "e", "--version", "1.0.0",
            "--release", "2", "--board", "program", "--init", "program"]
    key = ["--key", "p.pub"]
    refuses(base + ["--floor", "3"] + key, "--floor <= --release", "a floor above the release")
    refuses(base + ["--floor", "1", "--key", "q.pub"], "not a public key of P-256",
            "a key of another curve")
    refuses(base + ["--floor", "1"] + key * 5, "at most 4", "five keys")
    refuses(base + ["--floor", "1", "--file", "/../x=program"] + key, "must be",
            "a path that leads out")
    refuses(base + ["--floor", "1", "--version", "a b"] + key, "--version", "a version of two words")
    refuses(base + ["--floor", "1", "--file", "/etc/x=gone"] + key, "gone", "a file that is not there")
    refuses(base + ["--floor", "1", "--max", "4000"] + key, "4000 at most", "a root above the limit")
    done = run(*base, "--floor", "1", *key, *key)
    ok(done.returncode == 0, "and two keys are taken", done.stderr)
    text = run("unsquashfs", "-cat", "r", "/etc/guichet/release").stdout
    ok(text == "version = 1.0.0\nrelease = 2\nfloor = 1\nbuilt = 1767225600\n",
       "/etc/guichet/release says which release it is", text)
    keys = run("unsquashfs", "-cat", "r", "/etc/guichet/update.keys").stdout.split("\n")
    ok(len(keys) == 3 and all(len(k) == 130 and k.startswith("04") for k in keys[:2]),
       "/etc/guichet/update.keys holds points in hexadecimal", keys)
    listing = run("unsquashfs", "-lls", "r").stdout
    ok("passwd" not in listing and not re.search(r"^[^dl-]|^-..s|^-.....s|^.......-?w",
                                                 listing, re.M),
       "no passwd, no device, nothing set-uid, nothing that all may write", listing)


def test_verity():
    env = common.read_env(FOLDER / "e")
    root = (FOLDER / "r").read_bytes()
    words = ["verify", "--no-superblock", "--hash=sha256", "--data-block-size=4096",
             "--hash-block-size=4096", f"--data-blocks={env['DATA_BLOCKS']}",
             f"--hash-offset={int(env['DATA_BLOCKS']) * 4096}", f"--salt={env['SALT']}"]
    done = run("veritysetup", *words, "r", "r", env["ROOT_HASH"])
    ok(done.returncode == 0, "the root hash is that of the tree", done.stderr)
    made("flipped", root[:100] + bytes((root[100] ^ 1,)) + root[101:])
    done = run("veritysetup", *words, "flipped", "flipped", env["ROOT_HASH"])
    ok(done.returncode != 0, "and not that of one bit less")


def test_data():
    done = run(IMAGE / "mkdata", "data.ext4")
    ok(done.returncode == 0 and (FOLDER / "data.ext4").stat().st_size == 64 * MIB,
       "an empty data file system, as large as its partition", done.stderr)
    done = run("e2fsck", "-f", "-n", "data.ext4")
    ok(done.returncode == 0, "e2fsck finds nothing in it", done.stdout)
    grow()


def grow():
    """Mounted, grown by the kernel to a card of 4 GiB, checked."""
    claim = "the kernel grows it to 4 GiB while it is mounted"
    os.truncate(FOLDER / "data.ext4", 4 << 30)
    place = FOLDER / "mounted"
    place.mkdir()
    if os.getuid() or run("mount", "-o", "loop,noatime", "data.ext4", place).returncode:
        skip(claim, "it cannot be mounted here; tests/boot does it in a box")
        return
    try:
        folder = os.open(place, os.O_RDONLY)
        try:
            fcntl.ioctl(folder, RESIZE, struct.pack("<Q", (4 << 30) // 4096))
        except PermissionError:
            skip(claim, "no CAP_SYS_RESOURCE here; tests/boot does it in a box")
            return
        finally:
            os.close(folder)
        size = os.statvfs(place)
        ok(size.f_blocks * size.f_frsize > 3900 * MIB, claim, size)
    finally:
        run("umount", place)
    done = run("e2fsck", "-f", "-n", "data.ext4")
    ok(done.returncode == 0, "e2fsck finds nothing in it then", done.stdout)


def test_configuration():
    text = (IMAGE / "guichet.conf").read_text(encoding="utf-8")
    example = (ROOT / "docs/guichet.conf.example").read_text(encoding="utf-8")
    keys = re.findall(r"^([a-z_.]+) = ", text, re.M)
    unknown = [k for k in keys if not re.search(rf"^#{re.escape(k)} = ", example, re.M)]
    ok(keys and not unknown, "the box's own configuration uses keys that there are", unknown)
    held = [v for v in re.findall(r" = (/\S+)", text)
            if not v.startswith(("/data/", "/run/", "/etc/ssl/"))]
    ok(not held, "and only paths that a box has", held)


def test_authorities():
    done = run(IMAGE / "mkauthorities", "authorities.pem")
    if done.returncode and "could not be had" in done.stderr:
        skip("authorities from the pinned source", "no archive here")
        return
    text = (FOLDER / "authorities.pem").read_text(encoding="ascii")
    count = text.count("BEGIN CERTIFICATE")
    read = subprocess.run(f"openssl crl2pkcs7 -nocrl -certfile {FOLDER}/authorities.pem | "
                          "openssl pkcs7 -print_certs -noout", shell=True, check=True,
                          capture_output=True, text=True).stdout
    ok(count == read.count("subject=") > 100, f"openssl reads all {count} authorities")
    ok("ISRG Root X1" in text and "Entrust Root Certification Authority" not in text,
       "those that Mozilla is taking back are not among them")


main(test_layout, test_disk, test_disk_refuses, test_root_refuses, test_verity, test_data,
     test_configuration, test_authorities)
