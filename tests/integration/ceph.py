"""ceph.py -- a throw-away Ceph on loopback: an S3 store with bucket policies,
lifecycle rules, CORS and versioning, which Swift's S3 API has not.

    with Ceph() as c:
        box = Appliance(**c.settings("drop"))       # drop.kind = s3
        c.s3("PUT", "/drop")                        # signed with its own key

Debian's own monitor, storage daemon (in memory) and RADOS gateway, with nginx and
a certificate in front; below one folder, on free ports, as whoever starts the
test.  About 110 MB and ten seconds.
"""
import datetime
import hashlib
import http.client
import json
import os
import shutil
import ssl
import subprocess
import tempfile
import time
import uuid

from certs import Authority
from swift import NGINX, Processes, answers, free_port

CONF = """[global]
fsid = {fsid}
keyring = {folder}/keyring
mon_initial_members = a
mon_host = v2:127.0.0.1:{mon}
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
ms_bind_port_min = {ports}
ms_bind_port_max = {ports_end}
run_dir = {folder}
admin_socket =
pid_file =
log_file = {folder}/$name.log
log_to_stderr = false
mon_data = {folder}/mon
osd_data = {folder}/osd
osd_objectstore = memstore
memstore_device_bytes = 268435456
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 1
osd_pool_default_pgp_num = 1
osd_pool_default_pg_autoscale_mode = off
mon_allow_pool_size_one = true
mon_max_pg_per_osd = 1000
osd_crush_chooseleaf_type = 0
rgw_frontends = beast endpoint=127.0.0.1:{backend}
rgw_dns_name = s3.localhost
rgw_lc_debug_interval = {day_s}
rgw_enable_usage_log = false
rgw_enable_ops_log = false
"""


def sign(method, path, query, headers, body, key, secret, region, at):
    """botocore's signature: ours is what is tested."""
    from botocore.auth import S3SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials
    url = f"https://{headers['Host']}{path}" + (f"?{query}" if query else "")
    request = AWSRequest(method=method, url=url, data=body, headers=dict(headers))
    request.context.update(payload_signing_enabled=True)
    assert abs(at.timestamp() - time.time()) < 5
    S3SigV4Auth(Credentials(key, secret), "s3", region).add_auth(request)
    return dict(request.headers.items())


class Ceph:
    user, key, region = "LABOKEY", "labosecret", "default"

    def __init__(self, folder=None, authority=None, day_s=-1):
        """`day_s`: lifecycle rules count days of so many seconds; -1: true ones."""
        self.temporary = folder is None
        self.folder = folder or tempfile.mkdtemp(prefix="ceph-")
        os.chmod(self.folder, 0o755)
        self.processes = Processes(self.folder)
        for sub in ("etc", "mon", "osd", "nginx-tmp"):
            os.makedirs(self.path(sub), exist_ok=True)
        self.authority = authority or Authority(self.folder, "ca")
        self.ca = self.authority.cert
        self.certificate = self.authority.issue(
            "store", extensions="subjectAltName=DNS:localhost,DNS:s3.localhost,"
            "DNS:*.s3.localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n")
        self.mon, self.backend, self.port = free_port(), free_port(), free_port()
        self.day_s = day_s
        self.start()

    def path(self, *names):
        return os.path.join(self.folder, *names)

    @property
    def url(self):
        return f"https://s3.localhost:{self.port}"

    def public_url(self, container):
        return f"{self.url}/{container}"

    def settings(self, container, style="path"):
        return {"drop__kind": "s3", "drop__endpoint": self.url, "drop__bucket": container,
                "drop__style": style, "drop__region": self.region, "drop__user": self.user,
                "drop__public_url": self.public_url(container), "tls__trust": self.ca}

    def run(self, program, *arguments):
        done = subprocess.run([program, "-c", self.path("ceph.conf"), *arguments],
                              capture_output=True, timeout=60, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{program}: {done.stderr.decode()[-1000:]}")
        return done.stdout.decode()

    def daemon(self, name, program, *arguments):
        self.processes.start(name, program, "-c", self.path("ceph.conf"), "-f", *arguments)

    def wait(self, port, ready_s=60):
        deadline = time.monotonic() + ready_s
        while not answers(port):
            self.processes.check()
            if time.monotonic() > deadline:
                raise RuntimeError("Ceph is not ready: see " + self.folder)
            time.sleep(0.1)

    def start(self):
        fsid, ports = str(uuid.uuid4()), free_port()
        with open(self.path("ceph.conf"), "w", encoding="ascii") as f:
            f.write(CONF.format(fsid=fsid, folder=self.folder, mon=self.mon, day_s=self.day_s,
                                backend=self.backend, ports=ports, ports_end=ports + 20))
        with open(self.path("etc", "nginx.conf"), "w", encoding="ascii") as f:
            f.write(NGINX.format(folder=self.folder, port=self.port, backend=self.backend,
                                 cert=self.certificate.cert, key=self.certificate.key))
        subprocess.run(["monmaptool", "--create", "--fsid", fsid, "--addv", "a",
                        f"v2:127.0.0.1:{self.mon}", self.path("monmap")], check=True,
                       stdout=subprocess.DEVNULL)
        for name, caps in (("mon.", ("mon",)), ("client.admin", ("mon", "osd")),
                           ("osd.0", ("mon", "osd"))):
            new = ["--create-keyring"] if name == "mon." else []
            subprocess.run(["ceph-authtool", self.path("keyring"), *new, "--gen-key", "-n", name,
                            *(w for c in caps for w in ("--cap", c, "allow *"))], check=True,
                           stdout=subprocess.DEVNULL)
        self.run("ceph-mon", "--mkfs", "-i", "a", "--monmap", self.path("monmap"),
                 "--keyring", self.path("keyring"))
        self.daemon("mon", "ceph-mon", "-i", "a")
        self.run("ceph", "osd", "create")
        self.run("ceph-osd", "-i", "0", "--mkfs")
        self.daemon("osd", "ceph-osd", "-i", "0")
        self.daemon("rgw", "radosgw", "-n", "client.admin")
        for user, key, secret in (("labo", self.user, self.key), ("other", "OTHER", "other")):
            self.run("radosgw-admin", "user", "create", f"--uid={user}",
                     f"--display-name={user}", f"--access-key={key}", f"--secret-key={secret}")
        self.wait(self.backend)
        self.processes.start("nginx", "/usr/sbin/nginx", "-p", self.folder, "-c",
                             self.path("etc", "nginx.conf"), "-e", self.path("nginx.log"))
        self.wait(self.port)

    def stop(self):
        self.processes.stop()
        if self.temporary:
            shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    # --- looking and setting, with its own credentials ----------------------------

    def anonymous(self, method, path, headers=(), body=None):
        context = ssl.create_default_context(cafile=self.ca)
        context.check_hostname = False
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=60,
                                                 context=context)
        try:
            headers = {"Host": f"s3.localhost:{self.port}", **dict(headers)}
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            return (answer.status, {k.lower(): v for k, v in answer.getheaders()},
                    answer.read())
        finally:
            connection.close()

    def s3(self, method, path, query="", body=b"", headers=()):
        """A signed request: (status, headers, body)."""
        import base64
        headers = {"Host": f"s3.localhost:{self.port}", **dict(headers)}
        if body:
            headers["Content-MD5"] = base64.b64encode(hashlib.md5(body).digest()).decode()
        signed = sign(method, path, query, headers, body, self.user, self.key, self.region,
                      datetime.datetime.now(datetime.timezone.utc))
        return self.anonymous(method, path + (f"?{query}" if query else ""), signed, body)

    def expect(self, statuses, *request, **more):
        answer = self.s3(*request, **more)
        if answer[0] not in statuses:
            raise RuntimeError(f"{request}: {answer[0]} {answer[2][:300]!r}")
        return answer

    def objects(self, container):
        """Names, as the gateway's own listing has them."""
        entries = json.loads(self.run("radosgw-admin", "bucket", "list", f"--bucket={container}"))
        return sorted(e["name"] for e in entries)
