#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Media of a case in order, and what a tile of them says."""
import record_case
import tap
from record_case import expect, record

CASE = None
NOT_LOOKED_AT = {"width": None, "height": None, "hashes": None}
TRAILING = {"type": "appended_data", "detail": "bytes behind the end", "bytes": 12}
MISMATCH = {"type": "extension_mismatch", "detail": "the name says PNG"}


def begin():
    """Five pictures, of which 2 and 5 are of one stack, and a damaged one."""
    global CASE
    if CASE:
        return
    CASE = record_case.RecordCase()
    CASE.bring(record(1, size_bytes=500), record(2, findings=[TRAILING]), record(3, size_bytes=9000),
               record(4, status="corrupt", reason="it ends too early", width=None, height=None,
                      hashes=None),
               record(5, hashes=record_case.hashes(2)))
    CASE.bring(record(2, path="/evidence/copy.png", findings=[dict(TRAILING, bytes=99), MISMATCH]),
               evidence="disk 2")


def order(query="", who=None):
    reply = expect((who or CASE.ann).get(f"{CASE.path}/media/order{query}"), 200)
    assert reply["more"] is False
    return reply["ids"]


def media(query="", who=None):
    return expect((who or CASE.ann).get(f"{CASE.path}/media{query}"), 200)["items"]


def test_the_order_is_that_in_which_media_came_or_the_other_way_round():
    begin()
    ids = [row["media"] for row in media()]
    assert len(ids) == 5 and order() == ids and order("?sort=oldest") == ids
    assert order("?sort=newest") == ids[::-1]
    assert order(who=CASE.rev) == ids and order(who=CASE.aud) == ids


def test_the_largest_come_first():
    begin()
    ids = order()
    assert order("?sort=largest") == [ids[2], ids[4], ids[3], ids[1], ids[0]]


def test_those_of_a_stack_stand_together():
    begin()
    ids = order()
    assert order("?sort=stack") == [ids[0], ids[1], ids[4], ids[2], ids[3]]
    stack = media()[1]["stack"]
    assert stack and order(f"?stack={stack}") == [ids[1], ids[4]]


def test_filters_are_those_of_the_list():
    begin()
    ids = order()
    for query, expected in {"kind=new": ids, "kind=notable": [], "decision=open": ids,
                            "decision=decided": [], "family=picture": ids, "family=video": [],
                            "status=ok": ids[:3] + ids[4:], "status=corrupt": ids[3:4],
                            "finding=appended_data": ids[1:2],
                            "finding=appended_data&family=picture&status=ok&kind=new": ids[1:2],
                            "finding=extension_mismatch&status=corrupt": []}.items():
        assert order("?" + query) == expected, query
        assert [row["media"] for row in media("?" + query)] == expected, query


def test_tags_are_those_of_the_media_and_of_its_stack():
    begin()
    ids = order()
    expect(CASE.ann.post(f"{CASE.path}/media/{ids[0]}/notes", {"tag": "Garden"}), 201)
    expect(CASE.ann.post(f"{CASE.path}/media/{ids[1]}/notes", {"tag": "lamp"}), 201)
    stack = media()[1]["stack"]
    note = expect(CASE.ann.post(f"{CASE.path}/stacks/{stack}/notes", {"tag": "garden"}), 201)
    assert order("?tag=garden") == [ids[0], ids[1], ids[4]]
    assert order("?tag=%20GARDEN") == [ids[0], ids[1], ids[4]], "as tags are kept"
    assert [row["media"] for row in media("?tag=garden")] == [ids[0], ids[1], ids[4]]
    assert order("?tag=lamp") == [ids[1]] and order("?tag=none") == []
    assert [row["tags"] for row in media()] == [["garden"], ["lamp", "garden"], [], [], ["garden"]]
    expect(CASE.ann.request("DELETE", f"{CASE.path}/notes/{note['id']}"), 204)
    assert order("?tag=garden") == [ids[0]]
    assert [row["tags"] for row in media()] == [["garden"], ["lamp"], [], [], []]


def test_findings_are_given_once_by_type():
    begin()
    rows = media()
    assert rows[1]["findings"] == [TRAILING, MISMATCH], rows[1]
    assert all(row["findings"] == [] for row in rows if row is not rows[1])
    whole = expect(CASE.ann.get(f"{CASE.path}/media/{rows[1]['media']}"), 200)
    assert whole["findings"] == [TRAILING, MISMATCH] and whole["has_preview"] is False


def test_it_is_said_whether_there_is_something_to_see():
    begin()
    body = {"media": [{"sha256": record(3)["sha256"], "reason": "it is too small"}]}
    expect(CASE.ann.post(CASE.path + "/previews", body, token=True), 200)
    rows = media()
    assert [row["has_preview"] for row in rows] == [False] * 5
    assert rows[2]["no_preview"] == "it is too small" and rows[0]["no_preview"] is None


def test_named_media_come_in_the_order_asked():
    begin()
    ids = order()
    asked = [ids[3], ids[0], 999999, ids[4], ids[0]]
    rows = media("?ids=" + ",".join(map(str, asked)))
    assert [row["media"] for row in rows] == [ids[3], ids[0], ids[4]]
    assert rows[1] == media()[0], "the same as in a page"
    largest = "9223372036854775807"
    assert media("?ids=" + ",".join([largest] * 199 + [str(ids[2])]))[0]["media"] == ids[2]
    assert media("?ids=" + "%2C".join(map(str, ids))) == media()


def test_media_of_another_case_are_not_among_the_named():
    begin()
    theirs = expect(CASE.eve.get(CASE.eve.case + "/media/order"), 200)
    assert theirs == {"ids": [], "more": False}
    body = {"evidence": "disk", "root": "/evidence", "records": [record(77)]}
    expect(CASE.eve.post(CASE.eve.case + "/records", body, token=True), 200)
    other = expect(CASE.eve.get(CASE.eve.case + "/media/order"), 200)["ids"]
    assert len(other) == 1 and media(f"?ids={other[0]}") == [] and other[0] not in order()


def test_wrong_questions_are_refused():
    begin()
    for query in ("sort=smallest", "kind=old", "decision=1", "family=still", "status=fine",
                  "finding=none", "stack=0", "tag=", "cursor=x", "limit=3", "ids=1"):
        reply = CASE.ann.get(f"{CASE.path}/media/order?{query}")
        assert reply.status in (400, 422), (query, reply)
    many = ",".join(["1"] * 201)
    for query in ("ids=", "ids=0", "ids=1,", "ids=,1", "ids=1,,2", "ids=01", "ids=-1", "ids=1%202",
                  "ids=x", f"ids={many}", "ids=9223372036854775808", "ids=1&limit=5",
                  "ids=1&cursor=x", "ids=1&sort=oldest", "ids=1&tag=a", "ids=1&kind=new"):
        expect(CASE.ann.get(f"{CASE.path}/media?{query}"), 400, "bad_request")


def test_only_those_who_may_see_the_case_get_it():
    begin()
    record_case.check_doors(CASE, "GET", "/media/order")
    record_case.check_doors(CASE, "GET", "/media?ids=1")


def test_what_has_not_changed_is_not_sent_again():
    begin()
    first = CASE.ann.get(CASE.path + "/media/order")
    again = CASE.ann.request("GET", CASE.path + "/media/order",
                             headers={"If-None-Match": first.headers["etag"]})
    assert again.status == 304, again


if __name__ == "__main__":
    tap.main(globals())
