"""keystone.py -- a throw-away OpenStack Keystone (identity API v3) on loopback,
behind TLS, and a Swift that believes its tokens.

    with Keystone() as k, Swift(keystone=k, authority=k.authority, port=k.store_port) as s:
        s.container("drop")
        box = Appliance(**s.settings("drop", "keystone"))       # or k.settings(...)
        k.application_credential()          # (id, secret)

Debian's keystone with SQLite under its own small WSGI server; users, projects
and roles by keystone-manage bootstrap and the API, the catalog (two regions) by a
template: two writers at once are too many for SQLite.
"""
import base64
import http.client
import json
import os
import shutil
import ssl
import subprocess
import tempfile
import time

from certs import Authority
from swift import NGINX, Processes, answers, free_port

CONF = """[DEFAULT]
use_stderr = true
log_dir = {folder}
[database]
connection = sqlite:///{folder}/keystone.db
[token]
provider = fernet
[fernet_tokens]
key_repository = {folder}/fernet
[cache]
enabled = false
[oslo_policy]
policy_dirs = {folder}/policy.d
"""

CATALOG = """catalog.other.object-store.publicURL = https://elsewhere.invalid/v1/AUTH_$(tenant_id)s
catalog.other.object-store.name = swift
catalog.{region}.object-store.publicURL = https://localhost:{port}/v1/AUTH_$(tenant_id)s
catalog.{region}.object-store.name = swift
catalog.{region}.identity.publicURL = https://localhost:{identity}/v3
catalog.{region}.identity.internalURL = http://127.0.0.1:{backend}/v3
catalog.{region}.identity.name = keystone
"""

FILTERS = """[filter:authtoken]
paste.filter_factory = keystonemiddleware.auth_token:filter_factory
www_authenticate_uri = http://127.0.0.1:{port}/v3
auth_url = http://127.0.0.1:{port}/v3
auth_type = password
project_domain_id = default
user_domain_id = default
project_name = service
username = swift
password = swiftly
delay_auth_decision = true
token_cache_time = 1
[filter:keystoneauth]
use = egg:swift#keystoneauth
operator_roles = admin, member
"""


class Keystone:
    user, key, project, region = "labo", "un mot \"de\" passe", "branche", "gra"
    admin_password = "administrator"
    pipeline = "authtoken keystoneauth"

    def __init__(self, folder=None, authority=None):
        self.temporary = folder is None
        self.folder = folder or tempfile.mkdtemp(prefix="keystone-")
        self.processes = Processes(self.folder)
        for sub in ("etc", "nginx-tmp", "fernet", "policy.d"):
            os.makedirs(self.path(sub), exist_ok=True)
        self.authority = authority or Authority(self.folder, "ca")
        self.certificate = self.authority.issue(
            "identity", extensions="subjectAltName=DNS:localhost,IP:127.0.0.1\n"
            "extendedKeyUsage=serverAuth\n")
        self.backend, self.port, self.store_port = free_port(), free_port(), free_port()
        self.start()

    def path(self, *names):
        return os.path.join(self.folder, *names)

    @property
    def url(self):
        return f"https://localhost:{self.port}/v3"

    def manage(self, *arguments):
        done = subprocess.run(["/usr/bin/keystone-manage", "--config-file",
                               self.path("keystone.conf"), *arguments], capture_output=True,
                              timeout=300, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"keystone-manage: {done.stderr.decode()[-1500:]}")

    def start(self):
        with open(self.path("keystone.conf"), "w", encoding="ascii") as f:
            f.write(CONF.format(folder=self.folder))
        with open(self.path("catalog.conf"), "w", encoding="ascii") as f:
            f.write(f"[catalog]\ndriver = templated\ntemplate_file = {self.path('catalog')}\n")
        with open(self.path("catalog"), "w", encoding="ascii") as f:
            f.write(CATALOG.format(region=self.region, port=self.store_port,
                                   identity=self.port, backend=self.backend))
        with open(self.path("etc", "nginx.conf"), "w", encoding="ascii") as f:
            f.write(NGINX.format(folder=self.folder, port=self.port, backend=self.backend,
                                 cert=self.certificate.cert, key=self.certificate.key))
        self.new_keys()
        self.manage("db_sync")
        self.manage("bootstrap", "--bootstrap-password", self.admin_password,
                    "--bootstrap-public-url", self.url, "--bootstrap-region-id", "other")
        self.processes.start("keystone", "/usr/bin/python3", "/usr/bin/keystone-wsgi-public",
                             "--host", "127.0.0.1", "--port", str(self.backend), "--",
                             "--config-file", self.path("keystone.conf"),
                             "--config-file", self.path("catalog.conf"))
        self.processes.start("nginx", "/usr/sbin/nginx", "-p", self.folder, "-c",
                             self.path("etc", "nginx.conf"), "-e", self.path("nginx.log"))
        deadline = time.monotonic() + 150
        while not (answers(self.backend) and answers(self.port)):
            self.processes.check()
            if time.monotonic() > deadline:
                raise RuntimeError("Keystone is not ready: see " + self.folder)
            time.sleep(0.1)
        self.make_users()

    def stop(self):
        self.processes.stop()
        if self.temporary:
            shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    # --- the API ---------------------------------------------------------------

    def call(self, method, path, body=None, token=None):
        """(headers, parsed body); raises where it is refused."""
        connection = http.client.HTTPSConnection(
            "localhost", self.port, timeout=60,
            context=ssl.create_default_context(cafile=self.authority.cert))
        try:
            headers = {"Content-Type": "application/json"}
            if token:
                headers["X-Auth-Token"] = token
            connection.request(method, "/v3" + path, json.dumps(body) if body else None, headers)
            answer = connection.getresponse()
            text = answer.read()
            if answer.status >= 300:
                raise RuntimeError(f"{method} {path}: {answer.status} {text[:300]!r}")
            return answer.headers, json.loads(text) if text else {}
        finally:
            connection.close()

    def token(self, user, password, project):
        domain = {"id": "default"}
        return self.call("POST", "/auth/tokens", {"auth": {
            "identity": {"methods": ["password"], "password": {"user": {
                "name": user, "domain": domain, "password": password}}},
            "scope": {"project": {"name": project, "domain": domain}}}})[0]["X-Subject-Token"]

    def login(self):
        return self.token(self.user, self.key, self.project)

    def new_keys(self):
        """As keystone-manage fernet_setup does; whoever has a token, has none."""
        for name in ("0", "1"):
            with open(self.path("fernet", name), "wb") as f:
                f.write(base64.urlsafe_b64encode(os.urandom(32)))
            os.chmod(self.path("fernet", name), 0o600)

    def make(self, kind, **fields):
        return self.call("POST", f"/{kind}s", {kind: fields}, self.admin)[1][kind]["id"]

    def make_users(self):
        self.admin = self.token("admin", self.admin_password, "admin")
        roles = {r["name"]: r["id"] for r in
                 self.call("GET", "/roles", token=self.admin)[1]["roles"]}
        self.project_id = self.make("project", name=self.project, domain_id="default")
        service = self.make("project", name="service", domain_id="default")
        self.user_id = self.make("user", name=self.user, password=self.key,
                                 domain_id="default")
        swift = self.make("user", name="swift", password="swiftly", domain_id="default")
        for project, user, role in ((self.project_id, self.user_id, "member"),
                                    (service, swift, "admin")):
            self.call("PUT", f"/projects/{project}/users/{user}/roles/{roles[role]}",
                      token=self.admin)

    def application_credential(self):
        made = self.call("POST", f"/users/{self.user_id}/application_credentials",
                         {"application_credential": {"name": f"box{time.time()}"}},
                         self.login())[1]["application_credential"]
        return made["id"], made["secret"]

    # --- for Swift ----------------------------------------------------------------

    @property
    def account(self):
        return "AUTH_" + self.project_id

    def filters(self, _swift):
        return FILTERS.format(port=self.backend)

    def settings(self, swift, container):
        """Of an Appliance; the secret is `key`."""
        return {"drop__kind": "keystone", "drop__endpoint": self.url,
                "drop__bucket": container, "drop__region": self.region,
                "drop__user": self.user, "drop__project": self.project,
                "drop__public_url": swift.public_url(container), "tls__trust": swift.ca}
