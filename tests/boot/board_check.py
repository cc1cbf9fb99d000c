#!/usr/bin/python3
"""What can be known of every board without it: of the loader, the kernel and
the device trees that firmware/boot and firmware/kernel made.  TAP.

    board_check.py [FOLDER]     default build/board
"""
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "integration")]

import fdt                                                 # noqa: E402
import tap                                                 # noqa: E402

ROOT = os.path.dirname(os.path.dirname(HERE))
MADE = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else \
    os.path.join(ROOT, "build", "board")
BOARDS = sorted(name for name in os.listdir(os.path.join(ROOT, "board"))
                if os.path.isdir(os.path.join(ROOT, "board", name)))
CHECK_KEY = os.path.join(ROOT, "firmware", "boot", "check-key")
COMMANDS = {"BCB", "BOOTD", "BOOTM", "ECHO", "READ", "RUN"}
SECTOR, MIB = 512, 1 << 20
# The loader's own hole in front of the first partition; slots/partition.h.
HOLE = 16 * MIB
GPT_SECTORS = 34
# What Rockchip's boot ROM looks for: 0x0ff0aa55 as its header scrambles it.
ROCKCHIP_HEADER = bytes.fromhex("3b8cdcfc")
# U-Boot moves itself to the end of memory; this much of it at most.
KERNEL_ROOM, FIT_ROOM = 64 * MIB, 16 * MIB


def made(*names):
    return os.path.join(MADE, *names)


def read(path, mode="r"):
    with open(path, mode) as file:
        return file.read()


def run(*command):
    return subprocess.run(command, capture_output=True, text=True,
                          check=False)


def settings(text):
    """`NAME = value` of board.mk, facts, u-boot.env."""
    return dict(re.findall(r"(?m)^([\w]+) *= *(.*?) *$", text))


def board_file(board, name):
    return read(os.path.join(ROOT, "board", board, name))


# --- the folders --------------------------------------------------------------

def check_folders():
    names = {b: sorted(os.listdir(os.path.join(ROOT, "board", b)))
             for b in BOARDS}
    first = names[BOARDS[0]]
    tap.ok(all(n == first for n in names.values()),
           "every board's folder has the same files", names)
    reasons = r"CONFIG_\w+=(y|n|\d\w*|-\d+|\"[^\"]*\")( +# \S.*)?"
    for board in BOARDS:
        lines = [l for f in ("linux.config", "u-boot.config")
                 for l in board_file(board, f).splitlines()
                 if l and not l.startswith("#")]
        bad = [l for l in lines if not re.fullmatch(reasons, l)]
        tap.ok(not bad, f"{board}: every line of a configuration is one", bad)


# --- the key ------------------------------------------------------------------

def spoil_no_key(root):
    root.replace("signature")


def spoil_not_required(root):
    for key in root.at("signature").children:
        del key.properties["required"]


def spoil_images_only(root):
    for key in root.at("signature").children:
        key.set("required", b"image\0")


def spoil_second_key(root):
    weak = root.at("signature").children[0].copy("key-other")
    del weak.properties["required"]
    root.at("signature").children.append(weak)


def spoil_short_key(root):
    key = root.at("signature").children[0]
    key.set("rsa,modulus", key.properties["rsa,modulus"][:256])


def spoil_any_key(root):
    root.at("signature").set("required-mode", b"any\0")


def spoil_prompt(root):
    root.at("config").set("bootsecure", struct.pack(">I", 0))


SPOILS = {
    "without a key": spoil_no_key,
    "with a key that is not required": spoil_not_required,
    "with a key for images, not for configurations": spoil_images_only,
    "with a second key that is not required": spoil_second_key,
    "with a key of 2048 bits": spoil_short_key,
    "with keys of which any is enough": spoil_any_key,
    "that would leave Ctrl-C on": spoil_prompt,
}


def check_key(board, folder):
    dtb, image = made(board, "u-boot.dtb"), made(board, "u-boot.bin")
    done = run(CHECK_KEY, dtb, image)
    tap.ok(done.returncode == 0,
           f"{board}: the loader holds a key and insists on it", done.stderr)
    spoilt = os.path.join(folder, "spoilt.dtb")
    for name, spoil in SPOILS.items():
        tree = fdt.Tree.read(read(dtb, "rb"))
        spoil(tree.root)
        with open(spoilt, "wb") as file:
            file.write(tree.bytes())
        tap.ok(run(CHECK_KEY, spoilt).returncode == 1,
               f"{board}: no build ends with a control FDT {name}")
    tree = fdt.Tree.read(read(dtb, "rb"))
    tree.root.set("model", b"another\0")
    with open(spoilt, "wb") as file:
        file.write(tree.bytes())
    tap.ok(run(CHECK_KEY, spoilt, image).returncode == 1,
           f"{board}: nor with another FDT in the image than was looked at")


# --- what a loader takes ------------------------------------------------------

FIT = """/dts-v1/;
/ {
    description = "small";
    #address-cells = <1>;
    images {
        kernel {
            description = "kernel";
            data = "not really";
            type = "kernel"; arch = "arm64"; os = "linux";
            compression = "none"; load = <0>; entry = <0>;
            hash { algo = "sha256"; };
        };
        fdt-a {
            description = "tree";
            data = /incbin/("board.dtb");
            type = "flat_dt"; arch = "arm64"; compression = "none";
            hash { algo = "sha256"; };
        };
    };
    configurations {
        conf-a {
            kernel = "kernel"; fdt = "fdt-a";
            SIGNATURE
        };
    };
};
"""
SIGNATURE = """signature { algo = "sha256,rsa4096"; key-name-hint = "boot";
                sign-images = "kernel", "fdt"; };"""


def make_key(folder, name):
    keys = os.path.join(folder, name)
    os.makedirs(keys)
    run("openssl", "req", "-batch", "-newkey", "rsa:4096", "-nodes", "-x509",
        "-keyout", f"{keys}/boot.key", "-out", f"{keys}/boot.crt",
        "-subj", "/CN=boot")
    return keys


def make_fit(folder, name, keys):
    its = os.path.join(folder, "small.its")
    with open(its, "w", encoding="ascii") as file:
        file.write(FIT.replace("SIGNATURE", SIGNATURE if keys else ""))
    out = os.path.join(folder, name)
    done = run(made("tools", "mkimage"), "-q", "-D",
               f"-I dts -O dtb -p 500 -i {folder}", "-f", its,
               *(("-k", keys, "-r") if keys else ()), out)
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)
    return out


def takes(fit, dtb, conf="conf-a"):
    return run(made("tools", "fit_check_sign"), "-f", fit, "-k", dtb,
               "-c", conf).returncode == 0


def check_signatures(board, folder, keys, other):
    dtb = os.path.join(folder, f"{board}.dtb")
    tree = fdt.Tree.read(read(made(board, "u-boot.dtb"), "rb"))
    tree.root.replace("signature")
    with open(dtb, "wb") as file:
        file.write(tree.bytes())
    run(made("tools", "fdt_add_pubkey"), "-a", "sha256,rsa4096", "-k", keys,
        "-n", "boot", "-r", "conf", dtb)
    shutil.copy(made(board, "board.dtb"), os.path.join(folder, "board.dtb"))
    good = make_fit(folder, "good.fit", keys)
    tap.ok(takes(good, dtb), f"{board}: takes what its key signed")
    tap.ok(not takes(make_fit(folder, "other.fit", other), dtb),
           f"{board}: refuses another key of the same name")
    tap.ok(not takes(make_fit(folder, "none.fit", None), dtb),
           f"{board}: refuses what nobody signed")
    data = bytearray(read(good, "rb"))
    at = data.index(b"not really")
    data[at] ^= 1
    flipped = os.path.join(folder, "flipped.fit")
    with open(flipped, "wb") as file:
        file.write(data)
    tap.ok(not takes(flipped, dtb), f"{board}: refuses one bit in the kernel")


def check_release(board):
    name = f"{board}: both configurations of boot.fit are taken by the loader"
    if not os.path.exists(made(board, "boot.fit")):
        tap.skip(name, f"no image: make image BOARD={board}")
        return
    fit, dtb = made(board, "boot.fit"), made(board, "u-boot.dtb")
    tap.ok(takes(fit, dtb) and takes(fit, dtb, "conf-b"), name)


# --- what else a loader is ----------------------------------------------------

def check_loader(board):
    config = read(made(board, "u-boot.config"))
    found = set(re.findall(r"(?m)^CONFIG_CMD_(\w+)=y", config))
    tap.ok(found == COMMANDS, f"{board}: no command but the script's",
           found ^ COMMANDS)
    tap.ok(not re.search(r"(?m)^CONFIG_(NET|USB|FS_\w+|ENV_IS_IN_\w+|"
                         r"EFI_LOADER|LEGACY_IMAGE_FORMAT)=y", config),
           f"{board}: no network, file system, stored variable")
    image = read(made(board, "u-boot.bin"), "rb")
    tap.ok(b"bootcmd=bcb ab_select slot ${disk}#control" in image
           and b"\0bootargs=" not in image,
           f"{board}: the script is in it, and no command line")


def has_driver(strings, image):
    return any(s.encode() + b"\0" in image for s in strings)


def nodes(node, path=""):
    """Enabled nodes with their path, none below one that is off."""
    state = node.properties.get("status", b"okay\0")
    if state not in (b"okay\0", b"ok\0"):
        return
    yield path or "/", node
    for child in node.children:
        yield from nodes(child, f"{path}/{child.name}")


def check_drivers(board, kernel):
    """Each enabled device has a driver, or a row in board/<board>/absent."""
    tree = fdt.Tree.read(read(made(board, "board.dtb"), "rb"))
    absent = {line.split()[0] for line in board_file(board, "absent")
              .splitlines() if line and not line.startswith("#")}
    missing, seen = [], set()
    for path, node in nodes(tree.root):
        strings = [s.decode() for s in
                   node.properties.get("compatible", b"").split(b"\0") if s]
        if not strings or has_driver(strings, kernel):
            continue
        listed = absent.intersection(strings)
        seen |= listed
        if not listed:
            missing.append(f"{path}: {' '.join(strings)}")
    tap.ok(not missing, f"{board}: every device has a driver, or is absent "
           "on purpose", "\n".join(missing))
    tap.ok(seen == absent, f"{board}: what is absent on purpose is absent",
           absent - seen)


def region(tree):
    """(first byte, end) of the ramoops region; None where there is none."""
    for _, node in nodes(tree.root):
        if node.properties.get("compatible") == b"ramoops\0":
            at, size = struct.unpack(">QQ", node.properties["reg"])
            return at, at + size
    return None


def check_memory(board):
    mine = region(fdt.Tree.read(read(made(board, "board.dtb"), "rb")))
    loader = region(fdt.Tree.read(read(made(board, "u-boot.dtb"), "rb")))
    tap.ok(mine and mine == loader, f"{board}: kernel and loader agree where "
           "a panic is kept", (mine, loader))
    kernel = int(settings(board_file(board, "board.mk"))["BOARD_LOAD"], 0)
    fit = int(settings(board_file(board, "u-boot.env"))["load"], 16)
    text = int(re.search(r"(?m)^CONFIG_TEXT_BASE=(\w+)",
                         read(made(board, "u-boot.config"))).group(1), 0)
    taken = [(kernel, kernel + KERNEL_ROOM), (fit, fit + FIT_ROOM),
             (text, text + MIB)]
    clear = all(end <= mine[0] or start >= mine[1] for start, end in taken)
    tap.ok(clear and kernel + KERNEL_ROOM <= fit and kernel % (2 * MIB) == 0,
           f"{board}: kernel, boot image and panic do not overlap")


def check_facts(board):
    facts = settings(board_file(board, "facts"))
    tree = fdt.Tree.read(read(made(board, "board.dtb"), "rb"))
    units = {n.name.partition("@")[2] for _, n in nodes(tree.root)}
    for port in ("lab", "wan"):
        tap.ok(facts[port].partition(".")[0] in units,
               f"{board}: its {port} port is an enabled device", facts[port])
    tap.ok(facts["board"] == board and facts["lab"] != facts["wan"],
           f"{board}: its facts are its own", facts)


# --- what is of one board -----------------------------------------------------

def check_card():
    """Where RK3328's ROM and U-Boot's SPL look: nowhere to be changed."""
    board = "nanopi-r2s"
    image = read(made(board, "u-boot.bin"), "rb")
    at = int(settings(board_file(board, "board.mk"))["BOARD_LOADER_AT"])
    config = read(made(board, "u-boot.config"))
    tap.ok(image[:4] == ROCKCHIP_HEADER,
           f"{board}: the loader begins with the boot ROM's header")
    tap.ok(GPT_SECTORS <= at and at * SECTOR + len(image) <= HOLE,
           f"{board}: it stands between GPT and first partition",
           (at, len(image)))
    sector = int(re.search(r"(?m)^CONFIG_SYS_MMCSD_RAW_MODE_U_BOOT_SECTOR=(\w+)",
                           config).group(1), 0)
    offset = (sector - at) * SECTOR
    tap.ok(image[offset:offset + 4] == struct.pack(">I", fdt.MAGIC),
           f"{board}: U-Boot and TF-A are where SPL looks", hex(offset))
    itb = fdt.Tree.read(image[offset:])
    images = itb.root.at("images").children
    hashed = all(any(c.name.startswith("hash") for c in i.children)
                 for i in images)
    tap.ok({"u-boot", "atf-1", "fdt-1"} <= {i.name for i in images} and hashed,
           f"{board}: each part of them has a hash", [i.name for i in images])
    spl = fdt.Tree.read(read(made(board, "u-boot-spl.dtb"), "rb"))
    tap.ok("signature" not in [c.name for c in spl.root.children],
           f"{board}: SPL asks for no signature: u-boot.itb has none")


def check_card_voltage():
    board = "nanopi-r2s"
    tree = fdt.Tree.read(read(made(board, "board.dtb"), "rb"))
    fast = [(path, name) for path, node in nodes(tree.root)
            for name in node.properties if name.startswith("sd-uhs")]
    tap.ok(not fast, f"{board}: the card stays at 3.3 V", fast)
    tree = fdt.Tree.read(read(made(board, "u-boot.dtb"), "rb"))
    dog = next(n for _, n in nodes(tree.root)
               if b"snps,dw-wdt" in n.properties.get("compatible", b""))
    clock = next(n for _, n in nodes(tree.root) if n.properties.get("phandle")
                 == dog.properties["clocks"][:4])
    tap.ok(clock.properties["compatible"] == b"fixed-clock\0",
           f"{board}: the loader's watchdog has a clock it knows")


def check_board(board, folder, keys, kernel):
    needed = ["u-boot.bin", "u-boot.dtb", "u-boot.config", "board.dtb"]
    if not all(os.path.exists(made(board, n)) for n in needed) or \
            not os.path.exists(made("tools", "mkimage")):
        tap.skip(board, f"not built: make image BOARD={board}")
        return
    check_key(board, folder)
    check_signatures(board, folder, *keys)
    check_release(board)
    check_loader(board)
    check_memory(board)
    check_facts(board)
    if kernel:
        check_drivers(board, kernel)
    else:
        tap.skip(f"{board}: drivers", "no kernel: make image")
    if board == "nanopi-r2s":
        check_card()
        check_card_voltage()


def main():
    check_folders()
    image = made("kernel", "Image")
    kernel = read(image, "rb") if os.path.exists(image) else None
    folder = tempfile.mkdtemp(prefix="guichet-board-")
    try:
        keys = make_key(folder, "keys"), make_key(folder, "other")
        for board in BOARDS:
            check_board(board, folder, keys, kernel)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    tap.done()


if __name__ == "__main__":
    main()
