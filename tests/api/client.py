# SPDX-License-Identifier: Apache-2.0
"""A server for one test, and a client that checks every reply against api/openapi.yaml.

    with Server() as server:                       # clewd with a data folder of its own
        reply = server.get("/api/v1/health")
        assert reply.status == 200 and reply.json == {"status": "ok"}
"""
import http.client
import json
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import jsonschema
import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "cli"))
import people  # noqa: E402  pylint: disable=wrong-import-position
import tap  # noqa: E402  pylint: disable=wrong-import-position

CLEWD = tap.BUILD / "src" / "apps" / "clewd" / "clewd"
DOUBLE = tap.BUILD / "tests" / "api" / "double_server"
START_SECONDS = 60
STOP_SECONDS = 30
API = yaml.safe_load((tap.SOURCE / "api" / "openapi.yaml").read_text(encoding="utf-8"))
METHODS = ("get", "post", "put", "patch", "delete")

# Headers that every reply of our own making has.
FIXED = {
    "x-content-type-options": "nosniff", "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin", "cross-origin-resource-policy": "same-origin",
}


def operations():
    """(method, path, operation) of every operation in the description."""
    for path, item in API["paths"].items():
        for method in METHODS:
            if method in item:
                yield method.upper(), path, item[method]


def resolve(node):
    """What a $ref of the description stands for."""
    while "$ref" in node:
        found = API
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        node = found
    return node


def operation_of(method, path):
    """The operation for a request, or None."""
    method = "GET" if method == "HEAD" else method
    for known_method, template, operation in operations():
        pattern = re.sub(r"\\\{[a-z_]+\\\}", "[^/]+", re.escape(template))
        if method == known_method and re.fullmatch(pattern, path):
            return operation
    return None


def check_schema(schema, value):
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema",
             "components": API["components"], **schema}
    jsonschema.Draft202012Validator(whole).validate(value)


class Reply:
    """Status, headers (names in lower case), body, and the JSON in it."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body
        self.type = headers.get("content-type", "").split(";")[0]
        self.json = json.loads(body) if body and self.type.endswith("json") else None

    def __repr__(self):
        return f"{self.status} {self.body[:300]!r}"


def check_reply(method, path, reply):
    """Raises unless the reply is one that the description allows and has the headers it must."""
    for name, value in FIXED.items():
        assert reply.headers.get(name) == value, f"{name}: {reply.headers.get(name)}"
    assert "default-src 'none'" in reply.headers["content-security-policy"]
    if path.startswith("/api"):
        assert reply.headers["cache-control"] == "no-store", reply.headers["cache-control"]
    if reply.status >= 400:
        assert reply.type == "application/problem+json", f"{reply.status} as {reply.type}"
        if method != "HEAD":
            check_schema({"$ref": "#/components/schemas/Problem"}, reply.json)
            assert reply.json["status"] == reply.status
        return
    operation = operation_of(method, path.split("?")[0])
    if operation is None or method == "HEAD" or reply.status == 304:
        return
    described = operation["responses"].get(str(reply.status))
    assert described is not None, f"{operation['operationId']} gave {reply.status}"
    content = resolve(described).get("content")
    if content is None:
        assert reply.body == b""
        return
    assert reply.type in content, f"{operation['operationId']} gave {reply.type}"
    if reply.json is not None:
        check_schema(content[reply.type]["schema"], reply.json)


class Server:
    """A running server. `program` None: clewd; else double_server's path."""

    def __init__(self, *arguments, program=CLEWD, data=None):
        self.folder = Path(tempfile.mkdtemp(prefix="clew-api-"))
        self.data = Path(data) if data else self.folder / "data"
        self.data.mkdir(mode=0o700, exist_ok=True)
        own = [program, "--data", self.data, "--listen", "127.0.0.1:0"] \
            if program == CLEWD else [program, self.data]
        self.log_path = self.folder / "log"
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen([*own, *arguments], stdout=subprocess.PIPE, stderr=log,
                                            stdin=subprocess.DEVNULL)
        ready, _, _ = select.select([self.process.stdout], [], [], START_SECONDS)
        line = self.process.stdout.readline().decode() if ready else ""
        match = re.search(r"listening on http://(\S+):(\d+)", line)
        if not match:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"the server did not start: {line} {self.log()}")
        self.host, self.port = match[1], int(match[2])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        status = self.stop()
        log = self.log()
        shutil.rmtree(self.folder, ignore_errors=True)
        assert status == 0, f"the server ended with {status}: {log[-3000:]}"

    def log(self):
        return self.log_path.read_text(encoding="utf-8", errors="replace")

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()
        finally:
            self.process.stdout.close()

    def resident_bytes(self):
        fields = Path(f"/proc/{self.process.pid}/statm").read_text(encoding="ascii").split()
        return int(fields[1]) * os.sysconf("SC_PAGE_SIZE")

    def people(self):
        """Everybody of people.py, signed in; for a clewd whose data folder is fresh."""
        return people.make(self)

    # ---- Requests ----

    def request(self, method, path, body=None, *, token=None, session=None, csrf="c" * 64,
                headers=None, check=True):
        """`body`: a value for JSON, or bytes as they are."""
        sent = {}
        if body is not None:
            sent["Content-Type"] = "application/json"
        if not isinstance(body, (bytes, type(None))):
            body = json.dumps(body).encode()
        if token:
            sent["Authorization"] = "Bearer " + token
        if session:
            sent["Cookie"] = "clew-session=" + session
            sent["X-CSRF-Token"] = csrf
        sent.update(headers or {})
        connection = http.client.HTTPConnection(self.host, self.port, timeout=60)
        try:
            connection.request(method, path, body, {k: v for k, v in sent.items() if v is not None})
            got = connection.getresponse()
            reply = Reply(got.status, {k.lower(): v for k, v in got.getheaders()}, got.read())
        finally:
            connection.close()
        if check:
            check_reply(method, path, reply)
        return reply

    def get(self, path, **options):
        return self.request("GET", path, **options)

    def post(self, path, body, **options):
        return self.request("POST", path, body, **options)

    def raw(self, data, *, seconds=30, half_close=False):
        """What the server sends for these bytes until it closes the connection."""
        with socket.create_connection((self.host, self.port), timeout=seconds) as link:
            try:
                link.sendall(data)
                if half_close:
                    link.shutdown(socket.SHUT_WR)
            except (BrokenPipeError, ConnectionResetError):
                pass
            return read_all(link, seconds)

    def host_header(self):
        return f"{self.host}:{self.port}"


def read_all(link, seconds):
    got = b""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        link.settimeout(max(0.1, end - time.monotonic()))
        try:
            part = link.recv(65536)
        except (TimeoutError, ConnectionResetError):
            break
        if not part:
            break
        got += part
    return got


def double(*arguments):
    """The server with accounts that everybody knows and with routes to try."""
    return Server(*arguments, program=DOUBLE)


def status_of(raw):
    """The status of a raw reply; 0 when there is none."""
    match = re.match(rb"HTTP/1\.1 (\d{3}) ", raw)
    return int(match[1]) if match else 0
