#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A clewd with a desk, people and a case, for tests in a browser.

    server.py [--desk FOLDER] [--bare]

Prints one line of JSON and runs until its standard input ends:

    {"url": "http://127.0.0.1:N", "data": FOLDER, "pid": N,
     "people": {"ann": {"session", "csrf", "password", "secret"}, …}, "case": 1, "other": 2}

Without an option: real pictures and a film, scanned into case 26-100 (of two voters; ann, bob and
eve work on it), some of them listed; 26-900 of eve's unit holds a few of the same. --bare: nobody yet; "invitation" is that of the first
start.
"""
import argparse
import base64
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "api"))
import client  # noqa: E402  pylint: disable=wrong-import-position
import people  # noqa: E402  pylint: disable=wrong-import-position
import tap  # noqa: E402  pylint: disable=wrong-import-position

API = "/api/v1"
client.check_reply = lambda *_: None  # the tests of the API check replies
CLEW = tap.BUILD / "src" / "apps" / "clew" / "clew"
MEDIA = Path(os.environ.get("CLEW_TEST_MEDIA", ""))
KNOWN = ("misc-images/c.png", "bridge-mods/blur-a-lot.jpg")
FILM = "chair-orig-22-sd-bar.mp4"


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


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--desk", default=os.environ.get("CLEW_DESK"))
    parser.add_argument("--bare", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="clew-web-") as folder:
        words = ["--desk", options.desk] if options.desk else []
        with client.Server(*words, data=None) as server:
            said = {"url": f"http://{server.host}:{server.port}", "data": str(server.data),
                    "pid": server.process.pid}
            if options.bare:
                said["invitation"] = people.first_invitation(server)
            else:
                everybody = server.people()
                said["people"] = {
                    name: {"id": one.id, "session": one.session, "csrf": one.csrf, "password": one.password,
                           "secret": base64.b32encode(one.secret).decode()}
                    for name, one in vars(everybody).items() if isinstance(one, people.Person)}
                said.update(scanned(server, everybody, Path(folder)))
            print(json.dumps(said), flush=True)
            sys.stdin.read()


if __name__ == "__main__":
    main()
