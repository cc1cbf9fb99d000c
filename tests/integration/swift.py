"""swift.py -- a throw-away OpenStack Swift on loopback, behind TLS.

    with Swift() as s:
        s.container("drop")                 # public by name, any origin, no listing
        box = Appliance(**s.settings("drop", "swift"))   # or "s3"
        s.objects("drop")                   # ["d/...", "i/..."]
        s.anonymous("GET", "/v1/AUTH_test/drop/d/...")

The real servers of Debian's packages: proxy with the native API (tempauth v1)
and the S3 API (SigV4), account, container, object, expirer, a memcached of
its own, and nginx with a certificate in front.  One replica, one disk folder, all
below one folder; several at a time on free ports.  They run as whoever starts
the test, root or not; the folder needs a filesystem with user xattrs (ext4).
Only /etc/swift/swift.conf must be where it is: made where there is none.

Also a command: `swift.py start FOLDER` prints the paths and keys as JSON and
stays until its standard input closes, for tests that are not in Python.
"""
import getpass
import http.client
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.parse

from certs import Authority

SWIFT_CONF = "/etc/swift/swift.conf"
SWIFT_CONF_TEXT = """[swift-hash]
swift_hash_path_suffix = changeme
swift_hash_path_prefix = changeme
[storage-policy:0]
name = Policy-0
default = yes
"""

STORAGE = """[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
workers = 0
user = {user}
devices = {folder}
mount_check = false
swift_dir = {folder}/etc
recon_cache_path = {folder}/etc
log_level = ERROR
[pipeline:main]
pipeline = {kind}-server
[app:{kind}-server]
use = egg:swift#{kind}
[container-updater]
"""

EXPIRER = """[DEFAULT]
user = {user}
swift_dir = {folder}/etc
log_level = ERROR
[object-expirer]
interval = 1
report_interval = 3600
recon_cache_path = {folder}/etc
[pipeline:main]
pipeline = catch_errors cache proxy-server
[app:proxy-server]
use = egg:swift#proxy
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:{memcached}
[filter:catch_errors]
use = egg:swift#catch_errors
"""

PROXY = """[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
workers = {workers}
user = {user}
swift_dir = {folder}/etc
log_level = ERROR
cors_expose_headers = {expose}
[pipeline:main]
pipeline = catch_errors gatekeeper healthcheck cache {auth} copy slo dlo versioned_writes symlink proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
allow_account_management = true
[filter:tempauth]
use = egg:swift#tempauth
storage_url_scheme = https
token_life = {token_life_s}
user_test_tester = testing .admin
user_other_other = othering .admin
[filter:s3api]
use = egg:swift#s3api
s3_acl = false
location = eu-west-1
storage_domain = {storage_domain}
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:{memcached}
[filter:versioned_writes]
use = egg:swift#versioned_writes
allow_versioned_writes = true
allow_object_versioning = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:gatekeeper]
use = egg:swift#gatekeeper
[filter:healthcheck]
use = egg:swift#healthcheck
[filter:copy]
use = egg:swift#copy
[filter:slo]
use = egg:swift#slo
[filter:dlo]
use = egg:swift#dlo
[filter:symlink]
use = egg:swift#symlink
{filters}
"""

NGINX = """daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log warn;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {folder}/nginx-tmp;
    proxy_temp_path {folder}/nginx-tmp;
    fastcgi_temp_path {folder}/nginx-tmp;
    uwsgi_temp_path {folder}/nginx-tmp;
    scgi_temp_path {folder}/nginx-tmp;
    server_tokens off;
    server {{
        listen 127.0.0.1:{port} ssl;
        server_name _;
        ssl_certificate {cert};
        ssl_certificate_key {key};
        client_max_body_size 200m;
        location / {{
            proxy_pass http://127.0.0.1:{backend};
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
            proxy_set_header Connection "";
            proxy_pass_header Date;
            proxy_request_buffering off;
            proxy_read_timeout 120s;
        }}
    }}
}}
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def answers(port):
    with socket.socket() as s:
        s.settimeout(1)
        return s.connect_ex(("127.0.0.1", port)) == 0


# In a process of its own: this file's name hides the package `swift`.
RINGS = """
import sys
from swift.common.ring import RingBuilder
for at in sys.argv[2:]:
    kind, port = at.split(":")
    builder = RingBuilder(4, 1, 0)
    builder.add_dev({"id": 0, "region": 1, "zone": 1, "weight": 1.0, "ip": "127.0.0.1",
                     "port": int(port), "device": "d1", "meta": "",
                     "replication_ip": "127.0.0.1", "replication_port": int(port)})
    builder.rebalance(seed="1")
    builder.get_ring().save(f"{sys.argv[1]}/etc/{kind}.ring.gz")
"""


# Debian's daemon forks for each partition: seconds of a CPU for each sweep.
UPDATER = """
import sys, time
from swift.common.utils import eventlet_monkey_patch, readconf
from swift.container.updater import ContainerUpdater
updater = ContainerUpdater(readconf(sys.argv[1], "container-updater"))
eventlet_monkey_patch()
updater.no_changes = updater.successes = updater.failures = 0
updater.new_account_suppressions = None
while True:
    for path in updater.get_paths():
        updater.container_sweep(path)
    time.sleep(1)
"""


def make_rings(folder, ports):
    subprocess.run(["/usr/bin/python3", "-I", "-c", RINGS, folder,
                    *(f"{kind}:{port}" for kind, port in ports.items())], check=True)


WATCH = """
import os, sys
sys.stdin.read()
for pid in sys.argv[1:]:
    try:
        os.killpg(int(pid), 9)
    except OSError:
        pass
"""


class Processes:
    """Children that end with the test, however it ends."""

    def __init__(self, folder):
        self.folder, self.running, self.watch = folder, {}, None

    def start(self, name, *command, **environment):
        with open(os.path.join(self.folder, name + ".log"), "ab") as log:
            self.running[name] = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True, env=dict(os.environ, **environment))
        self.guard()

    def guard(self):
        """A process whose input ends with this one's life kills what is left."""
        self.unguard()
        self.watch = subprocess.Popen(
            ["/usr/bin/python3", "-I", "-S", "-c", WATCH,
             *(str(p.pid) for p in self.running.values())],
            stdin=subprocess.PIPE, start_new_session=True)

    def unguard(self):
        if self.watch is not None:
            self.watch.kill()
            self.watch.wait()
            self.watch.stdin.close()
            self.watch = None

    def stop(self, *names):
        for name in names or list(self.running):
            process = self.running.pop(name)
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait()
        self.unguard()
        if self.running:
            self.guard()

    def check(self):
        for name, process in self.running.items():
            if process.poll() is not None:
                with open(os.path.join(self.folder, name + ".log"), errors="replace") as log:
                    raise RuntimeError(f"{name} ended:\n" + log.read()[-2000:])


class Swift:
    user, key = "test:tester", "testing"
    other_user, other_key = "other:other", "othering"   # an account of its own
    region = "eu-west-1"
    names = ("localhost", "store.test", "*.store.test", "s3.localhost", "*.s3.localhost")

    def __init__(self, folder=None, port=None, authority=None, host="localhost",
                 storage_domain="s3.localhost", workers=0, token_life_s=86400,
                 expirer=True, keystone=None, certificate_names=None, start=True):
        """`storage_domain`: S3 in virtual-host style is BUCKET.storage_domain.
        `workers`: of the proxy; 0 is one process.  `keystone`: keystone.py's,
        instead of tempauth."""
        self.temporary = folder is None
        self.folder = folder or tempfile.mkdtemp(prefix="swift-")
        self.port, self.host = port or free_port(), host
        self.storage_domain, self.workers = storage_domain, workers
        self.token_life_s, self.has_expirer = token_life_s, expirer
        self.keystone = keystone
        self.processes = Processes(self.folder)
        for sub in ("etc", "d1", "nginx-tmp"):
            os.makedirs(self.path(sub), exist_ok=True)
        self.authority = authority or Authority(self.folder, "ca")
        self.ca = self.authority.cert
        names = certificate_names or self.names
        san = ",".join([f"DNS:{n}" for n in names] + ["IP:127.0.0.1"] * (not certificate_names))
        self.certificate = self.authority.issue(
            "store", extensions=f"subjectAltName={san}\nextendedKeyUsage=serverAuth\n")
        self.token = None
        if start:
            self.start()

    def path(self, *names):
        return os.path.join(self.folder, *names)

    # --- where it is ---------------------------------------------------------

    @property
    def s3_url(self):
        return f"https://{self.host}:{self.port}"

    @property
    def s3_virtual_url(self):
        return f"https://{self.storage_domain}:{self.port}"

    @property
    def auth_url(self):
        return self.keystone.url if self.keystone else self.s3_url + "/auth/v1.0"

    @property
    def account(self):
        return self.keystone.account if self.keystone else "AUTH_test"

    @property
    def url(self):
        """The account's: URL/CONTAINER/NAME."""
        return f"{self.s3_url}/v1/{self.account}"

    def public_url(self, container):
        return f"{self.url}/{container}"

    def settings(self, container, kind="swift", style="path"):
        """Of an Appliance that uses it; the secret is `key`."""
        if kind == "keystone":
            return self.keystone.settings(self, container)
        endpoint = {"swift": self.auth_url, "s3": self.s3_url}[kind]
        if style == "virtual-host":
            endpoint = self.s3_virtual_url
        return {"drop__kind": kind, "drop__endpoint": endpoint, "drop__bucket": container,
                "drop__style": style, "drop__region": self.region, "drop__user": self.user,
                "drop__public_url": self.public_url(container), "tls__trust": self.ca}

    # --- life ----------------------------------------------------------------

    def write(self, name, text, **values):
        with open(self.path("etc", name), "w", encoding="ascii") as f:
            f.write(text.format(folder=self.folder, user=getpass.getuser(), **values))

    def start(self):
        if not os.path.exists(SWIFT_CONF):
            os.makedirs(os.path.dirname(SWIFT_CONF), exist_ok=True)
            with open(SWIFT_CONF, "w", encoding="ascii") as f:
                f.write(SWIFT_CONF_TEXT)
        self.ports = {k: free_port() for k in ("account", "container", "object")}
        self.memcached, self.backend = free_port(), free_port()
        make_rings(self.folder, self.ports)
        for kind, port in self.ports.items():
            self.write(f"{kind}-server.conf", STORAGE, kind=kind, port=port)
        self.write("object-expirer.conf", EXPIRER, memcached=self.memcached)
        self.write("proxy-server.conf", PROXY, port=self.backend, workers=self.workers,
                   memcached=self.memcached, storage_domain=self.storage_domain,
                   token_life_s=self.token_life_s, expose="",
                   auth=self.keystone.pipeline if self.keystone else "s3api tempauth",
                   filters=self.keystone.filters(self) if self.keystone else "")
        self.write("nginx.conf", NGINX, port=self.port, backend=self.backend,
                   cert=self.certificate.cert, key=self.certificate.key)
        self.run()
        return self

    def run(self, *names):
        """Starts all of it, or the named processes again."""
        python = lambda program, conf: ("/usr/bin/python3", shutil.which(program) or
                                        "/usr/bin/" + program, self.path("etc", conf))
        commands = {
            "memcached": (shutil.which("memcached"), "-l", "127.0.0.1", "-p",
                          str(self.memcached), "-U", "0", "-u", getpass.getuser()),
            "account": python("swift-account-server", "account-server.conf"),
            "container": python("swift-container-server", "container-server.conf"),
            "object": python("swift-object-server", "object-server.conf"),
            "proxy": python("swift-proxy-server", "proxy-server.conf"),
            "nginx": ("/usr/sbin/nginx", "-p", self.folder, "-c",
                      self.path("etc", "nginx.conf"), "-e", self.path("nginx.log")),
        }
        if self.has_expirer:
            # The expirer finds its queue by the account's listing, which is
            # the updater's.
            commands["updater"] = (
                "/usr/bin/python3", "-I", "-c", UPDATER, self.path("etc", "container-server.conf"))
            commands["expirer"] = python("swift-object-expirer", "object-expirer.conf")
        for name in names or commands:
            self.processes.start(name, *commands[name])
        self.wait_ready()

    def wait_ready(self, ready_s=60):
        deadline = time.monotonic() + ready_s
        ports = [*self.ports.values(), self.memcached, self.backend, self.port]
        while not all(answers(port) for port in ports):
            self.processes.check()
            if time.monotonic() > deadline:
                raise RuntimeError("Swift is not ready: see " + self.folder)
            time.sleep(0.1)

    def down(self):
        """Nobody listens at the store's address any more."""
        self.processes.stop("nginx")

    def up(self):
        self.run("nginx")

    def stop(self):
        self.processes.stop()
        if self.temporary:
            shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    # --- looking and setting, with its own credentials ----------------------------

    def anonymous(self, method, path, headers=(), body=None, host=None):
        """One request as it is: (status, headers in lower case, body)."""
        context = ssl.create_default_context(cafile=self.ca)
        context.check_hostname = False
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=60,
                                                 context=context)
        try:
            headers = {"Host": f"{host or self.host}:{self.port}", **dict(headers)}
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            return (answer.status, {k.lower(): v for k, v in answer.getheaders()},
                    answer.read())
        finally:
            connection.close()

    def login(self):
        if self.keystone:
            return self.keystone.login()
        status, headers, _ = self.anonymous(
            "GET", "/auth/v1.0", {"X-Auth-User": self.user, "X-Auth-Key": self.key})
        if status != 200:
            raise RuntimeError(f"log-in: {status}")
        return headers["x-auth-token"]

    def request(self, method, path="", headers=(), body=None):
        """`path` below the account: "/drop/d/name"."""
        for _ in range(2):
            self.token = self.token or self.login()
            answer = self.anonymous(method, f"/v1/{self.account}{path}",
                                    {"X-Auth-Token": self.token, **dict(headers)}, body)
            if answer[0] != 401:
                break
            self.token = None
        return answer

    def expect(self, statuses, method, path="", headers=(), body=None):
        answer = self.request(method, path, headers, body)
        if answer[0] not in statuses:
            raise RuntimeError(f"{method} {path}: {answer[0]} {answer[2][:200]!r}")
        return answer

    def container(self, name, read=".r:*", origin="*", expose="", headers=()):
        """Makes it, or sets an existing one so; empty takes a setting away."""
        self.expect((201, 202), "PUT", f"/{name}")
        self.set_container(name, {
            "X-Container-Read": read,
            "X-Container-Meta-Access-Control-Allow-Origin": origin,
            "X-Container-Meta-Access-Control-Expose-Headers": expose, **dict(headers)})
        return name

    def set_container(self, name, headers):
        self.expect((204,), "POST", f"/{name}", headers)

    def objects(self, container, prefix=""):
        """Names, as its own listing has them."""
        query = urllib.parse.urlencode({"format": "json", "prefix": prefix})
        _, _, body = self.expect((200,), "GET", f"/{container}?{query}")
        return [entry["name"] for entry in json.loads(body)]

    def get(self, container, name):
        """(headers, body) of an object, or None."""
        status, headers, body = self.expect((200, 404), "GET", f"/{container}/{name}")
        return (headers, body) if status == 200 else None

    def delete(self, container, name):
        self.expect((204, 404), "DELETE", f"/{container}/{name}")

    def forget_tokens(self):
        """Whoever is logged in gets 401."""
        with socket.create_connection(("127.0.0.1", self.memcached), 5) as s:
            s.sendall(b"flush_all\r\n")
            s.recv(64)
        self.token = None


def main(folder):
    os.makedirs(folder, exist_ok=True)
    with Swift(folder) as s:
        s.container("drop")
        print(json.dumps({
            "url": s.url, "s3": s.s3_url, "auth": s.auth_url, "ca": s.ca, "user": s.user,
            "key": s.key, "region": s.region, "container": "drop",
            "public": s.public_url("drop")}), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] != "start":
        sys.exit("usage: swift.py start FOLDER")
    main(sys.argv[2])
