#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""deploy/: nginx with the configuration as given, in front of clewd; the systemd unit."""
import http.client
import os
import re
import select
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import tap

sys.path.insert(0, str(tap.SOURCE / "tests" / "api"))
import client  # noqa: E402  pylint: disable=wrong-import-position

DEPLOY = tap.SOURCE / "deploy"
NAME = "clew.example"
START_SECONDS = 20


def free_port():
    with socket.socket() as link:
        link.bind(("127.0.0.1", 0))
        return link.getsockname()[1]


def certificate(folder):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                    "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}", "-keyout",
                    f"{folder}/tls.key", "-out", f"{folder}/tls.crt"], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class Proxy:
    """nginx with deploy/nginx.conf, its ports and file names replaced."""

    def __init__(self, backend):
        self.folder = tempfile.mkdtemp(prefix="clew-nginx-")
        self.port = free_port()
        certificate(self.folder)
        text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
        text = text.replace("/etc/clew/", self.folder + "/")
        text = text.replace("listen 443 ssl", f"listen 127.0.0.1:{self.port} ssl")
        text = text.replace("127.0.0.1:8600", f"127.0.0.1:{backend}")
        paths = "".join(f"{kind}_temp_path {self.folder}/{kind};\n" for kind in
                        ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        Path(self.folder, "nginx.conf").write_text(
            f"pid {self.folder}/pid;\nerror_log {self.folder}/log;\nworker_processes 1;\n"
            + ("user root;\n" if os.geteuid() == 0 else "")
            + f"daemon off;\nevents {{}}\nhttp {{\n{paths}{text}\n}}\n", encoding="utf-8")
        self.process = subprocess.Popen(
            [nginx(), "-p", self.folder, "-c", f"{self.folder}/nginx.conf"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self.process.poll() is None:
            with socket.socket() as link:
                if link.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise AssertionError(Path(self.folder, "log").read_text(encoding="utf-8"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=START_SECONDS)
        shutil.rmtree(self.folder, ignore_errors=True)

    def link(self):
        context = ssl.create_default_context(cafile=f"{self.folder}/tls.crt")
        raw = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        return context.wrap_socket(raw, server_hostname=NAME)


def nginx():
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if found is None:
        raise tap.Skip("nginx is not installed")
    return found


class Through:
    """The server as clients see it: by the proxy, under its name. Stands in for client.Server."""

    def __init__(self, server, proxy):
        self.data, self.server, self.proxy = server.data, server, proxy

    def request(self, method, path, body=None, *, session=None, csrf=None, headers=None,
                check=True):
        connection = http.client.HTTPConnection(NAME)
        connection.sock = self.proxy.link()
        sent = {"Host": NAME}
        if body is not None:
            sent["Content-Type"] = "application/json"
            body = body if isinstance(body, bytes) else client.json.dumps(body).encode()
        if session:
            sent["Cookie"] = "__Host-clew-session=" + session
            sent["X-CSRF-Token"] = csrf
        sent.update(headers or {})
        connection.request(method, path, body, sent)
        got = connection.getresponse()
        reply = client.Reply(got.status, {k.lower(): v for k, v in got.getheaders()}, got.read())
        connection.close()
        if check:
            client.check_reply(method, path, reply)
        return reply

    def get(self, path, **options):
        return self.request("GET", path, **options)

    def post(self, path, body=None, **options):
        return self.request("POST", path, body, **options)


def behind_proxy(program=client.CLEWD):
    """(server, proxy, the server seen through it)."""
    nginx()
    server = client.Server("--behind-tls-proxy", "--host", NAME) if program == client.CLEWD \
        else client.Server("--behind-tls-proxy", program=program)
    return server, Proxy(server.port)


def test_people_log_in_through_nginx():
    import people  # pylint: disable=import-outside-toplevel
    server, proxy = behind_proxy()
    with server, proxy:
        through = Through(server, proxy)
        root = people.first_administrator(through)
        assert root.get("/api/v1/session").json["name"] == "administrator"
        login = through.post("/api/v1/session", {"name": "administrator", "password": root.password,
                                                 "code": root.code()})
        assert login.status == 201, login
        cookie = login.headers["set-cookie"]
        assert cookie.startswith("__Host-clew-session=") and "; Secure" in cookie
        assert "strict-transport-security" in login.headers


def test_a_wrong_host_is_refused():
    server, proxy = behind_proxy()
    with server, proxy:
        with proxy.link() as link:  # nginx does not know the name
            link.sendall(b"GET /api/v1/health HTTP/1.1\r\nHost: other.example\r\n\r\n")
            assert client.read_all(link, 10) == b""
        direct = server.get("/api/v1/health", headers={"Host": "other.example"})
        assert direct.status == 421, direct
        assert server.get("/api/v1/health", headers={"Host": NAME}).status == 200


def test_what_a_client_says_of_its_address_does_not_count():
    server, proxy = behind_proxy()
    with server, proxy:
        through = Through(server, proxy)
        for _ in range(3):
            through.get("/api/v1/health", headers={"X-Forwarded-For": "203.0.113.9",
                                                   "Forwarded": "for=203.0.113.9"})
        assert "203.0.113.9" not in server.log(), server.log()


def test_a_body_too_large_is_refused_and_the_proxy_keeps_none():
    server, proxy = behind_proxy()
    with server, proxy:
        through = Through(server, proxy)
        # clewd closes once it has refused; nginx may still be sending then, and says so (502).
        reply = through.post("/api/v1/session", b'{"name":"' + b"a" * (2 << 20) + b'"}',
                             check=False)
        assert reply.status in (413, 502), reply
        assert through.get("/api/v1/health").status == 200
        kept = [path for path in Path(proxy.folder).rglob("*") if path.is_file()
                and path.name not in ("nginx.conf", "pid", "log", "tls.key", "tls.crt")]
        assert not kept, kept


def test_events_are_not_held_back():
    """A backend that sends one event and then nothing: it is through at once."""
    with socket.socket() as backend:
        backend.bind(("127.0.0.1", 0))
        backend.listen()
        nginx()
        with Proxy(backend.getsockname()[1]) as proxy, proxy.link() as link:
            link.sendall(f"GET /api/v1/events HTTP/1.1\r\nHost: {NAME}\r\n\r\n".encode())
            peer, _ = backend.accept()
            with peer:
                peer.settimeout(10)
                request = peer.recv(65536).decode()
                assert re.search(r"(?mi)^X-Forwarded-For: 127\.0\.0\.1\r?$", request), request
                peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                             b"Transfer-Encoding: chunked\r\n\r\nd\r\ndata: first\n\n\r\n")
                got, end = b"", time.monotonic() + 5
                while b"data: first" not in got and time.monotonic() < end:
                    if link.pending() or select.select([link], [], [], 0.2)[0]:
                        got += link.recv(65536)
                assert b"data: first" in got, got


def test_the_unit_is_one_that_systemd_takes():
    tool = shutil.which("systemd-analyze")
    if tool is None:
        raise tap.Skip("systemd is not installed")
    with tempfile.TemporaryDirectory() as folder:
        text = (DEPLOY / "clewd.service").read_text(encoding="utf-8")
        unit = Path(folder, "clewd.service")
        unit.write_text(text.replace("/usr/local/sbin/clewd", str(client.CLEWD)), encoding="utf-8")
        done = subprocess.run([tool, "verify", "--man=no", unit], text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
        said = [line for line in done.stdout.splitlines() if "clewd.service" in line]
        assert not said, said
        rated = subprocess.run([tool, "security", "--offline=true", "--no-pager", unit], text=True,
                               check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               timeout=60)
        level = re.search(r"exposure level for \S+: ([0-9.]+)", rated.stdout)
        if level:
            print(f"# systemd-analyze security: {level[1]}")
            assert float(level[1]) < 4, rated.stdout


if __name__ == "__main__":
    tap.main(globals())
