#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Records and previews come in over HTTP, and media are looked at."""
import base64
import ctypes
import ctypes.util
import hashlib
import json
import os
import struct
import subprocess

import client
import tap

MAKE = tap.BUILD / "tests" / "api" / "make_account"
STATE = {}


def database():
    """Also on PostgreSQL, when the environment gives one."""
    url = os.environ.get("CLEW_TEST_POSTGRES")
    return ["--database", url] if url else []


def account(name, roles, case=None, unit="north"):
    words = [MAKE, STATE["server"].data, name, roles, unit] + ([case] if case else [])
    return json.loads(subprocess.run(words, check=True, stdout=subprocess.PIPE).stdout)


def begin():
    """One server for all checks; people of all sorts."""
    if STATE:
        return STATE
    STATE["server"] = client.Server(*database())
    STATE["ann"] = account("ann", "investigator,reviewer", "26-001")
    STATE["aud"] = account("aud", "auditor")
    STATE["rev"] = account("rev", "reviewer", "26-001")
    STATE["eve"] = account("eve", "investigator,reviewer", "26-002", unit="south")
    STATE["case"] = f"/api/v1/cases/{STATE['ann']['case']}"
    return STATE


def call(method, path, body=None, who="ann", token=False, **options):
    one = STATE[who] if who else None
    given = {}
    if one and token:
        given = {"token": one["token"]}
    elif one:
        given = {"session": one["session"], "csrf": one["csrf"]}
    return STATE["server"].request(method, path, body, **given, **options)


# ---- Records ----

def hashes(seed):
    """Packed hashes of a picture that is like no other seed's."""
    sections = b""
    for pipeline in (0, 1):
        value = b"".join(hashlib.sha256(f"{seed} {turn}".encode()).digest() for turn in range(8))
        sections += bytes([pipeline, 100]) + value
    return base64.b64encode(sections).decode()


def record(seed, **changes):
    digest = f"content {seed}".encode()
    one = {
        "path": f"/evidence/picture-{seed}.jpg",
        "locator": [{"file": f"/evidence/picture-{seed}.jpg"}],
        "item_id": hashlib.md5(f"item {seed}".encode()).hexdigest(),
        "parent_id": None, "size_bytes": 1000 + seed, "media_type": "image/jpeg",
        "status": "ok", "reason": None,
        "md5": hashlib.md5(digest).hexdigest(), "sha1": hashlib.sha1(digest).hexdigest(),
        "sha256": hashlib.sha256(digest).hexdigest(),
        "width": 640, "height": 480, "findings": [], "times": {"modified": "2026-01-31T23:59:59Z"},
        "is_media": True, "hashes": hashes(seed),
    }
    one.update(changes)
    return {name: value for name, value in one.items() if value != "absent"}


def post(records, who="ann", token=True, evidence="disk 1", **more):
    return call("POST", STATE["case"] + "/records",
                {"evidence": evidence, "root": "/evidence", "records": records, **more},
                who=who, token=token)


def test_records_become_media_of_the_case():
    begin()
    reply = post([record(1), record(2)])
    assert reply.status == 200, reply
    assert reply.json["items_new"] == 2 and reply.json["media_new"] == 2, reply
    assert reply.json["needs_eyes_new"] == 2 and reply.json["stacks_new"] == 2, reply
    assert sorted(reply.json["wants_previews"]) == sorted(record(n)["sha256"] for n in (1, 2))


def test_the_same_records_change_nothing():
    begin()
    reply = post([record(1), record(2)])
    assert reply.status == 200, reply
    assert reply.json["items"] == 2 and reply.json["items_new"] == 0, reply
    assert len(reply.json["wants_previews"]) == 2, reply


def test_near_duplicates_stack():
    begin()
    assert post([record(11)]).json["stacks_new"] == 1
    twin = record(11)
    other = record(12, hashes=twin["hashes"])
    reply = post([other])
    assert reply.json["media_new"] == 1 and reply.json["stacks_new"] == 0, reply


def test_a_locator_may_be_given_as_its_text():
    begin()
    text = '[{"file":"/evidence/\\u00e9.jpg"}]'
    assert post([record(13, locator=text, path="/evidence/\u00e9.jpg")]).status == 200


def test_frames_of_a_video_come_in():
    begin()
    frames = b"".join(struct.pack("<IIB", n, n * 1000, 90) +
                      hashlib.sha256(f"frame {n}".encode()).digest() for n in range(20))
    packed = base64.b64encode(frames).decode()
    video = record(14, media_type="video/mp4", width="absent", height="absent", hashes="absent",
                   video={"width": 320, "height": 240, "container": "mp4", "codec": "h264",
                          "frame_rate": 25, "duration_seconds": 20.0, "pipeline": "vpdq",
                          "sampling": "per_second", "per_second": 1, "frames_seen": 500,
                          "frames_hashed": 20, "seconds_seen": 19.96, "damaged": 0,
                          "truncated": False},
                   frames_packed={"pipeline": "vpdq",
                                  "variants": [{"variant": 0, "frames": packed}]})
    reply = post([video])
    assert reply.status == 200 and reply.json["media_new"] == 1, reply


def test_wrong_records_are_refused_by_name():
    begin()
    wrong = [
        (record(20, status="fine"), "/records/0/status"),
        (record(20, media_type="image/none"), "/records/0/media_type"),
        (record(20, is_media=False), "/records/0/is_media"),
        (record(20, sha256="00"), "/records/0/sha256"),
        (record(20, sha1=None), "/records/0/sha256"),
        (record(20, item_id="absent"), "/records/0/item_id"),
        (record(20, path="a\u202eb"), "/records/0/path"),
        (record(20, path="absent"), "/records/0/path"),
        (record(20, locator=[{"file": 1.5}]), "/records/0/locator"),
        (record(20, locator="no"), "/records/0/locator"),
        (record(20, hashes="AAAA"), "/records/0/hashes"),
        (record(20, hashes=base64.b64encode(bytes([9, 1]) + bytes(256)).decode()),
         "/records/0/hashes"),
        (record(20, width="absent"), "/records/0/width"),
        (record(20, findings=[{"type": "odd"}]), "/records/0/findings/0/type"),
        (record(20, times={"modified": "yesterday"}), "/records/0/times/modified"),
        (record(20, matches=[]), "/records/0/matches"),
        (record(20, size_bytes=-1), "/records/0/size_bytes"),
        (record(20, exif={"make": "a\u202eb"}), "/records/0/exif/make"),
        (record(20, frames_packed={"pipeline": "vpdq", "variants":
                                   [{"variant": 0, "frames": "AAAA"}]}),
         "/records/0/frames_packed/variants/0/frames"),
    ]
    for one, pointer in wrong:
        reply = post([one])
        assert reply.status == 422, (pointer, reply)
        assert reply.json["pointer"] == pointer, (pointer, reply)
    assert post([record(21)], odd=1).status == 422
    assert post([record(30 + n) for n in range(1001)]).status == 422
    assert post([record(20)], evidence="").status == 422


def test_only_those_who_may_bring_records():
    begin()
    body = {"evidence": "disk", "records": [record(1)]}
    path = STATE["case"] + "/records"
    assert call("POST", path, body, who=None).status == 401
    assert call("POST", path, body, who="eve").status == 404
    assert call("POST", path, body, who="rev").status == 403
    assert call("POST", path, body, who="aud").status == 403


# ---- Media ----

def media_of(seed):
    found = [row for row in call("GET", STATE["case"] + "/media?limit=200").json["items"]
             if row["size_bytes"] == 1000 + seed]
    return found[0]["media"]


def test_media_are_listed_page_by_page():
    begin()
    post([record(100 + n) for n in range(12)])
    seen, path = [], STATE["case"] + "/media?limit=5&kind=new"
    query = path
    while True:
        reply = call("GET", query)
        assert reply.status == 200, reply
        seen += [row["media"] for row in reply.json["items"]]
        if reply.json["next"] is None:
            break
        query = path + "&cursor=" + reply.json["next"]
    assert len(seen) == len(set(seen)) >= 12
    newest = call("GET", STATE["case"] + "/media?limit=200&sort=newest").json["items"]
    oldest = call("GET", STATE["case"] + "/media?limit=200").json["items"]
    assert [row["media"] for row in newest] == [row["media"] for row in oldest][::-1]


def test_filters_cut_the_list_down():
    begin()
    post([record(120, findings=[{"type": "truncated", "detail": "ends early"}], status="corrupt",
                 reason="ends early")])
    def rows(query):
        reply = call("GET", STATE["case"] + "/media?limit=200&" + query)
        assert reply.status == 200, reply
        return reply.json["items"]
    assert [row["size_bytes"] for row in rows("finding=truncated")] == [1120]
    assert [row["size_bytes"] for row in rows("status=corrupt")] == [1120]
    assert all(row["family"] == "video" for row in rows("family=video"))
    assert rows("kind=notable") == [] and rows("decision=decided") == []
    assert len(rows("decision=open&kind=new")) >= 1
    stack = rows("kind=new")[0]["stack"]
    assert all(row["stack"] == stack for row in rows(f"stack={stack}"))
    for query in ("kind=odd", "status=odd", "finding=odd", "stack=0", "sort=size", "odd=1"):
        assert call("GET", STATE["case"] + "/media?" + query).status == 400, query


def test_one_media_tells_all_but_its_hashes():
    begin()
    post([record(130, exif={"make": "Maker", "model": "M1"},
                 path="/evidence/box.zip > inner/a.jpg")])
    reply = call("GET", f"{STATE['case']}/media/{media_of(130)}")
    assert reply.status == 200, reply
    whole = reply.json
    assert whole["digests"]["sha256"] == record(130)["sha256"]
    assert whole["facts"]["exif"]["make"] == "Maker"
    assert whole["places"][0]["path"] == ["/evidence/box.zip", "inner/a.jpg"]
    assert whole["places"][0]["times"]["modified"] == "2026-01-31T23:59:59Z"
    assert whole["previews"] == [] and whole["matches"] == []
    assert b"pdq" not in reply.body
    assert call("GET", f"{STATE['case']}/media/999999").status == 404
    assert call("GET", f"{STATE['case']}/media/{whole['media']}", who="eve").status == 404
    assert call("GET", f"{STATE['case']}/media/{whole['media']}", who=None).status == 401


def test_items_are_listed_those_that_were_not_examined_alone():
    begin()
    post([record(140, status="encrypted", reason="a password is missing", media_type=None,
                 is_media=False, md5=None, sha1=None, sha256=None, width="absent",
                 height="absent", hashes="absent")], evidence="disk 2")
    rows = call("GET", STATE["case"] + "/items?not_examined=true&limit=200").json["items"]
    assert rows and all(row["status"] != "ok" for row in rows)
    evidence = next(row["evidence"] for row in rows if row["status"] == "encrypted")
    rows = call("GET", f"{STATE['case']}/items?evidence={evidence}").json["items"]
    assert [row["evidence_name"] for row in rows] == ["disk 2"]
    assert rows[0]["media"] is None
    media = media_of(1)
    rows = call("GET", f"{STATE['case']}/items?media={media}").json["items"]
    assert [row["media"] for row in rows] == [media]
    assert call("GET", STATE["case"] + "/items", who="eve").status == 404


# ---- Previews and reveals ----

def sealed(plain):
    sodium = ctypes.CDLL(ctypes.util.find_library("sodium") or "libsodium.so.23")
    key = bytes.fromhex(call("GET", "/api/v1/server-key", token=True).json["key"])
    box = ctypes.create_string_buffer(len(plain) + 48)
    assert sodium.crypto_box_seal(box, plain, ctypes.c_ulonglong(len(plain)), key) == 0
    return base64.b64encode(box.raw).decode()


def grey_jpeg():
    """A plain baseline JPEG of 8 x 8 grey pixels, segment by segment."""
    def segment(mark, body):
        return bytes([0xff, mark]) + struct.pack(">H", len(body) + 2) + body
    codes = bytes([0, 1] + [0] * 14) # one code of two bits
    return (b"\xff\xd8" + segment(0xdb, bytes([0] + [1] * 64)) +
            segment(0xc0, bytes([8, 0, 8, 0, 8, 1, 1, 0x11, 0])) +
            segment(0xc4, bytes([0x00]) + codes + bytes([0])) +
            segment(0xc4, bytes([0x10]) + codes + bytes([0])) +
            segment(0xda, bytes([1, 1, 0, 0, 63, 0])) + b"\x0f" + b"\xff\xd9")


def send_preview(seed, plain, kind="192", width=8, height=8, box=None, who="ann"):
    picture = {"kind": kind, "width": width, "height": height, "box": box or sealed(plain)}
    return call("POST", STATE["case"] + "/previews",
                {"media": [{"sha256": record(seed)["sha256"], "pictures": [picture]}]},
                who=who, token=True)


def test_the_server_says_its_key_and_finds_the_case():
    begin()
    reply = call("GET", "/api/v1/server-key?case=26-001", token=True)
    assert reply.status == 200 and reply.json["case"] == STATE["ann"]["case"], reply
    assert call("GET", "/api/v1/server-key?case=26-001", who="eve", token=True).json["case"] is None
    assert call("GET", "/api/v1/server-key", who=None).status == 401


def test_a_preview_is_stored_shown_and_on_record():
    begin()
    post([record(200)])
    reply = send_preview(200, grey_jpeg())
    assert reply.status == 200 and reply.json == {"wanted": 1, "stored": 1}, reply
    assert send_preview(200, grey_jpeg()).json == {"wanted": 1, "stored": 0}
    assert post([record(200)]).json["wants_previews"] == []
    media = media_of(200)
    whole = call("GET", f"{STATE['case']}/media/{media}").json
    assert whole["previews"] == [{"kind": "192", "ordinal": 0, "milliseconds": None}]
    path = f"{STATE['case']}/media/{media}/reveals"
    shown = call("POST", path, {"kind": "192"})
    assert shown.status == 200 and shown.body == grey_jpeg(), shown
    assert shown.headers["content-type"] == "image/jpeg"
    reveal = shown.headers["clew-reveal"]
    assert call("POST", f"{path}/{reveal}/end", {"shown_ms": 1500}).status == 204
    assert call("POST", f"{path}/{reveal}/end", {"shown_ms": 1500}, who="rev").status == 404
    assert call("POST", f"{path}/{int(reveal) + 1}/end", {"shown_ms": 1}).status == 404
    assert call("POST", path, {"kind": "512"}).status == 404
    assert call("POST", path, {"kind": "odd"}).status == 422
    assert call("POST", path, {"kind": "192"}, who="eve").status == 404
    assert call("POST", path, {"kind": "192"}, who="aud").status == 403
    assert call("POST", path, {"kind": "192"}, who=None).status == 401
    assert call("POST", path, {"kind": "192"}, token=True).status == 403


def test_previews_that_are_no_plain_pictures_are_refused():
    begin()
    post([record(201)])
    jpeg = grey_jpeg()
    comment = jpeg[:2] + b"\xff\xfe\x00\x04hi" + jpeg[2:]
    for plain, options in ((b"no picture", {}), (comment, {}), (jpeg + b"x", {}),
                           (jpeg, {"width": 9}), (jpeg, {"width": 200, "height": 8})):
        reply = send_preview(201, plain, **options)
        assert reply.status == 422 and reply.json["pointer"].endswith("/box"), reply
    unsealed = base64.b64encode(jpeg).decode()
    assert send_preview(201, None, box=unsealed).status == 422
    assert call("POST", STATE["case"] + "/previews", {"media": []}, token=True).status == 422
    assert send_preview(201, jpeg, who="eve").status == 404
    assert send_preview(999, jpeg).json == {"wanted": 0, "stored": 0}


def test_why_there_is_no_preview_is_told():
    begin()
    post([record(202)])
    body = {"media": [{"sha256": record(202)["sha256"], "reason": "the decoder gave up"}]}
    reply = call("POST", STATE["case"] + "/previews", body, token=True)
    assert reply.json == {"wanted": 1, "stored": 1}, reply
    media = media_of(202)
    assert call("GET", f"{STATE['case']}/media/{media}").json["no_preview"] == "the decoder gave up"
    reply = call("POST", f"{STATE['case']}/media/{media}/reveals", {"kind": "192"})
    assert reply.status == 404 and "gave up" in reply.json["detail"], reply


def test_zz_the_server_ends_in_order():
    begin()
    STATE["server"].__exit__()


if __name__ == "__main__":
    tap.main(globals())
