#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Links that sign in, which the operator of a server of one machine prints."""
import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import client
import people
import tap

API = people.API
WRONG = "the name, the password or the code is wrong; a code is good once"
FOLDER = Path(tempfile.mkdtemp(prefix="clew-sign-in-"))
DATA = FOLDER / "data"


def set_up():
    """A store with an administrator, ann who accepted her invitation, and kim who did not."""
    with client.Server(data=DATA) as server:
        root = people.first_administrator(server)
        unit = people.good(root.post(API + "/units", {"name": "North", "agency": "A", "country": "DE",
                                                      "contact": ""}))["id"]
        people.add(root, "ann", unit, ["investigator"])
        people.good(root.post(API + "/accounts", {"name": "kim", "display": "Kim", "unit": unit,
                                                  "roles": ["reviewer"]}))


def links_of(server, count):
    """The secrets of the addresses that it printed behind its ready line."""
    found = []
    for _ in range(count):
        line = server.process.stdout.readline().decode()
        match = re.fullmatch(rf"http://{server.host}:{server.port}/#/link/([0-9a-f]{{64}})\n", line)
        assert match, line
        found.append(match[1])
    return found


def open_link(server, link):
    return server.post(API + "/session/link", {"link": link})


def signed_in(server, link):
    reply = open_link(server, link)
    assert reply.status == 201, reply
    session = re.match(r"clew-session=([0-9a-f]{64});", reply.headers["set-cookie"])[1]
    return {"session": session, "csrf": reply.json["csrf_token"]}, reply.json


def leaves():
    log = subprocess.run([client.CLEWD, "--data", DATA, "--json", "audit", "log"], check=True, text=True,
                         stdout=subprocess.PIPE).stdout
    return [json.loads(line) for line in log.splitlines()]


def test_a_link_opens_one_session_with_its_second_factor():
    with client.Server("--sign-in-link", "ann", "--sign-in-link", "administrator", data=DATA) as server:
        ann, root = links_of(server, 2)
        assert ann != root and ann not in server.log()
        session, told = signed_in(server, ann)
        assert told["name"] == "ann" and told["second_factor"] is True
        assert told["second_factor_fresh_until"] is not None
        assert server.get(API + "/session", **session).json["name"] == "ann"
        assert server.get(API + "/people", **session).status == 200
        again = open_link(server, ann)
        assert again.status == 401 and again.json["detail"] == WRONG
        assert "set-cookie" not in again.headers
        session, told = signed_in(server, root)
        assert told["name"] == "administrator"
        assert server.get(API + "/accounts", **session).status == 200
    opened = [leaf for leaf in leaves() if leaf["action"] == "login" and "link" in leaf["payload"]]
    assert [leaf["actor"] for leaf in opened] == ["ann", "administrator"]
    assert json.loads(opened[0]["payload"]) == {
        "address": "127.0.0.1", "second_factor": True, "failures_before": 0,
        "by": "signed in by a link the server's operator printed"}


def test_a_link_of_an_account_that_was_closed_is_none():
    with client.Server("--sign-in-link", "ann", "--sign-in-link", "administrator", data=DATA) as server:
        ann, root = links_of(server, 2)
        session, _ = signed_in(server, root)
        account = next(row for row in server.get(API + "/accounts", **session).json["items"]
                       if row["name"] == "ann")
        closed = server.post(f"{API}/accounts/{account['id']}/close", None, **session)
        assert closed.status < 300, closed
        reply = open_link(server, ann)
        assert reply.status == 401 and reply.json["detail"] == WRONG


def refused(*arguments):
    done = subprocess.run([client.CLEWD, "--data", DATA, "--listen", "127.0.0.1:0", *arguments], text=True,
                          check=False, capture_output=True, timeout=60)
    assert done.returncode == 2 and done.stdout == "", done
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr


def test_they_are_for_active_accounts_on_this_machine_only():
    assert "only this machine" in refused("--sign-in-link", "ann", "--behind-tls-proxy")
    for name in ("kim", "nobody", ""):
        assert f"no active account of the name '{name}'" in refused("--sign-in-link", name)


def test_a_server_without_links_takes_none():
    with client.Server(data=FOLDER / "other") as server:
        assert open_link(server, "0" * 64).status == 401


def test_the_desk_of_a_build_folder_is_found():
    build = FOLDER / "build"
    apps = client.CLEWD.parent.parent
    for name in ("clew-media-worker", "clew-evidence-worker", "clew-list-worker"):
        (build / "src" / "apps" / name).mkdir(parents=True)
        os.symlink(apps / name / name, build / "src" / "apps" / name / name)
    own = build / "src" / "apps" / "clewd" / "clewd"
    own.parent.mkdir()
    shutil.copy(client.CLEWD, own)
    os.symlink("src/apps/clewd/clewd", build / "clewd")
    (build / "desk").mkdir()
    (build / "desk" / "index.html").write_text("<!doctype html><title>built", encoding="ascii")
    usual, client.CLEWD = client.CLEWD, build / "clewd"
    try:
        with client.Server(program=client.CLEWD) as server:
            assert b"<title>built" in server.get("/").body
    finally:
        client.CLEWD = usual


def test_other_links_are_as_good_as_a_wrong_password():
    with client.Server("--sign-in-link", "administrator", data=DATA) as server:
        earlier = links_of(server, 1)[0]
    with client.Server("--sign-in-link", "administrator", data=DATA) as server:
        links_of(server, 1)
        wrong = server.post(API + "/session", {"name": "nobody", "password": "x" * 12})
        for link in (earlier, "0" * 64):
            reply = open_link(server, link)
            assert (reply.status, reply.json) == (wrong.status, wrong.json), reply
        for link in ("0" * 63, "0" * 65, "", 7, None):
            reply = open_link(server, link)
            assert reply.status == 422 and reply.json["pointer"] == "/link", reply
        statuses = [open_link(server, "z" * 64).status for _ in range(8)]
        assert statuses[-1] == 429, "who guesses has to wait"


if __name__ == "__main__":
    try:
        set_up()
        tap.main(globals())
    finally:
        shutil.rmtree(FOLDER, ignore_errors=True)
