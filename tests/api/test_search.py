#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Search: terms in bodies, pages, by example, each an act that does not say what was looked for."""
import struct
import zlib

import leads_case
from leads_case import expect

# pylint: disable=undefined-variable


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def chart(side=128):
    """A PNG of a test chart."""
    rows = b"".join(b"\0" + bytes((x * y * 7 // 9) % 256 for x in range(side)) for y in range(side))
    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + \
        chunk(b"IEND", b"")


def test_hits_come_in_pages():
    found, cursor = [], None
    for _ in range(4):
        body = {"kind": "prefix", "term": "gate", "limit": 1}
        if cursor:
            body["cursor"] = cursor
        page = expect(ANN.post("/search", body), 200)
        found += page["items"]
        cursor = page["next"]
        if cursor is None:
            break
    assert [hit["media"] for hit in found] == [CASE.media[1], CASE.media[2], CASE.media[3]]
    page = expect(ANN.post("/search", {"kind": "prefix", "term": "gate", "limit": 1}), 200)
    expect(ANN.post("/search", {"kind": "prefix", "term": "gat", "cursor": page["next"]}), 422)
    expect(BOB.post("/search", {"kind": "prefix", "term": "gate", "cursor": page["next"]}), 422)


def test_each_kind_is_found():
    assert len(expect(BOB.post("/search", {"kind": "trait", "trait": "camera",
                                           "term": "maker one"}), 200)["items"]) == 3
    assert len(expect(ANN.post("/search", {"kind": "name_part", "term": "ate 2",
                                           "case": CASE.north}), 200)["items"]) == 1
    for body in ({"kind": "digest", "term": "00" * 32}, {"kind": "note", "term": "nothing"},
                 {"kind": "pdq", "term": "0f" * 32, "distance": 31},
                 {"kind": "place", "latitude": 52.0, "longitude": 4.5, "reach": 2},
                 {"kind": "finding", "term": "none", "case": CASE.north}):
        assert expect(ANN.post("/search", body), 200)["items"] == [], body
    assert expect(EVE.post("/search", {"kind": "prefix", "term": "gate"}), 200)["items"] == []


def test_notes_and_tags_of_stacks_are_found_at_their_leader():
    stack = expect(ANN.get(f"/cases/{CASE.north}/stacks?limit=1"), 200)["items"][0]
    path = f"/cases/{CASE.north}/stacks/{stack['stack']}"
    note = expect(ANN.post(path + "/notes", {"text": "A brass lamp"}), 201)["id"]
    tag = expect(ANN.post(path + "/notes", {"tag": "lamp of brass"}), 201)["id"]
    hits = expect(ANN.post("/search", {"kind": "note", "term": "LAMP"}), 200)["items"]
    assert [(hit["note"], hit["media"]) for hit in hits] == \
        [(note, stack["leader"]["media"]), (tag, stack["leader"]["media"])]
    assert expect(EVE.post("/search", {"kind": "note", "term": "lamp"}), 200)["items"] == []


def test_what_is_wrong_is_named():
    for body, pointer in (({"kind": "smell", "term": "x"}, "/kind"), ({"kind": "prefix"}, "/term"),
                          ({"kind": "place", "latitude": 91, "longitude": 0}, "/latitude"),
                          ({"kind": "pdq", "term": "x", "distance": 65}, "/distance"),
                          ({"kind": "prefix", "term": "x", "more": 1}, "/more"),
                          ({"kind": "dates", "from": "never"}, "/from"),
                          ({"kind": "dates", "term": "x"}, "/term")):
        expect(ANN.post("/search", body), 422, pointer)
    expect(ADM.post("/search", {"kind": "prefix", "term": "x"}), 403)
    expect(CASE.server.post("/api/v1/search", {"kind": "prefix", "term": "x"}), 401)
    expect(EVE.post("/search", {"kind": "prefix", "term": "x", "case": CASE.north}), 404)


def test_a_picture_is_searched_for_and_not_kept():
    octets = {"headers": {"Content-Type": "application/octet-stream"}}
    assert expect(ANN.post("/search/example?distance=20", chart(), **octets), 200) == \
        {"items": [], "next": None}
    expect(ANN.post("/search/example", b"no picture", **octets), 422)
    expect(ANN.post("/search/example", chart()[:200], **octets), 422)
    expect(ADM.post("/search/example", chart(), **octets), 403)
    leaf = expect(AUD.get("/audit?action=search&limit=1"), 200)["items"][0]
    assert leaf["details"]["by_example"] is True and leaf["actor"] == "ann"


def test_the_record_and_the_log_do_not_say_what_was_looked_for():
    expect(ANN.post("/search", {"kind": "prefix", "term": "quietheron"}), 200)
    leaf = expect(AUD.get("/audit?action=search&limit=1"), 200)["items"][0]
    assert leaf["details"]["kind"] == "prefix" and leaf["details"]["length"] == 10
    assert "quietheron" not in str(leaf) and "quietheron" not in CASE.server.log()


if __name__ == "__main__":
    leads_case.run(globals())
