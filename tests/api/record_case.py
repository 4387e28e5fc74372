# SPDX-License-Identifier: Apache-2.0
"""A server with cases into which a test brings made-up records, and people who are signed in.

ann (investigator and reviewer) and rev (reviewer) work on 26-001, eve of another unit on 26-002; aud
is the auditor of ann's unit and adm its administrator.
"""
import base64
import hashlib
import json
import os
import subprocess

import client
import tap

MAKE = tap.BUILD / "tests" / "api" / "make_account"


def database():
    """Also on PostgreSQL, when the environment gives one."""
    url = os.environ.get("CLEW_TEST_POSTGRES")
    return ["--database", url] if url else []


def hashes(seed):
    """Packed hashes of a picture that is like no other seed's."""
    sections = b""
    for pipeline in (0, 1):
        value = b"".join(hashlib.sha256(f"{seed} {turn}".encode()).digest() for turn in range(8))
        sections += bytes([pipeline, 100]) + value
    return base64.b64encode(sections).decode()


def record(seed, **changes):
    content = f"content {seed}".encode()
    return {
        "path": f"/evidence/picture-{seed}.jpg",
        "locator": [{"file": f"/evidence/picture-{seed}.jpg"}],
        "item_id": hashlib.md5(f"item {seed} {changes.get('path')}".encode()).hexdigest(),
        "parent_id": None, "size_bytes": 1000 + seed, "media_type": "image/jpeg",
        "status": "ok", "reason": None,
        "md5": hashlib.md5(content).hexdigest(), "sha1": hashlib.sha1(content).hexdigest(),
        "sha256": hashlib.sha256(content).hexdigest(),
        "width": 640, "height": 480, "findings": [], "times": {"modified": "2026-01-31T23:59:59Z"},
        "is_media": True, "hashes": hashes(seed), **changes}


def expect(reply, status, code=None, pointer=None):
    assert reply.status == status, reply
    if code:
        assert reply.json["code"] == code, reply
    if pointer is not None:
        assert reply.json["pointer"] == pointer, reply
    return reply.json


class Person:
    def __init__(self, case, name, roles, number=None, unit="north"):
        words = [MAKE, case.server.data, name, roles, unit] + ([number] if number else [])
        made = json.loads(subprocess.run(words, check=True, stdout=subprocess.PIPE).stdout)
        self.server, self.made = case.server, made
        self.case = f"/api/v1/cases/{made['case']}" if number else None

    def request(self, method, path, body=None, token=False, **options):
        who = {"token": self.made["token"]} if token else \
            {"session": self.made["session"], "csrf": self.made["csrf"]}
        return self.server.request(method, path, body, **who, **options)

    def get(self, path):
        return self.request("GET", path)

    def post(self, path, body=None, **options):
        return self.request("POST", path, body, **options)

    def patch(self, path, body, **options):
        return self.request("PATCH", path, body, **options)


class RecordCase:
    def __init__(self, *options):
        self.server = client.Server(*options, *database())
        self.ann = Person(self, "ann", "investigator,reviewer", "26-001")
        self.rev = Person(self, "rev", "reviewer", "26-001")
        self.eve = Person(self, "eve", "investigator,reviewer", "26-002", unit="south")
        self.aud = Person(self, "aud", "auditor")
        self.adm = Person(self, "adm", "administrator")
        self.path = self.ann.case

    def bring(self, *records, evidence="disk 1"):
        body = {"evidence": evidence, "root": "/evidence", "records": list(records)}
        return expect(self.ann.post(self.path + "/records", body, token=True), 200)


def check_doors(case, method, path, body=None):
    """No session, a stranger to the case, a role without it (given by the caller)."""
    expect(case.server.request(method, case.path + path, body), 401)
    expect(case.eve.request(method, case.path + path, body), 404, "not_found")
    expect(case.adm.request(method, case.path + path, body), 403, "denied")
