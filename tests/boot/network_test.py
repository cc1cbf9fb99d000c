#!/usr/bin/python3
"""The two ports, on this machine: namespaces, addresses, rules, and DHCP with
dnsmasq and with rivals.  Needs root.  TAP.

Three namespaces of ours stand for init's own and for what is at the other end
of each cable; veth pairs are the ports; ip(8) is the witness.
"""
import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "integration"))
from tap import main, main_beside, ok, skip                     # noqa: E402
from waiting import until                                       # noqa: E402

OUT = os.environ.get("GUICHET_OUT", os.path.join(ROOT, "build/x86_64"))
TOOL = os.path.join(OUT, "tests/boot/network_tool")
DHCP = os.path.join(OUT, "bin/guichet-dhcp")
DNSMASQ = "/usr/sbin/dnsmasq"
NAME = f"guichet{os.getpid()}"
LAB, WAN = f"{NAME}-lab", f"{NAME}-wan"
BOX, CLINIC, STREET = f"{NAME}-box", f"{NAME}-clinic", f"{NAME}-street"


def run(*command, check=True, **options):
    return subprocess.run(command, check=check, capture_output=True, text=True, **options).stdout


def ip(netns, *words, **options):
    return run("ip", "-n", netns, *words, **options)


def inside(netns, *command):
    return ["ip", "netns", "exec", netns, *command]


class Place:
    """Namespaces, cables and folders of one test; all gone afterwards."""

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="guichet-network-")
        os.chmod(self.folder, 0o755)
        for name in ("sys", "keep", "empty", "lab-device/test-lab-port",
                     "wan-device/test-wan-port"):
            os.makedirs(self.path(name))
        shutil.copy(DHCP, self.path("guichet-dhcp"))
        for netns in (BOX, CLINIC, STREET):
            run("ip", "netns", "add", netns)
            ip(netns, "link", "set", "lo", "up")
        self.resolv = self.path("resolv.conf")
        self.processes = []
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            process.kill()
            process.wait()
        for netns in (LAB, WAN, BOX, CLINIC, STREET):
            run("ip", "netns", "del", netns, check=False)
        shutil.rmtree(self.folder)

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def cable(self, side, kind="0"):
        """A port of the box (`side` lab or wan) with a cable to its peer."""
        port, peer = f"eth-{side}", CLINIC if side == "lab" else STREET
        ip(peer, "link", "add", "peer", "type", "veth", "peer", "name", port, "netns", BOX)
        ip(peer, "addr", "add", {"lab": "192.168.77.1/24", "wan": "10.77.0.1/24"}[side],
           "dev", "peer")
        ip(peer, "link", "set", "peer", "up")
        os.makedirs(self.path("sys", port), exist_ok=True)
        with contextlib.suppress(FileExistsError):
            os.symlink(self.path(f"{side}-device", f"test-{side}-port"),
                       self.path("sys", port, "device"))
        with open(self.path("sys", port, "addr_assign_type"), "w", encoding="ascii") as f:
            f.write(kind + "\n")

    def start(self, *command, **options):
        process = subprocess.Popen(command, **options)
        self.processes.append(process)
        return process

    def box(self, lab="192.168.77.2/24", router="none", wan="dhcp", wait_ms=0):
        return Box(self, lab, router, wan, wait_ms)

    def rival(self, **orders):
        return Rival(self, orders)

    def tell(self, lie):
        """What LIAR shall say when it starts."""
        with open(self.path("lie"), "w", encoding="ascii") as f:
            f.write(lie)


@contextlib.contextmanager
def cabled_place(client=None, lie=""):
    """Both ports have their cable; `client`: a program instead of guichet-dhcp,
    which reads what it shall say."""
    with Place() as place:
        place.cable("lab")
        place.cable("wan")
        if client is not None:
            with open(place.path("guichet-dhcp"), "w", encoding="ascii") as f:
                f.write(client)
            place.tell(lie)
        yield place


class Box:
    """network_tool in BOX, where init would be."""

    def __init__(self, place, lab, router, wan, wait_ms):
        self.log = place.path("log")
        self.texts = []
        # Not `ip netns exec`: what it mounts would be seen by nobody.
        self.process = place.start(
            "nsenter", f"--net=/run/netns/{BOX}", TOOL, place.path("sys"), place.path("keep"),
            place.resolv, f"/run/netns/{NAME}", place.path("guichet-dhcp"),
            place.path("empty"), lab, router, wan, str(wait_ms),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            stderr=open(self.log, "w", encoding="utf-8"))
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.texts.append(line.strip())

    def text(self):
        return self.texts[-1] if self.texts else ""

    def says(self, pattern, seconds=30):
        return until(lambda: re.search(pattern, self.text()), seconds)

    def client(self):
        """The process id of guichet-dhcp; 0: none runs."""
        found = run("pgrep", "-P", str(self.process.pid), check=False).split()
        return int(found[0]) if found else 0

    def signal(self, name):
        """To the client, when there is one: 0 would be ourselves."""
        pid = until(self.client)
        run("kill", name, str(pid or "no client"))
        return pid

    def tail(self):
        with open(self.log, encoding="utf-8") as f:
            return f"texts {self.texts}\n" + f.read()


class Rival:
    def __init__(self, place, orders):
        self.place = place
        self.base = {"address": "10.77.0.50", "server": "10.77.0.1", "mask": "255.255.255.0",
                     "router": "10.77.0.1", "dns": ["10.77.0.1", "192.0.2.53"], "seconds": 600}
        self.orders = place.path("orders")
        self.log = place.path("rival.log")
        open(self.log, "w", encoding="ascii").close()
        self.order(**orders)
        self.process = place.start(*inside(STREET, sys.executable, os.path.join(HERE, "dhcp_rival.py"),
                                           "peer", self.orders, self.log),
                                   stdout=subprocess.PIPE, text=True)
        self.process.stdout.readline()

    def order(self, **orders):
        with open(self.orders + ".new", "w", encoding="ascii") as f:
            json.dump({**self.base, **orders}, f)
        os.rename(self.orders + ".new", self.orders)

    def heard(self, kind):
        with open(self.log, encoding="ascii") as f:
            return [line for line in f.read().splitlines() if line.startswith(kind)]


def servers(place):
    with open(place.resolv, encoding="ascii") as f:
        return f.read().split()


def addresses(netns, port):
    return re.findall(r"inet6? (\S+)", ip(netns, "addr", "show", "dev", port, check=False))


def rule(netns, name):
    return run(*inside(netns, "cat", "/proc/sys/net/" + name), check=False).strip()


# --- two ports, two namespaces --------------------------------------------------------


def expect_namespaces(box):
    links = {netns: set(re.findall(r"^\d+: ([\w-]+)", ip(netns, "link"), re.M))
             for netns in (BOX, LAB, WAN)}
    ok(links[BOX] == {"lo"}, "init's own namespace keeps no port", links)
    ok(links[LAB] == {"lo", "lab"} and links[WAN] == {"lo", "wan"},
       "each of the others has one, and its loopback", links)
    ok(addresses(LAB, "lab") == ["192.168.77.2/24"] and
       addresses(WAN, "wan") == ["10.77.0.2/24"], "their addresses, nothing of IPv6")
    ok("brd 192.168.77.255" in ip(LAB, "addr", "show", "dev", "lab"), "and their broadcast")
    ok(addresses(LAB, "lo") == ["127.0.0.1/8"], "loopback is up in the lab's")
    ok(ip(LAB, "route").split("\n")[0].split()[:5] ==
       ["default", "via", "192.168.77.1", "dev", "lab"], "the lab's router", ip(LAB, "route"))
    ok("default" not in ip(WAN, "route"), "no router where none is named")
    ok(box.text() == "lab 192.168.77.2/24; wan 10.77.0.2/24", "and says so", box.tail())


RULES = [("ipv4/ip_forward", "0", "0"), ("ipv4/conf/PORT/rp_filter", "1", "1"),
         ("ipv4/conf/PORT/accept_redirects", "0", "0"), ("ipv4/conf/all/accept_redirects", "0", "0"),
         ("ipv4/conf/PORT/send_redirects", "0", "0"),
         ("ipv4/conf/PORT/accept_source_route", "0", "0"),
         ("ipv4/conf/PORT/arp_ignore", "1", "1"), ("ipv4/conf/PORT/arp_announce", "2", "2"),
         ("ipv4/icmp_echo_ignore_broadcasts", "1", "1"),
         ("ipv4/icmp_echo_ignore_all", "0", "1"), ("ipv6/conf/PORT/disable_ipv6", "1", "1")]


def expect_rules():
    before = rule(BOX, "ipv4/conf/all/arp_ignore")
    for name, lab, wan in RULES:
        found = (rule(LAB, name.replace("PORT", "lab")), rule(WAN, name.replace("PORT", "wan")))
        ok(found == (lab, wan), f"{name} is {lab} and {wan}", found)
    ok(before == "0", "nothing of that in init's own")


def sniff(netns, seconds=3):
    """Counts IPv4 packets from or to the other side that arrive at the peer."""
    code = ("import socket,time\n"
            "s=socket.socket(socket.AF_PACKET,socket.SOCK_RAW,socket.htons(3))\n"
            "s.bind(('peer',0));s.settimeout(0.1);print('on',flush=True);n=0\n"
            f"end=time.time()+{seconds}\n"
            "while time.time()<end:\n"
            "  try: p=s.recv(2048)\n"
            "  except TimeoutError: continue\n"
            "  n+=b'no packet passes' in p\n"
            "print(n)")
    process = subprocess.Popen(inside(netns, sys.executable, "-c", code), text=True,
                               stdout=subprocess.PIPE)
    process.stdout.readline()
    return process


def shout(netns, to):
    """Marked datagrams from `netns` to `to`, routed by what is in it."""
    code = ("import socket,sys\ns=socket.socket(socket.AF_INET,socket.SOCK_DGRAM)\n"
            "for i in range(20):\n"
            "  try: s.sendto(b'no packet passes',(sys.argv[1],2575))\n"
            "  except OSError: pass\n")
    run(*inside(netns, sys.executable, "-c", code, to))


def expect_no_way():
    ip(CLINIC, "route", "add", "10.77.0.0/24", "via", "192.168.77.2")
    ip(STREET, "route", "add", "192.168.77.0/24", "via", "10.77.0.2")
    at = sniff(STREET)
    shout(CLINIC, "10.77.0.1")
    shout(LAB, "10.77.0.1")
    ok(at.communicate()[0].strip() == "0", "nothing passes from the lab's network to the other")
    at = sniff(CLINIC)
    shout(STREET, "192.168.77.1")
    shout(WAN, "192.168.77.1")
    ok(at.communicate()[0].strip() == "0", "nor the other way")
    at = sniff(STREET, 1)
    shout(WAN, "10.77.0.1")
    ok(int(at.communicate()[0]) >= 20, "though what is sent by the port itself does arrive")


def pings(netns, to):
    code = ("import socket,sys\n"
            "s=socket.socket(socket.AF_INET,socket.SOCK_RAW,socket.IPPROTO_ICMP)\n"
            "s.settimeout(1)\n"
            "s.sendto(bytes([8,0,0xf7,0xfe,0,1,0,0]),(sys.argv[1],0))\n"
            "while s.recvfrom(99)[1][0]!=sys.argv[1]: pass\n")
    return subprocess.run(inside(netns, sys.executable, "-c", code, to), check=False,
                          capture_output=True).returncode == 0


def expect_pings():
    ok(pings(CLINIC, "192.168.77.2"), "the lab port answers a ping")
    ok(not pings(STREET, "10.77.0.2"), "the other one answers nobody")
    ok(pings(WAN, "10.77.0.1"), "but reaches its neighbours")


def test_two_ports():
    with cabled_place() as place:
        box = place.box(router="192.168.77.1", wan="10.77.0.2/24")
        until(lambda: box.texts)
        expect_namespaces(box)
        expect_rules()
        expect_pings()
        expect_no_way()
        ok(servers(place) == [], "no name server but those of the configuration")
        ok(box.client() == 0, "and no DHCP client")


def test_ports_that_come_and_go():
    with Place() as place:
        place.cable("lab", kind="1")
        began = time.monotonic()
        box = place.box(wait_ms=700)
        ok(box.says("^lab 192.168.77.2/24; wan is missing") and time.monotonic() - began >= 0.7,
           "a port that is missing is waited for; the other one works", box.tail())
        place.cable("wan", kind="1")
        rival = place.rival()
        ok(box.says("wan dhcp 10.77.0.50/24"), "and works when it comes", box.tail())
        with open(place.path("keep", "mac-wan"), encoding="ascii") as f:
            kept = f.read().strip()
        ok(kept in ip(WAN, "link", "show", "wan") and kept[1] in "26ae",
           "it had no address of its own: one was made, and kept")
        ip(STREET, "link", "del", "peer")
        ok(box.says("wan is missing"), "a port that goes is missing", box.tail())
        ok(servers(place) == [] and until(lambda: box.client() == 0),
           "and its name servers and its client with it", box.tail())
        place.cable("wan", kind="1")
        rival.process.kill()
        rival = place.rival(address="10.77.0.51")
        ok(box.says("wan dhcp 10.77.0.51/24", 15), "the same again", box.tail())
        ok(kept in ip(WAN, "link", "show", "wan"), "with the address that was kept")
        ok(addresses(LAB, "lab") == ["192.168.77.2/24"], "all the while the lab has its port")


# --- DHCP ---------------------------------------------------------------------------------


@contextlib.contextmanager
def dnsmasq(place, first, last, *options):
    log = open(place.path("dnsmasq.log"), "w", encoding="utf-8")
    process = place.start(*inside(
        STREET, DNSMASQ, "--no-daemon", "--port=0", "--conf-file=/dev/null", "--user=root",
        "--pid-file=", "--interface=peer", "--bind-interfaces", "--log-facility=-",
        f"--dhcp-range={first},{last},255.255.255.0,120", "--dhcp-authoritative", "--no-ping",
        f"--dhcp-leasefile={place.path(first)}", *options), stderr=log)
    yield lambda kind: open(place.path("dnsmasq.log"), encoding="utf-8").read().count(kind)
    process.terminate()
    process.wait()


def expect_sandbox(box):
    with open(f"/proc/{box.client()}/status", encoding="ascii") as f:
        status = dict(line.split(":\t", 1) for line in f.read().splitlines() if ":\t" in line)
    ok(status["Uid"].split() == ["64111"] * 4 and status["Gid"].split() == ["64111"] * 4,
       "the client is a user of its own", status["Uid"])
    ok(all(int(status[c], 16) == 0 for c in ("CapEff", "CapPrm", "CapInh", "CapAmb")),
       "without a capability")
    ok(status["NoNewPrivs"] == "1" and status["Seccomp"] == "2", "and filtered")
    ok(os.readlink(f"/proc/{box.client()}/ns/net") == os.readlink(
        f"/proc/{box.process.pid}/ns/net"), "in a namespace without a port")
    ok(len(os.listdir(f"/proc/{box.client()}/fd")) <= 5, "with its two descriptors, and the log")


def test_dnsmasq():
    if not os.path.exists(DNSMASQ):
        return skip("dnsmasq", "it is not here")
    with cabled_place() as place:
        box = place.box()
        ok(box.says("wan dhcp, no lease"), "nobody answers", box.tail())
        ok(rule(WAN, "ipv4/conf/wan/rp_filter") == "0", "anybody may: there is no address yet")
        with dnsmasq(place, "10.77.0.20", "10.77.0.29", "--dhcp-option=option:dns-server,10.77.0.1",
                     "--dhcp-option=option:T1,4", "--dhcp-option=option:T2,60") as count:
            ok(box.says(r"wan dhcp 10\.77\.0\.2\d/24", 15), "dnsmasq gives an address", box.tail())
            first = addresses(WAN, "wan")
            ok(first and first[0].startswith("10.77.0.2") and "default via 10.77.0.1 dev wan"
               in ip(WAN, "route"), "ip(8) shows it, and the router", first)
            ok(servers(place) == ["nameserver", "10.77.0.1"], "its name server", servers(place))
            ok(rule(WAN, "ipv4/conf/wan/rp_filter") == "1", "strict from now on")
            expect_sandbox(box)
            ok(until(lambda: count("DHCPACK") >= 3, 15), "it is renewed, and again")
            ok(addresses(WAN, "wan") == first and len(box.texts) <= 3, "and nothing changes")
        with dnsmasq(place, "10.77.0.40", "10.77.0.49") as count:
            ok(box.says(r"wan dhcp 10\.77\.0\.4\d/24", 15), "another server: another address",
               box.tail())
            ok(count("DHCPNAK") == 1, "after it said no")
            ok(len(addresses(WAN, "wan")) == 1, "the old one is gone", addresses(WAN, "wan"))


def test_the_end_of_a_lease():
    with cabled_place() as place:
        rival = place.rival(seconds=12, t1=3, t2=8)
        box = place.box()
        ok(box.says("wan dhcp 10.77.0.50/24"), "a short lease", box.tail())
        ok(servers(place) == ["nameserver", "10.77.0.1", "nameserver", "192.0.2.53"],
           "name servers in their order")
        ok(until(lambda: rival.heard("request 10.77.0.1"), 6), "renewing asks its server only")
        until(lambda: len(rival.heard("request 10.77.0.1")) >= 2, 6)
        rival.order(twist="silent")
        began = time.monotonic()
        ok(box.says("no lease", 16), "nobody answers any more: it ends", box.tail())
        ok(8 <= time.monotonic() - began <= 13, "when its time is over, and not before",
           time.monotonic() - began)
        ok(any("255.255.255.255" in line for line in rival.heard("request")[1:]),
           "after all were asked")
        ok(addresses(WAN, "wan") == [] and ip(WAN, "route") == "", "address and routes are gone")
        ok(servers(place) == [], "and the name servers")
        rival.order(address="10.77.0.60")
        ok(box.says("wan dhcp 10.77.0.60/24", 15), "somebody answers again", box.tail())


def test_a_client_that_dies():
    with cabled_place() as place:
        rival = place.rival(seconds=12)
        box = place.box()
        box.says("wan dhcp 10.77.0.50/24")
        first = box.signal("-9")
        ok(until(lambda: box.client() not in (0, first)), "is started again", box.tail())
        ok(addresses(WAN, "wan") == ["10.77.0.50/24"], "the address stays meanwhile")
        ok(until(lambda: len(rival.heard("discover")) >= 2), "it asks from the start")
        rival.order(twist="silent", seconds=12)
        stopped = box.signal("-STOP")
        ip(STREET, "link", "set", "peer", "down")
        time.sleep(2.5)
        ip(STREET, "link", "set", "peer", "up")
        ok(until(lambda: box.client() not in (0, stopped), 15),
           "a cable that was out: it is another network, perhaps", box.tail())


def test_a_client_that_hangs():
    with cabled_place() as place:
        place.rival(seconds=10)
        box = place.box()
        box.says("wan dhcp 10.77.0.50/24")
        box.signal("-STOP")
        ok(box.says("no lease", 15), "an address does not outlive its lease", box.tail())
        ok(addresses(WAN, "wan") == [], "ip(8) says so, too")


LIAR = """#!/usr/bin/python3
# What somebody who took guichet-dhcp over could tell init.
import os, socket, struct, sys, time
init = socket.socket(fileno=3)
address = lambda text: int.from_bytes(socket.inet_aton(text), "big")
lease = lambda a, router="0.0.0.0", seconds=600, prefix=24: struct.pack(
    "7I", address(a), prefix, address(router), 0, 0, 0, seconds)
lie = open(os.path.join(os.path.dirname(sys.argv[0]), "lie")).read()
if lie == "short":
    init.send(b"123")
elif lie == "long":
    init.send(lease("10.77.0.66") + b"1")
elif lie == "lab":
    init.send(lease("192.168.77.9"))
elif lie == "flood":
    for i in range(100000):
        init.send(lease(f"10.77.{i % 200}.66"))
elif lie == "router":
    init.send(lease("10.77.0.66", "192.168.77.1"))
time.sleep(600)
"""


def test_a_client_that_was_taken_over():
    with cabled_place(LIAR, "short") as place:
        box = place.box()

        def said(words):
            return box.tail().count(words)

        ok(until(lambda: said("does not say")), "a message too short: it is killed", box.tail())
        place.tell("long")
        before = said("does not say")
        ok(until(lambda: said("does not say") > before + 1, 20), "and too long", box.tail())
        for lie in ("lab", "router"):
            place.tell(lie)
            before = said("is not taken")
            ok(until(lambda: said("is not taken") > before, 40),        # noqa: B023
               f"nor is a lease believed: {'a router in the lab' if lie == 'router' else 'the lab'}", box.tail())
            box.signal("-9")
        ok(addresses(WAN, "wan") == [], "nothing of them is set up")
        ok(addresses(LAB, "lab") == ["192.168.77.2/24"], "the lab port is as it was")


def test_a_client_that_floods():
    with cabled_place(LIAR, "flood") as place:
        box = place.box()
        box.says("wan dhcp 10.77")
        before, began = len(box.texts), time.monotonic()
        until(lambda: len(box.texts) >= before + 4)
        heard, seconds = len(box.texts) - before, time.monotonic() - began
        ok(4 <= heard <= seconds + 2, "is heard once a second", box.tail())
        ok(len(addresses(WAN, "wan")) == 1, "one address at a time")


REFUSED = [
    ("to another number", {"twist": "xid"}), ("to another client", {"twist": "mac"}),
    ("from another port", {"twist": "port"}), ("loopback", {"address": "127.0.0.9"}),
    ("a router elsewhere", {"router": "10.78.0.1"}), ("no network", {"mask": "0.0.0.0"}),
    ("a mask with holes", {"mask": "255.0.255.0"}), ("no time", {"seconds": 1}),
    ("a multicast name server", {"dns": ["239.1.1.1"]}), ("garbage", {"twist": "garbage"}),
    ("a no to everything", {"twist": "nak"}),
]


def test_rivals():
    with cabled_place() as place:
        rival = place.rival(**REFUSED[0][1])
        box = place.box()
        until(box.client)
        client = box.client()
        for what, orders in REFUSED:
            rival.order(**orders)
            count = len(rival.heard("discover"))
            # Without waiting for the next question: its cable is put in again.
            ip(STREET, "link", "set", "peer", "down")
            time.sleep(1.2)
            ip(STREET, "link", "set", "peer", "up")
            until(lambda: box.client() not in (0, client), 10)      # noqa: B023
            client = box.client()
            asked = until(lambda: len(rival.heard("discover")) > count, 10)     # noqa: B023
            time.sleep(0.5)
            ok(asked and box.client() == client and addresses(WAN, "wan") == [] and
               servers(place) == [], f"not taken: {what}", box.tail())
        rival.order(address="192.168.77.50", router=None, server="10.77.0.1")
        ok(box.says("no lease: the network of the lab port", 20),
           "not taken: the lab's own network; and said", box.tail())
        ok(addresses(WAN, "wan") == [] and servers(place) == [], "nothing of it is there")


if os.geteuid() != 0:
    skip("network", "needs root")
    main()
if len(sys.argv) > 1:
    main(*(globals()[name] for name in sys.argv[1:]))
main_beside(test_two_ports, test_ports_that_come_and_go, test_dnsmasq, test_the_end_of_a_lease,
            test_a_client_that_dies, test_a_client_that_hangs, test_rivals,
            test_a_client_that_was_taken_over, test_a_client_that_floods)
