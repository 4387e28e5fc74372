#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""clewd as a program: how it starts, what it refuses, how it ends, and the desk's files."""
import gzip
import http.client
import os
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import client
import tap


def refused(*arguments, folder=None):
    """The sentence with which clewd refuses to start."""
    with tempfile.TemporaryDirectory() as own:
        data = folder or os.path.join(own, "data")
        done = subprocess.run([client.CLEWD, "--data", data, *arguments], text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
    assert done.returncode == 2, f"{arguments}: status {done.returncode}"
    assert done.stdout == "" and done.stderr.startswith("clewd: "), done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr


def test_it_starts_without_accounts_and_answers_strangers_only():
    with client.Server() as server:
        assert server.get("/api/v1/health").json == {"status": "ok"}
        assert server.get("/api/v1/session").status == 401
        assert server.get("/api/v1/schemes").status == 401
        assert server.get("/").type == "text/html"


def test_its_data_folder_is_private():
    with client.Server() as server:
        assert server.data.stat().st_mode & 0o777 == 0o700
        for path in server.data.rglob("*"):
            assert path.stat().st_mode & 0o077 == 0, path
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        assert "chmod 700" in refused("--listen", "127.0.0.1:0", folder=folder)


def test_addresses_that_others_reach_need_a_proxy():
    for listen in ("0.0.0.0:0", "192.0.2.1:8600", "[::]:0"):
        assert "--behind-tls-proxy" in refused("--listen", listen)
    for listen in ("", "8600", "localhost", "localhost:", "example.org:80", "127.0.0.1:99999", "::1:80"):
        assert "no address to listen on" in refused("--listen", listen)


def test_a_port_that_is_taken_is_said():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert f"127.0.0.1:{port}: another program" in refused("--listen", f"127.0.0.1:{port}")


def test_options_that_are_wrong_are_said():
    assert "--behind-tls-proxy" in refused("--listen", "127.0.0.1:0", "--proxy", "192.0.2.1")
    assert "no name of a host" in refused("--listen", "127.0.0.1:0", "--host", "http://a")
    assert "no address of a proxy" in refused("--listen", "127.0.0.1:0", "--behind-tls-proxy",
                                              "--proxy", "proxy.example")
    assert "is no folder" in refused("--listen", "127.0.0.1:0", "--desk", "/nonexistent")
    assert "--evidence-root" in refused("--listen", "127.0.0.1:0", "--evidence-root", "relative")


def test_names_can_be_added():
    with client.Server("--host", "clew.example") as server:
        named = {"Host": f"clew.example:{server.port}"}
        assert server.get("/api/v1/health", headers=named).status == 200


def test_it_stops_when_it_is_told_to():
    with client.Server() as server:
        idle = http.client.HTTPConnection(server.host, server.port)
        idle.request("GET", "/api/v1/health")
        idle.getresponse().read()
        began = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - began < 5, "it waited for an idle connection"
        idle.close()


def test_quiet_means_no_line_for_a_request():
    with client.Server("--quiet") as server:
        server.get("/api/v1/health")
        assert server.log() == "", server.log()


def test_the_desk_is_served_from_its_folder_only():
    with tempfile.TemporaryDirectory() as folder:
        desk = Path(folder, "desk")
        (desk / "assets").mkdir(parents=True)
        Path(folder, "secret.txt").write_text("secret", encoding="ascii")
        (desk / "index.html").write_text("<!doctype html><title>desk</title>", encoding="ascii")
        (desk / "assets" / "desk-0123abcd.js").write_text("1;", encoding="ascii")
        (desk / "assets" / "desk-0123abcd.js.gz").write_bytes(gzip.compress(b"1;"))
        (desk / ".hidden.txt").write_text("hidden", encoding="ascii")
        (desk / "link.txt").symlink_to("../secret.txt")
        with client.Server("--desk", str(desk)) as server:
            for path in ("/", "/cases/7", "/index.html"):
                page = server.get(path)
                assert page.status == 200 and b"<title>desk" in page.body
                assert page.headers["cache-control"] == "no-cache"
            script = server.get("/assets/desk-0123abcd.js")
            assert script.type == "text/javascript" and "immutable" in script.headers["cache-control"]
            again = server.get("/assets/desk-0123abcd.js",
                               headers={"If-None-Match": script.headers["etag"]})
            assert again.status == 304 and again.body == b""
            assert server.request("HEAD", "/index.html").headers["content-length"] == "34"
            coded = server.get("/assets/desk-0123abcd.js", headers={"Accept-Encoding": "gzip, br"})
            assert gzip.decompress(coded.body) == b"1;" and coded.type == "text/javascript"
            assert coded.headers["content-encoding"] == "gzip"
            assert coded.headers["etag"] != script.headers["etag"]
            assert coded.headers["cache-control"] == script.headers["cache-control"]
            assert coded.headers["vary"] == script.headers["vary"] == "Accept-Encoding"
            assert "content-encoding" not in script.headers and "vary" not in page.headers
            for etag, status in ((coded.headers["etag"], 304), (script.headers["etag"], 200)):
                again = server.get("/assets/desk-0123abcd.js",
                                   headers={"Accept-Encoding": "gzip", "If-None-Match": etag})
                assert again.status == status, etag
            assert server.get("/assets/desk-0123abcd.js.gz").status == 404
            for path in ("/link.txt", "/.hidden.txt", "/none.js", "/assets/../../secret.txt",
                         "/%2e%2e/secret.txt", "/assets%2f..%2f..%2fsecret.txt"):
                assert server.get(path).status in (400, 404), path
            assert server.request("POST", "/index.html", b"x").status == 405


def policy(reply):
    return sorted(part.strip() for part in reply.headers["content-security-policy"].split(";"))


def test_pages_may_run_the_desk_and_replies_of_the_api_nothing():
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "index.html").write_text("<!doctype html>", encoding="ascii")
        with client.Server("--desk", folder) as server:
            page = server.get("/")
            assert policy(page) == sorted([
                "default-src 'none'", "script-src 'self'", "style-src 'self'",
                "img-src 'self' blob:", "connect-src 'self'", "font-src 'self'", "base-uri 'none'",
                "form-action 'none'", "frame-ancestors 'none'",
                "require-trusted-types-for 'script'", "trusted-types 'none'"])
            for feature in ("camera", "microphone", "geolocation", "display-capture", "usb"):
                assert f"{feature}=()" in page.headers["permissions-policy"], feature
            for path in ("/api/v1/health", "/api/v1/session", "/none.js"):
                assert policy(server.get(path)) == sorted([
                    "default-src 'none'", "base-uri 'none'", "form-action 'none'",
                    "frame-ancestors 'none'"]), path


if __name__ == "__main__":
    tap.main(globals())
