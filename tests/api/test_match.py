#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Matching for programs that check uploads."""
import sqlite3
import time

import client
import tap
from people import good

MATCH = "/api/v1/match"
LISTED_MD5 = "0123456789abcdef0123456789abcdef"
LISTED_SHA256 = "11" * 32
LISTED_PDQ = "f" * 32 + "0" * 32
NEAR_PDQ = "e" + "f" * 31 + "0" * 32  # one bit away
FAR_PDQ = "5" * 64


class Scene:
    """One server for all tests, a set of three entries, and a token that may match."""

    def __init__(self):
        self.server = client.Server()
        self.people = self.server.people()
        cur, adm = self.people.cur, self.people.adm
        self.set = good(cur.post("/api/v1/sets", {"name": "known", "kind": "notable"}))["id"]
        text = f"{LISTED_MD5}\n{LISTED_SHA256}\n".encode()
        good(self.import_list(text, "sha256"))
        good(self.import_list(f"{LISTED_PDQ}\n".encode(), "pdq"))
        self.token_id, self.token = self.new_token(adm)

    def import_list(self, text, kind):
        return self.people.cur.request(
            "POST", f"/api/v1/sets/{self.set}/import?type={kind}&name=list", text,
            headers={"Content-Type": "application/octet-stream"})

    def new_token(self, adm):
        body = {"account": adm.id, "name": "uploads", "scopes": ["match"], "days": 1}
        got = good(adm.post("/api/v1/tokens", body))
        return got["id"], got["token"]

    def ask(self, *hashes, **options):
        options.setdefault("token", self.token)
        body = {"hashes": [{"type": kind, "value": value} for kind, value in hashes]}
        return self.server.post(MATCH, body, **options)

    def one(self, kind, value):
        return good(self.ask((kind, value)))["items"][0]


SCENE = []


def scene():
    if not SCENE:
        SCENE.append(Scene())
    return SCENE[0]


def test_a_batch_is_answered_in_its_order():
    server = scene().server
    reply = server.post(MATCH, {"hashes": [
        {"id": "one", "type": "sha256", "value": LISTED_SHA256},
        {"id": "two", "type": "md5", "value": "f" * 32},
        {"type": "pdq", "value": NEAR_PDQ}]}, token=scene().token)
    first, second, third = good(reply)["items"]
    assert (first["id"], first["match"], first["kind"]) == ("one", "exact", "notable"), first
    assert first["weak"] is False and first["meaning"] == "notable", first
    assert second == {"id": "two", "match": "none", "frequent": False}, second
    assert third["match"] == "near" and third["distance"] == 1, third


def test_md5_alone_is_weak():
    assert scene().one("md5", LISTED_MD5)["weak"] is True


def test_what_is_far_is_none():
    assert scene().one("pdq", FAR_PDQ)["match"] == "none"


def test_no_listed_hash_and_no_number_comes_back():
    reply = scene().ask(("pdq", NEAR_PDQ), ("sha256", LISTED_SHA256))
    assert LISTED_PDQ not in reply.body.decode() and LISTED_SHA256 not in reply.body.decode()
    assert "entry" not in reply.json["items"][0] and "set" not in reply.json["items"][0]


def test_a_reference_is_the_same_each_time_and_leads_a_curator_to_the_entry():
    first, second = (scene().one("pdq", value)["reference"] for value in (NEAR_PDQ, LISTED_PDQ))
    assert first == second
    found = good(scene().people.cur.get(f"{MATCH}/references/{first}"))
    assert found["set"] == scene().set and found["entry"] == 3, found
    forged = first[:-1] + ("0" if first[-1] != "0" else "1")
    assert scene().people.cur.get(f"{MATCH}/references/{forged}").status == 404
    assert scene().server.get(f"{MATCH}/references/{first}", token=scene().token).status == 403


def test_wrong_hashes_are_named():
    reply = scene().ask(("sha256", LISTED_SHA256), ("md5", "zz"))
    assert reply.status == 422 and reply.json["pointer"] == "/hashes/1/value", reply
    reply = scene().ask(("crc32", "00"))
    assert reply.status == 422 and reply.json["pointer"] == "/hashes/0/type", reply
    assert scene().ask(*[("md5", "0" * 32)] * 1001).status == 422
    assert scene().ask().status == 422


def test_strangers_learn_nothing_whatever_they_send():
    server = scene().server
    for body in ({"hashes": [{"type": "md5", "value": LISTED_MD5}]}, {"x": 1}, b"{", b""):
        assert server.post(MATCH, body).status == 401
        assert server.post(MATCH, body, token="clew_" + "0" * 72).status == 401
    picture = {"Content-Type": "application/octet-stream"}
    assert server.request("POST", MATCH + "/picture", b"x", headers=picture).status == 401


def test_sessions_may_not_match():
    for person in (scene().people.ann, scene().people.adm, scene().people.cur):
        assert person.post(MATCH, {"hashes": [{"type": "md5", "value": "0" * 32}]}).status == 403


def test_the_token_may_do_nothing_else():
    for path in ("/api/v1/sets", "/api/v1/cases", "/api/v1/session"):
        assert scene().server.get(path, token=scene().token).status == 403, path


def picture(data):
    return scene().server.request("POST", MATCH + "/picture", data, token=scene().token,
                                  headers={"Content-Type": "application/octet-stream"})


def test_a_picture_is_decoded_and_kept_nowhere():
    jpeg = sorted((tap.SOURCE / "tests").rglob("*.jpg"))[0].read_bytes()
    got = good(picture(jpeg))
    assert got["picture"] == "ok" and got["match"] == "none", got
    for file in scene().server.data.rglob("*"):
        assert not file.is_file() or jpeg[:64] not in file.read_bytes(), file


def test_bytes_that_are_no_picture_are_asked_by_their_digests():
    got = good(picture(b"no picture at all"))
    assert got["picture"] == "unsupported" and got["match"] == "none", got


def test_a_withdrawn_entry_stops_matching_in_every_server():
    with client.Server(data=scene().server.data) as other:
        def asked():
            return good(other.post(MATCH, {"hashes": [{"type": "pdq", "value": NEAR_PDQ}]},
                                   token=scene().token))["items"][0]["match"]
        assert asked() == "near"
        path = f"/api/v1/sets/{scene().set}"
        good(scene().people.cur.post(path + "/withdraw", {"entries": [3]}))
        time.sleep(1)
        assert asked() == "none" and scene().one("pdq", NEAR_PDQ)["match"] == "none"
        good(scene().people.cur.post(path + "/reinstate", {"entries": [3]}))
        time.sleep(1)
        assert asked() == "near"


def test_hashes_are_limited_not_requests():
    with client.Server("--match-rate", "1", data=scene().server.data) as slow:
        body = {"hashes": [{"type": "md5", "value": "0" * 32}] * 600}
        assert slow.post(MATCH, body, token=scene().token).status == 200
        reply = slow.post(MATCH, body, token=scene().token)
        assert reply.status == 429 and int(reply.headers["retry-after"]) > 100, reply


# The last one: it ends the server.
def test_what_was_asked_is_on_record_in_sum():
    server, token_id = scene().server, scene().token_id
    assert server.stop() == 0, server.log()
    base = sqlite3.connect(server.data / "clew.db")
    found = base.execute("SELECT count(*) FROM audit_leaf WHERE action = 'matched' AND object = ?",
                         (f"token {token_id}",)).fetchone()
    assert found[0] >= 1, found


if __name__ == "__main__":
    try:
        tap.main(globals())
    finally:
        for made in SCENE:
            made.server.__exit__()
