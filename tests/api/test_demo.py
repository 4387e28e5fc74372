#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The last step of the demo, on small pictures: it leaves a case that has what the desk shows."""
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import client
import tap

sys.path.insert(0, str(tap.SOURCE / "demo"))
import desk  # noqa: E402  pylint: disable=wrong-import-position
import people  # noqa: E402  pylint: disable=wrong-import-position
import pictures  # noqa: E402  pylint: disable=wrong-import-position

API = people.API
FOLDER = Path(tempfile.mkdtemp(prefix="clew-demo-"))
TARGET, BUILD = FOLDER / "demo", FOLDER / "build"
PAGE = '<!doctype html><script type="module" src="/desk-0123abcd.js"></script>'


def make_build():
    """A build folder of the same programs with a desk of one line."""
    apps = client.CLEWD.parent.parent
    for name in ("clew", "clewd", "clew-media-worker", "clew-evidence-worker", "clew-list-worker"):
        (BUILD / "src" / "apps" / name).mkdir(parents=True)
        shutil.copy(apps / name / name, BUILD / "src" / "apps" / name / name)
        os.symlink(f"src/apps/{name}/{name}", BUILD / name)
    (BUILD / "desk").mkdir()
    (BUILD / "desk" / "index.html").write_text(PAGE, encoding="ascii")
    (BUILD / "desk" / "desk-0123abcd.js").write_text("1;", encoding="ascii")


def picture(path, seed):
    path.write_bytes(pictures.encoded("320x240", str(seed)))


def make_target():
    """As demo/run.sh leaves it, with other content."""
    (TARGET / "data").mkdir(parents=True, mode=0o700)
    for name in ("evidence/unrelated", "films"):
        (TARGET / name).mkdir(parents=True)
    for seed, name in enumerate(desk.SOUTH):
        picture(TARGET / "evidence" / "unrelated" / f"{name}.jpg", seed)
    for seed in range(100, 105):
        picture(TARGET / "evidence" / f"{seed}.jpg", seed)
    picture(TARGET / "films" / "screenshot.jpg", 200)
    (TARGET / "disk.E01").write_bytes(b"no image\n")


def run_demo():
    return subprocess.run([sys.executable, tap.SOURCE / "demo" / "desk.py", TARGET, BUILD], text=True,
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=240, check=False)


def test_without_a_terminal_it_tries_page_and_link_and_ends():
    done = run_demo()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "its link signed bob in" in done.stdout, done.stdout
    for name in ("ann", "bob"):
        assert f"{name}, signed in:    http://127.0.0.1:" in done.stdout, done.stdout
    assert "they are being worked on in Unit South" in done.stdout, done.stdout


def test_the_case_has_what_the_desk_shows():
    server = desk.Server(TARGET, BUILD, "--sign-in-link", "ann", "--sign-in-link", "eve", links=2)
    try:
        callers = {}
        for name, link in zip(("ann", "eve"), server.links):
            reply = server.post(API + "/session/link", {"link": link.rpartition("/")[2]})
            cookie = reply.headers["set-cookie"].split(";")[0].partition("=")[2]
            callers[name] = {"session": cookie, "csrf": reply.json["csrf_token"]}

        def get(who, path):
            return people.good(server.get(API + path, **callers[who]))

        case = next(row for row in get("ann", "/cases")["items"] if row["number"] == desk.ANNS_CASE)
        eves = next(row for row in get("eve", "/cases")["items"] if row["number"] == desk.EVES_CASE)
        counts = get("ann", f"/cases/{case['id']}")["counts"]
        assert counts["disputed"] == 1 and counts["open"] > 0, counts
        known = get("ann", f"/cases/{case['id']}/enquiries/known")["items"]
        assert len(known) == len(desk.SOUTH), known
        assert {place["state"] for place in known} == {"being_worked"}
        assert get("eve", f"/cases/{eves['id']}/enquiries/notices")["items"]
        assert [row["name"] for row in get("ann", "/series")["items"]] == ["Bridges and hills"]
        assert [row["state"] for row in get("ann", "/victims")["items"]] == ["unidentified"]
    finally:
        server.stop()


def test_without_a_desk_it_says_what_to_do():
    shutil.rmtree(TARGET)
    shutil.rmtree(BUILD / "desk")
    make_target()
    done = run_demo()
    assert done.returncode != 0 and "make desk builds it" in done.stderr, done


if __name__ == "__main__":
    try:
        make_build()
        make_target()
        tap.main(globals())
    finally:
        shutil.rmtree(FOLDER, ignore_errors=True)
