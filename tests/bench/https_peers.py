"""https_peers.py -- guichet-pickup and nginx side by side on loopback, with
the same certificate, suite and bytes; for tests/bench/tls and idle."""
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "integration"))
from appliance import OUT, ROOT, free_port                      # noqa: E402
from pickup_alone import FakeVault, PickupAlone                 # noqa: E402

LOAD = os.path.join(OUT, "tests", "bench", "tls_load")
NAMES = {"1k": "A" * 43, "200k": "B" * 42 + "A"}
SIZES = {"1k": 1000, "200k": 200 * 1000}

NGINX = """
daemon off; worker_processes 1; pid {f}/pid; error_log {f}/error crit;
worker_rlimit_nofile 20000; user root;
events {{ worker_connections 16000; }}
http {{
  access_log off; server_tokens off; tcp_nodelay on; sendfile off;
  default_type application/jose; keepalive_requests 100000000;
  keepalive_timeout 600s; client_body_temp_path {f}/1; proxy_temp_path {f}/2;
  fastcgi_temp_path {f}/3; uwsgi_temp_path {f}/4; scgi_temp_path {f}/5;
  open_file_cache max=16; open_file_cache_valid 600s;
  server {{
    listen 127.0.0.1:{port} ssl backlog=511; root {f}/www;
    ssl_certificate {c}/pickup.pem; ssl_certificate_key {c}/pickup.key;
    ssl_protocols TLSv1.2; ssl_ciphers ECDHE-ECDSA-AES128-GCM-SHA256;
    ssl_ecdh_curve X25519:prime256v1; ssl_session_cache shared:SSL:10m;
    ssl_session_tickets off; ssl_session_timeout 1h; ssl_buffer_size 16k;
  }}
}}
"""


def build_load():
    if not os.path.exists(LOAD) or "GUICHET_OUT" not in os.environ:
        subprocess.run(["make", "--no-print-directory", "-s", "-C", ROOT,
                        os.path.relpath(LOAD, ROOT),
                        os.path.relpath(os.path.join(OUT, "bin/guichet-pickup"),
                                        ROOT)], check=True)


def fill_vault():
    import base64
    vault = FakeVault()
    for name, key in NAMES.items():
        vault.objects[base64.urlsafe_b64decode(key + "=")] = b"x" * SIZES[name]
    return vault


class Nginx:
    def __init__(self, certificate_folder):
        self.certificates = certificate_folder
        self.port = free_port()

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="guichet-nginx-")
        for name, key in NAMES.items():
            os.makedirs(f"{self.folder}/www/d", exist_ok=True)
            with open(f"{self.folder}/www/d/{key}", "wb") as f:
                f.write(b"x" * SIZES[name])
        with open(f"{self.folder}/www/robots.txt", "wb") as f:
            f.write(b"User-agent: *\nDisallow: /\n")
        with open(f"{self.folder}/conf", "w", encoding="ascii") as f:
            f.write(NGINX.format(f=self.folder, c=self.certificates, port=self.port))
        self.process = subprocess.Popen(["/usr/sbin/nginx", "-c", f"{self.folder}/conf",
                                         "-p", self.folder])
        time.sleep(0.5)
        children = f"/proc/{self.process.pid}/task/{self.process.pid}/children"
        self.worker = int(open(children, encoding="ascii").read().split()[0])
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def cpu_s(pid):
    """CPU time of a process's one thread, as the scheduler counts it; where
    that is not to be had, utime + stime of /proc/<pid>/stat."""
    try:
        nanoseconds = int(open(f"/proc/{pid}/schedstat", encoding="ascii").read().split()[0])
        if nanoseconds > 0:
            return nanoseconds / 1e9
    except OSError:
        pass
    fields = open(f"/proc/{pid}/stat", encoding="ascii").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def pss_kb(pid):
    for line in open(f"/proc/{pid}/smaps_rollup", encoding="ascii"):
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0


def cpu_of(pid, port, mode, count, threads, path):
    """Microseconds of the server's CPU per operation."""
    before = cpu_s(pid)
    subprocess.run([LOAD, str(port), mode, str(count), str(threads), path], check=True)
    return (cpu_s(pid) - before) / count * 1e6


def median_and_spread(values):
    return statistics.median(values), min(values), max(values)
