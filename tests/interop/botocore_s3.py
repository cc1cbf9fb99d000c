#!/usr/bin/python3
"""What the courier sends an S3 store, beside botocore: the same request is signed
with the same signature, and the bodies that set a bucket up say the same as
botocore's serializer would.

TAP on standard output; --out FOLDER of the build.
"""
import base64
import datetime
import hashlib
import os
import subprocess
import sys
from unittest import mock
from xml.etree import ElementTree

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration"))
import botocore.auth                                                   # noqa: E402
import botocore.session                                                # noqa: E402
from botocore.awsrequest import AWSRequest                             # noqa: E402
from botocore.credentials import Credentials                           # noqa: E402
from tap import main, ok                                               # noqa: E402

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
TOOL = os.path.join(os.environ.get("GUICHET_OUT", os.path.join(ROOT, "build", "x86_64")),
                    "tests", "interop", "request_tool")
KEY, SECRET, NOW = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", 1767312000
OBJECT = "d/" + "Ab-_" * 10 + "xyz"
VERBS = ("PUT", "HEAD", "GET", "DELETE", "CONTAINER_HEAD", "CONTAINER_MAKE", "LIFECYCLE_GET",
         "LIFECYCLE_SET", "CORS_GET", "CORS_SET", "VERSIONING_GET", "POLICY_GET", "POLICY_SET")
PLACES = (("https://s3.fr-par.example", "labo-1", "path", "fr-par"),
          ("https://s3.fr-par.example", "labo-1", "virtual-host", "fr-par"),
          ("https://store.example:8443", "a.b", "path", ""),
          ("https://store.example/base", "labo-1", "path", "us-east-1"))


def ours(place, verb):
    text = subprocess.run([TOOL, *place, KEY, SECRET, str(NOW), verb, OBJECT], check=True,
                          capture_output=True).stdout
    head, body = text.split(b"\r\n\r\n", 1)
    line, *rest = head.decode().split("\r\n")
    method, target = line.split(" ")
    return method, target, dict(h.split(": ", 1) for h in rest), body


def theirs(method, target, headers, region):
    """botocore's Authorization for the same headers."""
    plain = {k: v for k, v in headers.items()
             if k not in ("Authorization", "x-amz-date", "x-amz-content-sha256")}
    request = AWSRequest(method=method, url=f"https://{headers['Host']}{target}", headers=plain)
    signer = botocore.auth.S3SigV4Auth(Credentials(KEY, SECRET), "s3", region)
    at = datetime.datetime.utcfromtimestamp(NOW)
    with mock.patch("botocore.auth.datetime.datetime") as clock, \
            mock.patch.object(signer, "payload",
                              lambda request: headers["x-amz-content-sha256"]):
        clock.utcnow.return_value = at
        signer.add_auth(request)
    return request.headers


def test_signatures():
    for place in PLACES:
        for verb in VERBS:
            method, target, headers, body = ours(place, verb)
            them = theirs(method, target, headers, place[3] or "us-east-1")
            digest = hashlib.sha256(body).hexdigest()
            ok(them["Authorization"] == headers["Authorization"]
               and them["X-Amz-Date"] == headers["x-amz-date"]
               and headers["x-amz-content-sha256"] == digest,
               f"{verb} at {place[0]}, {place[2]} style: botocore signs the same",
               f"{headers}\n{them['Authorization']}")


def shape(text):
    """XML as nested lists, without name spaces and order of attributes."""
    def of(e):
        return (e.tag.split("}")[-1], (e.text or "").strip(), [of(c) for c in e])
    return of(ElementTree.fromstring(text))


def botocore_request(operation, **parameters):
    client = botocore.session.get_session().create_client(
        "s3", region_name="fr-par", endpoint_url="https://s3.fr-par.example",
        aws_access_key_id=KEY, aws_secret_access_key=SECRET)
    sent = []

    def stop(request, **_):
        sent.append(request)
        raise StopIteration
    client.meta.events.register("before-send", stop)
    try:
        getattr(client, operation)(Bucket="labo-1", **parameters)
    except StopIteration:
        pass
    return sent[0]


def rule(prefix, days):
    return {"ID": f"guichet-{prefix}", "Filter": {"Prefix": prefix + "/"}, "Status": "Enabled",
            "Expiration": {"Days": days}}


SERIALIZED = (
    ("CONTAINER_MAKE", "create_bucket",
     {"CreateBucketConfiguration": {"LocationConstraint": "fr-par"}}),
    ("LIFECYCLE_SET", "put_bucket_lifecycle_configuration",
     {"LifecycleConfiguration": {"Rules": [rule("d", 31), rule("i", 396)]}}),
    ("CORS_SET", "put_bucket_cors", {"CORSConfiguration": {"CORSRules": [{
        "AllowedHeaders": ["*"], "AllowedMethods": ["GET", "HEAD"], "AllowedOrigins": ["*"],
        "ExposeHeaders": ["Date", "ETag"], "MaxAgeSeconds": 86400}]}}),
)


def ordered(tree):
    return (tree[0], tree[1], sorted((ordered(c) for c in tree[2]), key=repr))


def test_bodies():
    for verb, operation, parameters in SERIALIZED:
        method, target, headers, body = ours(PLACES[0], verb)
        them = botocore_request(operation, **parameters)
        ok(ordered(shape(body)) == ordered(shape(them.body)),
           f"{verb}: botocore's serializer says the same", f"{body}\n{them.body}")
        ok(method == them.method and them.url.endswith(target.rstrip("=")),
           f"{verb}: at the same place", f"{target} {them.url}")
        digest = base64.b64encode(hashlib.md5(body).digest()).decode()
        ok(headers["content-md5"] == digest, f"{verb}: Content-MD5 is of the body")


if __name__ == "__main__":
    main(test_signatures, test_bodies)
