#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Case documents over HTTP: they come in once, and the case goes out as one."""
import json
import sqlite3

import client
import tap
from people import good

OCTETS = {"Content-Type": "application/octet-stream"}
DOCUMENT = (tap.SOURCE / "tests" / "fixtures" / "vics_case" / "unknown_members.json").read_bytes()
SCENE = []


class Scene:
    def __init__(self):
        self.server = client.Server()
        self.people = self.server.people()
        self.case = self.people.ann.open_case("D-1")
        self.path = f"/api/v1/cases/{self.case}/documents"
        self.first = self.send(DOCUMENT)

    def send(self, data, person=None, query="name=case.json&scheme=vics-us"):
        person = person or self.people.ann
        return person.request("POST", f"{self.path}?{query}", data, headers=OCTETS)


def scene():
    if not SCENE:
        SCENE.append(Scene())
    return SCENE[0]


def test_a_document_comes_in_once():
    first = scene().first
    assert first.status == 201 and first.json["name"] == "case.json", first
    assert first.json["size_bytes"] == len(DOCUMENT), first
    again = scene().send(DOCUMENT)
    assert again.status == 200 and again.json["id"] == first.json["id"], again
    items = good(scene().people.ann.get(scene().path))["items"]
    assert items == [first.json], items


def test_it_goes_out_as_it_came():
    out = scene().people.ann.post(scene().path + "/export", {"document": scene().first.json["id"]})
    assert out.status == 200 and "attachment" in out.headers["content-disposition"], out
    assert json.loads(out.body) == json.loads(DOCUMENT.decode("utf-8-sig"))
    left = [file.name for file in scene().server.data.iterdir() if file.name.startswith("export-")]
    assert not left, left


def test_the_whole_case_goes_out_as_a_new_document():
    out = scene().people.ann.post(scene().path + "/export", {})
    assert out.status == 200 and isinstance(json.loads(out.body), dict), out


def test_what_is_no_document_leaves_nothing():
    reply = scene().send(b"{\"no\": \"document\"")
    assert 400 <= reply.status < 500, reply
    assert len(good(scene().people.ann.get(scene().path))["items"]) == 1


def test_wrong_input_is_named():
    for body, pointer in (({"document": 0}, "/document"), ({"documents": 1}, "/documents"),
                          ({"imported_only": 1}, "/imported_only")):
        reply = scene().people.ann.post(scene().path + "/export", body)
        assert reply.status == 422 and reply.json["pointer"] == pointer, reply
    assert scene().people.ann.post(scene().path + "/export", {"document": 99}).status == 404
    assert scene().send(DOCUMENT, query="scheme=none-such").status in (404, 422)


def test_strangers_to_the_case_find_nothing():
    eve = scene().people.eve
    assert eve.get(scene().path).status == 404
    assert scene().send(DOCUMENT, person=eve).status == 404
    assert eve.post(scene().path + "/export", {}).status == 404


def test_roles_without_the_permission_are_refused():
    people = scene().people
    good(people.ann.post(f"/api/v1/cases/{scene().case}/members", {"account": people.bob.id}))
    assert people.bob.get(scene().path).status == 200
    assert scene().send(DOCUMENT, person=people.bob).status == 403
    assert people.bob.post(scene().path + "/export", {}).status == 403


def test_nobody_without_a_session():
    server = scene().server
    assert server.get(scene().path).status == 401
    assert server.post(scene().path + "/export", {}).status == 401
    assert server.request("POST", scene().path, DOCUMENT, headers=OCTETS).status == 401


def test_both_ways_are_on_record():
    with sqlite3.connect(scene().server.data / "clew.db") as base:
        found = {action for (action,) in base.execute("SELECT action FROM audit_leaf")}
    assert {"import", "export"} <= found, found


if __name__ == "__main__":
    try:
        tap.main(globals())
    finally:
        for made in SCENE:
            made.server.__exit__()
