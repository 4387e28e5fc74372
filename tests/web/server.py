#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A clewd with a desk, people and cases, for tests in a browser.

    server.py [--desk FOLDER] [--bare | --lean] [--generated N] [--previews N] [--links NAME…]

Prints one line of JSON and runs until its standard input ends:

    {"url": "http://127.0.0.1:N", "data": FOLDER, "pid": N,
     "people": {"ann": {"session", "csrf", "password", "secret"}, …}, "case": 1, "other": 2}

Without an option: real pictures and a film, scanned into case 26-100 (of two voters; ann, bob and
eve work on it), some of them listed; 26-900 of eve's unit holds a few of the same.

  --bare         nobody yet; "invitation" is that of the first start
  --lean         people, but no scanned case
  --generated N  case 26-200 as well ("generated"; one voter; ann and bob work on it): N pictures that
                 are like no other
  --previews N   the first N of them (all, unless told) can be looked at
  --links NAME   for each person a one-time link that signs in ("links")

Lines on standard input are answered by one line of JSON each:

  age-second-factor NAME   their second factor was given a day ago
  end-session NAME         their session is over
  age-leases               all leases of stacks ended an hour ago
  outage / back            the server is killed / runs again, at the same place
"""
import argparse
import base64
import ctypes
import ctypes.util
import hashlib
import json
import os
import sqlite3
import struct
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "api"))
import client  # noqa: E402  pylint: disable=wrong-import-position
import people  # noqa: E402  pylint: disable=wrong-import-position
import tap  # noqa: E402  pylint: disable=wrong-import-position

API = "/api/v1"
CLEW = tap.BUILD / "src" / "apps" / "clew" / "clew"
MEDIA = Path(os.environ.get("CLEW_TEST_MEDIA", ""))
KNOWN = ("misc-images/c.png", "bridge-mods/blur-a-lot.jpg")
FILM = "chair-orig-22-sd-bar.mp4"
HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US
RECORDS_A_CALL = 1000
PREVIEWS_A_CALL = 64


# ---- The scanned case ----

def clew(server, *words, check=False):
    return subprocess.run([CLEW, "--data", server.data, "--quiet", *words], check=check,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def list_some(server, folder):
    """Sets: two notable photographs, and a film of which another copy was evidence."""
    pictures = [MEDIA / "pdq" / name for name in KNOWN]
    lines = b"".join(clew(server, "hash", "--json", path).stdout for path in pictures)
    prepared = subprocess.run([tap.SOURCE / "demo" / "prepare.py", "list"], input=lines, check=True,
                              stdout=subprocess.PIPE).stdout
    (folder / "known.csv").write_bytes(prepared)
    clew(server, "set", "import", "known", folder / "known.csv", "--kind", "notable", check=True)
    film = clew(server, "hash", "--frames", MEDIA / "video" / FILM).stdout
    (folder / "film.vpdq").write_bytes(film)
    clew(server, "set", "import", "film", folder / "film.vpdq", "--kind", "notable", check=True)


def scanned(server, everybody, folder):
    list_some(server, folder)
    ann, eve = everybody.ann, everybody.eve
    case = ann.open_case("26-100", title="harbour", voters=2)
    for other in (everybody.bob, eve):
        people.good(ann.post(f"{API}/cases/{case}/members", {"account": other.id}))
    other = eve.open_case("26-900", title="earlier work")
    for number, paths in (("26-100", ("pdq", "video")), ("26-900", ("pdq",))):
        chosen = [MEDIA / path for path in paths]
        clew(server, "scan", "--case", number, "--evidence", "disk 1", *chosen)
    return {"case": case, "other": other}


# ---- The generated case ----

def record(seed):
    """A picture that is like no other seed's; a few are large, have findings or another type."""
    content = b"content %d" % seed
    sections = b"".join(
        bytes([pipeline, 100]) + b"".join(hashlib.sha256(b"%d %d" % (seed, turn)).digest()
                                          for turn in range(8)) for pipeline in (0, 1))
    findings = [{"type": "extension_mismatch", "detail": "the name says JPEG"}] if seed % 7 == 0 else []
    return {"path": f"/evidence/{seed // 1000}/picture-{seed}.jpg",
            "locator": [{"file": f"/evidence/{seed // 1000}/picture-{seed}.jpg"}],
            "item_id": hashlib.md5(b"item %d" % seed).hexdigest(), "parent_id": None,
            "size_bytes": 20_000 + seed * 37 % 4_000_000, "status": "ok", "reason": None,
            "media_type": "image/png" if seed % 5 == 0 else "image/jpeg",
            "md5": hashlib.md5(content).hexdigest(), "sha1": hashlib.sha1(content).hexdigest(),
            "sha256": hashlib.sha256(content).hexdigest(), "width": 640, "height": 480,
            "findings": findings, "times": {"modified": "2026-01-31T23:59:59Z"}, "is_media": True,
            "hashes": base64.b64encode(sections).decode()}


class Bits:
    """Entropy-coded bytes of a JPEG."""

    def __init__(self):
        self.value, self.count, self.out = 0, 0, bytearray()

    def put(self, value, count):
        self.value, self.count = self.value << count | value, self.count + count
        while self.count >= 8:
            self.count -= 8
            byte = self.value >> self.count & 255
            self.out += bytes([byte, 0]) if byte == 255 else bytes([byte])
        self.value &= (1 << self.count) - 1

    def end(self):
        if self.count:
            self.put((1 << 8 - self.count) - 1, 8 - self.count)
        return bytes(self.out)


def grey_jpeg(width, height, seed):
    """A baseline JPEG of grey squares, no two seeds alike; about a byte for every four pixels."""
    def segment(mark, body):
        return bytes([0xff, mark]) + struct.pack(">H", len(body) + 2) + body
    # Differences of eight bits always, and 15 coefficients of four bits a square: one code each.
    direct = segment(0xc4, bytes([0x00, 1] + [0] * 15 + [8]))
    other = segment(0xc4, bytes([0x10, 1, 1] + [0] * 14 + [0x04, 0x00]))
    bits, noise, level = Bits(), b"", 0
    for square in range(width // 8 * (height // 8)):
        if len(noise) < 16:
            noise += hashlib.sha512(b"%d %d" % (seed, square)).digest()
        values, noise = noise[:16], noise[16:]
        # The brightness stays in the middle: away from it only in turn.
        step = 128 + values[0] // 4
        step, level = (step, level + step) if level <= 0 else (-step, level - step)
        bits.put(0, 1)
        bits.put(step if step > 0 else step + 255, 8)
        for value in values[1:]:
            bits.put(0, 1)
            bits.put(value & 15, 4)
        bits.put(2, 2)
    return (b"\xff\xd8" + segment(0xdb, bytes([0, 4] + [3] * 63)) +
            segment(0xc0, struct.pack(">BHHB", 8, height, width, 1) + bytes([1, 0x11, 0])) +
            direct + other + segment(0xda, bytes([1, 1, 0, 0, 63, 0])) + bits.end() + b"\xff\xd9")


class Sealer:
    """Sealed boxes of libsodium, to the server's key."""

    def __init__(self, key):
        self.key = bytes.fromhex(key)
        self.sodium = ctypes.CDLL(ctypes.util.find_library("sodium") or "libsodium.so.23")

    def seal(self, plain):
        box = ctypes.create_string_buffer(len(plain) + 48)
        assert self.sodium.crypto_box_seal(box, plain, ctypes.c_ulonglong(len(plain)), self.key) == 0
        return base64.b64encode(box.raw).decode()


def send_previews(server, path, token, seeds):
    sealer = Sealer(people.good(server.get(f"{API}/server-key", token=token))["key"])
    sizes = {"192": (192, 144), "512": (512, 384)}
    # A few are enough: which is whose does not matter.
    drawn = [{kind: grey_jpeg(*at, seed) for kind, at in sizes.items()} for seed in range(5)]
    for first in range(0, len(seeds), PREVIEWS_A_CALL):
        media = [{"sha256": record(seed)["sha256"],
                  "pictures": [{"kind": kind, "width": width, "height": height,
                                "box": sealer.seal(drawn[seed % len(drawn)][kind])}
                               for kind, (width, height) in sizes.items()]}
                 for seed in seeds[first:first + PREVIEWS_A_CALL]]
        people.good(server.request("POST", path + "/previews", {"media": media}, token=token))


def generated(server, everybody, count, previews):
    ann = everybody.ann
    case = ann.open_case("26-200", title="generated")
    people.good(ann.post(f"{API}/cases/{case}/members", {"account": everybody.bob.id}))
    path, token = f"{API}/cases/{case}", ann.token("ingest", case=case)

    def send(first):
        records = [record(seed) for seed in range(first, min(first + RECORDS_A_CALL, count))]
        body = {"evidence": "disk 1", "root": "/evidence", "records": records}
        people.good(server.request("POST", path + "/records", body, token=token))
    send(0) # those that can be looked at come first
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(send, range(RECORDS_A_CALL, count, RECORDS_A_CALL)))
    send_previews(server, path, token, range(min(count, previews)))
    return {"generated": case}


# ---- What a test may ask for ----

class Server(client.Server):
    """Whether replies are as described is for the tests of the API."""

    def request(self, *words, **options):
        return super().request(*words, **{"check": False, **options})


class Host:
    """The server, its people, and a line of JSON for each line that comes in."""

    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.data = folder / "data"
        self.desk = ["--desk", options.desk] if options.desk else []
        self.server = Server(*self.desk, data=self.data)
        self.everybody = None

    def restart(self, *words):
        """At the same place: what a browser has open goes on."""
        place = f"{self.server.host}:{self.server.port}"
        self.server.stop()
        self.server = Server(*self.desk, "--listen", place, *words, data=self.data)

    def begin(self):
        options, said = self.options, {}
        if options.bare:
            said["invitation"] = people.first_invitation(self.server)
        else:
            self.everybody = self.server.people()
            if not options.lean:
                said.update(scanned(self.server, self.everybody, self.folder))
            if options.generated:
                said.update(generated(self.server, self.everybody, options.generated, options.previews))
            said["people"] = {
                name: {"id": one.id, "name": one.name, "session": one.session, "csrf": one.csrf,
                       "password": one.password, "last_step": one.last_step,
                       "recovery_codes": one.recovery_codes,
                       "secret": base64.b32encode(one.secret).decode()}
                for name, one in vars(self.everybody).items() if isinstance(one, people.Person)}
        if options.links:
            self.restart(*(word for name in options.links for word in ("--sign-in-link", name)))
            said["links"] = {name: self.server.process.stdout.readline().decode().strip()
                             for name in options.links}
        said.update(url=f"http://{self.server.host}:{self.server.port}", data=str(self.data),
                    pid=self.server.process.pid)
        return said

    def change(self, statement, *values):
        with sqlite3.connect(self.data / "clew.db", timeout=20) as database:
            return database.execute(statement, values).rowcount

    def answer(self, words):
        what, rest = words[0], words[1:]
        if what == "age-second-factor":
            return self.change("UPDATE session SET second_factor_us = second_factor_us - ? WHERE "
                               "account_id = ?", DAY_US, getattr(self.everybody, rest[0]).id)
        if what == "end-session":
            return self.change("DELETE FROM session WHERE account_id = ?",
                               getattr(self.everybody, rest[0]).id)
        if what == "age-leases":
            return self.change("UPDATE review_lease SET ends_us = ends_us - ?", HOUR_US)
        if what == "outage":
            self.server.process.kill()
            return self.server.process.wait()
        if what == "back":
            self.restart()
            return self.server.process.pid
        raise ValueError(what)

    def run(self):
        for line in sys.stdin:
            print(json.dumps({"answer": self.answer(line.split())}), flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--desk", default=os.environ.get("CLEW_DESK"))
    parser.add_argument("--bare", action="store_true")
    parser.add_argument("--lean", action="store_true")
    parser.add_argument("--generated", type=int, default=0)
    parser.add_argument("--previews", type=int, default=sys.maxsize)
    parser.add_argument("--links", nargs="*", default=[])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="clew-web-") as folder:
        host = Host(options, Path(folder))
        try:
            print(json.dumps(host.begin()), flush=True)
            host.run()
        finally:
            host.server.stop()


if __name__ == "__main__":
    main()
