#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How evidence was examined is kept with the case, from start to end, and listed for a report."""
import copy

import record_case
import tap
from record_case import expect

CASE = None
BEGUN, ENDED = "2026-01-31T10:00:00.250000000Z", "2026-01-31T10:05:00Z"

PROVENANCE = {
    "clew": "1.2.3", "started": "2026-01-31T10:00:00Z", "host": "station-1",
    "command_line": "clew scan --case 26-001 /evidence", "libraries": "GLib 2.74",
    "decoders": "libvips 8.14", "sandbox": "no network, no files", "distance": 31,
    "min_quality": 50, "jobs": 2, "videos": "vpdq, 1 frame a second",
    "limits": {"still_bytes": 268435456, "item_ms": 30000},
    "sets": [{"name": "notable", "kind": "notable", "entries": 7, "generation": 3,
              "digest": "ab" * 32}]}

TOTALS = {
    "items": 12, "media": 9, "exact": 2, "near": 1, "left_out": 3,
    "not_examined": {"unsupported": 0, "corrupt": 1, "encrypted": 0, "limit": 0, "timeout": 0,
                     "crashed": 0, "unreadable": 0},
    "evidence_bytes": 5000, "examined_bytes": 4000, "not_examined_bytes": 1000,
    "complete": False, "partial": False}


def begin():
    global CASE
    CASE = CASE or record_case.RecordCase()


def add(who=None, evidence="disk 1", token=True, **changes):
    body = {"evidence": evidence, "root": "/evidence", "begun": BEGUN, "provenance": PROVENANCE}
    body.update(changes)
    return (who or CASE.ann).post(CASE.path + "/examinations",
                                  {name: value for name, value in body.items() if value != "absent"},
                                  token=token)


def end(one, who=None, ended=ENDED, totals=None, **more):
    return (who or CASE.ann).post(f"{CASE.path}/examinations/{one}/end",
                                  {"ended": ended, "totals": totals or TOTALS, **more}, token=True)


def listed(query=""):
    return expect(CASE.ann.get(CASE.path + "/examinations" + query), 200)


def changed(pattern, *path, **members):
    """A copy in which the object at `path` has these members; "absent" takes one away."""
    whole = copy.deepcopy(pattern)
    inner = whole
    for step in path:
        inner = inner[step]
    inner.update(members)
    for name in [name for name, value in inner.items() if value == "absent"]:
        del inner[name]
    return whole


def test_it_is_kept_from_start_to_end():
    begin()
    one = expect(add(), 201)["id"]
    kept = listed()["items"]
    assert len(kept) == 1 and kept[0]["ended"] is None and kept[0]["totals"] is None, kept
    expect(end(one), 204)
    evidence = expect(CASE.ann.get(CASE.path + "/evidence"), 200)["items"][0]
    assert (evidence["name"], evidence["root"]) == ("disk 1", "/evidence"), evidence
    assert listed() == {"next": None, "items": [{
        "id": one, "evidence": evidence["id"], "evidence_name": "disk 1",
        "account": CASE.ann.made["account"], "login": None, "begun": BEGUN, "ended": ENDED,
        "provenance": PROVENANCE, "totals": TOTALS}]}


def test_the_same_again_changes_nothing():
    begin()
    one = expect(add(evidence="disk 2"), 201)["id"]
    assert expect(add(evidence="disk 2"), 201)["id"] == one
    expect(end(one), 204)
    expect(end(one), 204)
    expect(end(one, ended="2026-01-31T10:06:00Z"), 409, "conflict")
    expect(end(one, totals=dict(TOTALS, items=13)), 409, "conflict")
    assert [row["id"] for row in listed()["items"]].count(one) == 1


def test_whoever_began_it_says_how_it_ended():
    begin()
    one = expect(add(evidence="disk 3"), 201)["id"]
    inv = record_case.Person(CASE, "ivy", "investigator", "26-001")
    expect(end(one, who=inv), 403, "denied")
    expect(end(one, ended="2026-01-31T09:59:59Z"), 422)
    expect(end(999999), 404, "not_found")
    expect(end(one), 204)


def test_more_sets_and_odd_limits_are_kept():
    begin()
    other = changed(PROVENANCE, more_sets=3, limits={"a_new_limit_2": 1})
    one = expect(add(evidence="disk 4", provenance=other), 201)["id"]
    assert next(row for row in listed()["items"] if row["id"] == one)["provenance"] == other


def test_what_is_wrong_is_named():
    begin()
    sets = PROVENANCE["sets"]
    wrong = [
        ({"evidence": ""}, "/evidence"), ({"evidence": "absent"}, "/evidence"),
        ({"begun": "yesterday"}, "/begun"), ({"begun": "absent"}, "/begun"),
        ({"begun": "1970-01-01T00:00:00Z"}, "/begun"),
        ({"provenance": "absent"}, "/provenance"), ({"provenance": []}, "/provenance"),
        ({"provenance": changed(PROVENANCE, host="absent")}, "/provenance/host"),
        ({"provenance": changed(PROVENANCE, host="a\u202eb")}, "/provenance/host"),
        ({"provenance": changed(PROVENANCE, command_line="a" * 16385)}, "/provenance/command_line"),
        ({"provenance": changed(PROVENANCE, jobs=-1)}, "/provenance/jobs"),
        ({"provenance": changed(PROVENANCE, sha256="ab" * 32)}, "/provenance/sha256"),
        ({"provenance": changed(PROVENANCE, limits={"Odd": 1})}, "/provenance/limits/Odd"),
        ({"provenance": changed(PROVENANCE, limits={"odd": "1"})}, "/provenance/limits/odd"),
        ({"provenance": changed(PROVENANCE, limits={f"limit_{n}": n for n in range(65)})},
         "/provenance/limits"),
        ({"provenance": changed(PROVENANCE, sets=sets * 201)}, "/provenance/sets"),
        ({"provenance": changed(PROVENANCE, "sets", 0, digest="ab")}, "/provenance/sets/0/digest"),
        ({"provenance": changed(PROVENANCE, "sets", 0, kind="odd")}, "/provenance/sets/0/kind"),
        ({"provenance": changed(PROVENANCE, "sets", 0, hashes=[])}, "/provenance/sets/0/hashes"),
        ({"odd": 1}, "/odd"),
    ]
    for members, pointer in wrong:
        expect(add(**members), 422, pointer=pointer)
    one = expect(add(evidence="disk 5"), 201)["id"]
    for totals, pointer in [(changed(TOTALS, items="absent"), "/totals/items"),
                            (changed(TOTALS, items=-1), "/totals/items"),
                            (changed(TOTALS, complete=1), "/totals/complete"),
                            (changed(TOTALS, "not_examined", ok=1), "/totals/not_examined/ok"),
                            (changed(TOTALS, frequent_entries=[]), "/totals/frequent_entries")]:
        expect(end(one, totals=totals), 422, pointer=pointer)
    expect(end(one, ended="now"), 422, pointer="/ended")
    expect(end(one, odd=1), 422, pointer="/odd")


def test_they_come_page_by_page():
    begin()
    first = listed("?limit=2")
    assert len(first["items"]) == 2 and first["next"], first
    rest = listed(f"?limit=200&cursor={first['next']}")
    ids = [row["id"] for row in first["items"] + rest["items"]]
    assert ids == sorted(set(ids)) and rest["next"] is None, ids
    for n in range(21):
        expect(add(evidence=f"disk {100 + n}"), 201)
    assert len(listed("?limit=200")["items"]) == 20, "they are long"


def test_only_those_who_may():
    begin()
    body = {"evidence": "disk 1", "begun": BEGUN, "provenance": PROVENANCE}
    record_case.check_doors(CASE, "POST", "/examinations", body)
    record_case.check_doors(CASE, "POST", "/examinations/1/end", {"ended": ENDED, "totals": TOTALS})
    record_case.check_doors(CASE, "GET", "/examinations")
    expect(CASE.rev.post(CASE.path + "/examinations", body), 403, "denied")
    expect(CASE.aud.post(CASE.path + "/examinations", body), 403, "denied")
    expect(CASE.rev.get(CASE.path + "/examinations"), 200)
    expect(CASE.aud.get(CASE.path + "/examinations"), 200)
    expect(CASE.ann.get(CASE.path + "/examinations?odd=1"), 400)


def test_a_closed_case_takes_none():
    begin()
    expect(CASE.ann.patch(CASE.path, {"state": "closed"}), 200)
    expect(add(evidence="late"), 409, "conflict")
    assert listed()["items"]


if __name__ == "__main__":
    tap.main(globals())
