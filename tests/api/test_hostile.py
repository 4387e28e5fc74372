#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Requests that want to harm: malformed, oversized, slow, for another server, from other pages."""
import os
import socket
import threading
import time

import client
import tap

TOKEN = b"Authorization: Bearer token-reviewer\r\n"
HEADER_SECONDS = 20  # LIMIT_API_HEADERS_MS
BODY_SECONDS = 30    # LIMIT_API_BODY_MS
GIGABYTE = 1 << 30


def request(line, *headers, body=b"", host=None):
    host = host or SERVER.host_header()
    return b"\r\n".join([line, b"Host: " + host.encode(), b"Connection: close", *headers, b"", body])


def status(data, **options):
    return client.status_of(SERVER.raw(data, **options))


def alive():
    assert SERVER.get("/api/v1/health").status == 200


def post(body, *headers, length=None, path=b"/api/v1/try/echo"):
    length = len(body) if length is None else length
    return request(b"POST " + path + b" HTTP/1.1", TOKEN.strip(),
                   b"Content-Type: application/json", b"Content-Length: %d" % length, *headers,
                   body=body)


# ---- Names and origins ----

def test_other_hosts_are_refused():
    for host in ("evil.example", f"evil.example:{SERVER.port}", f"localhost.evil:{SERVER.port}",
                 "127.0.0.1", f"127.0.0.1:{SERVER.port + 1}"):
        assert SERVER.get("/api/v1/health", headers={"Host": host}).status == 421, host
        assert SERVER.get("/", headers={"Host": host}).status == 421, host
    assert SERVER.get("/api/v1/health", headers={"Host": f"localhost:{SERVER.port}"}).status == 200
    line = b"GET /api/v1/health HTTP/1.1\r\n"
    assert status(line + b"Connection: close\r\n\r\n") == 400
    for more in (b"Host: a\r\n", b"host: 127.0.0.1\r\n"):
        assert status(line + b"Host: " + SERVER.host_header().encode() + b"\r\n" + more +
                      b"Connection: close\r\n\r\n") == 400
    assert status(b"GET /api/v1/health HTTP/1.0\r\n\r\n") == 400


def test_other_origins_are_refused():
    for origin in ("http://evil.example", "null", "https://" + SERVER.host_header(),
                   f"http://localhost:{SERVER.port}", "http://127.0.0.1"):
        reply = SERVER.post("/api/v1/try/echo", {"text": "a"}, token="token-reviewer",
                            headers={"Origin": origin})
        assert reply.status == 403, origin
    for site, wanted in (("cross-site", 403), ("same-site", 403), ("same-origin", 200),
                         ("none", 200)):
        assert SERVER.get("/api/v1/session", token="token-reviewer",
                          headers={"Sec-Fetch-Site": site}).status == wanted, site
    assert SERVER.get("/", headers={"Sec-Fetch-Site": "cross-site"}).status == 200
    assert SERVER.get("/api/v1/session", token="token-reviewer",
                      headers={"Origin": "http://" + SERVER.host_header()}).status == 200


def test_forwarded_headers_of_strangers_change_nothing():
    forged = {"X-Forwarded-For": "203.0.113.5", "X-Forwarded-Host": "evil.example",
              "X-Forwarded-Proto": "https", "Forwarded": "for=203.0.113.5"}
    reply = SERVER.get("/api/v1/health", headers=forged)
    assert reply.status == 200 and "strict-transport-security" not in reply.headers


# ---- Form ----

def test_targets_that_hide_something_are_refused():
    for target in (b"/api/v1/../v1/health", b"/api/v1/%2e%2e/health", b"/api/v1%2fhealth",
                   b"//api/v1/health", b"/api/v1/health%00", b"/api/v1/health?x=%ff", b"*",
                   b"http://127.0.0.1/api/v1/health", b"/api\\v1", b"/api/v1/health#x",
                   b"/api/v1/he\xffalth", b"api/v1/health", b"/api/v1/health?x"):
        got = status(request(b"GET " + target + b" HTTP/1.1"))
        assert got == 400, (target, got)
    assert status(request(b"GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1")) == 400
    assert status(request(b"GET /../../etc/passwd HTTP/1.1")) == 400


def test_methods_that_are_none_are_refused():
    for method in (b"TRACE", b"CONNECT", b"PROPFIND", b"get", b"X" * 300):
        got = status(request(method + b" /api/v1/health HTTP/1.1"))
        assert got == 405, (method, got)
        assert status(request(method + b" / HTTP/1.1")) == 405


def test_requests_that_are_no_http_are_refused():
    for data in (b"\r\n\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00", b"GET\r\n\r\n",
                 b"GET / HTTP/9.9\r\n\r\n", b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
                 b"\x00" * 1000, os.urandom(4000) + b"\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"):
        assert status(data, half_close=True) in (0, 400, 405, 421, 505), data[:30]
    alive()


def test_headers_beyond_the_limit_are_refused():
    for data in (request(b"GET /" + b"a" * 100000 + b" HTTP/1.1"),
                 request(b"GET / HTTP/1.1", b"X: " + b"a" * 100000),
                 request(b"GET / HTTP/1.1", *[b"X-%d: 1" % i for i in range(20000)])):
        assert status(data) in (0, 400, 413, 414, 431), data[:30]
    assert status(request(b"GET /" + b"a" * 9000 + b" HTTP/1.1")) == 414
    alive()


def test_pipelined_requests_are_answered_in_order():
    one = b"GET /api/v1/health HTTP/1.1\r\nHost: " + SERVER.host_header().encode() + b"\r\n\r\n"
    got = SERVER.raw(one * 20 + request(b"GET /api/v1/none HTTP/1.1"))
    assert got.count(b"HTTP/1.1 200 ") == 20 and got.count(b"HTTP/1.1 404 ") == 1
    assert got.rindex(b"HTTP/1.1 200") < got.index(b"HTTP/1.1 404")


def test_a_refused_body_is_not_taken_for_the_next_request():
    hidden = request(b"GET /api/v1/health HTTP/1.1")
    got = SERVER.raw(request(b"POST /api/v1/none HTTP/1.1", b"Content-Length: %d" % len(hidden),
                             body=hidden).replace(b"Connection: close\r\n", b"", 1))
    assert got.count(b"HTTP/1.1 ") == 1 and client.status_of(got) == 404, got


def test_bodies_without_a_length_are_refused():
    chunked = (b"Transfer-Encoding: chunked", b"Content-Type: application/json", TOKEN.strip())
    line = b"POST /api/v1/try/echo HTTP/1.1"
    for body in (b"b\r\n{\"text\":\"a\"\r\n0\r\n\r\n", b"zz\r\n", b"ffffffffffffffffff\r\nx", b"-1\r\nx",
                 b"1\r\nxx\r\n"):
        assert status(request(line, *chunked, body=body)) in (400, 411), body
    assert status(request(line, *chunked, b"Content-Length: 5", body=b"0\r\n\r\n")) in (400, 411)
    assert status(request(line, b"Transfer-Encoding: gzip", TOKEN.strip())) in (400, 411)


def test_chunks_without_end_are_cut_at_once():
    with socket.create_connection((SERVER.host, SERVER.port), timeout=30) as link:
        link.sendall(request(b"POST /api/v1/try/echo HTTP/1.1", b"Transfer-Encoding: chunked",
                             TOKEN.strip()))
        began = time.monotonic()
        try:
            while time.monotonic() - began < 25:
                link.sendall(b"400\r\n" + b"x" * 1024 + b"\r\n")
        except OSError:
            pass
        assert time.monotonic() - began < 20, "it took chunks without end"
    alive()


def test_lengths_that_are_none_are_refused():
    for length in (b"-1", b"+5", b"5 5", b"0x5", b"99999999999999999999999", b"abc", b"5, 5", b"05"):
        got = status(request(b"POST /api/v1/try/echo HTTP/1.1", b"Content-Length: " + length,
                             TOKEN.strip(), b"Content-Type: application/json", body=b"{\"t\":1}"))
        assert got in (0, 400, 413), (length, got)
    got = status(post(b'{"text":"a"}', b"Content-Length: 3"))
    assert got in (0, 400), got
    alive()


# ---- JSON ----

def test_malformed_json_is_refused():
    refused = {
        "duplicate key": b'{"text":"a","text":"b"}', "bad UTF-8": b'{"text":"\xff\xfe"}',
        "trailing comma": b'{"text":"a",}', "1e999": b'{"text":1e999}',
        "NUL": b'{"text":"\\u0000"}', "leading zero": b'{"text":[01]}', "NaN": b'{"text":NaN}',
        "trailing text": b'{"text":"a"} x', "nesting": b'{"text":' + b"[" * 100000,
        "nothing": b"", "no object": b"[]", "byte order mark": b'\xef\xbb\xbf{"text":"a"}',
        "raw NUL": b'{"text":"a\x00"}', "UTF-16": '{"text":"a"}'.encode("utf-16"),
    }
    for name, body in refused.items():
        reply = SERVER.post("/api/v1/try/echo", body, token="token-reviewer")
        assert reply.status == 400, (name, reply)
    alive()


# ---- Size ----

def test_a_body_over_the_limit_is_refused_before_it_is_read():
    before = SERVER.resident_bytes()
    for length in (GIGABYTE, (1 << 20) + 1, 1 << 59):
        began = time.monotonic()
        assert status(post(b'{"text":"', length=length)) == 413, length
        assert time.monotonic() - began < 10
    assert SERVER.resident_bytes() - before < 64 << 20


def test_a_gigabyte_that_is_sent_anyway_takes_no_memory():
    before = SERVER.resident_bytes()
    with socket.create_connection((SERVER.host, SERVER.port), timeout=30) as link:
        sent, block = 0, b"x" * (1 << 20)
        try:
            link.sendall(post(b"", length=GIGABYTE))
            while sent < GIGABYTE:
                link.sendall(block)
                sent += len(block)
        except OSError:
            pass
    assert sent < GIGABYTE, "it read all of it"
    assert SERVER.resident_bytes() - before < 64 << 20
    alive()


def test_a_client_that_waits_to_be_asked_is_not_asked_for_what_is_refused():
    got = SERVER.raw(post(b"", b"Expect: 100-continue", length=GIGABYTE))
    assert client.status_of(got) == 413 and b"100 Continue" not in got


# ---- Time ----

def drip(data, seconds, every=1.0):
    """How long the server let these bytes drip in, at most so many seconds."""
    with socket.create_connection((SERVER.host, SERVER.port), timeout=seconds) as link:
        began = time.monotonic()
        try:
            for i in range(int(seconds / every)):
                link.sendall(data[i % len(data):i % len(data) + 1])
                link.settimeout(every)
                try:
                    if link.recv(1) == b"":
                        break
                except TimeoutError:
                    pass
        except OSError:
            pass
        return time.monotonic() - began


def test_slow_headers_and_bodies_are_cut_and_others_go_on():
    took = {}
    head = request(b"GET /api/v1/health HTTP/1.1").rstrip()

    def slow_headers(name, data):
        took[name] = drip(data, HEADER_SECONDS + 15)

    def slow_body():
        with socket.create_connection((SERVER.host, SERVER.port), timeout=60) as link:
            link.sendall(post(b"", length=10000))
            began = time.monotonic()
            try:
                while time.monotonic() - began < BODY_SECONDS + 15:
                    link.sendall(b" ")
                    time.sleep(1)
            except OSError:
                pass
            took["body"] = time.monotonic() - began

    threads = [threading.Thread(target=slow_headers, args=("line", b"G" + b"E" * 500)),
               threading.Thread(target=slow_headers, args=("headers", head + b"\r\nX: " + b"a" * 99)),
               threading.Thread(target=slow_body)]
    threads += [threading.Thread(target=slow_headers, args=(i, b"a" * 500)) for i in range(40)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        began = time.monotonic()
        alive()
        assert time.monotonic() - began < 3, "slow clients slow others down"
        time.sleep(1)
    for name, seconds in took.items():
        limit = (BODY_SECONDS if name == "body" else HEADER_SECONDS) + 6
        assert seconds < limit, f"{name}: {seconds:.0f} s"


def test_one_address_has_a_bounded_number_of_connections():
    links = []
    try:
        for _ in range(150):
            link = socket.create_connection((SERVER.host, SERVER.port), timeout=5)
            links.append(link)
        time.sleep(1)
        tasks = len(list(client.Path(f"/proc/{SERVER.process.pid}/task").iterdir()))
        assert tasks < 64 + 20, f"{tasks} threads"
    finally:
        for link in links:
            link.close()
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            alive()
            return
        except OSError:
            time.sleep(0.2)
    alive()


def test_nothing_of_this_was_a_fault_of_the_server():
    tap.fail_with(line for line in SERVER.log().splitlines() if " 500 " in line or "ERROR" in line)


if __name__ == "__main__":
    with client.double() as SERVER:
        try:
            tap.main(globals())
        except SystemExit as done:
            tap_error = done
    raise tap_error
