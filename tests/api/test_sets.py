#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Hash sets over HTTP: lists come in, entries are withdrawn, every change is on record."""
import json
import sqlite3

import client
import tap
from people import good

SETS = "/api/v1/sets"
OCTETS = {"Content-Type": "application/octet-stream"}
FIRST, SECOND, THIRD = "11" * 32, "22" * 32, "33" * 32
SCENE = []


class Scene:
    def __init__(self):
        self.server = client.Server()
        self.people = self.server.people()
        self.id = good(self.cur.post(SETS, {"name": "known", "kind": "notable"}))["id"]
        self.path = f"{SETS}/{self.id}"
        self.imported = good(self.send(f"{FIRST}\n{SECOND}\n"))

    @property
    def cur(self):
        return self.people.cur

    def send(self, text, query="type=sha256&name=list.txt", person=None):
        return (person or self.cur).request("POST", f"{self.path}/import?{query}", text.encode(),
                                            headers=OCTETS)

    def leaves(self):
        with sqlite3.connect(self.server.data / "clew.db") as base:
            return base.execute("SELECT actor, object, payload FROM audit_leaf "
                                "WHERE action = 'set_changed' ORDER BY seq").fetchall()


def scene():
    if not SCENE:
        SCENE.append(Scene())
    return SCENE[0]


def test_a_list_becomes_a_set():
    got = scene().imported
    assert got["changed"]["added"] == 2 and got["entries"]["active"] == 2, got
    assert got["hashes"]["sha256"] == 2 and got["generation"] == 2, got
    items = good(scene().people.ann.get(SETS))["items"]
    assert [item["name"] for item in items] == ["known"], items


def test_what_was_done_is_told_newest_first():
    acts = good(scene().cur.get(scene().path))["acts"]
    assert (acts[0]["act"], acts[0]["who"], acts[0]["source"]) == ("merge", "cur", "list.txt"), acts
    assert acts[-1]["act"] == "import", acts


def test_entries_come_in_pages_without_hashes():
    first = scene().cur.get(scene().path + "/entries?limit=1")
    assert [item["entry"] for item in good(first)["items"]] == [1], first
    rest = scene().cur.get(f"{scene().path}/entries?limit=1&cursor={first.json['next']}")
    assert good(rest)["items"][0] == {"entry": 2, "state": "active", "category": None,
                                      "hash_types": ["sha256"], "frames": 0}, rest
    assert rest.json["next"] is None and SECOND not in rest.body.decode()


def test_entries_are_withdrawn_and_reinstated_by_number_and_by_hash():
    path = scene().path
    got = good(scene().cur.post(path + "/withdraw", {"entries": [1]}))
    assert got["changed"] == {"changed": 1, "unchanged": 0} and got["entries"]["active"] == 1, got
    got = good(scene().cur.post(path + "/withdraw",
                                {"hashes": [{"type": "sha256", "value": SECOND}]}))
    assert got["entries"] == {"active": 0, "withdrawn_by_list": 0, "withdrawn_locally": 2}, got
    got = good(scene().cur.post(path + "/reinstate", {"entries": [1, 2]}))
    assert got["changed"]["changed"] == 2 and got["entries"]["active"] == 2, got


def test_each_change_is_one_leaf_that_says_what_the_set_is_now():
    before = len(scene().leaves())
    now = good(scene().send(f"{FIRST}\n{SECOND}\n{THIRD}\n"))
    found = scene().leaves()
    assert len(found) == before + 1, found
    actor, thing, payload = found[-1]
    told = json.loads(payload)
    assert (actor, thing) == ("cur", f"set {scene().id}"), found[-1]
    assert told["set"] == scene().id and told["digest"] == now["digest"], told
    assert told["generation"] == now["generation"] and told["active"] == 3, told
    assert THIRD not in payload


def test_what_is_refused_changes_nothing_and_leaves_no_leaf():
    before, now = len(scene().leaves()), good(scene().cur.get(scene().path))["digest"]
    assert scene().send("nothing of this is a hash\n" * 3, "type=sha256&strict=true").status >= 400
    assert scene().cur.post(scene().path + "/withdraw", {"entries": [1, 99]}).status == 404
    assert scene().cur.post(SETS, {"name": "known", "kind": "alert"}).status == 409
    assert len(scene().leaves()) == before
    assert good(scene().cur.get(scene().path))["digest"] == now


def test_a_key_makes_a_change_once():
    key = {"Idempotency-Key": "once"}
    body = {"entries": [3]}
    first = scene().cur.post(scene().path + "/withdraw", body, headers=key)
    again = scene().cur.post(scene().path + "/withdraw", body, headers=key)
    assert first.json == again.json and first.json["changed"]["changed"] == 1, again


def test_wrong_input_is_named():
    for body, pointer in (({"entries": [0]}, "/entries/0"), ({}, "/entries"),
                          ({"hashes": [{"type": "md5", "value": FIRST}]}, "/hashes/0/value"),
                          ({"entries": [1], "entrys": [1]}, "/entrys")):
        reply = scene().cur.post(scene().path + "/withdraw", body)
        assert reply.status == 422 and reply.json["pointer"] == pointer, reply
    assert scene().send("", "mode=new").status in (400, 422)
    assert scene().cur.post(SETS, {"name": "x", "kind": "other"}).status == 422


def test_sets_that_are_not_there_are_not_found():
    for path in ("/99", "/99/entries"):
        assert scene().cur.get(SETS + path).status == 404
    assert scene().cur.post(SETS + "/99/withdraw", {"entries": [1]}).status == 404
    assert scene().cur.request("POST", SETS + "/99/import", b"x", headers=OCTETS).status == 404


def test_only_curators_change_sets():
    people, server, path = scene().people, scene().server, scene().path
    for person in (people.ann, people.bob, people.aud, people.adm):
        assert person.post(path + "/withdraw", {"entries": [1]}).status == 403
        assert scene().send("x", person=person).status == 403
        assert person.post(SETS, {"name": "x", "kind": "alert"}).status == 403
    assert people.bob.get(SETS).status == 403
    for path in (SETS, path, path + "/entries"):
        assert server.get(path).status == 401
    assert server.post(path + "/withdraw", {"entries": [1]}).status in (401, 404, 405)


if __name__ == "__main__":
    try:
        tap.main(globals())
    finally:
        for made in SCENE:
            made.server.__exit__()
