#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How a case goes on, what came of it, and what a report on it states."""
import datetime
import re
import time

import record_case
import tap
from record_case import expect, record

CASE = None
PICTURES = 24                   # more than the pace wants


def begin():
    """24 pictures of two evidences and three items that could not be examined."""
    global CASE
    if CASE:
        return
    CASE = record_case.RecordCase()
    CASE.bring(*(record(n) for n in range(1, PICTURES + 1)))
    CASE.bring(*(record(100 + n, status=status, reason=reason, width=None, height=None, hashes=None,
                        md5=None, sha1=None, sha256=None, size_bytes=None, is_media=False,
                        media_type=None)
                 for n, (status, reason) in enumerate([("unreadable", "input/output error"),
                                                       ("encrypted", "a password is needed"),
                                                       ("unreadable", "input/output error")])),
               evidence="disk 2")


def media(case=None):
    return expect(CASE.ann.get((case or CASE.path) + "/media/order"), 200)["ids"]


def vote(who, ids):
    return expect(who.post(CASE.path + "/votes", {"media": ids, "category": "1"}), 201)


def progress():
    return expect(CASE.ann.get(CASE.path + "/progress"), 200)


# ---- Progress ----

def test_progress_says_what_came_in_and_nothing_of_a_pace_before_there_is_one():
    begin()
    today = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    found = progress()
    assert found["days"] == [{"day": today, "came_in": PICTURES, "decided": 0}], found
    assert found["decided_per_hour"] is None and found["seconds_left"] is None, found


def test_a_few_decisions_say_nothing_of_the_pace():
    begin()
    vote(CASE.ann, media()[:19])
    found = progress()
    assert sum(day["decided"] for day in found["days"]) == 19, found
    assert found["decided_per_hour"] is None and found["seconds_left"] is None, found


def test_the_pace_is_of_the_hours_in_which_anything_was_decided():
    begin()
    vote(CASE.rev, media()[19:20])
    found = progress()
    assert found["decided_per_hour"] in (20.0, 10.0), "10: the hour struck between the votes"
    assert found["seconds_left"] == 4 / found["decided_per_hour"] * 3600, found
    assert not re.search("ann|rev|account", str(found)), "it is of the case"


def test_a_case_without_anything_has_no_days():
    begin()
    assert expect(CASE.eve.get(CASE.eve.case + "/progress"), 200) == \
        {"days": [], "decided_per_hour": None, "seconds_left": None}


def test_progress_is_for_those_who_may_see_the_case():
    begin()
    record_case.check_doors(CASE, "GET", "/progress")
    expect(CASE.aud.get(CASE.path + "/progress"), 200)
    expect(CASE.ann.get(CASE.path + "/progress?days=3"), 400)


# ---- Methods ----

def test_methods_say_how_the_case_was_examined():
    begin()
    found = expect(CASE.ann.get(CASE.path + "/methods"), 200)
    assert re.fullmatch(r"\d+\.\d+\.\d+\S*", found["version"]) and found["schema"] >= 10, found
    assert found["scheme"]["id"] == "vics-us" and found["scheme"]["name"] != "vics-us", found
    assert found["policy"] == {"voters": 1, "voter_units": 1}, found
    assert [(one["name"], one["root"], one["items"], one["not_examined"])
            for one in found["evidence"]] == [("disk 1", "/evidence", PICTURES, 0),
                                              ("disk 2", "/evidence", 3, 3)], found["evidence"]
    assert found["not_examined"] == [
        {"status": "unreadable", "reason": "input/output error", "items": 2},
        {"status": "encrypted", "reason": "a password is needed", "items": 1}], found
    assert found["more"] is False and found["sets"] == [], found
    assert found["hashing"] == {"digests": ["md5", "sha1", "sha256"],
                                "pipelines": ["pdq_512", "pdq_full"], "near_distance": 31,
                                "stack_distance": 24}, found
    assert found["votes"] == 20 and found["decisions"] == 20, found


def test_methods_name_the_newest_signed_head():
    begin()
    for _ in range(100):
        found = expect(CASE.ann.get(CASE.path + "/methods"), 200)["checkpoint"]
        if found is not None:
            break
        time.sleep(0.2)
    assert found["size"] >= 1 and re.fullmatch("[0-9a-f]{64}", found["root"]), found


def test_votes_that_were_taken_back_are_not_counted():
    begin()
    ids = media()
    given = vote(CASE.rev, ids[20:21])["items"][0]["vote"]
    assert expect(CASE.ann.get(CASE.path + "/methods"), 200)["votes"] == 21
    expect(CASE.rev.post(f"{CASE.path}/votes/{given}/undo"), 200)
    found = expect(CASE.ann.get(CASE.path + "/methods"), 200)
    assert (found["votes"], found["decisions"]) == (20, 20), found


def test_methods_are_for_those_who_may_see_the_case():
    begin()
    record_case.check_doors(CASE, "GET", "/methods")
    expect(CASE.rev.get(CASE.path + "/methods"), 200)
    expect(CASE.aud.get(CASE.path + "/methods"), 200)


# ---- Outcomes ----

def outcomes(who):
    return expect(who.get("/api/v1/account/outcomes"), 200)["items"]


def test_an_outcome_is_written_changed_and_taken_away():
    begin()
    assert expect(CASE.ann.get(CASE.path), 200)["outcome"] is None
    text = "One child is safe.\nA man was charged."
    assert expect(CASE.ann.patch(CASE.path, {"outcome": text}), 200)["outcome"] == text
    assert expect(CASE.ann.get(CASE.path), 200)["outcome"] == text
    assert expect(CASE.ann.get("/api/v1/cases"), 200)["items"][0]["outcome"] == text
    assert expect(CASE.ann.patch(CASE.path, {"title": "Blue"}), 200)["outcome"] == text
    assert expect(CASE.ann.patch(CASE.path, {"outcome": ""}), 200)["outcome"] is None
    for wrong in ("a" * 2001, "\u00e4" * 1001, "a\x07", 7):
        expect(CASE.ann.patch(CASE.path, {"outcome": wrong}), 422, pointer="/outcome")
    expect(CASE.rev.patch(CASE.path, {"outcome": "mine"}), 403, "denied")
    expect(CASE.eve.patch(CASE.path, {"outcome": "mine"}), 404, "not_found")
    assert expect(CASE.ann.patch(CASE.path, {"outcome": "a" * 2000}), 200)["outcome"] == "a" * 2000


def test_the_outcome_of_a_closed_case_can_be_written_and_nothing_else():
    begin()
    expect(CASE.ann.patch(CASE.path, {"state": "closed"}), 200)
    assert expect(CASE.ann.patch(CASE.path, {"outcome": "Known."}), 200)["outcome"] == "Known."
    expect(CASE.ann.patch(CASE.path, {"outcome": "More.", "title": "Red"}), 409, "conflict")
    expect(CASE.ann.patch(CASE.path, {"title": "Red"}), 409, "conflict")
    closed = expect(CASE.ann.get(CASE.path), 200)
    assert (closed["outcome"], closed["title"], closed["state"]) == ("Known.", "Blue", "closed")
    assert outcomes(CASE.ann)[0]["closed"] == closed["closed"] is not None
    expect(CASE.ann.patch(CASE.path, {"state": "open"}), 200)


def test_everybody_hears_of_the_cases_they_worked_on_and_of_no_others():
    begin()
    mine = outcomes(CASE.rev)
    assert [(one["number"], one["decided"], one["outcome"], one["state"]) for one in mine] == \
        [("26-001", 20, "Known.", "open")], mine
    assert [one["number"] for one in outcomes(CASE.eve)] == ["26-002"]
    assert outcomes(CASE.aud) == [] and outcomes(CASE.adm) == []
    expect(CASE.server.get("/api/v1/account/outcomes"), 401)
    expect(CASE.ann.get("/api/v1/account/outcomes?case=1"), 400)
    assert CASE.ann.request("GET", "/api/v1/account/outcomes", token=True).status == 403


def test_victims_are_counted_by_how_far_it_came():
    begin()
    ids = media()
    number = int(CASE.path.rsplit("/", 1)[1])
    made = [expect(CASE.ann.post("/api/v1/victims", {"reference": f"V{n}"}), 201)["id"]
            for n in range(3)]
    for victim, one in zip(made[:2], ids):
        expect(CASE.ann.post(f"/api/v1/victims/{victim}/links", {"case": number, "media": one}), 201)
    expect(CASE.ann.post(f"/api/v1/victims/{made[0]}/links", {"case": number, "media": ids[5]}), 201)
    series = expect(CASE.ann.post("/api/v1/series", {"name": "Blue"}), 201)["id"]
    expect(CASE.ann.post(f"/api/v1/victims/{made[2]}/links", {"series": series}), 201)
    none = {"unidentified": 2, "being_worked": 0, "identified": 0, "safeguarded": 0}
    assert outcomes(CASE.rev)[0]["victims"] == none, "the series holds no media of the case yet"
    expect(CASE.ann.post(f"{CASE.path}/series/{series}/media", {"media": [ids[7]]}), 204)
    expect(CASE.ann.post(f"/api/v1/victims/{made[0]}/states",
                         {"state": "safeguarded", "reason": "found"}), 200)
    assert outcomes(CASE.rev)[0]["victims"] == dict(none, safeguarded=1)
    assert outcomes(CASE.eve)[0]["victims"] == dict(none, unidentified=0)


def test_who_left_a_case_still_hears_of_it_but_of_no_victims():
    begin()
    rev = CASE.rev.made["account"]
    expect(CASE.ann.request("DELETE", f"{CASE.path}/members/{rev}"), 204)
    expect(CASE.rev.get(CASE.path), 404)
    one = outcomes(CASE.rev)[0]
    assert one["outcome"] == "Known." and set(one["victims"].values()) == {0}, one


def test_outcomes_come_page_by_page_the_newest_case_first():
    begin()
    for number in ("26-101", "26-102"):
        expect(CASE.ann.post("/api/v1/cases", {"number": number, "scheme": "vics-us"}), 201)
    page = expect(CASE.ann.get("/api/v1/account/outcomes?limit=2"), 200)
    assert [one["number"] for one in page["items"]] == ["26-102", "26-101"], page
    rest = expect(CASE.ann.get(f"/api/v1/account/outcomes?limit=2&cursor={page['next']}"), 200)
    assert [one["number"] for one in rest["items"]] == ["26-001"] and rest["next"] is None, rest


if __name__ == "__main__":
    tap.main(globals())
