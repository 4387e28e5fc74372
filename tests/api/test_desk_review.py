#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the desk asks for beside votes: tiles, leases by kind, skips, preferences, exposure."""
import re

import review_case

CASE = ANN = BOB = EVE = AUD = ADM = CUR = None  # review_case.run
EMPTY = {"desk": {}, "not_mine": {"families": [], "tags": []}}
PREFERENCES = "/account/preferences"
DELETED = [{"type": "deleted", "detail": None}]


def expect(reply, status, code=None, pointer=None):
    assert reply.status == status, reply
    if code:
        assert reply.json["code"] == code, reply
    if pointer is not None:
        assert reply.json["pointer"] == pointer, reply
    return reply.json if reply.body else None


def case(path=""):
    return f"/cases/{CASE.id}{path}"


def lease(person, **body):
    return expect(person.post(case("/leases"), body), 200)["items"]


def release(*people):
    for person in people:
        expect(person.post(case("/leases/release"), {}), 200)


def prefer(person, desk=None, families=(), tags=()):
    body = {"desk": desk or {}, "not_mine": {"families": list(families), "tags": list(tags)}}
    return expect(person.request("PUT", PREFERENCES, body), 200)


def stacks_with(member, value):
    return [stack for stack in ANN.pages(case("/stacks"), 200) if stack["leader"][member] == value]


# ---- Tiles ----

def test_a_tile_says_size_findings_tags_and_why_there_is_no_preview():
    found = [stack for stack in ANN.pages(case("/stacks"), 200) if stack["leader"]["findings"]]
    assert len(found) == 1 and found[0]["leader"]["findings"] == DELETED, found
    stack = found[0]["stack"]
    path = case(f"/stacks/{stack}")
    tag = expect(BOB.post(path + "/notes", {"tag": "Blue"}), 201)["id"]
    expect(EVE.post(path + "/notes", {"tag": "wall"}), 201)
    media = found[0]["leader"]["media"]
    expect(ANN.post(case(f"/media/{media}/notes"), {"tag": "of the media"}), 201)
    leader = expect(BOB.get(path), 200)["leader"]
    assert leader["tags"] == ["blue", "wall"] and leader["size_bytes"] > 1000
    assert leader["has_preview"] is False
    shown = expect(BOB.get(path + "/media"), 200)["items"]
    assert shown[0]["tags"] == ["of the media"]
    assert shown[0]["findings"] == DELETED and shown[0]["no_preview"] is None
    assert BOB.delete(case(f"/notes/{tag}")).status == 204
    assert expect(BOB.get(path), 200)["leader"]["tags"] == ["wall"]
    leased = lease(BOB, stacks=[stack])
    assert leased[0]["leader"] == expect(BOB.get(path), 200)["leader"]
    assert leased[0]["disputed_count"] == 0
    release(BOB)


# ---- Leases ----

def test_leases_by_family_and_finding():
    assert lease(BOB, count=5, family="video") == []
    found = lease(BOB, count=5, family="picture", finding="deleted")
    assert len(found) == 1 and found[0]["leader"]["findings"], found
    assert lease(BOB, count=5, finding="carved") == []
    assert len(lease(BOB, count=5, family="picture", finding=None, stacks=None)) == 5
    release(BOB)


def test_stacks_are_leased_by_name():
    names = [stack["stack"] for stack in ANN.pages(case("/stacks?order=newest"), 200)][3:7]
    assert [item["stack"] for item in lease(BOB, stacks=names)] == names
    assert lease(BOB, stacks=names) == [], "they are held already"
    assert [item["stack"] for item in lease(ANN, stacks=names[:2] + [999999], count=1)] == names[:1]
    assert [item["stack"] for item in lease(EVE, stacks=names[:1])] == [], "two hold it"
    release(ANN, BOB, EVE)


def test_what_is_wrong_with_these_leases_is_named():
    for body, pointer in (({"family": "sound"}, "/family"), ({"family": 1}, "/family"),
                          ({"finding": "none such"}, "/finding"), ({"finding": ""}, "/finding"),
                          ({"stacks": []}, "/stacks"), ({"stacks": [0]}, "/stacks/0"),
                          ({"stacks": list(range(1, 22))}, "/stacks"), ({"stacks": 1}, "/stacks")):
        expect(BOB.post(case("/leases"), body), 422, "invalid", pointer)


# ---- Skips ----

def test_a_skipped_stack_is_given_to_others_only():
    first = lease(BOB, count=2)
    stack = first[0]["stack"]
    path = case(f"/stacks/{stack}/skip")
    assert BOB.post(path).status == 204 and BOB.post(path).status == 204
    assert [item["stack"] for item in BOB.get(case("/leases")).json["items"]] == [first[1]["stack"]]
    assert stack not in {item["stack"] for item in lease(BOB, count=20)}
    skips = expect(BOB.get(case("/skips")), 200)
    assert [item["stack"] for item in skips["items"]] == [stack] and skips["next"] is None
    assert expect(ANN.get(case("/skips")), 200)["items"] == []
    assert stack in {item["stack"] for item in lease(ANN, count=20)}
    release(ANN, BOB)
    assert [item["stack"] for item in lease(BOB, stacks=[stack])] == [stack]
    release(BOB)
    assert BOB.delete(path).status == 204 and BOB.delete(path).status == 204
    assert stack in {item["stack"] for item in lease(BOB, count=20)}
    release(BOB)


def test_skips_page_by_cursor():
    stacks = sorted(stack["stack"] for stack in ANN.pages(case("/stacks"), 200))[:5]
    for stack in stacks:
        assert EVE.post(case(f"/stacks/{stack}/skip")).status == 204
    assert [item["stack"] for item in EVE.pages(case("/skips"), 2)] == stacks
    for stack in stacks:
        assert EVE.delete(case(f"/stacks/{stack}/skip")).status == 204
    for query in ("limit=0", "limit=201", "what=1", "cursor=x"):
        assert EVE.get(case(f"/skips?{query}")).status in (400, 422), query


def test_who_may_not_review_skips_nothing():
    stack = ANN.get(case("/stacks?limit=1")).json["items"][0]["stack"]
    other = EVE.get("/cases?number=24-002").json["items"][0]["id"]
    theirs = EVE.get(f"/cases/{other}/stacks").json["items"][0]["stack"]
    expect(BOB.post(case("/stacks/999999/skip")), 404, "not_found")
    expect(BOB.post(case(f"/stacks/{theirs}/skip")), 404, "not_found")
    for method, path in (("POST", "/stacks/{}/skip"), ("DELETE", "/stacks/{}/skip"),
                         ("GET", "/skips")):
        expect(CASE.server.request(method, "/api/v1" + case(path.format(stack))), 401)
        expect(BOB.request(method, f"/cases/{other}" + path.format(theirs)), 404, "not_found")
        for person in (AUD, ADM, CUR):
            assert person.request(method, case(path.format(stack))).status in (403, 404), path


# ---- Preferences ----

def test_preferences_are_kept_as_given_and_seen_by_nobody_else():
    assert expect(BOB.get(PREFERENCES), 200) == EMPTY
    desk = {"keys": {"1": "Digit1"}, "seconds": 2.5, "grey": True, "text": "\u00e9\n", "none": None}
    kept = prefer(BOB, desk, ["video", "other"], [" Violence ", "blue", "blue"])
    assert kept == {"desk": desk, "not_mine": {"families": ["video", "other"],
                                               "tags": ["blue", "violence"]}}, kept
    assert expect(BOB.get(PREFERENCES), 200) == kept
    for person in (ANN, EVE, AUD, ADM, CUR):
        assert expect(person.get(PREFERENCES), 200) == EMPTY
    assert prefer(BOB) == EMPTY
    expect(CASE.server.get("/api/v1" + PREFERENCES), 401)
    expect(CASE.server.request("PUT", "/api/v1" + PREFERENCES, EMPTY), 401)
    expect(BOB.request("PUT", PREFERENCES, EMPTY, csrf=None), 403)


def test_what_is_wrong_with_preferences_is_named():
    deep = value = {}
    for _ in range(40):
        value["in"] = {}
        value = value["in"]
    for body, pointer in (
            ({"desk": [], "not_mine": EMPTY["not_mine"]}, "/desk"),
            ({"not_mine": EMPTY["not_mine"]}, "/desk"),
            ({"desk": {"text": "x" * 8192}, "not_mine": EMPTY["not_mine"]}, "/desk"),
            ({"desk": {}}, "/not_mine"),
            ({"desk": {}, "not_mine": {"tags": []}}, "/not_mine/families"),
            ({"desk": {}, "not_mine": {"families": ["sound"], "tags": []}}, "/not_mine/families"),
            ({"desk": {}, "not_mine": {"families": [1], "tags": []}}, "/not_mine/families/0"),
            ({"desk": {}, "not_mine": {"families": ["other"] * 4, "tags": []}},
             "/not_mine/families"),
            ({"desk": {}, "not_mine": {"families": []}}, "/not_mine/tags"),
            ({"desk": {}, "not_mine": {"families": [], "tags": [""]}}, "/not_mine/tags/0"),
            ({"desk": {}, "not_mine": {"families": [], "tags": ["x" * 65]}}, "/not_mine/tags/0"),
            ({"desk": {}, "not_mine": {"families": [], "tags": ["x"] * 21}}, "/not_mine/tags"),
            ({**EMPTY, "more": 1}, "/more")):
        expect(BOB.request("PUT", PREFERENCES, body), 422, "invalid", pointer)
    assert BOB.request("PUT", PREFERENCES, {**EMPTY, "desk": deep}).status in (400, 422)
    assert BOB.request("PUT", PREFERENCES, {"desk": {}, "not_mine": {
        "families": [], "tags": ["  "]}}).status == 422
    assert expect(BOB.get(PREFERENCES), 200) == EMPTY, "all or nothing"


def test_the_queue_leaves_out_what_is_not_theirs():
    stack = stacks_with("tags", [])[0]["stack"]
    expect(BOB.post(case(f"/stacks/{stack}/notes"), {"tag": "violence"}), 201)
    prefer(BOB, tags=["Violence"])
    assert stack not in {item["stack"] for item in lease(BOB, count=20)}
    release(BOB)
    assert [item["stack"] for item in lease(BOB, stacks=[stack])] == [stack]
    release(BOB)
    prefer(BOB, families=["picture"])
    assert lease(BOB, count=20) == [] and lease(BOB, count=20, family="picture") == []
    assert len(lease(EVE, count=20)) == 20
    prefer(BOB)
    release(EVE)


# ---- Exposure ----

def test_reveals_and_their_length_are_counted_for_the_person_alone():
    nothing = {"reveals": 0, "seconds": 0}
    assert expect(BOB.get("/account/exposure"), 200) == \
        {"today": nothing, "week": nothing, "days": []}
    media = stacks_with("has_preview", True)[0]["leader"]["media"]
    for _ in range(2):
        shown = BOB.post(case(f"/media/{media}/reveals"), {"kind": "192"})
        assert shown.status == 200, shown
        end = f"/media/{media}/reveals/{shown.headers['clew-reveal']}/end"
        assert BOB.post(case(end), {"shown_ms": 1600}).status == 204
    expect(BOB.post(case("/media/999999/reveals"), {"kind": "192"}), 404)
    seen = expect(BOB.get("/account/exposure"), 200)
    assert seen["today"] == seen["week"] == {"reveals": 2, "seconds": 3}, seen
    assert len(seen["days"]) == 1 and re.fullmatch(r"\d{4}-\d\d-\d\d", seen["days"][0]["day"])
    for person in (ANN, AUD, ADM):
        assert expect(person.get("/account/exposure"), 200)["days"] == []
    expect(CASE.server.get("/api/v1/account/exposure"), 401)


def test_nothing_of_it_is_on_record():
    reply = AUD.get("/audit?limit=200")
    expect(reply, 200)
    text = reply.body.lower()
    assert b"reveal" in text
    for word in (b"skip", b"prefer", b"exposure", b"violence"):
        assert word not in text, word


if __name__ == "__main__":
    review_case.run(globals())
