#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What runs out: room for files, descriptors, threads, patience. The server says so, answers again
when it is over, and has lost nothing that it acknowledged.

The limits are the kernel's own (prlimit on the running server), which needs no privileges: a file
that may not grow is what a full disk is to a database.
"""
import json
import os
import resource
import socket
import tempfile
import time

import client
import tap
from stores import Store

GIB = 1 << 30
ANSWER_SECONDS = 30


class Case:
    """A server on a store of its own, and ann."""

    def __enter__(self):
        self.place = tempfile.TemporaryDirectory(prefix="clew-limits-")
        self.store = Store.make(self.place.name + "/data")
        self.server = self.store.server()
        self.session = self.store.made["ann"]
        self.csrf = self.server.get("/api/v1/session", session=self.session).json["csrf_token"]
        self.known = []
        return self

    def __exit__(self, kind, *_):
        log, status = self.server.log(), self.server.stop()
        try:
            if kind is None:
                assert status == 0, f"{status}: {log[-3000:]}"
                found = json.loads(self.store.clewd("check", "--json", "--quiet").stdout)
                assert found["sound"], found["faults"]
                rows = self.store.tables()["case_file"]
                assert all(f"'{number}'" in rows for number in self.known)
        finally:
            self.place.cleanup()

    def open_case(self, number, title="title"):
        reply = self.server.post("/api/v1/cases", {"number": number, "scheme": "vics-us",
                                                   "title": title},
                                 session=self.session, csrf=self.csrf)
        if reply.status == 201:
            self.known.append(number)
        return reply

    def limit(self, which, soft):
        pid = self.server.process.pid
        hard = resource.prlimit(pid, which)[1]
        resource.prlimit(pid, which, (hard if soft is None else soft, hard))

    def answers_again(self):
        end = time.monotonic() + ANSWER_SECONDS
        while time.monotonic() < end:
            try:
                if self.open_case(f"again-{time.monotonic_ns()}").status == 201:
                    return
            except OSError:
                pass
            time.sleep(0.1)
        raise AssertionError("it does not answer again: " + self.server.log()[-2000:])


def test_a_full_disk_is_said_and_nothing_acknowledged_is_lost():
    with Case() as case:
        assert case.open_case("before").status == 201
        wal = (case.store.data / "clew.db-wal").stat().st_size
        case.limit(resource.RLIMIT_FSIZE, wal + 40000)
        refused = None
        for number in range(200):
            reply = case.open_case(f"full-{number}", "t" * 200)
            if reply.status != 201:
                refused = reply
                break
        assert refused is not None and refused.status >= 500, refused
        assert case.server.get("/api/v1/cases", session=case.session).status == 200
        case.limit(resource.RLIMIT_FSIZE, None)
        case.answers_again()


def test_without_descriptors_it_waits_and_comes_back():
    with Case() as case:
        used = len(os.listdir(f"/proc/{case.server.process.pid}/fd"))
        case.limit(resource.RLIMIT_NOFILE, used + 3)
        links = []
        for _ in range(40):
            link = socket.socket()
            link.settimeout(2)
            try:
                link.connect((case.server.host, case.server.port))
                links.append(link)
            except OSError:
                link.close()
        time.sleep(1)
        assert case.server.process.poll() is None
        for link in links:
            link.close()
        case.limit(resource.RLIMIT_NOFILE, None)
        case.answers_again()


def test_more_connections_than_there_are_threads_for_do_no_harm():
    with Case() as case:
        links = []
        for _ in range(300):
            link = socket.create_connection((case.server.host, case.server.port), timeout=5)
            try:
                link.sendall(b"GET /api/v1/health HTTP/1.1\r\nHost: x\r\nX-Slow: ")
            except OSError:
                pass
            links.append(link)
        assert len(os.listdir(f"/proc/{case.server.process.pid}/task")) < 300
        for link in links:
            link.close()
        case.answers_again()


def test_slow_clients_do_not_hold_up_others():
    with Case() as case:
        links = [socket.create_connection((case.server.host, case.server.port), timeout=60)
                 for _ in range(40)]
        head = (f"POST /api/v1/cases HTTP/1.1\r\nHost: {case.server.host_header()}\r\n"
                "Content-Type: application/json\r\nContent-Length: 900\r\n\r\n{").encode()
        for link in links:
            link.sendall(head[:60])
        for number in range(5):
            began = time.monotonic()
            assert case.open_case(f"beside-{number}").status == 201
            assert time.monotonic() - began < 5
            for link in links:
                try:
                    link.sendall(head[60 + number:61 + number])
                except OSError:
                    pass
        for link in links:
            link.close()


def test_a_body_of_a_gigabyte_is_refused_before_it_is_there():
    with Case() as case:
        before = case.server.resident_bytes()
        for framing in (f"Content-Length: {GIB}", "Transfer-Encoding: chunked"):
            head = (f"POST /api/v1/cases HTTP/1.1\r\nHost: {case.server.host_header()}\r\n"
                    f"Cookie: clew-session={case.session}\r\nX-CSRF-Token: {case.csrf}\r\n"
                    f"Content-Type: application/json\r\n{framing}\r\n\r\n").encode()
            with socket.create_connection((case.server.host, case.server.port), timeout=60) as link:
                link.sendall(head)
                sent, block = 0, b" " * 65536
                part = b"10000\r\n" + block + b"\r\n" if "chunked" in framing else block
                try:
                    while sent < GIB:
                        link.sendall(part)
                        sent += len(block)
                except OSError:
                    pass
                assert sent < GIB // 4, f"{framing}: it took {sent} bytes"
        assert case.server.resident_bytes() - before < 64 << 20
        case.answers_again()


if __name__ == "__main__":
    tap.main(globals())
